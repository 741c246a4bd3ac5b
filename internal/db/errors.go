package db

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/tongban/tongban/internal/errs"
)

// ErrNoRows is what Row.Scan returns when there was no row.
var ErrNoRows = errors.New("db: no row")

// What callers and operators may meet; compare with errors.Is.
var (
	// ErrAway: the database cannot be reached; nothing of the act happened.
	ErrAway = errs.New(errs.Unavailable, "database-away", "数据库暂时无法访问，请稍后再试。", "The database cannot be reached; try again later.")
	// ErrOutcomeUnknown: the connection broke while the commit was under way.
	ErrOutcomeUnknown = errs.New(errs.Unavailable, "outcome-unknown", "提交时连接中断，结果尚不确定，请先查询再重试。", "The connection broke during the commit; look before trying again.")
	// ErrBusy: the act was tried several times and always met other acts.
	ErrBusy = errs.New(errs.Unavailable, "database-busy", "系统繁忙，请稍后再试。", "The database is busy; try again.")
	// ErrFull: there is no room left where the data are stored.
	ErrFull = errs.New(errs.Unavailable, "storage-full", "存储空间已满，请联系管理员。", "The storage is full.")
	// ErrInUse: another process serves the same SQLite data.
	ErrInUse = errs.New(errs.Conflict, "data-in-use", "数据目录正由另一个进程使用，请先停止它。", "Another process is serving the same data; stop it first.")
	// ErrNoDatabase: a read-only opening found no database.
	ErrNoDatabase = errs.New(errs.NotFound, "no-database", "找不到数据库。", "There is no database at this place.")
	// ErrReadOnly: a write was asked of a database opened for reading.
	ErrReadOnly = errs.New(errs.Internal, "read-only", "数据库以只读方式打开。", "The database was opened for reading only.")
	// ErrInvalidText: a text holds NUL or is not UTF-8.
	ErrInvalidText = errs.New(errs.Invalid, "invalid-text", "文字中含有无法保存的字符。", "The text holds characters that cannot be stored.")
	// ErrClosed: the database was closed.
	ErrClosed = errs.New(errs.Unavailable, "database-closed", "系统正在停止，请稍后再试。", "The system is stopping; try again later.")
)

// IsUnique reports whether err is a primary key or unique index that was hit.
func IsUnique(err error) bool {
	if pe, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pe.Code == "23505"
	}
	if se, ok := errors.AsType[*sqlite.Error](err); ok {
		switch se.Code() {
		case sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_ROWID:
			return true
		}
	}
	return false
}

// IsCheck reports whether err is a CHECK or NOT NULL constraint that was hit.
func IsCheck(err error) bool {
	if pe, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pe.Code == "23514" || pe.Code == "23502"
	}
	if se, ok := errors.AsType[*sqlite.Error](err); ok {
		return se.Code() == sqlite3.SQLITE_CONSTRAINT_CHECK || se.Code() == sqlite3.SQLITE_CONSTRAINT_NOTNULL
	}
	return false
}

// IsReference reports whether err is a foreign key that points nowhere.
func IsReference(err error) bool {
	if pe, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pe.Code == "23503"
	}
	if se, ok := errors.AsType[*sqlite.Error](err); ok {
		return se.Code() == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY
	}
	return false
}

// lost reports whether the connection is gone, so that a new one may do better.
func lost(err error) bool {
	if err == nil {
		return false
	}
	if unreachable(err) {
		return true
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	if pe, ok := errors.AsType[*pgconn.PgError](err); ok {
		// 08: connection; 57P01–57P03: shut down, starting up; 25006: it became
		// a standby; 53300: no connection left.
		return strings.HasPrefix(pe.Code, "08") || strings.HasPrefix(pe.Code, "57P0") || pe.Code == "25006" || pe.Code == "53300"
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		pgconn.SafeToRetry(err) || strings.Contains(err.Error(), "conn closed")
}

// unreachable reports whether no connection could be made at all.
func unreachable(err error) bool {
	_, ok := errors.AsType[*pgconn.ConnectError](err)
	return ok
}

// collided reports whether the act lost against another one and may run again.
func collided(err error) bool {
	if pe, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch pe.Code {
		case "40001", "40P01", "55P03":
			return true
		case "0A000": // a prepared statement met a table that has changed
			return strings.Contains(pe.Message, "cached plan")
		}
	}
	return false
}

// explain turns trouble that operators know into errors with words; what is
// left are faults of a statement, returned as they are.
func explain(err error) error {
	switch {
	case err == nil:
		return nil
	case lost(err):
		return ErrAway.Because(err)
	}
	if pe, ok := errors.AsType[*pgconn.PgError](err); ok && pe.Code == "53100" {
		return ErrFull.Because(err)
	}
	if se, ok := errors.AsType[*sqlite.Error](err); ok {
		switch se.Code() & 0xff {
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
			return ErrBusy.Because(err)
		case sqlite3.SQLITE_FULL:
			return ErrFull.Because(err)
		}
	}
	return err
}
