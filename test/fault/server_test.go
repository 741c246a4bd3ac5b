package fault

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tongban/tongban/test/program"
)

// server is the program with the sample city, which can be killed and started
// again on the same address and data.
type server struct {
	t        *testing.T
	dir      string // parent of the data folder
	database string // URL
	args     []string
	addr     string
	log      program.Buffer

	cmd  *exec.Cmd
	gone chan struct{}
}

// newServer starts the sample city without past cases. database is "" for
// SQLite in the data folder.
func newServer(t *testing.T, database string) *server {
	t.Helper()
	s := &server{t: t, dir: t.TempDir(), addr: program.FreeAddr()}
	data := filepath.Join(s.dir, "data")
	s.args = []string{"demo", "--data", data, "--addr", s.addr, "--cases", "0"}
	s.database = "sqlite://" + filepath.Join(data, "tongban.db")
	if database != "" {
		s.database = database
		s.args = append(s.args, "--database", database)
	}
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Logf("the program wrote:\n%s", s.log.Tail(6000))
		}
	})
	s.start()
	s.awaitReady(time.Minute)
	return s
}

// start starts the program and does not wait for it.
func (s *server) start() {
	s.t.Helper()
	s.cmd = exec.Command(binary, s.args...)
	s.cmd.Dir = s.dir
	s.cmd.Env = append(os.Environ(), "LANG=C", "LC_ALL=C")
	s.cmd.Stdout, s.cmd.Stderr = &s.log, &s.log
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.gone = make(chan struct{})
	go func(cmd *exec.Cmd, gone chan struct{}) {
		_ = cmd.Wait()
		close(gone)
	}(s.cmd, s.gone)
}

// kill ends the program as a power cut would, and waits until it is gone.
func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	<-s.gone
}

// awaitReady waits until the program says that it is ready.
func (s *server) awaitReady(most time.Duration) {
	s.t.Helper()
	s.awaitStatus("/readyz", http.StatusOK, most)
}

// awaitStatus asks until path answers with a status.
func (s *server) awaitStatus(path string, status int, most time.Duration) {
	s.t.Helper()
	var last any
	for end := time.Now().Add(most); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		got, _, err := s.get(path, "")
		if err == nil && got == status {
			return
		}
		last = got
		if err != nil {
			last = err
		}
		select {
		case <-s.gone:
			s.t.Fatalf("the program ended while %s was awaited", path)
		default:
		}
	}
	s.t.Fatalf("%s: %v, not %d, after %v", path, last, status, most)
}

// get asks for a path; accept may be "".
func (s *server) get(path, accept string) (status int, body string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.addr+path, nil)
	if err != nil {
		return 0, "", err
	}
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	var b bytes.Buffer
	_, err = b.ReadFrom(res.Body)
	return res.StatusCode, b.String(), err
}

// data is a path in the data folder.
func (s *server) data(name string) string { return filepath.Join(s.dir, "data", name) }

// otp is a staff member's second factor of this moment.
func (s *server) otp(login string) string {
	s.t.Helper()
	args := []string{"demo", "otp", login, "--data", s.data("")}
	if !strings.HasPrefix(s.database, "sqlite:") {
		args = append(args, "--database", s.database)
	}
	out, err := exec.Command(binary, args...).Output()
	if err != nil {
		s.t.Fatalf("demo otp %s: %v", login, err)
	}
	return strings.TrimSpace(string(out))
}

// verify runs tongban audit verify beside the running program.
func (s *server) verify() {
	s.t.Helper()
	config := filepath.Join(s.dir, "verify.yaml")
	text := fmt.Sprintf("database: %q\nkeys: %q\nfiles: %q\n", s.database, s.data("keys"), s.data("files"))
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.Command(binary, "audit", "verify", "--config", config)
	cmd.Env = append(os.Environ(), "LANG=C", "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Errorf("audit verify: %v\n%s", err, out)
	} else if !strings.Contains(string(out), "sound") {
		s.t.Errorf("audit verify says: %s", out)
	}
}
