package notify

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/hook"
)

// HTTP 短信和微信网关 is a provider that speaks our protocol, docs/messages.md:
// signed JSON both ways. One carries one way.
type HTTP struct {
	Caller    *hook.Caller
	Sign      string            // 短信签名
	Templates map[string]string // WeChat: key in the texts → id at the official account
	Notify    string            // where the provider tells what became of a message
}

var (
	_ Provider = (*HTTP)(nil)
	_ Hearer   = (*HTTP)(nil)
)

// Order 发送请求 is what is posted to /messages of a provider.
type Order struct {
	ID       string            `json:"id"` // the same for every attempt: the second is answered like the first
	Way      Way               `json:"way"`
	To       string            `json:"to"` // mobile number or openid
	Sign     string            `json:"sign,omitempty"`
	Text     string            `json:"text,omitempty"`
	Parts    int               `json:"parts,omitempty"`
	Template string            `json:"template,omitempty"`
	Data     map[string]string `json:"data,omitempty"`
	URL      string            `json:"url,omitempty"`
	Notify   string            `json:"notify"`
}

// Send implements Provider. 4xx is a refusal for good: its code is the reason.
func (h *HTTP) Send(ctx context.Context, p Parcel) (ref string, err error) {
	o := Order{ID: p.Key, Way: p.Way, To: p.Address, Notify: h.Notify}
	switch p.Way {
	case SMS:
		o.Sign, o.Text, o.Parts = h.Sign, p.Text, SMSParts(h.Sign, p.Text)
	case WeChat:
		id, ok := h.Templates[p.Template]
		if !ok {
			return "", &Refusal{Reason: "template"}
		}
		o.Template, o.URL, o.Data = id, p.URL, map[string]string{}
		for _, n := range p.Data {
			o.Data[n.Name] = n.Value
		}
	default:
		return "", &Refusal{Reason: BadContent}
	}
	var out struct {
		Ref string `json:"ref"`
	}
	err = h.Caller.Call(ctx, http.MethodPost, "/messages", o, &out)
	var no *hook.Refused
	if errors.As(err, &no) {
		if no.Status == http.StatusUnauthorized || no.Status == http.StatusForbidden {
			return "", errs.New(errs.Unavailable, "message-key", "发送渠道不接受平台的签名。", "the provider does not take our signature") // our own fault, can be mended
		}
		reason := cleanReason(no.Code)
		if reason == Lost {
			reason = BadContent
		}
		return "", &Refusal{Reason: reason}
	}
	return out.Ref, err
}

// Letter implements Hearer.
func (h *HTTP) Letter(r *http.Request, body []byte, now time.Time) (l Letter, err error) {
	nonce, err := h.Caller.Key.Verify(r, body, now)
	if err != nil {
		return l, err
	}
	if json.Unmarshal(body, &l) != nil {
		return l, errLetter
	}
	l.Nonce = nonce
	return l, l.check()
}
