package identity

import (
	"context"
	"errors"
	"slices"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
)

// ErrNotActing refuses a capacity that the person does not have, or no longer.
var ErrNotActing = errs.New(errs.Forbidden, "not-acting", "您目前不能以该身份办事：没有有效的法定代表人登记或者授权。",
	"You cannot act for this party: no registration as its representative and no mandate in force.")

const (
	sqlActingSelf   = `SELECT name FROM person WHERE id = $1 AND NOT disabled`
	sqlActingEntity = `SELECT p.name, e.name, e.legal_rep_id FROM person p, entity e
		WHERE p.id = $1 AND NOT p.disabled AND e.id = $2`
	sqlActingPerson = `SELECT p.name, o.name, CAST(0 AS BIGINT) FROM person p, person o
		WHERE p.id = $1 AND NOT p.disabled AND o.id = $2 AND NOT o.disabled`
	sqlEntitiesOfRep = `SELECT ` + entityColumns + ` FROM entity WHERE legal_rep_id = $1 ORDER BY id LIMIT 500`
)

// PersonActor builds the actor for a logged-in person acting for a party: the
// person, an entity as its 法定代表人, or a principal by a mandate in force
// today. A zero party is the person. It reads stored state every time, so a
// revoked mandate or a disabled account ends at once. Errors: ErrLoginNeeded
// for an account that is gone, ErrNotActing.
func (s *Service) PersonActor(ctx context.Context, personID int64, party actor.Party, ch actor.Channel) (actor.Actor, error) {
	return s.personActor(s.db.Read(ctx), personID, party, ch)
}

func (s *Service) personActor(q db.Queryer, personID int64, party actor.Party, ch actor.Channel) (actor.Actor, error) {
	a := actor.Actor{Kind: actor.Person, ID: personID, Channel: ch}
	self := actor.Party{Kind: actor.NaturalPerson, ID: personID}
	if party.IsZero() || same(party, self) {
		err := q.QueryRow(sqlActingSelf, personID).Scan(&a.Name)
		if errors.Is(err, db.ErrNoRows) {
			return actor.Actor{}, ErrLoginNeeded
		}
		self.Name = a.Name
		a.For = self
		return a, err
	}
	query := sqlActingPerson
	if party.Kind == actor.LegalEntity {
		query = sqlActingEntity
	}
	var rep int64
	err := q.QueryRow(query, personID, party.ID).Scan(&a.Name, &party.Name, &rep)
	if errors.Is(err, db.ErrNoRows) {
		return actor.Actor{}, ErrNotActing
	}
	if err != nil {
		return actor.Actor{}, err
	}
	a.For = party
	if party.Kind == actor.LegalEntity && rep == personID {
		return a, nil
	}
	list, err := db.All(q, scanMandate, sqlMandatesOfPair, personID, string(party.Kind), party.ID)
	if err != nil {
		return actor.Actor{}, err
	}
	m, ok := widest(list, today(s.now()))
	if !ok {
		return actor.Actor{}, ErrNotActing
	}
	a.Mandate = m.ID
	return a, nil
}

// widest picks among mandates of one pair one that stands: one for all items
// before others, then the one that lasts longest.
func widest(list []Mandate, day string) (Mandate, bool) {
	var best Mandate
	for _, m := range list {
		if !m.Holds(day) {
			continue
		}
		all, bestAll := slices.Contains(m.Items, AllItems), slices.Contains(best.Items, AllItems)
		if best.ID == 0 || all && !bestAll || all == bestAll && m.Until > best.Until {
			best = m
		}
	}
	return best, best.ID != 0
}

// ErrNotCovered refuses an item that the agent's mandate does not name.
var ErrNotCovered = errs.New(errs.Forbidden, "mandate-not-covering", "授权范围不包括这个事项。", "The mandate does not cover this item.")

// Covers checks that the actor may act in an item (basic code) for the party:
// always for oneself and as legal representative; by a mandate only where one
// in force covers the item. It gives the id of that mandate (0 without one),
// which the case keeps.
func (s *Service) Covers(q db.Queryer, a actor.Actor, basicCode string) (int64, error) {
	if a.Kind != actor.Person || a.Mandate == 0 {
		return 0, nil
	}
	list, err := db.All(q, scanMandate, sqlMandatesOfPair, a.ID, string(a.For.Kind), a.For.ID)
	if err != nil {
		return 0, err
	}
	fit := slices.DeleteFunc(list, func(m Mandate) bool { return !m.Covers(basicCode) })
	m, ok := widest(fit, today(s.now()))
	if !ok {
		return 0, ErrNotCovered
	}
	return m.ID, nil
}

// StaffActor builds the actor for a logged-in staff member with the roles that
// hold at this moment; none while the password is one that somebody else set.
// Error: ErrLoginNeeded for an account that is gone.
func (s *Service) StaffActor(ctx context.Context, staffID int64, ch actor.Channel) (actor.Actor, error) {
	st, err := s.Staff(ctx, staffID)
	if errors.Is(err, ErrNoAccount) || err == nil && st.Disabled {
		return actor.Actor{}, ErrLoginNeeded
	}
	if err != nil {
		return actor.Actor{}, err
	}
	if st.MustChange {
		st.Grants = nil
	}
	return actor.Actor{Kind: actor.Staff, ID: st.ID, Name: st.Name, Unit: st.UnitID, Grants: st.Grants, Channel: ch}, nil
}

// Actings lists for whom a person may act today: himself first, then entities
// he represents, then principals.
func (s *Service) Actings(ctx context.Context, personID int64) (_ []Acting, err error) {
	defer errs.Wrap(&err, "actings")
	q := s.db.Read(ctx)
	self := actor.Party{Kind: actor.NaturalPerson, ID: personID}
	if err := q.QueryRow(sqlActingSelf, personID).Scan(&self.Name); err != nil {
		if errors.Is(err, db.ErrNoRows) {
			return nil, ErrLoginNeeded
		}
		return nil, err
	}
	out := []Acting{{Party: self, ZH: "本人", EN: "Myself"}}
	seen := map[actor.Party]bool{{Kind: self.Kind, ID: self.ID}: true}
	own, err := db.All(q, func(r *db.Rows) (Entity, error) { return scanEntity(r) }, sqlEntitiesOfRep, personID)
	if err != nil {
		return nil, err
	}
	for _, e := range own {
		p := actor.Party{Kind: actor.LegalEntity, ID: e.ID}
		seen[p] = true
		p.Name = e.Name
		out = append(out, Acting{Party: p, ZH: "法定代表人", EN: "Legal representative"})
	}
	list, err := db.All(q, scanMandate, sqlMandatesOfAgent, personID)
	if err != nil {
		return nil, err
	}
	day := today(s.now())
	for _, m := range list {
		key := actor.Party{Kind: m.Principal.Kind, ID: m.Principal.ID}
		if seen[key] || !m.Holds(day) {
			continue
		}
		seen[key] = true
		a, err := s.personActor(q, personID, key, actor.Web)
		if errors.Is(err, ErrNotActing) {
			continue // the principal's account is disabled
		}
		if err != nil {
			return nil, err
		}
		until := m.Until
		for _, other := range list {
			if other.ID == a.Mandate {
				until = other.Until
			}
		}
		out = append(out, Acting{Party: a.For, Mandate: a.Mandate, ZH: "代理人", EN: "Agent", Until: until})
	}
	return out, nil
}
