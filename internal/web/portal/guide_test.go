package portal_test

import (
	"compress/gzip"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/web/citytest"
)

const food = "food-licence-new"

func promise(days int) func(*catalog.Guide) {
	return func(g *catalog.Guide) {
		g.Limits.Promised.Days = days
		for i := range g.Steps {
			g.Steps[i].Days = 0
		}
		if x := g.Limits.Supplement; x != nil && x.Days > days { // what may follow later comes within the promise
			y := *x
			y.Days, g.Limits.Supplement = days, &y
		}
	}
}

// A guide page comes from the server's own cache and is never older than what
// was published.
func TestGuideCache(t *testing.T) {
	citytest.Each(t, []string{food}, func(t *testing.T, c *citytest.City) {
		h := serve(t, c)
		path := "/items/" + c.Codes[food][0]
		ask := func(header ...string) *httptest.ResponseRecorder {
			r := httptest.NewRequest("GET", path, nil)
			for i := 0; i < len(header); i += 2 {
				r.Header.Set(header[i], header[i+1])
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			return w
		}
		first := ask()
		tag := first.Header().Get("ETag")
		if again := ask(); first.Code != 200 || tag == "" || again.Body.String() != first.Body.String() || again.Header().Get("ETag") != tag {
			t.Errorf("%d %q, again %d %q", first.Code, tag, again.Code, again.Header().Get("ETag"))
		}
		t.Run("not_sent_to_who_has_it", func(t *testing.T) {
			if w := ask("If-None-Match", `"x", `+tag); w.Code != http.StatusNotModified || w.Body.Len() != 0 || w.Header().Get("ETag") != tag || w.Header().Get("Vary") == "" {
				t.Errorf("%d, %d bytes, %v", w.Code, w.Body.Len(), w.Header())
			}
			if w := ask("If-None-Match", `"x"`); w.Code != 200 {
				t.Errorf("%d", w.Code)
			}
		})
		t.Run("compressed", func(t *testing.T) {
			w := ask("Accept-Encoding", "gzip")
			z, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			if b, err := io.ReadAll(z); err != nil || string(b) != first.Body.String() || w.Header().Get("Content-Encoding") != "gzip" {
				t.Errorf("%d bytes, %v", len(b), err)
			}
		})
		t.Run("each_reader_his_own", func(t *testing.T) {
			b := citytest.Browse(t, h)
			b.Get(path).Want(200, "在线办理")
			b.Post("/prefs", url.Values{"lang": {"en"}, "back": {path}}).Want(200, "Apply online")
			b.Post("/prefs", url.Values{"elder": {"on"}, "back": {path}}).Want(200, "What to prepare")
			b.Post("/prefs", url.Values{"lang": {"zh-CN"}, "back": {path}}).Want(200, "要准备什么")
			in := login(citytest.Browse(t, h), "chenjiayi")
			in.Get(path).Want(200, "您将以", "退出")
			if in.Head.Get("Cache-Control") != "no-store" || in.Head.Get("ETag") != "" {
				t.Errorf("%v", in.Head)
			}
			citytest.Browse(t, h).Get(path).Want(200, "登录").Not("退出", "您将以")
			if w := ask(); w.Body.String() != first.Body.String() {
				t.Error("the visitor's page is another one now")
			}
			citytest.Browse(t, h).Get(path+"?x=1").Want(200, "在线办理") // its address is another one
		})
		t.Run("publishing_shows_at_once", func(t *testing.T) {
			for days := 2; days < 6; days++ {
				c.Republish(food, promise(days))
				if w := ask("If-None-Match", tag); w.Code != 200 || !strings.Contains(w.Body.String(), fmt.Sprintf("<dd>%d 个工作日", days)) {
					t.Errorf("%d: %d", days, w.Code)
				}
			}
			if err := c.Catalog.SetState(t.Context(), actor.Platform(), c.Codes[food][0], catalog.Paused, "系统升级", ""); err != nil {
				t.Fatal(err)
			}
			citytest.Browse(t, h).Get(path).Want(200, "该事项目前暂停办理").Not("在线办理")
			if err := c.Catalog.SetState(t.Context(), actor.Platform(), c.Codes[food][0], catalog.InUse, "完成", ""); err != nil {
				t.Fatal(err)
			}
			citytest.Browse(t, h).Get(path).Want(200, "在线办理")
		})
		t.Run("another_node_within_two_seconds", func(t *testing.T) {
			other := catalog.New(catalog.Config{DB: c.DB, Identity: c.Identity})
			ask()
			if err := other.SetState(t.Context(), actor.Platform(), c.Codes[food][0], catalog.Paused, "系统升级", ""); err != nil {
				t.Fatal(err)
			}
			c.After(time.Second)
			citytest.Browse(t, h).Get(path).Want(200, "该事项目前暂停办理")
		})
		t.Run("not_there", func(t *testing.T) {
			citytest.Browse(t, h).Get("/items/320211999999999999").Want(404)
		})
	})
}

func TestGuideVersions(t *testing.T) {
	citytest.Each(t, []string{food}, func(t *testing.T, c *citytest.City) {
		h := serve(t, c)
		path := "/items/" + c.Codes[food][0]
		c.Clock.Set(time.Date(2026, 3, 9, 1, 0, 0, 0, time.UTC))
		c.Republish(food, func(g *catalog.Guide) {
			promise(3)(g)
			g.Conditions = append(g.Conditions, catalog.Condition{Text: "场所经过消防安全检查"})
		})
		b := citytest.Browse(t, h)
		b.Get(path).Want(200, "历次版本和变化").Click("历次版本和变化").Want(200, "第 2 版", "现行", "2026-03-09 起", "2026-03-02 起，至 2026-03-09", "查看某一天的指南", "减负情况", "必交材料", "比上一版")
		b.Press("查看", url.Values{"asof": {"2026-03-05"}}).Want(200, "这是 2026-03-05 的办事指南（第 1 版），不是现行的").Not("场所经过消防安全检查", "在线办理")
		b.Click("查看现行的办事指南").Want(200, "场所经过消防安全检查", "在线办理").Not("不是现行的")
		b.Get(path+"?asof=2026-03-09").Want(200, "场所经过消防安全检查").Not("不是现行的")
		b.Get(path+"?asof=2026-03-01").Want(404, "这一天还没有办事指南")
		b.Get(path+"?asof=yesterday").Want(422, "日期请写成")
		b.Get(path+"/versions").Click("与上一版的变化").Want(200, "要求更多", "受理标准新增“场所经过消防安全检查”", "个工作日改为3个工作日")
		b.Get(path+"/versions").Press("比较", url.Values{"from": {"2"}, "to": {"2"}}).Want(200, "两个版本的内容相同")
		b.Get(path+"/changes?from=2&to=1").Want(200, "受理标准删去“场所经过消防安全检查”")
		b.Get(path+"/changes?from=1&to=7").Want(404, "没有这个版本")
		b.Get(path+"/changes?from=x").Want(422, "版本号应当是数字")
		b.Get("/items/NOTHING/versions").Want(404)
		b.Post("/prefs", url.Values{"lang": {"en"}, "back": {path + "/changes"}}).Want(200, "Conditions: “场所经过消防安全检查” added", "Asks more")
	})
}

type feedLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type atomDoc struct {
	Archive *struct{}  `xml:"http://purl.org/syndication/history/1.0 archive"`
	Links   []feedLink `xml:"http://www.w3.org/2005/Atom link"`
	Entries []struct {
		ID    string `xml:"id"`
		Title string `xml:"title"`
	} `xml:"http://www.w3.org/2005/Atom entry"`
}

func (d atomDoc) link(rel string) string {
	for _, l := range d.Links {
		if l.Rel == rel {
			return strings.TrimPrefix(l.Href, "http://localhost:8080")
		}
	}
	return ""
}

// Whoever follows the links of a feed from its current document to the oldest
// archive has seen every change.
func TestFeedPages(t *testing.T) {
	citytest.Each(t, []string{food}, func(t *testing.T, c *citytest.City) {
		h, code := serve(t, c), c.Codes[food][0]
		b := citytest.Browse(t, h)
		if b.Get("/feed/items.atom").Want(200); strings.Contains(b.Body, "<entry>") {
			t.Error("something before anything has a position")
		}
		for i := range 121 {
			state := []catalog.ItemState{catalog.Paused, catalog.InUse}[i%2]
			if err := c.Catalog.SetState(t.Context(), actor.Platform(), code, state, "演练", ""); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := c.Catalog.Number(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, end, err := c.Catalog.Changes(t.Context(), 0, 1)
		if err != nil || end <= 121 {
			t.Fatal(end, err)
		}
		seen, at, docs := map[string]bool{}, "/feed/items.atom", 0
		for at != "" {
			b.Get(at).Want(200)
			var d atomDoc
			if err := xml.Unmarshal([]byte(b.Body), &d); err != nil {
				t.Fatalf("%s: %v", at, err)
			}
			if (d.Archive != nil) != (docs > 0) || d.link("self") != at || len(d.Entries) != 100 {
				t.Errorf("%s: %+v, %d entries", at, d.Links, len(d.Entries))
			}
			for _, e := range d.Entries {
				seen[e.ID] = true
				if !strings.Contains(e.Title, "：") {
					t.Errorf("%+v", e)
				}
			}
			at, docs = d.link("prev-archive"), docs+1
		}
		if int64(len(seen)) != end || docs != 2 {
			t.Errorf("%d of %d in %d documents", len(seen), end, docs)
		}
		tag := b.Get("/feed/items.atom").Head.Get("ETag")
		for _, path := range []string{"/feed/items.atom", "/feed/items.json"} {
			r := httptest.NewRequest("GET", path, nil)
			r.Header.Set("If-None-Match", tag)
			w := httptest.NewRecorder()
			if h.ServeHTTP(w, r); w.Code != http.StatusNotModified {
				t.Errorf("%s: %d", path, w.Code)
			}
		}
		var j struct {
			Version string `json:"version"`
			Next    string `json:"next_url"`
			Items   []struct {
				Title  string        `json:"title"`
				URL    string        `json:"url"`
				Change catalog.Entry `json:"_change"`
			} `json:"items"`
		}
		b.Get("/feed/items.json").Want(200)
		if err := json.Unmarshal([]byte(b.Body), &j); err != nil || len(j.Items) != 100 || j.Items[0].Change.Position != end || j.Next != "http://localhost:8080/feed/items.json?archive=0" {
			t.Errorf("%v %+v", err, j)
		}
		if !slices.Contains([]string{"食品经营许可（新办）：暂停办理"}, j.Items[0].Title) || !strings.HasSuffix(j.Items[0].URL, "/items/"+code) {
			t.Errorf("%+v", j.Items[0])
		}
		for _, n := range []string{"-1", "1", "99", "x"} { // archive 1 is not full yet
			b.Get("/feed/items.atom?archive=" + n).Want(404)
		}
	})
}
