package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
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
	Database   string // an empty PostgreSQL database by URL, whose keys and files stay in Data; default SQLite in Data
	Cases      int    // how many past cases; negative: as many as the sample city plans
	Reset      bool
	LogLevel   string // empty: warnings alone
	Progress   Progress
}

// Config is the configuration that the options stand for.
func (o DemoOptions) Config() (Config, error) { return o.config(o.Data) }

func (o DemoOptions) config(data string) (Config, error) {
	c, err := DemoConfig(data, o.Addr)
	if err == nil && o.Database != "" {
		c.Database = o.Database
	}
	if err == nil && o.LogLevel != "" {
		c.LogLevel = o.LogLevel
	}
	return c, err
}

// Demo runs the demonstration: it makes the data folder with the sample city and
// its past cases if it is not there, and serves it. ready is called with the
// accounts once requests are answered.
func Demo(ctx context.Context, o DemoOptions, ready func(Config)) error {
	c, err := o.Config()
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
	r, err := Open(ctx, c, newDemoClock(o.Data).Now, log)
	if err != nil {
		return err
	}
	err = r.serveOn(ctx, ln, func(*Rooms) { ready(c) })
	return errors.Join(err, r.Close())
}

func loadDemo(ctx context.Context, c Config, o DemoOptions, log *slog.Logger) error {
	// Loading is a short burst of small rows: collecting less often makes it a
	// twentieth shorter.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
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
	if o.Cases >= 0 {
		f.History.Cases = o.Cases
	}
	err = r.unused(ctx)
	if err == nil {
		_, err = r.Import(ctx, f, ImportOptions{Demo: true, Password: DemoPassword, Progress: o.Progress})
	}
	if err == nil {
		err = r.History(ctx, f.History, clk, o.Progress)
	}
	if err == nil {
		err = errors.Join(r.sealAll(ctx), r.Assess.Rebuild(ctx))
	}
	return errors.Join(err, r.Close())
}

// unused refuses a database that already has a demonstration in it, whose keys
// are elsewhere.
func (r *Rooms) unused(ctx context.Context) error {
	used, err := r.Identity.HasDemoAccounts(ctx)
	if err == nil && used {
		err = errs.New(errs.Conflict, "database-used", "这个数据库里已经有演示数据，而它的密钥不在 --data 目录；请换一个空的数据库。",
			"the database already holds a demonstration whose keys are not in --data; choose an empty database")
	}
	return err
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
