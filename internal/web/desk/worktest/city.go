package worktest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

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
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/caseview"
	"github.com/tongban/tongban/internal/web/console"
	"github.com/tongban/tongban/internal/web/desk"
	"github.com/tongban/tongban/internal/web/steward"
	"github.com/tongban/tongban/internal/web/webtest"
	"github.com/tongban/tongban/sample"
)

// Password of every account.
const Password = "Demo-2026!"

// Item names one of the items of the city, by its file.
type Item string

// The items.
const (
	Road     Item = "road-occupy-dig"   // two departments review side by side
	Marriage Item = "marriage-register" // pre-review, then the window
)

// City is a working city. Its rooms are open to tests.
type City struct {
	T         *testing.T
	DB        *db.DB
	Clock     *dbtest.Clock
	Identity  *identity.Service
	Casework  *casework.Service
	Consult   *consult.Service
	Fees      *fee.Service
	Channel   *channel.Service
	Catalog   *catalog.Service
	Notify    *notify.Service
	Files     *files.Store
	Jobs      *jobs.Runner
	Sealer    *audit.Sealer
	Assess    *assess.Service
	Publicity *publicity.Service
	Door      *gate.Door
	Refs      identity.Refs
	Handler   http.Handler
	Logs      *bytes.Buffer

	codes    map[Item]string
	elements form.Elements
}

var keys = sync.OnceValue(func() *sm.Keyring {
	dir, err := os.MkdirTemp("", "tongban-work-")
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

// Each runs a test on both engines, each with a city of its own, on a Monday
// morning.
func Each(t *testing.T, test func(c *City)) {
	t.Helper()
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) { test(New(t, d, clk)) })
}

// New builds the city.
func New(t *testing.T, d *db.DB, clk *dbtest.Clock) *City {
	t.Helper()
	ctx := t.Context()
	vault := keys().Vault()
	c := &City{T: t, DB: d, Clock: clk, codes: map[Item]string{}, Logs: &bytes.Buffer{}}
	c.Jobs = jobs.New(d, jobs.Options{Sealer: vault})
	notes, err := keys().Note("tongban")
	c.Must(err)
	auditKeys := audit.Keys{Signers: notes.Signers, Verifiers: notes.Verifiers}
	c.Sealer = audit.NewSealer(d, audit.Options{Keys: auditKeys})
	cal := calendar.New(calendar.Options{DB: d, Record: func(tx *db.Tx, e calendar.Entry) error {
		return audit.Append(tx, audit.Record{Actor: e.Actor, Act: e.Act, Subject: e.Subject, Detail: e.Detail})
	}})
	c.Must(cal.EnsureShipped(ctx))
	c.Files, err = files.New(ctx, files.Config{DB: d, Vault: vault, URL: t.TempDir(), Spool: t.TempDir()})
	c.Must(err)
	t.Cleanup(func() { c.Must(c.Files.Close()) })
	c.Identity = identity.New(identity.Config{DB: d, Vault: vault, Now: clk.Now})
	c.Notify, err = notify.New(notify.Config{DB: d, Vault: vault, Contacts: c.Identity, Identity: c.Identity, Titles: casework.MessageTitles(), Enqueue: func(tx *db.Tx, unique string, payload []byte) error {
		return jobs.Enqueue(tx, jobs.Job{Kind: notify.JobKind, Unique: unique, Payload: payload})
	}})
	c.Must(err)
	c.Jobs.Handle(notify.JobKind, func(ctx context.Context, j jobs.Job) error { return c.Notify.Deliver(ctx, j.Payload, j.Attempt) })
	c.Catalog = catalog.New(catalog.Config{DB: d, Identity: c.Identity, Files: c.Files, Formats: formats(), Vault: vault, URL: "http://city.test", Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		Assist: channel.AssistWindows, Banks: channel.BankOutlets, Effects: []catalog.EffectLister{casework.InHand{DB: d}, channel.Reach{DB: d}}})
	c.Catalog.Handlers(c.Jobs)
	lic := licence.New(licence.Config{DB: d, Identity: c.Identity, Vault: vault, Signer: keys().Signer()})
	printer, err := caseview.NewPrinter("https://tongban.example")
	c.Must(err)
	c.Fees = fee.New(fee.Config{DB: d, Identity: c.Identity, Vault: vault, URL: "http://city.test",
		Papers: func(tx *db.Tx, a actor.Actor, p fee.Paper) error { return c.Casework.FeePaper(tx, a, p) },
		Aside:  func(q db.Queryer, caseID int64) ([]int64, error) { return c.Casework.Aside(q, caseID) }})
	c.Fees.Handlers(c.Jobs)
	c.Casework = casework.New(casework.Config{Printer: printer, Trust: casework.ArchiveTrust{Signer: notes.Signers[0], Keys: notes.Texts, Origin: "tongban", URL: "https://tongban.example"},
		DB: d, Catalog: c.Catalog, Identity: c.Identity, Calendar: cal, Files: c.Files, Licences: lic,
		Ratings: rating.New(rating.Config{DB: d, Identity: c.Identity, Vault: vault}), Fees: c.Fees, Notify: c.Notify, Vault: vault})
	c.Channel = channel.New(channel.Config{DB: d, Identity: c.Identity, Catalog: c.Catalog, Calendar: cal})
	c.Consult = consult.New(consult.Config{DB: d, Identity: c.Identity, Catalog: c.Catalog, Calendar: cal, Notify: c.Notify, Vault: vault, Cases: c.Casework})
	c.Consult.Handlers(c.Jobs)
	c.Assess = assess.New(assess.Config{DB: d, Identity: c.Identity, Calendar: cal})
	c.Publicity = publicity.New(publicity.Config{DB: d, Identity: c.Identity, Calendar: cal, Catalog: c.Catalog, Casework: c.Casework, Licences: lic, Notify: c.Notify, Vault: vault})
	c.Publicity.Handlers(c.Jobs)
	lic.Handlers(c.Jobs)
	c.Casework.Handlers(c.Jobs)
	c.fill(ctx, lic)
	c.open(auditKeys, lic)
	return c
}

func formats() form.Formats {
	check := func(f func(string) ident.Result) func(string) (bool, string, string) {
		return func(s string) (bool, string, string) { r := f(s); return r.Valid, r.Reason.ZH, r.Reason.EN }
	}
	return form.Formats{"cn-id": check(ident.CheckResident), "uscc": check(ident.CheckUSCC), "cn-mobile": check(ident.CheckMobile)}
}

// fill loads people and two items of the sample city.
func (c *City) fill(ctx context.Context, lic *licence.Service) {
	c.T.Helper()
	batch := identity.Batch{Demo: true, Password: Password}
	c.read("divisions.yaml", &batch.Divisions)
	c.read("units.yaml", &batch.Units)
	c.read("persons.yaml", &batch.Persons)
	c.read("entities.yaml", &batch.Entities)
	c.read("staff.yaml", &batch.Staff)
	for login, role := range map[string]actor.Role{"steward-bh": actor.ItemSteward, "itemreviewer-bh": actor.ItemReviewer} { // another district's
		batch.Staff = append(batch.Staff, identity.StaffInput{Login: login, Name: login, Unit: "bh-spj", Roles: []identity.RoleInput{{Role: role, Unit: "bh-gov"}}})
	}
	var err error
	c.Refs, err = c.Identity.Import(ctx, actor.Platform(), batch)
	c.Must(err)
	var types []licence.Type
	c.read("licence-types.yaml", &types)
	c.Must(lic.ImportTypes(ctx, actor.Platform(), types))
	var topics []catalog.Topic
	c.read("topics.yaml", &topics)
	c.Must(c.Catalog.ImportTopics(ctx, actor.Platform(), topics))
	var els form.Elements
	c.read("elements.yaml", &els)
	c.Must(c.Catalog.ImportElements(ctx, actor.Platform(), els))
	c.elements = els
	c.Import(Road, Marriage)
}

// Import loads more items of the sample city.
func (c *City) Import(items ...Item) {
	c.T.Helper()
	ctx, els := c.T.Context(), c.elements
	dir, err := c.Identity.Directory(ctx)
	c.Must(err)
	for _, item := range items {
		var def catalog.Def
		c.read("items/"+string(item)+".yaml", &def)
		if problems, err := c.Catalog.Import(ctx, actor.Platform(), def, els); err != nil {
			c.T.Fatalf("%s: %v %v", item, err, problems)
		}
		u, _ := dir.UnitByKey(def.OfferedBy[0].Unit)
		page, err := c.Catalog.Search(ctx, catalog.Query{Unit: u.Key, Text: def.Guide.Basics.Name})
		c.Must(err)
		if len(page.Items) == 0 {
			c.T.Fatalf("%s is not found", item)
		}
		c.codes[item] = page.Items[0].Code
	}
}

func (c *City) read(name string, to any) {
	c.T.Helper()
	b, err := sample.City.ReadFile(name)
	c.Must(err)
	j, err := yaml.YAMLToJSON(b)
	c.Must(err)
	c.Must(json.Unmarshal(j, to))
}

// open puts the pages behind the door.
func (c *City) open(auditKeys audit.Keys, lic *licence.Service) {
	c.T.Helper()
	door, err := gate.New(gate.Config{DB: c.DB, Identity: c.Identity, Vault: keys().Vault(), Now: c.Clock.Now})
	c.Must(err)
	c.Door = door
	log := slog.New(slog.NewTextHandler(c.Logs, nil))
	rt, err := web.New(web.Options{Site: webtest.Site(), Log: log, Login: func(string) string { return "/desk/login" },
		Actor: func(r *http.Request) actor.Actor {
			a, _ := gate.Actor(r.Context()) // trouble is met again by the handler
			return a
		}})
	c.Must(err)
	style, err := caseview.NewStyle()
	c.Must(err)
	record := func(ctx context.Context, r audit.Record) error {
		return c.DB.Write(ctx, "audit.record", func(tx *db.Tx) error { return audit.Append(tx, r) })
	}
	onJob := func(name string, do func(*db.Tx, int64) error) func(context.Context, actor.Actor, int64) error {
		return func(ctx context.Context, a actor.Actor, id int64) error {
			return c.DB.Write(ctx, name, func(tx *db.Tx) error {
				if err := do(tx, id); err != nil {
					return err
				}
				return audit.Append(tx, audit.Record{Actor: a, Act: name, Subject: "job/" + strconv.FormatInt(id, 10)})
			})
		}
	}
	mux := http.NewServeMux()
	rt.Routes(mux)
	style.Routes(mux)
	desk.New(desk.Config{Renderer: rt, Style: style, Door: door, Casework: c.Casework, Consult: c.Consult, Identity: c.Identity, Catalog: c.Catalog, Fees: c.Fees, Publicity: c.Publicity, Channel: c.Channel,
		Files: c.Files, Notify: c.Notify, Vault: keys().Vault(), Now: c.Clock.Now, BaseURL: "http://city.test", Demo: true, Record: record,
		Party: func(ctx context.Context, p actor.Party) (identity.PartyInfo, error) {
			return c.Identity.Party(c.DB.Read(ctx), p)
		},
		Held: func(ctx context.Context, _ actor.Actor, p actor.Party) ([]licence.Licence, error) {
			return lic.HeldValid(c.DB.Read(ctx), p)
		}, Ending: lic.ToDeregister}).Routes(mux)
	sheets := sheet.New(c.DB, c.Identity, c.Catalog)
	sheets.Handlers(c.Jobs)
	steward.New(steward.Config{Renderer: rt, Style: style, Identity: c.Identity, Catalog: c.Catalog, Cases: c.Casework, Sheets: sheets, Files: c.Files}).Routes(mux)
	console.New(console.Config{Renderer: rt, Door: door, Identity: c.Identity, Assess: c.Assess, Fees: c.Fees, Consult: c.Consult, Catalog: c.Catalog, Publicity: c.Publicity, Notify: c.Notify, Channel: c.Channel, Now: c.DB.Now,
		Audit: console.AuditLog{
			Feed: func(ctx context.Context, f audit.Filter, before int64, limit int) ([]audit.Entry, error) {
				return audit.Feed(c.DB.Read(ctx), f, before, limit)
			},
			Entries: func(ctx context.Context, subject string, after int64, limit int) ([]audit.Entry, error) {
				return audit.Entries(c.DB.Read(ctx), subject, after, limit)
			},
			Verify: func(ctx context.Context) (audit.Report, error) { return audit.Verify(ctx, c.DB, auditKeys) },
			Looked: func(ctx context.Context, a actor.Actor, act, subject string) error {
				return record(ctx, audit.Record{Actor: a, Act: act, Subject: subject})
			}},
		Jobs: console.JobList{
			Depth: func(ctx context.Context) (jobs.Depth, error) { return jobs.Look(c.DB.Read(ctx), c.Clock.Now()) },
			Dead: func(ctx context.Context, after int64, limit int) ([]jobs.Corpse, error) {
				return jobs.Dead(c.DB.Read(ctx), after, limit)
			},
			Requeue: onJob("job.requeue", jobs.Requeue), Discard: onJob("job.discard", jobs.Discard)},
	}).Routes(mux)
	c.Handler = door.SameOrigin(door.Identify(rt.Wrap(rt.Mux(mux))), rt.Fail)
}

// Must fails the test for an error.
func (c *City) Must(err error) {
	c.T.Helper()
	if err != nil {
		c.T.Fatal(err)
	}
}

// Code is the code of an item as the district's own office offers it.
func (c *City) Code(item Item) string { return c.codes[item] }

// Person acts for himself, by the key of persons.yaml.
func (c *City) Person(key string) actor.Actor {
	c.T.Helper()
	a, err := c.Identity.PersonActor(c.T.Context(), c.Refs.Persons[key], actor.Party{}, actor.Web)
	c.Must(err)
	return a
}

// Staff is a staff member as the desk lets them in.
func (c *City) Staff(login string) actor.Actor {
	c.T.Helper()
	a, err := c.Identity.StaffActor(c.T.Context(), c.Refs.Staff[login], actor.Web)
	c.Must(err)
	return a
}

// Company acts for an entity as its legal representative.
func (c *City) Company(entity, rep string) actor.Actor {
	c.T.Helper()
	a, err := c.Identity.PersonActor(c.T.Context(), c.Refs.Persons[rep], actor.Party{Kind: actor.LegalEntity, ID: c.Refs.Entities[entity]}, actor.Web)
	c.Must(err)
	return a
}

// pdf is a small document.
const pdf = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\nxref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \ntrailer<</Size 3/Root 1 0 R>>\nstartxref\n99\n%%EOF\n"

// Road answers of a whole application.
func roadAnswers() form.Values {
	return form.Values{"orgName": "无锡运河样本市政工程有限公司", "idKind": "uscc", "uscc": "91320213MAXX00031W", "contact": "蒋涛", "contactPhone": "13000000021",
		"project": "演示路供水管改造", "kind": "occupy", "road": "演示路（甲路至乙路段）南侧人行道", "lanes": []any{"walk"}, "occupyArea": 12.5,
		"startDate": "2026-04-01", "endDate": "2026-04-20", "night": false, "contractor": "无锡运河样本市政工程有限公司", "siteManager": "蒋涛",
		"sitePhone": "13000000021", "safety": "设置围挡和警示灯，完工当日恢复。", "promise": true}
}

// Apply hands an application for the road item in, as a company, to be picked
// up at the window, with one document for every material that is asked.
func (c *City) Apply() string {
	c.T.Helper()
	return c.ApplyFor(c.Company("yunhe-shizheng", "jiang-tao"), Road, roadAnswers(), casework.Delivery{Way: catalog.PickUp})
}

// ApplyFor hands an application in.
func (c *City) ApplyFor(a actor.Actor, item Item, values form.Values, delivery casework.Delivery) string {
	c.T.Helper()
	return c.ApplyWith(a, item, values, delivery, casework.Promise{})
}

// ApplyWith is ApplyFor with a promise and without some materials.
func (c *City) ApplyWith(a actor.Actor, item Item, values form.Values, delivery casework.Delivery, promise casework.Promise, without ...string) string {
	c.T.Helper()
	ctx := c.T.Context()
	_, v, err := c.Catalog.Guide(ctx, c.Code(item))
	c.Must(err)
	ref, err := c.Files.Put(ctx, bytes.NewReader([]byte(pdf)), files.Meta{Name: "方案.pdf"})
	c.Must(err)
	in := casework.Application{ItemCode: c.Code(item), Values: v.Form().Prune(v.Form().Normalise(values)), Consent: true, Delivery: delivery, Promise: promise}
	for _, m := range v.Guide.Asked(in.Values) {
		if (m.Required() || m.Tolerant()) && !slices.Contains(without, m.Code) {
			in.Materials = append(in.Materials, casework.HandedIn{Code: m.Code, Files: []casework.NamedFile{{Ref: ref, Name: m.Name + ".pdf"}}})
		}
	}
	k, err := c.Casework.Apply(ctx, a, in)
	c.Must(err)
	return k.No
}

// MarriageAnswers of a whole application.
func MarriageAnswers() form.Values {
	return form.Values{"nameA": "赵明轩", "idA": "320213199501069937", "phoneA": "13000000014", "nationA": "汉族", "statusA": "single", "hukouA": "无锡市梁溪区演示家园8幢",
		"nameB": "陈佳怡", "idB": "320213199004129927", "phoneB": "13000000011", "nationB": "汉族", "statusB": "single", "hukouB": "无锡市梁溪区演示新村12号",
		"anyDivorced": false, "noKin": true, "visitDate": "2026-03-10", "photo": "onsite", "promise": true}
}

// Later moves the clock.
func (c *City) Later(d time.Duration) { c.Clock.Add(d) }

// Body reads an answer's body.
func body(r io.Reader) string {
	b, err := io.ReadAll(r)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// RecordNumber is the number of the record of the case's hearing.
func (c *City) RecordNumber(no string) string {
	c.T.Helper()
	v, err := c.Casework.View(c.T.Context(), actor.Platform(), no)
	c.Must(err)
	return v.Sides.Hearing.Record.Number
}
