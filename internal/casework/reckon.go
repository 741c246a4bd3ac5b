package casework

import (
	"context"
	"errors"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
)

const (
	sqlReckoned    = `SELECT edition FROM case_reckoning WHERE id = 1`
	sqlSetReckoned = `INSERT INTO case_reckoning (id, edition) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET edition = excluded.edition`
	sqlOpenCases   = `SELECT ` + caseColumns + ` FROM cases WHERE state <> 'closed' AND id > $1 ORDER BY id LIMIT 200`
	sqlMoveDue     = `UPDATE cases SET due_on = $3 WHERE id = $1 AND version = $2`
)

// reckonAgain brings the stored dates of open cases up to the calendar in
// force when another edition was published since the last time. The stored
// date only orders lists; what it rests on is reckoned anew wherever a date
// has an effect.
func (s *Service) reckonAgain(ctx context.Context) error {
	cal, err := s.Calendar.Current(ctx)
	if err != nil {
		return err
	}
	var edition string
	err = s.DB.Read(ctx).QueryRow(sqlReckoned).Scan(&edition)
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return err
	}
	if edition == cal.Edition() {
		return nil
	}
	moved := 0
	for last := int64(0); edition != ""; {
		n, at, err := s.reckonSome(ctx, cal, last)
		if err != nil {
			return err
		}
		if at == last {
			break
		}
		last, moved = at, moved+n
	}
	return s.DB.Write(ctx, "casework.reckoned", func(tx *db.Tx) error {
		tx.Queue(sqlSetReckoned, cal.Edition())
		if moved > 0 {
			s.Log.InfoContext(ctx, "dates follow the new calendar", "edition", cal.Edition(), "cases", moved)
		}
		return nil
	})
}

// reckonSome does the next cases after an id and says how far it came. A case
// on which somebody acts meanwhile is left alone: the act reckons it.
func (s *Service) reckonSome(ctx context.Context, cal clock.Calendar, last int64) (moved int, at int64, err error) {
	at = last
	err = s.DB.Write(ctx, "casework.reckon", func(tx *db.Tx) error {
		moved, at = 0, last
		list, err := db.All(tx, func(r *db.Rows) (*Case, error) { return s.scanCase(r) }, sqlOpenCases, last)
		if err != nil {
			return err
		}
		for _, c := range list {
			at = c.ID
			due, before := c.Clocks.due(c.State, cal, tx.Now()), c.DueOn
			if due == c.DueOn {
				continue
			}
			n, err := tx.Exec(sqlMoveDue, c.ID, c.Version, due)
			if err != nil {
				return err
			}
			if n == 0 || due == "" {
				continue
			}
			tx.Queue(sqlMoveTasks, c.ID, due)
			c.DueOn = due
			if err := s.moveShares(tx, c, cal); err != nil {
				return err
			}
			audit.Append(tx, audit.Record{Actor: actor.Platform(), Act: "case.reckon", Subject: "case/" + c.No, Unit: c.UnitID,
				Detail: map[string]string{"edition": cal.Edition(), "before": before, "after": due}, Outcome: "done"})
			moved++
		}
		return nil
	})
	return moved, at, err
}
