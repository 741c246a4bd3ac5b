package portal

import (
	"bytes"
	"html/template"
	"strings"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// Static 静态指南 draws guides as pages that stand alone, without scripts and
// with their own styles, for government websites.
type Static struct {
	guide, index *template.Template
	page         web.Page
	url          string
}

// StaticIndexPage lists guides, or further lists.
type StaticIndexPage struct {
	web.Page
	Up     web.Link
	Lead   string
	Groups []StaticGroup
}

// StaticGroup is a heading with links.
type StaticGroup struct {
	Name  string
	Links []StaticLink
}

// StaticLink leads to a page of the export.
type StaticLink struct {
	Href, Text, Soft string
}

// NewStatic makes it; url is how people reach the platform.
func NewStatic(rt *web.Renderer, site web.Site, url string) (*Static, error) {
	s := &Static{page: web.Page{Site: site, Lang: "zh-CN"}, url: url}
	v := newViews(rt)
	var err error
	if s.guide, err = v.static.Load(s.page.Lang); err != nil {
		return nil, err
	}
	s.index, err = v.staticIndex.Load(s.page.Lang)
	return s, err
}

// Guide draws the page of a list; up leads to the list it is found by.
func (s *Static) Guide(it *catalog.Item, v *catalog.Version, dir *identity.Directory, up web.Link) ([]byte, error) {
	page := s.page
	page.Title = it.Name
	pg := NewGuidePage(page, it, v, dir)
	for _, f := range []*web.Facts{&pg.Basics, &pg.Department, &pg.Version} {
		for i := range f.Rows {
			if c := &f.Rows[i].Change; strings.HasPrefix(c.Href, "/") {
				c.Href = s.url + c.Href
			}
		}
	}
	pg.Crumbs = []web.Link{{Href: "../index.html", Text: "办事指南"}, up, {Text: it.Name}}
	pg.Address, pg.Base = s.url+"/items/"+it.Code, s.url
	pg.FilesAt(func(key string) string { return "../" + StaticFile(v.Files[key]) })
	var err error
	if pg.QR, err = web.NewQR(pg.Address, "扫码办理"); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = s.guide.ExecuteTemplate(&b, "static", pg)
	return b.Bytes(), err
}

// StaticFile is the path of an uploaded file in the export.
func StaticFile(f catalog.GuideFile) string { return "file/" + f.Key + "." + f.Type.Ending() }

// Index draws a list.
func (s *Static) Index(pg StaticIndexPage, title string) ([]byte, error) {
	pg.Page = s.page
	pg.Title = title
	var b bytes.Buffer
	err := s.index.ExecuteTemplate(&b, "staticindex", pg)
	return b.Bytes(), err
}
