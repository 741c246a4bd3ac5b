package journey

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/tongban/tongban/test/axe"
)

// look is how pages are looked at: in the one browser of the test, for faults,
// by axe-core, and in pictures when somebody wants them.
type look struct {
	browser context.Context
	shots   string // folder, empty: no pictures
	secrets []string

	mu     sync.Mutex
	count  int
	closes []context.CancelFunc
	seen   map[string]visit // by kind of page
	order  []string         // kinds in the order of their first visit
	groups map[string]int
}

// visit is where somebody was.
type visit struct {
	path string
	by   *person
	like bool // not the first of its address
}

func newLook(t *testing.T) *look {
	t.Helper()
	l := &look{browser: browser(t), seen: map[string]visit{}, groups: map[string]int{}}
	if dir := os.Getenv("TONGBAN_SHOTS"); dir != "" {
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(program.root, dir)
		}
		must(t, os.MkdirAll(dir, 0o755))
		l.shots = dir
	}
	t.Cleanup(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		for _, c := range l.closes {
			c()
		}
	})
	return l
}

func (l *look) closing(c context.CancelFunc) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closes = append(l.closes, c)
}

// at looks at the page that a person has come to.
func (l *look) at(p *person, res *network.Response) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	faults, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`(`+inspector+`)()`))
	if err != nil {
		p.fail("look at the page: %v", err)
	}
	p.mu.Lock()
	faults = append(faults, p.console...)
	p.console = nil
	p.mu.Unlock()
	shown := p.text()
	for _, s := range l.secrets {
		if own.MatchString(p.path()) {
			break
		}
		if strings.Contains(shown, s) {
			faults = append(faults, "the page shows the whole number "+s)
		}
	}
	l.picture(p, "")
	for _, f := range faults {
		p.t.Errorf("%s (%s) at %s: %s", p.name, p.on.name, p.path(), f)
	}
	if res != nil && res.Status == 200 {
		l.keep(p)
	}
}

// own are the pages that show people their own numbers whole: what they check
// before it is handed in, and what is printed on their licences.
var own = regexp.MustCompile(`/check$|^/my/licences/`)

// picture keeps the page as a picture, in the order of the visits.
func (l *look) picture(p *person, note string) {
	if l.shots == "" {
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	b, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		p.t.Logf("picture: %v", err)
		return
	}
	where, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`location.pathname`))
	l.mu.Lock()
	l.count++
	n := l.count
	l.mu.Unlock()
	name := fmt.Sprintf("%s-%03d-%s-%s-%s%s.png", p.city.engine, n, p.on.name, p.name, slug(where), note)
	if err := os.WriteFile(filepath.Join(l.shots, name), b, 0o644); err != nil {
		p.t.Logf("picture: %v", err)
	}
}

var notPlain = regexp.MustCompile(`[^A-Za-z0-9]+`)

// slug is the kind of a page as a file name: numbers do not tell kinds apart.
func slug(path string) string {
	path = oneOf.ReplaceAllString(path, "/$1/N")
	s := strings.Trim(notPlain.ReplaceAllString(longNumber.ReplaceAllString(path, "N"), "-"), "-")
	if len(s) > 60 {
		s = s[:60]
	}
	return s
}

// oneOf is one of many pages that are built alike.
var oneOf = regexp.MustCompile(`/(centres|items|cases|licences|documents|staff|verify|progress|apply)/[^/?]+`)

var longNumber = regexp.MustCompile(`[0-9A-Z]{9,}[0-9A-Za-z.~-]*`)

// keep remembers the pages for the accessibility pass: for each address that
// differs by more than its numbers, the first few that are built differently.
func (l *look) keep(p *person) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	outline, err := chromedp.Run(ctx, chromedp.Evaluate[string](`[...document.querySelectorAll("h1, h2, summary")].map(e => e.textContent.trim()).join(" | ")`))
	if err != nil {
		p.fail("read the headings: %v", err)
	}
	at := p.path()
	if passing.MatchString(at) && !p.stays {
		return
	}
	group := slug(strings.SplitN(at, "?", 2)[0])
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, had := l.seen[group+outline]; had || l.groups[group] == kindsEach {
		return
	}
	l.seen[group+outline] = visit{at, p, l.groups[group] > 0}
	l.groups[group]++
	l.order = append(l.order, group+outline)
}

// passing are the addresses of pages that are gone once the act is done.
var passing = regexp.MustCompile(`/apply/|/rate$|/acts/|/appointment$|/intake\?`)

// kindsEach bounds how many pages of one address are held against axe-core.
const kindsEach = 3

// accessible holds the pages visited against axe-core, on a desktop, a phone and
// (one page of each address) in the elderly version, logged in as the person was. Of the pages that end
// with an act, those are there that a journey left open.
func (l *look) accessible(t *testing.T) {
	t.Helper()
	l.mu.Lock()
	views := map[string]axe.View{"elderly": {Width: 1366, Height: 768, Cookies: []axe.Cookie{{Name: "tb_elder", Value: "1"}}}}
	var pages []axe.Page
	for _, kind := range l.order {
		v := l.seen[kind]
		all := []string{axe.Desktop, axe.Phone, "elderly"}
		if v.like { // another page of this address was looked at in all views
			all = all[:2]
		}
		for _, view := range all {
			page := axe.Page{URL: v.by.city.url + v.path, View: view}
			for _, c := range v.by.cookies() {
				page.Cookies = append(page.Cookies, axe.Cookie{Name: c.Name, Value: c.Value})
			}
			pages = append(pages, page)
		}
	}
	l.mu.Unlock()
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
	defer cancel()
	var wg sync.WaitGroup
	half := len(pages) / 2
	for _, part := range [][]axe.Page{pages[:half], pages[half:]} {
		wg.Go(func() {
			report, err := axe.Run(ctx, axe.Input{Pages: part, Views: views})
			if err != nil {
				t.Error(err)
			}
			if grave := report.Grave(); grave != "" {
				t.Errorf("not accessible:\n%s", grave)
			}
			for _, p := range report.Pages {
				if p.Status != 200 {
					t.Errorf("%s (%s) answered %d when it was looked at again", p.URL, p.View, p.Status)
				}
			}
		})
	}
	wg.Wait()
	t.Logf("%d looks at %d pages", len(pages), len(l.order))
}
