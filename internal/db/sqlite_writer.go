package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/tongban/tongban/internal/errs"
)

// liteWriter owns the one connection that writes. Acts come to it through a
// channel; it gives them the connection one after the other, each in the
// goroutine that asked (so panics and t.FailNow stay where they belong), and
// commits when nobody waits any more or the group is large enough. Every act
// hears its result after the commit.
//
//	Write ─► in ─► BEGIN ─ act ─ SAVEPOINT act RELEASE ─ … ─ COMMIT ─► results
type liteWriter struct {
	s     *liteStore
	pool  *sql.DB
	conn  *sql.Conn
	stmts stmtCache
	in    chan *liteAct
	stop  chan struct{}
	gone  chan struct{}
	once  sync.Once
}

// maxGroup bounds how many acts share a commit, and with it how long the first
// one waits.
const maxGroup = 128

type liteAct struct {
	taken atomic.Bool   // by the writer, or by the caller who gave up waiting
	turn  chan struct{} // the connection is yours
	ran   chan error    // how fn ended
	done  chan error    // how the act ended
}

var errPanicked = errors.New("db: the act panicked")

func openLiteWriter(ctx context.Context, s *liteStore, pragmas ...string) (*liteWriter, error) {
	// With temp_store in memory an act's savepoint keeps the pages it may have to
	// put back there, not in a temporary file. Readers and migrations, whose sorts
	// may be large, have a file for them.
	pool, err := sql.Open("sqlite", liteDSN(s.path, false, append(pragmas, "temp_store(memory)")...))
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	conn, err := pool.Conn(ctx)
	if err == nil {
		var mode string
		if err = conn.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err == nil && mode != "wal" {
			err = fmt.Errorf("db: journal mode is %q, want wal", mode)
		}
	}
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	w := &liteWriter{s: s, pool: pool, conn: conn, in: make(chan *liteAct, maxGroup), stop: make(chan struct{}), gone: make(chan struct{})}
	w.stmts = stmtCache{prepare: conn.PrepareContext}
	go w.serve()
	return w, nil
}

func (w *liteWriter) serve() {
	defer close(w.gone)
	for {
		select {
		case a := <-w.in:
			w.group(a)
		case <-w.stop:
			for {
				select {
				case a := <-w.in: // they asked before Close
					w.group(a)
				default:
					return
				}
			}
		}
	}
}

// group runs a and whoever waits behind it up to one commit.
func (w *liteWriter) group(a *liteAct) {
	type result struct {
		a   *liteAct
		err error
	}
	var all []result
	stored, open := 0, false
	answer := func(group error) {
		for _, r := range all {
			if r.err == nil {
				r.err = group
			}
			r.a.done <- r.err
		}
	}
	for ; a != nil; a = w.next(len(all)) {
		if !a.taken.CompareAndSwap(false, true) {
			continue
		}
		if !open {
			if err := w.control("BEGIN IMMEDIATE"); err != nil {
				all = append(all, result{a, explain(err)})
				break
			}
			open = true
		}
		saved := stored > 0
		if saved {
			if err := w.control("SAVEPOINT act"); err != nil {
				all = append(all, result{a, explain(err)})
				break
			}
		}
		a.turn <- struct{}{}
		err := <-a.ran
		all = append(all, result{a, err})
		switch {
		case err == nil:
			stored++
			if saved {
				err = w.control("RELEASE act")
			}
		case saved:
			if err = w.control("ROLLBACK TO act"); err == nil {
				err = w.control("RELEASE act")
			}
		default:
			_ = w.control("ROLLBACK") // the engine may have done it already
			open = false
			err = nil
		}
		if err != nil { // the engine undid everything: disk full, input/output
			_ = w.control("ROLLBACK")
			answer(undone(explain(all[len(all)-1].err)))
			return
		}
	}
	if !open {
		answer(nil)
		return
	}
	err := w.control("COMMIT")
	if err != nil {
		_ = w.control("ROLLBACK")
		if constraint(err) && stored > 1 {
			// One act left a deferred constraint open; the others do not suffer for it.
			for i, r := range all {
				if r.err == nil {
					all[i].err = w.alone(r.a)
				}
			}
			answer(nil)
			return
		}
		answer(w.commitFault(err))
		return
	}
	w.s.d.stats.commits.Add(1)
	w.s.d.stats.last.Store(int64(stored))
	answer(nil)
}

// alone runs an act again in a transaction of its own.
func (w *liteWriter) alone(a *liteAct) error {
	if err := w.control("BEGIN IMMEDIATE"); err != nil {
		return explain(err)
	}
	w.s.d.stats.retries.Add(1)
	a.turn <- struct{}{}
	if err := <-a.ran; err != nil {
		_ = w.control("ROLLBACK")
		return err
	}
	if err := w.control("COMMIT"); err != nil {
		_ = w.control("ROLLBACK")
		return w.commitFault(err)
	}
	w.s.d.stats.commits.Add(1)
	return nil
}

// next takes the act that waits longest, if any and if the group has room.
func (w *liteWriter) next(size int) *liteAct {
	if size >= maxGroup {
		return nil
	}
	select {
	case a := <-w.in:
		return a
	default:
		return nil
	}
}

func (w *liteWriter) control(text string) error {
	stmt, err := w.stmts.get(context.Background(), text)
	if err == nil {
		_, err = stmt.Exec()
	}
	return err
}

// commitFault words a failed commit: an input or output error leaves open what
// a later start will find in the log.
func (w *liteWriter) commitFault(err error) error {
	if se, ok := errors.AsType[*sqlite.Error](err); ok && se.Code()&0xff == sqlite3.SQLITE_IOERR {
		w.s.d.stats.unknown.Add(1)
		return ErrOutcomeUnknown.Because(err)
	}
	return fault("COMMIT", explain(err))
}

// undone is what acts hear that shared a transaction which broke.
func undone(cause error) error {
	if errs.KindOf(cause) == errs.Unavailable {
		return cause
	}
	return fmt.Errorf("db: the shared transaction broke: %w", cause)
}

func constraint(err error) bool {
	se, ok := errors.AsType[*sqlite.Error](err)
	return ok && se.Code()&0xff == sqlite3.SQLITE_CONSTRAINT
}

func (w *liteWriter) close() error {
	w.once.Do(func() { close(w.stop) })
	<-w.gone
	w.stmts.close()
	return errors.Join(w.conn.Close(), w.pool.Close())
}

// act waits for its turn and runs fn. Who gives up while waiting leaves no
// trace; an act that has begun is waited for.
func (s *liteStore) act(ctx context.Context, name string, _ bool, fn func(*Tx) error) error {
	w := s.writer
	a := &liteAct{turn: make(chan struct{}, 1), ran: make(chan error, 1), done: make(chan error, 1)}
	select {
	case <-w.stop:
		return ErrClosed
	default:
	}
	select {
	case w.in <- a:
	case <-w.stop:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	var tx *Tx
	giveUp, gone := ctx.Done(), w.gone
	for {
		select {
		case <-a.turn:
			giveUp, gone = nil, nil
			tx = s.turn(ctx, name, a, fn)
		case err := <-a.done:
			if err == nil && tx != nil {
				tx.committed()
			}
			return err
		case <-giveUp:
			if a.taken.CompareAndSwap(false, true) {
				return ctx.Err()
			}
			giveUp = nil
		case <-gone:
			if a.taken.CompareAndSwap(false, true) {
				return ErrClosed
			}
			gone = nil
		}
	}
}

// turn runs fn on the connection and tells the writer how it ended, also when
// fn panics or ends its goroutine.
func (s *liteStore) turn(ctx context.Context, name string, a *liteAct, fn func(*Tx) error) *Tx {
	err := errPanicked
	defer func() {
		a.ran <- err
		if err == errPanicked {
			<-a.done
		}
	}()
	tx := s.d.begin(ctx, name, liteRunner{s.writer})
	err = tx.call(fn)
	return tx
}

// liteRunner runs statements on the writing connection. They are not
// interrupted by the act's context: an interrupt would undo the whole group.
type liteRunner struct{ w *liteWriter }

func (r liteRunner) query(_ context.Context, text string, args []any) (*Rows, error) {
	stmt, err := r.w.stmts.get(context.Background(), text)
	if err != nil {
		return nil, err
	}
	if stmt == nil {
		return collect(r.w.conn.QueryContext(context.Background(), text, args...))
	}
	return collect(stmt.QueryContext(context.Background(), args...))
}

func (r liteRunner) exec(_ context.Context, text string, args []any) (int64, error) {
	stmt, err := r.w.stmts.get(context.Background(), text)
	if err != nil {
		return 0, err
	}
	var res sql.Result
	if stmt == nil {
		res, err = r.w.conn.ExecContext(context.Background(), text, args...)
	} else {
		res, err = stmt.ExecContext(context.Background(), args...)
	}
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (r liteRunner) queue(ctx context.Context, text string, args []any, conflict error) error {
	n, err := r.exec(ctx, text, args)
	if err == nil && conflict != nil && n != 1 {
		return conflict
	}
	return err
}

func (r liteRunner) undo(_ context.Context, err error) bool {
	if errs.KindOf(err) == errs.Unavailable { // disk full, input or output: the engine may have undone everything
		return false
	}
	return r.w.control("ROLLBACK TO part") == nil && r.w.control("RELEASE part") == nil
}
