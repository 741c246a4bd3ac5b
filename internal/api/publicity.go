package api

import (
	"context"
	"net/http"
	"time"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/publicity"
)

// PublicDecision 公开的决定: an organisation is named in full, of a person the
// family name is shown, and never a number, an address or the reasons of a refusal.
type PublicDecision struct {
	ID          ID     `json:"id"`
	CaseNo      string `json:"caseNo"`
	ItemName    string `json:"itemName"`
	ItemCode    string `json:"itemCode,omitempty"`
	ItemID      ID     `json:"itemId"`
	Number      string `json:"number" doc:"Of the decision."`
	Applicant   string `json:"applicant,omitempty"`
	USCC        string `json:"uscc,omitempty" doc:"Of an organisation."`
	Person      bool   `json:"person" doc:"The applicant is a natural person: pages that show it tell search engines to leave it out."`
	Outcome     Word   `json:"outcome"`
	Content     string `json:"content,omitempty"`
	Licence     string `json:"licence,omitempty"`
	LicenceNo   string `json:"licenceNo,omitempty" doc:"Of an organisation's."`
	ValidFrom   string `json:"validFrom,omitempty" format:"date"`
	ValidUntil  string `json:"validUntil,omitempty" format:"date"`
	Basis       string `json:"basis,omitempty"`
	Unit        string `json:"unit"`
	UnitID      ID     `json:"unitId"`
	DecidedOn   string `json:"decidedOn" format:"date"`
	PublishedOn string `json:"publishedOn" format:"date"`
	State       Word   `json:"state" doc:"withdrawn: the decision no longer stands, and only this line is left."`
	EndedOn     string `json:"endedOn,omitempty" format:"date"`
	EndedBy     string `json:"endedBy,omitempty" doc:"What ended it."`
}

// CasePublicity 办件的决定公开.
type CasePublicity struct {
	Policy    string          `json:"policy" enum:"all,grants,none" doc:"What the case's guide version says."`
	State     *Word           `json:"state,omitempty" doc:"Left out while there is nothing to publish."`
	ID        ID              `json:"id,omitempty" doc:"GET /decisions/{id}, once it is public."`
	DueOn     string          `json:"dueOn,omitempty" format:"date"`
	Published string          `json:"publishedOn,omitempty" format:"date"`
	Requests  []PublicRequest `json:"requests"`
	MayAsk    bool            `json:"mayAsk" doc:"The caller may ask that something is kept back."`
}

// PublicRequest is what somebody asked about a publication, and the answer.
type PublicRequest struct {
	ID         ID         `json:"id"`
	Kind       Word       `json:"kind"`
	State      string     `json:"state" enum:"open,agreed,refused"`
	Ground     Word       `json:"ground"`
	Scope      string     `json:"scope" enum:"whole,content"`
	Reason     string     `json:"reason"`
	By         string     `json:"by"`
	At         time.Time  `json:"at"`
	Answer     string     `json:"answer,omitempty"`
	AnswerBy   string     `json:"answerBy,omitempty"`
	AnsweredAt *time.Time `json:"answeredAt,omitempty"`
	MayAnswer  bool       `json:"mayAnswer"`
}

// PublicityBoard 决定公开情况.
type PublicityBoard struct {
	From  string          `json:"from" format:"date"`
	To    string          `json:"to" format:"date"`
	Units []PublicityUnit `json:"units"`
	Late  []LateDecision  `json:"late"`
	Open  []WaitingAnswer `json:"requests"`
}

// PublicityUnit are the figures of one deciding unit.
type PublicityUnit struct {
	Unit      string `json:"unit"`
	Published int64  `json:"published" doc:"In the period."`
	WasLate   int64  `json:"late" doc:"Of them, after the last day."`
	Waiting   int64  `json:"waiting" doc:"Now."`
	Overdue   int64  `json:"overdue" doc:"Of them, past the last day."`
	Requests  int64  `json:"requests"`
}

// LateDecision is a decision that is not public in time.
type LateDecision struct {
	CaseNo string `json:"caseNo"`
	Unit   string `json:"unit"`
	DueOn  string `json:"dueOn" format:"date"`
	Days   int    `json:"days" doc:"Working days over."`
}

// WaitingAnswer is a request that waits for its answer.
type WaitingAnswer struct {
	PublicRequest
	CaseNo string `json:"caseNo"`
	Unit   string `json:"unit"`
}

// DecisionsIn searches.
type DecisionsIn struct {
	PageIn
	Q       string `query:"q" maxLength:"100" doc:"Words of the matter, an organisation or a licence; a credit code; a number."`
	Area    string `query:"area" pattern:"^[0-9]{6}$" doc:"First six digits of a division."`
	Unit    ID     `query:"unit"`
	Item    ID     `query:"item"`
	Outcome string `query:"outcome" enum:"granted,refused"`
	Month   string `query:"month" pattern:"^[0-9]{4}-[0-9]{2}$" doc:"Of the decision."`
}

// DecisionIn names one.
type DecisionIn struct {
	ID ID `path:"id"`
}

// ObjectionIn is what is wrong with one.
type ObjectionIn struct {
	DecisionIn
	Body struct {
		Ground string `json:"ground" enum:"mistake,trade-secret,privacy"`
		Reason string `json:"reason" maxLength:"500"`
	}
}

// PublicityAskIn asks to keep something back.
type PublicityAskIn struct {
	No   string `path:"no" maxLength:"64"`
	Body struct {
		Ground string `json:"ground" enum:"state-secret,trade-secret,privacy,safety"`
		Scope  string `json:"scope,omitempty" enum:"whole,content" doc:"whole if left out."`
		Reason string `json:"reason" maxLength:"500"`
	}
}

// PublicityAnswerIn answers.
type PublicityAnswerIn struct {
	ID   ID `path:"id"`
	Body struct {
		Agree  bool   `json:"agree"`
		Scope  string `json:"scope,omitempty" enum:"whole,content" doc:"How much is kept back; as asked if left out."`
		Reason string `json:"reason" maxLength:"500"`
	}
}

func (s *server) publicity() {
	add(s, operation{id: "decisions", method: http.MethodGet, path: "/decisions", tag: "publicity", open: true, zh: "决定公开", en: "Decisions made public, newest first"},
		func(ctx context.Context, c *call, in *DecisionsIn) (List[PublicDecision], error) {
			list, next, err := s.Publicity.List(ctx, c.Actor, publicity.Query{Text: in.Q, Area: in.Area, Unit: int64(in.Unit), Item: int64(in.Item), Outcome: casework.Outcome(in.Outcome), Month: in.Month}, in.Cursor, in.limit())
			return List[PublicDecision]{mapTo(list, func(e publicity.Entry) PublicDecision { return publicDecision(c, &e) }), next}, err
		})
	add(s, operation{id: "decision", method: http.MethodGet, path: "/decisions/{id}", tag: "publicity", open: true, zh: "公开的决定", en: "One decision made public"},
		func(ctx context.Context, c *call, in *DecisionIn) (PublicDecision, error) {
			e, err := s.Publicity.Get(ctx, c.Actor, int64(in.ID))
			if err != nil {
				return PublicDecision{}, err
			}
			return publicDecision(c, e), nil
		})
	do(s, operation{id: "decision-object", method: http.MethodPost, path: "/decisions/{id}/objections", tag: "publicity", zh: "对公开内容提出异议", en: "Say what is wrong with a publication", again: "409 until the answer is there."},
		func(ctx context.Context, c *call, in *ObjectionIn) error {
			return s.Publicity.ObjectTo(ctx, c.Actor, int64(in.ID), publicity.Request{Ground: publicity.Ground(in.Body.Ground), Reason: in.Body.Reason})
		})
	add(s, operation{id: "case-publicity", method: http.MethodGet, path: "/cases/{no}/publicity", tag: "publicity", zh: "办件的决定公开情况", en: "Where the publication of a case's decision stands"},
		func(ctx context.Context, c *call, in *struct {
			No string `path:"no" maxLength:"64"`
		}) (CasePublicity, error) {
			x, err := s.Publicity.OfCase(ctx, c.Actor, in.No)
			if err != nil {
				return CasePublicity{}, err
			}
			return casePublicity(c, x), nil
		})
	do(s, operation{id: "case-publicity-ask", method: http.MethodPost, path: "/cases/{no}/publicity", tag: "publicity", zh: "请求不公开、提请不予公开", en: "Ask that a decision is kept from the public: applicants, and deciders whose proposal another answers", again: "409 until the answer is there."},
		func(ctx context.Context, c *call, in *PublicityAskIn) error {
			return s.Publicity.AskAbout(ctx, c.Actor, in.No, publicity.Request{Ground: publicity.Ground(in.Body.Ground), Scope: publicity.Scope(in.Body.Scope), Reason: in.Body.Reason})
		})
	do(s, operation{id: "publicity-answer", method: http.MethodPost, path: "/publicity/requests/{id}", tag: "publicity", zh: "答复公开请求", en: "Answer a request about a publication", again: "a request is answered once: 409."},
		func(ctx context.Context, c *call, in *PublicityAnswerIn) error {
			return s.Publicity.Answer(ctx, c.Actor, int64(in.ID), publicity.Reply{Agree: in.Body.Agree, Scope: publicity.Scope(in.Body.Scope), Reason: in.Body.Reason})
		})
	add(s, operation{id: "publicity", method: http.MethodGet, path: "/publicity", tag: "publicity", zh: "决定公开情况", en: "Deciders and supervisors: what is public, late, and waits for an answer"},
		func(ctx context.Context, c *call, _ *none) (PublicityBoard, error) {
			b, err := s.Publicity.Board(ctx, c.Actor)
			if err != nil {
				return PublicityBoard{}, err
			}
			return PublicityBoard{b.From.String(), b.To.String(),
				mapTo(b.Units, func(u publicity.UnitFigures) PublicityUnit {
					return PublicityUnit{u.Unit.Name, u.Published, u.WasLate, u.Waiting, u.Overdue, u.Requests}
				}),
				mapTo(b.Late, func(l publicity.Late) LateDecision {
					return LateDecision{l.CaseNo, l.Unit.Name, l.DueOn, l.Days}
				}),
				mapTo(b.Marks, func(m publicity.BoardMark) WaitingAnswer {
					return WaitingAnswer{publicRequest(c, m.Mark, m.May), m.No, m.Unit.Name}
				})}, nil
		})
}

func publicDecision(c *call, e *publicity.Entry) PublicDecision {
	zh, en := e.Outcome.Words()
	sz, se := e.State.Words()
	return PublicDecision{ID: ID(e.ID), CaseNo: e.CaseNo, ItemName: e.ItemName, ItemCode: e.Code, ItemID: ID(e.ItemID), Number: e.Number, Applicant: e.Party, USCC: e.USCC, Person: e.Person,
		Outcome: Word{string(e.Outcome), c.pick(zh, en)}, Content: e.Content, Licence: e.Licence, LicenceNo: e.LicenceNo, ValidFrom: e.ValidFrom, ValidUntil: e.ValidUntil, Basis: e.Basis,
		Unit: e.Unit.Name, UnitID: ID(e.UnitID), DecidedOn: e.DecidedOn, PublishedOn: e.PublishedOn, State: Word{string(e.State), c.pick(sz, se)}, EndedOn: e.EndedOn, EndedBy: c.pick(e.EndZH, e.EndEN)}
}

func casePublicity(c *call, x *publicity.Case) CasePublicity {
	out := CasePublicity{Policy: x.Policy, MayAsk: x.MayAsk || x.MayHold, Requests: mapTo(x.Marks, func(m publicity.Mark) PublicRequest { return publicRequest(c, m, x.MayAnswer[m.ID]) })}
	if x.Row != nil {
		zh, en := x.Row.State.Words()
		out.State, out.DueOn, out.Published = &Word{string(x.Row.State), c.pick(zh, en)}, x.Row.DueOn, x.Row.PublishedOn
		if x.Row.State == publicity.Public || x.Row.State == publicity.Withdrawn {
			out.ID = ID(x.Row.ID)
		}
	}
	return out
}

func publicRequest(c *call, m publicity.Mark, may bool) PublicRequest {
	kz, ke := m.Kind.Words()
	gz, ge := m.Ground.Words()
	return PublicRequest{ID(m.ID), Word{string(m.Kind), c.pick(kz, ke)}, string(m.State), Word{string(m.Ground), c.pick(gz, ge)}, string(m.Scope), m.Reason, m.By.Name, m.At.UTC(), m.Answer, m.AnswerBy,
		instant(m.Answered), may}
}
