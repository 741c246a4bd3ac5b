package journey

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/test/client"
)

// programmatic takes the food licence through the same 14 steps by the API alone, as
// a department's own system would.
func programmatic(t *testing.T, l *look, c *city) {
	ctx, w := t.Context(), newPapers(t)
	anyone := client.New(c.url)
	// 1. Search, filter, guide.
	found := get(t, anyone, "/items", "q", "开饭店", "audience", "entity", "topic", "food", "division", "320281000000")
	code := found.Text("items", 0, "code")
	if len(found.List("items")) != 1 || found.Text("items", 0, "name") != "食品经营许可（新办）" {
		t.Fatalf("the search found %v", found)
	}
	guide := get(t, anyone, "/items/"+code)
	for _, e := range []string{"basics", "department", "windows", "conditions", "materials", "steps", "limits", "fees", "results", "basis", "questions", "contacts", "rights"} {
		if guide.At("guide", e) == nil {
			t.Errorf("the guide has no %s", e)
		}
	}

	// 2. Log in, for the firm; another capacity is refused.
	_, err := anyone.Login(ctx, client.Login{Login: "jiangtao", Password: "wrong"})
	refused(t, err, 401)
	self, p := actingFor(t, c, "jiangtao", "无锡运河样本市政工程有限公司")

	// 3. Told about the data, a prefilled draft, wrong answers named.
	draft, err := p.Draft(ctx, code, nil)
	must(t, err)
	id := draft.Text("id")
	answers, ok := draft.At("answers").(map[string]any)
	if !ok || answers["operatorName"] != "无锡运河样本市政工程有限公司" {
		t.Fatalf("not prefilled: %v", draft)
	}
	for name, v := range map[string]any{"legalRepId": "320281197904039994", "contact": "蒋涛", "contactPhone": "13900008888", "area": 60, "mode": "catering",
		"projects": []string{"hot"}, "seats": 20, "online": false, "managerName": "赵明轩", "managerId": "320213199501069937", "managerPhone": "13900008889", "promise": true} {
		answers[name] = v
	}
	saved, err := p.Put(ctx, "/drafts/"+id, client.Object{"answers": answers})
	must(t, err)
	if !slices.ContainsFunc(saved.List("problems"), func(x any) bool {
		o, _ := x.(map[string]any)
		return strings.Contains(o["pointer"].(string), "legalRepId")
	}) {
		t.Errorf("the wrong check digit is not named: %v", saved.At("problems"))
	}
	answers["legalRepId"] = "320281197904039991"

	// 4, 11. Materials, a licence already held, delivery.
	_, err = p.Fill(ctx, id, answers, map[string][]byte{"m02": content(t, w.pdf(t, "id.pdf", "ID")), "m03": content(t, w.pdf(t, "plan.pdf", "PLAN")),
		"m04": content(t, w.pdf(t, "rules.pdf", "RULES")), "m05": content(t, w.pdf(t, "lease.pdf", "LEASE")), "m06": content(t, w.pdf(t, "health.pdf", "HEALTH"))}, client.Object{"way": "electronic"})
	must(t, err)
	_, err = p.Upload(ctx, "/drafts/"+id+"/materials/m04/files", "rules.pdf", []byte("not a document"))
	refused(t, err, 415)
	held := get(t, p, "/drafts/"+id+"/licences")
	_, err = p.Put(ctx, "/drafts/"+id+"/materials/m01/licence", client.Object{"licence": held.Text("items", 0, "identifier")})
	must(t, err)

	// 5. Handed in once.
	no, err := p.Submit(ctx, client.Object{"draft": id})
	must(t, err)
	if again, err := p.Submit(ctx, client.Object{"draft": id}); err != nil || again != no {
		t.Errorf("handed in again: %q %v, want %s", again, err, no)
	}
	k, err := p.Case(ctx, no)
	must(t, err)
	_, query, _ := strings.Cut(k.Text("progress"), "?c=")
	if s := get(t, anyone, "/progress/"+no, "code", query).Text("state", "code"); s != "submitted" {
		t.Errorf("public progress says %q", s)
	}
	_, err = self.Case(ctx, no)
	if err == nil {
		t.Error("the person sees the firm's case without acting for it")
	}

	// 6, 7. Told once, corrected.
	clerk, reviewer, decider := c.hand(t, "clerk-jy"), c.hand(t, "reviewer-jy-spj"), c.hand(t, "decider-jy-spj")
	queue, err := clerk.All(ctx, "/queue")
	must(t, err)
	if !slices.ContainsFunc(queue, func(x any) bool { o, _ := x.(map[string]any); return o["no"] == no }) {
		t.Error("the case is not in the clerk's queue")
	}
	do(t, clerk, no, "request-correction", client.Object{"asks": []any{client.Object{"material": "m03", "line": "b", "note": "没有箭头"}}})
	if asked := get(t, p, "/cases/"+no); asked.Text("asked", 0, "note") != "没有箭头" {
		t.Errorf("asked: %v", asked.At("asked"))
	}
	fix, err := p.Post(ctx, "/cases/"+no+"/correction", nil)
	must(t, err)
	_, err = p.Upload(ctx, "/drafts/"+fix.Text("id")+"/materials/m03/files", "平面图 320281197904039991.pdf", content(t, w.pdf(t, "new.pdf", "ARROWS")))
	must(t, err)
	_, err = p.Submit(ctx, client.Object{"draft": fix.Text("id")})
	must(t, err)

	// 8. Accepted, reviewed, decided; each by who may.
	_, err = clerk.Act(ctx, no, "decide", client.Object{"grant": true})
	if err == nil {
		t.Error("a clerk decides")
	}
	do(t, clerk, no, "accept", nil)
	do(t, reviewer, no, "review", client.Object{"agree": true, "opinion": "符合要求"})
	do(t, decider, no, "decide", client.Object{"grant": true})

	// 9, 10, 13. The platform does its part: documents, licence, delivery.
	deadline := time.Now().Add(patience)
	for k = get(t, p, "/cases/"+no); k.Text("state", "code") != "closed"; k = get(t, p, "/cases/"+no) {
		if time.Now().After(deadline) {
			t.Fatalf("not delivered: %v", k)
		}
	}
	var kinds []string
	for i := range k.List("documents") {
		doc := get(t, p, "/cases/"+no+"/documents/"+k.Text("documents", i, "id"))
		if doc.Text("content", "caseNo") != no {
			t.Errorf("document %v", doc)
		}
		kinds = append(kinds, k.Text("documents", i, "kind"))
	}
	if len(kinds) < 5 {
		t.Errorf("documents: %v", kinds)
	}
	if v := get(t, anyone, "/verify/"+k.Text("licence")); v.At("genuine") != true {
		t.Errorf("verification: %v", v)
	}
	line := get(t, p, "/cases/"+no+"/timeline")
	if len(line.List("events")) < 7 || line.Text("clocks", 0, "lines", 0) == "" {
		t.Errorf("timeline: %v", line)
	}

	// 12. Rated once.
	rate := client.Object{"case": no, "level": 5, "words": "接口也很方便"}
	_, err = p.Post(ctx, "/ratings", rate)
	must(t, err)
	_, err = p.Post(ctx, "/ratings", client.Object{"case": no, "level": 1, "words": "改主意了"})
	refused(t, err, 409)

	// 14. The supervisor's figures.
	sup := c.hand(t, "supervisor-jy")
	if o := get(t, sup, "/overview"); o.Text("countedAt") == "" {
		t.Errorf("overview: %v", o)
	}
	list, err := sup.All(ctx, "/overview/list", "figure", "in-hand")
	must(t, err)
	if slices.ContainsFunc(list, func(x any) bool { o, _ := x.(map[string]any); return o["no"] == no }) {
		t.Error("a closed case is in hand")
	}
}

// hand is the program that works for a staff member, logged in once.
func (c *city) hand(t *testing.T, account string) *client.Client {
	t.Helper()
	c.mu.Lock()
	h := c.hands[account]
	c.mu.Unlock()
	if h != nil {
		return h
	}
	h, err := client.New(c.url).Login(t.Context(), client.Login{Kind: "staff", Login: account, Password: password, Code: c.code(t, account)})
	if err != nil {
		t.Fatalf("%s: %v", account, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hands[account] = h
	return h
}

// actingFor is the program of a person, as themselves and for a firm.
func actingFor(t *testing.T, c *city, account, firm string) (self, acting *client.Client) {
	t.Helper()
	anyone := client.New(c.url)
	self, err := anyone.Login(t.Context(), client.Login{Login: account, Password: password})
	must(t, err)
	me := get(t, self, "/auth/me")
	for i := range me.List("actings") {
		if me.Text("actings", i, "party", "name") == firm {
			acting, err = anyone.Login(t.Context(), client.Login{Login: account, Password: password,
				For: client.Object{"kind": "entity", "id": me.Text("actings", i, "party", "id")}})
			must(t, err)
			return self, acting
		}
	}
	t.Fatalf("no capacity for %s: %v", firm, me)
	return nil, nil
}

func content(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	return b
}

func get(t *testing.T, c *client.Client, path string, query ...string) client.Object {
	t.Helper()
	o, err := c.Get(t.Context(), path, query...)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return o
}

func do(t *testing.T, c *client.Client, no, act string, in client.Object) {
	t.Helper()
	if _, err := c.Act(t.Context(), no, act, in); err != nil {
		t.Fatalf("%s: %v", act, err)
	}
}

func refused(t *testing.T, err error, status int) {
	t.Helper()
	var p *client.Problem
	if !errors.As(err, &p) || p.Status != status || p.Code == "" || p.Title == "" {
		t.Errorf("err = %v, want a problem with status %d", err, status)
	}
}
