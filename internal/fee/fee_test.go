package fee

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db/dbtest"
)

func TestSQL(t *testing.T) { dbtest.Prepares(t, SQL()...) }

func TestWeigh(t *testing.T) {
	bill := func(state BillState, amount, reduced int64) *Bill {
		return &Bill{State: state, Amount: amount, Reduced: reduced}
	}
	for name, c := range map[string]struct {
		b    *Bill
		p    Payment
		got  int64
		want effect
		same bool
	}{
		"as asked":                    {bill(Due, 2000, 0), Payment{State: Begun, Amount: 2000}, 2000, effect{payment: Arrived, settles: true, cause: Surplus}, false},
		"after it was closed":         {bill(Due, 2000, 0), Payment{State: Closed, Amount: 2000}, 2000, effect{payment: Arrived, settles: true, cause: Surplus}, false},
		"after a failure":             {bill(Due, 2000, 0), Payment{State: Failed, Amount: 2000}, 2000, effect{payment: Arrived, settles: true, cause: Surplus}, false},
		"again":                       {bill(Paid, 2000, 0), Payment{State: Arrived, Amount: 2000}, 2000, effect{}, true},
		"again, and another amount":   {bill(Paid, 2000, 0), Payment{State: Arrived, Amount: 2000}, 1, effect{}, true},
		"by another way as well":      {bill(Paid, 2000, 0), Payment{State: Begun, Amount: 2000}, 2000, effect{payment: Arrived, surplus: true, back: 2000, cause: Surplus}, false},
		"of a void bill":              {bill(Void, 2000, 0), Payment{State: Begun, Amount: 2000}, 2000, effect{payment: Arrived, surplus: true, back: 2000, cause: Surplus}, false},
		"less":                        {bill(Due, 2000, 0), Payment{State: Begun, Amount: 2000}, 1999, effect{payment: Wrong, back: 1999, cause: WrongSum}, false},
		"more":                        {bill(Due, 2000, 0), Payment{State: Begun, Amount: 2000}, 2001, effect{payment: Wrong, back: 2001, cause: WrongSum}, false},
		"less was due in the end":     {bill(Due, 2000, 500), Payment{State: Closed, Amount: 2000}, 2000, effect{payment: Arrived, settles: true, back: 500, cause: Surplus}, false},
		"an old order of less is not": {bill(Due, 2000, 0), Payment{State: Closed, Amount: 1500}, 1500, effect{payment: Wrong, back: 1500, cause: WrongSum}, false},
	} {
		if got, same := weigh(c.b, &c.p, arrival{amount: c.got}); got != c.want || same != c.same {
			t.Errorf("%s: %+v %v", name, got, same)
		}
	}
	// Whatever arrives is kept or goes back, to the fen, and a bill is settled once.
	rapid.Check(t, func(t *rapid.T) {
		b := bill(Due, rapid.Int64Range(1, 1000).Draw(t, "amount"), 0)
		b.Reduced = rapid.Int64Range(0, b.Amount-1).Draw(t, "reduced")
		owed, kept, settled := b.Left(), int64(0), 0
		for range rapid.IntRange(1, 6).Draw(t, "arrivals") {
			p := Payment{State: rapid.SampledFrom([]PaymentState{Begun, Closed, Failed, Arrived, Wrong}).Draw(t, "state"), Amount: rapid.Int64Range(1, 1000).Draw(t, "order")}
			n := rapid.Int64Range(0, 1000).Draw(t, "got")
			e, again := weigh(b, &p, arrival{amount: n})
			if again {
				continue
			}
			kept += n - e.back
			if e.settles {
				settled++
				b.State = Paid
			}
		}
		if settled > 1 || kept != owed*int64(settled) {
			t.Fatalf("%d settled, %d kept of %d owed", settled, kept, owed)
		}
	})
}

func TestHolds(t *testing.T) {
	bills := []Bill{{No: "a", Due: catalog.DueBeforeDecision, State: Due, Amount: 1}, {No: "b", Due: catalog.DueBeforeAcceptance, State: Paid, Amount: 1}, {No: "c", Due: catalog.DueBeforeDelivery, State: Waived, Amount: 1, Reduced: 1}}
	for at, want := range map[catalog.FeeDue]bool{catalog.DueBeforeAcceptance: false, catalog.DueBeforeDecision: true, catalog.DueBeforeDelivery: true} {
		if b := holds(bills, at); (b != nil) != want {
			t.Errorf("%s: %+v", at, b)
		}
	}
}

func TestCompare(t *testing.T) {
	ours := []Entry{{MoneyIn, "P1", 100}, {MoneyIn, "P2", 200}, {MoneyOut, "R1", 50}, {MoneyIn, "P4", 10}}
	theirs := []Entry{{MoneyIn, "P1", 100}, {MoneyIn, "P2", 150}, {MoneyIn, "P3", 9}, {MoneyOut, "R1", 50}, {MoneyIn, "P2", 50}, {MoneyIn, "P4", 20}}
	got := compare(ours, theirs)
	if len(got) != 2 || got[0].Ref != "P3" || got[0].Kind != TheirsOnly || got[1].Ref != "P4" || got[1].Kind != Amounts || got[1].Theirs != 20 {
		t.Errorf("%+v", got)
	}
	if back := compare(theirs, ours); len(back) != 2 || back[0].Kind != OursOnly {
		t.Errorf("%+v", back)
	}
	if n, sum := total(ours); n != 4 || sum != 260 {
		t.Errorf("%d %d", n, sum)
	}
}

func TestWords(t *testing.T) {
	for _, w := range []interface{ Words() (string, string) }{Due, Paid, Waived, Void, Begun, Arrived, Failed, Closed, Wrong, IsAsked, Approved, Declined, Done, GoneBad, Cash, POS, Online,
		Asked, Surplus, WrongSum, CaseEnded, Recomputed, OursOnly, TheirsOnly, Amounts, Unknown} {
		if zh, en := w.Words(); zh == en || zh == "" {
			t.Errorf("%v has no words", w)
		}
	}
}
