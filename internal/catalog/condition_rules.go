package catalog

import (
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/form"
)

// conditionRules are about 受理标准, 情形 and the form that both point into.
var conditionRules = []Rule{
	some("conditions", "conditions", words{"受理条件", "the conditions"}, func(g *Guide) int { return len(g.Conditions) }),
	{Key: "condition-text", Severity: Blocks, Element: "conditions", Rests: "第七条", ZH: "受理条件没有写内容", EN: "The condition says nothing", reads: "conditions",
		find: func(s *subject, say say) {
			for i, c := range s.g.Conditions {
				if blank(c.Text) {
					say(loc("conditions", i))
				}
			}
		}},
	{Key: "condition-twice", Severity: Blocks, Element: "conditions", Rests: "第七条", ZH: "这条受理条件与第%s条相同，请删去一条", EN: "The condition is the same as number %s; take one out", reads: "conditions",
		find: func(s *subject, say say) {
			for i, c := range s.g.Conditions {
				first := slices.IndexFunc(s.g.Conditions, func(o Condition) bool { return strings.TrimSpace(o.Text) == strings.TrimSpace(c.Text) })
				if first < i && !blank(c.Text) {
					say(loc("conditions", i), loc(first+1))
				}
			}
		}},
	{Key: "condition-when", Severity: Blocks, Element: "conditions", Rests: "第七条", ZH: "%s", EN: "%s", reads: "conditions form",
		find: func(s *subject, say say) {
			for i, c := range s.g.Conditions {
				if why := s.wrongWhen(c.When); why != (words{}) {
					say(loc("conditions", i, "when"), why)
				}
			}
		}},
	{Key: "scenario-field", Severity: Blocks, Element: "conditions", Rests: "第十条", ZH: "情形提问的“%s”应是申请表中有选项或者是否的一项，并且只问一次", EN: "A scenario asks about a field with options, or yes and no, once: “%s” is not", reads: "scenarios form",
		find: func(s *subject, say say) {
			seen := map[string]bool{}
			for i, x := range s.g.Scenarios {
				fd := s.field(x.Field)
				if fd == nil || len(optionsOf(fd)) == 0 || fd.MustAccept || seen[x.Field] {
					say(loc("scenarios", i, "field"), x.Field)
				}
				seen[x.Field] = true
			}
		}},
	{Key: "scenario-question", Severity: Blocks, Element: "conditions", Rests: "第十条", ZH: "情形缺少问题，请用一句问话写", EN: "The scenario has no question; write one", reads: "scenarios",
		find: func(s *subject, say say) {
			for i, x := range s.g.Scenarios {
				if blank(x.Question) {
					say(loc("scenarios", i, "question"))
				}
			}
		}},
	{Key: "scenario-order", Severity: Blocks, Element: "conditions", Rests: "第十条", ZH: "“%s”要看“%s”的回答才会问，请把后者也列为情形，排在前面", EN: "“%s” comes up by the answer to “%s”: ask that before, as a scenario", reads: "scenarios form",
		find: func(s *subject, say say) {
			asked := map[string]bool{}
			for i, x := range s.g.Scenarios {
				if fd := s.field(x.Field); fd != nil {
					for _, name := range fd.Show.Fields() {
						if !asked[name] {
							say(loc("scenarios", i, "field"), x.Field, name)
						}
					}
				}
				asked[x.Field] = true
			}
		}},
	{Key: "scenario-narrows", Severity: Warns, Element: "conditions", Rests: "第十条", ZH: "情形“%s”的回答不影响任何材料和条件，请删去或者补上它决定的内容", EN: "No material, condition or other question depends on scenario “%s”; take it out or say what it decides", reads: "scenarios conditions materials form",
		find: func(s *subject, say say) {
			for i, x := range s.g.Scenarios {
				if !s.depends(x.Field) {
					say(loc("scenarios", i), x.Field)
				}
			}
		}},
	{Key: "when-without-scenario", Severity: Hints, Element: "conditions", Rests: "第十条", ZH: "材料、条件取决于“%s”，可以列为情形，让申请人先知道", EN: "Materials or conditions depend on “%s”: as a scenario people would know before", reads: "scenarios conditions materials form",
		find: func(s *subject, say say) {
			said := map[string]bool{}
			for _, c := range s.whens() {
				fd := s.field(c.Field)
				asked := slices.ContainsFunc(s.g.Scenarios, func(x Scenario) bool { return x.Field == c.Field })
				if fd != nil && len(optionsOf(fd)) > 0 && !asked && !said[c.Field] {
					said[c.Field] = true
					say("scenarios", c.Field)
				}
			}
		}},
	{Key: "field-reachable", Severity: Blocks, Element: "conditions", Rests: "第二十一条", ZH: "申请表的“%s”在任何情形下都不会问到，请改它的显示条件", EN: "No answers make the form ask “%s”; mend its condition", reads: "form",
		find: func(s *subject, say say) {
			if s.f == nil {
				return
			}
			for _, fd := range s.f.Fields() {
				if !reachable(s.f, fd, map[string][]string{}, 0) {
					say(loc("form/properties", fd.Name), fd.Title)
				}
			}
		}},
}

func (s *subject) field(name string) *form.Field {
	if s.f == nil {
		return nil
	}
	return s.f.Field(name)
}

// whens are all conditions of the guide that point into the form.
func (s *subject) whens() []Cond {
	var out []Cond
	for _, c := range s.g.Conditions {
		if c.When != nil {
			out = append(out, *c.When)
		}
	}
	for _, m := range s.g.Materials {
		if m.When != nil {
			out = append(out, *m.When)
		}
	}
	return out
}

// depends reports whether anything of the guide, or another scenario, hangs on
// the answer.
func (s *subject) depends(field string) bool {
	if slices.ContainsFunc(s.whens(), func(c Cond) bool { return c.Field == field }) {
		return true
	}
	return slices.ContainsFunc(s.g.Scenarios, func(x Scenario) bool {
		fd := s.field(x.Field)
		return fd != nil && slices.Contains(fd.Show.Fields(), field)
	})
}

// wrongWhen tells what is wrong with a condition that points into the form.
func (s *subject) wrongWhen(c *Cond) words {
	if c == nil {
		return words{}
	}
	fd := s.field(c.Field)
	switch {
	case fd == nil:
		return words{"条件所指的表单项“" + c.Field + "”不存在，请从申请表中选择", "The form has no field “" + c.Field + "”; choose one of the form"}
	case len(c.In) == 0 && !c.Set:
		return words{"条件没有写明取什么值，永远不会成立", "The condition names no value and can never hold"}
	case c.Set:
		return words{}
	case len(optionsOf(fd)) == 0:
		return words{"“" + fd.Title + "”没有选项，条件只能写“已填写”", "“" + c.Field + "” has no options: it can only be “filled in”"}
	}
	for _, v := range c.In {
		if !slices.ContainsFunc(optionsOf(fd), func(o form.Option) bool { return o.Value == v }) {
			return words{"“" + fd.Title + "”没有“" + v + "”这个选项", "“" + c.Field + "” has no option “" + v + "”"}
		}
	}
	return words{}
}

// reachable reports whether some answers make the form ask a question: given
// what is chosen so far, one alternative of its condition can hold, and so can
// the conditions of the questions it looks at.
func reachable(f *form.Form, fd *form.Field, chosen map[string][]string, deep int) bool {
	if fd.Show == nil {
		return true
	}
	if deep > 12 {
		return true // longer than any form is; rather say nothing
	}
	return slices.ContainsFunc(fd.Show.Any, func(all form.Alternative) bool {
		next := map[string][]string{}
		for name, values := range chosen {
			next[name] = values
		}
		for _, a := range all {
			of := f.Field(a.Field)
			values := a.Values
			if had, ok := next[a.Field]; ok && of.Type != form.List {
				values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return !slices.Contains(had, v) })
			}
			if len(values) == 0 {
				return false
			}
			next[a.Field] = values
		}
		return !slices.ContainsFunc(all, func(a form.Atom) bool { return !reachable(f, f.Field(a.Field), next, deep+1) })
	})
}
