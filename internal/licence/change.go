package licence

import (
	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// ErrStatus is the error for a change of a licence that is no longer what it was.
var ErrStatus = errs.New(errs.Conflict, "licence-status", "证照的状态已有变化，请核对后再办理。", "The licence's status has changed; look at it again.")

// ChangeTx changes the status of a licence inside the act on a case that orders
// it: 暂扣、撤销、注销、吊销. Callers have decided who may.
func (s *Service) ChangeTx(tx *db.Tx, a actor.Actor, id int64, to Status, caseNo string) (*Licence, error) {
	l, err := s.ByID(tx, id)
	if err != nil {
		return nil, err
	}
	if l.Status == to {
		return l, nil
	}
	tx.QueueOne(ErrStatus, sqlStatus, l.ID, string(to), string(l.Status))
	audit.Append(tx, audit.Record{Actor: a, Act: string(identity.LicenceChange), Subject: "licence/" + l.Identifier, Unit: l.IssuerUnit,
		Detail: map[string]string{"before": string(l.Status), "after": string(to), "case": caseNo}, Outcome: "done"})
	l.Status = to
	return l, nil
}
