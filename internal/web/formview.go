package web

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
)

// FormInput is what [Renderer.Form] draws a form's page from.
type FormInput struct {
	Form     *form.Form
	Step     string            // key of the page to show; empty: all fields on one page
	Values   form.Values       // answers so far, of all pages
	Raw      form.Raw          // what was typed and could not be read
	Problems []errs.Field      // of any page; those of this page are shown
	From     map[string]string // field → where its value came from: “来自您的营业执照”
	Locked   map[string]bool   // field → shown, not to be changed here (the server must not take it)

	Blank map[string]int // table → empty rows to add, see [TableButtons]

	Action   string // where the form posts
	Autosave string // POST address for drafts, answers 204; empty: none
	Saved    string // “已保存 16:54”, from the draft
	Submit   string // words of the main button
	Back     Link   // Href empty: none
	Hidden   []Hidden
}

// FormView is partial "form": one page of a form, ready to be drawn.
type FormView struct {
	ID       string // for data-form: the conditions' stylesheet applies below it
	Heading  string // the step's
	Help     string
	Action   string
	Autosave string
	Saved    string
	Submit   string
	Back     Link
	Hidden   []Hidden
	Answers  []form.Answer // of other pages that conditions here refer to
	Fields   []FieldView
}

// FieldView is partial "field": a question with its widget. Page authors may
// also write one themselves, without a form: {ID, Name, Label, Widget, Value}.
type FieldView struct {
	ID, Name string
	Widget   form.Widget // empty: text
	Label    string
	Help     string
	Error    string
	Optional bool // “(选填)” is said
	Value    string
	Options  []OptionView
	Y, M, D  string // date
	Unit     string // after the box
	Mode     string // inputmode: numeric, decimal, tel
	Auto     string // autocomplete
	Width    string // w-s, w-m, w-l, w-id
	Max      int    // maxlength, 0: none
	Secret   bool   // a password
	From     string // where the value came from
	Locked   bool
	Show     string // the field's name when it has a condition: hidden by stylesheet
	When     string // the condition as JSON, for browsers without :has()
	Heads    []Head // table
	Rows     []RowView
	AddText  string // words of the button that adds a row; empty: no more rows
}

// OptionView is one possible answer.
type OptionView struct {
	ID, Value, Label, Soft string
	Checked                bool
}

// RowView is one row of a table question.
type RowView struct {
	Cells  []FieldView
	Remove string // value of the button that takes the row away: "staff.0"
	Label  string // “第 1 行”
}

// TableButtons reads the buttons of table questions from a posted form, before
// it is decoded: the inputs of a row to be removed go, and blank says how many
// empty rows to show. When pressed, show the page again instead of going on.
func TableButtons(in url.Values) (blank map[string]int, pressed bool) {
	if name := in.Get("_add"); name != "" {
		return map[string]int{name: 1}, true
	}
	row := in.Get("_del")
	if row == "" {
		return nil, false
	}
	for name := range in {
		if strings.HasPrefix(name, row+".") {
			in.Del(name)
		}
	}
	return nil, true
}

// Described is the list of ids that explain the widget, for aria-describedby.
func (f FieldView) Described() string {
	var ids []string
	if f.Help != "" {
		ids = append(ids, f.ID+"-help")
	}
	if f.Error != "" {
		ids = append(ids, f.ID+"-why")
	}
	return strings.Join(ids, " ")
}

// Form draws one page of a form. It sets p.Errors from the problems of the
// page, and links the stylesheet of its conditions.
func (rt *Renderer) Form(p *Page, in FormInput) FormView {
	d := drawer{p: p, in: in, fill: in.Form.Fill(in.Values, in.Raw), problems: map[string]errs.Field{}, ids: map[string]string{}}
	for _, f := range in.Problems {
		if _, had := d.problems[f.Path]; !had {
			d.problems[f.Path] = f
		}
	}
	v := FormView{ID: in.Form.ID(), Action: in.Action, Autosave: in.Autosave, Saved: in.Saved,
		Submit: in.Submit, Back: in.Back, Hidden: in.Hidden}
	if v.Submit == "" {
		v.Submit = p.Tr("保存并继续", "Save and continue")
	}
	fields := in.Form.Fields()
	if step, ok := in.Form.Step(in.Step); ok {
		fields = step.Fields
		v.Heading, v.Help = p.Tr(step.Title, step.TitleEN), p.Tr(step.Help, step.HelpEN)
		v.Answers = in.Form.Answers(in.Step, in.Values)
	}
	conditional := false
	for _, fd := range fields {
		f := d.field(fd, fd.Name, fd.Name)
		if fd.Show != nil {
			conditional = true
			f.Show, f.When = fd.Name, when(fd.Show)
		}
		v.Fields = append(v.Fields, f)
	}
	if conditional {
		p.Styles = append(p.Styles, rt.shows.put(in.Form.ID(), in.Form.ShowCSS()))
	}
	p.Errors = d.summary(in.Problems)
	return v
}

// when writes a condition as [[["field",["a","b"]],…],…]: any of all of.
func when(c *form.Cond) string {
	alts := [][][2]any{}
	for _, alt := range c.Any {
		all := [][2]any{}
		for _, a := range alt {
			all = append(all, [2]any{a.Field, a.Values})
		}
		alts = append(alts, all)
	}
	b, err := json.Marshal(alts)
	if err != nil {
		return "" // strings always marshal
	}
	return string(b)
}

type drawer struct {
	p        *Page
	in       FormInput
	fill     url.Values            // the text of every input
	problems map[string]errs.Field // by path
	ids      map[string]string     // path → id to jump to
}

// field draws one question. name is the input's name, path the error's.
func (d *drawer) field(fd *form.Field, name, path string) FieldView {
	tr := d.p.Tr
	f := FieldView{ID: "f-" + idOf(name), Name: name, Widget: fd.Widget, Label: tr(fd.Title, fd.TitleEN),
		Help: tr(fd.Help, fd.HelpEN), Optional: !fd.Required && !fd.MustAccept, Unit: tr(fd.Unit, fd.UnitEN),
		From: d.in.From[name], Locked: d.in.Locked[name], Max: fd.MaxLength}
	if f.Help == "" && fd.Example != "" {
		f.Help = tr("例如：", "For example: ") + fd.Example
	}
	if e, ok := d.problems[path]; ok {
		f.Error = tr(e.ZH, e.EN)
	}
	d.ids[path] = f.ID
	f.Value = d.fill.Get(name)
	switch fd.Widget {
	case form.Radio, form.Select, form.Checkboxes:
		d.options(&f, fd, name)
		if fd.Widget != form.Select && len(f.Options) > 0 {
			d.ids[path] = f.Options[0].ID
		}
	case form.Checkbox:
		f.Options = []OptionView{{ID: f.ID, Value: "true", Label: f.Label, Checked: d.fill.Get(name) == "true"}}
		f.Optional = false
	case form.DateBox:
		f.Y, f.M, f.D = d.fill.Get(name+".y"), d.fill.Get(name+".m"), d.fill.Get(name+".d")
		d.ids[path] = f.ID + "-y"
	case form.IDNumber, form.USCC:
		f.Width, f.Auto = "w-id", "off"
	case form.Phone:
		f.Width, f.Mode, f.Auto = "w-m", "tel", "tel"
	case form.NumberBox:
		f.Width, f.Mode = "w-s", "decimal"
		if fd.Type == form.Integer {
			f.Mode = "numeric"
		}
	case form.Money:
		f.Width, f.Mode = "w-m", "decimal"
		if f.Unit == "" {
			f.Unit = tr("元", "yuan")
		}
	case form.Table:
		d.table(&f, fd, path)
	case form.Text:
		switch {
		case fd.MaxLength > 0 && fd.MaxLength <= 20:
			f.Width = "w-m"
		case fd.MaxLength > 0 && fd.MaxLength <= 60:
			f.Width = "w-l"
		}
	}
	if fd.Sensitive && f.Auto == "" {
		f.Auto = "off"
	}
	return f
}

func (d *drawer) options(f *FieldView, fd *form.Field, name string) {
	opts := fd.Options
	if len(opts) == 0 && fd.Type == form.Boolean {
		opts = []form.Option{{Value: "true", Label: "是", LabelEN: "Yes"}, {Value: "false", Label: "否", LabelEN: "No"}}
	}
	for i, o := range opts {
		f.Options = append(f.Options, OptionView{ID: f.ID + "-" + strconv.Itoa(i+1), Value: o.Value,
			Label: d.p.Tr(o.Label, o.LabelEN), Checked: slices.Contains(d.fill[name], o.Value)})
	}
}

func (d *drawer) table(f *FieldView, fd *form.Field, path string) {
	for _, c := range fd.Children {
		f.Heads = append(f.Heads, Head{Text: d.p.Tr(c.Title, c.TitleEN)})
	}
	rows, _ := d.in.Values[fd.Name].([]any)
	n := max(len(rows)+d.in.Blank[fd.Name], fd.MinItems, 1)
	for i := range n {
		at := strconv.Itoa(i)
		r := RowView{Label: d.p.Tr("第 "+strconv.Itoa(i+1)+" 行", "Row "+strconv.Itoa(i+1))}
		for _, c := range fd.Children {
			r.Cells = append(r.Cells, d.field(c, f.Name+"."+at+"."+c.Name, path+"/"+at+"/"+c.Name))
		}
		if n > max(fd.MinItems, 1) {
			r.Remove = f.Name + "." + at
		}
		f.Rows = append(f.Rows, r)
	}
	if fd.MaxItems == 0 || n < fd.MaxItems {
		f.AddText = d.p.Tr("再加一行", "Add a row")
	}
	if len(f.Rows) > 0 && len(f.Rows[0].Cells) > 0 {
		first := fd.Children[0].Name
		d.ids[path] = d.ids[path+"/0/"+first]
	}
}

// summary lists the problems of the fields that are on the page, in the order
// given; problems elsewhere are listed without a link.
func (d *drawer) summary(problems []errs.Field) Errors {
	var e Errors
	for _, f := range problems {
		l := Link{Text: d.p.Tr(f.ZH, f.EN)}
		if id := d.ids[f.Path]; id != "" {
			l.Href = "#" + id
		}
		e.Items = append(e.Items, l)
	}
	return e
}

// FieldErrors makes the error summary and gives the words by field for a form
// that a page author wrote by hand; ids maps a field's path to its widget's id.
func (p *Page) FieldErrors(problems []errs.Field, ids map[string]string) map[string]string {
	words := map[string]string{}
	d := drawer{p: p, ids: ids}
	p.Errors = d.summary(problems)
	for _, f := range problems {
		if words[f.Path] == "" {
			words[f.Path] = p.Tr(f.ZH, f.EN)
		}
	}
	return words
}
