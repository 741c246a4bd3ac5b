package catalog

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/sm"
)

// list is a guide that is about to be published as a unit's implementation list.
type list struct {
	guide Guide
	unit  identity.Unit
	recv  identity.Unit
}

// publication says how a version comes into force.
type publication struct {
	from     string // date; empty or past: at once
	reason   string
	adjusted bool // by 动态调整: the guide has its basis from the entry already
}

// Kinds of change of a published list.
const (
	ChangePublished = "published" // a version came into force
	ChangePaused    = "suspended"
	ChangeResumed   = "resumed"
	ChangeCancelled = "cancelled"
)

// publish stores the next version of a list within an act, if it differs from
// the last one: its template and the sections that differ, or, where there is
// no template (t is nil), the whole guide. A version whose day has not come
// waits. It gives the version's id, 0 if nothing differs.
func (s *Service) publish(tx *db.Tx, a actor.Actor, t *Template, l list, p publication) (int64, error) {
	g := l.guide
	var templateID int64
	if t != nil {
		templateID = t.ID
		if !p.adjusted {
			g.Basis = t.Guide.Basis // locked: a list has its template's
		}
	}
	own, err := cutGuide(&g)
	if err != nil {
		return 0, err
	}
	hash := sm.SM3Hex(own.canonical())
	var (
		id       int64
		no       int
		have     string
		haveTmpl int64
		inForce  int64
		state    ItemState
	)
	switch err := tx.QueryRow(sqlLastVersion, g.Basics.Code).Scan(&id, &no, &have, &haveTmpl, &inForce, &state); {
	case errors.Is(err, db.ErrNoRows):
		id = tx.NewID()
		if err := undivided(tx, &g, l.unit.ID); err != nil {
			return 0, err
		}
	case err != nil:
		return 0, err
	case state == Cancelled:
		return 0, ErrCancelled
	case have == hash && haveTmpl == templateID:
		return 0, nil
	}
	text := string(own.canonical())
	if t != nil {
		if text, err = t.stored(own); err != nil {
			return 0, err
		}
	}
	facts, err := json.Marshal(g.factsUnder(t))
	if err != nil {
		return 0, err
	}
	b, versionID, today := g.Basics, tx.NewID(), clock.DateOf(tx.Now()).String()
	from := max(p.from, today)
	detail := map[string]string{"version": fmt.Sprint(no + 1), "hash": hash, "from": from}
	if inForce != 0 && from > today {
		tx.Queue(sqlSetNext, id, versionID, from, tx.NowMicros())
	} else {
		tx.Queue(sqlPutItem, id, b.Code, b.BasicCode, b.Name, b.NameEN, b.Summary, b.Type, b.CaseType, l.unit.ID, l.recv.ID,
			b.Division, string(InUse), versionID, b.Hot, tx.NowMicros(), b.Level, string(facts))
		change(tx, id, b.Code, ChangePublished, versionID)
	}
	if err := s.hold(tx, holder{byVersion, versionID}, &g, nil); err != nil {
		return 0, err
	}
	tx.Queue(sqlPutVersion, versionID, id, no+1, text, hash, from, tx.NowMicros(), a.Name, templateID, p.reason)
	s.changed(tx)
	if b.Handling.No != "" {
		if err := s.settleParts(tx, a, &g, l.unit.ID); err != nil {
			return 0, err
		}
	}
	return versionID, audit.Append(tx, audit.Record{Actor: a, Act: string(identity.ItemPublish), Subject: "item/" + b.Code, Unit: l.unit.ID,
		Detail: detail, Outcome: "done"})
}

// change notes what happened to a published list; the feed gives it a position
// once the act is committed. The featured lists of its matter follow at the end
// of the act.
func change(tx *db.Tx, item int64, code, kind string, version int64) {
	tx.Queue(sqlPutChange, tx.NewID(), item, code, kind, version, tx.NowMicros())
	if s, ok := tx.Value(serviceKey{}).(*Service); ok {
		s.settleLater(tx, item, code)
	}
}

// readVersion reads a version and lays it upon its template.
func (s *Service) readVersion(q db.Queryer, id int64) (*Version, error) {
	v, text, err := scanVersion(q.QueryRow(sqlVersionByID, id))
	if errors.Is(err, db.ErrNoRows) {
		return nil, ErrNoItem
	}
	if err != nil {
		return nil, err
	}
	if v.TemplateID == 0 {
		if v.Guide, err = guideOf(text); err != nil {
			return nil, err
		}
		if v.Files, err = filesOf(q, &v.Guide); err != nil {
			return nil, err
		}
		v.form, err = form.Compile(v.Guide.Form, nil, s.formats)
		return v, err
	}
	t := s.templates.get(v.TemplateID)
	if t == nil {
		if t, err = s.readTemplate(q, v.TemplateID); err != nil {
			return nil, err
		}
	}
	var o overlay
	if err := json.Unmarshal(text, &o); err != nil {
		return nil, fmt.Errorf("stored list: %w", err)
	}
	all := o.laid(t.parts)
	if v.Guide, err = guideOf(all.canonical()); err != nil {
		return nil, err
	}
	if v.Files, err = filesOf(q, &v.Guide); err != nil {
		return nil, err
	}
	for i, sec := range sections {
		if !bytes.Equal(t.parts[i], all[i]) {
			v.Own = append(v.Own, sec.name)
		}
	}
	if _, differs := o["form"]; !differs {
		v.form = t.form
		return v, nil
	}
	if v.form, err = form.Compile(v.Guide.Form, nil, s.formats); err != nil {
		return nil, fmt.Errorf("stored form: %w", err)
	}
	return v, nil
}

// SetState takes an item out of use, or back into it. One that is not in use is
// found by nobody and takes no applications; cases that run go on. A reason is
// needed, and successor, if not empty, is the code of the item that takes its
// place. A cancelled item never comes back.
func (s *Service) SetState(ctx context.Context, a actor.Actor, code string, state ItemState, reason, successor string) (err error) {
	defer errs.Wrap(&err, "state of item %s", code)
	it, err := s.Item(ctx, code)
	if err != nil {
		return err
	}
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return err
	}
	if err := s.ids.Allow(ctx, a, identity.ItemPublish, identity.Target{UnitPath: dir.Path(it.UnitID)}, "item/"+code); err != nil {
		return err
	}
	kind, known := map[ItemState]string{InUse: ChangeResumed, Paused: ChangePaused, Cancelled: ChangeCancelled}[state]
	switch {
	case !known:
		return errs.InvalidFields(errs.Field{Path: "state", Code: "option", ZH: "没有这种事项状态", EN: "There is no such state"})
	case reason == "":
		return errs.InvalidFields(errs.Field{Path: "reason", Code: "required", ZH: "请填写理由", EN: "Give a reason"})
	case successor == code:
		return errs.InvalidFields(errs.Field{Path: "successor", Code: "option", ZH: "替代事项不能是它自己", EN: "An item cannot take its own place"})
	}
	if successor != "" {
		if _, err := s.Item(ctx, successor); err != nil {
			return errs.InvalidFields(errs.Field{Path: "successor", Code: "unknown", ZH: "没有这个替代事项", EN: "There is no such item"})
		}
	}
	return s.db.Write(ctx, "catalog.state", func(tx *db.Tx) error {
		n, err := tx.Exec(sqlSetState, it.ID, string(state), tx.NowMicros(), reason, successor)
		if err != nil {
			return err
		}
		if n == 0 {
			var now ItemState
			if err := tx.QueryRow(sqlStateOf, it.ID).Scan(&now); err != nil || now == state {
				return err // it is so already
			}
			return ErrCancelled
		}
		change(tx, it.ID, code, kind, it.VersionID)
		s.changed(tx)
		return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.ItemPublish), Subject: "item/" + code, Unit: it.UnitID,
			Detail: map[string]string{"state": string(state), "reason": reason, "successor": successor}, Outcome: "done"})
	})
}

// ErrCancelled is the error for bringing back what was cancelled.
var ErrCancelled = errs.New(errs.Conflict, "item-cancelled", "事项已经取消，不能恢复。", "The item was cancelled and cannot come back.")

// TakeEffect 生效 brings versions into force whose day has come. It may run
// often and twice.
func (s *Service) TakeEffect(ctx context.Context) (n int, err error) {
	defer errs.Wrap(&err, "versions take effect")
	today := clock.DateOf(s.db.Now()).String()
	due, err := db.All(s.db.Read(ctx), func(r *db.Rows) (id int64, err error) { return id, r.Scan(&id) }, sqlDue, today)
	if err != nil {
		return 0, err
	}
	for _, id := range due {
		err := s.db.Write(ctx, "catalog.effect", func(tx *db.Tx) error { return s.takeEffect(tx, id, today) })
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func (s *Service) takeEffect(tx *db.Tx, item int64, today string) error {
	var (
		version int64
		unit    int64
	)
	switch err := tx.QueryRow(sqlDueOf, item, today).Scan(&version, &unit); {
	case errors.Is(err, db.ErrNoRows):
		return nil // somebody was faster
	case err != nil:
		return err
	}
	v, err := s.readVersion(tx, version)
	if err != nil {
		return err
	}
	var t *Template
	if v.TemplateID != 0 {
		if t, err = s.readTemplate(tx, v.TemplateID); err != nil {
			return err
		}
	}
	facts, err := json.Marshal(v.Guide.factsUnder(t))
	if err != nil {
		return err
	}
	b := v.Guide.Basics
	tx.QueueOne(nil, sqlInForce, item, version, b.Name, b.NameEN, b.Summary, b.CaseType, b.Hot, tx.NowMicros(), string(facts))
	change(tx, item, b.Code, ChangePublished, version)
	s.changed(tx)
	return audit.Append(tx, audit.Record{Actor: actor.Platform(), Act: string(identity.ItemPublish), Subject: "item/" + b.Code, Unit: unit,
		Detail: map[string]string{"version": fmt.Sprint(v.No), "hash": v.Hash, "in force": today}, Outcome: "done"})
}
