package casework

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/licence"
)

// afterStage marks tasks that stay open when a case is closed: checks of promises
// 事后核查, samples of machine decisions 抽查, and the annulment that may follow.
const afterStage = 100

// Steps of tasks after the decision.
const (
	stepCheck  = "check-promise"
	stepSample = "sample-review"
	stepAnnul  = "annul"
)

// Findings of a check and of a sample (Input.Kind).
const (
	FindKept    = "kept"    // 与承诺相符
	FindDiffers = "differs" // 与承诺不符,限期整改
	FindBroken  = "broken"  // 逾期未整改
	FindRight   = "right"   // 抽查:决定正确
	FindWrong   = "wrong"   // 抽查:决定有误
)

// workdaysOn is the date so many working days from now.
func (st *step) workdaysOn(n int) string {
	t := clock.Timer{Limit: clock.Limit{N: n, Unit: clock.WorkingDays, Whose: clock.Authority}, Start: st.tx.Now()}
	return t.At(st.w.cal, st.tx.Now()).Due.String()
}

func (st *step) afterTask(step, name string, role actor.Role, due string) {
	st.openTask(catalog.Step{Key: step, Name: name, Role: string(role), Stage: afterStage}, due)
}

func (st *step) endAfter(step string) {
	st.tx.Queue(sqlEndAfter, st.c.ID, step, st.tx.NowMicros(), st.a.ID, st.a.Name)
}

// checkLater opens the check of what was decided on a promise.
func (st *step) checkLater(list []promise) {
	days, basis := 0, ""
	for _, p := range those(list, Commit, PromiseOpen) {
		if c, ok := st.w.v.Guide.Commitment(p.Key); ok && (days == 0 || c.Days < days) {
			days, basis = c.Days, c.Basis
		}
	}
	if days == 0 {
		return
	}
	st.c.Clocks.start(Clock{Kind: CheckLimit, Workdays: days, Unit: clock.WorkingDays, Article: basis}, st.tx.Now())
	st.afterTask(stepCheck, "告知承诺事后核查", actor.Reviewer, st.workdaysOn(days))
}

// checkPromise 事后核查: kept, or different from what was promised and then to be
// put right within a time, or not put right within it.
func (st *step) checkPromise() error {
	list, err := st.s.promises(st.tx, st.c.ID, &st.w.v.Guide)
	if err != nil {
		return err
	}
	mine := those(list, Commit, PromiseOpen, PromiseDiffers)
	if st.c.Outcome != Granted || len(mine) == 0 {
		return ErrNotOffered
	}
	if strings.TrimSpace(st.in.Reason) == "" {
		return missing("reason", "请写明核查的情况", "Say what was found")
	}
	if !slices.Contains(st.c.Reviewers, st.a.ID) {
		st.c.Reviewers = append(st.c.Reviewers, st.a.ID)
	}
	now, differs := st.tx.Now(), mine[0].State == PromiseDiffers
	next := PromiseState(st.in.Kind)
	switch {
	case st.in.Kind == FindKept:
		st.say("核查相符", st.in.Reason)
	case st.in.Kind == FindDiffers && !differs:
		if err := st.toPutRight(mine, now); err != nil {
			return err
		}
	case st.in.Kind == FindBroken && differs:
		t, ok := st.c.Clocks.of(RectifyLimit)
		if !ok || !t.Timer().At(st.w.cal, now).Effective() {
			return errs.New(errs.Conflict, "limit-not-over", "整改期限尚未届满。", "The time to put it right is not over yet.")
		}
		st.afterTask(stepAnnul, "撤销决定的审议", actor.Decider, st.workdaysOn(10))
		st.say("逾期未整改，提请撤销决定", st.in.Reason)
	default:
		return missing("kind", "请选择核查结果：相符、不符（限期整改），整改期限届满后还可以选择未整改", "Choose what was found")
	}
	if next != PromiseDiffers {
		st.endAfter(stepCheck)
		st.c.Clocks.stop(CheckLimit, now)
		st.c.Clocks.stop(RectifyLimit, now)
	}
	for _, p := range mine {
		st.tx.Queue(sqlSetPromise, p.ID, string(next), st.tx.NowMicros())
	}
	return nil
}

// toPutRight tells the applicant what differs from the promise and until when it
// has to be put right.
func (st *step) toPutRight(mine []promise, now time.Time) error {
	days := st.in.Days
	for _, p := range mine {
		c, ok := st.w.v.Guide.Commitment(p.Key)
		if !ok {
			continue
		}
		if st.in.Days == 0 {
			days = max(days, c.Rectify)
		}
		st.docLines = append(st.docLines, DocLine{c.Name, c.Consequence})
	}
	if days < 1 || days > 120 {
		return errs.InvalidFields(errs.Field{Path: "days", Code: "range", ZH: "整改期限应为1至120个工作日", EN: "Between 1 and 120 working days"})
	}
	st.endAfter(stepCheck)
	st.c.Clocks.stop(CheckLimit, now)
	st.c.Clocks.start(Clock{Kind: RectifyLimit, Workdays: days, Unit: clock.WorkingDays, Article: st.w.reg.Cites[RulePromise]}, now)
	st.kind, st.reason = RectifyNotice, st.in.Reason
	st.afterTask(stepCheck, "整改情况复查", actor.Reviewer, st.workdaysOn(days+5))
	st.say(fmt.Sprintf("与承诺不符，限%d个工作日内整改", days), st.in.Reason)
	return nil
}

// sampleReview 抽查: a person looks at what the machine granted.
func (st *step) sampleReview() error {
	if len(st.w.v.Guide.Auto) == 0 {
		return ErrNotOffered
	}
	in, err := st.s.instant(st.tx, st.c.ID)
	if err != nil || in == nil || in.Sample != SampleOpen {
		return orNotOffered(err)
	}
	if strings.TrimSpace(st.in.Reason) == "" {
		return missing("reason", "请写明抽查的情况", "Say what was found")
	}
	if !slices.Contains(st.c.Reviewers, st.a.ID) {
		st.c.Reviewers = append(st.c.Reviewers, st.a.ID)
	}
	switch st.in.Kind {
	case FindRight:
		st.say("抽查：决定正确", st.in.Reason)
	case FindWrong:
		st.say("抽查：决定有误，提请审议", st.in.Reason)
		st.afterTask(stepAnnul, "撤销决定的审议", actor.Decider, st.workdaysOn(10))
	default:
		return missing("kind", "请选择决定正确或者有误", "Choose right or wrong")
	}
	st.endAfter(stepSample)
	st.tx.Queue(sqlSetSample, st.c.ID, st.in.Kind, st.tx.NowMicros())
	return nil
}

func orNotOffered(err error) error {
	if err != nil {
		return err
	}
	return ErrNotOffered
}

// grounds are what an annulment may rest on: promises not kept, a wrong sample.
type grounds struct {
	broken []promise
	wrong  bool
}

func (g grounds) none() bool { return len(g.broken) == 0 && !g.wrong }

func (st *step) grounds() (g grounds, err error) {
	list, err := st.s.promises(st.tx, st.c.ID, &st.w.v.Guide)
	if err != nil {
		return g, err
	}
	g.broken = those(list, Commit, PromiseBroken)
	if len(st.w.v.Guide.Auto) > 0 {
		in, err := st.s.instant(st.tx, st.c.ID)
		if err != nil {
			return g, err
		}
		g.wrong = in != nil && in.Sample == FindWrong
	}
	return g, nil
}

// annul 撤销 the grant, with its licence, by somebody who did not find the
// ground; in writing, with the remedies (行政许可法 第六十九条).
func (st *step) annul() error {
	if st.c.Outcome != Granted {
		return ErrNotOffered
	}
	g, err := st.grounds()
	if err != nil || g.none() {
		return orNotOffered(err)
	}
	if strings.TrimSpace(st.in.Reason) == "" {
		return missing("reason", "请写明撤销的理由，申请人将在决定书上看到", "Give the reasons; the applicant reads them")
	}
	for _, p := range g.broken {
		if c, ok := st.w.v.Guide.Commitment(p.Key); ok {
			st.docLines = append(st.docLines, DocLine{c.Name, "承诺不实，逾期未整改"})
		}
	}
	var struck int64
	if st.c.LicenceID != 0 {
		l, err := st.s.Licences.ChangeTx(st.tx, st.a, st.c.LicenceID, licence.Annulled, licence.Struck, st.c.No)
		if err != nil {
			return err
		}
		struck = l.ID
		st.docFacts = append(st.docFacts, DocFact{"同时撤销的证照", l.Name}, DocFact{"编号", l.Number})
	}
	if st.w.v.Guide.Result().Does != "" {
		if err := st.undoHeld(struck); err != nil {
			return err
		}
	}
	st.reason = st.in.Reason
	st.say("撤销", st.in.Reason)
	st.tx.Queue(sqlEndAfterAll, st.c.ID, st.tx.NowMicros(), st.a.ID, st.a.Name)
	st.voidTasks()
	return nil
}

// uphold 维持决定: the ground was looked at and the grant stays.
func (st *step) uphold() error {
	if st.c.Outcome != Granted {
		return ErrNotOffered
	}
	g, err := st.grounds()
	if err != nil || g.none() {
		return orNotOffered(err)
	}
	if strings.TrimSpace(st.in.Reason) == "" {
		return missing("reason", "请写明维持决定的理由", "Give the reasons")
	}
	for _, p := range g.broken {
		st.tx.Queue(sqlSetPromise, p.ID, string(PromiseExcused), st.tx.NowMicros())
	}
	if g.wrong {
		st.tx.Queue(sqlSetSample, st.c.ID, SampleUpheld, st.tx.NowMicros())
	}
	st.endAfter(stepAnnul)
	st.say("维持决定", st.in.Reason)
	return nil
}
