package archive

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/tongban/tongban/internal/sm"
)

//go:embed page
var page embed.FS

// Write writes a package. signer seals the manifest; it must give the same
// signature for the same text, as Ed25519 does. Nothing larger than the case's
// own text is held in memory.
func Write(w io.Writer, p Package, signer note.Signer) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("archive of %s: %w", p.Case.No, err)
		}
	}()
	pw := &writer{z: zip.NewWriter(w), seen: map[string]bool{}, m: Manifest{Format: Format, Case: p.Case.No}}
	if err := pw.static(); err != nil {
		return err
	}
	if err := pw.put(p); err != nil {
		return err
	}
	if err := pw.seal(p.Case.No, signer); err != nil {
		return err
	}
	return pw.z.Close()
}

// ErrTooLarge says that a case has more than a package may hold: 5,000 entries,
// 4 GB, 32 MB of one text.
var ErrTooLarge = errors.New("archive: too large")

// inMemory reports whether Verify reads an entry as a text.
func inMemory(name string) bool {
	return strings.HasPrefix(name, "clocks/") || !strings.Contains(name, "/")
}

// overhead is more than a ZIP adds for an entry beside its name, twice.
const overhead = 256

type writer struct {
	z    *zip.Writer
	size int64 // of what was written, at most
	seen map[string]bool
	m    Manifest
}

// static adds the page and its script, which are the same in every package.
func (w *writer) static() error {
	for _, name := range []string{pageEntry, scriptEntry} {
		b, err := page.ReadFile("page/" + name)
		if err == nil {
			err = w.add(name, bytes.NewReader(b))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) put(p Package) error {
	caseText, logText := text(p.Case), text(p.Log)
	var proofs [][]byte
	if err := w.add(caseEntry, bytes.NewReader(caseText)); err != nil {
		return err
	}
	if len(p.Clocks) != len(p.Case.Clocks) {
		return errors.New("the clocks and their proofs differ in number")
	}
	for i, c := range p.Clocks {
		proofs = append(proofs, c.JSON())
		if err := w.add(p.Case.Clocks[i].Path, bytes.NewReader(proofs[i])); err != nil {
			return err
		}
	}
	if err := w.add(logEntry, bytes.NewReader(logText)); err != nil {
		return err
	}
	if err := w.add(dataEntry, bytes.NewReader(data(caseText, proofs, logText))); err != nil {
		return err
	}
	for _, list := range [][]Content{p.Notices, p.Prints, p.Files} {
		for _, c := range list {
			if c.Path == "" {
				continue
			}
			if err := w.copy(c); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *writer) copy(c Content) error {
	r, err := c.Open()
	if err != nil {
		return err
	}
	return errors.Join(w.add(c.Path, r), r.Close())
}

// data is data.js: the texts of the package for the page, which a browser does
// not let read the files beside it.
func data(caseText []byte, proofs [][]byte, logText []byte) []byte {
	var b bytes.Buffer
	b.WriteString("tongbanArchive({\"case\":")
	b.Write(caseText)
	b.WriteString(",\"clocks\":[")
	b.Write(bytes.Join(proofs, []byte(",")))
	b.WriteString("],\"log\":")
	b.Write(logText)
	b.WriteString("});\n")
	return b.Bytes()
}

// add writes one entry and notes its hashes.
func (w *writer) add(name string, r io.Reader) error {
	e, err := w.entry(name, r)
	if err == nil {
		w.m.Files = append(w.m.Files, e)
	}
	return err
}

func (w *writer) entry(name string, r io.Reader) (Entry, error) {
	if err := checkName(name); err != nil {
		return Entry{}, err
	}
	key := strings.ToLower(name)
	if w.seen[key] {
		return Entry{}, fmt.Errorf("%q twice", name)
	}
	w.seen[key] = true
	// Stored, not packed: what a packer makes changes with its version.
	f, err := w.z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	if err != nil {
		return Entry{}, err
	}
	// What Verify would refuse is not written.
	sm3, sha := sm.NewSM3(), sha256.New()
	n, err := io.Copy(io.MultiWriter(f, sm3, sha), io.LimitReader(r, MaxSize-w.size+1))
	if err != nil {
		return Entry{}, fmt.Errorf("%s: %w", name, err)
	}
	w.size += n + int64(overhead+2*len(name))
	if len(w.seen) > maxFiles || w.size > MaxSize-overhead || n > maxText && inMemory(name) {
		return Entry{}, fmt.Errorf("%s: %w", name, ErrTooLarge)
	}
	return Entry{Path: name, Size: n, SM3: hex.EncodeToString(sm3.Sum(nil)), SHA256: hex.EncodeToString(sha.Sum(nil))}, nil
}

func (w *writer) seal(no string, signer note.Signer) error {
	m := text(w.m)
	if _, err := w.entry(manifestEntry, bytes.NewReader(m)); err != nil {
		return err
	}
	signed, err := note.Sign(&note.Note{Text: sealText(no, m)}, signer)
	if err != nil {
		return err
	}
	_, err = w.entry(sealEntry, bytes.NewReader(signed))
	return err
}

// sealText is what the seal signs.
func sealText(no string, manifest []byte) string {
	return fmt.Sprintf("%s\n%s\nsm3 %s\nsha256 %x\n", Format, no, sm.SM3Hex(manifest), sha256.Sum256(manifest))
}
