package sheet

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/catalog"
)

// column is one value of T as text: a column of a sheet, or a field of an
// exchange table.
type column[T any] struct {
	head  string // 要素 name: the heading
	field string // national field name, accepted as a heading too; empty if there is none
	need  bool   // a sheet without it cannot be read
	get   func(*T) string
	set   func(*T, string) fault
}

func text[T any](head, field string, at func(*T) *string) column[T] {
	return column[T]{head: head, field: field, get: func(t *T) string { return *at(t) }, set: func(t *T, v string) fault { *at(t) = v; return fault{} }}
}

func needed[T any](c column[T]) column[T] {
	c.need = true
	return c
}

func number[T any](head, field string, at func(*T) *int) column[T] {
	return column[T]{head: head, field: field,
		get: func(t *T) string { return zero(strconv.Itoa(*at(t))) },
		set: func(t *T, v string) fault {
			if v == "" {
				*at(t) = 0
				return fault{}
			}
			n, ok := whole(v)
			if !ok {
				return unlike(v, "应为整数", "should be a whole number")
			}
			*at(t) = n
			return fault{}
		}}
}

// fen is an amount of money: yuan in the cell, fen in the guide.
func fen[T any](head, field string, at func(*T) *int64) column[T] {
	return column[T]{head: head, field: field,
		get: func(t *T) string {
			if *at(t) == 0 {
				return ""
			}
			return catalog.Yuan(*at(t))
		},
		set: func(t *T, v string) fault {
			if v == "" {
				*at(t) = 0
				return fault{}
			}
			n, ok := catalog.Fen(v)
			if !ok {
				return unlike(v, "应为金额，单位是元，最多两位小数", "should be an amount in yuan with at most two decimals")
			}
			*at(t) = n
			return fault{}
		}}
}

// zero leaves a cell empty where nothing is meant.
func zero(s string) string {
	if s == "0" {
		return ""
	}
	return s
}

// whole reads a number as people and spreadsheets write it.
func whole(v string) (int, bool) {
	v = strings.TrimSuffix(v, ".0")
	n, err := strconv.Atoi(v)
	return n, err == nil && n >= 0 && n <= 1_000_000
}

func flag[T any](head, field string, at func(*T) *bool) column[T] {
	return column[T]{head: head, field: field,
		get: func(t *T) string {
			if *at(t) {
				return "是"
			}
			return "否"
		},
		set: func(t *T, v string) fault {
			switch strings.ToLower(v) {
			case "是", "1", "true", "y", "yes":
				*at(t) = true
			case "否", "0", "false", "n", "no", "":
				*at(t) = false
			default:
				return unlike(v, "应为是或者否", "should be 是 (yes) or 否 (no)")
			}
			return fault{}
		}}
}

// table is a code table: labels by code. Values are read by label or by code.
type table struct {
	name  string
	words map[string]string
}

func guideTable(name string) table {
	t := table{name, map[string]string{}}
	for code, w := range catalog.CodeWords(name) {
		t.words[code] = w[0]
	}
	return t
}

var limitUnits = table{"时限单位", map[string]string{"workday": "工作日", "day": "自然日", "instant": "当场办结", "none": "无期限"}}

func (t table) say(code string) string {
	if w, ok := t.words[code]; ok {
		return w
	}
	return code
}

func (t table) code(v string) (string, fault) {
	if _, ok := t.words[v]; ok || v == "" {
		return v, fault{}
	}
	for code, w := range t.words {
		if w == v {
			return code, fault{}
		}
	}
	var all []string
	for code, w := range t.words {
		all = append(all, code+" "+w)
	}
	slices.Sort(all)
	return "", notOf(v, "代码表", "the code table", strings.Join(all, "、"))
}

func coded[T any](head, field string, t table, at func(*T) *string) column[T] {
	return column[T]{head: head, field: field, get: func(x *T) string { return t.say(*at(x)) },
		set: func(x *T, v string) fault {
			code, wrong := t.code(v)
			if wrong == (fault{}) {
				*at(x) = code
			}
			return wrong
		}}
}

// codedNumber is a code table whose codes are numbers in the guide.
func codedNumber[T any](head, field string, t table, at func(*T) *int) column[T] {
	return column[T]{head: head, field: field, get: func(x *T) string { return t.say(strconv.Itoa(*at(x))) },
		set: func(x *T, v string) fault {
			code, wrong := t.code(v)
			if n, ok := whole(code); wrong == (fault{}) && (ok || code == "") {
				*at(x) = n
			}
			return wrong
		}}
}

// several values stand in one cell, one a line; what a line cannot hold makes
// the cell JSON.
func several[T any](head, field string, at func(*T) *[]string) column[T] {
	return column[T]{head: head, field: field, get: func(x *T) string { return joined(*at(x), "\n") },
		set: func(x *T, v string) fault { *at(x) = split(v, "\n"); return fault{} }}
}

// keys are short values, parted by 、.
func keys[T any](head, field string, t *table, at func(*T) *[]string) column[T] {
	return column[T]{head: head, field: field,
		get: func(x *T) string {
			out := slices.Clone(*at(x))
			for i := range out {
				if t != nil {
					out[i] = t.say(out[i])
				}
			}
			return joined(out, "、")
		},
		set: func(x *T, v string) fault {
			if !strings.HasPrefix(v, `["`) {
				v = strings.NewReplacer("^", "、", ",", "、", "，", "、", ";", "、", "；", "、", "\n", "、").Replace(v)
			}
			list := split(v, "、")
			for i, w := range list {
				if t == nil {
					continue
				}
				code, wrong := t.code(w)
				if wrong != (fault{}) {
					return wrong
				}
				list[i] = code
			}
			*at(x) = list
			return fault{}
		}}
}

func joined(list []string, by string) string {
	for _, v := range list {
		if strings.Contains(v, by) || v == "" || strings.TrimSpace(v) != v || strings.HasPrefix(v, `["`) {
			b, _ := json.Marshal(list) // strings always encode
			return string(b)
		}
	}
	return strings.Join(list, by)
}

func split(v, by string) []string {
	var list []string
	if strings.HasPrefix(v, `["`) && json.Unmarshal([]byte(v), &list) == nil {
		return list
	}
	for s := range strings.SplitSeq(v, by) {
		if s = strings.TrimSpace(s); s != "" {
			list = append(list, s)
		}
	}
	return list
}

// inJSON is a part that has no shape for a cell.
func inJSON[T, V any](head string, at func(*T) *V) column[T] {
	return column[T]{head: head,
		get: func(x *T) string {
			b, err := json.Marshal(at(x))
			if s := string(b); err == nil && s != "null" {
				return s
			}
			return ""
		},
		set: func(x *T, v string) fault {
			var out V
			if v != "" {
				dec := json.NewDecoder(strings.NewReader(v))
				dec.DisallowUnknownFields()
				if err := dec.Decode(&out); err != nil {
					return unlike(v, "格式不正确", "is not written as an export writes it")
				}
			}
			*at(x) = out
			return fault{}
		}}
}

// cond is when something holds: “字段=值1|值2”, or “字段” if it is filled at all.
func cond[T any](head string, at func(*T) **catalog.Cond) column[T] {
	return column[T]{head: head,
		get: func(x *T) string {
			c := *at(x)
			switch {
			case c == nil:
				return ""
			case c.Set && len(c.In) == 0:
				return c.Field
			case c.Set || slices.ContainsFunc(c.In, func(s string) bool { return s == "" || strings.TrimSpace(s) != s || strings.ContainsAny(s, "|=") }):
				b, _ := json.Marshal(c) // strings always encode
				return string(b)
			}
			return c.Field + "=" + strings.Join(c.In, "|")
		},
		set: func(x *T, v string) fault {
			field, in, has := strings.Cut(v, "=")
			switch {
			case v == "":
				*at(x) = nil
			case strings.HasPrefix(v, "{"):
				var c catalog.Cond
				if err := json.Unmarshal([]byte(v), &c); err != nil {
					return unlike(v, "应写成：表单项=值1|值2", "should be written as: field=value1|value2")
				}
				*at(x) = &c
			case !has:
				*at(x) = &catalog.Cond{Field: v, Set: true}
			default:
				*at(x) = &catalog.Cond{Field: strings.TrimSpace(field), In: strings.Split(strings.TrimSpace(in), "|")}
			}
			return fault{}
		}}
}

// optional is a limit that may be left to the regime: “5 工作日”.
func optional[T any](head string, at func(*T) **catalog.Limit) column[T] {
	return column[T]{head: head,
		get: func(x *T) string {
			l := *at(x)
			if l == nil {
				return ""
			}
			s := strconv.Itoa(l.Days) + " " + limitUnits.say(l.Unit)
			if l.Note != "" {
				s += " " + l.Note
			}
			return s
		},
		set: func(x *T, v string) fault {
			if v == "" {
				*at(x) = nil
				return fault{}
			}
			days, rest, _ := strings.Cut(v, " ")
			unit, note, _ := strings.Cut(rest, " ")
			n, ok := whole(days)
			code, wrong := limitUnits.code(unit)
			if !ok || wrong != (fault{}) || code == "" {
				return unlike(v, "应写成：5 工作日", "should be written as: 5 工作日")
			}
			*at(x) = &catalog.Limit{Days: n, Unit: code, Note: note}
			return fault{}
		}}
}

// supplement is the time for what may follow later: “5 工作日 视为撤回申请 逾期……”.
func supplement[T any](head string, at func(*T) **catalog.Supplement) column[T] {
	late := guideTable("late")
	return column[T]{head: head,
		get: func(x *T) string {
			s := *at(x)
			if s == nil {
				return ""
			}
			return strings.TrimSpace(strconv.Itoa(s.Days) + " " + limitUnits.say(s.Unit) + " " + late.say(s.Late) + " " + s.Note)
		},
		set: func(x *T, v string) fault {
			if v == "" {
				*at(x) = nil
				return fault{}
			}
			f := strings.SplitN(v, " ", 4)
			bad := unlike(v, "应写成：5 工作日 视为撤回申请 说明", "should be written as: 5 工作日 视为撤回申请 note")
			if len(f) < 3 {
				return bad
			}
			n, ok := whole(f[0])
			unit, wrongUnit := limitUnits.code(f[1])
			end, wrongLate := late.code(f[2])
			if !ok || wrongUnit != (fault{}) || wrongLate != (fault{}) {
				return bad
			}
			s := &catalog.Supplement{Days: n, Unit: unit, Late: end}
			if len(f) == 4 {
				s.Note = f[3]
			}
			*at(x) = s
			return fault{}
		}}
}

// cut shortens a value that an answer cites.
func cut(v string) string {
	if r := []rune(v); len(r) > 40 {
		return string(r[:40]) + "……"
	}
	return v
}

// jointly is 联合办理 in one cell: the days, a semicolon, the government's decision.
func jointly(head string) column[gd] {
	return column[gd]{head: head,
		get: func(g *gd) string {
			if g.Limits.Joint == nil {
				return ""
			}
			return strconv.Itoa(g.Limits.Joint.Days) + "；" + g.Limits.Joint.Basis
		},
		set: func(g *gd, v string) fault {
			if v == "" {
				g.Limits.Joint = nil
				return fault{}
			}
			days, basis, _ := strings.Cut(strings.Replace(v, ";", "；", 1), "；")
			n, ok := whole(strings.TrimSpace(days))
			if !ok {
				return unlike(v, "应为天数和依据，以分号隔开", "should be the days and the basis, apart by a semicolon")
			}
			g.Limits.Joint = &catalog.Joint{Days: n, Basis: strings.TrimSpace(basis)}
			return fault{}
		}}
}
