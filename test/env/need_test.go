package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// fake is a machine described by what it has; apt-get adds to it.
type fake struct {
	root, debian bool
	programs     map[string]string // name → path
	files        []string
	versions     map[string]string // “program argument …” → what it prints
	brings       map[string][]string
	aptCalls     []string
	aptFails     int // how many calls of apt-get fail at first
}

// complete is a Debian machine that lacks nothing.
func complete() *fake {
	f := &fake{
		root: true, debian: true,
		programs: map[string]string{},
		versions: map[string]string{"/usr/bin/node --version": "v20.20.2"},
		files:    []string{"/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"},
	}
	for _, p := range []string{"make", "chromium", "node", "npm", "openssl", "runuser"} {
		f.programs[p] = "/usr/bin/" + p
	}
	f.addPostgres("15")
	return f
}

func (f *fake) addPostgres(version string) {
	dir := "/usr/lib/postgresql/" + version + "/bin"
	f.files = append(f.files, dir)
	for _, p := range postgresPrograms() {
		f.files = append(f.files, dir+"/"+p)
	}
}

func (f *fake) without(names ...string) *fake {
	for _, n := range names {
		delete(f.programs, n)
		f.files = slices.DeleteFunc(f.files, func(p string) bool { return strings.Contains(p, n) })
	}
	return f
}

func (f *fake) machine() machine {
	return machine{
		root: f.root, debian: f.debian,
		look: func(name string) (string, error) {
			if p, ok := f.programs[name]; ok {
				return p, nil
			}
			return "", errors.New("not found")
		},
		glob: func(pattern string) []string {
			if strings.HasPrefix(pattern, "/usr/lib/postgresql/*") {
				return slices.DeleteFunc(slices.Clone(f.files), func(p string) bool { return !strings.HasSuffix(p, "/bin") })
			}
			if slices.Contains(f.files, pattern) {
				return []string{pattern}
			}
			return nil
		},
		output: func(name string, args ...string) (string, error) {
			if v, ok := f.versions[strings.Join(append([]string{name}, args...), " ")]; ok {
				return v, nil
			}
			return "", errors.New("no such program")
		},
		apt: func(_ context.Context, args ...string) error {
			f.aptCalls = append(f.aptCalls, strings.Join(args, " "))
			if f.aptFails > 0 {
				f.aptFails--
				return errors.New("the lock is held")
			}
			for _, a := range args {
				for _, p := range f.brings[a] {
					f.programs[p] = "/usr/bin/" + p
				}
			}
			return nil
		},
		wait: func(context.Context, time.Duration) error { return nil },
	}
}

func TestProvide(t *testing.T) {
	tests := map[string]struct {
		machine *fake
		apt     []string // calls of apt-get, in order
		says    []string // parts of the error; none: it succeeds
		silent  []string // must not be in the error
	}{
		"nothing missing": {machine: complete()},
		"root on Debian installs all at once": {
			machine: func() *fake {
				f := complete().without("chromium", "openssl")
				f.brings = map[string][]string{"chromium": {"chromium"}, "openssl": {"openssl"}}
				return f
			}(),
			apt: []string{
				"update -q",
				"-q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends chromium openssl",
			},
		},
		"the lists are locked for a while": {
			machine: func() *fake {
				f := complete().without("chromium")
				f.brings = map[string][]string{"chromium": {"chromium"}}
				f.aptFails = 2
				return f
			}(),
			apt: []string{
				"update -q", "update -q", "update -q",
				"-q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends chromium",
			},
		},
		"another user is told the line": {
			machine: func() *fake {
				f := complete().without("chromium", "postgresql", "runuser")
				f.root = false
				return f
			}(),
			says: []string{
				"Chromium", "PostgreSQL",
				"sudo apt-get update && sudo apt-get install -y --no-install-recommends chromium postgresql",
			},
			silent: []string{"runuser"},
		},
		"root elsewhere is told the line": {
			machine: func() *fake {
				f := complete().without("wqy")
				f.debian = false
				return f
			}(),
			says: []string{"not Debian", "apt-get install -y --no-install-recommends fonts-wqy-microhei"},
		},
		"a package that does not bring what it should": {
			machine: complete().without("openssl"),
			apt: []string{
				"update -q",
				"-q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends openssl",
			},
			says: []string{"still missing after installing openssl"},
		},
		"no Node.js": {
			machine: func() *fake {
				f := complete().without("node", "npm")
				f.brings = map[string][]string{"nodejs": {"node"}, "npm": {"npm"}}
				return f
			}(),
			apt: []string{
				"update -q",
				"-q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends nodejs npm",
			},
		},
		"Node.js from elsewhere without npm is left alone": {
			machine: complete().without("npm"),
			says:    []string{"npm is not"},
			silent:  []string{"apt-get"},
		},
		"Debian's Node.js gets Debian's npm": {
			machine: func() *fake {
				f := complete().without("npm")
				f.versions["dpkg-query --show --showformat=${Maintainer} nodejs"] = "Maintainers <x@alioth-lists.debian.org>"
				f.brings = map[string][]string{"npm": {"npm"}}
				return f
			}(),
			apt: []string{
				"update -q",
				"-q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends npm",
			},
		},
		"an old Node.js is never replaced": {
			machine: func() *fake {
				f := complete()
				f.versions["/usr/bin/node --version"] = "v16.1.0"
				return f
			}(),
			says:   []string{"v16.1.0"},
			silent: []string{"apt-get"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := provide(t.Context(), tt.machine.machine())
			if got, want := strings.Join(tt.machine.aptCalls, "\n"), strings.Join(tt.apt, "\n"); got != want {
				t.Errorf("apt-get was called\n%s\nwant\n%s", got, want)
			}
			if (err == nil) != (len(tt.says) == 0) {
				t.Fatalf("err = %v, want parts %q", err, tt.says)
			}
			for _, part := range tt.says {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("the error lacks %q:\n%v", part, err)
				}
			}
			for _, part := range tt.silent {
				if strings.Contains(err.Error(), part) {
					t.Errorf("the error should not say %q:\n%v", part, err)
				}
			}
		})
	}
}

func TestFindPostgres(t *testing.T) {
	const at = "/usr/lib/postgresql/"
	tests := map[string]struct {
		change func(*fake)
		want   string // folder; empty: an error
	}{
		"the newest":            {func(f *fake) { f.addPostgres("9.6"); f.addPostgres("17") }, at + "17/bin"},
		"the newest complete":   {func(f *fake) { f.addPostgres("17"); f.without("17/bin/pgbench") }, at + "15/bin"},
		"too old":               {func(f *fake) { f.without("postgresql"); f.addPostgres("14") }, ""},
		"the folder has no all": {func(f *fake) { f.without("pg_dump") }, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := complete()
			tt.change(f)
			var got found
			err := findPostgres(f.machine(), &got)
			if got.pgbin != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("got %q, %v; want %q", got.pgbin, err, tt.want)
			}
		})
	}
}

func TestIsDebian(t *testing.T) {
	for text, want := range map[string]bool{
		"NAME=x\nID=debian\n":            true,
		"ID=\"debian\"":                  true,
		"ID=ubuntu\nID_LIKE=debian\n":    false,
		"ID=alpine\nVERSION_ID=debian\n": false,
		"":                               false,
	} {
		if got := isDebian(text); got != want {
			t.Errorf("isDebian(%q) = %v", text, got)
		}
	}
}
