package casework

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/licence"
)

// Ruling 行政复议、行政诉讼结果 is what a body of review decided about a decision
// of the case, with what followed from it.
type Ruling struct {
	Court  string      `json:"court"` // one of RulingCourts
	Body   string      `json:"body"`  // 复议机关, 法院
	Number string      `json:"number"`
	On     string      `json:"on"`    // date
	About  string      `json:"about"` // AboutDecision or AboutMeasure
	Result string      `json:"result"`
	Days   int         `json:"days,omitempty"` // 责令重作: working days it gives; 0 = the item's own limit
	Text   string      `json:"text,omitempty"`
	Files  []HandedDoc `json:"files,omitempty"`
	By     Filer       `json:"by"`
	At     time.Time   `json:"at"`
	Was    Outcome     `json:"was,omitempty"` // of the case before
	Redone time.Time   `json:"redone,omitzero"`

	id int64
}

// RulingInput is what the recording of a ruling brings.
type RulingInput struct {
	Court  string
	Body   string
	Number string
	On     string // date
	About  string
	Result string
}

// What a ruling is about.
const (
	AboutDecision = "decision" // 原决定
	AboutMeasure  = "measure"  // the last 撤回、撤销、注销 of the case
)

// word is a code with its words.
type word struct{ Key, ZH, EN string }

// RulingCourts are the ways of review.
var RulingCourts = []word{{"reconsideration", "行政复议", "Administrative reconsideration"}, {"first", "行政诉讼一审", "Court, first instance"}, {"second", "行政诉讼二审", "Court, second instance"}, {"retrial", "行政诉讼再审", "Court, retrial"}}

// The results.
const (
	RulingUpheld    = "uphold"
	RulingQuashed   = "quash"
	RulingAltered   = "alter"
	RulingUnlawful  = "unlawful"
	RulingRedo      = "redo"
	RulingDismissed = "dismiss"
	RulingWithdrawn = "withdrawn"
)

// RulingResults lists them.
var RulingResults = []word{{RulingUpheld, "维持", "Upheld"}, {RulingQuashed, "撤销", "Quashed"}, {RulingAltered, "变更", "Altered"}, {RulingUnlawful, "确认违法", "Declared unlawful"},
	{RulingRedo, "撤销并责令重新作出", "Quashed, to be made anew"}, {RulingDismissed, "驳回", "Dismissed"}, {RulingWithdrawn, "撤回复议申请、撤诉", "Withdrawn by who asked"}}

// RulingWords names a code of a ruling.
func RulingWords(list []word, key string) (zh, en string) {
	for _, w := range list {
		if w.Key == key {
			return w.ZH, w.EN
		}
	}
	return key, key
}

// undoes reports whether the ruling takes away what it is about.
func (r *Ruling) undoes() bool { return r.Result == RulingQuashed || r.Result == RulingRedo }

func (r *Ruling) cite() string { return r.Body + r.Number }

// rulingProblems checks what is recorded.
func rulingProblems(in RulingInput, decided time.Time, today clock.Date) (bad []errs.Field) {
	add := func(path, code, zh, en string) {
		bad = append(bad, errs.Field{Path: "ruling/" + path, Code: code, ZH: zh, EN: en})
	}
	among := func(list []word, key string) bool {
		return slices.ContainsFunc(list, func(w word) bool { return w.Key == key })
	}
	if !among(RulingCourts, in.Court) {
		add("court", "required", "请选择行政复议或者行政诉讼", "Reconsideration or court")
	}
	if blankText(in.Body) {
		add("body", "required", "请填写复议机关或者法院的名称", "Which body")
	}
	if blankText(in.Number) {
		add("number", "required", "请填写决定书、裁判文书的文号", "Its number")
	}
	on, err := clock.ParseDate(in.On)
	switch {
	case err != nil:
		add("on", "date", "请填写作出的日期，如2026-03-02", "The date, like 2026-03-02")
	case on > today:
		add("on", "future", "日期不能晚于今天", "The date lies ahead")
	case !decided.IsZero() && on < clock.DateOf(decided):
		add("on", "before-decision", "日期不能早于原决定", "The date lies before the decision")
	}
	if !among(RulingResults, in.Result) {
		add("result", "required", "请选择结果", "Choose the result")
	}
	if in.About != AboutDecision && in.About != AboutMeasure {
		add("about", "required", "请选择针对哪个决定", "Which decision it is about")
	}
	return bad
}

// recordRuling 登记复议、诉讼结果. What it quashes no longer stands: a grant with
// its licence, a refusal; an annulment that is quashed gives the licence back.
func (st *step) recordRuling() error {
	in := st.in.Ruling
	if bad := rulingProblems(in, st.c.DecidedAt, clock.DateOf(st.tx.Now())); len(bad) > 0 {
		return errs.InvalidFields(bad...)
	}
	if st.in.Days < 0 || st.in.Days > 250 {
		return errs.InvalidFields(errs.Field{Path: "days", Code: "range", ZH: "重新作出的期限应为1至250个工作日", EN: "Between 1 and 250 working days"})
	}
	x, err := st.s.sides(st.tx, st.c.ID)
	if err != nil {
		return err
	}
	docs, err := st.takeFiles()
	if err != nil {
		return err
	}
	r := &Ruling{Court: in.Court, Body: strings.TrimSpace(in.Body), Number: strings.TrimSpace(in.Number), On: in.On, About: in.About, Result: in.Result,
		Days: st.in.Days, Text: strings.TrimSpace(st.in.Reason), Files: docs, By: Filer{st.a.Kind, st.a.ID, st.a.Name}, At: st.tx.Now(), Was: st.c.Outcome}
	if in.About == AboutMeasure {
		if err := st.rulingOnMeasure(r, x); err != nil {
			return err
		}
	} else if r.undoes() {
		if err := st.rulingOnDecision(x); err != nil {
			return err
		}
	}
	court, _ := RulingWords(RulingCourts, r.Court)
	result, _ := RulingWords(RulingResults, r.Result)
	about := map[string]string{AboutDecision: "原决定", AboutMeasure: "撤回、撤销、注销决定"}[r.About]
	st.reason = r.Text
	st.docFacts = append([]DocFact{{"途径", court}, {"作出单位", r.Body}, {"文号", r.Number}, {"日期", r.On}, {"针对", about}, {"结果", result}}, st.docFacts...)
	if r.Result == RulingRedo && r.Days > 0 {
		st.docFacts = append(st.docFacts, DocFact{"重新作出的期限", fmt.Sprintf("%d个工作日", r.Days)})
	}
	st.article = r.cite()
	st.say(court, result, r.cite())
	_, err = st.keep(0, sideRuling, r)
	return err
}

// rulingOnDecision: the decision no longer stands.
func (st *step) rulingOnDecision(x *Sides) error {
	if !st.c.Stands() && st.c.Outcome != Declined && st.c.Outcome != NotNeeded && st.c.Outcome != Returned {
		return ErrNotOffered
	}
	if x.open() != nil {
		return ErrMeasureOpen
	}
	if st.c.Outcome == Granted {
		id, err := st.endLicence(licence.Other, licence.ByRuling)
		if err != nil {
			return err
		}
		if err := st.undoHeldOf(id); err != nil {
			return err
		}
	}
	st.c.Outcome = Quashed
	return nil
}

// ErrMeasureOpen: a procedure about the decision is open and has to end first.
var ErrMeasureOpen = errs.New(errs.Conflict, "measure-open", "正在办理的撤回、撤销、注销程序还没有结束，请先终止。", "A measure about the decision is open; end it first.")

// rulingOnMeasure: what the last measure took away comes back.
func (st *step) rulingOnMeasure(r *Ruling, x *Sides) error {
	var m *Measure
	for _, o := range x.Measures {
		if o.Stage == MeasureDone && o.Quashed == "" {
			m = o
		}
	}
	promised := m == nil && st.c.Outcome == Annulled // annulled after a broken promise or a sample
	if m == nil && !promised {
		return errs.InvalidFields(errs.Field{Path: "ruling/about", Code: "none", ZH: "办件没有撤回、撤销、注销决定", EN: "The case has no such decision"})
	}
	if !r.undoes() {
		return nil
	}
	id := st.c.LicenceID
	if m != nil {
		id = m.Licence
		m.Quashed = r.cite()
		if _, err := st.keep(m.id, sideMeasure, m); err != nil {
			return err
		}
	}
	if promised || measureWords[m.Kind].outcome != "" {
		st.c.Outcome = Granted
	}
	if id == 0 {
		return nil
	}
	if h, err := st.s.heldOf(st.tx, st.c.ID); err != nil {
		return err
	} else if h != nil && h.State == heldDone && h.Result == id { // the version before steps back again
		if err := st.s.Licences.ReplacedTx(st.tx, st.a, h.LicenceID, id, licence.Ending(h.Does), st.c.No); err != nil {
			return err
		}
	}
	l, err := st.s.Licences.RestoreTx(st.tx, st.a, id, st.c.No)
	if err != nil {
		return err
	}
	st.docFacts = append(st.docFacts, DocFact{"恢复有效的证照", l.Name}, DocFact{"编号", l.Number})
	return nil
}

// toRedo is the ruling that orders the decision to be made anew and was not
// followed yet, nil if there is none.
func (s *Sides) toRedo() *Ruling {
	if s == nil {
		return nil
	}
	for _, r := range s.Rulings {
		if r.Result == RulingRedo && r.About == AboutDecision && r.Redone.IsZero() {
			return r
		}
	}
	return nil
}

// wasReceived reports whether the case had been accepted when it was decided:
// else what is made anew is the answer to the application.
func (c *Case) wasReceived() bool { return !c.AcceptedAt.IsZero() }

// redo 重新作出决定: the case is reviewed and decided again, with a limit of its
// own that runs from the ruling and cites it.
func (st *step) redo() error {
	x, err := st.s.sides(st.tx, st.c.ID)
	if err != nil {
		return err
	}
	r := x.toRedo()
	if r == nil || st.c.wasReceived() != (st.m.Act == Redo) {
		return ErrNotOffered
	}
	on, err := clock.ParseDate(r.On)
	if err != nil {
		return err
	}
	if st.begin = on.Start().Add(12 * time.Hour); st.begin.After(st.tx.Now()) { // the ruling says the day, not the hour
		st.begin = st.tx.Now()
	}
	limit := Statutory
	if st.m.Act == RedoReceive {
		limit = Receipt
	}
	if cl, ok := spanOf(limit, &st.w.v.Guide, st.w.reg); ok || r.Days > 0 {
		if r.Days > 0 {
			cl = Clock{Kind: limit, Workdays: r.Days, Unit: clock.WorkingDays}
		}
		cl.Article = r.cite() + map[bool]string{true: "", false: "；" + cl.Article}[r.Days > 0]
		st.c.Clocks.start(cl, st.begin)
	}
	c := st.c
	c.Outcome, c.DecidedAt, c.ClosedAt, c.LicenceID, c.Correction = "", time.Time{}, time.Time{}, 0, nil
	if st.w.v.Guide.Result().Does != "" {
		st.tx.QueueOne(licence.ErrStatus, sqlReopenHeld, c.ID)
	}
	st.s.Parcels.ForgetTx(st.tx, c.ID)
	st.article = r.cite()
	st.say(r.cite())
	r.Redone = st.tx.Now()
	if _, err := st.keep(r.id, sideRuling, r); err != nil {
		return err
	}
	if st.m.Act == RedoReceive {
		c.ReceivedAt = st.begin
		st.task(&st.w.v.Guide, catalog.StepReceive)
		return nil
	}
	st.advance(0)
	return nil
}
