package console

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/web"
)

// missesPage 没搜到的词: what people searched without success.
type missesPage struct {
	web.Page
	May   bool // add and remove daily words
	Table web.Table
	Words []wordRow
}

const missRows = 200

// misses answers GET /console/items/misses.
func (k *Console) misses(w http.ResponseWriter, r *http.Request) error {
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	list, err := k.c.Catalog.Misses(r.Context(), a, missRows)
	if err != nil {
		return err
	}
	p := missesPage{Page: k.page(r, a, "misses", "没搜到的词", "Searched in vain")}
	if p.May, err = k.mayKeepWords(r, a); err != nil {
		return err
	}
	p.Table = missTable(p.Page, list, p.May)
	if p.Words, err = k.wordRows(r, p.Page, p.May); err != nil {
		return err
	}
	return k.views.misses.Render(w, r, http.StatusOK, p)
}

func missTable(p web.Page, list []catalog.Miss, may bool) web.Table {
	t := web.Table{Caption: p.Tr("没搜到的词", "Words searched without success"),
		Heads: []web.Head{{Text: p.Tr("搜的词", "Words")}, {Text: p.Tr("次数", "Times"), Num: true}, {Text: p.Tr("其中给出了相近事项", "Of these with similar services"), Num: true}, {Text: p.Tr("最近一次", "Last")}},
		Empty: web.Empty{Title: p.Tr("没有", "None"), Text: p.Tr("有人搜索而没有找到的词会出现在这里。", "Words that were searched and not found appear here.")}}
	if may {
		t.Heads = append(t.Heads, web.Head{Text: p.Tr("处理", "Answer")})
	}
	for _, m := range list {
		cells := []web.Cell{{Text: m.Words, Href: "/items?q=" + url.QueryEscape(m.Words), Row: true},
			{Text: strconv.FormatInt(m.Times, 10)}, {Text: strconv.FormatInt(m.Near, 10)}, {Text: minute(m.Last)}}
		if may {
			cells = append(cells, pickCell(p, m))
		}
		t.Rows = append(t.Rows, web.Row{Cells: cells})
	}
	return t
}

func minute(t time.Time) string { return t.In(clock.Shanghai()).Format("2006-01-02 15:04") }
