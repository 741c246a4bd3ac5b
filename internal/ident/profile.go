package ident

import (
	"fmt"
	"strings"

	"github.com/tongban/tongban/internal/errs"
)

// Profile 编码规则 is how item codes are built. Live portals use 12, 31 and 33
// characters; GB/T 39046 declares other widths; so a city may set its own.
// The zero Profile is not usable: start from DefaultProfile, and Check what you
// made of it.
type Profile struct {
	Province int    // digits of the province, 2; 0 if codes have none
	Type     int    // digits of the item type, 2
	Main     int    // digits of the main item, 5
	Sub      int    // characters of the sub-item, 3: digits, or 0…0Y for a main item that has sub-items
	Unit     int    // characters of the implementing body's code: 18 (统一社会信用代码) or 9 (组织机构代码)
	Level    int    // digits of the exercise level, 1
	Handling int    // digits of the business-handling item, 2
	Levels   string // exercise levels in use, "1234567"
	Sequence int    // least digits of a case number's sequence, 4
}

// DefaultProfile is 12, 31 and 33 characters.
func DefaultProfile() Profile {
	return Profile{Province: 2, Type: 2, Main: 5, Sub: 3, Unit: usccLen, Level: 1, Handling: 2, Levels: "1234567", Sequence: 4}
}

// Check says what in a profile cannot work, by field: "unit", "levels". Nothing
// is said of one that can.
func (p Profile) Check() (bad []errs.Field) {
	say := func(path, zh, en string) { bad = append(bad, errs.Field{Path: path, Code: "profile", ZH: zh, EN: en}) }
	for _, w := range []struct {
		path           string
		n, least, most int
	}{{"province", p.Province, 0, 6}, {"type", p.Type, 2, 2}, {"main", p.Main, 1, 12}, {"sub", p.Sub, 1, 12}, {"level", p.Level, 1, 1},
		{"handling", p.Handling, 1, 4}, {"sequence", p.Sequence, 1, 10}} {
		switch {
		case w.n >= w.least && w.n <= w.most:
		case w.least == w.most:
			say(w.path, fmt.Sprintf("位数应为%d", w.least), fmt.Sprintf("the width is %d", w.least))
		default:
			say(w.path, fmt.Sprintf("位数应为%d至%d", w.least, w.most), fmt.Sprintf("the width is %d to %d", w.least, w.most))
		}
	}
	if p.Unit != usccLen && p.Unit != orgLen {
		say("unit", "实施主体代码应为18位（统一社会信用代码）或9位（组织机构代码）", "the unit's code has 18 characters (统一社会信用代码) or 9 (组织机构代码)")
	}
	if p.Levels == "" || !within(p.Levels, "1234567") {
		say("levels", "行使层级应由1至7的数字组成", "exercise levels are digits from 1 to 7")
	}
	for i, l := range p.Levels {
		if strings.ContainsRune(p.Levels[:i], l) {
			say("levels", "行使层级重复："+string(l), "this exercise level stands twice: "+string(l))
		}
	}
	if n := p.HandlingLen(); len(bad) == 0 && n > maxItemCode {
		say("main", fmt.Sprintf("业务办理项编码会有%d位，最多%d位", n, maxItemCode), fmt.Sprintf("the code of a handling item would have %d characters; %d at most", n, maxItemCode))
	}
	if n := p.ImplementationLen() + len("20060102") + p.Sequence; len(bad) == 0 && n > maxCaseNo {
		say("main", fmt.Sprintf("办件编号会有%d位，最多%d位", n, maxCaseNo), fmt.Sprintf("a case number would have %d characters; %d at most", n, maxCaseNo))
	}
	return bad
}

// maxItemCode is the longest item code that pages, the API and other systems take.
const maxItemCode = 40

// MainLen is how much of a 基本编码 names the main item 主项: all but the sub-item.
func (p Profile) MainLen() int { return p.Province + p.Type + p.Main }

// BasicLen is the length of a 基本编码, 12 by default.
func (p Profile) BasicLen() int { return p.MainLen() + p.Sub }

// ImplementationLen is the length of a 实施编码, 31 by default.
func (p Profile) ImplementationLen() int { return p.Unit + p.Level + p.BasicLen() }

// HandlingLen is the length of a 业务办理项编码, 33 by default.
func (p Profile) HandlingLen() int { return p.ImplementationLen() + p.Handling }

// Part is the number of a handling item as it stands in codes: "01".
func (p Profile) Part(n int) string { return fmt.Sprintf("%0*d", p.Handling, n) }

// Parts is into how many handling items a matter can be split.
func (p Profile) Parts() int {
	n := 1
	for range p.Handling {
		n *= 10
	}
	return n - 1
}

// UnitCode is what stands in item codes for a unit with this 统一社会信用代码: all of
// it, or the organisation code within. What is no such code comes back as it is.
func (p Profile) UnitCode(uscc string) string {
	if p.Unit == orgLen && len(uscc) == usccLen {
		return uscc[8:17]
	}
	return uscc
}

// Compose puts a 实施编码 together from the unit's 统一社会信用代码, the exercise level
// and the 基本编码, without a check.
func (p Profile) Compose(uscc, level, basic string) string {
	return p.UnitCode(uscc) + level + basic
}

// Split cuts a code in its normal form at the widths of the profile; false if it
// has none of the three lengths. It checks nothing else.
func (p Profile) Split(code string) (Item, bool) {
	var it Item
	rest := code
	switch len(code) {
	case p.BasicLen():
	case p.HandlingLen():
		rest, it.Handling = code[:p.ImplementationLen()], code[p.ImplementationLen():]
		fallthrough
	case p.ImplementationLen():
		it.Unit, it.Level, rest = rest[:p.Unit], rest[p.Unit:p.Unit+p.Level], rest[p.Unit+p.Level:]
	default:
		return Item{}, false
	}
	it.Province, it.Type = rest[:p.Province], p.TypeOf(rest)
	it.Main, it.Sub = rest[p.Province+p.Type:p.MainLen()], rest[p.MainLen():]
	return it, true
}

// BasicOf is the 基本编码 at the end of a 实施编码 or within a 业务办理项编码, and a
// 基本编码 itself; false if the code has none of the three lengths.
func (p Profile) BasicOf(code string) (string, bool) {
	switch len(code) {
	case p.BasicLen():
		return code, true
	case p.ImplementationLen(), p.HandlingLen():
		return code[p.Unit+p.Level : p.ImplementationLen()], true
	}
	return "", false
}

// BasicOfCase is the 基本编码 in the item code that a case number begins with, ""
// if the number is too short for one.
func (p Profile) BasicOfCase(no string) string {
	basic, _ := p.BasicOf(no[:min(len(no), p.ImplementationLen())])
	return basic
}

// TypeOf is the item type in a 基本编码, "" if the code is too short for one.
func (p Profile) TypeOf(basic string) string {
	if len(basic) < p.Province+p.Type {
		return ""
	}
	return basic[p.Province : p.Province+p.Type]
}

// MainOf is what the sub-items of one main item 主项 have in common in their 基本编码.
func (p Profile) MainOf(basic string) string { return basic[:min(len(basic), p.MainLen())] }

// IsBasic tells whether something has the form of a 基本编码: the length, digits,
// and a sub-item of digits or capital letters. ParseItem says more.
func (p Profile) IsBasic(s string) bool {
	return len(s) == p.BasicLen() && digits(s[:p.MainLen()], p.MainLen()) && within(s[p.MainLen():], alnum)
}
