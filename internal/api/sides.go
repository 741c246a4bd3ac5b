package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/identity"
)

// HearingIn is what the acts of a hearing read.
type HearingIn struct {
	Who      string `json:"who,omitempty" maxLength:"200" doc:"A third party's name; left out: the applicant. For window clerks, and to tell somebody."`
	Contact  string `json:"contact,omitempty" maxLength:"200" doc:"hearing-tell: how the third party is reached."`
	Interest string `json:"interest,omitempty" maxLength:"2000" doc:"hearing-tell: what is at stake."`
	At       string `json:"at,omitempty" maxLength:"40" doc:"hearing-call: 2026-03-02 14:30, Asia/Shanghai; seven working days ahead or more."`
	Place    string `json:"place,omitempty" maxLength:"200" doc:"hearing-call."`
	Presider string `json:"presider,omitempty" maxLength:"60" doc:"hearing-call, hearing-answer: login of the presider, from colleagues."`
	Public   bool   `json:"public,omitempty" doc:"hearing-call: held in public."`
	Text     string `json:"text,omitempty" maxLength:"20000" doc:"hearing-record: the record; or files."`
	Signed   string `json:"signed,omitempty" maxLength:"200" doc:"hearing-record: who read and signed it."`
	Record   string `json:"record,omitempty" maxLength:"200" doc:"decide: number of the record that the decision follows."`
}

// VisitIn is what the acts of a site visit read.
type VisitIn struct {
	Visit   ID       `json:"visit,omitempty" doc:"visit-record, visit-sign: which; left out: the last one."`
	Staff   []string `json:"staff,omitempty" maxItems:"20" doc:"visit-plan: logins of two reviewers or more, from colleagues."`
	At      string   `json:"at,omitempty" maxLength:"40" doc:"visit-plan: 2026-03-02 14:30, Asia/Shanghai."`
	Place   string   `json:"place,omitempty" maxLength:"200" doc:"visit-plan."`
	Answers []string `json:"answers,omitempty" maxItems:"200" doc:"visit-record: one for each question."`
	Passed  bool     `json:"passed,omitempty" doc:"visit-record."`
	Text    string   `json:"text,omitempty" maxLength:"2000" doc:"visit-record: what was found."`
}

// WorkIn is what approvers' acts among themselves read.
type WorkIn struct {
	Staff string `json:"staff,omitempty" maxLength:"60" doc:"transfer: to whom; recuse: who stands aside, left out: oneself. A login from colleagues."`
	Unit  string `json:"unit,omitempty" maxLength:"60" doc:"transfer, ask-opinion: key of the unit."`
	Stage int    `json:"stage,omitempty" minimum:"0" maximum:"99" doc:"send-back: to which review stage; 0 is the window."`
}

// sideInputs names the fields that an act of hearings, visits and the office reads.
func sideInputs(act casework.Act) []string {
	switch act {
	case casework.HearingTell:
		return []string{"hearing.who", "hearing.contact", "hearing.interest"}
	case casework.HearingAsk, casework.HearingChallenge, casework.HearingDrop:
		return []string{"hearing.who", "reason"}
	case casework.HearingWaive:
		return []string{"hearing.who"}
	case casework.HearingCall:
		return []string{"hearing.at", "hearing.place", "hearing.presider", "hearing.public", "days", "reason"}
	case casework.HearingAnswer:
		return []string{"agree", "reason", "hearing.presider"}
	case casework.HearingRecord:
		return []string{"hearing.text", "hearing.signed", "files"}
	case casework.VisitPlan:
		return []string{"visit.staff", "visit.at", "visit.place", "reason"}
	case casework.VisitRecord:
		return []string{"visit.visit", "visit.answers", "visit.passed", "visit.text", "files"}
	case casework.VisitSign:
		return []string{"visit.visit", "reason"}
	case casework.Object:
		return []string{"hearing.who", "reason", "files"}
	case casework.Claim:
		return []string{"task"}
	case casework.Release:
		return []string{"task", "reason"}
	case casework.Transfer:
		return []string{"task", "work.staff", "work.unit", "reason"}
	case casework.SendBack:
		return []string{"work.stage", "reason"}
	case casework.Recheck:
		return []string{"reason"}
	case casework.AskOpinion:
		return []string{"work.unit", "days", "reason"}
	case casework.GiveOpinion:
		return []string{"task", "agree", "opinion"}
	case casework.Recuse:
		return []string{"work.staff", "reason"}
	case casework.Refer:
		return []string{"elsewhere", "work.unit", "reason"}
	}
	if list := measureInputs(act); list != nil {
		return list
	}
	return []string{}
}

// actFiles finds the uploaded files that an act names.
func (s *server) actFiles(ctx context.Context, c *call, list []FileRef) ([]casework.NamedFile, error) {
	if len(list) == 0 {
		return nil, nil
	}
	known, err := s.uploaded(ctx, c, list...)
	if err != nil {
		return nil, err
	}
	var out []casework.NamedFile
	for i, in := range list {
		at := "files/" + strconv.Itoa(i) + "/file"
		id, err := s.Files.Redeem(in.File, holder(c))
		ref, ok := known[id]
		switch {
		case err != nil || !ok:
			return nil, noSuchFile(at)
		case !slices.Contains(casework.SideFileTypes(), ref.Type):
			return nil, files.ErrType().With(errs.Field{Path: at, Code: "type", ZH: "这里不接受该类型的文件", EN: "This type is not taken here"})
		case ref.Size > casework.SideFileBytes:
			return nil, files.ErrTooLarge().With(errs.Field{Path: at, Code: "size", ZH: "文件不能超过20MB", EN: "Larger than 20 MB"})
		}
		out = append(out, casework.NamedFile{Ref: ref, Name: files.CleanName(in.Name, ref.Type)})
	}
	return out, nil
}

// Beside is what a case has beside its ordinary way, as the caller may see it.
type Beside struct {
	Hearing    *Hearing    `json:"hearing,omitempty"`
	Visits     []Visit     `json:"visits"`
	Statements []Statement `json:"statements" doc:"陈述申辩."`
	Opinions   []Asked     `json:"opinions" doc:"What other departments were asked; their answers stand with the tasks. For staff."`
	Experts    []Experts   `json:"experts"`
	Measures   []Measure   `json:"measures" doc:"撤回、撤销、注销 that the authority began."`
	Rulings    []Ruling    `json:"rulings" doc:"行政复议、行政诉讼."`
}

// Hearing 听证.
type Hearing struct {
	Told       []HearingTold `json:"told"`
	Asked      []string      `json:"asked" doc:"Who asked for it."`
	At         *time.Time    `json:"at,omitempty"`
	Place      string        `json:"place,omitempty"`
	Presider   string        `json:"presider,omitempty"`
	Public     bool          `json:"public,omitempty"`
	Days       int           `json:"days,omitempty" doc:"Planned working days, which are not counted."`
	Challenges []Challenge   `json:"challenges"`
	Record     string        `json:"record,omitempty" doc:"Number of the record; a decision names it."`
	Text       string        `json:"text,omitempty" doc:"Of the record."`
	Signed     string        `json:"signed,omitempty"`
	Files      []CaseFile    `json:"files"`
	Dropped    bool          `json:"dropped,omitempty"`
}

// HearingTold is somebody who was told of the right to a hearing.
type HearingTold struct {
	Name     string    `json:"name"`
	Third    bool      `json:"third,omitempty"`
	Contact  string    `json:"contact,omitempty" doc:"For staff."`
	Interest string    `json:"interest,omitempty"`
	At       time.Time `json:"at"`
	Waived   bool      `json:"waived,omitempty"`
}

// Challenge 申请回避.
type Challenge struct {
	By      string `json:"by"`
	Reason  string `json:"reason"`
	Granted *bool  `json:"granted,omitempty" doc:"Once it is answered."`
	Answer  string `json:"answer,omitempty"`
}

// Visit 现场核查.
type Visit struct {
	ID        ID         `json:"id"`
	Staff     []string   `json:"staff"`
	At        time.Time  `json:"at"`
	Place     string     `json:"place"`
	Questions []string   `json:"questions"`
	Answers   []string   `json:"answers,omitempty" doc:"For staff."`
	Passed    *bool      `json:"passed,omitempty" doc:"For staff, once recorded."`
	Text      string     `json:"text,omitempty" doc:"For staff."`
	Photos    []CaseFile `json:"photos,omitempty" doc:"For staff."`
	Signed    []string   `json:"signed,omitempty" doc:"For staff."`
	Done      bool       `json:"done" doc:"Recorded and signed by everybody who was there."`
}

// Statement 陈述申辩.
type Statement struct {
	By    string     `json:"by"`
	Third bool       `json:"third,omitempty"`
	At    time.Time  `json:"at"`
	Text  string     `json:"text"`
	Files []CaseFile `json:"files"`
}

// Asked 征求意见.
type Asked struct {
	Task     ID        `json:"task"`
	By       string    `json:"by"`
	Question string    `json:"question"`
	At       time.Time `json:"at"`
}

// Experts 专家评审.
type Experts struct {
	Experts string     `json:"experts"`
	Opinion string     `json:"opinion,omitempty"`
	Files   []CaseFile `json:"files"`
}

// Colleague is to whom something can be handed.
type Colleague struct {
	Login string       `json:"login"`
	Name  string       `json:"name"`
	Unit  string       `json:"unit" doc:"Key."`
	Roles []actor.Role `json:"roles"`
}

func beside(x *casework.Sides) *Beside {
	if x == nil {
		return nil
	}
	out := &Beside{Visits: mapTo(x.Visits, visit), Statements: mapTo(x.Statements, func(t *casework.Statement) Statement {
		return Statement{t.By, t.Third, t.At.UTC(), t.Text, mapTo(t.Files, caseFile)}
	}), Opinions: mapTo(x.Opinions, func(o *casework.OpinionAsked) Asked { return Asked{ID(o.Task), o.By, o.Question, o.At.UTC()} }),
		Experts: mapTo(x.Experts, func(e *casework.ExpertReview) Experts { return Experts{e.Experts, e.Opinion, mapTo(e.Files, caseFile)} }), Measures: mapTo(x.Measures, measure), Rulings: mapTo(x.Rulings, ruling)}
	if h := x.Hearing; h != nil {
		out.Hearing = hearing(h)
	}
	return out
}

func hearing(h *casework.Hearing) *Hearing {
	out := &Hearing{Told: mapTo(h.Told, func(t casework.HearingTold) HearingTold {
		return HearingTold{t.Name, t.Third, t.Contact, t.Interest, t.At.UTC(), !t.Waived.IsZero()}
	}), Asked: mapTo(h.Asked, func(a casework.HearingAsked) string { return a.Name }), Challenges: mapTo(h.Challenges, challenge),
		Files: []CaseFile{}, Dropped: !h.Dropped.IsZero()}
	if k := h.Call; k != nil {
		out.At, out.Place, out.Presider, out.Public, out.Days = instant(k.At), k.Place, k.Presider.Name, k.Open, k.Days
	}
	if r := h.Record; r != nil {
		out.Record, out.Text, out.Signed, out.Files = r.Number, r.Text, r.Signed, mapTo(r.Files, caseFile)
	}
	return out
}

func challenge(x casework.Challenge) Challenge {
	out := Challenge{By: x.By, Reason: x.Reason, Answer: x.Answer}
	if !x.Answered.IsZero() {
		out.Granted = &x.Granted
	}
	return out
}

func visit(v *casework.Visit) Visit {
	out := Visit{ID: ID(v.ID), Staff: mapTo(v.Staff, func(f casework.Filer) string { return f.Name }), At: v.At.UTC(), Place: v.Place,
		Questions: append([]string{}, v.Questions...), Done: v.Done()}
	if r := v.Record; r != nil {
		out.Answers, out.Passed, out.Text, out.Photos = r.Answers, &r.Passed, r.Text, mapTo(r.Photos, caseFile)
		out.Signed = mapTo(v.Signed, func(x casework.Signature) string { return x.Name })
	}
	return out
}

func colleagues(list []casework.Colleague) []Colleague {
	if len(list) == 0 {
		return nil
	}
	return mapTo(list, func(m casework.Colleague) Colleague {
		return Colleague{m.Login, m.Name, m.UnitKey, append([]actor.Role{}, m.Roles...)}
	})
}

// Load 负荷.
type Load struct {
	Name string `json:"name"`
	Open int    `json:"open"`
}

// Loads says who has taken how much, and whether new tasks are handed out by themselves.
type Loads struct {
	Fair  bool   `json:"fair"`
	Items []Load `json:"items" doc:"The fullest first."`
}

// FairIn turns the handing out of new tasks on or off.
type FairIn struct {
	Key  string `path:"key" maxLength:"60" doc:"Key of the unit."`
	Body struct {
		On bool `json:"on"`
	}
}

func (s *server) loads() {
	add(s, operation{id: "queue-loads", method: http.MethodGet, path: "/queue/loads", tag: "cases", zh: "人员负荷", en: "Who has taken how many of a unit's open tasks"},
		func(ctx context.Context, c *call, in *QueueIn) (Loads, error) {
			unit, role, err := s.workList(ctx, c, *in)
			if err != nil {
				return Loads{}, err
			}
			list, err := s.Casework.Loads(ctx, c.Actor, unit, role)
			return Loads{unit.Fair, mapTo(list, func(l casework.Load) Load { return Load{l.Name, l.Open} })}, err
		})
	do(s, operation{id: "unit-fair", method: http.MethodPost, path: "/units/{key}/fair", tag: "cases", zh: "自动分办", en: "Heads: new tasks go by themselves to whoever has the least open work", again: "it is on or off, whatever it was."},
		func(ctx context.Context, c *call, in *FairIn) error {
			u, err := s.unitNamed(ctx, in.Key, "path/key")
			if errs.KindOf(err) == errs.Invalid {
				err = identity.ErrForbidden
			}
			if err != nil {
				return err
			}
			return s.Identity.SetFair(ctx, c.Actor, u.ID, in.Body.On)
		})
}
