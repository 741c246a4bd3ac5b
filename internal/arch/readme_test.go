package arch

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	fence   = regexp.MustCompile("(?s)```sh\n(.*?)```")
	demoRow = regexp.MustCompile("(?m)^\\| [^|]+\\| ((?:`[a-z0-9-]+`[,、 ]*)+) \\| `/")
)

// TestReadme: both languages give the same commands, links and accounts, and
// the accounts are those of the sample city.
func TestReadme(t *testing.T) {
	root := os.DirFS("../..")
	read := func(name string) string {
		t.Helper()
		text, err := fs.ReadFile(root, name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	parts := func(text string, re *regexp.Regexp) (out []string) {
		for _, m := range re.FindAllStringSubmatch(text, -1) {
			out = append(out, m[1])
		}
		return out
	}
	logins := func(text string) (out []string) {
		for _, cell := range parts(text, demoRow) {
			out = append(out, parts(cell, quoted)...)
		}
		return out
	}
	en, zh := read("README.md"), read("README.zh-CN.md")
	for what, re := range map[string]*regexp.Regexp{"commands": fence, "links": link} {
		a, b := parts(en, re), parts(zh, re)
		a = slices.DeleteFunc(a, func(s string) bool { return strings.HasPrefix(s, "README") })
		b = slices.DeleteFunc(b, func(s string) bool { return strings.HasPrefix(s, "README") })
		if len(a) == 0 || !slices.Equal(a, b) {
			t.Errorf("%s differ: %q and %q", what, a, b)
		}
	}
	names := logins(en)
	if len(names) < 8 || !slices.Equal(names, logins(zh)) {
		t.Errorf("accounts differ: %q and %q", names, logins(zh))
	}
	accounts := read("sample/persons.yaml") + read("sample/staff.yaml")
	for _, name := range names {
		if !strings.Contains(accounts, "login: "+name+",") {
			t.Errorf("the sample city has no account %s", name)
		}
	}
}
