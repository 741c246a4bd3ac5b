package casework

import (
	"context"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/consult"
	"github.com/tongban/tongban/internal/errs"
)

// Consulted gives a case to who may read it, for a question about it.
func (s *Service) Consulted(ctx context.Context, a actor.Actor, no string) (_ consult.Case, err error) {
	defer errs.Wrap(&err, "case %s", no)
	c, _, err := s.readable(ctx, s.DB.Read(ctx), a, no)
	if err != nil {
		return consult.Case{}, err
	}
	return consult.Case{ID: c.ID, No: c.No, ItemID: c.ItemID, VersionID: c.VersionID, UnitID: c.UnitID, ReceivedID: c.ReceivingUnitID, Party: c.Party}, nil
}
