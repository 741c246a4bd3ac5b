package gate

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/sm"
)

// Door lets requests in and says who they are. It is safe for concurrent use.
type Door struct {
	c      Config
	cookie string
	cross  *http.CrossOriginProtection
}

// Config of the door; what is left out gets the value named.
type Config struct {
	DB       *db.DB
	Identity *identity.Service
	Vault    *sm.Vault
	Now      func() time.Time // the database's clock
	Log      *slog.Logger     // nil: silent

	Secure  bool           // pages are served over TLS: __Host- cookie
	Proxies []netip.Prefix // proxies whose X-Forwarded-For is believed
	Origins []string       // other origins whose pages may post here: "https://app.example.gov.cn"

	PersonIdle time.Duration // without a request a person's session ends; 2 h
	StaffIdle  time.Duration // a staff member's; 30 min
	Absolute   time.Duration // every session ends; 12 h
	TokenLife  time.Duration // every bearer token ends; 8 h

	Account Limit // attempts per account; 5 in 5 min, locked 1 min, then 2, 4 … up to 1 h
	Address Limit // attempts per address; 60 in 5 min, locked 1 min … up to 15 min
}

// New makes the door. Error: an origin that is none.
func New(c Config) (*Door, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{{&c.PersonIdle, 2 * time.Hour}, {&c.StaffIdle, 30 * time.Minute}, {&c.Absolute, 12 * time.Hour}, {&c.TokenLife, 8 * time.Hour}} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	c.Account = c.Account.or(Limit{Tries: 5, Per: 5 * time.Minute, Lock: time.Minute, MaxLock: time.Hour})
	c.Address = c.Address.or(Limit{Tries: 60, Per: 5 * time.Minute, Lock: time.Minute, MaxLock: 15 * time.Minute})
	d := &Door{c: c, cookie: "tongban", cross: http.NewCrossOriginProtection()}
	if c.Secure {
		d.cookie = "__Host-tongban" // browsers keep it to this host, this path and TLS
	}
	for _, o := range c.Origins {
		if err := d.cross.AddTrustedOrigin(o); err != nil {
			return nil, errs.New(errs.Invalid, "origin", "受信任的来源应为 https://主机名。", "A trusted origin is https://host.").Because(err)
		}
	}
	return d, nil
}

// What callers may meet at the door.
var (
	ErrToken = errs.New(errs.Unauthenticated, "token-invalid", "访问令牌无效或已过期，请重新获取。",
		"The bearer token is not valid or has expired; get a new one.")
	ErrCrossOrigin = errs.New(errs.Forbidden, "cross-origin", "这个请求来自其他网站的页面，未予执行。请从本站页面办理。",
		"The request came from a page of another site and was not carried out.")
)

type contextKey int

const actorKey contextKey = 0

type known struct {
	a   actor.Actor
	err error
}

// Identify finds out once per request who asks, for everything behind it.
func (d *Door) Identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, err := d.Actor(r)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), actorKey, known{a, err})))
	})
}

// Actor is who asks, as Identify found out: a visitor without credentials is
// an Anonymous actor and no error. Errors: ErrToken, identity.ErrNotActing, or
// the database's.
func Actor(ctx context.Context) (actor.Actor, error) {
	k, ok := ctx.Value(actorKey).(known)
	if !ok {
		return actor.Actor{Kind: actor.Anonymous}, nil
	}
	return k.a, k.err
}

// LoggedIn is Actor for handlers that need somebody: identity.ErrLoginNeeded
// for a visitor.
func LoggedIn(ctx context.Context) (actor.Actor, error) {
	a, err := Actor(ctx)
	if err == nil && a.ID == 0 {
		err = identity.ErrLoginNeeded
	}
	return a, err
}

// Actor finds out who asks. A bearer token decides alone; without one, the
// cookie. A cookie that is old or unknown is a visitor's. What the
// actor may do is read anew, so that a revoked role, mandate or account ends
// with the next request.
func (d *Door) Actor(r *http.Request) (actor.Actor, error) {
	if token, ok := bearer(r); ok {
		a, err := d.byToken(r.Context(), kindBearer, token)
		if errors.Is(err, errNoSession) || errors.Is(err, identity.ErrLoginNeeded) {
			return actor.Actor{}, ErrToken
		}
		a.IP = d.IP(r)
		return a, err
	}
	visitor := actor.Actor{Kind: actor.Anonymous, Channel: actor.Web, IP: d.IP(r)}
	c, err := r.Cookie(d.cookie)
	if err != nil {
		return visitor, nil
	}
	a, err := d.byToken(r.Context(), kindCookie, c.Value)
	switch {
	case errors.Is(err, errNoSession) || errors.Is(err, identity.ErrLoginNeeded):
		return visitor, nil
	case errors.Is(err, identity.ErrNotActing):
		return d.backToSelf(r, c.Value)
	}
	a.IP = visitor.IP
	return a, err
}

// backToSelf ends a capacity that is over: pages go on as the person himself;
// an act is refused once, lest it be done for somebody else than was meant.
func (d *Door) backToSelf(r *http.Request, token string) (actor.Actor, error) {
	ctx := r.Context()
	s, err := d.find(ctx, kindCookie, token)
	if err != nil {
		return actor.Actor{}, err
	}
	if err := d.setParty(ctx, actor.Actor{Kind: actor.Person, ID: s.account, Channel: actor.Web, Session: s.id}, actor.Party{}); err != nil {
		return actor.Actor{}, err
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return actor.Actor{}, identity.ErrNotActing
	}
	a, err := d.byToken(ctx, kindCookie, token)
	a.IP = d.IP(r)
	return a, err
}

// bearer gives the token of an Authorization header. Other schemes are not
// ours: a proxy may ask for one.
func bearer(r *http.Request) (token string, ok bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), strings.EqualFold(scheme, "Bearer")
}

// SameOrigin refuses what a page of another site makes a visitor's browser
// send; deny answers with ErrCrossOrigin. Requests with a bearer token are
// exempt: no browser adds one by itself, and the cookie does not count beside
// it. Reading is never refused, so no GET may change anything.
func (d *Door) SameOrigin(next http.Handler, deny func(http.ResponseWriter, *http.Request, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := bearer(r); !ok {
			if err := d.cross.Check(r); err != nil {
				deny(w, r, ErrCrossOrigin.Because(err))
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

func (d *Door) record(tx *db.Tx, a actor.Actor, act, subject string, detail map[string]string) error {
	return audit.Append(tx, audit.Record{Actor: a, Act: act, Subject: subject, Unit: a.Unit, Detail: detail})
}
