package clock

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDateOf(t *testing.T) {
	for in, want := range map[string]string{
		"2026-10-01T15:59:59Z": "2026-10-01", "2026-10-01T16:00:00Z": "2026-10-02", "1969-12-31T15:59:59Z": "1969-12-31",
		"1969-12-31T16:00:00Z": "1970-01-01", "1880-01-01T00:00:00Z": "1880-01-01",
	} {
		at, err := time.Parse(time.RFC3339, in)
		if err != nil {
			t.Fatal(err)
		}
		if got := DateOf(at); got.String() != want {
			t.Errorf("DateOf(%s) = %s, want %s", in, got, want)
		}
	}
	d := DateFrom(2026, time.October, 1)
	if d.Weekday() != time.Thursday || d.Start().UTC().Format(time.RFC3339) != "2026-09-30T16:00:00Z" || d.End() != (d+1).Start() || (d+30).String() != "2026-10-31" {
		t.Error(d.Weekday(), d.Start().UTC())
	}
	if DateFrom(1969, time.December, 31).Weekday() != time.Wednesday {
		t.Error("weekday before 1970")
	}
	for _, bad := range []string{"", "2026-2-1", "2026-02-30", "20260201", "2026-02-01 "} {
		if _, err := ParseDate(bad); err == nil {
			t.Errorf("ParseDate(%q) accepted", bad)
		}
	}
	text, err := json.Marshal(d)
	var back Date
	if err != nil || json.Unmarshal(text, &back) != nil || back != d {
		t.Errorf("%s, %v, %s", text, err, back)
	}
}

func TestNew_refuses(t *testing.T) {
	day := func(s string) NamedDay {
		d, err := ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return NamedDay{d, "节"}
	}
	for name, s := range map[string]Spec{
		"no edition":           {Years: []Year{{Year: 2026}}},
		"year twice":           {Edition: "e", Years: []Year{{Year: 2026}, {Year: 2026, Projected: true}}},
		"year 0":               {Edition: "e", Years: []Year{{}}},
		"day of another year":  {Edition: "e", Years: []Year{{Year: 2026, Off: []NamedDay{day("2027-01-01")}}}},
		"day twice":            {Edition: "e", Years: []Year{{Year: 2026, Off: []NamedDay{day("2026-01-01"), day("2026-01-01")}}}},
		"day off and worked":   {Edition: "e", Years: []Year{{Year: 2026, Off: []NamedDay{day("2026-01-03")}, Work: []NamedDay{day("2026-01-03")}}}},
		"make-up on a weekday": {Edition: "e", Years: []Year{{Year: 2026, Work: []NamedDay{day("2026-01-05")}}}},
		"projected make-up":    {Edition: "e", Years: []Year{{Year: 2026, Projected: true, Work: []NamedDay{day("2026-01-04")}}}},
	} {
		if _, err := New(s); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestCalendar_uncovered(t *testing.T) {
	cal := shipped(t)
	for date, want := range map[string]Day{
		"2026-02-17": {Kind: Holiday, Name: "春节"},
		"2026-02-14": {Kind: Makeup, Name: "春节"},
		"2026-02-28": {Kind: Makeup, Name: "春节"},
		"2026-03-07": {Kind: Weekend},
		"2026-03-09": {Kind: Weekday},
		"2027-02-06": {Kind: Holiday, Name: "春节", Provisional: true}, // projected
		"2027-02-10": {Kind: Weekday, Provisional: true},
		"2031-10-02": {Kind: Holiday, Name: "国庆节", Provisional: true}, // not even projected
		"2031-10-04": {Kind: Weekend, Provisional: true},
		"2021-05-03": {Kind: Weekday, Provisional: true},
	} {
		d, err := ParseDate(date)
		if err != nil {
			t.Fatal(err)
		}
		want.Date = d
		if got := cal.Day(d); got != want {
			t.Errorf("%s: %+v, want %+v", date, got, want)
		}
	}
	var zero Calendar
	if d := zero.Day(DateFrom(2026, 5, 1)); d.Kind != Holiday || !d.Provisional || zero.Edition() != "" || zero.CoveredUntil() != 0 {
		t.Errorf("zero calendar: %+v", d)
	}
	if n := cal.Next(DateFrom(2026, 10, 1)); n.String() != "2026-10-08" || cal.Next(n) != n {
		t.Error(n)
	}
}

func TestTimer_not_started(t *testing.T) {
	cal, now := shipped(t), instant(t, "2026-03-02", "09:00")
	for name, timer := range map[string]Timer{"never": {Limit: Limit{N: 5}}, "later": {Limit: Limit{N: 5}, Start: now.Add(time.Second)}} {
		r := timer.Reckon(cal, now)
		if r.State != NotStarted || r.Due != 0 || r.Events != nil || r.Late() || Remaining(r.Status, false) != "尚未起算" || len(r.Lines(true)) != 1 {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// Bounds hold whatever the numbers are.
func TestTimer_extreme(t *testing.T) {
	cal, now := shipped(t), instant(t, "2026-03-02", "09:00")
	if r := Due(cal, now, -5, WorkingDays); r.Due != DateOf(now) {
		t.Errorf("negative limit: %s", r)
	}
	big := Timer{Limit: Limit{N: 1 << 40}, Start: now, Extensions: []Extension{{At: now, N: 1 << 62}, {At: now, N: 1 << 62}}}
	if s := big.At(cal, now); s.Allowed != MaxDays {
		t.Errorf("allowed %d", s.Allowed)
	}
	if s := (Timer{Limit: Limit{N: 5}, Start: now, Done: now.Add(-time.Hour)}).At(cal, now); s.State != DoneInTime {
		t.Errorf("done before it began: %+v", s)
	}
}

var genDay = rapid.Custom(func(t *rapid.T) Date {
	return DateFrom(2022, 1, 1) + Date(rapid.IntRange(0, 5*365).Draw(t, "day"))
})

func noon(d Date) time.Time { return d.Start().Add(12 * time.Hour) }

func TestDue_properties(t *testing.T) {
	cal := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		start, n := genDay.Draw(t, "start"), rapid.IntRange(1, 60).Draw(t, "n")
		due := Due(cal, noon(start), n, WorkingDays).Due
		if !cal.Working(due) || cal.Between(start, due) != n {
			t.Fatalf("%s + %d = %s: %d working days between", start, n, due, cal.Between(start, due))
		}
		if next := Due(cal, noon(start), n+1, WorkingDays).Due; next <= due {
			t.Fatalf("one day more ends on %s, not after %s", next, due)
		}
		if later := Due(cal, noon(start+1), n, WorkingDays).Due; later < due {
			t.Fatalf("begun a day later ends on %s, before %s", later, due)
		}
		if k := rapid.IntRange(1, n).Draw(t, "k"); k < n {
			if split := Due(cal, noon(Due(cal, noon(start), k, WorkingDays).Due), n-k, WorkingDays).Due; split != due {
				t.Fatalf("%d then %d days end on %s, %d on %s", k, n-k, split, n, due)
			}
		}
		natural := Due(cal, noon(start), n, NaturalDays).Due
		if natural < start+Date(n) || natural > due || !cal.Working(natural) || cal.Between(start+Date(n)-1, natural) != 1 {
			t.Fatalf("%s + %d natural days = %s, working days %s", start, n, natural, due)
		}
	})
}

// A pause that lies within the limit and holds k working days moves the last
// day by k working days; several are as good as their union, in any order.
func TestSuspension_properties(t *testing.T) {
	cal := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		timer := Timer{Limit: Limit{N: rapid.IntRange(5, 45).Draw(t, "n")}, Start: noon(genDay.Draw(t, "start"))}
		far := noon(DateFrom(2030, 1, 1))
		plain := timer.At(cal, far).Due
		from := DateOf(timer.Start) + Date(rapid.IntRange(0, int(plain-DateOf(timer.Start))).Draw(t, "from"))
		to := from + Date(rapid.IntRange(0, 40).Draw(t, "length"))
		if !cal.Working(to) { // else the day it resumes is no day to end on
			to = cal.Next(to)
		}
		timer.Suspensions = []Suspension{{From: noon(from), To: noon(to)}}
		want := plain
		if k := cal.Between(from, to); k > 0 {
			want = Due(cal, noon(plain), k, WorkingDays).Due
		}
		got := timer.At(cal, far)
		if got.Due != want {
			t.Fatalf("paused %s to %s: ends %s, want %s (unpaused %s)", from, to, got.Due, want, plain)
		}
		// Cut in two overlapping pieces, given in either order.
		mid := from + Date(rapid.IntRange(0, int(to-from)).Draw(t, "mid"))
		back := mid - Date(rapid.IntRange(0, int(mid-from)).Draw(t, "overlap"))
		timer.Suspensions = []Suspension{{From: noon(back), To: noon(to)}, {From: noon(from), To: noon(mid)}}
		if s := timer.At(cal, far); s != got {
			t.Fatalf("in pieces: %+v, whole: %+v", s, got)
		}
		slices.Reverse(timer.Suspensions)
		if s := timer.At(cal, far); s != got {
			t.Fatalf("in pieces, other order: %+v, whole: %+v", s, got)
		}
	})
}

// What a timer says day by day fits together.
func TestTimer_day_by_day(t *testing.T) {
	cal := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		start := genDay.Draw(t, "start")
		timer := Timer{Limit: Limit{N: rapid.IntRange(0, 30).Draw(t, "n"), Unit: rapid.SampledFrom([]Unit{WorkingDays, NaturalDays}).Draw(t, "unit")}, Start: noon(start)}
		for range rapid.IntRange(0, 2).Draw(t, "pauses") {
			from := start + Date(rapid.IntRange(0, 40).Draw(t, "from"))
			s := Suspension{From: noon(from)}
			if length := rapid.IntRange(-1, 20).Draw(t, "length"); length >= 0 {
				s.To = noon(from + Date(length))
			}
			timer.Suspensions = append(timer.Suspensions, s)
		}
		for range rapid.IntRange(0, 2).Draw(t, "extensions") {
			timer.Extensions = append(timer.Extensions, Extension{At: noon(start + Date(rapid.IntRange(0, 60).Draw(t, "at"))), N: rapid.IntRange(1, 10).Draw(t, "more")})
		}
		if rapid.Bool().Draw(t, "done") {
			timer.Done = noon(start + Date(rapid.IntRange(0, 90).Draw(t, "done at")))
		}
		var before Status
		for d := start; d < start+120; d++ {
			now := noon(d).Add(time.Hour)
			s := timer.At(cal, now)
			r := timer.Reckon(cal, now)
			if r.Status != s {
				t.Fatalf("Reckon %+v, At %+v", r.Status, s)
			}
			if s.Due < start || !cal.Working(s.Due) || s.DueAt != s.Due.End() {
				t.Fatalf("on %s: %+v", d, s)
			}
			switch s.State {
			case Running:
				if s.Due < d || s.Remaining != timer.Limit.Unit.between(cal, d, s.Due) {
					t.Fatalf("on %s: %+v", d, s)
				}
			case Paused:
				if s.Due < d || s.Remaining > s.Allowed {
					t.Fatalf("on %s: %+v", d, s)
				}
				if before.State == Paused && before.Allowed == s.Allowed && before.Remaining != s.Remaining {
					t.Fatalf("on %s, while paused, %d days became %d", d, before.Remaining, s.Remaining)
				}
			case Lapsed:
				if s.Due >= d {
					t.Fatalf("on %s: %+v", d, s)
				}
			}
			if before.State == Lapsed && s.State != Lapsed && s.State != DoneLate {
				t.Fatalf("on %s: lapsed, then %s", d, s.State)
			}
			if (before.State == Lapsed || before.State == DoneInTime || before.State == DoneLate) && s.Due != before.Due {
				t.Fatalf("on %s: over, yet the last day moves from %s to %s", d, before.Due, s.Due)
			}
			if s.Effective() && s.Provisional {
				t.Fatalf("on %s: effect on a provisional date", d)
			}
			counted := 0
			for i, c := range r.Days {
				if c.Date != start+Date(i) {
					t.Fatalf("day %d is %s", i, c.Date)
				}
				if c.Why == Counts {
					if counted++; c.N != counted {
						t.Fatalf("day %s has number %d, want %d", c.Date, c.N, counted)
					}
				}
			}
			if text := strings.Join(append(r.Lines(false), r.Lines(true)...), "\n") + Remaining(s, false) + Remaining(s, true); strings.Contains(text, "%!") || strings.Contains(text, "1970") {
				t.Fatal(text)
			}
			before = s
		}
	})
}

func FuzzSpec(f *testing.F) {
	f.Add(`{"edition":"a","years":[{"year":2026,"off":[{"date":"2026-01-01","name":"元旦"}],"work":[{"date":"2026-01-04","name":"元旦"}]}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		var s Spec
		if json.Unmarshal([]byte(text), &s) != nil {
			return
		}
		cal, err := New(s)
		if err != nil {
			return
		}
		r := Due(cal, noon(DateFrom(2025, 12, 25)), 20, WorkingDays)
		if cal.Between(DateFrom(2025, 12, 25), r.Due) != 20 || cal.Edition() == "" {
			t.Errorf("%s", r)
		}
	})
}

func BenchmarkAt(b *testing.B) {
	cal := shipped(b)
	now := DateFrom(2026, 10, 20).Start()
	timer := Timer{Limit: Limit{N: 20}, Start: DateFrom(2026, 9, 18).Start(), Suspensions: []Suspension{{From: DateFrom(2026, 9, 21).Start(), To: DateFrom(2026, 9, 23).Start()}}}
	for b.Loop() {
		timer.At(cal, now)
	}
}
