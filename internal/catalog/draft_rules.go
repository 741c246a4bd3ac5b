package catalog

import (
	"time"

	"github.com/tongban/tongban/internal/identity"
)

// Draft 编制稿 is a guide that is being written: a unit's list, or the city-wide
// guide that lists follow. At most one is open for a matter, a unit and a kind.
type Draft struct {
	ID          int64
	Kind        DraftKind
	BasicID     int64
	UnitID      int64  // who compiles it
	HandlingNo  string // 业务办理项 that it is, "" where the matter is not split
	ReceivingID int64  // centre whose windows receive; lists only
	ItemID      int64  // the list it changes, 0 for a new one
	BaseID      int64  // the version it began from, of the list or of the template; 0 for none
	TemplateID  int64  // the city-wide guide it follows, 0 for none
	Guide       Guide
	State       DraftState
	Version     int64             // counts changes
	From        string            // planned effective date; empty: the day of publication
	Reason      string            // why it is published
	Waived      map[string]string // warnings that stay, by Problem.Key, and why
	Authors     []int64           // staff who wrote in it
	ReviewedBy  int64
	CreatedAt   time.Time
	UpdatedAt   time.Time
	UpdatedBy   string
	Files       map[string]GuideFile // uploaded files that the guide names, by key; of Service.Draft alone
}

// DraftKind tells lists from city-wide guides.
type DraftKind string

// Kinds of draft.
const (
	ListDraft     DraftKind = "list"     // 实施清单
	TemplateDraft DraftKind = "template" // 指南模板
)

// DraftState 编制状态.
type DraftState string

// States of a draft.
const (
	Drafting  DraftState = "drafting"  // 编制中
	Submitted DraftState = "submitted" // 待审核
	Returned  DraftState = "returned"  // 退回修改
	Passed    DraftState = "passed"    // 待发布
	Published DraftState = "published" // 已发布
	Discarded DraftState = "discarded" // 已放弃
)

// DraftStates lists the states with their names, in the order in which a draft
// usually meets them.
var DraftStates = []Named[DraftState]{
	{Drafting, "编制中", "Being written"}, {Submitted, "待审核", "To review"}, {Returned, "退回修改", "Returned"}, {Passed, "待发布", "To publish"},
	{Published, "已发布", "Published"}, {Discarded, "已放弃", "Discarded"},
}

// Words gives the state's name for people.
func (s DraftState) Words() (zh, en string) { return wordsOf(DraftStates, s) }

// DraftAct is what is done with a draft.
type DraftAct string

// Acts upon a draft.
const (
	DraftEdit     DraftAct = "edit"      // 编制
	DraftHandIn   DraftAct = "hand-in"   // 提交审核
	DraftTakeBack DraftAct = "take-back" // 撤回提交
	DraftPass     DraftAct = "pass"      // 审核通过
	DraftReturn   DraftAct = "return"    // 退回修改
	DraftPublish  DraftAct = "publish"   // 发布
	DraftDiscard  DraftAct = "discard"   // 放弃
)

// draftActs are the names of the acts.
var draftActs = []Named[DraftAct]{
	{DraftEdit, "编制", "Edit"}, {DraftHandIn, "提交审核", "Hand in"}, {DraftTakeBack, "撤回提交", "Take back"}, {DraftPass, "审核通过", "Pass"},
	{DraftReturn, "退回修改", "Return"}, {DraftPublish, "发布", "Publish"}, {DraftDiscard, "放弃编制稿", "Discard"},
}

// Words gives the act's name for people, "" for what is no act upon a draft.
func (a DraftAct) Words() (zh, en string) { return wordsOf(draftActs, a) }

// draftMove is a line of the table of drafts.
type draftMove = move[DraftState, DraftAct]

// draftMoves 部门编制 → 审核 → 发布. Who wrote in a draft neither passes nor
// publishes it.
var draftMoves = []draftMove{
	{DraftEdit, Drafting, Drafting, identity.ItemCompile, false},
	{DraftEdit, Returned, Returned, identity.ItemCompile, false},
	{DraftHandIn, Drafting, Submitted, identity.ItemCompile, true},
	{DraftHandIn, Returned, Submitted, identity.ItemCompile, true},
	{DraftTakeBack, Submitted, Drafting, identity.ItemCompile, false},
	{DraftPass, Submitted, Passed, identity.ItemReview, false},
	{DraftReturn, Submitted, Returned, identity.ItemReview, true},
	{DraftReturn, Passed, Returned, identity.ItemPublish, true},
	{DraftPublish, Passed, Published, identity.ItemPublish, false},
	{DraftDiscard, Drafting, Discarded, identity.ItemCompile, true},
	{DraftDiscard, Returned, Discarded, identity.ItemCompile, true},
}

// Open reports whether the draft can still become a version.
func (s DraftState) Open() bool { return s != Published && s != Discarded }

// Editable reports whether sections may be written.
func (s DraftState) Editable() bool {
	_, ok := moveOf(draftMoves, s, DraftEdit)
	return ok
}

// DraftEvent is an entry of a draft's history.
type DraftEvent struct {
	At        time.Time
	StaffID   int64
	StaffName string
	Act       string // a DraftAct, "claim", "revise" or "adopt"
	Section   string // for edits
	Note      string
}

// DraftActs lists what a state offers, in the table's order.
func DraftActs(st DraftState) []Offer[DraftAct] { return offers(draftMoves, st) }

// Locked are the sections of a list's draft that nobody writes: they follow
// from the basic catalogue and the city-wide guide.
func Locked(kind DraftKind, section string) bool {
	return kind == ListDraft && section == "basis" || section == "demo"
}
