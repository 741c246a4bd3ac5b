package journey

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience is how long anything on a page may take before the journey fails.
const patience = 20 * time.Second

// device is what a person holds.
type device struct {
	name   string
	width  int64
	height int64
	phone  bool // touches instead of clicking
	still  bool // JavaScript off
}

var (
	desktop = device{name: "desktop", width: 1366, height: 768}
	phone   = device{name: "phone", width: 390, height: 844, phone: true}
	still   = device{name: "still", width: 1366, height: 768, still: true}
)

// office is what the people at the desk have when the applicant holds this: the
// journey without scripts is without them on both sides.
func (d device) office() device {
	if d.still {
		return still
	}
	return desktop
}

// person is somebody in front of a browser with a profile of their own. All
// methods end the test when the page does not let them do it.
type person struct {
	t    *testing.T
	city *city
	name string
	on   device
	ctx  context.Context
	look *look
	told string // a number that the act before them needs whole

	mu      sync.Mutex
	console []string // complaints since the last page
}

// visitor opens a fresh profile, gone when the journey ends.
func (l *look) visitor(t *testing.T, c *city, on device, name string) *person {
	t.Helper()
	p, leave := l.enter(t, c, on, name)
	t.Cleanup(leave)
	return p
}

// enter opens a fresh profile until leave is called.
func (l *look) enter(t *testing.T, c *city, on device, name string) (p *person, leave context.CancelFunc) {
	t.Helper()
	p = &person{t: t, city: c, name: name, on: on, look: l}
	ctx, cancel := chromedp.NewContext(l.browser, chromedp.WithNewBrowserContext(), chromedp.WithListener(p.hear))
	p.ctx = ctx
	must(t, chromedp.Do(ctx, on.window(), scripts(!on.still),
		command(emulation.SetLocaleOverride, emulation.SetLocaleOverrideParams{Locale: "zh-CN"})))
	return p, cancel
}

// window gives the tab the size of the device.
func (d device) window() chromedp.Action[chromedp.Void] {
	return chromedp.EmulateViewport(d.width, d.height, func(m *emulation.SetDeviceMetricsOverrideParams, touch *emulation.SetTouchEmulationEnabledParams) {
		m.Mobile, touch.Enabled = d.phone, d.phone
	})
}

// scripts says whether the scripts of pages run.
func scripts(run bool) chromedp.Action[chromedp.Void] {
	return command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !run})
}

// command makes an action of a protocol command without a result.
func command[P any](c cdp.Command[P, cdp.Empty], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

// hear keeps what the console complains about, and says yes to “are you sure”.
func (p *person) hear(ev any) {
	switch ev := ev.(type) {
	case *runtime.EventExceptionThrown:
		p.complain("script: " + ev.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		// A refused form (422) is part of the journeys; the status is looked at there.
		if ev.Entry.Level == log.EntryLevelError && ev.Entry.Source != log.EntrySourceNetwork {
			p.complain("console: " + ev.Entry.Text)
		}
	case *page.EventJavascriptDialogOpening:
		go func() {
			_, _ = chromedp.Call(p.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}()
	}
}

func (p *person) complain(s string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.console = append(p.console, s)
}

// fail ends the test and says where the person stood.
func (p *person) fail(format string, args ...any) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 5*time.Second)
	defer cancel()
	where, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.title + "\n" + (document.querySelector("main") || document.body || document.documentElement).innerText`))
	if err != nil {
		where = err.Error()
	}
	if r := []rune(where); len(r) > 3000 {
		where = string(r[:3000]) + "…"
	}
	p.look.picture(p, "failed")
	p.t.Fatalf("%s (%s): %s\nat %s", p.name, p.on.name, fmt.Sprintf(format, args...), where)
}

// open types an address, which people do at the beginning or from a QR code.
func (p *person) open(path string) { p.t.Helper(); p.openTo(200, path) }

func (p *person) openTo(status int64, path string) {
	p.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = p.city.url + path
	}
	p.load(status, "open "+path, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, page.Navigate, page.NavigateParams{URL: path})
		return err
	}))
}

// load does something that brings a new page, and looks at it.
func (p *person) load(status int64, what string, do chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	res, err := chromedp.RunResponse(ctx, do)
	if err != nil {
		p.fail("%s: %v", what, err)
	}
	if res != nil && res.Status != status {
		p.fail("%s: status %d, want %d", what, res.Status, status)
	}
	p.look.at(p, res)
}

// follow presses something that leads to another page.
func (p *person) follow(words string) { p.t.Helper(); p.followTo(200, words) }

func (p *person) followTo(status int64, words string) {
	p.t.Helper()
	p.load(status, "follow “"+words+"”", p.press(p.find("control", words)))
}

// followIn presses something in the part of the page under a heading.
func (p *person) followIn(part, words string) {
	p.t.Helper()
	p.load(200, "follow “"+words+"” in “"+part+"”", p.press(p.find("control", words, part)))
}

func (p *person) do(what string, a ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, a...); err != nil {
		p.fail("%s: %v", what, err)
	}
}

// spot is where something is on the screen.
type spot struct {
	X, Y  float64
	ID    string // of a widget
	Index int    // of the wanted option
	Past  int    // options to the wanted one from the present one
	Error string
	On    bool // already chosen
}

// press clicks, or touches on a phone.
func (p *person) press(s spot) chromedp.Action[chromedp.Void] {
	if p.on.phone {
		return chromedp.TapXY(s.X, s.Y)
	}
	return chromedp.MouseClickXY(s.X, s.Y)
}

// find looks for something by the words people see and brings it into view. It
// waits for it, since a page may still be changing.
func (p *person) find(kind, words string, more ...string) spot {
	p.t.Helper()
	args, err := json.Marshal(append([]string{kind, words}, more...))
	must(p.t, err)
	var s spot
	p.until(func(ctx context.Context) error {
		s, err = chromedp.Run(ctx, chromedp.Evaluate[spot](`(`+finder+`)(...`+string(args)+`)`))
		if err == nil && s.Error != "" {
			err = fmt.Errorf("%s", s.Error)
		}
		return err
	}, 4*time.Second, "find %s “%s” %s", kind, words, more)
	return s
}

// until tries again until it goes well.
func (p *person) until(try func(context.Context) error, limit time.Duration, format string, args ...any) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, limit)
	defer cancel()
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	last := "no answer"
	for {
		err := try(ctx)
		if err == nil {
			return
		}
		if ctx.Err() == nil {
			last = err.Error()
		}
		select {
		case <-ctx.Done():
			p.fail("%s: %s", fmt.Sprintf(format, args...), last)
		case <-tick.C:
		}
	}
}

// unfold opens a part of the page that is folded.
func (p *person) unfold(words string) {
	p.t.Helper()
	if s := p.find("details", words); !s.On {
		p.do("unfold “"+words+"”", p.press(s))
	}
}

// has tells whether something is on the page now.
func (p *person) has(kind, words string) bool {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	s, err := chromedp.Run(ctx, chromedp.Evaluate[spot](`(`+finder+`)(`+quote(kind)+`, `+quote(words)+`)`))
	return err == nil && s.Error == ""
}

// filter narrows a list down; on small screens the filters are folded.
func (p *person) filter(group, option string) {
	p.t.Helper()
	if p.has("details", "筛选") {
		p.unfold("筛选")
	}
	p.followIn(group, option)
}

// fill types a value into the box with a label, in place of what is there.
func (p *person) fill(label, value string) {
	p.t.Helper()
	p.fillSpot(label, p.find("box", label), value)
}

func (p *person) fillSpot(label string, s spot, value string) {
	p.t.Helper()
	p.do("go to “"+label+"”", p.press(s))
	p.until(func(ctx context.Context) error {
		there, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(`document.activeElement === document.elementFromPoint(%g, %g)`, s.X, s.Y)))
		if err == nil && !there {
			err = errors.New("it does not take the typing")
		}
		return err
	}, 4*time.Second, "go to “%s”", label)
	p.do("empty “"+label+"”", chromedp.KeyEvent("a", chromedp.KeyModifiers(chromedp.ModifierCtrl)), chromedp.KeyEvent(kb.Delete))
	if value != "" {
		p.do("type into “"+label+"”", command(input.InsertText, input.InsertTextParams{Text: value}))
	}
	p.until(func(ctx context.Context) error {
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.activeElement.value ?? ""`))
		if err == nil && got != value {
			err = fmt.Errorf("the box holds %q", got)
		}
		return err
	}, 4*time.Second, "type %q into “%s”", value, label)
}

// date types a date into the three boxes of a question.
func (p *person) date(label, day string) {
	p.t.Helper()
	for i, part := range strings.SplitN(day, "-", 3) {
		p.fillSpot(label, p.find("day", label, fmt.Sprint(i)), strings.TrimLeft(part, "0"))
	}
}

// choose takes an option of a question, by radio button, tick box or list.
func (p *person) choose(label, option string) {
	p.t.Helper()
	s := p.find("option", option, label)
	if s.On {
		return
	}
	if s.Past == 0 {
		p.do("choose “"+option+"”", p.press(s))
	} else { // a list: focused, then walked through with the arrow keys
		key := kb.ArrowDown
		if s.Past < 0 {
			key, s.Past = kb.ArrowUp, -s.Past
		}
		p.do("choose “"+option+"” of the list “"+label+"”", chromedp.Focus(chromedp.ID(s.ID)), chromedp.KeyEvent(strings.Repeat(key, s.Past)))
	}
	p.until(func(ctx context.Context) error {
		args, err := json.Marshal([]string{"option", option, label})
		if err != nil {
			return err
		}
		s, err := chromedp.Run(ctx, chromedp.Evaluate[spot](`(`+finder+`)(...`+string(args)+`)`))
		if err == nil && !s.On {
			err = fmt.Errorf("it is not chosen")
		}
		return err
	}, 4*time.Second, "choose “%s” of “%s”", option, label)
}

// tick sets a tick box that stands by itself.
func (p *person) tick(words string) {
	p.t.Helper()
	s := p.find("tick", words)
	if !s.On {
		p.do("tick “"+words+"”", p.press(s))
	}
}

// upload hands files in for a material: chosen in the browser's own window, and
// sent by the page, or by its button where scripts are off.
func (p *person) upload(material string, paths ...string) {
	p.t.Helper()
	s := p.find("file", material)
	choose := p.chooseFiles(s, paths...)
	if !p.on.still {
		p.load(200, "upload for “"+material+"”", choose)
		return
	}
	p.do("choose files for “"+material+"”", choose)
	p.load(200, "upload for “"+material+"”", p.press(p.find("control", "上传", material)))
}

// chooseFiles is what the browser's own window for files does.
func (p *person) chooseFiles(s spot, paths ...string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		root, err := cdp.Call(ctx, t, dom.GetDocument, dom.GetDocumentParams{})
		if err != nil {
			return err
		}
		node, err := cdp.Call(ctx, t, dom.QuerySelector, dom.QuerySelectorParams{NodeID: root.Root.NodeID, Selector: "#" + s.ID})
		if err != nil {
			return err
		}
		_, err = cdp.Call(ctx, t, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: paths, NodeID: node.NodeID})
		return err
	})
}

// uploadRefused hands in a file that is refused on the same page.
func (p *person) uploadRefused(material, path string) {
	p.t.Helper()
	s := p.find("file", material)
	if p.on.still {
		p.do("choose a file for “"+material+"”", p.chooseFiles(s, path))
		p.load(422, "upload for “"+material+"”", p.press(p.find("control", "上传", material)))
		return
	}
	p.do("upload for “"+material+"”", p.chooseFiles(s, path))
	p.see("没有上传成功")
}

// fillAt types into a box that has its label for screen readers alone.
func (p *person) fillAt(label, value string) {
	p.t.Helper()
	p.fillSpot(label, p.find("named", label), value)
}

// text is everything that the page shows.
func (p *person) text() string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	s, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText`))
	if err != nil {
		p.fail("read the page: %v", err)
	}
	return s
}

// see waits until the page shows all of the words.
func (p *person) see(words ...string) {
	p.t.Helper()
	for _, w := range words {
		p.until(func(ctx context.Context) error {
			s, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText`))
			if err == nil && !strings.Contains(squeeze(s), squeeze(w)) {
				err = fmt.Errorf("the page does not show it")
			}
			return err
		}, 4*time.Second, "see “%s”", w)
	}
}

// unseen holds that the page shows none of the words.
func (p *person) unseen(words ...string) {
	p.t.Helper()
	s := squeeze(p.text())
	for _, w := range words {
		if strings.Contains(s, squeeze(w)) {
			p.fail("the page shows “%s”", w)
		}
	}
}

// contains reports whether a page's text has the words, however it is laid out.
func contains(text, words string) bool { return strings.Contains(squeeze(text), squeeze(words)) }

// squeeze takes white space away, which lays pages out and says nothing.
func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

// value is what the box with a label holds.
func (p *person) value(label string) string {
	p.t.Helper()
	s := p.find("box", label)
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.getElementById(`+quote(s.ID)+`).value`))
	if err != nil {
		p.fail("read “%s”: %v", label, err)
	}
	return v
}

// path is where the person is.
func (p *person) path() string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	s, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.pathname + location.search`))
	if err != nil {
		p.fail("read the address: %v", err)
	}
	return s
}

// awaitAt opens an address again until it shows the words, for what the
// platform does by itself.
func (p *person) awaitAt(path string, words ...string) {
	p.t.Helper()
	var res *network.Response
	p.until(func(ctx context.Context) (err error) {
		res, err = chromedp.RunResponse(ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, page.Navigate, page.NavigateParams{URL: p.city.url + path})
			return err
		}))
		if err != nil {
			return err
		}
		s, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText`))
		for _, w := range words {
			if err == nil && !strings.Contains(squeeze(s), squeeze(w)) {
				err = fmt.Errorf("the page does not show “%s”", w)
			}
		}
		return err
	}, patience, "wait at %s for %s", path, words)
	p.look.at(p, res)
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(b)
}
