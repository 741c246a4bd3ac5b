package clock

import "time"

// Timer 时限 is one limit with everything that happened to it. A case has
// several: the statutory and the promised one are two timers with the same
// events and different limits. It is a plain value; the caller stores the
// events and puts it together.
type Timer struct {
	Limit       Limit
	Start       time.Time // the event that starts it; zero: not started
	Extensions  []Extension
	Suspensions []Suspension
	Done        time.Time // what the limit demands was done; zero: not yet
}

// Limit 期限 is how long somebody has.
type Limit struct {
	N       int    // days; 0 means on the day itself, more than MaxDays means MaxDays
	Unit    Unit   // empty means working days
	Whose   Party  // empty means the authority's
	Article string // on which it rests: "行政许可法第四十二条"
}

// MaxDays bounds what a limit and its extensions grant together.
const MaxDays = 10_000

// Unit is what is counted. Where the law leaves open how an applicant's limit
// counts, working days are the reading that is better for them: they never end
// earlier.
type Unit string

// The units.
const (
	WorkingDays Unit = "workday" // 工作日
	NaturalDays Unit = "day"     // 自然日
)

// Party is whose limit it is: who is late when it lapses.
type Party string

// The parties.
const (
	Authority Party = "authority" // 行政机关
	Applicant Party = "applicant" // 申请人
)

// Extension 延期 gives N more days of the limit's unit. It must come before the
// limit has lapsed; a later one has no effect.
type Extension struct {
	At      time.Time
	N       int
	Article string // "行政许可法第四十二条第一款"
	Reason  string // as told to the applicant
}

// Suspension 暂停 (特别程序) is time that is not counted. The day it begins is
// still counted, the days after it up to and including the one it ends are
// not. Several may overlap. One that begins after the limit has lapsed has no
// effect.
type Suspension struct {
	From    time.Time
	To      time.Time // zero: still going on
	Article string    // "行政许可法第四十五条"
	Reason  string    // which procedure
}

// State of a timer.
type State string

// The states.
const (
	NotStarted State = "not-started" // 未起算
	Running    State = "running"     // 计时中
	Paused     State = "paused"      // 暂停
	DoneInTime State = "done"        // 按时完成
	DoneLate   State = "done-late"   // 超期完成
	Lapsed     State = "lapsed"      // 已超期
)

// Status is where a timer stands on a day.
type Status struct {
	State State
	On    Date      // the day it was looked at
	Due   Date      // last day; while paused, what it would be if the pause ended now; zero if not started
	DueAt time.Time // 24:00 of Due, the first instant that is late; zero if not started
	// Remaining is how many days of the unit are left after today, 0 on the last
	// day and when lapsed or done; while paused, what is left when it resumes. Overdue is how many have passed since Due, up to
	// Done or now; a weekend right after Due makes it late by 0 working days.
	Remaining, Overdue int
	Allowed            int // days granted: the limit and its effective extensions
	Limit              Limit
	Provisional        bool   // a day without a published calendar was looked at
	Edition            string // of the calendar
}

// Late reports whether the limit was missed.
func (s Status) Late() bool { return s.State == Lapsed || s.State == DoneLate }

// Effective reports whether a legal effect may follow from the lapse: it has
// lapsed, on a date that is not provisional.
func (s Status) Effective() bool { return s.State == Lapsed && !s.Provisional }

// At tells where the timer stands at now. Events after now are not looked at.
func (t Timer) At(cal Calendar, now time.Time) Status { return t.run(cal, now, nil) }

// run walks day by day from the start and hands each to see, if given.
func (t Timer) run(cal Calendar, now time.Time, see func(Counted)) Status {
	if t.Limit.Unit == "" {
		t.Limit.Unit = WorkingDays
	}
	if t.Limit.Whose == "" {
		t.Limit.Whose = Authority
	}
	s := Status{State: NotStarted, On: DateOf(now), Limit: t.Limit, Edition: cal.Edition()}
	if t.Start.IsZero() || t.Start.After(now) {
		return s
	}
	over := now // nothing that happened after the end matters
	done := !t.Done.IsZero() && !t.Done.After(now)
	if done {
		over = t.Done
	}
	w := walk{cal: cal, unit: t.Limit.Unit, start: DateOf(t.Start), pauses: t.pauses(over), see: see}
	w.allowed = func(d Date) int {
		n := days(t.Limit.N)
		for _, e := range t.Extensions {
			if !e.At.After(over) && DateOf(e.At) <= d {
				n = days(n + days(e.N))
			}
		}
		return n
	}
	s.Due, s.Allowed, s.Provisional = w.due(s.On)
	s.DueAt = s.Due.End()

	last := s.On
	switch {
	case done && over.Before(s.DueAt):
		s.State = DoneInTime
	case done:
		s.State, last = DoneLate, DateOf(over)
	case !now.Before(s.DueAt):
		s.State = Lapsed
	case pausedAt(t.Suspensions, over):
		s.State, s.Remaining = Paused, w.left
	default:
		s.State, s.Remaining = Running, t.Limit.Unit.between(cal, s.On, s.Due)
	}
	if s.Late() {
		s.Overdue = t.Limit.Unit.between(cal, s.Due, last)
	}
	return s
}

// between counts the unit's days after a up to and including b.
func (u Unit) between(cal Calendar, a, b Date) int {
	if u == NaturalDays {
		return int(b - a)
	}
	return cal.Between(a, b)
}

func days(n int) int { return min(max(0, n), MaxDays) }

// pause is a suspension in days: those after from up to and including to are
// not counted.
type pause struct{ from, to Date }

// pauses are the suspensions begun by over; those that go on then are taken to
// end then.
func (t Timer) pauses(over time.Time) []pause {
	var out []pause
	for _, s := range t.Suspensions {
		if s.From.After(over) {
			continue
		}
		to := s.To
		if to.IsZero() || to.After(over) {
			to = over
		}
		out = append(out, pause{DateOf(s.From), DateOf(to)})
	}
	return out
}

func pausedAt(list []Suspension, at time.Time) bool {
	for _, s := range list {
		if !s.From.After(at) && (s.To.IsZero() || s.To.After(at)) {
			return true
		}
	}
	return false
}

// walk finds the last day.
type walk struct {
	cal     Calendar
	unit    Unit
	start   Date
	pauses  []pause
	allowed func(Date) int // as granted up to and including a day
	see     func(Counted)
	left    int // days counted after on
}

// due is the first working day on whose end the days granted until then are
// used up and no pause is going on.
func (w *walk) due(on Date) (due Date, allowed int, provisional bool) {
	n := 0
	for d := w.start; ; d++ {
		day := w.cal.Day(d)
		c := Counted{Day: day, Why: OpeningDay}
		if d > w.start {
			c.Why = w.why(day, n)
		}
		if c.Why == Counts {
			n++
			c.N = n
			if d > on {
				w.left++
			}
		}
		allowed = w.allowed(d)
		full := n >= allowed
		// Natural days run whatever the calendar says; it is asked for the last.
		if w.unit == WorkingDays && d > w.start || full {
			provisional = provisional || day.Provisional
		}
		end := full && day.Working() && !w.goesOn(d)
		if w.see != nil {
			w.see(c)
		}
		if end {
			return d, allowed, provisional
		}
	}
}

// why tells whether a day after the first counts.
func (w *walk) why(day Day, n int) Why {
	for _, p := range w.pauses {
		if p.from < day.Date && day.Date <= p.to {
			return Suspended
		}
	}
	switch {
	case n >= w.allowed(day.Date):
		return RollsOn
	case w.unit == WorkingDays && !day.Working():
		return NotWorking
	}
	return Counts
}

// goesOn reports whether a pause lasts beyond the end of d.
func (w *walk) goesOn(d Date) bool {
	for _, p := range w.pauses {
		if p.from <= d && d < p.to {
			return true
		}
	}
	return false
}
