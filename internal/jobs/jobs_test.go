package jobs_test

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
	"github.com/tongban/tongban/internal/jobs"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func enqueue(t *testing.T, d *db.DB, list ...jobs.Job) {
	t.Helper()
	must(t, d.Write(t.Context(), "test.enqueue", func(tx *db.Tx) error {
		for _, j := range list {
			if err := jobs.Enqueue(tx, j); err != nil {
				return err
			}
		}
		return nil
	}))
}

func drain(t *testing.T, r *jobs.Runner) int {
	t.Helper()
	n, err := r.Drain(t.Context())
	must(t, err)
	return n
}

func look(t *testing.T, d *db.DB) jobs.Depth {
	t.Helper()
	depth, err := jobs.Look(d.Read(t.Context()), d.Now())
	must(t, err)
	return depth
}

// mask is a Sealer whose output does not show its input.
type mask struct{}

func (mask) Seal(purpose string, plain []byte) ([]byte, error) {
	return []byte(purpose + "|" + fmt.Sprintf("%x", plain)), nil
}

func (mask) Open(purpose string, sealed []byte) ([]byte, error) {
	hex, ok := strings.CutPrefix(string(sealed), purpose+"|")
	if !ok {
		return nil, errors.New("other purpose")
	}
	var b []byte
	_, err := fmt.Sscanf(hex, "%x", &b)
	return b, err
}

func TestEnqueue(t *testing.T) {
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		r := jobs.New(d, jobs.Options{Sealer: mask{}})
		var done []string
		r.Handle("room.say", func(_ context.Context, j jobs.Job) error {
			done = append(done, string(j.Payload))
			return nil
		})
		took := func(want string) {
			t.Helper()
			drain(t, r)
			if got := strings.Join(done, " "); got != want {
				t.Errorf("done %q, want %q", got, want)
			}
			done = nil
		}

		t.Run("undone with its act", func(t *testing.T) {
			err := d.Write(t.Context(), "test.fail", func(tx *db.Tx) error {
				_ = jobs.Enqueue(tx, jobs.Job{Kind: "room.say", Payload: []byte("no")})
				return errors.New("no")
			})
			if err == nil {
				t.Fatal("stored")
			}
			took("")
		})
		t.Run("by priority, then by time", func(t *testing.T) {
			enqueue(t, d, jobs.Job{Kind: "room.say", Payload: []byte("b")}, jobs.Job{Kind: "room.say", Payload: []byte("d"), Priority: -1},
				jobs.Job{Kind: "room.say", Payload: []byte("c")}, jobs.Job{Kind: "room.say", Payload: []byte("a"), Priority: 5})
			took("a b c d")
		})
		t.Run("sealed in the database", func(t *testing.T) {
			enqueue(t, d, jobs.Job{Kind: "room.say", Payload: []byte("张三")})
			var stored []byte
			must(t, d.Read(t.Context()).QueryRow("SELECT payload FROM job").Scan(&stored))
			if len(stored) == 0 || strings.Contains(string(stored), "张三") {
				t.Errorf("stored as %q", stored)
			}
			took("张三")
		})
		t.Run("not before its time", func(t *testing.T) {
			enqueue(t, d, jobs.Job{Kind: "room.say", Payload: []byte("later"), RunAt: clk.Now().Add(time.Hour)})
			took("")
			if depth := look(t, d); depth.Waiting != 1 || depth.Due != 0 {
				t.Errorf("%+v", depth)
			}
			clk.Add(time.Hour)
			took("later")
		})
		t.Run("merged while one waits, the sooner time holds", func(t *testing.T) {
			for _, h := range []int{3, 1, 2} {
				enqueue(t, d, jobs.Job{Kind: "room.say", Payload: []byte(fmt.Sprint(h)), Unique: "k", RunAt: clk.Now().Add(time.Duration(h) * time.Hour)})
			}
			enqueue(t, d, jobs.Job{Kind: "room.say", Payload: []byte("other"), Unique: "l"})
			took("other")
			clk.Add(time.Hour)
			took("3")
			enqueue(t, d, jobs.Job{Kind: "room.say", Payload: []byte("again"), Unique: "k"})
			took("again")
		})
		t.Run("kinds of others stay", func(t *testing.T) {
			enqueue(t, d, jobs.Job{Kind: "elsewhere.do"})
			took("")
			if depth := look(t, d); depth.Due != 1 || depth.Oldest.IsZero() {
				t.Errorf("%+v", depth)
			}
		})
	})
}

func TestEnqueue_without_runner(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), "test.enqueue", func(tx *db.Tx) error {
			_ = jobs.Enqueue(tx, jobs.Job{Kind: "room.say"})
			return nil
		})
		if err == nil {
			t.Error("lost silently")
		}
	})
}

func TestFailure(t *testing.T) {
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		r := jobs.New(d, jobs.Options{Sealer: jobs.Unsealed{}, Attempts: 3})
		var attempts []int
		var answer error
		r.Handle("room.try", func(_ context.Context, j jobs.Job) error {
			attempts = append(attempts, j.Attempt)
			return answer
		})
		r.Handle("room.panic", func(context.Context, jobs.Job) error { panic("oh") })

		t.Run("tried again with back-off, then dead, then requeued", func(t *testing.T) {
			answer = errors.New("not yet")
			enqueue(t, d, jobs.Job{Kind: "room.try"})
			for i := range 3 {
				if n := drain(t, r); n != 1 {
					t.Fatalf("attempt %d: did %d", i+1, n)
				}
				if n := drain(t, r); n != 0 {
					t.Fatal("tried again at once")
				}
				clk.Add(time.Minute)
			}
			if n := drain(t, r); n != 0 || fmt.Sprint(attempts) != "[1 2 3]" {
				t.Errorf("attempts %v, then %d", attempts, n)
			}
			dead, err := jobs.Dead(d.Read(t.Context()), 0, 10)
			must(t, err)
			if len(dead) != 1 || dead[0].Owner != "room" || dead[0].Error != "not yet" || dead[0].Attempt != 3 || dead[0].DiedAt.IsZero() {
				t.Fatalf("%+v", dead)
			}
			answer = nil
			requeue := func() error {
				return d.Write(t.Context(), "test.requeue", func(tx *db.Tx) error { return jobs.Requeue(tx, dead[0].ID) })
			}
			must(t, requeue())
			if n := drain(t, r); n != 1 {
				t.Error("not done")
			}
			if err := requeue(); !errors.Is(err, jobs.ErrNotDead) {
				t.Error(err)
			}
			if s := r.Stats(); s.Done != 1 || s.Failed != 2 || s.Died != 1 || s.Claimed != 4 {
				t.Errorf("%+v", s)
			}
		})
		t.Run("permanent", func(t *testing.T) {
			answer = jobs.Permanent(errors.New("never"))
			enqueue(t, d, jobs.Job{Kind: "room.try", Owner: "数据管理员"})
			drain(t, r)
			dead, err := jobs.Dead(d.Read(t.Context()), 0, 10)
			must(t, err)
			if len(dead) != 1 || dead[0].Owner != "数据管理员" || dead[0].Error != "never" {
				t.Fatalf("%+v", dead)
			}
			must(t, d.Write(t.Context(), "test.discard", func(tx *db.Tx) error { return jobs.Discard(tx, dead[0].ID) }))
			if look(t, d).Dead != 0 {
				t.Error("still there")
			}
		})
		t.Run("later is no failure", func(t *testing.T) {
			attempts = nil
			for range 5 {
				answer = jobs.Later(clk.Now().Add(time.Hour))
				if attempts == nil {
					enqueue(t, d, jobs.Job{Kind: "room.try"})
				}
				drain(t, r)
				clk.Add(time.Hour)
			}
			answer = nil
			drain(t, r)
			if fmt.Sprint(attempts) != "[1 1 1 1 1 1]" || look(t, d).Dead != 0 {
				t.Errorf("attempts %v", attempts)
			}
		})
		t.Run("a panic is a failure", func(t *testing.T) {
			enqueue(t, d, jobs.Job{Kind: "room.panic"})
			if drain(t, r) != 1 || look(t, d).Waiting != 1 {
				t.Errorf("%+v", look(t, d))
			}
		})
		t.Run("one with its key waits already", func(t *testing.T) {
			n := 0
			r := jobs.New(d, jobs.Options{Sealer: jobs.Unsealed{}})
			r.Handle("room.again", func(context.Context, jobs.Job) error {
				if n++; n == 1 {
					enqueue(t, d, jobs.Job{Kind: "room.again", Unique: "k"}) // something changed meanwhile
					return errors.New("no")
				}
				return nil
			})
			enqueue(t, d, jobs.Job{Kind: "room.again", Unique: "k"})
			if drain(t, r); n != 2 {
				t.Errorf("ran %d times", n)
			}
			var left int
			must(t, d.Read(t.Context()).QueryRow("SELECT count(*) FROM job WHERE kind = 'room.again'").Scan(&left))
			if left != 0 {
				t.Errorf("%d left", left)
			}
		})
	})
}

// TestLease: what a dead process held comes back, and what it still reports
// does not count.
func TestLease(t *testing.T) {
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		r := jobs.New(d, jobs.Options{Sealer: jobs.Unsealed{}, Lease: time.Hour})
		runs := 0
		r.Handle("room.slow", func(_ context.Context, j jobs.Job) error {
			runs++
			if j.Attempt > 1 {
				return nil
			}
			if n := drain(t, r); n != 0 {
				t.Error("claimed twice under one lease")
			}
			clk.Add(2 * time.Hour) // the process sleeps; its lease runs out
			if n := drain(t, r); n != 1 {
				t.Error("not taken over")
			}
			return errors.New("the first one wakes up and says so") // must not bring it back
		})
		enqueue(t, d, jobs.Job{Kind: "room.slow"})
		drain(t, r)
		clk.Add(3 * time.Hour)
		drain(t, r)
		if depth := look(t, d); runs != 2 || depth != (jobs.Depth{}) || r.Stats().Reclaimed != 1 {
			t.Errorf("runs %d, %+v, %+v", runs, depth, r.Stats())
		}
	})
}

// TestLease_kept: a handler that takes long keeps its lease; one that lost it
// is told to stop.
func TestLease_kept(t *testing.T) {
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		r := jobs.New(d, jobs.Options{Sealer: jobs.Unsealed{}, Lease: 90 * time.Millisecond})
		r.Handle("room.slow", func(ctx context.Context, j jobs.Job) error {
			until := func() (n int64) {
				must(t, d.Read(t.Context()).QueryRow("SELECT lease_until FROM job WHERE id = $1", j.ID).Scan(&n))
				return n
			}
			first := until()
			clk.Add(time.Hour)
			for limit := time.Now().Add(20 * time.Second); until() == first; time.Sleep(5 * time.Millisecond) {
				if time.Now().After(limit) {
					t.Fatal("not renewed")
				}
			}
			must(t, d.Write(t.Context(), "test.steal", func(tx *db.Tx) error {
				tx.Queue("UPDATE job SET attempt = attempt + 1 WHERE id = $1", j.ID)
				return nil
			}))
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(20 * time.Second):
				t.Error("not told to stop")
			}
			return nil
		})
		enqueue(t, d, jobs.Job{Kind: "room.slow"})
		if _, err := r.Drain(t.Context()); err != nil {
			t.Error(err)
		}
		if depth := look(t, d); depth.Running != 1 {
			t.Errorf("the job of another was touched: %+v", depth)
		}
	})
}

func TestEvery(t *testing.T) {
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		n := 0
		node := func() *jobs.Runner {
			r := jobs.New(d, jobs.Options{Sealer: jobs.Unsealed{}})
			r.Handle("room.nightly", func(context.Context, jobs.Job) error { n++; return nil })
			r.Every("room.nightly", 24*time.Hour, 90*time.Minute)
			return r
		}
		a, b := node(), node()
		for i, step := range []struct {
			add  time.Duration
			want int
		}{{0, 1}, {29 * time.Minute, 1}, {2 * time.Minute, 2}, {time.Hour, 2}, {72 * time.Hour, 3}, {0, 3}} {
			clk.Add(step.add)
			drain(t, a)
			drain(t, b)
			if n != step.want {
				t.Errorf("step %d: ran %d times, want %d", i, n, step.want)
			}
		}
	})
}

// TestRun: a job starts right after the commit, long before the next poll; a
// stop waits for what runs and loses nothing.
func TestRun(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := jobs.New(d, jobs.Options{Sealer: jobs.Unsealed{}, Poll: time.Hour, Workers: 4})
		var did atomic.Int64
		seen := make(chan struct{}, 1000)
		hold := make(chan struct{})
		r.Handle("room.count", func(context.Context, jobs.Job) error { did.Add(1); seen <- struct{}{}; return nil })
		r.Handle("room.hold", func(context.Context, jobs.Job) error { seen <- struct{}{}; <-hold; return nil })
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := r.Run(ctx); err != nil {
				t.Error(err)
			}
		})
		wait := func(n int) {
			t.Helper()
			for range n {
				select {
				case <-seen:
				case <-time.After(20 * time.Second):
					t.Fatal("not started")
				}
			}
		}
		for range 5 {
			enqueue(t, d, jobs.Job{Kind: "room.count"})
			wait(1)
		}
		many := make([]jobs.Job, 200)
		for i := range many {
			many[i] = jobs.Job{Kind: "room.count"}
		}
		enqueue(t, d, many...)
		wait(200)
		enqueue(t, d, jobs.Job{Kind: "room.hold"})
		wait(1)
		stop()
		close(hold)
		wg.Wait()
		if n := did.Load(); n != 205 {
			t.Errorf("did %d", n)
		}
		if depth := look(t, d); depth != (jobs.Depth{}) {
			t.Errorf("left %+v", depth)
		}
	})
}

// TestRun_many: runners side by side do every job once.
func TestRun_many(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, stop := context.WithCancel(t.Context())
		var mu sync.Mutex
		times := map[int64]int{}
		all := make(chan struct{})
		const total = 300
		var wg sync.WaitGroup
		for range 3 {
			r := jobs.New(d, jobs.Options{Sealer: jobs.Unsealed{}, Poll: 20 * time.Millisecond, Workers: 5})
			r.Handle("room.count", func(_ context.Context, j jobs.Job) error {
				mu.Lock()
				defer mu.Unlock()
				if times[j.ID]++; len(times) == total && times[j.ID] == 1 {
					close(all)
				}
				return nil
			})
			wg.Go(func() { _ = r.Run(ctx) })
		}
		for range total / 10 {
			enqueue(t, d, make10()...)
		}
		select {
		case <-all:
		case <-time.After(30 * time.Second):
			t.Error("not all done")
		}
		stop()
		wg.Wait()
		for id, n := range times {
			if n != 1 {
				t.Errorf("job %d ran %d times", id, n)
			}
		}
		if depth := look(t, d); depth != (jobs.Depth{}) {
			t.Errorf("left %+v", depth)
		}
	})
}

func make10() []jobs.Job {
	list := make([]jobs.Job, 10)
	for i := range list {
		list[i] = jobs.Job{Kind: "room.count"}
	}
	return list
}
