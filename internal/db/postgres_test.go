package db_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
	"github.com/tongban/tongban/internal/errs"
)

// wire is a cable to the server that a test can cut.
type wire struct {
	l      net.Listener
	server string
	turns  atomic.Int64 // how often the client spoke after the server
	deaf   atomic.Bool  // what the server says is lost, then the cable breaks
	down   atomic.Bool  // nobody can connect
	mu     sync.Mutex
	conns  []net.Conn
}

// cable opens a database through a wire.
func cable(t *testing.T) (*wire, *db.DB) {
	t.Helper()
	u, err := url.Parse(dbtest.URL(t, db.Postgres))
	must(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	w := &wire{l: l, server: u.Host}
	go w.serve()
	t.Cleanup(func() { l.Close(); w.cut() })
	u.Host = l.Addr().String()
	d := dbtest.Open(t, u.String(), db.Options{Now: now})
	fresh(t, d)
	return w, d
}

func (w *wire) serve() {
	for {
		c, err := w.l.Accept()
		if err != nil {
			return
		}
		if w.down.Load() {
			c.Close()
			continue
		}
		s, err := net.Dial("tcp", w.server)
		if err != nil {
			c.Close()
			continue
		}
		w.mu.Lock()
		w.conns = append(w.conns, c, s)
		w.mu.Unlock()
		var heard atomic.Bool
		go w.copy(s, c, func() bool {
			if heard.Swap(false) {
				w.turns.Add(1)
			}
			return true
		})
		go w.copy(c, s, func() bool { heard.Store(true); return !w.deaf.Load() })
	}
}

func (w *wire) copy(to, from net.Conn, pass func() bool) {
	defer to.Close()
	defer from.Close()
	buf := make([]byte, 1<<16)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			if !pass() {
				return
			}
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				return
			}
			return
		}
	}
}

func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.conns {
		c.Close()
	}
	w.conns = nil
}

// TestRoundTrips: an act that only writes needs one.
func TestRoundTrips(t *testing.T) {
	w, d := cable(t)
	write := func(i int, read bool) int64 {
		before := w.turns.Load()
		must(t, d.Write(t.Context(), "test.trips", func(tx *db.Tx) error {
			add(tx, int64(10*i), fmt.Sprint(10*i))
			if read {
				_ = count(t, tx, "id = 1")
			}
			for k := 1; k < 7; k++ {
				add(tx, int64(10*i+k), fmt.Sprint(10*i+k))
			}
			tx.QueueOne(errors.New("no"), "UPDATE note SET n = n + 1 WHERE id = $1", 10*i)
			return nil
		}))
		return w.turns.Load() - before
	}
	write(1, false) // prepares the statements
	write(2, true)
	if n := write(3, false); n != 1 {
		t.Errorf("writes alone: %d round trips", n)
	}
	if n := write(4, true); n != 2 {
		t.Errorf("with a question: %d round trips", n)
	}
	before := w.turns.Load()
	must(t, d.Write(t.Context(), "test.nothing", func(tx *db.Tx) error { return nil }))
	if n := w.turns.Load() - before; n != 0 {
		t.Errorf("nothing: %d round trips", n)
	}
}

// TestLost: a cable that breaks before the commit costs nothing but a retry.
func TestLost(t *testing.T) {
	w, d := cable(t)
	for i, when := range []string{"before", "inside"} {
		calls := 0
		if when == "before" {
			must(t, d.Ping(t.Context()))
			w.cut()
		}
		must(t, d.Write(t.Context(), "test.lost", func(tx *db.Tx) error {
			calls++
			add(tx, int64(i), when)
			_ = count(t, d.Read(t.Context()), "TRUE") // keeps a reader busy too
			if err := tx.QueryRow("SELECT 1").Scan(new(int)); err != nil {
				return err
			}
			if when == "inside" && calls == 1 {
				w.cut()
			}
			_, err := tx.Exec("UPDATE note SET n = 1 WHERE id = $1", i)
			return err
		}))
		if count(t, d.Read(t.Context()), fmt.Sprintf("id = %d AND n = 1", i)) != 1 {
			t.Errorf("%s: not stored after %d calls", when, calls)
		}
		w.cut()
		if n := count(t, d.Read(t.Context()), "TRUE"); n != i+1 { // a reader recovers as well
			t.Errorf("%d rows", n)
		}
	}
	if d.Stats().Retries == 0 {
		t.Error("nothing was retried")
	}
}

// TestOutcomeUnknown: the server committed and the answer was lost. The act is
// not run again, and the caller is told.
func TestOutcomeUnknown(t *testing.T) {
	w, d := cable(t)
	calls := 0
	act := func(id int64) error {
		return d.Write(t.Context(), "test.unknown", func(tx *db.Tx) error {
			calls++
			if err := tx.QueryRow("SELECT 1").Scan(new(int)); err != nil {
				return err
			}
			add(tx, id, fmt.Sprint(id))
			if id == 1 {
				tx.OnCommit(func() { t.Error("called") })
				w.deaf.Store(true)
			}
			return nil
		})
	}
	must(t, act(2)) // prepares the statements
	calls = 0
	err := act(1)
	w.deaf.Store(false)
	if !errors.Is(err, db.ErrOutcomeUnknown) || errs.KindOf(err) != errs.Unavailable || calls != 1 || d.Stats().Unknown != 1 {
		t.Errorf("%v after %d calls", err, calls)
	}
	// The server did it; it may need a moment.
	for range 500 {
		if count(t, d.Read(t.Context()), "id = 1") == 1 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("not stored")
}

// TestAway: without a server acts and readers say so at once, and work again
// when it is back.
func TestAway(t *testing.T) {
	w, d := cable(t)
	w.down.Store(true)
	w.cut()
	write := func(id int64) error {
		return d.Write(t.Context(), "test.away", func(tx *db.Tx) error { add(tx, id, fmt.Sprint(id)); return nil })
	}
	_, rerr := d.Read(t.Context()).Query("SELECT 1")
	for name, err := range map[string]error{"write": write(1), "read": rerr, "ping": d.Ping(t.Context())} {
		if !errors.Is(err, db.ErrAway) || errs.KindOf(err) != errs.Unavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.down.Store(false)
	must(t, write(2))
	must(t, d.Ping(t.Context()))
	if n := count(t, d.Read(t.Context()), "TRUE"); n != 1 {
		t.Errorf("%d rows", n)
	}
	if _, err := db.Open(t.Context(), "postgres://127.0.0.1:1/x", db.Options{Now: now}); !errors.Is(err, db.ErrAway) {
		t.Errorf("open: %v", err)
	}
}

// TestTerminated: the server ends a session in the middle of an act.
func TestTerminated(t *testing.T) {
	d := dbtest.Open(t, dbtest.URL(t, db.Postgres), db.Options{Now: now})
	fresh(t, d)
	calls := 0
	must(t, d.Write(t.Context(), "test.terminated", func(tx *db.Tx) error {
		calls++
		var pid int64
		if err := tx.QueryRow("SELECT pg_backend_pid()").Scan(&pid); err != nil {
			return err
		}
		add(tx, 1, "甲")
		if calls == 1 {
			if err := d.Read(t.Context()).QueryRow("SELECT pg_terminate_backend(CAST($1 AS INTEGER))", pid).Scan(new(bool)); err != nil {
				return err
			}
		}
		_, err := tx.Exec("UPDATE note SET n = 1")
		return err
	}))
	if n := count(t, d.Read(t.Context()), "TRUE"); calls != 2 || n != 1 {
		t.Errorf("%d calls, %d rows", calls, n)
	}
}

// TestDeadlock: one of two acts that wait for each other runs again.
func TestDeadlock(t *testing.T) {
	d := dbtest.Open(t, dbtest.URL(t, db.Postgres), db.Options{Now: now})
	fresh(t, d)
	must(t, d.Write(t.Context(), "test.add", func(tx *db.Tx) error { add(tx, 1, "甲"); add(tx, 2, "乙"); return nil }))
	var both sync.WaitGroup
	both.Add(2)
	var wg sync.WaitGroup
	for i := range 2 {
		wg.Go(func() {
			first := true
			err := d.Write(t.Context(), "test.deadlock", func(tx *db.Tx) error {
				if _, err := tx.Exec("UPDATE note SET n = n + 1 WHERE id = $1", 1+i); err != nil {
					return err
				}
				if first {
					first = false
					both.Done()
					both.Wait()
				}
				_, err := tx.Exec("UPDATE note SET n = n + 1 WHERE id = $1", 2-i)
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := count(t, d.Read(t.Context()), "n = 2"); n != 2 || d.Stats().Retries == 0 {
		t.Errorf("%d rows, %+v", n, d.Stats())
	}
}

// TestNodes: processes of a cluster have different numbers, and a number that
// was taken over while a process was cut off is not used by it again.
func TestNodes(t *testing.T) {
	at := dbtest.URL(t, db.Postgres)
	a, b := dbtest.Open(t, at, db.Options{Now: now}), dbtest.Open(t, at, db.Options{Now: now})
	if a.Node() < 0 || a.Node() == b.Node() {
		t.Fatalf("nodes %d and %d", a.Node(), b.Node())
	}
	old := a.Node()
	must(t, b.Write(t.Context(), "test.steal", func(tx *db.Tx) error {
		tx.Queue("UPDATE db_node SET owner = 'another process' WHERE node = $1", old)
		return nil
	}))
	a.ForgetNode()
	must(t, a.Write(t.Context(), "test.write", func(tx *db.Tx) error {
		if a.Node() == old {
			t.Error("the lost number is still used")
		}
		return nil
	}))
	if a.Node() == b.Node() {
		t.Error("same number")
	}
}

// TestPassword: what goes wrong with the URL does not show what is in it.
func TestPassword(t *testing.T) {
	for _, u := range []string{"postgres://u:geheim@127.0.0.1:1/x", "postgres://u:geheim@h:port/x", "postgres://u:geheim@h/x?sslmode=maybe", "postgres://u:gehe%zzgeheim@h/x"} {
		if _, err := db.Open(context.Background(), u, db.Options{Now: now}); err == nil || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%v", err)
		}
	}
}

// TestActsAtOnce: acts beyond the limit wait their turn, and who only asks does
// not wait with them.
func TestActsAtOnce(t *testing.T) {
	for cores, want := range map[int]int32{1: 4, 2: 4, 4: 8, 8: 16, 64: 16} {
		if got := db.ActsAtOnce(cores); got != want {
			t.Errorf("%d cores: %d acts", cores, got)
		}
	}
	limit := int(db.ActsAtOnce(runtime.GOMAXPROCS(0)))
	for conns, most := range map[int]int{0: limit, 2: 2} {
		d := dbtest.Open(t, dbtest.URL(t, db.Postgres), db.Options{Now: now, Conns: conns})
		in, out := make(chan bool, 3*most), make(chan bool)
		var acts sync.WaitGroup
		for range 3 * most {
			acts.Go(func() {
				if err := d.Write(t.Context(), "test", func(tx *db.Tx) error {
					var one int64
					err := tx.QueryRow(`SELECT 1`).Scan(&one)
					in <- true
					<-out
					return err
				}); err != nil {
					t.Error(err)
				}
			})
		}
		for range most {
			<-in
		}
		select {
		case <-in:
			t.Errorf("more than %d acts are under way", most)
		case <-time.After(100 * time.Millisecond):
		}
		var one int64
		must(t, d.Read(t.Context()).QueryRow(`SELECT 1`).Scan(&one))
		close(out)
		acts.Wait()
		if n := d.Stats().Commits; n < int64(3*most) {
			t.Errorf("%d commits of %d acts", n, 3*most)
		}
	}
}
