package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is the program with the sample city in a process of its own.
type server struct {
	binary   string
	args     []string
	addr     string
	data     string // its folder
	database string // URL; empty: SQLite in the folder
	drop     func() error
	http     *http.Client
	cmd      *exec.Cmd
	log      bytes.Buffer // written by the process until it has ended
}

// build makes the program with Go alone.
func (b *bench) build(ctx context.Context) (string, error) {
	if b.binary != "" {
		return b.binary, nil
	}
	out := filepath.Join(b.dir, "tongban")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", out, "github.com/tongban/tongban/cmd/tongban")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, text)
	}
	b.binary = out
	return out, nil
}

// newServer prepares a data folder with some past cases; it is not started.
func (b *bench) newServer(ctx context.Context, engine, name string, cases int) (*server, error) {
	binary, err := b.build(ctx)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{binary: binary, addr: l.Addr().String(), drop: func() error { return nil },
		http: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 128, DisableCompression: true}}}
	if err := l.Close(); err != nil {
		return nil, err
	}
	s.data = filepath.Join(b.dir, engine+"-"+name)
	s.args = []string{"demo", "--data", s.data, "--addr", s.addr, "--cases", strconv.Itoa(cases)}
	if engine == "postgres" {
		if s.database, s.drop, err = newDatabase(ctx, b.pg, "tongban_bench_"+name); err != nil {
			return nil, err
		}
		s.args = append(s.args, "--database", s.database)
	}
	if _, err := s.start(ctx, 2*time.Minute); err != nil { // loads the city
		return s, err
	}
	return s, s.stop()
}

// running runs the program with the sample city while a part of the bench uses it.
func (b *bench) running(ctx context.Context, engine, name string, cases int, use func(*server) error) (err error) {
	s, err := b.newServer(ctx, engine, name, cases)
	if s != nil {
		defer func() { err = errors.Join(err, s.close()) }()
	}
	if err != nil {
		return err
	}
	if _, err := s.start(ctx, 30*time.Second); err != nil {
		return err
	}
	return use(s)
}

// start starts the program and tells how long it took until the first page.
func (s *server) start(ctx context.Context, most time.Duration) (time.Duration, error) {
	s.log.Reset()
	s.cmd = exec.Command(s.binary, s.args...)
	s.cmd.Stdout, s.cmd.Stderr = &s.log, &s.log
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	at := time.Now()
	if err := s.cmd.Start(); err != nil {
		return 0, err
	}
	for time.Since(at) < most && ctx.Err() == nil {
		if _, err := s.get(ctx, "/"); err == nil {
			return time.Since(at), nil
		}
		time.Sleep(2 * time.Millisecond)
	}
	err := errors.Join(ctx.Err(), s.stop())
	return 0, fmt.Errorf("no page after %v: %w\n%s", most, err, tail(s.log.String()))
}

// stop ends it as an operator would.
func (s *server) stop() error {
	if s.cmd == nil {
		return nil
	}
	err := errors.Join(s.cmd.Process.Signal(syscall.SIGTERM), s.cmd.Wait())
	s.cmd = nil
	s.http.CloseIdleConnections()
	return err
}

func (s *server) close() error { return errors.Join(s.stop(), s.drop()) }

// memory is what the process holds of the machine's memory, in MB.
func (s *server) memory() (float64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1024, err
		}
	}
	return 0, errors.New("no VmRSS")
}

// get reads a page and wants it whole.
func (s *server) get(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.addr+path, nil)
	if err != nil {
		return nil, err
	}
	return s.send(req, http.StatusOK)
}

// post sends to the API.
func (s *server) post(ctx context.Context, path, kind, token, key string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.addr+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", kind)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	return s.send(req, http.StatusCreated)
}

func (s *server) send(req *http.Request, want int) ([]byte, error) {
	res, err := s.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != want {
		err = fmt.Errorf("%s %s: %s %s", req.Method, req.URL.Path, res.Status, tail(string(b)))
	}
	return b, err
}

// filer is an applicant with a token and a stored file.
type filer struct{ token, file string }

// logins are people of the sample city.
var logins = []string{"chenjiayi", "wangjianguo", "lixinran", "zhaomingxuan", "sunlihua", "zhouzhiyuan", "wuxiaomin", "zhenghaoran"}

// filers logs everybody in and uploads a file for each.
func (s *server) filers(ctx context.Context) ([]filer, error) {
	var out []filer
	for _, login := range logins {
		body, err := json.Marshal(map[string]string{"login": login, "password": "tongban-demo"})
		if err != nil {
			return nil, err
		}
		var token struct{ Token string }
		if body, err = s.post(ctx, "/auth/token", "application/json", "", "", body); err == nil {
			err = json.Unmarshal(body, &token)
		}
		if err != nil {
			return nil, err
		}
		var form bytes.Buffer
		w := multipart.NewWriter(&form)
		part, err := w.CreateFormFile("file", "a.pdf")
		if err == nil {
			_, err = fmt.Fprintf(part, "%s%%%s\n", onePage, login)
		}
		if err = errors.Join(err, w.Close()); err != nil {
			return nil, err
		}
		var up struct{ File string }
		if body, err = s.post(ctx, "/files", w.FormDataContentType(), token.Token, "", form.Bytes()); err == nil {
			err = json.Unmarshal(body, &up)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, filer{token.Token, up.File})
	}
	return out, nil
}
