package journey

import (
	"testing"
	"time"

	"github.com/tongban/tongban/internal/clock"
)

// hearing is what leads to a hearing on a road case that waits for its decision:
// the applicant is told, asks for it, learns of time and place seven days before,
// and in the end settles the matter and withdraws the request. What is recorded
// at a hearing, and that the decision follows it, is shown by the desk's own
// tests, which can move the clock.
func hearing(l *look, t *testing.T, c *city, on device, p *person, no string) {
	t.Helper()
	const folded = "听证、核查、内部流转"
	l.as(t, c, "decider-lx-spj", on.office(), func(d *person) {
		d.toCase(no)
		d.unfold(folded)
		d.unfold("告知听证权利")
		d.followTo(422, "告知听证权利")
		d.see("请写明涉及的重大利益关系")
		d.fill("涉及的重大利益关系", "占道期间沿街商户的通行。")
		d.follow("告知听证权利")
	})
	p.open("/my/cases/" + no)
	p.see("您有权申请听证", "不收取费用", "申请听证期限")
	p.follow("申请听证")
	p.fill("申请听证的理由", "希望当面说明绕行方案。")
	p.follow("申请听证")
	p.see("听证申请已提交")
	today := clock.DateOf(time.Now())
	l.as(t, c, "decider-lx-spj", on.office(), func(d *person) {
		d.toCase(no)
		d.see("希望当面说明绕行方案")
		d.unfold(folded)
		d.unfold("组织听证")
		d.fill("听证时间", (today+2).String()+" 09:30")
		d.fill("听证地点", "政务服务中心三楼听证室（演示）")
		d.choose("听证主持人", "武学军（无锡市梁溪区行政审批局）")
		d.fill("预计需要", "15")
		d.followTo(422, "组织听证")
		d.see("七日前通知")
		d.fill("听证时间", (today+21).String()+" 09:30")
		d.follow("组织听证")
	})
	p.open("/my/cases/" + no)
	p.see("正在组织听证", "政务服务中心三楼听证室（演示）", "主持人：武学军")
	p.followIn("文书", "行政许可听证通知书")
	p.see("听证预计需要", "15个工作日，不计算在办理期限内")
	p.open("/my/cases/" + no)
	p.follow("撤回听证申请")
	p.follow("确认撤回听证申请")
	p.see("听证申请已撤回")
	p.unseen("正在组织听证")
	p.follow("陈述申辩")
	p.fill("陈述、申辩的内容", "已与沿街商户达成一致。")
	p.follow("提交")
	p.see("陈述申辩已提交")
	l.as(t, c, "decider-lx-spj", on.office(), func(d *person) {
		d.toCase(no)
		d.see("已与沿街商户达成一致")
	})
}
