package portal_test

import (
	"encoding/json"
	"mime"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/web/citytest"
)

const smallPDF = "%PDF-1.4\n%%EOF"

// drafted puts a blank form into a draft of an item's guide that nobody publishes.
func drafted(t *testing.T, c *citytest.City, item string) catalog.GuideFile {
	t.Helper()
	ctx, steward := t.Context(), c.Staff("steward-lx")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	it, err := c.Catalog.Item(ctx, c.Codes[item][0])
	must(err)
	d, err := c.Catalog.Revise(ctx, steward, it.ID, nil)
	must(err)
	seen, err := d.SectionHash("materials")
	must(err)
	f, err := c.Catalog.TakeFile(ctx, steward, d.ID, strings.NewReader(smallPDF), "食品经营许可申请书.pdf")
	must(err)
	list := slices.Clone(d.Guide.Materials)
	list[0].BlankForm = f.Address()
	value, err := json.Marshal(list)
	must(err)
	_, err = c.Catalog.SaveSection(ctx, steward, d.ID, "materials", seen, value, f.GuideFile)
	must(err)
	return f.GuideFile
}

// TestGuideFile: what a published guide names is for everybody, what a draft names
// is not.
func TestGuideFile(t *testing.T) {
	citytest.Each(t, []string{food}, func(t *testing.T, c *citytest.City) {
		h := serve(t, c)
		f := drafted(t, c, food)
		b := citytest.Browse(t, h)
		for _, path := range []string{f.Address(), "/files/" + strings.Repeat("0a", 12), "/files/x"} {
			if b.Get(path).Want(404); b.Head.Get("Cache-Control") != "no-store" || b.Head.Get("ETag") != "" {
				t.Errorf("%s: %v", path, b.Head)
			}
		}
		page := "/items/" + c.Codes[food][0]
		b.Get(page).Want(200).Not("空白表格")
		c.Republish(food, func(g *catalog.Guide) {
			g.Materials[0].BlankForm, g.Materials[0].SampleFile = f.Address(), "https://www.example.cn/a.pdf"
		})
		b.Get(page).Want(200, "空白表格（PDF，14 B）", "食品经营许可申请书.pdf", "示例样表（www.example.cn）", "http://localhost:8080"+f.Address())
		if !strings.Contains(b.Body, `href="`+f.Address()+`"`) {
			t.Error("the page does not lead to the file")
		}
		if b.Get(f.Address()).Want(200); b.Body != smallPDF {
			t.Errorf("%q", b.Body)
		}
		_, words, err := mime.ParseMediaType(b.Head.Get("Content-Disposition"))
		if err != nil || words["filename"] != "食品经营许可申请书.pdf" {
			t.Errorf("%v %v", words, err)
		}
		for name, want := range map[string]string{"Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff", "Cache-Control": "public, max-age=31536000, immutable", "ETag": `"` + f.Key + `"`, "Content-Length": "14"} {
			if b.Head.Get(name) != want {
				t.Errorf("%s: %q", name, b.Head.Get(name))
			}
		}
		r := httptest.NewRequestWithContext(t.Context(), "GET", f.Address(), nil)
		r.Header.Set("If-None-Match", `"`+f.Key+`"`)
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != 304 || w.Body.Len() != 0 {
			t.Errorf("%d, %d bytes", w.Code, w.Body.Len())
		}
	})
}
