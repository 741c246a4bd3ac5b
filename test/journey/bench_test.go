package journey

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// bench is the window's workbench used with the keyboard alone: no pointer is
// ever moved. The form survives a lost network and a reload.
func bench(t *testing.T, l *look, c *city) {
	no := ""
	w := newPapers(t)
	l.as(t, c, "clerk-bh", desktop, func(d *person) {
		d.open("/desk")
		d.chord("2") // the menu's shortcut
		d.landed("窗口收件")
		d.tabTo("身份证号码或者统一社会信用代码")
		d.keys("陈阿婆,女,汉,1938-06-15,无锡市滨湖区河埒街道演示里5号," + benchPerson)
		d.press1(kb.Enter)
		d.landed("登记申请人")
		if got := d.active("value", "姓名"); got != "陈阿婆" {
			d.fail("the card reader gave the name %q", got)
		}
		d.access("n")
		d.landed("可以收件的事项", "陈阿婆")
		d.tabTo("事项名称，或者群众常用的说法")
		d.keys("高龄补贴")
		d.press1(kb.Enter)
		d.landed("尊老金（高龄津贴）发放")
		d.tabTo("收件 尊老金（高龄津贴）发放")
		d.press1(kb.Enter)
		d.landed("材料清单", "申请人居民身份证")
		d.access("h")
		d.landed("键盘操作提示", "Alt+N")
		d.back()
		d.landed("材料清单")
		d.reload() // a page out of the browser's memory renews itself; wait for that
		d.landed("材料清单")
		d.access("n")

		d.landed("尚未收件", "谁来处理")
		d.tabTo("已将以上内容向申请人告知")
		d.press1(" ")
		d.access("n")
		d.landed("出生日期")
		for _, part := range []string{"年", "月", "日"} {
			d.tabTo(part)
			d.keys(map[string]string{"年": "1938", "月": "6", "日": "15"}[part])
		}

		// The network goes while somebody types: nothing is sent, nothing is lost, and
		// the page says so.
		d.network(false)
		d.tabTo("户籍地址")
		d.keys("无锡市滨湖区河埒街道演示里5号")
		d.access("n")
		d.landed("没有送达")
		if got := d.active("value", "户籍地址"); got != "无锡市滨湖区河埒街道演示里5号" {
			d.fail("the form lost %q", got)
		}
		d.network(true)
		d.reload()
		d.landed("出生日期")
		if got := d.active("value", "户籍地址"); got != "无锡市滨湖区河埒街道演示里5号" {
			d.fail("after the reload the form holds %q", got)
		}
		d.access("n")
		d.landed("是否由他人代办")
		d.radio("否")
		d.tabTo("开户银行")
		d.keys("演示银行无锡分行")
		d.tabTo("银行账号")
		d.keys("6222000000000000001")
		d.tabTo("本人（本单位）保证填写内容和材料真实")
		d.press1(" ")
		d.access("n")

		d.landed("申请材料", "留存份数")
		d.tabTo("留存份数 申请人居民身份证")
		d.press1("a", chromedp.ModifierCtrl)
		d.keys("2")
		d.press1(kb.Enter)
		d.landed("B级：窗口已核原件", "窗口留存 2 份")
		d.tabTo("选择文件 申请人居民户口簿")
		d.scanned(w.photo(t, "户口簿.jpg", 60)) // the scanner's file, taken from the dialog that the space bar opens
		d.landed("户口簿.jpg", "C级：自行上传")
		d.access("n")
		d.landed("办理结果怎么给您")
		d.radio("到窗口领取")
		d.access("n")
		d.landed("核对并提交")
		d.access("n")
		d.landed("已收件", "打印收件凭证", "同一事项，下一位")
		no = d.caseNo()

		// The papers go to the back office.
		d.chord("x")
		d.landed("纸质件交接", shortNo(no))
		d.tabTo("申请人居民身份证")
		d.press1(" ")
		d.tabTo("交给哪个单位")
		d.press1(kb.ArrowDown)
		d.access("n")
		d.landed("纸质件交接单", "待签收")

		// The next one for the same item.
		d.open("/desk/cases/" + no + "?done=submit")
		d.access("t")
		d.landed("下一位申请人", "尊老金（高龄津贴）发放")
	})
	l.as(t, c, "reviewer-bh-mzj", desktop, func(d *person) {
		d.open("/desk/papers")
		if visible(d, "待签收") {
			d.followIn("收到的", "交接〔")
			d.tick("申请人居民身份证")
			d.follow("签收")
			d.see("已收到")
		}
	})
	accept(l, t, c, desktop, "clerk-bh", no)
	review(l, t, c, desktop, "reviewer-bh-mzj", no, "年龄和户籍核对无误。")
	decide(l, t, c, desktop, "decider-bh-mzj", no, "年龄和户籍核对无误。")
	l.as(t, c, "clerk-bh", desktop, func(d *person) {
		d.open("/desk")
		d.chord("e")
		d.landed("统一出件", shortNo(no))
		d.open("/desk/cases/" + no)
		d.chord("a")
		d.tabTo("领取人已当面清点，并在送达回证上签字")
		d.press1(" ")
		d.tabTo("登记发放")
		d.press1(kb.Enter)
		d.landed("已办理：“窗口发放”", "已办结")
	})
}

// benchPerson is somebody whom the workbench's card reader reads.
const benchPerson = "320211193806159976"

// keys types as a keyboard does.
func (p *person) keys(s string) {
	p.t.Helper()
	p.do("type "+s, chromedp.KeyEvent(s))
}

// press1 presses one key, with what is held down.
func (p *person) press1(key string, held ...chromedp.Modifier) {
	p.t.Helper()
	var o []chromedp.KeyOption
	if len(held) > 0 {
		o = append(o, chromedp.KeyModifiers(held...))
	}
	p.do("press a key", chromedp.KeyEvent(key, o...))
}

// chord presses a shortcut of the desk, from outside a box.
func (p *person) chord(key string) {
	p.t.Helper()
	p.until(func(ctx context.Context) error {
		_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`(document.activeElement && document.activeElement.blur(), document.readyState === "complete" || (() => { throw new Error("loading") })())`))
		return err
	}, 6*time.Second, "the page")
	p.do("press "+key, chromedp.KeyEvent(key))
}

// access presses a control's access key.
func (p *person) access(key string) {
	p.t.Helper()
	p.do("press Alt+"+key, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		// Browsers find an access key by the text that the key would give alone.
		k := input.DispatchKeyEventParams{Type: "keyDown", Modifiers: 1, Key: key, Text: key, UnmodifiedText: key, Code: "Key" + strings.ToUpper(key), WindowsVirtualKeyCode: int64(strings.ToUpper(key)[0])}
		if _, err := cdp.Call(ctx, t, input.DispatchKeyEvent, k); err != nil {
			return err
		}
		k.Type, k.Text = "keyUp", ""
		_, err := cdp.Call(ctx, t, input.DispatchKeyEvent, k)
		return err
	}))
}

// tabTo presses Tab until the focus is on a control with these words.
func (p *person) tabTo(words string) {
	p.t.Helper()
	at := ""
	for range 120 {
		p.press1(kb.Tab)
		if at = p.active("name", ""); strings.Contains(at, words) {
			return
		}
	}
	p.fail("Tab does not reach “%s”; it ended at “%s”", words, at)
}

// radio takes an option as the keyboard does: Tab to the group, arrows within.
func (p *person) radio(option string) {
	p.t.Helper()
	for range 120 {
		p.press1(kb.Tab)
		if p.active("group", option) == "yes" {
			break
		}
	}
	for range 10 {
		if at := p.active("name", ""); strings.HasPrefix(at, option) {
			p.press1(" ")
			return
		}
		p.press1(kb.ArrowDown)
	}
	p.fail("the keyboard does not reach the option “%s”", option)
}

// active tells the name of what has the focus, or the value of the box with a label.
func (p *person) active(what, label string) string {
	p.t.Helper()
	script := `(() => { const clean = s => (s || "").replace(/\s+/g, " ").trim();
		const name = e => clean(e.labels && e.labels.length ? [...e.labels].map(l => l.textContent).join(" ") : e.getAttribute("aria-label") || e.textContent);
		if (` + quote(what) + ` === "name") return document.activeElement ? name(document.activeElement) : "";
		if (` + quote(what) + ` === "group") { const a = document.activeElement; return a && a.type === "radio" && [...document.getElementsByName(a.name)].some(r => name(r).startsWith(` + quote(label) + `)) ? "yes" : ""; }
		const e = [...document.querySelectorAll("input,textarea,select")].find(e => name(e).startsWith(` + quote(label) + `)); return e ? e.value : ""; })()`
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	s, err := chromedp.Run(ctx, chromedp.Evaluate[string](script))
	if err != nil {
		p.fail("what has the focus: %v", err)
	}
	return s
}

// landed waits for a page with these words; the keys led there.
func (p *person) landed(words ...string) {
	p.t.Helper()
	p.until(func(ctx context.Context) error {
		text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.readyState === "complete" ? document.body.innerText.replace(/\s+/g, "") : ""`))
		if err != nil {
			return err
		}
		for _, s := range words {
			if !strings.Contains(text, strings.ReplaceAll(s, " ", "")) {
				return fmt.Errorf("“%s” is not there", s)
			}
		}
		return nil
	}, patience, "land at %q", words)
}

func (p *person) back() {
	p.t.Helper()
	p.do("go back", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`history.back(), true`))
		return err
	}))
}

func (p *person) reload() {
	p.t.Helper()
	p.do("reload", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`(window.stale = true, location.reload(), true)`))
		return err
	}))
	p.until(func(ctx context.Context) error {
		fresh, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`!window.stale && document.readyState === "complete"`))
		if err == nil && !fresh {
			err = errors.New("it is the old page")
		}
		return err
	}, patience, "reload")
}

// network takes the network away, or gives it back.
func (p *person) network(on bool) {
	p.t.Helper()
	p.do("the network", command(network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: !on, DownloadThroughput: -1, UploadThroughput: -1}),
		chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{{Offline: !on, DownloadThroughput: -1, UploadThroughput: -1}}})
			return err
		}))
}

// scanned puts a file into the chooser that has the focus.
func (p *person) scanned(path string) {
	p.t.Helper()
	p.do("choose the scan", p.chooseFiles(spot{ID: p.focusID()}, path))
}

func (p *person) focusID() string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	id, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.activeElement.id`))
	if err != nil {
		p.fail("the focus: %v", err)
	}
	return id
}
