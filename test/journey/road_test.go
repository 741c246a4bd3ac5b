package journey

import (
	"regexp"
	"testing"
)

// road goes through 占用、挖掘城市道路: handed in by an agent of the firm, reviewed
// by two departments at the same time, with a special procedure that stops the
// clock and an extension that moves it, and picked up at the window.
func road(t *testing.T, l *look, c *city, on device) {
	p := l.visitor(t, c, on, "zhouzhiyuan")
	p.login("zhouzhiyuan")
	actFor(p, roadFirm)
	search(p, "挖路", "梁溪区", "占用、挖掘城市道路审批")
	p.see("城市道路占用费", "城市道路挖掘修复费")
	apply(p)
	no := fillRoad(t, p)

	accept(l, t, c, on, "clerk2-lx", no)
	// Both departments have it at the same time, each with days of its own; one of
	// the reviewers takes it, and the others see that.
	l.as(t, c, "reviewer-lx-cgj", on.office(), func(d *person) {
		d.toCase(no)
		d.see("限5个工作日，已用0个，剩5个")
		d.unfold("听证、核查、内部流转")
		d.act("领办", "领办")
		d.toCase(no)
		d.see("邱欣悦领办")
	})
	l.as(t, c, "reviewer-lx-jj", on.office(), func(d *person) { d.toCase(no) })

	// The special procedure stops the clock; no opinion is given meanwhile.
	l.as(t, c, "reviewer-lx-cgj", on.office(), func(d *person) {
		d.unfold("启动特别程序")
		d.choose("特别程序", "专家评审")
		d.fill("启动的理由", "主干道开挖，需要专家评审交通组织方案。")
		d.fill("评审专家", "丁专家（演示大学）、戊专家（演示设计院）")
		d.follow("启动特别程序")
		d.see("查看办件")
	})
	p.open("/my/cases/" + no)
	p.see("特别程序", "这段时间不计入办理时限")
	l.as(t, c, "reviewer-lx-cgj", on.office(), func(d *person) {
		d.toCase(no)
		d.unfold("特别程序结束")
		d.fill("专家评审意见", "交通组织方案可行。")
		d.follow("特别程序结束")
	})
	p.open("/my/cases/" + no)
	p.see("特别程序结束", "专家评审")

	review(l, t, c, on, "reviewer-lx-cgj", no, "管线避让方案可行，同意挖掘，完工后按原结构恢复。")
	review(l, t, c, on, "reviewer-lx-jj", no, "绕行路线和标志设置可行，同意占用。")

	hearing(l, t, c, on, p, no)

	// The decider moves the limit once, then decides on both opinions.
	l.as(t, c, "decider-lx-spj", on.office(), func(d *person) {
		d.toCase(no)
		d.unfold("延长办理期限")
		d.fill("延长", "5")
		d.fill("延长的理由", "需要核实地下管线资料。")
		d.follow("延长办理期限")
		d.see("查看办件")
	})
	p.open("/my/cases/" + no)
	p.see("延长办理期限", "需要核实地下管线资料")
	p.followIn("文书", "延长")
	p.see("延长", no)
	decide(l, t, c, on, "decider-lx-spj", no, "管线避让方案可行", "绕行路线和标志设置可行")

	p.awaitCase(no, "结果已经做好", "窗口领取")
	refund(l, t, c, on, p, "clerk2-lx", "decider-lx-spj", no)
	p.open("/my/cases/" + no)
	code := regexp.MustCompile(`取件码\s*(\d{4} \d{4})`).FindStringSubmatch(p.text())
	if code == nil {
		p.fail("no pick-up code: %s", p.text())
	}
	byCode(l, t, c, on, "clerk2-lx", no, code[1], "周志远")
	p.awaitCase(no, "已经办结", "窗口发放")
	rated(p, no, "基本满意", "")
}

const roadFirm = "无锡运河样本市政工程有限公司"

// fillRoad fills in the application to dig up a road, and hands it in.
func fillRoad(t *testing.T, p *person) (no string) {
	t.Helper()
	w := newPapers(t)
	if got := p.value("申请单位（个人）名称"); got != roadFirm {
		p.fail("the applicant is prefilled with %q", got)
	}
	p.choose("证件类型", "统一社会信用代码")
	if p.has("box", "公民身份号码") {
		p.fail("a firm is asked for a resident ID number")
	}
	p.fill("经办人手机号码", "13900002222")
	p.follow("保存并下一步")

	p.fill("工程（活动）名称", "演示路燃气管线改造")
	p.unseen("挖掘长度")
	p.choose("申请类型", "占用并挖掘")
	p.choose("是否属于管线紧急抢修补办", "否")
	p.fill("道路名称和起止位置", "演示路（甲路至乙路段）南侧机动车道")
	p.choose("涉及的路面", "机动车道")
	p.choose("涉及的路面", "人行道")
	p.fill("占用面积", "86.4")
	p.fill("挖掘长度", "42")
	p.fill("挖掘面积", "50.4")
	p.choose("路面结构", "沥青")
	p.choose("是否为交付未满五年或者大修未满三年的道路", "否")
	p.date("开始日期", "2027-03-10")
	p.date("结束日期", "2027-03-01")
	p.choose("是否夜间施工", "是")
	p.followTo(422, "保存并下一步")
	p.see("请改正以下内容", "结束日期")
	p.date("结束日期", "2027-03-20")
	p.follow("保存并下一步")

	p.fill("施工单位", roadFirm)
	p.fill("现场负责人", "蒋涛")
	p.fill("现场负责人手机号码", "13900003333")
	p.fill("安全防护和恢复承诺", "全程围挡，夜间设警示灯，完工后三日内恢复路面。")
	p.tick("本人（本单位）保证填写内容和材料真实")
	p.follow("保存并下一步")

	p.upload("经办人居民身份证", w.photo(t, "经办人.jpg", 20))
	p.upload("占用或者挖掘位置平面图", w.pdf(t, "平面图.pdf", "SITE"))
	p.upload("施工组织方案", w.pdf(t, "施工方案.pdf", "WORK"))
	p.upload("交通组织方案", w.pdf(t, "交通方案.pdf", "TRAFFIC"))
	p.upload("规划部门批准文件和设计文件", w.pdf(t, "规划批准.pdf", "PLAN"))
	p.follow("下一步")
	p.choose("办理结果怎么给您", "到窗口领取")
	p.follow("保存并下一步")
	p.follow("确认无误，提交申请")
	return p.caseNo()
}
