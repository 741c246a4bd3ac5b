package console_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/web/desk/worktest"
)

// TestCentres: the city's steward makes a hall a branch, lets a list enter it and
// leave again, and gives a hall another name only with a reason; supervision
// sees what is missing.
func TestCentres(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		steward := c.Login("steward-wx")
		const at = "/console/centres/wx-gjj-zx"
		steward.Get("/console/centres").Status(http.StatusOK).Has("大厅和进驻", "进驻率", "需要完善的大厅", "无锡市政务服务中心公积金分中心", "缺少综合咨询窗口", "宜兴")
		form := steward.Get(at).Status(http.StatusOK).Has("没有登记为分中心", "缺少综合咨询窗口").Form(at + "/branches")
		form.Set("main", "wx-zx")
		steward.Post(at+"/branches", form).Status(http.StatusUnprocessableEntity).Has("请选择理由", "请写明在分中心办理业务的部门", "必须填写")
		form.Set("name", "公积金")
		form.Set("reason", "room")
		form.Set("detail", "大厅场地有限")
		form.Set("basis", "批复（演示）")
		form.Set("departments", "wx-gjj")
		form.Set("from", "2026-01-05")
		steward.Post(at+"/branches", form).To(at)
		p := steward.Get(at).Has("场地限制：大厅场地有限", "批复（演示）", "无锡市住房公积金管理中心", "2026-01-05 起").Lacks("缺少综合咨询窗口", "登记为分中心</button>")

		rename := p.Form(at + "/name")
		rename.Set("name", "公积金大厅")
		steward.Post(at+"/name", rename).Status(http.StatusUnprocessableEntity).Has("名称应以“政务服务中心”结尾", `value="公积金大厅"`)
		rename.Set("nameReason", "牌匾更换期间")
		steward.Post(at+"/name", rename).To(at)
		steward.Get(at).Has("公积金大厅", "牌匾更换期间", "无锡市政务服务中心公积金分中心") // a branch is shown by its main centre's name

		// A list of the district may not be sent into the city's branch; one of the city may.
		code := c.Code(worktest.Road)
		list := "/console/placements/" + code
		enter := steward.Get(list).Status(http.StatusOK).Has("进驻中心", "受理单位就是这个中心", "没有登记，按清单的受理单位判断").Form(list)
		enter.Set("kind", "out")
		enter.Set("reason", "room")
		steward.Post(list, enter).Status(http.StatusConflict).Has("已经进驻中心")
		enter.Set("kind", "branch")
		steward.Post(list, enter).Status(http.StatusUnprocessableEntity).Has("应是已登记的服务中心或者服务站")
		enter.Set("centre", "wx-gjj-zx")
		steward.Post(list, enter).To(list)
		p = steward.Get(list).Has("进驻情况已经登记", "在分中心办理", "余建平")
		i := strings.Index(p.Body, list+"/")
		end := p.Body[i : i+strings.IndexByte(p.Body[i:], '"')]
		leave := p.Form(end)
		steward.Post(end, leave).Status(http.StatusUnprocessableEntity).Has("必须填写")
		leave.Set("reason", "改回大厅")
		steward.Post(end, leave).To(list)
		steward.Get(list).Has("已经登记退出", "终止：余建平，改回大厅")

		supervisor := c.Login("supervisor-lx")
		supervisor.Get("/console/centres").Has("梁溪区", "100%").Lacks("宜兴")
		supervisor.Get("/console/placements?kind=centre").Has("占用、挖掘城市道路审批")
		supervisor.Get("/console/placements?kind=x").Status(http.StatusNotFound)
		supervisor.Get(list).Has("占用、挖掘城市道路审批").Lacks("进驻登记</h2>")
		supervisor.Get("/console/centres/lx-zx").Status(http.StatusOK).Lacks("修改名称")
		supervisor.Get(at).Status(http.StatusForbidden)
		stop := steward.Get(at)
		j := strings.Index(stop.Body, at+"/branches/")
		stopAt := stop.Body[j : j+strings.IndexByte(stop.Body[j:], '"')]
		over := stop.Form(stopAt)
		steward.Post(stopAt, over).Status(http.StatusUnprocessableEntity).Has("必须填写")
		over.Set("reason", "新大厅启用")
		steward.Post(stopAt, over).To(at)
		steward.Get(at).Has("分中心登记已经终止", "终止：余建平，新大厅启用", "缺少综合咨询窗口")
	})
}
