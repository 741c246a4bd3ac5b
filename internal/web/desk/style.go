package desk

import (
	_ "embed"
	"net/http"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/sm"
	"github.com/tongban/tongban/internal/web"
)

//go:embed static/desk.css
var css string

const stylePath = "/desk.css"

// AddStyle links the work place's stylesheet from a page of desk or console;
// Routes serves it.
func AddStyle(p *web.Page) {
	p.Styles = append(p.Styles, stylePath+"?v="+sm.SM3Hex([]byte(css))[:12])
}

// style serves the stylesheet; its address changes with its content.
func style(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/css; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(css))
}
