package portal_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/web/citytest"
)

// foodAnswers are what the form asks beyond what the register fills in.
func fillFood(b *citytest.Browser) {
	b.Want(200, "经营者", "来自").Press("保存并下一步", set("legalRepId", "320213199004129927", "contact", "陈佳怡", "contactPhone", "13000000011", "legalRep", "陈佳怡",
		"operatorName", "无锡锡韵小厨餐饮管理有限公司", "uscc", "91320213MAXX000157"))
	b.Want(200, "经营场所和业态").Press("保存并下一步", set("address", "无锡市梁溪区演示街88号", "area", "120", "mode", "catering", "projects", "hot", "seats", "40", "online", "false"))
	b.Want(200, "食品安全管理员姓名").Press("保存并下一步", set("managerName", "陈佳怡", "managerId", "320213199004129927", "managerPhone", "13000000011", "promise", "true"))
}

// begin logs the legal representative in, switches to the company, and opens the wizard.
func begin(t *testing.T, c *citytest.City, b *citytest.Browser) {
	t.Helper()
	item := "/items/" + c.Codes["food-licence-new"][0]
	b.Get(item).Press("在线办理", nil).At("/login?next=")
	b.Press("登录", set("login", "chenjiayi", "password", citytest.Password)).At(item).Want(200, "陈佳怡")
	b.Press("在线办理", nil).At("/identity").Want(200, "本事项由法人或者非法人组织申请", "无锡锡韵小厨餐饮管理有限公司")
	b.Press("确定", set("party", "entity."+itoa(c.Refs.Entities["xiyun-canyin"]))).At(item).Want(200, "现在为“无锡锡韵小厨餐饮管理有限公司”办事")
	b.Press("在线办理", nil).At("/apply/").Want(200, "个人信息处理告知", "保存多久")
}

func TestApply(t *testing.T) {
	citytest.Each(t, []string{"food-licence-new"}, func(t *testing.T, c *citytest.City) {
		b := citytest.Browse(t, serve(t, c))
		begin(t, c, b)
		b.Press("下一步", nil).Want(422, "请改正以下内容", "请先阅读告知内容")
		b.Press("下一步", set("told", "true")).Want(200, "经营者")
		if !strings.Contains(b.Body, "91320213MAXX000157") {
			t.Fatal("the code is not filled in from the register")
		}

		t.Run("what was typed is kept with the errors", func(t *testing.T) {
			b := b.On(t)
			b.Press("保存并下一步", set("legalRepId", "320213199004129928", "contact", "陈佳怡", "contactPhone", "1300")).
				Want(422, "请改正以下内容", "320213199004129928", "1300")
			if !strings.Contains(b.Body, `href="#f-legalRepId"`) || !strings.Contains(b.Body, `aria-invalid="true"`) {
				t.Error("the summary does not lead to the field")
			}
		})
		fillFood(b)
		b.Want(200, "申请材料", "必须提交")

		t.Run("a disguised file is refused, the others are kept", func(t *testing.T) {
			b := b.On(t)
			b.Upload("/m03/files", map[string][]byte{"布局图.png": picture(t, 0)}).Want(200, "布局图.png", "已提交")
			b.Upload("/m04/files", map[string][]byte{"制度.pdf": []byte("#!/bin/sh\nrm -rf /\n")}).Want(422, "有文件没有上传成功", "“制度.pdf”")
			b.Want(422, "布局图.png")
			b.Upload("/m04/files", map[string][]byte{}).Want(422, "请先选择文件")
		})
		b.Upload("/m04/files", map[string][]byte{"制度.png": picture(t, 1)}).Want(200)
		b.Upload("/m06/files", map[string][]byte{"健康证.png": picture(t, 2)}).Want(200)
		b.Press("使用电子证照", nil).Want(200, "不用上传", "还有 1 项必须提交的材料")
		b.Upload("/m02/files", map[string][]byte{"身份证.png": picture(t, 3)}).Want(200).Not("必须提交的材料") // the person's, not the company's
		b.Click("下一步").Want(200, "容缺和承诺", "经营场所使用证明").Not("容缺受理承诺书")                                 // the text comes with the choice
		b.Get(strings.TrimSuffix(b.Path, "?")+"?show=1&later=m05").Want(200, "容缺受理承诺书", "5个工作日内补齐", "视为撤回申请")
		b.Press("我已阅读，签署", set("name", "别人")).Want(422, "签署的姓名与登录的姓名不一致", "容缺受理承诺书")
		b.Press("我已阅读，签署", set("name", "陈佳怡")).Want(200, "领取方式").Press("保存并下一步", nil).Want(422, "请选择领取办理结果的方式")
		b.Press("保存并下一步", set("way", "post", "name", "", "phone", "12", "address", "")).Want(422, "请填写收件人姓名", "手机号码应为11位数字")
		b.Press("保存并下一步", set("way", "electronic")).Want(200, "核对并提交", "120", "热食类食品制售", "布局图.png").Not("还差这些")
		b.Press("提交申请", nil).Want(200, "申请已提交", "办件编号").At("/my/cases/")
		no := caseNo(b)
		if b.Head.Get("Cache-Control") != "no-store" {
			t.Error("a case page may be stored")
		}
		b.Get("/my/cases/"+no).Want(200, "已收件", "办到哪一步了", "受理期限", "收件凭证", "办理经过")
		b.Click("收件凭证").At("/my/documents/").Want(200, "无锡锡韵小厨餐饮管理有限公司", no, "校验值（SM3）")
		b.Get("/my").Want(200, "食品经营许可（新办）")
		b.Get("/my/messages").Want(200, "食品经营许可").Press("全部标为已读", nil).Want(200).Not("未读")
		b.Get("/my/drafts").Want(200, "没有草稿")
		b.Get("/my/licences").Want(200, "营业执照").Click("营业执照").Want(200, "谁用过这份证照", "办理“食品经营许可（新办）”").Click("核验这份证照").Want(200, "核对了什么")
		progress(t, c, b, no)
	})
}

// progress: the public page tells the state and nobody's name.
func progress(t *testing.T, c *citytest.City, b *citytest.Browser, no string) {
	t.Helper()
	other := citytest.Browse(t, serve(t, c))
	other.Get(c.Casework.ProgressPath(no)).Want(200, "已收件", no).Not("陈佳怡", "锡韵")
	other.Get("/progress/" + no + "?c=0000000000000000").Want(404)
	other.Get("/my/cases/" + no).At("/login?next=")
	login(other, "lixinran").Get("/my/cases/" + no).Want(404)
	b.Get("/my/cases/" + no).Want(200)
}

func caseNo(b *citytest.Browser) string {
	no := strings.TrimPrefix(b.Path, "/my/cases/")
	no, _, _ = strings.Cut(no, "?")
	return no
}

// handIn takes a complete application through the pages and gives its number.
func handIn(t *testing.T, c *citytest.City, b *citytest.Browser) string {
	t.Helper()
	begin(t, c, b)
	b.Press("下一步", set("told", "true"))
	fillFood(b)
	for i, m := range []string{"m01", "m02", "m03", "m04", "m05", "m06"} {
		b.Upload("/"+m+"/files", map[string][]byte{m + ".png": picture(t, i)}).Want(200)
	}
	b.Click("下一步").Press("保存并下一步", set("way", "pickup")).Press("提交申请", nil).Want(200, "申请已提交")
	return caseNo(b)
}

func TestCorrect(t *testing.T) {
	citytest.Each(t, []string{"food-licence-new"}, func(t *testing.T, c *citytest.City) {
		b := citytest.Browse(t, serve(t, c))
		no := handIn(t, c, b)
		clerk := c.Staff("clerk-lx")
		c.After(time.Hour)
		_, err := c.Casework.Perform(t.Context(), clerk, no, casework.RequestCorrection, casework.Input{Asks: []casework.Ask{
			{Material: "m03", Line: "b", Note: "缺少人流"}, {Field: "area"}}})
		if err != nil {
			t.Fatal(err)
		}
		b.Get("/my").Want(200, "需要您补正材料").Click("去补正").Want(200, "请补正以下内容", "缺少人流", "经营面积")
		b.Press("去补正", nil).At("/apply/").Want(200, "补正", "经营面积") // where the notice's first question stands, not at the end
		draft, _, _ := strings.Cut(b.Path, "/form/")
		b.Get(draft+"/materials").Want(200, "这次不用补正", "缺少人流")
		b.Upload("/m03/files", map[string][]byte{"新图.png": picture(t, 9)}).Want(200, "新图.png")
		b.Click("下一步").Want(200, "提交补正").Press("提交补正", nil).Want(200, "申请已提交")
		b.Get("/my/cases/"+no).Want(200, "已收件")
	})
}

// TestAskMoreTime: beside an open correction, with days and a reason; the answer
// is shown there.
func TestAskMoreTime(t *testing.T) {
	citytest.Each(t, []string{"food-licence-new"}, func(t *testing.T, c *citytest.City) {
		b := citytest.Browse(t, serve(t, c))
		no := handIn(t, c, b)
		clerk := c.Staff("clerk-lx")
		c.After(time.Hour)
		_, err := c.Casework.Perform(t.Context(), clerk, no, casework.RequestCorrection, casework.Input{Asks: []casework.Ask{{Material: "m03", Line: "b"}}})
		if err != nil {
			t.Fatal(err)
		}
		b.Get("/my/cases/"+no).Want(200, "去补正").Click("申请延长补正期限").Want(200, "希望延长多久", "答复之前不会因逾期退件")
		b.Press("提交延期申请", url.Values{"days": {"很多"}, "reason": {"装修未完"}}).Want(422, "请填写整数天数", "装修未完")
		b.Press("提交延期申请", url.Values{"days": {"99"}, "reason": {"装修未完"}}).Want(422, "延长的天数应为")
		b.Press("提交延期申请", url.Values{"days": {"4"}, "reason": {"装修未完"}}).Want(200, "延期申请已提交", "窗口正在答复")
		b.Get("/my/cases/"+no+"/acts/ask-more-time").Want(409, "")
		if _, err := c.Casework.Perform(t.Context(), clerk, no, casework.GrantMoreTime, casework.Input{Days: 4}); err != nil {
			t.Fatal(err)
		}
		b.Get("/my/cases/"+no).Want(200, "补正期限已延长4天", "补正期限延长告知书")
	})
}

func TestAfterwards(t *testing.T) {
	citytest.Each(t, []string{"food-licence-new"}, func(t *testing.T, c *citytest.City) {
		b := citytest.Browse(t, serve(t, c))
		no := handIn(t, c, b)
		do := func(login string, act casework.Act, in casework.Input) {
			t.Helper()
			c.After(time.Hour)
			a := c.Staff(login)
			if act == casework.Review {
				v, err := c.Casework.View(t.Context(), a, no)
				if err != nil {
					t.Fatal(err)
				}
				for _, o := range v.Offered {
					if o.Act == act {
						in.Task = o.Task
					}
				}
			}
			if _, err := c.Casework.Perform(t.Context(), a, no, act, in); err != nil {
				t.Fatal(err)
			}
		}
		do("clerk-lx", casework.Accept, casework.Input{})
		b.Get("/my/cases/"+no).Want(200, "审查中", "承诺办结时限", "还剩", "这个日期是怎么算的")
		do("reviewer-lx-spj", casework.Review, casework.Input{Agree: true, Opinion: "材料齐全"})
		b.Get("/my/cases/" + no).Not("材料齐全")
		do("decider-lx-spj", casework.Decide, casework.Input{Grant: true, Opinion: "同意"})
		c.Work()
		b.Get("/my/cases/"+no).Want(200, "待送达", "食品经营许可证")
		b.Click("更改领取方式").Want(200, "办理结果怎么给您").Press("保存", set("way", "pickup")).Want(200, "领取方式已更改")
		do("clerk-lx", casework.HandOver, casework.Input{Recipient: "陈佳怡"})
		b.Get("/my/cases/"+no).Want(200, "已办结", "评价这次服务").Click("评价这次服务").Want(200, "满意")
		b.Press("提交评价", nil).Want(422, "请选择是否满意")
		b.Press("提交评价", set("level", "5", "reasons", "fast", "words", "很快")).Want(200, "感谢您的评价", "非常满意")
		b.Get("/my/cases/"+no+"/rate").Want(409, "您已经评价过这次服务").Click("查看办件").Want(200)
		b.Get("/my/licences").Want(200, "食品经营许可证").Click("食品经营许可证").Want(200, "电子证照标识", "数字签名")
		b.Click("核验这份证照").Want(200, "证照真实，目前有效")
		citytest.Browse(t, serve(t, c)).Get(b.Path).Want(200, "证照真实，目前有效").Not("陈佳怡")
	})
}

// TestRateByCode: whoever was served rates without an account, with the code
// that the document ending the case and its progress page show.
func TestRateByCode(t *testing.T) {
	citytest.Each(t, []string{"food-licence-new"}, func(t *testing.T, c *citytest.City) {
		h := serve(t, c)
		end := func() (no, progress, rate string) {
			t.Helper()
			b := citytest.Browse(t, h)
			no = handIn(t, c, b)
			progress = c.Casework.ProgressPath(no)
			b.Get(progress).Want(200).Not("评价这次服务")
			b.Get("/my/cases/"+no).Click("撤回申请").Press("确认撤回", set("reason", "不办了")).Want(200)
			b.Get("/my/cases/"+no).Click("终止").Want(200, "请评价这次服务", "不用登录").Click("现在评价").Want(200, "您对这次服务满意吗？").At("/rate/" + no + "?t=")
			return no, progress, b.Path
		}
		no, progress, rate := end()
		visitor := citytest.Browse(t, h)
		visitor.Get("/rate/" + no).At("/login?next=")
		visitor.Get(rate + "0").Want(404)
		visitor.Post(rate+"0", set("level", "5")).Want(404)
		visitor.Get(progress).Want(200, "不用登录就可以评价").Click("评价这次服务").Want(200, "您对这次服务满意吗？").Not("陈佳怡", "锡韵")
		if visitor.Path != rate || visitor.Head.Get("Referrer-Policy") != "no-referrer" || visitor.Head.Get("Cache-Control") != "no-store" {
			t.Errorf("at %s, want %s: %v", visitor.Path, rate, visitor.Head)
		}
		visitor.Press("提交评价", nil).Want(422, "请选择是否满意")
		visitor.Press("提交评价", set("level", "2", "reasons", "slow", "words", "等了很久")).Want(200, "感谢您的评价").At("/")
		visitor.Get(rate).Want(409, "您已经评价过这次服务", "回到首页").Not("查看办件")
		visitor.Post(rate, set("level", "5")).Want(409, "回到首页")
		visitor.Get(progress).Want(200).Not("评价这次服务")

		_, progress, rate = end()
		c.After(30*24*time.Hour + time.Second)
		visitor.Get(progress).Want(200).Not("评价这次服务")
		visitor.Get(rate).Want(410, "评价期限已过", "回到首页")
		visitor.Post(rate, set("level", "5")).Want(410, "评价期限已过")
	})
}

func TestWithdraw(t *testing.T) {
	citytest.Each(t, []string{"food-licence-new"}, func(t *testing.T, c *citytest.City) {
		b := citytest.Browse(t, serve(t, c))
		no := handIn(t, c, b)
		b.Get("/my/cases/"+no).Click("撤回申请").Want(200, "确认撤回")
		stale := b.On(t)
		b.Press("确认撤回", set("reason", "不办了")).Want(200, "申请已撤回", "撤回")
		stale.Press("确认撤回", nil).Want(409)
	})
}

// TestPersonal answers a guide's questions, sees what the case needs, and finds
// the answers in the draft.
func TestPersonal(t *testing.T) {
	citytest.Each(t, []string{"road-occupy-dig", "marriage-register"}, func(t *testing.T, c *citytest.City) {
		b := citytest.Browse(t, serve(t, c))
		road := "/items/" + c.Codes["road-occupy-dig"][0]
		b.Get(road).Want(200, "回答几个问题，看您要准备什么", "是占用道路，还是要挖开？", "规划部门批准文件和设计文件", "“是占用道路，还是要挖开？”答“挖掘”或者“占用并挖掘”时").Not("按您的情况")
		b.Press("看我要准备什么", set("kind", "dig")).At(road+"?").Want(200, "按您的情况", "一定要交的材料 5 份，其中 1 份有电子证照就不用交。", "还有问题没有回答", "可能需要", "紧急抢修说明", "已取得规划部门批准签发的文件")
		b.Press("按新的回答再看", set("kind", "occupy")).Want(200, "一定要交的材料 4 份", "另有 3 份材料，您的情况不需要").Not("紧急抢修说明").Not("规划部门批准文件和设计文件").Not("已取得规划部门批准签发的文件").Not("还有问题没有回答")
		here := b.Path
		b.Press("在线办理", nil).At("/login?next=").Press("登录", set("login", "chenjiayi", "password", citytest.Password)).At(here)
		b.Press("在线办理", nil).At("/apply/").Press("下一步", set("told", "true")).Want(200, "申请人")
		d, err := c.Casework.Drafts(t.Context(), c.Person("chen-jiayi", ""), 0, 1)
		if err != nil || len(d) != 1 || d[0].Data.Values["kind"] != "occupy" {
			t.Fatalf("%+v %v", d, err)
		}
		b.Get(road+"?kind=fly&road=x&emergency=true").Want(200, "看我要准备什么").Not("按您的情况")
		b.Get("/items/"+c.Codes["marriage-register"][0]+"?anyDivorced=true").Want(200, "离婚证或者生效的离婚法律文书", "你们当中有人离过婚吗？")
		b.Click("看完整指南").At("/items/" + c.Codes["marriage-register"][0]).Not("按您的情况")
	})
}
