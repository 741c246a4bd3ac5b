package identity

import (
	"errors"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
)

// Contact 联系方式 is how a party is reached.
type Contact struct {
	Person int64  // the natural person who reads it; 0 if there is none
	Name   string // the party's
	Phone  string // "" if there is none
	Email  string // "" if there is none
}

// Contact tells how a party is reached: a person by his own phone and e-mail,
// an entity by those of its legal representative. An unknown party, and one
// whose account is disabled, has no contact and is no error.
func (s *Service) Contact(q db.Queryer, p actor.Party) (Contact, error) {
	query := sqlContactOfPerson
	if p.Kind == actor.LegalEntity {
		query = sqlContactOfEntity
	}
	var c Contact
	var phone, email []byte
	err := q.QueryRow(query, p.ID).Scan(&c.Person, &c.Name, &phone, &email)
	if errors.Is(err, db.ErrNoRows) {
		return Contact{}, nil
	}
	if err != nil {
		return Contact{}, err
	}
	var err1, err2 error
	c.Phone, err1 = s.open(sealPhone, phone)
	c.Email, err2 = s.open(sealEmail, email)
	return c, errors.Join(err1, err2)
}

const (
	sqlContactOfPerson = `SELECT id, name, phone, email FROM person WHERE id = $1 AND NOT disabled`
	sqlContactOfEntity = `SELECT p.id, e.name, p.phone, p.email FROM entity e JOIN person p ON p.id = e.legal_rep_id
		WHERE e.id = $1 AND NOT p.disabled`
)
