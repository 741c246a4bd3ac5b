package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/sample"
)

// DemoPassword is the password of every demonstration account.
const DemoPassword = "tongban-demo"

// DemoOptions of Demo.
type DemoOptions struct {
	Data, Addr string
	Reset      bool
	Progress   Progress
}

// Demo runs the demonstration: it makes the data folder with the sample city and
// its past cases if it is not there, and serves it. ready is called with the
// accounts once requests are answered.
func Demo(ctx context.Context, o DemoOptions, ready func(Config)) error {
	c, err := DemoConfig(o.Data, o.Addr)
	if err != nil {
		return err
	}
	log := Logger(c)
	ln, err := listen(c.Listen)
	if err != nil {
		return err
	}
	defer func() { _ = ln.Close() }()
	if err := prepareDemo(ctx, c, o, log); err != nil {
		return err
	}
	r, err := Open(ctx, c, time.Now, log)
	if err != nil {
		return err
	}
	err = r.serveOn(ctx, ln, func(*Rooms) { ready(c) })
	return errors.Join(err, r.Close())
}

// prepareDemo makes the data folder under another name and gives it its own only
// when it is whole: a demonstration that was stopped while it loaded starts over.
func prepareDemo(ctx context.Context, c Config, o DemoOptions, log *slog.Logger) error {
	data := filepath.Dir(c.Keys)
	switch _, err := os.Stat(filepath.Join(data, "tongban.db")); {
	case err == nil && !o.Reset:
		return nil
	case err == nil:
		if err := c.removable(ctx, log); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if !o.Reset {
		if left, err := os.ReadDir(data); err == nil && len(left) > 0 {
			return errs.New(errs.Conflict, "data-not-empty", data+" 不是空目录,也不是演示数据;请换一个 --data,或者用 --reset 重新开始。",
				data+" is neither empty nor a demonstration; choose another --data, or start over with --reset")
		}
	}
	half := data + ".loading"
	if err := os.RemoveAll(half); err != nil {
		return err
	}
	hc, err := DemoConfig(half, c.Listen)
	if err != nil {
		return err
	}
	if err := loadDemo(ctx, hc, o.Progress, log); err != nil {
		return errors.Join(err, os.RemoveAll(half))
	}
	if err := os.RemoveAll(data); err != nil {
		return err
	}
	return os.Rename(half, data)
}

// removable refuses to remove data that a running process serves, or that is no
// demonstration.
func (c Config) removable(ctx context.Context, log *slog.Logger) error {
	r, err := Open(ctx, c, time.Now, log)
	if err != nil {
		return err
	}
	demo, err := r.Identity.HasDemoAccounts(ctx)
	if err = errors.Join(err, r.Close()); err != nil {
		return err
	}
	if !demo {
		return errs.New(errs.Conflict, "not-a-demo", "这里的数据不是演示数据,--reset 不会删除它。", "the data here are no demonstration; --reset does not remove them")
	}
	return nil
}

func loadDemo(ctx context.Context, c Config, say Progress, log *slog.Logger) error {
	f, err := ReadFolder(sample.City)
	if err != nil {
		return err
	}
	from, err := clock.ParseDate(f.History.From)
	if err != nil {
		return err
	}
	clk := NewMovedClock(from.Start().Add(8 * time.Hour))
	r, err := Open(ctx, c, clk.Now, log)
	if err != nil {
		return err
	}
	_, err = r.Import(ctx, f, ImportOptions{Demo: true, Password: DemoPassword, Progress: say})
	if err == nil {
		err = r.History(ctx, f.History, clk, say)
	}
	if err == nil {
		err = r.sealAll(ctx)
	}
	return errors.Join(err, r.Close())
}

// sealAll integrates every audit record before the folder is handed over.
func (r *Rooms) sealAll(ctx context.Context) error {
	for {
		n, err := r.Sealer.Seal(ctx)
		if err != nil {
			return fmt.Errorf("seal the audit log: %w", err)
		}
		if n == 0 {
			return nil
		}
	}
}
