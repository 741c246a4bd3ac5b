package consult

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/calendar"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/jobs"
	"github.com/tongban/tongban/internal/notify"
	"github.com/tongban/tongban/internal/sm"
)

// Service takes and answers inquiries.
type Service struct{ Config }

// Config names what the room uses. Everything but Cases, Rule and Log is required.
type Config struct {
	DB       *db.DB
	Identity *identity.Service
	Catalog  *catalog.Service
	Calendar *calendar.Service
	Notify   *notify.Service
	Vault    *sm.Vault
	Cases    Cases // nil: nothing is asked about cases
	Rule     Rule
	Log      *slog.Logger
}

// Rule 答复时限 is how long units have. No law sets these limits: a city does.
type Rule struct {
	AnswerDays int    // working days for a question; 0: 5
	HandleDays int    // working days for what could not be done; 0: 5
	Basis      string // what the limits rest on, shown with every date; "": DefaultBasis
	Centre     string // key of the centre that answers questions in general; "": the city's first
}

// DefaultBasis is what the limits rest on where a city has named nothing.
const DefaultBasis = "本市自行设定的咨询答复时限（法律没有规定）"

// Cases tells about cases by their number; casework satisfies it.
type Cases interface {
	// Consulted gives a case that the actor may read, else casework's own error.
	Consulted(ctx context.Context, a actor.Actor, no string) (Case, error)
	// Aside lists the staff who stand aside from a case (回避).
	Aside(q db.Queryer, caseID int64) ([]int64, error)
}

// Case is what is needed of a case.
type Case struct {
	ID         int64
	No         string
	ItemID     int64
	VersionID  int64
	UnitID     int64
	ReceivedID int64
	Party      actor.Party
}

// New makes the service.
func New(c Config) *Service {
	c.Rule.AnswerDays, c.Rule.HandleDays = cmp.Or(c.Rule.AnswerDays, 5), cmp.Or(c.Rule.HandleDays, 5)
	c.Rule.Basis = cmp.Or(c.Rule.Basis, DefaultBasis)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{c}
}

// JobTick is the kind of the periodic job that finds what is late.
const JobTick = "consult.tick"

// Handlers registers the jobs of the room.
func (s *Service) Handlers(r *jobs.Runner) {
	r.Handle(JobTick, func(ctx context.Context, _ jobs.Job) error { return s.Tick(ctx) })
}

// The refusals.
var (
	ErrNone      = errs.New(errs.NotFound, "inquiry-not-found", "没有找到这条咨询或者反映。", "There is no such question or record.")
	ErrChanged   = errs.New(errs.Conflict, "inquiry-changed", "内容已有变化，请刷新后再操作。", "It has changed; look at it again.")
	ErrNotNow    = errs.New(errs.Conflict, "inquiry-state", "现在不能进行这一步，请刷新后查看最新状态。", "This is not possible in its present state.")
	ErrSameHands = errs.New(errs.Forbidden, identity.ErrSamePerson.Code, "提出不予解决意见的人员不能复核自己的意见，请由另一名负责人复核。", "Whoever proposed the refusal does not confirm it.")
	ErrNoCentre  = errs.New(errs.Unavailable, "no-centre", "还没有登记可以答复综合咨询的服务中心。", "There is no centre yet that answers questions in general.")
)

// days is the limit of a kind.
func (s *Service) days(k Kind) int {
	if k == Failure {
		return s.Rule.HandleDays
	}
	return s.Rule.AnswerDays
}

// timer is the clock of the present round.
func (s *Service) timer(x *Inquiry) clock.Timer {
	return clock.Timer{Limit: clock.Limit{N: x.Days, Unit: clock.WorkingDays, Whose: clock.Authority, Article: s.Rule.Basis}, Start: x.StartedAt, Done: x.DoneAt}
}

// start begins the limit of a round.
func (s *Service) start(x *Inquiry, cal clock.Calendar, now time.Time) {
	x.Days, x.StartedAt, x.DoneAt, x.AlarmedAt = s.days(x.Kind), now, time.Time{}, time.Time{}
	x.DueOn, x.Edition = s.timer(x).At(cal, now).Due, cal.Edition()
	x.Rounds++
}

// end ends a round; a late one is counted.
func (x *Inquiry) end(now time.Time) {
	x.DoneAt = now
	if clock.DateOf(now) > x.DueOn {
		x.Late++
	}
}

// target says to identity whose it is.
func (s *Service) target(q db.Queryer, dir *identity.Directory, x *Inquiry) (identity.Target, error) {
	t := identity.Target{UnitPath: dir.Path(x.UnitID), ReceivingPath: dir.Path(x.ReceivedID), Owner: x.Party, Applicant: x.Party}
	if x.Proposer != 0 {
		t.ReviewerIDs = []int64{x.Proposer}
	}
	if x.CaseID == 0 || s.Cases == nil {
		return t, nil
	}
	var err error
	t.RecusedIDs, err = s.Cases.Aside(q, x.CaseID)
	return t, err
}

func subject(no string) string { return "inquiry/" + no }

// refused records a refusal and hides what must not be known.
func (s *Service) refused(ctx context.Context, a actor.Actor, act identity.Act, no string, err error) error {
	if err == nil {
		return nil
	}
	s.Identity.Refused(ctx, a, act, subject(no), err)
	switch {
	case errors.Is(err, identity.ErrNotFound):
		return ErrNone
	case errors.Is(err, identity.ErrSamePerson):
		return ErrSameHands
	}
	return err
}

// did writes what was done, for those concerned to read, and for the log.
func (s *Service) did(tx *db.Tx, a actor.Actor, x *Inquiry, act Act, inside bool, w Words) error {
	sealed, err := s.seal(entryPurpose, w)
	if err != nil {
		return err
	}
	tx.Queue(sqlAddEntry, tx.NewID(), x.ID, tx.NowMicros(), string(act), string(a.Kind), a.ID, a.Name, x.UnitID, inside, sealed)
	detail := map[string]string{"state": string(x.State)}
	if x.ItemCode != "" {
		detail["item"] = x.ItemCode
	}
	return audit.Append(tx, audit.Record{Actor: a, Act: "consult." + string(act), Subject: subject(x.No), Unit: x.UnitID, Outcome: "done", Detail: detail})
}

// tell sends a message to who asked, if he has an account.
func (s *Service) tell(tx *db.Tx, x *Inquiry, title, body string) error {
	if x.Party.ID == 0 {
		return nil
	}
	_, err := s.Notify.Send(tx, notify.Message{To: x.Party, Kind: "consult." + string(x.Kind), Subject: title, Body: body, Short: title + "，请登录查看。", Link: "/my/consult/" + x.No})
	return err
}

// centre answers questions in general: the configured one, or the first of the
// highest level.
func (s *Service) centre(dir *identity.Directory) (identity.Unit, error) {
	if u, ok := dir.UnitByKey(s.Rule.Centre); ok {
		return u, nil
	}
	var found identity.Unit
	for _, u := range dir.Units() {
		if u.Kind == "centre" && (found.ID == 0 || u.Level < found.Level) {
			found = u
		}
	}
	if found.ID == 0 {
		return found, ErrNoCentre
	}
	return found, nil
}

// receives are units at whose windows people are served.
func receives(u identity.Unit) bool { return slices.Contains([]string{"centre", "station"}, u.Kind) }
