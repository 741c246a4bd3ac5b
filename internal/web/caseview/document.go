package caseview

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/web"
)

// Documents 文书 shows notices, receipts and decisions as print-ready A4 pages.
type Documents struct {
	c    DocumentsConfig
	view *web.View[DocumentPage]
}

// DocumentsConfig names what the pages of documents need.
type DocumentsConfig struct {
	Renderer *web.Renderer
	Casework *casework.Service
	Actor    func(*http.Request) (actor.Actor, error)
	Style    *Style
	BaseURL  string                   // "https://zwfw.example.cn", before the path in the QR
	Case     func(no string) web.Link // the page to go back to
	Files    *files.Store             // for prints and pictures of signatures
	Prefix   string                   // "/my/documents/", before the id
}

// NewDocuments makes the handler.
func NewDocuments(c DocumentsConfig) *Documents {
	return &Documents{c: c, view: DocumentView(c.Renderer)}
}

// DocumentView registers the page.
func DocumentView(rt *web.Renderer) *web.View[DocumentPage] {
	return web.NewView[DocumentPage](rt, templates, "templates/document.html")
}

// DocumentPage is the page of one document.
type DocumentPage struct {
	web.Page
	Doc    casework.Document
	Lines  []Line
	Clocks []Limit
	Head   web.PaperHead
	Date   time.Time
	Facts  web.Facts
	Hash   string
	Rate   RateQR
	Back   web.Link
	Print  web.Link // the stored print
	Making bool     // 版式文件制作中
	Served []ServedLine
	Serve  ServeForm
}

// RateQR is where the service is rated by scanning, on the document that ends a case.
type RateQR struct {
	QR    web.QR
	Until time.Time
	Link  web.Link // for who reads the document on the screen he would scan with
}

// Line is one row of a document's table.
type Line struct {
	No         int // from 1
	Name, Text string
}

// Limit is a limit as a document fixed it.
type Limit struct {
	Name        string
	Due         time.Time
	Provisional bool
	Steps       []string
}

// numbered gives the viewer and the {id} of the address.
func (d *Documents) numbered(r *http.Request) (actor.Actor, int64, error) {
	a, err := d.c.Actor(r)
	if err != nil {
		return a, 0, err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		err = web.ErrNoPage()
	}
	return a, id, err
}

// Show answers GET …/documents/{id}.
func (d *Documents) Show(w http.ResponseWriter, r *http.Request) error {
	a, id, err := d.numbered(r)
	if err != nil {
		return err
	}
	doc, hash, err := d.c.Casework.Document(r.Context(), a, id)
	if err != nil {
		return err
	}
	p, err := NewDocumentPage(web.NewPage(r, "", ""), doc, hash, d.c.BaseURL)
	if err != nil {
		return err
	}
	p.Back = d.c.Case(doc.CaseNo)
	if doc.Rate != nil && a.Kind == actor.Person {
		p.Rate.Link = web.Link{Href: doc.Rate.Path, Text: p.Tr("现在评价", "Rate it now")}
	}
	return d.render(w, r, a, id, p, http.StatusOK)
}

// NewDocumentPage fills the page of a document.
func NewDocumentPage(page web.Page, doc casework.Document, hash, baseURL string) (DocumentPage, error) {
	p := DocumentPage{Page: page, Doc: doc, Hash: group(hash)}
	p.Title, p.Shell = doc.Title, web.Paper
	p.Head = web.PaperHead{Org: doc.Unit, Title: doc.Title, Number: doc.Number, QRText: p.Tr("扫码查看办理进度", "Scan for the progress")}
	var err error
	if doc.Progress != "" {
		to := baseURL + doc.Progress
		if len(doc.Clocks) > 0 { // the page opens the calculation of the dates printed here
			p.Head.QRText = p.Tr("扫码查看进度和期限计算", "Scan for progress and calculation")
			to += "#clocks"
		}
		if p.Head.QR, err = web.NewQR(to, p.Head.QRText); err != nil {
			return p, errs.New(errs.Internal, "qr", "", "").Because(errors.Join(errors.New("QR of a document"), err))
		}
	}
	if doc.Rate != nil {
		if p.Rate.QR, err = web.NewQR(baseURL+doc.Rate.Path, p.Tr("扫码评价这次服务", "Scan to rate this service")); err != nil {
			return p, errs.New(errs.Internal, "qr", "", "").Because(errors.Join(errors.New("QR of a rating"), err))
		}
		p.Rate.Until, _ = time.Parse(time.RFC3339, doc.Rate.Until) // as casework wrote it
	}
	if day, err := clock.ParseDate(doc.Date); err == nil {
		p.Date = day.Start()
	}
	for _, c := range doc.Clocks {
		l := Limit{Name: c.Name, Provisional: c.Provisional, Steps: c.Steps}
		if day, err := clock.ParseDate(c.Due); err == nil {
			l.Due = day.Start()
		}
		p.Clocks = append(p.Clocks, l)
	}
	for i, l := range doc.Lines {
		p.Lines = append(p.Lines, Line{i + 1, l.Name, l.Text})
	}
	add := func(zh, en, value string) {
		if value != "" {
			p.Facts.Rows = append(p.Facts.Rows, web.Fact{Key: p.Tr(zh, en), Value: value})
		}
	}
	add("申请人", "Applicant", doc.Addressee)
	add("代理人", "Agent", doc.Agent)
	add("事项名称", "Item", doc.ItemName)
	add("事项编码", "Item code", doc.ItemCode)
	add("办件编号", "Case number", doc.CaseNo)
	for _, f := range doc.Facts {
		add(f.Label, f.Label, f.Value)
	}
	if l := doc.Licence; l != nil {
		add("证照名称", "Licence", l.Name)
		add("证照编号", "Licence number", l.Number)
		add("电子证照标识", "Licence identifier", l.Identifier)
	}
	return p, nil
}

// group sets a long hash in blocks of eight, so that people can compare it.
func group(hash string) string {
	var parts []string
	for len(hash) > 8 {
		parts, hash = append(parts, hash[:8]), hash[8:]
	}
	return strings.Join(append(parts, hash), " ")
}
