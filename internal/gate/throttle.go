package gate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
)

// Limit says how many attempts are let through and how long a lock lasts. Each
// lock is twice as long as the one before, until a day passed without any.
type Limit struct {
	Tries   int
	Per     time.Duration
	Lock    time.Duration
	MaxLock time.Duration
}

func (l Limit) or(other Limit) Limit {
	if l.Tries <= 0 || l.Per <= 0 || l.Lock <= 0 {
		return other
	}
	l.MaxLock = max(l.MaxLock, l.Lock)
	return l
}

// forget is after how long without an attempt earlier locks no longer count.
const forget = 24 * time.Hour

// ErrTooMany refuses a login because of the attempts before it, whether or not
// this one would be right; RetryAfter tells for how long.
var ErrTooMany = errs.New(errs.TooMany, "too-many-attempts", "尝试次数过多，请稍后再试。", "Too many attempts; try again later.")

// wait is the cause of an ErrTooMany.
type wait struct{ after time.Duration }

func (w wait) Error() string { return fmt.Sprintf("wait %s", w.after) }

// RetryAfter tells for how many seconds to wait, for the Retry-After header.
func RetryAfter(err error) (seconds int, ok bool) {
	var w wait
	if !errors.As(err, &w) {
		return 0, false
	}
	return int((w.after + time.Second - 1) / time.Second), true
}

// window counts the attempts of one account or address: those of the running
// period, and those of the one before, which count less as time goes on.
// Instants in microseconds.
type window struct {
	start, tries, before, strikes, lockedUntil, updated int64
}

// attempt is one more attempt at now: the new window, and how long to wait if
// it is not let through.
func (w window) attempt(now int64, l Limit) (window, time.Duration) {
	if now < w.lockedUntil {
		return w, time.Duration(w.lockedUntil-now) * time.Microsecond
	}
	per := l.Per.Microseconds()
	if now-w.updated > forget.Microseconds() {
		w.strikes = 0
	}
	switch gone := now - w.start; {
	case gone < 0 || gone >= 2*per:
		w.start, w.tries, w.before = now, 0, 0
	case gone >= per:
		w.start, w.before, w.tries = w.start+per, w.tries, 0
	}
	w.updated = now
	weighed := w.before * (per - (now - w.start)) / per
	if weighed+w.tries < int64(l.Tries) {
		w.tries++
		return w, 0
	}
	lock := l.MaxLock
	if w.strikes < 16 { // beyond, doubling would run over
		lock = min(l.Lock<<w.strikes, l.MaxLock)
	}
	w.strikes++
	w.lockedUntil = now + lock.Microseconds()
	w.start, w.tries, w.before = w.lockedUntil, 0, 0
	return w, lock
}

const (
	sqlAttempt = `SELECT start_at, tries, tries_before, strikes, locked_until_at, updated_at FROM gate_attempt WHERE key = $1`
	sqlTried   = `INSERT INTO gate_attempt (key, start_at, tries, tries_before, strikes, locked_until_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (key) DO UPDATE SET start_at = excluded.start_at, tries = excluded.tries, tries_before = excluded.tries_before,
		strikes = excluded.strikes, locked_until_at = excluded.locked_until_at, updated_at = excluded.updated_at`
	sqlClearAttempts = `DELETE FROM gate_attempt WHERE key = $1`
	sqlForgiveOne    = `UPDATE gate_attempt SET tries = tries - 1 WHERE key = $1 AND tries > 0`
)

// attempt is one login under way: what it is counted by.
type attempt struct{ account, address string }

// by names what a login is counted by. The account is a keyed hash of what was
// typed, whether or not there is such an account.
func (d *Door) by(kind actor.Kind, login, ip string) attempt {
	a := attempt{account: "account/" + d.c.Vault.Index("gate/account", string(kind)+"/"+strings.ToLower(strings.TrimSpace(login)))}
	if ip != "" {
		a.address = "address/" + d.c.Vault.Index("gate/address", neighbourhood(ip))
	}
	return a
}

// begin counts the attempt before the password is looked at, so that many at
// the same time are not let through together. Error: ErrTooMany.
func (d *Door) begin(ctx context.Context, at attempt) error {
	var after time.Duration
	err := d.c.DB.WriteSerializable(ctx, "gate.attempt", func(tx *db.Tx) error {
		after = 0
		for _, c := range []struct {
			key   string
			limit Limit
		}{{at.account, d.c.Account}, {at.address, d.c.Address}} {
			if c.key == "" {
				continue
			}
			w, err := findWindow(tx, c.key)
			if err != nil {
				return err
			}
			next, wait := w.attempt(tx.NowMicros(), c.limit)
			if next != w {
				tx.Queue(sqlTried, c.key, next.start, next.tries, next.before, next.strikes, next.lockedUntil, next.updated)
			}
			after = max(after, wait)
			if wait > 0 {
				break // a locked account does not use up the address
			}
		}
		return nil
	})
	if err == nil && after > 0 {
		err = ErrTooMany.Because(wait{after})
	}
	return err
}

func findWindow(q db.Queryer, key string) (w window, err error) {
	err = q.QueryRow(sqlAttempt, key).Scan(&w.start, &w.tries, &w.before, &w.strikes, &w.lockedUntil, &w.updated)
	if errors.Is(err, db.ErrNoRows) {
		return window{}, nil
	}
	return w, err
}

// good forgets the account's attempts and takes back the address's: only
// failures count.
func (at attempt) good(tx *db.Tx) {
	tx.Queue(sqlClearAttempts, at.account)
	if at.address != "" {
		tx.Queue(sqlForgiveOne, at.address)
	}
}
