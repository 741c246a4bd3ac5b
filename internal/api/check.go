package api

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tongban/tongban/internal/errs"
)

// maxFields bounds how many problems one answer lists.
const maxFields = 50

// checker holds a value against its schema and collects what does not fit. It
// knows the words that our own schemas use, no more.
type checker struct {
	schemas  huma.Registry
	patterns map[string]*regexp.Regexp
	found    []errs.Field
}

func (c *checker) add(path, code, zh, en string) {
	if len(c.found) < maxFields {
		c.found = append(c.found, errs.Field{Path: short(path), Code: code, ZH: zh, EN: en})
	}
}

// resolve follows references.
func resolve(r huma.Registry, s *huma.Schema) *huma.Schema {
	for s.Ref != "" {
		s = r.SchemaFromRef(s.Ref)
	}
	return s
}

// value checks v, as parse gives it, at a path.
func (c *checker) value(s *huma.Schema, v any, path string) {
	s = resolve(c.schemas, s)
	if v == nil {
		c.add(path, "type", "不能为 null", "May not be null; leave it out")
		return
	}
	switch s.Type {
	case huma.TypeObject:
		m, ok := v.(map[string]any)
		if !ok {
			c.add(path, "type", "应为对象", "Must be an object")
			return
		}
		c.object(s, m, path)
	case huma.TypeArray:
		list, ok := v.([]any)
		if !ok {
			c.add(path, "type", "应为列表", "Must be a list")
			return
		}
		if s.MaxItems != nil && len(list) > *s.MaxItems {
			c.add(path, "max-items", fmt.Sprintf("最多%d项", *s.MaxItems), fmt.Sprintf("At most %d entries", *s.MaxItems))
			return
		}
		if s.MinItems != nil && len(list) < *s.MinItems {
			c.add(path, "min-items", fmt.Sprintf("至少%d项", *s.MinItems), fmt.Sprintf("At least %d entries", *s.MinItems))
		}
		for i, x := range list {
			c.value(s.Items, x, join(path, strconv.Itoa(i)))
		}
	case huma.TypeString:
		text, ok := v.(string)
		if !ok {
			c.add(path, "type", "应为字符串", "Must be a string")
			return
		}
		c.text(s, text, path)
	case huma.TypeBoolean:
		if _, ok := v.(bool); !ok {
			c.add(path, "type", "应为 true 或 false", "Must be true or false")
		}
	case huma.TypeInteger, huma.TypeNumber:
		n, ok := v.(number)
		if !ok {
			c.add(path, "type", "应为数字", "Must be a number")
			return
		}
		c.number(s, string(n), path)
	}
}

func (c *checker) object(s *huma.Schema, m map[string]any, path string) {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		switch p, ok := s.Properties[name]; {
		case ok:
			c.value(p, m[name], join(path, name))
		case s.AdditionalProperties == false:
			c.add(join(path, name), "unknown-field", "没有这个字段", "There is no such field")
		}
	}
	for _, name := range s.Required {
		if _, ok := m[name]; !ok {
			c.add(join(path, name), "required", "必须填写", "Required")
		}
	}
}

func (c *checker) text(s *huma.Schema, text, path string) {
	n := utf8.RuneCountInString(text)
	switch {
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		c.add(path, "control", "含有无法保存的字符", "Holds characters that cannot be kept")
	case s.MaxLength != nil && n > *s.MaxLength:
		c.add(path, "max-length", fmt.Sprintf("最多%d个字符", *s.MaxLength), fmt.Sprintf("At most %d characters", *s.MaxLength))
	case s.MinLength != nil && n < *s.MinLength:
		c.add(path, "required", "必须填写", "Required")
	case len(s.Enum) > 0 && !slices.Contains(s.Enum, any(text)):
		c.add(path, "option", "应为下列之一："+options(s.Enum, "、"), "One of: "+options(s.Enum, ", "))
	case s.Pattern != "" && !c.patterns[s.Pattern].MatchString(text):
		c.add(path, "pattern", "格式不正确", "Does not have the right form")
	case s.Format == "int64" && !isID(text):
		c.add(path, "pattern", "格式不正确", "Does not have the right form")
	case s.Format == "date" && !isDate(text):
		c.add(path, "date", "应为日期，如 2026-03-02", "Must be a date such as 2026-03-02")
	case s.Format == "date-time" && !isInstant(text):
		c.add(path, "date-time", "应为时间，如 2026-03-02T09:00:00+08:00", "Must be an instant such as 2026-03-02T09:00:00+08:00")
	}
}

func (c *checker) number(s *huma.Schema, text, path string) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || s.Type == huma.TypeInteger && (n != math.Trunc(n) || math.Abs(n) > 1<<31 || strings.ContainsAny(text, ".eE")) {
		c.add(path, "type", "应为整数", "Must be a whole number")
		return
	}
	if s.Minimum != nil && n < *s.Minimum || s.Maximum != nil && n > *s.Maximum {
		low, high := math.Inf(-1), math.Inf(1)
		if s.Minimum != nil {
			low = *s.Minimum
		}
		if s.Maximum != nil {
			high = *s.Maximum
		}
		c.add(path, "range", fmt.Sprintf("应在%v和%v之间", low, high), fmt.Sprintf("Must lie between %v and %v", low, high))
	}
}

// param checks a path or query value, which is always text.
func (c *checker) param(s *huma.Schema, text, path string) {
	s = resolve(c.schemas, s)
	switch s.Type {
	case huma.TypeInteger, huma.TypeNumber:
		if _, err := strconv.ParseInt(text, 10, 32); err != nil {
			c.add(path, "type", "应为整数", "Must be a whole number")
			return
		}
		c.number(s, text, path)
	case huma.TypeBoolean:
		if text != "true" && text != "false" {
			c.add(path, "type", "应为 true 或 false", "Must be true or false")
		}
	default:
		c.text(s, text, path)
	}
}

// compile prepares the patterns of a schema and of everything below it.
func compile(r huma.Registry, s *huma.Schema, into map[string]*regexp.Regexp, seen map[*huma.Schema]bool) {
	if s == nil {
		return
	}
	s = resolve(r, s)
	if seen[s] {
		return
	}
	seen[s] = true
	if s.Pattern != "" && into[s.Pattern] == nil {
		into[s.Pattern] = regexp.MustCompile(s.Pattern)
	}
	compile(r, s.Items, into, seen)
	for _, p := range s.Properties {
		compile(r, p, into, seen)
	}
}

func join(path, name string) string {
	name = strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
	if path == "" {
		return name
	}
	return path + "/" + name
}

func options(enum []any, sep string) string {
	var out []string
	for _, e := range enum {
		out = append(out, fmt.Sprint(e))
	}
	return strings.Join(out, sep)
}

func isID(s string) bool {
	_, err := strconv.ParseInt(s, 10, 64)
	return err == nil
}

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil && s >= "1900-01-01" && s <= "2199-12-31"
}

func isInstant(s string) bool {
	t, err := time.Parse(time.RFC3339, s)
	return err == nil && t.Year() >= 1970 && t.Year() < 2200
}
