package deliver

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/hook"
)

// HTTP 快递公司接口 is a courier that speaks our protocol, docs/deliver.md: signed
// JSON both ways.
type HTTP struct{ Caller *hook.Caller }

var (
	_ Provider = (*HTTP)(nil)
	_ Hearer   = (*HTTP)(nil)
)

// Order implements Provider.
func (h *HTTP) Order(ctx context.Context, o Sending) (p Placed, err error) {
	err = h.Caller.Call(ctx, http.MethodPost, "/parcels", o, &p)
	if err == nil && (p.Waybill == "" || !short(p.Waybill, 100)) {
		return Placed{}, &hook.Refused{Status: http.StatusBadGateway, Code: "waybill"}
	}
	return p, err
}

// Ask implements Provider.
func (h *HTTP) Ask(ctx context.Context, no string) (t Told, err error) {
	if err = h.Caller.Call(ctx, http.MethodGet, "/parcels/"+url.PathEscape(no), nil, &t); err == nil && !t.fits() {
		return Told{}, &hook.Refused{Status: http.StatusBadGateway, Code: "state"}
	}
	return t, err
}

// Cancel implements Provider.
func (h *HTTP) Cancel(ctx context.Context, no string) error {
	return h.Caller.Call(ctx, http.MethodPost, "/parcels/"+url.PathEscape(no)+"/cancel", struct{}{}, nil)
}

// errLetter is a letter that is signed but says nothing we understand.
var errLetter = errs.New(errs.Malformed, "hook-letter", "内容无法识别。", "The content is not understood.")

// Letter implements Hearer.
func (h *HTTP) Letter(r *http.Request, body []byte, now time.Time) (l Letter, err error) {
	nonce, err := h.Caller.Key.Verify(r, body, now)
	if err != nil {
		return l, err
	}
	if json.Unmarshal(body, &l) != nil || l.No == "" || len(l.No) > 64 || newsSteps[l.News] == "" || !l.fits() || l.News == NewsSigned && strings.TrimSpace(l.SignedBy) == "" {
		return Letter{}, errLetter
	}
	l.Nonce = nonce
	return l, nil
}

// fits bounds what an outside system may have kept with a case.
func (t Told) fits() bool {
	return short(string(t.News), 20) && short(t.Text, 200) && short(t.SignedBy, 50) && short(t.Waybill, 100)
}

func short(s string, most int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= most && !strings.ContainsRune(s, 0)
}
