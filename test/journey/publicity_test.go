package journey

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// publicised reads what was decided as everybody does, objects to one decision,
// and sees it go once a supervisor has agreed.
func publicised(t *testing.T, l *look, c *city) {
	p := l.visitor(t, c, desktop, "qianxiuying")
	p.login("qianxiuying")
	p.every("/decisions")
	p.open("/decisions?outcome=granted")
	p.see("决定公开", "准予")
	page := p.firstLink("/decisions/4", "/decisions/5", "/decisions/6", "/decisions/3")
	p.open(page)
	p.see("决定文书号", "决定机关")
	p.follow("内容有误，或者不应当公开")
	p.choose("您认为", "公开的内容有错误")
	p.fill("具体说明", "单位名称已经变更（演示）")
	p.follow("提交异议")
	p.see("异议已提交")
	l.as(t, c, "supervisor-wx", desktop, func(d *person) {
		d.open("/console/publicity")
		d.see("待答复的请求", "各单位")
		d.follow("对公开内容的异议")
		d.see("单位名称已经变更（演示）", "等待答复")
		d.unfold("答复")
		d.choose("是否采纳", "采纳")
		d.fill("答复的理由", "已经核实（演示）")
		d.follow("答复")
		d.see("已答复", "不予公开", "已经核实（演示）")
	})
	p.openTo(404, page)
	p.open("/my/messages")
	p.see("您对决定公开提出的异议已经采纳")
}

// firstLink is the address of the first link of the page that begins so.
func (p *person) firstLink(prefixes ...string) string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	links, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`[...document.querySelectorAll("main a[href]")].map(e => e.getAttribute("href"))`))
	if err != nil {
		p.fail("read the links: %v", err)
	}
	for _, link := range links {
		for _, prefix := range prefixes {
			if strings.HasPrefix(link, prefix) {
				return link
			}
		}
	}
	p.fail("no link begins with %v", prefixes)
	return ""
}
