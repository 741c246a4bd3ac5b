package api

import (
	"testing"
	"time"
)

// TestSides does by the API what the pages do: a hearing, a statement with a
// file, a task taken, somebody who stands aside.
func TestSides(t *testing.T) {
	inCity(t, func(c *city) {
		no := c.submitted("food")
		c.act("clerk", no, "accept", nil).ok(200)
		c.act("rev", no, "claim", nil).ok(200)
		if got := c.send("dec", "GET", "/queue/loads?unit=wx-spj&role=reviewer", nil).ok(200); got.text("items", 0, "name") != "王审查" || got.number("items", 0, "open") != 1 {
			t.Errorf("%s", got)
		}
		if got := c.send("rev", "GET", "/queue?unit=wx-spj&role=reviewer", nil).ok(200); got.text("items", 0, "claimed") != "王审查" {
			t.Errorf("%s", got)
		}
		c.act("rev", no, "review", map[string]any{"agree": true, "opinion": "好"}).ok(200)
		c.act("dec", no, "hearing-tell", map[string]any{"hearing": map[string]any{"interest": "相邻利益"}}).ok(200)
		k := c.send("zhang", "GET", "/cases/"+no, nil).ok(200)
		if k.at("beside", "hearing", "told", 0, "name") == nil {
			t.Errorf("%s", k)
		}
		c.act("zhang", no, "hearing-ask", map[string]any{"reason": "当面说明"}).ok(200)
		call := map[string]any{"place": "会议室", "presider": "dec", "public": true, "at": c.clk.Now().Add(48 * time.Hour).Format("2006-01-02 15:04")}
		c.act("dec", no, "hearing-call", map[string]any{"days": 10, "hearing": call}).ok(422)
		call["at"] = c.clk.Now().Add(15 * 24 * time.Hour).Format("2006-01-02 15:04")
		if k = c.act("dec", no, "hearing-call", map[string]any{"days": 10, "hearing": call}).ok(200); k.text("state", "code") != "suspended" || k.text("beside", "hearing", "presider") != "褚决定" {
			t.Errorf("%s", k)
		}
		c.act("zhang", no, "hearing-challenge", map[string]any{"reason": "亲属"}).ok(200)
		c.act("dec", no, "hearing-answer", map[string]any{"agree": false, "reason": "不是亲属"}).ok(200)
		ticket := c.upload("zhang", "/files", "说明.pdf", pdf).ok(201).text("file")
		k = c.act("zhang", no, "object", map[string]any{"reason": "已经改好", "files": []any{map[string]any{"file": ticket, "name": "说明.pdf"}}}).ok(200)
		file := k.text("beside", "statements", 0, "files", 0, "id")
		c.send("dec", "GET", "/cases/"+no+"/files/"+file, nil).ok(200)
		c.act("dec", no, "object", map[string]any{"reason": "x", "files": []any{map[string]any{"file": "1.made-up"}}}).ok(422)
		c.clk.Add(16 * 24 * time.Hour)
		c.tokens = map[string]string{"anonymous": ""} // the old ones have expired
		k = c.act("dec", no, "hearing-record", map[string]any{"hearing": map[string]any{"text": "各方陈述完毕", "signed": "各方"}}).ok(200)
		record := k.text("beside", "hearing", "record")
		c.act("dec", no, "decide", map[string]any{"grant": true}).ok(422)
		c.act("dec", no, "decide", map[string]any{"grant": true, "hearing": map[string]any{"record": record}}).ok(200)

		other := c.submitted("food")
		c.act("clerk", other, "accept", nil).ok(200)
		c.act("rev", other, "recuse", map[string]any{"reason": "亲属"}).ok(200)
		c.send("rev", "GET", "/cases/"+other, nil).ok(403)
	})
}
