package desk

import (
	"net/http"
	"strconv"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/fee"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/feeview"
)

const feesPath = "/desk/fees"

// feesPage 收费: what is due at one's windows, what waits for a decision or for
// money to be handed back, and the clerk's own till.
type feesPage struct {
	web.Page
	Waiting web.Table
	Due     web.Table
	Pager   web.Pager
	Till    tillForm
}

// tillForm 日结.
type tillForm struct {
	URL    string // empty: the reader has no till
	Day    string
	Facts  web.Facts
	Closed bool
	Fields []web.FieldView
}

const feeRows = 50

// fees answers GET /desk/fees.
func (d *Desk) fees(w http.ResponseWriter, r *http.Request) error {
	a, err := d.Actor(r)
	if err != nil {
		return err
	}
	return d.showFees(w, r, a, http.StatusOK, nil)
}

func (d *Desk) showFees(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, problems []errs.Field) error {
	if !hasAny(a, actor.WindowClerk, actor.Decider) {
		return d.refused(r, a, identity.FeeList, "fees")
	}
	p := feesPage{Page: d.page(r, a, "fees", "收费", "Fees")}
	if err := d.feesWaiting(r, a, &p); err != nil {
		return err
	}
	if err := d.feesDue(r, a, &p); err != nil {
		return err
	}
	if a.Has(actor.WindowClerk) {
		if err := d.till(r, a, &p, problems); err != nil {
			return err
		}
	}
	return d.views.fees.Render(w, r, status, p)
}

func (d *Desk) feesWaiting(r *http.Request, a actor.Actor, p *feesPage) error {
	list, err := d.c.Fees.Waiting(r.Context(), a)
	if err != nil {
		return err
	}
	p.Waiting = web.Table{Caption: p.Tr("等您办理", "For you"), Hide: true, Heads: []web.Head{{Text: p.Tr("事项", "Item")}, {Text: p.Tr("要做什么", "What")}, {Text: p.Tr("金额（元）", "Yuan"), Num: true}},
		Empty: web.Empty{Title: p.Tr("没有等您决定的减免和退款", "Nothing waits for you"), Text: p.Tr("减免申请、退款申请和待窗口退款会出现在这里。", "Reductions and refunds to be decided, and money to hand back.")}}
	row := func(v *fee.View, what string, sum int64) {
		p.Waiting.Rows = append(p.Waiting.Rows, web.Row{Cells: []web.Cell{{Text: v.ItemName, Href: feesPath + "/" + v.No, Soft: v.Party.Name + " · " + v.No, Row: true}, {Text: what}, {Text: catalog.Yuan(sum)}}})
	}
	for _, v := range list {
		for _, x := range v.Reductions {
			if x.State == fee.IsAsked && v.May(identity.FeeReduceDecide) {
				row(v, p.Tr("决定减免", "Decide a reduction"), x.Amount)
			}
		}
		for _, x := range v.Refunds {
			switch {
			case (x.State == fee.IsAsked || x.State == fee.GoneBad) && v.May(identity.FeeRefundDecide):
				row(v, p.Tr("决定退款", "Decide a refund"), x.Amount)
			case x.State == fee.Approved && x.Provider == fee.AtWindow && v.May(identity.FeePayBack):
				row(v, p.Tr("窗口退款", "Hand money back"), x.Amount)
			}
		}
	}
	return nil
}

// feesDue lists the bills that are due where the reader's role holds.
func (d *Desk) feesDue(r *http.Request, a actor.Actor, p *feesPage) error {
	dir, err := d.c.Identity.Directory(r.Context())
	if err != nil {
		return err
	}
	after, err := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	if err != nil {
		after = 0
	}
	p.Due = web.Table{Caption: p.Tr("待缴费", "To be paid"), Hide: true, Heads: []web.Head{{Text: p.Tr("事项", "Item")}, {Text: p.Tr("缴费时点", "Due")}, {Text: p.Tr("待缴（元）", "Yuan"), Num: true}},
		Empty: web.Empty{Title: p.Tr("没有待缴费的办件", "Nothing is due"), Text: p.Tr("有收费的办件发出缴费通知后，会出现在这里。", "Cases with fees appear here when they are billed.")}}
	var due []fee.Bill
	for _, g := range a.Grants {
		if g.Role != actor.WindowClerk {
			continue
		}
		for _, u := range dir.Subtree(g.Path) {
			list, err := d.c.Fees.Open(r.Context(), a, u, after, feeRows+1)
			if err != nil {
				return err
			}
			due = append(due, list...)
			if len(due) > feeRows {
				break
			}
		}
	}
	if len(due) > feeRows {
		due = due[:feeRows]
		p.Pager.Next = feesPath + "?after=" + strconv.FormatInt(due[feeRows-1].ID, 10)
	}
	if after > 0 {
		p.Pager.Prev = feesPath
	}
	for i := range due {
		b := &due[i]
		zh, en := fee.DueWords(b.Due)
		p.Due.Rows = append(p.Due.Rows, web.Row{Cells: []web.Cell{{Text: b.ItemName, Href: feesPath + "/" + b.No, Soft: b.Party.Name + " · " + b.No, Row: true},
			{Text: p.Tr(zh, en), Tag: feeview.State(p.Page, b.State)}, {Text: catalog.Yuan(b.Left())}}})
	}
	return nil
}

// till fills the clerk's own till of today.
func (d *Desk) till(r *http.Request, a actor.Actor, p *feesPage, problems []errs.Field) error {
	day := clock.DateOf(d.c.Now())
	t, err := d.c.Fees.MyTill(r.Context(), a, day)
	if err != nil {
		return err
	}
	p.Till = tillForm{URL: feesPath + "/till", Day: day.String(), Closed: !t.ClosedAt.IsZero()}
	yuan := p.Tr(" 元", " yuan")
	p.Till.Facts.Rows = []web.Fact{{Key: p.Tr("账面现金", "Cash in the books"), Value: catalog.Yuan(t.Cash) + yuan}, {Key: p.Tr("账面刷卡", "Card in the books"), Value: catalog.Yuan(t.POS) + yuan}}
	if p.Till.Closed {
		p.Till.Facts.Rows = append(p.Till.Facts.Rows, web.Fact{Key: p.Tr("清点现金", "Cash counted"), Value: catalog.Yuan(t.CountedCash) + yuan},
			web.Fact{Key: p.Tr("清点刷卡", "Card counted"), Value: catalog.Yuan(t.CountedPOS) + yuan, Soft: t.Note})
		return nil
	}
	box := func(name, zh, en string) web.FieldView {
		return web.FieldView{ID: "till-" + name, Name: name, Label: p.Tr(zh, en), Mode: "decimal", Width: "w-s", Unit: p.Tr("元", "yuan"), Value: clean(r.PostFormValue(name))}
	}
	p.Till.Fields = []web.FieldView{box("cash", "清点的现金", "Cash counted"), box("pos", "刷卡小票合计", "Card slips"),
		{ID: "till-note", Name: "note", Label: p.Tr("不一致的原因", "Why it differs"), Widget: form.TextArea, Optional: true, Max: 500, Value: clean(r.PostFormValue("note"))}}
	mark(&p.Page, p.Till.Fields, problems)
	return nil
}

// closeTill answers POST /desk/fees/till.
func (d *Desk) closeTill(w http.ResponseWriter, r *http.Request) error {
	a, err := d.Actor(r)
	if err != nil {
		return err
	}
	if !a.Has(actor.WindowClerk) {
		return d.refused(r, a, identity.FeeTill, "till")
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	in := fee.Counted{Day: clock.DateOf(d.c.Now()), Note: r.PostForm.Get("note")}
	var bad []errs.Field
	for name, to := range map[string]*int64{"cash": &in.Cash, "pos": &in.POS} {
		n, ok := signed(r.PostForm.Get(name))
		if !ok {
			bad = append(bad, errs.Field{Path: name, Code: "number", ZH: "请填写清点的金额，没有的填0", EN: "Enter what was counted, 0 for nothing"})
		}
		*to = n
	}
	if len(bad) == 0 {
		_, err := d.c.Fees.CloseTill(r.Context(), a, in)
		if bad = refusedFields(err); err != nil && len(bad) == 0 {
			return web.Onward(err, web.Link{Href: feesPath, Text: web.NewPage(r, "", "").Tr("回到收费", "Back to the fees")})
		}
	}
	if len(bad) > 0 {
		return d.showFees(w, r, a, http.StatusUnprocessableEntity, bad)
	}
	d.c.Renderer.SetFlash(w, web.OK, web.NewPage(r, "", "").Tr("已日结，今天不能再收款、退款。", "The till is closed for today."))
	return web.SeeOther(w, r, feesPath)
}

// signed reads yuan that may be below zero: a till can have given more than it took.
func signed(s string) (int64, bool) {
	if len(s) > 1 && s[0] == '-' {
		n, ok := catalog.Fen(s[1:])
		return -n, ok
	}
	return catalog.Fen(s)
}

// refusedFields are the fields that an input was refused for; none of nil.
func refusedFields(err error) []errs.Field {
	if err == nil {
		return nil
	}
	return errs.Of(err).Fields
}
