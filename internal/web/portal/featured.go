package portal

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/channel"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// FeaturedPage 特色服务清单: the nine lists of 第九条.
type FeaturedPage struct {
	web.Page
	Cards []FeatureCard
}

// FeatureCard is one list.
type FeatureCard struct {
	Href, Icon, Name, Means string
	Matters, Places         int
}

// FeaturePage is one list: what it means, by which rule, and what is in it.
type FeaturePage struct {
	web.Page
	Name, Means, Note string
	Words, Rule       string // the rule, for people and as it is reckoned
	Since             string // which version of the rule, from when
	Pending           bool   // a new rule is being gone through
	Said              string
	Matters           []FeatureMatter
	Filters           web.Filters
	Exports           []web.Link
	History           web.Link
	Pager             web.Pager
	Empty             web.Empty
}

// FeatureMatter is a matter in a list and where it can be handled so.
type FeatureMatter struct {
	Href, Name, Summary string
	Kind                web.Tag
	Why                 string     // the reason, where it was added by hand
	Places              []web.Link // each office, or where there are many, each area with its number
	Count               int
	Areas               bool // Places are areas
	Outlets             []FeatureOutlet
}

// FeatureOutlet is a bank outlet that takes a matter.
type FeatureOutlet struct{ Name, Address, Hours, Phone string }

// FeatureHistoryPage is who joined a list and who left it, and its rules.
type FeatureHistoryPage struct {
	web.Page
	Name  string
	Back  web.Link
	Rules []FeatureRuleRow
	Moves []FeatureMove
	Pager web.Pager
	Empty web.Empty
}

// FeatureRuleRow is a version of the rule.
type FeatureRuleRow struct{ Title, Words, Rule, Why string }

// FeatureMove is what happened to one matter at one moment.
type FeatureMove struct {
	At         time.Time
	Tag        web.Tag
	Name, Href string
	Where, Why string
}

// How much stands on a page, and how many offices of a matter are named one by
// one.
const (
	featurePage    = 20
	featureOffices = 12
	featureMoves   = 200
)

var featureIcons = map[string]string{"citywide": "map", "instant": "clock", "nearby": "home", "online": "window", "mobile": "phone",
	"no-certificate": "card", "auto": "check", "assist": "user", "bank": "money"}

func (p *Portal) featured(w http.ResponseWriter, r *http.Request) error {
	all, err := p.Catalog.Featured(r.Context())
	if err != nil {
		return err
	}
	pg := FeaturedPage{Page: p.newPage(r, "items", "特色服务清单", "Featured services")}
	pg.Crumbs = []web.Link{{Href: "/", Text: pg.Tr("首页", "Home")}, {Text: pg.Title}}
	for _, s := range all {
		pg.Cards = append(pg.Cards, FeatureCard{Href: "/featured/" + s.Key, Icon: featureIcons[s.Key], Name: pg.Tr(s.Name, s.NameEN), Means: pg.Tr(s.Means, s.MeansEN), Matters: s.Matters, Places: s.Items})
	}
	return p.v.featured.Render(w, r, http.StatusOK, pg)
}

func featuredQuery(r *http.Request) catalog.FeaturedQuery {
	in := r.URL.Query()
	return catalog.FeaturedQuery{Division: in.Get("division"), Dept: in.Get("dept")}
}

func (p *Portal) feature(w http.ResponseWriter, r *http.Request) error {
	ctx, key, q := r.Context(), r.PathValue("key"), featuredQuery(r)
	s, err := p.Catalog.FeatureOf(ctx, key)
	if err != nil {
		return web.Onward(err, web.Link{Href: "/featured", Text: "查看全部清单"})
	}
	dir, err := p.Identity.Directory(ctx)
	if err != nil {
		return err
	}
	matters, err := p.Catalog.FeaturedMatters(ctx, key, q)
	if err != nil {
		return err
	}
	reasons, err := p.additions(ctx, key)
	if err != nil {
		return err
	}
	var outlets []channel.Window
	if key == "bank" {
		if outlets, err = p.Channel.Outlets(ctx); err != nil {
			return err
		}
	}
	from, err := offset(r, len(matters))
	if err != nil {
		return err
	}
	pg := FeaturePage{Page: p.newPage(r, "items", s.Name, s.NameEN)}
	pg.Name, pg.Means, pg.Note = pg.Title, pg.Tr(s.Means, s.MeansEN), pg.Tr(s.Note, s.NoteEN)
	pg.Words, pg.Rule, pg.Pending = pg.Tr(s.Rule.Words, s.Rule.WordsEN), s.Rule.Rule, !s.Rule.Applied
	pg.Since = ruleTitle(pg.Page, s.Rule)
	pg.Crumbs = []web.Link{{Href: "/", Text: pg.Tr("首页", "Home")}, {Href: "/featured", Text: pg.Tr("特色服务清单", "Featured services")}, {Text: pg.Name}}
	offices := 0
	for _, m := range matters {
		offices += len(m.Places)
	}
	n, o := strconv.Itoa(len(matters)), strconv.Itoa(offices)
	pg.Said = pg.Tr(n+" 个事项，"+o+" 个办理单位", n+" services at "+o+" offices")
	here := r.URL.RequestURI()
	for _, m := range matters[from:min(from+featurePage, len(matters))] {
		x := featureMatter(pg.Page, dir, m, here, q.Division, reasons)
		x.Outlets = outletsOf(m, outlets)
		pg.Matters = append(pg.Matters, x)
	}
	page := func(at int) string {
		from := ""
		if at > 0 {
			from = strconv.Itoa(at)
		}
		to, _ := web.WithQuery(here, "from", from)
		return to
	}
	if from > 0 {
		pg.Pager.Prev = page(max(0, from-featurePage))
	}
	if from+featurePage < len(matters) {
		pg.Pager.Next = page(from + featurePage)
	}
	if pg.Filters, err = p.featureFilters(r, pg.Page, dir, key, q); err != nil {
		return err
	}
	for _, kind := range []string{"csv", "json"} {
		to, _ := web.WithQuery("/featured/"+key+"/export."+kind, "division", q.Division, "dept", q.Dept)
		pg.Exports = append(pg.Exports, web.Link{Href: to, Text: strings.ToUpper(kind)})
	}
	pg.History = web.Link{Href: "/featured/" + key + "/history", Text: pg.Tr("进出记录和历次规则", "Who joined and left, and earlier rules")}
	pg.Empty = web.Empty{Title: pg.Tr("没有符合条件的事项", "Nothing here"), Text: pg.Tr("换一个区划或者部门看看。", "Try another area or office."), Link: web.Link{Href: "/featured/" + key, Text: pg.Tr("查看整个清单", "The whole list")}}
	return p.v.feature.Render(w, r, http.StatusOK, pg)
}

// offset is where a page of a list that lies in memory begins.
func offset(r *http.Request, of int) (int, error) {
	s := r.URL.Query().Get("from")
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0, errs.New(errs.Malformed, "bad-cursor", "翻页位置不正确，请从第一页重新开始。", "The page cursor is not valid; start from the first page.")
	}
	return min(n, of), nil
}

// additions gives the reasons of what was added by hand, by matter or list.
func (p *Portal) additions(ctx context.Context, key string) (map[string]string, error) {
	all, err := p.Catalog.Choices(ctx, key)
	out := map[string]string{}
	for _, c := range all {
		if c.Kind == catalog.ChoiceAdd && c.Withdrawn.IsZero() {
			out[c.Subject] = c.Reason
		}
	}
	return out, err
}

// ruleTitle says which version of a rule it is.
func ruleTitle(p web.Page, r catalog.FeatureRule) string {
	if r.No == 0 {
		return p.Tr("平台预置规则", "The platform's own rule")
	}
	n := strconv.Itoa(r.No)
	return p.Tr("第"+n+"版，"+onDay(p, r.At)+"起", "Version "+n+", since "+onDay(p, r.At))
}

func onDay(p web.Page, t time.Time) string {
	t = t.In(time.FixedZone("CST", 8*3600))
	return p.Tr(t.Format("2006年1月2日"), t.Format("2 January 2006"))
}

func featureMatter(pg web.Page, dir *identity.Directory, m catalog.FeaturedMatter, here, division string, reasons map[string]string) FeatureMatter {
	first := m.Places[0]
	out := FeatureMatter{Href: "/items/" + first.Code, Name: pg.Tr(m.Name, m.NameEN), Summary: first.Summary, Kind: web.Tag{Text: typeWords(pg, m.Type)}, Count: len(m.Places), Why: reasons[m.Code]}
	if len(m.Places) <= featureOffices || division != "" {
		for _, it := range m.Places {
			u, _ := dir.Unit(it.UnitID)
			out.Places = append(out.Places, web.Link{Href: "/items/" + it.Code, Text: u.Name})
			out.Why = cmp.Or(out.Why, reasons[it.Code])
		}
		return out
	}
	out.Areas = true
	at := map[string]int{}
	for _, it := range m.Places {
		d := areaOf(dir, it.Division)
		i, ok := at[d.Code]
		if !ok {
			i, at[d.Code] = len(out.Places), len(out.Places)
			to, _ := web.WithQuery(here, "division", d.Code, "from", "")
			out.Places = append(out.Places, web.Link{Href: to, Text: d.Name})
		}
		out.Places[i].Count++
	}
	return out
}

// outletsOf finds the bank outlets that take a matter for the centres of the
// lists shown.
func outletsOf(m catalog.FeaturedMatter, all []channel.Window) (out []FeatureOutlet) {
	for _, w := range all {
		takes := slices.Contains(w.Items, m.Code) && slices.ContainsFunc(m.Places, func(it catalog.Item) bool { return it.ReceivingUnitID == w.CentreID })
		if takes {
			out = append(out, FeatureOutlet{w.Name, w.Address, w.Hours, w.Phone})
		}
	}
	return out
}

// areaOf is the city, or the district that a division lies in.
func areaOf(dir *identity.Directory, code string) identity.Division {
	d, _ := dir.Division(code)
	for range 8 {
		up, ok := dir.Division(d.Parent)
		if !ok || up.Parent == "" {
			break
		}
		d = up
	}
	return d
}

func (p *Portal) featureFilters(r *http.Request, pg web.Page, dir *identity.Directory, key string, q catalog.FeaturedQuery) (web.Filters, error) {
	var f web.Filters
	here := r.URL.RequestURI()
	group := func(title, name, now string, options []web.Link) {
		g := web.FilterGroup{Title: title}
		for _, o := range append([]web.Link{{Text: pg.Tr("不限", "Any")}}, options...) {
			to, err := web.WithQuery(here, name, o.Href, "from", "")
			if err == nil {
				g.Items = append(g.Items, web.Link{Href: to, Text: o.Text, Count: o.Count, Current: o.Href == now})
			}
		}
		f.Groups = append(f.Groups, g)
	}
	all, err := p.Catalog.FeaturedMatters(r.Context(), key, catalog.FeaturedQuery{Dept: q.Dept})
	if err != nil {
		return f, err
	}
	count := map[string]int{} // matters by area
	for _, m := range all {
		seen := map[string]bool{}
		for _, it := range m.Places {
			if d := areaOf(dir, it.Division).Code; !seen[d] {
				seen[d] = true
				count[d]++
			}
		}
	}
	var list []web.Link
	for _, d := range p.divisions(dir) {
		if count[d.Code] > 0 || d.Code == q.Division {
			list = append(list, web.Link{Href: d.Code, Text: d.Name, Count: count[d.Code]})
		}
	}
	if d, ok := dir.Division(q.Division); ok && !slices.ContainsFunc(list, func(l web.Link) bool { return l.Href == d.Code }) {
		list = append(list, web.Link{Href: d.Code, Text: d.Name})
	}
	group(pg.Tr("区划", "Area"), "division", q.Division, list)
	if all, err = p.Catalog.FeaturedMatters(r.Context(), key, catalog.FeaturedQuery{Division: q.Division}); err != nil {
		return f, err
	}
	count = map[string]int{}
	for _, m := range all {
		count[m.Dept]++
	}
	list = nil
	for dept, n := range count {
		if name := deptName(dir, dept); name != "" {
			list = append(list, web.Link{Href: dept, Text: name, Count: n})
		}
	}
	slices.SortFunc(list, func(a, b web.Link) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Text, b.Text)) })
	if len(list) > 1 || q.Dept != "" {
		group(pg.Tr("主管部门", "Department"), "dept", q.Dept, list)
	}
	if q != (catalog.FeaturedQuery{}) {
		f.Clear = web.Link{Href: "/featured/" + key, Text: pg.Tr("清除筛选", "Clear filters")}
	}
	return f, nil
}

// deptName names a kind of department by the unit of the highest level that is
// one.
func deptName(dir *identity.Directory, dept string) string {
	var best identity.Unit
	for _, u := range dir.Units() {
		if dept != "" && strings.HasSuffix(u.Key, "-"+dept) && (best.ID == 0 || u.Level < best.Level) {
			best = u
		}
	}
	return cmp.Or(best.Short, best.Name)
}

func (p *Portal) featureHistory(w http.ResponseWriter, r *http.Request) error {
	ctx, key := r.Context(), r.PathValue("key")
	f, ok := catalog.FeatureByKey(key)
	if !ok {
		return web.Onward(catalog.ErrNoFeature, web.Link{Href: "/featured", Text: "查看全部清单"})
	}
	var after catalog.MoveCursor
	if s := r.URL.Query().Get("after"); s != "" {
		at, id, ok := strings.Cut(s, "-")
		var err1, err2 error
		after.At, err1 = strconv.ParseInt(at, 10, 64)
		after.ID, err2 = strconv.ParseInt(id, 10, 64)
		if !ok || err1 != nil || err2 != nil {
			return errs.New(errs.Malformed, "bad-cursor", "翻页位置不正确，请从第一页重新开始。", "The page cursor is not valid; start from the first page.")
		}
	}
	rules, err := p.Catalog.FeatureRules(ctx, key)
	if err != nil {
		return err
	}
	moves, next, err := p.Catalog.Moves(ctx, key, after, featureMoves)
	if err != nil {
		return err
	}
	dir, err := p.Identity.Directory(ctx)
	if err != nil {
		return err
	}
	pg := FeatureHistoryPage{Page: p.newPage(r, "items", f.Name+"：进出记录", f.NameEN+": who joined and left"), Name: ""}
	pg.Name = pg.Tr(f.Name, f.NameEN)
	pg.Back = web.Link{Href: "/featured/" + key, Text: pg.Name}
	pg.Crumbs = []web.Link{{Href: "/", Text: pg.Tr("首页", "Home")}, {Href: "/featured", Text: pg.Tr("特色服务清单", "Featured services")}, pg.Back, {Text: pg.Tr("进出记录", "History")}}
	for _, x := range rules {
		row := FeatureRuleRow{Title: ruleTitle(pg.Page, x), Words: pg.Tr(x.Words, x.WordsEN), Rule: x.Rule}
		if x.Reason != "" {
			row.Why = pg.Tr("修改理由：", "Why: ") + x.Reason
		}
		pg.Rules = append(pg.Rules, row)
	}
	pg.Moves = featureMovesOf(pg.Page, dir, moves)
	if next != (catalog.MoveCursor{}) {
		pg.Pager.Next = "/featured/" + key + "/history?after=" + strconv.FormatInt(next.At, 10) + "-" + strconv.FormatInt(next.ID, 10)
	}
	if after != (catalog.MoveCursor{}) {
		pg.Pager.Prev = "/featured/" + key + "/history"
	}
	pg.Empty = web.Empty{Title: pg.Tr("还没有事项进出过", "Nothing has joined or left yet")}
	return p.v.featureHistory.Render(w, r, http.StatusOK, pg)
}

// featureMovesOf puts what happened to the offices of one matter at one moment
// and for one reason into one line.
func featureMovesOf(pg web.Page, dir *identity.Directory, moves []catalog.Move) []FeatureMove {
	same := func(a, b catalog.Move) bool {
		return a.At.Equal(b.At) && a.Item.BasicCode == b.Item.BasicCode && a.Joined == b.Joined && a.Cause == b.Cause && a.Reason == b.Reason
	}
	var out []FeatureMove
	for i := 0; i < len(moves); {
		n := 1
		for i+n < len(moves) && same(moves[i], moves[i+n]) {
			n++
		}
		m := moves[i]
		x := FeatureMove{At: m.At, Name: pg.Tr(m.Item.Name, m.Item.NameEN), Href: "/items/" + m.Item.Code, Why: moveWords(pg, m), Tag: web.Tag{Tone: web.OK, Text: pg.Tr("列入", "Joined")}}
		if !m.Joined {
			x.Tag = web.Tag{Tone: web.Note, Text: pg.Tr("移出", "Left")}
		}
		u, _ := dir.Unit(m.Item.UnitID)
		x.Where = u.Name
		if n > 1 {
			k := strconv.Itoa(n)
			x.Where = pg.Tr(u.Name+"等 "+k+" 处", u.Name+" and "+strconv.Itoa(n-1)+" more")
		}
		out = append(out, x)
		i += n
	}
	return out
}

// moveWords says why something joined or left.
func moveWords(p web.Page, m catalog.Move) string {
	switch {
	case m.Cause == catalog.ByState:
		return p.Tr("事项暂停办理或者已经取消", "It was suspended or cancelled")
	case m.Cause == catalog.ByChoice && m.Kind == catalog.ChoiceAdd:
		return p.Tr("经审核增列：", "Added by hand: ") + m.Reason
	case m.Cause == catalog.ByChoice:
		return p.Tr("经审核排除：", "Excluded by hand: ") + m.Reason
	}
	which := p.Tr("预置规则", "the platform's own rule")
	if m.RuleNo > 0 {
		n := strconv.Itoa(m.RuleNo)
		which = p.Tr("第"+n+"版规则", "version "+n+" of the rule")
	}
	if m.Joined {
		return p.Tr("符合"+which, "It meets "+which)
	}
	return p.Tr("不再符合"+which, "It no longer meets "+which)
}

// featureLinks are the lists that an item is in, for its guide.
func featureLinks(p web.Page, keys []string) []web.Link {
	var out []web.Link
	for _, k := range keys {
		if f, ok := catalog.FeatureByKey(k); ok {
			out = append(out, web.Link{Href: "/featured/" + k, Text: p.Tr(f.Short, f.ShortEN)})
		}
	}
	return out
}

// featureTags are the same as tags for a hit, at most three: a hit is read at a
// glance, so what tells it from others comes first. That it is done on the spot
// is said already.
func featureTags(p web.Page, keys []string) []web.Tag {
	var out []web.Tag
	for _, k := range []string{"auto", "no-certificate", "nearby", "bank", "citywide", "mobile", "online"} {
		if f, ok := catalog.FeatureByKey(k); ok && slices.Contains(keys, k) && len(out) < 3 {
			out = append(out, web.Tag{Tone: web.Info, Text: p.Tr(f.Short, f.ShortEN)})
		}
	}
	return out
}
