package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/calendar"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/sm"
)

// What an operator does at the machine itself. On SQLite the serving process
// does it, asked through its socket; on PostgreSQL the command does.

// orderLimit bounds an order on its way through the socket, bytes.
const orderLimit = 1 << 20

// NewStaff is an account to make at the machine. The role is one of the three
// administrators (三员): they make and empower everybody else.
type NewStaff struct {
	Login string     `json:"login"`
	Name  string     `json:"name"`
	Unit  string     `json:"unit"`           // key of the unit, as imported; the role holds there and below
	Role  actor.Role `json:"role,omitempty"` // empty: none
}

// Secrets are first credentials, shown once.
type Secrets struct {
	Password string `json:"password"` // has to be changed at the first login
	OTPURL   string `json:"otpUrl"`   // otpauth:// for the authenticator
}

// AdministratorRoles are the roles that CreateStaff may give.
func AdministratorRoles() []actor.Role {
	return []actor.Role{actor.SystemAdmin, actor.SecurityAdmin, actor.AuditAdmin}
}

// CreateStaff makes an account, for the first administrators of a platform.
// Errors: fields login, name, unit, role; code "login-taken". If the role could
// not be given, the secrets come with the error: the account is there.
func CreateStaff(ctx context.Context, c Config, in NewStaff) (out Secrets, err error) {
	err = c.order(ctx, "/staff", in, &out, func(r *Rooms) (any, error) { return r.createStaff(ctx, in) })
	return out, err
}

// ResetStaff gives new credentials to an account, for an administrator who lost
// them and for imported staff. Error: identity.ErrNoAccount.
func ResetStaff(ctx context.Context, c Config, login string) (out Secrets, err error) {
	err = c.order(ctx, "/staff/reset", login, &out, func(r *Rooms) (any, error) { return r.resetStaff(ctx, login) })
	return out, err
}

// ImportCalendar publishes a 放假通知 from a file and gives the edition's id;
// the same notice again publishes nothing. Error: calendar.ErrInvalid.
func ImportCalendar(ctx context.Context, c Config, file string) (edition string, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	if _, err := calendar.ParseNotice(text); err != nil { // said here, with its cause
		return "", err
	}
	err = c.order(ctx, "/calendar", string(text), &edition, func(r *Rooms) (any, error) { return r.importCalendar(ctx, string(text)) })
	return edition, err
}

func (r *Rooms) createStaff(ctx context.Context, in NewStaff) (Secrets, error) {
	if in.Role != "" && !slices.Contains(AdministratorRoles(), in.Role) {
		return Secrets{}, errs.InvalidFields(errs.Field{Path: "role", Code: "administrators-only",
			ZH: "这里只能授予系统、安全、审计管理员，其他角色由安全管理员授予。",
			EN: "Only system-admin, security-admin and audit-admin are given here; the security administrator gives the others."})
	}
	st, cred, err := r.Identity.CreateStaff(ctx, actor.Platform(), identity.StaffInput{Login: in.Login, Name: in.Name, Unit: in.Unit})
	if err != nil {
		return Secrets{}, err
	}
	if in.Role != "" {
		err = r.Identity.GrantRole(ctx, actor.Platform(), st.ID, in.Role, st.UnitID)
	}
	return Secrets(cred), err
}

func (r *Rooms) resetStaff(ctx context.Context, login string) (Secrets, error) {
	st, err := r.Identity.StaffByLogin(ctx, login)
	if err != nil {
		return Secrets{}, err
	}
	cred, err := r.Identity.ResetStaff(ctx, actor.Platform(), st.ID)
	return Secrets(cred), err
}

func (r *Rooms) importCalendar(ctx context.Context, text string) (string, error) {
	n, err := calendar.ParseNotice([]byte(text))
	if err != nil {
		return "", err
	}
	return r.Calendar.Import(ctx, actor.Platform(), "由运行维护人员导入", n)
}

// order carries an order out in the serving process, or here if none serves.
func (c Config) order(ctx context.Context, path string, in, out any, here func(*Rooms) (any, error)) (err error) {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	a, reached, err := c.askServer(ctx, http.MethodPost, path, bytes.NewReader(body))
	if reached || err != nil {
		return errors.Join(err, fill(out, []byte(a.Value)))
	}
	r, err := Open(ctx, c, time.Now, Logger(c))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	v, err := here(r)
	text, merr := json.Marshal(v)
	if merr != nil {
		return merr
	}
	return errors.Join(err, fill(out, text))
}

func fill(out any, text []byte) error {
	if len(text) == 0 {
		return nil
	}
	return json.Unmarshal(text, out)
}

// controlOrders adds what the socket takes to its mux.
func (r *Rooms) controlOrders(mux *http.ServeMux) {
	mux.HandleFunc("POST /staff", controlOrder(r.createStaff))
	mux.HandleFunc("POST /staff/reset", controlOrder(r.resetStaff))
	mux.HandleFunc("POST /calendar", controlOrder(r.importCalendar))
	mux.HandleFunc("POST /archives", controlOrder(r.recordArchives))
	mux.HandleFunc("POST /subscribers", controlOrder(r.subscribers))
}

// controlOrder reads an order, carries it out and answers with its result as
// JSON in Value.
func controlOrder[In, Out any](do func(context.Context, In) (Out, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		var in In
		body, err := io.ReadAll(io.LimitReader(req.Body, orderLimit))
		if err != nil {
			return // whoever asked has gone
		}
		var value []byte
		if err = json.Unmarshal(body, &in); err == nil {
			var out Out
			out, err = do(req.Context(), in)
			var merr error
			value, merr = json.Marshal(out) // also beside an error: see CreateStaff
			err = errors.Join(err, merr)
		}
		say(w, http.StatusOK, controlSays(err, string(value), nil))
	}
}

// Checkpoint gives the newest signed checkpoint of the audit log, to be kept
// elsewhere; "" before the first. It only reads, also beside a running server.
func Checkpoint(ctx context.Context, c Config) (text string, err error) {
	if _, err := sm.Load(c.Keys); err != nil {
		return "", err
	}
	url, err := c.databaseURL()
	if err != nil {
		return "", err
	}
	d, err := db.Open(ctx, url, db.Options{Now: time.Now, ReadOnly: true})
	if err != nil {
		return "", err
	}
	text, err = audit.Latest(d.Read(ctx))
	return text, errors.Join(err, d.Close())
}
