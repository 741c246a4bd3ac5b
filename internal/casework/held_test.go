package casework

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/licence"
)

// Items about a licence that is held; heldItems puts them into a city.
const (
	renewal  = "renewal"  // licensing: silence renews
	revision = "revision" // licensing
	copyLost = "copy"     // licensing
	giveUp   = "give-up"  // licensing
	service  = "service"  // public service that renews: silence brings nothing
)

func (c *city) heldItems() {
	c.t.Helper()
	def := func(n, name, typ, does string) catalog.Def {
		g := guide(name, typ)
		g.Limits.Promised.Days = 8
		if typ == "01" {
			g.Limits.Statutory, g.Limits.StatutoryBasis = catalog.Limit{Days: 20, Unit: "workday"}, "演示条例第一条"
			g.Limits.Special = []catalog.Special{{Kind: "expert", Days: 10, Basis: "行政许可法第四十五条"}}
		}
		g.Results[0] = catalog.Result{Name: "食品经营许可证", Kind: "licence", LicenceType: "food-licence", Years: 5, Does: does,
			Delivery: []string{catalog.Electronic, catalog.PickUp, catalog.Mail}, Fields: map[string]string{"name": "name", "site": "site"}}
		return catalog.Def{BasicCode: "32" + typ + n, OfferedBy: []catalog.Offerer{{Unit: "wx-spj", Receiving: "wx-zx"}}, Guide: g}
	}
	for key, d := range map[string]catalog.Def{
		renewal: def("99031000", "食品经营许可（延续）", "01", catalog.DoesRenew), revision: def("99032000", "食品经营许可（变更）", "01", catalog.DoesChange),
		copyLost: def("99033000", "食品经营许可证补发", "01", catalog.DoesReplace), giveUp: def("99034000", "食品经营许可（注销）", "01", catalog.DoesDeregister),
		service: def("99035000", "食品经营登记服务（延续）", "20", catalog.DoesRenew),
	} {
		problems, err := c.Catalog.Import(c.t.Context(), actor.Platform(), d, nil)
		if err != nil {
			c.t.Fatalf("%s: %v %v", key, err, problems)
		}
		u := c.office("wx-spj")
		c.codes[key] = c.Catalog.Codes().Compose(u.USCC, d.Guide.Basics.Level, d.BasicCode)
	}
}

// inDays is a date so many days from now.
func (c *city) inDays(n int) string { return (clock.DateOf(c.clk.Now()) + clock.Date(n)).String() }

// holdFood gives the café a licence with so many days left.
func (c *city) holdFood(number string, left int) *licence.Licence {
	c.t.Helper()
	return c.hold(number, c.inDays(left))
}

// hold gives the café a licence that is valid until a day.
func (c *city) hold(number, until string) *licence.Licence {
	c.t.Helper()
	u := c.office("wx-spj")
	c.must(c.Licences.ImportHeld(c.t.Context(), actor.Platform(), []licence.Issue{{TypeKey: "food-licence", Number: number, Holder: c.cafe(), IssuerUnit: u.ID,
		IssuerName: u.Name, IssuerUSCC: u.USCC, Issued: "2021-01-05", Until: until, Fields: map[string]string{"name": "旧名称", "mode": "餐饮"}}}))
	return c.foodLicence(number, 1)
}

// foodLicence finds a version of a licence of the café.
func (c *city) foodLicence(number string, version int) *licence.Licence {
	c.t.Helper()
	list, err := c.Licences.OfHolder(c.d.Read(c.t.Context()), c.cafe())
	c.must(err)
	for _, l := range list {
		if l.Number == number && l.Version == version {
			return &l
		}
	}
	c.t.Fatalf("no version %d of %s", version, number)
	return nil
}

// about hands in an application about a licence.
func (c *city) about(item string, l *licence.Licence, way string) *Case {
	c.t.Helper()
	d := c.draft(c.boss(), item, way)
	d, err := c.ChooseHeld(c.t.Context(), c.boss(), d.ID, d.Version, l.ID)
	c.must(err)
	k, err := c.Submit(c.t.Context(), c.boss(), d.ID, SubmitInput{})
	c.must(err)
	return k
}

func (c *city) toDecision(k *Case) *Case {
	c.t.Helper()
	c.do(c.staff("clerk"), k.No, Accept, Input{})
	return c.do(c.staff("rev"), k.No, Review, Input{Agree: true, Opinion: "符合要求"})
}

// TestHeld: change, renewal, copy and deregistration of a licence that is held.
func TestHeld(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx, boss := t.Context(), c.boss()
		c.heldItems()
		old := c.holdFood("JY-1", 90)

		// The one licence is chosen by itself; another's, another kind's cannot be.
		d := c.draft(boss, revision, catalog.PickUp)
		if d.Data.Held != old.ID {
			t.Errorf("the only licence was not chosen: %d", d.Data.Held)
		}
		c.holdCard()
		card := func() int64 {
			list, err := c.Licences.OfHolder(c.d.Read(ctx), c.person("zhang").For)
			c.must(err)
			return list[0].ID
		}()
		_, err := c.ChooseHeld(ctx, boss, d.ID, d.Version, card)
		c.field(err, "held")
		d, err = c.ChooseHeld(ctx, boss, d.ID, d.Version, 0)
		c.must(err)
		_, err = c.Submit(ctx, boss, d.ID, SubmitInput{})
		c.field(err, "held")

		// 变更: the next version, with what was not asked as before.
		k := c.about(revision, old, catalog.PickUp)
		if doc := c.document(boss, k.No, ReceiptNotice); !strings.Contains(text(doc.Facts), "JY-1") {
			t.Errorf("the receipt does not say which licence it is about: %v", doc.Facts)
		}
		d = c.draft(boss, revision, catalog.PickUp)
		_, err = c.Submit(ctx, boss, d.ID, SubmitInput{})
		c.field(err, "held") // one open application of a kind
		c.toDecision(k)
		c.do(c.staff("dec"), k.No, Decide, Input{Grant: true, Opinion: "准予变更"})
		doc := c.document(boss, k.No, ChangeNotice)
		if doc.Title != "准予变更行政许可决定书" || !slices.Contains(doc.Basis, licensingLaw+"第四十九条") {
			t.Errorf("%s %v", doc.Title, doc.Basis)
		}
		now, was := c.foodLicence("JY-1", 2), c.foodLicence("JY-1", 1)
		if was.Status != licence.Expired || was.Ended != licence.Changed || was.ReplacedBy != now.ID || now.Replaces != was.ID || now.Until != old.Until ||
			now.Fields["mode"] != "餐饮" || now.Fields["name"] != "无锡演示咖啡有限公司" {
			t.Errorf("versions: %+v %+v", was, now)
		}
		if v := c.view(boss, k.No); v.Held == nil || v.Held.Result != now.Identifier || v.Held.Does != catalog.DoesChange {
			t.Errorf("the case does not show its licence: %+v", v.Held)
		}
		c.drain()
		if r, err := c.Licences.Verify(ctx, now.Identifier); err != nil || !r.Genuine {
			t.Errorf("the new version: %+v %v", r, err)
		}

		// 不予延续 names its own decision and leaves the licence alone.
		k = c.toDecision(c.about(renewal, now, catalog.PickUp))
		c.do(c.staff("dec"), k.No, Decide, Input{Reason: "不再符合条件"})
		if doc := c.document(boss, k.No, NoRenewalNotice); doc.Title != "不予延续行政许可决定书" || len(doc.Remedies) != 2 {
			t.Errorf("%+v", doc)
		}
		if l := c.foodLicence("JY-1", 2); l.Status != licence.Valid {
			t.Errorf("a refusal changed the licence: %s", l.Status)
		}

		// 延续: the term goes on from the last day.
		k = c.toDecision(c.about(renewal, now, catalog.PickUp))
		c.do(c.staff("dec"), k.No, Decide, Input{Grant: true})
		third := c.foodLicence("JY-1", 3)
		last, _ := clock.ParseDate(old.Until)
		if want := last.Start().In(clock.Shanghai()).AddDate(5, 0, 0).Format(time.DateOnly); third.Until != want {
			t.Errorf("renewed until %s, want %s", third.Until, want)
		}

		// 补发: the copy that was lost is void, the new one says the same.
		k = c.toDecision(c.about(copyLost, third, catalog.Electronic))
		c.do(c.staff("dec"), k.No, Decide, Input{Grant: true})
		c.drain()
		fourth := c.foodLicence("JY-1", 4)
		if fourth.Until != third.Until || c.foodLicence("JY-1", 3).Ended != licence.Lost || c.view(boss, k.No).Case.State != Closed {
			t.Errorf("copy: %+v", fourth)
		}
		if doc := c.document(boss, k.No, CopyNotice); strings.Contains(text(doc.Basis), "第四十九条") {
			t.Errorf("a copy cites %v", doc.Basis)
		}

		// 注销, as the holder asks.
		k = c.toDecision(c.about(giveUp, fourth, catalog.Electronic))
		c.do(c.staff("dec"), k.No, Decide, Input{Grant: true})
		c.drain()
		if l := c.foodLicence("JY-1", 4); l.Status != licence.Deregistered || l.Ended != licence.Cancelled {
			t.Errorf("deregistered: %s %s", l.Status, l.Ended)
		}
		if doc := c.document(boss, k.No, DeregisterNotice); !slices.Contains(doc.Basis, licensingLaw+"第七十条第六项") {
			t.Errorf("%v", doc.Basis)
		}
		d = c.draft(boss, revision, catalog.PickUp)
		_, err = c.ChooseHeld(ctx, boss, d.ID, d.Version, fourth.ID)
		c.field(err, "held")
	})
}

// TestDeemedRenewal: silence until the licence's last day renews it where the
// request came in time, under the licensing law alone (第五十条).
func TestDeemedRenewal(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx, boss := t.Context(), c.boss()
		c.heldItems()
		state := func(k *Case) State { return c.view(boss, k.No).Case.State }

		silent, waiting, late, other := c.holdFood("JY-2", 40), c.holdFood("JY-3", 40), c.holdFood("JY-4", 29), c.holdFood("JY-5", 40)
		quiet := c.holdFood("JY-6", 40)
		k := c.about(renewal, silent, catalog.Electronic)
		c.do(c.staff("clerk"), k.No, Accept, Input{})
		c.do(c.staff("rev"), k.No, Suspend, Input{Kind: "expert", Days: 10, Reason: "需要专家评审", Experts: "丁专家"})
		wait := c.about(renewal, waiting, catalog.Electronic)
		c.do(c.staff("clerk"), wait.No, RequestCorrection, Input{Asks: []Ask{{Material: "m02", Line: "a"}}})
		tooLate := c.about(renewal, late, catalog.Electronic)
		plain := c.about(service, other, catalog.Electronic)
		unread := c.about(renewal, quiet, catalog.Electronic)
		for _, x := range []*Case{tooLate, plain} {
			c.do(c.staff("clerk"), x.No, Accept, Input{})
		}
		if v := c.view(boss, tooLate.No); !v.Held.Late || v.Held.DueOn != "" {
			t.Errorf("asked late: %+v", v.Held)
		}
		if v := c.view(boss, k.No); v.Held.Late || v.Held.DueOn != silent.Until {
			t.Errorf("asked in time: %+v", v.Held)
		}

		c.clk.Add(40 * 24 * time.Hour) // the last day itself
		c.must(c.Tick(ctx))
		if s := state(k); s != Suspended {
			t.Fatalf("on the licence's last day: %s", s)
		}
		c.clk.Add(24 * time.Hour)
		c.must(c.Tick(ctx))
		c.must(c.Tick(ctx))
		for _, x := range []*Case{k, unread} {
			v := c.view(boss, x.No)
			if v.Case.State != Delivering || v.Case.Outcome != Granted || !v.Held.Deemed {
				t.Fatalf("silence: %s %s %+v", v.Case.State, v.Case.Outcome, v.Held)
			}
		}
		l := c.foodLicence("JY-2", 2)
		if last, _ := clock.ParseDate(silent.Until); l.From != (last+1).String() || l.Status != licence.Valid {
			t.Errorf("no gap: %+v", l)
		}
		doc := c.document(boss, k.No, DeemedRenewal)
		if doc.Title != "视为准予延续行政许可通知书" || !slices.Contains(doc.Basis, licensingLaw+"第五十条第二款") {
			t.Errorf("%s %v", doc.Title, doc.Basis)
		}
		if state(wait) != Correcting || state(tooLate) != Reviewing || state(plain) != Reviewing {
			t.Errorf("deemed: %s %s %s", state(wait), state(tooLate), state(plain))
		}
		if n := c.count(`SELECT count(*) FROM case_alarm WHERE case_id IN ($1, $2, $3)`, k.ID, unread.ID, wait.ID); n != 3 {
			t.Errorf("%d alarms", n)
		}
		c.drain()
		if state(k) != Closed {
			t.Errorf("not delivered: %s", state(k))
		}
		// What silence gave stays open to nobody: the act is the platform's alone.
		c.refused(ErrNotOffered, actor.Platform(), k.No, DeemRenewed, Input{})
		if _, err := c.Perform(ctx, c.staff("dec"), tooLate.No, DeemRenewed, Input{}); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("a decider renewed by silence: %v", err)
		}
		// The late one is decided by the authority, after the end: it begins anew.
		c.do(c.staff("rev"), tooLate.No, Review, Input{Agree: true, Opinion: "符合"})
		c.do(c.staff("dec"), tooLate.No, Decide, Input{Grant: true})
		if l := c.foodLicence("JY-4", 2); l.From != c.inDays(0) {
			t.Errorf("decided after the end: from %s", l.From)
		}
	})
}

// TestAnnulChange: an annulled change gives the version before its validity back.
func TestAnnulChange(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		c.heldItems()
		old := c.holdFood("JY-9", 90)
		k := c.toDecision(c.about(revision, old, catalog.PickUp))
		c.do(c.staff("dec"), k.No, Decide, Input{Grant: true})
		c.do(c.staff("clerk"), k.No, HandOver, Input{Recipient: "张明远"})
		c.must(c.d.Write(t.Context(), "test", func(tx *db.Tx) error {
			kk, err := c.scanCase(tx.QueryRow(sqlCaseByNo, k.No))
			if err != nil {
				return err
			}
			w, err := c.world(t.Context(), kk.VersionID)
			if err != nil {
				return err
			}
			st := &step{s: c.Service, tx: tx, a: c.staff("dec"), c: kk, w: w, from: kk.State}
			l, err := c.Licences.ChangeTx(tx, st.a, kk.LicenceID, licence.Annulled, licence.Struck, kk.No)
			if err != nil {
				return err
			}
			return st.undoHeld(l.ID)
		}))
		if a, b := c.foodLicence("JY-9", 1), c.foodLicence("JY-9", 2); a.Status != licence.Valid || a.ReplacedBy != 0 || b.Status != licence.Annulled {
			t.Errorf("%s %d %s", a.Status, a.ReplacedBy, b.Status)
		}
	})
}
