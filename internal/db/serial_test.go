package db_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
)

// TestSerial: no number twice, whoever asks and whatever fails.
func TestSerial(t *testing.T) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			at := dbtest.URL(t, e)
			nodes := []*db.DB{dbtest.Open(t, at, db.Options{Now: now})}
			if e == db.Postgres {
				nodes = append(nodes, dbtest.Open(t, at, db.Options{Now: now}))
			}
			var mu sync.Mutex
			seen := map[int64]bool{}
			var wg sync.WaitGroup
			for i := range 8 {
				d := nodes[i%len(nodes)]
				wg.Go(func() {
					for k := range 25 {
						var got int64
						no := errors.New("no")
						err := d.Write(t.Context(), "test.serial", func(tx *db.Tx) (err error) {
							if got, err = tx.Serial("case/2026"); err == nil && k%5 == 0 {
								return no
							}
							return err
						})
						if k%5 == 0 && err == no {
							continue
						}
						mu.Lock()
						if err != nil || got < 1 || seen[got] {
							t.Errorf("%d: %v", got, err)
						}
						seen[got] = true
						mu.Unlock()
					}
				})
			}
			wg.Wait()
			must(t, nodes[0].Write(t.Context(), "test.serial", func(tx *db.Tx) error {
				if n, err := tx.Serial("other"); n != 1 || err != nil {
					t.Errorf("another series: %d %v", n, err)
				}
				return nil
			}))
		})
	}
}
