package journey

import "testing"

// What the people at the desk do with a case, on what they have when the
// applicant holds a device.

func accept(l *look, t *testing.T, c *city, on device, clerk, no string) {
	t.Helper()
	l.as(t, c, clerk, on.office(), func(d *person) {
		d.toCase(no)
		d.act("受理", "受理")
		d.see("查看办件")
	})
}

func review(l *look, t *testing.T, c *city, on device, reviewer, no, opinion string) {
	t.Helper()
	l.as(t, c, reviewer, on.office(), func(d *person) {
		d.toCase(no)
		d.unfold("审查意见")
		d.choose("结论", "同意")
		d.fill("审查意见", opinion)
		d.follow("提交审查意见")
		d.see("查看办件")
	})
}

// decide grants; who decides reads every opinion first.
func decide(l *look, t *testing.T, c *city, on device, decider, no string, opinions ...string) {
	t.Helper()
	l.as(t, c, decider, on.office(), func(d *person) {
		d.toCase(no)
		d.see(opinions...)
		d.unfold("作出决定")
		d.choose("决定", "准予")
		d.follow("作出决定")
		d.see("查看办件")
	})
}

// handOver gives the result out at the window.
func handOver(l *look, t *testing.T, c *city, on device, clerk, no, who string) {
	t.Helper()
	l.as(t, c, clerk, on.office(), func(d *person) {
		d.toCase(no)
		d.unfold("窗口发放")
		d.fill("领取人姓名", who)
		d.follow("登记发放")
		d.see("查看办件")
	})
}

// posted gives the result to the courier; the clerk writes the recipient's phone
// on the parcel.
func posted(l *look, t *testing.T, c *city, on device, clerk, no, phone, waybill string) {
	t.Helper()
	l.as(t, c, clerk, on.office(), func(d *person) {
		d.told = phone
		defer func() { d.told = "" }()
		d.toCase(no)
		d.see(phone)
		d.unfold("登记自行寄出")
		d.followTo(422, "登记寄出")
		d.fill("快递公司和运单号", waybill)
		d.follow("登记寄出")
		d.see("查看办件")
	})
}

// signed records the receipt that came back: now the result is served.
func signed(l *look, t *testing.T, c *city, on device, clerk, no, waybill, who string) {
	t.Helper()
	l.as(t, c, clerk, on.office(), func(d *person) {
		d.open("/desk/cases/" + no)
		d.see("结果领取、寄递", "运送中", waybill)
		d.unfold("登记签收")
		d.fill("签收人", who)
		d.follow("登记签收")
		d.see("已办理：“邮寄签收”", "已送达", who)
	})
}

// byCode hands a result out at the window: the clerk scans what the applicant's
// page shows.
func byCode(l *look, t *testing.T, c *city, on device, clerk, no, code, who string) {
	t.Helper()
	l.as(t, c, clerk, on.office(), func(d *person) {
		d.open("/desk/results")
		d.fill("取件码", "0000 0000")
		d.followTo(422, "凭取件码查找")
		d.see("取件码不正确")
		d.fill("取件码", code)
		d.follow("凭取件码查找")
		d.see("取件码正确", "已核验")
		d.unfold("窗口发放")
		d.fill("领取人姓名", who)
		d.follow("登记发放")
		d.see("已办理：“窗口发放”", "凭取件码查找")
	})
}

// rated gives the case its rating.
func rated(p *person, no, level, reason string) {
	p.t.Helper()
	p.open("/my/cases/" + no)
	p.follow("评价这次服务")
	p.choose("您对这次服务满意吗", level)
	if reason != "" {
		p.choose("哪里需要改进", reason)
	}
	p.follow("提交评价")
	p.see("感谢您的评价", level)
}

// search finds an item by words and district, and opens its guide.
func search(p *person, words, district, item string) {
	p.t.Helper()
	p.open("/")
	p.fill("搜索办事事项", words)
	p.follow("搜索")
	if district != "" {
		p.filter("区划", district)
	}
	p.follow(item)
	p.see(elements...)
}

// apply begins an application and is told about the data.
func apply(p *person) {
	p.t.Helper()
	applyBy(p, "在线办理")
}

func applyBy(p *person, button string) {
	p.t.Helper()
	p.follow(button)
	p.tick("我已阅读并知晓以上内容")
	p.follow("下一步")
}

// actFor chooses for whom the person acts.
func actFor(p *person, name string) {
	p.t.Helper()
	p.open("/identity")
	p.choose("请选择", name)
	p.follow("确定")
	p.see(name)
}

// act unfolds an act that needs nothing filled in, and does it.
func (p *person) act(title, button string) {
	p.t.Helper()
	p.unfold(title)
	p.follow(button)
}
