package fee

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
)

// holds lists the bills that an act has to wait for: those due at its point in
// time, and those due before it.
func holds(bills []Bill, at catalog.FeeDue) *Bill {
	n := slices.Index(catalog.FeeDues, at)
	for i := range bills {
		if b := &bills[i]; b.Left() > 0 && slices.Index(catalog.FeeDues, b.Due) <= n {
			return b
		}
	}
	return nil
}

// arrival 到账 is what a provider tells about an order, or a clerk did.
type arrival struct {
	amount int64 // fen
	ref    string
}

// effect says what an arrival comes to.
type effect struct {
	payment PaymentState
	settles bool  // the bill is paid by it
	surplus bool  // nothing was due
	back    int64 // fen that should go back
	cause   Cause
}

// weigh decides what an arrival means for a payment and its bill. What was
// counted already counts once; an amount that was not asked for settles nothing.
func weigh(b *Bill, p *Payment, a arrival) (e effect, again bool) {
	if p.State == Arrived || p.State == Wrong {
		return effect{}, true
	}
	left := b.Left()
	switch {
	case a.amount != p.Amount:
		return effect{payment: Wrong, back: a.amount, cause: WrongSum}, false
	case left == 0:
		return effect{payment: Arrived, surplus: true, back: a.amount, cause: Surplus}, false
	case a.amount < left: // cannot come from us: a bill never grows
		return effect{payment: Wrong, back: a.amount, cause: WrongSum}, false
	}
	return effect{payment: Arrived, settles: true, back: a.amount - left, cause: Surplus}, false
}

// mostWords bounds grounds and reasons, in characters.
const mostWords = 500

// said checks words that somebody has to give.
func said(path, text, zh, en string) (string, []errs.Field) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return text, []errs.Field{{Path: path, Code: "required", ZH: zh, EN: en}}
	case utf8.RuneCountInString(text) > mostWords:
		return text, []errs.Field{{Path: path, Code: "max-length", ZH: "请不要超过500个字", EN: "At most 500 characters"}}
	case strings.ContainsRune(text, 0) || !utf8.ValidString(text):
		return text, []errs.Field{{Path: path, Code: "text", ZH: "内容中有无法保存的字符", EN: "There are characters that cannot be stored"}}
	}
	return text, nil
}

// between checks an amount in fen.
func between(path string, n, most int64) []errs.Field {
	if n >= 1 && n <= most {
		return nil
	}
	return []errs.Field{{Path: path, Code: "range", ZH: "金额应大于0，不超过 " + catalog.Yuan(most) + " 元", EN: "Above 0 and at most ¥" + catalog.Yuan(most)}}
}
