package consult

import (
	"context"
	"errors"
	"os"
	"strings"
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
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/jobs"
	"github.com/tongban/tongban/internal/notify"
	"github.com/tongban/tongban/internal/sm"
)

// city has a department with one item, another department, and two centres.
type city struct {
	*Service
	t    *testing.T
	d    *db.DB
	clk  *dbtest.Clock
	jobs *jobs.Runner
	refs identity.Refs
	item string
	edit catalog.Def
}

var keys = sync.OnceValue(func() *sm.Keyring {
	dir, err := os.MkdirTemp("", "consult-keys-")
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

// contacts: nobody in this city wants messages outside the platform.
type contacts struct{}

func (contacts) Contact(db.Queryer, actor.Party) (notify.Contact, error) {
	return notify.Contact{}, nil
}

// dossiers stand for casework: one case of zhang, from which the second
// reviewer stands aside.
type dossiers struct{ c *city }

const caseNo = "CASE-1"

func (k dossiers) Consulted(ctx context.Context, a actor.Actor, no string) (Case, error) {
	if no != caseNo || a.Kind == actor.Person && a.For.ID != k.c.refs.Persons["zhang"] {
		return Case{}, errs.New(errs.NotFound, "case-not-found", "没有", "none")
	}
	it, err := k.c.Catalog.Item(ctx, k.c.item)
	if err != nil {
		return Case{}, err
	}
	return Case{ID: 5, No: no, ItemID: it.ID, VersionID: it.VersionID, UnitID: it.UnitID, ReceivedID: it.ReceivingUnitID,
		Party: actor.Party{Kind: actor.NaturalPerson, ID: k.c.refs.Persons["zhang"], Name: "张明远"}}, nil
}

func (k dossiers) Aside(_ db.Queryer, id int64) ([]int64, error) {
	if id != 5 {
		return nil, errors.New("another case")
	}
	return []int64{k.c.refs.Staff["rev2"]}, nil
}

// inCity runs a test on both engines, each with a city of its own.
func inCity(t *testing.T, test func(t *testing.T, c *city)) {
	t.Helper()
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) { test(t, newCity(t, d, clk)) })
}

func newCity(t *testing.T, d *db.DB, clk *dbtest.Clock) *city {
	t.Helper()
	ctx, vault := t.Context(), keys().Vault()
	c := &city{t: t, d: d, clk: clk}
	c.jobs = jobs.New(d, jobs.Options{Sealer: vault})
	cal := calendar.New(calendar.Options{DB: d, Record: func(tx *db.Tx, e calendar.Entry) error {
		return audit.Append(tx, audit.Record{Actor: e.Actor, Act: e.Act, Subject: e.Subject, Detail: e.Detail})
	}})
	c.must(cal.EnsureShipped(ctx))
	ids := identity.New(identity.Config{DB: d, Vault: vault, Now: clk.Now})
	messages, err := notify.New(notify.Config{DB: d, Vault: vault, Contacts: contacts{}, Enqueue: func(tx *db.Tx, unique string, payload []byte) error {
		return jobs.Enqueue(tx, jobs.Job{Kind: notify.JobKind, Unique: unique, Payload: payload})
	}})
	c.must(err)
	formats := form.Formats{"cn-mobile": func(s string) (bool, string, string) {
		r := ident.CheckMobile(s)
		return r.Valid, r.Reason.ZH, r.Reason.EN
	}}
	c.Service = New(Config{DB: d, Identity: ids, Catalog: catalog.New(catalog.Config{DB: d, Identity: ids, Formats: formats}), Calendar: cal, Notify: messages, Vault: vault, Cases: dossiers{c}})
	c.Handlers(c.jobs)
	batch := people(t)
	c.refs, err = ids.Import(ctx, actor.Platform(), batch)
	c.must(err)
	c.must(c.Catalog.ImportTopics(ctx, actor.Platform(), []catalog.Topic{{Key: "business", Name: "开办企业", NameEN: "Business", Audience: "entity"}}))
	c.edit = catalog.Def{BasicCode: "322099003000", OfferedBy: []catalog.Offerer{{Unit: "wx-spj", Receiving: "wx-zx"}}, Guide: guide()}
	c.publish()
	c.item = batch.Units[1].USCC + "3" + c.edit.BasicCode
	return c
}

// publish makes the next version of the item.
func (c *city) publish() {
	c.t.Helper()
	if problems, err := c.Catalog.Import(c.t.Context(), actor.Platform(), c.edit, nil); err != nil {
		c.t.Fatalf("%v %v", err, problems)
	}
}

func (c *city) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *city) staff(login string) actor.Actor {
	c.t.Helper()
	a, err := c.Identity.StaffActor(c.t.Context(), c.refs.Staff[login], actor.Window)
	c.must(err)
	return a
}

// person acts for himself, or for the principal whose key is given.
func (c *city) person(key string, principal ...string) actor.Actor {
	c.t.Helper()
	var p actor.Party
	if len(principal) > 0 {
		p = actor.Party{Kind: actor.NaturalPerson, ID: c.refs.Persons[principal[0]]}
	}
	a, err := c.Identity.PersonActor(c.t.Context(), c.refs.Persons[key], p, actor.Web)
	c.must(err)
	return a
}

func (c *city) unit(key string) identity.Unit {
	c.t.Helper()
	dir, err := c.Identity.Directory(c.t.Context())
	c.must(err)
	u, ok := dir.UnitByKey(key)
	if !ok {
		c.t.Fatal("no unit " + key)
	}
	return u
}

func (c *city) ask(who string, in AskInput) *Inquiry {
	c.t.Helper()
	if in.Kind == "" {
		in.Kind = Question
	}
	if in.Words == "" {
		in.Words = "需要带什么材料？"
	}
	a := actor.Actor{}
	if c.refs.Persons[who] != 0 {
		a = c.person(who)
	} else {
		a = c.staff(who)
	}
	x, err := c.Ask(c.t.Context(), a, in)
	c.must(err)
	return x
}

func (c *city) fails(who string, reason string) *Inquiry {
	c.t.Helper()
	return c.ask(who, AskInput{Kind: Failure, ItemCode: c.item, Reason: reason, Stage: "receive", Words: "跑了三次都没收"})
}

func (c *city) does(who, no string, in Input) *Inquiry {
	c.t.Helper()
	x, err := c.try(who, no, in)
	c.must(err)
	return x
}

func (c *city) try(who, no string, in Input) (*Inquiry, error) {
	c.t.Helper()
	if c.refs.Persons[who] != 0 {
		return c.Do(c.t.Context(), c.person(who), no, in)
	}
	return c.Do(c.t.Context(), c.staff(who), no, in)
}

func (c *city) show(who, no string) *View {
	c.t.Helper()
	a := actor.Actor{}
	if c.refs.Persons[who] != 0 {
		a = c.person(who)
	} else {
		a = c.staff(who)
	}
	v, err := c.Show(c.t.Context(), a, no)
	c.must(err)
	return v
}

// told is the newest message of a person.
func (c *city) told(key string) notify.Message {
	c.t.Helper()
	p, err := c.Notify.List(c.d.Read(c.t.Context()), actor.Party{Kind: actor.NaturalPerson, ID: c.refs.Persons[key]}, 0, 1)
	c.must(err)
	if len(p.Messages) == 0 {
		return notify.Message{}
	}
	return p.Messages[0]
}

func (c *city) count(query string, args ...any) (n int) {
	c.t.Helper()
	c.must(c.d.Read(c.t.Context()).QueryRow(query, args...).Scan(&n))
	return n
}

// days moves the clock.
func (c *city) days(n int) { c.clk.Add(time.Duration(n) * 24 * time.Hour) }

func acts(v *View) string {
	var out []string
	for _, m := range v.Offered {
		out = append(out, string(m.Act))
	}
	return strings.Join(out, " ")
}

func people(t *testing.T) identity.Batch {
	uscc := func(division, body string) string {
		n, err := ident.MakeUSCC("11", division, body)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	resident := func(year, seq int) string {
		n, err := ident.MakeResident("320213", time.Date(year, 5, 6, 0, 0, 0, 0, time.UTC), seq)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	role := func(r ...actor.Role) (out []identity.RoleInput) {
		for _, x := range r {
			out = append(out, identity.RoleInput{Role: x})
		}
		return out
	}
	const wx, lx = "320200000000", "320213000000"
	return identity.Batch{
		Demo: true, Password: "Demo-2026!",
		Divisions: []identity.DivisionInput{{Code: wx, Name: "无锡市", Level: "city", National: true}, {Code: lx, Name: "梁溪区", Parent: wx, Level: "county", National: true}},
		Units: []identity.UnitInput{
			{Key: "wx-gov", Name: "无锡市人民政府", Short: "市政府", USCC: uscc("320200", "XX000001"), Kind: "government", Division: wx, Level: "3"},
			{Key: "wx-spj", Name: "无锡市行政审批局", Short: "锡审", USCC: uscc("320200", "XX000002"), Kind: "department", Parent: "wx-gov", Division: wx, Level: "3"},
			{Key: "wx-cg", Name: "无锡市城市管理局", Short: "锡城管", USCC: uscc("320200", "XX000003"), Kind: "department", Parent: "wx-gov", Division: wx, Level: "3"},
			{Key: "lx-gov", Name: "梁溪区人民政府", Kind: "government", USCC: uscc("320213", "XX000004"), Parent: "wx-gov", Division: lx, Level: "4"},
			{Key: "lx-zx", Name: "梁溪区政务服务中心", Kind: "centre", Parent: "lx-gov", Division: lx, Level: "4"},
			{Key: "wx-zx", Name: "无锡市政务服务中心", Kind: "centre", Parent: "wx-gov", Division: wx, Level: "3"},
		},
		Persons: []identity.PersonInput{
			{Key: "zhang", Login: "zhang", Name: "张明远", IDNumber: resident(1980, 11), Phone: "13800000001"},
			{Key: "li", Login: "li", Name: "李小兰", IDNumber: resident(1985, 22), Phone: "13800000002"},
			{Key: "wang", Login: "wang", Name: "王强", IDNumber: resident(1990, 33), Phone: "13800000003"},
		},
		Mandates: []identity.MandateSeed{{Principal: "zhang", Agent: "wang", Items: []string{"322099003000"}, From: "2026-01-01", Until: "2028-12-31", Ground: "书面委托"},
			{Principal: "li", Agent: "wang", Items: []string{"322099999000"}, From: "2026-01-01", Until: "2028-12-31", Ground: "书面委托"}},
		Staff: []identity.StaffInput{
			{Login: "clerk", Name: "周窗口", Unit: "wx-zx", Roles: role(actor.WindowClerk)},
			{Login: "lxclerk", Name: "郑窗口", Unit: "lx-zx", Roles: role(actor.WindowClerk)},
			{Login: "rev", Name: "王审查", Unit: "wx-spj", Roles: role(actor.Reviewer)},
			{Login: "rev2", Name: "冯审查", Unit: "wx-spj", Roles: role(actor.Reviewer)},
			{Login: "dec", Name: "褚决定", Unit: "wx-spj", Roles: role(actor.Reviewer, actor.Decider)},
			{Login: "dec2", Name: "卫决定", Unit: "wx-spj", Roles: role(actor.Decider)},
			{Login: "cgrev", Name: "陈审查", Unit: "wx-cg", Roles: role(actor.Reviewer)},
			{Login: "sup", Name: "韩监督", Unit: "wx-gov", Roles: role(actor.Supervisor)},
			{Login: "steward", Name: "杨事项", Unit: "wx-gov", Roles: role(actor.ItemSteward)},
			{Login: "lxsteward", Name: "许事项", Unit: "lx-gov", Roles: role(actor.ItemSteward)},
		},
	}
}

// guide is one that passes every check.
func guide() catalog.Guide {
	return catalog.Guide{
		Basics: catalog.Basics{Name: "残疾人证换领", Type: "20", CaseType: "promised", Audience: []string{"1"}, Topics: []string{"business"}, Level: "3",
			Depth: 4, Mode: "online", Agent: true, Summary: "换领证件"},
		Department: catalog.Department{Nature: "1"},
		Windows:    []catalog.Window{{Name: "A01 综合窗口", Address: "演示路1号", Hours: "工作日", Phone: "0510-00000001"}},
		Conditions: []catalog.Condition{{Text: "符合条件"}},
		Materials: []catalog.Material{{Code: "m01", Name: "照片", Kind: "other", Necessity: "required", Media: "electronic", Source: "self", Standard: "清晰",
			Lines: []catalog.Line{{Code: "a", Text: "请上传清晰的照片。"}}}},
		Steps: []catalog.Step{{Key: "receive", Name: "收件受理", Kind: catalog.StepReceive, Role: "window-clerk"},
			{Key: "review", Name: "审查", Kind: catalog.StepReview, Role: "reviewer", Stage: 1},
			{Key: "decide", Name: "决定", Kind: catalog.StepDecide, Role: "decider", Stage: 2},
			{Key: "deliver", Name: "送达", Kind: catalog.StepDeliver, Role: "window-clerk", Stage: 3}},
		Limits:    catalog.Limits{Statutory: catalog.Limit{Unit: "none"}, Promised: catalog.Limit{Days: 8, Unit: "workday"}, Mark: "C"},
		Results:   []catalog.Result{{Name: "办理结果", Kind: "other", Delivery: []string{catalog.Electronic}}},
		Basis:     []catalog.Basis{{Law: "演示条例", Article: "第一条", Gist: "演示", Mark: "M"}},
		Questions: []catalog.Question{{Q: "要多久？", A: "见办理时限。"}},
		Contacts:  catalog.Contacts{Consult: "0510-00000001", Complaint: "12345"},
		Rights:    []string{"知情"},
		Duties:    []string{"如实"},
		Remedies:  catalog.Remedies{Reconsideration: "自知道之日起六十日内申请行政复议。", Litigation: "六个月内提起行政诉讼。"},
		Form: []byte(`{"type":"object","title":"申请表","x-steps":[{"key":"who","title":"申请人","fields":["name"]}],"required":["name"],
 "properties":{"name":{"type":"string","title":"名称","maxLength":50,"x-source":"applicant.name"}}}`),
		Privacy: catalog.Privacy{Purpose: "办理", Data: []string{"姓名"}, Retention: "按档案规定"},
	}
}
