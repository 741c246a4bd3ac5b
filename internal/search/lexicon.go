package search

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"strings"
	"sync"
)

// Entry 词条 is something that people name in many ways.
type Entry struct {
	ID    int64
	Names []Name
	Text  string // one sentence of explanation; it counts less than any name
}

// Name is one way to say it. Weight is at most 1.
type Name struct {
	Text   string
	Weight float64
}

// Lexicon 词库 finds entries by how people speak: whole questions, names cut
// short or with a wrong character, pinyin and initials. It is kept in memory,
// never changes, and may be used by many at once.
//
//	question ── stop words off ──► pairs of characters, or of syllables where those fail
//	        └── in common words ─► names inside the question · the question inside a name
//	                               letters: pinyin, initials, words
//	                                           └──► share of the question, rare pairs more
type Lexicon struct {
	ids      []int64
	pairs    map[pair][]posting
	singles  map[rune][]posting
	sounds   map[uint32][]posting // pairs of syllables
	syllable map[string]uint16    // numbers them
	names    map[string][]nameRef
	all      []nameRef // names of each entry, one after another
	from     []int     // where those of an entry begin
	texts    []string
	letters  []lettered // sorted
	alike    *alike
	longest  int // of all names, in characters
	pool     sync.Pool
}

type pair struct{ a, b rune }

type posting struct {
	entry  int32
	weight float32
}

type nameRef struct {
	entry  int32
	weight float32
	text   string
	runes  int
}

// Match is an entry that was found. Sure says that the words stand there, not
// only similar ones.
type Match struct {
	ID    int64
	Score float64
	Sure  bool
}

// Weights, tuned on the tuning half of the query set.
const (
	wholeShare   = 0.6  // of what all names of an entry have of the question together
	oneName      = 0.6  // of what the best of them has
	nameRest     = 0.4  // of that, for how little else is in the name
	textWeight   = 0.4  // of the explanation
	soundWeight  = 0.6  // of what only sounds alike
	slurWeight   = 0.8  // of pinyin in which only such sounds differ as many do not tell apart
	alikeWeight  = 0.95 // of what is found in common words alone
	insideWeight = 0.75 // of pinyin from the middle of a name on
	unknownShare = 0.35 // of a rare pair, for one that no entry has
	enoughSure   = 0.8  // share of the question that names must cover to be sure
	looseWeight  = 0.15 // of single characters in a run
	sureShare    = 0.4  // of the question, for a name in it to be sure
	hopeless     = 0.2  // score below which nothing is given at all
	weakest      = 0.25 // share of the best score below which
	anyway       = 5    // no more than these are given
)

// NewLexicon makes a lexicon. Each group holds words that stand for each other
// wherever they occur, in names and in questions.
func NewLexicon(entries []Entry, groups [][]string) *Lexicon {
	x := &Lexicon{pairs: map[pair][]posting{}, singles: map[rune][]posting{}, sounds: map[uint32][]posting{}, syllable: map[string]uint16{},
		names: map[string][]nameRef{}, alike: newAlike(groups)}
	for i, e := range entries {
		x.add(int32(i), e)
	}
	x.from = append(x.from, len(x.all))
	slices.SortFunc(x.letters, func(a, b lettered) int {
		return cmp.Or(cmp.Compare(a.text, b.text), cmp.Compare(a.entry, b.entry), cmp.Compare(b.weight, a.weight))
	})
	x.letters = slices.CompactFunc(x.letters, func(a, b lettered) bool { return a.text == b.text && a.entry == b.entry })
	n := len(entries)
	x.pool.New = func() any { return &tally{of: make([]standing, n)} }
	return x
}

// content is what the names of one entry hold, each with the best weight.
type content struct {
	pairs   map[pair]float32
	singles map[rune]float32
	sounds  map[uint32]float32
	names   map[string]bool
}

func (x *Lexicon) add(i int32, e Entry) {
	x.ids = append(x.ids, e.ID)
	x.from = append(x.from, len(x.all))
	h := content{map[pair]float32{}, map[rune]float32{}, map[uint32]float32{}, map[string]bool{}}
	for _, n := range e.Names {
		norm, w := joinChinese(Normalise(n.Text)), float32(n.Weight)
		if x.addName(h, i, norm, w) {
			x.addLetters(i, norm, w)
		}
		x.addName(h, i, x.alike.plain(norm), w)
	}
	text := joinChinese(Normalise(e.Text))
	x.texts = append(x.texts, strings.ReplaceAll(text, " ", ""))
	for _, r := range slices.Concat(runs(text), runs(x.alike.plain(text))) {
		if r.kind != han {
			continue
		}
		for j := 1; j < len(r.runes); j++ {
			p := pair{r.runes[j-1], r.runes[j]}
			h.pairs[p] = max(h.pairs[p], textWeight)
		}
	}
	for p, w := range h.pairs {
		x.pairs[p] = append(x.pairs[p], posting{i, w})
	}
	for c, w := range h.singles {
		x.singles[c] = append(x.singles[c], posting{i, w})
	}
	for s, w := range h.sounds {
		x.sounds[s] = append(x.sounds[s], posting{i, w})
	}
}

// addName adds a normalised name that the entry does not yet have.
func (x *Lexicon) addName(h content, i int32, norm string, w float32) bool {
	if norm == "" || h.names[norm] {
		return false
	}
	h.names[norm] = true
	whole := strings.ReplaceAll(norm, " ", "")
	ref := nameRef{i, w, whole, len([]rune(whole))}
	x.all = append(x.all, ref)
	x.names[whole] = append(x.names[whole], ref)
	x.longest = max(x.longest, ref.runes)
	for _, r := range runs(norm) {
		if r.kind != han {
			continue
		}
		for j, c := range r.runes {
			h.singles[c] = max(h.singles[c], w)
			if j > 0 {
				p := pair{r.runes[j-1], c}
				h.pairs[p] = max(h.pairs[p], w)
			}
		}
		for _, s := range x.heard(r.runes, true) {
			h.sounds[s] = max(h.sounds[s], w)
		}
	}
	return true
}

// heard gives the pairs of syllables of a run; 0 stands for a pair with a
// syllable that no name has. New syllables are numbered when learn is set.
func (x *Lexicon) heard(c []rune, learn bool) []uint32 {
	if len(c) < 2 {
		return nil
	}
	nums := make([]uint16, len(c))
	for i, r := range c {
		all := syllables(run{kind: han, runes: []rune{r}})
		if len(all) == 0 {
			continue
		}
		s := asHeard(all[0][0])
		n, ok := x.syllable[s]
		if !ok && learn {
			n = uint16(len(x.syllable) + 1)
			x.syllable[s] = n
		}
		nums[i] = n
	}
	out := make([]uint32, len(c)-1)
	for i := range out {
		if nums[i] != 0 && nums[i+1] != 0 {
			out[i] = uint32(nums[i])<<16 | uint32(nums[i+1])
		}
	}
	return out
}

// asHeard makes one of syllables that many speakers do not tell apart: zh and
// z, ch and c, sh and s, a final ng and n.
func asHeard(s string) string {
	if len(s) > 1 && s[1] == 'h' {
		s = s[:1] + s[2:]
	}
	return strings.TrimSuffix(s, "g")
}

// standing is what one entry gathers of a question.
type standing struct {
	sum    float32 // of the pairs it has, by rarity and weight
	named  float32 // of these, in names and exactly written
	phrase float32 // the best name that stands in the question, or holds it
	sure   bool
	hit    bool
}

type tally struct {
	of      []standing
	touched []int32
}

func (t *tally) at(i int32) *standing {
	s := &t.of[i]
	if !s.hit {
		s.hit = true
		t.touched = append(t.touched, i)
	}
	return s
}

// leading gives the entries that gathered most, at most n: only their names
// are looked at one by one.
func (t *tally) leading(n int, total float32) []int32 {
	if len(t.touched) <= n {
		return t.touched
	}
	slices.SortFunc(t.touched, func(a, b int32) int {
		x, y := &t.of[a], &t.of[b]
		return cmp.Or(cmp.Compare(y.sum/total+y.phrase, x.sum/total+x.phrase), cmp.Compare(a, b))
	})
	return t.touched[:n]
}

// rarity of what n entries have.
func (x *Lexicon) rarity(n int) float32 {
	return float32(math.Log(1 + float64(len(x.ids)+1)/float64(n+1)))
}

// Find gives entries, best first, at most limit.
func (x *Lexicon) Find(text string, limit int) []Match {
	whole := ask(text)
	q := whole
	if bare := withoutStopWords(whole); bare != "" {
		q = ask(bare)
	}
	if q.whole == "" || len(x.ids) == 0 {
		return nil
	}
	out := x.find(q, whole, limit)
	if plain := x.alike.plain(strings.Join(q.terms, " ")); plain != "" && plain != strings.Join(q.terms, " ") {
		common := ask(plain)
		out = better(out, x.find(common, common, limit))
	}
	slices.SortFunc(out, func(a, b Match) int { return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.ID, b.ID)) })
	if len(out) > 0 {
		least := weakest * out[0].Score
		out = out[:max(min(anyway, len(out)), sort.Search(len(out), func(i int) bool { return out[i].Score < least }))]
	}
	return out[:min(len(out), limit)]
}

// better puts together what was found in a person's words and in common ones.
func better(own, common []Match) []Match {
	at := make(map[int64]int, len(own))
	for i, m := range own {
		at[m.ID] = i
	}
	for _, m := range common {
		m.Score *= alikeWeight
		if i, known := at[m.ID]; known {
			own[i].Score, own[i].Sure = max(own[i].Score, m.Score), own[i].Sure || m.Sure
		} else {
			own = append(own, m)
		}
	}
	return own
}

// find weighs the entries that have something of a question q, without order;
// whole is the question with its words of asking.
func (x *Lexicon) find(q, whole question, limit int) []Match {
	t := x.pool.Get().(*tally)
	defer func() {
		for _, i := range t.touched {
			t.of[i] = standing{}
		}
		t.touched = t.touched[:0]
		x.pool.Put(t)
	}()
	total := float32(0)
	var asked []askedPair
	for _, r := range x.spelled(q) {
		switch {
		case r.kind != han:
			total += x.lettersOf(t, string(r.runes))
		case len(r.runes) == 1:
			total += x.single(t, r.runes[0])
		default:
			all, weight := x.pairsOf(t, r.runes)
			asked, total = append(asked, all...), total+weight
			x.loose(t, r.runes)
		}
	}
	total = max(total, 1e-6)
	x.within(t, whole.whole)
	if q.whole != whole.whole {
		x.within(t, q.whole)
	}
	out := make([]Match, 0, min(len(t.touched), limit))
	for _, i := range t.leading(limit, total) {
		s := &t.of[i]
		x.around(s, i, q)
		score := float64(wholeShare*s.sum/total + oneName*x.bestName(i, asked)/total + s.phrase)
		sure := s.sure || s.named >= enoughSure*total
		if sure {
			score += 0.1
		}
		if score >= hopeless {
			out = append(out, Match{x.ids[i], score, sure})
		}
	}
	return out
}

// pairsOf tallies a run of Chinese characters and gives what it weighs.
func (x *Lexicon) pairsOf(t *tally, c []rune) (asked []askedPair, total float32) {
	heard := x.heard(c, false)
	for i := 1; i < len(c); i++ {
		written, alike := x.pairs[pair{c[i-1], c[i]}], x.sounds[heard[i-1]]
		if len(written) == 0 && len(alike) == 0 {
			total += unknownShare * x.rarity(0)
			continue
		}
		rare := x.rarity(max(len(written), len(alike)))
		if len(written) > 0 {
			rare = x.rarity(len(written))
		}
		total += rare
		asked = append(asked, askedPair{string(c[i-1 : i+1]), rare})
		has := map[int32]float32{}
		for _, p := range written {
			s := t.at(p.entry)
			s.sum += rare * p.weight
			if p.weight > textWeight {
				s.named += rare
			}
			has[p.entry] = p.weight
		}
		for _, p := range alike {
			if w := p.weight * soundWeight; w > has[p.entry] {
				t.at(p.entry).sum += rare * (w - has[p.entry])
			}
		}
	}
	return asked, total
}

// askedPair is a pair of the question that some entry has, and how rare it is.
type askedPair struct {
	text string
	rare float32
}

// bestName weighs what one name alone has of the question, more if there is
// little else in the name: an entry with many names would otherwise gather its
// share from all of them.
func (x *Lexicon) bestName(i int32, asked []askedPair) (best float32) {
	for _, ref := range x.all[x.from[i]:x.from[i+1]] {
		sum, n := float32(0), 0
		for _, p := range asked {
			if strings.Contains(ref.text, p.text) {
				sum += p.rare
				n++
			}
		}
		if n > 0 {
			best = max(best, ref.weight*sum*(1-nameRest+nameRest*min(1, float32(n)/float32(max(ref.runes-1, 1)))))
		}
	}
	return best
}

// loose tallies single characters of a run, a little: 小孩子上户口 and 小孩上户口.
func (x *Lexicon) loose(t *tally, c []rune) {
	for i, r := range c {
		if slices.Contains(c[:i], r) {
			continue
		}
		ps := x.singles[r]
		rare := looseWeight * x.rarity(len(ps))
		for _, p := range ps {
			t.at(p.entry).sum += rare * p.weight
		}
	}
}

func (x *Lexicon) single(t *tally, c rune) float32 {
	ps := x.singles[c]
	rare := x.rarity(len(ps))
	for _, p := range ps {
		s := t.at(p.entry)
		s.sum += rare * p.weight
		s.named += rare
	}
	return rare
}

// within finds the names that stand in the question.
func (x *Lexicon) within(t *tally, question string) {
	c := []rune(question)
	at := make([]int, 0, len(c)+1) // byte offsets
	for i := range question {
		at = append(at, i)
	}
	at = append(at, len(question))
	for i := range c {
		for j := i + 2; j <= min(len(c), i+x.longest); j++ {
			share := float32(j-i) / float32(len(c))
			for _, ref := range x.names[question[at[i]:at[j]]] {
				s := t.at(ref.entry)
				score := ref.weight * (0.35 + 0.65*share)
				if share == 1 {
					score = ref.weight * 1.2
				}
				s.phrase, s.sure = max(s.phrase, score), s.sure || share >= sureShare
			}
		}
	}
}

// around looks whether the question stands in a name of the entry, in one
// piece or in its pieces.
func (x *Lexicon) around(s *standing, i int32, q question) {
	n := float32(len([]rune(q.whole)))
	for _, ref := range x.all[x.from[i]:x.from[i+1]] {
		switch {
		case strings.Contains(ref.text, q.whole):
			score := 0.5 + 0.5*n/float32(ref.runes)
			if strings.HasPrefix(ref.text, q.whole) {
				score += 0.1
			}
			s.phrase, s.sure = max(s.phrase, score*ref.weight), true
		case len(q.terms) > 1 && every(q.terms, ref.text):
			s.phrase, s.sure = max(s.phrase, ref.weight*(0.4+0.4*n/float32(ref.runes))), true
		}
	}
	if !s.sure && n > 1 && strings.Contains(x.texts[i], q.whole) {
		s.phrase, s.sure = max(s.phrase, 0.2), true
	}
}

func every(terms []string, text string) bool {
	return !slices.ContainsFunc(terms, func(t string) bool { return !strings.Contains(text, t) })
}
