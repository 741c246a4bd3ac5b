package steward

import (
	"net/http"
	"strconv"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// basicsPage 基本目录: the matters of the city, with their city-wide guides.
type basicsPage struct {
	web.Page
	Query  string
	Levels web.FieldView
	Rows   []basicRow
	Pager  web.Pager
	Empty  web.Empty
	Unit   string // city department that may compile city-wide guides; empty: none
}

// basicRow is a matter.
type basicRow struct {
	Code, Name, Summary, Levels, Lists string
	Guide                              bool
}

var levelNames = map[string][2]string{"3": {"市级", "city"}, "4": {"县级", "county"}, "5": {"镇（街道）级", "town"}, "6": {"村（社区）级", "village"}}

func (s *Steward) basics(w http.ResponseWriter, r *http.Request) error {
	a, err := s.actor(r)
	if err != nil {
		return err
	}
	in := r.URL.Query()
	list, more, err := s.c.Catalog.Entries(r.Context(), a, catalog.BasicQuery{Text: in.Get("q"), Level: in.Get("level"), After: in.Get("after"), Limit: listsShown})
	if err != nil {
		return err
	}
	dir, err := s.c.Identity.Directory(r.Context())
	if err != nil {
		return err
	}
	p := basicsPage{Page: s.page(r, a, "基本目录", "Basic catalogue"), Query: in.Get("q")}
	p.Crumbs = []web.Link{{Href: "/console/items", Text: p.Tr("事项管理", "Service items")}, {Text: p.Title}}
	p.Levels = web.FieldView{ID: "level", Name: "level", Widget: "select", Label: p.Tr("行使层级", "Level")}
	for _, l := range []string{"3", "4", "5", "6"} {
		p.Levels.Options = append(p.Levels.Options, web.OptionView{Value: l, Label: p.Tr(levelNames[l][0], levelNames[l][1]), Checked: l == in.Get("level")})
	}
	if u, ok := dir.Unit(a.Unit); ok && u.Level == "3" && identity.Decide(a, identity.ItemCompile, identity.Target{UnitPath: u.Path}) == nil {
		p.Unit = strconv.FormatInt(u.ID, 10)
	}
	for _, e := range list {
		row := basicRow{Code: e.Code, Name: e.Name, Summary: e.Summary, Guide: e.TemplateID != 0, Lists: p.Tr(strconv.Itoa(e.Lists)+"个单位办理", strconv.Itoa(e.Lists)+" units")}
		for i, l := range e.Levels {
			if i > 0 {
				row.Levels += p.Tr("、", ", ")
			}
			row.Levels += p.Tr(levelNames[l][0], levelNames[l][1])
		}
		p.Rows = append(p.Rows, row)
	}
	if more {
		if p.Pager.Next, err = web.WithQuery(r.URL.RequestURI(), "after", list[len(list)-1].Code); err != nil {
			return err
		}
	}
	p.Empty = web.Empty{Title: p.Tr("没有找到事项", "No matter found"), Text: p.Tr("换一个词，或者不限层级。", "Try another word, or any level.")}
	return s.views.basics.Render(w, r, http.StatusOK, p)
}
