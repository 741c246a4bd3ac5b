package archive

import (
	"archive/zip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Bounds of a package that comes from outside.
const (
	MaxSize   = 4 << 30  // bytes of the whole
	maxText   = 32 << 20 // bytes of an entry that is read into memory
	maxFiles  = 5_000
	maxFolder = 4 << 20 // bytes of the directory
)

// ErrNotPackage says that something is no package of a form we know, or that
// its outside was changed. Its text names the entry.
var ErrNotPackage = errors.New("archive: not a package")

func bad(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrNotPackage, fmt.Sprintf(format, args...))
}

// reader is an opened package whose outside was checked: names, order, sizes.
type reader struct {
	names []string // in order
	files map[string]*zip.File
}

// open reads the directory. Only stored entries are taken, so that no entry is
// larger than the package itself.
func open(r io.ReaderAt, size int64) (*reader, error) {
	if size > MaxSize {
		return nil, bad("larger than %d bytes", int64(MaxSize))
	}
	if err := checkDirectory(r, size); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, bad("%v", err)
	}
	if z.Comment != "" || len(z.File) > maxFiles {
		return nil, bad("%d entries or a comment", len(z.File))
	}
	p := &reader{files: map[string]*zip.File{}}
	seen := map[string]bool{}
	next := int64(0)
	for _, f := range z.File {
		if err := checkName(f.Name); err != nil {
			return nil, bad("%v", err)
		}
		key := strings.ToLower(f.Name)
		at, err := f.DataOffset()
		switch {
		case seen[key]:
			return nil, bad("%q twice", f.Name)
		case err != nil:
			return nil, bad("%s: %v", f.Name, err)
		case f.Method != zip.Store || f.CompressedSize64 != f.UncompressedSize64 || f.Flags&1 != 0:
			return nil, bad("%s is packed or encrypted", f.Name)
		case f.UncompressedSize64 > uint64(size) || at < next || at+int64(f.UncompressedSize64) > size:
			return nil, bad("%s lies outside the package or over another entry", f.Name)
		}
		next = at + int64(f.UncompressedSize64)
		seen[key] = true
		p.names = append(p.names, f.Name)
		p.files[f.Name] = f
	}
	return p, nil
}

// checkDirectory looks at the end record before the directory is read, so that
// a directory of millions of entries costs nothing.
func checkDirectory(r io.ReaderAt, size int64) error {
	const end = 22 // bytes of the end record without a comment
	if size < end {
		return bad("too short")
	}
	b := make([]byte, end)
	if _, err := r.ReadAt(b, size-end); err != nil {
		return bad("%v", err)
	}
	if binary.LittleEndian.Uint32(b) != 0x06054b50 {
		return bad("no ZIP, or something follows it")
	}
	count, length, at := binary.LittleEndian.Uint16(b[10:]), binary.LittleEndian.Uint32(b[12:]), binary.LittleEndian.Uint32(b[16:])
	if int(count) > maxFiles || length > maxFolder || int64(at)+int64(length)+end != size {
		return bad("the directory is too large or not where it belongs")
	}
	return nil
}

// text reads a whole entry of at most maxText bytes.
func (p *reader) text(name string) ([]byte, error) {
	f, ok := p.files[name]
	if !ok {
		return nil, bad("%s is missing", name)
	}
	if f.UncompressedSize64 > maxText {
		return nil, bad("%s is larger than %d bytes", name, maxText)
	}
	r, err := f.Open()
	if err != nil {
		return nil, bad("%s: %v", name, err)
	}
	b, err := io.ReadAll(io.LimitReader(r, maxText+1))
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, bad("%s: %v", name, err)
	}
	return b, nil
}
