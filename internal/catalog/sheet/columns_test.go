package sheet

import (
	goflag "flag" // the package has a func flag
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = goflag.Bool("update", false, "rewrite golden files")

// TestColumnsListed: docs/catalogue.md lists the sheets and tables with the
// columns that they have.
func TestColumnsListed(t *testing.T) {
	page := filepath.Join("..", "..", "..", "docs", "catalogue.md")
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	want := string(text)
	for mark, list := range map[string]string{"sheets": sheetsListed(), "tables": tablesListed()} {
		head, rest, ok1 := strings.Cut(want, "<!-- "+mark+" -->\n")
		_, tail, ok2 := strings.Cut(rest, "<!-- /"+mark+" -->")
		if !ok1 || !ok2 {
			t.Fatalf("the marks around the %s are gone", mark)
		}
		want = head + "<!-- " + mark + " -->\n" + list + "<!-- /" + mark + " -->" + tail
	}
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if string(text) != want {
		t.Error("docs/catalogue.md lists other columns; make docs writes them")
	}
}

func sheetsListed() string {
	var b strings.Builder
	b.WriteString("| sheet | columns |\n|---|---|\n")
	for _, p := range parts() {
		heads, _, need := p.columns()
		for i := range heads {
			if need[i] {
				heads[i] += "*"
			}
		}
		b.WriteString("| " + p.title() + " | " + strings.Join(heads, "、") + " |\n")
	}
	return b.String()
}

func tablesListed() string {
	var b strings.Builder
	b.WriteString("| table | fields |\n|---|---|\n")
	for _, x := range exchangeTables {
		n := x.names()
		b.WriteString("| `" + n[0] + "`, `" + n[1] + "` | " + strings.Join(x.fields(), ", ") + " |\n")
	}
	return b.String()
}
