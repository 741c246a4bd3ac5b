package web

import (
	"net/http"
	"strings"
	"sync"
)

// showPath serves the stylesheets of conditional fields: /show/<form>.css.
const showPath = "/show/"

// shows keeps the stylesheets of the forms that were drawn lately. A form's id
// is a hash of its meaning, so an entry never goes stale.
type shows struct {
	mu    sync.Mutex
	css   map[string]string
	order []string // oldest first
	look  func(r *http.Request, id string) (string, bool)
}

const maxShows = 500

func (s *shows) put(id, css string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, had := s.css[id]; !had {
		if len(s.order) >= maxShows {
			delete(s.css, s.order[0])
			s.order = s.order[1:]
		}
		s.css[id] = css
		s.order = append(s.order, id)
	}
	return showPath + id + ".css"
}

// ServeHTTP answers with the rules of a form, from memory or, where another
// process drew the form, from Options.FormCSS. Without them a browser shows
// every question, and the server drops what was not asked.
func (s *shows) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, ok := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, showPath), ".css")
	s.mu.Lock()
	css, had := s.css[id]
	s.mu.Unlock()
	if ok && !had && s.look != nil {
		css, had = s.look(r, id)
	}
	if !ok || !had {
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write([]byte(css)) // the client may have gone
}
