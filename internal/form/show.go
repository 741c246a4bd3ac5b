package form

import (
	"slices"
	"strings"
)

// Cond 显示条件 says when a question is asked: when any of its alternatives
// holds, and an alternative holds when all its atoms do.
type Cond struct {
	Any []Alternative
}

// Alternative is a list of atoms that must all hold.
type Alternative []Atom

// Atom holds when the named question is asked and answered with one of Values;
// a tick is "true", a box left empty "false".
type Atom struct {
	Field  string
	Values []string
}

// Fields names the questions the condition depends on, each once.
func (c *Cond) Fields() []string {
	var out []string
	if c == nil {
		return nil
	}
	for _, alt := range c.Any {
		for _, a := range alt {
			if !slices.Contains(out, a.Field) {
				out = append(out, a.Field)
			}
		}
	}
	return out
}

// conditions reads every x-show and x-not-before, when all fields are known.
func (c *compiler) conditions(f *Form) {
	position := map[string]int{}
	for i, fd := range f.fields {
		position[fd.Name] = i
	}
	for _, fd := range f.fields {
		n, ok := c.shows[fd]
		if ok {
			fd.Show = c.cond(n, f)
		}
	}
	cyclic := c.cycles(f)
	for i, fd := range f.fields {
		for _, name := range fd.Show.Fields() {
			if at, placed := position[name]; placed && at >= i && !cyclic[fd.Name] {
				c.shows[fd].bad("x-show", "order", "条件中的字段“%s”必须排在本字段之前", "the field “%s” of the condition must stand before this one", name)
			}
		}
		if fd.NotBefore != "" {
			other := f.byName[fd.NotBefore]
			if other == nil || other == fd || other.Widget != DateBox {
				c.add("properties/"+fd.Name+"/x-not-before", "unknown-field", "必须写另一个日期字段的名称", "must name another date field")
			}
		}
		for _, child := range fd.Children {
			if other := child.NotBefore; other != "" && !slices.ContainsFunc(fd.Children, func(x *Field) bool {
				return x != child && x.Name == other && x.Widget == DateBox
			}) {
				c.add("properties/"+fd.Name+"/items/properties/"+child.Name+"/x-not-before", "unknown-field",
					"必须写本表格另一个日期列的名称", "must name another date column of this table")
			}
		}
	}
}

func (c *compiler) cond(n node, f *Form) *Cond {
	list, ok := n.m["x-show"].([]any)
	if !ok {
		list = []any{n.m["x-show"]}
	}
	if len(list) == 0 || len(list) > 10 {
		n.bad("x-show", "condition", "条件不能为空，不能超过 10 组", "a condition has 1 to 10 alternatives")
		return nil
	}
	cond := &Cond{}
	for _, v := range list {
		m, ok := v.(map[string]any)
		if !ok || len(m) == 0 || len(m) > 10 {
			n.bad("x-show", "condition", "每组条件写作 {字段：值},1 至 10 个", "an alternative is {field: value}, 1 to 10 of them")
			return nil
		}
		var alt Alternative
		for _, name := range sortedKeys(m) {
			other := f.byName[name]
			if other == nil {
				n.bad("x-show", "unknown-field", "没有名为“%s”的字段", "there is no field “%s”", short(name))
				continue
			}
			if len(other.Options) == 0 && other.Type != Boolean {
				n.bad("x-show", "condition", "条件只能用有选项的字段，“%s”没有选项", "a condition needs a field with options; “%s” has none", name)
				continue
			}
			if a, ok := c.atom(n, other, m[name]); ok {
				alt = append(alt, a)
			}
		}
		cond.Any = append(cond.Any, alt)
	}
	return cond
}

func (c *compiler) atom(n node, fd *Field, v any) (Atom, bool) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	a := Atom{Field: fd.Name}
	for _, x := range list {
		s, isText := x.(string)
		b, isFlag := x.(bool)
		if fd.Type == Boolean {
			s = flagText(b)
		}
		_, known := fd.option(s)
		if fd.Type == Boolean && !isFlag || fd.Type != Boolean && (!isText || !known) || slices.Contains(a.Values, s) {
			n.bad("x-show", "option", "“%s”没有这个选项（或者重复）", "“%s” has no such option (or it is repeated)", fd.Name)
			return a, false
		}
		a.Values = append(a.Values, s)
	}
	return a, len(a.Values) > 0
}

func flagText(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// cycles reports conditions that hang on each other and names who is in a circle.
func (c *compiler) cycles(f *Form) map[string]bool {
	const visiting, done = 1, 2
	state, in := map[string]int{}, map[string]bool{}
	var path []string
	var walk func(name string)
	walk = func(name string) {
		fd := f.byName[name]
		if fd == nil || state[name] == done {
			return
		}
		if state[name] == visiting {
			circle := path[slices.Index(path, name):]
			for _, x := range circle {
				in[x] = true
			}
			c.add("properties/"+name+"/x-show", "cycle", "显示条件形成循环："+strings.Join(circle, " → ")+" → "+name,
				"the conditions form a circle: "+strings.Join(circle, " → ")+" → "+name)
			return
		}
		state[name] = visiting
		path = append(path, name)
		for _, other := range fd.Show.Fields() {
			walk(other)
		}
		path = path[:len(path)-1]
		state[name] = done
	}
	for _, fd := range f.fields {
		walk(fd.Name)
	}
	return in
}

// Visible says for every question whether it is asked, given the answers.
func (f *Form) Visible(v Values) map[string]bool {
	shown := make(map[string]bool, len(f.fields))
	for _, fd := range f.fields {
		shown[fd.Name] = fd.Show == nil || slices.ContainsFunc(fd.Show.Any, func(alt Alternative) bool {
			return !slices.ContainsFunc(alt, func(a Atom) bool {
				return !shown[a.Field] || !f.byName[a.Field].answered(v[a.Field], a.Values)
			})
		})
	}
	return shown
}

func (fd *Field) answered(v any, wanted []string) bool {
	switch x := v.(type) {
	case string:
		return fd.Type == String && slices.Contains(wanted, x)
	case bool:
		return fd.Type == Boolean && slices.Contains(wanted, flagText(x))
	case nil:
		return fd.Widget == Checkbox && slices.Contains(wanted, "false")
	case []any:
		return fd.Type == List && slices.ContainsFunc(x, func(e any) bool {
			s, ok := e.(string)
			return ok && slices.Contains(wanted, s)
		})
	case []string:
		return fd.Type == List && slices.ContainsFunc(x, func(s string) bool { return slices.Contains(wanted, s) })
	}
	return false
}

// StepVisible says whether a page has anything to ask.
func (f *Form) StepVisible(s Step, v Values) bool {
	shown := f.Visible(v)
	return slices.ContainsFunc(s.Fields, func(fd *Field) bool { return shown[fd.Name] })
}

// Prune drops the answers to questions that are not asked, and empty ones.
// What the form does not know stays, so that Validate can name it.
func (f *Form) Prune(v Values) Values {
	v = f.Normalise(v)
	shown := f.Visible(v)
	for name := range v {
		if f.byName[name] != nil && !shown[name] {
			delete(v, name)
		}
	}
	return v
}
