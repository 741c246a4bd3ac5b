package identity

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/sm"
)

// Refs tells which keys of the batch became which rows, for the rooms whose
// files refer to them.
type Refs struct {
	Units    map[string]int64 // by key
	Persons  map[string]int64 // by key
	Entities map[string]int64 // by key
	Staff    map[string]int64 // by login
}

const (
	sqlUpsertDivision = `INSERT INTO division (code, name, parent, level, is_national, statistical) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (code) DO UPDATE SET name = excluded.name, parent = excluded.parent, level = excluded.level,
		is_national = excluded.is_national, statistical = excluded.statistical`
	sqlUnitByKey  = `SELECT id, path FROM unit WHERE key = $1`
	sqlUpsertUnit = `INSERT INTO unit (id, key, name, short, uscc, kind, parent_id, path, division, level, phone, address, synthetic)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		ON CONFLICT (key) DO UPDATE SET name = excluded.name, short = excluded.short, uscc = excluded.uscc, kind = excluded.kind,
		parent_id = excluded.parent_id, path = excluded.path, division = excluded.division, level = excluded.level,
		phone = excluded.phone, address = excluded.address, synthetic = excluded.synthetic`
	sqlMoveUnits     = `UPDATE unit SET path = CAST($1 AS TEXT) || substr(path, $2) WHERE path LIKE $3`
	sqlPersonIDs     = `SELECT id, coalesce(login, ''), password FROM person WHERE id_index = $1`
	sqlPersonIDLogin = `SELECT id FROM person WHERE login = $1`
	sqlUpdatePerson  = `UPDATE person SET name = $1, division = $2, login = $3, password = $4, demo = demo OR $5, updated_at = $6 WHERE id = $7`
	sqlUpsertEntity  = `INSERT INTO entity (id, name, uscc, kind, address, division, legal_rep_id, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
		ON CONFLICT (uscc) DO UPDATE SET name = excluded.name, kind = excluded.kind, address = excluded.address,
		division = excluded.division, legal_rep_id = excluded.legal_rep_id, updated_at = excluded.updated_at
		RETURNING id`
	sqlUpdateStaff = `UPDATE staff SET name = $1, unit_id = $2, updated_at = $3 WHERE id = $4`
)

// Import stores a batch, as one act; the same batch again changes nothing but
// what was edited in it. Divisions by code, units by key, persons by ID number,
// entities by USCC and staff by login are brought up to date. What belongs to
// the people themselves is left alone once it is there: passwords, second
// factors, roles, whether an account is disabled, a person's own contacts, a
// mandate's revocation. Errors: every wrong field of the batch at once, as
// "persons/KEY/idNumber".
func (s *Service) Import(ctx context.Context, a actor.Actor, b Batch) (_ Refs, err error) {
	defer errs.Wrap(&err, "import identity")
	if err := s.Allow(ctx, a, DataImport, Target{}, "import"); err != nil {
		return Refs{}, err
	}
	fields := b.problems(s.halls)
	if a.Kind == actor.Staff { // 三员分立: a system administrator makes accounts, he gives no roles
		for _, st := range b.Staff {
			if len(st.Roles) > 0 {
				fields = append(fields, rolesApart("staff/"+st.Login+"/roles"))
			}
		}
	}
	if len(fields) > 0 {
		return Refs{}, errs.InvalidFields(fields...)
	}
	im := importer{s: s, b: b}
	if b.Password != "" { // one hash for all: making them is slow on purpose
		if im.hash, err = sm.HashPassword(b.Password); err != nil {
			return Refs{}, err
		}
	}
	err = s.db.Write(ctx, "identity.import", func(tx *db.Tx) error {
		im.refs = Refs{Units: map[string]int64{}, Persons: map[string]int64{}, Entities: map[string]int64{}, Staff: map[string]int64{}}
		for _, step := range []func(*db.Tx) error{im.divisions, im.units, im.persons, im.entities, im.mandates, im.staff} {
			if err := step(tx); err != nil {
				return err
			}
		}
		if len(b.Divisions)+len(b.Units) > 0 {
			s.changed(tx)
		}
		return s.record(tx, a, string(DataImport), "identity", done, map[string]string{
			"divisions": strconv.Itoa(len(b.Divisions)), "units": strconv.Itoa(len(b.Units)), "persons": strconv.Itoa(len(b.Persons)),
			"entities": strconv.Itoa(len(b.Entities)), "mandates": strconv.Itoa(len(b.Mandates)), "staff": strconv.Itoa(len(b.Staff))})
	})
	return im.refs, err
}

// importer is one run of Import; refs is made anew by every try of the act.
type importer struct {
	s    *Service
	b    Batch
	hash string
	refs Refs
}

func (im *importer) divisions(tx *db.Tx) error {
	for _, d := range im.b.Divisions {
		tx.Queue(sqlUpsertDivision, d.Code, d.Name, d.Parent, d.Level, d.National, d.Statistical)
	}
	return tx.Err()
}

// units come parents first. A unit that moved takes along what lies below it.
func (im *importer) units(tx *db.Tx) error {
	type place struct {
		id   int64
		path string
	}
	done := map[string]place{}
	find := func(key string) (p place, err error) {
		if p, ok := done[key]; ok {
			return p, nil
		}
		err = tx.QueryRow(sqlUnitByKey, key).Scan(&p.id, &p.path)
		return p, err
	}
	for _, u := range parentsFirst(im.b.Units) {
		parent := place{path: "/"}
		if u.Parent != "" {
			var err error
			if parent, err = find(u.Parent); err != nil {
				if errors.Is(err, db.ErrNoRows) {
					return errs.InvalidFields(errs.Field{Path: "units/" + u.Key + "/parent", Code: "unknown", ZH: "没有这个上级单位。", EN: "There is no such parent."})
				}
				return err
			}
		}
		old, err := find(u.Key)
		if err != nil && !errors.Is(err, db.ErrNoRows) {
			return err
		}
		now := old
		if old.id == 0 {
			now.id = tx.NewID()
		}
		now.path = parent.path + strconv.FormatInt(now.id, 10) + "/"
		if old.id != 0 && old.path != now.path {
			if strings.HasPrefix(parent.path, old.path) {
				return errs.InvalidFields(errs.Field{Path: "units/" + u.Key + "/parent", Code: "loop", ZH: "上级单位不能是自己的下级。", EN: "The parent lies below the unit."})
			}
			tx.Queue(sqlMoveUnits, now.path, len(old.path)+1, old.path+"%")
			clear(done) // paths below have changed
		}
		tx.Queue(sqlUpsertUnit, now.id, u.Key, u.Name, cmp.Or(u.Short, u.Name), u.USCC, u.Kind, parent.id, now.path, u.Division, u.Level,
			u.Phone, u.Address, u.Synthetic)
		im.hallName(tx, u, now.id, old.id != 0)
		done[u.Key] = now
		im.refs.Units[u.Key] = now.id
	}
	return tx.Err()
}

// hallName keeps why a centre is not named as its level asks.
func (im *importer) hallName(tx *db.Tx, u UnitInput, id int64, known bool) {
	reason := strings.TrimSpace(u.NameReason)
	if im.s.halls.Fits(u.Level, u.Name) {
		reason = "" // nothing to explain
	}
	if reason != "" || known && (u.Kind == "centre" || u.Kind == "station") {
		keepHallName(tx, id, reason)
	}
}

// parentsFirst orders units so that a parent of the batch stands before its
// children; problems() has refused loops within the batch.
func parentsFirst(list []UnitInput) []UnitInput {
	byKey := map[string]UnitInput{}
	for _, u := range list {
		byKey[u.Key] = u
	}
	var out []UnitInput
	placed := map[string]bool{}
	var place func(u UnitInput)
	place = func(u UnitInput) {
		if placed[u.Key] {
			return
		}
		placed[u.Key] = true
		if p, ok := byKey[u.Parent]; ok {
			place(p)
		}
		out = append(out, u)
	}
	for _, u := range list {
		place(u)
	}
	return out
}

func (im *importer) persons(tx *db.Tx) error {
	for _, in := range im.b.Persons {
		id, err := im.person(tx, in)
		if err != nil {
			return err
		}
		im.refs.Persons[cmp.Or(in.Key, in.Login)] = id
	}
	return nil
}

func (im *importer) person(tx *db.Tx, in PersonInput) (id int64, err error) {
	p := in.person()
	var login, password string
	err = tx.QueryRow(sqlPersonIDs, im.s.idIndex(in.IDNumber)).Scan(&id, &login, &password)
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return 0, err
	}
	if p.Login != "" {
		var holder int64
		err := tx.QueryRow(sqlPersonIDLogin, p.Login).Scan(&holder)
		if err != nil && !errors.Is(err, db.ErrNoRows) {
			return 0, err
		}
		if err == nil && holder != id {
			return 0, errs.InvalidFields(errs.Field{Path: "persons/" + cmp.Or(in.Key, in.Login) + "/login", Code: "taken", ZH: ErrLoginTaken.ZH, EN: ErrLoginTaken.EN})
		}
	}
	account := p.Login != ""
	if id == 0 {
		p.Demo = im.b.Demo
		if !account {
			return im.s.insertPerson(tx, p, "")
		}
		return im.s.insertPerson(tx, p, im.hash)
	}
	if login != "" { // the account is the person's own by now
		p.Login, account = login, false
	}
	if account && password == "" {
		password = im.hash
	}
	tx.Queue(sqlUpdatePerson, p.Name, p.Division, nullable(p.Login), password, account && im.b.Demo, tx.NowMicros(), id)
	return id, nil
}

func (im *importer) entities(tx *db.Tx) error {
	for _, e := range im.b.Entities {
		rep, ok := im.refs.Persons[e.LegalRep]
		if !ok {
			return unknownPerson("entities/" + e.Key + "/legalRep")
		}
		var id int64
		err := tx.QueryRow(sqlUpsertEntity, tx.NewID(), e.Name, e.USCC, e.Kind, e.Address, e.Division, rep, tx.NowMicros()).Scan(&id)
		if err != nil {
			return err
		}
		im.refs.Entities[cmp.Or(e.Key, e.USCC)] = id
		principal := actor.Party{Kind: actor.LegalEntity, ID: id}
		for _, ag := range e.Agents {
			m := Mandate{Principal: principal, Items: ag.Items, From: today(tx.Now()), Until: ag.Until, Ground: "受单位委派的经办人"}
			if err := im.mandate(tx, m, ag.Person, "entity/"+e.USCC+"/"+ag.Person, "entities/"+e.Key+"/agents/"+ag.Person); err != nil {
				return err
			}
		}
	}
	return nil
}

func (im *importer) mandates(tx *db.Tx) error {
	for _, in := range im.b.Mandates {
		path := "mandates/" + in.Principal + "/" + in.Agent
		principal, ok := im.refs.Persons[in.Principal]
		if !ok {
			return unknownPerson(path + "/principal")
		}
		m := Mandate{Principal: actor.Party{Kind: actor.NaturalPerson, ID: principal}, Items: in.Items, From: in.From, Until: in.Until, Ground: in.Ground}
		key := "person/" + strconv.FormatInt(principal, 10) + "/" + in.Agent + "/" + in.From
		if err := im.mandate(tx, m, in.Agent, key, path); err != nil {
			return err
		}
	}
	return nil
}

func (im *importer) mandate(tx *db.Tx, m Mandate, agent, key, path string) error {
	id, ok := im.refs.Persons[agent]
	if !ok {
		return unknownPerson(path)
	}
	m.ID, m.Agent = tx.NewID(), actor.Party{Kind: actor.NaturalPerson, ID: id}
	if len(m.Items) == 0 {
		m.Items = []string{AllItems}
	}
	return insertMandate(tx, m, key)
}

func unknownPerson(path string) error {
	return errs.InvalidFields(errs.Field{Path: path, Code: "unknown", ZH: "没有这个人员。", EN: "There is no such person in the batch."})
}

func (im *importer) staff(tx *db.Tx) error {
	for _, in := range im.b.Staff {
		unit, err := im.unitID(tx, in.Unit, "staff/"+in.Login+"/unit")
		if err != nil {
			return err
		}
		var id int64
		err = tx.QueryRow(sqlStaffIDByLogin, in.Login).Scan(&id)
		switch {
		case err == nil:
			tx.Queue(sqlUpdateStaff, in.Name, unit, tx.NowMicros(), id)
		case errors.Is(err, db.ErrNoRows):
			if id, err = im.newStaff(tx, in, unit); err != nil {
				return err
			}
		default:
			return err
		}
		im.refs.Staff[in.Login] = id
	}
	return nil
}

func (im *importer) newStaff(tx *db.Tx, in StaffInput, unit int64) (int64, error) {
	secret, err := newSecret()
	if err != nil {
		return 0, err
	}
	totp, err := im.s.seal(sealTOTP, secret)
	if err != nil {
		return 0, err
	}
	id := tx.NewID()
	if _, err := tx.Exec(sqlInsertStaff, id, in.Login, in.Name, unit, im.hash, !im.b.Demo, totp, im.b.Demo, tx.NowMicros()); err != nil {
		return 0, err
	}
	for _, r := range in.Roles {
		at := unit
		if r.Unit != "" {
			if at, err = im.unitID(tx, r.Unit, "staff/"+in.Login+"/roles"); err != nil {
				return 0, err
			}
		}
		tx.Queue(sqlGrantRole, id, string(r.Role), at, tx.NowMicros())
	}
	return id, tx.Err()
}

func (im *importer) unitID(tx *db.Tx, key, path string) (id int64, err error) {
	if id, ok := im.refs.Units[key]; ok {
		return id, nil
	}
	var unitPath string
	err = tx.QueryRow(sqlUnitByKey, key).Scan(&id, &unitPath)
	if errors.Is(err, db.ErrNoRows) {
		return 0, errs.InvalidFields(errs.Field{Path: path, Code: "unknown", ZH: "没有这个单位。", EN: "There is no such unit."})
	}
	return id, err
}

// problems names every field of the batch that can be judged without the
// database.
func (b Batch) problems(halls HallNames) []errs.Field {
	var out []errs.Field
	bad := func(path, code, zh, en string) { out = append(out, errs.Field{Path: path, Code: code, ZH: zh, EN: en}) }
	once := func(seen map[string]bool, key, path string) {
		if seen[key] || key == "" {
			bad(path, "twice", "标识为空或重复。", "The key is empty or used twice.")
		}
		seen[key] = true
	}
	codes := map[string]bool{}
	for _, d := range b.Divisions {
		once(codes, d.Code, "divisions/"+d.Code)
		out = append(out, d.problems()...)
	}
	keys := map[string]bool{}
	for _, u := range b.Units {
		once(keys, u.Key, "units/"+u.Key)
		out = append(out, u.problems(halls)...)
	}
	for _, u := range parentsFirst(b.Units) { // a loop shows as a parent that comes after its child
		if u.Parent != "" && keys[u.Parent] {
			bad("units/"+u.Key+"/parent", "loop", "上级关系成环。", "The parents form a loop.")
		}
		delete(keys, u.Key)
	}
	persons, numbers := map[string]bool{}, map[string]bool{}
	for _, p := range b.Persons {
		key := cmp.Or(p.Key, p.Login)
		once(persons, key, "persons/"+key)
		once(numbers, p.person().IDNumber, "persons/"+key+"/idNumber")
		out = append(out, p.problems("persons/"+key+"/")...)
	}
	entities := map[string]bool{}
	for _, e := range b.Entities {
		once(entities, cmp.Or(e.Key, e.USCC), "entities/"+e.Key)
		out = append(out, e.problems()...)
	}
	for _, m := range b.Mandates {
		out = append(out, m.problems()...)
	}
	logins := map[string]bool{}
	for _, st := range b.Staff {
		once(logins, st.Login, "staff/"+st.Login)
		out = append(out, st.problems()...)
	}
	return slices.Clip(out)
}
