package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
)

// gatewayPackage is the S3-compatible server that the tests of the files room
// talk to; tools.mod names its version.
const gatewayPackage = "github.com/versity/versitygw/cmd/versitygw"

// prepare brings in what is pinned by the repository itself: the npm packages
// of test/ by their lock file, and the gateway by tools.sum. It gives back the
// gateway's path. Two runs at once take turns.
func prepare(ctx context.Context, root string) (gateway string, err error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = filepath.Join(os.TempDir(), "tongban-cache")
	}
	cache = filepath.Join(cache, "tongban-test")
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", err
	}
	lock, err := lockFile(filepath.Join(cache, "lock"), syscall.LOCK_EX)
	if err != nil {
		return "", err
	}
	defer lock.Close()
	if err := npmPackages(ctx, filepath.Join(root, "test")); err != nil {
		return "", err
	}
	return buildGateway(ctx, root, cache)
}

// npmPackages runs “npm ci” unless the folder already holds exactly what the
// lock file says. No script of a package is run.
func npmPackages(ctx context.Context, dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "package.json")); os.IsNotExist(err) {
		return nil
	}
	want, err := fingerprint(filepath.Join(dir, "package.json"), filepath.Join(dir, "package-lock.json"))
	if err != nil {
		return err
	}
	stamp := filepath.Join(dir, "node_modules", ".tongban")
	if readFile(stamp) == want {
		return nil
	}
	fmt.Fprintln(os.Stderr, "test/env: npm ci in", dir)
	if err := command(ctx, dir, nil, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"); err != nil {
		return err
	}
	return os.WriteFile(stamp, []byte(want), 0o644)
}

// buildGateway builds the gateway once for each state of tools.mod.
func buildGateway(ctx context.Context, root, cache string) (string, error) {
	version, err := fingerprint(filepath.Join(root, "tools.mod"), filepath.Join(root, "tools.sum"))
	if err != nil {
		return "", err
	}
	path := filepath.Join(cache, "versitygw-"+version[:12]+"-"+runtime.GOARCH)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	fmt.Fprintln(os.Stderr, "test/env: building", gatewayPackage, "(once, a minute or two)")
	part := path + ".part"
	if err := command(ctx, root, []string{"CGO_ENABLED=0"}, "go", "build", "-trimpath", "-modfile=tools.mod", "-o", part, gatewayPackage); err != nil {
		return "", err
	}
	return path, os.Rename(part, path)
}

// command runs a program whose output only matters to people.
func command(ctx context.Context, dir string, env []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", name, args[0], err)
	}
	return nil
}

// fingerprint is the SHA-256 of some files, in hexadecimal.
func fingerprint(paths ...string) (string, error) {
	h := sha256.New()
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s %d\n", filepath.Base(p), len(b))
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
