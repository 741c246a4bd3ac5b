package catalog

import (
	"context"
	"slices"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/search"
)

// Index 事项索引 is the whole catalogue in memory, without its guides: every
// entry of the basic catalogue and every list. It is a snapshot; what it gives
// may be kept and must not be changed. Another node's change shows within a
// second, this process's at once.
type Index struct {
	Version int64   // counts changes of the catalogue
	Basics  []Basic // by code
	Items   []Item  // by name, then id; all states

	codes   ident.Profile
	byCode  map[string]int // of items
	byID    map[int64]int
	basic   map[string]int // of basics, by code
	basicID map[int64]int
	offers  map[string][]int // items by basic code
	family  map[string][]int // basics by main item 主项
	words   *search.Lexicon  // what basics are found by
}

const (
	sqlIndexVersion = `SELECT version FROM catalog_state WHERE id = 1`
	sqlBumpIndex    = `UPDATE catalog_state SET version = version + 1 WHERE id = 1`
	sqlAllItems     = `SELECT ` + itemColumns + ` FROM item ORDER BY name, id`
)

// indexAge is how long another node's change may stay unseen, in micros.
const indexAge = 1_000_000

// Index gives the snapshot.
func (s *Service) Index(ctx context.Context) (*Index, error) {
	return s.index.Get(ctx, s.db, s.log)
}

// changed tells everybody, after the commit, that the catalogue is different.
func (s *Service) changed(tx *db.Tx) {
	s.index.Changed(tx)
	tx.OnCommit(s.wakeFeed)
}

func (s *Service) loadIndex(q db.Queryer, version int64) (*Index, error) {
	x := &Index{Version: version, codes: s.codes, byCode: map[string]int{}, byID: map[int64]int{}, basic: map[string]int{}, basicID: map[int64]int{}, offers: map[string][]int{}, family: map[string][]int{}}
	var err error
	x.Basics, err = db.All(q, func(r *db.Rows) (Basic, error) {
		b, err := scanBasic(r)
		if err != nil {
			return Basic{}, err
		}
		return *b, nil
	}, sqlBasics)
	if err != nil {
		return nil, err
	}
	if x.Items, err = db.All(q, itemRow, sqlAllItems); err != nil {
		return nil, err
	}
	for i, b := range x.Basics {
		x.basic[b.Code], x.basicID[b.ID] = i, i
		main := s.codes.MainOf(b.Code)
		x.family[main] = append(x.family[main], i)
	}
	for i, it := range x.Items {
		x.byCode[it.Code], x.byID[it.ID] = i, i
		x.offers[it.BasicCode] = append(x.offers[it.BasicCode], i)
	}
	aliases, err := readAliases(q)
	if err != nil {
		return nil, err
	}
	synonyms, err := readSynonyms(q)
	if err != nil {
		return nil, err
	}
	added, err := addedWords(q)
	if err != nil {
		return nil, err
	}
	synonyms = append(synonyms, added...)
	for _, it := range x.Items { // a list's own daily words
		b, ok := x.Basic(it.BasicCode)
		if it.State != InUse || !ok {
			continue
		}
		for _, a := range it.Facts.Aliases {
			if !slices.Contains(aliases[b.ID], a) {
				aliases[b.ID] = append(aliases[b.ID], a)
			}
		}
	}
	x.words = s.lexiconOf(searchEntries(s.codes, x.Basics, aliases, synonyms), alikes(synonyms))
	return x, nil
}

// Item finds a list by its 实施编码, ItemByID by its id.
func (x *Index) Item(code string) (*Item, bool) { return at(x.Items, x.byCode, code) }

// ItemByID finds a list by its id.
func (x *Index) ItemByID(id int64) (*Item, bool) { return at(x.Items, x.byID, id) }

// Basic finds an entry of the basic catalogue by its code.
func (x *Index) Basic(code string) (*Basic, bool) { return at(x.Basics, x.basic, code) }

// BasicByID finds an entry of the basic catalogue by its id.
func (x *Index) BasicByID(id int64) (*Basic, bool) { return at(x.Basics, x.basicID, id) }

// Offers gives the lists of one matter, all states, by name and id.
func (x *Index) Offers(basicCode string) []*Item {
	out := make([]*Item, 0, len(x.offers[basicCode]))
	for _, i := range x.offers[basicCode] {
		out = append(out, &x.Items[i])
	}
	return out
}

func at[K comparable, V any](list []V, index map[K]int, key K) (*V, bool) {
	i, ok := index[key]
	if !ok {
		return nil, false
	}
	return &list[i], true
}
