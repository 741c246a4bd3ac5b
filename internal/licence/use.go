package licence

import (
	"context"
	"strconv"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/identity"
)

// Use 用证 is one use of a licence: for which case and why.
type Use struct {
	LicenceID int64
	CaseNo    string
	ItemName  string
	Purpose   string
	At        time.Time
	By        string // unit or person, as the holder may see it
}

// UseTx records a use inside the act that uses the licence.
func (s *Service) UseTx(tx *db.Tx, a actor.Actor, u Use) error {
	tx.Queue(sqlInsertUse, tx.NewID(), u.LicenceID, tx.NowMicros(), string(a.Kind), a.ID, a.Name, a.Unit, u.CaseNo, u.ItemName, u.Purpose)
	subject := "case/" + u.CaseNo
	if u.CaseNo == "" {
		subject = "licence/" + strconv.FormatInt(u.LicenceID, 10)
	}
	return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.LicenceUse), Subject: subject, Unit: a.Unit, Outcome: "done",
		Detail: map[string]string{"licence": strconv.FormatInt(u.LicenceID, 10)}})
}

// Uses lists every use of a licence to its holder, newest first.
func (s *Service) Uses(ctx context.Context, a actor.Actor, identifier string) ([]Use, error) {
	rd := s.DB.Read(ctx)
	l, err := s.byIdentifier(rd, identifier)
	if err != nil {
		return nil, err
	}
	if err := identity.Decide(a, identity.LicenceUses, identity.Target{Owner: l.Holder}); err != nil {
		s.Identity.Refused(ctx, a, identity.LicenceUses, "licence/"+l.Identifier, err)
		return nil, ErrNoLicence
	}
	return db.All(rd, func(r *db.Rows) (u Use, err error) {
		var at int64
		err = r.Scan(&at, &u.By, &u.CaseNo, &u.ItemName, &u.Purpose)
		u.LicenceID, u.At = l.ID, db.Time(at)
		return u, err
	}, sqlUses, l.ID)
}
