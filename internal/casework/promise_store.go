package casework

import (
	"slices"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db"
)

const (
	promiseColumns   = `id, case_id, kind, item_key, state, due_on, party_kind, party_id, document_id, signed_at, settled_at`
	sqlInsertPromise = `INSERT INTO case_promise (` + promiseColumns + `) VALUES ($1, $2, $3, $4, 'open', '', $5, $6, $7, $8, 0)`
	sqlPromises      = `SELECT id, kind, item_key, state, due_on, document_id, signed_at, settled_at FROM case_promise WHERE case_id = $1 ORDER BY id`
	sqlSetPromise    = `UPDATE case_promise SET state = $2, settled_at = $3 WHERE id = $1`
	sqlPromiseDue    = `UPDATE case_promise SET due_on = $2 WHERE case_id = $1 AND kind = 'later' AND state = 'open'`
	sqlBroken        = `SELECT count(*) FROM case_promise WHERE party_kind = $1 AND party_id = $2 AND state = 'broken'`
	// The conditions on kind, state and date let both engines use the partial index.
	sqlLatePromises = `SELECT p.id, p.due_on, c.no FROM case_promise p JOIN cases c ON c.id = p.case_id
		WHERE p.kind = 'later' AND p.state = 'open' AND p.due_on <> '' AND p.due_on < $1 AND (p.due_on, p.id) > ($2, $3) ORDER BY p.due_on, p.id LIMIT 200`
)

// promise is one thing that was promised with a case.
type promise struct {
	ID        int64
	Kind      PromiseKind
	Key       string
	State     PromiseState
	DueOn     string
	Document  int64
	SignedAt  time.Time
	SettledAt time.Time
}

// promises reads what was promised with a case; nothing is asked where the guide
// knows no promise.
func (s *Service) promises(q db.Queryer, caseID int64, g *catalog.Guide) ([]promise, error) {
	if !g.Promises() {
		return nil, nil
	}
	return db.All(q, func(r *db.Rows) (p promise, err error) {
		var signed, settled int64
		err = r.Scan(&p.ID, &p.Kind, &p.Key, &p.State, &p.DueOn, &p.Document, &signed, &settled)
		p.SignedAt = db.Time(signed)
		if settled != 0 {
			p.SettledAt = db.Time(settled)
		}
		return p, err
	}, sqlPromises, caseID)
}

func (s *Service) insertPromise(tx *db.Tx, caseID int64, kind PromiseKind, key string, party actor.Party, document int64) {
	tx.Queue(sqlInsertPromise, tx.NewID(), caseID, string(kind), key, string(party.Kind), party.ID, document, tx.NowMicros())
}

// broken reports whether the party's promise was found untrue before.
func (s *Service) broken(q db.Queryer, party actor.Party) (bool, error) {
	var n int64
	err := q.QueryRow(sqlBroken, string(party.Kind), party.ID).Scan(&n)
	return n > 0, err
}

// those gives the promises of a kind in one of the states.
func those(list []promise, kind PromiseKind, states ...PromiseState) (out []promise) {
	for _, p := range list {
		if p.Kind == kind && slices.Contains(states, p.State) {
			out = append(out, p)
		}
	}
	return out
}

// owed lists the materials that still have to follow: those promised for later,
// and the proofs whose promise was withdrawn.
func owed(list []promise, g *catalog.Guide) (out []string) {
	for _, p := range list {
		switch {
		case p.Kind == Later && (p.State == PromiseOpen || p.State == PromiseLapsed):
			out = append(out, p.Key)
		case p.Kind == Commit && p.State == PromiseWithdrawn:
			if c, ok := g.Commitment(p.Key); ok && c.Material != "" {
				out = append(out, c.Material)
			}
		}
	}
	return out
}
