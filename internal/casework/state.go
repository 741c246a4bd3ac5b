package casework

import "github.com/tongban/tongban/internal/actor"

// State 办件状态 of a case.
type State string

// The states. A draft is not a case yet: nobody but its owner sees it.
const (
	Submitted  State = "submitted"  // 已收件,待受理审查
	Prechecked State = "prechecked" // 预审通过,待到窗口办理
	Correcting State = "correcting" // 待补正
	Reviewing  State = "reviewing"  // 已受理,审查中
	Deciding   State = "deciding"   // 审查完毕,待决定
	Suspended  State = "suspended"  // 特别程序进行中,时限暂停
	Delivering State = "delivering" // 已决定,待送达
	Closed     State = "closed"     // 已办结
)

// States lists them in the order in which a case usually meets them.
var States = []State{Submitted, Prechecked, Correcting, Reviewing, Deciding, Suspended, Delivering, Closed}

var stateWords = map[State][2]string{
	"":         {"草稿", "Draft"},
	Submitted:  {"已收件", "Received"},
	Prechecked: {"预审通过", "Pre-reviewed"},
	Correcting: {"待补正", "Correction needed"},
	Reviewing:  {"审查中", "Under review"},
	Deciding:   {"待决定", "Awaiting decision"},
	Suspended:  {"特别程序", "Special procedure"},
	Delivering: {"待送达", "Result ready"},
	Closed:     {"已办结", "Closed"},
}

// Words gives the state's name for people.
func (s State) Words() (zh, en string) { w := stateWords[s]; return w[0], w[1] }

// Outcome 办结结果, set when it is certain.
type Outcome string

// The outcomes, with the closing codes of 电子监察 that Code gives.
const (
	Granted   Outcome = "granted"    // 准予 / 办成
	Refused   Outcome = "refused"    // 不予
	Declined  Outcome = "declined"   // 不予受理
	NotNeeded Outcome = "not-needed" // 不受理: the matter needs no application here
	Withdrawn Outcome = "withdrawn"  // 申请人撤回
	Returned  Outcome = "returned"   // 逾期未补正,退件
	Annulled  Outcome = "annulled"   // 准予后撤销
	Referred  Outcome = "referred"   // 转报: another unit goes on with it
	Retracted Outcome = "retracted"  // 准予后撤回
	Quashed   Outcome = "quashed"    // 决定被行政复议、行政诉讼撤销
)

var outcomeWords = map[Outcome][3]string{
	Granted:   {"准予", "Granted", "0"},
	Refused:   {"不予", "Refused", "1"},
	Declined:  {"不予受理", "Declined", "6"},
	NotNeeded: {"不受理", "Not needed", "6"},
	Withdrawn: {"撤回申请", "Withdrawn", "5"},
	Returned:  {"退件", "Returned", "5"},
	Annulled:  {"已撤销", "Annulled", "0"},
	Referred:  {"转报办结", "Referred", "4"},
	Retracted: {"已撤回", "Retracted", "0"},
	Quashed:   {"决定已被撤销", "Quashed", "1"},
}

// Words gives the outcome's name for people.
func (o Outcome) Words() (zh, en string) { w := outcomeWords[o]; return w[0], w[1] }

// Code is the closing code used in supervision exchange (0 出证办结 … 6 不予受理).
func (o Outcome) Code() string { return outcomeWords[o][2] }

// Act 行为 moves a case.
type Act string

// The acts.
const (
	Submit            Act = "submit"
	Accept            Act = "accept"
	DeemAccepted      Act = "deem-accepted"
	RequestCorrection Act = "request-correction"
	Resubmit          Act = "resubmit"
	// receiving
	Mend           Act = "mend"
	AskMoreTime    Act = "ask-more-time"
	GrantMoreTime  Act = "grant-more-time"
	RefuseMoreTime Act = "refuse-more-time"

	ReturnUncorrected Act = "return-uncorrected"
	Decline           Act = "decline"
	NotReceived       Act = "not-needed"
	PrecheckPass      Act = "precheck-pass"
	Arrive            Act = "arrive"
	// promises and instant approval
	Supplement          Act = "supplement"
	ExtendSupplement    Act = "extend-supplement"
	SupplementOver      Act = "supplement-over"
	SupplementWithdrawn Act = "supplement-withdrawn"
	WithdrawPromise     Act = "withdraw-promise"
	AcceptByMachine     Act = "accept-by-machine"
	GrantByMachine      Act = "grant-by-machine"
	ReferByMachine      Act = "refer-by-machine"
	CheckPromise        Act = "check-promise"
	SampleReview        Act = "sample-review"
	Annul               Act = "annul"
	Uphold              Act = "uphold"
	// licences that are held
	DeemRenewed Act = "deem-renewed"
	// measures of the authority, and what bodies of review decide
	MeasureOpen   Act = "measure-open"
	MeasureState  Act = "measure-state"
	MeasureWaive  Act = "measure-waive"
	MeasureDecide Act = "measure-decide"
	MeasureDrop   Act = "measure-drop"
	RecordRuling  Act = "record-ruling"
	Redo          Act = "redo"
	RedoReceive   Act = "redo-receive"

	Review  Act = "review"
	Decide  Act = "decide"
	Extend  Act = "extend"
	Suspend Act = "suspend"
	Resume  Act = "resume"
	// Hearings, visits and approvers' acts.
	HearingTell      Act = "hearing-tell"
	HearingAsk       Act = "hearing-ask"
	HearingWaive     Act = "hearing-waive"
	HearingCall      Act = "hearing-call"
	HearingChallenge Act = "hearing-challenge"
	HearingAnswer    Act = "hearing-answer"
	HearingRecord    Act = "hearing-record"
	HearingDrop      Act = "hearing-drop"
	VisitPlan        Act = "visit-plan"
	VisitRecord      Act = "visit-record"
	VisitSign        Act = "visit-sign"
	Object           Act = "object"
	Claim            Act = "claim"
	Release          Act = "release"
	Transfer         Act = "transfer"
	SendBack         Act = "send-back"
	Recheck          Act = "recheck"
	AskOpinion       Act = "ask-opinion"
	GiveOpinion      Act = "give-opinion"
	Recuse           Act = "recuse"
	Refer            Act = "refer"

	Withdraw          Act = "withdraw"
	HandOver          Act = "hand-over"
	Post              Act = "post"
	DeliverElectronic Act = "deliver-electronic"
	ChangeDelivery    Act = "change-delivery"
	// Couriers, cabinets and pick-up codes.
	SendCourier     Act = "send-courier"
	CancelCourier   Act = "cancel-courier"
	PostRefused     Act = "post-refused"
	PostSigned      Act = "post-signed"
	PostBack        Act = "post-back"
	PostLost        Act = "post-lost"
	ClaimPost       Act = "claim-post"
	PutInCabinet    Act = "put-in-cabinet"
	TakeFromCabinet Act = "take-from-cabinet"
	CabinetOver     Act = "cabinet-over"
	CabinetOpened   Act = "cabinet-opened"
)

// Side says on which side of the counter an act stands.
type Side string

// The sides.
const (
	ByApplicant Side = "applicant"
	ByWindow    Side = "window"
	ByReviewer  Side = "reviewer"
	ByDecider   Side = "decider"
	BySystem    Side = "system"
)

// Role of staff that a side needs; empty for applicants and the system.
func (s Side) Role() actor.Role {
	switch s {
	case ByWindow:
		return actor.WindowClerk
	case ByReviewer:
		return actor.Reviewer
	case ByDecider:
		return actor.Decider
	}
	return ""
}

// Move is one line of the state table: what may happen, who does it, which
// clocks it starts, stops or pauses, which notice it makes, and the rule of
// the regime that it rests on.
type Move struct {
	From   State // "" is the draft
	Act    Act
	To     State // Same keeps the state; Back returns to where a suspension began
	Side   Side
	Ends   Outcome // set when the act ends the matter
	Starts []Limit // clocks that begin
	Stops  []Limit // clocks that are done
	Pauses bool    // the decision clocks stand still
	Wakes  bool    // the decision clocks run again
	Notice Notice  // document made in the act
	Rule   Rule    // which rule of the regime it rests on
	ZH, EN string  // label on a button
}

// Marks for Move.To.
const (
	Same State = "(same)"
	Back State = "(back)"
	Next State = "(next)" // reviewing while a review is open, else deciding
)

// Table 状态表 is every move a case can make. Nothing else moves a case.
var Table = []Move{
	{"", Submit, Submitted, ByApplicant, "", []Limit{Receipt}, nil, false, false, ReceiptNotice, RuleReceive, "提交申请", "Submit"},

	{Submitted, Accept, Next, ByWindow, "", []Limit{Promised, Statutory}, []Limit{Receipt}, false, false, AcceptanceNotice, RuleAccept, "受理", "Accept"},
	{Submitted, PrecheckPass, Prechecked, ByWindow, "", nil, []Limit{Receipt}, false, false, PrecheckNotice, RulePrecheck, "预审通过", "Pass the pre-review"},
	{Submitted, DeemAccepted, Next, BySystem, "", []Limit{Promised, Statutory}, []Limit{Receipt}, false, false, AcceptanceNotice, RuleDeemed, "视为受理", "Deemed accepted"},
	{Submitted, RequestCorrection, Correcting, ByWindow, "", []Limit{Correction}, []Limit{Receipt}, false, false, CorrectionNotice, RuleCorrection, "一次性告知补正", "Ask for correction"},
	{Submitted, Mend, Same, ByWindow, "", nil, nil, false, false, "", RuleMend, "当场更正", "Mend on the spot"},
	{Submitted, Decline, Closed, ByWindow, Declined, nil, []Limit{Receipt}, false, false, DeclineNotice, RuleDecline, "不予受理", "Decline"},
	{Submitted, NotReceived, Closed, ByWindow, NotNeeded, nil, []Limit{Receipt}, false, false, NotNeededNotice, RuleNotNeeded, "不受理（无需申请）", "No application needed"},
	{Submitted, Withdraw, Closed, ByApplicant, Withdrawn, nil, []Limit{Receipt}, false, false, WithdrawalNotice, RuleWithdraw, "撤回申请", "Withdraw"},

	{Prechecked, Arrive, Next, ByWindow, "", []Limit{Promised, Statutory}, nil, false, false, AcceptanceNotice, RuleAccept, "到窗口受理", "Receive at the window"},
	{Prechecked, Mend, Same, ByWindow, "", nil, nil, false, false, "", RuleMend, "当场更正", "Mend on the spot"},
	{Prechecked, Decline, Closed, ByWindow, Declined, nil, nil, false, false, DeclineNotice, RuleDecline, "不予受理", "Decline"},
	{Prechecked, Withdraw, Closed, ByApplicant, Withdrawn, nil, nil, false, false, WithdrawalNotice, RuleWithdraw, "撤回申请", "Withdraw"},

	{Correcting, Resubmit, Submitted, ByApplicant, "", []Limit{Receipt}, []Limit{Correction}, false, false, ReceiptNotice, RuleReceive, "提交补正", "Send the correction"},
	{Correcting, AskMoreTime, Same, ByApplicant, "", nil, nil, false, false, "", RuleMoreTime, "申请延长补正期限", "Ask for more time"},
	{Correcting, GrantMoreTime, Same, ByWindow, "", nil, nil, false, false, MoreTimeNotice, RuleMoreTime, "同意延长补正期限", "Give more time"},
	{Correcting, RefuseMoreTime, Same, ByWindow, "", nil, nil, false, false, NoMoreTimeNotice, RuleMoreTime, "不予延长补正期限", "Refuse more time"},
	{Correcting, ReturnUncorrected, Closed, ByWindow, Returned, nil, []Limit{Correction}, false, false, ReturnNotice, RuleReturn, "逾期未补正退件", "Return uncorrected"},
	{Correcting, Withdraw, Closed, ByApplicant, Withdrawn, nil, []Limit{Correction}, false, false, WithdrawalNotice, RuleWithdraw, "撤回申请", "Withdraw"},

	{Reviewing, Review, Next, ByReviewer, "", nil, nil, false, false, "", RuleReview, "提交审查意见", "Give the opinion"},
	{Reviewing, Extend, Same, ByDecider, "", nil, nil, false, false, ExtensionNotice, RuleExtend, "延长办理期限", "Extend the limit"},
	{Reviewing, Suspend, Suspended, ByReviewer, "", nil, nil, true, false, SpecialNotice, RuleSpecial, "启动特别程序", "Start a special procedure"},
	{Reviewing, Withdraw, Closed, ByApplicant, Withdrawn, nil, []Limit{Promised, Statutory}, false, false, WithdrawalNotice, RuleWithdraw, "撤回申请", "Withdraw"},

	{Deciding, Decide, Delivering, ByDecider, "", []Limit{DeliveryLimit}, []Limit{Promised, Statutory}, false, false, DecisionNotice, RuleDecide, "作出决定", "Decide"},
	{Deciding, Extend, Same, ByDecider, "", nil, nil, false, false, ExtensionNotice, RuleExtend, "延长办理期限", "Extend the limit"},
	{Deciding, Suspend, Suspended, ByDecider, "", nil, nil, true, false, SpecialNotice, RuleSpecial, "启动特别程序", "Start a special procedure"},
	{Deciding, Withdraw, Closed, ByApplicant, Withdrawn, nil, []Limit{Promised, Statutory}, false, false, WithdrawalNotice, RuleWithdraw, "撤回申请", "Withdraw"},

	// promises and instant approval
	{Reviewing, Supplement, Same, ByApplicant, "", nil, nil, false, false, SupplementReceipt, RuleTolerant, "补齐容缺材料", "Hand in what was to follow"},
	{Reviewing, ExtendSupplement, Same, ByWindow, "", nil, nil, false, false, SupplementLonger, RuleTolerant, "延长补齐期限", "Extend the time to supplement"},
	{Reviewing, SupplementOver, Same, BySystem, "", nil, nil, false, false, SupplementEnd, RuleTolerant, "补齐期限届满", "Time to supplement over"},
	{Reviewing, SupplementWithdrawn, Closed, BySystem, Withdrawn, nil, []Limit{Promised, Statutory}, false, false, SupplementLapsed, RuleTolerant, "逾期未补齐视为撤回", "Counts as withdrawn"},
	{Deciding, Supplement, Same, ByApplicant, "", nil, nil, false, false, SupplementReceipt, RuleTolerant, "补齐容缺材料", "Hand in what was to follow"},
	{Deciding, ExtendSupplement, Same, ByWindow, "", nil, nil, false, false, SupplementLonger, RuleTolerant, "延长补齐期限", "Extend the time to supplement"},
	{Deciding, SupplementOver, Same, BySystem, "", nil, nil, false, false, SupplementEnd, RuleTolerant, "补齐期限届满", "Time to supplement over"},
	{Deciding, SupplementWithdrawn, Closed, BySystem, Withdrawn, nil, []Limit{Promised, Statutory}, false, false, SupplementLapsed, RuleTolerant, "逾期未补齐视为撤回", "Counts as withdrawn"},
	{Suspended, Supplement, Same, ByApplicant, "", nil, nil, false, false, SupplementReceipt, RuleTolerant, "补齐容缺材料", "Hand in what was to follow"},
	{Suspended, ExtendSupplement, Same, ByWindow, "", nil, nil, false, false, SupplementLonger, RuleTolerant, "延长补齐期限", "Extend the time to supplement"},
	{Suspended, SupplementOver, Same, BySystem, "", nil, nil, false, false, SupplementEnd, RuleTolerant, "补齐期限届满", "Time to supplement over"},
	{Suspended, SupplementWithdrawn, Closed, BySystem, Withdrawn, nil, []Limit{Promised, Statutory}, false, false, SupplementLapsed, RuleTolerant, "逾期未补齐视为撤回", "Counts as withdrawn"},
	{Submitted, WithdrawPromise, Same, ByApplicant, "", nil, nil, false, false, PromiseBack, RulePromise, "撤回承诺", "Withdraw the promise"},
	{Reviewing, WithdrawPromise, Same, ByApplicant, "", nil, nil, false, false, PromiseBack, RulePromise, "撤回承诺", "Withdraw the promise"},
	{Deciding, WithdrawPromise, Same, ByApplicant, "", nil, nil, false, false, PromiseBack, RulePromise, "撤回承诺", "Withdraw the promise"},
	{Suspended, WithdrawPromise, Same, ByApplicant, "", nil, nil, false, false, PromiseBack, RulePromise, "撤回承诺", "Withdraw the promise"},
	{Submitted, AcceptByMachine, Next, BySystem, "", []Limit{Promised, Statutory}, []Limit{Receipt}, false, false, AcceptanceNotice, RuleAccept, "按公布的规则受理", "Received by the published rules"},
	{Reviewing, GrantByMachine, Delivering, BySystem, "", []Limit{DeliveryLimit}, []Limit{Promised, Statutory}, false, false, DecisionNotice, RuleDecide, "秒批：按公布的规则准予", "Granted by the published rules"},
	{Reviewing, ReferByMachine, Same, BySystem, "", nil, nil, false, false, "", RuleMachine, "转由工作人员办理", "Referred to a person"},
	{Deciding, GrantByMachine, Delivering, BySystem, "", []Limit{DeliveryLimit}, []Limit{Promised, Statutory}, false, false, DecisionNotice, RuleDecide, "秒批：按公布的规则准予", "Granted by the published rules"},
	{Deciding, ReferByMachine, Same, BySystem, "", nil, nil, false, false, "", RuleMachine, "转由工作人员办理", "Referred to a person"},
	{Delivering, CheckPromise, Same, ByReviewer, "", nil, nil, false, false, "", RulePromise, "登记承诺核查结果", "Record the check of the promise"},
	{Delivering, SampleReview, Same, ByReviewer, "", nil, nil, false, false, "", RuleMachine, "登记秒批抽查结果", "Record the sample"},
	{Delivering, Annul, Closed, ByDecider, Annulled, nil, []Limit{DeliveryLimit}, false, false, AnnulNotice, RuleAnnul, "撤销决定", "Annul the decision"},
	{Delivering, Uphold, Same, ByDecider, "", nil, nil, false, false, "", RuleAnnul, "维持决定", "Uphold the decision"},
	{Closed, CheckPromise, Same, ByReviewer, "", nil, nil, false, false, "", RulePromise, "登记承诺核查结果", "Record the check of the promise"},
	{Closed, SampleReview, Same, ByReviewer, "", nil, nil, false, false, "", RuleMachine, "登记秒批抽查结果", "Record the sample"},
	{Closed, Annul, Same, ByDecider, Annulled, nil, []Limit{DeliveryLimit}, false, false, AnnulNotice, RuleAnnul, "撤销决定", "Annul the decision"},
	{Closed, Uphold, Same, ByDecider, "", nil, nil, false, false, "", RuleAnnul, "维持决定", "Uphold the decision"},

	// Licences that are held.
	{Submitted, DeemRenewed, Delivering, BySystem, "", []Limit{DeliveryLimit}, []Limit{Receipt, Promised, Statutory}, false, false, DeemedRenewal, RuleDeemRenewed, "视为准予延续", "Deemed renewed"},
	{Reviewing, DeemRenewed, Delivering, BySystem, "", []Limit{DeliveryLimit}, []Limit{Promised, Statutory}, false, false, DeemedRenewal, RuleDeemRenewed, "视为准予延续", "Deemed renewed"},
	{Deciding, DeemRenewed, Delivering, BySystem, "", []Limit{DeliveryLimit}, []Limit{Promised, Statutory}, false, false, DeemedRenewal, RuleDeemRenewed, "视为准予延续", "Deemed renewed"},
	{Suspended, DeemRenewed, Delivering, BySystem, "", []Limit{DeliveryLimit}, []Limit{Promised, Statutory}, false, false, DeemedRenewal, RuleDeemRenewed, "视为准予延续", "Deemed renewed"},

	// Measures of the authority, and what bodies of review decide.
	{Delivering, MeasureOpen, Same, ByReviewer, "", nil, nil, false, false, AnnulTold, RuleMeasure, "启动撤回、撤销、注销程序", "Begin a retraction, annulment or deregistration"},
	{Delivering, MeasureState, Same, ByApplicant, "", nil, nil, false, false, "", RuleMeasure, "对拟作出的处理陈述申辩", "State and defend"},
	{Delivering, MeasureWaive, Same, ByApplicant, "", nil, nil, false, false, "", RuleMeasure, "放弃陈述申辩", "Waive the statement"},
	{Delivering, MeasureDecide, Closed, ByDecider, "", nil, []Limit{DeliveryLimit}, false, false, AnnulNotice, RuleMeasure, "决定撤回、撤销、注销", "Decide the measure"},
	{Delivering, MeasureDrop, Same, ByDecider, "", nil, nil, false, false, MeasureDroppedNotice, RuleMeasure, "终止处理", "Drop the measure"},
	{Closed, MeasureOpen, Same, ByReviewer, "", nil, nil, false, false, AnnulTold, RuleMeasure, "启动撤回、撤销、注销程序", "Begin a retraction, annulment or deregistration"},
	{Closed, MeasureState, Same, ByApplicant, "", nil, nil, false, false, "", RuleMeasure, "对拟作出的处理陈述申辩", "State and defend"},
	{Closed, MeasureWaive, Same, ByApplicant, "", nil, nil, false, false, "", RuleMeasure, "放弃陈述申辩", "Waive the statement"},
	{Closed, MeasureDecide, Same, ByDecider, "", nil, nil, false, false, AnnulNotice, RuleMeasure, "决定撤回、撤销、注销", "Decide the measure"},
	{Closed, MeasureDrop, Same, ByDecider, "", nil, nil, false, false, MeasureDroppedNotice, RuleMeasure, "终止处理", "Drop the measure"},
	{Closed, RecordRuling, Same, ByDecider, "", nil, nil, false, false, RulingRecord, RuleRuling, "登记行政复议、行政诉讼结果", "Record a ruling"},
	{Closed, Redo, Next, ByDecider, "", []Limit{Promised, Statutory}, nil, false, false, "", RuleRuling, "重新审查决定", "Decide anew"},
	{Closed, RedoReceive, Submitted, ByDecider, "", []Limit{Receipt}, nil, false, false, "", RuleRuling, "重新审查是否受理", "Answer the application anew"},

	{Suspended, Resume, Back, ByReviewer, "", nil, nil, false, true, "", RuleSpecial, "特别程序结束", "End the special procedure"},
	{Suspended, Withdraw, Closed, ByApplicant, Withdrawn, nil, []Limit{Promised, Statutory}, false, false, WithdrawalNotice, RuleWithdraw, "撤回申请", "Withdraw"},

	// Hearings 听证, visits 现场核查, statements 陈述申辩.
	{Reviewing, HearingTell, Same, ByReviewer, "", []Limit{HearingAskLimit}, nil, false, false, HearingRightNotice, RuleHearingRight, "告知听证权利", "Tell the right to a hearing"},
	{Reviewing, HearingAsk, Same, ByApplicant, "", []Limit{HearingHoldLimit}, nil, false, false, "", RuleHearingRight, "申请听证", "Ask for a hearing"},
	{Reviewing, HearingWaive, Same, ByApplicant, "", nil, nil, false, false, "", RuleHearingRight, "放弃听证", "Waive the hearing"},
	{Reviewing, HearingCall, Suspended, ByReviewer, "", []Limit{HearingHoldLimit}, nil, true, false, HearingNotice, RuleHearing, "组织听证", "Call the hearing"},
	{Reviewing, HearingDrop, Same, ByApplicant, "", nil, []Limit{HearingHoldLimit}, false, false, "", RuleHearingRight, "撤回听证申请", "Withdraw the request for a hearing"},
	{Deciding, HearingTell, Same, ByReviewer, "", []Limit{HearingAskLimit}, nil, false, false, HearingRightNotice, RuleHearingRight, "告知听证权利", "Tell the right to a hearing"},
	{Deciding, HearingAsk, Same, ByApplicant, "", []Limit{HearingHoldLimit}, nil, false, false, "", RuleHearingRight, "申请听证", "Ask for a hearing"},
	{Deciding, HearingWaive, Same, ByApplicant, "", nil, nil, false, false, "", RuleHearingRight, "放弃听证", "Waive the hearing"},
	{Deciding, HearingCall, Suspended, ByReviewer, "", []Limit{HearingHoldLimit}, nil, true, false, HearingNotice, RuleHearing, "组织听证", "Call the hearing"},
	{Deciding, HearingDrop, Same, ByApplicant, "", nil, []Limit{HearingHoldLimit}, false, false, "", RuleHearingRight, "撤回听证申请", "Withdraw the request for a hearing"},
	{Suspended, HearingCall, Same, ByReviewer, "", nil, nil, false, false, HearingNotice, RuleHearing, "更改听证时间地点", "Move the hearing"},
	{Suspended, HearingChallenge, Same, ByApplicant, "", nil, nil, false, false, "", RuleHearing, "申请听证主持人回避", "Challenge the presider"},
	{Suspended, HearingAnswer, Same, ByDecider, "", nil, nil, false, false, "", RuleHearing, "答复回避申请", "Answer the challenge"},
	{Suspended, HearingRecord, Back, ByReviewer, "", nil, []Limit{HearingHoldLimit}, false, true, HearingMinutes, RuleHearing, "登记听证笔录", "Enter the record of the hearing"},
	{Suspended, HearingDrop, Back, ByApplicant, "", nil, []Limit{HearingHoldLimit}, false, true, "", RuleHearingRight, "撤回听证申请", "Withdraw the request for a hearing"},
	{Reviewing, VisitPlan, Same, ByReviewer, "", nil, []Limit{VisitLimit}, false, false, VisitNotice, RuleVisit, "安排现场核查", "Arrange a site visit"},
	{Reviewing, VisitRecord, Same, ByReviewer, "", nil, nil, false, false, "", RuleVisit, "登记现场核查情况", "Enter the site visit"},
	{Reviewing, VisitSign, Same, ByReviewer, "", nil, nil, false, false, "", RuleVisit, "签署现场核查记录", "Sign the site visit"},
	{Deciding, VisitPlan, Same, ByReviewer, "", nil, []Limit{VisitLimit}, false, false, VisitNotice, RuleVisit, "安排现场核查", "Arrange a site visit"},
	{Deciding, VisitRecord, Same, ByReviewer, "", nil, nil, false, false, "", RuleVisit, "登记现场核查情况", "Enter the site visit"},
	{Deciding, VisitSign, Same, ByReviewer, "", nil, nil, false, false, "", RuleVisit, "签署现场核查记录", "Sign the site visit"},
	{Reviewing, Object, Same, ByApplicant, "", nil, nil, false, false, "", RuleStatement, "陈述申辩", "Make a statement"},
	{Deciding, Object, Same, ByApplicant, "", nil, nil, false, false, "", RuleStatement, "陈述申辩", "Make a statement"},
	{Suspended, Object, Same, ByApplicant, "", nil, nil, false, false, "", RuleStatement, "陈述申辩", "Make a statement"},

	// Approvers' acts among themselves.
	{Reviewing, Claim, Same, ByReviewer, "", nil, nil, false, false, "", RuleOffice, "领办", "Take the task"},
	{Reviewing, Release, Same, ByReviewer, "", nil, nil, false, false, "", RuleOffice, "退回待办", "Give the task back"},
	{Reviewing, Transfer, Same, ByReviewer, "", nil, nil, false, false, "", RuleOffice, "转交", "Hand the task on"},
	{Reviewing, SendBack, Same, ByReviewer, "", nil, nil, false, false, "", RuleOffice, "退回前一环节", "Send back within the office"},
	{Reviewing, Recheck, Next, ByWindow, "", nil, nil, false, false, "", RuleOffice, "复核完成", "Checked again"},
	{Reviewing, AskOpinion, Same, ByReviewer, "", nil, nil, false, false, "", RuleOffice, "征求意见", "Ask another department"},
	{Reviewing, GiveOpinion, Same, ByReviewer, "", nil, nil, false, false, "", RuleOffice, "答复征求意见", "Give the opinion asked for"},
	{Reviewing, Recuse, Same, ByReviewer, "", nil, nil, false, false, "", RuleRecuse, "回避", "Stand aside"},
	{Reviewing, Refer, Closed, ByDecider, Referred, nil, []Limit{Promised, Statutory}, false, false, ReferralNotice, RuleRefer, "转报", "Refer to another unit"},
	{Deciding, Claim, Same, ByReviewer, "", nil, nil, false, false, "", RuleOffice, "领办", "Take the task"},
	{Deciding, Release, Same, ByReviewer, "", nil, nil, false, false, "", RuleOffice, "退回待办", "Give the task back"},
	{Deciding, Transfer, Same, ByReviewer, "", nil, nil, false, false, "", RuleOffice, "转交", "Hand the task on"},
	{Deciding, SendBack, Reviewing, ByReviewer, "", nil, nil, false, false, "", RuleOffice, "退回前一环节", "Send back within the office"},
	{Deciding, AskOpinion, Same, ByReviewer, "", nil, nil, false, false, "", RuleOffice, "征求意见", "Ask another department"},
	{Deciding, GiveOpinion, Same, ByReviewer, "", nil, nil, false, false, "", RuleOffice, "答复征求意见", "Give the opinion asked for"},
	{Deciding, Recuse, Same, ByReviewer, "", nil, nil, false, false, "", RuleRecuse, "回避", "Stand aside"},
	{Deciding, Refer, Closed, ByDecider, Referred, nil, []Limit{Promised, Statutory}, false, false, ReferralNotice, RuleRefer, "转报", "Refer to another unit"},
	{Suspended, GiveOpinion, Same, ByReviewer, "", nil, nil, false, false, "", RuleOffice, "答复征求意见", "Give the opinion asked for"},
	{Suspended, Recuse, Same, ByReviewer, "", nil, nil, false, false, "", RuleRecuse, "回避", "Stand aside"},

	{Delivering, HandOver, Closed, ByWindow, "", nil, []Limit{DeliveryLimit}, false, false, DeliveryRecord, RuleDeliver, "窗口发放", "Hand over"},
	{Delivering, Post, Same, ByWindow, "", nil, nil, false, false, "", RuleDeliver, "登记寄送", "Record the posting"},
	// Couriers, cabinets and pick-up codes: what is posted is served when it is signed for.
	{Delivering, SendCourier, Same, ByWindow, "", nil, nil, false, false, "", RuleDeliver, "快递寄送", "Send by courier"},
	{Delivering, CancelCourier, Same, ByWindow, "", nil, nil, false, false, "", RuleDeliver, "取消寄送", "Cancel the courier"},
	{Delivering, PostRefused, Same, BySystem, "", nil, nil, false, false, "", RuleDeliver, "快递公司未接单", "Refused by the courier"},
	{Delivering, PostSigned, Closed, ByWindow, "", nil, []Limit{DeliveryLimit}, false, false, DeliveryRecord, RuleDeliver, "邮寄签收", "Signed for"},
	{Delivering, PostBack, Same, ByWindow, "", nil, nil, false, false, "", RuleDeliver, "邮件退回", "Came back"},
	{Delivering, PostLost, Same, ByWindow, "", nil, nil, false, false, "", RuleDeliver, "邮件丢失", "Lost"},
	{Delivering, ClaimPost, Same, ByWindow, "", nil, nil, false, false, "", RuleDeliver, "登记索赔", "Record the claim"},
	{Delivering, PutInCabinet, Same, ByWindow, "", nil, nil, false, false, "", RuleDeliver, "放入自助取件柜", "Put into the cabinet"},
	{Delivering, TakeFromCabinet, Same, ByWindow, "", nil, nil, false, false, "", RuleDeliver, "从取件柜取回", "Take back from the cabinet"},
	{Delivering, CabinetOver, Same, BySystem, "", nil, nil, false, false, "", RuleDeliver, "取件柜保管期满", "Kept too long in the cabinet"},
	{Delivering, CabinetOpened, Closed, BySystem, "", nil, []Limit{DeliveryLimit}, false, false, DeliveryRecord, RuleDeliver, "自助取件", "Taken from the cabinet"},
	{Delivering, DeliverElectronic, Closed, BySystem, "", nil, []Limit{DeliveryLimit}, false, false, DeliveryRecord, RuleDeliver, "电子送达", "Deliver electronically"},
	{Delivering, ChangeDelivery, Same, ByApplicant, "", nil, nil, false, false, "", RuleDeliver, "更改领取方式", "Change the way of delivery"},
}

// MoveFor finds the line for an act in a state.
func MoveFor(from State, act Act) (Move, bool) {
	for _, m := range Table {
		if m.From == from && m.Act == act {
			return m, true
		}
	}
	return Move{}, false
}

// MovesFrom lists what may happen in a state, in the table's order.
func MovesFrom(from State) []Move {
	var out []Move
	for _, m := range Table {
		if m.From == from {
			out = append(out, m)
		}
	}
	return out
}
