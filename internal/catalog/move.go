package catalog

import (
	"slices"

	"github.com/tongban/tongban/internal/identity"
)

// move is a line of a state table: who may do what in which state, and what
// comes of it.
type move[S, A ~string] struct {
	act  A
	from S
	to   S
	who  identity.Act
	note bool // words are needed
}

// moveOf finds the line for an act in a state.
func moveOf[S, A ~string](table []move[S, A], from S, act A) (m move[S, A], ok bool) {
	i := slices.IndexFunc(table, func(m move[S, A]) bool { return m.from == from && m.act == act })
	if i < 0 {
		return m, false
	}
	return table[i], true
}

// Offer says what can be done in a state, and who may.
type Offer[A ~string] struct {
	Act  A
	Who  identity.Act
	Note bool // words are needed
}

// offers lists what a state offers, in the table's order.
func offers[S, A ~string](table []move[S, A], from S) []Offer[A] {
	var out []Offer[A]
	for _, m := range table {
		if m.from == from {
			out = append(out, Offer[A]{m.act, m.who, m.note})
		}
	}
	return out
}
