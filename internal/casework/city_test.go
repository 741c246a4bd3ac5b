package casework

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/calendar"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/jobs"
	"github.com/tongban/tongban/internal/licence"
	"github.com/tongban/tongban/internal/notify"
	"github.com/tongban/tongban/internal/rating"
	"github.com/tongban/tongban/internal/rule"
	"github.com/tongban/tongban/internal/sm"
)

// city is a small city with all rooms wired: a city department that decides,
// another that reviews beside it, a district with its own, two centres.
type city struct {
	*Service
	t      *testing.T
	d      *db.DB
	clk    *dbtest.Clock
	jobs   *jobs.Runner
	refs   identity.Refs
	batch  identity.Batch
	store  *files.Store
	codes  map[string]string // item key → code
	dir    string            // of the stored files
	log    audit.Keys
	sealer *audit.Sealer
}

// The items, by key.
const (
	food     = "food"     // licensing, one review, a licence
	road     = "road"     // licensing, two reviews at once, special procedures
	card     = "card"     // public service, electronic alone
	marriage = "marriage" // 确认, pre-review, then the window
	instant  = "instant"  // on the spot, no review
	subsidy  = "subsidy"  // 给付
	dayLimit = "day"      // licensing, natural days
	bonus    = "bonus"    // 奖励
	ruling   = "ruling"   // 裁决
	other    = "other"    // 其他行政权力, whose guide names an extension, a special procedure and paper with their bases
	tolerant = "tolerant" // licensing, one material may follow, late counts as withdrawn
	lenient  = "lenient"  // public service, the same, late is decided
	promised = "promised" // licensing, a commitment instead of a material, decided at once
	auto     = "auto"     // licensing, published clauses decide
	works    = "works"    // licensing, joint by the government's decision: a site visit, two departments with days of their own
	below    = "below"    // licensing, the district reviews first and the city decides
)

var keys = sync.OnceValue(func() *sm.Keyring {
	dir, err := os.MkdirTemp("", "casework-keys-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	ring, err := sm.LoadOrCreate(dir)
	if err != nil {
		panic(err)
	}
	return ring
})

// inCity runs a test on both engines, each with a city of its own.
func inCity(t *testing.T, test func(t *testing.T, c *city)) {
	t.Helper()
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) { test(t, newCity(t, d, clk)) })
}

// contacts: nobody in this city wants messages outside the platform.
type contacts struct{}

func (contacts) Contact(db.Queryer, actor.Party) (notify.Contact, error) {
	return notify.Contact{}, nil
}

func newCity(t *testing.T, d *db.DB, clk *dbtest.Clock) *city {
	t.Helper()
	return cityWith(t, d, clk, ident.DefaultProfile())
}

// cityWith is a city that builds its item codes in its own way.
func cityWith(t *testing.T, d *db.DB, clk *dbtest.Clock, codes ident.Profile) *city {
	t.Helper()
	ctx := t.Context()
	c := &city{t: t, d: d, clk: clk, codes: map[string]string{}, dir: t.TempDir()}
	vault := keys().Vault()
	c.jobs = jobs.New(d, jobs.Options{Sealer: vault})
	cal := calendar.New(calendar.Options{DB: d, Record: func(tx *db.Tx, e calendar.Entry) error {
		return audit.Append(tx, audit.Record{Actor: e.Actor, Act: e.Act, Subject: e.Subject, Detail: e.Detail})
	}})
	c.must(cal.EnsureShipped(ctx))
	var err error
	c.store, err = files.New(ctx, files.Config{DB: d, Vault: vault, URL: c.dir, Spool: t.TempDir()})
	c.must(err)
	t.Cleanup(func() { c.store.Close() })
	ids := identity.New(identity.Config{DB: d, Vault: vault, Now: clk.Now})
	messages, err := notify.New(notify.Config{DB: d, Vault: vault, Contacts: contacts{}, Identity: ids, Titles: MessageTitles(),
		Enqueue: func(tx *db.Tx, unique string, payload []byte) error {
			return jobs.Enqueue(tx, jobs.Job{Kind: notify.JobKind, Unique: unique, Payload: payload})
		}})
	c.must(err)
	formats := form.Formats{}
	for name, check := range map[string]func(string) ident.Result{"cn-id": ident.CheckResident, "uscc": ident.CheckUSCC, "cn-mobile": ident.CheckMobile} {
		formats[name] = func(s string) (bool, string, string) { r := check(s); return r.Valid, r.Reason.ZH, r.Reason.EN }
	}
	lic := licence.New(licence.Config{DB: d, Identity: ids, Vault: vault, Signer: keys().Signer()})
	notes, err := keys().Note("test.tongban")
	c.must(err)
	c.log = audit.Keys{Signers: notes.Signers, Verifiers: notes.Verifiers}
	c.Service = New(Config{DB: d, Printer: plainPrint, Trust: ArchiveTrust{Signer: notes.Signers[0], Keys: notes.Texts, Origin: "test.tongban", URL: "https://tongban.example"},
		Catalog: catalog.New(catalog.Config{DB: d, Identity: ids, Codes: codes, Formats: formats}), Identity: ids, Calendar: cal,
		Files: c.store, Licences: lic, Ratings: rating.New(rating.Config{DB: d, Identity: ids, Vault: vault}), Notify: messages, Vault: vault})
	lic.Handlers(c.jobs)
	c.Handlers(c.jobs)
	c.batch = people(t)
	c.refs, err = ids.Import(ctx, actor.Platform(), c.batch)
	c.must(err)
	c.must(lic.ImportTypes(ctx, actor.Platform(), []licence.Type{
		{Key: "food-licence", Name: "食品经营许可证", Code: usccOf(t, "11", "100000", "XX000102") + "002", Holder: "entity"},
		{Key: "id-card", Name: "居民身份证", Code: usccOf(t, "11", "100000", "XX000101") + "001", Holder: "person"},
		{Key: "road-permit", Name: "占用挖掘城市道路许可证", Code: usccOf(t, "11", "100000", "XX000103") + "001", Holder: "entity"},
	}))
	for key, def := range items() {
		problems, err := c.Catalog.Import(ctx, actor.Platform(), def, nil)
		if err != nil {
			t.Fatalf("%s: %v %v", key, err, problems)
		}
		dir, err := ids.Directory(ctx)
		c.must(err)
		u, _ := dir.UnitByKey(def.OfferedBy[0].Unit)
		c.codes[key] = codes.Compose(u.USCC, def.Guide.Basics.Level, def.BasicCode)
	}
	return c
}

// plainPrint lays a document out as plainly as can be.
func plainPrint(doc Document, hash string) ([]byte, error) {
	return []byte("<!DOCTYPE html><title>" + doc.Title + "</title><p>" + doc.Number + "<p>" + hash + "\n"), nil
}

// sealLog gives the audit records their places, as the sealer does all the time.
func (c *city) sealLog() {
	c.t.Helper()
	if c.sealer == nil { // a second one would not lead
		c.sealer = audit.NewSealer(c.d, audit.Options{Keys: c.log})
	}
	_, err := c.sealer.Seal(c.t.Context())
	c.must(err)
}

func (c *city) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// on gives the same city to a subtest.
func (c *city) on(t *testing.T) *city { o := *c; o.t = t; return &o }

func (c *city) staff(login string) actor.Actor {
	c.t.Helper()
	a, err := c.Identity.StaffActor(c.t.Context(), c.refs.Staff[login], actor.Window)
	c.must(err)
	return a
}

func (c *city) person(key string) actor.Actor { c.t.Helper(); return c.acting(key, actor.Party{}) }

func (c *city) acting(key string, party actor.Party) actor.Actor {
	c.t.Helper()
	a, err := c.Identity.PersonActor(c.t.Context(), c.refs.Persons[key], party, actor.Web)
	c.must(err)
	return a
}

func (c *city) cafe() actor.Party {
	return actor.Party{Kind: actor.LegalEntity, ID: c.refs.Entities["cafe"]}
}

// boss acts for the company as its legal representative.
func (c *city) boss() actor.Actor { c.t.Helper(); return c.acting("zhang", c.cafe()) }

// applicant is who applies for an item: the company, or a person.
func (c *city) applicant(item string) actor.Actor {
	c.t.Helper()
	if item == food || item == road || item == dayLimit || item == tolerant || item == promised || item == auto || item == works || item == below || slices.Contains([]string{renewal, revision, copyLost, giveUp, service}, item) {
		return c.boss()
	}
	return c.person("zhang")
}

func resident(t *testing.T, year, seq int) string {
	t.Helper()
	n, err := ident.MakeResident("320213", time.Date(year, 5, 6, 0, 0, 0, 0, time.UTC), seq)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func usccOf(t *testing.T, category, division, body string) string {
	t.Helper()
	n, err := ident.MakeUSCC(category, division, body)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func people(t *testing.T) identity.Batch {
	role := func(r actor.Role) []identity.RoleInput { return []identity.RoleInput{{Role: r}} }
	return identity.Batch{
		Demo: true, Password: "Demo-2026!",
		Divisions: []identity.DivisionInput{
			{Code: "320200000000", Name: "无锡市", Level: "city", National: true},
			{Code: "320213000000", Name: "梁溪区", Parent: "320200000000", Level: "county", National: true},
		},
		Units: []identity.UnitInput{
			{Key: "wx-gov", Name: "无锡市人民政府", Short: "市政府", USCC: usccOf(t, "11", "320200", "XX000001"), Kind: "government", Division: "320200000000", Level: "3"},
			{Key: "wx-spj", Name: "无锡市行政审批局", Short: "锡审", USCC: usccOf(t, "11", "320200", "XX000002"), Kind: "department", Parent: "wx-gov", Division: "320200000000", Level: "3"},
			{Key: "wx-cg", Name: "无锡市城市管理局", Short: "锡城管", USCC: usccOf(t, "11", "320200", "XX000003"), Kind: "department", Parent: "wx-gov", Division: "320200000000", Level: "3"},
			{Key: "wx-zx", Name: "无锡市政务服务中心", Kind: "centre", Parent: "wx-gov", Division: "320200000000", Level: "3"},
			{Key: "lx-gov", Name: "梁溪区人民政府", Kind: "government", USCC: usccOf(t, "11", "320213", "XX000004"), Parent: "wx-gov", Division: "320213000000", Level: "4"},
			{Key: "lx-spj", Name: "梁溪区行政审批局", Short: "锡审", USCC: usccOf(t, "11", "320213", "XX000005"), Kind: "department", Parent: "lx-gov", Division: "320213000000", Level: "4"},
			{Key: "lx-zx", Name: "梁溪区政务服务中心", Kind: "centre", Parent: "lx-gov", Division: "320213000000", Level: "4"},
		},
		Persons: []identity.PersonInput{
			{Key: "zhang", Login: "zhang", Name: "张明远", IDNumber: resident(t, 1980, 11), Phone: "13800000001", Address: "无锡市梁溪区演示路1号", Division: "320213000000"},
			{Key: "li", Login: "li", Name: "李小兰", IDNumber: resident(t, 1985, 22), Phone: "13800000002"},
			{Key: "wang", Login: "wang", Name: "王强", IDNumber: resident(t, 1990, 33), Phone: "13800000003"},
		},
		Entities: []identity.EntityInput{{Key: "cafe", Name: "无锡演示咖啡有限公司", USCC: usccOf(t, "91", "320213", "MA000001"), Kind: "company", LegalRep: "zhang",
			Address: "无锡市梁溪区演示路8号", Division: "320213000000", Agents: []identity.AgentSeed{{Person: "li", Until: "2028-12-31", Items: []string{"320199001000"}}}}},
		Mandates: []identity.MandateSeed{{Principal: "zhang", Agent: "wang", Items: []string{"*"}, From: "2026-01-01", Until: "2028-12-31", Ground: "书面委托"}},
		Staff: []identity.StaffInput{
			{Login: "clerk", Name: "周窗口", Unit: "wx-zx", Roles: role(actor.WindowClerk)},
			{Login: "clerk2", Name: "吴窗口", Unit: "wx-zx", Roles: role(actor.WindowClerk)},
			{Login: "lxclerk", Name: "郑窗口", Unit: "lx-zx", Roles: role(actor.WindowClerk)},
			{Login: "rev", Name: "王审查", Unit: "wx-spj", Roles: role(actor.Reviewer)},
			{Login: "rev2", Name: "冯审查", Unit: "wx-spj", Roles: role(actor.Reviewer)},
			{Login: "cgrev", Name: "陈审查", Unit: "wx-cg", Roles: role(actor.Reviewer)},
			{Login: "dec", Name: "褚决定", Unit: "wx-spj", Roles: role(actor.Decider)},
			{Login: "both", Name: "卫兼任", Unit: "wx-spj", Roles: []identity.RoleInput{{Role: actor.Reviewer}, {Role: actor.Decider}}},
			{Login: "mayor", Name: "秦市长", Unit: "wx-gov", Roles: role(actor.Decider)},
			{Login: "lxrev", Name: "蒋审查", Unit: "lx-spj", Roles: role(actor.Reviewer)},
			{Login: "lxdec", Name: "沈决定", Unit: "lx-spj", Roles: role(actor.Decider)},
			{Login: "sup", Name: "韩监督", Unit: "wx-gov", Roles: role(actor.Supervisor)},
			{Login: "steward", Name: "杨事项", Unit: "wx-gov", Roles: role(actor.ItemSteward)},
			{Login: "sys", Name: "朱系统", Unit: "wx-gov", Roles: role(actor.SystemAdmin)},
		},
	}
}

const formText = `{"type":"object","title":"申请表","x-steps":[{"key":"who","title":"申请人","fields":["name","idNumber","phone","online","site"]}],
 "required":["name","idNumber","phone","online","site"],
 "properties":{
  "name":{"type":"string","title":"名称","maxLength":50,"x-source":"applicant.name"},
  "idNumber":{"type":"string","title":"证件号码","maxLength":20,"x-source":"applicant.idNumber"},
  "phone":{"type":"string","title":"联系电话","format":"cn-mobile","x-source":"applicant.phone"},
  "online":{"type":"boolean","title":"是否网络经营","x-widget":"radio"},
  "site":{"type":"string","title":"网站名称","maxLength":100,"x-show":{"online":true}}}}`

// guide is a guide that passes every check, to be changed by the items below.
func guide(name, typ string) catalog.Guide {
	line := func(code, text string) catalog.Line { return catalog.Line{Code: code, Text: text} }
	review := func(key, unit string) catalog.Step {
		return catalog.Step{Key: key, Name: "审查", Kind: catalog.StepReview, Unit: unit, Role: "reviewer", Stage: 1}
	}
	return catalog.Guide{
		Basics: catalog.Basics{Name: name, Type: typ, CaseType: "promised", Audience: []string{"1", "2"}, Topics: []string{"business"}, Level: "3",
			Depth: 4, Mode: "online", Agent: true, Summary: name + "的一句话说明"},
		Department: catalog.Department{Nature: "1"},
		Windows:    []catalog.Window{{Name: "A01 综合窗口", Address: "演示路1号", Hours: "工作日", Phone: "0510-00000001"}},
		Conditions: []catalog.Condition{{Text: "符合条件"}},
		Materials: []catalog.Material{
			{Code: "m01", Name: "身份证明", Kind: "certificate", Necessity: "required", Media: "both", Source: "government", LicenceType: "id-card", Standard: "有效",
				Lines: []catalog.Line{line("a", "请上传清晰的身份证明。"), line("b", "请换用有效期内的身份证明。")}},
			{Code: "m02", Name: "场所平面图", Kind: "document", Necessity: "required", Media: "electronic", Source: "self", Standard: "标明尺寸", MaxFiles: 2,
				Lines: []catalog.Line{line("a", "请补充标明尺寸的平面图。")}},
			{Code: "m03", Name: "网站备案证明", Kind: "document", Necessity: "required", Media: "electronic", Source: "self", Standard: "有效",
				When: &catalog.Cond{Field: "online", In: []string{"true"}}, Lines: []catalog.Line{line("a", "请上传网站备案证明。")}},
		},
		Steps: []catalog.Step{
			{Key: "receive", Name: "收件受理", Kind: catalog.StepReceive, Role: "window-clerk"},
			review("review", ""),
			{Key: "decide", Name: "决定", Kind: catalog.StepDecide, Role: "decider", Stage: 2},
			{Key: "deliver", Name: "送达", Kind: catalog.StepDeliver, Role: "window-clerk", Stage: 3},
		},
		Limits:    catalog.Limits{Statutory: catalog.Limit{Unit: "none"}, Promised: catalog.Limit{Days: 8, Unit: "workday"}, Mark: "C"},
		Results:   []catalog.Result{{Name: "办理结果", Kind: "other", Delivery: []string{catalog.Electronic, catalog.PickUp, catalog.Mail}}},
		Basis:     []catalog.Basis{{Law: "演示条例", Article: "第一条", Gist: "演示", Mark: "M"}},
		Questions: []catalog.Question{{Q: "要多久？", A: "见办理时限。"}},
		Contacts:  catalog.Contacts{Consult: "0510-00000001", Complaint: "12345"},
		Rights:    []string{"知情"},
		Duties:    []string{"如实"},
		Remedies:  catalog.Remedies{Reconsideration: "自知道之日起六十日内申请行政复议。", Litigation: "六个月内提起行政诉讼。"},
		Form:      []byte(formText),
		Privacy:   catalog.Privacy{Purpose: "办理" + name, Data: []string{"姓名"}, Retention: "按档案规定"},
	}
}

func items() map[string]catalog.Def {
	def := func(n, name, typ string, change func(*catalog.Guide)) catalog.Def {
		g := guide(name, typ)
		if change != nil {
			change(&g)
		}
		return catalog.Def{BasicCode: "32" + typ + n, OfferedBy: []catalog.Offerer{{Unit: "wx-spj", Receiving: "wx-zx"}}, Guide: g}
	}
	licensing := func(g *catalog.Guide) {
		g.Limits.Statutory, g.Limits.StatutoryBasis = catalog.Limit{Days: 20, Unit: "workday"}, "演示条例第一条"
		g.Limits.Promised.Days = 10
		g.Limits.Correction = &catalog.Limit{Days: 15, Unit: "workday", Note: "逾期未补正的，按演示条例第二条退件。"}
		g.Limits.Special = []catalog.Special{{Kind: "expert", Days: 10, Basis: "行政许可法第四十五条"}, {Kind: "hearing", Days: 20, Basis: "行政许可法第四十五条"}}
		g.Results[0] = catalog.Result{Name: "食品经营许可证", Kind: "licence", LicenceType: "food-licence", Years: 5,
			Delivery: []string{catalog.Electronic, catalog.PickUp, catalog.Mail},
			Fields:   map[string]string{"name": "applicant.name", "idNumber": "idNumber", "site": "site", "mode": "=餐饮"}}
	}
	return map[string]catalog.Def{
		// tolerant: its plan may follow later; late, the case counts as withdrawn.
		tolerant: def("99008000", "后补材料许可", "01", func(g *catalog.Guide) {
			licensing(g)
			g.Materials[1].Necessity = "tolerant"
			g.Limits.Supplement = &catalog.Supplement{Days: 5, Unit: "workday", Late: catalog.LateWithdrawn, Note: "可以重新申请。"}
		}),
		// lenient: the same, and late it is decided on what is there.
		lenient: def("99009000", "后补材料服务", "20", func(g *catalog.Guide) {
			g.Materials[1].Necessity = "tolerant"
			g.Limits.Supplement = &catalog.Supplement{Days: 5, Unit: "workday", Late: catalog.LateDecide}
		}),
		// promised: a commitment stands for its plan, and is decided upon at once.
		promised: def("99010000", "承诺许可", "01", func(g *catalog.Guide) {
			licensing(g)
			g.Commitments = []catalog.Commitment{{Key: "c01", Name: "场所符合平面布局要求", Material: "m02", Text: "本单位承诺场所布局符合要求。", Duties: []string{"按承诺布局。"},
				Check: "现场核对。", Days: 20, Rectify: 10, Consequence: "逾期不改正的，撤销决定。", Basis: "国办发〔2020〕42号", OnSpot: true, Mark: "M",
				Unless: &catalog.Cond{Field: "online", In: []string{"true"}}}}
		}),
		// auto: decided by published clauses.
		auto: def("99011000", "自动许可", "01", func(g *catalog.Guide) {
			licensing(g)
			g.Auto = []rule.Clause{{Key: "offline", Name: "不从事网络经营", Basis: "演示条例第四条", When: "!form.online"},
				{Key: "self", Name: "由申请人自己办理", Basis: "演示条例第五条", When: "!agent"},
				{Key: "named", Name: "名称以“无锡”开头", Basis: "演示条例第六条", When: "form.name.startsWith('无锡')"}}
		}),
		food: def("99001000", "食品经营许可", "01", licensing),
		road: def("99002000", "占用、挖掘城市道路审批", "01", func(g *catalog.Guide) {
			licensing(g)
			g.Results[0].LicenceType, g.Results[0].Name = "road-permit", "占用挖掘城市道路许可证"
			second := g.Steps[1]
			second.Key, second.Unit = "review-cg", "wx-cg"
			g.Steps = slices.Insert(g.Steps, 2, second)
			g.Fees = []catalog.Fee{{Name: "城市道路占用费", Standard: "每平方米每日1元", Basis: "演示条例第三条", Mark: "M"}}
		}),
		card: def("99003000", "残疾人证换领", "20", func(g *catalog.Guide) {
			g.Results[0].Delivery = []string{catalog.Electronic}
		}),
		marriage: def("99004000", "结婚登记", "07", func(g *catalog.Guide) {
			g.Basics.Mode, g.Basics.Visits, g.Basics.VisitReason, g.Basics.Depth, g.Basics.Agent = "precheck", 1, "须双方到场", 3, false
			g.Basics.ModeGround = "民法典 第一千零四十九条"
			g.Results[0].Delivery = []string{catalog.PickUp}
			g.Steps = slices.Delete(g.Steps, 1, 2)
		}),
		instant: def("99005000", "存档证明", "20", func(g *catalog.Guide) {
			g.Basics.CaseType, g.Limits.Promised = "instant", catalog.Limit{Unit: "instant"}
			g.Steps = slices.Delete(g.Steps, 1, 2)
		}),
		subsidy: def("99006000", "困难补贴给付", "05", nil),
		bonus:   def("99008000", "见义勇为奖励", "08", nil),
		ruling:  def("99009000", "权属争议裁决", "09", nil),
		other: def("99010000", "演示备案", "10", func(g *catalog.Guide) {
			g.Limits.Statutory, g.Limits.StatutoryBasis = catalog.Limit{Days: 15, Unit: "workday"}, "《演示管理条例》第六条"
			g.Limits.Extension = &catalog.Limit{Days: 5, Unit: "workday", Note: "《演示管理条例》第七条"}
			g.Limits.Special = []catalog.Special{{Kind: "appraisal", Days: 8, Basis: "《演示管理条例》第八条"}}
			g.Materials[0].PaperLaw = "《演示管理条例》第九条"
		}),
		works: def("99018000", "联合办理许可", "01", func(g *catalog.Guide) {
			licensing(g)
			g.Limits.Joint = &catalog.Joint{Days: 45, Basis: "演示市人民政府关于联合办理的决定"}
			g.Limits.Statutory = catalog.Limit{Days: 45, Unit: "workday"}
			g.Results[0].LicenceType, g.Results[0].Name = "road-permit", "占用挖掘城市道路许可证"
			g.Steps[1].Visit, g.Steps[1].Questions, g.Steps[1].Days = true, []string{"现场与图纸是否一致", "安全通道是否畅通"}, 5
			second := g.Steps[1]
			second.Key, second.Unit, second.Visit, second.Questions, second.Days = "review-cg", "wx-cg", false, nil, 3
			g.Steps = slices.Insert(g.Steps, 2, second)
		}),
		below: def("99019000", "报上级决定的许可", "01", func(g *catalog.Guide) {
			licensing(g)
			g.Steps[1].Unit = "lx-spj"
		}),
		dayLimit: def("99007000", "自然日许可", "01", func(g *catalog.Guide) {
			licensing(g)
			g.Limits.Statutory.Unit, g.Limits.Promised.Unit = "day", "day"
		}),
	}
}

// pdf is the smallest file that the files room takes for one.
var pdf = []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")

func (c *city) file() files.Ref {
	c.t.Helper()
	content := append([]byte("%PDF-1.4\n%"+strconv.FormatInt(c.d.NewID(), 36)+"\n"), pdf[9:]...) // equal content is one file
	ref, err := c.store.Put(c.t.Context(), bytes.NewReader(content), files.Meta{Name: "a.pdf", Types: []files.Type{files.PDF}})
	c.must(err)
	return ref
}

// draft is a complete draft of an item by whoever applies for it.
func (c *city) draft(a actor.Actor, item, way string) *Draft {
	c.t.Helper()
	ctx := c.t.Context()
	d, err := c.StartDraft(ctx, a, c.codes[item], actor.Party{}, nil)
	c.must(err)
	values := form.Values{}
	for k, v := range d.Data.Values {
		values[k] = v
	}
	values["online"] = false
	d, err = c.SaveDraft(ctx, a, d.ID, d.Version, values, nil)
	c.must(err)
	for _, m := range []string{"m01", "m02"} {
		_, err = c.AttachFile(ctx, a, d.ID, m, c.file(), m+".pdf")
		c.must(err)
	}
	_, err = c.SaveDelivery(ctx, a, d.ID, 0, delivery(way))
	c.must(err)
	d, err = c.Consent(ctx, a, d.ID, 0)
	c.must(err)
	return d
}

func delivery(way string) Delivery {
	if way == catalog.Mail {
		return Delivery{Way: way, Name: "收件人", Phone: "13900000009", Address: "无锡市演示路9号"}
	}
	return Delivery{Way: way}
}

func (c *city) submit(item, way string) *Case {
	c.t.Helper()
	a := c.applicant(item)
	k, err := c.Submit(c.t.Context(), a, c.draft(a, item, way).ID, SubmitInput{})
	c.must(err)
	return k
}

func (c *city) do(who actor.Actor, no string, act Act, in Input) *Case {
	c.t.Helper()
	k, err := c.Perform(c.t.Context(), who, no, act, in)
	if err != nil {
		c.t.Fatalf("%v", err)
	}
	return k
}

func (c *city) refused(want error, who actor.Actor, no string, act Act, in Input) {
	c.t.Helper()
	if _, err := c.Perform(c.t.Context(), who, no, act, in); !errors.Is(err, want) {
		c.t.Errorf("%s: got %v, want %v", act, err, want)
	}
}

func (c *city) field(err error, path string) {
	c.t.Helper()
	if !slices.ContainsFunc(errs.Of(err).Fields, func(f errs.Field) bool { return f.Path == path }) {
		c.t.Errorf("got %v, want the field %s", err, path)
	}
}

func (c *city) view(who actor.Actor, no string) *View {
	c.t.Helper()
	v, err := c.View(c.t.Context(), who, no)
	c.must(err)
	return v
}

func (c *city) drain() {
	c.t.Helper()
	_, err := c.jobs.Drain(c.t.Context())
	c.must(err)
}

// holdCard gives the person an identity card as a licence.
func (c *city) holdCard() {
	c.t.Helper()
	me := c.person("zhang")
	u := c.batch.Units[0]
	c.must(c.Licences.ImportHeld(c.t.Context(), actor.Platform(), []licence.Issue{{TypeKey: "id-card", Number: c.batch.Persons[0].IDNumber, Holder: me.For,
		IssuerName: u.Name, IssuerUSCC: u.USCC, Issued: "2020-01-01", Until: "2040-01-01", Fields: map[string]string{"idNumber": c.batch.Persons[0].IDNumber}}}))
}

// advanceTo brings a new case of an item to a state by ordinary acts.
func (c *city) advanceTo(item string, state State, way string) *Case {
	c.t.Helper()
	k := c.submit(item, way)
	clerk := c.staff("clerk")
	switch state {
	case Submitted:
		return k
	case Correcting:
		return c.do(clerk, k.No, RequestCorrection, Input{Asks: []Ask{{Material: "m02", Line: "a"}}})
	case Prechecked:
		return c.do(clerk, k.No, PrecheckPass, Input{})
	}
	if item == marriage {
		c.do(clerk, k.No, PrecheckPass, Input{})
		k = c.do(clerk, k.No, Arrive, Input{Seen: []string{"m01"}})
	} else {
		k = c.do(clerk, k.No, Accept, Input{})
	}
	if state == Reviewing {
		return k
	}
	if state == Suspended {
		return c.do(c.staff("rev"), k.No, Suspend, Input{Kind: "expert", Days: 10, Reason: "需要专家评审", Experts: "丁专家（演示大学）"})
	}
	if k.State == Reviewing {
		k = c.do(c.staff("rev"), k.No, Review, Input{Agree: true, Opinion: "符合要求"})
	}
	if k.State == Reviewing {
		k = c.do(c.staff("cgrev"), k.No, Review, Input{Agree: true, Opinion: "同意挖掘"})
	}
	if state == Deciding {
		return k
	}
	k = c.do(c.staff("dec"), k.No, Decide, Input{Grant: true, Opinion: "准予"})
	if state == Delivering {
		return k
	}
	return c.do(clerk, k.No, HandOver, Input{Recipient: "张明远"})
}

// count asks the database.
func (c *city) count(query string, args ...any) int64 {
	c.t.Helper()
	var n int64
	c.must(c.d.Read(c.t.Context()).QueryRow(query, args...).Scan(&n))
	return n
}

// onceKey is an idempotency key as gate keeps it, in memory.
type onceKey struct {
	mu     sync.Mutex
	result string
}

func (o *onceKey) Claim(tx *db.Tx, result string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.result != "" {
		tx.Fail(errors.New("the key is taken"))
		return
	}
	tx.OnCommit(func() { o.mu.Lock(); defer o.mu.Unlock(); o.result = result })
}
func (o *onceKey) Prior(db.Queryer) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.result, nil
}

func (o *onceKey) Hold(tx *db.Tx) (string, error) { return o.Prior(tx) }
func (o *onceKey) Keep(tx *db.Tx, result string)  { o.Claim(tx, result) }

var _ Once = (*onceKey)(nil)

func day(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, time.FixedZone("CST", 8*3600))
	if err != nil {
		t.Fatal(err)
	}
	return at
}
