package publicity

import (
	"context"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// Board 决定公开情况 is what deciders and supervisors see of the units that their
// role covers.
type Board struct {
	From, To clock.Date // days over which publications are counted, both included
	Total    Figures
	Units    []UnitFigures // those with any figure
	Late     []Late        // not public and overdue, the longest first; at most lateMost
	Marks    []BoardMark   // requests that wait for an answer, oldest first
}

// Figures 公开指标 are counted, never entered.
type Figures struct {
	Waiting, Overdue   int64 // now
	Published, WasLate int64 // in the period
	Requests           int64 // that wait for an answer
}

func (f *Figures) add(o Figures) {
	f.Waiting += o.Waiting
	f.Overdue += o.Overdue
	f.Published += o.Published
	f.WasLate += o.WasLate
	f.Requests += o.Requests
}

// UnitFigures are those of one deciding unit.
type UnitFigures struct {
	Unit identity.Unit
	Figures
}

// Late is a decision that is not public in time.
type Late struct {
	Row
	Unit identity.Unit
	Days int // working days over
}

// BoardMark is an open request with its case.
type BoardMark struct {
	Mark
	No   string
	Unit identity.Unit
	May  bool // the viewer may answer it
}

const (
	boardDays = 30
	lateMost  = 100
)

// Board counts, for the units that the actor watches or decides in.
func (s *Service) Board(ctx context.Context, a actor.Actor) (_ *Board, err error) {
	defer errs.Wrap(&err, "publication figures")
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	cal, err := s.Calendar.Current(ctx)
	if err != nil {
		return nil, err
	}
	units := map[int64]*Figures{}
	for _, u := range dir.Units() {
		if identity.Decide(a, identity.PublicityWatch, identity.Target{UnitPath: u.Path}) == nil {
			units[u.ID] = &Figures{}
		}
	}
	if len(units) == 0 {
		return nil, s.Identity.Allow(ctx, a, identity.PublicityWatch, identity.Target{UnitPath: dir.Path(a.Unit)}, "publicity")
	}
	today := clock.DateOf(s.DB.Now())
	b := &Board{From: today - boardDays + 1, To: today}
	if err := s.figures(s.DB.Read(ctx), units, b); err != nil {
		return nil, err
	}
	for _, u := range dir.Units() {
		f := units[u.ID]
		if f == nil || *f == (Figures{}) {
			continue
		}
		b.Total.add(*f)
		b.Units = append(b.Units, UnitFigures{u, *f})
		if f.Requests == 0 {
			continue
		}
		marks, err := s.marks(s.DB.Read(ctx), sqlOpenMarks, u.ID)
		if err != nil {
			return nil, err
		}
		for _, m := range marks {
			x := BoardMark{Mark: m, Unit: u, May: identity.Decide(a, identity.PublicityAnswer, answering(identity.Target{UnitPath: u.Path}, m)) == nil}
			if err := s.DB.Read(ctx).QueryRow(sqlNoOf, m.CaseID).Scan(&x.No); err != nil {
				return nil, err
			}
			b.Marks = append(b.Marks, x)
		}
	}
	late, err := db.All(s.DB.Read(ctx), listRow, sqlLate, today.String(), 10*lateMost)
	if err != nil {
		return nil, err
	}
	for _, r := range late {
		if units[r.UnitID] == nil || len(b.Late) == lateMost {
			continue
		}
		l := Late{Row: r, Unit: unitOf(dir, r.UnitID)}
		if d, err := clock.ParseDate(r.DueOn); err == nil {
			l.Days = cal.Between(d, today)
		}
		b.Late = append(b.Late, l)
	}
	return b, nil
}

func (s *Service) figures(q db.Queryer, units map[int64]*Figures, b *Board) error {
	for _, x := range []struct {
		sql  string
		args []any
		two  bool
		to   func(*Figures) (*int64, *int64)
	}{
		{sqlWaiting, []any{b.To.String()}, true, func(f *Figures) (*int64, *int64) { return &f.Waiting, &f.Overdue }},
		{sqlPublished, []any{b.From.String(), b.To.String()}, true, func(f *Figures) (*int64, *int64) { return &f.Published, &f.WasLate }},
		{sqlMarkCount, nil, false, func(f *Figures) (*int64, *int64) { return &f.Requests, new(int64) }},
	} {
		rows, err := q.Query(x.sql, x.args...)
		if err != nil {
			return err
		}
		for rows.Next() {
			var unit, n, m int64
			into := []any{&unit, &n}
			if x.two {
				into = append(into, &m)
			}
			if err := rows.Scan(into...); err != nil {
				return err
			}
			if f := units[unit]; f != nil {
				one, two := x.to(f)
				*one, *two = n, m
			}
		}
	}
	return nil
}

// At is the instant of a look, for the page.
func (s *Service) At() time.Time { return s.DB.Now() }
