package journey

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// typed are the numbers that the journeys themselves type.
var typed = []string{"13900001234", "13900004321", "13900002222", "13900003333", "13900005555", "13900006666", "13900007777", "13900008888",
	"13900008889", olderPerson, "6222000000000000001"}

// numbers are the ID numbers and phones of the sample persons, and those typed.
func numbers(t *testing.T) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(program.root, "sample", "persons.yaml"))
	must(t, err)
	var persons []struct {
		IDNumber string `yaml:"idNumber"`
		Phone    string `yaml:"phone"`
	}
	must(t, yaml.Unmarshal(b, &persons))
	out := append([]string(nil), typed...)
	for _, p := range persons {
		if len(p.IDNumber) != 18 || len(p.Phone) != 11 {
			t.Fatalf("persons.yaml: %q and %q are no ID number and phone", p.IDNumber, p.Phone)
		}
		out = append(out, p.IDNumber, p.Phone)
	}
	if len(out) < 20 {
		t.Fatalf("only %d numbers to look for", len(out))
	}
	return out
}

// sealed holds that none of the numbers stands in clear in what the program
// leaves on disk: database, its log, files, spool, what it printed.
func sealed(t *testing.T, c *city) {
	all := numbers(t)
	searched := 0
	search := func(name string, content []byte) {
		searched += len(content)
		for _, n := range all {
			if i := bytes.Index(content, []byte(n)); i >= 0 {
				t.Errorf("%s holds %s in clear: …%q…", name, n, content[max(0, i-60):min(len(content), i+60)])
			}
		}
	}
	must(t, filepath.WalkDir(filepath.Dir(c.dir), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		if d.Name() == "courier-sandbox.json" { // the courier's own list: he has to know where to go
			return nil
		}
		b, err := os.ReadFile(path)
		search(path, b)
		return err
	}))
	printed := c.printed()
	if n := strings.Count(printed, "msg=request"); n < 200 {
		t.Errorf("the program wrote down only %d requests", n)
	}
	search("what the program printed", []byte(printed))
	if c.database != "" {
		dump, err := exec.CommandContext(t.Context(), filepath.Join(os.Getenv("TONGBAN_TEST_PGBIN"), "pg_dump"), "--inserts", "--dbname", c.database).Output()
		must(t, err)
		if !bytes.Contains(dump, []byte("INSERT INTO")) {
			t.Error("the dump has no rows")
		}
		search("pg_dump", dump)
	}
	if searched < 1<<20 {
		t.Errorf("only %d bytes were searched", searched)
	}
}

// sound proves the audit log, beside the running program and after it.
func sound(t *testing.T, c *city) {
	out, err := c.tongban(t, "audit", "verify", "--config", c.config(t))
	if err != nil {
		t.Errorf("audit verify: %v\n%s", err, out)
	}
}
