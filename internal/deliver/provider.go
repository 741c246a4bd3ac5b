package deliver

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/tongban/tongban/internal/db"
)

// Provider 寄递渠道 is who brings a result to its addressee. There are two: Window
// and HTTP. Every method may be called again with the same number and then
// answers the same; all are called by jobs, never inside a transaction. A
// *hook.Refused error says that asking again is of no use.
type Provider interface {
	// Order has a parcel brought.
	Order(ctx context.Context, o Sending) (Placed, error)
	// Ask tells where a parcel is.
	Ask(ctx context.Context, orderNo string) (Told, error)
	// Cancel has a parcel not be collected any more. One that was collected is
	// refused.
	Cancel(ctx context.Context, orderNo string) error
}

// Hearer is a provider that tells by itself. Letter checks who wrote it and
// when; errors are hook.ErrSignature, hook.ErrStale, and what is no letter.
type Hearer interface {
	Letter(r *http.Request, body []byte, now time.Time) (Letter, error)
}

// Sending 寄件 is what a courier is asked.
type Sending struct {
	No     string  `json:"parcel"`
	From   string  `json:"from"`    // where it is collected
	To     Address `json:"to"`      // name, phone, address
	What   string  `json:"subject"` // what the courier reads: no case, no names
	Notify string  `json:"notify"`  // where the courier tells about it
}

// Placed is the answer to an order.
type Placed struct {
	Waybill string `json:"waybill"` // 运单号
}

// Told is where a parcel is.
type Told struct {
	News     News      `json:"state"`
	At       time.Time `json:"at"`                 // when it happened
	Text     string    `json:"text,omitempty"`     // where, in the courier's words
	SignedBy string    `json:"signedBy,omitempty"` // who signed for it
	Waybill  string    `json:"waybill,omitempty"`
}

// Letter 回调 is what a provider tells by itself.
type Letter struct {
	Told
	No    string `json:"parcel"`
	Nonce string `json:"-"`
}

// The providers' keys.
const (
	AtWindow  = "window"
	ByCourier = "courier"
)

// Window 窗口寄递 is the window itself: a clerk hands the result to whom he likes
// and records the waybill, and what the post said of it. Where the parcel is, is
// what the clerks recorded.
type Window struct{ DB *db.DB }

var _ Provider = Window{}

// Order implements Provider: the clerk has the parcel in his hands.
func (Window) Order(context.Context, Sending) (Placed, error) { return Placed{}, nil }

// Ask implements Provider.
func (w Window) Ask(ctx context.Context, no string) (t Told, err error) {
	var state State
	var order string
	var moved int64
	err = w.DB.Read(ctx).QueryRow(sqlStateByOrder, no).Scan(&state, &moved, &order)
	if errors.Is(err, db.ErrNoRows) || err == nil && order != no {
		return Told{News: NewsUnknown}, nil
	}
	t = Told{News: NewsPending, At: instant(moved)}
	switch state {
	case Underway:
		t.News = NewsMoving
	case Delivered:
		t.News = NewsSigned
	case Returned:
		t.News = NewsReturned
	case Lost, Claimed:
		t.News = NewsLost
	}
	return t, err
}

// Cancel implements Provider: what a clerk handed over is gone.
func (Window) Cancel(context.Context, string) error { return nil }
