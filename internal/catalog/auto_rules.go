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

// auto: the rules of an instant decision compile against the form, each names
// its basis, and the matter is handled online.
func (c *checker) auto(g *Guide, f *form.Form) {
	if len(g.Auto) == 0 {
		return
	}
	if g.Basics.Mode != "online" {
		c.err("auto", "只有全程网办的事项可以公布秒批规则")
	}
	var e *errs.Error
	switch _, err := g.Decision(f); {
	case errors.As(err, &e):
		for _, x := range e.Fields {
			c.err("auto/"+x.Path, x.ZH)
		}
	case err != nil:
		c.err("auto", err.Error())
	}
}
