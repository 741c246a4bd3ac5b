package command

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/test/program"
)

// TestDoctor finds what is wrong, and nothing where all is well; it looks only.
func TestDoctor(t *testing.T) {
	sick := map[string]struct {
		harm func(t *testing.T, data string)
		name string // of the check that fails
		says string
	}{
		"keys gone": {name: "keys", says: "key folder is missing or empty", harm: func(t *testing.T, data string) {
			move(t, filepath.Join(data, "keys"))
		}},
		"one key gone": {name: "keys", says: "restore the whole folder", harm: func(t *testing.T, data string) {
			move(t, filepath.Join(data, "keys", "index.key"))
		}},
		"keys open to others": {name: "keys", says: "chmod 700", harm: func(t *testing.T, data string) {
			if err := os.Chmod(filepath.Join(data, "keys"), 0o755); err != nil {
				t.Fatal(err)
			}
		}},
		"files gone": {name: "disk", says: "there is no folder", harm: func(t *testing.T, data string) {
			move(t, filepath.Join(data, "files"))
		}},
		"database gone": {name: "database", says: "There is no database at this place", harm: func(t *testing.T, data string) {
			move(t, filepath.Join(data, "tongban.db"))
		}},
		"clock set back": {name: "clock", says: "behind the newest case", harm: func(t *testing.T, data string) {
			execute(t, "sqlite://"+filepath.Join(data, "tongban.db"),
				`UPDATE cases SET updated_at = $1 WHERE id = (SELECT max(id) FROM cases)`, time.Now().Add(time.Hour).UnixMicro())
		}},
	}
	for name, c := range sick {
		t.Run(name, func(t *testing.T) {
			data := demo(t)
			c.harm(t, data)
			before := content(t, data)
			ill(t, run(t, "doctor", "--data", data), c.name, c.says)
			if after := content(t, data); !maps.Equal(before, after) {
				t.Error("doctor changed the data")
			}
		})
	}
	t.Run("well", func(t *testing.T) {
		data := demo(t)
		well(t, run(t, "doctor", "--data", data))
		serving(t, "demo", "--data", data, "--addr", program.FreeAddr())
		well(t, run(t, "doctor", "--data", data)) // beside the server
		if r := runIn(t, chinese, "doctor", "--data", data); r.code != 0 || !strings.Contains(r.out, "数据库可以连接") {
			t.Errorf("in Chinese: %+v", r)
		}
	})
	t.Run("tables behind", func(t *testing.T) {
		data := demo(t)
		execute(t, "sqlite://"+filepath.Join(data, "tongban.db"), `DELETE FROM db_version WHERE version_id = (SELECT max(version_id) FROM db_version)`)
		r := run(t, "doctor", "--data", data)
		if !regexp.MustCompile(`(?m)^! schema +1 migrations are pending: run tongban migrate$`).MatchString(r.out) {
			t.Errorf("%+v", r)
		}
	})
	t.Run("postgres", func(t *testing.T) {
		for collation, good := range map[string]bool{"C": true, "C.UTF-8": false} {
			conf := config(t, t.TempDir(), fmt.Sprintf("database: %q", database(t, collation)))
			succeeds(t, "import", t.TempDir(), "--config", conf) // makes keys and tables
			if r := run(t, "doctor", "--config", conf); good {
				well(t, r)
			} else {
				ill(t, r, "collation", "collation is C.UTF-8, it has to be C")
			}
		}
	})
}

// ill wants one failure, of the check of that name.
func ill(t *testing.T, r result, name, says string) {
	t.Helper()
	bad := regexp.MustCompile(`(?m)^✗ (\S+) .*$`).FindAllStringSubmatch(r.out, -1)
	if r.code != 1 || len(bad) != 1 || bad[0][1] != name || !strings.Contains(bad[0][0], says) || !strings.Contains(r.errOut, "1 checks failed") {
		t.Errorf("want one failure, %s, that says %q: exit code %d\n%s%s", name, says, r.code, r.out, r.errOut)
	}
}

// well wants every check, and none that fails. How long the calendar reaches and
// how much of the disk is free are the day's and the machine's.
func well(t *testing.T, r result) {
	t.Helper()
	if r.code != 0 || strings.Contains(r.out, "✗") || r.errOut != "" {
		t.Errorf("exit code %d\n%s%s", r.code, r.out, r.errOut)
	}
	for _, name := range []string{"✓ keys", "✓ database", "✓ schema", "✓ collation", "calendar", "✓ clock", "disk"} {
		if !strings.Contains(r.out, name) {
			t.Errorf("doctor did not find %s:\n%s", name, r.out)
		}
	}
}

// content gives the hash of every file, but for what SQLite lays beside a file
// that is read.
func content(t *testing.T, dir string) map[string][32]byte {
	t.Helper()
	all := map[string][32]byte{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasSuffix(path, "-shm") || strings.HasSuffix(path, "-wal") {
			return err
		}
		text, err := os.ReadFile(path)
		all[path] = sha256.Sum256(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// move takes something away.
func move(t *testing.T, path string) {
	t.Helper()
	if err := os.Rename(path, filepath.Join(t.TempDir(), "taken")); err != nil {
		t.Fatal(err)
	}
}

// execute changes the data behind the program's back.
func execute(t *testing.T, database, sql string, args ...any) {
	t.Helper()
	d, err := db.Open(t.Context(), database, db.Options{Now: time.Now})
	if err == nil {
		err = d.Write(t.Context(), "test.harm", func(tx *db.Tx) error {
			tx.Queue(sql, args...)
			return nil
		})
		err = errors.Join(err, d.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// database makes an empty PostgreSQL database with a collation, gone after the
// test.
func database(t *testing.T, collation string) string {
	t.Helper()
	u, err := url.Parse(os.Getenv("TONGBAN_TEST_PG"))
	if err != nil || u.Host == "" {
		t.Fatal("TONGBAN_TEST_PG is not set; run: make test, or go run ./test/env -- go test ./test/command")
	}
	name := fmt.Sprintf("command_%d_%d", os.Getpid(), time.Now().UnixNano())
	ask := func(ctx context.Context, sql string) error {
		conn, err := pgx.Connect(ctx, u.String())
		if err != nil {
			return err
		}
		_, err = conn.Exec(ctx, sql)
		return errors.Join(err, conn.Close(ctx))
	}
	if err := ask(t.Context(), fmt.Sprintf(`CREATE DATABASE %s TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE '%s' LC_CTYPE '%[2]s'`, name, collation)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := ask(context.Background(), `DROP DATABASE `+name+` WITH (FORCE)`); err != nil {
			t.Error(err)
		}
	})
	own := *u
	own.Path = "/" + name
	return own.String()
}
