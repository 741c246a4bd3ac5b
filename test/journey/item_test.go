package journey

import "testing"

// venue is a matter with a city-wide guide that no unit of Liangxi offers at first.
const venue = "公共体育场馆低免开放预约"

// item goes the way of a service item: claimed, compiled, refused by the gate,
// mended, reviewed and published by another, found by a word of every day,
// applied for; then the city-wide guide above it changes, and the case that was
// begun stays as it was.
func item(t *testing.T, l *look, c *city, on device) {
	w, at := newPapers(t), on.office()
	const daily = "抢个球场"
	l.as(t, c, "steward-lx", at, func(d *person) { claimVenue(d, daily) })
	l.as(t, c, "itemreviewer-lx", at, func(d *person) {
		toDraft(d)
		d.see("待审核", "这一稿改了什么", "与全市统一的指南相比", daily, "认领市级事项")
		d.follow("审核通过")
		d.follow("发布")
		d.see("已发布")
	})

	p := l.visitor(t, c, on, "fengxue")
	no := bookVenue(p, w, daily)

	l.as(t, c, "steward-wx", at, func(d *person) {
		d.open("/console/items")
		d.follow("基本目录")
		d.fill("名称或者编码", "体育场馆")
		d.follow("查看")
		d.followIn(venue, "修订全市指南")
		d.follow("办理材料")
		d.fill("材料名称", "预约人居民身份证")
		d.follow("保存")
		d.see("与全市统一的指南相比", "预约人居民身份证", "以往1件办件都不受影响")
		d.follow("受理标准")
		d.follow("增加一项：受理条件")
		d.fill("条件", "一人一周最多预约三次")
		d.follow("保存")
		d.see("以往办件试算", "新条件待判断")
		d.follow("逐件查看")
		d.see("尾号"+no[len(no)-4:], "冯*", "新的受理条件：一人一周最多预约三次")
		d.unseen("冯雪")
		d.follow("回到编制稿")
		handIn(d, "统一材料名称，限制一周的次数")
	})
	l.as(t, c, "itemreviewer-wx", at, func(d *person) {
		toDraft(d)
		d.follow("审核通过")
		d.follow("发布")
		d.see("已发布")
	})
	// It does not flow down by itself.
	anyone := l.visitor(t, c, on, "anyone")
	anyone.open("/items/" + no[:31])
	anyone.see("申请人居民身份证")
	anyone.unseen("预约人居民身份证")
	l.as(t, c, "steward-lx", at, func(d *person) {
		d.open("/console/items")
		d.see("全市统一的指南有了新版本")
		d.followIn(venue, "采纳并核对")
		d.see("与修订前的版本相比", "预约人居民身份证")
		handIn(d, "采纳全市统一的材料名称")
	})
	l.as(t, c, "itemreviewer-lx", at, func(d *person) {
		toDraft(d)
		d.follow("审核通过")
		d.follow("发布")
		d.see("已发布")
		pauseVenue(d)
	})
	anyone.open("/items/" + no[:31])
	anyone.see("预约人居民身份证")
	p.open("/my/cases/" + no)
	p.unfold("我提交的内容")
	p.see("申请人居民身份证")
	p.unseen("预约人居民身份证")
}

// claimVenue claims the matter and compiles its guide; what the gate refuses is
// mended where it leads to.
func claimVenue(d *person, daily string) {
	d.t.Helper()
	d.open("/console/items")
	d.follow("认领事项")
	d.fill("查找", "体育场馆")
	d.follow("查看")
	d.see("有全市指南")
	d.followIn(venue, "认领")
	d.see("已认领", "编制中")
	d.follow("基本信息")
	d.fill("群众常用说法", daily)
	d.fill("到办事现场次数", "2")
	d.follow("保存，继续下一部分")
	d.see("部门信息")
	d.follow("回到编制稿")
	d.see("处要改")
	d.fill("这次改了什么、为什么", "认领市级事项")
	d.followTo(422, "提交审核")
	d.see("办事指南未通过检查")
	if got := d.value("这次改了什么、为什么"); got != "认领市级事项" {
		d.fail("the words that were typed are gone: %q", got)
	}
	d.follow("全程网办事项的到现场次数应为0")
	d.fill("到办事现场次数", "0")
	d.follow("保存")
	d.follow("常见问题")
	d.follow("增加一项：问答")
	d.fill("问", "梁溪区在哪里打球？")
	d.fill("答", "梁溪区全民健身中心，演示路1号。")
	d.follow("保存")
	d.follow("申请表")
	d.see("申请表名称", "时段")
	d.follow("回到编制稿")
	d.follow("按申请人预览指南")
	d.see("预览", "梁溪区在哪里打球？")
	d.follow("回到编制稿")
	d.follow("按窗口预览表单和材料")
	d.see("窗口核对清单")
	d.follow("回到编制稿")
	handIn(d, "认领市级事项")
}

// handIn hands the open draft in.
func handIn(d *person, why string) {
	d.t.Helper()
	d.fill("这次改了什么、为什么", why)
	d.follow("提交审核")
	d.see("待审核")
}

// toDraft opens the draft of the matter from the work list.
func toDraft(d *person) {
	d.t.Helper()
	d.open("/console/items")
	d.followIn("编制稿", venue)
	d.see("编制经过")
}

// bookVenue finds the matter by a word of every day and applies for it.
func bookVenue(p *person, w papers, daily string) (no string) {
	p.t.Helper()
	p.login(p.name)
	search(p, daily, "梁溪区", venue)
	p.see("梁溪区在哪里打球？")
	apply(p)
	p.follow("保存并下一步")
	p.choose("场馆", "梁溪区全民健身中心")
	p.choose("项目", "羽毛球")
	p.date("日期", "2027-01-08")
	p.choose("时段", "上午")
	p.fill("人数", "2")
	p.tick("本人（本单位）保证填写内容和材料真实")
	p.follow("保存并下一步")
	p.upload("申请人居民身份证", w.photo(p.t, "身份证.jpg", 120))
	p.follow("下一步")
	p.follow("确认无误，提交申请")
	p.see("申请已提交", "收件凭证")
	return p.caseNo()
}

// pauseVenue suspends the list and brings it back.
func pauseVenue(d *person) {
	d.t.Helper()
	d.open("/console/items")
	d.fill("名称或者编码", "体育场馆")
	d.follow("查看")
	d.followIn("本单位的实施清单", venue)
	d.see("在用", "第2版")
	d.followTo(422, "暂停")
	d.see("请填写理由")
	d.fillSpot("理由", d.find("box", "理由", "暂停"), "场馆检修")
	d.follow("暂停")
	d.see("已暂停", "场馆检修")
	d.fillSpot("理由", d.find("box", "理由", "恢复"), "检修完成")
	d.follow("恢复")
	d.see("已恢复，可以申请了")
}
