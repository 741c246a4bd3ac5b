package web_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/webtest"
)

// TestGallery checks every part in every mode. With TONGBAN_GALLERY_OUT set to
// a folder it also leaves the pages there, with their static files, to look at.
func TestGallery(t *testing.T) {
	rt := webtest.New(t)
	g := newGallery(rt)
	webtest.Check(t, g.home, sampleHome(), homePage{Page: samplePage("空"), Search: web.Search{Action: "/items", Heading: "办事"}})
	webtest.Check(t, g.form, sampleForm(t, g, false), sampleForm(t, g, true))
	webtest.Check(t, g.kase, sampleCase())
	webtest.Check(t, g.desk, sampleDesk())
	webtest.Check(t, g.paper, samplePaper(t))
	webtest.Check(t, g.kiosk, sampleKiosk())
	webtest.Covered(t, rt, "home.html", "form.html", "case.html", "desk.html", "paper.html", "kiosk.html")

	out := os.Getenv("TONGBAN_GALLERY_OUT")
	if out == "" {
		out = t.TempDir()
	}
	leave(t, out, "home", g.home, sampleHome())
	leave(t, out, "form", g.form, sampleForm(t, g, false))
	leave(t, out, "wrong", g.form, sampleForm(t, g, true))
	leave(t, out, "case", g.kase, sampleCase())
	leave(t, out, "desk", g.desk, sampleDesk())
	leave(t, out, "paper", g.paper, samplePaper(t))
	leave(t, out, "kiosk", g.kiosk, sampleKiosk())
	mux := http.NewServeMux()
	rt.Routes(mux)
	mux.Handle("GET /fail", rt.Handle(func(http.ResponseWriter, *http.Request) error { return errors.New("secret words") }))
	mux.Handle("GET /clash", rt.Handle(func(http.ResponseWriter, *http.Request) error {
		return errs.New(errs.Conflict, "case-changed", "这件办件刚刚由他人处理，您的操作没有生效。", "Someone else has just acted on this case.")
	}))
	for path, file := range map[string]string{"/fail": "fail.html", "/clash": "clash.html"} {
		write(t, filepath.Join(out, file), get(rt.Wrap(mux), path).Body.Bytes())
	}
	page := get(rt.Wrap(mux), "/fail").Body.String() + sheet(t, g)
	for _, part := range strings.Split(page, `"`) {
		if strings.HasPrefix(part, "/static/") || strings.HasPrefix(part, "/show/") {
			write(t, filepath.Join(out, part), get(rt.Wrap(mux), part).Body.Bytes())
		}
	}
}

// sheet renders the form page, so that its stylesheet's address is known.
func sheet(t *testing.T, g gallery) string {
	t.Helper()
	var b bytes.Buffer
	if err := g.form.Execute(&b, sampleForm(t, g, false)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func leave[T any](t *testing.T, out, name string, v *web.View[T], data T) {
	t.Helper()
	for _, mode := range []string{"", "-elder", "-en"} {
		p := v.PageOf(&data)
		p.Elder, p.Lang = mode == "-elder", "zh-CN"
		if mode == "-en" {
			p.Lang = "en"
		}
		var b bytes.Buffer
		if err := v.Execute(&b, data); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(out, name+mode+".html"), b.Bytes())
	}
}

func write(t *testing.T, file string, b []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

func discard() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func unzip(t *testing.T, b []byte) string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func get(h http.Handler, path string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for _, c := range change {
		c(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// TestFail walks every kind of error: its status, a designed page, a way
// onward, and never the cause's words.
func TestFail(t *testing.T) {
	var log bytes.Buffer
	rt, err := web.New(web.Options{Log: slog.New(slog.NewTextHandler(&log, nil)), Site: webtest.Site()})
	if err != nil {
		t.Fatal(err)
	}
	var give error
	mux := http.NewServeMux()
	mux.Handle("GET /x", rt.Handle(func(http.ResponseWriter, *http.Request) error { return give }))
	mux.Handle("POST /x", rt.Handle(func(w http.ResponseWriter, r *http.Request) error {
		if _, err := io.ReadAll(r.Body); err != nil {
			return fmt.Errorf("read: %w", err)
		}
		return give
	}))
	mux.Handle("GET /panic", rt.Handle(func(http.ResponseWriter, *http.Request) error { panic("secret words") }))
	h := rt.Wrap(rt.Mux(mux))
	for path, pattern := range map[string]string{"/x": "GET /x", "/nowhere": ""} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		h.ServeHTTP(httptest.NewRecorder(), r)
		if r.Pattern != pattern {
			t.Errorf("%s: the log outside sees the pattern %q, want %q", path, r.Pattern, pattern)
		}
	}
	page := func(name string, w *httptest.ResponseRecorder, status int) {
		t.Helper()
		if w.Code != status {
			t.Errorf("%s: status %d, want %d", name, w.Code, status)
		}
		body := w.Body.String()
		for _, problem := range webtest.Lint([]byte(body)) {
			t.Errorf("%s: %s", name, problem)
		}
		if strings.Contains(body, "secret") {
			t.Errorf("%s: shows the cause", name)
		}
		if !strings.Contains(body, `<div class="btns"><a class="btn"`) {
			t.Errorf("%s: no way onward", name)
		}
		if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Content-Security-Policy") == "" {
			t.Errorf("%s: headers %v", name, w.Header())
		}
	}
	for kind := errs.Internal; kind <= errs.Unavailable; kind++ {
		give = fmt.Errorf("act: %w", errs.New(kind, "code", "出错了。", "It failed.").Because(errors.New("secret words")))
		w := get(h, "/x?a=1")
		if kind == errs.Unauthenticated {
			if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/login?next=%2Fx%3Fa%3D1" {
				t.Errorf("401: %d %s", w.Code, w.Header().Get("Location"))
			}
			r := httptest.NewRequest(http.MethodPost, "/x", nil)
			w = httptest.NewRecorder()
			h.ServeHTTP(w, r)
		}
		page(fmt.Sprint("kind ", kind.Status()), w, kind.Status())
	}
	if !strings.Contains(log.String(), "secret words") {
		t.Error("the cause is not in the log")
	}
	give = errors.New("secret words")
	page("unknown", get(h, "/x"), 500)
	page("panic", get(h, "/panic"), 500)
	page("no page", get(h, "/nowhere"), 404)

	r := httptest.NewRequest(http.MethodDelete, "/x", nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	page("method", w, 405)
	if w.Header().Get("Allow") == "" {
		t.Error("405 without Allow")
	}

	r = httptest.NewRequest(http.MethodPost, "/x", strings.NewReader(strings.Repeat("x", web.BodyLimit+1)))
	w = httptest.NewRecorder()
	h.ServeHTTP(w, r)
	page("body", w, 413)

	give = web.Onward(errs.New(errs.Conflict, "case-changed", "办件已由他人处理。", "Someone else acted."), web.Link{Href: "/cases/7", Text: "查看最新状态"})
	w = get(h, "/x")
	page("conflict", w, 409)
	if !strings.Contains(w.Body.String(), `<a class="btn" href="/cases/7">`) {
		t.Error("409 does not lead to the new state")
	}
}

// TestPrefs: language and mode are kept by POST, and the way back stays here.
func TestPrefs(t *testing.T) {
	rt := webtest.New(t)
	g := newGallery(rt)
	mux := http.NewServeMux()
	rt.Routes(mux)
	mux.Handle("GET /", rt.Handle(func(w http.ResponseWriter, r *http.Request) error {
		p := sampleHome()
		p.Page = web.NewPage(r, "首页", "Home")
		return g.home.Render(w, r, http.StatusOK, p)
	}))
	h := rt.Wrap(rt.Mux(mux))
	for _, c := range []struct{ form, to, cookie string }{
		{"lang=en&back=/items?q=1", "/items?q=1", "tb_lang=en"},
		{"lang=zh-CN&back=/", "/", "tb_lang=;"},
		{"elder=on&back=//evil.test/", "/", "tb_elder=1"},
		{"elder=off&back=https://evil.test", "/", "tb_elder=;"},
		{"keys=off&back=/%5Cevil.test", "/", "tb_keys=0"},
		{"lang=en&back=/a%0d%0aSet-Cookie:x=1", "/", "tb_lang=en"},
	} {
		r := httptest.NewRequest(http.MethodPost, "/prefs", strings.NewReader(c.form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != c.to || !strings.HasPrefix(w.Header().Get("Set-Cookie"), c.cookie) {
			t.Errorf("%s: %d %v", c.form, w.Code, w.Header())
		}
	}
	w := get(h, "/", func(r *http.Request) {
		r.AddCookie(&http.Cookie{Name: "tb_lang", Value: "en"})
		r.AddCookie(&http.Cookie{Name: "tb_elder", Value: "1"})
	})
	if body := w.Body.String(); !strings.Contains(body, `<html lang="en" data-elder>`) || !strings.Contains(body, "Wuxi Government Services") {
		t.Errorf("cookies are not followed: %.200s", body)
	}
}

// TestFlash: words are said on the next page, once.
func TestFlash(t *testing.T) {
	rt := webtest.New(t)
	g := newGallery(rt)
	mux := http.NewServeMux()
	mux.Handle("GET /", rt.Handle(func(w http.ResponseWriter, r *http.Request) error {
		p := sampleHome()
		p.Page = web.NewPage(r, "首页", "Home")
		return g.home.Render(w, r, http.StatusOK, p)
	}))
	mux.Handle("POST /act", rt.Handle(func(w http.ResponseWriter, r *http.Request) error {
		rt.SetFlash(w, web.OK, "已提交，谢谢。")
		return web.SeeOther(w, r, "/")
	}))
	h := rt.Wrap(rt.Mux(mux))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/act", nil))
	cookies := w.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("cookies %v", cookies)
	}
	w = get(h, "/", func(r *http.Request) { r.AddCookie(cookies[0]) })
	if !strings.Contains(w.Body.String(), "已提交，谢谢。") {
		t.Error("not said")
	}
	if c := w.Result().Cookies(); len(c) != 1 || c[0].MaxAge >= 0 {
		t.Errorf("not cleared: %v", c)
	}
	if strings.Contains(get(h, "/").Body.String(), "已提交，谢谢。") {
		t.Error("said twice")
	}
}

// TestStatic: sizes, kinds, caching and compression of what every page loads.
func TestStatic(t *testing.T) {
	rt := webtest.New(t)
	mux := http.NewServeMux()
	rt.Routes(mux)
	h := rt.Wrap(rt.Mux(mux))
	body := get(h, "/nowhere").Body.String()
	for name, limit := range map[string]int{"tongban.css": 24_000, "tongban.js": 6_200, "favicon.svg": 1_000} {
		i := strings.Index(body, "/"+name)
		if i < 0 {
			t.Fatalf("pages do not load %s", name)
		}
		path := body[strings.LastIndex(body[:i], `"`)+1:i] + "/" + name
		w := get(h, path)
		if w.Code != 200 || w.Body.Len() > limit || w.Body.Len() < 100 {
			t.Errorf("%s: %d, %d bytes", path, w.Code, w.Body.Len())
		}
		if !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s is not kept: %v", path, w.Header())
		}
		z := get(h, path, func(r *http.Request) { r.Header.Set("Accept-Encoding", "br, gzip") })
		if z.Header().Get("Content-Encoding") != "gzip" || z.Body.Len() >= w.Body.Len() {
			t.Errorf("%s is not compressed", path)
		}
		if old := get(h, "/static/000000000000/"+name); strings.Contains(old.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s under a wrong hash is kept", name)
		}
	}
	if w := get(h, "/static/x/../render.go"); w.Code == 200 {
		t.Error("serves what it should not")
	}
}

// TestAbove: looking at an address that takes forms alone leads to the page that
// the form is on; nothing above it stays a 405.
func TestAbove(t *testing.T) {
	rt, err := web.New(web.Options{Log: discard()})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	none := func(http.ResponseWriter, *http.Request) {}
	mux.HandleFunc("GET /cases/{no}", none)
	mux.HandleFunc("POST /cases/{no}/acts/{act}", none)
	mux.HandleFunc("POST /alone", none)
	h := rt.Mux(mux)
	for path, want := range map[string]string{"/cases/7/acts/review?x=1": "/cases/7", "/alone": ""} {
		w := get(h, path)
		if got := w.Header().Get("Location"); got != want || (want == "") != (w.Code == http.StatusMethodNotAllowed) {
			t.Errorf("%s: %d %q, want %q", path, w.Code, got, want)
		}
	}
}
