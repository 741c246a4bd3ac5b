package casework

import (
	"context"
	"crypto/subtle"
	"errors"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/jobs"
	"github.com/tongban/tongban/internal/rating"
)

const sqlPastDue = `SELECT id, no, due_on FROM cases WHERE state = $1 AND due_on < $2 AND due_on <> '' AND (due_on, id) > ($3, $4)
	ORDER BY due_on, id LIMIT 200`

const sqlAlarm = `INSERT INTO case_alarm (case_id, due_on, at) VALUES ($1, $2, $3) ON CONFLICT (case_id, due_on) DO NOTHING`

// JobTick is the periodic job of the case clocks.
const JobTick = "casework.tick"

// Tick does what time brings: applications that nobody answered within the
// receipt limit are accepted by law, where the regime says so. It may run at any
// time and as often as one likes. A date that rests on a calendar not yet
// published has no effect: the case waits and an alarm is raised.
func (s *Service) Tick(ctx context.Context) (err error) {
	defer errs.Wrap(&err, "casework tick")
	today := clock.DateOf(s.DB.Now()).String()
	due, id := "", int64(0)
	for {
		list, err := db.All(s.DB.Read(ctx), func(r *db.Rows) (c CaseRow, err error) {
			return c, r.Scan(&c.ID, &c.No, &c.DueOn)
		}, sqlPastDue, string(Submitted), today, due, id)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, c := range list {
			if err := ctx.Err(); err != nil {
				return err
			}
			due, id = c.DueOn, c.ID
			switch _, err := s.Perform(ctx, actor.Platform(), c.No, DeemAccepted, Input{}); {
			case errors.Is(err, ErrNotOffered):
				// The regime knows no deemed acceptance, or the date is provisional.
				if err := s.alarm(ctx, c.No); err != nil {
					return err
				}
			case err != nil:
				s.Log.ErrorContext(ctx, "deemed acceptance failed", "case", c.No, "err", err)
			}
		}
	}
}

// alarm records, once, that a case is past a date on which the law gives no
// effect by itself, or only a provisional one.
func (s *Service) alarm(ctx context.Context, no string) error {
	c, err := s.scanCase(s.DB.Read(ctx).QueryRow(sqlCaseByNo, no))
	if err != nil {
		return err
	}
	cal, err := s.Calendar.Current(ctx)
	if err != nil {
		return err
	}
	t, ok := c.Clocks.of(Receipt)
	if !ok {
		return nil
	}
	st := t.Timer().At(cal, s.DB.Now())
	if st.State != clock.Lapsed {
		return nil
	}
	ground := "receipt-limit-passed"
	if st.Provisional {
		ground = "provisional-date-passed"
	}
	return s.DB.Write(ctx, "casework.alarm", func(tx *db.Tx) error {
		if n, err := tx.Exec(sqlAlarm, c.ID, c.DueOn, tx.NowMicros()); err != nil || n == 0 {
			return err
		}
		audit.Append(tx, audit.Record{Actor: actor.Platform(), Act: "case.alarm", Subject: "case/" + no, Unit: c.UnitID,
			Detail: map[string]string{"ground": ground, "due": c.DueOn}, Outcome: "raised"})
		s.Log.WarnContext(ctx, "case past its date", "case", no, "ground", ground, "due", c.DueOn)
		return nil
	})
}

// Handlers registers the jobs of this room.
func (s *Service) Handlers(r *jobs.Runner) {
	r.Handle(JobDeliver, func(ctx context.Context, j jobs.Job) error { return s.deliverJob(ctx, string(j.Payload)) })
	r.Handle(JobTick, func(ctx context.Context, _ jobs.Job) error { return s.Tick(ctx) })
}

// deliverJob delivers an electronic result, whose licence it has signed first.
func (s *Service) deliverJob(ctx context.Context, no string) error {
	c, err := s.scanCase(s.DB.Read(ctx).QueryRow(sqlCaseByNo, no))
	if err != nil {
		return err
	}
	if c.State != Delivering || c.DeliveryWay != "electronic" {
		return nil
	}
	if c.LicenceID != 0 {
		if err := s.Licences.EnsureSigned(ctx, c.LicenceID); err != nil {
			return err
		}
	}
	_, err = s.Perform(ctx, actor.Platform(), no, DeliverElectronic, Input{})
	if errors.Is(err, ErrNotOffered) {
		return nil
	}
	return err
}

// invitation copies what a rating needs down to the rating room.
func invitation(tx *db.Tx, c *Case) rating.Invitation {
	return rating.Invitation{CaseNo: c.No, CaseID: c.ID, ItemID: c.ItemID, ItemName: c.ItemName, UnitID: c.UnitID,
		Division: c.Division, Channel: c.Channel, Party: c.Party, ServedAt: tx.Now()}
}

func sameText(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
