// Package citytest wires the rooms of a small platform for tests of pages: the
// people and offices of the sample city, and the items that a test names. It
// is for tests only.
//
//	sample/*.yaml ──► identity, channel, catalog, licence ──► City ──► pages under test
package citytest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/calendar"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
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
	"github.com/tongban/tongban/internal/web/caseview"
)

// Password of every account.
const Password = "Demo-2026!"

// City is a wired platform.
type City struct {
	T         testing.TB
	log       audit.Keys
	DB        *db.DB
	Clock     *dbtest.Clock
	Jobs      *jobs.Runner
	Files     *files.Store
	Identity  *identity.Service
	Catalog   *catalog.Service
	Channel   *channel.Service
	Licences  *licence.Service
	Ratings   *rating.Service
	Casework  *casework.Service
	Consult   *consult.Service
	Fees      *fee.Service
	Publicity *publicity.Service
	Notify    *notify.Service
	Door      *gate.Door
	Refs      identity.Refs
	Codes     map[string][]string // item file → codes of its offers, in the file's order
}

var keys = sync.OnceValue(func() *sm.Keyring {
	dir, err := os.MkdirTemp("", "citytest-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // the keys are in memory
	ring, err := sm.LoadOrCreate(dir)
	if err != nil {
		panic(err)
	}
	return ring
})

// Each runs a test in a city of its own on both engines; items are names of
// files below sample/items.
func Each(t *testing.T, items []string, test func(t *testing.T, c *City)) {
	t.Helper()
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) { test(t, New(t, d, clk, items...)) })
}

type contacts struct{}

// Contact: nobody in this city wants messages outside the platform.
func (contacts) Contact(db.Queryer, actor.Party) (notify.Contact, error) {
	return notify.Contact{}, nil
}

// New wires the rooms on a fresh database and loads the city.
func New(t testing.TB, d *db.DB, clk *dbtest.Clock, items ...string) *City {
	t.Helper()
	ctx, vault := context.Background(), keys().Vault()
	c := &City{T: t, DB: d, Clock: clk, Codes: map[string][]string{}}
	c.Jobs = jobs.New(d, jobs.Options{Sealer: vault})
	cal := calendar.New(calendar.Options{DB: d, Record: func(tx *db.Tx, e calendar.Entry) error {
		return audit.Append(tx, audit.Record{Actor: e.Actor, Act: e.Act, Subject: e.Subject, Detail: e.Detail})
	}})
	must(t, cal.EnsureShipped(ctx))
	var err error
	c.Files, err = files.New(ctx, files.Config{DB: d, Vault: vault, URL: t.TempDir(), Spool: t.TempDir()})
	must(t, err)
	t.Cleanup(func() { must(t, c.Files.Close()) })
	c.Identity = identity.New(identity.Config{DB: d, Vault: vault, Now: clk.Now})
	c.Notify, err = notify.New(notify.Config{DB: d, Vault: vault, Contacts: contacts{}, Identity: c.Identity, Titles: casework.MessageTitles(), Enqueue: func(tx *db.Tx, unique string, payload []byte) error {
		return jobs.Enqueue(tx, jobs.Job{Kind: notify.JobKind, Unique: unique, Payload: payload})
	}})
	must(t, err)
	formats := form.Formats{}
	for name, check := range map[string]func(string) ident.Result{"cn-id": ident.CheckResident, "uscc": ident.CheckUSCC, "cn-mobile": ident.CheckMobile} {
		formats[name] = func(s string) (bool, string, string) { r := check(s); return r.Valid, r.Reason.ZH, r.Reason.EN }
	}
	c.Catalog = catalog.New(catalog.Config{DB: d, Identity: c.Identity, Files: c.Files, Formats: formats})
	c.Licences = licence.New(licence.Config{DB: d, Identity: c.Identity, Vault: vault, Signer: keys().Signer()})
	c.Ratings = rating.New(rating.Config{DB: d, Identity: c.Identity, Vault: vault})
	c.Channel = channel.New(channel.Config{DB: d, Identity: c.Identity, Catalog: c.Catalog, Calendar: cal})
	notes, err := keys().Note("tongban")
	must(t, err)
	c.log = audit.Keys{Signers: notes.Signers, Verifiers: notes.Verifiers}
	printer, err := caseview.NewPrinter("https://tongban.example")
	must(t, err)
	c.Fees = fee.New(fee.Config{DB: d, Identity: c.Identity, Vault: vault, URL: "http://localhost:8080",
		Papers: func(tx *db.Tx, a actor.Actor, p fee.Paper) error { return c.Casework.FeePaper(tx, a, p) },
		Aside:  func(q db.Queryer, caseID int64) ([]int64, error) { return c.Casework.Aside(q, caseID) }})
	c.Fees.Handlers(c.Jobs)
	c.Casework = casework.New(casework.Config{Printer: printer, Trust: casework.ArchiveTrust{Signer: notes.Signers[0], Keys: notes.Texts, Origin: "tongban", URL: "https://tongban.example"},
		DB: d, Catalog: c.Catalog, Identity: c.Identity, Calendar: cal, Files: c.Files,
		Licences: c.Licences, Ratings: c.Ratings, Fees: c.Fees, Notify: c.Notify, Vault: vault})
	c.Consult = consult.New(consult.Config{DB: d, Identity: c.Identity, Catalog: c.Catalog, Calendar: cal, Notify: c.Notify, Vault: vault, Cases: c.Casework})
	c.Consult.Handlers(c.Jobs)
	c.Publicity = publicity.New(publicity.Config{DB: d, Identity: c.Identity, Calendar: cal, Catalog: c.Catalog, Casework: c.Casework, Licences: c.Licences, Notify: c.Notify, Vault: vault})
	c.Publicity.Handlers(c.Jobs)
	c.Licences.Handlers(c.Jobs)
	c.Casework.Handlers(c.Jobs)
	c.Door, err = gate.New(gate.Config{DB: d, Identity: c.Identity, Vault: vault, Now: clk.Now})
	must(t, err)
	c.load(items)
	return c
}

// Log is a log that nobody reads.
func Log() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// Messages, ReadMessage and Held are what app hands to the faces.
func (c *City) Messages(ctx context.Context, to actor.Party, cursor int64, limit int) (notify.Page, error) {
	return c.Notify.List(c.DB.Read(ctx), to, cursor, limit)
}

// ReadMessage marks one message as read, 0 all.
func (c *City) ReadMessage(ctx context.Context, to actor.Party, id int64) error {
	return c.DB.Write(ctx, "read", func(tx *db.Tx) error {
		if id == 0 {
			c.Notify.MarkAllRead(tx, to, tx.NewID())
		} else {
			c.Notify.MarkRead(tx, to, id)
		}
		return nil
	})
}

// Staff is a staff member by login.
func (c *City) Staff(login string) actor.Actor {
	c.T.Helper()
	a, err := c.Identity.StaffActor(context.Background(), c.Refs.Staff[login], actor.Window)
	must(c.T, err)
	return a
}

// Person acts for himself, or for the entity whose key is given.
func (c *City) Person(key, entity string) actor.Actor {
	c.T.Helper()
	var party actor.Party
	if entity != "" {
		party = actor.Party{Kind: actor.LegalEntity, ID: c.Refs.Entities[entity]}
	}
	a, err := c.Identity.PersonActor(context.Background(), c.Refs.Persons[key], party, actor.Web)
	must(c.T, err)
	return a
}

// Work runs the jobs that are due.
func (c *City) Work() {
	c.T.Helper()
	_, err := c.Jobs.Drain(context.Background())
	must(c.T, err)
}

// After moves the clock.
func (c *City) After(d time.Duration) { c.Clock.Add(d) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// sample is the folder of the sample city.
func sample() fs.FS {
	_, here, _, _ := runtime.Caller(0)
	return os.DirFS(filepath.Join(filepath.Dir(here), "..", "..", "..", "sample"))
}

func read(t testing.TB, name string, to any) {
	t.Helper()
	b, err := fs.ReadFile(sample(), name)
	must(t, err)
	j, err := yaml.YAMLToJSON(b)
	must(t, err)
	dec := json.NewDecoder(bytes.NewReader(j))
	dec.DisallowUnknownFields()
	if err := dec.Decode(to); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// load imports the people, offices and the named items of the sample city.
func (c *City) load(items []string) {
	t, ctx, a := c.T, context.Background(), actor.Platform()
	t.Helper()
	b := identity.Batch{Demo: true, Password: Password}
	read(t, "divisions.yaml", &b.Divisions)
	read(t, "units.yaml", &b.Units)
	read(t, "persons.yaml", &b.Persons)
	read(t, "entities.yaml", &b.Entities)
	read(t, "mandates.yaml", &b.Mandates)
	read(t, "staff.yaml", &b.Staff)
	var err error
	c.Refs, err = c.Identity.Import(ctx, a, b)
	must(t, err)
	var windows []channel.Window
	read(t, "windows.yaml", &windows)
	must(t, c.Channel.ImportWindows(ctx, a, windows))
	var topics []catalog.Topic
	var els form.Elements
	var types []licence.Type
	read(t, "topics.yaml", &topics)
	read(t, "elements.yaml", &els)
	read(t, "licence-types.yaml", &types)
	must(t, c.Catalog.ImportTopics(ctx, actor.Platform(), topics))
	must(t, c.Catalog.ImportElements(ctx, actor.Platform(), els))
	must(t, c.Licences.ImportTypes(ctx, a, types))
	dir, err := c.Identity.Directory(ctx)
	must(t, err)
	for _, name := range items {
		var def catalog.Def
		read(t, "items/"+name+".yaml", &def)
		if problems, err := c.Catalog.Import(ctx, a, def, els); err != nil {
			t.Fatalf("%s: %v %v", name, err, problems)
		}
		for _, o := range def.OfferedBy {
			u, _ := dir.UnitByKey(o.Unit)
			c.Codes[name] = append(c.Codes[name], u.USCC+def.Guide.Basics.Level+def.BasicCode)
		}
	}
	c.licences(dir)
}

func (c *City) licences(dir *identity.Directory) {
	var list []struct {
		Type   string `json:"type"`
		Holder struct {
			Person string `json:"person"`
			Entity string `json:"entity"`
		} `json:"holder"`
		Number string            `json:"number"`
		Issued string            `json:"issued"`
		Until  string            `json:"until"`
		Issuer string            `json:"issuer"`
		Fields map[string]string `json:"fields"`
	}
	read(c.T, "licences.yaml", &list)
	var held []licence.Issue
	for _, l := range list {
		u, _ := dir.UnitByKey(l.Issuer)
		in := licence.Issue{TypeKey: l.Type, Number: l.Number, Issued: l.Issued, Until: l.Until, Fields: l.Fields,
			Holder: actor.Party{Kind: actor.NaturalPerson, ID: c.Refs.Persons[l.Holder.Person]}, IssuerUnit: u.ID, IssuerName: u.Name, IssuerUSCC: u.USCC}
		if l.Holder.Entity != "" {
			in.Holder = actor.Party{Kind: actor.LegalEntity, ID: c.Refs.Entities[l.Holder.Entity]}
		}
		held = append(held, in)
	}
	must(c.T, c.Licences.ImportHeld(context.Background(), actor.Platform(), held))
}

// SealLog gives the audit records their places, as the sealer does all the time.
func (c *City) SealLog() {
	c.T.Helper()
	if _, err := audit.NewSealer(c.DB, audit.Options{Keys: c.log}).Seal(c.T.Context()); err != nil {
		c.T.Fatal(err)
	}
}
