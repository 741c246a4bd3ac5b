package search

import (
	"strings"

	"github.com/tongban/tongban/internal/db"
)

// A room that lists many rows in an order of its own keeps their words in an
// index of its own, made as search_index is (migration 0030), with the key of
// the list as rowid, and asks it for the newest rows that hold a text.

// Words gives the words of a text as such an index stores them.
func Words(e db.Engine, text string) string {
	words := []string{"z"} // every row has one
	seen := map[string]bool{}
	for _, w := range bigrams(joinChinese(Normalise(text))) {
		if w = inBody + w; !seen[w] {
			seen[w] = true
			words = append(words, w)
		}
	}
	if e == db.Postgres {
		return "'" + strings.Join(words, "' '") + "'"
	}
	return strings.Join(words, " ")
}

// Wish asks such an index for the rows that hold every word of a text, in the
// engine's query language; "" if the text has no words. What it finds is
// checked by Holds.
func Wish(e db.Engine, text string) string {
	var w wish
	for _, r := range ask(text).runs {
		for _, x := range lookup(r) {
			w = append(w, []word{{inBody + x.text, x.prefix}})
		}
	}
	if len(w) == 0 {
		return ""
	}
	return w.render(e)
}

// Holds reports whether a text holds every piece of a query, blanks between
// Chinese characters aside.
func Holds(text, query string) bool {
	whole := joinChinese(Normalise(text))
	for _, t := range ask(query).terms {
		if !strings.Contains(whole, t) {
			return false
		}
	}
	return true
}
