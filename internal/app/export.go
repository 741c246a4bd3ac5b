package app

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/sm"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/portal"
)

// GuideExport says which guides go where; Division and Unit narrow, empty: all.
type GuideExport struct {
	Dir      string
	Division string // 12 digits
	Unit     string // key
}

// ExportReport is what an export did.
type ExportReport struct{ Guides, Written, Same, Removed int }

// manifestName is the file that lists the others, with their hashes.
const manifestName = "manifest.json"

// exportManifest 清单 is what was exported, by path.
type exportManifest struct {
	Platform string         `json:"platform"` // address
	Files    []exportedFile `json:"files"`
}

type exportedFile struct {
	Path    string `json:"path"`
	SM3     string `json:"sm3"` // of the file's bytes, hexadecimal
	Bytes   int    `json:"bytes"`
	Code    string `json:"code,omitempty"`    // of a guide: 实施编码
	Version int    `json:"version,omitempty"` // and which version
	Hash    string `json:"hash,omitempty"`    // SM3 of its canonical content
}

// ExportGuides writes the guides as static pages, with lists by division and by
// unit. Files that are as they should be are left alone, so their times tell
// what changed; files of an earlier export that are no longer wanted go. It
// only reads the database. Errors: code "export-unknown" for a division or unit.
func ExportGuides(ctx context.Context, c Config, o GuideExport) (rep ExportReport, err error) {
	keys, err := sm.Load(c.Keys)
	if err != nil {
		return rep, err
	}
	url, err := c.databaseURL()
	if err != nil {
		return rep, err
	}
	d, err := db.Open(ctx, url, db.Options{Now: time.Now, ReadOnly: true})
	if err != nil {
		return rep, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	ids := identity.New(identity.Config{DB: d, Vault: keys.Vault(), Now: d.Now})
	demo, err := ids.HasDemoAccounts(ctx)
	if err != nil {
		return rep, err
	}
	store, err := files.New(ctx, files.Config{DB: d, Vault: keys.Vault(), URL: c.Files, Secret: c.FilesSecret})
	if err != nil {
		return rep, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	site := c.site()
	site.Demo = demo
	rt, err := web.New(web.Options{Site: site, Log: Logger(c)})
	if err != nil {
		return rep, err
	}
	x := &exporter{o: o, url: c.URL, store: store, items: catalog.New(catalog.Config{DB: d, Identity: ids, Codes: c.codes(), Formats: Formats()}), files: map[string]exported{}}
	if x.pages, err = portal.NewStatic(rt, site, c.URL); err != nil {
		return rep, err
	}
	if x.dir, err = ids.Directory(ctx); err != nil {
		return rep, err
	}
	if err := x.draw(ctx); err != nil {
		return rep, err
	}
	return x.write()
}

// exporter gathers the files of one export.
type exporter struct {
	o     GuideExport
	url   string
	items *catalog.Service
	store *files.Store
	dir   *identity.Directory
	pages *portal.Static
	files map[string]exported
	count int
}

type exported struct {
	exportedFile
	body []byte
	load func() ([]byte, error) // instead of body, where it is large
}

func (x *exporter) add(path string, body []byte, f exportedFile) {
	f.Path, f.SM3, f.Bytes = path, sm.SM3Hex(body), len(body)
	x.files[path] = exported{exportedFile: f, body: body}
}

// attach adds the uploaded files of a guide; each is read when it is written.
func (x *exporter) attach(ctx context.Context, v *catalog.Version) {
	for _, f := range v.Files {
		path := portal.StaticFile(f)
		x.files[path] = exported{exportedFile: exportedFile{Path: path}, load: func() ([]byte, error) {
			r, err := x.store.Open(ctx, files.Ref{ID: f.File})
			if err != nil {
				return nil, fmt.Errorf("%s of item %s: %w", f.Name, v.Guide.Basics.Code, err)
			}
			body, err := io.ReadAll(r)
			return body, errors.Join(err, r.Close())
		}}
	}
}

// wanted are the lists to export, by division, unit and name.
func (x *exporter) wanted(ctx context.Context) ([]*catalog.Item, error) {
	unknown := func(what string) error {
		return errs.New(errs.Invalid, "export-unknown", "没有这个区划或者单位："+what, "There is no such division or unit: "+what)
	}
	var unit int64
	if x.o.Unit != "" {
		u, ok := x.dir.UnitByKey(x.o.Unit)
		if !ok {
			return nil, unknown(x.o.Unit)
		}
		unit = u.ID
	}
	if _, ok := x.dir.Division(x.o.Division); x.o.Division != "" && !ok {
		return nil, unknown(x.o.Division)
	}
	index, err := x.items.Index(ctx)
	if err != nil {
		return nil, err
	}
	var out []*catalog.Item
	for i := range index.Items {
		it := &index.Items[i]
		if it.State != catalog.Cancelled && (unit == 0 || it.UnitID == unit) && (x.o.Division == "" || it.Division == x.o.Division) {
			out = append(out, it)
		}
	}
	slices.SortFunc(out, func(a, b *catalog.Item) int {
		return cmp.Or(cmp.Compare(a.Division, b.Division), cmp.Compare(x.unit(a).Key, x.unit(b).Key), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Code, b.Code))
	})
	return out, nil
}

func (x *exporter) unit(it *catalog.Item) identity.Unit {
	u, _ := x.dir.Unit(it.UnitID)
	return u
}

func (x *exporter) draw(ctx context.Context) error {
	list, err := x.wanted(ctx)
	if err != nil {
		return err
	}
	x.count = len(list)
	divisions, units := &shelves{}, &shelves{}
	for _, it := range list {
		v, err := x.items.ByVersion(ctx, it.VersionID)
		if err != nil {
			return err
		}
		u := x.unit(it)
		div, _ := x.dir.Division(it.Division)
		body, err := x.pages.Guide(it, v, x.dir, web.Link{Href: "../unit/" + u.Key + ".html", Text: u.Name})
		if err != nil {
			return err
		}
		x.attach(ctx, v)
		x.add("item/"+it.Code+".html", body, exportedFile{Code: it.Code, Version: v.No, Hash: v.Hash})
		link := portal.StaticLink{Href: "../item/" + it.Code + ".html", Text: it.Name}
		divisions.put("division/"+cmp.Or(it.Division, "none"), cmp.Or(div.Name, "其他"), u.Name, link)
		units.put("unit/"+u.Key, u.Name, "事项", link)
	}
	var top []portal.StaticGroup
	for _, s := range []struct {
		name string
		of   *shelves
	}{{"按地区", divisions}, {"按部门", units}} {
		links, err := x.lists(s.of)
		if err != nil {
			return err
		}
		top = append(top, portal.StaticGroup{Name: s.name, Links: links})
	}
	body, err := x.pages.Index(portal.StaticIndexPage{Lead: fmt.Sprintf("共 %d 份办事指南。", len(list)), Groups: top}, "办事指南")
	if err == nil {
		x.add("index.html", body, exportedFile{})
	}
	return err
}

// lists draws the pages of shelves and gives links to them from the top.
func (x *exporter) lists(s *shelves) (links []portal.StaticLink, err error) {
	for _, sh := range s.list {
		body, err := x.pages.Index(portal.StaticIndexPage{Up: web.Link{Href: "../index.html", Text: "办事指南"}, Groups: sh.groups}, sh.name)
		if err != nil {
			return nil, err
		}
		x.add(sh.path+".html", body, exportedFile{})
		links = append(links, portal.StaticLink{Href: sh.path + ".html", Text: sh.name, Soft: strconv.Itoa(sh.count)})
	}
	return links, nil
}

// shelves are list pages in the order in which they were first needed.
type shelves struct{ list []*bookshelf }

type bookshelf struct {
	path, name string
	count      int
	groups     []portal.StaticGroup
}

func (s *shelves) put(path, name, group string, link portal.StaticLink) {
	i := slices.IndexFunc(s.list, func(sh *bookshelf) bool { return sh.path == path })
	if i < 0 {
		i = len(s.list)
		s.list = append(s.list, &bookshelf{path: path, name: name})
	}
	sh := s.list[i]
	sh.count++
	if n := len(sh.groups); n == 0 || sh.groups[n-1].Name != group {
		sh.groups = append(sh.groups, portal.StaticGroup{Name: group})
	}
	g := &sh.groups[len(sh.groups)-1]
	g.Links = append(g.Links, link)
}

// write brings the folder in line with the files.
func (x *exporter) write() (rep ExportReport, err error) {
	rep.Guides = x.count
	var old, m exportManifest
	text, err := os.ReadFile(filepath.Join(x.o.Dir, manifestName))
	if err == nil {
		err = json.Unmarshal(text, &old)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return rep, errs.New(errs.Conflict, "export-manifest", "目录中的 "+manifestName+" 读不懂，请换一个目录。", "The "+manifestName+" in the folder cannot be read; take another folder.").Because(err)
	}
	m.Platform = x.url
	for _, path := range slices.Sorted(maps.Keys(x.files)) {
		f := x.files[path]
		if f.load != nil {
			if f.body, err = f.load(); err != nil {
				return rep, err
			}
			f.SM3, f.Bytes = sm.SM3Hex(f.body), len(f.body)
		}
		m.Files = append(m.Files, f.exportedFile)
		wrote, err := writeChanged(filepath.Join(x.o.Dir, filepath.FromSlash(path)), f.body)
		if err != nil {
			return rep, err
		}
		if wrote {
			rep.Written++
		} else {
			rep.Same++
		}
	}
	for _, f := range old.Files {
		if _, kept := x.files[f.Path]; kept || !filepath.IsLocal(filepath.FromSlash(f.Path)) {
			continue
		}
		if err := os.Remove(filepath.Join(x.o.Dir, filepath.FromSlash(f.Path))); err == nil {
			rep.Removed++
		} else if !errors.Is(err, fs.ErrNotExist) {
			return rep, err
		}
	}
	list, err := json.MarshalIndent(m, "", " ")
	if err == nil {
		_, err = writeChanged(filepath.Join(x.o.Dir, manifestName), append(list, '\n'))
	}
	return rep, err
}

// writeChanged writes a file unless it holds just that already; a reader sees
// the old or the new one, never half of it.
func writeChanged(path string, body []byte) (wrote bool, err error) {
	if have, err := os.ReadFile(path); err == nil && bytes.Equal(have, body) {
		return false, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return false, err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".tongban-*")
	if err != nil {
		return false, err
	}
	_, err = tmp.Write(body)
	err = errors.Join(err, tmp.Chmod(0o644), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return false, errors.Join(err, os.Remove(tmp.Name()))
	}
	return true, nil
}
