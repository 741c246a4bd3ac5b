package assess

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/calendar"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// fixture is the room over a small city with a few cases.
type fixture struct {
	*Service
	t    *testing.T
	clk  *dbtest.Clock
	unit map[string]int64
	dir  *identity.Directory
	n    int
}

// now is Wednesday 11 March 2026, 10:00 in Shanghai.
var now = time.Date(2026, 3, 11, 2, 0, 0, 0, time.UTC)

func each(t *testing.T, test func(t *testing.T, f *fixture)) {
	t.Helper()
	dbtest.EachAt(t, now, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		ctx := t.Context()
		ids := identity.New(identity.Config{DB: d, Now: clk.Now})
		refs, err := ids.Import(ctx, actor.Platform(), identity.Batch{
			Divisions: []identity.DivisionInput{
				{Code: "320200000000", Name: "无锡市", Level: "city", National: true},
				{Code: "320213000000", Name: "梁溪区", Parent: "320200000000", Level: "county", National: true},
				{Code: "320213001000", Name: "崇安寺街道", Parent: "320213000000", Level: "town", National: true},
			},
			Units: []identity.UnitInput{
				{Key: "wx", Name: "无锡市人民政府", Kind: "government", Division: "320200000000", Level: "3"},
				{Key: "spj", Name: "无锡市行政审批局", Kind: "department", Parent: "wx", Division: "320200000000", Level: "3"},
				{Key: "lx", Name: "梁溪区人民政府", Kind: "government", Parent: "wx", Division: "320213000000", Level: "4"},
				{Key: "lx-spj", Name: "梁溪区行政审批局", Kind: "department", Parent: "lx", Division: "320213000000", Level: "4"},
				{Key: "cas", Name: "崇安寺街道办事处", Kind: "department", Parent: "lx", Division: "320213001000", Level: "5"},
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		cal := calendar.New(calendar.Options{DB: d, Record: func(*db.Tx, calendar.Entry) error { return nil }})
		if err := cal.EnsureShipped(ctx); err != nil {
			t.Fatal(err)
		}
		dir, err := ids.Directory(ctx)
		if err != nil {
			t.Fatal(err)
		}
		test(t, &fixture{Service: New(Config{DB: d, Identity: ids, Calendar: cal}), t: t, clk: clk, unit: refs.Units, dir: dir})
	})
}

func (f *fixture) supervisor(unit string) actor.Actor {
	return actor.Actor{Kind: actor.Staff, ID: 900, Name: "孙监督", Unit: f.unit[unit],
		Grants: []actor.Grant{{Role: actor.Supervisor, Path: f.dir.Path(f.unit[unit])}}}
}

// caseIn is a case as a test wants it.
type caseIn struct {
	unit      string
	submitted string // days, 2006-01-02
	state     casework.State
	due       string
	closed    string
	outcome   casework.Outcome
	promised  int // working days of the promised limit, from the day of submission; 0: none
	rated     string
	level     int
	entity    bool

	id    int64 // 0: a new one
	event int64 // id of the event of receipt, 0: a new one
}

func at(t *testing.T, day string) time.Time {
	t.Helper()
	d, err := clock.ParseDate(day)
	if err != nil {
		t.Fatal(err)
	}
	return d.Start().Add(10 * time.Hour)
}

// put stores a case the way its acts would have left it.
func (f *fixture) put(list ...caseIn) {
	f.t.Helper()
	err := f.DB.Write(f.t.Context(), "test.put", func(tx *db.Tx) error {
		for _, c := range list {
			f.n++
			if c.id == 0 {
				c.id = tx.NewID()
			}
			if c.event == 0 {
				c.event = tx.NewID()
			}
			if c.state == "" {
				c.state = casework.Closed
			}
			submitted, closed := at(f.t, c.submitted), time.Time{}
			if c.closed != "" {
				closed = at(f.t, c.closed)
			}
			clocks := casework.Clocks{}
			if c.promised > 0 {
				clocks = append(clocks, casework.Clock{Kind: casework.Promised, Workdays: c.promised, Unit: clock.WorkingDays, Start: submitted, Done: closed})
			}
			text, err := json.Marshal(clocks)
			if err != nil {
				return err
			}
			kind, name := "person", "张三丰"
			if c.entity {
				kind, name = "entity", "演示公司"
			}
			no := fmt.Sprintf("C%04d", f.n)
			tx.Queue(`INSERT INTO cases (id, no, item_id, version_id, item_name, unit_id, receiving_unit_id, division, state, outcome,
				resume_state, stage, version, party_kind, party_id, party_name, filer_kind, filer_id, filer_name, mandate_id, channel, submitted_at,
				received_at, accepted_at, decided_at, closed_at, due_on, clocks, delivery_way, delivery, answers, correction, reviewers, licence_id, updated_at)
				VALUES ($1, $2, 1, 1, '食品经营许可', $3, 1, '320200000000', $4, $5, '', 0, 1, $6, 1, $7, 'person', 1, $7, 0, 'web', $8, $8, $8, $9, $9, $10,
				$11, 'electronic', $12, $12, $12, '[]', 0, $8)`,
				c.id, no, f.unit[c.unit], string(c.state), string(c.outcome), kind, name, db.Micros(submitted), db.Micros(closed), c.due, string(text), []byte{})
			const event = `INSERT INTO case_event (id, case_id, at, act, from_state, to_state, actor_kind, actor_id, actor_name, unit_id, article, note,
				document_id) VALUES ($1, $2, $3, $4, $5, $6, 'person', 1, $7, 0, '', $8, 0)`
			tx.Queue(event, c.event, c.id, db.Micros(submitted), "submit", "", "submitted", name, []byte{})
			if c.state == casework.Closed {
				tx.Queue(event, tx.NewID(), c.id, db.Micros(closed), "hand-over", "delivering", "closed", name, []byte{})
			}
			if c.rated != "" {
				tx.Queue(`INSERT INTO rating (id, case_id, case_no, item_id, item_name, unit_id, division, channel, level, reasons, words, anonymous,
					rater_name, at) VALUES ($1, $2, $3, 1, '', $4, '', 'web', $5, '', $6, FALSE, '', $7)`,
					tx.NewID(), c.id, no, f.unit[c.unit], c.level, []byte{}, db.Micros(at(f.t, c.rated)))
			}
		}
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

// city is a set of cases with every figure in it.
func (f *fixture) city() {
	f.put(
		// In hand: late, late on its last day no longer, soon, later, and three that no limit of the authority drives.
		caseIn{unit: "spj", submitted: "2026-02-10", state: casework.Reviewing, due: "2026-03-10"},
		caseIn{unit: "lx-spj", submitted: "2026-02-10", state: casework.Delivering, due: "2026-03-02", entity: true},
		caseIn{unit: "lx-spj", submitted: "2026-03-04", state: casework.Submitted, due: "2026-03-11"},
		caseIn{unit: "lx-spj", submitted: "2026-03-04", state: casework.Deciding, due: "2026-03-16"}, // Monday: three working days
		caseIn{unit: "lx-spj", submitted: "2026-03-05", state: casework.Reviewing, due: "2026-03-17"},
		caseIn{unit: "cas", submitted: "2026-03-05", state: casework.Correcting, due: "2026-03-01"},
		caseIn{unit: "cas", submitted: "2026-03-05", state: casework.Suspended, due: "2026-03-01"},
		caseIn{unit: "cas", submitted: "2026-03-06", state: casework.Prechecked},
		// Closed.
		caseIn{unit: "spj", submitted: "2026-02-11", closed: "2026-02-12", outcome: casework.Granted, promised: 3, rated: "2026-02-12", level: 5},
		caseIn{unit: "spj", submitted: "2026-03-02", closed: "2026-03-05", outcome: casework.Refused, promised: 3, rated: "2026-03-06", level: 3},
		caseIn{unit: "spj", submitted: "2026-03-02", closed: "2026-03-06", outcome: casework.Granted, promised: 3, rated: "2026-03-06", level: 1},
		caseIn{unit: "lx-spj", submitted: "2026-03-02", closed: "2026-03-03", outcome: casework.Declined},
		caseIn{unit: "lx-spj", submitted: "2026-03-02", closed: "2026-03-03", outcome: casework.NotNeeded},
		caseIn{unit: "cas", submitted: "2026-03-02", closed: "2026-03-03", outcome: casework.Withdrawn},
		caseIn{unit: "cas", submitted: "2026-03-02", closed: "2026-03-04", outcome: casework.Returned},
		// Before the period.
		caseIn{unit: "spj", submitted: "2026-01-05", closed: "2026-01-06", outcome: casework.Granted, rated: "2026-01-07", level: 4},
	)
}

func (f *fixture) roll() {
	f.t.Helper()
	if err := f.Roll(f.t.Context()); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) overview(a actor.Actor, filter Filter) *Overview {
	f.t.Helper()
	o, err := f.Overview(f.t.Context(), a, filter)
	if err != nil {
		f.t.Fatal(err)
	}
	return o
}

func is(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}

func TestOverview(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.city()
		if o := f.overview(f.supervisor("wx"), Filter{}); !o.CountedAt.IsZero() || o.Total.InHand != 8 || o.Total.Closed != 0 {
			t.Errorf("before the first count: %+v", o)
		}
		f.roll()
		o := f.overview(f.supervisor("wx"), Filter{})
		if o.From.String() != "2026-02-10" || o.To.String() != "2026-03-11" || !o.CountedAt.Equal(now) {
			t.Errorf("period %v to %v, counted at %v", o.From, o.To, o.CountedAt)
		}
		spj := Figures{Received: 4, InHand: 1, Late: 1, Closed: 3, OnTime: 2, Granted: 2, Refused: 1, Rated: 3, Good: 2, Negative: 1}
		lx := Figures{Received: 6, InHand: 4, Late: 1, DueSoon: 2, Closed: 2, OnTime: 2, Declined: 2}
		cas := Figures{Received: 5, InHand: 3, Closed: 2, OnTime: 2, Withdrawn: 2}
		var both Figures
		both.add(lx)
		both.add(cas)
		all := both
		all.add(spj)
		if o.Total != all {
			t.Errorf("total\n%+v, want\n%+v", o.Total, all)
		}
		want := []Figures{lx, spj, cas} // the latest first
		if len(o.Units) != 3 || o.Units[0].Unit.Key != "lx-spj" || o.Units[0].Figures != want[0] || o.Units[1].Figures != want[1] || o.Units[2].Figures != want[2] {
			t.Errorf("units\n%+v", o.Units)
		}
		if len(o.Districts) != 2 || o.Districts[0].Division.Name != "无锡市" || o.Districts[0].Figures != spj ||
			o.Districts[1].Division.Name != "梁溪区" || o.Districts[1].Figures != both {
			t.Errorf("districts\n%+v", o.Districts)
		}
		if p, ok := o.Total.GoodRate(); !ok || p < 66.6 || p > 66.7 {
			t.Errorf("good rate %v %v", p, ok)
		}
		if _, ok := (Figures{}).OnTimeRate(); ok {
			t.Error("a rate of nothing")
		}
		// One unit, one district, another period.
		if o := f.overview(f.supervisor("wx"), Filter{Unit: f.unit["lx"]}); o.Total != both {
			t.Errorf("one subtree %+v", o.Total)
		}
		if o := f.overview(f.supervisor("wx"), Filter{Division: "320213001000"}); o.Total != cas {
			t.Errorf("one town %+v", o.Total)
		}
		year := clock.DateOf(now) - 100
		if o := f.overview(f.supervisor("wx"), Filter{From: year, To: clock.DateOf(now) - 50}); o.Total.Received != 1 || o.Total.Good != 1 || o.Total.InHand != 8 {
			t.Errorf("January %+v", o.Total)
		}
	})
}

// TestList: for every figure and filter the list has as many cases as the
// number says, each once, in order.
func TestList(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.city()
		f.roll()
		for name, filter := range map[string]Filter{"all": {}, "unit": {Unit: f.unit["spj"]}, "district": {Division: "320213000000"},
			"week": {From: clock.DateOf(now) - 9, To: clock.DateOf(now) - 6}} {
			o := f.overview(f.supervisor("wx"), filter)
			for _, figure := range AllFigures {
				rows := f.list(f.supervisor("wx"), figure, filter)
				if int64(len(rows)) != o.Total.Of(figure) {
					t.Errorf("%s %s: %d rows, the overview says %d", name, figure, len(rows), o.Total.Of(figure))
				}
				seen := map[string]bool{}
				for i, r := range rows {
					if seen[r.No] {
						t.Errorf("%s %s: %s twice", name, figure, r.No)
					}
					seen[r.No] = true
					if i > 0 && (rows[i-1].Day > r.Day) == figure.Open() && rows[i-1].Day != r.Day {
						t.Errorf("%s %s: %s before %s", name, figure, rows[i-1].Day, r.Day)
					}
				}
			}
		}
		late := f.list(f.supervisor("wx"), Late, Filter{})
		if r := late[0]; r.DueOn != "2026-03-02" || !r.Late || r.Left != -7 || r.Party != "演示公司" || r.Unit.Key != "lx-spj" || r.State != casework.Delivering {
			t.Errorf("late %+v", r)
		}
		if r := late[1]; r.Party != "张**" || r.Left != -1 || r.ItemName != "食品经营许可" {
			t.Errorf("late %+v", r)
		}
		soon := f.list(f.supervisor("wx"), DueSoon, Filter{})
		if soon[0].Left != 0 || soon[1].Left != 3 || soon[1].Late {
			t.Errorf("soon %+v", soon)
		}
		for _, r := range f.list(f.supervisor("wx"), InHand, Filter{Unit: f.unit["cas"]}) {
			if r.Late {
				t.Errorf("not the authority's limit: %+v", r)
			}
		}
		if bad := f.list(f.supervisor("wx"), Negative, Filter{}); bad[0].Level != 1 || bad[0].OnTime || bad[0].Day != "2026-03-06" || bad[0].ClosedAt.IsZero() {
			t.Errorf("negative %+v", bad)
		}
		_, _, err := f.List(t.Context(), f.supervisor("wx"), "profit", Filter{}, "", 10)
		is(t, err, ErrFigure)
		_, _, err = f.List(t.Context(), f.supervisor("wx"), Late, Filter{}, "yesterday", 10)
		if errs.KindOf(err) != errs.Malformed {
			t.Errorf("cursor: %v", err)
		}
	})
}

// TestAlarmed counts the alarms that stand: not those of cases that were
// answered, nor of a date that has moved.
func TestAlarmed(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.put(caseIn{id: 71, unit: "cas", submitted: "2026-02-20", state: casework.Submitted, due: "2026-02-27"},
			caseIn{id: 72, unit: "cas", submitted: "2026-02-20", state: casework.Reviewing, due: "2026-03-20"},
			caseIn{id: 73, unit: "cas", submitted: "2026-02-20", state: casework.Submitted, due: "2026-03-12"},
			caseIn{id: 74, unit: "spj", submitted: "2026-02-20", state: casework.Submitted, due: "2026-02-27"})
		err := f.DB.Write(t.Context(), "test.alarm", func(tx *db.Tx) error {
			for _, id := range []int64{71, 72, 73} {
				tx.Queue(`INSERT INTO case_alarm (case_id, due_on, at) VALUES ($1, '2026-02-27', $2)`, id, tx.NowMicros())
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for unit, want := range map[string]int{"wx": 1, "lx": 1, "spj": 0} {
			a := f.supervisor(unit)
			rows := f.list(a, Alarmed, Filter{})
			if n := f.overview(a, Filter{}).Total.Alarmed; n != int64(want) || len(rows) != want || want == 1 && rows[0].ID != 71 {
				t.Errorf("%s: %d alarms, list %+v", unit, n, rows)
			}
		}
	})
}

// list walks over all pages of two.
func (f *fixture) list(a actor.Actor, figure Figure, filter Filter) (all []Row) {
	f.t.Helper()
	for cursor, pages := "", 0; pages == 0 || cursor != ""; pages++ {
		rows, next, err := f.List(f.t.Context(), a, figure, filter, cursor, 2)
		if err != nil || pages > 20 || next != "" && len(rows) != 2 {
			f.t.Fatalf("%s: page %d of %d rows: %v", figure, pages, len(rows), err)
		}
		all, cursor = append(all, rows...), next
	}
	return all
}

// TestScope: a supervisor sees the units below his own, nobody else any.
func TestScope(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		ctx := t.Context()
		f.city()
		f.roll()
		a := f.supervisor("lx")
		o := f.overview(a, Filter{})
		if o.Total.Received != 11 || len(o.Units) != 2 || len(o.Districts) != 1 {
			t.Errorf("district supervisor %+v", o)
		}
		if rows := f.list(a, Rated, Filter{}); len(rows) != 0 {
			t.Errorf("another unit's cases %+v", rows)
		}
		if o := f.overview(a, Filter{Division: "320200000000"}); o.Total.Received != 11 {
			t.Errorf("the whole city by division %+v", o.Total)
		}
		for _, unit := range []string{"wx", "spj"} {
			_, err := f.Overview(ctx, a, Filter{Unit: f.unit[unit]})
			is(t, err, identity.ErrForbidden)
			_, _, err = f.List(ctx, a, Late, Filter{Unit: f.unit[unit]}, "", 10)
			is(t, err, identity.ErrForbidden)
		}
		_, err := f.Overview(ctx, a, Filter{Unit: 12345})
		is(t, err, identity.ErrForbidden)
		clerk := a
		clerk.Grants = []actor.Grant{{Role: actor.WindowClerk, Path: "/"}}
		_, err = f.Overview(ctx, clerk, Filter{})
		is(t, err, identity.ErrForbidden)
		_, err = f.Overview(ctx, actor.Actor{Kind: actor.Anonymous}, Filter{})
		is(t, err, identity.ErrLoginNeeded)
		entries, err := audit.Entries(f.DB.Read(ctx), "overview", 0, 20)
		if err != nil || len(entries) != 6 || entries[0].Outcome != "denied" {
			t.Errorf("refusals recorded: %d, %v", len(entries), err)
		}
		today := clock.DateOf(now)
		for _, p := range []Filter{{From: today, To: today - 1}, {From: today - 3000, To: today}} {
			_, err = f.Overview(ctx, a, p)
			is(t, err, ErrPeriod)
		}
	})
}

// days are the counters as they are stored.
func (f *fixture) days() []string {
	f.t.Helper()
	list, err := db.All(f.DB.Read(f.t.Context()), func(r *db.Rows) (string, error) {
		var day string
		var n [11]int64
		err := r.Scan(&day, &n[0], &n[1], &n[2], &n[3], &n[4], &n[5], &n[6], &n[7], &n[8], &n[9], &n[10])
		return fmt.Sprint(day, n), err
	}, `SELECT `+dayColumns+` FROM assess_day ORDER BY day, unit_id`)
	if err != nil {
		f.t.Fatal(err)
	}
	return list
}

// TestRoll counts everything once: rolled twice, by several at once, found with
// a key older than the last one seen, or piece by piece.
func TestRoll(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.roll()
		day := "2026-03-11"
		early := f.DB.NewID() // an act takes its key and commits late
		f.city()
		f.put(caseIn{unit: "spj", submitted: day, state: casework.Submitted, id: 77})
		const many = 300 // long acts, so that the rolls meet
		f.put(slices.Repeat([]caseIn{{unit: "cas", submitted: "2026-03-04", closed: "2026-03-05", outcome: casework.Granted}}, many)...)
		var wg sync.WaitGroup
		together := make(chan struct{})
		for range 8 {
			wg.Go(func() {
				<-together
				if err := f.Roll(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		close(together)
		wg.Wait()
		for range 4 {
			f.clk.Add(time.Minute)
			f.roll()
		}
		f.put(caseIn{unit: "spj", submitted: day, state: casework.Submitted, event: early})
		f.roll()
		if o := f.overview(f.supervisor("wx"), Filter{}); o.Total.Received != many+17 || o.Total.Closed != many+7 || o.Total.Rated != 3 {
			t.Errorf("after the late commit %+v", o.Total)
		}
		// The case of before is closed, then rated.
		f.clk.Add(time.Hour)
		err := f.DB.Write(t.Context(), "test.close", func(tx *db.Tx) error {
			tx.Queue(`UPDATE cases SET state = 'closed', outcome = 'granted', closed_at = $1 WHERE id = 77`, tx.NowMicros())
			tx.Queue(`INSERT INTO case_event (id, case_id, at, act, from_state, to_state, actor_kind, actor_id, actor_name, unit_id, article, note,
				document_id) VALUES ($1, 77, $2, 'decide', 'deciding', 'closed', 'staff', 1, '', 0, '', $3, 0)`, tx.NewID(), tx.NowMicros(), []byte{})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		f.roll()
		f.clk.Add(time.Hour)
		err = f.DB.Write(t.Context(), "test.rate", func(tx *db.Tx) error {
			tx.Queue(`INSERT INTO rating (id, case_id, case_no, item_id, item_name, unit_id, division, channel, level, reasons, words, anonymous,
				rater_name, at) VALUES ($1, 77, 'x', 1, '', $2, '', 'web', 2, '', $3, FALSE, '', $4)`, tx.NewID(), f.unit["spj"], []byte{}, tx.NowMicros())
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		f.roll()
		f.roll()
		if o := f.overview(f.supervisor("wx"), Filter{}); o.Total.Received != many+17 || o.Total.Closed != many+8 || o.Total.Rated != 4 || o.Total.Negative != 2 {
			t.Errorf("closed and rated later %+v", o.Total)
		}
		// What was counted piece by piece is what is counted from the beginning.
		before := f.days()
		if err := f.Rebuild(t.Context()); err != nil {
			t.Fatal(err)
		}
		if after := f.days(); len(before) == 0 || !slices.Equal(before, after) {
			t.Errorf("piece by piece\n%s\nfrom the beginning\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
		}
	})
}

// TestRebuild: past cases whose keys no roll looks at, more than one page of
// them; and a count that was broken off.
func TestRebuild(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.roll()
		f.put(caseIn{unit: "spj", submitted: "2026-03-10", state: casework.Submitted})
		f.clk.Add(time.Hour)
		f.roll()
		var past []caseIn
		for i := range 2*page + 3 {
			past = append(past, caseIn{unit: "spj", submitted: "2026-02-25", closed: "2026-02-26", outcome: casework.Granted, promised: 5, id: int64(1000 + i), event: int64(100_000 + i)})
		}
		f.put(past...)
		// Events of receipt are too old for a roll; those of closing too.
		if err := f.DB.Write(t.Context(), "test.age", func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE case_event SET id = case_id + 200000 WHERE act = 'hand-over'`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		f.roll()
		if o := f.overview(f.supervisor("wx"), Filter{}); o.Total.Received != 1 {
			t.Fatalf("a roll found %+v", o.Total)
		}
		if err := f.Rebuild(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := int64(len(past))
		if o := f.overview(f.supervisor("wx"), Filter{}); o.Total.Received != want+1 || o.Total.OnTime != want {
			t.Errorf("after the rebuild %+v", o.Total)
		}
		// Broken off in the middle with nothing of it counted: the next roll goes on.
		if err := f.DB.Write(t.Context(), "test.break", func(tx *db.Tx) error {
			tx.Queue(`DELETE FROM assess_case WHERE case_id >= 1500`)
			tx.Queue(`UPDATE assess_day SET received = 0`)
			tx.Queue(`UPDATE assess_mark SET rebuilding = TRUE, position = 1499`)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if o := f.overview(f.supervisor("wx"), Filter{}); !o.CountedAt.IsZero() {
			t.Error("shown as complete while it is counted anew")
		}
		f.roll()
		if o := f.overview(f.supervisor("wx"), Filter{}); o.Total.Received != want+1 || o.Total.Closed != want || o.CountedAt.IsZero() {
			t.Errorf("gone on %+v", o.Total)
		}
	})
}

func TestSQL(t *testing.T) { dbtest.Prepares(t, SQL()...) }
