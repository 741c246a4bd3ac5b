package portal

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/gate"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/caseview"
)

// GuidePage 办事指南 with the fourteen elements of 第七条.
type GuidePage struct {
	web.Page
	Item       *catalog.Item
	Guide      *catalog.Guide
	Name       string
	Summary    string
	Tags       []web.Tag
	Featured   []web.Link // the featured lists that it is in
	Key        []KeyFact
	Flow       []FlowStep
	Parts      []web.Link // the anchors
	Demo       map[string]bool
	Basics     web.Facts
	Department web.Facts
	Received   []GuidePlace // at which centres and windows; of the guide in force
	Conditions []GuideLine
	Materials  []GuideMaterial
	Limits     []LimitRow
	Results    []web.Facts
	Unproven   bool // something carries the mark M
	Version    web.Facts

	Online bool // can be applied for here
	Paused bool
	Button string
	Apply  string
	Ask    GuideAsk
	For    string       // in whose name, when logged in
	Draft  web.Link     // one that waits; Href empty: none
	Others []PlaceGroup // the same matter elsewhere
	Split  []web.Link   // handling items 业务办理项 of the matter at this office, this one among them
	More   int          // in how many places

	Then    web.Banner // this is not the guide in force
	QR      web.QR     // printed: leads to Address
	Address string
	Base    string // printed before the addresses of uploaded files: the platform's own
	Edition string // printed: version and since when
}

// KeyFact is one of the few figures people look for first.
type KeyFact struct{ Key, Value, Soft string }

// FlowStep is one link of the procedure in the picture.
type FlowStep struct{ Name, Who, Days string }

// GuideMaterial is one material as the guide tells it.
type GuideMaterial struct {
	Name    string
	Tag     web.Tag
	Case    string // when it is asked; empty: always
	Free    bool   // a licence held stands for it: nothing to hand in
	Facts   web.Facts
	Lines   []string
	Files   []caseview.GuideFile // blank form and example
	Listing string               // in one line, for the elderly version
}

// LimitRow is one limit.
type LimitRow struct {
	Name, Value, Soft string
	Demo, Unproven    bool
}

func (p *Portal) guide(w http.ResponseWriter, r *http.Request) error {
	code := r.PathValue("code")
	if len(code) == p.Catalog.Codes().BasicLen() {
		return p.matter(w, r)
	}
	index, err := p.Catalog.Index(r.Context())
	if err != nil {
		return err
	}
	dir, err := p.Identity.Directory(r.Context())
	if err != nil {
		return err
	}
	page := p.newPage(r, "items", "", "")
	places, err := p.Channel.Places(r.Context())
	if err != nil {
		return err
	}
	key, visitor := visitorKey(r, &page, code)
	now := state{index, dir, places}
	if visitor {
		if b := p.kept.get(now, key); b != nil {
			web.SendBody(w, r, b)
			return nil
		}
	}
	day, err := asOf(r)
	if err != nil {
		return err
	}
	pg, err := p.guidePage(r, page, dir, code, day)
	if err != nil {
		return err
	}
	if !visitor {
		if err := p.applicant(r, &pg); err != nil {
			return err
		}
		return p.v.guide.Render(w, r, http.StatusOK, pg)
	}
	b, err := p.v.guide.Draw(pg)
	if err != nil {
		return err
	}
	p.kept.put(now, key, b)
	web.SendBody(w, r, b)
	return nil
}

// guidePage fills the page of an item: its guide in force, or the one of a day.
func (p *Portal) guidePage(r *http.Request, page web.Page, dir *identity.Directory, code string, day *clock.Date) (pg GuidePage, err error) {
	var it *catalog.Item
	var v *catalog.Version
	if day == nil {
		it, v, err = p.Catalog.Guide(r.Context(), code)
	} else {
		it, v, err = p.Catalog.AsOf(r.Context(), code, *day)
	}
	if err != nil {
		return pg, err
	}
	page.Title = page.Tr(v.Guide.Basics.Name, v.Guide.Basics.NameEN)
	pg = NewGuidePage(page, it, v, dir)
	if day != nil && v.ID != it.VersionID {
		pg.then(*day, v)
	} else {
		p.personal(r, &pg, v)
		list, err := p.Channel.Receptions(r.Context(), it)
		if err != nil {
			return pg, err
		}
		pg.received(list)
	}
	address := p.URL + "/items/" + it.Code
	if pg.QR, err = web.NewQR(address, page.Tr("扫码看最新指南", "Scan for the guide in force")); err != nil {
		return pg, errs.New(errs.Internal, "qr", "", "").Because(err)
	}
	pg.Address, pg.Base = address, p.URL
	offers, err := p.Catalog.Offers(r.Context(), it.BasicCode)
	if err != nil {
		return pg, err
	}
	pg.elsewhere(dir, offers)
	return pg, nil
}

// NewGuideView is the view of guide pages, for a preview elsewhere.
func NewGuideView(rt *web.Renderer) *web.View[GuidePage] {
	return web.NewView[GuidePage](rt, caseview.Overlay(templates), "case/parts.html", "templates/parts.html", "templates/guide.html")
}

// NewGuidePage fills the page of a published version.
func NewGuidePage(page web.Page, it *catalog.Item, v *catalog.Version, dir *identity.Directory) GuidePage {
	g := &v.Guide
	b := g.Basics
	pg := GuidePage{Page: page, Item: it, Guide: g, Name: page.Tr(b.Name, b.NameEN), Summary: page.Tr(b.Summary, b.SummaryEN),
		Demo: map[string]bool{}, Apply: "/items/" + it.Code + "/apply", Online: b.Mode != "window" && it.State == catalog.InUse, Paused: it.State != catalog.InUse}
	for _, d := range g.Demo {
		pg.Demo[d] = true
	}
	pg.Crumbs = []web.Link{{Href: "/", Text: pg.Tr("首页", "Home")}, {Href: "/items", Text: pg.Tr("办事", "Services")}, {Text: pg.Name}}
	pg.Tags = []web.Tag{{Text: typeWords(page, b.Type)}}
	if g.Instant() {
		pg.Tags = append(pg.Tags, web.Tag{Tone: web.OK, Text: pg.Tr("即办件", "On the spot")})
	} else {
		pg.Tags = append(pg.Tags, web.Tag{Text: pg.Tr("承诺件", "Within a promised time")})
	}
	pg.Tags = append(pg.Tags, web.Tag{Tone: web.Info, Text: depthWords(page, b.Depth)})
	pg.Featured = featureLinks(page, it.Featured)
	pg.Button = pg.Tr("在线办理", "Apply online")
	if b.Mode == "precheck" {
		pg.Button = pg.Tr("网上申请，预审后到窗口", "Apply online, finish at the window")
	}
	pg.Key = keyFacts(page, g)
	pg.Flow = flow(page, g, dir)
	pg.Parts = guideParts(page)
	pg.Basics, pg.Department = basics(page, g, it), department(page, g, dir)
	for _, c := range g.Conditions {
		pg.Conditions = append(pg.Conditions, guideLine(page, v, c))
	}
	for _, m := range g.Materials {
		pg.Materials = append(pg.Materials, guideMaterial(page, v, m))
	}
	pg.Limits = limitRows(page, g, pg.Demo)
	for _, res := range g.Results {
		pg.Results = append(pg.Results, result(page, res))
	}
	pg.Unproven = g.Limits.Mark == "M" || slices.ContainsFunc(g.Basis, func(b catalog.Basis) bool { return b.Mark == "M" }) ||
		slices.ContainsFunc(g.Fees, func(f catalog.Fee) bool { return f.Mark == "M" })
	pg.Version = web.Facts{Rows: []web.Fact{{Key: pg.Tr("指南版本", "Version"), Value: strconv.Itoa(v.No), Change: web.Link{Href: "/items/" + it.Code + "/versions", Text: pg.Tr("历次版本和变化", "All versions and changes")}},
		{Key: pg.Tr("生效日期", "In force from"), Value: v.EffectiveFrom}, {Key: pg.Tr("实施编码", "Code"), Value: b.Code}}}
	pg.Edition = pg.Tr("第 "+strconv.Itoa(v.No)+" 版，"+v.EffectiveFrom+" 起生效", "Version "+strconv.Itoa(v.No)+", in force from "+v.EffectiveFrom)
	return pg
}

func guideParts(p web.Page) []web.Link {
	return []web.Link{
		{Href: "#basics", Text: p.Tr("基本信息", "Basics")}, {Href: "#department", Text: p.Tr("部门信息", "Office")},
		{Href: "#windows", Text: p.Tr("办理窗口", "Windows")}, {Href: "#conditions", Text: p.Tr("受理标准", "Conditions")},
		{Href: "#materials", Text: p.Tr("办理材料", "Documents")}, {Href: "#steps", Text: p.Tr("办理流程", "Procedure")},
		{Href: "#limits", Text: p.Tr("办理时限", "Time limits")}, {Href: "#fees", Text: p.Tr("收费情况", "Fees")},
		{Href: "#results", Text: p.Tr("审批结果", "Result")}, {Href: "#basis", Text: p.Tr("法律依据", "Legal basis")},
		{Href: "#questions", Text: p.Tr("常见问题", "Questions")}, {Href: "#contacts", Text: p.Tr("咨询投诉", "Contacts")},
		{Href: "#rights", Text: p.Tr("权利义务", "Rights and duties")}, {Href: "#remedies", Text: p.Tr("法律救济", "Remedies")},
	}
}

func keyFacts(p web.Page, g *catalog.Guide) []KeyFact {
	promised := limitWords(p, g.Limits.Promised)
	if g.Instant() {
		promised = p.Tr("当场办结", "On the spot")
	}
	fee := KeyFact{Key: p.Tr("费用", "Fee"), Value: p.Tr("不收费", "Free")}
	if len(g.Fees) > 0 {
		fee.Value, fee.Soft = p.Tr("收费", "Charged"), g.Fees[0].Standard
	}
	out := []KeyFact{{Key: p.Tr("多久办好", "How long"), Value: promised}}
	if g.Limits.Statutory.Days > 0 && !g.Instant() {
		out[0].Soft = p.Tr("法定 ", "By law ") + limitWords(p, g.Limits.Statutory)
	}
	return append(out, KeyFact{Key: p.Tr("跑几次", "Visits"), Value: visitWords(p, g.Basics.Visits), Soft: g.Basics.VisitReason}, fee,
		KeyFact{Key: p.Tr("要几份材料", "Documents"), Value: p.Tr(strconv.Itoa(required(g))+" 份", strconv.Itoa(required(g))), Soft: freeWords(p, g)})
}

// required counts the materials that everybody has to hand in.
func required(g *catalog.Guide) (n int) {
	for _, m := range g.Materials {
		if m.Required() && m.When == nil {
			n++
		}
	}
	return n
}

// freeWords tells how many of them a licence held answers (免提交).
func freeWords(p web.Page, g *catalog.Guide) string {
	n := 0
	for _, m := range g.Materials {
		if m.Required() && m.When == nil && m.LicenceType != "" {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return p.Tr("其中 "+strconv.Itoa(n)+" 份可用电子证照免提交", strconv.Itoa(n)+" of them by a licence you hold")
}

func flow(p web.Page, g *catalog.Guide, dir *identity.Directory) []FlowStep {
	out := []FlowStep{{Name: p.Tr("申请", "Apply"), Who: p.Tr("申请人", "Applicant")}}
	for _, s := range g.Steps {
		f := FlowStep{Name: s.Name}
		if u, ok := dir.UnitByKey(s.Unit); ok {
			f.Who = u.Short
		}
		if s.Days > 0 {
			f.Days = p.Tr(strconv.Itoa(s.Days)+" 个工作日", strconv.Itoa(s.Days)+" working days")
		}
		out = append(out, f)
	}
	return out
}

func basics(p web.Page, g *catalog.Guide, it *catalog.Item) web.Facts {
	b := g.Basics
	f := web.Facts{Rows: []web.Fact{
		{Key: p.Tr("事项名称", "Name"), Value: b.Name}, {Key: p.Tr("事项类型", "Type"), Value: typeWords(p, b.Type)},
		{Key: p.Tr("服务对象", "For"), Value: audienceWords(p, b.Audience)},
		{Key: p.Tr("行使层级", "Level"), Value: levelWords(p, b.Level)}, {Key: p.Tr("权力来源", "Power"), Value: sourceWords(p, b.PowerSource)},
		{Key: p.Tr("基本编码", "Basic code"), Value: b.BasicCode}, {Key: p.Tr("实施编码", "Code"), Value: b.Code},
		{Key: p.Tr("网办深度", "Online"), Value: depthWords(p, b.Depth)}, {Key: p.Tr("到场次数", "Visits"), Value: visitWords(p, b.Visits), Soft: b.VisitReason},
		{Key: p.Tr("预约办理", "Appointments"), Value: yes(p, b.Appointment)}, {Key: p.Tr("代理申请", "By an agent"), Value: yes(p, b.Agent)},
	}}
	if s := scopeWords(p, b.Scope); s != "" {
		row := web.Fact{Key: p.Tr("通办范围", "Handled in"), Value: s}
		if slices.Contains(g.Demo, "basics.scope") {
			row.Tag.Text = p.Tr("演示数据", "Demonstration data")
		}
		f.Rows = append(f.Rows, row)
	}
	if b.ModeGround != "" {
		f.Rows = append(f.Rows, web.Fact{Key: p.Tr("须到现场的依据", "Why a visit"), Value: b.ModeGround})
	}
	if b.Quota != "" {
		f.Rows = append(f.Rows, web.Fact{Key: p.Tr("数量限制", "Quota"), Value: b.Quota})
	}
	return f
}

func yes(p web.Page, b bool) string {
	if b {
		return p.Tr("支持", "Yes")
	}
	return p.Tr("不支持", "No")
}

func department(p web.Page, g *catalog.Guide, dir *identity.Directory) web.Facts {
	d := g.Department
	f := web.Facts{Rows: []web.Fact{{Key: p.Tr("实施主体", "Deciding office"), Value: d.Name}, {Key: p.Tr("统一社会信用代码", "Code"), Value: d.USCC},
		{Key: p.Tr("性质", "Nature"), Value: natureWords(p, d.Nature)}}}
	if u, ok := dir.UnitByKey(d.Unit); ok && u.Synthetic {
		f.Rows[1].Tag = web.Tag{Text: p.Tr("演示数据", "Demonstration")}
	}
	if len(d.Joint) > 0 {
		var names []string
		for _, k := range d.Joint {
			if u, ok := dir.UnitByKey(k); ok {
				names = append(names, u.Name)
			}
		}
		f.Rows = append(f.Rows, web.Fact{Key: p.Tr("联办机构", "Together with"), Value: strings.Join(names, p.Tr("、", ", "))})
	}
	if d.Entrusted != "" {
		f.Rows = append(f.Rows, web.Fact{Key: p.Tr("委托部门", "Entrusted by"), Value: d.Entrusted})
	}
	if u, ok := dir.UnitByKey(d.Receiving); ok {
		f.Rows = append(f.Rows, web.Fact{Key: p.Tr("受理大厅", "Received at"), Value: u.Name, Change: web.Link{Href: "/centres/" + u.Key, Text: p.Tr("地址和窗口", "Address and windows")}})
	}
	return f
}

func guideMaterial(p web.Page, v *catalog.Version, m catalog.Material) GuideMaterial {
	gm := GuideMaterial{Name: p.Tr(m.Name, m.NameEN), Tag: necessityWords(p, m), Case: caseWords(p, v, m.When), Free: m.LicenceType != "", Files: caseview.GuideFiles(p, v, m)}
	add := func(zh, en, value string) {
		if value != "" {
			gm.Facts.Rows = append(gm.Facts.Rows, web.Fact{Key: p.Tr(zh, en), Value: value})
		}
	}
	add("什么情况下需要", "When", gm.Case)
	add("受理标准", "Standard", m.Standard)
	add("来源", "From", sourceOf(p, m))
	switch m.Media {
	case "electronic":
		add("形式", "Form", p.Tr("电子", "Electronic"))
	case "paper":
		add("形式", "Form", p.Tr("纸质", "Paper"))
	default:
		add("形式", "Form", p.Tr("电子或者纸质", "Electronic or paper"))
	}
	add("纸质要求的依据", "Why paper", m.PaperLaw)
	add("规格", "Size", m.Spec)
	add("填写说明", "How to fill in", m.Filling)
	add("要求依据", "Basis", m.Basis)
	for _, l := range m.Lines {
		gm.Lines = append(gm.Lines, l.Text)
	}
	return gm
}

func limitRows(p web.Page, g *catalog.Guide, demo map[string]bool) []LimitRow {
	l := g.Limits
	var out []LimitRow
	if g.Instant() {
		out = append(out, LimitRow{Name: p.Tr("承诺办结时限", "Promised"), Value: p.Tr("当场办结", "On the spot"), Soft: l.Promised.Note, Demo: demo["limits.promised"]})
	} else {
		out = append(out, LimitRow{Name: p.Tr("承诺办结时限", "Promised"), Value: limitWords(p, l.Promised), Soft: l.Promised.Note, Demo: demo["limits.promised"]})
	}
	if l.Statutory.Unit != "none" && l.Statutory.Unit != "" {
		out = append(out, LimitRow{Name: p.Tr("法定办结时限", "By law"), Value: limitWords(p, l.Statutory), Soft: l.StatutoryBasis, Unproven: l.Mark == "M"})
	}
	for _, x := range []struct {
		l      *catalog.Limit
		zh, en string
	}{{l.Receipt, "受理时限", "Answer to the application"}, {l.Delivery, "送达时限", "Delivery"}, {l.Extension, "可以延长", "May be extended by"}, {l.Correction, "补正时限（您的时间）", "Your time to correct"}} {
		if x.l != nil && x.l.Unit != "none" {
			out = append(out, LimitRow{Name: p.Tr(x.zh, x.en), Value: limitWords(p, *x.l), Soft: x.l.Note})
		}
	}
	if tolerant(g) {
		s := g.SupplementLimit()
		row := LimitRow{Name: p.Tr("容缺补齐时限（您的时间）", "Your time for what may follow later"), Value: limitWords(p, catalog.Limit{Days: s.Days, Unit: s.Unit}), Soft: s.Note}
		if row.Soft == "" {
			row.Soft = p.Tr("从受理起算；没有补齐的，按已有材料作出决定。", "From acceptance; else it is decided on what is there.")
		}
		out = append(out, row)
	}
	for _, s := range l.Special {
		zh, en := casework.SpecialWords(s.Kind)
		out = append(out, LimitRow{Name: p.Tr("特别程序："+zh, "Special procedure: "+en), Soft: s.Basis,
			Value: p.Tr("约 "+strconv.Itoa(s.Days)+" 个工作日，不计入办理时限", "about "+strconv.Itoa(s.Days)+" working days, not counted")})
	}
	return out
}

func tolerant(g *catalog.Guide) bool {
	return slices.ContainsFunc(g.Materials, g.Tolerates)
}

func result(p web.Page, r catalog.Result) web.Facts {
	f := web.Facts{Rows: []web.Fact{{Key: p.Tr("结果名称", "Name"), Value: r.Name}}}
	switch r.Kind {
	case "licence":
		f.Rows = append(f.Rows, web.Fact{Key: p.Tr("结果类型", "Kind"), Value: p.Tr("证照（同时发放电子证照）", "Licence, also electronic")})
	case "approval":
		f.Rows = append(f.Rows, web.Fact{Key: p.Tr("结果类型", "Kind"), Value: p.Tr("批文", "Approval")})
	}
	if r.Years > 0 {
		f.Rows = append(f.Rows, web.Fact{Key: p.Tr("有效期", "Valid for"), Value: p.Tr(strconv.Itoa(r.Years)+" 年", strconv.Itoa(r.Years)+" years")})
	}
	var ways []string
	for _, d := range r.Delivery {
		switch d {
		case catalog.Electronic:
			ways = append(ways, p.Tr("电子送达", "electronic"))
		case catalog.PickUp:
			ways = append(ways, p.Tr("窗口领取", "pick-up"))
		case catalog.Mail:
			ways = append(ways, p.Tr("邮寄", "post"))
		}
	}
	f.Rows = append(f.Rows, web.Fact{Key: p.Tr("领取方式", "Delivery"), Value: strings.Join(ways, p.Tr("、", ", "))})
	return f
}

// applicant adds what concerns the reader: in whose name, and a draft that waits.
func (p *Portal) applicant(r *http.Request, pg *GuidePage) error {
	a, err := gate.Actor(r.Context())
	if err != nil || a.Kind != actor.Person {
		return err
	}
	pg.For = a.For.Name
	drafts, err := p.Casework.Drafts(r.Context(), a, 0, 20)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if d.ItemID == pg.Item.ID && d.CaseNo == "" {
			pg.Draft = web.Link{Href: p.wizard.First(d.ID), Text: pg.Tr("继续填写上次的草稿", "Go on with your draft")}
			return nil
		}
	}
	return nil
}

// elsewhere adds the other places where the same matter can be handled.
func (pg *GuidePage) elsewhere(dir *identity.Directory, offers []catalog.Item) {
	offers = slices.DeleteFunc(offers, func(o catalog.Item) bool {
		part := o.Facts.Handling.No != "" && o.UnitID == pg.Item.UnitID
		if part {
			pg.Split = append(pg.Split, web.Link{Href: "/items/" + o.Code, Text: handlingWords(pg.Page, &o), Current: o.ID == pg.Item.ID})
		}
		return part
	})
	pg.Others = placeGroups(pg.Page, dir, offers, pg.Item.ID, pg.Item.Division)
	for _, g := range pg.Others {
		pg.More += len(g.Links)
	}
	if pg.More > 0 {
		pg.Parts = append(pg.Parts, web.Link{Href: "#elsewhere", Text: pg.Tr("其他办理地点", "Other places")})
	}
}

// handlingWords names a handling item.
func handlingWords(p web.Page, it *catalog.Item) string {
	h := it.Facts.Handling
	return p.Tr(h.Name, cmp.Or(h.NameEN, h.Name))
}

// start opens a draft of an item.
func (p *Portal) start(w http.ResponseWriter, r *http.Request) error {
	code := r.PathValue("code")
	back, answers, err := p.answered(r, code)
	if err != nil {
		return err
	}
	a, err := p.person(r)
	if errors.Is(err, identity.ErrLoginNeeded) {
		return web.SeeOther(w, r, loginAddress(back))
	}
	if err != nil {
		return err
	}
	d, err := p.Casework.StartDraft(r.Context(), a, code, a.For, answers)
	if e := errs.Of(err); e != nil {
		if e.Code != "wrong-applicant" && e.Code != "mandate-not-covering" {
			return err
		}
		pg := web.NewPage(r, "", "")
		p.Renderer.SetFlash(w, web.Note, pg.Tr(e.ZH, e.EN))
		return web.SeeOther(w, r, identityAddress(back))
	}
	return web.SeeOther(w, r, p.wizard.First(d.ID))
}
