package api

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/audit"
)

func logger(to *bytes.Buffer) *slog.Logger { return slog.New(slog.NewTextHandler(to, nil)) }

// TestMainJob takes one application from search to rating through the API alone.
func TestMainJob(t *testing.T) {
	inCity(t, func(c *city) {
		found := c.send("anonymous", "GET", "/items?q="+url.QueryEscape("食品许可"), nil).ok(200)
		code := found.text("items", 0, "code")
		if code != c.codes["food"] {
			t.Fatalf("the search found %s", found)
		}
		guide := c.send("anonymous", "GET", "/items/"+code, nil).ok(200)
		for _, element := range []string{"basics", "department", "windows", "conditions", "materials", "steps", "limits", "fees", "results", "basis", "questions", "contacts", "rights", "duties", "remedies"} {
			if guide.at("guide", element) == nil {
				t.Errorf("the guide has no %s", element)
			}
		}
		if c.send("anonymous", "GET", "/items/"+code+"/form", nil).ok(200).at("properties", "idNumber") == nil {
			t.Error("the form's schema has no idNumber")
		}

		// A draft, prefilled, saved, with a file, a licence, consent and delivery.
		draft := c.send("zhang", "POST", "/drafts", map[string]any{"item": code}).ok(201)
		id := draft.text("id")
		if draft.text("answers", "phone") != "13800000001" || len(draft.at("problems").([]any)) == 0 {
			t.Errorf("the draft is %s", draft)
		}
		path := "/drafts/" + id
		saved := c.send("zhang", "PUT", path, map[string]any{"version": draft.number("version"), "answers": c.answersOf()}).ok(200)
		c.send("zhang", "PUT", path, map[string]any{"version": draft.number("version"), "answers": c.answersOf()}).ok(409)
		if saved.number("version") != draft.number("version")+1 {
			t.Errorf("saved as %s", saved)
		}
		with := c.upload("zhang", path+"/materials/m02/files", "平面图.pdf", pdf).ok(201)
		file := with.text("materials", 1, "files", 0, "id")
		got := c.send("zhang", "GET", path+"/files/"+file, nil).ok(200)
		if !bytes.Equal(got.body, pdf) || !strings.Contains(got.header.Get("Content-Disposition"), "attachment") || got.header.Get("Content-Type") != "application/pdf" {
			t.Errorf("the file came as %v", got.header)
		}
		c.send("zhang", "DELETE", path+"/materials/m02/files/"+file, nil).ok(200)
		ticket := c.upload("zhang", "/files", "平面图.pdf", pdf).ok(201).text("file")
		c.send("zhang", "POST", path+"/materials/m02/files", map[string]any{"file": ticket, "name": "平面图.pdf"}).ok(201)
		held := c.send("zhang", "GET", "/licences", nil).ok(200).text("items", 0, "identifier")
		c.send("zhang", "PUT", path+"/materials/m01/licence", map[string]any{"licence": held}).ok(200)
		c.send("zhang", "POST", path+"/consent", nil).ok(200)
		ready := c.send("zhang", "PUT", path+"/delivery", map[string]any{"way": "pickup"}).ok(200)
		if n := len(ready.at("problems").([]any)); n != 0 {
			t.Fatalf("%d problems are left: %s", n, ready)
		}
		if drafts := c.send("zhang", "GET", "/drafts", nil).ok(200).at("items").([]any); len(drafts) != 1 {
			t.Errorf("%d drafts", len(drafts))
		}

		// Handed in, twice with one key: one case.
		k := c.send("zhang", "POST", "/cases", map[string]any{"draft": id}, "Idempotency-Key", "k1").ok(201)
		no := k.text("no")
		if again := c.send("zhang", "POST", "/cases", map[string]any{"draft": id}, "Idempotency-Key", "k1").ok(201); again.text("no") != no {
			t.Errorf("handed in twice: %s", again)
		}
		if c.send("zhang", "GET", "/cases", nil).ok(200).text("items", 0, "no") != no {
			t.Error("the case is not among mine")
		}
		if uses := c.send("zhang", "GET", "/licences/"+held+"/uses", nil).ok(200); uses.text("items", 0, "case") != no {
			t.Errorf("the use of the licence is not traced: %s", uses)
		}
		receipt := c.send("zhang", "GET", "/cases/"+no+"/documents/"+k.text("documents", 0, "id"), nil).ok(200)
		if receipt.text("content", "caseNo") != no {
			t.Errorf("receipt %s", receipt)
		}
		progress := c.send("anonymous", "GET", "/progress/"+no+"?code="+k.text("progress")[strings.Index(k.text("progress"), "?c=")+3:], nil).ok(200)
		if progress.text("state", "code") != "submitted" || bytes.Contains(progress.body, []byte("张明远")) {
			t.Errorf("progress %s", progress)
		}
		c.send("anonymous", "GET", "/progress/"+no+"?code=wrong", nil).ok(404)

		// The clerk asks once for everything; the applicant corrects.
		queue := c.send("clerk", "GET", "/queue", nil).ok(200)
		if queue.text("items", 0, "no") != no || c.send("clerk", "GET", "/queue/size", nil).ok(200).number("open") != 1 {
			t.Errorf("queue %s", queue)
		}
		// What the form marks as sensitive is masked for staff, unless they say what for.
		number := c.batch.Persons[0].IDNumber
		if seen := c.send("clerk", "GET", "/cases/"+no, nil).ok(200); bytes.Contains(seen.body, []byte(number)) {
			t.Errorf("the clerk sees everything: %s", seen)
		}
		if open := c.send("clerk", "POST", "/cases/"+no+"/unmask", map[string]any{"purpose": "核对申请人身份"}).ok(200); open.text("items", 0, "text") != number {
			t.Errorf("unmasked: %s", open)
		}
		if log := c.send("aud", "GET", "/audit?limit=100&subject="+url.QueryEscape("case/"+no), nil).ok(200); !bytes.Contains(log.body, []byte("核对申请人身份")) || bytes.Contains(log.body, []byte(number)) {
			t.Errorf("the look is not recorded: %s", log)
		}
		c.act("clerk", no, "request-correction", map[string]any{"asks": []any{map[string]any{"material": "m02", "line": "a", "note": "看不清"}}}).ok(200)
		asked := c.send("zhang", "GET", "/cases/"+no, nil).ok(200)
		if asked.text("asked", 0, "note") != "看不清" {
			t.Errorf("asked %s", asked)
		}
		more := map[string]any{"days": 3, "reason": "在外地"}
		c.act("zhang", no, "ask-more-time", more).ok(200)
		c.act("zhang", no, "ask-more-time", more).ok(409)
		if got := c.send("clerk", "GET", "/cases/"+no, nil).ok(200); got.text("moreTime", "answer") != "waiting" || got.text("moreTime", "reason") != "在外地" {
			t.Errorf("more time: %s", got)
		}
		c.act("clerk", no, "grant-more-time", map[string]any{"days": 2}).ok(200)
		if got := c.send("zhang", "GET", "/cases/"+no, nil).ok(200); got.text("moreTime", "answer") != "granted" {
			t.Errorf("more time: %s", got)
		}
		fix := c.send("zhang", "POST", "/cases/"+no+"/correction", nil).ok(201).text("id")
		c.upload("zhang", "/drafts/"+fix+"/materials/m02/files", "新.pdf", append(pdf, '\n')).ok(201)
		c.send("zhang", "POST", "/cases", map[string]any{"draft": fix}).ok(201)

		// What else the guide names is asked only on a new fact; what is wrong is mended at the counter.
		again := map[string]any{"asks": []any{map[string]any{"material": "m01", "line": "a"}}}
		c.act("clerk", no, "request-correction", again).ok(422)
		again["newFact"] = map[string]any{"source": "outside", "what": "证件已挂失", "from": "公安机关", "on": "2020-01-01"}
		c.act("clerk", no, "request-correction", again).ok(422)
		c.act("clerk", no, "decline", map[string]any{"ground": "competence", "reason": "不归我们管"}).ok(422)
		c.send("clerk", "POST", "/cases/"+no+"/mend", map[string]any{"present": false}).ok(422)
		mend := c.send("clerk", "POST", "/cases/"+no+"/mend", map[string]any{"present": true}).ok(201).text("id")
		c.upload("clerk", "/drafts/"+mend+"/materials/m01/files", "当场.pdf", append(pdf, ' ')).ok(201)
		c.send("clerk", "POST", "/cases", map[string]any{"draft": mend}).ok(201)
		if got := c.send("zhang", "GET", "/cases/"+no, nil).ok(200); got.text("mended", 0, "lines", 0, "name") == "" || got.text("state", "code") != "submitted" {
			t.Errorf("mended: %s", got)
		}

		// Accepted, reviewed, decided by another person; two clerks: one effect.
		stale := c.send("clerk2", "GET", "/cases/"+no, nil).ok(200).number("version")
		c.act("clerk", no, "accept", nil).ok(200)
		late := c.send("clerk2", "POST", "/cases/"+no+"/acts", map[string]any{"act": "accept", "version": stale}).ok(409)
		if late.text("code") != "case-changed" || late.text("current", "state", "code") != "reviewing" {
			t.Errorf("the second clerk learns %s", late)
		}
		opinion := c.act("rev", no, "review", map[string]any{"agree": true, "opinion": "现场符合要求"}).ok(200)
		if opinion.text("state", "code") != "deciding" {
			t.Errorf("after the review %s", opinion)
		}
		if bytes.Contains(c.send("zhang", "GET", "/cases/"+no, nil).body, []byte("现场符合要求")) {
			t.Error("the applicant reads the inner opinion")
		}
		c.act("dec", no, "decide", map[string]any{"grant": true, "opinion": "准予"}).ok(200)
		c.drain()
		issued := c.send("zhang", "GET", "/cases/"+no, nil).ok(200).text("licence")
		v := c.send("anonymous", "GET", "/verify/"+issued, nil).ok(200)
		if v.at("genuine") != true || bytes.Contains(v.body, []byte("张明远")) {
			t.Errorf("verification %s", v)
		}
		full := c.send("zhang", "GET", "/licences/"+issued, nil).ok(200)
		if full.text("signature") == "" || full.text("fields", 0, "value") != "张明远" || full.text("content") == "" {
			t.Errorf("licence %s", full)
		}
		c.act("clerk", no, "hand-over", map[string]any{"recipient": "张明远"}).ok(200)

		// Whoever was served has the code to rate; an onlooker has not.
		shown := c.send("zhang", "GET", "/cases/"+no, nil).ok(200)
		progress = c.send("anonymous", "GET", "/progress/"+no+"?code="+k.text("progress")[strings.Index(k.text("progress"), "?c=")+3:], nil).ok(200)
		token := shown.text("rate", "token")
		if token == "" || progress.text("rate", "token") != token || shown.text("rate", "path") != "/rate/"+no+"?t="+token || shown.text("rate", "until") == "" {
			t.Errorf("rate %v, on the progress %v", shown.at("rate"), progress.at("rate"))
		}
		if c.send("clerk", "GET", "/cases/"+no, nil).ok(200).text("rate", "token") != token || c.send("sup", "GET", "/cases/"+no, nil).ok(200).at("rate") != nil {
			t.Error("the window does not see the code, or the supervisor does")
		}
		last := len(shown.at("documents").([]any)) - 1
		record := c.send("zhang", "GET", "/cases/"+no+"/documents/"+shown.text("documents", last, "id"), nil).ok(200)
		if record.text("content", "kind") != "delivery" || record.text("content", "rate", "path") != shown.text("rate", "path") {
			t.Errorf("the delivery record: %s", record)
		}
		c.send("anonymous", "POST", "/ratings", map[string]any{"case": no, "token": token + "0", "level": 5}).ok(404)

		// Rated once.
		rate := map[string]any{"case": no, "level": 5, "reasons": []string{"fast"}, "words": "很快"}
		c.send("zhang", "POST", "/ratings", rate, "Idempotency-Key", "r1").ok(201)
		c.send("zhang", "POST", "/ratings", rate, "Idempotency-Key", "r1").ok(201)
		c.send("zhang", "POST", "/ratings", rate).ok(409)
		if c.send("zhang", "GET", "/cases/"+no, nil).ok(200).at("rate") != nil {
			t.Error("a rated case asks to be rated")
		}
		if r := c.send("anonymous", "GET", "/ratings", nil).ok(200); r.text("items", 0, "words") != "很快" || bytes.Contains(r.body, []byte(no)) || bytes.Contains(r.body, []byte("张明远")) {
			t.Errorf("published %s", r)
		}
		if c.send("zhang", "GET", "/cases/"+no+"/rating", nil).ok(200).number("level") != 5 {
			t.Error("my rating is lost")
		}
		line := c.send("zhang", "GET", "/cases/"+no+"/timeline", nil).ok(200)
		if n := len(line.at("events").([]any)); n < 7 || line.at("clocks", 0, "lines", 0) == nil {
			t.Errorf("timeline %s", line)
		}
		// Messages came on the way.
		m := c.send("zhang", "GET", "/messages", nil).ok(200)
		if m.number("unread") == 0 {
			t.Fatalf("no messages: %s", m)
		}
		c.send("zhang", "POST", "/messages/"+m.text("items", 0, "id")+"/read", nil).ok(204)
		c.send("li", "POST", "/messages/"+m.text("items", 1, "id")+"/read", nil).ok(404)
		if c.send("zhang", "GET", "/messages", nil).number("unread") != m.number("unread")-1 {
			t.Error("reading was not noted")
		}
		c.send("zhang", "POST", "/messages/read", nil).ok(204)
		if n := c.send("zhang", "GET", "/messages", nil).number("unread"); n != 0 {
			t.Errorf("%d unread after reading all", n)
		}
		// Supervision and the audit log know of it.
		c.send("sup", "GET", "/overview", nil).ok(200)
		c.send("sup", "GET", "/overview/list?figure=in-hand", nil).ok(200)
		if log := c.send("aud", "GET", "/audit?subject="+url.QueryEscape("case/"+no), nil).ok(200); len(log.at("items").([]any)) < 7 {
			t.Errorf("audit %s", log)
		}
		if strings.Contains(c.log.String(), "level=ERROR") {
			t.Errorf("errors were logged: %s", c.log)
		}
	})
}

// TestWindow: a person without a phone applies at the window.
func TestWindow(t *testing.T) {
	inCity(t, func(c *city) {
		number := resident(t, 1940, 44)
		c.send("clerk", "POST", "/parties/find", map[string]any{"number": number}).ok(404)
		p := c.send("clerk", "POST", "/parties", map[string]any{"name": "陈阿婆", "idNumber": number}).ok(200)
		if c.send("clerk", "POST", "/parties/find", map[string]any{"number": number}).ok(200).text("id") != p.text("id") {
			t.Error("the person is not found again")
		}
		party := map[string]any{"kind": "person", "id": p.text("id"), "name": "另一个人"}
		d := c.send("clerk", "POST", "/drafts", map[string]any{"item": c.codes["food"], "party": party}).ok(201)
		if d.text("answers", "name") != "陈阿婆" {
			t.Errorf("not prefilled: %s", d)
		}
		path := "/drafts/" + d.text("id")
		answers := map[string]any{"name": "陈阿婆", "idNumber": number, "phone": "13800000009", "online": false}
		c.send("clerk", "PUT", path, map[string]any{"answers": answers}).ok(200)
		for _, m := range []string{"m01", "m02"} {
			c.send("clerk", "PUT", path+"/materials/"+m+"/paper", map[string]any{"seen": true}).ok(200)
		}
		c.send("clerk", "POST", path+"/consent", map[string]any{}).ok(200)
		c.send("clerk", "PUT", path+"/delivery", map[string]any{"way": "pickup"}).ok(200)
		k := c.send("clerk", "POST", "/cases", map[string]any{"draft": d.text("id")}).ok(201)
		if k.text("channel") != "window" || k.text("party", "name") != "陈阿婆" {
			t.Errorf("case %s", k)
		}
		c.send("zhang", "PUT", path+"/materials/m01/paper", map[string]any{"seen": true}).ok(404)

		// Everything in one act, from paper; another centre's clerk may not.
		whole := map[string]any{"item": c.codes["food"], "party": party, "answers": answers, "consent": true, "delivery": map[string]any{"way": "pickup"},
			"materials": []any{map[string]any{"code": "m01", "paper": true}, map[string]any{"code": "m02", "paper": true}}}
		c.send("clerk", "POST", "/cases", whole).ok(201)

		// A clerk may use what the applicant holds.
		zhang := map[string]any{"kind": "person", "id": fmt.Sprint(c.refs.Persons["zhang"])}
		other := c.send("clerk", "POST", "/drafts", map[string]any{"item": c.codes["food"], "party": zhang}).ok(201).text("id")
		held := c.send("clerk", "GET", "/drafts/"+other+"/licences", nil).ok(200).text("items", 0, "identifier")
		if a := c.send("clerk", "PUT", "/drafts/"+other+"/materials/m01/licence", map[string]any{"licence": held}).ok(200); a.text("materials", 0, "licence", "identifier") != held {
			t.Error(a)
		}
		before := c.count(`SELECT count(*) FROM cases`)
		c.send("lxclerk", "POST", "/cases", whole).ok(404)
		if c.count(`SELECT count(*) FROM cases`) != before {
			t.Error("a refused application was stored")
		}
	})
}

// TestOnce: one application in one call, repeated in every way.
func TestOnce(t *testing.T) {
	inCity(t, func(c *city) {
		whole := c.application("zhang", "food")
		first := c.send("zhang", "POST", "/cases", whole, "Idempotency-Key", "a").ok(201).text("no")
		if again := c.send("zhang", "POST", "/cases", whole, "Idempotency-Key", "a").ok(201).text("no"); again != first {
			t.Errorf("%s and %s", first, again)
		}
		changed := c.application("zhang", "food")
		changed["delivery"] = map[string]any{"way": "electronic"}
		if a := c.send("zhang", "POST", "/cases", changed, "Idempotency-Key", "a").ok(422); a.text("code") != "idempotency-key-reused" {
			t.Error(a)
		}
		// Another account's key is another key.
		c.send("li", "POST", "/cases", c.application("li", "food"), "Idempotency-Key", "a").ok(201)
		if n := c.count(`SELECT count(*) FROM cases`); n != 2 {
			t.Errorf("%d cases", n)
		}
		if n := c.count(`SELECT count(*) FROM draft`); n != 0 {
			t.Errorf("%d drafts are left over", n)
		}
		body := map[string]any{"act": "withdraw", "version": c.send("zhang", "GET", "/cases/"+first, nil).number("version"), "reason": "不办了"}
		for range 2 {
			if a := c.send("zhang", "POST", "/cases/"+first+"/acts", body, "Idempotency-Key", "w").ok(200); a.text("outcome", "code") != "withdrawn" {
				t.Error(a)
			}
		}
		c.send("zhang", "POST", "/cases/"+first+"/acts", body, "Idempotency-Key", "w2").ok(409)
		c.send("zhang", "POST", "/cases", whole, "Idempotency-Key", "有").ok(400)
		// A file uploaded by one account is no good to another.
		stolen := c.application("zhang", "food")
		if a := c.send("li", "POST", "/cases", stolen).ok(422); a.text("fields", 0, "pointer") != "/materials/0/files/0/file" {
			t.Error(a)
		}
	})
}

// TestSubmission_asks_little: who hands in is answered from what is at hand. The
// token, the person and the files are looked up, and the act asks nothing, so
// that on PostgreSQL it is one round trip.
func TestSubmission_asks_little(t *testing.T) {
	inCity(t, func(c *city) {
		c.send("zhang", "POST", "/cases", c.application("zhang", "food")).ok(201) // numbers are fetched, guides read
		whole := c.application("zhang", "food")
		var asked, inAct []string
		c.d.Trace(func(act, sql string, _ []any) {
			switch {
			case act == "":
				asked = append(asked, sql)
			case strings.HasPrefix(sql, "SELECT") || strings.Contains(sql, "RETURNING"):
				inAct = append(inAct, sql)
			}
		})
		made := c.send("zhang", "POST", "/cases", whole, "Idempotency-Key", "little").ok(201)
		c.d.Trace(nil)
		if len(asked) > 3 {
			c.t.Errorf("%d questions:\n%s", len(asked), strings.Join(asked, "\n"))
		}
		if len(inAct) > 0 {
			c.t.Errorf("the act asks:\n%s", strings.Join(inAct, "\n"))
		}
		if read := c.send("zhang", "GET", "/cases/"+made.text("no"), nil).ok(200); !bytes.Equal(read.body, made.body) {
			c.t.Errorf("made\n%s\nread\n%s", made.body, read.body)
		}
	})
}

// TestAppointment: pre-review online, a seat booked, finished at the window.
func TestAppointment(t *testing.T) {
	inCity(t, func(c *city) {
		centres := c.send("anonymous", "GET", "/centres", nil).ok(200)
		if !bytes.Contains(centres.body, []byte(`"wx-zx"`)) || c.send("anonymous", "GET", "/centres/wx-zx/windows", nil).ok(200).text("items", 0, "no") != "A01" {
			t.Error(centres)
		}
		no := c.submitted("marriage")
		c.act("clerk", no, "precheck-pass", nil).ok(200)
		slots := c.send("anonymous", "GET", "/centres/wx-zx/slots?item="+c.codes["marriage"], nil).ok(200)
		day, at := slots.text("items", 1, "date"), slots.text("items", 1, "slots", 0, "at")
		book := map[string]any{"centre": "wx-zx", "item": c.codes["marriage"], "day": day, "slot": at, "case": no}
		p := c.send("zhang", "POST", "/appointments", book).ok(201)
		if c.send("zhang", "POST", "/appointments", book).ok(201).text("id") != p.text("id") {
			t.Error("a second click booked again")
		}
		for field, v := range map[string]any{"centre": "wx-gov", "item": c.codes["food"], "case": c.submitted("food"), "day": "2026-02-30", "slot": "9:00"} {
			bad := map[string]any{}
			for k, x := range book {
				bad[k] = x
			}
			bad[field] = v
			if a := c.send("zhang", "POST", "/appointments", bad).ok(422); a.text("fields", 0, "pointer") != "/"+field {
				t.Errorf("%s: %s", field, a)
			}
		}
		if c.send("zhang", "GET", "/appointments", nil).ok(200).text("items", 0, "case") != no {
			t.Error("not among mine")
		}
		if c.send("clerk", "GET", "/centres/wx-zx/appointments?day="+day, nil).ok(200).text("items", 0, "party") != "张明远" {
			t.Error("the clerk does not see who comes")
		}
		c.act("clerk", no, "arrive", map[string]any{"seen": []string{"m01"}}).ok(200)
		c.send("li", "DELETE", "/appointments/"+p.text("id"), nil).ok(404)
		c.send("zhang", "DELETE", "/appointments/"+p.text("id"), nil).ok(204)
	})
}

// TestAccount: capacities, mandates, sessions, profile.
func TestAccount(t *testing.T) {
	inCity(t, func(c *city) {
		me := c.send("zhang", "GET", "/auth/me", nil).ok(200)
		if len(me.at("actings").([]any)) != 2 || me.text("for", "name") != "张明远" {
			t.Errorf("me %s", me)
		}
		if a := c.send("clerk", "GET", "/auth/me", nil).ok(200); a.text("roles", 0, "role") != "window-clerk" || a.text("roles", 0, "unit", "key") != "wx-zx" {
			t.Errorf("clerk %s", a)
		}
		cafe := map[string]any{"kind": "entity", "id": fmt.Sprint(c.refs.Entities["cafe"])}
		if a := c.send("zhang", "POST", "/auth/acting", cafe).ok(200); a.text("for", "kind") != "entity" {
			t.Error(a)
		}
		c.send("li", "POST", "/auth/acting", cafe).ok(403)
		c.send("zhang", "POST", "/auth/acting", map[string]any{"kind": "person", "id": fmt.Sprint(c.refs.Persons["zhang"])}).ok(200)

		grant := map[string]any{"agentName": "李小兰", "agentIdNumber": c.batch.Persons[1].IDNumber, "until": "2026-12-31", "ground": "亲属代办"}
		m := c.send("zhang", "POST", "/mandates", grant).ok(201).text("id")
		c.send("agent", "POST", "/mandates", grant).ok(403)
		if len(c.send("li", "GET", "/mandates", nil).ok(200).at("received").([]any)) != 1 {
			t.Error("the agent does not see it")
		}
		c.send("zhang", "POST", "/mandates/"+m+"/revoke", nil).ok(204)

		if a := c.send("zhang", "PATCH", "/profile", map[string]any{"phone": "139"}).ok(422); a.text("fields", 0, "pointer") != "/phone" {
			t.Error(a)
		}
		if c.send("zhang", "PATCH", "/profile", map[string]any{"phone": "13900000001"}).ok(200).text("phone") != "13900000001" {
			t.Error("the phone stayed")
		}
		if len(c.send("zhang", "GET", "/auth/sessions", nil).ok(200).at("items").([]any)) != 1 {
			t.Error("sessions")
		}
		c.send("zhang", "DELETE", "/auth/token", nil).ok(204)
		if a := c.send("zhang", "GET", "/auth/me", nil).ok(401); a.header.Get("WWW-Authenticate") == "" || a.text("code") != "token-invalid" {
			t.Error(a)
		}
		delete(c.tokens, "zhang")

		for range 5 {
			c.send("anonymous", "POST", "/auth/token", map[string]any{"login": "li", "password": "wrong"}).ok(401)
		}
		if a := c.send("anonymous", "POST", "/auth/token", map[string]any{"login": "li", "password": password}); a.status != 429 || a.header.Get("Retry-After") == "" {
			t.Errorf("throttled: %s %v", a, a.header)
		}
	})
}

// TestAdministration: accounts, roles, jobs, the log.
func TestAdministration(t *testing.T) {
	inCity(t, func(c *city) {
		made := c.send("sys", "POST", "/staff", map[string]any{"login": "newbie", "name": "新人", "unit": "lx-zx"}).ok(201)
		id := made.text("staff", "id")
		if made.text("password") == "" || len(made.at("staff", "roles").([]any)) != 0 {
			t.Error(made)
		}
		c.send("sys", "POST", "/staff", map[string]any{"login": "newbie", "name": "新人", "unit": "lx-zx"}).ok(409)
		role := map[string]any{"role": "window-clerk", "unit": "lx-zx"}
		c.send("sys", "POST", "/staff/"+id+"/roles", role).ok(403)
		c.send("sec", "POST", "/staff/"+id+"/roles", role).ok(204)
		list := c.send("sec", "GET", "/staff?unit=lx-zx", nil).ok(200)
		if !bytes.Contains(list.body, []byte(`"newbie"`)) || !bytes.Contains(list.body, []byte(`"window-clerk"`)) {
			t.Error(list)
		}
		c.send("sec", "DELETE", "/staff/"+id+"/roles/window-clerk/lx-zx", nil).ok(204)
		c.send("sys", "PUT", "/staff/"+id+"/disabled", map[string]any{"disabled": true}).ok(204)
		c.send("sys", "POST", "/staff/"+id+"/reset", nil).ok(200)
		c.send("sys", "GET", "/jobs", nil).ok(200)
		c.send("sys", "POST", "/jobs/1/requeue", nil).ok(409)

		// The feed shows what is sealed.
		sealed, err := keys().Note("tongban")
		c.must(err)
		_, err = audit.NewSealer(c.d, audit.Options{Keys: audit.Keys{Signers: sealed.Signers, Verifiers: sealed.Verifiers}}).Seal(t.Context())
		c.must(err)
		feed := c.send("aud", "GET", "/audit?limit=2", nil).ok(200)
		next := c.send("aud", "GET", "/audit?limit=2&cursor="+feed.text("next"), nil).ok(200)
		if feed.number("items", 1, "position") != next.number("items", 0, "position")+1 {
			t.Errorf("pages %s and %s", feed, next)
		}
		if proof := c.send("aud", "POST", "/audit/verify", nil).ok(200); proof.at("sound") != true || proof.number("records") == 0 {
			t.Error(proof)
		}
		if who := c.send("aud", "GET", "/audit?act=staff.manage&outcome=done", nil).ok(200); who.text("items", 0, "actor", "name") != "朱系统" {
			t.Error(who)
		}
	})
}

// TestKept: public things say how long they are good, nothing else does.
func TestKept(t *testing.T) {
	inCity(t, func(c *city) {
		for _, path := range []string{"/items/" + c.codes["food"], "/items/" + c.codes["food"] + "/form", "/topics", "/departments", "/divisions", "/centres", "/calendar", "/verify/key"} {
			a := c.send("anonymous", "GET", path, nil).ok(200)
			tag := a.header.Get("ETag")
			if tag == "" || !strings.HasPrefix(a.header.Get("Cache-Control"), "public") {
				t.Errorf("%s: %v", path, a.header)
			}
			if b := c.send("anonymous", "GET", path, nil, "If-None-Match", tag); b.status != 304 || len(b.body) != 0 {
				t.Errorf("%s again: %s", path, b)
			}
		}
		for who, path := range map[string]string{"zhang": "/cases", "clerk": "/queue", "anonymous": "/items"} {
			if a := c.send(who, "GET", path, nil).ok(200); a.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %v", path, a.header)
			}
		}
		if zh, en := c.send("anonymous", "GET", "/ratings/options", nil), c.send("anonymous", "GET", "/ratings/options", nil, "Accept-Language", "en-GB, zh;q=0.5"); zh.text("items", 0, "label") != "非常满意" || en.text("items", 0, "label") != "Very satisfied" {
			t.Errorf("%s, %s", zh, en)
		}
		due := c.send("anonymous", "POST", "/clock/due", map[string]any{"from": "2026-02-12", "workdays": 5}).ok(200)
		if due.text("due") != "2026-02-26" && due.text("due") == "" {
			t.Error(due)
		}
		// A cookie is nobody's way in here.
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, Base+"/auth/me", nil)
		req.AddCookie(&http.Cookie{Name: "tongban", Value: c.token("zhang")})
		c.serve("anonymous", req).ok(401)
	})
}

// TestQuality reads how complete the guides are, and the lists behind the figures.
func TestQuality(t *testing.T) {
	inCity(t, func(c *city) {
		q := c.send("steward", "GET", "/items/quality?unit=wx-spj", nil).ok(200)
		if q.number("total", "lists") != 2 || q.number("units", 0, "mean") < 40 || q.text("districts", 0, "name") == "" || q.text("missing", 0, "textEn") == "" {
			t.Errorf("%s", q)
		}
		key := q.text("missing", 0, "key")
		list := c.send("steward", "GET", "/items/quality/list?limit=1&lacks="+key, nil).ok(200)
		if len(list.at("items").([]any)) != 1 || !slices.Contains(list.at("items", 0, "missing").([]any), any(key)) {
			t.Errorf("%s", list)
		}
		if next := list.text("next"); next == "" || len(c.send("steward", "GET", "/items/quality/list?limit=1&lacks="+key+"&cursor="+next, nil).ok(200).at("items").([]any)) != 1 {
			t.Errorf("the next page of %s", list)
		}
		for path, want := range map[string]int{"/items/quality/list?lacks=nothing": 404, "/items/quality/list?band=best": 422, "/items/quality?unit=nowhere": 422, "/items/quality/list?cursor=x": 400} {
			if a := c.send("steward", "GET", path, nil); a.status != want {
				t.Errorf("%s: %s", path, a)
			}
		}
	})
}

// TestPersonal asks for the guide of a case before applying, and begins the
// draft with the answers given.
func TestPersonal(t *testing.T) {
	inCity(t, func(c *city) {
		code := c.codes["food"]
		conditions := c.send("anonymous", "GET", "/items/"+code, nil).ok(200).at("guide", "conditions").([]any)
		if len(conditions) != 2 || conditions[0] != "符合条件" || conditions[1].(map[string]any)["text"] != "网站已经备案。" {
			t.Errorf("conditions %v", conditions)
		}
		open := c.send("anonymous", "POST", "/items/"+code+"/personal", map[string]any{}).ok(200)
		if open.at("complete") != false || open.text("questions", 0, "options", 1, "label") != "否" || open.at("materials", 2, "open") != true || open.text("conditions", 1, "when") == "" {
			t.Errorf("nothing answered: %s", open)
		}
		offline := map[string]any{"answers": map[string]any{"online": false}}
		mine := c.send("anonymous", "POST", "/items/"+code+"/personal", offline).ok(200)
		if mine.at("complete") != true || len(mine.at("materials").([]any)) != 2 || len(mine.at("conditions").([]any)) != 1 || mine.number("spared") != 1 || mine.number("byLicence") != 1 {
			t.Errorf("offline: %s", mine)
		}
		for _, bad := range []map[string]any{{"online": "maybe"}, {"name": "某店"}, {"nowhere": 1}} {
			if r := c.send("anonymous", "POST", "/items/"+code+"/personal", map[string]any{"answers": bad}); r.status != 422 {
				t.Errorf("%v: %d %s", bad, r.status, r)
			}
		}
		draft := c.send("zhang", "POST", "/drafts", map[string]any{"item": code, "answers": map[string]any{"online": false}}).ok(201)
		if draft.at("answers", "online") != false || draft.text("answers", "phone") == "" {
			t.Errorf("the draft is %s", draft)
		}
		if r := c.send("zhang", "POST", "/drafts", map[string]any{"item": code, "answers": map[string]any{"online": "maybe"}}); r.status != 422 {
			t.Errorf("an answer that does not fit: %d", r.status)
		}
	})
}
