package fault

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/sm"
)

// The rows that a case has: so many when it was handed in, and so many when it
// was accepted as well.
var parts = []struct {
	name, sql           string
	submitted, accepted int64
}{
	{"materials", `SELECT count(*) FROM case_material m WHERE m.case_id = c.id`, 3, 3},
	{"submissions", `SELECT count(*) FROM case_event e WHERE e.case_id = c.id AND e.act = 'submit'`, 1, 1},
	{"acceptances", `SELECT count(*) FROM case_event e WHERE e.case_id = c.id AND e.act = 'accept'`, 0, 1},
	{"open tasks", `SELECT count(*) FROM task k WHERE k.case_id = c.id AND k.state = 'open'`, 1, 1},
	{"documents", `SELECT count(*) FROM document d WHERE d.case_id = c.id`, 1, 2},
	{"audit records of the submission", `SELECT count(*) FROM audit_record a WHERE a.subject = 'case/' || c.no AND a.act = 'case.submit'`, 1, 1},
	{"audit records of the acceptance", `SELECT count(*) FROM audit_record a WHERE a.subject = 'case/' || c.no AND a.act = 'case.accept'`, 0, 1},
	{"messages", `SELECT count(*) FROM message s WHERE s.link = '/my/cases/' || c.no`, 1, 2},
	{"idempotency keys", `SELECT count(*) FROM gate_once o WHERE o.result = c.no`, 1, 2},
}

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
	// The clerk rested on no case either before its acceptance was acknowledged.
	accepted := list(`SELECT no FROM cases WHERE state = 'reviewing'`)
	for _, no := range accepted {
		if !b.accepted[no] {
			t.Errorf("case %s is accepted, and nobody was told", no)
		}
	}
	if len(accepted) != len(b.accepted) {
		t.Errorf("%d cases are accepted, %d acceptances were acknowledged", len(accepted), len(b.accepted))
	}
	for _, p := range parts {
		text := fmt.Sprintf(`SELECT c.no FROM cases c WHERE (%s) <> CASE c.state WHEN 'submitted' THEN %d WHEN 'reviewing' THEN %d ELSE -1 END`,
			p.sql, p.submitted, p.accepted)
		if bad := list(text); len(bad) > 0 {
			t.Errorf("%d cases are not whole: %s, not %d or, accepted, %d of them, as case %s", len(bad), p.name, p.submitted, p.accepted, bad[0])
		}
	}
	for _, p := range strays {
		if n := number(p.sql); n != 0 {
			t.Errorf("%d %s of half an act", n, p.name)
		}
	}
	// Files are counted by reference in the act that takes them over, prints in
	// the job that makes them. The program prints on meanwhile: one statement
	// sees both.
	if n := number(`SELECT (SELECT CAST(coalesce(sum(refs), 0) AS BIGINT) FROM file) - 3 * (SELECT count(*) FROM cases) - (SELECT count(*) FROM document_print)`); n != 0 {
		t.Errorf("%+d references to files more than %d cases with 3 files each and the prints have", n, len(stored))
	}
	openAll(t, s, d, b.files)
}

// openAll reads every stored file to its end, which proves it, and finds all
// uploads that were acknowledged among them.
func openAll(t *testing.T, s *server, d *db.DB, uploads map[string]bool) {
	t.Helper()
	keys, err := sm.Load(s.data("keys"))
	if err != nil {
		t.Fatal(err)
	}
	store, err := files.New(t.Context(), files.Config{DB: d, Vault: keys.Vault(), URL: s.data("files")})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	ids, err := db.All(d.Read(t.Context()), func(r *db.Rows) (id int64, err error) { return id, r.Scan(&id) },
		`SELECT id FROM file WHERE state = 'ready'`)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, id := range ids {
		hash, err := content(t.Context(), store, d, id)
		if err != nil {
			t.Errorf("file %d of %d: %v", id, len(ids), err)
		}
		found[hash] = true
	}
	lost := 0
	for hash := range uploads {
		if !found[hash] {
			lost++
		}
	}
	if lost > 0 || len(uploads) == 0 {
		t.Errorf("%d of %d acknowledged uploads are lost", lost, len(uploads))
	}
}

// content reads a file and gives its hash, which has to be the one in its row.
func content(ctx context.Context, store *files.Store, d *db.DB, id int64) (hash string, err error) {
	ref, err := store.Stat(d.Read(ctx), id)
	if err != nil {
		return "", err
	}
	r, err := store.Open(ctx, ref)
	if err != nil {
		return "", err
	}
	sum := sm.NewSM3()
	n, err := io.Copy(sum, r)
	if err = errors.Join(err, r.Close()); err != nil {
		return "", err
	}
	if hash = hex.EncodeToString(sum.Sum(nil)); hash != ref.Hash || n != ref.Size {
		return "", fmt.Errorf("%d bytes %s, want %d bytes %s", n, hash, ref.Size, ref.Hash)
	}
	return hash, nil
}
