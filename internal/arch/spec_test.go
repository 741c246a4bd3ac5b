package arch

import (
	"fmt"
	"go/ast"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// docs/spec.md goes through the regulation article by article. A row says
// what the article asks, where that lives, and which test shows it.

const articles = 38

var (
	// specRow is | 第七条 … | asks | lives | shown by |
	specRow = regexp.MustCompile(`(?m)^\| (第[一二三四五六七八九十]+条)[^|]*\|([^|]*)\|([^|]*)\|([^|]*)\|$`)
	quoted  = regexp.MustCompile("`([^`]+)`")
	// testName is a folder and a test in it: internal/casework.TestSubmit
	testName = regexp.MustCompile(`^((?:internal|test|cmd|sample|bench)(?:/[\w-]+)*)\.((?:Test|Fuzz|Benchmark)\w+)$`)
	// place is a path of this repository.
	place = regexp.MustCompile(`^(?:internal|test|cmd|sample|docs|bench)/[\w./-]+$`)
)

// chinese writes a number up to 99 as the regulation does.
func chinese(n int) string {
	digits := []string{"", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	switch tens, ones := n/10, digits[n%10]; tens {
	case 0:
		return ones
	case 1:
		return "十" + ones
	default:
		return digits[tens] + "十" + ones
	}
}

// specFindings holds the text of spec.md to the tree: every article has its row,
// every row names a place and a test or says why not, and all of them exist.
func specFindings(t *tree, root fs.FS, text string) (findings []string) {
	rows := specRow.FindAllStringSubmatch(text, -1)
	for i := range articles {
		want := "第" + chinese(i+1) + "条"
		if i >= len(rows) || rows[i][1] != want {
			return append(findings, fmt.Sprintf("row %d is not %s", i+1, want))
		}
	}
	if len(rows) != articles {
		findings = append(findings, fmt.Sprintf("%d rows, the regulation has %d articles", len(rows), articles))
	}
	for _, row := range rows {
		lives, shown := strings.TrimSpace(row[3]), strings.TrimSpace(row[4])
		if strings.TrimSpace(row[2]) == "" {
			findings = append(findings, row[1]+" does not say what it asks")
		}
		if !quoted.MatchString(lives) && !excused(lives) {
			findings = append(findings, row[1]+" names no place and does not say “not yet”")
		}
		if !namesTest(shown) && !excused(shown) {
			findings = append(findings, row[1]+" names no test and does not say “not yet”")
		}
	}
	return append(findings, namedFindings(t, root, text)...)
}

// namedFindings: every place and every test that a page names is there.
func namedFindings(t *tree, root fs.FS, text string) (findings []string) {
	tests := testsOf(t)
	for _, m := range quoted.FindAllStringSubmatch(text, -1) {
		switch name := m[1]; {
		case testName.MatchString(name):
			if !tests[name] {
				findings = append(findings, "there is no test "+name)
			}
		case place.MatchString(name):
			if _, err := fs.Stat(root, strings.TrimSuffix(name, "/")); err != nil {
				findings = append(findings, "there is no "+name)
			}
		}
	}
	return findings
}

// excused: what is not there yet, or what no program can do, says so.
func excused(cell string) bool {
	return strings.Contains(cell, "not yet") || strings.Contains(cell, "nothing for a program")
}

func namesTest(cell string) bool {
	for _, m := range quoted.FindAllStringSubmatch(cell, -1) {
		if testName.MatchString(m[1]) {
			return true
		}
	}
	return false
}

// testsOf names every test of the tree as folder.Name.
func testsOf(t *tree) map[string]bool {
	out := map[string]bool{}
	for _, f := range t.files {
		if !f.test {
			continue
		}
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				out[f.dir()+"."+fn.Name.Name] = true
			}
		}
	}
	return out
}

// TestSpec holds docs/spec.md, and what the other pages name, to the repository.
func TestSpec(t *testing.T) {
	root := os.DirFS("../..")
	house, err := load(root)
	if err != nil {
		t.Fatal(err)
	}
	text, err := fs.ReadFile(root, "docs/spec.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range specFindings(house, root, string(text)) {
		t.Error(finding)
	}
	for _, page := range []string{"docs/architecture.md", "docs/security.md"} {
		text, err := fs.ReadFile(root, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, finding := range namedFindings(house, root, string(text)) {
			t.Errorf("%s: %s", page, finding)
		}
	}
}

// TestSpecFindings shows the check what it must find.
func TestSpecFindings(t *testing.T) {
	root := fstest.MapFS{"internal/form/a_test.go": {Data: []byte("package form\nfunc TestA() {}\n")}}
	house, err := load(root)
	if err != nil {
		t.Fatal(err)
	}
	page := func(change func(article int, row string) string) string {
		s := ""
		for i := range articles {
			row := fmt.Sprintf("| 第%s条 x | asks | `internal/form` | `internal/form.TestA` |\n", chinese(i+1))
			s += change(i+1, row)
		}
		return s
	}
	only := func(article int, from, to string) string {
		return page(func(n int, row string) string {
			if n == article {
				return strings.Replace(row, from, to, 1)
			}
			return row
		})
	}
	for name, tt := range map[string]struct {
		text string
		want []string
	}{
		"whole":         {page(func(_ int, row string) string { return row }), nil},
		"missing":       {page(func(n int, row string) string { return strings.Repeat(row, min(1, n%21)) }), []string{"row 21 is not 第二十一条"}},
		"no such test":  {only(7, "TestA", "TestB"), []string{"no test internal/form.TestB"}},
		"no such place": {only(38, "`internal/form`", "`internal/form/b.go`"), []string{"no internal/form/b.go"}},
		"no test":       {only(10, "`internal/form.TestA`", "surely"), []string{"第十条 names no test"}},
		"not yet":       {only(10, "`internal/form.TestA`", "not yet"), nil},
		"asks nothing":  {only(1, "| asks", "| "), []string{"第一条 does not say"}},
	} {
		t.Run(name, func(t *testing.T) { compare(t, specFindings(house, root, tt.text), tt.want) })
	}
}

// link is a relative link of a page.
var link = regexp.MustCompile(`\]\(([^)#:\s]+)(?:#[^)]*)?\)`)

// TestLinks follows every link between the pages of the repository.
func TestLinks(t *testing.T) {
	root := os.DirFS("../..")
	pages, err := fs.Glob(root, "*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"docs/*.md", "docs/*/*.md", "sample/*.md"} {
		more, err := fs.Glob(root, pattern)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, more...)
	}
	for _, page := range pages {
		text, err := fs.ReadFile(root, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := fs.Stat(root, path.Join(path.Dir(page), m[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", page, m[1])
			}
		}
	}
}
