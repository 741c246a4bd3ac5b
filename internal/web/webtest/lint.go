package webtest

import (
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// Lint says what is wrong with a page's HTML, in words a page author can act on.
func Lint(page []byte) []string {
	l := &linter{ids: map[string]int{}}
	l.text(string(page))
	l.nesting(page)
	doc, err := html.Parse(strings.NewReader(string(page)))
	if err != nil {
		return append(l.found, "does not parse: "+err.Error())
	}
	l.walk(doc)
	l.whole()
	return l.found
}

type linter struct {
	found   []string
	ids     map[string]int
	refs    []ref
	labels  map[string]bool // ids that a label is for
	inputs  []*html.Node
	h1      int
	level   int
	lang    string
	title   string
	hasMain bool
}

type ref struct{ from, id string }

func (l *linter) add(format string, args ...any) {
	l.found = append(l.found, fmt.Sprintf(format, args...))
}

var (
	brokenTag = regexp.MustCompile(`&lt;/?[a-z!]`)
	hanGap    = regexp.MustCompile(`\p{Han}\s+[\x{FF0C}\x{3002}\x{FF1B}\x{FF1A}\x{3001}\x{FF1F}\x{FF01}\x{FF09}]`)
	leftOver  = []string{"ZgotmplZ", "<no value>", "%!", "{{", "}}", "�"}
)

// text looks at the page as written.
func (l *linter) text(s string) {
	if m := brokenTag.FindString(s); m != "" {
		i := strings.Index(s, m)
		l.add("a tag is printed as text: …%s…", s[max(0, i-20):min(len(s), i+60)])
	}
	for _, w := range leftOver {
		if i := strings.Index(s, w); i >= 0 {
			l.add("the template left %q: …%s…", w, s[max(0, i-40):min(len(s), i+40)])
		}
	}
	if m := hanGap.FindString(s); m != "" {
		l.add("white space before a Chinese mark: %q", m)
	}
}

var void = words("area base br col embed hr img input link meta source track wbr")
var noBlocks = words("p h1 h2 h3 h4 h5 h6 span a button label small strong b em caption summary")
var blocks = words("div p ul ol dl table form section article nav header footer main fieldset h1 h2 h3 h4 h5 h6 figure details aside")

func words(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// nesting checks that what is opened is closed, in order, before a parser
// mends it.
func (l *linter) nesting(page []byte) {
	z := html.NewTokenizer(strings.NewReader(string(page)))
	var open []string
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				l.add("never closed: %s", strings.Join(open, " > "))
			}
			return
		case html.StartTagToken:
			l.twice(string(z.Raw()))
			t := z.Token()
			l.start(t, open)
			if !void[t.Data] {
				open = append(open, t.Data)
			}
		case html.SelfClosingTagToken:
			l.start(z.Token(), open)
		case html.EndTagToken:
			t := z.Token()
			if len(open) == 0 || open[len(open)-1] != t.Data {
				l.add("</%s> closes nothing; open are %s", t.Data, strings.Join(open, " > "))
				return
			}
			open = open[:len(open)-1]
		}
	}
}

var (
	quoted   = regexp.MustCompile(`"[^"]*"`)
	attrName = regexp.MustCompile(`\s([a-zA-Z-]+)`)
)

// twice finds an attribute written twice; parsers keep the first in silence.
func (l *linter) twice(raw string) {
	seen := map[string]bool{}
	for _, m := range attrName.FindAllStringSubmatch(quoted.ReplaceAllString(raw, ""), -1) {
		if seen[m[1]] {
			l.add("%s has %s twice", raw, m[1])
		}
		seen[m[1]] = true
	}
}

func (l *linter) start(t html.Token, open []string) {
	seen := map[string]bool{}
	for _, a := range t.Attr {
		seen[a.Key] = true
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
			l.add("<%s> has %s: the content policy forbids it", t.Data, a.Key)
		}
	}
	for _, o := range open {
		switch {
		case o == t.Data && (o == "a" || o == "form" || o == "button" || o == "label"):
			l.add("<%s> within <%s>", t.Data, o)
		case blocks[t.Data] && noBlocks[o] && !(o == "a" && t.Data == "div"):
			l.add("<%s> within <%s>", t.Data, o)
		case (o == "a" || o == "button") && (t.Data == "a" || t.Data == "button" || t.Data == "input"):
			l.add("<%s> within <%s>", t.Data, o)
		}
	}
	if t.Data == "style" || t.Data == "script" && !seen["src"] {
		l.add("inline <%s>", t.Data)
	}
}

// walk looks at the parsed elements.
func (l *linter) walk(n *html.Node) {
	if n.Type == html.ElementNode {
		l.element(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		l.walk(c)
	}
}

func (l *linter) element(n *html.Node) {
	if id := attr(n, "id"); id != "" {
		l.ids[id]++
	}
	for _, key := range []string{"aria-describedby", "aria-labelledby", "aria-controls"} {
		for _, id := range strings.Fields(attr(n, key)) {
			l.refs = append(l.refs, ref{"<" + n.Data + " " + key + ">", id})
		}
	}
	switch n.Data {
	case "html":
		l.lang = attr(n, "lang")
	case "title":
		if n.Parent.Data == "head" {
			l.title = strings.TrimSpace(text(n))
		}
	case "main":
		l.hasMain = true
	case "h1", "h2", "h3", "h4", "h5", "h6":
		lv := int(n.Data[1] - '0')
		if lv == 1 {
			l.h1++
		}
		if lv > l.level+1 && l.level > 0 {
			l.add("<%s> after <h%d>: a level is skipped", n.Data, l.level)
		}
		l.level = lv
		l.named(n)
	case "label":
		if id := attr(n, "for"); id != "" {
			if l.labels == nil {
				l.labels = map[string]bool{}
			}
			l.labels[id] = true
			l.refs = append(l.refs, ref{"<label for>", id})
		}
		l.named(n)
	case "input", "select", "textarea":
		switch attr(n, "type") {
		case "hidden", "submit", "button":
		case "radio", "checkbox":
			l.inputs = append(l.inputs, n)
			if attr(n, "type") == "radio" && above(n, "fieldset") == nil && above(n, "table") == nil {
				l.add("radio %q outside a fieldset", attr(n, "name"))
			}
		default:
			l.inputs = append(l.inputs, n)
		}
		if attr(n, "name") == "" {
			l.add("<%s id=%q> has no name", n.Data, attr(n, "id"))
		}
	case "a":
		href := attr(n, "href")
		if href == "" {
			l.add("a link without href: %q", text(n))
		} else if strings.HasPrefix(href, "#") && len(href) > 1 {
			l.refs = append(l.refs, ref{"<a href>", href[1:]})
		}
		l.named(n)
	case "button":
		if attr(n, "type") == "" {
			l.add("a button without type: %q", text(n))
		}
		l.named(n)
	case "legend", "caption", "th", "summary", "option":
		l.named(n)
		if n.Data == "th" && attr(n, "scope") == "" {
			l.add("<th> without scope: %q", text(n))
		}
	case "fieldset":
		if child(n, "legend") == nil {
			l.add("a fieldset without legend")
		}
	case "table":
		if child(n, "caption") == nil {
			l.add("a table without caption")
		}
	case "img":
		if !has(n, "alt") {
			l.add("an image without alt")
		}
	case "svg":
		if !hidden(n) && child(n, "title") == nil {
			l.add("a drawing without title that is not hidden from reading")
		}
	case "form":
		if m := attr(n, "method"); m != "post" && m != "get" {
			l.add("a form without method")
		}
		if !has(n, "action") {
			l.add("a form without action")
		}
	}
	if t := attr(n, "tabindex"); t != "" && t != "0" && t != "-1" {
		l.add("tabindex %s", t)
	}
}

func (l *linter) named(n *html.Node) {
	if !hidden(n) && strings.TrimSpace(text(n)) == "" && attr(n, "aria-label") == "" && attr(n, "aria-labelledby") == "" {
		l.add("<%s> without words", n.Data)
	}
}

// whole looks at what only the whole page can tell.
func (l *linter) whole() {
	for id, n := range l.ids {
		if n > 1 {
			l.add("id %q %d times", id, n)
		}
	}
	for _, r := range l.refs {
		if l.ids[r.id] == 0 {
			l.add("%s points to %q, which is not there", r.from, r.id)
		}
	}
	for _, n := range l.inputs {
		if !l.labels[attr(n, "id")] && attr(n, "aria-label") == "" && attr(n, "aria-labelledby") == "" && above(n, "label") == nil {
			l.add("<%s name=%q> without label", n.Data, attr(n, "name"))
		}
	}
	switch {
	case l.h1 != 1:
		l.add("%d h1", l.h1)
	case l.lang == "":
		l.add("no lang on <html>")
	case l.title == "":
		l.add("no title")
	case !l.hasMain:
		l.add("no main")
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

func hidden(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if attr(n, "aria-hidden") == "true" {
			return true
		}
	}
	return false
}

func child(n *html.Node, name string) *html.Node {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && c.Data == name {
			return c
		}
	}
	return nil
}

func above(n *html.Node, name string) *html.Node {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Type == html.ElementNode && p.Data == name {
			return p
		}
	}
	return nil
}

// text is what is read aloud of an element.
func text(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			b.WriteString(n.Data)
		case n.Type == html.ElementNode && attr(n, "aria-hidden") == "true":
			return
		case n.Type == html.ElementNode && n.Data == "img":
			b.WriteString(attr(n, "alt"))
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	return b.String()
}
