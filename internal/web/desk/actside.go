package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/web"
)

// office are the acts of the office among itself and those that few cases need:
// they stand below the usual ones.
var office = []casework.Act{casework.HearingTell, casework.HearingAsk, casework.HearingWaive, casework.HearingCall, casework.HearingDrop, casework.VisitPlan, casework.Object,
	casework.Claim, casework.Release, casework.Transfer, casework.SendBack, casework.AskOpinion, casework.Recuse, casework.Refer, casework.MeasureOpen, casework.RecordRuling}

// side says what an act of hearings, visits and the office needs.
func (b builder) side() actForm {
	reason := func(zh, en, helpZH, helpEN string) web.FieldView {
		return b.text("reason", zh, en, helpZH, helpEN, form.TextArea)
	}
	who := b.optional(b.short(b.text("who", "利害关系人", "Third party", "为利害关系人办理时填写姓名；为申请人办理的不填。", "The name of a third party; empty for the applicant.", form.Text)))
	switch b.o.Act {
	case casework.HearingTell:
		return actForm{Alt: true, Words: b.tr("直接涉及申请人与他人之间重大利益关系的，决定之前告知听证权利；被告知人有5个工作日提出申请，期间不能作出决定。", "Before a decision that touches major interests: who is told has five working days to ask; no decision meanwhile."),
			Fields: []web.FieldView{who, b.optional(b.short(b.text("contact", "利害关系人联系方式和送达地址", "How the third party is reached", "", "", form.Text))),
				b.text("interest", "涉及的重大利益关系", "What is at stake", "写进告知书。", "It stands on the notice.", form.TextArea)}}
	case casework.HearingAsk:
		return actForm{Alt: true, Title: b.tr("登记听证申请", "Take a request for a hearing"), Fields: []web.FieldView{who, b.optional(reason("申请听证的理由", "Reason", "", ""))}}
	case casework.HearingWaive:
		return actForm{Alt: true, Title: b.tr("登记放弃听证", "Record that a hearing is waived"), Fields: []web.FieldView{who}}
	case casework.HearingDrop:
		return actForm{Alt: true, Title: b.tr("登记撤回听证申请", "Record that the request is withdrawn"), Fields: []web.FieldView{who, b.optional(reason("说明", "Remark", "", ""))}}
	case casework.HearingCall:
		return b.hearingCall()
	case casework.HearingChallenge:
		return actForm{Alt: true, Title: b.tr("登记回避申请", "Record a challenge of the presider"), Fields: []web.FieldView{who, reason("与主持人有什么利害关系", "What the presider has to do with it", "", "")}}
	case casework.HearingAnswer:
		f := actForm{Fields: []web.FieldView{b.choice("agree", "答复", "Answer", form.Radio, web.OptionView{Value: "yes", Label: b.tr("同意，更换主持人", "Granted: another presider")}, web.OptionView{Value: "no", Label: b.tr("不同意", "Not granted")}),
			b.optional(b.colleague("presider", "新的主持人", "New presider", "")), reason("理由", "Reason", "告知申请人。", "The applicant is told.")}}
		if c := b.v.Sides.Hearing.Challenged(); c != nil {
			f.Banner = web.Banner{Tone: web.Note, Title: b.tr(c.By+"申请主持人回避", c.By+" challenges the presider"), Text: c.Reason}
		}
		return f
	case casework.HearingRecord:
		return actForm{Upload: b.tr("签字的笔录、证据（可选多个文件）", "The signed record and evidence"), Button: b.tr("登记笔录，结束听证", "Enter the record and end the hearing"), Fields: []web.FieldView{
			b.optional(b.long(b.text("text", "听证笔录", "Record", "直接填写，或者上传签字的笔录。", "Type it, or upload the signed one.", form.TextArea))),
			b.short(b.text("signed", "核对无误并签字的参加人", "Who read and signed it", "笔录交参加人核对，签字或者盖章。", "", form.Text))}}
	case casework.VisitPlan:
		return actForm{Alt: true, Words: b.tr("指派两名以上审查人员，与申请人约定时间；现场核查不停止计算办理时限。", "Two reviewers or more; the clock goes on."), Fields: []web.FieldView{
			b.colleagues("staff", "核查人员", "Inspectors", actor.Reviewer), b.at("核查时间", "When"), b.short(b.text("place", "核查地点", "Where", "", "", form.Text)), b.optional(reason("需要申请人准备什么", "What the applicant prepares", "写进核查通知。", "It stands on the notice."))}}
	case casework.VisitRecord:
		return b.visitRecord()
	case casework.VisitSign:
		return actForm{Button: b.tr("签署", "Sign"), Words: b.tr("核对核查记录后签署；有不同意见的写明。", "Read the record, then sign; say where you see it otherwise."), Fields: []web.FieldView{b.optional(reason("不同意见", "Where I see it otherwise", "", ""))}}
	case casework.Object:
		return actForm{Alt: true, Title: b.tr("登记陈述申辩", "Take a statement"), Upload: b.tr("证据材料", "Evidence"), Fields: []web.FieldView{who, reason("陈述、申辩的内容", "Statement", "决定人员会看到。", "The decider reads it.")}}
	}
	if f, ok := b.measure(); ok {
		return f
	}
	return b.work(reason)
}

// work says what an act of the office among itself needs.
func (b builder) work(reason func(zh, en, helpZH, helpEN string) web.FieldView) actForm {
	switch b.o.Act {
	case casework.Claim:
		return actForm{Alt: true, Words: b.tr("领办后其他人能看到由您办理。", "Others see that you have it.")}
	case casework.Release:
		return actForm{Alt: true, Fields: []web.FieldView{b.optional(reason("说明", "Remark", "", ""))}}
	case casework.Transfer:
		return actForm{Alt: true, Fields: []web.FieldView{b.optional(b.colleague("staff", "转交给谁", "To whom", "")), b.optional(b.sameDepartment()), b.optional(reason("说明", "Remark", "", ""))},
			Words: b.tr("转交给本单位的同事，或者同一部门的其他科室；单位负责人可以改派。", "To a colleague, or another unit of the department; the head can reassign.")}
	case casework.SendBack:
		steps := []web.OptionView{}
		for _, stage := range b.v.EarlierStages() {
			steps = append(steps, web.OptionView{Value: strconv.Itoa(stage), Label: b.tr("退回审查："+casework.StageName(&b.v.Version.Guide, stage), "Review again, stage "+strconv.Itoa(stage))})
		}
		steps = append(steps, web.OptionView{Value: "0", Label: b.tr("退回窗口复核", "The window looks again")})
		return actForm{Alt: true, Words: b.tr("在单位内部退回，不影响申请人，时限照常计算。", "Within the office: the applicant is not touched and no clock stops."),
			Fields: []web.FieldView{b.choice("stage", "退回到", "Back to", form.Radio, steps...), reason("退回的理由", "Reason", "", "")}}
	case casework.Recheck:
		return actForm{Fields: []web.FieldView{b.optional(reason("复核情况", "What was found", "", ""))}}
	case casework.AskOpinion:
		var units []web.OptionView
		for _, u := range b.v.Departments {
			if u.ID != b.v.Unit.ID {
				units = append(units, web.OptionView{Value: u.Key, Label: u.Name})
			}
		}
		return actForm{Alt: true, Words: b.tr("被征求意见的部门能看到办件（个人信息隐去），办理不停下来等待。", "The department sees the case, masked; the case does not wait."),
			Fields: []web.FieldView{b.choice("unit", "部门", "Department", form.Select, units...), b.days("答复期限", "To be answered within"), reason("征求意见的内容", "What is asked", "", "")}}
	case casework.GiveOpinion:
		f := actForm{Fields: []web.FieldView{b.choice("agree", "结论", "Result", form.Radio, web.OptionView{Value: "yes", Label: b.tr("同意", "Agree")}, web.OptionView{Value: "no", Label: b.tr("不同意", "Disagree")}),
			b.text("opinion", "答复意见", "Opinion", "", "", form.TextArea)}}
		for _, o := range sidesOf(b.v).Opinions {
			if o.Task == b.o.Task {
				f.Banner = web.Banner{Tone: web.Info, Title: b.tr(o.By+"征求意见", o.By+" asks"), Text: o.Question}
			}
		}
		return f
	case casework.Recuse:
		return actForm{Alt: true, Warn: true, Confirm: b.tr("回避后不能再查看和办理本办件，确认？", "The case is closed to this person from now on. Go on?"), Fields: []web.FieldView{
			b.optional(b.colleague("staff", "由谁回避", "Who stands aside", b.tr("不选表示本人申请回避；决定他人回避须由负责人办理。", "Empty: yourself. The head decides for others."))), reason("回避的理由", "Reason", "", "")}}
	case casework.Refer:
		return actForm{Alt: true, Warn: true, Confirm: b.tr("转报后办件在本单位办结，确认？", "The case ends here. Go on?"), Words: b.tr("应由其他单位决定的，连同全部材料转报，申请人不需要重复提交。", "Another unit decides; all materials go along."),
			Fields: append(b.referTo(), reason("转报的理由", "Reason", "告知申请人。", "The applicant is told."))}
	}
	return actForm{Alt: true}
}

// referTo asks where a case goes: to a unit of the platform, which has it at once,
// or to another one by name.
func (b builder) referTo() []web.FieldView {
	named := b.short(b.text("elsewhere", "转报的单位", "To which unit", "", "", form.Text))
	if len(b.v.Referrals) == 0 {
		return []web.FieldView{named}
	}
	var units []web.OptionView
	for _, u := range b.v.Referrals {
		units = append(units, web.OptionView{Value: u.Key, Label: u.Name})
	}
	named.Label = b.tr("不在本平台的单位", "A unit outside the platform")
	to := b.optional(b.choice("unit", "转报到", "To", form.Select, units...))
	to.Help = b.tr("选择后，新的办件立即在该单位生成，材料一并转去，受理期限重新计算。", "The unit has the case at once, with its materials and a receipt of its own.")
	return []web.FieldView{to, b.optional(named)}
}

func sidesOf(v *casework.View) *casework.Sides {
	if v.Sides == nil {
		return &casework.Sides{}
	}
	return v.Sides
}

func (b builder) hearingCall() actForm {
	f := actForm{Alt: true, Words: b.tr("举行听证的7个工作日前通知；听证期间办理时限停止计算，书面告知所需时间。主持人不得是审查人员。", "Told seven working days before; the clocks stand still meanwhile. The presider does not review the case."),
		Fields: []web.FieldView{b.at("听证时间", "When"), b.short(b.text("place", "听证地点", "Where", "", "", form.Text)), b.colleague("presider", "听证主持人", "Presider", ""),
			b.choice("public", "听证方式", "How", form.Radio, web.OptionView{Value: "yes", Label: b.tr("公开举行", "In public"), Checked: b.t.act == ""}, web.OptionView{Value: "no", Label: b.tr("不公开（涉及国家秘密、商业秘密、个人隐私）", "Not in public (secrets, privacy)")}),
			b.days("预计需要", "Planned")}}
	asked := sidesOf(b.v).Hearing != nil && len(sidesOf(b.v).Hearing.Asked) > 0
	r := b.text("reason", "说明或者依职权听证的依据", "Remark, or ground of a hearing nobody asked for", "没有人申请的，写明依据（行政许可法第四十六条）。", "Needed where nobody asked (article 46).", form.TextArea)
	if asked {
		r = b.optional(r)
	}
	f.Fields = append(f.Fields, r)
	return f
}

func (b builder) visitRecord() actForm {
	f := actForm{Upload: b.tr("现场照片（可选多个文件）", "Photos"), Button: b.tr("登记并签署", "Enter and sign"), Words: b.tr("由在场人员填写并签署，其他核查人员随后签署。", "Filled in by one who was there; the others sign afterwards.")}
	for i, q := range b.v.Questions(b.p.Actor.ID) {
		x := b.text("answers/"+strconv.Itoa(i), q, q, "", "", form.TextArea)
		x.ID = string(b.o.Act) + "-answer-" + strconv.Itoa(i+1)
		f.Fields = append(f.Fields, x)
	}
	f.Fields = append(f.Fields, b.choice("passed", "核查结论", "Result", form.Radio, web.OptionView{Value: "yes", Label: b.tr("符合要求", "In order")}, web.OptionView{Value: "no", Label: b.tr("不符合要求", "Not in order")}),
		b.text("text", "核查情况", "What was found", "", "", form.TextArea))
	return f
}

// short is a field of one line as casework takes it.
func (b builder) short(f web.FieldView) web.FieldView {
	f.Max = 200
	return f
}

func (b builder) long(f web.FieldView) web.FieldView {
	f.Max = mostRecord
	return f
}

// at is a day with a time, typed.
func (b builder) at(zh, en string) web.FieldView {
	f := b.text("at", zh, en, "如 2026-03-02 14:30", "Like 2026-03-02 14:30", form.Text)
	f.Max, f.Width = 16, "w-m"
	return f
}

func (b builder) days(zh, en string) web.FieldView {
	f := b.text("days", zh, en, "", "", form.NumberBox)
	f.Unit, f.Mode, f.Width, f.Max = b.tr("个工作日", "working days"), "numeric", "w-s", 3
	return f
}

func (b builder) colleague(name, zh, en, help string) web.FieldView {
	f := b.choice(name, zh, en, form.Select, b.options("")...)
	f.Help = help
	return f
}

func (b builder) colleagues(name, zh, en string, role actor.Role) web.FieldView {
	return b.choice(name, zh, en, form.Checkboxes, b.options(role)...)
}

func (b builder) options(role actor.Role) (out []web.OptionView) {
	for _, m := range b.v.Colleagues {
		if role == "" || slices.Contains(m.Roles, role) {
			out = append(out, web.OptionView{Value: m.Login, Label: m.Name + b.tr("（"+m.Unit+"）", " ("+m.Unit+")")})
		}
	}
	return out
}

// sameDepartment are the units to which a task can be handed on.
func (b builder) sameDepartment() web.FieldView {
	var units []web.OptionView
	for _, m := range b.v.Colleagues {
		if !slices.ContainsFunc(units, func(o web.OptionView) bool { return o.Value == m.UnitKey }) {
			units = append(units, web.OptionView{Value: m.UnitKey, Label: m.Unit})
		}
	}
	return b.choice("unit", "或者转交给哪个科室", "Or to which unit", form.Select, units...)
}

// followed is what a decision after a hearing confirms: its record was read.
func (b builder) followed() (web.FieldView, bool) {
	h := sidesOf(b.v).Hearing
	if h == nil || h.Record == nil {
		return web.FieldView{}, false
	}
	return b.choice("record", "听证笔录", "Record of the hearing", form.Checkboxes, web.OptionView{Value: h.Record.Number,
		Label: b.tr("已阅听证笔录（"+h.Record.Number+"），决定根据听证笔录作出", "I have read the record ("+h.Record.Number+"), and the decision follows it")}), true
}

// heard is what the decider has to know: the record of a hearing, statements,
// what a visit and experts found.
func heard(p web.Page, v *casework.View) (out []sideCard) {
	x := sidesOf(v)
	when := func(f casework.Filer) string { return f.Name }
	file := func(list []casework.HandedDoc) (out []web.File) {
		for _, f := range list {
			out = append(out, web.File{Name: f.Name, Size: f.Size, Href: casePath(v.Case.No) + "/files/" + strconv.FormatInt(f.File, 10)})
		}
		return out
	}
	if h := x.Hearing; h != nil {
		c := sideCard{Title: p.Tr("听证", "Hearing")}
		for _, t := range h.Told {
			soft := t.Contact
			if !t.Waived.IsZero() {
				soft = p.Tr("已放弃听证", "waived")
			}
			c.add(p.Tr("已告知", "Told"), t.Name+" "+dayTime(p, t.At), soft)
		}
		for _, q := range h.Asked {
			c.add(p.Tr("申请听证", "Asked"), q.Name+" "+dayTime(p, q.At), q.Reason)
		}
		if k := h.Call; k != nil {
			c.add(p.Tr("时间地点", "When, where"), dayTime(p, k.At)+" "+k.Place, p.Tr("主持人："+when(k.Presider), "Presider: "+when(k.Presider)))
		}
		if r := h.Record; r != nil {
			c.add(p.Tr("听证笔录", "Record"), r.Text, r.Number+p.Tr("，签字："+r.Signed, ", signed: "+r.Signed))
			c.Files = file(r.Files)
		}
		if !h.Dropped.IsZero() {
			c.add(p.Tr("听证申请", "Request"), p.Tr("已撤回", "withdrawn"), "")
		}
		out = append(out, c)
	}
	out = append(out, measures(p, x, file)...)
	for _, s := range x.Statements {
		c := sideCard{Title: p.Tr("陈述申辩", "Statement"), Files: file(s.Files)}
		by := s.By
		if s.Third {
			by += p.Tr("（利害关系人）", " (third party)")
		}
		c.add(by, s.Text, dayTime(p, s.At))
		out = append(out, c)
	}
	for _, t := range x.Visits {
		c := sideCard{Title: p.Tr("现场核查", "Site visit")}
		var names []string
		for _, f := range t.Staff {
			names = append(names, f.Name)
		}
		c.add(p.Tr("时间地点", "When, where"), dayTime(p, t.At)+" "+t.Place, strings.Join(names, "、"))
		if r := t.Record; r != nil {
			for i, q := range t.Questions {
				if i < len(r.Answers) {
					c.add(q, r.Answers[i], "")
				}
			}
			c.add(p.Tr("结论", "Result"), map[bool]string{true: p.Tr("符合要求", "In order"), false: p.Tr("不符合要求", "Not in order")}[r.Passed], r.Text)
			for _, g := range t.Signed {
				c.add(p.Tr("签署", "Signed"), g.Name+" "+dayTime(p, g.At), g.Note)
			}
			c.Files = file(r.Photos)
		}
		out = append(out, c)
	}
	for _, e := range x.Experts {
		c := sideCard{Title: p.Tr("专家评审", "Expert review"), Files: file(e.Files)}
		c.add(p.Tr("评审专家", "Experts"), e.Experts, "")
		if e.Opinion != "" {
			c.add(p.Tr("评审意见", "Opinion"), e.Opinion, "")
		}
		out = append(out, c)
	}
	for _, o := range x.Opinions {
		c := sideCard{Title: p.Tr("征求意见", "Opinion asked for")}
		c.add(o.By, o.Question, dayTime(p, o.At))
		out = append(out, c)
	}
	return out
}

// sideCard is a hearing, a statement, a visit on the case's page.
type sideCard struct {
	Title string
	Facts web.Facts
	Files []web.File
}

func (c *sideCard) add(key, value, soft string) {
	c.Facts.Rows = append(c.Facts.Rows, web.Fact{Key: key, Value: value, Soft: soft})
}

// mostRecord is how many characters a hearing's record takes.
const mostRecord = 20000

// readSide reads the fields of acts of hearings, visits and the office.
func readSide(act casework.Act, in *casework.Input, form url.Values, get func(string) string, number func(string) int64) (bad []errs.Field) {
	yes := func(name string) bool { return form.Get(name) == "yes" }
	need := func(name, zh, en string) {
		if form.Get(name) != "yes" && form.Get(name) != "no" {
			bad = append(bad, errs.Field{Path: name, Code: "required", ZH: zh, EN: en})
		}
	}
	bad = append(bad, readMeasure(act, in, form, get, number)...)
	h := &in.Hearing
	h.Who, h.Contact, h.Interest, h.At, h.Place, h.Presider = get("who"), get("contact"), get("interest"), get("at"), get("place"), get("presider")
	h.Public, h.Text, h.Signed, h.Record = yes("public"), clean(form.Get("text")), get("signed"), get("record")
	in.Experts, in.Work = get("experts"), casework.WorkInput{Unit: get("unit")}
	switch act {
	case casework.HearingCall, casework.AskOpinion:
		in.Days = int(min(number("days"), 1_000_000))
	case casework.HearingAnswer:
		need("agree", "请选择是否同意", "Choose")
		in.Agree = yes("agree")
	case casework.GiveOpinion:
		need("agree", "请选择同意或者不同意", "Choose agree or disagree")
		in.Agree = yes("agree")
	case casework.VisitPlan:
		in.Visit = casework.VisitInput{Staff: form["staff"], At: h.At, Place: h.Place}
	case casework.VisitRecord:
		need("passed", "请选择核查结论", "Choose the result")
		in.Visit = casework.VisitInput{Passed: yes("passed"), Text: get("text")}
		for i := 0; form.Has("answers/" + strconv.Itoa(i)); i++ {
			in.Visit.Answers = append(in.Visit.Answers, get("answers/"+strconv.Itoa(i)))
		}
	case casework.Transfer, casework.Recuse:
		in.Work.Staff = get("staff")
	case casework.SendBack:
		if form.Get("stage") == "" {
			bad = append(bad, errs.Field{Path: "stage", Code: "required", ZH: "请选择退回到哪个环节", EN: "Choose where it goes back to"})
		}
		in.Work.Stage = int(min(number("stage"), 1000))
	}
	return bad
}

// unprefixed takes away what casework puts before a field's name.
func unprefixed(path string) string {
	for _, p := range []string{"delivery/", "hearing/", "visit/", "work/", "parcel/", "measure/", "ruling/"} {
		path = strings.TrimPrefix(path, p)
	}
	if path == "files" {
		return "file"
	}
	return path
}

// shareWords say how a department stands within its days.
func shareWords(p web.Page, s *casework.Share) (string, web.Tone) {
	if s == nil {
		return "", ""
	}
	n := strconv.Itoa
	switch {
	case s.Late:
		return p.Tr("限"+n(s.Days)+"个工作日，已用"+n(s.Used)+"个，超期", n(s.Used)+" of "+n(s.Days)+" working days used, late"), web.Bad
	case s.Paused:
		return p.Tr("限"+n(s.Days)+"个工作日，已用"+n(s.Used)+"个，暂停计时", n(s.Used)+" of "+n(s.Days)+" working days used, paused"), web.Note
	}
	return p.Tr("限"+n(s.Days)+"个工作日，已用"+n(s.Used)+"个，剩"+n(s.Left)+"个", n(s.Used)+" of "+n(s.Days)+" working days used, "+n(s.Left)+" left"), web.Plain
}

// load draws who has taken how much, and the switch of the head.
func (d *Desk) load(r *http.Request, a actor.Actor, p web.Page, now seat) (l loadView, err error) {
	head := a.Holds(actor.Decider, now.unit.Path)
	if !head && !now.unit.Fair {
		return l, nil
	}
	list, err := d.c.Casework.Loads(r.Context(), a, now.unit, now.role)
	if err != nil {
		return l, err
	}
	for _, x := range list {
		l.Rows = append(l.Rows, web.Fact{Key: x.Name, Value: p.Tr(strconv.Itoa(x.Open)+" 件", strconv.Itoa(x.Open))})
	}
	l.Shown, l.Fair = true, now.unit.Fair
	if head {
		l.Action = web.Action{URL: "/desk/units/" + strconv.FormatInt(now.unit.ID, 10) + "/fair", Text: p.Tr("开启自动分办", "Hand out new tasks by load"), Hidden: []web.Hidden{{Name: "on", Value: "true"}, {Name: "role", Value: string(now.role)}}}
		if l.Fair {
			l.Action.Text, l.Action.Hidden[0].Value = p.Tr("关闭自动分办", "Stop handing out new tasks"), "false"
		}
	}
	return l, nil
}

// loadView 人员负荷.
type loadView struct {
	Shown, Fair bool
	Rows        []web.Fact
	Action      web.Action
}

// fair answers POST /desk/units/{id}/fair.
func (d *Desk) fair(w http.ResponseWriter, r *http.Request) error {
	a, id, err := d.numbered(r)
	if err != nil {
		return err
	}
	on := r.PostFormValue("on") == "true"
	if err := d.c.Identity.SetFair(r.Context(), a, id, on); err != nil {
		return err
	}
	if on {
		d.flash(w, r, web.OK, "已开启自动分办：新任务分给在办最少的人员。", "New tasks go to whoever has the least open work.")
	} else {
		d.flash(w, r, web.OK, "已关闭自动分办。", "New tasks are no longer handed out by themselves.")
	}
	return web.SeeOther(w, r, "/desk?"+url.Values{"unit": {r.PathValue("id")}, "role": {orElse(r.PostFormValue("role"), string(actor.Decider))}}.Encode())
}
