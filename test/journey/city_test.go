package journey

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tongban/tongban/test/client"
)

// pastCases is how many past cases the cities have: enough for the overview to
// show figures, few enough to load in seconds.
const pastCases = 60

var program struct {
	path, root string
	chromium   string
}

// TestMain builds the program once.
func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	for _, name := range []string{"TONGBAN_TEST_PG", "TONGBAN_TEST_PGBIN", "TONGBAN_TEST_CHROMIUM"} {
		if os.Getenv(name) == "" {
			fmt.Fprintln(os.Stderr, "journey:", name, "is not set: run “make test”, or this test under “go run ./test/env --”")
			return 1
		}
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		fmt.Fprintln(os.Stderr, "journey:", err)
		return 1
	}
	dir, err := os.MkdirTemp("", "tongban-journey-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "journey:", err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	program.root, program.path, program.chromium = root, filepath.Join(dir, "tongban"), os.Getenv("TONGBAN_TEST_CHROMIUM")
	build := exec.Command("go", "build", "-o", program.path, "./cmd/tongban")
	build.Dir, build.Stderr = root, os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "journey: the program does not build:", err)
		return 1
	}
	return m.Run()
}

// city is the sample city, served by the real program.
type city struct {
	engine   string
	dir      string // data folder
	log      string // what the program printed
	database string // URL, empty: SQLite in dir
	url      string
	process  *exec.Cmd
	ended    chan struct{}
	endErr   error

	mu    sync.Mutex
	staff map[string]*member
	codes map[string]string         // the last one given out, by login
	hands map[string]*client.Client // staff members' programs, by login
}

// member is a staff member with a tab of their own, used by one journey at a time.
type member struct {
	mu  sync.Mutex
	tab *person
}

// found starts a city of its own for a test, on "sqlite" or "postgres".
func found(t *testing.T, engine string) *city {
	t.Helper()
	c := &city{engine: engine, dir: filepath.Join(t.TempDir(), "data"), ended: make(chan struct{}),
		staff: map[string]*member{}, codes: map[string]string{}, hands: map[string]*client.Client{}}
	c.log = filepath.Join(t.TempDir(), "log")
	if engine == "postgres" {
		c.database = freshDatabase(t)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	addr := ln.Addr().String()
	must(t, ln.Close())
	c.url = "http://" + addr
	logFile, err := os.Create(c.log)
	must(t, err)
	args := append([]string{"demo", "--addr", addr, "--cases", fmt.Sprint(pastCases), "--log-level", "info"}, c.where()...)
	c.process = exec.Command(program.path, args...)
	c.process.Stdout, c.process.Stderr = logFile, logFile
	must(t, c.process.Start())
	go func() {
		c.endErr = c.process.Wait()
		_ = logFile.Close()
		close(c.ended)
	}()
	t.Cleanup(func() { c.stop(t) })
	c.awaitReady(t)
	return c
}

// where are the flags that name the city's data.
func (c *city) where() []string {
	w := []string{"--data", c.dir}
	if c.database != "" {
		w = append(w, "--database", c.database)
	}
	return w
}

func (c *city) awaitReady(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url+"/readyz", nil)
		must(t, err)
		if res, err := http.DefaultClient.Do(req); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-c.ended:
			t.Fatalf("the program ended while it loaded: %v\n%s", c.endErr, c.printed())
		case <-ctx.Done():
			t.Fatalf("the program was not ready in time\n%s", c.printed())
		case <-tick.C:
		}
	}
}

// stop ends the program as an operator would, and holds it against its exit code.
func (c *city) stop(t *testing.T) {
	t.Helper()
	select {
	case <-c.ended:
		return
	default:
	}
	must(t, c.process.Process.Signal(os.Interrupt))
	select {
	case <-c.ended:
	case <-time.After(30 * time.Second):
		_ = c.process.Process.Kill()
		t.Errorf("the program did not stop\n%s", c.printed())
		<-c.ended
	}
	if c.endErr != nil {
		t.Errorf("the program stopped with %v\n%s", c.endErr, c.printed())
	}
}

func (c *city) printed() string {
	b, err := os.ReadFile(c.log)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// tongban runs another command of the program and gives what it printed.
func (c *city) tongban(t *testing.T, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program.path, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

// code is the staff member's second factor of this moment. A code lets in once:
// who logs in again waits for the next one.
func (c *city) code(t *testing.T, login string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		out, err := c.tongban(t, append([]string{"demo", "otp", login}, c.where()...)...)
		if err != nil {
			t.Fatalf("demo otp %s: %v\n%s", login, err, out)
		}
		code := strings.TrimSpace(out)
		c.mu.Lock()
		used := c.codes[login] == code
		c.codes[login] = code
		c.mu.Unlock()
		if !used {
			return code
		}
		select {
		case <-ctx.Done():
			t.Fatalf("no new code for %s", login)
		case <-tick.C:
		}
	}
}

// config writes a configuration file for the commands that want one.
func (c *city) config(t *testing.T) string {
	t.Helper()
	database := c.database
	if database == "" {
		database = "sqlite://" + filepath.Join(c.dir, "tongban.db")
	}
	path := filepath.Join(t.TempDir(), "tongban.yaml")
	text := fmt.Sprintf("database: %q\nkeys: %q\nfiles: %q\n", database, filepath.Join(c.dir, "keys"), filepath.Join(c.dir, "files"))
	must(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// freshDatabase makes an empty PostgreSQL database, gone after the test.
func freshDatabase(t *testing.T) string {
	t.Helper()
	own, err := url.Parse(os.Getenv("TONGBAN_TEST_PG"))
	must(t, err)
	name := fmt.Sprintf("journey_%d_%d", os.Getpid(), time.Now().UnixNano())
	must(t, server(t.Context(), `CREATE DATABASE `+name+` TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`))
	t.Cleanup(func() {
		if err := server(context.Background(), `DROP DATABASE `+name+` WITH (FORCE)`); err != nil {
			t.Errorf("drop database: %v", err)
		}
	})
	own.Path = "/" + name
	return own.String()
}

// server does something at the PostgreSQL server, outside the city's database.
func server(ctx context.Context, sql string) error {
	conn, err := pgx.Connect(ctx, os.Getenv("TONGBAN_TEST_PG"))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql)
	return errors.Join(err, conn.Close(ctx))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
