package catalog

import "slices"

// Completeness 完整度 tells how much of what the fourteen elements of 第七条 are
// to say a guide does say. It is kept with the version's facts when it is
// published. Percent 0 is a version from before it was kept.
type Completeness struct {
	Percent int      `json:"percent,omitempty"` // 100 only if nothing is missing
	Missing []string `json:"missing,omitempty"` // keys of Measures
}

// Measure 完整度要点 is one thing that an element is looked at for. An element
// counts by the mean of its measures.
type Measure struct {
	Key     string // "materials.lines"
	Element string
	ZH, EN  string // what is missing where it is not met

	part func(*Guide) float64 // 0 to 1
}

// completeness of a guide.
func (g *Guide) completeness() Completeness {
	var c Completeness
	sum := 0.0
	for _, e := range GuideElements() {
		n, got := 0, 0.0
		for _, f := range measures {
			if f.Element != e.Key {
				continue
			}
			part := f.part(g)
			n, got = n+1, got+part
			if part < 1 {
				c.Missing = append(c.Missing, f.Key)
			}
		}
		sum += float64(e.Weight) * got / float64(n)
	}
	c.Percent = max(int(sum+1e-9), 1)
	return c
}

// Measures lists what completeness looks at, in the elements' order.
func Measures() []Measure { return slices.Clone(measures) }

// FacetByKey finds a measure.
func FacetByKey(key string) (Measure, bool) {
	i := slices.IndexFunc(measures, func(f Measure) bool { return f.Key == key })
	if i < 0 {
		return Measure{}, false
	}
	return measures[i], true
}

var measures = []Measure{
	{"basics.summary", "basics", "一句话说明", "summary", func(g *Guide) float64 { return whole(!blank(g.Basics.Summary)) }},
	{"basics.names", "basics", "群众常用的叫法", "everyday names", func(g *Guide) float64 { return whole(len(g.Basics.Aliases) > 0) }},
	{"basics.english", "basics", "英文名称和说明", "English name and summary", func(g *Guide) float64 { return whole(!blank(g.Basics.NameEN) && !blank(g.Basics.SummaryEN)) }},
	{"basics.found", "basics", "服务对象和主题", "audience and topics", func(g *Guide) float64 { return whole(len(g.Basics.Audience) > 0 && len(g.Basics.Topics) > 0) }},
	{"basics.power", "basics", "权力来源", "source of the power", func(g *Guide) float64 {
		return whole(g.Basics.PowerSource != "" || g.Basics.Type == publicService)
	}},
	{"basics.scope", "basics", "通办范围", "where it can be handled", func(g *Guide) float64 { return whole(g.Basics.Scope != "") }},
	{"department.who", "department", "实施主体和统一社会信用代码", "deciding office and its code", func(g *Guide) float64 {
		return whole(!blank(g.Department.Name) && !blank(g.Department.USCC) && !blank(g.Department.Nature))
	}},
	{"department.receiving", "department", "受理的政务服务中心", "receiving centre", func(g *Guide) float64 { return whole(!blank(g.Department.Receiving)) }},
	{"windows.place", "windows", "窗口地址和办公时间", "address and hours", func(g *Guide) float64 {
		return share(g.Windows, func(w Window) bool { return !blank(w.Name) && !blank(w.Address) && !blank(w.Hours) })
	}},
	{"windows.phone", "windows", "窗口电话", "phone of the window", func(g *Guide) float64 {
		return share(g.Windows, func(w Window) bool { return !blank(w.Phone) })
	}},
	{"windows.transport", "windows", "交通指引", "how to get there", func(g *Guide) float64 {
		return share(g.Windows, func(w Window) bool { return !blank(w.Transport) })
	}},
	{"conditions.lines", "conditions", "受理条件（至少两条）", "two conditions at least", func(g *Guide) float64 { return min(float64(len(g.Conditions))/2, 1) }},
	{"conditions.scenarios", "conditions", "情形提问", "scenarios", func(g *Guide) float64 {
		whens := (&subject{g: g}).whens()
		if len(whens) == 0 {
			return 1
		}
		return share(whens, func(c Cond) bool {
			return c.Set || slices.ContainsFunc(g.Scenarios, func(s Scenario) bool { return s.Field == c.Field })
		})
	}},
	{"materials.standard", "materials", "材料的受理标准", "standards of the materials", each(func(m Material) bool { return !blank(m.Standard) })},
	{"materials.lines", "materials", "补正要点（每份至少两条）", "two lines of each material", each(func(m Material) bool { return len(m.Lines) > 1 })},
	{"materials.source", "materials", "材料来源和出具机构", "source and issuer of the materials", each(func(m Material) bool { return m.Source == "self" || !blank(m.Issuer) })},
	{"materials.basis", "materials", "要求材料的依据", "basis for asking", each(func(m Material) bool { return m.Source != "self" || !m.Required() || !blank(m.Basis) })},
	{"materials.spared", "materials", "证件由电子证照替代", "licences that replace certificates", each(func(m Material) bool {
		return m.Source != "government" || m.Kind != "certificate" || m.LicenceType != ""
	})},
	{"materials.english", "materials", "材料的英文名称", "English names of the materials", each(func(m Material) bool { return !blank(m.NameEN) })},
	{"steps.links", "steps", "收件受理和决定环节", "receiving and deciding", func(g *Guide) float64 {
		_, receives := g.Step(StepReceive)
		_, decides := g.Step(StepDecide)
		return whole(receives && decides)
	}},
	{"steps.units", "steps", "各环节的办理单位", "who does each step", func(g *Guide) float64 {
		return share(g.Steps, func(s Step) bool { return !blank(s.Unit) && !blank(s.Role) })
	}},
	{"steps.days", "steps", "各环节的天数", "days of the steps", func(g *Guide) float64 { return whole(g.Instant() || g.stepDays() > 0) }},
	{"limits.both", "limits", "法定时限的依据和承诺时限", "statutory limit with its basis, and the promise", func(g *Guide) float64 {
		return whole(g.Limits.Promised.Unit != "none" && (g.Limits.Statutory.Unit == "none" || !blank(g.Limits.StatutoryBasis)))
	}},
	{"limits.proven", "limits", "法定时限对照原文核对", "statutory limit checked against the text", func(g *Guide) float64 { return whole(g.Limits.Mark == "C" || g.Limits.Mark == "L") }},
	{"limits.correction", "limits", "补正时限", "time to correct", func(g *Guide) float64 {
		return whole(g.Limits.Correction != nil || g.Basics.Type == licensing || g.Instant())
	}},
	{"fees.told", "fees", "收费标准和依据", "tariff and basis", func(g *Guide) float64 {
		if len(g.Fees) == 0 {
			return 1
		}
		return share(g.Fees, func(f Fee) bool { return !blank(f.Standard) && !blank(f.Basis) })
	}},
	{"fees.proven", "fees", "收费依据对照原文核对", "tariff checked against the text", func(g *Guide) float64 {
		if len(g.Fees) == 0 {
			return 1
		}
		return share(g.Fees, func(f Fee) bool { return f.Mark == "C" || f.Mark == "L" })
	}},
	{"results.kind", "results", "结果名称、类型和领取方式", "name, kind and delivery", func(g *Guide) float64 {
		return share(g.Results, func(r Result) bool { return !blank(r.Name) && r.Kind != "" && len(r.Delivery) > 0 })
	}},
	{"results.licence", "results", "证照的内容", "what the licence holds", func(g *Guide) float64 {
		return share(g.Results, func(r Result) bool { return r.Kind != "licence" || r.LicenceType != "" && len(r.Fields) > 0 })
	}},
	{"basis.articles", "basis", "依据的条款和内容", "articles and what they say", func(g *Guide) float64 {
		return share(g.Basis, func(b Basis) bool { return !blank(b.Article) && !blank(b.Gist) })
	}},
	{"basis.proven", "basis", "依据对照原文核对", "basis checked against the text", func(g *Guide) float64 {
		return share(g.Basis, func(b Basis) bool { return b.Mark == "C" || b.Mark == "L" })
	}},
	{"questions.three", "questions", "常见问题（至少三个）", "three questions at least", func(g *Guide) float64 { return min(float64(len(g.Questions))/3, 1) }},
	{"contacts.both", "contacts", "咨询和投诉电话", "phones for questions and complaints", func(g *Guide) float64 {
		return whole(!blank(g.Contacts.Consult) && !blank(g.Contacts.Complaint))
	}},
	{"rights.both", "rights", "权利和义务（各至少两条）", "two rights and two duties", func(g *Guide) float64 { return whole(len(g.Rights) > 1 && len(g.Duties) > 1) }},
	{"rights.privacy", "rights", "个人信息处理的依据", "basis of processing personal data", func(g *Guide) float64 { return whole(!blank(g.Privacy.Basis)) }},
	{"remedies.both", "remedies", "复议和诉讼途径", "reconsideration and court", func(g *Guide) float64 {
		return whole(!blank(g.Remedies.Reconsideration) && !blank(g.Remedies.Litigation))
	}},
}

func whole(met bool) float64 {
	if met {
		return 1
	}
	return 0
}

// share is the part of a list that meets something; none of an empty one does.
func share[T any](list []T, met func(T) bool) float64 {
	n := 0
	for _, x := range list {
		if met(x) {
			n++
		}
	}
	return float64(n) / float64(max(len(list), 1))
}

// each is the part of the materials; a guide that asks none lacks nothing.
func each(met func(Material) bool) func(*Guide) float64 {
	return func(g *Guide) float64 {
		if len(g.Materials) == 0 {
			return 1
		}
		return share(g.Materials, met)
	}
}
