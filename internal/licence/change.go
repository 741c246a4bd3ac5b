package licence

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
)

// ErrStatus is the error for a change of a licence that is no longer what it was.
var ErrStatus = errs.New(errs.Conflict, "licence-status", "证照的状态已有变化，请核对后再办理。", "The licence's status has changed; look at it again.")

// ChangeTx changes the status of a licence inside the act that orders it:
// 暂扣、撤回、撤销、注销、吊销; of one with several versions the newest. why stays with the licence, empty for what is not
// final; ref is the case or procedure, for the log. Callers have decided who may.
func (s *Service) ChangeTx(tx *db.Tx, a actor.Actor, id int64, to Status, why Ending, ref string) (*Licence, error) {
	l, err := s.Current(tx, id)
	if err != nil {
		return nil, err
	}
	if l.Status == to && l.Ended == why {
		return l, nil
	}
	tx.QueueOne(ErrStatus, sqlStatus, l.ID, string(to), string(l.Status), string(why), string(l.Ended))
	s.changed(tx, a, l, to, ref)
	l.Status, l.Ended = to, why
	return l, nil
}

// Current gives the version of a licence that stands now: what took its place,
// if something did.
func (s *Service) Current(q db.Queryer, id int64) (*Licence, error) {
	l, err := s.ByID(q, id)
	for err == nil && l.ReplacedBy != 0 {
		l, err = s.ByID(q, l.ReplacedBy)
	}
	return l, err
}

func (s *Service) changed(tx *db.Tx, a actor.Actor, l *Licence, to Status, ref string) {
	audit.Append(tx, audit.Record{Actor: a, Act: string(identity.LicenceChange), Subject: "licence/" + l.Identifier, Unit: l.IssuerUnit,
		Detail: map[string]string{"before": string(l.Status), "after": string(to), "case": ref}, Outcome: "done"})
}

// RestoreTx makes a licence valid again that ended for a reason which itself no
// longer stands: an annulment that was quashed, a change that was annulled.
func (s *Service) RestoreTx(tx *db.Tx, a actor.Actor, id int64, ref string) (*Licence, error) {
	l, err := s.ByID(tx, id)
	if err != nil || l.Ended == "" {
		return l, err
	}
	tx.QueueOne(ErrStatus, sqlRestored, l.ID, string(l.Status), string(l.Ended))
	s.changed(tx, a, l, Valid, ref)
	l.Status, l.Ended, l.ReplacedBy = Valid, "", 0
	return l, nil
}

// ReplacedTx says again that a version took another's place, when the annulment of
// the newer one was quashed.
func (s *Service) ReplacedTx(tx *db.Tx, a actor.Actor, old, by int64, why Ending, ref string) error {
	l, err := s.ByID(tx, old)
	if err != nil || l.ReplacedBy == by {
		return err
	}
	tx.QueueOne(ErrStatus, sqlReplaced, l.ID, string(why), by, string(l.Status))
	s.changed(tx, a, l, Expired, ref)
	return nil
}

// Revision is a new version of a licence that is held.
type Revision struct {
	Why      Ending            // Renewed, Changed or Lost
	Fields   map[string]string // changed: what becomes different
	From     string            // dates; empty = as before
	Until    string            // empty = as before
	CaseNo   string
	ItemName string
}

// ReviseTx issues the next version of a licence with the same number, inside the
// act that orders it; the version before loses its effect and the two name each
// other.
func (s *Service) ReviseTx(tx *db.Tx, a actor.Actor, id int64, in Revision) (_ *Licence, err error) {
	defer errs.Wrap(&err, "revise a licence")
	old, err := s.ByID(tx, id)
	if err != nil {
		return nil, err
	}
	if old.ReplacedBy != 0 || old.Ended != "" {
		return nil, ErrStatus
	}
	parts, r := ident.ParseLicence(old.Identifier)
	if !r.Valid {
		return nil, r.Err("licence")
	}
	var c Content
	if err := json.Unmarshal(old.Content, &c); err != nil {
		return nil, err
	}
	info, err := s.Identity.Party(tx, old.Holder)
	if err != nil {
		return nil, err
	}
	next := *old
	next.ID, next.Version, next.Replaces, next.Status = tx.NewID(), old.Version+1, old.ID, Valid
	next.Signature, next.SignedAt = nil, time.Time{}
	if next.Identifier, err = ident.MakeLicence(parts.Type, parts.Issuer, parts.Serial, next.Version); err != nil {
		return nil, err
	}
	next.Fields = maps.Clone(old.Fields)
	if next.Fields == nil {
		next.Fields = map[string]string{}
	}
	maps.Copy(next.Fields, in.Fields)
	next.Issued, next.CaseNo, next.HolderName = clock.DateOf(tx.Now()).String(), in.CaseNo, info.Name
	if in.From != "" {
		next.From = in.From
	}
	if in.Until != "" {
		next.Until = in.Until
	}
	c.Identifier, c.Version, c.IssuedDate, c.HolderName, c.Extend = next.Identifier, fmt.Sprintf("%03d", next.Version), next.Issued, next.HolderName, next.Fields
	c.EffectiveDate, c.ExpiringDate, c.ItemName = next.From, next.Until, in.ItemName
	tx.QueueOne(ErrStatus, sqlReplaced, old.ID, string(in.Why), next.ID, string(old.Status))
	s.changed(tx, a, old, Expired, in.CaseNo)
	return &next, s.put(tx, a, &next, c)
}

// ToEnd 待注销 is a licence that its issuing unit has to deregister.
type ToEnd struct {
	Licence *Licence
	Lapsed  bool // expired without renewal; else annulled or retracted
}

// ToDeregister lists what a unit still has to deregister (行政许可法 第七十条): licences
// that are over and were not renewed, those over longest first, then those that
// were annulled or retracted. Licences of registers elsewhere are not among them.
// after is the identifier of the last one seen, empty at the start.
func (s *Service) ToDeregister(ctx context.Context, a actor.Actor, unit int64, after string, limit int) ([]ToEnd, error) {
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.Identity.Allow(ctx, a, identity.LicenceEnding, identity.Target{UnitPath: dir.Path(unit)}, "licences"); err != nil {
		return nil, err
	}
	rd := s.DB.Read(ctx)
	from := ToEnd{Licence: &Licence{}, Lapsed: true}
	if after != "" {
		if from.Licence, err = s.byIdentifier(rd, after); err != nil {
			return nil, err
		}
		from.Lapsed = from.Licence.Ended == ""
	}
	var out []ToEnd
	add := func(lapsed bool, query string, args ...any) error {
		rows, err := rd.Query(query, args...)
		for err == nil && rows.Next() {
			l, err := s.scan(rows)
			if err != nil {
				return err
			}
			out = append(out, ToEnd{l, lapsed})
		}
		return err
	}
	if from.Lapsed {
		if err := add(true, sqlLapsed, unit, clock.DateOf(s.DB.Now()).String(), from.Licence.Until, from.Licence.ID, limit); err != nil {
			return nil, err
		}
		from.Licence = &Licence{}
	}
	if len(out) < limit {
		err = add(false, sqlUndone, unit, from.Licence.ID, limit-len(out))
	}
	return out, err
}
