package search

import (
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/db"
)

// word is one indexed word, or all that begin with it.
type word struct {
	text   string
	prefix bool
}

// wish is what a query asks of the index: all of the groups, and of each group
// at least one word.
type wish [][]word

// Where a word stands, its first letter in the index.
const (
	inTitle  = "t"
	inBody   = "b"
	inPinyin = "p"
)

// render writes a wish in the engine's query language. Words consist of
// letters and digits alone, so quoting cannot be broken out of.
func (w wish) render(e db.Engine) string {
	quote, star, and, or := `"`, `*`, " AND ", " OR "
	if e == db.Postgres {
		quote, star, and, or = `'`, `:*`, " & ", " | "
	}
	var b strings.Builder
	for i, group := range w {
		if i > 0 {
			b.WriteString(and)
		}
		b.WriteByte('(')
		for j, x := range group {
			if j > 0 {
				b.WriteString(or)
			}
			b.WriteString(quote + x.text + quote)
			if x.prefix {
				b.WriteString(star)
			}
		}
		b.WriteByte(')')
	}
	return b.String()
}

// maxQuery bounds what is read of a query, in characters.
const maxQuery = 100

// question is a query, taken apart once.
type question struct {
	whole string   // without blanks
	terms []string // pieces between blanks
	runs  []run
}

func ask(text string) question {
	n := []rune(Normalise(text))
	norm := string(n[:min(len(n), maxQuery)])
	return question{whole: strings.ReplaceAll(norm, " ", ""), terms: strings.Fields(norm), runs: runs(norm)}
}

// lookup is the words of one run as a query asks for them.
func lookup(r run) []word {
	if r.kind != han {
		return []word{{string(r.runes[:min(len(r.runes), maxWord)]), true}}
	}
	var out []word
	for _, p := range pairs(r.runes) {
		out = append(out, word{p, len(r.runes) == 1})
	}
	return out
}

// titleWish: every word in the title; letters may be pinyin of it.
func (q question) titleWish() wish {
	var w wish
	for _, r := range q.runs {
		for _, x := range lookup(r) {
			group := []word{{inTitle + x.text, x.prefix}}
			if r.kind == latin {
				group = append(group, word{inPinyin + x.text[:min(len(x.text), maxPinyinQuery)], true})
			}
			w = append(w, group)
		}
	}
	return w
}

// bodyWish: every word in title or body.
func (q question) bodyWish() wish {
	var w wish
	for _, r := range q.runs {
		for _, x := range lookup(r) {
			w = append(w, []word{{inTitle + x.text, x.prefix}, {inBody + x.text, x.prefix}})
		}
	}
	return w
}

// soundWish: a title that sounds like the query; nil if it has no Chinese.
func (q question) soundWish() wish {
	var w wish
	chinese := false
	for _, t := range q.terms {
		for _, r := range runs(t) {
			chinese = chinese || r.kind == han
		}
		sound := soundOf(t)
		if sound == "" {
			return nil
		}
		w = append(w, []word{{inPinyin + sound[:min(len(sound), maxPinyinQuery)], true}})
	}
	if !chinese {
		return nil
	}
	return w
}

// similarWish: a title that shares any word.
func (q question) similarWish() wish {
	var group []word
	for _, r := range q.runs {
		for _, x := range lookup(r) {
			group = append(group, word{inTitle + x.text, x.prefix})
		}
	}
	if len(group) == 0 {
		return nil
	}
	return wish{group}
}

// How well a title answers, best first.
const (
	exact = iota
	begins
	holds
	holdsAll
	spellsStart
	spells
	below // in the body, or only similar
)

// fit rechecks a title word for word; ok is false if the index was too generous.
func (q question) fit(title string) (grade int, ok bool) {
	joined := strings.ReplaceAll(title, " ", "")
	switch {
	case joined == q.whole:
		return exact, true
	case strings.HasPrefix(joined, q.whole):
		return begins, true
	case strings.Contains(joined, q.whole):
		return holds, true
	}
	if len(q.runs) == 1 && q.runs[0].kind == latin {
		// The index proved it: a word of the title, or of its pinyin, begins so.
		if spelledFromStart(title, q.whole) {
			return spellsStart, true
		}
		return spells, true
	}
	grade = holdsAll
	var sounds []string
	for _, t := range q.terms {
		if strings.Contains(joined, t) {
			continue
		}
		pieces := runs(t)
		if !slices.ContainsFunc(pieces, func(r run) bool { return r.kind == latin }) {
			return 0, false
		}
		for _, r := range pieces {
			s := string(r.runes)
			if strings.Contains(joined, s) {
				continue
			}
			if sounds == nil {
				sounds = pinyinWords(title)
			}
			if r.kind != latin || !begun(sounds, s) {
				return 0, false
			}
			grade = spells
		}
	}
	return grade, true
}

// inText rechecks title and body together: every term stands in one of them.
func (q question) inText(title, body string) bool {
	title, body = strings.ReplaceAll(title, " ", ""), strings.ReplaceAll(Normalise(body), " ", "")
	for _, t := range q.terms {
		if !strings.Contains(title, t) && !strings.Contains(body, t) {
			return false
		}
	}
	return true
}

// alike measures what a title shares with the query, 0 to 1, by words; less
// than a third of the query's words is nothing.
func (q question) alike(title string) float64 {
	has := map[string]bool{}
	n := 0
	for _, w := range bigrams(joinChinese(title)) {
		if !has[w] {
			has[w] = true
			n++
		}
	}
	shared, asked := 0, 0
	for _, r := range q.runs {
		for _, x := range lookup(r) {
			asked++
			if has[x.text] {
				shared++
			}
		}
	}
	if shared == 0 || shared*3 < asked {
		return 0
	}
	return 2 * float64(shared) / float64(asked+n)
}
