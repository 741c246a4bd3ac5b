package jobs

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/db"
)

// maxClaim bounds how many jobs are claimed, or results stored, in one act.
const maxClaim = 50

type result struct {
	job Job
	err error
}

const (
	sqlKeep = `UPDATE job SET lease_until = $3 WHERE id = $1 AND attempt = $2 AND state = 'running'`
	sqlDone = `DELETE FROM job WHERE id = $1 AND attempt = $2 AND state = 'running'`

	// A failed job waits again, unless one with its unique key waits already:
	// then that one does its work.
	sqlAgain = `UPDATE job SET state = 'ready', run_at = $3, attempt = $4, error = $5
		WHERE id = $1 AND attempt = $2 AND state = 'running'
		AND (uniq IS NULL OR NOT EXISTS (SELECT 1 FROM job AS o WHERE o.kind = job.kind AND o.uniq = job.uniq AND o.state = 'ready'))`
	sqlDie = `UPDATE job SET state = 'dead', died_at = $3, error = $4 WHERE id = $1 AND attempt = $2 AND state = 'running'`

	sqlExpired = `SELECT id, attempt FROM job WHERE state = 'running' AND lease_until < $1 ORDER BY lease_until LIMIT $2`
	sqlSlot    = `INSERT INTO job_slot (kind, slot) VALUES ($1, $2)
		ON CONFLICT (kind) DO UPDATE SET slot = excluded.slot WHERE job_slot.slot < excluded.slot`
	skipLocked = ` FOR UPDATE SKIP LOCKED`
)

func claimSQL(kinds string, engine db.Engine) string {
	skip := ""
	if engine == db.Postgres {
		skip = skipLocked
	}
	return `WITH due AS MATERIALIZED (SELECT id FROM job WHERE state = 'ready' AND priority = $1 AND run_at <= $2
		AND kind IN (` + kinds + `) ORDER BY run_at, id LIMIT $3` + skip + `)
		UPDATE job SET state = 'running', attempt = attempt + 1, lease_until = $4
		WHERE id IN (SELECT id FROM due)
		RETURNING id, kind, payload, coalesce(uniq, ''), owner, priority, run_at, attempt, created_at`
}

// take claims up to n due jobs, urgent ones first.
func (r *Runner) take(ctx context.Context, n int) (list []Job, err error) {
	err = r.d.Write(ctx, "jobs.claim", func(tx *db.Tx) error {
		list = nil
		for priority := 1; priority >= -1 && len(list) < n; priority-- {
			part, err := db.All(tx, scanJob, r.claim, priority, tx.NowMicros(), n-len(list), db.Micros(tx.Now().Add(r.o.Lease)))
			if err != nil {
				return err
			}
			slices.SortFunc(part, func(a, b Job) int {
				if c := a.RunAt.Compare(b.RunAt); c != 0 {
					return c
				}
				return int(min(1, max(-1, a.ID-b.ID)))
			})
			list = append(list, part...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	r.counts.claimed.Add(int64(len(list)))
	return list, nil
}

func scanJob(rows *db.Rows) (j Job, err error) {
	var run, created int64
	err = rows.Scan(&j.ID, &j.Kind, &j.Payload, &j.Unique, &j.Owner, &j.Priority, &run, &j.Attempt, &created)
	j.RunAt, j.CreatedAt = db.Time(run), db.Time(created)
	return j, err
}

// store writes what became of jobs. A job whose lease was lost is left alone.
func (r *Runner) store(ctx context.Context, batch []result) error {
	var done, failed, died int64
	act := func(tx *db.Tx) error {
		done, failed, died = 0, 0, 0
		for _, res := range batch {
			j := res.job
			var l *later
			var p *permanent
			switch {
			case res.err == nil:
				tx.Queue(sqlDone, j.ID, j.Attempt)
				done++
			case errors.As(res.err, &l):
				again(tx, j, l.at, j.Attempt-1, "")
			case errors.As(res.err, &p) || j.Attempt >= r.o.Attempts:
				tx.Queue(sqlDie, j.ID, j.Attempt, tx.NowMicros(), short(res.err))
				died++
			default:
				again(tx, j, tx.Now().Add(backOff(j.Attempt, j.ID)), j.Attempt, short(res.err))
				failed++
			}
		}
		return nil
	}
	err := r.d.Write(ctx, "jobs.store", act)
	for range 3 {
		if !db.IsUnique(err) {
			break
		}
		err = r.d.Write(ctx, "jobs.store", act) // one with its key came in between
	}
	if err == nil {
		r.counts.done.Add(done)
		r.counts.failed.Add(failed)
		r.counts.died.Add(died)
	}
	return err
}

// again puts a running job back; if its key is taken, the job goes.
func again(tx *db.Tx, j Job, at time.Time, attempt int, why string) {
	tx.Queue(sqlAgain, j.ID, j.Attempt, db.Micros(at), attempt, why)
	tx.Queue(sqlDone, j.ID, j.Attempt) // only if it still runs
}

// backOff doubles from 2 s to an hour, spread by a quarter so that what failed
// together does not return together.
func backOff(attempt int, id int64) time.Duration {
	d := min(2*time.Second<<min(attempt-1, 20), time.Hour)
	return d + d/4*time.Duration(id&0xff)/256
}

func short(err error) string {
	s := strings.ToValidUTF8(strings.ReplaceAll(err.Error(), "\x00", ""), "")
	if r := []rune(s); len(r) > 400 {
		return string(r[:400]) + "…"
	}
	return s
}

// reclaim takes back jobs whose process let the lease run out.
func (r *Runner) reclaim(ctx context.Context) error {
	var some int64
	if err := r.d.Read(ctx).QueryRow(sqlExpired, db.Micros(r.d.Now()), 1).Scan(&some, &some); err != nil {
		if errors.Is(err, db.ErrNoRows) {
			return nil
		}
		return err
	}
	expired := sqlExpired
	if r.d.Engine() == db.Postgres {
		expired += skipLocked
	}
	var n, died int64
	err := r.d.Write(ctx, "jobs.reclaim", func(tx *db.Tx) error {
		n, died = 0, 0
		list, err := db.All(tx, func(rows *db.Rows) (j Job, err error) { return j, rows.Scan(&j.ID, &j.Attempt) },
			expired, tx.NowMicros(), maxClaim)
		const why = "the process that ran it stopped"
		for _, j := range list {
			if j.Attempt >= r.o.Attempts {
				tx.Queue(sqlDie, j.ID, j.Attempt, tx.NowMicros(), why)
				died++
			} else {
				again(tx, j, tx.Now(), j.Attempt, why)
			}
			n++
		}
		return err
	})
	if db.IsUnique(err) {
		return nil // the next round finds them again
	}
	if err == nil {
		r.counts.reclaimed.Add(n)
		r.counts.died.Add(died)
	}
	return err
}

type periodic struct {
	kind          string
	every, offset time.Duration
	slot          int64 // handed out as far as this process knows
}

// Every has a job of a kind enqueued once per period in the whole cluster, at
// instants that are offset after a multiple of the period since 1970 in UTC
// (for 02:30 in Shanghai each day: 24 h and 18.5 h). Slots missed while no
// process ran are not made up, but for the last. Before Run.
func (r *Runner) Every(kind string, every, offset time.Duration) {
	r.periodic = append(r.periodic, periodic{kind: kind, every: every, offset: offset, slot: -1})
}

// slots hands out the current slot of every periodic job, once.
func (r *Runner) slots(ctx context.Context) error {
	for i := range r.periodic {
		p := &r.periodic[i]
		slot := (r.d.Now().UnixMicro() - p.offset.Microseconds()) / p.every.Microseconds()
		if slot <= p.slot {
			continue
		}
		err := r.d.Write(ctx, "jobs.slot", func(tx *db.Tx) error {
			n, err := tx.Exec(sqlSlot, p.kind, slot)
			if err != nil || n == 0 {
				return err
			}
			return Enqueue(tx, Job{Kind: p.kind, Unique: "slot"})
		})
		if err != nil {
			return err
		}
		p.slot = slot
	}
	return nil
}
