package sheet

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/catalog"
)

// boundary converts a code of ours to the national one and back; unknown codes
// are refused.
func boundary[T any](head, field string, national map[string]string, at func(*T) *string) column[T] {
	back := map[string]string{}
	for ours, theirs := range national {
		back[theirs] = ours
	}
	return column[T]{head: head, field: field, get: func(x *T) string { return national[*at(x)] },
		set: func(x *T, v string) fault {
			ours, ok := back[v]
			if !ok && v != "" {
				return notNational(v, strings.Join(slices.Sorted(maps.Keys(back)), "、"))
			}
			*at(x) = ours
			return fault{}
		}}
}

func notNational(v, codes string) fault {
	return notOf(v, "国家代码表", "the national code table", codes)
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
	return column[T]{head: head, field: field, get: get, set: func(*T, string) fault {
		return fault{zh: "由其他内容决定，没有采用", en: "follows from the rest and was left out", note: true}
	}}
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

// handleArea is 通办范围. The national table has no code for the delta: it goes out
// as 2 跨省/全省, and a 2 that comes back leaves it as it is.
func handleArea() column[gd] {
	national := nationalSame("scope")
	delete(national, catalog.ScopeDelta)
	c := boundary("通办范围", "HANDLE_AREA", national, func(g *gd) *string { return &g.Basics.Scope })
	get, set := c.get, c.set
	c.get = func(g *gd) string {
		if g.Basics.Scope == catalog.ScopeDelta {
			return "2"
		}
		return get(g)
	}
	c.set = func(g *gd, v string) fault {
		if v == "2" && g.Basics.Scope == catalog.ScopeDelta {
			return fault{}
		}
		return set(g, v)
	}
	return c
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
		days.set = func(g *gd, v string) fault {
			wrong := set(g, v)
			if l := at(g); wrong == (fault{}) && l.Days > 0 && (l.Unit == "instant" || l.Unit == "none") {
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
			set: func(g *gd, v string) fault {
				switch v {
				case "1", "":
					at(g).Unit = "workday"
				case "2":
					at(g).Unit = "day"
				default:
					return notNational(v, "1、2")
				}
				return fault{}
			}}
		return []column[gd]{days, unit, text(head+"说明", field+"_EXPLAIN", func(g *gd) *string { return &at(g).Note })}
	}
	audience := table{"服务对象", nationalSame("audience")}
	basic := []column[gd]{
		text("事项名称", "TASK_NAME", func(g *gd) *string { return &g.Basics.Name }),
		text("基本编码", "CATALOG_CODE", func(g *gd) *string { return &g.Basics.BasicCode }),
		boundary("事项类型", "TASK_TYPE", nationalSame("type"), func(g *gd) *string { return &g.Basics.Type }),
		{head: "设定依据", field: "BY_LAW", get: lawText, set: func(*gd, string) fault {
			return fault{zh: "来自基本目录，不能修改", en: "comes from the basic catalogue and cannot be changed"}
		}},
		boundary("权力来源", "POWER_SOURCE", nationalSame("powerSource"), func(g *gd) *string { return &g.Basics.PowerSource }),
		{head: "行使层级", field: "USE_LEVEL", get: func(g *gd) string { return g.Basics.Level }, set: func(*gd, string) fault {
			return fault{zh: "与实施编码不一致", en: "does not fit the code of the list"}
		}},
		follows("实施主体", "DEPT_NAME", func(g *gd) string { return g.Department.Name }),
		{head: "实施主体编码", field: "DEPT_CODE", get: func(g *gd) string { return g.Department.USCC }, set: func(*gd, string) fault {
			return fault{zh: "与实施编码不一致", en: "does not fit the code of the list"}
		}},
		boundary("实施主体性质", "DEPT_TYPE", nationalSame("nature"), func(g *gd) *string { return &g.Department.Nature }),
		text("委托部门", "ENTRUST_NAME", func(g *gd) *string { return &g.Department.Entrusted }),
		{head: "办件类型", field: "PROJECT_TYPE",
			get: func(g *gd) string { return map[string]string{"instant": "1", "promised": "2"}[g.Basics.CaseType] },
			set: func(g *gd, v string) fault {
				switch v {
				case "1":
					g.Basics.CaseType, g.Limits.Promised = "instant", catalog.Limit{Unit: "instant"}
				case "2":
					if g.Basics.CaseType = "promised"; g.Limits.Promised.Unit == "instant" {
						g.Limits.Promised.Unit = "workday"
					}
				default:
					return notNational(v, "1、2")
				}
				return fault{}
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
			set: func(g *gd, v string) fault {
				g.Conditions = nil
				for _, s := range split(v, "\n") {
					g.Conditions = append(g.Conditions, catalog.Condition{Text: s})
				}
				return fault{}
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
		handleArea(),
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
			set: func(g *gd, v string) fault {
				depth := 0
				for s := range strings.SplitSeq(v, "^") {
					n, err := strconv.Atoi(s)
					if v != "" && (err != nil || n < 1 || n > 9 || n == 8) {
						return notNational(s, "1、2、3、4、5、6、7、9")
					}
					if n != 9 {
						depth = max(depth, min(n, 4))
					}
				}
				g.Basics.Depth = depth
				return fault{}
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
		set: func(g *gd, v string) fault {
			list := slices.Clone(g.Windows)
			if len(list) == 0 {
				list = []catalog.Window{{Name: "综合窗口"}}
			}
			*at(&list[0]) = v
			g.Windows = list
			return fault{}
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
		set: func(g *gd, v string) fault {
			list := slices.Clone(g.Results)
			if len(list) == 0 {
				list = []catalog.Result{{Kind: "other", Delivery: []string{catalog.PickUp}}}
			}
			wrong := c.set(&list[0], v)
			g.Results = list
			return wrong
		}}
}
