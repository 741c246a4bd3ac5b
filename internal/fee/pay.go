package fee

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/hook"
	"github.com/tongban/tongban/internal/identity"
)

// Begin 发起网上缴费 makes an order at the online provider. Who begins twice, in
// two tabs or by a double click, gets the same order. The provider is asked by
// a job after the commit: PayURL comes then. Errors: ErrNoBill, ErrSettled,
// ErrNoProvider.
func (s *Service) Begin(ctx context.Context, a actor.Actor, billNo string, once db.Once) (p *Payment, err error) {
	_, err = s.do(ctx, a, doing{act: identity.FeePay, no: billNo, once: once}, func(tx *db.Tx, b *Bill, detail map[string]string) error {
		switch {
		case s.Online == nil:
			return ErrNoProvider
		case b.Left() == 0:
			return ErrSettled
		}
		list, err := paymentsOf(tx, b.ID)
		if err != nil {
			return err
		}
		for i := range list {
			if x := &list[i]; x.State == Begun && x.Provider == OnlinePay {
				p = x
				detail["order"] = x.OrderNo
				return nil
			}
		}
		no, err := number(tx, "P")
		if err != nil {
			return err
		}
		detail["order"] = no
		p = &Payment{ID: tx.NewID(), BillID: b.ID, OrderNo: no, Provider: OnlinePay, State: Begun, Amount: b.Left(), Method: Online, BegunAt: tx.Now()}
		insertPayment(tx, p)
		if err := s.later(tx, jobPlace, p.ID, tx.Now()); err != nil {
			return err
		}
		return s.later(tx, jobAsk, p.ID, tx.Now().Add(firstAsk))
	})
	if err == nil && p == nil { // a repeated key: the order that it led to
		b, err := billByNo(s.DB.Read(ctx), billNo)
		if err != nil {
			return nil, err
		}
		list, err := paymentsOf(s.DB.Read(ctx), b.ID)
		if err != nil || len(list) == 0 {
			return nil, errors.Join(err, ErrChanged)
		}
		p = &list[len(list)-1]
	}
	return p, err
}

// Taken is how a clerk takes money.
type Taken struct {
	Version int64 // of the bill that was seen
	Method  Method
	Slip    string // POS: the number on the slip of the terminal
	Once    db.Once
}

// Take 窗口收款: the whole bill at once, in cash or by card. It counts in the
// clerk's till of the day. Errors: ErrSettled, ErrTillClosed, ErrChanged.
func (s *Service) Take(ctx context.Context, a actor.Actor, billNo string, in Taken) (*Bill, error) {
	in.Slip = strings.TrimSpace(in.Slip)
	return s.do(ctx, a, doing{act: identity.FeeTake, no: billNo, version: in.Version, once: in.Once}, func(tx *db.Tx, b *Bill, detail map[string]string) error {
		var bad []errs.Field
		switch {
		case in.Method != Cash && in.Method != POS:
			bad = append(bad, errs.Field{Path: "method", Code: "required", ZH: "请选择现金或者刷卡", EN: "Choose cash or card"})
		case in.Method == POS && (in.Slip == "" || len(in.Slip) > 40):
			bad = append(bad, errs.Field{Path: "slip", Code: "required", ZH: "请填写刷卡小票上的参考号，不超过40个字符", EN: "Enter the number on the card slip, at most 40 characters"})
		}
		if err := invalid(bad); err != nil {
			return err
		}
		if b.Left() == 0 {
			return ErrSettled
		}
		no, err := number(tx, "W")
		if err != nil {
			return err
		}
		p := &Payment{ID: tx.NewID(), BillID: b.ID, OrderNo: no, Provider: AtWindow, State: Begun, Amount: b.Left(), Method: in.Method, ClerkID: a.ID, ClerkName: a.Name, BegunAt: tx.Now()}
		insertPayment(tx, p)
		s.putInTill(tx, a, in.Method, p.Amount)
		detail["order"], detail["method"] = no, string(in.Method)
		return s.arriveTx(tx, a, b, p, arrival{p.Amount, in.Slip})
	})
}

// arriveTx books what arrived. The bill is saved by the caller.
func (s *Service) arriveTx(tx *db.Tx, a actor.Actor, b *Bill, p *Payment, got arrival) error {
	e, again := weigh(b, p, got)
	if again {
		return nil
	}
	p.State, p.Received, p.Surplus, p.Ref, p.PaidAt, p.Day = e.payment, got.amount, e.surplus, got.ref, tx.Now(), clock.DateOf(tx.Now()).String()
	savePayment(tx, p)
	method, _ := p.Method.Words()
	provider, _ := ProviderWords(p.Provider)
	if e.settles {
		b.State, b.SettledAt = Paid, tx.Now()
		if err := s.closeOrders(tx, b, p.ID); err != nil {
			return err
		}
		facts := [][2]string{{"缴费订单", p.OrderNo}, {"收费渠道", provider + "（" + method + "）"}}
		for _, l := range b.Lines {
			facts = append(facts, [2]string{l.Name, catalog.Yuan(l.Amount) + "元"})
		}
		if b.Reduced > 0 {
			facts = append(facts, [2]string{"减免", catalog.Yuan(b.Reduced) + "元"})
		}
		facts = append(facts, [2]string{"实缴", catalog.Yuan(p.Received) + "元"}, [2]string{"缴费日期", p.Day})
		if err := s.paper(tx, a, b, PaidUp, "", catalog.Yuan(p.Received)+"元，"+method, facts...); err != nil {
			return err
		}
	} else if err := s.paper(tx, a, b, ArrivedAnyway, "", fmt.Sprintf("订单 %s 到账 %s元，本单应缴 %s元", p.OrderNo, catalog.Yuan(got.amount), catalog.Yuan(b.Left()))); err != nil {
		return err
	}
	if e.payment == Wrong {
		s.differTx(tx, Difference{Provider: p.Provider, Day: p.Day, Kind: Amounts, Ref: p.OrderNo, Ours: p.Amount, Theirs: got.amount})
	}
	if e.back > 0 {
		zh, _ := e.cause.Words()
		return s.askBackTx(tx, actor.Platform(), b, p, e.back, e.cause, zh+"，由平台提出退款。")
	}
	return nil
}

// Heard takes in what the online provider tells by itself. The same letter
// twice, and the same news in another letter, change nothing. Errors: those of
// Hearer.Letter, ErrNoProvider.
func (s *Service) Heard(ctx context.Context, r *http.Request, body []byte) error {
	h, ok := s.Online.(Hearer)
	if !ok {
		return ErrNoProvider
	}
	l, err := h.Letter(r, body, s.DB.Now())
	if err != nil {
		s.Log.WarnContext(ctx, "a payment callback was refused", "err", err)
		return err
	}
	fresh := true
	err = s.retry(ctx, "fee.heard", func(tx *db.Tx) (err error) {
		if fresh, err = hook.Fresh(tx, "pay", l.Nonce); err != nil || !fresh {
			return err
		}
		if l.Kind == MoneyOut {
			return s.backToldTx(tx, l.No, l.Told)
		}
		return s.toldTx(tx, l.No, l.Told)
	})
	s.Log.InfoContext(ctx, "payment callback", "order", l.No, "kind", string(l.Kind), "state", string(l.State), "fresh", fresh, "err", err)
	return err
}

// retry runs a write again when somebody else changed the bill meanwhile.
func (s *Service) retry(ctx context.Context, name string, do func(*db.Tx) error) (err error) {
	for range 5 {
		if err = s.DB.Write(ctx, name, do); !errors.Is(err, ErrChanged) {
			break
		}
	}
	return err
}

// toldTx books a provider's word about an order.
func (s *Service) toldTx(tx *db.Tx, orderNo string, t Told) error {
	p, err := paymentByOrder(tx, orderNo)
	if errors.Is(err, ErrNoBill) || err == nil && p.Provider != OnlinePay {
		s.differTx(tx, Difference{Provider: OnlinePay, Day: clock.DateOf(tx.Now()).String(), Kind: Unknown, Ref: orderNo, Theirs: t.Amount})
		return audit.Append(tx, audit.Record{Actor: actor.Platform(), Act: string(identity.FeeHeard), Subject: "order/" + orderNo, Outcome: "unknown"})
	}
	if err != nil {
		return err
	}
	b, err := billByID(tx, p.BillID)
	if err != nil {
		return err
	}
	// The same news in another letter may have been booked between the two
	// questions. Read after the bill, the order is at least as new as it; read
	// before, one payment would look like a second one.
	if p, err = paymentByOrder(tx, orderNo); err != nil {
		return err
	}
	was := p.State
	switch {
	case t.State == ToldDone:
		err = s.arriveTx(tx, actor.Platform(), b, p, arrival{t.Amount, t.Ref})
	case t.State == ToldFailed && p.State == Begun:
		p.State = Failed
		savePayment(tx, p)
	}
	if err != nil || p.State == was {
		return err // nothing new: neither the bill nor the log changes
	}
	saveBill(tx, b)
	return audit.Append(tx, audit.Record{Actor: actor.Platform(), Act: string(identity.FeeHeard), Subject: "case/" + b.CaseNo, Unit: b.UnitID,
		Detail: map[string]string{"bill": b.No, "order": p.OrderNo, "state": string(p.State), "fen": fmt.Sprint(t.Amount)}})
}

// How long a payment may take, and when the provider is asked by ourselves.
const (
	firstAsk  = 2 * time.Minute
	nextAsk   = 10 * time.Minute
	orderLife = 2 * time.Hour
	lastAsk   = 24 * time.Hour // once more after an order was closed: for a provider that answers after a day
)
