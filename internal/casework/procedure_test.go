package casework

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
)

func (c *city) of(no string, l Limit) *Clock {
	c.t.Helper()
	t, ok := c.view(c.staff("sup"), no).Case.Clocks.of(l)
	if !ok {
		c.t.Fatalf("no %s clock", l)
	}
	return t
}

func (c *city) due(no string) string { c.t.Helper(); return c.view(c.staff("sup"), no).Case.DueOn }

func (c *city) correct(who actor.Actor, no string, change func(d *Draft)) (*Case, *Draft) {
	c.t.Helper()
	ctx := c.t.Context()
	d, err := c.OpenCorrection(ctx, who, no)
	c.must(err)
	change(d)
	k, err := c.Submit(ctx, who, d.ID, SubmitInput{})
	c.must(err)
	return k, d
}

func TestCorrection(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		plan := Ask{Material: "m02", Line: "a", Note: "缺少尺寸"}
		t.Run("nothing_outside_the_guide", func(t *testing.T) {
			c, ctx := c.on(t), t.Context()
			k := c.submit(food, catalog.PickUp)
			for _, bad := range [][]Ask{nil, {{Material: "m09"}}, {{Material: "m01", Line: "z"}}, {{Field: "wife"}}, {{}}, {{Material: "m01", Field: "name"}}} {
				if _, err := c.Perform(ctx, c.staff("clerk"), k.No, RequestCorrection, Input{Asks: bad}); errs.KindOf(err) != errs.Invalid {
					t.Errorf("%+v: %v", bad, err)
				}
			}
			if v := c.view(c.staff("clerk"), k.No); v.Case.State != Submitted || len(v.Documents) != 1 {
				t.Error("something happened")
			}
		})
		t.Run("told_once", func(t *testing.T) {
			c, ctx := c.on(t), t.Context()
			k, clerk, boss := c.submit(food, catalog.PickUp), c.staff("clerk"), c.boss()
			c.do(clerk, k.No, RequestCorrection, Input{Asks: []Ask{plan, {Material: "m01", Line: "b"}, plan}})
			if v := c.view(boss, k.No); len(v.Case.Correction) != 2 || v.Case.Correction[0].Text != "请补充标明尺寸的平面图。" || len(v.Materials[1].Asked) != 1 {
				t.Errorf("asked: %+v", v.Case.Correction)
			}
			c.correct(boss, k.No, func(*Draft) {})
			for _, more := range []Ask{{Material: "m01", Line: "a"}, {Field: "site"}, {Material: "m02"}} {
				_, err := c.Perform(ctx, clerk, k.No, RequestCorrection, Input{Asks: []Ask{plan, more}})
				c.field(err, "asks/1")
			}
			c.do(clerk, k.No, RequestCorrection, Input{Asks: []Ask{plan}})
			c.correct(boss, k.No, func(*Draft) {})
			if _, err := c.Perform(ctx, clerk, k.No, RequestCorrection, Input{Asks: []Ask{{Material: "m01", Line: "b"}}}); errs.KindOf(err) != errs.Invalid {
				t.Errorf("what the second notice had dropped: %v", err)
			}
		})
		t.Run("only_what_was_asked_is_taken_over", func(t *testing.T) {
			c, ctx := c.on(t), t.Context()
			k, boss := c.submit(food, catalog.PickUp), c.boss()
			before := c.view(boss, k.No)
			c.do(c.staff("clerk"), k.No, RequestCorrection, Input{Asks: []Ask{plan}})
			c.correct(boss, k.No, func(d *Draft) {
				v := form.Values{}
				for n, x := range d.Data.Values {
					v[n] = x
				}
				v["name"] = "换了名字"
				_, err := c.SaveDraft(ctx, boss, d.ID, 0, v, nil)
				c.must(err)
				for _, m := range []string{"m01", "m02"} {
					_, err = c.RemoveFile(ctx, boss, d.ID, m, d.Data.Handed(m).Files[0].File)
					c.must(err)
					_, err = c.AttachFile(ctx, boss, d.ID, m, c.file(), "新.pdf")
					c.must(err)
				}
			})
			after := c.view(boss, k.No)
			if after.Values["name"] != before.Values["name"] {
				t.Error("an answer that nobody asked about changed")
			}
			if after.Materials[0].Handed.Files[0].File != before.Materials[0].Handed.Files[0].File {
				t.Error("a material that nobody asked about changed")
			}
			if after.Materials[1].Handed.Files[0].File == before.Materials[1].Handed.Files[0].File {
				t.Error("what was asked for did not change")
			}
		})
		t.Run("a_field_may_change_everything", func(t *testing.T) {
			c, ctx := c.on(t), t.Context()
			k, boss := c.submit(food, catalog.PickUp), c.boss()
			c.do(c.staff("clerk"), k.No, RequestCorrection, Input{Asks: []Ask{{Field: "name"}}})
			c.correct(boss, k.No, func(d *Draft) {
				d.Data.Values["name"] = "更正后的名称"
				_, err := c.SaveDraft(ctx, boss, d.ID, 0, d.Data.Values, nil)
				c.must(err)
			})
			if v := c.view(boss, k.No); v.Values["name"] != "更正后的名称" {
				t.Errorf("%v", v.Values["name"])
			}
		})
		t.Run("resubmission_starts_its_own_receipt_clock", func(t *testing.T) {
			c := c.on(t)
			k, boss := c.submit(food, catalog.PickUp), c.boss()
			first := c.of(k.No, Receipt).Start
			c.clk.Add(48 * time.Hour)
			c.do(c.staff("clerk"), k.No, RequestCorrection, Input{Asks: []Ask{plan}})
			if d := c.due(k.No); d != "2026-03-25" { // 15 working days after Wednesday the 4th
				t.Errorf("correction until %s", d)
			}
			c.clk.Add(48 * time.Hour)
			c.correct(boss, k.No, func(*Draft) {})
			second := c.of(k.No, Receipt)
			if !second.Start.Equal(c.clk.Now()) || second.Start.Equal(first) {
				t.Errorf("started %v and %v", first, second.Start)
			}
			if d := c.due(k.No); d != "2026-03-13" { // 5 working days after Friday the 6th
				t.Errorf("answer until %s", d)
			}
			if v := c.view(boss, k.No); !v.Case.SubmittedAt.Equal(first) || !v.Case.ReceivedAt.Equal(c.clk.Now()) {
				t.Error("submission and receipt")
			}
		})
		t.Run("or_goes_on_with_the_first_where_so_configured", func(t *testing.T) {
			c := c.on(t)
			s := *c.Service
			s.KeepReceiptClock = true
			c.Service = &s
			c.clk.Set(day(t, "2026-03-09 10:00"))
			k, boss := c.submit(food, catalog.PickUp), c.boss()
			c.clk.Set(day(t, "2026-03-11 10:00"))
			c.do(c.staff("clerk"), k.No, RequestCorrection, Input{Asks: []Ask{plan}})
			c.clk.Set(day(t, "2026-03-20 10:00"))
			c.correct(boss, k.No, func(*Draft) {})
			if d := c.due(k.No); d != "2026-03-25" { // two days used until Wednesday the 11th, three more after Friday the 20th
				t.Errorf("answer until %s", d)
			}
			c.must(c.Tick(t.Context()))
			if v := c.view(boss, k.No); v.Case.State != Submitted {
				t.Errorf("the time of the correction was counted: %s", v.Case.State)
			}
		})
		t.Run("handed_in_twice_and_opened_twice", func(t *testing.T) {
			c, ctx := c.on(t), t.Context()
			k, boss := c.submit(food, catalog.PickUp), c.boss()
			c.do(c.staff("clerk"), k.No, RequestCorrection, Input{Asks: []Ask{plan}})
			var wg sync.WaitGroup
			ids := make([]int64, 4)
			for i := range ids {
				wg.Go(func() {
					d, err := c.OpenCorrection(ctx, boss, k.No)
					if err != nil {
						t.Error(err)
						return
					}
					ids[i] = d.ID
				})
			}
			wg.Wait()
			for _, id := range ids {
				if id != ids[0] {
					t.Fatalf("drafts %v", ids)
				}
			}
			other := c.acting("li", c.cafe())
			od, err := c.OpenCorrection(ctx, other, k.No)
			c.must(err)
			for range 4 {
				wg.Go(func() {
					again, err := c.Submit(ctx, boss, ids[0], SubmitInput{})
					if err != nil || again.No != k.No {
						t.Errorf("%v %v", again, err)
					}
				})
			}
			wg.Wait()
			if n := c.count(`SELECT count(*) FROM case_event WHERE case_id = $1 AND act = 'resubmit'`, k.ID); n != 1 {
				t.Errorf("%d resubmissions", n)
			}
			if _, _, err := c.Draft(ctx, other, od.ID); !errors.Is(err, ErrNoDraft) {
				t.Errorf("the agent's own correction stays: %v", err)
			}
		})
		t.Run("discarding_it_keeps_the_case_whole", func(t *testing.T) {
			c, ctx := c.on(t), t.Context()
			k, boss := c.submit(food, catalog.PickUp), c.boss()
			c.do(c.staff("clerk"), k.No, RequestCorrection, Input{Asks: []Ask{plan}})
			d, err := c.OpenCorrection(ctx, boss, k.No)
			c.must(err)
			c.must(c.DiscardDraft(ctx, boss, d.ID, d.Version))
			c.clk.Add(72 * time.Hour)
			_, err = c.store.Sweep(ctx)
			c.must(err)
			f := c.view(boss, k.No).Materials[0].Handed.Files[0]
			ref, err := c.store.Stat(c.d.Read(ctx), f.File)
			c.must(err)
			rd, err := c.store.Open(ctx, ref)
			c.must(err)
			rd.Close()
		})
		t.Run("returned_only_after_the_applicants_own_limit", func(t *testing.T) {
			c := c.on(t)
			k, clerk := c.advanceTo(food, Correcting, catalog.PickUp), c.staff("clerk")
			if _, err := c.Perform(t.Context(), clerk, k.No, ReturnUncorrected, Input{}); errs.Of(err).Code != "limit-not-over" {
				t.Errorf("too early: %v", err)
			}
			c.clk.Add(40 * 24 * time.Hour)
			_, err := c.OpenCorrection(t.Context(), c.boss(), k.No)
			c.must(err)
			k = c.do(clerk, k.No, ReturnUncorrected, Input{})
			if k.State != Closed || k.Outcome != Returned {
				t.Errorf("%s %s", k.State, k.Outcome)
			}
			if n := c.count(`SELECT count(*) FROM draft WHERE case_no = $1`, k.No); n != 0 {
				t.Error("the open correction stays")
			}
			s := c.submit(subsidy, catalog.PickUp) // whose guide gives no ground
			c.do(clerk, s.No, RequestCorrection, Input{Asks: []Ask{plan}})
			c.clk.Add(40 * 24 * time.Hour)
			if _, err := c.Perform(t.Context(), clerk, s.No, ReturnUncorrected, Input{}); errs.Of(err).Code != "no-ground-to-return" {
				t.Errorf("without ground: %v", err)
			}
		})
	})
}

func TestDecline(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		clerk := c.staff("clerk")
		k := c.submit(food, catalog.PickUp)
		_, err := c.Perform(t.Context(), clerk, k.No, Decline, Input{})
		c.field(err, "reason")
		k = c.do(clerk, k.No, Decline, Input{Reason: "不属于本机关职权范围", Elsewhere: "梁溪区行政审批局"})
		v := c.view(c.boss(), k.No)
		doc, _, err := c.Document(t.Context(), c.boss(), v.Documents[1].ID)
		c.must(err)
		if v.Case.Outcome != Declined || doc.Title != "行政许可申请不予受理决定书" || len(doc.Remedies) != 2 || len(doc.Body) != 2 {
			t.Errorf("%s %+v", v.Case.Outcome, doc)
		}
		k = c.submit(card, catalog.Electronic)
		k = c.do(clerk, k.No, NotReceived, Input{Reason: "无需申请"})
		if k.Outcome != NotNeeded || k.State != Closed {
			t.Errorf("%s %s", k.State, k.Outcome)
		}
		c.refused(ErrNotOffered, clerk, k.No, Accept, Input{})
	})
}

func TestPrecheck(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		k, clerk := c.submit(marriage, catalog.PickUp), c.staff("clerk")
		if _, err := c.Perform(t.Context(), clerk, k.No, Accept, Input{}); errs.Of(err).Code != "precheck-first" {
			t.Errorf("accepted without presence: %v", err)
		}
		k = c.do(clerk, k.No, PrecheckPass, Input{})
		if k.State != Prechecked || k.DueOn != "" || !k.AcceptedAt.IsZero() {
			t.Errorf("%+v", k)
		}
		_, err := c.Perform(t.Context(), clerk, k.No, Arrive, Input{Seen: []string{"m99"}})
		c.field(err, "seen")
		c.clk.Add(24 * time.Hour)
		k = c.do(clerk, k.No, Arrive, Input{Seen: []string{"m01"}})
		if k.State != Deciding || !k.AcceptedAt.Equal(c.clk.Now()) {
			t.Errorf("%+v", k)
		}
		other := c.submit(food, catalog.PickUp)
		c.refused(ErrNotOffered, clerk, other.No, PrecheckPass, Input{})
	})
}

func TestReview(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		t.Run("two_departments_at_once", func(t *testing.T) {
			c, ctx := c.on(t), t.Context()
			for range 4 {
				k := c.advanceTo(road, Reviewing, catalog.PickUp)
				var wg sync.WaitGroup
				for login, opinion := range map[string]string{"rev": "审批局同意", "cgrev": "城管局有条件同意"} {
					who := c.staff(login)
					wg.Go(func() {
						if _, err := c.Perform(ctx, who, k.No, Review, Input{Version: k.Version, Agree: true, Opinion: opinion}); err != nil {
							t.Error(err)
						}
					})
				}
				wg.Wait()
				v := c.view(c.staff("dec"), k.No)
				if v.Case.State != Deciding || len(v.Case.Reviewers) != 2 {
					t.Fatalf("%s %v", v.Case.State, v.Case.Reviewers)
				}
				got := map[string]bool{}
				for _, task := range v.Tasks {
					got[task.Opinion] = true
				}
				if !got["审批局同意"] || !got["城管局有条件同意"] {
					t.Errorf("opinions: %v", got)
				}
				if n := c.count(`SELECT count(*) FROM task WHERE case_id = $1 AND state = 'open'`, k.ID); n != 1 {
					t.Errorf("%d open tasks", n)
				}
			}
		})
		t.Run("once_per_task", func(t *testing.T) {
			c, ctx := c.on(t), t.Context()
			k := c.advanceTo(road, Reviewing, catalog.PickUp)
			task := c.view(c.staff("rev"), k.No).Offered
			var id int64
			for _, o := range task {
				id = max(id, o.Task)
			}
			in := Input{Task: id, Agree: true, Opinion: "同意"}
			var wg sync.WaitGroup
			results := make([]error, 2)
			for i, login := range []string{"rev", "rev2"} {
				who := c.staff(login)
				wg.Go(func() { _, results[i] = c.Perform(ctx, who, k.No, Review, in) })
			}
			wg.Wait()
			if (results[0] == nil) == (results[1] == nil) {
				t.Fatalf("%v, %v", results[0], results[1])
			}
			for _, err := range results {
				if err != nil && !errors.Is(err, ErrChanged) {
					t.Errorf("the other is told %v", err)
				}
			}
			if _, err := c.Perform(ctx, c.staff("rev"), k.No, Review, Input{Agree: true}); errs.KindOf(err) != errs.Invalid {
				t.Errorf("without an opinion: %v", err)
			}
		})
		t.Run("decider_is_not_the_reviewer", func(t *testing.T) {
			c, ctx := c.on(t), t.Context()
			k := c.advanceTo(food, Reviewing, catalog.PickUp)
			both := c.staff("both")
			c.do(both, k.No, Review, Input{Agree: true, Opinion: "同意"})
			if _, err := c.Perform(ctx, both, k.No, Decide, Input{Grant: true}); !errors.Is(err, identity.ErrSamePerson) {
				t.Errorf("%v", err)
			}
			for _, o := range c.view(both, k.No).Offered {
				if o.Act == Decide {
					t.Error("offered to the reviewer")
				}
			}
			_, err := c.Perform(ctx, c.staff("dec"), k.No, Decide, Input{})
			c.field(err, "reason") // a refusal has reasons
			k = c.do(c.staff("dec"), k.No, Decide, Input{Grant: true})
			if k.LicenceID == 0 {
				t.Error("no licence")
			}
		})
		t.Run("refusal", func(t *testing.T) {
			c := c.on(t)
			k := c.advanceTo(food, Deciding, catalog.PickUp)
			k = c.do(c.staff("dec"), k.No, Decide, Input{Reason: "布局不符合规定"})
			v := c.view(c.boss(), k.No)
			doc, _, err := c.Document(t.Context(), c.boss(), v.Documents[len(v.Documents)-1].ID)
			c.must(err)
			if k.Outcome != Refused || k.LicenceID != 0 || doc.Title != "不予行政许可决定书" || len(doc.Remedies) != 2 {
				t.Errorf("%+v %+v", k, doc)
			}
			if k = c.do(c.staff("clerk"), k.No, HandOver, Input{Recipient: "张"}); k.Outcome != Refused || k.State != Closed {
				t.Errorf("%s %s", k.State, k.Outcome)
			}
		})
	})
}

func TestExtend(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx, dec := t.Context(), c.staff("dec")
		k := c.advanceTo(food, Reviewing, catalog.PickUp)
		before := c.due(k.No)
		for _, in := range []Input{{Days: 5}, {Days: 0, Reason: "x"}, {Days: 11, Reason: "x"}, {Days: -1, Reason: "x"}} {
			if _, err := c.Perform(ctx, dec, k.No, Extend, in); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%+v: %v", in, err)
			}
		}
		if _, err := c.Perform(ctx, c.staff("rev"), k.No, Extend, Input{Days: 5, Reason: "x"}); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("by a reviewer: %v", err)
		}
		c.do(dec, k.No, Extend, Input{Days: 10, Reason: "案情复杂"})
		if after := c.due(k.No); before != "2026-03-16" || after != "2026-03-30" {
			t.Errorf("from %s to %s", before, after)
		}
		if n := c.count(`SELECT count(*) FROM task WHERE case_id = $1 AND state = 'open' AND due_on = '2026-03-30'`, k.ID); n != 1 {
			t.Error("the work list keeps the old date")
		}
		c.refused(ErrExtended, dec, k.No, Extend, Input{Days: 1, Reason: "再来"})
		c.do(c.staff("rev"), k.No, Review, Input{Agree: true, Opinion: "同意"})
		c.refused(ErrExtended, dec, k.No, Extend, Input{Days: 1, Reason: "再来"})

		late := c.advanceTo(food, Reviewing, catalog.PickUp)
		c.clk.Add(60 * 24 * time.Hour)
		c.refused(ErrLimitOver, dec, late.No, Extend, Input{Days: 5, Reason: "x"})
		for _, item := range []string{card, subsidy} { // the regime knows no extension
			way := catalog.Electronic
			x := c.advanceTo(item, Reviewing, way)
			c.refused(ErrNotOffered, dec, x.No, Extend, Input{Days: 1, Reason: "x"})
			c.refused(ErrNotOffered, c.staff("rev"), x.No, Suspend, Input{Kind: "expert", Days: 1, Reason: "x"})
		}
	})
}

func TestSuspend(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx, rev := t.Context(), c.staff("rev")
		k := c.advanceTo(road, Reviewing, catalog.PickUp)
		for _, in := range []Input{{Kind: "tender", Days: 5, Reason: "x"}, {Kind: "site-visit", Days: 5, Reason: "x"}, {Kind: "expert", Days: 0, Reason: "x"}, {Kind: "expert", Days: 5}} {
			if _, err := c.Perform(ctx, rev, k.No, Suspend, in); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%+v: %v", in, err)
			}
		}
		c.clk.Set(day(t, "2026-03-04 10:00")) // two of ten working days used
		k = c.do(rev, k.No, Suspend, Input{Kind: "expert", Days: 10, Reason: "需要专家评审", Experts: "丁专家"})
		if k.State != Suspended || k.DueOn != "" {
			t.Errorf("%s due %q", k.State, k.DueOn)
		}
		c.refused(ErrNotOffered, rev, k.No, Review, Input{Agree: true, Opinion: "同意"})
		c.refused(ErrNotOffered, rev, k.No, Suspend, Input{Kind: "hearing", Days: 5, Reason: "x"})
		c.clk.Set(day(t, "2026-06-04 10:00"))
		for _, v := range c.view(c.boss(), k.No).Clocks {
			if (v.Kind == Promised || v.Kind == Statutory) && (v.Status.State != clock.Paused || v.Status.Late()) {
				t.Errorf("%s: %+v", v.Kind, v.Status)
			}
			if v.Kind == Promised && v.Status.Remaining != 8 {
				t.Errorf("%d days left", v.Status.Remaining)
			}
		}
		k = c.do(c.staff("cgrev"), k.No, Resume, Input{Reason: "评审结束"})
		if k.State != Reviewing || k.ResumeState != "" || k.DueOn != "2026-06-16" {
			t.Errorf("%s until %s", k.State, k.DueOn)
		}
		if n := c.count(`SELECT count(*) FROM task WHERE case_id = $1 AND state = 'open' AND due_on = '2026-06-16'`, k.ID); n != 2 {
			t.Errorf("%d tasks have the new date", n)
		}
		d := c.advanceTo(food, Deciding, catalog.PickUp)
		d = c.do(c.staff("dec"), d.No, Suspend, Input{Kind: "expert", Days: 20, Reason: "评审", Experts: "丁专家"})
		if d = c.do(c.staff("dec"), d.No, Resume, Input{Reason: "评审意见"}); d.State != Deciding {
			t.Errorf("back to %s", d.State)
		}
	})
}

func TestWithdraw(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		for _, state := range States {
			item := food
			if state == Prechecked {
				item = marriage
			}
			k := c.advanceTo(item, state, catalog.PickUp)
			if state == Delivering || state == Closed {
				c.refused(ErrNotOffered, c.applicant(item), k.No, Withdraw, Input{})
				continue
			}
			k = c.do(c.applicant(item), k.No, Withdraw, Input{Reason: "不办了"})
			if k.State != Closed || k.Outcome != Withdrawn || k.DueOn != "" {
				t.Errorf("from %s: %s %s", state, k.State, k.Outcome)
			}
			for _, x := range k.Clocks {
				if x.Done.IsZero() {
					t.Errorf("from %s: the %s clock runs on", state, x.Kind)
				}
			}
			if n := c.count(`SELECT count(*) FROM task WHERE case_id = $1 AND (state = 'open' OR done_by = $2)`, k.ID, c.applicant(item).ID); n != 0 && state != Prechecked {
				if c.count(`SELECT count(*) FROM task WHERE case_id = $1 AND state <> 'void' AND done_by = $2`, k.ID, c.applicant(item).ID) != 0 {
					t.Errorf("from %s: the applicant did a task of the office", state)
				}
			}
			if n := c.count(`SELECT count(*) FROM task WHERE case_id = $1 AND state = 'open'`, k.ID); n != 0 {
				t.Errorf("from %s: %d tasks stay open", state, n)
			}
		}
	})
}

func TestRegimeLimits(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		k := c.advanceTo(food, Delivering, catalog.PickUp)
		for l, n := range map[Limit]int{Receipt: 5, Promised: 10, Statutory: 20, DeliveryLimit: 10} {
			if x := c.of(k.No, l); x.Workdays != n || x.Unit != clock.WorkingDays || x.Article == "" {
				t.Errorf("licensing %s: %+v", l, x)
			}
		}
		k = c.advanceTo(card, Delivering, catalog.Electronic)
		if x := c.of(k.No, Promised); x.Workdays != 8 {
			t.Errorf("public service: %+v", x)
		}
		for _, l := range []Limit{Statutory, DeliveryLimit} {
			if _, ok := c.view(c.staff("dec"), k.No).Case.Clocks.of(l); ok {
				t.Errorf("a public service has a %s clock", l)
			}
		}
		k = c.advanceTo(dayLimit, Reviewing, catalog.PickUp)
		if x := c.of(k.No, Statutory); x.Unit != clock.NaturalDays {
			t.Errorf("natural days: %+v", x)
		}
		k = c.advanceTo(instant, Deciding, catalog.PickUp)
		if k.DueOn != clock.DateOf(c.clk.Now()).String() {
			t.Errorf("an instant item is due %s", k.DueOn)
		}
	})
}
