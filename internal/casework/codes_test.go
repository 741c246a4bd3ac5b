package casework

import (
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
	"github.com/tongban/tongban/internal/ident"
)

// TestCodes: in a city whose item codes have 12, 22 and 24 characters, cases are
// applied for, numbered and found as elsewhere.
func TestCodes(t *testing.T) {
	codes := ident.DefaultProfile()
	codes.Unit, codes.Sequence = 9, 6
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		c, ctx := cityWith(t, d, clk, codes), t.Context()
		if n := len(c.codes[food]); n != 22 {
			t.Fatalf("the code %s has %d characters", c.codes[food], n)
		}
		agent := c.acting("li", c.cafe()) // food alone
		k, err := c.Apply(ctx, agent, c.application(food, agent))
		c.must(err)
		if r := codes.CheckCase(k.No); !r.Valid || k.No != c.codes[food]+strings.ReplaceAll(clk.Now().Format("2006-01-02"), "-", "")+"000001" {
			t.Errorf("case number %s: %s", k.No, r.Reason.EN)
		}
		other := c.submit(road, catalog.PickUp)
		rows, _, err := c.Mine(ctx, agent, 0, 10) // by the basic code within the case number
		c.must(err)
		if len(rows) != 1 || rows[0].No != k.No {
			t.Errorf("the agent's list: %+v", rows)
		}
		c.do(c.staff("clerk"), k.No, Accept, Input{})
		if v := c.view(c.boss(), other.No); v.Case.No != other.No {
			t.Errorf("%+v", v.Case)
		}
	})
}
