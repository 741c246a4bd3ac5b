package identity

import (
	"context"

	"github.com/tongban/tongban/internal/db"
)

const (
	sqlDemoPersons = `SELECT id FROM person WHERE demo ORDER BY id LIMIT 10000`
	sqlDemoStaff   = `SELECT id FROM staff WHERE demo AND NOT disabled ORDER BY id LIMIT 10000`
)

// DemoIDs are the accounts of the demonstration, for whoever makes its past cases.
type DemoIDs struct{ Persons, Staff []int64 }

// DemoIDs lists them; both lists are empty outside a demonstration.
func (s *Service) DemoIDs(ctx context.Context) (d DemoIDs, err error) {
	q := s.db.Read(ctx)
	id := func(r *db.Rows) (id int64, err error) { return id, r.Scan(&id) }
	if d.Persons, err = db.All(q, id, sqlDemoPersons); err != nil {
		return d, err
	}
	d.Staff, err = db.All(q, id, sqlDemoStaff)
	return d, err
}
