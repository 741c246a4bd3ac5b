package sm

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// manifest lists the key files in use; a file without a line does not count.
type manifest []manifestLine

type manifestLine struct{ name, print string }

const manifestHead = "tongban keys 1\n"

func (m manifest) text() []byte {
	var b bytes.Buffer
	b.WriteString(manifestHead)
	for _, e := range m {
		fmt.Fprintf(&b, "%s %s\n", e.name, e.print)
	}
	return b.Bytes()
}

func (m manifest) has(name string) bool {
	return slices.ContainsFunc(m, func(e manifestLine) bool { return e.name == name })
}

// parseManifest gives the lines ordered by file name, which puts older keys
// of one kind first.
func parseManifest(text []byte) (manifest, error) {
	body, ok := strings.CutPrefix(string(text), manifestHead)
	if !ok || !strings.HasSuffix(body, "\n") {
		return nil, errors.New("manifest: unknown format, or cut off")
	}
	var m manifest
	for line := range strings.Lines(body) {
		name, print, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if !ok || name != filepath.Base(name) || m.has(name) {
			return nil, fmt.Errorf("manifest: line %d", len(m)+2)
		}
		m = append(m, manifestLine{name, print})
	}
	slices.SortFunc(m, func(a, b manifestLine) int { return strings.Compare(a.name, b.name) })
	return m, nil
}

// fingerprint tells key files apart without telling the key: the secrets are
// random, so a digest gives nothing away.
func fingerprint(text []byte) string { return SM3Hex([]byte("tongban key file\n"), text)[:16] }

// checkMode refuses a folder or file that group or others may use.
func checkMode(path string) error {
	fi, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("sm: keys: %w", err)
	}
	if runtime.GOOS != "windows" && fi.Mode().Perm()&0o077 != 0 {
		return ErrKeysOpen.Because(fmt.Errorf("%s has mode %04o", path, fi.Mode().Perm()))
	}
	return nil
}

// maxKeyFile bounds what is read: a key file is a few hundred bytes.
const maxKeyFile = 64 << 10

func readKeyFile(dir, name string) ([]byte, error) {
	path := filepath.Join(dir, name)
	if err := checkMode(path); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("sm: keys: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return nil, fmt.Errorf("sm: keys: %w", err)
	}
	return text, nil
}

// writeOnce puts a whole, synced file in place unless one is there already.
func writeOnce(dir, name string, text []byte) error {
	return place(dir, name, text, func(tmp, path string) error {
		if err := os.Link(tmp, path); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		return os.Remove(tmp)
	})
}

// replaceFile puts a whole, synced file in the place of an older one.
func replaceFile(dir, name string, text []byte) error { return place(dir, name, text, os.Rename) }

func place(dir, name string, text []byte, move func(tmp, path string) error) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("sm: write key file %s: %w", name, err)
		}
	}()
	f, err := os.CreateTemp(dir, ".new-*") // mode 0600
	if err != nil {
		return err
	}
	if _, err = f.Write(text); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = move(f.Name(), filepath.Join(dir, name))
	}
	if err != nil {
		os.Remove(f.Name())
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	if runtime.GOOS == "windows" { // no such call there
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
