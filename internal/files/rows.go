package files

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/tongban/tongban/internal/db"
)

// stored is a row that can be read.
type stored struct {
	ref    Ref
	object string
}

// claimed is a row that holds, or is about to hold, a content.
type claimed struct {
	id     int64
	object string
	ready  bool
}

const (
	findReady    = `SELECT id, object, size, type, hash FROM file WHERE state = 'ready' AND id IN (`
	touchReady   = `UPDATE file SET loose_at = $2 WHERE digest = $1 AND state = 'ready' RETURNING id, object`
	insertFile   = `INSERT INTO file (id, digest, object, state, size, type, hash, key_id, refs, created_at, loose_at) VALUES ($1, $2, $3, 'pending', $4, $5, $6, '', 0, $7, $7)`
	confirmReady = `UPDATE file SET state = 'ready', key_id = $2 WHERE id = $1 AND state = 'pending'`
	attachFile   = `UPDATE file SET refs = refs + $2 WHERE id = $1 AND state = 'ready'`
	detachFile   = `UPDATE file SET refs = refs - 1, loose_at = $2 WHERE id = $1 AND refs > 0`
	markGoing    = `UPDATE file SET state = 'going' WHERE refs = 0 AND loose_at < $1 AND id IN (SELECT id FROM file WHERE refs = 0 AND loose_at < $1 ORDER BY loose_at LIMIT $2) RETURNING id, object`
	deleteGone   = `DELETE FROM file WHERE id = $1 AND refs = 0 AND state <> 'ready'`
)

const hashPurpose = "files/hash"

// digest is the keyed name of a content. The type is part of it because some
// containers are told apart by the name's ending alone.
func (s *Store) digest(ref Ref) string {
	return s.vault.Index("files/content", ref.Hash+" "+string(ref.Type))
}

// claim finds the content, and keeps it from being swept, or announces it.
// The row comes before the object, so that every object has one.
func (s *Store) claim(ctx context.Context, ref Ref) (claimed, error) {
	digest := s.digest(ref)
	raw, err := hex.DecodeString(ref.Hash)
	if err != nil {
		return claimed{}, fmt.Errorf("files: hash: %w", err)
	}
	sealed, err := s.vault.Seal(hashPurpose, raw)
	if err != nil {
		return claimed{}, err
	}
	var c claimed
	err = s.db.Write(ctx, "files.put", func(tx *db.Tx) error {
		c = claimed{ready: true}
		switch err := tx.QueryRow(touchReady, digest, tx.NowMicros()).Scan(&c.id, &c.object); {
		case err == nil:
			return nil
		case !errors.Is(err, db.ErrNoRows):
			return err
		}
		id := tx.NewID()
		c = claimed{id: id, object: digest[:2] + "/" + digest + "-" + strconv.FormatInt(id, 36)}
		_, err := tx.Exec(insertFile, id, digest, c.object, ref.Size, string(ref.Type), sealed, tx.NowMicros())
		return err
	})
	return c, err
}

// confirm makes a written object a file. A unique violation says that the
// same content came first.
func (s *Store) confirm(ctx context.Context, id int64, keyID string) error {
	return s.db.Write(ctx, "files.confirm", func(tx *db.Tx) error {
		tx.QueueOne(ErrNoFile(), confirmReady, id, keyID)
		return nil
	})
}

func (s *Store) forget(ctx context.Context, ids []int64) error {
	return s.db.Write(ctx, "files.forget", func(tx *db.Tx) error {
		for _, id := range ids {
			tx.Queue(deleteGone, id)
		}
		return nil
	})
}

func (s *Store) find(q db.Queryer, id int64) (stored, error) {
	rows, err := s.findAll(q, []int64{id})
	if err == nil && len(rows) == 0 {
		err = ErrNoFile()
	}
	if err != nil {
		return stored{}, err
	}
	return rows[0], nil
}

// findAll finds those of the files that there are, each once.
func (s *Store) findAll(q db.Queryer, ids []int64) ([]stored, error) {
	places, args := db.Places(ids)
	return db.All(q, func(r *db.Rows) (row stored, err error) {
		var sealed []byte
		var typ string
		if err = r.Scan(&row.ref.ID, &row.object, &row.ref.Size, &typ, &sealed); err != nil {
			return row, err
		}
		hash, err := s.vault.Open(hashPurpose, sealed)
		if err != nil {
			return row, fmt.Errorf("files: hash of %d: %w", row.ref.ID, err)
		}
		row.ref.Hash, row.ref.Type = hex.EncodeToString(hash), Type(typ)
		return row, nil
	}, findReady+places+`)`, args...)
}

// Attach refers to files from within an act; one that is named several times
// gets as many references. A file is kept until Detach has been called as often.
// The act fails with ErrNoFile if one is not there.
func (s *Store) Attach(tx *db.Tx, ids ...int64) {
	times := map[int64]int64{}
	for _, id := range ids {
		times[id]++
	}
	// In the order of their ids: acts with the same files do not lock each other out.
	for _, id := range slices.Sorted(maps.Keys(times)) {
		tx.QueueOne(ErrNoFile(), attachFile, id, times[id])
	}
}

// Detach gives up one reference from within an act. After the last one the
// file is swept when LooseFor has passed.
func (s *Store) Detach(tx *db.Tx, id int64) {
	tx.QueueOne(ErrNoFile(), detachFile, id, tx.NowMicros())
}

const sweepBatch = 200

// Sweep removes files that nothing has referred to for LooseFor, and what
// interrupted uploads left, at most 200 at a time; it tells how many. It may
// be interrupted anywhere and run again, on several nodes at once.
func (s *Store) Sweep(ctx context.Context) (int, error) {
	var going []claimed
	err := s.db.Write(ctx, "files.sweep", func(tx *db.Tx) error {
		var err error
		going, err = db.All(tx, func(r *db.Rows) (c claimed, err error) {
			err = r.Scan(&c.id, &c.object)
			return c, err
		}, markGoing, db.Micros(tx.Now().Add(-LooseFor)), sweepBatch)
		return err
	})
	if err != nil {
		return 0, err
	}
	var gone []int64
	var trouble []error
	for _, c := range going {
		if err := s.bucket.remove(ctx, c.object); err != nil {
			trouble = append(trouble, err) // stays "going" and is met again
			continue
		}
		gone = append(gone, c.id)
	}
	return len(gone), errors.Join(append(trouble, s.forget(ctx, gone))...)
}
