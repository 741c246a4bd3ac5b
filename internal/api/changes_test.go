package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
)

func TestChanges(t *testing.T) {
	inCity(t, func(c *city) {
		code := c.codes["food"]
		_, err := c.s.Catalog.Number(t.Context())
		c.must(err)
		end := c.send("anonymous", "GET", "/items/changes?after=0&limit=1", nil).ok(200).number("end")
		if end < 2 {
			t.Fatal(end)
		}
		feed := c.send("anonymous", "GET", "/items/changes", nil).ok(200)
		if feed.number("after") != end || feed.number("changes", 0, "position") != 1 || feed.text("changes", 0, "kind") != "published" ||
			!strings.HasPrefix(feed.text("changes", 0, "link"), "https://tongban.example/api/v1/items/") {
			t.Errorf("%s", feed)
		}
		tag := feed.header.Get("ETag")
		if a := c.send("anonymous", "GET", "/items/changes", nil, "If-None-Match", tag); a.status != http.StatusNotModified {
			t.Errorf("%s", a)
		}
		c.must(c.s.Catalog.SetState(t.Context(), actor.Platform(), code, catalog.Paused, "升级", ""))
		_, err = c.s.Catalog.Number(t.Context())
		c.must(err)
		if a := c.send("anonymous", "GET", "/items/changes", nil, "If-None-Match", tag); a.status != 200 {
			t.Errorf("%s", a)
		}
		if a := c.after(end); a.number("end") != end+1 || a.text("changes", 0, "kind") != "suspended" || a.text("changes", 0, "code") != code {
			t.Errorf("%s", a)
		}
		if a := c.after(end + 1); a.number("after") != end+1 || strings.Contains(a.String(), "position") {
			t.Errorf("%s", a)
		}
		v := c.send("anonymous", "GET", "/items/"+code+"/versions", nil).ok(200)
		if v.number("items", 0, "no") != 1 || v.text("items", 0, "standing") != "in-force" || v.text("items", 0, "publishedBy") == "" {
			t.Errorf("%s", v)
		}
		if a := c.send("anonymous", "GET", "/items/"+code+"/changes?from=1&to=1", nil).ok(200); !strings.Contains(a.String(), `"changes":[]`) {
			t.Errorf("%s", a)
		}
		day := c.clk.Now().Format("2006-01-02")
		if a := c.send("anonymous", "GET", "/items/"+code+"?asof="+day, nil).ok(200); a.number("version", "no") != 1 {
			t.Errorf("%s", a)
		}
		c.refused([]bad{
			{name: "before there was one", who: "anonymous", method: "GET", path: "/items/" + code + "?asof=2020-01-01", status: 404},
			{name: "no day", who: "anonymous", method: "GET", path: "/items/" + code + "?asof=2026-02-30", status: 422, field: "/query/asof"},
			{name: "no version", who: "anonymous", method: "GET", path: "/items/" + code + "/changes?from=1&to=8", status: 404},
			{name: "which versions", who: "anonymous", method: "GET", path: "/items/" + code + "/changes?from=1", status: 422, field: "/query/to"},
			{name: "before the first", who: "anonymous", method: "GET", path: "/items/changes?after=-1", status: 422, field: "/query/after"},
			{name: "a private address", who: "sys", method: "POST", path: "/subscribers", body: map[string]any{"name": "x", "url": "https://10.0.0.1/"}, status: 422, field: "/url"},
			{name: "no subscriber", who: "sys", method: "DELETE", path: "/subscribers/1", status: 404},
		})
	})
}

func (c *city) after(position int64) answer {
	c.t.Helper()
	return c.send("anonymous", "GET", "/items/changes?after="+fmt.Sprint(position), nil).ok(200)
}

func TestSubscribers(t *testing.T) {
	inCity(t, func(c *city) {
		made := c.send("sys", "POST", "/subscribers", map[string]any{"name": "省平台", "url": "https://example.gov.cn/hook", "after": 0}).ok(201)
		id := made.text("id")
		if len(made.text("secret")) < 40 || made.number("position") != 0 || made.text("state") != "active" {
			t.Errorf("%s", made)
		}
		list := c.send("sys", "GET", "/subscribers", nil).ok(200)
		if list.text("items", 0, "id") != id || strings.Contains(list.String(), "secret") {
			t.Errorf("%s", list)
		}
		c.send("sys", "PUT", "/subscribers/"+id+"/active", map[string]any{"active": false}).ok(204)
		if a := c.send("sys", "GET", "/subscribers", nil).ok(200); a.text("items", 0, "state") != "paused" {
			t.Errorf("%s", a)
		}
		c.send("sys", "DELETE", "/subscribers/"+id, nil).ok(204)
		if a := c.send("sys", "GET", "/subscribers", nil).ok(200); !strings.Contains(a.String(), `"items":[]`) {
			t.Errorf("%s", a)
		}
	})
}
