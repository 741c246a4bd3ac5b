package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/assess"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/calendar"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/catalog/sheet"
	"github.com/tongban/tongban/internal/channel"
	"github.com/tongban/tongban/internal/consult"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
	"github.com/tongban/tongban/internal/fee"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/gate"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/jobs"
	"github.com/tongban/tongban/internal/licence"
	"github.com/tongban/tongban/internal/notify"
	"github.com/tongban/tongban/internal/publicity"
	"github.com/tongban/tongban/internal/rating"
	"github.com/tongban/tongban/internal/sm"
)

const password = "Demo-2026!"

// city is a small city with all rooms wired behind the API.
type city struct {
	t      *testing.T
	d      *db.DB
	clk    *dbtest.Clock
	s      *server
	jobs   *jobs.Runner
	ids    *identity.Service
	refs   identity.Refs
	batch  identity.Batch
	log    *bytes.Buffer
	codes  map[string]string // item → code
	tokens map[string]string // actor → token
}

var keys = sync.OnceValue(func() *sm.Keyring {
	dir, err := os.MkdirTemp("", "api-keys-")
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
func inCity(t *testing.T, test func(c *city)) {
	t.Helper()
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) { test(newCity(t, d, clk)) })
}

// shelf is what app hands in.
type shelf struct {
	d     *db.DB
	ids   *identity.Service
	notes *notify.Service
	store *files.Store
}

func (s shelf) Messages(ctx context.Context, to actor.Party, cursor int64, limit int) (notify.Page, error) {
	return s.notes.List(s.d.Read(ctx), to, cursor, limit)
}

func (s shelf) Unread(ctx context.Context, to actor.Party) (int64, error) {
	return s.notes.Unread(s.d.Read(ctx), to)
}

func (s shelf) ReadMessage(ctx context.Context, to actor.Party, id int64) error {
	return s.d.Write(ctx, "message.read", func(tx *db.Tx) error {
		if id == 0 {
			s.notes.MarkAllRead(tx, to, tx.NewID())
		} else {
			s.notes.MarkRead(tx, to, id)
		}
		return nil
	})
}

func (s shelf) Files(ctx context.Context, ids ...int64) (map[int64]files.Ref, error) {
	return s.store.Stats(s.d.Read(ctx), ids...)
}

func (s shelf) Party(ctx context.Context, p actor.Party) (identity.PartyInfo, error) {
	return s.ids.Party(s.d.Read(ctx), p)
}

func (s shelf) AuditFeed(ctx context.Context, f audit.Filter, before int64, limit int) ([]audit.Entry, error) {
	return audit.Feed(s.d.Read(ctx), f, before, limit)
}

func (s shelf) AuditOf(ctx context.Context, subject string, after int64, limit int) ([]audit.Entry, error) {
	return audit.Entries(s.d.Read(ctx), subject, after, limit)
}

func (s shelf) JobDepth(ctx context.Context) (jobs.Depth, error) {
	return jobs.Look(s.d.Read(ctx), s.d.Now())
}

func (s shelf) DeadJobs(ctx context.Context, after int64, limit int) ([]jobs.Corpse, error) {
	return jobs.Dead(s.d.Read(ctx), after, limit)
}

func (s shelf) RequeueJob(ctx context.Context, a actor.Actor, id int64) error {
	return s.d.Write(ctx, "job.requeue", func(tx *db.Tx) error { return jobs.Requeue(tx, id) })
}

func (s shelf) DiscardJob(ctx context.Context, a actor.Actor, id int64) error {
	return s.d.Write(ctx, "job.discard", func(tx *db.Tx) error { return jobs.Discard(tx, id) })
}

// contacts: nobody in this city wants messages outside the platform.
type contacts struct{}

func (contacts) Contact(db.Queryer, actor.Party) (notify.Contact, error) {
	return notify.Contact{}, nil
}

func newCity(t *testing.T, d *db.DB, clk *dbtest.Clock) *city {
	t.Helper()
	ctx := t.Context()
	c := &city{t: t, d: d, clk: clk, codes: map[string]string{}, tokens: map[string]string{"anonymous": ""}, log: &bytes.Buffer{}}
	config, notes := rooms(t, d, clk)
	c.ids, c.jobs = config.Identity, jobs.New(d, jobs.Options{Sealer: keys().Vault()})
	config.Catalog.Handlers(c.jobs)
	config.Licences.Handlers(c.jobs)
	config.Casework.Handlers(c.jobs)
	config.Sheets.Handlers(c.jobs)
	config.Log = logger(c.log)
	config.Shelf = shelf{d, c.ids, notes, config.Files}
	config.Held = func(ctx context.Context, _ actor.Actor, p actor.Party) ([]licence.Licence, error) {
		return config.Licences.HeldValid(d.Read(ctx), p)
	}
	config.Record = func(ctx context.Context, r audit.Record) error {
		return d.Write(ctx, "audit.record", func(tx *db.Tx) error { return audit.Append(tx, r) })
	}
	config.Verify = func(ctx context.Context) (audit.Report, error) {
		n, err := keys().Note("tongban")
		if err != nil {
			return audit.Report{}, err
		}
		return audit.Verify(ctx, d, audit.Keys{Signers: n.Signers, Verifiers: n.Verifiers})
	}
	var err error
	c.s, err = build(config)
	c.must(err)
	c.batch = people(t)
	c.refs, err = c.ids.Import(ctx, actor.Platform(), c.batch)
	c.must(err)
	c.must(config.Channel.ImportWindows(ctx, actor.Platform(), []channel.Window{{Key: "wx-a01", Centre: "wx-zx", Name: "综合窗口", No: "A01",
		Kind: channel.Comprehensive, Hours: "周一至周五", Address: "演示路1号"}}))
	c.must(config.Catalog.ImportTopics(ctx, actor.Platform(), []catalog.Topic{{Key: "business", Name: "开办企业", NameEN: "Business", Audience: "entity"}}))
	c.must(config.Licences.ImportTypes(ctx, actor.Platform(), []licence.Type{
		{Key: "id-card", Name: "居民身份证", Code: usccOf(t, "11", "100000", "XX000101") + "001", Holder: "person", Fields: []licence.TypeField{{Key: "name", Title: "姓名"}}},
		{Key: "food-licence", Name: "食品经营许可证", Code: usccOf(t, "11", "100000", "XX000102") + "002", Holder: "person", Fields: []licence.TypeField{{Key: "name", Title: "名称"}}},
	}))
	dir, err := c.ids.Directory(ctx)
	c.must(err)
	spj, _ := dir.UnitByKey("wx-spj")
	c.must(config.Licences.ImportHeld(ctx, actor.Platform(), []licence.Issue{{TypeKey: "id-card", Number: c.batch.Persons[0].IDNumber, IssuerUnit: spj.ID,
		IssuerName: spj.Name, IssuerUSCC: spj.USCC, Issued: "2020-01-02", Until: "2040-01-02", Fields: map[string]string{"name": "张明远"},
		Holder: actor.Party{Kind: actor.NaturalPerson, ID: c.refs.Persons["zhang"]}}}))
	for key, def := range items() {
		problems, err := config.Catalog.Import(ctx, actor.Platform(), def, nil)
		if err != nil {
			t.Fatalf("%s: %v %v", key, err, problems)
		}
		u, _ := dir.UnitByKey(def.OfferedBy[0].Unit)
		c.codes[key] = u.USCC + def.Guide.Basics.Level + def.BasicCode
	}
	c.drain()
	return c
}

// rooms wires everything below the API.
func rooms(t *testing.T, d *db.DB, clk *dbtest.Clock) (Config, *notify.Service) {
	t.Helper()
	fatal := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, vault := t.Context(), keys().Vault()
	cal := calendar.New(calendar.Options{DB: d, Record: func(tx *db.Tx, e calendar.Entry) error {
		return audit.Append(tx, audit.Record{Actor: e.Actor, Act: e.Act, Subject: e.Subject, Detail: e.Detail})
	}})
	fatal(cal.EnsureShipped(ctx))
	store, err := files.New(ctx, files.Config{DB: d, Vault: vault, URL: t.TempDir(), Spool: t.TempDir()})
	fatal(err)
	t.Cleanup(func() { store.Close() })
	ids := identity.New(identity.Config{DB: d, Vault: vault, Now: clk.Now})
	notes, err := notify.New(notify.Config{DB: d, Vault: vault, Contacts: contacts{}, Identity: ids, Titles: casework.MessageTitles(), Enqueue: func(tx *db.Tx, unique string, payload []byte) error {
		return jobs.Enqueue(tx, jobs.Job{Kind: notify.JobKind, Unique: unique, Payload: payload})
	}})
	fatal(err)
	formats := form.Formats{}
	for name, check := range map[string]func(string) ident.Result{"cn-id": ident.CheckResident, "uscc": ident.CheckUSCC, "cn-mobile": ident.CheckMobile} {
		formats[name] = func(s string) (bool, string, string) { r := check(s); return r.Valid, r.Reason.ZH, r.Reason.EN }
	}
	door, err := gate.New(gate.Config{DB: d, Identity: ids, Vault: vault, Now: clk.Now})
	fatal(err)
	items := catalog.New(catalog.Config{DB: d, Identity: ids, Files: store, Formats: formats, Vault: vault})
	lic := licence.New(licence.Config{DB: d, Identity: ids, Vault: vault, Signer: keys().Signer()})
	rate := rating.New(rating.Config{DB: d, Identity: ids, Vault: vault})
	log, err := keys().Note("tongban")
	fatal(err)
	printer := func(d casework.Document, hash string) ([]byte, error) {
		return []byte("<!DOCTYPE html><title>" + d.Number + "</title>" + hash), nil
	}
	var cases *casework.Service
	fees := fee.New(fee.Config{DB: d, Identity: ids, Vault: vault, URL: "https://tongban.example",
		Papers: func(tx *db.Tx, a actor.Actor, p fee.Paper) error { return cases.FeePaper(tx, a, p) }})
	cases = casework.New(casework.Config{Printer: printer, Trust: casework.ArchiveTrust{Signer: log.Signers[0], Keys: log.Texts, Origin: "tongban", URL: "https://tongban.example"},
		DB: d, Catalog: items, Identity: ids, Calendar: cal, Files: store, Licences: lic, Ratings: rate, Fees: fees, Notify: notes, Vault: vault})
	asked := consult.New(consult.Config{DB: d, Identity: ids, Catalog: items, Calendar: cal, Notify: notes, Vault: vault, Cases: cases})
	return Config{Door: door, Identity: ids, Catalog: items, Sheets: sheet.New(d, ids, items), Casework: cases, Consult: asked, Licences: lic, Ratings: rate, Fees: fees,
		Channel: channel.New(channel.Config{DB: d, Identity: ids, Catalog: items, Calendar: cal}), Assess: assess.New(assess.Config{DB: d, Identity: ids, Calendar: cal}),
		Publicity: publicity.New(publicity.Config{DB: d, Identity: ids, Calendar: cal, Catalog: items, Casework: cases, Licences: lic, Notify: notes, Vault: vault}),
		Calendar:  cal, Files: store, Notify: notes, Now: clk.Now, URL: "https://tongban.example"}, notes
}

func (c *city) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *city) drain() {
	c.t.Helper()
	_, err := c.jobs.Drain(c.t.Context())
	c.must(err)
}

// token logs an actor in, once.
func (c *city) token(who string) string {
	c.t.Helper()
	if tok, ok := c.tokens[who]; ok {
		return tok
	}
	body := map[string]any{"login": who, "password": password}
	switch {
	case c.refs.Staff[who] != 0:
		code, err := c.ids.OTP(c.t.Context(), who)
		c.must(err)
		body["kind"], body["code"] = "staff", code
	case who == "agent": // 王强 acts for 张明远
		body["login"], body["party"] = "wang", map[string]any{"kind": "person", "id": fmt.Sprint(c.refs.Persons["zhang"])}
	case who == "boss":
		body["login"], body["party"] = "zhang", map[string]any{"kind": "entity", "id": fmt.Sprint(c.refs.Entities["cafe"])}
	}
	a := c.send("anonymous", "POST", "/auth/token", body)
	if a.status != http.StatusCreated {
		c.t.Fatalf("no token for %s: %s", who, a)
	}
	c.tokens[who] = a.text("token")
	return c.tokens[who]
}

// answer is what came back.
type answer struct {
	t      *testing.T
	status int
	header http.Header
	body   []byte
}

func (a answer) String() string { return fmt.Sprintf("%d %s", a.status, a.body) }

// at walks into the JSON: "items", 0, "no".
func (a answer) at(path ...any) any {
	a.t.Helper()
	var v any
	if err := json.Unmarshal(a.body, &v); err != nil {
		a.t.Fatalf("%v in %s", err, a)
	}
	for _, p := range path {
		switch x := p.(type) {
		case string:
			m, ok := v.(map[string]any)
			if !ok {
				a.t.Fatalf("no object at %v in %s", path, a)
			}
			v = m[x]
		case int:
			l, ok := v.([]any)
			if !ok || x >= len(l) {
				a.t.Fatalf("no %v in %s", path, a)
			}
			v = l[x]
		}
	}
	return v
}

func (a answer) text(path ...any) string {
	a.t.Helper()
	s, _ := a.at(path...).(string)
	return s
}

func (a answer) number(path ...any) int64 {
	a.t.Helper()
	f, _ := a.at(path...).(float64)
	return int64(f)
}

// ok fails unless the status is as wanted.
func (a answer) ok(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("want %d, got %s", status, a)
	}
	return a
}

// send sends JSON (or a string as it is) with an actor's token.
func (c *city) send(who, method, path string, body any, header ...string) answer {
	c.t.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		c.must(err)
		r = bytes.NewReader(text)
	}
	req := httptest.NewRequestWithContext(c.t.Context(), method, Base+path, r)
	if r != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return c.serve(who, req, header...)
}

// plain asks without a token and without looking at who asks.
func (c *city) plain(method, path string) answer {
	c.t.Helper()
	rec := httptest.NewRecorder()
	c.s.ServeHTTP(rec, httptest.NewRequestWithContext(c.t.Context(), method, Base+path, nil))
	return answer{c.t, rec.Code, rec.Header(), rec.Body.Bytes()}
}

func (c *city) serve(who string, req *http.Request, header ...string) answer {
	c.t.Helper()
	if tok := c.token(who); tok != "" {
		req.Header.Set("Authorization", "Bearer "+tok)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	c.s.ServeHTTP(rec, req)
	a := answer{c.t, rec.Code, rec.Header(), rec.Body.Bytes()}
	if a.status >= 400 && a.header.Get("Content-Type") != problemType {
		c.t.Errorf("%s %s: %d is no problem: %s", req.Method, req.URL.Path, a.status, a.header.Get("Content-Type"))
	}
	return a
}

// upload sends one file.
func (c *city) upload(who, path, name string, content []byte, header ...string) answer {
	c.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", name)
	c.must(err)
	_, err = part.Write(content)
	c.must(err)
	c.must(w.Close())
	req := httptest.NewRequestWithContext(c.t.Context(), "POST", Base+path, &b)
	req.Header.Set("Content-Type", w.FormDataContentType())
	return c.serve(who, req, header...)
}

// pdf is the smallest file that the files room takes for one.
var pdf = []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")

// answersOf are good answers.
func (c *city) answersOf() map[string]any {
	return map[string]any{"name": "张明远", "idNumber": c.batch.Persons[0].IDNumber, "phone": "13800000001", "online": false}
}

// application is a whole application of an item.
func (c *city) application(who, item string) map[string]any {
	c.t.Helper()
	file := c.upload(who, "/files", "平面图.pdf", pdf).ok(201).text("file")
	one := []any{map[string]any{"file": file, "name": "平面图.pdf"}}
	return map[string]any{"item": c.codes[item], "answers": c.answersOf(), "consent": true, "delivery": map[string]any{"way": "pickup"},
		"materials": []any{map[string]any{"code": "m01", "files": one}, map[string]any{"code": "m02", "files": one}}}
}

// submitted is the number of a new case of the owner.
func (c *city) submitted(item string) string {
	c.t.Helper()
	return c.send("zhang", "POST", "/cases", c.application("zhang", item)).ok(201).text("no")
}

// act does an act with the version that the actor sees.
func (c *city) act(who, no, act string, in map[string]any) answer {
	c.t.Helper()
	body := map[string]any{"act": act, "version": c.send(who, "GET", "/cases/"+no, nil).ok(200).number("version")}
	for k, v := range in {
		body[k] = v
	}
	return c.send(who, "POST", "/cases/"+no+"/acts", body)
}

// count asks the database.
func (c *city) count(query string) (n int64) {
	c.t.Helper()
	c.must(c.d.Read(c.t.Context()).QueryRow(query).Scan(&n))
	return n
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
	unit := func(key, name, kind, parent, division, level string, n int) identity.UnitInput {
		return identity.UnitInput{Key: key, Name: name, Short: key, Kind: kind, Parent: parent, Division: division, Level: level,
			Address: "演示路1号", Phone: fmt.Sprintf("0510-0000%04d", n), USCC: usccOf(t, "11", division[:6], fmt.Sprintf("XX%06d", n))}
	}
	const city, district = "320200000000", "320213000000"
	return identity.Batch{
		Demo: true, Password: password,
		Divisions: []identity.DivisionInput{{Code: city, Name: "无锡市", Level: "city", National: true}, {Code: district, Name: "梁溪区", Parent: city, Level: "county", National: true}},
		Units: []identity.UnitInput{
			unit("wx-gov", "无锡市人民政府", "government", "", city, "3", 1), unit("wx-spj", "无锡市行政审批局", "department", "wx-gov", city, "3", 2),
			unit("wx-zx", "无锡市政务服务中心", "centre", "wx-gov", city, "3", 3), unit("wx-fen", "无锡市政务服务中心公积金分中心", "centre", "wx-gov", city, "3", 77), unit("lx-gov", "梁溪区人民政府", "government", "wx-gov", district, "4", 4),
			unit("lx-spj", "梁溪区行政审批局", "department", "lx-gov", district, "4", 5), unit("lx-zx", "梁溪区政务服务中心", "centre", "lx-gov", district, "4", 6),
		},
		Persons: []identity.PersonInput{
			{Key: "zhang", Login: "zhang", Name: "张明远", IDNumber: resident(t, 1980, 11), Phone: "13800000001", Address: "无锡市梁溪区演示路1号", Division: district},
			{Key: "li", Login: "li", Name: "李小兰", IDNumber: resident(t, 1985, 22), Phone: "13800000002"},
			{Key: "wang", Login: "wang", Name: "王强", IDNumber: resident(t, 1990, 33), Phone: "13800000003"},
		},
		Entities: []identity.EntityInput{{Key: "cafe", Name: "无锡演示咖啡有限公司", USCC: usccOf(t, "91", "320213", "MA000001"), Kind: "company", LegalRep: "zhang",
			Address: "无锡市梁溪区演示路8号", Division: district}},
		Mandates: []identity.MandateSeed{{Principal: "zhang", Agent: "wang", Items: []string{"*"}, From: "2026-01-01", Until: "2028-12-31", Ground: "书面委托"}},
		Staff: []identity.StaffInput{
			{Login: "clerk", Name: "周窗口", Unit: "wx-zx", Roles: role(actor.WindowClerk)}, {Login: "clerk2", Name: "吴窗口", Unit: "wx-zx", Roles: role(actor.WindowClerk)},
			{Login: "lxclerk", Name: "郑窗口", Unit: "lx-zx", Roles: role(actor.WindowClerk)}, {Login: "rev", Name: "王审查", Unit: "wx-spj", Roles: role(actor.Reviewer)},
			{Login: "lxrev", Name: "蒋审查", Unit: "lx-spj", Roles: role(actor.Reviewer)}, {Login: "dec", Name: "褚决定", Unit: "wx-spj", Roles: role(actor.Decider)},
			{Login: "steward", Name: "杨事项", Unit: "wx-gov", Roles: role(actor.ItemSteward)}, {Login: "irev", Name: "葛审核", Unit: "wx-gov", Roles: role(actor.ItemReviewer)},
			{Login: "lxsteward", Name: "汪事项", Unit: "lx-gov", Roles: role(actor.ItemSteward)}, {Login: "lxirev", Name: "施审核", Unit: "lx-gov", Roles: role(actor.ItemReviewer)}, {Login: "sup", Name: "韩监督", Unit: "wx-gov", Roles: role(actor.Supervisor)},
			{Login: "sys", Name: "朱系统", Unit: "wx-gov", Roles: role(actor.SystemAdmin)}, {Login: "sec", Name: "秦安全", Unit: "wx-gov", Roles: role(actor.SecurityAdmin)},
			{Login: "aud", Name: "尤审计", Unit: "wx-gov", Roles: role(actor.AuditAdmin)}, {Login: "plain", Name: "许普通", Unit: "lx-gov"},
		},
	}
}

const formText = `{"type":"object","title":"申请表","x-steps":[{"key":"who","title":"申请人","fields":["name","idNumber","phone","online","site","opened"]}],
 "required":["name","idNumber","phone","online","site"],
 "properties":{
  "name":{"type":"string","title":"名称","maxLength":50,"x-source":"applicant.name"},
  "idNumber":{"type":"string","title":"证件号码","format":"cn-id","x-widget":"idnumber","x-sensitive":true,"x-source":"applicant.idNumber"},
  "phone":{"type":"string","title":"联系电话","format":"cn-mobile","x-source":"applicant.phone"},
  "online":{"type":"boolean","title":"是否网络经营","x-widget":"radio"},
  "site":{"type":"string","title":"网站名称","maxLength":100,"x-show":{"online":true}},
  "opened":{"type":"string","title":"开业日期","format":"date","x-widget":"date"}}}`

func items() map[string]catalog.Def {
	line := func(code, text string) catalog.Line { return catalog.Line{Code: code, Text: text} }
	guide := func(name, typ string) catalog.Guide {
		return catalog.Guide{
			Basics: catalog.Basics{Name: name, Type: typ, CaseType: "promised", Audience: []string{"1", "2"}, Topics: []string{"business"}, Level: "3", PowerSource: "1",
				Depth: 4, Mode: "online", Agent: true, Summary: name + "的一句话说明"},
			Department: catalog.Department{Nature: "1"},
			Windows:    []catalog.Window{{Name: "A01 综合窗口", Address: "演示路1号", Hours: "工作日", Phone: "0510-00000001"}},
			Conditions: []catalog.Condition{{Text: "符合条件"}},
			Materials: []catalog.Material{
				{Code: "m01", Name: "身份证明", Kind: "certificate", Necessity: "required", Media: "both", Source: "government", Issuer: "公安机关", LicenceType: "id-card", Standard: "有效",
					Lines: []catalog.Line{line("a", "请上传清晰的身份证明。")}},
				{Code: "m02", Name: "场所平面图", Kind: "document", Necessity: "required", Media: "electronic", Source: "self", Standard: "标明尺寸", MaxFiles: 2, MaxMB: 1,
					Formats: []string{"pdf"}, Lines: []catalog.Line{line("a", "请补充标明尺寸的平面图。")}},
			},
			Steps: []catalog.Step{
				{Key: "receive", Name: "收件受理", Kind: catalog.StepReceive, Role: "window-clerk"},
				{Key: "review", Name: "审查", Kind: catalog.StepReview, Role: "reviewer", Stage: 1},
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
	food := guide("食品经营许可", "01")
	food.Limits.Statutory, food.Limits.StatutoryBasis, food.Limits.Promised.Days = catalog.Limit{Days: 20, Unit: "workday"}, "演示条例第一条", 10
	food.Results[0] = catalog.Result{Name: "食品经营许可证", Kind: "licence", LicenceType: "food-licence", Years: 5,
		Delivery: []string{catalog.Electronic, catalog.PickUp, catalog.Mail}, Fields: map[string]string{"name": "applicant.name"}}
	food.Scenarios = []catalog.Scenario{{Field: "online", Question: "在网上经营吗？", QuestionEN: "Will you sell online?"}}
	food.Materials = append(food.Materials, catalog.Material{Code: "m03", Name: "网站备案证明", Kind: "document", Necessity: "optional", Media: "electronic", Source: "self", Standard: "有效",
		When: &catalog.Cond{Field: "online", In: []string{"true"}}, Lines: []catalog.Line{line("a", "请上传网站备案证明。")}})
	food.Conditions = append(food.Conditions, catalog.Condition{Text: "网站已经备案。", When: &catalog.Cond{Field: "online", In: []string{"true"}}})
	marriage := guide("结婚登记", "07")
	marriage.Basics.Mode, marriage.Basics.Visits, marriage.Basics.VisitReason, marriage.Basics.Depth = "precheck", 1, "须双方到场", 3
	marriage.Basics.ModeGround = "民法典 第一千零四十九条"
	marriage.Basics.Agent, marriage.Basics.Appointment, marriage.Basics.Audience = false, true, []string{"1"}
	marriage.Results[0].Delivery = []string{catalog.PickUp}
	marriage.Steps = slices.Delete(marriage.Steps, 1, 2)
	by := []catalog.Offerer{{Unit: "wx-spj", Receiving: "wx-zx"}}
	return map[string]catalog.Def{
		"food":     {BasicCode: "320199001000", OfferedBy: by, Guide: food},
		"marriage": {BasicCode: "320799004000", OfferedBy: by, Guide: marriage},
	}
}
