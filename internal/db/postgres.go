package db

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

// pgStore is the PostgreSQL engine: one pool for acts and one for readers, so
// that neither can starve the other. Readers' sessions are read-only.
type pgStore struct {
	d      *DB
	config *pgxpool.Config
	acts   *pgxpool.Pool
	reads  *pgxpool.Pool
	pooled bool // a pooler such as pgbouncer stands between: sessions are not ours
}

const (
	defaultConns  = 16 // more than a few per core only queue on the server
	maxAttempts   = 12 // of an act that meets others
	commitTimeout = 30 * time.Second
)

// actsAtOnce is how many acts are let in at once where nothing is configured:
// two for each core, one of which computes while the other waits for the disk.
// More would not be done sooner, and whoever only looks something up would have
// to share the cores with all of them. The rest waits its turn.
func actsAtOnce(cores int) int32 { return int32(min(max(2*cores, 4), defaultConns)) }

func openPostgres(ctx context.Context, d *DB, rawURL string) (_ *pgStore, err error) {
	config, err := pgxpool.ParseConfig(rawURL)
	if err != nil {
		return nil, badURL(fmt.Errorf("parse: %w", err))
	}
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, badURL(nil) // url.Error repeats the password
	}
	forActs := int32(d.o.Conns)
	switch {
	case d.o.Conns > 0:
		config.MaxConns = forActs
	case u.Query().Has("pool_max_conns"):
		forActs = config.MaxConns
	default:
		config.MaxConns, forActs = defaultConns, actsAtOnce(runtime.GOMAXPROCS(0))
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = 5 * time.Second
	}
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "tongban"
	}
	s := &pgStore{d: d, config: config}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if !d.o.ReadOnly {
		ac := config.Copy()
		ac.MaxConns = forActs
		if s.acts, err = pgxpool.NewWithConfig(ctx, ac); err != nil {
			return nil, explain(err)
		}
	}
	rc := config.Copy()
	mode := rc.ConnConfig.DefaultQueryExecMode
	s.pooled = mode == pgx.QueryExecModeExec || mode == pgx.QueryExecModeSimpleProtocol
	if !s.pooled {
		rc.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
	}
	if s.reads, err = pgxpool.NewWithConfig(ctx, rc); err != nil {
		return nil, explain(err)
	}
	return s, explain(s.ping(ctx))
}

func (s *pgStore) query(ctx context.Context, text string, args []any) (*Rows, error) {
	for attempt := 0; ; attempt++ {
		out, err := s.ask(ctx, text, args)
		if err == nil {
			return out, nil
		}
		if attempt >= 2 || ctx.Err() != nil || unreachable(err) || !lost(err) && !collided(err) {
			return nil, err
		}
		if lost(err) {
			s.reads.Reset() // the other idle connections are as dead as this one
		}
	}
}

// ask asks once, where nothing can be written.
func (s *pgStore) ask(ctx context.Context, text string, args []any) (out *Rows, err error) {
	if !s.pooled {
		rows, err := s.reads.Query(ctx, text, args...)
		if err != nil {
			return nil, err
		}
		return collectPG(rows)
	}
	b := &pgx.Batch{}
	b.Queue("BEGIN READ ONLY")
	b.Queue(text, args...)
	b.Queue("COMMIT")
	err = s.reads.AcquireFunc(ctx, func(c *pgxpool.Conn) error {
		res := c.SendBatch(ctx, b)
		_, err := res.Exec()
		if err == nil {
			var rows pgx.Rows
			if rows, err = res.Query(); err == nil {
				out, err = collectPG(rows)
			}
		}
		if cerr := res.Close(); err == nil {
			err = cerr
		}
		if !c.Conn().IsClosed() && c.Conn().PgConn().TxStatus() != 'I' {
			_, _ = c.Exec(ctx, "ROLLBACK") // if it fails, the pool drops the connection
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (s *pgStore) prepare(ctx context.Context, text string) error {
	return s.reads.AcquireFunc(ctx, func(c *pgxpool.Conn) error {
		_, err := c.Conn().PgConn().Prepare(ctx, "", text, nil)
		return err
	})
}

func (s *pgStore) ping(ctx context.Context) error {
	if s.acts != nil {
		if err := s.acts.Ping(ctx); err != nil {
			return err
		}
	}
	return s.reads.Ping(ctx)
}

func (s *pgStore) close() error {
	for _, p := range []*pgxpool.Pool{s.acts, s.reads} {
		if p != nil {
			p.Close()
		}
	}
	return nil
}

// act runs fn until it is committed, fails by itself, or has met others too often.
func (s *pgStore) act(ctx context.Context, name string, serializable bool, fn func(*Tx) error) error {
	for attempt := 1; ; attempt++ {
		again, err := s.try(ctx, name, serializable, fn)
		if !again {
			return err
		}
		switch {
		case unreachable(err) || lost(err) && attempt >= 3:
			return ErrAway.Because(fault(name, err))
		case attempt >= maxAttempts:
			return ErrBusy.Because(fault(name, err))
		case lost(err):
			s.acts.Reset() // the other idle connections are as dead as this one
		}
		s.d.stats.retries.Add(1)
		select {
		case <-time.After(time.Duration(rand.Int64N(int64(min(attempt, 6)))+1) * 2 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// try runs fn once. again says that nothing happened and that it may run again.
func (s *pgStore) try(ctx context.Context, name string, serializable bool, fn func(*Tx) error) (again bool, err error) {
	run := &pgRunner{s: s, begin: "BEGIN ISOLATION LEVEL READ COMMITTED"}
	if serializable {
		run.begin = "BEGIN ISOLATION LEVEL SERIALIZABLE"
	}
	defer run.release()
	tx := s.d.begin(ctx, name, run)
	if err = tx.call(fn); err == nil {
		err = run.commit(ctx)
		if err == nil {
			s.d.stats.commits.Add(1)
			run.release()
			tx.committed()
			return false, nil
		}
		if run.unknown {
			s.d.stats.unknown.Add(1)
			return false, ErrOutcomeUnknown.Because(fault(name, err))
		}
		if run.failed != nil {
			err = fault(name+": "+run.failedAt, explain(err))
		}
	}
	if ctx.Err() == nil && run.failed != nil && (lost(run.failed) || collided(run.failed)) {
		return true, run.failed
	}
	return false, err
}

// collectPG reads an answer to its end, as int64, float64, bool, string and []byte.
func collectPG(rows pgx.Rows) (*Rows, error) {
	defer rows.Close()
	out := &Rows{}
	// What rows tells belongs to the connection and goes with its last row.
	name := func() {
		for _, f := range rows.FieldDescriptions() {
			out.columns = append(out.columns, f.Name)
		}
	}
	name()
	for rows.Next() {
		if out.columns == nil {
			name()
		}
		fields := rows.FieldDescriptions()
		for i, raw := range rows.RawValues() {
			v, err := decode(rows, fields[i].DataTypeOID, fields[i].Format, raw)
			if err != nil {
				return nil, fmt.Errorf("column %s: %w", fields[i].Name, err)
			}
			out.values = append(out.values, v)
		}
	}
	return out, rows.Err()
}

func decode(rows pgx.Rows, oid uint32, format int16, raw []byte) (any, error) {
	if raw == nil {
		return nil, nil
	}
	m := rows.Conn().TypeMap()
	switch oid {
	case pgtype.Int8OID, pgtype.Int4OID, pgtype.Int2OID:
		var n int64
		err := m.Scan(oid, format, raw, &n)
		return n, err
	case pgtype.BoolOID:
		var b bool
		err := m.Scan(oid, format, raw, &b)
		return b, err
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.BPCharOID, pgtype.NameOID, pgtype.JSONOID:
		return string(raw), nil
	case pgtype.ByteaOID:
		var b []byte
		err := m.Scan(oid, format, raw, &b)
		return b, err
	case pgtype.Float8OID, pgtype.Float4OID:
		var f float64
		err := m.Scan(oid, format, raw, &f)
		return f, err
	case pgtype.NumericOID: // sum and avg
		var x pgtype.Numeric
		if err := m.Scan(oid, format, raw, &x); err != nil {
			return nil, err
		}
		if n, err := x.Int64Value(); err == nil && n.Valid {
			return n.Int64, nil
		}
		f, err := x.Float64Value()
		return f.Float64, err
	}
	var s string
	if err := m.Scan(oid, format, raw, &s); err != nil {
		return nil, err
	}
	return s, nil
}
