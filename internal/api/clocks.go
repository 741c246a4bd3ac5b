package api

import (
	"context"
	"net/http"
	"time"

	"github.com/tongban/tongban/internal/calendar"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/clock"
)

// Calendar 工作日历 is the edition in force.
type Calendar struct {
	Edition string `json:"edition"`
	Years   []Year `json:"years"`
}

// Year is the holiday arrangement of one year.
type Year struct {
	Year      int        `json:"year"`
	Source    string     `json:"source" doc:"The notice."`
	Projected bool       `json:"projected,omitempty" doc:"Not published yet; dates on it are provisional."`
	Off       []NamedDay `json:"off" doc:"Days off besides weekends."`
	Work      []NamedDay `json:"work" doc:"Weekend days that are worked."`
}

// NamedDay is a day and why it is special.
type NamedDay struct {
	Date string `json:"date" format:"date"`
	Name string `json:"name"`
}

func namedDay(d clock.NamedDay) NamedDay { return NamedDay{d.Date.String(), d.Name} }

// DueIn asks for a last day.
type DueIn struct {
	Body struct {
		From     string     `json:"from" format:"date" doc:"The day of the event; it does not count."`
		Workdays int        `json:"workdays,omitempty" minimum:"0" maximum:"10000"`
		Days     int        `json:"days,omitempty" minimum:"0" maximum:"10000" doc:"Natural days, instead of working days."`
		Unit     clock.Unit `json:"unit,omitempty" enum:"workday,day" doc:"workday if left out and days is not given."`
	}
}

// Due is a last day that explains itself.
type Due struct {
	Due         string   `json:"due" format:"date"`
	Provisional bool     `json:"provisional,omitempty" doc:"A day without a published calendar was looked at."`
	Edition     string   `json:"edition" doc:"Of the calendar."`
	Lines       []string `json:"lines" doc:"Why it is that day."`
}

// Clock is a limit of a case.
type Clock struct {
	Limit       Word        `json:"limit"`
	State       clock.State `json:"state" enum:"not-started,running,paused,done,done-late,lapsed"`
	Words       string      `json:"words" doc:"Where it stands." example:"还剩3个工作日，3月20日前"`
	Start       *time.Time  `json:"start,omitempty"`
	Due         string      `json:"due,omitempty" format:"date"`
	Remaining   int         `json:"remaining" doc:"Days left after today."`
	Overdue     int         `json:"overdue" doc:"Days since the last day."`
	Unit        clock.Unit  `json:"unit" enum:"workday,day"`
	Provisional bool        `json:"provisional,omitempty"`
	Lines       []string    `json:"lines" doc:"Why the date is what it is."`
}

func caseClock(c *call, v casework.ClockView) Clock {
	out := Clock{Limit: Word{string(v.Kind), c.pick(v.Name, v.NameEN)}, State: v.Status.State, Words: c.pick(v.Words, v.WordsEN),
		Start: instant(v.Reckoning.Start), Remaining: v.Status.Remaining, Overdue: v.Status.Overdue, Unit: v.Status.Limit.Unit,
		Provisional: v.Status.Provisional, Lines: v.Reckoning.Lines(c.en)}
	if v.Status.Due != 0 {
		out.Due = v.Status.Due.String()
	}
	return out
}

func (s *server) clocks() {
	addReply(s, operation{id: "calendar", method: http.MethodGet, path: "/calendar", tag: "clocks", open: true, zh: "工作日历", en: "The working-day calendar in force"},
		func(ctx context.Context, c *call, _ *none) (*reply[Calendar], error) {
			cal, err := s.Calendar.Current(ctx)
			if err != nil {
				return nil, err
			}
			list, err := s.Calendar.Notices(ctx)
			if err != nil {
				return nil, err
			}
			return publicBody(c, Calendar{cal.Edition(), mapTo(list, func(n calendar.Notice) Year {
				return Year{n.Year, n.Source, n.Projected, mapTo(n.Off, namedDay), mapTo(n.Work, namedDay)}
			})})
		})
	add(s, operation{id: "clock-due", method: http.MethodPost, path: "/clock/due", tag: "clocks", open: true, zh: "计算期限届满日", en: "Reckon a last day", again: "gives the same answer; nothing is stored."},
		func(ctx context.Context, c *call, in *DueIn) (Due, error) {
			cal, err := s.Calendar.Current(ctx)
			if err != nil {
				return Due{}, err
			}
			from, err := clock.ParseDate(in.Body.From)
			if err != nil {
				return Due{}, err
			}
			n, unit := in.Body.Workdays, in.Body.Unit
			if in.Body.Days > 0 && n == 0 {
				n, unit = in.Body.Days, clock.NaturalDays
			}
			if unit == "" {
				unit = clock.WorkingDays
			}
			r := clock.Due(cal, from.Start(), n, unit)
			return Due{r.Due.String(), r.Provisional, r.Edition, r.Lines(c.en)}, nil
		})
}
