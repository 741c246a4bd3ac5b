// Package dbtest gives tests a fresh, migrated database on both engines.
//
//	dbtest.Each(t, func(t *testing.T, d *db.DB) { … })
//
// PostgreSQL is the throw-away server named by TONGBAN_TEST_PG; without it the
// test fails with the line to run, it is never skipped. The migrations run
// once per server (a template database named after their content) and once
// per test binary (the bytes of a SQLite file); every test gets a copy.
// The package is for tests alone.
package dbtest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tongban/tongban/internal/db"
)

// Variable names the environment variable with the URL of a throw-away
// PostgreSQL server whose user may create databases.
const Variable = "TONGBAN_TEST_PG"

// Clock is a clock that tests move.
type Clock struct {
	mu sync.Mutex
	t  time.Time
}

// NewClock starts a clock at t.
func NewClock(t time.Time) *Clock { return &Clock{t: t} }

// Now is where the clock stands.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

// Set moves the clock to t, forward or back.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = t
}

// Add moves the clock by d.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// Start is when the clock of Each stands: a Monday morning in Shanghai.
var Start = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

// Each runs test once on SQLite and once on PostgreSQL, each with a database
// of its own.
func Each(t *testing.T, test func(t *testing.T, d *db.DB)) {
	t.Helper()
	EachAt(t, Start, func(t *testing.T, d *db.DB, _ *Clock) { test(t, d) })
}

// EachAt is Each with a clock that starts at start and that the test moves.
func EachAt(t *testing.T, start time.Time, test func(t *testing.T, d *db.DB, clk *Clock)) {
	t.Helper()
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			clk := NewClock(start)
			test(t, Open(t, URL(t, engine), db.Options{Now: clk.Now}), clk)
		})
	}
}

// Open opens a database and closes it when the test ends.
func Open(t testing.TB, rawURL string, o db.Options) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), rawURL, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return d
}

// Prepares fails the test for every statement that one of the engines does not
// understand.
func Prepares(t *testing.T, sqls ...string) {
	t.Helper()
	Each(t, func(t *testing.T, d *db.DB) {
		for _, s := range sqls {
			if err := d.Prepare(t.Context(), s); err != nil {
				t.Error(err)
			}
		}
	})
}

// URL makes a fresh migrated database and gives its address, for tests that
// open it themselves, perhaps twice. It is dropped when the test ends.
func URL(t testing.TB, engine db.Engine) string {
	t.Helper()
	if engine == db.SQLite {
		image, err := image()
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "test.db")
		if err := os.WriteFile(path, image, 0o600); err != nil {
			t.Fatal(err)
		}
		return "sqlite://" + path
	}
	tmpl, err := template()
	if err != nil {
		t.Fatal(err)
	}
	return create(t, tmpl)
}

// Empty makes a database without any table.
func Empty(t testing.TB, engine db.Engine) string {
	t.Helper()
	if engine == db.SQLite {
		return "sqlite://" + filepath.Join(t.TempDir(), "test.db")
	}
	return create(t, "template0")
}

func create(t testing.TB, from string) string {
	t.Helper()
	server, err := server()
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	name := "test_" + word()
	if err := admin(ctx, server, createDatabase(name, from)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := admin(ctx, server, `DROP DATABASE `+name+` WITH (FORCE)`); err != nil {
			t.Errorf("drop: %v", err)
		}
	})
	return database(server, name)
}

func createDatabase(name, from string) string {
	return `CREATE DATABASE ` + name + ` TEMPLATE ` + from + ` ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`
}

func word() string {
	b := make([]byte, 8)
	rand.Read(b)
	return hex.EncodeToString(b)
}

func server() (*url.URL, error) {
	v := os.Getenv(Variable)
	if v == "" {
		return nil, fmt.Errorf("%s is empty: run `make test`, which starts a throw-away PostgreSQL, or set it to the URL of one", Variable)
	}
	u, err := url.Parse(v)
	if err != nil {
		return nil, fmt.Errorf("%s is not a URL", Variable)
	}
	return u, nil
}

func database(server *url.URL, name string) string {
	u := *server
	u.Path = "/" + name
	return u.String()
}

func admin(ctx context.Context, server *url.URL, sql string) error {
	c, err := pgx.Connect(ctx, server.String())
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	_, err = c.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol)
	return err
}

// image is a migrated SQLite file, made once per test binary.
var image = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "tongban-dbtest-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "image.db")
	if err := migrate("sqlite://" + path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// template is the name of a migrated PostgreSQL database. It is named after the
// migrations, so that all test binaries share it; a lock lets one of them make it.
var template = sync.OnceValues(func() (string, error) {
	server, err := server()
	if err != nil {
		return "", err
	}
	ctx := context.Background()
	ddl, err := db.Schema(db.Postgres)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(ddl))
	name := "tmpl_" + hex.EncodeToString(sum[:8])
	c, err := pgx.Connect(ctx, server.String())
	if err != nil {
		return "", err
	}
	defer c.Close(ctx) // also lets the lock go
	if _, err := c.Exec(ctx, "SELECT pg_advisory_lock(7260421)"); err != nil {
		return "", err
	}
	var n int
	if err := c.QueryRow(ctx, "SELECT count(*) FROM pg_database WHERE datname = $1", name).Scan(&n); err != nil || n == 1 {
		return name, err
	}
	draft := "draft_" + word()
	if _, err := c.Exec(ctx, createDatabase(draft, "template0"), pgx.QueryExecModeSimpleProtocol); err != nil {
		return "", err
	}
	if err := migrate(database(server, draft)); err != nil {
		_, derr := c.Exec(ctx, "DROP DATABASE "+draft+" WITH (FORCE)", pgx.QueryExecModeSimpleProtocol)
		return "", fmt.Errorf("%w (%v)", err, derr)
	}
	for range 50 { // the migration's connections may need a moment to go
		_, err = c.Exec(ctx, "ALTER DATABASE "+draft+" RENAME TO "+name, pgx.QueryExecModeSimpleProtocol)
		if err == nil || !strings.Contains(err.Error(), "55006") {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	return name, err
})

func migrate(rawURL string) error {
	ctx := context.Background()
	d, err := db.Open(ctx, rawURL, db.Options{Now: func() time.Time { return Start }})
	if err != nil {
		return err
	}
	if _, err := d.Migrate(ctx); err != nil {
		d.Close()
		return err
	}
	return d.Close()
}
