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
	Conflict   Conflict   // with what somebody else wrote meanwhile
	Uploads    bool       // files come with the form
	Locked     bool
	Prev, Next web.Link
}

// section shows the editor of a part.
func (s *Steward) section(w http.ResponseWriter, r *http.Request) error {
	_, d, err := s.found(r)
	if err != nil {
		return err
	}
	p, err := s.sectionPage(r, d, typing{guide: &d.Guide})
	if err != nil {
		return err
	}
	return s.views.section.Render(w, r, http.StatusOK, p)
}

// typing is what an editor shows: the draft's guide, or what was typed into it.
type typing struct {
	guide *catalog.Guide
	open  string       // row to look at
	bad   []errs.Field // what is wrong with what was typed
	taken map[string]catalog.TakenFile
}

// sectionPage draws a part of a guide.
func (s *Steward) sectionPage(r *http.Request, d *catalog.Draft, t typing) (p sectionPage, err error) {
	name, g := r.PathValue("section"), t.guide
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
	dr := drawer{page: &p.Page, errors: map[string]string{}, open: t.open, fields: s.formFields(d), files: shelf{draftPath(d.ID), d.Files, t.taken}}
	for _, x := range problems {
		if head, _, _ := strings.Cut(x.Path, "/"); head == name {
			p.Problems = append(p.Problems, web.Link{Href: "#" + anchorOf(g, x.Path), Text: p.Tr(x.ZH, x.EN)})
			dr.errors[inputOf(g, x.Path)] = p.Tr(x.ZH, x.EN)
		}
	}
	for _, f := range t.bad {
		dr.errors[f.Path] = p.Tr(f.ZH, f.EN)
	}
	s.drawPart(&p, &dr, name, part)
	p.Uploads = name == "materials"
	if len(t.bad) > 0 {
		ids := map[string]string{}
		for _, f := range t.bad {
			ids[f.Path] = "f-" + idOf(f.Path)
		}
		p.FieldErrors(t.bad, ids)
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
	for i := range g.Files {
		g.Files[i].Locked = true
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
	form, err := s.received(w, r, a, d)
	if err != nil {
		return s.back(w, r, draftPath(d.ID), err)
	}
	name, seen := r.PathValue("section"), form.in.Get("seen")
	typed, err := cloneGuide(d.Guide)
	if err != nil {
		return err
	}
	part, err := partOf(&typed, name)
	if err != nil {
		return web.ErrNoPage()
	}
	rd := reader{in: form.in, files: form.files, problems: form.problems}
	rd.read(name, part)
	if err := s.settle(d, name, form.in, part); err != nil {
		return err
	}
	t := typing{guide: &typed, bad: rd.problems, taken: form.known()}
	var again bool
	if t.open, again = pressed(form.in); again || len(t.bad) > 0 {
		return s.sectionAgain(w, r, d, t, seen)
	}
	value, err := json.Marshal(part.Interface())
	if err != nil {
		return err
	}
	_, err = s.c.Catalog.SaveSection(r.Context(), a, d.ID, name, seen, value, form.fresh()...)
	switch {
	case errors.Is(err, catalog.ErrSectionChanged):
		return s.conflict(w, r, d, t, name)
	case err != nil && errs.KindOf(err) == errs.Invalid:
		for _, f := range errs.Of(err).Fields {
			f.Path = inputOf(&typed, f.Path)
			t.bad = append(t.bad, f)
		}
		return s.sectionAgain(w, r, d, t, seen)
	case err != nil:
		return s.back(w, r, draftPath(d.ID), err)
	}
	s.flash(w, r, "已保存“"+sectionWords[name].zh+"”。", "Saved: "+sectionWords[name].en)
	return web.SeeOther(w, r, s.after(d, name, form.in))
}

// sectionAgain shows what was typed once more.
func (s *Steward) sectionAgain(w http.ResponseWriter, r *http.Request, d *catalog.Draft, t typing, seen string) error {
	p, err := s.sectionPage(r, d, t)
	if err != nil {
		return err
	}
	p.Seen = seen
	status := http.StatusOK
	if len(t.bad) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return s.views.section.Render(w, r, status, p)
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

// cloneGuide copies a guide, so that reading a form does not change the draft.
func cloneGuide(g catalog.Guide) (out catalog.Guide, err error) {
	b, err := json.Marshal(g)
	if err != nil {
		return out, err
	}
	return out, json.Unmarshal(b, &out)
}
