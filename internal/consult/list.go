package consult

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
)

// newest is a cursor behind every id.
const newest = 1<<63 - 1

// Mine lists what the party has asked and reported for which the actor acts,
// the latest first. cursor is the last id seen, 0 at the start; next is 0 at
// the end.
func (s *Service) Mine(ctx context.Context, a actor.Actor, cursor int64, limit int) (list []Row, next int64, err error) {
	defer errs.Wrap(&err, "my inquiries")
	if err := s.Identity.Allow(ctx, a, identity.ApplicantEnter, identity.Target{}, "inquiries"); err != nil {
		return nil, 0, err
	}
	if cursor == 0 {
		cursor = newest
	}
	list, err = s.rows(ctx, sqlOfParty, string(a.For.Kind), a.For.ID, cursor, limit+1)
	if len(list) > limit {
		list, next = list[:limit], list[limit-1].ID
	}
	for i := range list {
		list[i].hide()
	}
	return list, next, err
}

// hide takes out what is not decided and so is not told outside.
func (x *Inquiry) hide() {
	if x.State == Refusing {
		x.State, x.Proposer, x.Basis = Handling, 0, ""
	}
}

// Side says which list of a unit.
type Side string

// The lists.
const (
	With     Side = "with"     // waits with the unit
	Received Side = "received" // the centre received it, it waits with another unit
)

// Queue lists what is open at a unit, the nearest day first. cursor is "" at
// the start; next is "" at the end.
func (s *Service) Queue(ctx context.Context, a actor.Actor, unit identity.Unit, side Side, cursor string, limit int) (list []Row, next string, err error) {
	defer errs.Wrap(&err, "inquiries of a unit")
	if err := s.mayQueue(ctx, a, unit); err != nil {
		return nil, "", err
	}
	day, id, err := splitCursor(cursor)
	if err != nil {
		return nil, "", err
	}
	query := sqlOfUnit
	if side == Received {
		query = sqlOfReceiver
	}
	list, err = s.rows(ctx, query, unit.ID, day, id, limit+1)
	if err != nil {
		return nil, "", err
	}
	if len(list) > limit {
		list = list[:limit]
		last := list[limit-1]
		next = last.DueOn.String() + "." + strconv.FormatInt(last.ID, 10)
	}
	return list, next, s.aside(ctx, a, &list)
}

// Done lists what a unit finished, the latest first.
func (s *Service) Done(ctx context.Context, a actor.Actor, unit identity.Unit, limit int) (list []Row, err error) {
	defer errs.Wrap(&err, "finished inquiries")
	if err := s.mayQueue(ctx, a, unit); err != nil {
		return nil, err
	}
	if list, err = s.rows(ctx, sqlDone, unit.ID, int64(newest), limit); err != nil {
		return nil, err
	}
	return list, s.aside(ctx, a, &list)
}

// Count is how much is open at a unit, and how much of it is late.
func (s *Service) Count(ctx context.Context, a actor.Actor, unit identity.Unit) (open, late int, err error) {
	if err := s.mayQueue(ctx, a, unit); err != nil {
		return 0, 0, err
	}
	err = s.DB.Read(ctx).QueryRow(sqlOpenCount, unit.ID, clock.DateOf(s.DB.Now()).String()).Scan(&open, &late)
	return open, late, err
}

func (s *Service) mayQueue(ctx context.Context, a actor.Actor, unit identity.Unit) error {
	return s.Identity.Allow(ctx, a, identity.ConsultQueue, identity.Target{UnitPath: unit.Path}, "unit/"+strconv.FormatInt(unit.ID, 10))
}

// aside takes out what is about cases from which the actor stands aside.
func (s *Service) aside(ctx context.Context, a actor.Actor, list *[]Row) (err error) {
	if s.Cases == nil {
		return nil
	}
	*list = slices.DeleteFunc(*list, func(x Row) bool {
		if x.CaseID == 0 || err != nil {
			return false
		}
		ids, failed := s.Cases.Aside(s.DB.Read(ctx), x.CaseID)
		if failed != nil {
			err = failed
		}
		return slices.Contains(ids, a.ID)
	})
	return err
}

func (s *Service) rows(ctx context.Context, query string, args ...any) ([]Row, error) {
	cal, err := s.Calendar.Current(ctx)
	if err != nil {
		return nil, err
	}
	today := clock.DateOf(s.DB.Now())
	return db.All(s.DB.Read(ctx), func(r *db.Rows) (Row, error) {
		x, err := s.scan(r)
		row := Row{Inquiry: x, Left: cal.Between(today, x.DueOn), Masked: ident.MaskName(x.Asker())}
		row.Late = x.Open() && x.DueOn < today
		row.Soon = x.Open() && !row.Late && row.Left <= 1
		return row, err
	}, query, args...)
}

// Asker is the name of who asked, as far as it is known.
func (x *Inquiry) Asker() string {
	if x.Party.Name != "" {
		return x.Party.Name
	}
	return x.Data.Name
}

// Show gives one to those concerned, with all that was said. Errors: ErrNone.
func (s *Service) Show(ctx context.Context, a actor.Actor, no string) (v *View, err error) {
	defer errs.Wrap(&err, "inquiry %s", no)
	if a.Kind == actor.Anonymous || a.Kind == "" {
		return nil, identity.ErrLoginNeeded
	}
	rd := s.DB.Read(ctx)
	x, err := s.byNo(rd, no)
	if err != nil {
		return nil, err
	}
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	t, err := s.target(rd, dir, x)
	if err != nil {
		return nil, err
	}
	if err := identity.Decide(a, identity.ConsultRead, t); err != nil {
		return nil, s.refused(ctx, a, identity.ConsultRead, no, err)
	}
	cal, err := s.Calendar.Current(ctx)
	if err != nil {
		return nil, err
	}
	v = &View{Inquiry: *x, Clock: s.timer(x).Reckon(cal, s.DB.Now()), Asker: x.Asker(), Phone: x.Data.Phone}
	v.Unit, _ = dir.Unit(x.UnitID)
	v.Received, _ = dir.Unit(x.ReceivedID)
	if v.Entries, err = db.All(rd, s.scanEntry, sqlEntries, x.ID); err != nil {
		return nil, err
	}
	staff := a.Kind == actor.Staff
	if staff {
		if v.Proposal, err = s.proposalOf(rd, x.ID); err != nil {
			return nil, err
		}
	} else {
		v.Entries = slices.DeleteFunc(v.Entries, func(e Entry) bool { return e.Inside })
		v.hide()
	}
	if !x.Open() || identity.Decide(a, identity.ConsultAnswer, t) != nil {
		v.Phone = ident.MaskMobile(v.Phone)
	}
	s.offer(v, x, a, t, dir)
	return v, nil
}

// offer names what the viewer may do now.
func (s *Service) offer(v *View, x *Inquiry, a actor.Actor, t identity.Target, dir *identity.Directory) {
	for _, m := range Moves {
		if m.Kind != x.Kind || !slices.Contains(m.From, x.State) || !x.more(m.Act, v.Proposal != nil) || identity.Decide(a, m.Right, t) != nil {
			continue
		}
		v.Offered = append(v.Offered, m)
		if m.Act == PassOn {
			v.Units = neighbours(dir, v.Unit)
		}
	}
}

// neighbours are the units to which a unit passes on: departments and centres
// of its own government and of the one above.
func neighbours(dir *identity.Directory, u identity.Unit) (out []identity.Unit) {
	d, _ := dir.Division(u.Division)
	for _, o := range dir.Units() {
		if o.Kind != "government" && o.ID != u.ID && (o.Division == u.Division || d.Parent != "" && o.Division == d.Parent) {
			out = append(out, o)
		}
	}
	return out
}

// splitCursor reads "2026-03-03.17"; an empty one lies before every row.
func splitCursor(cursor string) (day string, id int64, err error) {
	if cursor == "" {
		return "", 0, nil
	}
	day, rest, ok := strings.Cut(cursor, ".")
	if id, err = strconv.ParseInt(rest, 10, 64); err != nil || !ok {
		return "", 0, errs.New(errs.Malformed, "bad-cursor", "翻页位置不正确，请从第一页重新开始。", "The page cursor is not valid; start from the first page.")
	}
	return day, id, nil
}
