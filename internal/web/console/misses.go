package console

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/web"
)

// missesPage 没搜到的词: what people searched without success.
type missesPage struct {
	web.Page
	Table web.Table
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
	p.Table = missTable(p.Page, list)
	return k.views.misses.Render(w, r, http.StatusOK, p)
}

func missTable(p web.Page, list []catalog.Miss) web.Table {
	t := web.Table{Caption: p.Tr("没搜到的词", "Words searched without success"),
		Heads: []web.Head{{Text: p.Tr("搜的词", "Words")}, {Text: p.Tr("次数", "Times"), Num: true}, {Text: p.Tr("其中给出了相近事项", "Of these with similar services"), Num: true}, {Text: p.Tr("最近一次", "Last")}},
		Empty: web.Empty{Title: p.Tr("没有", "None"), Text: p.Tr("有人搜索而没有找到的词会出现在这里。", "Words that were searched and not found appear here.")}}
	for _, m := range list {
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{
			{Text: m.Words, Href: "/items?q=" + url.QueryEscape(m.Words), Row: true},
			{Text: strconv.FormatInt(m.Times, 10)}, {Text: strconv.FormatInt(m.Near, 10)}, {Text: m.Last.In(clock.Shanghai()).Format("2006-01-02 15:04")}}})
	}
	return t
}
