package journey

import (
	"context"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/tongban/tongban/internal/clock"
)

// tour follows every link of the frames, menus and lists that people of each
// kind see: none leads nowhere. One of them reads the elderly version.
func tour(t *testing.T, l *look, c *city) {
	p := l.visitor(t, c, desktop, "anyone")
	p.every("/", "/centres", "/help", "/progress", "/verify", "/items/nothing", "/featured")
	p.open("/featured/online")
	p.open("/featured/online/history")
	findFood(p, liangxi)
	p.follow("历次版本和变化 指南版本")
	p.see("查看某一天的指南")
	p.follow("查看")
	p.see("在线办理") // today's is the one in force
	p.open("/items/" + strings.TrimPrefix(p.path(), "/items/")[:31] + "/changes?from=1&to=1")
	me := l.visitor(t, c, desktop, "qianxiuying")
	me.login("qianxiuying")
	me.every("/my", "/my/licences", "/my/cases")
	older := l.visitor(t, c, desktop, "wangjianguo")
	older.open("/")
	older.follow("长辈版")
	older.see("标准版")
	older.login("wangjianguo")
	older.every("/", "/my")
	older.open("/")
	older.fill("搜索办事事项", "高龄补贴")
	older.follow("搜索")
	older.follow("尊老金（高龄津贴）发放")
	for _, account := range []string{"clerk-xs", "supervisor-wx", "steward-lx", "itemreviewer-lx", "data-wx", "secadmin", "auditadmin"} {
		l.as(t, c, account, desktop, func(d *person) { d.every("/desk") })
	}
	l.as(t, c, "supervisor-wx", desktop, func(d *person) {
		d.open("/desk/ending")
		d.see("待注销证照", "没有待注销的证照")
	})
	l.as(t, c, "data-wx", desktop, texts)
	l.as(t, c, "sysadmin", desktop, func(d *person) {
		d.every("/desk", "/console/staff")
		subscriber(d)
	})
	keepers(t, l, c)
	api := l.visitor(t, c, phone, "integrator")
	api.open("/api/v1/docs")
	api.see("/cases/{no}/acts")
}

// subscriber registers an outside system that does not answer yet, tries it,
// pauses it and removes it.
func subscriber(d *person) {
	d.open("/console/subscribers")
	d.see("还没有订阅方")
	d.fill("名称", "政府网站（演示）")
	d.fill("接收地址", "http://127.0.0.1:1/hook")
	d.follow("登记")
	d.see("密钥只显示这一次")
	d.follow("到这个订阅方")
	d.follow("试推一次")
	d.see("试推没有成功", "连接被拒绝")
	d.follow("暂停推送")
	d.see("期间的变更不会丢")
	d.unfold("删除这个订阅方")
	d.tick("我知道对方将不再收到变更")
	d.follow("删除订阅方")
	d.see("已删除订阅方", "还没有订阅方")
}

// texts has the data steward look at what is said to people.
func texts(d *person) {
	d.open("/console/texts")
	d.open("/console/texts/case.request-correction")
	d.unfold("可以使用的变量，和怎么写")
	d.see("您的申请需要补正材料", "{correctBy}", "依法告知")
}

// keepers walk the rooms of those who keep the catalogue: the lists of items
// kept for a purpose, completeness, words searched in vain, a file checked before
// it is imported, and a matter that comes to its end.
func keepers(t *testing.T, l *look, c *city) {
	today := clock.DateOf(time.Now())
	notice := ""
	l.as(t, c, "steward-wx", desktop, func(d *person) {
		d.every("/console/items", "/console/items/featured", "/console/items/quality", "/console/items/misses")
		d.open("/console/items/featured/online")
		d.open("/console/items/quality/list?band=poor")
		d.open("/console/items/export")
		d.open("/console/centres")
		d.open("/console/placements?kind=branch")
		d.open("/console/placements/12320200XX0000238U3322099043000")
		d.open("/console/centres/wx-gjj-zx")
		d.see("无锡市政务服务中心公积金分中心", "场地限制")
		d.open("/centres/entered")
		d.see("进驻率")
		d.open("/centres/wx-zx?q=" + url.QueryEscape("公积金"))
		d.see("无锡市政务服务中心公积金分中心")
		d.open("/console/items/import")
		d.do("choose the file", d.chooseFiles(d.find("file", "文件"), sampleFile(t, "items/library-card.yaml")))
		d.follow("上传并预检")
		d.awaitAt(d.path(), "公共图书馆读者证办理")
		d.open("/console/items/adjustments")
		d.open("/console/items/adjustments/new")
		d.open("/console/items/adjustments/new?kind=cancel&then=fill&item=320899214000")
		d.choose("调整事由", "法律法规立改废释")
		d.fill("调整依据", "演示依据")
		d.fill("为什么调整", "演示：这个事项不再办理")
		d.fill("征求意见截止日期", today.String())
		d.fill("生效日期", (today + 30).String())
		d.follow("保存方案")
		d.see("安全生产违法行为举报奖励", "调整方案")
		d.follow("修改方案")
		d.follow("保存方案")
		d.follow("征求部门意见")
		notice = d.path()
	})
	l.as(t, c, "itemreviewer-wx", desktop, func(d *person) {
		d.open("/console/items/misses/word?words=" + url.QueryEscape("溜娃的地方"))
		d.fill("找事项", "托育")
		d.follow("查找")
		d.follow("就是这个事项 托育机构备案")
		d.see("已经加为日常用语", "溜娃的地方", "托育机构备案")
		d.follow("移除 溜娃的地方")
		d.see("已经移除")
		d.open(notice)
		d.fill("决定意见", "同意")
		d.follow("决定调整")
		d.follow("发布公告")
		d.follow("查看公告")
		d.see("安全生产违法行为举报奖励")
	})
}

// sampleFile is the absolute path of a file of the sample city.
func sampleFile(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "sample", filepath.FromSlash(name)))
	must(t, err)
	return path
}

// manyLinks bounds how many links of one page are followed.
const manyLinks = 40

// every opens addresses and follows their links within the platform.
func (p *person) every(paths ...string) {
	p.t.Helper()
	seen := map[string]bool{}
	for _, path := range paths {
		if path == "/items/nothing" {
			p.openTo(404, path)
		} else {
			p.open(path)
		}
		ctx, cancel := context.WithTimeout(p.ctx, patience)
		links, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`[...new Set([...document.querySelectorAll("a[href]:not([href^='#'])")].map(e => e.href.split("#")[0]))].filter(h => h.startsWith(location.origin + "/"))`))
		cancel()
		if err != nil {
			p.fail("read the links: %v", err)
		}
		kinds := map[string]int{}
		for i, link := range links {
			if kind := slug(link); i < manyLinks && !seen[link] && kinds[kind] < 2 {
				kinds[kind]++
				seen[link] = true
				p.open(link)
			}
		}
	}
}

// open leaves an application and a correction open, at the pages that nobody sees
// who goes straight on.
func open(t *testing.T, l *look, c *city) {
	w := newPapers(t)
	p := l.visitor(t, c, desktop, "wuxiaomin")
	p.login("wuxiaomin")
	actFor(p, "无锡惠泉样本人力资源服务有限公司")
	findFood(p, liangxi)
	p.follow("在线办理")
	fillFood(p, firm{"wuxiaomin", "无锡惠泉样本人力资源服务有限公司", "吴晓敏", "320206199312159980"})
	p.upload("经营场所设备布局和操作流程图", w.pdf(t, "布局图.pdf", "LAYOUT"))
	p.follow("下一步")
	p.see("容缺和承诺")
	p.follow("下一步")
	p.choose("办理结果怎么给您", "邮寄到家")
	p.fill("收件人", "吴晓敏")
	p.fill("手机号码", "13900001234")
	p.fill("收件地址", "无锡市惠山区堰桥街道演示花园5号203室")
	p.follow("保存并下一步")
	p.see("还差这些就可以提交了")

	s := l.visitor(t, c, desktop, "lixinran")
	s.login("lixinran")
	search(s, "社保证明", "", "社会保险参保缴费证明打印（个人）")
	apply(s)
	s.choose("是否由他人代办", "否")
	s.follow("保存并下一步")
	s.choose("险种", "工伤保险")
	s.choose("缴费期间", "最近12个月")
	s.choose("用途", "签证")
	s.follow("保存并下一步")
	s.upload("申请人居民身份证", w.photo(t, "身份证.jpg", 120))
	s.follow("下一步")
	s.choose("办理结果怎么给您", "电子送达")
	s.follow("保存并下一步")
	s.follow("确认无误，提交申请")
	no := s.caseNo()
	l.as(t, c, "clerk2-wx", desktop, func(d *person) {
		d.toCase(no)
		d.unfold("补正")
		d.follow("选择需要补正的内容")
		d.unfold("申请人居民身份证")
		d.tick("请上传申请人身份证的正面和反面")
		d.unfold("证明内容")
		d.tick("险种")
		d.follow("下一步：核对全部内容")
		d.follow("发送补正告知")
	})
	s.open("/my/cases/" + no)
	s.follow("去补正")
	s.open("/my/cases/" + no + "/acts/withdraw")
}
