package identity

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/ident"
)

// ErrNoParty says that no person or entity has the number.
var ErrNoParty = errs.New(errs.NotFound, "no-party", "没有查到该证件号码或统一社会信用代码对应的登记信息。", "No person or entity is registered under this number.")

// Profile holds first answers for forms by their source name
// ("applicant.idNumber"); a source without an answer is absent.
type Profile map[string]string

// Profile 预填信息 of the party for whom the actor acts, and of the actor when he
// is its agent.
func (s *Service) Profile(ctx context.Context, a actor.Actor) (_ Profile, err error) {
	defer errs.Wrap(&err, "profile")
	if err := s.Allow(ctx, a, ProfileRead, Target{Owner: a.For}, PartySubject(a.For)); err != nil {
		return nil, err
	}
	q := s.db.Read(ctx)
	info, err := s.Party(q, a.For)
	if err != nil {
		return nil, err
	}
	p := Profile{"applicant.name": info.Name, "applicant.idNumber": info.IDNumber, "applicant.phone": info.Phone,
		"applicant.address": info.Address, "applicant.legalRep": info.LegalRep}
	if a.For.Kind == actor.LegalEntity {
		p["entity.name"], p["entity.uscc"], p["entity.address"] = info.Name, info.IDNumber, info.Address
		p["entity.legalRep"] = info.LegalRep
	}
	if a.Mandate != 0 || a.For.Kind == actor.LegalEntity {
		self, err := s.person(q.QueryRow(sqlPersonByID, a.ID))
		if err != nil {
			return nil, err
		}
		if a.Mandate != 0 {
			p["agent.name"], p["agent.idNumber"], p["agent.phone"] = self.Name, self.IDNumber, self.Phone
		}
		if p["applicant.phone"] == "" {
			p["applicant.phone"] = self.Phone // an entity has no phone of its own here
		}
	}
	for k, v := range p {
		if v == "" {
			delete(p, k)
		}
	}
	return p, nil
}

// Party tells what is registered about a party, open: mask it unless the act
// needs it. An entity's phone is its legal representative's. It decides
// nothing: the caller has decided about the case or licence that names it.
func (s *Service) Party(q db.Queryer, p actor.Party) (PartyInfo, error) {
	if p.Kind == actor.LegalEntity {
		e, err := scanEntity(q.QueryRow(sqlEntityByID, p.ID))
		if errors.Is(err, db.ErrNoRows) {
			return PartyInfo{}, ErrNoParty
		}
		if err != nil {
			return PartyInfo{}, err
		}
		rep, err := s.person(q.QueryRow(sqlPersonByID, e.LegalRepID))
		if err != nil {
			return PartyInfo{}, err
		}
		return PartyInfo{Party: actor.Party{Kind: p.Kind, ID: e.ID, Name: e.Name}, Name: e.Name, IDKind: USCC, IDNumber: e.USCC,
			Phone: rep.Phone, Address: e.Address, Division: e.Division, LegalRep: rep.Name, Entity: e.Kind}, nil
	}
	n, err := s.person(q.QueryRow(sqlPersonByID, p.ID))
	if errors.Is(err, db.ErrNoRows) {
		return PartyInfo{}, ErrNoParty
	}
	if err != nil {
		return PartyInfo{}, err
	}
	return PartyInfo{Party: actor.Party{Kind: actor.NaturalPerson, ID: n.ID, Name: n.Name}, Name: n.Name, IDKind: ResidentID,
		IDNumber: n.IDNumber, Phone: n.Phone, Address: n.Address, Division: n.Division}, nil
}

// Person gives the person behind an account, for his own pages.
func (s *Service) Person(ctx context.Context, a actor.Actor) (Person, error) {
	if err := s.Allow(ctx, a, ApplicantEnter, Target{}, "profile"); err != nil {
		return Person{}, err
	}
	p, err := s.person(s.db.Read(ctx).QueryRow(sqlPersonByID, a.ID))
	if errors.Is(err, db.ErrNoRows) {
		err = ErrLoginNeeded
	}
	return p, err
}

// FindParty finds an applicant at the window by ID number or USCC. Found or
// not, that somebody looked is recorded, without the number. Errors:
// ErrNoParty, the field "number".
func (s *Service) FindParty(ctx context.Context, a actor.Actor, number string) (_ actor.Party, err error) {
	defer errs.Wrap(&err, "find party")
	if err := s.Allow(ctx, a, PartyFind, Target{}, "party"); err != nil {
		return actor.Party{}, err
	}
	entity := ident.CheckUSCC(number).Valid
	if r := ident.CheckResident(number); !r.Valid && !entity {
		return actor.Party{}, errs.InvalidFields(r.Field("number"))
	}
	var p actor.Party
	err = s.db.Write(ctx, "identity.find-party", func(tx *db.Tx) error {
		query, key := `SELECT id, name FROM person WHERE id_index = $1`, s.idIndex(number)
		p = actor.Party{Kind: actor.NaturalPerson}
		if entity {
			query, key = `SELECT id, name FROM entity WHERE uscc = $1`, ident.Normalise(number)
			p.Kind = actor.LegalEntity
		}
		switch err := tx.QueryRow(query, key).Scan(&p.ID, &p.Name); {
		case errors.Is(err, db.ErrNoRows):
			return s.record(tx, a, string(PartyFind), "party", "none", nil)
		case err != nil:
			return err
		}
		return s.record(tx, a, string(PartyFind), PartySubject(p), done, nil)
	})
	if err == nil && p.ID == 0 {
		err = ErrNoParty
	}
	return p, err
}

const sqlWalkInContact = `UPDATE person SET phone = $1, phone_index = $2, address = $3, updated_at = $4
	WHERE id = $5 AND walkin AND login IS NULL`

// WalkIn 窗口登记 finds the person with this ID number or registers him, without
// an account, so that nobody needs a phone to be served. Of a person met at a
// window before, phone and address are brought up to date; what the holder of
// an account has said himself stays.
func (s *Service) WalkIn(ctx context.Context, a actor.Actor, in PersonInput) (_ Person, err error) {
	defer errs.Wrap(&err, "walk-in")
	if err := s.Allow(ctx, a, PartyWalkIn, Target{}, "party"); err != nil {
		return Person{}, err
	}
	if fields := in.problems(""); len(fields) > 0 {
		return Person{}, errs.InvalidFields(fields...)
	}
	var p Person
	err = s.db.WriteSerializable(ctx, "identity.walk-in", func(tx *db.Tx) error {
		p, err = s.person(tx.QueryRow(sqlPersonByIndex, s.idIndex(in.IDNumber)))
		if err != nil && !errors.Is(err, db.ErrNoRows) {
			return err
		}
		if err != nil {
			p = in.person()
			p.Login, p.Walkin = "", true
			if p.ID, err = s.insertPerson(tx, p, ""); err != nil {
				return err
			}
			return s.record(tx, a, string(PartyWalkIn), personSubject(p.ID), "registered", nil)
		}
		if p.Name != strings.TrimSpace(in.Name) {
			return errs.InvalidFields(errs.Field{Path: "name", Code: "mismatch", ZH: "姓名与该证件号码登记的姓名不一致，请核对证件。",
				EN: "The name is not the one registered with this number; look at the document."})
		}
		if p.Walkin && p.Login == "" && (in.Phone != "" || in.Address != "") {
			if in.Phone != "" {
				p.Phone = ident.NormaliseMobile(in.Phone)
			}
			if in.Address != "" {
				p.Address = strings.TrimSpace(in.Address)
			}
			phone, err1 := s.seal(sealPhone, p.Phone)
			address, err2 := s.seal(sealAddress, p.Address)
			if err := errors.Join(err1, err2); err != nil {
				return err
			}
			tx.Queue(sqlWalkInContact, phone, s.phoneIndex(p.Phone), address, tx.NowMicros(), p.ID)
		}
		return s.record(tx, a, string(PartyWalkIn), personSubject(p.ID), "found", nil)
	})
	return p, err
}

// Unmask gives one field of a person in the clear to staff who say what for;
// it is recorded before it is shown. subject is "person/ID"; field one of
// "idNumber", "phone", "email", "address".
func (s *Service) Unmask(ctx context.Context, a actor.Actor, subject, field, purpose string) (_ string, err error) {
	defer errs.Wrap(&err, "unmask %s", field)
	a.Purpose = strings.TrimSpace(purpose)
	if n := utf8.RuneCountInString(a.Purpose); n > 200 {
		return "", errs.InvalidFields(errs.Field{Path: "purpose", Code: "long", ZH: "用途不超过200字。", EN: "At most 200 characters."})
	}
	dir, err := s.Directory(ctx)
	if err != nil {
		return "", err
	}
	if err := s.Allow(ctx, a, PartyUnmask, Target{UnitPath: dir.Path(a.Unit)}, subject); err != nil {
		return "", err
	}
	rest, _ := strings.CutPrefix(subject, "person/")
	id, err := strconv.ParseInt(rest, 10, 64)
	if err != nil {
		return "", ErrNoParty
	}
	var value string
	err = s.db.Write(ctx, "identity.unmask", func(tx *db.Tx) error {
		p, err := s.person(tx.QueryRow(sqlPersonByID, id))
		if errors.Is(err, db.ErrNoRows) {
			return ErrNoParty
		}
		if err != nil {
			return err
		}
		var known bool
		fields := map[string]string{"idNumber": p.IDNumber, "phone": p.Phone, "email": p.Email, "address": p.Address}
		if value, known = fields[field]; !known {
			return errs.InvalidFields(errs.Field{Path: "field", Code: "unknown", ZH: "没有这个字段。", EN: "There is no such field."})
		}
		return s.record(tx, a, string(PartyUnmask), personSubject(id), done, map[string]string{"field": field})
	})
	return value, err
}

// ContactInput is what a person may change about himself; a nil field stays.
type ContactInput struct{ Phone, Email, Address *string }

const sqlSetContact = `UPDATE person SET phone = $1, phone_index = $2, email = $3, address = $4, updated_at = $5 WHERE id = $6`

// ChangeContact sets one's own phone, e-mail or postal address.
func (s *Service) ChangeContact(ctx context.Context, a actor.Actor, in ContactInput) (err error) {
	defer errs.Wrap(&err, "change contact")
	if err := s.Allow(ctx, a, ProfileChange, Target{Owner: actor.Party{Kind: actor.NaturalPerson, ID: a.ID}}, "profile"); err != nil {
		return err
	}
	return s.db.WriteSerializable(ctx, "identity.contact", func(tx *db.Tx) error {
		p, err := s.person(tx.QueryRow(sqlPersonByID, a.ID))
		if err != nil {
			return err
		}
		for _, f := range []struct {
			to   *string
			from *string
		}{{&p.Phone, in.Phone}, {&p.Email, in.Email}, {&p.Address, in.Address}} {
			if f.from != nil {
				*f.to = strings.TrimSpace(*f.from)
			}
		}
		if fields := contactProblems("", p.Phone, p.Email, p.Address); len(fields) > 0 {
			return errs.InvalidFields(fields...)
		}
		p.Phone = ident.NormaliseMobile(p.Phone)
		phone, err1 := s.seal(sealPhone, p.Phone)
		email, err2 := s.seal(sealEmail, p.Email)
		address, err3 := s.seal(sealAddress, p.Address)
		if err := errors.Join(err1, err2, err3); err != nil {
			return err
		}
		tx.Queue(sqlSetContact, phone, s.phoneIndex(p.Phone), email, address, tx.NowMicros(), a.ID)
		return s.record(tx, a, string(ProfileChange), personSubject(a.ID), done, nil)
	})
}
