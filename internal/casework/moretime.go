package casework

import (
	"fmt"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
)

// MoreTime 延长补正期限的申请 is an applicant's request for more time to correct.
type MoreTime struct {
	ID     int64 // of the event
	At     time.Time
	Days   int // asked for, of the limit's unit
	Reason string
	Answer string // "" while it waits, "granted", "refused"
	Given  int    // days granted
}

// Waits reports whether the window has to answer it.
func (m *MoreTime) Waits() bool { return m != nil && m.Answer == "" }

const (
	sqlAskMoreTime    = `INSERT INTO case_more_time (id, case_id, at, days, reason, answer, answered_at, given) VALUES ($1, $2, $3, $4, $5, '', 0, 0)`
	sqlMoreTime       = `SELECT id, at, days, reason, answer, given FROM case_more_time WHERE case_id = $1 ORDER BY id DESC LIMIT 1`
	sqlAnswerMoreTime = `UPDATE case_more_time SET answer = $2, answered_at = $3, given = $4 WHERE id = $1 AND answer = ''`
)

// Errors of acts on the time to correct.
var (
	ErrAskedAlready  = errs.New(errs.Conflict, "asked-already", "您已经申请延长补正期限，请等待答复。", "More time was asked for already; wait for the answer.")
	ErrNothingAsked  = errs.New(errs.Conflict, "nothing-asked", "没有等待答复的延期申请。", "No request for more time waits for an answer.")
	ErrCorrectLapsed = errs.New(errs.Conflict, "correction-limit-over", "补正期限已经届满，不能再申请延长；仍可以提交补正。", "The time to correct is over and can no longer be extended; the correction itself can still be handed in.")
	ErrAnswerFirst   = errs.New(errs.Conflict, "answer-first", "申请人申请延长补正期限，请先答复。", "The applicant asked for more time; answer that first.")
)

// moreTime is the newest request about the last notice, nil if there is none.
func (s *Service) moreTime(q db.Queryer, c *Case) (*MoreTime, error) {
	rows, err := q.Query(sqlMoreTime, c.ID)
	if err != nil || !rows.Next() {
		return nil, err
	}
	var m MoreTime
	var at int64
	var reason []byte
	if err := rows.Scan(&m.ID, &at, &m.Days, &reason, &m.Answer, &m.Given); err != nil {
		return nil, err
	}
	m.At = db.Time(at)
	if t, ok := c.Clocks.of(Correction); !ok || m.At.Before(t.Start) {
		return nil, nil // of an earlier notice
	}
	m.Reason, err = s.openText("more-time", reason)
	return &m, err
}

// mostMoreTime is how many days may be asked for and given at a time: as many as
// the limit had at first.
func (c Clock) mostMoreTime() int { return max(1, c.Workdays) }

// moreDays checks a number of days against that.
func (st *step) moreDays() (*Clock, error) {
	t, ok := st.c.Clocks.of(Correction)
	if !ok || !t.Done.IsZero() {
		return nil, ErrNotOffered
	}
	if most := t.mostMoreTime(); st.in.Days < 1 || st.in.Days > most {
		return nil, errs.InvalidFields(errs.Field{Path: "days", Code: "range", ZH: fmt.Sprintf("延长的天数应为1至%d%s", most, unitWords(t.Unit)), EN: fmt.Sprintf("Between 1 and %d days", most)})
	}
	return t, nil
}

func unitWords(u clock.Unit) string {
	if u == clock.NaturalDays {
		return "日"
	}
	return "个工作日"
}

// askMoreTime: the applicant cannot correct in time and says why. A request made
// in time keeps the case from being returned until it is answered.
func (st *step) askMoreTime() error {
	if strings.TrimSpace(st.in.Reason) == "" {
		return missing("reason", "请写明需要更多时间的原因", "Say why more time is needed")
	}
	t, err := st.moreDays()
	if err != nil {
		return err
	}
	if t.Timer().At(st.w.cal, st.tx.Now()).State == clock.Lapsed {
		return ErrCorrectLapsed
	}
	before, err := st.s.moreTime(st.tx, st.c)
	if err != nil {
		return err
	}
	if before.Waits() {
		return ErrAskedAlready
	}
	reason, err := st.s.sealText("more-time", st.in.Reason)
	if err != nil {
		return err
	}
	st.eventID = st.tx.NewID()
	st.tx.Queue(sqlAskMoreTime, st.eventID, st.c.ID, st.tx.NowMicros(), st.in.Days, reason)
	st.say(fmt.Sprintf("申请延长%d%s", st.in.Days, unitWords(t.Unit)), st.in.Reason)
	st.openTask(catalog.Step{Key: "more-time", Name: "答复补正延期申请", Kind: catalog.StepReceive, Role: string(actor.WindowClerk),
		Unit: st.w.v.Guide.Department.Receiving}, st.c.DueOn)
	return nil
}

// grantMoreTime gives more days. They count from the request, which was made in
// time: the authority's own delay does not cost the applicant the extension.
func (st *step) grantMoreTime() error {
	m, err := st.waitingMoreTime()
	if err != nil {
		return err
	}
	if st.in.Days == 0 {
		st.in.Days = m.Days
	}
	t, err := st.moreDays()
	if err != nil {
		return err
	}
	st.more, st.moreAt, st.reason = st.in.Days, m.At, st.in.Reason
	st.docFacts = []DocFact{{"申请日期", clock.DateOf(m.At).String()}, {"延长", fmt.Sprintf("%d%s", st.in.Days, unitWords(t.Unit))}}
	st.say(fmt.Sprintf("延长补正期限%d%s", st.in.Days, unitWords(t.Unit)), st.in.Reason)
	st.tx.QueueOne(ErrChanged, sqlAnswerMoreTime, m.ID, "granted", st.tx.NowMicros(), st.in.Days)
	st.endTasks()
	return nil
}

// refuseMoreTime says why not; the first limit stands.
func (st *step) refuseMoreTime() error {
	m, err := st.waitingMoreTime()
	if err != nil {
		return err
	}
	if strings.TrimSpace(st.in.Reason) == "" {
		return missing("reason", "请写明不予延长的理由，将告知申请人", "Give the reason; the applicant is told")
	}
	st.reason = st.in.Reason
	st.docFacts = []DocFact{{"申请日期", clock.DateOf(m.At).String()}}
	st.say(st.in.Reason)
	st.tx.QueueOne(ErrChanged, sqlAnswerMoreTime, m.ID, "refused", st.tx.NowMicros(), 0)
	st.endTasks()
	return nil
}

func (st *step) waitingMoreTime() (*MoreTime, error) {
	m, err := st.s.moreTime(st.tx, st.c)
	if err != nil {
		return nil, err
	}
	if !m.Waits() {
		return nil, ErrNothingAsked
	}
	return m, nil
}
