package app

import (
	"errors"
	"log/slog"
	"testing"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
	"github.com/tongban/tongban/internal/identity"
)

// TestJobs: what is done to a failed job is recorded on that job.
func TestJobs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		s := shelf{&Rooms{DB: d, Log: slog.New(slog.DiscardHandler)}}
		admin := actor.Actor{Kind: actor.Staff, ID: 9, Grants: []actor.Grant{{Role: actor.SystemAdmin, Path: "/1/"}}}
		err := d.Write(ctx, "test.dead", func(tx *db.Tx) error {
			for _, id := range []int64{71, 72} {
				tx.Queue(`INSERT INTO job (id, kind, payload, uniq, owner, priority, state, attempt, run_at, lease_until, created_at, died_at, error)
					VALUES ($1, 'k', $2, '', 'o', 0, 'dead', 3, $3, 0, $3, $3, 'x')`, id, []byte{}, tx.NowMicros())
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		clerk := actor.Actor{Kind: actor.Staff, ID: 8, Grants: []actor.Grant{{Role: actor.WindowClerk, Path: "/1/"}}}
		if err := errors.Join(s.RequeueJob(ctx, clerk, 71), s.DiscardJob(ctx, clerk, 72)); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("a clerk: %v", err)
		}
		if err := errors.Join(s.RequeueJob(ctx, admin, 71), s.DiscardJob(ctx, admin, 72)); err != nil {
			t.Fatal(err)
		}
		for subject, act := range map[string]string{"job/71": "job.requeue", "job/72": "job.discard"} {
			list, err := audit.Entries(d.Read(ctx), subject, 0, 10)
			if err != nil || len(list) != 1 || list[0].Act != act || list[0].Actor.ID != 9 {
				t.Errorf("%s: %+v %v", subject, list, err)
			}
		}
	})
}
