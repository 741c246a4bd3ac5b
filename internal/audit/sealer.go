package audit

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/tongban/tongban/internal/db"
)

// Sealer 封存 gives committed records their position in the log and signs
// checkpoints. Several processes may have one; a lease lets one work.
type Sealer struct {
	d      *db.DB
	keys   Keys
	log    *slog.Logger
	every  time.Duration
	lease  *db.Lease
	sealed atomic.Int64
	signed atomic.Int64
	size   atomic.Int64
}

// Options of NewSealer.
type Options struct {
	Keys  Keys          // required
	Every time.Duration // between rounds and thus checkpoints; 1 s, not less
	Log   *slog.Logger  // nil: silent
}

const (
	sqlSize     = `SELECT coalesce(max(position), -1) + 1 FROM audit_record WHERE position IS NOT NULL`
	sqlUnsealed = `SELECT id FROM audit_record WHERE position IS NULL ORDER BY id LIMIT 1`
	// One statement for a whole batch: a statement for each record kept a core
	// busy for a good while every second. The number in LIMIT stands in the text,
	// so that no planner takes the batch for a large part of the table.
	sqlPosition = `UPDATE audit_record SET position = $1 + waiting.nth
		FROM (SELECT id AS waiting_id, row_number() OVER (ORDER BY id) - 1 AS nth FROM audit_record WHERE position IS NULL
			ORDER BY id LIMIT 500) AS waiting
		WHERE id = waiting.waiting_id AND position IS NULL RETURNING position, leaf`
	sqlLast = `SELECT size, note FROM audit_checkpoint ORDER BY size DESC LIMIT 1`
	sqlSign = `INSERT INTO audit_checkpoint (size, at, note) VALUES ($1, $2, $3)`
)

// sealBatch bounds the records of one act of the sealer; sqlPosition names it too.
const sealBatch = 500

// NewSealer makes the sealer of a database.
func NewSealer(d *db.DB, o Options) *Sealer {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Sealer{d: d, keys: o.Keys, log: o.Log, every: max(o.Every, time.Second), lease: d.NewLease("audit.seal", 15*time.Second)}
}

// Run seals while this process has the lead, until ctx ends.
func (s *Sealer) Run(ctx context.Context) {
	s.lease.Lead(ctx, func(ctx context.Context) {
		t := time.NewTicker(s.every)
		defer t.Stop()
		for {
			if _, err := s.round(ctx); err != nil && ctx.Err() == nil {
				s.log.Warn("audit records wait to be sealed", "err", err)
			}
			select {
			case <-ctx.Done():
				return
			case <-t.C:
			}
		}
	})
}

// Seal takes the lead, seals everything that is committed, signs a checkpoint,
// and returns how many records it sealed. If another process has the lead it
// returns db.ErrNotLeader: that one is sealing.
func (s *Sealer) Seal(ctx context.Context) (int, error) {
	ours, err := s.lease.Take(ctx)
	if err != nil {
		return 0, err
	}
	if !ours {
		return 0, db.ErrNotLeader
	}
	return s.round(ctx)
}

func (s *Sealer) round(ctx context.Context) (total int, err error) {
	for {
		n, err := s.batch(ctx)
		if err != nil {
			return total, err
		}
		total += n
		if n < sealBatch {
			break
		}
	}
	return total, s.checkpoint(ctx)
}

// batch gives positions to the oldest records that wait.
func (s *Sealer) batch(ctx context.Context) (n int, err error) {
	var first, size int64
	switch err := s.d.Read(ctx).QueryRow(sqlUnsealed).Scan(&first); {
	case errors.Is(err, db.ErrNoRows):
		return 0, nil
	case err != nil:
		return 0, err
	}
	err = s.d.Write(ctx, "audit.seal", func(tx *db.Tx) error {
		s.lease.Guard(tx)
		var from int64
		if err := tx.QueryRow(sqlSize).Scan(&from); err != nil {
			return err
		}
		type leaf struct {
			position int64
			hash     []byte
		}
		list, err := db.All(tx, func(r *db.Rows) (l leaf, err error) { return l, r.Scan(&l.position, &l.hash) }, sqlPosition, from)
		if err != nil {
			return err
		}
		slices.SortFunc(list, func(a, b leaf) int { return cmp.Compare(a.position, b.position) })
		t := newTree(tx, from)
		for _, l := range list {
			if l.position != t.size { // somebody else gives positions
				return db.ErrNotLeader
			}
			if err := t.add(l.hash); err != nil {
				return err
			}
		}
		n, size = len(list), t.size
		return t.put(tx, from)
	})
	if err != nil {
		return 0, err
	}
	s.sealed.Add(int64(n))
	s.size.Store(size)
	return n, nil
}

// checkpoint signs the log as it is now, if it has grown.
func (s *Sealer) checkpoint(ctx context.Context) error {
	need := func(q db.Queryer) (size int64, last string, grown bool, err error) {
		if err := q.QueryRow(sqlSize).Scan(&size); err != nil {
			return 0, "", false, err
		}
		var signed int64
		if err := q.QueryRow(sqlLast).Scan(&signed, &last); err != nil && !errors.Is(err, db.ErrNoRows) {
			return 0, "", false, err
		}
		return size, last, size > signed, nil
	}
	if _, _, grown, err := need(s.d.Read(ctx)); err != nil || !grown {
		return err
	}
	err := s.d.Write(ctx, "audit.checkpoint", func(tx *db.Tx) error {
		s.lease.Guard(tx)
		size, last, grown, err := need(tx)
		if err != nil || !grown {
			return err
		}
		root, err := tlog.TreeHash(size, newTree(tx, size))
		if err != nil {
			return err
		}
		c, err := s.keys.sign(Checkpoint{Size: size, Root: root, At: tx.Now(), Before: noteHash(last)})
		if err != nil {
			return err
		}
		tx.Queue(sqlSign, c.Size, tx.NowMicros(), c.Note)
		return nil
	})
	if err == nil {
		s.signed.Add(1)
	}
	return err
}

// Latest gives the newest signed checkpoint, "" before the first. Copy it to
// another body from time to time.
func Latest(q db.Queryer) (signed string, err error) {
	var size int64
	err = q.QueryRow(sqlLast).Scan(&size, &signed)
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	return signed, err
}

// Stats are counters since NewSealer, for /metrics.
type Stats struct{ Sealed, Checkpoints, Size int64 }

// Stats reads the counters.
func (s *Sealer) Stats() Stats { return Stats{s.sealed.Load(), s.signed.Load(), s.size.Load()} }
