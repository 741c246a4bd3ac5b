package form

import (
	"strings"
	"time"
)

// Line is one question with its answer as people read it. Text is "" when it
// was not answered; a table has Rows instead, a list of cells per row.
type Line struct {
	Step           string // key of the page
	Name           string
	Title, TitleEN string
	Text, TextEN   string
	Masked         string // Text for screens that need not show it; Text itself unless Sensitive
	Sensitive      bool
	Rows           [][]Line
}

// Summary gives the questions that are asked, with answers, in form order: for
// the review page, the case page and the print-out.
func (f *Form) Summary(v Values) []Line {
	v = f.Prune(v)
	shown := f.Visible(v)
	var out []Line
	for _, s := range f.steps {
		for _, fd := range s.Fields {
			if !shown[fd.Name] {
				continue
			}
			l := fd.line(v[fd.Name])
			l.Step = s.Key
			rows, _ := v[fd.Name].([]any)
			if fd.Type == Rows {
				for _, r := range rows {
					row, _ := r.(map[string]any)
					cells := make([]Line, 0, len(fd.Children))
					for _, c := range fd.Children {
						cells = append(cells, c.line(row[c.Name]))
					}
					l.Rows = append(l.Rows, cells)
				}
			}
			out = append(out, l)
		}
	}
	return out
}

func (fd *Field) line(v any) Line {
	l := Line{Name: fd.Name, Title: fd.Title, TitleEN: fd.TitleEN, Sensitive: fd.Sensitive}
	if l.TitleEN == "" {
		l.TitleEN = l.Title
	}
	l.Text, l.TextEN = fd.texts(v)
	l.Masked = l.Text
	if fd.Sensitive {
		l.Masked = Mask(l.Text)
	}
	return l
}

// texts writes an answer in Chinese and English.
func (fd *Field) texts(v any) (zh, en string) {
	switch x := v.(type) {
	case string:
		if o, ok := fd.option(x); ok {
			return o.label()
		}
		if t, err := time.Parse(dateLayout, x); err == nil && fd.Widget == DateBox {
			return t.Format("2006年1月2日"), t.Format("2 January 2006")
		}
		return fd.withUnit(x, x)
	case bool:
		if x {
			return "是", "Yes"
		}
		return "否", "No"
	case int64:
		if fd.Widget == Money {
			s := writeFen(x)
			return s + " 元", s + " yuan"
		}
		s, _ := writeNumber(x)
		return fd.withUnit(s, s)
	case float64:
		s, _ := writeNumber(x)
		return fd.withUnit(s, s)
	case []any:
		var zhs, ens []string
		for _, e := range x {
			s, ok := e.(string)
			if !ok {
				continue
			}
			z, n := s, s
			if o, known := fd.option(s); known {
				z, n = o.label()
			}
			zhs, ens = append(zhs, z), append(ens, n)
		}
		return strings.Join(zhs, "、"), strings.Join(ens, ", ")
	}
	return "", ""
}

func (o Option) label() (zh, en string) {
	if o.LabelEN == "" {
		return o.Label, o.Label
	}
	return o.Label, o.LabelEN
}

func (fd *Field) withUnit(zh, en string) (string, string) {
	u := fd.UnitEN
	if u == "" {
		u = fd.Unit
	}
	if fd.Unit != "" {
		zh += " " + fd.Unit
	}
	if u != "" {
		en += " " + u
	}
	return zh, en
}

// Mask 脱敏 keeps what lets the owner recognise a number: of 15 and more
// characters the first 3 and last 2, from 11 the first 3 and last 4 (a mobile
// number), from 8 two at each end, of shorter ones the first.
func Mask(s string) string {
	r := []rune(s)
	head, tail := 1, 0
	switch n := len(r); {
	case n == 0:
		return ""
	case n >= 15:
		head, tail = 3, 2
	case n >= 11:
		head, tail = 3, 4
	case n >= 8:
		head, tail = 2, 2
	}
	for i := range r {
		if i >= head && i < len(r)-tail {
			r[i] = '*'
		}
	}
	if len(r) == 1 {
		return "*"
	}
	return string(r)
}
