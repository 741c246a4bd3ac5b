package catalog

import (
	"slices"
	"strconv"
	"strings"
)

// levelRules hold a list against the city-wide guide that it follows and against
// the lists of others: what one place asks and the others do not is a difference
// that needs its reason (第六条第二款 四级四同, 第十条).
var levelRules = []Rule{
	{Key: "level-material", Severity: Warns, Element: "materials", Rests: "第六条第二款", ZH: "要求提交“%s”，全市指南不要求", EN: "Asks “%s”, which the city's guide does not", reads: "materials",
		find: func(s *subject, say say) {
			if s.city == nil {
				return
			}
			for _, m := range s.g.Materials {
				if !slices.ContainsFunc(s.city.Materials, func(o Material) bool { return o.Name == m.Name }) {
					say(loc("materials", m.Code), m.Name)
				}
			}
		}},
	{Key: "level-necessity", Severity: Warns, Element: "materials", Rests: "第六条第二款", ZH: "“%s”列为必须提交，全市指南是%s", EN: "“%s” is required here; in the city's guide it is %s", reads: "materials",
		find: func(s *subject, say say) {
			if s.city == nil {
				return
			}
			for _, m := range s.g.Materials {
				for _, o := range s.city.Materials {
					if o.Name != m.Name || !m.Required() {
						continue
					}
					switch {
					case !o.Required():
						say(loc("materials", m.Code, "necessity"), m.Name, words{"可以不交或者后补", "optional or tolerant"})
					case o.When != nil && m.When == nil:
						say(loc("materials", m.Code, "when"), m.Name, words{"符合条件时才交", "asked in some cases only"})
					case o.LicenceType != "" && m.LicenceType == "":
						say(loc("materials", m.Code, "licenceType"), m.Name, words{"可用电子证照免提交", "replaced by a licence"})
					}
				}
			}
		}},
	{Key: "level-condition", Severity: Warns, Element: "conditions", Rests: "第六条第二款", ZH: "受理条件“%s”全市指南没有", EN: "The city's guide has no condition “%s”", reads: "conditions",
		find: func(s *subject, say say) {
			if s.city == nil {
				return
			}
			for i, c := range s.g.Conditions {
				if !slices.ContainsFunc(s.city.Conditions, func(o Condition) bool { return o.Text == c.Text }) {
					say(loc("conditions", i), c.Text)
				}
			}
		}},
	{Key: "level-limit", Severity: Warns, Element: "limits", Rests: "第六条第二款", ZH: "%s为%s，全市指南为%s", EN: "The %s is %s; in the city's guide it is %s", reads: "limits",
		find: func(s *subject, say say) {
			if s.city == nil {
				return
			}
			own, city := s.g.Limits, s.city.Limits
			if limitShorter(city.Promised, own.Promised) {
				say("limits/promised", words{"承诺时限", "promise"}, limitSaid(own.Promised), limitSaid(city.Promised))
			}
			if limitShorter(city.Statutory, own.Statutory) {
				say("limits/statutory", words{"法定时限", "statutory limit"}, limitSaid(own.Statutory), limitSaid(city.Statutory))
			}
		}},
	{Key: "level-fee", Severity: Warns, Element: "fees", Rests: "第六条第二款", ZH: "收取“%s”（%s），全市指南不收", EN: "Charges “%s” (%s), which the city's guide does not", reads: "fees",
		find: func(s *subject, say say) {
			if s.city == nil {
				return
			}
			for i, x := range s.g.Fees {
				if !slices.ContainsFunc(s.city.Fees, func(o Fee) bool { return o.Name == x.Name }) {
					say(loc("fees", i), x.Name, x.Standard)
				}
			}
		}},
	{Key: "level-visits", Severity: Warns, Element: "basics", Rests: "第六条第二款", ZH: "要到现场%s次、网办深度%s，全市指南是%s次、%s", EN: "%s visits at online depth %s; in the city's guide %s and %s", reads: "basics",
		find: func(s *subject, say say) {
			if s.city == nil {
				return
			}
			own, city := s.g.Basics, s.city.Basics
			if own.Visits > city.Visits || own.Depth < city.Depth {
				say("basics/visits", strconv.Itoa(own.Visits), strconv.Itoa(own.Depth), strconv.Itoa(city.Visits), strconv.Itoa(city.Depth))
			}
		}},
	{Key: "sibling-promise", Severity: Warns, Element: "limits", Rests: "第十条", ZH: "承诺时限%s，比同级单位都长（%s）", EN: "The promise, %s, is longer than everybody's of the level (%s)", reads: "limits",
		find: func(s *subject, say say) {
			own := s.g.Limits.Promised
			s.unlikeSiblings(func(o Facts) bool { return limitShorter(o.Promised, own) }, func(o Sibling) string { return o.Unit + " " + limitSaid(o.Facts.Promised).ZH },
				func(theirs string) { say("limits/promised", limitSaid(own), theirs) })
		}},
	{Key: "sibling-materials", Severity: Warns, Element: "materials", Rests: "第十条", ZH: "必要材料%s份，比同级单位都多（%s）", EN: "%s required documents, more than anybody of the level asks (%s)", reads: "materials",
		find: func(s *subject, say say) {
			own := s.g.facts().Materials
			s.unlikeSiblings(func(o Facts) bool { return o.Materials < own }, func(o Sibling) string { return o.Unit + " " + strconv.Itoa(o.Facts.Materials) },
				func(theirs string) { say("materials", strconv.Itoa(own), theirs) })
		}},
	{Key: "sibling-fee", Severity: Warns, Element: "fees", Rests: "第十条", ZH: "这里收费，同级单位都不收（%s）", EN: "There is a fee here; nobody of the level charges one (%s)", reads: "fees",
		find: func(s *subject, say say) {
			if len(s.g.Fees) == 0 {
				return
			}
			s.unlikeSiblings(func(o Facts) bool { return !o.Fee }, func(o Sibling) string { return o.Unit }, func(theirs string) { say("fees", theirs) })
		}},
}

// unlikeSiblings tells when every list of the same level, and there are two at
// least, is better in some way; the words name up to three of them.
func (s *subject) unlikeSiblings(better func(Facts) bool, name func(Sibling) string, tell func(theirs string)) {
	var names []string
	for _, o := range s.siblings {
		if o.Level != s.g.Basics.Level {
			continue
		}
		if !better(o.Facts) {
			return
		}
		names = append(names, name(o))
	}
	if len(names) < 2 {
		return
	}
	tell(strings.Join(names[:min(len(names), 3)], "、"))
}
