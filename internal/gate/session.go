package gate

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/sm"
)

// Kinds of sessions.
const (
	kindCookie = "cookie"
	kindBearer = "bearer"
)

// seenEvery is how often a session's last use is written down.
const seenEvery = time.Minute

var errNoSession = errors.New("gate: no such session")

const (
	sqlSessionByHash = `SELECT id, kind, actor_kind, account_id, party_kind, party_id, created_at, seen_at, expires_at
		FROM gate_session WHERE hash = $1`
	sqlOpen = `INSERT INTO gate_session (id, hash, kind, actor_kind, account_id, party_kind, party_id, created_at, seen_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)`
	sqlSeen      = `UPDATE gate_session SET seen_at = $1 WHERE id = $2 AND seen_at < $1`
	sqlSetParty  = `UPDATE gate_session SET party_kind = $1, party_id = $2 WHERE id = $3 AND actor_kind = 'person'`
	sqlEnd       = `DELETE FROM gate_session WHERE id = $1 AND actor_kind = $2 AND account_id = $3`
	sqlEndOthers = `DELETE FROM gate_session WHERE actor_kind = $1 AND account_id = $2 AND id <> $3`
	sqlOfAccount = `SELECT id, kind, created_at, seen_at, expires_at FROM gate_session
		WHERE actor_kind = $1 AND account_id = $2 AND expires_at > $3 ORDER BY id DESC LIMIT 200`
)

// session is a stored session; instants in microseconds.
type session struct {
	id                     int64
	kind                   string
	actorKind              actor.Kind
	account                int64
	party                  actor.Party
	created, seen, expires int64
}

// find gives a session that is still good; errNoSession otherwise.
func (d *Door) find(ctx context.Context, kind, token string) (s session, err error) {
	if len(token) < 40 || len(token) > 64 {
		return s, errNoSession
	}
	err = d.c.DB.Read(ctx).QueryRow(sqlSessionByHash, sm.TokenHash(token)).
		Scan(&s.id, &s.kind, &s.actorKind, &s.account, &s.party.Kind, &s.party.ID, &s.created, &s.seen, &s.expires)
	if errors.Is(err, db.ErrNoRows) {
		return s, errNoSession
	}
	if err != nil {
		return s, err
	}
	now := d.c.Now().UnixMicro()
	if s.kind != kind || now >= s.expires || kind == kindCookie && now-s.seen >= d.idle(s.actorKind).Microseconds() {
		return s, errNoSession
	}
	return s, nil
}

func (d *Door) idle(k actor.Kind) time.Duration {
	if k == actor.Staff {
		return d.c.StaffIdle
	}
	return d.c.PersonIdle
}

// byToken finds the session and builds its actor.
func (d *Door) byToken(ctx context.Context, kind, token string) (actor.Actor, error) {
	s, err := d.find(ctx, kind, token)
	if err != nil {
		return actor.Actor{}, err
	}
	a, err := d.build(ctx, s.actorKind, s.account, s.party, kind)
	if err != nil {
		return actor.Actor{}, err
	}
	a.Session = s.id
	d.touch(ctx, s)
	return a, nil
}

func (d *Door) build(ctx context.Context, k actor.Kind, account int64, party actor.Party, kind string) (actor.Actor, error) {
	ch := actor.Web
	if kind == kindBearer {
		ch = actor.API
	}
	if k == actor.Staff {
		return d.c.Identity.StaffActor(ctx, account, ch)
	}
	return d.c.Identity.PersonActor(ctx, account, party, ch)
}

// touch writes down that the session is in use, once a minute. Trouble is
// logged: the request itself goes on.
func (d *Door) touch(ctx context.Context, s session) {
	now := d.c.Now().UnixMicro()
	if now-s.seen < seenEvery.Microseconds() {
		return
	}
	err := d.c.DB.Write(ctx, "gate.seen", func(tx *db.Tx) error {
		tx.Queue(sqlSeen, tx.NowMicros(), s.id)
		return nil
	})
	if err != nil {
		d.c.Log.WarnContext(ctx, "session not touched", "session", s.id, "err", err)
	}
}

// Opened is a new session or token.
type Opened struct {
	Token      string // shown once; stored as a hash
	ID         int64
	Expires    time.Time
	Actor      actor.Actor
	MustChange bool // staff: the password must be changed first; until then the actor has no roles
}

// open stores a new session for somebody who has just proved who he is.
func (d *Door) open(ctx context.Context, kind string, life time.Duration, a actor.Actor, at attempt) (o Opened, err error) {
	o.Actor = a
	if o.Token, err = sm.NewToken(); err != nil {
		return Opened{}, err
	}
	act := "session.open"
	if kind == kindBearer {
		act = "token.issue"
	}
	err = d.c.DB.Write(ctx, "gate.open", func(tx *db.Tx) error {
		o.ID, o.Expires = tx.NewID(), tx.Now().Add(life)
		o.Actor.Session = o.ID
		party := a.For
		if a.Mandate == 0 && party.Kind == actor.NaturalPerson {
			party = actor.Party{} // oneself
		}
		tx.Queue(sqlOpen, o.ID, sm.TokenHash(o.Token), kind, string(a.Kind), a.ID, string(party.Kind), party.ID, tx.NowMicros(), db.Micros(o.Expires))
		at.good(tx)
		return d.record(tx, o.Actor, act, subject(o.ID), nil)
	})
	return o, err
}

func subject(id int64) string { return "session/" + strconv.FormatInt(id, 10) }

// LoginPerson logs a natural person in at this browser: a new session in place
// of the one it had. Errors: identity.ErrLogin, ErrTooMany (with Retry-After
// set).
func (d *Door) LoginPerson(w http.ResponseWriter, r *http.Request, login, password string) (Opened, error) {
	a, at, err := d.provePerson(r.Context(), Grant{Login: login, Password: password}, d.IP(r), kindCookie)
	return d.begun(w, r, a, at, false, err)
}

// LoginStaff logs a staff member in at this browser, by password and second
// factor. Errors as LoginPerson.
func (d *Door) LoginStaff(w http.ResponseWriter, r *http.Request, login, password, code string) (Opened, error) {
	a, at, must, err := d.proveStaff(r.Context(), Grant{Login: login, Password: password, Code: code}, d.IP(r), kindCookie)
	return d.begun(w, r, a, at, must, err)
}

func (d *Door) begun(w http.ResponseWriter, r *http.Request, a actor.Actor, at attempt, must bool, err error) (Opened, error) {
	if err != nil {
		if s, ok := RetryAfter(err); ok {
			w.Header().Set("Retry-After", strconv.Itoa(s))
		}
		return Opened{}, err
	}
	o, err := d.open(r.Context(), kindCookie, d.c.Absolute, a, at)
	if err != nil {
		return Opened{}, err
	}
	if err := d.endCookie(r); err != nil {
		d.c.Log.WarnContext(r.Context(), "earlier session not ended", "err", err)
	}
	o.MustChange = must
	d.setCookie(w, o.Token, 0)
	return o, nil
}

// setCookie hands the browser its token until it closes; age -1 takes it away.
func (d *Door) setCookie(w http.ResponseWriter, token string, age int) {
	http.SetCookie(w, &http.Cookie{Name: d.cookie, Value: token, Path: "/", MaxAge: age, Secure: d.c.Secure, HttpOnly: true,
		SameSite: http.SameSiteLaxMode})
}

// Logout ends this browser's session.
func (d *Door) Logout(w http.ResponseWriter, r *http.Request) error {
	if err := d.endCookie(r); err != nil {
		return err
	}
	d.setCookie(w, "", -1)
	return nil
}

// endCookie deletes the session that the request's cookie names, if any.
func (d *Door) endCookie(r *http.Request) error {
	c, err := r.Cookie(d.cookie)
	if err != nil {
		return nil
	}
	s, err := d.find(r.Context(), kindCookie, c.Value)
	if errors.Is(err, errNoSession) {
		return nil
	}
	if err != nil {
		return err
	}
	a := actor.Actor{Kind: s.actorKind, ID: s.account, Channel: actor.Web, IP: d.IP(r), Session: s.id}
	return d.end(r.Context(), a, s.id)
}

func (d *Door) end(ctx context.Context, a actor.Actor, id int64) error {
	return d.c.DB.Write(ctx, "gate.end", func(tx *db.Tx) error {
		n, err := tx.Exec(sqlEnd, id, string(a.Kind), a.ID)
		if err != nil || n == 0 {
			return err
		}
		return d.record(tx, a, "session.end", subject(id), nil)
	})
}

// End ends one of one's own sessions or tokens. Ending twice is no error.
func (d *Door) End(ctx context.Context, a actor.Actor, id int64) error {
	if a.ID == 0 {
		return identity.ErrLoginNeeded
	}
	return d.end(ctx, a, id)
}

// Switch 切换身份 goes on acting for another party in this session: the person
// himself (zero party), an entity, a principal. Error: identity.ErrNotActing.
func (d *Door) Switch(ctx context.Context, a actor.Actor, party actor.Party) (actor.Actor, error) {
	if err := d.c.Identity.Allow(ctx, a, identity.ApplicantEnter, identity.Target{}, "session"); err != nil {
		return actor.Actor{}, err
	}
	if a.Session == 0 {
		return actor.Actor{}, identity.ErrLoginNeeded
	}
	next, err := d.c.Identity.PersonActor(ctx, a.ID, party, a.Channel)
	if err != nil {
		d.c.Identity.Refused(ctx, a, "session.switch", identity.PartySubject(party), err)
		return actor.Actor{}, err
	}
	next.Session, next.IP = a.Session, a.IP
	return next, d.setParty(ctx, next, party)
}

// setParty stores for whom the session acts.
func (d *Door) setParty(ctx context.Context, a actor.Actor, party actor.Party) error {
	return d.c.DB.Write(ctx, "gate.switch", func(tx *db.Tx) error {
		tx.QueueOne(identity.ErrLoginNeeded, sqlSetParty, string(party.Kind), party.ID, a.Session)
		return d.record(tx, a, "session.switch", subject(a.Session), map[string]string{"party": identity.PartySubject(party)})
	})
}

// Listed is one of an account's sessions, for its owner.
type Listed struct {
	ID                     int64
	Bearer                 bool
	Created, Seen, Expires time.Time
	Current                bool
}

// Sessions lists one's own sessions and tokens, newest first.
func (d *Door) Sessions(ctx context.Context, a actor.Actor) (_ []Listed, err error) {
	defer errs.Wrap(&err, "sessions")
	if a.ID == 0 {
		return nil, identity.ErrLoginNeeded
	}
	return db.All(d.c.DB.Read(ctx), func(r *db.Rows) (l Listed, err error) {
		var kind string
		var created, seen, expires int64
		err = r.Scan(&l.ID, &kind, &created, &seen, &expires)
		l.Bearer, l.Current = kind == kindBearer, l.ID == a.Session
		l.Created, l.Seen, l.Expires = db.Time(created), db.Time(seen), db.Time(expires)
		return l, err
	}, sqlOfAccount, string(a.Kind), a.ID, d.c.Now().UnixMicro())
}

// EndOthers ends all of one's sessions and tokens but the one in use.
func (d *Door) EndOthers(ctx context.Context, a actor.Actor) error {
	if a.ID == 0 {
		return identity.ErrLoginNeeded
	}
	return d.endAll(ctx, a, a.Kind, a.ID, a.Session)
}

// EndStaff ends every session of a staff account, after it was reset or
// disabled. identity has decided about that act.
func (d *Door) EndStaff(ctx context.Context, a actor.Actor, staffID int64) error {
	return d.endAll(ctx, a, actor.Staff, staffID, 0)
}

func (d *Door) endAll(ctx context.Context, a actor.Actor, kind actor.Kind, account, but int64) error {
	return d.c.DB.Write(ctx, "gate.end-all", func(tx *db.Tx) error {
		n, err := tx.Exec(sqlEndOthers, string(kind), account, but)
		if err != nil || n == 0 {
			return err
		}
		return d.record(tx, a, "session.end-all", string(kind)+"/"+strconv.FormatInt(account, 10), map[string]string{"count": strconv.FormatInt(n, 10)})
	})
}

// ChangePassword sets one's own password and ends the account's other
// sessions. Wrong guesses count like logins. Errors: identity.ErrLogin,
// ErrTooMany, the field "password".
func (d *Door) ChangePassword(ctx context.Context, a actor.Actor, old, fresh string) error {
	at := d.by(a.Kind, "#"+strconv.FormatInt(a.ID, 10), a.IP)
	if err := d.begin(ctx, at); err != nil {
		return err
	}
	if err := d.c.Identity.ChangePassword(ctx, a, old, fresh); err != nil {
		return err
	}
	err := d.c.DB.Write(ctx, "gate.attempt-good", func(tx *db.Tx) error {
		at.good(tx)
		return nil
	})
	return errors.Join(err, d.EndOthers(ctx, a))
}
