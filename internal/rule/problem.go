package rule

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/cel"

	"github.com/tongban/tongban/internal/errs"
)

// Error says why a text is no rule.
type Error struct {
	Text     string
	Problems []Problem // in the order of the text; at least one
}

// Problem is one mistake and its place.
type Problem struct {
	Line, Column   int // from 1; columns count characters
	Offset, Length int // the same place, in bytes of the text; Length may be 0
	Code           string
	ZH, EN         string
}

func (e *Error) Error() string {
	p := e.Problems[0]
	return fmt.Sprintf("rule: line %d, column %d: %s", p.Line, p.Column, p.EN)
}

// Fields gives the problems for people, at the place of the rule in an input.
func (e *Error) Fields(path string) []errs.Field {
	out := make([]errs.Field, len(e.Problems))
	for i, p := range e.Problems {
		out[i] = errs.Field{Path: path, Code: "rule-" + p.Code,
			ZH: fmt.Sprintf("第%d行第%d个字符：%s", p.Line, p.Column, p.ZH), EN: fmt.Sprintf("Line %d, column %d: %s", p.Line, p.Column, p.EN)}
	}
	return out
}

// Cut gives the text before the place, at it, and after it, for a page to mark.
func (p Problem) Cut(text string) (before, at, after string) {
	return text[:p.Offset], text[p.Offset : p.Offset+p.Length], text[p.Offset+p.Length:]
}

// whole is a problem of the whole text.
func whole(text, code, zh, en string) *Error {
	return &Error{Text: text, Problems: []Problem{{Line: 1, Column: 1, Length: len(text), Code: code, ZH: zh, EN: en}}}
}

// undeclared and overload are how CEL says what it does not know.
var (
	undeclared = regexp.MustCompile(`^undeclared reference to '([^']+)'(?: \(did you mean '([^']+)')?`)
	overload   = regexp.MustCompile(`^found no matching overload for '([^']+)' applied to '\(?([^']*?)\)?'$`)
)

// loops are the words of CEL that would go through a list.
var loops = []string{"all", "exists", "exists_one", "existsOne", "map", "filter", "transformList", "transformMap"}

// slips are the habits of other languages, and of a Chinese keyboard.
var slips = []struct{ found, zh, en string }{
	{"=", "比较是否相等请写 ==", "Write == to compare"},
	{"and", "“并且”请写 &&", "Write && for and"}, {"AND", "“并且”请写 &&", "Write && for and"},
	{"or", "“或者”请写 ||", "Write || for or"}, {"OR", "“或者”请写 ||", "Write || for or"},
	{"not", "“不是”请写 !", "Write ! for not"}, {"NOT", "“不是”请写 !", "Write ! for not"},
	{"&", "“并且”请写 &&", "Write && for and"}, {"|", "“或者”请写 ||", "Write || for or"},
	{"“", "文字请用半角引号 \"\" 括起来", "Put text between straight quotes"}, {"”", "文字请用半角引号 \"\" 括起来", "Put text between straight quotes"},
	{"（", "请用半角括号", "Use plain brackets"}, {"）", "请用半角括号", "Use plain brackets"}, {"，", "请用半角逗号", "Use a plain comma"},
	{"＝", "请用半角符号 ==", "Use the plain sign =="}, {"\"", "文字的引号没有配对", "A quote is not closed"}, {"'", "文字的引号没有配对", "A quote is not closed"},
}

// refused puts what CEL found into words, with its places.
func refused(text string, found []*cel.Error) *Error {
	e := &Error{Text: text}
	for _, f := range found {
		p := Problem{Offset: offset(text, f.Location.Line(), f.Location.Column())}
		say(&p, text, f.Message)
		p.place(text)
		if n := len(e.Problems); n == 0 || e.Problems[n-1].Offset != p.Offset {
			e.Problems = append(e.Problems, p)
		}
	}
	if looping := slices.ContainsFunc(e.Problems, func(p Problem) bool { return p.Code == "loop" }); looping {
		// The names inside a loop are unknown because of it.
		e.Problems = slices.DeleteFunc(e.Problems, func(p Problem) bool { return p.Code == "unknown" })
	}
	slices.SortStableFunc(e.Problems, func(a, b Problem) int { return cmp.Compare(a.Offset, b.Offset) })
	return e
}

// say finds the words for a message of CEL, and what exactly it is about.
func say(p *Problem, text, message string) {
	if m := undeclared.FindStringSubmatch(message); m != nil {
		name := m[1]
		p.aim(text, name)
		switch {
		case name == "_[_]":
			p.Code, p.ZH, p.EN = "index", "规则中不能用下标", "A rule has no index"
		case slices.Contains(loops, name):
			p.Code, p.ZH, p.EN = "loop", "规则中不能逐项循环（"+name+"）；判断是否包含请用 in", "A rule has no loop ("+name+"); ask with in whether a list has something"
		case strings.HasPrefix(strings.TrimSpace(text[p.Offset+p.Length:]), "("):
			p.Code, p.ZH, p.EN = "function", "没有“"+name+"”这个函数，可用的有 size、startsWith、endsWith、contains", "There is no function "+name+"; there are size, startsWith, endsWith, contains"
		default:
			p.Code, p.ZH, p.EN = "unknown", "没有“"+name+"”这个属性", "There is no attribute "+name
			if m[2] != "" {
				p.ZH, p.EN = p.ZH+"，是不是“"+m[2]+"”？", p.EN+"; is it "+m[2]+"?"
			}
		}
		return
	}
	if m := overload.FindStringSubmatch(message); m != nil {
		op := strings.Trim(m[1], "_@")
		p.aim(text, op)
		p.Code, p.ZH, p.EN = "type", "“"+op+"”不能用于这样的值（"+m[2]+"）", op+" does not work on "+m[2]
		return
	}
	switch {
	case strings.Contains(message, "recursion limit"), strings.Contains(message, "recursion depth"), strings.Contains(message, "nesting depth"):
		p.Offset, p.Length = 0, len(text)
		p.Code, p.ZH, p.EN = "too-deep", "括号或者运算套得太深，请简化", "The brackets are nested too deeply; simplify them"
	case strings.HasPrefix(message, "Syntax error"):
		p.Code, p.ZH, p.EN = "syntax", "写法不正确", "This cannot be read"
		if strings.TrimSpace(text[p.Offset:]) == "" {
			p.ZH, p.EN = "规则没有写完", "The rule ends too early"
			return
		}
		p.Length = word(text[p.Offset:])
		for _, s := range slips {
			if strings.HasPrefix(text[p.Offset:], s.found) {
				p.ZH, p.EN = s.zh, s.en
				break
			}
		}
	case strings.HasPrefix(message, "expected type"):
		p.Code, p.ZH, p.EN = "type", "值的类型不一致", "The types differ: "+message
	default:
		p.Code, p.ZH, p.EN = "refused", "这里不能这样写："+message, message
	}
}

// aim moves the place to where name stands: CEL points at the bracket of a
// call, and at a dot within a name.
func (p *Problem) aim(text, name string) {
	for at := p.Offset; at >= 0 && at+len(name) >= p.Offset; at-- {
		if strings.HasPrefix(text[at:], name) {
			p.Offset, p.Length = at, len(name)
			return
		}
	}
	p.Length = word(text[p.Offset:])
}

// word is the length of the name at the beginning of a text, else of its first
// character.
func word(text string) int {
	n := strings.IndexFunc(text, func(r rune) bool {
		return !(r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	})
	switch {
	case n < 0:
		return len(text)
	case n == 0:
		_, n = utf8.DecodeRuneInString(text)
	}
	return n
}

// offset finds CEL's place, lines from 1 and characters from 0, in the text.
func offset(text string, line, column int) int {
	at := 0
	for ; line > 1; line-- {
		end := strings.IndexByte(text[at:], '\n')
		if end < 0 {
			return len(text)
		}
		at += end + 1
	}
	for ; column > 0 && at < len(text); column-- {
		_, n := utf8.DecodeRuneInString(text[at:])
		at += n
	}
	return at
}

// place reckons line and column from the offset.
func (p *Problem) place(text string) {
	before := text[:p.Offset]
	p.Line = strings.Count(before, "\n") + 1
	p.Column = utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
}
