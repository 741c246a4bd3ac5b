package worktest

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/web/webtest"
)

// Browser keeps cookies from answer to request, without JavaScript.
type Browser struct {
	c       *City
	cookies map[string]string
}

// Browser gives a browser in which nobody is logged in.
func (c *City) Browser() *Browser { return &Browser{c, map[string]string{}} }

// Login gives a browser in which a staff member has logged in with the form.
func (c *City) Login(login string) *Browser {
	c.T.Helper()
	b := c.Browser()
	code, err := c.Identity.OTP(c.T.Context(), login)
	c.Must(err)
	r := b.Post("/desk/login", url.Values{"login": {login}, "password": {Password}, "code": {code}})
	r.Status(http.StatusSeeOther)
	return b
}

// Page is an answer; its methods fail the test.
type Page struct {
	t      *testing.T
	path   string
	Code   int
	Header http.Header
	Body   string
}

// Get asks for a page. Every HTML answer is linted.
func (b *Browser) Get(path string) Page {
	b.c.T.Helper()
	return b.do(httptest.NewRequest(http.MethodGet, path, nil))
}

// Post sends a form, as a page of this site does.
func (b *Browser) Post(path string, in url.Values) Page {
	b.c.T.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(in.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

// Upload sends a form with a file, as a page of this site does.
func (b *Browser) Upload(path string, in url.Values, name string, file []byte) Page {
	b.c.T.Helper()
	return b.UploadIn(path, in, map[string]Sent{"file": {name, file}})
}

// Sent is a file that a form sends.
type Sent struct {
	Name string
	Body []byte
}

// UploadIn sends a form with files by the names of their inputs.
func (b *Browser) UploadIn(path string, in url.Values, list map[string]Sent) Page {
	b.c.T.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for input, f := range list {
		part, err := w.CreateFormFile(input, f.Name)
		b.c.Must(err)
		_, err = part.Write(f.Body)
		b.c.Must(err)
	}
	for k, values := range in {
		for _, v := range values {
			if _, file := list[k]; !file {
				b.c.Must(w.WriteField(k, v))
			}
		}
	}
	b.c.Must(w.Close())
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

func (b *Browser) do(r *http.Request) Page {
	b.c.T.Helper()
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.c.Handler.ServeHTTP(w, r.WithContext(b.c.T.Context()))
	for _, k := range w.Result().Cookies() {
		if b.cookies[k.Name] = k.Value; k.MaxAge < 0 {
			delete(b.cookies, k.Name)
		}
	}
	p := Page{t: b.c.T, path: r.Method + " " + r.URL.RequestURI(), Code: w.Code, Header: w.Header(), Body: body(w.Result().Body)}
	if w.Code >= 500 {
		p.t.Errorf("%s: %d\n%s", p.path, w.Code, b.c.Logs)
	}
	if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") && w.Code != http.StatusSeeOther {
		for _, problem := range webtest.Lint([]byte(p.Body)) {
			p.t.Errorf("%s: %s", p.path, problem)
		}
	}
	return p
}

// Status asks for a status.
func (p Page) Status(code int) Page {
	p.t.Helper()
	if p.Code != code {
		p.t.Fatalf("%s: %d, want %d\n%s", p.path, p.Code, code, p.Text())
	}
	return p
}

// To asks for a redirect whose address begins with prefix.
func (p Page) To(prefix string) string {
	p.t.Helper()
	p.Status(http.StatusSeeOther)
	to := p.Header.Get("Location")
	if !strings.HasPrefix(to, prefix) {
		p.t.Fatalf("%s leads to %s, want %s…", p.path, to, prefix)
	}
	return to
}

// First is the first address on the page that begins so.
func (p Page) First(prefix string) string {
	p.t.Helper()
	for _, m := range attr.FindAllStringSubmatch(p.Body, -1) {
		if m[1] == "href" && strings.HasPrefix(m[2], prefix) {
			return unescape(m[2])
		}
	}
	p.t.Fatalf("%s has no link to %s:\n%s", p.path, prefix, p.Text())
	return ""
}

// Link is the address behind the first link with these words.
func (p Page) Link(words string) string {
	p.t.Helper()
	if before, _, found := strings.Cut(p.Body, ">"+words+"</a>"); found {
		for _, m := range attr.FindAllStringSubmatch(before[strings.LastIndex(before, "<a "):], -1) {
			if m[1] == "href" {
				return unescape(m[2])
			}
		}
	}
	p.t.Fatalf("%s has no link %s:\n%s", p.path, words, p.Text())
	return ""
}

// Has asks for words on the page.
func (p Page) Has(words ...string) Page {
	p.t.Helper()
	for _, w := range words {
		if !strings.Contains(p.Body, w) {
			p.t.Errorf("%s lacks %q:\n%s", p.path, w, p.Text())
		}
	}
	return p
}

// Lacks asks that words are not on the page.
func (p Page) Lacks(words ...string) Page {
	p.t.Helper()
	for _, w := range words {
		if strings.Contains(p.Body, w) {
			p.t.Errorf("%s has %q", p.path, w)
		}
	}
	return p
}

var (
	tags    = regexp.MustCompile(`(?s)<[^>]*>`)
	spaces  = regexp.MustCompile(`\s+`)
	formTag = regexp.MustCompile(`(?s)<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>`)
	input   = regexp.MustCompile(`(?s)<input[^>]*>`)
	area    = regexp.MustCompile(`(?s)<textarea[^>]*? name="([^"]*)"[^>]*>(.*?)</textarea>`)
	choice  = regexp.MustCompile(`(?s)<select[^>]*? name="([^"]*)"[^>]*>(.*?)</select>`)
	chosen  = regexp.MustCompile(`<option value="([^"]*)" selected>`)
	attr    = regexp.MustCompile(`([a-z-]+)="([^"]*)"`)
)

// Text is the page's words.
func (p Page) Text() string {
	s := spaces.ReplaceAllString(tags.ReplaceAllString(p.Body, " "), " ")
	return s[:min(len(s), 3000)]
}

// Form reads what a posting form on the page would send if it were sent as it is:
// hidden inputs, texts, ticked boxes, choices. It fails if there is no form for the
// address.
func (p Page) Form(action string) url.Values {
	p.t.Helper()
	for _, m := range formTag.FindAllStringSubmatch(p.Body, -1) {
		if unescape(m[1]) != action || !strings.Contains(m[0][:strings.IndexByte(m[0], '>')], `method="post"`) {
			continue
		}
		out := url.Values{}
		for _, in := range input.FindAllString(m[2], -1) {
			a := map[string]string{}
			for _, x := range attr.FindAllStringSubmatch(in, -1) {
				a[x[1]] = unescape(x[2])
			}
			if a["name"] == "" || (a["type"] == "radio" || a["type"] == "checkbox") && !strings.Contains(in, " checked") {
				continue
			}
			out.Add(a["name"], a["value"])
		}
		for _, x := range area.FindAllStringSubmatch(m[2], -1) {
			out.Set(x[1], unescape(x[2]))
		}
		for _, x := range choice.FindAllStringSubmatch(m[2], -1) {
			out.Set(x[1], "")
			if v := chosen.FindStringSubmatch(x[2]); v != nil {
				out.Set(x[1], unescape(v[1]))
			}
		}
		return out
	}
	p.t.Fatalf("%s has no form for %s:\n%s", p.path, action, p.Text())
	return nil
}

func unescape(s string) string {
	return strings.NewReplacer("&amp;", "&", "&#34;", `"`, "&#39;", "'", "&lt;", "<", "&gt;", ">", "&#43;", "+").Replace(s)
}

// Act sends the form of an act on a case, as the page offers it, with more
// filled in.
func (b *Browser) Act(no, act string, more ...string) Page {
	b.c.T.Helper()
	page := b.Get("/desk/cases/" + no).Status(http.StatusOK)
	in := page.Form(fmt.Sprintf("/desk/cases/%s/acts/%s", no, act))
	for i := 0; i+1 < len(more); i += 2 {
		in.Set(more[i], more[i+1])
	}
	return b.Post(fmt.Sprintf("/desk/cases/%s/acts/%s", no, act), in)
}

// LoginPerson gives a browser in which an applicant is logged in.
func (c *City) LoginPerson(login string) *Browser {
	c.T.Helper()
	b := c.Browser()
	w := httptest.NewRecorder()
	_, err := c.Door.LoginPerson(w, httptest.NewRequestWithContext(c.T.Context(), http.MethodPost, "/login", nil), login, Password)
	c.Must(err)
	for _, k := range w.Result().Cookies() {
		b.cookies[k.Name] = k.Value
	}
	return b
}
