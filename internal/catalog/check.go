package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/form"
)

// Problem is something wrong with a guide; an error blocks publishing.
type Problem struct {
	Path  string // where in the guide: "materials/m02/standard"
	Error bool   // false is a warning
	ZH    string
}

var (
	keyPattern   = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)
	vague        = []string{"其他材料", "等材料", "相关材料", "等有关材料"}
	itemTypes    = []string{"01", "05", "07", "08", "09", "10", "20"}
	audiences    = []string{"1", "2", "3", "4", "5", "6", "9"}
	deliveryWays = []string{Electronic, PickUp, Mail}
)

// Check applies the rules a guide must pass: all 14 elements of 第七条 are there,
// and they do not contradict each other. f is the compiled form.
func Check(g *Guide, f *form.Form) []Problem {
	c := checker{}
	b := g.Basics
	c.need("basics/name", b.Name)
	c.need("basics/summary", b.Summary)
	c.oneOf("basics/type", b.Type, itemTypes)
	c.oneOf("basics/caseType", b.CaseType, []string{"instant", "promised"})
	c.oneOf("basics/mode", b.Mode, []string{"online", "precheck", "window"})
	c.oneOf("basics/level", b.Level, []string{"3", "4", "5", "6"})
	c.some("basics/audience", len(b.Audience))
	for _, a := range b.Audience {
		c.oneOf("basics/audience", a, audiences)
	}
	c.some("basics/topics", len(b.Topics))
	if len(b.BasicCode) == 12 && b.BasicCode[2:4] != b.Type {
		c.err("basics/basicCode", "基本编码中的类型位与事项类型不一致")
	}
	c.need("department/nature", g.Department.Nature)
	c.some("windows", len(g.Windows))
	c.some("conditions", len(g.Conditions))
	c.some("steps", len(g.Steps))
	c.some("results", len(g.Results))
	c.some("basis", len(g.Basis))
	c.some("questions", len(g.Questions))
	c.some("rights", len(g.Rights))
	c.some("duties", len(g.Duties))
	c.need("contacts/consult", g.Contacts.Consult)
	c.need("contacts/complaint", g.Contacts.Complaint)
	c.need("remedies/reconsideration", g.Remedies.Reconsideration)
	c.need("privacy/purpose", g.Privacy.Purpose)
	c.need("privacy/retention", g.Privacy.Retention)
	c.some("privacy/data", len(g.Privacy.Data))
	for _, x := range g.Basis {
		c.need("basis/law", x.Law)
		c.oneOf("basis/mark", x.Mark, []string{"C", "L", "M"})
	}
	for i, line := range g.Conditions {
		if len([]rune(line.Text)) > longLine {
			c.warn(fmt.Sprintf("conditions/%d", i), "受理条件过长，建议分成几句")
		}
	}
	c.visits(g)
	c.limits(g)
	c.materials(g, f)
	c.steps(g)
	c.results(g, f)
	c.fees(g)
	c.auto(g, f)
	return c.out
}

// longLine is the length of a condition, in characters, above which people stop
// reading; it is a warning only.
const longLine = 160

type checker struct{ out []Problem }

func (c *checker) err(path, zh string) { c.out = append(c.out, Problem{path, true, zh}) }
func (c *checker) warn(path, zh string) {
	c.out = append(c.out, Problem{path, false, zh})
}

func (c *checker) need(path, v string) {
	if strings.TrimSpace(v) == "" {
		c.err(path, "缺少内容")
	}
}

func (c *checker) some(path string, n int) {
	if n == 0 {
		c.err(path, "至少需要一项")
	}
}

func (c *checker) oneOf(path, v string, all []string) {
	if !slices.Contains(all, v) {
		c.err(path, fmt.Sprintf("“%s”不在代码表中", v))
	}
}

// visits: 全程网办 needs no visit; a visit needs its reason.
func (c *checker) visits(g *Guide) {
	b := g.Basics
	if b.Depth == 4 && b.Visits != 0 {
		c.err("basics/visits", "全程网办事项的到现场次数应为0")
	}
	if (b.Visits > 0) != (b.VisitReason != "") {
		c.err("basics/visitReason", "到现场次数大于0时必须说明理由，等于0时不得填写")
	}
	if b.Mode == "precheck" && b.Visits == 0 {
		c.err("basics/mode", "预审后到窗口办理的事项，到现场次数不能为0")
	}
	if g.Contacts.Consult != "" && g.Contacts.Consult == g.Contacts.Complaint {
		c.err("contacts/complaint", "咨询与投诉的电话不能相同")
	}
}

func (c *checker) limits(g *Guide) {
	l := g.Limits
	instant := g.Instant()
	if instant != (l.Promised.Unit == "instant") {
		c.err("limits/promised", "即办件的承诺时限应为当场办结，承诺件不得为当场办结")
	}
	if !slices.Contains([]string{"workday", "day", "instant", "none"}, l.Statutory.Unit) {
		c.err("limits/statutory/unit", "时限单位不正确")
	}
	if l.Statutory.Unit == l.Promised.Unit && l.Promised.Days > l.Statutory.Days {
		c.err("limits/promised", "承诺时限不得超过法定时限")
	}
	if !instant && l.Promised.Unit != "none" && l.Promised.Days <= 0 {
		c.err("limits/promised", "承诺时限应大于0")
	}
	if l.Statutory.Unit != "none" {
		c.need("limits/statutoryBasis", l.StatutoryBasis)
	}
}

func (c *checker) materials(g *Guide, f *form.Form) {
	seen := map[string]bool{}
	for _, m := range g.Materials {
		at := "materials/" + m.Code
		if !keyPattern.MatchString(m.Code) || seen[m.Code] {
			c.err(at, "材料代号缺失、重复或者格式不正确")
		}
		seen[m.Code] = true
		c.need(at+"/name", m.Name)
		c.need(at+"/standard", m.Standard)
		c.oneOf(at+"/kind", m.Kind, []string{"certificate", "document", "other"})
		c.oneOf(at+"/necessity", m.Necessity, []string{"required", "optional", "tolerant"})
		c.oneOf(at+"/media", m.Media, []string{"electronic", "paper", "both"})
		c.oneOf(at+"/source", m.Source, []string{"self", "government", "other"})
		if m.Media == "paper" && m.PaperLaw == "" {
			c.err(at+"/paperLaw", "只收纸质材料必须引用法律、法规（第二十一条）")
		}
		for _, v := range vague {
			if strings.Contains(m.Name, v) {
				c.err(at+"/name", "材料名称不得使用“"+v+"”一类的兜底表述")
			}
		}
		if len(m.Lines) == 0 {
			c.err(at+"/lines", "缺少补正要点，窗口将无法一次性告知")
		}
		if m.When != nil && (f == nil || f.Field(m.When.Field) == nil) {
			c.err(at+"/when", "条件所指的表单项不存在")
		}
	}
}

func (c *checker) steps(g *Guide) {
	for _, kind := range []string{StepReceive, StepDecide} {
		if _, ok := g.Step(kind); !ok {
			c.err("steps", "缺少环节："+kind)
		}
	}
	for _, s := range g.Steps {
		c.oneOf("steps/"+s.Key+"/kind", s.Kind, []string{StepReceive, StepReview, StepDecide, StepMake, StepDeliver})
		if s.Kind == StepReview && s.Stage < 1 {
			c.err("steps/"+s.Key+"/stage", "审查环节应有大于0的阶段")
		}
	}
}

func (c *checker) results(g *Guide, f *form.Form) {
	for _, r := range g.Results {
		c.need("results/name", r.Name)
		c.oneOf("results/kind", r.Kind, []string{"licence", "approval", "other", "none"})
		c.some("results/delivery", len(r.Delivery))
		for _, d := range r.Delivery {
			c.oneOf("results/delivery", d, deliveryWays)
		}
		if r.Kind == "licence" {
			c.need("results/licenceType", r.LicenceType)
		}
		if strings.HasSuffix(r.Name, "批复") && r.Kind == "licence" {
			c.err("results/kind", "批复类结果的类型应为批文")
		}
		for field, from := range r.Fields {
			if !strings.Contains(from, ".") && !strings.HasPrefix(from, "=") && (f == nil || f.Field(from) == nil) {
				c.err("results/fields/"+field, "所指的表单项不存在")
			}
		}
		if r.UntilOf != "" && (f == nil || f.Field(r.UntilOf) == nil) {
			c.err("results/untilOf", "所指的表单项不存在")
		}
	}
}

func (c *checker) fees(g *Guide) {
	for _, x := range g.Fees {
		c.need("fees/name", x.Name)
		c.need("fees/standard", x.Standard)
		c.need("fees/basis", x.Basis)
		if x.Reducible && x.Reduction == "" {
			c.err("fees/reduction", "允许减免的应写明依据")
		}
	}
}
