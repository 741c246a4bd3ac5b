package axe

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

const head = `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>办件进度</title>` +
	`<meta name="viewport" content="width=device-width, initial-scale=1"></head><body><main><h1>办件进度</h1>`

// TestRun looks at a good page and at pages each with one fault, under a
// policy as strict as the platform's own.
func TestRun(t *testing.T) {
	pages := map[string]struct {
		body   string
		view   string
		grave  []string // rules, sorted
		cookie string
	}{
		"/good":     {body: `<p>已受理</p><label for="no">办件编号</label><input id="no" type="text">`},
		"/image":    {body: `<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">`, grave: []string{"image-alt"}},
		"/label":    {body: `<input type="text">`, grave: []string{"label"}},
		"/contrast": {body: `<p class="pale">已受理</p>`, grave: []string{"color-contrast"}},
		"/wide":     {body: `<div class="wide">宽</div>`, view: Phone, grave: []string{"reflow"}},
		"/narrow":   {body: `<div class="wide">宽</div>`},
		"/zoomed":   {body: `<div class="wide">宽</div>`, view: Zoomed, grave: []string{"reflow"}},
		"/elderly":  {body: `<p>长辈版</p>`, view: "elderly", cookie: "mode=elderly; sid=1"},
	}
	cookies := map[string]string{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:")
		if r.URL.Path == "/style.css" {
			w.Header().Set("Content-Type", "text/css")
			_, _ = w.Write([]byte(`.pale { color: #ddd; background: #fff } .wide { width: 900px }`))
			return
		}
		page, ok := pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		cookies[r.URL.Path] = r.Header.Get("Cookie")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(strings.Replace(head, "</head>", `<link rel="stylesheet" href="/style.css"></head>`, 1) +
			page.body + `</main></body></html>`))
	}))
	defer srv.Close()

	in := Input{Views: map[string]View{
		"elderly": {Width: 1366, Height: 768, Cookies: []Cookie{{Name: "mode", Value: "elderly"}}},
	}}
	for path, p := range pages {
		page := Page{URL: srv.URL + path, View: p.view}
		if p.cookie != "" {
			page.Cookies = []Cookie{{Name: "sid", Value: "1"}}
		}
		in.Pages = append(in.Pages, page)
	}
	report, err := Run(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range report.Pages {
		path := strings.TrimPrefix(got.URL, srv.URL)
		var grave []string
		for _, v := range got.Violations {
			if v.Grave() {
				grave = append(grave, v.Rule)
			}
		}
		slices.Sort(grave)
		if want := pages[path].grave; !slices.Equal(grave, want) {
			t.Errorf("%s: broken rules %q, want %q", path, grave, want)
		}
		if cookies[path] != pages[path].cookie {
			t.Errorf("%s: cookies %q, want %q", path, cookies[path], pages[path].cookie)
		}
		if got.Status != http.StatusOK || got.Title != "办件进度" {
			t.Errorf("%s: status %d, title %q", path, got.Status, got.Title)
		}
	}
	if text := report.Grave(); !strings.Contains(text, "image-alt") || strings.Contains(text, "/good") {
		t.Errorf("the report in words:\n%s", text)
	}
}

func TestRunRefuses(t *testing.T) {
	tests := map[string]struct {
		in   Input
		says string
	}{
		"no pages":           {Input{}, "names no pages"},
		"another machine":    {Input{Pages: []Page{{URL: "http://192.0.2.1/"}}}, "not on this machine"},
		"an unknown view":    {Input{Pages: []Page{{URL: "http://127.0.0.1:1/", View: "nosuch"}}}, "no view is called nosuch"},
		"nothing is serving": {Input{Pages: []Page{{URL: "http://127.0.0.1:9/"}}}, "not looked at"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := Run(t.Context(), tt.in); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("err = %v, want %q", err, tt.says)
			}
		})
	}
}
