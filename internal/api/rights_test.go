package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/fee"
)

// everyone who knocks: nobody, the applicant, another person, the applicant's
// agent, the applicant for his company, and staff of every role, at the units
// of the case and elsewhere.
var everyone = []string{"anonymous", "zhang", "li", "agent", "boss", "clerk", "lxclerk", "rev", "lxrev", "dec", "steward", "irev", "lxsteward", "lxirev", "sup", "sys", "sec", "aud", "plain"}

var (
	loggedIn = everyone[1:]
	persons4 = everyone[1:5]
	members  = everyone[5:]
	concern  = []string{"zhang", "agent", "clerk", "rev", "dec", "sup"}
)

// knock is one request that somebody may make and everybody else may not.
type knock struct {
	op    string
	path  string // "" for the operation's own
	body  any
	only  []string // who knocks; everyone if empty
	allow []string
}

// world is what the knocks are about.
type world struct {
	food, no, correcting, closed string // item, cases
	draft, clerkDraft, file      string
	caseFile, document, photo    string
	licence, message, mandate    string
	appointment, member          string
	choice, word                 string
	progress                     string
	help                         string // asked for by zhang
	asked, failed, offered       string // by zhang: a question, a failure, and an answer proposed for the guide
	slip                         string // papers handed to the city department
	zhang                        map[string]any
	whole, paper                 map[string]any
	version                      int64
	reviewing, deciding          string
	decision, mark               string // a published decision, a request about another
	subscriber                   string
	guide, proposal              string // a draft of the city department, a change above its list
	brought                      string // a file of lists by the city's steward
	blank                        string // key of a file of the draft
	notice, dossier              string // adjustments: announced, being written
	bill                         string // of the case
	branch, placement            string // on record
}

// branchBody makes a centre a branch of the city's.
var branchBody = map[string]any{"main": "wx-zx", "name": "公积金", "reason": "room", "basis": "演示", "departments": []any{"wx-spj"}, "from": "2026-03-02"}

// adjustment is a plan that adds a matter which no department takes up.
func (c *city) adjustment(code string) map[string]any {
	day := c.clk.Now().Format(time.DateOnly)
	return map[string]any{"kind": "add", "ground": "law", "law": "演示条例", "reason": "演示", "items": []any{}, "levels": []any{}, "from": day, "opinionsBy": day,
		"entries": []any{map[string]any{"code": code, "name": "演示事项", "type": "20", "levels": []any{"3"}, "audience": []any{"1"}, "topics": []any{"business"}, "dept": "none", "summary": "演示",
			"basis": []any{map[string]any{"law": "演示条例", "article": "第一条", "gist": "", "mark": "M"}}}}}
}

func (c *city) world() world {
	c.t.Helper()
	w := world{food: c.codes["food"], no: c.submitted("food"), correcting: c.submitted("food"), closed: c.submitted("food"),
		reviewing: c.submitted("food"), deciding: c.submitted("food")}
	w.zhang = map[string]any{"kind": "person", "id": fmt.Sprint(c.refs.Persons["zhang"])}
	c.act("clerk", w.correcting, "request-correction", map[string]any{"asks": []any{map[string]any{"material": "m02", "line": "a"}}}).ok(200)
	for _, no := range []string{w.closed, w.reviewing, w.deciding} {
		c.act("clerk", no, "accept", nil).ok(200)
	}
	for _, no := range []string{w.closed, w.deciding} {
		c.act("rev", no, "review", map[string]any{"agree": true, "opinion": "好"}).ok(200)
	}
	c.act("dec", w.closed, "decide", map[string]any{"grant": true}).ok(200)
	c.act("clerk", w.closed, "hand-over", map[string]any{"recipient": "张明远"}).ok(200)
	c.drain()
	k := c.send("zhang", "GET", "/cases/"+w.no, nil).ok(200)
	w.photo = c.send("clerk", "POST", "/cases/"+w.no+"/documents/"+k.text("documents", 0, "id")+"/services", map[string]any{"way": "pickup", "receivedBy": "张明远", "fileName": "签收.pdf",
		"file": c.upload("clerk", "/files", "签收.pdf", pdf).ok(201).text("file")}).ok(200).text("items", 0, "photo")
	w.version, w.caseFile, w.document = k.number("version"), k.text("materials", 0, "files", 0, "id"), k.text("documents", 0, "id")
	w.progress = strings.Replace(k.text("progress"), "?c=", "?code=", 1)
	c.send("clerk", "POST", "/cases/"+w.no+"/papers", map[string]any{"name": "身份证复印件", "copies": 2}).ok(204)
	w.help = c.send("zhang", "POST", "/assists", map[string]any{"item": w.food, "unit": "wx-zx"}).ok(201).text("id")
	w.asked = c.send("zhang", "POST", "/inquiries", map[string]any{"kind": "question", "item": w.food, "words": "要多久？"}).ok(201).text("no")
	w.failed = c.send("zhang", "POST", "/inquiries", map[string]any{"kind": "failure", "case": w.no, "reason": "late", "stage": "review", "words": "没有结果"}).ok(201).text("no")
	answered := c.send("clerk", "POST", "/inquiries", map[string]any{"kind": "question", "item": w.food, "words": "要钱吗？", "answer": "不要。"}).ok(201).text("no")
	w.offered = c.send("rev", "POST", "/inquiries/"+answered+"/acts", map[string]any{"act": "propose", "question": "收费吗？", "text": "不收费。"}).ok(200).text("proposal", "id")
	paper := c.send("clerk", "GET", "/units/wx-zx/papers", nil).ok(200).text("held", 0, "id")
	w.slip = c.send("clerk", "POST", "/units/wx-zx/papers/slips", map[string]any{"to": "wx-spj", "papers": []any{paper}}).ok(201).text("id")
	w.draft = c.send("zhang", "POST", "/drafts", map[string]any{"item": w.food}).ok(201).text("id")
	w.file = c.upload("zhang", "/drafts/"+w.draft+"/materials/m02/files", "a.pdf", pdf).ok(201).text("materials", 1, "files", 0, "id")
	w.bill = c.billed(w.no)
	w.clerkDraft = c.send("clerk", "POST", "/drafts", map[string]any{"item": w.food, "party": w.zhang}).ok(201).text("id")
	w.licence = c.send("zhang", "GET", "/licences", nil).ok(200).text("items", 0, "identifier")
	w.message = c.send("zhang", "GET", "/messages", nil).ok(200).text("items", 0, "id")
	w.mandate = c.send("zhang", "POST", "/mandates", map[string]any{"agentName": "李小兰", "agentIdNumber": c.batch.Persons[1].IDNumber, "until": "2026-12-31", "ground": "亲属"}).ok(201).text("id")
	w.appointment = c.send("zhang", "POST", "/appointments", map[string]any{"centre": "wx-zx", "item": c.codes["marriage"], "day": "2026-03-04", "slot": "09:30"}).ok(201).text("id")
	w.member = c.send("sys", "POST", "/staff", map[string]any{"login": "newbie", "name": "新人", "unit": "wx-zx"}).ok(201).text("staff", "id")
	w.subscriber = c.send("sys", "POST", "/subscribers", map[string]any{"name": "网站", "url": "https://www.example.gov.cn/hook"}).ok(201).text("id")
	c.send("irev", "POST", "/featured/bank/choices", map[string]any{"subject": w.food, "kind": "add", "reason": "演示"}).ok(204)
	w.choice = c.send("irev", "GET", "/featured/bank/choices", nil).ok(200).text("items", 0, "id")
	c.send("irev", "POST", "/items/words", map[string]any{"words": "开小店", "code": w.food[len(w.food)-12:]}).ok(204)
	w.word = c.send("irev", "GET", "/items/words", nil).ok(200).text("items", 0, "id")
	c.keepCatalogue(&w)
	for _, to := range []*string{&w.notice, &w.dossier} {
		*to = c.send("steward", "POST", "/adjustment-dossiers", map[string]any{"unit": "wx-gov", "plan": c.adjustment("322099901000")}).ok(201).text("no")
	}
	for _, x := range [][2]string{{"steward", "ask"}, {"irev", "decide"}, {"irev", "announce"}} {
		c.send(x[0], "POST", "/adjustment-dossiers/"+w.notice+"/acts", map[string]any{"act": x[1], "note": "同意"}).ok(200)
	}
	c.must(c.s.Publicity.Follow(c.t.Context()))
	w.decision = c.send("anonymous", "GET", "/decisions", nil).ok(200).text("items", 0, "id")
	c.send("zhang", "POST", "/cases/"+w.deciding+"/publicity", map[string]any{"ground": "privacy", "reason": "涉及个人隐私"}).ok(204)
	w.mark = c.send("dec", "GET", "/cases/"+w.deciding+"/publicity", nil).ok(200).text("requests", 0, "id")
	w.branch = c.send("steward", "POST", "/centres/wx-fen/branch", branchBody).ok(200).text("history", 0, "id")
	w.placement = c.send("steward", "POST", "/items/"+w.food+"/placements", map[string]any{"kind": "branch", "centre": "wx-fen"}).ok(200).text("history", 0, "id")
	w.whole = c.application("zhang", "food")
	w.paper = map[string]any{"item": w.food, "party": w.zhang, "answers": c.answersOf(), "consent": true, "delivery": map[string]any{"way": "pickup"},
		"materials": []any{map[string]any{"code": "m01", "paper": true}, map[string]any{"code": "m02", "paper": true}}}
	return w
}

// keepCatalogue adds a matter that nobody offers and begins its guide, and changes
// the city-wide guide that a list follows.
func (c *city) keepCatalogue(w *world) {
	c.t.Helper()
	basic := catalog.Basic{Type: "20", Levels: []string{"3", "4"}, Audience: []string{"1"}, Topics: []string{"business"}, Dept: "spj", Summary: "演示", Basis: []catalog.Basis{{Law: "演示条例", Article: "第二条", Mark: "C"}}}
	for code, name := range map[string]string{"322099077000": "演示补贴", "322099078000": "演示证明"} {
		basic.Code, basic.Name = code, name
		c.must(c.s.Catalog.ImportBasics(c.t.Context(), actor.Platform(), []catalog.Basic{basic}))
	}
	begun := c.send("steward", "POST", "/catalogue/claims", map[string]any{"basic": "322099077000", "unit": "wx-spj"}).ok(201)
	w.guide = begun.text("id")
	w.blank = c.blankForm(begun)
	d := c.send("steward", "POST", "/catalogue/basics/320199001000/revisions", map[string]any{"unit": "wx-spj"}).ok(201)
	c.section("steward", d, "rights", []any{"知情", "陈述、申辩"}).ok(200)
	at := "/catalogue/drafts/" + d.text("id") + "/acts"
	c.send("steward", "POST", at, map[string]any{"act": "hand-in", "note": "全市统一"}).ok(200)
	c.send("irev", "POST", at, map[string]any{"act": "pass"}).ok(200)
	c.send("irev", "POST", at, map[string]any{"act": "publish"}).ok(200)
	w.proposal = c.send("steward", "GET", "/catalogue/proposals", nil).ok(200).text("items", 0, "id")
	w.brought = c.upload("steward", "/catalogue/imports?mode=drafts", "清单.xlsx", []byte("PK")).ok(201).text("id")
}

// blankForm uploads a blank form for a draft, lets a material name it and gives
// its key.
func (c *city) blankForm(d answer) string {
	c.t.Helper()
	f := c.upload("steward", "/catalogue/drafts/"+d.text("id")+"/files", "申请表.pdf", pdf).ok(201)
	material := map[string]any{"code": "m01", "name": "申请表", "blankForm": f.text("address")}
	c.section("steward", d, "materials", []any{material}).ok(422) // nobody has such a file
	c.section("steward", d, "materials", []any{material}, map[string]any{"file": "1.made-up"}).ok(422)
	c.section("steward", d, "materials", []any{material}, map[string]any{"file": f.text("file"), "name": f.text("name")}).ok(200)
	return strings.TrimPrefix(f.text("address"), "/files/")
}

// section writes a section of a draft as it was answered, with files uploaded
// for it.
func (c *city) section(who string, d answer, name string, value any, uploaded ...map[string]any) answer {
	c.t.Helper()
	seen := ""
	for i := range catalog.Sections() {
		if d.text("sections", i, "name") == name {
			seen = d.text("sections", i, "hash")
		}
	}
	return c.send(who, "PUT", "/catalogue/drafts/"+d.text("id")+"/sections/"+name, map[string]any{"seen": seen, "value": value, "files": append([]map[string]any{}, uploaded...)})
}

// knocks name every operation and who may do it; whoever is not named is refused.
func (c *city) knocks(w world) []knock {
	agent := map[string]any{"agentName": "李小兰", "agentIdNumber": c.batch.Persons[1].IDNumber, "until": "2026-12-31", "ground": "亲属"}
	clerks := []string{"clerk", "lxclerk"}
	keepers, guide := []string{"steward", "irev", "lxsteward", "lxirev"}, "/catalogue/drafts/"+w.guide
	draft, clerkDraft := "/drafts/"+w.draft, "/drafts/"+w.clerkDraft
	zhang, clerk, sup, sys, sec, aud := []string{"zhang"}, []string{"clerk"}, []string{"sup"}, []string{"sys"}, []string{"sec"}, []string{"aud"}
	act := func(name string, version int64, more ...any) map[string]any {
		out := map[string]any{"act": name, "version": version}
		for i := 0; i < len(more); i += 2 {
			out[more[i].(string)] = more[i+1]
		}
		return out
	}
	version := func(no string) int64 { return c.send("zhang", "GET", "/cases/"+no, nil).number("version") }
	return []knock{
		{op: "token-issue", body: "{}", allow: everyone}, {op: "me", allow: loggedIn}, {op: "sessions", allow: loggedIn},
		{op: "session-end", path: "/auth/sessions/1", allow: loggedIn}, {op: "password-change", body: map[string]any{"old": "x", "new": "Long-Enough-2026"}, allow: loggedIn},
		{op: "profile", allow: persons4}, {op: "profile-change", body: "{}", allow: []string{"zhang", "li"}},
		{op: "mandates", allow: []string{"zhang", "li", "boss"}}, {op: "mandate-grant", body: agent, allow: []string{"zhang", "li", "boss"}},
		{op: "mandate-revoke", path: "/mandates/" + w.mandate + "/revoke", allow: []string{"zhang", "li"}},

		{op: "items", allow: everyone}, {op: "items-hot", allow: everyone}, {op: "item", path: "/items/" + w.food, allow: everyone},
		{op: "item-quality", allow: keepers}, {op: "item-quality-list", path: "/items/quality/list?band=poor", allow: keepers},
		{op: "bills", path: "/bills?unit=wx-zx", allow: []string{"clerk"}}, {op: "bills-waiting", allow: []string{"clerk", "lxclerk", "dec"}}, {op: "bill", path: "/bills/" + w.bill, allow: concern},
		{op: "bill-act", path: "/bills/" + w.bill + "/acts", body: map[string]any{"act": "take", "version": 1, "method": "cash"}, allow: []string{"clerk"}}, {op: "till", allow: []string{"clerk", "lxclerk"}},
		{op: "till-close", body: map[string]any{"cash": 0, "pos": 0}, allow: []string{"clerk", "lxclerk"}}, {op: "fee-books", allow: []string{"sup"}},
		{op: "fee-match", body: map[string]any{"provider": "window", "day": "2026-03-02"}, allow: []string{"sup"}}, {op: "fee-settle", path: "/fees/differences/1", body: map[string]any{"note": "已核实"}, allow: []string{"sup"}},
		{op: "centre-report", allow: []string{"steward", "lxsteward", "sup"}}, {op: "centre-report-lists", allow: []string{"steward", "lxsteward", "sup"}}, {op: "centre-record", path: "/centres/wx-zx/record", allow: []string{"steward", "sup"}},
		{op: "centre-rename", path: "/centres/wx-zx/name", body: map[string]any{"name": "无锡市政务服务中心"}, allow: []string{"steward"}},
		{op: "branch-set", path: "/centres/wx-fen/branch", body: branchBody, allow: []string{"steward"}},
		{op: "branch-end", path: "/branches/" + w.branch + "/end", body: map[string]any{"reason": "合并"}, allow: []string{"steward"}},
		{op: "item-placements", path: "/items/" + w.food + "/placements", allow: []string{"steward", "sup"}},
		{op: "placement-enter", path: "/items/" + w.food + "/placements", body: map[string]any{"kind": "centre", "centre": "wx-zx"}, allow: []string{"steward"}},
		{op: "placement-end", path: "/placements/" + w.placement + "/end", body: map[string]any{"reason": "撤出"}, allow: []string{"steward"}},
		{op: "item-misses", allow: keepers}, {op: "item-words", allow: keepers},
		{op: "item-word-add", body: map[string]any{"words": "开馆子", "code": w.food[len(w.food)-12:]}, allow: []string{"irev"}},
		{op: "item-word-remove", path: "/items/words/" + w.word, allow: []string{"irev"}},
		{op: "item-personal", path: "/items/" + w.food + "/personal", body: map[string]any{}, allow: everyone},
		{op: "item-form", path: "/items/" + w.food + "/form", allow: everyone},
		{op: "item-feed", allow: everyone}, {op: "item-versions", path: "/items/" + w.food + "/versions", allow: everyone},
		{op: "item-compare", path: "/items/" + w.food + "/changes?from=1&to=1", allow: everyone}, {op: "topics", allow: everyone}, {op: "events", allow: everyone}, {op: "matters", allow: everyone}, {op: "matter", path: "/matters/" + w.food[19:], allow: everyone}, {op: "departments", allow: everyone},
		{op: "decisions", allow: everyone}, {op: "decision", path: "/decisions/" + w.decision, allow: everyone},
		{op: "decision-object", path: "/decisions/" + w.decision + "/objections", body: map[string]any{"ground": "mistake", "reason": "名称有误"}, allow: persons4},
		{op: "case-publicity", path: "/cases/" + w.no + "/publicity", allow: concern},
		{op: "case-publicity-ask", path: "/cases/" + w.no + "/publicity", body: map[string]any{"ground": "privacy", "reason": "涉及个人隐私"}, allow: []string{"zhang", "agent", "clerk", "dec"}},
		{op: "publicity-answer", path: "/publicity/requests/" + w.mark, body: map[string]any{"agree": false, "reason": "不属于"}, allow: []string{"dec", "sup"}},
		{op: "publicity", allow: []string{"dec", "sup"}},
		{op: "featured", allow: everyone}, {op: "featured-attributes", allow: everyone}, {op: "featured-items", path: "/featured/online/items", allow: everyone},
		{op: "featured-moves", path: "/featured/online/moves", allow: everyone}, {op: "featured-rules", path: "/featured/online/rules", allow: everyone},
		{op: "item-featured", path: "/items/" + w.food + "/featured", allow: everyone},
		{op: "featured-choices", path: "/featured/online/choices", allow: keepers},
		{op: "featured-try", path: "/featured/online/rule/try", body: map[string]any{"rule": "instant"}, allow: keepers},
		{op: "featured-rule", path: "/featured/online/rule", body: map[string]any{"rule": "instant", "words": "即办", "reason": "演示", "no": 0}, allow: []string{"irev"}},
		{op: "featured-choose", path: "/featured/online/choices", body: map[string]any{"subject": w.food, "kind": "add", "reason": "演示"}, allow: []string{"irev"}},
		{op: "featured-withdraw", path: "/featured/choices/" + w.choice + "/withdraw", body: map[string]any{"reason": "演示"}, allow: []string{"irev"}},
		{op: "divisions", allow: everyone}, {op: "centres", allow: everyone}, {op: "windows", path: "/centres/wx-zx/windows", allow: everyone},
		{op: "centre", path: "/centres/wx-zx", allow: everyone}, {op: "centre-items", path: "/centres/wx-zx/items?q=x", allow: everyone}, {op: "item-places", path: "/items/" + w.food + "/places", allow: everyone},
		{op: "placement-figures", allow: everyone}, {op: "placement-lists", path: "/placements?kind=centre", allow: everyone},
		{op: "slots", path: "/centres/wx-zx/slots?item=" + w.food, allow: everyone}, {op: "calendar", allow: everyone},
		{op: "clock-due", body: map[string]any{"from": "2026-03-02", "workdays": 5}, allow: everyone}, {op: "progress", path: w.progress, allow: everyone}, {op: "progress-clock-proof", path: strings.Replace(w.progress, "?", "/clocks/1?", 1), allow: everyone},
		{op: "verify", path: "/verify/" + w.licence, allow: everyone}, {op: "verify-key", allow: everyone}, {op: "ratings", allow: everyone},
		{op: "rating-options", allow: everyone},

		{op: "basics", allow: keepers}, {op: "basics", path: "/catalogue/basics?claimable=lx-spj&level=4", allow: keepers},
		{op: "basic", path: "/catalogue/basics/322099077000", allow: keepers}, {op: "lists", allow: keepers},
		{op: "lists", path: "/catalogue/lists?unit=wx-spj", allow: []string{"steward", "irev"}},
		{op: "list-claim", body: map[string]any{"basic": "322099078000", "unit": "lx-spj"}, allow: []string{"steward", "lxsteward"}},
		{op: "list-claim", body: map[string]any{"basic": "322099078000", "unit": "wx-spj"}, allow: []string{"steward"}},
		{op: "list-revise", path: "/catalogue/lists/" + w.food + "/revisions", allow: []string{"steward"}},
		{op: "list-split", path: "/catalogue/lists/" + w.food + "/parts", body: map[string]any{"names": []any{"新办"}}, allow: []string{"steward"}}, // told that one is none
		{op: "template-revise", path: "/catalogue/basics/320199001000/revisions", body: map[string]any{"unit": "wx-spj"}, allow: []string{"steward"}},
		{op: "guide-drafts", allow: keepers}, {op: "guide-draft", path: guide, allow: []string{"steward", "irev"}},
		{op: "guide-draft-replay", path: guide + "/replay", allow: []string{"steward", "irev"}},
		{op: "guide-draft-section", path: guide + "/sections/rights", body: map[string]any{"seen": "", "value": []any{"知情"}}, allow: []string{"steward"}},
		{op: "guide-draft-file", path: guide + "/files", body: "{}", allow: []string{"steward"}}, // told that it is no upload
		{op: "guide-draft-file-get", path: guide + "/files/" + w.blank, allow: []string{"steward", "irev"}},
		{op: "guide-draft-act", path: guide + "/acts", body: map[string]any{"act": "hand-in", "note": "首次"}, allow: []string{"steward"}},
		{op: "guide-draft-act", path: guide + "/acts", body: map[string]any{"act": "pass"}, allow: []string{"steward", "irev"}}, // told that the state offers it not
		{op: "guide-draft-act", path: guide + "/acts", body: map[string]any{"act": "discard", "note": "不办了"}, allow: []string{"steward"}},
		{op: "proposals", allow: keepers}, {op: "proposal-adopt", path: "/catalogue/proposals/" + w.proposal + "/adopt", allow: []string{"steward"}},
		{op: "proposal-decline", path: "/catalogue/proposals/" + w.proposal + "/decline", body: map[string]any{"reason": "已有规定"}, allow: []string{"steward"}},
		{op: "list-state", path: "/catalogue/lists/" + w.food + "/state", body: map[string]any{"state": "in-use", "reason": "照常办理"}, allow: []string{"irev"}},

		{op: "list-imports", allow: keepers}, {op: "list-import-begin", path: "/catalogue/imports?mode=drafts", body: "{}", allow: keepers},
		{op: "list-import", path: "/catalogue/imports/" + w.brought, allow: []string{"steward"}},
		{op: "list-import-refused", path: "/catalogue/imports/" + w.brought + "/refused.xlsx", allow: []string{"steward"}},
		{op: "list-import-carry-out", path: "/catalogue/imports/" + w.brought + "/carry-out", body: map[string]any{"reason": "更新"}, allow: []string{"steward"}}, // told that it is not ready
		{op: "list-export", path: "/catalogue/export?unit=lx-gov&format=json", allow: keepers},
		{op: "list-export", path: "/catalogue/export?unit=wx-gov&below=true&format=yaml", allow: []string{"steward", "irev"}},

		{op: "drafts", allow: loggedIn}, {op: "draft-start", body: map[string]any{"item": w.food}, only: slices.Concat(everyone[:1], persons4), allow: persons4},
		{op: "draft-start", body: map[string]any{"item": w.food, "party": w.zhang}, only: members, allow: clerk},
		{op: "draft", path: draft, allow: zhang}, {op: "draft-save", path: draft, body: map[string]any{"answers": map[string]any{}}, allow: zhang},
		{op: "draft-consent", path: draft + "/consent", allow: zhang}, {op: "draft-delivery", path: draft + "/delivery", body: map[string]any{"way": "pickup"}, allow: zhang},
		{op: "draft-held", path: draft + "/held", body: map[string]any{}, allow: zhang},
		{op: "promise-text", path: "/items/" + w.food + "/promise", allow: everyone}, {op: "draft-promise-text", path: draft + "/promise", allow: zhang},
		{op: "draft-promise", path: draft + "/promise", body: map[string]any{}, allow: zhang},
		{op: "draft-file", path: draft + "/files/" + w.file, allow: zhang},
		{op: "material-attach", path: draft + "/materials/m02/files", body: map[string]any{"file": "1.x"}, allow: zhang},
		{op: "material-licence", path: draft + "/materials/m01/licence", body: map[string]any{"licence": w.licence}, allow: zhang},
		{op: "draft-licences", path: draft + "/licences", allow: zhang}, {op: "draft-licences", path: clerkDraft + "/licences", allow: clerk},
		{op: "material-licence-back", path: draft + "/materials/m01/licence", allow: zhang},
		{op: "material-remove", path: draft + "/materials/m02/files/" + w.file, allow: zhang},
		{op: "material-paper", path: draft + "/materials/m01/paper", body: map[string]any{"seen": true}},
		{op: "material-paper", path: clerkDraft + "/materials/m01/paper", body: map[string]any{"seen": true}, allow: clerk},
		{op: "draft", path: clerkDraft, allow: clerk},
		{op: "file-upload", body: "{}", allow: loggedIn},
		{op: "case-submit", body: map[string]any{"draft": w.draft}, allow: zhang},
		{op: "case-submit", body: w.paper, only: members, allow: clerk},
		{op: "draft-discard", path: draft, allow: zhang},

		{op: "cases", allow: persons4}, {op: "case", path: "/cases/" + w.no, allow: concern}, {op: "case-timeline", path: "/cases/" + w.no + "/timeline", allow: concern},
		{op: "case-document", path: "/cases/" + w.no + "/documents/" + w.document, allow: concern},
		{op: "case-file", path: "/cases/" + w.no + "/files/" + w.caseFile, allow: concern},
		{op: "case-archive", path: "/cases/" + w.closed + "/archive", allow: []string{"zhang", "agent", "dec", "sup"}},
		{op: "case-document-services", path: "/cases/" + w.no + "/documents/" + w.document + "/services", allow: concern},
		{op: "case-document-print", path: "/cases/" + w.no + "/documents/" + w.document + "/print", allow: concern},
		{op: "case-document-photo", path: "/cases/" + w.no + "/documents/" + w.document + "/services/" + w.photo, allow: concern},
		{op: "case-document-serve", path: "/cases/" + w.no + "/documents/" + w.document + "/services", body: map[string]any{"way": "post"}, allow: []string{"clerk"}},
		{op: "clock-proof", path: "/cases/" + w.no + "/clocks/1", allow: concern},
		{op: "parcel-find", path: "/parcels/find", body: map[string]any{"code": "00000000"}, allow: clerks},
		{op: "case-correction", path: "/cases/" + w.correcting + "/correction", allow: []string{"zhang", "agent", "clerk"}},
		{op: "case-mend", path: "/cases/" + w.no + "/mend", body: map[string]any{"present": true}, allow: clerk},
		{op: "case-act", path: "/cases/" + w.no + "/acts", body: act("accept", w.version), allow: clerk},
		{op: "case-act", path: "/cases/" + w.reviewing + "/acts", body: act("review", version(w.reviewing), "agree", true, "opinion", "好"), allow: []string{"rev"}},
		{op: "case-act", path: "/cases/" + w.deciding + "/acts", body: act("decide", version(w.deciding), "grant", true), allow: []string{"dec"}},
		{op: "rating-give", body: map[string]any{"case": w.closed, "level": 4}, allow: []string{"zhang", "agent"}},
		{op: "case-rating", path: "/cases/" + w.closed + "/rating", allow: []string{"zhang", "agent"}},
		{op: "queue", path: "/queue?unit=wx-zx&role=window-clerk", allow: []string{"clerk", "sup"}},
		{op: "queue-loads", path: "/queue/loads?unit=wx-zx&role=window-clerk", allow: []string{"clerk", "sup"}},
		{op: "unit-fair", path: "/units/wx-spj/fair", body: map[string]any{"on": false}, allow: []string{"dec"}},
		{op: "assists", allow: slices.Concat(persons4, clerks)}, {op: "assist-ask", body: map[string]any{"item": w.food, "unit": "wx-zx"}, only: slices.Concat(everyone[:1], persons4), allow: persons4},
		{op: "assist-ask", body: map[string]any{"item": w.food, "party": w.zhang}, only: members, allow: clerks},
		{op: "assist", path: "/assists/" + w.help, allow: []string{"zhang", "agent", "clerk", "sup"}},
		{op: "assist-act", path: "/assists/" + w.help + "/acts", body: map[string]any{"act": "take"}, allow: clerk},
		{op: "assist-act", path: "/assists/" + w.help + "/acts", body: map[string]any{"act": "end"}, allow: []string{"zhang", "agent", "clerk"}},
		{op: "inquiries", only: slices.Concat(everyone[:1], persons4), allow: persons4}, {op: "inquiries", path: "/inquiries?unit=wx-spj", only: members, allow: []string{"rev", "dec", "sup"}},
		{op: "inquiries", path: "/inquiries?unit=wx-zx&side=received", only: members, allow: []string{"clerk", "sup"}}, {op: "inquiries", path: "/inquiries?unit=wx-spj&side=done", only: members, allow: []string{"rev", "dec", "sup"}},
		{op: "inquiry-options", allow: everyone},
		{op: "inquiry-ask", body: map[string]any{"kind": "question", "item": w.food, "words": "要本人去吗？"}, allow: slices.Concat(persons4, clerks)},
		{op: "inquiry", path: "/inquiries/" + w.asked, allow: concern}, {op: "inquiry", path: "/inquiries/" + w.failed, allow: concern},
		{op: "inquiry-act", path: "/inquiries/" + w.asked + "/acts", body: map[string]any{"act": "ask-back", "text": "哪一种？"}, allow: []string{"clerk", "rev", "dec"}},
		{op: "inquiry-act", path: "/inquiries/" + w.failed + "/acts", body: map[string]any{"act": "note", "text": "已催办"}, allow: []string{"clerk", "rev", "dec"}},
		{op: "inquiry-act", path: "/inquiries/" + w.failed + "/acts", body: map[string]any{"act": "propose-refusal", "text": "期限未到", "basis": "演示条例第一条"}, allow: []string{"rev", "dec"}},
		{op: "inquiry-figures", allow: []string{"steward", "irev", "lxsteward", "lxirev", "sup"}}, {op: "item-failures", path: "/items/" + w.food + "/failures", allow: []string{"steward", "irev", "sup"}},
		{op: "question-proposals", allow: []string{"steward", "irev", "lxsteward", "lxirev", "sup"}},
		{op: "question-proposal-decide", path: "/question-proposals/" + w.offered, body: map[string]any{"take": true}, allow: []string{"steward"}},
		{op: "licences-ending", path: "/licences/ending?unit=wx-spj", allow: []string{"rev", "dec", "sup"}},
		{op: "queue-results", path: "/queue/results?unit=wx-zx", allow: []string{"clerk", "sup"}},
		{op: "papers", path: "/units/wx-zx/papers", allow: []string{"clerk"}}, {op: "case-papers", path: "/cases/" + w.no + "/papers", allow: concern},
		{op: "paper-take", path: "/cases/" + w.no + "/papers", body: map[string]any{"name": "委托书", "copies": 1}, allow: []string{"clerk", "rev", "dec"}},
		{op: "paper-give", path: "/units/wx-zx/papers/slips", body: map[string]any{"to": "wx-spj", "papers": []any{"1"}}, allow: []string{"clerk"}},
		{op: "paper-slip", path: "/paper-slips/" + w.slip, allow: []string{"clerk", "rev", "dec"}},
		{op: "paper-receive", path: "/paper-slips/" + w.slip + "/receipt", body: map[string]any{"papers": []any{}}, allow: []string{"rev", "dec"}},
		{op: "paper-return", path: "/units/wx-zx/papers/1/return", body: map[string]any{"to": "张明远"}, allow: []string{"clerk"}},
		{op: "queue-size", path: "/queue/size?unit=wx-zx&role=window-clerk", allow: []string{"clerk", "sup"}},
		{op: "queue-find", path: "/queue/find?tail=0001", allow: []string{"clerk", "lxclerk", "rev", "lxrev", "dec"}},
		{op: "staff-member", path: "/staff/" + w.member, allow: []string{"sys", "sec", "aud"}},
		{op: "overview", allow: sup}, {op: "overview-list", path: "/overview/list?figure=received", allow: sup},
		{op: "party-walk-in", body: map[string]any{"name": "张明远", "idNumber": c.batch.Persons[0].IDNumber}, allow: clerks},
		{op: "party-find", body: map[string]any{"number": c.batch.Persons[0].IDNumber}, allow: clerks},
		{op: "party-unmask", body: map[string]any{"person": w.zhang["id"], "field": "phone", "purpose": "核对"}, allow: []string{"clerk", "lxclerk", "rev", "lxrev", "dec"}},

		{op: "licences", allow: persons4}, {op: "licence", path: "/licences/" + w.licence, allow: []string{"zhang", "agent"}},
		{op: "licence", path: "/licences/" + w.licence + "?purpose=x", allow: []string{"zhang", "agent", "rev", "dec"}},
		{op: "licence-uses", path: "/licences/" + w.licence + "/uses", allow: []string{"zhang", "agent"}},
		{op: "messages", allow: persons4}, {op: "message-read", path: "/messages/" + w.message + "/read", allow: []string{"zhang", "agent"}},
		{op: "message-ways", allow: persons4}, {op: "message-ways-choose", body: map[string]any{"groups": map[string]any{"progress": []any{}, "deadline": []any{"sms"}, "answer": []any{}, "rules": []any{}}, "version": 0}, only: []string{"anonymous", "li", "agent", "clerk", "sup", "sys"}, allow: []string{"li"}},
		{op: "message-wechat-code", allow: []string{"zhang", "li"}}, {op: "message-wechat-unbind", allow: []string{"zhang", "li"}},
		{op: "party-no-sms", path: "/parties/person/" + fmt.Sprint(w.zhang["id"]) + "/no-sms", body: map[string]any{"no": true}, allow: clerks},
		{op: "message-state", allow: sys}, {op: "message-retry", path: "/message-ways/failures/1/retry", allow: sys},
		{op: "message-kinds"}, {op: "message-texts", path: "/message-texts/case.accept/zh"}, {op: "message-text-versions", path: "/message-texts/case.accept/zh/sms/versions"},
		{op: "message-text-set", path: "/message-texts/case.accept/zh/sms", body: map[string]any{"body": "{no}"}}, {op: "message-text-try", path: "/message-texts/case.accept/zh/sms/try", body: map[string]any{"body": "{no}"}},
		{op: "appointments", allow: persons4},
		{op: "appointment-book", body: map[string]any{"centre": "wx-zx", "item": c.codes["marriage"], "day": "2026-03-05", "slot": "10:00"}, allow: persons4},
		{op: "appointment-cancel", path: "/appointments/" + w.appointment, allow: []string{"zhang", "agent", "clerk"}},
		{op: "appointments-of-day", path: "/centres/wx-zx/appointments", allow: []string{"clerk", "sup"}},

		{op: "audit", allow: aud}, {op: "staff", path: "/staff?unit=wx-zx", allow: []string{"sys", "sec", "aud"}},
		{op: "staff-create", body: map[string]any{"login": "another", "name": "又一人", "unit": "wx-zx"}, allow: sys},
		{op: "role-grant", path: "/staff/" + w.member + "/roles", body: map[string]any{"role": "reviewer", "unit": "wx-zx"}, allow: sec},
		{op: "role-revoke", path: "/staff/" + w.member + "/roles/reviewer/wx-zx", allow: sec},
		{op: "staff-reset", path: "/staff/" + w.member + "/reset", allow: sys},
		{op: "staff-disable", path: "/staff/" + w.member + "/disabled", body: map[string]any{"disabled": true}, allow: sys},
		{op: "audit-verify", allow: aud}, {op: "job-discard", path: "/jobs/1", allow: sys}, {op: "messages-read", allow: persons4},
		{op: "case-unmask", path: "/cases/" + w.no + "/unmask", body: map[string]any{"purpose": "核对身份"}, allow: []string{"clerk", "rev", "dec"}},
		{op: "subscribers", allow: sys}, {op: "subscribe", body: map[string]any{"name": "省平台", "url": "https://example.gov.cn/hook"}, allow: sys},
		{op: "subscriber-active", path: "/subscribers/" + w.subscriber + "/active", body: map[string]any{"active": false}, allow: sys},
		{op: "subscriber-replay", path: "/subscribers/" + w.subscriber + "/position", body: map[string]any{"after": 0}, allow: sys},
		{op: "subscriber-test", path: "/subscribers/" + w.subscriber + "/test", allow: sys},
		{op: "unsubscribe", path: "/subscribers/" + w.subscriber, allow: sys},
		{op: "adjustments", allow: everyone}, {op: "adjustment", path: "/adjustments/" + w.notice, allow: everyone},
		{op: "adjustment-dossiers", allow: keepers}, {op: "adjustment-dossier", path: "/adjustment-dossiers/" + w.dossier, allow: keepers},
		{op: "adjustment-propose", body: map[string]any{"unit": "wx-gov", "plan": c.adjustment("322099902000")}, allow: []string{"steward"}},
		{op: "adjustment-act", path: "/adjustment-dossiers/" + w.notice + "/acts", body: map[string]any{"act": "carry-out"}, only: []string{"anonymous", "zhang", "clerk", "dec", "steward", "lxsteward", "lxirev", "sup", "sys", "plain"}},
		{op: "adjustment-act", path: "/adjustment-dossiers/" + w.dossier + "/acts", body: map[string]any{"act": "withdraw", "note": "另行研究"}, allow: []string{"steward"}},
		{op: "jobs", allow: sys}, {op: "job-requeue", path: "/jobs/1/requeue", allow: sys},

		// li was given a mandate of the company above
		{op: "acting-switch", body: map[string]any{"kind": "entity", "id": fmt.Sprint(c.refs.Entities["cafe"])}, allow: []string{"zhang", "li", "boss"}},
		{op: "token-end", allow: loggedIn}, // this ends everything
	}
}

// denied reports whether an answer refuses for lack of right, or hides.
func denied(a answer) bool {
	switch a.status {
	case http.StatusUnauthorized:
		return a.text("code") != "login-failed"
	case http.StatusForbidden, http.StatusNotFound:
		return a.text("code") != "pickup-code" && a.text("code") != "no-way" // looked for, and not there
	}
	return false
}

// TestEveryOperationForEveryRole: deny by default. Whoever may not is refused
// first, and changes nothing; whoever may gets past the door.
func TestEveryOperationForEveryRole(t *testing.T) {
	inCity(t, func(c *city) {
		w := c.world()
		methods := map[string]operation{}
		for _, op := range c.s.operations {
			methods[op.id] = op
		}
		tested := map[string]bool{}
		for _, k := range c.knocks(w) {
			op, known := methods[k.op]
			if !known {
				t.Fatalf("there is no operation %s", k.op)
			}
			tested[k.op] = true
			path := k.path
			if path == "" {
				path = op.path
			}
			who := k.only
			if who == nil {
				who = everyone
			}
			before := c.things()
			for _, a := range who {
				if slices.Contains(k.allow, a) {
					continue
				}
				noted := c.count(`SELECT count(*) FROM audit_record WHERE outcome = 'denied'`)
				got := c.send(a, op.method, path, k.body)
				want := noted + 1 // that somebody known tried is recorded, once
				if a == "anonymous" {
					want = noted
				}
				if n := c.count(`SELECT count(*) FROM audit_record WHERE outcome = 'denied'`); n != want {
					t.Errorf("%s %s by %s: %d refusals recorded, want %d: %s", op.method, path, a, n-noted, want-noted, got)
				}
				if !denied(got) || a == "anonymous" && !op.open && got.status != http.StatusUnauthorized {
					t.Errorf("%s %s by %s: %s", op.method, path, a, got)
				}
			}
			if now := c.things(); now != before {
				t.Errorf("%s %s: refused, and yet %s became %s", op.method, path, before, now)
			}
			for _, a := range who {
				if slices.Contains(k.allow, a) {
					if got := c.send(a, op.method, path, k.body); denied(got) && !(k.op == "token-issue" && got.status == 401) || got.status >= 500 {
						t.Errorf("%s %s by %s should be let in: %s", op.method, path, a, got)
					}
				}
			}
		}
		for id := range methods {
			if !tested[id] {
				t.Errorf("nobody tests who may do %s", id)
			}
		}
		// Tokens that were given back open nothing.
		if got := c.send("zhang", "GET", "/auth/me", nil); got.status != http.StatusUnauthorized {
			t.Errorf("a token that was given back: %s", got)
		}
		// Nor do tokens that are too old.
		c.tokens = map[string]string{"anonymous": ""}
		c.token("li")
		c.clk.Add(9 * time.Hour)
		if got := c.send("li", "GET", "/auth/me", nil); got.status != http.StatusUnauthorized {
			t.Errorf("a token of yesterday: %s", got)
		}
	})
}

// things are the counts of what an act would make or change.
func (c *city) things() string {
	c.t.Helper()
	var out []string
	for _, q := range []string{`SELECT count(*) FROM cases`, `SELECT coalesce(sum(version), 0) FROM cases`, `SELECT count(*) FROM draft`,
		`SELECT coalesce(sum(version), 0) FROM draft`, `SELECT count(*) FROM case_event`, `SELECT count(*) FROM rating`, `SELECT count(*) FROM appointment`,
		`SELECT count(*) FROM assist`, `SELECT count(*) FROM inquiry`, `SELECT coalesce(sum(version), 0) FROM inquiry`, `SELECT count(*) FROM inquiry_entry`, `SELECT count(*) FROM paper_slip`, `SELECT count(*) FROM person`, `SELECT count(*) FROM staff`, `SELECT count(*) FROM staff_role`, `SELECT count(*) FROM mandate`, `SELECT count(*) FROM licence`,
		`SELECT coalesce(sum(version), 0) FROM guide_draft`, `SELECT count(*) FROM guide_proposal WHERE state = 'open'`, `SELECT count(*) FROM item_change`, `SELECT count(*) FROM item_import`, `SELECT count(*) FROM item_import WHERE state = 'carrying'`, `SELECT coalesce(sum(version), 0) FROM adjustment`} {
		out = append(out, fmt.Sprint(c.count(q)))
	}
	return strings.Join(out, " ")
}

// billed has a case billed as if its guide had a fee.
func (c *city) billed(no string) (bill string) {
	c.t.Helper()
	a, err := c.ids.PersonActor(c.t.Context(), c.refs.Persons["zhang"], actor.Party{}, actor.Web)
	c.must(err)
	v, err := c.s.Casework.View(c.t.Context(), a, no)
	c.must(err)
	k := v.Case
	c.must(c.d.Write(c.t.Context(), "test.bill", func(tx *db.Tx) error {
		b, err := c.s.Fees.BillTx(tx, fee.Charged{CaseID: k.ID, CaseNo: k.No, ItemName: k.ItemName, Party: k.Party, UnitID: k.UnitID, ReceivingUnitID: k.ReceivingUnitID,
			Due: catalog.DueBeforeAcceptance, Lines: []catalog.Charge{{Name: "工本费", Basis: "演示", Reckoned: "20.00元", Amount: 2000, Reducible: true}}})
		if err == nil {
			bill = b.No
		}
		return err
	}))
	return bill
}
