package db_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
)

func now() time.Time { return dbtest.Start }

func openLite(t *testing.T) *db.DB {
	t.Helper()
	d := dbtest.Open(t, dbtest.URL(t, db.SQLite), db.Options{Now: now})
	fresh(t, d)
	return d
}

// TestGroup: acts that wait share a commit; one that fails, panics or ends its
// goroutine takes nobody with it, and one that gives up leaves no trace.
func TestGroup(t *testing.T) {
	d := openLite(t)
	ctx := t.Context()
	hold, held := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { // the others queue up behind this one
		err := d.Write(ctx, "test.first", func(tx *db.Tx) error { close(held); <-hold; add(tx, 1000, "first"); return nil })
		if err != nil {
			t.Error(err)
		}
	})
	<-held
	before := d.Stats()
	no := errors.New("no")
	const n = 40
	var done sync.Map
	for i := range n {
		wg.Go(func() {
			c := ctx
			if i%8 == 4 {
				var cancel context.CancelFunc
				c, cancel = context.WithTimeout(ctx, time.Millisecond)
				defer cancel()
			}
			defer func() {
				if r := recover(); r != nil && i%8 != 2 {
					t.Errorf("act %d: %v", i, r)
				}
			}()
			err := d.Write(c, "test.group", func(tx *db.Tx) error {
				add(tx, int64(i), fmt.Sprint(i))
				switch i % 8 {
				case 1:
					return no
				case 2:
					panic("oh")
				case 3:
					add(tx, 5000+int64(i), fmt.Sprint(i)) // not unique
				}
				return nil
			})
			done.Store(i, err)
		})
	}
	for d.Stats().Acts < before.Acts+n {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(20 * time.Millisecond) // those that wait a millisecond give up
	close(hold)
	wg.Wait()
	for i := range n {
		got, ok := done.Load(i)
		err, _ := got.(error)
		stored := count(t, d.Read(ctx), fmt.Sprintf("id = %d", i)) == 1
		switch i % 8 {
		case 1:
			if err != no || stored {
				t.Errorf("act %d: %v, stored %v", i, err, stored)
			}
		case 2:
			if ok || stored {
				t.Errorf("act %d: %v, stored %v", i, err, stored)
			}
		case 3:
			if !db.IsUnique(err) || stored {
				t.Errorf("act %d: %v, stored %v", i, err, stored)
			}
		case 4:
			if !errors.Is(err, context.DeadlineExceeded) || stored {
				t.Errorf("act %d: %v, stored %v", i, err, stored)
			}
		default:
			if err != nil || !stored {
				t.Errorf("act %d: %v, stored %v", i, err, stored)
			}
		}
	}
	if c := d.Stats().Commits - before.Commits; c > 3 {
		t.Errorf("%d commits", c)
	}
}

// TestGroup_goexit: an act that ends its goroutine, as t.FailNow does, is
// undone and the writer lives on.
func TestGroup_goexit(t *testing.T) {
	d := openLite(t)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = d.Write(context.Background(), "test.exit", func(tx *db.Tx) error {
			add(tx, 1, "x")
			runtime.Goexit()
			return nil
		})
	}()
	<-ended
	must(t, d.Write(t.Context(), "test.add", func(tx *db.Tx) error { add(tx, 2, "y"); return nil }))
	if count(t, d.Read(t.Context()), "TRUE") != 1 {
		t.Error("stored")
	}
}

// TestGroup_deferred: an act that leaves a deferred constraint open fails
// alone, though it shares its commit.
func TestGroup_deferred(t *testing.T) {
	d := openLite(t)
	ctx := t.Context()
	must(t, d.Write(ctx, "test.table", func(tx *db.Tx) error {
		tx.Queue(`CREATE TABLE child (id INTEGER PRIMARY KEY, of INTEGER NOT NULL REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED) STRICT`)
		return nil
	}))
	hold, held := make(chan struct{}), make(chan struct{})
	results := make([]error, 6)
	calls := make([]int, 6)
	committed := make([]int, 6)
	var wg sync.WaitGroup
	wg.Go(func() {
		_ = d.Write(ctx, "test.first", func(tx *db.Tx) error {
			select {
			case <-held:
			default:
				close(held)
			}
			<-hold
			add(tx, 1000, "first")
			return nil
		})
	})
	<-held
	before := d.Stats().Acts
	for i := range results {
		wg.Go(func() {
			results[i] = d.Write(ctx, "test.child", func(tx *db.Tx) error {
				calls[i]++
				tx.OnCommit(func() { committed[i]++ })
				add(tx, int64(i), fmt.Sprint(i))
				tx.Queue("INSERT INTO child (id, of) VALUES ($1, $2)", i, i+100*(i/5))
				return nil
			})
		})
	}
	for d.Stats().Acts < before+6 {
		time.Sleep(time.Millisecond)
	}
	close(hold)
	wg.Wait()
	for i, err := range results {
		if i < 5 && (err != nil || calls[i] != 2 || committed[i] != 1) || i == 5 && (!db.IsReference(err) || committed[i] != 0) {
			t.Errorf("act %d: %v, called %d, committed %d", i, err, calls[i], committed[i])
		}
	}
	if n := count(t, d.Read(ctx), "TRUE"); n != 6 {
		t.Errorf("%d rows", n)
	}
}

func TestOpen_in_use(t *testing.T) {
	at := dbtest.URL(t, db.SQLite)
	d := dbtest.Open(t, at, db.Options{Now: now})
	fresh(t, d)
	if _, err := db.Open(t.Context(), at, db.Options{Now: now}); !errors.Is(err, db.ErrInUse) {
		t.Errorf("second: %v", err)
	}
	// Another process is told so as well.
	cmd := exec.Command(os.Args[0], "-test.run=TestOpen_in_use_process", "-test.v")
	cmd.Env = append(os.Environ(), "TONGBAN_TEST_OPEN="+at)
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "data-in-use") {
		t.Errorf("%v\n%s", err, out)
	}
	r := dbtest.Open(t, at, db.Options{Now: now, ReadOnly: true})
	must(t, d.Write(t.Context(), "test.add", func(tx *db.Tx) error { add(tx, 1, "甲"); return nil }))
	if n := count(t, r.Read(t.Context()), "TRUE"); n != 1 {
		t.Errorf("beside a server: %d rows", n)
	}
	must(t, d.Close())
	again := dbtest.Open(t, at, db.Options{Now: now})
	if n := count(t, again.Read(t.Context()), "TRUE"); n != 1 {
		t.Errorf("after: %d rows", n)
	}
}

// TestOpen_in_use_process is the other process of TestOpen_in_use.
func TestOpen_in_use_process(t *testing.T) {
	at := os.Getenv("TONGBAN_TEST_OPEN")
	if at == "" {
		at = dbtest.URL(t, db.SQLite)
		must(t, dbtest.Open(t, at, db.Options{Now: now}).Ping(t.Context()))
		return
	}
	_, err := db.Open(t.Context(), at, db.Options{Now: now})
	fmt.Println(err)
}

func TestOpen_read_only(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { // Postgres: beside a server
		if d.Engine() == db.SQLite {
			return // below, without a server
		}
		fresh(t, d)
	})
	at := dbtest.URL(t, db.SQLite)
	ro := db.Options{Now: now, ReadOnly: true}
	r := dbtest.Open(t, at, ro)
	if v, err := r.SchemaVersion(t.Context()); err != nil || v == 0 {
		t.Errorf("%d %v", v, err)
	}
	if err := r.Write(t.Context(), "test.no", func(*db.Tx) error { return nil }); !errors.Is(err, db.ErrReadOnly) {
		t.Error(err)
	}
	if _, err := r.Migrate(t.Context()); !errors.Is(err, db.ErrReadOnly) {
		t.Error(err)
	}
	if _, err := r.Read(t.Context()).Query("DELETE FROM " + "db_node"); err == nil {
		t.Error("could write")
	}
	if _, err := db.Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "none.db"), ro); !errors.Is(err, db.ErrNoDatabase) {
		t.Error(err)
	}
	if _, err := os.Stat(strings.TrimPrefix(at, "sqlite://") + ".lock"); err == nil {
		t.Error("a reader locked the data")
	}
}

func TestOpen_url(t *testing.T) {
	for _, u := range []string{"", "mysql://x", "sqlite://", "postgres://h:port/x", "/tmp/x.db"} {
		d, err := db.Open(t.Context(), u, db.Options{Now: now})
		if err == nil || !strings.HasPrefix(err.Error(), "database-url") {
			t.Errorf("%q: %v %v", u, d, err)
		}
	}
	dir := filepath.Join(t.TempDir(), "政务 数据？#%")
	d := dbtest.Open(t, "sqlite://"+strings.NewReplacer("?", "%3F", "#", "%23", "%", "%25").Replace(dir)+"/a.db", db.Options{Now: now})
	must(t, d.Ping(t.Context()))
	if fi, err := os.Stat(filepath.Join(dir, "a.db")); err != nil || fi.Mode().Perm() != 0o600 {
		t.Error(fi, err)
	}
}

func TestClose(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fresh(t, d)
		must(t, d.Close())
		if err := d.Write(context.Background(), "test.late", func(tx *db.Tx) error { add(tx, 1, "x"); return nil }); err == nil {
			t.Error("wrote")
		}
	})
}
