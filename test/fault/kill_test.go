package fault

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

// load is people who work until they are stopped.
type load struct {
	book
	t    *testing.T
	stop context.CancelFunc
	wg   sync.WaitGroup
}

// begin has applicants hand in one application after the other, a clerk accept
// what was handed in, and somebody upload files.
func begin(t *testing.T, s *server) *load {
	t.Helper()
	l := &load{t: t, book: newBook()}
	more := make(chan struct{})
	l.stop = sync.OnceFunc(func() { close(more) })
	t.Cleanup(l.stop)
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	work := func(c *client, do func(context.Context, *client) error) {
		l.wg.Go(func() {
			for {
				select {
				case <-more:
					return
				default:
				}
				if err := do(ctx, c); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	clerk := s.login(t, map[string]any{"kind": "staff", "login": receivingClerk, "password": password, "code": s.otp(receivingClerk)})
	uploader := s.login(t, map[string]any{"login": "wuxiaomin", "password": password})
	item := findItem(t, s)
	for _, who := range people {
		work(newClient(t, s, who, item), l.submit)
	}
	work(clerk, l.accept)
	work(uploader, l.upload)
	return l
}

// finish lets every client end the submission it has begun.
func (l *load) finish() {
	l.t.Helper()
	l.stop()
	done := make(chan struct{})
	go func() { l.wg.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		l.t.Fatal("clients get no answer")
	}
}

// progress waits until more cases are acknowledged.
func (l *load) progress(more int) {
	l.t.Helper()
	want := l.size() + more
	for end := time.Now().Add(20 * time.Second); l.size() < want; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) || l.t.Failed() {
			l.t.Fatalf("%d cases acknowledged, waited for %d", l.size(), want)
		}
	}
}

// moment waits for some moment within half a second.
func moment() { time.Sleep(time.Duration(rand.IntN(500)) * time.Millisecond) }

// TestKill/sqlite, TestKill/postgres: the program is killed under load, again
// and again.
func TestKill(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			database, kills := "", 6
			if engine == "postgres" {
				database, kills = newPostmaster(t).url, 3
			}
			s := newServer(t, database)
			l := begin(t, s)
			unheard := 0
			for range kills {
				l.progress(20)
				moment()
				s.kill()
				time.Sleep(20 * time.Millisecond) // answers on the wire are heard
				unheard += stored(t, s) - l.size()
				s.start()
				s.awaitReady(20 * time.Second)
			}
			l.progress(20)
			l.finish()
			t.Logf("%d cases, %d accepted, %d uploads; %d applicants heard nothing and asked again, %d did not wait; %d acceptances and uploads were asked for again; at the kills %d cases were stored and not acknowledged",
				l.size(), len(l.accepted), len(l.files), l.doubted, l.hurried, l.redone, unheard)
			if l.doubted == 0 || l.hurried == 0 || l.redone == 0 {
				t.Error("no kill met work under way: the test showed nothing")
			}
			check(t, s, &l.book)
			s.verify()
		})
	}
}
