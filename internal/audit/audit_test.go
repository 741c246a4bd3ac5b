package audit_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
	"github.com/tongban/tongban/internal/sm"
)

var clerk = actor.Actor{Kind: actor.Staff, ID: 7, Name: "王窗口", Unit: 3, Channel: actor.Window, Purpose: "受理", IP: "192.0.2.7",
	For: actor.Party{Kind: actor.NaturalPerson, ID: 9, Name: "李申请"}}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func keys(t *testing.T) audit.Keys {
	t.Helper()
	ring, err := sm.LoadOrCreate(filepath.Join(t.TempDir(), "keys"))
	must(t, err)
	set, err := ring.Note("test.tongban")
	must(t, err)
	return audit.Keys{Signers: set.Signers, Verifiers: set.Verifiers}
}

func record(i int) audit.Record {
	return audit.Record{Actor: clerk, Act: "case.accept", Subject: fmt.Sprintf("case/%d", i), Unit: 3, Detail: map[string]string{"n": fmt.Sprint(i)}}
}

func add(t *testing.T, d *db.DB, from, to int) {
	t.Helper()
	must(t, d.Write(t.Context(), "test.add", func(tx *db.Tx) error {
		for i := from; i < to; i++ {
			if err := audit.Append(tx, record(i)); err != nil {
				return err
			}
		}
		return nil
	}))
}

func seal(t *testing.T, s *audit.Sealer, want int) {
	t.Helper()
	n, err := s.Seal(t.Context())
	must(t, err)
	if n != want {
		t.Errorf("sealed %d, want %d", n, want)
	}
}

func sound(t *testing.T, d *db.DB, k audit.Keys, copies ...string) audit.Report {
	t.Helper()
	r, err := audit.Verify(t.Context(), d, k, copies...)
	must(t, err)
	if r.Fault != nil {
		t.Fatalf("fault: %+v", *r.Fault)
	}
	return r
}

func TestAppend(t *testing.T) {
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		err := d.Write(t.Context(), "test.fail", func(tx *db.Tx) error {
			_ = audit.Append(tx, record(0))
			return errors.New("no")
		})
		if err == nil {
			t.Fatal("stored")
		}
		add(t, d, 1, 2)
		clk.Add(time.Second)
		must(t, d.Write(t.Context(), "test.add", func(tx *db.Tx) error {
			r := record(1)
			r.Outcome = "denied"
			return audit.Append(tx, r)
		}))
		list, err := audit.Entries(d.Read(t.Context()), "case/1", 0, 10)
		must(t, err)
		if len(list) != 2 {
			t.Fatalf("%d entries", len(list))
		}
		e := list[0]
		same := e.Actor.Name == clerk.Name && e.Actor.For == clerk.For && e.Actor.ID == 7 && e.Actor.IP == clerk.IP && e.Actor.Purpose == clerk.Purpose
		if !same || !e.At.Equal(dbtest.Start) || e.Outcome != "done" || e.Position != -1 || e.Detail["n"] != "1" || list[1].Outcome != "denied" {
			t.Errorf("%+v", e)
		}
		rest, err := audit.Entries(d.Read(t.Context()), "case/1", list[0].ID, 10)
		if err != nil || len(rest) != 1 || rest[0].ID != list[1].ID {
			t.Errorf("%v %v", rest, err)
		}
	})
}

func TestSeal(t *testing.T) {
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		k := keys(t)
		s := audit.NewSealer(d, audit.Options{Keys: k})
		seal(t, s, 0)
		if r := sound(t, d, k); r.Records != 0 || r.Last != nil {
			t.Errorf("empty log: %+v", r)
		}
		// Sizes around the edges of tiles and of batches.
		total, steps := 0, []int{1, 1, 253, 1, 1, 255, 1, 600, 1}
		for _, n := range steps {
			add(t, d, total, total+n)
			clk.Add(time.Second)
			seal(t, s, n)
			total += n
		}
		seal(t, s, 0)
		r := sound(t, d, k)
		if r.Records != int64(total) || r.Checkpoints != int64(len(steps)) || r.Last == nil || r.Last.Size != int64(total) || !r.Last.At.Equal(clk.Now()) {
			t.Errorf("%+v", r)
		}
		add(t, d, total, total+2)
		if r := sound(t, d, k); r.Pending != 2 || r.Records != int64(total) {
			t.Errorf("%+v", r)
		}
		if st := s.Stats(); st.Sealed != int64(total) || st.Checkpoints != int64(len(steps)) || st.Size != int64(total) {
			t.Errorf("%+v", st)
		}
		text, err := audit.Latest(d.Read(t.Context()))
		must(t, err)
		if lines := strings.Split(text, "\n"); lines[0] != "test.tongban" || strings.Count(text, "\n— test.tongban ") != 2 {
			t.Errorf("checkpoint:\n%s", text)
		}
	})
}

// TestSeal_held_open: an act that began first and commits last is not lost.
func TestSeal_held_open(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := keys(t)
		s := audit.NewSealer(d, audit.Options{Keys: k})
		begun, end, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
		go func() {
			first := true
			done <- d.Write(context.Background(), "test.slow", func(tx *db.Tx) error {
				_ = audit.Append(tx, record(1))
				if err := tx.QueryRow("SELECT 1").Scan(new(int)); err != nil { // sends the row
					return err
				}
				if first {
					first = false
					close(begun)
					<-end
				}
				return nil
			})
		}()
		<-begun
		if d.Engine() == db.Postgres { // on SQLite acts wait for each other
			add(t, d, 2, 4)
			seal(t, s, 2)
			sound(t, d, k)
		}
		close(end)
		must(t, <-done)
		if d.Engine() == db.SQLite {
			add(t, d, 2, 4)
			seal(t, s, 3)
		} else {
			seal(t, s, 1)
		}
		r := sound(t, d, k)
		feed, err := audit.Feed(d.Read(t.Context()), audit.Filter{}, 0, 10)
		must(t, err)
		var order []string
		for _, e := range feed {
			order = append(order, e.Subject)
		}
		want := "case/1 case/3 case/2"
		if d.Engine() == db.SQLite {
			want = "case/3 case/2 case/1"
		}
		if got := strings.Join(order, " "); got != want || r.Records != 3 || r.Pending != 0 {
			t.Errorf("%s, %+v", got, r)
		}
	})
}

// TestSeal_many: several sealers and writers at once; one order, nothing lost.
func TestSeal_many(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := keys(t)
		stop, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{}, 3)
		for range 3 {
			s := audit.NewSealer(d, audit.Options{Keys: k})
			go func() {
				defer func() { ended <- struct{}{} }()
				for stop.Err() == nil {
					if _, err := s.Seal(stop); err != nil && !errors.Is(err, db.ErrNotLeader) && stop.Err() == nil {
						t.Error(err)
					}
				}
			}()
		}
		for i := range 40 {
			add(t, d, 10*i, 10*i+10)
		}
		deadline := time.After(30 * time.Second)
		for r := sound(t, d, k); r.Records < 400; r = sound(t, d, k) {
			select {
			case <-deadline:
				t.Fatalf("%+v", r)
			case <-time.After(5 * time.Millisecond):
			}
		}
		cancel()
		for range 3 {
			<-ended
		}
		if r := sound(t, d, k); r.Records != 400 || r.Pending != 0 {
			t.Errorf("%+v", r)
		}
	})
}

func TestRun(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := keys(t)
		s := audit.NewSealer(d, audit.Options{Keys: k})
		add(t, d, 0, 3)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); s.Run(ctx) }()
		for deadline := time.Now().Add(20 * time.Second); s.Stats().Checkpoints == 0; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("nothing sealed")
			}
		}
		stop()
		<-ended
		if r := sound(t, d, k); r.Records != 3 {
			t.Errorf("%+v", r)
		}
		// The lead was given up: another process need not wait for it.
		add(t, d, 3, 4)
		seal(t, audit.NewSealer(d, audit.Options{Keys: k}), 1)
	})
}

// TestVerify: whatever is done to the stored rows behind the program's back is found.
func TestVerify(t *testing.T) {
	rewritten := func(pos int) string { // a record that agrees with itself but is not the one sealed
		return fmt.Sprintf(`UPDATE audit_record SET body = o.body, leaf = o.leaf, id = -o.id, at = o.at, subject = o.subject, personal = o.personal, salt = o.salt
			FROM (SELECT * FROM audit_record WHERE position = 20) AS o WHERE audit_record.position = %d`, pos)
	}
	cases := []struct {
		name string
		sql  []string
		want string
	}{
		{"text changed", []string{`UPDATE audit_record SET body = replace(body, 'case.accept', 'case.refuse') WHERE position = 5`}, "position 5 was changed: its text does not fit"},
		{"column changed", []string{`UPDATE audit_record SET outcome = 'denied' WHERE position = 6`}, "position 6 was changed: its columns"},
		{"actor changed", []string{`UPDATE audit_record SET actor_id = 8 WHERE position = 6`}, "position 6 was changed: its columns"},
		{"name changed", []string{`UPDATE audit_record SET personal = replace(personal, '王窗口', '赵窗口') WHERE position = 7`}, "position 7 was changed: the names"},
		{"name removed", []string{`UPDATE audit_record SET personal = NULL WHERE position = 7`}, "position 7 was changed: the names"},
		{"erased without a record", []string{`UPDATE audit_record SET personal = NULL, salt = NULL, erased_at = 1 WHERE position = 7`}, "erased without a record"},
		{"hash changed", []string{`UPDATE audit_record SET leaf = (SELECT leaf FROM audit_record WHERE position = 1) WHERE position = 8`}, "position 8 was changed"},
		{"removed", []string{`DELETE FROM audit_record WHERE position = 9`}, "position 9 is missing"},
		{"removed and closed up", []string{`DELETE FROM audit_record WHERE position = 29`, `UPDATE audit_record SET position = NULL WHERE position >= 25`}, "covers 30 records, the database has 25"},
		{"end removed", []string{`DELETE FROM audit_record WHERE position >= 20`}, "covers 30 records, the database has 20"},
		{"moved", []string{`UPDATE audit_record SET position = 100 WHERE position = 3`}, "position 3 is missing"},
		{"swapped", []string{`UPDATE audit_record SET position = -1 WHERE position = 3`, `UPDATE audit_record SET position = 3 WHERE position = 4`,
			`UPDATE audit_record SET position = 4 WHERE position = -1`}, "position 3 and the log differ"},
		{"inserted", []string{`UPDATE audit_record SET position = position + 1000 WHERE position >= 10`, `UPDATE audit_record SET position = position - 999 WHERE position >= 1000`,
			`INSERT INTO audit_record SELECT id + 1, at, act, subject, unit, actor_kind, actor_id, outcome, body, personal, salt, leaf, 10, 0 FROM audit_record WHERE position = 9`}, "position 10 was changed: its columns"},
		{"replaced", []string{rewritten(11)}, "position 11 was changed: its columns"},
		{"tile changed", []string{`UPDATE audit_tile SET hashes = (SELECT leaf FROM audit_record WHERE position = 0)`}, "position 0 and the log differ"},
		{"tile removed", []string{`DELETE FROM audit_tile`}, "position 0 and the log differ"},
		{"checkpoint changed", []string{`UPDATE audit_checkpoint SET note = replace(note, 'time 2026', 'time 2025') WHERE size = 10`}, "size 10 does not verify"},
		{"checkpoint without SM2", []string{`UPDATE audit_checkpoint SET note = substr(note, 1, length(note) - 20) || '
' WHERE size = 10`}, "size 10 does not verify"},
		{"checkpoint renamed", []string{`UPDATE audit_checkpoint SET size = 11 WHERE size = 10`}, "size 11 does not fit"},
		{"checkpoint removed", []string{`DELETE FROM audit_checkpoint WHERE size = 10`}, "size 20 does not follow"},
		{"checkpoint copied", []string{`INSERT INTO audit_checkpoint SELECT 0, at, note FROM audit_checkpoint WHERE size = 10`}, "size 0 is out of order"},
	}
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		k := keys(t)
		s := audit.NewSealer(d, audit.Options{Keys: k})
		for i := range 3 {
			add(t, d, 10*i, 10*i+10)
			clk.Add(time.Second)
			seal(t, s, 10)
		}
		sound(t, d, k)
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				// Verify inside the act that does the damage, then undo it.
				undo := errors.New("undo")
				err := d.Write(t.Context(), "test.damage", func(tx *db.Tx) error {
					for _, q := range c.sql {
						if n, err := tx.Exec(q); err != nil || n == 0 {
							t.Fatalf("%d rows, %v", n, err)
						}
					}
					r, err := audit.VerifyIn(tx, k)
					if err != nil {
						return err
					}
					if r.Fault == nil || !strings.Contains(r.Fault.EN, c.want) || r.Fault.ZH == "" {
						t.Errorf("fault %+v, want %q", r.Fault, c.want)
					}
					return undo
				})
				if err != undo {
					t.Error(err)
				}
			})
		}
		sound(t, d, k)
	})
}

// TestVerify_rewritten: who can write everything but has no key, and who has
// the keys but not the copies kept elsewhere.
func TestVerify_rewritten(t *testing.T) {
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		k := keys(t)
		s := audit.NewSealer(d, audit.Options{Keys: k})
		add(t, d, 0, 10)
		seal(t, s, 10)
		kept, err := audit.Latest(d.Read(t.Context()))
		must(t, err)
		sound(t, d, k, kept)
		// The log is thrown away and written anew with one record less.
		must(t, d.Write(t.Context(), "test.rewrite", func(tx *db.Tx) error {
			for _, q := range []string{`DELETE FROM audit_checkpoint`, `DELETE FROM audit_tile`, `DELETE FROM audit_record WHERE position = 4`, `UPDATE audit_record SET position = NULL`} {
				tx.Queue(q)
			}
			return nil
		}))
		seal(t, s, 9)
		sound(t, d, k)
		fault := func(want string, k audit.Keys, copies ...string) {
			t.Helper()
			r, err := audit.Verify(t.Context(), d, k, copies...)
			must(t, err)
			if r.Fault == nil || !strings.Contains(r.Fault.EN, want) {
				t.Errorf("%+v, want %q", r.Fault, want)
			}
		}
		fault("the end was removed", k, kept)
		add(t, d, 10, 20)
		seal(t, s, 10)
		fault("differ from the checkpoint kept elsewhere", k, kept)
		fault("does not verify", keys(t))
		// A checkpoint that lacks the second signature.
		only := audit.Keys{Signers: k.Signers[:1], Verifiers: k.Verifiers}
		add(t, d, 20, 21)
		clk.Add(time.Minute) // the lease of the other sealer runs out
		seal(t, audit.NewSealer(d, audit.Options{Keys: only}), 1)
		fault("a signature is missing", k)
	})
}

func TestErase(t *testing.T) {
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		k := keys(t)
		s := audit.NewSealer(d, audit.Options{Keys: k})
		add(t, d, 0, 5)
		seal(t, s, 5)
		list, err := audit.Entries(d.Read(t.Context()), "case/3", 0, 1)
		must(t, err)
		erase := func() error {
			return d.Write(t.Context(), "test.erase", func(tx *db.Tx) error {
				return audit.Erase(tx, actor.Platform(), list[0].ID, "request")
			})
		}
		must(t, erase())
		seal(t, s, 1)
		if r := sound(t, d, k); r.Erased != 1 {
			t.Errorf("%+v", r)
		}
		after, err := audit.Entries(d.Read(t.Context()), "case/3", 0, 1)
		must(t, err)
		a := after[0].Actor
		if !after[0].Erased || a.Name != "" || a.IP != "" || a.For.Name != "" || a.ID != clerk.ID || a.For.ID != clerk.For.ID {
			t.Errorf("%+v", after[0])
		}
		if err := erase(); !errors.Is(err, audit.ErrErased) {
			t.Error(err)
		}
	})
}

func TestFeed(t *testing.T) {
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		s := audit.NewSealer(d, audit.Options{Keys: keys(t)})
		for i := range 7 {
			add(t, d, i, i+1)
			clk.Add(time.Minute)
		}
		must(t, d.Write(t.Context(), "test.add", func(tx *db.Tx) error {
			return audit.Append(tx, audit.Record{Actor: actor.Platform(), Act: "case.close", Subject: "case/9", Outcome: "failed"})
		}))
		seal(t, s, 8)
		get := func(f audit.Filter, before int64, limit int) string {
			t.Helper()
			list, err := audit.Feed(d.Read(t.Context()), f, before, limit)
			must(t, err)
			var at []string
			for _, e := range list {
				at = append(at, fmt.Sprint(e.Position))
			}
			return strings.Join(at, " ")
		}
		for i, c := range []struct{ got, want string }{
			{get(audit.Filter{}, 0, 3), "7 6 5"},
			{get(audit.Filter{}, 5, 3), "4 3 2"},
			{get(audit.Filter{}, 2, 3), "1 0"},
			{get(audit.Filter{Act: "case.close"}, 0, 3), "7"},
			{get(audit.Filter{Outcome: "failed"}, 0, 3), "7"},
			{get(audit.Filter{ActorKind: actor.Staff, ActorID: 7}, 0, 2), "6 5"},
			{get(audit.Filter{ActorKind: actor.Staff, ActorID: 8}, 0, 2), ""},
			{get(audit.Filter{From: dbtest.Start.Add(2 * time.Minute), To: dbtest.Start.Add(4 * time.Minute)}, 0, 9), "3 2"},
		} {
			if c.got != c.want {
				t.Errorf("%d: %q, want %q", i, c.got, c.want)
			}
		}
	})
}

// TestCheckpoint_standard: tools that know only the common note format can
// check a checkpoint with the Ed25519 key alone.
func TestCheckpoint_standard(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := keys(t)
		add(t, d, 0, 2)
		seal(t, audit.NewSealer(d, audit.Options{Keys: k}), 2)
		text, err := audit.Latest(d.Read(t.Context()))
		must(t, err)
		n, err := note.Open([]byte(text), note.VerifierList(k.Verifiers[0]))
		if err != nil || len(n.Sigs) != 1 || len(n.UnverifiedSigs) != 1 {
			t.Errorf("%+v %v", n, err)
		}
	})
}

// TestProve: an extract proves itself with the public keys alone, is the same
// later, and nothing in it can be changed.
func TestProve(t *testing.T) {
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		k := keys(t)
		s := audit.NewSealer(d, audit.Options{Keys: k})
		all := func(string) bool { return true }
		add(t, d, 0, 300)
		if _, err := audit.Prove(d.Read(t.Context()), "case/7", clk.Now(), "case.look", all); !errors.Is(err, audit.ErrNotSealed) {
			t.Fatalf("not sealed yet: %v", err)
		}
		seal(t, s, 300)
		add(t, d, 7, 8)
		clk.Add(time.Second)
		seal(t, s, 1)
		x, err := audit.Prove(d.Read(t.Context()), "case/7", clk.Now(), "case.look", all)
		must(t, err)
		public := audit.Keys{Verifiers: k.Verifiers}
		c, acts, err := x.Check(public)
		if err != nil || len(acts) != 2 || acts[0].Act != "case.accept" || acts[0].Subject != "case/7" || acts[0].Detail["n"] != "7" || c.Size != 301 {
			t.Fatalf("%+v %+v %v", c, acts, err)
		}
		add(t, d, 400, 900)
		add(t, d, 7, 8)
		until := clk.Now().Add(-time.Microsecond)
		early, err := audit.Prove(d.Read(t.Context()), "case/7", until, "case.look", all)
		must(t, err)
		clk.Add(time.Hour)
		seal(t, s, 501)
		late, err := audit.Prove(d.Read(t.Context()), "case/7", until, "case.look", all)
		must(t, err)
		if !reflect.DeepEqual(early, late) || len(late.Records) != 2 {
			t.Error("the same question has another answer later")
		}
		hidden, err := audit.Prove(d.Read(t.Context()), "case/7", until, "case.look", func(string) bool { return false })
		must(t, err)
		if _, acts, err := hidden.Check(public); err != nil || len(acts) != 0 || hidden.Records[0].Body != "" {
			t.Errorf("withheld: %+v %v", acts, err)
		}
		for name, change := range map[string]func(*audit.Extract){
			"text":       func(x *audit.Extract) { x.Records[0].Body = strings.Replace(x.Records[0].Body, "accept", "refuse", 1) },
			"leaf":       func(x *audit.Extract) { x.Records[0].Leaf = x.Records[0].Leaf[:62] + "00" },
			"no leaf":    func(x *audit.Extract) { x.Records[0].Leaf = "" },
			"position":   func(x *audit.Extract) { x.Records[0].Position++ },
			"beyond":     func(x *audit.Extract) { x.Records[0].Position = 1 << 40 },
			"proof":      func(x *audit.Extract) { x.Records[0].Proof[1][3] ^= 1 },
			"short":      func(x *audit.Extract) { x.Records[0].Proof = x.Records[0].Proof[1:] },
			"checkpoint": func(x *audit.Extract) { x.Checkpoint = strings.Replace(x.Checkpoint, "\n301\n", "\n302\n", 1) },
		} {
			x, err := audit.Prove(d.Read(t.Context()), "case/7", until, "case.look", all)
			must(t, err)
			change(&x)
			if _, _, err := x.Check(public); err == nil {
				t.Errorf("%s: not found", name)
			}
		}
		if _, _, err := x.Check(keys(t)); err == nil {
			t.Error("another platform's keys pass")
		}
	})
}
