package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the bare driver

	"github.com/tongban/tongban/internal/db"
)

// bare is the SQLite driver by itself: one goroutine, one connection, prepared
// statements, a savepoint per submission and as many submissions in a commit as
// the platform had in its last run.
type bare struct {
	c     *city
	act   []statement
	pool  *sql.DB
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	n     int64
}

// newBare copies the city's database, so that both work on the same rows.
func newBare(ctx context.Context, b *bench, c *city, act []statement) (*bare, error) {
	path := filepath.Join(b.dir, "bare.db")
	err := c.DB.Write(ctx, "bench.settle", func(*db.Tx) error { return nil })
	if err != nil {
		return nil, err
	}
	source, err := sql.Open("sqlite", "file:"+filepath.Join(c.dir, "tongban.db")+"?mode=ro")
	if err != nil {
		return nil, err
	}
	if _, err = source.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return nil, errors.Join(err, source.Close())
	}
	if err := source.Close(); err != nil {
		return nil, err
	}
	r := &bare{c: c, act: act, stmts: map[string]*sql.Stmt{}}
	r.pool, err = sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=foreign_keys(1)"+
		"&_pragma=wal_autocheckpoint(20000)&_pragma=cache_size(-65536)&_pragma=temp_store(memory)")
	if err != nil {
		return nil, err
	}
	if r.conn, err = r.pool.Conn(ctx); err != nil {
		return nil, errors.Join(err, r.pool.Close())
	}
	return r, nil
}

func (r *bare) name() string { return "bare driver, same grouping" }

func (r *bare) run(ctx context.Context, b *bench, group int) (float64, error) {
	at, n := time.Now(), 0
	for time.Since(at) < b.run {
		if err := r.do(ctx, "BEGIN IMMEDIATE"); err != nil {
			return 0, err
		}
		for range group {
			if err := r.submission(ctx); err != nil {
				return 0, err
			}
			n++
		}
		if err := r.do(ctx, "COMMIT"); err != nil {
			return 0, err
		}
	}
	return float64(n) / time.Since(at).Seconds(), nil
}

func (r *bare) submission(ctx context.Context) error {
	r.n++
	if err := r.do(ctx, "SAVEPOINT act"); err != nil {
		return err
	}
	for _, s := range r.act {
		args := make([]any, len(s.args))
		for i, a := range s.args {
			switch v := a.(type) {
			case key:
				args[i] = r.n*keysEach + int64(v)
			case text:
				args[i] = fmt.Sprintf("%s%0*d", v.prefix, v.width, r.n)
			case file:
				args[i] = r.c.files[(r.n*3+int64(v))%int64(len(r.c.files))].ID
			default:
				args[i] = v
			}
		}
		if err := r.do(ctx, s.sql, args...); err != nil {
			return err
		}
	}
	return r.do(ctx, "RELEASE act")
}

// do runs a statement; of a question it reads the whole answer.
func (r *bare) do(ctx context.Context, text string, args ...any) (err error) {
	stmt := r.stmts[text]
	if stmt == nil {
		if stmt, err = r.conn.PrepareContext(ctx, text); err != nil {
			return err
		}
		r.stmts[text] = stmt
	}
	if text[:6] != "SELECT" {
		_, err = stmt.ExecContext(ctx, args...)
		return err
	}
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
	}
	return rows.Err()
}

func (r *bare) close() error {
	for _, s := range r.stmts {
		s.Close()
	}
	return errors.Join(r.conn.Close(), r.pool.Close())
}
