package casework

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/notify"
	"github.com/tongban/tongban/internal/sm"
)

// step is one act under way inside its transaction. A handler decides what is
// particular to the act; finish does what all acts share: clocks, the case row,
// the event, the document, the tasks' dates, the audit record, the message.
type step struct {
	s    *Service
	tx   *db.Tx
	a    actor.Actor
	c    *Case
	w    world
	m    Move
	in   Input
	from State
	made *parts // of a case that is new; nil where the case was there before

	eventID int64 // resubmit: the draft's id, so that a repeated hand-in finds what it led to

	to        State  // where a (next), (back) or particular move leads
	kind      Notice // overrides the move's notice
	reason    string
	note      string // kept with the event, shown to those concerned
	docLines  []DocLine
	docFacts  []DocFact
	licence   *DocLicence
	deemed    bool
	longer    int // working days that the decision clocks are extended by
	more      int // days that the applicant's time to correct is extended by
	moreAt    time.Time
	article   string    // what the act rests on, where that is not simply its rule's article
	at        time.Time // when it happens; zero: the transaction's instant
	when      time.Time // of a hearing or a visit that the applicant is told of
	document  int64
	starts    []Limit           // clocks beside those of the move
	machine   bool              // decided by the published clauses
	detail    map[string]string // for the audit record, no personal data
	addressee string            // of the document, where it is not the applicant
	stops     []Limit
	shows     []Limit        // limits that the document prints beside those that the case waits for
	moved     bool           // the date that the case waits for may have changed
	light     bool           // a task changes, the case does not
	number    string         // of the document
	after     []func() error // what has to know the document
	basis     []string       // articles beside the move's own
	tells     string         // what the applicant's message says beside the usual
	pickUp    string         // the code with which the result is fetched, for the message
	heard     bool           // of a measure: the holder may state and defend
	measure   bool           // what the authority does by itself
	begin     time.Time      // of the limits that begin, where it is not the usual instant
}

// unit of the case that issues its documents: the receiving centre's notices
// are issued in the name of the deciding unit.
func (st *step) unit() identity.Unit {
	u, _ := st.w.dir.Unit(st.c.UnitID)
	return u
}

// now is the instant of the act.
func (st *step) now() time.Time {
	if !st.at.IsZero() {
		return st.at
	}
	return st.tx.Now()
}

// cite is the article on which the act rests.
func (st *step) cite() string { return cmp.Or(st.article, st.w.reg.Cites[st.m.Rule]) }

func (st *step) finish() error {
	c, m, now := st.c, st.m, st.now()
	if st.light {
		return st.finishTask()
	}
	c.State = st.target()
	if m.Ends != "" {
		c.Outcome = m.Ends
	}
	if c.State == Closed && st.from != Closed {
		c.ClosedAt = now
	}
	st.runClocks()
	if err := st.writeDocument(); err != nil {
		return err
	}
	if st.made != nil {
		if err := st.s.insertCase(st.tx, c); err != nil {
			return err
		}
	} else {
		if err := st.s.saveCase(st.tx, c); err != nil {
			return err
		}
		if c.State == Closed && st.from != Closed {
			st.voidTasks()
		} else if m.Pauses || m.Wakes || st.longer > 0 || st.moved {
			if err := st.moveTasks(); err != nil {
				return err
			}
		}
	}
	if err := st.writeEvent(); err != nil {
		return err
	}
	if err := st.fees(); err != nil {
		return err
	}
	audit.Append(st.tx, audit.Record{Actor: st.a, Act: "case." + string(m.Act), Subject: "case/" + c.No, Unit: c.UnitID, Detail: st.detail, Outcome: "done"})
	if err := st.tellApplicant(); err != nil {
		return err
	}
	if st.from == Correcting && c.State != Correcting || st.endsSupplement() {
		if err := st.s.dropCorrections(st.tx, c, st.eventID); err != nil {
			return err
		}
	}
	if m.Act == Annul && st.from == Delivering {
		if err := st.s.Parcels.DropTx(st.tx, c.ID); err != nil {
			return err
		}
	}
	for _, f := range st.after {
		if err := f(); err != nil {
			return err
		}
	}
	if c.State == Closed && st.from != Closed {
		if st.from != Delivering {
			st.leaveHeld()
		}
		return st.closed()
	}
	return nil
}

// endsSupplement reports whether an open hand-in of what was to follow has no
// more sense: it was handed in, or the case is decided or closed.
func (st *step) endsSupplement() bool {
	return st.m.Act == Supplement || st.w.v.Guide.Promises() && st.from != Delivering && (st.c.State == Delivering || st.c.State == Closed && st.from != Closed)
}

// finishTask ends an act that changes a task and leaves the case as it is: its
// event and its audit record. Who works on another task is not disturbed.
func (st *step) finishTask() error {
	if err := st.writeEvent(); err != nil {
		return err
	}
	return audit.Append(st.tx, audit.Record{Actor: st.a, Act: "case." + string(st.m.Act), Subject: "case/" + st.c.No, Unit: st.c.UnitID,
		Detail: st.detail, Outcome: "done"})
}

// target resolves the marks of the table.
func (st *step) target() State {
	switch {
	case st.to != "":
		return st.to
	case st.m.To == Same:
		return st.from
	case st.m.To == Back:
		return st.c.ResumeState
	}
	return st.m.To
}

// task opens a work-list row for a step of the guide.
func (st *step) openTask(g catalog.Step, due string) int64 {
	u, ok := st.w.dir.UnitByKey(g.Unit)
	if !ok {
		u = st.unit()
	}
	t := Task{ID: st.tx.NewID(), CaseID: st.c.ID, UnitID: u.ID, Role: actor.Role(g.Role), Step: g.Key, Name: g.Name, Stage: g.Stage,
		State: "open", DueOn: due, OpenedAt: st.tx.Now()}
	if g.Kind == catalog.StepReview {
		t.Days = g.Days
	}
	if u.Fair {
		t.ClaimedBy, t.ClaimedName = st.fairly(u, t.Role)
	}
	st.tx.Queue(sqlInsertTask, t.ID, t.CaseID, t.UnitID, string(t.Role), t.Step, t.Name, t.Stage, t.DueOn, micros(t.OpenedAt), []byte{}, t.ClaimedBy, t.ClaimedName, t.Days)
	if st.made != nil {
		st.made.tasks = append(st.made.tasks, t)
	}
	return t.ID
}

// task opens the window's row: the receiving centre's.
func (st *step) task(g *catalog.Guide, kind string) {
	sp, ok := g.Step(kind)
	if !ok {
		sp = catalog.Step{Key: kind, Name: stepNames[kind], Kind: kind, Role: string(actor.WindowClerk), Unit: g.Department.Receiving}
	}
	sp.Role = string(actor.WindowClerk)
	sp.Unit = g.Department.Receiving
	st.openTask(sp, st.dueFor(kind))
}

var stepNames = map[string]string{catalog.StepReceive: "收件受理", catalog.StepDeliver: "送达", catalog.StepDecide: "决定", catalog.StepReview: "审查"}

// endTasks closes the open rows of the case, as done by the actor.
func (st *step) endTasks() {
	st.tx.Queue(sqlEndTasks, st.c.ID, "done", st.tx.NowMicros(), st.a.ID, st.a.Name)
}

// voidTasks closes the open rows of the case that nobody has to do any more.
func (st *step) voidTasks() {
	st.tx.Queue(sqlEndTasks, st.c.ID, "void", st.tx.NowMicros(), st.a.ID, st.a.Name)
}

// advance opens the next review stage, or the decision when none is left, and
// says which state that is.
func (st *step) advance(after int) {
	g := &st.w.v.Guide
	if stage := g.NextStage(after); stage > 0 {
		st.c.Stage = stage
		st.to = Reviewing
		st.passesUp(stage)
		for _, sp := range g.Reviews(stage) {
			st.openReview(sp)
		}
		return
	}
	st.toDecision()
}

// toDecision opens the decision.
func (st *step) toDecision() {
	g := &st.w.v.Guide
	st.passesUp(0)
	st.c.Stage = 0
	st.to = Deciding
	sp, _ := g.Step(catalog.StepDecide)
	st.openTask(sp, st.dueFor(catalog.StepDecide))
}

func (st *step) writeDocument() (err error) {
	kind := st.m.Notice
	if st.kind != "" {
		kind = st.kind
	}
	if kind != "" {
		st.document, err = st.writeNotice(kind, st.m.Rule, func(*noticeFacts) {})
	}
	return err
}

// writeNotice fixes a document in the act: its number, content and hash. more
// says what is particular to one that is not the act's own notice.
func (st *step) writeNotice(kind Notice, rule Rule, more func(*noticeFacts)) (int64, error) {
	c, u := st.c, st.unit()
	addressee := st.addressee
	if addressee == "" {
		addressee = c.Party.Name
	}
	series := documentSeries(u, kind, clock.DateOf(st.tx.Now()).String()[:4])
	n, err := st.tx.Serial("doc/" + series)
	if err != nil {
		return 0, err
	}
	number := fmt.Sprintf("%s第%06d号", series, n)
	agent := ""
	if c.Mandate != 0 { // a legal representative who hands in for the firm is no agent
		agent = c.Filer.Name
	}
	var rate *DocRate
	if c.State == Closed && st.from != Closed {
		rate = &DocRate{st.s.Ratings.Path(c.No), st.s.Ratings.Until(st.tx.Now()).In(clock.Shanghai()).Format(time.RFC3339)}
	}
	cite := st.w.reg.Cites[rule]
	if rule == st.m.Rule {
		cite = st.cite()
	}
	facts := noticeFacts{Regime: st.w.reg, Guide: &st.w.v.Guide, CaseNo: c.No, Party: addressee, Agent: agent,
		Unit: u.Name, UnitUSCC: u.USCC, Number: number, Now: st.tx.Now().In(clock.Shanghai()), Rule: rule, Cite: cite, Reason: st.reason,
		Lines: st.docLines, Facts: st.docFacts, Clocks: st.docClocks(), Progress: st.s.ProgressPath(c.No), Licence: st.licence, Rate: rate,
		Elsewhere: st.in.Elsewhere, Deemed: st.deemed, Also: st.basis, Machine: st.machine, Heard: st.heard, Measure: st.measure}
	more(&facts)
	doc := compose(kind, facts)
	content := doc.Canonical()
	sealed, err := st.s.Vault.Seal("casework/document", content)
	if err != nil {
		return 0, err
	}
	sum := sm.SM3(content)
	if st.detail == nil {
		st.detail = map[string]string{}
	}
	st.detail["document"], st.detail["sm3"] = number, hex.EncodeToString(sum[:]) // the log fixes what the notice says
	ref := DocumentRef{ID: st.tx.NewID(), Kind: kind, Number: number, Title: doc.Title, Hash: hex.EncodeToString(sum[:]), At: st.tx.Now()}
	st.document, st.number = ref.ID, number
	st.tx.Queue(sqlInsertDocument, ref.ID, c.ID, string(ref.Kind), ref.Number, ref.Title, ref.Hash, sealed, micros(ref.At))
	if st.made != nil {
		st.made.documents = append(st.made.documents, ref)
	}
	return ref.ID, nil
}

// documentSeries is what numbers of documents begin with: unit, year, kind. The
// sequence runs per series as it is printed, so that a number is unique in the
// city also where two units have the same short name.
func documentSeries(u identity.Unit, kind Notice, year string) string {
	name := u.Short
	if name == "" {
		name = u.Name
	}
	return fmt.Sprintf("%s〔%s〕%s字", name, year, noticeMark[kind])
}

func (st *step) writeEvent() error {
	note, err := st.s.sealText("note", st.note)
	if err != nil {
		return err
	}
	c := st.c
	id := st.eventID
	if id == 0 {
		id = st.tx.NewID()
	}
	e := Event{ID: id, At: st.tx.Now(), Act: st.m.Act, From: st.from, To: c.State, Actor: Filer{st.a.Kind, st.a.ID, st.a.Name},
		UnitID: st.a.Unit, Article: st.cite(), Note: st.note, DocumentID: st.document}
	st.tx.Queue(sqlInsertEvent, e.ID, c.ID, micros(e.At), string(e.Act), string(e.From), string(e.To), string(e.Actor.Kind),
		e.Actor.ID, e.Actor.Name, e.UnitID, e.Article, note, e.DocumentID)
	if st.made != nil {
		st.made.events = append(st.made.events, e)
	}
	return nil
}

// told says which acts of the authority the applicant gets a message about.
var told = map[Act]string{
	Submit: "您的申请已收到", Accept: "您的申请已受理", DeemAccepted: "您的申请视为已受理", RequestCorrection: "您的申请需要补正材料",
	Decline: "您的申请不予受理", NotReceived: "您的事项无需申请", PrecheckPass: "您的申请已通过网上预审，请到窗口办理", Arrive: "您的申请已受理",
	ReturnUncorrected: "您的申请已退件", Extend: "您的办件延长了办理期限", Suspend: "您的办件进入特别程序", Resume: "您的办件恢复办理",
	Decide: "您的办件已作出决定", HandOver: "您的办理结果已领取", Post: "您的办理结果已寄出", ChangeDelivery: "您的领取方式已更改",
	// Couriers, cabinets and pick-up codes.
	SendCourier: "您的办理结果已交快递寄送", PostRefused: "您的办理结果暂时没有寄出", PostSigned: "您的办理结果已签收", PostBack: "寄给您的办理结果被退回", PostLost: "寄给您的办理结果丢失，正在处理",
	PutInCabinet: "您的办理结果已放入自助取件柜", TakeFromCabinet: "您的办理结果已退回窗口", CabinetOver: "您的办理结果在取件柜保管期满，将退回窗口", CabinetOpened: "您的办理结果已领取",

	DeliverElectronic: "您的办理结果已送达电子证照",
	AskMoreTime:       "您延长补正期限的申请已收到", GrantMoreTime: "您的补正期限已延长", RefuseMoreTime: "您延长补正期限的申请未获同意", Mend: "您的申请已在窗口当场更正",
	Resubmit: "您的补正材料已收到", Withdraw: "您的申请已撤回",

	// promises and instant approval
	Supplement: "您补齐的材料已收到", ExtendSupplement: "您补齐材料的期限已延长", SupplementOver: "您承诺补齐的材料逾期未补齐", SupplementWithdrawn: "您的申请因逾期未补齐材料终止办理",
	WithdrawPromise: "您的承诺已撤回，请提交证明", AcceptByMachine: "您的申请已受理", GrantByMachine: "您的办件已作出决定", CheckPromise: "您的承诺已核查", Annul: "您的办件的决定已被撤销", Uphold: "您的办件的决定予以维持",
	DeemRenewed: "您的证照视为准予延续",
	MeasureOpen: "您有权陈述申辩：拟对您的决定作出处理", MeasureState: "您的陈述申辩已收到", MeasureDecide: "您的决定、证照已被处理，请查看决定书", MeasureDrop: "拟作出的处理已终止",
	RecordRuling: "行政复议、行政诉讼结果已登记", Redo: "您的申请将重新审查决定", RedoReceive: "您的申请将重新审查是否受理",
	HearingTell: "您有权申请听证", HearingAsk: "听证申请已收到", HearingCall: "听证时间、地点已确定", HearingAnswer: "听证主持人的回避申请已有答复",
	HearingRecord: "听证已经结束", HearingDrop: "听证申请已撤回", VisitPlan: "工作人员将到现场核查", Object: "您的陈述申辩已收到", Refer: "您的申请已转报",
}

func (st *step) tellApplicant() error {
	subject, ok := told[st.m.Act]
	if !ok {
		return nil
	}
	c := st.c
	values := notify.Values{"title": subject, "item": c.ItemName, "no": c.No}
	if c.DueOn != "" && c.State != Closed {
		if c.State == Correcting {
			values["correctBy"] = c.DueOn
		} else {
			values["due"] = c.DueOn
		}
	}
	if !st.when.IsZero() {
		values["when"] = st.when.In(clock.Shanghai()).Format("2006-01-02 15:04")
	}
	if st.tells != "" {
		values["more"] = st.tells
	}
	if st.pickUp != "" {
		values["code"] = st.pickUp
	}
	_, err := st.s.Notify.Send(st.tx, notify.Message{To: c.Party, Kind: caseKind(st.m.Act), Values: values, When: st.when, Link: "/my/cases/" + c.No})
	return err
}

// caseKind is the kind of the message about an act; its texts are data.
func caseKind(a Act) string { return "case." + string(a) }

// MessageTitles gives the Chinese titles of the messages of this room by their
// kinds: what is said where the city wrote nothing of its own.
func MessageTitles() map[string]string {
	out := map[string]string{kindReckoned: titleReckoned}
	for a, title := range told {
		out[caseKind(a)] = title
	}
	return out
}

// runClocks starts, stops, pauses and extends what the move says and sets the
// date that the case waits for.
func (st *step) runClocks() {
	c, m, now := st.c, st.m, st.now()
	for _, l := range slices.Concat(m.Stops, st.stops) {
		c.Clocks.stop(l, now)
	}
	if c.State == Closed {
		c.Clocks.stopAll(now)
	}
	if m.Pauses {
		zh, _ := SpecialWords(st.in.Kind)
		c.Clocks.pause(now, st.cite(), zh)
	}
	if m.Wakes {
		c.Clocks.wake(now)
	}
	if st.longer > 0 {
		c.Clocks.extend(now, st.longer, st.cite())
	}
	if st.more > 0 {
		c.Clocks.moreTime(st.moreAt, st.more, st.cite())
	}
	for _, l := range slices.Concat(m.Starts, st.starts) {
		if l == Receipt && m.From == Correcting && st.s.KeepReceiptClock {
			c.Clocks.resume(l, now, st.w.reg.Cites[RuleCorrection], "补正期间")
			continue
		}
		st.startClock(l)
	}
	c.DueOn = c.Clocks.due(c.State, st.w.cal, now)
}

// startClock begins a limit unless it runs already or the item has none.
func (st *step) startClock(l Limit) {
	from := st.now()
	switch l {
	case Promised, Statutory, VisitLimit, LowerLimit:
		from = st.c.AcceptedAt
	case Receipt:
		from = st.c.ReceivedAt
	}
	if !st.begin.IsZero() {
		from = st.begin
	}
	if c, ok := spanOf(l, &st.w.v.Guide, st.w.reg); ok {
		st.c.Clocks.start(c, from)
	}
}

// dueFor is the date a new task gets. Clocks that the move itself starts are
// taken into account, since tasks are opened before finish.
func (st *step) dueFor(kind string) string {
	c := *st.c
	c.Clocks = slices.Clone(st.c.Clocks)
	tmp := *st
	tmp.c = &c
	switch kind {
	case catalog.StepReceive:
		c.State = Submitted
	case catalog.StepReview, catalog.StepDecide:
		c.State = Reviewing
	case catalog.StepDeliver:
		c.State = Delivering
	}
	tmp.runClocks()
	if c.DueOn == "" {
		return noDate
	}
	return c.DueOn
}

func (st *step) say(parts ...string) {
	st.note = strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "；")
}

// docClocks prints the limits that run after the act, each with its calculation.
func (st *step) docClocks() []DocClock {
	var out []DocClock
	now := st.tx.Now()
	for _, l := range slices.Concat(waitsFor[st.c.State], []Limit{SupplementLimit, RectifyLimit}, st.shows) {
		c, ok := st.c.Clocks.of(l)
		if !ok || !c.Done.IsZero() {
			continue
		}
		r := c.Timer().Reckon(st.w.cal, now)
		name, _ := l.Words()
		out = append(out, DocClock{Name: name, Due: r.Due.String(), Provisional: r.Provisional, Steps: r.Lines(false)})
	}
	return out
}
