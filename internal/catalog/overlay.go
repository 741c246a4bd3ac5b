package catalog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Sections of a guide, by their JSON names, in the guide's order. A list that
// follows a template stores only the sections in which it differs.
func Sections() []string {
	out := make([]string, len(sections))
	for i, s := range sections {
		out[i] = s.name
	}
	return out
}

type section struct {
	name  string
	index int
	empty bool // left out when empty
}

var sections = func() []section {
	var out []section
	t := reflect.TypeFor[Guide]()
	for i := range t.NumField() {
		name, opts, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		out = append(out, section{name, i, opts == "omitempty"})
	}
	return out
}()

// parts is a guide cut into its sections, each as canonical JSON; an empty
// section that may be left out is nil.
type parts []json.RawMessage

func cutGuide(g *Guide) (parts, error) {
	v := reflect.ValueOf(g).Elem()
	out := make(parts, len(sections))
	for i, s := range sections {
		f := v.Field(s.index)
		if s.empty && (f.IsZero() || f.Kind() == reflect.Slice && f.Len() == 0) {
			continue
		}
		b, err := json.Marshal(f.Interface())
		if err != nil {
			return nil, fmt.Errorf("section %s: %w", s.name, err)
		}
		out[i] = b
	}
	return out, nil
}

// canonical is the guide's one form as text: what its hash is made of.
func (p parts) canonical() []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, s := range sections {
		if p[i] == nil {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:", s.name)
		b.Write(p[i])
	}
	b.WriteByte('}')
	return b.Bytes()
}

// overlay is what a list changes in its template: sections by name; null takes
// a section out.
type overlay map[string]json.RawMessage

func overlayOf(template, own parts) overlay {
	out := overlay{}
	for i, s := range sections {
		switch {
		case bytes.Equal(template[i], own[i]):
		case own[i] == nil:
			out[s.name] = json.RawMessage("null")
		default:
			out[s.name] = own[i]
		}
	}
	return out
}

// laid gives the parts of a template with an overlay laid upon them.
func (o overlay) laid(template parts) parts {
	out := make(parts, len(sections))
	for i, s := range sections {
		own, has := o[s.name]
		switch {
		case !has:
			out[i] = template[i]
		case string(own) != "null":
			out[i] = own
		}
	}
	return out
}

// guideOf reads a guide from its canonical text.
func guideOf(text []byte) (g Guide, err error) {
	if err := json.Unmarshal(text, &g); err != nil {
		return g, fmt.Errorf("stored guide: %w", err)
	}
	return g, nil
}
