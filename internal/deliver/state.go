package deliver

import "github.com/tongban/tongban/internal/errs"

// State 寄递、领取状态.
type State string

// The states.
const (
	Ready     State = "ready"     // 待寄出
	Ordered   State = "ordered"   // 已下单: the courier has not collected it yet
	Underway  State = "underway"  // 运送中
	Waiting   State = "waiting"   // 待领取, at the window
	InCabinet State = "cabinet"   // 待取件, in a compartment
	Overdue   State = "overdue"   // 取件柜保管期满: the window has to take it back
	Delivered State = "delivered" // 已送达
	Returned  State = "returned"  // 已退回
	Lost      State = "lost"      // 已丢失
	Claimed   State = "claimed"   // 已登记索赔
	Void      State = "void"      // 已作废: it is not handed over on paper any more
)

// States in the order in which they come.
var States = []State{Ready, Ordered, Underway, Waiting, InCabinet, Overdue, Delivered, Returned, Lost, Claimed, Void}

var stateWords = map[State][2]string{
	Ready: {"待寄出", "To be posted"}, Ordered: {"已下单，等待揽收", "Ordered, to be collected"}, Underway: {"运送中", "Under way"},
	Waiting: {"待领取", "Waits at the window"}, InCabinet: {"已放入取件柜", "In the cabinet"}, Overdue: {"取件柜保管期满，退回窗口", "Back from the cabinet"},
	Delivered: {"已送达", "Delivered"}, Returned: {"已退回", "Came back"}, Lost: {"已丢失", "Lost"}, Claimed: {"已登记索赔", "Claimed"}, Void: {"已改为其他方式", "Otherwise"},
}

// Words gives the state's name for people.
func (s State) Words() (zh, en string) { w := stateWords[s]; return w[0], w[1] }

// Step moves a parcel.
type Step string

// The steps.
const (
	Order   Step = "order"   // 快递下单
	ByHand  Step = "by-hand" // 窗口自行寄出, with a waybill
	Refuse  Step = "refuse"  // 快递公司未接单
	Cancel  Step = "cancel"  // 取消寄送, before it is collected
	Collect Step = "collect" // 揽收
	Sign    Step = "sign"    // 签收
	Return  Step = "return"  // 退回
	Lose    Step = "lose"    // 丢失
	Claim   Step = "claim"   // 登记索赔
	Put     Step = "put"     // 放入取件柜
	Expire  Step = "expire"  // 保管期满
	Take    Step = "take"    // 从取件柜取回
	Open    Step = "open"    // 凭取件码开柜
	Hand    Step = "hand"    // 窗口发放
	ToPost  Step = "to-post" // 改为邮寄
	ToDesk  Step = "to-desk" // 改为窗口领取
	Drop    Step = "drop"    // 改为电子送达，或者决定被撤销
)

// Move is one line of the table.
type Move struct {
	From State
	Step Step
	To   State
}

// Table 寄递状态表: what is not in it cannot happen to a parcel.
var Table = []Move{
	{Ready, Order, Ordered}, {Ready, ByHand, Underway}, {Ready, ToDesk, Waiting}, {Ready, ToPost, Ready}, {Ready, Drop, Void},
	{Ordered, Refuse, Ready}, {Ordered, Cancel, Ready}, {Ordered, Collect, Underway}, {Ordered, Sign, Delivered}, {Ordered, Return, Returned}, {Ordered, Lose, Lost}, {Ordered, Drop, Void},
	{Underway, Sign, Delivered}, {Underway, Return, Returned}, {Underway, Lose, Lost}, {Underway, Drop, Void},
	{Returned, Order, Ordered}, {Returned, ByHand, Underway}, {Returned, ToDesk, Waiting}, {Returned, ToPost, Ready}, {Returned, Drop, Void},
	{Lost, Claim, Claimed}, {Lost, Sign, Delivered}, {Lost, Return, Returned}, {Lost, Drop, Void}, // what was lost may turn up
	{Claimed, Order, Ordered}, {Claimed, ByHand, Underway}, {Claimed, ToDesk, Waiting}, {Claimed, ToPost, Ready}, {Claimed, Drop, Void},
	{Waiting, Hand, Delivered}, {Waiting, Put, InCabinet}, {Waiting, ToPost, Ready}, {Waiting, ToDesk, Waiting}, {Waiting, Drop, Void},
	{InCabinet, Open, Delivered}, {InCabinet, Expire, Overdue}, {InCabinet, Take, Waiting}, {InCabinet, Drop, Void},
	{Overdue, Take, Waiting}, {Overdue, Drop, Void},
	{Void, ToPost, Ready}, {Void, ToDesk, Waiting},
}

// After gives the state that a step leads to; false: it cannot happen now.
func (s State) After(step Step) (State, bool) {
	for _, m := range Table {
		if m.From == s && m.Step == step {
			return m.To, true
		}
	}
	return "", false
}

// Gone reports whether the parcel is out of the person's choice: with a courier,
// in a cabinet, or delivered.
func (s State) Gone() bool {
	switch s {
	case Ordered, Underway, InCabinet, Overdue, Lost, Delivered:
		return true
	}
	return false
}

// ErrStep is a step that the parcel's state does not allow.
var ErrStep = errs.New(errs.Conflict, "parcel-state", "结果的寄递、领取状态已有变化，不能进行这一步，请查看最新情况。", "The parcel's state does not allow this; look at it again.")

// News is what a courier tells of a parcel.
type News string

// The news.
const (
	NewsPending   News = "pending"   // the order is known, nothing happened
	NewsRefused   News = "refused"   // 未接单
	NewsCollected News = "collected" // 已揽收
	NewsMoving    News = "moving"    // 运输中
	NewsSigned    News = "signed"    // 已签收
	NewsReturned  News = "returned"  // 已退回
	NewsLost      News = "lost"      // 丢失
	NewsUnknown   News = "unknown"   // the courier knows no such order
)

var newsWords = map[News][2]string{NewsPending: {"已下单", "Ordered"}, NewsRefused: {"快递公司未接单", "Not taken by the courier"}, NewsCollected: {"快递已揽收", "Collected"}, NewsMoving: {"运输中", "Under way"},
	NewsSigned: {"已签收", "Signed for"}, NewsReturned: {"已退回", "Came back"}, NewsLost: {"丢失", "Lost"}}

// Words gives the news for people.
func (n News) Words() (zh, en string) { w := newsWords[n]; return w[0], w[1] }

// newsSteps says which step a piece of news is. Moving shows that it was
// collected.
var newsSteps = map[News]Step{NewsRefused: Refuse, NewsCollected: Collect, NewsMoving: Collect, NewsSigned: Sign, NewsReturned: Return, NewsLost: Lose}

// stepNews names a step that a clerk recorded.
var stepNews = map[Step]News{Refuse: NewsRefused, Sign: NewsSigned, Return: NewsReturned, Lose: NewsLost}

// ofCase are the steps that are acts of the case as well.
var ofCase = map[Step]bool{Refuse: true, Sign: true, Return: true, Lose: true}
