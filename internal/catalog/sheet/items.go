package sheet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
)

// Limits of YAML, which is parsed as a whole.
const (
	maxYAML = 16 << 20
	maxDefs = 2_000 // documents
)

// WriteItems writes item files as one YAML text, a document each.
func WriteItems(w io.Writer, defs []catalog.Def) error {
	for _, d := range defs {
		b, err := json.Marshal(d)
		if err != nil {
			return err
		}
		y, err := yaml.JSONToYAML(b)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "---\n%s", y); err != nil {
			return err
		}
	}
	return nil
}

// ReadItems reads item files: the documents of a YAML text, strictly, as in the
// sample city. Aliases are refused: a short text can mean a huge one.
func ReadItems(file []byte) (_ []catalog.Def, err error) {
	if len(file) > maxYAML {
		return nil, ErrTooLarge
	}
	bad := func(at string, err error) error {
		return errs.InvalidFields(errs.Field{Path: at, Code: "yaml", ZH: "不是正确的事项文件：" + yaml.FormatError(err, false, false), EN: "This is no item file: " + err.Error()})
	}
	defer func() {
		if p := recover(); p != nil {
			err = bad("file", fmt.Errorf("panic: %v", p))
		}
	}()
	all, err := parser.ParseBytes(file, 0)
	if err != nil {
		return nil, bad("file", err)
	}
	var out []catalog.Def
	for i, doc := range all.Docs {
		at := fmt.Sprintf("%d", i+1)
		if doc.Body == nil {
			continue
		}
		var alias aliases
		if ast.Walk(&alias, doc.Body); alias.found {
			return nil, bad(at, errors.New("aliases (*name) are not allowed"))
		}
		if len(out) == maxDefs {
			return nil, tooMany("YAML", maxDefs)
		}
		var v any
		if err := yaml.NodeToValue(doc.Body, &v); err != nil {
			return nil, bad(at, err)
		}
		j, err := json.Marshal(v)
		if err != nil {
			return nil, bad(at, err)
		}
		var d catalog.Def
		dec := json.NewDecoder(bytes.NewReader(j))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&d); err != nil {
			return nil, bad(at, err)
		}
		out = append(out, d)
	}
	if len(out) == 0 {
		return nil, bad("file", errors.New("no document"))
	}
	return out, nil
}

type aliases struct{ found bool }

func (a *aliases) Visit(n ast.Node) ast.Visitor {
	if n.Type() == ast.AliasType {
		a.found = true
	}
	return a
}

// Format 文件格式.
type Format string

// Formats.
const (
	XLSX     Format = "xlsx"
	YAML     Format = "yaml"
	Exchange Format = "json"
)

// Formats lists them as people choose.
var Formats = []Format{XLSX, YAML, Exchange}

// MIME is the media type of a file in the format.
func (f Format) MIME() string {
	return map[Format]string{XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", YAML: "application/yaml; charset=utf-8", Exchange: "application/json"}[f]
}

var errFormat = errs.InvalidFields(errs.Field{Path: "format", Code: "option", ZH: "请选择 XLSX、YAML 或者交换表 JSON", EN: "Choose xlsx, yaml or json"})

// Read reads a file of any format.
func Read(ctx context.Context, c *catalog.Service, f Format, file []byte) ([]catalog.ImportRow, error) {
	switch f {
	case XLSX:
		return ReadWorkbook(ctx, file)
	case Exchange:
		return ReadExchange(file)
	case YAML:
		defs, err := ReadItems(file)
		if err != nil {
			return nil, err
		}
		var out []catalog.ImportRow
		for i, d := range defs {
			e, err := c.EntriesOf(ctx, fmt.Sprintf("%d", i+1), d)
			if err != nil {
				return nil, err
			}
			if out = append(out, e...); len(out) > maxLists {
				return nil, tooMany("YAML", maxLists)
			}
		}
		return out, nil
	}
	return nil, errFormat
}
