package identity

import (
	"context"
	"strconv"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
)

const sqlSetFair = `UPDATE unit SET fair = $2 WHERE id = $1`

// SetFair 自动分办: the head of a unit says whether its new tasks go by themselves
// to whoever has the least open work. It is off until somebody turns it on.
func (s *Service) SetFair(ctx context.Context, a actor.Actor, unitID int64, on bool) (err error) {
	defer errs.Wrap(&err, "fair assignment of unit %d", unitID)
	dir, err := s.Directory(ctx)
	if err != nil {
		return err
	}
	if err := s.Allow(ctx, a, UnitFair, Target{UnitPath: dir.Path(unitID)}, unitSubject(unitID)); err != nil {
		return err
	}
	return s.db.Write(ctx, "identity.fair", func(tx *db.Tx) error {
		if _, err := tx.Exec(sqlSetFair, unitID, on); err != nil {
			return err
		}
		s.changed(tx)
		return s.record(tx, a, string(UnitFair), unitSubject(unitID), done, map[string]string{"on": strconv.FormatBool(on)})
	})
}
