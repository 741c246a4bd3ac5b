package fee

import (
	"cmp"
	"slices"
	"time"
)

// Entry 流水 is one line of a day's money: what we have, or what the provider
// lists.
type Entry struct {
	Kind   EntryKind `json:"kind"`
	Ref    string    `json:"order"`  // our number: of the order, or of the refund
	Amount int64     `json:"amount"` // fen
}

// EntryKind tells money in from money out.
type EntryKind string

// The kinds.
const (
	MoneyIn  EntryKind = "payment"
	MoneyOut EntryKind = "refund"
)

// Difference 差异 is where our books and the provider's list do not agree, or
// where a provider told us of an order that we do not know.
type Difference struct {
	ID        int64
	Provider  string
	Day       string
	Kind      DifferenceKind
	Ref       string
	Ours      int64 // fen
	Theirs    int64 // fen
	Settled   bool
	Note      string // how it was worked off
	ByID      int64
	ByName    string
	FoundAt   time.Time
	SettledAt time.Time
}

// DifferenceKind 差异种类.
type DifferenceKind string

// The kinds.
const (
	OursOnly   DifferenceKind = "ours-only"
	TheirsOnly DifferenceKind = "theirs-only"
	Amounts    DifferenceKind = "amount"
	Unknown    DifferenceKind = "unknown" // a callback about an order that is not ours
)

// Words gives the kind's name for people.
func (k DifferenceKind) Words() (zh, en string) { return words("difference", string(k)) }

// compare 对账 holds two lists of a day against one another. An order that one
// side lists twice counts with its sum. The result is in a fixed order.
func compare(ours, theirs []Entry) []Difference {
	type key struct {
		kind EntryKind
		ref  string
	}
	sums := func(list []Entry) map[key]int64 {
		m := map[key]int64{}
		for _, e := range list {
			m[key{e.Kind, e.Ref}] += e.Amount
		}
		return m
	}
	a, b := sums(ours), sums(theirs)
	var out []Difference
	for k, n := range a {
		switch m, ok := b[k]; {
		case !ok:
			out = append(out, Difference{Kind: OursOnly, Ref: k.ref, Ours: n})
		case m != n:
			out = append(out, Difference{Kind: Amounts, Ref: k.ref, Ours: n, Theirs: m})
		}
	}
	for k, m := range b {
		if _, ok := a[k]; !ok {
			out = append(out, Difference{Kind: TheirsOnly, Ref: k.ref, Theirs: m})
		}
	}
	slices.SortFunc(out, func(x, y Difference) int {
		return cmp.Or(cmp.Compare(x.Ref, y.Ref), cmp.Compare(x.Kind, y.Kind))
	})
	return out
}

// total is how many lines a list has and what they come to, money out counted
// negative.
func total(list []Entry) (count, sum int64) {
	for _, e := range list {
		count++
		if e.Kind == MoneyOut {
			sum -= e.Amount
		} else {
			sum += e.Amount
		}
	}
	return count, sum
}
