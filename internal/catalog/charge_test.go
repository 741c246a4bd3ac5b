package catalog

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tongban/tongban/internal/form"
)

const chargeForm = `{"type":"object","title":"表","x-steps":[{"key":"a","title":"一","fields":["kind","area","count","from","to"]}],"properties":{
	"kind":{"type":"string","title":"类","enum":["x","y"]},"area":{"type":"number","title":"面积","x-unit":"平方米"},"count":{"type":"integer","title":"数量"},
	"from":{"type":"string","format":"date","title":"从"},"to":{"type":"string","format":"date","title":"到"}}}`

func TestCharges(t *testing.T) {
	f, err := form.Compile([]byte(chargeForm), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	fee := func(change func(*Fee)) *Guide {
		x := Fee{Name: "占用费", Amount: 50, Due: "decision"}
		change(&x)
		return &Guide{Fees: []Fee{x, {Name: "税务征收", Standard: "按规定"}}}
	}
	all := form.Values{"kind": "x", "area": 12.34, "count": int64(3), "from": "2026-03-01", "to": "2026-03-10"}
	for name, c := range map[string]struct {
		g    *Guide
		due  FeeDue
		v    form.Values
		want int64 // -1: an error; 0: no charge
		said string
	}{
		"as it stands":              {fee(func(*Fee) {}), DueBeforeDecision, all, 50, "0.50元"},
		"at another time":           {fee(func(*Fee) {}), DueBeforeDelivery, all, 0, ""},
		"never: it is not ours":     {fee(func(*Fee) {}), "", all, 0, ""},
		"by area and days":          {fee(func(x *Fee) { x.Per = []string{"area", "from..to"} }), DueBeforeDecision, all, 6170, "0.50元 × 12.34平方米 × 10天"},
		"by count":                  {fee(func(x *Fee) { x.Per = []string{"count"} }), DueBeforeDecision, all, 150, "0.50元 × 3"},
		"half a fen goes up":        {fee(func(x *Fee) { x.Amount, x.Per = 1, []string{"area"} }), DueBeforeDecision, form.Values{"area": 2.5}, 3, "0.01元 × 2.5平方米"},
		"less than half is nothing": {fee(func(x *Fee) { x.Amount, x.Per = 1, []string{"area"} }), DueBeforeDecision, form.Values{"area": 0.49}, 0, ""},
		"one day":                   {fee(func(x *Fee) { x.Per = []string{"from..to"} }), DueBeforeDecision, form.Values{"from": "2026-03-01", "to": "2026-03-01"}, 50, "0.50元 × 1天"},
		"condition met":             {fee(func(x *Fee) { x.When = &Cond{Field: "kind", In: []string{"x"}} }), DueBeforeDecision, all, 50, "0.50元"},
		"condition not met":         {fee(func(x *Fee) { x.When = &Cond{Field: "kind", In: []string{"y"}} }), DueBeforeDecision, all, 0, ""},
		"quantity missing":          {fee(func(x *Fee) { x.Per = []string{"area"} }), DueBeforeDecision, form.Values{}, -1, ""},
		"below zero":                {fee(func(x *Fee) { x.Per = []string{"count"} }), DueBeforeDecision, form.Values{"count": int64(-1)}, -1, ""},
		"days backwards":            {fee(func(x *Fee) { x.Per = []string{"to..from"} }), DueBeforeDecision, all, -1, ""},
		"too much":                  {fee(func(x *Fee) { x.Amount, x.Per = MostFee, []string{"count"} }), DueBeforeDecision, all, -1, ""},
	} {
		got, err := c.g.Charges(c.due, f, c.v)
		switch {
		case c.want < 0:
			if err == nil {
				t.Errorf("%s: %+v", name, got)
			}
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want == 0 && len(got) > 0, c.want > 0 && (len(got) != 1 || got[0].Amount != c.want || got[0].Reckoned != c.said):
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestFen(t *testing.T) {
	for in, want := range map[string]int64{"12": 1200, "12.5": 1250, " 1,234.50元": 123450, "0.01": 1, "1.234": -1, "": -1, "-1": -1, "1e3": -1, "一": -1, "99999999999": -1, ".5": -1} {
		if got, ok := Fen(in); ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %d %v", in, got, ok)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, MostFee).Draw(t, "fen")
		if back, ok := Fen(Yuan(n)); !ok || back != n {
			t.Fatalf("%d is written %s and read %d", n, Yuan(n), back)
		}
	})
	if Yuan(-5) != "-0.05" || strings.Contains(Yuan(123456789), ",") {
		t.Error(Yuan(-5), Yuan(123456789))
	}
}
