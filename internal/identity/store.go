package identity

import (
	"encoding/json"
	"errors"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
)

const (
	personColumns = `id, coalesce(login, ''), name, id_number, phone, email, address, division, walkin, demo`

	sqlPersonByID    = `SELECT ` + personColumns + ` FROM person WHERE id = $1`
	sqlPersonByIndex = `SELECT ` + personColumns + ` FROM person WHERE id_index = $1`

	entityColumns = `id, name, uscc, kind, address, division, legal_rep_id`

	sqlEntityByID   = `SELECT ` + entityColumns + ` FROM entity WHERE id = $1`
	sqlEntityByUSCC = `SELECT ` + entityColumns + ` FROM entity WHERE uscc = $1`

	mandateColumns = `id, principal_kind, principal_id, agent_id, items, from_on, until_on, ground, created_at, revoked_at`

	sqlMandateByID = `SELECT ` + mandateColumns + ` FROM mandate WHERE id = $1`
	// a pair has few mandates; which one stands is judged in Go
	sqlMandatesOfPair = `SELECT ` + mandateColumns + ` FROM mandate
		WHERE agent_id = $1 AND principal_kind = $2 AND principal_id = $3 AND revoked_at = 0 ORDER BY id`
	sqlMandatesOfAgent = `SELECT ` + mandateColumns + ` FROM mandate WHERE agent_id = $1 ORDER BY id DESC LIMIT 500`
	sqlMandatesGiven   = `SELECT ` + mandateColumns + ` FROM mandate
		WHERE principal_kind = $1 AND principal_id = $2 ORDER BY id DESC LIMIT 500`
	sqlInsertMandate = `INSERT INTO mandate (id, import_key, principal_kind, principal_id, agent_id, items, from_on, until_on, ground, created_at, revoked_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)
		ON CONFLICT (import_key) DO UPDATE SET items = excluded.items, until_on = excluded.until_on, ground = excluded.ground`
	sqlRevokeMandate = `UPDATE mandate SET revoked_at = $1 WHERE id = $2 AND revoked_at = 0`

	sqlInsertPerson = `INSERT INTO person (id, login, name, id_number, id_index, phone, phone_index, email, address, division,
		password, walkin, demo, disabled, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, FALSE, $14, $14)`
)

// row is what QueryRow and Rows have in common.
type row interface{ Scan(dest ...any) error }

// person scans personColumns and opens what is sealed.
func (s *Service) person(r row) (p Person, err error) {
	var number, phone, email, address []byte
	if err := r.Scan(&p.ID, &p.Login, &p.Name, &number, &phone, &email, &address, &p.Division, &p.Walkin, &p.Demo); err != nil {
		return p, err
	}
	for _, f := range []struct {
		to      *string
		purpose string
		sealed  []byte
	}{{&p.IDNumber, sealIDNumber, number}, {&p.Phone, sealPhone, phone}, {&p.Email, sealEmail, email}, {&p.Address, sealAddress, address}} {
		if *f.to, err = s.open(f.purpose, f.sealed); err != nil {
			return p, err
		}
	}
	return p, nil
}

// insertPerson stores a new person with a fresh id; login and password may be
// empty.
func (s *Service) insertPerson(tx *db.Tx, p Person, password string) (int64, error) {
	number, err1 := s.seal(sealIDNumber, p.IDNumber)
	phone, err2 := s.seal(sealPhone, p.Phone)
	email, err3 := s.seal(sealEmail, p.Email)
	address, err4 := s.seal(sealAddress, p.Address)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return 0, err
	}
	id := tx.NewID()
	_, err := tx.Exec(sqlInsertPerson, id, nullable(p.Login), p.Name, number, s.idIndex(p.IDNumber), phone, s.phoneIndex(p.Phone),
		email, address, p.Division, password, p.Walkin, p.Demo, tx.NowMicros())
	return id, err
}

func scanEntity(r row) (e Entity, err error) {
	err = r.Scan(&e.ID, &e.Name, &e.USCC, &e.Kind, &e.Address, &e.Division, &e.LegalRepID)
	return e, err
}

func scanMandate(r *db.Rows) (Mandate, error) { return mandateRow(r) }

func mandateRow(r row) (m Mandate, err error) {
	var items string
	var created, revoked int64
	err = r.Scan(&m.ID, &m.Principal.Kind, &m.Principal.ID, &m.Agent.ID, &items, &m.From, &m.Until, &m.Ground, &created, &revoked)
	if err != nil {
		return m, err
	}
	m.Agent.Kind = actor.NaturalPerson
	m.CreatedAt, m.RevokedAt = db.Time(created), db.Time(revoked)
	return m, json.Unmarshal([]byte(items), &m.Items)
}

// nullable stores an empty text as NULL, for columns that are unique.
func nullable(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
