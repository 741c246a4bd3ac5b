package casework

import (
	"context"
	"errors"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// Input is what an act brings; each act reads its own fields and refuses to
// go on when one it needs is missing.
type Input struct {
	Version   int64 // case version that the actor saw; 0 = whatever it is
	Once      Once
	Reason    string   // decline, not-needed, extend, suspend, refuse, withdraw
	Elsewhere string   // decline: who is competent instead
	Asks      []Ask    // request-correction
	Task      int64    // review: which task
	Agree     bool     // review
	Opinion   string   // review, decide
	Grant     bool     // decide
	Days      int      // extend: working days; suspend: planned working days
	Kind      string   // suspend: which special procedure
	Seen      []string // arrive: codes of materials whose originals were seen
	Recipient string   // hand-over: who took it
	Waybill   string   // post: courier and number
	Delivery  Delivery // change-delivery
}

// handlers is what is particular to each act. Submit and Resubmit start from a
// draft and have their own entry.
var handlers = map[Act]func(*step) error{
	Accept: (*step).accept, DeemAccepted: (*step).deemAccepted, RequestCorrection: (*step).requestCorrection,
	ReturnUncorrected: (*step).returnUncorrected, Decline: (*step).decline, NotReceived: (*step).decline,
	PrecheckPass: (*step).precheckPass, Arrive: (*step).arrive, Review: (*step).review, Decide: (*step).decide, Extend: (*step).extend,
	Suspend: (*step).suspend, Resume: (*step).resume, Withdraw: (*step).withdraw, HandOver: (*step).handOver, Post: (*step).post,
	DeliverElectronic: (*step).deliverElectronic, ChangeDelivery: (*step).changeDelivery,
}

// Perform does an act on a case. The state table decides whether it exists in
// the case's state, identity.Decide whether the actor may do it. A version that
// is no longer the case's gives ErrChanged and nothing happens.
func (s *Service) Perform(ctx context.Context, a actor.Actor, no string, act Act, in Input) (c *Case, err error) {
	defer errs.Wrap(&err, "%s %s", act, no)
	handle, ok := handlers[act]
	if !ok {
		return nil, ErrUnknownAct
	}
	head, err := s.scanCase(s.DB.Read(ctx).QueryRow(sqlCaseByNo, no))
	if err != nil {
		return nil, err
	}
	w, err := s.world(ctx, head.VersionID)
	if err != nil {
		return nil, err
	}
	// An opinion is bound to its task, not to the whole case: two departments
	// that review at the same time do not disturb each other.
	check := in.Version != 0 && act != Review
	for try := 0; ; try++ {
		err = s.DB.Write(ctx, "casework."+string(act), func(tx *db.Tx) error {
			if in.Once != nil {
				prior, err := in.Once.Claim(tx)
				if err != nil {
					return err
				}
				if prior != "" {
					c, err = s.scanCase(tx.QueryRow(sqlCaseByNo, prior))
					return err
				}
			}
			if c, err = s.scanCase(tx.QueryRow(sqlCaseByNo, no)); err != nil {
				return err
			}
			st := &step{s: s, tx: tx, a: a, c: c, w: w, in: in, from: c.State}
			if err := st.permitted(act, check); err != nil {
				return err
			}
			if err := handle(st); err != nil {
				return err
			}
			if err := st.finish(); err != nil {
				return err
			}
			if in.Once != nil {
				in.Once.Record(tx, c.No)
			}
			return nil
		})
		if errors.Is(err, ErrChanged) && !check && try < 4 {
			continue
		}
		break
	}
	if err != nil {
		if k := errs.KindOf(err); k == errs.Forbidden || k == errs.NotFound {
			s.denied(ctx, a, act, head)
		}
	}
	return c, err
}

// permitted finds the move and asks whether the actor may make it.
func (st *step) permitted(act Act, check bool) error {
	c := st.c
	if err := st.s.mayRead(st.a, c, st.w); err != nil {
		return err
	}
	if check && c.Version != st.in.Version {
		return ErrChanged
	}
	m, ok := MoveFor(c.State, act)
	if !ok || !st.w.reg.Allows(m) {
		return ErrNotOffered
	}
	st.m = m
	return st.s.may(st.a, c, m, st.w)
}

// denied writes an audit record of an act that was refused for lack of right.
func (s *Service) denied(ctx context.Context, a actor.Actor, act Act, c *Case) {
	err := s.DB.Write(ctx, "casework.denied", func(tx *db.Tx) error {
		audit.Append(tx, audit.Record{Actor: a, Act: "case." + string(act), Subject: "case/" + c.No, Unit: c.UnitID, Outcome: "denied"})
		return nil
	})
	if err != nil {
		s.Log.ErrorContext(ctx, "a denied act was not audited", "case", c.No, "err", err)
	}
}

// may asks the one policy whether the actor may make the move.
func (s *Service) may(a actor.Actor, c *Case, m Move, w world) error {
	return identity.Decide(a, identity.Act("case."+string(m.Act)), target(c, w))
}

// mayRead: the party, and staff of the units that handle the case. For
// everybody else the case does not exist.
func (s *Service) mayRead(a actor.Actor, c *Case, w world) error {
	if identity.Decide(a, identity.CaseRead, target(c, w)) != nil {
		return ErrNoCase
	}
	return nil
}

// target names the units that have a part in the case: who decides, whose
// windows receive, who reviews (of the open stage, if one is open).
func target(c *Case, w world) identity.Target {
	t := identity.Target{Owner: c.Party, Applicant: c.Party, ReviewerIDs: c.Reviewers,
		UnitPath: w.dir.Path(c.UnitID), ReceivingPath: w.dir.Path(c.ReceivingUnitID)}
	for _, sp := range w.v.Guide.Steps {
		u, ok := w.dir.UnitByKey(sp.Unit)
		switch {
		case !ok:
		case sp.Kind == catalog.StepDecide:
			t.UnitPath = u.Path
		case sp.Kind == catalog.StepReview && (c.Stage == 0 || sp.Stage == c.Stage):
			t.ReviewPaths = append(t.ReviewPaths, u.Path)
		}
	}
	return t
}
