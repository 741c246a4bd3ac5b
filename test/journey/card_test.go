package journey

import "testing"

// card goes through 残疾人证换领: an agent with a recorded mandate acts for a
// relative, who never has to come; both see the case, and the mandate reaches
// the named items alone.
func card(t *testing.T, l *look, c *city) {
	w := newPapers(t)
	p := l.visitor(t, c, desktop, "chenjiayi")
	p.login("chenjiayi")
	actFor(p, "王建国")
	p.open("/my")
	p.unseen("授权委托") // who acts for somebody gives no mandates in their name
	search(p, "换残疾证", "梁溪区", "残疾人证换领")
	p.see("0 次")
	apply(p)

	for label, want := range map[string]string{"姓名": "王建国", "公民身份号码": "320204195603189919"} {
		if got := p.value(label); got != want {
			p.fail("“%s” is prefilled with %q, want %q", label, got, want)
		}
	}
	p.fill("现居住地址", "无锡市梁溪区崇安寺街道演示弄6号102室")
	p.choose("户籍所在市（县）、区", "梁溪区")
	p.follow("保存并下一步")
	p.choose("残疾类别", "肢体")
	p.choose("残疾等级", "三级")
	p.choose("换领原因", "有效期届满或者将满")
	p.follow("保存并下一步")
	p.choose("是否由监护人或者代办人办理", "是")
	p.fill("监护人或者代办人姓名", "陈佳怡")
	p.fill("监护人或者代办人身份号码", "320213199004129927")
	p.choose("与申请人的关系", "受委托人")
	p.fill("监护人或者代办人手机号码", "13900005555")
	p.choose("结果领取方式", "电子送达")
	p.tick("本人（本单位）保证填写内容和材料真实")
	p.follow("保存并下一步")

	p.followIn("残疾人证（旧证）", "使用电子证照")
	p.followIn("申请人居民身份证", "使用电子证照")
	p.upload("近期两寸免冠白底彩色照片", w.photo(t, "照片.jpg", 200))
	p.upload("监护人身份证和监护关系证明", w.photo(t, "代办人身份证.jpg", 60))
	p.follow("下一步")
	p.choose("办理结果怎么给您", "电子送达")
	p.follow("保存并下一步")
	p.follow("确认无误，提交申请")
	no := p.caseNo()

	accept(l, t, c, desktop, "clerk-lx", no)
	review(l, t, c, desktop, "reviewer-lx-cl", no, "证件信息与档案一致。")
	decide(l, t, c, desktop, "decider-lx-cl", no, "证件信息与档案一致。")
	p.awaitCase(no, "已经办结", "残疾人证")

	// The principal sees everything, with who acted.
	own := l.visitor(t, c, phone, "wangjianguo")
	own.login("wangjianguo")
	own.open("/my/cases/" + no)
	own.see("残疾人证换领", "陈佳怡", "已经办结")
	own.open("/my/licences")
	own.see("残疾人证")
	own.open("/my/mandates")
	own.see("陈佳怡", "2026-03-01")
	rated(own, no, "满意", "")

	// The mandate does not reach other items.
	p.open("/items?q=结婚登记")
	p.follow("结婚登记（内地居民）")
	p.followTo(403, "网上申请，预审后到窗口")
}
