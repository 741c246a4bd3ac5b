package casework

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// valid is the least that each act needs on a case as advanceTo makes it.
func valid(act Act, o Offer) Input {
	return map[Act]Input{
		RequestCorrection: {Asks: []Ask{{Material: "m01", Line: "a"}}}, Decline: {Reason: "理由"}, NotReceived: {Reason: "理由"},
		Review: {Agree: true, Opinion: "同意", Task: o.Task}, Decide: {Grant: true}, Extend: {Days: 1, Reason: "理由"},
		AskMoreTime: {Days: 2, Reason: "在外地"}, GrantMoreTime: {Days: 2}, RefuseMoreTime: {Reason: "理由"},
		Suspend: {Kind: "expert", Days: 1, Reason: "理由", Experts: "丁专家"}, Resume: {Reason: "评审意见"},
		HearingTell: {Hearing: HearingInput{Interest: "相邻利益"}}, Object: {Reason: "陈述"}, SendBack: {Reason: "理由"}, Recuse: {Reason: "亲属"},
		HearingCall: {Days: 10, Reason: "涉及公共利益", Hearing: HearingInput{At: "2026-11-30 09:00", Place: "第一会议室", Presider: "dec"}},
		VisitPlan:   {Visit: VisitInput{Staff: []string{"rev", "rev2"}, At: "2026-11-30 09:00", Place: "现场"}},
		AskOpinion:  {Work: WorkInput{Unit: "wx-cg"}, Days: 3, Reason: "请提出意见"}, GiveOpinion: {Opinion: "无意见"},
		Refer: {Elsewhere: "江苏省有关部门", Reason: "属于省级权限"}, Claim: {Task: o.Task}, Transfer: {Task: o.Task}, Release: {Task: o.Task}, HandOver: {Recipient: "张"}, Post: {Waybill: "1"},
		MeasureOpen: {Reason: "理由", Measure: MeasureInput{Kind: Strike, Ground: "fraud", Basis: "某条例第一条"}}, MeasureState: {Reason: "陈述"},
		RecordRuling:   {Ruling: RulingInput{Court: "first", Body: "某法院", Number: "（2026）1号", On: "2026-03-02", About: AboutDecision, Result: RulingUpheld}},
		ChangeDelivery: {Delivery: Delivery{Way: catalog.Electronic}},
		PostSigned:     {Parcel: ParcelInput{SignedBy: "张"}}, ClaimPost: {Reason: "快递丢失"}, PostBack: {Reason: "无人签收"}, PostLost: {Reason: "快递丢失"},
	}[act]
}

// TestOffered: what is offered works with the least input, and what is not
// offered is refused, for everybody in every state.
func TestOffered(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx, offered, refused := t.Context(), 0, 0
		for _, item := range []string{food, road, marriage, card} {
			way := map[string]string{food: catalog.PickUp, road: catalog.Mail, marriage: catalog.PickUp, card: catalog.Electronic}[item]
			people := []actor.Actor{c.applicant(item), c.person("wang"), c.staff("clerk"), c.staff("lxclerk"), c.staff("rev"), c.staff("cgrev"),
				c.staff("dec"), c.staff("both"), c.staff("lxdec"), c.staff("sup"), c.staff("sys"), actor.Platform()}
			for _, state := range States {
				switch {
				case state == Prechecked && item != marriage, state == Reviewing && item == marriage,
					state == Suspended && item != food && item != road, state == Closed && item != food:
					continue
				}
				k := c.advanceTo(item, state, way)
				for _, who := range people {
					var offers []Offer
					if v, err := c.View(ctx, who, k.No); err == nil {
						offers = v.Offered
					} else if !errors.Is(err, ErrNoCase) {
						t.Fatal(err)
					}
					for _, act := range acts {
						i := slices.IndexFunc(offers, func(o Offer) bool { return o.Act == act })
						if act == Submit || act == Resubmit || act == Mend || act == Supplement {
							if act == Resubmit && (i >= 0) != (state == Correcting && (same(who.For, k.Party) || who.Name == "周窗口")) {
								t.Errorf("%s %s %s: resubmit offered %v", item, state, who.Name, i >= 0)
							}
							if act == Mend && (i >= 0) != ((state == Submitted || state == Prechecked) && who.Name == "周窗口") {
								t.Errorf("%s %s %s: mend offered %v", item, state, who.Name, i >= 0)
							}
							continue
						}
						if i < 0 {
							in := valid(act, Offer{})
							if who.Kind == actor.System && (act == DeemAccepted || act == DeliverElectronic || act == PostSigned) {
								continue // by the platform's own jobs
							}
							_, err := c.Perform(ctx, who, k.No, act, in)
							if err == nil {
								t.Fatalf("%s %s: %s may %s, though it is not offered", item, state, who.Name, act)
							}
							if kind := errs.KindOf(err); kind != errs.Forbidden && kind != errs.NotFound && kind != errs.Conflict && errs.Of(err).Code != "courier-off" {
								t.Errorf("%s %s %s %s: %v", item, state, who.Name, act, err)
							}
							refused++
							continue
						}
						fresh := c.advanceTo(item, state, way)
						v := c.view(who, fresh.No)
						if _, err := c.Perform(ctx, who, fresh.No, act, func() Input {
							in := valid(act, v.Offered[i])
							in.Version = fresh.Version
							if act == Transfer {
								in.Work.Staff = c.fit(v, in.Task)
							}
							return in
						}()); err != nil && errs.Of(err).Code != "courier-off" { // none is connected here
							t.Errorf("%s %s: %s is offered %s: %v", item, state, who.Name, act, err)
						}
						offered++
					}
				}
			}
		}
		if offered < 60 || refused < 500 {
			t.Errorf("only %d and %d", offered, refused)
		}
	})
}

// fit is the login of a colleague who may do a task.
func (c *city) fit(v *View, task int64) string {
	c.t.Helper()
	for _, t := range v.Tasks {
		dir, err := c.Identity.Directory(c.t.Context())
		c.must(err)
		for _, m := range v.Colleagues {
			if t.ID == task && m.holds(t.Role, dir.Path(t.UnitID)) {
				return m.Login
			}
		}
	}
	return ""
}

func same(a, b actor.Party) bool { return a.Kind == b.Kind && a.ID == b.ID && a.ID != 0 }

func TestTwoClerks(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		for i, pair := range [][2]Act{{Accept, Accept}, {Accept, Decline}, {RequestCorrection, Accept}, {Decline, RequestCorrection}} {
			k := c.submit(food, catalog.PickUp)
			var wg sync.WaitGroup
			var got [2]error
			for n, login := range []string{"clerk", "clerk2"} {
				who := c.staff(login)
				in := valid(pair[n], Offer{})
				in.Version = k.Version
				wg.Go(func() { _, got[n] = c.Perform(ctx, who, k.No, pair[n], in) })
			}
			wg.Wait()
			if (got[0] == nil) == (got[1] == nil) {
				t.Fatalf("%d: %v and %v", i, got[0], got[1])
			}
			for _, err := range got {
				if err != nil && !errors.Is(err, ErrChanged) {
					t.Errorf("%d: the other is told %v", i, err)
				}
			}
			if n := c.count(`SELECT count(*) FROM case_event WHERE case_id = $1`, k.ID); n != 2 {
				t.Errorf("%d: %d events", i, n)
			}
			if n := c.count(`SELECT count(*) FROM document WHERE case_id = $1`, k.ID); n != 2 {
				t.Errorf("%d: %d documents", i, n)
			}
		}
		k := c.submit(food, catalog.PickUp)
		key := &onceKey{}
		for range 2 { // a retry after a time-out
			c.do(c.staff("clerk"), k.No, Accept, Input{Version: k.Version, Once: key})
		}
	})
}

// TestSupervisorsSeeNoAnswers: an eye on a case is no right to its content.
func TestSupervisorsSeeNoAnswers(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		k := c.submit(card, catalog.Electronic)
		me := c.batch.Persons[0]
		holds := func(v *View) bool {
			text := v.Delivery.Phone
			for _, l := range v.Summary {
				text += l.Text + l.TextEN
			}
			return v.Values != nil || strings.Contains(text, me.Phone)
		}
		if v := c.view(c.staff("sup"), k.No); holds(v) || len(v.Materials) != 2 || len(v.Events) != 1 {
			t.Errorf("%+v %+v", v.Values, v.Summary)
		}
		for _, who := range []actor.Actor{c.staff("clerk"), c.staff("rev"), c.staff("dec"), c.person("zhang")} {
			if !holds(c.view(who, k.No)) {
				t.Errorf("%s cannot read what has to be judged", who.Name)
			}
		}
	})
}

// TestAudited: every act leaves its record, refused ones too.
func TestAudited(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		k := c.submit(food, catalog.PickUp)
		records := func(act, outcome string, who actor.Actor) int64 {
			return c.count(`SELECT count(*) FROM audit_record WHERE act = $1 AND outcome = $2 AND subject = $3 AND actor_id = $4`, act, outcome, "case/"+k.No, who.ID)
		}
		wang, rev, lx := c.person("wang"), c.staff("rev"), c.staff("lxrev")
		for _, x := range []struct {
			who  actor.Actor
			act  Act
			kind errs.Kind
		}{{wang, Withdraw, errs.NotFound}, {rev, Accept, errs.Forbidden}, {lx, Review, errs.NotFound}, {c.staff("clerk"), HandOver, errs.Conflict}, {c.boss(), Decide, errs.Conflict}} {
			if _, err := c.Perform(ctx, x.who, k.No, x.act, Input{Reason: "x"}); errs.KindOf(err) != x.kind {
				t.Errorf("%s %s: %v", x.who.Name, x.act, err)
			}
			if n := records("case."+string(x.act), "denied", x.who); n != 1 {
				t.Errorf("%s %s: %d records", x.who.Name, x.act, n)
			}
		}
		if _, err := c.View(ctx, wang, k.No); !errors.Is(err, ErrNoCase) || records("case.read", "denied", wang) != 1 {
			t.Errorf("looking at another's case: %v", err)
		}
		if _, err := c.View(ctx, actor.Actor{Kind: actor.Anonymous}, k.No); !errors.Is(err, identity.ErrLoginNeeded) {
			t.Errorf("a visitor: %v", err)
		}
		if _, err := c.Perform(ctx, c.staff("clerk"), k.No+"9", Accept, Input{}); !errors.Is(err, ErrNoCase) {
			t.Errorf("a case that is not there: %v", err)
		}
		if _, err := c.Perform(ctx, c.staff("clerk"), k.No, "burn", Input{}); !errors.Is(err, ErrUnknownAct) {
			t.Errorf("an act that is not there: %v", err)
		}
		c.do(c.staff("clerk"), k.No, Accept, Input{})
		if records("case.accept", "done", c.staff("clerk")) != 1 {
			t.Error("accepting left no record")
		}
	})
}

func TestQueue(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		dir, err := c.Identity.Directory(ctx)
		c.must(err)
		centre, _ := dir.UnitByKey("wx-zx")
		spj, _ := dir.UnitByKey("wx-spj")
		want := map[string]bool{}
		for i := range 7 {
			c.clk.Add(time.Duration(i) * 24 * time.Hour)
			want[c.submit([]string{food, card, subsidy}[i%3], catalog.Electronic).No] = true
		}
		pre := c.advanceTo(marriage, Prechecked, catalog.PickUp) // waits for a person, without a date
		want[pre.No] = true
		clerk := c.staff("clerk")
		var got []string
		last := ""
		for cursor := ""; ; {
			rows, next, err := c.Queue(ctx, clerk, centre, actor.WindowClerk, cursor, 3)
			c.must(err)
			for _, r := range rows {
				due := r.DueOn
				if due == "" {
					due = noDate
				}
				if due < last || !want[r.No] {
					t.Errorf("%s due %s after %s", r.No, r.DueOn, last)
				}
				last, got = due, append(got, r.No)
				if r.Late && (r.Left > 0 || r.Soon) || r.Soon && (r.Left > 3 || r.Left < 0) {
					t.Errorf("%+v", r)
				}
			}
			if cursor = next; next == "" {
				break
			}
		}
		slices.Sort(got)
		if len(got) != len(want) || len(slices.Compact(got)) != len(want) || got[0] == "" {
			t.Errorf("%d of %d", len(got), len(want))
		}
		if rows, _, err := c.Queue(ctx, clerk, centre, actor.WindowClerk, "", 100); err != nil || rows[len(rows)-1].No != pre.No || rows[0].Left >= 0 || !rows[0].Late {
			t.Errorf("%v: first %+v", err, rows[0])
		}
		if n, err := c.QueueSize(ctx, clerk, centre, actor.WindowClerk); err != nil || n != len(want) {
			t.Errorf("%d %v", n, err)
		}
		for _, who := range []actor.Actor{c.staff("lxclerk"), c.boss(), c.staff("sys")} {
			if _, _, err := c.Queue(ctx, who, centre, actor.WindowClerk, "", 3); errs.KindOf(err) != errs.Forbidden {
				t.Errorf("%s: %v", who.Name, err)
			}
		}
		for _, bad := range []string{"x", "2026-01-01", "2026-01-01.x", "."} {
			if _, _, err := c.Queue(ctx, clerk, centre, actor.WindowClerk, bad, 3); errs.KindOf(err) != errs.Malformed {
				t.Errorf("cursor %q: %v", bad, err)
			}
		}
		k := c.advanceTo(road, Reviewing, catalog.PickUp)
		rows, _, err := c.Queue(ctx, c.staff("rev"), spj, actor.Reviewer, "", 10)
		c.must(err)
		if len(rows) != 1 || rows[0].No != k.No {
			t.Errorf("%+v", rows)
		}
		var mine []CaseRow
		for cursor := int64(0); ; {
			rows, next, err := c.Mine(ctx, c.person("zhang"), cursor, 2)
			c.must(err)
			mine = append(mine, rows...)
			if cursor = next; next == 0 {
				break
			}
		}
		for i, r := range mine {
			if i > 0 && r.ID >= mine[i-1].ID {
				t.Error("not newest first, or twice")
			}
		}
		if len(mine) != 5 {
			t.Errorf("%d cases", len(mine))
		}
	})
}

// TestPlans: the lists of a full database are read by their indexes, and nothing
// is sorted but what is already in order.
func TestPlans(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		for range 3 {
			c.submit(food, catalog.PickUp)
		}
		prefix, bad := `EXPLAIN QUERY PLAN `, []string{"SCAN ", "TEMP B-TREE"}
		pg := string(c.d.Engine()) == "postgres"
		if pg {
			prefix, bad = `EXPLAIN `, []string{"Seq Scan", "Sort"}
		}
		queries := []struct {
			sql  string
			args []any
		}{
			{sqlQueue, []any{int64(1), "window-clerk", "", int64(0), 21}}, {sqlMine, []any{"person", int64(1), int64(1) << 62, 21}},
			{sqlCaseByNo, []any{"x"}}, {sqlCaseByID, []any{int64(1)}}, {sqlEvents, []any{int64(1)}}, {sqlTasks, []any{int64(1)}},
			{sqlDocuments, []any{int64(1)}}, {sqlMaterials, []any{int64(1)}}, {sqlPastDue, []any{"2026-03-02", "", int64(0)}},
			{sqlDrafts, []any{"person", int64(1), int64(1) << 62, 10, "person", int64(1)}}, {sqlDraftOfCase, []any{"person", int64(1), "x"}},
			{sqlCorrections, []any{"x"}}, {sqlCaseOfEvent, []any{int64(1), "resubmit", "mend", "supplement", "person", int64(1)}},
			{sqlSweep, []any{"2026-03-01", int64(0), "2026-03-02", int64(9)}}, {sqlTold, []any{int64(1)}}, {sqlMends, []any{int64(1)}}, {sqlMoreTime, []any{int64(1)}},
			{sqlOpenCases, []any{int64(1)}}, {sqlStaleMends, nil},
		}
		for _, q := range queries {
			var plan strings.Builder
			err := c.d.Write(t.Context(), "test.plan", func(tx *db.Tx) error {
				plan.Reset()
				if pg { // few rows would be read without an index
					for _, off := range []string{"enable_seqscan", "enable_bitmapscan", "enable_sort"} {
						if _, err := tx.Exec(`SET LOCAL ` + off + ` = off`); err != nil {
							return err
						}
					}
				}
				rows, err := tx.Query(prefix+q.sql, q.args...)
				if err != nil {
					return err
				}
				plan.Write(raw(c, rows))
				return nil
			})
			c.must(err)
			for _, b := range bad {
				if strings.Contains(plan.String(), b) {
					t.Errorf("%s\n%s", q.sql, plan.String())
				}
			}
		}
	})
}
