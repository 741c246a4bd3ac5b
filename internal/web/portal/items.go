package portal

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// ItemsPage 办事: search and browse.
type ItemsPage struct {
	web.Page
	Search  web.Search
	Filters web.Filters
	Hits    []Hit
	Said    string // how many, or that these are only near
	Near    bool   // nothing had all the words
	Pager   web.Pager
	Empty   web.Empty
}

// Hit is one item in a list, with all units on the page that offer it.
type Hit struct {
	Href, Name, Summary string
	Units               []web.Link
	Tags                []web.Tag
}

// facetItems is how many items are looked at to name the units that offer them.
const facetItems = 100

func (p *Portal) items(w http.ResponseWriter, r *http.Request) error {
	ctx, in := r.Context(), r.URL.Query()
	q := catalog.Query{Text: strings.TrimSpace(in.Get("q")), Audience: in.Get("audience"), Topic: in.Get("topic"), Unit: in.Get("unit"),
		Division: in.Get("division"), Type: in.Get("type"), CaseType: in.Get("caseType"), Cursor: in.Get("after"), Limit: 20}
	pg := ItemsPage{Page: p.newPage(r, "items", "办事", "Services")}
	if q.Text != "" {
		pg.Title = pg.Tr("搜索：", "Search: ") + q.Text
	}
	pg.Search = web.Search{Action: "/items", Query: q.Text, Hint: pg.Tr("事项名称、俗称或者拼音", "Name of a service")}
	for _, name := range []string{"audience", "topic", "unit", "division", "type", "caseType"} {
		if v := in.Get(name); v != "" {
			pg.Search.Hidden = append(pg.Search.Hidden, web.Hidden{Name: name, Value: v})
		}
	}
	found, err := p.Catalog.Search(ctx, q)
	if err != nil {
		return err
	}
	dir, err := p.Identity.Directory(ctx)
	if err != nil {
		return err
	}
	for _, it := range found.Items {
		h := hit(pg.Page, dir, it.Item)
		if it.Offers > 1 {
			h.Units = append(h.Units, web.Link{Href: h.Href + "#elsewhere", Text: pg.Tr("另有"+strconv.Itoa(it.Offers-1)+"处可以办理", strconv.Itoa(it.Offers-1)+" more offices")})
		}
		pg.Hits = append(pg.Hits, h)
	}
	pg.Near = found.DidYouMean && len(pg.Hits) > 0
	switch {
	case pg.Near:
		pg.Said = pg.Tr("没有找到完全相符的事项，您要找的是不是：", "Nothing has all the words. Did you mean:")
	case q.Text != "" && len(pg.Hits) > 0 && q.Cursor == "" && found.Next == "":
		n := strconv.Itoa(found.Total)
		pg.Said = pg.Tr("找到 "+n+" 个事项", n+" services found")
	}
	if found.Next != "" {
		here := r.URL.RequestURI()
		if pg.Pager.Next, err = web.WithQuery(here); err == nil {
			sep := "?"
			if strings.Contains(pg.Pager.Next, "?") {
				sep = "&"
			}
			pg.Pager.Next += sep + "after=" + found.Next
		}
	}
	if q.Cursor != "" {
		if pg.Pager.Prev, err = web.WithQuery(r.URL.RequestURI()); err != nil {
			return err
		}
	}
	if pg.Filters, err = p.filters(r, pg.Page, dir, q); err != nil {
		return err
	}
	pg.Empty = web.Empty{Title: pg.Tr("没有找到相关事项", "Nothing found"),
		Text: pg.Tr("换个说法试试，例如“开饭店”“换身份证”，或者减少筛选条件；也可以拨打12345咨询。", "Try other words or fewer filters, or call 12345."),
		Link: web.Link{Href: "/items", Text: pg.Tr("查看全部事项", "See all services")}}
	return p.v.items.Render(w, r, http.StatusOK, pg)
}

func hit(pg web.Page, dir *identity.Directory, it catalog.Item) Hit {
	u, _ := dir.Unit(it.UnitID)
	h := Hit{Href: "/items/" + it.Code, Name: pg.Tr(it.Name, it.NameEN), Summary: it.Summary,
		Units: []web.Link{{Href: "/items/" + it.Code, Text: u.Name}}}
	if it.CaseType == "instant" {
		h.Tags = append(h.Tags, web.Tag{Tone: web.OK, Text: pg.Tr("即办", "On the spot")})
	}
	h.Tags = append(h.Tags, web.Tag{Text: typeWords(pg, it.Type)})
	h.Tags = append(h.Tags, featureTags(pg, it.Featured)...)
	return h
}

// filters draws the facets; each link keeps the others.
func (p *Portal) filters(r *http.Request, pg web.Page, dir *identity.Directory, q catalog.Query) (web.Filters, error) {
	here := r.URL.RequestURI()
	var f web.Filters
	var bad error
	group := func(title, name, now string, all string, options []web.Link) { // options carry the value as Href
		g := web.FilterGroup{Title: title}
		for _, o := range append([]web.Link{{Text: all}}, options...) {
			pairs := []string{name, o.Href}
			if name == "audience" {
				pairs = append(pairs, "topic", "")
			}
			href, err := web.WithQuery(here, pairs...)
			if err != nil {
				bad = err
			}
			g.Items = append(g.Items, web.Link{Href: href, Text: o.Text, Current: o.Href == now})
		}
		f.Groups = append(f.Groups, g)
	}
	every := pg.Tr("不限", "Any")
	group(pg.Tr("服务对象", "For"), "audience", q.Audience, every, []web.Link{{Href: "person", Text: pg.Tr("个人", "People")}, {Href: "entity", Text: pg.Tr("企业和组织", "Organisations")}})
	if pg.Elder {
		return f, bad // fewer choices
	}
	topics, err := p.Catalog.Topics(r.Context())
	if err != nil {
		return f, err
	}
	var list []web.Link
	for _, t := range topics {
		if q.Audience == "" && t.Key != q.Topic || q.Audience != "" && t.Audience != q.Audience {
			continue
		}
		list = append(list, web.Link{Href: t.Key, Text: pg.Tr(t.Name, t.NameEN)})
	}
	if len(list) > 0 {
		group(pg.Tr("主题", "Topic"), "topic", q.Topic, every, list)
	}
	list = nil
	for _, d := range p.divisions(dir) {
		list = append(list, web.Link{Href: d.Code, Text: d.Name})
	}
	group(pg.Tr("区划", "Area"), "division", q.Division, every, list)
	if list, err = p.unitFacet(r, dir, q); err != nil {
		return f, err
	}
	if len(list) > 1 || q.Unit != "" {
		group(pg.Tr("部门", "Office"), "unit", q.Unit, every, list)
	}
	group(pg.Tr("办件类型", "Kind"), "caseType", q.CaseType, every, []web.Link{{Href: "instant", Text: pg.Tr("即办件", "On the spot")}, {Href: "promised", Text: pg.Tr("承诺件", "Within a promised time")}})
	list = nil
	for _, t := range []string{"01", "05", "07", "08", "09", "10", "20"} {
		list = append(list, web.Link{Href: t, Text: typeWords(pg, t)})
	}
	group(pg.Tr("事项类型", "Type"), "type", q.Type, every, list)
	if q.Audience+q.Topic+q.Unit+q.Division+q.Type+q.CaseType != "" {
		f.Clear = web.Link{Href: "/items", Text: pg.Tr("清除筛选", "Clear filters")}
		if q.Text != "" {
			if f.Clear.Href, err = web.WithQuery("/items", "q", q.Text); err != nil {
				return f, err
			}
		}
	}
	return f, bad
}

// divisions are the city and what lies directly below it.
func (p *Portal) divisions(dir *identity.Directory) []identity.Division {
	top := dir.DivisionsBelow("")
	if p.City != "" {
		if d, ok := dir.Division(p.City); ok {
			top = []identity.Division{d}
		}
	}
	var out []identity.Division
	for _, d := range top {
		out = append(out, d)
		out = append(out, dir.DivisionsBelow(d.Code)...)
	}
	return out
}

// unitFacet names the units that offer what was found.
func (p *Portal) unitFacet(r *http.Request, dir *identity.Directory, q catalog.Query) ([]web.Link, error) {
	q.Unit, q.Cursor, q.Limit, q.Each = "", "", facetItems, true
	all, err := p.Catalog.Search(r.Context(), q)
	if err != nil {
		return nil, err
	}
	count := map[string]int{}
	var units []identity.Unit
	for _, it := range all.Items {
		u, ok := dir.Unit(it.UnitID)
		if !ok {
			continue
		}
		if count[u.Key] == 0 {
			units = append(units, u)
		}
		count[u.Key]++
	}
	slices.SortStableFunc(units, func(a, b identity.Unit) int { return count[b.Key] - count[a.Key] })
	var out []web.Link
	for _, u := range units[:min(len(units), 16)] {
		out = append(out, web.Link{Href: u.Key, Text: u.Short})
	}
	return out, nil
}
