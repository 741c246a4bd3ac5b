package fee

import (
	"fmt"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
)

// Bill 缴款单 is what has to be paid for a case at one point of its way.
type Bill struct {
	ID              int64
	No              string // 缴款单号
	CaseID          int64
	CaseNo          string
	ItemName        string
	Party           actor.Party
	UnitID          int64 // who decides the case, and reductions and refunds
	ReceivingUnitID int64 // whose windows take the money
	Due             catalog.FeeDue
	State           BillState
	Amount          int64 // fen, as the guide reckons it
	Reduced         int64 // fen
	Lines           []catalog.Charge
	Version         int64
	CreatedAt       time.Time
	SettledAt       time.Time // paid, waived or void; zero while it is due
	PayBy           string    // 缴费期限: the day by which it is to be paid, YYYY-MM-DD; "": none
}

// Left is what is still to be paid, in fen.
func (b *Bill) Left() int64 {
	if b.State != Due {
		return 0
	}
	return b.Amount - b.Reduced
}

// Late reports whether the day by which a bill is to be paid is over. What then
// follows the rules of the case say: nothing ends by itself.
func (b *Bill) Late(today clock.Date) bool {
	return b.Left() > 0 && b.PayBy != "" && today.String() > b.PayBy
}

// Reducible is the part of a bill that the guide lets be reduced, in fen, less
// what was reduced already.
func (b *Bill) Reducible() int64 {
	var sum int64
	for _, l := range b.Lines {
		if l.Reducible {
			sum += l.Amount
		}
	}
	return max(0, sum-b.Reduced)
}

// BillState 缴款单状态.
type BillState string

// The states of a bill. Only a bill that is due changes.
const (
	Due    BillState = "due"    // 待缴
	Paid   BillState = "paid"   // 已缴
	Waived BillState = "waived" // 已免
	Void   BillState = "void"   // 已作废: the case ended, or another bill took its place
)

// Payment 缴款 is one attempt to pay a bill.
type Payment struct {
	ID        int64
	BillID    int64
	OrderNo   string // 缴费订单号, the provider's key for it
	Provider  string // "window", "online"
	State     PaymentState
	Amount    int64 // fen that were asked for
	Received  int64 // fen that arrived
	Refunded  int64 // fen that go back or went back
	Surplus   bool  // it arrived when nothing was due any more
	Method    Method
	PayURL    string // where the person pays; "" until the provider has answered
	Ref       string // the provider's own number; at the window the slip of the card terminal
	ClerkID   int64
	ClerkName string
	Day       string // on which it was paid, in Shanghai
	BegunAt   time.Time
	PaidAt    time.Time
}

// PaymentState 缴款状态.
type PaymentState string

// The states of a payment.
const (
	Begun   PaymentState = "begun"  // 缴费中
	Arrived PaymentState = "paid"   // 已到账
	Failed  PaymentState = "failed" // 失败
	Closed  PaymentState = "closed" // 已关闭: nobody paid in time, or it was paid otherwise
	Wrong   PaymentState = "wrong"  // 金额不符: something arrived that was not asked for
)

// Method 支付方式 at a window.
type Method string

// The methods.
const (
	Cash   Method = "cash"   // 现金
	POS    Method = "pos"    // 刷卡
	Online Method = "online" // 网上
)

// Reduction 减免 of a bill.
type Reduction struct {
	ID        int64
	BillID    int64
	Amount    int64  // fen
	Ground    string // why, in the words of who asked
	State     AskState
	By        By
	DecidedBy By
	Reason    string // of the decision
	CreatedAt time.Time
	DecidedAt time.Time
}

// Refund 退款 of a payment, whole or in part.
type Refund struct {
	ID        int64
	No        string
	BillID    int64
	PaymentID int64
	Provider  string
	Amount    int64 // fen
	Cause     Cause
	Reason    string
	State     AskState
	By        By
	DecidedBy By
	Answer    string // reason of the decision, or why the provider did not do it
	Ref       string // the provider's number
	Day       string // on which it was done, in Shanghai
	CreatedAt time.Time
	DecidedAt time.Time
	DoneAt    time.Time
}

// Cause 退款原因 says where a refund comes from.
type Cause string

// The causes. All but Asked are proposals that the platform makes.
const (
	Asked      Cause = "asked"      // somebody asks for it
	Surplus    Cause = "surplus"    // paid twice, or more than was due
	WrongSum   Cause = "wrong-sum"  // another amount arrived than was asked for
	CaseEnded  Cause = "case-ended" // the case ended without what was applied for
	Recomputed Cause = "recomputed" // a correction made the fee smaller
)

// AskState 申请状态 of reductions and refunds.
type AskState string

// The states; a reduction knows the first three.
const (
	IsAsked  AskState = "asked"
	Approved AskState = "approved" // of a refund: the provider is to do it, or the window
	Declined AskState = "declined"
	Done     AskState = "done"
	GoneBad  AskState = "failed" // the provider refused; somebody decides again
)

// By is who did something.
type By struct {
	Kind actor.Kind
	ID   int64
	Name string
}

// staffID is the id of a staff member, 0 of anybody else: ids of persons and of
// staff are not to be taken for one another.
func (b By) staffID() []int64 {
	if b.Kind == actor.Staff {
		return []int64{b.ID}
	}
	return nil
}

var stateWords = map[string][2]string{
	"bill/due": {"待缴费", "To be paid"}, "bill/paid": {"已缴费", "Paid"}, "bill/waived": {"已免缴", "Waived"}, "bill/void": {"已作废", "Void"},
	"payment/begun": {"缴费中", "Begun"}, "payment/paid": {"已到账", "Arrived"}, "payment/failed": {"未成功", "Failed"}, "payment/closed": {"已关闭", "Closed"}, "payment/wrong": {"金额不符", "Wrong amount"},
	"ask/asked": {"待批准", "Asked"}, "ask/approved": {"已批准", "Approved"}, "ask/declined": {"未批准", "Declined"}, "ask/done": {"已退款", "Paid back"}, "ask/failed": {"退款未成功", "Failed"},
	"method/cash": {"现金", "Cash"}, "method/pos": {"刷卡", "Card"}, "method/online": {"网上支付", "Online"},
	"cause/asked": {"申请退款", "Asked for"}, "cause/surplus": {"重复或者多缴", "Paid twice or too much"}, "cause/wrong-sum": {"到账金额不符", "Wrong amount"},
	"cause/case-ended": {"办件未办成", "The case ended"}, "cause/recomputed": {"补正后应缴减少", "A correction made it less"},
	"due/acceptance": {"受理之前", "Before acceptance"}, "due/decision": {"作出决定之前", "Before the decision"}, "due/delivery": {"领取结果之前", "Before the result is handed out"},
	"provider/window": {"窗口收费", "Window"}, "provider/online": {"网上缴费", "Online"},
	"difference/ours-only": {"我方有，对方没有", "Only ours"}, "difference/theirs-only": {"对方有，我方没有", "Only theirs"}, "difference/amount": {"金额不一致", "Amounts differ"}, "difference/unknown": {"回调的订单不存在", "Told of an unknown order"},
}

func words(group, key string) (zh, en string) {
	w, ok := stateWords[group+"/"+key]
	if !ok {
		return key, key
	}
	return w[0], w[1]
}

// Words gives the state's name for people.
func (s BillState) Words() (zh, en string) { return words("bill", string(s)) }

// Words gives the state's name for people.
func (s PaymentState) Words() (zh, en string) { return words("payment", string(s)) }

// Words gives the state's name for people.
func (s AskState) Words() (zh, en string) { return words("ask", string(s)) }

// Words gives the method's name for people.
func (m Method) Words() (zh, en string) { return words("method", string(m)) }

// Words gives the cause's name for people.
func (c Cause) Words() (zh, en string) { return words("cause", string(c)) }

// DueWords gives the name of a point in time for people.
func DueWords(d catalog.FeeDue) (zh, en string) { return words("due", string(d)) }

// ProviderWords gives the name of a provider for people.
func ProviderWords(p string) (zh, en string) { return words("provider", p) }

// The refusals.
var (
	ErrNoBill     = errs.New(errs.NotFound, "bill-not-found", "没有找到这张缴款单。", "There is no such bill.")
	ErrNoRefund   = errs.New(errs.NotFound, "refund-not-found", "没有找到这笔退款。", "There is no such refund.")
	ErrChanged    = errs.New(errs.Conflict, "bill-changed", "缴费情况已有变化，请查看最新情况后再操作。", "The bill has changed; look at its new state first.")
	ErrSettled    = errs.New(errs.Conflict, "bill-settled", "这张缴款单已经缴清、免缴或者作废，不需要再缴费。", "Nothing is due on this bill any more.")
	ErrNoProvider = errs.New(errs.Unavailable, "pay-online-off", "暂时不能网上缴费，请到窗口缴费。", "Paying online is not available; pay at the window.")
	ErrTillClosed = errs.New(errs.Conflict, "till-closed", "您今天已经日结，不能再收款、退款；请由其他窗口办理。", "Your till is closed for today; another window has to do it.")
	ErrTooMuch    = errs.New(errs.Conflict, "refund-too-much", "退款金额超过了可以退的金额。", "That is more than can be paid back.")
	ErrDecided    = errs.New(errs.Conflict, "decided-already", "已经有了决定，请查看最新情况。", "It is decided already; look at its new state.")
	ErrReducing   = errs.New(errs.Conflict, "reduction-asked", "已有减免申请等待批准，请先等待决定。", "A reduction was asked for already; wait for the decision.")
)

// IsUnpaid reports whether an act was refused because a bill is due.
func IsUnpaid(err error) bool { return err != nil && errs.Of(err).Code == "fee-unpaid" }

// Unpaid is the refusal of an act that has to wait for a bill.
func Unpaid(b *Bill) error {
	return errs.New(errs.Conflict, "fee-unpaid",
		fmt.Sprintf("缴款单 %s 的 %s 元还没有缴纳，也没有免缴，不能进行这一步。", b.No, catalog.Yuan(b.Left())),
		fmt.Sprintf("Bill %s over ¥%s is neither paid nor waived, so this step has to wait.", b.No, catalog.Yuan(b.Left())))
}
