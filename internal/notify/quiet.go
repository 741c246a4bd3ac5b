package notify

import (
	"errors"
	"fmt"
	"time"

	"github.com/tongban/tongban/internal/clock"
)

// Quiet 免打扰时段 is when nobody is woken by SMS or WeChat, in Shanghai time. The
// zero value has none.
type Quiet struct{ from, to int } // minutes of the day

// ParseQuiet reads "21:00-08:00", or "none".
func ParseQuiet(s string) (Quiet, error) {
	if s == "none" || s == "" {
		return Quiet{}, nil
	}
	var h1, m1, h2, m2 int
	var rest string
	if n, _ := fmt.Sscanf(s, "%2d:%2d-%2d:%2d%s", &h1, &m1, &h2, &m2, &rest); n != 4 || h1 < 0 || h1 > 23 || h2 < 0 || h2 > 23 || m1 < 0 || m1 > 59 || m2 < 0 || m2 > 59 {
		return Quiet{}, errors.New(`notify: quiet hours are written "21:00-08:00" or "none"`)
	}
	q := Quiet{h1*60 + m1, h2*60 + m2}
	if q.from == q.to {
		return Quiet{}, errors.New("notify: quiet hours begin and end at the same minute")
	}
	return q, nil
}

// String gives what ParseQuiet reads.
func (q Quiet) String() string {
	if q == (Quiet{}) {
		return "none"
	}
	return fmt.Sprintf("%02d:%02d-%02d:%02d", q.from/60, q.from%60, q.to/60, q.to%60)
}

// Hours gives both ends, "21:00" and "08:00"; "" if there is no such time.
func (q Quiet) Hours() (from, to string) {
	if q == (Quiet{}) {
		return "", ""
	}
	s := q.String()
	return s[:5], s[6:]
}

// until gives the end of the quiet hours that now lies in.
func (q Quiet) until(now time.Time) (time.Time, bool) {
	if q == (Quiet{}) {
		return time.Time{}, false
	}
	local := now.In(clock.Shanghai())
	minute := local.Hour()*60 + local.Minute()
	end := time.Date(local.Year(), local.Month(), local.Day(), q.to/60, q.to%60, 0, 0, clock.Shanghai())
	switch {
	case q.from < q.to && minute >= q.from && minute < q.to, q.from > q.to && minute < q.to:
		return end, true
	case q.from > q.to && minute >= q.from:
		return end.AddDate(0, 0, 1), true
	}
	return time.Time{}, false
}
