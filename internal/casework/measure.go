package casework

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/licence"
)

// stepMeasure is the decider's task while a measure is open.
const stepMeasure = "measure"

// Stands reports whether the decision on a case stands: it was made, and was not
// annulled, retracted or quashed since. Each of the acts of Undoing may change
// the answer, in its own transaction.
func (c *Case) Stands() bool { return c.Outcome == Granted || c.Outcome == Refused }

// Undoing lists the acts after which a decision that stood may stand no more, or
// stand again.
var Undoing = []Act{Annul, MeasureDecide, RecordRuling, Redo, RedoReceive}

// open is the measure that waits for its end, nil if none does.
func (s *Sides) open() *Measure {
	if s == nil {
		return nil
	}
	for _, m := range s.Measures {
		if m.Stage == MeasureTold {
			return m
		}
	}
	return nil
}

// OpenMeasure is the measure of the case that is not decided, nil if none is open.
func (v *View) OpenMeasure() *Measure { return v.sidesOf().open() }

func (st *step) openMeasure() (*Measure, error) {
	x, err := st.s.sides(st.tx, st.c.ID)
	if err != nil {
		return nil, err
	}
	m := x.open()
	if m == nil {
		return nil, ErrNotOffered
	}
	if _, ok := measureStep(m.Stage, st.m.Act); !ok {
		return nil, ErrNotOffered
	}
	return m, nil
}

// MeasurableKinds says which measures can be about a case as it stands.
func (c *Case) MeasurableKinds() (out []MeasureKind) {
	if c.Outcome == Granted {
		out = append(out, Retract, Strike)
	}
	if c.LicenceID != 0 && (c.Outcome == Granted || c.Outcome == Annulled || c.Outcome == Retracted) {
		out = append(out, Deregister)
	}
	return out
}

// measureOpen 启动: the authority, or its superior, by itself or because an
// interested person asked, tells the holder what it is about to do and on which
// ground.
func (st *step) measureOpen() error {
	in := st.in.Measure
	x, err := st.s.sides(st.tx, st.c.ID)
	if err != nil {
		return err
	}
	if x.open() != nil || len(st.c.MeasurableKinds()) == 0 {
		return ErrNotOffered
	}
	g, bad := measureProblems(st.w.reg, in, st.in.Reason, st.in.Days)
	if len(bad) > 0 {
		return errs.InvalidFields(bad...)
	}
	if !slices.Contains(st.c.MeasurableKinds(), in.Kind) {
		return errs.InvalidFields(errs.Field{Path: "measure/kind", Code: "not-now", ZH: "按办件目前的情况，不能启动这种程序", EN: "As the case stands, this cannot be done"})
	}
	m := &Measure{Kind: in.Kind, Ground: g.Key, Article: g.Article, Stage: MeasureTold, Facts: st.in.Reason, Public: in.Public, Compensation: in.Compensation,
		Asked: strings.TrimSpace(in.Asked), By: Filer{st.a.Kind, st.a.ID, st.a.Name}, At: st.tx.Now()}
	if err := st.fitsLicence(m); err != nil {
		return err
	}
	zh, _ := in.Kind.Words()
	w := measureWords[in.Kind]
	st.kind, st.article, st.reason, st.heard = w.told, g.Article, st.in.Reason, g.Heard
	st.docFacts = append(st.docFacts, DocFact{"拟作出的处理", zh}, DocFact{"法定事由", g.ZH})
	for _, f := range []DocFact{{"公共利益的需要", in.Public}, {"补偿安排", in.Compensation}} {
		if f.Value != "" {
			st.docFacts = append(st.docFacts, f)
		}
	}
	st.superior()
	due := noDate
	if g.Heard {
		m.Days = cmp.Or(st.in.Days, statementDays)
		st.c.Clocks.stop(StatementLimit, st.tx.Now())
		st.c.Clocks.start(Clock{Kind: StatementLimit, Workdays: m.Days, Unit: clock.WorkingDays, Article: statementArticle}, st.tx.Now())
		st.shows = []Limit{StatementLimit}
		due = st.workdaysOn(m.Days)
	}
	if !slices.Contains(st.c.Reviewers, st.a.ID) { // who opened it does not decide it
		st.c.Reviewers = append(st.c.Reviewers, st.a.ID)
	}
	st.afterTask(stepMeasure, zh+"的审议决定", actor.Decider, due)
	st.say("拟"+zh, g.ZH, st.in.Reason)
	_, err = st.keep(0, sideMeasure, m)
	return err
}

// fitsLicence checks a measure against the licence that the case gave.
func (st *step) fitsLicence(m *Measure) error {
	if st.c.LicenceID == 0 {
		return nil
	}
	l, err := st.s.Licences.ByID(st.tx, st.c.LicenceID)
	if err != nil {
		return err
	}
	if l.ReplacedBy != 0 {
		return ErrOlderVersion
	}
	undone := l.Ended == licence.Struck || l.Ended == licence.Retracted || l.Status == licence.Revoked
	on := l.On(clock.DateOf(st.tx.Now()).String())
	wrong := func(zh, en string) error {
		return errs.InvalidFields(errs.Field{Path: "measure/ground", Code: "not-so", ZH: zh, EN: en})
	}
	switch {
	case m.Kind == Deregister && l.Status == licence.Deregistered:
		return wrong("证照已经注销", "The licence is deregistered already")
	case m.Ground == "undone" && !undone:
		return wrong("证照没有被撤销、撤回或者吊销", "The licence was not annulled, retracted or revoked")
	case undone && m.Ground != "undone" && m.Ground != ownGround:
		return wrong("证照已被撤销、撤回或者吊销，请选择对应的事由", "The licence was annulled, retracted or revoked: choose that ground")
	case m.Ground == "expired" && on != licence.Expired:
		return wrong("证照的有效期还没有届满", "The licence has not expired")
	case m.Ground == "expired":
		open, err := st.s.renewalOpen(st.tx, l.ID)
		if err != nil {
			return err
		}
		if open {
			return ErrRenewalOpen
		}
	}
	st.docFacts = append(st.docFacts, heldFacts(l)...)
	return nil
}

// superior names the higher authority where it acts and not the one that decided.
func (st *step) superior() {
	own, mine := st.w.dir.Path(st.c.UnitID), st.w.dir.Path(st.a.Unit)
	if u, ok := st.w.dir.Unit(st.a.Unit); ok && mine != own && mine != "" && strings.HasPrefix(own, mine) {
		st.docFacts = append(st.docFacts, DocFact{"由上级行政机关作出", u.Name})
	}
}

// measureState 陈述申辩 of the holder, online or at the window.
func (st *step) measureState() error {
	m, err := st.openMeasure()
	if err != nil {
		return err
	}
	text := strings.TrimSpace(st.in.Reason)
	if text == "" {
		return missing("reason", "请写明陈述、申辩的内容", "Say what you want to state")
	}
	docs, err := st.takeFiles()
	if err != nil {
		return err
	}
	m.Said = append(m.Said, Statement{By: st.c.Party.Name, At: st.tx.Now(), Text: text, Files: docs})
	st.article = measureRight(st.w.reg)
	st.say(text)
	_, err = st.keep(m.id, sideMeasure, m)
	return err
}

// measureRight is what the right to state and defend rests on.
func measureRight(r Regime) string { return r.Cites[RuleStatement] }

// measureWaive 放弃陈述申辩: the decision need not wait for the limit.
func (st *step) measureWaive() error {
	m, err := st.openMeasure()
	if err != nil {
		return err
	}
	if m.Days == 0 || !m.Waived.IsZero() {
		return ErrNotOffered
	}
	m.Waived = st.tx.Now()
	st.article = measureRight(st.w.reg)
	st.c.Clocks.stop(StatementLimit, st.tx.Now())
	st.say(st.c.Party.Name)
	_, err = st.keep(m.id, sideMeasure, m)
	return err
}

// mayDecideMeasure: the holder's time to state and defend is over, or he waived it.
func (c *Case) mayDecideMeasure(m *Measure, w world, s *Service) bool {
	if m.Days == 0 || !m.Waived.IsZero() {
		return true
	}
	t, ok := c.Clocks.of(StatementLimit)
	return ok && (!t.Done.IsZero() || t.Timer().At(w.cal, s.DB.Now()).Effective())
}

// measureDecide 作出决定: by somebody who did not open it. The decision, the
// licence and the document are one act.
func (st *step) measureDecide() error {
	m, err := st.openMeasure()
	if err != nil {
		return err
	}
	if !st.c.mayDecideMeasure(m, st.w, st.s) {
		return ErrStatementRuns
	}
	if strings.TrimSpace(st.in.Reason) == "" {
		return missing("reason", "请写明决定的理由，陈述申辩意见是否采纳也要写明", "Give the reasons, and what became of the holder's statement")
	}
	if c := strings.TrimSpace(st.in.Measure.Compensation); c != "" {
		m.Compensation = c
	}
	w, g := measureWords[m.Kind], groundOf(m)
	if g.Compensate && m.Compensation == "" {
		return missing("measure/compensation", "请写明对当事人合法权益损失的补偿、赔偿安排（没有损失的写明没有损失）", "Say how the holder's lawful loss is made good, or that there is none")
	}
	if m.Licence, err = st.endLicence(w.licence, w.ending); err != nil {
		return err
	}
	if w.outcome != "" {
		st.c.Outcome = w.outcome
		if err := st.undoHeldOf(m.Licence); err != nil {
			return err
		}
	}
	st.kind, st.article, st.reason, st.measure = w.done, m.Article, st.in.Reason, true
	if g.ZH != "" {
		st.docFacts = append(st.docFacts, DocFact{"法定事由", g.ZH})
	}
	for _, f := range []DocFact{{"公共利益的需要", m.Public}, {"补偿、赔偿", m.Compensation}} {
		if f.Value != "" {
			st.docFacts = append(st.docFacts, f)
		}
	}
	if m.Ground == "fraud" {
		st.docFacts = append(st.docFacts, DocFact{"利益保护", "基于该决定取得的利益不受保护"})
	}
	st.superior()
	zh, _ := m.Kind.Words()
	st.say(zh, st.in.Reason)
	return st.endMeasure(m)
}

// endLicence takes the licence of the case away; 0 where it gave none.
func (st *step) endLicence(to licence.Status, why licence.Ending) (int64, error) {
	if st.c.LicenceID == 0 {
		return 0, nil
	}
	l, err := st.s.Licences.ChangeTx(st.tx, st.a, st.c.LicenceID, to, why, st.c.No)
	if err != nil {
		return 0, err
	}
	zh, _ := l.Ended.Words()
	st.docFacts = append(st.docFacts, DocFact{"所涉证照", l.Name}, DocFact{"编号", l.Number}, DocFact{"证照状态", zh})
	return l.ID, nil
}

func (st *step) undoHeldOf(licence int64) error {
	if st.w.v.Guide.Result().Does == "" {
		return nil
	}
	return st.undoHeld(licence)
}

// measureDrop 终止处理: nothing is done. An annulment that would do great harm to
// the public interest is not made (行政许可法 第六十九条第三款).
func (st *step) measureDrop() error {
	m, err := st.openMeasure()
	if err != nil {
		return err
	}
	if strings.TrimSpace(st.in.Reason) == "" {
		return missing("reason", "请写明终止处理的理由，将告知当事人", "Give the reasons; the holder is told")
	}
	if m.Harm = st.in.Measure.Harm && m.Kind == Strike; m.Harm {
		st.docFacts = append(st.docFacts, DocFact{"公共利益", "撤销可能对公共利益造成重大损害，不予撤销"})
		if st.w.reg.Key == licensing.Key {
			st.article = licensingLaw + "第六十九条第三款"
		}
	}
	st.article, st.reason = cmp.Or(st.article, m.Article), st.in.Reason
	st.say("终止处理", st.in.Reason)
	return st.endMeasure(m)
}

func (st *step) endMeasure(m *Measure) error {
	m.Stage, _ = measureStep(m.Stage, st.m.Act)
	m.DecidedBy, m.Decided, m.Reason = Filer{st.a.Kind, st.a.ID, st.a.Name}, st.tx.Now(), st.in.Reason
	st.c.Clocks.stop(StatementLimit, st.tx.Now())
	st.endAfter(stepMeasure)
	_, err := st.keep(m.id, sideMeasure, m)
	return err
}

// groundOf finds the ground of a measure; one of a law of its own has no words.
func groundOf(m *Measure) MeasureGround {
	for _, g := range MeasureGrounds {
		if g.Kind == m.Kind && g.Key == m.Ground {
			return g
		}
	}
	return MeasureGround{Kind: m.Kind, Key: m.Ground, Article: m.Article, Heard: true}
}

// Words gives the ground of a measure for people.
func (m *Measure) Words() (zh, en string) {
	g := groundOf(m)
	if g.ZH == "" {
		return m.Article, m.Article
	}
	return g.ZH, g.EN
}

// StageWords says where a measure stands.
func (m *Measure) StageWords() string {
	zh, _ := m.Kind.Words()
	switch {
	case m.Quashed != "":
		return "已决定" + zh + "，该决定已被撤销（" + m.Quashed + "）"
	case m.Stage == MeasureDone:
		return "已决定" + zh
	case m.Stage == MeasureDropped && m.Harm:
		return "不予" + zh + "（可能对公共利益造成重大损害）"
	case m.Stage == MeasureDropped:
		return "终止处理"
	}
	return fmt.Sprintf("拟%s，待决定", zh)
}

func blankText(s string) bool { return strings.TrimSpace(s) == "" }
