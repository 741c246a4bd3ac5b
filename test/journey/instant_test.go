package journey

import "testing"

// instant goes through 社会保险参保缴费证明打印, an 即办件: done on the spot, and
// rated badly, which somebody follows up. The person has chosen to be told by SMS.
func instant(t *testing.T, l *look, c *city) {
	p := l.visitor(t, c, desktop, "shenyutong")
	p.login("shenyutong")
	chooseWays(p)
	search(p, "社保证明", "", "社会保险参保缴费证明打印（个人）")
	p.see("即办")
	apply(p)
	p.choose("是否由他人代办", "否")
	p.follow("保存并下一步")
	p.choose("险种", "全部险种")
	p.choose("缴费期间", "指定期间")
	p.date("开始日期", "2026-01-01")
	p.date("结束日期", "2026-10-31")
	p.choose("用途", "购房、租房")
	p.follow("保存并下一步")
	p.see("申请人居民身份证")
	p.follow("下一步")
	p.choose("办理结果怎么给您", "电子送达")
	p.follow("保存并下一步")
	p.follow("确认无误，提交申请")
	no := p.caseNo()
	toldBySMS(p, c, no, "您的申请已收到")

	// Two clerks have it open; the second one is told that it has changed.
	l.as(t, c, "clerk2-wx", desktop, func(d *person) {
		d.toCase(no)
		accept(l, t, c, desktop, "clerk-wx", no)
		d.unfold("受理")
		d.followTo(409, "受理")
		d.see("办件已有变化")
		d.follow("查看最新情况")
		d.see(no, "待决定")
	})
	decide(l, t, c, desktop, "decider-wx-rsj", no)
	p.awaitCase(no, "已经办结", "社会保险参保缴费证明")
	rated(p, no, "不满意", "")
}

// explained is the same for somebody who meets all published rules: the platform
// grants it, and says on which clauses and with what values.
func explained(t *testing.T, l *look, c *city) {
	p := l.visitor(t, c, phone, "chenjiayi")
	p.login("chenjiayi")
	search(p, "社保证明", "", "社会保险参保缴费证明打印（个人）")
	p.see("秒批规则", "持有社会保障卡")
	apply(p)
	p.choose("是否由他人代办", "否")
	p.follow("保存并下一步")
	p.choose("险种", "全部险种")
	p.choose("缴费期间", "最近12个月")
	p.choose("用途", "签证")
	p.follow("保存并下一步")
	p.followIn("申请人居民身份证", "使用电子证照")
	p.follow("下一步")
	p.choose("办理结果怎么给您", "电子送达")
	p.follow("保存并下一步")
	p.follow("确认无误，提交申请")
	no := p.caseNo()
	p.awaitCase(no, "已经办结", "社会保险参保缴费证明", "秒批规则的核对结果", "持有社会保障卡", "符合", "社会保险经办条例 第七条", "自动作出准予决定")
	p.followIn("文书", "办理结果")
	p.see("持有社会保障卡", no)
}
