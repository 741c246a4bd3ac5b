package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// closed has n clients do work one after the other for d; it gives acts per
// second. The first error ends it.
func closed(ctx context.Context, n int, d time.Duration, work func(ctx context.Context, client, i int) error) (float64, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var done atomic.Int64
	var wg sync.WaitGroup
	at := time.Now()
	for c := range n {
		wg.Go(func() {
			for i := 0; time.Since(at) < d && ctx.Err() == nil; i++ {
				if err := work(ctx, c, i); err != nil {
					cancel(err)
					return
				}
				done.Add(1)
			}
		})
	}
	wg.Wait()
	took := time.Since(at)
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	return float64(done.Load()) / took.Seconds(), nil
}

// latency is the latencies of one kind of request.
type latency struct {
	mu   sync.Mutex
	took []time.Duration
}

func (s *latency) add(d time.Duration) {
	s.mu.Lock()
	s.took = append(s.took, d)
	s.mu.Unlock()
}

// at is a quantile in milliseconds.
func (s *latency) at(q float64) float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.took) == 0 {
		return 0
	}
	slices.Sort(s.took)
	return ms(s.took[min(len(s.took)-1, int(q*float64(len(s.took))))])
}

// least is the best median and the best 99th percentile of several turns, in
// milliseconds.
type least struct{ p50, p99 float64 }

func (l *least) take(k *kind) {
	p50, p99 := k.got.at(0.5), k.got.at(0.99)
	if *l == (least{}) {
		*l = least{p50, p99}
	}
	*l = least{min(l.p50, p50), min(l.p99, p99)}
}

func show(kinds ...*kind) string {
	var b strings.Builder
	for _, k := range kinds {
		fmt.Fprintf(&b, "  %s p50 %.2f p99 %.2f ms (%d)", k.name, k.got.at(0.5), k.got.at(0.99), len(k.got.took))
	}
	return b.String()
}

// kind is one kind of request at its own rate.
type kind struct {
	name string
	rate float64 // requests a second
	do   func(ctx context.Context, i int) error
	got  *latency
}

// open sends requests of every kind at its rate for d, by at most n clients,
// whether or not the earlier ones are answered. A latency counts from the
// moment at which the request was due, so a stall is seen by everyone whom it
// would have kept waiting.
func open(ctx context.Context, n int, d time.Duration, kinds ...*kind) error {
	type request struct {
		k   *kind
		i   int
		due time.Time
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	total := 0
	for _, k := range kinds {
		k.got = &latency{}
		total += int(k.rate*d.Seconds()) + 1
	}
	queue := make(chan request, total)
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for r := range queue {
				if ctx.Err() != nil {
					continue
				}
				if err := r.k.do(ctx, r.i); err != nil {
					cancel(err)
					continue
				}
				r.k.got.add(time.Since(r.due))
			}
		})
	}
	var senders sync.WaitGroup
	start := time.Now()
	for nth, k := range kinds {
		senders.Go(func() {
			gap := time.Duration(float64(time.Second) / k.rate)
			at := start.Add(gap * time.Duration(nth) / time.Duration(len(kinds))) // kinds do not beat together
			for i := 0; at.Sub(start) < d && ctx.Err() == nil; i++ {
				if wait := time.Until(at); wait > 0 {
					time.Sleep(wait)
				}
				queue <- request{k, i, at}
				at = at.Add(gap)
			}
		})
	}
	senders.Wait()
	close(queue)
	wg.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}
