package catalog

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/form"
)

var (
	limitUnits   = []string{"workday", "day", "instant", "none"}
	stepKinds    = []string{StepReceive, StepReview, StepDecide, StepMake, StepDeliver}
	stepRoles    = []string{"window-clerk", "reviewer", "decider"}
	specialKinds = []string{"hearing", "tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert"}
	deliveryWays = []string{Electronic, PickUp, Mail}
	marks        = []string{"C", "L", "M"}
	licensing    = "01" // 行政许可
)

// processRules are about 办理流程, 办理时限, 收费情况 and 审批结果.
var processRules = []Rule{
	some("steps", "steps", words{"办理环节", "the steps"}, func(g *Guide) int { return len(g.Steps) }),
	{Key: "steps-there", Severity: Blocks, Element: "steps", Rests: "第七条", ZH: "缺少“%s”环节", EN: "There is no step “%s”", reads: "steps",
		find: func(s *subject, say say) {
			for _, x := range []struct {
				kind string
				name words
			}{{StepReceive, words{"收件受理", "receive"}}, {StepDecide, words{"决定", "decide"}}} {
				if _, ok := s.g.Step(x.kind); !ok && len(s.g.Steps) > 0 {
					say("steps", x.name)
				}
			}
		}},
	{Key: "step-complete", Severity: Blocks, Element: "steps", Rests: "第七条", ZH: "环节“%s”的%s缺失、重复或者不在代码表中", EN: "Step “%s”: its %s is missing, repeated or not in the code table", reads: "steps",
		find: func(s *subject, say say) {
			seen := map[string]bool{}
			for _, st := range s.g.Steps {
				for _, x := range []struct {
					key  string
					bad  bool
					what words
				}{{"key", blank(st.Key) || seen[st.Key], words{"代号", "key"}}, {"name", blank(st.Name), words{"名称", "name"}},
					{"kind", !slices.Contains(stepKinds, st.Kind), words{"类型", "kind"}}, {"role", !slices.Contains(stepRoles, st.Role), words{"办理人", "role"}},
					{"days", st.Days < 0, words{"天数", "days"}}} {
					if x.bad {
						say(loc("steps", st.Key, x.key), st.Name, x.what)
					}
				}
				seen[st.Key] = true
			}
		}},
	{Key: "review-stage", Severity: Blocks, Element: "steps", Rests: "第十条", ZH: "审查环节“%s”应有大于0的阶段，并且在决定之前", EN: "Review “%s” needs a stage above 0 and before the decision", reads: "steps",
		find: func(s *subject, say say) {
			decide, decides := s.g.Step(StepDecide)
			for _, st := range s.g.Steps {
				if st.Kind == StepReview && (st.Stage < 1 || decides && decide.Stage > 0 && st.Stage >= decide.Stage) {
					say(loc("steps", st.Key, "stage"), st.Name)
				}
			}
		}},
	{Key: "steps-within-promise", Severity: Blocks, Element: "steps", Rests: "第十条", ZH: "各环节合计%s个工作日，超过承诺的%s，请缩短环节或者调整承诺", EN: "The steps take %s working days, more than the promised %s", reads: "steps limits",
		find: func(s *subject, say say) {
			days := s.g.stepDays()
			if p := s.g.Limits.Promised; limitShorter(p, Limit{Days: days, Unit: "workday"}) {
				say("steps", strconv.Itoa(days), limitSaid(p))
			}
		}},
	{Key: "visit-step", Severity: Blocks, Element: "steps", Rests: "行政许可法 第三十四条、第五十五条", ZH: "只有审查环节可以有现场核查，核查内容只写在有现场核查的环节：“%s”", EN: "Only a review has a site visit, and questions stand with one: “%s”", reads: "steps",
		find: func(s *subject, say say) {
			for _, st := range s.g.Steps {
				if st.Visit && st.Kind != StepReview || len(st.Questions) > 0 && !st.Visit || slices.ContainsFunc(st.Questions, blank) {
					say(loc("steps", st.Key, "visit"), st.Name)
				}
			}
		}},
	{Key: "instant-steps", Severity: Warns, Element: "steps", Rests: "事项质检规则4", ZH: "即办件不应有跨部门的审查环节“%s”", EN: "What is done on the spot has no review “%s” by another department", reads: "steps basics department",
		find: func(s *subject, say say) {
			for _, st := range s.g.Steps {
				if s.g.Instant() && st.Kind == StepReview && st.Unit != "" && st.Unit != s.g.Department.Unit {
					say(loc("steps", st.Key), st.Name)
				}
			}
		}},

	{Key: "limit-unit", Severity: Blocks, Element: "limits", Rests: "实施清单要素代码表", ZH: "时限单位“%s”不正确，应为：" + strings.Join(limitUnits, "、"), EN: "“%s” is no unit of a limit", reads: "limits",
		find: func(s *subject, say say) {
			for _, l := range s.g.limits() {
				if !slices.Contains(limitUnits, l.Unit) {
					say(loc("limits", l.key, "unit"), l.Unit)
				}
			}
		}},
	{Key: "limit-days", Severity: Blocks, Element: "limits", Rests: "第七条", ZH: "时限应大于0；当场办结或者没有规定的，天数为0", EN: "A limit is above 0; on the spot, or without one, the days are 0", reads: "limits",
		find: func(s *subject, say say) {
			for _, l := range s.g.limits() {
				counted := l.Unit == "workday" || l.Unit == "day"
				if counted && l.Days <= 0 || !counted && l.Days != 0 {
					say(loc("limits", l.key))
				}
			}
		}},
	{Key: "instant-promise", Severity: Blocks, Element: "limits", Rests: "事项质检规则4", ZH: "即办件的承诺时限应为当场办结，承诺件不得为当场办结", EN: "An instant item is promised on the spot, a promised one is not", reads: "limits basics",
		find: func(s *subject, say say) {
			if s.g.Instant() != (s.g.Limits.Promised.Unit == "instant") {
				say("limits/promised")
			}
		}},
	{Key: "promised-over-statutory", Severity: Blocks, Element: "limits", Rests: "事项质检规则8", ZH: "承诺时限%s超过法定时限%s", EN: "The promise, %s, is longer than the law's %s", reads: "limits",
		find: func(s *subject, say say) {
			if l := s.g.Limits; limitShorter(l.Statutory, l.Promised) {
				say("limits/promised", limitSaid(l.Promised), limitSaid(l.Statutory))
			}
		}},
	{Key: "promise-missing", Severity: Blocks, Element: "limits", Rests: "第七条", ZH: "有法定时限的，应当作出承诺时限", EN: "Where the law sets a limit, one is promised", reads: "limits",
		find: func(s *subject, say say) {
			if l := s.g.Limits; l.Statutory.Unit != "none" && l.Promised.Unit == "none" {
				say("limits/promised")
			}
		}},
	{Key: "statutory-basis", Severity: Blocks, Element: "limits", Rests: "第七条", ZH: "法定办结时限应写明依据", EN: "The statutory limit needs its basis", reads: "limits",
		find: func(s *subject, say say) {
			if l := s.g.Limits; l.Statutory.Unit != "none" && blank(l.StatutoryBasis) {
				say("limits/statutoryBasis")
			}
		}},
	{Key: "statutory-law", Severity: Warns, Element: "limits", Rests: "第七条", ZH: "法定时限的依据没有写出法律、法规或者规章的名称", EN: "The basis of the statutory limit names no law, regulation or rule", reads: "limits",
		find: func(s *subject, say say) {
			if l := s.g.Limits; l.Statutory.Unit != "none" && !blank(l.StatutoryBasis) && !citesRule(l.StatutoryBasis) {
				say("limits/statutoryBasis")
			}
		}},
	{Key: "licensing-limits", Severity: Blocks, Element: "limits", Rests: "行政许可法 第三十二条、第四十四条", ZH: "行政许可的%s不得超过%s个工作日", EN: "A licence's %s may not exceed %s working days", reads: "limits basics",
		find: func(s *subject, say say) {
			if s.g.Basics.Type != licensing {
				return
			}
			for _, x := range []struct {
				key  string
				l    *Limit
				days int
				what words
			}{{"receipt", s.g.Limits.Receipt, 5, words{"受理时限", "time to accept"}}, {"delivery", s.g.Limits.Delivery, 10, words{"送达时限", "time to deliver"}}} {
				if x.l != nil && limitShorter(Limit{Days: x.days, Unit: "workday"}, *x.l) {
					say(loc("limits", x.key), x.what, strconv.Itoa(x.days))
				}
			}
		}},
	{Key: "licensing-statutory", Severity: Warns, Element: "limits", Rests: "行政许可法 第四十二条", ZH: "行政许可的法定时限超过二十日，依据应写出另有规定的法律、法规", EN: "A licence decided in more than twenty days needs the law that says so", reads: "limits basics",
		find: func(s *subject, say say) {
			l, other := s.g.Limits, strings.ReplaceAll(s.g.Limits.StatutoryBasis, "行政许可法", "")
			if s.g.Basics.Type == licensing && l.Joint == nil && limitShorter(Limit{Days: 20, Unit: "workday"}, l.Statutory) && !blank(l.StatutoryBasis) && !citesRule(other) {
				say("limits/statutory")
			}
		}},
	{Key: "joint-limit", Severity: Blocks, Element: "limits", Rests: "行政许可法 第二十六条、第四十二条第二款", ZH: "联合办理只用于两个以上部门审查的行政许可，不得超过45个工作日，与法定时限一致，并写明本级人民政府决定的依据", EN: "Joint handling is for licences that two departments review: at most 45 working days, the same as the limit by law, with the government's decision as its basis", reads: "limits steps basics",
		find: func(s *subject, say say) {
			j := s.g.Limits.Joint
			if j == nil {
				return
			}
			var units []string
			for _, st := range s.g.Steps {
				if st.Kind == StepReview && !slices.Contains(units, st.Unit) {
					units = append(units, st.Unit)
				}
			}
			if s.g.Basics.Type != licensing || len(units) < 2 || j.Days < 1 || j.Days > 45 || blank(j.Basis) || s.g.Limits.Statutory != (Limit{Days: j.Days, Unit: "workday", Note: s.g.Limits.Statutory.Note}) {
				say("limits/joint")
			}
		}},
	{Key: "special-complete", Severity: Blocks, Element: "limits", Rests: "行政许可法 第四十五条", ZH: "特别程序“%s”的种类、天数或者依据不完整", EN: "Special procedure “%s”: kind, days or basis is missing", reads: "limits",
		find: func(s *subject, say say) {
			for i, x := range s.g.Limits.Special {
				if !slices.Contains(specialKinds, x.Kind) || x.Days <= 0 || blank(x.Basis) {
					say(loc("limits/special", i), x.Kind)
				}
			}
		}},
	coded("limits", "limits/mark", marks, func(g *Guide) string { return g.Limits.Mark }),

	{Key: "fee-complete", Severity: Blocks, Element: "fees", Rests: "事项质检规则5", ZH: "收费“%s”缺少%s", EN: "Fee “%s” has no %s", reads: "fees",
		find: func(s *subject, say say) {
			for i, x := range s.g.Fees {
				for _, part := range []struct {
					key, value string
					what       words
				}{{"name", x.Name, words{"项目名称", "name"}}, {"standard", x.Standard, words{"标准", "standard"}}, {"basis", x.Basis, words{"依据", "basis"}}} {
					if blank(part.value) {
						say(loc("fees", i, part.key), x.Name, part.what)
					}
				}
			}
		}},
	{Key: "fee-basis", Severity: Blocks, Element: "fees", Rests: "事项质检规则5", ZH: "收费“%s”的依据没有写出法律、法规或者收费文件的名称", EN: "The basis of fee “%s” names no law or tariff", reads: "fees",
		find: func(s *subject, say say) {
			for i, x := range s.g.Fees {
				if !blank(x.Basis) && !citesRule(x.Basis) && !strings.ContainsAny(x.Basis, "号〔〕") && !strings.Contains(x.Basis, "标准") && !strings.Contains(x.Basis, "通知") {
					say(loc("fees", i, "basis"), x.Name)
				}
			}
		}},
	{Key: "fee-vague", Severity: Warns, Element: "fees", Rests: "事项质检规则5", ZH: "收费“%s”的标准不明确，请写出金额、费率或者计算办法", EN: "The standard of fee “%s” is not clear: give the amount, the rate or how it is reckoned", reads: "fees",
		find: func(s *subject, say say) {
			for i, x := range s.g.Fees {
				if t := strings.TrimSpace(x.Standard); strings.HasPrefix(t, "按规定") || strings.HasPrefix(t, "按有关规定") || t == "详见窗口" || t == "以实际为准" {
					say(loc("fees", i, "standard"), x.Name)
				}
			}
		}},
	{Key: "fee-reduction", Severity: Blocks, Element: "fees", Rests: "事项质检规则5", ZH: "允许减免的收费应写明减免的情形和依据；不减免的不写", EN: "What may be reduced says when and by what; else leave it out", reads: "fees",
		find: func(s *subject, say say) {
			for i, x := range s.g.Fees {
				if x.Reducible != !blank(x.Reduction) {
					say(loc("fees", i, "reduction"))
				}
			}
		}},
	{Key: "fee-mark", Severity: Blocks, Element: "fees", Rests: "第七条", ZH: "收费的核对标记应为C、L或者M", EN: "A fee is marked C, L or M", reads: "fees",
		find: func(s *subject, say say) {
			for i, x := range s.g.Fees {
				if !slices.Contains(marks, x.Mark) {
					say(loc("fees", i, "mark"))
				}
			}
		}},

	some("results", "results", words{"审批结果", "the results"}, func(g *Guide) int { return len(g.Results) }),
	{Key: "result-complete", Severity: Blocks, Element: "results", Rests: "事项质检规则7", ZH: "审批结果的%s缺失或者不在代码表中", EN: "The result's %s is missing or not in the code table", reads: "results",
		find: func(s *subject, say say) {
			for i, r := range s.g.Results {
				if blank(r.Name) {
					say(loc("results", i, "name"), words{"名称", "name"})
				}
				if !slices.Contains([]string{"licence", "approval", "other", "none"}, r.Kind) {
					say(loc("results", i, "kind"), words{"类型", "kind"})
				}
				if len(r.Delivery) == 0 || slices.ContainsFunc(r.Delivery, func(d string) bool { return !slices.Contains(deliveryWays, d) }) {
					say(loc("results", i, "delivery"), words{"领取方式", "delivery"})
				}
				if r.Kind == "licence" && blank(r.LicenceType) {
					say(loc("results", i, "licenceType"), words{"证照类型", "licence type"})
				}
				if r.Years < 0 {
					say(loc("results", i, "years"), words{"有效期", "validity"})
				}
				if r.Does != "" && (!slices.Contains(doings, r.Does) || blank(r.LicenceType) || i > 0) {
					say(loc("results", i, "does"), words{"对已有证照的作用", "effect on a licence that is held"})
				}
				if r.Ahead < 0 || r.Ahead > 0 && r.Does != DoesRenew {
					say(loc("results", i, "ahead"), words{"提前申请的天数", "days ahead"})
				}
			}
		}},
	{Key: "result-kind-by-name", Severity: Blocks, Element: "results", Rests: "事项质检规则7", ZH: "“%s”的类型应为%s", EN: "“%s” is of the kind %s", reads: "results",
		find: func(s *subject, say say) {
			for i, r := range s.g.Results {
				if want := kindByName(r.Name); want != (words{}) && r.Kind != want.EN {
					say(loc("results", i, "kind"), r.Name, want)
				}
			}
		}},
	{Key: "result-fields", Severity: Blocks, Element: "results", Rests: "第七条", ZH: "结果的“%s”取自表单项“%s”，申请表中没有", EN: "“%s” of the result comes from “%s”, which the form has not", reads: "results form",
		find: func(s *subject, say say) {
			for i, r := range s.g.Results {
				for _, field := range slices.Sorted(maps.Keys(r.Fields)) {
					from := r.Fields[field]
					if !strings.Contains(from, ".") && !strings.HasPrefix(from, "=") && s.field(from) == nil {
						say(loc("results", i, "fields", field), field, from)
					}
				}
				if fd := s.field(r.UntilOf); r.UntilOf != "" && (fd == nil || fd.Widget != form.DateBox) {
					say(loc("results", i, "untilOf"), words{"有效期止", "end"}, r.UntilOf)
				}
			}
		}},
	{Key: "licence-electronic", Severity: Hints, Element: "results", Rests: "第二十二条", ZH: "结果是证照，没有电子送达；请确认能否同时制发电子证照", EN: "A licence that is not delivered electronically: could it be?", reads: "results",
		find: func(s *subject, say say) {
			for i, r := range s.g.Results {
				if r.Kind == "licence" && !slices.Contains(r.Delivery, Electronic) {
					say(loc("results", i, "delivery"))
				}
			}
		}},
	{Key: "result-fetched", Severity: Blocks, Element: "results", Rests: "事项质检规则2", ZH: "到现场次数为0，结果却只能到窗口领取；请增加电子送达或者邮寄", EN: "No visit is needed, yet the result has to be fetched: add electronic delivery or post", reads: "results basics",
		find: func(s *subject, say say) {
			for i, r := range s.g.Results {
				if s.g.Basics.Visits == 0 && len(r.Delivery) == 1 && r.Delivery[0] == PickUp {
					say(loc("results", i, "delivery"))
				}
			}
		}},
}

// kindByName tells the kind of result that a name stands for.
func kindByName(name string) words {
	for _, end := range []string{"证", "证书", "执照"} {
		if strings.HasSuffix(name, end) && !strings.HasSuffix(name, "凭证") {
			return words{"证照", "licence"}
		}
	}
	for _, end := range []string{"批复", "批文", "批准书", "批准文件"} {
		if strings.HasSuffix(name, end) {
			return words{"批文", "approval"}
		}
	}
	return words{}
}

// namedLimit is a limit of a guide with its place.
type namedLimit struct {
	key string
	Limit
}

// limits are the guide's limits; those left to the regime are out.
func (g *Guide) limits() []namedLimit {
	l := g.Limits
	out := []namedLimit{{"statutory", l.Statutory}, {"promised", l.Promised}}
	for _, x := range []struct {
		key string
		l   *Limit
	}{{"receipt", l.Receipt}, {"delivery", l.Delivery}, {"extension", l.Extension}, {"correction", l.Correction}} {
		if x.l != nil {
			out = append(out, namedLimit{x.key, *x.l})
		}
	}
	return out
}

// stepDays is how long the steps take that the promised limit covers: reviews,
// those of one stage side by side, and the decision. Receiving, making and
// delivering have their own limits (行政许可法 第三十二条、第四十四条).
func (g *Guide) stepDays() int {
	longest, days := map[int]int{}, 0
	for _, s := range g.Steps {
		switch s.Kind {
		case StepReview:
			longest[s.Stage] = max(longest[s.Stage], s.Days)
		case StepDecide:
			days += s.Days
		}
	}
	for _, n := range longest {
		days += n
	}
	return days
}

// limitShorter reports whether a is certainly shorter than b, between units
// too: n working days are at least n and the weekends among them, and without
// public holidays at most n and a weekend for every five.
func limitShorter(a, b Limit) bool {
	_, most, known := calendarDays(a)
	least, _, counted := calendarDays(b)
	if a.Unit == b.Unit {
		return known && a.Days < b.Days
	}
	return known && counted && most < least
}

func calendarDays(l Limit) (least, most int, counted bool) {
	switch l.Unit {
	case "instant":
		return 0, 0, true
	case "day":
		return l.Days, l.Days, true
	case "workday":
		if l.Days <= 0 {
			return 0, 0, true
		}
		return l.Days + (l.Days-1)/5*2, l.Days + (l.Days+4)/5*2, true
	}
	return 0, 0, false
}
