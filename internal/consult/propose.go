package consult

import (
	"context"
	"strconv"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// Proposal 常见问题提议 is a question and its answer, rewritten for the public,
// that somebody who answered proposes for the guide. The item steward writes it
// into the guide, or declines; nothing becomes public by itself.
type Proposal struct {
	ID        int64
	ItemID    int64
	ItemCode  string
	ItemName  string
	UnitID    int64
	Question  string
	Answer    string
	State     ProposalState
	ByID      int64
	ByName    string
	At        time.Time
	DecidedBy string
	DecidedAt time.Time // zero while it waits
	Reason    string    // of the decision
}

// ProposalState says what became of a proposal.
type ProposalState string

// The states.
const (
	Proposed ProposalState = "proposed" // 待处理
	Taken    ProposalState = "taken"    // 已采纳: to be written into the guide
	Declined ProposalState = "declined" // 未采纳
)

var proposalWords = map[ProposalState][2]string{Proposed: {"待处理", "Waiting"}, Taken: {"已采纳", "Taken"}, Declined: {"未采纳", "Declined"}}

// Words gives the state's name for people.
func (p ProposalState) Words() (zh, en string) { w := proposalWords[p]; return w[0], w[1] }

const (
	proposalColumns = `id, item_id, item_code, item_name, unit_id, question, answer, state, by_id, by_name, at, decided_by, decided_at, reason`
	sqlPutProposal  = `INSERT INTO inquiry_proposal (inquiry_id, ` + proposalColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
		ON CONFLICT (inquiry_id) DO NOTHING`
	sqlProposalOf     = `SELECT ` + proposalColumns + ` FROM inquiry_proposal WHERE inquiry_id = $1`
	sqlProposalByID   = `SELECT ` + proposalColumns + ` FROM inquiry_proposal WHERE id = $1`
	sqlDecideProposal = `UPDATE inquiry_proposal SET state = $2, decided_by = $3, decided_at = $4, reason = $5 WHERE id = $1 AND state = 'proposed'`
	sqlProposals      = `SELECT ` + proposalColumns + ` FROM inquiry_proposal WHERE state = 'proposed' ORDER BY id LIMIT 500`
)

// What a proposal can say.
var (
	ErrNoProposal = errs.New(errs.NotFound, "proposal-not-found", "没有找到这条提议。", "There is no such proposal.")
	ErrDecided    = errs.New(errs.Conflict, "proposal-decided", "这条提议已经处理。", "The proposal was decided already.")
)

func (s *Service) propose(tx *db.Tx, a actor.Actor, x *Inquiry, question, answer string) error {
	it, err := s.Catalog.ItemByID(tx.Context(), x.ItemID)
	if err != nil {
		return err
	}
	tx.QueueOne(ErrChanged, sqlPutProposal, x.ID, tx.NewID(), x.ItemID, x.ItemCode, x.ItemName, it.UnitID, question, answer, string(Proposed), a.ID, a.Name, tx.NowMicros(), "", 0, "")
	return nil
}

// Proposals 待处理的常见问题提议 lists what waits for the stewards of units that
// the actor keeps, the oldest first.
func (s *Service) Proposals(ctx context.Context, a actor.Actor) (out []Proposal, err error) {
	defer errs.Wrap(&err, "proposals for guides")
	dir, err := s.watching(ctx, a)
	if err != nil {
		return nil, err
	}
	list, err := db.All(s.DB.Read(ctx), scanProposal, sqlProposals)
	for _, p := range list {
		if identity.Decide(a, identity.ConsultWatch, identity.Target{UnitPath: dir.Path(p.UnitID)}) == nil {
			out = append(out, p)
		}
	}
	return out, err
}

// DecideProposal 处理提议: the item steward takes it up for the guide or says why
// not. Errors: ErrNoProposal, ErrDecided, the field "reason".
func (s *Service) DecideProposal(ctx context.Context, a actor.Actor, id int64, take bool, reason string) (p *Proposal, err error) {
	defer errs.Wrap(&err, "decide proposal %d", id)
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	if p, err = s.proposal(s.DB.Read(ctx), sqlProposalByID, id); err == nil && p == nil {
		err = ErrNoProposal
	}
	if err != nil {
		return nil, err
	}
	at := "proposal/" + strconv.FormatInt(id, 10)
	if err := s.Identity.Allow(ctx, a, identity.ConsultGuide, identity.Target{UnitPath: dir.Path(p.UnitID)}, at); err != nil {
		return nil, err
	}
	if bad := text("reason", &reason, !take, maxShort, "不采纳的理由", "the reason"); len(bad) > 0 {
		return nil, errs.InvalidFields(bad...)
	}
	p.State = Declined
	if take {
		p.State = Taken
	}
	return p, s.DB.Write(ctx, "consult.guide", func(tx *db.Tx) error {
		p.DecidedBy, p.DecidedAt, p.Reason = a.Name, tx.Now(), reason
		tx.QueueOne(ErrDecided, sqlDecideProposal, id, string(p.State), a.Name, tx.NowMicros(), reason)
		return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.ConsultGuide), Subject: at, Unit: p.UnitID, Outcome: "done",
			Detail: map[string]string{"item": p.ItemCode, "state": string(p.State)}})
	})
}

func (s *Service) proposalOf(q db.Queryer, inquiry int64) (*Proposal, error) {
	return s.proposal(q, sqlProposalOf, inquiry)
}

// proposal reads one, nil if there is none.
func (s *Service) proposal(q db.Queryer, sql string, id int64) (*Proposal, error) {
	list, err := db.All(q, scanProposal, sql, id)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

func scanProposal(r *db.Rows) (p Proposal, err error) {
	var at, decided int64
	err = r.Scan(&p.ID, &p.ItemID, &p.ItemCode, &p.ItemName, &p.UnitID, &p.Question, &p.Answer, &p.State, &p.ByID, &p.ByName, &at, &p.DecidedBy, &decided, &p.Reason)
	p.At, p.DecidedAt = instant(at), instant(decided)
	return p, err
}
