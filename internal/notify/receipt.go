package notify

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/hook"
)

const (
	sqlTry = `SELECT delivery_id, way, state FROM message_try WHERE id = $1`
	// A receipt counts once, also one that is faster than the answer to the sending.
	sqlReceived = `UPDATE message_try SET state = $2, reason = $3, done_at = $4, sent_at = CASE WHEN sent_at = 0 THEN $4 ELSE sent_at END
		WHERE id = $1 AND state IN ('sending', 'sent')`
	sqlArrived  = `UPDATE message_delivery SET way = $2, state = 'delivered', done_at = $3 WHERE id = $1 AND state IN ('queued', 'sent')`
	sqlNotThere = `UPDATE message_delivery SET way = '', state = 'queued', done_at = NULL WHERE id = $1 AND state IN ('queued', 'sent')`
)

// Heard 回调 takes in what a provider tells by itself: a receipt, or that
// somebody bound or left the official account. A letter that came before, or is
// about a message that is not known, has no effect and is no error, so that
// nobody sends it for ever. A receipt that says “failed” has the next way tried,
// also after a day. Errors: hook.ErrSignature, hook.ErrStale, ErrNoWay,
// ErrBindCode, what is no letter.
func (s *Service) Heard(ctx context.Context, way Way, r *http.Request, body []byte) error {
	h, ok := s.c.Providers[way].(Hearer)
	if !ok {
		return ErrNoWay
	}
	l, err := h.Letter(r, body, s.c.DB.Now())
	if err != nil {
		s.c.Log.WarnContext(ctx, "a message callback was refused", "way", string(way), "err", err)
		return err
	}
	if l.Kind != ReceiptLetter && way != WeChat {
		return errLetter
	}
	fresh, known := true, true
	err = s.c.DB.Write(ctx, "notify.heard", func(tx *db.Tx) (err error) {
		if fresh, err = hook.Fresh(tx, "message-"+string(way), l.Nonce); err != nil || !fresh {
			return err
		}
		switch l.Kind {
		case BindLetter:
			return s.bindTx(tx, l)
		case UnbindLetter:
			return s.leftTx(tx, l)
		}
		known, err = s.receiptTx(tx, way, l)
		return err
	})
	s.c.Log.InfoContext(ctx, "message callback", "way", string(way), "kind", string(l.Kind), "id", l.ID, "state", l.State, "fresh", fresh, "known", known, "err", err)
	return err
}

// receiptTx books what became of a try.
func (s *Service) receiptTx(tx *db.Tx, way Way, l Letter) (known bool, err error) {
	id, err := strconv.ParseInt(l.ID, 10, 64)
	var t struct {
		delivery int64
		way      Way
		state    string
	}
	if err == nil {
		err = tx.QueryRow(sqlTry, id).Scan(&t.delivery, &t.way, &t.state)
	}
	if errors.Is(err, db.ErrNoRows) || errors.Is(err, strconv.ErrSyntax) || errors.Is(err, strconv.ErrRange) || err == nil && t.way != way {
		return false, audit.Append(tx, audit.Record{Actor: actor.Platform(), Act: "message.receipt", Subject: "message-try/" + cut(l.ID, 20), Outcome: "unknown"})
	}
	if err != nil {
		return true, err
	}
	if l.State == delivered {
		n, err := tx.Exec(sqlReceived, id, delivered, "", tx.NowMicros())
		if err == nil && n == 1 {
			tx.Queue(sqlArrived, t.delivery, string(way), tx.NowMicros())
			tx.OnCommit(func() { s.sent.add(way, delivered) })
		}
		return true, err
	}
	n, err := tx.Exec(sqlReceived, id, failed, cleanReason(l.Reason), tx.NowMicros())
	if err != nil || n == 0 {
		return true, err
	}
	tx.OnCommit(func() { s.sent.add(way, failed) })
	tx.Queue(sqlNotThere, t.delivery)
	key := strconv.FormatInt(t.delivery, 10)
	return true, s.c.Enqueue(tx, key, []byte(key))
}

// leftTx forgets an account that does not follow any more.
func (s *Service) leftTx(tx *db.Tx, l Letter) error {
	n, err := tx.Exec(sqlLeft, string(WeChat), s.c.Vault.Index(openIDIndex, l.OpenID))
	if err != nil || n == 0 {
		return err
	}
	return audit.Append(tx, audit.Record{Actor: actor.Platform(), Act: "message.unbind", Subject: "message-address/wechat", Detail: map[string]string{"count": strconv.FormatInt(n, 10)}})
}
