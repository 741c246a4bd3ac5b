package fee

import (
	"context"
	"net/http"
	"time"

	"github.com/tongban/tongban/internal/clock"
)

// Provider 收费渠道 is who takes money for the city. There are two: Window and
// HTTP. Every method but Statement may be called again with the same number and
// then answers the same; all are called by jobs, never inside a transaction.
// A *hook.Refused error says that asking again is of no use.
type Provider interface {
	// Place makes an order and says where the person pays it.
	Place(ctx context.Context, o Order) (Placed, error)
	// Query tells how an order stands.
	Query(ctx context.Context, orderNo string) (Told, error)
	// Cancel has an order not be paid any more. An order that is paid stays paid.
	Cancel(ctx context.Context, orderNo string) error
	// Refund pays back; the answer may be Pending.
	Refund(ctx context.Context, r Order, refundNo string) (Told, error)
	// Statement 对账单 lists the money of a day in Shanghai.
	Statement(ctx context.Context, day clock.Date) ([]Entry, error)
}

// Hearer is a provider that tells by itself. Letter checks who wrote it and
// when; errors are hook.ErrSignature, hook.ErrStale, and what is no letter.
type Hearer interface {
	Letter(r *http.Request, body []byte, now time.Time) (Letter, error)
}

// Order 缴费订单.
type Order struct {
	No      string `json:"order"`
	Amount  int64  `json:"amount"`            // fen; of a refund: what goes back
	Subject string `json:"subject,omitempty"` // what the person reads: no names
	Notify  string `json:"notify,omitempty"`  // where the provider tells about it
	Return  string `json:"return,omitempty"`  // where the person goes afterwards
}

// Placed is the answer to an order.
type Placed struct {
	PayURL string `json:"payUrl"`
	Ref    string `json:"ref"`
}

// Told is how an order or a refund stands.
type Told struct {
	State  ToldState `json:"state"`
	Amount int64     `json:"amount"` // fen that moved
	Ref    string    `json:"ref"`
}

// ToldState is a provider's word about an order or a refund.
type ToldState string

// The words.
const (
	ToldPending ToldState = "pending"
	ToldDone    ToldState = "done"
	ToldFailed  ToldState = "failed"
	ToldUnknown ToldState = "unknown"
)

// Letter 回调 is what a provider tells by itself.
type Letter struct {
	Told
	Kind  EntryKind `json:"kind"`
	No    string    `json:"order"` // of the order or the refund
	Nonce string    `json:"-"`
}

// The providers' keys.
const (
	AtWindow  = "window"
	OnlinePay = "online"
)
