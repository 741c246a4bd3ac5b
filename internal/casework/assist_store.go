package casework

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

const (
	assistColumns = `id, item_id, item_code, item_name, basic_code, party_kind, party_id, party_name, unit_id, helper_id, helper_name, state, version, acts,
		until_day, draft_id, case_no, data, asked_at, begun_at, ended_at, end_reason`
	sqlAddAssist  = `INSERT INTO assist (` + assistColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`
	sqlAssist     = `SELECT ` + assistColumns + ` FROM assist WHERE id = $1`
	sqlSaveAssist = `UPDATE assist SET helper_id = $3, helper_name = $4, state = $5, version = version + 1, draft_id = $6, case_no = $7, data = $8, begun_at = $9,
		ended_at = $10, end_reason = $11 WHERE id = $1 AND version = $2`
	sqlAssistsOfUnit   = `SELECT ` + assistColumns + ` FROM assist WHERE unit_id = $1 AND state = 'asked' ORDER BY id LIMIT 200`
	sqlAssistsOfHelper = `SELECT ` + assistColumns + ` FROM assist WHERE helper_id = $1 AND state = $2 ORDER BY id DESC LIMIT 200`
	sqlAssistsOfParty  = `SELECT ` + assistColumns + ` FROM assist WHERE party_kind = $1 AND party_id = $2 ORDER BY id DESC LIMIT 200`
	sqlAssistOfCase    = `SELECT ` + assistColumns + ` FROM assist WHERE case_no = $1 AND case_no <> '' AND helper_id = $2`
	// Over: the last day has passed, or the case is closed.
	sqlAssistsOver = `SELECT a.id FROM assist a LEFT JOIN cases c ON a.case_no <> '' AND c.no = a.case_no
		WHERE a.state = 'open' AND (a.until_day < $1 OR c.state = 'closed') ORDER BY a.id LIMIT 500`
	sqlAddAssistEvent = `INSERT INTO assist_event (id, assist_id, at, act, actor_kind, actor_id, actor_name, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	sqlAssistEvents   = `SELECT at, act, actor_kind, actor_id, actor_name, note FROM assist_event WHERE assist_id = $1 ORDER BY id LIMIT 500`
)

// Assists lists those of the person for whom the actor acts, or for staff what
// waits in a unit and what they have in hand, the latest first.
func (s *Service) Assists(ctx context.Context, a actor.Actor, unit identity.Unit) (asked, mine []Assist, err error) {
	defer errs.Wrap(&err, "helps")
	rd := s.DB.Read(ctx)
	if a.Kind == actor.Person {
		if err := s.Identity.Allow(ctx, a, identity.ApplicantEnter, identity.Target{}, "assist"); err != nil {
			return nil, nil, err
		}
		mine, err = db.All(rd, s.scanAssist, sqlAssistsOfParty, string(a.For.Kind), a.For.ID)
		return nil, mine, err
	}
	if err := s.Identity.Allow(ctx, a, identity.AssistTake, identity.Target{UnitPath: unit.Path}, unitSubject(unit.ID)); err != nil {
		return nil, nil, err
	}
	if asked, err = db.All(rd, s.scanAssist, sqlAssistsOfUnit, unit.ID); err != nil {
		return nil, nil, err
	}
	asked = slices.DeleteFunc(asked, func(x Assist) bool { return x.Helper.ID != 0 && x.Helper.ID != a.ID })
	mine, err = db.All(rd, s.scanAssist, sqlAssistsOfHelper, a.ID, string(AssistOpen))
	return asked, mine, err
}

// AssistView shows a help to those concerned, with what was done in the person's name.
func (s *Service) AssistView(ctx context.Context, a actor.Actor, id int64) (v *AssistView, err error) {
	defer errs.Wrap(&err, "help %d", id)
	rd := s.DB.Read(ctx)
	x, err := s.assist(rd, id)
	if err != nil {
		return nil, err
	}
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	if err := identity.Decide(a, identity.AssistRead, assistTarget(x, dir)); err != nil {
		s.Identity.Refused(ctx, a, identity.AssistRead, assistSubject(id), err)
		if errs.KindOf(err) == errs.Unauthenticated {
			return nil, err
		}
		return nil, ErrNoAssist
	}
	v = &AssistView{Assist: *x}
	v.Unit, _ = dir.Unit(x.UnitID)
	if v.Events, err = db.All(rd, s.scanAssistEvent, sqlAssistEvents, id); err != nil {
		return nil, err
	}
	what, d, err := s.word(rd, x)
	if err != nil {
		return nil, err
	}
	v.Digest, v.Waits = what, what != "" && what != x.Data.Confirmed
	if d != nil && (a.Kind == actor.Person || a.ID == x.Helper.ID) {
		ver, err := s.Catalog.ByVersion(ctx, d.VersionID)
		if err != nil {
			return nil, err
		}
		values := ver.Form().Normalise(d.Data.Values)
		v.Summary = ver.Form().Summary(values)
		for _, m := range ver.Guide.Asked(values) {
			v.Handed = append(v.Handed, MaterialView{Material: m, Handed: d.Data.Handed(m.Code)})
		}
		if d.CaseNo == "" {
			v.Promise = promiseTexts(&ver.Guide, d.Data.Promise)
		}
	}
	if x.CaseNo != "" {
		v.Case, err = s.scanCase(rd.QueryRow(sqlCaseByNo, x.CaseNo))
	}
	return v, err
}

func (s *Service) addAssist(tx *db.Tx, x *Assist) error {
	sealed, err := s.seal("assist", x.Data)
	if err != nil {
		return err
	}
	tx.Queue(sqlAddAssist, x.ID, x.ItemID, x.ItemCode, x.ItemName, x.BasicCode, string(x.Party.Kind), x.Party.ID, x.Party.Name, x.UnitID, x.Helper.ID, x.Helper.Name, string(x.State), x.Version,
		text(x.Acts), x.Until, x.DraftID, x.CaseNo, sealed, micros(x.AskedAt), micros(x.BegunAt), micros(x.EndedAt), x.EndReason)
	return nil
}

func (s *Service) saveAssist(tx *db.Tx, x *Assist) error {
	sealed, err := s.seal("assist", x.Data)
	if err != nil {
		return err
	}
	tx.QueueOne(ErrAssistChanged, sqlSaveAssist, x.ID, x.Version, x.Helper.ID, x.Helper.Name, string(x.State), x.DraftID, x.CaseNo, sealed, micros(x.BegunAt), micros(x.EndedAt), x.EndReason)
	x.Version++
	return nil
}

func (s *Service) assist(q db.Queryer, id int64) (*Assist, error) {
	list, err := db.All(q, s.scanAssist, sqlAssist, id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, ErrNoAssist
	}
	return &list[0], nil
}

func (s *Service) scanAssist(r *db.Rows) (x Assist, err error) {
	var kind, acts string
	var sealed []byte
	var asked, begun, ended int64
	if err = r.Scan(&x.ID, &x.ItemID, &x.ItemCode, &x.ItemName, &x.BasicCode, &kind, &x.Party.ID, &x.Party.Name, &x.UnitID, &x.Helper.ID, &x.Helper.Name, &x.State, &x.Version, &acts,
		&x.Until, &x.DraftID, &x.CaseNo, &sealed, &asked, &begun, &ended, &x.EndReason); err != nil {
		return x, err
	}
	x.Party.Kind = actor.PartyKind(kind)
	if x.Helper.ID != 0 {
		x.Helper.Kind = actor.Staff
	}
	x.AskedAt = db.Time(asked)
	if begun != 0 {
		x.BegunAt = db.Time(begun)
	}
	if ended != 0 {
		x.EndedAt = db.Time(ended)
	}
	if err = json.Unmarshal([]byte(acts), &x.Acts); err != nil {
		return x, err
	}
	return x, s.openJSON("assist", sealed, &x.Data)
}

func (s *Service) scanAssistEvent(r *db.Rows) (e AssistEvent, err error) {
	var at int64
	var kind string
	var note []byte
	if err = r.Scan(&at, &e.Act, &kind, &e.By.ID, &e.By.Name, &note); err != nil {
		return e, err
	}
	e.At, e.By.Kind = db.Time(at), actor.Kind(kind)
	e.Note, err = s.openText("assist-note", note)
	return e, err
}
