package files

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
	"github.com/tongban/tongban/internal/sm"
)

func vaultOf(t testing.TB) *sm.Vault {
	t.Helper()
	k, err := sm.LoadOrCreate(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	return k.Vault()
}

func storeAt(t testing.TB, d *db.DB, url, secret string) *Store {
	t.Helper()
	s, err := New(t.Context(), Config{DB: d, Vault: vaultOf(t), URL: url, Secret: secret, Spool: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func put(t testing.TB, s *Store, content []byte, name string) Ref {
	t.Helper()
	ref, err := s.Put(t.Context(), bytes.NewReader(content), Meta{Name: name})
	if err != nil {
		t.Fatalf("Put %s: %v", name, err)
	}
	return ref
}

func read(t testing.TB, s *Store, ref Ref) []byte {
	t.Helper()
	r, err := s.Open(t.Context(), ref)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return b
}

// filesIn lists what lies in a folder, with the content of each.
func filesIn(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			out[p], err = os.ReadFile(p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// largePDF is longer than what the spool keeps in memory and no multiple of
// its chunk.
func largePDF() []byte {
	b := make([]byte, 3<<20+12_345)
	r := rand.NewChaCha8([32]byte{7})
	_, _ = r.Read(b) // never fails
	copy(b, "%PDF-1.7\n")
	return b
}

func TestPut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir := t.TempDir()
		s := storeAt(t, d, dir, "")
		for name, content := range map[string][]byte{"小文件.pdf": pdf(), "大文件.pdf": largePDF(), "合同.docx": docx(t), "照片.png": pngOf(t, 30, 20)} {
			ref := put(t, s, content, name)
			if got := read(t, s, ref); !bytes.Equal(got, content) {
				t.Errorf("%s: %d bytes came back, %d went in", name, len(got), len(content))
			}
			if ref.Hash != sm.SM3Hex(content) || ref.Size != int64(len(content)) {
				t.Errorf("%s: ref %+v", name, ref)
			}
			all, err := s.Stats(d.Read(t.Context()), ref.ID, ref.ID+1, ref.ID)
			if err != nil || len(all) != 1 || all[ref.ID] != ref {
				t.Errorf("of several: %+v, %v", all, err)
			}
			known, err := s.Stat(d.Read(t.Context()), ref.ID)
			if err != nil || known != ref {
				t.Errorf("%s: Stat %+v, %v; want %+v", name, known, err, ref)
			}
		}
		for path, raw := range filesIn(t, dir) {
			if bytes.Contains(raw, pdf()[:9]) || bytes.Contains(raw, []byte("document.xml")) {
				t.Errorf("%s holds plain content", path)
			}
			if strings.Contains(path, sm.SM3Hex(pdf())) {
				t.Errorf("%s tells the content's hash", path)
			}
		}
		if left := filesIn(t, s.spool); len(left) > 0 {
			t.Errorf("the spool keeps %d files", len(left))
		}
	})
}

func TestPut_same_content_once(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir := t.TempDir()
		s := storeAt(t, d, dir, "")
		first := put(t, s, pdf(), "一.pdf")
		if again := put(t, s, pdf(), "二.pdf"); again != first {
			t.Errorf("got %+v, want %+v", again, first)
		}
		var wg sync.WaitGroup
		refs := make([]Ref, 8)
		errs := make([]error, len(refs))
		for i := range refs {
			wg.Go(func() {
				refs[i], errs[i] = s.Put(t.Context(), bytes.NewReader(docx(t)), Meta{Name: "a.docx"})
			})
		}
		wg.Wait()
		for i := range refs {
			if errs[i] != nil || refs[i] != refs[0] {
				t.Errorf("at once, %d: %+v, %v; want %+v", i, refs[i], errs[i], refs[0])
			}
		}
		if n := len(filesIn(t, dir)); n != 2 {
			t.Errorf("%d objects for two contents", n)
		}
		for path := range filesIn(t, dir) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
		put(t, s, pdf(), "三.pdf")
		if got := read(t, s, first); !bytes.Equal(got, pdf()) {
			t.Error("a lost object is not replaced by the next upload of the same content")
		}
	})
}

func TestPut_refuses_and_leaves_nothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir := t.TempDir()
		s := storeAt(t, d, dir, "")
		broken := errors.New("connection reset")
		rows := []struct {
			name string
			r    io.Reader
			m    Meta
			want error
		}{
			{"too large", bytes.NewReader(largePDF()), Meta{Name: "a.pdf", MaxBytes: 1 << 20}, ErrTooLarge()},
			{"announced too large", bytes.NewReader(pdf()), Meta{Name: "a.pdf", Size: 1 << 40}, ErrTooLarge()},
			{"empty", bytes.NewReader(nil), Meta{Name: "a.pdf"}, ErrEmpty()},
			{"broken off", io.MultiReader(bytes.NewReader(largePDF()), iotest.ErrReader(broken)), Meta{Name: "a.pdf"}, ErrBrokenOff()},
			{"cut by the client", io.MultiReader(bytes.NewReader(pdf()), iotest.ErrReader(io.ErrUnexpectedEOF)), Meta{Name: "a.pdf"}, ErrBrokenOff()},
			{"shorter than announced", bytes.NewReader(pdf()), Meta{Name: "a.pdf", Size: 1000}, ErrBrokenOff()},
			{"disguised", bytes.NewReader([]byte("\x7fELF\x02\x01\x01\x00")), Meta{Name: "a.pdf"}, ErrType()},
			{"other type", bytes.NewReader(pdf()), Meta{Name: "a.docx"}, ErrDisguised()},
			{"bomb", bytes.NewReader(docx(t, part{"word/media/a", make([]byte, 9<<20)})), Meta{Name: "a.docx"}, ErrBomb()},
			{"giant picture", bytes.NewReader(giantPNG(t)), Meta{Name: "a.png"}, ErrImage()},
		}
		for _, r := range rows {
			if _, err := s.Put(t.Context(), r.r, r.m); !errors.Is(err, r.want) {
				t.Errorf("%s: got %v, want %v", r.name, err, r.want)
			}
		}
		if n := len(filesIn(t, dir)) + len(filesIn(t, s.spool)); n > 0 {
			t.Errorf("%d files remain", n)
		}
		var n int
		if err := d.Read(t.Context()).QueryRow("SELECT count(*) FROM file").Scan(&n); err != nil || n > 0 {
			t.Errorf("%d rows remain, %v", n, err)
		}
	})
}

// TestPut_when_the_bucket_fails: what cannot be written is neither stored nor
// found by the next upload of the same content.
func TestPut_when_the_bucket_fails(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir := t.TempDir()
		s := storeAt(t, d, dir, "")
		ref := Ref{Hash: sm.SM3Hex(pdf()), Size: int64(len(pdf())), Type: PDF}
		inTheWay := filepath.Join(dir, s.digest(ref)[:2])
		if err := os.WriteFile(inTheWay, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Put(t.Context(), bytes.NewReader(pdf()), Meta{Name: "a.pdf"}); err == nil {
			t.Fatal("Put says it is stored")
		}
		if err := os.Remove(inTheWay); err != nil {
			t.Fatal(err)
		}
		if got := read(t, s, put(t, s, pdf(), "a.pdf")); !bytes.Equal(got, pdf()) {
			t.Error("another content came back")
		}
	})
}

func TestOpen_altered_object(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir := t.TempDir()
		s := storeAt(t, d, dir, "")
		a, b := put(t, s, largePDF(), "a.pdf"), put(t, s, pdf(), "b.pdf")
		var paths []string
		for p := range filesIn(t, dir) {
			paths = append(paths, p)
		}
		x, y := filesIn(t, dir)[paths[0]], filesIn(t, dir)[paths[1]]
		y[len(y)-1] ^= 1
		if err := errors.Join(os.WriteFile(paths[0], y, 0o600), os.WriteFile(paths[1], x, 0o600)); err != nil {
			t.Fatal(err)
		}
		for _, ref := range []Ref{a, b} { // one swapped in, the other swapped and changed
			r, err := s.Open(t.Context(), ref)
			if err == nil {
				_, err = io.ReadAll(r)
				_ = r.Close()
			}
			if !errors.Is(err, sm.ErrTampered) {
				t.Errorf("file %d: got %v, want %v", ref.ID, err, sm.ErrTampered)
			}
		}
		if _, err := s.Open(t.Context(), Ref{ID: 42}); !errors.Is(err, ErrNoFile()) {
			t.Errorf("unknown file: %v", err)
		}
	})
}

func TestSweep(t *testing.T) {
	start := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	dbtest.EachAt(t, start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		dir := t.TempDir()
		s := storeAt(t, d, dir, "")
		kept, loose := put(t, s, pdf(), "kept.pdf"), put(t, s, docx(t), "loose.docx")
		act := func(f func(tx *db.Tx)) error {
			return d.Write(t.Context(), "test", func(tx *db.Tx) error { f(tx); return nil })
		}
		if err := act(func(tx *db.Tx) { s.Attach(tx, kept.ID, kept.ID) }); err != nil {
			t.Fatal(err)
		}
		// an upload that was killed between its row and its end, with a half-written object
		dead, err := s.claim(t.Context(), Ref{Hash: sm.SM3Hex([]byte("dead")), Type: PDF})
		if err != nil {
			t.Fatal(err)
		}
		half := filepath.Join(dir, filepath.FromSlash(dead.object)+".18f0.tmp")
		if err := errors.Join(os.MkdirAll(filepath.Dir(half), 0o700), os.WriteFile(half, []byte("x"), 0o600)); err != nil {
			t.Fatal(err)
		}
		sweep := func(want int) {
			t.Helper()
			if n, err := s.Sweep(t.Context()); err != nil || n != want {
				t.Fatalf("swept %d, %v; want %d", n, err, want)
			}
		}
		clk.Add(LooseFor - time.Minute)
		sweep(0)
		again := put(t, s, docx(t), "again.docx") // starts its time anew
		if again != loose {
			t.Fatal("another file")
		}
		clk.Add(2 * time.Minute)
		sweep(1) // the dead upload alone
		if _, err := os.Stat(half); !errors.Is(err, fs.ErrNotExist) {
			t.Error("the half-written object is still there")
		}
		clk.Add(LooseFor)
		sweep(1)
		if _, err := s.Open(t.Context(), loose); !errors.Is(err, ErrNoFile()) {
			t.Errorf("swept file: %v", err)
		}
		if err := act(func(tx *db.Tx) { s.Attach(tx, loose.ID) }); !errors.Is(err, ErrNoFile()) {
			t.Errorf("attach of a swept file: %v", err)
		}
		if err := act(func(tx *db.Tx) { s.Detach(tx, kept.ID) }); err != nil {
			t.Fatal(err)
		}
		clk.Add(2 * LooseFor)
		sweep(0)
		if err := act(func(tx *db.Tx) { s.Detach(tx, kept.ID) }); err != nil {
			t.Fatal(err)
		}
		if err := act(func(tx *db.Tx) { s.Detach(tx, kept.ID) }); !errors.Is(err, ErrNoFile()) {
			t.Errorf("detached once too often: %v", err)
		}
		clk.Add(LooseFor + time.Second)
		sweep(1)
		if n := len(filesIn(t, dir)); n > 0 {
			t.Errorf("%d objects remain", n)
		}
	})
}

func TestAttach_undone_with_its_act(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := storeAt(t, d, t.TempDir(), "")
		ref := put(t, s, pdf(), "a.pdf")
		no := errors.New("no")
		err := d.Write(t.Context(), "test", func(tx *db.Tx) error { s.Attach(tx, ref.ID); return no })
		if !errors.Is(err, no) {
			t.Fatal(err)
		}
		err = d.Write(t.Context(), "test", func(tx *db.Tx) error { s.Detach(tx, ref.ID); return nil })
		if !errors.Is(err, ErrNoFile()) {
			t.Errorf("an undone act left a reference: %v", err)
		}
	})
}

func TestTicket(t *testing.T) {
	s := &Store{vault: vaultOf(t)}
	ticket := s.Ticket(Ref{ID: 17}, "person/1")
	if id, err := s.Redeem(ticket, "person/1"); err != nil || id != 17 {
		t.Errorf("got %d, %v", id, err)
	}
	for _, bad := range []string{"", "17", "17.", "017" + ticket[2:], "18" + ticket[2:], ticket + "0", strings.ToUpper(ticket) + "x"} {
		if _, err := s.Redeem(bad, "person/1"); !errors.Is(err, ErrNoFile()) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := s.Redeem(ticket, "person/2"); !errors.Is(err, ErrNoFile()) {
		t.Errorf("another holder: %v", err)
	}
}

func TestNew_refuses(t *testing.T) {
	for _, url := range []string{"", "http://x/y", "file://host/x", "s3://b?endpoint=http://x&colour=red", "s3://b?endpoint=http://x"} {
		if s, err := New(context.Background(), Config{URL: url, Secret: filepath.Join(t.TempDir(), "none")}); err == nil {
			t.Errorf("%q is accepted: %+v", url, s)
		}
	}
}

func TestSpool_random_access(t *testing.T) {
	content := largePDF()
	sp := newSpool(vaultOf(t), t.TempDir())
	defer sp.Close()
	for rest := content; len(rest) > 0; {
		n, err := sp.Write(rest[:min(len(rest), 40_001)])
		if err != nil {
			t.Fatal(err)
		}
		rest = rest[n:]
	}
	if sp.file == nil {
		t.Fatal("nothing was spooled to disk")
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		off := r.IntN(len(content))
		p := make([]byte, r.IntN(200_000))
		n, err := sp.ReadAt(p, int64(off))
		want := content[off:min(off+len(p), len(content))]
		if !bytes.Equal(p[:n], want) || (n < len(p)) != errors.Is(err, io.EOF) {
			t.Fatalf("at %d: %d of %d bytes, %v", off, n, len(p), err)
		}
	}
}

func TestStatements(t *testing.T) {
	dbtest.Prepares(t, findReady+`$1)`, touchReady, insertFile, confirmReady, attachFile, detachFile, markGoing, deleteGone)
}
