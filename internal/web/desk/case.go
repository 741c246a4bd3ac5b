package desk

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/caseview"
	"github.com/tongban/tongban/internal/web/feeview"
)

// casePage 办件页 is everything about a case on one page, and what may be done.
type casePage struct {
	web.Page
	No, Short, Item string
	State           web.Tag
	Path            []caseview.Station
	Back            web.Link
	Banner, Alarm   web.Banner
	Promises        web.Facts
	Held            web.Facts // the licence that it is about
	Instant         caseview.Decided
	Receipt         web.Link
	Clocks, Past    []web.Clock
	Who             web.Facts
	Reveal          revealForm
	Asked           []web.Fact // what an open correction asks for
	Answers         []section
	Materials       []material
	Tasks           web.Table
	TasksFirst      bool // what others did is what the reader needs first
	Documents       web.Table
	Timeline        web.Timeline
	Sides           []sideCard // hearing, statements, visits, experts
	Acts            []actForm
	More            []actForm // of the office among itself
	MoreOpen        bool
	None            string   // why there is nothing to do
	Mends           []mended // what was corrected at the counter
	Rate            rateCard
	Archive         web.Link   // the package of a closed case
	Next            []web.Link // 再来一单, after an intake
	Ask             []web.Link // take down what the applicant asks or reports about it
	Papers          papersCard
	Public          web.Link // the publication of the decision
	Bills           []web.Banner
	Parcel          caseview.Parcel
	Go              string // id of where the usual act begins: a shortcut leads there, never does it
}

// section is one page of the form with its answers.
type section struct {
	Title string
	Facts web.Facts
}

// material 材料 is a row of the materials: what was asked, what was handed in.
type material struct {
	Name, Standard string
	Tag            web.Tag
	Files          []web.File
	Licence        string
	Paper          bool
	Trust          web.Tag // 证照可信等级
	Asked          []string
}

// papersCard 纸质件 is what of the case is on paper, and where.
type papersCard struct {
	Rows   []web.Fact
	URL    string // records another one; empty: not for the reader
	Result bool   // a result on paper may be recorded
	Name   string
}

// mended 当场更正 is one visit at which the applicant corrected something.
type mended struct {
	At    time.Time
	Lines []web.Fact // before in Soft, after in Value
}

func mends(p web.Page, v *casework.View) (out []mended) {
	for _, m := range v.Mends {
		x := mended{At: m.At}
		for _, l := range m.Lines {
			x.Lines = append(x.Lines, web.Fact{Key: l.Name, Value: orElse(l.After, p.Tr("（空）", "(empty)")), Soft: p.Tr("更正前：", "Before: ") + orElse(l.Before, p.Tr("（空）", "(empty)"))})
		}
		out = append(out, x)
	}
	return out
}

// rateCard 请评价 is turned to the person at the window when the case is closed.
type rateCard struct {
	QR    web.QR
	Until time.Time
}

// typed is what somebody typed that did not go through.
type typed struct {
	act      casework.Act
	values   url.Values
	problems []errs.Field
}

// showCase answers GET /desk/cases/{no}.
func (d *Desk) showCase(w http.ResponseWriter, r *http.Request) error {
	a, err := d.Actor(r)
	if err != nil {
		return err
	}
	v, err := d.c.Casework.View(r.Context(), a, r.PathValue("no"))
	if err != nil {
		return err
	}
	p, err := d.casePage(r, a, v, backTo(r.URL.Query().Get("from")), typed{})
	if err != nil {
		return err
	}
	if r.URL.Query().Get("done") == string(casework.Mend) && len(v.Mends) > 0 {
		p.Banner = web.Banner{Tone: web.OK, Title: p.Tr("已当场更正", "Mended"), Text: p.Tr("更正前后的内容已留痕，受理期限照常计算。", "Both versions are kept; the time to answer runs on.")}
	}
	if r.URL.Query().Get("done") == string(casework.Submit) {
		if a.Has(actor.WindowClerk) {
			p.Next = []web.Link{{Href: intakeAt(d.token(a, v.Case.Party), ""), Text: p.Tr("同一申请人再办一件", "Another item for the same person")},
				{Href: "/desk/intake?" + url.Values{"item": {v.Version.Guide.Basics.Code}}.Encode(), Text: p.Tr("同一事项，下一位", "The next person for this item")}}
		}
		p.Banner = web.Banner{Tone: web.OK, Title: p.Tr("已收件", "Received"), Text: p.Tr("请打印收件凭证交给申请人，凭证上的二维码可以查询进度。",
			"Print the receipt for the applicant; its QR code shows the progress.")}
		for _, doc := range v.Documents {
			if doc.Kind == casework.ReceiptNotice {
				p.Receipt = web.Link{Href: documentPath(doc.ID), Text: p.Tr("打印收件凭证", "Print the receipt")}
			}
		}
	}
	return d.views.kase.Render(w, r, http.StatusOK, p)
}

// casePage fills the page of a case.
func (d *Desk) casePage(r *http.Request, a actor.Actor, v *casework.View, from string, t typed) (casePage, error) {
	p := casePage{Page: d.page(r, a, "todo", v.Case.ItemName, v.Case.ItemName), No: v.Case.No, Short: d.shortNo(v.Case.No), Item: v.Case.ItemName}
	p.State = caseview.State(p.Page, v.Case.State, v.Case.Outcome)
	p.Path = caseview.Path(p.Page, v.Progress)
	p.Back = web.Link{Href: from, Text: p.Tr("回到列表", "Back to the list")}
	if from == "" {
		p.Back.Href = "/desk"
		if !hasAny(a, deskRoles()...) {
			p.Back.Href = "/desk/search"
		}
	}
	p.Clocks, p.Past = caseview.Clocks(p.Page, v.Clocks, caseview.ProofBelow(casePath(v.Case.No), nil))
	p.Promises, p.Instant = caseview.Promises(p.Page, v, documentPath), caseview.Instant(p.Page, v)
	p.Held = caseview.Held(p.Page, v, caseview.LicenceBelow(""))
	p.Alarm = caseview.Alarm(p.Page, v.Alarm)
	var err error
	if p.Who, err = d.who(r.Context(), p.Page, v); err != nil {
		return p, err
	}
	if hasAny(a, deskRoles()...) {
		p.Reveal = newReveal(p.Page, v, from, url.Values{})
	}
	p.Asked = asked(p.Page, v)
	p.Mends = mends(p.Page, v)
	p.Answers = answers(p.Page, v)
	p.Materials = materials(p.Page, v)
	p.Tasks, p.TasksFirst = tasks(p.Page, v), len(v.Tasks) > 1
	p.Documents = documents(p.Page, v)
	if p.Papers, err = d.papersOf(r.Context(), p.Page, a, v); err != nil {
		return p, err
	}
	if v.Version.Guide.Publishes() != catalog.PublishNone {
		p.Public = web.Link{Href: casePath(v.Case.No) + "/publicity", Text: p.Tr("决定公开情况", "Publication of the decision")}
	}
	p.Timeline = caseview.Timeline(p.Page, v, documentPath)
	p.Bills = feeview.Banners(p.Page, v.Bills, func(bill string) string { return feesPath + "/" + bill })
	if p.Parcel, err = caseview.ParcelOf(p.Page, v); err != nil {
		return p, err
	}
	p.Parcel.Words = "" // written for the applicant
	p.Sides = heard(p.Page, v)
	for _, f := range actForms(&p.Page, v, a, from, t) {
		if slices.Contains(office, casework.Act(strings.TrimPrefix(f.ID, "act-"))) {
			p.More, p.MoreOpen = append(p.More, f), p.MoreOpen || f.Open
			continue
		}
		p.Acts = append(p.Acts, f)
	}
	p.Go = begins(p.Acts)
	if !usual(p.Acts) {
		p.None = nothing(p.Page, v, a)
	}
	if a.Has(actor.WindowClerk) {
		p.Ask = []web.Link{{Href: consultsPath + "/new?case=" + url.QueryEscape(v.Case.No), Text: p.Tr("登记咨询", "Take down a question")},
			{Href: consultsPath + "/new?kind=failure&case=" + url.QueryEscape(v.Case.No), Text: p.Tr("登记办不成的事", "Take down what could not be done")}}
	}
	if v.MayArchive() {
		p.Archive = web.Link{Href: casePath(v.Case.No) + "/archive", Text: p.Tr("下载电子档案", "Download the archive")}
	}
	if v.Rate != nil && a.Has(actor.WindowClerk) {
		p.Rate.Until = v.Rate.Until
		p.Rate.QR, err = web.NewQR(d.c.BaseURL+v.Rate.Path, p.Tr("扫码评价这次服务", "Scan to rate this service"))
	}
	return p, err
}

// papersOf tells which papers of the case lie where.
func (d *Desk) papersOf(ctx context.Context, p web.Page, a actor.Actor, v *casework.View) (card papersCard, err error) {
	list, err := d.c.Casework.CasePapers(ctx, a, v.Case.No)
	if err != nil {
		return card, err
	}
	dir, err := d.c.Identity.Directory(ctx)
	if err != nil {
		return card, err
	}
	for _, x := range list {
		u, _ := dir.Unit(x.UnitID)
		f := web.Fact{Key: x.Name, Value: p.Tr(strconv.Itoa(x.Copies)+" 份，在"+u.Name, strconv.Itoa(x.Copies)+" copies, at "+u.Name), Soft: x.TakenBy + " " + dayTime(p, x.TakenAt)}
		switch x.State {
		case casework.PaperMoving:
			f.Tag = web.Tag{Tone: web.Note, Text: p.Tr("已交出，待签收", "Handed on, not received yet")}
		case casework.PaperReturned:
			f.Value = p.Tr(strconv.Itoa(x.Copies)+" 份，已交 "+x.BackTo, strconv.Itoa(x.Copies)+" copies, given to "+x.BackTo)
			f.Soft = x.BackBy + " " + dayTime(p, x.BackAt)
		}
		card.Rows = append(card.Rows, f)
	}
	if identity.Decide(a, identity.PaperHandle, identity.Target{UnitPath: dir.Path(a.Unit)}) == nil {
		card.URL, card.Result, card.Name = casePath(v.Case.No)+"/papers", !v.Case.DecidedAt.IsZero(), v.Version.Guide.Result().Name
	}
	return card, nil
}

// who says for whom the case is, masked.
func (d *Desk) who(ctx context.Context, p web.Page, v *casework.View) (web.Facts, error) {
	c := v.Case
	var f web.Facts
	add := func(zh, en, value, soft string) {
		if value != "" {
			f.Rows = append(f.Rows, web.Fact{Key: p.Tr(zh, en), Value: value, Soft: soft})
		}
	}
	info, err := d.c.Party(ctx, c.Party)
	if err != nil {
		return f, err
	}
	add("申请人", "Applicant", c.Party.Name, "")
	if c.Party.Kind == actor.LegalEntity {
		add("统一社会信用代码", "USCC", info.IDNumber, "")
		add("法定代表人", "Legal representative", info.LegalRep, "")
		add("住所", "Address", info.Address, "")
	} else {
		add("公民身份号码", "ID number", ident.MaskNumber(info.IDNumber), "")
	}
	add("电话", "Phone", ident.MaskMobile(info.Phone), "")
	switch {
	case c.Filer.Kind == actor.Staff:
		add("收件方式", "Handed in", p.Tr("窗口收件，经办人 "+c.Filer.Name, "At the window, by "+c.Filer.Name), "")
	case c.Mandate != 0:
		add("代理人", "Agent", c.Filer.Name, p.Tr("有登记的授权委托", "By a recorded mandate"))
	case c.Party.Kind == actor.LegalEntity:
		add("经办人", "Handed in by", c.Filer.Name, "")
	}
	add("提交时间", "Handed in at", dayTime(p, c.SubmittedAt), "")
	add("决定单位", "Deciding unit", v.Unit.Name, "")
	if v.Receiving.ID != v.Unit.ID {
		add("收件窗口", "Received at", v.Receiving.Name, "")
	}
	add("领取方式", "Delivery", deliveryWords(p, v), "")
	return f, nil
}

// deliveryWords say how the result is to be handed over; whoever posts it now
// needs the whole address.
func deliveryWords(p web.Page, v *casework.View) string {
	s := caseview.Delivery(p, v.Case.DeliveryWay)
	if offers(v, casework.Post) || offers(v, casework.SendCourier) {
		s += p.Tr("：", ": ") + v.Delivery.Name + " " + v.Delivery.Phone + " " + v.Delivery.Address
	}
	return s
}

func offers(v *casework.View, act casework.Act) bool {
	for _, o := range v.Offered {
		if o.Act == act {
			return true
		}
	}
	return false
}

// asked lists what an open correction waits for.
func asked(p web.Page, v *casework.View) []web.Fact {
	if v.Case.State != casework.Correcting {
		return nil
	}
	var out []web.Fact
	for _, a := range v.Case.Correction {
		f := web.Fact{Key: askName(p, v, a), Value: a.Text, Soft: a.Note}
		out = append(out, f)
	}
	return out
}

// askName is the material or the field that an ask is about.
func askName(p web.Page, v *casework.View, a casework.Ask) string {
	if m, ok := v.Version.Guide.Material(a.Material); ok {
		return p.Tr(m.Name, orElse(m.NameEN, m.Name))
	}
	if fd := v.Version.Form().Field(a.Field); fd != nil {
		return p.Tr("申请表："+fd.Title, "Form: "+orElse(fd.TitleEN, fd.Title))
	}
	return a.Material + a.Field
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// answers groups the answers by the form's pages.
func answers(p web.Page, v *casework.View) []section {
	var out []section
	for _, s := range v.Version.Form().Steps() {
		var lines []form.Line
		for _, l := range v.Summary {
			if l.Step == s.Key {
				lines = append(lines, l)
			}
		}
		if len(lines) > 0 {
			out = append(out, section{Title: p.Tr(s.Title, orElse(s.TitleEN, s.Title)), Facts: web.Facts{Rows: caseview.Answers(p, lines, false)}})
		}
	}
	return out
}

// materials lists what the guide asks for and what was handed in.
func materials(p web.Page, v *casework.View) []material {
	var out []material
	for _, mv := range v.Materials {
		m := material{Name: p.Tr(mv.Material.Name, orElse(mv.Material.NameEN, mv.Material.Name)), Standard: mv.Material.Standard, Paper: mv.Handed.Paper,
			Trust: caseview.Trust(p, casework.TrustOf(mv.Handed, mv.Material))}
		for _, f := range mv.Handed.Files {
			m.Files = append(m.Files, web.File{Name: f.Name, Size: f.Size, Href: casePath(v.Case.No) + "/files/" + strconv.FormatInt(f.File, 10)})
		}
		if l := mv.Handed.Licence; l != nil {
			m.Licence = l.Name + " " + shownNumber(l.Number)
		}
		switch {
		case !mv.Handed.Empty():
		case v.Promised(mv.Material.Code) != nil:
			zh, en := v.Promised(mv.Material.Code).State.Words()
			m.Tag = web.Tag{Tone: web.Note, Text: p.Tr("未提交，"+zh, "Not handed in; "+en)}
		case mv.Material.Required():
			m.Tag = web.Tag{Tone: web.Bad, Text: p.Tr("未提交", "Missing")}
		default:
			m.Tag = web.Tag{Text: p.Tr("未提交（非必要）", "Not handed in (optional)")}
		}
		if len(mv.Asked) > 0 {
			m.Tag = web.Tag{Tone: web.Note, Text: p.Tr("待补正", "To be corrected")}
		}
		for _, a := range mv.Asked {
			m.Asked = append(m.Asked, a.Text+noteOf(p, a))
		}
		out = append(out, m)
	}
	return out
}

// shownNumber is a licence's number as the desk shows it: those of ID,
// disability and social cards are their holder's ID number, or begin with it.
func shownNumber(s string) string {
	if len(s) >= 18 && ident.CheckResident(s[:18]).Valid {
		return ident.MaskNumber(s)
	}
	return s
}

func noteOf(p web.Page, a casework.Ask) string {
	if a.Note == "" {
		return ""
	}
	return p.Tr("（"+a.Note+"）", " ("+a.Note+")")
}

// tasks shows what each unit has done and what waits for it.
func tasks(p web.Page, v *casework.View) web.Table {
	t := web.Table{Caption: p.Tr("各环节办理情况", "Who does what"), Hide: true,
		Heads: []web.Head{{Text: p.Tr("环节", "Step")}, {Text: p.Tr("单位", "Unit")}, {Text: p.Tr("状态", "State")}, {Text: p.Tr("意见和经办人", "Opinion and who")}}}
	for _, k := range v.Tasks {
		state := web.Cell{Tag: web.Tag{Tone: web.Info, Text: p.Tr("办理中", "Open")}}
		who := web.Cell{}
		switch {
		case k.State == "void":
			state.Tag = web.Tag{Text: p.Tr("已终止", "Ended")}
		case k.State == "done" && k.Role == actor.Reviewer && !k.Agree:
			state.Tag = web.Tag{Tone: web.Bad, Text: p.Tr("不同意", "Disagrees")}
		case k.State == "done" && k.Role == actor.Reviewer:
			state.Tag = web.Tag{Tone: web.OK, Text: p.Tr("同意", "Agrees")}
		case k.State == "done":
			state.Tag = web.Tag{Tone: web.OK, Text: p.Tr("已完成", "Done")}
		case k.DueOn != "" && k.DueOn != "~":
			state.Soft = p.Tr(monthDay(p, k.DueOn)+"前", "by "+monthDay(p, k.DueOn))
		}
		if words, tone := shareWords(p, k.Share); words != "" {
			state.Soft = joinWords(p, state.Soft, words)
			if tone == web.Bad {
				state.Tag = web.Tag{Tone: web.Bad, Text: p.Tr("环节超期", "Step late")}
			}
		}
		if k.ClaimedName != "" && k.State == "open" {
			who.Soft = p.Tr(k.ClaimedName+"领办", "taken by "+k.ClaimedName)
		}
		if !k.DoneAt.IsZero() && k.DoneName != "" {
			who.Soft = k.DoneName + " " + dayTime(p, k.DoneAt)
		}
		if who.Text = k.Opinion; who.Text == "" {
			who.Text, who.Soft = orElse(who.Soft, "—"), ""
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: k.Name}, {Text: k.Unit}, state, who}})
	}
	return t
}

func joinWords(p web.Page, a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + p.Tr("；", "; ") + b
}

// documents lists the notices of a case, the newest first.
func documents(p web.Page, v *casework.View) web.Table {
	t := web.Table{Caption: p.Tr("文书", "Documents"), Hide: true, Heads: []web.Head{{Text: p.Tr("文书", "Document")}, {Text: p.Tr("编号", "Number")}, {Text: p.Tr("时间", "Time")}}}
	for i := len(v.Documents) - 1; i >= 0; i-- {
		doc := v.Documents[i]
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: doc.Title, Href: documentPath(doc.ID)}, {Text: doc.Number}, {Text: dayTime(p, doc.At)}}})
	}
	return t
}

// begins is the id of the first widget of the act that is open.
func begins(acts []actForm) string {
	for _, f := range acts {
		if !f.Open || f.Link.Href != "" {
			continue
		}
		if len(f.Fields) == 0 {
			return f.ID + "-go"
		}
		if first := f.Fields[0]; len(first.Options) > 0 {
			return first.Options[0].ID
		}
		return f.Fields[0].ID
	}
	return ""
}

// usual reports whether one of the acts is the usual way on.
func usual(acts []actForm) bool {
	for _, f := range acts {
		if !f.Alt {
			return true
		}
	}
	return false
}

// nothing says for what the case waits when it is not the reader's turn.
func nothing(p web.Page, v *casework.View, a actor.Actor) string {
	switch {
	case v.Case.State == casework.Closed:
		return p.Tr("办件已经办结。", "The case is closed.")
	case v.Case.State == casework.Correcting:
		return p.Tr("等待申请人补正。", "Waiting for the applicant's correction.")
	case v.Case.State == casework.Delivering && v.Case.DeliveryWay == "electronic":
		return p.Tr("结果由系统送达电子证照。", "The platform delivers the result.")
	case v.Case.State == casework.Deciding && contains(v.Case.Reviewers, a.ID):
		return p.Tr("您参与了审查，须由其他人员作出决定。", "You reviewed this case; somebody else decides it.")
	}
	for _, t := range v.Tasks {
		if t.State == "open" {
			return p.Tr("当前环节：“"+t.Name+"”，由"+t.Unit+"办理。", "Now: "+t.Name+", by "+t.Unit+".")
		}
	}
	return p.Tr("目前没有您可以办理的操作。", "There is nothing for you to do now.")
}

func contains(list []int64, id int64) bool {
	for _, x := range list {
		if x == id {
			return true
		}
	}
	return false
}

// proof hands out the calculation of one limit.
func (d *Desk) proof(w http.ResponseWriter, r *http.Request) error {
	a, err := d.Actor(r)
	if err != nil {
		return err
	}
	n, err := caseview.ProofNumber(r)
	if err != nil {
		return err
	}
	x, err := d.c.Casework.ClockProof(r.Context(), a, r.PathValue("no"), n)
	if err != nil {
		return err
	}
	return caseview.SendProof(w, r, x, n)
}

// archive hands out the package of a closed case.
func (d *Desk) archive(w http.ResponseWriter, r *http.Request) error {
	a, err := d.Actor(r)
	if err != nil {
		return err
	}
	x, err := d.c.Casework.Archive(r.Context(), a, r.PathValue("no"))
	if err != nil {
		return err
	}
	return caseview.SendArchive(w, r, x)
}

// file opens what was handed in.
func (d *Desk) file(w http.ResponseWriter, r *http.Request) error {
	a, err := d.Actor(r)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PathValue("file"), 10, 64)
	if err != nil {
		return web.ErrNoPage()
	}
	f, err := d.c.Casework.File(r.Context(), a, r.PathValue("no"), id)
	if err != nil {
		return err
	}
	return web.SendFile(w, r, d.c.Files, web.Stored{ID: f.File, Name: f.Name, Size: f.Size, Type: files.Type(f.Type)})
}

// today is the day in Shanghai.
func (d *Desk) day() clock.Date { return clock.DateOf(d.c.Now()) }
