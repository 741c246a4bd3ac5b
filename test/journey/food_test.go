package journey

import (
	"strings"
	"testing"
)

// place is where and by whom an item is handled.
type place struct {
	district, unit           string
	clerk, reviewer, decider string
}

var (
	liangxi = place{"梁溪区", "无锡市梁溪区行政审批局", "clerk-lx", "reviewer-lx-spj", "decider-lx-spj"}
	binhu   = place{"滨湖区", "无锡市滨湖区行政审批局", "clerk-bh", "reviewer-bh-spj", "decider-bh-spj"}
)

// firm is an organisation with the person who acts for it.
type firm struct {
	account, name, rep, repID string
}

var (
	kitchen = firm{"chenjiayi", "无锡锡韵小厨餐饮管理有限公司", "陈佳怡", "320213199004129927"}
	noodles = firm{"xuguoqiang", "无锡市梁溪区阿福记面馆", "许国强", "320202197205169951"}
	smart   = firm{"zhenghaoran", "无锡蠡湖样本智造科技有限公司", "郑浩然", "320214200105099976"}
)

// The guide's 14 elements of 第七条.
var elements = []string{"基本信息", "部门信息", "办理窗口", "受理标准", "办理材料", "办理流程", "办理时限", "收费情况", "审批结果", "法律依据",
	"常见问题", "咨询投诉", "权利义务", "法律救济"}

// food goes through all 14 steps with 食品经营许可(新办): a promised item with a
// correction, one deciding department and a licence that reaches its holder by
// itself, or by post.
func food(t *testing.T, l *look, c *city, on device, at place, f firm, post bool) {
	w := newPapers(t)
	p := l.visitor(t, c, on, f.account)
	findFood(p, at)
	p.see(elements...)
	p.see("待核实", "演示数据")

	// 2. Log in, and act for the firm.
	p.follow("在线办理")
	p.fill("账号、手机号码或者身份证号码", f.account)
	p.fill("密码", "not-this-one")
	p.followTo(422, "登录")
	p.see("账号或者密码不正确")
	p.fill("密码", password)
	p.follow("登录")
	p.follow("换一个身份")
	p.choose("请选择", f.name)
	p.follow("确定")
	p.see(f.name)
	p.follow("在线办理")

	fillFood(p, f)
	p.upload("法定代表人（负责人）居民身份证", w.photo(t, "身份证正面.jpg", 10), w.photo(t, "身份证反面.jpg", 90))
	p.upload("经营场所设备布局和操作流程图", w.pdf(t, "布局图.pdf", "LAYOUT"))
	p.upload("食品安全规章制度目录和文本", w.pdf(t, "旧制度.pdf", "OLD RULES"), w.pdf(t, "制度.pdf", "RULES"))
	address, _, _ := strings.Cut(p.path(), "/materials")
	p.open(address + "/promise?show=1&later=m05") // what may follow later, with the whole text
	p.see("容缺受理承诺书", "视为撤回申请")
	p.open(address + "/materials")
	p.upload("经营场所使用证明", w.pdf(t, "租赁合同.pdf", "LEASE"))
	p.see("旧制度.pdf")
	p.follow("删除 旧制度.pdf")
	p.unseen("旧制度.pdf")
	wrongFile(t, p, w)
	p.follow("下一步")

	// 11. How to get it; the check names what is still missing.
	if post {
		p.choose("办理结果怎么给您", "邮寄到家")
		p.fill("收件人", "")
		p.followTo(422, "保存并下一步")
		p.see("请改正以下内容")
		p.fill("收件人", f.rep)
		p.fill("手机号码", "13900001234")
		p.fill("收件地址", "无锡市惠山区堰桥街道演示花园5号203室")
	} else {
		p.choose("办理结果怎么给您", "电子送达")
	}
	p.follow("保存并下一步")
	p.see("核对并提交", "从业人员健康证明", f.name, "热食类食品制售")
	p.follow("从业人员健康证明")
	p.upload("从业人员健康证明", w.photo(t, "健康证.jpg", 40))
	p.follow("下一步")
	p.follow("保存并下一步")

	// 5. Hand in once; the receipt has a number and a QR code for everybody.
	p.follow("确认无误，提交申请")
	p.see("申请已提交", "收件凭证")
	no := p.caseNo()
	progress := p.scan()
	anyone := l.visitor(t, c, on, "anyone")
	anyone.open(progress)
	anyone.see("食品经营许可", no, "还剩多少时间")
	anyone.unseen(f.name, f.rep)
	p.follow("查看、打印收件凭证")
	p.see("收件凭证", no, f.name)
	if got := p.scan(); got != progress+"#clocks" { // the printed code opens how the dates were reckoned
		t.Errorf("the QR code on the receipt leads to %s, that of the page to %s", got, progress)
	}

	// 6. The clerk tells once what is missing, picked from the guide.
	l.as(t, c, at.clerk, on.office(), func(d *person) { askCorrection(d, no) })
	// 7. The applicant sees what is asked and until when, and corrects it.
	correct(t, p, w, no)
	l.as(t, c, at.clerk, on.office(), func(d *person) {
		d.toCase(no)
		d.see("布局图-改.pdf")
		d.act("受理", "受理")
		d.see("受理通知书")
	})
	// 8. One person reviews, another one decides.
	l.as(t, c, at.reviewer, on.office(), func(d *person) {
		d.toCase(no)
		d.unfold("审查意见")
		d.choose("结论", "同意")
		d.fill("审查意见", "经核对，材料齐全，现场与布局图一致。")
		d.follow("提交审查意见")
		d.see("查看办件")
	})
	l.as(t, c, at.decider, on.office(), func(d *person) {
		d.toCase(no)
		d.see("经核对，材料齐全，现场与布局图一致。")
		d.unfold("作出决定")
		d.choose("决定", "准予")
		d.follow("作出决定")
		d.see("食品经营许可")
	})

	// 9, 10, 13. Documents, licence, timeline; delivered by the platform itself, or
	// by the clerk who gives it to the courier and keeps the receipt.
	if post {
		p.awaitCase(no, "结果已经做好", "邮寄")
		const waybill = "演示快递 DEMO-20260042"
		posted(l, t, c, on, at.clerk, no, "13900001234", waybill)
		p.awaitCase(no, "运送中", "签收之后才算送达", waybill)
		signed(l, t, c, on, at.clerk, no, waybill, "前台代收")
		p.awaitCase(no, "已经办结", "食品经营许可证", waybill, "前台代收")
		p.followIn("文书", "送达")
		p.see("邮寄", waybill, no)
		p.open("/my/cases/" + no)
	} else {
		p.awaitCase(no, "已经办结", "食品经营许可证", "电子送达")
	}
	p.see("办理经过", "一次性告知补正", "受理", "决定", "依据")
	for _, doc := range []string{"收件凭证", "补正", "受理通知书", "决定书"} {
		p.open("/my/cases/" + no)
		p.followIn("文书", doc)
		p.see(f.name, no)
	}
	p.open("/my/cases/" + no)
	p.follow("食品经营许可证")
	p.see(f.name, "SM2")
	verify := p.scan()
	anyone.open(verify)
	anyone.see("证照真实，目前有效", "食品经营许可证", at.unit, f.name)

	p.open("/my/cases/" + no)
	p.follow("决定公开情况，请求不公开")
	p.see("准予和不予的决定都公开")

	// 12. Rate once.
	p.open("/my/cases/" + no)
	p.follow("评价这次服务")
	p.choose("您对这次服务满意吗", "非常满意")
	p.fill("还想说些什么", "补正一次说清楚了，很方便。")
	p.follow("提交评价")
	p.see("感谢您的评价", "非常满意")
	p.openTo(409, "/my/cases/"+no+"/rate")
}

// findFood finds the item as people do: by what they call it, then narrowed down.
func findFood(p *person, at place) {
	p.t.Helper()
	p.open("/")
	p.fill("搜索办事事项", "开饭店")
	p.follow("搜索")
	p.see("食品经营许可")
	p.filter("服务对象", "企业和组织")
	p.filter("主题", "食品")
	p.filter("区划", at.district)
	p.see(at.unit)
	p.follow("食品经营许可（新办）")
}

// fillFood is told about the data, and fills in the form: prefilled, checked,
// with conditional questions, and nothing typed is lost.
func fillFood(p *person, f firm) {
	p.t.Helper()
	p.see("谁来处理", "做什么用", "用哪些信息", "保存多久")
	p.followTo(422, "下一步")
	p.tick("我已阅读并知晓以上内容")
	p.follow("下一步")

	for label, want := range map[string]string{"经营者名称": f.name, "法定代表人（负责人、经营者）": f.rep} {
		if got := p.value(label); got != want {
			p.fail("“%s” is prefilled with %q, want %q", label, got, want)
		}
	}
	p.fill("法定代表人（负责人、经营者）身份号码", f.repID[:17]+"4")
	p.fill("经办人", f.rep)
	p.fill("经办人手机号码", "13900001234")
	p.followTo(422, "保存并下一步")
	p.see("请改正以下内容", "校验")
	for label, want := range map[string]string{"法定代表人（负责人、经营者）身份号码": f.repID[:17] + "4", "经办人手机号码": "13900001234"} {
		if got := p.value(label); got != want {
			p.fail("“%s” lost what was typed: %q, want %q", label, got, want)
		}
	}
	p.fill("法定代表人（负责人、经营者）身份号码", f.repID)
	p.follow("保存并下一步")

	p.unseen("就餐座位数", "自动售货设备台数", "专间或者专用操作区")
	p.fill("经营面积", "120.5")
	p.choose("主体业态", "餐饮服务经营者")
	p.choose("经营项目", "热食类食品制售")
	p.choose("经营项目", "冷食类食品制售")
	p.see("就餐座位数", "专间或者专用操作区")
	p.fill("专间或者专用操作区的位置和面积", "一楼东侧，8平方米")
	p.fill("就餐座位数", "46")
	p.choose("是否从事网络经营", "是")
	p.fill("网站或者平台名称", "演示外卖平台")
	p.date("拟开业日期", "2027-01-08")
	p.follow("保存并下一步")

	p.fill("食品安全管理员姓名", "赵明轩")
	p.fill("食品安全管理员身份号码", "320213199501069937")
	p.fill("食品安全管理员手机号码", "13900004321")
	p.fill("第 1 行 姓名", "吴小厨")
	p.fill("第 1 行 岗位", "厨师")
	p.follow("再加一行")
	p.fill("第 2 行 姓名", "郑小满")
	p.fill("第 2 行 岗位", "凉菜")
	p.follow("保存草稿")
	p.open("/my")
	p.follow("继续填写")
	if !visible(p, "保证填写内容和材料真实") { // the draft is opened again at its first unfinished page
		p.fail("the draft opened somewhere else")
	}
	if got := p.value("第 2 行 姓名"); got != "郑小满" {
		p.fail("the saved draft lost a row: %q", got)
	}
	p.tick("本人（本单位）保证填写内容和材料真实")
	p.follow("保存并下一步")

	// 4. A licence already held stands for its paper.
	p.see("申请材料", "营业执照")
	p.followIn("营业执照", "使用电子证照")
	p.see("使用电子证照“营业执照”")
}

func visible(p *person, words string) bool {
	p.t.Helper()
	return contains(p.text(), words)
}

// wrongFile tries a text that calls itself a PDF: refused, and the draft stays.
func wrongFile(t *testing.T, p *person, w papers) {
	t.Helper()
	bad := w.write(t, "假的.pdf", []byte("not a document\n"))
	p.uploadRefused("食品安全规章制度目录和文本", bad)
	p.see("没有上传成功", "制度.pdf")
	at, _, _ := strings.Cut(p.path(), "/materials")
	p.open(at + "/materials")
	p.unseen("假的.pdf")
}

// askCorrection ticks two requirement lines of the guide, with a word to one.
func askCorrection(d *person, no string) {
	d.t.Helper()
	d.toCase(no)
	d.unfold("补正")
	d.follow("选择需要补正的内容")
	d.followTo(422, "下一步：核对全部内容")
	d.unfold("经营场所设备布局和操作流程图")
	d.tick("请用箭头标出食品、餐具、人员的流向")
	d.fillAt("说明：请用箭头标出食品、餐具、人员的流向", "凉菜间的进出方向没有标")
	d.follow("下一步：核对全部内容")
	d.see("需要补正的全部内容", "凉菜间的进出方向没有标")
	d.follow("发送补正告知")
	d.see("补正")
}

// correct hands the corrected plan in.
func correct(t *testing.T, p *person, w papers, no string) {
	t.Helper()
	p.open("/my")
	p.see("需要您补正材料")
	p.follow("我的消息")
	p.see("补正")
	p.open("/my/cases/" + no)
	p.see("请补正以下内容", "凉菜间的进出方向没有标", "前")
	p.follow("去补正")
	p.see("没有要求补正的内容不用再交")
	p.follow("删除 布局图.pdf")
	p.upload("经营场所设备布局和操作流程图", w.pdf(t, "布局图-改.pdf", "LAYOUT WITH ARROWS"))
	p.follow("下一步")
	p.follow("提交补正")
	p.see("已提交")
}
