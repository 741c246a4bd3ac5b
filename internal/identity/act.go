package identity

// Act names what somebody wants to do; the table in policy.go says who may.
type Act string

// Decisions made public 决定公开.
const (
	PublicityRead     Act = "publicity.read"
	PublicityWithhold Act = "publicity.withhold" // propose that a decision is not published
	PublicityAsk      Act = "publicity.ask"      // the applicant: keep a secret back
	PublicityObject   Act = "publicity.object"   // anybody: it is wrong, or should not be there
	PublicityAnswer   Act = "publicity.answer"   // answer either; never one's own proposal
	PublicityWatch    Act = "publicity.watch"    // what is late, what waits for an answer
)

// Items 事项.
const (
	ItemRead    Act = "item.read"
	ItemCompile Act = "item.compile" // 认领、编制: claim, write, hand in a guide; say yes or no to a proposal
	ItemReplay  Act = "item.replay"  // 试算: run a draft over past cases, their names masked
	ItemReview  Act = "item.review"  // 审核: pass a guide or send it back
	ItemPublish Act = "item.publish" // 发布: new versions, suspension, cancellation

	CatalogueRead   Act = "catalogue.read"   // 编制中的指南、完整度
	CatalogueManage Act = "catalogue.manage" // 基本目录
	FeaturedManage  Act = "featured.manage"  // 特色服务清单: rules, curated additions and exclusions

	SubscriberManage Act = "subscriber.manage" // 变更订阅方

	AdjustmentPropose  Act = "adjustment.propose" // 动态调整: write a dossier, ask the departments
	AdjustmentOpine    Act = "adjustment.opine"   // a department's opinion
	AdjustmentDecide   Act = "adjustment.decide"  // 决定、公告
	AdjustmentCarryOut Act = "adjustment.carry-out"
)

// Cases 办件. Every act of the casework state table is "case." + its name.
const (
	CaseDraft               Act = "case.draft"   // start, read, fill and discard one's own draft
	CaseReceive             Act = "case.receive" // the same at the window, for whom it concerns
	CaseSubmit              Act = "case.submit"
	CaseRead                Act = "case.read" // with its documents and timeline
	CaseAccept              Act = "case.accept"
	CaseDeemAccepted        Act = "case.deem-accepted"
	CaseRequestCorrection   Act = "case.request-correction"
	CaseResubmit            Act = "case.resubmit"
	CaseMend                Act = "case.mend"          // 当场更正
	CaseAskMoreTime         Act = "case.ask-more-time" // 申请延长补正期限
	CaseGrantMoreTime       Act = "case.grant-more-time"
	CaseRefuseMoreTime      Act = "case.refuse-more-time"
	CaseReturnUncorrected   Act = "case.return-uncorrected"
	CaseDecline             Act = "case.decline"
	CaseNotNeeded           Act = "case.not-needed"
	CasePrecheckPass        Act = "case.precheck-pass"
	CaseArrive              Act = "case.arrive"
	CaseSupplement          Act = "case.supplement" // promises and instant approval
	CaseExtendSupplement    Act = "case.extend-supplement"
	CaseSupplementOver      Act = "case.supplement-over"
	CaseSupplementWithdrawn Act = "case.supplement-withdrawn"
	CaseWithdrawPromise     Act = "case.withdraw-promise"
	CaseAcceptByMachine     Act = "case.accept-by-machine"
	CaseGrantByMachine      Act = "case.grant-by-machine"
	CaseReferByMachine      Act = "case.refer-by-machine"
	CaseCheckPromise        Act = "case.check-promise"
	CaseSampleReview        Act = "case.sample-review"
	CaseAnnul               Act = "case.annul"
	CaseUphold              Act = "case.uphold"
	CaseDeemRenewed         Act = "case.deem-renewed" // licences that are held
	CaseMeasureOpen         Act = "case.measure-open" // measures of the authority, rulings
	CaseMeasureState        Act = "case.measure-state"
	CaseMeasureWaive        Act = "case.measure-waive"
	CaseMeasureDecide       Act = "case.measure-decide"
	CaseMeasureDrop         Act = "case.measure-drop"
	CaseRecordRuling        Act = "case.record-ruling"
	CaseRedo                Act = "case.redo"
	CaseRedoReceive         Act = "case.redo-receive"

	CaseReview  Act = "case.review"
	CaseDecide  Act = "case.decide"
	CaseExtend  Act = "case.extend"
	CaseSuspend Act = "case.suspend"
	CaseResume  Act = "case.resume"
	// Hearings, visits and approvers' acts.
	CaseHearingTell      Act = "case.hearing-tell"
	CaseHearingAsk       Act = "case.hearing-ask"
	CaseHearingWaive     Act = "case.hearing-waive"
	CaseHearingCall      Act = "case.hearing-call"
	CaseHearingChallenge Act = "case.hearing-challenge"
	CaseHearingAnswer    Act = "case.hearing-answer"
	CaseHearingRecord    Act = "case.hearing-record"
	CaseHearingDrop      Act = "case.hearing-drop"
	CaseVisitPlan        Act = "case.visit-plan"
	CaseVisitRecord      Act = "case.visit-record"
	CaseVisitSign        Act = "case.visit-sign"
	CaseObject           Act = "case.object"
	CaseClaim            Act = "case.claim"
	CaseRelease          Act = "case.release"
	CaseTransfer         Act = "case.transfer"
	CaseSendBack         Act = "case.send-back"
	CaseRecheck          Act = "case.recheck"
	CaseAskOpinion       Act = "case.ask-opinion"
	CaseGiveOpinion      Act = "case.give-opinion"
	CaseRecuse           Act = "case.recuse"
	CaseRefer            Act = "case.refer"

	UnitFair Act = "unit.fair" // 自动分办: turn it on and off

	CaseWithdraw          Act = "case.withdraw"
	CaseHandOver          Act = "case.hand-over"
	CasePost              Act = "case.post"
	CaseDeliverElectronic Act = "case.deliver-electronic"
	CaseChangeDelivery    Act = "case.change-delivery"
	// Couriers, cabinets and pick-up codes.
	CaseSendCourier     Act = "case.send-courier"
	CaseCancelCourier   Act = "case.cancel-courier"
	CasePostRefused     Act = "case.post-refused"
	CasePostSigned      Act = "case.post-signed"
	CasePostBack        Act = "case.post-back"
	CasePostLost        Act = "case.post-lost"
	CaseClaimPost       Act = "case.claim-post"
	CasePutInCabinet    Act = "case.put-in-cabinet"
	CaseTakeFromCabinet Act = "case.take-from-cabinet"
	CaseCabinetOver     Act = "case.cabinet-over"
	CaseCabinetOpened   Act = "case.cabinet-opened"
	ParcelFind          Act = "parcel.find"       // a case by the pick-up code
	ParcelHeard         Act = "parcel.heard"      // what a courier tells
	CaseCollect         Act = "case.collect"      // the applicant confirms what arrived
	CaseArchive         Act = "case.archive"      // 电子档案: the package of a closed case
	CaseServeNotice     Act = "case.serve-notice" // 送达登记: a document was handed over or posted
	CaseQueue           Act = "case.queue"        // a unit's work list
	CaseProgress        Act = "case.progress"     // public page by receipt code, no personal data

	AssistAsk     Act = "assist.ask"
	AssistTake    Act = "assist.take"    // a helper takes a request of his unit
	AssistRead    Act = "assist.read"    // what was asked and done
	AssistHelp    Act = "assist.help"    // the helper's own acts: fill in, ask for the word
	AssistConfirm Act = "assist.confirm" // the person says yes before anything is handed in
	AssistEnd     Act = "assist.end"

	PaperHandle Act = "paper.handle" // 交接: take, hand on, receive and return papers of cases, as the unit that has them
)

// Fees 收费.
const (
	FeeRead         Act = "fee.read"          // a bill with its payments, reductions and refunds
	FeePay          Act = "fee.pay"           // begin to pay online
	FeeTake         Act = "fee.take"          // 窗口收款
	FeeReduce       Act = "fee.reduce"        // ask for a reduction
	FeeReduceDecide Act = "fee.reduce-decide" // 批准减免
	FeeRefund       Act = "fee.refund"        // ask for money back
	FeeRefundDecide Act = "fee.refund-decide" // 批准退款
	FeePayBack      Act = "fee.pay-back"      // 窗口退款: hand back what was paid at a window
	FeeHeard        Act = "fee.heard"         // what the provider tells
	FeeList         Act = "fee.list"          // bills that are due at a unit's windows
	FeeWaiting      Act = "fee.waiting"       // bills with something to decide or to hand back; each is asked about by itself
	FeeTill         Act = "fee.till"          // 日结 of one's own till
	FeeMatch        Act = "fee.match"         // 对账
	FeeSettle       Act = "fee.settle"        // work off a difference
)

// Consultation 咨询 and “办不成事” (第十九条、第二十条第二款).
const (
	ConsultAsk    Act = "consult.ask"    // ask, or report what could not be done; clerks for whoever stands at the window
	ConsultRead   Act = "consult.read"   // one question or record, with all that was said
	ConsultOwn    Act = "consult.own"    // the asker's own acts: add something, ask once more, withdraw
	ConsultAnswer Act = "consult.answer" // answer, ask back, pass on, say where to go, propose for the guide
	ConsultSettle Act = "consult.settle" // “办不成事”: close by a change, propose a reasoned refusal
	ConsultRefuse Act = "consult.refuse" // confirm a proposed refusal or send it back
	ConsultQueue  Act = "consult.queue"  // a unit's list
	ConsultWatch  Act = "consult.watch"  // figures and records of items, without personal data
	ConsultGuide  Act = "consult.guide"  // take or decline what is proposed for the guide
)

// Licences 电子证照.
const (
	LicenceRead   Act = "licence.read"
	LicenceVerify Act = "licence.verify"
	LicenceUse    Act = "licence.use"  // 用证, for a case and a purpose
	LicenceUses   Act = "licence.uses" // who used it
	LicenceIssue  Act = "licence.issue"
	LicenceChange Act = "licence.change" // suspend, annul, deregister, revoke
	LicenceImport Act = "licence.import"
	LicenceEnding Act = "licence.ending" // 待注销: what a unit still has to deregister
)

// Ratings, channels, supervision.
const (
	RatingRate        Act = "rating.rate"
	RatingRateByToken Act = "rating.rate-by-token" // the code on the delivery record is the right
	RatingRead        Act = "rating.read"          // published figures and words
	RatingDetail      Act = "rating.detail"
	CentreRead        Act = "centre.read"
	CentreManage      Act = "centre.manage"    // 窗口、分中心、大厅名称
	CentreReport      Act = "centre.report"    // what centres lack, how far lists have entered them
	PlacementManage   Act = "placement.manage" // 进驻: which list has entered which centre
	AppointmentBook   Act = "appointment.book"
	AppointmentCancel Act = "appointment.cancel"
	AppointmentToday  Act = "appointment.today"
	SuperviseView     Act = "supervise.view"
	CalendarPublish   Act = "calendar.publish"
	DataImport        Act = "data.import"
	JobManage         Act = "job.manage"
	AuditRead         Act = "audit.read"
)

// Persons, mandates, staff.
const (
	ApplicantEnter Act = "applicant.enter" // pages and lists of applicants' own
	MessageRead    Act = "message.read"
	// messages
	MessageChoose  Act = "message.choose"
	MessageNoSMS   Act = "message.no-sms"
	MessageTexts   Act = "message.texts"
	MessageOperate Act = "message.operate"
	ProfileRead    Act = "profile.read"
	ProfileChange  Act = "profile.change"
	PartyFind      Act = "party.find"
	PartyWalkIn    Act = "party.walk-in"
	PartyUnmask    Act = "identity.unmask"
	MandateGrant   Act = "mandate.grant"
	MandateRead    Act = "mandate.read"
	MandateRevoke  Act = "mandate.revoke"
	StaffRead      Act = "staff.read"
	StaffManage    Act = "staff.manage"
	RoleGrant      Act = "role.grant"
)
