package casework

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/licence"
)

// TestMeasureTable: every stage is reached and ends, and the law's grounds are whole.
func TestMeasureTable(t *testing.T) {
	reached := map[MeasureStage]bool{"": true}
	for range MeasureTable {
		for _, s := range MeasureTable {
			reached[s.To] = reached[s.To] || reached[s.From]
		}
	}
	for _, s := range MeasureTable {
		if !reached[s.From] {
			t.Errorf("%s is never reached", s.From)
		}
		for _, from := range []State{Delivering, Closed} {
			if _, ok := MoveFor(from, s.Act); !ok {
				t.Errorf("%s is no move of %s", s.Act, from)
			}
		}
	}
	if _, out := measureStep(MeasureDone, MeasureDecide); out || !reached[MeasureDone] || !reached[MeasureDropped] {
		t.Error("a measure does not end")
	}
	n := map[MeasureKind]int{}
	for _, g := range MeasureGrounds {
		n[g.Kind]++
		if g.ZH == "" || g.EN == "" || !strings.HasPrefix(g.Article, licensingLaw) {
			t.Errorf("%+v", g)
		}
	}
	if n[Retract] != 2 || n[Strike] != 6 || n[Deregister] != 6 {
		t.Errorf("grounds: %v", n)
	}
	for _, r := range Regimes {
		for _, k := range MeasureKinds {
			for _, g := range r.Grounds(k) {
				if r.Key != licensing.Key && g.Article != "" {
					t.Errorf("%s: %s cites %s", r.Key, k, g.Article)
				}
			}
		}
	}
}

// granted brings an item to the end with a grant.
func (c *city) granted(item string) *Case {
	c.t.Helper()
	return c.advanceTo(item, Closed, catalog.PickUp)
}

func (c *city) licenceOf(k *Case) *licence.Licence {
	c.t.Helper()
	l, err := c.Licences.ByID(c.d.Read(c.t.Context()), c.view(c.staff("dec"), k.No).Case.LicenceID)
	c.must(err)
	return l
}

// TestAnnulment: opened by one, stated upon, decided by another, with the licence.
func TestAnnulment(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		rev, dec, boss, clerk := c.staff("rev2"), c.staff("dec"), c.boss(), c.staff("clerk")
		k := c.granted(food)
		fraud := Input{Reason: "提交了虚假的场所证明", Measure: MeasureInput{Kind: Strike, Ground: "fraud"}}

		// What is missing is named, each by itself.
		for path, in := range map[string]Input{
			"measure/kind":         {Reason: "x"},
			"measure/ground":       {Reason: "x", Measure: MeasureInput{Kind: Strike, Ground: "expired"}},
			"reason":               {Measure: MeasureInput{Kind: Strike, Ground: "fraud"}},
			"days":                 {Reason: "x", Days: 1, Measure: MeasureInput{Kind: Strike, Ground: "fraud"}},
			"measure/public":       {Reason: "x", Measure: MeasureInput{Kind: Retract, Ground: "law-changed", Compensation: "无损失"}},
			"measure/compensation": {Reason: "x", Measure: MeasureInput{Kind: Retract, Ground: "law-changed", Public: "公共安全"}},
		} {
			c.wrong(path, rev, k.No, MeasureOpen, in)
		}
		if _, err := c.Perform(t.Context(), clerk, k.No, MeasureOpen, fraud); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("a clerk opened it: %v", err)
		}
		c.do(rev, k.No, MeasureOpen, fraud)
		c.refused(ErrNotOffered, dec, k.No, MeasureOpen, fraud)
		doc := c.document(boss, k.No, AnnulTold)
		if !slices.Contains(doc.Basis, licensingLaw+"第六十九条第二款") || len(doc.Clocks) != 1 || !strings.Contains(strings.Join(doc.Body, ""), "陈述和申辩") {
			t.Errorf("told: %v %v %v", doc.Basis, doc.Clocks, doc.Body)
		}

		// The holder states; the decision waits for his time, and for another person.
		c.wrong("reason", boss, k.No, MeasureState, Input{})
		c.do(boss, k.No, MeasureState, Input{Reason: "材料是代办机构提供的", Files: []NamedFile{{Ref: c.file(), Name: "说明.pdf"}}})
		c.refused(ErrStatementRuns, dec, k.No, MeasureDecide, Input{Reason: "查证属实"})
		c.clk.Add(9 * 24 * time.Hour)
		if c.offers(rev, k.No, MeasureDecide) || !c.offers(dec, k.No, MeasureDecide) {
			t.Error("who may decide")
		}
		both := c.staff("both")
		k2 := c.granted(food)
		c.do(both, k2.No, MeasureOpen, fraud)
		c.do(boss, k2.No, MeasureWaive, Input{})
		if _, err := c.Perform(t.Context(), both, k2.No, MeasureDecide, Input{Reason: "x"}); !errsIs(err, identity.ErrSamePerson) {
			t.Errorf("who opened it decided: %v", err)
		}
		c.wrong("reason", dec, k.No, MeasureDecide, Input{})
		c.do(dec, k.No, MeasureDecide, Input{Reason: "查证属实，申辩不予采纳"})
		v := c.view(boss, k.No)
		if v.Case.Outcome != Annulled || v.Case.Stands() || c.licenceOf(k).Status != licence.Annulled || c.licenceOf(k).Ended != licence.Struck {
			t.Errorf("annulled: %s %+v", v.Case.Outcome, c.licenceOf(k))
		}
		if m := v.Sides.Measures[0]; m.Stage != MeasureDone || m.By.Name != "" || len(m.Said) != 1 {
			t.Errorf("the holder sees %+v", m)
		}
		if doc = c.document(boss, k.No, AnnulNotice); len(doc.Remedies) != 2 || !strings.Contains(text(doc.Facts), "不受保护") {
			t.Errorf("decision: %+v", doc)
		}
		if n := c.count(`SELECT count(*) FROM task WHERE case_id = $1 AND step = 'measure' AND state = 'open'`, k.ID); n != 0 {
			t.Errorf("%d tasks stay open", n)
		}

		// An annulment that would do great harm is not made; the grant stays.
		c.do(dec, k2.No, MeasureDrop, Input{Reason: "撤销将中断全区供餐", Measure: MeasureInput{Harm: true}})
		if doc := c.document(boss, k2.No, MeasureDroppedNotice); !slices.Contains(doc.Basis, licensingLaw+"第六十九条第三款") {
			t.Errorf("%v", doc.Basis)
		}
		if v := c.view(boss, k2.No); v.Case.Outcome != Granted || !v.Case.Stands() {
			t.Errorf("%s", v.Case.Outcome)
		}

		// What was annulled has to be deregistered; there is no statement upon that.
		c.wrong("measure/ground", rev, k.No, MeasureOpen, Input{Reason: "期满", Measure: MeasureInput{Kind: Deregister, Ground: "expired"}})
		c.do(rev, k.No, MeasureOpen, Input{Reason: "证照已被撤销", Measure: MeasureInput{Kind: Deregister, Ground: "undone"}})
		c.do(dec, k.No, MeasureDecide, Input{Reason: "依法办理注销手续"})
		if l := c.licenceOf(k); l.Status != licence.Deregistered {
			t.Errorf("%s", l.Status)
		}
		if doc := c.document(boss, k.No, DeregisterNotice); !slices.Contains(doc.Basis, licensingLaw+"第七十条第四项") {
			t.Errorf("%v", doc.Basis)
		}
	})
}

// TestRetraction: for the public interest, with compensation; the superior may do it too.
func TestRetraction(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		k := c.granted(food)
		in := Input{Reason: "规划调整", Days: 3, Measure: MeasureInput{Kind: Retract, Ground: "circumstances", Public: "地铁施工需要", Compensation: "按评估价补偿装修损失", Asked: "某居民"}}
		c.do(c.staff("mayor"), k.No, MeasureOpen, in)
		if doc := c.document(c.boss(), k.No, RetractTold); !strings.Contains(text(doc.Facts), "无锡市人民政府") || strings.Contains(text(doc), "某居民") {
			t.Errorf("%v", doc.Facts)
		}
		c.do(c.boss(), k.No, MeasureWaive, Input{})
		c.do(c.staff("dec"), k.No, MeasureDecide, Input{Reason: "为公共利益需要撤回"})
		if l := c.licenceOf(k); l.Ended != licence.Retracted || c.view(c.boss(), k.No).Case.Outcome != Retracted {
			t.Errorf("%+v", l)
		}
		// Outside the licensing law its own law has to be named, and it is the one that is cited.
		k = c.granted(subsidy)
		own := Input{Reason: "不再符合条件", Measure: MeasureInput{Kind: Strike, Basis: "行政许可法第六十九条"}}
		c.wrong("measure/basis", c.staff("rev2"), k.No, MeasureOpen, own)
		own.Measure.Basis = "《社会救助暂行办法》第六十八条"
		c.do(c.staff("rev2"), k.No, MeasureOpen, own)
		c.do(c.person("zhang"), k.No, MeasureWaive, Input{})
		c.do(c.staff("dec"), k.No, MeasureDecide, Input{Reason: "骗取补贴"})
		doc := c.document(c.person("zhang"), k.No, AnnulNotice)
		if !slices.Contains(doc.Basis, own.Measure.Basis) || strings.Contains(text(doc), "行政许可") {
			t.Errorf("%v", doc.Basis)
		}
	})
}

// TestDeregisterExpired: a licence that is over is deregistered without a statement,
// unless its renewal is open.
func TestDeregisterExpired(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		c.heldItems()
		k := c.granted(food)
		over := Input{Reason: "有效期届满未延续", Measure: MeasureInput{Kind: Deregister, Ground: "expired"}}
		c.wrong("measure/ground", c.staff("rev2"), k.No, MeasureOpen, over)
		l := c.licenceOf(k)
		last, err := clock.ParseDate(l.Until)
		c.must(err)
		c.clk.Add(time.Duration(last-clock.DateOf(c.clk.Now())-10) * 24 * time.Hour)
		late := c.about(renewal, l, catalog.PickUp) // too late for silence to renew it
		c.clk.Add(12 * 24 * time.Hour)
		c.refused(ErrRenewalOpen, c.staff("rev2"), k.No, MeasureOpen, over)
		list, err := c.Licences.ToDeregister(t.Context(), c.staff("dec"), c.office("wx-spj").ID, "", 10)
		c.must(err)
		if len(list) != 1 || list[0].Licence.ID != l.ID {
			t.Errorf("to deregister: %+v", list)
		}
		c.do(c.boss(), late.No, Withdraw, Input{})
		c.do(c.staff("rev2"), k.No, MeasureOpen, over)
		c.do(c.staff("dec"), k.No, MeasureDecide, Input{Reason: "办理注销手续"})
		if l := c.licenceOf(k); l.Status != licence.Deregistered || c.view(c.boss(), k.No).Case.Outcome != Granted {
			t.Errorf("%+v", l)
		}
	})
}

func errsIs(err error, want error) bool { return err != nil && errs.Of(err).Code == errs.Of(want).Code }
