package identity

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/sm"
)

// What a login can say. It is the same whatever was wrong, and takes the same
// time: nobody learns which names exist.
var (
	ErrLogin = errs.New(errs.Unauthenticated, "login-failed", "账号、密码或动态口令不正确，或者账号已停用。",
		"The name, password or code is not right, or the account is disabled.")
	ErrNoAccount = errs.New(errs.NotFound, "no-account", "没有这个账号。", "There is no such account.")
)

const (
	sqlPersonLogin = `SELECT id, password FROM person WHERE login = $1`
	sqlPersonByNo  = `SELECT id, password FROM person WHERE id_index = $1`
	// the account as it was checked must still be there in the act
	sqlPersonStill = `SELECT ` + personColumns + ` FROM person WHERE id = $1 AND password = $2 AND NOT disabled`
	sqlStaffLogin  = `SELECT id, password FROM staff WHERE login = $1`
	sqlStaffStill  = `SELECT name, unit_id, totp, totp_step FROM staff WHERE id = $1 AND password = $2 AND NOT disabled`
	// a code is good once: the step only moves forward
	sqlUseStep        = `UPDATE staff SET totp_step = $1 WHERE id = $2 AND totp_step < $1`
	sqlRehashPerson   = `UPDATE person SET password = $1 WHERE id = $2 AND password = $3`
	sqlRehashStaff    = `UPDATE staff SET password = $1 WHERE id = $2 AND password = $3`
	sqlPersonPassword = `SELECT id, password FROM person WHERE id = $1 AND NOT disabled`
	sqlStaffPassword  = `SELECT id, password FROM staff WHERE id = $1 AND NOT disabled`
	sqlSetPerson      = `UPDATE person SET password = $1, updated_at = $2 WHERE id = $3 AND password = $4`
	sqlSetStaff       = `UPDATE staff SET password = $1, must_change = FALSE, updated_at = $2 WHERE id = $3 AND password = $4`
)

// LoginPerson checks a natural person's login name (or ID number) and password
// and records the login, good or bad, with the address it came from. Error:
// ErrLogin. The caller (gate) counts attempts and opens the session.
func (s *Service) LoginPerson(ctx context.Context, login, password, ip string) (Person, error) {
	query, key := sqlPersonLogin, cleanLogin(login)
	if ident.CheckResident(login).Valid {
		query, key = sqlPersonByNo, s.idIndex(login)
	}
	id, hash, ok, err := s.checkPassword(ctx, query, key, password)
	if err != nil {
		return Person{}, err
	}
	newHash := s.rehash(hash, password, ok)
	var p Person
	err = s.db.Write(ctx, "identity.login", func(tx *db.Tx) error {
		good := ok
		if ok {
			p, err = s.person(tx.QueryRow(sqlPersonStill, id, hash))
			if err != nil && !errors.Is(err, db.ErrNoRows) {
				return err
			}
			good = err == nil
		}
		if !good {
			p = Person{}
			return s.recordLogin(tx, actor.Person, id, key, ip, "password")
		}
		if newHash != "" {
			tx.Queue(sqlRehashPerson, newHash, id, hash)
		}
		a := actor.Actor{Kind: actor.Person, ID: id, Name: p.Name, Channel: actor.Web, IP: ip}
		return s.record(tx, a, "login", personSubject(id), done, nil)
	})
	if err == nil && p.ID == 0 {
		err = ErrLogin
	}
	return p, err
}

// LoginStaff checks a staff member's login name, password and second factor: a
// six-digit code of the last, this or the next half minute, each usable once.
// Error: ErrLogin.
func (s *Service) LoginStaff(ctx context.Context, login, password, code, ip string) (Staff, error) {
	key := cleanLogin(login)
	id, hash, ok, err := s.checkPassword(ctx, sqlStaffLogin, key, password)
	if err != nil {
		return Staff{}, err
	}
	newHash := s.rehash(hash, password, ok)
	var found bool
	err = s.db.Write(ctx, "identity.login", func(tx *db.Tx) error {
		found = false
		name, unit, why, err := "", int64(0), "password", error(nil)
		if ok {
			if name, unit, why, err = s.secondFactor(tx, id, hash, code); err != nil {
				return err
			}
		}
		if why != "" {
			return s.recordLogin(tx, actor.Staff, id, key, ip, why)
		}
		found = true
		if newHash != "" {
			tx.Queue(sqlRehashStaff, newHash, id, hash)
		}
		a := actor.Actor{Kind: actor.Staff, ID: id, Name: name, Unit: unit, Channel: actor.Web, IP: ip}
		return s.record(tx, a, "login", staffSubject(id), done, nil)
	})
	if err != nil {
		return Staff{}, err
	}
	if !found {
		return Staff{}, ErrLogin
	}
	return s.Staff(ctx, id)
}

// secondFactor uses up the code; why is empty when it was good.
func (s *Service) secondFactor(tx *db.Tx, id int64, hash, code string) (name string, unit int64, why string, err error) {
	var sealed []byte
	var last int64
	err = tx.QueryRow(sqlStaffStill, id, hash).Scan(&name, &unit, &sealed, &last)
	if errors.Is(err, db.ErrNoRows) {
		return "", 0, "disabled", nil
	}
	if err != nil {
		return "", 0, "", err
	}
	secret, err := s.open(sealTOTP, sealed)
	if err != nil {
		return "", 0, "", err
	}
	step, fits, err := matchCode(secret, code, tx.Now())
	if err != nil {
		return "", 0, "", err
	}
	if !fits {
		return name, unit, "code", nil
	}
	n, err := tx.Exec(sqlUseStep, step, id)
	if err == nil && n == 0 {
		why = "code-used"
	}
	return name, unit, why, err
}

// recordLogin writes a failed login. An account that does not exist is named
// by a keyed hash of what was typed: it may be a password in the wrong field.
func (s *Service) recordLogin(tx *db.Tx, kind actor.Kind, id int64, key, ip, why string) error {
	subject := string(kind) + "/?"
	detail := map[string]string{"reason": why}
	switch {
	case id == 0:
		detail["name"] = s.vault.Index(indexLogin, key)[:16]
	case kind == actor.Person:
		subject = personSubject(id)
	default:
		subject = staffSubject(id)
	}
	return s.record(tx, actor.Actor{Kind: actor.Anonymous, Channel: actor.Web, IP: ip}, "login", subject, failed, detail)
}

// checkPassword finds an account and compares; id is 0 if there is none, which
// takes as long.
func (s *Service) checkPassword(ctx context.Context, query string, key any, password string) (id int64, hash string, ok bool, err error) {
	err = s.db.Read(ctx).QueryRow(query, key).Scan(&id, &hash)
	if errors.Is(err, db.ErrInvalidText) { // nothing that could be an account
		err = db.ErrNoRows
	}
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return 0, "", false, err
	}
	ok, err = s.verify(ctx, hash, password)
	return id, hash, ok, err
}

// verify compares a password while few others are being compared.
func (s *Service) verify(ctx context.Context, hash, password string) (bool, error) {
	select {
	case s.checks <- struct{}{}:
		defer func() { <-s.checks }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	return sm.VerifyPassword(hash, password)
}

// rehash gives a new hash when the right password's old one was made at
// another cost, else "".
func (s *Service) rehash(hash, password string, ok bool) string {
	if !ok || !sm.NeedsRehash(hash) {
		return ""
	}
	fresh, err := sm.HashPassword(password)
	if err != nil {
		return "" // the old one goes on working
	}
	return fresh
}

func cleanLogin(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// ChangePassword sets one's own password. The caller counts attempts and ends
// the account's other sessions. Errors: ErrLogin if old is wrong, the field
// "password" if fresh is weak.
func (s *Service) ChangePassword(ctx context.Context, a actor.Actor, old, fresh string) (err error) {
	defer errs.Wrap(&err, "change password")
	read, set, subject := sqlPersonPassword, sqlSetPerson, personSubject(a.ID)
	switch a.Kind {
	case actor.Person:
	case actor.Staff:
		read, set, subject = sqlStaffPassword, sqlSetStaff, staffSubject(a.ID)
	default:
		return ErrLoginNeeded
	}
	if err := strongEnough(fresh, a.Kind == actor.Staff); err != nil {
		return err
	}
	_, hash, ok, err := s.checkPassword(ctx, read, a.ID, old)
	if err != nil {
		return err
	}
	freshHash, err := sm.HashPassword(fresh)
	if err != nil {
		return err
	}
	err = s.db.Write(ctx, "identity.password", func(tx *db.Tx) error {
		if !ok {
			return s.record(tx, a, "password.change", subject, failed, map[string]string{"reason": "password"})
		}
		tx.QueueOne(ErrLogin, set, freshHash, tx.NowMicros(), a.ID, hash)
		return s.record(tx, a, "password.change", subject, done, nil)
	})
	if err == nil && !ok {
		err = ErrLogin
	}
	return err
}

// strongEnough asks for eight characters of applicants and twelve of staff,
// of at least three kinds (GB/T 22239 8.1.4.1: complexity).
func strongEnough(password string, staff bool) error {
	least, kinds := 8, map[string]bool{}
	if staff {
		least = 12
	}
	for _, r := range password {
		switch {
		case unicode.IsDigit(r):
			kinds["digit"] = true
		case unicode.IsLower(r):
			kinds["lower"] = true
		case unicode.IsUpper(r):
			kinds["upper"] = true
		default:
			kinds["other"] = true
		}
	}
	if utf8.RuneCountInString(password) >= least && len(password) <= sm.MaxPassword && len(kinds) >= 3 {
		return nil
	}
	return errs.InvalidFields(errs.Field{Path: "password", Code: "weak",
		ZH: fmt.Sprintf("密码至少%d位，并包含大写字母、小写字母、数字、符号中的三种。", least),
		EN: fmt.Sprintf("At least %d characters, with three of: upper case, lower case, digits, signs.", least)})
}
