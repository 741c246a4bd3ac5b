package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/tongban/tongban/internal/errs"
)

// Logger makes the log that the configuration asks for.
func Logger(c Config) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "text" {
		return slog.New(slog.NewTextHandler(os.Stderr, o))
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, o))
}

// ErrDemoAccounts is why serve refuses a database with demonstration accounts.
var ErrDemoAccounts = errs.New(errs.Conflict, "demo-accounts", "数据库中有演示账号，不能用于正式服务；请使用全新的数据库，或者用 tongban demo 运行。",
	"the database holds demonstration accounts and must not serve; use a fresh database, or run it with tongban demo")

// Serve runs the platform until ctx ends: pages, API, jobs, the audit sealer and the change feed.
// ready is called once requests are answered.
func Serve(ctx context.Context, c Config, ready func(*Rooms)) (err error) {
	log := Logger(c)
	ln, err := listen(c.Listen)
	if err != nil {
		return err
	}
	defer func() { _ = ln.Close() }() // Shutdown has closed it already when all went well
	r, err := Open(ctx, c, time.Now, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if !c.demo {
		if demo, err := r.Identity.HasDemoAccounts(ctx); err != nil {
			return err
		} else if demo {
			return ErrDemoAccounts
		}
	}
	return r.serveOn(ctx, ln, ready)
}

// listen takes the address before anything slow happens, so that a port in use
// is said at once.
func listen(addr string) (net.Listener, error) {
	ln, err := net.Listen("tcp", addr)
	if err == nil {
		return ln, nil
	}
	if strings.Contains(err.Error(), "address already in use") {
		return nil, errs.New(errs.Conflict, "port-in-use", "地址 "+addr+" 已被占用，请停止占用它的程序，或者用 --addr 换一个地址。",
			"the address "+addr+" is in use; stop what uses it, or choose another one with --addr").Because(err)
	}
	return nil, errs.New(errs.Invalid, "listen", "不能监听地址 "+addr, "cannot listen on "+addr).Because(err)
}

func (r *Rooms) serveOn(ctx context.Context, ln net.Listener, ready func(*Rooms)) error {
	h, err := r.handler()
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(r.Log.Handler(), slog.LevelDebug)}
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var wg sync.WaitGroup
	wg.Go(func() { r.Sealer.Run(work) })
	wg.Go(func() { r.Catalog.KeepMisses(work) })
	wg.Go(func() { r.Catalog.RunFeed(work) })
	wg.Go(func() {
		if err := r.Jobs.Run(work); err != nil && !errors.Is(err, context.Canceled) {
			r.Log.Error("jobs stopped", "err", err)
		}
	})
	metrics, err := r.serveMetrics()
	if err != nil {
		return err
	}
	control, err := r.serveControl()
	if err != nil {
		return err
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	if ready != nil {
		ready(r)
	}
	select {
	case err = <-failed:
	case <-ctx.Done():
		grace, done := context.WithTimeout(work, 20*time.Second)
		err = srv.Shutdown(grace)
		done()
	}
	for _, close := range []func() error{metrics, control} {
		err = errors.Join(err, close())
	}
	stop()
	wg.Wait()
	return err
}
