package search

import (
	"slices"
	"strings"

	"github.com/mozillazg/go-pinyin"
)

// Bounds of pinyin words. A word holds at least maxPinyinQuery letters unless
// the title ends before, so a query is cut to that many.
const (
	maxSyllables   = 12
	maxInitials    = 20
	maxPinyinQuery = 20
	maxReadings    = 6 // readings kept for one starting syllable
)

// otherReadings are second readings of characters that are common in the names
// of services, where the dictionary's first one is not the only one heard.
func otherReadings(r rune) string {
	switch r {
	case '行':
		return "hang"
	case '长':
		return "zhang chang"
	case '重':
		return "chong zhong"
	case '会':
		return "kuai"
	case '调':
		return "tiao diao"
	case '校':
		return "jiao xiao"
	case '乐':
		return "yue le"
	case '参':
		return "shen can"
	case '差':
		return "chai cha"
	case '率':
		return "lv shuai"
	case '给':
		return "ji gei"
	case '都':
		return "du dou"
	case '藏':
		return "zang cang"
	case '传':
		return "zhuan chuan"
	case '降':
		return "xiang jiang"
	case '车':
		return "ju"
	case '单':
		return "shan dan"
	case '处':
		return "chu"
	case '种':
		return "zhong chong"
	case '曾':
		return "zeng ceng"
	case '厦':
		return "xia sha"
	case '锡':
		return "xi"
	case '石':
		return "shi dan"
	case '蓄':
		return "xu"
	case '血':
		return "xie xue"
	case '结':
		return "jie"
	}
	return ""
}

// syllables gives the readings of each character, the usual one first; letters
// and digits stand for themselves; what has no reading gives nothing.
func syllables(r run) [][]string {
	out := make([][]string, 0, len(r.runes))
	if r.kind != han {
		return [][]string{{string(r.runes)}}
	}
	args := pinyin.Args{Style: pinyin.Normal}
	for _, c := range r.runes {
		usual := pinyin.SinglePinyin(c, args)
		if len(usual) == 0 {
			continue
		}
		readings := []string{plain(usual[0])}
		for o := range strings.FieldsSeq(otherReadings(c)) {
			if o != readings[0] {
				readings = append(readings, o)
			}
		}
		out = append(out, readings)
	}
	return out
}

// plain writes ü as keyboards do.
func plain(syllable string) string { return strings.ReplaceAll(syllable, "ü", "v") }

// pinyinWords gives, for every syllable of a title, the full pinyin and the
// initials from there on. A query is a prefix of such a word exactly when it
// spells, or abbreviates, a part of the title from a syllable on, and it may
// stop in the middle of a syllable.
func pinyinWords(normalised string) []string {
	all := titleSyllables(normalised)
	seen := map[string]bool{}
	var out []string
	for i := range all {
		for _, w := range wordsFrom(all, i) {
			if !seen[w] {
				seen[w] = true
				out = append(out, w)
			}
		}
	}
	return out
}

func titleSyllables(normalised string) (all [][]string) {
	for _, r := range runs(normalised) {
		all = append(all, syllables(r)...)
	}
	return all
}

// wordsFrom gives the full pinyin and the initials from syllable i on.
func wordsFrom(all [][]string, i int) []string {
	return slices.Concat(spell(all[i:min(i+maxSyllables, len(all))], false), spell(all[i:min(i+maxInitials, len(all))], true))
}

// spelledFromStart reports whether letters spell or abbreviate a title's
// beginning.
func spelledFromStart(normalised, letters string) bool {
	c := []rune(normalised)
	all := titleSyllables(string(c[:min(len(c), maxInitials)]))
	return len(all) > 0 && begun(wordsFrom(all, 0), letters)
}

// begun reports whether any word begins with the letters, of which as many
// count as every word is sure to hold.
func begun(words []string, letters string) bool {
	letters = letters[:min(len(letters), maxPinyinQuery)]
	return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, letters) })
}

// spell joins syllables, or their first letters, over their readings.
func spell(part [][]string, initials bool) []string {
	words := []string{""}
	for _, readings := range part {
		var next []string
		for _, reading := range readings {
			if initials {
				reading = reading[:1]
			}
			for _, w := range words {
				if len(next) < maxReadings && !slices.Contains(next, w+reading) {
					next = append(next, w+reading)
				}
			}
		}
		words = next
	}
	return words
}

// soundOf is the usual full pinyin of Chinese text, "" if it has none.
func soundOf(normalised string) string {
	var b strings.Builder
	for _, r := range runs(normalised) {
		for _, readings := range syllables(r) {
			b.WriteString(readings[0])
		}
	}
	return b.String()
}
