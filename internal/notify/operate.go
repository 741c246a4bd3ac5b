package notify

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// Overview 消息运行情况 is how the ways stand, for the operator.
type Overview struct {
	Quiet Quiet
	Ways  []WayFigures
}

// WayFigures are a way's. Failed counts the last day.
type WayFigures struct {
	Way                             Way
	Offered                         bool
	Held, Sending, Failed           int64
	SentHere, ArrivedHere, LostHere int64 // by this process since it started
}

// Failure 未送达 is a delivery that no way reached. There is nothing in it about
// whose it is.
type Failure struct {
	ID      int64 // of the delivery
	Kind    string
	Message int64
	At, End time.Time
	Tries   []Tried
}

// Tried is one way that was tried.
type Tried struct {
	Way    Way
	Reason string
}

const (
	sqlOpenTries = `SELECT way, state, count(*) FROM message_try WHERE state IN ('held', 'sending') GROUP BY way, state`
	sqlLostTries = `SELECT way, count(*) FROM message_try WHERE state = 'failed' AND done_at > $1 GROUP BY way`
	sqlFailures  = `SELECT d.id, m.kind, m.id, d.created_at, d.done_at FROM message_delivery d JOIN message m ON m.id = d.message_id
		WHERE d.state = 'failed' AND d.id < $1 ORDER BY d.id DESC LIMIT $2`
	sqlWhyFailed = `SELECT way, reason FROM message_try WHERE delivery_id = $1 AND state = 'failed' ORDER BY id`
	sqlAgain     = `UPDATE message_delivery SET state = 'again' WHERE id = $1 AND state = 'failed'`
	sqlMessageOf = `SELECT message_id FROM message_delivery WHERE id = $1`
)

// Figures counts what waits and what failed, for the operator's page and
// /metrics. It decides nothing.
func (s *Service) Figures(q db.Queryer) (o Overview, err error) {
	at := map[Way]*WayFigures{}
	o.Quiet = s.c.Quiet
	for _, w := range ordered(nil, s.c.Order) {
		o.Ways = append(o.Ways, WayFigures{Way: w, Offered: s.c.Providers[w] != nil})
	}
	for i := range o.Ways {
		f := &o.Ways[i]
		at[f.Way] = f
		f.SentHere, f.ArrivedHere, f.LostHere = s.sent.of(f.Way, sent), s.sent.of(f.Way, delivered), s.sent.of(f.Way, failed)
	}
	type row struct {
		way   Way
		state string
		n     int64
	}
	open, err := db.All(q, func(r *db.Rows) (x row, err error) { return x, r.Scan(&x.way, &x.state, &x.n) }, sqlOpenTries)
	if err != nil {
		return o, err
	}
	lost, err := db.All(q, func(r *db.Rows) (x row, err error) { x.state = failed; return x, r.Scan(&x.way, &x.n) }, sqlLostTries, db.Micros(s.c.DB.Now().Add(-24*time.Hour)))
	for _, x := range append(open, lost...) {
		f := at[x.way]
		if f == nil {
			continue
		}
		switch x.state {
		case held:
			f.Held = x.n
		case sending:
			f.Sending = x.n
		case failed:
			f.Failed = x.n
		}
	}
	return o, err
}

// Overview shows the operator how the ways stand, and the deliveries that no
// way reached, newest first, from before the cursor; next is 0 at the end.
// Errors: those of identity.MessageOperate.
func (s *Service) Overview(ctx context.Context, a actor.Actor, cursor int64, limit int) (o Overview, list []Failure, next int64, err error) {
	defer errs.Wrap(&err, "messages overview")
	if err := s.c.Identity.Allow(ctx, a, identity.MessageOperate, identity.Target{}, "messages"); err != nil {
		return o, nil, 0, err
	}
	if cursor <= 0 {
		cursor = 1<<63 - 1
	}
	q := s.c.DB.Read(ctx)
	if o, err = s.Figures(q); err != nil {
		return o, nil, 0, err
	}
	list, err = db.All(q, func(r *db.Rows) (f Failure, err error) {
		var at, end int64
		err = r.Scan(&f.ID, &f.Kind, &f.Message, &at, &end)
		f.At, f.End = db.Time(at), db.Time(end)
		return f, err
	}, sqlFailures, cursor, limit+1)
	if err != nil {
		return o, nil, 0, err
	}
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	for i := range list {
		list[i].Tries, err = db.All(q, func(r *db.Rows) (t Tried, err error) { return t, r.Scan(&t.Way, &t.Reason) }, sqlWhyFailed, list[i].ID)
		if err != nil {
			return o, nil, 0, err
		}
	}
	return o, list, next, nil
}

// ErrNotFailed says that a delivery does not wait for an operator.
var ErrNotFailed = errs.New(errs.Conflict, "delivery-not-failed", "这条消息不在未送达列表中，可能已经重新发送。", "This delivery has not failed, or was made again already.")

// Retry has a message delivered anew, by all ways, after an operator mended
// what was wrong. Errors: ErrNotFailed.
func (s *Service) Retry(ctx context.Context, a actor.Actor, id int64) (err error) {
	defer errs.Wrap(&err, "retry delivery %d", id)
	subject := "delivery/" + strconv.FormatInt(id, 10)
	if err := s.c.Identity.Allow(ctx, a, identity.MessageOperate, identity.Target{}, subject); err != nil {
		return err
	}
	return s.c.DB.Write(ctx, "notify.retry", func(tx *db.Tx) error {
		n, err := tx.Exec(sqlAgain, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrNotFailed
		}
		var message int64
		if err := tx.QueryRow(sqlMessageOf, id).Scan(&message); err != nil {
			return err
		}
		if err := s.deliverLater(tx, message); err != nil {
			return err
		}
		return audit.Append(tx, audit.Record{Actor: a, Act: "message.retry", Subject: subject})
	})
}

// Sent 外发情况 tells a person what became of a message outside the platform.
type Sent struct {
	Way    Way
	State  string    // held, sending, sent, delivered, failed
	Until  time.Time // held: until when
	Reason string    // failed: why
	At     time.Time // sent, delivered, failed: when
}

// SentOf tells what became of messages of a page, by their ids. The caller
// shows it to the party whose messages they are.
func (s *Service) SentOf(q db.Queryer, messages ...int64) (map[int64][]Sent, error) {
	out := map[int64][]Sent{}
	if len(messages) == 0 {
		return out, nil
	}
	places, args := db.Places(messages)
	rows, err := db.All(q, func(r *db.Rows) (x struct {
		message int64
		Sent
	}, err error) {
		var until, sentAt, done int64
		err = r.Scan(&x.message, &x.Way, &x.State, &until, &sentAt, &done, &x.Reason)
		switch {
		case until != 0:
			x.Until = db.Time(until)
		case done != 0:
			x.At = db.Time(done)
		case sentAt != 0:
			x.At = db.Time(sentAt)
		}
		return x, err
	}, fmt.Sprintf(sqlSentOf, places), args...)
	for _, x := range rows {
		out[x.message] = append(out[x.message], x.Sent)
	}
	return out, err
}

const sqlSentOf = `SELECT message_id, way, state, until_at, sent_at, done_at, reason FROM message_try WHERE message_id IN (%s) AND state <> 'dropped' ORDER BY id`

// counts are what this process sent, by way and end.
type counts struct {
	mu sync.Mutex
	n  map[[2]string]int64
}

func (c *counts) add(w Way, state string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = map[[2]string]int64{}
	}
	c.n[[2]string{string(w), state}]++
}

func (c *counts) of(w Way, state string) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n[[2]string{string(w), state}]
}

// Fates tells the party that the actor acts for what became of its messages
// outside the platform. Errors: those of identity.MessageRead.
func (s *Service) Fates(ctx context.Context, a actor.Actor, messages ...int64) (map[int64][]Sent, error) {
	if err := s.c.Identity.Allow(ctx, a, identity.MessageRead, identity.Target{Owner: a.For}, identity.PartySubject(a.For)); err != nil {
		return nil, err
	}
	return s.SentOf(s.c.DB.Read(ctx), messages...)
}
