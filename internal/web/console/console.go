package console

import (
	"context"
	"embed"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/assess"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/channel"
	"github.com/tongban/tongban/internal/consult"
	"github.com/tongban/tongban/internal/fee"
	"github.com/tongban/tongban/internal/gate"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/jobs"
	"github.com/tongban/tongban/internal/notify"
	"github.com/tongban/tongban/internal/publicity"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/desk"
)

//go:embed templates
var templates embed.FS

// Console 管理台 answers the pages below /console.
type Console struct {
	c     Config
	views views
}

// Config names what the console uses.
type Config struct {
	Renderer  *web.Renderer
	Door      *gate.Door
	Identity  *identity.Service
	Assess    *assess.Service
	Fees      *fee.Service
	Consult   *consult.Service
	Catalog   *catalog.Service
	Publicity *publicity.Service
	Notify    *notify.Service
	Channel   *channel.Service
	Now       func() time.Time // the database's clock
	Audit     AuditLog
	Jobs      JobList
}

// AuditLog reads the audit log. The console has asked identity before it calls.
type AuditLog struct {
	Feed    func(ctx context.Context, f audit.Filter, before int64, limit int) ([]audit.Entry, error) // audit.Feed
	Entries func(ctx context.Context, subject string, after int64, limit int) ([]audit.Entry, error)  // audit.Entries
	Verify  func(ctx context.Context) (audit.Report, error)                                           // audit.Verify, on demand
	Looked  func(ctx context.Context, a actor.Actor, act, subject string) error                       // records that somebody read or checked the log
}

// JobList looks at background jobs. The console has asked identity before it
// calls; Requeue and Discard write their audit record in the same act.
type JobList struct {
	Depth   func(ctx context.Context) (jobs.Depth, error)                            // jobs.Look
	Dead    func(ctx context.Context, after int64, limit int) ([]jobs.Corpse, error) // jobs.Dead
	Requeue jobAct                                                                   // jobs.Requeue with its record
	Discard jobAct                                                                   // jobs.Discard with its record
}

// jobAct is an act upon a dead job.
type jobAct = func(ctx context.Context, a actor.Actor, id int64) error

type views struct {
	overview  *web.View[overviewPage]
	list      *web.View[listPage]
	audit     *web.View[auditPage]
	jobs      *web.View[jobsPage]
	staff     *web.View[staffPage]
	member    *web.View[memberPage]
	created   *web.View[createdPage]
	misses    *web.View[missesPage]
	word      *web.View[wordPage]
	books     *web.View[booksPage]
	consult   *web.View[consultPage]
	failures  *web.View[failuresPage]
	publicity *web.View[publicityPage]

	messages *web.View[messagesPage]
	texts    *web.View[textsPage]
	text     *web.View[textPage]

	quality    *web.View[qualityPage]
	qualities  *web.View[qualityList]
	featured   *web.View[featuredPage]
	centres    *web.View[centresPage]
	centre     *web.View[centrePage]
	placements *web.View[placementsPage]
	placement  *web.View[placementPage]
	feature    *web.View[featurePage]

	subscribers *web.View[subscribersPage]
	subscribed  *web.View[subscribedPage]
	subscriber  *web.View[subscriberPage]
}

func newViews(rt *web.Renderer) views {
	page := func(name string) []string { return []string{"templates/parts.html", "templates/" + name} }
	return views{
		overview:  web.NewView[overviewPage](rt, templates, page("overview.html")...),
		list:      web.NewView[listPage](rt, templates, page("list.html")...),
		audit:     web.NewView[auditPage](rt, templates, page("audit.html")...),
		jobs:      web.NewView[jobsPage](rt, templates, page("jobs.html")...),
		staff:     web.NewView[staffPage](rt, templates, page("staff.html")...),
		member:    web.NewView[memberPage](rt, templates, page("member.html")...),
		created:   web.NewView[createdPage](rt, templates, page("created.html")...),
		misses:    web.NewView[missesPage](rt, templates, page("misses.html")...),
		word:      web.NewView[wordPage](rt, templates, page("word.html")...),
		publicity: web.NewView[publicityPage](rt, templates, page("publicity.html")...),
		books:     web.NewView[booksPage](rt, templates, page("books.html")...),
		consult:   web.NewView[consultPage](rt, templates, page("consult.html")...),
		failures:  web.NewView[failuresPage](rt, templates, page("failures.html")...),

		messages: web.NewView[messagesPage](rt, templates, page("messages.html")...),
		texts:    web.NewView[textsPage](rt, templates, page("texts.html")...),
		text:     web.NewView[textPage](rt, templates, page("text.html")...),

		quality:    web.NewView[qualityPage](rt, templates, page("quality.html")...),
		qualities:  web.NewView[qualityList](rt, templates, page("qualities.html")...),
		centres:    web.NewView[centresPage](rt, templates, page("centres.html")...),
		centre:     web.NewView[centrePage](rt, templates, page("centre.html")...),
		placements: web.NewView[placementsPage](rt, templates, page("placements.html")...),
		placement:  web.NewView[placementPage](rt, templates, page("placement.html")...),
		featured:   web.NewView[featuredPage](rt, templates, page("featured.html")...),
		feature:    web.NewView[featurePage](rt, templates, page("feature.html")...),

		subscribers: web.NewView[subscribersPage](rt, templates, page("subscribers.html")...),
		subscribed:  web.NewView[subscribedPage](rt, templates, page("subscribed.html")...),
		subscriber:  web.NewView[subscriberPage](rt, templates, page("subscriber.html")...),
	}
}

// New makes the console and registers its pages.
func New(c Config) *Console { return &Console{c: c, views: newViews(c.Renderer)} }

// Routes adds the console's pages. The desk serves their stylesheet.
func (k *Console) Routes(mux *http.ServeMux) {
	for pattern, h := range k.routes() {
		mux.Handle(pattern, k.c.Renderer.Handle(h))
	}
}

// Patterns lists the routes, sorted; for the tests that walk them all.
func (k *Console) Patterns() []string { return slices.Sorted(maps.Keys(k.routes())) }

func (k *Console) routes() map[string]web.Handler {
	return map[string]web.Handler{
		"GET /console":                                             k.overview,
		"GET /console/list":                                        k.list,
		"GET /console/audit":                                       k.audit,
		"POST /console/audit/verify":                               k.verify,
		"GET /console/jobs":                                        k.jobs,
		"POST /console/jobs/{id}/requeue":                          k.requeue,
		"POST /console/jobs/{id}/discard":                          k.discard,
		"GET " + publicityPath:                                     k.publicity,
		"GET " + booksPath:                                         k.books,
		"POST " + booksPath + "/match":                             k.match,
		"POST " + booksPath + "/differences/{id}":                  k.settle,
		"GET " + consultPath:                                       k.showConsult,
		"GET " + consultPath + "/items/{code}":                     k.failures,
		"POST " + consultPath + "/proposals/{id}":                  k.decideProposal,
		"GET " + messagesPath:                                      k.messages,
		"POST " + messagesPath + "/{id}/retry":                     k.retryMessage,
		"GET " + textsPath:                                         k.texts,
		"GET " + textsPath + "/{kind}":                             k.text,
		"POST " + textsPath + "/{kind}":                            k.setText,
		"GET " + missesPath:                                        k.misses,
		"GET " + wordPath:                                          k.word,
		"POST " + wordPath:                                         k.addWord,
		"POST " + wordPath + "/{id}/remove":                        k.removeWord,
		"GET " + qualityPath:                                       k.quality,
		"GET " + qualityPath + "/list":                             k.qualityList,
		"GET " + centresPath:                                       k.centres,
		"GET " + centresPath + "/{key}":                            k.centre,
		"POST " + centresPath + "/{key}/name":                      k.renameCentre,
		"POST " + centresPath + "/{key}/branches":                  k.setBranch,
		"POST " + centresPath + "/{key}/branches/{id}/end":         k.endBranch,
		"GET " + placementsPath:                                    k.placements,
		"GET " + placementsPath + "/{code}":                        k.placement,
		"POST " + placementsPath + "/{code}":                       k.enterPlacement,
		"POST " + placementsPath + "/{code}/{id}/end":              k.endPlacement,
		"GET /console/items/featured":                              k.featured,
		"GET /console/items/featured/{key}":                        k.feature,
		"POST /console/items/featured/{key}/rule":                  k.changeRule,
		"POST /console/items/featured/{key}/choices":               k.choose,
		"POST /console/items/featured/{key}/choices/{id}/withdraw": k.withdrawChoice,
		"GET " + subscribersPath:                                   k.subscribers,
		"POST " + subscribersPath:                                  k.subscribe,
		"GET " + subscribersPath + "/{id}":                         k.subscriber,
		"POST " + subscribersPath + "/{id}/active":                 k.setSubscriber,
		"POST " + subscribersPath + "/{id}/replay":                 k.replay,
		"POST " + subscribersPath + "/{id}/test":                   k.tryDelivery,
		"POST " + subscribersPath + "/{id}/remove":                 k.unsubscribe,
		"GET /console/staff":                                       k.staff,
		"POST /console/staff":                                      k.create,
		"GET /console/staff/{id}":                                  k.member,
		"POST /console/staff/{id}/disable":                         k.disable,
		"POST /console/staff/{id}/reset":                           k.reset,
		"POST /console/staff/{id}/grant":                           k.grant,
		"POST /console/staff/{id}/revoke":                          k.revoke,
	}
}

// actor is the staff member who asks.
func (k *Console) actor(r *http.Request) (actor.Actor, error) {
	a, err := gate.LoggedIn(r.Context())
	if err == nil && a.Kind != actor.Staff {
		return actor.Actor{}, identity.ErrLoginNeeded
	}
	return a, err
}

// page begins a page of the console.
func (k *Console) page(r *http.Request, a actor.Actor, nav, zh, en string) web.Page {
	p := web.NewPage(r, zh, en)
	p.Shell, p.Nav, p.Menu = web.Console, nav, desk.Menu(a)
	desk.AddStyle(&p)
	return p
}

// flash keeps words for the next page, in the reader's language.
func (k *Console) flash(w http.ResponseWriter, r *http.Request, zh, en string) {
	k.c.Renderer.SetFlash(w, web.OK, web.NewPage(r, "", "").Tr(zh, en))
}
