package casework

import (
	"testing"

	"github.com/tongban/tongban/internal/catalog"
)

// TestWholeLife: every item runs from draft to the end.
func TestWholeLife(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		for _, item := range []string{food, road, card, marriage, instant, subsidy, dayLimit} {
			way := catalog.PickUp
			if item == card {
				way = catalog.Electronic
			}
			k := c.advanceTo(item, Delivering, way)
			if item == card {
				c.drain()
			} else {
				c.do(c.staff("clerk"), k.No, HandOver, Input{Recipient: "张明远"})
			}
			v := c.view(c.applicant(item), k.No)
			if v.Case.State != Closed || v.Case.Outcome != Granted {
				t.Errorf("%s: %s %s", item, v.Case.State, v.Case.Outcome)
			}
		}
	})
}
