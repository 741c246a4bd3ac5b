package deliver

import (
	"context"
	"strconv"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/sm"
)

// How many wrong codes are taken from one cabinet or one clerk in a quarter of
// an hour.
const (
	tryWindow     = 15 * time.Minute
	mostAtCabinet = 5
	mostOfClerk   = 10
)

// hash finds a code again without keeping it: keyed, so that who has the
// database alone cannot try all eight digits.
func (s *Service) hash(purpose, code string) string { return s.Vault.Index("deliver/"+purpose, code) }

// giveCode gives a parcel a fresh code; until is zero for one without an end.
func (s *Service) giveCode(p *Parcel, until time.Time) error {
	code, err := sm.Digits(CodeLength)
	if err != nil {
		return err
	}
	p.Code, p.codeHash, p.CodeUntil, p.shownTo, p.shownAt = code, s.hash("code", code), until, 0, time.Time{}
	return nil
}

func (p *Parcel) dropCode() {
	p.Code, p.codeHash, p.CodeUntil, p.shownTo, p.shownAt = "", "", time.Time{}, 0, time.Time{}
}

// try looks a code up among the parcels that fit. no is what to say where
// nothing is found; the wrong try is kept by the transaction, so the caller
// commits it.
func (s *Service) try(tx *db.Tx, who string, most int64, code string, fits func(*Parcel) bool) (list []*Parcel, no, err error) {
	var wrong int64
	if err := tx.QueryRow(sqlTries, who, db.Micros(tx.Now().Add(-tryWindow))).Scan(&wrong); err != nil {
		return nil, nil, err
	}
	if wrong >= most {
		return nil, ErrCodeTries, nil
	}
	if code = cleanCode(code); len(code) == CodeLength {
		all, err := db.All(tx, s.scanParcel, sqlByCode, s.hash("code", code))
		if err != nil {
			return nil, nil, err
		}
		for _, p := range all {
			if fits(p) {
				list = append(list, p)
			}
		}
	}
	switch len(list) {
	case 1:
		return list, nil, nil
	case 0:
		tx.Queue(sqlTry, tx.NewID(), who, tx.NowMicros())
		return nil, ErrCode, nil
	}
	return nil, errCodeTwice, nil
}

var errCodeTwice = errs.New(errs.Conflict, "pickup-code-twice", "有不止一件结果使用这个取件码，请用办件编号查找。", "More than one result has this code; find the case by its number.")

// Find 凭取件码查找 gives the number of the case whose result waits under a code,
// to a clerk of the centre where it waits or of the unit's windows, and remembers that
// the code was shown to him. Errors: ErrCode, ErrCodeTries.
func (s *Service) Find(ctx context.Context, a actor.Actor, code string) (no string, err error) {
	defer errs.Wrap(&err, "parcel by code")
	if err := s.Identity.Allow(ctx, a, identity.ParcelFind, identity.Target{}, "parcels"); err != nil {
		return "", err
	}
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return "", err
	}
	var refused error
	err = s.retry(ctx, "deliver.find", func(tx *db.Tx) error {
		list, no2, err := s.try(tx, "clerk/"+strconv.FormatInt(a.ID, 10), mostOfClerk, code, func(p *Parcel) bool {
			return (p.State == Waiting || p.State == InCabinet || p.State == Overdue) &&
				identity.Decide(a, identity.CaseHandOver, identity.Target{ReceivingPath: dir.Path(p.ReceivingUnitID), UnitPath: dir.Path(p.ReceivingUnitID)}) == nil
		})
		if refused = no2; err != nil || no2 != nil {
			return err
		}
		p := list[0]
		no = p.CaseNo
		tx.Queue(sqlShown, p.ID, a.ID, tx.NowMicros())
		return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.ParcelFind), Subject: "case/" + p.CaseNo, Unit: p.ReceivingUnitID})
	})
	if err == nil {
		err = refused
	}
	return no, err
}

// Shown reports whether the parcel's code was shown to a clerk a moment ago.
func (p *Parcel) Shown(a actor.Actor, now time.Time) bool {
	return a.Kind == actor.Staff && p.shownTo == a.ID && p.shownTo != 0 && now.Sub(p.shownAt) < inPlace
}
