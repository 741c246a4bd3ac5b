package casework

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
)

// dayCount 逐日计算 is a calculator of its own: it reads the published holiday
// tables and goes day by day, and shares nothing with the clock room.
type dayCount struct{ off, work map[string]bool }

func newDayCount(t *testing.T) dayCount {
	t.Helper()
	files, err := filepath.Glob("../calendar/data/*.json")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	c := dayCount{map[string]bool{}, map[string]bool{}}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var y struct{ Off, Work []struct{ Date string } }
		if err := json.Unmarshal(text, &y); err != nil {
			t.Fatal(err)
		}
		for _, d := range y.Off {
			c.off[d.Date] = true
		}
		for _, d := range y.Work {
			c.work[d.Date] = true
		}
	}
	return c
}

const onDay = "2006-01-02"

func local(at time.Time) time.Time { return at.In(time.FixedZone("CST", 8*3600)) }

func (c dayCount) works(d time.Time) bool {
	k := d.Format(onDay)
	return c.work[k] || !c.off[k] && d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
}

// story is what happened to one limit, as the test itself wrote it down.
type story struct {
	days    int
	natural bool
	start   time.Time
	pauses  [][2]time.Time // zero end: goes on
	longer  []struct {
		at time.Time
		n  int
	}
}

// due goes from the day after the start: a day within a pause is not counted,
// in working days a day off neither; the limit ends with the first working day
// on which all days granted so far are used up.
func (c dayCount) due(s story) string {
	day := local(s.start)
	used := 0
	for i := 0; i < 5000; i++ {
		date := day.Format(onDay)
		granted := s.days
		for _, l := range s.longer {
			if local(l.at).Format(onDay) <= date {
				granted += l.n
			}
		}
		paused, lasts := false, false
		for _, p := range s.pauses {
			from, to := local(p[0]).Format(onDay), "9999"
			if !p[1].IsZero() {
				to = local(p[1]).Format(onDay)
			}
			paused = paused || from < date && date <= to
			lasts = lasts || from <= date && date < to
		}
		if i > 0 && !paused && used < granted && (s.natural || c.works(day)) {
			used++
		}
		if used >= granted && c.works(day) && !lasts {
			return date
		}
		day = day.AddDate(0, 0, 1)
	}
	return "never"
}

// walker does real acts at random times and keeps its own story of the clocks.
type walker struct {
	*city
	rnd   *rand.Rand
	count dayCount
	item  string
	k     *Case
	runs  map[Limit]*story
	acts  []string
}

func (w *walker) later() {
	w.clk.Add(time.Duration(w.rnd.IntN(4*24*60)) * time.Minute) // nights, weekends, holidays
}

// begins starts a story with the days that the guide of the city's items says.
func (w *walker) begins(l Limit, from time.Time) {
	days := map[Limit]int{Receipt: 5, Correction: 15, Promised: 10, Statutory: 20, DeliveryLimit: 10}
	s := &story{days: days[l], start: from, natural: w.item == dayLimit && (l == Promised || l == Statutory)}
	switch {
	case w.item == subsidy && (l == Statutory || l == DeliveryLimit):
		return
	case w.item == other && l == DeliveryLimit:
		return
	case w.item == other && l == Statutory:
		s.days = 15
	case (w.item == subsidy || w.item == other) && l == Promised:
		s.days = 8
	}
	w.runs[l] = s
}

// check compares the date that the case waits for with the nearest of the story's.
func (w *walker) check() {
	w.t.Helper()
	v := w.view(w.staff("sup"), w.k.No)
	want := ""
	for _, l := range waitsFor[v.Case.State] {
		if s := w.runs[l]; s != nil {
			if d := w.count.due(*s); want == "" || d < want {
				want = d
			}
		}
	}
	if v.Case.DueOn != want {
		w.t.Fatalf("%s: the case waits for %s, counted by hand %s; acts %v, clocks %s", w.item, v.Case.DueOn, want, w.acts, text(v.Case.Clocks))
	}
	if v.Case.DueOn != "" {
		if n := w.count2(v.Case); n > 0 {
			w.t.Fatalf("%s: %d open tasks have another date than %s; acts %v", w.item, n, want, w.acts)
		}
	}
	w.k = v.Case
}

// count2 counts tasks that wait for another date than their case.
func (w *walker) count2(c *Case) int64 {
	if c.State == Prechecked {
		return 0
	}
	return w.city.count(`SELECT count(*) FROM task WHERE case_id = $1 AND state = 'open' AND due_on <> $2 AND step <> 'more-time'`, c.ID, c.DueOn)
}

func (w *walker) act(who actor.Actor, act Act, in Input) {
	w.t.Helper()
	w.acts = append(w.acts, fmt.Sprintf("%s %s", local(w.clk.Now()).Format("01-02T15:04"), act))
	w.k = w.do(who, w.k.No, act, in)
}

// step does one of the acts that the state allows.
func (w *walker) step() {
	now, clerk, rev, dec := w.clk.Now(), w.staff("clerk"), w.staff("rev"), w.staff("dec")
	applicant := w.applicant(w.item)
	late := func(l Limit) bool { s := w.runs[l]; return s != nil && local(now).Format(onDay) > w.count.due(*s) }
	pick := func(n int) int { return w.rnd.IntN(n) }
	switch w.k.State {
	case Submitted:
		switch pick(4) {
		case 0:
			w.act(clerk, RequestCorrection, Input{Asks: []Ask{{Material: "m02", Line: "a"}}})
			w.begins(Correction, now)
		case 1:
			w.acts = append(w.acts, local(now).Format("01-02T15:04")+" tick")
			w.must(w.Tick(w.t.Context()))
			if late(Receipt) && w.item != subsidy && w.item != other { // deemed accepted from the receipt
				from := w.runs[Receipt].start
				w.begins(Promised, from)
				w.begins(Statutory, from)
			}
		default:
			w.act(clerk, Accept, Input{})
			w.begins(Promised, now)
			w.begins(Statutory, now)
		}
	case Correcting:
		if pick(2) == 0 && !late(Correction) {
			n := 1 + pick(5)
			w.act(applicant, AskMoreTime, Input{Days: n, Reason: "在外地"})
			w.later()
			w.act(clerk, GrantMoreTime, Input{})
			s := w.runs[Correction]
			s.longer = append(s.longer, struct {
				at time.Time
				n  int
			}{now, n})
			return
		}
		w.acts = append(w.acts, local(now).Format("01-02T15:04")+" resubmit")
		w.k, _ = w.correct(applicant, w.k.No, func(*Draft) {})
		w.begins(Receipt, now)
	case Reviewing, Deciding:
		by := rev
		if w.k.State == Deciding {
			by = dec
		}
		kind := map[string]string{food: "expert", other: "appraisal"}[w.item]
		longer := w.item != subsidy && len(w.runs[Promised].longer) == 0 && !late(Statutory) && !late(Promised)
		switch n := pick(5); {
		case n == 0 && kind != "":
			w.act(by, Suspend, Input{Kind: kind, Days: 5, Reason: "需要", Experts: map[string]string{"expert": "丁专家"}[kind]})
			for _, l := range []Limit{Promised, Statutory} {
				w.runs[l].pauses = append(w.runs[l].pauses, [2]time.Time{now, {}})
			}
		case n == 1 && longer:
			days := 1 + pick(5)
			w.act(dec, Extend, Input{Days: days, Reason: "复杂"})
			for _, l := range []Limit{Promised, Statutory} {
				w.runs[l].longer = append(w.runs[l].longer, struct {
					at time.Time
					n  int
				}{now, days})
			}
		case w.k.State == Reviewing:
			w.act(rev, Review, Input{Agree: true, Opinion: "同意"})
		default:
			w.act(dec, Decide, Input{Grant: true})
			w.begins(DeliveryLimit, now)
		}
	case Suspended:
		w.act(rev, Resume, Input{Reason: "结论"})
		for _, l := range []Limit{Promised, Statutory} {
			p := w.runs[l].pauses
			p[len(p)-1][1] = now
		}
	case Delivering:
		w.act(clerk, HandOver, Input{Recipient: "张明远"})
	}
}

// TestRandomWalks 随机办理 does real acts at random times, on both engines, and
// compares every date with one counted day by day.
func TestRandomWalks(t *testing.T) {
	const walks = 8
	count := newDayCount(t)
	inCity(t, func(t *testing.T, c *city) {
		met := map[string]int{}
		for i := range walks * 4 {
			seed := uint64(i)*7919 + 11
			w := &walker{city: c, rnd: rand.New(rand.NewPCG(seed, 1)), count: count, item: []string{food, dayLimit, subsidy, other}[i%4], runs: map[Limit]*story{}}
			c.clk.Set(day(t, "2026-01-05 00:00").Add(time.Duration(w.rnd.IntN(250*24*60)) * time.Minute))
			w.k = c.submit(w.item, catalog.PickUp)
			w.begins(Receipt, c.clk.Now())
			w.check()
			for n := 0; n < 25 && w.k.State != Closed && w.clk.Now().Before(day(t, "2026-11-25 00:00")); n++ { // in published years
				w.later()
				w.step()
				w.check()
			}
			for _, a := range w.acts {
				met[a[12:]]++
			}
		}
		for _, a := range []string{"tick", "resubmit", string(GrantMoreTime), string(Suspend), string(Resume), string(Extend), string(Decide)} {
			if met[a] == 0 {
				t.Errorf("no walk met %s: %v", a, met)
			}
		}
	})
}

// TestDayCount: the calculator itself, on dates that lawyers have counted.
func TestDayCount(t *testing.T) {
	c := newDayCount(t)
	at := func(s string) time.Time { return day(t, s) }
	paused := func(from, to string) [][2]time.Time { return [][2]time.Time{{at(from), at(to)}} }
	for _, x := range []struct {
		s    story
		want string
	}{
		{story{days: 20, start: at("2026-09-18 09:00")}, "2026-10-22"},
		{story{days: 5, start: at("2026-02-12 10:00")}, "2026-02-26"},
		{story{days: 60, natural: true, start: at("2026-08-03 09:00")}, "2026-10-08"},
		{story{days: 20, start: at("2026-03-02 09:00"), pauses: paused("2026-03-10 09:00", "2026-03-24 17:00")}, "2026-04-14"},
		{story{days: 20, start: at("2026-03-02 09:00"), pauses: paused("2026-03-30 10:00", "2026-04-08 10:00")}, "2026-04-08"},
	} {
		if got := c.due(x.s); got != x.want {
			t.Errorf("%+v: %s, want %s", x.s, got, x.want)
		}
	}
	if !slices.Contains([]bool{c.works(at("2026-02-14 00:00"))}, true) {
		t.Error("the Saturday before the festival is worked")
	}
}
