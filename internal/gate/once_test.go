package gate

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
)

// submit is an act as a service writes it: claim and do, or find what was done.
func (f *fixture) submit(o *Once, result string, fail error) (string, error) {
	var got string
	err := f.d.Write(f.t.Context(), "test.submit", func(tx *db.Tx) error {
		o.Claim(tx, result)
		tx.Queue(`INSERT INTO division (code, name, parent, level, is_national, statistical) VALUES ($1, '', '', '', FALSE, '')`, result)
		got = result
		return fail
	})
	if err == nil {
		return got, nil
	}
	if prior, perr := o.Prior(f.d.Read(f.t.Context())); perr != nil || prior != "" {
		return prior, perr
	}
	return "", err
}

func (f *fixture) once(a actor.Actor, key, path, body string) *Once {
	f.t.Helper()
	o, err := NewOnce(a, key, "POST", path, []byte(body))
	if err != nil {
		f.t.Fatal(err)
	}
	return o
}

func TestOnce(t *testing.T) {
	each(t, func(f *fixture) {
		t := f.t
		li, zhang := actor.Actor{Kind: actor.Person, ID: 1}, actor.Actor{Kind: actor.Person, ID: 2}
		effects := func() int { return f.count(`SELECT count(*) FROM division WHERE name = ''`) }

		boom := errors.New("boom")
		_, err := f.submit(f.once(li, "k1", "/cases", "{}"), "no-0", boom)
		is(t, err, boom)
		for _, want := range []string{"no-1", "no-1"} { // a failed act takes its claim with it
			got, err := f.submit(f.once(li, "k1", "/cases", "{}"), "no-"+string(rune('1'+effects())), nil)
			if err != nil || got != want {
				t.Errorf("got %s, %v, want %s", got, err, want)
			}
		}
		for _, o := range []*Once{f.once(li, "k1", "/cases", "{ }"), f.once(li, "k1", "/cases/1", "{}")} {
			_, err := f.submit(o, "no-9", nil)
			is(t, err, ErrKeyReused)
		}
		if errs.KindOf(ErrKeyReused).Status() != 422 {
			t.Error("a reused key is a 422")
		}
		if got, err := f.submit(f.once(zhang, "k1", "/cases", "{ }"), "no-2", nil); err != nil || got != "no-2" {
			t.Errorf("another account's key: %s, %v", got, err)
		}
		for _, result := range []string{"no-3", "no-4"} { // without a key nothing is remembered
			if got, err := f.submit(f.once(li, "", "/cases", ""), result, nil); err != nil || got != result {
				t.Errorf("%s, %v", got, err)
			}
		}
		if n := effects(); n != 4 {
			t.Errorf("%d effects", n)
		}
		f.clk.Add(onceKept - time.Second)
		if err := f.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, err := f.submit(f.once(li, "k1", "/cases", "{}"), "no-5", nil); err != nil || got != "no-1" {
			t.Errorf("within the week: %s, %v", got, err)
		}
		f.clk.Add(2 * time.Second)
		if err := f.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, err := f.submit(f.once(li, "k1", "/cases", "{}"), "no-5", nil); err != nil || got != "no-5" {
			t.Errorf("after the week: %s, %v", got, err)
		}
	})
}

// TestOnce_at_once: many requests with one key have one effect, and all are
// told its result.
func TestOnce_at_once(t *testing.T) {
	each(t, func(f *fixture) {
		o := f.once(actor.Actor{Kind: actor.Person, ID: 1}, "same", "/cases", "{}")
		var wg sync.WaitGroup
		results := make([]string, 12)
		for i := range results {
			wg.Go(func() {
				got, err := f.submit(o, "no-"+string(rune('a'+i)), nil)
				if err != nil {
					f.t.Error(err)
				}
				results[i] = got
			})
		}
		wg.Wait()
		for _, r := range results {
			if r == "" || r != results[0] {
				f.t.Fatalf("results %v", results)
			}
		}
		if n := f.count(`SELECT count(*) FROM division WHERE name = ''`); n != 1 {
			f.t.Errorf("%d effects", n)
		}
	})
}

func TestNewOnce_refuses(t *testing.T) {
	for _, key := range []string{"a b", "中", "a\x00", strings.Repeat("k", 201), "\n"} {
		_, err := NewOnce(actor.Actor{}, key, "POST", "/", nil)
		is(t, err, ErrKeyForm)
	}
}
