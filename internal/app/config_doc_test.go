package app

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

var update = flag.Bool("update", false, "rewrite docs/config.md")

const configHead = "# Configuration\n\n" +
	"`tongban serve --config FILE` reads one YAML file. A key that does not exist is an error, so a slip of the pen is found at the start. " +
	"Secrets are never in it: where one is needed, the value is the path of a file that only the platform's account can read. " +
	"Paths are best absolute. `migrate`, `import`, `doctor`, `audit`, `staff`, `calendar` and `backup` read the same file.\n\n" +
	"Two whole files to start from: [SQLite on one machine](examples/sqlite.yaml), [PostgreSQL and S3](examples/postgres-s3.yaml). " +
	"How they are used: [operations.md](operations.md).\n\n" +
	"This page is written by `make docs` from the comments in `internal/app/config.go`.\n"

// key is one key of the configuration as its comment describes it.
type key struct{ name, kind, what, def string }

// configKeys reads the comments of a struct in config.go.
func configKeys(t *testing.T, name string) (out []key) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "config.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || spec.Name.Name != name {
			return true
		}
		for _, field := range spec.Type.(*ast.StructType).Fields.List {
			if field.Tag == nil {
				continue // not the operator's
			}
			tag := reflect.StructTag(strings.Trim(field.Tag.Value, "`")).Get("yaml")
			k := key{name: tag, kind: kindOf(t, field.Type), def: "—"}
			k.what = strings.TrimSpace(field.Comment.Text())
			for _, mark := range []string{"; default: ", "; default ", "; required"} {
				if before, after, ok := strings.Cut(k.what, mark); ok {
					k.what, k.def = before, strings.TrimSpace(strings.TrimPrefix(mark, "; ")+after)
					k.def = strings.TrimPrefix(strings.TrimPrefix(k.def, "default: "), "default ")
				}
			}
			if tag == "" || k.what == "" {
				t.Errorf("%s has no tag or no comment", field.Names[0].Name)
			}
			out = append(out, k)
		}
		return false
	})
	if len(out) == 0 {
		t.Fatalf("no struct %s", name)
	}
	return out
}

func kindOf(t *testing.T, e ast.Expr) string {
	t.Helper()
	switch e := e.(type) {
	case *ast.ArrayType:
		return "list"
	case *ast.MapType:
		return "texts by key"
	case *ast.Ident:
		switch e.Name {
		case "string":
			return "text"
		case "int":
			return "number"
		case "bool":
			return "true or false"
		case "SMTP", "Payment", "Publicity", "ItemCode", "Courier", "PickUp", "Consult", "Messages", "SMSGateway", "WeChatGateway", "HallNames":
			return "see below"
		}
	}
	t.Errorf("no word for the type %T %v", e, e)
	return ""
}

func configTable(keys []key, prefix string) string {
	s := "\n| key | kind | what | default |\n|---|---|---|---|\n"
	for _, k := range keys {
		s += fmt.Sprintf("| `%s%s` | %s | %s | %s |\n", prefix, k.name, k.kind, strings.ReplaceAll(k.what, "|", `\|`), k.def)
	}
	return s
}

// TestConfigReference compares docs/config.md with the comments of Config.
func TestConfigReference(t *testing.T) {
	const golden = "../../docs/config.md"
	got := configHead + configTable(configKeys(t, "Config"), "") +
		"\n## itemCode\n" + configTable(configKeys(t, "ItemCode"), "itemCode.") +
		"\n## consult\n\nNo law sets these limits; where the city has a rule, name it in `basis`.\n" + configTable(configKeys(t, "Consult"), "consult.") +
		"\n## hallNames\n" + configTable(configKeys(t, "HallNames"), "hallNames.") +
		"\n## smtp\n" + configTable(configKeys(t, "SMTP"), "smtp.") +
		"\n## publicity\n" + configTable(configKeys(t, "Publicity"), "publicity.") +
		"\n## messages\n\nWhat a provider has to speak, and how texts are written: [messages.md](messages.md).\n" + configTable(configKeys(t, "Messages"), "messages.") +
		configTable(configKeys(t, "SMSGateway"), "messages.sms.") + configTable(configKeys(t, "WeChatGateway"), "messages.wechat.") +
		"\n## payment\n\nWhat a provider has to speak: [pay.md](pay.md).\n" + configTable(configKeys(t, "Payment"), "payment.") +
		"\n## courier\n\nWhat a courier has to speak, and who may open a cabinet: [deliver.md](deliver.md).\n" + configTable(configKeys(t, "Courier"), "courier.") +
		"\n## pickUp\n" + configTable(configKeys(t, "PickUp"), "pickUp.") +
		"\n## pickUp.cabinets\n" + configTable(configKeys(t, "Cabinet"), "")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("docs/config.md is not what config.go says; make docs writes it:\n%s", got)
	}
}

// TestConfigExamples reads the examples as serve would, and finds every key of
// the reference in one of them.
func TestConfigExamples(t *testing.T) {
	files, err := filepath.Glob("../../docs/examples/*.yaml")
	if err != nil || len(files) < 2 {
		t.Fatalf("%d examples, %v", len(files), err)
	}
	seen := map[string]bool{}
	for _, file := range files {
		c, err := ReadConfig(file)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if _, err := c.proxies(); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var keys map[string]any
		if err := yaml.Unmarshal(text, &keys); err != nil {
			t.Fatal(err)
		}
		for k, v := range keys {
			seen[k] = true
			if below, ok := v.(map[string]any); ok {
				for b := range below {
					seen[k+"."+b] = true
				}
			}
		}
		if regexp.MustCompile(`://[^/\s]*:[^/\s]*@`).Match(text) {
			t.Errorf("%s has a password in a URL", file)
		}
	}
	for _, k := range configKeys(t, "Config") {
		if !seen[k.name] {
			t.Errorf("no example shows %s", k.name)
		}
	}
	for section, name := range map[string]string{"smtp": "SMTP", "itemCode": "ItemCode", "hallNames": "HallNames", "payment": "Payment", "courier": "Courier", "pickUp": "PickUp", "consult": "Consult", "publicity": "Publicity"} {
		for _, k := range configKeys(t, name) {
			if !seen[section+"."+k.name] {
				t.Errorf("no example shows %s.%s", section, k.name)
			}
		}
	}
}
