package api

import (
	"fmt"
	"net/url"
	"testing"
)

// TestAsPagesDo: what the desk and the console can narrow down and look up.
func TestAsPagesDo(t *testing.T) {
	inCity(t, func(c *city) {
		no, other := c.submitted("food"), c.submitted("food")
		tail := no[len(no)-6:]
		if a := c.send("clerk", "GET", "/queue/find?tail="+tail, nil).ok(200); a.text("items", 0, "no") != no || len(a.at("items").([]any)) != 1 {
			t.Errorf("by the last digits: %s", a)
		}
		if a := c.send("lxclerk", "GET", "/queue/find?tail="+tail, nil).ok(200); len(a.at("items").([]any)) != 0 {
			t.Errorf("a clerk elsewhere finds %s", a)
		}
		c.send("clerk", "GET", "/queue/find?tail=123", nil).ok(422)

		made := c.send("sys", "POST", "/staff", map[string]any{"login": "fresh", "name": "新人", "unit": "wx-zx"}).ok(201)
		if m := c.send("sec", "GET", "/staff/"+made.text("staff", "id"), nil).ok(200); m.text("login") != "fresh" || m.at("mustChange") != true {
			t.Errorf("account %s", m)
		}

		c.send("lxclerk", "GET", "/cases/"+no, nil).ok(404)
		c.send("li", "GET", "/cases/"+no, nil).ok(404)
		c.send("li", "GET", "/cases/"+other, nil).ok(404)
		c.act("clerk", no, "accept", nil).ok(200)
		log := func(query string) (acts []string) {
			t.Helper()
			for cursor := ""; ; {
				a := c.send("aud", "GET", "/audit?limit=1&subject="+url.QueryEscape("case/"+no)+query+"&cursor="+cursor, nil).ok(200)
				for i := range a.at("items").([]any) {
					acts = append(acts, a.text("items", i, "act")+" "+a.text("items", i, "outcome"))
				}
				if cursor = a.text("next"); cursor == "" {
					return acts
				}
			}
		}
		for query, want := range map[string]string{"": "[case.submit done case.read denied case.read denied case.accept done]", "&outcome=denied": "[case.read denied case.read denied]",
			"&act=case.accept": "[case.accept done]", "&act=case.accept&outcome=denied": "[]",
			"&outcome=denied&actorKind=person&actor=" + fmt.Sprint(c.refs.Persons["li"]): "[case.read denied]"} {
			if got := fmt.Sprint(log(query)); got != want {
				t.Errorf("log of the case%s: %s, want %s", query, got, want)
			}
		}

		inHand := func(query string) int64 {
			return c.send("sup", "GET", "/overview?division=320200000000"+query, nil).ok(200).number("total", "in-hand")
		}
		if inHand("") != 2 || inHand("&alone=true") != 2 || c.send("sup", "GET", "/overview?division=320213000000&alone=true", nil).ok(200).number("total", "in-hand") != 0 {
			t.Error("the figures of the city alone")
		}
	})
}
