package casework

import (
	"context"
	"errors"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/notify"
)

const (
	sqlReckoned    = `SELECT edition FROM case_reckoning WHERE id = 1`
	sqlSetReckoned = `INSERT INTO case_reckoning (id, edition) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET edition = excluded.edition`
	sqlOpenCases   = `SELECT ` + caseColumns + `, id FROM cases WHERE state <> 'closed' AND id > $1 ORDER BY id LIMIT 200`
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
// on which somebody acts meanwhile is left alone: the act reckons it. One that
// cannot be read is logged and does not keep the others back.
func (s *Service) reckonSome(ctx context.Context, cal clock.Calendar, last int64) (moved int, at int64, err error) {
	at = last
	err = s.DB.Write(ctx, "casework.reckon", func(tx *db.Tx) error {
		moved, at = 0, last
		rows, err := tx.Query(sqlOpenCases, last)
		if err != nil {
			return err
		}
		for rows.Next() {
			var id int64
			c, err := s.scanCase(alsoScan{rows, &id})
			at = max(at, id)
			if err != nil {
				s.Log.ErrorContext(ctx, "the dates of a case cannot be reckoned", "id", id, "err", err)
				continue
			}
			s.reckonPromises(tx, c, cal, tx.Now())
			due := c.Clocks.due(c.State, cal, tx.Now())
			if due == c.DueOn {
				continue
			}
			err = tx.Part(func(tx *db.Tx) error { return s.moveDue(tx, c, cal, due) })
			if tx.Err() != nil {
				return tx.Err()
			}
			if err != nil && !errors.Is(err, ErrChanged) {
				s.Log.ErrorContext(ctx, "the date of a case could not be moved", "case", c.No, "err", err)
			}
			if err == nil && due != "" {
				moved++
			}
		}
		return nil
	})
	return moved, at, err
}

// moveDue stores the new date of a case, moves its tasks and tells the people
// whom it concerns.
func (s *Service) moveDue(tx *db.Tx, c *Case, cal clock.Calendar, due string) error {
	tx.QueueOne(ErrChanged, sqlMoveDue, c.ID, c.Version, due)
	if due == "" {
		return nil
	}
	tx.Queue(sqlMoveTasks, c.ID, due)
	audit.Append(tx, audit.Record{Actor: actor.Platform(), Act: "case.reckon", Subject: "case/" + c.No, Unit: c.UnitID,
		Detail: map[string]string{"edition": cal.Edition(), "before": c.DueOn, "after": due}, Outcome: "done"})
	before := c.DueOn
	c.DueOn = due
	if err := s.moveShares(tx, c, cal); err != nil {
		return err
	}
	if before == "" {
		return nil
	}
	what := "办理期限"
	if c.State == Correcting {
		what = "补正期限"
	}
	_, err := s.Notify.Send(tx, notify.Message{To: c.Party, Kind: kindReckoned, Link: "/my/cases/" + c.No,
		Values: notify.Values{"title": titleReckoned, "item": c.ItemName, "no": c.No, "what": what, "before": before, "after": due}})
	return err
}

// The message about a limit that moved with the calendar.
const (
	kindReckoned  = "case.reckoned"
	titleReckoned = "您的办件期限随放假安排调整"
)
