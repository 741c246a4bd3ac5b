package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// AdjustInput is what an act upon an adjustment brings.
type AdjustInput struct {
	Version int64       // the dossier's version that was looked at; 0: any
	Note    string      // words of the decision, of the return, of the withdrawal; reason of an opinion
	Plan    *AdjustPlan // edit
	Unit    int64       // opine: for which department
	Stance  string      // opine: Agree or Disagree
}

// Propose 提出调整 opens a dossier for a unit. once may be nil.
func (s *Service) Propose(ctx context.Context, a actor.Actor, unitID int64, plan AdjustPlan, once db.Once) (_ *Adjustment, err error) {
	defer errs.Wrap(&err, "propose adjustment")
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.ids.Allow(ctx, a, identity.AdjustmentPropose, identity.Target{UnitPath: dir.Path(unitID)}, "adjustment"); err != nil {
		return nil, err
	}
	x, err := s.Index(ctx)
	if err != nil {
		return nil, err
	}
	plan = plan.tidy(x)
	if bad := plan.problems(x, dir, s.today()); len(bad) > 0 {
		return nil, errs.InvalidFields(bad...)
	}
	var d *Adjustment
	err = s.db.Write(ctx, "catalog.adjustment-propose", func(tx *db.Tx) error {
		prior, err := tx.Claim(once)
		if err != nil {
			return err
		}
		if prior != 0 {
			d, err = scanAdjust(tx.QueryRow(sqlAdjustByID, prior))
			return err
		}
		year := clock.DateOf(tx.Now()).String()[:4]
		n, err := tx.Serial("adjustment/" + year)
		if err != nil {
			return err
		}
		d = &Adjustment{ID: tx.NewID(), No: fmt.Sprintf("%s-%04d", year, n), State: AdjustDrafting, UnitID: unitID, Plan: plan, Authors: []int64{a.ID}, Version: 1,
			CreatedAt: tx.Now(), UpdatedAt: tx.Now()}
		if err := d.insert(tx); err != nil {
			return err
		}
		d.event(tx, a, unitID, "propose", "")
		tx.Record(once, d.ID)
		return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.AdjustmentPropose), Subject: d.subject(), Unit: unitID, Outcome: "done",
			Detail: map[string]string{"kind": string(plan.Kind), "items": strings.Join(plan.Items, " ")}})
	})
	return d, err
}

// Now is the catalogue's clock: by it days come and go.
func (s *Service) Now() time.Time { return s.db.Now() }

func (s *Service) today() string { return clock.DateOf(s.db.Now()).String() }

func (d *Adjustment) subject() string { return "adjustment/" + d.No }

// tidy takes the spaces off what people typed, and notes how matters are called
// before the change: the notice says it for ever.
func (p AdjustPlan) tidy(x *Index) AdjustPlan {
	p.Items, p.Entries, p.Levels, p.Names = append([]string{}, p.Items...), append([]Basic{}, p.Entries...), append([]string{}, p.Levels...), nil
	for _, code := range p.Items {
		if b, ok := x.Basic(code); ok {
			p.Names = append(p.Names, b.Name)
		}
	}
	for _, t := range []*string{&p.Law, &p.Reason, &p.From, &p.OpinionsBy, &p.Successor} {
		*t = strings.TrimSpace(*t)
	}
	return p
}

// Adjustments lists the dossiers, newest first, to those who keep the catalogue.
func (s *Service) Adjustments(ctx context.Context, a actor.Actor) ([]Adjustment, error) {
	if err := s.ids.Allow(ctx, a, identity.CatalogueRead, identity.Target{UnitPath: keeps(a)}, "adjustments"); err != nil {
		return nil, err
	}
	return db.All(s.db.Read(ctx), adjustRow, sqlAdjusts)
}

// Adjustment gives a dossier to those who keep the catalogue anywhere in the
// city: every department is to be heard about it.
func (s *Service) Adjustment(ctx context.Context, a actor.Actor, no string) (*Adjustment, error) {
	if err := s.ids.Allow(ctx, a, identity.CatalogueRead, identity.Target{UnitPath: keeps(a)}, "adjustment/"+no); err != nil {
		return nil, err
	}
	return scanAdjust(s.db.Read(ctx).QueryRow(sqlAdjustByNo, no))
}

// keeps is a unit for which the actor keeps or reviews items, "" if there is none.
func keeps(a actor.Actor) string {
	for _, g := range a.Grants {
		if g.Role == actor.ItemSteward || g.Role == actor.ItemReviewer {
			return g.Path
		}
	}
	return ""
}

// Announced lists the adjustments that were announced, newest first, at most 200.
func (s *Service) Announced(ctx context.Context) ([]Adjustment, error) {
	return db.All(s.db.Read(ctx), adjustRow, sqlAnnounced)
}

// AnnouncedBy gives an adjustment that was announced, by its number.
func (s *Service) AnnouncedBy(ctx context.Context, no string) (*Adjustment, error) {
	d, err := scanAdjust(s.db.Read(ctx).QueryRow(sqlAdjustByNo, no))
	if err == nil && d.AnnouncedAt.IsZero() {
		return nil, ErrNoAdjustment
	}
	return d, err
}

// Opinions gives the departments that are asked about an adjustment and what
// they said.
func (s *Service) Opinions(ctx context.Context, id int64) ([]Opinion, error) {
	return db.All(s.db.Read(ctx), opinionRow, sqlOpinions, id)
}

// AdjustEvents gives a dossier's history, oldest first.
func (s *Service) AdjustEvents(ctx context.Context, id int64) ([]AdjustEvent, error) {
	return db.All(s.db.Read(ctx), func(r *db.Rows) (e AdjustEvent, err error) {
		var at int64
		err = r.Scan(&at, &e.StaffID, &e.StaffName, &e.UnitID, &e.Act, &e.Note)
		e.At = db.Time(at)
		return e, err
	}, sqlAdjustEvents, id)
}

// The refusals.
var (
	ErrAdjustState  = errs.New(errs.Conflict, "adjustment-state", "这份动态调整的状态已经变化，不能办理这一步。", "The adjustment's state does not allow this.")
	ErrNotHeard     = errs.New(errs.Conflict, "adjustment-not-heard", "还有部门没有提出意见，征求意见的期限也没有过，暂时不能决定。", "Departments have not been heard and their time has not passed.")
	ErrNotAffected  = errs.New(errs.Conflict, "adjustment-not-asked", "这个部门不在征求意见的范围。", "This department is not asked.")
	ErrNotDue       = errs.New(errs.Conflict, "adjustment-not-due", "还没有到生效日期，到时会自动实施。", "Its day has not come; it is carried out then by itself.")
	ErrAdjustFacts  = errs.New(errs.Conflict, "adjustment-facts", "提出以后目录发生了变化，不能按原方案实施，请退回或者撤回后重新拟定。", "The catalogue has changed since; the plan cannot be carried out as it is.")
	ErrNoSuccession = errs.New(errs.Conflict, "adjustment-no-list", "没有在用的实施清单可以承接，请先由上级发布。", "There is no list in use to take its place.")
)

// MoveAdjustment 征求意见、提出意见、决定、退回、公告、实施、撤回: an act upon a
// dossier by its table.
func (s *Service) MoveAdjustment(ctx context.Context, a actor.Actor, no string, act AdjustAct, in AdjustInput) (d *Adjustment, err error) {
	defer errs.Wrap(&err, "%s adjustment %s", act, no)
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return nil, err
	}
	x, err := s.Index(ctx)
	if err != nil {
		return nil, err
	}
	var refused error
	var who identity.Act
	err = s.db.Write(ctx, "catalog.adjustment-"+string(act), func(tx *db.Tx) error {
		refused = nil
		if d, err = scanAdjust(tx.QueryRow(sqlAdjustByNo, no)); err != nil {
			return err
		}
		m, ok := moveOf(adjustMoves, d.State, act)
		who = m.who
		if !ok {
			if refused = identity.Decide(a, identity.CatalogueRead, identity.Target{UnitPath: keeps(a)}); refused != nil {
				who = identity.CatalogueRead
				return refused
			}
			return ErrAdjustState
		}
		if refused = identity.Decide(a, m.who, d.target(dir, m.who, in)); refused != nil {
			return refused
		}
		switch {
		case in.Version != 0 && in.Version != d.Version:
			return ErrAdjustChanged
		case m.note && strings.TrimSpace(in.Note) == "":
			return errs.InvalidFields(errs.Field{Path: "note", Code: "required", ZH: "请写明理由或者意见", EN: "Say why"})
		case len([]rune(in.Note)) > maxReason:
			return errs.InvalidFields(errs.Field{Path: "note", Code: "max-length", ZH: fmt.Sprintf("请不要超过%d个字", maxReason), EN: fmt.Sprintf("At most %d characters", maxReason)})
		}
		if err := s.adjust(tx, a, d, m, in, x, dir); err != nil {
			return err
		}
		d.State = m.to
		unit := d.UnitID
		if act == AdjustOpine {
			unit = in.Unit
		}
		d.event(tx, a, unit, act, strings.TrimSpace(in.Note))
		if err := d.save(tx); err != nil {
			return err
		}
		return audit.Append(tx, audit.Record{Actor: a, Act: string(m.who), Subject: d.subject(), Unit: unit, Outcome: "done",
			Detail: map[string]string{"act": string(act), "state": string(d.State)}})
	})
	if refused != nil {
		s.ids.Refused(ctx, a, who, "adjustment/"+no, refused)
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

// target is whose thing an act touches: the proposing unit's, the department's
// that is heard, or, for a decision, the whole city's.
func (d *Adjustment) target(dir *identity.Directory, who identity.Act, in AdjustInput) identity.Target {
	switch who {
	case identity.AdjustmentOpine:
		return identity.Target{UnitPath: dir.Path(in.Unit)}
	case identity.AdjustmentDecide, identity.AdjustmentCarryOut:
		if top := dir.Children(0); len(top) > 0 {
			return identity.Target{UnitPath: top[0].Path, AuthorIDs: d.Authors}
		}
		return identity.Target{AuthorIDs: d.Authors}
	}
	return identity.Target{UnitPath: dir.Path(d.UnitID)}
}

// AdjustTarget is what identity is asked about an act upon a dossier, so that
// pages offer only what may be done.
func (s *Service) AdjustTarget(ctx context.Context, d *Adjustment, who identity.Act, unit int64) (identity.Target, error) {
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return identity.Target{}, err
	}
	return d.target(dir, who, AdjustInput{Unit: unit}), nil
}

// adjust does what an act does beside moving the dossier on.
func (s *Service) adjust(tx *db.Tx, a actor.Actor, d *Adjustment, m adjustMove, in AdjustInput, x *Index, dir *identity.Directory) error {
	today := clock.DateOf(tx.Now()).String()
	switch m.act {
	case AdjustEdit:
		if in.Plan == nil {
			return errs.InvalidFields(errs.Field{Path: "plan", Code: "required", ZH: "请填写调整内容", EN: "Say what shall change"})
		}
		plan := in.Plan.tidy(x)
		if bad := plan.problems(x, dir, today); len(bad) > 0 {
			return errs.InvalidFields(bad...)
		}
		d.Plan = plan
		if !slices.Contains(d.Authors, a.ID) {
			d.Authors = append(d.Authors, a.ID)
		}
	case AdjustAsk:
		if bad := d.Plan.problems(x, dir, today); len(bad) > 0 {
			return errs.InvalidFields(bad...)
		}
		tx.Queue(sqlDropOpinion, d.ID)
		for _, u := range d.Plan.departments(x, dir) {
			tx.Queue(sqlPutOpinion, tx.NewID(), d.ID, u)
		}
	case AdjustOpine:
		return opine(tx, a, d, in)
	case AdjustDecide:
		list, err := db.All(tx, opinionRow, sqlOpinions, d.ID)
		if err != nil {
			return err
		}
		if awaited, ok := heard(list, d.Plan.OpinionsBy, today); !ok {
			return ErrNotHeard.Because(fmt.Errorf("%d departments", awaited))
		}
		if len(d.Plan.matters(x, dir)) > 0 {
			return ErrAdjustFacts
		}
		d.Decision, d.DecidedBy = strings.TrimSpace(in.Note), a.Name
	case AdjustReturn:
		d.Decision, d.DecidedBy = "", ""
	case AdjustAnnounce:
		d.AnnouncedAt = tx.Now()
	case AdjustCarryOut:
		if d.Plan.From > today {
			return ErrNotDue
		}
		return s.carryOut(tx, a, d, dir)
	}
	return nil
}

// opine writes a department's opinion down.
func opine(tx *db.Tx, a actor.Actor, d *Adjustment, in AdjustInput) error {
	reason := strings.TrimSpace(in.Note)
	switch {
	case in.Stance != Agree && in.Stance != Disagree:
		return errs.InvalidFields(errs.Field{Path: "stance", Code: "option", ZH: "请选择同意或者不同意", EN: "Agree or disagree"})
	case in.Stance == Disagree && reason == "":
		return errs.InvalidFields(errs.Field{Path: "note", Code: "required", ZH: "不同意的，请写明理由", EN: "Say why you disagree"})
	}
	n, err := tx.Exec(sqlGiveOpinion, d.ID, in.Unit, in.Stance, reason, a.Name, tx.NowMicros())
	if err == nil && n == 0 {
		err = ErrNotAffected
	}
	return err
}

// departments are the units that are heard: those whose lists change, and those
// to whom a matter comes, in the directory's order.
func (p AdjustPlan) departments(x *Index, dir *identity.Directory) []int64 {
	heard := map[int64]bool{}
	for _, it := range p.lists(x) {
		heard[it.UnitID] = true
	}
	for _, b := range p.coming(x) {
		for _, u := range takers(dir, b, b.Levels) {
			heard[u.ID] = true
		}
	}
	var out []int64
	for _, u := range dir.Units() {
		if heard[u.ID] {
			out = append(out, u.ID)
		}
	}
	return out
}

// lists are the lists that a plan changes, those that are cancelled left out.
func (p AdjustPlan) lists(x *Index) []*Item {
	var out []*Item
	if p.Kind == AdjustDelegate {
		return nil
	}
	for _, code := range p.Items {
		for _, it := range x.Offers(code) {
			if it.State != Cancelled && (p.Kind != AdjustTakeBack || slices.Contains(p.Levels, it.Level)) {
				out = append(out, it)
			}
		}
	}
	return out
}

// coming are the entries that units have to take up, with the levels at which.
func (p AdjustPlan) coming(x *Index) []Basic {
	switch p.Kind {
	case AdjustAdd:
		return p.Entries
	case AdjustDelegate:
		var out []Basic
		for _, code := range p.Items {
			if b, ok := x.Basic(code); ok {
				c := *b
				c.Levels = p.Levels
				out = append(out, c)
			}
		}
		return out
	}
	return nil
}

// takers are the units of the department in charge of a matter at some levels.
func takers(dir *identity.Directory, b Basic, levels []string) []identity.Unit {
	var out []identity.Unit
	for _, u := range dir.Units() {
		if slices.Contains(levels, u.Level) && (deptOf(u) == b.Dept || b.Dept == "gov" && u.Kind == "government") {
			out = append(out, u)
		}
	}
	return out
}
