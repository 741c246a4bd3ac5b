package form

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/tongban/tongban/internal/errs"
)

// ErrSchema is what Compile answers for a text that is no form; the error's
// fields name the places.
var ErrSchema = errs.New(errs.Invalid, "form-invalid",
	"表单定义有误，请按所列位置修改。", "The form's definition does not fit; see the places.")

// maxProblems keeps the answer for a hopeless text short.
const maxProblems = 30

// problems collects what is wrong with a definition, each with its place.
type problems struct {
	fields []errs.Field
	texts  []error
}

func (p *problems) add(place, code, zh, en string) {
	if len(p.fields) >= maxProblems {
		return
	}
	p.fields = append(p.fields, errs.Field{Path: place, Code: code, ZH: place + "：" + zh, EN: place + ": " + en})
	p.texts = append(p.texts, errors.New(place+": "+en))
}

func (p *problems) err() error {
	if len(p.fields) == 0 {
		return nil
	}
	return ErrSchema.With(p.fields...).Because(errors.Join(p.texts...))
}

// node is one object of the definition while it is read.
type node struct {
	m     map[string]any
	place string
	p     *problems
}

func (n node) at(word string) string {
	if n.place == "" {
		return word
	}
	if word == "" {
		return n.place
	}
	return n.place + "/" + word
}

func (n node) bad(word, code, zh, en string, args ...any) {
	if len(args) > 0 {
		zh, en = fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...)
	}
	n.p.add(n.at(word), code, zh, en)
}

func (n node) has(word string) bool { _, ok := n.m[word]; return ok }

// text reads a word that is a text of at most max characters.
func (n node) text(word string, max int) string {
	v, ok := n.m[word]
	if !ok {
		return ""
	}
	s, ok := v.(string)
	if !ok {
		n.bad(word, "type", "必须是文本", "must be a text")
		return ""
	}
	s, sound := tidy(s, true)
	if !sound || strings.ContainsRune(s, 0xFFFD) {
		n.bad(word, "text", "含有不能使用的字符", "holds characters that cannot be used")
		return ""
	}
	if count(s) > max {
		n.bad(word, "max-length", "不能超过 %d 个字", "must not exceed %d characters", max)
		return ""
	}
	if s == "" {
		n.bad(word, "empty", "不能为空", "must not be empty")
	}
	return s
}

func (n node) flag(word string) (value, given bool) {
	v, ok := n.m[word]
	if !ok {
		return false, false
	}
	b, ok := v.(bool)
	if !ok {
		n.bad(word, "type", "必须是 true 或者 false", "must be true or false")
	}
	return b, true
}

func (n node) number(word string) *float64 {
	v, ok := n.m[word]
	if !ok {
		return nil
	}
	x, ok := v.(float64)
	if !ok || math.Abs(x) > maxNumber {
		n.bad(word, "type", "必须是数字，绝对值不超过一千万亿", "must be a number of at most 1e15")
		return nil
	}
	return &x
}

func (n node) whole(word string, low, high, otherwise int) int {
	x := n.number(word)
	if x == nil {
		return otherwise
	}
	if *x != math.Trunc(*x) || *x < float64(low) || *x > float64(high) {
		n.bad(word, "range", "必须是 %d 至 %d 的整数", "must be a whole number from %d to %d", low, high)
		return otherwise
	}
	return int(*x)
}

// list reads a word that is a list of texts.
func (n node) list(word string) []string {
	v, ok := n.m[word]
	if !ok {
		return nil
	}
	l, ok := v.([]any)
	if !ok {
		n.bad(word, "type", "必须是文本列表", "must be a list of texts")
		return nil
	}
	out := make([]string, 0, len(l))
	for i, x := range l {
		s, ok := x.(string)
		if !ok || s == "" {
			n.bad(fmt.Sprintf("%s/%d", word, i), "type", "必须是文本；数字代码请加引号", "must be a text; put codes made of digits in quotes")
			continue
		}
		out = append(out, s)
	}
	return out
}

// object reads a word that is an object.
func (n node) object(word string) (node, bool) {
	v, ok := n.m[word]
	if !ok {
		return node{}, false
	}
	m, ok := v.(map[string]any)
	if !ok {
		n.bad(word, "type", "必须是对象", "must be an object")
		return node{}, false
	}
	return node{m, n.at(word), n.p}, true
}

// only refuses words that are not allowed here.
func (n node) only(words map[string]bool) {
	for _, w := range sortedKeys(n.m) {
		if !words[w] {
			n.bad(w, "unknown-word", "这里不能使用“%s”", "“%s” cannot be used here", short(w))
		}
	}
}
