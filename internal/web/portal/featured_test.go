package portal_test

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/web/citytest"
)

// TestFeatured: from the front page to a list, its rule, its offices, its
// history and its files; and back from a guide.
func TestFeatured(t *testing.T) {
	citytest.Each(t, []string{"food-licence-new", "insurance-proof", "social-card-apply"}, func(t *testing.T, c *citytest.City) {
		h := serve(t, c)
		b := citytest.Browse(t, h)
		b.Get("/").Want(200, "特色服务")
		b.Get("/featured").Want(200, "全域通办", "马上办", "就近办", "网上办", "掌上办", "免证办", "智能秒办、秒批", "帮办代办", "政银合作", "暂时没有事项")
		b.Get("/featured/auto").Want(200, "社会保险参保缴费证明打印（个人）", "auto_clauses > 0", "平台预置规则")
		b.Get("/items/"+c.Codes["insurance-proof"][0]).Want(200, "秒批规则", "社会保险经办条例 第七条")
		b.Click("秒批").Want(200).At("/featured/auto")
		b.Get("/items?q=参保缴费证明").Want(200, "秒批")
		s := c.Codes["social-card-apply"][0]
		why := "合作银行网点制卡、发卡"
		must(t, c.Catalog.Choose(t.Context(), actor.Platform(), catalog.ChoiceInput{List: "bank", Subject: s, Kind: catalog.ChoiceAdd, Reason: why}))
		b.Get("/featured/bank").Want(200, "社会保障卡申领", "审核增列", why)
		b.Get("/featured/bank/history").Want(200, "列入", "经审核增列："+why, "历次规则")
		must(t, c.Catalog.SetState(t.Context(), actor.Platform(), s, catalog.Paused, "系统升级", ""))
		b.Get("/featured/bank").Want(200, "没有符合条件的事项")
		b.Get("/featured/bank/history").Want(200, "移出", "事项暂停办理或者已经取消")
		must(t, c.Catalog.SetState(t.Context(), actor.Platform(), s, catalog.InUse, "升级完成", ""))

		var out struct {
			List  string
			Items []struct{ Code, By, Reason string }
		}
		body := b.Get("/featured/bank/export.json").Want(200).Body
		if err := json.Unmarshal([]byte(body), &out); err != nil || out.List != "bank" || len(out.Items) != 1 || out.Items[0].Code != s || out.Items[0].Reason != why {
			t.Errorf("%v %s", err, body)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.Get("/featured/bank/export.csv").Want(200).Body, "\ufeff"))).ReadAll()
		if err != nil || len(rows) != 2 || len(rows[1]) != len(rows[0]) || rows[1][1] != s || rows[1][13] != why {
			t.Errorf("%v %v", err, rows)
		}
		b.Get("/featured/online?division=320213000000").Want(200, "梁溪区", "清除筛选")
		b.Get("/featured/online?division=999999999999").Want(200, "没有符合条件的事项")
		b.Get("/featured/online?from=x").Want(400)
		b.Get("/featured/online/history?after=1").Want(400)
		for _, path := range []string{"/featured/nothing", "/featured/nothing/history", "/featured/nothing/export.csv"} {
			b.Get(path).Want(404)
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
