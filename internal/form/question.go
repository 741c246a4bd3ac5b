package form

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
)

// What every question may say, and what goes with each type.
const (
	wordsAny     = "$ref type title description x-title-en x-elem x-widget x-show x-source x-help x-help-en x-example x-sensitive default "
	wordsString  = wordsAny + "format minLength maxLength pattern x-msg x-msg-en allOf x-unit x-unit-en x-not-before"
	wordsOptions = wordsAny + "enum oneOf minLength maxLength"
	wordsNumber  = wordsAny + "minimum maximum multipleOf x-unit x-unit-en"
	wordsBoolean = wordsAny + "const"
	wordsList    = wordsAny + "items minItems maxItems uniqueItems"
	wordsColumns = "type x-order properties required additionalProperties"
)

// widgetsOf lists the widgets that suit a question, the usual one first; long
// says that its text may be long.
func widgetsOf(fd *Field, long bool) []Widget {
	switch {
	case fd.Type == String && len(fd.Options) > 5:
		return []Widget{Select, Radio}
	case fd.Type == String && len(fd.Options) > 0:
		return []Widget{Radio, Select}
	case fd.Format == "date":
		return []Widget{DateBox}
	case fd.Format == "cn-id":
		return []Widget{IDNumber, Text}
	case fd.Format == "uscc":
		return []Widget{USCC, Text}
	case fd.Format == "cn-mobile", fd.Format == "cn-phone":
		return []Widget{Phone, Text}
	case fd.Type == String && long && fd.Format == "":
		return []Widget{TextArea, Text, Address, IDNumber, USCC, Phone}
	case fd.Type == String:
		return []Widget{Text, TextArea, Address, IDNumber, USCC, Phone}
	case fd.Type == Integer:
		return []Widget{NumberBox, Money}
	case fd.Type == Number:
		return []Widget{NumberBox}
	case fd.Type == Boolean && fd.MustAccept:
		return []Widget{Checkbox}
	case fd.Type == Boolean:
		return []Widget{Checkbox, Radio}
	case fd.Type == List:
		return []Widget{Checkboxes}
	case fd.Type == Rows:
		return []Widget{Table}
	}
	return nil
}

// question fills fd from the words of n.
func (c *compiler) question(n node, fd *Field) {
	fd.Title, fd.TitleEN = n.text("title", maxTitle), n.text("x-title-en", maxTitle)
	if !n.has("title") {
		n.bad("title", "required", "必须写明字段名称", "a field needs a title")
	}
	fd.Note = n.text("description", maxHelp)
	fd.Help, fd.HelpEN = n.text("x-help", maxHelp), n.text("x-help-en", maxHelp)
	fd.Example = n.text("x-example", maxTitle)
	fd.Unit, fd.UnitEN = n.text("x-unit", 20), n.text("x-unit-en", 20)
	if fd.Elem = n.text("x-elem", 40); fd.Elem != "" && !goodCode(fd.Elem) {
		n.bad("x-elem", "name", "数据元代码只能由字母、数字、“.”、“-”、“_”组成", "a code has letters, digits, “.”, “-” and “_” only")
	}
	fd.Format = n.text("format", 40)
	fd.NotBefore = n.text("x-not-before", 40)
	switch t, _ := n.m["type"].(string); t {
	case "string":
		c.stringQuestion(n, fd)
	case "integer", "number":
		c.numberQuestion(n, fd, Type(t))
	case "boolean":
		n.only(set(wordsBoolean))
		fd.Type = Boolean
		if v, given := n.flag("const"); given {
			fd.MustAccept = true
			if !v {
				n.bad("const", "const", "只能是 true", "can only be true")
			}
		}
	case "array":
		c.listQuestion(n, fd)
	default:
		n.bad("type", "type", "必须是 string、integer、number、boolean、array 之一", "must be one of string, integer, number, boolean, array")
		return
	}
	c.widget(n, fd)
	c.source(n, fd)
	sensitive, given := n.flag("x-sensitive")
	known := fd.Widget == IDNumber || fd.Widget == Phone ||
		slices.Contains([]string{"cn-id", "cn-mobile", "cn-phone", "bank-card"}, fd.Format)
	if given && !sensitive && known {
		n.bad("x-sensitive", "loosened", "这类号码必须脱敏", "numbers of this kind are always masked")
	}
	fd.Sensitive = sensitive || known
	if fd.NotBefore != "" && fd.Widget != DateBox {
		n.bad("x-not-before", "unknown-word", "只能用于日期字段", "goes with date fields only")
	}
	if n.has("x-show") {
		c.shows[fd] = n
		if fd.parent != nil {
			n.bad("x-show", "unknown-word", "表格的列不能设置显示条件", "columns of a table have no conditions")
		}
	}
	if fd.Default = n.m["default"]; fd.Default != nil && (fd.parent != nil || fd.Type == Rows) {
		n.bad("default", "unknown-word", "表格不能设置默认值", "tables have no default")
	}
}

func (c *compiler) stringQuestion(n node, fd *Field) {
	fd.Type = String
	fd.MinLength = n.whole("minLength", 0, maxLength, 0)
	fd.MaxLength = n.whole("maxLength", 1, maxLength, usual)
	if fd.MinLength > fd.MaxLength {
		n.bad("minLength", "range", "不能大于 maxLength", "must not exceed maxLength")
	}
	if n.has("enum") || n.has("oneOf") {
		n.only(set(wordsOptions))
		fd.Options = c.options(n)
		for _, o := range fd.Options {
			if l := count(o.Value); n.has("maxLength") && l > fd.MaxLength || l < fd.MinLength {
				n.bad("maxLength", "option", "选项“%s”不符合长度要求", "the option “%s” does not fit the length", short(o.Value))
			}
		}
		fd.MinLength, fd.MaxLength = 0, 0
		return
	}
	n.only(set(wordsString))
	if fd.Format != "" && c.formats[fd.Format] == nil {
		n.bad("format", "unknown-format", "没有名为“%s”的格式", "nobody checks the format “%s”", short(fd.Format))
	}
	c.pattern(n, fd)
	if n.has("allOf") {
		list, ok := n.m["allOf"].([]any)
		if !ok || len(list) == 0 || len(list) > 10 {
			n.bad("allOf", "type", "只能是 1 至 10 个 {pattern, x-msg}", "can only be 1 to 10 of {pattern, x-msg}")
		}
		for i, v := range list {
			m, ok := v.(map[string]any)
			sub := node{m, fmt.Sprintf("%s/%d", n.at("allOf"), i), n.p}
			if !ok || !sub.has("pattern") {
				sub.bad("", "type", "只能是 {pattern, x-msg}", "can only be {pattern, x-msg}")
				continue
			}
			sub.only(set("pattern x-msg x-msg-en"))
			c.pattern(sub, fd)
		}
	}
}

func (c *compiler) pattern(n node, fd *Field) {
	if !n.has("pattern") {
		for _, w := range []string{"x-msg", "x-msg-en"} {
			if n.has(w) {
				n.bad(w, "unknown-word", "只能与 pattern 一起使用", "goes with a pattern only")
			}
		}
		return
	}
	p := Pattern{Expr: n.text("pattern", 500), ZH: n.text("x-msg", maxTitle), EN: n.text("x-msg-en", maxTitle)}
	if _, err := regexp.Compile(p.Expr); err != nil {
		n.bad("pattern", "pattern", "不是有效的正则表达式（RE2）", "is not a sound regular expression (RE2)")
	}
	if p.ZH == "" {
		n.bad("x-msg", "required", "写了 pattern，就要用 x-msg 说明应当怎样填写", "a pattern needs x-msg, the sentence that says what to do")
	}
	fd.Patterns = append(fd.Patterns, p)
}

func (c *compiler) numberQuestion(n node, fd *Field, t Type) {
	n.only(set(wordsNumber))
	fd.Type = t
	fd.Min, fd.Max, fd.Step = n.number("minimum"), n.number("maximum"), n.number("multipleOf")
	if fd.Min != nil && fd.Max != nil && *fd.Min > *fd.Max {
		n.bad("minimum", "range", "不能大于 maximum", "must not exceed maximum")
	}
	if fd.Step != nil && *fd.Step <= 0 {
		n.bad("multipleOf", "range", "必须大于 0", "must be above 0")
	}
	if t == Integer {
		for w, x := range map[string]*float64{"minimum": fd.Min, "maximum": fd.Max, "multipleOf": fd.Step} {
			if x != nil && *x != math.Trunc(*x) {
				n.bad(w, "type", "必须是整数", "must be a whole number")
			}
		}
	}
}

func (c *compiler) listQuestion(n node, fd *Field) {
	n.only(set(wordsList))
	items, ok := n.object("items")
	if !ok {
		n.bad("items", "required", "必须写明列表的内容", "a list needs items")
		return
	}
	if unique, given := n.flag("uniqueItems"); given && !unique {
		n.bad("uniqueItems", "unknown-word", "只能是 true", "can only be true")
	}
	switch items.m["type"] {
	case "string":
		items.only(set("type enum oneOf"))
		fd.Type = List
		if fd.Options = c.options(items); len(fd.Options) == 0 {
			items.bad("enum", "required", "列表必须有选项（enum 或者 oneOf）", "a list needs options (enum or oneOf)")
		}
		fd.MaxItems = n.whole("maxItems", 1, maxOptions, 0)
		fd.MinItems = n.whole("minItems", 0, max(len(fd.Options), 1), 0)
	case "object":
		if fd.parent != nil {
			n.bad("items", "type", "表格中不能再有表格", "a table cannot hold a table")
			return
		}
		if n.has("uniqueItems") {
			n.bad("uniqueItems", "unknown-word", "不能用于表格", "does not go with a table")
		}
		fd.Type = Rows
		fd.MaxItems = n.whole("maxItems", 1, maxRows, usualRows)
		fd.MinItems = n.whole("minItems", 0, maxRows, 0)
		c.columns(items, fd)
	default:
		items.bad("type", "type", "必须是 string 或者 object", "must be string or object")
	}
	if fd.MaxItems > 0 && fd.MinItems > fd.MaxItems {
		n.bad("minItems", "range", "不能大于 maxItems", "must not exceed maxItems")
	}
}

func (c *compiler) columns(n node, fd *Field) {
	n.only(set(wordsColumns))
	if v, given := n.flag("additionalProperties"); given && v {
		n.bad("additionalProperties", "unknown-word", "只能是 false", "can only be false")
	}
	props, ok := n.object("properties")
	if !ok || len(props.m) == 0 || len(props.m) > maxColumns {
		n.bad("properties", "required", "必须有 1 至 %d 列", "needs 1 to %d columns", maxColumns)
		return
	}
	order := n.list("x-order")
	named := map[string]*Field{}
	for i, name := range order {
		if named[name] != nil || !props.has(name) {
			n.bad(fmt.Sprintf("x-order/%d", i), "unknown-field", "每一列写一次，且必须在 properties 中", "every column stands once and is among the properties")
			continue
		}
		if named[name] = c.property(props, name, fd); named[name] != nil {
			fd.Children = append(fd.Children, named[name])
		}
	}
	for _, name := range sortedKeys(props.m) {
		if !slices.Contains(order, name) {
			n.bad("x-order", "no-step", "缺少“%s”列", "lacks the column “%s”", short(name))
		}
	}
	for i, name := range n.list("required") {
		if named[name] != nil {
			named[name].Required = true
		} else if !props.has(name) {
			n.bad(fmt.Sprintf("required/%d", i), "unknown-field", "没有名为“%s”的列", "there is no column “%s”", short(name))
		}
	}
}

// options reads enum or oneOf.
func (c *compiler) options(n node) []Option {
	var out []Option
	seen := map[string]bool{}
	if n.has("enum") && n.has("oneOf") {
		n.bad("oneOf", "twice", "enum 和 oneOf 只能用一个", "enum and oneOf do not go together")
		return nil
	}
	word := "enum"
	if n.has("oneOf") {
		word = "oneOf"
	}
	list, _ := n.m[word].([]any)
	if len(list) == 0 || len(list) > maxOptions {
		n.bad(word, "required", "必须列出 1 至 %d 个选项", "must list 1 to %d options", maxOptions)
		return nil
	}
	for i, v := range list {
		at := node{map[string]any{"const": v, "title": v}, fmt.Sprintf("%s/%d", n.at(word), i), n.p}
		if word == "oneOf" {
			m, ok := v.(map[string]any)
			if !ok {
				at.bad("", "type", "必须是 {const, title}", "must be {const, title}")
				continue
			}
			at.m = m
			at.only(set("const title x-title-en"))
		}
		o := Option{Value: at.text("const", maxValue), Label: at.text("title", maxTitle), LabelEN: at.text("x-title-en", maxTitle)}
		if raw, _ := at.m["const"].(string); o.Value == "" || raw != o.Value || seen[o.Value] {
			at.bad("const", "option", "选项的值是不为空、前后没有空格、不重复的文本；数字代码请加引号",
				"an option's value is a text without outer spaces, not empty, not repeated; put codes made of digits in quotes")
			continue
		}
		if o.Label == "" {
			at.bad("title", "required", "必须写明选项名称", "an option needs a title")
		}
		seen[o.Value] = true
		out = append(out, o)
	}
	return out
}

func (c *compiler) widget(n node, fd *Field) {
	allowed := widgetsOf(fd, n.has("maxLength") && fd.MaxLength > 200)
	if len(allowed) == 0 {
		return
	}
	fd.Widget = allowed[0]
	if w := Widget(n.text("x-widget", 20)); w != "" {
		if !slices.Contains(allowed, w) {
			n.bad("x-widget", "widget", "“%s”不适合这种字段", "“%s” does not suit this type of field", short(string(w)))
		}
		fd.Widget = w
	}
	if fd.parent != nil && fd.Type == List {
		n.bad("type", "type", "表格的列不能是多选", "a column of a table cannot be a list")
	}
}

func (c *compiler) source(n node, fd *Field) {
	v, ok := n.m["x-source"]
	if !ok {
		return
	}
	if s, ok := v.(string); ok {
		fd.Sources = []string{s}
	} else {
		fd.Sources = n.list("x-source")
	}
	if fd.parent != nil || fd.Type == Rows {
		n.bad("x-source", "unknown-word", "表格不能预填", "tables have no source")
	}
	if len(fd.Sources) == 0 || len(fd.Sources) > 5 {
		n.bad("x-source", "source", "请写 1 至 5 个来源", "give 1 to 5 sources")
	}
	for _, s := range fd.Sources {
		if !goodSource(s) {
			n.bad("x-source", "source", "来源写作 applicant.name、licence:类型.字段 或者 resource:代码.字段",
				"a source is written applicant.name, licence:TYPE.field or resource:CODE.field")
		}
	}
}

func goodCode(s string) bool {
	for _, r := range s {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_') {
			return false
		}
	}
	return s != "" && len(s) <= 40
}

// goodSource accepts "who.word" and "licence:TYPE.field", "resource:CODE.field".
func goodSource(s string) bool {
	register, rest, found := strings.Cut(s, ":")
	if !found {
		who, word, dot := strings.Cut(s, ".")
		return dot && goodName(who) && goodName(word)
	}
	i := strings.LastIndexByte(rest, '.')
	return (register == "licence" || register == "resource") && i > 0 && goodCode(rest[:i]) && goodName(rest[i+1:])
}
