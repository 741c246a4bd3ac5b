package api

import (
	"context"
	"net/http"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/consult"
	"github.com/tongban/tongban/internal/identity"
)

// Inquiry 咨询、办不成事 is a question, or a record of what could not be done.
type Inquiry struct {
	No           string     `json:"no"`
	Kind         Word       `json:"kind" doc:"question or failure."`
	Item         string     `json:"item,omitempty" doc:"Code of the item; none: in general."`
	ItemName     string     `json:"itemName,omitempty"`
	ItemVersion  int        `json:"itemVersion,omitempty" doc:"Number of the guide version that was in force."`
	Case         string     `json:"case,omitempty"`
	Reason       *Word      `json:"reason,omitempty" doc:"Of a failure."`
	Stage        *Word      `json:"stage,omitempty" doc:"Of a failure: at which step."`
	Earlier      int        `json:"earlier,omitempty" doc:"Failures recorded before for the same item and reason, of all versions."`
	CameBack     bool       `json:"cameBack,omitempty" doc:"One of them was closed by a change that was in force already."`
	AskedBy      string     `json:"askedBy,omitempty" doc:"In lists masked."`
	Unit         UnitRef    `json:"unit" doc:"With whom it is."`
	Received     *UnitRef   `json:"received,omitempty" doc:"Centre that received it."`
	State        Word       `json:"state"`
	Version      int64      `json:"version"`
	Due          string     `json:"due" format:"date"`
	Late         bool       `json:"late,omitempty" doc:"Open, and its day has passed."`
	Alarmed      *time.Time `json:"alarmedAt,omitempty" doc:"When it was found late."`
	ChangedBy    int        `json:"changedBy,omitempty" doc:"Number of the guide version that closed a failure."`
	RefusalBasis string     `json:"refusalBasis,omitempty" doc:"Legal basis of a refusal."`
	CreatedAt    time.Time  `json:"createdAt"`
	DoneAt       *time.Time `json:"doneAt,omitempty"`
}

// InquiryView is one with all that was said.
type InquiryView struct {
	Inquiry
	Phone    string            `json:"phone,omitempty" doc:"Staff: of somebody without an account; open for who has to call back."`
	Clock    []string          `json:"clock" doc:"How the day was reckoned."`
	Entries  []InquiryEntry    `json:"entries"`
	Offered  []string          `json:"offered" doc:"Acts that the caller may do now: POST /inquiries/{no}/acts."`
	Proposal *QuestionProposal `json:"proposal,omitempty" doc:"Staff: what was proposed for the guide."`
}

// InquiryEntry is one thing that was said or done.
type InquiryEntry struct {
	At      time.Time `json:"at"`
	Act     string    `json:"act"`
	By      string    `json:"by,omitempty"`
	Text    string    `json:"text,omitempty"`
	Where   string    `json:"where,omitempty"`
	Basis   string    `json:"basis,omitempty"`
	Version int       `json:"itemVersion,omitempty"`
	Due     string    `json:"due,omitempty"`
	Inside  bool      `json:"inside,omitempty" doc:"For staff alone."`
}

// QuestionProposal 常见问题提议 is a question and answer proposed for a guide.
type QuestionProposal struct {
	ID       ID        `json:"id"`
	Item     string    `json:"item"`
	ItemName string    `json:"itemName"`
	Question string    `json:"question"`
	Answer   string    `json:"answer"`
	State    Word      `json:"state"`
	By       string    `json:"by"`
	At       time.Time `json:"at"`
	Reason   string    `json:"reason,omitempty"`
}

// InquiryFigures 统计.
type InquiryFigures struct {
	Since    string           `json:"since" format:"date"`
	Units    []InquiryOfUnit  `json:"units"`
	Centres  []FailuresAt     `json:"centres" doc:"Failures by the centre that received them."`
	Failures []FailuresOfItem `json:"failures"`
}

// FailuresAt are the failures that one centre received.
type FailuresAt struct {
	Centre   UnitRef `json:"centre"`
	Records  int     `json:"records"`
	Open     int     `json:"open"`
	Overdue  int     `json:"overdue"`
	Changed  int     `json:"changed"`
	Refused  int     `json:"refused"`
	CameBack int     `json:"cameBack"`
}

// InquiryOfUnit are the figures of one unit and kind.
type InquiryOfUnit struct {
	Unit    UnitRef `json:"unit"`
	Kind    Word    `json:"kind"`
	Asked   int     `json:"asked"`
	Done    int     `json:"done"`
	Late    int     `json:"late" doc:"Of those asked: a round ended after its day."`
	Open    int     `json:"open"`
	Overdue int     `json:"overdue"`
}

// FailuresOfItem are the figures of one item and reason.
type FailuresOfItem struct {
	Item     string `json:"item"`
	ItemName string `json:"itemName"`
	Reason   Word   `json:"reason"`
	Records  int    `json:"records"`
	Open     int    `json:"open"`
	Changed  int    `json:"changed"`
	Refused  int    `json:"refused"`
	CameBack int    `json:"cameBack"`
}

// FailureRecord is a failure without words and names.
type FailureRecord struct {
	No          string    `json:"no"`
	ItemVersion int       `json:"itemVersion"`
	Reason      Word      `json:"reason"`
	Stage       Word      `json:"stage"`
	State       Word      `json:"state"`
	Unit        UnitRef   `json:"unit"`
	Earlier     int       `json:"earlier"`
	CameBack    bool      `json:"cameBack"`
	ChangedBy   int       `json:"changedBy,omitempty"`
	Basis       string    `json:"refusalBasis,omitempty"`
	At          time.Time `json:"at"`
	Due         string    `json:"due" format:"date"`
	Late        bool      `json:"late,omitempty"`
}

// InquiryActIn does an act; each act reads its own fields.
type InquiryActIn struct {
	No   string `path:"no" maxLength:"40"`
	Body struct {
		Act         string `json:"act" enum:"answer,ask-back,add,pass-on,not-ours,follow-up,withdraw,propose,note,close-by-change,propose-refusal,refuse,send-back" doc:"One of the offered acts."`
		Version     int64  `json:"version,omitempty" minimum:"1" doc:"The version that was seen; left out: whatever it is."`
		Text        string `json:"text,omitempty" maxLength:"2000"`
		Where       string `json:"where,omitempty" maxLength:"200" doc:"not-ours: where to go."`
		Unit        string `json:"unit,omitempty" maxLength:"60" doc:"pass-on: key of the unit."`
		ItemVersion int    `json:"itemVersion,omitempty" minimum:"1" doc:"close-by-change: number of the guide version, published after the record."`
		Basis       string `json:"basis,omitempty" maxLength:"200" doc:"propose-refusal: legal basis."`
		Question    string `json:"question,omitempty" maxLength:"200" doc:"propose: the question for the public; text is its answer."`
	}
}

func (s *server) inquiries() {
	add(s, operation{id: "inquiries", method: http.MethodGet, path: "/inquiries", tag: "consultation", zh: "咨询、办不成事列表", en: "For persons what they asked, the latest first; for staff what is open at a unit, the nearest day first"},
		func(ctx context.Context, c *call, in *struct {
			Unit string `query:"unit" maxLength:"60" doc:"Staff: key of the unit; the caller's own if left out."`
			Side string `query:"side" enum:"with,received,done" doc:"Staff: what waits with the unit (if left out), what its windows received and waits with others, what it finished."`
			PageIn
		}) (List[Inquiry], error) {
			if c.Kind == actor.Staff {
				return s.inquiriesOf(ctx, c, in.Unit, in.Side, in.PageIn)
			}
			at, err := behind("inquiries", in.Cursor)
			if err != nil {
				return List[Inquiry]{}, err
			}
			rows, next, err := s.Consult.Mine(ctx, c.Actor, at, in.limit())
			if err != nil {
				return List[Inquiry]{}, err
			}
			items, err := s.inquiryRows(ctx, c, rows)
			return List[Inquiry]{items, after("inquiries", next)}, err
		})
	add(s, operation{id: "inquiry-ask", method: http.MethodPost, path: "/inquiries", tag: "consultation", status: http.StatusCreated, once: true, zh: "提出咨询、反映办不成事", en: "Ask a question, or report what could not be done",
		more: "Window clerks take it down for whoever stands there, with or without an account, and may answer a question at once."},
		func(ctx context.Context, c *call, in *struct {
			Body struct {
				Kind   string    `json:"kind" enum:"question,failure"`
				Item   string    `json:"item,omitempty" maxLength:"40" doc:"Code of the item; a question may have none."`
				Case   string    `json:"case,omitempty" maxLength:"64" doc:"Instead of item: number of the case that it is about."`
				Reason string    `json:"reason,omitempty" maxLength:"40" doc:"failure: see GET /inquiries/options."`
				Stage  string    `json:"stage,omitempty" maxLength:"40" doc:"failure: see GET /inquiries/options."`
				Words  string    `json:"words" maxLength:"2000" doc:"The question; of a failure, what was tried and where it stuck."`
				Party  *PartyRef `json:"party,omitempty" doc:"Window clerks: for whom; left out: somebody without an account."`
				Name   string    `json:"name,omitempty" maxLength:"50" doc:"Window clerks, without an account."`
				Phone  string    `json:"phone,omitempty" maxLength:"20" doc:"Window clerks, without an account."`
				Answer string    `json:"answer,omitempty" maxLength:"2000" doc:"Window clerks, a question: answered at once."`
			}
		}) (InquiryView, error) {
			b := in.Body
			if err := s.Identity.Allow(ctx, c.Actor, identity.ConsultAsk, identity.Target{}, "inquiry"); err != nil {
				return InquiryView{}, err
			}
			ask := consult.AskInput{Kind: consult.Kind(b.Kind), ItemCode: b.Item, CaseNo: b.Case, Reason: b.Reason, Stage: b.Stage, Words: b.Words, Name: b.Name, Phone: b.Phone, Answer: b.Answer, Once: c.once}
			if c.Kind != actor.Staff || b.Party != nil {
				party, err := s.applicant(ctx, c, b.Party)
				if err != nil {
					return InquiryView{}, err
				}
				ask.Party = party
			}
			x, err := s.Consult.Ask(ctx, c.Actor, ask)
			if err != nil {
				return InquiryView{}, noItem(s.Catalog.Codes(), b.Item, err)
			}
			return s.inquiryShown(ctx, c, x.No)
		})
	add(s, operation{id: "inquiry-options", method: http.MethodGet, path: "/inquiries/options", tag: "consultation", open: true, zh: "办不成事的原因和环节", en: "Reasons and steps of failures, and the limits"},
		func(_ context.Context, c *call, _ *none) (InquiryOptions, error) {
			to := func(o consult.Option) Word { return Word{o.Key, c.pick(o.ZH, o.EN)} }
			return InquiryOptions{mapTo(consult.Reasons, to), mapTo(consult.Stages, to), s.Consult.Rule.AnswerDays, s.Consult.Rule.HandleDays}, nil
		})
	add(s, operation{id: "inquiry", method: http.MethodGet, path: "/inquiries/{no}", tag: "consultation", zh: "一条咨询或者反映", en: "One, with all that was said and how its day was reckoned"},
		func(ctx context.Context, c *call, in *struct {
			No string `path:"no" maxLength:"40"`
		}) (InquiryView, error) {
			return s.inquiryShown(ctx, c, in.No)
		})
	add(s, operation{id: "inquiry-act", method: http.MethodPost, path: "/inquiries/{no}/acts", tag: "consultation", once: true, zh: "答复、转办、办结等", en: "Do an act: answer, pass on, close a failure, …"},
		func(ctx context.Context, c *call, in *InquiryActIn) (InquiryView, error) {
			return s.inquiryAct(ctx, c, in)
		})
	s.inquiryBooks()
}

// InquiryOptions are the catalogued choices.
type InquiryOptions struct {
	Reasons    []Word `json:"reasons"`
	Stages     []Word `json:"stages"`
	AnswerDays int    `json:"answerDays" doc:"Working days for a question."`
	HandleDays int    `json:"handleDays" doc:"Working days for a failure."`
}

// inquiryBooks are figures, records and proposals.
func (s *server) inquiryBooks() {
	add(s, operation{id: "inquiry-figures", method: http.MethodGet, path: "/inquiries/figures", tag: "consultation", zh: "咨询、办不成事统计", en: "Figures of questions by unit, and of failures by item and reason"},
		func(ctx context.Context, c *call, in *struct {
			Since string `query:"since" format:"date" doc:"Ninety days ago if left out."`
		}) (InquiryFigures, error) {
			var since clock.Date
			if in.Since != "" {
				var err error
				if since, err = s.dayOf(in.Since, "query/since"); err != nil {
					return InquiryFigures{}, err
				}
			}
			f, err := s.Consult.Figures(ctx, c.Actor, since)
			if err != nil {
				return InquiryFigures{}, err
			}
			return figuresOf(c, f), nil
		})
	add(s, operation{id: "item-failures", method: http.MethodGet, path: "/items/{code}/failures", tag: "consultation", zh: "事项的办不成事记录", en: "Records of what could not be done with an item, of all its versions, the latest first"},
		func(ctx context.Context, c *call, in *struct {
			Code string `path:"code" maxLength:"40"`
			PageIn
		}) (List[FailureRecord], error) {
			at, err := behind("item-failures", in.Cursor)
			if err != nil {
				return List[FailureRecord]{}, err
			}
			_, list, next, err := s.Consult.FailuresOf(ctx, c.Actor, in.Code, at, in.limit())
			if err != nil {
				return List[FailureRecord]{}, err
			}
			dir, err := s.Identity.Directory(ctx)
			return List[FailureRecord]{mapTo(list, func(x consult.Record) FailureRecord { return failureOf(c, dir, x) }), after("item-failures", next)}, err
		})
	add(s, operation{id: "question-proposals", method: http.MethodGet, path: "/question-proposals", tag: "consultation", zh: "待处理的常见问题提议", en: "Questions and answers that are proposed for guides and wait for the item steward"},
		func(ctx context.Context, c *call, _ *none) (List[QuestionProposal], error) {
			list, err := s.Consult.Proposals(ctx, c.Actor)
			return List[QuestionProposal]{Items: mapTo(list, func(p consult.Proposal) QuestionProposal { return questionProposalOf(c, &p) })}, err
		})
	add(s, operation{id: "question-proposal-decide", method: http.MethodPost, path: "/question-proposals/{id}", tag: "consultation", zh: "处理常见问题提议", en: "Take a proposal up for the guide, or decline it", again: "409: it was decided already."},
		func(ctx context.Context, c *call, in *struct {
			ID   ID `path:"id"`
			Body struct {
				Take   bool   `json:"take"`
				Reason string `json:"reason,omitempty" maxLength:"200" doc:"Needed when declining."`
			}
		}) (QuestionProposal, error) {
			p, err := s.Consult.DecideProposal(ctx, c.Actor, int64(in.ID), in.Body.Take, in.Body.Reason)
			if err != nil {
				return QuestionProposal{}, err
			}
			return questionProposalOf(c, p), nil
		})
}

// inquiriesOf lists a unit's.
func (s *server) inquiriesOf(ctx context.Context, c *call, key, side string, page PageIn) (out List[Inquiry], err error) {
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return out, err
	}
	u, _ := dir.Unit(c.Unit)
	if key != "" {
		if u, err = s.unitNamed(ctx, key, "query/unit"); err != nil {
			return out, err
		}
	}
	list := "inquiries-" + side
	at, err := position(list, page.Cursor)
	if err != nil {
		return out, err
	}
	var rows []consult.Row
	next := ""
	switch side {
	case "done":
		rows, err = s.Consult.Done(ctx, c.Actor, u, page.limit())
	case string(consult.Received):
		rows, next, err = s.Consult.Queue(ctx, c.Actor, u, consult.Received, at, page.limit())
	default:
		rows, next, err = s.Consult.Queue(ctx, c.Actor, u, consult.With, at, page.limit())
	}
	if err != nil {
		return out, err
	}
	out.Next = cursor(list, next)
	out.Items, err = s.inquiryRows(ctx, c, rows)
	return out, err
}

func (s *server) inquiryAct(ctx context.Context, c *call, in *InquiryActIn) (InquiryView, error) {
	b := in.Body
	do := consult.Input{Act: consult.Act(b.Act), Version: b.Version, Text: b.Text, Where: b.Where, ItemVersion: b.ItemVersion, Basis: b.Basis, Question: b.Question, Once: c.once}
	if b.Unit != "" {
		if _, err := s.Consult.Show(ctx, c.Actor, in.No); err != nil {
			return InquiryView{}, err
		}
		u, err := s.unitNamed(ctx, b.Unit, "unit")
		if err != nil {
			return InquiryView{}, err
		}
		do.Unit = u.ID
	}
	x, err := s.Consult.Do(ctx, c.Actor, in.No, do)
	if err != nil {
		return InquiryView{}, err
	}
	v, err := s.inquiryShown(ctx, c, in.No)
	if err != nil && b.Act == string(consult.PassOn) { // passed on: it is no longer the caller's to see
		dir, derr := s.Identity.Directory(ctx)
		return InquiryView{Inquiry: inquiryOf(c, dir, x, false), Entries: []InquiryEntry{}, Offered: []string{}, Clock: []string{}}, derr
	}
	return v, err
}

func (s *server) inquiryShown(ctx context.Context, c *call, no string) (InquiryView, error) {
	v, err := s.Consult.Show(ctx, c.Actor, no)
	if err != nil {
		return InquiryView{}, err
	}
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return InquiryView{}, err
	}
	out := InquiryView{Inquiry: inquiryOf(c, dir, &v.Inquiry, v.Open() && v.Clock.Late()), Phone: v.Phone, Clock: v.Clock.Lines(c.en)}
	out.AskedBy = v.Asker
	out.Entries = mapTo(v.Entries, func(e consult.Entry) InquiryEntry {
		by := e.By.Name
		if e.By.Kind == actor.Staff && c.Kind != actor.Staff {
			by = ""
		}
		return InquiryEntry{e.At.UTC(), string(e.Act), by, e.Words.Text, e.Words.Where, e.Words.Basis, e.Words.Version, e.Words.Due, e.Inside}
	})
	out.Offered = mapTo(v.Offered, func(m consult.Move) string { return string(m.Act) })
	if v.Proposal != nil {
		p := questionProposalOf(c, v.Proposal)
		out.Proposal = &p
	}
	return out, nil
}

func (s *server) inquiryRows(ctx context.Context, c *call, rows []consult.Row) ([]Inquiry, error) {
	dir, err := s.Identity.Directory(ctx)
	return mapTo(rows, func(x consult.Row) Inquiry {
		out := inquiryOf(c, dir, &x.Inquiry, x.Late)
		out.AskedBy = x.Masked
		return out
	}), err
}

func inquiryOf(c *call, dir *identity.Directory, x *consult.Inquiry, late bool) Inquiry {
	u, _ := dir.Unit(x.UnitID)
	out := Inquiry{No: x.No, Kind: word(c, x.Kind), Item: x.ItemCode, ItemName: x.ItemName, ItemVersion: x.PinnedNo, Case: x.CaseNo, Earlier: x.Earlier, CameBack: x.CameBack, Unit: unitRef(u),
		State: word(c, x.State), Version: x.Version, Due: x.DueOn.String(), Late: late, ChangedBy: x.ChangedNo, RefusalBasis: x.Basis, CreatedAt: x.CreatedAt.UTC()}
	if x.Kind == consult.Failure {
		reason, stage := optionWord(c, consult.Reasons, x.Reason), optionWord(c, consult.Stages, x.Stage)
		out.Reason, out.Stage = &reason, &stage
	}
	if r, ok := dir.Unit(x.ReceivedID); ok {
		ref := unitRef(r)
		out.Received = &ref
	}
	for to, at := range map[**time.Time]time.Time{&out.Alarmed: x.AlarmedAt, &out.DoneAt: x.DoneAt} {
		if !at.IsZero() {
			utc := at.UTC()
			*to = &utc
		}
	}
	return out
}

func optionWord(c *call, list []consult.Option, key string) Word {
	zh, en := consult.OptionWords(list, key)
	return Word{key, c.pick(zh, en)}
}

func questionProposalOf(c *call, p *consult.Proposal) QuestionProposal {
	return QuestionProposal{ID(p.ID), p.ItemCode, p.ItemName, p.Question, p.Answer, word(c, p.State), p.ByName, p.At.UTC(), p.Reason}
}

func failureOf(c *call, dir *identity.Directory, x consult.Record) FailureRecord {
	u, _ := dir.Unit(x.UnitID)
	return FailureRecord{x.No, x.PinnedNo, optionWord(c, consult.Reasons, x.Reason), optionWord(c, consult.Stages, x.Stage), word(c, x.State), unitRef(u), x.Earlier, x.CameBack, x.ChangedNo, x.Basis,
		x.At.UTC(), x.DueOn.String(), x.Late}
}

func figuresOf(c *call, f *consult.Figures) InquiryFigures {
	return InquiryFigures{f.Since.String(), mapTo(f.Units, func(x consult.UnitFigures) InquiryOfUnit {
		return InquiryOfUnit{unitRef(x.Unit), word(c, x.Kind), x.Asked, x.Done, x.Late, x.Open, x.Overdue}
	}), mapTo(f.Centres, func(x consult.CentreFigures) FailuresAt {
		return FailuresAt{unitRef(x.Centre), x.Records, x.Open, x.Overdue, x.Changed, x.Refused, x.CameBack}
	}), mapTo(f.Failures, func(x consult.FailureFigures) FailuresOfItem {
		return FailuresOfItem{x.Item.Code, x.Item.Name, optionWord(c, consult.Reasons, x.Reason), x.Records, x.Open, x.Changed, x.Refused, x.CameBack}
	})}
}
