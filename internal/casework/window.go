package casework

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
)

// accept 受理: the file is complete and in form; the decision clocks begin.
func (st *step) accept() error {
	if st.w.v.Guide.Basics.Mode == "precheck" {
		return errs.New(errs.Conflict, "precheck-first", "本事项须到窗口办理：网上先预审，申请人到场后再受理。",
			"This item finishes at the window: pre-review first, then receive the person.")
	}
	return st.acceptOn()
}

func (st *step) acceptOn() error {
	st.endTasks()
	if st.c.AcceptedAt.IsZero() {
		st.c.AcceptedAt = st.tx.Now()
	}
	st.starts = onAcceptance(st.w, st.c)
	onSpot, err := st.tolerate()
	if err != nil {
		return err
	}
	if onSpot {
		st.toDecision()
	} else {
		st.advance(0)
	}
	return st.letDecide()
}

// deemAccepted: no notice came in time, so the application counts as accepted
// from the day the materials were received (行政许可法 第三十二条第一款第四项).
func (st *step) deemAccepted() error {
	t, ok := st.c.Clocks.of(Receipt)
	if !ok {
		return ErrNotOffered
	}
	if !t.Timer().At(st.w.cal, st.tx.Now()).Effective() {
		return ErrNotOffered
	}
	st.deemed = true
	st.c.AcceptedAt = st.c.ReceivedAt
	st.say("收件之日起第" + fmt.Sprint(t.Workdays) + "个工作日届满未告知补正，自收到申请材料之日起视为受理")
	return st.acceptOn()
}

// requestCorrection 一次性告知: everything at once, and nothing that the guide
// does not name. A second notice may only repeat what the first one asked, or
// rest on a new fact.
func (st *step) requestCorrection() error {
	asks, fs := checkAsks(&st.w.v.Guide, st.w.v.Form(), st.in.Asks)
	if len(fs) > 0 {
		return errs.InvalidFields(fs...)
	}
	promised, err := st.s.promises(st.tx, st.c.ID, &st.w.v.Guide)
	if err != nil {
		return err
	}
	if fs := promisedAsks(asks, promised); len(fs) > 0 {
		return errs.InvalidFields(fs...)
	}
	st.say(fmt.Sprintf("一次性告知补正 %d 项", len(asks)))
	if err := st.tell(asks); err != nil {
		return err
	}
	if err := st.s.dropCorrections(st.tx, st.c, 0); err != nil { // somebody began to mend it on the spot
		return err
	}
	st.c.Correction = asks
	st.endTasks()
	for i, a := range asks {
		text := a.Text
		if a.Note != "" {
			text += "(" + a.Note + ")"
		}
		st.docLines = append(st.docLines, DocLine{fmt.Sprintf("%d. %s", i+1, askName(&st.w.v.Guide, st.w.v.Form(), a)), text})
	}
	return nil
}

// The grounds of 不予受理.
const (
	NotOurs = "competence" // 不属于本机关职权范围: the notice says who is competent
	NotMet  = "condition"  // 不符合办事指南载明的受理条件
)

// decline 不予受理: in writing, with the reason and the remedies; where the matter
// is another organ's, with its name.
func (st *step) decline() error {
	in := &st.in
	if in.Unit != "" {
		u, ok := st.w.dir.UnitByKey(in.Unit)
		if !ok || u.ID == st.c.UnitID {
			return errs.InvalidFields(errs.Field{Path: "unit", Code: "unknown", ZH: "请从名录中选择其他有权办理的单位", EN: "Choose another unit of the directory"})
		}
		in.Elsewhere = strings.Join(slices.DeleteFunc([]string{u.Name, u.Address, u.Phone, in.Elsewhere}, func(s string) bool { return s == "" }), "，")
	}
	if in.Ground == "" && in.Elsewhere != "" {
		in.Ground = NotOurs
	}
	switch in.Ground {
	case NotOurs:
		if in.Elsewhere == "" {
			return missing("elsewhere", "不属于本单位职权的，请写明应向哪个单位申请", "Say which body is competent instead")
		}
	case NotMet, "":
		st.article = st.w.reg.Cites[RuleCondition]
		in.Elsewhere = ""
	default:
		return errs.InvalidFields(errs.Field{Path: "ground", Code: "unknown", ZH: "请选择不予受理的情形", EN: "Choose the ground"})
	}
	return st.turnAway()
}

// turnAway ends the matter at the counter, in writing.
func (st *step) turnAway() error {
	if strings.TrimSpace(st.in.Reason) == "" {
		return missing("reason", "请写明理由，申请人将在决定书上看到", "Give the reason; the applicant reads it on the notice")
	}
	st.reason = st.in.Reason
	st.say(st.in.Reason, st.in.Elsewhere)
	st.endTasks()
	return nil
}

// returnUncorrected 退件: only after the applicant's own limit is over, and only
// where the guide names the ground.
func (st *step) returnUncorrected() error {
	l := st.w.v.Guide.Limits.Correction
	t, ok := st.c.Clocks.of(Correction)
	if l == nil || l.Note == "" || !ok {
		return errs.New(errs.Conflict, "no-ground-to-return", "本事项的办事指南没有规定逾期未补正的处理，不能退件。", "The guide gives no ground for returning an uncorrected application.")
	}
	if !t.Timer().At(st.w.cal, st.tx.Now()).Effective() {
		return errs.New(errs.Conflict, "limit-not-over", "补正期限尚未届满，不能退件。", "The applicant's time is not over yet.")
	}
	m, err := st.s.moreTime(st.tx, st.c)
	if err != nil {
		return err
	}
	if m.Waits() {
		return ErrAnswerFirst
	}
	st.reason = l.Note
	return nil
}

// precheckPass 预审通过: the person is invited to the window.
func (st *step) precheckPass() error {
	if st.w.v.Guide.Basics.Mode != "precheck" {
		return ErrNotOffered
	}
	for i, w := range st.w.v.Guide.Windows {
		if i > 0 {
			st.reason += ";"
		}
		st.reason += w.Name + "(" + w.Address + "," + w.Hours + ")"
	}
	st.endTasks()
	sp := catalog.Step{Key: "arrive", Name: "到窗口办理", Kind: catalog.StepReceive, Role: "window-clerk", Unit: st.w.v.Guide.Department.Receiving}
	st.openTask(sp, noDate)
	return nil
}

// arrive: the person is at the window, the originals were seen.
func (st *step) arrive() error {
	g := &st.w.v.Guide
	var names []string
	for _, code := range st.in.Seen {
		m, ok := g.Material(code)
		if !ok {
			return missing("seen", "办事指南中没有这项材料", "The guide has no such material")
		}
		names = append(names, m.Name)
	}
	if err := st.seen(st.in.Seen); err != nil {
		return err
	}
	if len(names) > 0 {
		st.say(fmt.Sprintf("窗口已查验原件：%v", names))
	}
	return st.acceptOn()
}

// seen keeps with each material that its original was seen: what had been
// uploaded is from now on of level B.
func (st *step) seen(codes []string) error {
	if len(codes) == 0 {
		return nil
	}
	list, err := st.s.materials(st.tx, st.c.ID)
	if err != nil {
		return err
	}
	for _, code := range codes {
		h := handedOf(list, code)
		h.Paper = true
		sealed, err := st.s.seal("material", h)
		if err != nil {
			return err
		}
		st.tx.Queue(sqlPutMaterial, st.tx.NewID(), st.c.ID, code, sealed)
	}
	return nil
}

// deliverElectronic: the platform put the signed result into the applicant's space.
func (st *step) deliverElectronic() error {
	if st.c.DeliveryWay != catalog.Electronic {
		return ErrNotOffered
	}
	st.docFacts = []DocFact{{"送达方式", "电子送达"}, {"送达日期", clock.DateOf(st.tx.Now()).String()}}
	return nil
}

func missing(path, zh, en string) error {
	return errs.InvalidFields(errs.Field{Path: path, Code: "required", ZH: zh, EN: en})
}
