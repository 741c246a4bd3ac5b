package api

import (
	"net/url"
	"testing"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
)

// TestMatters finds matters, those that nobody offers yet as well.
func TestMatters(t *testing.T) {
	inCity(t, func(c *city) {
		c.must(c.s.Catalog.ImportBasics(t.Context(), actor.Platform(), []catalog.Basic{{Code: "320799184002", Name: "居民身份证补领", Type: "07", Levels: []string{"4"},
			Audience: []string{"1"}, Topics: []string{"household"}, Dept: "gaj", Summary: "身份证丢失的补领", Basis: []catalog.Basis{{Law: "演示条例", Article: "第一条", Mark: "C"}}}}))
		c.must(c.s.Catalog.ImportEvents(t.Context(), actor.Platform(), []catalog.Topic{{Key: "born", Name: "出生", Audience: "person"}}))
		found := c.send("anonymous", "GET", "/matters?counts=true&q="+url.QueryEscape("身份证补领"), nil).ok(200)
		if found.text("items", 0, "basicCode") != "320799184002" || found.at("items", 0, "best") != nil || found.at("items", 0, "offers") != float64(0) || found.at("counts", "type", "07") != float64(1) {
			t.Errorf("%s", found)
		}
		found = c.send("anonymous", "GET", "/matters?q="+url.QueryEscape("食品经营"), nil).ok(200)
		code, best := found.text("items", 0, "basicCode"), found.text("items", 0, "best", "code")
		if best != c.codes["food"] {
			t.Errorf("%s", found)
		}
		one := c.send("anonymous", "GET", "/matters/"+code, nil).ok(200)
		if one.text("lists", 0, "code") != best || one.text("basis", 0, "law") == "" || one.at("offers") != float64(1) {
			t.Errorf("%s", one)
		}
		if got := c.send("anonymous", "GET", "/matters/320799184002", nil).ok(200); got.at("offers") != float64(0) {
			t.Errorf("%s", got)
		}
		if got := c.send("anonymous", "GET", "/matters/320799184999", nil); got.status != 404 {
			t.Errorf("a matter that is none: %d", got.status)
		}
		if got := c.send("anonymous", "GET", "/events", nil).ok(200); got.text("items", 0, "key") != "born" {
			t.Errorf("%s", got)
		}
		if got := c.send("anonymous", "GET", "/items?level=3&counts=true", nil).ok(200); got.at("counts", "level", "3") != got.at("total") {
			t.Errorf("%s", got)
		}
	})
}
