package notify

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tongban/tongban/internal/errs"
)

// Text 消息模板 is what is said: a subject and a body with named values,
//
//	“{item}”（办件编号 {no}）：{title}。[请于 {correctBy} 前补正。]
//
// where a part in brackets falls away when a value in it is empty. {{, }}, [[
// and ]] stand for the signs themselves. Which of the two a part has is said
// with the parts.
type Text struct {
	Subject string `yaml:"subject" json:"subject,omitempty"`
	Body    string `yaml:"body" json:"body"`
}

// Part says what a text is for.
type Part string

// The parts. A title is one line without values that other texts name as
// {title}; a WeChat text has the key of the template as its subject and a line
// name=text for each of the template's values.
const (
	Title      Part = "title"
	InApp      Part = "app"
	SMSText    Part = "sms"
	MailText   Part = "mail"
	WeChatText Part = "wechat"
)

// Parts lists them in the order shown to people.
var Parts = []Part{Title, InApp, SMSText, MailText, WeChatText}

// Languages that texts are in.
var Languages = []string{"zh", "en"}

// Limits of texts, in characters. A longer SMS is sent in parts: one of 70, or
// several of 67 each.
const (
	maxSMS   = 500
	smsOne   = 70
	smsEach  = 67
	maxTitle = 60
	maxValue = 60 // of one value in an SMS or a WeChat line
)

// SMSParts 短信条数 is in how many parts an SMS is sent, its sign included.
func SMSParts(sign, text string) int {
	n := utf8.RuneCountInString(text)
	if sign != "" {
		n += utf8.RuneCountInString(sign) + 2
	}
	switch {
	case n == 0:
		return 0
	case n <= smsOne:
		return 1
	}
	return (n + smsEach - 1) / smsEach
}

// piece is a run of a text: words, a value, or a part that may fall away.
type piece struct {
	words string
	value string
	maybe []piece
}

// parse reads a text. The error says where it goes wrong, in both languages.
func parse(s string) ([]piece, *errs.Field) {
	out, rest, bad := parseTo(s, 0)
	if bad == nil && rest != "" {
		bad = &errs.Field{Code: "bracket", ZH: "多了一个 ]；要显示这个符号请写 ]]", EN: "a ] too many; write ]] for the sign itself"}
	}
	return out, bad
}

func parseTo(s string, depth int) (out []piece, rest string, bad *errs.Field) {
	var words strings.Builder
	flush := func() {
		if words.Len() > 0 {
			out = append(out, piece{words: words.String()})
			words.Reset()
		}
	}
	for s != "" {
		c := s[0]
		if strings.IndexByte("{}[]", c) < 0 {
			n := strings.IndexAny(s, "{}[]")
			if n < 0 {
				n = len(s)
			}
			words.WriteString(s[:n])
			s = s[n:]
			continue
		}
		if len(s) > 1 && s[1] == c {
			words.WriteByte(c)
			s = s[2:]
			continue
		}
		flush()
		switch c {
		case '}':
			return nil, "", &errs.Field{Code: "brace", ZH: "多了一个 }；要显示这个符号请写 }}", EN: "a } too many; write }} for the sign itself"}
		case '{':
			end := strings.IndexByte(s, '}')
			if end < 0 {
				return nil, "", &errs.Field{Code: "brace", ZH: "{ 没有配对的 }", EN: "a { without its }"}
			}
			out = append(out, piece{value: s[1:end]})
			s = s[end+1:]
		case '[':
			if depth > 0 {
				return nil, "", &errs.Field{Code: "bracket", ZH: "[ ] 不能套在 [ ] 里面", EN: "brackets do not nest"}
			}
			var inner []piece
			if inner, s, bad = parseTo(s[1:], 1); bad != nil {
				return nil, "", bad
			}
			if !strings.HasPrefix(s, "]") {
				return nil, "", &errs.Field{Code: "bracket", ZH: "[ 没有配对的 ]", EN: "a [ without its ]"}
			}
			out, s = append(out, piece{maybe: inner}), s[1:]
		case ']':
			return out, s, nil
		}
	}
	flush()
	return out, "", nil
}

// named lists the values that a text names.
func named(pieces []piece) (out []string) {
	for _, p := range pieces {
		if p.value != "" {
			out = append(out, p.value)
		}
		out = append(out, named(p.maybe)...)
	}
	return out
}

// fill puts values into a text.
func fill(pieces []piece, value func(string) string) string {
	var b strings.Builder
	for _, p := range pieces {
		switch {
		case p.maybe != nil:
			if !slices.ContainsFunc(named(p.maybe), func(n string) bool { return value(n) == "" }) {
				b.WriteString(fill(p.maybe, value))
			}
		case p.value != "":
			b.WriteString(value(p.value))
		default:
			b.WriteString(p.words)
		}
	}
	return b.String()
}

// textKey is whose text it is.
type textKey struct {
	Kind string
	Lang string
	Part Part
}

func (k textKey) String() string { return k.Kind + "/" + k.Lang + "/" + string(k.Part) }

// compiled is a text that was checked.
type compiled struct {
	Text
	subject, body []piece
	lines         []compiledLine // of WeChat
	from          string         // where it comes from: default, folder, city
}

type compiledLine struct {
	name string
	body []piece
}

// compile reads a text and says everything that is wrong with it. Paths of
// fields are "subject" and "body".
func compile(key textKey, t Text, sign string) (c *compiled, bad []errs.Field) {
	c = &compiled{Text: t}
	wrong := func(path, code, zh, en string) { bad = append(bad, errs.Field{Path: path, Code: code, ZH: zh, EN: en}) }
	if !slices.Contains(Languages, key.Lang) {
		wrong("lang", "unknown", "语言应为 zh 或者 en", "the language is zh or en")
	}
	if !slices.Contains(Parts, key.Part) {
		wrong("part", "unknown", "没有这一种文本", "there is no such part")
		return nil, bad
	}
	kind := kindOf(key.Kind)
	read := func(path, s string) []piece {
		pieces, f := parse(s)
		if f != nil {
			f.Path = path
			bad = append(bad, *f)
			return nil
		}
		for _, name := range named(pieces) {
			v, ok := kind.value(name, key.Part)
			switch {
			case !ok:
				wrong(path, "unknown-value", "没有变量 {"+name+"}，可用的是 "+kind.names(key.Part), "there is no value {"+name+"}; there are "+kind.names(key.Part))
			case v.Inside && key.Part != InApp:
				wrong(path, "inside", "{"+name+"} 可能含有个人信息，只能用在站内消息里", "{"+name+"} may hold personal data and stays in the platform")
			case key.Part == Title:
				wrong(path, "title-value", "标题里不能用变量", "a title names no values")
			}
		}
		return pieces
	}
	hasSubject := key.Part == InApp || key.Part == MailText || key.Part == WeChatText
	switch {
	case hasSubject && strings.TrimSpace(t.Subject) == "":
		wrong("subject", "required", "请填写标题", "a subject is required")
	case !hasSubject && t.Subject != "":
		wrong("subject", "not-needed", "这种文本没有标题", "this part has no subject")
	}
	if strings.TrimSpace(t.Body) == "" {
		wrong("body", "required", "请填写内容", "a text is required")
	}
	if key.Part == WeChatText {
		c.readLines(t, read, wrong)
	} else {
		c.subject, c.body = read("subject", t.Subject), read("body", t.Body)
	}
	if len(bad) > 0 {
		return nil, bad
	}
	if key.Part == InApp || key.Part == SMSText || key.Part == MailText {
		for _, must := range kind.Must {
			if v, _ := kind.value(must, key.Part); !slices.Contains(append(named(c.subject), named(c.body)...), must) {
				wrong("body", "missing-value", "必须写出 {"+must+"}（"+v.ZH+"）", "{"+must+"} has to be told: "+v.EN)
			}
		}
	}
	c.measure(key, kind, sign, wrong)
	if len(bad) > 0 {
		return nil, bad
	}
	return c, nil
}

// readLines reads the values of a WeChat template.
func (c *compiled) readLines(t Text, read func(path, s string) []piece, wrong func(path, code, zh, en string)) {
	if strings.ContainsAny(t.Subject, "{}[] \n") {
		wrong("subject", "template", "填写配置里的模板名称，不含空格和括号", "the key of a template of the configuration, without spaces and brackets")
	}
	for line := range strings.Lines(strings.TrimSpace(t.Body)) {
		name, text, ok := strings.Cut(strings.TrimSpace(line), "=")
		if !ok || name == "" || strings.ContainsAny(name, "{}[] ") {
			wrong("body", "line", "每行写“字段名=内容”，例如 thing1={item}", "each line is name=text, such as thing1={item}")
			return
		}
		c.lines = append(c.lines, compiledLine{name, read("body", text)})
	}
}

// measure checks lengths with the sample values.
func (c *compiled) measure(key textKey, kind Kind, sign string, wrong func(path, code, zh, en string)) {
	subject, body, _ := c.render(kind.samples(key.Lang))
	long := func(path, s string, most int) {
		if n := utf8.RuneCountInString(s); n > most {
			wrong(path, "long", fmt.Sprintf("代入变量后有 %d 个字，最多 %d 个", n, most), fmt.Sprintf("with its values it has %d characters, at most %d are carried", n, most))
		}
	}
	switch key.Part {
	case Title:
		long("body", body, maxTitle)
		if strings.ContainsAny(body, "\r\n") {
			wrong("body", "line", "标题只有一行", "a title is one line")
		}
	case InApp, MailText:
		long("subject", subject, maxSubject)
		long("body", body, maxBody)
	case SMSText:
		if n := utf8.RuneCountInString(sign); n > 0 {
			long("body", body, maxSMS-n-2)
			return
		}
		long("body", body, maxSMS)
	}
}

// render fills a text in.
func (c *compiled) render(values map[string]string) (subject, body string, data []Named) {
	value := func(name string) string { return values[name] }
	for _, l := range c.lines {
		data = append(data, Named{l.name, fill(l.body, value)})
	}
	if c.lines != nil {
		return c.Subject, "", data
	}
	return fill(c.subject, value), fill(c.body, value), nil
}

func (k Kind) value(name string, part Part) (Value, bool) {
	list := k.Values
	if part != InApp && part != Title {
		list = slices.Concat(k.Values, always)
	}
	i := slices.IndexFunc(list, func(v Value) bool { return v.Name == name })
	if i < 0 {
		return Value{}, false
	}
	return list[i], true
}

func (k Kind) names(part Part) string {
	var out []string
	for _, v := range slices.Concat(k.Values, always) {
		if _, ok := k.value(v.Name, part); ok {
			out = append(out, "{"+v.Name+"}")
		}
	}
	return strings.Join(out, " ")
}

func (k Kind) samples(lang string) map[string]string {
	i := slices.Index(Languages, lang)
	out := map[string]string{}
	for _, v := range slices.Concat(always, k.Values) {
		out[v.Name] = v.Sample[max(i, 0)]
	}
	return out
}

// outside makes values fit to leave the platform in one line: nothing that
// stays inside, one line each, cut where it is too long.
func (k Kind) outside(values map[string]string) map[string]string {
	out := map[string]string{}
	for _, v := range k.Values {
		if v.Inside {
			continue
		}
		s := strings.Join(strings.Fields(values[v.Name]), " ")
		most := maxValue
		if v.Name == "short" {
			most = maxSubject
		}
		if r := []rune(s); len(r) > most {
			s = string(r[:most-1]) + "…"
		}
		out[v.Name] = s
	}
	return out
}
