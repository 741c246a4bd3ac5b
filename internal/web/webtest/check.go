// Package webtest checks pages in tests: every template against its struct's
// type, and every page's HTML as a browser would meet it. It is for tests only.
//
//	view, samples ──► types strictly checked ──► rendered zh, en, elderly ──► Lint
package webtest

import (
	"bytes"
	"io"
	"log/slog"
	"slices"
	"testing"

	"github.com/jba/templatecheck"

	"github.com/tongban/tongban/internal/web"
)

// New makes a Renderer for tests: the demonstration city, nobody logged in.
func New(t testing.TB) *web.Renderer {
	t.Helper()
	rt, err := web.New(web.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Site: Site()})
	if err != nil {
		t.Fatal(err)
	}
	return rt
}

// Site is the sample city.
func Site() web.Site {
	return web.Site{City: "无锡市", CityEN: "Wuxi", Platform: "一网通办", PlatformEN: "All services on one site", Hotline: "12345", Demo: true}
}

// Check checks a view's template against its type, then every sample in
// Chinese, in English and in the elderly version. Samples should cover the
// page's states: full, empty, with errors. Markup characters in samples would
// look like broken tags; leave them out.
func Check[T any](t *testing.T, v *web.View[T], samples ...T) {
	t.Helper()
	if len(samples) == 0 {
		t.Fatalf("%s: no sample", v.Name())
	}
	for _, lang := range []string{"zh-CN", "en"} {
		tmpl, err := v.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		var zero T
		if err := templatecheck.CheckHTMLStrict(tmpl.Lookup("layout"), zero); err != nil {
			t.Fatalf("%s does not fit its struct: %v", v.Name(), err)
		}
	}
	for i, s := range samples {
		for _, mode := range []struct {
			lang  string
			elder bool
		}{{"zh-CN", false}, {"en", false}, {"zh-CN", true}} {
			p := v.PageOf(&s)
			p.Lang, p.Elder = mode.lang, mode.elder
			if p.Site.City == "" {
				p.Site = Site()
			}
			if p.Title == "" {
				p.Title = "标题"
			}
			var b bytes.Buffer
			if err := v.Execute(&b, s); err != nil {
				t.Fatal(err)
			}
			for _, problem := range Lint(b.Bytes()) {
				t.Errorf("%s, sample %d, %s: %s", v.Name(), i, mode.lang, problem)
			}
		}
	}
}

// Covered fails for views of rt that are not among names: a page that no test
// checks.
func Covered(t *testing.T, rt *web.Renderer, names ...string) {
	t.Helper()
	for _, v := range rt.Views() {
		if !slices.Contains(names, v) {
			t.Errorf("view %s is not checked", v)
		}
	}
}
