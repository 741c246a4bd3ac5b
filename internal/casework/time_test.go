package casework

import (
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/calendar"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
)

func TestTick(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		c.must(c.Tick(ctx))
		t.Run("silence_is_acceptance_from_the_receipt_date", func(t *testing.T) {
			c := c.on(t)
			c.clk.Set(day(t, "2026-03-02 09:00"))
			k, other := c.submit(food, catalog.PickUp), c.submit(subsidy, catalog.PickUp)
			c.clk.Set(day(t, "2026-03-09 23:59"))
			c.must(c.Tick(ctx))
			if v := c.view(c.boss(), k.No); v.Case.State != Submitted {
				t.Fatalf("on the last day: %s", v.Case.State)
			}
			c.clk.Set(day(t, "2026-03-10 00:00"))
			c.must(c.Tick(ctx))
			c.must(c.Tick(ctx))
			v := c.view(c.boss(), k.No)
			if v.Case.State != Reviewing || !v.Case.AcceptedAt.Equal(day(t, "2026-03-02 09:00")) {
				t.Fatalf("%s since %v", v.Case.State, v.Case.AcceptedAt)
			}
			if p, _ := v.Case.Clocks.of(Promised); !p.Start.Equal(day(t, "2026-03-02 09:00")) {
				t.Errorf("the promised limit starts %v", p.Start)
			}
			e := v.Events[len(v.Events)-1]
			if e.Act != DeemAccepted || e.Article != "《中华人民共和国行政许可法》第三十二条第一款第四项" || e.Actor.Kind != actor.System {
				t.Errorf("%+v", e.Event)
			}
			if n := c.count(`SELECT count(*) FROM audit_record WHERE act = 'case.deem-accepted' AND subject = $1`, "case/"+k.No); n != 1 {
				t.Errorf("%d audit records", n)
			}
			// Another regime knows no deemed acceptance: it is late, and says so once.
			if v := c.view(c.person("zhang"), other.No); v.Case.State != Submitted {
				t.Errorf("a 给付 was deemed accepted: %s", v.Case.State)
			}
			if n := c.count(`SELECT count(*) FROM audit_record WHERE act = 'case.alarm' AND subject = $1`, "case/"+other.No); n != 1 {
				t.Errorf("%d alarms", n)
			}
			for _, who := range []actor.Actor{c.person("zhang"), c.staff("clerk"), c.staff("sup")} {
				if a := c.view(who, other.No).Alarm; a == nil || !a.At.Equal(c.clk.Now()) || !strings.Contains(a.ZH, "没有告知申请人是否受理") {
					t.Errorf("%s sees the alarm %+v", who.Name, a)
				}
			}
			if a := v.Alarm; a != nil {
				t.Errorf("an accepted case has the alarm %+v", a)
			}
			alarmed := func() (nos []string) {
				t.Helper()
				dir, err := c.Identity.Directory(ctx)
				c.must(err)
				u, _ := dir.Unit(c.refs.Units["wx-zx"])
				rows, _, err := c.Queue(ctx, c.staff("clerk"), u, actor.WindowClerk, "", 100)
				c.must(err)
				for _, q := range rows {
					if q.Alarm {
						nos = append(nos, q.No)
					}
				}
				return nos
			}
			if got := alarmed(); len(got) != 1 || got[0] != other.No {
				t.Errorf("alarms in the work list: %v", got)
			}
			c.do(c.staff("clerk"), other.No, Accept, Input{})
			if a := c.view(c.staff("clerk"), other.No).Alarm; a != nil || len(alarmed()) != 0 {
				t.Errorf("after the answer: %+v", a)
			}
		})
		t.Run("nothing_on_a_provisional_date", func(t *testing.T) {
			c := c.on(t)
			// 2027 has a projection alone until its notice is published.
			c.clk.Set(day(t, "2026-12-30 09:00"))
			k := c.submit(food, catalog.PickUp)
			v := c.view(c.boss(), k.No)
			doc, _, err := c.Document(ctx, c.boss(), v.Documents[0].ID)
			c.must(err)
			if !doc.Clocks[0].Provisional {
				t.Error("the receipt shows the date as certain")
			}
			c.clk.Set(day(t, "2027-01-20 09:00"))
			c.must(c.Tick(ctx))
			c.must(c.Tick(ctx))
			if v := c.view(c.boss(), k.No); v.Case.State != Submitted {
				t.Fatalf("a legal effect on a provisional date: %s", v.Case.State)
			}
			if n := c.count(`SELECT count(*) FROM audit_record WHERE act = 'case.alarm' AND subject = $1`, "case/"+k.No); n != 1 {
				t.Errorf("%d alarms", n)
			}
			if a := c.view(c.staff("clerk"), k.No).Alarm; a == nil || !strings.Contains(a.ZH, "暂定") {
				t.Errorf("alarm %+v", a)
			}
			notice := calendar.Notice{Year: 2027, Source: "国务院办公厅通知",
				Off: []clock.NamedDay{{Date: clock.DateOf(day(t, "2027-01-01 00:00")), Name: "元旦"}}}
			before := c.due(k.No)
			_, err = c.Calendar.Import(ctx, actor.Platform(), "公布", notice)
			c.must(err)
			c.must(c.Tick(ctx))
			v = c.view(c.boss(), k.No)
			if v.Case.State != Reviewing || !v.Case.AcceptedAt.Equal(day(t, "2026-12-30 09:00")) {
				t.Errorf("after the notice: %s since %v (was due %s)", v.Case.State, v.Case.AcceptedAt, before)
			}
		})
		t.Run("stored_dates_follow_a_new_calendar", func(t *testing.T) {
			c := c.on(t)
			c.clk.Set(day(t, "2027-01-20 10:00"))
			k := c.submit(food, catalog.PickUp)
			before := c.due(k.No)
			notice := calendar.Notice{Year: 2027, Source: "国务院办公厅更正通知",
				Off: []clock.NamedDay{{Date: clock.DateOf(day(t, "2027-01-21 00:00")), Name: "演示假"}}}
			_, err := c.Calendar.Import(ctx, actor.Platform(), "更正", notice)
			c.must(err)
			c.must(c.Tick(ctx))
			after := c.due(k.No)
			if before != "2027-01-27" || after != "2027-01-28" {
				t.Errorf("from %s to %s", before, after)
			}
			if n := c.count(`SELECT count(*) FROM task WHERE case_id = $1 AND due_on = $2`, k.ID, after); n != 1 {
				t.Error("the work list keeps the old date")
			}
		})
	})
}
