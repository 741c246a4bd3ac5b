package app

import (
	"container/heap"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/licence"
	"github.com/tongban/tongban/internal/rating"
)

// HistoryPlan is history.yaml: how many past cases, over which time, and how
// they go. The cases are made by running the acts under a moved clock, so that
// every figure of the demonstration follows from acts that really happened in
// the database.
type HistoryPlan struct {
	From  string       `json:"from"` // date
	To    string       `json:"to"`
	Cases int          `json:"cases"`
	Mix   []HistoryMix `json:"mix"`
}

// HistoryMix is one item's share and the percentages of how its cases go.
type HistoryMix struct {
	Item     string         `json:"item"` // basic code
	Unit     string         `json:"unit"` // key
	Weight   int            `json:"weight"`
	Outcomes map[string]int `json:"outcomes"`
}

// MovedClock is the clock that History moves; until it is moved it shows From.
type MovedClock struct{ at atomic.Pointer[time.Time] }

// NewMovedClock makes a clock that shows t.
func NewMovedClock(t time.Time) *MovedClock {
	c := &MovedClock{}
	c.Set(t)
	return c
}

// Now gives the time it was moved to.
func (c *MovedClock) Now() time.Time { return *c.at.Load() }

// Set moves it.
func (c *MovedClock) Set(t time.Time) { c.at.Store(&t) }

// History makes the past cases of a plan. The rooms must have been opened with
// the moved clock; nothing else may use them meanwhile.
func (r *Rooms) History(ctx context.Context, plan *HistoryPlan, clk *MovedClock, say Progress) (err error) {
	defer errs.Wrap(&err, "make past cases")
	h, err := r.newHistory(ctx, plan, clk)
	if err != nil {
		return err
	}
	scripts, err := h.write(ctx)
	if err != nil {
		return err
	}
	// All steps of all cases, in the order of time. Steps of different cases that
	// lie close together run at the same time, at one instant of the clock, and
	// share a commit.
	total, done, published := len(scripts), 0, clk.Now()
	line := scriptLine(scripts)
	heap.Init(&line)
	for len(line) > 0 {
		var batch []*script
		for len(line) > 0 && len(batch) < historyBatch && (len(batch) == 0 || line[0].next.Sub(batch[0].next) < 3*time.Hour) {
			batch = append(batch, heap.Pop(&line).(*script))
		}
		clk.Set(later(clk.Now(), batch[len(batch)-1].next))
		group, gctx := errgroup.WithContext(ctx)
		if clk.Now().Sub(published) > publishEvery {
			published = clk.Now()
			group.Go(func() error { return r.Publicity.Follow(gctx) })
		}
		for _, s := range batch {
			group.Go(func() error {
				if err := s.steps[s.step](gctx, s); err != nil {
					return fmt.Errorf("%s %s, step %d: %w", s.mix.Item, s.kind, s.step, err)
				}
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			return err
		}
		for _, s := range batch {
			if s.step++; s.step < len(s.steps) && s.next.Before(h.end) {
				heap.Push(&line, s)
			} else if done++; say != nil && done%50 == 0 {
				say(partCases, done, total)
			}
		}
	}
	if say != nil {
		say(partCases, total, total)
	}
	if _, err = r.Jobs.Drain(ctx); err != nil {
		return err
	}
	return r.Publicity.Follow(ctx)
}

// publishEvery is how often decisions are published while past cases are made:
// often enough for every one to be public in time.
const publishEvery = 72 * time.Hour

// historyBatch is how many cases move at the same time.
const historyBatch = 64

// scriptLine is a heap of cases by the time of their next step.
type scriptLine []*script

func (l scriptLine) Len() int           { return len(l) }
func (l scriptLine) Less(i, j int) bool { return l[i].next.Before(l[j].next) }
func (l scriptLine) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }

// Push and Pop are for container/heap.
func (l *scriptLine) Push(x any) { *l = append(*l, x.(*script)) }

// Pop takes the last one off.
func (l *scriptLine) Pop() any {
	old := *l
	x := old[len(old)-1]
	*l = old[:len(old)-1]
	return x
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// script is one past case: what happens to it and when.
type script struct {
	h     *history
	mix   HistoryMix
	item  *catalog.Item
	ver   *catalog.Version
	who   applicant
	kind  string // grant, correct, refuse, decline, withdraw, extend, late
	next  time.Time
	step  int
	steps []func(context.Context, *script) error
	no    string
	way   string     // of delivery
	rnd   *rand.Rand // its own: cases move at the same time

	reviewers []int64
	granted   bool // by the published clauses
}

type history struct {
	r      *Rooms
	plan   *HistoryPlan
	clk    *MovedClock
	cal    clock.Calendar
	rnd    *rand.Rand // for planning
	people []applicant
	bodies []applicant
	staff  map[string][]actor.Actor // by "unit key/role"
	refs   map[string]files.Ref     // by type
	end    time.Time
}

// applicant is a sample person, or a sample organisation with who acts for it.
type applicant struct {
	a    actor.Actor
	held []licence.Licence // before the first past case
}

func (h *history) write(ctx context.Context) ([]*script, error) {
	from, err := clock.ParseDate(h.plan.From)
	if err != nil {
		return nil, err
	}
	to, err := clock.ParseDate(h.plan.To)
	if err != nil {
		return nil, err
	}
	weights := 0
	for _, m := range h.plan.Mix {
		weights += m.Weight
	}
	dir, err := h.r.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	var out []*script
	for _, m := range h.plan.Mix {
		unit, ok := dir.UnitByKey(m.Unit)
		if !ok {
			return nil, fmt.Errorf("history: no unit %q", m.Unit)
		}
		item, ver, err := h.find(ctx, unit.USCC, m.Item)
		if err != nil {
			return nil, fmt.Errorf("history: item %s of %s: %w", m.Item, m.Unit, err)
		}
		n := (h.plan.Cases*m.Weight + weights - 1) / weights
		for range n {
			s := &script{h: h, mix: m, item: item, ver: ver, kind: h.pick(m.Outcomes), rnd: rand.New(rand.NewPCG(uint64(len(out)), 2022))}
			s.next = s.officeTime(h.cal.Next(from + clock.Date(h.rnd.IntN(int(to-from)+1))))
			s.who = h.applicantFor(&ver.Guide)
			s.steps = s.plan()
			out = append(out, s)
		}
	}
	return out, nil
}

func (h *history) find(ctx context.Context, uscc, basic string) (*catalog.Item, *catalog.Version, error) {
	var err error
	for _, level := range []string{"3", "4", "5", "6"} {
		var it *catalog.Item
		var v *catalog.Version
		if it, v, err = h.r.Catalog.Guide(ctx, h.r.Catalog.Codes().Compose(uscc, level, basic)); err == nil {
			return it, v, nil
		}
	}
	return nil, nil, err
}

func (h *history) pick(outcomes map[string]int) string {
	keys := make([]string, 0, len(outcomes))
	sum := 0
	for k, n := range outcomes {
		keys = append(keys, k)
		sum += n
	}
	slices.Sort(keys)
	n := h.rnd.IntN(max(sum, 1))
	for _, k := range keys {
		if n -= outcomes[k]; n < 0 {
			return k
		}
	}
	return "grant"
}

// officeTime is some minute of the working hours of a day.
func (s *script) officeTime(d clock.Date) time.Time {
	return d.Start().Add(time.Duration(9*60+s.rnd.IntN(7*60+30))*time.Minute + time.Duration(s.rnd.IntN(60))*time.Second)
}

// workdays moves a script on by working days, to some office time.
func (s *script) wait(days int) {
	d := clock.DateOf(s.next)
	for range days {
		d = s.h.cal.Next(d + 1)
	}
	t := s.officeTime(d)
	if !t.After(s.next) {
		t = s.next.Add(time.Duration(5+s.rnd.IntN(40)) * time.Minute)
	}
	s.next = t
}

// plan writes the steps of a case by how it is to go.
func (s *script) plan() []func(context.Context, *script) error {
	g := &s.ver.Guide
	steps := []func(context.Context, *script) error{apply}
	add := func(f func(context.Context, *script) error) { steps = append(steps, f) }
	if s.kind == "correct" {
		add(requestCorrection)
		add(resubmit)
	}
	switch {
	case s.kind == "decline":
		add(decline)
		return steps
	case s.kind == "withdraw" && s.rnd.IntN(2) == 0:
		add(withdraw)
		return steps
	}
	if g.Basics.Mode == "precheck" {
		add(act(casework.PrecheckPass, nil))
		add(act(casework.Arrive, nil))
	} else {
		add(act(casework.Accept, nil))
	}
	if s.kind == "withdraw" && !g.Instant() {
		add(withdraw)
		return steps
	}
	byPerson := func(f func(context.Context, *script) error) { add(f) }
	if len(g.Auto) > 0 && s.kind != "refuse" && s.kind != "late" && s.kind != "extend" {
		add(byRules)
		byPerson = func(f func(context.Context, *script) error) { add(unlessGranted(f)) }
	}
	for stage := g.NextStage(0); stage > 0; stage = g.NextStage(stage) {
		for _, sp := range g.Reviews(stage) {
			byPerson(review(sp))
		}
	}
	if s.kind == "extend" {
		add(extend)
	}
	if s.kind == "late" {
		add(linger)
	}
	byPerson(decide)
	add(handOut)
	if s.rnd.IntN(100) < 62 {
		add(rate)
	}
	return steps
}

// linger lets the promised limit pass.
func linger(_ context.Context, s *script) error {
	s.wait(s.ver.Guide.Limits.Promised.Days + 1)
	return nil
}

// rate gives the rating that the case's course makes likely.
func rate(ctx context.Context, s *script) error {
	level := rating.Level(5)
	switch n := s.rnd.IntN(100); {
	case s.kind == "late" && n < 40:
		level = 2
	case s.kind == "correct" && n < 12:
		level = 3
	case s.kind == "refuse" && n < 30:
		level = 2
	case n < 2:
		level = 1
	case n < 22:
		level = 4
	}
	in := rating.Input{CaseNo: s.no, Level: level, Anonymous: s.rnd.IntN(3) == 0}
	options := level.Reasons()
	in.Reasons = []string{options[s.rnd.IntN(len(options))].Key}
	_, err := s.h.r.Ratings.Rate(ctx, s.who.a, in)
	return err
}
