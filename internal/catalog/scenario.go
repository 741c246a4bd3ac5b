package catalog

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
)

// Condition 受理条件 is one line of the acceptance standard, as a decline may
// cite it. With When it holds only in that case; without, always. It is written
// as a plain string when it always holds.
type Condition struct {
	Text string `json:"text"`
	When *Cond  `json:"when,omitempty"`
}

// MarshalJSON writes a condition that always holds as its text.
func (c Condition) MarshalJSON() ([]byte, error) {
	if c.When == nil {
		return json.Marshal(c.Text)
	}
	type plain Condition
	return json.Marshal(plain(c))
}

// UnmarshalJSON reads a text, or an object with text and when.
func (c *Condition) UnmarshalJSON(b []byte) error {
	*c = Condition{}
	if b = bytes.TrimSpace(b); len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &c.Text)
	}
	if len(b) == 0 || b[0] != '{' {
		return errors.New("a condition is a text, or an object with text and when")
	}
	type plain Condition
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode((*plain)(c)); err != nil {
		return fmt.Errorf("condition: %w", err)
	}
	return nil
}

// Scenario 情形 is a question put before the application: its answer, an option
// of the form or yes or no, says which materials and conditions hold for a
// person. The draft takes the answer over, so that it is asked once.
type Scenario struct {
	Field      string `json:"field"` // option or yes-no field of the form
	Question   string `json:"question"`
	QuestionEN string `json:"questionEn,omitempty"`
	Note       string `json:"note,omitempty"` // what helps to answer
}

// ConditionsFor lists the conditions that hold for these answers, in guide order.
func (g *Guide) ConditionsFor(values form.Values) []Condition {
	var out []Condition
	for _, c := range g.Conditions {
		if c.When == nil || c.When.Met(values) {
			out = append(out, c)
		}
	}
	return out
}

// Personal 我的办事指南 is a guide narrowed to a case of which some answers are
// known: what certainly holds, what may, and what does not.
type Personal struct {
	Answers    form.Values // those that count: questions that are asked, with answers that fit
	Questions  []ScenarioQuestion
	Conditions []PersonalCondition
	Materials  []PersonalMaterial
	Required   int // 必要材料 that are needed for certain
	ByLicence  int // of these, how many a licence held replaces (免提交)
	Spared     int // materials of the guide that this case does not need
}

// ScenarioQuestion is a scenario with its field of the form.
type ScenarioQuestion struct {
	Scenario
	Options  []form.Option
	Answered bool
}

// PersonalCondition is a condition that holds or, while Open, may hold.
type PersonalCondition struct {
	Condition
	Open bool
}

// PersonalMaterial is a material that is asked or, while Open, may be asked.
type PersonalMaterial struct {
	Material
	Open bool
}

// Complete reports whether every scenario question that is asked was answered.
func (p Personal) Complete() bool {
	return !slices.ContainsFunc(p.Questions, func(q ScenarioQuestion) bool { return !q.Answered })
}

// Personal narrows the guide to what the answers to its scenarios say. Answers
// to other questions, or that do not fit, are left out.
func (v *Version) Personal(answers form.Values) Personal {
	g, f := &v.Guide, v.form
	fit, _ := v.ScenarioAnswers(answers)
	p := Personal{Answers: f.Prune(fit)}
	could := couldBeAsked(f, p.Answers)
	for _, s := range g.Scenarios {
		if fd := f.Field(s.Field); fd != nil && could[s.Field] {
			p.Questions = append(p.Questions, ScenarioQuestion{s, optionsOf(fd), p.Answers[s.Field] != nil})
		}
	}
	for _, c := range g.Conditions {
		if at := c.When.under(p.Answers, could); at != dropped {
			p.Conditions = append(p.Conditions, PersonalCondition{c, at == open})
		}
	}
	for _, m := range g.Materials {
		at := m.When.under(p.Answers, could)
		if at == dropped {
			p.Spared++
			continue
		}
		p.Materials = append(p.Materials, PersonalMaterial{m, at == open})
		if at == holds && m.Required() {
			p.Required++
			if m.LicenceType != "" {
				p.ByLicence++
			}
		}
	}
	return p
}

// ScenarioAnswers keeps of the answers those to scenario questions that fit the
// form; the findings say what does not.
func (v *Version) ScenarioAnswers(answers form.Values) (form.Values, []errs.Field) {
	var bad []errs.Field
	out := form.Values{}
	for name, x := range v.form.Normalise(answers) {
		one := form.Values{name: x}
		switch fs := v.form.ValidateDraft(one); {
		case len(fs) > 0:
			bad = append(bad, fs...)
		case !slices.ContainsFunc(v.Guide.Scenarios, func(s Scenario) bool { return s.Field == name }):
			bad = append(bad, errs.Field{Path: name, Code: "unknown-field", ZH: "办事指南没有就这一项提问", EN: "The guide asks no question about this"})
		default:
			out[name] = x
		}
	}
	slices.SortFunc(bad, func(a, b errs.Field) int { return strings.Compare(a.Path, b.Path) })
	return out, bad
}

// standing says how a part of a guide stands to answers of which some are missing.
type standing int

const (
	holds   standing = iota // whatever else is answered
	open                    // it depends on an answer that is missing
	dropped                 // it cannot hold any more
)

func (c *Cond) under(v form.Values, could map[string]bool) standing {
	switch {
	case c == nil || c.Met(v):
		return holds
	case v[c.Field] != nil || !could[c.Field]:
		return dropped
	}
	return open
}

// couldBeAsked names the questions that the form asks, or may yet ask when
// answers come in that are missing.
func couldBeAsked(f *form.Form, v form.Values) map[string]bool {
	could := map[string]bool{}
	for _, fd := range f.Fields() { // a condition names earlier fields only
		could[fd.Name] = fd.Show == nil || slices.ContainsFunc(fd.Show.Any, func(all form.Alternative) bool {
			return !slices.ContainsFunc(all, func(a form.Atom) bool {
				c := Cond{Field: a.Field, In: a.Values}
				return !could[a.Field] || v[a.Field] != nil && !c.Met(v)
			})
		})
	}
	return could
}

// CaseWords tells when a condition is met: by the guide's own question, or by
// the titles of the form.
func (v *Version) CaseWords(c *Cond) (zh, en string) {
	fd := v.form.Field(c.Field)
	if fd == nil {
		return "", ""
	}
	question, questionEN, is, isEN := fd.Title, cmp.Or(fd.TitleEN, fd.Title), "为", "is"
	for _, s := range v.Guide.Scenarios {
		if s.Field == c.Field {
			question, questionEN, is, isEN = s.Question, cmp.Or(s.QuestionEN, questionEN), "答", "is answered"
		}
	}
	if c.Set {
		return "填写了“" + fd.Title + "”时", "when “" + cmp.Or(fd.TitleEN, fd.Title) + "” is filled in"
	}
	var labels, labelsEN []string
	for _, value := range c.In {
		for _, o := range optionsOf(fd) {
			if o.Value == value {
				labels, labelsEN = append(labels, o.Label), append(labelsEN, cmp.Or(o.LabelEN, o.Label))
			}
		}
	}
	return "“" + question + "”" + is + "“" + strings.Join(labels, "”或者“") + "”时", "when “" + questionEN + "” " + isEN + " “" + strings.Join(labelsEN, "” or “") + "”"
}

// optionsOf of a question that may be a scenario; a yes-no field has two.
func optionsOf(fd *form.Field) []form.Option {
	if fd.Type == form.Boolean {
		return []form.Option{{Value: "true", Label: "是", LabelEN: "Yes"}, {Value: "false", Label: "否", LabelEN: "No"}}
	}
	return fd.Options
}
