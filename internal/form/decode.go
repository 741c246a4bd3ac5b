package form

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/errs"
)

// Decode reads an HTML form that showed the named pages (all, when none is
// named). Text that cannot be a value of its field is kept in Raw under the
// input's name and gives a finding; everything else is for Validate to judge.
// Inputs the form does not know are left alone: tokens and buttons are the page's.
func (f *Form) Decode(in url.Values, steps ...string) (Values, Raw, []errs.Field) {
	d := decoder{in: in, raw: Raw{}, rows: map[string][]int{}}
	d.findRows(f)
	out := Values{}
	for _, s := range f.steps {
		if len(steps) > 0 && !slices.Contains(steps, s.Key) {
			continue
		}
		for _, fd := range s.Fields {
			if v := d.field(fd, fd.Name, fd.Name, fd.Name); v != nil {
				out[fd.Name] = v
			}
		}
	}
	if len(d.raw) == 0 {
		d.raw = nil
	}
	return out, d.raw, d.found
}

// Merge lays freshly decoded pages over what was stored: the answers of those
// pages are replaced whole, all others stay.
func (f *Form) Merge(stored, fresh Values, steps ...string) Values {
	out := f.Normalise(stored)
	for _, s := range f.steps {
		if len(steps) > 0 && !slices.Contains(steps, s.Key) {
			continue
		}
		for _, fd := range s.Fields {
			delete(out, fd.Name)
			if v, ok := fresh[fd.Name]; ok {
				out[fd.Name] = v
			}
		}
	}
	return out
}

type decoder struct {
	in    url.Values
	raw   Raw
	found []errs.Field
	rows  map[string][]int // table → row numbers that came, ascending
}

// maxRaw bounds, in characters, what is kept of an unreadable input.
const maxRaw = 200

func (d *decoder) unread(input, typed string) {
	if r := []rune(typed); len(r) > maxRaw {
		typed = string(r[:maxRaw])
	}
	d.raw[input] = typed
}

// field reads one question: name is where its inputs are, shown the name they
// have after rows were counted afresh, path the place in findings.
func (d *decoder) field(fd *Field, name, shown, path string) any {
	if fd.Type == List {
		return d.list(fd, name)
	}
	if fd.Type == Rows {
		return d.table(fd)
	}
	if fd.Widget == DateBox {
		return d.date(fd, name, shown, path)
	}
	text, _ := fd.canonical(d.in.Get(name))
	if fd.Widget == Checkbox {
		return text == "true" || text == "on"
	}
	if text == "" {
		return nil
	}
	var v any
	ok := true
	switch {
	case fd.Type == Boolean:
		v, ok = text == "true", text == "true" || text == "false"
	case fd.Widget == Money:
		v, ok = readFen(text)
	case fd.Type == Integer:
		var x float64
		if x, ok = readNumber(text); ok {
			v, ok = int64(x), x == float64(int64(x))
		}
	case fd.Type == Number:
		v, ok = readNumber(text)
	default:
		return text
	}
	if !ok {
		d.unread(shown, text)
		d.found = append(d.found, fd.typeError(path))
		return nil
	}
	return v
}

// date reads 年 月 日 boxes, or one input with the whole date.
func (d *decoder) date(fd *Field, name, shown, path string) any {
	part := func(suffix string) string {
		s, _ := tidy(d.in.Get(name+suffix), false)
		return narrow(s)
	}
	y, m, day := part(".y"), part(".m"), part(".d")
	typed := []string{".y", y, ".m", m, ".d", day}
	if y == "" && m == "" && day == "" {
		whole := part("")
		if whole == "" {
			return nil
		}
		typed = []string{"", whole}
		parts := strings.FieldsFunc(whole, func(r rune) bool { return strings.ContainsRune("-/.年月日", r) })
		if len(parts) == 3 {
			y, m, day = parts[0], parts[1], parts[2]
		}
	}
	y, m, day = strings.TrimSuffix(y, "年"), strings.TrimSuffix(m, "月"), strings.TrimSuffix(day, "日")
	if digits(y) && digits(m) && digits(day) && len(y) == 4 && len(m) <= 2 && len(day) <= 2 {
		if s := y + "-" + two(m) + "-" + two(day); soundDate(s) {
			return s
		}
	}
	for i := 0; i < len(typed); i += 2 {
		if typed[i+1] != "" {
			d.unread(shown+typed[i], typed[i+1])
		}
	}
	d.found = append(d.found, fd.typeError(path))
	return nil
}

func two(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

// list keeps the order of the options, then what is no option, each once.
func (d *decoder) list(fd *Field, name string) any {
	var given []string
	for _, s := range d.in[name] {
		s, _ = tidy(s, false)
		if s != "" && !slices.Contains(given, s) && len(given) < maxOptions {
			given = append(given, s)
		}
	}
	if len(given) == 0 {
		return nil
	}
	out := make([]any, 0, len(given))
	for _, o := range fd.Options {
		if slices.Contains(given, o.Value) {
			out = append(out, o.Value)
		}
	}
	for _, s := range given {
		if _, known := fd.option(s); !known {
			out = append(out, s)
		}
	}
	return out
}

// findRows collects the row numbers of all tables in one pass over the inputs.
func (d *decoder) findRows(f *Form) {
	for input, typed := range d.in {
		name, rest, ok := strings.Cut(input, ".")
		if !ok || f.byName[name] == nil || f.byName[name].Type != Rows {
			continue
		}
		number, column, ok := strings.Cut(rest, ".")
		column, _, _ = strings.Cut(column, ".")
		if !ok || !digits(number) || len(number) > 4 || f.byName[name].child(column) == nil || strings.Join(typed, "") == "" {
			continue
		}
		if i, _ := strconv.Atoi(number); number == strconv.Itoa(i) && !slices.Contains(d.rows[name], i) && len(d.rows[name]) <= maxRows {
			d.rows[name] = append(d.rows[name], i)
		}
	}
	for _, rows := range d.rows {
		slices.Sort(rows)
	}
}

// table reads rows; blank ones go and the rest count from 0 again.
func (d *decoder) table(fd *Field) any {
	var out []any
	for _, i := range d.rows[fd.Name] {
		row := map[string]any{}
		blank := len(d.raw)
		for _, c := range fd.Children {
			at := strconv.Itoa(len(out))
			name := fmt.Sprintf("%s.%d.%s", fd.Name, i, c.Name)
			v := d.field(c, name, fd.Name+"."+at+"."+c.Name, fd.Name+"/"+at+"/"+c.Name)
			if v != nil {
				row[c.Name] = v
			}
		}
		if len(d.raw) == blank && !slices.ContainsFunc(fd.Children, func(c *Field) bool { return row[c.Name] != nil && row[c.Name] != false }) {
			continue
		}
		out = append(out, row)
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// Fill is the way back: the text of every input, unreadable text included, so
// that a page can be shown again as it was typed.
func (f *Form) Fill(v Values, raw Raw) url.Values {
	out := url.Values{}
	v = f.Normalise(v)
	for _, fd := range f.fields {
		if fd.Type != Rows {
			fd.fill(out, fd.Name, v[fd.Name])
			continue
		}
		rows, _ := v[fd.Name].([]any)
		for i, r := range rows {
			row, _ := r.(map[string]any)
			for _, c := range fd.Children {
				c.fill(out, fmt.Sprintf("%s.%d.%s", fd.Name, i, c.Name), row[c.Name])
			}
		}
	}
	for input, typed := range raw {
		out.Set(input, typed)
	}
	return out
}

func (fd *Field) fill(out url.Values, name string, v any) {
	switch x := v.(type) {
	case string:
		if fd.Widget == DateBox && soundDate(x) {
			out.Set(name+".y", x[:4])
			out.Set(name+".m", strings.TrimPrefix(x[5:7], "0"))
			out.Set(name+".d", strings.TrimPrefix(x[8:], "0"))
			return
		}
		out.Set(name, x)
	case bool:
		if x || fd.Widget == Radio {
			out.Set(name, flagText(x))
		}
	case int64:
		if fd.Widget == Money {
			out.Set(name, writeFen(x))
			return
		}
		out.Set(name, strconv.FormatInt(x, 10))
	case float64:
		s, _ := writeNumber(x)
		out.Set(name, s)
	case []any:
		for _, e := range x {
			if s, ok := e.(string); ok {
				out.Add(name, s)
			}
		}
	}
}
