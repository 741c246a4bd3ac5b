package desk

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/deliver"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/web"
)

// parcel is an act on a result that goes by post or waits in a cabinet.
func (b builder) parcel() actForm {
	dl := b.v.Delivery
	to := b.tr("寄往：", "To: ") + strings.TrimSpace(dl.Name+" "+dl.Phone+" "+dl.Address)
	more := b.optional(b.text("reason", "说明", "Remark", "", "", form.TextArea))
	on := b.optional(b.text("on", "日期", "Day", "回执上的日期；不填为今天。", "As the receipt says; left out: today.", form.DateBox))
	on.Y, on.M, on.D = clean(b.t.values.Get("on.y")), clean(b.t.values.Get("on.m")), clean(b.t.values.Get("on.d"))
	switch b.o.Act {
	case casework.SendCourier:
		words := to
		if p := b.v.Parcel; p != nil && p.Postage != "" {
			words += b.tr("。邮费：", ". Postage: ") + p.Postage
		}
		return actForm{Words: words, Button: b.tr("通知快递公司取件", "Have it collected")}
	case casework.Post:
		f := b.text("waybill", "快递公司和运单号", "Courier and waybill number", "窗口自行交寄时登记；签收之后再登记签收。", "When the window posts it itself; the signature is recorded when it is there.", form.Text)
		f.Max = 100
		return actForm{Alt: offers(b.v, casework.SendCourier), Title: b.tr("登记自行寄出", "Record a posting of our own"), Fields: []web.FieldView{f}, Words: to, Button: b.tr("登记寄出", "Record")}
	case casework.CancelCourier:
		return actForm{Alt: true, Warn: true, Words: b.tr("快递员还没有揽收时，可以取消。", "As long as nobody has collected it.")}
	case casework.PostSigned:
		f := b.text("signedBy", "签收人", "Signed for by", "按签收回执填写。", "As the receipt says.", form.Text)
		f.Max = 50
		return actForm{Alt: b.v.Parcel != nil && b.v.Parcel.Provider == deliver.ByCourier, Title: b.tr("登记签收", "Record the signature"), Words: b.tr("查验了签收回执的，登记后办结，出具送达回证。", "With the receipt at hand; the case is closed and the record of service made."),
			Fields: []web.FieldView{f, on, more}}
	case casework.PostBack:
		return actForm{Alt: true, Title: b.tr("登记退回", "Record that it came back"), Words: b.tr("退回的不算送达，可以再次寄送，或者由申请人改为窗口领取。", "It is not served; post it again, or let the applicant fetch it."), Fields: []web.FieldView{on, more}}
	case casework.PostLost:
		return actForm{Alt: true, Warn: true, Title: b.tr("登记丢失", "Record that it is lost"), Fields: []web.FieldView{more}}
	case casework.ClaimPost:
		return actForm{Fields: []web.FieldView{b.text("reason", "索赔和重新制发的情况", "The claim, and how the result is made again", "", "", form.TextArea)}}
	case casework.PutInCabinet:
		return b.cabinet()
	case casework.TakeFromCabinet:
		words := b.tr("取回以后在窗口领取，申请人会收到新的取件码。", "It then waits at the window; the applicant gets a new code.")
		if p := b.v.Parcel; p != nil {
			words = p.Where + b.tr(fmt.Sprintf(" %d 号格。", p.Compartment), fmt.Sprintf(" no. %d. ", p.Compartment)) + words
		}
		return actForm{Alt: b.v.Parcel != nil && b.v.Parcel.State == deliver.InCabinet, Words: words}
	}
	return actForm{}
}

// cabinet asks in which compartment the result lies.
func (b builder) cabinet() actForm {
	var options []web.OptionView
	for _, sp := range b.v.Parcel.Spaces {
		for _, n := range sp.Free {
			options = append(options, web.OptionView{Value: sp.Cabinet.Key + "/" + strconv.Itoa(n), Label: sp.Cabinet.Name + b.tr(fmt.Sprintf(" %d 号格", n), fmt.Sprintf(" no. %d", n))})
		}
	}
	if len(options) == 0 {
		return actForm{Alt: true, Words: b.tr("取件柜已满。", "The cabinet is full."), Button: b.tr("刷新", "Look again")}
	}
	f := b.choice("space", "格口", "Compartment", form.Select, options...)
	return actForm{Alt: true, Words: b.tr("把结果放进格口、关好柜门后登记，取件码会发给申请人。", "Put the result in and shut the door first; the applicant gets a code."), Fields: []web.FieldView{f}}
}

// readParcel takes what the forms above bring.
func readParcel(act casework.Act, in *casework.Input, values url.Values, get func(string) string) (bad []errs.Field) {
	switch act {
	case casework.PostSigned, casework.PostBack:
		in.Parcel.SignedBy, in.Parcel.On = get("signedBy"), dayOf(values, "on")
	case casework.PutInCabinet:
		key, n, _ := strings.Cut(values.Get("space"), "/")
		in.Parcel.Cabinet = key
		var err error
		if in.Parcel.Compartment, err = strconv.Atoi(n); err != nil || key == "" {
			bad = append(bad, errs.Field{Path: "space", Code: "required", ZH: "请选择格口", EN: "Choose a compartment"})
		}
	}
	return bad
}

// resultsPath is the output window's list.
const resultsPath = "/desk/results"

// findByCode answers POST /desk/results: the code that a person shows leads to
// his case.
func (d *Desk) findByCode(w http.ResponseWriter, r *http.Request) error {
	a, err := d.clerk(r)
	if err != nil {
		return err
	}
	no, err := d.c.Casework.FindByCode(r.Context(), a, r.PostFormValue("code"))
	if err == nil {
		p := web.NewPage(r, "", "")
		d.c.Renderer.SetFlash(w, web.OK, p.Tr("取件码正确，请核对领取人后发放。", "The code is right; check who takes it."))
		return web.SeeOther(w, r, withFrom(casePath(no), resultsPath))
	}
	status := http.StatusUnprocessableEntity
	switch errs.KindOf(err) {
	case errs.TooMany:
		status = http.StatusTooManyRequests
	case errs.NotFound, errs.Conflict:
	default:
		return err
	}
	e := errs.Of(err)
	return d.resultsWith(w, r, status, []errs.Field{{Path: "code", Code: e.Code, ZH: e.ZH, EN: e.EN}})
}
