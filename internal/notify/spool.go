package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/sm"
)

// Spool 外发目录 is a Provider that writes one sealed file per message into a
// folder, from where a gateway program of the city fetches it with Read.
type Spool struct {
	dir   string
	vault *sm.Vault
}

const spoolEnding = ".msg"

// OpenSpool makes the folder when it is missing.
func OpenSpool(dir string, vault *sm.Vault) (*Spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("notify: spool: %w", err)
	}
	return &Spool{dir, vault}, nil
}

// fileName checks a key and gives the name of its file.
func (s *Spool) fileName(key string) (path string, ok bool) {
	for _, c := range key {
		if c < '0' || c > '9' {
			return "", false
		}
	}
	return filepath.Join(s.dir, key+spoolEnding), key != "" && len(key) <= 19
}

func spoolPurpose(key string) string { return "notify/spool/" + key }

// Send writes the file whole or not at all; one that is there already is
// the same message.
func (s *Spool) Send(_ context.Context, p Parcel) (ref string, err error) {
	return "", s.put(p)
}

func (s *Spool) put(p Parcel) (err error) {
	path, ok := s.fileName(p.Key)
	if !ok {
		return &Refusal{BadContent}
	}
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	plain, err := json.Marshal(p)
	if err != nil {
		return err
	}
	sealed, err := s.vault.Seal(spoolPurpose(p.Key), plain)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(s.dir, "."+p.Key+"-*")
	if err != nil {
		return fmt.Errorf("notify: spool: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // the error that led here counts
		}
	}()
	_, err = f.Write(sealed)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("notify: spool: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("notify: spool: %w", err)
	}
	return s.sync()
}

func (s *Spool) sync() error {
	d, err := os.Open(s.dir)
	if err != nil {
		return fmt.Errorf("notify: spool: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("notify: spool: %w", err)
	}
	return nil
}

// Keys lists what waits in the folder, oldest first.
func (s *Spool) Keys() ([]string, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, fmt.Errorf("notify: spool: %w", err)
	}
	var keys []string
	for _, e := range entries {
		key, ok := strings.CutSuffix(e.Name(), spoolEnding)
		if _, fits := s.fileName(key); ok && fits {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b string) int { // numbers in time order, of one length or not
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	return keys, nil
}

// Read opens one message. Errors: ErrNoMessage.
func (s *Spool) Read(key string) (p Parcel, err error) {
	path, ok := s.fileName(key)
	if !ok {
		return Parcel{}, ErrNoMessage
	}
	sealed, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Parcel{}, ErrNoMessage
	}
	if err != nil {
		return Parcel{}, fmt.Errorf("notify: spool: %w", err)
	}
	plain, err := s.vault.Open(spoolPurpose(key), sealed)
	if err == nil {
		err = json.Unmarshal(plain, &p)
	}
	if err != nil {
		return Parcel{}, fmt.Errorf("notify: spool %s: %w", key, err)
	}
	return p, nil
}

// Remove takes a message out of the folder after it was fetched.
func (s *Spool) Remove(key string) error {
	path, ok := s.fileName(key)
	if !ok {
		return ErrNoMessage
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("notify: spool: %w", err)
	}
	return nil
}
