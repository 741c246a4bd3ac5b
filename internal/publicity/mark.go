package publicity

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/notify"
)

// Request 请求 is what somebody asks about a publication.
type Request struct {
	Ground Ground
	Scope  Scope // empty: Whole
	Reason string
}

func (in Request) problems() (fs []errs.Field) {
	if !slices.Contains(Grounds, in.Ground) {
		fs = append(fs, errs.Field{Path: "ground", Code: "required", ZH: "请选择理由的类别", EN: "Choose the ground"})
	}
	if in.Scope != "" && in.Scope != Whole && in.Scope != Content {
		fs = append(fs, errs.Field{Path: "scope", Code: "enum", ZH: "请选择不公开的范围", EN: "Choose how much is kept back"})
	}
	return append(fs, said("reason", in.Reason, "请写明理由", "Give the reason")...)
}

func said(path, text, zh, en string) []errs.Field {
	switch {
	case strings.TrimSpace(text) == "":
		return []errs.Field{{Path: path, Code: "required", ZH: zh, EN: en}}
	case tooLong(text):
		return []errs.Field{{Path: path, Code: "max", ZH: "不超过500个字", EN: "At most 500 characters"}}
	}
	return nil
}

// Case 办件的决定公开 is what those concerned see of a case's publication.
type Case struct {
	No        string
	Policy    string // catalog.PublishAll, …: what the guide version says
	Row       *Row   // nil: not decided, or decisions such as this are not published
	Marks     []Mark // for the applicant: his own
	MayAsk    bool   // the applicant may ask to keep something back
	MayHold   bool   // the viewer may propose not to publish
	MayAnswer map[int64]bool
}

// OfCase gives what is to be published, or was, of a case that the actor may
// read. Errors: those of casework.Concerning.
func (s *Service) OfCase(ctx context.Context, a actor.Actor, no string) (_ *Case, err error) {
	defer errs.Wrap(&err, "publication of %s", no)
	rd := s.DB.Read(ctx)
	c, t, err := s.Casework.Concerning(ctx, rd, a, no)
	if err != nil {
		return nil, err
	}
	return s.ofCase(ctx, rd, a, c, t)
}

func (s *Service) ofCase(ctx context.Context, q db.Queryer, a actor.Actor, c *casework.Case, t identity.Target) (*Case, error) {
	v, err := s.Catalog.ByVersion(ctx, c.VersionID)
	if err != nil {
		return nil, err
	}
	out := &Case{No: c.No, Policy: v.Guide.Publishes(), MayAnswer: map[int64]bool{}}
	x, err := scanRow(q.QueryRow(sqlOfCase, c.ID))
	switch {
	case err == nil:
		out.Row = &x
	case err != ErrNoDecision:
		return nil, err
	}
	marks, err := s.marks(q, sqlMarks, c.ID)
	if err != nil {
		return nil, err
	}
	for _, m := range marks {
		if a.Kind == actor.Person && (m.Kind == Withhold || m.By.ForKind != string(a.For.Kind) || m.By.ForID != a.For.ID) {
			continue
		}
		out.Marks = append(out.Marks, m)
		out.MayAnswer[m.ID] = m.State == Open && identity.Decide(a, identity.PublicityAnswer, answering(t, m)) == nil
	}
	out.MayAsk = may(Ask, out.Policy, out.Row, c.State) && !asked(marks, Ask) && identity.Decide(a, identity.PublicityAsk, t) == nil
	out.MayHold = may(Withhold, out.Policy, out.Row, c.State) && !asked(marks, Withhold) && identity.Decide(a, identity.PublicityWithhold, t) == nil
	return out, nil
}

func asked(marks []Mark, k Kind) bool {
	return slices.ContainsFunc(marks, func(m Mark) bool { return m.Kind == k && m.State == Open })
}

// may says when a request makes sense: applicants ask before the publication,
// deciders as long as anything may still be seen.
func may(k Kind, policy string, x *Row, state casework.State) bool {
	switch {
	case policy == "none":
		return false
	case x == nil: // not decided; what ended otherwise is never published
		return state != casework.Closed && state != casework.Delivering
	case k == Ask:
		return x.State == Waiting || x.State == Held
	}
	return x.State == Waiting || x.State == Held || x.State == Public
}

// answering is a target for the answer: whoever asked does not answer himself.
func answering(t identity.Target, m Mark) identity.Target {
	if m.By.Kind == string(actor.Staff) && m.Kind == Withhold {
		t.AuthorIDs = []int64{m.By.ID}
	}
	return t
}

// AskAbout asks that the decision on a case be kept from the public: a decider
// proposes it (行政许可法 第五条), an applicant asks for what is his trade secret
// or his privacy. Until somebody else has answered nothing is published. Errors:
// fields, ErrNotCovered, ErrNotOffered, ErrAskedAlready, refusals.
func (s *Service) AskAbout(ctx context.Context, a actor.Actor, no string, in Request) (err error) {
	defer errs.Wrap(&err, "keep the decision on %s back", no)
	rd := s.DB.Read(ctx)
	c, t, err := s.Casework.Concerning(ctx, rd, a, no)
	if err != nil {
		return err
	}
	kind, act := Ask, identity.PublicityAsk
	if a.Kind == actor.Staff && identity.Decide(a, identity.PublicityWithhold, t) == nil {
		kind, act = Withhold, identity.PublicityWithhold
	}
	if err := s.Identity.Allow(ctx, a, act, t, "case/"+no); err != nil {
		return err
	}
	if fs := in.problems(); len(fs) > 0 {
		return errs.InvalidFields(fs...)
	}
	if in.Ground == Mistake {
		return errs.InvalidFields(errs.Field{Path: "ground", Code: "enum", ZH: "内容有错误的，公开以后提出", EN: "A mistake is pointed out once it is public"})
	}
	v, err := s.Catalog.ByVersion(ctx, c.VersionID)
	if err != nil {
		return err
	}
	return s.mark(ctx, a, c.ID, in, func(tx *db.Tx, x *Row) (Mark, error) {
		switch policy := v.Guide.Publishes(); {
		case policy == "none":
			return Mark{}, ErrNotCovered
		case !may(kind, policy, x, c.State):
			return Mark{}, ErrNotOffered
		}
		m := Mark{CaseID: c.ID, UnitID: c.UnitID, Kind: kind}
		if kind == Ask {
			m.By.ForKind, m.By.ForID = string(c.Party.Kind), c.Party.ID
		}
		return m, nil
	}, act, "case/"+no)
}

// ObjectTo is what anybody who is logged in tells about something public that
// is wrong or should not be there. The deciding unit answers. Errors: fields,
// ErrNoDecision, ErrAskedAlready, refusals.
func (s *Service) ObjectTo(ctx context.Context, a actor.Actor, id int64, in Request) (err error) {
	defer errs.Wrap(&err, "objection to publication %d", id)
	if err := s.Identity.Allow(ctx, a, identity.PublicityObject, identity.Target{}, subject(id)); err != nil {
		return err
	}
	if fs := in.problems(); len(fs) > 0 {
		return errs.InvalidFields(fs...)
	}
	x, err := scanRow(s.DB.Read(ctx).QueryRow(sqlByID, id))
	if err != nil {
		return err
	}
	return s.mark(ctx, a, x.CaseID, in, func(tx *db.Tx, now *Row) (Mark, error) {
		if now == nil || now.ID != id || now.State != Public {
			return Mark{}, ErrNoDecision
		}
		return Mark{CaseID: x.CaseID, UnitID: x.UnitID, Kind: Object, By: Asker{ForKind: string(a.For.Kind), ForID: a.For.ID}}, nil
	}, identity.PublicityObject, subject(id))
}

func subject(id int64) string { return "publicity/" + strconv.FormatInt(id, 10) }

// mark stores a request and brings the publication up to date with it.
func (s *Service) mark(ctx context.Context, a actor.Actor, caseID int64, in Request, make func(*db.Tx, *Row) (Mark, error), act identity.Act, about string) error {
	reason, err := s.seal(strings.TrimSpace(in.Reason))
	if err != nil {
		return err
	}
	cal, err := s.Calendar.Current(ctx)
	if err != nil {
		return err
	}
	scope := in.Scope
	if scope == "" {
		scope = Whole
	}
	return s.DB.Write(ctx, "publicity.ask", func(tx *db.Tx) error {
		if _, err := tx.Exec(sqlHold); err != nil {
			return err
		}
		var now *Row
		x, err := scanRow(tx.QueryRow(sqlOfCase, caseID))
		switch {
		case err == nil:
			now = &x
		case err != ErrNoDecision:
			return err
		}
		m, err := make(tx, now)
		if err != nil {
			return err
		}
		n, err := tx.Exec(sqlAddMark, tx.NewID(), m.CaseID, m.UnitID, string(m.Kind), string(in.Ground), string(scope), reason, tx.NowMicros(),
			string(a.Kind), a.ID, a.Name, m.By.ForKind, m.By.ForID, []byte{})
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrAskedAlready
		}
		if err := audit.Append(tx, audit.Record{Actor: a, Act: string(act), Subject: about, Unit: m.UnitID,
			Detail: map[string]string{"ground": string(in.Ground), "scope": string(scope)}, Outcome: "done"}); err != nil {
			return err
		}
		return s.again(tx, cal, now, caseID)
	})
}

// again settles a publication that there is.
func (s *Service) again(tx *db.Tx, cal clock.Calendar, now *Row, caseID int64) error {
	if now == nil {
		return nil
	}
	return s.settle(tx, cal, caseID)
}

// Reply 答复 is the answer to a request.
type Reply struct {
	Agree  bool
	Scope  Scope // how much is kept back; empty: as asked
	Reason string
}

// Answer decides a request: somebody else than the decider who made it. Whoever
// asked from outside is told. Errors: fields, ErrNoDecision, ErrAnswered,
// refusals.
func (s *Service) Answer(ctx context.Context, a actor.Actor, id int64, in Reply) (err error) {
	defer errs.Wrap(&err, "answer request %d", id)
	rd := s.DB.Read(ctx)
	m, err := s.scanMark(rd.QueryRow(sqlMark, id))
	if err != nil {
		return err
	}
	var no string
	if err := rd.QueryRow(sqlNoOf, m.CaseID).Scan(&no); err != nil {
		return err
	}
	_, t, err := s.Casework.Concerning(ctx, rd, a, no)
	if err != nil {
		return err
	}
	if err := s.Identity.Allow(ctx, a, identity.PublicityAnswer, answering(t, m), "case/"+no); err != nil {
		return err
	}
	fs := said("reason", in.Reason, "请写明答复的理由", "Give the reason")
	if in.Scope != "" && in.Scope != Whole && in.Scope != Content {
		fs = append(fs, errs.Field{Path: "scope", Code: "enum", ZH: "请选择不公开的范围", EN: "Choose how much is kept back"})
	}
	if len(fs) > 0 {
		return errs.InvalidFields(fs...)
	}
	answer, err := s.seal(strings.TrimSpace(in.Reason))
	if err != nil {
		return err
	}
	cal, err := s.Calendar.Current(ctx)
	if err != nil {
		return err
	}
	state, scope := Refused, m.Scope
	if in.Agree {
		state = Agreed
		if in.Scope != "" {
			scope = in.Scope
		}
	}
	return s.DB.Write(ctx, "publicity.answer", func(tx *db.Tx) error {
		if _, err := tx.Exec(sqlHold); err != nil {
			return err
		}
		tx.QueueOne(ErrAnswered, sqlAnswer, id, string(state), string(scope), answer, tx.NowMicros(), a.ID, a.Name)
		if err := audit.Append(tx, audit.Record{Actor: a, Act: string(identity.PublicityAnswer), Subject: "case/" + no, Unit: m.UnitID,
			Detail: map[string]string{"kind": string(m.Kind), "answer": string(state), "scope": string(scope)}, Outcome: "done"}); err != nil {
			return err
		}
		if err := s.tell(tx, m, in.Agree, no); err != nil {
			return err
		}
		x, err := scanRow(tx.QueryRow(sqlOfCase, m.CaseID))
		if err == ErrNoDecision {
			return nil
		}
		if err != nil {
			return err
		}
		return s.again(tx, cal, &x, m.CaseID)
	})
}

// tell sends the answer to whoever asked from outside. What is answered to an
// objection is no secret of the applicant's, so it names no case.
func (s *Service) tell(tx *db.Tx, m Mark, agree bool, no string) error {
	to := m.By.party()
	if to.IsZero() || m.Kind == Withhold {
		return nil
	}
	word := "未予采纳"
	if agree {
		word = "已经采纳"
	}
	msg := notify.Message{To: to, Kind: "publicity.answer", Subject: "您对决定公开提出的异议" + word, Body: "您对公开的决定提出的异议，经研究，" + word + "。如有疑问，请向作出决定的单位了解。"}
	if m.Kind == Ask {
		msg.Subject, msg.Link = "您关于决定不公开的请求"+word, "/my/cases/"+no
		msg.Body = "办件（编号 " + no + "）中您关于决定不公开的请求，经研究，" + word + "。理由见办件页面。"
	}
	_, err := s.Notify.Send(tx, msg)
	return err
}
