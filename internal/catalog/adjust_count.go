package catalog

import (
	"fmt"
	"slices"

	"github.com/tongban/tongban/internal/db"
)

// CountEffects counts rows by list for an EffectLister: text selects an item's id
// and a count, has one %s for the places of the ids in an IN, and one %d for the
// place of each further argument.
func CountEffects(q db.Queryer, kind, text string, items []*Item, more ...any) (out []Effect, err error) {
	const most = 500 // ids a question
	for some := range slices.Chunk(items, most) {
		ids := make([]int64, len(some))
		for i, it := range some {
			ids[i] = it.ID
		}
		in, args := db.Places(ids)
		found, err := db.All(q, func(r *db.Rows) (Effect, error) {
			e := Effect{Kind: kind}
			return e, r.Scan(&e.ItemID, &e.Count)
		}, countText(text, in, len(args), len(more)), append(args, more...)...)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

func countText(text, in string, ids, more int) string {
	places := []any{in}
	for i := range more {
		places = append(places, ids+1+i)
	}
	return fmt.Sprintf(text, places...)
}
