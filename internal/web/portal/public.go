package portal

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/caseview"
)

// ProgressPage 办理进度 is what the QR of a receipt shows to whoever holds it.
type ProgressPage struct {
	web.Page
	No, Item, Unit string
	State          web.Tag
	Path           []caseview.Station
	Clocks, Done   []web.Clock
	Rate           web.Link // once it is closed, as long as it can be rated
	RateUntil      time.Time
	Number, Code   web.FieldView
	Found          bool
}

// TextPage is a page of words: help, privacy, accessibility.
type TextPage struct {
	web.Page
	Lead     string
	Sections []TextSection
}

// TextSection is a heading with paragraphs and links.
type TextSection struct {
	Title string
	Text  []string
	Links []web.Link
}

func (p *Portal) progressPage(r *http.Request) ProgressPage {
	pg := ProgressPage{Page: p.newPage(r, "", "办理进度", "Progress")}
	pg.Number = web.FieldView{ID: "f-no", Name: "no", Label: pg.Tr("办件编号", "Case number"), Max: 64, Auto: "off", Help: pg.Tr("印在收件凭证上", "Printed on the receipt")}
	pg.Code = web.FieldView{ID: "f-c", Name: "c", Label: pg.Tr("查询码", "Code"), Max: 32, Width: "w-m", Auto: "off", Help: pg.Tr("收件凭证二维码中的查询码；登录后查自己的办件不用填", "Part of the QR on the receipt; not needed when you are logged in")}
	return pg
}

func (p *Portal) findProgress(w http.ResponseWriter, r *http.Request) error {
	no, c := strings.TrimSpace(r.URL.Query().Get("no")), strings.TrimSpace(r.URL.Query().Get("c"))
	if no != "" && c != "" {
		return web.SeeOther(w, r, "/progress/"+url.PathEscape(no)+"?c="+url.QueryEscape(c))
	}
	return p.v.progress.Render(w, r, http.StatusOK, p.progressPage(r))
}

func (p *Portal) progress(w http.ResponseWriter, r *http.Request) error {
	x, err := p.Casework.PublicProgress(r.Context(), r.PathValue("no"), r.URL.Query().Get("c"))
	if err != nil {
		return web.Onward(err, web.Link{Href: "/progress", Text: "重新查询"})
	}
	pg := p.progressPage(r)
	pg.Found, pg.No, pg.Item, pg.Unit = true, x.No, x.ItemName, x.Unit
	pg.State, pg.Path = caseview.State(pg.Page, x.State, x.Outcome), caseview.Path(pg.Page, x.Path)
	pg.Clocks, pg.Done = caseview.Clocks(pg.Page, x.Clocks, caseview.ProofBelow("/progress/"+url.PathEscape(x.No), url.Values{"c": {r.URL.Query().Get("c")}}))
	for i := range pg.Clocks {
		pg.Clocks[i].Open = true // what the QR of a notice leads to
	}
	if x.Rate != nil {
		pg.Rate, pg.RateUntil = web.Link{Href: x.Rate.Path, Text: pg.Tr("评价这次服务", "Rate this service")}, x.Rate.Until
	}
	keepCode(w)
	return p.v.progress.Render(w, r, http.StatusOK, pg)
}

// clockProof hands out the calculation of one limit to whoever holds the code.
func (p *Portal) clockProof(w http.ResponseWriter, r *http.Request) error {
	n, err := caseview.ProofNumber(r)
	if err != nil {
		return err
	}
	x, err := p.Casework.PublicClockProof(r.Context(), r.PathValue("no"), r.URL.Query().Get("c"), n)
	if err != nil {
		return err
	}
	keepCode(w)
	return caseview.SendProof(w, r, x, n)
}

// keepCode keeps a page whose address holds a code out of caches and Referer headers.
func keepCode(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
}
