package assess

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/calendar"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// Service shows supervisors figures and the cases behind them.
type Service struct{ Config }

// Config names what the room uses.
type Config struct {
	DB       *db.DB
	Identity *identity.Service
	Calendar *calendar.Service
}

// New makes the service.
func New(c Config) *Service { return &Service{c} }

// Filter narrows an overview. Zero fields do not.
type Filter struct {
	Unit     int64      // this unit and what lies below it; 0: all that the supervisor watches
	Division string     // this division and what lies below it
	Alone    bool       // with Division: without what lies below it
	From, To clock.Date // days of the period, both included; zero: the 30 days up to today
}

// Overview 监督总览 is what a supervisor sees first.
type Overview struct {
	From, To  clock.Date
	Today     clock.Date
	CountedAt time.Time // until when received, closed and rated are complete; zero while all is counted anew
	Total     Figures
	Units     []UnitFigures     // deciding units with any figure, the latest first
	Districts []DistrictFigures // by code
}

// UnitFigures are the figures of one deciding unit.
type UnitFigures struct {
	Unit identity.Unit
	Figures
}

// DistrictFigures are the figures of the units of one district; the city's own
// units count for the city, those of a town for its district.
type DistrictFigures struct {
	Division identity.Division
	Figures
}

// longest is how many days a period may have.
const longest = 366 * 5

// ErrPeriod refuses a period that ends before it begins, or is too long.
var ErrPeriod = errs.New(errs.Invalid, "period", "起止日期有误：起始日不得晚于截止日，期间不超过五年。", "The period must not end before it begins and not be longer than five years.")

// Overview counts, for the units that the supervisor watches. Errors: refusals
// and ErrPeriod.
func (s *Service) Overview(ctx context.Context, a actor.Actor, f Filter) (_ *Overview, err error) {
	defer errs.Wrap(&err, "overview")
	v, err := s.look(ctx, a, f)
	if err != nil {
		return nil, err
	}
	rd := s.DB.Read(ctx)
	m, err := readMark(rd)
	if err != nil {
		return nil, err
	}
	figures := map[int64]*Figures{}
	if err := v.period(rd, figures); err != nil {
		return nil, err
	}
	if err := v.open(rd, figures); err != nil {
		return nil, err
	}
	o := &Overview{From: v.from, To: v.to, Today: v.today}
	if !m.rebuilding {
		o.CountedAt = m.rolled
	}
	districts := map[string]*DistrictFigures{}
	for _, u := range v.units {
		f := figures[u.ID]
		if f == nil {
			continue
		}
		o.Total.add(*f)
		o.Units = append(o.Units, UnitFigures{u, *f})
		d := district(v.dir, u.Division)
		if districts[d.Code] == nil {
			districts[d.Code] = &DistrictFigures{Division: d}
		}
		districts[d.Code].add(*f)
	}
	for _, d := range districts {
		o.Districts = append(o.Districts, *d)
	}
	slices.SortFunc(o.Districts, func(a, b DistrictFigures) int { return strings.Compare(a.Division.Code, b.Division.Code) })
	slices.SortStableFunc(o.Units, func(a, b UnitFigures) int {
		return cmp.Or(cmp.Compare(b.Late, a.Late), cmp.Compare(b.DueSoon, a.DueSoon), cmp.Compare(b.InHand, a.InHand), cmp.Compare(b.Received, a.Received))
	})
	return o, nil
}

// view is one look at the figures: what may be seen, and of when.
type view struct {
	dir      *identity.Directory
	units    []identity.Unit // watched and wanted
	wanted   map[int64]bool  // the same
	from, to clock.Date
	today    clock.Date
	soon     clock.Date // last day that is due soon
}

// look finds what the supervisor may see of what the filter wants.
func (s *Service) look(ctx context.Context, a actor.Actor, f Filter) (*view, error) {
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	cal, err := s.Calendar.Current(ctx)
	if err != nil {
		return nil, err
	}
	v := &view{dir: dir, wanted: map[int64]bool{}, from: f.From, to: f.To, today: clock.DateOf(s.DB.Now())}
	v.soon = soonUntil(cal, v.today)
	if v.to == 0 {
		v.to = v.today
	}
	if v.from == 0 {
		v.from = v.to - 29
	}
	if v.from > v.to || v.to-v.from > longest {
		return nil, ErrPeriod
	}
	watched := 0
	for _, u := range dir.Units() {
		if identity.Decide(a, identity.SuperviseView, identity.Target{UnitPath: u.Path}) != nil {
			continue
		}
		watched++
		if (f.Unit == 0 || dir.InSubtree(u.ID, dir.Path(f.Unit))) && f.in(dir, u.Division) {
			v.units = append(v.units, u)
			v.wanted[u.ID] = true
		}
	}
	// Who watches nothing, or not the unit that is named, is refused; and that is recorded.
	if watched == 0 || f.Unit != 0 {
		if err := s.Identity.Allow(ctx, a, identity.SuperviseView, identity.Target{UnitPath: dir.Path(f.Unit)}, "overview"); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// only keeps a unit's figures if it is watched and wanted.
func (v *view) only(figures map[int64]*Figures, unit int64) *Figures {
	if figures[unit] == nil && v.wanted[unit] {
		figures[unit] = &Figures{}
	}
	return figures[unit]
}

// period adds the figures of the period from the counters.
func (v *view) period(q db.Queryer, figures map[int64]*Figures) error {
	rows, err := q.Query(sqlPeriod, v.from.String(), v.to.String())
	if err != nil {
		return err
	}
	for rows.Next() {
		var unit int64
		var n Figures
		if err := rows.Scan(&unit, &n.Received, &n.Closed, &n.OnTime, &n.Granted, &n.Refused, &n.Declined, &n.Withdrawn, &n.Rated, &n.Good,
			&n.Negative); err != nil {
			return err
		}
		if f := v.only(figures, unit); f != nil {
			f.add(n)
		}
	}
	return nil
}

// open adds the figures of open cases.
func (v *view) open(q db.Queryer, figures map[int64]*Figures) error {
	rows, err := q.Query(sqlInHand)
	if err != nil {
		return err
	}
	for rows.Next() {
		var unit, n int64
		if err := rows.Scan(&unit, &n); err != nil {
			return err
		}
		if f := v.only(figures, unit); f != nil {
			f.InHand += n
		}
	}
	if rows, err = q.Query(sqlDue, v.today.String(), v.soon.String()); err != nil {
		return err
	}
	for rows.Next() {
		var unit, late, soon int64
		if err := rows.Scan(&unit, &late, &soon); err != nil {
			return err
		}
		if f := v.only(figures, unit); f != nil {
			f.Late += late
			f.DueSoon += soon
		}
	}
	if rows, err = q.Query(sqlStepsLate, v.today.String()); err != nil {
		return err
	}
	for rows.Next() {
		var unit, n int64
		if err := rows.Scan(&unit, &n); err != nil {
			return err
		}
		if f := v.only(figures, unit); f != nil {
			f.StepLate += n
		}
	}
	if rows, err = q.Query(sqlAlarms); err != nil {
		return err
	}
	for rows.Next() {
		var unit, n int64
		if err := rows.Scan(&unit, &n); err != nil {
			return err
		}
		if f := v.only(figures, unit); f != nil {
			f.Alarmed += n
		}
	}
	return nil
}

// district is the division itself, or for a town the one above it.
// in reports whether a unit of the division is meant by the filter.
func (f Filter) in(dir *identity.Directory, division string) bool {
	switch {
	case f.Division == "":
		return true
	case f.Alone:
		return district(dir, division).Code == f.Division
	}
	return dir.DivisionWithin(division, f.Division)
}

func district(dir *identity.Directory, code string) identity.Division {
	d, ok := dir.Division(code)
	if ok && d.Level == "town" {
		if up, ok := dir.Division(d.Parent); ok {
			return up
		}
	}
	return d
}
