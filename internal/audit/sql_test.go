package audit

import (
	"testing"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
)

// VerifyIn is Verify inside an act, for tests that undo their damage.
func VerifyIn(q db.Queryer, keys Keys) (Report, error) { return verify(q, keys) }

func TestSQL(t *testing.T) {
	dbtest.Prepares(t, sqlAppend, sqlErase, sqlEntries, sqlFeed, sqlTile, sqlPutTile, sqlSize, sqlUnsealed, sqlPosition, sqlLast, sqlSign,
		sqlRecords, sqlCheckpoints, sqlPending)
}
