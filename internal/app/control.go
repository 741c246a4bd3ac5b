package app

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/errs"
)

// A serving process on SQLite owns its data folder. Commands that change data
// ask it through a Unix socket in the folder, which only its own user can open.

// controlPath is the socket of a SQLite data folder; empty for PostgreSQL, where
// commands open the database themselves.
func (c Config) controlPath() string {
	file, ok := strings.CutPrefix(c.Database, "sqlite://")
	if !ok {
		return ""
	}
	return filepath.Join(filepath.Dir(file), "tongban.sock")
}

// importLimit bounds an import folder on its way through the socket, bytes.
const importLimit = 256 << 20

func (r *Rooms) serveControl() (close func() error, err error) {
	path := r.Config.controlPath()
	if path == "" {
		return func() error { return nil }, nil
	}
	// The data folder's lock is ours, so a socket that is there was left behind.
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var ln *net.UnixListener
	err = nearby(path, func(short string) (err error) {
		ln, err = net.ListenUnix("unix", &net.UnixAddr{Name: short, Net: "unix"})
		return err
	})
	if err != nil {
		return nil, errs.New(errs.Invalid, "control-socket", "不能在数据目录中建立 "+path+"，请换一个数据目录。",
			"cannot make "+path+" in the data folder; choose another folder").Because(err)
	}
	ln.SetUnlinkOnClose(false) // it knows the short name alone
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, ln.Close(), os.Remove(path))
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /import", r.controlImport)
	mux.HandleFunc("POST /items", r.controlItems)
	mux.HandleFunc("POST /items/export", r.controlExport)
	mux.HandleFunc("GET /otp/{login}", r.controlOTP)
	r.controlOrders(mux)
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = srv.Serve(ln) }()
	return func() error {
		err := os.Remove(path)
		if errors.Is(err, fs.ErrNotExist) { // the folder was taken away under us
			err = nil
		}
		return errors.Join(srv.Close(), err)
	}, nil
}

// socketName is how long the name of a Unix socket may be on every system, bytes.
const socketName = 100

// nearby gives do a name of the socket that is short enough: in a deep folder a
// name through a link in a temporary folder of our own, gone afterwards. The
// socket itself lies where it belongs.
func nearby(path string, do func(short string) error) (err error) {
	if len(path) <= socketName {
		return do(path)
	}
	dir, err := os.MkdirTemp("", "tongban-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	link := filepath.Join(dir, "data")
	if err := os.Symlink(filepath.Dir(path), link); err != nil {
		return err
	}
	return do(filepath.Join(link, filepath.Base(path)))
}

// answer is what the socket says.
type controlAnswer struct {
	OK       bool     `json:"ok"`
	ZH       string   `json:"zh,omitempty"`
	EN       string   `json:"en,omitempty"`
	Code     string   `json:"code,omitempty"`
	Value    string   `json:"value,omitempty"`
	Warnings []string `json:"warnings,omitempty"`
}

func (r *Rooms) controlImport(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(io.LimitReader(req.Body, importLimit))
	if err != nil {
		return
	}
	var warnings []string
	zr, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err == nil {
		var f *Folder
		if f, err = ReadFolder(zr); err == nil {
			warnings, err = r.Import(req.Context(), f, ImportOptions{})
		}
	}
	say(w, 200, controlSays(err, "", warnings))
}

func (r *Rooms) controlOTP(w http.ResponseWriter, req *http.Request) {
	code, err := r.Identity.OTP(req.Context(), req.PathValue("login"))
	say(w, 200, controlSays(err, code, nil))
}

func controlSays(err error, value string, warnings []string) controlAnswer {
	a := controlAnswer{OK: err == nil, Value: value, Warnings: warnings}
	if err != nil {
		e := errs.Of(err)
		a.Code, a.ZH, a.EN = e.Code, e.ZH, e.EN
		for _, f := range e.Fields {
			a.ZH += "\n  " + f.Path + ": " + f.ZH
			a.EN += "\n  " + f.Path + ": " + f.EN
		}
		if e.Kind != errs.Internal {
			a.EN += detail(err)
		}
	}
	return a
}

func detail(err error) string {
	if s := err.Error(); strings.Contains(s, "\n") {
		return "\n" + s
	}
	return ""
}

// askServer asks a running server; reached is false if none listens.
func (c Config) askServer(ctx context.Context, method, path string, body io.Reader) (a controlAnswer, reached bool, err error) {
	sock := c.controlPath()
	if sock == "" {
		return a, false, nil
	}
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (conn net.Conn, err error) {
		err = nearby(sock, func(short string) (err error) {
			var d net.Dialer
			conn, err = d.DialContext(ctx, "unix", short)
			return err
		})
		return conn, err
	}}}
	req, err := http.NewRequestWithContext(ctx, method, "http://tongban"+path, body)
	if err != nil {
		return a, false, err
	}
	res, err := client.Do(req)
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return a, false, nil
	}
	if err != nil {
		return a, true, err
	}
	defer func() { _ = res.Body.Close() }()
	if err := json.NewDecoder(res.Body).Decode(&a); err != nil {
		return a, true, err
	}
	if !a.OK {
		return a, true, errs.New(errs.Invalid, a.Code, a.ZH, a.EN)
	}
	return a, true, nil
}

// ImportDir imports a folder: through the running server if there is one, else
// into the database itself.
func ImportDir(ctx context.Context, c Config, dir string, say Progress) (warnings []string, err error) {
	f, err := ReadFolder(os.DirFS(dir)) // said here, before anything is sent
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	zw := zip.NewWriter(&b)
	if err := zw.AddFS(os.DirFS(dir)); err != nil {
		return nil, err
	}
	if err := zw.Close(); err != nil {
		return nil, err
	}
	a, reached, err := c.askServer(ctx, http.MethodPost, "/import", &b)
	if reached || err != nil {
		return a.Warnings, err
	}
	r, err := Open(ctx, c, time.Now, Logger(c))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return r.Import(ctx, f, ImportOptions{Progress: say})
}

// OTP gives the current second factor of a demonstration account, asked of the
// running demonstration.
func OTP(ctx context.Context, c Config, login string) (string, error) {
	a, reached, err := c.askServer(ctx, http.MethodGet, "/otp/"+login, nil)
	if err != nil {
		return "", err
	}
	if reached {
		return a.Value, nil
	}
	r, err := Open(ctx, c, newDemoClock(filepath.Dir(c.Keys)).Now, Logger(c))
	if err != nil {
		return "", err
	}
	code, err := r.Identity.OTP(ctx, login)
	return code, errors.Join(err, r.Close())
}
