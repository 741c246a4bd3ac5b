package command

import (
	"bytes"
	"context"
	"errors"
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

// binary is the program under test, built once.
var binary string

// made is the demonstration whose copies the tests use: its folder, and what
// the program printed while it loaded, to an English terminal.
var made struct{ folder, out, errOut string }

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "tongban-command-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		if binary, err = program.Build(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		made.folder = filepath.Join(dir, "made")
		p, err := launch(english, "demo", "--data", made.folder, "--cases", "4", "--addr", program.FreeAddr())
		if err == nil {
			err = errors.Join(p.await(time.Minute, p.ready), p.end())
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "the demonstration: %v\n", err)
			return 1
		}
		made.out, made.errOut = p.out.String(), p.errOut.String()
		return m.Run()
	}())
}

// The languages of a terminal.
const (
	english = "C"
	chinese = "zh_CN.UTF-8"
)

// result is how a command ended.
type result struct {
	code        int
	out, errOut string
}

// run runs a command to its end, from an English terminal.
func run(t *testing.T, args ...string) result {
	t.Helper()
	return runIn(t, english, args...)
}

func runIn(t *testing.T, lang string, args ...string) result {
	t.Helper()
	p, err := launch(lang, args...)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.gone:
	case <-time.After(30 * time.Second):
		p.kill()
		t.Fatalf("tongban %s does not end:\n%s%s", strings.Join(args, " "), p.out.String(), p.errOut.String())
	}
	return result{p.cmd.ProcessState.ExitCode(), p.out.String(), p.errOut.String()}
}

// fails runs a command that has to end with exit code 1 and words that contain
// each of wants.
func fails(t *testing.T, wants []string, args ...string) {
	t.Helper()
	r := run(t, args...)
	if r.code != 1 {
		t.Errorf("tongban %s: exit code %d\n%s%s", strings.Join(args, " "), r.code, r.out, r.errOut)
	}
	for _, want := range wants {
		if !strings.Contains(r.errOut, want) {
			t.Errorf("tongban %s says nothing of %q:\n%s", strings.Join(args, " "), want, r.errOut)
		}
	}
}

// succeeds runs a command that has to end with exit code 0, and gives what it
// printed.
func succeeds(t *testing.T, args ...string) string {
	t.Helper()
	r := run(t, args...)
	if r.code != 0 {
		t.Fatalf("tongban %s: exit code %d\n%s%s", strings.Join(args, " "), r.code, r.out, r.errOut)
	}
	return r.out
}

// process is the program while it runs.
type process struct {
	cmd         *exec.Cmd
	out, errOut program.Buffer
	url         string // of --addr
	gone        chan struct{}
}

func launch(lang string, args ...string) (*process, error) {
	p := &process{cmd: exec.Command(binary, args...), gone: make(chan struct{})}
	for i, a := range args {
		if a == "--addr" && i+1 < len(args) {
			p.url = "http://" + args[i+1]
		}
	}
	p.cmd.Env = append(os.Environ(), "LC_ALL="+lang)
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.errOut
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.gone)
	}()
	return p, nil
}

// start starts a command that goes on, and ends it after the test as an
// operator would.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	p, err := launch(english, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.end(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// serving is start, until the program answers.
func serving(t *testing.T, args ...string) *process {
	t.Helper()
	p := start(t, args...)
	p.must(t, p.ready)
	return p
}

// must waits for something that the program does.
func (p *process) must(t *testing.T, done func() bool) {
	t.Helper()
	if err := p.await(30*time.Second, done); err != nil {
		t.Fatal(err)
	}
}

func (p *process) await(most time.Duration, done func() bool) error {
	for end := time.Now().Add(most); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if done() {
			return nil
		}
		select {
		case <-p.gone:
			return fmt.Errorf("%v ended:\n%s%s", p.cmd.Args, p.out.String(), p.errOut.String())
		default:
		}
	}
	return fmt.Errorf("%v does not get there:\n%s%s", p.cmd.Args, p.out.String(), p.errOut.String())
}

func (p *process) ready() bool {
	status, _ := p.get("/readyz")
	return status == http.StatusOK
}

// get asks the program; status 0: no answer.
func (p *process) get(path string) (status int, body string) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+path, nil)
	if err != nil {
		return 0, ""
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, ""
	}
	defer res.Body.Close()
	var b bytes.Buffer
	_, err = b.ReadFrom(res.Body)
	if err != nil {
		return 0, ""
	}
	return res.StatusCode, b.String()
}

// end stops the program with SIGTERM; it has to end well.
func (p *process) end() error {
	select {
	case <-p.gone:
	default:
		if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			return err
		}
	}
	select {
	case <-p.gone:
	case <-time.After(30 * time.Second):
		p.kill()
		return fmt.Errorf("%v does not stop", p.cmd.Args)
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		return fmt.Errorf("%v: exit code %d\n%s", p.cmd.Args, code, p.errOut.String())
	}
	return nil
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.gone
}

// demo is a copy of the demonstration of its own.
func demo(t *testing.T) (data string) {
	t.Helper()
	data = filepath.Join(t.TempDir(), "data")
	if out, err := exec.Command("cp", "-a", made.folder, data).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return data
}

// config writes a configuration file for the data in a folder; lines are added
// to it, and come first.
func config(t *testing.T, data string, lines ...string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "tongban.yaml")
	text := strings.Join(lines, "\n") + "\n"
	for key, v := range map[string]string{"database": "sqlite://" + filepath.Join(data, "tongban.db"), "keys": filepath.Join(data, "keys"),
		"files": filepath.Join(data, "files")} {
		if !strings.Contains(text, key+":") {
			text += fmt.Sprintf("%s: %q\n", key, v)
		}
	}
	write(t, path, text)
	return path
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// names lists what is in a folder.
func names(t *testing.T, dir string) string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range list {
		out = append(out, e.Name())
	}
	return strings.Join(out, " ")
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
