package steward

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// claimPage 认领: what a unit's level may take up.
type claimPage struct {
	web.Page
	Units  web.FieldView
	Unit   string
	UnitID string
	Query  string
	Own    []claimRow
	Others []claimRow
	Empty  web.Empty
}

// claimRow is a matter that can be claimed.
type claimRow struct {
	Code, Name, Summary string
	Guide               bool // a city-wide guide is there to begin with
}

func (s *Steward) claim(w http.ResponseWriter, r *http.Request) error {
	a, err := s.actor(r)
	if err != nil {
		return err
	}
	dir, err := s.c.Identity.Directory(r.Context())
	if err != nil {
		return err
	}
	may := func(u identity.Unit) bool {
		return u.Kind != "centre" && u.Kind != "station" && identity.Decide(a, identity.ItemCompile, identity.Target{UnitPath: u.Path}) == nil
	}
	in := r.URL.Query()
	id, err := strconv.ParseInt(in.Get("unit"), 10, 64)
	if err != nil {
		id = a.Unit
	}
	u, ok := dir.Unit(id)
	if !ok {
		return web.ErrNoPage()
	}
	if err := s.c.Identity.Allow(r.Context(), a, identity.ItemCompile, identity.Target{UnitPath: u.Path}, "basic-catalogue"); err != nil {
		return err
	}
	p := claimPage{Page: s.page(r, a, "认领事项", "Claim items"), Unit: u.Name, UnitID: strconv.FormatInt(u.ID, 10), Query: in.Get("q")}
	p.Units = web.FieldView{ID: "unit", Name: "unit", Widget: "select", Label: p.Tr("单位", "Unit")}
	for _, x := range dir.Units() {
		if may(x) {
			p.Units.Options = append(p.Units.Options, web.OptionView{Value: strconv.FormatInt(x.ID, 10), Label: x.Name, Checked: x.ID == u.ID})
		}
	}
	list, err := s.c.Catalog.Claimable(r.Context(), u)
	if err != nil {
		return err
	}
	for _, c := range list {
		if p.Query != "" && !strings.Contains(c.Basic.Name+c.Basic.Code+c.Basic.Summary, p.Query) {
			continue
		}
		row := claimRow{Code: c.Basic.Code, Name: c.Basic.Name, Summary: c.Basic.Summary, Guide: c.Basic.TemplateID != 0}
		if c.Own {
			p.Own = append(p.Own, row)
		} else {
			p.Others = append(p.Others, row)
		}
	}
	p.Empty = web.Empty{Title: p.Tr("没有可以认领的事项", "Nothing to claim"), Text: p.Tr("本级可以行使的事项都已认领，或者没有符合搜索词的。", "All items of this level are claimed, or none fits the words.")}
	return s.views.claim.Render(w, r, http.StatusOK, p)
}

func (s *Steward) claimOne(w http.ResponseWriter, r *http.Request) error {
	a, err := s.actor(r)
	if err != nil {
		return err
	}
	in, err := posted(r)
	if err != nil {
		return err
	}
	unit, err := strconv.ParseInt(in.Get("unit"), 10, 64)
	if err != nil {
		return web.ErrNoPage()
	}
	d, err := s.c.Catalog.Claim(r.Context(), a, in.Get("code"), unit, nil)
	if err != nil {
		return s.back(w, r, "/console/items/claim?unit="+strconv.FormatInt(unit, 10), err)
	}
	s.flash(w, r, "已认领，请补充办事指南。", "Claimed; now compile its guide.")
	return web.SeeOther(w, r, draftPath(d.ID))
}
