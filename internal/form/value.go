package form

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// Values 填写内容 are answers by field name: string, int64 (Integer; fen for
// money), float64 (Number), bool, []any of string (List), []any of
// map[string]any (Rows). No answer is no key.
type Values map[string]any

// Raw keeps what a person typed where it could not be read as a value, by the
// input's name ("area", "birth.m", "staff.0.born"), so that a page can show it
// again. It may hold personal data like Values.
type Raw map[string]string

// JSON is the text to store; ParseJSON of the same form reads it back.
func (v Values) JSON() ([]byte, error) {
	if v == nil {
		v = Values{}
	}
	return marshal(map[string]any(v))
}

// Normalise gives a deep copy in the types of Values: numbers that came through
// another JSON reader become int64 or float64, lists []any, texts are tidied,
// and empty answers go. What does not fit its field stays as it is.
func (f *Form) Normalise(v Values) Values {
	out := make(Values, len(v))
	for name, x := range v {
		fd := f.byName[name]
		if fd == nil {
			out[name] = x
			continue
		}
		if x = fd.normal(x); x != nil {
			out[name] = x
		}
	}
	return out
}

func (fd *Field) normal(v any) any {
	switch x := v.(type) {
	case string:
		if x == "" {
			return nil
		}
		if fd.Type == String {
			if s, _ := fd.canonical(x); s != "" {
				return s
			}
			return nil
		}
	case json.Number:
		if n, err := x.Float64(); err == nil {
			return fd.normal(n)
		}
	case int:
		return fd.normal(float64(x))
	case int64:
		if fd.Type == Number {
			return float64(x)
		}
	case float64:
		if fd.Type == Integer && x == math.Trunc(x) && math.Abs(x) <= maxNumber {
			return int64(x)
		}
	case []string:
		l := make([]any, len(x))
		for i, s := range x {
			l[i] = s
		}
		return fd.normal(l)
	case []map[string]any:
		l := make([]any, len(x))
		for i, m := range x {
			l[i] = m
		}
		return fd.normal(l)
	case []any:
		if len(x) == 0 {
			return nil
		}
		l := make([]any, len(x))
		for i, e := range x {
			l[i] = e
			if m, ok := e.(map[string]any); ok && fd.Type == Rows {
				l[i] = fd.normalRow(m)
			}
		}
		return l
	}
	return v
}

func (fd *Field) normalRow(row map[string]any) map[string]any {
	out := make(map[string]any, len(row))
	for name, x := range row {
		if c := fd.child(name); c != nil {
			x = c.normal(x)
		}
		if x != nil {
			out[name] = x
		}
	}
	return out
}

func (fd *Field) child(name string) *Field {
	for _, c := range fd.Children {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// readNumber reads a number as people type it: full-width digits, thousands
// commas, at most 15 digits, so that nothing is rounded.
func readNumber(s string) (float64, bool) {
	s = narrow(s)
	sign := ""
	if s != "" && (s[0] == '-' || s[0] == '+') {
		sign, s = strings.Trim(s[:1], "+"), s[1:]
	}
	whole, frac, point := strings.Cut(s, ".")
	if strings.Contains(whole, ",") {
		groups := strings.Split(whole, ",")
		for i, g := range groups {
			if i == 0 && (len(g) < 1 || len(g) > 3) || i > 0 && len(g) != 3 {
				return 0, false
			}
		}
		whole = strings.Join(groups, "")
	}
	if !digits(whole) || point && !digits(frac) || len(whole)+len(frac) > 15 {
		return 0, false
	}
	text := sign + whole
	if point {
		text += "." + frac
	}
	x, err := strconv.ParseFloat(text, 64)
	if x == 0 {
		x = 0 // no minus zero
	}
	return x, err == nil
}

// readFen reads an amount typed in yuan, at most two decimals.
func readFen(s string) (int64, bool) {
	s = strings.TrimSuffix(strings.TrimLeft(narrow(s), "¥"), "元")
	if _, frac, _ := strings.Cut(s, "."); len(frac) > 2 {
		return 0, false
	}
	x, ok := readNumber(s)
	return int64(math.Round(x * 100)), ok && math.Abs(x) <= maxNumber/100
}

// writeFen is the amount in yuan with two decimals.
func writeFen(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	c := strconv.FormatInt(fen%100, 10)
	return sign + strconv.FormatInt(fen/100, 10) + "." + strings.Repeat("0", 2-len(c)) + c
}

func digits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// writeNumber is the plain decimal text of an Integer or Number answer.
func writeNumber(v any) (string, bool) {
	switch x := v.(type) {
	case int64:
		return strconv.FormatInt(x, 10), true
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64), true
	}
	return "", false
}
