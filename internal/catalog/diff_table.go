package catalog

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/rule"
)

// The tables below name every part of a guide; a test changes each part in turn
// and sees that Diff speaks of it.

var basicsRules = []aspect[Basics]{
	{path: "name", zh: "事项名称", en: "name", one: func(b *Basics) said { return plain(b.Name) }},
	{path: "nameEn", zh: "英文名称", en: "English name", one: func(b *Basics) said { return plain(b.NameEN) }},
	{path: "code", zh: "实施编码", en: "code", one: func(b *Basics) said { return plain(b.Code) }},
	{path: "handling/no", zh: "业务办理项序号", en: "number of the handling item", one: func(b *Basics) said { return plain(b.Handling.No) }},
	{path: "handling/name", zh: "业务办理项名称", en: "handling item", one: func(b *Basics) said { return plain(b.Handling.Name) }},
	{path: "handling/nameEn", zh: "业务办理项英文名称", en: "handling item in English", one: func(b *Basics) said { return plain(b.Handling.NameEN) }},
	{path: "basicCode", zh: "基本编码", en: "basic code", one: func(b *Basics) said { return plain(b.BasicCode) }},
	{path: "visits", zh: "到办事现场次数", en: "visits", one: func(b *Basics) said { return number(b.Visits, "次", "", "0次", "none") },
		weigh: grows(wholeNumber(func(b *Basics) int { return b.Visits }))},
	{path: "visitReason", zh: "到现场的理由", en: "reason for visits", one: func(b *Basics) said { return plain(b.VisitReason) }},
	{path: "modeGround", zh: "限定申请方式的依据", en: "ground for the way of handling", one: func(b *Basics) said { return plain(b.ModeGround) }},
	{path: "depth", zh: "网办深度", en: "online depth", one: func(b *Basics) said { return depthCodes.say(strconv.Itoa(b.Depth)) },
		weigh: shrinks(wholeNumber(func(b *Basics) int { return b.Depth }))},
	{path: "mode", zh: "办理形式", en: "way of handling", one: func(b *Basics) said { return modeCodes.say(b.Mode) },
		weigh: grows(ranked([]string{"online", "precheck", "window"}, func(b *Basics) string { return b.Mode }))},
	{path: "modeGround", zh: "限定申请方式的依据", en: "ground for limiting how to apply", one: func(b *Basics) said { return plain(b.ModeGround) }},
	{path: "caseType", zh: "办件类型", en: "case type", one: func(b *Basics) said { return caseTypeCodes.say(b.CaseType) },
		weigh: grows(ranked([]string{"instant", "promised"}, func(b *Basics) string { return b.CaseType }))},
	{path: "audience", zh: "服务对象", en: "for whom", many: func(b *Basics) []said { return audienceCodes.all(b.Audience) }, more: Lighter},
	{path: "agent", zh: "可以由代理人办理", en: "by an agent", one: func(b *Basics) said { return yesNo(b.Agent) },
		weigh: shrinks(flag(func(b *Basics) bool { return b.Agent }))},
	{path: "appointment", zh: "支持预约", en: "appointments", one: func(b *Basics) said { return yesNo(b.Appointment) },
		weigh: shrinks(flag(func(b *Basics) bool { return b.Appointment }))},
	{path: "quota", zh: "数量限制", en: "quota", one: func(b *Basics) said { return plain(b.Quota) },
		weigh: given(Heavier, func(b *Basics) string { return b.Quota })},
	{path: "scope", zh: "通办范围", en: "handled in", one: func(b *Basics) said { return scopeCodes.say(b.Scope) },
		weigh: grows(ranked(Scopes, func(b *Basics) string { return b.Scope }))},
	{path: "type", zh: "事项类型", en: "type", one: func(b *Basics) said { return typeCodes.say(b.Type) }},
	{path: "level", zh: "行使层级", en: "level", one: func(b *Basics) said { return levelCodes.say(b.Level) }},
	{path: "powerSource", zh: "权力来源", en: "source of the power", one: func(b *Basics) said { return sourceCodes.say(b.PowerSource) }},
	{path: "division", zh: "行政区划", en: "division", one: func(b *Basics) said { return plain(b.Division) }},
	{path: "summary", zh: "一句话说明", en: "summary", one: func(b *Basics) said { return plain(b.Summary) }},
	{path: "summaryEn", zh: "英文说明", en: "English summary", one: func(b *Basics) said { return plain(b.SummaryEN) }},
	{path: "publish", zh: "决定是否公开", en: "decisions published", one: func(b *Basics) said { return publishCodes.say(b.Publish) }},
	{path: "publishGround", zh: "决定不公开的理由", en: "why decisions are not published", one: func(b *Basics) said { return plain(b.PublishGround) }},
	{path: "publishFields", zh: "决定公开的内容", en: "what of a decision is published", many: func(b *Basics) []said { return texts(b.PublishFields) }},
	{path: "aliases", zh: "通俗名称", en: "daily names", many: func(b *Basics) []said { return texts(b.Aliases) }},
	{path: "topics", zh: "主题", en: "topics", many: func(b *Basics) []said { return texts(b.Topics) }},
	{path: "hot", zh: "首页热门次序", en: "place on the home page", one: func(b *Basics) said { return number(b.Hot, "", "", "不显示", "not shown") }},
}

var departmentRules = []aspect[Department]{
	{path: "name", zh: "实施主体", en: "deciding unit", one: func(d *Department) said { return plain(d.Name) }},
	{path: "unit", zh: "实施主体的单位代号", en: "key of the deciding unit", one: func(d *Department) said { return plain(d.Unit) }},
	{path: "uscc", zh: "实施主体的统一社会信用代码", en: "credit code of the deciding unit", one: func(d *Department) said { return plain(d.USCC) }},
	{path: "nature", zh: "实施主体性质", en: "nature of the deciding unit", one: func(d *Department) said { return natureCodes.say(d.Nature) }},
	{path: "joint", zh: "联办机构", en: "units that review too", many: func(d *Department) []said { return texts(d.Joint) }},
	{path: "entrusted", zh: "委托部门", en: "entrusting unit", one: func(d *Department) said { return plain(d.Entrusted) }},
	{path: "receiving", zh: "受理大厅", en: "receiving centre", one: func(d *Department) said { return plain(d.Receiving) }},
}

var windowEntries = entry[Window]{zh: "办理窗口", en: "window", key: func(w *Window) string { return w.Name },
	name: func(w *Window) (string, string) { return w.Name, "" }, added: func(*Window) Burden { return Lighter },
	rules: []aspect[Window]{
		{path: "name", zh: "名称", en: "name", one: func(w *Window) said { return plain(w.Name) }},
		{path: "address", zh: "地址", en: "address", one: func(w *Window) said { return plain(w.Address) }},
		{path: "hours", zh: "办公时间", en: "hours", one: func(w *Window) said { return plain(w.Hours) }},
		{path: "phone", zh: "电话", en: "telephone", one: func(w *Window) said { return plain(w.Phone) }},
		{path: "transport", zh: "交通指引", en: "transport", one: func(w *Window) said { return plain(w.Transport) }},
	}}

// lineRules are the sections that are lists of sentences.
var lineRules = map[string][]aspect[Guide]{
	"conditions": {{path: "conditions", zh: "受理标准", en: "conditions", many: func(g *Guide) []said { return texts(conditionTexts(g.Conditions)) }, more: Heavier}},
	"rights":     {{path: "rights", zh: "申请人的权利", en: "rights", many: func(g *Guide) []said { return texts(g.Rights) }, more: Lighter}},
	"duties":     {{path: "duties", zh: "申请人的义务", en: "duties", many: func(g *Guide) []said { return texts(g.Duties) }, more: Heavier}},
	"demo":       {{path: "demo", zh: "演示数据标记", en: "marks of demonstration data", many: func(g *Guide) []said { return texts(g.Demo) }}},
}

// materialEntries are the rules of materials; conditions are said in the words
// of the forms they look at.
func materialEntries(old, new *formDoc) entry[Material] {
	asked := func(m *Material) Burden {
		if m.Necessity == "optional" {
			return Neutral
		}
		return Heavier
	}
	line := entry[Line]{zh: "补正要点", en: "requirement", key: func(l *Line) string { return l.Code },
		name: func(l *Line) (string, string) { return l.Text, "" }, added: func(*Line) Burden { return Heavier },
		rules: []aspect[Line]{
			{path: "code", zh: "代号", en: "code", one: func(l *Line) said { return plain(l.Code) }},
			{path: "text", zh: "内容", en: "text", one: func(l *Line) said { return plain(l.Text) }},
		}}
	return entry[Material]{zh: "材料", en: "document", key: func(m *Material) string { return m.Code },
		name: func(m *Material) (string, string) { return m.Name, m.NameEN },
		note: func(m *Material) (string, string) {
			w := necessityCodes.say(m.Necessity)
			return w.zh, w.en
		}, added: asked,
		nested: func(d *differ, at string, who thing, a, b *Material) {
			line := line
			line.of = who
			entries(d, at+"/lines", a.Lines, b.Lines, line)
		},
		rules: []aspect[Material]{
			{path: "necessity", one: func(m *Material) said { return necessityCodes.say(m.Necessity) },
				weigh: grows(ranked([]string{"optional", "tolerant", "required"}, func(m *Material) string { return m.Necessity }))},
			{path: "when", zh: "提交条件", en: "condition", one: func(m *Material) said { return cmp.Or(new, old).condition(m.When) }, weigh: narrower},
			{path: "licenceType", zh: "可替代的电子证照", en: "licence that stands for it", one: func(m *Material) said { return plain(m.LicenceType) },
				weigh: given(Lighter, func(m *Material) string { return m.LicenceType })},
			{path: "media", zh: "形式", en: "form", one: func(m *Material) said { return mediaCodes.say(m.Media) },
				weigh: grows(ranked([]string{"both", "electronic", "paper"}, func(m *Material) string { return m.Media }))},
			{path: "paperLaw", zh: "要求纸质的依据", en: "why paper", one: func(m *Material) said { return plain(m.PaperLaw) }},
			{path: "blankForm", zh: "空白表格", en: "blank form", one: func(m *Material) said { return fileSaid(m.BlankForm) }, weigh: given(Lighter, func(m *Material) string { return m.BlankForm })},
			{path: "sampleFile", zh: "示例样表", en: "filled-in example", one: func(m *Material) said { return fileSaid(m.SampleFile) }, weigh: given(Lighter, func(m *Material) string { return m.SampleFile })},
			{path: "copies", zh: "份数", en: "copies", one: func(m *Material) said { return number(m.Copies, "份", "", "不限", "any") },
				weigh: grows(wholeNumber(func(m *Material) int { return m.Copies }))},
			{path: "name", zh: "名称", en: "name", one: func(m *Material) said { return plain(m.Name) }},
			{path: "nameEn", zh: "英文名称", en: "English name", one: func(m *Material) said { return plain(m.NameEN) }},
			{path: "standard", zh: "受理标准", en: "standard", one: func(m *Material) said { return plain(m.Standard) }},
			{path: "filling", zh: "填写须知", en: "how to fill in", one: func(m *Material) said { return plain(m.Filling) }},
			{path: "source", zh: "来源", en: "source", one: func(m *Material) said { return originCodes.say(m.Source) },
				weigh: grows(ranked([]string{"government", "other", "self"}, func(m *Material) string { return m.Source }))},
			{path: "issuer", zh: "出具机构", en: "issuer", one: func(m *Material) said { return plain(m.Issuer) }},
			{path: "kind", zh: "类型", en: "kind", one: func(m *Material) said { return materialCodes.say(m.Kind) }},
			{path: "spec", zh: "规格", en: "size", one: func(m *Material) said { return plain(m.Spec) }},
			{path: "formats", zh: "可用的文件格式", en: "file formats", many: func(m *Material) []said { return texts(m.Formats) }, more: Lighter},
			{path: "maxMB", zh: "单个文件大小上限", en: "largest file", one: func(m *Material) said { return number(m.MaxMB, "MB", "MB", "默认的20MB", "20 MB by default") },
				weigh: shrinks(func(m *Material) float64 { return float64(m.MaxBytes()) })},
			{path: "maxFiles", zh: "文件数量上限", en: "most files", one: func(m *Material) said { return number(m.MaxFiles, "个", "", "默认的10个", "10 by default") },
				weigh: shrinks(func(m *Material) float64 { return float64(m.FilesAllowed()) })},
			{path: "basis", zh: "要求依据", en: "basis", one: func(m *Material) said { return plain(m.Basis) }},
			{path: "code", zh: "代号", en: "code", one: func(m *Material) said { return plain(m.Code) }},
		}}
}

// narrower weighs the condition under which a material is asked: asked in more
// cases is heavier.
func narrower(old, new *Material) Burden {
	a, b := old.When, new.When
	switch {
	case a == nil:
		return Lighter
	case b == nil:
		return Heavier
	case a.Field != b.Field || a.Set || b.Set:
		return Neutral
	}
	within := func(x, y []string) bool {
		return !slices.ContainsFunc(x, func(v string) bool { return !slices.Contains(y, v) })
	}
	switch in, out := within(a.In, b.In), within(b.In, a.In); {
	case in && !out:
		return Heavier
	case out && !in:
		return Lighter
	}
	return Neutral
}

var stepEntries = entry[Step]{zh: "环节", en: "step", key: func(s *Step) string { return s.Key },
	name: func(s *Step) (string, string) { return s.Name, "" },
	rules: []aspect[Step]{
		{path: "days", zh: "内部时限", en: "internal limit", one: func(s *Step) said { return number(s.Days, "个工作日", "working days", "不另计", "none") }},
		{path: "unit", zh: "承办单位", en: "unit", one: func(s *Step) said { return plain(s.Unit) }},
		{path: "role", zh: "承办角色", en: "role", one: func(s *Step) said { return roleCodes.say(s.Role) }},
		{path: "kind", zh: "类型", en: "kind", one: func(s *Step) said { return stepCodes.say(s.Kind) }},
		{path: "stage", zh: "阶段", en: "stage", one: func(s *Step) said { return number(s.Stage, "", "", "", "") }},
		{path: "name", zh: "名称", en: "name", one: func(s *Step) said { return plain(s.Name) }},
		{path: "key", zh: "代号", en: "key", one: func(s *Step) said { return plain(s.Key) }},
		{path: "visit", zh: "现场核查", en: "site visit", one: func(s *Step) said { return yesNo(s.Visit) }},
		{path: "questions", zh: "现场核查内容", en: "what the visit looks at", many: func(s *Step) []said { return texts(s.Questions) }},
	}}

var limitsRules = slices.Concat(
	limitRules("promised", "承诺办结时限", "promised limit", Heavier, func(l *Limits) *Limit { return &l.Promised }),
	limitRules("statutory", "法定办结时限", "limit by law", Heavier, func(l *Limits) *Limit { return &l.Statutory }),
	limitRules("receipt", "受理时限", "limit of receipt", Heavier, func(l *Limits) *Limit { return l.Receipt }),
	limitRules("delivery", "送达时限", "limit of delivery", Heavier, func(l *Limits) *Limit { return l.Delivery }),
	limitRules("extension", "可以延长的时限", "extension", Heavier, func(l *Limits) *Limit { return l.Extension }),
	limitRules("correction", "补正时限", "time to correct", Lighter, func(l *Limits) *Limit { return l.Correction }),
	[]aspect[Limits]{
		{path: "supplement", zh: "容缺补齐的期限", en: "time for what follows later", one: func(l *Limits) said { return supplementSaid(l.Supplement) },
			weigh: shrinks(func(l *Limits) float64 {
				if l.Supplement == nil {
					return math.NaN()
				}
				return (&Limit{Days: l.Supplement.Days, Unit: l.Supplement.Unit}).Length()
			})},
		{path: "supplement/late", zh: "逾期未补齐的后果", en: "consequence of not following in time", one: func(l *Limits) said {
			if l.Supplement == nil {
				return said{}
			}
			return lateCodes.say(l.Supplement.Late)
		}, weigh: grows(func(l *Limits) float64 {
			if l.Supplement == nil {
				return math.NaN()
			}
			return map[string]float64{LateDecide: 0, LateWithdrawn: 1}[l.Supplement.Late]
		})},
		{path: "supplement/note", zh: "逾期未补齐的说明", en: "words about not following in time", one: func(l *Limits) said {
			if l.Supplement == nil {
				return said{}
			}
			return plain(l.Supplement.Note)
		}},
		{path: "statutoryBasis", zh: "法定时限的依据", en: "basis of the limit by law", one: func(l *Limits) said { return plain(l.StatutoryBasis) }},
		{path: "joint", zh: "联合办理时限", en: "limit of joint handling", one: func(l *Limits) said {
			if l.Joint == nil {
				return said{}
			}
			return number(l.Joint.Days, "个工作日", "working days", "", "")
		}},
		{path: "joint/basis", zh: "联合办理的依据", en: "basis of joint handling", one: func(l *Limits) said {
			if l.Joint == nil {
				return said{}
			}
			return plain(l.Joint.Basis)
		}},
		{path: "mark", zh: "法定时限的核对标记", en: "how well the limit by law was checked", one: func(l *Limits) said { return markCodes.say(l.Mark) }},
	})

// limitRules compare one limit, of which longer means b, and its note. A limit
// that is not given is the regime's, whose length the guide does not tell.
func limitRules(path, zh, en string, b Burden, of func(*Limits) *Limit) []aspect[Limits] {
	longer := grows(func(l *Limits) float64 { return of(l).Length() })
	return []aspect[Limits]{
		{path: path, zh: zh, en: en, one: func(l *Limits) said { return duration(of(l)) }, weigh: func(old, new *Limits) Burden {
			if w := longer(old, new); b == Heavier || w == Neutral {
				return w
			}
			return longer(old, new).opposite()
		}},
		{path: path + "/note", zh: zh + "的说明", en: "note on the " + en, one: func(l *Limits) said {
			if x := of(l); x != nil {
				return plain(x.Note)
			}
			return said{}
		}},
	}
}

var specialEntries = entry[Special]{zh: "特别程序", en: "special procedure", key: func(s *Special) string { return s.Kind },
	name: func(s *Special) (string, string) {
		w := specialCodes.say(s.Kind)
		return w.zh, w.en
	}, added: func(*Special) Burden { return Heavier },
	rules: []aspect[Special]{
		{path: "days", zh: "时间", en: "time", one: func(s *Special) said { return number(s.Days, "个工作日", "working days", "", "") },
			weigh: grows(wholeNumber(func(s *Special) int { return s.Days }))},
		{path: "basis", zh: "依据", en: "basis", one: func(s *Special) said { return plain(s.Basis) }},
	}}

var feeEntries = entry[Fee]{zh: "收费项目", en: "fee", key: func(f *Fee) string { return f.Name },
	name: func(f *Fee) (string, string) { return f.Name, "" }, note: func(f *Fee) (string, string) { return f.Standard, f.Standard },
	added: func(*Fee) Burden { return Heavier },
	rules: []aspect[Fee]{
		{path: "standard", zh: "标准", en: "amount", one: func(f *Fee) said { return plain(f.Standard) }, weigh: grows(func(f *Fee) float64 { return onlyNumber(f.Standard) })},
		{path: "amount", zh: "金额", en: "sum", one: func(f *Fee) said { return money(f.Amount) }, weigh: grows(func(f *Fee) float64 { return float64(f.Amount) })},
		{path: "per", zh: "计费数量", en: "quantity", one: func(f *Fee) said { return plain(strings.Join(f.Per, " × ")) }},
		{path: "when", zh: "收取情形", en: "charged when", one: func(f *Fee) said { return plain(f.When.text()) }},
		{path: "due", zh: "缴费时点", en: "due", one: func(f *Fee) said { return dueCodes.say(f.Due) }},
		{path: "reducible", zh: "允许减免", en: "may be reduced", one: func(f *Fee) said { return yesNo(f.Reducible) }, weigh: shrinks(flag(func(f *Fee) bool { return f.Reducible }))},
		{path: "reduction", zh: "减免规定", en: "reduction", one: func(f *Fee) said { return plain(f.Reduction) }},
		{path: "name", zh: "名称", en: "name", one: func(f *Fee) said { return plain(f.Name) }},
		{path: "basis", zh: "依据", en: "basis", one: func(f *Fee) said { return plain(f.Basis) }},
		{path: "mark", zh: "核对标记", en: "how well it was checked", one: func(f *Fee) said { return markCodes.say(f.Mark) }},
	}}

// onlyNumber is the one number of a text such as “每证10元”; NaN where there is
// none, or more than one, so that nothing can be said.
func onlyNumber(s string) float64 {
	all := strings.FieldsFunc(s, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
	if len(all) != 1 {
		return math.NaN()
	}
	x, err := strconv.ParseFloat(all[0], 64)
	if err != nil {
		return math.NaN()
	}
	return x
}

var resultEntries = entry[Result]{zh: "办理结果", en: "result", key: func(r *Result) string { return r.Name },
	name: func(r *Result) (string, string) { return r.Name, "" },
	rules: []aspect[Result]{
		{path: "delivery", zh: "领取方式", en: "delivery", many: func(r *Result) []said { return deliveryCodes.all(r.Delivery) }, more: Lighter},
		{path: "years", zh: "有效期", en: "validity", one: func(r *Result) said { return number(r.Years, "年", "years", "长期或者不设", "unlimited") },
			weigh: shrinks(func(r *Result) float64 {
				if r.Years == 0 {
					return math.Inf(1)
				}
				return float64(r.Years)
			})},
		{path: "untilOf", zh: "有效期截止日所取的表单项", en: "form field that ends the validity", one: func(r *Result) said { return plain(r.UntilOf) }},
		{path: "name", zh: "名称", en: "name", one: func(r *Result) said { return plain(r.Name) }},
		{path: "kind", zh: "类型", en: "kind", one: func(r *Result) said { return resultCodes.say(r.Kind) }},
		{path: "licenceType", zh: "证照类型", en: "licence type", one: func(r *Result) said { return plain(r.LicenceType) }},
		{path: "does", zh: "对已有证照的作用", en: "effect on a licence that is held", one: func(r *Result) said { return doesCodes.say(r.Does) }},
		{path: "ahead", zh: "延续须提前的天数", en: "days ahead for a renewal", one: func(r *Result) said { return number(r.Ahead, "日", "days", "", "") }},
		{path: "fields", zh: "证照内容的来源", en: "where the licence's fields come from", many: func(r *Result) []said {
			var out []string
			for field, from := range r.Fields {
				out = append(out, field+" ← "+from)
			}
			slices.Sort(out)
			return texts(out)
		}},
	}}

var basisEntries = entry[Basis]{zh: "法律依据", en: "legal basis", key: func(b *Basis) string { return b.Law + " " + b.Article },
	name: func(b *Basis) (string, string) { return strings.TrimSpace(b.Law + " " + b.Article), "" },
	rules: []aspect[Basis]{
		{path: "law", zh: "名称", en: "law", one: func(b *Basis) said { return plain(b.Law) }},
		{path: "docNo", zh: "文号", en: "number", one: func(b *Basis) said { return plain(b.DocNo) }},
		{path: "article", zh: "条款", en: "article", one: func(b *Basis) said { return plain(b.Article) }},
		{path: "gist", zh: "内容", en: "content", one: func(b *Basis) said { return plain(b.Gist) }},
		{path: "mark", zh: "核对标记", en: "how well it was checked", one: func(b *Basis) said { return markCodes.say(b.Mark) }},
	}}

var questionEntries = entry[Question]{zh: "常见问题", en: "question", key: func(q *Question) string { return q.Q },
	name: func(q *Question) (string, string) { return q.Q, "" },
	rules: []aspect[Question]{
		{path: "q", zh: "问法", en: "wording", one: func(q *Question) said { return plain(q.Q) }},
		{path: "a", zh: "回答", en: "answer", one: func(q *Question) said { return plain(q.A) }},
	}}

var scenarioEntries = entry[Scenario]{zh: "情形问题", en: "scenario", key: func(s *Scenario) string { return s.Field },
	name: func(s *Scenario) (string, string) { return s.Question, s.QuestionEN },
	rules: []aspect[Scenario]{
		{path: "field", zh: "对应的表单项", en: "form field", one: func(s *Scenario) said { return plain(s.Field) }},
		{path: "question", zh: "问法", en: "wording", one: func(s *Scenario) said { return plain(s.Question) }},
		{path: "questionEn", zh: "英文问法", en: "English wording", one: func(s *Scenario) said { return plain(s.QuestionEN) }},
		{path: "note", zh: "说明", en: "note", one: func(s *Scenario) said { return plain(s.Note) }},
	}}

func supplementSaid(s *Supplement) said {
	if s == nil {
		return said{}
	}
	return duration(&Limit{Days: s.Days, Unit: s.Unit})
}

// commitmentEntries are the rules of 告知承诺. One more is a choice more.
func commitmentEntries(old, new *formDoc) entry[Commitment] {
	return entry[Commitment]{zh: "告知承诺", en: "commitment", key: func(c *Commitment) string { return c.Key },
		name: func(c *Commitment) (string, string) { return c.Name, c.NameEN }, added: func(*Commitment) Burden { return Lighter },
		rules: []aspect[Commitment]{
			{path: "material", zh: "所代替的材料", en: "document that it replaces", one: func(c *Commitment) said { return plain(c.Material) },
				weigh: given(Lighter, func(c *Commitment) string { return c.Material })},
			{path: "text", zh: "承诺内容", en: "text", one: func(c *Commitment) said { return plain(c.Text) }},
			{path: "duties", zh: "应当履行的义务", en: "duties", many: func(c *Commitment) []said { return texts(c.Duties) }, more: Heavier},
			{path: "check", zh: "核查内容和方式", en: "check", one: func(c *Commitment) said { return plain(c.Check) }},
			{path: "days", zh: "核查期限", en: "time of the check", one: func(c *Commitment) said { return number(c.Days, "个工作日", "working days", "", "") }},
			{path: "rectify", zh: "整改期限", en: "time to put right", one: func(c *Commitment) said { return number(c.Rectify, "个工作日", "working days", "", "") },
				weigh: shrinks(wholeNumber(func(c *Commitment) int { return c.Rectify }))},
			{path: "consequence", zh: "违反承诺的后果", en: "consequence", one: func(c *Commitment) said { return plain(c.Consequence) }},
			{path: "basis", zh: "依据", en: "basis", one: func(c *Commitment) said { return plain(c.Basis) }},
			{path: "unless", zh: "不适用的情形", en: "when it is not offered", one: func(c *Commitment) said { return cmp.Or(new, old).condition(c.Unless) }},
			{path: "excluded", zh: "不适用的申请人", en: "who may not promise", one: func(c *Commitment) said { return plain(c.Excluded) }},
			{path: "onSpot", zh: "当场决定", en: "decided on the spot", one: func(c *Commitment) said { return yesNo(c.OnSpot) }, weigh: shrinks(flag(func(c *Commitment) bool { return c.OnSpot }))},
			{path: "name", zh: "名称", en: "name", one: func(c *Commitment) said { return plain(c.Name) }},
			{path: "nameEn", zh: "英文名称", en: "English name", one: func(c *Commitment) said { return plain(c.NameEN) }},
			{path: "mark", zh: "核对标记", en: "how well it was checked", one: func(c *Commitment) said { return markCodes.say(c.Mark) }},
			{path: "key", zh: "代号", en: "key", one: func(c *Commitment) said { return plain(c.Key) }},
		}}
}

var autoEntries = entry[rule.Clause]{zh: "秒批规则", en: "clause of instant approval", key: func(c *rule.Clause) string { return c.Key },
	name: func(c *rule.Clause) (string, string) { return c.Name, c.NameEN },
	rules: []aspect[rule.Clause]{
		{path: "key", zh: "代号", en: "key", one: func(c *rule.Clause) said { return plain(c.Key) }},
		{path: "name", zh: "名称", en: "name", one: func(c *rule.Clause) said { return plain(c.Name) }},
		{path: "nameEn", zh: "英文名称", en: "English name", one: func(c *rule.Clause) said { return plain(c.NameEN) }},
		{path: "basis", zh: "依据", en: "basis", one: func(c *rule.Clause) said { return plain(c.Basis) }},
		{path: "when", zh: "条件", en: "condition", one: func(c *rule.Clause) said { return plain(c.When) }},
	}}

var contactRules = []aspect[Contacts]{
	{path: "consult", zh: "咨询方式", en: "where to ask", one: func(c *Contacts) said { return plain(c.Consult) }},
	{path: "complaint", zh: "投诉方式", en: "where to complain", one: func(c *Contacts) said { return plain(c.Complaint) }},
}

var remedyRules = []aspect[Remedies]{
	{path: "reconsideration", zh: "行政复议", en: "reconsideration", one: func(r *Remedies) said { return plain(r.Reconsideration) }},
	{path: "litigation", zh: "行政诉讼", en: "litigation", one: func(r *Remedies) said { return plain(r.Litigation) }},
}

var privacyRules = []aspect[Privacy]{
	{path: "data", zh: "处理的个人信息", en: "personal data processed", many: func(p *Privacy) []said { return texts(p.Data) }, more: Heavier},
	{path: "shared", zh: "个人信息的提供对象", en: "who is given the data", many: func(p *Privacy) []said { return texts(p.Shared) }, more: Heavier},
	{path: "processor", zh: "个人信息处理者", en: "who processes the data", one: func(p *Privacy) said { return plain(p.Processor) }},
	{path: "purpose", zh: "处理目的", en: "purpose of processing", one: func(p *Privacy) said { return plain(p.Purpose) }},
	{path: "retention", zh: "个人信息保存期限", en: "how long the data is kept", one: func(p *Privacy) said { return plain(p.Retention) }},
	{path: "basis", zh: "处理个人信息的依据", en: "basis of processing", one: func(p *Privacy) said { return plain(p.Basis) }},
}
