package gate

import (
	"context"
	"errors"
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
	sqlClaim = `INSERT INTO gate_once (id, fingerprint, result, created_at) VALUES ($1, $2, $3, $4)`
	sqlHold  = `INSERT INTO gate_once (id, fingerprint, result, created_at) VALUES ($1, $2, '', $3) ON CONFLICT (id) DO NOTHING`
	sqlKeep  = `UPDATE gate_once SET result = $1 WHERE id = $2`
	sqlPrior = `SELECT fingerprint, result FROM gate_once WHERE id = $1`
)

// Claim keeps in an act the key of the result that it leads to. It asks nothing,
// so an act with a key needs no round trip more than one without. If the key is
// taken the act fails, after waiting for the end of another act that is taking
// it; Prior then tells the result.
func (o *Once) Claim(tx *db.Tx, result string) {
	if o != nil {
		tx.Queue(sqlClaim, o.id, o.fingerprint, result, tx.NowMicros())
	}
}

// Prior is the key of the result that an earlier act with this key led to, ""
// if there was none. It is asked when an act has failed, whatever the failure
// was. Error: ErrKeyReused.
func (o *Once) Prior(q db.Queryer) (result string, err error) {
	if o == nil {
		return "", nil
	}
	var fingerprint string
	err = q.QueryRow(sqlPrior, o.id).Scan(&fingerprint, &result)
	switch {
	case errors.Is(err, db.ErrNoRows):
		return "", nil
	case err != nil:
		return "", err
	case fingerprint != o.fingerprint:
		return "", ErrKeyReused
	}
	return result, nil
}

// Hold is the first thing in an act that keeps its result's key at the end: what
// the same key led to before, "" if it is new. Error: ErrKeyReused.
func (o *Once) Hold(tx *db.Tx) (prior string, err error) {
	if o == nil {
		return "", nil
	}
	n, err := tx.Exec(sqlHold, o.id, o.fingerprint, tx.NowMicros())
	if err != nil || n == 1 {
		return "", err
	}
	return o.Prior(tx)
}

// Keep is the last thing in an act that holds the key: it keeps the key of the
// result, not the result.
func (o *Once) Keep(tx *db.Tx, result string) {
	if o != nil {
		tx.Queue(sqlKeep, result, o.id)
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
