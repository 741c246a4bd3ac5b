package fee

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/hook"
	"github.com/tongban/tongban/internal/jobs"
)

// The jobs. Each may run twice.
const (
	jobPlace  = "fee.place"  // makes the order at the provider
	jobAsk    = "fee.ask"    // asks how an order stands, for a callback that never came
	jobCancel = "fee.cancel" // has an order not be paid any more
	jobBack   = "fee.back"   // has the provider pay back
	jobRemind = "fee.remind" // reminds of a bill before its day
	jobMatch  = "fee.match"  // holds a day against the provider's list
	// JobDaily matches yesterday, and forgets old numbers of letters.
	JobDaily = "fee.daily"
)

// matchAfter is how long after its day's own job a day is matched: a platform
// that has just started answers the provider first.
const matchAfter = 5 * time.Minute

func (s *Service) later(tx *db.Tx, kind string, id int64, at time.Time) error {
	n := strconv.FormatInt(id, 10)
	return jobs.Enqueue(tx, jobs.Job{Kind: kind, Payload: []byte(n), Unique: n, RunAt: at})
}

// Handlers registers the jobs of this room.
func (s *Service) Handlers(r *jobs.Runner) {
	for kind, do := range map[string]func(context.Context, int64) error{jobPlace: s.place, jobAsk: s.ask, jobCancel: s.cancel, jobBack: s.payBackJob, jobRemind: s.remind} {
		r.Handle(kind, func(ctx context.Context, j jobs.Job) error {
			id, err := strconv.ParseInt(string(j.Payload), 10, 64)
			if err != nil {
				return jobs.Permanent(fmt.Errorf("fee: payload: %w", err))
			}
			return do(ctx, id)
		})
	}
	r.Handle(jobMatch, func(ctx context.Context, j jobs.Job) error { return s.matchJob(ctx, string(j.Payload)) })
	r.Handle(JobDaily, func(ctx context.Context, _ jobs.Job) error {
		yesterday := clock.DateOf(s.DB.Now().Add(-24 * time.Hour))
		return s.DB.Write(ctx, "fee.daily", func(tx *db.Tx) error {
			hook.Sweep(tx)
			for _, p := range s.Providers() {
				if err := s.matchLater(tx, p, yesterday, tx.Now().Add(matchAfter)); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// place makes an order. An order that is refused is a failed payment: the
// person may begin again.
func (s *Service) place(ctx context.Context, id int64) error {
	p, err := paymentByID(s.DB.Read(ctx), id)
	if err != nil || p.State != Begun || p.PayURL != "" || s.Online == nil {
		return err
	}
	b, err := billByID(s.DB.Read(ctx), p.BillID)
	if err != nil {
		return err
	}
	placed, err := s.Online.Place(ctx, Order{No: p.OrderNo, Amount: p.Amount, Subject: b.ItemName, Notify: s.URL + "/hooks/pay",
		Return: s.URL + "/my/cases/" + b.CaseNo + "/fees/" + b.No})
	var no *hook.Refused
	if errors.As(err, &no) {
		s.Log.WarnContext(ctx, "the provider refused an order", "order", p.OrderNo, "err", err)
		return s.retry(ctx, "fee.place", func(tx *db.Tx) error { return s.toldTx(tx, p.OrderNo, Told{State: ToldFailed}) })
	}
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, "fee.place", func(tx *db.Tx) error {
		tx.Queue(sqlPlaced, p.ID, placed.PayURL, placed.Ref)
		return nil
	})
}

// ask finds out about an order whose callback did not come.
func (s *Service) ask(ctx context.Context, id int64) error {
	p, err := paymentByID(s.DB.Read(ctx), id)
	if err != nil || s.Online == nil || p.State == Arrived || p.State == Wrong {
		return err
	}
	t, err := s.Online.Query(ctx, p.OrderNo)
	if err != nil && !errors.As(err, new(*hook.Refused)) {
		return err
	}
	switch {
	case t.State == ToldDone, t.State == ToldFailed && p.State == Begun:
		return s.retry(ctx, "fee.ask", func(tx *db.Tx) error { return s.toldTx(tx, p.OrderNo, t) })
	case p.State != Begun:
		return nil
	case s.DB.Now().Sub(p.BegunAt) < orderLife:
		return jobs.Later(s.DB.Now().Add(nextAsk))
	}
	return s.retry(ctx, "fee.ask", func(tx *db.Tx) error {
		p, err := paymentByID(tx, id)
		if err != nil || p.State != Begun {
			return err
		}
		b, err := billByID(tx, p.BillID)
		if err != nil {
			return err
		}
		if err := s.closeOrders(tx, b, 0); err != nil {
			return err
		}
		saveBill(tx, b)
		return jobs.Enqueue(tx, jobs.Job{Kind: jobAsk, Payload: []byte(strconv.FormatInt(id, 10)), Unique: strconv.FormatInt(id, 10) + "/last", RunAt: tx.Now().Add(lastAsk)})
	})
}

// remind tells the applicant of a bill whose day comes near. Once it is settled
// nobody is reminded.
func (s *Service) remind(ctx context.Context, id int64) error {
	return s.DB.Write(ctx, "fee.remind", func(tx *db.Tx) error {
		b, err := billByID(tx, id)
		if err != nil || b.Left() == 0 || b.Late(clock.DateOf(tx.Now())) {
			return err
		}
		return s.paper(tx, actor.Platform(), b, Reminded, "", "缴款单 "+b.No+" 的 "+catalog.Yuan(b.Left())+" 元请在 "+b.PayBy+" 之前缴清。")
	})
}

// cancel has the provider not take money for an order any more. One that says no
// has taken it already, or will tell.
func (s *Service) cancel(ctx context.Context, id int64) error {
	p, err := paymentByID(s.DB.Read(ctx), id)
	if err != nil || p.State != Closed || s.Online == nil {
		return err
	}
	if err := s.Online.Cancel(ctx, p.OrderNo); err != nil && !errors.As(err, new(*hook.Refused)) {
		return err
	}
	return nil
}

// Providers names who can take money here.
func (s *Service) Providers() []string {
	if s.Online == nil {
		return []string{AtWindow}
	}
	return []string{AtWindow, OnlinePay}
}

// providerOf gives the provider of a key.
func (s *Service) providerOf(key string) (Provider, error) {
	switch {
	case key == AtWindow:
		return Window{s.DB}, nil
	case key == OnlinePay && s.Online != nil:
		return s.Online, nil
	}
	return nil, ErrNoProvider
}
