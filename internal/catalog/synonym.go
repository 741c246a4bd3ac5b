package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/search"
)

// Synonym 日常用语: what people say, and what is meant. A meaning is the basic
// code of a matter, best first, or a word: then every matter that has the word
// in its name or summary is found by what people say as well. Without a meaning
// the words stand for each other wherever they occur, the first the common one.
type Synonym struct {
	Say   []string `json:"say"`
	Means []string `json:"means"`
}

const (
	sqlSynonyms     = `SELECT say, means FROM synonym ORDER BY position`
	sqlPutSynonym   = `INSERT INTO synonym (id, position, say, means) VALUES ($1, $2, $3, $4)`
	sqlDropSynonyms = `DELETE FROM synonym`
	sqlAliases      = `SELECT item_id, aliases FROM item_text WHERE aliases <> '[]'`
)

// Bounds of the synonyms, so that the lexicon stays small.
const (
	maxSynonyms = 20_000
	maxSay      = 30 // characters
)

// ImportSynonyms puts a whole set of synonyms in the place of the one there is;
// an empty set changes nothing.
func (s *Service) ImportSynonyms(ctx context.Context, a actor.Actor, list []Synonym) (err error) {
	x, err := s.Index(ctx)
	if err != nil {
		return err
	}
	if fs := checkSynonyms(list, x); len(fs) > 0 {
		return errs.InvalidFields(fs...)
	}
	have, err := readSynonyms(s.db.Read(ctx))
	if err != nil || equalSynonyms(have, list) {
		return err
	}
	return s.importing(ctx, a, "synonyms", len(list), func(tx *db.Tx) {
		tx.Queue(sqlDropSynonyms)
		for i, y := range list {
			tx.Queue(sqlPutSynonym, tx.NewID(), i, jsonText(y.Say), jsonText(y.Means))
		}
		s.changed(tx)
	})
}

func checkSynonyms(list []Synonym, x *Index) (out []errs.Field) {
	if len(list) > maxSynonyms {
		return []errs.Field{{Path: "synonyms", Code: "too-many", ZH: fmt.Sprintf("日常用语最多%d条", maxSynonyms), EN: fmt.Sprintf("At most %d lines", maxSynonyms)}}
	}
	for i, y := range list {
		at := fmt.Sprintf("synonyms/%d", i)
		if len(y.Say) == 0 || len(y.Say) == 1 && len(y.Means) == 0 {
			out = append(out, errs.Field{Path: at, Code: "required", ZH: "请写明说法和所指事项，或者两个以上可以互换的词", EN: "Say what people say and what is meant, or two words that stand for each other"})
		}
		for _, w := range y.Say {
			if n := len([]rune(search.Normalise(w))); n == 0 || n > maxSay {
				out = append(out, errs.Field{Path: at + "/say", Code: "length", ZH: fmt.Sprintf("“%s”应为1到%d个字", w, maxSay), EN: fmt.Sprintf("%q must have 1 to %d characters", w, maxSay)})
			}
		}
		for _, m := range y.Means {
			if _, ok := x.Basic(m); x.codes.IsBasic(m) && !ok {
				out = append(out, errs.Field{Path: at + "/means", Code: "unknown", ZH: "基本目录中没有事项" + m, EN: "The basic catalogue has no " + m})
			}
		}
	}
	return out
}

func equalSynonyms(a, b []Synonym) bool {
	return slices.EqualFunc(a, b, func(x, y Synonym) bool { return slices.Equal(x.Say, y.Say) && slices.Equal(x.Means, y.Means) })
}

func jsonText(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // lists of strings
	}
	return string(b)
}

func readSynonyms(q db.Queryer) ([]Synonym, error) {
	return db.All(q, func(r *db.Rows) (y Synonym, err error) {
		var say, means string
		if err := r.Scan(&say, &means); err != nil {
			return y, err
		}
		if err := json.Unmarshal([]byte(say), &y.Say); err != nil {
			return y, fmt.Errorf("stored synonym: %w", err)
		}
		return y, json.Unmarshal([]byte(means), &y.Means)
	}, sqlSynonyms)
}

func readAliases(q db.Queryer) (map[int64][]string, error) {
	out := map[int64][]string{}
	rows, err := q.Query(sqlAliases)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var (
			id   int64
			text string
			list []string
		)
		if err := rows.Scan(&id, &text); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(text), &list); err != nil {
			return nil, fmt.Errorf("stored aliases: %w", err)
		}
		out[id] = list
	}
	return out, nil
}

// What a name weighs in the lexicon. Of the meanings of a synonym each further
// one counts less.
const (
	aliasWeight   = 0.95
	swappedWeight = 0.85 // a name with a word replaced by what people say
	englishWeight = 0.6
	furtherStep   = 0.07
	leastMeaning  = 0.7
)

// alikes are the groups of words that stand for each other.
func alikes(synonyms []Synonym) (groups [][]string) {
	for _, y := range synonyms {
		if len(y.Means) == 0 {
			groups = append(groups, y.Say)
		}
	}
	return groups
}

// searchEntries puts together everything by which matters are found.
func searchEntries(codes ident.Profile, basics []Basic, aliases map[int64][]string, synonyms []Synonym) []search.Entry {
	said := map[string][]search.Name{}
	var swaps []Synonym
	for _, y := range synonyms {
		words := Synonym{Say: y.Say}
		for i, m := range y.Means {
			if !codes.IsBasic(m) {
				words.Means = append(words.Means, m)
				continue
			}
			for _, w := range y.Say {
				said[m] = append(said[m], search.Name{Text: w, Weight: max(1-furtherStep*float64(i), leastMeaning)})
			}
		}
		if len(words.Means) > 0 {
			swaps = append(swaps, words)
		}
	}
	out := make([]search.Entry, 0, len(basics))
	for _, b := range basics {
		if b.State != InUse {
			continue
		}
		e := search.Entry{ID: b.ID, Text: b.Summary, Names: []search.Name{{Text: b.Name, Weight: 1}}}
		for _, a := range aliases[b.ID] {
			e.Names = append(e.Names, search.Name{Text: a, Weight: aliasWeight})
		}
		for _, y := range swaps {
			e = swap(e, b.Name, y)
		}
		e.Names = append(e.Names, said[b.Code]...)
		e.Names = append(e.Names, search.Name{Text: b.NameEN, Weight: englishWeight})
		out = append(out, e)
	}
	return out
}

// swap adds the matter's name in the words of people; where only the summary
// has the word, theirs is added to the explanation.
func swap(e search.Entry, name string, y Synonym) search.Entry {
	for _, m := range y.Means {
		inName, inText := strings.Contains(name, m), strings.Contains(e.Text, m)
		for _, w := range y.Say {
			if inName {
				e.Names = append(e.Names, search.Name{Text: strings.ReplaceAll(name, m, w), Weight: swappedWeight})
			} else if inText {
				e.Text += " " + w
			}
		}
	}
	return e
}

var seed = maphash.MakeSeed()

// lexiconOf makes the lexicon, or gives the last one again when nothing that it
// is made of changed: most changes of the catalogue are of lists.
func (s *Service) lexiconOf(entries []search.Entry, groups [][]string) *search.Lexicon {
	var h maphash.Hash
	h.SetSeed(seed)
	for _, e := range entries {
		maphash.WriteComparable(&h, e.ID)
		_, _ = h.WriteString(e.Text)
		for _, n := range e.Names {
			maphash.WriteComparable(&h, n)
		}
	}
	for _, group := range groups {
		maphash.WriteComparable(&h, len(group))
		for _, w := range group {
			maphash.WriteComparable(&h, w)
		}
	}
	s.lexicon.Lock()
	defer s.lexicon.Unlock()
	if sum := h.Sum64(); s.lexicon.made == nil || s.lexicon.sum != sum {
		s.lexicon.made, s.lexicon.sum = search.NewLexicon(entries, groups), sum
	}
	return s.lexicon.made
}
