package db

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Tx is one act under way. It is used by one goroutine, and only until the
// function given to Write returns.
type Tx struct {
	d      *DB
	ctx    context.Context
	name   string
	now    time.Time
	run    runner
	err    error // the first failure; it ends the act
	done   bool
	part   bool // a part of it is under way
	last   []closing
	commit []func()
}

// closing is what an act does last.
type closing struct {
	key any
	do  func(*Tx) error
}

// runner sends the statements of one act to its engine. Every error ends the act.
type runner interface {
	query(ctx context.Context, sql string, args []any) (*Rows, error)
	exec(ctx context.Context, sql string, args []any) (int64, error)
	// queue may wait with a statement. With conflict set, it must affect one row.
	queue(ctx context.Context, sql string, args []any, conflict error) error
	// undo goes back to a savepoint after err and reports whether that is
	// possible: after trouble with the engine itself the whole act is over.
	undo(ctx context.Context, err error) bool
}

var errEnded = errors.New("db: the act has ended")

func (d *DB) begin(ctx context.Context, name string, run runner) *Tx {
	return &Tx{d: d, ctx: ctx, name: name, now: d.o.Now().UTC().Truncate(time.Microsecond), run: run}
}

// Query sends what was queued, asks, and reads the whole answer.
func (tx *Tx) Query(sql string, args ...any) (*Rows, error) {
	a, err := tx.ready(sql, args)
	if err != nil {
		return nil, err
	}
	rows, err := tx.run.query(tx.ctx, sql, a)
	if err != nil {
		return nil, tx.stop(sql, err)
	}
	return rows, nil
}

// QueryRow is Query for at most one row.
func (tx *Tx) QueryRow(sql string, args ...any) *Row {
	rows, err := tx.Query(sql, args...)
	return &Row{rows, err}
}

// Exec sends what was queued and a writing statement, and tells how many rows
// it affected.
func (tx *Tx) Exec(sql string, args ...any) (affected int64, err error) {
	a, err := tx.ready(sql, args)
	if err != nil {
		return 0, err
	}
	n, err := tx.run.exec(tx.ctx, sql, a)
	if err != nil {
		return 0, tx.stop(sql, err)
	}
	return n, nil
}

// Queue writes without waiting: PostgreSQL gets the statement together with
// the next question or the commit, SQLite runs it at once. A failure ends the
// act and is returned by the next call or by Write.
func (tx *Tx) Queue(sql string, args ...any) { tx.queueOne(nil, sql, args) }

// QueueOne is Queue for a statement that must affect exactly one row, such as
// an UPDATE guarded by a version; otherwise the act fails with conflict.
// The statement has no RETURNING.
func (tx *Tx) QueueOne(conflict error, sql string, args ...any) {
	if conflict == nil {
		conflict = errors.New("db: not exactly one row")
	}
	tx.queueOne(conflict, sql, args)
}

func (tx *Tx) queueOne(conflict error, sql string, args []any) {
	a, err := tx.ready(sql, args)
	if err != nil {
		return
	}
	if err := tx.run.queue(tx.ctx, sql, a, conflict); err != nil {
		_ = tx.stop(sql, err) // kept; the next call and Write return it
	}
}

// Part runs fn in a savepoint of its own. If fn or one of its statements fails,
// what fn wrote is undone, Part returns the error and the act goes on: of many
// things done in one act, one that cannot be done does not keep the others
// back. Trouble with the engine, or with another act, ends the whole act all the
// same. Parts do not nest. A part waits for its own writes.
func (tx *Tx) Part(fn func(*Tx) error) error {
	if tx.part {
		return tx.stop("SAVEPOINT part", errors.New("db: a part within a part"))
	}
	tx.Queue("SAVEPOINT part")
	if tx.err != nil {
		return tx.err
	}
	tx.part = true
	last, commit := len(tx.last), len(tx.commit)
	err := fn(tx)
	if err == nil && tx.err == nil {
		_, err = tx.Exec("RELEASE SAVEPOINT part")
	}
	if tx.part = false; err == nil && tx.err == nil {
		return nil
	}
	if tx.err != nil {
		err = tx.err
	}
	if tx.done || tx.ctx.Err() != nil || !tx.run.undo(context.WithoutCancel(tx.ctx), err) {
		return tx.stop("SAVEPOINT part", err)
	}
	tx.err, tx.last, tx.commit = nil, tx.last[:last], tx.commit[:commit]
	return err
}

// Fail ends the act with err, as a failed statement would.
func (tx *Tx) Fail(err error) {
	if tx.err == nil {
		tx.err = err
	}
}

// Err is what ended the act so far, nil if nothing did.
func (tx *Tx) Err() error { return tx.err }

// Now is the one instant of this act, in UTC, to the microsecond.
func (tx *Tx) Now() time.Time { return tx.now }

// NowMicros is Now as it is stored.
func (tx *Tx) NowMicros() int64 { return tx.now.UnixMicro() }

// NewID gives a new key, see DB.NewID.
func (tx *Tx) NewID() int64 { return tx.d.NewID() }

// Context is the context of the act.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Engine says which engine runs the act.
func (tx *Tx) Engine() Engine { return tx.d.engine }

// Value is what a room attached to the database, nil if nothing.
func (tx *Tx) Value(key any) any {
	v, _ := tx.d.values.Load(key)
	return v
}

// OnCommit has f called after the act was committed, in the goroutine that
// called Write. An act that is undone forgets it.
func (tx *Tx) OnCommit(f func()) { tx.commit = append(tx.commit, f) }

// AtEnd has f run when the function given to Write is through, as the last part
// of the act; once for each key, however often it is asked for. It is for what
// follows from all changes of an act together.
func (tx *Tx) AtEnd(key any, f func(*Tx) error) {
	for _, c := range tx.last {
		if c.key == key {
			return
		}
	}
	tx.last = append(tx.last, closing{key, f})
}

// ready checks that the act may go on and brings the arguments into shape.
func (tx *Tx) ready(sql string, args []any) ([]any, error) {
	switch {
	case tx.done:
		return nil, errEnded
	case tx.err != nil:
		return nil, tx.err
	}
	if err := tx.ctx.Err(); err != nil {
		return nil, tx.stop(sql, err)
	}
	a, err := arguments(args)
	if err != nil {
		return nil, tx.stop(sql, err)
	}
	tx.d.traced(tx.name, sql, a)
	return a, nil
}

func (tx *Tx) stop(sql string, err error) error {
	if tx.err == nil {
		if cerr := tx.ctx.Err(); cerr != nil {
			err = cerr // whatever the engine says about it
		}
		tx.err = fault(tx.name+": "+sql, explain(err))
	}
	return tx.err
}

// call runs fn and gives the error that ends the act, if any. The failure of a
// statement ends it even if fn did not pass it on.
func (tx *Tx) call(fn func(*Tx) error) error {
	defer func() { tx.done = true }()
	if err := fn(tx); err != nil {
		tx.Fail(err)
		return err
	}
	for i := 0; i < len(tx.last); i++ {
		if err := tx.last[i].do(tx); err != nil {
			tx.Fail(err)
			return err
		}
	}
	return tx.err
}

func (tx *Tx) committed() {
	for _, f := range tx.commit {
		f()
	}
}

// fault names the statement in an error, in one line, without any value.
func fault(sql string, err error) error {
	sql = strings.Join(strings.Fields(sql), " ")
	if r := []rune(sql); len(r) > 120 {
		sql = string(r[:120]) + "…"
	}
	return fmt.Errorf("%s: %w", sql, err)
}
