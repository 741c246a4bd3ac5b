package web

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path"
	"runtime/debug"
	"strings"

	"github.com/tongban/tongban/internal/errs"
)

// Handler answers a request or says why not; the error becomes a page in
// [Renderer.Fail], in one place for all handlers.
type Handler func(w http.ResponseWriter, r *http.Request) error

// BodyLimit is the size of a request body that handlers accept without more
// being said: forms.
const BodyLimit = 1 << 20

// Handle makes an http.Handler with the default body limit.
func (rt *Renderer) Handle(h Handler) http.Handler { return rt.HandleBody(BodyLimit, h) }

// HandleBody is Handle with a body limit of its own, in bytes; for uploads.
func (rt *Renderer) HandleBody(limit int64, h Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil {
			r.Body = http.MaxBytesReader(w, r.Body, limit)
		}
		if err := h(w, r); err != nil {
			rt.Fail(w, r, err)
		}
	})
}

// csp lets a page load from its own origin alone; no inline script or style.
const csp = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// Wrap gives pages their outer layer: security headers, the reader's language
// and mode, and an error page for a panic. next is usually a mux in [Renderer.Mux].
func (rt *Renderer) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", csp)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if rt.o.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		outer := r
		r = withLooks(r, rt.readLooks(r))
		defer func() {
			outer.Pattern = r.Pattern // what the mux matched, for the log outside
			if v := recover(); v != nil {
				if v == http.ErrAbortHandler {
					panic(v)
				}
				rt.o.Log.Error("a page handler panicked", slog.Any("panic", v), slog.String("stack", string(debug.Stack())))
				rt.Fail(w, r, fmt.Errorf("panic: %v", v))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// Mux serves mux, with our own pages where it would answer 404 or 405 in plain
// text.
func (rt *Renderer) Mux(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		p := &probe{head: http.Header{}}
		h.ServeHTTP(p, r)
		switch p.status {
		case http.StatusMethodNotAllowed:
			// A page that answered a form stands under the form's address; whoever
			// looks at that address again means the page the form is on.
			if up := above(mux, r); up != "" {
				http.Redirect(w, r, up, http.StatusSeeOther)
				return
			}
			w.Header().Set("Allow", p.head.Get("Allow"))
			rt.Fail(w, r, errMethod)
		case http.StatusNotFound, http.StatusBadRequest:
			rt.Fail(w, r, ErrNoPage())
		default:
			mux.ServeHTTP(w, r)
		}
	})
}

// above is the nearest page above an address that takes forms alone; empty for
// other requests than looking.
func above(mux *http.ServeMux, r *http.Request) string {
	if r.Method != http.MethodGet {
		return ""
	}
	for at := path.Dir(r.URL.Path); at != "/" && at != "."; at = path.Dir(at) {
		up := r.Clone(r.Context())
		up.URL.Path, up.URL.RawPath, up.URL.RawQuery = at, "", ""
		if _, pattern := mux.Handler(up); strings.HasPrefix(pattern, "GET ") {
			return up.URL.EscapedPath()
		}
	}
	return ""
}

// ErrNoPage 没有这个页面.
func ErrNoPage() *errs.Error {
	return errs.New(errs.NotFound, "no-page", "没有找到这个页面。", "There is no such page.")
}

// errMethod marks a request whose method the address does not take; errs has
// no kind for it, since no rule or store can meet it.
var errMethod = errors.New("method not allowed")

// probe takes the status and headers of an answer and drops the rest.
type probe struct {
	head   http.Header
	status int
}

func (p *probe) Header() http.Header         { return p.head }
func (p *probe) Write(b []byte) (int, error) { p.WriteHeader(http.StatusOK); return len(b), nil }
func (p *probe) WriteHeader(s int) {
	if p.status == 0 {
		p.status = s
	}
}

// Routes adds what the base itself answers: static files, the stylesheet of
// conditional fields, and POST /prefs.
func (rt *Renderer) Routes(mux *http.ServeMux) {
	mux.Handle("GET /static/", rt.assets)
	mux.Handle("GET "+showPath, rt.shows)
	mux.Handle("POST /prefs", rt.Handle(rt.setPrefs))
}

// SeeOther answers a POST with the page to look at next.
func SeeOther(w http.ResponseWriter, r *http.Request, to string) error {
	if !SamePath(to) {
		return fmt.Errorf("redirect to %q leaves the site", to)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}
