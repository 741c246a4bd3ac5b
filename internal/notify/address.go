package notify

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
)

// CodeLife is for how long a code binds an account.
const CodeLife = 10 * time.Minute

const (
	sqlAddress = `SELECT sealed FROM message_address WHERE person_id = $1 AND way = $2`
	sqlBind    = `INSERT INTO message_address (person_id, way, sealed, address_index, bound_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (person_id, way) DO UPDATE SET sealed = excluded.sealed, address_index = excluded.address_index, bound_at = excluded.bound_at`
	sqlUnbind  = `DELETE FROM message_address WHERE person_id = $1 AND way = $2`
	sqlLeft    = `DELETE FROM message_address WHERE way = $1 AND address_index = $2`
	sqlNewCode = `INSERT INTO message_code (person_id, way, code_index, expires_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (person_id, way) DO UPDATE SET code_index = excluded.code_index, expires_at = excluded.expires_at`
	sqlCode     = `SELECT person_id FROM message_code WHERE way = $1 AND code_index = $2 AND expires_at > $3`
	sqlDropCode = `DELETE FROM message_code WHERE person_id = $1 AND way = $2`
)

// reached is who reads a party's messages, and where.
type reached struct {
	person  int64
	name    string
	address map[Way]string
}

// reach finds the addresses of a party.
func (s *Service) reach(q db.Queryer, p actor.Party) (r reached, err error) {
	c, err := s.c.Contacts.Contact(q, p)
	if err != nil {
		return r, fmt.Errorf("notify: contact: %w", err)
	}
	r = reached{c.Person, c.Name, map[Way]string{SMS: c.Phone, Mail: c.Email}}
	if c.Person == 0 {
		return r, nil
	}
	var sealed []byte
	err = q.QueryRow(sqlAddress, c.Person, string(WeChat)).Scan(&sealed)
	if errors.Is(err, db.ErrNoRows) {
		return r, nil
	}
	if err != nil {
		return r, err
	}
	plain, err := s.c.Vault.Open(bindPurpose(c.Person, WeChat), sealed)
	r.address[WeChat] = string(plain)
	return r, err
}

func bindPurpose(person int64, w Way) string {
	return "notify/address/" + strconv.FormatInt(person, 10) + "/" + string(w)
}

const (
	codeIndex   = "notify/code"
	openIDIndex = "notify/openid"
)

// maskAddress is an address for screens.
func maskAddress(w Way, a string) string {
	switch {
	case a == "":
		return ""
	case w == SMS:
		return ident.MaskMobile(a)
	case w == Mail:
		name, domain, _ := strings.Cut(a, "@")
		if name == "" {
			return "***"
		}
		return string([]rune(name)[0]) + "***@" + domain
	}
	r := []rune(a)
	return "…" + string(r[max(0, len(r)-4):])
}

// BindCode 绑定码 gives the code that the actor sends to the city's official account, in
// place of one given before; it holds for CodeLife and works once.
func (s *Service) BindCode(ctx context.Context, a actor.Actor) (code string, until time.Time, err error) {
	defer errs.Wrap(&err, "bind code")
	self := actor.Party{Kind: actor.NaturalPerson, ID: a.ID}
	if err := s.c.Identity.Allow(ctx, a, identity.ProfileChange, identity.Target{Owner: self}, "profile"); err != nil {
		return "", until, err
	}
	if s.c.Providers[WeChat] == nil {
		return "", until, ErrNoWay
	}
	n, err := rand.Int(rand.Reader, big.NewInt(1e8))
	if err != nil {
		return "", until, err
	}
	code = fmt.Sprintf("%08d", n)
	err = s.c.DB.Write(ctx, "notify.bind-code", func(tx *db.Tx) error {
		until = tx.Now().Add(CodeLife)
		tx.Queue(sqlNewCode, a.ID, string(WeChat), s.c.Vault.Index(codeIndex, code), db.Micros(until))
		return audit.Append(tx, audit.Record{Actor: a, Act: "message.bind-code", Subject: identity.PartySubject(self)})
	})
	return code, until, err
}

// ErrNoWay says that the platform has no provider for the way.
var ErrNoWay = errs.New(errs.NotFound, "no-way", "本平台没有开通这种方式。", "This platform does not offer this way.")

// Unbind ends the binding of the actor's own WeChat account.
func (s *Service) Unbind(ctx context.Context, a actor.Actor) (err error) {
	defer errs.Wrap(&err, "unbind")
	self := actor.Party{Kind: actor.NaturalPerson, ID: a.ID}
	if err := s.c.Identity.Allow(ctx, a, identity.ProfileChange, identity.Target{Owner: self}, "profile"); err != nil {
		return err
	}
	return s.c.DB.Write(ctx, "notify.unbind", func(tx *db.Tx) error {
		n, err := tx.Exec(sqlUnbind, a.ID, string(WeChat))
		if err != nil || n == 0 {
			return err
		}
		return audit.Append(tx, audit.Record{Actor: a, Act: "message.unbind", Subject: identity.PartySubject(self)})
	})
}

// bindTx binds the account that a code belongs to. A code that is unknown, used
// or too old binds nothing.
func (s *Service) bindTx(tx *db.Tx, l Letter) error {
	var person int64
	err := tx.QueryRow(sqlCode, string(WeChat), s.c.Vault.Index(codeIndex, strings.TrimSpace(l.Code)), tx.NowMicros()).Scan(&person)
	if errors.Is(err, db.ErrNoRows) {
		return ErrBindCode
	}
	if err != nil {
		return err
	}
	sealed, err := s.c.Vault.Seal(bindPurpose(person, WeChat), []byte(l.OpenID))
	if err != nil {
		return err
	}
	tx.Queue(sqlBind, person, string(WeChat), sealed, s.c.Vault.Index(openIDIndex, l.OpenID), tx.NowMicros())
	tx.Queue(sqlDropCode, person, string(WeChat))
	return audit.Append(tx, audit.Record{Actor: actor.Platform(), Act: "message.bind", Subject: "person/" + strconv.FormatInt(person, 10)})
}

// ErrBindCode 绑定码无效.
var ErrBindCode = errs.New(errs.Invalid, "bind-code", "绑定码不正确或者已过期，请在个人资料里重新取码。", "The code is wrong or too old; take a new one from the profile.")
