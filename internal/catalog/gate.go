package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/ident"
)

// Rule 质检规则 is one thing that a guide is held to before it may be published,
// and in every import.
type Rule struct {
	Key      string // "promised-over-statutory"
	Severity Severity
	Element  string // of 第七条: key of Elements
	Rests    string // article or practice that it rests on
	ZH, EN   string // what is wrong and what to do; %s stands for what was found

	reads string // sections it looks at, by spaces
	find  func(s *subject, say say)
}

// Severity 级别 of a rule.
type Severity string

// The severities.
const (
	Blocks Severity = "error"   // 错误: keeps a guide from being published
	Warns  Severity = "warning" // 警告: publishing needs a recorded reason
	Hints  Severity = "hint"    // 提示: nothing is asked
)

// Problem is something wrong with a guide; an error blocks publishing.
type Problem struct {
	Path  string // where in the guide: "materials/m02/standard", "conditions/0"
	Error bool   // blocks publishing
	ZH    string // what is wrong and what to do
	EN    string
	Rule  string // key of the rule
	Hint  bool   // neither an error nor a warning
}

// Severity of the problem.
func (p Problem) Severity() Severity {
	switch {
	case p.Error:
		return Blocks
	case p.Hint:
		return Hints
	}
	return Warns
}

// GuideElement 要素 is one of the fourteen of 第七条.
type GuideElement struct {
	Key    string // the section of the guide that begins it
	ZH, EN string
	Weight int // of 100, in the figure of completeness
}

// GuideElements are the fourteen elements in the article's order.
func GuideElements() []GuideElement {
	return []GuideElement{{"basics", "基本信息", "Basics", 10}, {"department", "部门信息", "Office", 5}, {"windows", "办理窗口", "Windows", 8},
		{"conditions", "受理标准", "Conditions", 10}, {"materials", "办理材料", "Documents", 14}, {"steps", "办理流程", "Procedure", 8},
		{"limits", "办理时限", "Time limits", 10}, {"fees", "收费情况", "Fees", 5}, {"results", "审批结果", "Result", 8}, {"basis", "法律依据", "Legal basis", 8},
		{"questions", "常见问题", "Questions", 5}, {"contacts", "咨询投诉", "Contacts", 4}, {"rights", "权利义务", "Rights and duties", 3}, {"remedies", "法律救济", "Remedies", 2}}
}

// subject is what the rules look at.
type subject struct {
	codes    ident.Profile
	g        *Guide
	f        *form.Form // nil: the form did not compile
	city     *Guide     // the city-wide guide that the list follows; nil: none
	siblings []Sibling
}

// Sibling is the list of another unit for the same matter.
type Sibling struct {
	Unit  string // name
	Level string
	Facts Facts
}

// Against is what a list is held against.
type Against struct {
	City     *Guide    // the city-wide guide that it follows
	Siblings []Sibling // lists of the same matter
	Own      []string  // sections in which it differs; nil: all. What it takes over is not looked at again
}

// say reports a place; args fill the rule's words.
type say func(path string, args ...any)

// words are an argument in both languages.
type words struct{ ZH, EN string }

// gate is all rules in the order in which they are applied.
var gate = slices.Concat(placeRules, conditionRules, materialRules, promiseRules, processRules, chargeRules, basisRules, textRules, levelRules, autoRules, publicRules)

// Rules lists the gate's rules.
func Rules() []Rule { return slices.Clone(gate) }

// Check applies the rules that a guide must pass: all fourteen elements of
// 第七条 are there, say what to do, and do not contradict each other. f is the
// compiled form, codes says how codes are built.
func Check(codes ident.Profile, g *Guide, f *form.Form) []Problem {
	return CheckList(codes, g, f, Against{})
}

// CheckList is Check for a list, which is also held against the city-wide guide
// and the lists of others.
func CheckList(codes ident.Profile, g *Guide, f *form.Form, a Against) []Problem {
	s := &subject{codes: codes, g: g, f: f, city: a.City, siblings: a.Siblings}
	var out []Problem
	for _, r := range gate {
		if a.Own != nil && !slices.ContainsFunc(strings.Fields(r.reads), func(part string) bool { return slices.Contains(a.Own, part) }) {
			continue
		}
		r.find(s, func(path string, args ...any) {
			out = append(out, Problem{Path: path, Error: r.Severity == Blocks, Hint: r.Severity == Hints, Rule: r.Key, ZH: filled(r.ZH, args, false), EN: filled(r.EN, args, true)})
		})
	}
	return out
}

func filled(text string, args []any, en bool) string {
	if len(args) == 0 {
		return text
	}
	own := make([]any, len(args))
	for i, a := range args {
		if w, ok := a.(words); ok {
			if a = w.ZH; en {
				a = w.EN
			}
		}
		own[i] = a
	}
	return fmt.Sprintf(text, own...)
}

func hasError(ps []Problem) bool {
	return slices.ContainsFunc(ps, func(p Problem) bool { return p.Error })
}

// needs is the rule that a text is there.
func needs(element, path string, what words, get func(*Guide) string) Rule {
	return Rule{Key: "need-" + strings.ReplaceAll(path, "/", "-"), Severity: Blocks, Element: element, Rests: "第七条",
		ZH: "缺少" + what.ZH + "，请补充", EN: what.EN + " is missing; write it", reads: head(path),
		find: func(s *subject, say say) {
			if blank(get(s.g)) {
				say(path)
			}
		}}
}

// some is the rule that a list is not empty.
func some(element, path string, what words, n func(*Guide) int) Rule {
	return Rule{Key: "some-" + strings.ReplaceAll(path, "/", "-"), Severity: Blocks, Element: element, Rests: "第七条",
		ZH: "至少需要一项" + what.ZH, EN: "At least one of " + what.EN + " is needed", reads: head(path),
		find: func(s *subject, say say) {
			if n(s.g) == 0 {
				say(path)
			}
		}}
}

// coded is the rule that a value is one of a code table.
func coded(element, path string, table []string, get func(*Guide) string) Rule {
	return Rule{Key: "code-" + strings.ReplaceAll(path, "/", "-"), Severity: Blocks, Element: element, Rests: "实施清单要素代码表",
		ZH: "“%s”不在代码表中，应为：" + strings.Join(table, "、"), EN: "“%s” is not in the code table: " + strings.Join(table, ", "), reads: head(path),
		find: func(s *subject, say say) {
			if v := get(s.g); !slices.Contains(table, v) {
				say(path, v)
			}
		}}
}

func head(path string) string {
	part, _, _ := strings.Cut(path, "/")
	return part
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

// loc is a path made of its parts.
func loc(parts ...any) string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = fmt.Sprint(p)
	}
	return strings.Join(out, "/")
}
