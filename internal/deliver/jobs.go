package deliver

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/hook"
	"github.com/tongban/tongban/internal/jobs"
)

// The jobs. Each may run twice.
const (
	jobOrder  = "deliver.order"  // asks the courier to bring a parcel
	jobAsk    = "deliver.ask"    // asks where a parcel is, for a callback that never came
	jobCancel = "deliver.cancel" // has a parcel not be collected
	// JobSweep takes back what a cabinet kept too long, and forgets wrong codes.
	JobSweep = "deliver.sweep"
)

// When the courier is asked by ourselves.
const (
	firstAsk = 2 * time.Hour
	nextAsk  = 6 * time.Hour
	lastAsk  = 60 * 24 * time.Hour // after that only a person knows
)

// later has something done about the present order of a parcel.
func (s *Service) later(tx *db.Tx, kind string, p *Parcel, in time.Duration) error {
	n := strconv.FormatInt(p.ID, 10) + "/" + p.OrderNo
	return jobs.Enqueue(tx, jobs.Job{Kind: kind, Payload: []byte(n), Unique: n, RunAt: tx.Now().Add(in)})
}

// Handlers registers the jobs of this room.
func (s *Service) Handlers(r *jobs.Runner) {
	for kind, do := range map[string]func(ctx context.Context, p *Parcel, order string) error{jobOrder: s.orderJob, jobAsk: s.askJob, jobCancel: s.cancelJob} {
		r.Handle(kind, func(ctx context.Context, j jobs.Job) error {
			id, order, _ := strings.Cut(string(j.Payload), "/")
			n, err := strconv.ParseInt(id, 10, 64)
			if err != nil {
				return jobs.Permanent(fmt.Errorf("deliver: payload: %w", err))
			}
			p, err := s.scan(s.DB.Read(ctx).QueryRow(sqlParcelByID, n))
			if err != nil || s.Courier == nil {
				return err
			}
			return do(ctx, p, order)
		})
	}
	r.Handle(JobSweep, func(ctx context.Context, _ jobs.Job) error { return s.Sweep(ctx) })
}

// orderJob asks the courier. An order that is refused puts the parcel back to
// the window.
func (s *Service) orderJob(ctx context.Context, p *Parcel, order string) error {
	if p.State != Ordered || p.OrderNo != order || p.Waybill != "" {
		return nil
	}
	from := ""
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return err
	}
	if u, ok := dir.Unit(p.ReceivingUnitID); ok {
		from = strings.TrimSpace(u.Name + " " + u.Address)
	}
	placed, err := s.Courier.Order(ctx, Sending{No: order, From: from, To: p.To, What: "政务服务办理结果", Notify: s.URL + "/hooks/courier"})
	var no *hook.Refused
	if errors.As(err, &no) {
		s.Log.WarnContext(ctx, "the courier refused an order", "order", order, "err", err)
		return s.retry(ctx, "deliver.order", func(tx *db.Tx) error { return s.toldTx(tx, order, Told{News: NewsRefused, At: tx.Now()}) })
	}
	if err != nil {
		return err
	}
	return s.retry(ctx, "deliver.order", func(tx *db.Tx) error {
		p, err := s.scan(tx.QueryRow(sqlParcelByID, p.ID))
		if err != nil || p.OrderNo != order || p.Waybill != "" {
			return err
		}
		p.Waybill = strings.TrimSpace(s.CourierName + " " + placed.Waybill)
		data, err := s.seal(p.Secret)
		if err != nil {
			return err
		}
		tx.QueueOne(ErrChanged, sqlWaybill, p.ID, p.Version, data)
		return nil
	})
}

// askJob finds out about a parcel whose callback did not come.
func (s *Service) askJob(ctx context.Context, p *Parcel, order string) error {
	if p.OrderNo != order || p.State != Ordered && p.State != Underway {
		return nil
	}
	t, err := s.Courier.Ask(ctx, order)
	if err != nil && !errors.As(err, new(*hook.Refused)) {
		return err
	}
	if err == nil && newsSteps[t.News] != "" && (t.News != NewsSigned || t.SignedBy != "") {
		err = s.retry(ctx, "deliver.ask", func(tx *db.Tx) error { return s.toldTx(tx, order, t) })
		if err != nil {
			return err
		}
		if ofCase[newsSteps[t.News]] {
			return nil
		}
	}
	if s.DB.Now().Sub(p.MovedAt) > lastAsk {
		s.Log.ErrorContext(ctx, "a courier says nothing of a parcel", "order", order, "case", p.CaseNo)
		return nil
	}
	return jobs.Later(s.DB.Now().Add(nextAsk))
}

// cancelJob has a parcel not be collected. A courier that says no has collected
// it already: it will tell, and what it tells is kept.
func (s *Service) cancelJob(ctx context.Context, p *Parcel, order string) error {
	if p.OrderNo == order && (p.State == Ordered || p.State == Underway) {
		return nil // nobody cancelled this one
	}
	if err := s.Courier.Cancel(ctx, order); err != nil && !errors.As(err, new(*hook.Refused)) {
		return err
	}
	return nil
}

// Sweep 取件柜到期: what was not fetched in time goes back to the window.
func (s *Service) Sweep(ctx context.Context) error {
	type due struct{ id, caseID int64 }
	for after := int64(0); ; {
		list, err := db.All(s.DB.Read(ctx), func(r *db.Rows) (d due, err error) { return d, r.Scan(&d.id, &d.caseID) }, sqlExpired, db.Micros(s.DB.Now()), after)
		if err != nil {
			return err
		}
		for _, d := range list {
			if err := s.retry(ctx, "deliver.expire", func(tx *db.Tx) error { return s.Follow(tx, d.caseID, Expire, Told{At: tx.Now()}) }); err != nil {
				s.Log.ErrorContext(ctx, "a result could not be taken back from its cabinet", "parcel", d.id, "err", err)
			}
			after = d.id
		}
		if len(list) == 0 {
			break
		}
	}
	return s.DB.Write(ctx, "deliver.forget", func(tx *db.Tx) error {
		tx.Queue(sqlForgetTo, db.Micros(tx.Now().Add(-2*tryWindow)))
		return nil
	})
}
