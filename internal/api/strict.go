package api

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tongban/tongban/internal/errs"
)

// Limits of a JSON body.
const (
	maxBody  = 1 << 20 // bytes
	maxDepth = 32      // objects and lists within each other
)

// What a body that is no sound JSON is answered with.
var (
	errJSON     = errs.New(errs.Malformed, "json", "请求内容不是有效的 JSON。", "The body is not sound JSON.")
	errJSONKey  = errs.New(errs.Malformed, "json-key-twice", "请求内容中有重复的字段。", "The body holds a key twice.")
	errJSONDeep = errs.New(errs.Malformed, "json-depth", "请求内容嵌套过深。", "The body is nested too deeply.")
	errJSONText = errs.New(errs.Invalid, "json-text", "请求内容中有无法保存的字符。", "The body holds characters that cannot be kept.")
	errTooLarge = errs.New(errs.TooLarge, "too-large", "请求内容超过 1 MiB。", "The body exceeds 1 MiB.")
	errNoBody   = errs.New(errs.Malformed, "body-missing", "请求没有内容。", "The request has no body.")
	errNotJSON  = errs.New(errs.Unsupported, "content-type", "请求内容应为 application/json。", "The body must be application/json.")
)

// number is a JSON number as written.
type number string

// parse reads one JSON value strictly: UTF-8, no key twice, no NUL, not deeper
// than maxDepth, nothing behind it. It gives map[string]any, []any, string,
// number, bool or nil. Errors name the place and never what stands there.
func parse(body []byte) (any, error) {
	p := parser{dec: jsontext.NewDecoder(bytes.NewReader(body))}
	v, err := p.value(0)
	if err == nil {
		if _, end := p.dec.ReadToken(); end != io.EOF {
			err = errJSON
		}
	}
	if err != nil {
		return nil, p.fault(err)
	}
	return v, nil
}

type parser struct{ dec *jsontext.Decoder }

func (p *parser) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, errJSONDeep.With(p.place("depth", "嵌套过深", "Nested too deeply"))
	}
	tok, err := p.dec.ReadToken()
	if err != nil {
		return nil, err
	}
	switch tok.Kind() {
	case 'n':
		return nil, nil
	case 't', 'f':
		return tok.Bool(), nil
	case '"':
		return p.text(tok)
	case '0':
		return number(tok.String()), nil
	case '[':
		out := []any{}
		for p.dec.PeekKind() != ']' {
			v, err := p.value(depth + 1)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		_, err := p.dec.ReadToken()
		return out, err
	case '{':
		out := map[string]any{}
		for p.dec.PeekKind() != '}' {
			key, err := p.dec.ReadToken()
			if err != nil {
				return nil, err
			}
			name, err := p.text(key)
			if err != nil {
				return nil, err
			}
			if out[name], err = p.value(depth + 1); err != nil {
				return nil, err
			}
		}
		_, err := p.dec.ReadToken()
		return out, err
	}
	return nil, errJSON
}

func (p *parser) text(tok jsontext.Token) (string, error) {
	s := tok.String()
	if strings.ContainsRune(s, 0) {
		return "", errJSONText.With(p.place("control", "含有无法保存的字符", "Holds characters that cannot be kept"))
	}
	return s, nil
}

// place names where the decoder stands.
func (p *parser) place(code, zh, en string) errs.Field {
	return errs.Field{Path: short(strings.TrimPrefix(string(p.dec.StackPointer()), "/")), Code: code, ZH: zh, EN: en}
}

// fault words an error of the decoder.
func (p *parser) fault(err error) error {
	var known *errs.Error
	if errors.As(err, &known) {
		return known
	}
	var at *jsontext.SyntacticError
	if !errors.As(err, &at) {
		return errJSON
	}
	path := short(strings.TrimPrefix(string(at.JSONPointer), "/"))
	if errors.Is(err, jsontext.ErrDuplicateName) {
		return errJSONKey.With(errs.Field{Path: path, Code: "twice", ZH: "这个字段出现了两次", EN: "This key stands twice"})
	}
	return errJSON.With(errs.Field{Path: path, Code: "json", ZH: "JSON 从这里开始有误", EN: "The JSON goes wrong here"})
}

// short keeps a path from being a way to send long texts back.
func short(s string) string {
	const most = 120
	if len(s) <= most && utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s[:min(len(s), most)], "") + "…"
}

// decode fills a Go value from a body that parse has read and check has passed.
func decode(body []byte, to any) error {
	return json.Unmarshal(body, to, json.RejectUnknownMembers(true))
}
