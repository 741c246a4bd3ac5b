package casework

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/fee"
	"github.com/tongban/tongban/internal/fee/sandbox"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/hook"
	"github.com/tongban/tongban/internal/identity"
)

// bank is a city that collects fees: at its windows, and over the net through a
// sandbox that is really called and really calls back.
type bank struct {
	*city
	box *sandbox.Sandbox
	key hook.Key
	url string
}

// Items with fees, by key.
const (
	dueEarly = "due-early" // 20 yuan before acceptance, 30 more with a web site
	dueMid   = "due-mid"   // 20 yuan before the decision
	dueLate  = "due-late"  // 20 yuan before delivery
	dueAuto  = "due-auto"  // 20 yuan before published clauses decide
)

func inBank(t *testing.T, test func(t *testing.T, c *bank)) {
	t.Helper()
	inCity(t, func(t *testing.T, c *city) {
		b := &bank{city: c, key: hook.NewKey()}
		mux := http.NewServeMux()
		srv := httptest.NewServer(mux)
		t.Cleanup(srv.Close)
		b.url = srv.URL
		var err error
		b.box, err = sandbox.New(sandbox.Config{Key: b.key, URL: srv.URL, Prefix: "/sandbox/pay", Now: c.clk.Now, Late: time.Millisecond})
		c.must(err)
		mux.Handle("/sandbox/pay/", b.box.Handler())
		mux.HandleFunc("POST /hooks/pay", func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if err := b.Fees.Heard(r.Context(), r, body); err != nil {
				w.WriteHeader(http.StatusInternalServerError)
			}
		})
		c.Fees = fee.New(fee.Config{DB: c.d, Identity: c.Identity, Vault: c.Vault, URL: srv.URL,
			Online: &fee.HTTP{Caller: &hook.Caller{Base: b.box.Base(), Key: b.key, Now: c.clk.Now}},
			Papers: func(tx *db.Tx, a actor.Actor, p fee.Paper) error { return c.FeePaper(tx, a, p) },
			Aside:  func(q db.Queryer, caseID int64) ([]int64, error) { return c.Aside(q, caseID) }})
		c.Fees.Handlers(c.jobs)
		for key, due := range map[string]catalog.FeeDue{dueEarly: catalog.DueBeforeAcceptance, dueMid: catalog.DueBeforeDecision, dueLate: catalog.DueBeforeDelivery} {
			def := items()[subsidy]
			def.BasicCode = map[string]string{dueEarly: "320599011000", dueMid: "320599012000", dueLate: "320599013000"}[key]
			def.Guide.Fees = []catalog.Fee{
				{Name: "工本费", Standard: "每证20元", Basis: "演示收费标准", Reducible: true, Reduction: "低保免收", Mark: "M", Amount: 2000, Due: string(due)},
				{Name: "网络核验费", Standard: "每次30元", Basis: "演示收费标准", Mark: "M", Amount: 3000, Due: string(due), When: &catalog.Cond{Field: "online", In: []string{"true"}}},
			}
			problems, err := c.Catalog.Import(t.Context(), actor.Platform(), def, nil)
			if err != nil {
				t.Fatalf("%v %v", err, problems)
			}
			c.codes[key] = c.batch.Units[1].USCC + "3" + def.BasicCode
		}
		def := items()[auto]
		def.BasicCode, def.Guide.Basics.PowerSource = "320199014000", "1"
		def.Guide.Fees = []catalog.Fee{{Name: "工本费", Standard: "每证20元", Basis: "演示收费标准", Mark: "M", Amount: 2000, Due: string(catalog.DueBeforeDecision)}}
		def.Guide.Auto = def.Guide.Auto[:2] // the third wants a company
		if problems, err := c.Catalog.Import(t.Context(), actor.Platform(), def, nil); err != nil {
			t.Fatalf("%v %v", err, problems)
		}
		c.codes[dueAuto] = c.batch.Units[1].USCC + "3" + def.BasicCode
		test(t, b)
	})
}

func (b *bank) in(t *testing.T) *bank { o := *b; o.city = b.on(t); return &o }

// bills of a case as its applicant sees them.
func (b *bank) bills(k *Case) []*fee.View { b.t.Helper(); return b.view(b.person("zhang"), k.No).Bills }

func (b *bank) bill(k *Case) *fee.View {
	b.t.Helper()
	all := b.bills(k)
	if len(all) == 0 {
		b.t.Fatal("there is no bill")
	}
	return all[len(all)-1]
}

// begin begins to pay and lets the provider answer.
func (b *bank) begin(no string) *fee.Payment {
	b.t.Helper()
	p, err := b.Fees.Begin(b.t.Context(), b.person("zhang"), no, nil)
	b.must(err)
	b.drain()
	return p
}

// pay is what the person does on the provider's page.
func (b *bank) pay(order, way string) {
	b.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.PostForm(b.url+"/sandbox/pay/orders/"+order, url.Values{"way": {way}})
	b.must(err)
	b.must(res.Body.Close())
	b.box.Wait()
}

// letter writes to the platform as the provider would.
func (b *bank) letter(kind fee.EntryKind, no string, state fee.ToldState, amount int64) error {
	b.t.Helper()
	body := []byte(`{"kind":"` + string(kind) + `","order":"` + no + `","state":"` + string(state) + `","amount":` + catalog.Yuan(amount * 100)[:len(catalog.Yuan(amount*100))-3] + `,"ref":"R"}`)
	r := httptest.NewRequest(http.MethodPost, "/hooks/pay", bytes.NewReader(body))
	b.key.Sign(r, body, b.clk.Now())
	return b.Fees.Heard(b.t.Context(), r, body)
}

func (b *bank) state(no string) fee.BillState {
	b.t.Helper()
	v, err := b.Fees.View(b.t.Context(), b.person("zhang"), no)
	b.must(err)
	return v.State
}

func (b *bank) events(k *Case, act string) int64 {
	b.t.Helper()
	return b.count(`SELECT count(*) FROM case_event WHERE case_id = $1 AND act = $2`, k.ID, act)
}

func TestFeesAtEachPoint(t *testing.T) {
	inBank(t, func(t *testing.T, b *bank) {
		unpaid := func(c *bank, who actor.Actor, no string, act Act, in Input) {
			c.t.Helper()
			if _, err := c.Perform(c.t.Context(), who, no, act, in); errs.Of(err).Code != "fee-unpaid" || !strings.Contains(err.Error(), "20.00") {
				c.t.Errorf("%s: %v", act, err)
			}
		}
		t.Run("before_acceptance_at_the_window", func(t *testing.T) {
			c, ctx := b.in(t), t.Context()
			k, clerk := c.submit(dueEarly, catalog.PickUp), c.staff("clerk")
			v := c.view(c.person("zhang"), k.No)
			doc, _, err := c.Document(ctx, c.person("zhang"), v.Documents[len(v.Documents)-1].ID)
			c.must(err)
			if doc.Kind != FeeNotice || doc.Number == "" || doc.Facts[0].Value != v.Bills[0].No || doc.Lines[0].Text != "20.00元 = 20.00元" || strings.Contains(strings.Join(doc.Basis, ""), "行政许可法") || doc.Basis[1] != "演示收费标准" {
				t.Errorf("%+v", doc)
			}
			unpaid(c, clerk, k.No, Accept, Input{})
			_, err = c.Fees.Take(ctx, clerk, v.Bills[0].No, fee.Taken{})
			c.field(err, "method")
			_, err = c.Fees.Take(ctx, clerk, v.Bills[0].No, fee.Taken{Method: fee.POS})
			c.field(err, "slip")
			bill, err := c.Fees.Take(ctx, clerk, v.Bills[0].No, fee.Taken{Version: v.Bills[0].Version, Method: fee.Cash})
			c.must(err)
			if bill.State != fee.Paid {
				t.Errorf("%+v", bill)
			}
			if _, err := c.Fees.Take(ctx, clerk, bill.No, fee.Taken{Method: fee.Cash}); !errors.Is(err, fee.ErrSettled) {
				t.Errorf("twice: %v", err)
			}
			v = c.view(c.person("zhang"), k.No)
			doc, hash, err := c.Document(ctx, c.person("zhang"), v.Documents[len(v.Documents)-1].ID)
			c.must(err)
			if doc.Kind != FeeReceipt || hash == "" || !strings.Contains(string(doc.Canonical()), "20.00元") {
				t.Errorf("%+v", doc)
			}
			if p := v.Bills[0].Payments[0]; p.ClerkName != "" {
				t.Errorf("the applicant reads who works there: %+v", p)
			}
			c.do(clerk, k.No, Accept, Input{})
		})
		t.Run("before_the_decision", func(t *testing.T) {
			c := b.in(t)
			k := c.advanceTo(dueMid, Deciding, catalog.PickUp)
			unpaid(c, c.staff("dec"), k.No, Decide, Input{Grant: true})
			if refused := c.do(c.staff("dec"), k.No, Decide, Input{Reason: "不符合条件"}); refused.Outcome != Refused {
				t.Errorf("a refusal waits for money: %+v", refused)
			}
			if s := c.state(c.bill(k).No); s != fee.Void {
				t.Errorf("after the refusal the bill is %s", s)
			}
		})
		t.Run("before_delivery_and_over_the_net", func(t *testing.T) {
			c := b.in(t)
			k := c.advanceTo(dueLate, Delivering, catalog.Electronic)
			c.drain() // the delivery waits, and its job is done with
			if v := c.view(c.person("zhang"), k.No); v.Case.State != Delivering {
				t.Fatalf("delivered unpaid: %s", v.Case.State)
			}
			p := c.begin(c.bill(k).No)
			if got := c.bill(k).Payments[0]; !strings.HasPrefix(got.PayURL, c.url) || got.State != fee.Begun {
				t.Errorf("%+v", got)
			}
			c.pay(p.OrderNo, "pay")
			c.drain()
			if v := c.view(c.person("zhang"), k.No); v.Case.State != Closed || v.Bills[0].State != fee.Paid {
				t.Errorf("%s, %s", v.Case.State, v.Bills[0].State)
			}
		})
		t.Run("acceptance_by_law_waits_for_nobody_else_for_the_bill_before", func(t *testing.T) {
			c := b.in(t)
			k := c.submit(dueEarly, catalog.PickUp)
			c.refused(identity.ErrForbidden, c.person("zhang"), k.No, Accept, Input{})
			bill := c.bill(k)
			if _, err := c.Fees.View(t.Context(), c.person("li"), bill.No); !errors.Is(err, fee.ErrNoBill) {
				t.Errorf("a stranger: %v", err)
			}
			if _, err := c.Fees.Take(t.Context(), c.staff("lxclerk"), bill.No, fee.Taken{Method: fee.Cash}); !errors.Is(err, fee.ErrNoBill) {
				t.Errorf("a clerk elsewhere: %v", err)
			}
			if _, err := c.Fees.Take(t.Context(), c.person("zhang"), bill.No, fee.Taken{Method: fee.Cash}); errs.KindOf(err) != errs.Forbidden {
				t.Errorf("the applicant takes his own money: %v", err)
			}
			if _, err := c.Fees.Begin(t.Context(), c.staff("clerk"), bill.No, nil); errs.KindOf(err) != errs.Forbidden {
				t.Errorf("a clerk pays for him: %v", err)
			}
		})
	})
}

// TestFeesBeside: what other acts mean for bills.
func TestFeesBeside(t *testing.T) {
	inBank(t, func(t *testing.T, b *bank) {
		t.Run("mended_answers_are_reckoned_again", func(t *testing.T) {
			c, ctx := b.in(t), t.Context()
			k, clerk := c.submit(dueEarly, catalog.PickUp), c.staff("clerk")
			first := c.bill(k)
			mend := func(online bool) {
				t.Helper()
				d, err := c.OpenMend(ctx, clerk, k.No, true)
				c.must(err)
				values := form.Values{}
				for n, x := range d.Data.Values {
					values[n] = x
				}
				values["online"], values["phone"] = online, "13811112222"
				if online {
					values["site"] = "演示网站"
				}
				_, err = c.SaveDraft(ctx, clerk, d.ID, 0, values, nil)
				c.must(err)
				if online {
					_, err = c.AttachFile(ctx, clerk, d.ID, "m03", c.file(), "b.pdf")
					c.must(err)
				}
				_, err = c.Submit(ctx, clerk, d.ID, SubmitInput{})
				c.must(err)
			}
			mend(false)
			if again := c.bill(k); again.No != first.No || again.State != fee.Due {
				t.Errorf("nothing to reckon again: %+v", again)
			}
			mend(true)
			now := c.bill(k)
			if now.No == first.No || now.Amount != 5000 || c.state(first.No) != fee.Void {
				t.Errorf("%+v, the first is %s", now, c.state(first.No))
			}
			if n := c.events(k, "fee-billed"); n != 2 {
				t.Errorf("%d notices", n)
			}
		})
		t.Run("the_machine_waits_for_the_money", func(t *testing.T) {
			c := b.in(t)
			c.InstantSample = 100
			k := c.do(c.staff("clerk"), c.submit(dueAuto, catalog.PickUp).No, Accept, Input{})
			c.drain()
			if v := c.view(c.person("zhang"), k.No); v.Case.State != Reviewing || v.Instant != nil {
				t.Fatalf("unpaid, and %s %+v", v.Case.State, v.Instant)
			}
			bill := c.bill(k)
			_, err := c.Fees.Take(t.Context(), c.staff("clerk"), bill.No, fee.Taken{Method: fee.Cash})
			c.must(err)
			c.drain()
			if v := c.view(c.person("zhang"), k.No); v.Case.Outcome != Granted || v.Case.State != Delivering {
				t.Fatalf("paid, and %s %s %+v", v.Case.State, v.Case.Outcome, v.Instant)
			}
			c.do(c.staff("rev"), k.No, SampleReview, Input{Kind: FindWrong, Reason: "看过"})
			c.do(c.staff("dec"), k.No, Annul, Input{Reason: "理由"})
			if v := c.bill(k); v.State != fee.Paid || len(v.Refunds) != 0 {
				t.Errorf("the annulment gives money back: %+v", v)
			}
		})
		t.Run("an_annulled_grant_is_not_charged_any_more", func(t *testing.T) {
			c := b.in(t)
			k := c.advanceTo(dueLate, Delivering, catalog.PickUp)
			bill := c.bill(k)
			c.must(c.d.Write(t.Context(), "test", func(tx *db.Tx) error { return c.Fees.DropTx(tx, k.ID) }))
			if s := c.state(bill.No); s != fee.Void {
				t.Errorf("the bill is %s", s)
			}
		})
		t.Run("who_stands_aside_has_no_part_in_bills", func(t *testing.T) {
			c, ctx := b.in(t), t.Context()
			k := c.advanceTo(dueMid, Deciding, catalog.PickUp)
			bill, dec := c.bill(k), c.staff("dec")
			_, err := c.Fees.View(ctx, dec, bill.No)
			c.must(err)
			c.do(dec, k.No, Recuse, Input{Reason: "申请人是近亲属"})
			if _, err := c.Fees.View(ctx, dec, bill.No); !errors.Is(err, identity.ErrRecused) {
				t.Errorf("still reads it: %v", err)
			}
			_, err = c.Fees.AskReduction(ctx, c.person("zhang"), bill.No, 1000, "低保家庭", nil)
			c.must(err)
			list, err := c.Fees.Waiting(ctx, dec)
			c.must(err)
			for _, v := range list {
				if v.No == bill.No {
					t.Error("it still waits for him")
				}
			}
		})
	})
}

func TestPayTroubles(t *testing.T) {
	inBank(t, func(t *testing.T, b *bank) {
		fresh := func(t *testing.T) (*bank, *Case, string, *fee.Payment) {
			c := b.in(t)
			k := c.submit(dueEarly, catalog.PickUp)
			no := c.bill(k).No
			return c, k, no, c.begin(no)
		}
		once := func(c *bank, k *Case) {
			c.t.Helper()
			if n := c.events(k, string(fee.PaidUp)); n != 1 || c.state(c.bill(k).No) != fee.Paid {
				c.t.Errorf("paid %d times, %s", n, c.state(c.bill(k).No))
			}
			if n := c.count(`SELECT count(*) FROM document WHERE case_id = $1 AND kind = 'fee-receipt'`, k.ID); n != 1 {
				c.t.Errorf("%d receipts", n)
			}
			if n := c.count(`SELECT count(*) FROM fee_refund r JOIN fee_bill b ON b.id = r.bill_id WHERE b.case_id = $1`, k.ID); n != 0 {
				c.t.Errorf("%d refunds proposed", n)
			}
		}
		t.Run("the_same_callback_twice", func(t *testing.T) {
			c, k, _, p := fresh(t)
			c.pay(p.OrderNo, "twice")
			once(c, k)
			c.must(c.letter(fee.MoneyIn, p.OrderNo, fee.ToldFailed, 0)) // it failed after it was paid: no
			once(c, k)
		})
		t.Run("for_an_unknown_payment", func(t *testing.T) {
			c := b.in(t)
			c.must(c.letter(fee.MoneyIn, "P20990101000001", fee.ToldDone, 2000))
			c.must(c.letter(fee.MoneyIn, "P20990101000001", fee.ToldDone, 2000))
			c.must(c.letter(fee.MoneyOut, "R20990101000001", fee.ToldDone, 500))
			books, err := c.Fees.Books(t.Context(), c.staff("sup"), clock.DateOf(c.clk.Now()))
			c.must(err)
			n := 0
			for _, d := range books.Differences {
				if d.Kind == fee.Unknown {
					n++
				}
			}
			if n != 2 {
				t.Errorf("%d: %+v", n, books.Differences)
			}
		})
		t.Run("an_amount_that_was_not_asked_for", func(t *testing.T) {
			c, k, no, p := fresh(t)
			c.pay(p.OrderNo, "wrong")
			v := c.bill(k)
			if v.State != fee.Due || v.Payments[0].State != fee.Wrong || v.Payments[0].Received != 1999 || len(v.Refunds) != 1 || v.Refunds[0].Amount != 1999 || v.Refunds[0].Cause != fee.WrongSum {
				t.Errorf("%+v", v)
			}
			p = c.begin(no) // and the right amount can still be paid
			c.pay(p.OrderNo, "pay")
			if c.state(no) != fee.Paid {
				t.Error("the bill cannot be paid any more")
			}
		})
		t.Run("a_callback_that_never_comes", func(t *testing.T) {
			c, k, _, p := fresh(t)
			c.pay(p.OrderNo, "silent")
			if c.state(c.bill(k).No) != fee.Due {
				t.Fatal("how does it know?")
			}
			c.clk.Add(3 * time.Minute)
			c.drain()
			once(c, k)
		})
		t.Run("two_letters_at_the_same_moment", func(t *testing.T) {
			c, k, _, p := fresh(t)
			// On PostgreSQL the second is booked between the first one's questions for
			// the order and for the bill; on SQLite acts wait for each other.
			told := false
			if c.d.Engine() == db.Postgres {
				c.d.Trace(func(act, sql string, _ []any) {
					if act == "fee.heard" && strings.Contains(sql, "FROM fee_bill WHERE id") && !told {
						told = true
						c.must(c.letter(fee.MoneyIn, p.OrderNo, fee.ToldDone, 2000))
					}
				})
			}
			c.must(c.letter(fee.MoneyIn, p.OrderNo, fee.ToldDone, 2000))
			c.d.Trace(nil)
			if c.d.Engine() == db.Postgres && !told {
				t.Fatal("the question was not met: the test showed nothing")
			}
			c.must(c.letter(fee.MoneyIn, p.OrderNo, fee.ToldDone, 2000))
			once(c, k)
		})
		t.Run("a_provider_that_answers_after_a_day", func(t *testing.T) {
			c, k, no, p := fresh(t)
			for range 20 { // nobody pays; the order is closed and the provider told
				c.clk.Add(10 * time.Minute)
				c.drain()
			}
			if got := c.bill(k).Payments[0]; got.State != fee.Closed {
				t.Fatalf("%+v", got)
			}
			c.clk.Add(24 * time.Hour)
			c.must(c.letter(fee.MoneyIn, p.OrderNo, fee.ToldDone, 2000))
			once(c, k)
			if v := c.bill(k); v.No != no || v.Payments[0].Day != clock.DateOf(c.clk.Now()).String() {
				t.Errorf("%+v", v.Payments)
			}
		})
		t.Run("begun_in_many_tabs", func(t *testing.T) {
			c := b.in(t)
			k := c.submit(dueEarly, catalog.PickUp)
			no, me := c.bill(k).No, c.person("zhang")
			var wg sync.WaitGroup
			orders := make([]string, 6)
			for i := range orders {
				wg.Go(func() {
					if p, err := c.Fees.Begin(t.Context(), me, no, nil); err == nil {
						orders[i] = p.OrderNo
					} else if !errors.Is(err, fee.ErrChanged) {
						t.Errorf("%v", err)
					}
				})
			}
			wg.Wait()
			seen := map[string]bool{}
			for _, o := range orders {
				if o != "" {
					seen[o] = true
				}
			}
			if n := c.count(`SELECT count(*) FROM fee_payment p JOIN fee_bill b ON b.id = p.bill_id WHERE b.no = $1`, no); n != 1 || len(seen) != 1 {
				t.Errorf("%d payments, orders %v", n, seen)
			}
		})
		t.Run("at_the_window_and_over_the_net", func(t *testing.T) {
			c, k, no, p := fresh(t)
			c.pay(p.OrderNo, "silent")
			_, err := c.Fees.Take(t.Context(), c.staff("clerk"), no, fee.Taken{Method: fee.POS, Slip: "000123"})
			c.must(err)
			c.drain() // the order is to be cancelled, and was paid
			c.must(c.letter(fee.MoneyIn, p.OrderNo, fee.ToldDone, 2000))
			v := c.bill(k)
			if v.State != fee.Paid || len(v.Refunds) != 1 || v.Refunds[0].Cause != fee.Surplus || v.Refunds[0].Amount != 2000 || c.events(k, string(fee.PaidUp)) != 1 {
				t.Fatalf("%+v", v)
			}
			refund := v.Refunds[0]
			if _, err := c.Fees.DecideRefund(t.Context(), c.staff("clerk"), no, refund.No, true, "重复缴费", nil); errs.KindOf(err) != errs.Forbidden {
				t.Errorf("a clerk decides: %v", err)
			}
			_, err = c.Fees.DecideRefund(t.Context(), c.staff("dec"), no, refund.No, true, "", nil)
			c.field(err, "reason")
			_, err = c.Fees.DecideRefund(t.Context(), c.staff("dec"), no, refund.No, true, "重复缴费，予以退还", nil)
			c.must(err)
			c.drain()
			if v := c.bill(k); v.Refunds[0].State != fee.Done || v.State != fee.Paid || v.Refundable != 2000 {
				t.Errorf("%+v", v)
			}
			if _, err := c.Fees.DecideRefund(t.Context(), c.staff("dec"), no, refund.No, true, "再退一次", nil); !errors.Is(err, fee.ErrDecided) {
				t.Errorf("decided twice: %v", err)
			}
			c.must(c.letter(fee.MoneyOut, refund.No, fee.ToldDone, 2000)) // and told again
			if n := c.events(k, string(fee.PaidBack)); n != 1 {
				t.Errorf("paid back %d times", n)
			}
		})
		t.Run("forged_or_old", func(t *testing.T) {
			c, k, _, p := fresh(t)
			body := []byte(`{"kind":"payment","order":"` + p.OrderNo + `","state":"done","amount":2000,"ref":"x"}`)
			send := func(key hook.Key, at time.Time, body []byte) error {
				r := httptest.NewRequest(http.MethodPost, "/hooks/pay", nil)
				key.Sign(r, body, at)
				return c.Fees.Heard(t.Context(), r, body)
			}
			if err := send(hook.NewKey(), c.clk.Now(), body); !errors.Is(err, hook.ErrSignature) {
				t.Errorf("%v", err)
			}
			if err := send(c.key, c.clk.Now().Add(-time.Hour), body); !errors.Is(err, hook.ErrStale) {
				t.Errorf("%v", err)
			}
			for _, junk := range []string{`{`, `{}`, `{"kind":"gift","order":"x","state":"done"}`, `{"kind":"payment","order":"x","state":"perhaps"}`, `{"kind":"payment","order":"x","state":"done","amount":-1}`} {
				if err := send(c.key, c.clk.Now(), []byte(junk)); errs.KindOf(err) != errs.Malformed {
					t.Errorf("%s: %v", junk, err)
				}
			}
			if c.state(c.bill(k).No) != fee.Due {
				t.Error("somebody else paid")
			}
		})
		t.Run("it_fails_and_is_begun_again", func(t *testing.T) {
			c, k, no, p := fresh(t)
			c.pay(p.OrderNo, "fail")
			next := c.begin(no)
			if next.OrderNo == p.OrderNo || c.bill(k).Payments[0].State != fee.Failed {
				t.Errorf("%+v", next)
			}
			c.pay(next.OrderNo, "late")
			once(c, k)
		})
	})
}

func TestReduction(t *testing.T) {
	inBank(t, func(t *testing.T, b *bank) {
		ctx, me := t.Context(), b.person("zhang")
		c := b.in(t)
		k := c.submit(dueEarly, catalog.PickUp)
		no := c.bill(k).No
		p := c.begin(no)
		_, err := c.Fees.AskReduction(ctx, me, no, 2001, "低保家庭", nil)
		c.field(err, "amount")
		_, err = c.Fees.AskReduction(ctx, me, no, 500, " ", nil)
		c.field(err, "ground")
		_, err = c.Fees.AskReduction(ctx, me, no, 500, "低保家庭", nil)
		c.must(err)
		if _, err := c.Fees.AskReduction(ctx, me, no, 500, "低保家庭", nil); !errors.Is(err, fee.ErrReducing) {
			t.Errorf("twice: %v", err)
		}
		if n := c.count(`SELECT count(*) FROM fee_reduction WHERE ground LIKE '%低保%'`); b.d.Engine() == db.SQLite && n != 0 {
			t.Error("the ground is stored in the clear")
		}
		if _, err := c.Fees.DecideReduction(ctx, c.staff("clerk"), no, true, "属实", nil); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("a clerk decides: %v", err)
		}
		_, err = c.Fees.DecideReduction(ctx, c.staff("dec"), no, true, "属实", nil)
		c.must(err)
		v := c.bill(k)
		if v.Left() != 1500 || v.Payments[0].State != fee.Closed {
			t.Fatalf("%+v", v)
		}
		// The old order is paid all the same, before its cancellation is known: the
		// bill is paid, and what is too much goes back.
		c.must(c.letter(fee.MoneyIn, p.OrderNo, fee.ToldDone, 2000))
		if v := c.bill(k); v.State != fee.Paid || len(v.Refunds) != 1 || v.Refunds[0].Amount != 500 {
			t.Errorf("%+v", v)
		}

		k = c.submit(dueEarly, catalog.PickUp)
		no = c.bill(k).No
		_, err = c.Fees.AskReduction(ctx, c.staff("clerk"), no, 2000, "低保家庭", nil)
		c.must(err)
		_, err = c.Fees.DecideReduction(ctx, c.staff("dec"), no, false, "材料不足", nil)
		c.must(err)
		_, err = c.Fees.AskReduction(ctx, me, no, 2000, "补充了低保证", nil)
		c.must(err)
		_, err = c.Fees.DecideReduction(ctx, c.staff("dec"), no, true, "属实，免收", nil)
		c.must(err)
		if s := c.state(no); s != fee.Waived {
			t.Errorf("%s", s)
		}
		c.do(c.staff("clerk"), k.No, Accept, Input{})
		if _, err := c.Fees.Begin(ctx, me, no, nil); !errors.Is(err, fee.ErrSettled) {
			t.Errorf("a waived bill is paid: %v", err)
		}
	})
}

func TestRefund(t *testing.T) {
	inBank(t, func(t *testing.T, b *bank) {
		ctx := t.Context()
		t.Run("when_the_application_is_withdrawn", func(t *testing.T) {
			c := b.in(t)
			k := c.submit(dueEarly, catalog.PickUp)
			p := c.begin(c.bill(k).No)
			c.do(c.person("zhang"), k.No, Withdraw, Input{})
			c.drain()
			if v := c.bill(k); v.State != fee.Void || v.Payments[0].State != fee.Closed {
				t.Errorf("%+v", v)
			}
			c.must(c.letter(fee.MoneyIn, p.OrderNo, fee.ToldDone, 2000)) // it was on its way
			if v := c.bill(k); v.State != fee.Void || !v.Payments[0].Surplus || len(v.Refunds) != 1 {
				t.Errorf("%+v", v)
			}
		})
		t.Run("of_what_was_paid_in_parts_and_never_more", func(t *testing.T) {
			c := b.in(t)
			k := c.submit(dueEarly, catalog.PickUp)
			no := c.bill(k).No
			c.pay(c.begin(no).OrderNo, "pay")
			_, err := c.Fees.AskRefund(ctx, c.person("zhang"), no, "", 2001, "多收", nil)
			c.field(err, "amount")
			_, err = c.Fees.AskRefund(ctx, c.person("zhang"), no, "", 800, "多收", nil)
			c.must(err)
			c.do(c.person("zhang"), k.No, Withdraw, Input{}) // the rest is proposed by the platform
			v := c.bill(k)
			if len(v.Refunds) != 2 || v.Refunds[1].Amount != 1200 || v.Refunds[1].Cause != fee.CaseEnded || v.Refundable != 0 {
				t.Fatalf("%+v", v.Refunds)
			}
			if _, err := c.Fees.AskRefund(ctx, c.person("zhang"), no, "", 1, "再退", nil); !errors.Is(err, fee.ErrTooMuch) {
				t.Errorf("%v", err)
			}
			_, err = c.Fees.DecideRefund(ctx, c.staff("dec"), no, v.Refunds[0].No, false, "没有多收", nil)
			c.must(err)
			_, err = c.Fees.DecideRefund(ctx, c.staff("dec"), no, v.Refunds[1].No, true, "办件撤回，予以退还", nil)
			c.must(err)
			c.drain()
			if v := c.bill(k); v.Refunds[0].State != fee.Declined || v.Refunds[1].State != fee.Done || v.Refundable != 800 {
				t.Errorf("%+v", v.Refunds)
			}
			view := c.view(c.person("zhang"), k.No)
			doc, _, err := c.Document(ctx, c.person("zhang"), view.Documents[len(view.Documents)-1].ID)
			c.must(err)
			if doc.Kind != FeeRefund || !strings.Contains(string(doc.Canonical()), "12.00元") {
				t.Errorf("%+v", doc)
			}
		})
		t.Run("at_the_window_out_of_the_till", func(t *testing.T) {
			c := b.in(t)
			k := c.submit(dueEarly, catalog.PickUp)
			no, clerk, other := c.bill(k).No, c.staff("clerk"), c.staff("clerk2")
			_, err := c.Fees.Take(ctx, clerk, no, fee.Taken{Method: fee.Cash})
			c.must(err)
			_, err = c.Fees.AskRefund(ctx, clerk, no, "", 2000, "申请人不办了", nil)
			c.must(err)
			refund := c.bill(k).Refunds[0].No
			if _, err := c.Fees.PayBack(ctx, clerk, no, refund, "张明远", nil); !errors.Is(err, fee.ErrDecided) {
				t.Errorf("before it was approved: %v", err)
			}
			_, err = c.Fees.DecideRefund(ctx, c.staff("dec"), no, refund, true, "同意", nil)
			c.must(err)
			c.drain()
			_, err = c.Fees.PayBack(ctx, other, no, refund, "张明远", nil)
			c.must(err)
			if _, err := c.Fees.PayBack(ctx, other, no, refund, "张明远", nil); !errors.Is(err, fee.ErrDecided) {
				t.Errorf("handed back twice: %v", err)
			}
			till, err := c.Fees.MyTill(ctx, other, clock.DateOf(c.clk.Now()))
			c.must(err)
			if till.Cash != -2000 {
				t.Errorf("%+v", till)
			}
		})
		t.Run("after_a_correction_that_changes_the_fee", func(t *testing.T) {
			c := b.in(t)
			k := c.submit(dueEarly, catalog.PickUp)
			first := c.bill(k).No
			c.pay(c.begin(first).OrderNo, "pay")
			c.do(c.staff("clerk"), k.No, RequestCorrection, Input{Asks: []Ask{{Field: "online"}}})
			me := c.person("zhang")
			c.correct(me, k.No, func(d *Draft) {
				v := d.Data.Values
				v["online"], v["site"] = true, "演示网站"
				_, err := c.SaveDraft(ctx, me, d.ID, d.Version, v, nil)
				c.must(err)
				_, err = c.AttachFile(ctx, me, d.ID, "m03", c.file(), "m03.pdf")
				c.must(err)
			})
			all := c.bills(k)
			if len(all) != 2 || all[0].State != fee.Paid || all[1].Amount != 3000 || all[1].State != fee.Due {
				t.Fatalf("%+v", all)
			}
			c.do(c.staff("clerk"), k.No, RequestCorrection, Input{Asks: []Ask{{Field: "online"}}})
			c.correct(me, k.No, func(d *Draft) {
				v := d.Data.Values
				v["online"] = false
				_, err := c.SaveDraft(ctx, me, d.ID, d.Version, v, nil)
				c.must(err)
			})
			if all = c.bills(k); len(all) != 2 || all[1].State != fee.Void {
				t.Errorf("%+v %+v", all[0], all[1])
			}
			c.do(c.staff("clerk"), k.No, Accept, Input{})
		})
	})
}

func TestTillAndMatch(t *testing.T) {
	inBank(t, func(t *testing.T, b *bank) {
		ctx, c := t.Context(), b.in(t)
		clerk, sup, today := c.staff("clerk"), c.staff("sup"), clock.DateOf(c.clk.Now())
		take := func(m fee.Method) string {
			no := c.bill(c.submit(dueEarly, catalog.PickUp)).No
			_, err := c.Fees.Take(ctx, clerk, no, fee.Taken{Method: m, Slip: "1"})
			c.must(err)
			return no
		}
		take(fee.Cash)
		take(fee.Cash)
		take(fee.POS)
		_, err := c.Fees.CloseTill(ctx, clerk, fee.Counted{Day: today, Cash: 3900, POS: 2000})
		c.field(err, "note")
		_, err = c.Fees.CloseTill(ctx, clerk, fee.Counted{Day: today + 1, Note: "x"})
		c.field(err, "day")
		till, err := c.Fees.CloseTill(ctx, clerk, fee.Counted{Day: today, Cash: 3900, POS: 2000, Note: "少1元，待查"})
		c.must(err)
		if till.Cash != 4000 || till.CountedCash != 3900 {
			t.Errorf("%+v", till)
		}
		if _, err := c.Fees.CloseTill(ctx, clerk, fee.Counted{Day: today, Cash: 4000, POS: 2000}); !errors.Is(err, fee.ErrTillClosed) {
			t.Errorf("closed twice: %v", err)
		}
		open := c.bill(c.submit(dueEarly, catalog.PickUp)).No
		if _, err := c.Fees.Take(ctx, clerk, open, fee.Taken{Method: fee.Cash}); !errors.Is(err, fee.ErrTillClosed) {
			t.Errorf("after closing: %v", err)
		}
		if s := c.state(open); s != fee.Due {
			t.Errorf("and yet %s", s)
		}

		paid := c.begin(open)
		c.pay(paid.OrderNo, "pay")
		lost := c.begin(c.bill(c.submit(dueEarly, catalog.PickUp)).No)
		c.pay(lost.OrderNo, "silent")
		c.must(c.letter(fee.MoneyIn, "P20990101000009", fee.ToldDone, 700))
		match := func() (open map[string]fee.Difference) {
			for _, p := range []string{fee.AtWindow, fee.OnlinePay} {
				c.must(c.Fees.Match(ctx, sup, p, today))
			}
			c.drain()
			books, err := c.Fees.Books(ctx, sup, today)
			c.must(err)
			open = map[string]fee.Difference{}
			for _, d := range books.Differences {
				if !d.Settled {
					open[d.Ref] = d
				}
			}
			return open
		}
		found := match()
		if len(found) != 3 || found[lost.OrderNo].Kind != fee.TheirsOnly || found[lost.OrderNo].Theirs != 2000 || found["P20990101000009"].Kind != fee.Unknown {
			t.Fatalf("%+v", found)
		}
		for ref, d := range found {
			if strings.HasPrefix(ref, "till/") && (d.Kind != fee.Amounts || d.Ours != 4000 || d.Theirs != 3900) {
				t.Errorf("%+v", d)
			}
		}
		// The lost callback was asked for, so the next match finds it even.
		if found = match(); len(found) != 2 {
			t.Errorf("%+v", found)
		}
		for _, d := range found {
			if err := c.Fees.Settle(ctx, sup, d.ID, ""); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%v", err)
			}
			c.must(c.Fees.Settle(ctx, sup, d.ID, "已核实，次日补入"))
			if err := c.Fees.Settle(ctx, sup, d.ID, "再处理"); !errors.Is(err, fee.ErrDecided) {
				t.Errorf("twice: %v", err)
			}
		}
		if found = match(); len(found) != 0 {
			t.Errorf("what was worked off comes back: %+v", found)
		}
		if err := c.Fees.Match(ctx, clerk, fee.OnlinePay, today); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("a clerk matches: %v", err)
		}
	})
}

// TestPayDay 缴费期限: working days from the notice; who has not paid is reminded
// before it ends, and nothing ends by itself when it is over.
func TestPayDay(t *testing.T) {
	inBank(t, func(t *testing.T, b *bank) {
		b.PayDays, b.PayRemind = 15, 3
		k := b.submit(dueMid, catalog.PickUp)
		paid := b.submit(dueMid, catalog.PickUp)
		b.clk.Set(day(t, "2026-03-30 09:00"))
		for _, no := range []string{k.No, paid.No} {
			b.do(b.staff("clerk"), no, Accept, Input{})
		}
		count := newDayCount(t)
		bill := b.bill(k)
		if want := count.due(story{days: 15, start: b.clk.Now()}); bill.PayBy != want {
			t.Fatalf("to be paid by %s, counted by hand %s", bill.PayBy, want)
		}
		v := b.view(b.person("zhang"), k.No)
		doc, _, err := b.Document(t.Context(), b.person("zhang"), v.Documents[len(v.Documents)-1].ID)
		b.must(err)
		if doc.Kind != FeeNotice || doc.Facts[len(doc.Facts)-1].Value != bill.PayBy || !strings.Contains(strings.Join(doc.Body, ""), "不会因此自动终止") {
			t.Errorf("the notice: %+v %v", doc.Facts, doc.Body)
		}
		_, err = b.Fees.Take(t.Context(), b.staff("clerk"), b.bill(paid).No, fee.Taken{Method: fee.Cash})
		b.must(err)
		remind := count.due(story{days: 12, start: b.clk.Now()})
		b.clk.Set(day(t, remind+" 08:59"))
		b.drain()
		if b.events(k, "fee-reminded") != 0 {
			t.Error("reminded too early")
		}
		b.clk.Set(day(t, remind+" 09:00"))
		b.drain()
		if b.events(k, "fee-reminded") != 1 || b.events(paid, "fee-reminded") != 0 {
			t.Errorf("reminded %d times, of what is paid %d", b.events(k, "fee-reminded"), b.events(paid, "fee-reminded"))
		}
		list, err := b.Notify.List(b.d.Read(t.Context()), b.person("zhang").For, 0, 50)
		b.must(err)
		if m := list.Messages[0]; !strings.Contains(m.Subject, "缴费期限") || !strings.Contains(m.Body, bill.PayBy) {
			t.Errorf("the message: %s %s", m.Subject, m.Body)
		}
		b.clk.Set(day(t, bill.PayBy+" 23:59"))
		if b.bill(k).Overdue {
			t.Error("over before its day ends")
		}
		b.clk.Add(2 * time.Minute)
		b.must(b.Tick(t.Context()))
		if v := b.bill(k); !v.Overdue || v.Left() == 0 || b.view(b.person("zhang"), k.No).Case.State != Reviewing {
			t.Errorf("after its day: %+v", v.Bill)
		}
		_, err = b.Fees.Take(t.Context(), b.staff("clerk"), bill.No, fee.Taken{Method: fee.Cash})
		b.must(err)
		if b.bill(k).Overdue {
			t.Error("paid and over")
		}
	})
}
