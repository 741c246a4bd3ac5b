package form

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
)

// Limits of a definition.
const (
	MaxSchema  = 256 << 10 // bytes of a definition
	maxFields  = 200
	maxSteps   = 20
	maxOptions = 500
	maxColumns = 30
	maxTitle   = 100
	maxHelp    = 1000
	maxValue   = 100  // characters of an option's value
	maxLength  = 5000 // the longest answer a form may allow
	usual      = 500  // the longest answer when the form does not say
	usualRows  = 20
	maxRows    = 100
	maxNumber  = 1e15
)

// Formats are the checks behind "format": each says whether the text is right
// and, if not, what to do, in Chinese and English. The caller provides those of
// identification numbers; date, email and person-name are built in. The texts
// must not repeat the value. The checks must be safe for concurrent use.
type Formats map[string]func(string) (ok bool, zh, en string)

// Compile reads a definition (JSON) against the data-element catalogue, which
// may be nil for a frozen form. The error is an *errs.Error of kind Invalid,
// code "form-invalid", with one field per place that does not fit.
func Compile(schema []byte, elements Elements, formats Formats) (*Form, error) {
	p := &problems{}
	root, ok := readObject(schema, "", p)
	if !ok {
		return nil, p.err()
	}
	c := &compiler{problems: p, elements: elements, formats: allFormats(formats), root: root, shows: map[*Field]node{}}
	f := &Form{byName: map[string]*Field{}, formats: c.formats}
	c.form(f)
	if err := p.err(); err != nil {
		return nil, err
	}
	return f.finish(p)
}

type compiler struct {
	*problems
	elements Elements
	formats  Formats
	root     node
	shows    map[*Field]node
}

// readObject reads JSON text strictly: no duplicate keys, no invalid UTF-8.
func readObject(text []byte, place string, p *problems) (node, bool) {
	at := place
	if at == "" {
		at = "/"
	}
	if len(text) > MaxSchema {
		p.add(at, "too-large", "定义超过 256 KiB", "the definition exceeds 256 KiB")
		return node{}, false
	}
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil || m == nil {
		p.add(at, "json", "不是有效的 JSON 对象（或者有重复的键）", "is not a sound JSON object (or has a key twice)")
		return node{}, false
	}
	return node{m, place, p}, true
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

func (c *compiler) form(f *Form) {
	root := c.root
	root.only(set("$schema $id $defs title description type properties required additionalProperties x-title-en x-steps"))
	if root.m["type"] != "object" {
		root.bad("type", "type", "必须是 object", "must be object")
	}
	if v, given := root.flag("additionalProperties"); given && v {
		root.bad("additionalProperties", "unknown-word", "只能是 false", "can only be false")
	}
	f.title, f.titleEN = root.text("title", maxTitle), root.text("x-title-en", maxTitle)
	props, ok := root.object("properties")
	if !ok || len(props.m) == 0 {
		root.bad("properties", "required", "至少要有一个字段", "needs at least one field")
		return
	}
	if len(props.m) > maxFields {
		root.bad("properties", "too-many", "不能超过 %d 个字段", "must not hold more than %d fields", maxFields)
		return
	}
	for _, name := range sortedKeys(props.m) {
		if fd := c.property(props, name, nil); fd != nil {
			f.byName[name] = fd
		}
	}
	for i, name := range root.list("required") {
		if fd := f.byName[name]; fd != nil {
			fd.Required = true
		} else if !props.has(name) {
			root.bad(fmt.Sprintf("required/%d", i), "unknown-field", "没有名为“%s”的字段", "there is no field “%s”", short(name))
		}
	}
	c.steps(f, props)
	c.conditions(f)
}

// property reads one question under its name.
func (c *compiler) property(props node, name string, parent *Field) *Field {
	if !goodName(name) {
		props.bad(short(name), "name", "字段名必须以字母开头，由字母和数字组成，不超过 40 个字符",
			"a name starts with a letter and has at most 40 letters and digits")
		return nil
	}
	n, ok := props.object(name)
	if !ok {
		return nil
	}
	if n, ok = c.resolve(n); !ok {
		return nil
	}
	fd := &Field{Name: name, parent: parent}
	before := len(c.fields)
	c.question(n, fd)
	if len(c.fields) > before {
		return nil
	}
	return fd
}

func goodName(s string) bool {
	if s == "" || len(s) > 40 {
		return false
	}
	for i, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return true
}

func (c *compiler) steps(f *Form, props node) {
	list, ok := c.root.m["x-steps"].([]any)
	if !ok || len(list) == 0 || len(list) > maxSteps {
		c.root.bad("x-steps", "required", "必须列出 1 至 %d 个步骤", "must list 1 to %d steps", maxSteps)
		return
	}
	seenStep, seenField := map[string]bool{}, map[string]bool{}
	for i, v := range list {
		place := fmt.Sprintf("x-steps/%d", i)
		m, ok := v.(map[string]any)
		if !ok {
			c.root.bad(place, "type", "必须是对象", "must be an object")
			continue
		}
		n := node{m, place, c.problems}
		n.only(set("key title x-title-en x-help x-help-en fields"))
		s := Step{Key: n.text("key", 40), Title: n.text("title", maxTitle), TitleEN: n.text("x-title-en", maxTitle),
			Help: n.text("x-help", maxHelp), HelpEN: n.text("x-help-en", maxHelp)}
		if !goodName(s.Key) || seenStep[s.Key] {
			n.bad("key", "name", "步骤代码必须以字母开头，由字母和数字组成，且不重复", "a key starts with a letter, has letters and digits only, and stands once")
		}
		seenStep[s.Key] = true
		if !n.has("title") {
			n.bad("title", "required", "必须写明步骤名称", "a step needs a title")
		}
		names := n.list("fields")
		if len(names) == 0 {
			n.bad("fields", "required", "步骤中至少要有一个字段", "a step needs at least one field")
		}
		for j, name := range names {
			at := fmt.Sprintf("fields/%d", j)
			switch fd := f.byName[name]; {
			case !props.has(name):
				n.bad(at, "unknown-field", "没有名为“%s”的字段", "there is no field “%s”", short(name))
			case seenField[name]:
				n.bad(at, "twice", "字段“%s”已在别的步骤中", "the field “%s” already stands in a step", short(name))
			case fd != nil:
				s.Fields = append(s.Fields, fd)
				f.fields = append(f.fields, fd)
			}
			seenField[name] = true
		}
		f.steps = append(f.steps, s)
	}
	for _, name := range sortedKeys(props.m) {
		if !seenField[name] {
			props.bad(short(name), "no-step", "字段没有放进任何步骤", "the field stands in no step")
		}
	}
}
