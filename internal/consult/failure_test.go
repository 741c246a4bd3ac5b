package consult

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/calendar"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// TestFailure: a record on a guide version ends by a later version or by a
// refusal that a second person confirmed, and what comes back is shown.
func TestFailure(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		first := c.fails("zhang", "extra-material")
		if first.PinnedNo != 1 || first.Earlier != 0 || first.CameBack || first.State != Handling || !strings.HasPrefix(first.No, "BC") {
			t.Errorf("%+v", first)
		}
		if v := c.show("dec", first.No); acts(v) != "note ask-back pass-on close-by-change propose-refusal" {
			t.Errorf("offered: %s", acts(v))
		}
		if v := c.show("clerk", first.No); acts(v) != "note ask-back pass-on" {
			t.Errorf("offered at the centre: %s", acts(v))
		}
		for _, who := range []string{"zhang", "rev", "dec"} {
			for _, act := range []Act{Withdraw, Answer, NotOurs} {
				if _, err := c.try(who, first.No, Input{Act: act, Text: "x", Where: "x"}); !errors.Is(err, ErrNotNow) {
					t.Errorf("%s ends it by %s: %v", who, act, err)
				}
			}
		}
		c.does("clerk", first.No, Input{Act: Note, Text: "已联系审批局。"})
		if m := c.told("zhang"); !strings.Contains(m.Body, "已联系审批局") {
			t.Errorf("%+v", m)
		}
		for name, no := range map[string]int{"none": 0, "its own": 1, "one that does not exist": 2} {
			if _, err := c.try("rev", first.No, Input{Act: CloseByChange, Text: "改了", ItemVersion: no}); errs.KindOf(err) != errs.Invalid || errs.Of(err).Fields[0].Path != "itemVersion" {
				t.Errorf("closed by %s: %v", name, err)
			}
		}
		second := c.fails("li", "extra-material") // before the change: no return of it
		if second.Earlier != 1 || second.CameBack {
			t.Errorf("%+v", second)
		}
		c.clk.Add(time.Hour)
		c.edit.Guide.Materials[0].Standard = "清晰，手机拍的也可以"
		c.publish()
		c.clk.Add(time.Minute)
		if _, err := c.try("clerk", first.No, Input{Act: CloseByChange, Text: "改了", ItemVersion: 2}); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("the centre closes it: %v", err)
		}
		x := c.does("rev", first.No, Input{Act: CloseByChange, Text: "不再要求证明。", ItemVersion: 2})
		if x.State != Changed || x.ChangedNo != 2 || x.Open() {
			t.Errorf("%+v", x)
		}
		if m := c.told("zhang"); !strings.Contains(m.Body, "第2版") || !strings.Contains(m.Body, "不再要求证明") {
			t.Errorf("%+v", m)
		}
		back := c.fails("li", "extra-material")
		if back.Earlier != 2 || !back.CameBack || back.PinnedNo != 2 {
			t.Errorf("it came back: %+v", back)
		}
		if _, err := c.try("rev", back.No, Input{Act: CloseByChange, Text: "早就改了", ItemVersion: 2}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("closed by the version on which it stands: %v", err)
		}
		if other := c.fails("li", "system"); other.Earlier != 0 || other.CameBack {
			t.Errorf("another reason: %+v", other)
		}

		if _, err := c.try("dec", second.No, Input{Act: ProposeRefusal, Text: "依法必须"}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("without a basis: %v", err)
		}
		c.does("dec", second.No, Input{Act: ProposeRefusal, Text: "法律规定必须核对原件。", Basis: "演示条例第一条"})
		if v := c.show("li", second.No); v.State != Handling || v.Basis != "" || len(v.Entries) != 1 {
			t.Errorf("what is not decided is told: %+v", v.Inquiry)
		}
		if mine, _, err := c.Mine(ctx, c.person("li"), 0, 9); err != nil || mine[2].State != Handling {
			t.Errorf("%+v %v", mine, err)
		}
		if _, err := c.try("dec", second.No, Input{Act: Refuse}); !errors.Is(err, ErrSameHands) {
			t.Errorf("confirms his own: %v", err)
		}
		if _, err := c.try("rev", second.No, Input{Act: Refuse}); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("a reviewer confirms: %v", err)
		}
		c.does("dec2", second.No, Input{Act: SendBack, Text: "依据不足"})
		c.does("rev", second.No, Input{Act: ProposeRefusal, Text: "法律规定必须核对原件。", Basis: "演示条例第二条"})
		x = c.does("dec", second.No, Input{Act: Refuse})
		if x.State != Refused || x.Basis != "演示条例第二条" {
			t.Errorf("%+v", x)
		}
		if m := c.told("li"); !strings.Contains(m.Body, "必须核对原件") || !strings.Contains(m.Body, "演示条例第二条") {
			t.Errorf("%+v", m)
		}
		if v := c.show("li", second.No); v.State != Refused || len(v.Entries) != 2 || v.Entries[1].Words.Basis != "演示条例第二条" {
			t.Errorf("%+v", v.Entries)
		}

		f, err := c.Figures(ctx, c.staff("sup"), 0)
		if err != nil || len(f.Failures) != 2 || f.Failures[0].Reason != "extra-material" || f.Failures[0].Records != 3 || f.Failures[0].CameBack != 1 || f.Failures[0].Changed != 1 || f.Failures[0].Refused != 1 || f.Failures[0].Open != 1 {
			t.Errorf("%+v %v", f, err)
		}
		if len(f.Units) != 1 || f.Units[0].Asked != 4 || f.Units[0].Open != 2 || f.Units[0].Done != 2 {
			t.Errorf("%+v", f.Units)
		}
		if len(f.Centres) != 1 || f.Centres[0].Centre.ID != c.unit("wx-zx").ID || f.Centres[0].Records != 4 || f.Centres[0].Open != 2 || f.Centres[0].Changed != 1 || f.Centres[0].Refused != 1 || f.Centres[0].CameBack != 1 || f.Centres[0].Overdue != 0 {
			t.Errorf("%+v", f.Centres)
		}
		if f, err := c.Figures(ctx, c.staff("lxsteward"), 0); err != nil || len(f.Failures) != 0 || len(f.Units) != 0 || len(f.Centres) != 0 {
			t.Errorf("of another district: %+v %v", f, err)
		}
		if _, err := c.Figures(ctx, c.staff("rev"), 0); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("%v", err)
		}
		_, list, next, err := c.FailuresOf(ctx, c.staff("steward"), c.item, 0, 3)
		if err != nil || len(list) != 3 || next == 0 || list[1].No != back.No || !list[1].CameBack || list[2].State != Refused {
			t.Errorf("%+v %v", list, err)
		}
		if _, list, next, err = c.FailuresOf(ctx, c.staff("steward"), c.item, next, 3); err != nil || len(list) != 1 || list[0].ChangedNo != 2 || next != 0 {
			t.Errorf("%+v %v", list, err)
		}
		if _, _, _, err := c.FailuresOf(ctx, c.staff("lxsteward"), c.item, 0, 3); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("another steward: %v", err)
		}
	})
}

// TestCalendar: a day off that is announced late moves the day, and the person
// is told.
func TestCalendar(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		no := c.ask("zhang", AskInput{ItemCode: c.item}).No
		notices, err := c.Calendar.Notices(ctx)
		c.must(err)
		var year calendar.Notice
		for _, n := range notices {
			if n.Year == 2026 {
				year = n
			}
		}
		day, err := clock.ParseDate("2026-03-05")
		c.must(err)
		year.Off = append(slices.Clone(year.Off), clock.NamedDay{Date: day, Name: "临时放假"})
		_, err = c.Calendar.Import(ctx, actor.Platform(), "临时放假", year)
		c.must(err)
		c.must(c.Tick(ctx))
		if v := c.show("zhang", no); v.DueOn.String() != "2026-03-10" || !strings.Contains(c.told("zhang").Body, "2026-03-10") {
			t.Errorf("%s %+v", v.DueOn, c.told("zhang"))
		}
		before := c.count(`SELECT count(*) FROM inquiry_entry`)
		c.must(c.Tick(ctx))
		if now := c.count(`SELECT count(*) FROM inquiry_entry`); now != before {
			t.Errorf("%d entries became %d", before, now)
		}
	})
}

// TestOnce: two at the same time, one answer.
func TestOnce(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		no := c.ask("zhang", AskInput{ItemCode: c.item}).No
		got := make(chan error, 2)
		for _, who := range []actor.Actor{c.staff("rev"), c.staff("clerk")} {
			go func() {
				_, err := c.Do(t.Context(), who, no, Input{Act: Answer, Text: who.Name + "答"})
				got <- err
			}()
		}
		done := 0
		for range 2 {
			switch err := <-got; {
			case err == nil:
				done++
			case !errors.Is(err, ErrChanged) && !errors.Is(err, ErrNotNow):
				t.Error(err)
			}
		}
		if n := c.count(`SELECT count(*) FROM inquiry_entry WHERE act = 'answer'`); done != 1 || n != 1 {
			t.Errorf("%d done, %d answers", done, n)
		}
		if _, err := c.try("rev", "ZX209901010001", Input{Act: Answer, Text: "x"}); !errors.Is(err, ErrNone) {
			t.Error(err)
		}
		if identity.ErrSamePerson.Code != ErrSameHands.Code {
			t.Error("two codes for the same refusal")
		}
	})
}
