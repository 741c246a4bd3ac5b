package sheet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/catalog"
)

// The national exchange tables 国家政务服务平台交换表, by their field names. What a
// guide has beyond them stays as it is when they are imported.

// exchange is a table of the exchange format.
type exchange interface {
	names() [2]string // of administrative powers, and of public services
	fields() []string
	out(g *catalog.Guide) []map[string]string
	lay(g *catalog.Guide, rows []exchangeRow) []catalog.Problem
}

// exchangeRow is an object of a table.
type exchangeRow struct {
	at     string
	values map[string]string
}

type exchangeTable[T any] struct {
	table [2]string
	cols  []column[T]
	of    func(*catalog.Guide) *[]T // nil: the guide itself
	self  func(*catalog.Guide) *T
	like  func(list []T, code string, row map[string]string) int
	guid  func(g *catalog.Guide, i int) string
	fresh func(list []T, x *T) // completes a new part
}

func (x exchangeTable[T]) names() [2]string { return x.table }

func (x exchangeTable[T]) fields() []string {
	out := []string{"ROW_GUID", "TASK_GUID", "TASK_CODE", "ORDER_NUM"}
	for _, c := range x.cols {
		out = append(out, c.field)
	}
	return out
}

func (x exchangeTable[T]) out(g *catalog.Guide) []map[string]string {
	row := func(t *T, guid string) map[string]string {
		m := map[string]string{"ROW_GUID": guid, "TASK_GUID": g.Basics.Code, "TASK_CODE": g.Basics.Code}
		for _, c := range x.cols {
			m[c.field] = c.get(t)
		}
		return m
	}
	if x.of == nil {
		return []map[string]string{row(x.self(g), g.Basics.Code)}
	}
	list := *x.of(g)
	out := make([]map[string]string, len(list))
	for i := range list {
		out[i] = row(&list[i], x.guid(g, i))
		out[i]["ORDER_NUM"] = strconv.Itoa(i + 1)
	}
	return out
}

func (x exchangeTable[T]) write(t *T, row exchangeRow) (out []catalog.Problem) {
	for _, c := range x.cols {
		v, has := row.values[c.field]
		if !has || v == c.get(t) {
			continue
		}
		if wrong := c.set(t, v); wrong != "" {
			p := catalog.Problem{Path: row.at + "/" + c.field, Error: true, ZH: c.head + "：" + wrong}
			if note, ok := strings.CutPrefix(wrong, noted); ok {
				p.Error, p.ZH = false, c.head+"："+note
			}
			out = append(out, p)
		}
	}
	return out
}

func (x exchangeTable[T]) lay(g *catalog.Guide, rows []exchangeRow) (out []catalog.Problem) {
	if x.of == nil {
		for _, r := range rows[:min(1, len(rows))] {
			out = append(out, x.write(x.self(g), r)...)
		}
		return out
	}
	slices.SortStableFunc(rows, func(a, b exchangeRow) int {
		na, _ := strconv.Atoi(a.values["ORDER_NUM"])
		nb, _ := strconv.Atoi(b.values["ORDER_NUM"])
		return na - nb
	})
	have := *x.of(g)
	next := make([]T, 0, len(rows))
	same := len(rows) == len(have)
	for i, r := range rows {
		var t T
		j := x.like(have, g.Basics.Code, r.values)
		if j < 0 {
			same = false
		} else {
			t = have[j]
			same = same && j == i && fits(x.cols, &t, r.values)
		}
		out = append(out, x.write(&t, r)...)
		if j < 0 && x.fresh != nil {
			x.fresh(append(slices.Clone(have), next...), &t)
		}
		next = append(next, t)
	}
	if !same {
		*x.of(g) = next
	}
	return out
}

// fits: the row says what is there already.
func fits[T any](cols []column[T], t *T, values map[string]string) bool {
	for _, c := range cols {
		if v, has := values[c.field]; has && v != c.get(t) {
			return false
		}
	}
	return true
}

// noted begins words about a value that is left out, which refuses nothing.
const noted = "\x00"

// boundary converts a code of ours to the national one and back; unknown codes
// are refused.
func boundary[T any](head, field string, national map[string]string, at func(*T) *string) column[T] {
	back := map[string]string{}
	for ours, theirs := range national {
		back[theirs] = ours
	}
	return column[T]{head: head, field: field, get: func(x *T) string { return national[*at(x)] },
		set: func(x *T, v string) string {
			ours, ok := back[v]
			if !ok && v != "" {
				return "“" + cut(v) + "”不在国家代码表中：" + strings.Join(slices.Sorted(maps.Keys(back)), "、")
			}
			*at(x) = ours
			return ""
		}}
}

func bit[T any](head, field string, at func(*T) *bool) column[T] {
	c := flag(head, field, at)
	c.get = func(x *T) string {
		if *at(x) {
			return "1"
		}
		return "0"
	}
	return c
}

// follows is a field that follows from others: a value that differs is left out
// with a note.
func follows[T any](head, field string, get func(*T) string) column[T] {
	return column[T]{head: head, field: field, get: get, set: func(*T, string) string { return noted + "由其他内容决定，没有采用" }}
}

func figure[T any](c column[T], at func(*T) *int) column[T] {
	c.get = func(x *T) string { return strconv.Itoa(*at(x)) }
	return c
}

// nationalSame is a table whose codes are ours.
func nationalSame(name string) map[string]string {
	out := map[string]string{}
	for code := range catalog.CodeWords(name) {
		out[code] = code
	}
	return out
}

var exchangeTables = makeExchange()

func makeExchange() []exchange {
	yes := func(v bool) string {
		if v {
			return "1"
		}
		return "0"
	}
	limit := func(head, field string, at func(*gd) *catalog.Limit) []column[gd] {
		days := figure(number(head, field+"_DAY", func(g *gd) *int { return &at(g).Days }), func(g *gd) *int { return &at(g).Days })
		set := days.set
		days.set = func(g *gd, v string) string {
			wrong := set(g, v)
			if l := at(g); wrong == "" && l.Days > 0 && (l.Unit == "instant" || l.Unit == "none") {
				l.Unit = "workday"
			}
			return wrong
		}
		unit := column[gd]{head: head + "单位", field: field + "_TYPE",
			get: func(g *gd) string {
				if at(g).Unit == "day" {
					return "2"
				}
				return "1"
			},
			set: func(g *gd, v string) string {
				switch v {
				case "1", "":
					at(g).Unit = "workday"
				case "2":
					at(g).Unit = "day"
				default:
					return "“" + cut(v) + "”不在国家代码表中：1、2"
				}
				return ""
			}}
		return []column[gd]{days, unit, text(head+"说明", field+"_EXPLAIN", func(g *gd) *string { return &at(g).Note })}
	}
	audience := table{"服务对象", nationalSame("audience")}
	basic := []column[gd]{
		text("事项名称", "TASK_NAME", func(g *gd) *string { return &g.Basics.Name }),
		text("基本编码", "CATALOG_CODE", func(g *gd) *string { return &g.Basics.BasicCode }),
		boundary("事项类型", "TASK_TYPE", nationalSame("type"), func(g *gd) *string { return &g.Basics.Type }),
		{head: "设定依据", field: "BY_LAW", get: lawText, set: func(*gd, string) string { return "来自基本目录，不能修改" }},
		boundary("权力来源", "POWER_SOURCE", nationalSame("powerSource"), func(g *gd) *string { return &g.Basics.PowerSource }),
		{head: "行使层级", field: "USE_LEVEL", get: func(g *gd) string { return g.Basics.Level }, set: func(*gd, string) string { return "与实施编码不一致" }},
		follows("实施主体", "DEPT_NAME", func(g *gd) string { return g.Department.Name }),
		{head: "实施主体编码", field: "DEPT_CODE", get: func(g *gd) string { return g.Department.USCC }, set: func(*gd, string) string { return "与实施编码不一致" }},
		boundary("实施主体性质", "DEPT_TYPE", nationalSame("nature"), func(g *gd) *string { return &g.Department.Nature }),
		text("委托部门", "ENTRUST_NAME", func(g *gd) *string { return &g.Department.Entrusted }),
		{head: "办件类型", field: "PROJECT_TYPE",
			get: func(g *gd) string { return map[string]string{"instant": "1", "promised": "2"}[g.Basics.CaseType] },
			set: func(g *gd, v string) string {
				switch v {
				case "1":
					g.Basics.CaseType, g.Limits.Promised = "instant", catalog.Limit{Unit: "instant"}
				case "2":
					if g.Basics.CaseType = "promised"; g.Limits.Promised.Unit == "instant" {
						g.Limits.Promised.Unit = "workday"
					}
				default:
					return "“" + cut(v) + "”不在国家代码表中：1、2"
				}
				return ""
			}},
	}
	basic = append(basic, limit("法定办结时限", "ANTICIPATE", func(g *gd) *catalog.Limit { return &g.Limits.Statutory })...)
	basic = append(basic, limit("承诺办结时限", "PROMISE", func(g *gd) *catalog.Limit { return &g.Limits.Promised })...)
	servers := keys("服务对象", "SERVER_TYPE", &audience, func(g *gd) *[]string { return &g.Basics.Audience })
	servers.get = func(g *gd) string { return strings.Join(g.Basics.Audience, "^") }
	basic = append(basic,
		column[gd]{head: "受理条件", field: "ACCEPT_CONDITION",
			get: func(g *gd) string {
				var all []string
				for _, c := range g.Conditions {
					all = append(all, c.Text)
				}
				return strings.Join(all, "\n")
			},
			set: func(g *gd, v string) string {
				g.Conditions = nil
				for _, s := range split(v, "\n") {
					g.Conditions = append(g.Conditions, catalog.Condition{Text: s})
				}
				return ""
			}},
		follows("办理流程", "HANDLE_FLOW", func(g *gd) string {
			var all []string
			for _, s := range g.Steps {
				all = append(all, s.Name)
			}
			return strings.Join(all, "→")
		}),
		follows("特别程序", "SPECIAL_PROCEDURE", func(g *gd) string {
			var all []string
			for _, s := range g.Limits.Special {
				all = append(all, catalog.CodeWords("special")[s.Kind][0])
			}
			return strings.Join(all, "、")
		}),
		follows("是否收费", "IS_FEE", func(g *gd) string { return yes(len(g.Fees) > 0) }),
		servers,
		boundary("办理形式", "HANDLE_TYPE", map[string]string{"window": "1", "online": "2", "precheck": "1^2"}, func(g *gd) *string { return &g.Basics.Mode }),
		figure(number("到办事现场次数", "LIMIT_SCENE_NUM", func(g *gd) *int { return &g.Basics.Visits }), func(g *gd) *int { return &g.Basics.Visits }),
		text("必须现场办理原因说明", "LIMIT_SCENE_EXPLAIN", func(g *gd) *string { return &g.Basics.VisitReason }),
		windowText("办理地点", "TRANSACT_ADDR", func(w *catalog.Window) *string { return &w.Address }),
		windowText("办理时间", "TRANSACT_TIME", func(w *catalog.Window) *string { return &w.Hours }),
		text("咨询方式", "LINK_WAY", func(g *gd) *string { return &g.Contacts.Consult }),
		text("监督投诉方式", "SUPERVISE_WAY", func(g *gd) *string { return &g.Contacts.Complaint }),
	)
	extend := []column[gd]{
		boundary("通办范围", "HANDLE_AREA", nationalSame("scope"), func(g *gd) *string { return &g.Basics.Scope }),
		follows("联办机构", "OTHER_DEPT", func(g *gd) string { return strings.Join(g.Department.Joint, "、") }),
		text("数量限制", "LIMIT_EXPLAIN", func(g *gd) *string { return &g.Basics.Quota }),
		resultText("审批结果类型", "RESULT_TYPE", map[string]string{"licence": "10", "approval": "20", "other": "30", "none": "99"}, func(r *catalog.Result) *string { return &r.Kind }),
		resultText("审批结果名称", "RESULT_NAME", nil, func(r *catalog.Result) *string { return &r.Name }),
		bit("是否支持预约办理", "IS_SCHEDULE", func(g *gd) *bool { return &g.Basics.Appointment }),
		follows("是否网办", "IS_ONLINE", func(g *gd) string { return yes(g.Basics.Depth > 1) }),
		{head: "网上办理深度", field: "ONLINE_HANDLE_DEPTH",
			get: func(g *gd) string {
				return []string{"", "1", "1^2", "1^2^3", "1^2^3^4^5^6"}[max(0, min(4, g.Basics.Depth))]
			},
			set: func(g *gd, v string) string {
				depth := 0
				for s := range strings.SplitSeq(v, "^") {
					n, err := strconv.Atoi(s)
					if v != "" && (err != nil || n < 1 || n > 9 || n == 8) {
						return "“" + cut(s) + "”不在国家代码表中：1至7、9"
					}
					if n != 9 {
						depth = max(depth, min(n, 4))
					}
				}
				g.Basics.Depth = depth
				return ""
			}},
	}
	self := func(g *gd) *gd { return g }
	return []exchange{
		exchangeTable[gd]{table: [2]string{"UP_TASK_GENERAL_BASIC", "UP_TASK_PUBLIC_BASIC"}, cols: basic, self: self},
		exchangeTable[gd]{table: [2]string{"UP_TASK_GENERAL_EXTEND", "UP_TASK_PUBLIC_EXTEND"}, cols: extend, self: self},
		exchangeTable[mt]{table: [2]string{"UP_TASK_GENERAL_MATERIAL", "UP_TASK_PUBLIC_MATERIAL"}, cols: []column[mt]{
			text("材料名称", "MATERIAL_NAME", func(m *mt) *string { return &m.Name }),
			boundary("材料类型", "MATERIAL_TYPE", map[string]string{"certificate": "1", "document": "2", "other": "3"}, func(m *mt) *string { return &m.Kind }),
			boundary("材料形式", "MATERIAL_FORMAT", map[string]string{"paper": "1", "electronic": "2", "both": "3"}, func(m *mt) *string { return &m.Media }),
			boundary("材料必要性", "IS_NEED", map[string]string{"required": "1", "optional": "2", "tolerant": "3"}, func(m *mt) *string { return &m.Necessity }),
			boundary("来源渠道", "SOURCE_TYPE", map[string]string{"self": "10", "government": "20", "other": "99"}, func(m *mt) *string { return &m.Source }),
			text("来源渠道说明", "SOURCE_EXPLAIN", func(m *mt) *string { return &m.Issuer }),
			figure(number("纸质材料份数", "PAGE_NUM", func(m *mt) *int { return &m.Copies }), func(m *mt) *int { return &m.Copies }),
			text("纸质材料规格", "PAGE_FORMAT", func(m *mt) *string { return &m.Spec }),
			text("空白表格", "FORM_GUID", func(m *mt) *string { return &m.BlankForm }),
			text("示例样表", "EXAMPLE_GUID", func(m *mt) *string { return &m.SampleFile }),
			text("填报须知", "FILL_EXPLAIN", func(m *mt) *string { return &m.Filling }),
			text("受理标准", "ACCEPT_STAND", func(m *mt) *string { return &m.Standard }),
			text("要求提供材料的依据", "BY_LAW", func(m *mt) *string { return &m.Basis }),
		}, of: func(g *gd) *[]mt { return &g.Materials }, guid: func(g *gd, i int) string { return g.Basics.Code + "-" + g.Materials[i].Code },
			like: func(list []mt, code string, row map[string]string) int {
				if i := slices.IndexFunc(list, func(m mt) bool { return row["ROW_GUID"] == code+"-"+m.Code }); i >= 0 {
					return i
				}
				return slices.IndexFunc(list, func(m mt) bool { return m.Name == row["MATERIAL_NAME"] })
			},
			fresh: func(list []mt, m *mt) {
				for n := len(list) + 1; m.Code == ""; n++ {
					code := fmt.Sprintf("m%02d", n)
					if !slices.ContainsFunc(list, func(o mt) bool { return o.Code == code }) {
						m.Code = code
					}
				}
				if m.Standard != "" {
					m.Lines = []catalog.Line{{Code: "a", Text: m.Standard}}
				}
			}},
		exchangeTable[catalog.Fee]{table: [2]string{"UP_TASK_GENERAL_FEE_PROJECT", "UP_TASK_PUBLIC_FEE_PROJECT"}, cols: []column[catalog.Fee]{
			text("收费项目名称", "FEE_NAME", func(f *catalog.Fee) *string { return &f.Name }),
			text("收费标准", "FEE_STAND", func(f *catalog.Fee) *string { return &f.Standard }),
			text("收费依据", "BY_LAW", func(f *catalog.Fee) *string { return &f.Basis }),
			bit("是否允许减免", "IS_DESC", func(f *catalog.Fee) *bool { return &f.Reducible }),
			text("允许减免依据", "DESC_EXPLAIN", func(f *catalog.Fee) *string { return &f.Reduction }),
		}, of: func(g *gd) *[]catalog.Fee { return &g.Fees }, guid: func(g *gd, i int) string { return g.Basics.Code + "-f" + strconv.Itoa(i+1) },
			like: func(list []catalog.Fee, _ string, row map[string]string) int {
				return slices.IndexFunc(list, func(f catalog.Fee) bool { return f.Name == row["FEE_NAME"] })
			},
			fresh: func(_ []catalog.Fee, f *catalog.Fee) { f.Mark = "M" }},
		exchangeTable[catalog.Question]{table: [2]string{"UP_TASK_GENERAL_QUESTIONS", "UP_TASK_PUBLIC_QUESTIONS"}, cols: []column[catalog.Question]{
			text("问题", "QUESTION", func(q *catalog.Question) *string { return &q.Q }),
			text("回答", "ANSWER", func(q *catalog.Question) *string { return &q.A }),
		}, of: func(g *gd) *[]catalog.Question { return &g.Questions }, guid: func(g *gd, i int) string { return g.Basics.Code + "-q" + strconv.Itoa(i+1) },
			like: func(list []catalog.Question, _ string, row map[string]string) int {
				return slices.IndexFunc(list, func(q catalog.Question) bool { return q.Q == row["QUESTION"] })
			}},
	}
}

func lawText(g *gd) string {
	var all []string
	for _, b := range g.Basis {
		all = append(all, strings.TrimSpace("《"+b.Law+"》"+b.DocNo+" "+b.Article))
	}
	return strings.Join(all, "\n")
}

// windowText is a field of the first window.
func windowText(head, field string, at func(*catalog.Window) *string) column[gd] {
	return column[gd]{head: head, field: field,
		get: func(g *gd) string {
			if len(g.Windows) == 0 {
				return ""
			}
			return *at(&g.Windows[0])
		},
		set: func(g *gd, v string) string {
			list := slices.Clone(g.Windows)
			if len(list) == 0 {
				list = []catalog.Window{{Name: "综合窗口"}}
			}
			*at(&list[0]) = v
			g.Windows = list
			return ""
		}}
}

// resultText is a field of the first result.
func resultText(head, field string, national map[string]string, at func(*catalog.Result) *string) column[gd] {
	c := text(head, field, at)
	if national != nil {
		c = boundary(head, field, national, at)
	}
	return column[gd]{head: head, field: field,
		get: func(g *gd) string {
			if len(g.Results) == 0 {
				return ""
			}
			return c.get(&g.Results[0])
		},
		set: func(g *gd, v string) string {
			list := slices.Clone(g.Results)
			if len(list) == 0 {
				list = []catalog.Result{{Kind: "other", Delivery: []string{catalog.PickUp}}}
			}
			wrong := c.set(&list[0], v)
			g.Results = list
			return wrong
		}}
}

// publicService is the item type whose tables are UP_TASK_PUBLIC_….
const publicService = "20"

// WriteExchange writes lists as the national exchange tables: one JSON object
// with an array for each table. lists is gone through once for each table.
func WriteExchange(w io.Writer, lists []*catalog.Guide) error {
	var err error
	put := func(s string) {
		if err == nil {
			_, err = io.WriteString(w, s)
		}
	}
	put("{")
	first := true
	for _, x := range exchangeTables {
		for kind, name := range x.names() {
			sep := fmt.Sprintf("%q: [", name)
			if !first {
				sep = "],\n" + sep
			}
			first = false
			put(sep)
			comma := "\n"
			for _, g := range lists {
				if (g.Basics.Type == publicService) != (kind == 1) {
					continue
				}
				for _, row := range x.out(g) {
					b, jerr := json.Marshal(row)
					if err = errors.Join(err, jerr); err != nil {
						return err
					}
					put(comma + string(b))
					comma = ",\n"
				}
			}
		}
	}
	put("]}\n")
	return err
}

// ReadExchange reads the national exchange tables. Tables and fields that guides
// do not have are left out, and each list says which.
func ReadExchange(file []byte) ([]catalog.Entry, error) {
	if len(file) > MaxFile {
		return nil, ErrTooLarge
	}
	known := map[string]int{}
	fields := make([]map[string]bool, len(exchangeTables))
	for i, x := range exchangeTables {
		fields[i] = map[string]bool{}
		for _, f := range x.fields() {
			fields[i][f] = true
		}
		for _, n := range x.names() {
			known[n] = i
		}
	}
	type listTables struct {
		at, code string
		rows     [][]exchangeRow
		notes    []catalog.Problem
	}
	var lists []*listTables
	by := map[string]*listTables{}
	type loose struct {
		table int
		row   exchangeRow
	}
	var later []loose // parts may stand before their list
	spare := map[string]bool{}
	dec := json.NewDecoder(bytes.NewReader(file))
	dec.UseNumber()
	bad := func(at string, err error) error {
		return refused(at, "不是正确的交换表 JSON，应为“表名: [记录]”（第"+strconv.FormatInt(dec.InputOffset(), 10)+"字节）："+fmt.Sprint(err), "This is no JSON of exchange tables: "+fmt.Sprint(err))
	}
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, bad("file", err)
	}
	total := 0
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, bad("file", err)
		}
		name, _ := key.(string)
		name = strings.ToUpper(name)
		i, ok := known[name]
		if !ok {
			var skip json.RawMessage
			if err := dec.Decode(&skip); err != nil {
				return nil, bad(cut(name), err)
			}
			spare[cut(name)] = true
			continue
		}
		if t, err := dec.Token(); err != nil || t != json.Delim('[') {
			return nil, bad(name, err)
		}
		for n := 0; dec.More(); n++ {
			if total++; total > 5*maxRows || n > maxRows {
				return nil, tooMany(name, maxRows)
			}
			var raw map[string]any
			if err := dec.Decode(&raw); err != nil {
				return nil, bad(fmt.Sprintf("%s/%d", name, n), err)
			}
			row := exchangeRow{at: fmt.Sprintf("%s/%d", name, n), values: map[string]string{}}
			var out []string
			for k, v := range raw {
				k = strings.ToUpper(k)
				s, ok := scalar(v)
				if !ok || !fields[i][k] {
					if s != "" || !ok {
						out = append(out, cut(k))
					}
					continue
				}
				row.values[k] = s
			}
			if i == 0 {
				if len(lists) == maxLists {
					return nil, tooMany(name, maxLists)
				}
				l := &listTables{at: row.at, code: strings.ToUpper(row.values["TASK_CODE"]), rows: make([][]exchangeRow, len(exchangeTables))}
				l.rows[0] = []exchangeRow{row}
				lists = append(lists, l)
				if by[l.code] == nil {
					by[l.code] = l
				}
				if len(out) > 0 {
					slices.Sort(out)
					l.notes = append(l.notes, catalog.Problem{Path: row.at, ZH: "这些字段本平台没有，没有导入：" + strings.Join(out[:min(len(out), 30)], "、")})
				}
				continue
			}
			later = append(later, loose{i, row})
		}
		if _, err := dec.Token(); err != nil {
			return nil, bad(name, err)
		}
	}
	if _, err := dec.Token(); err != nil {
		return nil, bad("file", err)
	}
	seen := make([]bool, len(exchangeTables))
	var entries []catalog.Entry
	for _, x := range later {
		seen[x.table] = true
		l := by[strings.ToUpper(x.row.values["TASK_CODE"])]
		if l == nil {
			if len(entries) < maxLoose {
				entries = append(entries, catalog.Entry{At: x.row.at, Code: cut(x.row.values["TASK_CODE"]), Problems: []catalog.Problem{{Path: x.row.at + "/TASK_CODE", Error: true, ZH: "没有这个实施编码的事项基本信息"}}})
			}
			continue
		}
		l.rows[x.table] = append(l.rows[x.table], x.row)
	}
	var out []catalog.Entry
	for i, l := range lists {
		if i == 0 && len(spare) > 0 {
			names := slices.Sorted(maps.Keys(spare))
			l.notes = append(l.notes, catalog.Problem{Path: "file", ZH: "这些表本平台没有，没有导入：" + strings.Join(names[:min(len(names), 30)], "、")})
		}
		out = append(out, catalog.Entry{At: l.at, Code: l.code, Problems: l.notes, Lay: func(g *catalog.Guide) (ps []catalog.Problem) {
			for i, x := range exchangeTables {
				if i == 0 || seen[i] {
					ps = append(ps, x.lay(g, slices.Clone(l.rows[i]))...)
				}
			}
			return ps
		}})
	}
	if len(out) == 0 {
		return nil, refused("UP_TASK_GENERAL_BASIC", "文件中没有事项基本信息", "The file has no UP_TASK_GENERAL_BASIC")
	}
	return append(out, entries...), nil
}

func scalar(v any) (string, bool) {
	switch x := v.(type) {
	case nil:
		return "", true
	case string:
		return strings.ReplaceAll(x, "\r\n", "\n"), true
	case json.Number:
		return x.String(), true
	case bool:
		if x {
			return "1", true
		}
		return "0", true
	}
	return "", false
}
