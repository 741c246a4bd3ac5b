package casework

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/licence"
)

// review: one department gives its opinion; when all of the stage have, the
// next stage or the decision begins.
func (st *step) review() error {
	if strings.TrimSpace(st.in.Opinion) == "" {
		return missing("opinion", "请填写审查意见", "Give an opinion")
	}
	tasks, err := st.s.tasks(st.tx, st.c.ID)
	if err != nil {
		return err
	}
	mine, open := -1, 0
	taken := false
	for i, t := range tasks {
		if t.State != "open" || t.Role != actor.Reviewer || t.Step == stepOpinion {
			continue
		}
		open++
		u, _ := st.w.dir.Unit(t.UnitID)
		if t.ClaimedBy != 0 && t.ClaimedBy != st.a.ID {
			taken = taken || st.in.Task == t.ID || st.in.Task == 0 && does(st.a, st.w, t)
			continue
		}
		if (st.in.Task == 0 || st.in.Task == t.ID) && mine < 0 &&
			identity.Decide(st.a, identity.CaseReview, identity.Target{UnitPath: u.Path, ReviewPaths: []string{u.Path}}) == nil {
			mine = i
		}
	}
	if mine < 0 {
		if slices.ContainsFunc(tasks, func(t Task) bool { return t.ID == st.in.Task && t.State != "open" }) {
			return ErrChanged
		}
		if taken {
			return ErrClaimed
		}
		return ErrNotOffered
	}
	t := tasks[mine]
	if err := errors.Join(st.presides(), st.visitedBefore(t.Step)); err != nil {
		return err
	}
	opinion, err := st.s.sealText("task", st.in.Opinion)
	if err != nil {
		return err
	}
	st.tx.QueueOne(ErrChanged, sqlDoneTask, t.ID, st.tx.NowMicros(), st.a.ID, st.a.Name, st.in.Agree, opinion)
	if !slices.Contains(st.c.Reviewers, st.a.ID) {
		st.c.Reviewers = append(st.c.Reviewers, st.a.ID)
	}
	u, _ := st.w.dir.Unit(t.UnitID)
	st.say(u.Name+"（"+t.Name+"）", map[bool]string{true: "同意", false: "不同意"}[st.in.Agree], st.in.Opinion)
	if open > 1 {
		st.to = Reviewing
		return nil
	}
	st.advance(st.c.Stage)
	return nil
}

// decide 决定: by somebody who did not review. A grant issues the licence in the
// same transaction; a refusal carries its reasons and the remedies.
func (st *step) decide() error {
	c := st.c
	if slices.Contains(c.Reviewers, st.a.ID) {
		return ErrSamePerson
	}
	if err := st.heardBeforeDecision(); err != nil {
		return err
	}
	c.DecidedAt = st.tx.Now()
	st.endTasks()
	if !st.in.Grant {
		if strings.TrimSpace(st.in.Reason) == "" {
			return missing("reason", "请写明不予许可（办理）的理由，申请人将在决定书上看到", "Give the reasons; the applicant reads them on the decision")
		}
		c.Outcome, st.kind, st.reason = Refused, RefusalNotice, st.in.Reason
		if does := st.w.v.Guide.Result().Does; does != "" {
			st.kind, st.article = doing[does].refuse, st.w.reg.Cites[doing[does].rule]
			st.leaveHeld()
		}
		st.say("不予", st.in.Reason)
		st.deliver()
		return nil
	}
	promised, err := st.mayGrant()
	if err != nil {
		return err
	}
	st.reason = st.in.Opinion
	st.say("准予", st.in.Opinion)
	return st.grant(promised)
}

// grant 准予: the outcome, the licence, what is checked later, and the delivery.
func (st *step) grant(promised []promise) error {
	c := st.c
	c.Outcome = Granted
	r := st.w.v.Guide.Result()
	if r.Does != "" {
		if err := st.doHeld(r, false); err != nil {
			return err
		}
	} else if r.LicenceType != "" {
		l, err := st.issue(r)
		if err != nil {
			return err
		}
		c.LicenceID = l.ID
		st.licence = &DocLicence{l.Name, l.Identifier, l.Number}
		st.docFacts = append(st.docFacts, DocFact{"结果", l.Name}, DocFact{"编号", l.Number}, DocFact{"有效期", validity(l)})
	}
	for _, f := range st.w.v.Guide.Fees {
		st.docFacts = append(st.docFacts, DocFact{"收费：" + f.Name, f.Standard})
	}
	st.checkLater(promised)
	st.deliver()
	return nil
}

func validity(l *licence.Licence) string {
	if l.Until == "" {
		return "自 " + l.From + " 起长期有效"
	}
	return l.From + " 至 " + l.Until
}

// known is what a licence can say of the applicant and the case.
func (st *step) known(info identity.PartyInfo) map[string]string {
	return map[string]string{
		"applicant.name": info.Name, "applicant.idNumber": info.IDNumber, "applicant.address": info.Address, "applicant.phone": info.Phone,
		"applicant.legalRep": info.LegalRep, "case.no": st.c.No, "case.date": clock.DateOf(st.tx.Now()).String(), "unit.name": st.unit().Name, "item.name": st.c.ItemName,
	}
}

// issue makes the licence that the result names, its fields taken from the
// form, the applicant and the case as the guide maps them.
func (st *step) issue(r catalog.Result) (*licence.Licence, error) {
	c := st.c
	var values form.Values
	if err := st.s.openJSON("answers", c.answers, &values); err != nil {
		return nil, err
	}
	values = st.w.v.Form().Normalise(values)
	info, err := st.s.Identity.Party(st.tx, c.Party)
	if err != nil {
		return nil, err
	}
	u := st.unit()
	fields := fieldsOf(r, st.w.v.Form(), values, st.known(info))
	from := clock.DateOf(st.tx.Now()).String()
	until := ""
	switch {
	case r.UntilOf != "":
		if s, ok := values[r.UntilOf].(string); ok {
			until = s
		}
	case r.Years > 0:
		until = validUntil(st.tx.Now().In(clock.Shanghai()), r.Years)
	}
	return st.s.Licences.IssueTx(st.tx, st.a, licence.Issue{TypeKey: r.LicenceType, Holder: c.Party, HolderName: info.Name,
		IssuerUnit: u.ID, IssuerName: u.Name, IssuerUSCC: u.USCC, From: from, Until: until, Fields: fields, CaseNo: c.No, ItemName: c.ItemName})
}

// validUntil is the last day of a validity of whole years: the day before the
// same date.
func validUntil(from time.Time, years int) string {
	return from.AddDate(years, 0, -1).Format("2006-01-02")
}

// extend 延长期限: once, by the regime's length at most, with the reason told to
// the applicant (行政许可法 第四十二条).
func (st *step) extend() error {
	if st.in.Reason == "" {
		return missing("reason", "请写明延长期限的理由，将告知申请人", "Give the reason; the applicant is told")
	}
	most := mostExtension(st.w)
	if joint(st.w) {
		if !governs(st.a, st.w, st.c) {
			return ErrGovernment
		}
		st.m.Rule = RuleJoint
	}
	if st.in.Days < 1 || st.in.Days > most {
		return errs.InvalidFields(errs.Field{Path: "days", Code: "range", ZH: fmt.Sprintf("延长的天数应为1至%d个工作日", most), EN: fmt.Sprintf("Between 1 and %d working days", most)})
	}
	t, ok := st.c.Clocks.decision()
	if !ok || len(t.Extensions) > 0 {
		return ErrExtended
	}
	if t.Timer().At(st.w.cal, st.tx.Now()).State == clock.Lapsed {
		return ErrLimitOver
	}
	st.longer, st.reason = st.in.Days, st.in.Reason
	st.docFacts = []DocFact{{"延长", fmt.Sprintf("%d个工作日", st.in.Days)}}
	st.say(fmt.Sprintf("延长%d个工作日", st.in.Days), st.in.Reason)
	return nil
}

// suspend 特别程序: the clock stands still only for a kind that the regime and
// the guide name, and the applicant is told how long it will take.
func (st *step) suspend() error {
	if st.in.Reason == "" {
		return missing("reason", "请写明启动特别程序的理由，将告知申请人", "Give the reason; the applicant is told")
	}
	if st.in.Kind == sideHearing {
		return errs.InvalidFields(errs.Field{Path: "kind", Code: "own-act", ZH: "听证请用“组织听证”办理", EN: "A hearing is called by its own act"})
	}
	ok := false
	for _, sp := range st.w.v.Guide.Limits.Special {
		ok = ok || sp.Kind == st.in.Kind
	}
	if !ok || !slices.Contains(st.w.reg.Specials, st.in.Kind) {
		return errs.InvalidFields(errs.Field{Path: "kind", Code: "not-in-guide", ZH: "办事指南没有列明这种特别程序", EN: "The guide does not name this special procedure"})
	}
	if st.in.Days < 1 || st.in.Days > 250 {
		return missing("days", "请填写预计需要的工作日数（1至250）", "Enter the planned working days (1 to 250)")
	}
	zh, _ := SpecialWords(st.in.Kind)
	st.article = st.w.reg.specialBasis(&st.w.v.Guide, st.in.Kind)
	st.c.ResumeState = st.c.State
	st.reason = st.in.Reason
	st.docFacts = []DocFact{{"特别程序", zh}, {"预计需要", fmt.Sprintf("%d个工作日", st.in.Days)}}
	st.say(zh, fmt.Sprintf("预计%d个工作日", st.in.Days), st.in.Reason)
	return st.beginExperts()
}

// resume: the special procedure has ended; the clocks run again from now.
func (st *step) resume() error {
	if st.c.ResumeState == "" {
		return ErrNotOffered
	}
	if err := st.endSpecial(); err != nil {
		return err
	}
	st.article = st.c.Clocks.pausedOn()
	st.to, st.c.ResumeState = st.c.ResumeState, ""
	st.say(st.in.Reason)
	return nil
}

// withdraw 撤回申请.
func (st *step) withdraw() error {
	st.reason = st.in.Reason
	st.say(st.in.Reason)
	return nil
}

// JobDeliver is the job that delivers an electronic result once it is signed.
const JobDeliver = "casework.deliver"

// closed is what follows the end of every case: the applicant may rate it.
func (st *step) closed() error {
	c := st.c
	return st.s.Ratings.InviteTx(st.tx, invitation(st.tx, c))
}
