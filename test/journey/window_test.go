package journey

import "testing"

// olderPerson has neither a phone nor an account, and was never met before.
const olderPerson = "320211193806159992"

// window is the same application taken in at the window, on paper, up to the
// rating, which somebody without an account gives by scanning what was printed.
func window(t *testing.T, l *look, c *city, on device) {
	no, progress := "", ""
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
		d.see("材料清单", "申请人居民身份证", "必须提交")
		d.follow("开始收件")

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
		progress = d.scan()
		anyone := l.visitor(t, c, phone, "anyone")
		anyone.open(progress)
		anyone.see("尊老金", no)
		anyone.unseen("陈阿婆")
	})
	accept(l, t, c, on, "clerk-bh", no)
	review(l, t, c, on, "reviewer-bh-mzj", no, "年龄和户籍核对无误。")
	decide(l, t, c, on, "decider-bh-mzj", no, "年龄和户籍核对无误。")
	handOver(l, t, c, on, "clerk-bh", no, "陈阿婆")
	scanned := ""
	l.as(t, c, "clerk-bh", on.office(), func(d *person) {
		d.open("/desk/cases/" + no)
		d.see("请申请人扫码评价")
		onScreen := d.scanIn(".rateme")
		d.follow("送达回证")
		d.see("请评价这次服务", "不用登录")
		if scanned = d.scanIn(".sheet-rate"); scanned != onScreen {
			d.fail("the screen shows %s, the record prints %s", onScreen, scanned)
		}
	})
	anyone := l.visitor(t, c, phone, "anyone")
	anyone.open(progress)
	anyone.see("不用登录就可以评价")
	anyone.open(scanned)
	anyone.see("尊老金")
	anyone.unseen("陈阿婆")
	anyone.choose("您对这次服务满意吗", "非常满意")
	anyone.follow("提交评价")
	anyone.see("感谢您的评价")
	anyone.openTo(409, scanned)
	anyone.see("您已经评价过这次服务")
	anyone.open(progress)
	anyone.unseen("不用登录就可以评价")
}
