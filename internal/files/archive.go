package files

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// archiveLimits bound what a zip container (zip, OFD, Office) may hold.
type archiveLimits struct {
	entries  int   // in one archive
	unpacked int64 // bytes, all entries of one archive together
	ratio    int64 // unpacked to packed, per entry and as a whole, past ratioFloor
	depth    int   // archives within archives
	probe    int64 // bytes inflated at most to see whether the directory lies
}

// ratioFloor: below this many bytes a high ratio harms nobody (blank pages,
// XML of repeated cells).
const ratioFloor = 4 << 20

// maxNested is the largest archive inside an archive that is looked into.
const maxNested = 16 << 20

func usualLimits() archiveLimits {
	return archiveLimits{entries: 10_000, unpacked: 512 << 20, ratio: 150, depth: 1, probe: 48 << 20}
}

// inspectZip reads the central directory, compares it with the local headers
// and inflates a bounded part, without unpacking the whole. It returns what
// kind of container it is. Errors: ErrBomb, ErrArchive.
func inspectZip(src io.ReaderAt, size int64, l archiveLimits) (Type, error) {
	zr, err := zip.NewReader(src, size)
	if err != nil {
		return "", unsafe("directory: %v", err)
	}
	if len(zr.File) > l.entries {
		return "", bomb("%d entries", len(zr.File))
	}
	if err := checkNames(zr.File); err != nil {
		return "", err
	}
	if err := checkSizes(zr.File, size, l); err != nil {
		return "", err
	}
	if err := checkOverlap(zr.File, size); err != nil {
		return "", err
	}
	t, err := containerType(zr.File)
	if err != nil {
		return "", err
	}
	return t, checkContent(zr.File, l)
}

func bomb(format string, args ...any) error { return ErrBomb().Because(fmt.Errorf(format, args...)) }
func unsafe(format string, args ...any) error {
	return ErrArchive().Because(fmt.Errorf(format, args...))
}

// checkNames refuses names that leave the folder, name the same file twice on
// any file system, or are links, devices or encrypted.
func checkNames(entries []*zip.File) error {
	seen := make(map[string]bool, len(entries))
	for i, f := range entries {
		n := f.Name
		switch {
		case n == "" || len(n) > 1024 || strings.ContainsAny(n, "\x00\\") || (!f.NonUTF8 && !utf8.ValidString(n)):
			return unsafe("entry %d: bad name", i)
		case strings.HasPrefix(n, "/"), len(n) > 1 && n[1] == ':':
			return unsafe("entry %d: absolute path", i)
		case slices.Contains(strings.Split(n, "/"), ".."):
			return unsafe("entry %d: path leaves the folder", i)
		case f.Flags&1 != 0:
			return unsafe("entry %d: encrypted", i)
		case f.Method != zip.Store && f.Method != zip.Deflate:
			return unsafe("entry %d: compression method %d", i, f.Method)
		}
		if m := f.Mode(); m&fs.ModeType != 0 && !m.IsDir() {
			return unsafe("entry %d: link or device", i)
		}
		key := strings.ToLower(path.Clean(n))
		if seen[key] {
			return unsafe("entry %d: name twice", i)
		}
		seen[key] = true
	}
	return nil
}

func checkSizes(entries []*zip.File, size int64, l archiveLimits) error {
	var packed, unpacked uint64
	for i, f := range entries {
		if f.CompressedSize64 > uint64(size) {
			return unsafe("entry %d: larger than the file", i)
		}
		if f.Method == zip.Store && f.CompressedSize64 != f.UncompressedSize64 {
			return unsafe("entry %d: stored sizes differ", i)
		}
		if f.UncompressedSize64 > uint64(l.unpacked) {
			return bomb("entry %d: %d bytes", i, f.UncompressedSize64)
		}
		if tooDense(f.UncompressedSize64, f.CompressedSize64, l) {
			return bomb("entry %d: ratio", i)
		}
		packed += f.CompressedSize64
		unpacked += f.UncompressedSize64
		if unpacked > uint64(l.unpacked) {
			return bomb("%d bytes and more", unpacked)
		}
	}
	if tooDense(unpacked, packed, l) {
		return bomb("ratio as a whole")
	}
	return nil
}

func tooDense(unpacked, packed uint64, l archiveLimits) bool {
	return unpacked > ratioFloor && unpacked/max(packed, 1) > uint64(l.ratio)
}

// checkOverlap refuses entries that share bytes: that is how a small file
// promises the same data many times.
func checkOverlap(entries []*zip.File, size int64) error {
	type span struct{ from, to int64 }
	spans := make([]span, 0, len(entries))
	for i, f := range entries {
		from, err := f.DataOffset()
		if err != nil {
			return unsafe("entry %d: local header: %v", i, err)
		}
		s := span{from - 30 - int64(len(f.Name)), from + int64(f.CompressedSize64)}
		if s.from < 0 || s.to > size {
			return unsafe("entry %d: outside the file", i)
		}
		spans = append(spans, s)
	}
	slices.SortFunc(spans, func(a, b span) int { return int(min(1, max(-1, a.from-b.from))) })
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to {
			return bomb("entries share bytes")
		}
	}
	return nil
}

// containerType tells Office and OFD documents from plain archives by the
// parts they must have. A document with macros is refused.
func containerType(entries []*zip.File) (Type, error) {
	has := make(map[string]bool, len(entries))
	for _, f := range entries {
		has[f.Name] = true
		if strings.EqualFold(path.Base(f.Name), "vbaProject.bin") {
			return "", unsafe("macros")
		}
	}
	office := has["[Content_Types].xml"]
	switch {
	case has["OFD.xml"]:
		return OFD, nil
	case office && has["word/document.xml"]:
		return DOCX, nil
	case office && has["xl/workbook.xml"]:
		return XLSX, nil
	case office && has["ppt/presentation.xml"]:
		return PPTX, nil
	}
	return ZIP, nil
}

// checkContent inflates entries up to a budget: one that yields more or other
// bytes than its directory says is refused; one that is an archive itself is
// looked into, down to the allowed depth.
func checkContent(entries []*zip.File, l archiveLimits) error {
	left := l.probe
	for i, f := range entries {
		if f.FileInfo().IsDir() || left <= 0 {
			continue
		}
		head, n, err := inflate(f, min(left, int64(f.UncompressedSize64)+1))
		left -= n
		if err != nil { // damaged, or more or other bytes than declared
			return unsafe("entry %d: %v", i, err)
		}
		if err := checkNested(f, head, l); err != nil {
			return err
		}
	}
	return nil
}

// inflate reads at most limit bytes of an entry and returns its beginning and
// how many bytes were read. The checksum is proven when the end is reached.
func inflate(f *zip.File, limit int64) (head []byte, n int64, err error) {
	r, err := f.Open()
	if err != nil {
		return nil, 0, err
	}
	defer r.Close()
	var b bytes.Buffer
	n, err = io.CopyN(&b, r, min(limit, 16))
	if err == nil {
		var more int64
		more, err = io.CopyN(io.Discard, r, limit-n)
		n += more
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return b.Bytes(), n, err
}

// checkNested looks at an entry that is an archive. Kinds other than zip
// cannot be looked into and are refused.
func checkNested(f *zip.File, head []byte, l archiveLimits) error {
	if packedOther(head) {
		return unsafe("a packed file inside that cannot be checked")
	}
	if !bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return nil
	}
	if l.depth <= 0 || f.UncompressedSize64 > maxNested {
		return bomb("archives nested too deeply or too large")
	}
	r, err := f.Open()
	if err != nil {
		return unsafe("nested: %v", err)
	}
	defer r.Close()
	inner, err := io.ReadAll(io.LimitReader(r, maxNested))
	if err != nil {
		return unsafe("nested: %v", err)
	}
	deeper := l
	deeper.depth--
	deeper.unpacked /= 4
	deeper.probe /= 4
	_, err = inspectZip(bytes.NewReader(inner), int64(len(inner)), deeper)
	return err
}

// packedOther knows gzip, bzip2, xz, zstd, 7z and RAR by their first bytes.
func packedOther(head []byte) bool {
	for _, magic := range []string{"\x1f\x8b\x08", "BZh", "\xfd7zXZ\x00", "\x28\xb5\x2f\xfd", "7z\xbc\xaf\x27\x1c", "Rar!\x1a\x07"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	return false
}
