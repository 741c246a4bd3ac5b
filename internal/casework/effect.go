package casework

import (
	"context"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db"
)

// InHand 在办件 tells the catalogue how many cases are in hand at the lists that
// an adjustment changes. They keep the version that they began with.
type InHand struct{ DB *db.DB }

const sqlInHand = `SELECT item_id, count(*) FROM cases WHERE state <> 'closed' AND item_id IN (%s) GROUP BY item_id`

// Effects implements catalog.EffectLister.
func (h InHand) Effects(ctx context.Context, items []*catalog.Item) ([]catalog.Effect, error) {
	return catalog.CountEffects(h.DB.Read(ctx), catalog.EffectCases, sqlInHand, items)
}
