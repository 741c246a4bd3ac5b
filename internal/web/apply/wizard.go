package apply

import (
	"context"
	"embed"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/licence"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/caseview"
)

//go:embed templates
var templates embed.FS

// Config of a wizard.
type Config struct {
	Renderer *web.Renderer
	Style    *caseview.Style
	Casework *casework.Service
	Files    *files.Store
	Identity *identity.Service
	Actor    func(*http.Request) (actor.Actor, error) // identity.ErrLoginNeeded for visitors

	// Held lists the licences of a draft's party that are valid today.
	Held func(ctx context.Context, a actor.Actor, party actor.Party) ([]licence.Licence, error)

	Prefix string // "/apply", "/desk/apply": the pages are below Prefix/{id}
	Staff  bool   // at the window: told instead of consent, paper can be ticked as seen, the party is shown
	Home   web.Link
	Frame  func(*http.Request, *web.Page) // shell, menu and navigation of the face; nil: the portal's
	Done   func(no string) string         // where to go after submitting
	Case   func(no string) string         // page of a case, for corrections
	Gone   string                         // where to go after a draft was discarded
}

// Wizard answers the pages of one application.
type Wizard struct {
	c          Config
	privacyV   *web.View[PrivacyPage]
	heldV      *web.View[HeldPage]
	formV      *web.View[FormPage]
	materialsV *web.View[MaterialsPage]
	promiseV   *web.View[PromisePage]
	deliveryV  *web.View[DeliveryPage]
	checkV     *web.View[CheckPage]
}

// New makes a wizard and registers its pages.
func New(c Config) *Wizard {
	z := &Wizard{c: c}
	z.privacyV = web.NewView[PrivacyPage](c.Renderer, templates, "templates/parts.html", "templates/privacy.html")
	z.heldV = web.NewView[HeldPage](c.Renderer, templates, "templates/parts.html", "templates/held.html")
	z.formV = web.NewView[FormPage](c.Renderer, templates, "templates/parts.html", "templates/form.html")
	z.materialsV = web.NewView[MaterialsPage](c.Renderer, templates, "templates/parts.html", "templates/materials.html")
	z.promiseV = web.NewView[PromisePage](c.Renderer, templates, "templates/parts.html", "templates/promise.html")
	z.deliveryV = web.NewView[DeliveryPage](c.Renderer, templates, "templates/parts.html", "templates/delivery.html")
	z.checkV = web.NewView[CheckPage](c.Renderer, templates, "templates/parts.html", "templates/check.html")
	return z
}

// uploadLimit bounds one upload request of several files, in bytes; the limit
// of the material is applied to each file.
const uploadLimit = 600 << 20

// Routes adds the wizard's pages.
func (z *Wizard) Routes(mux *http.ServeMux) {
	for pattern, h := range z.routes() {
		if strings.HasSuffix(pattern, "/files") {
			mux.Handle(pattern, z.c.Renderer.HandleBody(uploadLimit, h))
			continue
		}
		mux.Handle(pattern, z.c.Renderer.Handle(h))
	}
}

// Patterns lists the routes, for the test that walks them all.
func (z *Wizard) Patterns() []string { return slices.Sorted(maps.Keys(z.routes())) }

func (z *Wizard) routes() map[string]web.Handler {
	at := z.c.Prefix + "/{id}"
	return map[string]web.Handler{
		"GET " + at:                                            z.resume,
		"GET " + at + "/privacy":                               z.showPrivacy,
		"POST " + at + "/privacy":                              z.consent,
		"GET " + at + "/held":                                  z.showHeld,
		"POST " + at + "/held":                                 z.chooseHeld,
		"GET " + at + "/form/{step}":                           z.showForm,
		"POST " + at + "/form/{step}":                          z.saveForm,
		"POST " + at + "/autosave":                             z.autosave,
		"GET " + at + "/materials":                             z.showMaterials,
		"POST " + at + "/materials/{code}/files":               z.upload,
		"POST " + at + "/materials/{code}/files/{file}/delete": z.removeFile,
		"GET " + at + "/materials/{code}/files/{file}":         z.download,
		"POST " + at + "/materials/{code}/licence":             z.useLicence,
		"POST " + at + "/materials/{code}/paper":               z.paperSeen,
		"GET " + at + "/promise":                               z.showPromise,
		"POST " + at + "/promise":                              z.signPromise,
		"GET " + at + "/delivery":                              z.showDelivery,
		"POST " + at + "/delivery":                             z.saveDelivery,
		"GET " + at + "/check":                                 z.showCheck,
		"POST " + at + "/submit":                               z.submit,
		"POST " + at + "/discard":                              z.discard,
	}
}

// First is the first page of a draft.
func (z *Wizard) First(id int64) string { return z.c.Prefix + "/" + strconv.FormatInt(id, 10) }

// job is one request for one draft.
type job struct {
	a    actor.Actor
	d    *casework.Draft
	v    *catalog.Version
	at   string // address of the draft
	asks []casework.Ask
	view *casework.View // of the case that is corrected, nil for a first application
	owed []string       // codes of what was to follow, when that is handed in
}

// open loads the draft that the address names.
func (z *Wizard) open(r *http.Request) (*job, error) {
	a, err := z.c.Actor(r)
	if err != nil {
		return nil, err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return nil, web.ErrNoPage()
	}
	d, v, err := z.c.Casework.Draft(r.Context(), a, id)
	if err != nil {
		return nil, err
	}
	j := &job{a: a, d: d, v: v, at: z.First(id)}
	if d.CaseNo != "" {
		if j.view, err = z.c.Casework.View(r.Context(), a, d.CaseNo); err != nil {
			return nil, err
		}
		switch {
		case j.mending():
		case j.view.Case.State == casework.Correcting:
			j.asks = j.view.Case.Correction
		default:
			for _, m := range j.view.Owed() {
				j.owed = append(j.owed, m.Code)
			}
		}
	}
	return j, nil
}

// correcting reports whether the draft answers a correction notice.
func (j *job) correcting() bool { return j.d.CaseNo != "" }

// mending reports whether the draft is what the applicant corrects at the counter:
// everything is open.
func (j *job) mending() bool { return !j.d.Data.Present.IsZero() }

// asksFields reports whether the notice asks for answers: then all of them are
// open, since one may depend on another.
func (j *job) asksFields() bool {
	for _, a := range j.asks {
		if a.Field != "" {
			return true
		}
	}
	return !j.correcting() || j.mending()
}

// open reports whether a material may be changed: all of them at first, later
// those the notice names and those that a corrected answer asks for anew.
func (j *job) openMaterial(code string) bool {
	if !j.correcting() || j.mending() {
		return true
	}
	if slices.Contains(j.owed, code) {
		return true
	}
	for _, a := range j.asks {
		if a.Material == code {
			return true
		}
	}
	return j.asksFields() && j.d.Data.Handed(code).Empty()
}

// resume goes to the first page that is not done.
func (z *Wizard) resume(w http.ResponseWriter, r *http.Request) error {
	j, err := z.open(r)
	if err != nil {
		return err
	}
	if j.correcting() && j.d.Version == 1 { // nothing corrected yet
		return web.SeeOther(w, r, j.at+"/"+z.firstAsked(j))
	}
	return web.SeeOther(w, r, z.next(r.Context(), j, ""))
}

// firstAsked is the first page with something that the correction notice asks for.
func (z *Wizard) firstAsked(j *job) string {
	asked := map[string]bool{"materials": len(j.owed) > 0}
	for _, a := range j.asks {
		if a.Material != "" {
			asked["materials"] = true
		} else {
			asked[z.stationOf(j, errs.Field{Path: a.Field})] = true
		}
	}
	for _, s := range z.stations(j) {
		if asked[s.key] {
			return s.key
		}
	}
	return "check"
}

// discard deletes a draft with its uploads.
func (z *Wizard) discard(w http.ResponseWriter, r *http.Request) error {
	j, err := z.open(r)
	if err != nil {
		return err
	}
	if err := z.c.Casework.DiscardDraft(r.Context(), j.a, j.d.ID, j.d.Version); err != nil {
		return web.Onward(err, web.Link{Href: j.at, Text: "返回草稿"})
	}
	p := web.NewPage(r, "", "")
	z.c.Renderer.SetFlash(w, web.OK, p.Tr("草稿已删除。", "The draft was deleted."))
	return web.SeeOther(w, r, z.c.Gone)
}

// problems gives the fields of a refusal, nil and the error when it is another.
func problems(err error) ([]errs.Field, error) {
	if e := errs.Of(err); e != nil && e.Kind == errs.Invalid && len(e.Fields) > 0 {
		return e.Fields, nil
	}
	return nil, err
}
