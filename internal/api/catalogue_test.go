package api

import (
	"slices"
	"testing"
)

// TestCompileThroughAPI goes the steward's road: search, claim, write, told what
// blocks, mended by two at once, handed in, published by another; then a change
// above is adopted, and the list is suspended and comes back.
func TestCompileThroughAPI(t *testing.T) {
	inCity(t, func(c *city) {
		var w world
		w.food = c.codes["food"]
		c.keepCatalogue(&w)
		free := c.send("steward", "GET", "/catalogue/basics?claimable=wx-spj&q=演示证明&level=3", nil).ok(200)
		if free.text("items", 0, "code") != "322099078000" || free.at("items", 0, "guide") != false || free.at("items", 0, "own") != true {
			t.Fatalf("%s", free)
		}
		if a := c.send("steward", "GET", "/catalogue/basics?limit=1", nil).ok(200); c.send("steward", "GET", "/catalogue/basics?limit=100&cursor="+a.text("next"), nil).ok(200).text("items", 0, "code") <= a.text("items", 0, "code") {
			t.Errorf("%s", a)
		}
		d := c.send("steward", "POST", "/catalogue/claims", map[string]any{"basic": "322099078000", "unit": "wx-spj"}).ok(201)
		at := "/catalogue/drafts/" + d.text("id")
		if d.text("state") != "drafting" || d.text("base") != "nothing" || d.text("problems", 1, "severity") != "error" || d.text("history", 0, "act") != "claim" {
			t.Errorf("%s", d)
		}
		if a := c.send("steward", "POST", at+"/acts", map[string]any{"act": "hand-in", "note": "首次"}).ok(422); a.text("code") != "guide-not-publishable" || a.text("fields", 0, "pointer") == "" {
			t.Errorf("%s", a)
		}
		g := items()["food"].Guide
		for name, v := range map[string]any{"conditions": g.Conditions, "materials": g.Materials, "form": g.Form, "limits": g.Limits, "results": g.Results, "questions": g.Questions, "contacts": g.Contacts,
			"rights": g.Rights, "duties": g.Duties, "remedies": g.Remedies, "privacy": g.Privacy, "scenarios": g.Scenarios} {
			c.section("steward", d, name, v).ok(200)
		}
		if a := c.section("steward", d, "basis", []any{}); a.status != 403 || a.text("code") != "locked" {
			t.Errorf("%s", a)
		}
		if a := c.section("steward", d, "limits", map[string]any{"unheard": 1}); a.status != 409 {
			t.Errorf("%s", a)
		}
		// Somebody else was there: what is stored comes back, to be merged and sent again.
		a := c.section("steward", d, "rights", []any{"另一个人写的"}).ok(409)
		if a.text("code") != "section-changed" || a.text("stored", "value", 0) != "知情" || a.text("stored", "section") != "rights" || a.text("stored", "by") == "" {
			t.Errorf("%s", a)
		}
		c.send("steward", "PUT", at+"/sections/rights", map[string]any{"seen": a.text("stored", "hash"), "value": []any{"知情", "另一个人写的"}}).ok(200)
		c.send("steward", "PUT", at+"/sections/nowhere", map[string]any{"seen": "", "value": []any{}}).ok(404)
		c.send("steward", "POST", at+"/acts", map[string]any{"act": "hand-in", "note": "首次编制", "from": "2026-02-30"}).ok(422)
		d = c.send("steward", "POST", at+"/acts", map[string]any{"act": "hand-in", "note": "首次编制"}).ok(200)
		if d.text("offered", 0, "act") != "take-back" || d.text("reason") != "首次编制" {
			t.Errorf("%s", d)
		}
		c.send("irev", "POST", at+"/acts", map[string]any{"act": "return"}).ok(422)
		c.send("irev", "POST", at+"/acts", map[string]any{"act": "pass"}).ok(200)
		c.send("irev", "POST", at+"/acts", map[string]any{"act": "publish"}).ok(200)
		list := c.send("irev", "GET", "/catalogue/lists?q=演示证明", nil).ok(200)
		code := list.text("items", 0, "code")
		if list.text("items", 0, "state") != "in-use" || c.send("anonymous", "GET", "/items/"+code, nil).ok(200).text("guide", "rights", 1) != "另一个人写的" {
			t.Errorf("%s", list)
		}

		adopted := c.send("steward", "POST", "/catalogue/proposals/"+w.proposal+"/adopt", nil).ok(201)
		if adopted.text("base") != "version" || adopted.text("changes", 0, "section") != "rights" || adopted.text("changes", 0, "burden") != "lighter" {
			t.Errorf("%s", adopted)
		}
		c.send("steward", "POST", "/catalogue/proposals/"+w.proposal+"/decline", map[string]any{"reason": "已有规定"}).ok(204)
		c.send("steward", "POST", "/catalogue/proposals/"+w.proposal+"/decline", map[string]any{"reason": "已有规定"}).ok(409)

		state := "/catalogue/lists/" + code + "/state"
		c.send("irev", "PUT", state, map[string]any{"state": "suspended", "reason": ""}).ok(422)
		c.send("irev", "PUT", state, map[string]any{"state": "suspended", "reason": "系统升级", "successor": "nothing"}).ok(422)
		c.send("irev", "PUT", state, map[string]any{"state": "suspended", "reason": "系统升级"}).ok(204)
		if a := c.send("irev", "GET", "/catalogue/lists?state=suspended", nil).ok(200); a.text("items", 0, "reason") != "系统升级" {
			t.Errorf("%s", a)
		}
		c.send("irev", "PUT", state, map[string]any{"state": "in-use", "reason": "升级完成"}).ok(204)
		c.send("irev", "PUT", state, map[string]any{"state": "cancelled", "reason": "并入", "successor": w.food}).ok(204)
		if a := c.send("irev", "PUT", state, map[string]any{"state": "in-use", "reason": "后悔"}).ok(409); a.text("code") != "item-cancelled" {
			t.Errorf("%s", a)
		}
		if a := c.send("irev", "GET", "/catalogue/lists?limit=1", nil).ok(200); a.text("next") == "" || c.send("irev", "GET", "/catalogue/lists?limit=1&cursor="+a.text("next"), nil).ok(200).text("items", 0, "code") == a.text("items", 0, "code") {
			t.Errorf("%s", a)
		}
		c.send("irev", "GET", "/catalogue/lists?unit=nowhere", nil).ok(422)
		heads := c.send("lxirev", "GET", "/catalogue/drafts", nil).ok(200)
		if n := len(heads.at("items").([]any)); n != 0 {
			t.Errorf("the district sees %d drafts of the city", n)
		}
		if !slices.Contains([]string{"drafting"}, c.send("irev", "GET", "/catalogue/drafts", nil).ok(200).text("items", 0, "state")) {
			t.Error("the city's reviewer sees none")
		}
	})
}
