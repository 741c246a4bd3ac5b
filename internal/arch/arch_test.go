package arch

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// laws are all that the source is held to.
var laws = map[string]func(*tree) []string{
	"arrows point down":      arrows,
	"rules are pure":         rulesArePure,
	"names say something":    namesSaySomething,
	"files are short":        filesAreShort,
	"rooms are described":    roomsAreDescribed,
	"time comes from app":    timeComesFromApp,
	"nothing is skipped":     nothingIsSkipped,
	"remarks carry reasons":  remarksCarryReasons,
	"nothing runs by itself": nothingRunsByItself,
}

// TestHouse holds the repository to every law.
func TestHouse(t *testing.T) {
	house, err := load(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	// The tree is the real one, not an empty folder.
	for _, want := range []string{"internal/errs/errs.go", "internal/db/db.go", "internal/arch/doc.go"} {
		if !slices.ContainsFunc(house.files, func(f *file) bool { return f.path == want }) {
			t.Fatalf("%s was not read", want)
		}
	}
	for name, law := range laws {
		t.Run(name, func(t *testing.T) {
			for _, finding := range law(house) {
				t.Error(finding)
			}
		})
	}
}

// TestLaws shows each law what it forbids and what it allows.
func TestLaws(t *testing.T) {
	imports := func(pkg string, paths ...string) string {
		return "// Package p.\npackage " + pkg + "\nimport (\n\"" + strings.Join(paths, "\"\n\"") + "\"\n)\n"
	}
	in := func(room string) string { return module + "/internal/" + room }
	tests := map[string]struct {
		law   string
		files map[string]string
		want  []string // a part of each finding; none: all is well
	}{
		"down":            {"arrows point down", map[string]string{"internal/casework/a.go": imports("casework", in("licence"), in("db"), in("errs"))}, nil},
		"up":              {"arrows point down", map[string]string{"internal/db/a.go": imports("db", in("identity"))}, []string{"internal/db/a.go:4: room db imports identity"}},
		"sideways":        {"arrows point down", map[string]string{"internal/share/a.go": imports("share", in("licence"))}, []string{"share imports licence"}},
		"up in a test":    {"arrows point down", map[string]string{"internal/form/a_test.go": imports("form_test", in("catalog"))}, []string{"form imports catalog"}},
		"within a room":   {"arrows point down", map[string]string{"internal/web/desk/a.go": imports("desk", in("web"))}, nil},
		"unknown room":    {"arrows point down", map[string]string{"internal/attic/a.go": imports("attic", "fmt")}, []string{"attic is not in the list"}},
		"to unknown room": {"arrows point down", map[string]string{"internal/form/a.go": imports("form", in("attic"))}, []string{"form imports attic"}},
		"face to db":      {"arrows point down", map[string]string{"internal/api/a.go": imports("api", in("db"))}, []string{"faces call services"}},
		"face's test":     {"arrows point down", map[string]string{"internal/api/a_test.go": imports("api", in("db/dbtest"))}, nil},
		"dbtest at work":  {"arrows point down", map[string]string{"internal/jobs/a.go": imports("jobs", in("db/dbtest"))}, []string{"for tests alone"}},
		"command":         {"arrows point down", map[string]string{"cmd/tongban/a.go": imports("main", in("app"))}, nil},
		"busy command":    {"arrows point down", map[string]string{"cmd/tongban/a.go": imports("main", in("casework"))}, []string{"calls app"}},
		"room to command": {"arrows point down", map[string]string{"internal/db/a.go": imports("db", module+"/cmd/tongban")}, []string{"not a room"}},

		"rules read a file":    {"rules are pure", map[string]string{"internal/casework/state.go": imports("casework", "os")}, []string{"imports os"}},
		"rules take a context": {"rules are pure", map[string]string{"internal/rating/invite_rules.go": imports("rating", "context")}, []string{"imports context"}},
		"rules ask SQL":        {"rules are pure", map[string]string{"internal/clock/reckon.go": imports("clock", "database/sql")}, []string{"database/sql"}},
		"rules ask db":         {"rules are pure", map[string]string{"internal/casework/regime.go": imports("casework", in("db"))}, []string{"internal/db"}},
		"services may":         {"rules are pure", map[string]string{"internal/casework/service.go": imports("casework", "context", in("db"))}, nil},
		"pure":                 {"rules are pure", map[string]string{"internal/clock/reckon.go": imports("clock", "time")}, nil},

		"folder util":   {"names say something", map[string]string{"internal/util/a.go": "package text"}, []string{"called util"}},
		"package types": {"names say something", map[string]string{"internal/db/t/a.go": "package types"}, []string{"called types"}},
		"a name":        {"names say something", map[string]string{"internal/form/a.go": "package form"}, nil},

		"long":           {"files are short", map[string]string{"internal/form/a.go": "package form\n" + strings.Repeat("\n", longest)}, []string{"601 lines"}},
		"just right":     {"files are short", map[string]string{"internal/form/a.go": "package form\n" + strings.Repeat("\n", longest-1)}, nil},
		"long test":      {"files are short", map[string]string{"internal/form/a_test.go": "package form\n" + strings.Repeat("\n", longest)}, nil},
		"long generated": {"files are short", map[string]string{"internal/form/a.go": "// Code generated by x. DO NOT EDIT.\n\npackage form\n" + strings.Repeat("\n", longest)}, nil},

		"silent room":    {"rooms are described", map[string]string{"internal/form/a.go": "package form", "internal/form/b.go": "package form"}, []string{"what the package is for"}},
		"described room": {"rooms are described", map[string]string{"internal/form/a.go": "package form", "internal/form/doc.go": "// Package form.\npackage form"}, nil},

		"skips": {"nothing is skipped", map[string]string{"internal/form/a_test.go": "package form\nimport \"testing\"\n" +
			"func TestA(t *testing.T) { t.Skip() }\nfunc FuzzB(f *testing.F) { f.SkipNow() }\nfunc help(tb testing.TB) { tb.Skipf(\"\") }"},
			[]string{"a_test.go:3: t.Skip", "a_test.go:4: f.SkipNow", "a_test.go:5: tb.Skipf"}},
		"another Skip": {"nothing is skipped", map[string]string{"internal/form/a_test.go": "package form\nimport (\n\"encoding/xml\"\n\"testing\"\n)\n" +
			"func TestA(t *testing.T) { var d *xml.Decoder; d.Skip() }"}, nil},
		"short":       {"nothing is skipped", map[string]string{"internal/form/a_test.go": "package form\nimport \"testing\"\nvar x = testing.Short()"}, []string{"testing.Short"}},
		"hidden":      {"nothing is skipped", map[string]string{"test/a_test.go": "//go:build slow\n\npackage test"}, []string{"hides tests"}},
		"one system":  {"nothing is skipped", map[string]string{"test/a_test.go": "//go:build linux && !windows\n\npackage test"}, nil},
		"hidden code": {"nothing is skipped", map[string]string{"internal/db/a.go": "//go:build race\n\npackage db"}, nil},

		"promise":             {"remarks carry reasons", map[string]string{"internal/form/a.go": "package form\n\n// TODO later"}, []string{"a.go:3: what is left"}},
		"numbered promise":    {"remarks carry reasons", map[string]string{"internal/form/a.go": "package form\n\n// TODO(#12) later"}, nil},
		"silenced":            {"remarks carry reasons", map[string]string{"internal/form/a.go": "package form\n\n//lint:ignore SA1000"}, []string{"says why"}},
		"silenced, a reason":  {"remarks carry reasons", map[string]string{"internal/form/a.go": "package form\n\n//lint:ignore SA1000 the law says so"}, nil},
		"nolint":              {"remarks carry reasons", map[string]string{"internal/form/a.go": "package form\n\n//nolint:errcheck"}, []string{"says why"}},
		"runs by itself":      {"nothing runs by itself", map[string]string{"internal/form/a.go": "package form\nfunc init() {}"}, []string{"a.go:2"}},
		"a method named init": {"nothing runs by itself", map[string]string{"internal/form/a.go": "package form\ntype x int\nfunc (x) init() {}"}, nil},
	}
	for name, tt := range tests {
		t.Run(tt.law+"/"+name, func(t *testing.T) {
			compare(t, laws[tt.law](plant(t, tt.files)), tt.want)
		})
	}
}

// TestTimeReaders gives the law of time a list of its own.
func TestTimeReaders(t *testing.T) {
	reads := "package p\nimport clock \"time\"\nvar a = clock.Now\nvar b = clock.Since"
	house := plant(t, map[string]string{
		"internal/app/a.go":         reads,
		"internal/form/a.go":        reads,
		"internal/form/a_test.go":   reads,
		"internal/db/lease.go":      reads,
		"internal/db/lease_more.go": "package p\nimport \"time\"\nvar a = time.Until",
		"test/journey/a.go":         reads,
	})
	got := timeReaders(house, map[string]string{"internal/app": "x", "internal/db/lease.go": "x", "internal/db/id.go": "x"})
	compare(t, got, []string{
		"internal/form/a.go:3: time.Now", "internal/form/a.go:4: time.Since",
		"internal/db/lease_more.go:3: time.Until", "internal/db/id.go: no longer reads",
	})
}

// plant makes a tree of a few files.
func plant(t *testing.T, files map[string]string) *tree {
	t.Helper()
	root := fstest.MapFS{}
	for p, text := range files {
		root[p] = &fstest.MapFile{Data: []byte(text)}
	}
	house, err := load(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(house.files) != len(files) {
		t.Fatalf("%d of %d files were read", len(house.files), len(files))
	}
	return house
}

// compare wants as many findings as parts, each part in one of them.
func compare(t *testing.T, findings, parts []string) {
	t.Helper()
	if len(findings) != len(parts) {
		t.Errorf("findings %q, want %q", findings, parts)
	}
	for _, part := range parts {
		if !slices.ContainsFunc(findings, func(f string) bool { return strings.Contains(f, part) }) {
			t.Errorf("no finding says %q: %q", part, findings)
		}
	}
}
