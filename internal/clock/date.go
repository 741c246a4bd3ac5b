package clock

import (
	"fmt"
	"time"
)

// Date 日期 is a day in Asia/Shanghai, counted from 1970-01-01; dates compare,
// add and subtract as integers. The zero Date is 1970-01-01 and stands for
// none in this package's results.
type Date int32

// Shanghai is the platform's zone. China keeps no summer time, so that a fixed
// offset is right for every date the platform handles and needs no zone file.
func Shanghai() *time.Location { return shanghai }

var shanghai = time.FixedZone("CST", 8*60*60)

const daySeconds = 24 * 60 * 60

// DateOf is the day in Shanghai on which t falls.
func DateOf(t time.Time) Date {
	s := t.Unix() + 8*60*60
	d := s / daySeconds
	if s%daySeconds < 0 {
		d--
	}
	return Date(d)
}

// DateFrom is the day of that year, month and day; values out of range carry
// over as in time.Date.
func DateFrom(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / daySeconds)
}

// ParseDate reads "2006-01-02".
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("clock: date %q is not written 2006-01-02", s)
	}
	return DateFrom(t.Date()), nil
}

// Start is 00:00 of the day in Shanghai.
func (d Date) Start() time.Time {
	return time.Unix(int64(d)*daySeconds-8*60*60, 0).In(shanghai)
}

// End is 24:00 of the day: the first instant that no longer belongs to it.
func (d Date) End() time.Time { return (d + 1).Start() }

// Weekday of the date.
func (d Date) Weekday() time.Weekday { return time.Weekday(((int(d)+4)%7 + 7) % 7) } // day 0 was a Thursday

// Year of the date.
func (d Date) Year() int { return d.Start().Year() }

// String is "2006-01-02".
func (d Date) String() string { return d.Start().Format(time.DateOnly) }

// MarshalText writes "2006-01-02".
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads "2006-01-02".
func (d *Date) UnmarshalText(text []byte) error {
	v, err := ParseDate(string(text))
	if err == nil {
		*d = v
	}
	return err
}
