package casework

import (
	"fmt"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/licence"
)

// doing says how a decision about a licence that is held is written: its
// notices and the rule that it rests on.
var doing = map[string]struct {
	grant, refuse Notice
	rule          Rule
	zh, en        string
}{
	catalog.DoesChange:     {ChangeNotice, NoChangeNotice, RuleChange, "变更", "Change"},
	catalog.DoesRenew:      {RenewalNotice, NoRenewalNotice, RuleRenew, "延续", "Renewal"},
	catalog.DoesReplace:    {CopyNotice, NoCopyNotice, RuleReplace, "补发", "Copy"},
	catalog.DoesDeregister: {DeregisterNotice, NoDeregisterNotice, RuleDeregister, "注销", "Deregistration"},
}

// withHeld adds the titles of decisions about licences that a regime does not
// call by its own name.
func withHeld(names map[Notice]string) {
	for n, title := range map[Notice]string{ChangeNotice: "准予变更决定书", NoChangeNotice: "不予变更决定书", RenewalNotice: "准予延续决定书", NoRenewalNotice: "不予延续决定书",
		CopyNotice: "补发决定书", NoCopyNotice: "不予补发决定书", DeregisterNotice: "注销决定书", NoDeregisterNotice: "不予注销决定书", DeemedRenewal: "视为准予延续通知书",
		RetractTold: "拟撤回告知书", AnnulTold: "拟撤销告知书", DeregisterTold: "拟注销告知书", RetractNotice: "撤回决定书", MeasureDroppedNotice: "终止处理通知书", RulingRecord: "行政复议、行政诉讼结果登记单"} {
		if names[n] == "" {
			names[n] = title
		}
	}
}

// DoesWords names what an item does to a licence that is held.
func DoesWords(does string) (zh, en string) { w := doing[does]; return w.zh, w.en }

// What an application about a licence is refused with.
var (
	errHeldMissing = errs.Field{Path: "held", Code: "required", ZH: "请选择要办理的证照", EN: "Choose the licence that it is about"}
	errHeldUnknown = errs.Field{Path: "held", Code: "unknown", ZH: "没有这份证照，或者不是申请人持有的", EN: "There is no such licence, or it is not the applicant's"}
	errHeldType    = errs.Field{Path: "held", Code: "type", ZH: "这种证照不能办理本事项", EN: "This item is not about licences of this kind"}
	errHeldEnded   = errs.Field{Path: "held", Code: "status", ZH: "这份证照目前的状态不能办理本事项", EN: "The licence's status does not allow it"}
	errHeldNoEnd   = errs.Field{Path: "held", Code: "no-end", ZH: "这份证照长期有效，不需要延续", EN: "The licence has no end and needs no renewal"}
	errHeldTwice   = errs.Field{Path: "held", Code: "open-already", ZH: "这份证照已有同类申请正在办理", EN: "An application of this kind for this licence is open"}
)

// heldProblem says why an application cannot be about a licence, nil if it can.
// A licence that has expired can be deregistered and nothing else.
func heldProblem(l *licence.Licence, party actor.Party, r catalog.Result, today string) *errs.Field {
	on := l.On(today)
	switch {
	case l.Holder.Kind != party.Kind || l.Holder.ID != party.ID:
		return &errHeldUnknown
	case l.TypeKey != r.LicenceType:
		return &errHeldType
	case l.Ended != "" || on != licence.Valid && (r.Does != catalog.DoesDeregister || on != licence.Expired):
		return &errHeldEnded
	case r.Does == catalog.DoesRenew && l.Until == "":
		return &errHeldNoEnd
	}
	return nil
}

// renewedLate reports whether a renewal is asked for later than the days before
// the licence's last day. They are the applicant's and counted as natural days,
// which is the reading better for him.
func renewedLate(until string, days int, today clock.Date) bool {
	last, err := clock.ParseDate(until)
	return err == nil && today > last-clock.Date(days)
}

// renewedTerm is the validity of the version that a renewal gives: it goes on
// from the last day, so that nothing is lost by asking or by deciding early; for
// a licence that is over it begins anew, unless silence renewed it.
func renewedTerm(until string, years int, today clock.Date, deemed bool) (from, to string, err error) {
	last, err := clock.ParseDate(until)
	if err != nil || years < 1 {
		return "", "", errs.New(errs.Conflict, "no-term", "办事指南和证照类型都没有写明延续的期限，不能延续。", "Neither the guide nor the licence type names a term.")
	}
	if today > last && !deemed {
		return today.String(), validUntil(today.Start().In(clock.Shanghai()), years), nil
	}
	return min(today, last+1).String(), validUntil((last + 1).Start().In(clock.Shanghai()), years), nil
}

func lateWords(days int) string {
	return fmt.Sprintf("未在有效期届满%d日前提出，期满前未作出决定的不适用视为准予延续", days)
}

func heldFacts(l *licence.Licence) []DocFact {
	return []DocFact{{"所涉证照", l.Name}, {"编号", l.Number}, {"有效期", validity(l)}}
}

// fieldsOf fills the fields of a licence as the guide maps them.
func fieldsOf(r catalog.Result, f *form.Form, values form.Values, known map[string]string) map[string]string {
	lines := map[string]string{}
	for _, l := range f.Summary(values) {
		lines[l.Name] = l.Text
	}
	out := map[string]string{}
	for name, from := range r.Fields {
		switch {
		case strings.HasPrefix(from, "="):
			out[name] = from[1:]
		case known[from] != "":
			out[name] = known[from]
		default:
			out[name] = lines[from]
		}
	}
	return out
}

// composeHeld writes the words of decisions about a licence that is held.
func composeHeld(d *Document, kind Notice, item string, f noticeFacts) {
	verb := map[Notice]string{ChangeNotice: "变更", RenewalNotice: "延续", CopyNotice: "补发", NoChangeNotice: "变更", NoRenewalNotice: "延续", NoCopyNotice: "补发", NoDeregisterNotice: "注销"}[kind]
	switch kind {
	case ChangeNotice, RenewalNotice:
		d.Body = []string{fmt.Sprintf("您（单位）提出的%s申请，经审查，符合规定，准予%s下列证照。", item, verb), "原证照由新的版本代替，不再使用。"}
	case CopyNotice:
		d.Body = []string{fmt.Sprintf("您（单位）提出的%s申请，经审查，予以补发下列证照。", item), "原证照自即日起作废。"}
	case DeregisterNotice:
		d.Body = []string{fmt.Sprintf("应您（单位）的申请（%s），依法注销下列证照，自即日起不再有效。", item)}
	case DeemedRenewal:
		d.Body = []string{fmt.Sprintf("您（单位）提出的%s申请，本机关在证照有效期届满前未作出是否准予延续的决定，视为准予延续。", item), "原证照由新的版本代替，有效期连续计算。"}
	case NoChangeNotice, NoRenewalNotice, NoCopyNotice, NoDeregisterNotice:
		d.Body = []string{fmt.Sprintf("您（单位）提出的%s申请，经审查，决定不予%s。理由：%s", item, verb, sentence(f.Reason))}
		d.Remedies = remedies(f)
	default:
		return
	}
	granted := kind == ChangeNotice || kind == RenewalNotice || kind == CopyNotice || kind == DeregisterNotice
	if granted && f.Reason != "" {
		d.Body = append(d.Body, sentence(f.Reason))
	}
	for _, b := range f.Guide.Basis {
		d.Basis = append(d.Basis, "《"+b.Law+"》"+b.Article)
	}
}

// HeldView 所涉证照 is the licence that a case is about, as people see it.
type HeldView struct {
	Does       string
	LicenceID  int64
	Identifier string
	Name       string
	Until      string // last day when it was asked for, empty: none
	Late       bool   // a renewal that was asked for late
	DueOn      string // a renewal: after this day silence renews it; empty: it does not
	Deemed     bool   // renewed by silence
	Result     string // identifier of the version that the grant gave
	At         time.Time
}
