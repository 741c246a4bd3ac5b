package form

import (
	"fmt"
	"slices"
	"strings"
)

// Sources lists what Prefill would like to know, in form order, each once: the
// caller fetches these and nothing else.
func (f *Form) Sources() []string {
	var out []string
	for _, fd := range f.fields {
		for _, s := range fd.Sources {
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// Prefill 预填 gives first answers: of each question the first source that has
// a fitting value, else its default. Keys of sources are written as in
// x-source; values may be text in the source's own writing: dates with 年月日,
// labels of options, numbers (of money: yuan; an int64 is fen).
func (f *Form) Prefill(sources map[string]any) Values {
	out := Values{}
	for _, fd := range f.fields {
		for _, s := range fd.Sources {
			v := f.fitting(fd, sources[s])
			if v != nil {
				out[fd.Name] = v
				break
			}
		}
		if _, filled := out[fd.Name]; !filled && fd.Default != nil {
			out[fd.Name] = fd.Default
		}
	}
	return f.Normalise(out) // a default may be a list: never hand out our own
}

func (f *Form) fitting(fd *Field, v any) any {
	if v == nil {
		return nil
	}
	if s, ok := v.(fmt.Stringer); ok {
		v = s.String()
	}
	if s, ok := v.(string); ok {
		v = fd.fromText(s)
	}
	one := f.Normalise(Values{fd.Name: v})
	fit, ok := one[fd.Name]
	if !ok || len(f.answerErrors(one, full)) > 0 {
		return nil
	}
	return fit
}

// fromText reads a source's text as a page's input would be, and accepts the
// label of an option for its value.
func (fd *Field) fromText(s string) any {
	s, _ = tidy(s, fd.Widget == TextArea)
	if fd.Type == List {
		var out []any
		for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune("、\uff0c,\uff1b;", r) }) {
			out = append(out, fd.valueOf(strings.TrimSpace(part)))
		}
		return out
	}
	if fd.Type == Boolean {
		switch s {
		case "true", "是", "有", "1":
			return true
		case "false", "否", "无", "0":
			return false
		}
		return nil
	}
	d := decoder{in: map[string][]string{fd.Name: {fd.valueOf(s)}}, raw: Raw{}}
	return d.field(fd, fd.Name, fd.Name, fd.Name)
}

func (fd *Field) valueOf(s string) string {
	if _, ok := fd.option(s); ok {
		return s
	}
	for _, o := range fd.Options {
		if s != "" && (o.Label == s || o.LabelEN == s) {
			return o.Value
		}
	}
	return s
}
