package casework

import "slices"

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
	// Remedies reports whether refusals carry 行政复议 and 行政诉讼.
	Remedies bool
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
	RuleDecline    Rule = "decline"
	RuleNotNeeded  Rule = "not-needed"
	RulePrecheck   Rule = "precheck"
	RuleWithdraw   Rule = "withdraw"
	RuleReview     Rule = "review"
	RuleExtend     Rule = "extend"
	RuleSpecial    Rule = "special"
	RuleDecide     Rule = "decide"
	RuleDeliver    Rule = "deliver"

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
var Rules = []Rule{RuleReceive, RuleAccept, RuleDeemed, RuleCorrection, RuleReturn, RuleDecline, RuleNotNeeded, RulePrecheck, RuleWithdraw, RuleReview, RuleExtend, RuleSpecial, RuleDecide, RuleDeliver,
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
	guideSteps   = "本事项办事指南载明的办理流程"
)

// Regimes lists every regime. Licensing is 行政许可; the others rest on the
// item's own basis (named in its guide) and on the city regulation.
var Regimes = []Regime{licensing, otherPowers, publicService}

var licensing = Regime{
	Key: "licensing", ZH: "行政许可", EN: "Administrative licensing",
	Types:   []string{"01"},
	Receipt: Span{5}, Deemed: true,
	Decision: Span{20}, Extension: Span{10}, Delivery: Span{10}, Correction: Span{15},
	Specials: []string{"hearing", "tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert"},
	Special:  true, Remedies: true,
	HearingAsk: Span{5}, HearingHold: Span{20}, HearingBefore: Span{7}, VisitAssign: Span{5}, Lower: Span{20}, Joint: Span{45}, JointMore: Span{15},
	Cites: map[Rule]string{
		RuleReceive:    licensingLaw + "第二十九条",
		RuleAccept:     licensingLaw + "第三十二条第一款第五项",
		RuleDeemed:     licensingLaw + "第三十二条第一款第四项",
		RuleCorrection: licensingLaw + "第三十二条第一款第四项",
		RuleReturn:     "本事项办事指南载明的补正期限",
		RuleDecline:    licensingLaw + "第三十二条第一款第二项、第二款",
		RuleNotNeeded:  licensingLaw + "第三十二条第一款第一项、第二款",
		RulePrecheck:   cityRule + "第二十二条第二款",
		RuleWithdraw:   cityRule + "第二十二条第一款",
		RuleReview:     licensingLaw + "第三十四条",
		RuleExtend:     licensingLaw + "第四十二条第一款",
		RuleSpecial:    licensingLaw + "第四十五条",
		RuleDecide:     licensingLaw + "第三十八条",
		RuleDeliver:    licensingLaw + "第四十四条",

		RuleHearingRight: licensingLaw + "第四十七条第一款",
		RuleInterest:     licensingLaw + "第三十六条",
		RuleHearing:      licensingLaw + "第四十八条第一款",
		RuleHearingClock: licensingLaw + "第四十五条",
		RuleFollow:       licensingLaw + "第四十八条第二款",
		RuleVisit:        licensingLaw + "第三十四条第三款",
		RuleAssign:       licensingLaw + "第五十五条第二款",
		RuleStatement:    licensingLaw + "第七条、第三十六条",
		RuleOffice:       licensingLaw + "第三十四条",
		RuleRecuse:       cityRule + "第二十二条第一款及本单位回避规定",
		RuleRefer:        licensingLaw + "第三十五条",
		RuleLower:        licensingLaw + "第四十三条",
		RuleJoint:        licensingLaw + "第四十二条第二款",
	},
	Names: map[Notice]string{
		ReceiptNotice: "收件凭证", AcceptanceNotice: "行政许可申请受理通知书", CorrectionNotice: "行政许可申请材料补正告知书",
		DeclineNotice: "行政许可申请不予受理决定书", NotNeededNotice: "行政许可申请不受理告知书", PrecheckNotice: "预审通过告知书",
		ReturnNotice: "逾期未补正退件告知书", ExtensionNotice: "延长行政许可办理期限通知书", SpecialNotice: "行政许可特别程序告知书",
		DecisionNotice: "准予行政许可决定书", RefusalNotice: "不予行政许可决定书", WithdrawalNotice: "行政许可申请终止办理通知书",
		DeliveryRecord: "送达回证", HearingRightNotice: "行政许可听证告知书", InterestNotice: "行政许可利害关系人告知书",
		HearingNotice: "行政许可听证通知书", HearingMinutes: "行政许可听证笔录", VisitNotice: "现场核查通知书", ReferralNotice: "行政许可申请转报告知书",
	},
}

// cityCites is what every regime outside the licensing law has in common: the
// city regulation and the guide.
var cityCites = map[Rule]string{
	RuleReceive:    cityRule + "第二十一条第二款",
	RuleAccept:     cityRule + "第二十二条第一款",
	RuleCorrection: cityRule + "第二十一条第三款",
	RuleReturn:     "本事项办事指南载明的补正期限",
	RuleDecline:    cityRule + "第二十一条及本事项办事指南受理标准",
	RuleNotNeeded:  cityRule + "第二十一条及本事项办事指南受理标准",
	RulePrecheck:   cityRule + "第二十二条第二款",
	RuleWithdraw:   cityRule + "第二十二条第一款",
	RuleReview:     cityRule + "第二十二条第一款",
	RuleDecide:     cityRule + "第二十二条第一款及本事项法律依据",
	RuleDeliver:    cityRule + "第二十二条第一款",

	RuleVisit:     guideSteps,
	RuleStatement: "本事项办事指南载明的申请人权利",
	RuleOffice:    cityRule + "第二十二条第一款",
	RuleRecuse:    cityRule + "第二十二条第一款及本单位回避规定",
	RuleRefer:     guideSteps,
}

var otherPowers = Regime{
	Key: "other-powers", ZH: "其他依申请行政权力", EN: "Other administrative powers on application",
	Types:   []string{"05", "07", "08", "09", "10"},
	Receipt: Span{5}, Correction: Span{15}, Remedies: true,
	Cites: cityCites,
	Names: map[Notice]string{
		ReceiptNotice: "收件凭证", AcceptanceNotice: "受理通知书", CorrectionNotice: "申请材料补正告知书",
		DeclineNotice: "不予受理决定书", NotNeededNotice: "不受理告知书", PrecheckNotice: "预审通过告知书",
		ReturnNotice: "逾期未补正退件告知书", DecisionNotice: "办理结果决定书", RefusalNotice: "不予办理决定书",
		WithdrawalNotice: "终止办理通知书", DeliveryRecord: "送达回证", VisitNotice: "现场核查通知书", ReferralNotice: "转报告知书",
	},
}

var publicService = Regime{
	Key: "public-service", ZH: "公共服务", EN: "Public services",
	Types:   []string{"20", "21"},
	Receipt: Span{5}, Correction: Span{15},
	Cites: cityCites,
	Names: map[Notice]string{
		ReceiptNotice: "收件凭证", AcceptanceNotice: "受理通知单", CorrectionNotice: "申请材料补正告知单",
		DeclineNotice: "不予受理告知单", NotNeededNotice: "不受理告知单", PrecheckNotice: "预审通过告知单",
		ReturnNotice: "逾期未补正退件告知单", DecisionNotice: "办理结果告知单", RefusalNotice: "不予办理告知单",
		WithdrawalNotice: "终止办理告知单", DeliveryRecord: "送达回证", VisitNotice: "现场核查通知单", ReferralNotice: "转报告知单",
	},
}

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
