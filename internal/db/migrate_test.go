package db_test

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
)

func empty(t *testing.T, test func(t *testing.T, at string, d *db.DB)) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			at := dbtest.Empty(t, e)
			test(t, at, dbtest.Open(t, at, db.Options{Now: now}))
		})
	}
}

func sqlFiles(pairs ...string) fs.FS {
	m := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + pairs[i+1])}
	}
	return m
}

func has(t *testing.T, d *db.DB, table string) bool {
	t.Helper()
	return d.Prepare(t.Context(), "SELECT * FROM "+table) == nil
}

func TestMigrate(t *testing.T) {
	empty(t, func(t *testing.T, at string, d *db.DB) {
		ctx := t.Context()
		if v, err := d.SchemaVersion(ctx); v != 0 || err != nil {
			t.Errorf("version %d %v", v, err)
		}
		all, err := d.Pending(ctx)
		if err != nil || len(all) == 0 {
			t.Fatalf("%v %v", all, err)
		}
		names, err := d.Migrate(ctx)
		if err != nil || !slices.Equal(names, all) {
			t.Fatalf("%v %v, want %v", names, err, all)
		}
		if d.NewID() <= 0 {
			t.Error("no key")
		}
		if left, err := d.Pending(ctx); err != nil || len(left) != 0 {
			t.Errorf("%v %v", left, err)
		}
		if names, err := d.Migrate(ctx); err != nil || len(names) != 0 {
			t.Errorf("again: %v %v", names, err)
		}
		if v, err := d.SchemaVersion(ctx); v < 3 || err != nil {
			t.Errorf("version %d %v", v, err)
		}
		r := dbtest.Open(t, at, db.Options{Now: now, ReadOnly: true})
		if left, err := r.Pending(ctx); err != nil || len(left) != 0 {
			t.Errorf("read-only: %v %v", left, err)
		}
	})
}

func TestMigrate_words(t *testing.T) {
	empty(t, func(t *testing.T, _ string, d *db.DB) {
		ctx := t.Context()
		_, err := d.MigrateFrom(ctx, sqlFiles(
			"0001_a.sql", "CREATE TABLE a (id {{KEY}}, b {{BLOB}}, n BIGINT NOT NULL, ok BOOLEAN NOT NULL DEFAULT TRUE, t TEXT) {{STRICT}};",
			"0002_b.sqlite.sql", "CREATE TABLE lite (id INTEGER PRIMARY KEY) STRICT;",
			"0002_b.postgres.sql", "CREATE TABLE pg (id BIGINT PRIMARY KEY, v TSVECTOR);"))
		must(t, err)
		if lite, pg := has(t, d, "lite"), has(t, d, "pg"); lite == pg || lite != (d.Engine() == db.SQLite) {
			t.Errorf("lite %v, pg %v", lite, pg)
		}
		if _, err := d.MigrateFrom(ctx, sqlFiles("0003_c.sql", "CREATE TABLE c (id {{KEI}});")); err == nil || !strings.Contains(err.Error(), "unknown word") {
			t.Error(err)
		}
	})
}

// TestMigrate_fails: a migration whose second statement fails leaves nothing,
// not even its first; the ones before it stay, and it can be tried again.
func TestMigrate_fails(t *testing.T) {
	empty(t, func(t *testing.T, _ string, d *db.DB) {
		ctx := t.Context()
		names, err := d.MigrateFrom(ctx, sqlFiles("0001_a.sql", "CREATE TABLE a (id {{KEY}});",
			"0002_b.sql", "CREATE TABLE b (id {{KEY}});\nINSERT INTO a (id) VALUES (1);\nINSERT INTO nowhere (id) VALUES (1);",
			"0003_c.sql", "CREATE TABLE c (id {{KEY}});"))
		if err == nil {
			t.Fatal("worked")
		}
		if v, _ := d.SchemaVersion(ctx); v != 1 || !has(t, d, "a") || has(t, d, "b") || has(t, d, "c") {
			t.Errorf("applied %v, version %d", names, v)
		}
		var n int
		must(t, d.Read(ctx).QueryRow("SELECT count(*) FROM a").Scan(&n))
		if n != 0 {
			t.Error("half a migration is left")
		}
		_, err = d.MigrateFrom(ctx, sqlFiles("0001_a.sql", "", "0002_b.sql", "CREATE TABLE b (id {{KEY}});", "0003_c.sql", "CREATE TABLE c (id {{KEY}});"))
		if err != nil || !has(t, d, "c") {
			t.Error(err)
		}
	})
}

// TestMigrate_gaps: rooms have ranges of numbers and add in their own time.
func TestMigrate_gaps(t *testing.T) {
	empty(t, func(t *testing.T, _ string, d *db.DB) {
		ctx := t.Context()
		_, err := d.MigrateFrom(ctx, sqlFiles("0010_a.sql", "CREATE TABLE a (id {{KEY}});"))
		must(t, err)
		names, err := d.MigrateFrom(ctx, sqlFiles("0005_b.sql", "CREATE TABLE b (id {{KEY}});", "0010_a.sql", "", "0020_c.sql", "CREATE TABLE c (id {{KEY}});"))
		if err != nil || len(names) != 2 || !has(t, d, "b") || !has(t, d, "c") {
			t.Errorf("%v %v", names, err)
		}
	})
}

// TestMigrate_together: nodes of a cluster that start at the same time.
func TestMigrate_together(t *testing.T) {
	at := dbtest.Empty(t, db.Postgres)
	var wg sync.WaitGroup
	for range 3 {
		d := dbtest.Open(t, at, db.Options{Now: now})
		wg.Go(func() {
			if _, err := d.Migrate(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// TestMigrations reads the migrations of all rooms: each in a transaction,
// only adding, tables strict, no type that the engines treat differently.
func TestMigrations(t *testing.T) {
	list, err := fs.Glob(os.DirFS("migrations"), "*.sql")
	must(t, err)
	if len(list) == 0 {
		t.Fatal("none")
	}
	comment := regexp.MustCompile(`(?m)--.*$`)
	table := regexp.MustCompile(`(?is)CREATE TABLE.*?;`)
	for _, f := range list {
		raw, err := os.ReadFile("migrations/" + f)
		must(t, err)
		if !strings.Contains(string(raw), "-- +goose Up") || strings.Contains(string(raw), "NO TRANSACTION") || strings.Contains(string(raw), "+goose Down") {
			t.Errorf("%s: one Up part, in a transaction", f)
		}
		if strings.Count(f, ".") > 1 {
			continue // for one engine
		}
		text := comment.ReplaceAllString(string(raw), "")
		text = strings.ReplaceAll(text, "DROP INDEX", "") // one may give way to a wider one, on which an earlier program runs too
		for _, s := range table.FindAllString(text, -1) {
			if !strings.Contains(s, "{{STRICT}}") {
				t.Errorf("%s: not strict: %.40q", f, s)
			}
		}
		for _, word := range []string{"TIMESTAMP", "SERIAL", "IDENTITY", "AUTOINCREMENT", "JSONB", "VARCHAR", "NUMERIC", "REAL", "BYTEA", "DROP"} {
			if regexp.MustCompile(`\b` + word + `\b`).MatchString(text) {
				t.Errorf("%s: %s", f, word)
			}
		}
	}
}
