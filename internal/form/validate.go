package form

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/errs"
)

// Validate gives everything that is wrong with the answers, in the order of the
// form; none means they may be handed in. Answers to questions that are not
// asked are ignored; a question is required only while it is asked. One finding
// per question or cell; no finding repeats an answer.
func (f *Form) Validate(v Values) []errs.Field {
	v = f.Prune(v)
	out := f.answerErrors(v, full)
	shown := f.Visible(v)
	for _, fd := range f.fields {
		if !shown[fd.Name] {
			continue
		}
		f.missing(fd, fd.Name, v[fd.Name], out)
		rows, _ := v[fd.Name].([]any)
		if fd.Type != Rows || len(rows) > maxRows {
			continue
		}
		for i, r := range rows {
			row, _ := r.(map[string]any)
			for _, c := range fd.Children {
				path := fd.Name + "/" + strconv.Itoa(i) + "/" + c.Name
				f.missing(c, path, row[c.Name], out)
			}
		}
	}
	return f.inOrder(out)
}

// ValidateStep is Validate for the questions of some pages alone.
func (f *Form) ValidateStep(v Values, steps ...string) []errs.Field {
	return slices.DeleteFunc(f.Validate(v), func(e errs.Field) bool {
		name, _, _ := cut(e.Path)
		return !slices.ContainsFunc(steps, func(key string) bool {
			s, _ := f.Step(key)
			return slices.ContainsFunc(s.Fields, func(fd *Field) bool { return fd.Name == name })
		})
	})
}

// ValidateDraft gives what keeps answers from being stored at all: wrong types,
// sizes, unknown fields and options, characters that cannot be kept.
func (f *Form) ValidateDraft(v Values) []errs.Field {
	return f.inOrder(f.answerErrors(f.Normalise(v), draft))
}

func (f *Form) missing(fd *Field, path string, v any, out map[string]errs.Field) {
	if _, had := out[path]; v == nil && fd.Required && !had {
		out[path] = fd.requiredError(path)
	}
}

// inOrder sorts findings as the page shows the questions; unknown ones last.
func (f *Form) inOrder(found map[string]errs.Field) []errs.Field {
	if len(found) == 0 {
		return nil
	}
	position := make(map[string]int, len(f.fields))
	for i, fd := range f.fields {
		position[fd.Name] = i
	}
	type key struct{ field, row, column int }
	keyOf := func(path string) key {
		name, rest, deeper := cut(path)
		i, known := position[name]
		if !known {
			return key{len(f.fields), 0, 0}
		}
		k := key{i, -1, -1}
		if deeper {
			row, column, _ := cut(rest)
			k.row, _ = strconv.Atoi(row)
			k.column = slices.IndexFunc(f.fields[i].Children, func(c *Field) bool { return c.Name == column })
			if k.column < 0 && column != "" {
				k.column = len(f.fields[i].Children)
			}
		}
		return k
	}
	out := make([]errs.Field, 0, len(found))
	for _, e := range found {
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b errs.Field) int {
		x, y := keyOf(a.Path), keyOf(b.Path)
		return cmp.Or(cmp.Compare(x.field, y.field), cmp.Compare(x.row, y.row), cmp.Compare(x.column, y.column), cmp.Compare(a.Path, b.Path))
	})
	return out
}

func cut(path string) (first, rest string, more bool) { return strings.Cut(path, "/") }
