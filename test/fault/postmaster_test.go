package fault

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tongban/tongban/test/program"
)

// postmaster is a PostgreSQL of one test, with fsync on.
type postmaster struct {
	t    *testing.T
	bin  string
	dir  string
	addr string
	attr *syscall.SysProcAttr
	url  string
	cmd  *exec.Cmd
	gone chan struct{}
}

// newPostmaster makes a cluster and starts it as TONGBAN_TEST_PGUSER.
func newPostmaster(t *testing.T) *postmaster {
	t.Helper()
	p := &postmaster{t: t, bin: os.Getenv("TONGBAN_TEST_PGBIN"), addr: program.FreeAddr()}
	if p.bin == "" {
		t.Fatal("TONGBAN_TEST_PGBIN is not set; run: make test, or go run ./test/env -- go test ./test/fault")
	}
	// Its own process group, so that it can be killed with all its children.
	p.attr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	var err error
	// Not t.TempDir: that one is out of reach of another user.
	if p.dir, err = os.MkdirTemp("", "tongban-fault-pg-"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(p.dir) })
	if os.Geteuid() == 0 {
		u, err := user.Lookup(os.Getenv("TONGBAN_TEST_PGUSER"))
		if err != nil {
			t.Fatal(err)
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		p.attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(p.dir, int(uid), int(gid)); err != nil {
			t.Fatal(err)
		}
	}
	p.run("initdb", "--pgdata", p.data(), "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
	p.start()
	t.Cleanup(p.kill)
	p.await()
	p.run("createdb", p.host("-U", "postgres", "tongban")...)
	p.url = (&url.URL{Scheme: "postgres", User: url.User("postgres"), Host: p.addr, Path: "/tongban", RawQuery: "sslmode=disable"}).String()
	return p
}

func (p *postmaster) data() string { return filepath.Join(p.dir, "data") }

// host puts the address before further arguments of a client program.
func (p *postmaster) host(more ...string) []string {
	host, port, _ := strings.Cut(p.addr, ":")
	return append([]string{"-h", host, "-p", port}, more...)
}

// command is a program of PostgreSQL, as the right user and undisturbed by
// what the environment says about another server.
func (p *postmaster) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(p.bin, name), args...)
	cmd.Dir = p.dir
	cmd.SysProcAttr = p.attr
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "PG") {
			cmd.Env = append(cmd.Env, kv)
		}
	}
	cmd.Env = append(cmd.Env, "LC_ALL=C")
	return cmd
}

func (p *postmaster) run(name string, args ...string) {
	p.t.Helper()
	if out, err := p.command(name, args...).CombinedOutput(); err != nil {
		p.t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// start starts it and does not wait.
func (p *postmaster) start() {
	p.t.Helper()
	_, port, _ := strings.Cut(p.addr, ":")
	p.cmd = p.command("postgres", "-D", p.data(), "-c", "listen_addresses=127.0.0.1", "-c", "port="+port,
		"-c", "unix_socket_directories=", "-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "max_connections=80", "-c", "timezone=UTC")
	var log bytes.Buffer
	p.cmd.Stdout, p.cmd.Stderr = &log, &log
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.gone = make(chan struct{})
	go func(cmd *exec.Cmd, gone chan struct{}) {
		_ = cmd.Wait()
		close(gone)
	}(p.cmd, p.gone)
}

// await waits until it answers: also until it has recovered.
func (p *postmaster) await() {
	p.t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		if p.command("pg_isready", p.host("-q")...).Run() == nil {
			return
		}
		select {
		case <-p.gone:
			p.t.Fatal("PostgreSQL ended by itself")
		default:
		}
	}
	p.t.Fatal("PostgreSQL does not answer")
}

// kill ends the postmaster and every process of it at once.
func (p *postmaster) kill() {
	_ = p.cmd.Process.Kill()
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.gone
	// Its children are gone when nobody is attached to the shared memory; the
	// next start looks at that itself and says so.
	for range 200 {
		if syscall.Kill(-p.cmd.Process.Pid, 0) != nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	p.t.Error(fmt.Errorf("processes of PostgreSQL %d do not end", p.cmd.Process.Pid))
}
