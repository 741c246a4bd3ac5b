package gate

import (
	"errors"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/identity"
)

// TestWindow walks a timeline: seconds of attempts, and which are let through.
func TestWindow(t *testing.T) {
	l := Limit{Tries: 3, Per: 60 * time.Second, Lock: 10 * time.Second, MaxLock: 35 * time.Second}
	type step struct {
		at   int
		wait int // seconds; 0: let through
	}
	for name, steps := range map[string][]step{
		"three in a minute":                    {{0, 0}, {1, 0}, {2, 0}, {3, 10}},
		"a lock does not grow by being tried":  {{0, 0}, {1, 0}, {2, 0}, {3, 10}, {5, 8}, {12, 1}},
		"after it, tries again; then longer":   {{0, 0}, {0, 0}, {0, 0}, {0, 10}, {10, 0}, {10, 0}, {10, 0}, {10, 20}, {30, 0}, {30, 0}, {30, 0}, {30, 35}},
		"the window slides: half still counts": {{0, 0}, {0, 0}, {50, 0}, {90, 0}, {90, 0}, {90, 10}},
		"two periods later all is forgotten":   {{0, 0}, {0, 0}, {0, 0}, {120, 0}, {120, 0}, {120, 0}, {120, 10}},
		"a day later so are the locks":         {{0, 0}, {0, 0}, {0, 0}, {0, 10}, {100000, 0}, {100000, 0}, {100000, 0}, {100000, 10}},
		"a clock that goes back starts anew":   {{1000, 0}, {1000, 0}, {10, 0}, {10, 0}, {10, 0}, {10, 10}},
	} {
		t.Run(name, func(t *testing.T) {
			var w window
			for i, s := range steps {
				var wait time.Duration
				w, wait = w.attempt(int64(s.at+1_000_000)*1e6, l)
				if wait != time.Duration(s.wait)*time.Second {
					t.Fatalf("step %d at %d: wait %s, want %ds", i, s.at, wait, s.wait)
				}
			}
		})
	}
	w := window{strikes: 1 << 40, updated: 1e12}
	for range l.Tries + 1 {
		var wait time.Duration
		if w, wait = w.attempt(1e12+1, l); wait > l.MaxLock {
			t.Fatalf("after many locks: %s", wait)
		}
	}
}

func TestThrottle_account(t *testing.T) {
	each(t, func(f *fixture) {
		t := f.t
		doors := []*Door{f.Door, f.door(Config{})} // two nodes count together
		try := func(i int, login, pass, ip string) error {
			r := f.browser().request("POST")
			r.RemoteAddr = ip + ":1000"
			w := httptest.NewRecorder()
			_, err := doors[i%2].LoginPerson(w, r, login, pass)
			if got := w.Header().Get("Retry-After"); errors.Is(err, ErrTooMany) != (got != "") {
				t.Errorf("%v with Retry-After %q", err, got)
			}
			return err
		}
		for i := range 5 {
			is(t, try(i, "zhang", "wrong", "10.0.0."+string(rune('1'+i))), identity.ErrLogin)
		}
		err := try(5, " ZHANG", password, "10.0.9.9")
		is(t, err, ErrTooMany)
		if s, ok := RetryAfter(err); !ok || s != 60 {
			t.Errorf("retry after %d, %v", s, ok)
		}
		if err := try(0, "li", password, "10.0.0.1"); err != nil {
			t.Errorf("another account: %v", err)
		}
		// an unknown name is locked like a known one
		for i := range 5 {
			is(t, try(i, "nobody", "x", "10.1.0.1"), identity.ErrLogin)
		}
		is(t, try(0, "nobody", "x", "10.1.0.1"), ErrTooMany)
		f.clk.Add(time.Minute)
		if err := try(1, "zhang", password, "10.0.0.1"); err != nil {
			t.Errorf("after the lock: %v", err)
		}
		for i := range 5 { // a good login forgets
			is(t, try(i, "zhang", "wrong", "10.0.0.1"), identity.ErrLogin)
		}
		if n := f.count(`SELECT count(*) FROM gate_attempt WHERE key LIKE '%zhang%' OR key LIKE '%10.0%'`); n != 0 {
			t.Error("names or addresses stand in the table")
		}
	})
}

func TestThrottle_address(t *testing.T) {
	each(t, func(f *fixture) {
		d := f.door(Config{Address: Limit{Tries: 4, Per: time.Minute, Lock: time.Minute}})
		try := func(login, ip string) error {
			_, err := d.Token(f.t.Context(), Grant{Login: login, Password: "wrong"}, ip)
			return err
		}
		for _, login := range []string{"a", "b", "c", "d"} {
			is(f.t, try(login, "2001:db8::"+login), identity.ErrLogin)
		}
		is(f.t, try("e", "2001:db8::ffff:1"), ErrTooMany) // one subscriber's /64
		is(f.t, try("e", "2001:db8:0:1::1"), identity.ErrLogin)
		is(f.t, try("e", ""), identity.ErrLogin)
		for range 10 { // good logins do not use up an address
			if _, err := d.Token(f.t.Context(), Grant{Login: "li", Password: password}, "10.2.0.1"); err != nil {
				f.t.Fatal(err)
			}
		}
	})
}

// TestThrottle_at_once: guesses that come together are not let through together.
func TestThrottle_at_once(t *testing.T) {
	each(t, func(f *fixture) {
		var wg sync.WaitGroup
		got := make(chan error, 16)
		for range cap(got) {
			wg.Go(func() {
				_, err := f.Token(f.t.Context(), Grant{Login: "zhang", Password: "wrong"}, "")
				got <- err
			})
		}
		wg.Wait()
		close(got)
		looked := 0
		for err := range got {
			switch {
			case errors.Is(err, identity.ErrLogin):
				looked++
			case !errors.Is(err, ErrTooMany):
				f.t.Error(err)
			}
		}
		if looked != 5 {
			f.t.Errorf("%d passwords were looked at", looked)
		}
	})
}

func TestTooMany_words(t *testing.T) {
	err := ErrTooMany.Because(wait{1500 * time.Millisecond})
	if s, _ := RetryAfter(err); s != 2 {
		t.Errorf("1.5 s is %d", s)
	}
	if _, ok := RetryAfter(identity.ErrLogin); ok {
		t.Error("a wrong password has no waiting time")
	}
	if !strings.Contains(err.Error(), "wait") {
		t.Error("the log does not say how long")
	}
}
