package steward

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/web"
)

// sectionPage edits one part of a guide.
type sectionPage struct {
	web.Page
	Name, Item string
	Help       string
	URL, Back  string
	Seen       string
	Group      Group
	Plain      []web.FieldView // a part that is a list of words
	Lists      []List
	Problems   []web.Link // what the gate says now, and where
	Theirs     string     // what somebody else wrote meanwhile, as text
	Locked     bool
	Prev, Next web.Link
}

// section shows the editor of a part.
func (s *Steward) section(w http.ResponseWriter, r *http.Request) error {
	_, d, err := s.found(r)
	if err != nil {
		return err
	}
	p, err := s.sectionPage(r, d, &d.Guide, "", nil)
	if err != nil {
		return err
	}
	return s.views.section.Render(w, r, http.StatusOK, p)
}

// sectionPage draws a part of g, which is the draft's guide or what was typed.
func (s *Steward) sectionPage(r *http.Request, d *catalog.Draft, g *catalog.Guide, open string, bad []errs.Field) (p sectionPage, err error) {
	name := r.PathValue("section")
	l, ok := sectionWords[name]
	if !ok || name == "form" {
		return p, web.ErrNoPage()
	}
	a, err := s.actor(r)
	if err != nil {
		return p, err
	}
	p = sectionPage{Page: s.page(r, a, l.zh, l.en), Item: g.Basics.Name, URL: sectionPath(d.ID, name), Back: draftPath(d.ID), Locked: !d.State.Editable() || catalog.Locked(d.Kind, name)}
	p.Name = p.Tr(l.zh, l.en)
	p.Title = p.Name + " - " + p.Item
	p.Crumbs = []web.Link{{Href: "/console/items", Text: p.Tr("事项管理", "Service items")}, {Href: p.Back, Text: p.Item}, {Text: p.Name}}
	if p.Seen, err = d.SectionHash(name); err != nil {
		return p, err
	}
	part, err := partOf(g, name)
	if err != nil {
		return p, err
	}
	problems, err := s.c.Catalog.DraftProblems(r.Context(), d)
	if err != nil {
		return p, err
	}
	dr := drawer{page: &p.Page, errors: map[string]string{}, open: open, fields: s.formFields(d)}
	for _, x := range problems {
		if head, _, _ := strings.Cut(x.Path, "/"); head == name {
			p.Problems = append(p.Problems, web.Link{Href: "#" + anchorOf(g, x.Path), Text: p.Tr(x.ZH, x.EN)})
			dr.errors[inputOf(g, x.Path)] = p.Tr(x.ZH, x.EN)
		}
	}
	for _, f := range bad {
		dr.errors[f.Path] = p.Tr(f.ZH, f.EN)
	}
	s.drawPart(&p, &dr, name, part)
	if len(bad) > 0 {
		ids := map[string]string{}
		for _, f := range bad {
			ids[f.Path] = "f-" + idOf(f.Path)
		}
		p.FieldErrors(bad, ids)
	}
	p.Prev, p.Next = s.neighbours(p.Page, d, name)
	return p, nil
}

// drawPart puts a part on the page: a struct as a group, structs as a list,
// words as one box.
func (s *Steward) drawPart(p *sectionPage, d *drawer, name string, v reflect.Value) {
	switch {
	case v.Kind() == reflect.Struct:
		p.Group = d.group(name, v)
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
		p.Lists = []List{d.list(name, v)}
	default:
		p.Plain = []web.FieldView{d.field(name, v)}
	}
	if p.Locked {
		lockGroup(&p.Group)
		for i := range p.Lists {
			lockList(&p.Lists[i])
		}
		for i := range p.Plain {
			p.Plain[i].Locked = true
		}
	}
}

func lockGroup(g *Group) {
	for i := range g.Fields {
		g.Fields[i].Locked = true
	}
	for i := range g.Groups {
		lockGroup(&g.Groups[i])
	}
	for i := range g.Lists {
		lockList(&g.Lists[i])
	}
}

func lockList(l *List) {
	l.AddText = ""
	for i := range l.Rows {
		l.Rows[i].Up, l.Rows[i].Remove = false, false
		lockGroup(&l.Rows[i].Group)
	}
}

// neighbours are the parts before and after one, in the guide's order.
func (s *Steward) neighbours(p web.Page, d *catalog.Draft, name string) (prev, next web.Link) {
	var last web.Link
	found := false
	for _, sec := range catalog.Sections() {
		w, ok := sectionWords[sec]
		if !ok || sec == "demo" {
			continue
		}
		l := web.Link{Href: sectionPath(d.ID, sec), Text: p.Tr(w.zh, w.en)}
		if found {
			return prev, l
		}
		if sec == name {
			prev, found = last, true
		}
		last = l
	}
	return prev, next
}

// inputOf turns the path of a problem, which names materials and steps by their
// code, into the name of an input, which counts rows.
func inputOf(g *catalog.Guide, path string) string {
	parts := strings.Split(path, "/")
	if len(parts) >= 2 {
		switch parts[0] {
		case "materials":
			for i, m := range g.Materials {
				if m.Code == parts[1] {
					parts[1] = strconv.Itoa(i)
					break
				}
			}
		case "steps":
			for i, st := range g.Steps {
				if st.Key == parts[1] {
					parts[1] = strconv.Itoa(i)
					break
				}
			}
		}
	}
	return strings.Join(parts, ".")
}

// anchorOf is the id of the box, or the part, in which a problem is mended.
func anchorOf(g *catalog.Guide, path string) string {
	names := strings.Split(inputOf(g, path), ".")
	v, err := partOf(g, names[0])
	if err != nil {
		return names[0]
	}
	at := names[0]
	for _, name := range names[1:] {
		next, ok := below(v, name)
		if !ok {
			break
		}
		v, at = next, at+"."+name
	}
	if v.Kind() == reflect.Pointer {
		v = reflect.Zero(v.Type().Elem())
	}
	if v.Kind() == reflect.Struct || v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct {
		return "g-" + idOf(at)
	}
	return "f-" + idOf(at)
}

// below is the field, or the row, of a value by its name.
func below(v reflect.Value, name string) (reflect.Value, bool) {
	if v.Kind() == reflect.Pointer {
		if v = v.Elem(); !v.IsValid() {
			return v, false
		}
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if jsonName(v.Type().Field(i)) == name {
				return v.Field(i), true
			}
		}
	case reflect.Slice:
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < v.Len() {
			return v.Index(i), true
		}
	}
	return v, false
}

// formFields are the questions of the application form, for conditions.
func (s *Steward) formFields(d *catalog.Draft) []option {
	f, err := s.c.Catalog.DraftForm(d)
	if err != nil {
		return nil
	}
	var out []option
	for _, x := range f.Fields() {
		out = append(out, option{x.Name, x.Title, x.TitleEN})
	}
	return out
}

// save reads the editor of a part. A button for rows shows the page again with
// what was typed; otherwise it is saved.
func (s *Steward) save(w http.ResponseWriter, r *http.Request) error {
	a, d, err := s.found(r)
	if err != nil {
		return err
	}
	in, err := posted(r)
	if err != nil {
		return err
	}
	name := r.PathValue("section")
	typed := d.Guide
	if typed, err = cloneGuide(typed); err != nil {
		return err
	}
	part, err := partOf(&typed, name)
	if err != nil {
		return web.ErrNoPage()
	}
	rd := reader{in: in}
	rd.read(name, part)
	if open, ok := pressed(in); ok || len(rd.problems) > 0 {
		p, err := s.sectionPage(r, d, &typed, open, rd.problems)
		if err != nil {
			return err
		}
		p.Seen = in.Get("seen")
		status := http.StatusOK
		if len(rd.problems) > 0 {
			status = http.StatusUnprocessableEntity
		}
		return s.views.section.Render(w, r, status, p)
	}
	value, err := json.Marshal(part.Interface())
	if err != nil {
		return err
	}
	_, err = s.c.Catalog.SaveSection(r.Context(), a, d.ID, name, in.Get("seen"), value)
	switch {
	case errors.Is(err, catalog.ErrSectionChanged):
		return s.conflict(w, r, d, &typed, name)
	case err != nil && errs.KindOf(err) == errs.Invalid:
		p, perr := s.sectionPage(r, d, &typed, "", errs.Of(err).Fields)
		if perr != nil {
			return perr
		}
		return s.views.section.Render(w, r, http.StatusUnprocessableEntity, p)
	case err != nil:
		return s.back(w, r, draftPath(d.ID), err)
	}
	s.flash(w, r, "已保存“"+sectionWords[name].zh+"”。", "Saved: "+sectionWords[name].en)
	return web.SeeOther(w, r, s.after(d, name, in))
}

// after is where to go once a part is saved: the part that was asked for, else
// the draft.
func (s *Steward) after(d *catalog.Draft, name string, in url.Values) string {
	if in.Get("then") == "next" {
		if _, next := s.neighbours(web.Page{}, d, name); next.Href != "" {
			return next.Href
		}
	}
	return draftPath(d.ID) + "#part-" + name
}

// conflict shows both: what was typed stays in the boxes, what the other wrote
// stands above; saving again means the reader has seen it.
func (s *Steward) conflict(w http.ResponseWriter, r *http.Request, d *catalog.Draft, typed *catalog.Guide, name string) error {
	p, err := s.sectionPage(r, d, typed, "", nil)
	if err != nil {
		return err
	}
	theirs, err := d.Section(name)
	if err != nil {
		return err
	}
	var v any
	if err := json.Unmarshal(theirs, &v); err != nil {
		return err
	}
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	p.Theirs = string(text)
	p.Errors.Title = p.Tr(d.UpdatedBy+"刚刚修改了这一部分", d.UpdatedBy+" has just changed this part")
	p.Errors.Items = []web.Link{{Href: "#theirs", Text: p.Tr("您填写的内容都在下面，还没有保存。请对照对方的内容，合并后再保存一次。", "What you typed is below and not saved yet. Compare, merge, and save once more.")}}
	return s.views.section.Render(w, r, http.StatusConflict, p)
}

// cloneGuide copies a guide, so that reading a form does not change the draft.
func cloneGuide(g catalog.Guide) (out catalog.Guide, err error) {
	b, err := json.Marshal(g)
	if err != nil {
		return out, err
	}
	return out, json.Unmarshal(b, &out)
}
