package caseview

import (
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

// GuideFiles shows the files of a material; an uploaded one that is not there is
// left out.
func GuideFiles(p web.Page, v *catalog.Version, m catalog.Material) []GuideFile {
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
