package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/deliver/sandbox"
	"github.com/tongban/tongban/internal/errs"
	paybox "github.com/tongban/tongban/internal/fee/sandbox"
	"github.com/tongban/tongban/internal/hook"
)

// SandboxOptions of PaySandbox.
type SandboxOptions struct {
	Addr     string
	Data     string // folder of keys and of what the sandbox keeps
	Platform string // where the platform is, for the cabinet
	Scheme   string // hmac-sm3 or sm2
	Cabinet  string // id of the cabinet whose device the sandbox is
	Late     time.Duration
}

// SandboxConfig is what an integrator puts into the platform's configuration.
type SandboxConfig struct {
	URL   string // of the sandbox
	Lines string // YAML
}

// PaySandbox runs the payment provider, the courier and the cabinet of the
// demonstration as a process of its own, for who connects a platform of his own.
// Keys are made once in the data folder. ready is called when it answers.
func PaySandbox(ctx context.Context, o SandboxOptions, ready func(SandboxConfig)) error {
	if o.Scheme != schemeHMAC && o.Scheme != schemeSM2 {
		return errs.InvalidFields(errs.Field{Path: "scheme", Code: "enum", ZH: "应为 hmac-sm3 或者 sm2", EN: "hmac-sm3 or sm2"})
	}
	if err := hook.CheckBase(o.Platform); err != nil {
		return err
	}
	if !cabinetID.MatchString(o.Cabinet) {
		return errs.InvalidFields(errs.Field{Path: "cabinet", Code: "pattern", ZH: "应为1到40个字母、数字", EN: "1 to 40 letters and digits"})
	}
	data, err := filepath.Abs(o.Data)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	ln, err := listen(o.Addr)
	if err != nil {
		return err
	}
	defer func() { _ = ln.Close() }()
	url := "http://" + ln.Addr().String()
	var out strings.Builder
	ours := func(name, section string) (hook.Scheme, error) {
		signs, lines, err := sandboxKeys(data, name, o.Scheme)
		out.WriteString(section + lines)
		return signs, err
	}
	pay, err := ours("pay", "payment:\n  url: "+url+payBoxPrefix+"/api\n")
	if err != nil {
		return err
	}
	courier, err := ours("courier", "courier:\n  name: 演示快递\n  url: "+url+postBoxPrefix+"/api\n")
	if err != nil {
		return err
	}
	door, lines, err := sandboxKeys(data, "cabinet", o.Scheme)
	if err != nil {
		return err
	}
	out.WriteString("pickUp:\n  cabinets:\n  - id: " + o.Cabinet + "\n    centre: # 中心的编码 / key of a centre\n    name: 自助取件柜\n    compartments: 12\n" + strings.ReplaceAll(lines, "  ", "    "))
	bills, err := paybox.New(paybox.Config{Key: pay, URL: url, Prefix: payBoxPrefix, File: filepath.Join(data, "pay-sandbox.json"), Now: time.Now, Late: o.Late})
	if err != nil {
		return err
	}
	parcels, err := sandbox.New(sandbox.Config{Key: courier, URL: url, Prefix: postBoxPrefix, File: filepath.Join(data, "courier-sandbox.json"), Now: time.Now, Late: o.Late,
		Cabinets: map[string]hook.Scheme{o.Cabinet: door}, Platform: strings.TrimRight(o.Platform, "/")})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle(payBoxPrefix+"/", bills.Handler())
	mux.Handle(postBoxPrefix+"/", parcels.Handler())
	mux.Handle("/{$}", http.RedirectHandler(postBoxPrefix+"/", http.StatusSeeOther))
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	ready(SandboxConfig{url, out.String()})
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return srv.Shutdown(end)
}

// sandboxKeys makes the keys of one channel, unless they are there, and gives
// the sandbox's end and the lines for the platform's.
func sandboxKeys(data, name, scheme string) (hook.Scheme, string, error) {
	at := func(s string) string { return filepath.Join(data, name+s) }
	unlessThere := func(err error) error {
		if errors.Is(err, fs.ErrExist) {
			return nil
		}
		return err
	}
	if scheme == schemeHMAC {
		if err := unlessThere(hook.WriteKey(at(".key"))); err != nil {
			return nil, "", err
		}
		signs, err := signing(name, at(".key"), scheme, "")
		return signs, fmt.Sprintf("  key: %s\n", at(".key")), err
	}
	if err := errors.Join(unlessThere(hook.WritePair(at("-platform.pem"), at("-platform.pub"))), unlessThere(hook.WritePair(at("-sandbox.pem"), at("-sandbox.pub")))); err != nil {
		return nil, "", err
	}
	signs, err := signing(name, at("-sandbox.pem"), scheme, at("-platform.pub"))
	return signs, fmt.Sprintf("  scheme: sm2\n  key: %s\n  public: %s\n", at("-platform.pem"), at("-sandbox.pub")), err
}
