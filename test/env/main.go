package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

const usage = `usage: go run ./test/env [-durable] [-host 127.0.0.1] -- command [argument ...]

Runs the command with a throw-away PostgreSQL, Chromium and the rest of what
the tests need. The names of the variables it sets are in test/env/doc.go.

`

// options is the parsed command line.
type options struct {
	host    string // loopback address that PostgreSQL listens on
	durable bool   // fsync on, for measurements
	command []string
}

func main() {
	// PostgreSQL asks the kernel to be ended when the thread that started it
	// ends; main keeps that thread for as long as the program runs.
	runtime.LockOSThread()
	o, err := parse(os.Args[1:], os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		os.Exit(0)
	}
	code := 2
	if err == nil {
		code, err = run(o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "test/env:", err)
	}
	os.Exit(code)
}

// parse reads the command line and refuses a host that is not loopback.
func parse(args []string, out io.Writer) (options, error) {
	var o options
	fs := flag.NewFlagSet("env", flag.ContinueOnError)
	fs.SetOutput(out)
	fs.Usage = func() {
		fmt.Fprint(out, usage)
		fs.PrintDefaults()
	}
	fs.StringVar(&o.host, "host", "127.0.0.1", "loopback `address` that PostgreSQL listens on")
	fs.BoolVar(&o.durable, "durable", false, "keep fsync on, for measurements")
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	ip := net.ParseIP(o.host)
	if ip == nil || !ip.IsLoopback() {
		return o, fmt.Errorf("-host %s: only a loopback address will do; the tests drop databases and load servers", o.host)
	}
	o.command = fs.Args()
	if len(o.command) == 0 {
		fs.Usage()
		return o, errors.New("no command given")
	}
	return o, nil
}

// run prepares, runs the command and clears away. The code is the exit code of
// the command, or 1 where the surroundings failed.
func run(o options) (code int, err error) {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	go watchParent(signals)

	root, err := moduleRoot()
	if err != nil {
		return 1, err
	}
	// Until the command runs, any signal ends the preparation.
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	handOver := make(chan struct{})
	handed := make(chan struct{})
	go func() {
		defer close(handed)
		select {
		case s := <-signals:
			fmt.Fprintln(os.Stderr, "test/env: stopping on", s)
			cancel()
		case <-handOver:
		}
	}()

	found, err := provide(ctx, thisMachine())
	if err != nil {
		return 1, err
	}
	gateway, err := prepare(ctx, root)
	if err != nil {
		return 1, err
	}
	sweep(os.TempDir())
	pg, err := startPostgres(ctx, found.pgbin, o.host, o.durable)
	if err != nil {
		return 1, err
	}
	defer func() {
		if stopErr := pg.stop(); stopErr != nil {
			err = errors.Join(err, stopErr)
			if code == 0 {
				code = 1
			}
		}
	}()

	env := append(cleanEnviron(os.Environ()),
		"TONGBAN_TEST_PG="+pg.url,
		"TONGBAN_TEST_PGBIN="+found.pgbin,
		"TONGBAN_TEST_PGUSER="+pg.user,
		"TONGBAN_TEST_CHROMIUM="+found.chromium,
		"TONGBAN_TEST_CHROMIUM_FLAGS="+strings.Join(chromiumFlags(os.Geteuid()), " "),
		"TONGBAN_TEST_FONT="+found.font,
		"TONGBAN_TEST_VERSITYGW="+gateway,
	)
	close(handOver)
	<-handed
	if ctx.Err() != nil {
		return 130, errors.New("stopped before the command began")
	}
	return runCommand(o.command, env, signals)
}

// chromiumFlags are the flags under which Chromium runs without a screen and
// without talking to anything but the pages under test. Debian's Chromium
// refuses its sandbox to root.
func chromiumFlags(uid int) []string {
	flags := []string{
		"--headless", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync",
	}
	if uid == 0 {
		flags = append(flags, "--no-sandbox")
	}
	return flags
}

// cleanEnviron takes away the variables of libpq and older values of ours.
func cleanEnviron(environ []string) []string {
	var kept []string
	for _, kv := range environ {
		if strings.HasPrefix(kv, "PG") || strings.HasPrefix(kv, "TONGBAN_TEST_") {
			continue
		}
		kept = append(kept, kv)
	}
	return kept
}

// moduleRoot is the folder of go.mod, looked for upwards from here.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("no go.mod here or above: start this inside the repository")
		}
		dir = up
	}
}
