package catalog

import (
	"context"
	"fmt"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
)

// sqlReplay leaves busy_until alone: a delivery that is under way then confirms
// nothing, since it began at another position.
const sqlReplay = `UPDATE item_subscriber SET position = $2 WHERE id = $1`

// Replay 重新推送 has a subscriber told again what came after a position, 0 for
// everything, or leaves out what lies before it. A paused one is told when it
// goes on. Repeated, it begins there once more. Errors: ErrNoSubscriber, field
// after.
func (s *Service) Replay(ctx context.Context, a actor.Actor, id, after int64) error {
	return s.subscriberAct(ctx, a, id, "replay", func(tx *db.Tx) error {
		var end int64
		if err := tx.QueryRow(sqlFeedEnd).Scan(&end); err != nil {
			return err
		}
		if after < 0 || after > end {
			return errs.InvalidFields(errs.Field{Path: "after", Code: "range", ZH: fmt.Sprintf("请填写0到%d之间的位置，%d是最新的变更", end, end),
				EN: fmt.Sprintf("Give a position from 0 to %d, which is the newest change", end)})
		}
		tx.Queue(sqlReplay, id, after)
		return tell(tx, id, 0)
	})
}

// Attempt 试推 is what came of a delivery that was made to try an address.
type Attempt struct {
	Heard bool          // answered with 2xx
	Error string        // why not
	Took  time.Duration // until the answer, or until it was given up
}

// TryDelivery 试推 sends a subscriber a signed delivery without changes, marked as
// a test, and says what came of it. The subscriber stays as it is, paused or
// stopped too. Error: ErrNoSubscriber.
func (s *Service) TryDelivery(ctx context.Context, a actor.Actor, id int64) (out Attempt, err error) {
	sub, _, err := s.Subscriber(ctx, a, id)
	if err != nil {
		return out, err
	}
	defer errs.Wrap(&err, "try subscriber %d", id)
	began := s.db.Now()
	cause := s.send(ctx, &sub, Delivery{Subscriber: sub.Name, After: sub.Position, Last: sub.Position, Test: true, Changes: []Delivered{}})
	out.Took, out.Heard = s.db.Now().Sub(began), cause == nil
	outcome := "done"
	if cause != nil {
		out.Error, outcome = cause.Error(), "failed"
	}
	return out, s.db.Write(ctx, "catalog.try-delivery", func(tx *db.Tx) error {
		return recordSubscriber(tx, a, id, "test", outcome)
	})
}
