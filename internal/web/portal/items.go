package portal

import (
	"context"
	"net/http"
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
	Said    string   // how many, or that these are only near
	Place   web.Link // what the text named narrowed the answers; the link undoes it
	Within  string   // in words
	Guess   bool     // nothing had all the words
	Others  []Hit    // near ones, after those that have the words
	Pager   web.Pager
	Empty   web.Empty
	Help    []web.Tile // where to look when nothing was found
}

// Hit is one matter in a list, with the best place for it.
type Hit struct {
	Href, Name, Summary string
	Units               []web.Link
	Parts               []web.Link // handling items 业务办理项 of the matter there
	Tags                []web.Tag
}

// narrowing are the names of the filters in an address.
var narrowing = []string{"audience", "topic", "event", "domain", "dept", "unit", "division", "level", "scope", "type", "caseType"}

func (p *Portal) items(w http.ResponseWriter, r *http.Request) error {
	ctx, in := r.Context(), r.URL.Query()
	q := catalog.Query{Text: strings.TrimSpace(in.Get("q")), Audience: in.Get("audience"), Topic: in.Get("topic"), Event: in.Get("event"), Domain: in.Get("domain"),
		Dept: in.Get("dept"), Unit: in.Get("unit"), Division: in.Get("division"), Level: in.Get("level"), Scope: in.Get("scope"),
		Type: in.Get("type"), CaseType: in.Get("caseType"), Unopened: true, Counts: true, Cursor: in.Get("after"), Limit: 20}
	pg := ItemsPage{Page: p.newPage(r, "items", "办事", "Services")}
	if q.Text != "" {
		pg.Title = pg.Tr("搜索：", "Search: ") + q.Text
	}
	pg.Search = web.Search{Action: "/items", Query: q.Text, Hint: pg.Tr("想办什么事，怎么说都行", "What would you like to do?")}
	for _, name := range narrowing {
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
		if h := hit(pg.Page, dir, it); it.Near {
			pg.Others = append(pg.Others, h)
		} else {
			pg.Hits = append(pg.Hits, h)
		}
	}
	pg.Guess = found.DidYouMean
	n := strconv.Itoa(found.Total)
	switch {
	case pg.Guess:
		pg.Said = pg.Tr("没有找到完全相符的事项，您要找的是不是：", "Nothing has all the words. Did you mean:")
	case q.Text != "" && len(pg.Hits) > 0 && found.More:
		pg.Said = pg.Tr("找到 "+n+" 个以上的事项", "More than "+n+" services found")
	case len(pg.Hits) > 0:
		pg.Said = pg.Tr("找到 "+n+" 个事项", n+" services found")
	}
	here := r.URL.RequestURI()
	if found.Place.Named() {
		pg.Within = pg.Tr("只看", "Only ") + placeWords(pg.Page, dir, found.Place)
		if found.Place.Missed {
			pg.Within = placeWords(pg.Page, dir, found.Place) + pg.Tr("没有找到，下面是全市的结果", " has none; these are of the whole city")
		} else if found.Place.Rest != "" {
			pg.Place.Text = pg.Tr("看全市", "See the whole city")
			if pg.Place.Href, err = web.WithQuery(here, "q", found.Place.Rest); err != nil {
				return err
			}
		}
	}
	if found.Next != "" {
		if pg.Pager.Next, err = web.WithQuery(here); err == nil {
			sep := "?"
			if strings.Contains(pg.Pager.Next, "?") {
				sep = "&"
			}
			pg.Pager.Next += sep + "after=" + found.Next
		}
	}
	if q.Cursor != "" {
		if pg.Pager.Prev, err = web.WithQuery(here); err != nil {
			return err
		}
	}
	if pg.Filters, err = p.filters(r, pg.Page, dir, q, found); err != nil {
		return err
	}
	if len(found.Items) == 0 {
		return p.nothing(w, r, pg, q)
	}
	return p.v.items.Render(w, r, http.StatusOK, pg)
}

// nothing answers a search without success with other ways to get on.
func (p *Portal) nothing(w http.ResponseWriter, r *http.Request, pg ItemsPage, q catalog.Query) error {
	pg.Empty = web.Empty{Title: pg.Tr("没有找到相关事项", "Nothing found"),
		Text: pg.Tr("换个说法试试，例如“开饭店”“换身份证”，说要办的事就行；也可以减少筛选条件，或者拨打12345问人。", "Try other words or fewer filters, or call 12345."),
		Link: web.Link{Href: "/items", Text: pg.Tr("查看全部事项", "See all services")}}
	if q.Text != "" && len(pg.Search.Hidden) > 0 {
		href, err := web.WithQuery("/items", "q", q.Text)
		if err != nil {
			return err
		}
		pg.Empty.Link = web.Link{Href: href, Text: pg.Tr("去掉筛选再搜一次", "Search without filters")}
	}
	pg.Help = []web.Tile{
		{Href: "/help", Icon: "phone", Text: pg.Tr("打12345问", "Call 12345"), Soft: pg.Tr("说清想办的事，有人答复", "Somebody answers")},
		{Href: "/browse/" + byLife, Icon: "heart", Text: pg.Tr("按人生和企业大事找", "By life event"), Soft: pg.Tr("出生、上学、开办企业……", "Birth, school, starting a business…")},
		{Href: "/browse/" + byTopic, Icon: "doc", Text: pg.Tr("按主题找", "By topic"), Soft: pg.Tr("社保、住房、准营……", "Insurance, housing, permits…")},
		{Href: "/browse/" + byDept, Icon: "company", Text: pg.Tr("按部门找", "By department"), Soft: pg.Tr("知道归谁管的时候", "When you know who is in charge")},
		{Href: "/centres", Icon: "map", Text: pg.Tr("到办事大厅问", "Ask at a service centre"), Soft: pg.Tr("地址、时间、窗口", "Places, hours, windows")},
	}
	return p.v.items.Render(w, r, http.StatusOK, pg)
}

// placeWords names what the text named besides a matter.
func placeWords(p web.Page, dir *identity.Directory, at catalog.Place) string {
	name := at.Division.Name
	switch {
	case at.Unit.Key != "":
		name = at.Unit.Name
	case at.Dept != "":
		name += deptWords(p, dir, at.Dept)
	}
	return p.Tr("“"+name+"”", name)
}

func hit(pg web.Page, dir *identity.Directory, f catalog.Found) Hit {
	it := f.Item
	h := Hit{Href: "/items/" + it.Code, Name: pg.Tr(it.Name, it.NameEN), Summary: it.Summary}
	if f.Offers == 0 {
		h.Href = "/items/" + it.BasicCode
		h.Units = []web.Link{{Href: h.Href, Text: pg.Tr("主管部门：", "In charge: ") + deptWords(pg, dir, f.Matter.Dept)}}
		h.Tags = []web.Tag{unopened(pg), {Text: typeWords(pg, it.Type)}}
		return h
	}
	if len(f.Parts) > 1 {
		h.Name = pg.Tr(f.Matter.Name, f.Matter.NameEN)
		for _, part := range f.Parts {
			h.Parts = append(h.Parts, web.Link{Href: "/items/" + part.Code, Text: handlingWords(pg, part)})
		}
	}
	u, _ := dir.Unit(it.UnitID)
	h.Units = []web.Link{{Href: h.Href, Text: u.Name}}
	if f.Offers > 1 {
		h.Units = append(h.Units, web.Link{Href: h.Href + "#elsewhere", Text: pg.Tr("另有"+strconv.Itoa(f.Offers-1)+"处可以办理", strconv.Itoa(f.Offers-1)+" more offices")})
	}
	if it.CaseType == "instant" {
		h.Tags = append(h.Tags, web.Tag{Tone: web.OK, Text: pg.Tr("即办", "On the spot")})
	}
	h.Tags = append(h.Tags, web.Tag{Text: typeWords(pg, it.Type)})
	h.Tags = append(h.Tags, featureTags(pg, it.Featured)...)
	return h
}

// filters draws the facets that divide what was found, with how many matters
// each would leave; each link keeps the others.
func (p *Portal) filters(r *http.Request, pg web.Page, dir *identity.Directory, q catalog.Query, found catalog.Page) (web.Filters, error) {
	here := r.URL.RequestURI()
	var f web.Filters
	var bad error
	group := func(title, name, now string, by catalog.Facet, folded bool, values []web.Link) { // values carry theirs as Href
		g := web.FilterGroup{Title: title, Folded: folded && now == ""}
		link := func(value, text string, n int) {
			pairs := []string{name, value}
			if name == "audience" {
				pairs = append(pairs, "topic", "", "event", "")
			}
			href, err := web.WithQuery(here, pairs...)
			if err != nil {
				bad = err
			}
			g.Items = append(g.Items, web.Link{Href: href, Text: text, Count: n, Current: value == now})
		}
		link("", pg.Tr("不限", "Any"), 0)
		for _, v := range values {
			if n := found.Counts[by][v.Href]; n > 0 || v.Href == now {
				link(v.Href, v.Text, n)
			}
		}
		if len(g.Items) > 2 || now != "" {
			f.Groups = append(f.Groups, g)
		}
	}
	group(pg.Tr("服务对象", "For"), "audience", q.Audience, catalog.ByAudience, false,
		[]web.Link{{Href: "person", Text: pg.Tr("个人", "People")}, {Href: "entity", Text: pg.Tr("企业和组织", "Organisations")}})
	var list []web.Link
	for _, d := range catalog.Near(dir, q.Division) {
		list = append(list, web.Link{Href: d.Code, Text: d.Name})
	}
	group(pg.Tr("区划", "Area"), "division", q.Division, catalog.ByDivision, false, list)
	if pg.Elder {
		return f, bad // fewer choices
	}
	for _, t := range []struct {
		zh, en, name, now string
		by                catalog.Facet
		read              func(context.Context) ([]catalog.Topic, error)
	}{{"主题", "Topic", "topic", q.Topic, catalog.ByTopic, p.Catalog.Topics}, {"生命周期", "Life event", "event", q.Event, catalog.ByEvent, p.Catalog.Events}} {
		all, err := t.read(r.Context())
		if err != nil {
			return f, err
		}
		list = nil
		for _, x := range all {
			if q.Audience == "" || x.Audience == q.Audience || x.Key == t.now {
				list = append(list, web.Link{Href: x.Key, Text: pg.Tr(x.Name, x.NameEN)})
			}
		}
		group(pg.Tr(t.zh, t.en), t.name, t.now, t.by, q.Audience == "" || t.by == catalog.ByEvent, list)
	}
	list = nil
	for _, d := range byCount(found.Counts[catalog.ByDept]) {
		list = append(list, web.Link{Href: d, Text: deptWords(pg, dir, d)})
	}
	group(pg.Tr("主管部门", "Department"), "dept", q.Dept, catalog.ByDept, true, list)
	list = nil
	for _, k := range byCount(found.Counts[catalog.ByUnit]) {
		if u, ok := dir.UnitByKey(k); ok && len(list) < maxUnits {
			list = append(list, web.Link{Href: k, Text: u.Short})
		}
	}
	if q.Division != "" || q.Unit != "" {
		group(pg.Tr("办理单位", "Office"), "unit", q.Unit, catalog.ByUnit, true, list)
	}
	coded := func(values []string, words func(web.Page, string) string) (out []web.Link) {
		for _, v := range values {
			out = append(out, web.Link{Href: v, Text: words(pg, v)})
		}
		return out
	}
	group(pg.Tr("办理层级", "Level"), "level", q.Level, catalog.ByLevel, true, coded([]string{"3", "4", "5", "6"}, levelWords))
	group(pg.Tr("办件类型", "Kind"), "caseType", q.CaseType, catalog.ByCaseType, true, coded([]string{"instant", "promised"}, caseTypeWords))
	group(pg.Tr("通办范围", "Handled anywhere"), "scope", q.Scope, catalog.ByScope, true, coded(catalog.Scopes, scopeNames))
	group(pg.Tr("事项类型", "Type"), "type", q.Type, catalog.ByType, true, coded(itemTypes, typeWords))
	list = nil
	for _, d := range catalog.Domains {
		list = append(list, web.Link{Href: d.Key, Text: pg.Tr(d.ZH, d.EN)})
	}
	group(pg.Tr("公共服务领域", "Public service"), "domain", q.Domain, catalog.ByDomain, true, list)
	for _, name := range narrowing {
		if r.URL.Query().Get(name) != "" {
			f.Clear = web.Link{Href: "/items", Text: pg.Tr("清除筛选", "Clear filters")}
		}
	}
	if f.Clear.Href != "" && q.Text != "" {
		var err error
		if f.Clear.Href, err = web.WithQuery("/items", "q", q.Text); err != nil {
			return f, err
		}
	}
	return f, bad
}

// maxUnits bounds how many units a filter offers.
const maxUnits = 30

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
