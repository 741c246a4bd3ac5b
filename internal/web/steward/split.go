package steward

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/web"
)

// handlingPart is a handling item of the same matter and unit.
type handlingPart struct {
	web.Link
	State web.Tag
}

// partsOf draws the handling items 业务办理项 that a list is one of, or is to be
// split into; typed is what was refused.
func (s *Steward) partsOf(r *http.Request, p *listPage, it *catalog.Item, typed url.Values) error {
	x, err := s.c.Catalog.Index(r.Context())
	if err != nil {
		return err
	}
	parts := x.Parts(it.BasicCode, it.UnitID)
	for _, o := range parts {
		p.Parts = append(p.Parts, handlingPart{web.Link{Href: listPath(o.Code), Text: o.Facts.Handling.No + " " + o.Facts.Handling.Name, Current: o.ID == it.ID}, itemTag(p.Page, o.State)})
	}
	p.Split = it.Facts.Handling.No != "" || len(parts) == 0
	p.Names = web.FieldView{ID: "names", Name: "names", Widget: "textarea", Label: p.Tr("业务办理项名称，每行一个", "Names of the handling items, each on a line"), Max: 2000, Value: typed.Get("names"),
		Help: p.Tr("例如：新办、变更、延续、注销。每个业务办理项各有一份指南，从现行指南开始编制；全部发布后，未拆分的清单由它们替代。", "Such as first issue, change, renewal. Each gets a guide of its own that begins as this one; when all are published they take the place of the undivided list.")}
	if it.Facts.Handling.No != "" {
		p.Names.Help = p.Tr("增加的业务办理项从本清单现行的指南开始编制。", "What is added begins as the guide of this list.")
	}
	return nil
}

// split begins the drafts of a list's handling items.
func (s *Steward) split(w http.ResponseWriter, r *http.Request) error {
	a, err := s.actor(r)
	if err != nil {
		return err
	}
	in, err := posted(r)
	if err != nil {
		return err
	}
	code := r.PathValue("code")
	it, _, err := s.c.Catalog.ListOf(r.Context(), a, code)
	if err != nil {
		return err
	}
	var names []string
	for line := range strings.Lines(in.Get("names")) {
		if line = strings.TrimSpace(line); line != "" {
			names = append(names, line)
		}
	}
	_, err = s.c.Catalog.Split(r.Context(), a, it.ID, names, nil)
	if e := errs.Of(err); err != nil && e.Kind == errs.Invalid {
		p, perr := s.listPage(r, in)
		if perr != nil {
			return perr
		}
		var said []string
		for _, f := range e.Fields {
			said = append(said, p.Tr(f.ZH, f.EN))
		}
		p.FieldErrors([]errs.Field{{Path: "names", Code: e.Fields[0].Code, ZH: strings.Join(said, "；"), EN: strings.Join(said, "; ")}}, map[string]string{"names": "names"})
		p.Names.Error = strings.Join(said, p.Tr("；", "; "))
		return s.views.list.Render(w, r, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return s.back(w, r, listPath(code), err)
	}
	s.flash(w, r, "已生成业务办理项的编制稿，请逐个编制后提交审核。", "The drafts of the handling items are there; write them and hand each in.")
	return web.SeeOther(w, r, "/console/items")
}
