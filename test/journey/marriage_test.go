package journey

import "testing"

// marriage goes through 结婚登记: reviewed online first, one visit with an
// appointment, finished at the window.
func marriage(t *testing.T, l *look, c *city, on device) {
	w := newPapers(t)
	p := l.visitor(t, c, on, "zhenghaoran")
	search(p, "领证", "梁溪区", "结婚登记（内地居民）")
	p.see("1 次", "双方应当亲自到婚姻登记机关申请")
	p.follow("网上申请，预审后到窗口")
	p.fill("账号、手机号码或者身份证号码", "zhenghaoran")
	p.fill("密码", password)
	p.follow("登录")
	applyBy(p, "网上申请，预审后到窗口")

	p.fill("男方姓名", "郑浩然")
	p.fill("男方身份号码", "320214200105099976")
	p.fill("男方手机号码", "13900006666")
	p.fill("男方民族", "汉族")
	p.choose("男方婚姻状况", "未婚")
	p.fill("男方户籍所在地", "无锡市新吴区江溪街道演示公寓1号705室")
	p.follow("保存并下一步")
	p.fill("女方姓名", "李欣然")
	p.fill("女方身份号码", "320211199608259949")
	p.fill("女方手机号码", "13900007777")
	p.fill("女方民族", "汉族")
	p.choose("女方婚姻状况", "未婚")
	p.fill("女方户籍所在地", "无锡市滨湖区河埒街道演示苑3幢502室")
	p.follow("保存并下一步")
	p.choose("是否有一方曾经离婚", "否")
	p.choose("双方没有直系血亲和三代以内旁系血亲关系", "是")
	p.date("希望到场的日期", "2026-12-18")
	p.choose("照片", "到场免费拍摄")
	p.tick("本人（本单位）保证填写内容和材料真实")
	p.follow("保存并下一步")
	p.upload("双方居民身份证", w.photo(t, "男方正面.jpg", 10), w.photo(t, "女方正面.jpg", 70))
	p.follow("下一步")
	p.follow("确认无误，提交申请")
	no := p.caseNo()

	l.as(t, c, "clerk2-lx", on.office(), func(d *person) {
		d.toCase(no)
		d.follow("预审通过")
		d.see("查看办件")
	})
	p.open("/my")
	p.see("预审已通过，请到窗口办结")
	p.open("/my/cases/" + no)
	p.see("请到窗口办结", "带上原件", "双方居民身份证")
	p.follow("预约时间")
	p.followTo(422, "预约")
	p.see("请选择一个时间")
	p.do("choose the first time that is free", p.press(p.find("slot", "")))
	p.follow("预约")
	p.see("预约成功", "已预约")

	// They come; the clerk sees the originals.
	l.as(t, c, "clerk2-lx", on.office(), func(d *person) {
		d.open("/desk/appointments")
		d.toCase(no)
		d.unfold("到窗口受理")
		d.choose("已查验的原件", "双方居民身份证")
		d.follow("原件无误，受理")
		d.see("查看办件")
	})
	review(l, t, c, on, "reviewer-lx-mzj", no, "双方到场，自愿结婚，符合条件。")
	decide(l, t, c, on, "decider-lx-mzj", no, "双方到场，自愿结婚，符合条件。")
	handOver(l, t, c, on, "clerk2-lx", no, "郑浩然、李欣然")
	p.awaitCase(no, "已经办结", "结婚证")
	rated(p, no, "非常满意", "")
}
