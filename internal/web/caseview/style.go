package caseview

import (
	"bytes"
	"compress/gzip"
	"embed"
	"net/http"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/sm"
	"github.com/tongban/tongban/internal/web"
)

//go:embed static
var static embed.FS

// StylePath is where the stylesheet of paths, guides and documents is served:
// by one face for all, with [Style.Routes].
const StylePath = "/case.css"

// Style is the stylesheet that pages with parts of this package link.
type Style struct {
	plain, packed []byte
	url           string
}

// NewStyle reads the stylesheet.
func NewStyle() (*Style, error) {
	b, err := static.ReadFile("static/case.css")
	if err != nil {
		return nil, err
	}
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	_, _ = w.Write(b) // a bytes.Buffer takes everything
	_ = w.Close()
	return &Style{plain: b, packed: z.Bytes(), url: StylePath + "?v=" + sm.SM3Hex(b)[:12]}, nil
}

// Add links the stylesheet from a page.
func (s *Style) Add(p *web.Page) { p.Styles = append(p.Styles, s.url) }

// Routes serves the stylesheet.
func (s *Style) Routes(mux *http.ServeMux) { mux.Handle("GET "+StylePath, s) }

// ServeHTTP answers with the stylesheet; its address changes with its content.
func (s *Style) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/css; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body := s.plain
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = s.packed
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}
