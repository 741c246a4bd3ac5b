package app

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
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
type MovedClock struct{ at time.Time }

// Now gives the time it was moved to.
func (c *MovedClock) Now() time.Time { return c.at }

// Set moves it.
func (c *MovedClock) Set(t time.Time) { c.at = t }

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
	total := len(scripts)
	// All steps of all cases, in the order of time; a step that is done puts the
	// next one of its case in line.
	for done := 0; len(scripts) > 0; {
		if err := ctx.Err(); err != nil {
			return err
		}
		sort.Slice(scripts, func(i, j int) bool { return scripts[i].next.Before(scripts[j].next) })
		horizon := scripts[0].next.Add(36 * time.Hour)
		var rest []*script
		for _, s := range scripts {
			for s.step < len(s.steps) && s.next.Before(horizon) && !s.next.After(h.end) {
				clk.Set(later(clk.at, s.next))
				if err := s.steps[s.step](ctx, s); err != nil {
					return fmt.Errorf("%s, step %d: %w", s.mix.Item, s.step, err)
				}
				s.step++
			}
			if s.step < len(s.steps) && !s.next.After(h.end) {
				rest = append(rest, s)
			} else {
				done++
			}
		}
		scripts = rest
		clk.Set(later(clk.at, horizon))
		if _, err := r.Jobs.Drain(ctx); err != nil {
			return err
		}
		if say != nil {
			say("过往办件", done, total)
		}
	}
	return nil
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

	reviewers []int64
}

type history struct {
	r      *Rooms
	plan   *HistoryPlan
	clk    *MovedClock
	cal    clock.Calendar
	rnd    *rand.Rand
	people []applicant
	bodies []applicant
	staff  map[string][]actor.Actor // by "unit key/role"
	refs   map[string]files.Ref     // by type
	end    time.Time
}

// applicant is a sample person, or a sample organisation with who acts for it.
type applicant struct{ a actor.Actor }

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
			s := &script{h: h, mix: m, item: item, ver: ver, kind: h.pick(m.Outcomes)}
			s.next = h.officeTime(h.cal.Next(from + clock.Date(h.rnd.IntN(int(to-from)+1))))
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
		if it, v, err = h.r.Catalog.Guide(ctx, uscc+level+basic); err == nil {
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
func (h *history) officeTime(d clock.Date) time.Time {
	return d.Start().Add(time.Duration(9*60+h.rnd.IntN(7*60+30))*time.Minute + time.Duration(h.rnd.IntN(60))*time.Second)
}

// workdays moves a script on by working days, to some office time.
func (s *script) wait(days int) {
	d := clock.DateOf(s.next)
	for range days {
		d = s.h.cal.Next(d + 1)
	}
	t := s.h.officeTime(d)
	if !t.After(s.next) {
		t = s.next.Add(time.Duration(5+s.h.rnd.IntN(40)) * time.Minute)
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
	case s.kind == "withdraw" && s.h.rnd.IntN(2) == 0:
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
	for stage := g.NextStage(0); stage > 0; stage = g.NextStage(stage) {
		for _, sp := range g.Reviews(stage) {
			add(review(sp))
		}
	}
	if s.kind == "extend" {
		add(extend)
	}
	add(decide)
	add(handOut)
	if s.h.rnd.IntN(100) < 62 {
		add(rate)
	}
	return steps
}

// rate gives the rating that the case's course makes likely.
func rate(ctx context.Context, s *script) error {
	level := rating.Level(5)
	switch n := s.h.rnd.IntN(100); {
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
	in := rating.Input{CaseNo: s.no, Level: level, Anonymous: s.h.rnd.IntN(3) == 0}
	options := level.Reasons()
	in.Reasons = []string{options[s.h.rnd.IntN(len(options))].Key}
	_, err := s.h.r.Ratings.Rate(ctx, s.who.a, in)
	return err
}
