package casework

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/licence"
)

func (c *city) ruled(about, result string) Input {
	return Input{Ruling: RulingInput{Court: "reconsideration", Body: "无锡市人民政府", Number: "锡政复〔2026〕8号", On: c.inDays(0), About: about, Result: result}}
}

// TestRuling: what a body of review quashes no longer stands, with its licence;
// what it upholds stands.
func TestRuling(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		dec, boss := c.staff("dec"), c.boss()
		k := c.granted(food)
		bad := c.ruled(AboutDecision, RulingUpheld)
		for path, change := range map[string]func(*RulingInput){
			"ruling/court": func(r *RulingInput) { r.Court = "" }, "ruling/body": func(r *RulingInput) { r.Body = " " }, "ruling/number": func(r *RulingInput) { r.Number = "" },
			"ruling/on": func(r *RulingInput) { r.On = c.inDays(1) }, "ruling/result": func(r *RulingInput) { r.Result = "won" }, "ruling/about": func(r *RulingInput) { r.About = "" },
		} {
			in := bad
			change(&in.Ruling)
			c.wrong(path, dec, k.No, RecordRuling, in)
		}
		in := bad
		in.Ruling.On = c.inDays(-1)
		c.wrong("ruling/on", dec, k.No, RecordRuling, in)
		c.wrong("ruling/about", dec, k.No, RecordRuling, c.ruled(AboutMeasure, RulingQuashed))
		if _, err := c.Perform(t.Context(), c.staff("rev"), k.No, RecordRuling, bad); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("a reviewer recorded a ruling: %v", err)
		}
		for _, result := range []string{RulingUpheld, RulingDismissed, RulingWithdrawn, RulingUnlawful, RulingAltered} {
			c.do(dec, k.No, RecordRuling, c.ruled(AboutDecision, result))
		}
		if v := c.view(boss, k.No); !v.Case.Stands() || len(v.Sides.Rulings) != 5 || c.licenceOf(k).Status != licence.Valid {
			t.Errorf("%s", v.Case.Outcome)
		}
		quash := c.ruled(AboutDecision, RulingQuashed)
		quash.Reason, quash.Files = "违反法定程序", []NamedFile{{Ref: c.file(), Name: "复议决定书.pdf"}}
		c.do(dec, k.No, RecordRuling, quash)
		v := c.view(boss, k.No)
		if v.Case.Outcome != Quashed || v.Case.Stands() || c.licenceOf(k).Ended != licence.ByRuling || v.Sides.Rulings[5].By.Name != "" {
			t.Errorf("%s %+v", v.Case.Outcome, c.licenceOf(k))
		}
		if doc := c.newest(boss, k.No, RulingRecord); !strings.Contains(text(doc.Facts), "锡政复〔2026〕8号") || !slices.Contains(doc.Basis, "无锡市人民政府锡政复〔2026〕8号") {
			t.Errorf("%+v", doc)
		}
		if _, err := c.File(t.Context(), boss, k.No, v.Sides.Rulings[5].Files[0].File); err != nil {
			t.Errorf("the ruling itself: %v", err)
		}
		c.sealLog()
		if r := c.verified(c.packed(dec, k.No)); !r.Sound() {
			t.Errorf("the archive: %+v", r)
		}
		c.refused(ErrNotOffered, dec, k.No, RecordRuling, c.ruled(AboutDecision, RulingQuashed)) // it does not stand any more
		c.refused(ErrNotOffered, dec, k.No, Redo, Input{})
	})
}

// TestRedo: a refusal is quashed and has to be decided anew, in a limit of its own
// that runs from the ruling.
func TestRedo(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		dec, boss, clerk := c.staff("dec"), c.boss(), c.staff("clerk")
		k := c.advanceTo(food, Deciding, catalog.PickUp)
		c.do(dec, k.No, Decide, Input{Reason: "场所不符合要求"})
		c.do(clerk, k.No, HandOver, Input{Recipient: "张明远"})
		c.clk.Add(5 * 24 * time.Hour)
		redo := c.ruled(AboutDecision, RulingRedo)
		redo.Ruling.On, redo.Days = c.inDays(-2), 15
		c.do(dec, k.No, RecordRuling, redo)
		if v := c.view(boss, k.No); v.Case.Outcome != Quashed || v.Case.State != Closed || c.offers(dec, k.No, RedoReceive) || !c.offers(dec, k.No, Redo) {
			t.Fatalf("%s %s", v.Case.State, v.Case.Outcome)
		}
		c.do(dec, k.No, Redo, Input{})
		c.refused(ErrNotOffered, dec, k.No, Redo, Input{})
		cl := c.of(k.No, Statutory)
		if cl.Workdays != 15 || cl.Article != "无锡市人民政府锡政复〔2026〕8号" || clockDay(cl) != redo.Ruling.On {
			t.Errorf("%+v", cl)
		}
		c.do(c.staff("rev"), k.No, Review, Input{Agree: true, Opinion: "重新核查，符合"})
		c.do(dec, k.No, Decide, Input{Grant: true})
		c.do(clerk, k.No, HandOver, Input{Recipient: "张明远"})
		if v := c.view(boss, k.No); v.Case.Outcome != Granted || !v.Case.Stands() || c.licenceOf(k).Status != licence.Valid {
			t.Errorf("decided anew: %s", v.Case.Outcome)
		}

		// A refusal to receive is answered anew at the window.
		k = c.submit(food, catalog.PickUp)
		c.do(clerk, k.No, Decline, Input{Ground: NotMet, Reason: "不符合受理条件：符合条件"})
		c.do(dec, k.No, RecordRuling, c.ruled(AboutDecision, RulingRedo))
		c.do(dec, k.No, RedoReceive, Input{})
		if v := c.view(boss, k.No); v.Case.State != Submitted || v.Case.DueOn == "" {
			t.Errorf("%s %q", v.Case.State, v.Case.DueOn)
		}
		c.do(clerk, k.No, Accept, Input{})
	})
}

// TestSilenceAnnulledQuashed: a licence is renewed by silence, then annulled after
// a statement; the review quashes the annulment, and the licence is valid again.
func TestSilenceAnnulledQuashed(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		dec, boss := c.staff("dec"), c.boss()
		c.heldItems()
		l := c.holdFood("JY-7", 40)
		k := c.about(renewal, l, catalog.Electronic)
		c.do(c.staff("clerk"), k.No, Accept, Input{})
		c.clk.Add(41 * 24 * time.Hour)
		c.must(c.Tick(t.Context()))
		c.drain()
		c.do(c.staff("rev2"), k.No, MeasureOpen, Input{Reason: "已停止经营两年，不符合延续条件", Measure: MeasureInput{Kind: Strike, Ground: "unqualified"}})
		c.do(boss, k.No, MeasureState, Input{Reason: "一直在经营，有纳税记录"})
		c.clk.Add(10 * 24 * time.Hour)
		c.wrong("measure/compensation", dec, k.No, MeasureDecide, Input{Reason: "申辩不成立"})
		c.do(dec, k.No, MeasureDecide, Input{Reason: "申辩不成立", Measure: MeasureInput{Compensation: "没有损失"}})
		second := c.foodLicence("JY-7", 2)
		if first := c.foodLicence("JY-7", 1); second.Status != licence.Annulled || first.Status != licence.Valid || first.ReplacedBy != 0 {
			t.Fatalf("annulled: %+v %+v", first, second)
		}
		quash := c.ruled(AboutMeasure, RulingQuashed)
		c.do(dec, k.No, RecordRuling, quash)
		first, second := c.foodLicence("JY-7", 1), c.foodLicence("JY-7", 2)
		v := c.view(boss, k.No)
		if second.Status != licence.Valid || second.Ended != "" || first.ReplacedBy != second.ID || v.Case.Outcome != Granted || !v.Case.Stands() {
			t.Errorf("quashed: %s %+v %+v", v.Case.Outcome, first, second)
		}
		if m := v.Sides.Measures[0]; m.Quashed == "" || !strings.Contains(m.StageWords(), "已被撤销") {
			t.Errorf("%+v", m)
		}
		c.wrong("ruling/about", dec, k.No, RecordRuling, quash)
	})
}

func clockDay(cl *Clock) string { return clock.DateOf(cl.Start).String() }
