package web_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/webtest"
)

// TestLint: every rule finds what it is for, and a sound page has no findings.
func TestLint(t *testing.T) {
	page := func(body string) string {
		return `<!DOCTYPE html><html lang="zh-CN"><head><title>题</title></head><body><main><h1>题</h1>` + body + `</main></body></html>`
	}
	if found := webtest.Lint([]byte(page(`<p>好</p>`))); len(found) > 0 {
		t.Errorf("a sound page: %v", found)
	}
	for body, want := range map[string]string{
		`<p>&lt;div class="x"></p>`: "printed as text",
		`<p>ZgotmplZ</p>`:           "left",
		"<p>事项 \uff0c好</p>":         "white space before",
		`<div><p>x</div></p>`:       "closes nothing",
		`<div>`:                     "closes nothing",
		`<p><div>x</div></p>`:       "<div> within <p>",
		`<a href="/"><button type="submit">x</button></a>`: "<button> within <a>",
		`<p id="a">x</p><p id="a">y</p>`:                   "2 times",
		`<p style="color:red">x</p>`:                       "content policy",
		`<p onclick="x()">x</p>`:                           "content policy",
		`<script>x</script>`:                               "inline",
		`<input id="a" name="a">`:                          "without label",
		`<label for="b">x</label>`:                         "not there",
		`<a href="#b">x</a>`:                               "not there",
		`<h1>二</h1>`:                                       "2 h1",
		`<h3>跳</h3>`:                                       "skipped",
		`<table><thead><tr><th scope="col">x</th></tr></thead></table>`:         "without caption",
		`<table><caption>x</caption><tbody><tr><th>x</th></tr></tbody></table>`: "without scope",
		`<a href="/x"> </a>`:                            "without words",
		`<a>x</a>`:                                      "without href",
		`<button>x</button>`:                            "without type",
		`<img src="/x">`:                                "without alt",
		`<svg><path d="M0 0"/></svg>`:                   "without title",
		`<form action="/x"></form>`:                     "without method",
		`<form method="post"></form>`:                   "without action",
		`<fieldset><p>x</p></fieldset>`:                 "without legend",
		`<label>x<input type="radio" name="a"></label>`: "outside a fieldset",
		`<p tabindex="3">x</p>`:                         "tabindex",
		`<p class="a" class="b">x</p>`:                  "twice",
	} {
		if found := strings.Join(webtest.Lint([]byte(page(body))), "\n"); !strings.Contains(found, want) {
			t.Errorf("%s: want %q, found %q", body, want, found)
		}
	}
}

// TestForm: an answer given comes back in its widget, an error stands at its
// field and in the summary, what is not asked here is carried along.
func TestForm(t *testing.T) {
	rt := webtest.New(t)
	g := newGallery(rt)
	var b bytes.Buffer
	s := sampleForm(t, g, true)
	if err := g.form.Execute(&b, s); err != nil {
		t.Fatal(err)
	}
	body := b.String()
	for _, want := range []string{
		`name="area" value="八十"`,                                              // typed, unreadable
		`name="lease.m" value="13"`,                                           // one box of three
		`name="own" value="false" checked`,                                    // boolean as radio
		`name="sells" value="pre" checked`,                                    // one of several
		`name="staff.0.name" value="王建国"`,                                     // a table's cell
		`<a href="#f-area">请用数字填写经营面积，例如 80</a>`,                              // summary → widget
		`<a href="#f-lease-y">`,                                               // a date's first box
		`<a href="#f-staff-1-role">`,                                          // a cell
		`id="f-area-why"`,                                                     // words at the field
		`aria-invalid="true" aria-describedby="f-area-why"`,                   // read together
		`<title>有误：食品经营许可（新办） - 无锡市政务服务</title>`,                              // said first
		`data-show="lease" data-when="[[[&#34;own&#34;,[&#34;false&#34;]]]]"`, // condition
		`href="/show/` + s.Form.ID + `.css"`,
		`name="_del" value="staff.1"`, `name="_add" value="staff"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("not on the page: %s", want)
		}
	}
	if first, _, _ := strings.Cut(body[strings.Index(body, "data-form="):], "_del"); !strings.Contains(first, `<button type="submit" class="away"`) {
		t.Error("Enter would press the button that removes a row")
	}
	if strings.Contains(body, `value="bulk" checked`) || strings.Contains(body, `value="true" checked`) {
		t.Error("something is chosen that was not")
	}
	mux := http.NewServeMux()
	rt.Routes(mux)
	if css := get(mux, "/show/"+s.Form.ID+".css").Body.String(); !strings.Contains(css, `[data-show="lease"]{display:none}`) {
		t.Errorf("stylesheet of conditions: %q", css)
	}
	if w := get(mux, "/show/0000000000000000.css"); w.Code != http.StatusNotFound || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("unknown form: %d %v", w.Code, w.Header())
	}
}

// TestFormCSS: a process that did not draw a form asks for its stylesheet.
func TestFormCSS(t *testing.T) {
	rt, err := web.New(web.Options{Log: discard(), FormCSS: func(_ *http.Request, id string) (string, bool) { return "/* " + id + " */", id == "abc" }})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	rt.Routes(mux)
	if w := get(mux, "/show/abc.css"); w.Body.String() != "/* abc */" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := get(mux, "/show/abd.css"); w.Code != http.StatusNotFound {
		t.Errorf("%d", w.Code)
	}
}

// TestTableButtons: a row goes and the rest is decoded; a row is added.
func TestTableButtons(t *testing.T) {
	in := url.Values{"_del": {"staff.1"}, "staff.0.name": {"甲"}, "staff.1.name": {"乙"}, "staff.10.name": {"丙"}}
	blank, pressed := web.TableButtons(in)
	if !pressed || len(blank) != 0 || in.Has("staff.1.name") || !in.Has("staff.10.name") || !in.Has("staff.0.name") {
		t.Errorf("remove: %v %v %v", blank, pressed, in)
	}
	blank, pressed = web.TableButtons(url.Values{"_add": {"staff"}})
	if !pressed || blank["staff"] != 1 {
		t.Errorf("add: %v %v", blank, pressed)
	}
	if _, pressed = web.TableButtons(url.Values{"staff.0.name": {"甲"}}); pressed {
		t.Error("nothing was pressed")
	}
	rt := webtest.New(t)
	g := newGallery(rt)
	f := sampleForm(t, g, false)
	if n := rowsOf(f.Form); n != 2 {
		t.Errorf("%d rows, want 2", n)
	}
}

func rowsOf(v web.FormView) int {
	for _, f := range v.Fields {
		if f.Widget == form.Table {
			return len(f.Rows)
		}
	}
	return -1
}

// TestWords: figures, dates and clocks as people read them.
func TestWords(t *testing.T) {
	zh, en := web.Page{Lang: "zh-CN"}, web.Page{Lang: "en"}
	due := time.Date(2026, 10, 21, 17, 0, 0, 0, time.UTC) // already the 22nd in Shanghai
	for _, c := range []struct{ got, want string }{
		{zh.Left(3, true, due), "还剩 3 个工作日，10月22日前"},
		{en.Left(3, true, due), "3 working days left, by 22 October"},
		{en.Left(1, false, due), "1 calendar day left, by 22 October"},
		{zh.Left(0, true, due), "今天到期，10月22日"},
		{zh.Left(-2, false, due), "已超期 2 个自然日，应在10月22日前办结"},
		{en.Left(-2, true, due), "2 working days late, was due 22 October"},
		{web.Yuan(0), "0.00"}, {web.Yuan(5), "0.05"}, {web.Yuan(123450), "1,234.50"}, {web.Yuan(-123456789), "-1,234,567.89"},
		{web.Yuan(-9223372036854775808), "-92,233,720,368,547,758.08"},
		{web.Size(900), "900 B"}, {web.Size(2048), "2 KB"}, {web.Size(1_530_000), "1.5 MB"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
	if got, err := web.WithQuery("/items?q=食品&after=9", "t", "1"); err != nil || got != "/items?q=%E9%A3%9F%E5%93%81&t=1" {
		t.Errorf("%s %v", got, err)
	}
	if got, err := web.WithQuery("/items?q=a&t=1", "t", ""); err != nil || got != "/items?q=a" {
		t.Errorf("%s %v", got, err)
	}
	if _, err := web.WithQuery("/items", "t"); err == nil {
		t.Error("odd words pass")
	}
}

// TestSamePath: only paths of this site.
func TestSamePath(t *testing.T) {
	for path, want := range map[string]bool{"/": true, "/a?b=//c": true, "": false, "a": false, "//x": false, "/\\x": false, "https://x": false, "/a\nb": false, "/" + strings.Repeat("x", 3000): false} {
		if web.SamePath(path) != want {
			t.Errorf("%q: %v", path, !want)
		}
	}
	w := httptest.NewRecorder()
	if err := web.SeeOther(w, httptest.NewRequest(http.MethodPost, "/", nil), "//evil.test"); err == nil {
		t.Error("leaves the site")
	}
}

// TestBars: the longest bar fills the room, zero has none, a trifle is seen.
func TestBars(t *testing.T) {
	d := web.Bars{Items: []web.Bar{{Value: 1000}, {Value: 500}, {Value: 1}, {Value: 0}}}.Drawn()
	for i, want := range []int{1000, 500, 4, 0} {
		if d[i].Width != want {
			t.Errorf("bar %d: %d, want %d", i, d[i].Width, want)
		}
	}
	for _, b := range (web.Bars{Items: []web.Bar{{}, {}}}).Drawn() {
		if b.Width != 0 {
			t.Errorf("nothing is drawn %d wide", b.Width)
		}
	}
	if got := (web.Spark{Values: []float64{0, 10}}).Path(); got != "M3.0 28.0L117.0 3.0" {
		t.Error(got)
	}
}

// TestGzip: a page comes compressed to who takes it, and is the same page.
func TestGzip(t *testing.T) {
	rt := webtest.New(t)
	g := newGallery(rt)
	h := rt.Wrap(rt.Handle(func(w http.ResponseWriter, r *http.Request) error {
		return g.home.Render(w, r, http.StatusOK, sampleHome())
	}))
	plain := get(h, "/")
	packed := get(h, "/", func(r *http.Request) { r.Header.Set("Accept-Encoding", "gzip") })
	refused := get(h, "/", func(r *http.Request) { r.Header.Set("Accept-Encoding", "gzip;q=0") })
	if packed.Header().Get("Content-Encoding") != "gzip" || packed.Body.Len() >= plain.Body.Len() {
		t.Errorf("%v, %d of %d", packed.Header(), packed.Body.Len(), plain.Body.Len())
	}
	if refused.Header().Get("Content-Encoding") != "" {
		t.Error("sent what was refused")
	}
	if got := unzip(t, packed.Body.Bytes()); got != plain.Body.String() {
		t.Error("another page")
	}
}

// BenchmarkRender is the cost of the front page.
func BenchmarkRender(b *testing.B) {
	g := newGallery(webtest.New(b))
	p := sampleHome()
	var buf bytes.Buffer
	for b.Loop() {
		buf.Reset()
		if err := g.home.Execute(&buf, p); err != nil {
			b.Fatal(err)
		}
	}
}
