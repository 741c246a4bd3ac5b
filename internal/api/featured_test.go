package api

import (
	"net/url"
	"testing"
)

// TestFeatured: the lists with their rules, what is in them, who came and went;
// a reviewer tries a rule, keeps it, and chooses by hand.
func TestFeatured(t *testing.T) {
	inCity(t, func(c *city) {
		food := c.codes["food"]
		all := c.send("anonymous", "GET", "/featured", nil).ok(200)
		if n := len(all.at("items").([]any)); n != 9 || all.text("items", 0, "rule", "rule") == "" || all.number("items", 3, "matters") == 0 {
			t.Fatalf("%d lists: %s", n, all)
		}
		c.send("anonymous", "GET", "/featured/attributes", nil).ok(200).text("items", 0, "means")
		if got := c.send("anonymous", "GET", "/items/"+food, nil).ok(200).at("featured"); got == nil {
			t.Error("the item does not say where it is")
		}
		seen := map[string]bool{}
		for at := ""; ; {
			p := c.send("anonymous", "GET", "/featured/online/items?limit=1&cursor="+url.QueryEscape(at), nil).ok(200)
			for _, m := range p.at("items").([]any) {
				seen[m.(map[string]any)["basicCode"].(string)] = true
			}
			next, ok := p.at().(map[string]any)["next"].(string)
			if !ok {
				break
			}
			at = next
		}
		if int64(len(seen)) != all.number("items", 3, "matters") {
			t.Errorf("paged through %d matters: %s", len(seen), all)
		}
		moves := c.send("anonymous", "GET", "/featured/online/moves?limit=1", nil).ok(200)
		if moves.at("items", 0, "joined") != true || moves.text("items", 0, "cause") != "rule" {
			t.Errorf("%s", moves)
		}
		c.send("anonymous", "GET", "/featured/online/moves?cursor=x", nil).ok(400)
		c.send("anonymous", "GET", "/featured/nothing/items", nil).ok(404)

		bad := c.send("steward", "POST", "/featured/online/rule/try", map[string]any{"rule": "instant && dept == 4"}).ok(422)
		if bad.text("fields", 0, "code") != "rule-unknown" {
			t.Errorf("%s", bad)
		}
		if trial := c.send("steward", "POST", "/featured/online/rule/try", map[string]any{"rule": "false"}).ok(200); int64(len(trial.at("leave").([]any))) != all.number("items", 3, "lists") {
			t.Errorf("%s", trial)
		}
		set := map[string]any{"rule": "false", "words": "空", "reason": "演示", "no": 0}
		c.send("irev", "POST", "/featured/online/rule", set).ok(204)
		c.send("irev", "POST", "/featured/online/rule", set).ok(409)
		c.drain()
		first := c.send("anonymous", "GET", "/featured/online/moves?limit=1", nil).ok(200)
		second := c.send("anonymous", "GET", "/featured/online/moves?limit=1&cursor="+url.QueryEscape(first.text("next")), nil).ok(200)
		if first.at("items", 0, "joined") != false || first.text("next") == "" || second.at("items", 0, "joined") != true {
			t.Errorf("%s, then %s", first, second)
		}
		if rules := c.send("anonymous", "GET", "/featured/online/rules", nil).ok(200); rules.number("items", 0, "no") != 1 || rules.at("items", 0, "applied") != true || rules.number("items", 1, "no") != 0 {
			t.Errorf("%s", rules)
		}
		if got := c.send("anonymous", "GET", "/featured/online/items", nil).ok(200); len(got.at("items").([]any)) != 0 {
			t.Errorf("%s", got)
		}
		c.send("irev", "POST", "/featured/online/choices", map[string]any{"subject": food, "kind": "add", "reason": "上门办理"}).ok(204)
		if got := c.send("anonymous", "GET", "/items/"+food+"/featured", nil).ok(200); got.text("items", 0, "list") != "online" || got.text("items", 0, "reason") != "上门办理" {
			t.Errorf("%s", got)
		}
		id := c.send("steward", "GET", "/featured/online/choices", nil).ok(200).text("items", 0, "id")
		c.send("irev", "POST", "/featured/choices/"+id+"/withdraw", map[string]any{"reason": ""}).ok(422)
		c.send("irev", "POST", "/featured/choices/"+id+"/withdraw", map[string]any{"reason": "停办"}).ok(204)
		c.send("irev", "POST", "/featured/choices/"+id+"/withdraw", map[string]any{"reason": "停办"}).ok(409)
	})
}
