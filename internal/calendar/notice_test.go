package calendar

import (
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/clock"
)

func TestShipped(t *testing.T) {
	cal, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for year, want := range map[int]int{2022: 249, 2023: 249, 2024: 251, 2025: 248, 2026: 248} {
		if got := cal.Between(clock.DateFrom(year-1, 12, 31), clock.DateFrom(year, 12, 31)); got != want {
			t.Errorf("%d has %d working days, want %d", year, got, want)
		}
	}
	if cal.Edition() != ShippedEdition || cal.CoveredUntil() != clock.DateFrom(2026, 12, 31) {
		t.Error(cal.Edition(), cal.CoveredUntil())
	}
	if d := cal.Day(clock.DateFrom(2028, 1, 26)); d.Kind != clock.Holiday || d.Name != "春节" || !d.Provisional {
		t.Errorf("projection: %+v", d)
	}
	notices, err := shippedNotices()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range notices {
		for _, d := range append(n.Off, n.Work...) {
			if d.Name == "" || !strings.HasSuffix(d.Name, "节") && d.Name != "元旦" {
				t.Errorf("%s is called %q", d.Date, d.Name)
			}
		}
		if n.Source == "" || n.Projected != (n.Year > 2026) {
			t.Errorf("%d: %q projected %v", n.Year, n.Source, n.Projected)
		}
	}
}

// What ships in 2022.json, written as holiday-cn writes it.
const holidayCN = `{"$schema":"x","$id":"y","year":2027,"papers":["https://example.gov.cn/2027"],"days":[
 {"name":"元旦","date":"2026-12-31","isOffDay":true},
 {"name":"元旦","date":"2027-01-01","isOffDay":true},
 {"name":"元旦","date":"2027-01-03","isOffDay":false},
 {"name":"国庆节","date":"2027-10-01","isOffDay":true}]}`

func TestParseNotice(t *testing.T) {
	n, err := ParseNotice([]byte(holidayCN))
	want := Notice{Year: 2027, Source: "https://example.gov.cn/2027",
		Off:  []clock.NamedDay{{Date: clock.DateFrom(2026, 12, 31), Name: "元旦"}, {Date: clock.DateFrom(2027, 1, 1), Name: "元旦"}, {Date: clock.DateFrom(2027, 10, 1), Name: "国庆节"}},
		Work: []clock.NamedDay{{Date: clock.DateFrom(2027, 1, 3), Name: "元旦"}}}
	if err != nil || !reflect.DeepEqual(n, want) {
		t.Fatalf("%+v, %v", n, err)
	}
	for name, text := range map[string]string{
		"no JSON": "年", "empty": "", "a list": "[]", "empty object": "{}",
		"no days":              `{"year":2027,"papers":["p"],"days":[]}`,
		"no source":            `{"year":2027,"papers":[],"days":[{"name":"a","date":"2027-01-01","isOffDay":true}]}`,
		"isOffDay missing":     `{"year":2027,"papers":["p"],"days":[{"name":"a","date":"2027-01-01"}]}`,
		"wrong date":           `{"year":2027,"papers":["p"],"days":[{"name":"a","date":"2027-02-30","isOffDay":true}]}`,
		"two years off":        `{"year":2027,"papers":["p"],"days":[{"name":"a","date":"2029-01-01","isOffDay":true}]}`,
		"make-up on a weekday": `{"year":2027,"papers":["p"],"days":[{"name":"a","date":"2027-01-01","isOffDay":true},{"name":"a","date":"2027-01-04","isOffDay":false}]}`,
		"day twice":            `{"year":2027,"source":"s","off":[{"date":"2027-01-01","name":"a"},{"date":"2027-01-01","name":"a"}]}`,
		"unknown field":        `{"year":2027,"source":"s","holidays":[],"off":[{"date":"2027-01-01","name":"a"}]}`,
		"two values":           `{"year":2027,"source":"s","off":[{"date":"2027-01-01","name":"a"}]}{}`,
		"year 20270":           `{"year":20270,"source":"s","off":[{"date":"2027-01-01","name":"a"}]}`,
		"projected make-up":    `{"year":2027,"source":"s","projected":true,"off":[{"date":"2027-01-01","name":"a"}],"work":[{"date":"2027-01-03","name":"a"}]}`,
	} {
		if n, err := ParseNotice([]byte(text)); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %+v, %v", name, n, err)
		}
	}
}

func TestMerge(t *testing.T) {
	shipped, err := shippedNotices()
	if err != nil {
		t.Fatal(err)
	}
	n, err := ParseNotice([]byte(holidayCN))
	if err != nil {
		t.Fatal(err)
	}
	merged, err := merge(shipped, []Notice{n})
	if err != nil || len(merged) != len(shipped) {
		t.Fatal(len(merged), err)
	}
	cal, err := clock.New(spec("e", merged))
	if err != nil {
		t.Fatal(err)
	}
	for date, want := range map[string]clock.DayKind{
		"2026-12-31": clock.Holiday, // by the notice of 2027
		"2026-10-10": clock.Makeup,  // the notice of 2026 still holds
		"2027-01-03": clock.Makeup,
		"2027-02-05": clock.Weekday, // the projection is gone
	} {
		d, err := clock.ParseDate(date)
		if err != nil {
			t.Fatal(err)
		}
		if got := cal.Day(d); got.Kind != want || got.Provisional {
			t.Errorf("%s: %+v, want %s", date, got, want)
		}
	}
	// Another notice of 2026 leaves what 2027 says of 2026 alone.
	again, err := merge(merged, []Notice{shipped[4]})
	if err != nil || !equal(again, merged) {
		t.Errorf("the same notice again changes something: %v", err)
	}
	projection := n
	projection.Projected, projection.Work, projection.Off = true, nil, n.Off[1:]
	if _, err := merge(merged, []Notice{projection}); !errors.Is(err, ErrInvalid) {
		t.Errorf("a projection replaces a notice: %v", err)
	}
	// A notice alone: what it says of the year before has no year to stand in.
	alone, err := merge(nil, []Notice{n})
	if err != nil {
		t.Fatal(err)
	}
	if cal, err = clock.New(spec("e", alone)); err != nil || cal.Covers(clock.DateFrom(2026, 12, 31)) {
		t.Error(err)
	}
	if got := missing(merged, shipped); len(got) != 0 {
		t.Errorf("shipped would replace %d imported notices", len(got))
	}
	if got := missing(shipped[:4], shipped); len(got) != len(shipped)-4 || got[0].Year != 2026 {
		t.Errorf("missing %d", len(got))
	}
}

func TestCoverageOn(t *testing.T) {
	cal, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		today clock.Date
		until string
		days  int
	}{
		{clock.DateFrom(2026, time.November, 23), "2026-12-31", 38}, {clock.DateFrom(2026, 12, 31), "2026-12-31", 0},
		{clock.DateFrom(2027, 1, 1), "2026-12-31", -1}, {clock.DateFrom(2024, 1, 1), "2026-12-31", 1095}, {clock.DateFrom(2021, 5, 5), "2021-05-04", -1},
	} {
		if got := CoverageOn(cal, c.today); got.Until.String() != c.until || got.Days != c.days || got.Edition != ShippedEdition {
			t.Errorf("%s: %+v, want %s, %d", c.today, got, c.until, c.days)
		}
	}
}

func FuzzParseNotice(f *testing.F) {
	f.Add([]byte(holidayCN))
	text, err := os.ReadFile("data/2027.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	shipped, err := shippedNotices()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		n, err := ParseNotice(text)
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Errorf("%v", err)
			}
			return
		}
		merged, err := merge(shipped, []Notice{n})
		if err != nil {
			return
		}
		if _, err := clock.New(spec("e", merged)); err != nil {
			t.Errorf("merged, yet no calendar: %v", err)
		}
	})
}
