package app

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/sm"
	"github.com/tongban/tongban/internal/web/webtest"
	"github.com/tongban/tongban/sample"
)

// offered is the sample city's file of one matter, offered by two districts.
func offered(t *testing.T) (catalog.Def, *Folder) {
	t.Helper()
	f, err := ReadFolder(sample.City)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(f.Items, func(d ItemFile) bool { return len(d.Def.OfferedBy) > 1 })
	d := f.Items[i].Def
	d.Spread = nil
	return d, f
}

// An export writes what changed and nothing else, and takes away what is gone.
func TestExportGuides(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			c := newPlatform(t, engine)
			c.URL = "https://zwfw.example.cn"
			r, ctx := served(t, c), t.Context() // beside a running server
			d, f := offered(t)
			publish := func() {
				t.Helper()
				if ps, err := r.Catalog.Import(ctx, actor.Platform(), d, f.Elements); err != nil {
					t.Fatal(err, ps)
				}
			}
			publish()
			o := GuideExport{Dir: filepath.Join(t.TempDir(), "guides")}
			export := func(want ExportReport) exportManifest {
				t.Helper()
				rep, err := ExportGuides(ctx, c, o)
				if err != nil || rep != want {
					t.Fatalf("%+v %v, want %+v", rep, err, want)
				}
				var m exportManifest
				b, err := os.ReadFile(filepath.Join(o.Dir, manifestName))
				if err == nil {
					err = json.Unmarshal(b, &m)
				}
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range m.Files {
					body, err := os.ReadFile(filepath.Join(o.Dir, f.Path))
					if err != nil || sm.SM3Hex(body) != f.SM3 || len(body) != f.Bytes {
						t.Errorf("%s is not as the manifest says (%v)", f.Path, err)
					}
					for _, problem := range webtest.Lint(body) {
						if problem != "inline <style>" { // it stands alone
							t.Errorf("%s: %s", f.Path, problem)
						}
					}
					for _, bad := range []string{"<script", "href=\"/", "src="} {
						if strings.Contains(string(body), bad) {
							t.Errorf("%s holds %s", f.Path, bad)
						}
					}
					if f.Code != "" && (f.Version == 0 || f.Hash == "" || !strings.Contains(string(body), c.URL+"/items/"+f.Code)) {
						t.Errorf("%+v", f)
					}
				}
				return m
			}
			n := len(d.OfferedBy)
			all := 3*n + 1 // guides, a division and a unit each, the top
			export(ExportReport{Guides: n, Written: all})
			export(ExportReport{Guides: n, Same: all})
			d.Guide.Conditions = append(d.Guide.Conditions, catalog.Condition{Text: "新增的条件"})
			publish()
			export(ExportReport{Guides: n, Written: n, Same: all - n})
			if err := os.WriteFile(filepath.Join(o.Dir, "index.html"), []byte("改动"), 0o600); err != nil {
				t.Fatal(err)
			}
			m := export(ExportReport{Guides: n, Written: 1, Same: all - 1})
			i := slices.IndexFunc(m.Files, func(f exportedFile) bool { return f.Code != "" })
			if err := r.Catalog.SetState(ctx, actor.Platform(), m.Files[i].Code, catalog.Cancelled, "依据废止", ""); err != nil {
				t.Fatal(err)
			}
			export(ExportReport{Guides: n - 1, Written: 1, Same: all - 4, Removed: 3}) // the index tells another number
			o.Unit = d.OfferedBy[n-1].Unit
			export(ExportReport{Guides: 1, Written: 0, Same: 4})
			for _, bad := range []GuideExport{{Dir: t.TempDir(), Unit: "nowhere"}, {Dir: t.TempDir(), Division: "999999999999"}} {
				if _, err := ExportGuides(ctx, c, bad); errs.Of(err).Code != "export-unknown" {
					t.Errorf("%+v: %v", bad, err)
				}
			}
		})
	}
}

// The uploaded files of a guide lie beside its page in the export.
func TestExportGuideFiles(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			c := newPlatform(t, engine)
			c.URL = "https://zwfw.example.cn"
			r, ctx := served(t, c), t.Context()
			const content = "%PDF-1.4\n%%EOF"
			ref, err := r.Files.Put(ctx, strings.NewReader(content), files.Meta{Name: "a.pdf"})
			if err != nil {
				t.Fatal(err)
			}
			f := catalog.NewGuideFile(ref, "申请表.pdf")
			err = r.DB.Write(ctx, "test", func(tx *db.Tx) error { // as an earlier guide has it
				r.Files.Attach(tx, ref.ID)
				tx.Queue(`INSERT INTO guide_file (id, holder, holder_id, file_key, file_id, name, size, type, created_at) VALUES ($1, 'template', 1, $2, $3, $4, $5, 'pdf', 0)`, tx.NewID(), f.Key, f.File, f.Name, f.Size)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			d, folder := offered(t)
			d.Guide.Materials[0].BlankForm, d.Guide.Materials[0].SampleFile = f.Address(), "https://www.example.cn/a.pdf"
			if ps, err := r.Catalog.Import(ctx, actor.Platform(), d, folder.Elements); err != nil {
				t.Fatal(err, ps)
			}
			o := GuideExport{Dir: t.TempDir()}
			n := len(d.OfferedBy)
			for _, want := range []ExportReport{{Guides: n, Written: 3*n + 2}, {Guides: n, Same: 3*n + 2}} {
				if rep, err := ExportGuides(ctx, c, o); err != nil || rep != want {
					t.Fatalf("%+v %v, want %+v", rep, err, want)
				}
			}
			if got, err := os.ReadFile(filepath.Join(o.Dir, "file", f.Key+".pdf")); err != nil || string(got) != content {
				t.Errorf("%q %v", got, err)
			}
			pages, err := filepath.Glob(filepath.Join(o.Dir, "item", "*.html"))
			if err != nil || len(pages) != n {
				t.Fatalf("%v %v", pages, err)
			}
			page, err := os.ReadFile(pages[0])
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{`href="../file/` + f.Key + `.pdf"`, "空白表格（PDF，14 B）", "申请表.pdf", c.URL + f.Address(), `href="https://www.example.cn/a.pdf"`, "示例样表（www.example.cn）"} {
				if !strings.Contains(string(page), want) {
					t.Errorf("the page lacks %s", want)
				}
			}
		})
	}
}

func TestSubscriberOrders(t *testing.T) {
	c := newPlatform(t, db.SQLite)
	c.SubscriberNetworks = []string{"10.1.0.0/16"}
	served(t, c) // which carries the orders out
	ctx := t.Context()
	l, err := Subscribers(ctx, c, NewSubscriber("省平台", "http://10.1.2.3/hook", nil))
	if err != nil || len(l.Subscribers) != 1 || l.Secret == "" {
		t.Fatalf("%+v %v", l, err)
	}
	id := l.Subscribers[0].ID
	for _, x := range []struct {
		do   string
		want catalog.SubscriberState
	}{{"pause", catalog.SubscriberPaused}, {"resume", catalog.SubscriberActive}, {"list", catalog.SubscriberActive}} {
		if l, err := Subscribers(ctx, c, SubscriberOrder{Do: x.do, ID: id}); err != nil || l.Subscribers[0].State != x.want || l.Secret != "" {
			t.Errorf("%s: %+v %v", x.do, l, err)
		}
	}
	if _, err := Subscribers(ctx, c, NewSubscriber("别处", "http://10.2.0.1/", nil)); err == nil || !strings.Contains(errs.Of(err).ZH, "subscriberNetworks") {
		t.Errorf("%v", err)
	}
	if l, err := Subscribers(ctx, c, SubscriberOrder{Do: "replay", ID: id}); err != nil || l.Subscribers[0].Position != 0 {
		t.Errorf("%+v %v", l, err)
	}
	if l, err := Subscribers(ctx, c, SubscriberOrder{Do: "remove", ID: id}); err != nil || len(l.Subscribers) != 0 {
		t.Errorf("%+v %v", l, err)
	}
	if _, err := Subscribers(ctx, c, SubscriberOrder{Do: "remove", ID: id}); errs.Of(err).Code != "subscriber-not-found" {
		t.Errorf("%v", err)
	}
	c.SubscriberNetworks = []string{"inside"}
	if _, err := prefixes("subscriberNetworks", c.SubscriberNetworks); err == nil {
		t.Error("a network that is none")
	}
}
