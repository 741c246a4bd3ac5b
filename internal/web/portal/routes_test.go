package portal_test

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/consult"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/fee"
	"github.com/tongban/tongban/internal/web/caseview"
	"github.com/tongban/tongban/internal/web/citytest"
	"github.com/tongban/tongban/internal/web/portal"
	"github.com/tongban/tongban/internal/web/webtest"
)

// who may meet a route.
const (
	anyone = "anyone" // 200 for all
	person = "person" // visitors are sent to the login, staff refused
	owner  = "owner"  // as person; for other people it does not exist
)

// TestRoutes walks every route of the portal as a visitor, as the person
// concerned, as another person, and as a staff member.
func TestRoutes(t *testing.T) {
	rules := map[string]string{ // path → who
		"/": anyone, "/items": anyone, "/items/CODE": anyone, "/adjustments": anyone, "/decisions": anyone, "/decisions/export.csv": anyone, "/decisions/export.json": anyone, "/featured": anyone, "/featured/online": anyone, "/featured/online/history": anyone, "/featured/online/export.csv": anyone, "/featured/online/export.json": anyone, "/browse/life": anyone, "/items/CODE/versions": anyone, "/items/CODE/changes": anyone, "/feed/items.atom": anyone, "/feed/items.json": anyone, "/login": anyone, "/progress": anyone, "/progress/NO?c=C": anyone, "/progress/NO/clocks/1?c=C": anyone, "/verify": anyone, "/verify/LICENCE": anyone,
		"/centres": anyone, "/centres/lx-zx": anyone, "/centres/entered": anyone, "/centres/entered.csv": anyone, "/help": anyone, "/privacy": anyone, "/accessibility": anyone,
		"/identity": person, "/my": person, "/my/drafts": person, "/my/cases": person, "/my/licences": person, "/my/messages": person, "/my/messages/ways": person, "/my/mandates": person, "/my/profile": person, "/my/assist": person, "/my/assist?item=CODE": person, "/my/assist/HELP": owner, "/my/consult": person, "/my/consult/new": person, "/my/consult/new?item=CODE": person, "/my/consult/new?kind=failure": person, "/my/consult/new?case=NO": owner, "/my/consult/ASKED": owner,
		"/my/cases/NO": owner, "/my/cases/NO/publicity": owner, "/my/cases/NO/acts/withdraw": owner, "/my/cases/NO/fees/BILL": owner, "/my/cases/NO/files/FILE": owner, "/my/cases/NO/clocks/1": owner, "/my/documents/DOC": owner, "/my/licences/LICENCE": owner,
		"/apply/DRAFT": owner, "/apply/DRAFT/privacy": owner, "/apply/DRAFT/held": owner, "/apply/DRAFT/form/subject": owner, "/apply/DRAFT/materials": owner, "/apply/DRAFT/promise": owner, "/apply/DRAFT/delivery": owner, "/apply/DRAFT/check": owner,
		"/apply/DRAFT/materials/m01/files/UPLOAD": owner,
	}
	posts := map[string]string{
		"/my/assist": person, "/my/assist/HELP": owner, "/my/consult": person, "/my/consult/ASKED": owner,
		"/items/CODE/apply": person, "/identity": person, "/my/messages/read": person, "/my/messages/ways": person, "/my/messages/ways/wechat/code": person, "/my/messages/ways/wechat/unbind": person, "/my/mandates": person, "/my/profile": person, "/my/profile/password": person,
		"/my/cases/NO/acts/withdraw": owner, "/my/cases/NO/acts/ask-more-time": owner, "/my/cases/NO/fees/BILL/reduce": owner, "/my/cases/NO/publicity": owner, "/my/cases/NO/correct": owner, "/my/cases/NO/rate": owner, "/my/cases/NO/appointment": owner, "/my/appointments/1/cancel": person, "/my/mandates/1/revoke": person,
		"/apply/DRAFT/privacy": owner, "/apply/DRAFT/held": owner, "/apply/DRAFT/form/subject": owner, "/apply/DRAFT/autosave": owner, "/apply/DRAFT/promise": owner, "/apply/DRAFT/delivery": owner, "/apply/DRAFT/submit": owner, "/apply/DRAFT/discard": owner,
		"/apply/DRAFT/materials/m01/files": owner, "/apply/DRAFT/materials/m01/files/FILE/delete": owner, "/apply/DRAFT/materials/m01/licence": owner, "/apply/DRAFT/materials/m01/paper": owner,
	}
	citytest.Each(t, []string{"food-licence-new"}, func(t *testing.T, c *citytest.City) {
		h := serve(t, c)
		mine := citytest.Browse(t, h)
		no := handIn(t, c, mine)
		v, err := c.Casework.View(t.Context(), c.Person("chen-jiayi", "xiyun-canyin"), no)
		if err != nil {
			t.Fatal(err)
		}
		held, err := c.Licences.Held(t.Context(), c.Person("chen-jiayi", "xiyun-canyin"))
		if err != nil {
			t.Fatal(err)
		}
		mine.Get("/items/"+c.Codes["food-licence-new"][0]).Press("在线办理", nil).At("/apply/")
		draft := strings.Split(mine.Path, "/")[2]
		mine.Get("/apply/"+draft+"/materials").Upload("/m01/files", map[string][]byte{"a.png": picture(t, 7)}).Want(200)
		id, err := strconv.ParseInt(draft, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		d, _, err := c.Casework.Draft(t.Context(), c.Person("chen-jiayi", "xiyun-canyin"), id)
		if err != nil {
			t.Fatal(err)
		}
		help, err := c.Casework.AskAssist(t.Context(), c.Person("chen-jiayi", "xiyun-canyin"), casework.AssistAsk{ItemCode: c.Codes["food-licence-new"][0], Unit: v.Receiving.ID})
		if err != nil {
			t.Fatal(err)
		}
		_, code, _ := strings.Cut(c.Casework.ProgressPath(no), "c=")
		bill := billed(t, c, v.Case)
		asked, err := c.Consult.Ask(t.Context(), c.Person("chen-jiayi", "xiyun-canyin"), consult.AskInput{Kind: consult.Question, CaseNo: no, Words: "办到哪一步了？"})
		if err != nil {
			t.Fatal(err)
		}
		names := strings.NewReplacer("ASKED", asked.No, "BILL", bill, "CODE", c.Codes["food-licence-new"][0], "NO", no, "HELP", itoa(help.ID), "DRAFT", draft, "FILE", itoa(fileOf(v)), "DOC", itoa(v.Documents[0].ID), "UPLOAD", itoa(d.Data.Handed("m01").Files[0].File), "LICENCE", held[0].Identifier, "c=C", "c="+code)
		visitor, other, staff := citytest.Browse(t, h), citytest.Browse(t, h), staffBrowser(t, c, h)
		login(other, "lixinran")
		for path, who := range rules {
			path = names.Replace(path)
			visitor.Get(path)
			if who == anyone {
				visitor.Want(200)
				continue
			}
			visitor.At("/login?next=")
			if want := map[string]int{person: 200, owner: 404}[who]; other.Get(path).Status != want {
				t.Errorf("another person at %s: %d, want %d", path, other.Status, want)
			}
			if staff.Get(path).Status != 403 {
				t.Errorf("staff at %s: %d", path, staff.Status)
			}
			if mine.Get(path).Status != 200 {
				t.Errorf("the person concerned at %s: %d\n%s", path, mine.Status, mine.Text())
			}
		}
		for path, who := range posts {
			path = names.Replace(path)
			if visitor.Post(path, nil); visitor.Status != 401 && !strings.HasPrefix(visitor.Path, "/login") {
				t.Errorf("a visitor posts to %s: %d", path, visitor.Status)
			}
			if staff.Post(path, nil).Status != 403 {
				t.Errorf("staff post to %s: %d", path, staff.Status)
			}
			if other.Post(path, nil); who == owner && other.Status != 404 {
				t.Errorf("another person posts to %s: %d", path, other.Status)
			}
		}
		if got, err := c.Casework.View(t.Context(), c.Person("chen-jiayi", "xiyun-canyin"), no); err != nil || got.Case.Version != v.Case.Version {
			t.Errorf("somebody changed the case: %v", err)
		}
		covered(t, rules, posts)
	})
}

// covered: a route that is not in the tables has no owner.
func covered(t *testing.T, rules, posts map[string]string) {
	t.Helper()
	rt := webtest.New(t)
	style, err := caseview.NewStyle()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{"POST /login": true, "POST /logout": true, "GET /my/cases/*/rate": true, "GET /my/cases/*/appointment": true, "GET /my/cases/*/archive": true, "GET /my/documents/*/print": true, "GET /my/documents/*/photo/*": true,
		"GET /rate/*": true, "POST /rate/*": true, "GET /adjustments/*": true, "GET /decisions/*": true, "GET /decisions/*/object": true, "POST /decisions/*/object": true, "GET /files/*": true} // TestNextStaysHere, TestAfterwards, TestVisit, TestArchive, TestArchive, TestRateByCode, TestAdjustments, TestDecisions, TestGuideFile
	star := func(path string) string {
		path, _, _ = strings.Cut(path, "?")
		parts := strings.Split(strings.ReplaceAll(path, "{$}", ""), "/")
		for i, p := range parts {
			if strings.HasPrefix(p, "{") || p != "" && strings.ToUpper(p) == p || slices.Contains([]string{"lx-zx", "withdraw", "reduce", "subject", "m01", "life", "online"}, p) {
				parts[i] = "*"
			}
		}
		return strings.Join(parts, "/")
	}
	for p := range rules {
		known["GET "+star(p)] = true
	}
	for p := range posts {
		known["POST "+star(p)] = true
	}
	for _, pattern := range portal.New(portal.Config{Renderer: rt, Style: style}).Patterns() {
		method, path, _ := strings.Cut(pattern, " ")
		if !known[method+" "+star(path)] {
			t.Errorf("%s is walked by no test", pattern)
		}
	}
}

// billed has a case billed as if its guide had a fee.
func billed(t *testing.T, c *citytest.City, k *casework.Case) (no string) {
	t.Helper()
	err := c.DB.Write(t.Context(), "test.bill", func(tx *db.Tx) error {
		b, err := c.Fees.BillTx(tx, fee.Charged{CaseID: k.ID, CaseNo: k.No, ItemName: k.ItemName, Party: k.Party, UnitID: k.UnitID, ReceivingUnitID: k.ReceivingUnitID,
			Due: catalog.DueBeforeAcceptance, Lines: []catalog.Charge{{Name: "工本费", Basis: "演示", Reckoned: "20.00元", Amount: 2000, Reducible: true}}})
		if err == nil {
			no = b.No
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return no
}

func fileOf(v *casework.View) int64 {
	for _, m := range v.Materials {
		for _, f := range m.Handed.Files {
			return f.File
		}
	}
	return 0
}

func TestNextStaysHere(t *testing.T) {
	citytest.Each(t, []string{"food-licence-new"}, func(t *testing.T, c *citytest.City) {
		h := serve(t, c)
		for _, next := range []string{"https://evil.example/", "//evil.example/", `/\evil.example`, "javascript:alert(1)"} {
			b := citytest.Browse(t, h)
			b.Post("/login", url.Values{"login": {"chenjiayi"}, "password": {citytest.Password}, "next": {next}}).Want(200).At("/my")
		}
		b := citytest.Browse(t, h)
		b.Post("/login", url.Values{"login": {"chenjiayi"}, "password": {"wrong"}}).Want(422, "账号或者密码不正确", "chenjiayi")
		b.Post("/login", url.Values{}).Want(422, "请填写密码")
		for i := range 8 {
			b.Post("/login", url.Values{"login": {"lixinran"}, "password": {fmt.Sprint("wrong", i)}})
		}
		b.Want(429, "尝试次数过多")
		if b.Head.Get("Retry-After") == "" {
			t.Error("does not say when to come back")
		}
	})
}

func TestMandates(t *testing.T) {
	citytest.Each(t, nil, func(t *testing.T, c *citytest.City) {
		h := serve(t, c)
		b := login(citytest.Browse(t, h), "lixinran")
		b.Get("/my/mandates").Want(200, "还没有授权给别人").Press("授权", nil).Want(422, "请改正以下内容")
		b.Press("授权", set("agentName", "冯雪", "agentIdNumber", "320214198807309982", "ground", "朋友代办", "until.y", "2027", "until.m", "3", "until.d", "1")).
			Want(200, "已授权“冯雪”代为办事", "有效").Not("320214198807309982")
		agent := login(citytest.Browse(t, h), "fengxue")
		agent.Get("/identity").Want(200, "李欣然").Press("确定", set("party", "person."+itoa(c.Refs.Persons["li-xinran"]))).Want(200, "现在为“李欣然”办事")
		b.Get("/my/mandates").Press("撤销", nil).Want(200, "授权已撤销")
		agent.Get("/my").Want(200).Not("李欣然")
		b.Get("/my/profile").Want(200, "李欣然").Not("320211199608259949").Press("保存", set("phone", "12")).Want(422)
		b.Press("保存", set("phone", "13000000013", "address", "无锡市演示路1号")).Want(200, "资料已保存")
	})
}
