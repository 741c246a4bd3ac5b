package app

import (
	"errors"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/sample"
)

// newPlatform is a platform with units and nobody in it.
func newPlatform(t *testing.T, engine db.Engine) Config {
	t.Helper()
	dir := t.TempDir()
	c, err := Config{Database: dbtest.Empty(t, engine), Keys: filepath.Join(dir, "keys"), Files: filepath.Join(dir, "files"), LogLevel: "error"}.complete()
	if err != nil {
		t.Fatal(err)
	}
	f, err := ReadFolder(sample.City)
	if err != nil {
		t.Fatal(err)
	}
	r := opened(t, c)
	if _, err := r.Identity.Import(t.Context(), actor.Platform(), identity.Batch{Divisions: f.Divisions, Units: f.Units}); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return c
}

func opened(t *testing.T, c Config) *Rooms {
	t.Helper()
	r, err := Open(t.Context(), c, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// served is the platform as a running server has it open, with its socket.
func served(t *testing.T, c Config) *Rooms {
	t.Helper()
	r := opened(t, c)
	stop, err := r.serveControl()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(stop(), r.Close()); err != nil {
			t.Error(err)
		}
	})
	return r
}

// TestFirstAdministrators makes the three on an empty platform, before it
// serves and while it does, and logs in as each.
func TestFirstAdministrators(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			ctx, c := t.Context(), newPlatform(t, engine)
			first, err := CreateStaff(ctx, c, NewStaff{Login: "sys-a", Name: "系统甲", Unit: "wx-spj", Role: actor.SystemAdmin})
			if err != nil {
				t.Fatal(err)
			}
			r := served(t, c)
			second, err := CreateStaff(ctx, c, NewStaff{Login: "sec-b", Name: "安全乙", Unit: "wx-spj", Role: actor.SecurityAdmin})
			if err != nil {
				t.Fatal(err)
			}
			for login, s := range map[string]Secrets{"sys-a": first, "sec-b": second} {
				st, err := r.Identity.LoginStaff(ctx, login, s.Password, code(t, s), "")
				if err != nil || len(st.Grants) != 1 || !st.MustChange {
					t.Fatalf("%s: %+v, %v", login, st, err)
				}
			}
			again, err := ResetStaff(ctx, c, "sys-a")
			if err != nil || again.Password == first.Password || again.OTPURL == first.OTPURL {
				t.Fatal(err)
			}
			if _, err := r.Identity.LoginStaff(ctx, "sys-a", first.Password, code(t, first), ""); !errors.Is(err, identity.ErrLogin) {
				t.Errorf("the old credentials: %v", err)
			}
			for want, in := range map[string]NewStaff{
				"login-taken": {Login: "sys-a", Name: "系统甲", Unit: "wx-spj"},
				"role":        {Login: "decider", Name: "决定丙", Unit: "wx-spj", Role: actor.Decider},
				"unit":        {Login: "nobody", Name: "某丁", Unit: "nowhere", Role: actor.AuditAdmin},
			} {
				_, err := CreateStaff(ctx, c, in)
				if e := errs.Of(err); err == nil || e.Code != want && !strings.Contains(e.EN+fieldPaths(e), want) {
					t.Errorf("%s: %v", want, err)
				}
			}
			if _, err := ResetStaff(ctx, c, "nobody"); errs.Of(err).Code != identity.ErrNoAccount.Code {
				t.Errorf("reset of nobody: %v", err)
			}
		})
	}
}

func fieldPaths(e *errs.Error) string {
	s := ""
	for _, f := range e.Fields {
		s += " " + f.Path
	}
	return s
}

func code(t *testing.T, s Secrets) string {
	t.Helper()
	u, err := url.Parse(s.OTPURL)
	if err != nil {
		t.Fatal(err)
	}
	c, err := totp.GenerateCode(u.Query().Get("secret"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestControl_in_a_deep_folder: a path that is too long for a socket's name
// changes nothing.
func TestControl_in_a_deep_folder(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	c := newPlatform(t, db.SQLite)
	deep := filepath.Join(t.TempDir(), strings.Repeat("很深", 20), strings.Repeat("d", 80))
	if err := os.MkdirAll(deep, 0o700); err != nil {
		t.Fatal(err)
	}
	file := strings.TrimPrefix(c.Database, "sqlite://")
	if err := os.Rename(file, filepath.Join(deep, "tongban.db")); err != nil {
		t.Fatal(err)
	}
	c.Database = "sqlite://" + filepath.Join(deep, "tongban.db")
	r := served(t, c)
	// The data are the server's: whoever is not heard by it is refused.
	if _, err := CreateStaff(t.Context(), c, NewStaff{Login: "deep", Name: "深处", Unit: "wx-spj"}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Identity.StaffByLogin(t.Context(), "deep"); err != nil {
		t.Error(err)
	}
	info, err := os.Stat(c.controlPath())
	if err != nil || info.Mode().Type() != os.ModeSocket || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket: %v, %v", info, err)
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("left in the temporary folder: %v, %v", left, err)
	}
}

// TestImportCalendar publishes a year while the platform serves.
func TestImportCalendar(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			ctx, c := t.Context(), newPlatform(t, engine)
			r := served(t, c)
			file := filepath.Join(t.TempDir(), "2027.json")
			write := func(text string) {
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			write(`{"year": 2027, "source": "a test", "off": [{"date": "2027-01-04", "name": "元旦"}], "work": []}`)
			edition, err := ImportCalendar(ctx, c, file)
			if err != nil || !strings.HasSuffix(edition, ".2") {
				t.Fatalf("%q, %v", edition, err)
			}
			cal, err := r.Calendar.Edition(ctx, edition)
			if day := clock.DateFrom(2027, time.January, 4); err != nil || cal.Working(day) || !cal.Covers(day) {
				t.Errorf("%+v, %v", cal.Day(day), err)
			}
			if same, err := ImportCalendar(ctx, c, file); err != nil || same != edition {
				t.Errorf("the same again: %q, %v", same, err)
			}
			write(`{"year": 2027, "source": "a test", "off": []}`)
			if _, err := ImportCalendar(ctx, c, file); errs.Of(err).Code != "calendar-invalid" {
				t.Errorf("a notice without a day off: %v", err)
			}
		})
	}
}

// TestBackup copies a platform while it serves, goes on, and opens the copy:
// the state of the instant, whole, with an audit log that verifies.
func TestBackup(t *testing.T) {
	ctx, c := t.Context(), newPlatform(t, db.SQLite)
	r := served(t, c)
	create := func(login string) {
		t.Helper()
		if _, err := CreateStaff(ctx, c, NewStaff{Login: login, Name: "某人", Unit: "wx-spj"}); err != nil {
			t.Fatal(err)
		}
	}
	create("before")
	if err := r.sealAll(ctx); err != nil {
		t.Fatal(err)
	}
	early, err := Checkpoint(ctx, c)
	if err != nil || early == "" {
		t.Fatalf("%q, %v", early, err)
	}
	file := filepath.Join(t.TempDir(), "copy.db")
	if err := Backup(ctx, c, file); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if err := Backup(ctx, c, file); errs.Of(err).Code != "backup-exists" {
		t.Errorf("over a file: %v", err)
	}
	create("after")
	if err := r.sealAll(ctx); err != nil {
		t.Fatal(err)
	}
	late, err := Checkpoint(ctx, c)
	if err != nil {
		t.Fatal(err)
	}

	old := c
	old.Database = "sqlite://" + file
	rep, err := VerifyAudit(ctx, old, early)
	if err != nil || rep.Fault != nil || rep.Records == 0 {
		t.Errorf("the copy: %+v, %v", rep, err)
	}
	if rep, err := VerifyAudit(ctx, old, late); err != nil || rep.Fault == nil {
		t.Errorf("a later checkpoint must not fit the copy: %+v, %v", rep, err)
	}
	restored := opened(t, old)
	defer restored.Close()
	if _, err := restored.Identity.StaffByLogin(ctx, "before"); err != nil {
		t.Error(err)
	}
	if _, err := restored.Identity.StaffByLogin(ctx, "after"); !errors.Is(err, identity.ErrNoAccount) {
		t.Error(err)
	}
	pg := c
	pg.Database = "postgres://localhost/x"
	if err := Backup(ctx, pg, filepath.Join(t.TempDir(), "x")); errs.Of(err).Code != "backup-postgres" {
		t.Error(err)
	}
}
