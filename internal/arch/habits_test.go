package arch

import (
	"go/ast"
	"go/build/constraint"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
)

// longest is how many lines a file may have.
const longest = 600

// filesAreShort: a file has one subject.
func filesAreShort(t *tree) (findings []string) {
	for _, f := range t.files {
		if !f.test && !f.generated && f.lines > longest {
			findings = append(findings, t.finding(f.ast.Package, "%d lines; split the file by subject", f.lines))
		}
	}
	return findings
}

// roomsAreDescribed: every package says what it owns and what it never does.
func roomsAreDescribed(t *tree) (findings []string) {
	first := map[string]*file{}
	described := map[string]bool{}
	for _, f := range t.files {
		if f.test {
			continue
		}
		if first[f.dir()] == nil {
			first[f.dir()] = f
		}
		if f.ast.Doc != nil {
			described[f.dir()] = true
		}
	}
	for dir, f := range first {
		if !described[dir] {
			findings = append(findings, t.finding(f.ast.Package, "no file of %s says what the package is for", dir))
		}
	}
	return findings
}

// clockReaders may ask the machine for the time. app hands the time to every
// other room; what measures how long something took is listed with its reason,
// and an entry that nobody needs any more is a finding too.
var clockReaders = map[string]string{
	"internal/app":            "the one place that hands out the time",
	"internal/gate":           "measures how long a request took",
	"internal/db/id.go":       "measures how long the number of this node is certainly ours",
	"internal/db/lease.go":    "measures how long the lead is certainly ours",
	"internal/db/dbtest":      "makes clocks for tests",
	"internal/jobs/runner.go": "measures how long a job took",
}

// timeComesFromApp: what an act does depends on the instant it was given, so
// that it can be repeated, moved and tested.
func timeComesFromApp(t *tree) (findings []string) {
	return timeReaders(t, clockReaders)
}

func timeReaders(t *tree, allowed map[string]string) (findings []string) {
	used := map[string]bool{}
	for _, f := range t.files {
		if f.test || outside(f.dir()) {
			continue
		}
		key := ""
		for k := range allowed {
			if f.path == k || strings.HasPrefix(f.path, k+"/") {
				key = k
			}
		}
		uses(f, "time", func(at token.Pos, name string) {
			if key == "" {
				findings = append(findings, t.finding(at, "time.%s: take the time as a parameter or from Tx.Now", name))
			}
			used[key] = true
		}, "Now", "Since", "Until")
	}
	for k := range allowed {
		// A whole room may get its first clock later; a file is exact.
		if strings.HasSuffix(k, ".go") && !used[k] {
			findings = append(findings, k+": no longer reads the clock; take it off the list")
		}
	}
	return findings
}

// testTypes are the handles by which a test can skip itself.
var testTypes = []string{"T", "B", "F", "TB"}

// nothingIsSkipped: a test that does not run looks like one that passed. Build
// constraints in tests may choose an operating system, nothing else.
func nothingIsSkipped(t *tree) (findings []string) {
	for _, f := range t.files {
		handles := testHandles(f)
		ast.Inspect(f.ast, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok || !strings.HasPrefix(sel.Sel.Name, "Skip") {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && slices.Contains(handles, x.Name) {
				findings = append(findings, t.finding(sel.Pos(), "%s.%s: a test runs or fails", x.Name, sel.Sel.Name))
			}
			return true
		})
		uses(f, "testing", func(at token.Pos, name string) {
			findings = append(findings, t.finding(at, "testing.%s: there is one way to run the tests", name))
		}, "Short")
		if !f.test {
			continue
		}
		for _, group := range f.ast.Comments {
			for _, c := range group.List {
				if expr, err := constraint.Parse(c.Text); err == nil && !onlySystems(expr) {
					findings = append(findings, t.finding(c.Pos(), "%s hides tests", c.Text))
				}
			}
		}
	}
	return findings
}

// testHandles are the names that a file gives to values of testing types, in
// parameters and variables.
func testHandles(f *file) []string {
	pkg := nameOf(f, "testing")
	if pkg == "" {
		return nil
	}
	var names []string
	ast.Inspect(f.ast, func(n ast.Node) bool {
		field, ok := n.(*ast.Field)
		if !ok {
			return true
		}
		typ := field.Type
		if star, ok := typ.(*ast.StarExpr); ok {
			typ = star.X
		}
		sel, ok := typ.(*ast.SelectorExpr)
		if !ok || !slices.Contains(testTypes, sel.Sel.Name) {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); !ok || x.Name != pkg {
			return true
		}
		for _, name := range field.Names {
			names = append(names, name.Name)
		}
		return true
	})
	return names
}

// onlySystems tells whether a build constraint names operating systems alone.
func onlySystems(expr constraint.Expr) bool {
	systems := []string{"linux", "darwin", "windows", "unix", "freebsd"}
	switch e := expr.(type) {
	case *constraint.TagExpr:
		return slices.Contains(systems, e.Tag)
	case *constraint.NotExpr:
		return onlySystems(e.X)
	case *constraint.AndExpr:
		return onlySystems(e.X) && onlySystems(e.Y)
	case *constraint.OrExpr:
		return onlySystems(e.X) && onlySystems(e.Y)
	}
	return false
}

// The forms that remarks to readers and tools must have.
var (
	promise  = regexp.MustCompile(`\b(TODO|FIXME|XXX|HACK)\b`)
	numbered = regexp.MustCompile(`\bTODO\(#\d+\)`)
	silencer = regexp.MustCompile(`^//(nolint|lint:ignore|lint:file-ignore)\b`)
	reasoned = regexp.MustCompile(`^//(nolint:\S+ // \S.*|lint:(file-)?ignore \S+ \S.*)$`)
)

// remarksCarryReasons: what is left for later has an issue, what silences a
// tool says why.
func remarksCarryReasons(t *tree) (findings []string) {
	for _, f := range t.files {
		if f.dir() == self {
			continue // the words stand here as examples
		}
		for _, group := range f.ast.Comments {
			for _, c := range group.List {
				if promise.MatchString(c.Text) && !numbered.MatchString(c.Text) {
					findings = append(findings, t.finding(c.Pos(), "what is left for later reads TODO(#issue)"))
				}
				if silencer.MatchString(c.Text) && !reasoned.MatchString(c.Text) {
					findings = append(findings, t.finding(c.Pos(), "what silences a tool says why"))
				}
			}
		}
	}
	return findings
}

// nothingRunsByItself: a package does nothing before main calls it.
func nothingRunsByItself(t *tree) (findings []string) {
	for _, f := range t.files {
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				findings = append(findings, t.finding(fn.Pos(), "%s has an init function", path.Base(f.path)))
			}
		}
	}
	return findings
}
