package db

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/tongban/tongban/internal/errs"
)

// ErrNotLeader ends an act that another process has taken the lead for.
var ErrNotLeader = errs.New(errs.Conflict, "not-leader", "该任务已由另一节点接管。", "Another process leads this task now.")

// Lease is the lead of a named task that one process of a cluster does at a
// time. It runs out by itself when its holder dies.
type Lease struct {
	d     *DB
	name  string
	owner string
	ttl   time.Duration
}

const (
	sqlLeaseTake = `INSERT INTO db_lease (name, owner, expires_at) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at
		WHERE db_lease.expires_at <= $4 OR db_lease.owner = excluded.owner`
	sqlLeaseHold = `UPDATE db_lease SET expires_at = $3 WHERE name = $1 AND owner = $2`
	sqlLeaseDrop = `DELETE FROM db_lease WHERE name = $1 AND owner = $2`
)

// NewLease names a lease; it is not taken yet. The ttl is how long after its
// holder's death the task stands still.
func (d *DB) NewLease(name string, ttl time.Duration) *Lease {
	return &Lease{d: d, name: name, owner: rand.Text(), ttl: ttl}
}

// Take takes or renews the lead and reports whether it is ours.
func (l *Lease) Take(ctx context.Context) (ours bool, err error) {
	err = l.d.Write(ctx, "db.lease", func(tx *Tx) error {
		n, err := tx.Exec(sqlLeaseTake, l.name, l.owner, Micros(tx.Now().Add(l.ttl)), tx.NowMicros())
		ours = n == 1
		return err
	})
	return ours && err == nil, err
}

// Guard makes an act of the leader fail with ErrNotLeader if the lead was lost,
// and renews it with the act.
func (l *Lease) Guard(tx *Tx) {
	tx.QueueOne(ErrNotLeader, sqlLeaseHold, l.name, l.owner, Micros(tx.Now().Add(l.ttl)))
}

// Drop gives the lead up, so that another process need not wait.
func (l *Lease) Drop(ctx context.Context) error {
	return l.d.Write(ctx, "db.lease", func(tx *Tx) error {
		tx.Queue(sqlLeaseDrop, l.name, l.owner)
		return nil
	})
}

// Lead runs task while this process has the lead, and waits while another one
// has it, until ctx ends. The task's context ends when the lead is lost.
func (l *Lease) Lead(ctx context.Context, task func(ctx context.Context)) {
	every := time.NewTicker(l.ttl / 3)
	defer every.Stop()
	var stop func() // ends the task and waits for it; nil when it does not run
	end := func() {
		if stop != nil {
			stop()
			stop = nil
		}
	}
	defer func() {
		if stop == nil {
			return
		}
		end()
		c, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if err := l.Drop(c); err != nil {
			l.d.o.Log.Warn("lead not given up", "task", l.name, "err", err)
		}
	}()
	renewed := time.Now() // measures how long the lead is certain
	for {
		asked := time.Now()
		ours, err := l.Take(ctx)
		switch {
		case err == nil && ours:
			renewed = asked
			if stop == nil {
				stop = start(ctx, task)
			}
		case err == nil || time.Since(renewed) > l.ttl*2/3:
			end()
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

func start(ctx context.Context, task func(ctx context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		task(ctx)
	}()
	return func() {
		cancel()
		<-done
	}
}
