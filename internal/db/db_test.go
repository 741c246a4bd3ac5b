package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
	"github.com/tongban/tongban/internal/errs"
)

const note = `CREATE TABLE note (id BIGINT PRIMARY KEY, word TEXT NOT NULL UNIQUE, n BIGINT NOT NULL DEFAULT 0 CHECK (n >= 0),
	ok BOOLEAN NOT NULL DEFAULT FALSE, bytes %s, ref BIGINT REFERENCES note (id))%s`

// fresh gives an act's playground: a table of its own.
func fresh(t *testing.T, d *db.DB) {
	t.Helper()
	ddl := fmt.Sprintf(note, "BYTEA", "")
	if d.Engine() == db.SQLite {
		ddl = strings.NewReplacer("BIGINT", "INTEGER", "BOOLEAN", "INTEGER").Replace(fmt.Sprintf(note, "BLOB", " STRICT"))
	}
	must(t, d.Write(t.Context(), "test.table", func(tx *db.Tx) error {
		_, err := tx.Exec(ddl)
		return err
	}))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, q db.Queryer, where string) (n int) {
	t.Helper()
	must(t, q.QueryRow("SELECT count(*) FROM note WHERE "+where).Scan(&n))
	return n
}

func add(tx *db.Tx, id int64, word string) {
	tx.Queue("INSERT INTO note (id, word) VALUES ($1, $2)", id, word)
}

func TestWrite(t *testing.T) {
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		fresh(t, d)
		ctx := t.Context()
		t.Run("stores and reads its own writes", func(t *testing.T) {
			called := 0
			must(t, d.Write(ctx, "test.add", func(tx *db.Tx) error {
				tx.OnCommit(func() { called++ })
				add(tx, 1, "甲")
				add(tx, 2, "乙")
				if n := count(t, tx, "TRUE"); n != 2 {
					t.Errorf("inside: %d rows", n)
				}
				n, err := tx.Exec("UPDATE note SET ok = TRUE, bytes = $2 WHERE id = $1", 1, []byte{0, 1})
				if err != nil || n != 1 {
					t.Errorf("exec: %d %v", n, err)
				}
				if !tx.Now().Equal(clk.Now()) || tx.NowMicros() != clk.Now().UnixMicro() {
					t.Errorf("now %v", tx.Now())
				}
				return nil
			}))
			var ok bool
			var b []byte
			var ref *int64
			must(t, d.Read(ctx).QueryRow("SELECT ok, bytes, ref FROM note WHERE id = $1", 1).Scan(&ok, &b, &ref))
			if !ok || string(b) != "\x00\x01" || ref != nil || called != 1 {
				t.Errorf("%v %v %v, called %d", ok, b, ref, called)
			}
		})
		t.Run("what comes last comes once, within the act", func(t *testing.T) {
			var ran []string
			last := func(tx *db.Tx, key string, err error) {
				tx.AtEnd(key, func(tx *db.Tx) error {
					ran = append(ran, key)
					if key == "a" {
						tx.AtEnd("c", func(tx *db.Tx) error { ran = append(ran, "c"); return nil })
					}
					add(tx, int64(100+len(ran)), key)
					return err
				})
			}
			must(t, d.Write(ctx, "test.last", func(tx *db.Tx) error {
				last(tx, "a", nil)
				last(tx, "b", nil)
				last(tx, "a", nil)
				if len(ran) != 0 {
					t.Error("it ran already")
				}
				return nil
			}))
			if got := fmt.Sprint(ran); got != "[a b c]" || count(t, d.Read(ctx), "id > 100") != 2 {
				t.Error(got)
			}
			want := errors.New("no")
			if err := d.Write(ctx, "test.last", func(tx *db.Tx) error { last(tx, "d", want); return nil }); err != want || count(t, d.Read(ctx), "id > 100") != 2 {
				t.Error(err)
			}
		})
		t.Run("an error undoes it", func(t *testing.T) {
			want := errors.New("no")
			err := d.Write(ctx, "test.fail", func(tx *db.Tx) error {
				tx.OnCommit(func() { t.Error("called") })
				add(tx, 3, "丙")
				if n := count(t, tx, "id = 3"); n != 1 {
					t.Errorf("inside: %d", n)
				}
				return want
			})
			if err != want || count(t, d.Read(ctx), "id = 3") != 0 {
				t.Error(err)
			}
		})
		t.Run("a failed statement ends it even if nobody looks", func(t *testing.T) {
			err := d.Write(ctx, "test.fail", func(tx *db.Tx) error {
				add(tx, 4, "丁")
				_, err := tx.Exec("INSERT INTO note (id, word) VALUES ($1, $2)", 5, "甲")
				if !db.IsUnique(err) {
					t.Errorf("want unique: %v", err)
				}
				if _, again := tx.Query("SELECT id FROM note"); !db.IsUnique(again) {
					t.Errorf("the act went on: %v", again)
				}
				return nil
			})
			if !db.IsUnique(err) || count(t, d.Read(ctx), "id IN (4, 5)") != 0 {
				t.Error(err)
			}
		})
		t.Run("a queued statement that fails ends it", func(t *testing.T) {
			err := d.Write(ctx, "test.fail", func(tx *db.Tx) error {
				add(tx, 6, "戊")
				add(tx, 6, "己")
				return nil
			})
			if !db.IsUnique(err) || count(t, d.Read(ctx), "id = 6") != 0 {
				t.Error(err)
			}
		})
		t.Run("a panic undoes it and goes on", func(t *testing.T) {
			func() {
				defer func() {
					if r := recover(); r != "oh" {
						t.Errorf("recovered %v", r)
					}
				}()
				_ = d.Write(ctx, "test.panic", func(tx *db.Tx) error {
					add(tx, 7, "庚")
					_ = count(t, tx, "TRUE")
					panic("oh")
				})
			}()
			if count(t, d.Read(ctx), "id = 7") != 0 {
				t.Error("stored")
			}
		})
		t.Run("nothing written is no commit", func(t *testing.T) {
			must(t, d.Write(ctx, "test.nothing", func(tx *db.Tx) error { return nil }))
		})
		t.Run("cancelled before it starts", func(t *testing.T) {
			c, cancel := context.WithCancel(ctx)
			cancel()
			err := d.Write(c, "test.cancel", func(tx *db.Tx) error { t.Error("ran"); return nil })
			if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
		t.Run("cancelled while it runs", func(t *testing.T) {
			c, cancel := context.WithCancel(ctx)
			err := d.Write(c, "test.cancel", func(tx *db.Tx) error {
				add(tx, 8, "辛")
				_ = count(t, tx, "TRUE")
				cancel()
				_, err := tx.Exec("UPDATE note SET n = 1")
				return err
			})
			if !errors.Is(err, context.Canceled) || count(t, d.Read(ctx), "id = 8") != 0 {
				t.Error(err)
			}
		})
		t.Run("a Tx ends with its act", func(t *testing.T) {
			var kept *db.Tx
			must(t, d.Write(ctx, "test.keep", func(tx *db.Tx) error { kept = tx; return nil }))
			if _, err := kept.Exec("DELETE FROM note"); err == nil {
				t.Error("worked")
			}
		})
	})
}

func TestQueueOne(t *testing.T) {
	changed := errs.New(errs.Conflict, "changed", "已变化", "changed")
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fresh(t, d)
		ctx := t.Context()
		must(t, d.Write(ctx, "test.add", func(tx *db.Tx) error { add(tx, 1, "甲"); return nil }))
		const update = "UPDATE note SET n = n + 1 WHERE word = $2 AND n = $1"
		for _, c := range []struct {
			n    int64
			fine bool
		}{{0, true}, {0, false}, {1, true}, {5, false}} {
			err := d.Write(ctx, "test.version", func(tx *db.Tx) error {
				add(tx, 100+c.n, fmt.Sprint("x", c.n))
				tx.QueueOne(changed, update, c.n, "甲")
				add(tx, 200+c.n, fmt.Sprint("y", c.n))
				return nil
			})
			if c.fine && err != nil || !c.fine && !errors.Is(err, changed) && !db.IsUnique(err) {
				t.Errorf("%v: %v", c, err)
			}
		}
		if n := count(t, d.Read(ctx), "TRUE"); n != 5 {
			t.Errorf("%d rows", n)
		}
		err := d.Write(ctx, "test.version", func(tx *db.Tx) error {
			tx.QueueOne(changed, "UPDATE note SET n = 9")
			_ = tx.QueryRow("SELECT 1").Scan(new(int))
			return nil
		})
		if !errors.Is(err, changed) {
			t.Errorf("several rows: %v", err)
		}
	})
}

// TestConcurrent: acts that read, decide and save under a version lose no update.
func TestConcurrent(t *testing.T) {
	changed := errs.New(errs.Conflict, "changed", "已变化", "changed")
	for _, kind := range []string{"version", "serializable"} {
		t.Run(kind, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				fresh(t, d)
				ctx := t.Context()
				must(t, d.Write(ctx, "test.add", func(tx *db.Tx) error { add(tx, 1, "甲"); return nil }))
				var wg sync.WaitGroup
				var done atomic.Int64
				for range 8 {
					wg.Go(func() {
						for range 10 {
							write, err := d.Write, error(changed)
							if kind == "serializable" {
								write = d.WriteSerializable
							}
							for errors.Is(err, changed) || errors.Is(err, db.ErrBusy) {
								err = write(ctx, "test.count", func(tx *db.Tx) error {
									var n int64
									if err := tx.QueryRow("SELECT n FROM note WHERE id = 1").Scan(&n); err != nil {
										return err
									}
									if kind == "serializable" {
										tx.Queue("UPDATE note SET n = $1 WHERE id = 1", n+1)
									} else {
										tx.QueueOne(changed, "UPDATE note SET n = $1 WHERE id = 1 AND n = $2", n+1, n)
									}
									return nil
								})
							}
							if err != nil {
								t.Error(err)
								return
							}
							done.Add(1)
						}
					})
				}
				wg.Wait()
				var n int64
				must(t, d.Read(ctx).QueryRow("SELECT n FROM note WHERE id = 1").Scan(&n))
				if n != 80 || done.Load() != 80 {
					t.Errorf("n = %d after %d acts", n, done.Load())
				}
			})
		})
	}
}

func TestRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fresh(t, d)
		ctx := t.Context()
		q := d.Read(ctx)
		if err := q.QueryRow("SELECT id FROM note").Scan(new(int64)); err != db.ErrNoRows {
			t.Errorf("no row: %v", err)
		}
		for _, s := range []string{"INSERT INTO note (id, word) VALUES (1, 'x')", "UPDATE note SET n = 1", "DELETE FROM note"} {
			if _, err := q.Query(s); err == nil {
				t.Errorf("a reader could %s", s)
			}
		}
		must(t, d.Write(ctx, "test.add", func(tx *db.Tx) error { add(tx, 1, "甲"); add(tx, 2, "乙"); return nil }))
		words, err := db.All(q, func(r *db.Rows) (s string, err error) { return s, r.Scan(&s) },
			"SELECT word FROM note WHERE id >= $2 AND n = $1 ORDER BY id", 0, 1)
		if err != nil || strings.Join(words, "") != "甲乙" {
			t.Errorf("%v %v", words, err)
		}
		var sum, n int64
		var avg float64
		var most *int64
		must(t, q.QueryRow("SELECT sum(id), count(*), avg(id), max(ref) FROM note").Scan(&sum, &n, &avg, &most))
		if sum != 3 || n != 2 || avg != 1.5 || most != nil {
			t.Error(sum, n, avg, most)
		}
		for _, where := range []string{"TRUE", "FALSE"} {
			rows, err := q.Query("SELECT id, word AS 词 FROM note WHERE " + where)
			if err != nil || strings.Join(rows.Columns(), " ") != "id 词" {
				t.Errorf("columns %v %v", rows, err)
			}
		}
		c, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := d.Read(c).Query("SELECT id FROM note"); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
	})
}

func TestErrors(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fresh(t, d)
		ctx := t.Context()
		add := func(args ...any) error {
			return d.Write(ctx, "test.add", func(tx *db.Tx) error {
				_, err := tx.Exec("INSERT INTO note (id, word, n, ref) VALUES ($1, $2, $3, $4)", args...)
				return err
			})
		}
		must(t, add(1, "甲", 0, nil))
		for name, c := range map[string]struct {
			err  error
			kind func(error) bool
		}{
			"key":       {add(1, "乙", 0, nil), db.IsUnique},
			"unique":    {add(2, "甲", 0, nil), db.IsUnique},
			"check":     {add(2, "乙", -1, nil), db.IsCheck},
			"not null":  {add(2, nil, 0, nil), db.IsCheck},
			"reference": {add(2, "乙", 0, 77), db.IsReference},
			"NUL":       {add(2, "a\x00b", 0, nil), func(err error) bool { return errs.KindOf(err) == errs.Invalid }},
			"not UTF-8": {add(2, "a\xff", 0, nil), func(err error) bool { return errors.Is(err, db.ErrInvalidText) }},
			"instant":   {add(2, time.Now(), 0, nil), func(err error) bool { return err != nil }},
			"type":      {add(2, "乙", "many", nil), func(err error) bool { return err != nil }},
		} {
			if !c.kind(c.err) {
				t.Errorf("%s: %v", name, c.err)
			}
		}
		if _, err := d.Read(ctx).Query("SELECT id FROM note WHERE word = $1", "\x00"); !errors.Is(err, db.ErrInvalidText) {
			t.Errorf("reader: %v", err)
		}
		if n := count(t, d.Read(ctx), "TRUE"); n != 1 {
			t.Errorf("%d rows", n)
		}
	})
}

func TestNewID(t *testing.T) {
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		var mu sync.Mutex
		seen := map[int64]bool{}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				var last int64
				for range 5000 {
					id := d.NewID()
					mu.Lock()
					if id <= last || seen[id] {
						t.Errorf("%d after %d", id, last)
					}
					seen[id] = true
					mu.Unlock()
					last = id
				}
			})
		}
		wg.Wait()
		before := d.NewID()
		clk.Add(-time.Hour)
		if id := d.NewID(); id <= before {
			t.Error("a clock set back gave a smaller key")
		}
		clk.Add(48 * time.Hour)
		id := d.NewID()
		if at := time.UnixMilli(id>>21 + 1577836800000); at.Sub(clk.Now()).Abs() > time.Millisecond {
			t.Errorf("%d says %v, want %v", id, at, clk.Now())
		}
	})
}

func TestTrace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fresh(t, d)
		var seen []string
		d.Trace(func(act, sql string, args []any) {
			seen = append(seen, fmt.Sprint(act, ": ", strings.Fields(sql)[0], args))
		})
		must(t, d.Write(t.Context(), "test.trace", func(tx *db.Tx) error {
			add(tx, 1, "甲")
			return nil
		}))
		count(t, d.Read(t.Context()), "TRUE")
		d.Trace(nil)
		count(t, d.Read(t.Context()), "TRUE")
		if got, want := strings.Join(seen, "; "), "test.trace: INSERT[1 甲]; : SELECT[]"; got != want {
			t.Errorf("seen %q, want %q", got, want)
		}
	})
}
