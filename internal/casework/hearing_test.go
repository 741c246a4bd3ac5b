package casework

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
)

// fieldOf does an act that must name a field.
func (c *city) wrong(path string, who actor.Actor, no string, act Act, in Input) {
	c.t.Helper()
	_, err := c.Perform(c.t.Context(), who, no, act, in)
	if errs.KindOf(err) != errs.Invalid {
		c.t.Errorf("%s: got %v, want the field %s", act, err, path)
		return
	}
	c.field(err, path)
}

func (c *city) offers(who actor.Actor, no string, act Act) bool {
	c.t.Helper()
	return slices.ContainsFunc(c.view(who, no).Offered, func(o Offer) bool { return o.Act == act })
}

// document gives the newest document of a kind.
func (c *city) document(who actor.Actor, no string, kind Notice) Document {
	c.t.Helper()
	v := c.view(who, no)
	for _, d := range slices.Backward(v.Documents) {
		if d.Kind == kind {
			doc, _, err := c.Document(c.t.Context(), who, d.ID)
			c.must(err)
			return doc
		}
	}
	c.t.Fatalf("no document %s", kind)
	return Document{}
}

// TestHearing: told, asked within five days, called seven days before, held by
// somebody who does not review, recorded, and the decision follows the record.
func TestHearing(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		t.Run("whole", func(t *testing.T) {
			c := c.on(t)
			c.clk.Set(day(t, "2026-03-02 09:00"))
			k := c.advanceTo(food, Deciding, catalog.PickUp)
			boss, rev, dec, clerk := c.boss(), c.staff("rev"), c.staff("dec"), c.staff("clerk")
			c.refused(ErrNotOffered, boss, k.No, HearingAsk, Input{})
			c.wrong("hearing/interest", rev, k.No, HearingTell, Input{})
			c.wrong("hearing/contact", rev, k.No, HearingTell, Input{Hearing: HearingInput{Interest: "油烟", Who: "邻居吴某"}})
			c.do(rev, k.No, HearingTell, Input{Hearing: HearingInput{Interest: "油烟影响相邻住户"}})
			c.do(rev, k.No, HearingTell, Input{Hearing: HearingInput{Interest: "油烟影响相邻住户", Who: "邻居吴某", Contact: "演示路3号"}})
			third := c.document(rev, k.No, InterestNotice)
			if third.Addressee != "邻居吴某" || !slices.ContainsFunc(third.Basis, func(b string) bool { return strings.Contains(b, "第三十六条") }) ||
				len(third.Clocks) == 0 || third.Clocks[len(third.Clocks)-1].Due != "2026-03-09" {
				t.Errorf("%+v", third)
			}
			// nobody decides while they may still ask
			c.refused(ErrHearingRight, dec, k.No, Decide, Input{Grant: true})
			if c.offers(dec, k.No, Decide) {
				t.Error("a decision is offered while the five days run")
			}
			c.clk.Set(day(t, "2026-03-09 16:00")) // the last day
			c.wrong("hearing/who", clerk, k.No, HearingAsk, Input{Hearing: HearingInput{Who: "路人"}})
			k = c.do(clerk, k.No, HearingAsk, Input{Hearing: HearingInput{Who: "邻居吴某"}, Reason: "油烟太大"})
			if hold, ok := k.Clocks.of(HearingHoldLimit); !ok || hold.Workdays != 20 {
				t.Errorf("%+v", k.Clocks)
			}
			c.refused(ErrHearingPending, dec, k.No, Decide, Input{Grant: true})

			call := func(at, presider string) Input {
				return Input{Days: 15, Hearing: HearingInput{At: at, Place: "第一会议室", Presider: presider, Public: true}}
			}
			c.wrong("hearing/at", rev, k.No, HearingCall, call("2026-03-17 09:00", "dec")) // six working days
			c.wrong("hearing/at", rev, k.No, HearingCall, call("2026-04-30 09:00", "dec")) // beyond the twenty
			c.wrong("hearing/presider", rev, k.No, HearingCall, call("2026-03-18 09:00", "rev"))
			c.wrong("hearing/presider", rev, k.No, HearingCall, call("2026-03-18 09:00", "cgrev"))
			k = c.do(rev, k.No, HearingCall, call("2026-03-18 09:00", "rev2"))
			if k.State != Suspended || k.DueOn != "2026-04-07" {
				t.Errorf("%s %s", k.State, k.DueOn)
			}
			for _, v := range c.view(boss, k.No).Clocks {
				if (v.Kind == Promised || v.Kind == Statutory) && v.Status.State != clock.Paused {
					t.Errorf("%s goes on: %s", v.Kind, v.Status.State)
				}
			}
			notice := c.document(boss, k.No, HearingNotice)
			if !slices.ContainsFunc(notice.Basis, func(b string) bool { return strings.Contains(b, "第四十五条") }) ||
				!slices.Contains(notice.Facts, DocFact{"听证预计需要", "15个工作日，不计算在办理期限内"}) {
				t.Errorf("%+v", notice)
			}
			c.refused(ErrHearingPending, rev, k.No, Resume, Input{Reason: "x"})
			c.do(boss, k.No, HearingChallenge, Input{Reason: "主持人是利害关系人的亲属"})
			c.wrong("hearing/presider", dec, k.No, HearingAnswer, Input{Agree: true, Reason: "理由成立", Hearing: HearingInput{Presider: "rev2"}})
			c.do(dec, k.No, HearingAnswer, Input{Agree: true, Reason: "理由成立", Hearing: HearingInput{Presider: "both"}})
			if p := c.view(rev, k.No).Sides.Hearing.Call.Presider.Name; p != "卫兼任" {
				t.Errorf("presider %s", p)
			}
			record := Input{Hearing: HearingInput{Text: "各方陈述了意见。", Signed: "张明远、吴某"}}
			if _, err := c.Perform(t.Context(), rev, k.No, HearingRecord, record); errs.Of(err).Code != "hearing-not-held" {
				t.Errorf("recorded before it was held: %v", err)
			}
			c.clk.Set(day(t, "2026-03-18 11:00"))
			c.wrong("hearing/text", rev, k.No, HearingRecord, Input{Hearing: HearingInput{Signed: "张明远"}})
			c.wrong("hearing/signed", rev, k.No, HearingRecord, Input{Hearing: HearingInput{Text: "笔录"}})
			record.Files = []NamedFile{{c.file(), "签字笔录.pdf"}}
			k = c.do(rev, k.No, HearingRecord, record)
			if k.State != Deciding || k.Clocks.runs(HearingHoldLimit) {
				t.Errorf("%s %+v", k.State, k.Clocks)
			}
			h := c.view(boss, k.No).Sides.Hearing
			if _, err := c.File(t.Context(), boss, k.No, h.Record.Files[0].File); err != nil {
				t.Error(err)
			}
			if h.Told[1].Contact != "" {
				t.Error("the applicant reads where the neighbour lives")
			}
			if _, err := c.File(t.Context(), c.person("wang"), k.No, h.Record.Files[0].File); !errors.Is(err, ErrNoCase) {
				t.Errorf("a stranger reads the record: %v", err)
			}
			c.wrong("hearing/record", dec, k.No, Decide, Input{Grant: true})
			c.do(dec, k.No, Decide, Input{Grant: true, Opinion: "加装净化设备", Hearing: HearingInput{Record: h.Record.Number}})
			d := c.document(boss, k.No, DecisionNotice)
			if !slices.Contains(d.Facts, DocFact{"听证笔录", h.Record.Number}) || !slices.ContainsFunc(d.Basis, func(b string) bool { return strings.Contains(b, "第四十八条第二款") }) {
				t.Errorf("%+v", d)
			}
		})
		t.Run("nobody_asks", func(t *testing.T) {
			c := c.on(t)
			c.clk.Set(day(t, "2026-05-11 09:00"))
			k := c.advanceTo(food, Deciding, catalog.PickUp)
			c.do(c.staff("rev"), k.No, HearingTell, Input{Hearing: HearingInput{Interest: "利益"}})
			c.clk.Set(day(t, "2026-05-19 09:00"))
			c.refused(ErrHearingLate, c.boss(), k.No, HearingAsk, Input{})
			c.do(c.staff("dec"), k.No, Decide, Input{Grant: true})
		})
		t.Run("waived", func(t *testing.T) {
			c := c.on(t)
			k := c.advanceTo(food, Deciding, catalog.PickUp)
			c.do(c.staff("rev"), k.No, HearingTell, Input{Hearing: HearingInput{Interest: "利益"}})
			c.do(c.staff("rev"), k.No, HearingTell, Input{Hearing: HearingInput{Interest: "利益", Who: "吴某", Contact: "电话"}})
			c.do(c.boss(), k.No, HearingWaive, Input{})
			c.refused(ErrHearingRight, c.staff("dec"), k.No, Decide, Input{Grant: true}) // the neighbour may still ask
			c.do(c.staff("clerk"), k.No, HearingWaive, Input{Hearing: HearingInput{Who: "吴某"}})
			c.do(c.staff("dec"), k.No, Decide, Input{Grant: true})
		})
		t.Run("dropped", func(t *testing.T) {
			c := c.on(t)
			k := c.advanceTo(food, Deciding, catalog.PickUp)
			rev := c.staff("rev")
			c.do(rev, k.No, HearingTell, Input{Hearing: HearingInput{Interest: "利益"}})
			c.do(c.boss(), k.No, HearingAsk, Input{})
			at := c.clk.Now().Add(14 * 24 * time.Hour).In(clock.Shanghai()).Format("2006-01-02 15:04")
			k = c.do(rev, k.No, HearingCall, Input{Days: 5, Hearing: HearingInput{At: at, Place: "会议室", Presider: "rev2"}})
			k = c.do(c.boss(), k.No, HearingDrop, Input{Reason: "协商一致"})
			if k.State != Deciding || k.DueOn == "" || k.Clocks.paused() != "" {
				t.Errorf("%s %q", k.State, k.DueOn)
			}
			c.do(c.staff("dec"), k.No, Decide, Input{Grant: true})
		})
		t.Run("the_presider_does_not_review", func(t *testing.T) {
			c := c.on(t)
			k := c.advanceTo(food, Reviewing, catalog.PickUp)
			at := c.clk.Now().Add(14 * 24 * time.Hour).In(clock.Shanghai()).Format("2006-01-02 15:04")
			c.do(c.staff("rev"), k.No, Claim, Input{})
			in := Input{Days: 5, Reason: "涉及公共利益", Hearing: HearingInput{At: at, Place: "会议室", Presider: "rev"}}
			c.wrong("hearing/presider", c.staff("rev"), k.No, HearingCall, in) // has the task
			in.Hearing.Presider = "rev2"
			c.do(c.staff("rev"), k.No, HearingCall, in)
			c.clk.Add(15 * 24 * time.Hour)
			c.do(c.staff("rev"), k.No, HearingRecord, Input{Hearing: HearingInput{Text: "笔录", Signed: "各方"}})
			c.do(c.staff("rev"), k.No, Release, Input{})
			if c.offers(c.staff("rev2"), k.No, Review) {
				t.Error("the presider is offered the review")
			}
			c.refused(ErrPresider, c.staff("rev2"), k.No, Review, Input{Agree: true, Opinion: "同意"})
			c.do(c.staff("rev"), k.No, Review, Input{Agree: true, Opinion: "同意"})
		})
		t.Run("only_where_the_law_has_it", func(t *testing.T) {
			c := c.on(t)
			k := c.advanceTo(subsidy, Reviewing, catalog.PickUp)
			c.refused(ErrNotOffered, c.staff("rev"), k.No, HearingTell, Input{Hearing: HearingInput{Interest: "x"}})
			c.wrong("kind", c.staff("rev"), c.advanceTo(food, Reviewing, catalog.PickUp).No, Suspend, Input{Kind: "hearing", Days: 5, Reason: "x"})
		})
	})
}

// TestStatement 陈述申辩 stays with the case, sealed, and the decider sees it.
func TestStatement(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		k := c.advanceTo(food, Deciding, catalog.PickUp)
		c.wrong("reason", c.boss(), k.No, Object, Input{Reason: " "})
		c.do(c.boss(), k.No, Object, Input{Reason: "已经整改完毕", Files: []NamedFile{{c.file(), "整改.pdf"}}})
		c.do(c.staff("clerk"), k.No, Object, Input{Reason: "油烟扰民", Hearing: HearingInput{Who: "吴某"}})
		list := c.view(c.staff("dec"), k.No).Sides.Statements
		if len(list) != 2 || list[0].Text != "已经整改完毕" || !list[1].Third || list[1].By != "吴某" {
			t.Errorf("%+v", list)
		}
		if own := c.view(c.boss(), k.No).Sides.Statements; len(own) != 1 {
			t.Errorf("the applicant reads %d statements", len(own))
		}
		var stored []byte
		c.must(c.d.Read(t.Context()).QueryRow(`SELECT data FROM case_side WHERE case_id = $1 LIMIT 1`, k.ID).Scan(&stored))
		if strings.Contains(string(stored), "整改") {
			t.Error("a statement is stored in the clear")
		}
		if x := c.view(c.boss(), c.advanceTo(food, Reviewing, catalog.PickUp).No).Sides; x != nil {
			t.Errorf("an ordinary case has %+v", x)
		}
	})
}
