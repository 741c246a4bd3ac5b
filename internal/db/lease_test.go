package db_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
)

func TestLease(t *testing.T) {
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		ctx := t.Context()
		a, b := d.NewLease("task", time.Minute), d.NewLease("task", time.Minute)
		take := func(l *db.Lease, want bool) {
			t.Helper()
			if ours, err := l.Take(ctx); err != nil || ours != want {
				t.Errorf("%v %v", ours, err)
			}
		}
		guard := func(l *db.Lease) error {
			return d.Write(ctx, "test.guard", func(tx *db.Tx) error { l.Guard(tx); return nil })
		}
		take(a, true)
		take(b, false)
		take(d.NewLease("other", time.Minute), true)
		clk.Add(50 * time.Second)
		must(t, guard(a)) // renews
		clk.Add(50 * time.Second)
		take(b, false)
		clk.Add(11 * time.Second)
		take(b, true)
		if err := guard(a); !errors.Is(err, db.ErrNotLeader) {
			t.Error(err)
		}
		must(t, b.Drop(ctx))
		take(a, true)
	})
}

// TestLead: one at a time; when it stops, the other takes over at once.
func TestLead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var mu sync.Mutex
		leading := ""
		began := make(chan string, 2)
		lead := func(ctx context.Context, who string, wg *sync.WaitGroup) {
			wg.Go(func() {
				d.NewLease("task", 300*time.Millisecond).Lead(ctx, func(ctx context.Context) {
					mu.Lock()
					if leading != "" {
						t.Errorf("%s and %s lead", leading, who)
					}
					leading = who
					mu.Unlock()
					began <- who
					<-ctx.Done()
					mu.Lock()
					leading = ""
					mu.Unlock()
				})
			})
		}
		var wg sync.WaitGroup
		ca, stopA := context.WithCancel(t.Context())
		cb, stopB := context.WithCancel(t.Context())
		lead(ca, "a", &wg)
		if who := <-began; who != "a" {
			t.Error(who)
		}
		lead(cb, "b", &wg)
		select {
		case who := <-began:
			t.Errorf("%s leads too", who)
		case <-time.After(500 * time.Millisecond):
		}
		stopA()
		if who := <-began; who != "b" {
			t.Error(who)
		}
		stopB()
		wg.Wait()
	})
}
