package portal

import (
	"net/http"
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// BrowsePage 分类查找: the catalogue by one way of looking at it.
type BrowsePage struct {
	web.Page
	Ways     []web.Link
	Sections []BrowseSection
}

// BrowseSection is a heading with links that tell how many matters lie behind.
type BrowseSection struct {
	Title string
	Note  string
	Links []web.Link
	Order bool // the order matters: from birth to death
	More  []BrowseSection
}

// Ways of browsing, the last part of /browse/….
const (
	byLife  = "life"
	byTopic = "topic"
	byDept  = "department"
	byPlace = "place"
	byScope = "scope"
)

func (p *Portal) browse(w http.ResponseWriter, r *http.Request) error {
	way := r.PathValue("way")
	pg := BrowsePage{Page: p.newPage(r, "items", "分类查找", "Browse")}
	fill := map[string]func(*http.Request, *BrowsePage, *identity.Directory, catalog.Counts) error{
		byLife: p.browseLife, byTopic: p.browseTopics, byDept: p.browseDepts, byPlace: p.browsePlaces, byScope: p.browseScopes}[way]
	if fill == nil {
		return web.ErrNoPage()
	}
	pg.Ways = browseWays(pg.Page, way)
	pg.Crumbs = []web.Link{{Href: "/", Text: pg.Tr("首页", "Home")}, {Href: "/items", Text: pg.Tr("办事", "Services")}, {Text: pg.Tr("分类查找", "Browse")}}
	found, err := p.Catalog.Search(r.Context(), catalog.Query{Unopened: true, Counts: true, Limit: 1, Division: r.URL.Query().Get("division")})
	if err != nil {
		return err
	}
	dir, err := p.Identity.Directory(r.Context())
	if err != nil {
		return err
	}
	if err := fill(r, &pg, dir, found.Counts); err != nil {
		return err
	}
	return p.v.browse.Render(w, r, http.StatusOK, pg)
}

func browseWays(p web.Page, now string) []web.Link {
	out := []web.Link{{Href: byLife, Text: p.Tr("人生和企业大事", "Life events")}, {Href: byTopic, Text: p.Tr("主题和领域", "Topics")}, {Href: byDept, Text: p.Tr("部门", "Departments")},
		{Href: byPlace, Text: p.Tr("地区和层级", "Areas and levels")}, {Href: byScope, Text: p.Tr("通办和方式", "Where and how")}}
	for i := range out {
		out[i].Current = out[i].Href == now
		out[i].Href = "/browse/" + out[i].Href
	}
	return out
}

func (p *Portal) browseLife(r *http.Request, pg *BrowsePage, _ *identity.Directory, c catalog.Counts) error {
	events, err := p.Catalog.Events(r.Context())
	if err != nil {
		return err
	}
	for _, who := range audiences(pg.Page, "一生大事：从出生到身后", "In a life, from birth to death", "企业全程：从开办到注销", "In a company's life, from start to close") {
		s := BrowseSection{Title: who.Text, Order: true}
		for _, e := range events {
			if n := c[catalog.ByEvent][e.Key]; e.Audience == who.Href && n > 0 {
				s.Links = append(s.Links, web.Link{Href: "/items?audience=" + e.Audience + "&event=" + e.Key, Text: pg.Tr(e.Name, e.NameEN), Count: n})
			}
		}
		pg.add(s)
	}
	return nil
}

// audiences are people and organisations, each with a title.
func audiences(p web.Page, zh1, en1, zh2, en2 string) []web.Link {
	return []web.Link{{Href: "person", Text: p.Tr(zh1, en1)}, {Href: "entity", Text: p.Tr(zh2, en2)}}
}

func (p *Portal) browseTopics(r *http.Request, pg *BrowsePage, _ *identity.Directory, c catalog.Counts) error {
	topics, err := p.Catalog.Topics(r.Context())
	if err != nil {
		return err
	}
	for _, who := range audiences(pg.Page, "个人办事主题", "Topics for people", "企业和组织办事主题", "Topics for organisations") {
		s := BrowseSection{Title: who.Text}
		for _, t := range topics {
			if n := c[catalog.ByTopic][t.Key]; t.Audience == who.Href && n > 0 {
				s.Links = append(s.Links, web.Link{Href: "/items?audience=" + t.Audience + "&topic=" + t.Key, Text: pg.Tr(t.Name, t.NameEN), Count: n})
			}
		}
		pg.add(s)
	}
	s := BrowseSection{Title: pg.Tr("公共服务九个领域", "The nine domains of public service")}
	for _, d := range catalog.Domains {
		if n := c[catalog.ByDomain][d.Key]; n > 0 {
			s.Links = append(s.Links, web.Link{Href: "/items?domain=" + d.Key, Text: pg.Tr(d.ZH, d.EN), Count: n})
		}
	}
	pg.add(s)
	return nil
}

func (p *Portal) browseDepts(_ *http.Request, pg *BrowsePage, dir *identity.Directory, c catalog.Counts) error {
	s := BrowseSection{Title: pg.Tr("主管部门", "Departments in charge")}
	for _, d := range byCount(c[catalog.ByDept]) {
		s.Links = append(s.Links, web.Link{Href: "/items?dept=" + d, Text: deptWords(pg.Page, dir, d), Count: c[catalog.ByDept][d]})
	}
	pg.add(s)
	return nil
}

func (p *Portal) browsePlaces(r *http.Request, pg *BrowsePage, dir *identity.Directory, c catalog.Counts) error {
	s := BrowseSection{Title: pg.Tr("地区（含上级单位为当地办理的事项）", "Areas, with what higher offices do for them")}
	for _, d := range p.divisions(dir) {
		if n := c[catalog.ByDivision][d.Code]; n > 0 {
			s.Links = append(s.Links, web.Link{Href: "/items?division=" + d.Code, Text: d.Name, Count: n})
		}
	}
	pg.add(s)
	s = BrowseSection{Title: pg.Tr("街道和镇", "Towns and streets")}
	for _, d := range p.divisions(dir) {
		below := BrowseSection{Title: d.Name}
		for _, t := range dir.DivisionsBelow(d.Code) {
			if t.Level == "town" {
				below.Links = append(below.Links, web.Link{Href: "/items?division=" + t.Code, Text: t.Name})
			}
		}
		if len(below.Links) > 0 {
			s.More = append(s.More, below)
		}
	}
	pg.add(s)
	s = BrowseSection{Title: pg.Tr("哪一级办理", "Level of the office"), Order: true}
	for _, l := range []string{"3", "4", "5", "6"} {
		if n := c[catalog.ByLevel][l]; n > 0 {
			s.Links = append(s.Links, web.Link{Href: "/items?level=" + l, Text: levelWords(pg.Page, l), Count: n})
		}
	}
	pg.add(s)
	return nil
}

func (p *Portal) browseScopes(_ *http.Request, pg *BrowsePage, _ *identity.Directory, c catalog.Counts) error {
	s := BrowseSection{Title: pg.Tr("通办范围：不用回户籍地、注册地办", "Handled anywhere within"),
		Note: pg.Tr("按每个事项最大的范围列出：能全国通办的，在长三角和全省也能办。", "By the widest area of each: what is handled nationwide is handled in the delta and the province too.")}
	for _, v := range catalog.Scopes {
		if n := c[catalog.ByScope][v]; n > 0 {
			s.Links = append(s.Links, web.Link{Href: "/items?scope=" + v, Text: scopeNames(pg.Page, v), Count: n})
		}
	}
	pg.add(s)
	s = BrowseSection{Title: pg.Tr("办件类型", "Kind of procedure")}
	for _, v := range []string{"instant", "promised"} {
		if n := c[catalog.ByCaseType][v]; n > 0 {
			s.Links = append(s.Links, web.Link{Href: "/items?caseType=" + v, Text: caseTypeWords(pg.Page, v), Count: n})
		}
	}
	pg.add(s)
	s = BrowseSection{Title: pg.Tr("事项类型", "Type")}
	for _, v := range itemTypes {
		if n := c[catalog.ByType][v]; n > 0 {
			s.Links = append(s.Links, web.Link{Href: "/items?type=" + v, Text: typeWords(pg.Page, v), Count: n})
		}
	}
	pg.add(s)
	return nil
}

// add adds a section that has something.
func (pg *BrowsePage) add(s BrowseSection) {
	if len(s.Links)+len(s.More) > 0 {
		pg.Sections = append(pg.Sections, s)
	}
}

// itemTypes are the types of 事项类型 that are in use.
var itemTypes = []string{"01", "05", "07", "08", "09", "10", "20"}

// byCount gives the values of a filter, most matters first.
func byCount(counts map[string]int) []string {
	out := make([]string, 0, len(counts))
	for v := range counts {
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(a, b)
	})
	return out
}

// deptWords names a kind of department by the city's department of that kind.
func deptWords(p web.Page, dir *identity.Directory, dept string) string {
	for _, u := range dir.Units() {
		if u.Level == "3" && u.Kind == "department" && strings.HasSuffix(u.Key, "-"+dept) {
			return strings.TrimPrefix(u.Short, "市")
		}
	}
	if dept == "gov" {
		return p.Tr("各级政府和其他部门", "Governments and other bodies")
	}
	return p.Tr("其他部门", "Other")
}

// scopeNames names 通办范围 as people say it.
func scopeNames(p web.Page, code string) string {
	switch code {
	case "1":
		return p.Tr("全国通办（跨省）", "Anywhere in China")
	case catalog.ScopeDelta:
		return p.Tr("长三角通办（沪苏浙皖）", "Anywhere in the Yangtze delta")
	case "2":
		return p.Tr("全省通办（省内）", "Anywhere in the province")
	case "3":
		return p.Tr("全市通办", "Anywhere in the city")
	}
	return scopeWords(p, code) + p.Tr("通办", "")
}

func caseTypeWords(p web.Page, code string) string {
	if code == "instant" {
		return p.Tr("即办件", "On the spot")
	}
	return p.Tr("承诺件", "Within a promised time")
}
