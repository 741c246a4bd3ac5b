package licence

import (
	"context"
	"encoding/json"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// ImportTypes stores licence types by their key.
func (s *Service) ImportTypes(ctx context.Context, a actor.Actor, types []Type) (err error) {
	defer errs.Wrap(&err, "import licence types")
	if err := identity.Decide(a, identity.LicenceImport, identity.Target{}); err != nil {
		return err
	}
	return s.DB.Write(ctx, "licence.import-types", func(tx *db.Tx) error {
		for _, t := range types {
			def, err := json.Marshal(t)
			if err != nil {
				return err
			}
			tx.Queue(sqlPutType, t.Key, t.Code, t.Name, string(def))
		}
		audit.Append(tx, audit.Record{Actor: a, Act: string(identity.LicenceImport), Subject: "licence-types", Outcome: "done"})
		return nil
	})
}

// ImportHeld takes over a licence from a register: one with the same type and
// number is left as it is.
func (s *Service) ImportHeld(ctx context.Context, a actor.Actor, list []Issue) (err error) {
	defer errs.Wrap(&err, "import licences")
	if err := identity.Decide(a, identity.LicenceImport, identity.Target{}); err != nil {
		return err
	}
	return s.DB.Write(ctx, "licence.import", func(tx *db.Tx) error {
		for _, in := range list {
			rows, err := tx.Query(sqlByNumber, in.TypeKey, s.numberIndex(in.TypeKey, in.Number))
			if err != nil {
				return err
			}
			if rows.Next() {
				continue
			}
			if _, err := s.IssueTx(tx, a, in); err != nil {
				return err
			}
		}
		return nil
	})
}
