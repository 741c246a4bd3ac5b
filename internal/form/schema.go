package form

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
)

// finish derives everything that is made once: the checker, the frozen and the
// published text, the stylesheet, the hash.
func (f *Form) finish(p *problems) (*Form, error) {
	var err error
	if f.frozen, err = marshal(f.dialect()); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(f.frozen)
	f.hash = hex.EncodeToString(sum[:])
	if f.published, err = marshal(f.standard()); err != nil {
		return nil, err
	}
	var ok bool
	if f.css, ok = f.showCSS(f.ID()); !ok {
		p.add("x-steps", "condition", "显示条件层层相套，过于复杂", "conditions on conditions are too many")
		return nil, p.err()
	}
	if f.check, err = newChecker(f); err != nil {
		p.add("properties", "schema", "字段定义互相矛盾", "the definitions do not form a sound schema")
		return nil, ErrSchema.With(p.fields...).Because(err)
	}
	for _, fd := range f.fields {
		if fd.Default == nil {
			continue
		}
		v := f.Normalise(Values{fd.Name: fd.Default})
		if len(f.answerErrors(v, full)) > 0 {
			p.add("properties/"+fd.Name+"/default", "default", "默认值不符合本字段的要求", "the default does not fit the field")
			continue
		}
		fd.Default = v[fd.Name]
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	return f, nil
}

func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

type object = map[string]any

// put sets a word unless its value is the zero value.
func put[T comparable](m object, word string, v T) {
	var zero T
	if v != zero {
		m[word] = v
	}
}

// dialect writes the form in its own language, elements written out.
func (f *Form) dialect() object {
	m := object{"type": "object", "properties": f.properties(f.fields, true)}
	put(m, "title", f.title)
	put(m, "x-title-en", f.titleEN)
	if r := required(f.fields); len(r) > 0 {
		m["required"] = r
	}
	steps := make([]object, 0, len(f.steps))
	for _, s := range f.steps {
		names := make([]string, 0, len(s.Fields))
		for _, fd := range s.Fields {
			names = append(names, fd.Name)
		}
		o := object{"key": s.Key, "title": s.Title, "fields": names}
		put(o, "x-title-en", s.TitleEN)
		put(o, "x-help", s.Help)
		put(o, "x-help-en", s.HelpEN)
		steps = append(steps, o)
	}
	m["x-steps"] = steps
	return m
}

// standard adds to the dialect what a plain JSON Schema validator needs: that
// a question is required only while it is asked.
func (f *Form) standard() object {
	m := f.dialect()
	m["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	m["additionalProperties"] = false
	var always []string
	var when []object
	defs := object{}
	for _, fd := range f.fields {
		if fd.Show != nil {
			defs["asked-"+fd.Name] = f.askedSchema(fd)
		}
		switch {
		case fd.Required && fd.Show == nil:
			always = append(always, fd.Name)
		case fd.Required:
			when = append(when, object{"if": object{"$ref": "#/$defs/asked-" + fd.Name}, "then": object{"required": []string{fd.Name}}})
		}
	}
	delete(m, "required")
	if len(always) > 0 {
		m["required"] = always
	}
	if len(when) > 0 {
		m["allOf"], m["$defs"] = when, defs
	}
	return m
}

func (f *Form) askedSchema(fd *Field) object {
	var anyOf []object
	for _, alt := range fd.Show.Any {
		var allOf []object
		for _, a := range alt {
			other := f.byName[a.Field]
			var is object
			given := true
			switch {
			case other.Type == Boolean:
				is = object{"enum": flags(a.Values)}
				// a box left empty counts as false
				given = other.Widget != Checkbox || !slices.Contains(a.Values, "false")
			case other.Type == List:
				is = object{"contains": object{"enum": a.Values}}
			default:
				is = object{"enum": a.Values}
			}
			s := object{"properties": object{a.Field: is}}
			if given {
				s["required"] = []string{a.Field}
			}
			allOf = append(allOf, s)
			if other.Show != nil {
				allOf = append(allOf, object{"$ref": "#/$defs/asked-" + a.Field})
			}
		}
		anyOf = append(anyOf, object{"allOf": allOf})
	}
	return object{"anyOf": anyOf}
}

func flags(values []string) []bool {
	out := make([]bool, 0, len(values))
	for _, v := range values {
		out = append(out, v == "true")
	}
	return out
}

func required(fields []*Field) []string {
	var out []string
	for _, fd := range fields {
		if fd.Required {
			out = append(out, fd.Name)
		}
	}
	return out
}

func (f *Form) properties(fields []*Field, rowsRequired bool) object {
	m := object{}
	for _, fd := range fields {
		m[fd.Name] = f.question(fd, rowsRequired)
	}
	return m
}

// question writes one question with every word said.
func (f *Form) question(fd *Field, rowsRequired bool) object {
	m := object{"title": fd.Title, "x-widget": fd.Widget}
	put(m, "x-title-en", fd.TitleEN)
	put(m, "description", fd.Note)
	put(m, "x-elem", fd.Elem)
	put(m, "x-help", fd.Help)
	put(m, "x-help-en", fd.HelpEN)
	put(m, "x-example", fd.Example)
	put(m, "x-unit", fd.Unit)
	put(m, "x-unit-en", fd.UnitEN)
	put(m, "x-not-before", fd.NotBefore)
	put(m, "x-sensitive", fd.Sensitive)
	put(m, "format", fd.Format)
	put(m, "minLength", fd.MinLength)
	put(m, "maxLength", fd.MaxLength)
	put(m, "minItems", fd.MinItems)
	put(m, "maxItems", fd.MaxItems)
	if len(fd.Sources) > 0 {
		m["x-source"] = fd.Sources
	}
	if fd.Default != nil {
		m["default"] = fd.Default
	}
	for w, x := range map[string]*float64{"minimum": fd.Min, "maximum": fd.Max, "multipleOf": fd.Step} {
		if x != nil {
			m[w] = *x
		}
	}
	if fd.Show != nil {
		m["x-show"] = fd.Show.dialect(f)
	}
	fd.putPatterns(m)
	switch fd.Type {
	case List:
		m["type"], m["uniqueItems"] = "array", true
		items := object{"type": "string"}
		putOptions(items, fd.Options)
		m["items"] = items
	case Rows:
		m["type"] = "array"
		order := make([]string, 0, len(fd.Children))
		for _, c := range fd.Children {
			order = append(order, c.Name)
		}
		items := object{"type": "object", "additionalProperties": false, "x-order": order, "properties": f.properties(fd.Children, true)}
		if r := required(fd.Children); rowsRequired && len(r) > 0 {
			items["required"] = r
		}
		m["items"] = items
	default:
		m["type"] = string(fd.Type)
		putOptions(m, fd.Options)
		if fd.MustAccept {
			m["const"] = true
		}
	}
	return m
}

func (fd *Field) putPatterns(m object) {
	for i, p := range fd.Patterns {
		to := m
		if i > 0 {
			to = object{}
			list, _ := m["allOf"].([]object)
			m["allOf"] = append(list, to)
		}
		to["pattern"], to["x-msg"] = p.Expr, p.ZH
		put(to, "x-msg-en", p.EN)
	}
}

func putOptions(m object, options []Option) {
	if len(options) == 0 {
		return
	}
	list := make([]object, 0, len(options))
	for _, o := range options {
		x := object{"const": o.Value, "title": o.Label}
		put(x, "x-title-en", o.LabelEN)
		list = append(list, x)
	}
	m["oneOf"] = list
}

func (c *Cond) dialect(f *Form) []object {
	list := make([]object, 0, len(c.Any))
	for _, alt := range c.Any {
		m := object{}
		for _, a := range alt {
			if m[a.Field] = a.Values; f.byName[a.Field].Type == Boolean {
				m[a.Field] = flags(a.Values)
			}
		}
		list = append(list, m)
	}
	return list
}
