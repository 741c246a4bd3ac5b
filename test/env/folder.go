package main

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// lockFolder takes the lock that says “in use” for as long as the file is
// open; the kernel lets go of it when the process ends, however it ends.
func lockFolder(dir string) (*os.File, error) {
	return lockFile(filepath.Join(dir, "in-use"), syscall.LOCK_EX)
}

// lockFile opens path and locks it; with LOCK_NB it fails when another
// process holds the lock.
func lockFile(path string, how int) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), how); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return f, nil
}

// sweep removes the folders of runs that were killed before they could do so:
// those with a lock file that nobody holds. A young one may be just about to
// be locked.
func sweep(base string) {
	dirs, err := filepath.Glob(filepath.Join(base, folderPrefix+"*"))
	if err != nil {
		return
	}
	for _, dir := range dirs {
		mark, err := os.Stat(filepath.Join(dir, "in-use"))
		if err != nil || time.Since(mark.ModTime()) < time.Minute {
			continue
		}
		lock, err := lockFile(filepath.Join(dir, "in-use"), syscall.LOCK_EX|syscall.LOCK_NB)
		if err != nil {
			continue
		}
		if err := os.RemoveAll(dir); err == nil {
			fmt.Fprintln(os.Stderr, "test/env: removed", dir, "left by a run that was killed")
		}
		_ = lock.Close()
	}
}
