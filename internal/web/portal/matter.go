package portal

import (
	"net/http"
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// MatterPage 事项 of the basic catalogue: where it can be handled, or whom to
// ask as long as it cannot be applied for here.
type MatterPage struct {
	web.Page
	Name, Summary string
	Tags          []web.Tag
	Offers        int
	Places        []PlaceGroup
	Offices       []Office
	Facts         web.Facts
	Basis         []catalog.Basis
}

// PlaceGroup is the places of one district where a matter can be handled.
type PlaceGroup struct {
	Name  string
	Open  bool
	Links []web.Link
}

// Office is a department in charge.
type Office struct{ Name, Address, Phone string }

func (p *Portal) matter(w http.ResponseWriter, r *http.Request) error {
	x, err := p.Catalog.Index(r.Context())
	if err != nil {
		return err
	}
	b, ok := x.Basic(strings.ToUpper(r.PathValue("code")))
	if !ok {
		return catalog.ErrNoBasic
	}
	offers, err := p.Catalog.Offers(r.Context(), b.Code)
	if err != nil {
		return err
	}
	if len(offers) == 1 {
		return web.SeeOther(w, r, p.itemAddress(offers[0]))
	}
	dir, err := p.Identity.Directory(r.Context())
	if err != nil {
		return err
	}
	pg := MatterPage{Page: p.newPage(r, "items", b.Name, b.NameEN), Summary: b.Summary, Offers: len(offers), Basis: b.Basis}
	pg.Name = pg.Tr(b.Name, b.NameEN)
	pg.Crumbs = []web.Link{{Href: "/", Text: pg.Tr("首页", "Home")}, {Href: "/items", Text: pg.Tr("办事", "Services")}, {Text: pg.Name}}
	pg.Tags = []web.Tag{{Text: typeWords(pg.Page, b.Type)}}
	if len(offers) == 0 {
		pg.Tags = append(pg.Tags, unopened(pg.Page))
		pg.Offices = offices(dir, b)
	}
	pg.Places = placeGroups(pg.Page, dir, offers, 0, r.URL.Query().Get("division"))
	var levels []string
	for _, l := range b.Levels {
		levels = append(levels, levelWords(pg.Page, l))
	}
	pg.Facts = web.Facts{Rows: []web.Fact{{Key: pg.Tr("基本编码", "Basic code"), Value: b.Code}, {Key: pg.Tr("服务对象", "For"), Value: audienceWords(pg.Page, b.Audience)},
		{Key: pg.Tr("行使层级", "Levels"), Value: strings.Join(levels, pg.Tr("、", ", "))}, {Key: pg.Tr("主管部门", "Department in charge"), Value: deptWords(pg.Page, dir, b.Dept)}}}
	return p.v.matter.Render(w, r, http.StatusOK, pg)
}

// unopened marks a matter that cannot be applied for here yet.
func unopened(p web.Page) web.Tag {
	return web.Tag{Tone: web.Note, Text: p.Tr("暂未开通网上办理", "Not online yet")}
}

// offices are the departments in charge of a matter: the city's, and those at
// the levels where it may be exercised.
func offices(dir *identity.Directory, b *catalog.Basic) (out []Office) {
	for _, u := range dir.Units() {
		if u.Kind == "department" && (u.Level == "3" || slices.Contains(b.Levels, u.Level)) && strings.HasSuffix(u.Key, "-"+b.Dept) {
			out = append(out, Office{u.Name, u.Address, u.Phone})
		}
	}
	return out
}

// placeGroups puts the offers of a matter together by district, those of the
// city itself first; the group of the division opens. One of them may be left out.
func placeGroups(p web.Page, dir *identity.Directory, offers []catalog.Item, but int64, division string) []PlaceGroup {
	var out []PlaceGroup
	at := map[string]int{}
	mine, _ := district(dir, division)
	for _, o := range offers {
		u, ok := dir.Unit(o.UnitID)
		if !ok || o.ID == but {
			continue
		}
		code, name := district(dir, o.Division)
		i, known := at[code]
		if !known {
			i = len(out)
			at[code] = i
			out = append(out, PlaceGroup{Name: name, Open: code == mine})
		}
		text := u.Name
		if o.Facts.Handling.No != "" {
			text += p.Tr("："+handlingWords(p, &o), ": "+handlingWords(p, &o))
		}
		out[i].Links = append(out[i].Links, web.Link{Href: "/items/" + o.Code, Text: text})
	}
	if len(out) == 1 {
		out[0].Open = true
	}
	return out
}

// district is the division directly below the city that a division lies in, or
// the city itself.
func district(dir *identity.Directory, code string) (string, string) {
	d, _ := dir.Division(code)
	for d.Parent != "" {
		up, ok := dir.Division(d.Parent)
		if !ok || up.Parent == "" {
			break
		}
		d = up
	}
	return d.Code, d.Name
}
