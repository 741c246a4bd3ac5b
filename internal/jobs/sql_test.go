package jobs

import (
	"testing"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
)

func TestSQL(t *testing.T) {
	dbtest.Prepares(t, sqlEnqueue, sqlKeep, sqlDone, sqlAgain, sqlDie, sqlExpired, sqlSlot, sqlDead, sqlRequeue, sqlDiscard, sqlDepth,
		claimSQL("'a.b'", db.SQLite))
}
