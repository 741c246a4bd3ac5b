package web

import (
	"bytes"
	"compress/gzip"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"

	"github.com/tongban/tongban/internal/actor"
)

//go:embed templates
var templateFS embed.FS

// Options of a Renderer.
type Options struct {
	Site   Site
	Log    *slog.Logger                    // required
	Actor  func(*http.Request) actor.Actor // who asks, from gate's context; nil: always anonymous
	Unread func(*http.Request) int         // messages not read; nil: none
	Login  func(path string) string        // login page for a path that needs it; nil: "/login"
	Nav    []NavLink                       // the portal's links; nil: DefaultNav()
	Secure bool                            // cookies only over TLS, and HSTS

	// FormCSS finds the conditions' stylesheet of a form that another process
	// drew (form.Form.ShowCSS by form.Form.ID); nil: none is found.
	FormCSS func(r *http.Request, id string) (css string, ok bool)
}

// DefaultNav is the portal's navigation: 首页, 办事, 我的, 消息.
func DefaultNav() []NavLink {
	return []NavLink{
		{Key: "home", Href: "/", ZH: "首页", EN: "Home"},
		{Key: "items", Href: "/items", ZH: "办事", EN: "Services"},
		{Key: "my", Href: "/my", ZH: "我的", EN: "My affairs"},
		{Key: "messages", Href: "/my/messages", ZH: "消息", EN: "Messages"},
	}
}

// Renderer turns page structs into HTML. One per process; safe for concurrent
// use. Views are registered with [NewView] while the program is put together.
type Renderer struct {
	o      Options
	assets *assets
	shared map[string]*template.Template // layout and partials, by language; cloned for every view, never executed
	fail   *View[failPage]
	shows  *shows
	bufs   sync.Pool
	zips   sync.Pool

	mu    sync.Mutex
	views []string
}

// New makes a Renderer and parses the layout and the partials.
func New(o Options) (*Renderer, error) {
	if o.Log == nil {
		return nil, errors.New("web: Options.Log is required")
	}
	if o.Actor == nil {
		o.Actor = func(*http.Request) actor.Actor { return actor.Actor{Kind: actor.Anonymous} }
	}
	if o.Unread == nil {
		o.Unread = func(*http.Request) int { return 0 }
	}
	if o.Login == nil {
		o.Login = func(string) string { return "/login" }
	}
	if o.Nav == nil {
		o.Nav = DefaultNav()
	}
	o.Site = o.Site.orSample()
	a, err := loadAssets()
	if err != nil {
		return nil, err
	}
	rt := &Renderer{o: o, assets: a, shared: map[string]*template.Template{}, shows: &shows{css: map[string]string{}, look: o.FormCSS}}
	rt.bufs.New = func() any { return new(bytes.Buffer) }
	rt.zips.New = func() any {
		z, _ := gzip.NewWriterLevel(io.Discard, 4) // the level is valid
		return z
	}
	for _, lang := range []string{langZH, langEN} {
		t, err := template.New("shared").Funcs(rt.funcs(lang)).ParseFS(templateFS, "templates/*.html")
		if err != nil {
			return nil, fmt.Errorf("parse the layout and partials: %w", err)
		}
		rt.shared[lang] = t
	}
	rt.fail = NewView[failPage](rt, templateFS, "templates/page/fail.html")
	rt.views = nil // its tests are this package's own
	return rt, nil
}

func (s Site) orSample() Site {
	if s.City == "" {
		s.City, s.CityEN = "示例市", "Sample City"
	}
	if s.Platform == "" {
		s.Platform, s.PlatformEN = "一网通办", "All services on one site"
	}
	return s
}

// Views lists the registered views by their file, for the test that every view
// was checked.
func (rt *Renderer) Views() []string {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	return append([]string(nil), rt.views...)
}

// View 页面视图 is one page: a struct T that embeds [Page], and a template file
// that defines "content" (and what else it needs) for it.
type View[T any] struct {
	rt     *Renderer
	name   string
	load   func(lang string) (*template.Template, error) // a fresh, not yet escaped copy
	parsed map[string]func() (*template.Template, error) // by language, parsed once
	base   func(*T) *Page
}

// paged is met by pointers to structs that embed Page.
type paged[T any] interface {
	*T
	base() *Page
}

// NewView registers a page. The last of files is the page's own; the ones
// before are templates it shares with its neighbours. Files are parsed when the
// page is first shown in a language; webtest.Check does it in tests.
func NewView[T any, P paged[T]](rt *Renderer, fsys fs.FS, files ...string) *View[T] {
	v := &View[T]{rt: rt, name: files[len(files)-1], parsed: map[string]func() (*template.Template, error){},
		base: func(t *T) *Page { return P(t).base() }}
	v.load = func(lang string) (*template.Template, error) {
		t, err := rt.shared[lang].Clone()
		if err == nil {
			t, err = t.ParseFS(fsys, files...)
		}
		if err != nil {
			return nil, fmt.Errorf("parse view %s: %w", v.name, err)
		}
		return t, nil
	}
	for lang := range rt.shared {
		v.parsed[lang] = sync.OnceValues(func() (*template.Template, error) { return v.load(lang) })
	}
	rt.mu.Lock()
	rt.views = append(rt.views, v.name)
	rt.mu.Unlock()
	return v
}

// Name is the view's own template file.
func (v *View[T]) Name() string { return v.name }

// Load parses the view afresh in a language ("zh-CN", "en"); for type checks.
func (v *View[T]) Load(lang string) (*template.Template, error) { return v.load(lang) }

// PageOf gives the Page inside data.
func (v *View[T]) PageOf(data *T) *Page { return v.base(data) }

// Execute writes the page into b, in the language of its Page.
func (v *View[T]) Execute(b *bytes.Buffer, data T) error {
	parse := v.parsed[v.base(&data).Lang]
	if parse == nil {
		parse = v.parsed[langZH]
	}
	t, err := parse()
	if err != nil {
		return err
	}
	if err := t.ExecuteTemplate(b, "layout", data); err != nil {
		return fmt.Errorf("render %s: %w", v.name, err)
	}
	return nil
}

// Render answers with the page. Nothing is sent when rendering fails. Pages of
// people who are logged in are never stored by caches.
func (v *View[T]) Render(w http.ResponseWriter, r *http.Request, status int, data T) error {
	b := v.rt.bufs.Get().(*bytes.Buffer)
	defer v.rt.bufs.Put(b)
	b.Reset()
	if err := v.Execute(b, data); err != nil {
		return err
	}
	p := v.base(&data)
	if p.flashTaken {
		v.rt.clearFlash(w)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", p.Lang)
	h.Add("Vary", "Cookie, Accept-Encoding")
	if h.Get("Cache-Control") == "" {
		if p.In() || status >= 400 || p.flashTaken {
			h.Set("Cache-Control", "no-store")
		} else {
			h.Set("Cache-Control", "private, no-cache")
		}
	}
	v.rt.send(w, r, status, b)
	return nil
}

// send writes b, compressed when the client takes it and it is worth it.
func (rt *Renderer) send(w http.ResponseWriter, r *http.Request, status int, b *bytes.Buffer) {
	if b.Len() > 1400 && acceptsGzip(r) && r.Method != http.MethodHead {
		out := rt.bufs.Get().(*bytes.Buffer)
		defer rt.bufs.Put(out)
		out.Reset()
		z := rt.zips.Get().(*gzip.Writer)
		defer rt.zips.Put(z)
		z.Reset(out)
		_, _ = z.Write(b.Bytes()) // a bytes.Buffer takes everything
		_ = z.Close()
		w.Header().Set("Content-Encoding", "gzip")
		b = out
	}
	w.Header().Set("Content-Length", fmt.Sprint(b.Len()))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(b.Bytes()) // the client may have gone; nothing to undo
	}
}
