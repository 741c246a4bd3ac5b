package catalog

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// Adjustment 动态调整 is the dossier of a change of the basic catalogue (第八条):
// why, what, who was heard, who decided, and from when. Carrying it out changes
// the matters and all their lists in one act.
type Adjustment struct {
	ID          int64
	No          string // 2026-0001
	State       AdjustState
	UnitID      int64 // who proposes it
	Plan        AdjustPlan
	Decision    string // words of the decision
	DecidedBy   string
	Authors     []int64 // staff who wrote it
	Version     int64   // counts changes
	CreatedAt   time.Time
	UpdatedAt   time.Time
	AnnouncedAt time.Time // zero: never
	CarriedAt   time.Time // zero: not yet
	Unsettled   bool      // a split: some old lists stay until their units have published the new ones
}

// AdjustPlan is what an adjustment shall do. Which parts it needs depends on its kind.
type AdjustPlan struct {
	Kind       AdjustKind   `json:"kind"`
	Ground     AdjustGround `json:"ground"`
	Law        string       `json:"law"`                 // 调整依据: law, article, document
	Reason     string       `json:"reason"`              // what for, for everybody to read
	Items      []string     `json:"items"`               // basic codes of the matters that it changes
	Names      []string     `json:"names,omitempty"`     // of these matters as they were when it was proposed; never taken from the input
	Entries    []Basic      `json:"entries"`             // add, split: the new entries; change: the entry as it shall be
	Successor  string       `json:"successor,omitempty"` // merge: the matter that goes on; cancel: the one that takes its place, if any
	Levels     []string     `json:"levels"`              // delegate: added; take-back: removed
	From       string       `json:"from"`                // effective date
	OpinionsBy string       `json:"opinionsBy"`          // date until which departments are heard
}

// AdjustKind 调整类型.
type AdjustKind string

// Kinds of adjustment.
const (
	AdjustAdd      AdjustKind = "add"       // 新增
	AdjustChange   AdjustKind = "change"    // 变更
	AdjustMerge    AdjustKind = "merge"     // 合并
	AdjustSplit    AdjustKind = "split"     // 拆分
	AdjustDelegate AdjustKind = "delegate"  // 下放
	AdjustTakeBack AdjustKind = "take-back" // 收回
	AdjustCancel   AdjustKind = "cancel"    // 取消
)

// AdjustKinds lists the kinds with their names, in the order of a form.
var AdjustKinds = []Named[AdjustKind]{
	{AdjustAdd, "新增", "Add"}, {AdjustChange, "变更", "Change"}, {AdjustMerge, "合并", "Merge"}, {AdjustSplit, "拆分", "Split"},
	{AdjustDelegate, "下放", "Delegate"}, {AdjustTakeBack, "收回", "Take back"}, {AdjustCancel, "取消", "Cancel"},
}

// Words gives the kind's name for people.
func (k AdjustKind) Words() (zh, en string) { return wordsOf(AdjustKinds, k) }

// AdjustGround 调整事由.
type AdjustGround string

// AdjustGrounds lists the grounds with their names.
var AdjustGrounds = []Named[AdjustGround]{
	{"law", "法律法规立改废释", "A law was made, changed, repealed or interpreted"}, {"superior", "上级取消、下放", "Cancelled or delegated from above"},
	{"function", "机构职能调整", "Functions of authorities changed"}, {"reform", "改革需要", "Reform"}, {"other", "其他", "Other"},
}

// Words gives the ground's name for people.
func (g AdjustGround) Words() (zh, en string) { return wordsOf(AdjustGrounds, g) }

// AdjustState 调整状态.
type AdjustState string

// States of an adjustment.
const (
	AdjustDrafting  AdjustState = "drafting"    // 拟稿
	AdjustOpinions  AdjustState = "opinions"    // 征求意见
	AdjustDecided   AdjustState = "decided"     // 已决定
	AdjustAnnounced AdjustState = "announced"   // 已公告
	AdjustCarried   AdjustState = "carried-out" // 已实施
	AdjustReturned  AdjustState = "returned"    // 退回
	AdjustWithdrawn AdjustState = "withdrawn"   // 已撤回
)

// AdjustStates lists the states with their names, in the order in which a
// dossier usually meets them.
var AdjustStates = []Named[AdjustState]{
	{AdjustDrafting, "拟稿", "Drafting"}, {AdjustReturned, "退回", "Returned"}, {AdjustOpinions, "征求意见", "Hearing opinions"}, {AdjustDecided, "已决定", "Decided"},
	{AdjustAnnounced, "已公告", "Announced"}, {AdjustCarried, "已实施", "Carried out"}, {AdjustWithdrawn, "已撤回", "Withdrawn"},
}

// Words gives the state's name for people.
func (st AdjustState) Words() (zh, en string) { return wordsOf(AdjustStates, st) }

// AdjustAct is what is done with an adjustment.
type AdjustAct string

// Acts upon an adjustment.
const (
	AdjustEdit     AdjustAct = "edit"      // 修改
	AdjustAsk      AdjustAct = "ask"       // 征求意见
	AdjustOpine    AdjustAct = "opine"     // 提出意见
	AdjustDecide   AdjustAct = "decide"    // 同意调整
	AdjustReturn   AdjustAct = "return"    // 退回
	AdjustAnnounce AdjustAct = "announce"  // 公告
	AdjustCarryOut AdjustAct = "carry-out" // 实施
	AdjustWithdraw AdjustAct = "withdraw"  // 撤回
)

// adjustActs are the names of the acts.
var adjustActs = []Named[AdjustAct]{
	{AdjustEdit, "修改方案", "Change the plan"}, {AdjustAsk, "征求部门意见", "Ask the departments"}, {AdjustOpine, "提出意见", "Give an opinion"},
	{AdjustDecide, "决定调整", "Decide for it"}, {AdjustReturn, "退回", "Return"}, {AdjustAnnounce, "发布公告", "Announce"},
	{AdjustCarryOut, "立即实施", "Carry out now"}, {AdjustWithdraw, "撤回", "Withdraw"},
}

// Words gives the act's name for people, "" for what is no act of the table.
func (a AdjustAct) Words() (zh, en string) { return wordsOf(adjustActs, a) }

// adjustMove is a line of the table of adjustments.
type adjustMove = move[AdjustState, AdjustAct]

// adjustMoves 拟稿 → 征求意见 → 决定 → 公告 → 实施. Who wrote it neither decides
// nor carries it out; what was announced is withdrawn only by who decides.
var adjustMoves = []adjustMove{
	{AdjustEdit, AdjustDrafting, AdjustDrafting, identity.AdjustmentPropose, false},
	{AdjustEdit, AdjustReturned, AdjustReturned, identity.AdjustmentPropose, false},
	{AdjustAsk, AdjustDrafting, AdjustOpinions, identity.AdjustmentPropose, false},
	{AdjustAsk, AdjustReturned, AdjustOpinions, identity.AdjustmentPropose, false},
	{AdjustOpine, AdjustOpinions, AdjustOpinions, identity.AdjustmentOpine, false},
	{AdjustDecide, AdjustOpinions, AdjustDecided, identity.AdjustmentDecide, true},
	{AdjustReturn, AdjustOpinions, AdjustReturned, identity.AdjustmentDecide, true},
	{AdjustReturn, AdjustDecided, AdjustReturned, identity.AdjustmentDecide, true},
	{AdjustAnnounce, AdjustDecided, AdjustAnnounced, identity.AdjustmentDecide, false},
	{AdjustCarryOut, AdjustAnnounced, AdjustCarried, identity.AdjustmentCarryOut, false},
	{AdjustWithdraw, AdjustDrafting, AdjustWithdrawn, identity.AdjustmentPropose, true},
	{AdjustWithdraw, AdjustReturned, AdjustWithdrawn, identity.AdjustmentPropose, true},
	{AdjustWithdraw, AdjustOpinions, AdjustWithdrawn, identity.AdjustmentPropose, true},
	{AdjustWithdraw, AdjustAnnounced, AdjustWithdrawn, identity.AdjustmentDecide, true},
}

// AdjustActs lists what a state offers, in the table's order.
func AdjustActs(st AdjustState) []Offer[AdjustAct] { return offers(adjustMoves, st) }

// Opinion 部门意见 of a department whose lists an adjustment changes.
type Opinion struct {
	UnitID int64
	Stance string // empty while it is awaited
	Reason string
	By     string
	At     time.Time
}

// Stances of an opinion.
const (
	Agree    = "agree"    // 同意
	Disagree = "disagree" // 不同意
)

// heard reports whether a decision may be taken: every department has given its
// opinion, or the day until which they were asked has passed, when silence
// stands for no objection.
func heard(list []Opinion, by, today string) (awaited int, ok bool) {
	for _, o := range list {
		if o.Stance == "" {
			awaited++
		}
	}
	return awaited, awaited == 0 || by < today
}

// AdjustEvent is an entry of a dossier's history.
type AdjustEvent struct {
	At        time.Time
	StaffID   int64
	StaffName string
	UnitID    int64 // for opinions
	Act       AdjustAct
	Note      string
}

// mostAdjusted bounds how many matters one dossier changes, so that carrying it
// out stays one act of seconds.
const mostAdjusted = 20

// problems says what keeps a plan from being proposed, by field. x is the
// catalogue as it is.
func (p AdjustPlan) problems(x *Index, dir *identity.Directory, today string) []errs.Field {
	var out []errs.Field
	bad := func(path, code, zh, en string) { out = append(out, errs.Field{Path: path, Code: code, ZH: zh, EN: en}) }
	if zh, _ := p.Kind.Words(); zh == "" {
		bad("kind", "option", "请选择调整类型", "Choose the kind of adjustment")
		return out
	}
	if zh, _ := p.Ground.Words(); zh == "" {
		bad("ground", "option", "请选择调整事由", "Choose the ground")
	}
	for path, text := range map[string]string{"law": p.Law, "reason": p.Reason} {
		switch n := utf8.RuneCountInString(text); {
		case strings.TrimSpace(text) == "":
			zh, en := "请写明调整依据，例如法律名称和条款、文件名称和文号", "Name the law and article, or the document"
			if path == "reason" {
				zh, en = "请写明为什么调整，公告会公布", "Say why; the notice shows it"
			}
			bad(path, "required", zh, en)
		case n > maxReason:
			bad(path, "max-length", fmt.Sprintf("请不要超过%d个字", maxReason), fmt.Sprintf("At most %d characters", maxReason))
		}
	}
	if _, err := clock.ParseDate(p.From); err != nil || p.From < today {
		bad("from", "date", "生效日期应是今天或者以后的日期，例如2026-12-01", "The effective date is today or later, like 2026-12-01")
	}
	if _, err := clock.ParseDate(p.OpinionsBy); err != nil || p.OpinionsBy < today || p.From != "" && p.OpinionsBy > p.From {
		bad("opinionsBy", "date", "征求意见的截止日期应是今天或者以后、不晚于生效日期", "Opinions are heard until a day between today and the effective date")
	}
	if len(p.Items) > mostAdjusted || len(p.Entries) > mostAdjusted {
		bad("items", "max-items", fmt.Sprintf("一次最多调整%d个事项", mostAdjusted), fmt.Sprintf("At most %d matters at once", mostAdjusted))
		return out
	}
	return append(out, p.matters(x, dir)...)
}

// matters checks which matters a plan names and what it makes of them.
func (p AdjustPlan) matters(x *Index, dir *identity.Directory) []errs.Field {
	var out []errs.Field
	bad := func(path, code, zh, en string) { out = append(out, errs.Field{Path: path, Code: code, ZH: zh, EN: en}) }
	seen := map[string]bool{}
	for i, code := range p.Items {
		b, ok := x.Basic(code)
		if !ok || b.State != InUse || seen[code] {
			bad(fmt.Sprintf("items/%d", i), "unknown", "基本目录中没有这个在用的事项，或者重复了："+code, "No such matter in use, or named twice: "+code)
		}
		seen[code] = true
	}
	least, most := 1, mostAdjusted // matters that it changes
	entries, made := 0, 0          // entries that it makes: at least, at most
	switch p.Kind {
	case AdjustAdd:
		least, most, entries, made = 0, 0, 1, mostAdjusted
	case AdjustChange:
		most, entries, made = 1, 1, 1
	case AdjustSplit:
		most, entries, made = 1, 2, mostAdjusted
	}
	if n := len(p.Items); n < least || n > most {
		zh := fmt.Sprintf("请选择%d个要调整的事项", least)
		if most > least {
			zh = "请选择要调整的事项"
		} else if most == 0 {
			zh = "新增不需要选择已有事项"
		}
		bad("items", "count", zh, fmt.Sprintf("Between %d and %d matters", least, most))
	}
	if n := len(p.Entries); n < entries || n > made {
		zh := map[AdjustKind]string{AdjustAdd: "请填写新增的事项", AdjustChange: "请填写变更后的内容", AdjustSplit: "拆分后至少有两个事项，请逐个填写"}[p.Kind]
		if zh == "" {
			zh = "这种调整不新增事项"
		}
		bad("entries", "count", zh, fmt.Sprintf("Between %d and %d entries", entries, made))
	}
	for i, b := range p.Entries {
		for _, e := range CheckBasic(x.codes, b) {
			bad(fmt.Sprintf("entries/%d/%s", i, e.Path), "basic", e.ZH, e.Path+" is not right")
		}
		have, taken := x.Basic(b.Code)
		switch {
		case p.Kind == AdjustChange:
			if !slices.Contains(p.Items, b.Code) {
				bad(fmt.Sprintf("entries/%d/code", i), "code", "变更不改变基本编码；编码要变的，请用拆分、合并或者取消后新增", "A change keeps the code")
			} else if taken && !slices.Equal(have.Levels, b.Levels) {
				bad(fmt.Sprintf("entries/%d/levels", i), "levels", "行使层级的变化请用下放或者收回", "Levels change by delegating or taking back")
			} else if taken && jsonText(*have) == jsonText(b) {
				bad(fmt.Sprintf("entries/%d", i), "unchanged", "内容和现在一样，没有变更", "Nothing is changed")
			}
		case taken || seen[b.Code]:
			bad(fmt.Sprintf("entries/%d/code", i), "code", "基本编码已经有了："+b.Code, "The code is taken: "+b.Code)
		}
		seen[b.Code] = true
	}
	if p.Kind == AdjustSplit && len(p.Items) == 1 {
		if b, ok := x.Basic(p.Items[0]); ok {
			for _, l := range b.Levels {
				if !slices.ContainsFunc(p.Entries, func(e Basic) bool { return slices.Contains(e.Levels, l) }) {
					bad("entries", "levels", "拆分后的事项没有覆盖原来的全部行使层级", "The new matters do not cover the levels of the old one")
					break
				}
			}
		}
	}
	return append(append(out, p.succession(x)...), p.levels(x, dir)...)
}

// succession checks the matter that goes on.
func (p AdjustPlan) succession(x *Index) []errs.Field {
	if p.Kind != AdjustMerge && (p.Kind != AdjustCancel || p.Successor == "") {
		if p.Successor != "" {
			return []errs.Field{{Path: "successor", Code: "unexpected", ZH: "这种调整没有承接事项", EN: "This kind has no successor"}}
		}
		return nil
	}
	if b, ok := x.Basic(p.Successor); !ok || b.State != InUse || slices.Contains(p.Items, p.Successor) {
		return []errs.Field{{Path: "successor", Code: "unknown", ZH: "请填写承接事项的基本编码：应在用，并且不在被调整的事项之中", EN: "Name the matter that goes on: in use, and none of those that end"}}
	}
	return nil
}

// levels checks the levels that are added or removed.
func (p AdjustPlan) levels(x *Index, dir *identity.Directory) []errs.Field {
	moves := p.Kind == AdjustDelegate || p.Kind == AdjustTakeBack
	if !moves {
		if len(p.Levels) > 0 {
			return []errs.Field{{Path: "levels", Code: "unexpected", ZH: "只有下放、收回才选择行使层级", EN: "Levels go with delegating and taking back only"}}
		}
		return nil
	}
	field := func(zh, en string) []errs.Field {
		return []errs.Field{{Path: "levels", Code: "option", ZH: zh, EN: en}}
	}
	if len(p.Levels) == 0 {
		return field("请选择下放到、或者从哪一级收回", "Choose the levels")
	}
	for _, l := range p.Levels {
		if !slices.Contains([]string{"4", "5", "6"}, l) {
			return field("只能下放到县（区）、镇（街道）、村（社区），或者从那里收回", "Only levels below the city")
		}
	}
	for _, code := range p.Items {
		b, ok := x.Basic(code)
		if !ok {
			continue
		}
		for _, l := range p.Levels {
			if has := slices.Contains(b.Levels, l); has == (p.Kind == AdjustDelegate) {
				return field(b.Name+"：所选层级"+map[bool]string{true: "已经行使", false: "并不行使"}[has]+"这个事项", b.Code+": the level is already so")
			}
		}
		if p.Kind == AdjustTakeBack && !p.keepsPlace(x, dir, b) {
			return field(b.Name+"：上级没有在用的实施清单可以承接，收回后群众无处可办，请先由上级发布", b.Code+": no level above has a list in use to take its place")
		}
	}
	return nil
}

// keepsPlace reports whether, once levels are removed, the matter still has a
// level and every list that ends has one that takes its place.
func (p AdjustPlan) keepsPlace(x *Index, dir *identity.Directory, b *Basic) bool {
	var stay, end []*Item
	for _, it := range x.Offers(b.Code) {
		switch {
		case it.State == Cancelled:
		case slices.Contains(p.Levels, it.Level):
			end = append(end, it)
		case it.State == InUse:
			stay = append(stay, it)
		}
	}
	left := slices.ContainsFunc(b.Levels, func(l string) bool { return !slices.Contains(p.Levels, l) })
	return left && !slices.ContainsFunc(end, func(it *Item) bool { return takesPlace(dir, it, stay) == "" })
}

// removes reports whether a plan takes the level of a list away.
func (p AdjustPlan) removes(it *Item) bool {
	return p.Kind == AdjustTakeBack && slices.Contains(p.Levels, it.Level)
}

// takesPlace finds, among lists in use, the one that takes the place of a list:
// of the same unit, else the nearest whose area holds the list's own.
func takesPlace(dir *identity.Directory, of *Item, among []*Item) string {
	code, level := "", ""
	for _, it := range among {
		switch {
		case it.State != InUse || it.Code == of.Code:
		case it.UnitID == of.UnitID:
			return it.Code
		case (it.Division == of.Division || dir.DivisionWithin(of.Division, it.Division)) && it.Level > level:
			code, level = it.Code, it.Level
		}
	}
	return code
}
