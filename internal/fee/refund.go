package fee

import (
	"context"
	"errors"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/hook"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/jobs"
)

// AskRefund 申请退款 of the money that settled a bill, whole or in part. order
// names the payment; "" is the one that settled it. Errors: ErrTooMuch.
func (s *Service) AskRefund(ctx context.Context, a actor.Actor, billNo, order string, amount int64, reason string, once db.Once) (*Bill, error) {
	return s.do(ctx, a, doing{act: identity.FeeRefund, no: billNo, once: once}, func(tx *db.Tx, b *Bill, detail map[string]string) error {
		list, err := paymentsOf(tx, b.ID)
		if err != nil {
			return err
		}
		var p *Payment
		for i := range list {
			if x := &list[i]; x.Received > x.Refunded && (order == "" && p == nil || order == x.OrderNo) {
				p = x
			}
		}
		if p == nil {
			return ErrTooMuch
		}
		reason, bad := said("reason", reason, "请写明退款的原因", "Say why")
		if err := invalid(bad, between("amount", amount, p.Received-p.Refunded)); err != nil {
			return err
		}
		detail["order"] = p.OrderNo
		return s.askBackTx(tx, a, b, p, amount, Asked, reason)
	})
}

// askBackTx keeps a proposal and reserves its amount, so that proposals never
// come to more than arrived.
func (s *Service) askBackTx(tx *db.Tx, a actor.Actor, b *Bill, p *Payment, amount int64, cause Cause, reason string) error {
	no, err := number(tx, "R")
	if err != nil {
		return err
	}
	sealed, err := s.seal(reason)
	if err != nil {
		return err
	}
	tx.QueueOne(ErrTooMuch, sqlReserve, p.ID, amount)
	tx.Queue(sqlInsertRefund, tx.NewID(), no, b.ID, p.ID, p.Provider, amount, string(cause), sealed, string(IsAsked), string(a.Kind), a.ID, a.Name, []byte{}, tx.NowMicros())
	zh, _ := cause.Words()
	return s.paper(tx, a, b, BackProposed, "", "退款 "+no+"，"+catalog.Yuan(amount)+"元，"+zh)
}

// proposeBack proposes that an amount goes back from what settled bills of one
// point in time.
func (s *Service) proposeBack(tx *db.Tx, bills []Bill, due catalog.FeeDue, amount int64, cause Cause, why string) error {
	for i := range bills {
		b := &bills[i]
		if b.State != Paid || b.Due != due {
			continue
		}
		list, err := paymentsOf(tx, b.ID)
		if err != nil {
			return err
		}
		for j := range list {
			p := &list[j]
			n := min(amount, p.Received-p.Refunded)
			if p.State != Arrived || p.Surplus || n <= 0 {
				continue
			}
			if err := s.askBackTx(tx, actor.Platform(), b, p, n, cause, why); err != nil {
				return err
			}
			amount -= n
		}
	}
	return nil
}

// DecideRefund 决定退款, by who decides in the unit and did not ask for it
// himself. What is approved is paid back by the provider, in a job, or by a
// clerk (PayBack). One that failed may be decided again. Errors: ErrNoRefund,
// ErrDecided.
func (s *Service) DecideRefund(ctx context.Context, a actor.Actor, billNo, refundNo string, grant bool, reason string, once db.Once) (*Bill, error) {
	var x *Refund
	authors := func(tx *db.Tx, b *Bill) (ids []int64, err error) {
		if x, err = s.refundByNo(tx, refundNo); err != nil {
			return nil, err
		}
		if x.BillID != b.ID {
			return nil, ErrNoRefund
		}
		return x.By.staffID(), nil
	}
	return s.do(ctx, a, doing{act: identity.FeeRefundDecide, no: billNo, once: once, authors: authors}, func(tx *db.Tx, b *Bill, detail map[string]string) error {
		if x.State != IsAsked && x.State != GoneBad {
			return ErrDecided
		}
		reason, bad := said("reason", reason, "请写明批准或者不批准的理由", "Give the reason of the decision")
		if err := invalid(bad); err != nil {
			return err
		}
		sealed, err := s.seal(reason)
		if err != nil {
			return err
		}
		state := Declined
		if grant {
			state = Approved
		} else {
			tx.QueueOne(ErrTooMuch, sqlReserve, x.PaymentID, -x.Amount)
		}
		detail["refund"], detail["state"] = x.No, string(state)
		tx.QueueOne(ErrDecided, sqlDecideRefund, x.ID, string(x.State), string(state), a.ID, a.Name, sealed, tx.NowMicros())
		if !grant {
			return s.paper(tx, a, b, BackDeclined, reason, "退款 "+x.No+"，"+catalog.Yuan(x.Amount)+"元："+reason)
		}
		return s.later(tx, jobBack, x.ID, tx.Now())
	})
}

// payBackJob has the provider pay back what was approved.
func (s *Service) payBackJob(ctx context.Context, id int64) error {
	x, err := s.refundByID(s.DB.Read(ctx), id)
	if err != nil || x.State != Approved {
		return err
	}
	p, err := paymentByID(s.DB.Read(ctx), x.PaymentID)
	if err != nil {
		return err
	}
	via, err := s.providerOf(x.Provider)
	if err != nil {
		return err
	}
	t, err := via.Refund(ctx, Order{No: p.OrderNo, Amount: x.Amount, Notify: s.URL + "/hooks/pay"}, x.No)
	var no *hook.Refused
	if errors.As(err, &no) {
		t, err = Told{State: ToldFailed, Ref: no.Code}, nil
	}
	switch {
	case err != nil:
		return err
	case t.State == ToldPending && x.Provider == AtWindow:
		return nil // a clerk hands it back
	case t.State == ToldPending: // it tells when it is done; if it does not, it is asked again
		return jobs.Later(s.DB.Now().Add(nextAsk))
	}
	return s.retry(ctx, "fee.back", func(tx *db.Tx) error { return s.backToldTx(tx, x.No, t) })
}

// backToldTx books a provider's word about a refund.
func (s *Service) backToldTx(tx *db.Tx, refundNo string, t Told) error {
	x, err := s.refundByNo(tx, refundNo)
	if errors.Is(err, ErrNoRefund) {
		s.differTx(tx, Difference{Provider: OnlinePay, Day: clock.DateOf(tx.Now()).String(), Kind: Unknown, Ref: refundNo, Theirs: t.Amount})
		return nil
	}
	if err != nil || x.State != Approved {
		return err
	}
	b, err := billByID(tx, x.BillID)
	if err != nil {
		return err
	}
	detail := map[string]string{"bill": b.No, "refund": x.No, "told": string(t.State)}
	switch {
	case t.State == ToldDone && t.Amount != x.Amount:
		s.differTx(tx, Difference{Provider: x.Provider, Day: clock.DateOf(tx.Now()).String(), Kind: Amounts, Ref: x.No, Ours: x.Amount, Theirs: t.Amount})
		fallthrough
	case t.State == ToldFailed:
		sealed, err := s.seal("收费渠道未能退款（" + t.Ref + "），请核实后重新决定。")
		if err != nil {
			return err
		}
		tx.QueueOne(ErrChanged, sqlFailRefund, x.ID, sealed)
	case t.State == ToldDone:
		if err := s.paidBackTx(tx, actor.Platform(), b, x, t.Ref); err != nil {
			return err
		}
	default:
		return nil
	}
	saveBill(tx, b)
	return audit.Append(tx, audit.Record{Actor: actor.Platform(), Act: string(identity.FeeHeard), Subject: "case/" + b.CaseNo, Unit: b.UnitID, Detail: detail})
}

func (s *Service) paidBackTx(tx *db.Tx, a actor.Actor, b *Bill, x *Refund, ref string) error {
	day := clock.DateOf(tx.Now()).String()
	tx.QueueOne(ErrChanged, sqlDoneRefund, x.ID, ref, day, tx.NowMicros())
	provider, _ := ProviderWords(x.Provider)
	cause, _ := x.Cause.Words()
	return s.paper(tx, a, b, PaidBack, x.Reason, "退款 "+x.No+"，"+catalog.Yuan(x.Amount)+"元", [2]string{"退款单号", x.No}, [2]string{"退款原因", cause},
		[2]string{"退款金额", catalog.Yuan(x.Amount) + "元"}, [2]string{"退款渠道", provider}, [2]string{"批准人", x.DecidedBy.Name}, [2]string{"退款日期", day})
}

// PayBack 窗口退款: a clerk hands back what was paid at a window, in the way in
// which it was paid, out of his till. Errors: ErrNoRefund, ErrDecided, ErrTillClosed.
func (s *Service) PayBack(ctx context.Context, a actor.Actor, billNo, refundNo, slip string, once db.Once) (*Bill, error) {
	return s.do(ctx, a, doing{act: identity.FeePayBack, no: billNo, once: once}, func(tx *db.Tx, b *Bill, detail map[string]string) error {
		x, err := s.refundByNo(tx, refundNo)
		switch {
		case err != nil:
			return err
		case x.BillID != b.ID || x.Provider != AtWindow:
			return ErrNoRefund
		case x.State != Approved:
			return ErrDecided
		}
		p, err := paymentByID(tx, x.PaymentID)
		if err != nil {
			return err
		}
		slip, bad := said("slip", slip, "请填写领款人姓名，刷卡退回的填写小票参考号", "Enter who took the money, or the number on the card slip")
		if len([]rune(slip)) > 40 {
			slip = string([]rune(slip)[:40])
		}
		if err := invalid(bad); err != nil {
			return err
		}
		s.putInTill(tx, a, p.Method, -x.Amount)
		detail["refund"] = x.No
		return s.paidBackTx(tx, a, b, x, slip)
	})
}
