package journey

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/test/client"
)

// programmaticRoad takes the road licence through the API alone: two departments
// at the same time, a special procedure, an extension, a changed mind about the
// delivery, and an application that is declined.
func programmaticRoad(t *testing.T, l *look, c *city) {
	ctx, w := t.Context(), newPapers(t)
	found := get(t, client.New(c.url), "/items", "q", "挖路", "division", "320281000000")
	code := found.Text("items", 0, "code")
	if len(found.List("items")) != 1 || found.Text("items", 0, "name") != "占用、挖掘城市道路审批" {
		t.Fatalf("the search found %v", found)
	}
	_, p := actingFor(t, c, "jiangtao", "无锡运河样本市政工程有限公司")
	apply := func() (no string) {
		t.Helper()
		draft, err := p.Draft(ctx, code, nil)
		must(t, err)
		answers, ok := draft.At("answers").(map[string]any)
		if !ok || answers["orgName"] != "无锡运河样本市政工程有限公司" || len(answers["uscc"].(string)) != 18 {
			t.Fatalf("not prefilled: %v", draft)
		}
		for name, v := range map[string]any{"idKind": "uscc", "contact": "蒋涛", "contactPhone": "13900008888", "project": "演示路燃气管线改造", "kind": "both",
			"emergency": false, "road": "演示路（甲路至乙路段）", "lanes": []string{"motor", "walk"}, "occupyArea": 86.4, "digLength": 42, "digArea": 50.4,
			"surface": "asphalt", "newRoad": false, "startDate": "2027-03-10", "endDate": "2027-03-20", "night": true, "contractor": "无锡运河样本市政工程有限公司",
			"siteManager": "蒋涛", "sitePhone": "13900008889", "safety": "全程围挡，夜间设警示灯。", "promise": true} {
			answers[name] = v
		}
		file := func(name string) []byte { return content(t, w.pdf(t, name+".pdf", name)) }
		_, err = p.Fill(ctx, draft.Text("id"), answers, map[string][]byte{"m02": file("ID"), "m03": file("SITE"), "m04": file("WORK"), "m05": file("TRAFFIC"),
			"m06": file("PLAN")}, client.Object{"way": "pickup"})
		must(t, err)
		no, err = p.Submit(ctx, client.Object{"draft": draft.Text("id")})
		must(t, err)
		return no
	}
	state := func(no, want string) client.Object {
		t.Helper()
		k := get(t, p, "/cases/"+no)
		if got := k.Text("state", "code"); got != want {
			t.Fatalf("the case is %s, want %s", got, want)
		}
		return k
	}
	offers := func(who *client.Client, no, act string, want bool) {
		t.Helper()
		if got, err := who.Offers(ctx, no, act); err != nil || got != want {
			t.Errorf("%s is offered: %t (%v), want %t", act, got, err, want)
		}
	}
	refuse := func(who *client.Client, no, act string, in client.Object, status int) {
		t.Helper()
		_, err := who.Act(ctx, no, act, in)
		refused(t, err, status)
	}
	clerk, municipal, traffic, decider := c.hand(t, "clerk-jy"), c.hand(t, "reviewer-jy-cgj"), c.hand(t, "reviewer-jy-jj"), c.hand(t, "decider-jy-spj")

	// Both departments have it at the same time, each with a task of its own.
	no := apply()
	do(t, clerk, no, "accept", nil)
	offers(municipal, no, "review", true)
	offers(traffic, no, "review", true)
	offers(decider, no, "decide", false)

	// The special procedure stops the clock, and nobody gives an opinion meanwhile.
	refuse(municipal, no, "suspend", client.Object{"kind": "hearing", "days": 8, "reason": "需要听证"}, 422)
	do(t, municipal, no, "suspend", client.Object{"kind": "expert", "days": 8, "reason": "主干道开挖，需要专家评审。", "experts": "丁专家（演示大学）"})
	k := state(no, "suspended")
	if clockOf(k, "promised").Text("state") != "paused" || k.Text("due") != "" {
		t.Errorf("the clocks go on: %v", k.At("clocks"))
	}
	offers(traffic, no, "review", false)
	refuse(traffic, no, "review", client.Object{"agree": true, "opinion": "同意"}, 409)
	do(t, municipal, no, "resume", client.Object{"reason": "交通组织方案可行"})
	if k = state(no, "reviewing"); clockOf(k, "promised").Text("state") != "running" || k.Text("due") == "" {
		t.Errorf("the clocks stand still: %v", k.At("clocks"))
	}

	// One opinion is not enough.
	do(t, municipal, no, "review", client.Object{"agree": true, "opinion": "管线避让方案可行"})
	state(no, "reviewing")
	offers(municipal, no, "review", false)
	do(t, traffic, no, "review", client.Object{"agree": true, "opinion": "绕行路线可行"})
	before := state(no, "deciding").Text("due")

	// The limit moves once, told with its reason.
	do(t, decider, no, "extend", client.Object{"days": 5, "reason": "需要核实地下管线资料。"})
	if k = state(no, "deciding"); k.Text("due") <= before {
		t.Errorf("extended from %s to %s", before, k.Text("due"))
	}
	refuse(decider, no, "extend", client.Object{"days": 5, "reason": "还要时间"}, 409)
	do(t, decider, no, "decide", client.Object{"grant": true, "opinion": "准予"})

	// The applicant would rather have it by post.
	state(no, "delivering")
	refuse(p, no, "change-delivery", client.Object{"delivery": client.Object{"way": "post"}}, 422)
	do(t, p, no, "change-delivery", client.Object{"delivery": client.Object{"way": "post", "name": "蒋涛", "phone": "13900008888", "address": "无锡市梁溪区演示路1号"}})
	refuse(clerk, no, "hand-over", client.Object{"recipient": "蒋涛"}, 409)
	refuse(clerk, no, "post", client.Object{"waybill": "1"}, 409) // nothing goes out before the fee is paid
	paidOnline(t, p, get(t, p, "/cases/"+no).Text("bills", 0))
	refuse(clerk, no, "post", nil, 422)
	cameBack(t, c, p, clerk, no)
	k = state(no, "closed")
	for kind, says := range map[string]string{"special": "专家评审", "extension": "5个工作日", "delivery": "已核验"} {
		if text := documentOf(t, p, k, kind); !strings.Contains(text, says) {
			t.Errorf("the %s document does not say %s: %s", kind, says, text)
		}
	}
	line := get(t, p, "/cases/"+no+"/timeline")
	if len(line.List("events")) < 9 {
		t.Errorf("timeline: %v", line)
	}

	// Declined: with a reason, in writing, with what the applicant can do about it.
	no = apply()
	refuse(clerk, no, "decline", nil, 422)
	do(t, clerk, no, "decline", client.Object{"reason": "该路段由省交通部门管理。", "elsewhere": "江苏省交通运输厅"})
	k = state(no, "closed")
	if k.Text("outcome", "code") != "declined" || len(k.List("offered")) != 0 {
		t.Errorf("declined: %v", k)
	}
	for _, says := range []string{"该路段由省交通部门管理", "江苏省交通运输厅", "行政复议"} {
		if text := documentOf(t, p, k, "decline"); !strings.Contains(text, says) {
			t.Errorf("the notice does not say %s: %s", says, text)
		}
	}
	refuse(clerk, no, "accept", nil, 409)
}

// cameBack 寄出、退回、凭码领取: the courier of the demonstration collects the
// result and brings it back, which is no service; the applicant fetches it then,
// with the code of his page.
func cameBack(t *testing.T, c *city, p, clerk *client.Client, no string) {
	t.Helper()
	ctx := context.Background()
	await := func(done func(client.Object) bool) client.Object {
		t.Helper()
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
			k := get(t, p, "/cases/"+no)
			if done(k) {
				return k
			}
			if time.Now().After(deadline) {
				t.Fatalf("the parcel waits: %v", k.At("parcel"))
			}
		}
	}
	do(t, clerk, no, "send-courier", nil)
	k := await(func(k client.Object) bool { return k.Text("parcel", "waybill") != "" })
	_, err := p.Post(ctx, "/cases/"+no+"/acts", client.Object{"act": "change-delivery", "version": k.Int("version"), "delivery": client.Object{"way": "pickup"}})
	refused(t, err, 409) // it is with the courier
	for _, way := range []string{"collected", "returned"} {
		res, err := http.PostForm(c.url+"/sandbox/courier/parcels/"+k.Text("parcel", "order"), url.Values{"way": {way}})
		must(t, err)
		must(t, res.Body.Close())
		await(func(k client.Object) bool {
			return k.Text("parcel", "state", "code") == map[string]string{"collected": "underway", "returned": "returned"}[way]
		})
	}
	if k = get(t, p, "/cases/"+no); k.Text("state", "code") != "delivering" || len(k.List("parcel", "tracks")) < 3 {
		t.Errorf("what came back is served: %v", k.At("parcel"))
	}
	do(t, p, no, "change-delivery", client.Object{"delivery": client.Object{"way": "pickup"}})
	code := get(t, p, "/cases/"+no).Text("parcel", "code")
	if seen := get(t, clerk, "/cases/"+no); seen.Text("parcel", "code") != "" {
		t.Error("the clerk reads the code")
	}
	_, err = clerk.Post(ctx, "/parcels/find", client.Object{"code": "0000 0000"})
	refused(t, err, 404)
	found, err := clerk.Post(ctx, "/parcels/find", client.Object{"code": code[:4] + " " + code[4:]})
	must(t, err)
	if found.Text("no") != no {
		t.Errorf("the code leads to %v", found)
	}
	do(t, clerk, no, "hand-over", client.Object{"recipient": "蒋涛", "signed": true})
}

// clockOf is a clock of a case by its limit.
func clockOf(k client.Object, limit string) client.Object {
	for i := range k.List("clocks") {
		if k.Text("clocks", i, "limit", "code") == limit {
			o, _ := k.At("clocks", i).(map[string]any)
			return o
		}
	}
	return nil
}

// documentOf is the text of a case's document of a kind.
func documentOf(t *testing.T, who *client.Client, k client.Object, kind string) string {
	t.Helper()
	for i := range k.List("documents") {
		if k.Text("documents", i, "kind") == kind {
			b, err := who.Bytes(t.Context(), "/cases/"+k.Text("no")+"/documents/"+k.Text("documents", i, "id"))
			must(t, err)
			return string(b)
		}
	}
	t.Fatalf("no %s among the documents: %v", kind, k.At("documents"))
	return ""
}
