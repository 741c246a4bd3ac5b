package catalog

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/form"
)

// FeeDue 缴费时点 says before which act a fee has to be paid.
type FeeDue string

// The points in time. A fee with none of them is told by the guide and
// collected elsewhere, such as by the tax office.
const (
	DueBeforeAcceptance FeeDue = "acceptance"
	DueBeforeDecision   FeeDue = "decision"
	DueBeforeDelivery   FeeDue = "delivery"
)

// FeeDues lists them in the order of a case.
var FeeDues = []FeeDue{DueBeforeAcceptance, DueBeforeDecision, DueBeforeDelivery}

// Collected reports whether the platform collects the fee.
func (f *Fee) Collected() bool { return f.Due != "" }

// Charge 应缴明细 is what one fee comes to for given answers.
type Charge struct {
	Name     string `json:"name"`
	Basis    string `json:"basis"`
	Reckoned string `json:"reckoned"` // how: "20.00元 × 12.5平方米 × 10天"
	Amount   int64  `json:"amount"`   // fen

	Reducible bool `json:"reducible,omitempty"` // the guide allows a reduction
}

// MostFee is the largest amount that one fee can come to, in fen: a thousand
// million yuan. What is more is a slip of the pen.
const MostFee int64 = 100_000_000_000

// Charges reckons the fees that are due at a point in time for the answers of a
// case, whose form gives the units. Quantities are exact decimals; each fee is
// rounded to the fen, halves up. Error: a quantity is missing or below zero, or
// an amount passes MostFee.
func (g *Guide) Charges(due FeeDue, f *form.Form, v form.Values) ([]Charge, error) {
	var out []Charge
	for i := range g.Fees {
		x := &g.Fees[i]
		if FeeDue(x.Due) != due || due == "" || x.When != nil && !x.When.Met(v) {
			continue
		}
		c, err := x.charge(f, v)
		if err != nil {
			return nil, fmt.Errorf("fee %q: %w", x.Name, err)
		}
		if c.Amount > 0 {
			out = append(out, c)
		}
	}
	return out, nil
}

func (f *Fee) charge(form *form.Form, v form.Values) (Charge, error) {
	c := Charge{Name: f.Name, Basis: f.Basis, Reckoned: Yuan(f.Amount) + "元", Reducible: f.Reducible}
	sum := new(big.Rat).SetInt64(f.Amount)
	for _, q := range f.Per {
		n, said, err := quantity(q, form, v)
		if err != nil {
			return c, err
		}
		sum.Mul(sum, n)
		c.Reckoned += " × " + said
	}
	fen := new(big.Rat).Add(sum, big.NewRat(1, 2))
	whole := new(big.Int).Quo(fen.Num(), fen.Denom())
	if !whole.IsInt64() || whole.Int64() > MostFee {
		return c, fmt.Errorf("it comes to %s fen", whole)
	}
	c.Amount = whole.Int64()
	return c, nil
}

// quantity reads what an amount is multiplied by: a number of the form, or
// "from..to" for the days between two dates, both counted.
func quantity(q string, f *form.Form, v form.Values) (*big.Rat, string, error) {
	if from, to, ok := strings.Cut(q, ".."); ok {
		a, errA := time.Parse(time.DateOnly, fmt.Sprint(v[from]))
		b, errB := time.Parse(time.DateOnly, fmt.Sprint(v[to]))
		if errA != nil || errB != nil || b.Before(a) {
			return nil, "", fmt.Errorf("%s is no period", q)
		}
		days := int64(b.Sub(a)/(24*time.Hour)) + 1
		return new(big.Rat).SetInt64(days), strconv.FormatInt(days, 10) + "天", nil
	}
	said := ""
	switch x := v[q].(type) {
	case int64:
		said = strconv.FormatInt(x, 10)
	case float64: // as it was typed: the shortest decimal that reads back the same
		said = strconv.FormatFloat(x, 'f', -1, 64)
	default:
		return nil, "", fmt.Errorf("%s is not answered", q)
	}
	n, ok := new(big.Rat).SetString(said)
	if !ok || n.Sign() < 0 {
		return nil, "", fmt.Errorf("%s is %s", q, said)
	}
	if fd := f.Field(q); fd != nil {
		said += fd.Unit
	}
	return n, said, nil
}

// Yuan writes an amount in fen as yuan with two decimals: "1234.50".
func Yuan(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	return fmt.Sprintf("%s%d.%02d", sign, fen/100, fen%100)
}

// Fen reads yuan as people write them, "12", "12.5" or "1,234.50", as fen.
// false: it is no amount, has more than two decimals, or passes MostFee.
func Fen(s string) (int64, bool) {
	s = strings.ReplaceAll(strings.TrimSuffix(strings.TrimSpace(s), "元"), ",", "")
	yuan, dec, _ := strings.Cut(s, ".")
	if len(dec) > 2 || len(yuan) == 0 || len(yuan) > 10 || strings.Trim(yuan+dec, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(yuan+(dec + "00")[:2], 10, 64)
	return n, err == nil && n <= MostFee
}

// wrongPer tells what is wrong with a quantity of a fee.
func (s *subject) wrongPer(q string) words {
	if from, to, ok := strings.Cut(q, ".."); ok {
		for _, name := range []string{from, to} {
			if fd := s.field(name); fd == nil || fd.Format != "date" {
				return words{"计费天数所指的“" + name + "”不是申请表中的日期", "“" + name + "” is no date of the form"}
			}
		}
		return words{}
	}
	if fd := s.field(q); fd == nil || fd.Type != form.Integer && fd.Type != form.Number {
		return words{"计费数量所指的“" + q + "”不是申请表中的数字", "“" + q + "” is no number of the form"}
	}
	return words{}
}

// chargeRules hold the part of a fee that the platform reckons and collects.
var chargeRules = []Rule{
	{Key: "fee-due", Severity: Blocks, Element: "fees", Rests: "第十二条", ZH: "收费“%s”的缴费时点不在代码表中", EN: "Fee “%s”: when it is due is not in the code table", reads: "fees",
		find: func(s *subject, say say) {
			for i, x := range s.g.Fees {
				if x.Due != "" && !slices.Contains(FeeDues, FeeDue(x.Due)) {
					say(loc("fees", i, "due"), x.Name)
				}
			}
		}},
	{Key: "fee-amount", Severity: Blocks, Element: "fees", Rests: "事项质检规则5", ZH: "收费“%s”：在平台缴纳的写明金额和缴费时点，不在平台缴纳的都不写", EN: "Fee “%s”: what the platform collects has an amount and says when it is due; else neither", reads: "fees",
		find: func(s *subject, say say) {
			for i, x := range s.g.Fees {
				if x.Collected() != (x.Amount > 0) || x.Amount < 0 || x.Amount > MostFee || !x.Collected() && (len(x.Per) > 0 || x.When != nil) {
					say(loc("fees", i, "amount"), x.Name)
				}
			}
		}},
	{Key: "fee-per", Severity: Blocks, Element: "fees", Rests: "事项质检规则5", ZH: "收费“%s”：%s", EN: "Fee “%s”: %s", reads: "fees form",
		find: func(s *subject, say say) {
			for i, x := range s.g.Fees {
				for _, q := range x.Per {
					if why := s.wrongPer(q); why != (words{}) {
						say(loc("fees", i, "per"), x.Name, why)
					}
				}
			}
		}},
	{Key: "fee-when", Severity: Blocks, Element: "fees", Rests: "事项质检规则5", ZH: "收费“%s”：%s", EN: "Fee “%s”: %s", reads: "fees form",
		find: func(s *subject, say say) {
			for i, x := range s.g.Fees {
				if why := s.wrongWhen(x.When); why != (words{}) {
					say(loc("fees", i, "when"), x.Name, why)
				}
			}
		}},
}

// money is an amount in fen for a comparison; none is none.
func money(fen int64) said {
	if fen == 0 {
		return said{}
	}
	return inWords(strconv.FormatInt(fen, 10), Yuan(fen)+"元", "¥"+Yuan(fen))
}

// text is a condition as one line.
func (c *Cond) text() string {
	switch {
	case c == nil:
		return ""
	case c.Set && len(c.In) == 0:
		return c.Field
	}
	return c.Field + map[bool]string{true: "?", false: ""}[c.Set] + "=" + strings.Join(c.In, "|")
}
