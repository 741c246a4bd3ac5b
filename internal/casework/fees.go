package casework

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/fee"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/jobs"
	"github.com/tongban/tongban/internal/notify"
	"github.com/tongban/tongban/internal/sm"
)

// feePoint says which acts wait until what is due before them is paid or
// waived. Acceptance by law waits for nobody, nor does a refusal.
var feePoint = map[Act]catalog.FeeDue{
	Accept: catalog.DueBeforeAcceptance, AcceptByMachine: catalog.DueBeforeAcceptance, Arrive: catalog.DueBeforeAcceptance, Decide: catalog.DueBeforeDecision, GrantByMachine: catalog.DueBeforeDecision,
	HandOver: catalog.DueBeforeDelivery, Post: catalog.DueBeforeDelivery, DeliverElectronic: catalog.DueBeforeDelivery,
	SendCourier: catalog.DueBeforeDelivery, PutInCabinet: catalog.DueBeforeDelivery,
}

// billedBy says which act brings the bill of a point in time. Where the person
// has to come, the bill waits for the pre-review: nobody pays for what is not
// complete.
func billedBy(act Act, g *catalog.Guide, granted bool) catalog.FeeDue {
	precheck := g.Basics.Mode == "precheck"
	switch {
	case act == Submit && !precheck, act == PrecheckPass:
		return catalog.DueBeforeAcceptance
	case act == Accept, act == AcceptByMachine, act == Arrive, act == DeemAccepted:
		return catalog.DueBeforeDecision
	case (act == Decide || act == GrantByMachine) && granted:
		return catalog.DueBeforeDelivery
	}
	return ""
}

// changes reports whether an act may change the answers from which fees are
// reckoned.
func changes(act Act) bool { return act == Resubmit || act == Mend }

// collects reports whether the platform collects anything for an item.
func collects(g *catalog.Guide) bool {
	return slices.ContainsFunc(g.Fees, func(f catalog.Fee) bool { return f.Collected() })
}

// feeHeld refuses an act that has to wait for a bill.
func (st *step) feeHeld() error {
	at, waits := feePoint[st.m.Act]
	if st.s.Fees == nil || !waits || !collects(&st.w.v.Guide) || st.m.Act == Decide && !st.in.Grant {
		return nil
	}
	b, err := st.s.Fees.HeldTx(st.tx, st.c.ID, at)
	if err != nil || b == nil {
		return err
	}
	return fee.Unpaid(b)
}

// errReckon is a guide whose fees cannot be reckoned for the answers given.
var errReckon = errs.New(errs.Conflict, "fee-not-reckoned", "按填写的内容算不出应缴的费用，请联系办事指南上的咨询电话。", "What has to be paid cannot be reckoned from the answers; please call the number in the guide.")

// fees does what an act means for the bills of its case: a new one, another one
// after a correction, none any more when the case ends without a grant. An item
// without fees costs nothing here.
func (st *step) fees() error {
	g := &st.w.v.Guide
	if st.s.Fees == nil || !collects(g) {
		return nil
	}
	c := st.c
	if st.m.Act == Annul { // what was done is paid for; who thinks otherwise asks for a refund
		return st.s.Fees.DropTx(st.tx, c.ID)
	}
	if c.Outcome != "" && c.Outcome != Granted && (st.m.Ends != "" || st.m.Act == Decide) {
		zh, _ := c.Outcome.Words()
		return st.s.Fees.EndTx(st.tx, c.ID, "办件结果为“"+zh+"”。")
	}
	due := billedBy(st.m.Act, g, c.Outcome == Granted)
	again := changes(st.m.Act) && (g.Basics.Mode != "precheck" || c.State == Prechecked)
	if again {
		due = catalog.DueBeforeAcceptance
	}
	if due == "" {
		return nil
	}
	values, err := st.answers()
	if err != nil {
		return err
	}
	lines, err := g.Charges(due, st.w.v.Form(), values)
	if err != nil {
		return errReckon.Because(err)
	}
	charged := fee.Charged{CaseID: c.ID, CaseNo: c.No, ItemName: c.ItemName, Party: c.Party, UnitID: c.UnitID, ReceivingUnitID: c.ReceivingUnitID, Due: due, Lines: lines}
	charged.PayBy, charged.RemindAt = st.payDay()
	bill := st.s.Fees.BillTx
	if again {
		bill = st.s.Fees.RebillTx
	}
	b, err := bill(st.tx, charged)
	if err != nil || b == nil {
		return err
	}
	return st.feeNotice(b)
}

// payDay 缴费期限 counts the working days that the city gives from the notice, and
// says when the applicant is reminded: in the morning, some working days before.
func (st *step) payDay() (by string, remind time.Time) {
	today := clock.DateOf(st.tx.Now())
	if st.s.PayDays <= 0 {
		return "", time.Time{}
	}
	day := today
	for n := 0; n < st.s.PayDays; n++ {
		day = st.w.cal.Next(day + 1)
		if n+1 == st.s.PayDays-st.s.PayRemind && st.s.PayRemind > 0 {
			remind = day.Start().Add(9 * time.Hour)
		}
	}
	return day.String(), remind
}

// answers of the case, whether it was just made or read.
func (st *step) answers() (form.Values, error) {
	if st.made != nil {
		return st.made.values, nil
	}
	var v form.Values
	if err := st.s.openJSON("answers", st.c.answers, &v); err != nil {
		return nil, err
	}
	return st.w.v.Form().Normalise(v), nil
}

// feeNotice 缴费通知书 tells what has to be paid, why, until when, and how.
func (st *step) feeNotice(b *fee.Bill) error {
	p := &papers{s: st.s, tx: st.tx, c: st.c, w: st.w, a: st.a, made: st.made}
	d := p.document(FeeNotice)
	due, _ := fee.DueWords(b.Due)
	d.Body = []string{fmt.Sprintf("您（单位）申请的“%s”，按照公布的收费项目和标准，应缴纳下列费用，请在%s缴清。", st.w.v.Guide.Basics.Name, due),
		"可以在办件页面网上缴纳，也可以到受理窗口缴纳。缴清或者准予免缴之后，方可进行下一步。"}
	d.Facts = []DocFact{{"缴款单号", b.No}}
	for _, l := range b.Lines {
		d.Lines = append(d.Lines, DocLine{l.Name, l.Reckoned + " = " + catalog.Yuan(l.Amount) + "元"})
		if !slices.Contains(d.Basis, l.Basis) {
			d.Basis = append(d.Basis, l.Basis)
		}
	}
	d.Facts = append(d.Facts, DocFact{"应缴合计", catalog.Yuan(b.Amount) + "元"})
	if b.PayBy != "" {
		d.Facts = append(d.Facts, DocFact{"缴费期限", b.PayBy})
		d.Body = append(d.Body, "请在 "+b.PayBy+" 之前缴清。逾期未缴的，办件等待缴费，不会因此自动终止；符合减免条件的，可以申请减免。")
	}
	return p.write("fee-billed", d, catalog.Yuan(b.Amount)+"元")
}

// withFees adds the titles of documents about fees.
func withFees(names map[Notice]string) map[Notice]string {
	maps.Copy(names, map[Notice]string{FeeNotice: "缴费通知书", FeeReceipt: "缴费凭证", FeeReduction: "费用减免决定书", FeeRefund: "退款通知书"})
	return names
}

// feeWords name what happens to bills in the history of a case.
var feeWords = map[Act][2]string{
	"fee-billed":           {"发出缴费通知", "Bill sent"},
	Act(fee.PaidUp):        {"已缴费", "Paid"},
	Act(fee.LessAsked):     {"申请减免", "Reduction asked for"},
	Act(fee.Lessened):      {"准予减免", "Reduction granted"},
	Act(fee.LessDeclined):  {"不予减免", "Reduction refused"},
	Act(fee.BackProposed):  {"提出退款", "Refund proposed"},
	Act(fee.BackDeclined):  {"不予退款", "Refund refused"},
	Act(fee.PaidBack):      {"已退款", "Paid back"},
	Act(fee.ArrivedAnyway): {"到账待核实", "Money arrived that was not due"},
	Act(fee.Reminded):      {"提醒缴费", "Reminded of the bill"},
}

// feePapers says which happening makes which document, and what the applicant
// is told.
var feePapers = map[fee.Happening]struct {
	notice Notice
	tell   string
	body   string
}{
	fee.PaidUp:        {FeeReceipt, "您的费用已缴清", "“%s”的下列费用已经缴清。"},
	fee.Lessened:      {FeeReduction, "您的减免申请已批准", "您（单位）就“%s”提出的费用减免申请，经审核，决定准予减免。"},
	fee.LessDeclined:  {FeeReduction, "您的减免申请未获批准", "您（单位）就“%s”提出的费用减免申请，经审核，决定不予减免。"},
	fee.BackDeclined:  {"", "您的退款申请未获批准", ""},
	fee.PaidBack:      {FeeRefund, "您的退款已办理", "“%s”的下列款项已经退还。"},
	fee.Reminded:      {"", "您有一笔费用快到缴费期限", ""},
	fee.ArrivedAnyway: {"", "收到一笔需要核实的缴费，将按规定退还", ""},
}

// FeePaper writes what happened to a bill into the file of its case; app gives
// it to the fee room.
func (s *Service) FeePaper(tx *db.Tx, a actor.Actor, in fee.Paper) error {
	c, err := s.scanCase(tx.QueryRow(sqlCaseByID, in.CaseID))
	if err != nil {
		return err
	}
	w, err := s.world(tx.Context(), c.VersionID)
	if err != nil {
		return err
	}
	p := &papers{s: s, tx: tx, c: c, w: w, a: a}
	kind := feePapers[in.Happened]
	var d *Document
	if kind.notice != "" {
		d = p.document(kind.notice)
		d.Body = []string{fmt.Sprintf(kind.body, w.v.Guide.Basics.Name)}
		if in.Reason != "" {
			d.Body = append(d.Body, "理由："+sentence(in.Reason))
		}
		for _, f := range in.Facts {
			d.Facts = append(d.Facts, DocFact{f[0], f[1]})
		}
		if in.Happened == fee.LessDeclined {
			d.Remedies = remedies(noticeFacts{Regime: w.reg, Guide: &w.v.Guide})
		}
	}
	if err := p.write(Act(in.Happened), d, in.Note); err != nil {
		return err
	}
	if kind.tell != "" {
		if _, err := s.Notify.Send(tx, notify.Message{To: c.Party, Kind: "fee." + string(in.Happened), Link: "/my/cases/" + c.No,
			Values: notify.Values{"title": kind.tell, "item": c.ItemName, "no": c.No, "note": in.Note}}); err != nil {
			return err
		}
	}
	if in.Happened != fee.PaidUp && in.Happened != fee.Lessened {
		return nil
	}
	return goesOn(tx, c, &w.v.Guide)
}

// goesOn begins again what the platform does by itself and what had waited for
// the money.
func goesOn(tx *db.Tx, c *Case, g *catalog.Guide) error {
	switch {
	case c.State == Delivering && c.DeliveryWay == catalog.Electronic:
		return jobs.Enqueue(tx, jobs.Job{Kind: JobDeliver, Payload: []byte(c.No), Unique: "deliver/" + c.No})
	case (c.State == Reviewing || c.State == Deciding) && len(g.Auto) > 0:
		return jobs.Enqueue(tx, jobs.Job{Kind: JobInstant, Payload: []byte(c.No), Unique: "instant/" + c.No, Priority: 1})
	}
	return nil
}

// sqlAside is who stands aside from a case, as readPeople reads it.
const sqlAside = `SELECT reviewers FROM cases WHERE id = $1`

// Aside names the staff who stand aside from a case (回避); app gives it to the
// fee room.
func (s *Service) Aside(q db.Queryer, caseID int64) ([]int64, error) {
	var stored string
	if err := q.QueryRow(sqlAside, caseID).Scan(&stored); err != nil {
		return nil, err
	}
	var c Case
	err := readPeople(stored, &c)
	return c.Recused, err
}

// papers writes documents and events that are no moves of the state table.
type papers struct {
	s    *Service
	tx   *db.Tx
	c    *Case
	w    world
	a    actor.Actor
	made *parts // of a case that the same act makes
}

// document begins a document about fees; write gives it its number.
func (p *papers) document(kind Notice) *Document {
	u, _ := p.w.dir.Unit(p.c.UnitID)
	g := &p.w.v.Guide
	now := p.tx.Now().In(clock.Shanghai())
	return &Document{Kind: kind, Title: p.w.reg.Names[kind], Date: now.Format("2006-01-02"), At: now.Format(time.RFC3339),
		CaseNo: p.c.No, ItemName: g.Basics.Name, ItemCode: g.Basics.Code, Addressee: p.c.Party.Name, Unit: u.Name, UnitUSCC: u.USCC,
		Basis: []string{p.w.reg.Cites[RuleFee]}, Consult: g.Contacts.Consult, Complaint: g.Contacts.Complaint, Progress: p.s.ProgressPath(p.c.No)}
}

// write stores the event and, if there is one, the document, with its number.
func (p *papers) write(act Act, d *Document, note string) error {
	var doc int64
	if d != nil {
		u, _ := p.w.dir.Unit(p.c.UnitID)
		series := documentSeries(u, d.Kind, d.Date[:4])
		n, err := p.tx.Serial("doc/" + series)
		if err != nil {
			return err
		}
		d.Number = fmt.Sprintf("%s第%06d号", series, n)
		content := d.Canonical()
		sealed, err := p.s.Vault.Seal("casework/document", content)
		if err != nil {
			return err
		}
		sum := sm.SM3(content)
		ref := DocumentRef{ID: p.tx.NewID(), Kind: d.Kind, Number: d.Number, Title: d.Title, Hash: hex.EncodeToString(sum[:]), At: p.tx.Now()}
		doc = ref.ID
		p.tx.Queue(sqlInsertDocument, ref.ID, p.c.ID, string(ref.Kind), ref.Number, ref.Title, ref.Hash, sealed, micros(ref.At))
		if p.made != nil {
			p.made.documents = append(p.made.documents, ref)
		}
	}
	sealed, err := p.s.sealText("note", note)
	if err != nil {
		return err
	}
	e := Event{ID: p.tx.NewID(), At: p.tx.Now(), Act: act, From: p.c.State, To: p.c.State, Actor: Filer{p.a.Kind, p.a.ID, p.a.Name},
		UnitID: p.a.Unit, Article: p.w.reg.Cites[RuleFee], Note: note, DocumentID: doc}
	p.tx.Queue(sqlInsertEvent, e.ID, p.c.ID, micros(e.At), string(e.Act), string(e.From), string(e.To), string(e.Actor.Kind), e.Actor.ID, e.Actor.Name,
		e.UnitID, e.Article, sealed, e.DocumentID)
	if p.made != nil {
		p.made.events = append(p.made.events, e)
	}
	return nil
}
