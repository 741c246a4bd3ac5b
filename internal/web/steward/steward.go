package steward

import (
	"embed"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	book "github.com/tongban/tongban/internal/catalog/sheet"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/gate"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/caseview"
	"github.com/tongban/tongban/internal/web/desk"
	"github.com/tongban/tongban/internal/web/portal"
)

//go:embed templates
var templates embed.FS

// Steward 事项管理 answers the pages below /console/items.
type Steward struct {
	c     Config
	views views
}

// Config names what the pages use.
type Config struct {
	Renderer *web.Renderer
	Style    *caseview.Style // of the guide page, for previews
	Identity *identity.Service
	Catalog  *catalog.Service
	Cases    *casework.Service // for trying a draft on past ones
	Sheets   *book.Service
	Files    *files.Store
}

type views struct {
	home    *web.View[homePage]
	claim   *web.View[claimPage]
	basics  *web.View[basicsPage]
	list    *web.View[listPage]
	draft   *web.View[draftPage]
	section *web.View[sectionPage]
	fields  *web.View[fieldsPage]
	guide   *web.View[portal.GuidePage]
	form    *web.View[formPage]
	adjusts *web.View[adjustsPage]
	adjust  *web.View[adjustPage]
	pick    *web.View[pickPage]
	plan    *web.View[adjustFormPage]
	imports *web.View[importPage]
	report  *web.View[reportPage]
	export  *web.View[exportPage]
	replay  *web.View[replayPage]
}

// New makes the pages.
func New(c Config) *Steward {
	rt := c.Renderer
	page := func(name string) []string { return []string{"templates/parts.html", "templates/" + name} }
	return &Steward{c: c, views: views{
		home:    web.NewView[homePage](rt, templates, page("home.html")...),
		claim:   web.NewView[claimPage](rt, templates, page("claim.html")...),
		basics:  web.NewView[basicsPage](rt, templates, page("basics.html")...),
		list:    web.NewView[listPage](rt, templates, page("list.html")...),
		draft:   web.NewView[draftPage](rt, templates, page("draft.html")...),
		section: web.NewView[sectionPage](rt, templates, page("section.html")...),
		fields:  web.NewView[fieldsPage](rt, templates, page("fields.html")...),
		guide:   portal.NewGuideView(rt),
		form:    web.NewView[formPage](rt, templates, page("form.html")...),
		adjusts: web.NewView[adjustsPage](rt, templates, page("adjusts.html")...),
		adjust:  web.NewView[adjustPage](rt, templates, page("adjust.html")...),
		pick:    web.NewView[pickPage](rt, templates, page("pick.html")...),
		plan:    web.NewView[adjustFormPage](rt, templates, page("plan.html")...),
		imports: web.NewView[importPage](rt, templates, page("import.html")...),
		report:  web.NewView[reportPage](rt, templates, page("report.html")...),
		export:  web.NewView[exportPage](rt, templates, page("export.html")...),
		replay:  web.NewView[replayPage](rt, templates, page("replay.html")...),
	}}
}

// Routes adds the pages.
func (s *Steward) Routes(mux *http.ServeMux) {
	for pattern, h := range s.routes() {
		limit := int64(web.BodyLimit)
		switch pattern {
		case "POST /console/items/import":
			limit = book.MaxUpload + web.BodyLimit
		case "POST /console/items/drafts/{id}/edit/{section}":
			limit = sectionMost
		}
		mux.Handle(pattern, s.c.Renderer.HandleBody(limit, h))
	}
}

// Patterns lists the routes, sorted; for the tests that walk them all.
func (s *Steward) Patterns() []string { return slices.Sorted(maps.Keys(s.routes())) }

func (s *Steward) routes() map[string]web.Handler {
	return map[string]web.Handler{
		"GET /console/items":                             s.home,
		"GET /console/items/claim":                       s.claim,
		"POST /console/items/claim":                      s.claimOne,
		"GET /console/items/basics":                      s.basics,
		"GET /console/items/lists/{code}":                s.list,
		"POST /console/items/lists/{code}":               s.setState,
		"POST /console/items/lists/{code}/parts":         s.split,
		"POST /console/items/revise":                     s.revise,
		"POST /console/items/proposals/{id}":             s.proposal,
		"GET /console/items/adjustments":                 s.adjusts,
		"POST /console/items/adjustments":                s.propose,
		"GET /console/items/adjustments/new":             s.pick,
		"GET /console/items/adjustments/{no}":            s.adjust,
		"POST /console/items/adjustments/{no}":           s.adjustMove,
		"GET /console/items/adjustments/{no}/edit":       s.plan,
		"POST /console/items/adjustments/{no}/edit":      s.savePlan,
		"GET /console/items/drafts/{id}":                 s.draft,
		"POST /console/items/drafts/{id}":                s.move,
		"GET /console/items/drafts/{id}/guide":           s.previewGuide,
		"GET /console/items/drafts/{id}/form":            s.previewForm,
		"GET /console/items/drafts/{id}/replay":          s.replay,
		"GET /console/items/drafts/{id}/edit/{section}":  s.section,
		"POST /console/items/drafts/{id}/edit/{section}": s.save,
		"GET /console/items/drafts/{id}/files/{key}":     s.draftFile,
		"GET /console/items/drafts/{id}/edit/form":       s.fields,
		"POST /console/items/drafts/{id}/edit/form":      s.saveFields,
		"GET /console/items/import":                      s.imports,
		"POST /console/items/import":                     s.bring,
		"GET /console/items/import/{id}":                 s.report,
		"POST /console/items/import/{id}":                s.carry,
		"GET /console/items/import/{id}/refused.xlsx":    s.refusedRows,
		"GET /console/items/export":                      s.export,
		"GET /console/items/export/file":                 s.exportFile,
	}
}

// actor is the staff member who asks.
func (s *Steward) actor(r *http.Request) (actor.Actor, error) {
	a, err := gate.LoggedIn(r.Context())
	if err == nil && a.Kind != actor.Staff {
		return actor.Actor{}, identity.ErrLoginNeeded
	}
	return a, err
}

// page begins a page of the work place.
func (s *Steward) page(r *http.Request, a actor.Actor, zh, en string) web.Page {
	p := web.NewPage(r, zh, en)
	p.Shell, p.Nav, p.Menu = web.Console, "items", desk.Menu(a)
	desk.AddStyle(&p)
	return p
}

func (s *Steward) flash(w http.ResponseWriter, r *http.Request, zh, en string) {
	s.c.Renderer.SetFlash(w, web.OK, web.NewPage(r, "", "").Tr(zh, en))
}

// found loads the draft that the address names.
func (s *Steward) found(r *http.Request) (actor.Actor, *catalog.Draft, error) {
	a, err := s.actor(r)
	if err != nil {
		return a, nil, err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return a, nil, web.ErrNoPage()
	}
	d, err := s.c.Catalog.Draft(r.Context(), a, id)
	return a, d, err
}

func draftPath(id int64) string { return "/console/items/drafts/" + strconv.FormatInt(id, 10) }

func sectionPath(id int64, section string) string {
	return draftPath(id) + "/edit/" + url.PathEscape(section)
}

// posted reads a form.
func posted(r *http.Request) (url.Values, error) {
	if err := r.ParseForm(); err != nil {
		return nil, web.Malformed(err)
	}
	return r.PostForm, nil
}

// back answers a refused act with its words on the page that it came from.
func (s *Steward) back(w http.ResponseWriter, r *http.Request, to string, err error) error {
	e := errs.Of(err)
	if errors.Is(err, catalog.ErrDraftOpen) || e.Kind == errs.Conflict || e.Kind == errs.Invalid && len(e.Fields) > 0 {
		words, en := e.ZH, e.EN
		if len(e.Fields) > 0 && e.Kind == errs.Invalid {
			words, en = e.Fields[0].ZH, e.Fields[0].EN
		}
		s.c.Renderer.SetFlash(w, web.Note, web.NewPage(r, "", "").Tr(words, en))
		return web.SeeOther(w, r, to)
	}
	return err
}
