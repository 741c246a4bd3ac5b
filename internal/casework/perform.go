package casework

import (
	"context"
	"errors"
	"slices"

	"github.com/tongban/tongban/internal/actor"
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
	Reason    string   // decline, not-needed, extend, suspend, refuse, withdraw, ask-more-time and its answers
	Elsewhere string   // decline: who is competent instead
	Asks      []Ask    // request-correction
	NewFact   NewFact  // request-correction, after the first: on what more asks rest
	Ground    string   // decline: NotOurs or NotMet; empty: NotOurs if there is an Elsewhere
	Unit      string   // decline: key of the competent unit, instead of Elsewhere
	Task      int64    // review: which task
	Agree     bool     // review
	Opinion   string   // review, decide
	Grant     bool     // decide
	Days      int      // extend: working days; suspend: planned working days; ask-more-time, grant-more-time, extend-supplement: days of the limit's unit; check-promise: time to put right, 0 = the guide's
	Kind      string   // suspend: which special procedure; check-promise: kept, differs, broken; sample-review: right, wrong
	Seen      []string // arrive: codes of materials whose originals were seen
	Recipient string   // hand-over: who took it
	Signed    bool     // hand-over: who took it has signed the record
	Waybill   string   // post: courier and number
	Delivery  Delivery // change-delivery
	Parcel    ParcelInput
	// Hearings, visits and approvers' acts.
	Hearing HearingInput
	Visit   VisitInput
	Work    WorkInput
	Measure MeasureInput
	Ruling  RulingInput
	Experts string      // suspend for an expert review: who they are
	Files   []NamedFile // hearing-record, visit-record, object, resume: what comes with it
}

// handlers is what is particular to each act. Submit, Resubmit and Mend start
// from a draft and have their own entry.
var handlers = map[Act]func(*step) error{
	AskMoreTime: (*step).askMoreTime, GrantMoreTime: (*step).grantMoreTime, RefuseMoreTime: (*step).refuseMoreTime,
	Accept: (*step).accept, DeemAccepted: (*step).deemAccepted, RequestCorrection: (*step).requestCorrection,
	ReturnUncorrected: (*step).returnUncorrected, Decline: (*step).decline, NotReceived: (*step).turnAway,
	PrecheckPass: (*step).precheckPass, Arrive: (*step).arrive, Review: (*step).review, Decide: (*step).decide, Extend: (*step).extend,
	// Hearings, visits and approvers' acts.
	HearingTell: (*step).hearingTell, HearingAsk: (*step).hearingAsk, HearingWaive: (*step).hearingWaive, HearingCall: (*step).hearingCall,
	HearingChallenge: (*step).hearingChallenge, HearingAnswer: (*step).hearingAnswer, HearingRecord: (*step).hearingRecord, HearingDrop: (*step).hearingDrop,
	VisitPlan: (*step).visitPlan, VisitRecord: (*step).visitRecord, VisitSign: (*step).visitSign, Object: (*step).object,
	Claim: (*step).claim, Release: (*step).release, Transfer: (*step).transfer, SendBack: (*step).sendBack, Recheck: (*step).recheck,
	AskOpinion: (*step).askOpinion, GiveOpinion: (*step).giveOpinion, Recuse: (*step).recuse, Refer: (*step).refer,
	Suspend: (*step).suspend, Resume: (*step).resume, Withdraw: (*step).withdraw, HandOver: (*step).handOver, Post: (*step).post,
	ExtendSupplement: (*step).extendSupplement, SupplementOver: (*step).supplementOver, SupplementWithdrawn: (*step).supplementOver,
	WithdrawPromise: (*step).withdrawPromise, AcceptByMachine: (*step).acceptByMachine, GrantByMachine: (*step).grantByMachine, ReferByMachine: (*step).referByMachine,
	DeemRenewed: (*step).deemRenewed,
	MeasureOpen: (*step).measureOpen, MeasureState: (*step).measureState, MeasureWaive: (*step).measureWaive, MeasureDecide: (*step).measureDecide, MeasureDrop: (*step).measureDrop,
	RecordRuling: (*step).recordRuling, Redo: (*step).redo, RedoReceive: (*step).redo,
	CheckPromise: (*step).checkPromise, SampleReview: (*step).sampleReview, Annul: (*step).annul, Uphold: (*step).uphold,

	DeliverElectronic: (*step).deliverElectronic, ChangeDelivery: (*step).changeDelivery,
	// Couriers, cabinets and pick-up codes.
	SendCourier: (*step).sendCourier, CancelCourier: (*step).cancelCourier, PostRefused: (*step).postRefused, PostSigned: (*step).postSigned,
	PostBack: (*step).postBack, PostLost: (*step).postLost, ClaimPost: (*step).claimPost, PutInCabinet: (*step).putInCabinet,
	TakeFromCabinet: (*step).takeFromCabinet, CabinetOver: (*step).cabinetOver, CabinetOpened: (*step).cabinetOpened,
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
	if a.Kind == actor.Anonymous || a.Kind == "" {
		return nil, identity.ErrLoginNeeded
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
	// So is what happens to one task.
	check := in.Version != 0 && !ofTask[act]
	for try := 0; ; try++ {
		err = s.DB.Write(ctx, "casework."+string(act), func(tx *db.Tx) error {
			if in.Once != nil {
				in.Once.Claim(tx, no)
			}
			if c, err = s.scanCase(tx.QueryRow(sqlCaseByNo, no)); err != nil {
				return err
			}
			st := &step{s: s, tx: tx, a: a, c: c, w: w, in: in, from: c.State}
			if err := st.permitted(act, check); err != nil {
				return err
			}
			if fs := inputProblems(in); len(fs) > 0 {
				return errs.InvalidFields(fs...)
			}
			if err := handle(st); err != nil {
				return err
			}
			return st.finish()
		})
		if errors.Is(err, ErrChanged) && !check && try < 4 {
			continue
		}
		break
	}
	if errors.Is(err, ErrClockBehind) {
		s.Log.ErrorContext(ctx, "the platform's clock is behind what already happened", "case", no, "act", string(act))
	}
	if err != nil {
		c, err = s.repeated(ctx, in.Once, err)
	}
	if err != nil {
		s.denied(ctx, a, "case."+string(act), "case/"+head.No, head.UnitID, err)
		return nil, err
	}
	return c, nil
}

// ofTask are the acts that concern one task: they do not mind what happened to
// the case beside it.
var ofTask = map[Act]bool{Review: true, Claim: true, Release: true, Transfer: true, GiveOpinion: true}

// permitted finds the move and asks whether the actor may make it.
func (st *step) permitted(act Act, check bool) error {
	c := st.c
	if err := st.s.mayRead(st.tx, st.a, c, &st.w); err != nil {
		return err
	}
	if act == GiveOpinion && st.w.reach == nil {
		if err := st.s.reach(st.tx, c, &st.w); err != nil {
			return err
		}
	}
	if check && c.Version != st.in.Version {
		return ErrChanged
	}
	m, ok := MoveFor(c.State, act)
	if !ok || !st.w.reg.Allows(m) {
		return ErrNotOffered
	}
	st.m = m
	if err := st.s.may(st.a, c, m, st.w); err != nil {
		return err
	}
	if err := c.inOrder(st.now()); err != nil {
		return err
	}
	return st.feeHeld()
}

// may asks the one policy whether the actor may make the move.
func (s *Service) may(a actor.Actor, c *Case, m Move, w world) error {
	t := target(c, w, c.Stage)
	if m.Act == GiveOpinion {
		t.ReviewPaths = w.reach.asked()
	}
	if !slices.Contains(c.may, m.Act) {
		t.HelperID = 0 // the person asked for help with other acts
	}
	err := identity.Decide(a, identity.Act("case."+string(m.Act)), t)
	if err != nil && errs.KindOf(err) == errs.NotFound { // who may read the case knows of it
		return identity.ErrForbidden
	}
	return err
}

// mayRead: the party, and staff of the units that handle the case. For
// everybody else, and for an agent whose mandate does not cover the item, the
// case does not exist.
// A unit to which a task was handed on, or which is asked for an opinion, sees
// it too; that is looked up only where the ordinary way says no.
func (s *Service) mayRead(q db.Queryer, a actor.Actor, c *Case, w *world) error {
	err := identity.Decide(a, identity.CaseRead, target(c, *w, 0))
	if err != nil && a.Kind == actor.Staff && a.Has(actor.Reviewer) && !errors.Is(err, identity.ErrRecused) {
		if err := s.reach(q, c, w); err != nil {
			return err
		}
		t := target(c, *w, 0)
		t.ReviewPaths = append(t.ReviewPaths, w.reach.asked()...)
		err = identity.Decide(a, identity.CaseRead, t)
	}
	if err != nil && a.Kind == actor.Staff && c.Filer.Kind == actor.Staff && c.Filer.ID == a.ID {
		if err := s.helps(q, a, c); err != nil {
			return err
		}
		err = identity.Decide(a, identity.CaseRead, target(c, *w, 0))
	}
	if err != nil {
		if errs.KindOf(err) == errs.Unauthenticated || errors.Is(err, identity.ErrRecused) {
			return err
		}
		return ErrNoCase
	}
	_, err = s.Identity.Covers(q, a, w.v.Guide.Basics.BasicCode)
	if errors.Is(err, identity.ErrNotCovered) {
		return ErrNoCase
	}
	return err
}

// target names the units that have a part in the case: who decides, whose
// windows receive, who reviews in the stage (0 = in any).
func target(c *Case, w world, stage int) identity.Target {
	t := identity.Target{Owner: c.Party, Applicant: c.Party, ReviewerIDs: c.Reviewers, RecusedIDs: c.Recused, HelperID: c.helper,
		UnitPath: w.dir.Path(c.UnitID), ReceivingPath: w.dir.Path(c.ReceivingUnitID)}
	for _, sp := range w.v.Guide.Steps {
		u, ok := w.dir.UnitByKey(sp.Unit)
		switch {
		case !ok:
		case sp.Kind == catalog.StepDecide:
			t.UnitPath = u.Path
		case sp.Kind == catalog.StepReview && (stage == 0 || sp.Stage == stage):
			t.ReviewPaths = append(t.ReviewPaths, u.Path)
		}
	}
	if w.reach != nil {
		t.ReviewPaths = append(t.ReviewPaths, w.reach.handed...)
	}
	return t
}

// reached are the units whose tasks the case has beside those of its guide.
type reached struct {
	handed  []string // a review was handed on to them
	opinion []string // they are asked for an opinion
}

func (r *reached) asked() []string {
	if r == nil {
		return nil
	}
	return r.opinion
}

// reach looks up where the tasks of a case are.
func (s *Service) reach(q db.Queryer, c *Case, w *world) error {
	tasks, err := s.tasks(q, c.ID)
	if err != nil {
		return err
	}
	w.reached(tasks)
	return nil
}

func (w *world) reached(tasks []Task) {
	r := &reached{}
	for _, t := range tasks {
		path := w.dir.Path(t.UnitID)
		switch {
		case path == "" || t.Role != actor.Reviewer || t.State == "void":
		case t.Step == stepOpinion:
			r.opinion = append(r.opinion, path)
		case t.State == "open":
			r.handed = append(r.handed, path)
		}
	}
	w.reach = r
}
