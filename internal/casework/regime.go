package casework

import (
	"maps"
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/catalog"
)

// Regime 规则体系 is the body of procedural law that governs an item type. The
// licensing law governs 行政许可 alone: deemed acceptance, twenty days plus ten,
// and the eight special procedures exist only where a regime has them, and no
// notice cites an article of a law that does not govern the case.
type Regime struct {
	Key    string
	ZH, EN string
	Types  []string // 事项类型 codes that it governs

	Receipt    Span // time in which the authority must answer an application
	Deemed     bool // silence after Receipt is acceptance from the receipt date
	Decision   Span // the law's own limit when the guide names none; zero = the guide's alone
	Extension  Span // by how much the decision limit may be extended once
	Delivery   Span // from the decision to delivery
	Correction Span // the applicant's time to correct when the guide is silent
	Specials   []string
	Special    bool // special procedures stop the clock

	HearingAsk    Span // the applicant's time to ask for a hearing, from being told
	HearingHold   Span // from the request to the hearing
	HearingBefore Span // from the notice of time and place to the hearing
	VisitAssign   Span // from acceptance to the assignment of inspectors, where the guide demands a visit
	Lower         Span // the review of a lower level, from acceptance
	Joint         Span // unified or joint handling, where the guide names the government's decision
	JointMore     Span // by how much that may be extended

	Cites map[Rule]string // the article each rule rests on
	Names map[Notice]string
	Words RegimeWords
	// Remedies reports whether refusals carry 行政复议 and 行政诉讼.
	Remedies bool
	// OwnBasis reports whether notices that end the matter name, beside the
	// rule's article, the item's own basis from its guide.
	OwnBasis bool
}

// RegimeWords are what decisions of a regime say.
type RegimeWords struct {
	Need     string // 不需要…: what an application that is not needed asks for
	Grant    string // after “经审查，”
	Refuse   string // after “经审查，”
	Extended string // who agreed to a longer limit
}

// Span is a length of time in working days; zero means the regime has none.
type Span struct{ Workdays int }

// Rule names what a move rests on; a regime says which article that is.
type Rule string

// The rules.
const (
	RuleReceive    Rule = "receive"
	RuleAccept     Rule = "accept"
	RuleDeemed     Rule = "deemed"
	RuleCorrection Rule = "correction"
	RuleReturn     Rule = "return"
	RuleDecline    Rule = "decline"   // not ours
	RuleCondition  Rule = "condition" // ours, but not under these conditions
	RuleMend       Rule = "mend"
	RuleMoreTime   Rule = "more-time"
	RuleNotNeeded  Rule = "not-needed"
	RulePrecheck   Rule = "precheck"
	RuleWithdraw   Rule = "withdraw"
	RuleReview     Rule = "review"
	RuleExtend     Rule = "extend"
	RuleSpecial    Rule = "special"
	RuleDecide     Rule = "decide"
	RuleDeliver    Rule = "deliver"

	RuleTolerant Rule = "tolerant" // 容缺受理
	RulePromise  Rule = "promise"  // 告知承诺
	RuleMachine  Rule = "machine"  // 秒批
	RuleAnnul    Rule = "annul"    // 撤销

	// Licences that are held.
	RuleChange      Rule = "change"       // 变更
	RuleRenew       Rule = "renew"        // 延续
	RuleDeemRenewed Rule = "deem-renewed" // 视为准予延续
	RuleReplace     Rule = "replace"      // 补发
	RuleDeregister  Rule = "deregister"   // 注销
	RuleRetract     Rule = "retract"      // 撤回
	RuleMeasure     Rule = "measure"      // what the authority does about its decision; each ground has its own article
	RuleRuling      Rule = "ruling"       // 行政复议、行政诉讼

	RuleFee Rule = "fee" // charging, and giving back

	RuleHearingRight Rule = "hearing-right" // to be told of a hearing, and to ask for one
	RuleInterest     Rule = "interest"      // third parties are told
	RuleHearing      Rule = "hearing"       // how a hearing is held
	RuleHearingClock Rule = "hearing-clock" // its time is not counted
	RuleFollow       Rule = "follow"        // the decision follows the record
	RuleVisit        Rule = "visit"
	RuleAssign       Rule = "assign"
	RuleStatement    Rule = "statement"
	RuleOffice       Rule = "office" // who in the office does it
	RuleRecuse       Rule = "recuse"
	RuleRefer        Rule = "refer"
	RuleLower        Rule = "lower"
	RuleJoint        Rule = "joint"
)

// Rules lists all rules, in the order of a case.
var Rules = []Rule{RuleReceive, RuleAccept, RuleDeemed, RuleCorrection, RuleMend, RuleMoreTime, RuleReturn, RuleDecline, RuleCondition, RuleNotNeeded, RulePrecheck, RuleWithdraw, RuleReview, RuleExtend, RuleSpecial, RuleDecide, RuleDeliver, RuleTolerant, RulePromise, RuleMachine, RuleAnnul, RuleChange, RuleRenew, RuleDeemRenewed, RuleReplace, RuleDeregister, RuleRetract, RuleMeasure, RuleRuling, RuleFee,
	RuleHearingRight, RuleInterest, RuleHearing, RuleHearingClock, RuleFollow, RuleVisit, RuleAssign, RuleStatement, RuleOffice, RuleRecuse, RuleRefer, RuleLower, RuleJoint}

// SpecialKinds are the eight procedures of 行政许可法 第四十五条 whose time is not
// counted; the list is closed (现场核查 is not in it).
var SpecialKinds = []SpecialKind{
	{"hearing", "听证", "Hearing"}, {"tender", "招标", "Tender"}, {"auction", "拍卖", "Auction"},
	{"inspection", "检验", "Inspection"}, {"testing", "检测", "Testing"}, {"quarantine", "检疫", "Quarantine"},
	{"appraisal", "鉴定", "Appraisal"}, {"expert", "专家评审", "Expert review"},
}

// SpecialKind 特别程序种类.
type SpecialKind struct{ Key, ZH, EN string }

// SpecialWords gives the names of a special procedure.
func SpecialWords(key string) (zh, en string) {
	for _, k := range SpecialKinds {
		if k.Key == key {
			return k.ZH, k.EN
		}
	}
	return key, key
}

const (
	licensingLaw = "《中华人民共和国行政许可法》"
	cityRule     = "《无锡市政务服务“一网通办”工作规范》（锡政办发〔2022〕70号）"

	// What rests on no article says so instead of borrowing one.
	ownWill    = "申请人自愿（依申请办理的事项）"
	ownRequest = "申请人的请求；补正期限是申请人的期限"
	guideLimit = "本事项办事指南载明的补正期限"
	guideBasis = "本事项办事指南载明的依据"
	plainLimit = "办事指南没有另行规定时的期限"
	guideSteps = "本事项办事指南载明的办理流程"
)

// What promises and instant decisions rest on, under every regime.
const (
	tolerantRule = "本事项办事指南公布的容缺受理规定"
	promiseRule  = "《国务院办公厅关于全面推行证明事项和涉企经营许可事项告知承诺制的指导意见》（国办发〔2020〕42号）"
	machineRule  = "本事项办事指南公布的秒批规则"
)

// rulingRule is what follows from a ruling, under every regime; the act itself
// cites the ruling.
const rulingRule = "生效的行政复议决定、行政诉讼裁判"

// withPromises adds the titles that all regimes share.
func withPromises(names map[Notice]string) map[Notice]string {
	withHeld(names)
	maps.Copy(names, map[Notice]string{TolerancePromise: "容缺受理承诺书", CommitmentPromise: "告知承诺书", ToleranceNotice: "容缺受理通知书",
		SupplementReceipt: "补齐材料收件凭证", SupplementLonger: "延长补齐期限告知书", SupplementEnd: "补齐期限届满告知书",
		SupplementLapsed: "逾期未补齐终止办理告知书", PromiseBack: "撤回承诺登记单", RectifyNotice: "限期整改告知书", AnnulNotice: "撤销决定书"})
	return names
}

// Regimes lists every regime: one for each type of item. Licensing is 行政许可;
// the others rest on the item's own basis (named in its guide) and on the city
// regulation. They are in regimes.go.
var Regimes = []Regime{licensing, benefit, confirmation, reward, adjudication, otherPowers, publicService}

// RegimeOf finds the regime that governs an item type. A type without a regime
// (行政处罚 and the like) is not handled on application at all.
func RegimeOf(itemType string) (Regime, bool) {
	for _, r := range Regimes {
		if slices.Contains(r.Types, itemType) {
			return r, true
		}
	}
	return Regime{}, false
}

// For is the regime as it holds for an item. Outside the licensing law a longer
// limit and special procedures exist only where the item's guide names them with
// the basis that grants them, and then rest on that basis.
func (r Regime) For(g *catalog.Guide) Regime {
	if r.Key == licensing.Key {
		return r
	}
	ext := g.Limits.Extension
	longer := ext != nil && ext.Days > 0 && ownLaw(ext.Note)
	var specials []string
	for _, sp := range g.Limits.Special {
		if ownLaw(sp.Basis) && slices.ContainsFunc(SpecialKinds, func(k SpecialKind) bool { return k.Key == sp.Kind }) {
			specials = append(specials, sp.Kind)
		}
	}
	if !longer && len(specials) == 0 {
		return r
	}
	r.Cites = maps.Clone(r.Cites)
	if longer {
		r.Extension = Span{ext.Days}
		r.Cites[RuleExtend] = ext.Note
	}
	if len(specials) > 0 {
		r.Special, r.Specials = true, specials
		r.Cites[RuleSpecial] = guideBasis
	}
	return r
}

// ownLaw reports whether a basis that a guide names can govern an item outside
// the licensing law: the licensing law cannot.
func ownLaw(basis string) bool {
	return strings.TrimSpace(basis) != "" && !strings.Contains(basis, "行政许可法")
}

// specialBasis is what a special procedure rests on: the law of the regime, or
// the basis that the guide names for this kind.
func (r Regime) specialBasis(g *catalog.Guide, kind string) string {
	for _, sp := range g.Limits.Special {
		if sp.Kind == kind && r.Key != licensing.Key {
			return sp.Basis
		}
	}
	return r.Cites[RuleSpecial]
}

// Has reports whether the regime knows the rule: a move whose rule it does not
// know does not exist for the item.
func (r Regime) Has(rule Rule) bool { return r.Cites[rule] != "" }

// Allows reports whether a move of the table exists under the regime.
func (r Regime) Allows(m Move) bool {
	if !r.Has(m.Rule) {
		return false
	}
	switch m.Act {
	case DeemAccepted:
		return r.Deemed
	case Extend:
		return r.Extension.Workdays > 0
	case Suspend, Resume:
		return r.Special
	}
	return true
}
