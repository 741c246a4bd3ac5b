package gate

import (
	"context"
	"strconv"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/sm"
)

// What an idempotency key can be wrong in.
var (
	ErrKeyReused = errs.New(errs.Invalid, "idempotency-key-reused", "同一个幂等键已用于内容不同的请求，请换一个新的键。",
		"This idempotency key was used for a different request; take a new one.")
	ErrKeyForm = errs.New(errs.Malformed, "idempotency-key", "幂等键应为1至200个可见的ASCII字符。",
		"An idempotency key is 1 to 200 visible ASCII characters.")
	errKeyOpen = errs.New(errs.Conflict, "idempotency-key-open", "同一个幂等键的请求没有留下结果，请换一个新的键。",
		"The request with this key left no result; take a new one.")
)

// Once 幂等 makes an act happen once for one actor and key. A nil Once lets
// everything through, for requests without a key. See the package comment.
type Once struct{ id, fingerprint string }

// NewOnce makes a Once of the Idempotency-Key header, nil if it is empty. Keys
// of different accounts never meet. path is the request's path with its query,
// body its bytes as they came.
func NewOnce(a actor.Actor, key, method, path string, body []byte) (*Once, error) {
	if key == "" {
		return nil, nil
	}
	if len(key) > 200 {
		return nil, ErrKeyForm
	}
	for i := range len(key) {
		if key[i] <= ' ' || key[i] > '~' {
			return nil, ErrKeyForm
		}
	}
	scope := string(a.Kind) + "/" + strconv.FormatInt(a.ID, 10)
	sum := sm.SM3(body)
	return &Once{id: sm.SM3Hex([]byte("tongban once\n" + scope + "\n" + key)),
		fingerprint: sm.SM3Hex([]byte(method+" "+path+"\n"), sum[:])}, nil
}

const (
	sqlClaim = `INSERT INTO gate_once (id, fingerprint, result, created_at) VALUES ($1, $2, '', $3) ON CONFLICT (id) DO NOTHING`
	sqlPrior = `SELECT fingerprint, result FROM gate_once WHERE id = $1`
	sqlKeep  = `UPDATE gate_once SET result = $1 WHERE id = $2`
)

// Claim is the first thing in an act. prior is empty for a new key, else the
// key of the result that the first request led to. A second act with the same
// key waits here until the first one is over. Error: ErrKeyReused.
func (o *Once) Claim(tx *db.Tx) (prior string, err error) {
	if o == nil {
		return "", nil
	}
	n, err := tx.Exec(sqlClaim, o.id, o.fingerprint, tx.NowMicros())
	if err != nil || n == 1 {
		return "", err
	}
	var fingerprint string
	if err := tx.QueryRow(sqlPrior, o.id).Scan(&fingerprint, &prior); err != nil {
		return "", err
	}
	switch {
	case fingerprint != o.fingerprint:
		return "", ErrKeyReused
	case prior == "":
		return "", errKeyOpen
	}
	return prior, nil
}

// Record is the last thing in an act that claimed the key: it keeps the key of
// the result, not the result.
func (o *Once) Record(tx *db.Tx, resultKey string) {
	if o != nil {
		tx.Queue(sqlKeep, resultKey, o.id)
	}
}

const (
	sqlSweepSessions = `DELETE FROM gate_session WHERE expires_at < $1`
	sqlSweepAttempts = `DELETE FROM gate_attempt WHERE updated_at < $1 AND locked_until_at < $1`
	sqlSweepOnce     = `DELETE FROM gate_once WHERE created_at < $1`
)

// onceKept is how long a key is remembered.
const onceKept = 7 * 24 * time.Hour

// Sweep deletes what no longer counts: expired sessions, attempts older than a
// day or two, idempotency keys older than a week. For a daily job; running it
// twice does no harm.
func (d *Door) Sweep(ctx context.Context) (err error) {
	defer errs.Wrap(&err, "sweep the gate")
	old := func(tx *db.Tx, age time.Duration) int64 { return db.Micros(tx.Now().Add(-age)) }
	return d.c.DB.Write(ctx, "gate.sweep", func(tx *db.Tx) error {
		tx.Queue(sqlSweepSessions, old(tx, 0))
		tx.Queue(sqlSweepAttempts, old(tx, 2*forget))
		tx.Queue(sqlSweepOnce, old(tx, onceKept))
		return nil
	})
}
