package jobs

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
)

// Job 后台任务 is one piece of work to be done after a commit.
type Job struct {
	Kind     string    // who handles it: "casework.render"
	Payload  []byte    // for the handler; stored sealed
	RunAt    time.Time // not before; zero: at once
	Unique   string    // while one with this key waits, further ones are merged into it (the sooner time holds)
	Priority int       // 1 before 0 before -1
	Owner    string    // who looks after it when it dies; default: the kind up to its first dot

	// Set when a handler gets it.
	ID        int64
	Attempt   int // from 1
	CreatedAt time.Time
}

// Sealer 加密 keeps payloads secret in the database; sm.Vault is one.
type Sealer interface {
	Seal(purpose string, plain []byte) ([]byte, error)
	Open(purpose string, sealed []byte) ([]byte, error)
}

// Unsealed stores payloads as they are. It is for tests.
type Unsealed struct{}

// Seal gives plain back.
func (Unsealed) Seal(_ string, plain []byte) ([]byte, error) { return plain, nil }

// Open gives sealed back.
func (Unsealed) Open(_ string, sealed []byte) ([]byte, error) { return sealed, nil }

var errNoRunner = errors.New("jobs: no Runner was built on this database (jobs.New)")

type runnerKey struct{}

const sqlEnqueue = `INSERT INTO job (id, kind, payload, uniq, owner, priority, state, attempt, run_at, lease_until, created_at, died_at, error)
	VALUES ($1, $2, $3, $4, $5, $6, 'ready', 0, $7, 0, $8, 0, '')
	ON CONFLICT (kind, uniq) WHERE uniq IS NOT NULL AND state = 'ready'
	DO UPDATE SET run_at = CASE WHEN excluded.run_at < job.run_at THEN excluded.run_at ELSE job.run_at END`

// Enqueue stores a job with the act of tx; it starts after the commit. A
// Runner must have been built on the database (jobs.New), though it need not
// run. An error also ends the act, so it may be ignored.
func Enqueue(tx *db.Tx, j Job) error {
	r, ok := tx.Value(runnerKey{}).(*Runner)
	if !ok {
		tx.Fail(errNoRunner)
		return tx.Err()
	}
	var payload []byte
	if len(j.Payload) > 0 {
		var err error
		if payload, err = r.o.Sealer.Seal("job/"+j.Kind, j.Payload); err != nil {
			tx.Fail(errs.New(errs.Internal, "job-seal", "任务内容加密失败。", "The job could not be sealed.").Because(err))
			return tx.Err()
		}
	}
	at := tx.Now()
	if j.RunAt.After(at) {
		at = j.RunAt
	} else {
		tx.OnCommit(r.Wake)
	}
	room, _, _ := strings.Cut(j.Kind, ".")
	var uniq any
	if j.Unique != "" {
		uniq = j.Unique
	}
	tx.Queue(sqlEnqueue, tx.NewID(), j.Kind, payload, uniq, cmp.Or(j.Owner, room),
		max(-1, min(1, j.Priority)), db.Micros(at), tx.NowMicros())
	return tx.Err()
}

// Permanent marks a handler's error as one that trying again cannot mend: the
// job dies at once.
func Permanent(err error) error { return &permanent{err} }

type permanent struct{ error }

func (p *permanent) Unwrap() error { return p.error }

// Later is what a handler returns to be called again at t, without this
// counting as a failure.
func Later(t time.Time) error { return &later{t} }

type later struct{ at time.Time }

func (l *later) Error() string { return "jobs: later" }

// LaterAt tells for when a handler asked to be called again.
func LaterAt(err error) (time.Time, bool) {
	var l *later
	if !errors.As(err, &l) {
		return time.Time{}, false
	}
	return l.at, true
}
