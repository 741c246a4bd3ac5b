package sheet

import (
	"bytes"
	"cmp"
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

// handlingItem is the field of the 业务办理项编码. It is empty where a list is not
// split; else it names the list, and TASK_CODE what was split.
const handlingItem = "TASK_HANDLE_ITEM"

// code names the list that a row belongs to.
func (r exchangeRow) code() string {
	return strings.ToUpper(cmp.Or(r.values[handlingItem], r.values["TASK_CODE"]))
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
	out := []string{"ROW_GUID", "TASK_GUID", "TASK_CODE", handlingItem, "ORDER_NUM"}
	for _, c := range x.cols {
		out = append(out, c.field)
	}
	return out
}

func (x exchangeTable[T]) out(g *catalog.Guide) []map[string]string {
	row := func(t *T, guid string) map[string]string {
		m := map[string]string{"ROW_GUID": guid, "TASK_GUID": g.Basics.Code, "TASK_CODE": g.Basics.Code, handlingItem: ""}
		if no := g.Basics.Handling.No; no != "" {
			m["TASK_CODE"], m[handlingItem] = strings.TrimSuffix(g.Basics.Code, no), g.Basics.Code
		}
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
		if wrong := c.set(t, v); wrong != (fault{}) {
			out = append(out, wrong.problem(row.at+"/"+c.field, c.head))
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
func ReadExchange(file []byte) ([]catalog.ImportRow, error) {
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
				l := &listTables{at: row.at, code: row.code(), rows: make([][]exchangeRow, len(exchangeTables))}
				l.rows[0] = []exchangeRow{row}
				lists = append(lists, l)
				if by[l.code] == nil {
					by[l.code] = l
				}
				if len(out) > 0 {
					slices.Sort(out)
					l.notes = append(l.notes, leftOut(row.at, "字段", "fields", out))
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
	var entries []catalog.ImportRow
	for _, x := range later {
		seen[x.table] = true
		l := by[x.row.code()]
		if l == nil {
			if len(entries) < maxLoose {
				entries = append(entries, catalog.ImportRow{At: x.row.at, Code: cut(x.row.code()), Problems: []catalog.Problem{{Path: x.row.at + "/TASK_CODE", Error: true, ZH: "没有这个实施编码的事项基本信息", EN: "UP_TASK_GENERAL_BASIC has no list with this code"}}})
			}
			continue
		}
		l.rows[x.table] = append(l.rows[x.table], x.row)
	}
	var out []catalog.ImportRow
	for i, l := range lists {
		if i == 0 && len(spare) > 0 {
			names := slices.Sorted(maps.Keys(spare))
			l.notes = append(l.notes, leftOut("file", "表", "tables", names))
		}
		out = append(out, catalog.ImportRow{At: l.at, Code: l.code, Problems: l.notes, Lay: func(g *catalog.Guide) (ps []catalog.Problem) {
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

// leftOut names what the platform has no place for.
func leftOut(path, zh, en string, names []string) catalog.Problem {
	said := strings.Join(names[:min(len(names), 30)], "、")
	return catalog.Problem{Path: path, ZH: "这些" + zh + "本平台没有，没有导入：" + said, EN: "these " + en + " have no place here and were left out: " + said}
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
