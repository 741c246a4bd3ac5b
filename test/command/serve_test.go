package command

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tongban/tongban/test/program"
)

// TestServe goes the way of a new installation: import, serve, a second
// process, an import while it serves, stop.
func TestServe(t *testing.T) {
	data, addr := filepath.Join(t.TempDir(), "data"), program.FreeAddr()
	conf := config(t, data, "listen: "+addr, "logLevel: warn")
	r := run(t, "import", "../../sample", "--config", conf)
	if r.code != 0 || !strings.HasSuffix(r.out, "Imported.\n") || !strings.Contains(r.errOut, "importing: "+sampleItems(t)) {
		t.Fatalf("%+v", r)
	}
	p := start(t, "serve", "--config", conf)
	p.url = "http://" + addr
	p.must(t, p.ready)
	p.must(t, func() bool { return p.out.String() == "serving: http://"+addr+"\n" })
	second := config(t, data, "listen: "+program.FreeAddr())
	fails(t, []string{"serving the same data"}, "serve", "--config", second)
	fails(t, []string{addr + " is in use"}, "serve", "--config", conf)
	fails(t, []string{"serving the same data"}, "migrate", "--config", conf)

	out := succeeds(t, "staff", "create", "sys-a", "--name", "系统甲", "--unit", "wx-spj", "--role", "system-admin", "--config", conf)
	if !regexp.MustCompile(`(?m)^second factor: otpauth://totp/`).MatchString(out) {
		t.Errorf("staff create: %s", out)
	}
	importWhileServing(t, p, conf)
	if out := succeeds(t, "doctor", "--config", conf); strings.Contains(out, "✗") {
		t.Errorf("doctor: %s", out)
	}
	if err := p.end(); err != nil {
		t.Fatal(err)
	}
	if out := succeeds(t, "migrate", "--config", conf); out != "The tables are up to date.\n" {
		t.Errorf("migrate: %s", out)
	}
	if p.errOut.String() != "" {
		t.Errorf("the log: %s", p.errOut.String())
	}
}

// importWhileServing changes an item through the running program, which owns
// the data: the command could not open them.
func importWhileServing(t *testing.T, p *process, conf string) {
	t.Helper()
	text, err := os.ReadFile("../../sample/items/library-card.yaml")
	if err != nil {
		t.Fatal(err)
	}
	old, reworded := "网上实名登记，当场取得电子读者证，免费借阅。", "网上实名登记，当场取得电子读者证，借阅免费。"
	folder := func(text string) string {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "items", "library-card.yaml"), text)
		return dir
	}
	for _, c := range []struct{ from, to, says string }{
		{"visits: 0", "visitz: 0", "library-card.yaml"},                 // found by the command
		{"unit: wx-tsg, receiving", "unit: nowhere, receiving", "item"}, // found by the server
	} {
		wrong := strings.Replace(string(text), c.from, c.to, 1)
		if wrong == string(text) {
			t.Fatalf("the sample has no %q any more", c.from)
		}
		fails(t, []string{c.says}, "import", folder(wrong), "--config", conf)
	}
	status, body := p.get("/api/v1/items?q=" + url.QueryEscape("公共图书馆读者证办理"))
	code := regexp.MustCompile(`"code":"([0-9A-Z]{31})"`).FindStringSubmatch(body)
	if status != 200 || code == nil {
		t.Fatalf("the library card: %d %.300s", status, body)
	}
	guide := "/api/v1/items/" + code[1]
	if status, body := p.get(guide); status != 200 || !strings.Contains(body, old) {
		t.Errorf("before: %d %.300s", status, body)
	}
	if out := succeeds(t, "import", folder(strings.ReplaceAll(string(text), old, reworded)), "--config", conf); !strings.HasSuffix(out, "Imported.\n") {
		t.Errorf("import: %s", out)
	}
	if status, body := p.get(guide); status != 200 || !strings.Contains(body, reworded) {
		t.Errorf("after: %d %.300s", status, body)
	}
}

// TestServe_refuses_demonstration_accounts, whose passwords everybody knows.
func TestServe_refuses_demonstration_accounts(t *testing.T) {
	data := demo(t)
	fails(t, []string{"demonstration accounts and must not serve"}, "serve", "--config", config(t, data, "listen: "+program.FreeAddr()))
	serving(t, "demo", "--data", data, "--addr", program.FreeAddr()) // nothing happened to them
}

// TestServe_configuration is read strictly.
func TestServe_configuration(t *testing.T) {
	data := t.TempDir()
	fails(t, []string{"lisen"}, "serve", "--config", config(t, data, "lisen: 127.0.0.1:0"))
	fails(t, []string{"nowhere.yaml"}, "serve", "--config", filepath.Join(data, "nowhere.yaml"))
	fails(t, []string{"cannot listen on 256.0.0.1:80"}, "serve", "--config", config(t, data, "listen: 256.0.0.1:80"))
	if got := names(t, data); got != "" {
		t.Errorf("made in spite of it: %s", got)
	}
}

// TestMigrate names what it does, and does it once, on both engines.
func TestMigrate(t *testing.T) {
	for engine, conf := range map[string]string{
		"sqlite":   config(t, t.TempDir()),
		"postgres": config(t, t.TempDir(), fmt.Sprintf("database: %q", database(t, "C"))),
	} {
		first, again := succeeds(t, "migrate", "--config", conf), succeeds(t, "migrate", "--config", conf)
		if !strings.Contains(first, "0050_identity.sql\n") || again != "The tables are up to date.\n" {
			t.Errorf("%s: first %s, then %s", engine, first, again)
		}
	}
}
