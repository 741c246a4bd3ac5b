package clock

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Reckoning 期限计算 is a status that can explain itself.
type Reckoning struct {
	Status
	Start  time.Time
	Days   []Counted // every day from the event to the last, in order
	Events []Event   // what happened to the limit, in order
}

// Counted is one day of a reckoning.
type Counted struct {
	Day
	Why Why
	N   int // its number when Why is Counts, else 0
}

// Why a day counts or does not.
type Why string

// The reasons.
const (
	Counts     Why = "counts"
	OpeningDay Why = "opening"   // 开始当日不计 (民法典 Art 201)
	NotWorking Why = "off"       // weekend or holiday, in working days (行政许可法 Art 82)
	Suspended  Why = "suspended" // 特别程序期间不计 (行政许可法 Art 45)
	RollsOn    Why = "rolls-on"  // used up, but no working day to end on (民法典 Art 203)
)

// Event is one thing that happened to a limit and the last day as it stood
// afterwards.
type Event struct {
	At      time.Time
	Kind    EventKind
	N       int    // days granted, for Started and Extended
	Article string // on which it rests
	Reason  string
	Due     Date // afterwards; zero while paused
}

// EventKind names what happened.
type EventKind string

// The kinds of event.
const (
	Started       EventKind = "started"        // 起算
	SuspensionOn  EventKind = "suspended"      // 暂停
	SuspensionOff EventKind = "resumed"        // 恢复
	Extended      EventKind = "extended"       // 延期
	TooLate       EventKind = "without-effect" // after the limit had lapsed
	Finished      EventKind = "done"           // 完成
)

// Due reckons n days of unit from an event: the limit of the authority, looked
// at right at the event.
func Due(cal Calendar, event time.Time, n int, unit Unit) Reckoning {
	return Timer{Limit: Limit{N: n, Unit: unit}, Start: event}.Reckon(cal, event)
}

// Reckon is At with every day and event.
func (t Timer) Reckon(cal Calendar, now time.Time) Reckoning {
	r := Reckoning{Start: t.Start}
	r.Status = t.run(cal, now, func(c Counted) { r.Days = append(r.Days, c) })
	if r.State != NotStarted {
		r.Events = t.events(cal, now)
	}
	return r
}

// events tells what happened up to now and, after each, when the limit would
// end.
func (t Timer) events(cal Calendar, now time.Time) []Event {
	list := []Event{{At: t.Start, Kind: Started, N: t.Limit.N, Article: t.Limit.Article}}
	for _, e := range t.Extensions {
		list = append(list, Event{At: e.At, Kind: Extended, N: e.N, Article: e.Article, Reason: e.Reason})
	}
	for _, s := range t.Suspensions {
		list = append(list, Event{At: s.From, Kind: SuspensionOn, Article: s.Article, Reason: s.Reason})
		if !s.To.IsZero() {
			list = append(list, Event{At: s.To, Kind: SuspensionOff, Article: s.Article, Reason: s.Reason})
		}
	}
	if !t.Done.IsZero() {
		list = append(list, Event{At: t.Done, Kind: Finished})
	}
	list = slices.DeleteFunc(list, func(e Event) bool {
		return e.At.After(now) || !t.Done.IsZero() && e.At.After(t.Done)
	})
	slices.SortStableFunc(list, func(a, b Event) int { return cmp.Or(a.At.Compare(b.At), order(a.Kind)-order(b.Kind)) })
	var before Status
	for i := range list {
		e := &list[i]
		s := t.run(cal, e.At, nil)
		if s.State == Lapsed || before.State == Lapsed && e.Kind != Finished {
			e.Kind = TooLate
		}
		if e.Due = s.Due; s.State == Paused {
			e.Due = 0
		}
		before = s
	}
	return list
}

func order(k EventKind) int {
	return slices.Index([]EventKind{Started, SuspensionOff, Extended, SuspensionOn, Finished}, k)
}

// String is the due date, for messages of tests and logs.
func (r Reckoning) String() string { return fmt.Sprintf("%s (%s)", r.Due, r.State) }
