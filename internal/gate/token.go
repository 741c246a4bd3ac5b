package gate

import (
	"context"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// Grant is what POST /auth/token is asked with.
type Grant struct {
	Kind     actor.Kind // actor.Person (default) or actor.Staff
	Login    string
	Password string
	Code     string      // staff: second factor
	Party    actor.Party // persons: for whom the token acts; zero: oneself
}

// Token 访问令牌 issues a bearer token with all rights of the actor, for as long
// as Config.TokenLife. End, with the token's own actor, gives it back. Errors:
// identity.ErrLogin, identity.ErrNotActing, ErrTooMany (RetryAfter).
func (d *Door) Token(ctx context.Context, g Grant, ip string) (o Opened, err error) {
	var a actor.Actor
	var at attempt
	switch g.Kind {
	case actor.Person, "":
		a, at, err = d.provePerson(ctx, g, ip, kindBearer)
	case actor.Staff:
		a, at, o.MustChange, err = d.proveStaff(ctx, g, ip, kindBearer)
	default:
		err = errs.InvalidFields(errs.Field{Path: "kind", Code: "unknown", ZH: "应为 person 或 staff。", EN: "person or staff."})
	}
	if err != nil {
		return Opened{}, err
	}
	must := o.MustChange
	o, err = d.open(ctx, kindBearer, d.c.TokenLife, a, at)
	o.MustChange = must
	return o, err
}

// provePerson checks a person's password under the throttle.
func (d *Door) provePerson(ctx context.Context, g Grant, ip, kind string) (actor.Actor, attempt, error) {
	at := d.by(actor.Person, g.Login, ip)
	if err := d.begin(ctx, at); err != nil {
		return actor.Actor{}, at, err
	}
	p, err := d.c.Identity.LoginPerson(ctx, g.Login, g.Password, ip)
	if err != nil {
		return actor.Actor{}, at, err
	}
	a, err := d.build(ctx, actor.Person, p.ID, g.Party, kind)
	a.IP = ip
	return a, at, err
}

// proveStaff checks password and second factor under the throttle.
func (d *Door) proveStaff(ctx context.Context, g Grant, ip, kind string) (a actor.Actor, at attempt, must bool, err error) {
	at = d.by(actor.Staff, g.Login, ip)
	if err := d.begin(ctx, at); err != nil {
		return a, at, false, err
	}
	var st identity.Staff
	if st, err = d.c.Identity.LoginStaff(ctx, g.Login, g.Password, g.Code, ip); err != nil {
		return a, at, false, err
	}
	a, err = d.build(ctx, actor.Staff, st.ID, actor.Party{}, kind)
	a.IP = ip
	return a, at, st.MustChange, err
}
