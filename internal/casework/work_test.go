package casework

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/identity"
)

// queue lists the numbers in a unit's work list.
func (c *city) queue(who actor.Actor, unit string, role actor.Role) []QueueRow {
	c.t.Helper()
	dir, err := c.Identity.Directory(c.t.Context())
	c.must(err)
	u, _ := dir.UnitByKey(unit)
	rows, _, err := c.Queue(c.t.Context(), who, u, role, "", 100)
	c.must(err)
	return rows
}

func rowOf(rows []QueueRow, no string) (QueueRow, bool) {
	i := slices.IndexFunc(rows, func(q QueueRow) bool { return q.No == no })
	if i < 0 {
		return QueueRow{}, false
	}
	return rows[i], true
}

// TestClaim: one takes a task, the others see it; given back and handed on.
func TestClaim(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		k := c.advanceTo(food, Reviewing, catalog.PickUp)
		rev, rev2, both, dec := c.staff("rev"), c.staff("rev2"), c.staff("both"), c.staff("dec")
		var wg sync.WaitGroup
		var got [2]error
		for i, who := range []actor.Actor{rev, rev2} {
			wg.Go(func() { _, got[i] = c.Perform(t.Context(), who, k.No, Claim, Input{}) })
		}
		wg.Wait()
		if (got[0] == nil) == (got[1] == nil) || got[0] != nil && !errors.Is(got[0], ErrClaimed) || got[1] != nil && !errors.Is(got[1], ErrClaimed) {
			t.Fatalf("%v and %v", got[0], got[1])
		}
		mine, other := rev, rev2
		if got[0] != nil {
			mine, other = rev2, rev
		}
		if q, _ := rowOf(c.queue(other, "wx-spj", actor.Reviewer), k.No); q.ClaimedName != mine.Name {
			t.Errorf("others see %q", q.ClaimedName)
		}
		c.refused(ErrClaimed, other, k.No, Review, Input{Agree: true, Opinion: "同意"})
		c.refused(ErrNotOffered, other, k.No, Release, Input{})
		c.refused(ErrNotOffered, other, k.No, Transfer, Input{Work: WorkInput{Staff: "both"}})
		c.wrong("work/staff", mine, k.No, Transfer, Input{Work: WorkInput{Staff: "cgrev"}})
		c.wrong("work/unit", mine, k.No, Transfer, Input{Work: WorkInput{Unit: "wx-cg"}})
		c.do(mine, k.No, Transfer, Input{Work: WorkInput{Staff: "both"}, Reason: "出差"})
		c.do(dec, k.No, Transfer, Input{Work: WorkInput{Staff: "rev"}}) // the head reassigns
		c.refused(ErrClaimed, both, k.No, Review, Input{Agree: true, Opinion: "同意"})
		c.do(dec, k.No, Release, Input{})
		k2, err := c.Perform(t.Context(), both, k.No, Review, Input{Agree: true, Opinion: "同意"})
		c.must(err)
		if k2.Version != k.Version+1 {
			t.Errorf("taking a task disturbed the case: version %d after %d", k2.Version, k.Version)
		}
		for _, e := range c.view(c.boss(), k.No).Events {
			if inner[e.Act] {
				t.Errorf("the applicant sees %s", e.Act)
			}
		}
		if n := c.count(`SELECT count(*) FROM case_event WHERE case_id = $1 AND act IN ('claim', 'transfer', 'release')`, k.ID); n != 4 {
			t.Errorf("%d events", n)
		}
	})
}

// TestSendBack: within the office, without the applicant, and no clock stops.
func TestSendBack(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		k := c.advanceTo(food, Deciding, catalog.PickUp)
		due, n := k.DueOn, c.count(`SELECT count(*) FROM message`)
		c.wrong("reason", c.staff("dec"), k.No, SendBack, Input{Work: WorkInput{Stage: 1}})
		c.wrong("work/stage", c.staff("dec"), k.No, SendBack, Input{Work: WorkInput{Stage: 7}, Reason: "x"})
		k = c.do(c.staff("dec"), k.No, SendBack, Input{Work: WorkInput{Stage: 1}, Reason: "核查面积"})
		if k.State != Reviewing || k.Stage != 1 || k.DueOn != due {
			t.Errorf("%s %d until %s", k.State, k.Stage, k.DueOn)
		}
		k = c.do(c.staff("rev"), k.No, SendBack, Input{Reason: "材料扫描不清"})
		c.refused(ErrNotOffered, c.staff("rev"), k.No, SendBack, Input{Reason: "再退"})
		c.refused(ErrNotOffered, c.staff("rev"), k.No, Review, Input{Agree: true, Opinion: "同意"})
		if _, ok := rowOf(c.queue(c.staff("clerk"), "wx-zx", actor.WindowClerk), k.No); !ok {
			t.Error("the window does not have it")
		}
		k = c.do(c.staff("clerk"), k.No, Recheck, Input{Reason: "已重新扫描"})
		if k.State != Reviewing || k.Stage != 1 {
			t.Errorf("%s %d", k.State, k.Stage)
		}
		k = c.do(c.staff("rev"), k.No, Review, Input{Agree: true, Opinion: "同意"})
		if k.State != Deciding || k.DueOn != due {
			t.Errorf("%s until %s", k.State, k.DueOn)
		}
		if m := c.count(`SELECT count(*) FROM message`); m != n {
			t.Errorf("the applicant got %d messages", m-n)
		}
		if events := c.view(c.boss(), k.No).Events; slices.ContainsFunc(events, func(e EventView) bool { return strings.Contains(e.Note, "扫描") }) {
			t.Error("the applicant reads the office's words")
		}
	})
}

// TestOpinion: another department is asked, sees the case, answers; the case goes on.
func TestOpinion(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		k := c.advanceTo(food, Reviewing, catalog.PickUp)
		rev, cg := c.staff("rev"), c.staff("cgrev")
		if _, err := c.View(t.Context(), cg, k.No); !errors.Is(err, ErrNoCase) {
			t.Fatalf("a department without a part in it sees the case: %v", err)
		}
		c.wrong("work/unit", rev, k.No, AskOpinion, Input{Work: WorkInput{Unit: "wx-zx"}, Days: 3, Reason: "x"})
		c.wrong("days", rev, k.No, AskOpinion, Input{Work: WorkInput{Unit: "wx-cg"}, Reason: "x"})
		c.do(rev, k.No, AskOpinion, Input{Work: WorkInput{Unit: "wx-cg"}, Days: 3, Reason: "门头是否影响市容"})
		v := c.view(cg, k.No)
		if len(v.Sides.Opinions) != 1 || v.Sides.Opinions[0].Question != "门头是否影响市容" {
			t.Errorf("%+v", v.Sides)
		}
		for _, o := range v.Offered {
			if o.Act != GiveOpinion && o.Act != Claim && o.Act != Transfer && o.Act != Release {
				t.Errorf("a department that is only asked is offered %s", o.Act)
			}
		}
		c.refused(identity.ErrForbidden, cg, k.No, Suspend, Input{Kind: "expert", Days: 1, Reason: "x", Experts: "y"})
		if q, ok := rowOf(c.queue(cg, "wx-cg", actor.Reviewer), k.No); !ok || q.DueOn != "2026-03-05" {
			t.Errorf("%+v", q)
		}
		k = c.do(rev, k.No, Review, Input{Agree: true, Opinion: "同意"}) // does not wait
		if k.State != Deciding {
			t.Errorf("%s", k.State)
		}
		c.do(cg, k.No, GiveOpinion, Input{Agree: true, Opinion: "不影响"})
		c.refused(ErrNotOffered, cg, k.No, GiveOpinion, Input{Agree: true, Opinion: "再答"})
		if x := c.view(c.boss(), k.No); len(x.Tasks) != 3 || x.Sides != nil && len(x.Sides.Opinions) > 0 {
			t.Errorf("the applicant sees what the office asked: %+v", x.Tasks)
		}
		c.do(c.staff("dec"), k.No, AskOpinion, Input{Work: WorkInput{Unit: "wx-cg"}, Days: 3, Reason: "再问"})
		c.do(c.staff("dec"), k.No, Decide, Input{Grant: true})
		if n := c.count(`SELECT count(*) FROM task WHERE case_id = $1 AND step = 'opinion' AND state = 'void'`, k.ID); n != 1 {
			t.Errorf("%d open questions ended with the decision", n)
		}
	})
}

// TestRecuse: whoever stands aside neither sees the case nor its row, nor acts.
func TestRecuse(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		k := c.advanceTo(food, Reviewing, catalog.PickUp)
		rev, rev2, dec, boss := c.staff("rev"), c.staff("rev2"), c.staff("dec"), c.boss()
		c.do(rev, k.No, Claim, Input{})
		c.wrong("reason", rev, k.No, Recuse, Input{})
		c.do(rev, k.No, Recuse, Input{Reason: "申请人是近亲属"})
		if _, ok := rowOf(c.queue(rev, "wx-spj", actor.Reviewer), k.No); ok {
			t.Error("the row is still there")
		}
		if q, ok := rowOf(c.queue(rev2, "wx-spj", actor.Reviewer), k.No); !ok || q.ClaimedName != "" {
			t.Errorf("%+v", q)
		}
		if _, err := c.View(t.Context(), rev, k.No); !errors.Is(err, identity.ErrRecused) {
			t.Errorf("still sees it: %v", err)
		}
		c.refused(identity.ErrRecused, rev, k.No, Review, Input{Agree: true, Opinion: "同意"})
		c.refused(ErrNoHead, rev2, k.No, Recuse, Input{Reason: "x", Work: WorkInput{Staff: "both"}})
		c.do(dec, k.No, Recuse, Input{Reason: "有利害关系", Work: WorkInput{Staff: "both"}})
		c.refused(identity.ErrRecused, c.staff("both"), k.No, Review, Input{Agree: true, Opinion: "同意"})
		c.wrong("work/staff", rev2, k.No, Transfer, Input{Work: WorkInput{Staff: "both"}})
		c.do(rev2, k.No, Review, Input{Agree: true, Opinion: "同意"})
		k = c.do(dec, k.No, Decide, Input{Grant: true})
		if len(k.Reviewers) != 1 || len(k.Recused) != 2 {
			t.Errorf("%v %v", k.Reviewers, k.Recused)
		}
		c.view(boss, k.No)
	})
}

// TestRefer: the matter goes to another unit and ends here with its own code.
func TestRefer(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		k := c.advanceTo(food, Deciding, catalog.PickUp)
		c.wrong("elsewhere", c.staff("dec"), k.No, Refer, Input{Reason: "x"})
		k = c.do(c.staff("dec"), k.No, Refer, Input{Elsewhere: "演示省市场监督管理局", Reason: "属于省级权限"})
		if k.State != Closed || k.Outcome != Referred || k.Outcome.Code() != "4" {
			t.Errorf("%s %s %s", k.State, k.Outcome, k.Outcome.Code())
		}
		if d := c.document(c.boss(), k.No, ReferralNotice); !slices.Contains(d.Facts, DocFact{"转报单位", "演示省市场监督管理局"}) {
			t.Errorf("%+v", d)
		}
		other := c.advanceTo(subsidy, Deciding, catalog.PickUp)
		c.do(c.staff("dec"), other.No, Refer, Input{Elsewhere: "上级", Reason: "x"})
		for _, b := range c.document(c.person("zhang"), other.No, ReferralNotice).Basis {
			if strings.Contains(b, "行政许可法") {
				t.Errorf("cites %s", b)
			}
		}
	})
}

// TestRefer_on_the_platform: the unit that goes on has the case at once, with
// its answers, files and way of delivery, under its own guide and clocks; what
// its guide asks beyond them is named, and nothing happens.
func TestRefer_on_the_platform(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx, dec := t.Context(), c.staff("dec")
		k := c.advanceTo(food, Deciding, catalog.PickUp)
		c.wrong("work/unit", dec, k.No, Refer, Input{Work: WorkInput{Unit: "lx-spj"}, Reason: "由区级办理"})
		def := items()[food]
		def.OfferedBy = []catalog.Offerer{{Unit: "lx-spj", Receiving: "lx-spj"}}
		def.Guide.Basics.Level = "4"
		for i := range def.Guide.Steps {
			if def.Guide.Steps[i].Unit != "" {
				def.Guide.Steps[i].Unit = "lx-spj"
			}
		}
		problems, err := c.Catalog.Import(ctx, actor.Platform(), def, nil)
		if err != nil {
			t.Fatal(err, problems)
		}
		if v := c.view(dec, k.No); len(v.Referrals) != 1 || v.Referrals[0].Key != "lx-spj" {
			t.Fatalf("%+v", v.Referrals)
		}
		c.wrong("elsewhere", dec, k.No, Refer, Input{Elsewhere: "别处", Work: WorkInput{Unit: "lx-spj"}, Reason: "x"})
		before := c.view(c.boss(), k.No)
		c.clk.Add(24 * time.Hour)
		k = c.do(dec, k.No, Refer, Input{Work: WorkInput{Unit: "lx-spj"}, Reason: "由区级办理"})
		if k.State != Closed || k.Outcome != Referred {
			t.Fatalf("%s %s", k.State, k.Outcome)
		}
		doc := c.document(c.boss(), k.No, ReferralNotice)
		at := slices.IndexFunc(doc.Facts, func(f DocFact) bool { return f.Label == "新办件编号" })
		if at < 0 {
			t.Fatalf("%+v", doc.Facts)
		}
		next := c.view(c.boss(), doc.Facts[at].Value)
		if n := next.Case; n.State != Submitted || n.ID == k.ID || next.Unit.Key != "lx-spj" || n.Party != k.Party || n.Filer != k.Filer || !n.ReceivedAt.Equal(c.clk.Now()) {
			t.Errorf("%+v", n)
		}
		if !reflect.DeepEqual(next.Values, before.Values) || next.Delivery != before.Delivery || len(next.Materials) != len(before.Materials) {
			t.Errorf("%+v, had %+v", next, before)
		}
		for i, m := range next.Materials {
			if !reflect.DeepEqual(m.Handed, before.Materials[i].Handed) {
				t.Errorf("%+v, had %+v", m.Handed, before.Materials[i].Handed)
			}
		}
		if r := c.document(c.boss(), next.Case.No, ReceiptNotice); !slices.Contains(r.Facts, DocFact{"原办件编号", k.No}) {
			t.Errorf("%+v", r.Facts)
		}
		c.refused(ErrNotOffered, dec, k.No, Refer, Input{Work: WorkInput{Unit: "lx-spj"}, Reason: "再转"})
		c.boss()

		// A guide that asks more.
		def.Guide.Materials = append(slices.Clone(def.Guide.Materials), def.Guide.Materials[0])
		last := &def.Guide.Materials[len(def.Guide.Materials)-1]
		last.Code, last.Name, last.Necessity = "m09", "区级另行规定的材料", "required"
		if problems, err = c.Catalog.Import(ctx, actor.Platform(), def, nil); err != nil {
			t.Fatal(err, problems)
		}
		other := c.advanceTo(food, Deciding, catalog.PickUp)
		c.wrong("work/unit", dec, other.No, Refer, Input{Work: WorkInput{Unit: "lx-spj"}, Reason: "由区级办理"})
		if v := c.view(dec, other.No); v.Case.State != Deciding {
			t.Errorf("%s", v.Case.State)
		}
	})
}

// TestFair: off by default; turned on by the head, new tasks go to whoever has
// the least open work.
func TestFair(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		c.advanceTo(food, Reviewing, catalog.PickUp)
		if n := c.count(`SELECT count(*) FROM task WHERE claimed_by <> 0`); n != 0 {
			t.Fatalf("%d tasks handed out by themselves", n)
		}
		unit := c.refs.Units["wx-spj"]
		if err := c.Identity.SetFair(ctx, c.staff("rev"), unit, true); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("a reviewer: %v", err)
		}
		c.must(c.Identity.SetFair(ctx, c.staff("dec"), unit, true))
		for range 6 {
			c.advanceTo(food, Reviewing, catalog.PickUp)
		}
		dir, err := c.Identity.Directory(ctx)
		c.must(err)
		u, _ := dir.Unit(unit)
		list, err := c.Loads(ctx, c.staff("dec"), u, actor.Reviewer)
		c.must(err)
		if len(list) != 3 || list[0].Open != 2 || list[2].Open != 2 { // rev, rev2, both
			t.Errorf("%+v", list)
		}
		c.must(c.Identity.SetFair(ctx, c.staff("dec"), unit, false))
	})
}

// TestShares: parallel reviews have days of their own, that stand still with the
// limit and are extended with it; who is late is seen, and reminded.
func TestShares(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		c.clk.Set(day(t, "2026-03-02 09:00"))
		k := c.advanceTo(works, Reviewing, catalog.PickUp)
		dueOf := func(unit string) string {
			who := map[string]string{"wx-spj": "rev", "wx-cg": "cgrev"}[unit]
			q, ok := rowOf(c.queue(c.staff(who), unit, actor.Reviewer), k.No)
			if !ok {
				t.Fatalf("not in the list of %s", unit)
			}
			return q.DueOn
		}
		if a, b := dueOf("wx-spj"), dueOf("wx-cg"); a != "2026-03-09" || b != "2026-03-05" {
			t.Errorf("%s and %s", a, b)
		}
		if s, ok := k.Clocks.of(Statutory); !ok || s.Workdays != 45 || !strings.Contains(s.Article, "第四十二条第二款") {
			t.Errorf("%+v", s)
		}
		c.clk.Set(day(t, "2026-03-03 09:00"))
		c.do(c.staff("cgrev"), k.No, Suspend, Input{Kind: "expert", Days: 3, Reason: "评审", Experts: "丁专家"})
		if n := c.count(`SELECT count(*) FROM task WHERE case_id = $1 AND state = 'open' AND due_on <> '~'`, k.ID); n != 0 {
			t.Errorf("%d tasks run on", n)
		}
		c.clk.Set(day(t, "2026-03-06 09:00"))
		c.do(c.staff("cgrev"), k.No, Resume, Input{Reason: "可行"})
		if a, b := dueOf("wx-spj"), dueOf("wx-cg"); a != "2026-03-12" || b != "2026-03-10" {
			t.Errorf("after the pause %s and %s", a, b)
		}
		c.clk.Set(day(t, "2026-03-09 17:00"))
		c.must(c.Tick(t.Context()))
		if q, _ := rowOf(c.queue(c.staff("cgrev"), "wx-cg", actor.Reviewer), k.No); !q.Reminded || q.Days != 3 {
			t.Errorf("not reminded the day before: %+v", q)
		}
		c.must(c.Tick(t.Context()))
		if n := c.count(`SELECT count(*) FROM audit_record WHERE act = 'case.remind'`); n != 1 {
			t.Errorf("reminded %d times", n)
		}
		c.clk.Set(day(t, "2026-03-12 09:00"))
		q, _ := rowOf(c.queue(c.staff("cgrev"), "wx-cg", actor.Reviewer), k.No)
		if !q.Late {
			t.Errorf("not late: %+v", q)
		}
		for _, x := range c.view(c.staff("dec"), k.No).Tasks {
			if x.Step == "review-cg" && (x.Share == nil || !x.Share.Late || x.Share.Days != 3 || x.Share.Used != 5) {
				t.Errorf("%+v", x.Share)
			}
			if x.Step == "review" && (x.Share == nil || x.Share.Late || x.Share.Left != 0 || x.Share.Used != 5) {
				t.Errorf("%+v", x.Share)
			}
		}
		c.do(c.staff("cgrev"), k.No, Review, Input{Agree: true, Opinion: "同意"})
		c.clk.Set(day(t, "2026-05-12 09:00"))
		for _, x := range c.view(c.staff("dec"), k.No).Tasks {
			if x.Step == "review-cg" && (!x.Share.Late || x.Share.Used != 5) {
				t.Errorf("what was done late grows: %+v", x.Share)
			}
		}
	})
}

// TestJoint: forty-five days, extended by the head of the government alone.
func TestJoint(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		k := c.advanceTo(works, Reviewing, catalog.PickUp)
		c.refused(ErrGovernment, c.staff("dec"), k.No, Extend, Input{Days: 5, Reason: "复杂"})
		if c.offers(c.staff("dec"), k.No, Extend) || !c.offers(c.staff("mayor"), k.No, Extend) {
			t.Error("the wrong head is offered the extension")
		}
		c.wrong("days", c.staff("mayor"), k.No, Extend, Input{Days: 16, Reason: "复杂"})
		c.do(c.staff("mayor"), k.No, Extend, Input{Days: 15, Reason: "复杂"})
		d := c.document(c.boss(), k.No, ExtensionNotice)
		if !strings.Contains(d.Body[0], "本级人民政府负责人批准") || !slices.ContainsFunc(d.Basis, func(b string) bool { return strings.Contains(b, "第四十二条第二款") }) {
			t.Errorf("%+v", d)
		}
	})
}

// TestLower: the lower level has twenty days of its own, and nothing is asked again above.
func TestLower(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		k := c.submit(below, catalog.PickUp)
		k = c.do(c.staff("clerk"), k.No, Accept, Input{})
		lower, ok := k.Clocks.of(LowerLimit)
		if !ok || lower.Workdays != 20 || !strings.Contains(lower.Article, "第四十三条") {
			t.Fatalf("%+v", k.Clocks)
		}
		k = c.do(c.staff("lxrev"), k.No, Review, Input{Agree: true, Opinion: "初审同意"})
		if k.State != Deciding || k.Clocks.runs(LowerLimit) {
			t.Errorf("%s %+v", k.State, k.Clocks)
		}
		c.refused(ErrNotOffered, c.staff("clerk"), k.No, RequestCorrection, Input{Asks: []Ask{{Material: "m01", Line: "a"}}})
		c.do(c.staff("dec"), k.No, Decide, Input{Grant: true})
		if _, ok := c.advanceTo(food, Reviewing, catalog.PickUp).Clocks.of(LowerLimit); ok {
			t.Error("a case of one level has the lower level's limit")
		}
	})
}

// TestVisit: two are assigned within five days, the applicant is told, both sign,
// and the clock goes on.
func TestVisit(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		c.clk.Set(day(t, "2026-03-02 09:00"))
		k := c.advanceTo(works, Reviewing, catalog.PickUp)
		rev, rev2 := c.staff("rev"), c.staff("rev2")
		if v, ok := k.Clocks.of(VisitLimit); !ok || v.Workdays != 5 || !strings.Contains(v.Article, "第五十五条") {
			t.Fatalf("%+v", k.Clocks)
		}
		c.refused(ErrVisitFirst, rev, k.No, Review, Input{Agree: true, Opinion: "同意"})
		if c.offers(rev, k.No, Review) {
			t.Error("an opinion is offered before the visit")
		}
		plan := func(staff ...string) Input {
			return Input{Visit: VisitInput{Staff: staff, At: "2026-03-04 14:00", Place: "演示路8号"}}
		}
		c.wrong("visit/staff", rev, k.No, VisitPlan, plan("rev"))
		c.wrong("visit/staff", rev, k.No, VisitPlan, plan("rev", "rev"))
		c.wrong("visit/staff", rev, k.No, VisitPlan, plan("rev", "clerk"))
		c.wrong("visit/at", rev, k.No, VisitPlan, Input{Visit: VisitInput{Staff: []string{"rev", "rev2"}, At: "2026-03-01 14:00", Place: "x"}})
		k = c.do(rev, k.No, VisitPlan, plan("rev", "rev2"))
		if k.Clocks.runs(VisitLimit) || k.State != Reviewing {
			t.Errorf("%+v", k.Clocks)
		}
		if d := c.document(c.boss(), k.No, VisitNotice); !slices.Contains(d.Facts, DocFact{"核查人员", "王审查、冯审查"}) {
			t.Errorf("%+v", d)
		}
		found := Input{Visit: VisitInput{Answers: []string{"一致", "畅通"}, Passed: true, Text: "符合"}, Files: []NamedFile{{c.file(), "现场.pdf"}}}
		if _, err := c.Perform(t.Context(), rev, k.No, VisitRecord, found); err == nil {
			t.Error("recorded before it was made")
		}
		c.clk.Set(day(t, "2026-03-04 16:00"))
		c.refused(ErrNotOffered, c.staff("both"), k.No, VisitRecord, found) // was not there
		c.wrong("visit/answers/1", rev, k.No, VisitRecord, Input{Visit: VisitInput{Answers: []string{"一致"}, Text: "符合"}})
		c.do(rev, k.No, VisitRecord, found)
		c.refused(ErrVisitFirst, rev, k.No, Review, Input{Agree: true, Opinion: "同意"}) // one signature
		c.refused(ErrNotOffered, rev, k.No, VisitSign, Input{})
		c.do(rev2, k.No, VisitSign, Input{})
		if x := c.view(c.boss(), k.No).Sides.Visits[0]; x.Record != nil {
			t.Error("the applicant reads the inspectors' own words")
		}
		k = c.do(rev, k.No, Review, Input{Agree: true, Opinion: "同意"})
		for _, v := range c.view(rev, k.No).Clocks {
			if v.Kind == Statutory && v.Status.State != clock.Running {
				t.Errorf("%s", v.Status.State)
			}
		}
		c.clk.Add(time.Hour)
	})
}

// TestExperts: named at the beginning, their opinion at the end.
func TestExperts(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		k := c.advanceTo(food, Reviewing, catalog.PickUp)
		rev := c.staff("rev")
		c.wrong("experts", rev, k.No, Suspend, Input{Kind: "expert", Days: 5, Reason: "复杂"})
		c.do(rev, k.No, Suspend, Input{Kind: "expert", Days: 5, Reason: "复杂", Experts: "丁专家（演示大学）、戊专家（演示院）"})
		if d := c.document(c.boss(), k.No, SpecialNotice); !slices.Contains(d.Facts, DocFact{"评审专家", "丁专家（演示大学）、戊专家（演示院）"}) {
			t.Errorf("%+v", d)
		}
		c.wrong("reason", rev, k.No, Resume, Input{})
		c.do(rev, k.No, Resume, Input{Reason: "方案可行", Files: []NamedFile{{c.file(), "评审意见.pdf"}}})
		x := c.view(rev, k.No).Sides.Experts[0]
		if x.Opinion != "方案可行" || len(x.Files) != 1 || x.Ended.IsZero() {
			t.Errorf("%+v", x)
		}
	})
}
