package app

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/tongban/tongban/internal/errs"
)

// Backup 备份 copies a SQLite database into a new file, as it was at one
// instant, beside a running server too. The copy is complete, checked and
// synced before it gets its name. Keys and the files folder are copied apart.
// Errors: code "backup-postgres" (pg_dump does it), "backup-exists".
func Backup(ctx context.Context, c Config, file string) (err error) {
	from, ok := strings.CutPrefix(c.Database, "sqlite:")
	if !ok {
		return errs.New(errs.Invalid, "backup-postgres", "PostgreSQL 数据库请用 pg_dump 备份，见 docs/operations.md。",
			"Back a PostgreSQL database up with pg_dump; see docs/operations.md.")
	}
	if from, err = url.PathUnescape(strings.TrimPrefix(from, "//")); err != nil {
		return err
	}
	if file, err = filepath.Abs(file); err != nil {
		return err
	}
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return errs.New(errs.Conflict, "backup-exists", "文件 "+file+" 已存在，不会覆盖。", "The file "+file+" is there already and is not overwritten.").Because(err)
	}
	half := file + ".part"
	if err := os.RemoveAll(half); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(half))
		}
	}()
	// The copy is made with the rights of the database: nobody else reads it.
	f, err := os.OpenFile(half, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := vacuumInto(ctx, from, half); err != nil {
		return err
	}
	if err := sound(ctx, half); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := os.Rename(half, file); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(file))
}

// vacuumInto makes the copy. It opens the file itself: the readers of db are
// barred from writing any file, this one writes only the copy.
func vacuumInto(ctx context.Context, from, to string) (err error) {
	d, err := openFile(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	_, err = d.ExecContext(ctx, "VACUUM INTO ?", to)
	return err
}

// sound reads the whole copy.
func sound(ctx context.Context, file string) (err error) {
	d, err := openFile(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	var says string
	if err := d.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&says); err != nil {
		return err
	}
	if says != "ok" {
		return errors.New("the copy is not sound: " + says)
	}
	return nil
}

func openFile(path string) (*sql.DB, error) {
	q := url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(10000)"}}
	d, err := sql.Open("sqlite", (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: q.Encode()}).String())
	if err == nil {
		d.SetMaxOpenConns(1)
	}
	return d, err
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
