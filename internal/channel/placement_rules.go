package channel

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// Placement 进驻 says that a list has entered a centre, or why it has entered none
// (第二十条第一款).
type Placement struct {
	ID       int64 // 0 of one that follows from the list alone
	ItemID   int64
	CentreID int64 // 0: Out
	Kind     PlacementKind
	Reason   Reason // of Out
	Detail   string // of the reason; of a state secret it is for the staff alone
	From     string // date; empty of one that follows from the list alone
	Until    string // date, the first day on which it no longer holds; empty: it stands
	By       string
	At       time.Time
	EndedBy  string
	EndedAt  time.Time
	EndWhy   string
}

// Derived reports whether the placement is on no record: the list names the
// centre as the unit that receives.
func (p Placement) Derived() bool { return p.ID == 0 && p.CentreID != 0 }

// PlacementKind 进驻情况.
type PlacementKind string

// The kinds. None is what a list has that has neither entered nor a reason.
const (
	InCentre PlacementKind = "centre" // 进驻中心
	InBranch PlacementKind = "branch" // 事项进中心，服务在现场: in a branch 分中心
	Out      PlacementKind = "out"    // 未进驻, with a reason
	None     PlacementKind = "none"   // 未进驻, no reason on record
)

// PlacementKinds lists them in the order shown to people.
var PlacementKinds = []PlacementKind{InCentre, InBranch, Out, None}

var placementWords = map[PlacementKind][2]string{
	InCentre: {"进驻中心", "At the centre"}, InBranch: {"在分中心办理", "At a branch"},
	Out: {"未进驻，有理由", "Outside, with a reason"}, None: {"未进驻，没有说明理由", "Outside, no reason given"},
}

// Words gives the kind's name for people.
func (k PlacementKind) Words() (zh, en string) { w := placementWords[k]; return w[0], w[1] }

// Reason 理由 why something is not in the centre, a table of its own.
type Reason string

// The reasons of 第二十条第一款.
const (
	Room   Reason = "room"   // 场地限制
	Secret Reason = "secret" // 涉及国家秘密
	Other  Reason = "other"  // 其他情形, in words
)

// Reasons lists them in the order shown to people.
var Reasons = []Reason{Room, Secret, Other}

var reasonWords = map[Reason][2]string{Room: {"场地限制", "No room at the centre"}, Secret: {"涉及国家秘密", "State secrets are concerned"}, Other: {"其他情形", "Another reason"}}

// Words gives the reason for people.
func (r Reason) Words() (zh, en string) { w := reasonWords[r]; return w[0], w[1] }

// reasonProblems checks a reason with its words; other needs them.
func reasonProblems(r Reason, detail, at string) (bad []errs.Field) {
	switch {
	case !slices.Contains(Reasons, r):
		bad = append(bad, errs.Field{Path: at + "reason", Code: "option", ZH: "请选择理由：场地限制、涉及国家秘密或者其他情形", EN: "Choose the reason: no room, state secrets, or another"})
	case r == Other && strings.TrimSpace(detail) == "":
		bad = append(bad, errs.Field{Path: at + "detail", Code: "required", ZH: "其他情形应当写明具体理由", EN: "Say what the other reason is"})
	}
	return append(bad, wordsProblems(at+"detail", detail, 500, false)...)
}

// placements are those of a list that hold on a day, where it is received first:
// what is on record, and the receiving unit of the list where that is a centre.
// A list that has entered a centre has no reason for standing outside.
func (p *Places) placements(it *catalog.Item, dir *identity.Directory, day string) []Placement {
	var in, out []Placement
	for _, x := range p.byItem[it.ID] {
		switch {
		case x.From > day:
		case x.Kind == Out:
			out = append(out, x)
		default:
			in = append(in, x)
		}
	}
	if u, ok := dir.Unit(it.ReceivingUnitID); ok && isCentre(u) && !slices.ContainsFunc(in, func(x Placement) bool { return x.CentreID == u.ID }) {
		in = append(in, Placement{ItemID: it.ID, CentreID: u.ID, Kind: InCentre})
	}
	for i, x := range in { // what a centre is may have changed since
		in[i].Kind = InCentre
		if _, ok := p.BranchOf(x.CentreID, day); ok {
			in[i].Kind = InBranch
		}
	}
	if len(in) == 0 {
		return out
	}
	slices.SortStableFunc(in, func(a, b Placement) int {
		return cmp.Or(-cmp.Compare(btoi(a.CentreID == it.ReceivingUnitID), btoi(b.CentreID == it.ReceivingUnitID)), cmp.Compare(a.ID, b.ID))
	})
	return in
}

// stands is where a list counts in the figures.
func stands(list []Placement) PlacementKind {
	if len(list) == 0 {
		return None
	}
	for _, x := range list {
		if x.Kind == InCentre {
			return InCentre
		}
	}
	return list[0].Kind
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
