package audit

import (
	"errors"
	"testing"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
)

// VerifyIn is Verify inside an act, for tests that undo their damage.
func VerifyIn(q db.Queryer, keys Keys) (Report, error) { return verify(q, keys) }

func TestSQL(t *testing.T) {
	dbtest.Prepares(t, sqlAppend, sqlErase, sqlEntries, sqlFeed, sqlTile, sqlPutTile, sqlSize, sqlUnsealed, sqlPosition, sqlLast, sqlSign,
		sqlRecords, sqlCheckpoints, sqlPending, sqlErasure, sqlExtract, sqlCovering)
}

// TestRound_not_leader: a sealer that lost the lead and does not know it yet
// seals nothing.
func TestRound_not_leader(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		leader, other := NewSealer(d, Options{}), NewSealer(d, Options{})
		if ours, err := leader.lease.Take(t.Context()); !ours || err != nil {
			t.Fatal(ours, err)
		}
		err := d.Write(t.Context(), "test.add", func(tx *db.Tx) error { return Append(tx, Record{Act: "a", Subject: "b"}) })
		if err != nil {
			t.Fatal(err)
		}
		if n, err := other.batch(t.Context()); n != 0 || !errors.Is(err, db.ErrNotLeader) {
			t.Errorf("sealed %d: %v", n, err)
		}
		if n, err := leader.batch(t.Context()); n != 1 || err != nil {
			t.Errorf("sealed %d: %v", n, err)
		}
	})
}
