package arch

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the list of rights in docs/security.md")

// holderNames are the rows of the list, in their order.
var holderNames = [][2]string{
	{"everyone", "everyone, without logging in"},
	{"owner", "a person, in own matters and those of whom he acts for"},
	{"window-clerk", "窗口人员 `window-clerk`"},
	{"reviewer", "审查人员 `reviewer`"},
	{"decider", "决定人员 `decider`"},
	{"item-steward", "事项管理员 `item-steward`"},
	{"item-reviewer", "事项审核人员 `item-reviewer`"},
	{"data-steward", "数据管理员 `data-steward`"},
	{"supervisor", "监督人员 `supervisor`"},
	{"system-admin", "系统管理员 `system-admin`"},
	{"security-admin", "安全管理员 `security-admin`"},
	{"audit-admin", "审计管理员 `audit-admin`"},
	{"system", "the platform itself"},
}

// rights reads permissions.txt: by holder, the acts in their order.
func rights(text string) map[string][]string {
	out := map[string][]string{}
	act := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		switch rest, indented := strings.CutPrefix(line, "  "); {
		case line == "" || strings.HasPrefix(line, "#"):
		case !indented:
			act = line
		case rest == "everyone":
			out[rest] = append(out[rest], act)
		case strings.HasPrefix(rest, "anonymous "):
			for _, part := range strings.Split(rest, " · ") {
				if who, answer, _ := strings.Cut(part, " "); answer == "yes" {
					out[who] = append(out[who], act)
				}
			}
		default:
			role, _, _ := strings.Cut(rest, ":")
			out[role] = append(out[role], act)
		}
	}
	return out
}

func rightsTable(by map[string][]string) string {
	s := "| who | acts |\n|---|---|\n"
	for _, h := range holderNames {
		acts := "–"
		if len(by[h[0]]) > 0 {
			acts = "`" + strings.Join(by[h[0]], "` `") + "`"
		}
		s += "| " + h[1] + " | " + acts + " |\n"
	}
	return s
}

// TestRightsListed compares the list in docs/security.md with permissions.txt.
func TestRightsListed(t *testing.T) {
	const page, from, to = "../../docs/security.md", "<!-- roles -->\n", "<!-- /roles -->"
	permissions, err := os.ReadFile("../identity/testdata/permissions.txt")
	if err != nil {
		t.Fatal(err)
	}
	by := rights(string(permissions))
	known := map[string]bool{"agent": true, "other": true, "no-role": true} // said in words
	for _, h := range holderNames {
		known[h[0]] = true
	}
	for who := range by {
		if !known[who] {
			t.Errorf("%s is no row of the list", who)
		}
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok1 := strings.Cut(string(text), from)
	_, tail, ok2 := strings.Cut(rest, to)
	if !ok1 || !ok2 {
		t.Fatal("the marks around the list are gone")
	}
	want := head + from + rightsTable(by) + to + tail
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(text) != want {
		t.Errorf("docs/security.md lists other rights than permissions.txt; make docs writes:\n%s", rightsTable(by))
	}
}
