package app

import (
	"context"
	"strconv"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/jobs"
	"github.com/tongban/tongban/internal/notify"
)

// shelf hands the faces the half of lower rooms that works on a transaction.
// It decides nothing about rights, except that who requeues a job is recorded.
type shelf struct{ r *Rooms }

// Messages lists a party's messages, newest first.
func (s shelf) Messages(ctx context.Context, to actor.Party, cursor int64, limit int) (notify.Page, error) {
	return s.r.Notify.List(s.r.DB.Read(ctx), to, cursor, limit)
}

// Unread counts the messages a party has not read.
func (s shelf) Unread(ctx context.Context, to actor.Party) (int64, error) {
	return s.r.Notify.Unread(s.r.DB.Read(ctx), to)
}

// ReadMessage marks a message as read; 0 marks all.
func (s shelf) ReadMessage(ctx context.Context, to actor.Party, id int64) error {
	return s.r.DB.Write(ctx, "notify.read", func(tx *db.Tx) error {
		if id == 0 {
			s.r.Notify.MarkAllRead(tx, to, tx.NewID())
		} else {
			s.r.Notify.MarkRead(tx, to, id)
		}
		return nil
	})
}

// File tells a stored file's size and type.
func (s shelf) Files(ctx context.Context, ids ...int64) (map[int64]files.Ref, error) {
	return s.r.Files.Stats(s.r.DB.Read(ctx), ids...)
}

// AuditFeed lists audit records, newest first.
func (s shelf) AuditFeed(ctx context.Context, f audit.Filter, before int64, limit int) ([]audit.Entry, error) {
	return audit.Feed(s.r.DB.Read(ctx), f, before, limit)
}

// AuditOf lists the records of one subject, oldest first.
func (s shelf) AuditOf(ctx context.Context, subject string, after int64, limit int) ([]audit.Entry, error) {
	return audit.Entries(s.r.DB.Read(ctx), subject, after, limit)
}

// JobDepth tells how many jobs wait, run and are dead.
func (s shelf) JobDepth(ctx context.Context) (jobs.Depth, error) {
	return jobs.Look(s.r.DB.Read(ctx), s.r.DB.Now())
}

// DeadJobs lists jobs that were given up.
func (s shelf) DeadJobs(ctx context.Context, after int64, limit int) ([]jobs.Corpse, error) {
	return jobs.Dead(s.r.DB.Read(ctx), after, limit)
}

// RequeueJob gives a dead job another life.
func (s shelf) RequeueJob(ctx context.Context, a actor.Actor, id int64) error {
	if err := identity.Decide(a, identity.JobManage, identity.Target{}); err != nil {
		return err
	}
	return s.r.DB.Write(ctx, "jobs.requeue", func(tx *db.Tx) error {
		if err := jobs.Requeue(tx, id); err != nil {
			return err
		}
		return audit.Append(tx, audit.Record{Actor: a, Act: "job.requeue", Subject: jobSubject(id)})
	})
}

func jobSubject(id int64) string { return "job/" + strconv.FormatInt(id, 10) }

// Party tells what is registered about a party; callers have asked identity.
func (s shelf) Party(ctx context.Context, p actor.Party) (identity.PartyInfo, error) {
	return s.r.Identity.Party(s.r.DB.Read(ctx), p)
}
