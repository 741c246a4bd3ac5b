package assess

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/jobs"
	"github.com/tongban/tongban/internal/rating"
)

// JobRoll is the periodic job that takes over what happened; once a minute is
// a good pace.
const JobRoll = "assess.roll"

// Handlers registers the job of this room.
func (s *Service) Handlers(r *jobs.Runner) {
	r.Handle(JobRoll, func(ctx context.Context, _ jobs.Job) error { return s.Roll(ctx) })
}

const (
	// overlap is longer than any act takes from its first key to its commit: what
	// has an older key is there, or never will be.
	overlap = 5 * time.Minute
	// page is how many cases one act takes over.
	page = 500
)

// mark is the row of assess_mark.
type mark struct {
	rolled     time.Time
	settled    int64 // everything with a smaller key was taken over
	rebuilding bool
	position   int64
}

func readMark(q db.Queryer) (m mark, err error) {
	var rolled int64
	err = q.QueryRow(sqlMark).Scan(&rolled, &m.settled, &m.rebuilding, &m.position)
	m.rolled = db.Time(rolled)
	return m, err
}

// Roll takes over what was received, closed and rated since the last time. It
// may run at any time, as often as one likes, in several processes; it first
// finishes a Rebuild that was broken off.
func (s *Service) Roll(ctx context.Context) (err error) {
	defer errs.Wrap(&err, "assess roll")
	start, id := s.DB.Now(), s.DB.NewID()
	m, err := readMark(s.DB.Read(ctx))
	if err != nil {
		return err
	}
	if m.rebuilding {
		if m, err = s.rebuild(ctx); err != nil {
			return err
		}
	}
	for _, query := range []string{sqlNewEvents, sqlNewRatings} {
		for from, more := m.settled, true; more; {
			if from, more, err = s.take(ctx, query, from); err != nil {
				return err
			}
		}
	}
	return s.DB.Write(ctx, "assess.rolled", func(tx *db.Tx) error {
		_, err := tx.Exec(sqlRolled, db.Micros(start), id, db.Micros(start.Add(-overlap)))
		return err
	})
}

// take takes over one page of cases behind a position and counts them, in one act.
func (s *Service) take(ctx context.Context, query string, from int64) (next int64, more bool, err error) {
	cal, err := s.Calendar.Current(ctx)
	if err != nil {
		return from, false, err
	}
	err = s.DB.Write(ctx, "assess.take", func(tx *db.Tx) error {
		next, more = from, false
		if _, err := tx.Exec(sqlHold); err != nil {
			return err
		}
		list, err := db.All(tx, scanFact(cal), query, from, page)
		if err != nil || len(list) == 0 {
			return err
		}
		next, more = list[len(list)-1].pos, len(list) == page
		seen := map[int64]bool{}
		t := tally{}
		for _, f := range list {
			if seen[f.caseID] {
				continue
			}
			seen[f.caseID] = true
			f.put(tx)
			t.count(f)
		}
		t.store(tx)
		return nil
	})
	return next, more, err
}

// Rebuild counts everything anew from the cases, for after an import of past
// cases, whose days rolls do not look at any more. Figures go on being shown
// while it runs; the new ones replace them at the end. If it is broken off, the
// next roll finishes it.
func (s *Service) Rebuild(ctx context.Context) (err error) {
	defer errs.Wrap(&err, "assess rebuild")
	if err := s.DB.Write(ctx, "assess.rebuild", func(tx *db.Tx) error {
		_, err := tx.Exec(sqlBegin)
		return err
	}); err != nil {
		return err
	}
	return s.Roll(ctx)
}

// rebuild walks over all cases from where the mark stands. Several processes
// may walk at once: each act takes the page that the last one left.
// What happens to a case after it was walked over is found by the rolls, which
// go on from where they were.
func (s *Service) rebuild(ctx context.Context) (m mark, err error) {
	cal, err := s.Calendar.Current(ctx)
	if err != nil {
		return m, err
	}
	if err := s.settle(ctx); err != nil {
		return m, err
	}
	for again := true; again; {
		err := s.DB.Write(ctx, "assess.rebuild", func(tx *db.Tx) error {
			again = false
			if _, err := tx.Exec(sqlHold); err != nil {
				return err
			}
			if m, err = readMark(tx); err != nil || !m.rebuilding {
				return err
			}
			list, err := db.All(tx, scanFact(cal), sqlCasesAfter, m.position, page)
			if err != nil {
				return err
			}
			if len(list) > 0 {
				for _, f := range list {
					f.put(tx)
				}
				again = true
				_, err = tx.Exec(sqlPosition, list[len(list)-1].pos)
				return err
			}
			tx.Queue(sqlClearDays)
			tx.Queue(sqlCountDays)
			_, err = tx.Exec(sqlRebuilt)
			return err
		})
		if err != nil {
			return m, err
		}
	}
	return readMark(s.DB.Read(ctx))
}

// settle spares the first roll over a database with cases the events that the
// rebuild before it makes needless.
func (s *Service) settle(ctx context.Context) error {
	var id int64
	err := s.DB.Read(ctx).QueryRow(sqlEventBefore, db.Micros(s.DB.Now().Add(-overlap))).Scan(&id)
	if errors.Is(err, db.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, "assess.settle", func(tx *db.Tx) error {
		_, err := tx.Exec(sqlSettled, id)
		return err
	})
}

// tally counts facts by day and unit before they are stored.
type tally map[tallyKey]*Figures

type tallyKey struct {
	day  string
	unit int64
}

func (t tally) at(day string, unit int64) *Figures {
	k := tallyKey{day, unit}
	if t[k] == nil {
		t[k] = &Figures{}
	}
	return t[k]
}

// count adds what of a fact is not stored yet.
func (t tally) count(f fact) {
	if !f.hadReceived {
		t.at(f.received, f.unit).Received++
	}
	if f.closed != "" && !f.hadClosed {
		c := t.at(f.closed, f.unit)
		c.Closed++
		if f.onTime {
			c.OnTime++
		}
		switch f.result {
		case Granted:
			c.Granted++
		case Refused:
			c.Refused++
		case Declined:
			c.Declined++
		case Withdrawn:
			c.Withdrawn++
		}
	}
	if f.rated != "" && !f.hadRated {
		c := t.at(f.rated, f.unit)
		c.Rated++
		if rating.Level(f.level).Good() {
			c.Good++
		} else {
			c.Negative++
		}
	}
}

func (t tally) store(tx *db.Tx) {
	keys := make([]tallyKey, 0, len(t))
	for k := range t {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b tallyKey) int { return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.unit, b.unit)) })
	for _, k := range keys {
		f := t[k]
		tx.Queue(sqlAddDay, k.day, k.unit, f.Received, f.Closed, f.OnTime, f.Granted, f.Refused, f.Declined, f.Withdrawn, f.Rated, f.Good, f.Negative)
	}
}
