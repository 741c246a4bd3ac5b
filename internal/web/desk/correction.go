package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/caseview"
)

// mostNote is how many characters a clerk may add to one requirement, as
// casework takes them.
const mostNote = 300

// correctPage 一次性告知 is the checklist of all that the guide lets a notice ask
// for (第二十一条): requirement lines of materials and fields of the form.
type correctPage struct {
	web.Page
	Item, Short string
	State       web.Tag
	Again       bool // a second notice: only what the first one asked
	URL         string
	Version     int64
	From        string
	Materials   []askGroup
	Fields      []askGroup
	MoreOpen    bool       // in a second notice: what a new fact may ask for is unfolded
	More        []askGroup // in a second notice: what only a new fact may ask for
	Fact        []web.FieldView
	Back        web.Link
}

// askGroup is what can be asked of one material, or of one page of the form.
type askGroup struct {
	ID, Title string
	Tag       web.Tag
	Files     []web.File
	Has       string // what was handed in, in words
	Open      bool   // unfolded
	Lines     []askLine
}

// askLine is one thing that can be ticked, with room for a note.
type askLine struct {
	ID, Key, Text, Now string
	Checked            bool
	Note, Error        string
}

// noticePage shows the whole notice before it is sent.
type noticePage struct {
	web.Page
	Item, Short string
	Who         string
	Lines       []web.Fact
	Count       int
	URL         string
	Hidden      []web.Hidden
	Until       string
	Fact        []web.Fact // the new fact on which it rests
}

func (d *Desk) showCorrection(w http.ResponseWriter, r *http.Request) error {
	a, err := d.Actor(r)
	if err != nil {
		return err
	}
	v, err := d.c.Casework.View(r.Context(), a, r.PathValue("no"))
	if err != nil {
		return err
	}
	if !offers(v, casework.RequestCorrection) {
		return web.SeeOther(w, r, withFrom(casePath(v.Case.No), backTo(r.URL.Query().Get("from"))))
	}
	return d.views.correct.Render(w, r, http.StatusOK, d.correctPage(r, a, v, backTo(r.URL.Query().Get("from")), url.Values{}, nil))
}

// requestCorrection answers the checklist: first the notice as it will read,
// then, when that is confirmed, the act.
func (d *Desk) requestCorrection(w http.ResponseWriter, r *http.Request) error {
	a, err := d.Actor(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	in := r.PostForm
	v, err := d.c.Casework.View(r.Context(), a, r.PathValue("no"))
	if err != nil {
		return err
	}
	input, bad := readAct(casework.RequestCorrection, in)
	asks, notes := readAsks(in)
	bad = append(bad, notes...)
	input.NewFact = readFact(in)
	if len(asks) == 0 {
		bad = append(bad, errs.Field{Path: "ask", Code: "required", ZH: "请勾选需要补正的内容", EN: "Tick what has to be corrected"})
	}
	from := backTo(in.Get("from"))
	switch {
	case !offers(v, casework.RequestCorrection) || input.Version != 0 && input.Version != v.Case.Version:
		return d.changed(w, r, a, casework.RequestCorrection, input)
	case len(bad) > 0:
		return d.views.correct.Render(w, r, http.StatusUnprocessableEntity, d.correctPage(r, a, v, from, in, bad))
	case in.Get("go") == "send":
		input.Asks = asks
		_, err := d.c.Casework.Perform(r.Context(), a, v.Case.No, casework.RequestCorrection, input)
		if e := errs.Of(err); err != nil && e.Kind == errs.Invalid && len(e.Fields) > 0 {
			return d.views.correct.Render(w, r, http.StatusUnprocessableEntity, d.correctPage(r, a, v, from, in, e.Fields))
		}
		if errs.KindOf(err) == errs.Conflict && err != nil {
			return d.changed(w, r, a, casework.RequestCorrection, input)
		}
		if err != nil {
			return err
		}
		return d.done(w, r, casework.RequestCorrection, v.Case.No)
	case in.Get("go") == "edit":
		return d.views.correct.Render(w, r, http.StatusOK, d.correctPage(r, a, v, from, in, nil))
	}
	return d.views.notice.Render(w, r, http.StatusOK, d.noticePage(r, a, v, from, in, asks))
}

// askKey names an ask in a form: "m|m01|a", "m|m01|" for not handed in at all,
// "f|name" for a field.
func askKey(a casework.Ask) string {
	if a.Field != "" {
		return "f|" + a.Field
	}
	if a.Paper {
		return "p|" + a.Material
	}
	return "m|" + a.Material + "|" + a.Line
}

// readAsks reads what was ticked. Whether the guide names it, casework says.
func readAsks(in url.Values) (asks []casework.Ask, bad []errs.Field) {
	for _, key := range in["ask"] {
		a := casework.Ask{Note: clean(in.Get("note:" + key))}
		parts := strings.Split(key, "|")
		switch {
		case len(parts) == 2 && parts[0] == "f":
			a.Field = parts[1]
		case len(parts) == 2 && parts[0] == "p":
			a.Material, a.Paper = parts[1], true
		case len(parts) == 3 && parts[0] == "m":
			a.Material, a.Line = parts[1], parts[2]
		default:
			continue
		}
		if utf8.RuneCountInString(a.Note) > mostNote {
			bad = append(bad, errs.Field{Path: "note:" + key, Code: "max-length", ZH: "说明请不要超过300个字", EN: "At most 300 characters"})
		}
		asks = append(asks, a)
	}
	return asks, bad
}

func (d *Desk) correctPage(r *http.Request, a actor.Actor, v *casework.View, from string, in url.Values, bad []errs.Field) correctPage {
	p := correctPage{Page: d.page(r, a, "todo", "一次性告知补正", "Ask for correction"), Item: v.Case.ItemName, Short: d.shortNo(v.Case.No),
		URL: casePath(v.Case.No) + "/acts/request-correction", Version: v.Case.Version, From: from, Again: len(v.Case.Correction) > 0}
	p.State = caseview.State(p.Page, v.Case.State, v.Case.Outcome)
	p.Back = web.Link{Href: withFrom(casePath(v.Case.No), from), Text: p.Tr("返回办件", "Back to the case")}
	l := lister{p: p.Page, v: v, in: in, ids: map[string]string{}}
	for _, mv := range v.Materials {
		if g := l.material(mv); len(g.Lines) > 0 {
			p.Materials = append(p.Materials, g)
		}
	}
	p.Fields = l.fields()
	asks, _ := readAsks(in)
	if p.Again {
		l.more = true
		for _, mv := range v.Materials {
			if g := l.material(mv); len(g.Lines) > 0 {
				p.More = append(p.More, g)
			}
		}
		p.More = append(p.More, l.fields()...)
		p.Fact = factFields(p.Page, in)
		for i, g := range p.More {
			p.More[i].ID = "more-" + g.ID
			p.More[i].Open = slices.ContainsFunc(g.Lines, func(x askLine) bool { return x.Checked })
			p.MoreOpen = p.MoreOpen || p.More[i].Open
		}
		for _, f := range p.Fact {
			l.ids[f.Name] = f.ID
		}
		for i := range bad {
			bad[i].Path = strings.Replace(bad[i].Path, "newFact/", "fact-", 1)
			p.MoreOpen = p.MoreOpen || strings.HasPrefix(bad[i].Path, "fact-")
		}
	}
	for i := range bad { // asks/2, asks/2/note: the line that was ticked
		if at, rest, ok := strings.Cut(strings.TrimPrefix(bad[i].Path, "asks/"), "/"); strings.HasPrefix(bad[i].Path, "asks/") {
			if n, err := strconv.Atoi(at); err == nil && n < len(asks) && (!ok || rest == "note") {
				bad[i].Path = "note:" + askKey(asks[n])
			}
		}
	}
	if len(l.first) > 0 {
		l.ids["ask"] = l.first
	}
	words := p.FieldErrors(bad, l.ids)
	for i := range p.Fact {
		p.Fact[i].Error = words[p.Fact[i].Name]
	}
	for _, groups := range [][]askGroup{p.Materials, p.Fields, p.More} {
		for i := range groups {
			for j := range groups[i].Lines {
				groups[i].Lines[j].Error = words["note:"+groups[i].Lines[j].Key]
			}
		}
	}
	return p
}

// lister makes the lines of the checklist.
type lister struct {
	p     web.Page
	v     *casework.View
	in    url.Values
	ids   map[string]string
	first string
	n     int
	more  bool // in a second notice: only what the first did not ask
}

// may reports whether an ask may be made: in a second notice, only what the
// first one asked.
func (l *lister) may(a casework.Ask) bool {
	if len(l.v.Case.Correction) == 0 {
		return true
	}
	return l.more != slices.ContainsFunc(l.v.Case.Correction, func(f casework.Ask) bool { return askKey(f) == askKey(a) })
}

func (l *lister) line(g *askGroup, a casework.Ask, text, now string) {
	if !l.may(a) {
		return
	}
	l.n++
	key := askKey(a)
	x := askLine{ID: "ask-" + strconv.Itoa(l.n), Key: key, Text: text, Now: now, Note: l.in.Get("note:" + key), Checked: slices.Contains(l.in["ask"], key)}
	l.ids["note:"+key] = x.ID + "-note"
	if l.first == "" {
		l.first = x.ID
	}
	g.Open = g.Open || x.Checked
	g.Lines = append(g.Lines, x)
}

func (l *lister) material(mv casework.MaterialView) askGroup {
	m := mv.Material
	g := askGroup{ID: "m-" + m.Code, Title: l.p.Tr(m.Name, orElse(m.NameEN, m.Name)), Open: true}
	for _, f := range mv.Handed.Files {
		g.Files = append(g.Files, web.File{Name: f.Name, Size: f.Size, Href: casePath(l.v.Case.No) + "/files/" + strconv.FormatInt(f.File, 10)})
	}
	switch {
	case mv.Handed.Licence != nil:
		g.Has = l.p.Tr("使用电子证照：", "Licence used: ") + mv.Handed.Licence.Name
	case mv.Handed.Paper:
		g.Has = l.p.Tr("纸质材料，窗口已查验", "Paper, seen at the window")
	case mv.Handed.Empty() && m.Required():
		g.Tag = web.Tag{Tone: web.Bad, Text: l.p.Tr("未提交", "Missing")}
	case mv.Handed.Empty():
		g.Tag = web.Tag{Text: l.p.Tr("未提交（非必要）", "Not handed in (optional)")}
	}
	if mv.Handed.Empty() {
		l.line(&g, casework.Ask{Material: m.Code}, l.p.Tr("未提交：请提交“"+m.Name+"”。", "Missing: hand in "+orElse(m.NameEN, m.Name)+"."), "")
	}
	if m.PaperLaw != "" {
		l.line(&g, casework.Ask{Material: m.Code, Paper: true}, l.p.Tr("请提交“"+m.Name+"”的纸质原件（依据："+m.PaperLaw+"）。", "Hand in the paper original ("+m.PaperLaw+")."), "")
	}
	for _, line := range m.Lines {
		l.line(&g, casework.Ask{Material: m.Code, Line: line.Code}, line.Text, "")
	}
	return g
}

func (l *lister) fields() []askGroup {
	var out []askGroup
	for i, s := range l.v.Version.Form().Steps() {
		g := askGroup{ID: "f-" + strconv.Itoa(i+1), Title: l.p.Tr(s.Title, orElse(s.TitleEN, s.Title))}
		for _, x := range l.v.Summary {
			if x.Step == s.Key {
				now := x.Masked
				if now == "" && len(x.Rows) > 0 {
					now = l.p.Tr(strconv.Itoa(len(x.Rows))+" 行", strconv.Itoa(len(x.Rows))+" rows")
				}
				l.line(&g, casework.Ask{Field: x.Name}, l.p.Tr("更正“"+x.Title+"”", "Correct “"+x.TitleEN+"”"), now)
			}
		}
		if len(g.Lines) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// noticePage shows everything that will be asked, in the words of the guide.
func (d *Desk) noticePage(r *http.Request, a actor.Actor, v *casework.View, from string, in url.Values, asks []casework.Ask) noticePage {
	p := noticePage{Page: d.page(r, a, "todo", "核对补正告知", "Check the notice"), Item: v.Case.ItemName, Short: d.shortNo(v.Case.No), Who: v.Case.Party.Name,
		URL: casePath(v.Case.No) + "/acts/request-correction", Count: len(asks)}
	p.Hidden = []web.Hidden{{Name: "version", Value: in.Get("version")}, {Name: "from", Value: from}}
	for _, x := range asks {
		p.Lines = append(p.Lines, web.Fact{Key: askName(p.Page, v, x), Value: askText(v, x), Soft: x.Note})
		p.Hidden = append(p.Hidden, web.Hidden{Name: "ask", Value: askKey(x)})
		if x.Note != "" {
			p.Hidden = append(p.Hidden, web.Hidden{Name: "note:" + askKey(x), Value: x.Note})
		}
	}
	if f := readFact(in); len(v.Case.Correction) > 0 && f != (casework.NewFact{}) {
		p.Fact = factWords(p.Page, f)
		for _, name := range []string{"fact-source", "fact-what", "fact-on.y", "fact-on.m", "fact-on.d", "fact-from"} {
			p.Hidden = append(p.Hidden, web.Hidden{Name: name, Value: clean(in.Get(name))})
		}
	}
	p.Until = until(p.Page, v)
	return p
}

// askText is what the notice will say, as casework words it.
func askText(v *casework.View, a casework.Ask) string {
	if m, ok := v.Version.Guide.Material(a.Material); ok {
		if l, ok := m.Line(a.Line); ok {
			return l.Text
		}
		if a.Paper {
			return "请提交“" + m.Name + "”的纸质原件（依据：" + m.PaperLaw + "）。"
		}
		return "请提交“" + m.Name + "”。"
	}
	if fd := v.Version.Form().Field(a.Field); fd != nil {
		return "请更正“" + fd.Title + "”。"
	}
	return ""
}

// until says how long the applicant will have.
func until(p web.Page, v *casework.View) string {
	n, unitZH, unitEN := v.Regime.Correction.Workdays, "个工作日", "working days"
	if l := v.Version.Guide.Limits.Correction; l != nil && l.Days > 0 {
		n = l.Days
		if isNatural(l) {
			unitZH, unitEN = "日", "days"
		}
	}
	if n == 0 {
		return ""
	}
	return p.Tr("申请人有"+strconv.Itoa(n)+unitZH+"补正。", "The applicant has "+strconv.Itoa(n)+" "+unitEN+" to correct.")
}

func isNatural(l *catalog.Limit) bool { return l.Unit == "day" }
