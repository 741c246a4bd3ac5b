package casework

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// WorkInput is what approvers' acts among themselves bring; Input.Task says
// which task.
type WorkInput struct {
	Staff string // transfer: to whom, by login; recuse: who, "" is the actor
	Unit  string // transfer, ask-opinion, refer: key of the unit
	Stage int    // send-back: to which review stage; 0 is the window's examination
}

// OpinionAsked 征求意见 is a question to another department. The case goes on.
type OpinionAsked struct {
	Task     int64     `json:"task"`
	Unit     int64     `json:"unit"`
	By       string    `json:"by"`
	Question string    `json:"question"`
	At       time.Time `json:"at"`
}

// Colleague 同事 is a member of staff to whom something can be handed.
type Colleague struct {
	ID          int64
	Login, Name string
	Unit        string
	UnitKey     string
	Roles       []actor.Role

	grants  []actor.Grant
	reviews bool
}

func (m Colleague) holds(role actor.Role, path string) bool {
	return actor.Actor{Kind: actor.Staff, Grants: m.grants}.Holds(role, path)
}

// Steps of tasks that no guide names.
const (
	stepOpinion = "opinion"
	stepRecheck = "recheck"
)

// Errors of approvers' acts.
var (
	ErrClaimed    = errs.New(errs.Conflict, "claimed", "这项任务已由其他人员领办。", "Somebody else has taken this task.")
	ErrNoHead     = errs.New(errs.Forbidden, "head-only", "须由本单位负责人办理。", "The head of the unit does this.")
	ErrGovernment = errs.New(errs.Forbidden, "government-extends", "联合办理的期限须经本级人民政府负责人批准才能延长。", "The limit of joint handling is extended by the head of the government.")
)

const (
	sqlClaim   = `UPDATE task SET claimed_by = $2, claimed_name = $3 WHERE id = $1 AND state = 'open' AND claimed_by = $4`
	sqlMoveTo  = `UPDATE task SET unit_id = $2, claimed_by = 0, claimed_name = '' WHERE id = $1 AND state = 'open'`
	sqlUnclaim = `UPDATE task SET claimed_by = 0, claimed_name = '' WHERE case_id = $1 AND state = 'open' AND claimed_by = $2`
	sqlLoad    = `SELECT claimed_by, claimed_name, count(*) FROM task WHERE unit_id = $1 AND role = $2 AND state = 'open' AND claimed_by <> 0
		GROUP BY claimed_by, claimed_name`
)

// department is the highest department that a unit belongs to, or the unit.
func department(dir *identity.Directory, id int64) identity.Unit {
	u, _ := dir.Unit(id)
	top := u
	for u.ParentID != 0 {
		up, ok := dir.Unit(u.ParentID)
		if !ok {
			break
		}
		if u = up; u.Kind == "department" {
			top = u
		}
	}
	return top
}

// colleagues lists the staff of the departments of the units.
func (s *Service) colleagues(q db.Queryer, w world, units ...int64) ([]Colleague, error) {
	var out []Colleague
	var seen []string
	for _, id := range units {
		d := department(w.dir, id)
		if d.Path == "" || slices.Contains(seen, d.Path) {
			continue
		}
		seen = append(seen, d.Path)
		list, err := s.Identity.Members(q, w.dir, d.Path)
		if err != nil {
			return nil, err
		}
		for _, m := range list {
			u, _ := w.dir.Unit(m.UnitID)
			c := Colleague{ID: m.ID, Login: m.Login, Name: m.Name, Unit: u.Name, UnitKey: u.Key, grants: m.Grants}
			for _, g := range m.Grants {
				if !slices.Contains(c.Roles, g.Role) {
					c.Roles = append(c.Roles, g.Role)
				}
			}
			c.reviews = slices.Contains(c.Roles, actor.Reviewer)
			out = append(out, c)
		}
	}
	return out, nil
}

// does reports whether the actor holds the role that the task needs.
func does(a actor.Actor, w world, t Task) bool {
	return a.Holds(t.Role, w.dir.Path(t.UnitID)) && w.dir.Path(t.UnitID) != ""
}

// heads reports whether the actor decides over the task's unit (负责人).
func heads(a actor.Actor, w world, t Task) bool {
	return a.Holds(actor.Decider, w.dir.Path(t.UnitID)) && w.dir.Path(t.UnitID) != ""
}

// openTask picks the open task that the act is about: the one named, or the
// first that fits.
func (st *step) pick(fits func(Task) bool) (Task, error) {
	tasks, err := st.s.tasks(st.tx, st.c.ID)
	if err != nil {
		return Task{}, err
	}
	for _, t := range tasks {
		if t.State == "open" && (st.in.Task == 0 || st.in.Task == t.ID) && fits(t) {
			return t, nil
		}
	}
	if slices.ContainsFunc(tasks, func(t Task) bool { return t.ID == st.in.Task && t.State != "open" }) {
		return Task{}, ErrChanged
	}
	return Task{}, ErrNotOffered
}

// What may be done with a task, for the offer and for the act alike.
func mayClaim(a actor.Actor, w world, t Task) bool { return t.ClaimedBy == 0 && does(a, w, t) }
func mayRelease(a actor.Actor, w world, t Task) bool {
	return t.ClaimedBy != 0 && (t.ClaimedBy == a.ID || heads(a, w, t))
}
func mayTransfer(a actor.Actor, w world, t Task) bool {
	return t.Role != actor.WindowClerk && (heads(a, w, t) || does(a, w, t) && (t.ClaimedBy == 0 || t.ClaimedBy == a.ID))
}
func mayAnswer(a actor.Actor, w world, t Task) bool {
	return t.Step == stepOpinion && does(a, w, t) && (t.ClaimedBy == 0 || t.ClaimedBy == a.ID)
}

// claim 领办: others see who has the task.
func (st *step) claim() error {
	st.light = true
	t, err := st.pick(func(t Task) bool { return does(st.a, st.w, t) && t.ClaimedBy != st.a.ID })
	if err != nil {
		return err
	}
	if t.ClaimedBy != 0 {
		return ErrClaimed
	}
	st.tx.QueueOne(ErrClaimed, sqlClaim, t.ID, st.a.ID, st.a.Name, 0)
	st.say(t.Name)
	return nil
}

// release: who took a task gives it back; the head gives back any.
func (st *step) release() error {
	st.light = true
	t, err := st.pick(func(t Task) bool { return mayRelease(st.a, st.w, t) })
	if err != nil {
		return err
	}
	st.tx.QueueOne(ErrChanged, sqlClaim, t.ID, 0, "", t.ClaimedBy)
	st.say(t.Name, st.in.Reason)
	return nil
}

// transfer 转交 to a colleague, or to another unit of the same department. The
// head hands on what anybody has.
func (st *step) transfer() error {
	st.light = true
	t, err := st.pick(func(t Task) bool { return mayTransfer(st.a, st.w, t) })
	if err != nil {
		return err
	}
	in := st.in.Work
	if in.Unit != "" && in.Staff == "" {
		u, ok := st.w.dir.UnitByKey(in.Unit)
		if !ok || u.ID == t.UnitID || department(st.w.dir, u.ID).ID != department(st.w.dir, t.UnitID).ID {
			return errs.InvalidFields(errs.Field{Path: "work/unit", Code: "unknown", ZH: "只能转交给同一部门的其他科室", EN: "Only another unit of the same department"})
		}
		st.tx.QueueOne(ErrChanged, sqlMoveTo, t.ID, u.ID)
		st.say(t.Name, "转交"+u.Name, st.in.Reason)
		return nil
	}
	list, err := st.s.colleagues(st.tx, st.w, t.UnitID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(m Colleague) bool { return m.Login == in.Staff && m.holds(t.Role, st.w.dir.Path(t.UnitID)) })
	if i < 0 || list[i].ID == t.ClaimedBy || slices.Contains(st.c.Recused, list[i].ID) {
		return errs.InvalidFields(errs.Field{Path: "work/staff", Code: "unknown", ZH: "请选择本单位能够办理这一环节的人员", EN: "Choose a colleague who may do this step"})
	}
	st.tx.QueueOne(ErrChanged, sqlClaim, t.ID, list[i].ID, list[i].Name, t.ClaimedBy)
	st.say(t.Name, "转交"+list[i].Name, st.in.Reason)
	return nil
}

// sendBack 内部退回: to an earlier review stage or to the window's examination.
// It does not touch the applicant and stops no clock.
func (st *step) sendBack() error {
	g, to := &st.w.v.Guide, st.in.Work.Stage
	if st.from == Reviewing && st.c.Stage == 0 { // the window has it already
		return ErrNotOffered
	}
	if to < 0 || st.from == Reviewing && to >= st.c.Stage || to > 0 && len(g.Reviews(to)) == 0 {
		return errs.InvalidFields(errs.Field{Path: "work/stage", Code: "range", ZH: "只能退回以前的环节", EN: "Only to an earlier step"})
	}
	if strings.TrimSpace(st.in.Reason) == "" {
		return missing("reason", "请写明退回的理由", "Give the reason")
	}
	if _, err := st.pick(func(t Task) bool { return t.Step != stepOpinion && (does(st.a, st.w, t) || heads(st.a, st.w, t)) }); err != nil {
		return err
	}
	st.voidTasks()
	st.c.Stage, st.to = to, Reviewing
	if to == 0 {
		sp := catalog.Step{Key: stepRecheck, Name: "窗口复核", Kind: catalog.StepReceive, Role: string(actor.WindowClerk), Unit: g.Department.Receiving}
		st.openTask(sp, st.dueFor(catalog.StepReview))
		st.say("退回窗口复核", st.in.Reason)
		return nil
	}
	for _, sp := range g.Reviews(to) {
		st.openReview(sp)
	}
	st.say(fmt.Sprintf("退回第%d阶段审查", to), st.in.Reason)
	return nil
}

// recheck: the window has looked again; the reviews begin anew.
func (st *step) recheck() error {
	t, err := st.pick(func(t Task) bool { return t.Step == stepRecheck })
	if err != nil {
		return err
	}
	st.say(st.in.Reason)
	st.tx.QueueOne(ErrChanged, sqlDoneTask, t.ID, st.tx.NowMicros(), st.a.ID, st.a.Name, true, []byte{})
	st.advance(0)
	return nil
}

// askOpinion 征求意见: another department gets a task with days; the case goes on.
func (st *step) askOpinion() error {
	var fs []errs.Field
	u, ok := st.w.dir.UnitByKey(st.in.Work.Unit)
	if !ok || u.Kind != "department" {
		fs = append(fs, errs.Field{Path: "work/unit", Code: "unknown", ZH: "请选择被征求意见的部门", EN: "Choose the department"})
	}
	if strings.TrimSpace(st.in.Reason) == "" {
		fs = append(fs, errs.Field{Path: "reason", Code: "required", ZH: "请写明征求意见的内容", EN: "Say what is asked"})
	}
	if st.in.Days < 1 || st.in.Days > 60 {
		fs = append(fs, errs.Field{Path: "days", Code: "range", ZH: "答复期限应为1至60个工作日", EN: "Between 1 and 60 working days"})
	}
	if len(fs) > 0 {
		return errs.InvalidFields(fs...)
	}
	due := clock.Timer{Limit: clock.Limit{N: st.in.Days, Unit: clock.WorkingDays}, Start: st.tx.Now()}.At(st.w.cal, st.tx.Now()).Due.String()
	sp := catalog.Step{Key: stepOpinion, Name: "征求意见", Kind: catalog.StepReview, Role: string(actor.Reviewer), Unit: u.Key, Days: st.in.Days}
	id := st.openTask(sp, due)
	st.say(u.Name, fmt.Sprintf("%d个工作日内答复", st.in.Days), st.in.Reason)
	_, err := st.keep(0, sideOpinion, &OpinionAsked{Task: id, Unit: u.ID, By: st.a.Name, Question: st.in.Reason, At: st.tx.Now()})
	return err
}

// giveOpinion answers what another department asked.
func (st *step) giveOpinion() error {
	if strings.TrimSpace(st.in.Opinion) == "" {
		return missing("opinion", "请填写答复意见", "Give an opinion")
	}
	t, err := st.pick(func(t Task) bool { return mayAnswer(st.a, st.w, t) })
	if err != nil {
		return err
	}
	opinion, err := st.s.sealText("task", st.in.Opinion)
	if err != nil {
		return err
	}
	st.light = true
	st.tx.QueueOne(ErrChanged, sqlDoneTask, t.ID, st.tx.NowMicros(), st.a.ID, st.a.Name, st.in.Agree, opinion)
	u, _ := st.w.dir.Unit(t.UnitID)
	st.say(u.Name, st.in.Opinion)
	return nil
}

// recuse 回避: declared by oneself, or decided by the head for another. The case
// is closed to that person from then on.
func (st *step) recuse() error {
	if strings.TrimSpace(st.in.Reason) == "" {
		return missing("reason", "请写明回避的理由", "Give the reason")
	}
	id, name := st.a.ID, st.a.Name
	if login := strings.TrimSpace(st.in.Work.Staff); login != "" {
		if !st.a.Holds(actor.Decider, st.w.dir.Path(st.c.UnitID)) && !st.a.Holds(actor.Decider, department(st.w.dir, st.a.Unit).Path) {
			return ErrNoHead
		}
		list, err := st.s.colleagues(st.tx, st.w, st.c.UnitID, st.a.Unit)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(m Colleague) bool { return m.Login == login })
		if i < 0 || slices.Contains(st.c.Recused, list[i].ID) {
			return errs.InvalidFields(errs.Field{Path: "work/staff", Code: "unknown", ZH: "请选择本单位的人员", EN: "Choose a colleague"})
		}
		id, name = list[i].ID, list[i].Name
	}
	st.c.Recused = append(slices.Clone(st.c.Recused), id)
	st.tx.Queue(sqlUnclaim, st.c.ID, id)
	st.say(name, st.in.Reason)
	return nil
}
