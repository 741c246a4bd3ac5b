package journey

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// overview is the supervisor's look at the city: figures, by department and by
// district, and behind every number the cases that it counts.
func overview(t *testing.T, l *look, c *city, on device) {
	figures := []string{"在办", "办结", "差评"}
	if on == desktop {
		figures = append(figures, "超期", "临期", "报警", "收件", "按时办结", "超期办结", "已评价", "好评")
	}
	l.as(t, c, "supervisor-wx", on, func(d *person) {
		for _, figure := range figures {
			d.behind(figure)
		}
		d.open("/console")
		d.followIn("梁溪区行政审批局", "梁溪区行政审批局")
		d.see("梁溪区行政审批局")
	})
	// Another department's supervisor sees their own district alone.
	l.as(t, c, "supervisor-lx", on, func(d *person) {
		d.open("/console")
		d.see("梁溪区")
		d.unseen("江阴市")
	})
	// Who may not look is told so.
	l.as(t, c, "clerk-jk", on, func(d *person) { d.openTo(403, "/console/audit") })
}

// behind holds that a number has as many cases behind it as it says. The
// figures are counted again every minute, so one difference may be that.
func (p *person) behind(figure string) {
	p.t.Helper()
	said, listed := 0, 0
	for range 2 {
		p.open("/console")
		p.see("监督概览", "梁溪区", "行政审批局")
		said = p.figure(figure)
		p.follow(figure)
		if listed = p.listed(); listed == said {
			return
		}
	}
	p.t.Errorf("%s: the overview says %d, the list behind it has %d", figure, said, listed)
}

// figure is the number of a figure on the overview.
func (p *person) figure(words string) int {
	p.t.Helper()
	s := ""
	p.until(func(ctx context.Context) (err error) {
		s, err = chromedp.Run(ctx, chromedp.Evaluate[string](`([...document.querySelectorAll("a.stat")].find(e => e.textContent.replace(e.querySelector("b").textContent, "").trim().startsWith(`+quote(words)+`))?.querySelector("b")?.textContent ?? "").trim()`))
		if err == nil && s == "" {
			err = fmt.Errorf("no figure is called that")
		}
		return err
	}, patience, "read the figure “%s”", words)
	n, err := strconv.Atoi(strings.ReplaceAll(s, ",", ""))
	if err != nil {
		p.fail("the figure “%s” is %q", words, s)
	}
	return n
}

// listed counts the rows of a list through all its pages.
func (p *person) listed() int {
	p.t.Helper()
	rows := 0
	for range 50 {
		ctx, cancel := context.WithTimeout(p.ctx, patience)
		n, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.querySelectorAll("main tbody tr").length`))
		cancel()
		if err != nil {
			p.fail("count rows: %v", err)
		}
		rows += n
		if !p.has("control", "下一页") {
			return rows
		}
		p.follow("下一页")
	}
	p.fail("the list does not end")
	return 0
}
