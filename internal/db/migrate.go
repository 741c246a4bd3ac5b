package db

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var embedded embed.FS

// versionTable keeps which migrations were applied.
const versionTable = "db_version"

// Migrate brings the tables to what this program needs. Migrations only add;
// each runs in its own transaction and leaves nothing behind if it fails.
// Several processes may call it at once. It gives the names of what it applied.
func (d *DB) Migrate(ctx context.Context) ([]string, error) {
	sub, err := fs.Sub(embedded, "migrations")
	if err != nil {
		return nil, err
	}
	names, err := d.migrate(ctx, sub)
	if err != nil {
		return names, err
	}
	return names, d.ids.hold(ctx, d)
}

func (d *DB) migrate(ctx context.Context, source fs.FS) (names []string, err error) {
	if d.o.ReadOnly {
		return nil, ErrReadOnly
	}
	ddl, err := translate(source, d.engine)
	if err != nil {
		return nil, err
	}
	if len(ddl) == 0 {
		return nil, nil
	}
	options := []goose.ProviderOption{
		goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true), goose.WithTableName(versionTable),
	}
	var pool *sql.DB
	var dialect database.Dialect
	switch s := d.store.(type) {
	case *liteStore:
		dialect = database.DialectSQLite3
		if pool, err = sql.Open("sqlite", liteDSN(s.path, false)); err != nil {
			return nil, err
		}
		pool.SetMaxOpenConns(1)
	case *pgStore:
		dialect = database.DialectPostgres
		pool = stdlib.OpenDB(*s.config.ConnConfig.Copy())
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	p, err := goose.NewProvider(dialect, pool, ddl, options...)
	if err != nil {
		return nil, fmt.Errorf("db: migrations: %w", err)
	}
	done, err := p.Up(ctx)
	for _, r := range done {
		names = append(names, r.Source.Path)
	}
	if err != nil {
		return names, fmt.Errorf("db: migrate: %w", explain(err))
	}
	return names, nil
}

// SchemaVersion is the highest migration that was applied, 0 before the first.
func (d *DB) SchemaVersion(ctx context.Context) (int64, error) {
	done, err := d.applied(ctx)
	var v int64
	for n := range done {
		v = max(v, n)
	}
	return v, err
}

// Pending lists the migrations of this program that were not applied yet.
func (d *DB) Pending(ctx context.Context) ([]string, error) {
	done, err := d.applied(ctx)
	if err != nil {
		return nil, err
	}
	list, err := fs.Glob(embedded, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	var pending []string
	for _, f := range list {
		name, ok := forEngine(path.Base(f), d.engine)
		v, err := goose.NumericComponent(name)
		if ok && err == nil && !done[v] {
			pending = append(pending, name)
		}
	}
	return pending, nil
}

func (d *DB) applied(ctx context.Context) (map[int64]bool, error) {
	q := d.Read(ctx)
	exists := "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1"
	if d.engine == Postgres {
		exists = "SELECT count(*) FROM pg_catalog.pg_tables WHERE tablename = $1 AND schemaname = ANY (current_schemas(false))"
	}
	var n int
	if err := q.QueryRow(exists, versionTable).Scan(&n); err != nil || n == 0 {
		return nil, err
	}
	rows, err := q.Query("SELECT version_id FROM " + versionTable + " WHERE version_id > 0")
	if err != nil {
		return nil, err
	}
	done := map[int64]bool{}
	for rows.Next() {
		var v int64
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		done[v] = true
	}
	return done, nil
}

// Schema is the whole DDL of this program in the words of an engine, in the
// order of the migrations.
func Schema(engine Engine) (string, error) {
	sub, err := fs.Sub(embedded, "migrations")
	if err != nil {
		return "", err
	}
	ddl, err := translate(sub, engine)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(ddl)) {
		fmt.Fprintf(&b, "-- %s\n%s\n", name, ddl[name])
	}
	return b.String(), nil
}

// translate gives the migrations in the words of an engine. A file named
// NNNN_room.sqlite.sql or NNNN_room.postgres.sql is for that engine alone.
func translate(source fs.FS, engine Engine) (files, error) {
	list, err := fs.Glob(source, "*.sql")
	if err != nil {
		return nil, err
	}
	out := files{}
	for _, f := range list {
		name, ok := forEngine(f, engine)
		if !ok {
			continue
		}
		text, err := fs.ReadFile(source, f)
		if err != nil {
			return nil, err
		}
		if _, ok := out[name]; ok {
			return nil, fmt.Errorf("db: migration %s exists twice", name)
		}
		ddl, err := words(string(text), engine)
		if err != nil {
			return nil, fmt.Errorf("db: migration %s: %w", f, err)
		}
		out[name] = ddl
	}
	return out, nil
}

func forEngine(file string, engine Engine) (name string, ok bool) {
	base := strings.TrimSuffix(file, ".sql")
	for _, e := range []Engine{SQLite, Postgres} {
		if b, found := strings.CutSuffix(base, "."+string(e)); found {
			return b + ".sql", e == engine
		}
	}
	return file, true
}

// words replaces what the engines call differently:
//
//	{{KEY}}     the primary key: row id on SQLite, BIGINT on PostgreSQL
//	{{BLOB}}    bytes
//	{{STRICT}}  after a table's closing parenthesis: types are enforced
//	BIGINT, BOOLEAN  as written; INTEGER on SQLite
func words(text string, engine Engine) (string, error) {
	pairs := []string{"{{KEY}}", "BIGINT PRIMARY KEY", "{{BLOB}}", "BYTEA", "{{STRICT}}", ""}
	if engine == SQLite {
		pairs = []string{"{{KEY}}", "INTEGER PRIMARY KEY", "{{BLOB}}", "BLOB", "{{STRICT}}", "STRICT"}
		text = regexp.MustCompile(`\b(BIGINT|BOOLEAN)\b`).ReplaceAllString(text, "INTEGER")
	}
	text = strings.NewReplacer(pairs...).Replace(text)
	if i := strings.Index(text, "{{"); i >= 0 {
		return "", fmt.Errorf("unknown word at byte %s", strconv.Itoa(i))
	}
	return text, nil
}
