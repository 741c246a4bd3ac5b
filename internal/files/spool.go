package files

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/tongban/tongban/internal/sm"
)

// spool holds an upload until it is judged. Up to spoolMemory bytes stay in
// memory; beyond, sealed chunks go to a temporary file that has already lost
// its name, so that nothing remains whatever happens to the process, and what
// a disk may still hold cannot be read without the vault key.
type spool struct {
	vault *sm.Vault
	dir   string
	size  int64
	open  []byte // plain text not yet in the file
	file  *os.File
	// the last chunk read back
	cached int64
	cache  []byte
}

const (
	spoolMemory = 1 << 20
	spoolChunk  = 64 << 10
)

var errSpoolRead = errors.New("files: spool chunk is damaged")

func newSpool(v *sm.Vault, dir string) *spool { return &spool{vault: v, dir: dir, cached: -1} }

func (s *spool) Write(p []byte) (int, error) {
	s.open = append(s.open, p...)
	s.size += int64(len(p))
	if s.file == nil {
		if len(s.open) <= spoolMemory {
			return len(p), nil
		}
		f, err := os.CreateTemp(s.dir, "tongban-upload-*")
		if err != nil {
			return 0, fmt.Errorf("files: spool: %w", err)
		}
		// Best effort here: where an open file cannot be unlinked, Close does it.
		_ = os.Remove(f.Name())
		s.file = f
	}
	for len(s.open) >= spoolChunk {
		if err := s.put(s.open[:spoolChunk]); err != nil {
			return 0, err
		}
		s.open = append(s.open[:0], s.open[spoolChunk:]...)
	}
	return len(p), nil
}

// sealedChunk is the size of a full chunk in the file.
func (s *spool) sealedChunk() int64 { return spoolChunk + spoolOverhead }

// spoolOverhead is what sm.Vault.Seal adds to a value.
const spoolOverhead = 33

func (s *spool) put(chunk []byte) error {
	n := (s.size - int64(len(s.open))) / spoolChunk
	sealed, err := s.vault.Seal(spoolPurpose(n), chunk)
	if err != nil {
		return err
	}
	if int64(len(sealed)) != s.sealedChunk() {
		return fmt.Errorf("files: a sealed chunk has %d bytes", len(sealed))
	}
	_, err = s.file.WriteAt(sealed, n*s.sealedChunk())
	return err
}

func spoolPurpose(n int64) string { return "files/spool/" + strconv.FormatInt(n, 10) }

// ReadAt implements io.ReaderAt over the plain content. Not for concurrent use.
func (s *spool) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, errors.New("files: negative offset")
	}
	start := s.size - int64(len(s.open)) // where the part in memory begins
	n := 0
	for n < len(p) && off < s.size {
		var c int
		if off >= start {
			c = copy(p[n:], s.open[off-start:])
		} else {
			chunk, err := s.chunk(off / spoolChunk)
			if err != nil {
				return n, err
			}
			c = copy(p[n:], chunk[off%spoolChunk:])
		}
		n, off = n+c, off+int64(c)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (s *spool) chunk(i int64) ([]byte, error) {
	if s.cached == i {
		return s.cache, nil
	}
	sealed := make([]byte, s.sealedChunk())
	if _, err := s.file.ReadAt(sealed, i*s.sealedChunk()); err != nil {
		return nil, fmt.Errorf("%w: %w", errSpoolRead, err)
	}
	plain, err := s.vault.Open(spoolPurpose(i), sealed)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errSpoolRead, err)
	}
	s.cached, s.cache = i, plain
	return plain, nil
}

// Close gives everything back.
func (s *spool) Close() {
	s.open, s.cache = nil, nil
	if s.file != nil {
		_ = s.file.Close()           // nothing of it is needed any more
		_ = os.Remove(s.file.Name()) // already gone where the system allows it
	}
}
