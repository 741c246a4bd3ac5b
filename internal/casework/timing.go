package casework

import (
	"slices"
	"time"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
)

// Clocks are the limits of a case with everything that happened to them. They
// are stored with the case; dates are reckoned from them and the calendar.
type Clocks []Clock

// Clock is one limit of a case.
type Clock struct {
	Kind        Limit              `json:"kind"`
	Workdays    int                `json:"n"`
	Unit        clock.Unit         `json:"unit"`
	Article     string             `json:"article"`
	Start       time.Time          `json:"start"`
	Extensions  []clock.Extension  `json:"ext,omitempty"`
	Suspensions []clock.Suspension `json:"susp,omitempty"`
	Done        time.Time          `json:"done,omitzero"`
}

// Timer is the clock as the clock room reckons it.
func (c Clock) Timer() clock.Timer {
	whose := clock.Authority
	if c.Kind.Applicant() {
		whose = clock.Applicant
	}
	return clock.Timer{Limit: clock.Limit{N: c.Workdays, Unit: c.Unit, Whose: whose, Article: c.Article},
		Start: c.Start, Extensions: c.Extensions, Suspensions: c.Suspensions, Done: c.Done}
}

// spanOf says how long a limit is for an item, and on what it rests: the guide's
// own figure if it has one, the regime's else. ok is false if there is none, as
// for a promised limit of an instant item.
func spanOf(l Limit, g *catalog.Guide, r Regime) (c Clock, ok bool) {
	c = Clock{Kind: l, Unit: clock.WorkingDays}
	from := func(gl *catalog.Limit, article string) bool {
		if gl == nil || gl.Unit == "none" || gl.Unit == "" {
			return false
		}
		c.Workdays, c.Article = gl.Days, article
		if gl.Unit == "day" {
			c.Unit = clock.NaturalDays
		}
		return true
	}
	law := func(s Span, rule Rule) bool {
		c.Workdays, c.Article = s.Workdays, r.Cites[rule]
		return s.Workdays > 0
	}
	const guide = "办事指南"
	lim := &g.Limits
	switch l {
	case Receipt:
		if ok = from(lim.Receipt, guide) || law(r.Receipt, RuleCorrection); ok && !r.Deemed && c.Article != guide {
			c.Article = plainLimit
		}
	case Promised:
		ok = from(&lim.Promised, guide+"承诺办结时限")
	case Statutory:
		if j := lim.Joint; j != nil && r.Joint.Workdays > 0 {
			c.Workdays, c.Article = min(j.Days, r.Joint.Workdays), r.Cites[RuleJoint]+"、"+j.Basis
			return c, true
		}
		ok = from(&lim.Statutory, lim.StatutoryBasis) || law(r.Decision, RuleExtend)
	case DeliveryLimit:
		ok = from(lim.Delivery, guide) || law(r.Delivery, RuleDeliver)
	case SupplementLimit:
		s := g.SupplementLimit()
		ok = from(&catalog.Limit{Days: s.Days, Unit: s.Unit}, guide+"容缺补齐期限")
	case HearingAskLimit:
		ok = law(r.HearingAsk, RuleHearingRight)
	case HearingHoldLimit:
		ok = law(r.HearingHold, RuleHearingRight)
	case VisitLimit:
		ok = law(r.VisitAssign, RuleAssign)
	case LowerLimit:
		ok = law(r.Lower, RuleLower)
	case Correction:
		// No law says how long an applicant has to correct.
		if ok = from(lim.Correction, guide); !ok && r.Correction.Workdays > 0 {
			c.Workdays, c.Article, ok = r.Correction.Workdays, plainLimit, true
		}
	}
	return c, ok
}

func (cs Clocks) of(l Limit) (*Clock, bool) {
	for i := len(cs) - 1; i >= 0; i-- { // the newest of its kind
		if cs[i].Kind == l {
			return &cs[i], true
		}
	}
	return nil, false
}

// decision is the clock on which an extension is judged: the law's own limit,
// the promised one where there is none.
func (cs Clocks) decision() (*Clock, bool) {
	if c, ok := cs.of(Statutory); ok {
		return c, true
	}
	return cs.of(Promised)
}

func (cs *Clocks) start(c Clock, from time.Time) {
	if old, ok := cs.of(c.Kind); ok && old.Done.IsZero() {
		return
	}
	c.Start = from
	*cs = append(*cs, c)
}

func (cs Clocks) stop(l Limit, at time.Time) {
	if c, ok := cs.of(l); ok && c.Done.IsZero() {
		c.wake(at)
		c.Done = at
	}
}

func (cs Clocks) stopAll(at time.Time) {
	for _, l := range []Limit{Receipt, Promised, Statutory, DeliveryLimit, Correction, SupplementLimit, HearingAskLimit, HearingHoldLimit, VisitLimit, LowerLimit} {
		cs.stop(l, at)
	}
}

// wake ends the pauses that go on. The list is copied: a clock is a value that
// others may hold.
func (c *Clock) wake(at time.Time) {
	c.Suspensions = slices.Clone(c.Suspensions)
	for i := range c.Suspensions {
		if c.Suspensions[i].To.IsZero() {
			c.Suspensions[i].To = at
		}
	}
}

// resume lets a clock that was done go on: the time in between is not counted.
func (cs Clocks) resume(l Limit, at time.Time, article, reason string) {
	if c, ok := cs.of(l); ok && !c.Done.IsZero() {
		c.Suspensions = append(slices.Clone(c.Suspensions), clock.Suspension{From: c.Done, To: at, Article: article, Reason: reason})
		c.Done = time.Time{}
	}
}

// pause stops the decision clocks for a special procedure. kind is its name:
// clocks are stored in the clear, so the reason, which is somebody's own words,
// stays in the notice and the event.
func (cs Clocks) pause(at time.Time, article, kind string) {
	for _, l := range []Limit{Promised, Statutory} {
		if c, ok := cs.of(l); ok && c.Done.IsZero() {
			c.Suspensions = append(slices.Clone(c.Suspensions), clock.Suspension{From: at, Article: article, Reason: kind})
		}
	}
}

// pausedOn is the article on which the pause that goes on rests.
func (cs Clocks) pausedOn() string {
	for _, c := range cs {
		for _, s := range c.Suspensions {
			if s.To.IsZero() {
				return s.Article
			}
		}
	}
	return ""
}

// moreTime gives the applicant more days to correct, from when they were asked for.
func (cs Clocks) moreTime(at time.Time, days int, article string) {
	if c, ok := cs.of(Correction); ok && c.Done.IsZero() {
		c.Extensions = append(slices.Clone(c.Extensions), clock.Extension{At: at, N: days, Article: article})
	}
}

func (cs Clocks) wake(at time.Time) {
	for _, l := range []Limit{Promised, Statutory} {
		if c, ok := cs.of(l); ok {
			c.wake(at)
		}
	}
}

// extend gives the decision clocks more working days.
func (cs Clocks) extend(at time.Time, days int, article string) {
	for _, l := range []Limit{Promised, Statutory} {
		if c, ok := cs.of(l); ok && c.Done.IsZero() {
			c.Extensions = append(slices.Clone(c.Extensions), clock.Extension{At: at, N: days, Article: article})
		}
	}
}

// waitsFor lists, for each state, the limits it waits for, the nearer first.
// While a special procedure goes on no limit runs, so there is no date; a
// hearing alone has one of its own.
var waitsFor = map[State][]Limit{
	Submitted: {Receipt}, Correcting: {Correction}, Reviewing: {Promised, Statutory, HearingHoldLimit, VisitLimit, LowerLimit},
	Deciding: {Promised, Statutory, HearingHoldLimit}, Suspended: {HearingHoldLimit}, Delivering: {DeliveryLimit},
}

// due is the date that the case waits for, empty if no limit runs.
func (cs Clocks) due(state State, cal clock.Calendar, now time.Time) string {
	first := ""
	for _, l := range waitsFor[state] {
		c, ok := cs.of(l)
		if !ok || !c.Done.IsZero() {
			continue
		}
		if d := c.Timer().At(cal, now).Due.String(); first == "" || d < first {
			first = d
		}
	}
	return first
}

// ClockView is a limit as people see it: words first, then the calculation.
type ClockView struct {
	N              int // among the limits of the case, from 1: ClockProof
	Kind           Limit
	Name, NameEN   string
	Words, WordsEN string
	Status         clock.Status
	Reckoning      clock.Reckoning
}

// view reckons all clocks at now.
func (cs Clocks) view(cal clock.Calendar, now time.Time) []ClockView {
	var out []ClockView
	for i, c := range cs {
		v := ClockView{N: i + 1, Kind: c.Kind, Reckoning: c.Timer().Reckon(cal, now)}
		v.Status = v.Reckoning.Status
		v.Name, v.NameEN = c.Kind.Words()
		v.Words, v.WordsEN = clock.Remaining(v.Status, false), clock.Remaining(v.Status, true)
		out = append(out, v)
	}
	return out
}
