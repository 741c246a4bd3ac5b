package catalog

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

var (
	itemTypes   = []string{"01", "05", "07", "08", "09", "10", "20"}
	audiences   = []string{"1", "2", "3", "4", "5", "6", "9"}
	powers      = []string{"1", "2", "3", "4", "5", "6"}
	longSummary = 80 // characters; a search result shows no more
)

// placeRules are about 基本信息, 部门信息, 办理窗口 and 咨询投诉.
var placeRules = []Rule{
	needs("basics", "basics/name", words{"事项名称", "The item's name"}, func(g *Guide) string { return g.Basics.Name }),
	needs("basics", "basics/summary", words{"一句话说明", "The summary"}, func(g *Guide) string { return g.Basics.Summary }),
	coded("basics", "basics/type", itemTypes, func(g *Guide) string { return g.Basics.Type }),
	coded("basics", "basics/caseType", []string{"instant", "promised"}, func(g *Guide) string { return g.Basics.CaseType }),
	coded("basics", "basics/mode", []string{"online", "precheck", "window"}, func(g *Guide) string { return g.Basics.Mode }),
	coded("basics", "basics/level", []string{"3", "4", "5", "6"}, func(g *Guide) string { return g.Basics.Level }),
	coded("basics", "basics/scope", append([]string{""}, Scopes...), func(g *Guide) string { return g.Basics.Scope }),
	some("basics", "basics/audience", words{"服务对象", "the audience"}, func(g *Guide) int { return len(g.Basics.Audience) }),
	{Key: "audience-code", Severity: Blocks, Element: "basics", Rests: "实施清单要素代码表", ZH: "“%s”不在服务对象代码表中", EN: "“%s” is no audience code", reads: "basics",
		find: func(s *subject, say say) {
			for _, a := range s.g.Basics.Audience {
				if !slices.Contains(audiences, a) {
					say("basics/audience", a)
				}
			}
		}},
	some("basics", "basics/topics", words{"主题", "the topics"}, func(g *Guide) int { return len(g.Basics.Topics) }),
	{Key: "basic-code-type", Severity: Blocks, Element: "basics", Rests: "第六条第二款", ZH: "基本编码中的类型位与事项类型不一致", EN: "The type digits of the basic code are not the item's type", reads: "basics",
		find: func(s *subject, say say) {
			if b := s.g.Basics; len(b.BasicCode) == s.codes.BasicLen() && s.codes.TypeOf(b.BasicCode) != b.Type {
				say("basics/basicCode")
			}
		}},
	{Key: "handling-name", Severity: Blocks, Element: "basics", Rests: "第六条第二款", ZH: "%s", EN: "%s", reads: "basics",
		find: func(s *subject, say say) {
			if h := s.g.Basics.Handling; h.No != "" {
				for _, f := range handlingName("basics/handling/name", h.Name) {
					say(f.Path, words{f.ZH, f.EN})
				}
			}
		}},
	{Key: "power-source", Severity: Warns, Element: "basics", Rests: "实施清单要素代码表", ZH: "行政权力事项应写明权力来源（1 法定本级行使 至 6 同级委托）", EN: "An administrative power needs its source, 1 to 6", reads: "basics",
		find: func(s *subject, say say) {
			if b := s.g.Basics; b.Type != publicService && !slices.Contains(powers, b.PowerSource) {
				say("basics/powerSource")
			}
		}},
	{Key: "depth-range", Severity: Blocks, Element: "basics", Rests: "实施清单要素代码表", ZH: "网办深度应为0至4", EN: "The online depth is 0 to 4", reads: "basics",
		find: func(s *subject, say say) {
			if d := s.g.Basics.Depth; d < 0 || d > 4 {
				say("basics/depth")
			}
		}},
	{Key: "depth-of-mode", Severity: Blocks, Element: "basics", Rests: "第二十二条", ZH: "办理形式与网办深度不一致：全程网办为4，预审后到窗口为3，只在窗口办理不超过2", EN: "Mode and online depth disagree: online is 4, pre-review 3, the window alone at most 2", reads: "basics",
		find: func(s *subject, say say) {
			b := s.g.Basics
			if b.Mode == "online" && b.Depth != 4 || b.Mode == "precheck" && b.Depth != 3 || b.Mode == "window" && b.Depth > 2 {
				say("basics/depth")
			}
		}},
	{Key: "online-without-visits", Severity: Blocks, Element: "basics", Rests: "事项质检规则1", ZH: "全程网办事项的到现场次数应为0", EN: "What is done online to the end needs no visit", reads: "basics",
		find: func(s *subject, say say) {
			if b := s.g.Basics; b.Depth == 4 && b.Visits != 0 {
				say("basics/visits")
			}
		}},
	{Key: "visit-reason", Severity: Blocks, Element: "basics", Rests: "事项质检规则2", ZH: "到现场次数大于0时必须说明理由，等于0时不得填写", EN: "A visit needs its reason; without visits there is none", reads: "basics",
		find: func(s *subject, say say) {
			if b := s.g.Basics; (b.Visits > 0) != !blank(b.VisitReason) {
				say("basics/visitReason")
			}
		}},
	{Key: "visits-of-mode", Severity: Blocks, Element: "basics", Rests: "事项质检规则3", ZH: "要到窗口办理的事项，到现场次数不能为0", EN: "What is finished at the window needs at least one visit", reads: "basics",
		find: func(s *subject, say say) {
			if b := s.g.Basics; (b.Mode == "precheck" || b.Mode == "window") && b.Visits == 0 {
				say("basics/mode")
			}
		}},
	{Key: "many-visits", Severity: Warns, Element: "basics", Rests: "第十条", ZH: "要跑%s次，应当减为至多一次", EN: "%s visits; there should be one at most", reads: "basics",
		find: func(s *subject, say say) {
			if n := s.g.Basics.Visits; n > 1 {
				say("basics/visits", strconv.Itoa(n))
			}
		}},
	{Key: "mode-ground", Severity: Blocks, Element: "basics", Rests: "第二十一条", ZH: "限定申请方式（只能或者必须到现场）应写明依据的法律、法规、规章，写出名称和条款", EN: "To limit how one applies, or to ask for a visit, name the law and article that say so", reads: "basics",
		find: func(s *subject, say say) {
			if b := s.g.Basics; (b.Mode == "window" || b.Visits > 0) && !citesRule(b.ModeGround) {
				say("basics/modeGround")
			}
		}},
	{Key: "ground-without-limit", Severity: Blocks, Element: "basics", Rests: "第二十一条", ZH: "没有限定申请方式的，不填写限定的依据", EN: "Nothing is limited: leave the ground out", reads: "basics",
		find: func(s *subject, say say) {
			if b := s.g.Basics; b.Mode != "window" && b.Visits == 0 && !blank(b.ModeGround) {
				say("basics/modeGround")
			}
		}},
	{Key: "summary-length", Severity: Warns, Element: "basics", Rests: "可读性", ZH: "一句话说明有%s个字，搜索结果只显示80个字，请缩短", EN: "The summary has %s characters; a search result shows 80", reads: "basics",
		find: func(s *subject, say say) {
			if n := utf8.RuneCountInString(s.g.Basics.Summary); n > longSummary {
				say("basics/summary", strconv.Itoa(n))
			}
		}},
	{Key: "everyday-names", Severity: Hints, Element: "basics", Rests: "第九条", ZH: "没有群众常用的叫法，搜索时可能找不到", EN: "No everyday name: people may not find it", reads: "basics",
		find: func(s *subject, say say) {
			if len(s.g.Basics.Aliases) == 0 {
				say("basics/aliases")
			}
		}},

	coded("department", "department/nature", []string{"1", "2", "3"}, func(g *Guide) string { return g.Department.Nature }),
	{Key: "entrusted-by", Severity: Blocks, Element: "department", Rests: "第七条", ZH: "受委托组织应写明委托部门；不是受委托组织的不写", EN: "An entrusted body names who entrusted it; others do not", reads: "department",
		find: func(s *subject, say say) {
			if d := s.g.Department; (d.Nature == "3") != !blank(d.Entrusted) {
				say("department/entrusted")
			}
		}},

	{Key: "entrusted-organ", Severity: Blocks, Element: "department", Rests: "行政许可法 第二十四条", ZH: "行政许可只能委托其他行政机关实施，统一社会信用代码应当是机关的（以11开头）", EN: "A licence is entrusted to another administrative organ alone; its code begins with 11", reads: "department basics",
		find: func(s *subject, say say) {
			if d := s.g.Department; s.g.Basics.Type == licensing && d.Nature == "3" && d.USCC != "" && !strings.HasPrefix(d.USCC, "11") {
				say("department/nature")
			}
		}},

	some("windows", "windows", words{"办理窗口", "the windows"}, func(g *Guide) int { return len(g.Windows) }),
	{Key: "window-complete", Severity: Blocks, Element: "windows", Rests: "第七条", ZH: "窗口缺少%s", EN: "The window has no %s", reads: "windows",
		find: func(s *subject, say say) {
			for i, w := range s.g.Windows {
				for _, x := range []struct {
					key, value string
					what       words
				}{{"name", w.Name, words{"名称", "name"}}, {"address", w.Address, words{"地址", "address"}}, {"hours", w.Hours, words{"办公时间", "hours"}}} {
					if blank(x.value) {
						say(loc("windows", i, x.key), x.what)
					}
				}
			}
		}},
	{Key: "window-phone", Severity: Blocks, Element: "windows", Rests: "事项质检规则6", ZH: "窗口电话“%s”应带区号%s", EN: "The window's phone “%s” needs the area code %s", reads: "windows basics",
		find: func(s *subject, say say) {
			for i, w := range s.g.Windows {
				if blank(w.Phone) {
					say(loc("windows", i, "phone"), "", areaCode(s.g))
				}
				for _, bad := range badPhones(w.Phone, areaCode(s.g)) {
					say(loc("windows", i, "phone"), bad, areaCode(s.g))
				}
			}
		}},

	needs("contacts", "contacts/consult", words{"咨询方式", "How to ask"}, func(g *Guide) string { return g.Contacts.Consult }),
	needs("contacts", "contacts/complaint", words{"监督投诉方式", "How to complain"}, func(g *Guide) string { return g.Contacts.Complaint }),
	{Key: "contact-phone", Severity: Blocks, Element: "contacts", Rests: "事项质检规则6", ZH: "电话“%s”应带区号%s", EN: "The phone “%s” needs the area code %s", reads: "contacts basics",
		find: func(s *subject, say say) {
			for _, x := range [][2]string{{"contacts/consult", s.g.Contacts.Consult}, {"contacts/complaint", s.g.Contacts.Complaint}} {
				bad := badPhones(x[1], areaCode(s.g))
				if !blank(x[1]) && !phonePattern.MatchString(x[1]) {
					bad = []string{x[1]}
				}
				for _, b := range bad {
					say(x[0], b, areaCode(s.g))
				}
			}
		}},
	{Key: "complaint-apart", Severity: Blocks, Element: "contacts", Rests: "事项质检规则6", ZH: "咨询与投诉不能用同一个电话", EN: "Questions and complaints need different phones", reads: "contacts",
		find: func(s *subject, say say) {
			for _, n := range phonePattern.FindAllString(s.g.Contacts.Consult, -1) {
				if slices.Contains(phonePattern.FindAllString(s.g.Contacts.Complaint, -1), n) {
					say("contacts/complaint")
					return
				}
			}
			if c := s.g.Contacts; !blank(c.Consult) && c.Consult == c.Complaint {
				say("contacts/complaint")
			}
		}},
}

var (
	// phonePattern finds telephone numbers: with an area code, a service number, or bare.
	phonePattern = regexp.MustCompile(`1\d{10}|[48]00-?\d{3}-?\d{4}|(?:0\d{2,3}-)?\d{5,8}`)
	// servicePhone is a number that needs no area code: 12345, 110, a mobile, 400.
	servicePhone = regexp.MustCompile(`^(?:1\d{4}|1\d{10}|[48]00-?\d{3}-?\d{4})$`)
	// areaCodes are known by the beginning of the division: a phone of another
	// city is a slip there.
	areaCodes = map[string]string{"3202": "0510"}
)

// areaCode of the place where the list is offered; empty: not known.
func areaCode(g *Guide) string {
	if d := g.Basics.Division; len(d) >= 4 {
		return areaCodes[d[:4]]
	}
	return ""
}

// badPhones gives the numbers of a text that lack the area code; with code
// empty any is right.
func badPhones(text, code string) []string {
	var bad []string
	for _, n := range phonePattern.FindAllString(text, -1) {
		area, local, has := strings.Cut(n, "-")
		fine := servicePhone.MatchString(n) || has && len(local) >= 5 && area[0] == '0' && (code == "" || area == code)
		if !fine {
			bad = append(bad, n)
		}
	}
	return bad
}

var (
	// lawPattern finds the name of a law or regulation 法律、法规: one that ends in
	// 法, 法典 or 条例, or an order of the State Council. 办法 is neither.
	lawPattern = regexp.MustCompile(`(?:^|[^办方做用依合非违司执立守看想说书语])法(?:$|[》〉）（(第\s，、；。：])|法典|条例(?:$|[》〉）（(第\s，、；。：])|国务院令`)
	// rulePattern finds that, or a rule of a ministry or of the government 规章.
	rulePattern = regexp.MustCompile(lawPattern.String() + `|(?:办法|规定|规则|规程|细则|规范)(?:$|[》〉）（(第\s，、；。：])|令第`)
)

func citesLaw(text string) bool  { return lawPattern.MatchString(text) }
func citesRule(text string) bool { return rulePattern.MatchString(text) }
