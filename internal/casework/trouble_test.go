package casework

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/calendar"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/notify"
)

// TestClockBackwards: no act happens before what has already happened to its
// case, and the sweep does nothing while the platform's clock is wrong.
func TestClockBackwards(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx, clerk := t.Context(), c.staff("clerk")
		c.clk.Set(day(t, "2026-03-10 09:00"))
		k := c.submit(food, catalog.PickUp)
		c.do(clerk, k.No, Accept, Input{})
		c.clk.Set(day(t, "2026-03-10 08:59"))
		for act, who := range map[Act]actor.Actor{Review: c.staff("rev"), Extend: c.staff("dec"), Withdraw: c.boss()} {
			_, err := c.Perform(ctx, who, k.No, act, Input{Agree: true, Opinion: "同意", Days: 1, Reason: "x"})
			if !errors.Is(err, ErrClockBehind) || errs.KindOf(err) != errs.Unavailable {
				t.Errorf("%s: %v", act, err)
			}
		}
		other := c.submit(food, catalog.PickUp)
		c.clk.Set(day(t, "2026-03-01 09:00"))
		c.must(c.Tick(ctx))
		if v := c.view(clerk, other.No); v.Case.State != Submitted || len(v.Events) != 1 || v.Clocks[0].Status.State != clock.NotStarted {
			t.Errorf("%s, %d events, the clock is %s", v.Case.State, len(v.Events), v.Clocks[0].Status.State)
		}
		if v := c.view(c.boss(), k.No); len(v.Events) != 2 || v.Case.State != Reviewing {
			t.Errorf("something was stored: %+v", v.Events)
		}
		c.clk.Set(day(t, "2026-03-10 09:00").Add(-3 * time.Second)) // another node's clock
		c.do(c.staff("rev"), k.No, Review, Input{Agree: true, Opinion: "同意"})
		c.clk.Set(day(t, "2026-03-11 09:00"))
		c.do(c.staff("dec"), k.No, Decide, Input{Grant: true})
		if d := c.due(k.No); d != "2026-03-25" {
			t.Errorf("delivery until %s", d)
		}
	})
}

// TestBackDated: whatever names a day of its own, or comes after a limit, gets
// nothing from the past.
func TestBackDated(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx, clerk := t.Context(), c.staff("clerk")
		c.clk.Set(day(t, "2026-03-02 09:00"))
		k := c.submit(food, catalog.PickUp)
		c.do(clerk, k.No, Accept, Input{})
		if d := c.due(k.No); d != "2026-03-16" {
			t.Fatal(d)
		}
		c.clk.Set(day(t, "2026-03-31 00:00")) // the statutory limit lapsed with 30 March
		c.refused(ErrLimitOver, c.staff("dec"), k.No, Extend, Input{Days: 10, Reason: "补一个延期"})
		c.do(c.staff("rev"), k.No, Suspend, Input{Kind: "expert", Days: 5, Reason: "评审", Experts: "丁专家"}) // begun too late
		c.clk.Set(day(t, "2026-04-13 09:00"))
		c.do(c.staff("rev"), k.No, Resume, Input{Reason: "可行"})
		for _, x := range c.view(clerk, k.No).Clocks {
			if x.Kind == Statutory && (x.Status.Due.String() != "2026-03-30" || !x.Status.Late()) {
				t.Errorf("a late pause moved %s to %s", x.Kind, x.Status.Due)
			}
		}
		late := c.advanceTo(food, Correcting, catalog.PickUp)
		c.clk.Add(40 * 24 * time.Hour)
		c.refused(ErrCorrectLapsed, c.boss(), late.No, AskMoreTime, Input{Days: 5, Reason: "昨天就想申请"})
		// The correction itself is still taken: the case was not returned.
		c.correct(c.boss(), late.No, func(*Draft) {})
		_, err := c.Perform(ctx, clerk, late.No, RequestCorrection, Input{Asks: []Ask{{Material: "m01", Line: "a"}},
			NewFact: NewFact{Source: FromOutside, What: "x", From: "y", On: "2026-01-01"}})
		c.field(err, "newFact/on")
	})
}

// TestSuspendedWithdrawn: the applicant may end the matter during a special
// procedure; nothing runs and nobody waits any more.
func TestSuspendedWithdrawn(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		k := c.advanceTo(food, Suspended, catalog.PickUp)
		c.clk.Add(72 * time.Hour)
		c.do(c.boss(), k.No, Withdraw, Input{Reason: "不办了"})
		v := c.view(c.boss(), k.No)
		if v.Case.Outcome != Withdrawn || v.Case.DueOn != "" || len(v.Offered) != 0 {
			t.Errorf("%s, due %q, offered %v", v.Case.Outcome, v.Case.DueOn, v.Offered)
		}
		for _, x := range v.Case.Clocks {
			if x.Done.IsZero() || slices.ContainsFunc(x.Suspensions, func(s clock.Suspension) bool { return s.To.IsZero() }) {
				t.Errorf("the %s clock goes on: %+v", x.Kind, x)
			}
		}
		for _, x := range v.Tasks {
			if x.State == "open" {
				t.Errorf("somebody still waits: %+v", x)
			}
		}
		c.refused(ErrNotOffered, c.staff("rev"), k.No, Resume, Input{})
	})
}

// TestGuideRetired: a case keeps the guide that it began with, whatever becomes
// of the item: what may be asked, who reviews, what is printed.
func TestGuideRetired(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx, clerk, boss := t.Context(), c.staff("clerk"), c.boss()
		k := c.submit(food, catalog.PickUp)
		def := items()[food]
		def.Guide.Basics.Name, def.Guide.Limits.Promised.Days = "食品经营许可（新版）", 3
		def.Guide.Materials = def.Guide.Materials[:1]
		def.Guide.Materials[0].Lines = def.Guide.Materials[0].Lines[:1]
		_, err := c.Catalog.Import(ctx, actor.Platform(), def, nil)
		c.must(err)
		c.must(c.Catalog.SetState(ctx, actor.Platform(), c.codes[food], catalog.Cancelled, "取消", ""))
		if _, err := c.StartDraft(ctx, boss, c.codes[food], actor.Party{}, nil); err == nil {
			t.Error("the item is cancelled and still applied for")
		}
		c.do(clerk, k.No, RequestCorrection, Input{Asks: []Ask{{Material: "m01", Line: "b"}, {Material: "m02", Line: "a"}}}) // both gone from the new version
		c.correct(boss, k.No, func(*Draft) {})
		c.do(clerk, k.No, Accept, Input{})
		if p := c.of(k.No, Promised); p.Workdays != 10 {
			t.Errorf("the promise became %d days", p.Workdays)
		}
		c.do(c.staff("rev"), k.No, Review, Input{Agree: true, Opinion: "同意"})
		c.do(c.staff("dec"), k.No, Decide, Input{Grant: true})
		c.do(clerk, k.No, HandOver, Input{Recipient: "张"})
		for _, ref := range c.view(boss, k.No).Documents {
			d, _, err := c.Document(ctx, boss, ref.ID)
			c.must(err)
			if d.ItemName != "食品经营许可" {
				t.Errorf("%s speaks of %s", d.Title, d.ItemName)
			}
		}
	})
}

// TestAuthorityRevoked: from the moment an agent's mandate ends, nothing he has
// begun goes through; the principal goes on.
func TestAuthorityRevoked(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx, boss, agent := t.Context(), c.boss(), c.acting("li", c.cafe())
		k := c.advanceTo(food, Correcting, catalog.PickUp)
		d, err := c.OpenCorrection(ctx, agent, k.No)
		c.must(err)
		_, err = c.AttachFile(ctx, agent, d.ID, "m02", c.file(), "b.pdf")
		c.must(err)
		given, _, err := c.Identity.Mandates(ctx, boss)
		c.must(err)
		for _, m := range given {
			c.must(c.Identity.RevokeMandate(ctx, boss, m.ID))
		}
		// The agent's session still says whom he acted for.
		if _, err := c.Submit(ctx, agent, d.ID, SubmitInput{}); errs.KindOf(err) != errs.NotFound {
			t.Errorf("his correction: %v", err)
		}
		for act, in := range map[Act]Input{Withdraw: {}, AskMoreTime: {Days: 2, Reason: "x"}} {
			if _, err := c.Perform(ctx, agent, k.No, act, in); errs.KindOf(err) != errs.NotFound {
				t.Errorf("%s: %v", act, err)
			}
		}
		if _, err := c.View(ctx, agent, k.No); !errors.Is(err, ErrNoCase) {
			t.Errorf("he still sees it: %v", err)
		}
		if v := c.view(boss, k.No); v.Case.State != Correcting || len(v.Materials[1].Handed.Files) != 1 {
			t.Errorf("%s %+v", v.Case.State, v.Materials[1])
		}
		c.correct(boss, k.No, func(*Draft) {})
		if _, _, err := c.Draft(ctx, agent, d.ID); !errors.Is(err, ErrNoDraft) {
			t.Errorf("what he began stays: %v", err)
		}
	})
}

// TestHolidaysLate: a calendar that is published or corrected late moves the
// dates of what is open and tells the people, once; what was done on the former
// date stands.
func TestHolidaysLate(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx, boss := t.Context(), c.boss()
		c.must(c.Tick(ctx)) // the dates follow the shipped edition
		const told = "您的办件期限随放假安排调整"
		n := func() int { return strings.Count(strings.Join(c.messages(boss), " "), told) }
		c.clk.Set(day(t, "2026-12-24 09:00"))
		open, correcting := c.submit(food, catalog.PickUp), c.advanceTo(food, Correcting, catalog.PickUp)
		paused, closed := c.advanceTo(food, Suspended, catalog.PickUp), c.advanceTo(food, Closed, catalog.PickUp)
		broken := c.submit(food, catalog.PickUp)
		c.must(c.d.Write(ctx, "test.break", func(tx *db.Tx) error { tx.Queue(`UPDATE cases SET clocks = '{' WHERE id = $1`, broken.ID); return nil }))
		before := []string{c.due(open.No), c.due(correcting.No)}
		day31 := clock.DateOf(day(t, "2026-12-31 00:00"))
		notice := func(year int, first clock.Date) calendar.Notice {
			return calendar.Notice{Year: year, Source: "国务院办公厅通知", Off: []clock.NamedDay{{Date: first, Name: "元旦"}, {Date: first + 3, Name: "元旦"}}}
		}
		_, err := c.Calendar.Import(ctx, actor.Platform(), "公布", notice(2027, day31+1))
		c.must(err)
		c.must(c.Tick(ctx))
		if a, b := c.due(open.No), c.due(correcting.No); a != before[0] || b != "2027-01-18" || before[1] != "2027-01-15" || n() != 1 {
			t.Errorf("%v became %s and %s, told %d times", before, a, b, n())
		}
		if c.due(paused.No) != "" || c.due(closed.No) != "" {
			t.Error("a date where none runs")
		}
		c.must(c.Tick(ctx))
		if n() != 1 {
			t.Errorf("told %d times", n())
		}
		// The task of the window follows; the message says from when to when.
		p, err := c.Notify.List(c.d.Read(ctx), boss.For, 1<<62, 100)
		c.must(err)
		i := slices.IndexFunc(p.Messages, func(m notify.Message) bool { return m.Subject == told })
		if !strings.Contains(p.Messages[i].Body, "补正期限由 2027-01-15 调整为 2027-01-18") || !strings.Contains(p.Messages[i].Link, correcting.No) {
			t.Errorf("%+v", p.Messages[i])
		}
		// Deemed accepted on the date of the day before a correction: it stands.
		c.clk.Set(day(t, "2027-01-05 09:00"))
		c.must(c.Tick(ctx))
		if v := c.view(c.boss(), open.No); v.Case.State != Reviewing {
			t.Fatalf("%s, due %s", v.Case.State, before[0])
		}
		again := notice(2027, day31+1)
		again.Off = append(again.Off, clock.NamedDay{Date: day31 + 6, Name: "演示假"})
		_, err = c.Calendar.Import(ctx, actor.Platform(), "更正", again)
		c.must(err)
		c.must(c.Tick(ctx))
		if v := c.view(c.boss(), open.No); v.Case.State != Reviewing || v.Events[1].Act != DeemAccepted {
			t.Errorf("taken back: %s", v.Case.State)
		}
		if n() < 3 { // the accepted case and the correction moved by a day
			t.Errorf("told %d times", n())
		}
	})
}
