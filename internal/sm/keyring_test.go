package sm

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tongban/tongban/internal/errs"
)

func create(t *testing.T) (string, *Keyring) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "a", "keys")
	k, err := LoadOrCreate(dir)
	if err != nil {
		t.Fatal(err)
	}
	return dir, k
}

func TestLoadOrCreate(t *testing.T) {
	dir, k := create(t)
	sealed := mustSeal(t, k.Vault(), "p", "v")
	again, err := LoadOrCreate(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Vault().Open("p", sealed); err != nil || string(got) != "v" {
		t.Errorf("second start: %q, %v", got, err)
	}
	if again.Signer().Public().ID() != k.Signer().Public().ID() || again.Vault().Index("p", "x") != k.Vault().Index("p", "x") {
		t.Error("second start has other keys")
	}
	if fi, err := os.Stat(dir); err != nil || fi.Mode().Perm() != 0o700 {
		t.Errorf("folder: %v, %v", fi.Mode(), err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 5 {
		t.Fatalf("files: %v, %v", files, err)
	}
	for _, f := range files {
		if fi, err := f.Info(); err != nil || fi.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", f.Name(), fi.Mode(), err)
		}
	}
	if _, other := create(t); other.Signer().Public().ID() == k.Signer().Public().ID() {
		t.Error("two folders share a key")
	}
}

func TestLoadOrCreate_two_at_once(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	ids := make([]string, 8)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			k, err := LoadOrCreate(dir)
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = k.Signer().Public().ID() + k.Vault().Index("p", "x")
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("different keys: %v", ids)
		}
	}
}

func TestLoadOrCreate_finishes_a_broken_off_start(t *testing.T) {
	dir, k := create(t)
	for _, name := range []string{manifestFile, noteFile, signFile(1)} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	again, err := LoadOrCreate(dir)
	if err != nil {
		t.Fatal(err)
	}
	if again.Vault().Index("p", "x") != k.Vault().Index("p", "x") || again.Signer().Public().ID() == k.Signer().Public().ID() {
		t.Error("kept files are not kept, or missing ones not made")
	}
}

func TestLoad_refuses(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(dir string) error
		want  *errs.Error
	}{
		"no folder":             {func(d string) error { return os.RemoveAll(d) }, ErrNoKeys},
		"no manifest":           {func(d string) error { return os.Remove(filepath.Join(d, manifestFile)) }, ErrNoKeys},
		"folder open to group":  {func(d string) error { return os.Chmod(d, 0o750) }, ErrKeysOpen},
		"file open to others":   {func(d string) error { return os.Chmod(filepath.Join(d, "vault-0001.key"), 0o604) }, ErrKeysOpen},
		"manifest open":         {func(d string) error { return os.Chmod(filepath.Join(d, manifestFile), 0o644) }, ErrKeysOpen},
		"vault key lost":        {func(d string) error { return os.Remove(filepath.Join(d, "vault-0001.key")) }, ErrKeysBroken},
		"index key changed":     {func(d string) error { return rewrite(d, indexFile, strings.Repeat("0", 64)) }, ErrKeysBroken},
		"signing key truncated": {func(d string) error { return os.Truncate(filepath.Join(d, "sign-0001.pem"), 10) }, ErrKeysBroken},
		"manifest cut off":      {func(d string) error { return os.Truncate(filepath.Join(d, manifestFile), 30) }, ErrKeysBroken},
		"manifest empty":        {func(d string) error { return rewrite(d, manifestFile, manifestHead) }, ErrKeysBroken},
		"manifest leads astray": {func(d string) error { return rewrite(d, manifestFile, manifestHead+"../x abc\n") }, ErrKeysBroken},
	} {
		t.Run(name, func(t *testing.T) {
			dir, _ := create(t)
			if err := c.spoil(dir); err != nil {
				t.Fatal(err)
			}
			_, err := Load(dir)
			if !errors.Is(err, c.want) {
				t.Fatalf("%v, want %s", err, c.want.Code)
			}
			if e := errs.Of(err); e.ZH == "" || e.EN == "" || e.Err == nil {
				t.Errorf("no words or no cause: %#v", e)
			}
			if c.want == ErrNoKeys {
				return
			}
			if _, err := LoadOrCreate(dir); !errors.Is(err, c.want) {
				t.Errorf("LoadOrCreate papers over it: %v", err)
			}
		})
	}
}

func rewrite(dir, name, text string) error {
	return os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600)
}

func TestAddKeys(t *testing.T) {
	dir, k := create(t)
	old := mustSeal(t, k.Vault(), "p", "old")
	oldID := k.Signer().Public().ID()
	// An orphan of a broken-off AddVaultKey does not count and does not hinder.
	if err := rewrite(dir, vaultFile(2), "half"); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(AddVaultKey(dir), AddSigningKey(dir)); err != nil {
		t.Fatal(err)
	}
	k, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := k.Vault().Open("p", old); err != nil || string(got) != "old" || !k.Vault().Stale(old) {
		t.Errorf("old value: %q, %v", got, err)
	}
	if keys := k.PublicKeys(); len(keys) != 2 || keys[0].ID() != oldID || keys[1].ID() != k.Signer().Public().ID() {
		t.Errorf("public keys: %d", len(keys))
	}
	if p, ok := k.PublicKey(oldID); !ok || p.ID() != oldID {
		t.Error("old public key is gone")
	}
	if _, ok := k.PublicKey("0000000000000000"); ok {
		t.Error("finds a key that is not there")
	}
	if err := AddVaultKey(t.TempDir()); err == nil {
		t.Error("adds a key to a folder without keys")
	}
}
