package desk

import (
	"context"
	"embed"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/channel"
	"github.com/tongban/tongban/internal/consult"
	"github.com/tongban/tongban/internal/fee"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/gate"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/licence"
	"github.com/tongban/tongban/internal/notify"
	"github.com/tongban/tongban/internal/publicity"
	"github.com/tongban/tongban/internal/sm"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/apply"
	"github.com/tongban/tongban/internal/web/caseview"
	"github.com/tongban/tongban/internal/web/feeview"
	"github.com/tongban/tongban/internal/web/publicview"
)

//go:embed templates
var templates embed.FS

// Desk 工作台 answers the pages below /desk.
type Desk struct {
	c      Config
	docs   *caseview.Documents
	apply  *apply.Wizard
	bills  *feeview.Bills
	public *publicview.Cases
	views  views
}

// Config names what the desk uses.
type Config struct {
	Renderer  *web.Renderer
	Style     *caseview.Style
	Door      *gate.Door
	Casework  *casework.Service
	Consult   *consult.Service
	Identity  *identity.Service
	Catalog   *catalog.Service
	Fees      *fee.Service
	Publicity *publicity.Service
	Channel   *channel.Service
	Files     *files.Store
	Notify    *notify.Service
	Vault     *sm.Vault        // binds the person found at the window to the clerk who found them
	Now       func() time.Time // the database's clock
	BaseURL   string           // "https://zwfw.example.cn", for the QR on documents
	Demo      bool             // the login page says where demonstration codes come from

	// Party tells what is registered about the party of a case that the caller
	// may read (identity.Service.Party on the read pool).
	Party func(ctx context.Context, p actor.Party) (identity.PartyInfo, error)

	// Ending lists what a unit still has to deregister, see licence.ToDeregister.
	Ending func(ctx context.Context, a actor.Actor, unit int64, after string, limit int) ([]licence.ToEnd, error)
	// Record writes one audit record in an act of its own: looking at answers in
	// clear changes nothing else.
	Record func(ctx context.Context, r audit.Record) error
	// Held lists the licences of a draft's party that are valid today, for the wizard.
	Held func(ctx context.Context, a actor.Actor, party actor.Party) ([]licence.Licence, error)
}

// views are the desk's pages.
type views struct {
	login   *web.View[loginPage]
	me      *web.View[mePage]
	queue   *web.View[queuePage]
	kase    *web.View[casePage]
	changed *web.View[changedPage]
	correct *web.View[correctPage]
	notice  *web.View[noticePage]
	find    *web.View[findPage]
	intake  *web.View[intakePage]
	today   *web.View[todayPage]

	scenario *web.View[scenarioPage]
	papers   *web.View[papersPage]
	slip     *web.View[slipPage]
	results  *web.View[resultsPage]
	ending   *web.View[endingPage]
	keys     *web.View[keysPage]
	assists  *web.View[assistsPage]
	assist   *web.View[assistPage]
	consults *web.View[consultsPage]
	consult  *web.View[consultPage]
	ask      *web.View[askPage]
	fees     *web.View[feesPage]
}

func newViews(rt *web.Renderer) views {
	fs := caseview.Overlay(templates)
	page := func(name string) []string {
		return []string{"case/parts.html", "templates/parts.html", "templates/" + name}
	}
	return views{
		login:   web.NewView[loginPage](rt, fs, page("login.html")...),
		me:      web.NewView[mePage](rt, fs, page("me.html")...),
		queue:   web.NewView[queuePage](rt, fs, page("queue.html")...),
		kase:    web.NewView[casePage](rt, fs, page("case.html")...),
		changed: web.NewView[changedPage](rt, fs, page("changed.html")...),
		correct: web.NewView[correctPage](rt, fs, page("correct.html")...),
		notice:  web.NewView[noticePage](rt, fs, page("notice.html")...),
		find:    web.NewView[findPage](rt, fs, page("find.html")...),
		intake:  web.NewView[intakePage](rt, fs, page("intake.html")...),
		today:   web.NewView[todayPage](rt, fs, page("today.html")...),

		scenario: web.NewView[scenarioPage](rt, fs, page("scenario.html")...),
		papers:   web.NewView[papersPage](rt, fs, page("papers.html")...),
		slip:     web.NewView[slipPage](rt, fs, page("slip.html")...),
		ending:   web.NewView[endingPage](rt, fs, page("ending.html")...),
		results:  web.NewView[resultsPage](rt, fs, page("results.html")...),
		keys:     web.NewView[keysPage](rt, fs, page("keys.html")...),
		assists:  web.NewView[assistsPage](rt, fs, page("assists.html")...),
		assist:   web.NewView[assistPage](rt, fs, page("assist.html")...),
		consults: web.NewView[consultsPage](rt, fs, page("consults.html")...),
		consult:  web.NewView[consultPage](rt, fs, page("consult.html")...),
		ask:      web.NewView[askPage](rt, fs, page("ask.html")...),
		fees:     web.NewView[feesPage](rt, fs, page("fees.html")...),
	}
}

// New makes the desk and registers its pages.
func New(c Config) *Desk {
	d := &Desk{c: c, views: newViews(c.Renderer)}
	d.docs = caseview.NewDocuments(caseview.DocumentsConfig{Files: c.Files, Prefix: "/desk/documents/", Renderer: c.Renderer, Style: c.Style, Casework: c.Casework, Actor: d.Actor, BaseURL: c.BaseURL,
		Case: func(no string) web.Link { return web.Link{Href: casePath(no), Text: "返回办件 " + d.shortNo(no)} }})
	d.apply = apply.New(apply.Config{Renderer: c.Renderer, Style: c.Style, Casework: c.Casework, Files: c.Files, Identity: c.Identity,
		Actor: d.Actor, Held: c.Held, Prefix: "/desk/apply", Staff: true, Frame: d.frame("intake"),
		Home: web.Link{Href: "/desk/intake", Text: "窗口收件"},
		Done: func(no string) string { return casePath(no) + "?done=submit" }, Case: casePath, Gone: "/desk/intake"})
	d.public = publicview.New(publicview.Config{Renderer: c.Renderer, Publicity: c.Publicity, Actor: d.Actor, Frame: d.frame("todo"), Case: casePath})
	d.bills = feeview.New(feeview.Config{Renderer: c.Renderer, Fees: c.Fees, Actor: d.Actor, Frame: d.frame("fees"),
		Path: func(_ *http.Request, bill string) string { return feesPath + "/" + bill },
		Back: func(p web.Page, b *fee.Bill) web.Link {
			return web.Link{Href: casePath(b.CaseNo), Text: p.Tr("查看办件", "See the case")}
		}})
	return d
}

// Routes adds the desk's pages, with the wizard of the window.
func (d *Desk) Routes(mux *http.ServeMux) {
	for pattern, h := range d.routes() {
		if strings.HasSuffix(pattern, "/paper") {
			mux.Handle(pattern, d.c.Renderer.HandleBody(21<<20, h))
			continue
		}
		mux.Handle(pattern, d.c.Renderer.Handle(h))
	}
	mux.HandleFunc("GET "+stylePath, style)
	d.apply.Routes(mux)
}

// Patterns lists the routes with those of the wizard, sorted.
func (d *Desk) Patterns() []string {
	return slices.Sorted(slices.Values(append(d.apply.Patterns(), slices.Collect(maps.Keys(d.routes()))...)))
}

func (d *Desk) routes() map[string]web.Handler {
	return map[string]web.Handler{
		"GET /desk/login":                               d.showLogin,
		"POST /desk/login":                              d.logIn,
		"POST /desk/logout":                             d.logOut,
		"GET /desk/me":                                  d.showMe,
		"POST /desk/me/password":                        d.changePassword,
		"GET /desk":                                     d.queue,
		"POST /desk/units/{id}/fair":                    d.fair,
		"GET /desk/search":                              d.find,
		"GET /desk/cases/{no}":                          d.showCase,
		"POST /desk/cases/{no}/unmask":                  d.unmask,
		"POST /desk/cases/{no}/correct":                 d.openCorrection,
		"POST /desk/cases/{no}/mend":                    d.openMend,
		"GET /desk/cases/{no}/acts/request-correction":  d.showCorrection,
		"POST /desk/cases/{no}/acts/request-correction": d.requestCorrection,
		"POST /desk/cases/{no}/acts/{act}":              d.act,
		"GET /desk/cases/{no}/files/{file}":             d.file,
		"GET /desk/cases/{no}/clocks/{n}":               d.proof,
		"GET /desk/documents/{id}":                      d.docs.Show,
		"GET /desk/documents/{id}/print":                d.docs.Print,
		"GET /desk/documents/{id}/photo/{file}":         d.docs.Photo,
		"POST /desk/documents/{id}/serve":               d.docs.Serve,
		"GET /desk/cases/{no}/publicity":                d.public.Show,
		"POST /desk/cases/{no}/publicity":               d.public.Ask,
		"POST /desk/cases/{no}/publicity/{mark}/answer": d.public.Answer,
		"GET /desk/cases/{no}/archive":                  d.archive,
		"GET /desk/intake":                              d.showIntake,
		"POST /desk/intake/party":                       d.findParty,
		"POST /desk/intake/register":                    d.register,
		"POST /desk/intake/no-sms":                      d.noSMS,
		"POST /desk/intake/start":                       d.start,
		"GET " + feesPath:                               d.fees,
		"POST " + feesPath + "/till":                    d.closeTill,
		"GET " + feesPath + "/{bill}":                   d.bills.Show,
		"POST " + feesPath + "/{bill}/{act}":            d.bills.Do,
		"GET /desk/appointments":                        d.today,

		"GET /desk/assist":               d.showAssists,
		"POST /desk/assist":              d.askAssist,
		"GET /desk/assist/{id}":          d.showAssist,
		"POST /desk/assist/{id}":         d.answerAssist,
		"POST /desk/assist/{id}/paper":   d.assistPaper,
		"GET " + consultsPath:            d.showConsults,
		"POST " + consultsPath:           d.askAt,
		"GET " + consultsPath + "/new":   d.showAskAt,
		"GET " + consultsPath + "/{no}":  d.showConsult,
		"POST " + consultsPath + "/{no}": d.answerConsult,
		"GET /desk/keys":                 d.showKeys,
		"GET /desk/results":              d.showResults,
		"POST /desk/results":             d.findByCode,
		"GET /desk/ending":               d.showEnding,
		"GET /desk/papers":               d.showPapers,
		"POST /desk/papers":              d.givePapers,
		"GET /desk/papers/{id}":          d.showSlip,
		"POST /desk/papers/{id}":         d.receiveSlip,
		"POST /desk/cases/{no}/papers":   d.takePaper,
	}
}

// Actor is the staff member who asks. What a window clerk does here comes
// through the window. Error: identity.ErrLoginNeeded for everyone else, also
// for applicants who are logged in: the desk has its own login.
func (d *Desk) Actor(r *http.Request) (actor.Actor, error) {
	a, err := gate.LoggedIn(r.Context())
	if err != nil {
		return a, err
	}
	if a.Kind != actor.Staff {
		return actor.Actor{}, identity.ErrLoginNeeded
	}
	if a.Has(actor.WindowClerk) {
		a.Channel = actor.Window
	}
	return a, nil
}

// numbered gives the staff member and the {id} of the address.
func (d *Desk) numbered(r *http.Request) (actor.Actor, int64, error) {
	a, err := d.Actor(r)
	if err != nil {
		return a, 0, err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		err = web.ErrNoPage()
	}
	return a, id, err
}

// refused records that a page is not for the actor's roles.
func (d *Desk) refused(r *http.Request, a actor.Actor, act identity.Act, subject string) error {
	d.c.Identity.Refused(r.Context(), a, act, subject, identity.ErrForbidden)
	return identity.ErrForbidden
}

// deskRoles are those whose work lies on the desk.
func deskRoles() []actor.Role {
	return []actor.Role{actor.WindowClerk, actor.Reviewer, actor.Decider}
}

func hasAny(a actor.Actor, roles ...actor.Role) bool { return slices.ContainsFunc(roles, a.Has) }

// page begins a page of the desk.
func (d *Desk) page(r *http.Request, a actor.Actor, nav, zh, en string) web.Page {
	p := web.NewPage(r, zh, en)
	p.Shell, p.Nav, p.Menu, p.Script = web.Desk, nav, Menu(a), "draft.js"
	AddStyle(&p)
	d.c.Style.Add(&p)
	return p
}

// frame gives pages of the wizard the desk's frame.
func (d *Desk) frame(nav string) func(*http.Request, *web.Page) {
	return func(r *http.Request, p *web.Page) {
		if a, err := d.Actor(r); err == nil {
			p.Shell, p.Nav, p.Menu, p.Script = web.Desk, nav, Menu(a), "draft.js"
			AddStyle(p)
		}
	}
}

// Menu is the side menu of desk and console for what a staff member may do.
func Menu(a actor.Actor) []web.NavLink {
	var out []web.NavLink
	add := func(ok bool, key, href, zh, en, shortcut string) {
		if ok {
			out = append(out, web.NavLink{Key: key, Href: href, ZH: zh, EN: en, Shortcut: shortcut})
		}
	}
	work := hasAny(a, deskRoles()...)
	add(work, "todo", "/desk", "待办", "To do", "1")
	add(a.Has(actor.WindowClerk), "intake", "/desk/intake", "窗口收件", "Intake", "2")
	add(hasAny(a, actor.WindowClerk, actor.Supervisor), "today", "/desk/appointments", "今日预约", "Appointments", "3")
	add(a.Has(actor.WindowClerk), "results", "/desk/results", "统一出件", "Results", "e")
	add(a.Has(actor.WindowClerk), "assist", "/desk/assist", "帮办代办", "Help", "")
	add(work || a.Has(actor.Supervisor), "consult", consultsPath, "咨询和反映", "Questions", "")
	add(hasAny(a, actor.Reviewer, actor.Decider, actor.Supervisor), "ending", "/desk/ending", "待注销证照", "To deregister", "")
	add(work, "papers", "/desk/papers", "纸质件交接", "Papers", "x")
	add(work || a.Has(actor.Supervisor), "find", "/desk/search", "查找办件", "Find a case", "4")
	add(hasAny(a, actor.WindowClerk, actor.Decider), "fees", feesPath, "收费", "Fees", "")
	add(a.Has(actor.Supervisor), "books", "/console/fees", "收费对账", "Books", "")
	add(hasAny(a, actor.Supervisor, actor.ItemSteward, actor.ItemReviewer), "consulted", "/console/consult", "咨询和办不成事", "Questions, failures", "")
	add(hasAny(a, actor.Decider, actor.Supervisor), "publicity", "/console/publicity", "决定公开", "Publication", "")
	add(a.Has(actor.Supervisor), "overview", "/console", "监督概览", "Overview", "5")
	add(hasAny(a, actor.ItemSteward, actor.ItemReviewer), "items", "/console/items", "事项管理", "Service items", "9")
	add(hasAny(a, actor.ItemSteward, actor.ItemReviewer), "featured", "/console/items/featured", "特色清单", "Featured lists", "")
	add(hasAny(a, actor.Supervisor, actor.ItemSteward), "centres", "/console/centres", "大厅和进驻", "Centres", "")
	add(a.Has(actor.AuditAdmin), "audit", "/console/audit", "审计日志", "Audit log", "6")
	add(a.Has(actor.SystemAdmin), "jobs", "/console/jobs", "后台任务", "Jobs", "7")
	add(a.Has(actor.SystemAdmin), "messages", "/console/messages", "消息渠道", "Messages", "")
	add(a.Has(actor.DataSteward), "texts", "/console/texts", "消息模板", "Message texts", "")
	add(hasAny(a, actor.ItemSteward, actor.ItemReviewer), "misses", "/console/items/misses", "没搜到的词", "Searched in vain", "")
	add(a.Has(actor.SystemAdmin), "subscribers", "/console/subscribers", "变更订阅", "Subscribers", "")
	add(hasAny(a, actor.SystemAdmin, actor.SecurityAdmin, actor.AuditAdmin), "staff", "/console/staff", "人员与角色", "Staff and roles", "8")
	add(hasAny(a, actor.ItemSteward, actor.ItemReviewer), "quality", "/console/items/quality", "指南完整度", "Completeness", "")
	return out
}

func casePath(no string) string { return "/desk/cases/" + url.PathEscape(no) }

// backTo is a work list that the reader came from; other addresses are not
// followed.
func backTo(s string) string {
	if web.SamePath(s) && (s == "/desk" || s == resultsPath || strings.HasPrefix(s, "/desk?") || strings.HasPrefix(s, "/desk/search?") ||
		strings.HasPrefix(s, "/console/list?") || strings.HasPrefix(s, "/desk/appointments")) {
		return s
	}
	return ""
}

// RoleName gives a role's name in the page's language.
func RoleName(p web.Page, r actor.Role) string {
	switch r {
	case actor.WindowClerk:
		return p.Tr("窗口", "Window")
	case actor.Reviewer:
		return p.Tr("审查", "Review")
	case actor.Decider:
		return p.Tr("决定", "Decision")
	case actor.ItemSteward:
		return p.Tr("事项管理", "Items")
	case actor.ItemReviewer:
		return p.Tr("事项审核", "Item review")
	case actor.DataSteward:
		return p.Tr("数据管理", "Data")
	case actor.Supervisor:
		return p.Tr("监督", "Supervision")
	case actor.SystemAdmin:
		return p.Tr("系统管理", "System administration")
	case actor.SecurityAdmin:
		return p.Tr("安全管理", "Security administration")
	case actor.AuditAdmin:
		return p.Tr("审计管理", "Audit administration")
	}
	return string(r)
}
