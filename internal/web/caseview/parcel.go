package caseview

import (
	"fmt"
	"strconv"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/deliver"
	"github.com/tongban/tongban/internal/web"
)

// Parcel 结果领取、寄递 is partial "caseparcel": where the result on paper is, the
// code for who fetches it, and where it was.
type Parcel struct {
	Title string
	State web.Tag
	Words string // what to do
	Code  string // spaced, for its owner
	QR    web.QR // the code, for the clerk's scanner
	Facts web.Facts
	Track web.Timeline
}

// ParcelOf shows the parcel of a case; without one the card has no title.
func ParcelOf(p web.Page, v *casework.View) (out Parcel, err error) {
	x := v.Parcel
	if x == nil {
		return out, nil
	}
	zh, en := x.State.Words()
	out.Title, out.State = p.Tr("结果领取、寄递", "How the result gets there"), web.Tag{Tone: parcelTone(x.State), Text: p.Tr(zh, en)}
	out.Words = parcelWords(p, v)
	add := func(zh, en, value string) {
		if value != "" {
			out.Facts.Rows = append(out.Facts.Rows, web.Fact{Key: p.Tr(zh, en), Value: value})
		}
	}
	if x.Cabinet != "" {
		add("取件柜", "Cabinet", x.Where)
		if v.Tasks != nil || x.Compartment > 0 {
			add("格口", "Compartment", p.Tr(strconv.Itoa(x.Compartment)+" 号格", "No. "+strconv.Itoa(x.Compartment)))
		}
		if !x.CodeUntil.IsZero() {
			add("保管至", "Kept until", x.CodeUntil.In(clock.Shanghai()).Format("2006-01-02 15:04"))
		}
	}
	add("运单", "Waybill", x.Waybill)
	add("收件人", "To", x.To.Name)
	add("签收人", "Signed for by", x.SignedBy)
	add("索赔", "Claim", x.Claim)
	if v.Case.DeliveryWay == "post" {
		add("邮费", "Postage", x.Postage)
	}
	if x.Known {
		add("取件码", "Code", p.Tr("已核验", "Shown and right"))
	}
	if x.Code != "" {
		out.Code = deliver.SpacedCode(x.Code)
		if out.QR, err = web.NewQR(x.Code, p.Tr("取件码，给窗口扫一扫", "The code, for the window's scanner")); err != nil {
			return out, err
		}
	}
	for _, t := range x.Tracks {
		zh, en := t.News.Words()
		e := web.Event{At: t.At, Title: p.Tr(zh, en), Text: t.Text, Tone: web.Info}
		switch t.News {
		case deliver.NewsSigned:
			e.Tone = web.OK
		case deliver.NewsReturned, deliver.NewsLost, deliver.NewsRefused:
			e.Tone = web.Note
		}
		out.Track.Events = append(out.Track.Events, e)
	}
	return out, nil
}

func parcelTone(s deliver.State) web.Tone {
	switch s {
	case deliver.Delivered:
		return web.OK
	case deliver.Returned, deliver.Overdue, deliver.Claimed:
		return web.Note
	case deliver.Lost:
		return web.Bad
	}
	return web.Info
}

// parcelWords tell the applicant what happens and what to do.
func parcelWords(p web.Page, v *casework.View) string {
	x := v.Parcel
	switch x.State {
	case deliver.Waiting:
		return p.Tr(fmt.Sprintf("请带上身份证件到“%s”窗口领取，出示取件码可以更快找到。", v.Receiving.Name), fmt.Sprintf("Fetch it at a window of “%s” with your identity card; the code finds it faster.", v.Receiving.Name))
	case deliver.InCabinet:
		return p.Tr("凭取件码在取件柜上开柜，取件码只能用一次，过期退回窗口。", "The code opens the compartment once; after that day the result goes back to the window.")
	case deliver.Overdue:
		return p.Tr("没有在保管期内取件，将退回窗口，届时发给您新的取件码。", "It was not fetched in time and goes back to the window; a new code comes then.")
	case deliver.Ready:
		return p.Tr("等待窗口寄出。寄出之前可以更改地址和领取方式。", "To be posted; until then address and way can be changed.")
	case deliver.Ordered, deliver.Underway:
		return p.Tr("签收之后才算送达。", "It counts as delivered once it is signed for.")
	case deliver.Returned:
		return p.Tr("没有送达，已退回窗口。请核对地址再次寄送，或者改为到窗口领取。", "It came back. Check the address, or fetch it at the window.")
	case deliver.Lost:
		return p.Tr("快递公司报告丢失，窗口正在处理，不需要您承担费用。", "The courier lost it; the window sees to it at no cost to you.")
	case deliver.Claimed:
		return p.Tr("已向快递公司索赔，结果会再次寄送或者改为窗口领取。", "Claimed of the courier; it is posted again or waits at the window.")
	}
	return ""
}
