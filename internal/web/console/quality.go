package console

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// qualityPage 指南完整度: how complete the guides in use are, by district and by
// department, and what they lack; every number leads to its list.
type qualityPage struct {
	web.Page
	Scope    string
	Narrowed web.Link // away from one unit or district
	Stats    []web.Stat
	Areas    figureTable
	Units    figureTable
	More     string // that not all units are shown
	Lacking  figureTable

	bands []catalog.QualityBand // columns
}

// qualityList are the lists behind a number.
type qualityList struct {
	web.Page
	What  string
	Scope string
	Back  web.Link
	Table web.Table
	Pager web.Pager
}

const (
	qualityRows  = 50 // lists on a page
	qualityUnits = 60 // departments in the table
	qualityPath  = "/console/items/quality"
)

// qualityFilter reads unit, division, band and lacks of an address.
func qualityFilter(r *http.Request) (catalog.QualityFilter, error) {
	q := r.URL.Query()
	f := catalog.QualityFilter{Division: q.Get("division"), Alone: q.Get("alone") == "1", Band: catalog.QualityBand(q.Get("band")), Lacks: q.Get("lacks")}
	if s := q.Get("unit"); s != "" {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n <= 0 {
			return f, web.ErrNoPage()
		}
		f.Unit = n
	}
	return f, nil
}

// qualityAddress is a page for a filter; band and lacks lead to the list.
func qualityAddress(f catalog.QualityFilter) string {
	q := url.Values{}
	for _, x := range [][2]string{{"division", f.Division}, {"band", string(f.Band)}, {"lacks", f.Lacks}} {
		if x[1] != "" {
			q.Set(x[0], x[1])
		}
	}
	if f.Unit != 0 {
		q.Set("unit", strconv.FormatInt(f.Unit, 10))
	}
	if f.Alone {
		q.Set("alone", "1")
	}
	if len(q) == 0 {
		return qualityPath
	}
	return qualityPath + "?" + q.Encode()
}

func qualityListAddress(f catalog.QualityFilter) string {
	return strings.Replace(qualityAddress(f), qualityPath, qualityPath+"/list", 1)
}

// bandWords are the columns of the tables.
func bandWords(p web.Page, b catalog.QualityBand) string {
	switch b {
	case catalog.BandFull:
		return p.Tr("完整", "Complete")
	case catalog.BandGood:
		return p.Tr("90 至 99", "90 to 99")
	case catalog.BandFair:
		return p.Tr("75 至 89", "75 to 89")
	case catalog.BandPoor:
		return p.Tr("75 以下", "Below 75")
	}
	return p.Tr("未计算", "Not known")
}

// quality answers GET /console/items/quality?division&unit.
func (k *Console) quality(w http.ResponseWriter, r *http.Request) error {
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	f, err := qualityFilter(r)
	if err != nil {
		return err
	}
	f.Band, f.Lacks = "", ""
	q, err := k.c.Catalog.Quality(r.Context(), a, f)
	if err != nil {
		return err
	}
	dir, err := k.c.Identity.Directory(r.Context())
	if err != nil {
		return err
	}
	p := qualityPage{Page: k.page(r, a, "quality", "指南完整度", "Completeness of guides")}
	p.Scope = qualityScope(p.Page, dir, f)
	if p.Scope != "" {
		p.Narrowed = web.Link{Href: qualityPath, Text: p.Tr("看全部", "Show all")}
	}
	p.fill(q, f)
	return k.views.quality.Render(w, r, http.StatusOK, p)
}

func qualityScope(p web.Page, dir *identity.Directory, f catalog.QualityFilter) string {
	if u, ok := dir.Unit(f.Unit); ok {
		return u.Name
	}
	d, _ := dir.Division(f.Division)
	if f.Alone {
		return d.Name + p.Tr("本级", " itself")
	}
	return d.Name
}

func (p *qualityPage) fill(q *catalog.Quality, f catalog.QualityFilter) {
	tr := p.Tr
	p.bands = catalog.QualityBands()
	if q.Total.Of[catalog.BandUnknown] == 0 {
		p.bands = p.bands[:len(p.bands)-1]
	}
	p.Stats = []web.Stat{{Href: qualityListAddress(f), Value: strconv.Itoa(q.Total.Lists), Text: tr("在用的实施清单", "Lists in use")},
		{Href: qualityListAddress(f), Value: strconv.Itoa(q.Total.Mean), Text: tr("平均完整度（满分 100）", "Mean completeness, of 100")}}
	for _, b := range p.bands {
		g := f
		g.Band = b
		p.Stats = append(p.Stats, web.Stat{Href: qualityListAddress(g), Value: strconv.Itoa(q.Total.Of[b]), Text: bandWords(p.Page, b), Warn: b == catalog.BandPoor && q.Total.Of[b] > 0})
	}
	heads := []string{tr("清单", "Lists"), tr("平均", "Mean")}
	for _, b := range p.bands {
		heads = append(heads, bandWords(p.Page, b))
	}
	p.Areas = figureTable{Caption: tr("按区划", "By district"), First: tr("区划", "District"), Heads: heads}
	for _, d := range q.Districts {
		g, name := f, d.Division.Name
		g.Division = d.Division.Code
		if d.Division.Level == "city" {
			g.Alone = true
			name += tr("本级", " itself")
		}
		p.Areas.Rows = append(p.Areas.Rows, p.row(name, g, d.QualityFigures))
	}
	p.Units = figureTable{Caption: tr("按部门，完整度低的在前", "By department, the least complete first"), First: tr("部门", "Department"), Heads: heads}
	for _, u := range q.Units[:min(len(q.Units), qualityUnits)] {
		g := f
		g.Unit = u.Unit.ID
		p.Units.Rows = append(p.Units.Rows, p.row(u.Unit.Name, g, u.QualityFigures))
	}
	if n := len(q.Units); n > qualityUnits {
		all, shown := strconv.Itoa(n), strconv.Itoa(qualityUnits)
		p.More = tr("共 "+all+" 个部门，这里是完整度最低的 "+shown+" 个；选一个区划看其余的。", shown+" of "+all+" departments; choose a district for the others.")
	}
	p.Lacking = figureTable{Caption: tr("缺得最多的", "What is missing most"), First: tr("缺什么", "Missing"), Heads: []string{tr("要素", "Element"), tr("清单", "Lists")}}
	elements := map[string]string{}
	for _, e := range catalog.GuideElements() {
		elements[e.Key] = tr(e.ZH, e.EN)
	}
	for _, l := range q.Lacking {
		g := f
		g.Lacks = l.Measure.Key
		p.Lacking.Rows = append(p.Lacking.Rows, figureRow{Name: web.Link{Href: qualityListAddress(g), Text: tr(l.Measure.ZH, l.Measure.EN)},
			Cells: []figureCell{{Label: p.Lacking.Heads[0], Value: elements[l.Measure.Element]}, {Label: p.Lacking.Heads[1], Value: strconv.Itoa(l.Lists), Href: qualityListAddress(g)}}})
	}
}

// row is one district or department.
func (p *qualityPage) row(name string, f catalog.QualityFilter, n catalog.QualityFigures) figureRow {
	mean := "–"
	if n.Mean > 0 {
		mean = strconv.Itoa(n.Mean)
	}
	row := figureRow{Name: web.Link{Href: qualityAddress(f), Text: name}, Cells: []figureCell{
		{Label: p.Tr("清单", "Lists"), Value: strconv.Itoa(n.Lists), Href: qualityListAddress(f)}, {Label: p.Tr("平均", "Mean"), Value: mean}}}
	for _, b := range p.bands {
		c := figureCell{Label: bandWords(p.Page, b), Value: strconv.Itoa(n.Of[b])}
		if n.Of[b] > 0 {
			g := f
			g.Band = b
			c.Href, c.Bad = qualityListAddress(g), b == catalog.BandPoor
		}
		row.Cells = append(row.Cells, c)
	}
	return row
}

// qualityList answers GET /console/items/quality/list?division&unit&band&lacks&cursor.
func (k *Console) qualityList(w http.ResponseWriter, r *http.Request) error {
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	f, err := qualityFilter(r)
	if err != nil {
		return err
	}
	list, next, err := k.c.Catalog.QualityList(r.Context(), a, f, r.URL.Query().Get("cursor"), qualityRows)
	if err != nil {
		return err
	}
	dir, err := k.c.Identity.Directory(r.Context())
	if err != nil {
		return err
	}
	p := qualityList{Page: k.page(r, a, "quality", "指南完整度", "Completeness of guides")}
	p.Scope = qualityScope(p.Page, dir, f)
	p.fill(dir, list, f)
	if next != "" {
		to := qualityListAddress(f)
		join := "?"
		if strings.Contains(to, "?") {
			join = "&"
		}
		p.Pager.Next = to + join + "cursor=" + url.QueryEscape(next)
	}
	return k.views.qualities.Render(w, r, http.StatusOK, p)
}

func (p *qualityList) fill(dir *identity.Directory, list []catalog.Item, f catalog.QualityFilter) {
	tr := p.Tr
	p.What = tr("在用的实施清单", "Lists in use")
	if f.Band != "" {
		p.What = tr("完整度：", "Completeness: ") + bandWords(p.Page, f.Band)
	}
	if measure, ok := catalog.FacetByKey(f.Lacks); ok {
		p.What = tr("缺："+measure.ZH, "Missing: "+measure.EN)
	}
	back := f
	back.Band, back.Lacks = "", ""
	p.Back = web.Link{Href: qualityAddress(back), Text: tr("回到完整度", "Back to the figures")}
	p.Table = web.Table{Caption: p.What, Hide: true, Heads: []web.Head{{Text: tr("事项", "Item")}, {Text: tr("部门", "Department")}, {Text: tr("完整度", "Completeness"), Num: true}, {Text: tr("还缺", "Missing")}},
		Empty: web.Empty{Title: tr("没有这样的清单", "There are no such lists")}}
	for _, it := range list {
		u, _ := dir.Unit(it.UnitID)
		var missing []string
		for _, key := range it.Facts.Completeness.Missing {
			if measure, ok := catalog.FacetByKey(key); ok {
				missing = append(missing, tr(measure.ZH, measure.EN))
			}
		}
		percent := tr("未计算", "Not known")
		if n := it.Facts.Completeness.Percent; n > 0 {
			percent = strconv.Itoa(n)
		}
		p.Table.Rows = append(p.Table.Rows, web.Row{Cells: []web.Cell{{Text: tr(it.Name, it.NameEN), Href: "/items/" + it.Code, Row: true}, {Text: u.Name}, {Text: percent}, {Text: strings.Join(missing, tr("、", ", "))}}})
	}
}
