package form

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/tongban/tongban/internal/errs"
)

// MaxBody is the longest JSON text of answers that is read, in bytes.
const MaxBody = 1 << 20

// What ParseJSON answers when the text as a whole cannot be read.
var (
	ErrTooLarge = errs.New(errs.TooLarge, "form-too-large", "填写的内容超过 1 MiB，请精简后再提交。", "The answers exceed 1 MiB.")
	ErrJSON     = errs.New(errs.Malformed, "form-json", "提交的内容不是有效的 JSON 对象。", "The answers are not a sound JSON object.")
	ErrTwice    = errs.New(errs.Malformed, "form-key-twice", "提交的内容中有重复的字段。", "The answers hold a field twice.")
)

// ParseJSON reads answers from an API body: one JSON object, valid UTF-8, no
// key twice. Unknown fields, wrong types and characters that cannot be kept are
// findings, in the order of the text; such answers are left out. The error is an
// *errs.Error for a text that cannot be read at all.
func (f *Form) ParseJSON(data []byte) (Values, []errs.Field, error) {
	if len(data) > MaxBody {
		return nil, nil, ErrTooLarge
	}
	p := &parser{dec: jsontext.NewDecoder(bytes.NewReader(data))}
	out, err := p.object(func(name string) *Field { return f.byName[name] }, "")
	if err == nil {
		if _, end := p.dec.ReadToken(); end != io.EOF {
			err = ErrJSON
		}
	}
	if err != nil {
		return nil, nil, p.fault(err)
	}
	return out, p.found, nil
}

type parser struct {
	dec   *jsontext.Decoder
	found []errs.Field
}

// fault names where the text breaks off being JSON, never what stands there.
func (p *parser) fault(err error) error {
	var known *errs.Error
	if errors.As(err, &known) {
		return known
	}
	var at *jsontext.SyntacticError
	if !errors.As(err, &at) {
		return ErrJSON
	}
	place := errs.Field{Path: short(strings.TrimPrefix(string(at.JSONPointer), "/")), Code: "json",
		ZH: "JSON 从这里开始有误", EN: "The JSON goes wrong here"}
	if errors.Is(err, jsontext.ErrDuplicateName) {
		place.Code, place.ZH, place.EN = "twice", "这个字段出现了两次", "This field stands twice"
		return ErrTwice.With(place)
	}
	return ErrJSON.With(place)
}

func (p *parser) note(e errs.Field) {
	if len(p.found) < maxFields {
		p.found = append(p.found, e)
	}
}

func (p *parser) object(field func(string) *Field, prefix string) (map[string]any, error) {
	if p.dec.PeekKind() != '{' {
		if _, err := p.dec.ReadToken(); err != nil {
			return nil, err
		}
		return nil, ErrJSON
	}
	if _, err := p.dec.ReadToken(); err != nil {
		return nil, err
	}
	out := map[string]any{}
	for p.dec.PeekKind() != '}' {
		key, err := p.dec.ReadToken()
		if err != nil {
			return nil, err
		}
		name := key.String()
		fd := field(name)
		if fd == nil {
			p.note(unknownField(prefix + short(name)))
			if err := p.dec.SkipValue(); err != nil {
				return nil, err
			}
			continue
		}
		v, err := p.value(fd, prefix+name)
		if err != nil {
			return nil, err
		}
		if v != nil {
			out[name] = v
		}
	}
	_, err := p.dec.ReadToken()
	return out, err
}

func (p *parser) value(fd *Field, path string) (any, error) {
	switch k := p.dec.PeekKind(); {
	case fd.Type == String && k == '"':
		return p.text(fd, path)
	case fd.Type == Boolean && (k == 't' || k == 'f'):
		tok, err := p.dec.ReadToken()
		return k == 't', errOf(tok, err)
	case (fd.Type == Integer || fd.Type == Number) && k == '0':
		text, err := p.dec.ReadValue()
		if err != nil {
			return nil, err
		}
		x, err := strconv.ParseFloat(string(text), 64)
		switch {
		case err != nil || math.Abs(x) > maxNumber || fd.Type == Integer && x != math.Trunc(x):
			p.note(fd.typeError(path))
			return nil, nil
		case fd.Type == Integer:
			return int64(x), nil
		}
		return x + 0, nil
	case fd.Type == List && k == '[':
		return p.list(fd, path, func(at string) (any, error) {
			if p.dec.PeekKind() != '"' {
				p.note(fd.typeError(path))
				return nil, p.dec.SkipValue()
			}
			return p.text(fd, path)
		})
	case fd.Type == Rows && k == '[':
		return p.list(fd, path, func(at string) (any, error) {
			if p.dec.PeekKind() != '{' {
				p.note(fd.typeError(at))
				return nil, p.dec.SkipValue()
			}
			row, err := p.object(fd.child, at+"/")
			return row, err
		})
	}
	p.note(fd.typeError(path))
	return nil, p.dec.SkipValue()
}

func errOf(_ jsontext.Token, err error) error { return err }

func (p *parser) text(fd *Field, path string) (any, error) {
	tok, err := p.dec.ReadToken()
	if err != nil {
		return nil, err
	}
	s, sound := fd.canonical(tok.String())
	if !sound || strings.ContainsRune(s, 0xFFFD) {
		p.note(fd.err(path, "control", "%s中有无法识别的字符，请重新输入", "%s holds characters that cannot be read; type it again"))
		return nil, nil
	}
	if s == "" {
		return nil, nil
	}
	return s, nil
}

// list reads elements; one too many for any form is a finding and the rest is skipped.
func (p *parser) list(fd *Field, path string, element func(at string) (any, error)) (any, error) {
	if _, err := p.dec.ReadToken(); err != nil {
		return nil, err
	}
	most := maxOptions
	if fd.Type == Rows {
		most = maxRows
	}
	var out []any
	n := 0
	for ; p.dec.PeekKind() != ']'; n++ {
		if n >= most {
			if err := p.dec.SkipValue(); err != nil {
				return nil, err
			}
			continue
		}
		v, err := element(path + "/" + strconv.Itoa(n))
		if err != nil {
			return nil, err
		}
		if v != nil {
			out = append(out, v)
		}
	}
	if n > most {
		p.note(fd.err(path, "max-items", "%s的内容过多，请减少", "%s has too many entries"))
	}
	_, err := p.dec.ReadToken()
	if len(out) == 0 {
		return nil, err
	}
	return out, err
}
