package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
)

// PersonalIn are answers to the scenarios 情形 of a guide.
type PersonalIn struct {
	CodeIn
	Body struct {
		Answers Answers `json:"answers,omitempty" doc:"By field name; those to scenarios only."`
	}
}

// Personal 我的办事指南 is a guide narrowed to a case.
type Personal struct {
	Version    GuideVersion        `json:"version"`
	Answers    Answers             `json:"answers" doc:"Those that count; POST /drafts takes them over."`
	Complete   bool                `json:"complete" doc:"Every question that comes up is answered."`
	Questions  []ScenarioQuestion  `json:"questions" doc:"The scenarios that come up with these answers."`
	Conditions []PersonalCondition `json:"conditions"`
	Materials  []PersonalMaterial  `json:"materials"`
	Required   int                 `json:"required" doc:"How many materials are needed for certain."`
	ByLicence  int                 `json:"byLicence" doc:"Of these, how many a licence held replaces (免提交)."`
	Spared     int                 `json:"spared" doc:"Materials of the guide that this case does not need."`
}

// ScenarioQuestion is a question of the guide.
type ScenarioQuestion struct {
	Field      string           `json:"field"`
	Question   string           `json:"question"`
	QuestionEN string           `json:"questionEn,omitempty"`
	Note       string           `json:"note,omitempty"`
	Options    []ScenarioOption `json:"options"`
	Answered   bool             `json:"answered"`
}

// ScenarioOption is a possible answer.
type ScenarioOption struct {
	Value   string `json:"value"`
	Label   string `json:"label"`
	LabelEN string `json:"labelEn,omitempty"`
}

// PersonalCondition 受理条件 that holds or may hold.
type PersonalCondition struct {
	Text string `json:"text"`
	Open bool   `json:"open,omitempty" doc:"It depends on an answer that is missing."`
	When string `json:"when,omitempty" doc:"On which answer, in words."`
}

// PersonalMaterial 办理材料 that is asked or may be asked.
type PersonalMaterial struct {
	Code        string `json:"code"`
	Name        string `json:"name"`
	NameEN      string `json:"nameEn,omitempty"`
	Necessity   string `json:"necessity" enum:"required,optional,tolerant"`
	LicenceType string `json:"licenceType,omitempty" doc:"Key of the licence type that replaces it."`
	Open        bool   `json:"open,omitempty" doc:"It depends on an answer that is missing."`
	When        string `json:"when,omitempty" doc:"On which answer, in words."`
}

func (s *server) personal() {
	add(s, operation{id: "item-personal", method: http.MethodPost, path: "/items/{code}/personal", tag: "items", open: true, zh: "我的办事指南",
		en: "The guide narrowed to a case", more: "Nothing is stored. An answer that does not fit, or to a question that the guide does not ask, is refused.",
		again: "the same answer."},
		func(ctx context.Context, c *call, in *PersonalIn) (Personal, error) {
			values, v, err := s.given(ctx, in.Code, in.Body.Answers)
			if err != nil {
				return Personal{}, err
			}
			if _, bad := v.ScenarioAnswers(values); len(bad) > 0 {
				return Personal{}, inAnswers(v, errs.InvalidFields(bad...))
			}
			return personal(v, v.Personal(values))
		})
}

// given reads answers by the form of an item's guide in force.
func (s *server) given(ctx context.Context, code string, text Answers) (form.Values, *catalog.Version, error) {
	_, v, err := s.Catalog.Guide(ctx, code)
	if err != nil || len(text) == 0 {
		return nil, v, err
	}
	values, err := answers(v, text)
	return values, v, err
}

func personal(v *catalog.Version, p catalog.Personal) (Personal, error) {
	text, err := p.Answers.JSON()
	out := Personal{Version: guideVersion(v), Answers: text, Complete: p.Complete(), Questions: []ScenarioQuestion{}, Required: p.Required, ByLicence: p.ByLicence, Spared: p.Spared}
	for _, q := range p.Questions {
		out.Questions = append(out.Questions, ScenarioQuestion{q.Field, q.Question, q.QuestionEN, q.Note,
			mapTo(q.Options, func(o form.Option) ScenarioOption { return ScenarioOption{o.Value, o.Label, o.LabelEN} }), q.Answered})
	}
	when := func(c *catalog.Cond, open bool) string {
		if !open {
			return ""
		}
		zh, _ := c.Words(v.Form())
		return zh
	}
	out.Conditions = mapTo(p.Conditions, func(c catalog.PersonalCondition) PersonalCondition {
		return PersonalCondition{c.Text, c.Open, when(c.When, c.Open)}
	})
	out.Materials = mapTo(p.Materials, func(m catalog.PersonalMaterial) PersonalMaterial {
		return PersonalMaterial{m.Code, m.Name, m.NameEN, m.Necessity, m.LicenceType, m.Open, when(m.When, m.Open)}
	})
	return out, err
}

// describeCondition says how a condition is written: as its text, or as an
// object where it holds in one case only.
func describeCondition(s *huma.Schema) {
	if s == nil {
		return
	}
	object := *s
	*s = huma.Schema{OneOf: []*huma.Schema{{Type: huma.TypeString}, &object}}
}
