package casework

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
)

// Hearing 听证 (行政许可法 第四十六条至第四十八条): who was told, who asked, when and
// where it is held by whom, what was recorded.
type Hearing struct {
	Told       []HearingTold  `json:"told,omitempty"`
	Asked      []HearingAsked `json:"asked,omitempty"`
	Call       *HearingSet    `json:"call,omitempty"`
	Challenges []Challenge    `json:"challenges,omitempty"`
	Record     *HearingKept   `json:"record,omitempty"`
	Dropped    time.Time      `json:"dropped,omitzero"`

	id int64
}

// HearingTold is somebody who was told of the right to a hearing.
type HearingTold struct {
	Name     string    `json:"name"`
	Third    bool      `json:"third,omitempty"`    // a third party with a major interest
	Contact  string    `json:"contact,omitempty"`  // of a third party
	Interest string    `json:"interest,omitempty"` // what is at stake
	At       time.Time `json:"at"`
	Waived   time.Time `json:"waived,omitzero"`
}

// HearingAsked is a request for a hearing.
type HearingAsked struct {
	Name   string    `json:"name"`
	Third  bool      `json:"third,omitempty"`
	Reason string    `json:"reason,omitempty"`
	At     time.Time `json:"at"`
}

// HearingSet says when, where and by whom the hearing is held.
type HearingSet struct {
	At       time.Time `json:"at"`
	Place    string    `json:"place"`
	Presider Filer     `json:"presider"`
	Open     bool      `json:"open"` // in public
	Ground   string    `json:"ground,omitempty"`
	Days     int       `json:"days"` // planned working days
	Told     time.Time `json:"told"`
}

// Challenge 申请回避 of the presider.
type Challenge struct {
	By       string    `json:"by"`
	Reason   string    `json:"reason"`
	At       time.Time `json:"at"`
	Answered time.Time `json:"answered,omitzero"`
	Granted  bool      `json:"granted,omitempty"`
	Answer   string    `json:"answer,omitempty"`
}

// HearingKept 听证笔录 is the record, confirmed by those who took part.
type HearingKept struct {
	Text   string      `json:"text"`
	Signed string      `json:"signed"` // who read and signed it
	Files  []HandedDoc `json:"files,omitempty"`
	At     time.Time   `json:"at"`
	Number string      `json:"number"` // of the document
}

// Pending reports whether a hearing was asked for or called and not yet held.
func (h *Hearing) Pending() bool {
	return h != nil && h.Record == nil && h.Dropped.IsZero() && (len(h.Asked) > 0 || h.Call != nil)
}

// Challenged is the challenge that waits for an answer, nil if none.
func (h *Hearing) Challenged() *Challenge {
	for i := range h.Challenges {
		if h.Challenges[i].Answered.IsZero() {
			return &h.Challenges[i]
		}
	}
	return nil
}

// HearingInput is what the acts of a hearing bring.
type HearingInput struct {
	Who      string // tell, ask, waive, object, challenge: a third party's name; "" is the applicant
	Contact  string // tell: of a third party
	Interest string // tell: what is at stake
	At       string // call: "2026-03-02 14:30", Asia/Shanghai
	Place    string // call
	Presider string // call, answer: login of the presider
	Public   bool   // call: held in public
	Text     string // record
	Signed   string // record: who read and signed it
	Record   string // decide: number of the record that was read
}

// Errors of hearings.
var (
	ErrHearingRight   = errs.New(errs.Conflict, "hearing-right-runs", "已告知听证权利，申请听证的期限还没有届满，不能作出决定。", "Who was told of the right to a hearing still has time to ask for it; no decision can be made.")
	ErrHearingPending = errs.New(errs.Conflict, "hearing-pending", "听证还没有结束，须先登记听证笔录。", "The hearing is not over; its record comes first.")
	ErrHearingLate    = errs.New(errs.Conflict, "hearing-late", "申请听证的期限已经届满。", "The time to ask for a hearing is over.")
	ErrPresider       = errs.New(errs.Forbidden, "presider-may-not-review", "听证主持人不得审查同一办件。", "Who presides at the hearing may not review the case.")
)

// heard reports whether the case has anything to do with a hearing, from its
// clocks, which are read anyway.
func (cs Clocks) heard() bool {
	zh, _ := SpecialWords(sideHearing)
	return slices.ContainsFunc(cs, func(c Clock) bool {
		return c.Kind == HearingAskLimit || c.Kind == HearingHoldLimit ||
			slices.ContainsFunc(c.Suspensions, func(x clock.Suspension) bool { return x.Reason == zh })
	})
}

// paused names the special procedure that goes on, empty if none.
func (cs Clocks) paused() string {
	c, ok := cs.decision()
	if !ok {
		return ""
	}
	for _, x := range c.Suspensions {
		if x.To.IsZero() {
			return x.Reason
		}
	}
	return ""
}

// hearing reads the case's hearing; a case without one gets an empty one.
func (st *step) hearing() (*Hearing, error) {
	if !st.c.Clocks.heard() {
		return &Hearing{}, nil
	}
	all, err := st.s.sides(st.tx, st.c.ID)
	if err != nil || all.Hearing == nil {
		return &Hearing{}, err
	}
	return all.Hearing, nil
}

func (st *step) keepHearing(h *Hearing) error {
	id, err := st.keep(h.id, sideHearing, h)
	h.id = id
	return err
}

// atWindow reports whether staff act for somebody who is there in person.
func (st *step) atWindow() bool { return st.a.Kind == actor.Staff }

// party is for whom an applicant's act is done: the applicant, or at the window
// a third party that the clerk names.
func (st *step) party() (name string, third bool) {
	if who := strings.TrimSpace(st.in.Hearing.Who); who != "" && st.atWindow() {
		return who, true
	}
	return st.c.Party.Name, false
}

// hearingTell 告知: the applicant or a third party learns of the right to a
// hearing and has five days from then. A third party is told of the case first.
func (st *step) hearingTell() error {
	in := st.in.Hearing
	if strings.TrimSpace(in.Interest) == "" {
		return missing("hearing/interest", "请写明涉及的重大利益关系，将写进告知书", "Say what is at stake; it stands on the notice")
	}
	h, err := st.hearing()
	if err != nil {
		return err
	}
	if h.Pending() || h.Record != nil {
		return ErrNotOffered
	}
	if !h.Dropped.IsZero() {
		h = &Hearing{}
	}
	t := HearingTold{Name: st.c.Party.Name, Interest: in.Interest, At: st.tx.Now()}
	if who := strings.TrimSpace(in.Who); who != "" {
		if strings.TrimSpace(in.Contact) == "" {
			return missing("hearing/contact", "请填写利害关系人的联系方式和送达地址", "Enter how the third party is reached")
		}
		t.Name, t.Third, t.Contact = who, true, in.Contact
		st.kind, st.addressee = InterestNotice, who
		st.basis = []string{st.w.reg.Cites[RuleInterest]}
	}
	h.Told = append(h.Told, t)
	st.c.Clocks.stop(HearingAskLimit, st.tx.Now()) // the newest notice governs; nobody loses a day by it
	st.shows = []Limit{HearingAskLimit}
	st.reason = in.Interest
	st.say("告知"+t.Name, in.Interest)
	return st.keepHearing(h)
}

// hearingAsk 申请听证, within five days of being told.
func (st *step) hearingAsk() error {
	h, err := st.hearing()
	if err != nil {
		return err
	}
	name, third := st.party()
	i := slices.IndexFunc(h.Told, func(t HearingTold) bool { return t.Name == name && t.Third == third })
	if i < 0 {
		if third {
			return errs.InvalidFields(errs.Field{Path: "hearing/who", Code: "unknown", ZH: "没有向这位利害关系人告知过听证权利", EN: "This third party was not told of the right"})
		}
		return ErrNotOffered
	}
	if h.Pending() || h.Record != nil || !h.Dropped.IsZero() || !h.Told[i].Waived.IsZero() {
		return ErrNotOffered
	}
	if st.askTimer(h.Told[i].At).At(st.w.cal, st.tx.Now()).Effective() {
		return ErrHearingLate
	}
	h.Asked = append(h.Asked, HearingAsked{Name: name, Third: third, Reason: st.in.Reason, At: st.tx.Now()})
	st.stops, st.moved = []Limit{HearingAskLimit}, true
	st.say(name, st.in.Reason)
	return st.keepHearing(h)
}

func (st *step) askTimer(told time.Time) clock.Timer {
	return clock.Timer{Limit: clock.Limit{N: st.w.reg.HearingAsk.Workdays, Unit: clock.WorkingDays, Whose: clock.Applicant}, Start: told}
}

// hearingWaive 放弃听证: the decision need not wait for the five days when
// everybody who was told waives.
func (st *step) hearingWaive() error {
	h, err := st.hearing()
	if err != nil {
		return err
	}
	name, third := st.party()
	i := slices.IndexFunc(h.Told, func(t HearingTold) bool { return t.Name == name && t.Third == third && t.Waived.IsZero() })
	if i < 0 || h.Pending() || h.Record != nil || !st.c.Clocks.runs(HearingAskLimit) {
		return ErrNotOffered
	}
	h.Told[i].Waived = st.tx.Now()
	if !slices.ContainsFunc(h.Told, func(t HearingTold) bool { return t.Waived.IsZero() }) {
		st.stops = []Limit{HearingAskLimit}
	}
	st.say(name)
	return st.keepHearing(h)
}

// hearingCall 组织听证: time and place are told at least seven days before; the
// decision clocks stand still from now on, with the planned length in writing
// (第四十五条). Called again it moves the hearing.
func (st *step) hearingCall() error {
	in := st.in.Hearing
	h, err := st.hearing()
	if err != nil {
		return err
	}
	again := st.from == Suspended
	if again && (h.Call == nil || h.Record != nil || !h.Dropped.IsZero()) || !again && h.Record != nil {
		return ErrNotOffered
	}
	if !h.Dropped.IsZero() {
		h = &Hearing{}
	}
	at, fs := st.hearingDate(in.At)
	if strings.TrimSpace(in.Place) == "" {
		fs = append(fs, errs.Field{Path: "hearing/place", Code: "required", ZH: "请填写听证地点", EN: "Enter the place"})
	}
	if len(h.Asked) == 0 && strings.TrimSpace(st.in.Reason) == "" {
		fs = append(fs, errs.Field{Path: "reason", Code: "required", ZH: "没有人申请听证，请写明依职权听证的依据（行政许可法第四十六条）", EN: "Nobody asked: say on what ground the hearing is held"})
	}
	if st.in.Days < 1 || st.in.Days > 250 {
		fs = append(fs, errs.Field{Path: "days", Code: "required", ZH: "请填写预计需要的工作日数（1至250）", EN: "Enter the planned working days (1 to 250)"})
	}
	p, pf, err := st.presider(in.Presider)
	if err != nil {
		return err
	}
	if fs = append(fs, pf...); len(fs) > 0 {
		return errs.InvalidFields(fs...)
	}
	h.Call = &HearingSet{At: at, Place: in.Place, Presider: p, Open: in.Public, Ground: st.in.Reason, Days: st.in.Days, Told: st.tx.Now()}
	if !again {
		st.c.ResumeState, st.in.Kind = st.from, sideHearing
	}
	open := "公开举行"
	if !in.Public {
		open = "不公开举行（涉及国家秘密、商业秘密或者个人隐私）"
	}
	when := at.Format("2006年1月2日15:04")
	st.when = at
	st.basis = []string{st.w.reg.Cites[RuleHearingClock]}
	st.reason, st.moved = st.in.Reason, true
	st.docFacts = []DocFact{{"听证时间", when}, {"听证地点", in.Place}, {"听证主持人", p.Name}, {"听证方式", open}, {"听证预计需要", fmt.Sprintf("%d个工作日，不计算在办理期限内", st.in.Days)}}
	for _, t := range h.Told {
		if t.Third {
			st.docFacts = append(st.docFacts, DocFact{"利害关系人", t.Name})
		}
	}
	st.say(when, in.Place, "主持人："+p.Name)
	return st.keepHearing(h)
}

// hearingDate reads the time and sees that it is told seven days before, and
// within twenty of the request.
func (st *step) hearingDate(text string) (time.Time, []errs.Field) {
	at, err := time.ParseInLocation("2006-01-02 15:04", strings.Replace(strings.TrimSpace(text), "T", " ", 1), clock.Shanghai())
	if err != nil {
		return at, []errs.Field{{Path: "hearing/at", Code: "required", ZH: "请填写听证时间，如 2026-03-02 14:30", EN: "Enter the time, like 2026-03-02 14:30"}}
	}
	before := clock.Timer{Limit: clock.Limit{N: st.w.reg.HearingBefore.Workdays, Unit: clock.WorkingDays}, Start: st.tx.Now()}
	if d := before.At(st.w.cal, st.tx.Now()).Due; clock.DateOf(at) < d {
		return at, []errs.Field{{Path: "hearing/at", Code: "too-near", ZH: "应于举行听证的七日前通知，最早为" + d.String(), EN: "The notice goes out seven days before: " + d.String() + " at the earliest"}}
	}
	if c, ok := st.c.Clocks.of(HearingHoldLimit); ok && c.Done.IsZero() {
		if s := c.Timer().At(st.w.cal, st.tx.Now()); s.State != clock.Lapsed && clock.DateOf(at) > s.Due {
			return at, []errs.Field{{Path: "hearing/at", Code: "too-late", ZH: "应在收到申请之日起二十日内组织听证，最迟为" + s.Due.String(), EN: "The hearing is held within twenty days of the request: " + s.Due.String() + " at the latest"}}
		}
	}
	return at, nil
}

// presider finds who is to preside: a member of the deciding department who
// neither reviewed the case nor holds one of its tasks (第四十八条第一款第三项).
func (st *step) presider(login string) (Filer, []errs.Field, error) {
	list, err := st.s.colleagues(st.tx, st.w, st.c.UnitID)
	if err != nil {
		return Filer{}, nil, err
	}
	i := slices.IndexFunc(list, func(m Colleague) bool { return m.Login == strings.TrimSpace(login) })
	if i < 0 {
		return Filer{}, []errs.Field{{Path: "hearing/presider", Code: "required", ZH: "请选择本单位的听证主持人", EN: "Choose a presider of this office"}}, nil
	}
	tasks, err := st.s.tasks(st.tx, st.c.ID)
	if err != nil {
		return Filer{}, nil, err
	}
	m := list[i]
	if slices.Contains(st.c.Reviewers, m.ID) || slices.Contains(st.c.Recused, m.ID) ||
		slices.ContainsFunc(tasks, func(t Task) bool { return t.ClaimedBy == m.ID && t.Role == actor.Reviewer }) {
		return Filer{}, []errs.Field{{Path: "hearing/presider", Code: "reviewer", ZH: "审查人员和回避人员不得主持听证，请另选主持人", EN: "Whoever reviews the case or stands aside may not preside"}}, nil
	}
	return Filer{actor.Staff, m.ID, m.Name}, nil, nil
}

// hearingChallenge 申请回避.
func (st *step) hearingChallenge() error {
	h, err := st.hearing()
	if err != nil {
		return err
	}
	if h.Call == nil || !h.Pending() || h.Challenged() != nil {
		return ErrNotOffered
	}
	if strings.TrimSpace(st.in.Reason) == "" {
		return missing("reason", "请写明主持人与本案有什么直接利害关系", "Say what the presider has to do with the matter")
	}
	name, _ := st.party()
	h.Challenges = append(h.Challenges, Challenge{By: name, Reason: st.in.Reason, At: st.tx.Now()})
	st.say(name, st.in.Reason)
	return st.keepHearing(h)
}

// hearingAnswer: the head grants the challenge and names another presider, or
// says why not.
func (st *step) hearingAnswer() error {
	h, err := st.hearing()
	if err != nil {
		return err
	}
	ch := h.Challenged()
	if ch == nil || h.Call == nil {
		return ErrNotOffered
	}
	if strings.TrimSpace(st.in.Reason) == "" {
		return missing("reason", "请写明答复的理由", "Give the reason")
	}
	if st.in.Agree {
		p, fs, err := st.presider(st.in.Hearing.Presider)
		if err != nil {
			return err
		}
		if len(fs) == 0 && p.ID == h.Call.Presider.ID {
			fs = []errs.Field{{Path: "hearing/presider", Code: "same", ZH: "同意回避的，应当更换主持人", EN: "Name another presider"}}
		}
		if len(fs) > 0 {
			return errs.InvalidFields(fs...)
		}
		h.Call.Presider = p
	}
	ch.Answered, ch.Granted, ch.Answer = st.tx.Now(), st.in.Agree, st.in.Reason
	st.say(map[bool]string{true: "同意回避，改由" + h.Call.Presider.Name + "主持", false: "不同意回避"}[st.in.Agree], st.in.Reason)
	return st.keepHearing(h)
}

// hearingRecord 听证笔录 ends the hearing: typed or uploaded, read and signed by
// those who took part. The clocks run again.
func (st *step) hearingRecord() error {
	h, err := st.hearing()
	if err != nil {
		return err
	}
	if h.Call == nil || !h.Pending() || st.c.ResumeState == "" {
		return ErrNotOffered
	}
	in := st.in.Hearing
	docs, err := st.takeFiles()
	if err != nil {
		return err
	}
	var fs []errs.Field
	if strings.TrimSpace(in.Text) == "" && len(docs) == 0 {
		fs = append(fs, errs.Field{Path: "hearing/text", Code: "required", ZH: "请填写听证笔录，或者上传签字的笔录", EN: "Type the record, or upload the signed one"})
	}
	if strings.TrimSpace(in.Signed) == "" {
		fs = append(fs, errs.Field{Path: "hearing/signed", Code: "required", ZH: "请填写核对无误并签字的听证参加人", EN: "Say who read and signed the record"})
	}
	if len(fs) > 0 {
		return errs.InvalidFields(fs...)
	}
	if h.Challenged() != nil {
		return errs.New(errs.Conflict, "challenge-open", "回避申请还没有答复，不能结束听证。", "The challenge of the presider is not answered yet.")
	}
	if st.tx.Now().Before(h.Call.At) {
		return errs.New(errs.Conflict, "hearing-not-held", "通知的听证时间还没有到。", "The time of the hearing has not come yet.")
	}
	h.Record = &HearingKept{Text: in.Text, Signed: in.Signed, Files: docs, At: st.tx.Now()}
	st.to, st.c.ResumeState, st.moved = st.c.ResumeState, "", true
	st.reason = in.Text
	st.docFacts = []DocFact{{"听证时间", h.Call.At.In(clock.Shanghai()).Format("2006年1月2日15:04")}, {"听证地点", h.Call.Place}, {"听证主持人", h.Call.Presider.Name}, {"核对签字", in.Signed}}
	for _, d := range docs {
		st.docFacts = append(st.docFacts, DocFact{"笔录附件", d.Name})
	}
	st.say("核对签字：" + in.Signed)
	st.after = append(st.after, func() error { // the number is given when the document is made
		h.Record.Number = st.number
		return st.keepHearing(h)
	})
	return nil
}

// hearingDrop 撤回听证申请: only who asked, and only while nobody else has.
func (st *step) hearingDrop() error {
	h, err := st.hearing()
	if err != nil {
		return err
	}
	name, third := st.party()
	if !h.Pending() || len(h.Asked) == 0 || slices.ContainsFunc(h.Asked, func(x HearingAsked) bool { return x.Name != name || x.Third != third }) {
		return ErrNotOffered
	}
	h.Dropped = st.tx.Now()
	if st.from == Suspended {
		st.to, st.c.ResumeState = st.c.ResumeState, ""
	}
	st.moved = true
	st.say(name, st.in.Reason)
	return st.keepHearing(h)
}

// heardBeforeDecision: nobody decides while the right to a hearing runs or a
// hearing is due, and what a hearing recorded is what the decision rests on
// (第四十七条第一款、第四十八条第二款).
func (st *step) heardBeforeDecision() error {
	if !st.c.Clocks.heard() {
		return nil
	}
	if c, ok := st.c.Clocks.of(HearingAskLimit); ok && c.Done.IsZero() && !c.Timer().At(st.w.cal, st.tx.Now()).Effective() {
		return ErrHearingRight
	}
	h, err := st.hearing()
	if err != nil {
		return err
	}
	if h.Pending() {
		return ErrHearingPending
	}
	if h.Record == nil {
		return nil
	}
	if st.in.Hearing.Record != h.Record.Number {
		return missing("hearing/record", "须先阅读听证笔录并确认根据笔录作出决定", "Read the record of the hearing and confirm that the decision follows it")
	}
	st.docFacts = append(st.docFacts, DocFact{"听证笔录", h.Record.Number})
	st.basis = append(st.basis, st.w.reg.Cites[RuleFollow])
	return nil
}

// presides refuses an opinion of who presides at the hearing.
func (st *step) presides() error {
	if !st.c.Clocks.heard() {
		return nil
	}
	h, err := st.hearing()
	if err != nil {
		return err
	}
	if h.Call != nil && h.Dropped.IsZero() && h.Call.Presider.ID == st.a.ID {
		return ErrPresider
	}
	return nil
}

// runs reports whether a clock of the kind has begun and is not done.
func (cs Clocks) runs(l Limit) bool {
	c, ok := cs.of(l)
	return ok && c.Done.IsZero()
}
