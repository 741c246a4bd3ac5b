package channel

import (
	"context"
	"slices"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
)

const sqlAhead = `SELECT item_id, count(*) FROM appointment WHERE cancelled_at = 0 AND item_id IN (%s) AND day >= $%d GROUP BY item_id`

// Reach tells the catalogue which channels lists have, before an adjustment
// changes them: the bank outlets that take the matter for the list's centre, and
// the appointments that people hold from today on.
type Reach struct{ DB *db.DB }

// Effects implements catalog.EffectLister.
func (c Reach) Effects(ctx context.Context, items []*catalog.Item) ([]catalog.Effect, error) {
	banks, err := outlets(c.DB.Read(ctx))
	if err != nil {
		return nil, err
	}
	var out []catalog.Effect
	for _, it := range items {
		e := catalog.Effect{ItemID: it.ID, Kind: catalog.EffectChannels}
		for _, w := range banks {
			if w.CentreID == it.ReceivingUnitID && slices.Contains(w.Items, it.BasicCode) {
				e.Names = append(e.Names, w.Name)
			}
		}
		if e.Count = len(e.Names); e.Count > 0 {
			out = append(out, e)
		}
	}
	today := clock.DateOf(c.DB.Now()).String()
	booked, err := catalog.CountEffects(c.DB.Read(ctx), catalog.EffectAppointments, sqlAhead, items, today)
	return append(out, booked...), err
}
