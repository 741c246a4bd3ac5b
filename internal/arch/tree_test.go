package arch

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// module is the path of this module in import clauses.
const module = "github.com/tongban/tongban"

// file is one parsed Go file.
type file struct {
	path      string // slash-separated, below the root
	ast       *ast.File
	lines     int
	test      bool // _test.go
	generated bool
}

// dir is the folder of the file.
func (f *file) dir() string { return path.Dir(f.path) }

// tree is the whole source.
type tree struct {
	fset  *token.FileSet
	files []*file
}

// load parses every Go file below root. Folders that hold no source of ours
// (hidden ones, testdata, node_modules, data) are passed over.
func load(root fs.FS) (*tree, error) {
	t := &tree{fset: token.NewFileSet()}
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if p != "." && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata" || name == "tongban-data") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		text, err := fs.ReadFile(root, p)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(t.fset, p, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		t.files = append(t.files, &file{
			path:      p,
			ast:       parsed,
			lines:     bytes.Count(text, []byte("\n")),
			test:      strings.HasSuffix(name, "_test.go"),
			generated: ast.IsGenerated(parsed),
		})
		return nil
	})
	return t, err
}

// finding words what is wrong at a place.
func (t *tree) finding(at token.Pos, format string, args ...any) string {
	p := t.fset.Position(at)
	return fmt.Sprintf("%s:%d: %s", p.Filename, p.Line, fmt.Sprintf(format, args...))
}

// room is the first folder below internal, for example “web” for
// internal/web/desk; empty outside internal.
func room(dir string) string {
	rest, ok := strings.CutPrefix(dir, "internal/")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, "/")
	return name
}

// importsOf gives the import clauses of a file with their paths.
func importsOf(f *file) map[*ast.ImportSpec]string {
	imports := make(map[*ast.ImportSpec]string)
	for _, spec := range f.ast.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil {
			imports[spec] = p
		}
	}
	return imports
}

// nameOf is the name under which a file knows a package, empty when it does
// not import it.
func nameOf(f *file, importPath string) string {
	for spec, p := range importsOf(f) {
		if p != importPath {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return path.Base(p)
	}
	return ""
}

// uses calls found for every pkg.Name in the file whose name is wanted.
func uses(f *file, importPath string, found func(at token.Pos, name string), wanted ...string) {
	pkg := nameOf(f, importPath)
	if pkg == "" {
		return
	}
	ast.Inspect(f.ast, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && x.Name == pkg {
			for _, w := range wanted {
				if sel.Sel.Name == w {
					found(sel.Pos(), w)
				}
			}
		}
		return true
	})
}
