package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/tongban/tongban/internal/actor"
)

// Page 页面 is what every page has; a page struct embeds it and adds its own.
// Make one with [NewPage].
type Page struct {
	Site   Site
	Title  string // for the browser's tab; the h1 is the page's own
	Lang   string // "zh-CN" or "en"
	Elder  bool   // 长辈版
	Kiosk  bool   // 自助终端
	Shell  Shell
	Path   string // path and query of this page, for coming back
	Actor  actor.Actor
	Nav    string    // Key of the active link in the shell's navigation
	Menu   []NavLink // the desk's and console's side menu
	Crumbs []Link
	Flash  Banner // said once after an act, see SetFlash
	Errors Errors // error summary; takes the focus
	Unread int    // messages not read
	Keys   bool   // keyboard shortcuts wanted (desk)
	Styles []string
	Script string     // one more static script of ours, for a page that needs it; empty: none
	End    *Countdown // kiosk: when the session ends by itself

	nav        []NavLink
	flashTaken bool
}

// Shell is the frame around a page.
type Shell string

// Shells. The zero value is the public portal.
const (
	Portal  Shell = ""        // 门户: header, footer
	Desk    Shell = "desk"    // 工作台: dense, side menu, keyboard
	Console Shell = "console" // 管理台: as Desk
	Kiosk   Shell = "kiosk"   // 自助终端: no links out
	Paper   Shell = "paper"   // 打印: a document alone
)

// Site names the city; see Options.
type Site struct {
	City, CityEN         string // "无锡市", "Wuxi"
	Platform, PlatformEN string // "一网通办", "All services on one site"
	Hotline              string // 监督电话
	Demo                 bool   // the data are invented; every page says so
}

// NavLink is one entry of a navigation.
type NavLink struct {
	Key, Href string
	ZH, EN    string
	Count     int    // shown as a number beside it, 0 hides it
	Shortcut  string // keyboard shortcut on the desk
}

// Countdown is the visible end of a kiosk session.
type Countdown struct {
	Seconds int
	Goto    string
}

// reqKey carries the request's looks in its context.
type reqKey struct{}

type looks struct {
	rt    *Renderer
	lang  string
	elder bool
	keys  bool
	flash Banner
}

func looksOf(r *http.Request) looks {
	l, _ := r.Context().Value(reqKey{}).(looks)
	if l.lang == "" {
		l.lang = langZH
	}
	return l
}

const (
	langZH = "zh-CN"
	langEN = "en"
)

// NewPage begins a page for a request that came through [Renderer.Wrap]: its
// language, elderly mode, actor, navigation and the words to say once.
func NewPage(r *http.Request, zh, en string) Page {
	l := looksOf(r)
	p := Page{Lang: l.lang, Elder: l.elder, Keys: l.keys, Path: r.URL.RequestURI(), Flash: l.flash, flashTaken: l.flash.Text != ""}
	p.Title = p.Tr(zh, en)
	if rt := l.rt; rt != nil {
		p.Site, p.nav = rt.o.Site, rt.o.Nav
		p.Actor = rt.o.Actor(r)
		p.Unread = rt.o.Unread(r)
	}
	return p
}

// Tr gives the words in the page's language.
func (p Page) Tr(zh, en string) string {
	if p.Lang == langEN && en != "" {
		return en
	}
	return zh
}

// Name of the site in the page's language.
func (p Page) Name() string {
	return p.Tr(p.Site.City+"政务服务", p.Site.CityEN+" Government Services")
}

// PlatformName in the page's language.
func (p Page) PlatformName() string { return p.Tr(p.Site.Platform, p.Site.PlatformEN) }

// FullTitle is the text of the browser's tab; an error is said first.
func (p Page) FullTitle() string {
	t := p.Title
	if len(p.Errors.Items) > 0 {
		t = p.Tr("有误：", "Error: ") + t
	}
	if p.Name() == t || t == "" {
		return p.Name()
	}
	return t + " - " + p.Name()
}

// WithNav gives the page the portal's links; NewPage does it by itself.
func (p Page) WithNav(links []NavLink) Page {
	p.nav = links
	return p
}

// Links of the portal's navigation.
func (p Page) Links() []NavLink { return p.nav }

// In reports whether the actor is logged in.
func (p Page) In() bool { return p.Actor.Kind == actor.Person || p.Actor.Kind == actor.Staff }

// Staff reports whether the actor is a staff member.
func (p Page) Staff() bool { return p.Actor.Kind == actor.Staff }

// Dense reports whether the shell is a work place.
func (p Page) Dense() bool { return p.Shell == Desk || p.Shell == Console }

// base lets a view find the page inside any page struct.
func (p *Page) base() *Page { return p }

// SamePath reports whether target stays on this site: a path from the root,
// nothing a browser could read as another host.
func SamePath(target string) bool {
	if !strings.HasPrefix(target, "/") || strings.HasPrefix(target, "//") || len(target) > 2000 {
		return false
	}
	for _, c := range target {
		if c < ' ' || c == '\\' || c == 0x7f {
			return false
		}
	}
	return true
}

func withLooks(r *http.Request, l looks) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), reqKey{}, l))
}
