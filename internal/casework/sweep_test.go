package casework

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db"
)

// copies adds n copies of a case that waits at the window, with its task, under
// other keys and with another stored date.
func (c *city) copies(k *Case, base, n int64, due string) {
	c.t.Helper()
	columns := strings.Join(strings.Fields(caseColumns), " ") + ", updated_at"
	values := strings.NewReplacer("id, no,", "CAST($2 AS BIGINT) + g.n, no || '-' || CAST(CAST($2 AS BIGINT) + g.n AS TEXT),", "due_on,", "CAST($3 AS TEXT),").Replace(columns)
	tasks := strings.NewReplacer("id, case_id,", "CAST($2 AS BIGINT) + g.n, CAST($2 AS BIGINT) + g.n,", "due_on,", "CAST($3 AS TEXT),").Replace(taskColumns)
	series := `WITH RECURSIVE g(n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM g WHERE n < CAST($4 AS BIGINT)) `
	c.must(c.d.Write(c.t.Context(), "test.copies", func(tx *db.Tx) error {
		tx.Queue(`INSERT INTO cases (`+columns+`) `+series+`SELECT `+values+` FROM cases CROSS JOIN g WHERE cases.id = $1`, k.ID, base, due, n)
		tx.Queue(`INSERT INTO task (`+taskColumns+`) `+series+`SELECT `+tasks+` FROM task CROSS JOIN g WHERE task.case_id = $1 AND task.state = 'open'`, k.ID, base, due, n)
		return nil
	}))
}

// TestSweep: ten thousand applications reach their limit in the same minute.
// All are handled, in transactions of two hundred; what cannot be handled keeps
// nobody back; what is open and not due costs nothing.
func TestSweep(t *testing.T) {
	const due, open = 10_000, 10_000
	inCity(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		c.must(c.Tick(ctx))
		c.clk.Set(day(t, "2026-03-02 09:00"))
		k := c.submit(food, catalog.PickUp)
		c.copies(k, 1<<40, due-1, "2026-03-09")
		c.copies(k, 1<<41, open, "2026-06-30")
		spoil := func(n int64, set string) {
			t.Helper()
			c.must(c.d.Write(ctx, "test.spoil", func(tx *db.Tx) error { tx.Queue(`UPDATE cases SET `+set+` WHERE id = $1`, int64(1<<40)+n); return nil }))
		}
		spoil(7, `clocks = '{'`)                                // cannot be read
		spoil(8, `version_id = 99`)                             // has no guide
		spoil(9, `item_name = '`+strings.Repeat("长", 5000)+`'`) // cannot be told about
		spoil(300, `correction = answers`)                      // sealed for another purpose
		const bad = 4
		c.clk.Set(day(t, "2026-03-10 00:00"))
		var statements, transactions atomic.Int64
		c.d.Trace(func(name, sql string, _ []any) {
			statements.Add(1)
			if name == "casework.sweep" && strings.Contains(sql, "(due_on, id) <=") {
				transactions.Add(1)
			}
		})
		began := time.Now()
		c.must(c.Tick(ctx))
		took := time.Since(began)
		c.d.Trace(nil)
		if n := c.count(`SELECT count(*) FROM cases WHERE state = 'reviewing'`); n != due-bad {
			t.Errorf("%d accepted of %d", n, due)
		}
		for _, q := range []string{`SELECT count(*) FROM case_event WHERE act = 'deem-accepted'`, `SELECT count(*) FROM document WHERE kind = 'acceptance'`,
			`SELECT count(*) FROM audit_record WHERE act = 'case.deem-accepted'`, `SELECT count(*) FROM task WHERE role = 'reviewer' AND state = 'open'`} {
			if n := c.count(q); n != due-bad {
				t.Errorf("%s: %d", q, n)
			}
		}
		if n := c.count(`SELECT count(DISTINCT number) FROM document WHERE kind = 'acceptance'`); n != due-bad {
			t.Errorf("%d numbers", n)
		}
		if n := transactions.Load(); n != due/200 {
			t.Errorf("%d transactions", n)
		}
		// Twelve statements a case at most, and not one for a case that is only open.
		if n := statements.Load(); n > due*12+500 {
			t.Errorf("%d statements", n)
		}
		if took > 2*time.Minute {
			t.Errorf("it took %v", took)
		}
		t.Logf("%d cases in %v, %d statements", due, took.Round(time.Millisecond), statements.Load())
		statements.Store(0)
		c.d.Trace(func(string, string, []any) { statements.Add(1) })
		c.must(c.Tick(ctx)) // only the bad ones are left
		c.d.Trace(nil)
		if n := statements.Load(); n > 60 {
			t.Errorf("the next sweep asks %d times", n)
		}
		if n := c.count(`SELECT count(*) FROM cases WHERE state = 'submitted' AND due_on = '2026-03-09'`); n != bad {
			t.Errorf("%d are left", n)
		}
		// The engine finds what is due by the index, by its own choice.
		c.planned(sqlPastDue, "2026-03-10", "", int64(0))
		c.planned(sqlSweep, "", int64(0), "2026-03-09", int64(1)<<40)
	})
}

// planned checks that the engine, knowing how many rows there are, reads a range
// of the index of open cases by their date.
func (c *city) planned(sql string, args ...any) {
	c.t.Helper()
	prefix := "EXPLAIN QUERY PLAN "
	if c.d.Engine() == db.Postgres {
		prefix = "EXPLAIN "
	}
	var plan string
	c.must(c.d.Write(c.t.Context(), "test.plan", func(tx *db.Tx) error {
		if _, err := tx.Exec("ANALYZE cases"); err != nil {
			return err
		}
		rows, err := tx.Query(prefix+sql, args...)
		plan = string(raw(c, rows))
		return err
	}))
	if !strings.Contains(plan, "cases_due") || strings.Contains(plan, "Seq Scan on cases") || strings.Contains(plan, "SCAN cases") {
		c.t.Errorf("%s\n%s", fmt.Sprintf("%.60s…", sql), plan)
	}
}
