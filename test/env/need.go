package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// found is what the machine has, as paths.
type found struct {
	pgbin    string // folder of the PostgreSQL server binaries
	chromium string
	font     string
}

// machine is the part of the computer that provide looks at and changes.
type machine struct {
	root   bool // may install packages
	debian bool
	look   func(name string) (path string, err error)
	glob   func(pattern string) []string
	output func(name string, args ...string) (string, error)
	apt    func(ctx context.Context, args ...string) error
	wait   func(ctx context.Context, d time.Duration) error
}

// need is one thing beyond Go that the tests cannot do without.
type need struct {
	name  string
	why   string
	check func(m machine, f *found) error // nil: it is there
	// packages are Debian's, most wanted first; none where installing one
	// could spoil what the machine has.
	packages func(m machine) []string
}

// oldestNode is the oldest major version that the packages in test/ run on;
// oldestPostgres the oldest that the platform supports.
const (
	oldestNode     = 18
	oldestPostgres = 15
)

// needs lists everything beyond Go, in the order in which it is told.
func needs() []need {
	return []need{
		{"make", "runs the steps", program("make"), debian("make")},
		{"PostgreSQL " + strconv.Itoa(oldestPostgres) + " or later, server and clients", "the second storage engine", findPostgres, debian("postgresql")},
		{"Chromium", "the journeys in a browser", findChromium, debian("chromium")},
		{"Node.js " + strconv.Itoa(oldestNode) + " or later, with npm", "axe-core, the accessibility rules", findNode, nodePackages},
		{"openssl", "an independent check of signatures", program("openssl"), debian("openssl")},
		{"a font with Chinese glyphs", "pages and documents in Chinese", findFont, debian("fonts-wqy-microhei")},
		{"runuser", "a PostgreSQL that a test starts itself never runs as root", findRunuser, debian("util-linux")},
	}
}

func debian(packages ...string) func(machine) []string {
	return func(machine) []string { return packages }
}

// provide checks every need, installs what is missing where it may, checks
// again, and says exactly what to run where it may not.
func provide(ctx context.Context, m machine) (found, error) {
	f, missing := inspect(m)
	if len(missing) == 0 {
		return f, nil
	}
	packages, told := describe(m, missing)
	if !m.root || !m.debian || len(packages) == 0 {
		return f, errors.New(told)
	}
	fmt.Fprintln(os.Stderr, "test/env: installing", strings.Join(packages, " "))
	if err := install(ctx, m, packages); err != nil {
		return f, fmt.Errorf("%w\n%s", err, told)
	}
	f, missing = inspect(m)
	if len(missing) == 0 {
		return f, nil
	}
	_, told = describe(m, missing)
	return f, fmt.Errorf("still missing after installing %s\n%s", strings.Join(packages, " "), told)
}

// lack is a need that is not met, and why.
type lack struct {
	need
	err error
}

// inspect checks every need; it never stops at the first lack, so that one
// line can mend them all.
func inspect(m machine) (found, []lack) {
	var f found
	var missing []lack
	for _, n := range needs() {
		if err := n.check(m, &f); err != nil {
			missing = append(missing, lack{n, err})
		}
	}
	return f, missing
}

// describe names the packages that mend the lacks and words them for people.
func describe(m machine, missing []lack) (packages []string, told string) {
	var b strings.Builder
	b.WriteString("something the tests need is missing:\n")
	for _, l := range missing {
		fmt.Fprintf(&b, "  %s (%s): %v\n", l.name, l.why, l.err)
		packages = append(packages, l.packages(m)...)
	}
	slices.Sort(packages)
	packages = slices.Compact(packages)
	if len(packages) == 0 {
		return nil, strings.TrimRight(b.String(), "\n")
	}
	sudo := ""
	if !m.root {
		sudo = "sudo "
	}
	if !m.debian {
		b.WriteString("This is not Debian; there the line would be, and packages of like names will do here:\n")
	} else {
		b.WriteString("Run:\n")
	}
	fmt.Fprintf(&b, "  %sapt-get update && %sapt-get install -y --no-install-recommends %s", sudo, sudo, strings.Join(packages, " "))
	return packages, b.String()
}

// install brings packages in. Another apt-get may hold its locks for a while:
// the lists are asked for again, the installation waits by itself.
func install(ctx context.Context, m machine, packages []string) error {
	var err error
	for range 10 {
		if err = m.apt(ctx, "update", "-q"); err == nil {
			break
		}
		if waitErr := m.wait(ctx, 6*time.Second); waitErr != nil {
			return waitErr
		}
	}
	if err != nil {
		return fmt.Errorf("apt-get update: %w", err)
	}
	args := append([]string{"-q", "-o", "DPkg::Lock::Timeout=300", "install", "-y", "--no-install-recommends"}, packages...)
	if err := m.apt(ctx, args...); err != nil {
		return fmt.Errorf("apt-get install: %w", err)
	}
	return nil
}

// thisMachine is the real one.
func thisMachine() machine {
	return machine{
		root:   os.Geteuid() == 0,
		debian: isDebian(readFile("/etc/os-release")),
		look:   lookPath,
		glob: func(pattern string) []string {
			paths, _ := filepath.Glob(pattern)
			return paths
		},
		output: func(name string, args ...string) (string, error) {
			out, err := exec.Command(name, args...).Output()
			return strings.TrimSpace(string(out)), err
		},
		apt: func(ctx context.Context, args ...string) error {
			cmd := exec.CommandContext(ctx, "apt-get", args...)
			cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
			cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
			return cmd.Run()
		},
		wait: func(ctx context.Context, d time.Duration) error {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(d):
				return nil
			}
		},
	}
}

// lookPath also looks where Debian keeps the programs of the administrator,
// which are not in everybody's PATH.
func lookPath(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err == nil {
		return path, nil
	}
	for _, dir := range []string{"/usr/sbin", "/sbin"} {
		if p, e := exec.LookPath(filepath.Join(dir, name)); e == nil {
			return p, nil
		}
	}
	return "", err
}

// isDebian reads /etc/os-release. Ubuntu counts as another system: its
// chromium package only points to a snap.
func isDebian(osRelease string) bool {
	for line := range strings.Lines(osRelease) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if key == "ID" {
			return strings.Trim(value, `"'`) == "debian"
		}
	}
	return false
}

func readFile(path string) string {
	b, _ := os.ReadFile(path)
	return string(b)
}
