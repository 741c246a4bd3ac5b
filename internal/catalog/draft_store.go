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
	draftColumns = `id, kind, basic_id, unit_id, handling, receiving_unit_id, item_id, base_id, template_id, guide, state, version,
		effective_from, reason, waived, authors, reviewed_by, created_at, updated_at, updated_by`
	sqlDraftByID = `SELECT ` + draftColumns + ` FROM guide_draft WHERE id = $1`
	sqlPutDraft  = `INSERT INTO guide_draft (` + draftColumns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`
	sqlSaveDraft = `UPDATE guide_draft SET receiving_unit_id = $3, guide = $4, state = $5, version = version + 1, effective_from = $6,
		reason = $7, waived = $8, authors = $9, reviewed_by = $10, updated_at = $11, updated_by = $12 WHERE id = $1 AND version = $2`
	sqlOpenDraftOf = `SELECT ` + draftColumns + ` FROM guide_draft WHERE basic_id = $1 AND unit_id = $2 AND kind = $3 AND handling = $4
		AND state <> 'published' AND state <> 'discarded'`
	sqlDraftHeads = `SELECT id, kind, basic_id, unit_id, handling, item_id, state, version, updated_at, updated_by FROM guide_draft
		WHERE state <> 'published' AND state <> 'discarded' ORDER BY updated_at DESC, id LIMIT 5000`
	sqlPutDraftEvent = `INSERT INTO guide_draft_event (id, draft_id, at, staff_id, staff_name, act, section, note)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	sqlDraftEvents   = `SELECT at, staff_id, staff_name, act, section, note FROM guide_draft_event WHERE draft_id = $1 ORDER BY id LIMIT 1000`
	sqlAdoptProposal = `UPDATE guide_proposal SET state = 'adopted', closed_at = $3, closed_by = $4 WHERE item_id = $1 AND template_id = $2 AND state = 'open'`
	sqlLastVersionID = `SELECT id FROM item_version WHERE item_id = $1 ORDER BY no DESC LIMIT 1`
)

// draftSQL lists the texts of drafts and proposals.
func draftSQL() []string {
	return []string{sqlDraftByID, sqlPutDraft, sqlSaveDraft, sqlOpenDraftOf, sqlDraftHeads, sqlPutDraftEvent, sqlDraftEvents,
		sqlAdoptProposal, sqlLastVersionID, sqlReplaceOpen, sqlPutProposal, sqlCloseProposal, sqlProposalByID, sqlProposalOfItem,
		fmt.Sprintf(sqlOpenProposals, "$1")}
}

func scanDraft(r scanner) (*Draft, error) {
	var (
		d                      Draft
		guide, waived, authors string
		created, updated       int64
	)
	err := r.Scan(&d.ID, &d.Kind, &d.BasicID, &d.UnitID, &d.HandlingNo, &d.ReceivingID, &d.ItemID, &d.BaseID, &d.TemplateID, &guide, &d.State, &d.Version,
		&d.From, &d.Reason, &waived, &authors, &d.ReviewedBy, &created, &updated, &d.UpdatedBy)
	if err != nil {
		return nil, err
	}
	d.CreatedAt, d.UpdatedAt = db.Time(created), db.Time(updated)
	for text, to := range map[string]any{guide: &d.Guide, waived: &d.Waived, authors: &d.Authors} {
		if err := json.Unmarshal([]byte(text), to); err != nil {
			return nil, fmt.Errorf("stored draft: %w", err)
		}
	}
	return &d, nil
}

func draftBy(q db.Queryer, sql string, args ...any) (*Draft, error) {
	d, err := scanDraft(q.QueryRow(sql, args...))
	if errors.Is(err, db.ErrNoRows) {
		return nil, ErrNoDraft
	}
	return d, err
}

// ErrNoDraft is the error for a draft that is not there.
var ErrNoDraft = errs.New(errs.NotFound, "draft-guide-not-found", "没有找到这份编制稿。", "There is no such draft.")

// columns are the values of a draft as its row holds them.
func (d *Draft) columns() (guide, waived, authors string, err error) {
	p, err := cutGuide(&d.Guide)
	if err != nil {
		return "", "", "", err
	}
	w, err := json.Marshal(d.Waived)
	if err != nil {
		return "", "", "", err
	}
	a, err := json.Marshal(d.Authors)
	return string(p.canonical()), string(w), string(a), err
}

// putDraft stores a new draft and its first event.
func (s *Service) putDraft(tx *db.Tx, a actor.Actor, d *Draft, act, note string) error {
	guide, waived, authors, err := d.columns()
	if err != nil {
		return err
	}
	tx.Queue(sqlPutDraft, d.ID, string(d.Kind), d.BasicID, d.UnitID, d.HandlingNo, d.ReceivingID, d.ItemID, d.BaseID, d.TemplateID, guide, string(d.State), d.Version,
		d.From, d.Reason, waived, authors, d.ReviewedBy, tx.NowMicros(), tx.NowMicros(), a.Name)
	d.event(tx, a, act, "", note)
	return s.hold(tx, holder{byDraft, d.ID}, &d.Guide, nil)
}

// saveDraft stores a draft that was read at its version; another change in
// between fails the act with ErrDraftChanged. A draft that is closed gives up
// its uploaded files; fresh are those that it did not have before.
func (s *Service) saveDraft(tx *db.Tx, a actor.Actor, d *Draft, fresh ...GuideFile) error {
	guide, waived, authors, err := d.columns()
	if err != nil {
		return err
	}
	tx.QueueOne(ErrDraftChanged, sqlSaveDraft, d.ID, d.Version, d.ReceivingID, guide, string(d.State), d.From, d.Reason, waived, authors,
		d.ReviewedBy, tx.NowMicros(), a.Name)
	d.Version++
	d.UpdatedAt, d.UpdatedBy = tx.Now(), a.Name
	names := &d.Guide
	if !d.State.Open() {
		names = &Guide{}
	}
	return s.rehold(tx, holder{byDraft, d.ID}, names, fresh)
}

func (d *Draft) event(tx *db.Tx, a actor.Actor, act, section, note string) {
	tx.Queue(sqlPutDraftEvent, tx.NewID(), d.ID, tx.NowMicros(), a.ID, a.Name, act, section, note)
}

// ErrDraftChanged is the error for an act upon a draft that has changed since it
// was looked at.
var ErrDraftChanged = errs.New(errs.Conflict, "draft-guide-changed", "编制稿已被他人修改，请查看最新内容后再操作。", "The draft has changed; look at it again.")
