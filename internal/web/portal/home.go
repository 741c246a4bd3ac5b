package portal

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/web"
)

// HomePage 首页.
type HomePage struct {
	web.Page
	Search   web.Search
	Hot      []web.Tile
	People   []web.Tile    // topics for natural persons
	Firms    []web.Tile    // topics for organisations
	Life     BrowseSection // from birth to death
	Trade    BrowseSection // from start to close
	Featured []web.Tile    // 特色服务清单
	Quick    []web.Tile
	Stats    []web.Stat
}

const hotInBand = 5

func (p *Portal) home(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	pg := HomePage{Page: p.newPage(r, "home", "", "")}
	pg.Search = web.Search{Action: "/items", Heading: pg.Tr("今天想办什么事？", "What would you like to do?"),
		Hint: pg.Tr("想办什么事，怎么说都行，例如：开饭店", "Say it in your words, for example: food licence")}
	hot, err := p.Catalog.Hot(ctx)
	if err != nil {
		return err
	}
	dir, err := p.Identity.Directory(ctx)
	if err != nil {
		return err
	}
	seen := map[string]bool{} // the same item is offered by several districts
	for _, it := range hot {
		if seen[it.BasicCode] {
			continue
		}
		seen[it.BasicCode] = true
		name := pg.Tr(it.Name, it.NameEN)
		if len(pg.Search.Hot) < hotInBand {
			pg.Search.Hot = append(pg.Search.Hot, web.Link{Href: "/items?q=" + url.QueryEscape(it.Name), Text: name})
		}
		unit, _ := dir.Unit(it.UnitID)
		pg.Hot = append(pg.Hot, web.Tile{Href: p.itemAddress(it), Icon: "doc", Text: name, Soft: unit.Short})
	}
	topics, err := p.Catalog.Topics(ctx)
	if err != nil {
		return err
	}
	for _, t := range topics {
		tile := web.Tile{Href: "/items?audience=" + t.Audience + "&topic=" + t.Key, Icon: topicIcon(t.Key), Text: pg.Tr(t.Name, t.NameEN)}
		if t.Audience == "entity" {
			pg.Firms = append(pg.Firms, tile)
		} else {
			pg.People = append(pg.People, tile)
		}
	}
	events, err := p.Catalog.Events(ctx)
	if err != nil {
		return err
	}
	for _, e := range events {
		link := web.Link{Href: "/items?audience=" + e.Audience + "&event=" + e.Key, Text: pg.Tr(e.Name, e.NameEN)}
		if e.Audience == "entity" {
			pg.Trade.Links = append(pg.Trade.Links, link)
		} else {
			pg.Life.Links = append(pg.Life.Links, link)
		}
	}
	for _, f := range catalog.Features() {
		pg.Featured = append(pg.Featured, web.Tile{Href: "/featured/" + f.Key, Icon: featureIcons[f.Key], Text: pg.Tr(f.Short, f.ShortEN)})
	}
	pg.Quick = []web.Tile{
		{Href: "/my/cases", Icon: "clock", Text: pg.Tr("办件进度", "My cases"), Soft: pg.Tr("登录后查看每一步", "Log in to see every step")},
		{Href: "/verify", Icon: "check", Text: pg.Tr("证照核验", "Verify a licence"), Soft: pg.Tr("扫码或者输入标识", "By QR or identifier")},
		{Href: "/centres", Icon: "map", Text: pg.Tr("办事大厅", "Service centres"), Soft: pg.Tr("地址、时间、窗口", "Places, hours, windows")},
		{Href: "/help", Icon: "phone", Text: pg.Tr("帮助和电话", "Help and phone"), Soft: "12345"},
	}
	if pg.Stats, err = p.stats(r, pg.Page); err != nil {
		return err
	}
	switch {
	case pg.Elder: // tiles instead of small links, and few of them
		pg.Search.Hot = nil
		pg.Hot = pg.Hot[:min(len(pg.Hot), 6)]
	case len(pg.Hot) <= hotInBand: // all of them stand in the band already
		pg.Hot = nil
	}
	return p.v.home.Render(w, r, http.StatusOK, pg)
}

func (p *Portal) stats(r *http.Request, pg web.Page) ([]web.Stat, error) {
	items, _, units, err := p.Catalog.Count(r.Context())
	if err != nil {
		return nil, err
	}
	groups, err := p.Channel.Centres(r.Context())
	if err != nil {
		return nil, err
	}
	centres := 0
	for _, g := range groups {
		centres += len(g.Centres)
	}
	return []web.Stat{
		{Href: "/items", Value: strconv.FormatInt(items, 10), Text: pg.Tr("可办事项", "services")},
		{Href: "/items", Value: strconv.FormatInt(units, 10), Text: pg.Tr("办理单位", "offices")},
		{Href: "/centres", Value: strconv.Itoa(centres), Text: pg.Tr("办事大厅和便民中心", "service centres")},
	}, nil
}

func (p *Portal) itemAddress(it catalog.Item) string { return "/items/" + it.Code }

// topicIcon draws a topic.
func topicIcon(key string) string {
	switch key {
	case "birth", "school", "school-enrolment":
		return "child"
	case "household", "qualification":
		return "card"
	case "education":
		return "school"
	case "employment", "labour", "startup":
		return "work"
	case "social-insurance", "legal", "relief":
		return "money"
	case "medical", "health-permit":
		return "medical"
	case "marriage", "elderly", "disabled", "welfare-org":
		return "heart"
	case "housing", "construction":
		return "house"
	case "food":
		return "food"
	case "municipal":
		return "road"
	case "transport":
		return "car"
	case "permit":
		return "company"
	case "environment":
		return "map"
	case "quality", "consumer":
		return "check"
	}
	return "doc"
}
