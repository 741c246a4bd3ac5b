package portal

import (
	"context"
	"embed"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/channel"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/consult"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/fee"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/gate"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/licence"
	"github.com/tongban/tongban/internal/notify"
	"github.com/tongban/tongban/internal/publicity"
	"github.com/tongban/tongban/internal/rating"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/apply"
	"github.com/tongban/tongban/internal/web/caseview"
	"github.com/tongban/tongban/internal/web/feeview"
	"github.com/tongban/tongban/internal/web/publicview"
)

//go:embed templates
var templates embed.FS

// Config names what the portal uses. Everything is required.
type Config struct {
	Renderer  *web.Renderer
	Style     *caseview.Style
	Door      *gate.Door
	Identity  *identity.Service
	Catalog   *catalog.Service
	Casework  *casework.Service
	Consult   *consult.Service
	Licences  *licence.Service
	Ratings   *rating.Service
	Fees      *fee.Service
	Channel   *channel.Service
	Publicity *publicity.Service
	Files     *files.Store
	Shelf     Shelf
	Notify    *notify.Service
	Account   string           // the city's official account on WeChat
	Now       func() time.Time // the database's clock
	URL       string           // how people reach the platform, for QR codes: "https://zwfw.example.cn"
	City      string           // 12-digit code of the city, the default of the division filter; empty: the top division
}

// Shelf hands over what lower rooms do on a transaction; app has it.
type Shelf interface {
	Messages(ctx context.Context, to actor.Party, cursor int64, limit int) (notify.Page, error)
	ReadMessage(ctx context.Context, to actor.Party, id int64) error // 0: all
}

// Portal answers the public pages.
type Portal struct {
	Config
	wizard *apply.Wizard
	docs   *caseview.Documents
	bills  *feeview.Bills
	public *publicview.Cases
	v      views
	kept   guideCache
}

// views are the registered pages.
type views struct {
	home           *web.View[HomePage]
	items          *web.View[ItemsPage]
	guide          *web.View[GuidePage]
	versions       *web.View[VersionsPage]
	changes        *web.View[ChangesPage]
	static         *web.View[GuidePage]
	staticIndex    *web.View[StaticIndexPage]
	matter         *web.View[MatterPage]
	browse         *web.View[BrowsePage]
	login          *web.View[LoginPage]
	identity       *web.View[IdentityPage]
	my             *web.View[MyPage]
	drafts         *web.View[DraftsPage]
	cases          *web.View[CasesPage]
	kase           *web.View[CasePage]
	withdraw       *web.View[WithdrawPage]
	moreTime       *web.View[MoreTimePage]
	say            *web.View[SayPage]
	change         *web.View[ChangePage]
	appointment    *web.View[AppointmentPage]
	rate           *web.View[RatePage]
	licences       *web.View[LicencesPage]
	licence        *web.View[LicencePage]
	messages       *web.View[MessagesPage]
	ways           *web.View[WaysPage]
	mandates       *web.View[MandatesPage]
	profile        *web.View[ProfilePage]
	progress       *web.View[ProgressPage]
	verify         *web.View[VerifyPage]
	centres        *web.View[CentresPage]
	centre         *web.View[CentrePage]
	entered        *web.View[EnteredPage]
	text           *web.View[TextPage]
	featured       *web.View[FeaturedPage]
	feature        *web.View[FeaturePage]
	featureHistory *web.View[FeatureHistoryPage]
	decisions      *web.View[DecisionsPage]
	decision       *web.View[DecisionPage]
	object         *web.View[ObjectPage]
	adjustments    *web.View[AdjustmentsPage]
	adjustment     *web.View[AdjustmentPage]
	assists        *web.View[AssistsPage]
	assist         *web.View[AssistPage]
	consults       *web.View[ConsultsPage]
	consult        *web.View[ConsultPage]
	ask            *web.View[AskPage]
}

// New makes the portal and registers its pages.
func New(c Config) *Portal {
	p := &Portal{Config: c, v: newViews(c.Renderer)}
	p.wizard = apply.New(apply.Config{Renderer: c.Renderer, Style: c.Style, Casework: c.Casework, Files: c.Files, Identity: c.Identity,
		Actor: p.person, Held: p.held, Prefix: "/apply", Home: web.Link{Href: "/my", Text: "我的"},
		Done: func(no string) string { return "/my/cases/" + no + "?done=1" },
		Case: func(no string) string { return "/my/cases/" + no }, Gone: "/my/drafts"})
	p.docs = caseview.NewDocuments(caseview.DocumentsConfig{Files: c.Files, Prefix: "/my/documents/", Renderer: c.Renderer, Style: c.Style, Casework: c.Casework, Actor: p.person, BaseURL: c.URL,
		Case: func(no string) web.Link { return web.Link{Href: "/my/cases/" + no, Text: "返回办件"} }})
	p.public = publicview.New(publicview.Config{Renderer: c.Renderer, Publicity: c.Publicity, Actor: p.person, Frame: func(_ *http.Request, pg *web.Page) {
		pg.Nav = "my"
		c.Style.Add(pg)
	}, Case: func(no string) string { return "/my/cases/" + no }})
	p.bills = feeview.New(feeview.Config{Renderer: c.Renderer, Fees: c.Fees, Actor: p.person, Frame: func(_ *http.Request, pg *web.Page) {
		pg.Nav = "my"
		c.Style.Add(pg)
	},
		Path: func(r *http.Request, bill string) string { return "/my/cases/" + r.PathValue("no") + "/fees/" + bill },
		Back: func(pg web.Page, b *fee.Bill) web.Link {
			return web.Link{Href: "/my/cases/" + b.CaseNo, Text: pg.Tr("返回办件", "Back to the case")}
		}})
	return p
}

func newViews(rt *web.Renderer) views {
	own := caseview.Overlay(templates)
	at := func(name string) []string {
		return []string{"case/parts.html", "templates/parts.html", "templates/" + name + ".html"}
	}
	alone := func(names ...string) []string {
		files := at("staticparts")
		for _, n := range names {
			files = append(files, "templates/"+n+".html")
		}
		return files
	}
	return views{
		home:           web.NewView[HomePage](rt, own, at("home")...),
		items:          web.NewView[ItemsPage](rt, own, at("items")...),
		guide:          web.NewView[GuidePage](rt, own, at("guide")...),
		versions:       web.NewView[VersionsPage](rt, own, at("versions")...),
		changes:        web.NewView[ChangesPage](rt, own, at("changes")...),
		static:         web.NewView[GuidePage](rt, own, alone("guide", "static")...),
		staticIndex:    web.NewView[StaticIndexPage](rt, own, alone("staticindex")...),
		matter:         web.NewView[MatterPage](rt, own, at("matter")...),
		browse:         web.NewView[BrowsePage](rt, own, at("browse")...),
		login:          web.NewView[LoginPage](rt, own, at("login")...),
		identity:       web.NewView[IdentityPage](rt, own, at("identity")...),
		my:             web.NewView[MyPage](rt, own, at("my")...),
		drafts:         web.NewView[DraftsPage](rt, own, at("drafts")...),
		cases:          web.NewView[CasesPage](rt, own, at("cases")...),
		kase:           web.NewView[CasePage](rt, own, at("case")...),
		moreTime:       web.NewView[MoreTimePage](rt, own, at("moretime")...),
		withdraw:       web.NewView[WithdrawPage](rt, own, at("withdraw")...),
		say:            web.NewView[SayPage](rt, own, at("say")...),
		change:         web.NewView[ChangePage](rt, own, at("change")...),
		appointment:    web.NewView[AppointmentPage](rt, own, at("appointment")...),
		rate:           web.NewView[RatePage](rt, own, at("rate")...),
		licences:       web.NewView[LicencesPage](rt, own, at("licences")...),
		licence:        web.NewView[LicencePage](rt, own, at("licence")...),
		messages:       web.NewView[MessagesPage](rt, own, at("messages")...),
		ways:           web.NewView[WaysPage](rt, own, at("ways")...),
		mandates:       web.NewView[MandatesPage](rt, own, at("mandates")...),
		profile:        web.NewView[ProfilePage](rt, own, at("profile")...),
		progress:       web.NewView[ProgressPage](rt, own, at("progress")...),
		verify:         web.NewView[VerifyPage](rt, own, at("verify")...),
		centres:        web.NewView[CentresPage](rt, own, at("centres")...),
		centre:         web.NewView[CentrePage](rt, own, at("centre")...),
		entered:        web.NewView[EnteredPage](rt, own, at("entered")...),
		text:           web.NewView[TextPage](rt, own, at("text")...),
		featured:       web.NewView[FeaturedPage](rt, own, at("featured")...),
		feature:        web.NewView[FeaturePage](rt, own, at("feature")...),
		featureHistory: web.NewView[FeatureHistoryPage](rt, own, at("feature-history")...),
		decisions:      web.NewView[DecisionsPage](rt, own, at("decisions")...),
		decision:       web.NewView[DecisionPage](rt, own, at("decision")...),
		object:         web.NewView[ObjectPage](rt, own, at("object")...),
		adjustments:    web.NewView[AdjustmentsPage](rt, own, at("adjustments")...),
		adjustment:     web.NewView[AdjustmentPage](rt, own, at("adjustment")...),
		assists:        web.NewView[AssistsPage](rt, own, at("assists")...),
		assist:         web.NewView[AssistPage](rt, own, at("assist")...),
		consults:       web.NewView[ConsultsPage](rt, own, at("consults")...),
		consult:        web.NewView[ConsultPage](rt, own, at("consult")...),
		ask:            web.NewView[AskPage](rt, own, at("ask")...),
	}
}

// Patterns lists the portal's routes, the wizard's among them, sorted; for the
// test that walks them all.
func (p *Portal) Patterns() []string {
	out := slices.Collect(maps.Keys(p.routes()))
	out = append(out, p.wizard.Patterns()...)
	slices.Sort(out)
	return out
}

// Routes adds the portal's pages.
func (p *Portal) Routes(mux *http.ServeMux) {
	handle := func(pattern string, h web.Handler) { mux.Handle(pattern, p.Renderer.Handle(h)) }
	p.Style.Routes(mux)
	p.wizard.Routes(mux)
	for pattern, h := range p.routes() {
		handle(pattern, h)
	}
}

// routes lists the pages with what answers them, the wizard's aside.
func (p *Portal) routes() map[string]web.Handler {
	return map[string]web.Handler{
		"GET /{$}":                              p.home,
		"GET /items":                            p.items,
		"GET /browse/{way}":                     p.browse,
		"GET /items/{code}":                     p.guide,
		"GET /items/{code}/versions":            p.versions,
		"GET /files/{key}":                      p.guideFile,
		"GET /items/{code}/changes":             p.changes,
		"GET /feed/items.atom":                  p.atom,
		"GET /feed/items.json":                  p.jsonFeed,
		"POST /items/{code}/apply":              p.start,
		"GET /featured":                         p.featured,
		"GET /featured/{key}":                   p.feature,
		"GET /featured/{key}/history":           p.featureHistory,
		"GET /featured/{key}/export.csv":        p.featureFile("csv"),
		"GET /featured/{key}/export.json":       p.featureFile("json"),
		"GET /login":                            p.showLogin,
		"POST /login":                           p.login,
		"POST /logout":                          p.logout,
		"GET /identity":                         p.showIdentity,
		"POST /identity":                        p.switchIdentity,
		"GET /my":                               p.my,
		"GET /my/drafts":                        p.drafts,
		"GET /my/cases":                         p.cases,
		"GET /my/cases/{no}":                    p.kase,
		"GET /my/cases/{no}/acts/{act}":         p.showAct,
		"POST /my/cases/{no}/acts/{act}":        p.act,
		"POST /my/cases/{no}/correct":           p.correct,
		"GET /my/cases/{no}/files/{file}":       p.file,
		"GET /my/cases/{no}/clocks/{n}":         p.proof,
		"GET /my/cases/{no}/appointment":        p.showAppointment,
		"POST /my/cases/{no}/appointment":       p.book,
		"POST /my/appointments/{id}/cancel":     p.cancelAppointment,
		"GET /my/cases/{no}/rate":               p.showRate,
		"POST /my/cases/{no}/rate":              p.rate,
		"GET /rate/{no}":                        p.showRate,
		"POST /rate/{no}":                       p.rate,
		"GET /my/documents/{id}":                p.docs.Show,
		"GET /my/documents/{id}/print":          p.docs.Print,
		"GET /my/documents/{id}/photo/{file}":   p.docs.Photo,
		"GET /my/cases/{no}/archive":            p.archive,
		"GET /my/licences":                      p.licences,
		"GET /my/licences/{identifier}":         p.licence,
		"GET /my/messages":                      p.messages,
		"POST /my/messages/read":                p.readMessages,
		"GET " + waysPath:                       p.ways,
		"POST " + waysPath:                      p.chooseWays,
		"POST " + waysPath + "/wechat/code":     p.bindCode,
		"POST " + waysPath + "/wechat/unbind":   p.unbind,
		"GET /my/mandates":                      p.mandates,
		"POST /my/mandates":                     p.grant,
		"POST /my/mandates/{id}/revoke":         p.revoke,
		"GET /my/profile":                       p.profile,
		"POST /my/profile":                      p.changeContact,
		"POST /my/profile/password":             p.changePassword,
		"GET /progress":                         p.findProgress,
		"GET /progress/{no}":                    p.progress,
		"GET /progress/{no}/clocks/{n}":         p.clockProof,
		"GET /verify":                           p.findLicence,
		"GET /verify/{identifier}":              p.verify,
		"GET /centres":                          p.centres,
		"GET /centres/{key}":                    p.centre,
		"GET /decisions":                        p.decisions,
		"GET /decisions/{id}":                   p.decision,
		"GET /decisions/export.csv":             p.decisionFile("csv"),
		"GET /decisions/export.json":            p.decisionFile("json"),
		"GET /decisions/{id}/object":            p.showObject,
		"POST /decisions/{id}/object":           p.objectTo,
		"GET /my/cases/{no}/publicity":          p.public.Show,
		"POST /my/cases/{no}/publicity":         p.public.Ask,
		"GET /centres/entered":                  p.entered,
		"GET /centres/entered.csv":              p.enteredFile,
		"GET /adjustments":                      p.adjustments,
		"GET /adjustments/{no}":                 p.adjustment,
		"GET /help":                             p.help,
		"GET /privacy":                          p.privacy,
		"GET /accessibility":                    p.accessibility,
		"GET /my/assist":                        p.assists,
		"POST /my/assist":                       p.askAssist,
		"GET /my/assist/{id}":                   p.assist,
		"POST /my/assist/{id}":                  p.answerAssist,
		"GET /my/consult":                       p.consults,
		"POST /my/consult":                      p.ask,
		"GET /my/consult/new":                   p.showAsk,
		"GET /my/consult/{no}":                  p.consult,
		"POST /my/consult/{no}":                 p.answerConsult,
		"GET /my/cases/{no}/fees/{bill}":        p.bills.Show,
		"POST /my/cases/{no}/fees/{bill}/{act}": p.bills.Do,
	}
}

// person is who asks, for pages of people who are logged in as applicants.
func (p *Portal) person(r *http.Request) (actor.Actor, error) {
	a, err := gate.LoggedIn(r.Context())
	if err == nil && p.Identity.Allow(r.Context(), a, identity.ApplicantEnter, identity.Target{}, "page") != nil {
		err = errStaff
	}
	return a, err
}

// errStaff refuses applicants' pages to staff accounts.
var errStaff = errs.New(errs.Forbidden, "applicants-only", "这是申请人的页面，请用个人账号登录；工作人员请从工作台进入。",
	"This page is for applicants; staff work at the desk.")

// held lists the licences of the actor's party that are valid today.
func (p *Portal) held(ctx context.Context, a actor.Actor, _ actor.Party) ([]licence.Licence, error) {
	all, err := p.Licences.Held(ctx, a)
	if err != nil {
		return nil, err
	}
	today := p.today()
	return slices.DeleteFunc(all, func(l licence.Licence) bool { return l.On(today) != licence.Valid }), nil
}

func (p *Portal) today() string { return clock.DateOf(p.Now()).String() }

// newPage begins a page of the portal.
func (p *Portal) newPage(r *http.Request, nav, zh, en string) web.Page {
	pg := web.NewPage(r, zh, en)
	pg.Nav = nav
	p.Style.Add(&pg)
	return pg
}

// next is where to go after logging in or switching: a path of ours, else other.
func next(r *http.Request, other string) string {
	to := r.FormValue("next")
	if to == "" || !web.SamePath(to) {
		return other
	}
	return to
}

// cursor reads the id after which a list goes on; 0 at the start.
func cursor(r *http.Request) (int64, error) {
	s := r.URL.Query().Get("after")
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 {
		return 0, errs.New(errs.Malformed, "bad-cursor", "翻页位置不正确，请从第一页重新开始。", "The page cursor is not valid; start from the first page.")
	}
	return n, nil
}

// wrong gives the fields of a refused input, or the error when it is another.
func wrong(err error) ([]errs.Field, error) {
	if e := errs.Of(err); e != nil && e.Kind == errs.Invalid && len(e.Fields) > 0 {
		return e.Fields, nil
	}
	return nil, err
}
