package jobs

import (
	"time"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
)

// Corpse 失败任务 is a job that died and waits for a person.
type Corpse struct {
	ID        int64
	Kind      string
	Owner     string // who looks after it
	Attempt   int
	Error     string // the last one
	CreatedAt time.Time
	DiedAt    time.Time
}

const (
	sqlDead = `SELECT id, kind, owner, attempt, error, created_at, died_at FROM job
		WHERE state = 'dead' AND id > $1 ORDER BY id LIMIT $2`
	sqlRequeue = `UPDATE job SET state = 'ready', attempt = 0, run_at = $2, error = '' WHERE id = $1 AND state = 'dead'`
	sqlDiscard = `DELETE FROM job WHERE id = $1 AND state = 'dead'`
	sqlDepth   = `SELECT count(*) FILTER (WHERE state = 'ready' AND run_at <= $1), count(*) FILTER (WHERE state = 'ready' AND run_at > $1),
		count(*) FILTER (WHERE state = 'running'), count(*) FILTER (WHERE state = 'dead'),
		coalesce(min(run_at) FILTER (WHERE state = 'ready' AND run_at <= $1), 0) FROM job`
)

// ErrNotDead is for a job that is not dead, any more or at all.
var ErrNotDead = errs.New(errs.Conflict, "job-not-dead", "该任务不在失败列表中，或同一任务已在等待。", "This job is not dead, or the same one waits already.")

// Dead lists dead jobs, oldest first, from behind the id after.
func Dead(q db.Queryer, after int64, limit int) ([]Corpse, error) {
	return db.All(q, func(rows *db.Rows) (c Corpse, err error) {
		var created, died int64
		err = rows.Scan(&c.ID, &c.Kind, &c.Owner, &c.Attempt, &c.Error, &created, &died)
		c.CreatedAt, c.DiedAt = db.Time(created), db.Time(died)
		return c, err
	}, sqlDead, after, limit)
}

// Requeue has a dead job tried again from the start. Errors: ErrNotDead.
func Requeue(tx *db.Tx, id int64) error {
	n, err := tx.Exec(sqlRequeue, id, tx.NowMicros())
	switch {
	case db.IsUnique(err), err == nil && n == 0:
		return ErrNotDead
	case err != nil:
		return err
	}
	if r, ok := tx.Value(runnerKey{}).(*Runner); ok {
		tx.OnCommit(r.Wake)
	}
	return nil
}

// Discard removes a dead job for good. Errors: ErrNotDead.
func Discard(tx *db.Tx, id int64) error {
	n, err := tx.Exec(sqlDiscard, id)
	if err == nil && n == 0 {
		return ErrNotDead
	}
	return err
}

// Depth 积压 is how much waits.
type Depth struct {
	Due, Waiting, Running, Dead int64
	Oldest                      time.Time // when the oldest due job should have run; zero if none
}

// Look counts the jobs of all processes as of now.
func Look(q db.Queryer, now time.Time) (d Depth, err error) {
	var oldest int64
	err = q.QueryRow(sqlDepth, db.Micros(now)).Scan(&d.Due, &d.Waiting, &d.Running, &d.Dead, &oldest)
	d.Oldest = db.Time(oldest)
	return d, err
}
