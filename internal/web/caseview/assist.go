package caseview

import (
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/web"
)

// AssistState tags how far help 帮办代办 has come.
func AssistState(p web.Page, x *casework.Assist) web.Tag {
	t := web.Tag{Text: p.Tr(x.State.Words())}
	switch {
	case x.State == casework.AssistOpen:
		t.Tone = web.Info
	case x.State == casework.AssistAsked && x.Data.AtWindow:
		t.Tone, t.Text = web.Note, p.Tr("待本人确认", "Waits for the person's word")
	case x.State == casework.AssistAsked:
		t.Tone = web.Note
	}
	return t
}

var assistActs = map[string][2]string{
	"ask": {"提出帮办代办", "Asked for help"}, "take": {"接单，开始帮办", "Took it on"}, "begin-online": {"本人网上同意帮办", "Agreed online"},
	"begin-code": {"本人用短信确认码同意帮办", "Agreed by code"}, "begin-paper": {"本人签字同意帮办", "Agreed in writing"}, "draft": {"代为填写申请", "Filled in the application"},
	"correct": {"代为补正", "Corrected the application"}, "code": {"向本人发送确认码", "Sent a code"}, "confirm-online": {"本人网上确认内容", "Confirmed online"},
	"confirm-code": {"本人用短信确认码确认内容", "Confirmed by code"}, "confirm-paper": {"本人签字确认内容", "Confirmed in writing"}, "submit": {"提交", "Handed in"}, "end": {"帮办结束", "Help ended"}}

// AssistTimeline is what was done in the person's name, the latest last.
func AssistTimeline(p web.Page, v *casework.AssistView) web.Timeline {
	var t web.Timeline
	for _, e := range v.Events {
		w := assistActs[e.Act]
		by := e.By.Name
		if by == "" {
			by = p.Tr("系统", "The platform")
		}
		t.Events = append(t.Events, web.Event{At: e.At, Title: p.Tr(w[0], w[1]), Who: by, Text: e.Note})
	}
	return t
}

// AssistFacts tell what was asked for.
func AssistFacts(p web.Page, v *casework.AssistView) web.Facts {
	f := web.Facts{Rows: []web.Fact{{Key: p.Tr("事项", "Item"), Value: v.ItemName}, {Key: p.Tr("申请人", "Applicant"), Value: v.Party.Name}, {Key: p.Tr("帮办单位", "Helps"), Value: v.Unit.Name}}}
	if v.Helper.Name != "" {
		f.Rows = append(f.Rows, web.Fact{Key: p.Tr("帮办人员", "Helper"), Value: v.Helper.Name})
	}
	may := web.Fact{Key: p.Tr("帮办范围", "May"), Lines: []string{p.Tr("代为填写、上传材料；本人确认后代为提交", "Fill in and upload; hand in after your word")}}
	for _, act := range v.Acts {
		switch act {
		case casework.Resubmit:
			may.Lines = append(may.Lines, p.Tr("代为补正（本人确认后提交）", "Correct it, after your word"))
		case casework.Withdraw:
			may.Lines = append(may.Lines, p.Tr("代为撤回申请", "Withdraw it"))
		}
	}
	f.Rows = append(f.Rows, may, web.Fact{Key: p.Tr("期限", "Until"), Value: v.Until, Soft: p.Tr("事项办结也会结束", "or when the matter is done")}, web.Fact{Key: p.Tr("费用", "Fee"), Value: p.Tr("不收费", "None")})
	if v.Data.Wish != "" {
		f.Rows = append(f.Rows, web.Fact{Key: p.Tr("说明", "Wish"), Value: v.Data.Wish})
	}
	if v.EndReason != "" {
		f.Rows = append(f.Rows, web.Fact{Key: p.Tr("结束原因", "Ended because"), Value: v.EndReason})
	}
	return f
}
