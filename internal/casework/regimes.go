package casework

import "maps"

// 行政许可: the licensing law.
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
		RuleMend:       licensingLaw + "第三十二条第一款第三项",
		RuleMoreTime:   ownRequest,
		RuleReturn:     guideLimit,
		RuleDecline:    licensingLaw + "第三十二条第一款第二项、第二款",
		RuleCondition:  licensingLaw + "第三十二条第二款及本事项办事指南受理条件",
		RuleNotNeeded:  licensingLaw + "第三十二条第一款第一项、第二款",
		RulePrecheck:   cityRule + "第二十二条第二款",
		RuleWithdraw:   ownWill,
		RuleReview:     licensingLaw + "第三十四条",
		RuleExtend:     licensingLaw + "第四十二条第一款",
		RuleSpecial:    licensingLaw + "第四十五条",
		RuleDecide:     licensingLaw + "第三十八条",
		RuleDeliver:    licensingLaw + "第四十四条",

		RuleTolerant: tolerantRule, RulePromise: promiseRule, RuleMachine: machineRule,
		RuleAnnul: licensingLaw + "第六十九条",

		RuleChange: licensingLaw + "第四十九条", RuleRenew: licensingLaw + "第五十条第二款", RuleDeemRenewed: licensingLaw + "第五十条第二款",
		RuleReplace: guideBasis, RuleDeregister: licensingLaw + "第七十条第六项",
		RuleRetract: licensingLaw + "第八条第二款", RuleMeasure: licensingLaw + "第八条、第六十九条、第七十条", RuleRuling: rulingRule,

		RuleFee: licensingLaw + "第五十九条", // by published items and rates alone

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
	Words: RegimeWords{Need: "行政许可", Grant: "符合法定条件、标准，决定准予行政许可。", Refuse: "决定不予行政许可。", Extended: "经本机关负责人批准"},
	Names: withFees(withPromises(map[Notice]string{
		ReceiptNotice: "收件凭证", AcceptanceNotice: "行政许可申请受理通知书", CorrectionNotice: "行政许可申请材料补正告知书",
		DeclineNotice: "行政许可申请不予受理决定书", NotNeededNotice: "行政许可申请不受理告知书", PrecheckNotice: "预审通过告知书",
		ReturnNotice: "逾期未补正退件告知书", ExtensionNotice: "延长行政许可办理期限通知书", SpecialNotice: "行政许可特别程序告知书",
		DecisionNotice: "准予行政许可决定书", RefusalNotice: "不予行政许可决定书", WithdrawalNotice: "行政许可申请终止办理通知书",
		MoreTimeNotice: "补正期限延长告知书", NoMoreTimeNotice: "补正期限不予延长告知书", DeliveryRecord: "送达回证",
		ChangeNotice: "准予变更行政许可决定书", NoChangeNotice: "不予变更行政许可决定书", RenewalNotice: "准予延续行政许可决定书", NoRenewalNotice: "不予延续行政许可决定书",
		DeregisterNotice: "注销行政许可决定书", NoDeregisterNotice: "不予注销行政许可决定书", DeemedRenewal: "视为准予延续行政许可通知书",
		HearingRightNotice: "行政许可听证告知书", InterestNotice: "行政许可利害关系人告知书",
		HearingNotice: "行政许可听证通知书", HearingMinutes: "行政许可听证笔录", VisitNotice: "现场核查通知书", ReferralNotice: "行政许可申请转报告知书",
	})),
}

// cityCites is what every regime outside the licensing law has in common: the
// city regulation and the guide. basis names the item's own basis, on which a
// decision of the type rests.
func cityCites(basis string) map[Rule]string {
	return map[Rule]string{
		RuleReceive:    cityRule + "第二十一条第二款",
		RuleAccept:     cityRule + "第二十二条第一款",
		RuleCorrection: cityRule + "第二十一条第三款",
		RuleMend:       cityRule + "第二十一条第三款",
		RuleMoreTime:   ownRequest,
		RuleReturn:     guideLimit,
		RuleDecline:    cityRule + "第二十一条及" + basis,
		RuleCondition:  cityRule + "第二十一条及本事项办事指南受理条件",
		RuleNotNeeded:  cityRule + "第二十一条及" + basis,
		RulePrecheck:   cityRule + "第二十二条第二款",
		RuleWithdraw:   ownWill,
		RuleReview:     cityRule + "第二十二条第一款",
		RuleDecide:     cityRule + "第二十二条第一款及" + basis,
		RuleDeliver:    cityRule + "第二十二条第一款",

		RuleTolerant: tolerantRule, RulePromise: promiseRule, RuleMachine: machineRule,
		RuleAnnul: basis,

		RuleChange: basis, RuleRenew: basis, RuleReplace: guideBasis, RuleDeregister: basis,
		RuleRetract: basis, RuleMeasure: basis, RuleRuling: rulingRule,

		RuleFee: cityRule + "第十九条",

		RuleVisit:     guideSteps,
		RuleStatement: "本事项办事指南载明的申请人权利",
		RuleOffice:    cityRule + "第二十二条第一款",
		RuleRecuse:    cityRule + "第二十二条第一款及本单位回避规定",
		RuleRefer:     guideSteps,
	}
}

// letters are the names that notices of a type have in common: of is what the
// application is for, as in 行政给付申请受理通知书.
func letters(of, decision, refusal string) map[Notice]string {
	return withFees(withPromises(map[Notice]string{
		ReceiptNotice: "收件凭证", AcceptanceNotice: of + "申请受理通知书", CorrectionNotice: of + "申请材料补正告知书",
		DeclineNotice: of + "申请不予受理决定书", NotNeededNotice: of + "申请不受理告知书", PrecheckNotice: "预审通过告知书",
		ReturnNotice: "逾期未补正退件告知书", ExtensionNotice: "延长" + of + "办理期限通知书", SpecialNotice: of + "特别程序告知书",
		DecisionNotice: decision, RefusalNotice: refusal, WithdrawalNotice: of + "申请终止办理通知书",
		MoreTimeNotice: "补正期限延长告知书", NoMoreTimeNotice: "补正期限不予延长告知书", DeliveryRecord: "送达回证",
		VisitNotice: "现场核查通知书", ReferralNotice: of + "申请转报告知书",
	}))
}

// power is a regime of an administrative power outside the licensing law.
func power(key, zh, en, typ, decision, refusal string, w RegimeWords) Regime {
	w.Need, w.Extended = zh, "经批准"
	return Regime{Key: key, ZH: zh, EN: en, Types: []string{typ}, Receipt: Span{5}, Correction: Span{15}, Remedies: true, OwnBasis: true,
		Cites: cityCites("本事项" + zh + "的法律依据"), Names: letters(zh, decision, refusal), Words: w}
}

// The other types, by their codes in GB/T 39046 table A.1.
var (
	benefit = power("benefit", "行政给付", "Administrative benefits", "05", "行政给付决定书", "不予行政给付决定书",
		RegimeWords{Grant: "符合给付条件，决定给予行政给付。", Refuse: "决定不予行政给付。"})
	confirmation = power("confirmation", "行政确认", "Administrative confirmation", "07", "行政确认决定书", "不予行政确认决定书",
		RegimeWords{Grant: "符合确认条件，决定予以确认。", Refuse: "决定不予行政确认。"})
	reward = power("reward", "行政奖励", "Administrative rewards", "08", "行政奖励决定书", "不予行政奖励决定书",
		RegimeWords{Grant: "符合奖励条件，决定给予奖励。", Refuse: "决定不予行政奖励。"})
	adjudication = power("adjudication", "行政裁决", "Administrative adjudication", "09", "行政裁决书", "驳回行政裁决申请决定书",
		RegimeWords{Grant: "支持申请人的请求，作出裁决。", Refuse: "决定驳回行政裁决申请。"})
	otherPowers = power("other-powers", "其他行政权力", "Other administrative powers", "10", "办理结果决定书", "不予办理决定书",
		RegimeWords{Grant: "符合办理条件，决定准予办理。", Refuse: "决定不予办理。"})
)

// 公共服务 is no exercise of power: its papers are slips, and who disagrees
// complains.
var publicService = Regime{
	Key: "public-service", ZH: "公共服务", EN: "Public services",
	Types:   []string{"20", "21"},
	Receipt: Span{5}, Correction: Span{15},
	Cites: cityCites("本事项办事指南"), OwnBasis: true,
	Words: RegimeWords{Need: "申请", Grant: "符合办理条件，已经办结。", Refuse: "决定不予办理。", Extended: "经批准"},
	Names: slips(),
}

func slips() map[Notice]string {
	names := letters("", "办理结果告知单", "不予办理告知单")
	maps.Copy(names, map[Notice]string{
		AcceptanceNotice: "受理通知单", CorrectionNotice: "申请材料补正告知单", DeclineNotice: "不予受理告知单", NotNeededNotice: "不受理告知单",
		PrecheckNotice: "预审通过告知单", ReturnNotice: "逾期未补正退件告知单", ExtensionNotice: "延长办理期限告知单", SpecialNotice: "特别程序告知单",
		WithdrawalNotice: "终止办理告知单", MoreTimeNotice: "补正期限延长告知单", NoMoreTimeNotice: "补正期限不予延长告知单",
		ChangeNotice: "变更告知单", NoChangeNotice: "不予变更告知单", RenewalNotice: "延续告知单", NoRenewalNotice: "不予延续告知单", CopyNotice: "补发告知单", NoCopyNotice: "不予补发告知单",
		DeregisterNotice: "注销告知单", NoDeregisterNotice: "不予注销告知单",
		VisitNotice: "现场核查通知单", ReferralNotice: "转报告知单",
		FeeNotice: "缴费通知单", FeeReduction: "费用减免告知单", FeeRefund: "退款告知单",
	})
	return names
}
