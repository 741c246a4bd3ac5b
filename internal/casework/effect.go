package casework

import (
	"context"
	"fmt"
	"slices"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db"
)

// InHand 在办件 tells the catalogue how many cases are in hand at the lists that
// an adjustment changes. They keep the version that they began with.
type InHand struct{ DB *db.DB }

const sqlInHand = `SELECT item_id, count(*) FROM cases WHERE state <> 'closed' AND item_id IN (%s) GROUP BY item_id`

// Effects implements catalog.EffectLister.
func (h InHand) Effects(ctx context.Context, items []*catalog.Item) (out []catalog.Effect, err error) {
	const most = 500 // ids a question
	for some := range slices.Chunk(items, most) {
		ids := make([]int64, len(some))
		for i, it := range some {
			ids[i] = it.ID
		}
		in, args := db.Places(ids)
		part, err := db.All(h.DB.Read(ctx), func(r *db.Rows) (catalog.Effect, error) {
			e := catalog.Effect{Kind: catalog.EffectCases}
			return e, r.Scan(&e.ItemID, &e.Count)
		}, fmt.Sprintf(sqlInHand, in), args...)
		if err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
	return out, nil
}
