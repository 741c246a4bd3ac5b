package journey

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tongban/tongban/internal/web/caseview"
	"github.com/tongban/tongban/internal/web/console"
	"github.com/tongban/tongban/internal/web/desk"
	"github.com/tongban/tongban/internal/web/portal"
	"github.com/tongban/tongban/internal/web/steward"
	"github.com/tongban/tongban/internal/web/webtest"
)

// routes are the addresses of all pages, and which of them somebody came to.
type routes struct {
	mux  *http.ServeMux
	all  []string
	mu   *sync.Mutex
	came map[string]bool
}

// noPages are the addresses where there is no page to look at.
var noPages = map[string]string{
	"GET /apply/{id}":                                    "leads on to the first page that is not done",
	"GET /desk/apply/{id}":                               "leads on to the first page that is not done",
	"GET /apply/{id}/materials/{code}/files/{file}":      "a file",
	"GET /apply/{id}/held":                               "no item of the sample city is about a licence that is held; internal/web/apply.TestHeldChosen looks at it",
	"GET /desk/apply/{id}/held":                          "the page of /apply/{id}/held, in the frame of the desk",
	"GET /desk/apply/{id}/promise":                       "the page of /apply/{id}/promise, in the frame of the desk",
	"GET /desk/apply/{id}/materials/{code}/files/{file}": "a file",
	"GET /my/cases/{no}/files/{file}":                    "a file",
	"GET /desk/cases/{no}/files/{file}":                  "a file",
	"GET /my/cases/{no}/archive":                         "a file",
	"GET /desk/cases/{no}/archive":                       "a file",
	"GET /my/documents/{id}/print":                       "a file",
	"GET /desk/documents/{id}/print":                     "a file",
	"GET /my/documents/{id}/photo/{file}":                "a file",
	"GET /desk/documents/{id}/photo/{file}":              "a file",
	"GET /my/cases/{no}/clocks/{n}":                      "a file",
	"GET /desk/cases/{no}/clocks/{n}":                    "a file",
	"GET /progress/{no}/clocks/{n}":                      "a file",
	"GET /centres/entered.csv":                           "a file",
	"GET /featured/{key}/export.csv":                     "a file",
	"GET /decisions/export.csv":                          "a file",
	"GET /decisions/export.json":                         "a file",
	"GET /featured/{key}/export.json":                    "a file",
	"GET /feed/items.atom":                               "for feed readers",
	"GET /feed/items.json":                               "for feed readers",
	"GET /console/items/export/file":                     "a file",
	"GET /console/items/import/{id}/refused.xlsx":        "a file",
	"GET /console/items/drafts/{id}/files/{key}":         "a file",
	"GET /files/{key}":                                   "a file",
}

func newRoutes(t *testing.T) routes {
	t.Helper()
	rt := webtest.New(t)
	style, err := caseview.NewStyle()
	must(t, err)
	r := routes{mux: http.NewServeMux(), mu: new(sync.Mutex), came: map[string]bool{}}
	for _, patterns := range [][]string{portal.New(portal.Config{Renderer: rt, Style: style}).Patterns(),
		desk.New(desk.Config{Renderer: rt, Style: style}).Patterns(), console.New(console.Config{Renderer: rt}).Patterns(),
		steward.New(steward.Config{Renderer: rt, Style: style}).Patterns()} {
		for _, p := range patterns {
			if strings.HasPrefix(p, "GET ") {
				r.all = append(r.all, p)
				r.mux.Handle(p, http.NotFoundHandler())
			}
		}
	}
	return r
}

// seen notes that somebody came to a page.
func (r routes) seen(path string, status int64) {
	if status != http.StatusOK {
		return
	}
	_, pattern := r.mux.Handler(httptest.NewRequest(http.MethodGet, path, nil))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.came[pattern] = true
}

// complete holds that every page was looked at.
func (r routes) complete(t *testing.T) {
	t.Helper()
	if len(r.all) < 40 {
		t.Errorf("only %d addresses", len(r.all))
	}
	for _, p := range r.all {
		if _, none := noPages[p]; none == r.came[p] {
			t.Errorf("%s: looked at: %t; among those without a page: %t", p, r.came[p], none)
		}
	}
	for p := range noPages {
		if !slices.Contains(r.all, p) {
			t.Errorf("%s does not exist", p)
		}
	}
}
