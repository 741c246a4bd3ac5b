package clock

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// shipped is the calendar of the shipped data under the edition "test".
func shipped(t testing.TB) Calendar {
	t.Helper()
	files, err := filepath.Glob("../calendar/data/*.json")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	spec := Spec{Edition: "test"}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var y Year
		if err := json.Unmarshal(text, &y); err != nil {
			t.Fatal(f, err)
		}
		spec.Years = append(spec.Years, y)
	}
	cal, err := New(spec)
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

// The cases of testdata, which lawyers may add to. A case is a comment with
// the article, the timer's timeline and what is expected:
//
//	-- timer --
//	limit DAYS workday|day ARTICLE [applicant]
//	start|done DATE TIME
//	suspend DATE TIME DATE TIME ARTICLE REASON
//	extend DATE TIME DAYS ARTICLE REASON
//	-- expect --
//	due DATE [provisional]                     at the end of the timeline
//	at DATE TIME STATE [left N] [overdue N] [effective]
//	words DATE TIME TEXT
//	-- explain --                              Reckoning.Lines in Chinese, if there
func TestLaw(t *testing.T) {
	cal := shipped(t)
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) < 12 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(f)
			if err != nil {
				t.Fatal(err)
			}
			parts := map[string]string{}
			for _, p := range a.Files {
				parts[p.Name] = string(p.Data)
			}
			timer, end := parseTimer(t, parts["timer"])
			lines := fields(parts["expect"])
			if len(lines) == 0 || lines[0][0] != "due" {
				t.Fatal("expect begins with a due line")
			}
			for _, l := range lines {
				expect(t, cal, timer, end, l)
			}
			if want, ok := parts["explain"]; ok {
				if got := strings.Join(timer.Reckon(cal, end).Lines(false), "\n") + "\n"; got != want {
					t.Errorf("explanation:\n%s\nwant:\n%s", got, want)
				}
			}
			for _, l := range timer.Reckon(cal, end).Lines(true) {
				if l == "" || strings.Contains(l, "%!") {
					t.Errorf("English line %q", l)
				}
			}
		})
	}
}

func fields(text string) (out [][]string) {
	for line := range strings.Lines(text) {
		if f := strings.Fields(line); len(f) > 0 {
			out = append(out, f)
		}
	}
	return out
}

func parseTimer(t testing.TB, text string) (timer Timer, end time.Time) {
	t.Helper()
	for _, f := range fields(text) {
		switch f[0] {
		case "limit":
			timer.Limit = Limit{N: number(t, f[1]), Unit: Unit(f[2]), Article: f[3]}
			if len(f) > 4 {
				timer.Limit.Whose = Party(f[4])
			}
			continue
		case "start":
			timer.Start = instant(t, f[1], f[2])
		case "done":
			timer.Done = instant(t, f[1], f[2])
		case "suspend":
			timer.Suspensions = append(timer.Suspensions, Suspension{instant(t, f[1], f[2]), instant(t, f[3], f[4]), f[5], f[6]})
			f = f[2:]
		case "extend":
			timer.Extensions = append(timer.Extensions, Extension{instant(t, f[1], f[2]), number(t, f[3]), f[4], f[5]})
		default:
			t.Fatalf("unknown line %q", f)
		}
		if at := instant(t, f[1], f[2]); at.After(end) {
			end = at
		}
	}
	return timer, end
}

func expect(t *testing.T, cal Calendar, timer Timer, end time.Time, f []string) {
	t.Helper()
	if f[0] == "due" {
		s := timer.At(cal, end)
		if s.Due.String() != f[1] || s.Provisional != slices.Contains(f, "provisional") {
			t.Errorf("due %s, provisional %v; want %v", s.Due, s.Provisional, f)
		}
		if r := timer.Reckon(cal, end); r.Status != s || r.Days[len(r.Days)-1].Date != s.Due {
			t.Errorf("Reckon says %+v, At says %+v", r.Status, s)
		}
		return
	}
	s := timer.At(cal, instant(t, f[1], f[2]))
	switch f[0] {
	case "words":
		if got := Remaining(s, false); got != strings.Join(f[3:], " ") {
			t.Errorf("%s %s: %s; want %s", f[1], f[2], got, strings.Join(f[3:], " "))
		}
		if Remaining(s, true) == "" {
			t.Error("no English words")
		}
	case "at":
		want := func(word string) int {
			if i := slices.Index(f, word); i > 0 {
				return number(t, f[i+1])
			}
			return 0
		}
		if string(s.State) != f[3] || s.Remaining != want("left") || s.Overdue != want("overdue") || s.Effective() != slices.Contains(f, "effective") {
			t.Errorf("%v: %s left %d overdue %d effective %v", f, s.State, s.Remaining, s.Overdue, s.Effective())
		}
	default:
		t.Fatalf("unknown line %q", f)
	}
}

func instant(t testing.TB, date, clock string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", date+" "+clock, Shanghai())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func number(t testing.TB, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Working days of each year, and due dates, reckoned by others from the same
// notices.
func TestShipped(t *testing.T) {
	cal := shipped(t)
	for year, want := range map[int]int{2022: 249, 2023: 249, 2024: 251, 2025: 248, 2026: 248} {
		if got := cal.Between(DateFrom(year-1, 12, 31), DateFrom(year, 12, 31)); got != want {
			t.Errorf("%d has %d working days, want %d", year, got, want)
		}
	}
	if cal.CoveredUntil().String() != "2026-12-31" || cal.Covers(DateFrom(2027, 1, 1)) || !cal.Covers(DateFrom(2022, 1, 1)) {
		t.Error("covered until", cal.CoveredUntil())
	}
	for _, v := range []struct {
		start string
		n     int
		due   string
	}{
		{"2022-01-28", 5, "2022-02-09"}, {"2022-09-30", 10, "2022-10-19"}, {"2023-01-20", 5, "2023-02-01"}, {"2023-12-29", 1, "2024-01-02"},
		{"2024-02-09", 20, "2024-03-14"}, {"2024-04-30", 5, "2024-05-10"}, {"2024-09-27", 20, "2024-10-30"}, {"2025-01-27", 5, "2025-02-10"},
		{"2025-09-26", 20, "2025-10-30"}, {"2025-09-30", 45, "2025-12-09"}, {"2026-02-12", 5, "2026-02-26"}, {"2026-04-30", 5, "2026-05-11"},
		{"2026-09-18", 20, "2026-10-22"}, {"2026-09-30", 10, "2026-10-20"},
	} {
		if r := Due(cal, instant(t, v.start, "12:00"), v.n, WorkingDays); r.Due.String() != v.due || r.Provisional {
			t.Errorf("%s + %d = %s, want %s", v.start, v.n, r.Due, v.due)
		}
	}
}
