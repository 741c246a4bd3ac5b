package desk

import (
	"net/url"
	"strings"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/web"
)

// measure is the form of what the authority does about its decision, and of the
// results of review; ok is false for other acts.
func (b builder) measure() (f actForm, ok bool) {
	reason := func(zh, en, helpZH, helpEN string) web.FieldView {
		return b.text("reason", zh, en, helpZH, helpEN, form.TextArea)
	}
	compensation := b.optional(b.text("compensation", "补偿、赔偿安排", "How losses are made good", "撤回的，以及因行政机关原因撤销的，写明合法权益损失如何补偿、赔偿；没有损失的写明没有损失。", "For a retraction, and for an annulment for which the authority is to blame.", form.TextArea))
	switch b.o.Act {
	case casework.MeasureOpen:
		return b.measureOpen(reason, compensation), true
	case casework.MeasureState:
		return actForm{Alt: true, Title: b.tr("登记当事人的陈述申辩", "Take the holder's statement"), Upload: b.tr("证据材料", "Evidence"), Banner: b.opened(),
			Fields: []web.FieldView{reason("陈述、申辩的内容", "Statement", "决定人员会看到。", "The decider reads it.")}}, true
	case casework.MeasureWaive:
		return actForm{Alt: true, Title: b.tr("登记放弃陈述申辩", "Record that the statement is waived"), Words: b.tr("当事人明确放弃的，可以不等期限届满作出决定。", "The decision then need not wait for the limit.")}, true
	case casework.MeasureDecide:
		f = actForm{Warn: true, Banner: b.opened(), Confirm: b.tr("决定作出后，证照同时处理，不能撤回，确认？", "The licence follows at once. Go on?"),
			Fields: []web.FieldView{reason("决定的理由", "Reasons", "写明陈述申辩意见是否采纳；会写进决定书。", "And what became of the holder's statement; printed."), compensation}}
		if m := b.v.OpenMeasure(); m != nil {
			zh, en := m.Kind.Words()
			f.Title, f.Button = b.tr("决定"+zh, "Decide: "+strings.ToLower(en)), b.tr("作出"+zh+"决定", en)
		}
		return f, true
	case casework.MeasureDrop:
		return actForm{Alt: true, Words: b.tr("事实不成立，或者不应处理的，终止处理，告知当事人。", "When it is not so, or nothing is to be done; the holder is told."), Fields: []web.FieldView{
			b.optional(b.choice("harm", "公共利益", "Public interest", form.Checkboxes, web.OptionView{Value: "yes", Label: b.tr("撤销可能对公共利益造成重大损害，不予撤销（行政许可法第六十九条第三款）", "Annulling would do great harm to the public interest")})),
			reason("终止的理由", "Reason", "告知当事人。", "The holder is told.")}}, true
	case casework.RecordRuling:
		return b.ruling(reason), true
	case casework.Redo, casework.RedoReceive:
		return actForm{Words: b.tr("行政复议决定或者裁判责令重新作出的，办件重新办理，期限自该决定、裁判作出之日起计算。", "The ruling orders it: the case is handled anew, its limit runs from the ruling."), Confirm: b.tr("办件将重新办理，确认？", "The case is handled anew. Go on?")}, true
	}
	return actForm{}, false
}

// opened says what the open measure is.
func (b builder) opened() web.Banner {
	m := b.v.OpenMeasure()
	if m == nil {
		return web.Banner{}
	}
	zh, en := m.Words()
	text := m.Facts
	if m.Asked != "" {
		text += b.tr("（由利害关系人提出："+m.Asked+"）", " (asked for by "+m.Asked+")")
	}
	return web.Banner{Tone: web.Note, Title: b.tr(m.StageWords()+"："+zh, en), Text: text}
}

func (b builder) measureOpen(reason func(zh, en, helpZH, helpEN string) web.FieldView, compensation web.FieldView) actForm {
	var grounds []web.OptionView
	own := false
	for _, kind := range b.v.Case.MeasurableKinds() {
		zh, en := kind.Words()
		for _, g := range b.v.Regime.Grounds(kind) {
			own = own || g.Article == ""
			grounds = append(grounds, web.OptionView{Value: string(kind) + "/" + g.Key, Label: b.tr(zh+"：", en+": ") + b.tr(g.ZH, g.EN), Soft: g.Article})
		}
	}
	days := b.optional(b.days("陈述申辩期限", "Time to state and defend"))
	days.Help = b.tr("不填为5个工作日（法律没有规定具体天数，由本机关确定，3至30个工作日）。", "Empty: five working days; the law names no number.")
	widget := form.Select // the law's table is long
	if len(grounds) < 4 {
		widget = form.Radio
	}
	f := actForm{Alt: true, Words: b.tr("先告知当事人拟作出的处理、事实和理由，当事人可以陈述申辩；由启动人以外的决定人员作出决定。", "The holder is told first and may state and defend; somebody else decides."),
		Fields: []web.FieldView{b.choice("ground", "处理和法定事由", "What, and on which ground", widget, grounds...)}}
	if own {
		f.Fields = append(f.Fields, b.short(b.text("basis", "法律依据", "Law and article", "本事项不适用行政许可法，写明所依据的法律、法规、规章及条款。", "The licensing law does not govern the item; name what does.", form.Text)))
	}
	f.Fields = append(f.Fields, reason("认定的事实和理由", "Facts and reasons", "会写进告知书。", "Printed on the notice."),
		b.optional(b.text("public", "公共利益的需要", "The public interest", "撤回的必须填写。", "For a retraction.", form.TextArea)), compensation,
		b.optional(b.short(b.text("asked", "提出请求的利害关系人", "Interested person who asked", "依职权启动的不填；不告知当事人。", "Empty: ex officio. The holder is not told.", form.Text))), days)
	return f
}

func (b builder) ruling(reason func(zh, en, helpZH, helpEN string) web.FieldView) actForm {
	var courts, results []web.OptionView
	for _, w := range casework.RulingCourts {
		courts = append(courts, web.OptionView{Value: w.Key, Label: b.tr(w.ZH, w.EN)})
	}
	for _, w := range casework.RulingResults {
		results = append(results, web.OptionView{Value: w.Key, Label: b.tr(w.ZH, w.EN)})
	}
	on := b.text("on", "作出日期", "Date", "如 2026-03-02", "Like 2026-03-02", form.Text)
	on.Max, on.Width = 10, "w-m"
	days := b.optional(b.days("重新作出的期限", "To be made anew within"))
	days.Help = b.tr("责令重新作出并写明期限的填写；不填按本事项的法定期限。", "If the ruling says so; empty: the item's own limit.")
	return actForm{Alt: true, Upload: b.tr("决定书、裁判文书", "The ruling itself"), Confirm: b.tr("登记后决定和证照的效力随结果变化，确认？", "What it quashes loses its effect. Go on?"),
		Words: b.tr("登记已经生效的行政复议决定、行政诉讼裁判；被撤销的决定和证照不再有效。", "A final ruling; what it quashes no longer stands."), Fields: []web.FieldView{
			b.choice("court", "途径", "Way", form.Radio, courts...), b.short(b.text("body", "复议机关、法院", "Body", "", "", form.Text)), b.short(b.text("number", "文号", "Number", "", "", form.Text)), on,
			b.choice("about", "针对的决定", "About", form.Radio, web.OptionView{Value: casework.AboutDecision, Label: b.tr("原决定", "The decision"), Checked: b.t.act == ""}, web.OptionView{Value: casework.AboutMeasure, Label: b.tr("撤回、撤销、注销决定", "The retraction, annulment or deregistration")}),
			b.choice("result", "结果", "Result", form.Radio, results...), days, b.optional(reason("说明", "Remark", "", ""))}}
}

// readMeasure reads the fields of those acts.
func readMeasure(act casework.Act, in *casework.Input, form url.Values, get func(string) string, number func(string) int64) (bad []errs.Field) {
	switch act {
	case casework.MeasureOpen:
		kind, ground, _ := strings.Cut(form.Get("ground"), "/")
		if kind == "" {
			bad = append(bad, errs.Field{Path: "ground", Code: "required", ZH: "请选择处理和法定事由", EN: "Choose what, and on which ground"})
		}
		in.Measure = casework.MeasureInput{Kind: casework.MeasureKind(kind), Ground: ground, Basis: get("basis"), Public: get("public"), Compensation: get("compensation"), Asked: get("asked")}
		in.Days = int(min(number("days"), 1_000_000))
	case casework.MeasureDecide:
		in.Measure.Compensation = get("compensation")
	case casework.MeasureDrop:
		in.Measure.Harm = form.Get("harm") == "yes"
	case casework.RecordRuling:
		in.Ruling = casework.RulingInput{Court: get("court"), Body: get("body"), Number: get("number"), On: get("on"), About: get("about"), Result: get("result")}
		in.Days = int(min(number("days"), 1_000_000))
	}
	return bad
}

// measures are the cards of what was done about the decision.
func measures(p web.Page, x *casework.Sides, file func([]casework.HandedDoc) []web.File) (out []sideCard) {
	for _, m := range x.Measures {
		zh, en := m.Kind.Words()
		c := sideCard{Title: p.Tr(zh+"程序", en)}
		words, _ := m.Words()
		c.add(p.Tr("进展", "Stage"), m.StageWords(), words)
		c.add(p.Tr("事实和理由", "Facts"), m.Facts, m.By.Name+" "+dayTime(p, m.At))
		for _, f := range [][3]string{{"公共利益的需要", "Public interest", m.Public}, {"补偿、赔偿", "Compensation", m.Compensation}, {"提出请求的利害关系人", "Asked for by", m.Asked}} {
			if f[2] != "" {
				c.add(p.Tr(f[0], f[1]), f[2], "")
			}
		}
		for _, s := range m.Said {
			c.add(p.Tr("陈述申辩", "Statement"), s.Text, s.By+" "+dayTime(p, s.At))
			c.Files = append(c.Files, file(s.Files)...)
		}
		if !m.Waived.IsZero() {
			c.add(p.Tr("陈述申辩", "Statement"), p.Tr("已放弃", "waived"), dayTime(p, m.Waived))
		}
		if !m.Decided.IsZero() {
			c.add(p.Tr("决定理由", "Reasons"), m.Reason, m.DecidedBy.Name+" "+dayTime(p, m.Decided))
		}
		out = append(out, c)
	}
	for _, r := range x.Rulings {
		court, courtEN := casework.RulingWords(casework.RulingCourts, r.Court)
		result, resultEN := casework.RulingWords(casework.RulingResults, r.Result)
		c := sideCard{Title: p.Tr(court+"结果", courtEN), Files: file(r.Files)}
		c.add(p.Tr("结果", "Result"), p.Tr(result, resultEN), r.Body+" "+r.Number+" "+r.On)
		if r.Text != "" {
			c.add(p.Tr("说明", "Remark"), r.Text, "")
		}
		out = append(out, c)
	}
	return out
}
