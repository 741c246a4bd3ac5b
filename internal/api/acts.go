package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
)

// SubmitIn hands in a draft, or a whole application at once.
type SubmitIn struct {
	Body struct {
		Draft   ID    `json:"draft,omitempty" doc:"Hand in this draft (or correction); then nothing else but version."`
		Version int64 `json:"version,omitempty" minimum:"1" doc:"The draft's version that was seen; left out: whatever it is."`

		Item      string       `json:"item,omitempty" maxLength:"40" doc:"Or: a whole application for this item in one act."`
		Party     *PartyRef    `json:"party,omitempty" doc:"Window clerks: for whom."`
		Answers   Answers      `json:"answers,omitempty"`
		Materials []MaterialOf `json:"materials,omitempty" maxItems:"100"`
		Delivery  *Delivery    `json:"delivery,omitempty"`
		Held      string       `json:"held,omitempty" maxLength:"100" doc:"Identifier of the licence that it is about, for items that change, renew, replace or deregister one."`
		Promise   *PromiseIn   `json:"promise,omitempty" doc:"What is promised, signed with the hash of its text."`
		Consent   bool         `json:"consent,omitempty" doc:"The applicant was told who processes which data, why and how long (guide.privacy), and agreed."`
	}
}

// MaterialOf is what is handed in for one material.
type MaterialOf struct {
	Code    string    `json:"code" minLength:"1" maxLength:"40"`
	Files   []FileRef `json:"files,omitempty" maxItems:"50"`
	Licence string    `json:"licence,omitempty" maxLength:"100" doc:"Identifier of a licence held, instead of files."`
	Paper   bool      `json:"paper,omitempty" doc:"Window clerks: seen on paper."`
	Copies  int       `json:"copies,omitempty" minimum:"0" maximum:"999" doc:"Window clerks: how many of it stay at the window."`
}

// ActIn does an act on a case; each act reads its own fields (offered lists them).
type ActIn struct {
	CaseIn
	Body struct {
		Act       casework.Act `json:"act" minLength:"1" maxLength:"40" doc:"One of the case's offered acts."`
		Version   int64        `json:"version" minimum:"1" doc:"The case's version that was seen; 409 if it has changed."`
		Reason    string       `json:"reason,omitempty" maxLength:"2000"`
		Elsewhere string       `json:"elsewhere,omitempty" maxLength:"500" doc:"decline: who is competent instead."`
		Ground    string       `json:"ground,omitempty" enum:"competence,condition" doc:"decline: not this unit's power (then unit or elsewhere), or a condition of the guide is not met."`
		Unit      string       `json:"unit,omitempty" maxLength:"100" doc:"decline: key of the competent unit."`
		NewFact   *NewFact     `json:"newFact,omitempty" doc:"request-correction, after the first notice: on what more asks rest."`
		Asks      []Ask        `json:"asks,omitempty" maxItems:"200" doc:"request-correction: lines of the pinned guide."`
		Task      ID           `json:"task,omitempty" doc:"review: which task."`
		Agree     bool         `json:"agree,omitempty" doc:"review."`
		Opinion   string       `json:"opinion,omitempty" maxLength:"4000" doc:"review, decide."`
		Grant     bool         `json:"grant,omitempty" doc:"decide: grant, else refuse with reason."`
		Days      int          `json:"days,omitempty" minimum:"1" maximum:"1000" doc:"extend, suspend: working days; ask-more-time, grant-more-time, extend-supplement: days of the limit's own unit; check-promise: time to put right, left out: the guide's."`
		Kind      string       `json:"kind,omitempty" maxLength:"40" doc:"suspend: which special procedure; check-promise: kept, differs, broken; sample-review: right, wrong."`
		Seen      []string     `json:"seen,omitempty" maxItems:"100" doc:"arrive: codes of materials whose originals were seen."`
		Recipient string       `json:"recipient,omitempty" maxLength:"50" doc:"hand-over: who took it."`
		Signed    bool         `json:"signed,omitempty" doc:"hand-over: who took it has signed the record."`
		Waybill   string       `json:"waybill,omitempty" maxLength:"100" doc:"post: courier and number."`
		Delivery  *Delivery    `json:"delivery,omitempty" doc:"change-delivery."`
		Parcel    *ParcelIn    `json:"parcel,omitempty" doc:"put-in-cabinet, post-signed, post-back."`

		Hearing *HearingIn `json:"hearing,omitempty" doc:"Acts of a hearing; decide after one; object for a third party."`
		Visit   *VisitIn   `json:"visit,omitempty" doc:"Acts of a site visit."`
		Work    *WorkIn    `json:"work,omitempty" doc:"transfer, send-back, ask-opinion, recuse, refer."`
		Measure *MeasureIn `json:"measure,omitempty" doc:"Acts of a retraction, annulment or deregistration begun by the authority."`
		Ruling  *RulingIn  `json:"ruling,omitempty" doc:"record-ruling."`
		Experts string     `json:"experts,omitempty" maxLength:"2000" doc:"suspend for an expert review: who they are."`
		Files   []FileRef  `json:"files,omitempty" maxItems:"20" doc:"Of POST /files: hearing-record, visit-record, object, resume."`
	}
}

// NewFact 新的事实 became known after the last notice and could not be seen then.
type NewFact struct {
	Source string `json:"source" enum:"correction,outside" doc:"It lies in what was handed in after the notice, or came from elsewhere (then also on and from)."`
	What   string `json:"what" minLength:"1" maxLength:"300" doc:"Printed in the notice."`
	On     string `json:"on,omitempty" format:"date" doc:"When it became known."`
	From   string `json:"from,omitempty" maxLength:"200" doc:"From whom."`
}

// inputs names the fields that an act reads.
func inputs(act casework.Act) []string {
	switch act {
	case casework.RequestCorrection:
		return []string{"asks", "newFact"}
	case casework.Decline:
		return []string{"ground", "reason", "unit", "elsewhere"}
	case casework.NotReceived, casework.RefuseMoreTime:
		return []string{"reason"}
	case casework.AskMoreTime, casework.GrantMoreTime:
		return []string{"days", "reason"}
	case casework.Arrive:
		return []string{"seen"}
	case casework.Review:
		return []string{"task", "agree", "opinion"}
	case casework.Decide:
		return []string{"grant", "opinion", "reason", "hearing.record"}
	case casework.ExtendSupplement:
		return []string{"days", "reason"}
	case casework.CheckPromise:
		return []string{"kind", "days", "reason"}
	case casework.SampleReview:
		return []string{"kind", "reason"}
	case casework.Annul, casework.Uphold, casework.WithdrawPromise:
		return []string{"reason"}
	case casework.Extend:
		return []string{"days", "reason"}
	case casework.Suspend:
		return []string{"kind", "days", "reason", "experts"}
	case casework.Resume:
		return []string{"reason", "files"}
	case casework.Withdraw:
		return []string{"reason"}
	case casework.HandOver:
		return []string{"recipient", "signed"}
	case casework.Post:
		return []string{"waybill"}
	case casework.ChangeDelivery:
		return []string{"delivery"}
	case casework.SendCourier, casework.CancelCourier, casework.TakeFromCabinet:
		return []string{}
	case casework.PostSigned:
		return []string{"parcel.signedBy", "parcel.on", "reason"}
	case casework.PostBack:
		return []string{"parcel.on", "reason"}
	case casework.PostLost, casework.ClaimPost:
		return []string{"reason"}
	case casework.PutInCabinet:
		return []string{"parcel.cabinet", "parcel.compartment"}
	}
	return sideInputs(act)
}

func (s *server) acts() {
	add(s, operation{id: "case-submit", method: http.MethodPost, path: "/cases", tag: "apply", status: http.StatusCreated, once: true,
		zh: "提交申请", en: "Hand in", more: "A draft by its id, or a whole application in one act. Repeating it with the same Idempotency-Key, or for the same draft, answers the same case."},
		func(ctx context.Context, c *call, in *SubmitIn) (Case, error) {
			k, err := s.submit(ctx, c, in)
			if err != nil {
				return Case{}, err
			}
			v, err := s.Casework.ViewOf(ctx, c.Actor, k)
			if err != nil {
				return Case{}, err
			}
			return s.caseAs(ctx, c, v)
		})
	add(s, operation{id: "case-act", method: http.MethodPost, path: "/cases/{no}/acts", tag: "cases", once: true,
		zh: "办理", en: "Do an act on a case", more: "A version that is no longer the case's gives 409 with its state in current, and nothing happens."},
		func(ctx context.Context, c *call, in *ActIn) (Case, error) {
			b := in.Body
			if b.Act == casework.Submit || b.Act == casework.Resubmit || b.Act == casework.Mend || b.Act == casework.Supplement {
				return Case{}, casework.ErrUnknownAct.With(errs.Field{Path: "act", Code: "unknown", ZH: "请用 POST /cases 提交", EN: "Use POST /cases"})
			}
			input := casework.Input{Version: b.Version, Once: c.once, Reason: b.Reason, Elsewhere: b.Elsewhere, Task: int64(b.Task), Agree: b.Agree,
				Opinion: b.Opinion, Grant: b.Grant, Days: b.Days, Kind: b.Kind, Seen: b.Seen, Recipient: b.Recipient, Signed: b.Signed, Waybill: b.Waybill,
				Asks: mapTo(b.Asks, func(a Ask) casework.Ask {
					return casework.Ask{Material: a.Material, Line: a.Line, Field: a.Field, Note: a.Note, Paper: a.Paper}
				}), Ground: b.Ground, Unit: b.Unit}
			if b.NewFact != nil {
				input.NewFact = casework.NewFact(*b.NewFact)
			}
			if b.Delivery != nil {
				input.Delivery = casework.Delivery(*b.Delivery)
			}
			if x := b.Parcel; x != nil {
				input.Parcel = casework.ParcelInput{Cabinet: x.Cabinet, Compartment: x.Compartment, SignedBy: x.SignedBy, On: x.On}
			}
			if b.Hearing != nil {
				input.Hearing = casework.HearingInput(*b.Hearing)
			}
			if v := b.Visit; v != nil {
				input.Visit = casework.VisitInput{Visit: int64(v.Visit), Staff: v.Staff, At: v.At, Place: v.Place, Answers: v.Answers, Passed: v.Passed, Text: v.Text}
			}
			if b.Work != nil {
				input.Work = casework.WorkInput(*b.Work)
			}
			if m := b.Measure; m != nil {
				input.Measure = casework.MeasureInput{Kind: casework.MeasureKind(m.Kind), Ground: m.Ground, Basis: m.Basis, Public: m.Public, Compensation: m.Compensation, Asked: m.Asked, Harm: m.Harm}
			}
			if b.Ruling != nil {
				input.Ruling = casework.RulingInput(*b.Ruling)
			}
			if input.Experts = b.Experts; len(b.Files) > 0 {
				list, err := s.actFiles(ctx, c, b.Files)
				if err != nil {
					return Case{}, err
				}
				input.Files = list
			}
			k, err := s.Casework.Perform(ctx, c.Actor, in.No, b.Act, input)
			if err != nil {
				return Case{}, s.withState(ctx, c, in.No, actNamed(err))
			}
			out, err := s.caseView(ctx, c, in.No)
			if kind := errs.KindOf(err); err != nil && (kind == errs.Forbidden || kind == errs.NotFound) {
				return left(c, k), nil // who stands aside, or handed the task on, sees it no more
			}
			return out, err
		})
}

// left is all that is said of a case to somebody whose act took it out of sight.
func left(c *call, k *casework.Case) Case {
	return Case{No: k.No, Version: k.Version, ItemName: k.ItemName, Party: partyRef(k.Party), Channel: k.Channel, State: word(c, k.State), SubmittedAt: k.SubmittedAt.UTC(),
		Path: []Milestone{}, Clocks: []Clock{}, Form: []Line{}, Materials: []CaseMaterial{}, Tasks: []Task{}, Documents: []DocumentRef{}, Offered: []Offer{}}
}

// actNamed names the field where the act itself is unknown.
func actNamed(err error) error {
	if errors.Is(err, casework.ErrUnknownAct) && len(errs.Of(err).Fields) == 0 {
		return casework.ErrUnknownAct.With(errs.Field{Path: "act", Code: "unknown", ZH: "应为该办件可以进行的操作之一", EN: "One of the acts that the case offers"})
	}
	return err
}

// changed is a conflict with the state that the case has now.
type changed struct {
	error
	now *Current
}

func (e changed) Unwrap() error { return e.error }

// withState adds the case's new state to a conflict, for who may see it.
func (s *server) withState(ctx context.Context, c *call, no string, err error) error {
	if errs.KindOf(err) != errs.Conflict {
		return err
	}
	v, verr := s.Casework.View(ctx, c.Actor, no)
	if verr != nil {
		return err
	}
	now := &Current{Version: v.Case.Version, State: word(c, v.Case.State), Offered: []casework.Act{}}
	for _, o := range v.Offered {
		now.Offered = append(now.Offered, o.Act)
	}
	return changed{err, now}
}

func (s *server) submit(ctx context.Context, c *call, in *SubmitIn) (*casework.Case, error) {
	b := in.Body
	whole := b.Item != "" || b.Party != nil || b.Answers != nil || b.Materials != nil || b.Delivery != nil || b.Promise != nil || b.Held != "" || b.Consent
	switch {
	case b.Draft != 0 && whole:
		return nil, errs.InvalidFields(errs.Field{Path: "draft", Code: "either", ZH: "提交草稿时不能同时填写申请内容", EN: "Either a draft, or a whole application"})
	case b.Draft != 0:
		if c.Kind == actor.Staff {
			c.Actor.Channel = actor.Window
		}
		k, err := s.Casework.Submit(ctx, c.Actor, int64(b.Draft), casework.SubmitInput{Version: b.Version, Once: c.once})
		if errs.KindOf(err) == errs.Invalid {
			_, v, other := s.Casework.Draft(ctx, c.Actor, int64(b.Draft))
			if other != nil {
				return nil, other
			}
			err = inAnswers(v, err)
		}
		return k, err
	case b.Item == "":
		return nil, errs.InvalidFields(errs.Field{Path: "draft", Code: "required", ZH: "请指明草稿，或者填写完整的申请", EN: "Name a draft, or send a whole application"})
	}
	party, err := s.applicant(ctx, c, b.Party)
	if err != nil {
		return nil, err
	}
	it, v, err := s.Catalog.Guide(ctx, b.Item)
	if err != nil {
		return nil, noItem(s.Catalog.Codes(), b.Item, err)
	}
	app := casework.Application{ItemCode: b.Item, Party: party, Consent: b.Consent, Once: c.once}
	if b.Promise != nil {
		app.Promise = b.Promise.signed()
	}
	if b.Delivery != nil {
		app.Delivery = casework.Delivery(*b.Delivery)
	}
	if b.Answers == nil {
		b.Answers = Answers("{}")
	}
	if app.Values, err = answers(v, b.Answers); err != nil {
		return nil, err
	}
	if app.Held, err = s.heldID(ctx, party, &v.Guide, b.Held, "held"); err != nil {
		return nil, err
	}
	if app.Materials, err = s.handedIn(ctx, c, it, v, party, b.Materials); err != nil {
		return nil, err
	}
	k, err := s.Casework.Apply(ctx, c.Actor, app)
	return k, inAnswers(v, err)
}

// noItem says of a body's item that there is none: because the code is wrong in
// itself, as with a slip of the pen that its check digit shows, or because
// nobody offers it.
func noItem(codes ident.Profile, code string, err error) error {
	if !errors.Is(err, catalog.ErrNoItem) {
		return err
	}
	if r := codes.CheckItem(code); !r.Valid {
		f := r.Field("item")
		f.Code = strings.TrimPrefix(f.Code, "unit-") // the words say in which part it is
		return errs.InvalidFields(f)
	}
	return errs.InvalidFields(errs.Field{Path: "item", Code: "unknown", ZH: "没有这个事项", EN: "There is no such item"})
}

// handedIn finds the files and licences that a whole application names.
func (s *server) handedIn(ctx context.Context, c *call, it *catalog.Item, v *catalog.Version, party actor.Party, list []MaterialOf) ([]casework.HandedIn, error) {
	var refs []FileRef
	for _, in := range list {
		refs = append(refs, in.Files...)
	}
	known, err := s.uploaded(ctx, c, refs...)
	if err != nil {
		return nil, err
	}
	var out []casework.HandedIn
	var seen []string
	for i, in := range list {
		at := fmt.Sprintf("materials/%d", i)
		m, ok := v.Guide.Material(in.Code)
		if !ok {
			return nil, errs.InvalidFields(errs.Field{Path: at + "/code", Code: "unknown", ZH: "办事指南中没有这项材料", EN: "The guide has no such material"})
		}
		if slices.Contains(seen, in.Code) {
			return nil, errs.InvalidFields(errs.Field{Path: at + "/code", Code: "twice", ZH: "这项材料出现了两次", EN: "This material stands twice"})
		}
		seen = append(seen, in.Code)
		h := casework.HandedIn{Code: in.Code, Paper: in.Paper, Copies: in.Copies}
		for j, f := range in.Files {
			ref, name, err := s.redeem(c, known, f, m, fmt.Sprintf("%s/files/%d/file", at, j))
			if err != nil {
				return nil, err
			}
			h.Files = append(h.Files, casework.NamedFile{Ref: ref, Name: name})
		}
		if in.Licence != "" {
			err := s.receives(ctx, c, it)
			if err != nil {
				return nil, err
			}
			if h.Licence, err = s.held(ctx, c, party, in.Licence, at+"/licence"); err != nil {
				return nil, err
			}
		}
		out = append(out, h)
	}
	return out, nil
}

// receives sees that staff may take in applications for the item, before they
// learn anything about the applicant.
func (s *server) receives(ctx context.Context, c *call, it *catalog.Item) error {
	if c.Kind != actor.Staff {
		return nil
	}
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return err
	}
	t := identity.Target{UnitPath: dir.Path(it.UnitID), ReceivingPath: dir.Path(it.ReceivingUnitID)}
	return s.Identity.Allow(ctx, c.Actor, identity.CaseReceive, t, "item/"+it.Code)
}
