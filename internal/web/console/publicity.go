package console

import (
	"net/http"
	"strconv"

	"github.com/tongban/tongban/internal/publicity"
	"github.com/tongban/tongban/internal/web"
)

const publicityPath = "/console/publicity"

// publicityPage 决定公开情况: what is public, what is late, what waits for an answer.
type publicityPage struct {
	web.Page
	Period string
	Stats  []web.Stat
	Marks  web.Table
	Late   web.Table
	Units  web.Table
}

// publicity answers GET /console/publicity.
func (k *Console) publicity(w http.ResponseWriter, r *http.Request) error {
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	b, err := k.c.Publicity.Board(r.Context(), a)
	if err != nil {
		return err
	}
	p := publicityPage{Page: k.page(r, a, "publicity", "决定公开情况", "Decisions made public")}
	p.Period = p.Tr(b.From.String()+" 至 "+b.To.String(), b.From.String()+" to "+b.To.String())
	n := func(v int64) string { return strconv.FormatInt(v, 10) }
	p.Stats = []web.Stat{{Href: "#units", Value: n(b.Total.Published), Text: p.Tr("近30天公开", "Published in 30 days")}, {Href: "#units", Value: n(b.Total.WasLate), Text: p.Tr("其中逾期公开", "of them late"), Warn: b.Total.WasLate > 0},
		{Href: "#units", Value: n(b.Total.Waiting), Text: p.Tr("待公开", "Waiting")}, {Href: "#late", Value: n(b.Total.Overdue), Text: p.Tr("已经逾期", "Overdue"), Warn: b.Total.Overdue > 0},
		{Href: "#marks", Value: n(b.Total.Requests), Text: p.Tr("待答复的请求", "Requests to answer")}}
	p.Marks = web.Table{Hide: true, Caption: p.Tr("待答复的请求", "Requests to answer"), Heads: []web.Head{{Text: p.Tr("请求", "Request")}, {Text: p.Tr("理由", "Ground")}, {Text: p.Tr("提出", "Asked")}},
		Empty: web.Empty{Title: p.Tr("没有待答复的请求", "Nothing waits for an answer")}}
	for _, m := range b.Marks {
		zh, en := m.Kind.Words()
		gz, ge := m.Ground.Words()
		c := web.Cell{Text: p.Tr(zh, en), Href: "/desk/cases/" + m.No + "/publicity", Soft: m.Unit.Name}
		if !m.May {
			c.Tag = web.Tag{Text: p.Tr("由他人答复", "for somebody else")}
		}
		p.Marks.Rows = append(p.Marks.Rows, web.Row{Cells: []web.Cell{c, {Text: p.Tr(gz, ge)}, {Text: stamp(m.At), Soft: m.By.Name}}})
	}
	p.Late = web.Table{Hide: true, Caption: p.Tr("逾期没有公开的决定", "Overdue"), Heads: []web.Head{{Text: p.Tr("办件", "Case")}, {Text: p.Tr("状态", "State")}, {Text: p.Tr("应当公开", "Due")}},
		Empty: web.Empty{Title: p.Tr("没有逾期的决定", "Nothing is overdue")}}
	for _, l := range b.Late {
		zh, en := l.State.Words()
		tag := web.Tag{Tone: web.Note, Text: p.Tr(zh, en)}
		p.Late.Rows = append(p.Late.Rows, web.Row{Cells: []web.Cell{{Text: l.ItemName, Href: "/desk/cases/" + l.CaseNo + "/publicity", Soft: l.CaseNo}, {Tag: tag, Soft: l.Unit.Name},
			{Text: l.DueOn, Soft: p.Tr("超过"+strconv.Itoa(l.Days)+"个工作日", strconv.Itoa(l.Days)+" working days over")}}})
	}
	p.Units = publicityUnits(p.Page, b)
	return k.views.publicity.Render(w, r, http.StatusOK, p)
}

func publicityUnits(p web.Page, b *publicity.Board) web.Table {
	t := web.Table{Hide: true, Caption: p.Tr("各单位", "By unit"), Heads: []web.Head{{Text: p.Tr("单位", "Unit")}, {Text: p.Tr("公开", "Published"), Num: true}, {Text: p.Tr("逾期公开", "Late"), Num: true}, {Text: p.Tr("待公开", "Waiting"), Num: true}, {Text: p.Tr("已逾期", "Overdue"), Num: true}},
		Empty: web.Empty{Title: p.Tr("还没有公开的决定", "Nothing was published yet")}}
	for _, u := range b.Units {
		cell := func(v int64) web.Cell { return web.Cell{Text: strconv.FormatInt(v, 10)} }
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: u.Unit.Name, Href: "/decisions?unit=" + strconv.FormatInt(u.Unit.ID, 10)}, cell(u.Published), cell(u.WasLate), cell(u.Waiting), cell(u.Overdue)}})
	}
	return t
}
