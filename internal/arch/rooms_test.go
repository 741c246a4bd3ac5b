package arch

import (
	"path"
	"slices"
	"strings"
)

// lines are the rooms from the top of the house to the bottom. A room imports
// rooms of lower lines only. docs/architecture.md draws the same list.
var lines = [][]string{
	{"app"},
	{"web", "api"},
	{"gate"},
	{"assess", "publicity"},
	{"bundle"},
	{"casework"},
	{"licence", "share", "rating", "channel", "replay", "archive", "fee", "deliver", "consult"},
	{"catalog"},
	{"notify"},
	{"identity"},
	{"calendar", "jobs", "audit", "files", "search", "hook"},
	{"db"},
	{"form", "rule", "clock", "sm", "ofd", "ident"},
	{"actor", "errs"},
}

// lineOf is the index of a room's line, -1 for an unknown room.
func lineOf(name string) int {
	return slices.IndexFunc(lines, func(line []string) bool { return slices.Contains(line, name) })
}

// self is this package: it stands beside the house.
const self = "internal/arch"

// arrows: rooms import downwards, faces never reach for the database, helpers
// of tests stay in tests, and the command calls app.
func arrows(t *tree) (findings []string) {
	for _, f := range t.files {
		dir := f.dir()
		if dir == self {
			continue
		}
		from := room(dir)
		if from != "" && lineOf(from) < 0 {
			findings = append(findings, t.finding(f.ast.Package, "room %s is not in the list of rooms", from))
			continue
		}
		for spec, imported := range importsOf(f) {
			target, ours := strings.CutPrefix(imported, module+"/")
			if !ours {
				continue
			}
			to := room(target)
			forTests := f.test || isTestSupport(dir)
			switch {
			case isTestSupport(target) && !forTests && !outside(dir):
				findings = append(findings, t.finding(spec.Pos(), "%s is for tests alone", target))
			case from != "" && to == "":
				if !strings.HasPrefix(target, "sample") || from != "app" && !forTests {
					findings = append(findings, t.finding(spec.Pos(), "room %s imports %s, which is not a room", from, target))
				}
			case from != "" && from != to && lineOf(from) >= lineOf(to):
				findings = append(findings, t.finding(spec.Pos(), "room %s imports %s: arrows point down", from, to))
			case (from == "web" || from == "api") && to == "db" && !forTests:
				findings = append(findings, t.finding(spec.Pos(), "room %s imports db: faces call services", from))
			case strings.HasPrefix(dir, "cmd/") && !slices.Contains([]string{"app", "errs", "actor"}, to) && !f.test:
				findings = append(findings, t.finding(spec.Pos(), "%s imports %s: the command parses its line and calls app", dir, target))
			case strings.HasPrefix(dir, "sample") && to != "" && !f.test:
				findings = append(findings, t.finding(spec.Pos(), "the sample city is data: it imports no room"))
			}
		}
	}
	return findings
}

// isTestSupport: packages whose name ends in “test” help the tests of others,
// like internal/db/dbtest.
func isTestSupport(dir string) bool {
	return strings.HasSuffix(path.Base(dir), "test") && dir != "test"
}

// outside: programs that look at the house from outside.
func outside(dir string) bool {
	return strings.HasPrefix(dir, "test/") || dir == "test" || strings.HasPrefix(dir, "bench")
}

// ruleFiles are the names of files that hold rules in rooms that also have
// services and stores; a name ending in _rules.go counts as well.
var ruleFiles = []string{
	"rules.go", "rule.go", "state.go", "states.go", "regime.go", "regimes.go", "policy.go", "act.go", "kinds.go", "indicator.go",
}

// pureRooms hold rules and nothing else.
var pureRooms = []string{"form", "rule", "clock", "ofd", "ident", "actor", "errs"}

// impure is what rules must not know: they get values and give values.
var impure = []string{"context", "database", "net/http", "os", "os/exec", "os/signal", module + "/internal/db"}

// rulesArePure: same values in, same values out, at any time on any machine.
func rulesArePure(t *tree) (findings []string) {
	for _, f := range t.files {
		if f.test || isTestSupport(f.dir()) || room(f.dir()) == "" {
			continue
		}
		name := path.Base(f.path)
		if !slices.Contains(ruleFiles, name) && !strings.HasSuffix(name, "_rules.go") && !slices.Contains(pureRooms, room(f.dir())) {
			continue
		}
		for spec, imported := range importsOf(f) {
			if slices.Contains(impure, imported) || strings.HasPrefix(imported, "database/") {
				findings = append(findings, t.finding(spec.Pos(), "a file of rules imports %s", imported))
			}
		}
	}
	return findings
}

// emptyNames say nothing about what is inside.
var emptyNames = []string{"util", "utils", "common", "helper", "helpers", "manager", "managers", "types", "misc", "base", "shared", "lib"}

// namesSaySomething: a package is called after what it owns.
func namesSaySomething(t *tree) (findings []string) {
	for _, f := range t.files {
		pkg := strings.TrimSuffix(f.ast.Name.Name, "_test")
		for _, name := range []string{pkg, path.Base(f.dir())} {
			if slices.Contains(emptyNames, name) {
				findings = append(findings, t.finding(f.ast.Package, "a package called %s says nothing", name))
				break
			}
		}
	}
	return findings
}
