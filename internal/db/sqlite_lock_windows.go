//go:build windows

package db

import (
	"fmt"
	"os"

	"golang.org/x/sys/windows"
)

// Lock takes the lock file that makes data belong to this process; Open does so
// with the one beside a SQLite file. Error: ErrInUse.
func Lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("db: lock: %w", err)
	}
	err = windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &windows.Overlapped{})
	if err != nil {
		f.Close()
		if err == windows.ERROR_LOCK_VIOLATION {
			return nil, ErrInUse.Because(fmt.Errorf("%s is locked", path))
		}
		return nil, fmt.Errorf("db: lock: %w", err)
	}
	return f, nil
}
