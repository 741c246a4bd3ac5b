package catalog

import (
	"errors"
	"regexp"
	"slices"

	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/rule"
)

// decisionAttributes are what an instant decision 秒批 may ask beside the form.
var decisionAttributes = []rule.Attribute{
	{Key: "licences", Type: rule.Texts, ZH: "申请人持有的有效电子证照种类", EN: "Kinds of electronic licences in force that the applicant holds"},
	{Key: "applicant.age", Type: rule.Int, ZH: "申请人周岁", EN: "Age of the applicant in years"},
	{Key: "agent", Type: rule.Bool, ZH: "由他人代办", EN: "Handed in by an agent"},
}

// DecisionAttributes lists what the clauses of Guide.Auto may ask: the
// applicant, and each question of the form as "form.NAME". Questions that CEL
// cannot name, decimal numbers and tables are left out.
func DecisionAttributes(f *form.Form) []rule.Attribute {
	out := slices.Clone(decisionAttributes)
	if f == nil {
		return out
	}
	types := map[form.Type]rule.Type{form.String: rule.Text, form.Integer: rule.Int, form.Boolean: rule.Bool, form.List: rule.Texts}
	for _, x := range f.Fields() {
		if t, ok := types[x.Type]; ok && celName.MatchString(x.Name) {
			most := x.MaxLength
			if t == rule.Texts {
				most = x.MaxItems
			}
			out = append(out, rule.Attribute{Key: "form." + x.Name, Type: t, Max: most, ZH: x.Title, EN: x.TitleEN})
		}
	}
	return out
}

var celName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Decision compiles the rules of the instant decision; nil if the guide
// publishes none. Carrying it out is casework's.
func (g *Guide) Decision(f *form.Form) (*rule.Decision, error) {
	if len(g.Auto) == 0 {
		return nil, nil
	}
	return rule.Clauses(g.Auto, DecisionAttributes(f))
}

// autoRules are about 秒批规则.
var autoRules = []Rule{
	{Key: "auto-online", Severity: Blocks, Element: "steps", Rests: "第九条", ZH: "只有全程网办的事项可以公布秒批规则", EN: "Only what is handled online can have clauses of instant approval", reads: "auto basics",
		find: func(s *subject, say say) {
			if len(s.g.Auto) > 0 && s.g.Basics.Mode != "online" {
				say("auto")
			}
		}},
	{Key: "auto-clause", Severity: Blocks, Element: "steps", Rests: "第九条", ZH: "秒批规则有误：%s", EN: "A clause of instant approval is not right: %s", reads: "auto form",
		find: func(s *subject, say say) {
			if len(s.g.Auto) == 0 {
				return
			}
			var e *errs.Error
			switch _, err := s.g.Decision(s.f); {
			case errors.As(err, &e):
				for _, x := range e.Fields {
					say("auto/"+x.Path, words{x.ZH, x.EN})
				}
			case err != nil:
				say("auto", err.Error())
			}
		}},
}
