package journey

import (
	"strings"
	"testing"
)

// assistance is help asked for online, given by a clerk of a street's centre who
// could not receive the item himself, confirmed by the person, and over in the end.
func assistance(t *testing.T, l *look, c *city) {
	w := newPapers(t)
	p := l.visitor(t, c, desktop, "wangjianguo")
	p.login("wangjianguo")
	search(p, "社保证明", "", "社会保险参保缴费证明打印（个人）")
	p.follow("请人免费帮办")
	p.see("不收任何费用", "提交之前由您本人确认")
	p.choose("请哪里帮办", "无锡市滨湖区政务服务中心")
	p.fill("需要怎样的帮助", "不会用电脑")
	p.follow("请求帮办")
	p.see("待开始", "不收费", "提出帮办代办")
	help := p.path()
	l.as(t, c, "clerk-bh", desktop, func(d *person) {
		d.open("/desk/assist")
		d.followIn("等待帮办", "社会保险参保缴费证明打印")
		d.see("不会用电脑")
		d.follow("由我帮办")
		d.follow("打开申请")
		d.tick("已将以上内容向申请人告知")
		d.follow("下一步")
		d.choose("是否由他人代办", "否")
		d.follow("保存并下一步")
		d.choose("险种", "全部险种")
		d.choose("缴费期间", "最近12个月")
		d.choose("用途", "购房、租房")
		d.follow("保存并下一步")
		d.upload("申请人居民身份证", w.photo(t, "身份证.jpg", 33))
		d.follow("下一步")
		d.choose("办理结果怎么给您", "电子送达")
		d.follow("保存并下一步")
		d.followTo(409, "确认无误，提交申请")
		d.see("须由申请人本人确认")
		d.open("/desk/assist/" + help[strings.LastIndex(help, "/")+1:])
		d.see("请本人确认内容")
	})
	p.open(help)
	p.see("代您填写的内容", "全部险种", "身份证.jpg", "请您确认")
	p.follow("确认内容")
	p.see("本人网上确认内容")
	l.as(t, c, "clerk-bh", desktop, func(d *person) {
		d.open("/desk/assist/" + help[strings.LastIndex(help, "/")+1:])
		d.see("本人已确认")
		d.follow("去提交")
		d.follow("确认无误，提交申请")
		d.see("已收件")
	})
	p.open(help)
	p.see("以您的名义做过什么", "代为填写申请", "提交")
	p.unfold("结束帮办")
	p.follow("结束帮办")
	p.see("已结束", "帮办结束")
	l.as(t, c, "clerk-bh", desktop, func(d *person) {
		d.open("/desk/assist/" + help[strings.LastIndex(help, "/")+1:])
		d.unseen("打开申请", "去提交")
	})
}
