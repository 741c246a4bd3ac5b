package portal

import (
	"net/http"
	"net/url"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/web"
)

// GuideFile is a blank form or a filled-in example as the guide shows it.
type GuideFile struct {
	Href    string
	Text    string // 空白表格（PDF，32 KB）
	Name    string // of an uploaded file
	Address string // printed; of an uploaded file it begins at the platform's own
	Key     string // of an uploaded file; empty: it is elsewhere
}

// guideFiles shows the files of a material; an uploaded one that is not there is
// left out.
func guideFiles(p web.Page, v *catalog.Version, m catalog.Material) []GuideFile {
	var out []GuideFile
	for _, x := range []struct{ zh, en, address string }{{"空白表格", "Blank form", m.BlankForm}, {"示例样表", "Filled-in example", m.SampleFile}} {
		f := GuideFile{Href: x.address, Address: x.address}
		var facts string
		if key, uploaded := catalog.FileKey(x.address); uploaded {
			have, ok := v.Files[key]
			if !ok {
				continue
			}
			f.Key, f.Name, facts = key, have.Name, web.FileWords(p, have.Type, have.Size)
		} else if u, err := url.Parse(x.address); err == nil {
			facts = u.Host
		}
		if f.Text = p.Tr(x.zh, x.en); facts != "" {
			f.Text += p.Tr("（"+facts+"）", " ("+facts+")")
		}
		if f.Href != "" {
			out = append(out, f)
		}
	}
	return out
}

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
