package portal_test

import (
	"testing"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/web/citytest"
)

// TestAdjustments: everybody reads what was announced, and nothing else.
func TestAdjustments(t *testing.T) {
	citytest.Each(t, []string{"food-licence-new"}, func(t *testing.T, c *citytest.City) {
		ctx := t.Context()
		anyone := citytest.Browse(t, serve(t, c))
		anyone.Get("/adjustments").Want(200, "还没有公告")
		it, err := c.Catalog.Item(ctx, c.Codes["food-licence-new"][0])
		if err != nil {
			t.Fatal(err)
		}
		st, rv := c.Staff("steward-wx"), c.Staff("itemreviewer-wx")
		today := clock.DateOf(c.Clock.Now()).String()
		d, err := c.Catalog.Propose(ctx, st, st.Unit, catalog.AdjustPlan{Kind: catalog.AdjustCancel, Ground: "superior", Law: "演示决定", Reason: "上级取消", Items: []string{it.BasicCode}, From: today, OpinionsBy: today}, nil)
		if err != nil {
			t.Fatal(err)
		}
		act := func(act catalog.AdjustAct, in catalog.AdjustInput) {
			t.Helper()
			who := rv
			if act == catalog.AdjustAsk || act == catalog.AdjustOpine {
				who = st
			}
			if _, err := c.Catalog.MoveAdjustment(ctx, who, d.No, act, in); err != nil {
				t.Fatal(err)
			}
		}
		act(catalog.AdjustAsk, catalog.AdjustInput{})
		anyone.Get("/adjustments/" + d.No).Want(404)
		list, err := c.Catalog.Opinions(ctx, d.ID)
		if err != nil || len(list) == 0 {
			t.Fatalf("%v %v", list, err)
		}
		for _, o := range list {
			act(catalog.AdjustOpine, catalog.AdjustInput{Unit: o.UnitID, Stance: catalog.Agree})
		}
		act(catalog.AdjustDecide, catalog.AdjustInput{Note: "同意取消"})
		act(catalog.AdjustAnnounce, catalog.AdjustInput{})
		anyone.Get("/adjustments").Want(200, it.Name, "即将实施")
		anyone.Get("/adjustments/"+d.No).Want(200, "上级取消、下放", "演示决定", "同意取消", it.BasicCode, "不受影响")
		act(catalog.AdjustCarryOut, catalog.AdjustInput{})
		anyone.Get("/adjustments/"+d.No).Want(200, "已实施", it.Name)
		anyone.Get("/adjustments/x").Want(404)
	})
}
