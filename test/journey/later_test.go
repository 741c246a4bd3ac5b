package journey

import (
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/clock"
)

// later is what only time brings, in a city whose clock is moved: what was to
// follow does not come, a promise is not kept, a hearing is held, and one of two
// departments is silent. Everybody logs in again after each move, since their
// sessions have run out too.
func later(t *testing.T, l *look, c *city) {
	lapses := tolerated(t, l, c)
	promised := committed(t, l, c)
	dug := silentDepartment(t, l, c)

	c.move(t, l, "9d")
	t.Run("tolerance lapses", func(t *testing.T) {
		p := l.acting(t, c, "wuxiaomin", staffing)
		p.awaitCase(lapses, "视为撤回", "逾期未补齐")
		p.followIn("文书", "逾期未补齐终止办理告知书")
		p.see("经营场所使用证明", "材料齐全后可以重新申请", lapses)
	})
	t.Run("a department is late", func(t *testing.T) {
		l.as(t, c, "reviewer-lx-jj", desktop, func(d *person) {
			d.open("/desk")
			d.see("超期", "已催办")
			d.toCase(dug)
			d.see("环节超期", "超期")
		})
		l.as(t, c, "supervisor-wx", desktop, func(d *person) {
			d.open("/console")
			d.see("环节超期")
		})
		review(l, t, c, desktop, "reviewer-lx-jj", dug, "绕行路线和标志设置可行，同意占用。")
		p := l.acting(t, c, "zhouzhiyuan", roadFirm)
		p.open("/my/cases/" + dug)
		p.see("待决定")
	})
	t.Run("a check differs", func(t *testing.T) {
		l.as(t, c, "reviewer-wx-spj", desktop, func(d *person) {
			d.toCase(promised)
			d.unfold("承诺事后核查")
			d.choose("核查结果", "与承诺不符，限期整改")
			d.fill("核查情况", "到场核查，未见收费公示和投诉处理制度。")
			d.follow("登记核查结果")
		})
		p := l.acting(t, c, "wuxiaomin", staffing)
		p.open("/my/cases/" + promised)
		p.see("限10个工作日内整改", "未见收费公示和投诉处理制度")
	})
	asksHearing(t, l, c, dug)

	c.move(t, l, "24d")
	t.Run("a hearing is held", func(t *testing.T) { heldHearing(t, l, c, dug) })
	t.Run("a promise is not kept", func(t *testing.T) {
		l.as(t, c, "reviewer-wx-spj", desktop, func(d *person) {
			d.toCase(promised)
			d.unfold("承诺事后核查")
			d.choose("复查结果", "逾期未整改")
			d.fill("核查情况", "整改期限届满，仍然没有制度文本。")
			d.follow("登记核查结果")
		})
		l.as(t, c, "decider-wx-spj", desktop, func(d *person) {
			d.toCase(promised)
			d.unfold("撤销决定")
			d.fill("撤销的理由", "没有履行承诺，逾期未整改。")
			d.follow("撤销决定")
			d.see("已办理：撤销决定")
		})
		p := l.acting(t, c, "wuxiaomin", staffing)
		p.open("/my/cases/" + promised)
		p.see("已撤销", "没有履行承诺，逾期未整改")
		p.followIn("文书", "撤销")
		p.see("行政复议", "行政诉讼", promised)
		p.open("/my/licences")
		p.follow("人力资源服务许可证")
		p.see("人力资源服务许可证 撤销")
	})
}

const staffing = "无锡惠泉样本人力资源服务有限公司"

// acting is somebody at a desktop who has logged in and acts for a firm.
func (l *look) acting(t *testing.T, c *city, account, firm string) *person {
	t.Helper()
	p := l.visitor(t, c, desktop, account)
	p.login(account)
	actFor(p, firm)
	return p
}

// move moves the city's clock and lets everybody at the desk come in anew.
func (c *city) move(t *testing.T, l *look, by string) {
	t.Helper()
	out, err := c.tongban(t, append([]string{"demo", "clock", by}, c.where()...)...)
	if err != nil {
		t.Fatalf("demo clock: %v\n%s", err, out)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.staff)
	clear(c.hands)
}

// agency fills in the application for a human resources service licence up to
// what is promised. The page of promises is open then.
func agency(t *testing.T, l *look, c *city, lease bool) *person {
	t.Helper()
	w := newPapers(t)
	p := l.acting(t, c, "wuxiaomin", staffing)
	search(p, "职业中介许可", "", "人力资源服务许可（职业中介活动）")
	apply(p)
	p.fill("经办人", "吴晓敏")
	p.fill("经办人手机号码", "13900005555")
	p.follow("保存并下一步")
	p.choose("服务项目", "职业介绍")
	p.fill("开办资金", "500000")
	p.fill("办公面积", "120")
	p.fill("专职工作人员数", "6")
	p.tick("本人（本单位）保证填写内容和材料真实")
	p.follow("保存并下一步")
	p.followIn("营业执照", "使用电子证照")
	if lease {
		p.upload("经营场所使用证明", w.pdf(t, "租赁合同.pdf", "LEASE"))
	} else {
		p.upload("章程和管理制度", w.pdf(t, "章程.pdf", "RULES"))
	}
	p.upload("专职工作人员名册", w.pdf(t, "名册.pdf", "STAFF"))
	p.follow("下一步")
	p.see("容缺和承诺")
	return p
}

func signAndHandIn(p *person, later, commit string, texts ...string) (no string) {
	p.t.Helper()
	if later != "" {
		p.choose("以后补交（容缺受理）", later)
	}
	if commit != "" {
		p.choose("签署承诺代替证明（告知承诺）", commit)
	}
	p.follow("阅读承诺书全文")
	p.see(texts...)
	p.fill("签署姓名", "吴晓敏")
	p.follow("我已阅读，签署")
	p.choose("办理结果怎么给您", "电子送达")
	p.follow("保存并下一步")
	p.see("承诺", "吴晓敏")
	p.follow("确认无误，提交申请")
	return p.caseNo()
}

// tolerated 容缺受理: accepted without the proof of premises, which is to follow.
func tolerated(t *testing.T, l *look, c *city) (no string) {
	p := agency(t, l, c, false)
	no = signAndHandIn(p, "经营场所使用证明", "", "容缺受理承诺书", "视为撤回申请")
	l.as(t, c, "clerk-wx", desktop, func(d *person) {
		d.toCase(no)
		d.act("容缺受理", "容缺受理")
		d.see("查看办件")
	})
	p.open("/my/cases/" + no)
	p.see("经营场所使用证明", "补齐期限至")
	return no
}

// committed 告知承诺: granted on a promise that stands for the rules of the firm.
func committed(t *testing.T, l *look, c *city) (no string) {
	p := agency(t, l, c, true)
	no = signAndHandIn(p, "", "经营场所和管理制度符合规定", "告知承诺书", "撤销许可")
	accept(l, t, c, desktop, "clerk-wx", no)
	l.as(t, c, "reviewer-wx-spj", desktop, func(d *person) {
		d.toCase(no)
		if d.has("details", "审查意见") {
			d.unfold("审查意见")
			d.choose("结论", "同意")
			d.fill("审查意见", "材料齐全，承诺书已经签署。")
			d.follow("提交审查意见")
		}
	})
	decide(l, t, c, desktop, "decider-wx-spj", no, "告知承诺")
	p.awaitCase(no, "已经办结", "人力资源服务许可证", "告知承诺")
	return no
}

// silentDepartment leaves an application to dig up a road with one of its two
// departments.
func silentDepartment(t *testing.T, l *look, c *city) (no string) {
	p := l.acting(t, c, "zhouzhiyuan", roadFirm)
	search(p, "挖路", "梁溪区", "占用、挖掘城市道路审批")
	apply(p)
	no = fillRoad(t, p)
	accept(l, t, c, desktop, "clerk2-lx", no)
	review(l, t, c, desktop, "reviewer-lx-cgj", no, "管线避让方案可行，同意挖掘，完工后按原结构恢复。")
	return no
}

// asksHearing tells of the right to a hearing, which is asked for and called.
func asksHearing(t *testing.T, l *look, c *city, no string) {
	t.Helper()
	const folded = "听证、核查、内部流转"
	l.as(t, c, "decider-lx-spj", desktop, func(d *person) {
		d.toCase(no)
		d.unfold(folded)
		d.unfold("告知听证权利")
		d.fill("涉及的重大利益关系", "占道期间沿街商户的通行。")
		d.follow("告知听证权利")
	})
	p := l.acting(t, c, "zhouzhiyuan", roadFirm)
	p.open("/my/cases/" + no)
	p.follow("申请听证")
	p.fill("申请听证的理由", "希望当面说明绕行方案。")
	p.follow("申请听证")
	on := c.today(t, 20)
	l.as(t, c, "decider-lx-spj", desktop, func(d *person) {
		d.toCase(no)
		d.unfold(folded)
		d.unfold("组织听证")
		d.fill("听证时间", on+" 09:30")
		d.fill("听证地点", "政务服务中心三楼听证室（演示）")
		d.choose("听证主持人", "武学军（无锡市梁溪区行政审批局）")
		d.fill("预计需要", "15")
		d.follow("组织听证")
	})
}

// today is the city's day, some days ahead.
func (c *city) today(t *testing.T, ahead int) string {
	t.Helper()
	out, err := c.tongban(t, append([]string{"demo", "clock"}, c.where()...)...)
	must(t, err)
	day, err := clock.ParseDate(strings.Fields(out)[0])
	must(t, err)
	return (day + clock.Date(ahead)).String()
}

// heldHearing enters the record; the decision follows it.
func heldHearing(t *testing.T, l *look, c *city, no string) {
	l.as(t, c, "decider-lx-spj", desktop, func(d *person) {
		d.toCase(no)
		d.see("09:30", "政务服务中心三楼听证室（演示）")
		d.unfold("听证、核查、内部流转")
		d.unfold("登记听证笔录")
		d.fill("听证笔录", "申请人说明绕行方案；商户代表要求夜间施工。各方陈述、质证完毕。")
		d.fill("核对无误并签字的参加人", "周志远、商户代表")
		d.follow("登记笔录，结束听证")
		d.toCase(no)
		d.see("各方陈述、质证完毕。")
		d.unfold("作出决定")
		d.choose("决定", "准予")
		d.followTo(422, "作出决定")
		d.see("须先阅读听证笔录")
		d.tick("已阅听证笔录")
		d.follow("作出决定")
		d.see("查看办件")
	})
	p := l.acting(t, c, "zhouzhiyuan", roadFirm)
	p.open("/my/cases/" + no)
	p.followIn("文书", "准予行政许可决定书")
	p.see("第四十八条第二款", no)
}
