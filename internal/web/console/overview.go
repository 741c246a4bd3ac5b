package console

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/assess"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/caseview"
)

// overviewPage 监督概览: the figures of a period and of now, by department and by
// district; every number leads to its list.
type overviewPage struct {
	web.Page
	Period   string
	Counted  string
	Now      []web.Stat
	Past     []web.Stat
	Pressing web.Bars
	Received web.Bars
	Units    figureTable
	Areas    figureTable
	Filter   filterForm
	Narrowed web.Link // away from one unit or district
	Scope    string
}

// filterForm chooses the period.
type filterForm struct {
	From, To       string
	Unit, Division string
	Quick          []web.Link
}

// figureTable is a table of figures, each a link.
type figureTable struct {
	Caption, First string
	Heads          []string
	Rows           []figureRow
}

type figureRow struct {
	Name  web.Link
	Cells []figureCell
}

type figureCell struct {
	Label, Value, Href string
	Bad                bool
}

// columns are the figures of the tables.
func columns() []assess.Figure {
	return []assess.Figure{assess.Received, assess.InHand, assess.Late, assess.DueSoon, assess.StepLate, assess.Closed, assess.OnTime, assess.Rated, assess.Good}
}

// filterOf reads unit, division and period of an address.
func filterOf(r *http.Request) (assess.Filter, error) {
	q := r.URL.Query()
	f := assess.Filter{Division: q.Get("division"), Alone: q.Get("alone") == "1"}
	var err error
	if s := q.Get("unit"); s != "" {
		if f.Unit, err = strconv.ParseInt(s, 10, 64); err != nil {
			return f, web.ErrNoPage()
		}
	}
	for _, d := range []struct {
		name string
		to   *clock.Date
	}{{"from", &f.From}, {"to", &f.To}} {
		if s := q.Get(d.name); s != "" {
			if *d.to, err = clock.ParseDate(s); err != nil {
				return f, assess.ErrPeriod
			}
		}
	}
	return f, nil
}

// address is a page of the console for a filter.
func address(path string, f assess.Filter, more ...string) string {
	q := url.Values{}
	if f.Unit != 0 {
		q.Set("unit", strconv.FormatInt(f.Unit, 10))
	}
	if f.Division != "" {
		q.Set("division", f.Division)
	}
	if f.Alone {
		q.Set("alone", "1")
	}
	if f.From != 0 {
		q.Set("from", f.From.String())
	}
	if f.To != 0 {
		q.Set("to", f.To.String())
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func listOf(f assess.Filter, figure assess.Figure) string {
	return address("/console/list", f, "figure", string(figure))
}

// overview answers GET /console. Other administrators are led to their page.
func (k *Console) overview(w http.ResponseWriter, r *http.Request) error {
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	if !a.Has(actor.Supervisor) {
		if to := firstPage(k.page(r, a, "", "", "")); to != "" {
			return web.SeeOther(w, r, to)
		}
	}
	f, err := filterOf(r)
	if err != nil {
		return err
	}
	o, err := k.c.Assess.Overview(r.Context(), a, f)
	if err != nil {
		return wrongPeriod(r, err)
	}
	p := overviewPage{Page: k.page(r, a, "overview", "监督概览", "Overview")}
	if err := k.fill(r, &p, o, f); err != nil {
		return err
	}
	return k.views.overview.Render(w, r, http.StatusOK, p)
}

// wrongPeriod leads from a period that cannot be counted back to one that can.
func wrongPeriod(r *http.Request, err error) error {
	if errors.Is(err, assess.ErrPeriod) {
		return web.Onward(err, web.Link{Href: "/console", Text: web.NewPage(r, "", "").Tr("看最近30天", "The last 30 days")})
	}
	return err
}

// firstPage is where the menu leads somebody without the overview.
func firstPage(p web.Page) string {
	for _, l := range p.Menu {
		if l.Key == "audit" || l.Key == "jobs" || l.Key == "staff" {
			return l.Href
		}
	}
	return ""
}

func (k *Console) fill(r *http.Request, p *overviewPage, o *assess.Overview, f assess.Filter) error {
	dir, err := k.c.Identity.Directory(r.Context())
	if err != nil {
		return err
	}
	tr := p.Tr
	p.Period = tr(day(p.Page, o.From)+"至"+day(p.Page, o.To), day(p.Page, o.From)+" to "+day(p.Page, o.To))
	p.Counted = tr("正在重新统计，收件、办结、评价的数字暂不完整。", "Being counted anew: received, closed and rated are not complete yet.")
	if !o.CountedAt.IsZero() {
		p.Counted = tr("收件、办结、评价统计至 ", "Received, closed and rated are counted until ") + o.CountedAt.In(clock.Shanghai()).Format("15:04")
	}
	p.Filter = filterForm{From: o.From.String(), To: o.To.String(), Division: f.Division}
	if f.Unit != 0 {
		p.Filter.Unit = strconv.FormatInt(f.Unit, 10)
		u, _ := dir.Unit(f.Unit)
		p.Scope = u.Name
	}
	if v, ok := dir.Division(f.Division); ok {
		p.Scope = v.Name
	}
	if p.Scope != "" {
		g := f
		g.Unit, g.Division = 0, ""
		p.Narrowed = web.Link{Href: address("/console", g), Text: tr("看全部", "Show all")}
	}
	for _, q := range []struct {
		days   clock.Date
		zh, en string
	}{{7, "近7天", "7 days"}, {30, "近30天", "30 days"}, {90, "近90天", "90 days"}, {365, "近一年", "A year"}} {
		g := f
		g.From, g.To = o.Today-q.days+1, o.Today
		p.Filter.Quick = append(p.Filter.Quick, web.Link{Href: address("/console", g), Text: tr(q.zh, q.en), Current: o.To == o.Today && o.From == g.From})
	}
	for _, name := range []assess.Figure{assess.InHand, assess.Late, assess.DueSoon, assess.StepLate, assess.Alarmed} {
		p.Now = append(p.Now, stat(p.Page, f, o.Total, name))
	}
	for _, name := range []assess.Figure{assess.Received, assess.Closed, assess.OnTime, assess.ClosedLate, assess.Rated, assess.Good, assess.Negative} {
		p.Past = append(p.Past, stat(p.Page, f, o.Total, name))
	}
	charts(p, o, f)
	p.Units = figureTable{Caption: tr("按部门", "By department"), First: tr("部门", "Department")}
	for _, u := range o.Units {
		g := f
		g.Unit = u.Unit.ID
		p.Units.Rows = append(p.Units.Rows, figureRowOf(p.Page, web.Link{Href: address("/console", g), Text: u.Unit.Name}, g, u.Figures))
	}
	p.Areas = figureTable{Caption: tr("按区划", "By district"), First: tr("区划", "District")}
	for _, d := range o.Districts {
		// The city's own code counts all its districts as well, unless it is meant alone.
		g, name := f, web.Link{Text: d.Division.Name}
		g.Division = d.Division.Code
		if d.Division.Level == "city" {
			g.Alone = true
			name.Text += tr("本级", " itself")
		}
		name.Href = address("/console", g)
		p.Areas.Rows = append(p.Areas.Rows, figureRowOf(p.Page, name, g, d.Figures))
	}
	for _, c := range columns() {
		p.Units.Heads = append(p.Units.Heads, tr(c.Words()))
	}
	p.Areas.Heads = p.Units.Heads
	return nil
}

// stat is one number with its list.
func stat(p web.Page, f assess.Filter, n assess.Figures, name assess.Figure) web.Stat {
	s := web.Stat{Href: listOf(f, name), Value: strconv.FormatInt(n.Of(name), 10), Text: p.Tr(name.Words())}
	switch name {
	case assess.Late, assess.StepLate, assess.Alarmed, assess.ClosedLate, assess.Negative:
		s.Warn = n.Of(name) > 0
	case assess.OnTime:
		if rate, ok := n.OnTimeRate(); ok {
			s.Text += fmt.Sprintf(p.Tr("（%.1f%%）", " (%.1f%%)"), rate)
		}
	case assess.Good:
		if rate, ok := n.GoodRate(); ok {
			s.Text += fmt.Sprintf(p.Tr("（%.1f%%）", " (%.1f%%)"), rate)
		}
	}
	return s
}

// most is how many bars a chart shows.
const most = 8

// charts draws what presses, and who receives most.
func charts(p *overviewPage, o *assess.Overview, f assess.Filter) {
	tr := p.Tr
	p.Pressing = pressing(p.Page, o, f)
	p.Received = web.Bars{ID: "received", Title: tr("收件量", "Received"), Unit: tr("件", "cases"), Label: tr("区划", "District"),
		Desc: tr("各区划在这段时间收到的办件", "Cases received in the period, by district")}
	for _, d := range o.Districts {
		b := web.Bar{Text: d.Division.Name, Value: float64(d.Received)}
		g := f
		g.Division = d.Division.Code
		if d.Division.Level == "city" {
			b.Text += tr("本级", " itself")
			g.Alone = true
		}
		b.Href = listOf(g, assess.Received)
		p.Received.Items = append(p.Received.Items, b)
	}
}

// pressing draws what presses most: late cases, else those due soon, else those
// in hand, by department.
func pressing(p web.Page, o *assess.Overview, f assess.Filter) web.Bars {
	figure := assess.InHand
	desc := [2]string{"各部门正在办理的办件，没有超期和临期的", "Cases in hand, by department; none is late or due soon"}
	if o.Total.DueSoon > 0 {
		figure, desc = assess.DueSoon, [2]string{"各部门3个工作日内到期的办件，没有超期的", "Cases due within 3 working days, by department; none is late"}
	}
	if o.Total.Late > 0 {
		figure, desc = assess.Late, [2]string{"各部门现在超过办理时限的办件", "Cases past their limit now, by department"}
	}
	bars := web.Bars{ID: "pressing", Title: p.Tr(figure.Words()), Unit: p.Tr("件", "cases"), Label: p.Tr("部门", "Department"), Desc: p.Tr(desc[0], desc[1])}
	for _, u := range o.Units {
		g := f
		g.Unit = u.Unit.ID
		if n := u.Of(figure); n > 0 && len(bars.Items) < most {
			bars.Items = append(bars.Items, web.Bar{Text: short(u.Unit.Short, u.Unit.Name), Value: float64(n), Href: listOf(g, figure), Bad: figure == assess.Late})
		}
	}
	return bars
}

func short(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func figureRowOf(p web.Page, name web.Link, f assess.Filter, n assess.Figures) figureRow {
	row := plainRow(p, name.Text, n)
	row.Name = name
	for i, c := range columns() {
		row.Cells[i].Href = listOf(f, c)
	}
	return row
}

func plainRow(p web.Page, name string, n assess.Figures) figureRow {
	row := figureRow{Name: web.Link{Text: name}}
	for _, c := range columns() {
		row.Cells = append(row.Cells, figureCell{Label: p.Tr(c.Words()), Value: strconv.FormatInt(n.Of(c), 10), Bad: c == assess.Late && n.Of(c) > 0})
	}
	return row
}

func day(p web.Page, d clock.Date) string {
	return p.Tr(d.Start().Format("2006年1月2日"), d.Start().Format("2 January 2006"))
}

// listPage shows the cases behind a number.
type listPage struct {
	web.Page
	Figure, Scope, Period string
	Others                []web.Link
	Table                 web.Table
	Pager                 web.Pager
	Back                  web.Link
}

// listRows is how many cases one page shows.
const listRows = 50

// list answers GET /console/list?figure&unit&division&from&to&cursor.
func (k *Console) list(w http.ResponseWriter, r *http.Request) error {
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	f, err := filterOf(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	figure := assess.Figure(q.Get("figure"))
	rows, next, err := k.c.Assess.List(r.Context(), a, figure, f, q.Get("cursor"), listRows)
	if err != nil {
		return wrongPeriod(r, err)
	}
	dir, err := k.c.Identity.Directory(r.Context())
	if err != nil {
		return err
	}
	zh, en := figure.Words()
	p := listPage{Page: k.page(r, a, "overview", zh, en)}
	p.Figure = p.Tr(zh, en)
	if u, ok := dir.Unit(f.Unit); ok {
		p.Scope = u.Name
	}
	if v, ok := dir.Division(f.Division); ok {
		p.Scope = v.Name
	}
	switch {
	case figure.Open():
		p.Period = p.Tr("现在", "Now")
	case f.From != 0 && f.To != 0:
		p.Period = p.Tr(day(p.Page, f.From)+"至"+day(p.Page, f.To), day(p.Page, f.From)+" to "+day(p.Page, f.To))
	default:
		p.Period = p.Tr("近30天", "The last 30 days")
	}
	for _, other := range assess.AllFigures {
		p.Others = append(p.Others, web.Link{Href: listOf(f, other), Text: p.Tr(other.Words()), Current: other == figure})
	}
	p.Back = web.Link{Href: address("/console", f), Text: p.Tr("回到概览", "Back to the overview")}
	p.Table = k.cases(p.Page, rows, r.URL.RequestURI(), figure)
	if next != "" {
		p.Pager.Next = address("/console/list", f, "figure", string(figure), "cursor", next)
	}
	if q.Get("cursor") != "" {
		p.Pager.Prev = listOf(f, figure)
	}
	return k.views.list.Render(w, r, http.StatusOK, p)
}

func (k *Console) cases(p web.Page, rows []assess.Row, here string, figure assess.Figure) web.Table {
	codes := k.c.Catalog.Codes()
	t := web.Table{Caption: p.Tr("办件", "Cases"), Hide: true, Heads: []web.Head{{Text: p.Tr("事项", "Item")}, {Text: p.Tr("部门", "Department")}, {Text: p.Tr("申请人", "Applicant")},
		{Text: p.Tr("状态", "State")}, {Text: p.Tr("时间", "When")}}, Empty: web.Empty{Title: p.Tr("没有这样的办件", "No such case"), Text: p.Tr("换一个部门或者时间段看看。", "Try another department or period.")}}
	for _, x := range rows {
		no := codes.CaseTail(x.No)
		when := web.Cell{Text: x.Day}
		switch {
		case figure.Open() && x.DueOn == "":
			when = web.Cell{Text: p.Tr("不计时", "No limit")}
		case x.Late && x.Left == 0:
			when.Tag = web.Tag{Tone: web.Bad, Text: p.Tr("已超期", "Late")}
		case x.Late:
			when.Tag = web.Tag{Tone: web.Bad, Text: p.Tr(fmt.Sprintf("超期%d个工作日", -x.Left), fmt.Sprintf("%d working days late", -x.Left))}
		case figure.Open() && x.Left <= 3:
			when.Tag = web.Tag{Tone: web.Note, Text: p.Tr(fmt.Sprintf("还剩%d个工作日", x.Left), fmt.Sprintf("%d working days left", x.Left))}
		}
		if x.Level > 0 {
			when.Soft = p.Tr(fmt.Sprintf("评价%d分", x.Level), fmt.Sprintf("rated %d", x.Level))
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: x.ItemName, Href: "/desk/cases/" + url.PathEscape(x.No) + "?from=" + url.QueryEscape(here), Soft: no, Row: true},
			{Text: x.Unit.Name}, {Text: x.Party}, {Tag: caseview.State(p, x.State, x.Outcome)}, when}})
	}
	return t
}
