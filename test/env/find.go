package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// program is the check for a program in PATH.
func program(name string) func(machine, *found) error {
	return func(m machine, _ *found) error {
		if _, err := m.look(name); err != nil {
			return errors.New("not in PATH")
		}
		return nil
	}
}

// findRunuser is asked of root alone: others start programs as themselves.
func findRunuser(m machine, f *found) error {
	if !m.root {
		return nil
	}
	return program("runuser")(m, f)
}

// postgresPrograms are those that tests call; one folder must have them all.
func postgresPrograms() []string {
	return []string{"initdb", "postgres", "pg_ctl", "pg_isready", "pg_dump", "psql", "pgbench"}
}

// findPostgres takes the newest complete installation: Debian's folders by
// version, then the folder that pg_config names.
func findPostgres(m machine, f *found) error {
	dirs := m.glob("/usr/lib/postgresql/*/bin")
	slices.SortFunc(dirs, func(a, b string) int { return folderVersion(b) - folderVersion(a) })
	dirs = slices.DeleteFunc(dirs, func(dir string) bool { return folderVersion(dir) < oldestPostgres })
	if out, err := m.output("pg_config", "--bindir"); err == nil && out != "" && !slices.Contains(dirs, out) {
		if v, err := m.output(filepath.Join(out, "postgres"), "--version"); err == nil && firstNumber(v) >= oldestPostgres {
			dirs = append(dirs, out)
		}
	}
	problem := errors.New("no server of that version found")
	for _, dir := range dirs {
		lacking := slices.DeleteFunc(postgresPrograms(), func(name string) bool {
			return len(m.glob(filepath.Join(dir, name))) == 1
		})
		if len(lacking) == 0 {
			f.pgbin = dir
			return nil
		}
		problem = fmt.Errorf("%s has no %s", dir, strings.Join(lacking, ", "))
	}
	return problem
}

// folderVersion is 15 for /usr/lib/postgresql/15/bin.
func folderVersion(dir string) int {
	return firstNumber(filepath.Base(filepath.Dir(dir)))
}

// firstNumber is the first run of digits in s, 0 without one.
func firstNumber(s string) int {
	start := strings.IndexAny(s, "0123456789")
	if start < 0 {
		return 0
	}
	s = s[start:]
	if end := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
		s = s[:end]
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

func findChromium(m machine, f *found) error {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome-stable", "google-chrome"} {
		if path, err := m.look(name); err == nil {
			f.chromium = path
			return nil
		}
	}
	return errors.New("not in PATH")
}

// findNode wants Node.js and its npm, from wherever they came.
func findNode(m machine, _ *found) error {
	node, err := m.look("node")
	if err != nil {
		return errors.New("node is not in PATH")
	}
	version, err := m.output(node, "--version")
	if err != nil {
		return fmt.Errorf("%s --version: %w", node, err)
	}
	if firstNumber(version) < oldestNode {
		return fmt.Errorf("%s is %s; bring in a newer one, or take it out of PATH", node, version)
	}
	if _, err := m.look("npm"); err != nil {
		return fmt.Errorf("%s is there, npm is not", node)
	}
	return nil
}

// nodePackages never puts Debian's Node.js beside or over one that the
// machine already has from elsewhere: npm from Debian would bring it along.
func nodePackages(m machine) []string {
	node, err := m.look("node")
	if err != nil {
		return []string{"nodejs", "npm"}
	}
	version, err := m.output(node, "--version")
	if err != nil || firstNumber(version) < oldestNode {
		return nil
	}
	origin, err := m.output("dpkg-query", "--show", "--showformat=${Maintainer}", "nodejs")
	if err == nil && node == "/usr/bin/node" && strings.Contains(origin, "debian.org") {
		return []string{"npm"}
	}
	return nil
}

// findFont prefers fonts with TrueType outlines (glyf), which documents can
// embed, to those with CFF outlines.
func findFont(m machine, f *found) error {
	for _, pattern := range []string{
		"/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
		"/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
		"/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
		"/usr/share/fonts/truetype/arphic/*.ttc",
		"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
	} {
		if paths := m.glob(pattern); len(paths) > 0 {
			f.font = paths[0]
			return nil
		}
	}
	out, err := m.output("fc-list", ":lang=zh-cn", "--format=%{file}\n")
	if err == nil && out != "" {
		f.font, _, _ = strings.Cut(out, "\n")
		return nil
	}
	return errors.New("none found")
}
