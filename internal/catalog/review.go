package catalog

import (
	"context"
	"errors"
	"reflect"
	"slices"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
)

// DraftInput is what an act upon a draft brings.
type DraftInput struct {
	Version int64             // the draft's version that was looked at; 0: any
	Note    string            // comment of the reviewer, reason of the unit
	From    string            // planned effective date, for handing in
	Waived  map[string]string // for handing in: warnings that stay, by Problem.Key, and why
}

// Move 提交审核、撤回、退回、通过、发布、放弃: an act upon a draft by its table.
// Handing in needs a guide without errors, and a reason for every warning that
// stays. Publishing makes the version; a day in the future makes it wait.
func (s *Service) Move(ctx context.Context, a actor.Actor, id int64, act DraftAct, in DraftInput) (d *Draft, err error) {
	defer errs.Wrap(&err, "%s draft %d", act, id)
	if act == DraftEdit {
		return nil, ErrDraftState
	}
	err = s.draftAct(ctx, a, id, act, func(tx *db.Tx, m draftMove, was *Draft) error {
		d = was
		switch {
		case in.Version != 0 && in.Version != d.Version:
			return ErrDraftChanged
		case m.note && in.Note == "":
			return errs.InvalidFields(errs.Field{Path: "note", Code: "required", ZH: "请写明理由或者意见", EN: "Say why"})
		}
		d.State = m.to
		switch act {
		case DraftHandIn:
			if err := s.handIn(ctx, d, in, clock.DateOf(tx.Now()).String()); err != nil {
				return err
			}
		case DraftPass:
			d.ReviewedBy = a.ID
		case DraftPublish:
			if err := s.publishDraft(ctx, tx, a, d); err != nil {
				return err
			}
		}
		d.event(tx, a, string(act), "", in.Note)
		return s.saveDraft(tx, a, d)
	})
	return d, err
}

// ErrDraftState is the error for an act that a draft's state does not have.
var ErrDraftState = errs.New(errs.Conflict, "draft-guide-state", "编制稿的状态已经变化，不能办理这一步。", "The draft's state does not allow this.")

// draftAct runs one act upon a draft: who may do it is decided by its state and
// its unit, and it is audited.
func (s *Service) draftAct(ctx context.Context, a actor.Actor, id int64, act DraftAct, do func(*db.Tx, draftMove, *Draft) error) error {
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return err
	}
	var refused error
	var who identity.Act
	err = s.db.Write(ctx, "catalog.draft-"+string(act), func(tx *db.Tx) error {
		refused = nil
		d, err := draftBy(tx, sqlDraftByID, id)
		if err != nil {
			return err
		}
		t := identity.Target{UnitPath: dir.Path(d.UnitID), AuthorIDs: d.Authors}
		m, ok := moveOf(draftMoves, d.State, act)
		if who = m.who; !ok {
			if who = identity.CatalogueRead; identity.Decide(a, who, t) == nil {
				return ErrDraftState
			}
		}
		if refused = identity.Decide(a, who, t); refused != nil {
			return refused
		}
		if err := do(tx, m, d); err != nil {
			return err
		}
		return audit.Append(tx, audit.Record{Actor: a, Act: string(m.who), Subject: draftSubject(id), Unit: d.UnitID,
			Detail: map[string]string{"act": string(act), "state": string(d.State)}, Outcome: "done"})
	})
	if refused != nil {
		s.ids.Refused(ctx, a, who, draftSubject(id), refused)
	}
	return err
}

// DraftProblems checks a draft as it stands, by the rules of publishing.
func (s *Service) DraftProblems(ctx context.Context, d *Draft) ([]Problem, error) {
	var out []Problem
	f, err := s.DraftForm(d)
	if err != nil {
		f = nil
		for _, x := range errs.Of(err).Fields {
			out = append(out, Problem{Path: "form", Error: true, ZH: x.ZH})
		}
		if len(out) == 0 {
			out = append(out, Problem{Path: "form", Error: true, ZH: errs.Of(err).ZH})
		}
	}
	if d.Kind == ListDraft && d.ReceivingID == 0 {
		out = append(out, Problem{Path: "department/receiving", Error: true, ZH: "没有收件的政务服务中心，发布后窗口无法收件；请先由管理员登记本单位的中心，再保存任意一部分"})
	}
	g := d.Guide
	if d.Kind == TemplateDraft { // as it would stand at the unit that compiles it
		dir, err := s.ids.Directory(ctx)
		if err != nil {
			return nil, err
		}
		unit, _ := dir.Unit(d.UnitID)
		recv, _ := dir.UnitByKey(centreOf(dir, unit))
		place(s.codes, &g, unit, recv)
	}
	var against Against
	if d.Kind == ListDraft {
		if against, err = s.Against(ctx, d.Guide.Basics.BasicCode, d.UnitID); err != nil {
			return nil, err
		}
	}
	return append(CheckList(s.codes, &g, f, against), out...), nil
}

// DraftForm compiles the form of a draft as it stands.
func (s *Service) DraftForm(d *Draft) (*form.Form, error) {
	return form.Compile(d.Guide.Form, nil, s.formats)
}

// Key names a problem of a guide, for saying why a warning stays.
func (p Problem) Key() string { return p.Rule + ":" + p.Path }

func (s *Service) handIn(ctx context.Context, d *Draft, in DraftInput, today string) error {
	if in.From != "" {
		if _, err := clock.ParseDate(in.From); err != nil || in.From < today {
			return errs.InvalidFields(errs.Field{Path: "from", Code: "date", ZH: "生效日期应是今天或者以后的日期，例如2026-12-01", EN: "The effective date is today or later, like 2026-12-01"})
		}
	}
	d.From, d.Reason, d.Waived = in.From, in.Note, map[string]string{}
	ps, err := s.DraftProblems(ctx, d)
	if err != nil {
		return err
	}
	var bad []errs.Field
	for _, p := range ps {
		why := in.Waived[p.Key()]
		switch {
		case p.Hint:
		case p.Error:
			bad = append(bad, errs.Field{Path: p.Path, Code: "guide", ZH: p.ZH, EN: p.EN})
		case why == "":
			bad = append(bad, errs.Field{Path: p.Path, Code: "warning", ZH: p.ZH + "（提醒：请修改，或者写明保留的理由）", EN: p.EN + " (a warning: mend it or say why it stays)"})
		default:
			d.Waived[p.Key()] = why
		}
	}
	if len(bad) > 0 {
		e := errs.InvalidFields(bad...)
		e.Code, e.ZH, e.EN = ErrGuide.Code, ErrGuide.ZH, ErrGuide.EN
		return e
	}
	return nil
}

// publishDraft makes the version of a passed draft within its act.
func (s *Service) publishDraft(ctx context.Context, tx *db.Tx, a actor.Actor, d *Draft) error {
	b, err := basicBy(tx, sqlBasicByID, d.BasicID)
	if err != nil {
		return err
	}
	if b.State != InUse {
		return ErrNoBasic
	}
	ps, err := s.DraftProblems(ctx, d)
	if err != nil {
		return err
	}
	if hasError(ps) {
		return ErrGuide
	}
	if d.Kind == TemplateDraft {
		if b.TemplateID != d.BaseID {
			return ErrBaseChanged
		}
		_, err := s.putTemplate(tx, a, b, d.Guide)
		s.changed(tx)
		return err
	}
	if err := stillBase(tx, d); err != nil {
		return err
	}
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return err
	}
	l := list{guide: d.Guide}
	l.unit, _ = dir.Unit(d.UnitID)
	l.recv, _ = dir.Unit(d.ReceivingID)
	b.lock(&l.guide)
	var t *Template
	if d.TemplateID != 0 {
		if t = s.templates.get(d.TemplateID); t == nil {
			if t, err = s.readTemplate(tx, d.TemplateID); err != nil {
				return err
			}
		}
	}
	if t == nil && b.TemplateID == 0 {
		s.indexMatter(tx, b, &l.guide)
	}
	if _, err := s.publish(tx, a, t, l, publication{from: d.From, reason: d.Reason}); err != nil {
		return err
	}
	if d.ItemID != 0 {
		tx.Queue(sqlAdoptProposal, d.ItemID, d.TemplateID, tx.NowMicros(), a.Name)
	}
	return nil
}

// ErrBaseChanged is the error for publishing a draft whose list or template got
// another version meanwhile.
var ErrBaseChanged = errs.New(errs.Conflict, "base-changed", "编制期间已经发布了新的版本，请放弃本稿，在新版本上重新修订。", "Another version was published meanwhile; discard this draft and revise that one.")

// stillBase checks that the list has no version that the draft did not begin from.
func stillBase(tx *db.Tx, d *Draft) error {
	if d.ItemID == 0 {
		return nil
	}
	var last int64
	if err := tx.QueryRow(sqlLastVersionID, d.ItemID).Scan(&last); err != nil && !errors.Is(err, db.ErrNoRows) {
		return err
	}
	if last != d.BaseID {
		return ErrBaseChanged
	}
	return nil
}

// clearSection empties a section, so that decoding replaces it wholly.
func clearSection(g *Guide, name string) {
	i := slices.IndexFunc(sections, func(s section) bool { return s.name == name })
	if i >= 0 {
		reflect.ValueOf(g).Elem().Field(sections[i].index).SetZero()
	}
}
