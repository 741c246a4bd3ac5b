package casework

// Limit 时限 is one kind of clock on a case.
type Limit string

// The clocks.
const (
	Receipt       Limit = "receipt"    // 受理期限: the authority answers the application
	Promised      Limit = "promised"   // 承诺办结时限
	Statutory     Limit = "statutory"  // 法定办结时限
	DeliveryLimit Limit = "delivery"   // 送达期限
	Correction    Limit = "correction" // 补正期限: the applicant's own

	SupplementLimit  Limit = "supplement"   // 容缺补齐期限: the applicant's own
	CheckLimit       Limit = "check"        // 承诺核查期限
	RectifyLimit     Limit = "rectify"      // 整改期限: the applicant's own
	HearingAskLimit  Limit = "hearing-ask"  // 申请听证期限: the applicant's own (第四十七条)
	HearingHoldLimit Limit = "hearing-hold" // 组织听证期限
	VisitLimit       Limit = "visit-assign" // 核查人员指派期限 (第五十五条)
	LowerLimit       Limit = "lower-review" // 下级审查期限 (第四十三条)
	StatementLimit   Limit = "statement"    // 陈述申辩期限: the holder's own, before a measure
)

var limitWords = map[Limit][2]string{
	Receipt: {"受理期限", "Time to answer the application"}, Promised: {"承诺办结时限", "Promised limit"},
	Statutory: {"法定办结时限", "Statutory limit"}, DeliveryLimit: {"送达期限", "Delivery limit"},
	Correction: {"补正期限", "Your time to correct"}, SupplementLimit: {"容缺补齐期限", "Your time for what follows later"},
	CheckLimit: {"承诺核查期限", "Check of the promise"}, RectifyLimit: {"整改期限", "Your time to put it right"},
	HearingAskLimit: {"申请听证期限", "Your time to ask for a hearing"}, HearingHoldLimit: {"组织听证期限", "Time to hold the hearing"},
	VisitLimit: {"现场核查指派期限", "Time to assign the inspectors"}, LowerLimit: {"下级审查期限", "Lower level's time to review"},
	StatementLimit: {"陈述申辩期限", "Your time to state and defend"},
}

// Words gives the clock's name for people.
func (l Limit) Words() (zh, en string) { w := limitWords[l]; return w[0], w[1] }

// Applicant reports whether the limit runs against the applicant.
func (l Limit) Applicant() bool {
	return l == Correction || l == SupplementLimit || l == RectifyLimit || l == HearingAskLimit || l == StatementLimit
}

// Notice 文书 is a kind of document made by an act.
type Notice string

// The documents.
const (
	ReceiptNotice    Notice = "receipt"    // 收件凭证
	AcceptanceNotice Notice = "acceptance" // 受理通知书
	CorrectionNotice Notice = "correction" // 补正告知书
	DeclineNotice    Notice = "decline"    // 不予受理决定书
	NotNeededNotice  Notice = "not-needed" // 不受理告知书
	PrecheckNotice   Notice = "precheck"   // 预审通过告知书
	MoreTimeNotice   Notice = "more-time"  // 补正期限延长告知书
	NoMoreTimeNotice Notice = "no-more-time"
	ReturnNotice     Notice = "return"     // 退件告知书
	ExtensionNotice  Notice = "extension"  // 延期通知书
	SpecialNotice    Notice = "special"    // 特别程序告知书
	DecisionNotice   Notice = "decision"   // 准予决定书
	RefusalNotice    Notice = "refusal"    // 不予决定书
	WithdrawalNotice Notice = "withdrawal" // 终止通知书

	HearingRightNotice Notice = "hearing-right" // 听证告知书
	InterestNotice     Notice = "interest"      // 利害关系人告知书
	HearingNotice      Notice = "hearing"       // 听证通知书
	HearingMinutes     Notice = "minutes"       // 听证笔录
	VisitNotice        Notice = "visit"         // 现场核查通知书
	ReferralNotice     Notice = "referral"      // 转报告知书

	TolerancePromise  Notice = "tolerance-promise"    // 容缺受理承诺书
	CommitmentPromise Notice = "commitment-promise"   // 告知承诺书
	ToleranceNotice   Notice = "tolerance"            // 容缺受理通知书
	SupplementReceipt Notice = "supplement"           // 补齐材料收件凭证
	SupplementLonger  Notice = "supplement-extension" // 延长补齐期限告知书
	SupplementEnd     Notice = "supplement-over"      // 补齐期限届满告知书
	SupplementLapsed  Notice = "supplement-withdrawn" // 逾期未补齐终止办理告知书
	PromiseBack       Notice = "promise-withdrawn"    // 撤回承诺登记单
	RectifyNotice     Notice = "rectify"              // 限期整改告知书
	AnnulNotice       Notice = "annulment"            // 撤销决定书

	// Licences that are held.
	ChangeNotice       Notice = "change"         // 准予变更决定书
	NoChangeNotice     Notice = "no-change"      // 不予变更决定书
	RenewalNotice      Notice = "renewal"        // 准予延续决定书
	NoRenewalNotice    Notice = "no-renewal"     // 不予延续决定书
	DeemedRenewal      Notice = "renewal-deemed" // 视为准予延续通知书
	CopyNotice         Notice = "copy"           // 补发决定书
	NoCopyNotice       Notice = "no-copy"        // 不予补发决定书
	DeregisterNotice   Notice = "deregister"     // 注销决定书
	NoDeregisterNotice Notice = "no-deregister"  // 不予注销决定书

	// Measures of the authority, and rulings.
	RetractTold          Notice = "retract-told"    // 拟撤回告知书
	AnnulTold            Notice = "annul-told"      // 拟撤销告知书
	DeregisterTold       Notice = "deregister-told" // 拟注销告知书
	RetractNotice        Notice = "retraction"      // 撤回决定书
	MeasureDroppedNotice Notice = "measure-dropped" // 终止处理通知书
	RulingRecord         Notice = "ruling"          // 复议诉讼结果登记单

	// Fees.
	FeeNotice    Notice = "fee-notice"    // 缴费通知书
	FeeReceipt   Notice = "fee-receipt"   // 缴费凭证
	FeeReduction Notice = "fee-reduction" // 费用减免决定书
	FeeRefund    Notice = "fee-refund"    // 退款通知书

	DeliveryRecord Notice = "delivery" // 送达回证
)

// noticeMark is the character in a document number: 锡审〔2026〕受字第000012号.
var noticeMark = map[Notice]string{
	ReceiptNotice: "收", AcceptanceNotice: "受", CorrectionNotice: "补", DeclineNotice: "不受", NotNeededNotice: "免受",
	PrecheckNotice: "预", MoreTimeNotice: "补延", NoMoreTimeNotice: "不补延", ReturnNotice: "退", ExtensionNotice: "延", SpecialNotice: "特", DecisionNotice: "准",
	TolerancePromise: "容诺", CommitmentPromise: "告诺", ToleranceNotice: "容受", SupplementReceipt: "容收", SupplementLonger: "容延",
	SupplementEnd: "容届", SupplementLapsed: "容终", PromiseBack: "诺回", RectifyNotice: "改", AnnulNotice: "撤",
	ChangeNotice: "变", NoChangeNotice: "不变", RenewalNotice: "续", NoRenewalNotice: "不续", DeemedRenewal: "视续", CopyNotice: "补发", NoCopyNotice: "不补发",
	RetractTold: "拟回", AnnulTold: "拟撤", DeregisterTold: "拟销", RetractNotice: "回", MeasureDroppedNotice: "终处", RulingRecord: "复诉",
	DeregisterNotice: "销", NoDeregisterNotice: "不销",
	RefusalNotice: "不准", WithdrawalNotice: "终", DeliveryRecord: "送",
	FeeNotice: "缴", FeeReceipt: "费收", FeeReduction: "费减", FeeRefund: "费退",
	HearingRightNotice: "听告", InterestNotice: "利告", HearingNotice: "听通", HearingMinutes: "听录", VisitNotice: "核", ReferralNotice: "转",
}
