package channel

import (
	"fmt"
	"time"

	"github.com/tongban/tongban/internal/clock"
)

// Rule 预约规则 says which slots there are. The same rule holds for every centre
// and item.
type Rule struct {
	Days    int      // how many natural days ahead can be booked, today included
	Seats   int      // people in one slot, by centre and item
	Minutes int      // length of a slot
	Periods []Period // when slots lie
}

// Period is a part of the day in minutes since midnight in Shanghai.
type Period struct{ From, To int }

// DefaultRule: half an hour each, 9:00–11:30 and 13:30–16:30, three people,
// two weeks ahead.
func DefaultRule() Rule {
	return Rule{Days: 14, Seats: 3, Minutes: 30, Periods: []Period{{9 * 60, 11*60 + 30}, {13*60 + 30, 16*60 + 30}}}
}

// Slot 时段 that can be booked.
type Slot struct {
	At    string // "09:30", Shanghai time
	Until string // "10:00"
	Free  int    // seats left, 0 when full
}

// SlotDay is a working day with its slots.
type SlotDay struct {
	Date  clock.Date
	Slots []Slot
	Free  int // seats left on the day
}

// instant is when a slot of a day begins; ok is false if the rule has no such slot.
func (r Rule) instant(day clock.Date, slot string) (at time.Time, ok bool) {
	for _, m := range r.starts() {
		if hhmm(m) == slot {
			return day.Start().Add(time.Duration(m) * time.Minute), true
		}
	}
	return time.Time{}, false
}

// starts are the minutes of the day at which slots begin.
func (r Rule) starts() (out []int) {
	for _, p := range r.Periods {
		for m := p.From; r.Minutes > 0 && m+r.Minutes <= p.To; m += r.Minutes {
			out = append(out, m)
		}
	}
	return out
}

// offered reports whether a slot can be booked at now, seats aside: on a working
// day of a published calendar, not begun, not too far ahead. A day that a
// notice yet to come may declare a holiday is not offered.
func (r Rule) offered(cal clock.Calendar, day clock.Date, slot string, now time.Time) bool {
	at, ok := r.instant(day, slot)
	d := cal.Day(day)
	return ok && d.Working() && !d.Provisional && at.After(now) && day < clock.DateOf(now)+clock.Date(r.Days)
}

// days lists what can be booked from a date on, given how many seats are taken.
func (r Rule) days(cal clock.Calendar, from clock.Date, now time.Time, taken func(clock.Date, string) int) (out []SlotDay) {
	today := clock.DateOf(now)
	for day := max(from, today); day < today+clock.Date(r.Days); day++ {
		d := SlotDay{Date: day}
		for _, m := range r.starts() {
			s := Slot{At: hhmm(m), Until: hhmm(m + r.Minutes)}
			if !r.offered(cal, day, s.At, now) {
				continue
			}
			s.Free = max(0, r.Seats-taken(day, s.At))
			d.Free += s.Free
			d.Slots = append(d.Slots, s)
		}
		if len(d.Slots) > 0 {
			out = append(out, d)
		}
	}
	return out
}

func hhmm(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// slotStart is when a stored slot begins, whatever the rule says today.
func slotStart(day clock.Date, slot string) (time.Time, error) {
	t, err := time.Parse("15:04", slot)
	return day.Start().Add(time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute), err
}
