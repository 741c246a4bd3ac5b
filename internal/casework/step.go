package casework

import (
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

	to       State  // where a (next), (back) or particular move leads
	kind     Notice // overrides the move's notice
	reason   string
	note     string // kept with the event, shown to those concerned
	docLines []DocLine
	docFacts []DocFact
	licence  *DocLicence
	deemed   bool
	longer   int // working days that the decision clocks are extended by
	document int64
	detail   map[string]string // for the audit record, no personal data
}

// unit of the case that issues its documents: the receiving centre's notices
// are issued in the name of the deciding unit.
func (st *step) unit() identity.Unit {
	u, _ := st.w.dir.Unit(st.c.UnitID)
	return u
}

func (st *step) finish() error {
	c, m, now := st.c, st.m, st.tx.Now()
	c.State = st.target()
	if m.Ends != "" {
		c.Outcome = m.Ends
	}
	if c.State == Closed {
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
		if c.State == Closed {
			st.voidTasks()
		} else if m.Pauses || m.Wakes || st.longer > 0 {
			due := c.DueOn
			if due == "" {
				due = noDate
			}
			st.tx.Queue(sqlMoveTasks, c.ID, due)
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
	if st.from == Correcting {
		if err := st.s.dropCorrections(st.tx, c, st.eventID); err != nil {
			return err
		}
	}
	if c.State == Closed {
		return st.closed()
	}
	return nil
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
func (st *step) openTask(g catalog.Step, due string) {
	u, ok := st.w.dir.UnitByKey(g.Unit)
	if !ok {
		u = st.unit()
	}
	t := Task{ID: st.tx.NewID(), CaseID: st.c.ID, UnitID: u.ID, Role: actor.Role(g.Role), Step: g.Key, Name: g.Name, Stage: g.Stage,
		State: "open", DueOn: due, OpenedAt: st.tx.Now()}
	st.tx.Queue(sqlInsertTask, t.ID, t.CaseID, t.UnitID, string(t.Role), t.Step, t.Name, t.Stage, t.DueOn, micros(t.OpenedAt), []byte{})
	if st.made != nil {
		st.made.tasks = append(st.made.tasks, t)
	}
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
		for _, sp := range g.Reviews(stage) {
			st.openTask(sp, st.dueFor(catalog.StepReview))
		}
		return
	}
	st.c.Stage = 0
	st.to = Deciding
	sp, _ := g.Step(catalog.StepDecide)
	st.openTask(sp, st.dueFor(catalog.StepDecide))
}

func (st *step) writeDocument() error {
	kind := st.m.Notice
	if st.kind != "" {
		kind = st.kind
	}
	if kind == "" {
		return nil
	}
	c, u := st.c, st.unit()
	series := documentSeries(u, kind, clock.DateOf(st.tx.Now()).String()[:4])
	n, err := st.tx.Serial("doc/" + series)
	if err != nil {
		return err
	}
	number := fmt.Sprintf("%s第%06d号", series, n)
	agent := ""
	if c.Mandate != 0 { // a legal representative who hands in for the firm is no agent
		agent = c.Filer.Name
	}
	var rate *DocRate
	if c.State == Closed {
		rate = &DocRate{st.s.Ratings.Path(c.No), st.s.Ratings.Until(st.tx.Now()).In(clock.Shanghai()).Format(time.RFC3339)}
	}
	doc := compose(kind, noticeFacts{Regime: st.w.reg, Guide: &st.w.v.Guide, CaseNo: c.No, Party: c.Party.Name, Agent: agent,
		Unit: u.Name, UnitUSCC: u.USCC, Number: number, Now: st.tx.Now().In(clock.Shanghai()), Rule: st.m.Rule, Reason: st.reason,
		Lines: st.docLines, Facts: st.docFacts, Clocks: st.docClocks(), Progress: st.s.ProgressPath(c.No), Licence: st.licence, Rate: rate,
		Elsewhere: st.in.Elsewhere, Deemed: st.deemed})
	content := doc.Canonical()
	sealed, err := st.s.Vault.Seal("casework/document", content)
	if err != nil {
		return err
	}
	sum := sm.SM3(content)
	ref := DocumentRef{ID: st.tx.NewID(), Kind: kind, Number: number, Title: doc.Title, Hash: hex.EncodeToString(sum[:]), At: st.tx.Now()}
	st.document = ref.ID
	st.tx.Queue(sqlInsertDocument, ref.ID, c.ID, string(ref.Kind), ref.Number, ref.Title, ref.Hash, sealed, micros(ref.At))
	if st.made != nil {
		st.made.documents = append(st.made.documents, ref)
	}
	return nil
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
		UnitID: st.a.Unit, Article: st.w.reg.Cites[st.m.Rule], Note: st.note, DocumentID: st.document}
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
	Decide: "您的办件已作出决定", HandOver: "您的办理结果已领取", Post: "您的办理结果已寄出", DeliverElectronic: "您的办理结果已送达电子证照",
	Resubmit: "您的补正材料已收到", Withdraw: "您的申请已撤回",
}

func (st *step) tellApplicant() error {
	subject, ok := told[st.m.Act]
	if !ok {
		return nil
	}
	c := st.c
	body := "“" + c.ItemName + "”(办件编号 " + c.No + "):" + subject + "。"
	if c.DueOn != "" && c.State != Closed {
		if c.State == Correcting {
			body += "请于 " + c.DueOn + " 前补正。"
		} else {
			body += "办理期限至 " + c.DueOn + "。"
		}
	}
	_, err := st.s.Notify.Send(st.tx, notify.Message{To: c.Party, Subject: subject, Body: body, Link: "/my/cases/" + c.No})
	return err
}

// runClocks starts, stops, pauses and extends what the move says and sets the
// date that the case waits for.
func (st *step) runClocks() {
	c, m, now := st.c, st.m, st.tx.Now()
	for _, l := range m.Stops {
		c.Clocks.stop(l, now)
	}
	if c.State == Closed {
		c.Clocks.stopAll(now)
	}
	if m.Pauses {
		zh, _ := SpecialWords(st.in.Kind)
		c.Clocks.pause(now, st.w.reg.Cites[m.Rule], zh)
	}
	if m.Wakes {
		c.Clocks.wake(now)
	}
	if st.longer > 0 {
		c.Clocks.extend(now, st.longer, st.w.reg.Cites[m.Rule])
	}
	for _, l := range m.Starts {
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
	from := st.tx.Now()
	switch l {
	case Promised, Statutory:
		from = st.c.AcceptedAt
	case Receipt:
		from = st.c.ReceivedAt
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
	st.note = strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ";")
}

// docClocks prints the limits that run after the act, each with its calculation.
func (st *step) docClocks() []DocClock {
	var out []DocClock
	now := st.tx.Now()
	for _, l := range waitsFor[st.c.State] {
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
