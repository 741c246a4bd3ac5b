package sheet

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/rule"
)

// The sheets of a workbook. The first has one row a list; the others as many as
// the list has materials, steps, fees. 实施编码 stands first in each.

const (
	mainSheet = "事项"
	codeHead  = "实施编码"
)

// part is a sheet of the workbook.
type part interface {
	title() string
	columns() (heads, fields []string, need []bool)
	rows(g *catalog.Guide) [][]string
	// lay writes the rows of one list over the guide; at names a cell by row and
	// column of the table.
	lay(g *catalog.Guide, rows [][]string, has []bool, at func(row, col int) string) []catalog.Problem
}

// one is a sheet that says each list in one row.
type one struct {
	name string
	cols []column[catalog.Guide]
}

// many is a sheet with a row for each of a list's parts.
type many[T any] struct {
	name string
	cols []column[T]
	of   func(*catalog.Guide) *[]T
	key  func(*T) string // tells parts apart; nil: by their place
}

func (p one) title() string { return p.name }

func heads[T any](cols []column[T]) (heads, fields []string, need []bool) {
	for _, c := range cols {
		heads, fields, need = append(heads, c.head), append(fields, c.field), append(need, c.need)
	}
	return heads, fields, need
}

func cells[T any](cols []column[T], x *T) []string {
	out := make([]string, len(cols))
	for i, c := range cols {
		out[i] = c.get(x)
	}
	return out
}

// write lays a row over x; what equals what is there is no change.
func write[T any](cols []column[T], x *T, row []string, has []bool, at func(col int) string) (out []catalog.Problem) {
	for i, c := range cols {
		if !has[i] || row[i] == c.get(x) {
			continue
		}
		if wrong := c.set(x, row[i]); wrong != (fault{}) {
			out = append(out, wrong.problem(at(i), c.head))
		}
	}
	return out
}

func (p one) columns() ([]string, []string, []bool)     { return heads(p.cols) }
func (p one) rows(g *catalog.Guide) [][]string          { return [][]string{cells(p.cols, g)} }
func (p many[T]) title() string                         { return p.name }
func (p many[T]) columns() ([]string, []string, []bool) { return heads(p.cols) }

func (p one) lay(g *catalog.Guide, rows [][]string, has []bool, at func(row, col int) string) []catalog.Problem {
	if len(rows) == 0 {
		return nil
	}
	return write(p.cols, g, rows[0], has, func(c int) string { return at(0, c) })
}

func (p many[T]) rows(g *catalog.Guide) [][]string {
	var out [][]string
	for i := range *p.of(g) {
		out = append(out, cells(p.cols, &(*p.of(g))[i]))
	}
	return out
}

func (p many[T]) lay(g *catalog.Guide, rows [][]string, has []bool, at func(row, col int) string) (out []catalog.Problem) {
	have := *p.of(g)
	next := make([]T, len(rows))
	same := len(rows) == len(have)
	for i, row := range rows {
		if j := p.like(have, row, has, i); j >= 0 {
			next[i] = have[j]
			same = same && j == i
		}
		out = append(out, write(p.cols, &next[i], row, has, func(c int) string { return at(i, c) })...)
		same = same && slices.Equal(cells(p.cols, &next[i]), cells(p.cols, &have[i]))
	}
	if !same {
		*p.of(g) = next
	}
	return out
}

// like finds the part of the list that a row speaks of, -1 for a new one.
func (p many[T]) like(have []T, row []string, has []bool, i int) int {
	if p.key == nil || !has[0] {
		if i < len(have) {
			return i
		}
		return -1
	}
	return slices.IndexFunc(have, func(x T) bool { return p.key(&x) == row[0] })
}

type (
	gd = catalog.Guide
	mt = catalog.Material
)

// parts are the sheets in their order.
func parts() []part { return allParts }

var allParts = makeParts()

func makeParts() []part {
	audience, delivery, level := guideTable("audience"), guideTable("delivery"), guideTable("level")
	return []part{
		one{mainSheet, []column[gd]{
			text("事项名称", "TASK_NAME", func(g *gd) *string { return &g.Basics.Name }),
			text("英文名称", "", func(g *gd) *string { return &g.Basics.NameEN }),
			text("业务办理项名称", "", func(g *gd) *string { return &g.Basics.Handling.Name }),
			text("业务办理项英文名称", "", func(g *gd) *string { return &g.Basics.Handling.NameEN }),
			text("基本编码", "CATALOG_CODE", func(g *gd) *string { return &g.Basics.BasicCode }),
			coded("事项类型", "TASK_TYPE", guideTable("type"), func(g *gd) *string { return &g.Basics.Type }),
			{head: "实施主体", field: "DEPT_NAME", get: func(g *gd) string { return g.Department.Name }, set: func(*gd, string) fault {
				return fault{zh: "由实施编码决定，不能修改", en: "follows from the code and cannot be changed"}
			}},
			{head: "行使层级", field: "USE_LEVEL", get: func(g *gd) string { return level.say(g.Basics.Level) }, set: func(g *gd, v string) fault {
				code, wrong := level.code(v)
				if wrong == (fault{}) && code != "" && code != g.Basics.Level {
					return fault{zh: "由实施编码决定，不能修改", en: "follows from the code and cannot be changed"}
				}
				return wrong
			}},
			text("受理中心", "", func(g *gd) *string { return &g.Department.Receiving }),
			coded("实施主体性质", "DEPT_TYPE", guideTable("nature"), func(g *gd) *string { return &g.Department.Nature }),
			keys("联办机构", "OTHER_DEPT", nil, func(g *gd) *[]string { return &g.Department.Joint }),
			text("委托部门", "ENTRUST_NAME", func(g *gd) *string { return &g.Department.Entrusted }),
			coded("权力来源", "POWER_SOURCE", guideTable("powerSource"), func(g *gd) *string { return &g.Basics.PowerSource }),
			coded("办件类型", "PROJECT_TYPE", guideTable("caseType"), func(g *gd) *string { return &g.Basics.CaseType }),
			keys("服务对象", "SERVER_TYPE", &audience, func(g *gd) *[]string { return &g.Basics.Audience }),
			keys("主题", "USER_TOPIC_TYPE", nil, func(g *gd) *[]string { return &g.Basics.Topics }),
			several("别名", "", func(g *gd) *[]string { return &g.Basics.Aliases }),
			text("一句话说明", "", func(g *gd) *string { return &g.Basics.Summary }),
			text("一句话说明（英文）", "", func(g *gd) *string { return &g.Basics.SummaryEN }),
			coded("办理方式", "", guideTable("mode"), func(g *gd) *string { return &g.Basics.Mode }),
			text("限定申请方式的依据", "", func(g *gd) *string { return &g.Basics.ModeGround }),
			codedNumber("网上办理深度", "ONLINE_HANDLE_DEPTH", guideTable("depth"), func(g *gd) *int { return &g.Basics.Depth }),
			number("到办事现场次数", "LIMIT_SCENE_NUM", func(g *gd) *int { return &g.Basics.Visits }),
			text("必须现场办理原因说明", "LIMIT_SCENE_EXPLAIN", func(g *gd) *string { return &g.Basics.VisitReason }),
			coded("通办范围", "HANDLE_AREA", guideTable("scope"), func(g *gd) *string { return &g.Basics.Scope }),
			flag("是否支持预约办理", "IS_SCHEDULE", func(g *gd) *bool { return &g.Basics.Appointment }),
			flag("是否可以代办", "", func(g *gd) *bool { return &g.Basics.Agent }),
			text("数量限制", "LIMIT_EXPLAIN", func(g *gd) *string { return &g.Basics.Quota }),
			coded("决定是否公开", "", guideTable("publish"), func(g *gd) *string { return &g.Basics.Publish }),
			text("决定不公开的理由", "", func(g *gd) *string { return &g.Basics.PublishGround }),
			several("决定公开的内容", "", func(g *gd) *[]string { return &g.Basics.PublishFields }),
			number("热门次序", "", func(g *gd) *int { return &g.Basics.Hot }),
			number("法定办结时限", "ANTICIPATE_DAY", func(g *gd) *int { return &g.Limits.Statutory.Days }),
			coded("法定办结时限单位", "ANTICIPATE_TYPE", limitUnits, func(g *gd) *string { return &g.Limits.Statutory.Unit }),
			text("法定办结时限说明", "ANTICIPATE_EXPLAIN", func(g *gd) *string { return &g.Limits.Statutory.Note }),
			text("法定办结时限依据", "", func(g *gd) *string { return &g.Limits.StatutoryBasis }),
			coded("法定办结时限核对情况", "", guideTable("mark"), func(g *gd) *string { return &g.Limits.Mark }),
			number("承诺办结时限", "PROMISE_DAY", func(g *gd) *int { return &g.Limits.Promised.Days }),
			coded("承诺办结时限单位", "PROMISE_TYPE", limitUnits, func(g *gd) *string { return &g.Limits.Promised.Unit }),
			text("承诺办结时限说明", "PROMISE_EXPLAIN", func(g *gd) *string { return &g.Limits.Promised.Note }),
			optional("受理时限", func(g *gd) **catalog.Limit { return &g.Limits.Receipt }),
			optional("送达时限", func(g *gd) **catalog.Limit { return &g.Limits.Delivery }),
			optional("延长时限", func(g *gd) **catalog.Limit { return &g.Limits.Extension }),
			optional("补正时限", func(g *gd) **catalog.Limit { return &g.Limits.Correction }),
			supplement("容缺补齐时限", func(g *gd) **catalog.Supplement { return &g.Limits.Supplement }),
			jointly("联合办理"),
			text("咨询方式", "LINK_WAY", func(g *gd) *string { return &g.Contacts.Consult }),
			text("监督投诉方式", "SUPERVISE_WAY", func(g *gd) *string { return &g.Contacts.Complaint }),
			several("依法享有的权利", "", func(g *gd) *[]string { return &g.Rights }),
			several("依法履行的义务", "", func(g *gd) *[]string { return &g.Duties }),
			text("行政复议", "", func(g *gd) *string { return &g.Remedies.Reconsideration }),
			text("行政诉讼", "", func(g *gd) *string { return &g.Remedies.Litigation }),
			text("个人信息处理者", "", func(g *gd) *string { return &g.Privacy.Processor }),
			text("个人信息处理目的", "", func(g *gd) *string { return &g.Privacy.Purpose }),
			several("处理的个人信息", "", func(g *gd) *[]string { return &g.Privacy.Data }),
			text("个人信息保存期限", "", func(g *gd) *string { return &g.Privacy.Retention }),
			text("个人信息处理依据", "", func(g *gd) *string { return &g.Privacy.Basis }),
			several("个人信息提供给", "", func(g *gd) *[]string { return &g.Privacy.Shared }),
			several("演示数据", "", func(g *gd) *[]string { return &g.Demo }),
		}},
		many[catalog.Window]{"窗口", []column[catalog.Window]{
			needed(text("窗口名称", "", func(w *catalog.Window) *string { return &w.Name })),
			text("办理地点", "TRANSACT_ADDR", func(w *catalog.Window) *string { return &w.Address }),
			text("办理时间", "TRANSACT_TIME", func(w *catalog.Window) *string { return &w.Hours }),
			text("窗口电话", "", func(w *catalog.Window) *string { return &w.Phone }),
			text("交通指引", "", func(w *catalog.Window) *string { return &w.Transport }),
		}, func(g *gd) *[]catalog.Window { return &g.Windows }, nil},
		many[catalog.Condition]{"受理条件", []column[catalog.Condition]{
			needed(text("受理条件", "ACCEPT_CONDITION", func(c *catalog.Condition) *string { return &c.Text })),
			cond("适用情形", func(c *catalog.Condition) **catalog.Cond { return &c.When }),
		}, func(g *gd) *[]catalog.Condition { return &g.Conditions }, nil},
		many[catalog.Scenario]{"情形", []column[catalog.Scenario]{
			needed(text("表单项", "", func(s *catalog.Scenario) *string { return &s.Field })),
			needed(text("问题", "", func(s *catalog.Scenario) *string { return &s.Question })),
			text("问题（英文）", "", func(s *catalog.Scenario) *string { return &s.QuestionEN }),
			text("提示", "", func(s *catalog.Scenario) *string { return &s.Note }),
		}, func(g *gd) *[]catalog.Scenario { return &g.Scenarios }, nil},
		materialSheet(),
		many[catalog.Commitment]{"告知承诺", []column[catalog.Commitment]{
			needed(text("承诺代号", "", func(c *catalog.Commitment) *string { return &c.Key })),
			needed(text("承诺名称", "", func(c *catalog.Commitment) *string { return &c.Name })),
			text("承诺名称（英文）", "", func(c *catalog.Commitment) *string { return &c.NameEN }),
			text("所代替的材料", "", func(c *catalog.Commitment) *string { return &c.Material }),
			needed(text("承诺内容", "", func(c *catalog.Commitment) *string { return &c.Text })),
			several("履行的义务", "", func(c *catalog.Commitment) *[]string { return &c.Duties }),
			text("核查内容和方式", "", func(c *catalog.Commitment) *string { return &c.Check }),
			number("核查期限（工作日）", "", func(c *catalog.Commitment) *int { return &c.Days }),
			number("整改期限（工作日）", "", func(c *catalog.Commitment) *int { return &c.Rectify }),
			text("违反承诺的后果", "", func(c *catalog.Commitment) *string { return &c.Consequence }),
			text("依据", "", func(c *catalog.Commitment) *string { return &c.Basis }),
			cond("不适用的情形", func(c *catalog.Commitment) **catalog.Cond { return &c.Unless }),
			text("不适用的申请人", "", func(c *catalog.Commitment) *string { return &c.Excluded }),
			flag("是否当场决定", "", func(c *catalog.Commitment) *bool { return &c.OnSpot }),
			coded("核对情况", "", guideTable("mark"), func(c *catalog.Commitment) *string { return &c.Mark }),
		}, func(g *gd) *[]catalog.Commitment { return &g.Commitments }, func(c *catalog.Commitment) string { return c.Key }},
		many[catalog.Step]{"流程", []column[catalog.Step]{
			needed(text("环节代号", "", func(s *catalog.Step) *string { return &s.Key })),
			needed(text("环节名称", "", func(s *catalog.Step) *string { return &s.Name })),
			needed(coded("环节类型", "", guideTable("step"), func(s *catalog.Step) *string { return &s.Kind })),
			text("办理单位", "", func(s *catalog.Step) *string { return &s.Unit }),
			coded("办理人", "", guideTable("role"), func(s *catalog.Step) *string { return &s.Role }),
			number("阶段", "", func(s *catalog.Step) *int { return &s.Stage }),
			number("办理时限", "", func(s *catalog.Step) *int { return &s.Days }),
			flag("现场核查", "", func(s *catalog.Step) *bool { return &s.Visit }),
			several("核查内容", "", func(s *catalog.Step) *[]string { return &s.Questions }),
		}, func(g *gd) *[]catalog.Step { return &g.Steps }, func(s *catalog.Step) string { return s.Key }},
		many[catalog.Special]{"特别程序", []column[catalog.Special]{
			needed(coded("特别程序", "SPECIAL_PROCEDURE", guideTable("special"), func(s *catalog.Special) *string { return &s.Kind })),
			number("时限", "", func(s *catalog.Special) *int { return &s.Days }),
			text("依据", "", func(s *catalog.Special) *string { return &s.Basis }),
		}, func(g *gd) *[]catalog.Special { return &g.Limits.Special }, nil},
		many[catalog.Fee]{"收费", []column[catalog.Fee]{
			needed(text("收费项目名称", "FEE_NAME", func(f *catalog.Fee) *string { return &f.Name })),
			needed(text("收费标准", "FEE_STAND", func(f *catalog.Fee) *string { return &f.Standard })),
			needed(text("收费依据", "BY_LAW", func(f *catalog.Fee) *string { return &f.Basis })),
			flag("是否允许减免", "IS_DESC", func(f *catalog.Fee) *bool { return &f.Reducible }),
			text("允许减免依据", "DESC_EXPLAIN", func(f *catalog.Fee) *string { return &f.Reduction }),
			coded("缴费时点", "", guideTable("feeDue"), func(f *catalog.Fee) *string { return &f.Due }),
			fen("金额（元）", "", func(f *catalog.Fee) *int64 { return &f.Amount }),
			several("计费数量", "", func(f *catalog.Fee) *[]string { return &f.Per }),
			cond("收取情形", func(f *catalog.Fee) **catalog.Cond { return &f.When }),
			coded("核对情况", "", guideTable("mark"), func(f *catalog.Fee) *string { return &f.Mark }),
		}, func(g *gd) *[]catalog.Fee { return &g.Fees }, nil},
		many[catalog.Result]{"结果", []column[catalog.Result]{
			needed(text("审批结果名称", "RESULT_NAME", func(r *catalog.Result) *string { return &r.Name })),
			needed(coded("审批结果类型", "RESULT_TYPE", guideTable("result"), func(r *catalog.Result) *string { return &r.Kind })),
			text("证照类型", "", func(r *catalog.Result) *string { return &r.LicenceType }),
			number("有效期（年）", "", func(r *catalog.Result) *int { return &r.Years }),
			text("有效期至（表单项）", "", func(r *catalog.Result) *string { return &r.UntilOf }),
			coded("对已有证照的作用", "", guideTable("does"), func(r *catalog.Result) *string { return &r.Does }),
			number("延续提前天数", "", func(r *catalog.Result) *int { return &r.Ahead }),
			keys("送达方式", "", &delivery, func(r *catalog.Result) *[]string { return &r.Delivery }),
			inJSON("证照内容", func(r *catalog.Result) *map[string]string { return &r.Fields }),
		}, func(g *gd) *[]catalog.Result { return &g.Results }, nil},
		many[catalog.Basis]{"依据", []column[catalog.Basis]{
			needed(text("法律法规名称", "", func(b *catalog.Basis) *string { return &b.Law })),
			text("文号", "", func(b *catalog.Basis) *string { return &b.DocNo }),
			needed(text("条款", "", func(b *catalog.Basis) *string { return &b.Article })),
			text("内容", "", func(b *catalog.Basis) *string { return &b.Gist }),
			coded("核对情况", "", guideTable("mark"), func(b *catalog.Basis) *string { return &b.Mark }),
		}, func(g *gd) *[]catalog.Basis { return &g.Basis }, nil},
		many[catalog.Question]{"问答", []column[catalog.Question]{
			needed(text("问题", "QUESTION", func(q *catalog.Question) *string { return &q.Q })),
			needed(text("回答", "ANSWER", func(q *catalog.Question) *string { return &q.A })),
		}, func(g *gd) *[]catalog.Question { return &g.Questions }, nil},
		many[rule.Clause]{"秒批规则", []column[rule.Clause]{
			needed(text("规则代号", "", func(c *rule.Clause) *string { return &c.Key })),
			needed(text("规则名称", "", func(c *rule.Clause) *string { return &c.Name })),
			text("规则名称（英文）", "", func(c *rule.Clause) *string { return &c.NameEN }),
			text("依据", "", func(c *rule.Clause) *string { return &c.Basis }),
			needed(text("规则", "", func(c *rule.Clause) *string { return &c.When })),
		}, func(g *gd) *[]rule.Clause { return &g.Auto }, nil},
		formSheet{},
	}
}

func materialSheet() part {
	return many[mt]{"材料", []column[mt]{
		needed(text("材料代号", "", func(m *mt) *string { return &m.Code })),
		needed(text("材料名称", "MATERIAL_NAME", func(m *mt) *string { return &m.Name })),
		text("英文名称", "", func(m *mt) *string { return &m.NameEN }),
		coded("材料类型", "MATERIAL_TYPE", guideTable("material"), func(m *mt) *string { return &m.Kind }),
		needed(coded("材料必要性", "IS_NEED", guideTable("necessity"), func(m *mt) *string { return &m.Necessity })),
		cond("适用情形", func(m *mt) **catalog.Cond { return &m.When }),
		coded("材料形式", "MATERIAL_FORMAT", guideTable("media"), func(m *mt) *string { return &m.Media }),
		text("要求纸质的法律法规", "", func(m *mt) *string { return &m.PaperLaw }),
		coded("来源渠道", "SOURCE_TYPE", guideTable("source"), func(m *mt) *string { return &m.Source }),
		text("出具机构", "", func(m *mt) *string { return &m.Issuer }),
		text("可以免交的证照", "", func(m *mt) *string { return &m.LicenceType }),
		number("纸质材料份数", "PAGE_NUM", func(m *mt) *int { return &m.Copies }),
		text("纸质材料规格", "PAGE_FORMAT", func(m *mt) *string { return &m.Spec }),
		keys("文件格式", "", nil, func(m *mt) *[]string { return &m.Formats }),
		number("单个文件上限（MB）", "", func(m *mt) *int { return &m.MaxMB }),
		number("文件数上限", "", func(m *mt) *int { return &m.MaxFiles }),
		text("受理标准", "ACCEPT_STAND", func(m *mt) *string { return &m.Standard }),
		text("填报须知", "FILL_EXPLAIN", func(m *mt) *string { return &m.Filling }),
		text("空白表格", "FORM_GUID", func(m *mt) *string { return &m.BlankForm }),
		text("示例样表", "EXAMPLE_GUID", func(m *mt) *string { return &m.SampleFile }),
		text("要求提供材料的依据", "BY_LAW", func(m *mt) *string { return &m.Basis }),
		lines(),
	}, func(g *gd) *[]mt { return &g.Materials }, func(m *mt) string { return m.Code }}
}

// lines are the requirements of a material in one cell: “a：请上传……”, one a line.
func lines() column[mt] {
	c := several("补正要点", "", func(*mt) *[]string { return nil })
	said := func(m *mt) []string {
		var out []string
		for _, l := range m.Lines {
			out = append(out, l.Code+"："+l.Text)
		}
		return out
	}
	c.get = func(m *mt) string { return joined(said(m), "\n") }
	c.set = func(m *mt, v string) fault {
		m.Lines = nil
		for i, s := range split(v, "\n") {
			code, text, ok := cutLine(s)
			if !ok {
				code, text = lineCode(i), s
			}
			m.Lines = append(m.Lines, catalog.Line{Code: code, Text: text})
		}
		return fault{}
	}
	return c
}

// cutLine parts the code of a requirement from its words.
func cutLine(s string) (code, text string, ok bool) {
	r := []rune(s)
	for i, x := range r[:min(len(r), 12)] {
		if (x == '：' || x == ':') && i > 0 {
			return string(r[:i]), string(r[i+1:]), true
		}
		if (x < 'a' || x > 'z') && (x < '0' || x > '9') && x != '-' {
			return "", "", false
		}
	}
	return "", "", false
}

func lineCode(i int) string {
	if i < 26 {
		return string(rune('a' + i))
	}
	return "l" + strconv.Itoa(i+1)
}

// formSheet has the form's text, in as many rows as a cell's limit makes of it.
type formSheet struct{}

func (formSheet) title() string { return "表单" }

func (formSheet) columns() ([]string, []string, []bool) {
	return []string{"序号", "表单原文"}, []string{"", ""}, []bool{false, true}
}

// cellRunes is how much of a text stands in one cell; Excel takes 32,767 units.
const cellRunes = 12_000

func (formSheet) rows(g *catalog.Guide) [][]string {
	var out [][]string
	for r := []rune(string(g.Form)); len(r) > 0; {
		n := min(len(r), cellRunes)
		out = append(out, []string{strconv.Itoa(len(out) + 1), string(r[:n])})
		r = r[n:]
	}
	return out
}

func (formSheet) lay(g *catalog.Guide, rows [][]string, _ []bool, at func(row, col int) string) []catalog.Problem {
	text := ""
	for _, r := range rows {
		text += r[1]
	}
	switch {
	case text == string(g.Form) || text == "":
		return nil
	case !json.Valid([]byte(text)):
		return []catalog.Problem{{Path: at(0, 1), Error: true, ZH: "表单原文不是正确的 JSON", EN: "the form is no sound JSON"}}
	}
	g.Form = json.RawMessage(text)
	return nil
}
