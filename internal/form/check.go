package form

import (
	"fmt"
	"strconv"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/tongban/tongban/internal/errs"
)

// checker holds the compiled schema. Requiredness is not in it: that depends
// on what is asked, and has its own words.
type checker struct {
	schema *jsonschema.Schema
}

const schemaURL = "mem:///form"

func newChecker(f *Form) (*checker, error) {
	text, err := marshal(object{"$schema": "https://json-schema.org/draft/2020-12/schema",
		"type": "object", "properties": f.properties(f.fields, false)})
	if err != nil {
		return nil, err
	}
	p := &problems{}
	doc, ok := readObject(text, "", p)
	if !ok {
		return nil, p.err()
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(jsonschema.SchemeURLLoader{}) // the usual loader opens files
	c.AssertFormat()
	for name, check := range f.formats {
		c.RegisterFormat(&jsonschema.Format{Name: name, Validate: func(v any) error {
			s, isText := v.(string)
			if !isText {
				return nil
			}
			if ok, zh, en := check(s); !ok {
				return &formatError{zh, en}
			}
			return nil
		}})
	}
	if err := c.AddResource(schemaURL, doc.m); err != nil {
		return nil, err
	}
	schema, err := c.Compile(schemaURL)
	if err != nil {
		return nil, err
	}
	return &checker{schema}, nil
}

// formatError carries the words of a format check through the validator.
type formatError struct{ zh, en string }

func (e *formatError) Error() string { return e.en }

// level says how strict a check is.
type level int

const (
	draft level = iota // types and sizes: what may be stored
	full               // everything
)

// found is what is wrong at one path: the first finding of the validator.
type found struct {
	kind jsonschema.ErrorKind
	elem bool // about an element of a list, not the answer itself
}

// run validates and gives the findings by path.
func (c *checker) run(v Values, lv level) map[string]found {
	err := c.schema.Validate(map[string]any(v))
	if err == nil {
		return nil
	}
	out := map[string]found{}
	top, ok := err.(*jsonschema.ValidationError)
	if !ok {
		return out
	}
	var walk func(e *jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		switch e.ErrorKind.(type) {
		case *kind.Schema, *kind.Group, *kind.AllOf:
			for _, cause := range e.Causes {
				walk(cause)
			}
			return
		case *kind.AdditionalProperties: // named one by one in answerErrors
			return
		}
		if lv == draft && !stops(e.ErrorKind) || len(e.InstanceLocation) == 0 {
			return
		}
		path, elem := pathOf(e.InstanceLocation)
		if old, had := out[path]; !had || weight(e.ErrorKind) < weight(old.kind) {
			out[path] = found{e.ErrorKind, elem}
		}
	}
	walk(top)
	return out
}

// weight orders findings at one place: a wrong type or length is named before
// a format, whatever order the validator has.
func weight(k jsonschema.ErrorKind) int {
	switch k.(type) {
	case *kind.Type, *kind.InvalidJsonValue:
		return 0
	case *kind.MaxLength, *kind.MinLength, *kind.MaxItems, *kind.MinItems:
		return 1
	case *kind.Pattern:
		return 3
	}
	return 2
}

// stops says whether even a draft is refused for this.
func stops(k jsonschema.ErrorKind) bool {
	switch k.(type) {
	case *kind.Type, *kind.InvalidJsonValue, *kind.MaxLength, *kind.MaxItems, *kind.OneOf:
		return true
	}
	return false
}

// pathOf joins a location; an element of a list counts as its list.
func pathOf(loc []string) (path string, elem bool) {
	switch len(loc) {
	case 1:
		return loc[0], false
	case 2:
		return loc[0] + "/" + loc[1], true
	}
	return loc[0] + "/" + loc[1] + "/" + loc[2], false
}

// answerErrors checks given answers, not whether any are missing. Values are normal.
func (f *Form) answerErrors(v Values, lv level) map[string]errs.Field {
	out := map[string]errs.Field{}
	for path, what := range f.check.run(v, lv) {
		fd, at := f.fieldAt(path)
		if fd != nil {
			out[at] = fd.explain(at, what)
		}
	}
	for _, fd := range f.fields {
		f.legible(fd, fd.Name, v[fd.Name], out)
		if lv == full {
			notBefore(fd, fd.Name, v, f.byName, out)
		}
		if fd.Type != Rows {
			continue
		}
		rows, _ := v[fd.Name].([]any)
		if len(rows) > maxRows {
			rows = rows[:maxRows]
		}
		for i, r := range rows {
			row, _ := r.(map[string]any)
			at := fd.Name + "/" + strconv.Itoa(i) + "/"
			for name := range row {
				if fd.child(name) == nil {
					out[at+short(name)] = unknownField(at + short(name))
				}
			}
			for _, c := range fd.Children {
				f.legible(c, at+c.Name, row[c.Name], out)
				if lv == full {
					notBefore(c, at+c.Name, row, nil, out)
				}
			}
		}
	}
	for name := range v {
		if f.byName[name] == nil {
			out[short(name)] = unknownField(short(name))
		}
	}
	return out
}

// legible refuses texts that cannot be kept or printed.
func (f *Form) legible(fd *Field, path string, v any, out map[string]errs.Field) {
	s, ok := v.(string)
	if _, had := out[path]; !ok || fd.Type != String || had && out[path].Code != "format" && out[path].Code != "pattern" {
		return
	}
	switch illegible(s, fd.Widget == TextArea) {
	case "control":
		out[path] = fd.err(path, "control", "%s中有无法识别的字符，请重新输入", "%s holds characters that cannot be read; type it again")
	case "emoji":
		out[path] = fd.err(path, "emoji", "%s中不能有表情符号，请删除", "%s cannot hold emoji; remove them")
	}
}

func notBefore(fd *Field, path string, v map[string]any, by map[string]*Field, out map[string]errs.Field) {
	if fd.NotBefore == "" {
		return
	}
	own, _ := v[fd.Name].(string)
	other, _ := v[fd.NotBefore].(string)
	if !soundDate(own) || !soundDate(other) || own >= other {
		return
	}
	o := by[fd.NotBefore]
	if o == nil {
		o = fd.parent.child(fd.NotBefore)
	}
	out[path] = errs.Field{Path: path, Code: "not-before",
		ZH: fmt.Sprintf("%s不能早于%s", fd.quoteZH(), o.quoteZH()),
		EN: fmt.Sprintf("%s cannot be earlier than %s", fd.quoteEN(), o.quoteEN())}
}

// fieldAt finds the question a path is about; a list's element is its list.
func (f *Form) fieldAt(path string) (*Field, string) {
	name, rest, deeper := cut(path)
	fd := f.byName[name]
	if fd == nil || !deeper {
		return fd, name
	}
	_, column, inRow := cut(rest)
	if fd.Type != Rows {
		return fd, name
	}
	if !inRow {
		return fd, path
	}
	return fd.child(column), path
}
