package portal_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/publicity"
	"github.com/tongban/tongban/internal/web/citytest"
)

// TestDecisions: what was granted is found by everybody, in pages and files; the
// applicant asked in vain to keep it back; a reader objects.
func TestDecisions(t *testing.T) {
	citytest.Each(t, []string{"food-licence-new"}, func(t *testing.T, c *citytest.City) {
		h := serve(t, c)
		b, anyone := citytest.Browse(t, h), citytest.Browse(t, h)
		anyone.Get("/decisions").Want(200, "没有符合条件的决定")
		no := handIn(t, c, b)
		b.Get("/my/cases/"+no).Click("决定公开情况，请求不公开").Want(200, "还没有可以公开的决定", "准予和不予的决定都公开")
		b.Press("提交请求", nil).Want(422, "请选择理由的类别", "请写明理由")
		b.Press("提交请求", set("ground", "trade-secret", "scope", "whole", "reason", "门店位置是商业秘密")).Want(200, "已提交，等待答复", "门店位置是商业秘密", "等待答复").Not("提交请求")
		c.After(time.Hour)
		clerk, dec := c.Staff("clerk-lx"), c.Staff("decider-lx-spj")
		for _, x := range []struct {
			login string
			act   casework.Act
			in    casework.Input
		}{{"clerk-lx", casework.Accept, casework.Input{}}, {"reviewer-lx-spj", casework.Review, casework.Input{Agree: true, Opinion: "符合"}}, {"decider-lx-spj", casework.Decide, casework.Input{Grant: true}}, {"clerk-lx", casework.HandOver, casework.Input{Recipient: "陈佳怡"}}} {
			if _, err := c.Casework.Perform(t.Context(), c.Staff(x.login), no, x.act, x.in); err != nil {
				t.Fatalf("%s: %v", x.act, err)
			}
		}
		follow := func() {
			t.Helper()
			if err := c.Publicity.Follow(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		follow()
		anyone.Get("/decisions").Want(200, "没有符合条件的决定")
		b.Get("/my/cases/"+no+"/publicity").Want(200, "暂缓公开")
		x, err := c.Publicity.OfCase(t.Context(), dec, no)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Publicity.Answer(t.Context(), dec, x.Marks[0].ID, publicity.Reply{Reason: "登记信息已经公示"}); err != nil {
			t.Fatal(err)
		}
		b.Get("/my/cases/"+no+"/publicity").Want(200, "未采纳", "登记信息已经公示", "已公开")
		anyone.Get("/decisions").Want(200, "准予", "无锡锡韵小厨餐饮管理有限公司")
		anyone.Get("/decisions?q=锡韵").Want(200, "准予").Get("/decisions?q=完全没有").Want(200, "没有符合条件的决定")
		anyone.Get("/decisions?outcome=refused").Want(200, "没有符合条件的决定").Get("/decisions?month=2026-03&area=320213").Want(200, "锡韵")
		anyone.Get("/decisions?month=2026-13").Want(400)
		anyone.Get("/decisions?after=x").Want(400)
		anyone.Get("/decisions/12345").Want(404)
		anyone.Get("/decisions").Click("无锡锡韵小厨餐饮管理有限公司").Want(200, "统一社会信用代码", "决定机关", "无锡市梁溪区行政审批局", "证照编号")
		page := anyone.Path
		if strings.Contains(anyone.Body, "13000000") || anyone.Head.Get("X-Robots-Tag") != "" {
			t.Errorf("%s %s", anyone.Body, anyone.Head)
		}
		anyone.Get("/decisions/export.csv?q=锡韵").Want(200)
		if !strings.Contains(anyone.Body, "决定文书号") || !strings.Contains(anyone.Body, "无锡锡韵小厨餐饮管理有限公司") || !strings.HasPrefix(anyone.Body, "\ufeff") {
			t.Errorf("%s", anyone.Body)
		}
		anyone.Get("/decisions/export.json?q=没有").Want(200)
		if strings.TrimSpace(anyone.Body) != `{"items":[]}` {
			t.Errorf("%s", anyone.Body)
		}
		anyone.Get("/decisions/export.json")
		if !strings.Contains(anyone.Body, `"applicant":"无锡锡韵小厨餐饮管理有限公司"`) {
			t.Errorf("%s", anyone.Body)
		}
		anyone.Get(page + "/object").At("/login")
		reader := login(citytest.Browse(t, h), "lixinran")
		reader.Get(page).Click("内容有误，或者不应当公开").Press("提交异议", nil).Want(422, "请选择理由的类别", "请写明理由")
		reader.Press("提交异议", set("ground", "mistake", "reason", "名称已经变更")).Want(200, "异议已提交")
		reader.Get(page+"/object").Press("提交异议", set("ground", "mistake", "reason", "再说一次")).Want(409, "正在等待答复")
		if _, err := c.Publicity.OfCase(t.Context(), clerk, no); err != nil {
			t.Error(err)
		}
	})
}
