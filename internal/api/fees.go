package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/fee"
)

// Bill 缴款单. Amounts are in fen.
type Bill struct {
	No         string      `json:"no"`
	Case       string      `json:"case"`
	ItemName   string      `json:"itemName"`
	Party      string      `json:"party"`
	Due        Word        `json:"due" doc:"Before which act it has to be settled."`
	State      Word        `json:"state"`
	Version    int64       `json:"version"`
	Amount     int64       `json:"amount" doc:"Fen, as the guide reckons it."`
	PayBy      string      `json:"payBy,omitempty" format:"date" doc:"The day by which it is to be paid. Nothing ends by itself when it is over."`
	Overdue    bool        `json:"overdue,omitempty" doc:"That day is over."`
	Reduced    int64       `json:"reduced" doc:"Fen."`
	Left       int64       `json:"left" doc:"Fen that are still to be paid."`
	Lines      []BillLine  `json:"lines"`
	Payments   []Payment   `json:"payments"`
	Reductions []Reduction `json:"reductions"`
	Refunds    []Refund    `json:"refunds"`
	Offered    []string    `json:"offered" doc:"What the caller may do now: POST /bills/{no}/acts."`
	CreatedAt  time.Time   `json:"createdAt"`
	SettledAt  *time.Time  `json:"settledAt,omitempty"`
}

// BillLine is one fee of a bill.
type BillLine struct {
	Name     string `json:"name"`
	Basis    string `json:"basis"`
	Reckoned string `json:"reckoned"`
	Amount   int64  `json:"amount" doc:"Fen."`
}

// Payment 缴款.
type Payment struct {
	Order    string     `json:"order"`
	Provider string     `json:"provider"`
	Method   string     `json:"method"`
	State    Word       `json:"state"`
	Amount   int64      `json:"amount" doc:"Fen that were asked for."`
	Received int64      `json:"received" doc:"Fen that arrived."`
	Refunded int64      `json:"refunded" doc:"Fen that go back or went back."`
	Surplus  bool       `json:"surplus,omitempty" doc:"Nothing was due any more."`
	PayURL   string     `json:"payUrl,omitempty" doc:"Where the person pays; it comes shortly after the payment was begun."`
	By       string     `json:"by,omitempty" doc:"For staff: who took it."`
	BegunAt  time.Time  `json:"begunAt"`
	PaidAt   *time.Time `json:"paidAt,omitempty"`
}

// Reduction 减免.
type Reduction struct {
	Amount int64     `json:"amount" doc:"Fen."`
	Ground string    `json:"ground"`
	State  Word      `json:"state"`
	Reason string    `json:"reason,omitempty" doc:"Of the decision."`
	At     time.Time `json:"at"`
}

// Refund 退款.
type Refund struct {
	No       string     `json:"no"`
	Provider string     `json:"provider"`
	Amount   int64      `json:"amount" doc:"Fen."`
	Cause    Word       `json:"cause"`
	Reason   string     `json:"reason"`
	State    Word       `json:"state"`
	Answer   string     `json:"answer,omitempty" doc:"Reason of the decision, or why it failed."`
	At       time.Time  `json:"at"`
	FinishAt *time.Time `json:"doneAt,omitempty"`
}

// BillIn names a bill.
type BillIn struct {
	No string `path:"no" maxLength:"40"`
}

// BillActIn does an act on a bill; each act reads its own fields.
type BillActIn struct {
	BillIn
	Body struct {
		Act     string `json:"act" enum:"pay,take,reduce,reduce-decide,refund,refund-decide,pay-back" doc:"One of the bill's offered acts."`
		Version int64  `json:"version,omitempty" minimum:"1" doc:"take: the bill's version that was seen."`
		Method  string `json:"method,omitempty" enum:"cash,pos" doc:"take."`
		Slip    string `json:"slip,omitempty" maxLength:"40" doc:"take by card: number on the slip. pay-back: who took the money, or the slip."`
		Amount  int64  `json:"amount,omitempty" minimum:"1" doc:"reduce, refund: fen."`
		Reason  string `json:"reason,omitempty" maxLength:"2000" doc:"reduce: the ground; refund; decisions."`
		Grant   bool   `json:"grant,omitempty" doc:"Decisions: approve, else refuse."`
		Refund  string `json:"refund,omitempty" maxLength:"40" doc:"refund-decide, pay-back: number of the refund."`
		Order   string `json:"order,omitempty" maxLength:"40" doc:"refund: of which payment; left out: the one that settled the bill."`
	}
}

// Till 收款台 of a clerk.
type Till struct {
	Clerk       string     `json:"clerk"`
	Day         string     `json:"day" format:"date"`
	Cash        int64      `json:"cash" doc:"Fen in the books, what came in less what went out."`
	POS         int64      `json:"pos" doc:"Fen in the books."`
	CountedCash int64      `json:"countedCash" doc:"Fen."`
	CountedPOS  int64      `json:"countedPos" doc:"Fen."`
	Note        string     `json:"note,omitempty"`
	ClosedAt    *time.Time `json:"closedAt,omitempty"`
}

// Books 对账.
type Books struct {
	Days        []MatchedDay `json:"days"`
	Differences []Difference `json:"differences"`
	Tills       []Till       `json:"tills"`
}

// MatchedDay is a day as it was last compared.
type MatchedDay struct {
	Provider    string    `json:"provider"`
	Day         string    `json:"day" format:"date"`
	At          time.Time `json:"at"`
	OursCount   int64     `json:"oursCount"`
	OursSum     int64     `json:"oursSum" doc:"Fen, money out counted negative."`
	TheirsCount int64     `json:"theirsCount"`
	TheirsSum   int64     `json:"theirsSum" doc:"Fen."`
	Even        bool      `json:"even"`
}

// Difference 差异.
type Difference struct {
	ID       ID        `json:"id"`
	Provider string    `json:"provider"`
	Day      string    `json:"day" format:"date"`
	Kind     Word      `json:"kind"`
	Ref      string    `json:"ref" doc:"Order, refund or till."`
	Ours     int64     `json:"ours" doc:"Fen."`
	Theirs   int64     `json:"theirs" doc:"Fen."`
	Settled  bool      `json:"settled"`
	Note     string    `json:"note,omitempty"`
	FoundAt  time.Time `json:"foundAt"`
}

func (s *server) fees() {
	add(s, operation{id: "bills", method: http.MethodGet, path: "/bills", tag: "fees", zh: "待缴费", en: "Bills that are due at a unit's windows, oldest first"},
		func(ctx context.Context, c *call, in *struct {
			Unit string `query:"unit" maxLength:"60" doc:"Key of the unit; the caller's own if left out."`
			PageIn
		}) (List[Bill], error) {
			at, err := behind("bills", in.Cursor)
			if err != nil {
				return List[Bill]{}, err
			}
			unit, _, err := s.workList(ctx, c, QueueIn{Unit: in.Unit})
			if err != nil {
				return List[Bill]{}, err
			}
			list, err := s.Fees.Open(ctx, c.Actor, unit, at, in.limit())
			var next int64
			if len(list) == in.limit() {
				next = list[len(list)-1].ID
			}
			return List[Bill]{mapTo(list, func(b fee.Bill) Bill { return billOf(c, &fee.View{Bill: b}) }), after("bills", next)}, err
		})
	add(s, operation{id: "bills-waiting", method: http.MethodGet, path: "/bills/waiting", tag: "fees", zh: "等待决定的减免和退款", en: "Bills with a reduction or a refund that the caller may decide, or money to hand back"},
		func(ctx context.Context, c *call, _ *none) (List[Bill], error) {
			list, err := s.Fees.Waiting(ctx, c.Actor)
			return List[Bill]{Items: mapTo(list, func(v *fee.View) Bill { return billOf(c, v) })}, err
		})
	add(s, operation{id: "bill", method: http.MethodGet, path: "/bills/{no}", tag: "fees", zh: "缴款单", en: "A bill with its payments, reductions and refunds"},
		func(ctx context.Context, c *call, in *BillIn) (Bill, error) { return s.bill(ctx, c, in.No) })
	add(s, operation{id: "bill-act", method: http.MethodPost, path: "/bills/{no}/acts", tag: "fees", once: true, zh: "缴费、减免、退款", en: "Do an act on a bill",
		more: "pay begins a payment over the net; its payUrl comes shortly afterwards, and whoever begins twice gets the same order. What is paid twice becomes the proposal of a refund."},
		func(ctx context.Context, c *call, in *BillActIn) (Bill, error) {
			if err := s.billAct(ctx, c, in); err != nil {
				return Bill{}, err
			}
			return s.bill(ctx, c, in.No)
		})
	add(s, operation{id: "till", method: http.MethodGet, path: "/till", tag: "fees", zh: "我的收款台", en: "The caller's own till of a day"},
		func(ctx context.Context, c *call, in *struct {
			Day string `query:"day" format:"date" doc:"Today if left out."`
		}) (Till, error) {
			day, err := s.dayOf(in.Day, "query/day")
			if err != nil {
				return Till{}, err
			}
			t, err := s.Fees.MyTill(ctx, c.Actor, day)
			if err != nil {
				return Till{}, err
			}
			return tillOf(*t), nil
		})
	add(s, operation{id: "till-close", method: http.MethodPost, path: "/till/close", tag: "fees", zh: "日结", en: "Close the caller's till of a day", again: "a till is closed once: 409."},
		func(ctx context.Context, c *call, in *struct {
			Body struct {
				Day  string `json:"day,omitempty" format:"date" doc:"Today if left out."`
				Cash int64  `json:"cash" doc:"Fen that were counted."`
				POS  int64  `json:"pos" doc:"Fen on the card slips."`
				Note string `json:"note,omitempty" maxLength:"2000" doc:"Needed where a sum differs."`
			}
		}) (Till, error) {
			day, err := s.dayOf(in.Body.Day, "day")
			if err != nil {
				return Till{}, err
			}
			t, err := s.Fees.CloseTill(ctx, c.Actor, fee.Counted{Day: day, Cash: in.Body.Cash, POS: in.Body.POS, Note: in.Body.Note})
			if err != nil {
				return Till{}, err
			}
			return tillOf(*t), nil
		})
	s.ledger()
}

// ledger 对账.
func (s *server) ledger() {
	add(s, operation{id: "fee-books", method: http.MethodGet, path: "/fees/books", tag: "fees", zh: "收费对账", en: "Days against the providers' lists, the differences, the tills of a day"},
		func(ctx context.Context, c *call, in *struct {
			Day string `query:"day" format:"date" doc:"Of the tills; today if left out."`
		}) (Books, error) {
			day, err := s.dayOf(in.Day, "query/day")
			if err != nil {
				return Books{}, err
			}
			b, err := s.Fees.Books(ctx, c.Actor, day)
			return Books{
				mapTo(b.Days, func(m fee.Matched) MatchedDay {
					return MatchedDay{m.Provider, m.Day, m.At.UTC(), m.OursCount, m.OursSum, m.TheirsCount, m.TheirsSum, m.Even()}
				}),
				mapTo(b.Differences, func(d fee.Difference) Difference {
					return Difference{ID(d.ID), d.Provider, d.Day, word(c, d.Kind), d.Ref, d.Ours, d.Theirs, d.Settled, d.Note, d.FoundAt.UTC()}
				}), mapTo(b.Tills, tillOf)}, err
		})
	do(s, operation{id: "fee-match", method: http.MethodPost, path: "/fees/matches", tag: "fees", zh: "对账", en: "Compare a day with a provider's list, in the background", again: "compares again.", status: http.StatusAccepted},
		func(ctx context.Context, c *call, in *struct {
			Body struct {
				Provider string `json:"provider" enum:"window,online"`
				Day      string `json:"day" format:"date"`
			}
		}) error {
			day, err := s.dayOf(in.Body.Day, "day")
			if err != nil {
				return err
			}
			return s.Fees.Match(ctx, c.Actor, in.Body.Provider, day)
		})
	do(s, operation{id: "fee-settle", method: http.MethodPost, path: "/fees/differences/{id}", tag: "fees", zh: "处理差异", en: "Settle a difference", again: "a difference is settled once: 409."},
		func(ctx context.Context, c *call, in *struct {
			ID   ID `path:"id"`
			Body struct {
				Note string `json:"note" maxLength:"2000" doc:"What came of it."`
			}
		}) error {
			return s.Fees.Settle(ctx, c.Actor, int64(in.ID), in.Body.Note)
		})
}

// dayOf reads a day; none is today.
func (s *server) dayOf(text, path string) (clock.Date, error) {
	if text == "" {
		return clock.DateOf(s.Now()), nil
	}
	d, err := clock.ParseDate(text)
	if err != nil {
		return d, errs.InvalidFields(errs.Field{Path: path, Code: "format", ZH: "日期应为 2026-03-02 这样的形式", EN: "A date is like 2026-03-02"})
	}
	return d, nil
}

func (s *server) bill(ctx context.Context, c *call, no string) (Bill, error) {
	v, err := s.Fees.View(ctx, c.Actor, no)
	if err != nil {
		return Bill{}, err
	}
	return billOf(c, v), nil
}

func (s *server) billAct(ctx context.Context, c *call, in *BillActIn) (err error) {
	b, f := in.Body, s.Fees
	switch b.Act {
	case "pay":
		_, err = f.Begin(ctx, c.Actor, in.No, c.once)
	case "take":
		_, err = f.Take(ctx, c.Actor, in.No, fee.Taken{Version: b.Version, Method: fee.Method(b.Method), Slip: b.Slip, Once: c.once})
	case "reduce":
		_, err = f.AskReduction(ctx, c.Actor, in.No, b.Amount, b.Reason, c.once)
	case "reduce-decide":
		_, err = f.DecideReduction(ctx, c.Actor, in.No, b.Grant, b.Reason, c.once)
	case "refund":
		_, err = f.AskRefund(ctx, c.Actor, in.No, b.Order, b.Amount, b.Reason, c.once)
	case "refund-decide":
		_, err = f.DecideRefund(ctx, c.Actor, in.No, b.Refund, b.Grant, b.Reason, c.once)
	case "pay-back":
		_, err = f.PayBack(ctx, c.Actor, in.No, b.Refund, b.Slip, c.once)
	}
	return err
}

func billOf(c *call, v *fee.View) Bill {
	zh, en := fee.DueWords(v.Due)
	out := Bill{No: v.No, Case: v.CaseNo, ItemName: v.ItemName, Party: v.Party.Name, Due: Word{string(v.Due), c.pick(zh, en)}, State: word(c, v.State), Version: v.Version,
		Amount: v.Amount, Reduced: v.Reduced, Left: v.Left(), PayBy: v.PayBy, Overdue: v.Overdue, CreatedAt: v.CreatedAt.UTC(), SettledAt: instant(v.SettledAt), Offered: []string{},
		Lines:    []BillLine{},
		Payments: mapTo(v.Payments, func(p fee.Payment) Payment { return paymentOf(c, p) }),
		Reductions: mapTo(v.Reductions, func(x fee.Reduction) Reduction {
			return Reduction{x.Amount, x.Ground, word(c, x.State), x.Reason, x.CreatedAt.UTC()}
		}),
		Refunds: mapTo(v.Refunds, func(x fee.Refund) Refund {
			return Refund{x.No, x.Provider, x.Amount, word(c, x.Cause), x.Reason, word(c, x.State), x.Answer, x.CreatedAt.UTC(), instant(x.DoneAt)}
		})}
	for _, l := range v.Lines {
		out.Lines = append(out.Lines, BillLine{l.Name, l.Basis, l.Reckoned, l.Amount})
	}
	for _, o := range v.Offered {
		out.Offered = append(out.Offered, strings.TrimPrefix(string(o), "fee."))
	}
	return out
}

func paymentOf(c *call, p fee.Payment) Payment {
	return Payment{p.OrderNo, p.Provider, string(p.Method), word(c, p.State), p.Amount, p.Received, p.Refunded, p.Surplus, p.PayURL, p.ClerkName, p.BegunAt.UTC(), instant(p.PaidAt)}
}

func tillOf(t fee.Till) Till {
	return Till{t.ClerkName, t.Day, t.Cash, t.POS, t.CountedCash, t.CountedPOS, t.Note, instant(t.ClosedAt)}
}
