package api

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestNoItem: whoever mistypes an item's code learns that, and where.
func TestNoItem(t *testing.T) {
	inCity(t, func(c *city) {
		good := c.codes["food"]
		slip := good[:17] + string('0'+(good[17]-'0'+1)%10) + good[18:] // the unit's check digit, another digit
		other := good[:19] + "320199999000"
		for _, tt := range []struct{ item, code, words string }{
			{slip, "check-digit", "实施主体代码有误"}, {other, "unknown", "没有这个事项"}, {"9", "length", "位"},
		} {
			whole := c.application("zhang", "food")
			whole["item"] = tt.item
			book := map[string]any{"centre": "wx-zx", "item": tt.item, "day": "2026-03-05", "slot": "10:00"}
			for path, body := range map[string]map[string]any{"/drafts": {"item": tt.item}, "/cases": whole, "/appointments": book} {
				a := c.send("zhang", "POST", path, body).ok(422)
				if a.text("fields", 0, "pointer") != "/item" || a.text("fields", 0, "code") != tt.code || !strings.Contains(a.text("fields", 0, "text"), tt.words) {
					t.Errorf("POST %s for %s: %s", path, tt.item, a)
				}
			}
		}
	})
}

// TestRepeated: every POST that makes something makes it once for an
// Idempotency-Key, or says in its description what repeating it does.
func TestRepeated(t *testing.T) {
	inCity(t, func(c *city) {
		w := c.world()
		file := c.upload("zhang", "/files", "a.pdf", append(slices.Clone(pdf), '\n')).ok(201).text("file")
		mandate := map[string]any{"agentName": "王强", "agentIdNumber": c.batch.Persons[2].IDNumber, "until": "2026-12-31", "ground": "亲属"}
		book := map[string]any{"centre": "wx-zx", "item": c.codes["marriage"], "day": "2026-03-06", "slot": "10:00"}
		c.send("clerk", "POST", "/cases/"+w.no+"/papers", map[string]any{"name": "委托书", "copies": 1}).ok(204)
		paper := c.send("clerk", "GET", "/units/wx-zx/papers", nil).ok(200).text("held", 0, "id")
		requests := map[string]struct {
			who, path string
			body      map[string]any
			change    string // what the other request with the same key has otherwise
			to        any
			same      []any // of the answer: what tells that it is the first result
		}{
			"token-issue":        {who: "anonymous", path: "/auth/token", body: map[string]any{"login": "li", "password": password}},
			"mandate-grant":      {"zhang", "/mandates", mandate, "ground", "朋友", []any{"id"}},
			"draft-start":        {"li", "/drafts", map[string]any{"item": w.food}, "item", c.codes["marriage"], []any{"id"}},
			"file-upload":        {who: "zhang", path: "/files", same: []any{"file"}},
			"material-attach":    {who: "zhang", path: "/drafts/" + w.draft + "/materials/m01/files", body: map[string]any{"file": file}, same: []any{"materials", 0, "files", 0, "id"}},
			"case-submit":        {"zhang", "/cases", w.whole, "consent", false, []any{"no"}},
			"case-correction":    {who: "zhang", path: "/cases/" + w.correcting + "/correction", same: []any{"id"}},
			"case-mend":          {who: "clerk", path: "/cases/" + w.no + "/mend", body: map[string]any{"present": true}, same: []any{"id"}},
			"rating-give":        {"zhang", "/ratings", map[string]any{"case": w.closed, "level": 4, "words": "好"}, "level", 5, []any{"at"}},
			"appointment-book":   {"li", "/appointments", book, "slot", "10:30", []any{"id"}},
			"assist-ask":         {"zhang", "/assists", map[string]any{"item": w.food, "unit": "wx-zx"}, "wish", "上门", []any{"id"}},
			"inquiry-ask":        {"zhang", "/inquiries", map[string]any{"kind": "question", "item": w.food, "words": "要多久？"}, "words", "要钱吗？", []any{"no"}},
			"paper-give":         {"clerk", "/units/wx-zx/papers/slips", map[string]any{"to": "wx-spj", "papers": []any{paper}}, "papers", []any{paper, "1"}, []any{"id"}},
			"subscribe":          {"sys", "/subscribers", map[string]any{"name": "省平台之一", "url": "https://example.gov.cn/hook"}, "name", "省平台之二", []any{"id"}},
			"staff-create":       {"sys", "/staff", map[string]any{"login": "once", "name": "某人", "unit": "wx-zx"}, "name", "别人", []any{"staff", "id"}},
			"list-claim":         {"steward", "/catalogue/claims", map[string]any{"basic": "322099078000", "unit": "wx-spj"}, "unit", "lx-spj", []any{"id"}},
			"list-revise":        {who: "steward", path: "/catalogue/lists/" + c.codes["marriage"] + "/revisions", same: []any{"id"}},
			"list-split":         {"steward", "/catalogue/lists/" + w.food + "/parts", map[string]any{"names": []any{"新办", "变更"}}, "names", []any{"新办", "延续"}, []any{"drafts", 1, "id"}},
			"template-revise":    {"steward", "/catalogue/basics/320799004000/revisions", map[string]any{"unit": "wx-spj"}, "unit", "wx-gov", []any{"id"}},
			"proposal-adopt":     {who: "steward", path: "/catalogue/proposals/" + w.proposal + "/adopt", same: []any{"id"}},
			"list-import-begin":  {who: "steward", path: "/catalogue/imports?mode=drafts", same: []any{"id"}},
			"guide-draft-file":   {who: "steward", path: "/catalogue/drafts/" + w.guide + "/files", same: []any{"address"}},
			"adjustment-propose": {"steward", "/adjustment-dossiers", map[string]any{"unit": "wx-gov", "plan": c.adjustment("322099903000")}, "unit", "lx-gov", []any{"no"}},
		}
		for _, op := range c.s.operations {
			if op.method == http.MethodPost && op.once == (op.again != "") {
				t.Errorf("%s neither takes a key nor says what repeating it does, or both", op.id)
			}
			r, known := requests[op.id]
			if op.method != http.MethodPost || op.status != http.StatusCreated {
				continue
			}
			if !known {
				t.Errorf("nobody repeats %s", op.id)
				continue
			}
			send := func(body map[string]any) answer {
				switch {
				case op.upload && body == nil:
					return c.upload(r.who, r.path, map[bool]string{true: "一.xlsx", false: "一.pdf"}[op.once], pdf, "Idempotency-Key", "key-"+op.id)
				case body == nil:
					return c.send(r.who, "POST", r.path, nil, "Idempotency-Key", "key-"+op.id)
				}
				return c.send(r.who, "POST", r.path, body, "Idempotency-Key", "key-"+op.id)
			}
			first := send(r.body)
			if first.status != http.StatusCreated {
				t.Errorf("%s: %s", op.id, first)
				continue
			}
			before := c.things()
			again := send(r.body)
			if again.status != http.StatusCreated || len(r.same) > 0 && fmt.Sprint(again.at(r.same...)) != fmt.Sprint(first.at(r.same...)) {
				t.Errorf("%s repeated: %s, first %s", op.id, again, first)
			}
			if op.id == "staff-create" && (first.text("password") == "" || strings.Contains(string(again.body), `"password"`) || strings.Contains(string(again.body), "otpauth")) {
				t.Errorf("the credentials are shown twice, or never: %s", again)
			}
			if op.once && r.body != nil {
				other := maps.Clone(r.body)
				other[r.change] = r.to
				if a := send(other); a.status != http.StatusUnprocessableEntity || a.text("code") != "idempotency-key-reused" {
					t.Errorf("another request with the key of %s: %s", op.id, a)
				}
			}
			if now := c.things(); now != before {
				t.Errorf("%s repeated made %s of %s", op.id, now, before)
			}
		}
	})
}
