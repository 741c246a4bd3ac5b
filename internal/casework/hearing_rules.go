package casework

import (
	"fmt"
	"slices"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// sideBody writes the words of the notices of hearings, visits and referrals.
func sideBody(kind Notice, f noticeFacts, item string) []string {
	switch kind {
	case HearingRightNotice:
		return []string{
			fmt.Sprintf("您（单位）提出的%s申请，直接涉及重大利益关系：%s", item, sentence(f.Reason)),
			"您（单位）享有要求听证的权利，可以在下列期限内提出听证申请；逾期不提出的，不影响依法作出决定。听证不收取费用。",
		}
	case InterestNotice:
		return []string{
			fmt.Sprintf("本机关正在审查%s申请，该申请直接关系您（单位）的重大利益：%s", item, sentence(f.Reason)),
			"您（单位）有权进行陈述和申辩，并享有要求听证的权利，可以在下列期限内提出听证申请。听证不收取费用。",
		}
	case HearingNotice:
		out := []string{fmt.Sprintf("关于%s申请，本机关决定按下列时间、地点举行听证，请准时参加。听证所需时间不计算在办理期限内。", item),
			"认为主持人与该申请事项有直接利害关系的，有权申请回避；可以提出证据，进行申辩和质证。听证不收取费用。"}
		if f.Reason != "" {
			out = append(out, "说明："+sentence(f.Reason))
		}
		return out
	case HearingMinutes:
		out := []string{fmt.Sprintf("%s申请的听证已经举行，笔录由听证参加人核对无误后签字。本机关将根据听证笔录作出决定。", item)}
		if f.Reason != "" {
			out = append(out, f.Reason)
		}
		return out
	case VisitNotice:
		out := []string{fmt.Sprintf("因办理%s申请，本机关指派两名以上工作人员按下列时间、地点进行现场核查，请予配合。", item)}
		if f.Reason != "" {
			out = append(out, sentence(f.Reason))
		}
		return out
	}
	return []string{fmt.Sprintf("您（单位）提出的%s申请，已连同全部申请材料转报下列单位办理，不需要重复提交材料。理由：%s", item, sentence(f.Reason))}
}

// sideProblems checks the texts of hearings, visits and approvers' acts.
func sideProblems(in Input) (bad []errs.Field) {
	h, v := in.Hearing, in.Visit
	for _, f := range []struct {
		path, v string
		max     int
	}{
		{"hearing/who", h.Who, maxShort}, {"hearing/contact", h.Contact, maxShort}, {"hearing/interest", h.Interest, maxOpinion}, {"hearing/at", h.At, maxShort},
		{"hearing/place", h.Place, maxShort}, {"hearing/presider", h.Presider, maxShort}, {"hearing/text", h.Text, maxRecord}, {"hearing/signed", h.Signed, maxShort},
		{"hearing/record", h.Record, maxShort}, {"visit/at", v.At, maxShort}, {"visit/place", v.Place, maxShort}, {"visit/text", v.Text, maxOpinion},
		{"measure/basis", in.Measure.Basis, maxShort}, {"measure/public", in.Measure.Public, maxOpinion}, {"measure/compensation", in.Measure.Compensation, maxOpinion},
		{"measure/asked", in.Measure.Asked, maxShort}, {"ruling/body", in.Ruling.Body, maxShort}, {"ruling/number", in.Ruling.Number, maxShort},
		{"work/staff", in.Work.Staff, maxShort}, {"work/unit", in.Work.Unit, maxShort}, {"experts", in.Experts, maxOpinion},
	} {
		bad = append(bad, textProblems(f.path, f.v, f.max)...)
	}
	for i, x := range v.Answers {
		bad = append(bad, textProblems(fmt.Sprintf("visit/answers/%d", i), x, maxOpinion)...)
	}
	if len(v.Answers) > maxAsks || len(v.Staff) > maxAsks {
		bad = append(bad, errs.Field{Path: "visit/staff", Code: "max-items", ZH: "选择的内容过多", EN: "Too many entries"})
	}
	return bad
}

// maxRecord is how long a hearing's record may be, in characters.
const maxRecord = 20000

// inner are the acts of the office among itself: applicants do not see them.
var inner = map[Act]bool{Claim: true, Release: true, Transfer: true, SendBack: true, Recheck: true, AskOpinion: true, GiveOpinion: true, Recuse: true}

// offersSide says whether an act of this file's subject is open to the actor
// now: the table and the policy have said yes already. known tells that the act
// is one of them.
func (s *Service) offersSide(a actor.Actor, c *Case, w world, m Move, tasks []Task, x *Sides) (task int64, ok, known bool) {
	h := &Hearing{}
	if x != nil && x.Hearing != nil && c.Clocks.heard() {
		h = x.Hearing
	}
	live := h.Dropped.IsZero()
	toldMe := slices.ContainsFunc(h.Told, func(t HearingTold) bool { return a.Kind == actor.Staff || !t.Third })
	first := func(fits func(Task) bool) (int64, bool, bool) {
		for _, t := range tasks {
			if t.State == "open" && fits(t) {
				return t.ID, true, true
			}
		}
		return 0, false, true
	}
	switch m.Act {
	case HearingTell:
		return 0, !h.Pending() && h.Record == nil, true
	case HearingAsk:
		ok = toldMe && live && !h.Pending() && h.Record == nil && c.Clocks.runs(HearingAskLimit)
		if cl, has := c.Clocks.of(HearingAskLimit); ok && has {
			ok = !cl.Timer().At(w.cal, s.DB.Now()).Effective()
		}
		return 0, ok, true
	case HearingWaive:
		waits := slices.ContainsFunc(h.Told, func(t HearingTold) bool { return t.Waived.IsZero() && (a.Kind == actor.Staff || !t.Third) })
		return 0, waits && live && !h.Pending() && h.Record == nil && c.Clocks.runs(HearingAskLimit), true
	case HearingCall:
		return 0, h.Record == nil && (c.State != Suspended || h.Call != nil && live), true
	case HearingChallenge:
		return 0, h.Call != nil && h.Pending() && h.Challenged() == nil, true
	case HearingAnswer:
		return 0, h.Call != nil && h.Challenged() != nil, true
	case HearingRecord:
		return 0, h.Call != nil && h.Pending() && h.Challenged() == nil && !s.DB.Now().Before(h.Call.At), true
	case HearingDrop:
		return 0, h.Pending() && len(h.Asked) > 0 && !slices.ContainsFunc(h.Asked, func(q HearingAsked) bool { return a.Kind != actor.Staff && q.Third }), true
	case VisitRecord, VisitSign:
		return 0, x != nil && slices.ContainsFunc(x.Visits, func(v *Visit) bool { return v.waitsFor(a.ID, m.Act) && !s.DB.Now().Before(v.At) }), true
	case Claim:
		return first(func(t Task) bool { return mayClaim(a, w, t) })
	case Release:
		return first(func(t Task) bool { return mayRelease(a, w, t) })
	case Transfer:
		return first(func(t Task) bool { return mayTransfer(a, w, t) })
	case GiveOpinion:
		return first(func(t Task) bool { return mayAnswer(a, w, t) })
	case SendBack:
		if c.State == Reviewing && c.Stage == 0 {
			return 0, false, true
		}
		return first(func(t Task) bool { return t.Step != stepOpinion && (does(a, w, t) || heads(a, w, t)) })
	case Recheck:
		return first(func(t Task) bool { return t.Step == stepRecheck })
	case MeasureOpen:
		return 0, x.open() == nil && len(c.MeasurableKinds()) > 0, true
	case MeasureState, MeasureDrop:
		return 0, x.open() != nil, true
	case MeasureWaive:
		m := x.open()
		return 0, m != nil && m.Days > 0 && m.Waived.IsZero(), true
	case MeasureDecide:
		m := x.open()
		return 0, m != nil && c.mayDecideMeasure(m, w, s), true
	case RecordRuling:
		return 0, c.Outcome != Withdrawn && c.Outcome != Referred, true
	case Redo, RedoReceive:
		return 0, x.toRedo() != nil && c.wasReceived() == (m.Act == Redo), true
	case VisitPlan, Object, AskOpinion, Recuse, Refer:
		return 0, true, true
	}
	return 0, false, false
}

// waitsFor reports whether the visit waits for this person's record or signature.
func (v *Visit) waitsFor(staff int64, act Act) bool {
	if !slices.ContainsFunc(v.Staff, func(f Filer) bool { return f.ID == staff }) {
		return false
	}
	if act == VisitRecord {
		return v.Record == nil
	}
	return v.Record != nil && !slices.ContainsFunc(v.Signed, func(x Signature) bool { return x.ID == staff })
}

// Departments lists the units that can be asked for an opinion.
func departments(dir *identity.Directory) (out []identity.Unit) {
	for _, u := range dir.Units() {
		if u.Kind == "department" {
			out = append(out, u)
		}
	}
	return out
}

// AskUntil is until when the applicant may ask for a hearing, if that runs.
func (v *View) AskUntil() (clock.Status, bool) {
	for _, c := range v.Clocks {
		if c.Kind == HearingAskLimit && c.Status.State == clock.Running {
			return c.Status, true
		}
	}
	return clock.Status{}, false
}

// EarlierStages are the review stages to which a case can be sent back.
func (v *View) EarlierStages() (out []int) {
	g, c := &v.Version.Guide, v.Case
	for stage := g.NextStage(0); stage > 0; stage = g.NextStage(stage) {
		if c.State == Deciding || stage < c.Stage {
			out = append(out, stage)
		}
	}
	return out
}

// Questions are what a planned site visit looks at.
func (v *View) Questions(staff int64) []string {
	for _, x := range v.sidesOf().Visits {
		if x.waitsFor(staff, VisitRecord) {
			return x.Questions
		}
	}
	return nil
}

func (v *View) sidesOf() *Sides {
	if v.Sides == nil {
		return &Sides{}
	}
	return v.Sides
}

// StageName is what the reviews of a stage are called.
func StageName(g *catalog.Guide, stage int) string {
	out := ""
	for _, sp := range g.Reviews(stage) {
		if out != "" {
			out += "、"
		}
		out += sp.Name
	}
	return out
}
