package steward

import (
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/web"
)

// Group is a struct as the editor draws it: its own fields, then the structs
// and lists in it.
type Group struct {
	ID     string // to jump to
	Title  string
	Help   string
	Error  string // of the whole
	Fields []web.FieldView
	Files  []Upload
	Groups []Group
	Lists  []List
}

// List is a slice of structs: rows that are added, moved and taken away.
type List struct {
	ID, Name, Title, Help string
	Error                 string // of the whole
	Rows                  []ListRow
	AddText               string
	AddAt                 string // where the added row will stand
}

// ListRow is one of them.
type ListRow struct {
	Group
	Index      string // "materials.2", what its buttons name
	Above      string // id of the row above
	Up, Remove bool
	Open       bool
}

// drawer turns a value of a guide into fields and groups.
type drawer struct {
	page   *web.Page
	fields []option          // of the application form, for conditions
	errors map[string]string // by the path of a problem
	open   string            // row that was just added or is wrong
	files  shelf             // what uploaded files are called
}

// wordsOf finds the label of a path such as "materials.2.when.field". A condition
// and a limit say the same wherever they stand.
func wordsOf(path string) label {
	var parts []string
	for p := range strings.SplitSeq(path, ".") {
		if _, err := strconv.Atoi(p); err != nil {
			parts = append(parts, p)
		}
	}
	key := strings.Join(parts, ".")
	if l, ok := words[key]; ok {
		return l
	}
	if l, ok := formParts[key]; ok {
		return l
	}
	if n := len(parts); n >= 2 {
		last := parts[n-1]
		if parts[n-2] == "when" || parts[n-2] == "unless" {
			return words["when."+last]
		}
		if parts[0] == "limits" {
			return words["limit."+last]
		}
	}
	return label{zh: key, en: key}
}

var formParts = formWords()

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// group draws a struct.
func (d *drawer) group(path string, v reflect.Value) Group {
	w := wordsOf(path)
	g := Group{ID: "g-" + idOf(path), Title: d.page.Tr(w.zh, w.en), Help: w.help, Error: d.errors[path]}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() {
			continue
		}
		d.part(&g, path+"."+jsonName(f), v.Field(i))
	}
	return g
}

// part draws one field of a struct.
func (d *drawer) part(g *Group, path string, v reflect.Value) {
	switch {
	case v.Type() == reflect.TypeFor[catalog.Handling]() && v.IsZero(): // the matter is not split
	case v.Kind() == reflect.Pointer && v.Type().Elem().Kind() == reflect.Struct:
		if v.IsNil() {
			v = reflect.New(v.Type().Elem())
		}
		g.Groups = append(g.Groups, d.group(path, v.Elem()))
	case v.Kind() == reflect.Struct:
		g.Groups = append(g.Groups, d.group(path, v))
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
		g.Lists = append(g.Lists, d.list(path, v))
	case wordsOf(path).upload:
		g.Files = append(g.Files, d.upload(path, v.String()))
	default:
		g.Fields = append(g.Fields, d.field(path, v))
	}
}

// list draws a slice of structs.
func (d *drawer) list(path string, v reflect.Value) List {
	w := wordsOf(path)
	name := d.page.Tr(w.zh, w.en)
	l := List{ID: "g-" + idOf(path), Name: path, Title: name, Help: w.help, Error: d.errors[path], AddText: d.page.Tr("增加一项："+name, "Add: "+name), AddAt: "g-" + idOf(path) + "-" + strconv.Itoa(v.Len())}
	for i := range v.Len() {
		at := path + "." + strconv.Itoa(i)
		row := ListRow{Group: d.group(at, v.Index(i)), Index: at, Up: i > 0, Remove: true}
		row.ID = "g-" + idOf(at)
		row.Above = "g-" + idOf(path) + "-" + strconv.Itoa(max(i-1, 0))
		row.Title = name + " " + strconv.Itoa(i+1)
		if t := titleOf(v.Index(i)); t != "" {
			row.Title += "：" + t
		}
		row.Open = v.Len() == 1 || d.open == at || strings.HasPrefix(d.open, at+".") || d.wrong(at)
		l.Rows = append(l.Rows, row)
	}
	return l
}

// wrong reports whether something in a row has a problem.
func (d *drawer) wrong(at string) bool {
	for path := range d.errors {
		if path == at || strings.HasPrefix(path, at+".") {
			return true
		}
	}
	return false
}

// titleOf is what a row is best known by.
func titleOf(v reflect.Value) string {
	for _, name := range []string{"Title", "Name", "Question", "Q", "Text", "Law"} {
		if f := v.FieldByName(name); f.IsValid() && f.Kind() == reflect.String && f.String() != "" {
			return f.String()
		}
	}
	return ""
}

// field draws a leaf.
func (d *drawer) field(path string, v reflect.Value) web.FieldView {
	w := wordsOf(path)
	f := web.FieldView{ID: "f-" + idOf(path), Name: path, Label: d.page.Tr(w.zh, w.en), Locked: w.fixed, Error: d.errors[path], Auto: "off"}
	if d.page.Lang != "en" {
		f.Help = w.help
	}
	options := w.codes
	if strings.HasSuffix(path, "when.field") || strings.HasSuffix(path, "unless.field") || strings.HasSuffix(path, ".untilOf") || strings.HasPrefix(path, "scenarios.") && strings.HasSuffix(path, ".field") {
		options = d.fields
	}
	switch v.Kind() {
	case reflect.Bool:
		f.Widget = form.Checkbox
		f.Options = []web.OptionView{{ID: f.ID, Value: "true", Label: f.Label, Checked: v.Bool()}}
	case reflect.Int:
		f.Value, f.Width, f.Mode = strconv.FormatInt(v.Int(), 10), "w-s", "numeric"
	case reflect.Int64: // money: fen in the guide, yuan on the page
		f.Width, f.Mode, f.Unit = "w-s", "decimal", d.page.Tr("元", "yuan")
		if v.Int() != 0 {
			f.Value = catalog.Yuan(v.Int())
		}
	case reflect.Map:
		f.Widget, f.Value = form.TextArea, mapText(v)
	case reflect.Slice:
		held := strings.Join(strs(v), "\n")
		if len(options) == 0 {
			f.Widget, f.Value = form.TextArea, held
			break
		}
		f.Widget = form.Checkboxes
		for i, o := range options {
			f.Options = append(f.Options, web.OptionView{ID: f.ID + "-" + strconv.Itoa(i), Value: o.value, Label: d.page.Tr(o.zh, o.en), Checked: slices.Contains(strs(v), o.value)})
		}
	default:
		f.Value = v.String()
		if len(options) > 0 {
			f.Widget = form.Select
			f.Options = choice(d.page, options, f.Value)
		} else if w.area {
			f.Widget = form.TextArea
		}
	}
	return f
}

// choice are the options of a select; a value that is none of them stays.
func choice(p *web.Page, options []option, held string) []web.OptionView {
	var out []web.OptionView
	known := held == ""
	for _, o := range options {
		known = known || o.value == held
		out = append(out, web.OptionView{Value: o.value, Label: p.Tr(o.zh, o.en), Checked: o.value == held})
	}
	if !known {
		out = append(out, web.OptionView{Value: held, Label: held, Checked: true})
	}
	return out
}

func strs(v reflect.Value) []string {
	var out []string
	for i := range v.Len() {
		out = append(out, v.Index(i).String())
	}
	return out
}

func mapText(v reflect.Value) string {
	m, _ := v.Interface().(map[string]string)
	var lines []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		lines = append(lines, k+"="+m[k])
	}
	return strings.Join(lines, "\n")
}

// maxRows bounds how many rows of one list an editor page takes.
const maxRows = 200

// reader reads posted values back into a value of a guide.
type reader struct {
	in       url.Values
	files    map[string]catalog.TakenFile // that came with the form, by the path of their element
	problems []errs.Field
}

// read fills v from the inputs below path; locked parts stay as they are.
func (r *reader) read(path string, v reflect.Value) {
	if wordsOf(path).fixed {
		return
	}
	switch {
	case wordsOf(path).upload:
		v.SetString(r.address(path))
	case v.Kind() == reflect.Pointer:
		r.optional(path, v)
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				r.read(path+"."+jsonName(f), v.Field(i))
			}
		}
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
		r.rows(path, v)
	case v.Kind() == reflect.Slice:
		var out []string
		for _, text := range r.in[path] {
			out = append(out, lines(text)...)
		}
		v.Set(reflect.ValueOf(out))
	case v.Kind() == reflect.Map:
		m := map[string]string{}
		for _, line := range lines(r.in.Get(path)) {
			k, val, ok := strings.Cut(line, "=")
			if !ok {
				r.problems = append(r.problems, errs.Field{Path: path, Code: "format", ZH: "每行应写成：证照字段=表单项", EN: "One line each: field=form field"})
				continue
			}
			m[strings.TrimSpace(k)] = strings.TrimSpace(val)
		}
		if len(m) == 0 {
			m = nil
		}
		v.Set(reflect.ValueOf(m))
	case v.Kind() == reflect.Bool:
		v.SetBool(r.in.Get(path) == "true")
	case v.Kind() == reflect.Int:
		r.number(path, v)
	case v.Kind() == reflect.Int64:
		r.money(path, v)
	case v.Kind() == reflect.String:
		v.SetString(strings.TrimSpace(strings.ReplaceAll(r.in.Get(path), "\r\n", "\n")))
	}
}

// optional reads a part that may be missing: nothing filled in means none.
func (r *reader) optional(path string, v reflect.Value) {
	fresh := reflect.New(v.Type().Elem())
	r.read(path, fresh.Elem())
	if fresh.Elem().IsZero() {
		v.SetZero()
		return
	}
	v.Set(fresh)
}

func (r *reader) number(path string, v reflect.Value) {
	text := strings.TrimSpace(r.in.Get(path))
	if text == "" {
		v.SetInt(0)
		return
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 100_000 {
		r.problems = append(r.problems, errs.Field{Path: path, Code: "number", ZH: wordsOf(path).zh + "应为数字，例如 5", EN: wordsOf(path).en + " is a number, like 5"})
		return
	}
	v.SetInt(int64(n))
}

// money reads yuan into fen; nothing is none.
func (r *reader) money(path string, v reflect.Value) {
	text := strings.TrimSpace(r.in.Get(path))
	n, ok := catalog.Fen(text)
	if !ok && text != "" {
		r.problems = append(r.problems, errs.Field{Path: path, Code: "number", ZH: wordsOf(path).zh + "应为金额，例如 20 或者 12.50", EN: wordsOf(path).en + " is an amount, like 20 or 12.50"})
		return
	}
	v.SetInt(n)
}

// rows reads a slice of structs: as many as the page had, and what its buttons
// say.
func (r *reader) rows(path string, v reflect.Value) {
	n, err := strconv.Atoi(r.in.Get(path + ".n"))
	if err != nil || n < 0 || n > maxRows {
		n = 0
	}
	out := reflect.MakeSlice(v.Type(), 0, n+1)
	for i := range n {
		row := reflect.New(v.Type().Elem()).Elem()
		if i < v.Len() {
			row.Set(v.Index(i)) // what the page does not show stays
		}
		at := path + "." + strconv.Itoa(i)
		r.read(at, row)
		switch {
		case r.in.Get("_del") == at:
		case r.in.Get("_up") == at && out.Len() > 0:
			last := reflect.New(v.Type().Elem()).Elem()
			last.Set(out.Index(out.Len() - 1))
			out.Index(out.Len() - 1).Set(row)
			out = reflect.Append(out, last)
		default:
			out = reflect.Append(out, row)
		}
	}
	if r.in.Get("_add") == path && out.Len() < maxRows {
		out = reflect.Append(out, reflect.New(v.Type().Elem()).Elem())
	}
	if out.Len() == 0 {
		out = reflect.Zero(v.Type())
	}
	v.Set(out)
}

// pressed reports whether a button for rows was pressed, and the row to look at.
func pressed(in url.Values) (open string, ok bool) {
	if name := in.Get("_add"); name != "" {
		return name + "." + in.Get(name+".n"), true
	}
	if at := in.Get("_up"); at != "" {
		dot := strings.LastIndexByte(at, '.')
		if i, err := strconv.Atoi(at[dot+1:]); err == nil && dot > 0 && i > 0 {
			return at[:dot+1] + strconv.Itoa(i-1), true
		}
		return "", true
	}
	return "", in.Get("_del") != ""
}

func lines(text string) []string {
	var out []string
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r", ""), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// partOf is the section of a guide by its JSON name, to be read into.
func partOf(g *catalog.Guide, name string) (reflect.Value, error) {
	v := reflect.ValueOf(g).Elem()
	for i := range v.NumField() {
		if jsonName(v.Type().Field(i)) == name {
			return v.Field(i), nil
		}
	}
	return reflect.Value{}, fmt.Errorf("%w: %s", catalog.ErrNoSection, name)
}

// idOf makes an id of a path.
func idOf(path string) string { return strings.NewReplacer(".", "-", "/", "-").Replace(path) }
