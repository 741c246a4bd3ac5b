package hook

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/sm"
)

// pairs are both ends of an SM2 channel.
func pairs(t *testing.T) (ours, theirs *Pair) {
	t.Helper()
	a, err := sm.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	b, err := sm.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	return &Pair{a, b.Public()}, &Pair{b, a.Public()}
}

func TestVerify(t *testing.T) {
	key := NewKey()
	t.Run("hmac-sm3", func(t *testing.T) { verifies(t, key, key, NewKey(), Key("")) })
	ours, theirs := pairs(t)
	other, _ := pairs(t)
	t.Run("sm2", func(t *testing.T) { verifies(t, theirs, ours, other, &Pair{}) })
	t.Run("one for the other", func(t *testing.T) { verifies(t, theirs, ours, key, theirs) }) // nor can we write what only they can
}

// verifies: what sends signs is taken by takes, and by neither of others.
func verifies(t *testing.T, key, takes Scheme, others ...Scheme) {
	t.Helper()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	letter := func(body string) *http.Request {
		r := httptest.NewRequest(http.MethodPost, "/hooks/pay?x=1", strings.NewReader(body))
		key.Sign(r, []byte(body), now)
		return r
	}
	if nonce, err := takes.Verify(letter("a"), []byte("a"), now.Add(Window)); err != nil || len(nonce) < 16 {
		t.Fatalf("%q %v", nonce, err)
	}
	for name, c := range map[string]struct {
		change func(*http.Request)
		body   string
		at     time.Time
		want   error
	}{
		"another body":      {func(*http.Request) {}, "b", now, ErrSignature},
		"another path":      {func(r *http.Request) { r.URL.Path = "/hooks/post" }, "a", now, ErrSignature},
		"another query":     {func(r *http.Request) { r.URL.RawQuery = "x=2" }, "a", now, ErrSignature},
		"another method":    {func(r *http.Request) { r.Method = http.MethodPut }, "a", now, ErrSignature},
		"another time":      {func(r *http.Request) { r.Header.Set(TimeHeader, "1772442001") }, "a", now, ErrSignature},
		"another number":    {func(r *http.Request) { r.Header.Set(NonceHeader, strings.Repeat("0", 32)) }, "a", now, ErrSignature},
		"a short number":    {func(r *http.Request) { r.Header.Set(NonceHeader, "1") }, "a", now, ErrSignature},
		"no signature":      {func(r *http.Request) { r.Header.Del(SignatureHeader) }, "a", now, ErrSignature},
		"no time":           {func(r *http.Request) { r.Header.Del(TimeHeader) }, "a", now, ErrSignature},
		"too old":           {func(*http.Request) {}, "a", now.Add(Window + time.Second), ErrStale},
		"from the future":   {func(*http.Request) {}, "a", now.Add(-Window - time.Second), ErrStale},
		"old, another body": {func(*http.Request) {}, "b", now.Add(time.Hour), ErrSignature},
	} {
		r := letter("a")
		c.change(r)
		if _, err := takes.Verify(r, []byte(c.body), c.at); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, o := range others {
		if _, err := o.Verify(letter("a"), []byte("a"), now); !errors.Is(err, ErrSignature) {
			t.Errorf("with %T: %v", o, err)
		}
	}
}

// TestLoadPair reads what openssl and we write, and names the file that is wrong.
func TestLoadPair(t *testing.T) {
	dir := t.TempDir()
	key, pub := dir+"/a.pem", dir+"/b.pub"
	if err := WritePair(dir+"/a.pem", dir+"/a.pub"); err != nil {
		t.Fatal(err)
	}
	if err := WritePair(dir+"/b.pem", pub); err != nil {
		t.Fatal(err)
	}
	a, err := LoadPair(key, pub)
	if err != nil {
		t.Fatal(err)
	}
	b, err := LoadPair(dir+"/b.pem", dir+"/a.pub")
	if err != nil {
		t.Fatal(err)
	}
	verifies(t, a, b)
	if info, err := os.Stat(key); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the private key is open to others: %v", err)
	}
	for _, c := range [][2]string{{dir + "/none", pub}, {key, dir + "/none"}, {pub, pub}, {key, key}} {
		if _, err := LoadPair(c[0], c[1]); errs.Of(err).Code != "hook-key" {
			t.Errorf("%v: %v", c, err)
		}
	}
	if err := WritePair(key, pub); err == nil {
		t.Error("a key was written over")
	}
}

func TestFresh(t *testing.T) {
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		fresh := func(who, nonce string) (ok bool) {
			if err := d.Write(t.Context(), "test.fresh", func(tx *db.Tx) (err error) { ok, err = Fresh(tx, who, nonce); return err }); err != nil {
				t.Fatal(err)
			}
			return ok
		}
		if !fresh("pay", "n1") || fresh("pay", "n1") || !fresh("post", "n1") || !fresh("pay", "n2") {
			t.Error("a number counts once for each sender")
		}
		clk.Add(time.Hour)
		if err := d.Write(t.Context(), "test.sweep", func(tx *db.Tx) error { Sweep(tx); return nil }); err != nil {
			t.Fatal(err)
		}
		if !fresh("pay", "n1") {
			t.Error("numbers of letters that are refused as stale are kept")
		}
	})
}

func TestCall(t *testing.T) {
	key := NewKey()
	status, answer := 200, `{"x":"y"}`
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if _, err := key.Verify(r, body, time.Now()); err != nil || string(body) != `{"a":1}` {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	defer srv.Close()
	c := Caller{Base: srv.URL + "/api", Key: key, Now: time.Now}
	call := func() (out map[string]string, err error) {
		err = c.Call(context.Background(), http.MethodPost, "/orders?b=2", map[string]int{"a": 1}, &out)
		return out, err
	}
	if out, err := call(); err != nil || out["x"] != "y" {
		t.Errorf("%v %v", out, err)
	}
	status, answer = 409, `{"code":"taken"}`
	var no *Refused
	if _, err := call(); !errors.As(err, &no) || no.Code != "taken" || no.Status != 409 {
		t.Errorf("%v", err)
	}
	for _, s := range []int{500, 302, 429} {
		if status = s; true {
			if _, err := call(); err == nil || errors.As(err, &no) {
				t.Errorf("%d: %v", s, err)
			}
		}
	}
	status, answer = 200, "<html>"
	if _, err := call(); err == nil {
		t.Error("a page for an answer")
	}
	srv.Close()
	if _, err := call(); err == nil || errors.As(err, &no) || strings.Contains(err.Error(), "orders") {
		t.Errorf("nobody there: %v", err)
	}
}

func TestCheckBase(t *testing.T) {
	for base, ok := range map[string]bool{"https://pay.example.cn/api": true, "http://127.0.0.1:80": true, "http://localhost:1": true, "http://[::1]/": true,
		"http://pay.example.cn": false, "http://10.0.0.1": false, "ftp://127.0.0.1": false, "https://a:b@pay.example.cn": false, "": false, "pay": false} {
		if err := CheckBase(base); (err == nil) != ok {
			t.Errorf("%q: %v", base, err)
		}
	}
}

func TestSQL(t *testing.T) { dbtest.Prepares(t, SQL()...) }
