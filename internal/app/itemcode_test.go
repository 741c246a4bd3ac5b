package app

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/catalog/sheet"
	"github.com/tongban/tongban/internal/channel"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
)

// configText reads a configuration that says no more than it must and more.
func configText(t *testing.T, more string) (Config, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "tongban.yaml")
	if err := os.WriteFile(file, []byte("database: sqlite:///x/t.db\nkeys: /x/keys\nfiles: /x/files\n"+more), 0o600); err != nil {
		t.Fatal(err)
	}
	return ReadConfig(file)
}

func TestItemCodeConfig(t *testing.T) {
	t.Run("what_is_left_out_keeps_its_width", func(t *testing.T) {
		for text, want := range map[string][3]int{"": {12, 31, 33}, "itemCode: {}\n": {12, 31, 33}, "itemCode: {unit: 9}\n": {12, 22, 24},
			"itemCode:\n  province: 0\n  unit: 9\n  levels: 34\n": {10, 20, 22}} {
			c, err := configText(t, text)
			if err != nil {
				t.Errorf("%q: %v", text, err)
				continue
			}
			p := c.codes()
			if got := [3]int{p.BasicLen(), p.ImplementationLen(), p.HandlingLen()}; got != want {
				t.Errorf("%q gives %v, want %v", text, got, want)
			}
		}
		if p := (Config{}).codes(); p != ident.DefaultProfile() {
			t.Errorf("%+v", p)
		}
	})
	t.Run("what_cannot_work_is_named", func(t *testing.T) {
		for text, want := range map[string]string{
			"unit: 10": "itemCode.unit", "main: 0": "itemCode.main", "sub: -1": "itemCode.sub", "province: -2": "itemCode.province", "handling: 9": "itemCode.handling",
			"sequence: 0": "itemCode.sequence", "levels: ''": "itemCode.levels", "levels: '343'": "itemCode.levels", "levels: 市": "itemCode.levels", "main: 12, sub: 12": "itemCode.main",
		} {
			_, err := configText(t, "itemCode: {"+text+"}\n")
			if e := errs.Of(err); err == nil || e.Code != "config" || !strings.Contains(e.ZH, want) || !strings.Contains(e.EN, want) {
				t.Errorf("%s: %v", text, err)
			}
		}
		if _, err := configText(t, "itemCode: {width: 12}\n"); err == nil {
			t.Error("a key that does not exist is taken")
		}
	})
}

// TestItemCodes: a platform whose item codes have 10, 20 and 22 characters takes
// a matter in, offers it, and gives it by its code everywhere.
func TestItemCodes(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			c, ctx := newPlatform(t, engine), t.Context()
			c.ItemCode.Province, c.ItemCode.Unit = 0, 9
			r := served(t, c)
			codes := r.Catalog.Codes()
			d, f := offered(t)
			long := d.BasicCode
			d.BasicCode = long[2:]
			d.OfferedBy = d.OfferedBy[:2]
			if ps, err := r.Catalog.Import(ctx, actor.Platform(), d, f.Elements); err != nil {
				t.Fatal(err, ps)
			}
			offers, err := r.Catalog.Offers(ctx, d.BasicCode)
			if err != nil || len(offers) != 2 || len(offers[0].Code) != 20 {
				t.Fatalf("%+v %v", offers, err)
			}
			it := offers[0]
			if r := codes.CheckItem(it.Code); !r.Valid {
				t.Error(r.Reason.EN)
			}

			dir, err := r.Identity.Directory(ctx)
			if err != nil {
				t.Fatal(err)
			}
			units := dir.Units()
			free := units[slices.IndexFunc(units, func(u identity.Unit) bool {
				_, err := r.Catalog.Item(ctx, codes.Compose(u.USCC, u.Level, it.BasicCode))
				return err != nil && u.USCC != "" && u.Kind == "department" && u.Level == it.Level
			})]

			t.Run("search", func(t *testing.T) {
				second := offers[1].Code // the matter alone would give the first
				for _, text := range []string{second, second + "01", it.BasicCode, strings.ToLower(second)} {
					p, err := r.Catalog.Search(ctx, catalog.Query{Text: text})
					if err != nil || p.Total != 1 || p.Items[0].BasicCode != it.BasicCode || len(text) >= 20 && p.Items[0].Code != second {
						t.Errorf("%s finds %+v, %v", text, p.Items, err)
					}
				}
				if p, err := r.Catalog.Search(ctx, catalog.Query{Text: long}); err != nil || p.Total != 0 {
					t.Errorf("a code of the default length finds %+v, %v", p.Items, err)
				}
			})
			t.Run("faces", func(t *testing.T) {
				h, err := r.handler()
				if err != nil {
					t.Fatal(err)
				}
				get := func(path string, want int, has string) {
					t.Helper()
					w := httptest.NewRecorder()
					h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
					if w.Code != want || !strings.Contains(w.Body.String(), has) {
						t.Errorf("%s: %d, %s", path, w.Code, w.Body)
					}
				}
				get("/items/"+it.Code, http.StatusOK, it.Name)
				get("/items/"+it.BasicCode, http.StatusOK, it.Name)
				get("/items?q="+it.Code, http.StatusOK, it.Name)
				get("/api/v1/items/"+it.Code, http.StatusOK, it.Code)
				get("/api/v1/matters/"+it.BasicCode, http.StatusOK, it.BasicCode)
				get("/api/v1/items/"+long, http.StatusNotFound, "item-not-found")
			})
			t.Run("out_and_back", func(t *testing.T) {
				for _, format := range sheet.Formats {
					var b bytes.Buffer
					if n, err := sheet.Write(ctx, r.Catalog, format, sheet.Choice{}, &b); err != nil || n != 2 {
						t.Fatal(n, err)
					}
					rows, err := sheet.Read(ctx, r.Catalog, format, b.Bytes())
					if err != nil {
						t.Fatal(err)
					}
					if p, err := r.Catalog.Plan(ctx, actor.Platform(), catalog.PlanPublish, rows, nil); err != nil || p.Count(catalog.PlanSame) != 2 {
						t.Errorf("%s: %+v %v", format, p, err)
					}
				}
			})
			t.Run("import_a_new_list", func(t *testing.T) {
				plan := func(code string) catalog.PlanRow {
					t.Helper()
					row := catalog.ImportRow{At: "事项!2", Code: code, Lay: func(*catalog.Guide) []catalog.Problem { return nil }}
					p, err := r.Catalog.Plan(ctx, actor.Platform(), catalog.PlanPublish, []catalog.ImportRow{row}, nil)
					if err != nil {
						t.Fatal(err)
					}
					return p.Rows[0]
				}
				if row := plan(codes.Compose(free.USCC, free.Level, it.BasicCode)); row.State != catalog.PlanNew || row.Unit != free.Name {
					t.Errorf("%s: %s %+v", free.Name, row.State, row.Problems)
				}
				if row := plan(free.USCC + free.Level + long); row.State != catalog.PlanRefused || !strings.Contains(row.Problems[0].ZH, "20位") {
					t.Errorf("of the default length: %+v", row)
				}
			})
			t.Run("claim", func(t *testing.T) {
				draft, err := r.Catalog.Claim(ctx, actor.Platform(), it.BasicCode, free.ID, nil)
				if err != nil || draft.Guide.Basics.Code != codes.Compose(free.USCC, free.Level, it.BasicCode) {
					t.Fatalf("the draft's code is not of the unit %s: %v", free.Key, err)
				}
				for typ, wrong := range map[string]bool{draft.Guide.Basics.Type: false, "99": true} {
					draft.Guide.Basics.Type = typ
					ps, err := r.Catalog.DraftProblems(ctx, draft)
					if found := slices.ContainsFunc(ps, func(p catalog.Problem) bool { return p.Rule == "basic-code-type" }); err != nil || found != wrong {
						t.Errorf("type %s: %+v, %v", typ, ps, err)
					}
				}
			})
			t.Run("entry", func(t *testing.T) {
				x, err := r.Catalog.Index(ctx)
				if err != nil {
					t.Fatal(err)
				}
				b, _ := x.Basic(it.BasicCode)
				entry := *b
				for code, want := range map[string]string{it.BasicCode: "", long: "基本编码应为10位", "99" + it.BasicCode[2:]: "类型位"} {
					entry.Code = code
					ps := catalog.CheckBasic(codes, entry)
					if at := slices.ContainsFunc(ps, func(p catalog.Problem) bool { return p.Path == "code" && strings.Contains(p.ZH, want) }); at != (want != "") {
						t.Errorf("%s: %+v", code, ps)
					}
				}
			})
			t.Run("bank", func(t *testing.T) {
				w := channel.Window{Key: "bank", Centre: d.OfferedBy[0].Receiving, Name: "示范银行（演示）", No: "K01", Kind: channel.Bank, Hours: "周一", Address: "演示路1号", Items: []string{long}}
				err := r.Channel.ImportWindows(ctx, actor.Platform(), []channel.Window{w})
				if e := errs.Of(err); len(e.Fields) != 1 || e.Fields[0].Path != "windows/bank/items/0" || !strings.Contains(e.Fields[0].ZH, "10位") {
					t.Errorf("of the default length: %v", err)
				}
				w.Items[0] = it.BasicCode
				if err := r.Channel.ImportWindows(ctx, actor.Platform(), []channel.Window{w}); err != nil {
					t.Error(err)
				}
			})
			t.Run("doctor", func(t *testing.T) {
				state := func(c Config) string {
					for _, x := range Doctor(ctx, c) {
						if x.Name == "item-codes" {
							return x.State
						}
					}
					return ""
				}
				other := c
				other.ItemCode.Unit = 18
				if state(c) != "ok" || state(other) != "fail" {
					t.Errorf("%q, with another length %q", state(c), state(other))
				}
			})
		})
	}
}
