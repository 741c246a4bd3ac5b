package casework

import (
	"slices"
	"testing"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
)

// TestInHand: what an adjustment would touch are the cases that are not closed;
// and when it is carried out they keep the guide that they began with.
func TestInHand(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx, boss := t.Context(), c.boss()
		d := c.draft(boss, food, catalog.PickUp)
		k, err := c.Submit(ctx, boss, d.ID, SubmitInput{Version: d.Version})
		c.must(err)
		hand := func() int {
			t.Helper()
			// More lists than one question takes, the case's own among the last.
			lists := slices.Repeat([]*catalog.Item{{ID: 1}}, 700)
			out, err := InHand{c.d}.Effects(ctx, append(lists, &catalog.Item{ID: k.ItemID}))
			c.must(err)
			if len(out) == 0 {
				return 0
			}
			if len(out) != 1 || out[0].ItemID != k.ItemID || out[0].Kind != catalog.EffectCases {
				t.Fatalf("%+v", out)
			}
			return out[0].Count
		}
		if n := hand(); n != 1 {
			t.Errorf("%d in hand", n)
		}
		c.must(c.Catalog.SetState(ctx, actor.Platform(), c.codes[food], catalog.Cancelled, "动态调整", ""))
		now, err := c.View(ctx, boss, k.No)
		c.must(err)
		if v, err := c.Catalog.ByVersion(ctx, now.Case.VersionID); err != nil || now.Case.VersionID != k.VersionID || v.Guide.Basics.Code != c.codes[food] {
			t.Errorf("the running case has lost its guide: %v", err)
		}
		c.do(boss, k.No, Withdraw, Input{Reason: "不办了"})
		if n := hand(); n != 0 {
			t.Errorf("%d in hand after it was closed", n)
		}
	})
}
