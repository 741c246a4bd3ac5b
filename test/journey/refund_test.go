package journey

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/tongban/tongban/test/client"
)

// refund goes from the bill to money given back: the applicant reads what has to
// be paid, pays at the window, asks for a part back, a decider approves, the
// clerk hands it back, and a supervisor looks at the books.
func refund(l *look, t *testing.T, c *city, on device, p *person, clerk, decider, no string) {
	t.Helper()
	const item = "占用、挖掘城市道路审批"
	p.open("/my/cases/" + no)
	p.see("需要缴费 6523.20 元", "请在领取结果之前缴清", "缴费通知书")
	p.follow("去缴费")
	bill := p.path()
	p.see("0.50元 × 86.4平方米 × 11天", "120.00元 × 50.4平方米", "待缴费", "网上缴费")
	l.as(t, c, clerk, on.office(), func(d *person) {
		d.open("/desk/fees")
		d.see("6523.20", "我的收款台")
		d.toCase(no)
		d.follow("去收款")
		d.follow("确认收款 6523.20 元")
		d.see("已收款", "已缴费", "现金")
	})
	p.open(bill)
	p.see("已缴费", "已到账")
	p.unfold("申请退款")
	p.fill("退款金额", "9999")
	p.followTo(422, "提交退款申请")
	p.see("请写明退款的原因", "不超过 6523.20 元")
	p.fill("退款金额", "120")
	p.fill("退款原因", "实际挖掘面积少1平方米。")
	p.follow("提交退款申请")
	p.see("退款申请已提交", "待批准")
	l.as(t, c, decider, on.office(), func(d *person) {
		d.open("/desk/fees")
		d.see("决定退款", "120.00")
		d.follow(item)
		d.choose("决定", "批准")
		d.fill("理由", "面积属实，予以退还。")
		d.follow("作出决定")
		d.see("退款已决定", "已批准")
	})
	l.as(t, c, clerk, on.office(), func(d *person) {
		d.open("/desk/fees")
		d.see("窗口退款")
		d.follow(item)
		d.fill("领款人", "周志远")
		d.follow("确认退出 120.00 元")
		d.see("已登记退款", "已退款")
	})
	p.open("/my/cases/" + no)
	p.see("退款 120.00 元：已退款")
	p.followIn("文书", "退款通知书")
	p.see("120.00元", no)
	l.as(t, c, "supervisor-wx", on.office(), func(d *person) {
		d.open("/console/fees")
		d.see("收费对账", "窗口收款台", "6403.20")
	})
}

// paidOnline pays a bill at the sandbox of the demonstration, whose callback
// comes twice.
func paidOnline(t *testing.T, p *client.Client, bill string) {
	t.Helper()
	ctx := context.Background()
	_, err := p.Post(ctx, "/bills/"+bill+"/acts", client.Object{"act": "pay"})
	must(t, err)
	await := func(done func(client.Object) bool) client.Object {
		t.Helper()
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
			b := get(t, p, "/bills/"+bill)
			if done(b) {
				return b
			}
			if time.Now().After(deadline) {
				t.Fatalf("the bill waits: %v", b)
			}
		}
	}
	b := await(func(b client.Object) bool { return b.Text("payments", 0, "payUrl") != "" })
	res, err := http.PostForm(b.Text("payments", 0, "payUrl"), url.Values{"way": {"twice"}})
	must(t, err)
	must(t, res.Body.Close())
	b = await(func(b client.Object) bool { return b.Text("state", "code") == "paid" })
	if b.Int("payments", 0, "received") != b.Int("amount") || len(b.List("refunds")) != 0 {
		t.Errorf("paid %v", b)
	}
}
