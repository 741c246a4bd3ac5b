package portal

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/channel"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/apply"
	"github.com/tongban/tongban/internal/web/caseview"
	"github.com/tongban/tongban/internal/web/feeview"
)

// CasePage 办件: where one's case stands, and why.
type CasePage struct {
	web.Page
	Acting    Acting
	No, Item  string
	Fresh     bool   // just handed in: the receipt is on top
	Receipt   string // address of the receipt document
	QR        web.QR
	State     web.Tag
	What      string // what happens now, in one sentence
	Correct   Correction
	Promises  web.Facts
	Held      web.Facts // the licence that it is about
	After     web.Facts // what was done about the decision
	Instant   caseview.Decided
	Alarm     web.Banner
	Told      web.Banner // of a hearing or a site visit that is to come
	Path      []caseview.Station
	Clocks    []web.Clock
	Done      []web.Clock
	Timeline  web.Timeline
	Documents []web.Event
	Facts     web.Facts
	Materials []MaterialFact
	Answers   web.Facts
	Offers    []web.Link
	Mends     []Mended
	Visit     Visit
	Licence   web.Link
	Rate      web.Link
	Rated     string
	Archive   web.Link     // the package of a closed case
	Bills     []web.Banner // what has to be paid, what was paid
	Parcel    caseview.Parcel
}

// Correction 补正 is what an open correction asks for.
type Correction struct {
	Later  bool // what was to follow after acceptance
	Until  string
	Asks   []web.Fact
	Action string
	More   string   // where a request for more time stands
	Longer web.Link // asks for more time
}

// Mended 当场更正 is what was corrected at a counter.
type Mended struct {
	At    time.Time
	Lines []web.Fact
}

// MaterialFact is what was handed in for one material.
type MaterialFact struct {
	Fact  web.Fact
	Files []web.Link
}

// Visit 到窗口办理 is what a pre-reviewed case waits for.
type Visit struct {
	Centre       web.Link
	Bring        []string
	Book         string // address of booking; empty: no appointments
	Appointments []BookedSlot
}

// BookedSlot is an appointment that stands.
type BookedSlot struct {
	Text   string
	Cancel web.Action
}

func (p *Portal) kase(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	v, err := p.Casework.View(r.Context(), a, r.PathValue("no"))
	if err != nil {
		return err
	}
	pg, err := p.casePage(r, a, v)
	if err != nil {
		return err
	}
	return p.v.kase.Render(w, r, http.StatusOK, pg)
}

func (p *Portal) casePage(r *http.Request, a actor.Actor, v *casework.View) (pg CasePage, err error) {
	ctx, c := r.Context(), v.Case
	pg = CasePage{Page: p.newPage(r, "my", v.Version.Guide.Basics.Name, v.Version.Guide.Basics.NameEN), No: c.No, Fresh: r.URL.Query().Get("done") != "",
		State: caseview.State(web.NewPage(r, "", ""), c.State, c.Outcome)}
	pg.Item = pg.Title
	pg.Crumbs = []web.Link{{Href: "/my", Text: pg.Tr("我的", "My affairs")}, {Href: "/my/cases", Text: pg.Tr("我的办件", "My cases")}, {Text: pg.Item}}
	if pg.Acting, err = p.acting(r, a); err != nil {
		return pg, err
	}
	if pg.QR, err = web.NewQR(p.URL+p.Casework.ProgressPath(c.No), pg.Tr("扫码查看办理进度", "Scan for the progress")); err != nil {
		return pg, err
	}
	pg.What = now(pg.Page, v)
	pg.Promises, pg.Instant = caseview.Promises(pg.Page, v, caseview.Address("/my/documents/")), caseview.Instant(pg.Page, v)
	pg.Held = caseview.Held(pg.Page, v, caseview.LicenceBelow("/my/licences/"))
	pg.After = caseview.After(pg.Page, v)
	pg.Alarm = caseview.Alarm(pg.Page, v.Alarm)
	pg.Told = told(pg.Page, v)
	pg.Path = caseview.Path(pg.Page, v.Progress)
	pg.Clocks, pg.Done = caseview.Clocks(pg.Page, v.Clocks, caseview.ProofBelow("/my/cases/"+c.No, nil))
	pg.Timeline = caseview.Timeline(pg.Page, v, caseview.Address("/my/documents/"))
	for i := len(v.Documents) - 1; i >= 0; i-- {
		d := v.Documents[i]
		href := "/my/documents/" + strconv.FormatInt(d.ID, 10)
		if d.Kind == casework.ReceiptNotice && pg.Receipt == "" {
			pg.Receipt = href
		}
		pg.Documents = append(pg.Documents, web.Event{At: d.At, Title: d.Title, Soft: d.Number, Link: web.Link{Href: href, Text: pg.Tr("查看、打印", "Open, print")}})
	}
	pg.Bills = feeview.Banners(pg.Page, v.Bills, func(bill string) string { return "/my/cases/" + c.No + "/fees/" + bill })
	if pg.Parcel, err = caseview.ParcelOf(pg.Page, v); err != nil {
		return pg, err
	}
	pg.Facts = caseFacts(pg.Page, v)
	for _, m := range v.Materials {
		f := MaterialFact{Fact: apply.HandedFact(pg.Page, pg.Tr(m.Material.Name, m.Material.NameEN), m.Handed, false)}
		f.Fact.Lines = nil
		if m.Handed.Licence != nil {
			f.Fact.Value = pg.Tr("使用电子证照“"+m.Handed.Licence.Name+"”", "Licence “"+m.Handed.Licence.Name+"”")
		} else if m.Handed.Paper {
			f.Fact.Value = pg.Tr("纸质原件，窗口已查验", "Paper original, seen at the window")
		}
		if pr := v.Promised(m.Material.Code); pr != nil && m.Handed.Empty() {
			zh, en := pr.State.Words()
			f.Fact.Value = pg.Tr("未提交，"+zh, "Not handed in; "+en)
		}
		for _, d := range m.Handed.Files {
			f.Files = append(f.Files, web.Link{Href: "/my/cases/" + c.No + "/files/" + strconv.FormatInt(d.File, 10), Text: d.Name})
		}
		pg.Materials = append(pg.Materials, f)
	}
	pg.Answers.Rows = caseview.Answers(pg.Page, v.Summary, false)
	for _, m := range v.Mends {
		x := Mended{At: m.At}
		for _, l := range m.Lines {
			x.Lines = append(x.Lines, web.Fact{Key: l.Name, Value: cmp.Or(l.After, pg.Tr("（空）", "(empty)")), Soft: pg.Tr("更正前：", "Before: ") + cmp.Or(l.Before, pg.Tr("（空）", "(empty)"))})
		}
		pg.Mends = append(pg.Mends, x)
	}
	p.offers(&pg, v)
	if v.Version.Guide.Publishes() != catalog.PublishNone {
		pg.Offers = append(pg.Offers, web.Link{Href: "/my/cases/" + c.No + "/publicity", Text: pg.Tr("决定公开情况，请求不公开", "Publication of the decision")})
	}
	if v.MayArchive() {
		pg.Archive = web.Link{Href: "/my/cases/" + c.No + "/archive", Text: pg.Tr("下载电子档案（可离线验证）", "Download the archive (can be checked offline)")}
	}
	if pg.Correct.Action != "" { // beside the correction, where it is looked for
		for i, o := range pg.Offers {
			if strings.HasSuffix(o.Href, "/"+string(casework.AskMoreTime)) {
				pg.Correct.Longer, pg.Offers = o, slices.Delete(pg.Offers, i, i+1)
				break
			}
		}
	}
	if c.State == casework.Prechecked {
		if pg.Visit, err = p.visit(r, a, pg.Page, v); err != nil {
			return pg, err
		}
	}
	if c.LicenceID != 0 {
		held, err := p.Licences.Held(ctx, a)
		if err != nil {
			return pg, err
		}
		for _, l := range held {
			if l.ID == c.LicenceID {
				pg.Licence = web.Link{Href: "/my/licences/" + l.Identifier, Text: l.Name}
			}
		}
	}
	return pg, p.rating(r, a, &pg, c)
}

// now says in one sentence what happens, so that nobody has to read a diagram.
func now(pg web.Page, v *casework.View) string {
	switch v.Case.State {
	case casework.Submitted:
		return pg.Tr("“"+v.Receiving.Name+"”已经收到您的申请，正在核对材料。", "“"+v.Receiving.Name+"” has received your application and is checking it.")
	case casework.Prechecked:
		return pg.Tr("网上预审已经通过，请带上原件到窗口办结。", "The check is passed; please come to the window with the originals.")
	case casework.Correcting:
		return pg.Tr("材料还需要补正，补好以后再次提交就可以。", "Something has to be corrected; hand it in again when it is.")
	case casework.Reviewing:
		return pg.Tr("申请已受理，正在审查。", "Accepted; under review.")
	case casework.Deciding:
		return pg.Tr("审查已经完成，“"+v.Unit.Name+"”正在作出决定。", "Reviewed; “"+v.Unit.Name+"” is deciding.")
	case casework.Suspended:
		if v.Sides != nil && v.Sides.Hearing.Pending() {
			return pg.Tr("正在组织听证，这段时间不计入办理时限。", "A hearing is under way; its time is not counted.")
		}
		return pg.Tr("正在进行特别程序，这段时间不计入办理时限。", "A special procedure is under way; its time is not counted.")
	case casework.Delivering:
		if v.Parcel != nil && v.Parcel.State.Gone() {
			zh, en := v.Parcel.State.Words()
			return pg.Tr("结果已经做好："+zh+"。", "The result is ready: "+en+".")
		}
		switch v.Delivery.Way {
		case "pickup":
			return pg.Tr("结果已经做好，请到“"+v.Receiving.Name+"”窗口领取。", "The result is ready at “"+v.Receiving.Name+"”.")
		case "post":
			return pg.Tr("结果已经做好，正在安排寄送。", "The result is ready and will be posted.")
		}
		return pg.Tr("结果已经做好，正在电子送达。", "The result is ready and is being delivered.")
	}
	zh, en := v.Case.Outcome.Words()
	return pg.Tr("已经办结："+zh+"。", "Closed: "+en+".")
}

// told reminds of what the applicant has to know now: the right to a hearing,
// when it is held, when somebody comes to look.
func told(pg web.Page, v *casework.View) web.Banner {
	if st, ok := v.AskUntil(); ok {
		return web.Banner{Tone: web.Note, Title: pg.Tr("您有权申请听证", "You may ask for a hearing"), Text: pg.Tr("最迟在 "+st.Due.String()+" 之前提出，不收取费用。", "Until "+st.Due.String()+", free of charge.")}
	}
	if m := v.OpenMeasure(); m != nil {
		zh, _ := m.Kind.Words()
		b := web.Banner{Tone: web.Note, Title: pg.Tr("办理单位拟"+zh+"，您有权陈述申辩", "The office is about to act upon the decision; you may state and defend"), Text: m.Facts}
		for _, c := range v.Clocks {
			if c.Kind == casework.StatementLimit && c.Status.State == clock.Running {
				b.Text += pg.Tr("（最迟在 "+c.Status.Due.String()+" 之前提出）", " (until "+c.Status.Due.String()+")")
			}
		}
		if m.Days == 0 {
			b.Title = pg.Tr("办理单位拟"+zh+"证照", "The licence is about to be deregistered")
		}
		return b
	}
	if v.Sides == nil {
		return web.Banner{}
	}
	if h := v.Sides.Hearing; h.Pending() && h.Call != nil {
		at := h.Call.At.In(clock.Shanghai())
		return web.Banner{Tone: web.Note, Title: pg.Tr("听证："+at.Format("1月2日 15:04"), "Hearing: "+at.Format("2 January 15:04")), Text: h.Call.Place + pg.Tr("，主持人："+h.Call.Presider.Name, ", presider: "+h.Call.Presider.Name)}
	}
	if n := len(v.Sides.Visits); n > 0 && v.Sides.Visits[n-1].At.After(v.At) {
		x := v.Sides.Visits[n-1]
		at := x.At.In(clock.Shanghai())
		return web.Banner{Tone: web.Note, Title: pg.Tr("现场核查："+at.Format("1月2日 15:04"), "Site visit: "+at.Format("2 January 15:04")), Text: x.Place}
	}
	return web.Banner{}
}

func caseFacts(pg web.Page, v *casework.View) web.Facts {
	c := v.Case
	f := web.Facts{Rows: []web.Fact{{Key: pg.Tr("办件编号", "Case number"), Value: c.No}, {Key: pg.Tr("申请人", "Applicant"), Value: c.Party.Name},
		{Key: pg.Tr("办理单位", "Office"), Value: v.Unit.Name}, {Key: pg.Tr("受理大厅", "Received at"), Value: v.Receiving.Name},
		{Key: pg.Tr("领取方式", "Delivery"), Value: caseview.Delivery(pg, v.Delivery.Way)}}}
	if v.Delivery.Address != "" {
		f.Rows[4].Soft = v.Delivery.Name + " " + v.Delivery.Address
	}
	return f
}

// offers turns the acts that casework offers into links and the correction.
func (p *Portal) offers(pg *CasePage, v *casework.View) {
	for _, o := range v.Offered {
		switch o.Act {
		case casework.Supplement:
			pg.Correct = Correction{Later: true, Action: "/my/cases/" + v.Case.No + "/correct"}
			for _, m := range v.Owed() {
				pg.Correct.Asks = append(pg.Correct.Asks, web.Fact{Key: pg.Tr(m.Name, m.NameEN), Lines: []string{m.Standard}})
			}
			for _, c := range v.Clocks {
				if c.Kind == casework.SupplementLimit && c.Status.State == clock.Running {
					pg.Correct.Until = pg.Tr(c.Words, c.WordsEN)
				}
			}
		case casework.Resubmit:
			pg.Correct = Correction{Action: "/my/cases/" + v.Case.No + "/correct", Asks: apply.AskFacts(pg.Page, v.Version.Guide.Materials, v.Version.Form(), v.Case.Correction)}
			pg.Correct.More = moreTimeNote(pg.Page, v)
			for _, c := range v.Clocks {
				if c.Kind == casework.Correction {
					pg.Correct.Until = pg.Tr(c.Words, c.WordsEN)
				}
			}
		default:
			pg.Offers = append(pg.Offers, web.Link{Href: "/my/cases/" + v.Case.No + "/acts/" + string(o.Act), Text: pg.Tr(o.ZH, o.EN)})
		}
	}
}

func (p *Portal) visit(r *http.Request, a actor.Actor, pg web.Page, v *casework.View) (Visit, error) {
	x := Visit{Centre: web.Link{Href: "/centres/" + v.Receiving.Key, Text: v.Receiving.Name}}
	for _, m := range v.Materials {
		if !m.Handed.Empty() {
			x.Bring = append(x.Bring, pg.Tr(m.Material.Name, m.Material.NameEN))
		}
	}
	if v.Version.Guide.Basics.Appointment {
		x.Book = "/my/cases/" + v.Case.No + "/appointment"
	}
	list, err := p.Channel.ForCase(r.Context(), a, v.Case.No)
	if err != nil {
		return x, err
	}
	for _, b := range list {
		if b.CancelledAt.IsZero() {
			x.Appointments = append(x.Appointments, booked(pg, b))
		}
	}
	return x, nil
}

func booked(pg web.Page, b channel.Appointment) BookedSlot {
	return BookedSlot{Text: pg.Tr(b.At.Format("1月2日"), b.At.Format("2 January")) + " " + b.Slot + pg.Tr("，"+b.CentreName, ", "+b.CentreName),
		Cancel: web.Action{URL: "/my/appointments/" + strconv.FormatInt(b.ID, 10) + "/cancel", Text: pg.Tr("取消预约", "Cancel"), Warn: true,
			Confirm: pg.Tr("确定取消预约吗？", "Cancel the appointment?"), Hidden: []web.Hidden{{Name: "case", Value: b.CaseNo}}}}
}

// rating invites to rate a closed case, once.
func (p *Portal) rating(r *http.Request, a actor.Actor, pg *CasePage, c *casework.Case) error {
	if c.State != casework.Closed {
		return nil
	}
	given, err := p.Ratings.ByCase(r.Context(), a, c.No)
	if err != nil {
		return err
	}
	if given != nil {
		zh, en := given.Level.Words()
		pg.Rated = pg.Tr(zh, en)
		return nil
	}
	if inv, err := p.Ratings.Invitation(r.Context(), a, c.No, ""); err == nil && !inv.Rated && !p.Now().After(inv.Until) {
		pg.Rate = web.Link{Href: "/my/cases/" + c.No + "/rate", Text: pg.Tr("评价这次服务", "Rate this service")}
	}
	return nil // nothing to rate is no trouble
}

// correct opens the draft of the correction.
func (p *Portal) correct(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	d, err := p.Casework.OpenCorrection(r.Context(), a, r.PathValue("no"))
	if err != nil {
		return web.Onward(err, web.Link{Href: "/my/cases/" + r.PathValue("no"), Text: "查看办件"})
	}
	return web.SeeOther(w, r, p.wizard.First(d.ID))
}

// proof hands out the calculation of one limit.
func (p *Portal) proof(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	n, err := caseview.ProofNumber(r)
	if err != nil {
		return err
	}
	x, err := p.Casework.ClockProof(r.Context(), a, r.PathValue("no"), n)
	if err != nil {
		return err
	}
	return caseview.SendProof(w, r, x, n)
}

// archive hands out the package of a closed case.
func (p *Portal) archive(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	x, err := p.Casework.Archive(r.Context(), a, r.PathValue("no"))
	if err != nil {
		return err
	}
	return caseview.SendArchive(w, r, x)
}

func (p *Portal) file(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PathValue("file"), 10, 64)
	if err != nil {
		return web.ErrNoPage()
	}
	f, err := p.Casework.File(r.Context(), a, r.PathValue("no"), id)
	if err != nil {
		return err
	}
	return web.SendFile(w, r, p.Files, web.Stored{ID: f.File, Name: f.Name, Size: f.Size, Type: files.Type(f.Type)})
}
