package search

import (
	"slices"
	"sort"
	"strings"
)

// lettered is a word of letters or digits of a name, or the pinyin of a part.
type lettered struct {
	text   string
	entry  int32
	weight float32
}

// addLetters adds what a name is found by in letters: its own words of letters
// and digits, and its pinyin.
func (x *Lexicon) addLetters(i int32, norm string, w float32) {
	for _, r := range runs(norm) {
		if r.kind != han {
			x.letters = append(x.letters, lettered{string(r.runes[:min(len(r.runes), maxWord)]), i, w})
		}
	}
	for j, word := range pinyinWords(norm) {
		weight := w
		if j > 1 { // the first two begin with the name
			weight *= insideWeight
		}
		x.letters = append(x.letters, lettered{word, i, weight}, lettered{slurred(word), i, weight * slurWeight})
	}
}

var slur = strings.NewReplacer("zh", "z", "ch", "c", "sh", "s", "ng", "n")

// slurred is pinyin of several syllables as heard, with a sign before it that
// sets it apart from what is written.
func slurred(word string) string { return "~" + slur.Replace(word) }

// spelled gives the runs of a question; pinyin typed with blanks is one run.
func (x *Lexicon) spelled(q question) []run {
	if len(q.runs) < 2 || slices.ContainsFunc(q.runs, func(r run) bool { return r.kind != latin }) {
		return q.runs
	}
	if len(x.letter(q.whole)) == 0 {
		return q.runs
	}
	return []run{{kind: latin, runes: []rune(q.whole)}}
}

// lettersOf tallies a run of letters or digits: the beginning of a word, or of
// the pinyin or initials of a name from any syllable on; failing that, of
// pinyin that sounds alike.
func (x *Lexicon) lettersOf(t *tally, word string) float32 {
	best := x.letter(word)
	rare := x.rarity(len(best))
	for i, w := range best {
		s := t.at(i)
		s.sum += rare * w
		s.named += rare
	}
	return rare
}

// leastSlurred is how many letters a word must have to be taken for pinyin.
const leastSlurred = 4

// letter weighs the entries that a word of letters or digits finds.
func (x *Lexicon) letter(word string) map[int32]float32 {
	word = word[:min(len(word), maxPinyinQuery)]
	best := x.begun(word)
	if len(best) == 0 && len(word) >= leastSlurred {
		return x.begun(slurred(word))
	}
	return best
}

// begun weighs the entries with a word that begins with these letters.
func (x *Lexicon) begun(word string) map[int32]float32 {
	from := sort.Search(len(x.letters), func(i int) bool { return x.letters[i].text >= word })
	best := map[int32]float32{}
	for _, l := range x.letters[from:] {
		if !strings.HasPrefix(l.text, word) {
			break
		}
		w := l.weight * (0.7 + 0.3*float32(len(word))/float32(len(l.text)))
		best[l.entry] = max(best[l.entry], w)
	}
	return best
}
