package feeview

import (
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/fee"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// Banners say on the page of a case what is due, what was paid, and what goes
// back; each leads to its bill.
func Banners(p web.Page, bills []*fee.View, path func(bill string) string) (out []web.Banner) {
	for _, v := range bills {
		b := web.Banner{Link: web.Link{Href: path(v.No), Text: p.Tr("查看缴款单", "See the bill")}}
		switch v.State {
		case fee.Due:
			zh, en := fee.DueWords(v.Due)
			b.Tone, b.Title = web.Note, p.Tr("需要缴费 "+catalog.Yuan(v.Left())+" 元", "¥"+catalog.Yuan(v.Left())+" to be paid")
			b.Text = p.Tr("请在"+zh+"缴清，缴清之前不能进行下一步。", en+"; the next step waits for it.")
			switch {
			case v.Overdue:
				b.Text += p.Tr("已经超过缴费期限（"+v.PayBy+"），办件不会因此自动终止，请尽快缴清。", " It was to be paid by "+v.PayBy+"; the case does not end by that, but it waits.")
			case v.PayBy != "":
				b.Text += p.Tr("缴费期限："+v.PayBy+"。", " By "+v.PayBy+".")
			}
			if v.May(identity.FeePay) {
				b.Link.Text = p.Tr("去缴费", "Pay")
			} else if v.May(identity.FeeTake) {
				b.Link.Text = p.Tr("去收款", "Take the money")
			}
		case fee.Paid:
			b.Tone, b.Text = web.OK, p.Tr("已缴费 "+catalog.Yuan(v.Amount-v.Reduced)+" 元。", "¥"+catalog.Yuan(v.Amount-v.Reduced)+" paid.")
		case fee.Waived:
			b.Tone, b.Text = web.OK, p.Tr("费用已准予免缴。", "The fee is waived.")
		case fee.Void:
			b.Text = p.Tr("缴款单 "+v.No+" 已作废，不需要缴纳。", "Bill "+v.No+" is void.")
		}
		for _, x := range v.Refunds {
			zh, en := x.State.Words()
			b.Text += p.Tr("退款 "+catalog.Yuan(x.Amount)+" 元："+zh+"。", " Refund of ¥"+catalog.Yuan(x.Amount)+": "+en+".")
		}
		out = append(out, b)
	}
	return out
}
