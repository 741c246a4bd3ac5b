package api

import (
	"context"
	"net/http"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/gate"
	"github.com/tongban/tongban/internal/identity"
)

// Me is who asks, and what he may be.
type Me struct {
	Kind    actor.Kind `json:"kind" enum:"person,staff"`
	ID      ID         `json:"id"`
	Name    string     `json:"name"`
	For     *PartyRef  `json:"for,omitempty" doc:"Persons: for whom this token acts."`
	Mandate ID         `json:"mandate,omitzero" doc:"The mandate that allows it."`
	Actings []Acting   `json:"actings,omitempty" doc:"Persons: for whom they may act."`
	Unit    *UnitRef   `json:"unit,omitempty" doc:"Staff: where they serve."`
	Roles   []Role     `json:"roles,omitempty" doc:"Staff: what they may do, in that unit and below."`
}

// Acting is a capacity in which a person may act.
type Acting struct {
	Party PartyRef `json:"party"`
	As    string   `json:"as" doc:"本人,法定代表人 or 代理人, in the caller's language."`
	Until string   `json:"until,omitempty" format:"date" doc:"Last day of the mandate."`
}

// Role is a role that holds in a unit and below.
type Role struct {
	Role actor.Role `json:"role"`
	Unit *UnitRef   `json:"unit,omitempty"`
}

// TokenIn asks for a token.
type TokenIn struct {
	Body struct {
		Kind     actor.Kind `json:"kind,omitempty" enum:"person,staff" doc:"person if left out."`
		Login    string     `json:"login" minLength:"1" maxLength:"100" doc:"Login name; persons also their ID number."`
		Password string     `json:"password" minLength:"1" maxLength:"1000"`
		Code     string     `json:"code,omitempty" pattern:"^[0-9]{6}$" doc:"Staff: the six digits of the second factor."`
		Party    *PartyRef  `json:"party,omitempty" doc:"Persons: for whom the token acts; oneself if left out."`
	}
}

// Token is a bearer token, shown once.
type Token struct {
	Token      string    `json:"token" doc:"Send it as Authorization: Bearer TOKEN."`
	Expires    time.Time `json:"expires"`
	MustChange bool      `json:"mustChange,omitempty" doc:"Staff: the password has to be changed first (POST /auth/password)."`
	Me         Me        `json:"me"`
}

// Session is one of the caller's own sessions or tokens.
type Session struct {
	ID      ID        `json:"id"`
	Bearer  bool      `json:"bearer" doc:"A token; else a browser."`
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen"`
	Expires time.Time `json:"expires"`
	Current bool      `json:"current"`
}

func (s *server) auth() {
	add(s, operation{id: "token-issue", method: http.MethodPost, path: "/auth/token", tag: "auth", open: true, status: http.StatusCreated,
		zh: "凭账号密码获取访问令牌", en: "Log in: get a bearer token", more: "Attempts are throttled by account and by address; 429 tells when to try again.", again: "each call gives a token of its own; DELETE /auth/token ends it."},
		func(ctx context.Context, c *call, in *TokenIn) (Token, error) {
			g := gate.Grant{Kind: in.Body.Kind, Login: in.Body.Login, Password: in.Body.Password, Code: in.Body.Code}
			if p := in.Body.Party; p != nil {
				g.Party = actor.Party{Kind: p.Kind, ID: int64(p.ID)}
			}
			o, err := s.Door.Token(ctx, g, s.Door.IP(c.r))
			if err != nil {
				return Token{}, err
			}
			me, err := s.me(ctx, c, o.Actor)
			return Token{o.Token, o.Expires.UTC(), o.MustChange, me}, err
		})
	do(s, operation{id: "token-end", method: http.MethodDelete, path: "/auth/token", tag: "auth", zh: "注销当前令牌", en: "Give the token back"},
		func(ctx context.Context, c *call, _ *none) error { return s.Door.End(ctx, c.Actor, c.Session) })
	add(s, operation{id: "me", method: http.MethodGet, path: "/auth/me", tag: "auth", zh: "当前身份", en: "Who I am, for whom I act, which roles I hold"},
		func(ctx context.Context, c *call, _ *none) (Me, error) { return s.me(ctx, c, c.Actor) })
	add(s, operation{id: "acting-switch", method: http.MethodPost, path: "/auth/acting", tag: "auth",
		zh: "切换办事身份", en: "Act for another party with this token", more: "For oneself again: the party is the person.", again: "the token acts for the party already, and nothing changes."},
		func(ctx context.Context, c *call, in *struct{ Body PartyRef }) (Me, error) {
			a, err := s.Door.Switch(ctx, c.Actor, actor.Party{Kind: in.Body.Kind, ID: int64(in.Body.ID)})
			if err != nil {
				return Me{}, err
			}
			return s.me(ctx, c, a)
		})
	do(s, operation{id: "password-change", method: http.MethodPost, path: "/auth/password", tag: "auth",
		zh: "修改密码", en: "Change one's own password", more: "All other sessions and tokens of the account end.", again: "the old password no longer fits, and nothing changes."},
		func(ctx context.Context, c *call, in *struct {
			Body struct {
				Old string `json:"old" minLength:"1" maxLength:"1000"`
				New string `json:"new" minLength:"1" maxLength:"1000"`
			}
		}) error {
			return s.Door.ChangePassword(ctx, c.Actor, in.Body.Old, in.Body.New)
		})
	add(s, operation{id: "sessions", method: http.MethodGet, path: "/auth/sessions", tag: "auth", zh: "我的会话和令牌", en: "My sessions and tokens"},
		func(ctx context.Context, c *call, _ *none) (List[Session], error) {
			list, err := s.Door.Sessions(ctx, c.Actor)
			return List[Session]{Items: mapTo(list, func(l gate.Listed) Session {
				return Session{ID(l.ID), l.Bearer, l.Created.UTC(), l.Seen.UTC(), l.Expires.UTC(), l.Current}
			})}, err
		})
	do(s, operation{id: "session-end", method: http.MethodDelete, path: "/auth/sessions/{id}", tag: "auth", zh: "结束一个会话", en: "End one of my sessions or tokens"},
		func(ctx context.Context, c *call, in *struct {
			ID ID `path:"id"`
		}) error {
			return s.Door.End(ctx, c.Actor, int64(in.ID))
		})
}

func (s *server) me(ctx context.Context, c *call, a actor.Actor) (Me, error) {
	m := Me{Kind: a.Kind, ID: ID(a.ID), Name: a.Name, Mandate: ID(a.Mandate)}
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return m, err
	}
	if a.Kind == actor.Staff {
		if u, ok := dir.Unit(a.Unit); ok {
			ref := unitRef(u)
			m.Unit = &ref
		}
		for _, g := range a.Grants {
			r := Role{Role: g.Role}
			if u, ok := unitAt(dir, g.Path); ok {
				ref := unitRef(u)
				r.Unit = &ref
			}
			m.Roles = append(m.Roles, r)
		}
		return m, nil
	}
	ref := partyRef(a.For)
	m.For = &ref
	list, err := s.Identity.Actings(ctx, a.ID)
	m.Actings = mapTo(list, func(x identity.Acting) Acting { return Acting{partyRef(x.Party), c.pick(x.ZH, x.EN), x.Until} })
	return m, err
}

// unitAt finds the unit whose path it is.
func unitAt(dir *identity.Directory, path string) (identity.Unit, bool) {
	for _, u := range dir.Subtree(path) {
		if u.Path == path {
			return u, true
		}
	}
	return identity.Unit{}, false
}
