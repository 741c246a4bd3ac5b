package casework

import (
	"strings"
	"unicode/utf8"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
)

// How much people may write, in characters.
const (
	maxOpinion = 2000 // reasons and opinions, printed on notices
	maxShort   = 200  // names, waybills, addresses
	maxAsks    = 200
	maxDraft   = 2 << 20 // bytes of a stored draft
)

// ErrDraftTooLarge refuses a draft that nobody could have typed.
var ErrDraftTooLarge = errs.New(errs.TooLarge, "draft-too-large", "填写的内容过多，无法保存。", "There is too much in the draft to be saved.")

// inputProblems checks the texts that an act brings, before anything is done.
func inputProblems(in Input) []errs.Field {
	var bad []errs.Field
	for _, f := range []struct {
		path, v string
		max     int
	}{
		{"reason", in.Reason, maxOpinion}, {"opinion", in.Opinion, maxOpinion}, {"elsewhere", in.Elsewhere, maxShort},
		{"recipient", in.Recipient, maxShort}, {"waybill", in.Waybill, maxShort}, {"kind", in.Kind, maxShort},
		{"newFact/what", in.NewFact.What, maxFact}, {"newFact/from", in.NewFact.From, maxShort}, {"newFact/on", in.NewFact.On, maxShort},
	} {
		bad = append(bad, textProblems(f.path, f.v, f.max)...)
	}
	if len(in.Asks) > maxAsks || len(in.Seen) > maxAsks {
		bad = append(bad, errs.Field{Path: "asks", Code: "max-items", ZH: "勾选的内容过多", EN: "Too many entries"})
	}
	return append(bad, sideProblems(in)...)
}

func textProblems(path, v string, most int) []errs.Field {
	switch {
	case strings.ContainsRune(v, 0) || !utf8.ValidString(v):
		return []errs.Field{{Path: path, Code: "text", ZH: "内容中有无法保存的字符", EN: "There are characters that cannot be stored"}}
	case utf8.RuneCountInString(v) > most:
		return []errs.Field{{Path: path, Code: "max-length", ZH: "内容过长，请删减后再提交", EN: "The text is too long"}}
	}
	return nil
}

// deliveryProblems checks how the applicant wants the result against what the
// guide offers.
func deliveryProblems(dl Delivery, r catalog.Result) []errs.Field {
	var out []errs.Field
	ok := false
	for _, w := range r.Delivery {
		ok = ok || w == dl.Way
	}
	if !ok {
		out = append(out, errs.Field{Path: "delivery/way", Code: "required", ZH: "请选择领取办理结果的方式", EN: "Choose how to get the result"})
	}
	for _, f := range []struct{ path, v, zh, en string }{
		{"delivery/name", dl.Name, "请填写收件人姓名", "Enter the name of the recipient"},
		{"delivery/phone", dl.Phone, "请填写收件人电话", "Enter the recipient's phone"},
		{"delivery/address", dl.Address, "请填写收件地址", "Enter the postal address"},
	} {
		if dl.Way == catalog.Mail && strings.TrimSpace(f.v) == "" {
			out = append(out, errs.Field{Path: f.path, Code: "required", ZH: f.zh, EN: f.en})
			continue
		}
		out = append(out, textProblems(f.path, f.v, maxShort)...)
	}
	return out
}

// fileName is a file's name as it is kept: without folders, not too long.
func fileName(s string) string {
	s = strings.ToValidUTF8(s, "")
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	s = strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f {
			return -1
		}
		return r
	}, s)
	if r := []rune(s); len(r) > maxShort {
		s = string(r[len(r)-maxShort:]) // the end, which holds the kind
	}
	return s
}
