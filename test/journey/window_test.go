package journey

import "testing"

// olderPerson has neither a phone nor an account, and was never met before.
const olderPerson = "320211193806159992"

// window is the same application taken in at the window, on paper.
func window(t *testing.T, l *look, c *city, on device) {
	no := ""
	l.as(t, c, "clerk-bh", on.office(), func(d *person) {
		d.open("/desk")
		d.follow("窗口收件")
		d.fill("身份证号码或者统一社会信用代码", olderPerson[:17]+"1")
		d.followTo(422, "下一步")
		d.see("校验")
		d.fill("身份证号码或者统一社会信用代码", olderPerson)
		d.follow("下一步")
		d.see("还没有这个人的登记", "不需要手机")
		d.fill("姓名", "陈阿婆")
		d.fill("住址", "无锡市滨湖区河埒街道演示里5号")
		d.follow("登记并继续")
		d.fill("事项名称，或者群众常用的说法", "高龄补贴")
		d.follow("查找")
		d.followIn("尊老金（高龄津贴）发放", "收件")

		d.see("谁来处理", "陈阿婆")
		d.tick("已将以上内容向申请人告知")
		d.follow("下一步")
		if got := d.value("姓名"); got != "陈阿婆" {
			d.fail("the name is prefilled with %q", got)
		}
		d.date("出生日期", "1938-06-15")
		d.fill("户籍地址", "无锡市滨湖区河埒街道演示里5号")
		d.follow("保存并下一步")
		d.choose("是否由他人代办", "否")
		d.fill("开户银行", "演示银行无锡分行")
		d.fill("银行账号", "6222000000000000001")
		d.tick("本人（本单位）保证填写内容和材料真实")
		d.follow("保存并下一步")
		d.followIn("申请人居民身份证", "登记：已查验纸质原件")
		d.followIn("申请人居民户口簿", "登记：已查验纸质原件")
		d.see("纸质原件，窗口已查验")
		d.follow("下一步")
		d.choose("办理结果怎么给您", "到窗口领取")
		d.follow("保存并下一步")
		d.follow("确认无误，提交申请")
		no = d.caseNo()
		d.follow("收件凭证")
		d.see("收件凭证", "陈阿婆", no)
		progress := d.scan()
		anyone := l.visitor(t, c, phone, "anyone")
		anyone.open(progress)
		anyone.see("尊老金", no)
		anyone.unseen("陈阿婆")
	})
	accept(l, t, c, on, "clerk-bh", no)
	review(l, t, c, on, "reviewer-bh-mzj", no, "年龄和户籍核对无误。")
	decide(l, t, c, on, "decider-bh-mzj", no, "年龄和户籍核对无误。")
	handOver(l, t, c, on, "clerk-bh", no, "陈阿婆")
}
