package fault

import (
	"testing"
	"time"

	"github.com/tongban/tongban/internal/db"
)

// The rows that one submission leaves, each counted for every case.
var parts = []struct{ name, sql string }{
	{"materials", `SELECT count(*) FROM case_material m WHERE m.case_id = c.id`},
	{"events", `SELECT count(*) FROM case_event e WHERE e.case_id = c.id AND e.act = 'submit'`},
	{"open tasks", `SELECT count(*) FROM task k WHERE k.case_id = c.id AND k.state = 'open'`},
	{"documents", `SELECT count(*) FROM document d WHERE d.case_id = c.id`},
	{"audit records", `SELECT count(*) FROM audit_record a WHERE a.subject = 'case/' || c.no AND a.act = 'case.submit'`},
	{"messages", `SELECT count(*) FROM message s WHERE s.link = '/my/cases/' || c.no`},
	{"idempotency keys", `SELECT count(*) FROM gate_once o WHERE o.result = c.no`},
}

// wholes says how many of each part a whole case has.
var wholes = map[string]int64{"materials": 3, "events": 1, "open tasks": 1, "documents": 1, "audit records": 1, "messages": 1, "idempotency keys": 1}

// strays are rows of half an act: they point to nothing.
var strays = []struct{ name, sql string }{
	{"materials", `SELECT count(*) FROM case_material WHERE case_id NOT IN (SELECT id FROM cases)`},
	{"events", `SELECT count(*) FROM case_event WHERE case_id NOT IN (SELECT id FROM cases)`},
	{"tasks", `SELECT count(*) FROM task WHERE case_id NOT IN (SELECT id FROM cases)`},
	{"documents", `SELECT count(*) FROM document WHERE case_id NOT IN (SELECT id FROM cases)`},
	{"audit records", `SELECT count(*) FROM audit_record WHERE act = 'case.submit' AND subject NOT IN (SELECT 'case/' || no FROM cases)`},
	{"messages", `SELECT count(*) FROM message WHERE link LIKE '/my/cases/%' AND link NOT IN (SELECT '/my/cases/' || no FROM cases)`},
	{"open keys", `SELECT count(*) FROM gate_once WHERE result = ''`},
}

// stored is how many cases the database holds.
func stored(t *testing.T, s *server) (n int) {
	t.Helper()
	d, err := db.Open(t.Context(), s.database, db.Options{Now: time.Now, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Read(t.Context()).QueryRow(`SELECT count(*) FROM cases`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// check looks into the database beside the running program.
func check(t *testing.T, s *server, b *book) {
	t.Helper()
	d, err := db.Open(t.Context(), s.database, db.Options{Now: time.Now, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	q := d.Read(t.Context())
	list := func(text string) []string {
		all, err := db.All(q, func(r *db.Rows) (no string, err error) { return no, r.Scan(&no) }, text)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	number := func(text string, args ...any) (n int64) {
		if err := q.QueryRow(text, args...).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	stored := map[string]bool{}
	for _, no := range list(`SELECT no FROM cases`) {
		stored[no] = true
	}
	// Every key was followed until it was a case, so acknowledged and stored
	// are the same set: nothing lost, nothing twice.
	led := map[string]string{}
	var lost, shared, extra []string
	for key, no := range b.cases {
		if !stored[no] {
			lost = append(lost, no)
		}
		if led[no] != "" {
			shared = append(shared, no)
		}
		led[no] = key
	}
	for no := range stored {
		if led[no] == "" {
			extra = append(extra, no)
		}
	}
	for what, list := range map[string][]string{"acknowledged and lost": lost, "answers to two keys": shared, "stored, and no key led to them": extra} {
		if len(list) > 0 {
			t.Errorf("%d cases %s, as %s", len(list), what, list[0])
		}
	}
	for _, p := range parts {
		text := `SELECT c.no FROM cases c WHERE (` + p.sql + `) <> `
		if bad := list(text + string(rune('0'+wholes[p.name]))); len(bad) > 0 {
			t.Errorf("%d cases are not whole: %s, not %d of them, as case %s", len(bad), p.name, wholes[p.name], bad[0])
		}
	}
	for _, p := range strays {
		if n := number(p.sql); n != 0 {
			t.Errorf("%d %s of half an act", n, p.name)
		}
	}
	// Files are counted by reference in the act that takes them over.
	if refs := number(`SELECT CAST(coalesce(sum(refs), 0) AS BIGINT) FROM file`); refs != 3*int64(len(stored)) {
		t.Errorf("files are referred to %d times by %d cases with 3 files each", refs, len(stored))
	}
}
