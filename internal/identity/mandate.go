package identity

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
)

// MandateInput is what a principal says when he authorises somebody.
type MandateInput struct {
	AgentName     string
	AgentIDNumber string
	Items         []string // basic codes; empty or "*": all
	From, Until   string   // dates; empty From: today
	Ground        string
	Once          db.Once // may be nil; a repeated key answers the mandate that it gave
}

// mandateYears is how long a mandate may last; then it is given anew.
const mandateYears = 3

// GrantMandate 授权 lets a person act for a.For. Only the principal himself or
// the legal representative may: an agent cannot pass the mandate on. The agent
// is named by name and ID number together, so that nobody finds out names.
func (s *Service) GrantMandate(ctx context.Context, a actor.Actor, in MandateInput) (_ Mandate, err error) {
	defer errs.Wrap(&err, "grant mandate")
	if err := s.Allow(ctx, a, MandateGrant, Target{Owner: a.For}, PartySubject(a.For)); err != nil {
		return Mandate{}, err
	}
	var m Mandate
	err = s.db.Write(ctx, "identity.mandate-grant", func(tx *db.Tx) error {
		prior, err := tx.Claim(in.Once)
		if err != nil {
			return err
		}
		if prior != 0 {
			if m, err = mandateRow(tx.QueryRow(sqlMandateByID, prior)); err != nil {
				return err
			}
			return putNames(tx, map[actor.Party]string{}, &m)
		}
		if m, err = checkMandate(in, today(tx.Now())); err != nil {
			return err
		}
		agent, err := s.person(tx.QueryRow(sqlPersonByIndex, s.idIndex(in.AgentIDNumber)))
		switch {
		case errors.Is(err, db.ErrNoRows) || err == nil && agent.Name != strings.TrimSpace(in.AgentName):
			return errs.InvalidFields(errs.Field{Path: "agentIdNumber", Code: "unknown",
				ZH: "没有姓名与证件号码都相符的已注册用户。", EN: "No registered person has this name and number."})
		case err != nil:
			return err
		case a.For.Kind == actor.NaturalPerson && a.For.ID == agent.ID:
			return errs.InvalidFields(errs.Field{Path: "agentIdNumber", Code: "self", ZH: "不能授权给自己。", EN: "The agent is another person."})
		}
		m.ID, m.CreatedAt = tx.NewID(), tx.Now()
		m.Principal, m.Agent = a.For, actor.Party{Kind: actor.NaturalPerson, ID: agent.ID, Name: agent.Name}
		if err := insertMandate(tx, m, ""); err != nil {
			return err
		}
		tx.Record(in.Once, m.ID)
		return s.record(tx, a, string(MandateGrant), mandateSubject(m.ID), done, map[string]string{
			"principal": PartySubject(m.Principal), "agent": personSubject(agent.ID), "until": m.Until})
	})
	return m, err
}

// checkMandate turns input into a mandate, or names the fields that do not fit.
func checkMandate(in MandateInput, day string) (Mandate, error) {
	m := Mandate{Items: in.Items, From: in.From, Until: in.Until, Ground: strings.TrimSpace(in.Ground)}
	if len(m.Items) == 0 {
		m.Items = []string{AllItems}
	}
	if m.From == "" {
		m.From = day
	}
	var fields []errs.Field
	from, err := time.Parse(time.DateOnly, m.From)
	if err != nil {
		fields = append(fields, errs.Field{Path: "from", Code: "date", ZH: "起始日期应为 年-月-日。", EN: "The first day is a date."})
	}
	until, untilErr := time.Parse(time.DateOnly, m.Until)
	switch {
	case untilErr != nil:
		fields = append(fields, errs.Field{Path: "until", Code: "date", ZH: "截止日期应为 年-月-日。", EN: "The last day is a date."})
	case m.Until < day || m.Until < m.From:
		fields = append(fields, errs.Field{Path: "until", Code: "past", ZH: "截止日期不能早于今天和起始日期。", EN: "The last day lies before today or the first day."})
	case err == nil && until.After(from.AddDate(mandateYears, 0, 0)):
		fields = append(fields, errs.Field{Path: "until", Code: "long", ZH: "授权期限最长三年。", EN: "A mandate lasts three years at most."})
	}
	if n := len([]rune(m.Ground)); n == 0 || n > 200 {
		fields = append(fields, errs.Field{Path: "ground", Code: "required", ZH: "请写明授权依据，不超过200字。", EN: "Say what the mandate rests on, in 200 characters."})
	}
	if len(m.Items) > 200 {
		fields = append(fields, errs.Field{Path: "items", Code: "many", ZH: "授权事项最多200项。", EN: "At most 200 items."})
	}
	if len(fields) > 0 {
		return m, errs.InvalidFields(fields...)
	}
	return m, nil
}

// insertMandate stores a mandate; with an import key it may be there already.
func insertMandate(tx *db.Tx, m Mandate, importKey string) error {
	items, err := json.Marshal(m.Items)
	if err != nil {
		return err
	}
	_, err = tx.Exec(sqlInsertMandate, m.ID, nullable(importKey), string(m.Principal.Kind), m.Principal.ID, m.Agent.ID,
		string(items), m.From, m.Until, m.Ground, tx.NowMicros())
	return err
}

// RevokeMandate 撤销授权 ends a mandate at once, by the principal or by the
// agent who lays it down. Revoking twice is no error.
func (s *Service) RevokeMandate(ctx context.Context, a actor.Actor, id int64) (err error) {
	defer errs.Wrap(&err, "revoke mandate %d", id)
	var refusal error
	err = s.db.Write(ctx, "identity.mandate-revoke", func(tx *db.Tx) error {
		m, err := mandateRow(tx.QueryRow(sqlMandateByID, id))
		if errors.Is(err, db.ErrNoRows) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		if refusal = Decide(a, MandateRevoke, Target{Owner: m.Principal, Applicant: m.Agent}); refusal != nil {
			return refusal
		}
		n, err := tx.Exec(sqlRevokeMandate, tx.NowMicros(), id)
		if err != nil || n == 0 {
			return err
		}
		return s.record(tx, a, string(MandateRevoke), mandateSubject(id), done, nil)
	})
	s.Refused(ctx, a, MandateRevoke, mandateSubject(id), refusal)
	return err
}

// Mandates lists those that a.For gave and, for oneself, those received,
// newest first, ended ones too, with the names of both sides.
func (s *Service) Mandates(ctx context.Context, a actor.Actor) (given, received []Mandate, err error) {
	defer errs.Wrap(&err, "mandates")
	if err := s.Allow(ctx, a, MandateRead, Target{Owner: a.For}, PartySubject(a.For)); err != nil {
		return nil, nil, err
	}
	q := s.db.Read(ctx)
	if given, err = db.All(q, scanMandate, sqlMandatesGiven, string(a.For.Kind), a.For.ID); err != nil {
		return nil, nil, err
	}
	if a.For.Kind == actor.NaturalPerson {
		if received, err = db.All(q, scanMandate, sqlMandatesOfAgent, a.For.ID); err != nil {
			return nil, nil, err
		}
	}
	names := map[actor.Party]string{}
	for _, list := range [][]Mandate{given, received} {
		for i := range list {
			if err := putNames(q, names, &list[i]); err != nil {
				return nil, nil, err
			}
		}
	}
	return given, received, nil
}

// putNames fills in what principal and agent are called now.
func putNames(q db.Queryer, known map[actor.Party]string, m *Mandate) (err error) {
	for _, p := range []*actor.Party{&m.Principal, &m.Agent} {
		if p.Name, err = partyName(q, known, *p); err != nil {
			return err
		}
	}
	return nil
}

func partyName(q db.Queryer, known map[actor.Party]string, p actor.Party) (string, error) {
	if name, ok := known[p]; ok {
		return name, nil
	}
	query := `SELECT name FROM person WHERE id = $1`
	if p.Kind == actor.LegalEntity {
		query = `SELECT name FROM entity WHERE id = $1`
	}
	var name string
	err := q.QueryRow(query, p.ID).Scan(&name)
	known[p] = name
	return name, err
}
