package command

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tongban/tongban/test/program"
)

// TestClockDue prints the date alone on the first line, then why.
func TestClockDue(t *testing.T) {
	for _, c := range []struct {
		args []string
		date string
	}{
		{[]string{"--workdays", "5"}, "2026-02-26"},
		{[]string{"--days", "5"}, "2026-02-24"},
		{[]string{"--workdays", "0"}, "2026-02-12"},
	} {
		out := succeeds(t, append([]string{"clock", "due", "--from", "2026-02-12"}, c.args...)...)
		first, rest, _ := strings.Cut(out, "\n")
		if first != c.date || rest == "" && c.args[1] != "0" {
			t.Errorf("%v: %q, want %s and why", c.args, out, c.date)
		}
	}
	zh := runIn(t, chinese, "clock", "due", "--from", "2026-02-12", "--workdays", "5")
	if !strings.HasPrefix(zh.out, "2026-02-26\n期限：5 个工作日\n") {
		t.Errorf("in Chinese: %+v", zh)
	}
	fails(t, []string{"from: Write it like 2026-02-12"}, "clock", "due", "--from", "12.2.2026", "--workdays", "5")
	fails(t, []string{"workdays: Between 0 and 10000 days"}, "clock", "due", "--from", "2026-02-12", "--workdays", "-1")
}

// TestIdentCheck tells a valid number from another by its exit code, and says
// why on stdout.
func TestIdentCheck(t *testing.T) {
	for _, c := range []struct {
		kind, value string
		code        int
	}{
		{"uscc", "113202000140078363", 0},
		{"uscc", "113202000140078364", 1},
		{"uscc", "x", 1},
		{"resident", "320213199004129927", 0},
		{"resident", "320213199004129928", 1},
	} {
		r := run(t, "ident", "check", c.kind, c.value)
		if r.code != c.code || r.out == "" || r.errOut != "" {
			t.Errorf("%s %s: %+v, want exit code %d and words", c.kind, c.value, r, c.code)
		}
	}
	fails(t, []string{"kind"}, "ident", "check", "shoe-size", "44")
}

// TestVersion is one line that a bug report can quote.
func TestVersion(t *testing.T) {
	if out := succeeds(t, "version"); !regexp.MustCompile(`^tongban \S+ go1\.\d+\S* \w+/\w+\n$`).MatchString(out) {
		t.Errorf("%q", out)
	}
}

// commands are all there are.
var commands = []string{"", "audit", "audit checkpoint", "audit keys", "audit verify", "backup", "calendar", "calendar import", "case", "case archive", "case verify", "clock", "clock due", "clock prove", "demo", "export", "export guides",
	"demo clock", "demo otp", "doctor", "help", "ident", "ident check", "import", "item", "item check", "item export", "item import", "migrate", "pay-sandbox", "serve",
	"staff", "staff create", "staff reset", "subscribers", "subscribers add", "subscribers list", "subscribers pause", "subscribers remove", "subscribers replay", "subscribers resume", "subscribers test",
	"version"}

// TestHelp is in both languages, down to the headings, for every command.
func TestHelp(t *testing.T) {
	line := regexp.MustCompile(`(?m)^  ([a-z]+) +\S.*$`)
	known := map[string]bool{}
	for _, c := range commands {
		known[c] = true
	}
	for _, c := range commands {
		out := succeeds(t, append(strings.Fields(c), "--help")...)
		for _, want := range []string{"用法 / Usage:\n  tongban", "显示说明 / show this help"} {
			if !strings.Contains(out, want) {
				t.Errorf("%s --help lacks %q:\n%s", c, want, out)
			}
		}
		_, frame, _ := strings.Cut(out, "用法 / Usage:\n")
		for _, l := range strings.Split(frame, "\n") {
			if strings.HasSuffix(l, ":") && !strings.Contains(l, " / ") {
				t.Errorf("%s --help: the heading %q is in one language", c, l)
			}
		}
		_, list, _ := strings.Cut(out, "命令 / Commands:\n")
		list, _, _ = strings.Cut(list, "\n\n")
		for _, m := range line.FindAllStringSubmatch(list, -1) {
			if sub := strings.TrimSpace(c + " " + m[1]); !known[sub] {
				t.Errorf("the command %s is not looked at here", sub)
			}
			if !strings.Contains(m[0], " / ") {
				t.Errorf("%s --help: %q is in one language", c, m[0])
			}
		}
	}
	if a, b := succeeds(t, "help", "clock", "due"), succeeds(t, "clock", "due", "--help"); a != b {
		t.Errorf("help clock due: %s", a)
	}
	if out := succeeds(t, "import", "--help"); !strings.Contains(out, "on PostgreSQL this command opens the database itself") {
		t.Errorf("import --help does not say who imports:\n%s", out)
	}
}

// TestMistakes at the command line are explained in the terminal's language,
// with the way to the help.
func TestMistakes(t *testing.T) {
	for _, c := range []struct{ args, zh, en, see string }{
		{"nix", "没有命令 nix。", "There is no command nix.", "tongban"},
		{"help nix", "没有命令 nix。", "There is no command nix.", "tongban help"},
		{"demo nix", "没有命令 nix。", "There is no command nix.", "tongban demo"},
		{"demo --nix", "没有选项 --nix。", "There is no flag --nix.", "tongban demo"},
		{"demo -x", "没有选项 -x。", "There is no flag -x.", "tongban demo"},
		{"demo --addr", "选项 --addr 后面缺少值。", "The flag --addr needs a value.", "tongban demo"},
		{"demo --cases many", "选项 --cases 的值 many 不对。", "The value many does not fit the flag --cases.", "tongban demo"},
		{"demo ---x", "选项 ---x 的写法不对。", "The flag ---x is not written right.", "tongban demo"},
		{"import", "应有 1 个参数，给出了 0 个。", "Arguments needed: 1, given: 0.", "tongban import"},
		{"serve", `缺少必填的选项："config"。`, `Required and missing: "config".`, "tongban serve"},
		{"clock due --from 2026-02-12", "以下选项至少填写一个：workdays days。", "At least one of these is required: workdays days.", "tongban clock due"},
		{"clock due --from 2026-02-12 --days 1 --workdays 1", "以下选项只能填写一个：workdays days。", "Only one of these can be given: workdays days.", "tongban clock due"},
	} {
		args := strings.Fields(c.args)
		if r := runIn(t, chinese, args...); r.code != 1 || r.errOut != c.zh+"用法见 "+c.see+" --help\n" {
			t.Errorf("%s, in Chinese: %+v", c.args, r)
		}
		if r := run(t, args...); r.code != 1 || r.errOut != c.en+" See "+c.see+" --help\n" {
			t.Errorf("%s, in English: %+v", c.args, r)
		}
	}
}

// TestPaySandbox runs the sandbox by itself: what it prints for the platform's
// configuration connects a platform with it, by either scheme, and doctor finds
// a key that does not fit.
func TestPaySandbox(t *testing.T) {
	data := demo(t)
	for _, scheme := range []string{"hmac-sm3", "sm2"} {
		dir, addr := t.TempDir(), program.FreeAddr()
		args := []string{"pay-sandbox", "--addr", addr, "--data", dir, "--scheme", scheme}
		p := start(t, args...)
		p.must(t, func() bool {
			return strings.Contains(p.out.String(), "compartments: 12\n") && strings.HasSuffix(p.out.String(), "\n")
		})
		_, lines, _ := strings.Cut(p.out.String(), "\n\n")
		lines = strings.Replace(lines, "centre: # 中心的编码 / key of a centre", "centre: wx-zx", 1)
		out := succeeds(t, "doctor", "--config", config(t, data, lines))
		for _, want := range []string{"payment", "courier", "cabinets"} {
			if !regexp.MustCompile(`(?m)^✓.*` + want).MatchString(out) {
				t.Errorf("%s: doctor says nothing good of %s:\n%s", scheme, want, out)
			}
		}
		wrong := strings.Replace(lines, "wx-zx", "nowhere", 1)
		for _, name := range []string{"pay.key", "pay-platform.pem"} {
			wrong = strings.Replace(wrong, filepath.Join(dir, name), filepath.Join(dir, strings.Replace(name, "pay", "courier", 1)), 1)
		}
		if r := run(t, "doctor", "--config", config(t, data, wrong)); r.code == 0 || !strings.Contains(r.out, "401") || !strings.Contains(r.out, "nowhere") {
			t.Errorf("%s, with the keys of another: %+v", scheme, r)
		}
		fails(t, []string{addr + " is in use"}, args...)
	}
	fails(t, []string{"hmac-sm3 or sm2"}, "pay-sandbox", "--scheme", "rsa", "--data", t.TempDir())
	fails(t, []string{"https://"}, "pay-sandbox", "--platform", "http://example.cn", "--data", t.TempDir())
}
