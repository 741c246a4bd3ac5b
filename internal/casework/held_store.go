package casework

import (
	"errors"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db"
)

const (
	heldColumns   = `case_id, licence_id, does, state, valid_until, late, due_on, result_id, deemed`
	sqlInsertHeld = `INSERT INTO case_licence (` + heldColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, FALSE)
		ON CONFLICT (licence_id, does) WHERE state = 'open' DO NOTHING`
	sqlHeldOf    = `SELECT ` + heldColumns + ` FROM case_licence WHERE case_id = $1`
	sqlEndHeld   = `UPDATE case_licence SET state = $2, result_id = $3, deemed = $4, due_on = '' WHERE case_id = $1 AND state = 'open'`
	sqlLeaveHeld = `UPDATE case_licence SET state = 'over', due_on = '' WHERE case_id = $1 AND state = 'open'`
	sqlHeldNoDue = `UPDATE case_licence SET due_on = '' WHERE case_id = $1 AND state = 'open'`
	sqlHeldDue   = `SELECT h.case_id, h.due_on, c.no FROM case_licence h JOIN cases c ON c.id = h.case_id
		WHERE h.state = 'open' AND h.due_on <> '' AND h.due_on < $1 AND (h.due_on, h.case_id) > ($2, $3) ORDER BY h.due_on, h.case_id LIMIT 200`
	sqlReopenHeld = `UPDATE case_licence SET state = 'open', result_id = 0, deemed = FALSE, due_on = '' WHERE case_id = $1
		AND NOT EXISTS (SELECT 1 FROM case_licence o WHERE o.licence_id = case_licence.licence_id AND o.does = case_licence.does AND o.state = 'open')`
	sqlHeldByLicence = `SELECT case_id FROM case_licence WHERE licence_id = $1 AND state = 'open' AND does = 'renew'`
)

// States of the tie between a case and the licence that it is about.
const (
	heldOpen = "open"
	heldDone = "done" // granted, and carried out
	heldOver = "over" // ended without a grant
)

// held ties a case to the licence that it is about.
type held struct {
	CaseID, LicenceID int64
	Does, State       string
	Until             string // the licence's last day when it was asked for
	Late              bool
	DueOn             string // after this day silence renews it
	Result            int64
	Deemed            bool
}

func insertHeld(tx *db.Tx, h held) (fresh bool, err error) {
	n, err := tx.Exec(sqlInsertHeld, h.CaseID, h.LicenceID, h.Does, h.State, h.Until, h.Late, h.DueOn)
	return n == 1, err
}

func endHeld(tx *db.Tx, caseID int64, state string, result int64, deemed bool) {
	tx.Queue(sqlEndHeld, caseID, state, result, deemed)
}

// heldOf reads the licence that a case is about, nil if it is about none.
func (s *Service) heldOf(q db.Queryer, caseID int64) (*held, error) {
	var h held
	err := q.QueryRow(sqlHeldOf, caseID).Scan(&h.CaseID, &h.LicenceID, &h.Does, &h.State, &h.Until, &h.Late, &h.DueOn, &h.Result, &h.Deemed)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil
	}
	return &h, err
}

// renewalOpen reports whether a renewal of a licence is being handled.
func (s *Service) renewalOpen(q db.Queryer, licence int64) (bool, error) {
	err := q.QueryRow(sqlHeldByLicence, licence).Scan(new(int64))
	if errors.Is(err, db.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// heldView words it; nothing is asked for items that give new licences.
func (s *Service) heldView(q db.Queryer, c *Case, g *catalog.Guide) (*HeldView, error) {
	if g.Result().Does == "" {
		return nil, nil
	}
	h, err := s.heldOf(q, c.ID)
	if err != nil || h == nil {
		return nil, err
	}
	v := &HeldView{Does: h.Does, LicenceID: h.LicenceID, Until: h.Until, Late: h.Late, DueOn: h.DueOn, Deemed: h.Deemed}
	l, err := s.Licences.ByID(q, h.LicenceID)
	if err != nil {
		return nil, err
	}
	v.Identifier, v.Name = l.Identifier, l.Name
	if h.Result != 0 {
		if l, err = s.Licences.ByID(q, h.Result); err != nil {
			return nil, err
		}
		v.Result = l.Identifier
	}
	return v, nil
}
