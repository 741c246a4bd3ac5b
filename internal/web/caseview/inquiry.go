package caseview

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/consult"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/gate"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/sm"
	"github.com/tongban/tongban/internal/web"
)

// InquiryForm is one act about a question or record, partial "inquiryform".
type InquiryForm struct {
	Act, Action   string
	Title, Button string
	Lead          string
	Version       int64
	Fields        []web.FieldView
	Open          bool
	Alt           bool
}

// InquiryPart is what the pages of an inquiry share, partial "inquiryforms" and others.
type InquiryPart struct {
	State    web.Tag
	Came     web.Banner // it came before; Text empty: it did not
	Facts    web.Facts
	Clock    web.Clock
	Timeline web.Timeline
	Forms    []InquiryForm // shown at once
	More     []InquiryForm // folded
}

// Inquiry draws one. typed is what was sent and refused, with its problems; nil
// at first. caseAt gives the address of a case. Staff see each other's names.
func Inquiry(p *web.Page, v *consult.View, staff bool, action string, caseAt func(no string) string, typed url.Values, bad []errs.Field) InquiryPart {
	part := InquiryPart{State: InquiryState(*p, v.State, v.Open() && v.Clock.State == clock.Lapsed)}
	part.Facts, part.Timeline = inquiryFacts(*p, v, caseAt), inquiryTimeline(*p, v, staff)
	name := [2]string{"答复期限", "Answer by"}
	if v.Kind == consult.Failure {
		name = [2]string{"处理期限", "Handled by"}
	}
	part.Clock = Clock(*p, casework.ClockView{Name: name[0], NameEN: name[1], Words: clock.Remaining(v.Clock.Status, false), WordsEN: clock.Remaining(v.Clock.Status, true), Status: v.Clock.Status, Reckoning: v.Clock})
	if !v.Open() {
		part.Clock.Days = nil // the strip is for a limit that runs
	}
	if v.Kind == consult.Failure && v.Earlier > 0 {
		n := strconv.Itoa(v.Earlier)
		part.Came = web.Banner{Tone: web.Note, Title: p.Tr("同一事项、同一原因此前已有"+n+"次反映", "Reported "+n+" times before for the same item and reason")}
		part.Came.Text = p.Tr("包括这个事项以前各版本的记录。", "Records of all versions of the item count.")
		if v.CameBack {
			part.Came.Tone = web.Bad
			part.Came.Text = p.Tr("其中有按“已改进”办结的，改进后又出现。", "One of them was closed by a change, and it came back.")
		}
	}
	ids := map[string]string{}
	did := typed.Get("act")
	for _, m := range v.Offered {
		f := inquiryForm(*p, v, m, typed, did, ids)
		f.Action = action
		part.Forms = append(part.Forms, f)
	}
	words := p.FieldErrors(bad, ids)
	all := part.Forms
	part.Forms = nil
	for _, f := range all {
		if f.Act == did {
			f.Open = f.Open || len(bad) > 0
			for j := range f.Fields {
				f.Fields[j].Error = words[f.Fields[j].Name]
			}
		}
		if f.Open {
			part.Forms = append(part.Forms, f)
		} else {
			part.More = append(part.More, f)
		}
	}
	return part
}

// InquiryState tags how far it is; late in red.
func InquiryState(p web.Page, s consult.State, late bool) web.Tag {
	t := web.Tag{Text: p.Tr(s.Words()), Tone: web.Info}
	switch s {
	case consult.Asked, consult.Refusing:
		t.Tone = web.Note
	case consult.Answered, consult.Changed:
		t.Tone = web.OK
	case consult.Withdrawn, consult.Referred, consult.Refused:
		t.Tone = web.Plain
	}
	if late {
		t.Tone, t.Text = web.Bad, t.Text+p.Tr("·已超期", " · late")
	}
	return t
}

// InquiryDue words the day of a line of a list.
func InquiryDue(p web.Page, x consult.Row) web.Cell {
	if !x.Open() {
		return web.Cell{Text: x.DoneAt.In(clock.Shanghai()).Format("2006-01-02")}
	}
	c := web.Cell{Text: x.DueOn.String()}
	switch {
	case x.Late:
		c.Tag = web.Tag{Tone: web.Bad, Text: p.Tr("超期"+strconv.Itoa(-x.Left)+"个工作日", strconv.Itoa(-x.Left)+" working days late")}
	case x.Soon:
		c.Tag = web.Tag{Tone: web.Note, Text: p.Tr("即将到期", "Due soon")}
	}
	return c
}

// InquiryAbout names what it is about.
func InquiryAbout(p web.Page, x *consult.Inquiry) string {
	if x.ItemName != "" {
		return x.ItemName
	}
	return p.Tr("综合咨询", "In general")
}

func inquiryFacts(p web.Page, v *consult.View, caseAt func(string) string) web.Facts {
	f := web.Facts{Rows: []web.Fact{{Key: p.Tr("编号", "Number"), Value: v.No}, {Key: p.Tr("事项", "Item"), Value: InquiryAbout(p, &v.Inquiry)}}}
	if v.ItemID != 0 {
		f.Rows[1].Soft = p.Tr("办事指南第"+strconv.Itoa(v.PinnedNo)+"版", "version "+strconv.Itoa(v.PinnedNo)+" of the guide")
		f.Rows[1].Change = web.Link{Href: "/items/" + v.ItemCode, Text: p.Tr("查看办事指南", "See the guide")}
	}
	if v.CaseNo != "" {
		f.Rows = append(f.Rows, web.Fact{Key: p.Tr("办件", "Case"), Value: v.CaseNo, Change: web.Link{Href: caseAt(v.CaseNo), Text: p.Tr("查看办件", "See the case")}})
	}
	if v.Kind == consult.Failure {
		zh, en := consult.OptionWords(consult.Reasons, v.Reason)
		at, atEN := consult.OptionWords(consult.Stages, v.Stage)
		f.Rows = append(f.Rows, web.Fact{Key: p.Tr("原因", "Reason"), Value: p.Tr(zh, en)}, web.Fact{Key: p.Tr("卡在哪一步", "Step"), Value: p.Tr(at, atEN)})
	}
	who := v.Asker
	if who == "" {
		who = p.Tr("没有留下姓名", "No name given")
	}
	f.Rows = append(f.Rows, web.Fact{Key: p.Tr("提出人", "Asked by"), Value: who})
	if v.Phone != "" {
		f.Rows = append(f.Rows, web.Fact{Key: p.Tr("联系电话", "Phone"), Value: v.Phone})
	}
	f.Rows = append(f.Rows, web.Fact{Key: p.Tr("承办单位", "With"), Value: v.Unit.Name})
	if v.Received.ID != 0 && v.Received.ID != v.Unit.ID {
		f.Rows = append(f.Rows, web.Fact{Key: p.Tr("受理中心", "Received by"), Value: v.Received.Name})
	}
	if v.ChangedNo != 0 {
		f.Rows = append(f.Rows, web.Fact{Key: p.Tr("改进后的指南", "Changed by"), Value: p.Tr("第"+strconv.Itoa(v.ChangedNo)+"版", "version "+strconv.Itoa(v.ChangedNo)),
			Change: web.Link{Href: "/items/" + v.ItemCode + "/changes?from=" + strconv.Itoa(v.PinnedNo) + "&to=" + strconv.Itoa(v.ChangedNo), Text: p.Tr("查看变化", "See the changes")}})
	}
	if v.Basis != "" {
		f.Rows = append(f.Rows, web.Fact{Key: p.Tr("不予解决的依据", "Basis of the refusal"), Value: v.Basis})
	}
	if v.Proposal != nil {
		f.Rows = append(f.Rows, web.Fact{Key: p.Tr("常见问题提议", "Proposed for the guide"), Value: v.Proposal.Question, Tag: web.Tag{Text: p.Tr(v.Proposal.State.Words())}, Soft: v.Proposal.Reason})
	}
	return f
}

func inquiryTimeline(p web.Page, v *consult.View, staff bool) (t web.Timeline) {
	for _, e := range v.Entries {
		who := e.By.Name
		if e.By.Kind == actor.Staff && !staff {
			who = p.Tr("工作人员", "Staff")
		}
		ev := web.Event{At: e.At, Title: p.Tr(e.Act.Did()), Who: who, Text: e.Words.Text, Tone: web.Info}
		var soft []string
		if e.Words.Where != "" {
			soft = append(soft, p.Tr("可以到：", "Go to: ")+e.Words.Where)
		}
		if e.Words.Basis != "" {
			soft = append(soft, p.Tr("依据：", "Basis: ")+e.Words.Basis)
		}
		if e.Words.Version != 0 {
			soft = append(soft, p.Tr("办事指南第"+strconv.Itoa(e.Words.Version)+"版", "Version "+strconv.Itoa(e.Words.Version)+" of the guide"))
		}
		if e.Words.Due != "" {
			soft = append(soft, p.Tr("期限：", "Day: ")+e.Words.Due)
		}
		if e.Inside {
			soft = append(soft, p.Tr("仅工作人员可见", "For staff alone"))
		}
		ev.Soft = strings.Join(soft, p.Tr("；", "; "))
		switch e.Act {
		case consult.Overdue:
			ev.Tone = web.Bad
		case consult.Answer, consult.CloseByChange:
			ev.Tone = web.OK
		case consult.AskBack, consult.ProposeRefusal, consult.SendBack:
			ev.Tone = web.Note
		}
		t.Events = append(t.Events, ev)
	}
	return t
}

// openly are the acts whose form is shown at once.
var openly = []consult.Act{consult.Answer, consult.Add, consult.Refuse}

func inquiryForm(p web.Page, v *consult.View, m consult.Move, typed url.Values, did string, ids map[string]string) InquiryForm {
	f := InquiryForm{Act: string(m.Act), Title: p.Tr(m.ZH, m.EN), Button: p.Tr(m.ZH, m.EN), Version: v.Version, Open: slices.Contains(openly, m.Act), Alt: !slices.Contains(openly, m.Act)}
	field := func(name string, widget form.Widget, zh, en string, most int) *web.FieldView {
		x := web.FieldView{ID: f.Act + "-" + name, Name: name, Widget: widget, Label: p.Tr(zh, en), Max: most}
		if did == f.Act {
			x.Value = typed.Get(name)
			ids[name] = x.ID
		}
		f.Fields = append(f.Fields, x)
		return &f.Fields[len(f.Fields)-1]
	}
	switch m.Act {
	case consult.Withdraw:
		return f
	case consult.PassOn:
		x := field("unit", form.Select, "转给哪个单位", "To which unit", 0)
		for _, u := range v.Units {
			id := strconv.FormatInt(u.ID, 10)
			x.Options = append(x.Options, web.OptionView{ID: x.ID + "-" + id, Value: id, Label: u.Name, Checked: x.Value == id})
		}
		field("text", form.TextArea, "转办的原因", "Why", 2000)
		f.Lead = p.Tr("期限不变，对方会收到消息。", "The day stays, and who asked is told.")
	case consult.NotOurs:
		field("text", form.TextArea, "为什么不属于受理范围", "Why it is not ours", 2000)
		field("where", form.Text, "应当去哪里咨询或者办理", "Where to go", 200)
	case consult.CloseByChange:
		x := field("itemVersion", form.Text, "改进后办事指南的版本号", "Number of the guide version that changed it", 6)
		x.Width, x.Mode = "w-s", "numeric"
		x.Help = p.Tr("须是反映之后发布的版本；反映时是第"+strconv.Itoa(v.PinnedNo)+"版。", "Published after the record, which stands on version "+strconv.Itoa(v.PinnedNo)+".")
		field("text", form.TextArea, "改进了什么", "What was changed", 2000)
	case consult.ProposeRefusal:
		field("text", form.TextArea, "不予解决的理由", "The reasons", 2000)
		field("basis", form.Text, "法律依据", "Legal basis", 200)
		f.Lead = p.Tr("须由另一名负责人复核同意后才能办结。", "Another person has to confirm it.")
	case consult.Refuse:
		x := field("text", form.TextArea, "告知对方的理由", "Reasons as told", 2000)
		x.Optional = true
		for _, e := range v.Entries {
			if e.Act == consult.ProposeRefusal && did != f.Act {
				x.Value = e.Words.Text
			}
		}
	case consult.Propose:
		field("question", form.Text, "供公开的问题", "The question for the public", 200)
		field("text", form.TextArea, "供公开的答案", "The answer for the public", 2000)
		f.Lead = p.Tr("写成大家都能看的问答，不要有任何个人信息；由事项管理员决定是否写入办事指南。", "Write it for everybody, without anything about a person; the item steward decides.")
	default:
		words := map[consult.Act][2]string{consult.Answer: {"答复内容", "The answer"}, consult.AskBack: {"需要补充什么", "What is needed"}, consult.Add: {"补充的内容", "What you add"},
			consult.FollowUp: {"还想问什么", "What else you want to know"}, consult.Note: {"进展", "How it goes"}, consult.SendBack: {"退回的理由", "Why"}}[m.Act]
		field("text", form.TextArea, words[0], words[1], 2000)
		if m.Act == consult.AskBack {
			f.Lead = p.Tr("期限不停止计算。", "The clock does not stop.")
		}
	}
	return f
}

// ReadInquiry reads an act from a posted form.
func ReadInquiry(in url.Values, clean func(string) string) consult.Input {
	number := func(name string) int64 {
		n, _ := strconv.ParseInt(strings.TrimSpace(in.Get(name)), 10, 64) // 0 is refused in words where it is needed
		return n
	}
	return consult.Input{Act: consult.Act(in.Get("act")), Version: number("version"), Text: clean(in.Get("text")), Where: clean(in.Get("where")), Unit: number("unit"),
		ItemVersion: int(min(number("itemVersion"), 1<<31-1)), Basis: clean(in.Get("basis")), Question: clean(in.Get("question"))}
}

// AskOnce makes the same form, sent twice, one inquiry; going back and writing
// something else makes another.
func AskOnce(a actor.Actor, in url.Values, path string) (*gate.Once, error) {
	key := in.Get("key")
	if key != "" {
		key = sm.SM3Hex([]byte(in.Encode()))
	}
	return gate.NewOnce(a, key, http.MethodPost, path, nil)
}

// AskFields are the questions of the form that begins one.
func AskFields(p web.Page, kind consult.Kind, in url.Values) []web.FieldView {
	choice := func(name, zh, en string, list []consult.Option) web.FieldView {
		f := web.FieldView{ID: "f-" + name, Name: name, Widget: form.Radio, Label: p.Tr(zh, en)}
		for i, o := range list {
			f.Options = append(f.Options, web.OptionView{ID: f.ID + "-" + strconv.Itoa(i+1), Value: o.Key, Label: p.Tr(o.ZH, o.EN), Checked: in.Get(name) == o.Key})
		}
		return f
	}
	words := web.FieldView{ID: "f-words", Name: "words", Widget: form.TextArea, Label: p.Tr("要咨询的问题", "Your question"), Value: in.Get("words"), Max: 2000,
		Help: p.Tr("请不要写证件号码、银行卡号。", "Leave out identity and card numbers.")}
	if kind != consult.Failure {
		return []web.FieldView{words}
	}
	words.Label = p.Tr("想办什么、怎么办的、卡在哪里", "What you tried, and where it stuck")
	return []web.FieldView{choice("reason", "为什么没有办成", "Why it could not be done", consult.Reasons), choice("stage", "卡在哪一步", "At which step", consult.Stages), words}
}

// AskIDs are the widgets of AskFields by their path.
func AskIDs() map[string]string {
	return map[string]string{"words": "f-words", "reason": "f-reason-1", "stage": "f-stage-1", "item": "q", "name": "f-name", "phone": "f-phone", "answer": "f-answer"}
}

// PickItems lists items that were found, to choose one of.
func PickItems(p web.Page, dir *identity.Directory, found []catalog.Found, href func(code string) string) web.Table {
	t := web.Table{Caption: p.Tr("选择事项", "Choose the item"), Hide: true, Heads: []web.Head{{Text: p.Tr("事项", "Item")}, {Text: p.Tr("办理单位", "Office")}},
		Empty: web.Empty{Title: p.Tr("没有找到事项", "No item was found"), Text: p.Tr("换一个说法再试。", "Try other words.")}}
	for _, x := range found {
		if x.Code == "" {
			continue
		}
		u, _ := dir.Unit(x.UnitID)
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: x.Name, Href: href(x.Code), Row: true}, {Text: u.Name}}})
	}
	return t
}
