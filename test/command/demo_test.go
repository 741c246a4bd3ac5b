package command

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/tongban/tongban/test/program"
)

// TestDemo reads what the demonstration says to an English terminal, and the
// second start to a Chinese one.
func TestDemo(t *testing.T) {
	if i := strings.IndexFunc(made.errOut, func(r rune) bool { return unicode.Is(unicode.Han, r) }); i >= 0 {
		t.Errorf("an English terminal is told in Chinese how far the load is:\n%s", made.errOut)
	}
	for _, want := range []string{"loading the sample city: offices and people", sampleItems(t), "past cases"} {
		if !strings.Contains(made.errOut, want) {
			t.Errorf("the load says nothing of %q:\n%s", want, made.errOut)
		}
	}
	for _, want := range []string{"chenjiayi", "fengxue", "clerk-lx", "reviewer-lx-spj", "decider-lx-spj", "steward-wx", "data-wx", "supervisor-wx",
		"sysadmin", "secadmin", "auditadmin"} {
		if !regexp.MustCompile(`(?m)^  ` + want + ` +http://\S+/login  \S`).MatchString(made.out) {
			t.Errorf("no line for %s:\n%s", want, made.out)
		}
	}
	data := demo(t)
	p, err := launch(chinese, "demo", "--data", data, "--addr", program.FreeAddr())
	if err != nil {
		t.Fatal(err)
	}
	p.must(t, func() bool { return strings.Contains(p.out.String(), "Ctrl-C") })
	out := run(t, "demo", "otp", "auditadmin", "--data", data)
	if err := p.end(); err != nil {
		t.Error(err)
	}
	if !regexp.MustCompile(`^\d{6}\n$`).MatchString(out.out) || out.code != 0 {
		t.Errorf("demo otp: %+v", out)
	}
	if p.errOut.String() != "" || !strings.Contains(p.out.String(), "演示城市已就绪") || !strings.Contains(p.out.String(), "数据管理员") {
		t.Errorf("a second start:\n%s%s", p.out.String(), p.errOut.String())
	}
	if got := names(t, data); got != "files keys tongban.db tongban.db.lock" {
		t.Errorf("the folder afterwards: %s", got)
	}
}

// sampleItems is what is said when all items of the sample city are read.
func sampleItems(t *testing.T) string {
	t.Helper()
	list, err := filepath.Glob("../../sample/items/*.yaml")
	if err != nil || len(list) == 0 {
		t.Fatalf("%d items: %v", len(list), err)
	}
	return fmt.Sprintf("items %d/%d", len(list), len(list))
}

// TestDemo_leaves_other_folders_alone: whatever is asked, nothing is removed
// that no demonstration made.
func TestDemo_leaves_other_folders_alone(t *testing.T) {
	foreign := filepath.Join(t.TempDir(), "work")
	write(t, filepath.Join(foreign, "keys", "thesis.txt"), "years of work")
	mixed := demo(t)
	write(t, filepath.Join(mixed, "copy.db"), "a backup")
	half := filepath.Join(t.TempDir(), "data")
	write(t, filepath.Join(half+".loading", "notes.txt"), "notes")
	city := filepath.Join(t.TempDir(), "city")
	succeeds(t, "migrate", "--data", city)
	bare := filepath.Join(t.TempDir(), "other")
	write(t, filepath.Join(bare, "tongban.db"), "no database at all")
	for _, c := range []struct {
		name, data string
		reset      bool
		says       string
		kept       string
	}{
		{"a folder with something else", foreign, false, "is neither empty nor a demonstration", "keys/thesis.txt"},
		{"a folder with something else, reset", foreign, true, "is neither empty nor a demonstration", "keys/thesis.txt"},
		{"a demonstration with something else, reset", mixed, true, "copy.db is not the demonstration's", "copy.db"},
		{"a folder of the loader's name", half, false, "notes.txt is not the demonstration's", "../data.loading/notes.txt"},
		{"a city that is no demonstration", city, false, "no demonstration", "tongban.db"},
		{"a city that is no demonstration, reset", city, true, "no demonstration", "tongban.db"},
		{"another file of that name, reset", bare, true, "no demonstration", "tongban.db"},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := []string{"demo", "--data", c.data, "--cases", "0", "--addr", program.FreeAddr()}
			if c.reset {
				args = append(args, "--reset")
			}
			fails(t, []string{c.says}, args...)
			if !exists(filepath.Join(c.data, c.kept)) || exists(c.data+".loading.lock") {
				t.Errorf("beside and in the folder: %s | %s", names(t, filepath.Dir(c.data)), c.kept)
			}
		})
	}
	if text, err := os.ReadFile(filepath.Join(foreign, "keys", "thesis.txt")); err != nil || string(text) != "years of work" {
		t.Errorf("%q, %v", text, err)
	}
	// The demonstration beside the backup is still whole.
	serving(t, "demo", "--data", mixed, "--addr", program.FreeAddr())
}

// TestReset makes the demonstration anew: not while it is served, and with
// nobody let in while it loads.
func TestReset(t *testing.T) {
	data := demo(t)
	manifest := func() string {
		text, err := os.ReadFile(filepath.Join(data, "keys", "manifest"))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	old := manifest()
	p := serving(t, "demo", "--data", data, "--addr", program.FreeAddr())
	fails(t, []string{"serving the same data"}, "demo", "--data", data, "--reset", "--addr", program.FreeAddr())
	if !p.ready() || manifest() != old {
		t.Error("a served demonstration was touched")
	}
	if err := p.end(); err != nil {
		t.Fatal(err)
	}
	p = start(t, "demo", "--data", data, "--reset", "--cases", "0", "--addr", program.FreeAddr())
	p.must(t, func() bool { return exists(filepath.Join(data+".loading", "tongban.db")) })
	fails(t, []string{"serving the same data"}, "demo", "--data", data, "--addr", program.FreeAddr())
	fails(t, []string{"serving the same data"}, "demo", "--data", data, "--reset", "--addr", program.FreeAddr())
	p.must(t, p.ready)
	if manifest() == old {
		t.Error("the keys are still the old ones")
	}
	if got := names(t, filepath.Dir(data)); got != "data" {
		t.Errorf("beside the folder: %s", got)
	}
}

// TestDemo_loads_once: a second process that comes while the first one loads is
// sent away and harms nothing; a load that is stopped leaves nothing.
func TestDemo_loads_once(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "a", "b", "data")
	first := start(t, "demo", "--data", data, "--cases", "120", "--addr", program.FreeAddr())
	first.must(t, func() bool { return exists(filepath.Join(data+".loading", "tongban.db")) })
	for range 2 {
		fails(t, []string{"serving the same data"}, "demo", "--data", data, "--addr", program.FreeAddr())
	}
	if !exists(data + ".loading") {
		t.Error("the first one was not loading any more: the test showed nothing")
	}
	first.must(t, first.ready)
	if status, body := first.get("/api/v1/items"); status != 200 || !strings.Contains(body, "公共图书馆读者证办理") {
		t.Errorf("the city: %d %.300s", status, body)
	}

	data = filepath.Join(dir, "stopped")
	stopped, err := launch(english, "demo", "--data", data, "--addr", program.FreeAddr())
	if err != nil {
		t.Fatal(err)
	}
	stopped.must(t, func() bool { return exists(filepath.Join(data+".loading", "tongban.db")) })
	if err := stopped.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	<-stopped.gone
	if code := stopped.cmd.ProcessState.ExitCode(); code != 1 {
		t.Errorf("a load that was stopped: exit code %d", code)
	}
	if got := names(t, dir); got != "a" {
		t.Errorf("a load that was stopped leaves: %s", got)
	}
}

// TestDemo_killed_while_loading starts over.
func TestDemo_killed_while_loading(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p, err := launch(english, "demo", "--data", data, "--addr", program.FreeAddr())
	if err != nil {
		t.Fatal(err)
	}
	p.must(t, func() bool { return exists(filepath.Join(data+".loading", "tongban.db")) })
	p.kill()
	if !exists(data + ".loading") {
		t.Fatal("the kill left nothing: the test showed nothing")
	}
	serving(t, "demo", "--data", data, "--cases", "0", "--addr", program.FreeAddr())
	if got := names(t, filepath.Dir(data)); got != "data" {
		t.Errorf("beside the folder: %s", got)
	}
}

// TestDemo_in_a_deep_folder, deeper than the name of a socket may be long.
func TestDemo_in_a_deep_folder(t *testing.T) {
	data := filepath.Join(t.TempDir(), strings.Repeat("很深的目录", 10), strings.Repeat("d", 100), "data")
	p := serving(t, "demo", "--data", data, "--cases", "0", "--addr", program.FreeAddr())
	if out := succeeds(t, "demo", "otp", "clerk-lx", "--data", data); len(out) != len("123456\n") {
		t.Errorf("demo otp: %q", out)
	}
	// Its time goes forward alone, for it and for who logs in.
	before := succeeds(t, "demo", "clock", "--data", data)
	after := succeeds(t, "demo", "clock", "10d", "--data", data)
	then, err := time.Parse(time.DateTime, strings.TrimSpace(before))
	now, err2 := time.Parse(time.DateTime, strings.TrimSpace(after))
	if d := now.Sub(then); err != nil || err2 != nil || d < 240*time.Hour || d > 241*time.Hour {
		t.Errorf("ten days later it is %q, before %q", after, before)
	}
	for _, bad := range []string{"-1h", "0h", "soon", "9999d"} {
		if out := run(t, "demo", "clock", "--data", data, "--", bad); out.code != 1 || !strings.Contains(out.errOut, "10d") {
			t.Errorf("demo clock %s: %+v", bad, out)
		}
	}
	if err := p.end(); err != nil {
		t.Error(err)
	}
	if got := names(t, data); strings.Contains(got, "tongban.sock") {
		t.Errorf("left behind: %s", got)
	}
}

// TestDemo_port_in_use is said before anything is made.
func TestDemo_port_in_use(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dir := t.TempDir()
	fails(t, []string{l.Addr().String() + " is in use", "--addr"}, "demo", "--data", filepath.Join(dir, "data"), "--addr", l.Addr().String())
	if got := names(t, dir); got != "" {
		t.Errorf("made in spite of it: %s", got)
	}
}
