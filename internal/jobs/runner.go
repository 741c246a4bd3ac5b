package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tongban/tongban/internal/db"
)

// Runner claims jobs and hands them to handlers.
type Runner struct {
	d        *db.DB
	o        Options
	handlers map[string]Handler
	periodic []periodic
	claim    string
	wake     chan struct{}
	results  chan result
	free     chan struct{} // one per idle worker
	running  sync.WaitGroup
	looked   time.Time // when reclaim ran last
	counts   counters
}

// Handler does one kind of job. It may be called again for a job that it has
// already done. Its context ends when the lease is lost or the program has
// waited long enough for it while stopping.
type Handler func(ctx context.Context, j Job) error

// Options of New; zero values are fine except where noted.
type Options struct {
	Sealer   Sealer        // required: keeps payloads secret
	Workers  int           // handlers at once; 16
	Lease    time.Duration // how long after a process died its jobs wait; 1 min
	Poll     time.Duration // how often to look for what became due; 1 s
	Grace    time.Duration // how long running handlers may take while stopping; 20 s
	Attempts int           // before a job dies; 12 (about 9 hours with the back-off)
	Log      *slog.Logger  // nil: silent
}

// New builds the runner of a database, and lets Enqueue use it. One per DB.
func New(d *db.DB, o Options) *Runner {
	if o.Sealer == nil {
		panic("jobs: Options.Sealer is required")
	}
	set := func(v *time.Duration, def time.Duration) {
		if *v == 0 {
			*v = def
		}
	}
	set(&o.Lease, time.Minute)
	set(&o.Poll, time.Second)
	set(&o.Grace, 20*time.Second)
	if o.Workers == 0 {
		o.Workers = 16
	}
	if o.Attempts == 0 {
		o.Attempts = 12
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	r := &Runner{d: d, o: o, handlers: map[string]Handler{}, wake: make(chan struct{}, 1),
		results: make(chan result, o.Workers), free: make(chan struct{}, o.Workers)}
	for range o.Workers {
		r.free <- struct{}{}
	}
	d.Attach(runnerKey{}, r)
	return r
}

// Handle has jobs of a kind done by h; before Run. Kinds without a handler
// stay in the table for processes that have one.
func (r *Runner) Handle(kind string, h Handler) {
	if _, ok := r.handlers[kind]; ok {
		panic("jobs: two handlers for " + kind)
	}
	r.handlers[kind] = h
	r.claim = ""
}

// Wake has the runner look for due jobs now.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run works until ctx ends; then it lets running handlers finish (Grace) and
// returns. Trouble with the database is logged and waited out.
func (r *Runner) Run(ctx context.Context) error {
	r.prepare()
	work, abort := context.WithCancel(context.WithoutCancel(ctx))
	defer abort()
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		r.finish(work)
	}()
	poll := time.NewTicker(r.o.Poll)
	defer poll.Stop()
	for ctx.Err() == nil {
		n, err := r.round(ctx, work)
		if err != nil && ctx.Err() == nil {
			r.o.Log.Warn("jobs wait for the database", "err", err)
		}
		if err == nil && n > 0 {
			continue
		}
		select {
		case <-ctx.Done():
		case <-r.wake:
		case <-poll.C:
		}
	}
	timer := time.AfterFunc(r.o.Grace, abort)
	defer timer.Stop()
	r.running.Wait()
	close(r.results)
	<-finished
	r.results = make(chan result, r.o.Workers)
	return nil
}

func (r *Runner) prepare() {
	if r.claim != "" {
		return
	}
	kinds := make([]string, 0, len(r.handlers))
	for k := range r.handlers {
		kinds = append(kinds, "'"+strings.ReplaceAll(k, "'", "''")+"'")
	}
	slices.Sort(kinds)
	r.claim = claimSQL(strings.Join(kinds, ", "), r.d.Engine())
}

// round hands out slots, takes back what dead processes left, claims as many
// jobs as workers are idle, and starts them.
func (r *Runner) round(ctx, work context.Context) (int, error) {
	if err := r.slots(ctx); err != nil {
		return 0, err
	}
	if time.Since(r.looked) >= r.o.Poll {
		if err := r.reclaim(ctx); err != nil {
			return 0, err
		}
		r.looked = time.Now() // measures only
	}
	if len(r.handlers) == 0 {
		return 0, nil
	}
	// Wait for one idle worker, then see how many there are.
	select {
	case <-r.free:
	case <-ctx.Done():
		return 0, nil
	}
	n := 1
	for n < maxClaim {
		select {
		case <-r.free:
			n++
			continue
		default:
		}
		break
	}
	list, err := r.take(ctx, n)
	for range n - len(list) {
		r.free <- struct{}{}
	}
	for _, j := range list {
		r.running.Add(1)
		go func() {
			defer r.running.Done()
			res := r.do(work, j)
			r.results <- res
			r.free <- struct{}{}
		}()
	}
	return len(list), err
}

// Drain does, one after the other, every job that is due now, including those
// that these enqueue, and returns how many it did. It is for tests and for
// programs that move the clock; it is not used beside Run.
func (r *Runner) Drain(ctx context.Context) (int, error) {
	r.prepare()
	if err := r.slots(ctx); err != nil {
		return 0, err
	}
	if err := r.reclaim(ctx); err != nil {
		return 0, err
	}
	total := 0
	for len(r.handlers) > 0 {
		list, err := r.take(ctx, maxClaim)
		if err != nil || len(list) == 0 {
			return total, err
		}
		for _, j := range list {
			if err := r.store(ctx, []result{r.do(ctx, j)}); err != nil {
				return total, err
			}
			total++
		}
	}
	return total, ctx.Err()
}

// do runs the handler and keeps the lease alive while it runs.
func (r *Runner) do(ctx context.Context, j Job) (res result) {
	r.counts.running.Add(1)
	defer r.counts.running.Add(-1)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	beat := make(chan struct{})
	go func() {
		defer close(beat)
		r.keep(ctx, cancel, j)
	}()
	started := time.Now() // measures only
	defer func() {
		if p := recover(); p != nil {
			r.o.Log.Error("job panicked", "kind", j.Kind, "job", j.ID, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			res.err = fmt.Errorf("panic: %T", p)
		}
		cancel()
		<-beat
		level := slog.LevelInfo
		if res.err != nil {
			level = slog.LevelWarn
		}
		r.o.Log.Log(context.Background(), level, "job", "kind", j.Kind, "job", j.ID, "attempt", j.Attempt, "took", time.Since(started), "err", res.err)
	}()
	res.job = j
	plain := j
	if len(j.Payload) > 0 {
		var err error
		if plain.Payload, err = r.o.Sealer.Open("job/"+j.Kind, j.Payload); err != nil {
			res.err = Permanent(fmt.Errorf("payload cannot be opened: %w", err))
			return res
		}
	}
	res.err = r.handlers[j.Kind](ctx, plain)
	return res
}

// keep renews the lease until ctx ends; when the lease is lost it ends the handler.
func (r *Runner) keep(ctx context.Context, cancel func(), j Job) {
	t := time.NewTicker(r.o.Lease / 3)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		var held bool
		err := r.d.Write(ctx, "jobs.keep", func(tx *db.Tx) error {
			n, err := tx.Exec(sqlKeep, j.ID, j.Attempt, db.Micros(tx.Now().Add(r.o.Lease)))
			held = n == 1
			return err
		})
		if err == nil && !held {
			r.o.Log.Warn("job lost its lease", "kind", j.Kind, "job", j.ID)
			cancel()
			return
		}
	}
}

// finish stores the results of handlers, several at once when several wait.
func (r *Runner) finish(ctx context.Context) {
	for res := range r.results {
		batch := []result{res}
		for more := true; more && len(batch) < maxClaim; {
			select {
			case res, ok := <-r.results:
				if more = ok; ok {
					batch = append(batch, res)
				}
			default:
				more = false
			}
		}
		for wait := 100 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
			c, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
			err := r.store(c, batch)
			cancel()
			if err == nil {
				break
			}
			if ctx.Err() != nil { // their leases run out and they run again
				r.o.Log.Error("results of jobs not stored", "jobs", len(batch), "err", err)
				break
			}
			r.o.Log.Warn("results of jobs wait for the database", "err", err)
			select {
			case <-ctx.Done():
			case <-time.After(wait):
			}
		}
	}
}

// Stats are counters since New, for /metrics.
type Stats struct {
	Claimed, Done, Failed, Died, Reclaimed int64
	Running                                int64 // now
}

type counters struct{ claimed, done, failed, died, reclaimed, running atomic.Int64 }

// Stats reads the counters.
func (r *Runner) Stats() Stats {
	c := &r.counts
	return Stats{c.claimed.Load(), c.done.Load(), c.failed.Load(), c.died.Load(), c.reclaimed.Load(), c.running.Load()}
}
