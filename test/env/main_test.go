package main

import (
	"context"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	tests := []struct {
		args []string
		ok   bool
	}{
		{[]string{"--", "go", "test"}, true},
		{[]string{"-host", "::1", "--", "go"}, true},
		{[]string{"-host", "127.0.0.2", "go"}, true},
		{[]string{"-host", "0.0.0.0", "--", "go"}, false},
		{[]string{"-host", "192.168.1.2", "--", "go"}, false},
		{[]string{"-host", "db.example", "--", "go"}, false},
		{[]string{"-host", "", "--", "go"}, false},
		{[]string{"--"}, false},
		{[]string{"-nosuch", "--", "go"}, false},
	}
	for _, tt := range tests {
		o, err := parse(tt.args, io.Discard)
		if (err == nil) != tt.ok {
			t.Errorf("parse(%q) = %+v, %v", tt.args, o, err)
		}
	}
}

func TestCleanEnviron(t *testing.T) {
	got := cleanEnviron([]string{"PGHOST=db", "PATH=/bin", "TONGBAN_TEST_PG=postgres://other", "PGPASSWORD=x", "HOME=/h"})
	if want := []string{"PATH=/bin", "HOME=/h"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRunCommand(t *testing.T) {
	tests := map[string]struct {
		script string
		signal os.Signal
		want   int
	}{
		"success":                         {script: "exit 0", want: 0},
		"its own exit code":               {script: "exit 7", want: 7},
		"ended by a signal":               {script: "kill -TERM $$; sleep 30", want: 143},
		"told to stop":                    {script: "sleep 30 & wait", signal: syscall.SIGTERM, want: 143},
		"told to stop, ends as a success": {script: "trap 'exit 0' TERM; sleep 30 & wait", signal: syscall.SIGTERM, want: 143},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			signals := make(chan os.Signal, 1)
			ready := filepath.Join(t.TempDir(), "ready")
			if tt.signal != nil {
				go func() {
					for range 1000 {
						if _, err := os.Stat(ready); err == nil {
							break
						}
						time.Sleep(10 * time.Millisecond)
					}
					signals <- tt.signal
				}()
			}
			// The script says that it is ready once its trap is set.
			script := tt.script
			if head, tail, cut := strings.Cut(script, "sleep 30 & "); cut {
				script = head + "sleep 30 & touch " + ready + "; " + tail
			}
			code, err := runCommand([]string{"sh", "-c", script}, os.Environ(), signals)
			if code != tt.want || err != nil {
				t.Errorf("code %d, %v; want %d", code, err, tt.want)
			}
		})
	}
}

// TestPostgres starts the server, asks it, kills it, and looks for what stays.
func TestPostgres(t *testing.T) {
	runtime.LockOSThread() // see main
	f, missing := inspect(thisMachine())
	if f.pgbin == "" {
		t.Fatalf("PostgreSQL is missing: %v", missing)
	}
	pg, err := startPostgres(context.Background(), f.pgbin, "127.0.0.1", false)
	if err != nil {
		t.Fatal(err)
	}
	stopped := false
	defer func() {
		if !stopped {
			_ = pg.stop()
		}
	}()
	ask := func(target string) (string, error) {
		cmd := exec.Command(filepath.Join(f.pgbin, "psql"), target, "-XAtc",
			"SELECT datcollate, current_setting('fsync'), current_setting('listen_addresses') FROM pg_database WHERE datname = 'template1'")
		cmd.Env = serverEnviron()
		out, err := cmd.CombinedOutput()
		return strings.TrimSpace(string(out)), err
	}
	if got, err := ask(pg.url); got != "C|off|127.0.0.1" || err != nil {
		t.Errorf("the server says %q, %v", got, err)
	}
	u, err := url.Parse(pg.url)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("postgres", "guess")
	if got, err := ask(u.String()); err == nil {
		t.Errorf("a wrong password was let in: %q", got)
	}
	sweep(filepath.Dir(pg.dir))
	if _, err := os.Stat(pg.dir); err != nil {
		t.Errorf("sweep took a folder in use: %v", err)
	}
	if err := pg.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-pg.done
	stopped = true
	if err := pg.stop(); err == nil || !strings.Contains(err.Error(), "ended by itself") {
		t.Errorf("stop after a kill = %v", err)
	}
	if _, err := os.Stat(pg.dir); !os.IsNotExist(err) {
		t.Errorf("the folder stays: %v", err)
	}
}

func TestSweep(t *testing.T) {
	base := t.TempDir()
	folder := func(name string, age time.Duration) string {
		dir := filepath.Join(base, name)
		lock := filepath.Join(dir, "in-use")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(lock, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		then := time.Now().Add(-age)
		if err := os.Chtimes(lock, then, then); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	left := folder(folderPrefix+"left", time.Hour)
	young := folder(folderPrefix+"young", 0)
	other := folder("other", time.Hour)
	used := folder(folderPrefix+"used", time.Hour)
	lock, err := lockFolder(used)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	sweep(base)
	for dir, stays := range map[string]bool{left: false, young: true, other: true, used: true} {
		if _, err := os.Stat(dir); (err == nil) != stays {
			t.Errorf("%s: stays = %v, want %v", filepath.Base(dir), err == nil, stays)
		}
	}
}
