package catalog

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
)

// formDoc 申请表 is a form as the language writes it (docs/forms.md), read
// without compiling: a guide that is being written may hold a broken one.
type formDoc struct {
	broken string // the text, where it cannot be read
	words  map[string]any
	steps  []formStep
	fields []formField // in the order of the steps, then of names
}

type formStep struct {
	key   string
	words map[string]any
	names []string
}

type formField struct {
	name     string
	required bool
	words    map[string]any
	children []formField // columns of a table
}

func readForm(text json.RawMessage) *formDoc {
	f := &formDoc{}
	if len(text) == 0 {
		return f
	}
	if err := json.Unmarshal(text, &f.words); err != nil {
		f.broken = string(text)
		return f
	}
	var order []string
	for _, raw := range arrayOf(f.words["x-steps"]) {
		m := objectOf(raw)
		st := formStep{key: textOf(m["key"]), words: m, names: strs(m["fields"])}
		f.steps = append(f.steps, st)
		order = append(order, st.names...)
	}
	f.fields = readFields(f.words, order)
	return f
}

// readFields reads the properties of an object in an order.
func readFields(of map[string]any, order []string) []formField {
	props := objectOf(of["properties"])
	required := strs(of["required"])
	for _, name := range slices.Sorted(maps.Keys(props)) {
		if !slices.Contains(order, name) {
			order = append(order, name)
		}
	}
	var out []formField
	for _, name := range order {
		if _, has := props[name]; !has {
			continue
		}
		fd := formField{name: name, required: slices.Contains(required, name), words: objectOf(props[name])}
		if items := objectOf(fd.words["items"]); items["properties"] != nil {
			fd.children = readFields(items, strs(items["x-order"]))
		}
		out = append(out, fd)
	}
	return out
}

func objectOf(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func arrayOf(v any) []any {
	l, _ := v.([]any)
	return l
}

func strs(v any) []string {
	var out []string
	for _, x := range arrayOf(v) {
		out = append(out, textOf(x))
	}
	return out
}

// textOf is a JSON value as a text: itself, or as JSON writes it.
func textOf(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

func (f *formDoc) field(name string) (formField, bool) {
	for _, fd := range f.fields {
		if fd.name == name {
			return fd, true
		}
	}
	return formField{}, false
}

func (fd formField) title() (zh, en string) {
	if zh = textOf(fd.words["title"]); zh == "" {
		zh = fd.name
	}
	if en = textOf(fd.words["x-title-en"]); en == "" {
		en = zh
	}
	return zh, en
}

// option is what a field calls one of its values.
func (fd formField) option(value string) (zh, en string) {
	switch value {
	case "true":
		return "是", "yes"
	case "false":
		return "否", "no"
	}
	for _, raw := range options(fd.words) {
		if m := objectOf(raw); m["const"] == value {
			return bothOr(textOf(m["title"]), textOf(m["x-title-en"]), value)
		}
	}
	return value, value
}

func bothOr(zh, en, otherwise string) (string, string) {
	if zh == "" {
		zh = otherwise
	}
	if en == "" {
		en = zh
	}
	return zh, en
}

// options are those of a field or of the boxes of a list.
func options(of map[string]any) []any {
	if o := arrayOf(of["oneOf"]); o != nil {
		return o
	}
	return arrayOf(objectOf(of["items"])["oneOf"])
}

// CondWords says a condition in the words of the guide's form: “类型”为占用或者挖掘.
func (g *Guide) CondWords(c *Cond) (zh, en string) {
	w := readForm(g.Form).condition(c)
	return w.zh, w.en
}

// condition says when a material is asked, in the words of the form.
func (f *formDoc) condition(c *Cond) said {
	if c == nil {
		return said{}
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return plain(c.Field)
	}
	zh, en := f.holds(c.Field, c.In)
	if c.Set {
		fd, _ := f.field(c.Field)
		zh, en = fd.title()
		zh, en = "填写了“"+zh+"”", "“"+en+"” is filled in"
	}
	return inWords(string(raw), zh, en)
}

// holds says that a field has one of some values.
func (f *formDoc) holds(field string, values []string) (zh, en string) {
	fd, ok := f.field(field)
	if !ok {
		fd = formField{name: field}
	}
	var vzh, ven []string
	for _, v := range values {
		a, b := fd.option(v)
		vzh, ven = append(vzh, a), append(ven, b)
	}
	zh, en = fd.title()
	return "“" + zh + "”为" + strings.Join(vzh, "或者"), "“" + en + "” is " + strings.Join(ven, " or ")
}

// shown says an x-show condition.
func (f *formDoc) shown(v any) said {
	if v == nil {
		return said{}
	}
	alternatives := arrayOf(v)
	if m := objectOf(v); m != nil {
		alternatives = []any{m}
	}
	var orZH, orEN []string
	for _, alt := range alternatives {
		m := objectOf(alt)
		var andZH, andEN []string
		for _, name := range slices.Sorted(maps.Keys(m)) {
			values := []string{textOf(m[name])}
			if l := arrayOf(m[name]); l != nil {
				values = strs(l)
			}
			zh, en := f.holds(name, values)
			andZH, andEN = append(andZH, zh), append(andEN, en)
		}
		orZH, orEN = append(orZH, strings.Join(andZH, "且")), append(orEN, strings.Join(andEN, " and "))
	}
	return inWords(textOf(v), strings.Join(orZH, "，或者"), strings.Join(orEN, ", or "))
}

// word is one word of the form language that a field may have.
type word struct {
	key, zh, en string
	weigh       func(a, b any) Burden // of a word that is another now; nil: neutral
}

var (
	tighterMax = func(a, b any) Burden { return less(b, a, math.Inf(1)) }
	tighterMin = func(a, b any) Burden { return less(a, b, math.Inf(-1)) }
	appears    = func(whenAdded Burden) func(a, b any) Burden {
		return func(a, b any) Burden {
			switch {
			case a == nil:
				return whenAdded
			case b == nil:
				return whenAdded.opposite()
			}
			return Neutral
		}
	}
)

// less weighs a limit: heavier where a is less than b, which mean absent when nil.
func less(a, b any, absent float64) Burden {
	num := func(v any) float64 {
		if v == nil {
			return absent
		}
		if x, ok := v.(float64); ok {
			return x
		}
		return math.NaN()
	}
	switch x, y := num(a), num(b); {
	case x < y:
		return Heavier
	case x > y:
		return Lighter
	}
	return Neutral
}

var fieldWords = []word{
	{"title", "名称", "label", nil}, {"x-title-en", "英文名称", "English label", nil},
	{"x-show", "填写条件", "shown when", appears(Lighter)}, {"x-source", "预填来源", "first answer from", appears(Lighter)},
	{"default", "默认值", "first answer", appears(Lighter)}, {"const", "必须勾选", "must be ticked", appears(Heavier)},
	{"minLength", "最少字数", "fewest characters", tighterMin}, {"maxLength", "最多字数", "most characters", tighterMax},
	{"minimum", "最小值", "smallest value", tighterMin}, {"maximum", "最大值", "largest value", tighterMax},
	{"multipleOf", "填写单位", "multiple of", appears(Heavier)}, {"minItems", "最少项数", "fewest entries", tighterMin},
	{"maxItems", "最多项数", "most entries", tighterMax}, {"pattern", "格式要求", "pattern", appears(Heavier)},
	{"x-msg", "格式提示", "message on the pattern", nil}, {"x-msg-en", "英文格式提示", "English message on the pattern", nil},
	{"allOf", "其他格式要求", "further patterns", appears(Heavier)}, {"x-not-before", "不得早于", "not before", appears(Heavier)},
	{"type", "数据类型", "type", nil}, {"format", "格式", "format", appears(Heavier)}, {"x-widget", "填写方式", "widget", nil},
	{"x-help", "填写说明", "help", nil}, {"x-help-en", "英文填写说明", "English help", nil}, {"x-example", "示例", "example", nil},
	{"x-unit", "单位", "unit", nil}, {"x-unit-en", "英文单位", "English unit", nil}, {"x-elem", "数据元", "data element", nil},
	{"x-sensitive", "遮盖显示", "masked", nil}, {"description", "备注", "note", nil},
}

// apart are words of a field that have sentences of their own.
var apart = []string{"oneOf", "items", "properties", "required", "x-order"}

// diffForm tells what is asked in another way on the form.
func diffForm(d *differ, old, new *formDoc) {
	if old.broken != "" || new.broken != "" {
		if old.broken != new.broken {
			d.add("form", Changed, Neutral, "申请表有改动", "application form: changed")
		}
		return
	}
	before := len(d.out)
	head := func(v map[string]any, skip ...string) map[string]any {
		out := maps.Clone(v)
		for _, k := range skip {
			delete(out, k)
		}
		return out
	}
	form := thing{"申请表", "application form"}
	d.words("form", form, old, new, head(old.words, "x-steps", "properties", "required", "type"), head(new.words, "x-steps", "properties", "required", "type"))
	entries(d, "form/x-steps", old.steps, new.steps, entry[formStep]{zh: "申请表页面", en: "form page",
		key: func(s *formStep) string { return s.key },
		name: func(s *formStep) (string, string) {
			return bothOr(textOf(s.words["title"]), textOf(s.words["x-title-en"]), s.key)
		},
		nested: func(d *differ, at string, who thing, a, b *formStep) {
			d.words(at, who, old, new, head(a.words, "fields"), head(b.words, "fields"))
		}})
	d.fields("form/properties", "申请表填写项", "form field", old, new, old.fields, new.fields)
	for _, st := range new.steps {
		for _, was := range old.steps {
			if was.key == st.key {
				d.placed(st, was, old, new)
			}
		}
	}
	if len(d.out) == before && !reflect.DeepEqual(head(old.words, "required"), head(new.words, "required")) {
		d.add("form", Changed, Neutral, "申请表有改动", "application form: changed")
	}
}

// placed tells of fields that came to a page from another one.
func (d *differ) placed(st, was formStep, old, new *formDoc) {
	for _, name := range st.names {
		if fd, ok := new.field(name); ok && !slices.Contains(was.names, name) {
			if _, had := old.field(name); had {
				zh, en := fd.title()
				pzh, pen := bothOr(textOf(st.words["title"]), textOf(st.words["x-title-en"]), st.key)
				d.add("form/x-steps/"+st.key+"/fields", Changed, Neutral, "申请表填写项“"+zh+"”移到页面“"+pzh+"”", "form field “"+en+"” moved to page “"+pen+"”")
			}
		}
	}
}

func (d *differ) fields(path, zh, en string, old, new *formDoc, a, b []formField) {
	entries(d, path, a, b, entry[formField]{zh: zh, en: en,
		key:  func(f *formField) string { return f.name },
		name: func(f *formField) (string, string) { return f.title() },
		note: func(f *formField) (string, string) {
			if f.required {
				return "必填", "required"
			}
			return "选填", "optional"
		},
		added: func(f *formField) Burden {
			if f.required {
				return Heavier
			}
			return Neutral
		},
		rules: []aspect[formField]{
			{path: "required", one: func(f *formField) said {
				if f.required {
					return inWords("1", "必填", "required")
				}
				return inWords("0", "选填", "optional")
			}, weigh: grows(flag(func(f *formField) bool { return f.required }))},
			{path: "name", zh: "代号", en: "key", one: func(f *formField) said { return plain(f.name) }},
		},
		nested: func(d *differ, at string, who thing, a, b *formField) {
			d.words(at, who, old, new, a.words, b.words)
			d.fields(at+"/items", who.zh+"的列", who.en+": column", old, new, a.children, b.children)
		}})
}

// words compares the words of a field, of a page or of the form itself.
func (d *differ) words(at string, who thing, old, new *formDoc, a, b map[string]any) {
	known := map[string]bool{}
	say := func(w word) {
		known[w.key] = true
		x, y := a[w.key], b[w.key]
		if reflect.DeepEqual(x, y) {
			return
		}
		sx, sy := plain(textOf(x)), plain(textOf(y))
		if w.key == "x-show" {
			sx, sy = old.shown(x), new.shown(y)
		}
		weight := Neutral
		if w.weigh != nil {
			weight = w.weigh(x, y)
		}
		d.value(at+"/"+w.key, who, w.zh, w.en, sx, sy, weight)
	}
	for _, w := range fieldWords {
		say(w)
	}
	lines(d, at+"/oneOf", who, "选项", "options", optionLines(a), optionLines(b), Lighter)
	rest := maps.Clone(a)
	if rest == nil {
		rest = map[string]any{}
	}
	maps.Copy(rest, b)
	for _, k := range slices.Sorted(maps.Keys(rest)) {
		if !known[k] && !slices.Contains(apart, k) {
			say(word{key: k, zh: k, en: k})
		}
	}
	// what remains of rows and boxes beside their columns and options
	ai, bi := maps.Clone(objectOf(a["items"])), maps.Clone(objectOf(b["items"]))
	for _, k := range []string{"oneOf", "properties", "required"} {
		delete(ai, k)
		delete(bi, k)
	}
	if !reflect.DeepEqual(ai["x-order"], bi["x-order"]) { // told by the order of columns, if at all
		delete(ai, "x-order")
		delete(bi, "x-order")
	}
	if len(ai)+len(bi) > 0 && !reflect.DeepEqual(ai, bi) {
		d.value(at+"/items", who, "内容格式", "entries", plain(textOf(ai)), plain(textOf(bi)), Neutral)
	}
}

// optionLines are the options of a field as entries of a list.
func optionLines(of map[string]any) []said {
	var out []said
	for _, raw := range options(of) {
		m := objectOf(raw)
		zh, en := bothOr(textOf(m["title"]), textOf(m["x-title-en"]), textOf(m["const"]))
		out = append(out, said{raw: textOf(raw), zh: zh, en: en})
	}
	return out
}
