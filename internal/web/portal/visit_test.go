package portal_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/web/citytest"
)

// TestVisit: reviewed online, then one visit with an appointment.
func TestVisit(t *testing.T) {
	citytest.Each(t, []string{"marriage-register"}, func(t *testing.T, c *citytest.City) {
		h := serve(t, c)
		b := login(citytest.Browse(t, h), "zhaomingxuan")
		b.Get("/items/"+c.Codes["marriage-register"][0]).Want(200, "网上申请，预审后到窗口").Press("网上申请", nil).Press("下一步", set("told", "true"))
		b.Press("保存并下一步", set("nameA", "赵明轩", "idA", "320213199501069937", "phoneA", "13000000014", "nationA", "汉族", "statusA", "single", "hukouA", "无锡市演示路1号"))
		b.Press("保存并下一步", set("nameB", "李欣然", "idB", "320211199608259949", "phoneB", "13000000013", "nationB", "汉族", "statusB", "single", "hukouB", "无锡市演示路2号"))
		b.Press("保存并下一步", set("anyDivorced", "false", "noKin", "true", "visitDate.y", "2026", "visitDate.m", "3", "visitDate.d", "12", "photo", "onsite", "promise", "true"))
		b.Want(200, "申请材料").Upload("/m01/files", map[string][]byte{"身份证.png": picture(t, 0)}).Want(200).Click("下一步")
		b.Want(200, "到窗口领取").Press("提交申请", nil).Want(200, "申请已提交")
		no := caseNo(b)
		b.Get("/my/cases/" + no + "/appointment").Want(409)
		c.After(time.Hour)
		if _, err := c.Casework.Perform(t.Context(), c.Staff("clerk-lx"), no, casework.PrecheckPass, casework.Input{Reason: "梁溪区政务服务中心 A01"}); err != nil {
			t.Fatal(err)
		}
		b.Get("/my").Want(200, "预审已通过，请到窗口办结").Click("查看地点和预约").Want(200, "请到窗口办结", "带上原件", "身份证")
		b.Click("预约时间").Want(200, "09:00–09:30", "余 3").Press("预约", nil).Want(422, "请选择一个时间")
		slot := regexp.MustCompile(`value="(2026-03-\d\d_\d\d:\d\d)"`).FindStringSubmatch(b.Body)[1]
		b.Press("预约", set("slot", slot)).Want(200, "预约成功", "已预约", "无锡市梁溪区政务服务中心")
		b.Get("/my/cases/"+no+"/appointment").Press("预约", set("slot", "2026-01-01_09:00")).Want(409, "这个时段不能预约")
		b.Get("/my/cases/"+no).Press("取消预约", nil).Want(200, "预约已取消", "预约时间")
	})
}
