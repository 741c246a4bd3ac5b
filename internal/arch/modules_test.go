package arch

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

// listed finds the names in the first column of docs/adr/dependencies.md.
var listed = regexp.MustCompile("(?m)^\\| `([^`]+)` \\|.*\\|.*\\|.*\\|$")

// unlisted gives every module that the source imports and the list does not
// name, once, with the first place that imports it.
func unlisted(t *tree, modules []string, list map[string]bool) (findings []string) {
	told := map[string]bool{}
	for _, f := range t.files {
		for spec, imported := range importsOf(f) {
			first, _, _ := strings.Cut(imported, "/")
			if !strings.Contains(first, ".") || imported == module || strings.HasPrefix(imported, module+"/") {
				continue
			}
			owner := ""
			for _, m := range modules {
				if (imported == m || strings.HasPrefix(imported, m+"/")) && len(m) > len(owner) {
					owner = m
				}
			}
			switch {
			case owner == "":
				findings = append(findings, t.finding(spec.Pos(), "%s is in no module of go.mod", imported))
			case !list[owner] && !told[owner]:
				told[owner] = true
				findings = append(findings, t.finding(spec.Pos(), "module %s has no line in docs/adr/dependencies.md", owner))
			}
		}
	}
	return findings
}

// required reads the modules that a go.mod or tools.mod names.
func required(t *testing.T, path string) (modules []string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := modfile.Parse(path, text, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range parsed.Require {
		modules = append(modules, r.Mod.Path)
	}
	return modules
}

// TestModules: whatever we lean on has its line, and no line is left over from
// something that is gone.
func TestModules(t *testing.T) {
	text, err := os.ReadFile("../../docs/adr/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]bool{}
	for _, m := range listed.FindAllStringSubmatch(string(text), -1) {
		list[m[1]] = true
	}
	house, err := load(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	modules := required(t, "../../go.mod")
	for _, finding := range unlisted(house, modules, list) {
		t.Error(finding)
	}

	known := map[string]bool{}
	for _, m := range append(modules, required(t, "../../tools.mod")...) {
		known[m] = true
	}
	manifest, err := os.ReadFile("../../test/package.json")
	if err != nil {
		t.Fatal(err)
	}
	var npm struct {
		DevDependencies map[string]string `json:"devDependencies"`
	}
	if err := json.Unmarshal(manifest, &npm); err != nil {
		t.Fatal(err)
	}
	for name := range npm.DevDependencies {
		known[name] = true
		if !list[name] {
			t.Errorf("npm package %s has no line in docs/adr/dependencies.md", name)
		}
	}
	for name := range list {
		if !known[name] {
			t.Errorf("docs/adr/dependencies.md names %s, which nothing requires", name)
		}
	}
}

// TestUnlisted shows the check a module without a line.
func TestUnlisted(t *testing.T) {
	house := plant(t, map[string]string{
		"a.go": "package a\nimport (\n\"fmt\"\n\"example.org/x/y/z\"\n\"example.org/q\"\n\"" + module + "/internal/db\"\n)",
		"b.go": "package a\nimport \"example.org/none/b\"",
	})
	got := unlisted(house, []string{"example.org/x", "example.org/x/y", "example.org/q"}, map[string]bool{"example.org/x": true, "example.org/q": true})
	compare(t, got, []string{"a.go:4: module example.org/x/y has no line", "b.go:2: example.org/none/b is in no module"})
}
