package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"
)

// liteStore is the SQLite engine: one connection that writes, as many readers
// as there are cores (more make the driver slower), and one connection that
// moves the write-ahead log into the file in the background, so that no act
// waits for it.
type liteStore struct {
	d     *DB
	path  string
	lock  *os.File
	read  *sql.DB
	stmts stmtCache

	writer *liteWriter
	check  *sql.DB
	stopc  chan struct{}
	wg     sync.WaitGroup
	once   sync.Once
}

// maxStatements bounds each statement cache; texts beyond it run unprepared.
const maxStatements = 2000

// liteDSN gives the driver's address of the file. Pragmas belong to the
// connection, hence they are part of it.
func liteDSN(path string, readOnly bool, extra ...string) string {
	q := url.Values{}
	q["_pragma"] = append([]string{
		"busy_timeout(10000)", "journal_mode(wal)", "synchronous(full)", "foreign_keys(1)",
		"wal_autocheckpoint(20000)", "cache_size(-65536)", "trusted_schema(0)",
	}, extra...)
	if readOnly {
		q["_pragma"] = append([]string{"busy_timeout(10000)", "query_only(1)", "foreign_keys(1)", "cache_size(-65536)"}, extra...)
		q.Set("mode", "ro")
	}
	q.Set("_txlock", "immediate")
	return (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: q.Encode()}).String()
}

func openSQLite(ctx context.Context, d *DB, path string) (_ *liteStore, err error) {
	if path, err = filepath.Abs(path); err != nil {
		return nil, badURL(err)
	}
	s := &liteStore{d: d, path: path, stopc: make(chan struct{})}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if d.o.ReadOnly {
		if fi, serr := os.Stat(path); serr != nil || fi.IsDir() {
			return nil, ErrNoDatabase.Because(serr)
		}
		if err = s.openReaders(ctx, liteDSN(path, true)); err != nil {
			// Without a server there may be no shared memory file, and a folder
			// may not allow to make one; nothing then changes under a reader.
			s.read.Close()
			err = s.openReaders(ctx, liteDSN(path, true)+"&immutable=1")
		}
		return s, explain(err)
	}
	if err = os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("db: folder of the database: %w", err)
	}
	if s.lock, err = Lock(path + ".lock"); err != nil {
		return nil, err
	}
	var pragmas []string
	if d.o.Loading {
		pragmas = []string{"synchronous(off)"}
	}
	if s.writer, err = openLiteWriter(ctx, s, pragmas...); err != nil {
		return nil, explain(err)
	}
	if err = os.Chmod(path, 0o600); err != nil {
		return nil, fmt.Errorf("db: rights of the database: %w", err)
	}
	if err = s.openReaders(ctx, liteDSN(path, false, "query_only(1)")); err != nil {
		return nil, explain(err)
	}
	if s.check, err = sql.Open("sqlite", liteDSN(path, false, pragmas...)); err != nil {
		return nil, err
	}
	s.check.SetMaxOpenConns(1)
	s.wg.Add(1)
	go s.checkpoint()
	return s, nil
}

func (s *liteStore) openReaders(ctx context.Context, dsn string) (err error) {
	if s.read, err = sql.Open("sqlite", dsn); err != nil {
		return err
	}
	n := max(2, runtime.NumCPU())
	s.read.SetMaxOpenConns(n)
	s.read.SetMaxIdleConns(n)
	s.stmts = stmtCache{prepare: s.read.PrepareContext}
	var tables int
	return s.read.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(&tables)
}

// checkpoint moves the log into the file every second in which it has grown.
func (s *liteStore) checkpoint() {
	defer s.wg.Done()
	t := time.NewTicker(time.Second)
	defer t.Stop()
	var seen int64
	for {
		select {
		case <-s.stopc:
			return
		case <-t.C:
		}
		n := s.d.stats.commits.Load()
		if n == seen {
			continue
		}
		if _, err := s.check.Exec("PRAGMA wal_checkpoint(PASSIVE)"); err != nil {
			s.d.o.Log.Warn("database checkpoint", "err", err)
			continue
		}
		seen = n
	}
}

func (s *liteStore) query(ctx context.Context, text string, args []any) (*Rows, error) {
	stmt, err := s.stmts.get(ctx, text)
	if err != nil {
		return nil, err
	}
	if stmt == nil {
		return collect(s.read.QueryContext(ctx, text, args...))
	}
	return collect(stmt.QueryContext(ctx, args...))
}

func (s *liteStore) prepare(ctx context.Context, text string) error {
	stmt, err := s.read.PrepareContext(ctx, text)
	if err != nil {
		return err
	}
	return stmt.Close()
}

func (s *liteStore) ping(ctx context.Context) error {
	var one int
	return s.read.QueryRowContext(ctx, "SELECT 1").Scan(&one)
}

func (s *liteStore) close() error {
	var all []error
	s.once.Do(func() {
		close(s.stopc)
		if s.writer != nil {
			all = append(all, s.writer.close())
		}
		s.wg.Wait()
		s.stmts.close()
		for _, p := range []*sql.DB{s.check, s.read} {
			if p != nil {
				all = append(all, p.Close())
			}
		}
		if s.lock != nil {
			all = append(all, s.lock.Close())
		}
	})
	return errors.Join(all...)
}

// collect reads an answer to its end.
func collect(rows *sql.Rows, err error) (*Rows, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := &Rows{}
	if out.columns, err = rows.Columns(); err != nil {
		return nil, err
	}
	n := len(out.columns)
	dest := make([]any, n)
	for rows.Next() {
		at := len(out.values)
		for range n {
			out.values = append(out.values, nil)
		}
		for i := range dest {
			dest[i] = &out.values[at+i]
		}
		if err := rows.Scan(dest...); err != nil {
			return nil, err
		}
	}
	return out, rows.Err()
}

// stmtCache keeps prepared statements by their text. Texts are constants of
// the rooms, so it only grows until every one was used.
type stmtCache struct {
	prepare func(context.Context, string) (*sql.Stmt, error)
	mu      sync.RWMutex
	m       map[string]*sql.Stmt
}

// get gives a prepared statement, or nil when the cache is full.
func (c *stmtCache) get(ctx context.Context, text string) (*sql.Stmt, error) {
	c.mu.RLock()
	stmt, n := c.m[text], len(c.m)
	c.mu.RUnlock()
	if stmt != nil || n >= maxStatements {
		return stmt, nil
	}
	stmt, err := c.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if old := c.m[text]; old != nil {
		stmt.Close()
		return old, nil
	}
	if c.m == nil {
		c.m = map[string]*sql.Stmt{}
	}
	c.m[text] = stmt
	return stmt, nil
}

func (c *stmtCache) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.m {
		s.Close()
	}
	c.m = nil
}
