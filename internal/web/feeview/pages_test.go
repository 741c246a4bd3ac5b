package feeview

import (
	"testing"

	"github.com/tongban/tongban/internal/fee"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/webtest"
)

// TestPages renders the page of a bill in its states, in all modes.
func TestPages(t *testing.T) {
	rt := webtest.New(t)
	v := NewView(rt)
	table := web.Table{Caption: "收费明细", Heads: []web.Head{{Text: "项目"}, {Text: "金额", Num: true}}, Rows: []web.Row{{Cells: []web.Cell{{Text: "工本费", Soft: "依据"}, {Text: "20.00"}}}}}
	page := Page{Page: web.Page{Title: "缴款单", Lang: "zh-CN", Path: "/my/cases/1/fees/J1"}, Back: web.Link{Href: "/my/cases/1", Text: "返回办件"}, No: "J1", Item: "换领", State: web.Tag{Tone: web.Note, Text: "待缴费"}, Sum: "20.00",
		Again: "/my/cases/1/fees/J1", Facts: web.Facts{Rows: []web.Fact{{Key: "缴款单号", Value: "J1"}}}, Lines: table}
	page.Acts = []Act{{ID: "act-pay", Title: "网上缴费", URL: "/my/cases/1/fees/J1/pay", Button: "去缴费", Words: "说明", Open: true, Hidden: []web.Hidden{{Name: "version", Value: "1"}}},
		{ID: "act-reduce", Title: "申请减免", URL: "/my/cases/1/fees/J1/reduce", Button: "提交", Alt: true, Confirm: "确认？", Fields: []web.FieldView{{ID: "act-reduce-ground", Name: "ground", Widget: "textarea", Label: "理由", Error: "请写明"}}}}
	waiting, begun, paid := page, page, page
	waiting.Waiting, begun.PayURL = true, "https://pay.example/1"
	paid.Sum, paid.Acts, paid.Payments, paid.Asks = "", nil, table, table
	webtest.Check(t, v, page, waiting, begun, paid)
	webtest.Covered(t, rt, "templates/bill.html")
}

func TestBanners(t *testing.T) {
	p := web.Page{Lang: "zh-CN"}
	path := func(no string) string { return "/desk/fees/" + no }
	due := &fee.View{Bill: fee.Bill{No: "J1", State: fee.Due, Amount: 2000, Due: "acceptance"}, Offered: []identity.Act{identity.FeePay}}
	got := Banners(p, []*fee.View{due, {Bill: fee.Bill{No: "J2", State: fee.Paid, Amount: 2000}, Refunds: []fee.Refund{{Amount: 500, State: fee.Done}}}, {Bill: fee.Bill{No: "J3", State: fee.Waived}}, {Bill: fee.Bill{No: "J4", State: fee.Void}}}, path)
	for i, want := range []string{"请在受理之前缴清，缴清之前不能进行下一步。", "已缴费 20.00 元。退款 5.00 元：已退款。", "费用已准予免缴。", "缴款单 J4 已作废，不需要缴纳。"} {
		if got[i].Text != want || got[i].Link.Href == "" {
			t.Errorf("%d: %+v", i, got[i])
		}
	}
	if got[0].Link.Text != "去缴费" || got[0].Title != "需要缴费 20.00 元" {
		t.Errorf("%+v", got[0])
	}
}
