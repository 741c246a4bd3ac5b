package deliver

import (
	"context"
	"errors"
	"net/http"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/hook"
	"github.com/tongban/tongban/internal/identity"
)

// Heard takes in what the courier tells by itself. The same letter twice, and
// the same news in another letter, change nothing. Errors: those of
// Hearer.Letter, ErrNoCourier.
func (s *Service) Heard(ctx context.Context, r *http.Request, body []byte) error {
	h, ok := s.Courier.(Hearer)
	if !ok {
		return ErrNoCourier
	}
	l, err := h.Letter(r, body, s.DB.Now())
	if err != nil {
		s.Log.WarnContext(ctx, "a courier's callback was refused", "err", err)
		return err
	}
	fresh := true
	err = s.retry(ctx, "deliver.heard", func(tx *db.Tx) (err error) {
		if fresh, err = hook.Fresh(tx, "courier", l.Nonce); err != nil || !fresh {
			return err
		}
		return s.toldTx(tx, l.No, l.Told)
	})
	s.Log.InfoContext(ctx, "courier callback", "order", l.No, "news", string(l.News), "fresh", fresh, "err", err)
	return err
}

// toldTx takes in a courier's word about an order: what the parcel's state does
// not allow, or what is about an earlier posting, is kept as a line of where it
// was and moves nothing.
func (s *Service) toldTx(tx *db.Tx, orderNo string, t Told) error {
	p, err := s.scan(tx.QueryRow(sqlParcelByOrder, orderNo))
	if errors.Is(err, ErrNoParcel) {
		return audit.Append(tx, audit.Record{Actor: actor.Platform(), Act: string(identity.ParcelHeard), Subject: "parcel/" + orderNo, Outcome: "unknown"})
	}
	if err != nil {
		return err
	}
	if t.At.IsZero() || t.At.After(tx.Now()) {
		t.At = tx.Now()
	}
	step := newsSteps[t.News]
	_, may := p.State.After(step)
	switch {
	case p.OrderNo != orderNo || p.Provider != ByCourier || !may:
		return s.track(tx, p, orderNo, t)
	case ofCase[step]:
		return s.Follow(tx, p.CaseID, step, t)
	}
	if t.Waybill != "" {
		p.Waybill = t.Waybill
	}
	if err := s.move(tx, p, step); err != nil {
		return err
	}
	if err := s.track(tx, p, orderNo, t); err != nil {
		return err
	}
	return audit.Append(tx, audit.Record{Actor: actor.Platform(), Act: string(identity.ParcelHeard), Subject: "case/" + p.CaseNo, Unit: p.ReceivingUnitID,
		Detail: map[string]string{"order": orderNo, "news": string(t.News)}})
}
