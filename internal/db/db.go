package db

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tongban/tongban/internal/errs"
)

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine  Engine
	o       Options
	store   store
	ids     ids
	stats   stats
	values  sync.Map // what rooms attached, by their own key
	serials serialPool
	trace   atomic.Pointer[Tracer]
}

// Engine tells the two engines apart. Rooms ask for it only where one SQL text
// cannot serve both, such as text search.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Options of Open.
type Options struct {
	Now      func() time.Time // the clock of acts and ids; required
	ReadOnly bool             // look only: works beside a running server
	Loading  bool             // SQLite: commits are not forced to the disk; for a file that is thrown away if loading breaks off
	Log      *slog.Logger     // nil: silent
	Conns    int              // PostgreSQL: connections for acts, and as many for readers; 0: pool_max_conns of the URL, or 16 for readers and two a core for acts
}

// store is one engine.
type store interface {
	// act runs fn once or more in a transaction of its own and commits it.
	act(ctx context.Context, name string, serializable bool, fn func(*Tx) error) error
	query(ctx context.Context, sql string, args []any) (*Rows, error)
	prepare(ctx context.Context, sql string) error
	ping(ctx context.Context) error
	close() error
}

// Open opens the database at rawURL: "sqlite:///path/file.db" (an absolute
// path; "sqlite:file.db" is relative) or "postgres://…" with the parameters
// of libpq and of pgxpool. A SQLite file is made if it is missing, and belongs to one
// serving process: a second one gets ErrInUse. Errors: ErrAway, ErrInUse,
// ErrNoDatabase (read-only), code "database-url".
func Open(ctx context.Context, rawURL string, o Options) (*DB, error) {
	if o.Now == nil {
		return nil, errors.New("db: Options.Now is required")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	d := &DB{o: o}
	scheme, rest, _ := strings.Cut(rawURL, ":")
	var err error
	switch scheme {
	case "sqlite":
		var path string
		if path, err = url.PathUnescape(strings.TrimPrefix(rest, "//")); err == nil && path == "" {
			err = errors.New("no path")
		}
		if err != nil {
			return nil, badURL(err)
		}
		d.engine = SQLite
		d.store, err = openSQLite(ctx, d, path)
	case "postgres", "postgresql":
		d.engine = Postgres
		d.store, err = openPostgres(ctx, d, rawURL)
	default:
		return nil, badURL(nil)
	}
	if err != nil {
		return nil, err
	}
	if err := d.ids.start(ctx, d); err != nil {
		return nil, errors.Join(err, d.store.close())
	}
	return d, nil
}

func badURL(cause error) error {
	return errs.New(errs.Invalid, "database-url", "数据库地址应为 sqlite:///路径 或 postgres://…。",
		"The database URL must be sqlite:///path or postgres://….").Because(cause)
}

// Now is the clock given to Open, in UTC to the microsecond. In an act, use Tx.Now.
func (d *DB) Now() time.Time { return d.o.Now().UTC().Truncate(time.Microsecond) }

// Engine says which engine this is.
func (d *DB) Engine() Engine { return d.engine }

// Write performs one act: fn runs in a transaction, and what it wrote is
// stored as a whole when Write returns nil, and not at all otherwise (but see
// ErrOutcomeUnknown). fn may run twice, so it touches only tx. The name is
// for logs and errors: "case.accept". On PostgreSQL the isolation is READ
// COMMITTED: guard what was read with QueueOne and a version, or use
// WriteSerializable. A panic in fn undoes the act and goes on in the caller.
func (d *DB) Write(ctx context.Context, name string, fn func(tx *Tx) error) error {
	return d.write(ctx, name, false, fn)
}

// WriteSerializable is Write for acts whose reads must still hold at the
// commit: on PostgreSQL the isolation is SERIALIZABLE, with retry; on SQLite
// acts run one after the other anyway.
func (d *DB) WriteSerializable(ctx context.Context, name string, fn func(tx *Tx) error) error {
	return d.write(ctx, name, true, fn)
}

func (d *DB) write(ctx context.Context, name string, serializable bool, fn func(tx *Tx) error) error {
	if d.o.ReadOnly {
		return ErrReadOnly
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := d.ids.hold(ctx, d); err != nil {
		return err
	}
	d.stats.acts.Add(1)
	err := d.store.act(ctx, name, serializable, fn)
	if err != nil {
		d.stats.failed.Add(1)
	}
	return err
}

// Read gives a reader. Every question sees what was committed before it; a
// reader cannot write. A question that meets a broken connection is asked
// once more. Do not read through it inside an act: use the Tx.
func (d *DB) Read(ctx context.Context) Queryer { return reader{d, ctx} }

type reader struct {
	d   *DB
	ctx context.Context
}

func (r reader) Query(sql string, args ...any) (*Rows, error) {
	a, err := arguments(args)
	if err != nil {
		return nil, fault(sql, err)
	}
	r.d.traced("", sql, a)
	rows, err := r.d.store.query(r.ctx, sql, a)
	switch {
	case err == nil:
		return rows, nil
	case r.ctx.Err() != nil:
		return nil, fault(sql, r.ctx.Err())
	}
	return nil, fault(sql, explain(err))
}

func (r reader) QueryRow(sql string, args ...any) *Row {
	rows, err := r.Query(sql, args...)
	return &Row{rows, err}
}

// Prepare checks that the engine understands a statement, without running it.
func (d *DB) Prepare(ctx context.Context, sql string) error {
	if err := d.store.prepare(ctx, sql); err != nil {
		return fault(sql, explain(err))
	}
	return nil
}

// Ping reports whether the database answers now; ErrAway if not.
func (d *DB) Ping(ctx context.Context) error { return explain(d.store.ping(ctx)) }

// Close waits for running acts, refuses new ones and lets the database go.
func (d *DB) Close() error {
	d.ids.stop(d)
	return d.store.close()
}

// Attach keeps a value for acts, which find it by Tx.Value. A room attaches
// once, when it is built, under a key of an unexported type.
func (d *DB) Attach(key, value any) { d.values.Store(key, value) }

// Tracer sees a statement before it runs, with its arguments as the engine gets
// them and the name of the act, "" outside of one. It runs in the goroutine of
// the caller. The arguments may hold personal data and must not be changed.
type Tracer func(act, sql string, args []any)

// Trace shows every statement from now on to f; nil ends it. It is for
// measurements and for tests that count statements.
func (d *DB) Trace(f Tracer) {
	if f == nil {
		d.trace.Store(nil)
		return
	}
	d.trace.Store(&f)
}

func (d *DB) traced(act, sql string, args []any) {
	if f := d.trace.Load(); f != nil {
		(*f)(act, sql, args)
	}
}

// Stats are counters since Open, for /metrics.
type Stats struct {
	Acts     int64 // acts asked for
	Failed   int64 // acts that ended with an error
	Commits  int64 // commits; fewer than acts where several shared one
	Retries  int64 // acts run again after a collision or a broken connection
	Unknown  int64 // acts whose outcome stayed unknown
	LastSize int64 // SQLite: acts in the last commit
}

type stats struct{ acts, failed, commits, retries, unknown, last atomic.Int64 }

// Stats reads the counters.
func (d *DB) Stats() Stats {
	s := &d.stats
	return Stats{s.acts.Load(), s.failed.Load(), s.commits.Load(), s.retries.Load(), s.unknown.Load(), s.last.Load()}
}
