package desk

import (
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/web"
)

// promise is the form of what is done about promises and instant approval.
func (b builder) promise() actForm {
	choose := func(zh, en string, options ...web.OptionView) web.FieldView {
		return b.choice("kind", zh, en, form.Radio, options...)
	}
	option := func(value, zh, en, softZH, softEN string) web.OptionView {
		return web.OptionView{Value: value, Label: b.tr(zh, en), Soft: b.tr(softZH, softEN)}
	}
	switch b.o.Act {
	case casework.ExtendSupplement:
		days := b.text("days", "延长", "Extend by", "单位与原期限相同，最多30日。", "In the unit of the limit, at most 30.", form.NumberBox)
		days.Unit, days.Mode, days.Width, days.Max = b.tr("日", "days"), "numeric", "w-s", 3
		return actForm{Alt: true, Words: b.tr("申请人因不可抗力等原因不能按期补齐时使用。", "When the applicant could not bring it for reasons beyond him."),
			Fields: []web.FieldView{days, b.text("reason", "延长的理由", "Reason", "告知申请人。", "The applicant is told.", form.TextArea)}}
	case casework.CheckPromise:
		differs := false
		for _, p := range b.v.Promises {
			differs = differs || p.State == casework.PromiseDiffers
		}
		f := choose("核查结果", "What was found", option(casework.FindKept, "与承诺相符", "As promised", "", ""),
			option(casework.FindDiffers, "与承诺不符，限期整改", "Differs: to be put right", "出具限期整改告知书", "A notice is made"))
		if differs {
			f = choose("复查结果", "What was found", option(casework.FindKept, "已整改，符合", "Put right", "", ""),
				option(casework.FindBroken, "逾期未整改", "Not put right in time", "提请决定人员审议撤销", "The decider considers annulment"))
		}
		out := actForm{Title: b.tr("承诺事后核查", "Check of the promise"), Button: b.tr("登记核查结果", "Record"), Fields: []web.FieldView{f}}
		if !differs {
			days := b.optional(b.text("days", "整改期限", "Time to put it right", "不填按办事指南。", "Empty: as the guide says.", form.NumberBox))
			days.Unit, days.Mode, days.Width, days.Max = b.tr("个工作日", "working days"), "numeric", "w-s", 3
			out.Fields = append(out.Fields, days)
		}
		out.Fields = append(out.Fields, b.text("reason", "核查情况", "What was found", "与承诺不符的，会写进告知书。", "Printed on the notice if it differs.", form.TextArea))
		return out
	case casework.SampleReview:
		return actForm{Title: b.tr("秒批抽查", "Sample of a machine's grant"), Button: b.tr("登记抽查结果", "Record"), Fields: []web.FieldView{
			choose("抽查结果", "Finding", option(casework.FindRight, "决定正确", "Right", "", ""), option(casework.FindWrong, "决定有误", "Wrong", "提请决定人员审议撤销", "The decider considers annulment")),
			b.text("reason", "抽查情况", "What was found", "", "", form.TextArea)}}
	case casework.Annul:
		return actForm{Warn: true, Confirm: b.tr("确认撤销决定？证照同时撤销。", "Annul the decision and its licence?"), Words: b.tr("核查或者抽查认定决定不应维持时使用，同时撤销所发的证照，出具撤销决定书。", "When the check or the sample says so; the licence is annulled with it."),
			Fields: []web.FieldView{b.text("reason", "撤销的理由", "Reasons", "申请人会在决定书上看到。", "The applicant reads them.", form.TextArea)}}
	}
	return actForm{Alt: true, Words: b.tr("审议后认为决定可以维持时使用。", "When the decision can stand."),
		Fields: []web.FieldView{b.text("reason", "维持的理由", "Reasons", "", "", form.TextArea)}}
}
