package casework

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/identity"
)

// wholeGuide names everything that a guide can: every limit, an extension and
// special procedures with their bases, a ground for returning, two reviews.
func wholeGuide(typ string) catalog.Guide {
	g := guide("事项", typ)
	days := func(n int) *catalog.Limit { return &catalog.Limit{Days: n, Unit: "workday", Note: "某条例"} }
	g.Limits = catalog.Limits{Statutory: *days(20), StatutoryBasis: "某条例第一条", Promised: *days(10), Receipt: days(5), Delivery: days(10), Extension: days(5),
		Correction: days(15), Special: []catalog.Special{{Kind: "expert", Days: 5, Basis: "某条例第二条"}}, Mark: "C"}
	g.Steps = slices.Insert(g.Steps, 2, catalog.Step{Key: "second", Name: "复审", Kind: catalog.StepReview, Role: "reviewer", Stage: 2})
	return g
}

// point is what the model knows of a case: where it stands and, for each clock,
// whether it runs, stands still or is done.
type point struct {
	state, back State
	clocks      string
}

// model walks the state table under one regime with one guide.
type model struct {
	t    *testing.T
	w    world
	keep bool
	seen map[point]*Case
	next map[point][]point
}

// standing says how a clock of a case stands: run, still, done, or - without one.
func standing(cs Clocks, l Limit) string {
	c, ok := cs.of(l)
	switch {
	case !ok:
		return "-"
	case !c.Done.IsZero():
		return "done"
	case slices.ContainsFunc(c.Suspensions, func(s clock.Suspension) bool { return s.To.IsZero() }):
		return "still"
	}
	return "run"
}

// tracked are the clocks of the table itself; others begin with what happens
// beside it: promises, hearings, visits.
var tracked = []Limit{Receipt, Correction, Promised, Statutory, DeliveryLimit}

func pointOf(c *Case) point {
	var b strings.Builder
	for _, l := range tracked {
		fmt.Fprintf(&b, "%s=%s ", l, standing(c.Clocks, l))
	}
	return point{c.State, c.ResumeState, b.String()}
}

// make does a move with the room's own clock rules, without a database.
func (m *model) make(c *Case, mv Move, to State, at time.Time) *Case {
	n := *c
	n.Clocks = slices.Clone(c.Clocks)
	st := &step{s: &Service{Config: Config{KeepReceiptClock: m.keep}}, c: &n, w: m.w, m: mv, from: c.State, at: at, in: Input{Kind: "expert"}}
	switch mv.Act {
	case Submit:
		n.SubmittedAt, n.ReceivedAt = at, at
	case Resubmit:
		if !m.keep {
			n.ReceivedAt = at
		}
	case Accept, Arrive:
		n.AcceptedAt = at
	case DeemAccepted:
		n.AcceptedAt = n.ReceivedAt
	case Suspend, HearingCall:
		if c.State != Suspended {
			n.ResumeState = c.State
		}
	case Extend:
		st.longer = 1
	case GrantMoreTime:
		st.more, st.moreAt = 1, at
	}
	if mv.To == Back {
		st.to, n.ResumeState = c.ResumeState, ""
	}
	if st.to == "" && to != "" {
		st.to = to
	}
	n.State = st.target()
	st.runClocks()
	return &n
}

// walk finds every point that the table reaches.
func (m *model) walk() {
	at := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	start := &Case{}
	queue := []*Case{start}
	m.seen[pointOf(start)] = start
	for len(queue) > 0 {
		c := queue[0]
		queue = queue[1:]
		p := pointOf(c)
		for _, mv := range MovesFrom(c.State) {
			if !m.w.reg.Allows(mv) {
				continue
			}
			to := []State{""}
			if mv.To == Next {
				to = []State{Reviewing, Deciding}
			}
			for _, x := range to {
				n := m.make(c, mv, x, at.Add(time.Duration(len(m.seen))*time.Hour))
				m.invariant(p, mv, n)
				q := pointOf(n)
				m.next[p] = append(m.next[p], q)
				if m.seen[q] == nil {
					m.seen[q] = n
					queue = append(queue, n)
				}
			}
		}
	}
}

// running lists which clocks must run, and which stand still, in each state.
var running = map[State][2][]Limit{
	Submitted: {{Receipt}, nil}, Prechecked: {nil, nil}, Correcting: {{Correction}, nil}, Reviewing: {{Promised, Statutory}, nil},
	Deciding: {{Promised, Statutory}, nil}, Suspended: {nil, {Promised, Statutory}}, Delivering: {{DeliveryLimit}, nil}, Closed: {nil, nil},
}

func (m *model) invariant(from point, mv Move, c *Case) {
	want := running[c.State]
	for _, l := range tracked {
		is := standing(c.Clocks, l)
		if _, has := spanOf(l, &m.w.v.Guide, m.w.reg); !has && is != "-" {
			m.t.Errorf("%s: %s has no %s clock and got one", m.w.reg.Key, mv.Act, l)
		} else if !has {
			continue
		}
		switch {
		case slices.Contains(want[0], l) != (is == "run"), slices.Contains(want[1], l) != (is == "still"):
			m.t.Errorf("%s: %v × %s → %s: the %s clock is %q", m.w.reg.Key, from, mv.Act, c.State, l, is)
		}
	}
	open := 0
	for _, k := range c.Clocks {
		if k.Done.IsZero() {
			open++
		}
	}
	if c.State == Closed && open > 0 {
		m.t.Errorf("%s: %s closed the case and %d clocks go on", m.w.reg.Key, mv.Act, open)
	}
	due := c.Clocks.due(c.State, m.w.cal, c.latest())
	has := slices.ContainsFunc(want[0], func(l Limit) bool { _, ok := spanOf(l, &m.w.v.Guide, m.w.reg); return ok })
	beside := slices.ContainsFunc(waitsFor[c.State], func(l Limit) bool { return !slices.Contains(tracked, l) && standing(c.Clocks, l) == "run" })
	if (due != "") != (has || beside) {
		m.t.Errorf("%s: %s → %s waits for %q", m.w.reg.Key, mv.Act, c.State, due)
	}
}

// ends reports whether a point leads to the end.
func (m *model) ends() map[point]bool {
	out := map[point]bool{}
	for grown := true; grown; {
		grown = false
		for p := range m.seen {
			if !out[p] && (p.state == Closed || slices.ContainsFunc(m.next[p], func(q point) bool { return out[q] })) {
				out[p], grown = true, true
			}
		}
	}
	return out
}

// TestModel 模型检查 walks the state table under every regime, with a guide that
// names everything and one that names the least, and with either reading of the
// receipt clock: no dead state, every state reaches an end, every clock runs
// exactly where it must.
func TestModel(t *testing.T) {
	cal, err := clock.New(clock.Spec{Edition: "test", Years: []clock.Year{{Year: 2026, Source: "test"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range Regimes {
		for name, g := range map[string]catalog.Guide{"whole": wholeGuide(r.Types[0]), "least": guide("事项", r.Types[0])} {
			for _, keep := range []bool{false, true} {
				m := &model{t: t, w: world{dir: &identity.Directory{}, cal: cal, v: &catalog.Version{Guide: g}, reg: r.For(&g)}, keep: keep, seen: map[point]*Case{}, next: map[point][]point{}}
				m.walk()
				ends := m.ends()
				states := map[State]bool{}
				for p := range m.seen {
					states[p.state] = true
					if !ends[p] {
						t.Errorf("%s %s: %v never ends", r.Key, name, p)
					}
					if p.state != Closed && !slices.ContainsFunc(m.next[p], func(q point) bool { return q != p }) {
						t.Errorf("%s %s: %v is dead", r.Key, name, p)
					}
				}
				special := name == "whole" || r.Key == licensing.Key
				if want := len(States) + 1; len(states) != want && (special || len(states) != want-1 || states[Suspended]) {
					t.Errorf("%s %s reaches %v", r.Key, name, states)
				}
				if len(m.seen) < 10 {
					t.Errorf("%s %s: only %d points", r.Key, name, len(m.seen))
				}
			}
		}
	}
}

// TestModelFinds: the check is no check if it cannot fail: with a clock that is
// not stopped, one that is not started, and a state that nothing leaves.
func TestModelFinds(t *testing.T) {
	whole := Table
	defer func() { Table = whole }()
	broken := map[string]func(list []Move) []Move{
		"a clock that goes on": func(list []Move) []Move { list[find(list, Submitted, Accept)].Stops = nil; return list },
		"a clock that is missing": func(list []Move) []Move {
			list[find(list, Deciding, Decide)].Starts = nil
			return list
		},
		"a pause forgotten": func(list []Move) []Move { list[find(list, Suspended, Resume)].Wakes = false; return list },
		"a dead state": func(list []Move) []Move {
			return slices.DeleteFunc(list, func(m Move) bool { return m.From == Delivering && m.To == Closed })
		},
	}
	cal, err := clock.New(clock.Spec{Edition: "test", Years: []clock.Year{{Year: 2026, Source: "test"}}})
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range broken {
		Table = change(slices.Clone(whole))
		g := wholeGuide("01")
		probe := &testing.T{}
		m := &model{t: probe, w: world{dir: &identity.Directory{}, cal: cal, v: &catalog.Version{Guide: g}, reg: licensing}, seen: map[point]*Case{}, next: map[point][]point{}}
		m.walk()
		ends := m.ends()
		stuck := false
		for p := range m.seen {
			stuck = stuck || !ends[p]
		}
		if !probe.Failed() && !stuck {
			t.Errorf("%s is not found", name)
		}
	}
}

func find(list []Move, from State, act Act) int {
	return slices.IndexFunc(list, func(m Move) bool { return m.From == from && m.Act == act })
}
