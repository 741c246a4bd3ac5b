package identity

import (
	"errors"
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/errs"
)

// Decide is the one place that says who may do what. It is pure: the actor was
// built from the stored grants of this moment, the target names whose thing it
// is. nil means yes; errors, by kind:
//
//	Unauthenticated  nobody is logged in and the act needs somebody
//	NotFound         the actor must not even know that the thing exists
//	Forbidden        everything else, with a code that says why
//
// An act that is not in the table is forbidden to everyone.
func Decide(a actor.Actor, act Act, t Target) error {
	r, known := rules[act]
	if !known {
		return ErrForbidden
	}
	err := r.check(a, t)
	if r.hides == "" || !errors.Is(err, ErrForbidden) {
		return err // whoever is asked for a purpose or a principal knows of the thing
	}
	if see := rules[r.hides]; see.check(a, t) != nil {
		return ErrNotFound
	}
	return err
}

// Target is the thing that is acted upon. Leave empty what the act has not.
type Target struct {
	UnitPath      string      // the unit in charge: 实施单位 of a case, unit of a staff member, of a window
	ReceivingPath string      // the unit whose windows receive: a service centre
	ReviewPaths   []string    // units that review; case.review and case.suspend get the one whose opinion it is; empty: UnitPath
	Owner         actor.Party // whose it is: maker of a draft, holder of a licence
	Applicant     actor.Party // for whom a case was submitted
	ReviewerIDs   []int64     // staff who gave an opinion on the case
	RecusedIDs    []int64     // staff who stand aside from the case (回避): it is closed to them
	StaffID       int64       // the account that is managed
	AuthorIDs     []int64     // staff who wrote what is to be passed
	HelperID      int64       // staff member who helps the applicant with this matter, at his request, while that lasts
}

// Acts lists every act of the table, sorted.
func Acts() []Act {
	out := make([]Act, 0, len(rules))
	for act := range rules {
		out = append(out, act)
	}
	slices.Sort(out)
	return out
}

// The refusals.
var (
	ErrLoginNeeded = errs.New(errs.Unauthenticated, "login-required", "请先登录。", "Log in first.")
	ErrNotFound    = errs.New(errs.NotFound, "not-found", "没有找到，或者您无权查看。", "There is no such thing, or it is not yours to see.")
	ErrForbidden   = errs.New(errs.Forbidden, "forbidden", "您没有办理这一步的权限。", "You are not authorised to do this.")
	ErrSamePerson  = errs.New(errs.Forbidden, "same-person", "审查人员不得对同一办件作出决定。", "Whoever reviewed a case does not decide it.")
	ErrRecused     = errs.New(errs.Forbidden, "recused", "您已回避本办件，不能查看和办理。", "You stand aside from this case and may neither see nor handle it.")
	ErrOwnWork     = errs.New(errs.Forbidden, "own-work", "编制人员不得审核、发布自己编制的内容，请由其他审核人员办理。", "Whoever wrote it neither reviews nor publishes it.")
	ErrOwnAccount  = errs.New(errs.Forbidden, "own-account", "管理员不得管理自己的账号或为自己授权。", "Nobody manages his own account or gives himself a role.")
	ErrPurpose     = errs.New(errs.Forbidden, "purpose-required", "查看个人信息须写明用途。", "Say for what purpose personal data is looked at.")
	ErrPrincipal   = errs.New(errs.Forbidden, "principal-only", "只有本人或者法定代表人可以办理，代理人不能再授权。", "Only the principal may do this; an agent cannot pass the mandate on.")
	ErrSeparation  = errs.New(errs.Forbidden, "separation", "系统、安全、审计管理员须由不同人员担任。", "System, security and audit administrator are different people.")
)

// over says on which of a target's units a role must hold.
type over uint8

const (
	handling  over = 1 << iota // Target.UnitPath
	receiving                  // Target.ReceivingPath
	reviewing                  // Target.ReviewPaths
	anywhere                   // the act has no unit
)

// holder is a role and where it must hold.
type holder struct {
	role actor.Role
	over over
}

// rule says who may perform an act: any of the first group, if all of the second.
type rule struct {
	anyone bool // without logging in
	person bool // any logged-in person
	owner  bool // the party whose thing it is, or its agent
	system bool // the platform itself
	staff  []holder
	helper bool // the clerk whom the applicant asked for help with this matter (第二十四条)

	principal bool // among persons: not an agent
	notMaker  bool // among staff: nobody who reviewed the case
	notAuthor bool // among staff: nobody who wrote it
	notSelf   bool // among staff: not upon his own account
	purpose   bool // among staff: the actor states a purpose
	hides     Act  // who may not do that act either is told that there is nothing
}

// Groups of holders that stand together in several lines.
var (
	counter   = []holder{{actor.WindowClerk, receiving | handling}}
	reviewer  = []holder{{actor.Reviewer, reviewing}}
	decider   = []holder{{actor.Decider, handling}}
	examiner  = append(slices.Clone(reviewer), decider...)
	official  = []holder{{actor.WindowClerk, receiving | handling}, {actor.Reviewer, reviewing | handling}, {actor.Decider, handling}}
	viewer    = append(slices.Clone(official), holder{actor.Supervisor, receiving | handling})
	steward   = []holder{{actor.ItemSteward, handling}}
	auditor   = []holder{{actor.ItemReviewer, handling}}
	watcher   = []holder{{actor.Supervisor, handling}}
	operator  = []holder{{actor.SystemAdmin, anywhere}}
	admins    = []holder{{actor.SystemAdmin, handling}, {actor.SecurityAdmin, handling}, {actor.AuditAdmin, handling}}
	publisher = append(slices.Clone(decider), watcher...)
	clerks    = []holder{{actor.WindowClerk, anywhere}}
	ledger    = []holder{{actor.Supervisor, anywhere}} // money of all units goes through one provider
)

// rules 权限表: deny by default, one line an act.
var rules = map[Act]rule{
	ItemRead:    {anyone: true},
	ItemCompile: {staff: steward, system: true},
	ItemReplay:  {staff: append(slices.Clone(steward), auditor...)},
	ItemReview:  {staff: auditor, notAuthor: true, system: true},
	ItemPublish: {staff: auditor, notAuthor: true, system: true},

	CatalogueRead:   {staff: append(slices.Clone(steward), auditor...), system: true},
	CatalogueManage: {staff: auditor, system: true},
	FeaturedManage:  {staff: auditor, system: true},

	SubscriberManage:   {staff: operator, system: true},
	AdjustmentPropose:  {staff: steward},
	AdjustmentOpine:    {staff: steward},
	AdjustmentDecide:   {staff: auditor, notAuthor: true},
	AdjustmentCarryOut: {staff: auditor, notAuthor: true, system: true},

	CaseDraft:    {owner: true, hides: CaseDraft},
	CaseReceive:  {staff: counter, helper: true},
	CaseSubmit:   {owner: true, staff: counter, helper: true, hides: CaseRead},
	CaseRead:     {owner: true, staff: viewer, helper: true, system: true, hides: CaseRead},
	CaseProgress: {anyone: true},
	CaseQueue: {staff: []holder{{actor.WindowClerk, handling}, {actor.Reviewer, handling}, {actor.Decider, handling},
		{actor.Supervisor, handling}}},

	CaseAccept:            {staff: counter, hides: CaseRead},
	CaseDeemAccepted:      {system: true, hides: CaseRead},
	CaseRequestCorrection: {staff: counter, hides: CaseRead},
	CaseResubmit:          {owner: true, staff: counter, helper: true, hides: CaseRead},
	CaseMend:              {staff: counter, hides: CaseRead},
	CaseAskMoreTime:       {owner: true, staff: counter, hides: CaseRead},
	CaseGrantMoreTime:     {staff: counter, hides: CaseRead},
	CaseRefuseMoreTime:    {staff: counter, hides: CaseRead},
	CaseReturnUncorrected: {staff: counter, hides: CaseRead},
	CaseDecline:           {staff: counter, hides: CaseRead},
	CaseNotNeeded:         {staff: counter, hides: CaseRead},
	CasePrecheckPass:      {staff: counter, hides: CaseRead},
	CaseArrive:            {staff: counter, hides: CaseRead},
	// promises and instant approval
	CaseSupplement:          {owner: true, staff: counter, hides: CaseRead},
	CaseExtendSupplement:    {staff: counter, hides: CaseRead},
	CaseSupplementOver:      {system: true, hides: CaseRead},
	CaseSupplementWithdrawn: {system: true, hides: CaseRead},
	CaseWithdrawPromise:     {owner: true, staff: counter, hides: CaseRead},
	CaseAcceptByMachine:     {system: true, hides: CaseRead},
	CaseGrantByMachine:      {system: true, hides: CaseRead},
	CaseReferByMachine:      {system: true, hides: CaseRead},
	CaseCheckPromise:        {staff: reviewer, hides: CaseRead},
	CaseSampleReview:        {staff: reviewer, hides: CaseRead},
	CaseAnnul:               {staff: decider, notMaker: true, hides: CaseRead}, // 行政许可法 第六十九条
	CaseUphold:              {staff: decider, notMaker: true, hides: CaseRead},
	CaseDeemRenewed:         {system: true, hides: CaseRead},                                                   // licences that are held
	CaseMeasureOpen:         {staff: examiner, hides: CaseRead},                                                // measures of the authority, rulings
	CaseMeasureState:        {owner: true, staff: append(slices.Clone(counter), examiner...), hides: CaseRead}, // in writing as well
	CaseMeasureWaive:        {owner: true, staff: append(slices.Clone(counter), examiner...), hides: CaseRead},
	CaseMeasureDecide:       {staff: decider, notMaker: true, hides: CaseRead},
	CaseMeasureDrop:         {staff: decider, notMaker: true, hides: CaseRead},
	CaseRecordRuling:        {staff: decider, hides: CaseRead},
	CaseRedo:                {staff: decider, hides: CaseRead},
	CaseRedoReceive:         {staff: decider, hides: CaseRead},

	CaseReview:  {staff: reviewer, hides: CaseRead},
	CaseDecide:  {staff: decider, notMaker: true, hides: CaseRead},
	CaseExtend:  {staff: decider, hides: CaseRead}, // 行政许可法 第四十二条: 经本行政机关负责人批准
	CaseSuspend: {staff: append(slices.Clone(reviewer), decider...), hides: CaseRead},
	CaseResume:  {staff: append(slices.Clone(reviewer), decider...), hides: CaseRead},
	// Hearings, visits and approvers' acts.
	CaseHearingTell:      {staff: examiner, hides: CaseRead},
	CaseHearingAsk:       {owner: true, staff: counter, hides: CaseRead},
	CaseHearingWaive:     {owner: true, staff: counter, hides: CaseRead},
	CaseHearingCall:      {staff: examiner, hides: CaseRead},
	CaseHearingChallenge: {owner: true, staff: counter, hides: CaseRead},
	CaseHearingAnswer:    {staff: decider, hides: CaseRead},
	CaseHearingRecord:    {staff: examiner, hides: CaseRead},
	CaseHearingDrop:      {owner: true, staff: counter, hides: CaseRead},
	CaseVisitPlan:        {staff: examiner, hides: CaseRead},
	CaseVisitRecord:      {staff: reviewer, hides: CaseRead},
	CaseVisitSign:        {staff: reviewer, hides: CaseRead},
	CaseObject:           {owner: true, staff: counter, hides: CaseRead},
	CaseClaim:            {staff: official, hides: CaseRead},
	CaseRelease:          {staff: official, hides: CaseRead},
	CaseTransfer:         {staff: examiner, hides: CaseRead},
	CaseSendBack:         {staff: examiner, hides: CaseRead},
	CaseRecheck:          {staff: counter, hides: CaseRead},
	CaseAskOpinion:       {staff: examiner, hides: CaseRead},
	CaseGiveOpinion:      {staff: reviewer, hides: CaseRead},
	CaseRecuse:           {staff: examiner, hides: CaseRead},
	CaseRefer:            {staff: decider, hides: CaseRead},
	UnitFair:             {staff: decider},

	CaseWithdraw:          {owner: true, staff: counter, helper: true, hides: CaseRead},
	CaseHandOver:          {staff: counter, hides: CaseRead},
	CasePost:              {staff: counter, hides: CaseRead},
	CaseDeliverElectronic: {system: true, hides: CaseRead},
	CaseChangeDelivery:    {owner: true, staff: counter, hides: CaseRead},
	// Couriers, cabinets and pick-up codes.
	CaseSendCourier:     {staff: counter, hides: CaseRead},
	CaseCancelCourier:   {staff: counter, hides: CaseRead},
	CasePostRefused:     {system: true, hides: CaseRead},
	CasePostSigned:      {staff: counter, system: true, hides: CaseRead}, // told by the courier, or read from its receipt
	CasePostBack:        {staff: counter, system: true, hides: CaseRead},
	CasePostLost:        {staff: counter, system: true, hides: CaseRead},
	CaseClaimPost:       {staff: counter, hides: CaseRead},
	CasePutInCabinet:    {staff: counter, hides: CaseRead},
	CaseTakeFromCabinet: {staff: counter, hides: CaseRead},
	CaseCabinetOver:     {system: true, hides: CaseRead},
	CaseCabinetOpened:   {system: true, hides: CaseRead},
	ParcelFind:          {staff: clerks},
	ParcelHeard:         {system: true}, // by its signature, not by a session

	CaseCollect: {owner: true, hides: CaseRead},
	CaseArchive: {owner: true, staff: []holder{{actor.Decider, handling}, {actor.Supervisor, receiving | handling}}, system: true,
		hides: CaseRead},
	CaseServeNotice: {staff: counter, hides: CaseRead},

	PaperHandle: {staff: []holder{{actor.WindowClerk, handling}, {actor.Reviewer, handling}, {actor.Decider, handling}}},

	AssistAsk:     {person: true, staff: clerks}, // 帮办代办: at the person's request alone, who says so himself
	AssistTake:    {staff: []holder{{actor.WindowClerk, handling}}},
	AssistRead:    {owner: true, staff: []holder{{actor.WindowClerk, handling}, {actor.Supervisor, handling}}, hides: AssistRead},
	AssistHelp:    {helper: true, hides: AssistRead},
	AssistConfirm: {owner: true, hides: AssistRead},
	AssistEnd:     {owner: true, helper: true, system: true, hides: AssistRead},

	FeeRead:         {owner: true, staff: viewer, system: true, hides: FeeRead},
	FeePay:          {owner: true, hides: FeeRead},
	FeeTake:         {staff: counter, hides: FeeRead},
	FeeReduce:       {owner: true, staff: counter, hides: FeeRead},
	FeeReduceDecide: {staff: decider, notAuthor: true, hides: FeeRead},
	FeeRefund:       {owner: true, staff: append(slices.Clone(counter), decider...), hides: FeeRead},
	FeeRefundDecide: {staff: decider, notAuthor: true, hides: FeeRead},
	FeePayBack:      {staff: counter, hides: FeeRead},
	FeeHeard:        {system: true}, // by its signature, not by a session
	FeeList:         {staff: append(slices.Clone(counter), holder{actor.Decider, handling})},
	FeeWaiting:      {staff: append(slices.Clone(clerks), holder{actor.Decider, anywhere})},
	FeeTill:         {staff: clerks},
	FeeMatch:        {staff: ledger, system: true},
	FeeSettle:       {staff: ledger},

	// Decisions made public 决定公开.
	PublicityRead:     {anyone: true}, // 行政许可法 第四十条
	PublicityWithhold: {staff: decider, hides: CaseRead},
	PublicityAsk:      {owner: true, staff: counter, hides: CaseRead},
	PublicityObject:   {person: true},
	PublicityAnswer:   {staff: publisher, notAuthor: true, hides: CaseRead},
	PublicityWatch:    {staff: publisher},

	LicenceVerify: {anyone: true},
	// Consultation and “办不成事”.
	ConsultAsk:    {person: true, staff: clerks},
	ConsultRead:   {owner: true, staff: viewer, system: true, hides: ConsultRead},
	ConsultOwn:    {owner: true, staff: counter, hides: ConsultRead},
	ConsultAnswer: {staff: official, hides: ConsultRead},
	ConsultSettle: {staff: examiner, hides: ConsultRead},
	ConsultRefuse: {staff: decider, notMaker: true, hides: ConsultRead},
	ConsultQueue: {staff: []holder{{actor.WindowClerk, handling}, {actor.Reviewer, handling}, {actor.Decider, handling},
		{actor.Supervisor, handling}}},
	ConsultWatch: {staff: slices.Concat(steward, auditor, watcher)},
	ConsultGuide: {staff: steward},

	LicenceRead:   {owner: true, staff: official, purpose: true, system: true, hides: LicenceRead},
	LicenceUse:    {owner: true, staff: official, purpose: true, system: true, hides: LicenceRead},
	LicenceUses:   {owner: true, hides: LicenceRead},
	LicenceIssue:  {staff: decider, system: true, hides: LicenceRead},
	LicenceChange: {staff: decider, hides: LicenceRead},
	LicenceImport: {system: true},
	LicenceEnding: {staff: []holder{{actor.Reviewer, handling}, {actor.Decider, handling}, {actor.Supervisor, handling}}},

	RatingRate:        {owner: true, hides: CaseRead},
	RatingRateByToken: {anyone: true},
	RatingRead:        {anyone: true},
	RatingDetail:      {staff: watcher},

	CentreRead:        {anyone: true},
	CentreManage:      {staff: steward, system: true},
	CentreReport:      {staff: append(slices.Clone(watcher), steward...), system: true},
	PlacementManage:   {staff: []holder{{actor.ItemSteward, handling | receiving}}, system: true}, // the steward of the list, or who keeps the centre
	AppointmentBook:   {person: true},
	AppointmentCancel: {owner: true, staff: counter, hides: AppointmentCancel},
	AppointmentToday:  {staff: []holder{{actor.WindowClerk, receiving | handling}, {actor.Supervisor, receiving | handling}}},

	SuperviseView:   {staff: watcher},
	CalendarPublish: {staff: operator, system: true},
	DataImport:      {staff: operator, system: true},
	JobManage:       {staff: operator, system: true},
	AuditRead:       {staff: []holder{{actor.AuditAdmin, anywhere}}},

	ApplicantEnter: {person: true},
	MessageRead:    {owner: true, hides: MessageRead},
	// messages
	MessageChoose:  {owner: true, principal: true, hides: MessageRead},
	MessageNoSMS:   {staff: clerks}, // at the person's word, who stands at the window
	MessageTexts:   {staff: []holder{{actor.DataSteward, anywhere}}},
	MessageOperate: {staff: operator},
	ProfileRead:    {owner: true, hides: ProfileRead},
	ProfileChange:  {owner: true, principal: true, hides: ProfileRead},
	PartyFind:      {staff: clerks},
	PartyWalkIn:    {staff: clerks},
	PartyUnmask:    {staff: official, purpose: true},
	MandateGrant:   {owner: true, principal: true},
	MandateRead:    {owner: true, principal: true, hides: MandateRead},
	MandateRevoke:  {owner: true, principal: true, hides: MandateRead}, // Owner: the principal; Applicant: the agent, who may lay it down
	StaffRead:      {staff: admins, system: true},
	StaffManage:    {staff: []holder{{actor.SystemAdmin, handling}}, notSelf: true, system: true},
	RoleGrant:      {staff: []holder{{actor.SecurityAdmin, handling}}, notSelf: true, system: true},
}

func (r rule) check(a actor.Actor, t Target) error {
	if r.anyone {
		return nil
	}
	switch a.Kind {
	case actor.System:
		if r.system {
			return nil
		}
	case actor.Person:
		return r.checkPerson(a, t)
	case actor.Staff:
		return r.checkStaff(a, t)
	case actor.Anonymous, "":
		return ErrLoginNeeded
	}
	return ErrForbidden
}

func (r rule) checkPerson(a actor.Actor, t Target) error {
	if a.ID == 0 || a.For.IsZero() {
		return ErrLoginNeeded
	}
	switch {
	case r.person:
	case r.owner && (same(a.For, t.Owner) || same(a.For, t.Applicant)):
	default:
		return ErrForbidden
	}
	if r.principal && a.Mandate != 0 {
		return ErrPrincipal
	}
	return nil
}

func (r rule) checkStaff(a actor.Actor, t Target) error {
	helps := r.helper && t.HelperID != 0 && t.HelperID == a.ID && a.Has(actor.WindowClerk)
	if !helps && !slices.ContainsFunc(r.staff, func(h holder) bool { return h.holds(a, t) }) {
		return ErrForbidden
	}
	switch {
	case slices.Contains(t.RecusedIDs, a.ID):
		return ErrRecused
	case r.notMaker && slices.Contains(t.ReviewerIDs, a.ID):
		return ErrSamePerson
	case r.notAuthor && slices.Contains(t.AuthorIDs, a.ID):
		return ErrOwnWork
	case r.notSelf && t.StaffID == a.ID:
		return ErrOwnAccount
	case r.purpose && a.Purpose == "":
		return ErrPurpose
	}
	return nil
}

func (h holder) holds(a actor.Actor, t Target) bool {
	if administrative(h.role) && administrations(a.Grants) > 1 {
		return false // 三员分立: whoever should not hold both can use neither
	}
	if h.over&anywhere != 0 && a.Has(h.role) {
		return true
	}
	if h.over&handling != 0 && holds(a, h.role, t.UnitPath) ||
		h.over&receiving != 0 && holds(a, h.role, t.ReceivingPath) {
		return true
	}
	if h.over&reviewing == 0 {
		return false
	}
	if len(t.ReviewPaths) == 0 {
		return holds(a, h.role, t.UnitPath)
	}
	return slices.ContainsFunc(t.ReviewPaths, func(p string) bool { return holds(a, h.role, p) })
}

// holds is Actor.Holds where both the unit and the grant are really named:
// an empty path opens nothing.
func holds(a actor.Actor, role actor.Role, path string) bool {
	return path != "" && slices.ContainsFunc(a.Grants, func(g actor.Grant) bool {
		return g.Role == role && g.Path != "" && strings.HasPrefix(path, g.Path)
	})
}

func same(a, b actor.Party) bool { return !b.IsZero() && b.ID != 0 && a.Kind == b.Kind && a.ID == b.ID }

// administrative reports whether the role is one of the three administrators.
func administrative(r actor.Role) bool {
	return r == actor.SystemAdmin || r == actor.SecurityAdmin || r == actor.AuditAdmin
}

// administrations counts how many of the three administrators the grants hold.
func administrations(grants []actor.Grant) int {
	seen := map[actor.Role]bool{}
	for _, g := range grants {
		if administrative(g.Role) {
			seen[g.Role] = true
		}
	}
	return len(seen)
}
