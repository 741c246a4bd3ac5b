package notify

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tongban/tongban/internal/errs"
)

// Provider 发送渠道 carries messages out of the platform by one way. Send may be
// called again with the same Key after a crash or a timeout, and the person
// gets the message once. It gives the provider's own number of the message, ""
// if it has none. An error that trying again cannot mend is a *Refusal; any
// other may be tried again. Errors hold no address and no text.
type Provider interface {
	Send(ctx context.Context, p Parcel) (ref string, err error)
}

// Hearer is a provider that tells by itself what became of a message. Letter
// checks who wrote it and when; errors are hook.ErrSignature, hook.ErrStale, and
// what is no letter.
type Hearer interface {
	Letter(r *http.Request, body []byte, now time.Time) (Letter, error)
}

// Way 接收方式 is how a message leaves the platform. In the platform every
// message is kept in any case.
type Way string

// The ways.
const (
	SMS    Way = "sms"    // 短信
	WeChat Way = "wechat" // 微信公众号模板消息
	Mail   Way = "mail"   // 电子邮件
)

// Ways lists them in the order of a city that says nothing else.
var Ways = []Way{SMS, WeChat, Mail}

// Words names the way.
func (w Way) Words() (zh, en string) {
	switch w {
	case SMS:
		return "短信", "SMS"
	case WeChat:
		return "微信", "WeChat"
	case Mail:
		return "电子邮件", "E-mail"
	}
	return string(w), string(w)
}

// rings reports whether the way can wake somebody at night.
func (w Way) rings() bool { return w == SMS || w == WeChat }

// Parcel 投递件 is what a provider carries.
type Parcel struct {
	Key      string    // the same for every attempt
	Way      Way       //
	Address  string    // phone, openid or mail address
	Name     string    // of the person, for mail; "" if not known
	Subject  string    // for mail
	Text     string    // of SMS and mail
	Template string    // of WeChat: its key in the texts
	Data     []Named   // of WeChat: the template's values
	URL      string    // of the page, "" if none
	At       time.Time // when the message was sent
}

// Named is a value of a template.
type Named struct{ Name, Value string }

// Letter 回调 is what a provider tells by itself: what became of a message, or
// that somebody bound or left the official account.
type Letter struct {
	Kind   LetterKind `json:"kind"`
	ID     string     `json:"id,omitempty"`     // receipt: the Key of the parcel
	State  string     `json:"state,omitempty"`  // receipt: "delivered" or "failed"
	Reason string     `json:"reason,omitempty"` // receipt: why it failed
	Code   string     `json:"code,omitempty"`   // bind: what the person entered
	OpenID string     `json:"openid,omitempty"` // bind, unbind
	Nonce  string     `json:"-"`
}

// LetterKind says what a letter is about.
type LetterKind string

// The kinds of letters.
const (
	ReceiptLetter LetterKind = "receipt"
	BindLetter    LetterKind = "bind"
	UnbindLetter  LetterKind = "unbind"
)

// errLetter is a letter that is signed but says nothing we understand.
var errLetter = errs.New(errs.Malformed, "hook-letter", "内容无法识别。", "The content is not understood.")

// check tells whether a letter can be understood.
func (l Letter) check() error {
	ok := false
	switch l.Kind {
	case ReceiptLetter:
		ok = l.ID != "" && len(l.ID) <= 20 && (l.State == "delivered" || l.State == "failed") && len(l.Reason) <= 40
	case BindLetter:
		ok = l.Code != "" && len(l.Code) <= 20 && openID(l.OpenID)
	case UnbindLetter:
		ok = openID(l.OpenID)
	}
	if !ok {
		return errLetter
	}
	return nil
}

func openID(s string) bool {
	return s != "" && len(s) <= 128 && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == utf8.RuneError || r == 0x7f })
}

// Refusal 永久失败 says that the other side will never take this message.
type Refusal struct {
	Reason string // one of the reasons below, or the provider's own word
}

func (r *Refusal) Error() string { return fmt.Sprintf("notify: refused for good: %s", r.Reason) }

// Is lets a refusal be found without its reason.
func (r *Refusal) Is(target error) bool { return target == ErrRefused }

// ErrRefused finds every Refusal.
var ErrRefused = errors.New("notify: refused for good")

// Why a way failed. Providers have words of their own beside these; no word
// holds an address or a text.
const (
	BadAddress  = "address"     // no such number, mailbox or follower
	Blocked     = "blocked"     // the person does not take messages from us
	BadContent  = "content"     // the provider does not carry this text
	Quota       = "quota"       // nothing left to send with
	Unreachable = "unreachable" // the provider did not answer in all attempts
	Lost        = "lost"        // taken, and not delivered
)

// reasons are their words for people.
var reasons = map[string][2]string{
	BadAddress: {"号码、邮箱或者绑定无效", "no such address"}, Blocked: {"对方拒收", "blocked by the receiver"}, BadContent: {"渠道不接受内容", "the text is not carried"},
	Quota: {"发送额度用尽", "no quota left"}, Unreachable: {"渠道多次没有回应", "the provider did not answer"}, Lost: {"已发出，未送达", "sent but not delivered"},
}

// ReasonWords gives a reason for people; a provider's own word stays itself.
func ReasonWords(reason string) (zh, en string) {
	if w, ok := reasons[reason]; ok {
		return w[0], w[1]
	}
	return reason, reason
}

// cleanReason keeps a provider's word if it is one: short, and no place for an
// address.
func cleanReason(s string) string {
	if s == "" || len(s) > 40 || strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r == '-')
	}) {
		return Lost
	}
	return s
}

// asReason reads the reason of a refusal.
func asReason(err error) string {
	var r *Refusal
	if errors.As(err, &r) && r.Reason != "" {
		return r.Reason
	}
	return BadAddress
}

// ordered brings ways into an order; those it does not name follow as the
// city has them.
func ordered(order, city []Way) []Way {
	out := make([]Way, 0, len(Ways))
	for _, w := range slices.Concat(order, city, Ways) {
		if slices.Contains(Ways, w) && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}
