// Package box is what the sandboxes of outside systems have in common: they let
// the platform in by its signature, keep what they were told, write letters to
// the platform until one is taken, and show pages.
package box

import (
	"bytes"
	"context"
	"encoding/json"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/tongban/tongban/internal/hook"
)

// Box 沙箱 is one outside system. Its lock guards what the sandbox holds.
type Box struct {
	sync.Mutex
	Key hook.Scheme      // shared with the platform
	Now func() time.Time // the clock
	Log *slog.Logger     // nil: silent

	file string
	held any
	wg   sync.WaitGroup
}

// Read makes held, a pointer, what the file says, if there is one, and keeps it
// there from now on. Without a file it stays in memory alone.
func (b *Box) Read(file string, held any) error {
	if b.file, b.held = file, held; file == "" {
		return nil
	}
	text, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(text, held)
}

// Keep writes the file; a sandbox that cannot goes on in memory. The lock is held.
func (b *Box) Keep() {
	if b.file == "" {
		return
	}
	text, err := json.Marshal(b.held)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(b.file), 0o700)
	}
	if err == nil {
		err = os.WriteFile(b.file+".new", text, 0o600)
	}
	if err == nil {
		err = os.Rename(b.file+".new", b.file)
	}
	if err != nil {
		b.warn("the sandbox could not keep what it holds", err)
	}
}

func (b *Box) warn(what string, err error) {
	if b.Log != nil {
		b.Log.Warn(what, "err", err)
	}
}

// Problem is the answer that refuses.
func Problem(code string) any {
	return struct {
		Code string `json:"code"`
	}{code}
}

// Signed lets the platform in, and does its wish under the lock.
func (b *Box) Signed(do func(r *http.Request, body []byte) (status int, answer any)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := Body(w, r)
		if err != nil {
			Answer(w, http.StatusBadRequest, Problem("body"))
			return
		}
		if _, err = b.Key.Verify(r, body, b.Now()); err != nil {
			Answer(w, http.StatusUnauthorized, Problem("signature"))
			return
		}
		b.Lock()
		status, answer := do(r, body)
		b.Keep()
		b.Unlock()
		Answer(w, status, answer)
	}
}

// Body reads a letter of at most 64 kB.
func Body(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	return io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
}

// Answer writes JSON.
func Answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // who hung up does not want it
}

// Tell writes to the platform later, the same letter as many times as times says.
func (b *Box) Tell(to string, letter any, after time.Duration, times int) {
	b.wg.Go(func() {
		time.Sleep(after)
		if _, err := b.write(to, letter, times); err != nil {
			b.warn("the sandbox cannot tell", err)
		}
	})
}

// Write writes to the platform, again when nobody takes it, and gives the status
// of the answer.
func (b *Box) Write(to string, letter any) (status int, err error) { return b.write(to, letter, 1) }

func (b *Box) write(to string, letter any, times int) (status int, err error) {
	body, err := json.Marshal(letter)
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, to, nil)
	if err != nil {
		return 0, err
	}
	b.Key.Sign(req, body, b.Now())
	for range times {
		status, err = send(req, body)
	}
	return status, err
}

func send(req *http.Request, body []byte) (status int, err error) {
	for try := range 5 {
		again := req.Clone(context.Background())
		again.Body, again.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		again.Header.Set("Content-Type", "application/json")
		var res *http.Response
		if res, err = http.DefaultClient.Do(again); err == nil {
			_ = res.Body.Close()
			if status = res.StatusCode; status < 500 {
				return status, nil
			}
		}
		time.Sleep(time.Duration(try+1) * 200 * time.Millisecond)
	}
	return status, err
}

// Wait waits until what is on its way to the platform has arrived.
func (b *Box) Wait() { b.wg.Wait() }

// Page draws a page. It loads nothing but the sandbox's stylesheet; forms of its
// own may go where the sandbox leads, a payer's back to the platform.
func Page(w http.ResponseWriter, t *template.Template, name string, v any) {
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, name, v); err != nil {
		http.Error(w, "the page failed", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	if h.Get("Content-Security-Policy") == "" {
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'")
	}
	_, _ = b.WriteTo(w) // who hung up does not want it
}
