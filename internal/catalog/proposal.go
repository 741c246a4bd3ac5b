package catalog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// Proposal 变更提示 says that the city-wide guide which a list follows has a new
// version. The list stays as it is until its unit adopts the change or declines
// it with a reason.
type Proposal struct {
	ID         int64
	ItemID     int64
	UnitID     int64
	TemplateID int64 // the version proposed
	State      ProposalState
	Reason     string
	CreatedAt  time.Time
	ClosedAt   time.Time
	ClosedBy   string
}

// ProposalState 提示状态.
type ProposalState string

// States of a proposal.
const (
	ProposalOpen     ProposalState = "open"     // 待处理
	ProposalAdopted  ProposalState = "adopted"  // 已采纳
	ProposalDeclined ProposalState = "declined" // 不采纳
	ProposalReplaced ProposalState = "replaced" // 被更新的版本取代
)

const (
	proposalColumns   = `id, item_id, unit_id, template_id, state, reason, created_at, closed_at, closed_by`
	sqlReplaceOpen    = `UPDATE guide_proposal SET state = 'replaced', closed_at = $2, closed_by = $3 WHERE item_id = $1 AND state = 'open'`
	sqlPutProposal    = `INSERT INTO guide_proposal (` + proposalColumns + `) VALUES ($1, $2, $3, $4, 'open', '', $5, 0, '')`
	sqlCloseProposal  = `UPDATE guide_proposal SET state = $2, reason = $3, closed_at = $4, closed_by = $5 WHERE id = $1 AND state = 'open'`
	sqlProposalByID   = `SELECT ` + proposalColumns + ` FROM guide_proposal WHERE id = $1`
	sqlProposalOfItem = `SELECT ` + proposalColumns + ` FROM guide_proposal WHERE item_id = $1 AND state = 'open'`
	sqlOpenProposals  = `SELECT ` + proposalColumns + ` FROM guide_proposal WHERE state = 'open' AND unit_id IN (%s) ORDER BY id LIMIT 500`
)

func scanProposal(r scanner) (p Proposal, err error) {
	var created, closed int64
	err = r.Scan(&p.ID, &p.ItemID, &p.UnitID, &p.TemplateID, &p.State, &p.Reason, &created, &closed, &p.ClosedBy)
	p.CreatedAt = db.Time(created)
	if closed != 0 {
		p.ClosedAt = db.Time(closed)
	}
	return p, err
}

// propose opens a proposal for every list that follows an earlier version of
// the template; one that is still open gives way to the new.
func (s *Service) propose(tx *db.Tx, b *Basic, t *Template) error {
	rows, err := tx.Query(sqlListsOfTemplate, b.Code, t.ID)
	if err != nil {
		return err
	}
	for rows.Next() {
		var item, unit int64
		if err := rows.Scan(&item, &unit); err != nil {
			return err
		}
		tx.Queue(sqlReplaceOpen, item, tx.NowMicros(), "")
		tx.Queue(sqlPutProposal, tx.NewID(), item, unit, t.ID, tx.NowMicros())
	}
	return nil
}

// Proposals lists the open proposals for the units at and below a path, oldest
// first, at most 500.
func (s *Service) Proposals(ctx context.Context, path string) ([]Proposal, error) {
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, u := range dir.Subtree(path) {
		ids = append(ids, u.ID)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	in, args := places(ids)
	return db.All(s.db.Read(ctx), func(r *db.Rows) (Proposal, error) { return scanProposal(r) }, fmt.Sprintf(sqlOpenProposals, in), args...)
}

// ProposalOf gives the open proposal of a list, nil if there is none.
func (s *Service) ProposalOf(ctx context.Context, itemID int64) (*Proposal, error) {
	p, err := scanProposal(s.db.Read(ctx).QueryRow(sqlProposalOfItem, itemID))
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil
	}
	return &p, err
}

// ErrNoProposal is the error for a proposal that is not there or not open.
var ErrNoProposal = errs.New(errs.Conflict, "proposal-closed", "这条变更提示已经处理过了。", "This proposal has been dealt with.")

// DeclineProposal 不采纳 keeps a list as it is, for a reason.
func (s *Service) DeclineProposal(ctx context.Context, a actor.Actor, id int64, reason string) (err error) {
	defer errs.Wrap(&err, "decline proposal %d", id)
	if reason == "" {
		return errs.InvalidFields(errs.Field{Path: "reason", Code: "required", ZH: "请填写不采纳的理由", EN: "Say why it is declined"})
	}
	p, err := scanProposal(s.db.Read(ctx).QueryRow(sqlProposalByID, id))
	if errors.Is(err, db.ErrNoRows) {
		return ErrNoProposal
	}
	if err != nil {
		return err
	}
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return err
	}
	if err := s.ids.Allow(ctx, a, identity.ItemCompile, identity.Target{UnitPath: dir.Path(p.UnitID)}, fmt.Sprintf("proposal/%d", id)); err != nil {
		return err
	}
	return s.db.Write(ctx, "catalog.decline-proposal", func(tx *db.Tx) error {
		tx.QueueOne(ErrNoProposal, sqlCloseProposal, id, string(ProposalDeclined), reason, tx.NowMicros(), a.Name)
		return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.ItemCompile), Subject: fmt.Sprintf("proposal/%d", id), Unit: p.UnitID,
			Detail: map[string]string{"reason": reason}, Outcome: "declined"})
	})
}
