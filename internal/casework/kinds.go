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
)

var limitWords = map[Limit][2]string{
	Receipt: {"受理期限", "Time to answer the application"}, Promised: {"承诺办结时限", "Promised limit"},
	Statutory: {"法定办结时限", "Statutory limit"}, DeliveryLimit: {"送达期限", "Delivery limit"},
	Correction: {"补正期限", "Your time to correct"},
}

// Words gives the clock's name for people.
func (l Limit) Words() (zh, en string) { w := limitWords[l]; return w[0], w[1] }

// Applicant reports whether the limit runs against the applicant.
func (l Limit) Applicant() bool { return l == Correction }

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
	ReturnNotice     Notice = "return"     // 退件告知书
	ExtensionNotice  Notice = "extension"  // 延期通知书
	SpecialNotice    Notice = "special"    // 特别程序告知书
	DecisionNotice   Notice = "decision"   // 准予决定书
	RefusalNotice    Notice = "refusal"    // 不予决定书
	WithdrawalNotice Notice = "withdrawal" // 终止通知书
	DeliveryRecord   Notice = "delivery"   // 送达回证

	// Fees.
	FeeNotice    Notice = "fee-notice"    // 缴费通知书
	FeeReceipt   Notice = "fee-receipt"   // 缴费凭证
	FeeReduction Notice = "fee-reduction" // 费用减免决定书
	FeeRefund    Notice = "fee-refund"    // 退款通知书
)

// noticeMark is the character in a document number: 锡审〔2026〕受字第000012号.
var noticeMark = map[Notice]string{
	ReceiptNotice: "收", AcceptanceNotice: "受", CorrectionNotice: "补", DeclineNotice: "不受", NotNeededNotice: "免受",
	PrecheckNotice: "预", ReturnNotice: "退", ExtensionNotice: "延", SpecialNotice: "特", DecisionNotice: "准",
	RefusalNotice: "不准", WithdrawalNotice: "终", DeliveryRecord: "送",
	FeeNotice: "缴", FeeReceipt: "费收", FeeReduction: "费减", FeeRefund: "费退",
}
