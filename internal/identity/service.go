package identity

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/sm"
)

// Service performs the acts of this room. It is safe for concurrent use.
type Service struct {
	db    *db.DB
	vault *sm.Vault
	now   func() time.Time
	log   *slog.Logger

	checks chan struct{} // a running password check holds 19 MiB: this bounds how many run

	dir   db.Kept[Directory]
	halls HallNames
}

// Config of the service.
type Config struct {
	DB     *db.DB
	Vault  *sm.Vault
	Now    func() time.Time // the same clock as the database's; for reading, acts use tx.Now
	Log    *slog.Logger     // nil: silent
	Halls  HallNames        // how centres are named
	Checks int              // password checks at the same time; 0: 4
}

// New makes the service.
func New(c Config) *Service {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Checks <= 0 {
		c.Checks = 4
	}
	return &Service{db: c.DB, vault: c.Vault, now: c.Now, log: c.Log, checks: make(chan struct{}, c.Checks), halls: c.Halls,
		dir: db.Kept[Directory]{Age: directoryAge, Version: sqlDirectoryVersion, Bump: sqlBumpDirectory, Name: "directory", Load: loadDirectory}}
}

// Allow is Decide, and a refusal is written to the audit log in an act of its
// own. Not to be called inside an act: there, call Decide, and Refused when
// the act is over. subject names the thing: "case/…".
func (s *Service) Allow(ctx context.Context, a actor.Actor, act Act, t Target, subject string) error {
	err := Decide(a, act, t)
	s.Refused(ctx, a, act, subject, err)
	return err
}

// Refused records that somebody known tried what he may not do. It does
// nothing for other errors, and for visitors: they would fill the log. Trouble
// while recording is logged; the caller answers err in any case.
func (s *Service) Refused(ctx context.Context, a actor.Actor, act Act, subject string, err error) {
	if err == nil || a.ID == 0 {
		return
	}
	e := errs.Of(err)
	if e.Kind != errs.Forbidden && e.Code != ErrNotFound.Code {
		return
	}
	werr := s.db.Write(context.WithoutCancel(ctx), "identity.refused", func(tx *db.Tx) error {
		return s.record(tx, a, string(act), subject, denied, map[string]string{"code": e.Code})
	})
	if werr != nil {
		s.log.ErrorContext(ctx, "refusal not recorded", "act", act, "subject", subject, "err", werr)
	}
}

// Outcomes in the audit log, besides the words of single acts.
const (
	done   = "done"
	denied = "denied" // not allowed
	failed = "failed" // a wrong password or code
)

// record appends one audit record inside an act.
func (s *Service) record(tx *db.Tx, a actor.Actor, act, subject, outcome string, detail map[string]string) error {
	return audit.Append(tx, audit.Record{Actor: a, Act: act, Subject: subject, Unit: a.Unit, Detail: detail, Outcome: outcome})
}

// today is the calendar day in Shanghai on which mandates are judged.
func today(t time.Time) string { return clock.DateOf(t).String() }

func personSubject(id int64) string  { return "person/" + strconv.FormatInt(id, 10) }
func entitySubject(id int64) string  { return "entity/" + strconv.FormatInt(id, 10) }
func staffSubject(id int64) string   { return "staff/" + strconv.FormatInt(id, 10) }
func mandateSubject(id int64) string { return "mandate/" + strconv.FormatInt(id, 10) }

// PartySubject names a party in the audit log: "person/12", "entity/7".
func PartySubject(p actor.Party) string {
	switch p.Kind {
	case actor.LegalEntity:
		return entitySubject(p.ID)
	case actor.NaturalPerson:
		return personSubject(p.ID)
	}
	return "party"
}
