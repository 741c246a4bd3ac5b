package calendar

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
)

// Notice 放假通知 is one year's holiday arrangement as published by the General
// Office of the State Council. Unlike a year of a clock.Spec it may hold days
// of the neighbouring years: that of 2023 had 2022-12-31 off.
type Notice = clock.Year

// ErrInvalid says that a notice cannot be a calendar; its cause says why.
var ErrInvalid = errs.New(errs.Invalid, "calendar-invalid",
	"放假安排数据有误，请检查年份、日期和调休日。", "The holiday data do not fit: look at the year, the dates and the make-up days.")

// ParseNotice reads one notice in JSON: the form of the shipped files
// ({"year","source","off":[{"date","name"}],"work":[…]}) or that of the
// holiday-cn project ({"year","papers","days":[{"name","date","isOffDay"}]}).
func ParseNotice(text []byte) (Notice, error) {
	var probe struct {
		Days *json.RawMessage `json:"days"`
	}
	if err := json.Unmarshal(text, &probe); err != nil {
		return Notice{}, ErrInvalid.Because(err)
	}
	if probe.Days != nil {
		return parseHolidayCN(text)
	}
	var n Notice
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&n); err != nil {
		return Notice{}, ErrInvalid.Because(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Notice{}, ErrInvalid.Because(errors.New("more than one value"))
	}
	return n, checkNotice(n)
}

func parseHolidayCN(text []byte) (Notice, error) {
	var f struct {
		Year   int      `json:"year"`
		Papers []string `json:"papers"`
		Days   []struct {
			Name     string     `json:"name"`
			Date     clock.Date `json:"date"`
			IsOffDay *bool      `json:"isOffDay"`
		} `json:"days"`
	}
	if err := json.Unmarshal(text, &f); err != nil {
		return Notice{}, ErrInvalid.Because(err)
	}
	n := Notice{Year: f.Year, Source: strings.Join(f.Papers, " ")}
	for _, d := range f.Days {
		switch {
		case d.IsOffDay == nil:
			return Notice{}, ErrInvalid.Because(fmt.Errorf("%s: isOffDay is missing", d.Date))
		case *d.IsOffDay:
			n.Off = append(n.Off, clock.NamedDay{Date: d.Date, Name: d.Name})
		default:
			n.Work = append(n.Work, clock.NamedDay{Date: d.Date, Name: d.Name})
		}
	}
	return n, checkNotice(n)
}

// checkNotice looks at a notice by itself. A published notice has days off: an
// empty file must not pass for a year without holidays.
func checkNotice(n Notice) error {
	if len(n.Off) == 0 {
		return ErrInvalid.Because(fmt.Errorf("notice %d has no day off", n.Year))
	}
	if n.Projected && len(n.Work) > 0 {
		return ErrInvalid.Because(fmt.Errorf("projection of %d has make-up days", n.Year))
	}
	if strings.TrimSpace(n.Source) == "" {
		return ErrInvalid.Because(fmt.Errorf("notice %d names no source", n.Year))
	}
	seen := map[clock.Date]bool{}
	for _, d := range slices.Concat(n.Off, n.Work) {
		if seen[d.Date] {
			return ErrInvalid.Because(fmt.Errorf("notice %d names %s twice", n.Year, d.Date))
		}
		seen[d.Date] = true
		if y := d.Date.Year(); y < n.Year-1 || y > n.Year+1 || n.Projected && y != n.Year {
			return ErrInvalid.Because(fmt.Errorf("notice %d speaks of %s", n.Year, d.Date))
		}
	}
	if _, err := clock.New(spec("check", []Notice{n})); err != nil {
		return ErrInvalid.Because(err)
	}
	return nil
}

// merge lays new notices over the stored ones. A projection never replaces a
// published notice.
func merge(old, added []Notice) ([]Notice, error) {
	by := map[int]Notice{}
	for _, n := range old {
		by[n.Year] = n
	}
	for _, n := range added {
		if err := checkNotice(n); err != nil {
			return nil, err
		}
		if was, ok := by[n.Year]; ok && n.Projected && !was.Projected {
			return nil, ErrInvalid.Because(fmt.Errorf("%d is published; a projection cannot replace it", n.Year))
		}
		by[n.Year] = n
	}
	out := make([]Notice, 0, len(by))
	for _, n := range by {
		out = append(out, sorted(n))
	}
	slices.SortFunc(out, func(a, b Notice) int { return cmp.Compare(a.Year, b.Year) })
	if _, err := clock.New(spec("check", out)); err != nil {
		return nil, ErrInvalid.Because(err)
	}
	return out, nil
}

func sorted(n Notice) Notice {
	byDate := func(a, b clock.NamedDay) int { return cmp.Compare(a.Date, b.Date) }
	n.Off, n.Work = slices.SortedFunc(slices.Values(n.Off), byDate), slices.SortedFunc(slices.Values(n.Work), byDate)
	return n
}

// equal reports whether two sorted sets of notices say the same.
func equal(a, b []Notice) bool {
	return slices.EqualFunc(a, b, func(x, y Notice) bool {
		return x.Year == y.Year && x.Source == y.Source && x.Projected == y.Projected &&
			slices.Equal(x.Off, y.Off) && slices.Equal(x.Work, y.Work)
	})
}

// spec groups the days by the year they lie in; notices come in the order of
// their years. Where two speak of one day, the later one holds. Days of years
// without a notice are left out, and so are make-up days of a year that is only
// projected: such years are provisional anyway.
func spec(edition string, notices []Notice) clock.Spec {
	s := clock.Spec{Edition: edition}
	at := map[int]int{} // place of a year in s.Years
	for i, n := range notices {
		at[n.Year] = i
		s.Years = append(s.Years, Notice{Year: n.Year, Source: n.Source, Projected: n.Projected})
	}
	type said struct {
		day    clock.NamedDay
		worked bool
	}
	days := map[clock.Date]said{}
	for _, n := range notices {
		for _, d := range n.Off {
			days[d.Date] = said{d, false}
		}
		for _, d := range n.Work {
			days[d.Date] = said{d, true}
		}
	}
	for _, date := range slices.Sorted(maps.Keys(days)) {
		i, ok := at[date.Year()]
		switch d := days[date]; {
		case !ok || d.worked && s.Years[i].Projected:
		case d.worked:
			s.Years[i].Work = append(s.Years[i].Work, d.day)
		default:
			s.Years[i].Off = append(s.Years[i].Off, d.day)
		}
	}
	return s
}
