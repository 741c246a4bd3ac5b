package casework

import (
	"context"
	"crypto/subtle"
	"errors"
	"slices"
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
	sqlPastDue = `SELECT id, version_id, due_on FROM cases WHERE state = 'submitted' AND state <> 'closed' AND due_on < $1 AND due_on <> ''
		AND (due_on, id) > ($2, $3) ORDER BY due_on, id LIMIT 200`
	sqlSweep = `SELECT ` + caseColumns + `, (SELECT count(*) FROM case_alarm a WHERE a.case_id = cases.id AND a.due_on = cases.due_on)
		FROM cases WHERE state = 'submitted' AND state <> 'closed' AND due_on <> '' AND (due_on, id) > ($1, $2) AND (due_on, id) <= ($3, $4)
		ORDER BY due_on, id`
	sqlAlarmOf = `SELECT at FROM case_alarm WHERE case_id = $1 AND due_on = $2`
	sqlAlarm   = `INSERT INTO case_alarm (case_id, due_on, at) VALUES ($1, $2, $3) ON CONFLICT (case_id, due_on) DO NOTHING`
)

// JobTick is the periodic job of the case clocks.
const JobTick = "casework.tick"

// Tick does what time brings: stored dates follow a newly published calendar,
// and applications that nobody answered within the receipt limit are accepted
// by law, where the regime says so. It may run at any time and as often as one
// likes. A date that rests on a calendar not yet published has no effect: the
// case waits and an alarm is raised. Two hundred cases share a transaction,
// each in its savepoint: one that cannot be handled is logged and does not keep
// the others waiting. It costs by what is due, whatever is open.
func (s *Service) Tick(ctx context.Context) (err error) {
	defer errs.Wrap(&err, "casework tick")
	if err := s.reckonAgain(ctx); err != nil {
		return err
	}
	if err := s.endAssists(ctx); err != nil {
		return err
	}
	if err := s.sweepSupplements(ctx); err != nil {
		return err
	}
	if err := s.sweepRenewals(ctx); err != nil {
		return err
	}
	if err := s.remind(ctx); err != nil {
		return err
	}
	if err := s.dropStale(ctx); err != nil {
		return err
	}
	today := clock.DateOf(s.DB.Now()).String()
	for from := (pastDue{}); ; {
		list, err := db.All(s.DB.Read(ctx), func(r *db.Rows) (p pastDue, err error) {
			return p, r.Scan(&p.id, &p.version, &p.due)
		}, sqlPastDue, today, from.due, from.id)
		if err != nil || len(list) == 0 {
			return err
		}
		if err := s.sweep(ctx, from, list); err != nil {
			return err
		}
		from = list[len(list)-1]
	}
}

// pastDue is a case whose stored date has passed.
type pastDue struct {
	id, version int64
	due         string
}

// sweep does in one transaction what the end of the receipt limit brings to the
// cases of a list, which begins after from.
func (s *Service) sweep(ctx context.Context, from pastDue, list []pastDue) error {
	worlds := map[int64]world{}
	for _, p := range list {
		if _, had := worlds[p.version]; had {
			continue
		}
		w, err := s.world(ctx, p.version)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			s.Log.ErrorContext(ctx, "cases past their date have no guide that can be read", "version", p.version, "err", err)
		}
		worlds[p.version] = w
	}
	last := list[len(list)-1]
	return s.DB.Write(ctx, "casework.sweep", func(tx *db.Tx) error {
		rows, err := tx.Query(sqlSweep, from.due, from.id, last.due, last.id)
		if err != nil {
			return err
		}
		var due []lapsing
		for rows.Next() {
			var alarmed int64
			c, err := s.scanCase(alsoScan{rows, &alarmed})
			if err != nil {
				s.Log.ErrorContext(ctx, "a case past its date cannot be read", "err", err)
				continue
			}
			if w := worlds[c.VersionID]; w.v != nil {
				due = append(due, lapsing{c, w, alarmed > 0})
			}
		}
		for group := range slices.Chunk(due, sweepGroup) {
			if err := s.lapseAll(ctx, tx, group); err != nil {
				return err
			}
		}
		return nil
	})
}

// sweepGroup is how many cases share a savepoint as long as all goes well: what
// they write travels together. If one fails, each of them gets its own.
const sweepGroup = 20

// lapsing is a case past its date.
type lapsing struct {
	c       *Case
	w       world
	alarmed bool
}

func (s *Service) lapseAll(ctx context.Context, tx *db.Tx, group []lapsing) error {
	err := tx.Part(func(tx *db.Tx) error {
		for _, l := range group {
			c := *l.c // as it was read, should each have to be tried by itself
			c.Clocks = slices.Clone(c.Clocks)
			if err := s.lapse(tx, &c, l.w, l.alarmed); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil || tx.Err() != nil {
		return tx.Err()
	}
	for _, l := range group {
		err := tx.Part(func(tx *db.Tx) error { return s.lapse(tx, l.c, l.w, l.alarmed) })
		if tx.Err() != nil {
			return tx.Err()
		}
		if err != nil && !errors.Is(err, ErrNotOffered) && !errors.Is(err, ErrChanged) { // else somebody answered meanwhile
			s.Log.ErrorContext(ctx, "a case past its date could not be handled", "case", l.c.No, "err", err)
		}
	}
	return nil
}

// alsoScan reads one column more than a case has.
type alsoScan struct {
	r    *db.Rows
	also any
}

func (a alsoScan) Scan(dest ...any) error { return a.r.Scan(append(dest, a.also)...) }

// lapse does what the end of the receipt limit brings to one case.
func (s *Service) lapse(tx *db.Tx, c *Case, w world, alarmed bool) error {
	t, ok := c.Clocks.of(Receipt)
	if !ok || c.State != Submitted {
		return nil
	}
	now := t.Timer().At(w.cal, tx.Now())
	switch {
	case now.State != clock.Lapsed:
		return nil
	case w.reg.Deemed && now.Effective():
		st := &step{s: s, tx: tx, a: actor.Platform(), c: c, w: w, from: c.State}
		if err := st.permitted(DeemAccepted, false); err != nil {
			return err
		}
		if err := st.deemAccepted(); err != nil {
			return err
		}
		return st.finish()
	case alarmed:
		return nil
	case now.Provisional:
		return s.alarm(tx, c, "provisional-date-passed")
	}
	return s.alarm(tx, c, "receipt-limit-passed")
}

// alarm records, once, that a case is past a date on which the law gives no
// effect by itself, or only a provisional one.
func (s *Service) alarm(tx *db.Tx, c *Case, ground string) error {
	if n, err := tx.Exec(sqlAlarm, c.ID, c.DueOn, tx.NowMicros()); err != nil || n == 0 {
		return err
	}
	tx.OnCommit(func() { s.Log.Warn("case past its date", "case", c.No, "ground", ground, "due", c.DueOn) })
	return audit.Append(tx, audit.Record{Actor: actor.Platform(), Act: "case.alarm", Subject: "case/" + c.No, Unit: c.UnitID,
		Detail: map[string]string{"ground": ground, "due": c.DueOn}, Outcome: "raised"})
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
	r.Handle(JobPrint, s.printJob)
	r.Handle(JobInstant, func(ctx context.Context, j jobs.Job) error { return s.instantJob(ctx, string(j.Payload)) })
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
