package fee

import (
	"context"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// AskReduction 申请减免: only as much as the lines come to that the guide lets be
// reduced, and only while the bill is due. Errors: ErrSettled, ErrReducing.
func (s *Service) AskReduction(ctx context.Context, a actor.Actor, billNo string, amount int64, ground string, once db.Once) (*Bill, error) {
	return s.do(ctx, a, doing{act: identity.FeeReduce, no: billNo, once: once}, func(tx *db.Tx, b *Bill, detail map[string]string) error {
		if b.Left() == 0 {
			return ErrSettled
		}
		if b.Reducible() == 0 {
			return errs.New(errs.Conflict, "not-reducible", "办事指南没有规定这项收费可以减免。", "The guide does not let this fee be reduced.")
		}
		ground, bad := said("ground", ground, "请写明减免的理由和依据", "Say on what ground")
		if err := invalid(bad, between("amount", amount, min(b.Reducible(), b.Left()))); err != nil {
			return err
		}
		list, err := s.reductionsOf(tx, b.ID)
		if err != nil {
			return err
		}
		for _, r := range list {
			if r.State == IsAsked {
				return ErrReducing
			}
		}
		sealed, err := s.seal(ground)
		if err != nil {
			return err
		}
		tx.Queue(sqlInsertReduction, tx.NewID(), b.ID, amount, sealed, string(IsAsked), string(a.Kind), a.ID, a.Name, []byte{}, tx.NowMicros())
		return s.paper(tx, a, b, LessAsked, "", "申请减免 "+catalog.Yuan(amount)+"元")
	})
}

// DecideReduction 决定减免, by who decides in the unit and did not ask for it
// himself. A bill of which nothing is left is waived. Errors: ErrDecided.
func (s *Service) DecideReduction(ctx context.Context, a actor.Actor, billNo string, grant bool, reason string, once db.Once) (*Bill, error) {
	var open *Reduction
	authors := func(tx *db.Tx, b *Bill) ([]int64, error) {
		open = nil
		list, err := s.reductionsOf(tx, b.ID)
		for i := range list {
			if list[i].State == IsAsked {
				open = &list[i]
				return list[i].By.staffID(), err
			}
		}
		return nil, err
	}
	return s.do(ctx, a, doing{act: identity.FeeReduceDecide, no: billNo, once: once, authors: authors}, func(tx *db.Tx, b *Bill, detail map[string]string) error {
		if open == nil || b.State != Due {
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
		state, what := Declined, LessDeclined
		if grant {
			state, what = Approved, Lessened
			b.Reduced += open.Amount
			if err := s.closeOrders(tx, b, 0); err != nil { // an order over the old amount
				return err
			}
			if b.Left() == 0 {
				b.State, b.SettledAt = Waived, tx.Now()
			}
		}
		detail["state"] = string(state)
		tx.QueueOne(ErrDecided, sqlDecideReduction, open.ID, string(state), a.ID, a.Name, sealed, tx.NowMicros())
		return s.paper(tx, a, b, what, reason, catalog.Yuan(open.Amount)+"元", [2]string{"应缴", catalog.Yuan(b.Amount) + "元"},
			[2]string{"申请减免", catalog.Yuan(open.Amount) + "元"}, [2]string{"还需缴纳", catalog.Yuan(b.Left()) + "元"})
	})
}
