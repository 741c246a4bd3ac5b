package casework

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
)

// Visit 现场核查: at least two members of staff look at the substance on the spot
// (行政许可法 第三十四条第三款). It does not stop the clock.
type Visit struct {
	ID        int64       `json:"-"`
	Staff     []Filer     `json:"staff"`
	At        time.Time   `json:"at"`
	Place     string      `json:"place"`
	Questions []string    `json:"questions,omitempty"` // of the guide's step
	Planned   time.Time   `json:"planned"`
	Record    *VisitKept  `json:"record,omitempty"`
	Signed    []Signature `json:"signed,omitempty"`
}

// VisitKept is what was found.
type VisitKept struct {
	Answers []string    `json:"answers,omitempty"` // one for each question
	Passed  bool        `json:"passed"`
	Text    string      `json:"text"`
	Photos  []HandedDoc `json:"photos,omitempty"`
	At      time.Time   `json:"at"`
	By      string      `json:"by"`
}

// Signature 签字 of one who was there.
type Signature struct {
	ID   int64     `json:"id"`
	Name string    `json:"name"`
	Note string    `json:"note,omitempty"` // where they see it otherwise
	At   time.Time `json:"at"`
}

// Done reports whether the visit is recorded and everybody has signed.
func (v *Visit) Done() bool { return v.Record != nil && len(v.Signed) == len(v.Staff) }

// VisitInput is what the acts of a visit bring.
type VisitInput struct {
	Visit   int64    // record, sign: which visit; 0 = the last one
	Staff   []string // plan: logins
	At      string   // plan: "2026-03-02 14:30", Asia/Shanghai
	Place   string   // plan
	Answers []string // record: one for each question
	Passed  bool     // record
	Text    string   // record: what was found
}

// ErrVisitFirst says that the guide demands a visit before the opinion.
var ErrVisitFirst = errs.New(errs.Conflict, "visit-first", "办事指南规定本环节须现场核查，请先完成核查并签字。", "The guide demands a site visit in this step; it has to be done and signed first.")

// visitQuestions are those of the guide's steps that demand a visit.
func visitQuestions(g *catalog.Guide) (out []string) {
	for _, sp := range g.Steps {
		if sp.Visit {
			out = append(out, sp.Questions...)
		}
	}
	return out
}

func demandsVisit(g *catalog.Guide) bool {
	return slices.ContainsFunc(g.Steps, func(sp catalog.Step) bool { return sp.Visit })
}

// visitPlan assigns the inspectors and makes the appointment with the applicant.
func (st *step) visitPlan() error {
	in := st.in.Visit
	var fs []errs.Field
	at, err := time.ParseInLocation("2006-01-02 15:04", strings.Replace(strings.TrimSpace(in.At), "T", " ", 1), clock.Shanghai())
	switch {
	case err != nil:
		fs = append(fs, errs.Field{Path: "visit/at", Code: "required", ZH: "请填写核查时间，如 2026-03-02 14:30", EN: "Enter the time, like 2026-03-02 14:30"})
	case at.Before(st.tx.Now()):
		fs = append(fs, errs.Field{Path: "visit/at", Code: "past", ZH: "核查时间不能早于现在", EN: "The time has passed"})
	}
	if strings.TrimSpace(in.Place) == "" {
		fs = append(fs, errs.Field{Path: "visit/place", Code: "required", ZH: "请填写核查地点", EN: "Enter the place"})
	}
	who, bad, err := st.inspectors(in.Staff)
	if err != nil {
		return err
	}
	if fs = append(fs, bad...); len(fs) > 0 {
		return errs.InvalidFields(fs...)
	}
	v := &Visit{Staff: who, At: at, Place: in.Place, Questions: visitQuestions(&st.w.v.Guide), Planned: st.tx.Now()}
	names := make([]string, len(who))
	for i, x := range who {
		names[i] = x.Name
	}
	when := at.Format("2006年1月2日15:04")
	st.when = at
	st.docFacts = []DocFact{{"核查时间", when}, {"核查地点", in.Place}, {"核查人员", strings.Join(names, "、")}}
	st.reason, st.moved = st.in.Reason, true
	st.say(when, in.Place, strings.Join(names, "、"), st.in.Reason)
	_, err = st.keep(0, sideVisit, v)
	return err
}

// inspectors are at least two different reviewers of the departments that
// handle the case.
func (st *step) inspectors(logins []string) ([]Filer, []errs.Field, error) {
	list, err := st.s.colleagues(st.tx, st.w, st.c.UnitID, st.a.Unit)
	if err != nil {
		return nil, nil, err
	}
	var out []Filer
	for _, l := range logins {
		i := slices.IndexFunc(list, func(m Colleague) bool { return m.Login == l && m.reviews })
		if i < 0 || slices.Contains(st.c.Recused, list[i].ID) {
			return nil, []errs.Field{{Path: "visit/staff", Code: "unknown", ZH: "核查人员应当是本单位未回避的审查人员", EN: "Inspectors are reviewers of the office who do not stand aside"}}, nil
		}
		if f := (Filer{actor.Staff, list[i].ID, list[i].Name}); !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	if len(out) < 2 {
		return nil, []errs.Field{{Path: "visit/staff", Code: "two", ZH: "应当指派两名以上工作人员进行核查", EN: "At least two members of staff"}}, nil
	}
	return out, nil, nil
}

// visit finds the visit that the act is about; the actor was assigned to it.
func (st *step) visit() (*Visit, error) {
	all, err := st.s.sides(st.tx, st.c.ID)
	if err != nil {
		return nil, err
	}
	for _, v := range slices.Backward(all.Visits) {
		if (st.in.Visit.Visit == 0 || v.ID == st.in.Visit.Visit) && slices.ContainsFunc(v.Staff, func(f Filer) bool { return f.ID == st.a.ID }) {
			return v, nil
		}
	}
	return nil, ErrNotOffered
}

// visitRecord: one of those who were there writes down what was found, and signs.
func (st *step) visitRecord() error {
	v, err := st.visit()
	if err != nil {
		return err
	}
	if v.Record != nil {
		return ErrNotOffered
	}
	in := st.in.Visit
	var fs []errs.Field
	for i := range v.Questions {
		if i >= len(in.Answers) || strings.TrimSpace(in.Answers[i]) == "" {
			fs = append(fs, errs.Field{Path: fmt.Sprintf("visit/answers/%d", i), Code: "required", ZH: "请填写核查内容", EN: "Answer the question"})
		}
	}
	if len(in.Answers) > len(v.Questions) {
		fs = append(fs, errs.Field{Path: "visit/answers", Code: "max-items", ZH: "核查内容多于办事指南列出的问题", EN: "More answers than questions"})
	}
	if strings.TrimSpace(in.Text) == "" {
		fs = append(fs, errs.Field{Path: "visit/text", Code: "required", ZH: "请填写核查结果", EN: "Say what was found"})
	}
	if len(fs) > 0 {
		return errs.InvalidFields(fs...)
	}
	if st.tx.Now().Before(v.At) {
		return errs.New(errs.Conflict, "visit-not-made", "约定的核查时间还没有到。", "The time of the visit has not come yet.")
	}
	photos, err := st.takeFiles()
	if err != nil {
		return err
	}
	v.Record = &VisitKept{Answers: in.Answers, Passed: in.Passed, Text: in.Text, Photos: photos, At: st.tx.Now(), By: st.a.Name}
	v.Signed = []Signature{{ID: st.a.ID, Name: st.a.Name, At: st.tx.Now()}}
	st.say(map[bool]string{true: "符合要求", false: "不符合要求"}[in.Passed], in.Text)
	_, err = st.keep(v.ID, sideVisit, v)
	return err
}

// visitSign: the others who were there sign it, or say what they saw otherwise.
func (st *step) visitSign() error {
	v, err := st.visit()
	if err != nil {
		return err
	}
	if v.Record == nil || slices.ContainsFunc(v.Signed, func(x Signature) bool { return x.ID == st.a.ID }) {
		return ErrNotOffered
	}
	v.Signed = append(v.Signed, Signature{ID: st.a.ID, Name: st.a.Name, Note: st.in.Reason, At: st.tx.Now()})
	st.say(st.a.Name, st.in.Reason)
	_, err = st.keep(v.ID, sideVisit, v)
	return err
}

// visitedBefore: a step that demands a visit has no opinion before it.
func (st *step) visitedBefore(step string) error {
	if !slices.ContainsFunc(st.w.v.Guide.Steps, func(sp catalog.Step) bool { return sp.Key == step && sp.Visit }) {
		return nil
	}
	all, err := st.s.sides(st.tx, st.c.ID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all.Visits, (*Visit).Done) {
		return ErrVisitFirst
	}
	return nil
}

// ExpertReview 专家评审, a special procedure: who the experts are, and what they
// found.
type ExpertReview struct {
	Experts string      `json:"experts"` // names, with where they are from
	At      time.Time   `json:"at"`
	Opinion string      `json:"opinion,omitempty"`
	Files   []HandedDoc `json:"files,omitempty"`
	Ended   time.Time   `json:"ended,omitzero"`

	id int64
}

// beginExperts keeps who the experts are; they stand on the notice.
func (st *step) beginExperts() error {
	if st.in.Kind != sideExpert {
		return nil
	}
	if strings.TrimSpace(st.in.Experts) == "" {
		return missing("experts", "请填写评审专家的姓名和单位", "Name the experts")
	}
	st.docFacts = append(st.docFacts, DocFact{"评审专家", st.in.Experts})
	_, err := st.keep(0, sideExpert, &ExpertReview{Experts: st.in.Experts, At: st.tx.Now()})
	return err
}

// endSpecial: an expert review ends with its opinion, a hearing with its record.
func (st *step) endSpecial() error {
	hearing, _ := SpecialWords(sideHearing)
	expert, _ := SpecialWords(sideExpert)
	switch st.c.Clocks.paused() {
	case hearing:
		h, err := st.hearing()
		if err != nil {
			return err
		}
		if h.Pending() {
			return ErrHearingPending
		}
	case expert:
		all, err := st.s.sides(st.tx, st.c.ID)
		if err != nil || len(all.Experts) == 0 {
			return err
		}
		docs, err := st.takeFiles()
		if err != nil {
			return err
		}
		if strings.TrimSpace(st.in.Reason) == "" {
			return missing("reason", "请填写专家评审意见", "Enter the experts' opinion")
		}
		x := all.Experts[len(all.Experts)-1]
		x.Opinion, x.Files, x.Ended = st.in.Reason, docs, st.tx.Now()
		_, err = st.keep(x.id, sideExpert, x)
		return err
	}
	return nil
}
