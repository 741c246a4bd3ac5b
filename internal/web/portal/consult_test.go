package portal_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/consult"
	"github.com/tongban/tongban/internal/web/citytest"
)

// TestConsult asks from a guide's page, reads the answer, asks once more, and
// withdraws another question.
func TestConsult(t *testing.T) {
	citytest.Each(t, []string{"food-licence-new"}, func(t *testing.T, c *citytest.City) {
		h := serve(t, c)
		b := login(citytest.Browse(t, h), "lixinran")
		b.Get("/my/consult").Want(200, "还没有咨询")
		b.Get("/items/"+c.Codes["food-licence-new"][0]).Click("我要咨询").Want(200, "答复期限", "5 个工作日", "食品经营许可")
		b.Press("提交咨询", nil).Want(422, "请填写要咨询的问题")
		b.Press("提交咨询", set("words", "要本人\n到场吗？")).Want(200, "已登记，编号ZX", "2026-03-09前答复", "还剩 5 个工作日", "本市自行设定的咨询答复时限", "撤回咨询").At("/my/consult/ZX")
		no := strings.TrimPrefix(b.Path, "/my/consult/")
		staff := c.Staff("reviewer-lx-spj")
		if _, err := c.Consult.Do(t.Context(), staff, no, consult.Input{Act: consult.AskBack, Text: "新办还是变更？"}); err != nil {
			t.Fatal(err)
		}
		b.Get("/my/consult/"+no).Want(200, "待补充", "新办还是变更？", "工作人员").Not(staff.Name)
		b.Press("补充", set("text", "新办")).Want(200, "待答复")
		c.After(10 * 24 * time.Hour)
		if err := c.Consult.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		login(b, "lixinran")
		b.Get("/my/consult").Want(200, "待答复·已超期")
		b.Get("/my/messages").Want(200, "超过答复期限，已催办")
		if _, err := c.Consult.Do(t.Context(), staff, no, consult.Input{Act: consult.Answer, Text: "不用到场。"}); err != nil {
			t.Fatal(err)
		}
		b.Get("/my/messages").Want(200, "您的咨询已答复", "不用到场。")
		b.Get("/my/consult/"+no).Want(200, "已答复", "不用到场。").Press("追问", set("text", "证多久能拿到？")).Want(200, "证多久能拿到？", "待答复").Not("追问内容")
		b.Press("撤回咨询", nil).Want(200, "已撤回")
		b.Get("/my/consult/ZX209901010001").Want(404)

		b.Get("/my/consult/new?kind=failure").Want(200, "先选择办不成的事项").Not("提交反映")
		b.Get("/my/consult/new?kind=failure&q=没有这种事").Want(200)
		b.Get("/my/consult/new?kind=failure&q=食品经营").Want(200, "食品经营许可").Click("食品经营许可（新办）").Want(200, "为什么没有办成")
		b.Press("提交反映", set("words", "跑了三次")).Want(422, "请选择办不成的原因", "请选择卡在哪一步", "跑了三次")
		b.Press("提交反映", set("words", "跑了三次", "reason", "repeated-trips", "stage", "receive")).Want(200, "已登记，编号BC", "前处理", "多次跑动、反复补正").Not("撤回")
		b.Get("/my/consult").Want(200, "办不成事", "咨询", "处理中", "已撤回")
	})
}
