package catalog

import (
	"context"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/jobs"
	"github.com/tongban/tongban/internal/sm"
)

// Entry 变更 is one change of a published list, in the feed.
type Entry struct {
	Position int64     `json:"position"` // 1, 2, 3 …, without gaps, in the order in which changes are told
	Kind     string    `json:"kind"`     // published, suspended, resumed, cancelled
	Code     string    `json:"code"`     // 实施编码
	Name     string    `json:"name"`
	Version  int       `json:"version"` // in force after it
	Hash     string    `json:"hash"`    // of that version's guide
	At       time.Time `json:"at"`
}

const (
	sqlUnnumbered = `SELECT id FROM item_change WHERE position IS NULL ORDER BY id LIMIT $1`
	sqlFeedEnd    = `SELECT coalesce(max(position), 0) FROM item_change WHERE position IS NOT NULL`
	sqlNumber     = `UPDATE item_change SET position = $2 WHERE id = $1 AND position IS NULL`
	sqlFeed       = `SELECT c.position, c.kind, c.code, item.name, v.no, v.hash, c.at FROM item_change AS c
		JOIN item ON item.id = c.item_id JOIN item_version AS v ON v.id = c.version_id
		WHERE c.position > $1 ORDER BY c.position LIMIT $2`
	sqlToTell = `SELECT id, retry_at FROM item_subscriber WHERE state = 'active'`
)

const (
	feedBatch = 500                    // changes numbered in one act
	feedEvery = 500 * time.Millisecond // between looks for what other nodes changed
	feedMost  = 500                    // entries given at once
)

// feed is what the change feed needs beside the tables.
type feed struct {
	wake     chan struct{}
	lease    *db.Lease
	vault    *sm.Vault
	url      string
	networks []netip.Prefix
	plain    *http.Client // for http addresses: only in networks
	secure   *http.Client
	patience time.Duration // with one delivery
}

func newFeed(c Config) feed {
	f := feed{wake: make(chan struct{}, 1), vault: c.Vault, url: c.URL, networks: c.Networks, patience: tellTimeout}
	if c.DB != nil {
		f.lease = c.DB.NewLease("catalog.feed", 15*time.Second)
	}
	f.plain, f.secure = newCaller(c.Networks, true), newCaller(c.Networks, false)
	return f
}

func (s *Service) wakeFeed() {
	select {
	case s.feed.wake <- struct{}{}:
	default:
	}
}

// RunFeed numbers changes while this process has the lead, until ctx ends.
// Commits do not end in the order in which they began, so nothing is read by
// “the last id seen”: committed changes without a position get the next ones,
// and cursors run over positions.
func (s *Service) RunFeed(ctx context.Context) {
	s.feed.lease.Lead(ctx, func(ctx context.Context) {
		t := time.NewTicker(feedEvery)
		defer t.Stop()
		for {
			if _, err := s.numberAll(ctx); err != nil && ctx.Err() == nil {
				s.log.Warn("changes of items wait for their position", "err", err)
			}
			select {
			case <-ctx.Done():
				return
			case <-s.feed.wake:
			case <-t.C:
			}
		}
	})
}

// Number takes the lead and gives every committed change its position; it
// returns how many it gave. If another process has the lead it returns
// db.ErrNotLeader: that one is at it.
func (s *Service) Number(ctx context.Context) (int, error) {
	ours, err := s.feed.lease.Take(ctx)
	if err != nil {
		return 0, err
	}
	if !ours {
		return 0, db.ErrNotLeader
	}
	return s.numberAll(ctx)
}

func (s *Service) numberAll(ctx context.Context) (total int, err error) {
	for {
		n, err := s.numberSome(ctx)
		if total += n; err != nil || n < feedBatch {
			return total, err
		}
	}
}

// numberSome numbers the oldest changes that wait and has subscribers told, in
// one act.
func (s *Service) numberSome(ctx context.Context) (n int, err error) {
	scan := func(r *db.Rows) (id int64, err error) { return id, r.Scan(&id) }
	if waiting, err := db.All(s.db.Read(ctx), scan, sqlUnnumbered, 1); err != nil || len(waiting) == 0 {
		return 0, err
	}
	err = s.db.Write(ctx, "catalog.number", func(tx *db.Tx) error {
		s.feed.lease.Guard(tx)
		var end int64
		if err := tx.QueryRow(sqlFeedEnd).Scan(&end); err != nil {
			return err
		}
		ids, err := db.All(tx, scan, sqlUnnumbered, feedBatch)
		if err != nil {
			return err
		}
		for _, id := range ids {
			end++
			tx.QueueOne(db.ErrNotLeader, sqlNumber, id, end)
		}
		n = len(ids)
		return tellAll(tx)
	})
	return n, err
}

// tellAll has every active subscriber told, not sooner than it may be tried.
func tellAll(tx *db.Tx) error {
	type due struct{ id, at int64 }
	list, err := db.All(tx, func(r *db.Rows) (d due, err error) { return d, r.Scan(&d.id, &d.at) }, sqlToTell)
	if err != nil {
		return err
	}
	for _, d := range list {
		if err := tell(tx, d.id, d.at); err != nil {
			return err
		}
	}
	return nil
}

func tell(tx *db.Tx, subscriber, at int64) error {
	id := strconv.FormatInt(subscriber, 10)
	return jobs.Enqueue(tx, jobs.Job{Kind: JobTell, Payload: []byte(id), Unique: id, RunAt: db.Time(at)})
}

// Changes gives the entries of the feed after a position, in order, at most
// limit (500 at most), and the position of the newest entry there is.
func (s *Service) Changes(ctx context.Context, after int64, limit int) (list []Entry, end int64, err error) {
	defer errs.Wrap(&err, "changes after %d", after)
	q := s.db.Read(ctx)
	if err := q.QueryRow(sqlFeedEnd).Scan(&end); err != nil || after >= end {
		return nil, end, err
	}
	list, err = db.All(q, func(r *db.Rows) (e Entry, err error) {
		var at int64
		err = r.Scan(&e.Position, &e.Kind, &e.Code, &e.Name, &e.Version, &e.Hash, &at)
		e.At = db.Time(at)
		return e, err
	}, sqlFeed, max(after, 0), max(1, min(limit, feedMost)))
	return list, end, err
}
