package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // loads PostgreSQL through database/sql

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/app"
	"github.com/tongban/tongban/internal/casework"
)

// Copies get keys of their own: case n has firstCase + n × caseStep, and what
// belongs to it the keys behind.
const (
	firstCase  = int64(1) << 41
	caseStep   = 64
	firstParty = int64(1) << 42
	unitCount  = 20
	slots      = 360 // shares of the units: 1/1, 1/2, … 1/20 of them, scaled
	loadChunk  = 50_000
)

// caseTable says how a table's rows are copied: columns given here are computed
// from s.n, the number of the copy, all others are the pattern's.
type caseTable struct {
	name, of string // of: the column that points to the case
	wide     string // the widest column
	set      map[string]string
}

var caseTables = []caseTable{
	{"cases", "id", "answers", map[string]string{
		"id": "{case}", "no": "{no}", "unit_id": "{unit}", "receiving_unit_id": "{unit}",
		"party_id": "{party}", "submitted_at": "t.submitted_at - {ago}", "received_at": "t.received_at - {ago}", "due_on": "{due}"}},
	{"case_material", "case_id", "data", map[string]string{"id": "{id}", "case_id": "{case}"}},
	{"case_event", "case_id", "note", map[string]string{"id": "{id}", "case_id": "{case}", "at": "t.at - {ago}"}},
	{"task", "case_id", "name", map[string]string{"id": "{id}", "case_id": "{case}", "unit_id": "{unit}",
		"opened_at": "t.opened_at - {ago}", "due_on": "{due}"}},
	{"document", "case_id", "content", map[string]string{"id": "{id}", "case_id": "{case}", "number": "t.number || '-' || CAST(s.n AS TEXT)"}},
}

// partyOf spreads the cases over the parties; cases of one party are far apart.
func partyOf(n, parties int) int { return n * 48271 % parties }

// number is the case number of copy n.
func (t *town) number(n int) string { return fmt.Sprintf("%s20251010%07d", t.item.Code, n) }

// newTown makes a city and fills it by copying two real cases with SQL: two in a
// hundred wait at the window, the others are closed; twenty units get a share
// of 1, 1/2, 1/3 … each; an applicant has three cases on average.
func (b *bench) newTown(ctx context.Context, engine string, n int) (*town, error) {
	c, err := b.newCity(ctx, engine, fmt.Sprintf("cases%d", n))
	if err != nil {
		return nil, err
	}
	t := &town{city: c, cases: n}
	if err := t.cast(ctx); err != nil {
		return t, err
	}
	waiting, closed, err := t.patterns(ctx)
	if err != nil {
		return t, err
	}
	// The rooms leave while the rows are laid out, and come back afterwards.
	if err := c.Rooms.Close(); err != nil {
		return t, err
	}
	if err := t.load(ctx, waiting, closed); err != nil {
		return t, err
	}
	if c.Rooms, err = app.Open(ctx, c.Config, time.Now, slog.New(slog.DiscardHandler)); err != nil {
		return t, err
	}
	return t, nil
}

// cast finds the staff and twenty units, those of the patterns first.
func (t *town) cast(ctx context.Context) error {
	ids, err := t.Identity.DemoIDs(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids.Staff {
		a, err := t.Identity.StaffActor(ctx, id, actor.Window)
		if err != nil {
			return err
		}
		t.staff = append(t.staff, a)
	}
	dir, err := t.Identity.Directory(ctx)
	if err != nil {
		return err
	}
	t.decider = dir.Path(t.item.UnitID)
	first, _ := dir.Unit(t.item.ReceivingUnitID)
	t.units = append(t.units, first)
	for _, u := range dir.Units() {
		if len(t.units) < unitCount && u.ID != first.ID {
			t.units = append(t.units, u)
		}
	}
	// One clerk who may see every queue and case of the measurement: real grants
	// reach one centre, which would make the second queue one of another person.
	if t.clerk, err = t.official(actor.WindowClerk, first.Path); err != nil {
		return err
	}
	for _, u := range t.units {
		t.clerk.Grants = append(t.clerk.Grants, actor.Grant{Role: actor.WindowClerk, Path: u.Path})
	}
	return nil
}

// load copies the patterns with the indexes taken off, and puts them on again.
func (t *town) load(ctx context.Context, waiting, closed *casework.Case) (err error) {
	pool, err := t.loader()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	do := func(format string, args ...any) {
		if err == nil {
			text := fmt.Sprintf(format, args...)
			if _, err = pool.ExecContext(ctx, text); err != nil {
				err = fmt.Errorf("%w in %s", err, text[:min(len(text), 300)])
			}
		}
	}
	do("CREATE TABLE bench_unit (slot INTEGER PRIMARY KEY, id BIGINT NOT NULL)")
	for slot := range slots {
		do("INSERT INTO bench_unit VALUES (%d, %d)", slot, t.units[unitOf(slot)].ID)
	}
	var names []string
	for _, table := range caseTables {
		names = append(names, "'"+table.name+"'")
	}
	find := `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN (` + strings.Join(names, ", ") + `)`
	if t.engine == "postgres" {
		find = `SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN (` + strings.Join(names, ", ") + `)
			AND indexname NOT IN (SELECT conname FROM pg_constraint)`
		for _, table := range caseTables {
			do("ALTER TABLE %s SET UNLOGGED", table.name) // reading is the same, loading is shorter
		}
		do("SET work_mem = '400MB'")
		do("SET maintenance_work_mem = '1GB'")
		do("SET jit = off")
		do("SET enable_mergejoin = off") // hash joins keep the order of the series
		do("SET enable_nestloop = off")
	}
	if err != nil {
		return err
	}
	indexes, err := pairs(ctx, pool, find)
	if err != nil {
		return err
	}
	for _, index := range indexes {
		do("DROP INDEX %s", index[0])
	}
	columns := map[string][]string{}
	for _, table := range caseTables {
		if columns[table.name], err = columnsOf(ctx, pool, table.name); err != nil {
			return err
		}
	}
	for _, table := range caseTables {
		do(`CREATE TABLE bench_%s AS SELECT r.*, row_number() OVER (PARTITION BY r.%s ORDER BY r.id) + %d AS bench_rank
			FROM %s r WHERE r.%s IN (%d, %d)`, table.name, table.of, rankOf[table.name], table.name, table.of, waiting.ID, closed.ID)
		do("CREATE INDEX bench_%s_of ON bench_%s (%s)", table.name, table.name, table.of)
	}
	for from := 1; from <= t.cases; from += loadChunk {
		to := min(t.cases, from+loadChunk-1)
		for _, table := range caseTables {
			do("%s", t.copySQL(table, columns[table.name], waiting.ID, closed.ID, from, to))
		}
	}
	for _, index := range indexes {
		do("%s", index[1])
	}
	if t.engine == "postgres" {
		do("VACUUM ANALYZE")
	} else {
		do("PRAGMA journal_mode = wal")
	}
	return err
}

// loader is a connection that does not wait for the disk.
func (t *town) loader() (*sql.DB, error) {
	driver, dsn := "pgx", t.url
	if t.engine == "sqlite" {
		driver = "sqlite"
		dsn = "file:" + filepath.Join(t.dir, "tongban.db") + "?_pragma=journal_mode(off)&_pragma=synchronous(off)&_pragma=cache_size(-400000)&_pragma=temp_store(memory)"
	}
	pool, err := sql.Open(driver, dsn)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	return pool, nil
}

// unitOf gives slots to units so that unit k has about 1/(k+1) of the first one's.
func unitOf(slot int) int {
	sum := 0.0
	for k := range unitCount {
		sum += 1 / float64(k+1)
	}
	at := (float64(slot) + 0.5) / slots * sum
	for k := range unitCount {
		if at -= 1 / float64(k+1); at < 0 {
			return k
		}
	}
	return unitCount - 1
}

// copySQL copies the rows of the patterns that belong in one table for the cases
// from … to. Every fiftieth case waits.
func (t *town) copySQL(table caseTable, columns []string, waiting, closed int64, from, to int) string {
	words := strings.NewReplacer(
		"{case}", fmt.Sprintf("%d + s.n * %d", firstCase, caseStep),
		"{id}", fmt.Sprintf("%d + s.n * %d + t.bench_rank", firstCase, caseStep),
		"{no}", fmt.Sprintf("'%s20251010' || substr(CAST(10000000 + s.n AS TEXT), 2)", t.item.Code),
		"{unit}", "u.id", "{ago}", "s.n % 400 * 86400000000",
		"{party}", fmt.Sprintf("%d + s.n * 48271 %% %d", firstParty, t.parties()),
		"{due}", "CASE WHEN t.due_on = '' THEN '' ELSE '2026-12-' || substr(CAST(100 + 1 + s.n / 50 % 28 AS TEXT), 2) END")
	var values []string
	for _, c := range columns {
		if v, ok := table.set[c]; ok {
			values = append(values, words.Replace(v))
		} else {
			values = append(values, "t."+c)
		}
	}
	series := fmt.Sprintf("WITH RECURSIVE g(n) AS (SELECT %d UNION ALL SELECT n + 1 FROM g WHERE n < %d) ", from, to)
	if t.engine == "postgres" {
		series = fmt.Sprintf("WITH g(n) AS (SELECT generate_series(CAST(%d AS BIGINT), %d)) ", from, to)
	}
	return "INSERT INTO " + table.name + " (" + strings.Join(columns, ", ") + ") " + series + "SELECT " + strings.Join(values, ", ") +
		fmt.Sprintf(` FROM g s CROSS JOIN bench_unit u CROSS JOIN bench_%s t WHERE u.slot = (s.n / 50 * 7 + s.n * 11) %% %d
		AND t.%s = CASE WHEN s.n %% 50 = 0 THEN CAST(%d AS BIGINT) ELSE CAST(%d AS BIGINT) END`,
			table.name, slots, table.of, waiting, closed)
}

// rankOf keeps the keys of a case's rows apart.
var rankOf = map[string]int{"cases": 0, "case_material": 8, "case_event": 16, "task": 32, "document": 48}

func pairs(ctx context.Context, pool *sql.DB, text string) (out [][2]string, err error) {
	rows, err := pool.QueryContext(ctx, text)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p [2]string
		if err := rows.Scan(&p[0], &p[1]); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

func columnsOf(ctx context.Context, pool *sql.DB, table string) ([]string, error) {
	rows, err := pool.QueryContext(ctx, "SELECT * FROM "+table+" WHERE id = 0")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return rows.Columns()
}
