package db

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
)

// Kept 快照 is something small that is read whole and kept in memory: a
// directory, a catalogue. A version row in the database tells when it is old.
// Changes made by this process show at once, those of other nodes within Age.
// When the database is away the last reading goes on serving; an error is
// possible only before the first one.
type Kept[T any] struct {
	Age     int64  // micros for which another node's change may stay unseen
	Version string // SQL that gives the version, one integer
	Bump    string // SQL that raises it
	Name    string // for the log
	// Load reads everything. It runs after the version was read: a change in
	// between is seen by the next look.
	Load func(q Queryer, version int64) (*T, error)

	value   atomic.Pointer[T]
	version int64        // of value; under mu
	mu      sync.Mutex   // held by who reads it anew
	checked atomic.Int64 // micros when the version row was last looked at
	changes atomic.Int64 // changes made by this process
	seen    atomic.Int64 // of these, how many value has
}

// Get gives the value. It must not be changed.
func (k *Kept[T]) Get(ctx context.Context, d *DB, log *slog.Logger) (*T, error) {
	if v := k.current(d); v != nil {
		return v, nil
	}
	last := k.value.Load()
	if last != nil && k.seen.Load() == k.changes.Load() {
		if !k.mu.TryLock() {
			return last, nil // somebody else is looking already
		}
	} else {
		k.mu.Lock()
	}
	defer k.mu.Unlock()
	if v := k.current(d); v != nil {
		return v, nil
	}
	changes, now := k.changes.Load(), d.Now().UnixMicro()
	last = k.value.Load()
	fresh, version, err := k.load(d.Read(ctx), last)
	switch {
	case err != nil && last == nil:
		return nil, err
	case err != nil:
		log.WarnContext(ctx, "not refreshed", "what", k.Name, "err", err)
		return last, nil
	}
	k.value.Store(fresh)
	k.version = version
	k.seen.Store(changes)
	k.checked.Store(now)
	return fresh, nil
}

// current is the value, if it need not be looked at again.
func (k *Kept[T]) current(d *DB) *T {
	age := d.Now().UnixMicro() - k.checked.Load()
	if k.seen.Load() != k.changes.Load() || age < 0 || age >= k.Age {
		return nil
	}
	return k.value.Load()
}

// load reads everything if the version moved, else gives last.
func (k *Kept[T]) load(q Queryer, last *T) (*T, int64, error) {
	var version int64
	if err := q.QueryRow(k.Version).Scan(&version); err != nil {
		return nil, 0, err
	}
	if last != nil && k.version == version {
		return last, version, nil
	}
	v, err := k.Load(q, version)
	return v, version, err
}

// Changed tells this process, after the commit, and every other one that it is
// different now.
func (k *Kept[T]) Changed(tx *Tx) {
	tx.Queue(k.Bump)
	tx.OnCommit(func() { k.changes.Add(1) })
}
