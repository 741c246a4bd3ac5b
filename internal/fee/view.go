package fee

import (
	"context"
	"strconv"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// View is a bill as somebody concerned may see it, with what he may do.
type View struct {
	Bill
	Payments   []Payment
	Reductions []Reduction
	Refunds    []Refund
	Online     bool           // there is a provider for paying online
	Offered    []identity.Act // what the viewer may do now
	Refundable int64          // fen that could still be asked back
	Overdue    bool           // the day by which it is to be paid is over
}

// May reports whether an act is offered.
func (v *View) May(act identity.Act) bool {
	for _, o := range v.Offered {
		if o == act {
			return true
		}
	}
	return false
}

// View gives a bill to somebody concerned. Errors: ErrNoBill.
func (s *Service) View(ctx context.Context, a actor.Actor, no string) (v *View, err error) {
	defer errs.Wrap(&err, "bill %s", no)
	rd := s.DB.Read(ctx)
	b, err := billByNo(rd, no)
	if err == nil {
		v, err = s.view(ctx, rd, a, b, true)
	}
	s.refused(ctx, a, identity.FeeRead, no, err)
	return v, err
}

// OfCase lists the bills of a case that the caller may read already, oldest first.
func (s *Service) OfCase(ctx context.Context, a actor.Actor, caseID int64) (out []*View, err error) {
	rd := s.DB.Read(ctx)
	list, err := billsOf(rd, caseID)
	if err != nil {
		return nil, err
	}
	for i := range list {
		v, err := s.view(ctx, rd, a, &list[i], false)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func (s *Service) view(ctx context.Context, q db.Queryer, a actor.Actor, b *Bill, check bool) (v *View, err error) {
	t, err := s.target(ctx, q, b)
	if err != nil {
		return nil, err
	}
	if check {
		if err := s.mayRead(q, a, b, t); err != nil {
			return nil, err
		}
	}
	v = &View{Bill: *b, Online: s.Online != nil, Overdue: b.Late(clock.DateOf(s.DB.Now()))}
	if v.Payments, err = paymentsOf(q, b.ID); err != nil {
		return nil, err
	}
	if v.Reductions, err = s.reductionsOf(q, b.ID); err != nil {
		return nil, err
	}
	if v.Refunds, err = db.All(q, s.scanRefund, sqlRefundsOf, b.ID); err != nil {
		return nil, err
	}
	for _, p := range v.Payments {
		v.Refundable += p.Received - p.Refunded
	}
	s.offer(a, v, t)
	if a.Kind != actor.Staff {
		v.hideStaff()
	}
	return v, nil
}

// offer lists what the viewer may do: the bill says what there is to do, the
// policy who may.
func (s *Service) offer(a actor.Actor, v *View, t identity.Target) {
	asked := false
	for _, r := range v.Reductions {
		if r.State == IsAsked {
			asked = true
			v.add(a, identity.FeeReduceDecide, v.State == Due, t, r.By)
		}
	}
	for _, x := range v.Refunds {
		v.add(a, identity.FeeRefundDecide, x.State == IsAsked || x.State == GoneBad, t, x.By)
		v.add(a, identity.FeePayBack, x.State == Approved && x.Provider == AtWindow, t, By{})
	}
	v.add(a, identity.FeePay, v.Left() > 0 && v.Online, t, By{})
	v.add(a, identity.FeeTake, v.Left() > 0, t, By{})
	v.add(a, identity.FeeReduce, v.Left() > 0 && v.Reducible() > 0 && !asked, t, By{})
	v.add(a, identity.FeeRefund, v.Refundable > 0, t, By{})
}

func (v *View) add(a actor.Actor, act identity.Act, there bool, t identity.Target, author By) {
	t.AuthorIDs = author.staffID()
	if there && !v.May(act) && identity.Decide(a, act, t) == nil {
		v.Offered = append(v.Offered, act)
	}
}

// hideStaff: applicants see what happened, not who works there.
func (v *View) hideStaff() {
	for i := range v.Payments {
		v.Payments[i].ClerkID, v.Payments[i].ClerkName = 0, ""
	}
	for i := range v.Reductions {
		v.Reductions[i].DecidedBy = By{}
		v.Reductions[i].By.hide()
	}
	for i := range v.Refunds {
		v.Refunds[i].DecidedBy = By{}
		v.Refunds[i].By.hide()
	}
}

func (b *By) hide() {
	if b.Kind == actor.Staff {
		*b = By{Kind: b.Kind}
	}
}

// Open lists the bills that are due at a unit's windows, oldest first; after is
// the id of the last one seen.
func (s *Service) Open(ctx context.Context, a actor.Actor, unit identity.Unit, after int64, limit int) ([]Bill, error) {
	if err := s.Identity.Allow(ctx, a, identity.FeeList, identity.Target{UnitPath: unit.Path, ReceivingPath: unit.Path}, "unit/"+strconv.FormatInt(unit.ID, 10)); err != nil {
		return nil, err
	}
	return db.All(s.DB.Read(ctx), scanBill, sqlOpenBills, unit.ID, after, limit)
}

// waitingMost bounds how many bills are looked through for what waits.
const waitingMost = 500

// Waiting lists bills with something that the actor may decide or hand back.
func (s *Service) Waiting(ctx context.Context, a actor.Actor) (out []*View, err error) {
	if err := s.Identity.Allow(ctx, a, identity.FeeWaiting, identity.Target{}, "bills"); err != nil {
		return nil, err
	}
	rd := s.DB.Read(ctx)
	list, err := db.All(rd, scanBill, sqlWaiting, int64(0), waitingMost)
	if err != nil {
		return nil, err
	}
	for i := range list {
		t, err := s.target(ctx, rd, &list[i])
		if err != nil {
			return nil, err
		}
		if identity.Decide(a, identity.FeeReduceDecide, t) != nil && identity.Decide(a, identity.FeePayBack, t) != nil {
			continue
		}
		v, err := s.view(ctx, rd, a, &list[i], false)
		if err != nil {
			return nil, err
		}
		if v.May(identity.FeeReduceDecide) || v.May(identity.FeeRefundDecide) || v.May(identity.FeePayBack) {
			out = append(out, v)
		}
	}
	return out, nil
}
