package caseview

import (
	"bytes"
	"html/template"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/web"
)

// NewPrinter makes the printer of documents: one HTML file that needs nothing
// beside it, of A4 pages, without scripts, with its QR drawn in it. It is made
// from the document, its hash and the platform's address alone, so the same
// document gives the same bytes. It is in Chinese, as documents are.
func NewPrinter(baseURL string) (casework.Printer, error) {
	t, err := template.New("print.html").Funcs(template.FuncMap{"add": func(a, b int) int { return a + b }, "day": printDay}).ParseFS(templates, "templates/print.html")
	if err != nil {
		return nil, err
	}
	page := web.Page{Lang: "zh-CN"}
	return func(doc casework.Document, hash string) ([]byte, error) {
		p, err := NewDocumentPage(page, doc, hash, baseURL)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		if err := t.Execute(&b, p); err != nil {
			return nil, err
		}
		return b.Bytes(), nil
	}, nil
}

// printDay writes 2026年3月2日.
func printDay(s string) string {
	d, err := clock.ParseDate(s)
	if err != nil {
		return s
	}
	return d.Start().Format("2006年1月2日")
}
