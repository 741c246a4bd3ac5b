package steward

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/web"
)

// sheet 申请表 is a form as the editor shows it: pages and questions. Words of the
// form language that the editor does not know stay as they are.
type sheet struct {
	Title     string     `json:"title"`
	Steps     []sheetTab `json:"steps"`
	Questions []question `json:"fields"`
}

// sheetTab is a page of the form.
type sheetTab struct {
	Key     string `json:"key"`
	Title   string `json:"title"`
	TitleEN string `json:"titleEn"`
}

// question is a field of the form.
type question struct {
	Name     string   `json:"name"`
	Elem     string   `json:"elem"`
	Title    string   `json:"title"`
	TitleEN  string   `json:"titleEn"`
	Kind     string   `json:"kind"`
	Step     string   `json:"step"`
	Required bool     `json:"required"`
	Help     string   `json:"help"`
	Options  []string `json:"options"` // "value=中文=English"
	Show     string   `json:"show"`    // field on which it depends
	ShowIn   []string `json:"showIn"`
	Source   []string `json:"source"`
}

// kinds of question and the words of the form language that make them.
var kinds = []struct {
	key, zh, en string
	words       map[string]any
}{
	{"text", "一行文字", "A line", map[string]any{"type": "string"}},
	{"area", "多行文字", "Several lines", map[string]any{"type": "string", "x-widget": "textarea"}},
	{"integer", "整数", "A whole number", map[string]any{"type": "integer"}},
	{"number", "数字", "A number", map[string]any{"type": "number"}},
	{"date", "日期", "A date", map[string]any{"type": "string", "format": "date"}},
	{"yesno", "是或者否", "Yes or no", map[string]any{"type": "boolean", "x-widget": "radio"}},
	{"choice", "单选", "One of", map[string]any{"type": "string"}},
	{"mobile", "手机号码", "Mobile number", map[string]any{"type": "string", "format": "cn-mobile"}},
	{"id", "居民身份证号码", "ID number", map[string]any{"type": "string", "format": "cn-id"}},
	{"uscc", "统一社会信用代码", "USCC", map[string]any{"type": "string", "format": "uscc"}},
	{"name", "人名", "A person's name", map[string]any{"type": "string", "format": "person-name"}},
}

// kept is a question whose kind the editor leaves alone.
const kept = "kept"

// kindOptions are the kinds as a choice.
func kindOptions() []option {
	options := []option{{kept, "保持原样（多选、表格等）", "As it is"}}
	for _, k := range kinds {
		options = append(options, option{k.key, k.zh, k.en})
	}
	return options
}

// formWords are the editor's words for the parts of a form.
func formWords() map[string]label {
	return map[string]label{
		"form.title": {zh: "申请表名称", en: "Title of the form"},
		"form.steps": {zh: "分页", en: "Page"}, "form.steps.key": {zh: "代号", en: "Key"}, "form.steps.title": {zh: "页名", en: "Title"}, "form.steps.titleEn": {zh: "页名（英文）", en: "Title, English"},
		"form.fields": {zh: "问题", en: "Question"}, "form.fields.name": {zh: "代号", en: "Name", help: "字母开头，例如 address；发布后不要改"},
		"form.fields.elem":  {zh: "数据元", en: "Data element", help: "选了数据元，类型、校验和名称都从字典里来；同一数据元只问一次"},
		"form.fields.title": {zh: "问什么", en: "Label"}, "form.fields.titleEn": {zh: "英文", en: "English"},
		"form.fields.kind": {zh: "类型", en: "Kind", codes: kindOptions()}, "form.fields.step": {zh: "在哪一页", en: "On page", help: "分页的代号"},
		"form.fields.required": {zh: "必须填写", en: "Required"}, "form.fields.help": {zh: "填写提示", en: "Help"},
		"form.fields.options": {zh: "选项", en: "Options", help: "一行一个：值=中文=英文", area: true},
		"form.fields.show":    {zh: "只在这个问题", en: "Only when", help: "填问题的代号；不填表示总要回答"}, "form.fields.showIn": {zh: "回答是以下之一时出现", en: "is answered by", help: "一行一个值；是或者否填 true、false", area: true},
		"form.fields.source": {zh: "自动带出", en: "Filled in from", help: "一行一个来源，例如 applicant.name、licence:business-licence.address", area: true},
	}
}

// fieldsPage edits the application form.
type fieldsPage struct {
	web.Page
	Item, URL, Back, Seen string
	Group                 Group
	Raw                   string // the form's text, for those who know the language
	Problems              []string
	Conflict              Conflict // with what somebody else wrote meanwhile
	Locked                bool
	Prev, Next            web.Link
	Preview               string
}

// readSheet takes a form apart.
func readSheet(text json.RawMessage) (sheet, map[string]any, error) {
	var root map[string]any
	if err := json.Unmarshal(text, &root); err != nil {
		return sheet{}, nil, err
	}
	s := sheet{Title: str(root["title"])}
	props, _ := root["properties"].(map[string]any)
	required := wordsIn(root["required"])
	steps, _ := root["x-steps"].([]any)
	for _, x := range steps {
		st, _ := x.(map[string]any)
		key := str(st["key"])
		s.Steps = append(s.Steps, sheetTab{Key: key, Title: str(st["title"]), TitleEN: str(st["x-title-en"])})
		for _, name := range wordsIn(st["fields"]) {
			p, _ := props[name].(map[string]any)
			q := question{Name: name, Step: key, Elem: str(p["x-elem"]), Title: str(p["title"]), TitleEN: str(p["x-title-en"]), Kind: kindOf(p),
				Required: slices.Contains(required, name), Help: str(p["x-help"]), Source: wordsIn(p["x-source"])}
			q.Options = optionLines(p["oneOf"])
			q.Show, q.ShowIn = simpleShow(p["x-show"])
			s.Questions = append(s.Questions, q)
		}
	}
	return s, root, nil
}

// kindOf finds the kind of a question by its words.
func kindOf(p map[string]any) string {
	if _, has := p["oneOf"]; has && p["type"] == "string" {
		return "choice"
	}
	for _, k := range kinds {
		if k.key == "choice" || k.key == "text" {
			continue
		}
		if len(k.words) > 1 && slices.Equal(fits(p, k.words), []bool{true}) {
			return k.key
		}
	}
	_, format := p["format"]
	_, enum := p["enum"]
	switch {
	case p["type"] == "integer" && p["x-widget"] == nil:
		return "integer"
	case p["type"] == "number" && p["x-widget"] == nil:
		return "number"
	case p["type"] == "string" && !format && !enum && p["x-widget"] == nil:
		return "text"
	}
	return kept
}

// fits reports, once, whether a question has all of some words.
func fits(p, words map[string]any) []bool {
	for k, v := range words {
		if p[k] != v {
			return []bool{false}
		}
	}
	return []bool{true}
}

// build makes the form's text of what was typed, upon the form that was there.
func (s sheet) build(root map[string]any) (json.RawMessage, []errs.Field) {
	var bad []errs.Field
	old, _ := root["properties"].(map[string]any)
	props := map[string]any{}
	var required []string
	fieldsOf := map[string][]string{}
	at := func(i int, name string) string { return "form.fields." + strconv.Itoa(i) + "." + name }
	for i, q := range s.Questions {
		_, twice := props[q.Name]
		switch {
		case q.Name == "" || twice:
			bad = append(bad, errs.Field{Path: at(i, "name"), Code: "name", ZH: "代号缺失或者重复", EN: "The name is missing or used twice"})
			continue
		case !slices.ContainsFunc(s.Steps, func(t sheetTab) bool { return t.Key == q.Step }):
			bad = append(bad, errs.Field{Path: at(i, "step"), Code: "step", ZH: "没有这一页，请填分页的代号", EN: "There is no such page"})
			continue
		}
		p, _ := old[q.Name].(map[string]any)
		p = maps.Clone(p)
		if p == nil {
			p = map[string]any{}
		}
		q.into(p)
		props[q.Name] = p
		fieldsOf[q.Step] = append(fieldsOf[q.Step], q.Name)
		if q.Required {
			required = append(required, q.Name)
		}
	}
	steps := []any{}
	oldSteps, _ := root["x-steps"].([]any)
	for i, t := range s.Steps {
		if t.Key == "" {
			bad = append(bad, errs.Field{Path: "form.steps." + strconv.Itoa(i) + ".key", Code: "key", ZH: "请填分页的代号", EN: "Give the page a key"})
		}
		st := map[string]any{}
		for _, x := range oldSteps {
			if o, _ := x.(map[string]any); str(o["key"]) == t.Key {
				st = maps.Clone(o)
			}
		}
		put(st, "key", t.Key)
		put(st, "title", t.Title)
		put(st, "x-title-en", t.TitleEN)
		st["fields"] = slices.Concat([]string{}, fieldsOf[t.Key])
		steps = append(steps, st)
	}
	out := maps.Clone(root)
	put(out, "title", s.Title)
	out["x-steps"], out["properties"], out["required"] = steps, props, slices.Concat([]string{}, required)
	text, err := json.Marshal(out)
	if err != nil {
		bad = append(bad, errs.Field{Path: "form", Code: "json", ZH: "表单内容不正确", EN: "The form is not right"})
	}
	return text, bad
}

// into writes a question over its words in the form language.
func (q question) into(p map[string]any) {
	if q.Elem != "" && str(p["x-elem"]) != q.Elem { // taken from the dictionary: its words come from there
		show, source := p["x-show"], p["x-source"]
		clear(p)
		p["$ref"] = "elem:" + q.Elem
		if show != nil {
			p["x-show"] = show
		}
		if source != nil {
			p["x-source"] = source
		}
	}
	put(p, "title", q.Title)
	put(p, "x-title-en", q.TitleEN)
	put(p, "x-help", q.Help)
	if q.Kind != "" && q.Kind != kept && q.Elem == "" && q.Kind != kindOf(p) {
		for _, w := range []string{"type", "format", "x-widget", "oneOf", "enum", "minimum", "maximum", "multipleOf", "maxLength", "minLength", "pattern", "items", "const"} {
			delete(p, w)
		}
		for _, k := range kinds {
			if k.key == q.Kind {
				maps.Copy(p, k.words)
			}
		}
		if q.Kind == "text" || q.Kind == "area" || q.Kind == "name" {
			p["maxLength"] = 200
		}
	}
	if q.Kind == "choice" {
		var all []any
		for _, line := range q.Options {
			value, rest, _ := strings.Cut(line, "=")
			zh, en, _ := strings.Cut(rest, "=")
			o := map[string]any{"const": strings.TrimSpace(value), "title": strings.TrimSpace(zh)}
			if zh == "" {
				o["title"] = o["const"]
			}
			put(o, "x-title-en", strings.TrimSpace(en))
			all = append(all, o)
		}
		p["oneOf"] = all
	}
	if held, _ := simpleShow(p["x-show"]); q.Show != "" {
		in := make([]any, len(q.ShowIn))
		for i, v := range q.ShowIn {
			switch v {
			case "true", "false":
				in[i] = v == "true"
			default:
				in[i] = v
			}
		}
		p["x-show"] = map[string]any{q.Show: in}
	} else if held != "" {
		delete(p, "x-show")
	}
	if len(q.Source) > 0 {
		p["x-source"] = q.Source
	} else {
		delete(p, "x-source")
	}
}

// simpleShow reads a condition on one field; others are left to the text.
func simpleShow(v any) (field string, in []string) {
	m, ok := v.(map[string]any)
	if !ok || len(m) != 1 {
		return "", nil
	}
	for k, x := range m {
		if strings.HasPrefix(k, "x-") || k == "anyOf" || k == "allOf" {
			return "", nil
		}
		switch y := x.(type) {
		case bool:
			return k, []string{map[bool]string{true: "true", false: "false"}[y]}
		case string:
			return k, []string{y}
		case []any:
			for _, e := range y {
				switch z := e.(type) {
				case bool:
					in = append(in, map[bool]string{true: "true", false: "false"}[z])
				case string:
					in = append(in, z)
				default:
					return "", nil
				}
			}
			return k, in
		}
	}
	return "", nil
}

func optionLines(v any) []string {
	list, _ := v.([]any)
	var out []string
	for _, x := range list {
		o, _ := x.(map[string]any)
		line := str(o["const"]) + "=" + str(o["title"])
		if en := str(o["x-title-en"]); en != "" {
			line += "=" + en
		}
		out = append(out, line)
	}
	return out
}

func str(v any) string { s, _ := v.(string); return s }

// wordsIn reads a word or a list of words.
func wordsIn(v any) []string {
	switch x := v.(type) {
	case string:
		return []string{x}
	case []any:
		var out []string
		for _, e := range x {
			out = append(out, str(e))
		}
		return out
	case []string:
		return x
	}
	return nil
}

// put sets a word, or takes it away when it is empty.
func put(m map[string]any, name, v string) {
	if v == "" {
		delete(m, name)
		return
	}
	m[name] = v
}

func (s *Steward) fields(w http.ResponseWriter, r *http.Request) error {
	_, d, err := s.found(r)
	if err != nil {
		return err
	}
	sh, _, err := readSheet(d.Guide.Form)
	if err != nil {
		return err
	}
	p, err := s.fieldsPage(r, d, sh, "", nil)
	if err != nil {
		return err
	}
	return s.views.fields.Render(w, r, http.StatusOK, p)
}

func (s *Steward) fieldsPage(r *http.Request, d *catalog.Draft, sh sheet, open string, bad []errs.Field) (p fieldsPage, err error) {
	a, err := s.actor(r)
	if err != nil {
		return p, err
	}
	p = fieldsPage{Page: s.page(r, a, "申请表", "Form"), Item: d.Guide.Basics.Name, URL: sectionPath(d.ID, "form"), Back: draftPath(d.ID), Locked: !d.State.Editable(), Preview: draftPath(d.ID) + "/form"}
	p.Crumbs = []web.Link{{Href: "/console/items", Text: p.Tr("事项管理", "Service items")}, {Href: p.Back, Text: p.Item}, {Text: p.Title}}
	if p.Seen, err = d.SectionHash("form"); err != nil {
		return p, err
	}
	dr := drawer{page: &p.Page, errors: map[string]string{}, open: open}
	ids := map[string]string{}
	for _, f := range bad {
		dr.errors[f.Path] = p.Tr(f.ZH, f.EN)
		if ids[f.Path] = "f-" + idOf(f.Path); !strings.HasPrefix(f.Path, "form.") {
			ids[f.Path] = "raw" // said of the form's text
		}
	}
	p.Group = dr.group("form", reflect.ValueOf(&sh).Elem())
	els, err := s.c.Catalog.Elements(r.Context())
	if err != nil {
		return p, err
	}
	chooseElements(&p, els)
	if p.Locked {
		lockGroup(&p.Group)
	}
	if len(bad) > 0 {
		p.FieldErrors(bad, ids)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, d.Guide.Form, "", "  "); err != nil {
		return p, err
	}
	p.Raw = b.String()
	p.Prev, p.Next = s.neighbours(p.Page, d, "form")
	return p, nil
}

// chooseElements makes the data element of every question a choice from the
// dictionary.
func chooseElements(p *fieldsPage, els map[string]json.RawMessage) {
	var options []option
	for _, code := range slices.Sorted(maps.Keys(els)) {
		var e struct {
			Title string `json:"title"`
		}
		if err := json.Unmarshal(els[code], &e); err != nil {
			continue
		}
		options = append(options, option{code, e.Title + "（" + code + "）", e.Title + " (" + code + ")"})
	}
	for i := range p.Group.Lists {
		for j := range p.Group.Lists[i].Rows {
			for k, f := range p.Group.Lists[i].Rows[j].Fields {
				if strings.HasSuffix(f.Name, ".elem") {
					f.Widget, f.Options = "select", choice(&p.Page, options, f.Value)
					p.Group.Lists[i].Rows[j].Fields[k] = f
				}
			}
		}
	}
}

// saveFields reads the editor of the form: its questions, or its whole text.
func (s *Steward) saveFields(w http.ResponseWriter, r *http.Request) error {
	a, d, err := s.found(r)
	if err != nil {
		return err
	}
	in, err := posted(r)
	if err != nil {
		return err
	}
	sh, root, err := readSheet(d.Guide.Form)
	if err != nil {
		return err
	}
	var text json.RawMessage
	raw := in.Get("raw")
	if raw != "" {
		text = json.RawMessage(raw)
	} else {
		rd := reader{in: in}
		rd.read("form", reflect.ValueOf(&sh).Elem())
		if err := settleSheet(d, in, &sh); err != nil {
			return err
		}
		open, again := pressed(in)
		var bad []errs.Field
		if text, bad = sh.build(root); again || len(bad) > 0 {
			if again {
				bad = nil
			}
			return s.fieldsAgain(w, r, d, sh, open, bad, in.Get("seen"), "")
		}
	}
	_, err = s.c.Catalog.SaveSection(r.Context(), a, d.ID, "form", in.Get("seen"), text)
	switch {
	case errors.Is(err, catalog.ErrSectionChanged):
		return s.fieldsConflict(w, r, d, sh, text, raw)
	case err != nil && errs.KindOf(err) == errs.Invalid:
		return s.fieldsAgain(w, r, d, sh, "", errs.Of(err).Fields, in.Get("seen"), raw)
	case err != nil:
		return s.back(w, r, draftPath(d.ID), err)
	}
	s.flash(w, r, "已保存“申请表”。", "Saved: Form")
	return web.SeeOther(w, r, s.after(d, "form", in))
}

// fieldsAgain shows what was typed once more. seen "" takes what is stored now
// as seen.
func (s *Steward) fieldsAgain(w http.ResponseWriter, r *http.Request, d *catalog.Draft, sh sheet, open string, bad []errs.Field, seen, raw string) error {
	p, err := s.fieldsPage(r, d, sh, open, bad)
	if err != nil {
		return err
	}
	if seen != "" {
		p.Seen = seen
	}
	if raw != "" {
		p.Raw = raw
	}
	status := http.StatusOK
	if len(bad) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return s.views.fields.Render(w, r, status, p)
}
