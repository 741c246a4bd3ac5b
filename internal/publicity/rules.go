package publicity

import (
	"strings"
	"unicode/utf8"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
)

// State is where the publication of a decision stands.
type State string

// The states.
const (
	Waiting   State = "waiting"   // 待公开
	Held      State = "held"      // 暂缓公开: a request to keep it back is open
	Public    State = "public"    // 已公开
	Withdrawn State = "withdrawn" // 已撤下: the decision no longer stands, a line says so
	Withheld  State = "withheld"  // 不公开, by an act with its ground
	Void      State = "void"      // ended before it was public
	Over      State = "over"      // 公开期满
)

var stateWords = map[State][2]string{
	Waiting: {"待公开", "Waiting"}, Held: {"暂缓公开", "Held back"}, Public: {"已公开", "Public"}, Withdrawn: {"已撤下", "Withdrawn"},
	Withheld: {"不予公开", "Not published"}, Void: {"公开前已失效", "Ended before it was public"}, Over: {"公开期满", "Its time is up"},
}

// Words gives the state's name for people.
func (s State) Words() (zh, en string) { w := stateWords[s]; return w[0], w[1] }

// shown reports whether the public sees anything of it.
func (s State) shown() bool { return s == Public || s == Withdrawn }

// Ground 不公开的理由 of a decision, as the law knows them.
type Ground string

// The grounds (行政许可法 第五条; 政府信息公开条例 第十四条、第十五条).
const (
	StateSecret Ground = "state-secret" // 国家秘密
	TradeSecret Ground = "trade-secret" // 商业秘密
	Privacy     Ground = "privacy"      // 个人隐私
	Safety      Ground = "safety"       // 公开后可能危及国家安全、公共安全、经济安全、社会稳定
	Mistake     Ground = "mistake"      // 公开的内容有错误
)

// Grounds lists them.
var Grounds = []Ground{StateSecret, TradeSecret, Privacy, Safety, Mistake}

var groundWords = map[Ground][2]string{
	StateSecret: {"国家秘密", "A state secret"}, TradeSecret: {"商业秘密", "A trade secret"}, Privacy: {"个人隐私", "Privacy"},
	Safety: {"可能危及安全、稳定", "Public safety"}, Mistake: {"内容有错误", "A mistake"},
}

// Words gives the ground's name for people.
func (g Ground) Words() (zh, en string) { w := groundWords[g]; return w[0], w[1] }

// Kind is who asked for what in a Mark.
type Kind string

// The kinds.
const (
	Withhold Kind = "withhold" // a decider: not to be published
	Ask      Kind = "ask"      // the applicant, before the publication
	Object   Kind = "object"   // anybody who reads it
)

// Words gives the kind's name for people.
func (k Kind) Words() (zh, en string) {
	switch k {
	case Withhold:
		return "提请不予公开", "Proposal not to publish"
	case Ask:
		return "申请人请求不公开", "Applicant's request"
	}
	return "对公开内容的异议", "Objection"
}

// Scope is how much is kept back.
type Scope string

// The scopes.
const (
	Whole   Scope = "whole"   // nothing is published
	Content Scope = "content" // 不公开决定的具体内容: published without the line of content
)

// facts are what the publication of one decision depends on.
type facts struct {
	policy  string // catalog.PublishAll, …
	grant   bool
	decided clock.Date
	served  bool
	ended   string // the act that ended the decision; empty: it stands
	endedOn clock.Date
	marks   []Mark
}

// covers reports whether decisions such as this one are published at all.
func (f facts) covers() bool {
	return f.policy == catalog.PublishAll || f.policy == catalog.PublishGrants && f.grant
}

// agreed reports whether it was agreed to keep so much back.
func (f facts) agreed(s Scope) bool {
	for _, m := range f.marks {
		if m.State == Agreed && m.Scope == s {
			return true
		}
	}
	return false
}

// holds reports whether an open request holds the publication back: what a
// decider calls secret is held in any case, other requests hold back what is not
// public yet.
func (f facts) holds(public bool) bool {
	for _, m := range f.marks {
		if m.State == Open && (m.Kind == Withhold || m.Kind == Ask && !public) {
			return true
		}
	}
	return false
}

// Rules 公开规则 are what the city sets.
type Rules struct {
	AtOnce        bool // published when it is decided; else when it is served
	Days          int  // working days from the decision within which it is published; 0: 7
	KeepYears     int  // years for which it is public; 0: 5
	WithdrawnDays int  // days for which a line tells of a decision that no longer stands; 0: 365
}

// DefaultRules: 双公示 practice has seven working days and five years; no
// national law sets either for all licences, so both are the city's to set.
func DefaultRules() Rules { return Rules{Days: 7, KeepYears: 5, WithdrawnDays: 365} }

// dueOn is the last day on which a decision is published in time.
func (r Rules) dueOn(cal clock.Calendar, decided clock.Date) clock.Date {
	d := decided
	for range r.Days {
		d = cal.Next(d + 1)
	}
	return d
}

// next says where the publication stands now. Rows that are over stay so.
func (r Rules) next(x Row, f facts, cal clock.Calendar, today clock.Date) Row {
	if x.State == Over {
		return x
	}
	due := r.dueOn(cal, f.decided)
	x.DueOn = due.String()
	was := x.PublishedOn != ""
	x.EndsOn = ""
	switch {
	case f.agreed(Whole):
		x.State = Withheld
	case f.ended != "" && was:
		x.State, x.Ended, x.EndedOn = Withdrawn, f.ended, f.endedOn.String()
		x.EndsOn = (f.endedOn + clock.Date(r.WithdrawnDays)).String()
	case f.ended != "":
		x.State, x.Ended, x.EndedOn = Void, f.ended, f.endedOn.String()
	case f.holds(was):
		x.State = Held
	case was || r.AtOnce || f.served || today >= due:
		x.State = Public
		if !was {
			x.PublishedOn = today.String()
		}
		x.EndsOn = endsAfter(x.PublishedOn, r.KeepYears)
	default:
		x.State = Waiting
	}
	if x.EndsOn != "" && x.EndsOn <= today.String() {
		x.State, x.EndsOn = Over, ""
	}
	return x
}

// endsAfter is the day some years after another.
func endsAfter(day string, years int) string {
	d, err := clock.ParseDate(day)
	if err != nil {
		return ""
	}
	return d.Start().AddDate(years, 0, 0).Format("2006-01-02")
}

// maskedName keeps the family name: 王某某. Names of two characters before the
// given name are not told apart from others, so one character stays.
func maskedName(name string) string {
	r := []rune(strings.TrimSpace(name))
	if len(r) == 0 {
		return ""
	}
	return string(r[0]) + strings.Repeat("某", min(2, max(1, len(r)-1)))
}

// maxReason bounds what people write, in characters.
const maxReason = 500

func tooLong(s string) bool { return utf8.RuneCountInString(s) > maxReason }
