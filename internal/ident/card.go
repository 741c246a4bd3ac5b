package ident

import "strings"

// Card is what a reader of identity cards types into the box that has the focus:
// the number of the holder and, where the reader gives them, name and address.
type Card struct {
	Number  string // normalised, checked
	Name    string
	Address string
}

// ReadCard finds the holder in the text that a card reader typed or somebody
// pasted: one number alone, or fields parted by commas, tabs, bars or lines,
// with or without their labels (姓名, 住址, 公民身份号码). ok is false when no
// resident ID number or USCC with a right check digit is in it.
func ReadCard(text string) (c Card, ok bool) {
	var rest []string
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",，;；|\t\r\n", r) }) {
		label, value := cardLabel(strings.TrimSpace(part))
		n := Normalise(strings.ReplaceAll(value, " ", ""))
		switch {
		case value == "":
		case c.Number == "" && (CheckResident(n).Valid || CheckUSCC(n).Valid):
			c.Number = n
		case label == "name":
			c.Name = value
		case label == "address":
			c.Address = value
		case label == "":
			rest = append(rest, value)
		}
	}
	for _, value := range rest {
		switch n := len([]rune(value)); {
		case !han(value):
		case n >= 6 && c.Address == "" && addressed(value):
			c.Address = value
		case n >= 2 && n <= 15 && c.Name == "" && !strings.HasSuffix(value, "族") && !strings.HasSuffix(value, "公安局") && !addressed(value):
			c.Name = value
		}
	}
	return c, c.Number != ""
}

// cardLabel takes the label off a field of a card; "other" is one that is of no
// use here.
func cardLabel(s string) (label, value string) {
	for _, l := range []struct{ text, name string }{{"公民身份号码", ""}, {"身份证号码", ""}, {"身份证号", ""}, {"统一社会信用代码", ""}, {"姓名", "name"}, {"住址", "address"}, {"地址", "address"},
		{"性别", "other"}, {"民族", "other"}, {"出生日期", "other"}, {"出生", "other"}, {"签发机关", "other"}, {"有效期限", "other"}, {"有效期", "other"}} {
		if rest, found := strings.CutPrefix(s, l.text); found {
			rest = strings.TrimSpace(strings.TrimLeft(rest, ":：= "))
			return l.name, rest
		}
	}
	return "", s
}

// addressed reports whether words look like a place.
func addressed(s string) bool { return strings.ContainsAny(s, "省市区县镇乡村路街号幢室") }

// han reports whether words are written in Chinese characters.
func han(s string) bool {
	for _, r := range s {
		if r >= 0x4e00 && r <= 0x9fff {
			return true
		}
	}
	return false
}
