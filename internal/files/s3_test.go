package files

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
)

// s3Server starts a real S3 server over a folder, which it returns with the
// URL of a bucket and the secret file.
func s3Server(t *testing.T) (url, secret, root string) {
	t.Helper()
	program := os.Getenv("TONGBAN_TEST_VERSITYGW")
	if program == "" {
		t.Fatal("TONGBAN_TEST_VERSITYGW names no S3 server: run `make test`, which builds one")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	root, meta := t.TempDir(), t.TempDir()
	secret = filepath.Join(t.TempDir(), "s3.key")
	if err := errors.Join(os.Mkdir(filepath.Join(root, "tongban"), 0o700), os.WriteFile(secret, []byte("testaccess\ntestsecret\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	cmd := exec.Command(program, "--access", "testaccess", "--secret", "testsecret", "--port", addr,
		"--quiet", "--health", "/health", "posix", "--sidecar", meta, root)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended by itself
		<-ended
	})
	for deadline := time.Now().Add(20 * time.Second); ; {
		r, err := http.Get("http://" + addr + "/health")
		if err == nil {
			_ = r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return "s3://tongban?endpoint=http://" + addr + "&prefix=files/", secret, root
			}
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("the S3 server ended: %v\n%s", err, out.String())
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatalf("the S3 server does not answer: %v", err)
		}
	}
}

// objects counts what the bucket lists.
func objects(t *testing.T, s *Store) (n int) {
	t.Helper()
	for list := s.bucket.b.List(nil); ; n++ {
		if _, err := list.Next(t.Context()); errors.Is(err, io.EOF) {
			return n
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestS3(t *testing.T) {
	url, secret, root := s3Server(t)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := storeAt(t, d, url, secret)
		if err := s.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		before := objects(t, s)
		small, large := put(t, s, pdf(), "a.pdf"), put(t, s, largePDF(), "b.pdf")
		if again := put(t, s, pdf(), "c.pdf"); again != small {
			t.Errorf("stored twice: %+v and %+v", small, again)
		}
		if got := read(t, s, small); !bytes.Equal(got, pdf()) {
			t.Error("small: another content came back")
		}
		if got := read(t, s, large); !bytes.Equal(got, largePDF()) {
			t.Error("large: another content came back")
		}
		if n := objects(t, s) - before; n != 2 {
			t.Errorf("%d objects for two contents", n)
		}
		for path, raw := range filesIn(t, root) {
			if bytes.Contains(raw, pdf()[:9]) {
				t.Errorf("%s holds plain content", path)
			}
		}
		row, err := s.find(d.Read(t.Context()), large.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(s.bucket.remove(t.Context(), row.object), s.bucket.remove(t.Context(), row.object)); err != nil {
			t.Errorf("remove: %v", err)
		}
		if n := objects(t, s) - before; n != 1 {
			t.Errorf("%d objects after removing one of two", n)
		}
	})
}

func TestS3_away(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "s3.key")
	if err := os.WriteFile(secret, []byte("a b"), 0o600); err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := storeAt(t, d, "s3://tongban?endpoint=http://127.0.0.1:1", secret)
		if err := s.Check(t.Context()); err == nil {
			t.Error("Check finds nothing wrong")
		}
		if _, err := s.Put(t.Context(), bytes.NewReader(pdf()), Meta{Name: "a.pdf"}); err == nil {
			t.Error("Put says it is stored")
		}
		var n int
		if err := d.Read(t.Context()).QueryRow("SELECT count(*) FROM file WHERE state = 'ready'").Scan(&n); err != nil || n > 0 {
			t.Errorf("%d rows say ready, %v", n, err)
		}
	})
}
