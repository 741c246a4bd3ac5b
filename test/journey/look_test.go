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
	routes  routes

	mu     sync.Mutex
	count  int
	closes []context.CancelFunc
	held   map[string]bool // kinds of pages held against axe-core
	kinds  map[string]int  // how differently built, by address and status
	axed   int
}

func newLook(t *testing.T) *look {
	t.Helper()
	l := &look{browser: axe.Browser(t), held: map[string]bool{}, kinds: map[string]int{}, routes: newRoutes(t)}
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

// sight is what the inspector says of a page.
type sight struct {
	Faults  []string
	Text    string // everything it shows
	Path    string
	Outline string // its headings: pages of one address are built differently
	Elder   bool   // the elderly version
}

// at looks at the page that a person has come to.
func (l *look) at(p *person, res *network.Response) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	s, err := chromedp.Run(ctx, chromedp.Evaluate[sight](`(`+inspector+`)()`))
	if err != nil {
		p.fail("look at the page: %v", err)
	}
	p.mu.Lock()
	faults := append(s.Faults, p.console...)
	p.console = nil
	p.mu.Unlock()
	if !own.MatchString(s.Path) {
		for _, secret := range l.secrets {
			if secret != p.told && strings.Contains(s.Text, secret) {
				faults = append(faults, "the page shows the whole number "+secret)
			}
		}
	}
	l.picture(p, "")
	if res != nil && strings.HasPrefix(res.MimeType, "text/html") {
		l.routes.seen(s.Path, res.Status)
		faults = append(faults, l.hold(p, s, res.Status)...)
	}
	for _, f := range faults {
		p.t.Errorf("%s (%s) at %s: %s", p.name, p.on.name, s.Path, f)
	}
}

// own are the pages that show people their own numbers whole: what they check
// before it is handed in, and what is printed on their licences.
var own = regexp.MustCompile(`/check(\?|$)|^/my/licences/`)

// view is a window in which a page is held against axe-core.
type view struct {
	name string
	on   device
	big  bool // in the large type of the elderly version
}

// views of every page. What else the elderly version changes, the server does:
// the person who reads it sees those pages.
var views = []view{{desktop.name, desktop, false}, {phone.name, phone, false}, {"large type", desktop, true}}

// differing bounds how many pages of one address and status, each built
// differently, are held against axe-core; after the first, large type is left out.
const differing = 3

// hold holds the page against axe-core where it stands, in every view in which
// no page of its kind was looked at. Nothing is loaded again: the window takes
// another size and gets its own back.
func (l *look) hold(p *person, s sight, status int64) (faults []string) {
	p.t.Helper()
	todo := l.todo(p, s, status)
	if len(todo) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(p.ctx, time.Minute) // some pages are long
	defer cancel()
	if p.on.still { // the rules are a script
		defer p.do("stop scripts", scripts(false))
		p.do("let scripts run", scripts(true))
	}
	for _, v := range todo {
		p.do("look as "+v.name, v.on.window(), settled(v.on.width, v.big))
		found, err := axe.Look(ctx)
		if err != nil {
			p.fail("as %s: %v", v.name, err)
		}
		if grave := axe.Grave(found); grave != "" {
			faults = append(faults, fmt.Sprintf("not accessible as %s (status %d):\n%s", v.name, status, grave))
		}
	}
	p.do("get the window back", p.on.window(), settled(p.on.width, s.Elder))
	return faults
}

// settled gives the page the large type or takes it away, and waits until it has
// the width of its window.
func settled(width int64, big bool) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`new Promise(done => {
		document.documentElement.toggleAttribute("data-elder", %t);
		const look = () => innerWidth === %d ? done() : setTimeout(look, 5);
		look();
	})`, big, width), chromedp.EvalAwaitPromise)
}

// todo are the views in which a page of this kind is still to be looked at;
// who asks does it.
func (l *look) todo(p *person, s sight, status int64) (out []view) {
	address := fmt.Sprintf("%s %d", slug(strings.SplitN(s.Path, "?", 2)[0]), status)
	if s.Elder {
		address += " elderly"
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	kind := address + s.Outline
	if l.held[kind] || l.kinds[address] == differing {
		return nil
	}
	l.held[kind] = true
	l.kinds[address]++
	switch {
	case s.Elder: // as it comes
		out = []view{{"elderly", p.on, true}}
	case strings.HasPrefix(s.Path, "/api/"): // long, and without an elderly version
		out = views[:1]
	default:
		for _, v := range views {
			if !v.big || l.kinds[address] == 1 {
				out = append(out, v)
			}
		}
	}
	l.axed += len(out)
	return out
}

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
	path = oneOf.ReplaceAllString(path, "$1/N")
	s := strings.Trim(notPlain.ReplaceAllString(longNumber.ReplaceAllString(path, "N"), "-"), "-")
	if len(s) > 60 {
		s = s[:60]
	}
	return s
}

// oneOf is one of many pages that are built alike.
var oneOf = regexp.MustCompile(`(/(?:centres|cases|licences|documents|staff|verify|progress|apply)|^/items)/[^/?]+`)

var longNumber = regexp.MustCompile(`[0-9A-Z]{9,}[0-9A-Za-z.~-]*`)
