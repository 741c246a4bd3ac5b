package catalog

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
)

const (
	adjustColumns = `id, no, state, unit_id, plan, decision, decided_by, authors, version, created_at, updated_at, announced_at, carried_at, unsettled`
	sqlAdjustByID = `SELECT ` + adjustColumns + ` FROM adjustment WHERE id = $1`
	sqlAdjustByNo = `SELECT ` + adjustColumns + ` FROM adjustment WHERE no = $1`
	sqlAdjusts    = `SELECT ` + adjustColumns + ` FROM adjustment ORDER BY id DESC LIMIT 500`
	sqlAnnounced  = `SELECT ` + adjustColumns + ` FROM adjustment WHERE announced_at <> 0 ORDER BY announced_at DESC, id DESC LIMIT 200`
	sqlPutAdjust  = `INSERT INTO adjustment (id, no, kind, state, unit_id, effective_from, opinions_by, plan, decision, decided_by, authors, version,
		created_at, updated_at, announced_at, carried_at, unsettled) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', '', $9, 1, $10, $10, 0, 0, 0)`
	sqlSaveAdjust = `UPDATE adjustment SET kind = $3, state = $4, effective_from = $5, opinions_by = $6, plan = $7, decision = $8, decided_by = $9,
		authors = $10, version = version + 1, updated_at = $11, announced_at = $12, carried_at = $13, unsettled = $14 WHERE id = $1 AND version = $2`
	sqlAdjustsDue      = `SELECT no FROM adjustment WHERE state = 'announced' AND effective_from <= $1 ORDER BY effective_from, id LIMIT 100`
	sqlAdjustUnsettled = `SELECT no FROM adjustment WHERE unsettled <> 0 ORDER BY id LIMIT 100`
	sqlAdjustSettled   = `UPDATE adjustment SET unsettled = 0 WHERE id = $1`

	sqlOpinions    = `SELECT unit_id, stance, reason, given_by, given_at FROM adjustment_opinion WHERE adjustment_id = $1 ORDER BY id LIMIT 2000`
	sqlPutOpinion  = `INSERT INTO adjustment_opinion (id, adjustment_id, unit_id, stance, reason, given_by, given_at) VALUES ($1, $2, $3, '', '', '', 0)`
	sqlGiveOpinion = `UPDATE adjustment_opinion SET stance = $3, reason = $4, given_by = $5, given_at = $6 WHERE adjustment_id = $1 AND unit_id = $2`
	sqlDropOpinion = `DELETE FROM adjustment_opinion WHERE adjustment_id = $1`

	sqlPutAdjustEvent = `INSERT INTO adjustment_event (id, adjustment_id, at, staff_id, staff_name, unit_id, act, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	sqlAdjustEvents   = `SELECT at, staff_id, staff_name, unit_id, act, note FROM adjustment_event WHERE adjustment_id = $1 ORDER BY id LIMIT 2000`

	sqlOpenDraftsOf = `SELECT ` + draftColumns + ` FROM guide_draft WHERE basic_id = $1 AND state <> 'published' AND state <> 'discarded' ORDER BY id LIMIT 2000`
	sqlRebaseDraft  = `UPDATE guide_draft SET base_id = $2, template_id = $3 WHERE id = $1`
)

// adjustSQL lists the texts of adjustments.
func adjustSQL() []string {
	return []string{sqlAdjustByID, sqlAdjustByNo, sqlAdjusts, sqlAnnounced, sqlPutAdjust, sqlSaveAdjust, sqlAdjustsDue, sqlAdjustUnsettled, sqlAdjustSettled,
		sqlOpinions, sqlPutOpinion, sqlGiveOpinion, sqlDropOpinion, sqlPutAdjustEvent, sqlAdjustEvents, sqlOpenDraftsOf, sqlRebaseDraft}
}

func scanAdjust(r scanner) (*Adjustment, error) {
	var (
		d                                    Adjustment
		plan, authors                        string
		created, updated, announced, carried int64
		unsettled                            int64
	)
	err := r.Scan(&d.ID, &d.No, &d.State, &d.UnitID, &plan, &d.Decision, &d.DecidedBy, &authors, &d.Version, &created, &updated, &announced, &carried, &unsettled)
	if errors.Is(err, db.ErrNoRows) {
		return nil, ErrNoAdjustment
	}
	if err != nil {
		return nil, err
	}
	if err := errors.Join(json.Unmarshal([]byte(plan), &d.Plan), json.Unmarshal([]byte(authors), &d.Authors)); err != nil {
		return nil, fmt.Errorf("stored adjustment: %w", err)
	}
	d.CreatedAt, d.UpdatedAt, d.Unsettled = db.Time(created), db.Time(updated), unsettled != 0
	if announced != 0 {
		d.AnnouncedAt = db.Time(announced)
	}
	if carried != 0 {
		d.CarriedAt = db.Time(carried)
	}
	return &d, nil
}

func adjustRow(r *db.Rows) (Adjustment, error) {
	d, err := scanAdjust(r)
	if err != nil {
		return Adjustment{}, err
	}
	return *d, nil
}

// ErrNoAdjustment is the error for a dossier that is not there, or not public.
var ErrNoAdjustment = errs.New(errs.NotFound, "adjustment-not-found", "没有找到这份动态调整。", "There is no such adjustment.")

// ErrAdjustChanged is the error for an act upon a dossier that has changed since
// it was looked at.
var ErrAdjustChanged = errs.New(errs.Conflict, "adjustment-changed", "这份动态调整刚刚被他人办理，请查看最新内容后再操作。", "Somebody has just acted upon it; look again.")

// insert stores a new dossier.
func (d *Adjustment) insert(tx *db.Tx) error {
	plan, authors, err := d.texts()
	if err != nil {
		return err
	}
	tx.Queue(sqlPutAdjust, d.ID, d.No, string(d.Plan.Kind), string(d.State), d.UnitID, d.Plan.From, d.Plan.OpinionsBy, plan, authors, tx.NowMicros())
	return nil
}

// save stores a dossier that was read at its version.
func (d *Adjustment) save(tx *db.Tx) error {
	plan, authors, err := d.texts()
	if err != nil {
		return err
	}
	var announced, carried, unsettled int64
	if !d.AnnouncedAt.IsZero() {
		announced = d.AnnouncedAt.UnixMicro()
	}
	if !d.CarriedAt.IsZero() {
		carried = d.CarriedAt.UnixMicro()
	}
	if d.Unsettled {
		unsettled = 1
	}
	tx.QueueOne(ErrAdjustChanged, sqlSaveAdjust, d.ID, d.Version, string(d.Plan.Kind), string(d.State), d.Plan.From, d.Plan.OpinionsBy, plan, d.Decision, d.DecidedBy,
		authors, tx.NowMicros(), announced, carried, unsettled)
	d.Version++
	d.UpdatedAt = tx.Now()
	return nil
}

func (d *Adjustment) texts() (plan, authors string, err error) {
	p, err := json.Marshal(d.Plan)
	if err != nil {
		return "", "", err
	}
	a, err := json.Marshal(d.Authors)
	return string(p), string(a), err
}

func (d *Adjustment) event(tx *db.Tx, a actor.Actor, unit int64, act AdjustAct, note string) {
	tx.Queue(sqlPutAdjustEvent, tx.NewID(), d.ID, tx.NowMicros(), a.ID, a.Name, unit, string(act), note)
}

func opinionRow(r *db.Rows) (o Opinion, err error) {
	var at int64
	err = r.Scan(&o.UnitID, &o.Stance, &o.Reason, &o.By, &at)
	if at != 0 {
		o.At = db.Time(at)
	}
	return o, err
}
