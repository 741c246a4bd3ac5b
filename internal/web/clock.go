package web

import (
	"fmt"
	"time"
)

// Clock 时限 is partial "clock": words first, then the strip of days, then how
// the date was reckoned, behind a summary.
type Clock struct {
	Title string // “办理时限”
	Words string // “还剩 3 个工作日，10月22日前”, see Left
	Tone  Tone
	Days  []Day     // from the first day to the due date or today, whichever is later; empty: no strip
	Calc  []CalcRow // empty: no explanation
	Note  string    // “暂按周末推算，以公布的放假安排为准”
	Proof Link      // the calculation as a file that others can check
	Open  bool      // the calculation is shown at once
}

// Day is one cell of the strip.
type Day struct {
	Date  time.Time
	Kind  DayKind
	Today bool
	Due   bool
}

// DayKind says what a day means for the clock.
type DayKind string

// Kinds of day.
const (
	UsedDay DayKind = "used" // 已用工作日
	LeftDay DayKind = "left" // 剩余工作日
	OffDay  DayKind = "off"  // 休息日、节假日
	HoldDay DayKind = "hold" // 时限中止 (特别程序)
	OverDay DayKind = "over" // 超期
)

// CalcRow is one line of the reckoning: “10月13日 收件”, “+5 个工作日”.
type CalcRow struct{ What, Result string }

// Left is what a clock says in words. days counts from today to due: 0 is
// today, below 0 is late. Due is the last day, in any zone's midnight.
func (p Page) Left(days int, working bool, due time.Time) string {
	en := p.Lang == langEN
	unit := "个自然日"
	enUnit := "calendar day"
	if working {
		unit, enUnit = "个工作日", "working day"
	}
	on := monthDay(due, en)
	n := days
	if n < 0 {
		n = -n
	}
	if n != 1 {
		enUnit += "s"
	}
	switch {
	case days == 0:
		return p.Tr("今天到期，"+on, "Due today, "+on)
	case days < 0:
		return p.Tr(fmt.Sprintf("已超期 %d %s，应在%s前办结", n, unit, on), fmt.Sprintf("%d %s late, was due %s", n, enUnit, on))
	}
	return p.Tr(fmt.Sprintf("还剩 %d %s，%s前", n, unit, on), fmt.Sprintf("%d %s left, by %s", n, enUnit, on))
}

// LeftTone colours a clock by what is left of it.
func LeftTone(days int) Tone {
	switch {
	case days < 0:
		return Bad
	case days <= 2:
		return Note
	}
	return OK
}

// Cell is a drawn day: position and size in the strip's own units.
type stripCell struct {
	X    int
	Kind DayKind
	Due  bool
	Now  bool
}

// Strip lays the days out, ten units each.
func (c Clock) Strip() []stripCell {
	out := make([]stripCell, len(c.Days))
	for i, d := range c.Days {
		out[i] = stripCell{X: i*10 + 1, Kind: d.Kind, Due: d.Due, Now: d.Today}
	}
	return out
}

// Width of the strip in its own units.
func (c Clock) Width() int { return len(c.Days) * 10 }

// First and Last day of the strip; zero without days.
func (c Clock) First() time.Time { return c.at(0) }

// Last day of the strip.
func (c Clock) Last() time.Time { return c.at(len(c.Days) - 1) }

func (c Clock) at(i int) time.Time {
	if i < 0 || i >= len(c.Days) {
		return time.Time{}
	}
	return c.Days[i].Date
}

// Has reports whether a kind of day occurs, for the legend.
func (c Clock) Has(kind DayKind) bool {
	for _, d := range c.Days {
		if d.Kind == kind {
			return true
		}
	}
	return false
}
