package casework

import (
	"fmt"
	"slices"
	"time"

	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/licence"
)

// MeasureKind 依职权程序 is what an authority does about a decision of its own.
type MeasureKind string

// The kinds.
const (
	Retract    MeasureKind = "retract"    // 撤回 (行政许可法 第八条第二款)
	Strike     MeasureKind = "annul"      // 撤销 (第六十九条)
	Deregister MeasureKind = "deregister" // 注销 (第七十条)
)

// MeasureGround 事由 is a ground of the law for a measure. The table holds all of
// them; where a case is not governed by the licensing law there is none of these,
// and whoever opens a measure names the law that is.
type MeasureGround struct {
	Kind       MeasureKind
	Key        string
	ZH, EN     string
	Article    string
	Must       bool // the law says that it is to be done
	Heard      bool // the holder is told first, and may state and defend
	Compensate bool // what the holder lost by it is made good
}

// MeasureGrounds 事由表.
var MeasureGrounds = []MeasureGround{
	{Retract, "law-changed", "所依据的法律、法规、规章修改或者废止，为了公共利益需要撤回", "The law it rests on was changed or repealed", licensingLaw + "第八条第二款", false, true, true},
	{Retract, "circumstances", "所依据的客观情况发生重大变化，为了公共利益需要撤回", "The circumstances changed greatly", licensingLaw + "第八条第二款", false, true, true},
	{Strike, "abuse", "工作人员滥用职权、玩忽职守作出准予决定", "Granted by abuse or neglect of office", licensingLaw + "第六十九条第一款第一项", false, true, true},
	{Strike, "beyond-power", "超越法定职权作出准予决定", "Granted beyond the authority's power", licensingLaw + "第六十九条第一款第二项", false, true, true},
	{Strike, "procedure", "违反法定程序作出准予决定", "Granted against the procedure of the law", licensingLaw + "第六十九条第一款第三项", false, true, true},
	{Strike, "unqualified", "对不具备申请资格或者不符合法定条件的申请人准予", "Granted to whom does not meet the conditions", licensingLaw + "第六十九条第一款第四项", false, true, true},
	{Strike, "other", "依法可以撤销的其他情形", "Other cases by law", licensingLaw + "第六十九条第一款第五项", false, true, true},
	{Strike, "fraud", "以欺骗、贿赂等不正当手段取得", "Obtained by fraud or bribery", licensingLaw + "第六十九条第二款", true, true, false},
	{Deregister, "expired", "有效期届满未延续", "Expired and not renewed", licensingLaw + "第七十条第一项", true, false, false},
	{Deregister, "person", "赋予公民特定资格的，该公民死亡或者丧失行为能力", "The person qualified has died or lost capacity", licensingLaw + "第七十条第二项", true, true, false},
	{Deregister, "ended", "法人或者其他组织依法终止", "The organisation has ended by law", licensingLaw + "第七十条第三项", true, true, false},
	{Deregister, "undone", "依法被撤销、撤回，或者证件依法被吊销", "Annulled, retracted or revoked before", licensingLaw + "第七十条第四项", true, false, false},
	{Deregister, "force", "因不可抗力导致许可事项无法实施", "It cannot be carried out for force majeure", licensingLaw + "第七十条第五项", true, true, false},
	{Deregister, "law", "法律、法规规定的应当注销的其他情形", "Other cases of laws and regulations", licensingLaw + "第七十条第六项", true, true, false},
}

// ownGround is the ground of a measure outside the licensing law: the law that
// whoever opens it names.
const ownGround = "own"

// Grounds lists what a measure of a kind can rest on under the regime.
func (r Regime) Grounds(kind MeasureKind) (out []MeasureGround) {
	if r.Key != licensing.Key {
		return []MeasureGround{{Kind: kind, Key: ownGround, ZH: "本事项适用的法律、法规、规章规定的情形", EN: "A case of the law that governs the item", Heard: true}}
	}
	for _, g := range MeasureGrounds {
		if g.Kind == kind {
			out = append(out, g)
		}
	}
	return out
}

// measureWords say how a measure is written.
var measureWords = map[MeasureKind]struct {
	zh, en     string
	told, done Notice
	rule       Rule
	licence    licence.Status
	ending     licence.Ending
	outcome    Outcome // of the case; empty: the decision was right and stays
}{
	Retract:    {"撤回", "Retraction", RetractTold, RetractNotice, RuleRetract, licence.Other, licence.Retracted, Retracted},
	Strike:     {"撤销", "Annulment", AnnulTold, AnnulNotice, RuleAnnul, licence.Annulled, licence.Struck, Annulled},
	Deregister: {"注销", "Deregistration", DeregisterTold, DeregisterNotice, RuleDeregister, licence.Deregistered, licence.Cancelled, ""},
}

// MeasureKinds lists the kinds, in the law's order.
var MeasureKinds = []MeasureKind{Retract, Strike, Deregister}

// Words gives the kind's name for people.
func (k MeasureKind) Words() (zh, en string) { w := measureWords[k]; return w.zh, w.en }

// MeasureStage says where a measure stands.
type MeasureStage string

// The stages.
const (
	MeasureTold    MeasureStage = "told"    // 已告知,待决定
	MeasureDone    MeasureStage = "done"    // 已决定并执行
	MeasureDropped MeasureStage = "dropped" // 终止处理
)

// MeasureStep is a line of the measure's own state table.
type MeasureStep struct {
	From MeasureStage // "" = not open
	Act  Act
	To   MeasureStage
}

// MeasureTable 依职权程序状态表. Whether the holder still has time is a clock's
// matter: a decision waits for it.
var MeasureTable = []MeasureStep{
	{"", MeasureOpen, MeasureTold},
	{MeasureTold, MeasureState, MeasureTold},
	{MeasureTold, MeasureWaive, MeasureTold},
	{MeasureTold, MeasureDecide, MeasureDone},
	{MeasureTold, MeasureDrop, MeasureDropped},
}

func measureStep(from MeasureStage, act Act) (MeasureStage, bool) {
	for _, s := range MeasureTable {
		if s.From == from && s.Act == act {
			return s.To, true
		}
	}
	return "", false
}

// Measure 依职权程序 is one procedure that the authority began about a decision:
// what it is, on which ground, what the holder said, how it ended.
type Measure struct {
	Kind         MeasureKind  `json:"kind"`
	Ground       string       `json:"ground"`
	Article      string       `json:"article"` // what it rests on
	Stage        MeasureStage `json:"stage"`
	Facts        string       `json:"facts"`
	Public       string       `json:"public,omitempty"`       // the public interest that a retraction serves
	Compensation string       `json:"compensation,omitempty"` // how what the holder loses is made good
	Asked        string       `json:"asked,omitempty"`        // interested person who asked for it; for staff
	Days         int          `json:"days,omitempty"`         // working days to state and defend
	By           Filer        `json:"by"`
	At           time.Time    `json:"at"`
	Said         []Statement  `json:"said,omitempty"`
	Waived       time.Time    `json:"waived,omitzero"`
	DecidedBy    Filer        `json:"decidedBy,omitzero"`
	Decided      time.Time    `json:"decided,omitzero"`
	Reason       string       `json:"reason,omitempty"` // of the decision, or why it was dropped
	Harm         bool         `json:"harm,omitempty"`   // not annulled: great harm to the public interest
	Quashed      string       `json:"quashed,omitempty"`
	Licence      int64        `json:"licence,omitempty"` // what it took away

	id int64
}

// MeasureInput is what the acts of a measure bring.
type MeasureInput struct {
	Kind         MeasureKind // open
	Ground       string      // open: key of a ground
	Basis        string      // open, outside the licensing law: law and article
	Public       string      // open, retract
	Compensation string      // open or decide, where the ground gives it
	Asked        string      // open: the interested person who asked for it, empty: ex officio
	Harm         bool        // drop an annulment: great harm to the public interest (第六十九条第三款)
}

// Time to state and defend, in working days. No law says how long it is; the
// default and the bounds are practice (uncertain), whoever opens it chooses.
const (
	statementDays    = 5
	statementFewest  = 3
	statementMost    = 30
	statementArticle = "本机关确定的合理期限（法律没有规定具体天数）"
)

// Refusals of measures.
var (
	ErrStatementRuns = errs.New(errs.Conflict, "statement-runs", "陈述申辩的期限还没有届满，当事人也没有放弃，不能作出决定。", "The holder still has time to state and defend; no decision can be made.")
	ErrRenewalOpen   = errs.New(errs.Conflict, "renewal-open", "这份证照的延续申请正在办理，不能按有效期届满注销。", "A renewal of the licence is open; it cannot be deregistered as expired.")
	ErrOlderVersion  = errs.New(errs.Conflict, "older-version", "证照已有新的版本，请在新版本的办件中办理。", "The licence has a newer version; do it on that version's case.")
)

// measureProblems checks what opens a measure.
func measureProblems(r Regime, in MeasureInput, facts string, days int) (g MeasureGround, bad []errs.Field) {
	add := func(path, code, zh, en string) { bad = append(bad, errs.Field{Path: path, Code: code, ZH: zh, EN: en}) }
	if _, ok := measureWords[in.Kind]; !ok {
		add("measure/kind", "required", "请选择撤回、撤销或者注销", "Choose retraction, annulment or deregistration")
		return g, bad
	}
	list := r.Grounds(in.Kind)
	i := slices.IndexFunc(list, func(g MeasureGround) bool { return g.Key == in.Ground })
	switch {
	case i >= 0:
		g = list[i]
	case len(list) == 1:
		g = list[0]
	default:
		add("measure/ground", "required", "请选择法定事由", "Choose the ground of the law")
	}
	if g.Key == ownGround {
		if g.Article = in.Basis; !ownLaw(in.Basis) {
			add("measure/basis", "required", "本事项不适用行政许可法，请写明所依据的法律、法规、规章及条款", "The licensing law does not govern the item; name the law and article that do")
		}
	}
	if blankText(facts) {
		add("reason", "required", "请写明认定的事实和理由，将告知当事人", "Say what was found; the holder is told")
	}
	if in.Kind == Retract && blankText(in.Public) {
		add("measure/public", "required", "撤回须为了公共利益的需要，请写明", "A retraction serves the public interest: say which")
	}
	if g.Compensate && in.Kind == Retract && blankText(in.Compensation) {
		add("measure/compensation", "required", "撤回造成财产损失的应当补偿，请写明补偿的安排（没有损失的写明没有损失）", "Say how losses are compensated, or that there are none")
	}
	if days != 0 && (days < statementFewest || days > statementMost) {
		add("days", "range", fmt.Sprintf("陈述申辩的期限应为%d至%d个工作日", statementFewest, statementMost), fmt.Sprintf("Between %d and %d working days", statementFewest, statementMost))
	}
	return g, bad
}

// composeMeasure writes the words of notices about measures.
func composeMeasure(d *Document, kind Notice, item string, f noticeFacts) {
	switch kind {
	case RetractTold, AnnulTold, DeregisterTold:
		zh := map[Notice]string{RetractTold: "撤回", AnnulTold: "撤销", DeregisterTold: "注销"}[kind]
		d.Body = []string{fmt.Sprintf("本机关拟依法%s您（单位）的%s。认定的事实和理由：%s", zh, item, sentence(f.Reason))}
		if f.Heard {
			d.Body = append(d.Body, "您（单位）有权进行陈述和申辩，可以在下列期限内书面或者到窗口提出；逾期不提出的，不影响依法作出决定。本机关不会因为陈述、申辩而加重处理。")
		}
	case RetractNotice:
		d.Body = []string{fmt.Sprintf("准予您（单位）%s申请的决定，为了公共利益的需要，现予撤回。理由：%s", item, sentence(f.Reason)), "自本决定送达之日起，依据原决定取得的证照、批文不再有效。"}
		d.Remedies = remedies(f)
	case DeregisterNotice:
		if f.Measure {
			d.Body = []string{fmt.Sprintf("您（单位）的%s，现依法予以注销。理由：%s", item, sentence(f.Reason)), "自即日起，所涉证照不再有效。"}
			d.Remedies = remedies(f)
		}
	case MeasureDroppedNotice:
		d.Body = []string{fmt.Sprintf("本机关此前告知拟对您（单位）的%s作出处理，现决定终止处理，原决定继续有效。理由：%s", item, sentence(f.Reason))}
	case RulingRecord:
		d.Body = []string{fmt.Sprintf("关于%s的行政复议、行政诉讼结果登记如下。", item)}
		if f.Reason != "" {
			d.Body = append(d.Body, sentence(f.Reason))
		}
	}
}
