package casework

import (
	"slices"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/identity"
)

// A review that runs beside others has its own share of the promised limit, as
// the guide gives it (Step.Days). The share follows what happens to the limit:
// it stands still while the limit does, and is extended with it.

// shareTimer is the share of a task as a clock.
func shareTimer(t Task, cs Clocks) clock.Timer {
	x := clock.Timer{Limit: clock.Limit{N: t.Days, Unit: clock.WorkingDays, Whose: clock.Authority}, Start: t.OpenedAt, Done: t.DoneAt}
	if c, ok := cs.decision(); ok && t.Step != stepOpinion {
		x.Extensions = c.Extensions
		for _, p := range c.Suspensions {
			if p.To.IsZero() || p.To.After(t.OpenedAt) {
				x.Suspensions = append(x.Suspensions, p)
			}
		}
	}
	return x
}

// shareDue is the date of a task with a share: never later than the case's own.
func shareDue(t Task, c *Case, cal clock.Calendar, now time.Time) string {
	if c.State == Suspended && t.Step != stepOpinion {
		return noDate
	}
	due := shareTimer(t, c.Clocks).At(cal, now).Due.String()
	if t.Step != stepOpinion {
		for _, l := range []Limit{Promised, Statutory} {
			if x, ok := c.Clocks.of(l); ok && x.Done.IsZero() {
				due = min(due, x.Timer().At(cal, now).Due.String())
			}
		}
	}
	return due
}

// openReview opens the task of a review step, with its share of the limit.
func (st *step) openReview(sp catalog.Step) {
	due := st.dueFor(catalog.StepReview)
	if sp.Days > 0 {
		own := clock.Timer{Limit: clock.Limit{N: sp.Days, Unit: clock.WorkingDays}, Start: st.tx.Now()}.At(st.w.cal, st.tx.Now()).Due.String()
		due = min(due, own)
	}
	st.openTask(sp, due)
}

const sqlShared = `SELECT ` + taskColumns + ` FROM task WHERE case_id = $1 AND state = 'open' AND days > 0 ORDER BY id`
const sqlMoveTask = `UPDATE task SET due_on = $2 WHERE id = $1 AND state = 'open'`

// moveTasks gives the open tasks their new dates after the limit has moved.
func (st *step) moveTasks() error {
	c := st.c
	due := c.DueOn
	if due == "" {
		due = noDate
	}
	st.tx.Queue(sqlMoveTasks, c.ID, due)
	return st.s.moveShares(st.tx, c, st.w.cal)
}

// moveShares gives the tasks with a share their dates.
func (s *Service) moveShares(tx *db.Tx, c *Case, cal clock.Calendar) error {
	list, err := s.taskList(tx, sqlShared, c.ID)
	if err != nil {
		return err
	}
	for _, t := range list {
		tx.Queue(sqlMoveTask, t.ID, shareDue(t, c, cal, tx.Now()))
	}
	return nil
}

// Share is how a department's review stands within its days.
type Share struct {
	Days, Used, Left int  // working days; Left is 0 when late
	Late             bool // over its days
	Paused           bool
}

// shareOf reckons the days of a task that has a share of its own.
func shareOf(st clock.Status) Share {
	s := Share{Days: st.Allowed, Late: st.Late(), Paused: st.State == clock.Paused}
	if s.Late {
		s.Used = s.Days + st.Overdue
		return s
	}
	s.Left = st.Remaining
	s.Used = s.Days - s.Left
	return s
}

func (s *Service) share(t Task, c *Case, w world) *Share {
	if t.Days == 0 || t.State == "void" {
		return nil
	}
	x, now := shareTimer(t, c.Clocks), s.DB.Now()
	if !t.DoneAt.IsZero() {
		now = t.DoneAt
		late := x.At(w.cal, now).Late()
		x.Done = t.DoneAt.Add(1) // still running at the moment it was done
		if late {
			x.Done = t.DoneAt
		}
	}
	out := shareOf(x.At(w.cal, now))
	return &out
}

// lowerReviews reports whether a unit of a lower level reviews first, so that
// its own twenty days run (行政许可法 第四十三条). Levels count downwards: 3 is the
// city, 4 the county.
func lowerReviews(g *catalog.Guide, w world, decider identity.Unit) int {
	for _, sp := range g.Steps {
		if sp.Kind != catalog.StepReview {
			continue
		}
		if u, ok := w.dir.UnitByKey(sp.Unit); ok && decider.Level != "" && u.Level > decider.Level {
			return sp.Stage
		}
	}
	return 0
}

// decidingUnit is the one of the guide's decision.
func decidingUnit(w world, c *Case) identity.Unit {
	if sp, ok := w.v.Guide.Step(catalog.StepDecide); ok {
		if u, ok := w.dir.UnitByKey(sp.Unit); ok {
			return u
		}
	}
	u, _ := w.dir.Unit(c.UnitID)
	return u
}

// onAcceptance are the limits that begin with acceptance because of what the
// guide's steps are.
func onAcceptance(w world, c *Case) (out []Limit) {
	if demandsVisit(&w.v.Guide) {
		out = append(out, VisitLimit)
	}
	if lowerReviews(&w.v.Guide, w, decidingUnit(w, c)) > 0 {
		out = append(out, LowerLimit)
	}
	return out
}

// joint reports whether the case is handled jointly by the government's
// decision, which gives it forty-five days (行政许可法 第四十二条第二款).
func joint(w world) bool {
	return w.v.Guide.Limits.Joint != nil && w.reg.Joint.Workdays > 0
}

// governs reports whether the actor decides for the government of the deciding
// unit: who extends the limit of joint handling.
func governs(a actor.Actor, w world, c *Case) bool {
	u := decidingUnit(w, c)
	for u.ID != 0 {
		if u.Kind == "government" {
			return a.Holds(actor.Decider, u.Path)
		}
		u, _ = w.dir.Unit(u.ParentID)
	}
	return false
}

// mostExtension is by how many working days the limit may be extended.
func mostExtension(w world) int {
	most := w.reg.Extension.Workdays
	if joint(w) {
		return w.reg.JointMore.Workdays
	}
	if l := w.v.Guide.Limits.Extension; l != nil && l.Days > 0 {
		most = min(most, l.Days)
	}
	return most
}

// passesUp ends the lower level's own limit when its stage is over.
func (st *step) passesUp(next int) {
	if !st.c.Clocks.runs(LowerLimit) {
		return
	}
	if stage := lowerReviews(&st.w.v.Guide, st.w, decidingUnit(st.w, st.c)); next == 0 || next > stage {
		st.stops, st.moved = append(st.stops, LowerLimit), true
		st.note = joinNotes(st.note, "初步审查意见和全部申请材料报送上级机关，上级不要求申请人重复提供")
	}
}

func joinNotes(parts ...string) string {
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	out := ""
	for i, p := range parts {
		if i > 0 {
			out += ";"
		}
		out += p
	}
	return out
}
