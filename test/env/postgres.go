package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// postgres is a running throw-away server.
type postgres struct {
	url  string // superuser, with password
	user string // system user that it runs as
	dir  string
	lock *os.File // held while the folder is in use
	cmd  *exec.Cmd
	done chan struct{} // closed when the postmaster has ended
}

// folderPrefix marks our folders, so that a later run can clear away those
// of a run that was killed.
const folderPrefix = "tongban-test-"

// startPostgres makes a cluster with C collation in a new folder and starts it
// on a free port. durable keeps fsync on; without it a lost machine loses the
// cluster, which nobody misses, and tests run several times as fast.
func startPostgres(ctx context.Context, bin, host string, durable bool) (pg *postgres, err error) {
	pg = &postgres{}
	defer func() {
		if err != nil {
			err = errors.Join(err, pg.stop())
		}
	}()
	owner, attr, err := serverUser()
	if err != nil {
		return pg, err
	}
	pg.user = owner.Username
	if err := pg.makeFolder(owner, attr); err != nil {
		return pg, err
	}
	password := rand.Text()
	if err := pg.initialise(ctx, bin, password, attr); err != nil {
		return pg, err
	}
	// A port that was free a moment ago may be taken by somebody else.
	for range 5 {
		port, portErr := freePort(host)
		if portErr != nil {
			return pg, portErr
		}
		if err = pg.serve(ctx, bin, host, port, durable, attr); err == nil {
			u := url.URL{
				Scheme:   "postgres",
				User:     url.UserPassword("postgres", password),
				Host:     net.JoinHostPort(host, strconv.Itoa(port)),
				Path:     "/postgres",
				RawQuery: "sslmode=disable",
			}
			pg.url = u.String()
			return pg, nil
		}
		if !strings.Contains(pg.log(), "Address already in use") {
			return pg, err
		}
	}
	return pg, err
}

// serverUser is who the server runs as: ourselves, or for root the user
// “postgres” of the Debian package, else “nobody”.
func serverUser() (*user.User, *syscall.SysProcAttr, error) {
	// Its own process group keeps Ctrl-C at the terminal away from the server;
	// the parent-death signal (immediate shutdown) ends it if we are killed.
	attr := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGQUIT}
	if os.Geteuid() != 0 {
		u, err := user.Current()
		return u, attr, err
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(uidErr, gidErr); err != nil {
			return nil, nil, err
		}
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return u, attr, nil
	}
	return nil, nil, errors.New("PostgreSQL must not run as root, and there is neither a user postgres nor a user nobody")
}

// makeFolder makes a folder that the server's user can reach, owned by that
// user, and locks it.
func (pg *postgres) makeFolder(owner *user.User, attr *syscall.SysProcAttr) error {
	var problems []error
	for _, base := range []string{os.TempDir(), "/tmp", "/var/tmp"} {
		dir, err := os.MkdirTemp(base, folderPrefix)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		if err := giveFolder(dir, owner, attr); err != nil {
			problems = append(problems, err, os.RemoveAll(dir))
			continue
		}
		pg.dir = dir
		if pg.lock, err = lockFolder(dir); err != nil {
			return err
		}
		return nil
	}
	return fmt.Errorf("no temporary folder that user %s can use: %w", owner.Username, errors.Join(problems...))
}

func giveFolder(dir string, owner *user.User, attr *syscall.SysProcAttr) error {
	if attr.Credential == nil {
		return nil
	}
	if err := os.Chown(dir, int(attr.Credential.Uid), int(attr.Credential.Gid)); err != nil {
		return err
	}
	probe := exec.Command("test", "-w", dir)
	probe.SysProcAttr = attr
	if err := probe.Run(); err != nil {
		return fmt.Errorf("%s is out of reach of user %s", dir, owner.Username)
	}
	return nil
}

// initialise runs initdb. The password keeps other users of the machine out.
func (pg *postgres) initialise(ctx context.Context, bin, password string, attr *syscall.SysProcAttr) error {
	secret := filepath.Join(pg.dir, "password")
	if err := os.WriteFile(secret, []byte(password+"\n"), 0o600); err != nil {
		return err
	}
	defer os.Remove(secret)
	if c := attr.Credential; c != nil {
		if err := os.Chown(secret, int(c.Uid), int(c.Gid)); err != nil {
			return err
		}
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"),
		"--pgdata", filepath.Join(pg.dir, "data"), "--username=postgres", "--pwfile="+secret,
		"--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync")
	cmd.Dir = pg.dir
	cmd.Env = serverEnviron()
	cmd.SysProcAttr = attr
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, bytes.TrimSpace(out))
	}
	return nil
}

// serve starts the postmaster and waits until it answers.
func (pg *postgres) serve(ctx context.Context, bin, host string, port int, durable bool, attr *syscall.SysProcAttr) error {
	settings := []string{
		"listen_addresses=" + host,
		"port=" + strconv.Itoa(port),
		"unix_socket_directories=",
		"max_connections=300",
		"shared_buffers=256MB",
		"max_wal_size=4GB",
		"timezone=UTC",
		"log_timezone=UTC",
		"log_min_messages=warning",
	}
	if !durable {
		settings = append(settings, "fsync=off", "full_page_writes=off")
	}
	args := []string{"-D", filepath.Join(pg.dir, "data")}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	log, err := os.Create(filepath.Join(pg.dir, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(filepath.Join(bin, "postgres"), args...)
	cmd.Dir = pg.dir
	cmd.Env = serverEnviron()
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = attr
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	pg.cmd, pg.done = cmd, make(chan struct{})
	go func(done chan struct{}) {
		_ = cmd.Wait()
		close(done)
	}(pg.done)

	late := time.After(time.Minute)
	for {
		ready := exec.CommandContext(ctx, filepath.Join(bin, "pg_isready"), "-q", "-h", host, "-p", strconv.Itoa(port))
		ready.Env = serverEnviron()
		if ready.Run() == nil {
			return nil
		}
		select {
		case <-pg.done:
			return fmt.Errorf("PostgreSQL ended while starting:\n%s", pg.log())
		case <-ctx.Done():
			return ctx.Err()
		case <-late:
			return fmt.Errorf("PostgreSQL does not answer after a minute:\n%s", pg.log())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// log is the end of what the server wrote.
func (pg *postgres) log() string {
	const most = 4096
	text := readFile(filepath.Join(pg.dir, "log"))
	return strings.TrimSpace(text[max(0, len(text)-most):])
}

// stop ends the server at once, with no checkpoint, and removes its folder. It
// reports a server that had ended by itself: tests against it are worth
// nothing, whatever they said.
func (pg *postgres) stop() error {
	var err error
	if pg.cmd != nil {
		select {
		case <-pg.done:
			if pg.url != "" {
				err = fmt.Errorf("PostgreSQL ended by itself:\n%s", pg.log())
			}
		default:
			_ = pg.cmd.Process.Signal(syscall.SIGQUIT)
			select {
			case <-pg.done:
			case <-time.After(10 * time.Second):
				_ = syscall.Kill(-pg.cmd.Process.Pid, syscall.SIGKILL)
				<-pg.done
			}
		}
	}
	if pg.dir != "" {
		err = errors.Join(err, os.RemoveAll(pg.dir))
	}
	if pg.lock != nil {
		err = errors.Join(err, pg.lock.Close())
	}
	return err
}

// serverEnviron is ours without libpq's variables and with plain messages.
func serverEnviron() []string {
	return append(cleanEnviron(os.Environ()), "LC_ALL=C")
}

// freePort asks the kernel for a port of the loopback address.
func freePort(host string) (int, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
