package db

import (
	"context"
	"crypto/rand"
	"errors"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// ids makes keys: 42 bits milliseconds since 2020, 9 bits node, 12 bits
// sequence. They grow within a process; between processes they grow with the
// clock. The node number of a PostgreSQL process is leased in table db_node;
// SQLite has one process and number 0.
type ids struct {
	last atomic.Int64 // milliseconds<<12 | sequence
	node atomic.Int64 // -1: none yet
	me   string
	born time.Time     // durations of the lease are measured from here
	held atomic.Int64  // when the lease was last asked for, as a duration since born
	busy chan struct{} // holds a token while nobody asks for the lease
}

const (
	nodes     = 512
	leaseTime = 10 * time.Minute
	idEpoch   = 1577836800000 // 2020-01-01T00:00:00Z in milliseconds
)

// NewID gives a new positive key that no other process gives. Keys made later
// by one process are larger. On PostgreSQL a node number is needed, which
// exists once the migrations have run; before, NewID panics.
func (d *DB) NewID() int64 {
	node := d.ids.node.Load()
	if node < 0 {
		panic("db: NewID before Migrate, or on a database opened for reading")
	}
	ms := max(d.o.Now().UnixMilli()-idEpoch, 1)
	for {
		last := d.ids.last.Load()
		next := max(ms<<12, last+1) // a full millisecond borrows from the next
		if d.ids.last.CompareAndSwap(last, next) {
			return next>>12<<21 | node<<12 | next&0xfff
		}
	}
}

// IDAt gives the smallest key that can have been given at the instant or after
// it. Keys of one process may run ahead of its clock by a few milliseconds.
func IDAt(t time.Time) int64 { return max(t.UnixMilli()-idEpoch, 0) << 21 }

func (x *ids) start(ctx context.Context, d *DB) error {
	if d.engine == SQLite && !d.o.ReadOnly {
		return nil // node 0
	}
	x.node.Store(-1)
	if d.o.ReadOnly {
		return nil
	}
	x.me, x.born, x.busy = rand.Text(), time.Now(), make(chan struct{}, 1)
	x.busy <- struct{}{}
	err := x.hold(ctx, d)
	if pe, ok := errors.AsType[*pgconn.PgError](err); ok && pe.Code == "42P01" {
		return nil // not migrated yet
	}
	return err
}

// hold makes sure that the node number is ours for a while longer. Acts call
// it, so a process that was cut off for long cannot write under a number that
// another one has taken over. Until the lease has run out, acts do not wait.
func (x *ids) hold(ctx context.Context, d *DB) error {
	if d.engine == SQLite {
		return nil
	}
	age := func() time.Duration { return time.Since(x.born) - time.Duration(x.held.Load()) }
	mine := x.node.Load() >= 0
	switch {
	case mine && age() < leaseTime/2:
		return nil
	case mine && age() < leaseTime*9/10:
		select {
		case <-x.busy:
			if err := x.take(ctx, d); err != nil {
				d.o.Log.Warn("node number not renewed yet", "err", err)
			}
			x.busy <- struct{}{}
		default: // another act is renewing it
		}
		return nil
	}
	select {
	case <-x.busy:
		defer func() { x.busy <- struct{}{} }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if x.node.Load() >= 0 && age() < leaseTime/2 {
		return nil // while we waited
	}
	return x.take(ctx, d)
}

// take renews the lease of the node number, or leases another one.
func (x *ids) take(ctx context.Context, d *DB) error {
	asked := time.Since(x.born)
	const now = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)"
	until := leaseTime.Microseconds()
	s := d.store.(*pgStore)
	var node int64
	tag, err := s.acts.Exec(ctx, "UPDATE db_node SET lease_until = "+now+" + $1 WHERE owner = $2 AND node = $3", until, x.me, x.node.Load())
	switch {
	case err != nil:
		return explain(err)
	case tag.RowsAffected() == 1:
		node = x.node.Load()
	default:
		err = s.acts.QueryRow(ctx, `
INSERT INTO db_node (node, owner, lease_until)
SELECT n, $2, `+now+` + $1 FROM generate_series(0, $3 - 1) AS n
WHERE NOT EXISTS (SELECT 1 FROM db_node AS o WHERE o.node = n AND o.lease_until > `+now+`)
ORDER BY random() LIMIT 1
ON CONFLICT (node) DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until
WHERE db_node.lease_until <= `+now+`
RETURNING node`, until, x.me, int64(nodes)).Scan(&node)
		if err != nil { // no row: all taken, or somebody was faster; the next act tries again
			return explain(err)
		}
	}
	x.held.Store(int64(asked))
	x.node.Store(node)
	return nil
}

// stop gives the node number back.
func (x *ids) stop(d *DB) {
	if d.engine == SQLite || d.o.ReadOnly || x.node.Load() < 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	s := d.store.(*pgStore)
	if _, err := s.acts.Exec(ctx, "DELETE FROM db_node WHERE owner = $1", x.me); err != nil {
		d.o.Log.Warn("node number not given back", "err", err)
	}
}
