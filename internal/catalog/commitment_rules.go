package catalog

import (
	"slices"
	"strconv"
)

// mostChecked is how long, in working days, a promise may wait for its check.
const mostChecked = 120

// promiseRules are about 容缺受理 and 告知承诺.
var promiseRules = []Rule{
	{Key: "supplement-time", Severity: Warns, Element: "limits", Rests: "第十条", ZH: "有可以容缺后补的材料，但没有写明补齐的期限和逾期的后果；不写明的，按承诺办结时限补齐，逾期不产生不利后果", EN: "Documents may follow later, and no time and no consequence are named", reads: "materials limits basics",
		find: func(s *subject, say say) {
			if s.g.Limits.Supplement == nil && slices.ContainsFunc(s.g.Materials, s.g.Tolerates) {
				say("limits/supplement")
			}
		}},
	{Key: "supplement-right", Severity: Blocks, Element: "limits", Rests: "第十条", ZH: "容缺补齐期限的%s不完整或者不正确", EN: "Time for what follows later: its %s is missing or wrong", reads: "limits",
		find: func(s *subject, say say) {
			x := s.g.Limits.Supplement
			if x == nil {
				return
			}
			if x.Days < 1 {
				say("limits/supplement/days", words{"天数", "days"})
			}
			if x.Unit != "workday" && x.Unit != "day" {
				say("limits/supplement/unit", words{"单位（工作日或者自然日）", "unit"})
			}
			if x.Late != LateWithdrawn && x.Late != LateDecide {
				say("limits/supplement/late", words{"逾期处理", "consequence"})
			}
			if x.Late == LateWithdrawn && blank(x.Note) {
				say("limits/supplement/note", words{"逾期视为撤回的说明", "words about the withdrawal"})
			}
		}},
	{Key: "supplement-within-promise", Severity: Blocks, Element: "limits", Rests: "第十条", ZH: "容缺补齐期限%s超过承诺办结时限%s", EN: "The time for what follows later, %s, is longer than the promised %s", reads: "limits",
		find: func(s *subject, say say) {
			x := s.g.Limits.Supplement
			if x == nil || x.Days < 1 {
				return
			}
			if l, p := (Limit{Days: x.Days, Unit: x.Unit}), s.g.Limits.Promised; p.Days > 0 && limitShorter(p, l) {
				say("limits/supplement/days", limitSaid(l), limitSaid(p))
			}
		}},
	{Key: "tolerant-instant", Severity: Warns, Element: "materials", Rests: "事项质检规则4", ZH: "即办件当场办结，材料“%s”不能容缺后补", EN: "What is done on the spot cannot wait for “%s”", reads: "materials basics",
		find: func(s *subject, say say) {
			for _, m := range s.g.Materials {
				if s.g.Instant() && m.Tolerant() {
					say(loc("materials", m.Code, "necessity"), m.Name)
				}
			}
		}},
	ofCommitments("commitment-key", "代号缺失、重复或者格式不正确，应如 c01", "Its key is missing, repeated or not like c01", func(s *subject, c Commitment, say say) {
		n := 0
		for _, o := range s.g.Commitments {
			if o.Key == c.Key {
				n++
			}
		}
		if n > 1 || !keyPattern.MatchString(c.Key) {
			say("key")
		}
	}),
	ofCommitments("commitment-complete", "缺少%s：申请人签署之前必须全部知道", "There is no %s: the applicant has to know before he signs", func(_ *subject, c Commitment, say say) {
		for _, x := range []struct {
			path string
			bad  bool
			what words
		}{{"name", blank(c.Name), words{"名称", "name"}}, {"text", blank(c.Text), words{"承诺内容", "text"}},
			{"duties", !slices.ContainsFunc(c.Duties, func(d string) bool { return !blank(d) }), words{"应当履行的义务", "duty"}},
			{"check", blank(c.Check), words{"核查内容和方式", "check"}}, {"consequence", blank(c.Consequence), words{"违反承诺的后果", "consequence"}},
			{"basis", blank(c.Basis), words{"依据", "basis"}}, {"mark", !slices.Contains(marks, c.Mark), words{"核对情况", "mark"}}} {
			if x.bad {
				say(x.path, x.what)
			}
		}
	}),
	ofCommitments("commitment-days", "%s应为1至%s个工作日", "%s: between 1 and %s working days", func(_ *subject, c Commitment, say say) {
		if c.Days < 1 || c.Days > mostChecked {
			say("days", words{"核查期限", "Check"}, strconv.Itoa(mostChecked))
		}
		if c.Rectify < 1 || c.Rectify > mostChecked {
			say("rectify", words{"整改期限", "Putting right"}, strconv.Itoa(mostChecked))
		}
	}),
	ofCommitments("commitment-material", "所代替的材料“%s”不在办理材料中，或者不是必须提交的，或者已有另一项承诺代替", "Material “%s” that it stands for is not among the documents, is not required, or another promise stands for it", func(s *subject, c Commitment, say say) {
		if c.Material == "" {
			return
		}
		n := 0
		for _, o := range s.g.Commitments {
			if o.Material == c.Material {
				n++
			}
		}
		if m, ok := s.g.Material(c.Material); !ok || m.Necessity == "optional" || n > 1 {
			say("material", c.Material)
		}
	}),
	ofCommitments("commitment-unless", "%s", "%s", func(s *subject, c Commitment, say say) {
		if why := s.wrongWhen(c.Unless); why != (words{}) {
			say("unless", why)
		}
	}),
}

// ofCommitments is a rule about each commitment.
func ofCommitments(key, zh, en string, find func(s *subject, c Commitment, say say)) Rule {
	return Rule{Key: key, Severity: Blocks, Element: "conditions", Rests: "国办发〔2020〕42号", ZH: "告知承诺" + zh, EN: "Commitment: " + en, reads: "commitments materials form",
		find: func(s *subject, say say) {
			for _, c := range s.g.Commitments {
				find(s, c, func(path string, args ...any) { say(loc("commitments", c.Key, path), args...) })
			}
		}}
}
