package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/tongban/tongban/internal/app"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/db"
)

// sweepSlow is how long the sweep of what is due may take, in seconds.
const sweepSlow = 5

// sweepTables are those that a sweep of waiting cases reads and changes; rows of
// others are only added to.
var sweepTables = []string{"cases", "task"}

// sweep has many open cases, of which some reach their receipt limit in the same
// minute, and looks how long it takes until all of them count as accepted.
func (b *bench) sweep(ctx context.Context) error { return b.onEach(ctx, b.sweepOn) }

func (b *bench) sweepOn(ctx context.Context, engine string) (err error) {
	at := time.Now()
	t, err := b.newCrowd(ctx, engine)
	if t != nil {
		defer func() { err = errors.Join(err, t.close()) }()
	}
	if err != nil {
		return err
	}
	fmt.Printf("%s: %d open cases loaded in %v\n", engine, t.cases, time.Since(at).Round(time.Second))
	if err := t.sweepPlans(ctx); err != nil {
		return err
	}
	best, turn := sweepSlow*100.0, 0
	for range b.rounds {
		err := b.fairly(func() (func(), error) {
			if (turn+1)*b.due > t.cases {
				return nil, fmt.Errorf("%d cases are too few for so many turns of %d", t.cases, b.due)
			}
			if err := t.fallDue(ctx, turn*b.due+1, (turn+1)*b.due); err != nil {
				return nil, err
			}
			turn++
			began := time.Now()
			if err := t.Casework.Tick(ctx); err != nil {
				return nil, err
			}
			took := time.Since(began).Seconds()
			var left int
			if err := t.DB.Read(ctx).QueryRow("SELECT count(*) FROM cases WHERE state = 'submitted' AND state <> 'closed' AND due_on = $1", pastDay).Scan(&left); err != nil {
				return nil, err
			}
			if left > 0 {
				return nil, fmt.Errorf("%d of %d cases were not swept", left, b.due)
			}
			fmt.Printf("   %s: %d due of %d open swept in %.2f s, %.0f a second\n", engine, b.due, t.cases, took, float64(b.due)/took)
			return func() { best = min(best, took) }, nil
		})
		if err != nil {
			return err
		}
	}
	b.judge(fmt.Sprintf("%s: sweep of %d due, %d cases open", engine, b.due, t.cases), best, false, sweepSlow, " s")
	return nil
}

// Stored dates of the crowd: those of cases that wait, and of those made due.
const (
	farDay  = "2999-12-31"
	pastDay = "2000-01-03"
)

// newCrowd is a city whose cases all wait at the window: copies of a real one
// that was received two months ago, stored with a date far away.
func (b *bench) newCrowd(ctx context.Context, engine string) (*town, error) {
	c, err := b.newCity(ctx, engine, fmt.Sprintf("open%d", b.cases))
	if err != nil {
		return nil, err
	}
	t := &town{city: c, cases: b.cases}
	if err := t.Casework.Tick(ctx); err != nil { // the dates follow the calendar in force
		return t, err
	}
	a, in := t.application(0, 0)
	waiting, err := t.Casework.Apply(ctx, a, in)
	if err != nil {
		return t, err
	}
	if err := c.Rooms.Close(); err != nil {
		return t, err
	}
	if err := t.loadCrowd(ctx, waiting); err != nil {
		return t, err
	}
	c.Rooms, err = app.Open(ctx, c.Config, time.Now, slog.New(slog.DiscardHandler))
	return t, err
}

// loadCrowd copies the case and its task, with the indexes taken off meanwhile.
func (t *town) loadCrowd(ctx context.Context, waiting *casework.Case) (err error) {
	pool, err := t.loader()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	do := func(format string, args ...any) {
		if err == nil {
			text := fmt.Sprintf(format, args...)
			if _, err = pool.ExecContext(ctx, text); err != nil {
				err = fmt.Errorf("%w in %.300s", err, text)
			}
		}
	}
	long := waiting.ReceivedAt.AddDate(0, 0, -60)
	for i := range waiting.Clocks {
		waiting.Clocks[i].Start = long
	}
	clocks, err := json.Marshal(waiting.Clocks)
	if err != nil {
		return err
	}
	do("UPDATE cases SET clocks = '%s', submitted_at = %d, received_at = %d, due_on = '%s' WHERE id = %d", clocks, long.UnixMicro(), long.UnixMicro(), farDay, waiting.ID)
	names := "'" + strings.Join(sweepTables, "', '") + "'"
	find := `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN (` + names + `)`
	if t.engine == "postgres" {
		find = `SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN (` + names + `) AND indexname NOT IN (SELECT conname FROM pg_constraint)`
	}
	indexes, err2 := pairs(ctx, pool, find)
	if err = errors.Join(err, err2); err != nil {
		return err
	}
	for _, index := range indexes {
		do("DROP INDEX %s", index[0])
	}
	for from := 1; from <= t.cases && err == nil; from += loadChunk {
		to := min(t.cases, from+loadChunk-1)
		for _, table := range sweepTables {
			columns, err := columnsOf(ctx, pool, table)
			if err != nil {
				return err
			}
			do("%s", t.crowdSQL(table, columns, waiting.ID, from, to))
		}
	}
	for _, index := range indexes {
		do("%s", index[1])
	}
	if t.engine == "postgres" {
		do("VACUUM ANALYZE")
	} else {
		do("ANALYZE")
		do("PRAGMA journal_mode = wal")
	}
	return err
}

// crowdSQL copies the rows of one table for the cases from … to.
func (t *town) crowdSQL(table string, columns []string, waiting int64, from, to int) string {
	id := fmt.Sprintf("%d + s.n * %d", firstCase, caseStep)
	set := map[string]string{"id": id, "case_id": id, "due_on": "'" + farDay + "'",
		"no": fmt.Sprintf("'%s20251010' || substr(CAST(10000000 + s.n AS TEXT), 2)", t.item.Code)}
	of := "id"
	if table == "task" {
		of = "case_id"
	}
	var values []string
	for _, c := range columns {
		if v, ok := set[c]; ok {
			values = append(values, v)
		} else {
			values = append(values, "t."+c)
		}
	}
	series := fmt.Sprintf("WITH RECURSIVE g(n) AS (SELECT %d UNION ALL SELECT n + 1 FROM g WHERE n < %d) ", from, to)
	if t.engine == "postgres" {
		series = fmt.Sprintf("WITH g(n) AS (SELECT generate_series(CAST(%d AS BIGINT), %d)) ", from, to)
	}
	return "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") " + series + "SELECT " + strings.Join(values, ", ") +
		fmt.Sprintf(" FROM g s CROSS JOIN %s t WHERE t.%s = %d", table, of, waiting)
}

// fallDue lets the cases from … to reach their date.
func (t *town) fallDue(ctx context.Context, from, to int) error {
	return t.DB.Write(ctx, "bench.fall-due", func(tx *db.Tx) error {
		tx.Queue("UPDATE cases SET due_on = $3 WHERE id BETWEEN $1 AND $2", firstCase+int64(from)*caseStep, firstCase+int64(to)*caseStep, pastDay)
		return nil
	})
}

// sweepPlans prints how the engine finds what is due while nothing is. A question
// that walks through all cases is an error.
func (t *town) sweepPlans(ctx context.Context) error {
	var mu sync.Mutex
	var asked []statement
	t.DB.Trace(func(_, sql string, args []any) {
		mu.Lock()
		defer mu.Unlock()
		if strings.HasPrefix(sql, "SELECT") {
			asked = append(asked, statement{sql, args})
		}
	})
	err := t.Casework.Tick(ctx)
	t.DB.Trace(nil)
	if err != nil {
		return err
	}
	fmt.Printf("%s, %d cases open: a sweep with nothing due is %d questions\n", t.engine, t.cases, len(asked))
	for _, s := range asked {
		if strings.Contains(s.sql, "cases") {
			if err := t.plan(ctx, s); err != nil {
				return err
			}
		}
	}
	return nil
}
