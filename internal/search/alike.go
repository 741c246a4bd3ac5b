package search

import (
	"cmp"
	"slices"
	"strings"
)

// alike 同义词 puts one word in the place of each of its group, and leaves out
// particles that say nothing: 给娃办个证 and 孩子办证 become the same.
type alike struct{ replace *strings.Replacer }

// particles go; words in which their characters mean something stay.
const (
	particles = "的 了 个 把 给"
	kept      = "目的 的士 标的 了解 个人 个体 给付 供给 补给 给予"
)

// newAlike takes groups of words, of which the first is the common one.
func newAlike(groups [][]string) *alike {
	as := map[string]string{}
	for w := range strings.FieldsSeq(particles) {
		as[w] = ""
	}
	for w := range strings.FieldsSeq(kept) {
		as[w] = w
	}
	for _, group := range groups {
		for _, w := range group {
			as[Normalise(w)] = Normalise(group[0])
		}
	}
	words := make([]string, 0, len(as))
	for w := range as {
		words = append(words, w)
	}
	slices.SortFunc(words, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	var pairs []string
	for _, w := range words {
		pairs = append(pairs, w, as[w])
	}
	return &alike{strings.NewReplacer(pairs...)}
}

// plain gives a normalised text in common words.
func (a *alike) plain(normalised string) string {
	return joinChinese(strings.TrimSpace(a.replace.Replace(normalised)))
}
