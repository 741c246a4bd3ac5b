package db

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tongban/tongban/internal/errs"
)

// pgRunner sends one act in as few round trips as its questions allow: BEGIN
// and what was queued go with the first question, COMMIT goes with the last
// writes. It takes a connection when it first has to send.
//
//	[BEGIN, queued…, SELECT] ─► answer ─► [queued…, COMMIT] ─► done
type pgRunner struct {
	s        *pgStore
	begin    string
	conn     *pgxpool.Conn
	begun    bool
	queued   []pgStatement
	failed   error // of the engine, as it came
	failedAt string
	unknown  bool // COMMIT was sent and not answered
}

type pgStatement struct {
	text     string
	args     []any
	conflict error // one row must be affected
}

// notOne is the word that makes the server refuse when not exactly one row was
// affected, in the middle of a pipeline and thus before its COMMIT.
const notOne = "tongban: not one row"

// exactlyOne wraps a statement so that it fails unless it affects one row.
func exactlyOne(text string) string {
	return "WITH one AS (" + strings.TrimRight(text, "; \n\t") + " RETURNING 1) " +
		"SELECT CAST(CASE WHEN count(*) = 1 THEN '1' ELSE '" + notOne + "' END AS INTEGER) FROM one"
}

func (r *pgRunner) query(ctx context.Context, text string, args []any) (*Rows, error) {
	rows, _, err := r.send(ctx, &pgStatement{text: text, args: args}, true, false)
	return rows, err
}

func (r *pgRunner) exec(ctx context.Context, text string, args []any) (int64, error) {
	_, n, err := r.send(ctx, &pgStatement{text: text, args: args}, false, false)
	return n, err
}

func (r *pgRunner) queue(_ context.Context, text string, args []any, conflict error) error {
	if conflict != nil {
		text = exactlyOne(text)
	}
	r.queued = append(r.queued, pgStatement{text, args, conflict})
	return nil
}

// commit sends what is left with COMMIT. Once sent it is not interrupted: the
// person who asked may have gone away, the act has not.
func (r *pgRunner) commit(ctx context.Context) error {
	if !r.begun && len(r.queued) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTimeout)
	defer cancel()
	_, _, err := r.send(ctx, nil, false, true)
	return err
}

// send is one round trip: BEGIN if needed, what was queued, last if given,
// COMMIT if asked.
func (r *pgRunner) send(ctx context.Context, last *pgStatement, isQuery, commit bool) (rows *Rows, affected int64, err error) {
	if r.conn == nil {
		if r.conn, err = r.s.acts.Acquire(ctx); err != nil {
			return nil, 0, r.fail("BEGIN", err)
		}
	}
	b := &pgx.Batch{}
	if !r.begun {
		b.Queue(r.begin)
	}
	for _, q := range r.queued {
		b.Queue(q.text, q.args...)
	}
	if last != nil {
		b.Queue(last.text, last.args...)
	}
	if commit {
		b.Queue("COMMIT")
	}
	queued := r.queued
	r.queued = nil
	res := r.conn.SendBatch(ctx, b)
	defer func() {
		cerr := res.Close()
		if err == nil && cerr != nil {
			err = r.fail("end of batch", cerr)
		}
		if err != nil && commit && r.unanswered() {
			r.unknown = true
		}
	}()
	if !r.begun {
		if _, err = res.Exec(); err != nil {
			return nil, 0, r.fail("BEGIN", err)
		}
		r.begun = true
	}
	for _, q := range queued {
		if _, err = res.Exec(); err != nil {
			if pe, ok := errors.AsType[*pgconn.PgError](err); ok && q.conflict != nil && pe.Code == "22P02" && strings.Contains(pe.Message, notOne) {
				return nil, 0, r.refuse(q)
			}
			return nil, 0, r.fail(q.text, err)
		}
	}
	if last != nil {
		if isQuery {
			var answer pgx.Rows
			if answer, err = res.Query(); err == nil {
				rows, err = collectPG(answer)
			}
		} else {
			var tag pgconn.CommandTag
			tag, err = res.Exec()
			affected = tag.RowsAffected()
		}
		if err != nil {
			return nil, 0, r.fail(last.text, err)
		}
	}
	if commit {
		tag, err := res.Exec()
		if err != nil {
			return nil, 0, r.fail("COMMIT", err)
		}
		r.begun = false
		if tag.String() != "COMMIT" {
			return nil, 0, r.fail("COMMIT", errors.New("db: the server answered "+tag.String()))
		}
	}
	return rows, affected, nil
}

func (r *pgRunner) fail(at string, err error) error {
	if r.failed == nil {
		r.failed, r.failedAt = err, at
	}
	return err
}

// undo goes back to the savepoint, unless the connection is gone or the act met
// another one and has to begin anew. What was queued and not sent is forgotten;
// if the savepoint itself was never sent, nothing has to be undone.
func (r *pgRunner) undo(ctx context.Context, err error) bool {
	if r.failed != nil && (lost(r.failed) || collided(r.failed)) || errs.KindOf(err) == errs.Unavailable {
		return false
	}
	for i, q := range r.queued {
		if q.text == "SAVEPOINT part" {
			r.queued = r.queued[:i]
			return true
		}
	}
	r.queued, r.failed = nil, nil
	_, _, err = r.send(ctx, &pgStatement{text: "ROLLBACK TO SAVEPOINT part"}, false, false)
	if err == nil {
		_, _, err = r.send(ctx, &pgStatement{text: "RELEASE SAVEPOINT part"}, false, false)
	}
	return err == nil
}

// refuse ends the act with the caller's own error, which is never retried.
func (r *pgRunner) refuse(q pgStatement) error {
	r.failed = nil
	return q.conflict
}

// unanswered tells, after a batch with COMMIT failed, whether the server may
// have committed. It did not if it named a fault of a statement, or if the
// batch was not sent. What the driver says about trying again is not asked: it
// also says so of answers that broke off.
func (r *pgRunner) unanswered() bool {
	var early pgx.ErrPreprocessingBatch
	if errors.As(r.failed, &early) || r.failed == nil {
		return false
	}
	if pe, ok := errors.AsType[*pgconn.PgError](r.failed); ok {
		return pe.Severity == "FATAL" || pe.Severity == "PANIC"
	}
	return r.conn.Conn().IsClosed() || lost(r.failed) || errors.Is(r.failed, context.DeadlineExceeded)
}

// release undoes what is not committed and gives the connection back.
func (r *pgRunner) release() {
	if r.conn == nil {
		return
	}
	c := r.conn
	r.conn = nil
	if !c.Conn().IsClosed() && c.Conn().PgConn().TxStatus() != 'I' {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		_, _ = c.Exec(ctx, "ROLLBACK") // if it fails, the pool drops the connection
		cancel()
	}
	if pe, ok := errors.AsType[*pgconn.PgError](r.failed); ok && pe.Code == "25006" {
		c.Conn().Close(context.Background()) // the server became a standby
	}
	c.Release()
}
