package portal

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/channel"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// EnteredPage 事项进驻情况: how far lists have entered the centres (第二十条第一款).
type EnteredPage struct {
	web.Page
	Stats  []web.Stat
	Areas  web.Table
	CSV    web.Link
	What   string
	Search web.Search
	Clear  web.Link
	Said   string
	Lists  web.Table
	Pager  web.Pager
}

const (
	enteredPath = "/centres/entered"
	enteredRows = 30
	enteredCSV  = 5000 // lists read at once for the file
)

func enteredQuery(r *http.Request) (channel.ReportFilter, string) {
	q := r.URL.Query()
	return channel.ReportFilter{Division: q.Get("division"), Kind: channel.PlacementKind(q.Get("kind"))}, strings.TrimSpace(q.Get("q"))
}

// enteredAt is the address of the page or of the file for a filter.
func enteredAt(path string, f channel.ReportFilter, words, cursor string) string {
	q := url.Values{}
	for _, x := range [][2]string{{"division", f.Division}, {"kind", string(f.Kind)}, {"q", words}, {"cursor", cursor}} {
		if x[1] != "" {
			q.Set(x[0], x[1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// rateWords is a share in tenths of a percent.
func rateWords(n int) string {
	switch n {
	case -1:
		return "–"
	case 1000:
		return "100%"
	}
	return strconv.Itoa(n/10) + "." + strconv.Itoa(n%10) + "%"
}

// entered answers GET /centres/entered?division&kind&q&cursor.
func (p *Portal) entered(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f, words := enteredQuery(r)
	report, err := p.Channel.PublicReport(ctx)
	if err != nil {
		return err
	}
	lists, next, total, err := p.Channel.PublicLists(ctx, f, words, r.URL.Query().Get("cursor"), enteredRows)
	if err != nil {
		return web.Onward(err, web.Link{Href: enteredPath, Text: "事项进驻情况"})
	}
	dir, err := p.Identity.Directory(ctx)
	if err != nil {
		return err
	}
	places, err := p.Channel.Places(ctx)
	if err != nil {
		return err
	}
	pg := EnteredPage{Page: p.newPage(r, "", "事项进驻情况", "Services at the centres")}
	pg.Crumbs = []web.Link{{Href: "/", Text: pg.Tr("首页", "Home")}, {Href: "/centres", Text: pg.Tr("办事大厅", "Service centres")}, {Text: pg.Title}}
	pg.figures(report)
	pg.CSV = web.Link{Href: enteredAt(enteredPath+".csv", f, words, ""), Text: pg.Tr("下载下面的清单（CSV）", "Download the lists below (CSV)")}
	pg.What = pg.Tr("全部实施清单", "All lists")
	if f.Kind != "" {
		zh, en := f.Kind.Words()
		pg.What = pg.Tr(zh, en)
	}
	if d, ok := dir.Division(f.Division); ok {
		pg.What += pg.Tr("（"+d.Name+"）", " ("+d.Name+")")
	}
	if f != (channel.ReportFilter{}) || words != "" {
		pg.Clear = web.Link{Href: enteredPath, Text: pg.Tr("看全部", "Show all")}
	}
	pg.Search = web.Search{Action: enteredPath, Query: words, Hint: pg.Tr("事项名称或者编码", "Name or code")}
	for _, x := range [][2]string{{"division", f.Division}, {"kind", string(f.Kind)}} {
		if x[1] != "" {
			pg.Search.Hidden = append(pg.Search.Hidden, web.Hidden{Name: x[0], Value: x[1]})
		}
	}
	pg.Said = pg.Tr("共 "+strconv.Itoa(total)+" 个", strconv.Itoa(total)+" lists")
	pg.Lists = web.Table{Caption: pg.What, Hide: true, Heads: []web.Head{{Text: pg.Tr("事项", "Service")}, {Text: pg.Tr("部门", "Office")}, {Text: pg.Tr("进驻情况", "Where")}},
		Empty: web.Empty{Title: pg.Tr("没有这样的实施清单", "There are no such lists")}}
	for _, x := range lists {
		u, _ := dir.Unit(x.UnitID)
		pg.Lists.Rows = append(pg.Lists.Rows, web.Row{Cells: []web.Cell{{Text: pg.Tr(x.Name, x.NameEN), Href: "/items/" + x.Code}, {Text: u.Name}, placeCell(pg.Page, places, dir, p.Channel.Day(), x)}})
	}
	if next != "" {
		pg.Pager.Next = enteredAt(enteredPath, f, words, next) + "#lists-at"
	}
	return p.v.entered.Render(w, r, http.StatusOK, pg)
}

// placeCell names the centres of a list, or why there is none.
func placeCell(pg web.Page, places *channel.Places, dir *identity.Directory, day string, x channel.PlacedList) web.Cell {
	zh, en := x.Stands.Words()
	c := web.Cell{Tag: web.Tag{Tone: web.OK, Text: pg.Tr(zh, en)}}
	var at []string
	for _, pl := range x.Placements {
		if u, ok := dir.Unit(pl.CentreID); ok {
			at = append(at, places.Title(dir, u, day))
			continue
		}
		zh, en := pl.Reason.Words()
		at = append(at, pg.Tr(zh, en)+prefixed(pg.Tr("：", ": "), pl.PublicDetail()))
	}
	switch x.Stands {
	case channel.Out:
		c.Tag.Tone = web.Note
	case channel.None:
		c.Tag.Tone = web.Bad
	}
	c.Soft = strings.Join(at, pg.Tr("、", ", "))
	return c
}

func prefixed(mark, s string) string {
	if s == "" {
		return ""
	}
	return mark + s
}

func (pg *EnteredPage) figures(report *channel.Report) {
	tr := pg.Tr
	pg.Stats = []web.Stat{{Href: enteredPath, Value: rateWords(report.Total.Rate()), Text: tr("进驻率", "Entered")}, {Href: enteredPath, Value: strconv.Itoa(report.Total.Lists), Text: tr("在用的实施清单", "Lists in use")}}
	heads := []web.Head{{Text: tr("区划", "District")}, {Text: tr("进驻率", "Entered"), Num: true}, {Text: tr("清单", "Lists"), Num: true}}
	for _, k := range channel.PlacementKinds {
		zh, en := k.Words()
		pg.Stats = append(pg.Stats, web.Stat{Href: enteredAt(enteredPath, channel.ReportFilter{Kind: k}, "", ""), Value: strconv.Itoa(report.Total.Of[k]), Text: tr(zh, en), Warn: k == channel.None && report.Total.Of[k] > 0})
		heads = append(heads, web.Head{Text: tr(zh, en), Num: true})
	}
	pg.Areas = web.Table{Caption: tr("按区划", "By district"), Heads: heads, Empty: web.Empty{Title: tr("还没有实施清单", "No lists yet")}}
	for _, d := range report.Districts {
		if d.Lists == 0 {
			continue
		}
		f := channel.ReportFilter{Division: d.Division.Code}
		name := d.Division.Name
		row := web.Row{Cells: []web.Cell{{Text: name, Href: enteredAt(enteredPath, f, "", "")}, {Text: rateWords(d.Rate())}, {Text: strconv.Itoa(d.Lists)}}}
		if d.Division.Level == "city" { // its page shows the districts too
			row.Cells[0] = web.Cell{Text: name + tr("本级", " itself")}
		}
		for _, k := range channel.PlacementKinds {
			c := web.Cell{Text: strconv.Itoa(d.Of[k])}
			if d.Of[k] > 0 && d.Division.Level != "city" {
				f.Kind = k
				c.Href = enteredAt(enteredPath, f, "", "")
			}
			row.Cells = append(row.Cells, c)
		}
		pg.Areas.Rows = append(pg.Areas.Rows, row)
	}
}

// enteredFile answers GET /centres/entered.csv, under the filters of the page.
func (p *Portal) enteredFile(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f, words := enteredQuery(r)
	dir, err := p.Identity.Directory(ctx)
	if err != nil {
		return err
	}
	places, err := p.Channel.Places(ctx)
	if err != nil {
		return err
	}
	list, cursor, _, err := p.Channel.PublicLists(ctx, f, words, "", enteredCSV)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="entered.csv"`)
	if _, err := w.Write([]byte("\ufeff")); err != nil { // Excel takes it for UTF-8 only so
		return err
	}
	c := csv.NewWriter(w)
	if err := c.Write([]string{"实施编码", "事项名称", "实施单位", "区划代码", "区划", "进驻情况", "中心标识", "中心", "自", "未进驻理由", "说明"}); err != nil {
		return err
	}
	for {
		for _, x := range list {
			for _, row := range enteredRowsOf(dir, places, p.Channel.Day(), x) {
				for i, cell := range row {
					if strings.IndexAny(cell, "=+-@\t\r") == 0 {
						row[i] = "'" + cell // no cell is a formula
					}
				}
				if err := c.Write(row); err != nil {
					return err
				}
			}
		}
		if cursor == "" {
			break
		}
		if list, cursor, _, err = p.Channel.PublicLists(ctx, f, words, cursor, enteredCSV); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// enteredRowsOf is a line for each centre of a list, or one.
func enteredRowsOf(dir *identity.Directory, places *channel.Places, day string, x channel.PlacedList) (out [][]string) {
	u, _ := dir.Unit(x.UnitID)
	d, _ := dir.Division(x.Division)
	row := func(k channel.PlacementKind, more ...string) {
		zh, _ := k.Words()
		out = append(out, append([]string{x.Code, x.Name, u.Name, x.Division, d.Name, zh}, more...))
	}
	for _, pl := range x.Placements {
		zh, _ := pl.Reason.Words()
		c, ok := dir.Unit(pl.CentreID)
		if !ok {
			row(pl.Kind, "", "", pl.From, zh, pl.PublicDetail())
			continue
		}
		row(pl.Kind, c.Key, places.Title(dir, c, day), pl.From, "", "")
	}
	if len(x.Placements) == 0 {
		row(channel.None, "", "", "", "", "")
	}
	return out
}
