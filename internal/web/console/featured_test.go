package console_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/web/desk/worktest"
)

// TestFeatured: a reviewer of the city tries a rule, sees who would leave, keeps
// it, and adds one matter by hand; a district's reviewer may only choose for his
// own district.
func TestFeatured(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		top := c.Login("itemreviewer-wx")
		top.Get("/console/items/featured").Status(http.StatusOK).Has("马上办", "政银合作", "平台预置", "特色清单")
		at := "/console/items/featured/online"
		form := top.Get(at).Status(http.StatusOK).Has("试算", "assist_windows", "没有增列或者排除").Lacks("保存规则").Form(at + "/rule")
		before, err := c.Catalog.FeatureOf(t.Context(), "online")
		c.Must(err)
		if before.Items == 0 {
			t.Fatal("nothing is online")
		}

		form.Set("rule", "visits == 0 && dept == 4")
		top.Post(at+"/rule", form).Status(http.StatusUnprocessableEntity).Has("第1行第16个字符", "<mark>dept</mark>", "是不是“depth”")
		form.Set("rule", "[1].all(x, x > 0)")
		top.Post(at+"/rule", form).Status(http.StatusUnprocessableEntity).Has("不能逐项循环")
		form.Set("rule", "false")
		form.Set("do", "keep") // without a trial it is one
		form.Set("reason", "演示")
		form = top.Post(at+"/rule", form).Status(http.StatusOK).Has("试算结果", "将移出的事项", "按试算结果保存规则").Form(at + "/rule")
		form.Set("do", "keep")
		form.Set("reason", "")
		form = top.Post(at+"/rule", form).Status(http.StatusUnprocessableEntity).Has("请写明理由", "试算结果").Form(at + "/rule")
		form.Set("do", "keep")
		form.Set("reason", "演示：清空")
		form.Set("words", "什么都不列入")
		top.Post(at+"/rule", form).To(at)
		top.Get(at).Has("规则已经修改", "第1版，葛明远", "正在逐批更新", "演示：清空")
		_, err = c.Jobs.Drain(t.Context())
		c.Must(err)
		top.Get(at).Lacks("正在逐批更新")
		if after, err := c.Catalog.FeatureOf(t.Context(), "online"); err != nil || after.Items != 0 {
			t.Errorf("%+v %v", after, err)
		}
		top.Post(at+"/rule", form).Status(http.StatusConflict).Has("别人刚刚修改了这条规则")

		code := c.Code(worktest.Road)
		pick := top.Get(at).Form(at + "/choices")
		pick.Set("subject", "329999999999")
		top.Post(at+"/choices", pick).Status(http.StatusUnprocessableEntity).Has("没有这个事项", "请写明理由")
		pick.Set("subject", code)
		pick.Set("reason", "街道提供上门办理")
		top.Post(at+"/choices", pick).To(at)
		p := top.Get(at).Has("街道提供上门办理", "增列", "有效", code)
		i := strings.Index(p.Body, at+"/choices/")
		withdraw := p.Body[i : i+strings.IndexByte(p.Body[i:], '"')]
		pick.Set("kind", catalog.ChoiceExclude)
		top.Post(at+"/choices", pick).Status(http.StatusConflict).Has("请先撤回")
		top.Post(withdraw, nil).Status(http.StatusUnprocessableEntity)
		top.Post(withdraw, map[string][]string{"reason": {"服务停止"}}).To(at)
		top.Get(at).Has("已撤回", "服务停止")
		top.Post(withdraw, map[string][]string{"reason": {"再来"}}).Status(http.StatusConflict)

		lx := c.Login("itemreviewer-lx")
		own := lx.Get(at).Status(http.StatusOK).Has("规则由市级事项审核人员修改").Lacks("f-rule").Form(at + "/choices")
		lx.Post(at+"/rule", form).Status(http.StatusForbidden)
		own.Set("subject", code)
		own.Set("reason", "本区增列")
		lx.Post(at+"/choices", own).To(at)
		own.Set("subject", code[len(code)-12:])
		lx.Post(at+"/choices", own).Status(http.StatusForbidden)
		steward := c.Login("steward-lx")
		steward.Get(at).Status(http.StatusOK).Lacks("新的增列或者排除")
		steward.Post(at+"/choices", own).Status(http.StatusForbidden)
		c.Login("clerk-lx").Get("/console/items/featured").Status(http.StatusForbidden)
		top.Get("/console/items/featured/nothing").Status(http.StatusNotFound)
	})
}
