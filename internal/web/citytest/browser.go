package citytest

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/tongban/tongban/internal/web/webtest"
)

// Browser walks pages as a person without scripts does: links and forms only.
// Every page it meets is held to webtest.Lint.
type Browser struct {
	t       testing.TB
	h       http.Handler
	cookies map[string]*http.Cookie
	Status  int
	Path    string // where it ended, with the query
	Body    string
	Head    http.Header
	doc     *html.Node
}

// Browse opens a browser on a handler.
func Browse(t testing.TB, h http.Handler) *Browser {
	return &Browser{t: t, h: h, cookies: map[string]*http.Cookie{}}
}

// On gives the same browser, with its cookies, to a subtest.
func (b *Browser) On(t testing.TB) *Browser { c := *b; c.t = t; return &c }

func (b *Browser) send(r *http.Request) {
	b.t.Helper()
	for hops := 0; ; hops++ {
		for _, c := range b.cookies {
			r.AddCookie(c)
		}
		w := httptest.NewRecorder()
		b.h.ServeHTTP(w, r)
		for _, c := range w.Result().Cookies() {
			if c.MaxAge < 0 {
				delete(b.cookies, c.Name)
			} else {
				b.cookies[c.Name] = c
			}
		}
		b.Status, b.Path, b.Body, b.Head = w.Code, r.URL.RequestURI(), w.Body.String(), w.Header()
		to := w.Header().Get("Location")
		if w.Code < 300 || w.Code > 399 || to == "" {
			break
		}
		if hops > 5 {
			b.t.Fatalf("too many redirects, at %s", to)
		}
		to, _, _ = strings.Cut(to, "#")
		r = httptest.NewRequest(http.MethodGet, to, nil)
	}
	b.doc = nil
	if strings.HasPrefix(b.Head.Get("Content-Type"), "text/html") {
		for _, problem := range webtest.Lint([]byte(b.Body)) {
			b.t.Errorf("%s: %s", b.Path, problem)
		}
		doc, err := html.Parse(strings.NewReader(b.Body))
		must(b.t, err)
		b.doc = doc
	}
}

// Get opens an address.
func (b *Browser) Get(path string) *Browser {
	b.t.Helper()
	b.send(httptest.NewRequest(http.MethodGet, path, nil))
	return b
}

// Post sends a form that is on no page.
func (b *Browser) Post(path string, v url.Values) *Browser {
	b.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	b.send(r)
	return b
}

// Want fails unless the answer has the status and shows the words.
func (b *Browser) Want(status int, words ...string) *Browser {
	b.t.Helper()
	if b.Status != status {
		b.t.Fatalf("%s: %d, want %d\n%s", b.Path, b.Status, status, b.Text())
	}
	for _, w := range words {
		if !strings.Contains(b.Text(), w) {
			b.t.Fatalf("%s does not say %q:\n%s", b.Path, w, b.Text())
		}
	}
	return b
}

// Not fails when the page shows one of the words.
func (b *Browser) Not(words ...string) *Browser {
	b.t.Helper()
	for _, w := range words {
		if strings.Contains(b.Text(), w) {
			b.t.Fatalf("%s says %q", b.Path, w)
		}
	}
	return b
}

// At fails unless the browser is at a path that begins so.
func (b *Browser) At(prefix string) *Browser {
	b.t.Helper()
	if !strings.HasPrefix(b.Path, prefix) {
		b.t.Fatalf("at %s, want %s\n%s", b.Path, prefix, b.Text())
	}
	return b
}

// Text is what the page shows.
func (b *Browser) Text() string {
	if b.doc == nil {
		return b.Body
	}
	var s strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			s.WriteString(n.Data)
		}
		if n.Type == html.ElementNode && (n.Data == "input" || n.Data == "textarea") {
			s.WriteString(" " + attr(n, "value") + " ")
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(b.doc)
	return strings.Join(strings.Fields(s.String()), " ")
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

func each(n *html.Node, tag string, see func(*html.Node)) {
	if n.Type == html.ElementNode && (tag == "" || n.Data == tag) {
		see(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		each(c, tag, see)
	}
}

func words(n *html.Node) string {
	var s strings.Builder
	each(n, "", func(m *html.Node) {
		for c := m.FirstChild; c != nil; c = c.NextSibling {
			if c.Type == html.TextNode {
				s.WriteString(c.Data)
			}
		}
	})
	return strings.Join(strings.Fields(s.String()), "")
}

// Click follows the first link that shows the words.
func (b *Browser) Click(text string) *Browser {
	b.t.Helper()
	to := ""
	each(b.doc, "a", func(n *html.Node) {
		if to == "" && strings.Contains(words(n), text) {
			to = attr(n, "href")
		}
	})
	if to == "" {
		b.t.Fatalf("%s has no link %q:\n%s", b.Path, text, b.Text())
	}
	to, _, _ = strings.Cut(to, "#")
	return b.Get(to)
}

// Press sends the form of the button that shows the words, with what the page
// has filled in and what is given here. A value of nil empties a field.
func (b *Browser) Press(button string, set url.Values) *Browser {
	b.t.Helper()
	f, by := b.form(button)
	v := fields(f)
	for k, x := range set {
		v[k] = x
	}
	if by != nil && attr(by, "name") != "" {
		v.Set(attr(by, "name"), attr(by, "value"))
	}
	action := attr(f, "action")
	if attr(f, "method") == "get" {
		action, _, _ = strings.Cut(action, "#")
		return b.Get(action + "?" + v.Encode())
	}
	return b.Post(action, v)
}

// Upload sends files by the form whose action ends so.
func (b *Browser) Upload(action string, files map[string][]byte) *Browser {
	b.t.Helper()
	at := ""
	each(b.doc, "form", func(n *html.Node) {
		if strings.HasSuffix(attr(n, "action"), action) {
			at = attr(n, "action")
		}
	})
	if at == "" {
		b.t.Fatalf("%s has no form for %s", b.Path, action)
	}
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for name, content := range files {
		w, err := m.CreateFormFile("file", name)
		must(b.t, err)
		_, err = w.Write(content)
		must(b.t, err)
	}
	must(b.t, m.Close())
	r := httptest.NewRequest(http.MethodPost, at, &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	b.send(r)
	return b
}

// form finds the form that has the button.
func (b *Browser) form(button string) (form, by *html.Node) {
	b.t.Helper()
	each(b.doc, "form", func(f *html.Node) {
		each(f, "button", func(n *html.Node) {
			if form == nil && attr(n, "aria-hidden") == "" && strings.Contains(words(n), button) {
				form, by = f, n
			}
		})
	})
	if form == nil {
		b.t.Fatalf("%s has no button %q:\n%s", b.Path, button, b.Text())
	}
	return form, by
}

// fields reads what a form would send.
func fields(f *html.Node) url.Values {
	v := url.Values{}
	each(f, "", func(n *html.Node) {
		name := attr(n, "name")
		if name == "" || has(n, "disabled") {
			return
		}
		switch n.Data {
		case "input":
			switch attr(n, "type") {
			case "radio", "checkbox":
				if has(n, "checked") {
					v.Add(name, attr(n, "value"))
				}
			case "file", "submit":
			default:
				v.Add(name, attr(n, "value"))
			}
		case "textarea":
			v.Add(name, raw(n))
		case "select":
			each(n, "option", func(o *html.Node) {
				if has(o, "selected") {
					v.Set(name, attr(o, "value"))
				}
			})
		}
	})
	return v
}

func raw(n *html.Node) string {
	if n.FirstChild == nil {
		return ""
	}
	return n.FirstChild.Data
}
