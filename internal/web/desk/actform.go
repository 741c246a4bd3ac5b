package desk

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/caseview"
)

// actForm is one act that is offered, as a form.
type actForm struct {
	ID      string
	Title   string
	URL     string
	Version int64
	Task    int64
	From    string
	Open    bool
	Alt     bool // not the usual way on
	Warn    bool
	Words   string // what it does, in a sentence
	Banner  web.Banner
	Fields  []web.FieldView
	Upload  string // the act takes files: what they are
	Button  string
	Confirm string
	Link    web.Link // the act has a page of its own
}

// actForms makes a form of every act that the case offers to the reader. The
// first is open; the act that did not go through is open with what was typed.
func actForms(p *web.Page, v *casework.View, a actor.Actor, from string, t typed) []actForm {
	var out []actForm
	for _, o := range v.Offered {
		b := builder{p: *p, v: v, o: o, t: typed{}}
		if o.Act == t.act {
			b.t = t
		}
		f := b.form()
		f.ID, f.From, f.Version, f.Task = "act-"+string(o.Act), from, v.Case.Version, o.Task
		if f.URL == "" {
			f.URL = casePath(v.Case.No) + "/acts/" + string(o.Act)
		}
		if o.Act == casework.Resubmit || o.Act == casework.Supplement {
			f.URL = casePath(v.Case.No) + "/correct"
		}
		if f.Title == "" {
			f.Title = p.Tr(o.ZH, o.EN)
		}
		if f.Button == "" {
			f.Button = f.Title
		}
		if o.Act == t.act && t.act != "" {
			f.Open = true
			if len(t.problems) > 0 {
				mark(p, f.Fields, t.problems)
			}
		}
		out = append(out, f)
	}
	open := false
	for _, f := range out {
		open = open || f.Open
	}
	if !open && len(out) > 0 && !out[0].Alt {
		out[0].Open = true
	}
	return out
}

// builder makes the form of one act.
type builder struct {
	p web.Page
	v *casework.View
	o casework.Offer
	t typed
}

func (b builder) tr(zh, en string) string { return b.p.Tr(zh, en) }

// text is a field of words; its value is what was typed.
func (b builder) text(name, zh, en, helpZH, helpEN string, widget form.Widget) web.FieldView {
	return web.FieldView{ID: string(b.o.Act) + "-" + name, Name: name, Widget: widget, Label: b.tr(zh, en), Help: b.tr(helpZH, helpEN),
		Value: clean(b.t.values.Get(name)), Max: mostWords}
}

func (b builder) choice(name, zh, en string, widget form.Widget, options ...web.OptionView) web.FieldView {
	f := web.FieldView{ID: string(b.o.Act) + "-" + name, Name: name, Widget: widget, Label: b.tr(zh, en), Value: b.t.values.Get(name)}
	for i, o := range options {
		o.ID = f.ID + "-" + strconv.Itoa(i+1)
		for _, given := range b.t.values[name] {
			o.Checked = o.Checked || given == o.Value
		}
		f.Options = append(f.Options, o)
	}
	return f
}

func (b builder) optional(f web.FieldView) web.FieldView {
	f.Optional = true
	return f
}

// form says what the act needs.
func (b builder) form() actForm {
	switch b.o.Act {
	case casework.Accept:
		if len(b.v.Owed()) > 0 {
			return actForm{Title: b.tr("容缺受理", "Accept; the rest follows"), Words: b.tr("主要材料齐全，申请人已签署容缺承诺。受理后出具容缺受理通知书，写明待补齐的材料、期限和后果；审查同时进行。", "The main documents are there and the applicant has signed that the rest follows. The notice says what, until when and what else.")}
		}
		return actForm{Words: b.tr("材料齐全、符合形式，受理后开始计算办理时限，并出具受理通知书。", "Everything is there and in form: the decision limit begins and a notice is made.")}
	case casework.RequestCorrection:
		return actForm{Alt: true, Words: b.tr("一次告知需要补正的全部内容，只能从办事指南的要求中选择。", "Name everything at once, picked from the guide."),
			Link: web.Link{Href: casePath(b.v.Case.No) + "/acts/request-correction", Text: b.tr("选择需要补正的内容", "Choose what to correct")}}
	// receiving
	case casework.Mend:
		return actForm{Alt: true, URL: casePath(b.v.Case.No) + "/mend", Button: b.tr("开始更正", "Begin"),
			Words: b.tr("错误可以当场更正的，由申请人在窗口更正：申请表或者材料。不出具补正告知，受理期限照常计算，更正前后的内容留痕。",
				"What can be corrected on the spot is corrected by the applicant at the counter. No notice; the time to answer runs on; what it was before is kept."),
			Fields: []web.FieldView{b.choice("present", "申请人在场", "The applicant is here", form.Checkboxes, web.OptionView{Value: "yes", Label: b.tr("申请人在场，由申请人当场更正", "The applicant is present and corrects it")})}}
	case casework.GrantMoreTime:
		return b.grantMoreTime()
	case casework.RefuseMoreTime:
		return actForm{Alt: true, Warn: true, Words: b.tr("不同意的，写明理由；原补正期限不变。", "Say why not; the first limit stands."),
			Fields: []web.FieldView{b.text("reason", "不予延长的理由", "Reason", "告知申请人。", "The applicant is told.", form.TextArea)}}

	case casework.Decline:
		return b.decline()
	case casework.NotReceived:
		return actForm{Alt: true, Warn: true, Words: b.tr("申请的事项依法不需要办理时使用，向申请人说明。", "When the matter needs no application by law."),
			Fields: []web.FieldView{b.text("reason", "说明", "Explanation", "申请人会在告知书上看到。", "The applicant reads it on the notice.", form.TextArea)}}
	case casework.PrecheckPass:
		return actForm{Words: b.tr("网上材料齐全、符合要求，通知申请人携带原件到窗口办理。", "What was sent is complete; the applicant is asked to come with the originals.")}
	case casework.Arrive:
		return b.arrive()
	case casework.ReturnUncorrected:
		return actForm{Alt: true, Warn: true, Confirm: b.tr("确认退件？申请人可以重新申请。", "Return the application?"), Words: b.tr("申请人在补正期限内没有补正，按办事指南退件。", "The applicant's time to correct is over.")}
	case casework.ExtendSupplement, casework.CheckPromise, casework.SampleReview, casework.Annul, casework.Uphold:
		return b.promise() // promises and instant approval
	case casework.Review:
		return actForm{Title: b.tr("审查意见", "Opinion"), Button: b.tr("提交审查意见", "Give the opinion"), Fields: []web.FieldView{
			b.choice("agree", "结论", "Result", form.Radio, web.OptionView{Value: "yes", Label: b.tr("同意", "Agree")}, web.OptionView{Value: "no", Label: b.tr("不同意", "Disagree")}),
			b.text("opinion", "审查意见", "Opinion", "写明审查了什么、依据是什么。决定人员会看到。", "What was looked at and on what it rests; the decider reads it.", form.TextArea)}}
	case casework.Decide:
		return b.decide()
	case casework.Extend:
		return b.extend()
	case casework.Suspend:
		return b.suspend()
	case casework.Resume:
		f := actForm{Words: b.tr("特别程序已经结束，时限从现在起继续计算。", "The special procedure is over; the clock runs again."),
			Fields: []web.FieldView{b.optional(b.text("reason", "结果说明", "Result", "", "", form.TextArea))}}
		if list := sidesOf(b.v).Experts; len(list) > 0 && list[len(list)-1].Ended.IsZero() {
			f.Upload = b.tr("评审意见（签字的文件）", "The signed opinion")
			f.Fields[0] = b.text("reason", "专家评审意见", "Experts' opinion", "", "", form.TextArea)
		}
		return f
	case casework.HandOver:
		f := b.text("recipient", "领取人姓名", "Who took it", "核对领取人的证件；代领的，核对委托书。", "Check the document of who takes it, and the authorisation of an agent.", form.Text)
		if f.Value == "" {
			f.Value = b.v.Case.Party.Name
		}
		f.Max = 60
		if b.v.Parcel != nil && b.v.Parcel.Known {
			f.Help = b.tr("取件码已核验。", "The code was shown and is right. ") + f.Help
		}
		signed := b.choice("signed", "签收", "Signature", form.Checkboxes, web.OptionView{Value: "yes", Label: b.tr("领取人已当面清点，并在送达回证上签字", "Who takes it has counted it and signed the record")})
		return actForm{Fields: []web.FieldView{f, b.optional(signed)}, Button: b.tr("登记发放", "Record the hand-over")}
	// Couriers, cabinets and pick-up codes.
	case casework.Post, casework.SendCourier, casework.CancelCourier, casework.PostSigned, casework.PostBack, casework.PostLost, casework.ClaimPost, casework.PutInCabinet, casework.TakeFromCabinet:
		return b.parcel()
	}
	if slices.Contains([]casework.Act{casework.Withdraw, casework.Resubmit, casework.ChangeDelivery}, b.o.Act) {
		return b.forApplicant()
	}
	return b.side()
}

// forApplicant is what a clerk does at the window for who cannot do it online.
func (b builder) forApplicant() actForm {
	switch b.o.Act {
	case casework.Withdraw:
		return actForm{Alt: true, Warn: true, Title: b.tr("代为撤回申请", "Withdraw for the applicant"), Confirm: b.tr("撤回后需要重新申请，确认撤回？", "Withdraw the application?"),
			Words:  b.tr("申请人本人在窗口提出时使用。", "When the applicant asks for it at the window."),
			Fields: []web.FieldView{b.optional(b.text("reason", "说明", "Remark", "", "", form.TextArea))}}
	case casework.AskMoreTime:
		return actForm{Alt: true, Title: b.tr("代为申请延长补正期限", "Ask for more time for the applicant"), Words: b.tr("申请人在窗口提出时使用，由窗口答复。", "When the applicant asks at the window, which answers."),
			Fields: []web.FieldView{b.moreDays(""), b.text("reason", "需要更多时间的原因", "Why", "", "", form.TextArea)}}
	case casework.Supplement:
		return actForm{Alt: true, Title: b.tr("窗口代收补齐的材料", "Take what was to follow at the window"), Button: b.tr("开始收取", "Begin"),
			Words: b.tr("申请人把承诺补齐的材料带到窗口时使用。", "When the applicant brings what was to follow.")}
	case casework.WithdrawPromise:
		return actForm{Alt: true, Warn: true, Title: b.tr("代为撤回承诺", "Withdraw the promise for the applicant"), Words: b.tr("申请人本人在窗口提出时使用；撤回后须提交证明。", "When the applicant asks for it; the proof has to be handed in then."),
			Fields: []web.FieldView{b.optional(b.text("reason", "说明", "Remark", "", "", form.TextArea))}}
	case casework.Resubmit:
		return actForm{Title: b.tr("窗口代收补正材料", "Take the correction at the window"), Button: b.tr("开始收取补正材料", "Begin"),
			Words: b.tr("申请人把补正材料带到窗口时使用，只收取告知书要求的内容。", "When the applicant brings what the notice asks for.")}
	case casework.ChangeDelivery:
		var ways []web.OptionView
		for _, w := range b.v.Version.Guide.Result().Delivery {
			ways = append(ways, web.OptionView{Value: w, Label: caseview.Delivery(b.p, w), Checked: w == b.v.Case.DeliveryWay && b.t.act == ""})
		}
		name, phone, address := b.text("name", "收件人", "Recipient", "邮寄时填写。", "For the post.", form.Text), b.text("phone", "收件电话", "Phone", "", "", form.Phone), b.text("address", "收件地址", "Address", "", "", form.Text)
		return actForm{Alt: true, Fields: []web.FieldView{b.choice("way", "领取方式", "How to get the result", form.Radio, ways...), b.optional(name), b.optional(phone), b.optional(address)}}
	}
	return actForm{Alt: true}
}

// grantMoreTime shows what the applicant asked for.
func (b builder) grantMoreTime() actForm {
	f := actForm{Open: true, Button: b.tr("同意延长", "Give more time")}
	asked := ""
	if m := b.v.MoreTime; m != nil {
		asked = strconv.Itoa(m.Days)
		f.Banner = web.Banner{Tone: web.Note, Title: b.tr("申请人申请延长补正期限", "The applicant asks for more time"),
			Text: b.tr(fmt.Sprintf("申请延长%d天。原因：%s", m.Days, m.Reason), fmt.Sprintf("%d days. Reason: %s", m.Days, m.Reason))}
	}
	f.Fields = []web.FieldView{b.moreDays(asked), b.optional(b.text("reason", "说明", "Remark", "告知申请人。", "The applicant is told.", form.TextArea))}
	return f
}

// moreDays is a number of days of the correction limit's own unit.
func (b builder) moreDays(value string) web.FieldView {
	days := b.text("days", "延长", "Extend by", "不超过原补正期限的天数。", "No more days than the first limit had.", form.NumberBox)
	days.Unit, days.Mode, days.Width, days.Max = b.tr("天（与原补正期限的计算方式相同）", "days, counted like the first limit"), "numeric", "w-s", 3
	if days.Value == "" && b.t.act == "" {
		days.Value = value
	}
	return days
}

func (b builder) decline() actForm {
	var units []web.OptionView
	for _, u := range b.v.Competent {
		units = append(units, web.OptionView{Value: u.Key, Label: u.Name})
	}
	var lines []web.OptionView
	for _, c := range b.v.Version.Guide.ConditionsFor(b.v.Values) {
		lines = append(lines, web.OptionView{Value: c.Text, Label: c.Text})
	}
	f := actForm{Alt: true, Warn: true, Confirm: b.tr("确认不予受理？决定书会送达申请人。", "Decline the application?"),
		Words: b.tr("不属于本单位职权或者不符合受理条件时使用，决定书写明理由和救济途径。", "Outside the unit's power, or a condition is not met; in writing, with reasons and remedies.")}
	f.Fields = append(f.Fields, b.choice("ground", "情形", "Ground", form.Radio,
		web.OptionView{Value: casework.NotMet, Label: b.tr("不符合受理条件", "A condition is not met"), Checked: b.t.act == ""},
		web.OptionView{Value: casework.NotOurs, Label: b.tr("不属于本单位职权", "Not this unit's power"), Soft: b.tr("须写明应向哪个单位申请", "Say which unit is competent")}))
	if len(lines) > 0 {
		f.Fields = append(f.Fields, b.optional(b.choice("condition", "不符合的受理条件", "Conditions not met", form.Checkboxes, lines...)))
	}
	f.Fields = append(f.Fields, b.text("reason", "理由", "Reason", "申请人会在决定书上看到。", "The applicant reads it on the decision.", form.TextArea),
		b.optional(b.choice("unit", "应向哪个单位申请", "Who is competent instead", form.Select, units...)),
		b.optional(b.text("elsewhere", "名录以外的单位", "A body that is not in the list", "不属于本单位职权、有权办理的单位又不在名录中的，写明单位名称和地址。", "When another body is competent and is not in the list.", form.Text)))
	return f
}

func (b builder) arrive() actForm {
	f := actForm{Button: b.tr("原件无误，受理", "Originals seen: accept"), Words: b.tr("申请人已到场。请核对原件后勾选。", "The applicant is here. Tick the originals you have seen.")}
	var options []web.OptionView
	for _, m := range b.v.Materials {
		options = append(options, web.OptionView{Value: m.Material.Code, Label: b.tr(m.Material.Name, orElse(m.Material.NameEN, m.Material.Name))})
	}
	if len(options) > 0 {
		f.Fields = append(f.Fields, b.optional(b.choice("seen", "已查验的原件", "Originals seen", form.Checkboxes, options...)))
	}
	return f
}

// decide warns when a department disagreed: the decision has to answer it.
func (b builder) decide() actForm {
	f := actForm{Button: b.tr("作出决定", "Decide"), Fields: []web.FieldView{
		b.choice("grant", "决定", "Decision", form.Radio, web.OptionView{Value: "yes", Label: b.grantWords()}, web.OptionView{Value: "no", Label: b.tr("不予", "Refuse"), Soft: b.tr("须写明理由，并告知救济途径", "With reasons and remedies")}),
		b.text("words", "理由或者说明", "Reasons or remarks", "不予的必须填写；会写进决定书。", "Needed for a refusal; printed on the decision.", form.TextArea)}}
	f.Confirm = b.tr("决定作出后不能撤回，确认？", "A decision cannot be taken back. Go on?")
	if len(b.v.Owed()) > 0 {
		f.Banner = web.Banner{Tone: web.Note, Title: b.tr("还有容缺的材料没有补齐", "Something is still to follow"), Text: b.tr("补齐以前不能作出准予的决定。", "It cannot be granted before.")}
	}
	for _, t := range b.v.Tasks {
		if t.Role == actor.Reviewer && t.State == "done" && !t.Agree {
			f.Banner = web.Banner{Tone: web.Bad, Title: b.tr(t.Unit+"不同意", t.Unit+" disagrees"), Text: t.Opinion}
		}
	}
	if x, ok := b.followed(); ok {
		f.Fields = append([]web.FieldView{x}, f.Fields...)
	}
	return f
}

func (b builder) grantWords() string {
	if r := b.v.Version.Guide.Result(); r.LicenceType != "" {
		return b.tr("准予，并制发"+r.Name, "Grant and issue: "+r.Name)
	}
	return b.tr("准予", "Grant")
}

func (b builder) extend() actForm {
	most := b.v.Regime.Extension.Workdays
	if l := b.v.Version.Guide.Limits.Extension; l != nil && l.Days > 0 {
		most = min(most, l.Days)
	}
	days := b.text("days", "延长", "Extend by", fmt.Sprintf("最多%d个工作日，只能延长一次。", most), fmt.Sprintf("At most %d working days, once.", most), form.NumberBox)
	days.Unit, days.Mode, days.Width, days.Max = b.tr("个工作日", "working days"), "numeric", "w-s", 3
	return actForm{Alt: true, Fields: []web.FieldView{days, b.text("reason", "延长的理由", "Reason", "告知申请人。", "The applicant is told.", form.TextArea)}}
}

func (b builder) suspend() actForm {
	var kinds []web.OptionView
	for _, sp := range b.v.Version.Guide.Limits.Special {
		if !allowed(b.v.Regime, sp) || sp.Kind == "hearing" { // it has an act of its own
			continue
		}
		zh, en := casework.SpecialWords(sp.Kind)
		kinds = append(kinds, web.OptionView{Value: sp.Kind, Label: b.tr(zh, en), Soft: sp.Basis, Checked: b.t.act == "" && len(b.v.Version.Guide.Limits.Special) == 1})
	}
	days := b.text("days", "预计需要", "Planned", "", "", form.NumberBox)
	days.Unit, days.Mode, days.Width, days.Max = b.tr("个工作日", "working days"), "numeric", "w-s", 3
	if len(b.v.Version.Guide.Limits.Special) > 0 && days.Value == "" && b.t.act == "" {
		days.Value = strconv.Itoa(b.v.Version.Guide.Limits.Special[0].Days)
	}
	return actForm{Alt: true, Words: b.tr("特别程序所需时间不计算在办理时限内，须书面告知申请人。", "Its time is not counted; the applicant is told in writing."),
		Fields: []web.FieldView{b.choice("kind", "特别程序", "Special procedure", form.Radio, kinds...), days,
			b.optional(b.text("experts", "评审专家", "Experts", "专家评审的，写明专家的姓名和单位，告知申请人。", "Of an expert review: names and where they are from.", form.Text)), b.text("reason", "启动的理由", "Reason", "告知申请人。", "The applicant is told.", form.TextArea)}}
}

func allowed(r casework.Regime, sp catalog.Special) bool {
	for _, k := range r.Specials {
		if k == sp.Kind {
			return true
		}
	}
	return false
}
