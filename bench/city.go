package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/app"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/jobs"
	"github.com/tongban/tongban/internal/notify"
	"github.com/tongban/tongban/sample"
)

// clients is how many people act at the same time, in every part.
const clients = 16

// filesEach is how many stored files each client has to hand in.
const filesEach = 60

// firstFile is the id of the first of them.
const firstFile = int64(1) << 40

// city is the sample city in a database of its own, with its rooms open.
type city struct {
	*app.Rooms
	engine string
	url    string
	dir    string
	people []actor.Actor
	item   *catalog.Item
	guide  *catalog.Version
	files  []files.Ref // clients × filesEach, with ids that follow one another
	drop   func() error
	asked  int // questions before the recorded act
}

// newCity makes the city. Messages about cases leave it by a channel that
// throws them away, so every act has its outgoing job.
func (b *bench) newCity(ctx context.Context, engine, name string) (_ *city, err error) {
	c := &city{engine: engine, dir: filepath.Join(b.dir, engine+"-"+name)}
	conf, err := app.DemoConfig(c.dir, "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c.drop = func() error { return os.RemoveAll(c.dir) }
	if engine == "postgres" {
		if conf.Database, c.drop, err = newDatabase(ctx, b.pg, "tongban_bench_"+name); err != nil {
			return nil, err
		}
	}
	c.url = conf.Database
	defer func() {
		if err != nil {
			err = errors.Join(err, c.close())
		}
	}()
	if c.Rooms, err = app.Open(ctx, conf, time.Now, slog.New(slog.DiscardHandler)); err != nil {
		return nil, err
	}
	folder, err := app.ReadFolder(sample.City)
	if err != nil {
		return nil, err
	}
	if _, err = c.Import(ctx, folder, app.ImportOptions{Demo: true, Password: "demo"}); err != nil {
		return nil, err
	}
	if err = c.outgoing(); err != nil {
		return nil, err
	}
	return c, errors.Join(c.applicants(ctx), c.store(ctx))
}

// outgoing gives casework a notify room with a provider.
func (c *city) outgoing() (err error) {
	conf := notify.Config{DB: c.DB, Vault: c.Keys.Vault(), Contacts: c.Identity, Providers: map[notify.Way]notify.Provider{notify.SMS: nowhere{}},
		Enqueue: func(tx *db.Tx, unique string, payload []byte) error {
			return jobs.Enqueue(tx, jobs.Job{Kind: notify.JobKind, Unique: unique, Payload: payload})
		}}
	if c.Notify, err = notify.New(conf); err != nil {
		return err
	}
	work := c.Casework.Config
	work.Notify = c.Notify
	c.Casework = casework.New(work)
	return nil
}

// nowhere is a provider that delivers at once and to nobody.
type nowhere struct{}

// Send throws the message away.
func (nowhere) Send(context.Context, notify.Parcel) (string, error) { return "", nil }

// applicants finds who applies, and for what: 临时占用城市绿化用地审批, a licence item
// with three required materials.
func (c *city) applicants(ctx context.Context) error {
	ids, err := c.Identity.DemoIDs(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids.Persons {
		a, err := c.Identity.PersonActor(ctx, id, actor.Party{}, actor.Web)
		if err != nil {
			return err
		}
		if contact, err := c.Identity.Contact(c.DB.Read(ctx), a.For); err != nil || contact.Phone == "" {
			continue // nobody to send a message to
		}
		c.people = append(c.people, a)
	}
	page, err := c.Catalog.Search(ctx, catalog.Query{Text: "占用城市绿化用地", Limit: 1})
	if err != nil {
		return err
	}
	if len(page.Items) == 0 || len(c.people) == 0 {
		return fmt.Errorf("the sample city has %d people and %d such items", len(c.people), len(page.Items))
	}
	c.item, c.guide, err = c.Catalog.Guide(ctx, page.Items[0].Code)
	return err
}

// answers fill the form of that item.
var answers = form.Values{"orgName": "演示单位", "contact": "演示人员", "contactPhone": "13000000011", "place": "无锡市梁溪区演示路1号绿地",
	"area": 12.5, "why": "地下管线施工，需要临时占用绿地堆放材料，完工后恢复原状。", "trees": false,
	"startDate": "2026-12-01", "endDate": "2026-12-20", "promise": true}

// store takes one file in and then gives every client rows of its own, as
// uploads of different people are.
func (c *city) store(ctx context.Context) error {
	ref, err := c.Files.Put(ctx, bytes.NewReader(onePage), files.Meta{Name: "a.pdf", Types: []files.Type{files.PDF}})
	if err != nil {
		return err
	}
	const copyFile = `INSERT INTO file (id, digest, object, state, size, type, hash, key_id, refs, created_at, loose_at)
		SELECT $2, digest || CAST($3 AS TEXT), object, state, size, type, hash, key_id, refs, created_at, loose_at FROM file WHERE id = $1`
	for i := range int64(clients * filesEach) {
		r := ref
		r.ID = firstFile + i
		c.files = append(c.files, r)
	}
	return c.DB.Write(ctx, "bench.files", func(tx *db.Tx) error {
		for i, r := range c.files {
			tx.Queue(copyFile, ref.ID, r.ID, fmt.Sprint("/", i))
		}
		return nil
	})
}

// onePage is a small PDF.
var onePage = []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
	"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")

// application is the i-th one of a client.
func (c *city) application(client, i int) (actor.Actor, casework.Application) {
	a := c.people[client%len(c.people)]
	in := casework.Application{ItemCode: c.item.Code, Party: a.For, Values: answers, Consent: true, Delivery: casework.Delivery{Way: catalog.PickUp}}
	for k, m := range []string{"m02", "m03", "m04"} {
		f := c.files[client*filesEach+(i*3+k)%filesEach]
		in.Materials = append(in.Materials, casework.HandedIn{Code: m, Files: []casework.NamedFile{{Ref: f, Name: "材料" + m + ".pdf"}}})
	}
	return a, in
}

// apply hands one application in.
func (c *city) apply(ctx context.Context, client, i int) error {
	a, in := c.application(client, i)
	_, err := c.Casework.Apply(ctx, a, in)
	return err
}

func (c *city) close() error {
	var err error
	if c.Rooms != nil {
		err = c.Rooms.Close()
	}
	return errors.Join(err, c.drop())
}

var databases atomic.Int64

// newDatabase makes a PostgreSQL database and gives its URL and how to drop it.
func newDatabase(ctx context.Context, server, name string) (string, func() error, error) {
	name = fmt.Sprintf("%s_%d_%d", name, os.Getpid(), databases.Add(1))
	do := func(ctx context.Context, text string) error {
		conn, err := pgx.Connect(ctx, server)
		if err != nil {
			return err
		}
		_, err = conn.Exec(ctx, text)
		return errors.Join(err, conn.Close(ctx))
	}
	if err := do(ctx, "CREATE DATABASE "+name+" TEMPLATE template0 LOCALE 'C' ENCODING 'UTF8'"); err != nil {
		return "", nil, err
	}
	u, err := url.Parse(server)
	if err != nil {
		return "", nil, err
	}
	u.Path = "/" + name
	return u.String(), func() error { return do(context.WithoutCancel(ctx), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") }, nil
}
