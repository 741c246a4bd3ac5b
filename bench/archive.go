package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// archiveMost is how much memory the export of archives may take, in MB, however
// many cases there are.
const archiveMost = 256

// archive exports the packages of all closed cases as one stream, in a process
// of its own, beside the running program.
func (b *bench) archive(ctx context.Context) error { return b.onEach(ctx, b.archiveOn) }

func (b *bench) archiveOn(ctx context.Context, engine string) error {
	return b.running(ctx, engine, "archive", b.archives, func(s *server) error {
		config, err := s.config()
		if err != nil {
			return err
		}
		cmd := exec.CommandContext(ctx, s.binary, "case", "archive", "--to", "-", "--config", config)
		out, said := &counter{}, &bytes.Buffer{}
		cmd.Stdout, cmd.Stderr, cmd.Env = out, said, append(os.Environ(), "LC_ALL=C")
		at := time.Now()
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("%w\n%s", err, said)
		}
		took := time.Since(at).Seconds()
		use, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
		if !ok {
			return fmt.Errorf("the memory of a process is not told here")
		}
		var n int
		if _, err := fmt.Sscanf(said.String(), "%d archives", &n); err != nil || n < b.archives {
			return fmt.Errorf("%d of %d cases: %s", n, b.archives, said)
		}
		fmt.Printf("   %s: %d archives, %.0f MB in %.1f s: %.0f a second\n", engine, n, float64(out.n)/1e6, took, float64(n)/took)
		b.judge(engine+": most memory of an export of archives", float64(use.Maxrss)/1024, false, archiveMost, " MB")
		return nil
	})
}

// counter takes everything and keeps nothing.
type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

// config writes a configuration file of the running program's data.
func (s *server) config() (string, error) {
	database := s.database
	if database == "" {
		database = "sqlite://" + filepath.Join(s.data, "tongban.db")
	}
	text := strings.Join([]string{"url: http://" + s.addr, "listen: " + s.addr, "database: " + database, "keys: " + filepath.Join(s.data, "keys"), "files: " + filepath.Join(s.data, "files"), ""}, "\n")
	path := filepath.Join(s.data, "archive.yaml")
	return path, os.WriteFile(path, []byte(text), 0o600)
}
