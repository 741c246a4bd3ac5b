package steward

import (
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/web"
)

// Conflict 两人同时修改 is what two people wrote into one section, part by part.
type Conflict struct {
	By    string   // who saved first
	Says  []string // how what was typed differs from it
	Parts []ConflictPart
}

// ConflictPart is a part that both wrote differently, or that one alone has.
type ConflictPart struct {
	ID, Title string
	Tag       web.Tag
	Both      bool
	Rows      []ConflictRow
	Name      string // of the input that picks a side
	Sides     []web.OptionView
}

// ConflictRow is one field of a part on both sides; where one alone has the part,
// it is in Mine.
type ConflictRow struct {
	Label        string
	Theirs, Mine []string
}

// conflict shows both: what was typed stays in the boxes, and above it stands
// where the other wrote something else. Saving again means the reader has seen it.
func (s *Steward) conflict(w http.ResponseWriter, r *http.Request, d *catalog.Draft, t typing, name string) error {
	p, err := s.sectionPage(r, d, t)
	if err != nil {
		return err
	}
	a, err := partOf(&d.Guide, name)
	if err != nil {
		return err
	}
	b, err := partOf(t.guide, name)
	if err != nil {
		return err
	}
	p.Conflict = conflictOf(&p.Page, d, t, name, a, b)
	return s.views.section.Render(w, r, http.StatusConflict, p)
}

// conflictOf tells where a part of the draft, a, and what was typed, b, differ.
func conflictOf(p *web.Page, d *catalog.Draft, t typing, name string, a, b reflect.Value) Conflict {
	p.Errors.Title = p.Tr(d.UpdatedBy+"刚刚修改了这一部分", d.UpdatedBy+" has just changed this part")
	p.Errors.Items = []web.Link{{Href: "#theirs", Text: p.Tr("您填写的内容都在，还没有保存。请逐处选择用谁的，再保存一次。", "Nothing you typed is lost, and nothing is saved yet. Pick a side for each part and save once more.")}}
	c := Conflict{By: d.UpdatedBy}
	for _, x := range catalog.Diff(&d.Guide, t.guide) {
		if x.Section == name {
			c.Says = append(c.Says, p.Tr(x.ZH, x.EN))
		}
	}
	says := teller{page: p, guide: &d.Guide, files: shelf{draftPath(d.ID), d.Files, t.taken}}
	for i, x := range differences(name, a, b) {
		c.Parts = append(c.Parts, says.part("c-"+strconv.Itoa(i), x))
	}
	return c
}

// part shows one part with its choice.
func (t *teller) part(id string, d differing) ConflictPart {
	tr, w := t.page.Tr, wordsOf(d.at)
	p := ConflictPart{ID: id, Title: tr(w.zh, w.en), Name: pickName(d.path)}
	pick := func(s side, zh, en string) {
		p.Sides = append(p.Sides, web.OptionView{ID: id + "-" + string(s), Value: string(s), Label: tr(zh, en), Checked: s == d.usual()})
	}
	shown := d.mine
	switch {
	case !d.mine.IsValid():
		shown = d.theirs
		p.Tag = web.Tag{Tone: web.Info, Text: tr("只有对方有", "Theirs alone")}
		pick(theirs, "要这一项", "Take it")
		pick(mine, "不要这一项", "Leave it out")
	case !d.theirs.IsValid():
		p.Tag = web.Tag{Tone: web.OK, Text: tr("只有您有", "Yours alone")}
		pick(mine, "保留这一项", "Keep it")
		pick(theirs, "不要这一项", "Leave it out")
	default:
		p.Both = true
		p.Tag = web.Tag{Tone: web.Note, Text: tr("两边不同", "Different")}
		pick(mine, "用我填写的", "Mine")
		pick(theirs, "用对方保存的", "Theirs")
	}
	if shown.Kind() == reflect.Struct {
		if title := titleOf(shown); title != "" {
			p.Title += tr("：", ": ") + title
		}
	}
	if p.Both {
		p.Rows = t.sides(d)
	} else {
		p.Rows = t.alone(d.at, shown)
	}
	return p
}

// sides are the fields in which a part differs.
func (t *teller) sides(d differing) (out []ConflictRow) {
	b := t.tell(d.at, d.mine)
	for i, a := range t.tell(d.at, d.theirs) {
		if !slices.Equal(a.lines, b[i].lines) {
			out = append(out, ConflictRow{a.label, a.lines, b[i].lines})
		}
	}
	return out
}

func (t *teller) alone(at string, v reflect.Value) (out []ConflictRow) {
	for _, x := range t.tell(at, v) {
		if !x.empty {
			out = append(out, ConflictRow{Label: x.label, Mine: x.lines})
		}
	}
	return out
}

// settle lays into what was typed what was picked of the other's, if that is still what
// the page with the choice showed.
func (s *Steward) settle(d *catalog.Draft, name string, in url.Values, typed reflect.Value) error {
	now, err := d.SectionHash(name)
	if err != nil || now != in.Get("seen") {
		return err
	}
	g, err := cloneGuide(d.Guide)
	if err != nil {
		return err
	}
	stored, err := partOf(&g, name)
	if err == nil {
		take(name, stored, typed, in)
	}
	return err
}

// settleSheet is settle for the form.
func settleSheet(d *catalog.Draft, in url.Values, typed *sheet) error {
	now, err := d.SectionHash("form")
	if err != nil || now != in.Get("seen") {
		return err
	}
	stored, _, err := readSheet(d.Guide.Form)
	if err == nil {
		take("form", reflect.ValueOf(&stored).Elem(), reflect.ValueOf(typed).Elem(), in)
	}
	return err
}

// fieldsConflict shows both forms; raw is the form's text if that was written.
func (s *Steward) fieldsConflict(w http.ResponseWriter, r *http.Request, d *catalog.Draft, typed sheet, text json.RawMessage, raw string) error {
	p, err := s.fieldsPage(r, d, typed, "", nil)
	if err != nil {
		return err
	}
	stored, _, err := readSheet(d.Guide.Form)
	if err != nil {
		return err
	}
	g, err := cloneGuide(d.Guide)
	if err != nil {
		return err
	}
	g.Form = text
	p.Conflict = conflictOf(&p.Page, d, typing{guide: &g}, "form", reflect.ValueOf(&stored).Elem(), reflect.ValueOf(&typed).Elem())
	if raw != "" {
		p.Raw = raw
	}
	return s.views.fields.Render(w, r, http.StatusConflict, p)
}
