package identity

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/sm"
)

// Credentials 初始凭据 are shown once, to who made the account, to be handed to
// its owner; they are stored only as a hash and sealed.
type Credentials struct {
	Password string
	OTPURL   string // otpauth:// for the authenticator
}

// RoleHeld is a role in a unit.
type RoleHeld struct {
	Role   actor.Role
	UnitID int64
}

const (
	staffColumns   = `s.id, s.login, s.name, s.unit_id, s.disabled, s.demo, s.must_change, coalesce(r.role, ''), coalesce(r.unit_id, 0)`
	sqlStaffByID   = `SELECT ` + staffColumns + ` FROM staff s LEFT JOIN staff_role r ON r.staff_id = s.id WHERE s.id = $1 ORDER BY r.role, r.unit_id`
	sqlStaffOfUnit = `SELECT ` + staffColumns + ` FROM staff s LEFT JOIN staff_role r ON r.staff_id = s.id
		WHERE s.unit_id = $1 ORDER BY s.login, r.role, r.unit_id`
	sqlMembers = `SELECT ` + staffColumns + ` FROM staff s JOIN unit u ON u.id = s.unit_id LEFT JOIN staff_role r ON r.staff_id = s.id
		WHERE substr(u.path, 1, length($1)) = $1 AND NOT s.disabled ORDER BY s.login, r.role, r.unit_id`
	sqlStaffIDByLogin = `SELECT id FROM staff WHERE login = $1`
	sqlInsertStaff    = `INSERT INTO staff (id, login, name, unit_id, password, must_change, totp, totp_step, disabled, demo, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 0, FALSE, $8, $9, $9) ON CONFLICT (login) DO NOTHING`
	sqlResetStaff   = `UPDATE staff SET password = $1, must_change = TRUE, totp = $2, totp_step = 0, updated_at = $3 WHERE id = $4 AND NOT demo`
	sqlDisableStaff = `UPDATE staff SET disabled = $1, updated_at = $2 WHERE id = $3`
	sqlGrantRole    = `INSERT INTO staff_role (staff_id, role, unit_id, granted_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (staff_id, role, unit_id) DO NOTHING`
	sqlRevokeRole = `DELETE FROM staff_role WHERE staff_id = $1 AND role = $2 AND unit_id = $3`
	sqlHasDemo    = `SELECT EXISTS (SELECT 1 FROM staff WHERE demo) OR EXISTS (SELECT 1 FROM person WHERE demo)`
)

// Staff gives one member with the roles that hold now. Error: ErrNoAccount.
func (s *Service) Staff(ctx context.Context, id int64) (Staff, error) {
	dir, err := s.Directory(ctx)
	if err != nil {
		return Staff{}, err
	}
	return s.staff(s.db.Read(ctx), dir, id)
}

func (s *Service) staff(q db.Queryer, dir *Directory, id int64) (Staff, error) {
	list, err := staffList(q, dir, sqlStaffByID, id)
	if err != nil {
		return Staff{}, err
	}
	if len(list) == 0 {
		return Staff{}, ErrNoAccount
	}
	return list[0], nil
}

// staffList folds the joined rows, one a role, into members.
func staffList(q db.Queryer, dir *Directory, query string, args ...any) ([]Staff, error) {
	rows, err := q.Query(query, args...)
	if err != nil {
		return nil, err
	}
	var out []Staff
	for rows.Next() {
		var st Staff
		var role actor.Role
		var unit int64
		if err := rows.Scan(&st.ID, &st.Login, &st.Name, &st.UnitID, &st.Disabled, &st.Demo, &st.MustChange, &role, &unit); err != nil {
			return nil, err
		}
		if len(out) == 0 || out[len(out)-1].ID != st.ID {
			out = append(out, st)
		}
		if path := dir.Path(unit); role != "" && path != "" {
			last := &out[len(out)-1]
			last.Grants = append(last.Grants, actor.Grant{Role: role, Path: path})
		}
	}
	return out, nil
}

// StaffOf lists the members of a unit, for the three administrators.
func (s *Service) StaffOf(ctx context.Context, a actor.Actor, unitID int64) (_ []Staff, err error) {
	defer errs.Wrap(&err, "staff of unit %d", unitID)
	dir, err := s.Directory(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.Allow(ctx, a, StaffRead, Target{UnitPath: dir.Path(unitID)}, unitSubject(unitID)); err != nil {
		return nil, err
	}
	return staffList(s.db.Read(ctx), dir, sqlStaffOfUnit, unitID)
}

// Members lists who serves in the unit at a path or below it and may log in, by
// login. It decides nothing: rooms that hand work out among colleagues ask it
// after they have decided.
func (s *Service) Members(q db.Queryer, dir *Directory, path string) ([]Staff, error) {
	if path == "" {
		return nil, nil
	}
	return staffList(q, dir, sqlMembers, path)
}

// CreateStaff makes an account without any role: roles are the security
// administrator's to give. A repeated idempotency key answers the account that
// it made, without its credentials: they are shown once. Errors: fields login,
// name, unit; code "login-taken".
func (s *Service) CreateStaff(ctx context.Context, a actor.Actor, in StaffInput) (_ Staff, _ Credentials, err error) {
	defer errs.Wrap(&err, "create staff")
	dir, err := s.Directory(ctx)
	if err != nil {
		return Staff{}, Credentials{}, err
	}
	unit, ok := dir.UnitByKey(in.Unit)
	if !ok {
		return Staff{}, Credentials{}, errs.InvalidFields(errs.Field{Path: "unit", Code: "unknown", ZH: "没有这个单位。", EN: "There is no such unit."})
	}
	if err := s.Allow(ctx, a, StaffManage, Target{UnitPath: unit.Path}, unitSubject(unit.ID)); err != nil {
		return Staff{}, Credentials{}, err
	}
	login, name := cleanLogin(in.Login), strings.TrimSpace(in.Name)
	var fields []errs.Field
	if !loginForm.MatchString(login) {
		fields = append(fields, badLogin("login"))
	}
	if n := utf8.RuneCountInString(name); n == 0 || n > 50 {
		fields = append(fields, required("name"))
	}
	if len(in.Roles) > 0 {
		fields = append(fields, rolesApart("roles"))
	}
	if len(fields) > 0 {
		return Staff{}, Credentials{}, errs.InvalidFields(fields...)
	}
	secrets, hash, totp, err := s.newCredentials(login)
	if err != nil {
		return Staff{}, Credentials{}, err
	}
	var st Staff
	var cred Credentials
	err = s.db.Write(ctx, "identity.staff-create", func(tx *db.Tx) error {
		prior, err := tx.Claim(in.Once)
		if err != nil {
			return err
		}
		if prior != 0 {
			st, err = s.staff(tx, dir, prior)
			return err
		}
		cred = secrets
		st = Staff{ID: tx.NewID(), Login: login, Name: name, UnitID: unit.ID, MustChange: true}
		n, err := tx.Exec(sqlInsertStaff, st.ID, login, name, unit.ID, hash, true, totp, false, tx.NowMicros())
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrLoginTaken
		}
		tx.Record(in.Once, st.ID)
		return s.record(tx, a, string(StaffManage), staffSubject(st.ID), done, map[string]string{"change": "create", "unit": unit.Key})
	})
	return st, cred, err
}

func rolesApart(path string) errs.Field {
	return errs.Field{Path: path, Code: "separate", ZH: "角色由安全管理员另行授予。", EN: "Roles are given by the security administrator."}
}

// ErrLoginTaken says that another account has the login name.
var ErrLoginTaken = errs.New(errs.Conflict, "login-taken", "这个账号已被使用。", "This login name is taken.")

// otpIssuer is the name under which authenticators file our codes.
const otpIssuer = "Tongban"

func (s *Service) newCredentials(login string) (c Credentials, hash string, totp []byte, err error) {
	if c.Password, err = sm.NewToken(); err != nil {
		return c, "", nil, err
	}
	c.Password = c.Password[:20]
	if hash, err = sm.HashPassword(c.Password); err != nil {
		return c, "", nil, err
	}
	secret, err := newSecret()
	if err != nil {
		return c, "", nil, err
	}
	totp, err = s.seal(sealTOTP, secret)
	c.OTPURL = otpURL(otpIssuer, login, secret)
	return c, hash, totp, err
}

// ResetStaff gives new credentials to who lost them; the old ones end. Demo
// accounts keep theirs: ErrNoAccount.
func (s *Service) ResetStaff(ctx context.Context, a actor.Actor, id int64) (_ Credentials, err error) {
	st, err := s.managed(ctx, a, StaffManage, id)
	if err != nil {
		return Credentials{}, err
	}
	cred, hash, totp, err := s.newCredentials(st.Login)
	if err != nil {
		return Credentials{}, err
	}
	err = s.db.Write(ctx, "identity.staff-reset", func(tx *db.Tx) error {
		tx.QueueOne(ErrNoAccount, sqlResetStaff, hash, totp, tx.NowMicros(), id)
		return s.record(tx, a, string(StaffManage), staffSubject(id), done, map[string]string{"change": "reset"})
	})
	return cred, err
}

// DisableStaff 停用 (or enables) an account; its sessions end with the next
// request, since actors are built from what is stored.
func (s *Service) DisableStaff(ctx context.Context, a actor.Actor, id int64, disabled bool) error {
	if _, err := s.managed(ctx, a, StaffManage, id); err != nil {
		return err
	}
	return s.db.Write(ctx, "identity.staff-disable", func(tx *db.Tx) error {
		tx.QueueOne(ErrNoAccount, sqlDisableStaff, disabled, tx.NowMicros(), id)
		return s.record(tx, a, string(StaffManage), staffSubject(id), done, map[string]string{"change": "disable", "disabled": strconv.FormatBool(disabled)})
	})
}

// managed loads an account and decides about the act upon it.
func (s *Service) managed(ctx context.Context, a actor.Actor, act Act, id int64) (_ Staff, err error) {
	defer errs.Wrap(&err, "staff %d", id)
	st, err := s.Staff(ctx, id)
	if err != nil {
		return Staff{}, err
	}
	dir, err := s.Directory(ctx)
	if err != nil {
		return Staff{}, err
	}
	return st, s.Allow(ctx, a, act, Target{UnitPath: dir.Path(st.UnitID), StaffID: id}, staffSubject(id))
}

// GrantRole 授予角色 by a security administrator of the unit in which the role
// is to hold, never to himself. Errors: ErrSeparation if the member would hold
// two of the three administrators. Granting twice is no error.
func (s *Service) GrantRole(ctx context.Context, a actor.Actor, staffID int64, role actor.Role, unitID int64) error {
	return s.changeRole(ctx, a, staffID, role, unitID, func(tx *db.Tx, st Staff) (int64, error) {
		if administrative(role) && administrations(append(slices.Clone(st.Grants), actor.Grant{Role: role})) > 1 {
			return 0, ErrSeparation
		}
		return tx.Exec(sqlGrantRole, staffID, string(role), unitID, tx.NowMicros())
	}, "grant")
}

// RevokeRole 收回角色. Revoking what is not held is no error.
func (s *Service) RevokeRole(ctx context.Context, a actor.Actor, staffID int64, role actor.Role, unitID int64) error {
	return s.changeRole(ctx, a, staffID, role, unitID, func(tx *db.Tx, _ Staff) (int64, error) {
		return tx.Exec(sqlRevokeRole, staffID, string(role), unitID)
	}, "revoke")
}

func (s *Service) changeRole(ctx context.Context, a actor.Actor, staffID int64, role actor.Role, unitID int64,
	change func(*db.Tx, Staff) (int64, error), word string) (err error) {
	defer errs.Wrap(&err, "%s role %s to staff %d", word, role, staffID)
	dir, err := s.Directory(ctx)
	if err != nil {
		return err
	}
	unit, ok := dir.Unit(unitID)
	if !ok || !slices.Contains(actor.Roles, role) {
		return errs.InvalidFields(errs.Field{Path: "role", Code: "unknown", ZH: "没有这个角色或单位。", EN: "There is no such role or unit."})
	}
	if err := s.Allow(ctx, a, RoleGrant, Target{UnitPath: unit.Path, StaffID: staffID}, staffSubject(staffID)); err != nil {
		return err
	}
	return s.db.WriteSerializable(ctx, "identity.role", func(tx *db.Tx) error {
		st, err := s.staff(tx, dir, staffID)
		if err != nil {
			return err
		}
		n, err := change(tx, st)
		if err != nil || n == 0 {
			return err
		}
		return s.record(tx, a, string(RoleGrant), staffSubject(staffID), done,
			map[string]string{"change": word, "role": string(role), "unit": unit.Key})
	})
}

// HasDemoAccounts reports whether there is any demonstration account; serve
// refuses to start with one.
func (s *Service) HasDemoAccounts(ctx context.Context) (bool, error) {
	var has bool
	err := s.db.Read(ctx).QueryRow(sqlHasDemo).Scan(&has)
	return has, err
}

// StaffByLogin finds an account by its login name, for the command line and
// the importer. Error: ErrNoAccount.
func (s *Service) StaffByLogin(ctx context.Context, login string) (Staff, error) {
	var id int64
	err := s.db.Read(ctx).QueryRow(sqlStaffIDByLogin, cleanLogin(login)).Scan(&id)
	if errors.Is(err, db.ErrNoRows) {
		return Staff{}, ErrNoAccount
	}
	if err != nil {
		return Staff{}, err
	}
	return s.Staff(ctx, id)
}

func unitSubject(id int64) string { return "unit/" + strconv.FormatInt(id, 10) }
