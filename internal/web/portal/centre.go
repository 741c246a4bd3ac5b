package portal

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/channel"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// CentresPage 办事大厅 by area.
type CentresPage struct {
	web.Page
	Filters web.Filters // by kind of window
	Groups  []CentreGroup
	Empty   web.Empty
	Entered web.Link // how far lists have entered the centres
}

// CentreGroup is the centres of one area.
type CentreGroup struct {
	Name    string
	Open    bool
	Centres []CentreCard
}

// CentreCard is one centre in a list.
type CentreCard struct {
	Href, Name, Address, Phone string
	Demo                       bool
	Branch                     bool // 分中心
}

// CentrePage is one centre with its windows and what it takes.
type CentrePage struct {
	web.Page
	Name     string
	Demo     bool
	Branch   web.Banner // what it is a branch of, and why
	Facts    web.Facts
	Windows  web.Table
	Branches []CentreBranch
	Search   web.Search // within what it takes
	Said     string
	Items    []CentreItem
	Pager    web.Pager
	Empty    web.Empty
}

// CentreBranch 分中心 of a centre.
type CentreBranch struct{ Href, Name, Address, Why, For string }

// CentreItem is one list that a centre takes.
type CentreItem struct {
	Href, Name, Summary, Unit string
	Kind                      web.Tag
}

// GuidePlace 受理地点 is a centre that receives an item.
type GuidePlace struct {
	Link            web.Link
	Tag             web.Tag // in a branch
	Address, Phone  string
	Windows, Output string // windows in one line each
}

// centreItems is how many lists stand on a page.
const centreItems = 20

func (p *Portal) centres(w http.ResponseWriter, r *http.Request) error {
	groups, err := p.Channel.Centres(r.Context())
	if err != nil {
		return err
	}
	places, dir, day, err := p.places(r)
	if err != nil {
		return err
	}
	pg := CentresPage{Page: p.newPage(r, "", "办事大厅", "Service centres")}
	pg.Crumbs = []web.Link{{Href: "/", Text: pg.Tr("首页", "Home")}, {Text: pg.Title}}
	pg.Entered = web.Link{Href: enteredPath, Text: pg.Tr("哪些事项进驻了大厅", "Which services are at the centres")}
	kind := channel.WindowKind(r.URL.Query().Get("window"))
	counts := map[channel.WindowKind]int{}
	for _, g := range groups {
		x := CentreGroup{Name: g.Division.Name, Open: len(pg.Groups) == 0 || kind != ""}
		for _, c := range g.Centres {
			has := map[channel.WindowKind]bool{}
			for _, win := range places.Windows(c.ID) {
				has[win.Kind] = true
			}
			for k := range has {
				counts[k]++
			}
			if kind != "" && !has[kind] {
				continue
			}
			_, branch := places.BranchOf(c.ID, day)
			x.Centres = append(x.Centres, CentreCard{Href: "/centres/" + c.Key, Name: places.Title(dir, c.Unit, day), Address: c.Address, Phone: c.Phone, Demo: c.Synthetic, Branch: branch})
		}
		if len(x.Centres) > 0 {
			pg.Groups = append(pg.Groups, x)
		}
	}
	pg.Filters = centreFilters(pg.Page, kind, counts)
	pg.Empty = web.Empty{Title: pg.Tr("还没有登记办事大厅", "No centres yet")}
	if kind != "" {
		pg.Empty = web.Empty{Title: pg.Tr("没有设这种窗口的大厅", "No centre has such a window"), Link: web.Link{Href: "/centres", Text: pg.Tr("看全部大厅", "All centres")}}
	}
	return p.v.centres.Render(w, r, http.StatusOK, pg)
}

func centreFilters(pg web.Page, chosen channel.WindowKind, counts map[channel.WindowKind]int) web.Filters {
	g := web.FilterGroup{Title: pg.Tr("设有窗口", "With a window for")}
	for _, k := range channel.WindowKinds {
		if counts[k] == 0 && k != chosen {
			continue
		}
		zh, en := k.Words()
		g.Items = append(g.Items, web.Link{Href: "/centres?window=" + string(k), Text: pg.Tr(zh, en), Count: counts[k], Current: k == chosen})
	}
	f := web.Filters{Groups: []web.FilterGroup{g}}
	if chosen != "" {
		f.Clear = web.Link{Href: "/centres", Text: pg.Tr("清除筛选", "Clear")}
	}
	return f
}

// places gives the registers of centres, and the day that they are read for.
func (p *Portal) places(r *http.Request) (*channel.Places, *identity.Directory, string, error) {
	dir, err := p.Identity.Directory(r.Context())
	if err != nil {
		return nil, nil, "", err
	}
	places, err := p.Channel.Places(r.Context())
	return places, dir, p.Channel.Day(), err
}

func (p *Portal) centre(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	places, dir, day, err := p.places(r)
	if err != nil {
		return err
	}
	u, ok := dir.UnitByKey(r.PathValue("key"))
	if !ok {
		return web.ErrNoPage()
	}
	if _, err := p.Channel.Centre(ctx, u.ID); err != nil {
		return err
	}
	q := r.URL.Query()
	words := strings.TrimSpace(q.Get("q"))
	items, next, total, err := p.Channel.ItemsAt(ctx, u.ID, words, q.Get("cursor"), centreItems)
	if err != nil {
		return err
	}
	name := places.Title(dir, u, day)
	pg := CentrePage{Page: p.newPage(r, "", name, ""), Name: name, Demo: u.Synthetic}
	pg.Crumbs = []web.Link{{Href: "/", Text: pg.Tr("首页", "Home")}, {Href: "/centres", Text: pg.Tr("办事大厅", "Service centres")}, {Text: name}}
	for _, f := range []struct{ zh, en, v string }{{"地址", "Address", u.Address}, {"电话", "Phone", u.Phone}} {
		if f.v != "" {
			pg.Facts.Rows = append(pg.Facts.Rows, web.Fact{Key: pg.Tr(f.zh, f.en), Value: f.v})
		}
	}
	pg.branches(places, dir, u, day)
	pg.Windows = windowTable(pg.Page, places.Windows(u.ID), u)
	at := "/centres/" + url.PathEscape(u.Key)
	pg.Search = web.Search{Action: at, Query: words, Hint: pg.Tr("在本大厅的事项中查找", "Search what is handled here")}
	pg.Said = pg.Tr("共 "+strconv.Itoa(total)+" 项", strconv.Itoa(total)+" services")
	for _, it := range items {
		x := CentreItem{Href: "/items/" + it.Code, Name: pg.Tr(it.Name, it.NameEN), Summary: it.Summary, Kind: web.Tag{Text: pg.Tr("承诺件", "Within a promised time")}}
		if it.CaseType == "instant" {
			x.Kind = web.Tag{Tone: web.OK, Text: pg.Tr("即办件", "On the spot")}
		}
		office, _ := dir.Unit(it.UnitID)
		x.Unit = office.Name
		pg.Items = append(pg.Items, x)
	}
	if next != "" {
		pg.Pager.Next = at + "?" + url.Values{"q": {words}, "cursor": {next}}.Encode() + "#items"
	}
	pg.Empty = web.Empty{Title: pg.Tr("没有在这里受理的事项", "Nothing is received here")}
	if words != "" {
		pg.Empty = web.Empty{Title: pg.Tr("没有找到，换个说法试试", "Nothing found; try other words"), Link: web.Link{Href: at, Text: pg.Tr("看全部", "Show all")}}
	}
	return p.v.centre.Render(w, r, http.StatusOK, pg)
}

// branches tells what the centre is a branch of, or which it has.
func (pg *CentrePage) branches(places *channel.Places, dir *identity.Directory, u identity.Unit, day string) {
	why := func(b channel.Branch) string {
		zh, en := b.Reason.Words()
		s := pg.Tr(zh, en)
		if b.Detail != "" && b.Reason != channel.Secret {
			s += pg.Tr("：", ": ") + b.Detail
		}
		return s
	}
	offices := func(b channel.Branch) string {
		var names []string
		for _, id := range b.Departments {
			if d, ok := dir.Unit(id); ok {
				names = append(names, d.Name)
			}
		}
		return strings.Join(names, pg.Tr("、", ", "))
	}
	if b, ok := places.BranchOf(u.ID, day); ok {
		main, _ := dir.Unit(b.MainID)
		pg.Branch = web.Banner{Tone: web.Info, Title: pg.Tr("这是"+main.Name+"的分中心", "A branch of "+main.Name),
			Text: pg.Tr("在这里办理"+offices(b)+"的事项，自 "+b.From+" 起。设立理由："+why(b)+"。", "For the services of "+offices(b)+", since "+b.From+". Why: "+why(b)+"."),
			Link: web.Link{Href: "/centres/" + main.Key, Text: main.Name}}
	}
	for _, b := range places.Branches(u.ID, day) {
		x, _ := dir.Unit(b.BranchID)
		pg.Branches = append(pg.Branches, CentreBranch{Href: "/centres/" + x.Key, Name: places.Title(dir, x, day), Address: x.Address, Why: why(b), For: offices(b)})
	}
}

// windowTable lists windows in the order of 第二十条: where to ask first.
func windowTable(pg web.Page, list []channel.Window, u identity.Unit) web.Table {
	t := web.Table{Caption: pg.Tr("窗口", "Windows"), Hide: true, Heads: []web.Head{{Text: pg.Tr("窗口", "Window")}, {Text: pg.Tr("办理内容", "For")}, {Text: pg.Tr("时间", "Hours")}, {Text: pg.Tr("电话", "Phone")}},
		Empty: web.Empty{Title: pg.Tr("还没有登记窗口", "No windows yet")}}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b channel.Window) int {
		return slices.Index(channel.WindowKinds, a.Kind) - slices.Index(channel.WindowKinds, b.Kind)
	})
	for _, w := range list {
		zh, en := w.Kind.Words()
		if w.Kind == channel.Comprehensive && u.Level > "4" {
			zh, en = "全科综合窗口", "All services" // 第二十条第二款
		}
		what := web.Cell{Text: pg.Tr(zh, en)}
		if w.Kind == channel.Bank {
			what.Soft = w.Address // it stands elsewhere
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: w.No, Soft: w.Name}, what, {Text: w.Hours}, {Text: w.Phone}}})
	}
	return t
}

// received tells at which centres and windows an item is received.
func (pg *GuidePage) received(list []channel.Reception) {
	line := func(windows []channel.Window) string {
		var out []string
		for _, w := range windows {
			s := w.No + " " + w.Name
			if w.Kind == channel.Bank {
				s += pg.Tr("（", " (") + w.Address + pg.Tr("）", ")")
			}
			out = append(out, s)
		}
		return strings.Join(out, pg.Tr("、", ", "))
	}
	for _, x := range list {
		g := GuidePlace{Link: web.Link{Href: "/centres/" + x.Centre.Key, Text: x.Title}, Address: x.Centre.Address, Phone: x.Centre.Phone, Windows: line(x.Windows), Output: line(x.Output)}
		if x.Kind == channel.InBranch {
			g.Tag = web.Tag{Tone: web.Info, Text: pg.Tr("分中心", "Branch")}
		}
		pg.Received = append(pg.Received, g)
	}
}
