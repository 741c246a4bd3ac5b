package casework

import (
	"context"
	"crypto/subtle"
	"errors"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/fee"
	"github.com/tongban/tongban/internal/jobs"
	"github.com/tongban/tongban/internal/rating"
)

const (
	// The second condition on the state lets both engines use the partial index.
	sqlPastDue = `SELECT id, no, due_on FROM cases WHERE state = 'submitted' AND state <> 'closed' AND due_on < $1 AND due_on <> ''
		AND (due_on, id) > ($2, $3) ORDER BY due_on, id LIMIT 200`
	sqlAlarmed = `SELECT count(*) FROM case_alarm WHERE case_id = $1 AND due_on = $2`
	sqlAlarmOf = `SELECT at FROM case_alarm WHERE case_id = $1 AND due_on = $2`
	sqlAlarm   = `INSERT INTO case_alarm (case_id, due_on, at) VALUES ($1, $2, $3) ON CONFLICT (case_id, due_on) DO NOTHING`
)

// JobTick is the periodic job of the case clocks.
const JobTick = "casework.tick"

// Tick does what time brings: stored dates follow a newly published calendar,
// and applications that nobody answered within the receipt limit are accepted
// by law, where the regime says so. It may run at any time and as often as one
// likes. A date that rests on a calendar not yet published has no effect: the
// case waits and an alarm is raised. A case that cannot be handled is logged
// and does not keep the others waiting.
func (s *Service) Tick(ctx context.Context) (err error) {
	defer errs.Wrap(&err, "casework tick")
	if err := s.reckonAgain(ctx); err != nil {
		return err
	}
	today := clock.DateOf(s.DB.Now()).String()
	due, id := "", int64(0)
	for {
		list, err := db.All(s.DB.Read(ctx), func(r *db.Rows) (c CaseRow, err error) {
			return c, r.Scan(&c.ID, &c.No, &c.DueOn)
		}, sqlPastDue, today, due, id)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, c := range list {
			due, id = c.DueOn, c.ID
			if err := s.lapse(ctx, c.No); err != nil {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				s.Log.ErrorContext(ctx, "a case past its date could not be handled", "case", c.No, "err", err)
			}
		}
	}
}

// lapse does what the end of the receipt limit brings to one case.
func (s *Service) lapse(ctx context.Context, no string) error {
	c, err := s.scanCase(s.DB.Read(ctx).QueryRow(sqlCaseByNo, no))
	if err != nil {
		return err
	}
	w, err := s.world(ctx, c.VersionID)
	if err != nil {
		return err
	}
	t, ok := c.Clocks.of(Receipt)
	if !ok || c.State != Submitted {
		return nil
	}
	st := t.Timer().At(w.cal, s.DB.Now())
	switch {
	case st.State != clock.Lapsed:
		return nil
	case w.reg.Deemed && st.Effective():
		_, err := s.Perform(ctx, actor.Platform(), no, DeemAccepted, Input{})
		if errors.Is(err, ErrNotOffered) || errors.Is(err, ErrChanged) { // somebody answered meanwhile
			return nil
		}
		return err
	case st.Provisional:
		return s.alarm(ctx, c, "provisional-date-passed")
	}
	return s.alarm(ctx, c, "receipt-limit-passed")
}

// alarm records, once, that a case is past a date on which the law gives no
// effect by itself, or only a provisional one.
func (s *Service) alarm(ctx context.Context, c *Case, ground string) error {
	var n int64
	if err := s.DB.Read(ctx).QueryRow(sqlAlarmed, c.ID, c.DueOn).Scan(&n); err != nil || n > 0 {
		return err
	}
	return s.DB.Write(ctx, "casework.alarm", func(tx *db.Tx) error {
		if n, err := tx.Exec(sqlAlarm, c.ID, c.DueOn, tx.NowMicros()); err != nil || n == 0 {
			return err
		}
		tx.OnCommit(func() { s.Log.WarnContext(ctx, "case past its date", "case", c.No, "ground", ground, "due", c.DueOn) })
		return audit.Append(tx, audit.Record{Actor: actor.Platform(), Act: "case.alarm", Subject: "case/" + c.No, Unit: c.UnitID,
			Detail: map[string]string{"ground": ground, "due": c.DueOn}, Outcome: "raised"})
	})
}

// Alarm 报警 says that a case is past a date on which nothing happened by itself,
// for those who see the case. It stands until somebody acts or the date moves.
type Alarm struct {
	At     time.Time // when it was raised
	ZH, EN string
}

// alarmOf is the alarm that stands for a case, nil if there is none.
func (s *Service) alarmOf(q db.Queryer, c *Case, w world) (*Alarm, error) {
	t, ok := c.Clocks.of(Receipt)
	if !ok || c.State != Submitted || c.DueOn == "" {
		return nil, nil
	}
	st := t.Timer().At(w.cal, s.DB.Now())
	if st.State != clock.Lapsed { // nothing can have been raised, so nothing is asked
		return nil, nil
	}
	var at int64
	err := q.QueryRow(sqlAlarmOf, c.ID, c.DueOn).Scan(&at)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if st.Provisional {
		return &Alarm{db.Time(at), "受理期限按暂定的工作日安排计算，已经届满；放假安排公布之前不产生法律效果，已提醒办理单位和监督人员。",
			"The receipt limit is over by a provisional calendar; nothing takes effect until the holidays are published. The office and its supervisors are alerted."}, nil
	}
	return &Alarm{db.Time(at), "受理期限已经届满，还没有告知申请人是否受理；已提醒办理单位和监督人员。",
		"The receipt limit is over and the applicant was not told whether the application is accepted. The office and its supervisors are alerted."}, nil
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
	if errors.Is(err, ErrNotOffered) || fee.IsUnpaid(err) { // paying brings the job again
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
