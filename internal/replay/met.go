package replay

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/rule"
)

// met is an application as a guide meets it.
type met struct {
	*side
	c      Case
	values form.Values // those that the form knows, with its defaults
}

func (s *side) of(c Case) *met {
	known := form.Values{}
	for _, fd := range s.Form.Fields() {
		if v, ok := c.Answers[fd.Name]; ok {
			known[fd.Name] = v
		} else if fd.Default != nil {
			known[fd.Name] = fd.Default
		}
	}
	return &met{s, c, s.Form.Prune(s.Form.Normalise(known))}
}

// findings says what is wrong with the answers; what the platform fills in by
// itself, from the register or a licence that is held, is not missing.
func (m *met) findings() map[string]errs.Field {
	out := map[string]errs.Field{}
	for _, f := range m.Form.Validate(m.values) {
		name, _, _ := strings.Cut(f.Path, "/")
		if fd := m.Form.Field(name); f.Code != "required" || fd == nil || !m.filledIn(fd) {
			out[f.Path] = f
		}
	}
	return out
}

func (m *met) filledIn(fd *form.Field) bool {
	return slices.ContainsFunc(fd.Sources, func(s string) bool {
		if licence, ok := strings.CutPrefix(s, "licence:"); ok {
			key, _, _ := strings.Cut(licence, ".")
			return slices.Contains(m.c.Licences, key)
		}
		return strings.HasPrefix(s, "applicant.")
	})
}

// brought lists the materials that the applicant has to bring himself: asked for
// these answers, not optional, and replaced by no licence that he holds.
func (m *met) brought() map[string]catalog.Material {
	out := map[string]catalog.Material{}
	for _, x := range m.Guide.Asked(m.values) {
		if x.Necessity != "optional" && !slices.Contains(m.c.Licences, x.LicenceType) {
			out[x.Code] = x
		}
	}
	return out
}

// verdict of the instant decision; nil where the guide has none.
func (m *met) verdict() *rule.Verdict {
	if m.auto == nil {
		return nil
	}
	v := m.auto.Eval(m.attributes())
	return &v
}

// attributes are what the clauses may ask (catalog.DecisionAttributes).
func (m *met) attributes() map[string]any { return attributes(m.c, m.values) }

// Attributes are what the clauses of an instant decision may ask of an
// application, and the answers that its form knows, with its defaults.
func Attributes(f *form.Form, c Case) (form.Values, map[string]any) {
	s := &side{Contract: Contract{Form: f}}
	values := s.of(c).values
	return values, attributes(c, values)
}

func attributes(c Case, values form.Values) map[string]any {
	out := map[string]any{"agent": c.Agent, "licences": append([]string{}, c.Licences...)}
	if c.Age >= 0 {
		out["applicant.age"] = int64(c.Age)
	}
	for name, v := range values {
		if list, ok := v.([]any); ok {
			texts := make([]string, 0, len(list))
			for _, x := range list {
				if s, ok := x.(string); ok {
					texts = append(texts, s)
				}
			}
			v = texts
		}
		out["form."+name] = v
	}
	return out
}

// sorted puts points in the order of Kinds, else as they came.
func sorted(points []Point) []Point {
	kinds := Kinds()
	slices.SortStableFunc(points, func(a, b Point) int {
		return cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind))
	})
	return points
}
