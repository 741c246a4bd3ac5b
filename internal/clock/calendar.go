package clock

import (
	"fmt"
	"slices"
	"time"
)

// Calendar 工作日历 tells working days from others. It is an immutable value and
// may be shared. The zero Calendar covers no year: weekends and the statutory
// holidays of fixed date alone, all provisional.
type Calendar struct{ c *calendar }

type calendar struct {
	edition string
	covered map[int]bool    // years whose notice is known
	off     map[Date]string // name of the holiday
	work    map[Date]string // make-up working day, name of the holiday it belongs to
	until   Date
	years   []Year // as given, for Part
}

// Spec is what a calendar is made of: one edition, year by year. Its JSON form
// is that of the shipped files and of imports.
type Spec struct {
	Edition string `json:"edition"` // stable id, written down with every reckoned limit
	Years   []Year `json:"years"`
}

// Year is one year's days that differ from Monday-to-Friday.
type Year struct {
	Year      int        `json:"year"`
	Source    string     `json:"source"`              // the notice, or how it was projected
	Projected bool       `json:"projected,omitempty"` // no notice yet: statutory days alone, results provisional
	Off       []NamedDay `json:"off"`                 // days off by holiday; weekends in between may be listed or not
	Work      []NamedDay `json:"work,omitempty"`      // weekend days that are worked (调休上班)
}

// NamedDay is a date and the holiday it belongs to.
type NamedDay struct {
	Date Date   `json:"date"`
	Name string `json:"name"`
}

// New makes a calendar. It refuses a year given twice, a day outside its year
// or given twice, a make-up day from Monday to Friday, and a projected year
// with make-up days, which nobody can know.
func New(s Spec) (Calendar, error) {
	c := &calendar{edition: s.Edition, covered: map[int]bool{}, off: map[Date]string{}, work: map[Date]string{}, years: slices.Clone(s.Years)}
	if s.Edition == "" {
		return Calendar{}, fmt.Errorf("clock: the calendar has no edition id")
	}
	seen := map[int]bool{}
	for _, y := range s.Years {
		if y.Year < 1970 || y.Year > 2200 || seen[y.Year] {
			return Calendar{}, fmt.Errorf("clock: year %d is out of range or given twice", y.Year)
		}
		seen[y.Year] = true
		if !y.Projected {
			c.covered[y.Year] = true
		} else if len(y.Work) > 0 {
			return Calendar{}, fmt.Errorf("clock: projected year %d has make-up days", y.Year)
		}
		for i, d := range slices.Concat(y.Off, y.Work) {
			_, off := c.off[d.Date]
			_, work := c.work[d.Date]
			if d.Date.Year() != y.Year || off || work {
				return Calendar{}, fmt.Errorf("clock: %s is not of %d, or given twice", d.Date, y.Year)
			}
			if i < len(y.Off) {
				c.off[d.Date] = d.Name
				continue
			}
			if !weekend(d.Date) {
				return Calendar{}, fmt.Errorf("clock: make-up day %s is no weekend day", d.Date)
			}
			c.work[d.Date] = d.Name
		}
	}
	for y := range c.covered {
		c.until = max(c.until, DateFrom(y, time.December, 31))
	}
	return Calendar{c}, nil
}

// Edition is the id written down with every reckoned limit; empty for the zero
// Calendar.
func (c Calendar) Edition() string {
	if c.c == nil {
		return ""
	}
	return c.c.edition
}

// Part is what the edition says of the years from that of a to that of b:
// all that days between them rest on.
func (c Calendar) Part(a, b Date) Spec {
	s := Spec{Edition: c.Edition(), Years: []Year{}}
	if c.c == nil {
		return s
	}
	for _, y := range c.c.years {
		if a.Year() <= y.Year && y.Year <= b.Year() {
			s.Years = append(s.Years, y)
		}
	}
	return s
}

// Covers reports whether d lies in a year whose notice is known.
func (c Calendar) Covers(d Date) bool { return c.c != nil && c.c.covered[d.Year()] }

// CoveredUntil is the last day of the last covered year; the zero Date when
// there is none.
func (c Calendar) CoveredUntil() Date {
	if c.c == nil {
		return 0
	}
	return c.c.until
}

// DayKind is why a day is worked or not.
type DayKind string

// The kinds of day.
const (
	Weekday DayKind = "weekday" // 工作日
	Makeup  DayKind = "makeup"  // 调休上班
	Weekend DayKind = "weekend" // 周末
	Holiday DayKind = "holiday" // 节假日
)

// Day is what the calendar says of a date.
type Day struct {
	Date        Date
	Kind        DayKind
	Name        string // the holiday, for Holiday and Makeup
	Provisional bool   // no notice for this year
}

// Working reports whether the day is worked.
func (d Day) Working() bool { return d.Kind == Weekday || d.Kind == Makeup }

// Day looks up a date.
func (c Calendar) Day(d Date) Day {
	day := Day{Date: d, Kind: Weekday, Provisional: !c.Covers(d)}
	if c.c != nil {
		if name, ok := c.c.work[d]; ok {
			day.Kind, day.Name = Makeup, name
			return day
		}
		if name, ok := c.c.off[d]; ok {
			day.Kind, day.Name = Holiday, name
			return day
		}
	}
	if day.Provisional {
		if name := fixedHoliday(d); name != "" {
			day.Kind, day.Name = Holiday, name
			return day
		}
	}
	if weekend(d) {
		day.Kind = Weekend
	}
	return day
}

// Working reports whether d is a working day.
func (c Calendar) Working(d Date) bool { return c.Day(d).Working() }

// Between counts the working days after a up to and including b; negative, of
// those after b up to and including a, when b is before a.
func (c Calendar) Between(a, b Date) int {
	if b < a {
		return -c.Between(b, a)
	}
	n := 0
	for d := a + 1; d <= b; d++ {
		if c.Working(d) {
			n++
		}
	}
	return n
}

// Next is d itself when it is a working day, else the first one after it.
func (c Calendar) Next(d Date) Date {
	for !c.Working(d) {
		d++
	}
	return d
}

func weekend(d Date) bool {
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday
}

// fixedHoliday names the statutory holidays whose date is the same each year
// (全国年节及纪念日放假办法, as revised in 2024), for years nobody has projected.
func fixedHoliday(d Date) string {
	switch _, m, day := d.Start().Date(); {
	case m == time.January && day == 1:
		return "元旦"
	case m == time.May && day <= 2:
		return "劳动节"
	case m == time.October && day <= 3:
		return "国庆节"
	}
	return ""
}
