package form

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/tongban/tongban/internal/errs"
)

// Elements 数据元目录 maps a data-element code to a fragment: the words of a
// field without x-show, x-not-before and $ref, as JSON.
type Elements map[string]json.RawMessage

// Check compiles every element by itself: what it refuses, no form could use.
// The error is that of Compile; places begin with the code.
func (e Elements) Check(formats Formats) error {
	p := &problems{}
	for _, code := range sortedKeys(e) {
		if !goodCode(code) {
			p.add(short(code), "name", "数据元代码只能由字母、数字、“.”、“-”、“_”组成", "a code has letters, digits, “.”, “-” and “_” only")
			continue
		}
		_, err := Compile([]byte(`{"type":"object","x-steps":[{"key":"s","title":"s","fields":["x"]}],"properties":{"x":{"$ref":"elem:`+code+`"}}}`), e, formats)
		var found *errs.Error
		if !errors.As(err, &found) {
			continue
		}
		for _, f := range found.Fields {
			place := code + strings.TrimPrefix(strings.TrimPrefix(f.Path, "properties/x"), elemScheme+code)
			p.add(place, f.Code, strings.TrimPrefix(f.ZH, f.Path+"："), strings.TrimPrefix(f.EN, f.Path+": "))
		}
	}
	return p.err()
}

const elemScheme = "elem:"

// resolve replaces $ref by what it names, with the words beside it laid over.
func (c *compiler) resolve(n node) (node, bool) {
	v, ok := n.m["$ref"]
	if !ok {
		if code, ok := n.m["x-elem"].(string); ok && c.elements != nil {
			if _, known := c.elements[code]; !known {
				n.bad("x-elem", "unknown-element", "数据元目录中没有“%s”", "the catalogue has no element “%s”", short(code))
			}
		}
		return n, true
	}
	ref, _ := v.(string)
	var base node
	switch {
	case strings.HasPrefix(ref, elemScheme):
		code := ref[len(elemScheme):]
		text, known := c.elements[code]
		if !known {
			n.bad("$ref", "unknown-element", "数据元目录中没有“%s”", "the catalogue has no element “%s”", short(code))
			return n, false
		}
		if base, ok = readObject(text, elemScheme+code, c.problems); !ok {
			return n, false
		}
		for _, w := range []string{"$ref", "x-show", "x-not-before"} {
			if base.has(w) {
				base.bad(w, "unknown-word", "数据元中不能使用", "cannot be used in a data element")
				return n, false
			}
		}
		base.m["x-elem"] = code
	case strings.HasPrefix(ref, "#/$defs/"):
		name := ref[len("#/$defs/"):]
		defs, _ := c.root.m["$defs"].(map[string]any)
		def, known := defs[name].(map[string]any)
		if !known {
			n.bad("$ref", "unknown-definition", "$defs 中没有“%s”", "$defs has no “%s”", short(name))
			return n, false
		}
		base = node{def, "$defs/" + short(name), c.problems}
		if inner, _ := def["$ref"].(string); def["$ref"] != nil && !strings.HasPrefix(inner, elemScheme) {
			base.bad("$ref", "ref", "$defs 中只能引用数据元（elem:代码）", "a definition may refer to data elements only (elem:CODE)")
			return n, false
		}
		if base, ok = c.resolve(base); !ok {
			return n, false
		}
	default:
		n.bad("$ref", "ref", "只能写 elem:代码 或者 #/$defs/名称", "can only be elem:CODE or #/$defs/name")
		return n, false
	}
	return overlay(base, n)
}

// overlay lays the words of over on those of base. Limits can only get tighter.
func overlay(base, over node) (node, bool) {
	before := len(over.p.fields)
	m := make(map[string]any, len(base.m)+len(over.m))
	for w, v := range base.m {
		m[w] = v
	}
	var patterns []any
	for _, w := range sortedKeys(over.m) {
		v := over.m[w]
		old, had := m[w]
		if w == "$ref" {
			continue
		}
		if !had {
			m[w] = v
			continue
		}
		loose := func(zh, en string) { over.bad(w, "loosened", zh, en) }
		switch w {
		case "type", "format", "const", "x-elem":
			if !reflect.DeepEqual(v, old) {
				loose("不能改变所引用定义的这一项", "cannot differ from the definition referred to")
			}
		case "maxLength", "maximum", "maxItems":
			if a, b, ok := pair(v, old); !ok || a > b {
				loose("只能比所引用的定义更严（更小）", "can only be smaller than in the definition referred to")
			}
		case "minLength", "minimum", "minItems":
			if a, b, ok := pair(v, old); !ok || a < b {
				loose("只能比所引用的定义更严（更大）", "can only be larger than in the definition referred to")
			}
		case "multipleOf":
			if a, b, ok := pair(v, old); !ok || b <= 0 || math.Abs(a/b-math.Round(a/b)) > 1e-9 {
				loose("必须是所引用定义中步长的整数倍", "must be a multiple of the one in the definition referred to")
			}
		case "enum", "oneOf":
			if !subset(values(v), values(old)) {
				loose("只能是所引用定义中选项的一部分", "can only be a part of the options in the definition referred to")
			}
		case "pattern":
			if v != old {
				patterns = append(patterns, map[string]any{"pattern": old, "x-msg": m["x-msg"], "x-msg-en": m["x-msg-en"]})
			}
		case "allOf":
			a, okA := old.([]any)
			b, okB := v.([]any)
			if !okA || !okB {
				loose("必须是列表", "must be a list")
				continue
			}
			v = append(append([]any{}, a...), b...)
		case "items", "properties", "required", "x-order":
			if !reflect.DeepEqual(v, old) {
				loose("不能改变所引用定义的结构", "cannot change the structure of the definition referred to")
			}
		case "x-sensitive":
			if old == true && v != true {
				loose("不能取消脱敏", "cannot be taken back")
			}
		}
		m[w] = v
	}
	if _, hasEnum := over.m["enum"]; hasEnum && base.has("oneOf") || over.has("oneOf") && base.has("enum") {
		w, other := "enum", "oneOf"
		if !hasEnum {
			w, other = other, w
		}
		if !subset(values(over.m[w]), values(base.m[other])) {
			over.bad(w, "loosened", "只能是所引用定义中选项的一部分", "can only be a part of the options in the definition referred to")
		}
		delete(m, other)
	}
	if len(patterns) > 0 {
		if over.m["x-msg"] == nil {
			over.bad("x-msg", "required", "写了 pattern，就要用 x-msg 说明应当怎样填写", "a pattern needs x-msg, the sentence that says what to do")
		}
		for _, p := range patterns {
			if p := p.(map[string]any); p["x-msg-en"] == nil {
				delete(p, "x-msg-en")
			}
		}
		if over.m["x-msg-en"] == nil {
			delete(m, "x-msg-en")
		}
		old, _ := m["allOf"].([]any)
		m["allOf"] = append(append([]any{}, old...), patterns...)
	}
	return node{m, over.place, over.p}, len(over.p.fields) == before
}

func pair(a, b any) (x, y float64, ok bool) {
	x, okX := a.(float64)
	y, okY := b.(float64)
	return x, y, okX && okY
}

// values are the option values of an enum or a oneOf, as text.
func values(v any) []string {
	var out []string
	l, _ := v.([]any)
	for _, x := range l {
		if m, ok := x.(map[string]any); ok {
			x = m["const"]
		}
		out = append(out, fmt.Sprint(x))
	}
	return out
}

func subset(a, b []string) bool {
	have := map[string]bool{}
	for _, s := range b {
		have[s] = true
	}
	for _, s := range a {
		if !have[s] {
			return false
		}
	}
	return len(a) > 0
}
