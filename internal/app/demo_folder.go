package app

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// A demonstration's data folder is made beside its place and moved there whole:
//
//	DATA.loading ──whole──► DATA ──--reset──► DATA.removing ──► gone
//
// One process at a time does that, under the lock DATA.loading.lock. Nothing is
// ever removed but the files that a demonstration makes, and no folder that
// holds anything else.

// errNotDemo is why the demonstration leaves other data alone.
var errNotDemo = errs.New(errs.Conflict, "not-a-demo", "这里的数据不是演示数据，demo 不会使用它，也不会删除它；请换一个 --data。",
	"the data here are no demonstration; demo neither uses nor removes them: choose another --data")

// demoFolder is the place of a demonstration's data.
type demoFolder struct {
	o     DemoOptions
	c     Config // of the folder in its place
	log   *slog.Logger
	data  string
	whole string // the file that says that everything is there
}

// prepareDemo makes the data folder if it is not there, or anew for --reset. A
// demonstration that was stopped while it loaded starts over.
func prepareDemo(ctx context.Context, c Config, o DemoOptions, log *slog.Logger) (err error) {
	f := demoFolder{o: o, c: c, log: log, data: filepath.Dir(c.Keys)}
	f.whole = filepath.Join(f.data, "tongban.db")
	if o.Database != "" {
		f.whole = filepath.Join(f.data, demoLoaded)
	}
	if there, err := f.there(ctx); err != nil || there && !o.Reset {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(f.data), 0o700); err != nil {
		return err
	}
	release, err := holdFile(f.data + ".loading.lock")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	return f.fill(ctx)
}

// there reports whether the folder holds a whole demonstration.
func (f demoFolder) there(ctx context.Context) (bool, error) {
	_, err := os.Stat(f.whole)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, f.c.isDemo(ctx, f.log)
}

// fill makes the folder. Its lock is held; whoever held it before may have
// finished the work.
func (f demoFolder) fill(ctx context.Context) error {
	there, err := f.there(ctx)
	if err != nil || there && !f.o.Reset {
		return err
	}
	if there {
		free, err := f.takeOld()
		if err != nil {
			return err
		}
		defer free()
	} else if left, err := os.ReadDir(f.data); err == nil && len(left) > 0 {
		return errs.New(errs.Conflict, "data-not-empty", f.data+" 不是空目录，也不是演示数据；请换一个 --data。",
			f.data+" is neither empty nor a demonstration; choose another --data")
	}
	half, old := f.data+".loading", f.data+".removing"
	for _, left := range []string{half, old} {
		if err := removeDemo(left); err != nil {
			return err
		}
	}
	if err := f.load(ctx, half); err != nil {
		return errors.Join(err, removeDemo(half))
	}
	if !there {
		return os.Rename(half, f.data)
	}
	if err := os.Rename(f.data, old); err != nil {
		return err
	}
	if err := os.Rename(half, f.data); err != nil {
		return errors.Join(err, os.Rename(old, f.data))
	}
	return removeDemo(old)
}

// takeOld makes sure that the demonstration in the folder can be replaced:
// nothing serves it, and nothing else lies beside it. free lets it go.
func (f demoFolder) takeOld() (free func(), err error) {
	if err := onlyDemo(f.data); err != nil {
		return nil, err
	}
	if f.o.Database != "" {
		return func() {}, nil
	}
	lock, err := db.Lock(f.whole + ".lock")
	if err != nil {
		return nil, err
	}
	return func() { _ = lock.Close() }, nil // it was only looked at
}

// load makes a whole demonstration in a folder.
func (f demoFolder) load(ctx context.Context, half string) error {
	c, err := f.o.config(half)
	if err != nil {
		return err
	}
	c.loading = true
	if err := loadDemo(ctx, c, f.o, f.log); err != nil {
		return err
	}
	if f.o.Database != "" {
		return os.WriteFile(filepath.Join(half, demoLoaded), nil, 0o600)
	}
	return syncFile(filepath.Join(half, filepath.Base(f.whole)))
}

// demoLoaded is the file that says that the city is whole where the database is
// elsewhere.
const demoLoaded = "loaded"

// demoFiles are the names that a demonstration makes in its folder.
var demoFiles = []string{"tongban.db", "tongban.db-wal", "tongban.db-shm", "tongban.db-journal", "tongban.db.lock", "tongban.sock",
	"keys", "files", "spool", demoLoaded, demoClockFile, demoClockFile + ".new"}

// onlyDemo refuses a folder that holds anything else; none is fine.
func onlyDemo(dir string) error {
	list, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range list {
		if !slices.Contains(demoFiles, e.Name()) {
			at := filepath.Join(dir, e.Name())
			return errs.New(errs.Conflict, "data-foreign", at+" 不是演示数据，不会删除；请先把它移到别处，或者换一个 --data。",
				at+" is not the demonstration's and is not removed; move it elsewhere first, or choose another --data")
		}
	}
	return nil
}

// removeDemo removes a demonstration's folder, and nothing of one that holds
// anything else.
func removeDemo(dir string) error {
	if err := onlyDemo(dir); err != nil {
		return err
	}
	for _, name := range demoFiles {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	if err := os.Remove(dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// isDemo looks, without changing anything, whether the data are a demonstration's.
func (c Config) isDemo(ctx context.Context, log *slog.Logger) error {
	d, err := db.Open(ctx, c.Database, db.Options{Now: time.Now, ReadOnly: true})
	demo := false
	if err == nil {
		demo, err = identity.New(identity.Config{DB: d, Log: log}).HasDemoAccounts(ctx)
		err = errors.Join(err, d.Close())
	}
	switch {
	case errs.KindOf(err) == errs.Internal: // no database, or none of ours
		return errNotDemo.Because(err)
	case err == nil && !demo:
		return errNotDemo
	}
	return err
}

// holdFile takes a lock file that is gone again when it is released. Whoever
// waits at the door with a file that was removed meanwhile takes the new one.
func holdFile(path string) (release func() error, err error) {
	for {
		f, err := db.Lock(path)
		if err != nil {
			return nil, err
		}
		mine, err := f.Stat()
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		if named, err := os.Stat(path); err == nil && os.SameFile(mine, named) {
			return func() error { return errors.Join(os.Remove(path), f.Close()) }, nil
		}
		if err := f.Close(); err != nil {
			return nil, err
		}
	}
}

// syncFile forces a closed file to the disk.
func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
