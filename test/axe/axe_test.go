package axe

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

const head = `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>办件进度</title>` +
	`<meta name="viewport" content="width=device-width, initial-scale=1"></head><body><main><h1>办件进度</h1>`

// TestLook looks at a good page and at pages each with one fault, under a
// policy as strict as the platform's own.
func TestLook(t *testing.T) {
	pages := map[string]struct {
		body  string
		width int64
		grave []string // rules, sorted
	}{
		"/good":     {body: `<p>已受理</p><label for="no">办件编号</label><input id="no" type="text">`},
		"/image":    {body: `<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">`, grave: []string{"image-alt"}},
		"/label":    {body: `<input type="text">`, grave: []string{"label"}},
		"/contrast": {body: `<p class="pale">已受理</p>`, grave: []string{"color-contrast"}},
		"/wide":     {body: `<div class="wide">宽</div>`, width: 390, grave: []string{"reflow"}},
		"/narrow":   {body: `<div class="wide">宽</div>`},
	}
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
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(strings.Replace(head, "</head>", `<link rel="stylesheet" href="/style.css"></head>`, 1) +
			page.body + `</main></body></html>`))
	}))
	defer srv.Close()
	ctx := Browser(t)
	for path, p := range pages {
		width := p.width
		if width == 0 {
			width = 1366
		}
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 768), chromedp.Navigate(srv.URL+path)); err != nil {
			t.Fatal(err)
		}
		for _, when := range []string{"at first", "again"} { // the rules are in the page already
			found, err := Look(ctx)
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			var grave []string
			for _, v := range found {
				if v.Grave() {
					grave = append(grave, v.Rule)
				}
			}
			slices.Sort(grave)
			if !slices.Equal(grave, p.grave) {
				t.Errorf("%s %s: broken rules %q, want %q", path, when, grave, p.grave)
			}
			if text := Grave(found); len(p.grave) == 0 && text != "" || len(p.grave) > 0 && !strings.Contains(text, p.grave[0]) {
				t.Errorf("%s in words:\n%s", path, text)
			}
		}
	}
}

// TestLookFails: what cannot be looked at is not called good.
func TestLookFails(t *testing.T) {
	ctx, cancel := context.WithCancel(Browser(t))
	cancel()
	if found, err := Look(ctx); err == nil {
		t.Errorf("a closed tab was looked at: %v", found)
	}
}
