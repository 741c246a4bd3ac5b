package consult

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

const (
	// By the unit that had it last, of what was asked since a day.
	sqlUnitFigures = `SELECT unit_id, kind, count(*), count(*) FILTER (WHERE done_at <> 0), count(*) FILTER (WHERE late > 0) FROM inquiry
		WHERE created_at >= $1 GROUP BY unit_id, kind`
	sqlOpenFigures = `SELECT unit_id, kind, count(*), count(*) FILTER (WHERE due_on < $1) FROM inquiry WHERE done_at = 0 GROUP BY unit_id, kind`
	// By the centre that received it.
	sqlCentreFigures = `SELECT received_id, count(*), count(*) FILTER (WHERE done_at = 0), count(*) FILTER (WHERE done_at = 0 AND due_on < $2),
		count(*) FILTER (WHERE state = 'changed'), count(*) FILTER (WHERE state = 'refused'), count(*) FILTER (WHERE came_back) FROM inquiry
		WHERE kind = 'failure' AND received_id <> 0 AND created_at >= $1 GROUP BY received_id`
	// What came back, by item and reason.
	sqlFailureFigures = `SELECT item_id, reason, count(*), count(*) FILTER (WHERE done_at = 0), count(*) FILTER (WHERE state = 'changed'),
		count(*) FILTER (WHERE state = 'refused'), count(*) FILTER (WHERE came_back), max(created_at) FROM inquiry
		WHERE kind = 'failure' AND created_at >= $1 GROUP BY item_id, reason`
)

// Figures 咨询、办不成事统计 of the units that somebody watches.
type Figures struct {
	Since    clock.Date
	Units    []UnitFigures    // the most late first
	Centres  []CentreFigures  // failures, the most late first
	Failures []FailureFigures // what came back and the most frequent first
}

// CentreFigures are the failures that one centre received.
type CentreFigures struct {
	Centre   identity.Unit
	Records  int
	Open     int
	Overdue  int
	Changed  int
	Refused  int
	CameBack int
}

// UnitFigures are those of one unit and kind. What was asked counts from Since;
// what is open counts whenever it was asked.
type UnitFigures struct {
	Unit    identity.Unit
	Kind    Kind
	Asked   int // since the day
	Done    int // of these
	Late    int // of these, a round ended after its day
	Open    int // now
	Overdue int // of these, past their day
}

// FailureFigures are those of one item and reason.
type FailureFigures struct {
	Item     *catalog.Item
	Reason   string
	Records  int
	Open     int
	Changed  int // closed by a change
	Refused  int // closed by a reasoned refusal
	CameBack int // came although a change that closed an earlier one was in force
	Last     time.Time
}

// watching opens the figures to those who watch anything at all.
func (s *Service) watching(ctx context.Context, a actor.Actor) (*identity.Directory, error) {
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	path := ""
	for _, g := range a.Grants {
		if g.Role == actor.Supervisor || g.Role == actor.ItemSteward || g.Role == actor.ItemReviewer {
			path = g.Path
		}
	}
	return dir, s.Identity.Allow(ctx, a, identity.ConsultWatch, identity.Target{UnitPath: path}, "inquiries")
}

// Figures counts since a day (the zero Date: ninety days ago), for supervisors
// by unit, and for those who keep items what could not be done by item and
// reason, all without personal data.
func (s *Service) Figures(ctx context.Context, a actor.Actor, since clock.Date) (f *Figures, err error) {
	defer errs.Wrap(&err, "figures of inquiries")
	dir, err := s.watching(ctx, a)
	if err != nil {
		return nil, err
	}
	today := clock.DateOf(s.DB.Now())
	if since == 0 {
		since = today - 90
	}
	f = &Figures{Since: since}
	watches := func(unit int64) bool {
		return identity.Decide(a, identity.ConsultWatch, identity.Target{UnitPath: dir.Path(unit)}) == nil
	}
	if err := s.unitFigures(ctx, dir, watches, f, today); err != nil {
		return nil, err
	}
	if f.Centres, err = db.All(s.DB.Read(ctx), func(r *db.Rows) (x CentreFigures, err error) {
		var id int64
		err = r.Scan(&id, &x.Records, &x.Open, &x.Overdue, &x.Changed, &x.Refused, &x.CameBack)
		x.Centre, _ = dir.Unit(id)
		return x, err
	}, sqlCentreFigures, db.Micros(since.Start()), today.String()); err != nil {
		return nil, err
	}
	f.Centres = slices.DeleteFunc(f.Centres, func(x CentreFigures) bool { return !watches(x.Centre.ID) })
	slices.SortFunc(f.Centres, func(x, y CentreFigures) int {
		return cmp.Or(y.Overdue-x.Overdue, y.Open-x.Open, y.Records-x.Records, cmp.Compare(x.Centre.ID, y.Centre.ID))
	})
	rows, err := db.All(s.DB.Read(ctx), func(r *db.Rows) (x FailureFigures, err error) {
		var item, last int64
		if err = r.Scan(&item, &x.Reason, &x.Records, &x.Open, &x.Changed, &x.Refused, &x.CameBack, &last); err != nil {
			return x, err
		}
		x.Last = db.Time(last)
		x.Item, err = s.Catalog.ItemByID(ctx, item)
		return x, err
	}, sqlFailureFigures, db.Micros(since.Start()))
	if err != nil {
		return nil, err
	}
	f.Failures = slices.DeleteFunc(rows, func(x FailureFigures) bool { return !watches(x.Item.UnitID) && !watches(x.Item.ReceivingUnitID) })
	slices.SortFunc(f.Failures, func(x, y FailureFigures) int {
		return cmp.Or(y.CameBack-x.CameBack, y.Records-x.Records, y.Last.Compare(x.Last), cmp.Compare(x.Item.ID, y.Item.ID))
	})
	return f, nil
}

// unitFigures fills in the figures of units.
func (s *Service) unitFigures(ctx context.Context, dir *identity.Directory, watches func(int64) bool, f *Figures, today clock.Date) error {
	type key struct {
		unit int64
		kind Kind
	}
	at := map[key]*UnitFigures{}
	of := func(k key) *UnitFigures {
		if at[k] == nil {
			u, _ := dir.Unit(k.unit)
			at[k] = &UnitFigures{Unit: u, Kind: k.kind}
		}
		return at[k]
	}
	rd := s.DB.Read(ctx)
	_, err := db.All(rd, func(r *db.Rows) (k key, err error) {
		var n UnitFigures
		if err = r.Scan(&k.unit, &k.kind, &n.Asked, &n.Done, &n.Late); err == nil {
			x := of(k)
			x.Asked, x.Done, x.Late = n.Asked, n.Done, n.Late
		}
		return k, err
	}, sqlUnitFigures, db.Micros(f.Since.Start()))
	if err != nil {
		return err
	}
	_, err = db.All(rd, func(r *db.Rows) (k key, err error) {
		var n UnitFigures
		if err = r.Scan(&k.unit, &k.kind, &n.Open, &n.Overdue); err == nil {
			x := of(k)
			x.Open, x.Overdue = n.Open, n.Overdue
		}
		return k, err
	}, sqlOpenFigures, today.String())
	if err != nil {
		return err
	}
	for k, x := range at {
		if watches(k.unit) {
			f.Units = append(f.Units, *x)
		}
	}
	slices.SortFunc(f.Units, func(x, y UnitFigures) int {
		return cmp.Or(y.Overdue-x.Overdue, y.Late-x.Late, y.Open-x.Open, cmp.Compare(x.Unit.ID, y.Unit.ID), cmp.Compare(x.Kind, y.Kind))
	})
	return nil
}

// Record is a failure as those see it who keep the item: no words, no names.
type Record struct {
	No        string
	PinnedNo  int
	Reason    string
	Stage     string
	State     State
	UnitID    int64
	Earlier   int
	CameBack  bool
	ChangedNo int
	Basis     string
	At        time.Time
	DueOn     clock.Date
	Late      bool
}

// FailuresOf 办不成事清单 lists the records about an item, of all its versions,
// the latest first. cursor is the last id seen, 0 at the start.
func (s *Service) FailuresOf(ctx context.Context, a actor.Actor, code string, cursor int64, limit int) (it *catalog.Item, list []Record, next int64, err error) {
	defer errs.Wrap(&err, "failures of item %s", code)
	if it, err = s.Catalog.Item(ctx, code); err != nil {
		return nil, nil, 0, err
	}
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, nil, 0, err
	}
	t := identity.Target{UnitPath: dir.Path(it.UnitID)}
	if identity.Decide(a, identity.ConsultWatch, identity.Target{UnitPath: dir.Path(it.ReceivingUnitID)}) == nil {
		t.UnitPath = dir.Path(it.ReceivingUnitID)
	}
	if err := s.Identity.Allow(ctx, a, identity.ConsultWatch, t, "item/"+code); err != nil {
		return nil, nil, 0, err
	}
	if cursor == 0 {
		cursor = newest
	}
	rows, err := s.rows(ctx, sqlFailuresOf, it.ID, cursor, limit+1)
	if err != nil {
		return nil, nil, 0, err
	}
	if len(rows) > limit {
		rows, next = rows[:limit], rows[limit-1].ID
	}
	for _, x := range rows {
		list = append(list, Record{No: x.No, PinnedNo: x.PinnedNo, Reason: x.Reason, Stage: x.Stage, State: x.State, UnitID: x.UnitID, Earlier: x.Earlier, CameBack: x.CameBack,
			ChangedNo: x.ChangedNo, Basis: x.Basis, At: x.CreatedAt, DueOn: x.DueOn, Late: x.Late})
	}
	return it, list, next, nil
}
