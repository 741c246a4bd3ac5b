package catalog

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/rule"
)

const gateForm = `{"type":"object","title":"申请表","x-steps":[{"key":"a","title":"一","fields":["kind","emergency","road","until"]}],"required":["kind","emergency","road"],
 "properties":{"kind":{"type":"string","title":"申请类型","oneOf":[{"const":"occupy","title":"占用"},{"const":"dig","title":"挖掘"}]},
 "emergency":{"type":"boolean","title":"是否抢修","x-widget":"radio","x-show":{"kind":"dig"}},
 "road":{"type":"string","title":"道路名称","maxLength":50},"until":{"type":"string","title":"到期日","format":"date"}}}`

// clean is a subject in which no rule finds anything, not even a hint.
func clean() *subject {
	f, err := form.Compile([]byte(gateForm), nil, nil)
	if err != nil {
		panic(err)
	}
	dig := &Cond{Field: "kind", In: []string{"dig"}}
	lines := []Line{{"a", "请上传清晰的照片。"}, {"b", "请换用有效的证件。"}}
	g := Guide{
		Basics: Basics{BasicCode: "320199002000", Name: "占用、挖掘城市道路审批", NameEN: "Road works", Aliases: []string{"挖路"}, Type: "01", CaseType: "promised", Audience: []string{"1", "2"}, Topics: []string{"municipal"},
			Level: "4", PowerSource: "1", Division: "320213000000", Depth: 4, Scope: "4", Mode: "online", Summary: "要占用或者挖开道路，先经批准。", SummaryEN: "Approval before works."},
		Department: Department{Unit: "lx", Name: "梁溪区行政审批局", USCC: "11320213XX0000021J", Nature: "1", Receiving: "lx-zx"},
		Windows:    []Window{{Name: "A01", Address: "演示路1号", Hours: "工作日", Phone: "0510-00000001", Transport: "地铁1号线"}},
		Conditions: []Condition{{Text: "因工程确需占用、挖掘道路。"}, {Text: "已取得规划批准文件。", When: dig}},
		Scenarios:  []Scenario{{Field: "kind", Question: "占用还是挖开？", QuestionEN: "Occupy or dig?"}, {Field: "emergency", Question: "是抢修吗？", QuestionEN: "An emergency?"}},
		Materials: []Material{
			{Code: "m01", Name: "身份证", NameEN: "ID card", Kind: "certificate", Necessity: "required", Media: "both", Source: "government", Issuer: "公安机关", LicenceType: "id-card", Standard: "在有效期内", Lines: lines},
			{Code: "m02", Name: "平面图", NameEN: "Plan", Kind: "document", Necessity: "required", Media: "electronic", Source: "self", Standard: "标明尺寸", Basis: "城市道路管理条例 第三十三条", Lines: lines},
			{Code: "m03", Name: "抢修说明", NameEN: "Note", Kind: "document", Necessity: "required", When: &Cond{Field: "emergency", In: []string{"true"}}, Media: "electronic", Source: "self", Standard: "写明情况", Basis: "城市道路管理条例 第三十四条", Lines: lines},
		},
		Steps: []Step{{Key: "receive", Name: "收件受理", Kind: StepReceive, Unit: "lx-zx", Role: "window-clerk"}, {Key: "review", Name: "审查", Kind: StepReview, Unit: "lx", Role: "reviewer", Stage: 1, Days: 5},
			{Key: "traffic", Name: "交警审查", Kind: StepReview, Unit: "jj", Role: "reviewer", Stage: 1, Days: 4}, {Key: "decide", Name: "决定", Kind: StepDecide, Unit: "lx", Role: "decider", Stage: 2, Days: 2}},
		Limits: Limits{Statutory: Limit{Days: 20, Unit: "workday"}, StatutoryBasis: "行政许可法 第四十二条", Promised: Limit{Days: 10, Unit: "workday"}, Receipt: &Limit{Days: 5, Unit: "workday"}, Delivery: &Limit{Days: 10, Unit: "workday"},
			Special: []Special{{Kind: "expert", Days: 10, Basis: "行政许可法 第四十五条"}}, Mark: "C"},
		Fees:      []Fee{{Name: "占用费", Standard: "每平方米每天1元", Basis: "城市道路管理条例 第三十七条", Mark: "C"}},
		Results:   []Result{{Name: "道路占用许可证", Kind: "licence", LicenceType: "road", Delivery: []string{Electronic, Mail}, Fields: map[string]string{"road": "road"}, UntilOf: "until"}},
		Basis:     []Basis{{Law: "城市道路管理条例", Article: "第三十条", Gist: "未经批准不得占用。", Mark: "C"}},
		Questions: []Question{{"要跑两个部门吗？", "不用，交一次材料。"}, {"到期没完工怎么办？", "到期前申请变更。"}, {"费用交给谁？", "按缴费通知交。"}},
		Contacts:  Contacts{"0510-00000001", "12345"}, Rights: []string{"可以查询进度。", "可以陈述、申辩。"}, Duties: []string{"如实填写。", "按期补正。"},
		Remedies: Remedies{"六十日内申请行政复议。", "六个月内提起行政诉讼。"}, Form: []byte(gateForm),
		Privacy: Privacy{Purpose: "办理", Data: []string{"姓名"}, Retention: "十年", Basis: "个人信息保护法 第十三条"},
	}
	city := g
	return &subject{codes: ident.DefaultProfile(), g: &g, f: f, city: &city, siblings: []Sibling{{"滨湖区审批局", "4", g.facts()}, {"锡山区审批局", "4", g.facts()}}}
}

func (s *subject) check() []Problem {
	return CheckList(s.codes, s.g, s.f, Against{City: s.city, Siblings: s.siblings})
}

// TestRules breaks a clean guide once for every rule of the gate, and holds
// what the rule says to it.
func TestRules(t *testing.T) {
	if ps := clean().check(); len(ps) != 0 {
		t.Fatalf("a clean guide: %+v", ps)
	}
	type breach struct {
		path  string
		spoil func(s *subject)
	}
	material := func(change func(*Material)) func(*subject) { return func(s *subject) { change(&s.g.Materials[1]) } }
	charged := func(per ...string) func(*subject) {
		return func(s *subject) { s.g.Fees[0].Amount, s.g.Fees[0].Due, s.g.Fees[0].Per = 100, "decision", per }
	}
	limits := func(change func(*Limits)) func(*subject) { return func(s *subject) { change(&s.g.Limits) } }
	basics := func(change func(*Basics)) func(*subject) { return func(s *subject) { change(&s.g.Basics) } }
	never := `{"type":"object","title":"表","x-steps":[{"key":"a","title":"一","fields":["kind","a","b"]}],"properties":{
		"kind":{"type":"string","title":"类","enum":["x","y"]},"a":{"type":"string","title":"甲","enum":["1","2"],"x-show":{"kind":"x"}},"b":{"type":"string","title":"乙","x-show":{"kind":"y","a":"1"}}}}`
	breaches := map[string][]breach{
		"need-basics-name":     {{"basics/name", basics(func(b *Basics) { b.Name = " " })}},
		"need-basics-summary":  {{"basics/summary", basics(func(b *Basics) { b.Summary = "" })}},
		"code-basics-type":     {{"basics/type", basics(func(b *Basics) { b.Type = "02" })}},
		"code-basics-caseType": {{"basics/caseType", basics(func(b *Basics) { b.CaseType = "quick" })}},
		"code-basics-mode":     {{"basics/mode", basics(func(b *Basics) { b.Mode = "fax" })}},
		"code-basics-level":    {{"basics/level", basics(func(b *Basics) { b.Level = "9" })}},
		"code-basics-scope":    {{"basics/scope", basics(func(b *Basics) { b.Scope = "8" })}},
		"some-basics-audience": {{"basics/audience", basics(func(b *Basics) { b.Audience = nil })}},
		"audience-code":        {{"basics/audience", basics(func(b *Basics) { b.Audience = []string{"7"} })}},
		"some-basics-topics":   {{"basics/topics", basics(func(b *Basics) { b.Topics = nil })}},
		"basic-code-type":      {{"basics/basicCode", basics(func(b *Basics) { b.BasicCode = "322099002000" })}},
		"handling-name": {{"basics/handling/name", basics(func(b *Basics) { b.Handling.No = "01" })},
			{"basics/handling/name", basics(func(b *Basics) { b.Handling = Handling{No: "01", Name: "新办（首次）"} })}},
		"power-source":           {{"basics/powerSource", basics(func(b *Basics) { b.PowerSource = "" })}},
		"depth-range":            {{"basics/depth", basics(func(b *Basics) { b.Depth = 5 })}},
		"depth-of-mode":          {{"basics/depth", basics(func(b *Basics) { b.Depth = 2 })}},
		"online-without-visits":  {{"basics/visits", basics(func(b *Basics) { b.Visits, b.VisitReason, b.ModeGround = 1, "核验", "某法 第一条" })}},
		"visit-reason":           {{"basics/visitReason", basics(func(b *Basics) { b.VisitReason = "无" })}, {"basics/visitReason", basics(func(b *Basics) { b.Visits = 1 })}},
		"visits-of-mode":         {{"basics/mode", basics(func(b *Basics) { b.Mode, b.Depth = "precheck", 3 })}, {"basics/mode", basics(func(b *Basics) { b.Mode, b.Depth = "window", 1 })}},
		"many-visits":            {{"basics/visits", basics(func(b *Basics) { b.Visits = 2 })}},
		"mode-ground":            {{"basics/modeGround", basics(func(b *Basics) { b.Visits, b.Mode = 1, "precheck" })}, {"basics/modeGround", basics(func(b *Basics) { b.Mode, b.ModeGround = "window", "领导要求" })}},
		"ground-without-limit":   {{"basics/modeGround", basics(func(b *Basics) { b.ModeGround = "民法典 第一条" })}},
		"summary-length":         {{"basics/summary", basics(func(b *Basics) { b.Summary = strings.Repeat("占用道路，", 20) })}},
		"everyday-names":         {{"basics/aliases", basics(func(b *Basics) { b.Aliases = nil })}},
		"code-department-nature": {{"department/nature", func(s *subject) { s.g.Department.Nature = "" }}},
		"entrusted-by":           {{"department/entrusted", func(s *subject) { s.g.Department.Nature = "3" }}, {"department/entrusted", func(s *subject) { s.g.Department.Entrusted = "某局" }}},
		"entrusted-organ": {{"department/nature", func(s *subject) {
			s.g.Department.Nature, s.g.Department.Entrusted, s.g.Department.USCC = "3", "某局", "12320213XX0000021J"
		}}},
		"visit-step":                    {{"steps/decide/visit", func(s *subject) { s.g.Steps[3].Visit = true }}, {"steps/review/visit", func(s *subject) { s.g.Steps[1].Questions = []string{"通道"} }}},
		"joint-limit":                   {{"limits/joint", limits(func(l *Limits) { l.Joint = &Joint{46, "决定"} })}, {"limits/joint", limits(func(l *Limits) { l.Joint = &Joint{20, ""} })}},
		"some-windows":                  {{"windows", func(s *subject) { s.g.Windows = nil }}},
		"window-complete":               {{"windows/0/address", func(s *subject) { s.g.Windows[0].Address = "" }}, {"windows/0/hours", func(s *subject) { s.g.Windows[0].Hours = " " }}},
		"window-phone":                  {{"windows/0/phone", func(s *subject) { s.g.Windows[0].Phone = "00000001" }}, {"windows/0/phone", func(s *subject) { s.g.Windows[0].Phone = "021-00000001" }}, {"windows/0/phone", func(s *subject) { s.g.Windows[0].Phone = "" }}},
		"need-contacts-consult":         {{"contacts/consult", func(s *subject) { s.g.Contacts.Consult = "" }}},
		"need-contacts-complaint":       {{"contacts/complaint", func(s *subject) { s.g.Contacts.Complaint = "" }}},
		"contact-phone":                 {{"contacts/consult", func(s *subject) { s.g.Contacts.Consult = "中心：00000001" }}, {"contacts/complaint", func(s *subject) { s.g.Contacts.Complaint = "意见箱" }}},
		"complaint-apart":               {{"contacts/complaint", func(s *subject) { s.g.Contacts.Complaint = "热线0510-00000001" }}},
		"some-conditions":               {{"conditions", func(s *subject) { s.g.Conditions = nil }}},
		"condition-text":                {{"conditions/0", func(s *subject) { s.g.Conditions[0].Text = "" }}},
		"condition-twice":               {{"conditions/1", func(s *subject) { s.g.Conditions[1].Text = s.g.Conditions[0].Text }}},
		"condition-when":                {{"conditions/1/when", func(s *subject) { s.g.Conditions[1].When = &Cond{Field: "nowhere", Set: true} }}, {"conditions/1/when", func(s *subject) { s.g.Conditions[1].When = &Cond{Field: "kind", In: []string{"fly"}} }}},
		"scenario-field":                {{"scenarios/0/field", func(s *subject) { s.g.Scenarios[0].Field = "road" }}, {"scenarios/1/field", func(s *subject) { s.g.Scenarios[1].Field = "kind" }}},
		"scenario-question":             {{"scenarios/0/question", func(s *subject) { s.g.Scenarios[0].Question = "" }}},
		"scenario-order":                {{"scenarios/0/field", func(s *subject) { slices.Reverse(s.g.Scenarios) }}},
		"scenario-narrows":              {{"scenarios/1", func(s *subject) { s.g.Materials = s.g.Materials[:2] }}},
		"when-without-scenario":         {{"scenarios", func(s *subject) { s.g.Scenarios = s.g.Scenarios[:1] }}},
		"field-reachable":               {{"form/properties/b", func(s *subject) { s.f = compiled(t, never) }}},
		"material-code":                 {{"materials/m01", func(s *subject) { s.g.Materials[1].Code = "m01" }}, {"materials/一", material(func(m *Material) { m.Code = "一" })}},
		"material-complete":             {{"materials/m02/name", material(func(m *Material) { m.Name = "" })}, {"materials/m02/standard", material(func(m *Material) { m.Standard = "" })}},
		"material-kind":                 {{"materials/m02/kind", material(func(m *Material) { m.Kind = "x" })}},
		"material-necessity":            {{"materials/m02/necessity", material(func(m *Material) { m.Necessity = "" })}},
		"material-media":                {{"materials/m02/media", material(func(m *Material) { m.Media = "tape" })}},
		"material-source":               {{"materials/m02/source", material(func(m *Material) { m.Source = "" })}},
		"material-formats":              {{"materials/m02/formats", material(func(m *Material) { m.Formats = []string{"exe"} })}},
		"paper-law":                     {{"materials/m02/paperLaw", material(func(m *Material) { m.Media = "paper" })}, {"materials/m02/paperLaw", material(func(m *Material) { m.Media, m.PaperLaw = "paper", "关于提交材料的通知" })}, {"materials/m02/paperLaw", material(func(m *Material) { m.PaperLaw = "管理办法 第三条" })}},
		"material-name-vague":           {{"materials/m02/name", material(func(m *Material) { m.Name = "其他材料" })}, {"materials/m02/name", material(func(m *Material) { m.Name = "图纸、照片等" })}},
		"material-lines":                {{"materials/m02/lines", material(func(m *Material) { m.Lines = nil })}},
		"line-complete":                 {{"materials/m02/lines/a", material(func(m *Material) { m.Lines = []Line{{"a", ""}} })}, {"materials/m02/lines/a", material(func(m *Material) { m.Lines = []Line{{"a", "请补。"}, {"a", "请换。"}} })}},
		"line-tells":                    {{"materials/m02/lines/a", material(func(m *Material) { m.Lines = []Line{{"a", "照片不清楚。"}} })}},
		"material-when":                 {{"materials/m02/when", material(func(m *Material) { m.When = &Cond{Field: "nowhere", Set: true} })}, {"materials/m02/when", material(func(m *Material) { m.When = &Cond{Field: "kind"} })}, {"materials/m02/when", material(func(m *Material) { m.When = &Cond{Field: "road", In: []string{"x"}} })}},
		"material-twice":                {{"materials/m02/name", material(func(m *Material) { m.Name = "身份证" })}},
		"licence-from-applicant":        {{"materials/m02/source", material(func(m *Material) { m.LicenceType = "x" })}},
		"issuer":                        {{"materials/m01/issuer", func(s *subject) { s.g.Materials[0].Issuer = "" }}},
		"without-licence":               {{"materials/m01/licenceType", func(s *subject) { s.g.Materials[0].LicenceType = "" }}},
		"material-basis":                {{"materials/m02/basis", material(func(m *Material) { m.Basis = "" })}},
		"copies-of-files":               {{"materials/m02/copies", material(func(m *Material) { m.Copies = 3 })}},
		"copy-of-file":                  {{"materials/m02/name", material(func(m *Material) { m.Name = "平面图复印件" })}},
		"material-files":                {{"materials/m02/blankForm", material(func(m *Material) { m.BlankForm = "ftp://x" })}, {"materials/m02/sampleFile", material(func(m *Material) { m.SampleFile = "//evil.example/x" })}, {"materials/m02/sampleFile", material(func(m *Material) { m.SampleFile = "/files/short" })}},
		"nobody-reads":                  {{"materials", func(s *subject) { s.g.Steps = s.g.Steps[:1] }}},
		"many-materials":                {{"materials", func(s *subject) { s.g.Materials = many(s.g.Materials[1], 13) }}},
		"some-steps":                    {{"steps", func(s *subject) { s.g.Steps = nil }}},
		"steps-there":                   {{"steps", func(s *subject) { s.g.Steps = s.g.Steps[:3] }}},
		"step-complete":                 {{"steps/review/kind", func(s *subject) { s.g.Steps[1].Kind = "look" }}, {"steps/review/role", func(s *subject) { s.g.Steps[1].Role = "boss" }}, {"steps/receive/key", func(s *subject) { s.g.Steps[1].Key = "receive" }}, {"steps/review/days", func(s *subject) { s.g.Steps[1].Days = -1 }}},
		"review-stage":                  {{"steps/review/stage", func(s *subject) { s.g.Steps[1].Stage = 0 }}, {"steps/review/stage", func(s *subject) { s.g.Steps[1].Stage = 2 }}},
		"steps-within-promise":          {{"steps", func(s *subject) { s.g.Steps[1].Days = 9 }}},
		"instant-steps":                 {{"steps/traffic", basics(func(b *Basics) { b.CaseType = "instant" })}},
		"limit-unit":                    {{"limits/promised/unit", limits(func(l *Limits) { l.Promised.Unit = "week" })}},
		"limit-days":                    {{"limits/promised", limits(func(l *Limits) { l.Promised.Days = 0 })}, {"limits/statutory", limits(func(l *Limits) { l.Statutory = Limit{Days: 3, Unit: "none"} })}},
		"instant-promise":               {{"limits/promised", limits(func(l *Limits) { l.Promised = Limit{Unit: "instant"} })}, {"limits/promised", basics(func(b *Basics) { b.CaseType = "instant" })}},
		"promised-over-statutory":       {{"limits/promised", limits(func(l *Limits) { l.Promised.Days = 21 })}, {"limits/promised", limits(func(l *Limits) { l.Promised = Limit{Days: 29, Unit: "day"} })}, {"limits/promised", limits(func(l *Limits) { l.Statutory = Limit{Days: 11, Unit: "day"} })}, {"limits/promised", limits(func(l *Limits) { l.Statutory = Limit{Unit: "instant"} })}},
		"promise-missing":               {{"limits/promised", limits(func(l *Limits) { l.Promised = Limit{Unit: "none"} })}},
		"statutory-basis":               {{"limits/statutoryBasis", limits(func(l *Limits) { l.StatutoryBasis = "" })}},
		"statutory-law":                 {{"limits/statutoryBasis", limits(func(l *Limits) { l.StatutoryBasis = "局里的惯例" })}},
		"licensing-limits":              {{"limits/receipt", limits(func(l *Limits) { l.Receipt = &Limit{Days: 6, Unit: "workday"} })}, {"limits/delivery", limits(func(l *Limits) { l.Delivery = &Limit{Days: 20, Unit: "day"} })}},
		"licensing-statutory":           {{"limits/statutory", limits(func(l *Limits) { l.Statutory.Days = 45 })}},
		"special-complete":              {{"limits/special/0", limits(func(l *Limits) { l.Special[0].Basis = "" })}, {"limits/special/0", limits(func(l *Limits) { l.Special[0].Kind = "tea" })}},
		"code-limits-mark":              {{"limits/mark", limits(func(l *Limits) { l.Mark = "" })}},
		"fee-complete":                  {{"fees/0/standard", func(s *subject) { s.g.Fees[0].Standard = "" }}, {"fees/0/basis", func(s *subject) { s.g.Fees[0].Basis = "" }}},
		"fee-basis":                     {{"fees/0/basis", func(s *subject) { s.g.Fees[0].Basis = "历来如此" }}},
		"fee-vague":                     {{"fees/0/standard", func(s *subject) { s.g.Fees[0].Standard = "按有关规定收取" }}},
		"fee-reduction":                 {{"fees/0/reduction", func(s *subject) { s.g.Fees[0].Reducible = true }}, {"fees/0/reduction", func(s *subject) { s.g.Fees[0].Reduction = "低保免收" }}},
		"fee-due":                       {{"fees/0/due", func(s *subject) { s.g.Fees[0].Due, s.g.Fees[0].Amount = "someday", 100 }}},
		"fee-amount":                    {{"fees/0/amount", func(s *subject) { s.g.Fees[0].Due = "decision" }}, {"fees/0/amount", func(s *subject) { s.g.Fees[0].Amount = 100 }}, {"fees/0/amount", func(s *subject) { s.g.Fees[0].Per = []string{"area"} }}},
		"fee-per":                       {{"fees/0/per", charged("nowhere")}, {"fees/0/per", charged("start..nowhere")}, {"fees/0/per", charged("road")}},
		"fee-when":                      {{"fees/0/when", func(s *subject) { charged()(s); s.g.Fees[0].When = &Cond{Field: "nowhere", Set: true} }}},
		"fee-mark":                      {{"fees/0/mark", func(s *subject) { s.g.Fees[0].Mark = "" }}},
		"some-results":                  {{"results", func(s *subject) { s.g.Results = nil }}},
		"result-complete":               {{"results/0/name", func(s *subject) { s.g.Results[0].Name = "" }}, {"results/0/delivery", func(s *subject) { s.g.Results[0].Delivery = []string{"fax"} }}, {"results/0/licenceType", func(s *subject) { s.g.Results[0].LicenceType = "" }}, {"results/0/kind", func(s *subject) { s.g.Results[0].Kind = "" }}},
		"result-kind-by-name":           {{"results/0/kind", func(s *subject) { s.g.Results[0].Kind = "approval" }}, {"results/0/kind", func(s *subject) { s.g.Results[0].Name = "关于占用道路的批复" }}},
		"result-fields":                 {{"results/0/fields/road", func(s *subject) { s.g.Results[0].Fields = map[string]string{"road": "nowhere"} }}, {"results/0/untilOf", func(s *subject) { s.g.Results[0].UntilOf = "road" }}},
		"licence-electronic":            {{"results/0/delivery", func(s *subject) { s.g.Results[0].Delivery = []string{Mail} }}},
		"result-fetched":                {{"results/0/delivery", func(s *subject) { s.g.Results[0].Delivery = []string{PickUp} }}},
		"some-basis":                    {{"basis", func(s *subject) { s.g.Basis = nil }}},
		"basis-complete":                {{"basis/0/law", func(s *subject) { s.g.Basis[0].Law = "" }}, {"basis/0/mark", func(s *subject) { s.g.Basis[0].Mark = "Z" }}},
		"basis-article":                 {{"basis/0/article", func(s *subject) { s.g.Basis[0].Article = "" }}},
		"basis-gist":                    {{"basis/0/gist", func(s *subject) { s.g.Basis[0].Gist = "" }}},
		"basis-twice":                   {{"basis/1", func(s *subject) { s.g.Basis = append(s.g.Basis, s.g.Basis[0]) }}},
		"licensing-basis":               {{"basis", func(s *subject) { s.g.Basis[0].Law = "关于加强道路管理的通知" }}},
		"basis-unproven":                {{"basis/0/mark", func(s *subject) { s.g.Basis[0].Mark = "M" }}},
		"some-questions":                {{"questions", func(s *subject) { s.g.Questions = nil }}},
		"question-answered":             {{"questions/0/a", func(s *subject) { s.g.Questions[0].A = "" }}, {"questions/0/q", func(s *subject) { s.g.Questions[0].Q = "" }}},
		"question-dodged":               {{"questions/0/a", func(s *subject) { s.g.Questions[0].A = "请咨询窗口。" }}},
		"question-twice":                {{"questions/1/q", func(s *subject) { s.g.Questions[1].Q = s.g.Questions[0].Q }}},
		"some-rights":                   {{"rights", func(s *subject) { s.g.Rights = nil }}},
		"some-duties":                   {{"duties", func(s *subject) { s.g.Duties = nil }}},
		"rights-text":                   {{"rights/0", func(s *subject) { s.g.Rights[0] = " " }}, {"duties/1", func(s *subject) { s.g.Duties[1] = "" }}},
		"need-remedies-reconsideration": {{"remedies/reconsideration", func(s *subject) { s.g.Remedies.Reconsideration = "" }}},
		"litigation":                    {{"remedies/litigation", func(s *subject) { s.g.Remedies.Litigation = "" }}},
		"need-privacy-purpose":          {{"privacy/purpose", func(s *subject) { s.g.Privacy.Purpose = "" }}},
		"need-privacy-retention":        {{"privacy/retention", func(s *subject) { s.g.Privacy.Retention = "" }}},
		"some-privacy-data":             {{"privacy/data", func(s *subject) { s.g.Privacy.Data = nil }}},
		"open-ended":                    {{"conditions/0", func(s *subject) { s.g.Conditions[0].Text = "符合相关部门规定的要求。" }}, {"materials/m02/standard", material(func(m *Material) { m.Standard = "视情况提交" })}, {"materials/m02/lines/a", material(func(m *Material) { m.Lines[0].Text = "请补充其他材料。" })}},
		"long-sentence":                 {{"questions/0/a", func(s *subject) { s.g.Questions[0].A = strings.Repeat("施工期间，", 13) }}},
		"nested-clauses": {{"conditions/0", func(s *subject) {
			s.g.Conditions[0].Text = "依法取得的由主管部门核发的在有效期内的载明范围的许可。"
		}}},
		"double-negative": {{"conditions/0", func(s *subject) { s.g.Conditions[0].Text = "不得不占用道路。" }}, {"duties/0", func(s *subject) { s.g.Duties[0] = "非经批准不得变更。" }}},
		"office-words":    {{"duties/0", func(s *subject) { s.g.Duties[0] = "对现场予以清理。" }}},
		"in-english":      {{"basics/nameEn", basics(func(b *Basics) { b.NameEN = "" })}, {"materials/m02/nameEn", material(func(m *Material) { m.NameEN = "" })}, {"scenarios/0/questionEn", func(s *subject) { s.g.Scenarios[0].QuestionEN = "" }}},
		"level-material": {{"materials/m04", func(s *subject) {
			m := s.g.Materials[1]
			m.Code, m.Name = "m04", "彩色照片"
			s.g.Materials = append(slices.Clone(s.g.Materials), m)
		}}},
		"level-necessity": {{"materials/m03/when", func(s *subject) { s.g.Materials = slices.Clone(s.g.Materials); s.g.Materials[2].When = nil }},
			{"materials/m01/licenceType", func(s *subject) { s.g.Materials = slices.Clone(s.g.Materials); s.g.Materials[0].LicenceType = "" }},
			{"materials/m02/necessity", func(s *subject) {
				s.city.Materials = slices.Clone(s.city.Materials)
				s.city.Materials[1].Necessity = "optional"
			}}},
		"level-condition": {{"conditions/2", func(s *subject) {
			s.g.Conditions = append(slices.Clone(s.g.Conditions), Condition{Text: "在本区注册。"})
		}}},
		"level-limit":     {{"limits/promised", limits(func(l *Limits) { l.Promised.Days = 15 })}, {"limits/statutory", limits(func(l *Limits) { l.Statutory.Days = 30 })}},
		"level-fee":       {{"fees/0", func(s *subject) { s.city.Fees = nil }}},
		"level-visits":    {{"basics/visits", basics(func(b *Basics) { b.Visits = 1 })}},
		"sibling-promise": {{"limits/promised", limits(func(l *Limits) { l.Promised.Days = 11 })}},
		"sibling-materials": {{"materials", func(s *subject) {
			m := s.g.Materials[1]
			m.Code = "m09"
			s.g.Materials = append(slices.Clone(s.g.Materials), m)
		}}},
		"supplement-time":           {{"limits/supplement", func(s *subject) { s.g.Materials[1].Necessity = "tolerant" }}},
		"supplement-right":          {{"limits/supplement/note", supplement(5, "workday", "withdrawn", "")}, {"limits/supplement/late", supplement(5, "workday", "", "")}, {"limits/supplement/unit", supplement(5, "instant", "decide", "")}, {"limits/supplement/days", supplement(0, "workday", "decide", "")}},
		"supplement-within-promise": {{"limits/supplement/days", supplement(11, "workday", "decide", "")}, {"limits/supplement/days", supplement(40, "day", "decide", "")}},
		"tolerant-instant": {{"materials/m02/necessity", func(s *subject) {
			s.g.Materials[1].Necessity, s.g.Basics.CaseType = "tolerant", "instant"
		}}},
		"commitment-key":      {{"commitments/C 1/key", commitment(func(c *Commitment) { c.Key = "C 1" })}},
		"commitment-complete": {{"commitments/c01/consequence", commitment(func(c *Commitment) { c.Consequence = "" })}, {"commitments/c01/duties", commitment(func(c *Commitment) { c.Duties = nil })}},
		"commitment-days":     {{"commitments/c01/days", commitment(func(c *Commitment) { c.Days = 0 })}, {"commitments/c01/rectify", commitment(func(c *Commitment) { c.Rectify = 121 })}},
		"commitment-material": {{"commitments/c01/material", commitment(func(c *Commitment) { c.Material = "m99" })}},
		"commitment-unless":   {{"commitments/c01/unless", commitment(func(c *Commitment) { c.Unless = &Cond{Field: "nothing", In: []string{"x"}} })}},
		"auto-online": {{"auto", func(s *subject) {
			s.g.Basics.Mode, s.g.Auto = "window", []rule.Clause{{Key: "a", Name: "总是", Basis: "演示条例第一条", When: "true"}}
		}}},
		"auto-clause":         {{"auto/a/basis", func(s *subject) { s.g.Auto = []rule.Clause{{Key: "a", Name: "总是", When: "true"}} }}},
		"publish-code":        {{"basics/publish", basics(func(b *Basics) { b.Publish = "some" })}},
		"publish-ground":      {{"basics/publishGround", basics(func(b *Basics) { b.Publish = PublishNone })}, {"basics/publishGround", basics(func(b *Basics) { b.Publish = PublishGrants })}},
		"publish-ground-idle": {{"basics/publishGround", basics(func(b *Basics) { b.PublishGround = "涉及商业秘密" })}},
		"publish-privacy":     {{"basics/publish", basics(func(b *Basics) { b.Type, b.BasicCode, b.Publish = "05", "320599002000", PublishGrants })}},
		"publish-fields":      {{"basics/publishFields", basics(func(b *Basics) { b.PublishFields = []string{"nothing"} })}},
		"sibling-fee":         {{"fees", func(s *subject) { s.siblings[0].Facts.Fee, s.siblings[1].Facts.Fee = false, false }}},
	}
	seen := map[string]bool{}
	for _, r := range Rules() {
		if seen[r.Key] || r.Element == "" || r.Rests == "" || r.reads == "" || !slices.ContainsFunc(GuideElements(), func(e GuideElement) bool { return e.Key == r.Element }) {
			t.Errorf("rule %q is there twice, or says not on what it rests", r.Key)
		}
		seen[r.Key] = true
		if len(breaches[r.Key]) == 0 {
			t.Errorf("nothing breaks rule %q", r.Key)
		}
		for _, part := range strings.Fields(r.reads) {
			if !slices.Contains(Sections(), part) {
				t.Errorf("rule %q reads %q, which is no section", r.Key, part)
			}
		}
		for _, x := range breaches[r.Key] {
			s := clean()
			x.spoil(s)
			found := false
			for _, p := range s.check() {
				if p.ZH == "" || p.EN == "" || strings.Contains(p.ZH+p.EN, "%!") || strings.Contains(p.ZH+p.EN, "%s") {
					t.Errorf("%s: %+v", r.Key, p)
				}
				found = found || p.Rule == r.Key && p.Path == x.path && p.Severity() == r.Severity
			}
			if !found {
				t.Errorf("%s is not found at %s: %+v", r.Key, x.path, s.check())
			}
		}
	}
	for key := range breaches {
		if !seen[key] {
			t.Errorf("there is no rule %q", key)
		}
	}
}

func supplement(days int, unit, late, note string) func(*subject) {
	return func(s *subject) { s.g.Limits.Supplement = &Supplement{days, unit, late, note} }
}

// commitment gives the guide a promise that is right but for one thing.
func commitment(spoil func(*Commitment)) func(*subject) {
	return func(s *subject) {
		c := aCommitment()
		spoil(&c)
		s.g.Commitments = []Commitment{c}
	}
}

func aCommitment() Commitment {
	return Commitment{Key: "c01", Name: "场地平面图与现场一致", Material: "m02", Text: "本人承诺所述场地与现场一致。", Duties: []string{"按承诺布置场地。"}, Check: "现场核对。",
		Days: 20, Rectify: 10, Consequence: "与承诺不符又不改正的，撤销决定。", Basis: "国办发〔2020〕42号", Mark: "M"}
}

func many(m Material, n int) (out []Material) {
	for i := range n {
		m.Code = "m" + loc(10+i)
		m.Name = "图纸" + loc(i)
		out = append(out, m)
	}
	return out
}

func compiled(t *testing.T, text string) *form.Form {
	t.Helper()
	f, err := form.Compile([]byte(text), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestSound: what no rule is about never makes a clean guide unclean, in
// whatever order its parts stand.
func TestSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := clean()
		g := s.g
		g.Basics.Hot, g.Basics.Quota = rapid.IntRange(0, 99).Draw(t, "hot"), rapid.SampledFrom([]string{"", "每年100个"}).Draw(t, "quota")
		g.Basics.Agent, g.Basics.Appointment = rapid.Bool().Draw(t, "agent"), rapid.Bool().Draw(t, "appointment")
		g.Demo = rapid.SliceOf(rapid.SampledFrom([]string{"windows", "contacts"})).Draw(t, "demo")
		g.Privacy.Shared = rapid.SliceOf(rapid.SampledFrom([]string{"交警", "城管"})).Draw(t, "shared")
		g.Limits.Promised.Days = rapid.IntRange(7, 10).Draw(t, "days") // the steps take seven
		g.Materials[1].MaxFiles, g.Materials[1].MaxMB = rapid.IntRange(0, 20).Draw(t, "files"), rapid.IntRange(0, 50).Draw(t, "mb")
		g.Materials = rapid.Permutation(g.Materials).Draw(t, "materials")
		g.Questions, g.Rights = rapid.Permutation(g.Questions).Draw(t, "questions"), rapid.Permutation(g.Rights).Draw(t, "rights")
		g.Conditions = rapid.Permutation(g.Conditions).Draw(t, "conditions")
		for _, w := range rapid.SliceOfN(rapid.SampledFrom([]string{"0510-00000002", "12345", "13800000000", "0510-12345"}), 0, 3).Draw(t, "phones") {
			g.Windows = append(slices.Clone(g.Windows), Window{Name: "B", Address: "演示路2号", Hours: "工作日", Phone: w})
		}
		if ps := s.check(); len(ps) != 0 {
			t.Fatalf("%+v", ps)
		}
	})
}

// TestOwn: a list is asked only about what it does not take over.
func TestOwn(t *testing.T) {
	s := clean()
	s.g.Conditions, s.g.Contacts.Consult = nil, ""
	if ps := CheckList(s.codes, s.g, s.f, Against{Own: []string{"contacts"}}); len(ps) != 1 || ps[0].Rule != "need-contacts-consult" {
		t.Errorf("%+v", ps)
	}
	if ps := CheckList(s.codes, s.g, s.f, Against{Own: []string{}}); len(ps) != 0 {
		t.Errorf("a list that takes all over: %+v", ps)
	}
}

func TestCites(t *testing.T) {
	for text, want := range map[string][2]bool{
		"中华人民共和国民法典 第一千零四十九条": {true, true}, "城市道路管理条例 第三十三条": {true, true}, "《行政许可法》第四十二条": {true, true}, "居民身份证法第三条": {true, true}, "国务院令第746号": {true, true},
		"残疾人证管理办法 第六条": {false, true}, "优待证管理办法（试行）": {false, true}, "关于提交纸质材料的通知": {false, false}, "依法": {false, false}, "": {false, false}, "窗口惯例": {false, false}, "市政府令第167号": {false, true},
	} {
		if got := [2]bool{citesLaw(text), citesRule(text)}; got != want {
			t.Errorf("%s: law %v, rule %v", text, got[0], got[1])
		}
	}
}

func TestLimitShorter(t *testing.T) {
	w, d, now, none := func(n int) Limit { return Limit{Days: n, Unit: "workday"} }, func(n int) Limit { return Limit{Days: n, Unit: "day"} }, Limit{Unit: "instant"}, Limit{Unit: "none"}
	for _, x := range []struct {
		a, b Limit
		want bool
	}{{w(5), w(6), true}, {w(6), w(6), false}, {d(20), w(15), false}, {d(20), w(16), true}, {w(20), d(28), false}, {w(20), d(29), true}, {now, d(1), true}, {now, now, false}, {none, d(5), false}, {d(5), none, false}, {w(1), d(3), false}, {w(1), d(4), true}} {
		if got := limitShorter(x.a, x.b); got != x.want {
			t.Errorf("%v shorter than %v: %v", x.a, x.b, got)
		}
	}
}

func TestCompleteness(t *testing.T) {
	if c := clean().g.completeness(); c.Percent != 100 || len(c.Missing) != 0 {
		t.Errorf("a clean guide: %+v", c)
	}
	total := 0
	for _, e := range GuideElements() {
		total += e.Weight
		if !slices.ContainsFunc(Measures(), func(f Measure) bool { return f.Element == e.Key }) {
			t.Errorf("nothing is looked at for %s", e.Key)
		}
	}
	if total != 100 || len(GuideElements()) != 14 {
		t.Errorf("%d elements weigh %d", len(GuideElements()), total)
	}
	for key, spoil := range map[string]func(g *Guide){
		"basics.names": func(g *Guide) { g.Basics.Aliases = nil }, "windows.transport": func(g *Guide) { g.Windows[0].Transport = "" }, "conditions.scenarios": func(g *Guide) { g.Scenarios = nil },
		"materials.lines": func(g *Guide) { g.Materials[0].Lines = nil }, "basis.proven": func(g *Guide) { g.Basis[0].Mark = "M" }, "questions.three": func(g *Guide) { g.Questions = g.Questions[:1] },
		"limits.both": func(g *Guide) { g.Limits.StatutoryBasis = "" }, "remedies.both": func(g *Guide) { g.Remedies.Litigation = "" },
	} {
		g := clean().g
		spoil(g)
		if c := g.completeness(); c.Percent >= 100 || !slices.Contains(c.Missing, key) {
			t.Errorf("%s: %+v", key, c)
		}
	}
	var empty Guide
	if c := empty.completeness(); c.Percent < 1 || c.Percent > 30 || c.Band() != BandPoor {
		t.Errorf("an empty guide: %+v", c)
	}
}
