package fee

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/hook"
)

// HTTP 网上缴费 is a provider that speaks our protocol, docs/pay.md: signed JSON
// both ways.
type HTTP struct{ Caller *hook.Caller }

var (
	_ Provider = (*HTTP)(nil)
	_ Hearer   = (*HTTP)(nil)
)

// Place implements Provider.
func (h *HTTP) Place(ctx context.Context, o Order) (p Placed, err error) {
	err = h.Caller.Call(ctx, http.MethodPost, "/orders", o, &p)
	if err == nil {
		u, bad := url.Parse(p.PayURL)
		if bad != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			return Placed{}, &hook.Refused{Status: http.StatusBadGateway, Code: "pay-url"}
		}
	}
	return p, err
}

// Query implements Provider.
func (h *HTTP) Query(ctx context.Context, no string) (t Told, err error) {
	return t, h.Caller.Call(ctx, http.MethodGet, "/orders/"+url.PathEscape(no), nil, &t)
}

// Cancel implements Provider.
func (h *HTTP) Cancel(ctx context.Context, no string) error {
	return h.Caller.Call(ctx, http.MethodPost, "/orders/"+url.PathEscape(no)+"/cancel", struct{}{}, nil)
}

// Refund implements Provider.
func (h *HTTP) Refund(ctx context.Context, o Order, refundNo string) (t Told, err error) {
	in := struct {
		Order
		Refund string `json:"refund"`
	}{o, refundNo}
	return t, h.Caller.Call(ctx, http.MethodPost, "/refunds", in, &t)
}

// Statement implements Provider.
func (h *HTTP) Statement(ctx context.Context, day clock.Date) ([]Entry, error) {
	var out struct {
		Entries []Entry `json:"entries"`
	}
	return out.Entries, h.Caller.Call(ctx, http.MethodGet, "/statements/"+day.String(), nil, &out)
}

// errLetter is a letter that is signed but says nothing we understand.
var errLetter = errs.New(errs.Malformed, "hook-letter", "内容无法识别。", "The content is not understood.")

// Letter implements Hearer.
func (h *HTTP) Letter(r *http.Request, body []byte, now time.Time) (l Letter, err error) {
	nonce, err := h.Caller.Key.Verify(r, body, now)
	if err != nil {
		return l, err
	}
	if json.Unmarshal(body, &l) != nil || l.No == "" || len(l.No) > 64 || len(l.Ref) > 100 || l.Amount < 0 || l.Amount > 1<<50 ||
		l.Kind != MoneyIn && l.Kind != MoneyOut || l.State != ToldDone && l.State != ToldFailed {
		return l, errLetter
	}
	l.Nonce = nonce
	return l, nil
}
