package feeview

import (
	"embed"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/fee"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

//go:embed templates
var templates embed.FS

// Bills 缴款单页 shows bills below a path of its own.
type Bills struct {
	c    Config
	view *web.View[Page]
}

// Config names what the pages use.
type Config struct {
	Renderer *web.Renderer
	Fees     *fee.Service
	Actor    func(r *http.Request) (actor.Actor, error)
	Frame    func(r *http.Request, p *web.Page)
	Path     func(r *http.Request, bill string) string // of the page of a bill
	Back     func(p web.Page, b *fee.Bill) web.Link    // where the reader came from
}

// New registers the page.
func New(c Config) *Bills {
	return &Bills{c: c, view: NewView(c.Renderer)}
}

// NewView is the page's template, for the test that renders it.
func NewView(rt *web.Renderer) *web.View[Page] {
	return web.NewView[Page](rt, templates, "templates/bill.html")
}

// Page 缴款单.
type Page struct {
	web.Page
	Back     web.Link
	No, Item string
	State    web.Tag
	Sum      string // what is left to pay
	Waiting  bool   // the provider's answer is on its way: the page looks again
	PayURL   string // of the provider's page, when an order is open
	Again    string // address of this page
	Facts    web.Facts
	Lines    web.Table
	Payments web.Table
	Asks     web.Table // reductions and refunds
	Acts     []Act
}

// Act is one thing that the reader may do, as a form.
type Act struct {
	ID, Title, URL, Words, Button, Confirm string
	Open, Alt                              bool
	Hidden                                 []web.Hidden
	Fields                                 []web.FieldView
}

// Acts are the last parts of the acts' paths.
var Acts = []string{"pay", "take", "reduce", "reduce-decide", "refund", "refund-decide", "pay-back"}

// typed is what somebody typed that did not go through.
type typed struct {
	act      string
	in       func(string) string
	problems []errs.Field
}

// Show answers the page of a bill.
func (b *Bills) Show(w http.ResponseWriter, r *http.Request) error {
	a, err := b.c.Actor(r)
	if err != nil {
		return err
	}
	v, err := b.c.Fees.View(r.Context(), a, r.PathValue("bill"))
	if err != nil {
		return err
	}
	return b.show(w, r, v, http.StatusOK, typed{})
}

func (b *Bills) show(w http.ResponseWriter, r *http.Request, v *fee.View, status int, t typed) error {
	p := Page{Page: web.NewPage(r, "缴款单", "Bill"), No: v.No, Item: v.ItemName, State: State(web.NewPage(r, "", ""), v.State), Again: b.c.Path(r, v.No)}
	b.c.Frame(r, &p.Page)
	p.Back = b.c.Back(p.Page, &v.Bill)
	if left := v.Left(); left > 0 {
		p.Sum = catalog.Yuan(left)
	}
	due, dueEN := fee.DueWords(v.Due)
	p.Facts.Rows = []web.Fact{{Key: p.Tr("缴款单号", "Number"), Value: v.No}, {Key: p.Tr("办件编号", "Case"), Value: v.CaseNo}, {Key: p.Tr("缴款人", "Payer"), Value: v.Party.Name},
		{Key: p.Tr("缴费时点", "Due"), Value: p.Tr(due, dueEN)}, {Key: p.Tr("应缴", "Amount"), Value: catalog.Yuan(v.Amount) + p.Tr("元", " yuan")}}
	if v.PayBy != "" {
		f := web.Fact{Key: p.Tr("缴费期限", "To be paid by"), Value: v.PayBy}
		if v.Overdue {
			f.Tag = web.Tag{Tone: web.Bad, Text: p.Tr("已超过", "Over")}
		}
		p.Facts.Rows = append(p.Facts.Rows, f)
	}
	if v.Reduced > 0 {
		p.Facts.Rows = append(p.Facts.Rows, web.Fact{Key: p.Tr("减免", "Reduced by"), Value: catalog.Yuan(v.Reduced) + p.Tr("元", " yuan")})
	}
	p.Lines = web.Table{Hide: true, Caption: p.Tr("收费明细", "Lines"), Heads: []web.Head{{Text: p.Tr("项目", "Fee")}, {Text: p.Tr("怎样计算", "Reckoned")}, {Text: p.Tr("金额（元）", "Yuan"), Num: true}}}
	for _, l := range v.Lines {
		p.Lines.Rows = append(p.Lines.Rows, web.Row{Cells: []web.Cell{{Text: l.Name, Soft: l.Basis}, {Text: l.Reckoned}, {Text: catalog.Yuan(l.Amount)}}})
	}
	b.payments(&p, v)
	b.asks(&p, v)
	b.acts(&p, v, t)
	return b.view.Render(w, r, status, p)
}

// State names how a bill stands.
func State(p web.Page, s fee.BillState) web.Tag {
	zh, en := s.Words()
	tone := map[fee.BillState]web.Tone{fee.Due: web.Note, fee.Paid: web.OK, fee.Waived: web.OK}[s]
	return web.Tag{Tone: tone, Text: p.Tr(zh, en)}
}

func (b *Bills) payments(p *Page, v *fee.View) {
	p.Payments = web.Table{Hide: true, Caption: p.Tr("缴费记录", "Payments"), Heads: []web.Head{{Text: p.Tr("订单", "Order")}, {Text: p.Tr("状态", "State")}, {Text: p.Tr("金额（元）", "Yuan"), Num: true}}}
	for _, x := range v.Payments {
		zh, en := x.State.Words()
		via, viaEN := fee.ProviderWords(x.Provider)
		method, methodEN := x.Method.Words()
		tone := map[fee.PaymentState]web.Tone{fee.Arrived: web.OK, fee.Wrong: web.Bad, fee.Begun: web.Note}[x.State]
		soft := p.Tr(via+"·"+method, viaEN+", "+methodEN)
		if x.ClerkName != "" {
			soft += " · " + x.ClerkName
		}
		at := x.BegunAt
		sum := x.Amount
		if !x.PaidAt.IsZero() {
			at, sum = x.PaidAt, x.Received
		}
		c := web.Cell{Tag: web.Tag{Tone: tone, Text: p.Tr(zh, en)}, Soft: at.In(clock.Shanghai()).Format("2006-01-02 15:04")}
		if x.Surplus {
			c.Text = p.Tr("多缴", "Too much")
		}
		p.Payments.Rows = append(p.Payments.Rows, web.Row{Cells: []web.Cell{{Text: x.OrderNo, Soft: soft}, c, {Text: catalog.Yuan(sum)}}})
		if x.State == fee.Begun && v.Left() > 0 && v.May(identity.FeePay) {
			p.PayURL, p.Waiting = x.PayURL, x.PayURL == ""
		}
	}
}

func (b *Bills) asks(p *Page, v *fee.View) {
	p.Asks = web.Table{Hide: true, Caption: p.Tr("减免和退款", "Reductions and refunds"), Heads: []web.Head{{Text: p.Tr("申请", "Asked")}, {Text: p.Tr("状态", "State")}, {Text: p.Tr("金额（元）", "Yuan"), Num: true}}}
	row := func(what, why string, s fee.AskState, who fee.By, answer string, sum int64) {
		zh, en := s.Words()
		tone := map[fee.AskState]web.Tone{fee.IsAsked: web.Note, fee.Approved: web.Info, fee.Done: web.OK, fee.GoneBad: web.Bad}[s]
		c := web.Cell{Tag: web.Tag{Tone: tone, Text: p.Tr(zh, en)}, Soft: answer}
		if who.Name != "" {
			c.Soft = strings.Trim(who.Name+"："+answer, "：")
		}
		p.Asks.Rows = append(p.Asks.Rows, web.Row{Cells: []web.Cell{{Text: what, Soft: why}, c, {Text: catalog.Yuan(sum)}}})
	}
	for _, x := range v.Reductions {
		row(p.Tr("减免", "Reduction"), x.Ground, x.State, x.DecidedBy, x.Reason, x.Amount)
	}
	for _, x := range v.Refunds {
		zh, en := x.Cause.Words()
		row(p.Tr("退款 ", "Refund ")+x.No, p.Tr(zh, en)+p.Tr("：", ": ")+x.Reason, x.State, x.DecidedBy, x.Answer, x.Amount)
	}
}

// acts makes a form of everything the reader may do.
func (b *Bills) acts(p *Page, v *fee.View, t typed) {
	add := func(key, suffix string, f Act) {
		f.ID, f.URL = "act-"+key+suffix, p.Again+"/"+key
		f.Hidden = append(f.Hidden, web.Hidden{Name: "version", Value: strconv.FormatInt(v.Version, 10)})
		again := t.act == key && (suffix == "" || t.in("refund") == suffix[1:])
		for i := range f.Fields {
			x := &f.Fields[i]
			x.ID = f.ID + "-" + x.Name
			if again {
				x.Value = t.in(x.Name)
			}
			for j := range x.Options {
				x.Options[j].ID = x.ID + "-" + strconv.Itoa(j+1)
				if again {
					x.Options[j].Checked = x.Options[j].Value == x.Value
				}
			}
		}
		if again && len(t.problems) > 0 {
			ids := map[string]string{}
			for _, x := range f.Fields {
				ids[x.Name] = x.ID
			}
			words := p.FieldErrors(t.problems, ids)
			for i := range f.Fields {
				f.Fields[i].Error = words[f.Fields[i].Name]
			}
			f.Open = true
		}
		p.Acts = append(p.Acts, f)
	}
	sum := func(name, zh, en string, most int64) web.FieldView {
		return web.FieldView{Name: name, Label: p.Tr(zh, en), Mode: "decimal", Width: "w-s", Unit: p.Tr("元", "yuan"), Value: catalog.Yuan(most), Help: p.Tr("最多 ", "At most ") + catalog.Yuan(most)}
	}
	text := func(name, zh, en, help, helpEN string) web.FieldView {
		return web.FieldView{Name: name, Label: p.Tr(zh, en), Help: p.Tr(help, helpEN), Widget: form.TextArea, Max: 500}
	}
	yesNo := func(name, zh, en string) web.FieldView {
		return web.FieldView{Name: name, Label: p.Tr(zh, en), Widget: form.Radio, Options: []web.OptionView{{Value: "yes", Label: p.Tr("批准", "Approve")}, {Value: "no", Label: p.Tr("不批准", "Refuse")}}}
	}
	if v.May(identity.FeePay) && p.PayURL == "" && !p.Waiting {
		add("pay", "", Act{Open: true, Title: p.Tr("网上缴费", "Pay online"), Button: p.Tr("去缴费", "Pay"), Words: p.Tr("将前往收费渠道的页面付款，付好以后会自动回到办件。", "You pay on the provider's page and come back here.")})
	}
	if v.May(identity.FeeTake) {
		add("take", "", Act{Open: true, Title: p.Tr("窗口收款", "Take the money"), Button: p.Tr("确认收款 ", "Taken: ") + p.Sum + p.Tr(" 元", ""), Confirm: p.Tr("确认已经收到这笔钱？", "Is the money taken?"),
			Fields: []web.FieldView{{Name: "method", Label: p.Tr("支付方式", "How"), Widget: form.Radio, Options: []web.OptionView{{Value: "cash", Label: p.Tr("现金", "Cash"), Checked: true}, {Value: "pos", Label: p.Tr("刷卡", "Card")}}},
				{Name: "slip", Label: p.Tr("刷卡小票参考号", "Number on the card slip"), Optional: true, Max: 40, Help: p.Tr("刷卡时填写。", "For cards.")}}})
	}
	if v.May(identity.FeeReduceDecide) {
		add("reduce-decide", "", Act{Open: true, Title: p.Tr("决定减免", "Decide the reduction"), Button: p.Tr("作出决定", "Decide"), Fields: []web.FieldView{yesNo("grant", "决定", "Decision"), text("reason", "理由", "Reason", "申请人会在决定书上看到。", "The applicant reads it.")}})
	}
	for _, x := range v.Refunds {
		switch {
		case (x.State == fee.IsAsked || x.State == fee.GoneBad) && v.May(identity.FeeRefundDecide):
			add("refund-decide", "-"+x.No, Act{Open: true, Title: p.Tr("决定退款 ", "Decide refund ") + x.No, Button: p.Tr("作出决定", "Decide"), Hidden: []web.Hidden{{Name: "refund", Value: x.No}},
				Words: catalog.Yuan(x.Amount) + p.Tr("元：", " yuan: ") + x.Reason, Fields: []web.FieldView{yesNo("grant", "决定", "Decision"), text("reason", "理由", "Reason", "", "")}})
		case x.State == fee.Approved && x.Provider == fee.AtWindow && v.May(identity.FeePayBack):
			add("pay-back", "-"+x.No, Act{Open: true, Title: p.Tr("窗口退款 ", "Hand back ") + x.No, Button: p.Tr("确认退出 ", "Handed back: ") + catalog.Yuan(x.Amount) + p.Tr(" 元", ""), Hidden: []web.Hidden{{Name: "refund", Value: x.No}},
				Fields: []web.FieldView{{Name: "slip", Label: p.Tr("领款人", "Who took it"), Max: 40, Help: p.Tr("现金写领款人姓名，刷卡退回写小票参考号。", "A name for cash, the slip's number for cards.")}}})
		}
	}
	if v.May(identity.FeeReduce) {
		add("reduce", "", Act{Alt: true, Title: p.Tr("申请减免", "Ask for a reduction"), Button: p.Tr("提交减免申请", "Ask"), Fields: []web.FieldView{
			sum("amount", "申请减免的金额", "Amount", min(v.Reducible(), v.Left())), text("ground", "理由和依据", "Ground", "写明符合哪一种减免规定。", "Which rule it meets.")}})
	}
	if v.May(identity.FeeRefund) {
		add("refund", "", Act{Alt: true, Title: p.Tr("申请退款", "Ask for a refund"), Button: p.Tr("提交退款申请", "Ask"), Fields: []web.FieldView{
			sum("amount", "退款金额", "Amount", refundable(v)), text("reason", "退款原因", "Why", "", "")}})
	}
}

// refundable is what can be asked back of one payment.
func refundable(v *fee.View) int64 {
	for _, p := range v.Payments {
		if p.Received > p.Refunded {
			return p.Received - p.Refunded
		}
	}
	return 0
}

// Do answers an act on a bill.
func (b *Bills) Do(w http.ResponseWriter, r *http.Request) error {
	a, err := b.c.Actor(r)
	if err != nil {
		return err
	}
	act, no := r.PathValue("act"), r.PathValue("bill")
	if !slices.Contains(Acts, act) {
		return web.ErrNoPage()
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	v, err := b.c.Fees.View(r.Context(), a, no)
	if err != nil {
		return err
	}
	said, err := b.perform(r, a, act, no)
	back := web.Link{Href: b.c.Path(r, no), Text: web.NewPage(r, "", "").Tr("查看最新情况", "See how it stands")}
	if e := errs.Of(err); err != nil && e.Kind == errs.Invalid && len(e.Fields) > 0 {
		return b.show(w, r, v, http.StatusUnprocessableEntity, typed{act, r.PostForm.Get, e.Fields})
	}
	if err != nil {
		return web.Onward(err, back)
	}
	if said[0] != "" {
		b.c.Renderer.SetFlash(w, web.OK, web.NewPage(r, "", "").Tr(said[0], said[1]))
	}
	return web.SeeOther(w, r, back.Href)
}

func (b *Bills) perform(r *http.Request, a actor.Actor, act, no string) (said [2]string, err error) {
	ctx, in, f := r.Context(), r.PostForm, b.c.Fees
	version, bad := strconv.ParseInt(in.Get("version"), 10, 64)
	if bad != nil {
		version = 0
	}
	grant := in.Get("grant") == "yes"
	if strings.HasSuffix(act, "-decide") && in.Get("grant") != "yes" && in.Get("grant") != "no" {
		return said, errs.InvalidFields(errs.Field{Path: "grant", Code: "required", ZH: "请选择批准或者不批准", EN: "Approve or refuse"})
	}
	var sum int64
	if act == "reduce" || act == "refund" {
		var ok bool
		if sum, ok = catalog.Fen(in.Get("amount")); !ok {
			return said, errs.InvalidFields(errs.Field{Path: "amount", Code: "number", ZH: "请填写金额，例如 20 或者 12.50", EN: "An amount, like 20 or 12.50"})
		}
	}
	switch act {
	case "pay":
		_, err = f.Begin(ctx, a, no, nil)
	case "take":
		said = [2]string{"已收款，缴费凭证已经生成。", "The money is taken; the receipt is made."}
		_, err = f.Take(ctx, a, no, fee.Taken{Version: version, Method: fee.Method(in.Get("method")), Slip: in.Get("slip")})
	case "reduce":
		said = [2]string{"减免申请已提交，等待批准。", "The reduction is asked for."}
		_, err = f.AskReduction(ctx, a, no, sum, in.Get("ground"), nil)
	case "reduce-decide":
		said = [2]string{"减免已决定，申请人已收到通知。", "The reduction is decided; the applicant is told."}
		_, err = f.DecideReduction(ctx, a, no, grant, in.Get("reason"), nil)
	case "refund":
		said = [2]string{"退款申请已提交，等待批准。", "The refund is asked for."}
		_, err = f.AskRefund(ctx, a, no, "", sum, in.Get("reason"), nil)
	case "refund-decide":
		said = [2]string{"退款已决定。", "The refund is decided."}
		_, err = f.DecideRefund(ctx, a, no, in.Get("refund"), grant, in.Get("reason"), nil)
	case "pay-back":
		said = [2]string{"已登记退款，退款通知书已经生成。", "The money is handed back; the notice is made."}
		_, err = f.PayBack(ctx, a, no, in.Get("refund"), in.Get("slip"), nil)
	}
	return said, err
}
