package db_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
	"github.com/tongban/tongban/internal/errs"
)

// TestPart: of many things done in one act, one that fails is undone alone.
func TestPart(t *testing.T) {
	changed := errs.New(errs.Conflict, "changed", "已变化", "changed")
	no := errors.New("no")
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fresh(t, d)
		ctx := t.Context()
		var called []int64
		part := func(tx *db.Tx, id int64, fn func(*db.Tx) error) error {
			return tx.Part(func(tx *db.Tx) error {
				tx.OnCommit(func() { called = append(called, id) })
				tx.AtEnd(id, func(tx *db.Tx) error { add(tx, 1000+id, fmt.Sprint("end", id)); return nil })
				add(tx, id, fmt.Sprint("w", id))
				return fn(tx)
			})
		}
		fine := func(*db.Tx) error { return nil }
		must(t, d.Write(ctx, "test.parts", func(tx *db.Tx) error {
			called = nil
			add(tx, 900, "before")
			must(t, part(tx, 1, fine))
			if err := part(tx, 2, func(*db.Tx) error { return no }); err != no {
				t.Errorf("its own error: %v", err)
			}
			if err := part(tx, 3, func(tx *db.Tx) error {
				if n := count(t, tx, "id IN (1, 2, 3)"); n != 2 {
					t.Errorf("inside: %d", n)
				}
				return no
			}); err != no {
				t.Errorf("after a question: %v", err)
			}
			if err := part(tx, 4, func(tx *db.Tx) error { add(tx, 1, "again"); return nil }); !db.IsUnique(err) {
				t.Errorf("a queued statement: %v", err)
			}
			if err := part(tx, 5, func(tx *db.Tx) error {
				_, err := tx.Exec("INSERT INTO note (id, word) VALUES ($1, $2)", 1, "x")
				if !db.IsUnique(err) {
					t.Errorf("a statement: %v", err)
				}
				return nil // not passed on, and undone all the same
			}); !db.IsUnique(err) {
				t.Errorf("a statement: %v", err)
			}
			if err := part(tx, 6, func(tx *db.Tx) error {
				tx.QueueOne(changed, "UPDATE note SET n = 7 WHERE id = $1 AND n = $2", 1, 99)
				return nil
			}); !errors.Is(err, changed) {
				t.Errorf("a version that is no more: %v", err)
			}
			if err := part(tx, 7, func(tx *db.Tx) error { return tx.Part(fine) }); err == nil {
				t.Error("a part within a part")
			}
			if tx.Err() != nil {
				t.Fatalf("the act has ended: %v", tx.Err())
			}
			must(t, part(tx, 8, fine))
			add(tx, 901, "after")
			return nil
		}))
		if n := count(t, d.Read(ctx), "id IN (1, 8, 900, 901, 1001, 1008)"); n != 6 || count(t, d.Read(ctx), "TRUE") != 6 {
			t.Errorf("%d and %d rows", n, count(t, d.Read(ctx), "TRUE"))
		}
		if fmt.Sprint(called) != "[1 8]" {
			t.Errorf("called after the commit: %v", called)
		}

		// A statement from before the part fails within it: that is the act's own failure.
		err := d.Write(ctx, "test.before", func(tx *db.Tx) error {
			add(tx, 1, "taken")
			return errors.Join(part(tx, 20, fine), part(tx, 21, fine))
		})
		if !db.IsUnique(err) || count(t, d.Read(ctx), "id IN (20, 21)") != 0 {
			t.Errorf("before the part: %v", err)
		}
		// An act that is undone takes its parts along.
		if err := d.Write(ctx, "test.undone", func(tx *db.Tx) error { must(t, part(tx, 30, fine)); return no }); err != no || count(t, d.Read(ctx), "id = 30") != 0 {
			t.Errorf("undone: %v", err)
		}
		// Who gives up in the middle of a part stores nothing.
		c, cancel := context.WithCancel(ctx)
		err = d.Write(c, "test.cancel", func(tx *db.Tx) error {
			must(t, part(tx, 40, fine))
			return part(tx, 41, func(tx *db.Tx) error { _ = count(t, tx, "TRUE"); cancel(); _, err := tx.Query("SELECT 1"); return err })
		})
		if !errors.Is(err, context.Canceled) || count(t, d.Read(ctx), "id IN (40, 41)") != 0 {
			t.Errorf("cancelled: %v", err)
		}
		must(t, d.Write(ctx, "test.go-on", func(tx *db.Tx) error { add(tx, 50, "on"); return nil }))
	})
}
