package portal

import (
	"net/http"

	"github.com/tongban/tongban/internal/web"
)

// FilesAt lets the links to uploaded files lead elsewhere: in an export beside
// the page, in a preview to the draft.
func (pg *GuidePage) FilesAt(at func(key string) string) {
	for i := range pg.Materials {
		for j := range pg.Materials[i].Files {
			if f := &pg.Materials[i].Files[j]; f.Key != "" {
				f.Href = at(f.Key)
			}
		}
	}
}

// guideFile sends a file of a published guide to everybody.
func (p *Portal) guideFile(w http.ResponseWriter, r *http.Request) error {
	f, err := p.Catalog.PublishedFile(r.Context(), r.PathValue("key"))
	if err != nil {
		return err
	}
	return web.SendForGood(w, r, p.Files, web.Stored{ID: f.File, Name: f.Name, Size: f.Size, Type: f.Type}, f.Key)
}
