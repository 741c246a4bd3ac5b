package db_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
)

// What a submission writes: a case, 3 materials, an event, an audit record, a job.
var benchTables = []string{
	`CREATE TABLE b_case (id KEY, no TEXT NOT NULL UNIQUE, dept BIGINT NOT NULL, status TEXT NOT NULL, body TEXT NOT NULL)`,
	`CREATE INDEX b_case_dept ON b_case (dept, status, id)`,
	`CREATE TABLE b_material (id KEY, of BIGINT NOT NULL, name TEXT NOT NULL)`,
	`CREATE INDEX b_material_of ON b_material (of)`,
	`CREATE TABLE b_event (id KEY, of BIGINT NOT NULL, act TEXT NOT NULL)`,
	`CREATE TABLE b_audit (id KEY, body TEXT NOT NULL)`,
	`CREATE TABLE b_job (id KEY, kind TEXT NOT NULL)`,
}

const (
	benchCase     = `INSERT INTO b_case (id, no, dept, status, body) VALUES ($1, $2, $3, 'received', $4)`
	benchMaterial = `INSERT INTO b_material (id, of, name) VALUES ($1, $2, $3)`
	benchEvent    = `INSERT INTO b_event (id, of, act) VALUES ($1, $2, 'submit')`
	benchAudit    = `INSERT INTO b_audit (id, body) VALUES ($1, $2)`
	benchJob      = `INSERT INTO b_job (id, kind) VALUES ($1, 'receipt')`
)

var benchBody = fmt.Sprintf("%01000d", 7)

func submission(do func(sql string, args ...any), id int64) {
	do(benchCase, id, fmt.Sprint("C", id), id%30, benchBody)
	for i := range int64(3) {
		do(benchMaterial, id+i, id, "身份证明")
	}
	do(benchEvent, id, id)
	do(benchAudit, id, benchBody[:300])
	do(benchJob, id)
}

// BenchmarkWrite is submissions by 16 clients through Write and Queue.
func BenchmarkWrite(b *testing.B) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		b.Run(string(e), func(b *testing.B) {
			d := benchDB(b, e)
			b.SetParallelism(8) // times GOMAXPROCS
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					err := d.Write(b.Context(), "bench", func(tx *db.Tx) error { submission(tx.Queue, tx.NewID()*8&(1<<62-1)); return nil })
					if err != nil {
						b.Error(err)
					}
				}
			})
			s := d.Stats()
			b.ReportMetric(float64(s.Acts)/float64(s.Commits), "acts/commit")
		})
	}
}

// BenchmarkBare is the same by the bare SQLite driver with the same grouping:
// one goroutine, prepared statements, a savepoint per submission, 16 per commit.
func BenchmarkBare(b *testing.B) {
	pool, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "b.db")+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=wal_autocheckpoint(20000)&_pragma=cache_size(-65536)&_pragma=temp_store(memory)&_pragma=foreign_keys(1)")
	if err != nil {
		b.Fatal(err)
	}
	defer pool.Close()
	conn, err := pool.Conn(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for _, t := range benchTables {
		if _, err := conn.ExecContext(b.Context(), benchDDL(t, db.SQLite)); err != nil {
			b.Fatal(err)
		}
	}
	stmts := map[string]*sql.Stmt{}
	do := func(text string, args ...any) {
		s := stmts[text]
		if s == nil {
			if s, err = conn.PrepareContext(b.Context(), text); err != nil {
				b.Fatal(err)
			}
			stmts[text] = s
		}
		if _, err := s.Exec(args...); err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	for i := 0; i < b.N; i += 16 {
		do("BEGIN IMMEDIATE")
		for k := i; k < min(i+16, b.N); k++ {
			do("SAVEPOINT act")
			submission(do, int64(k+1)*8)
			do("RELEASE act")
		}
		do("COMMIT")
	}
}

// BenchmarkRead is one row by its key, by 16 clients.
func BenchmarkRead(b *testing.B) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		b.Run(string(e), func(b *testing.B) {
			d := benchDB(b, e)
			const n = 1000
			err := d.Write(b.Context(), "bench", func(tx *db.Tx) error {
				for i := range int64(n) {
					submission(tx.Queue, 8*(i+1))
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
			q := d.Read(b.Context())
			var at atomic.Int64
			b.SetParallelism(8)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					var no, body string
					if err := q.QueryRow(`SELECT no, body FROM b_case WHERE id = $1`, 8*(at.Add(1)%n+1)).Scan(&no, &body); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}

func benchDDL(t string, e db.Engine) string {
	key := "BIGINT PRIMARY KEY"
	if e == db.SQLite {
		key = "INTEGER PRIMARY KEY"
	}
	return strings.Replace(t, "KEY", key, 1)
}

func benchDB(b *testing.B, e db.Engine) *db.DB {
	b.Helper()
	d := dbtest.Open(b, dbtest.URL(b, e), db.Options{Now: now})
	err := d.Write(b.Context(), "bench.tables", func(tx *db.Tx) error {
		for _, t := range benchTables {
			if _, err := tx.Exec(benchDDL(t, e)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return d
}
