//go:build unix

package db

import (
	"fmt"
	"os"
	"syscall"
)

// Lock takes the lock file that makes data belong to this process; Open does so
// with the one beside a SQLite file. The kernel lets it go when the process
// ends, however it ends. Error: ErrInUse.
func Lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("db: lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if err == syscall.EWOULDBLOCK {
			return nil, ErrInUse.Because(fmt.Errorf("%s is locked", path))
		}
		return nil, fmt.Errorf("db: lock: %w", err)
	}
	return f, nil
}
