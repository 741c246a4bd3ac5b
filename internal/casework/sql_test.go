package casework

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/db/dbtest"
)

func TestSQL(t *testing.T) { dbtest.Prepares(t, SQL()...) }

// TestSQLListed: every statement of the room is in the list that is prepared.
func TestSQLListed(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	declared, listed := map[string]bool{}, map[string]bool{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if v, ok := s.(*ast.ValueSpec); ok && d.Tok == token.CONST && strings.HasPrefix(v.Names[0].Name, "sql") {
						declared[v.Names[0].Name] = true
					}
				}
			case *ast.FuncDecl:
				if d.Name.Name == "SQL" {
					ast.Inspect(d, func(n ast.Node) bool {
						if id, ok := n.(*ast.Ident); ok {
							listed[id.Name] = true
						}
						return true
					})
				}
			}
		}
	}
	for name := range declared {
		if !listed[name] {
			t.Errorf("%s is not in SQL()", name)
		}
	}
	if len(declared) < 20 {
		t.Errorf("only %d statements found", len(declared))
	}
}
