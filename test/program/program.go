// Package program makes the program for tests that run it from outside, as an
// operator does.
package program

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// Build makes the program in a folder, with Go alone, and gives its path.
func Build(dir string) (path string, err error) {
	path = filepath.Join(dir, "tongban")
	build := exec.Command("go", "build", "-o", path, "github.com/tongban/tongban/cmd/tongban")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return path, nil
}

// FreeAddr is an address of loopback that nobody listens on.
func FreeAddr() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic("no free port: " + err.Error())
	}
	defer l.Close()
	return l.Addr().String()
}

// Buffer collects what a program writes while others read it.
type Buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write adds to it.
func (b *Buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

// String gives what is there by now.
func (b *Buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// Tail gives the last n bytes.
func (b *Buffer) Tail(n int) string {
	s := b.String()
	return s[max(0, len(s)-n):]
}
