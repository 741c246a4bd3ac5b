package search

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// run is an unbroken piece of one script.
type run struct {
	kind  runKind
	runes []rune
}

type runKind uint8

const (
	han   runKind = iota // Chinese characters, and letters of other scripts
	latin                // a–z
	digit                // 0–9
)

// Normalise gives text the form in which it is compared: compatibility forms
// unified (full width becomes half width), lower case, one blank for whatever
// is neither letter nor digit. Exact rechecks compare normalised texts.
func Normalise(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	blank := true
	for _, r := range norm.NFKC.String(text) {
		r = unicode.ToLower(r)
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			if !blank {
				b.WriteByte(' ')
			}
			blank = true
			continue
		}
		blank = false
		b.WriteRune(r)
	}
	return strings.TrimSuffix(b.String(), " ")
}

// runs cuts normalised text where the script changes and at blanks.
func runs(normalised string) []run {
	var out []run
	open := false
	for _, r := range normalised {
		if r == ' ' {
			open = false
			continue
		}
		k := han
		switch {
		case r >= 'a' && r <= 'z':
			k = latin
		case unicode.IsDigit(r):
			k = digit
		}
		if !open || out[len(out)-1].kind != k {
			out = append(out, run{kind: k})
			open = true
		}
		last := &out[len(out)-1]
		last.runes = append(last.runes, r)
	}
	return out
}

// maxWord bounds one word of letters or digits, in characters; longer ones are
// cut alike in documents and queries, and the recheck sees the whole.
const maxWord = 64

// bigrams gives the words of a text: overlapping pairs of Chinese characters
// and the last character of each run alone, so that every character begins a
// word; runs of letters and of digits whole. Words may repeat.
func bigrams(normalised string) []string {
	var out []string
	for _, r := range runs(normalised) {
		if r.kind != han {
			out = append(out, string(r.runes[:min(len(r.runes), maxWord)]))
			continue
		}
		for i := range r.runes {
			out = append(out, string(r.runes[i:min(i+2, len(r.runes))]))
		}
	}
	return out
}

// pairs gives what bigrams gives without the single last characters: the
// words that a query asks for.
func pairs(runes []rune) []string {
	if len(runes) < 2 {
		return []string{string(runes)}
	}
	out := make([]string, 0, len(runes)-1)
	for i := 0; i+2 <= len(runes); i++ {
		out = append(out, string(runes[i:i+2]))
	}
	return out
}
