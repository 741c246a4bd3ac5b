package ident

import (
	"fmt"
	"strconv"
	"strings"
)

// Profile 编码规则 is how item codes are built. Live portals use 12, 31 and 33
// characters; GB/T 39046 declares other widths; so a city may set its own.
// The zero Profile is not usable: start from DefaultProfile.
type Profile struct {
	Province int    // digits of the province, 2
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
	return Profile{Province: 2, Type: 2, Main: 5, Sub: 3, Unit: 18, Level: 1, Handling: 2, Levels: "1234567", Sequence: 4}
}

// BasicLen is the length of a 基本编码, 12 by default.
func (p Profile) BasicLen() int { return p.Province + p.Type + p.Main + p.Sub }

// ImplementationLen is the length of a 实施编码, 31 by default.
func (p Profile) ImplementationLen() int { return p.Unit + p.Level + p.BasicLen() }

// HandlingLen is the length of a 业务办理项编码, 33 by default.
func (p Profile) HandlingLen() int { return p.ImplementationLen() + p.Handling }

// Item 事项编码 in its parts. Which of them are set tells the form: a basic code
// has no Unit, an implementation code no Handling.
type Item struct {
	Unit     string // 实施主体: 统一社会信用代码
	Level    string // 行使层级: 1 国家 2 省 3 市 4 县 5 镇(乡、街道) 6 村(社区) 7 分级管理
	Province string // 省级代码; 00 set nationally
	Type     string // 事项类型: 01 许可 … 10 其他, 20 公共服务 (GB/T 39046 table A.1)
	Main     string // 主项
	Sub      string // 子项; 000 none, 00Y the main item has sub-items
	Handling string // 业务办理项
}

// String is the whole code.
func (i Item) String() string { return i.Implementation() + i.Handling }

// Implementation is the 实施编码 within, or the 基本编码 when there is no unit.
func (i Item) Implementation() string { return i.Unit + i.Level + i.Basic() }

// Basic is the 基本编码 within.
func (i Item) Basic() string { return i.Province + i.Type + i.Main + i.Sub }

// CheckItem checks an item code under the default profile.
func CheckItem(s string) Result { return DefaultProfile().CheckItem(s) }

// ParseItem takes an item code apart under the default profile.
func ParseItem(s string) (Item, Result) { return DefaultProfile().ParseItem(s) }

// CheckItem checks a 基本编码, 实施编码 or 业务办理项编码, told apart by length. The
// check digit of the unit's code inside must fit.
func (p Profile) CheckItem(s string) Result { _, r := p.ParseItem(s); return r }

// ParseItem takes an item code apart.
func (p Profile) ParseItem(s string) (Item, Result) {
	n := Normalise(s)
	r := start(KindItem, s, n)
	basic, impl, hand := p.BasicLen(), p.ImplementationLen(), p.HandlingLen()
	switch len(n) {
	case basic, impl, hand:
	default:
		return Item{}, r.fail("length",
			fmt.Sprintf("事项编码应为%d位（基本编码）、%d位（实施编码）或%d位（业务办理项编码）。", basic, impl, hand),
			fmt.Sprintf("An item code has %d (basic), %d (implementation) or %d (handling item) characters.", basic, impl, hand))
	}
	var it Item
	rest := n
	take := func(k int) string {
		part := rest[:k]
		rest = rest[k:]
		return part
	}
	if len(n) >= impl {
		it.Unit, it.Level = take(p.Unit), take(p.Level)
		if bad := p.checkUnit(it.Unit, &r); bad.Code != "" {
			return Item{}, r.fail(bad.Code, bad.ZH, bad.EN)
		}
		if !within(it.Level, p.Levels) {
			return Item{}, r.fail("level", "实施编码中的行使层级代码应为"+p.levelRange()+"。", "The exercise level inside must be one of "+p.levelRange()+".")
		}
	}
	it.Province, it.Type, it.Main, it.Sub, it.Handling = take(p.Province), take(p.Type), take(p.Main), take(p.Sub), rest
	if bad := p.checkBasic(it, &r); bad.Code != "" {
		return Item{}, r.fail(bad.Code, bad.ZH, bad.EN)
	}
	if it.Handling != "" && (!within(it.Handling, "0123456789") || strings.Trim(it.Handling, "0") == "") {
		return Item{}, r.fail("handling", "业务办理项序号应为从1开始的数字。", "The handling item is a number that starts at 1.")
	}
	p.explainItem(it, &r)
	return it, r.ok()
}

func (p Profile) levelRange() string {
	if p.Levels == "" {
		return "–"
	}
	return p.Levels[:1] + "–" + p.Levels[len(p.Levels)-1:]
}

// checkUnit looks at the unit's code with its own rules and passes its
// warnings on.
func (p Profile) checkUnit(code string, r *Result) Remark {
	inner := Result{Valid: true}
	switch p.Unit {
	case usccLen:
		inner = CheckUSCC(code)
	case 9:
		inner = CheckOrg(code)
	}
	r.Warnings = append(r.Warnings, inner.Warnings...)
	if inner.Valid {
		return Remark{}
	}
	return Remark{"unit-" + inner.Reason.Code, "编码中的实施主体代码有误：" + inner.Reason.ZH, "The unit's code inside is wrong: " + inner.Reason.EN}
}

func (p Profile) checkBasic(it Item, r *Result) Remark {
	switch {
	case !digits(it.Province, p.Province) || !digits(it.Type, p.Type) || !digits(it.Main, p.Main):
		return Remark{"alphabet", "基本编码的省级代码、事项类型和主项应为数字。", "Province, type and main item of the basic code are digits."}
	case !digits(it.Sub, p.Sub) && it.Sub != strings.Repeat("0", max(0, p.Sub-1))+"Y":
		return Remark{"sub-item", "子项应为数字；主项含子项时写作00Y。", "The sub-item is digits, or 00Y for a main item that has sub-items."}
	case p.Type == 2 && (it.Type == "00" || it.Type > "29"):
		return Remark{"item-type", "事项类型代码应为01至29。", "The item type is 01 to 29."}
	}
	if p.Province == 2 && it.Province != "00" && provinces[it.Province] == "" {
		r.warn("province", "省级代码不常见。", "The province is unusual.")
	}
	if p.Type == 2 && itemTypes[it.Type] == "" {
		r.warn("item-type", "事项类型为地方扩展代码。", "The item type is a local extension.")
	}
	return Remark{}
}

func (p Profile) explainItem(it Item, r *Result) {
	name := func(code, name string) string { return strings.TrimSpace(code + " " + name) }
	if it.Unit != "" {
		r.part("实施主体", "implementing body", it.Unit)
		r.part("行使层级", "exercise level", name(it.Level, itemLevels[it.Level]))
	}
	province := provinces[it.Province]
	if it.Province == "00" {
		province = "国家统一设定"
	}
	r.part("省级代码", "province", name(it.Province, province))
	r.part("事项类型", "item type", name(it.Type, itemTypes[it.Type]))
	r.part("主项", "main item", it.Main)
	r.part("子项", "sub-item", it.Sub)
	if it.Handling != "" {
		r.part("业务办理项", "handling item", it.Handling)
	}
}

// MakeItem puts an item code together from its parts and checks it.
func (p Profile) MakeItem(it Item) (string, error) {
	s := it.String()
	want := map[bool]int{true: p.BasicLen(), false: p.ImplementationLen()}[it.Unit == ""] + len(it.Handling)
	got, r := p.ParseItem(s)
	if err := r.Err("code"); err != nil {
		return "", err
	}
	if len(s) != want || got != it {
		return "", makeErr("code", "编码各部分的长度不符合编码规则。", "The parts have other lengths than the profile.")
	}
	return s, nil
}

var itemLevels = map[string]string{
	"1": "国家级", "2": "省级", "3": "市级", "4": "县级", "5": "镇（乡、街道）级", "6": "村（社区）级", "7": "分级管理",
}

var itemTypes = map[string]string{
	"01": "行政许可", "02": "行政处罚", "03": "行政强制", "04": "行政征收", "05": "行政给付", "06": "行政检查",
	"07": "行政确认", "08": "行政奖励", "09": "行政裁决", "10": "其他行政权力", "20": "公共服务",
}

// Case 办件编号 in its parts: the item's 实施编码, the date in Asia/Shanghai and
// the day's sequence of that item.
type Case struct {
	Item Item
	Date string // "2026-11-23"
	Seq  int64  // from 1; at least Profile.Sequence digits, more on a day that needs more
}

// maxCaseNo is the width of a case number in the exchange tables (办件编号 an..50).
const maxCaseNo = 50

// CheckCase checks a case number under the default profile.
func CheckCase(s string) Result { _, r := DefaultProfile().ParseCase(s); return r }

// ParseCase takes a 办件编号 apart.
func (p Profile) ParseCase(s string) (Case, Result) {
	n := Normalise(s)
	r := start(KindCase, s, n)
	impl := p.ImplementationLen()
	if len(n) < impl+8+p.Sequence || len(n) > maxCaseNo {
		return Case{}, r.fail("length", fmt.Sprintf("办件编号应为%d位实施编码、8位日期和至少%d位序号，总长不超过%d位。", impl, p.Sequence, maxCaseNo),
			fmt.Sprintf("A case number is the item code (%d), a date (8) and a sequence of at least %d digits, %d characters at most.", impl, p.Sequence, maxCaseNo))
	}
	it, ir := p.ParseItem(n[:impl])
	if !ir.Valid {
		return Case{}, r.fail("item-"+ir.Reason.Code, "办件编号中的实施编码有误："+ir.Reason.ZH, "The item code inside is wrong: "+ir.Reason.EN)
	}
	r.Warnings = append(r.Warnings, ir.Warnings...)
	day, seq := n[impl:impl+8], n[impl+8:]
	date, ok := compactDate(day)
	if !ok {
		return Case{}, r.fail("date", "办件编号中的日期无效。", "The date inside is not a date.")
	}
	c := Case{Item: it, Date: date}
	var err error
	if c.Seq, err = strconv.ParseInt(seq, 10, 64); err != nil || !within(seq, "0123456789") || c.Seq < 1 || len(seq) > p.Sequence && seq[0] == '0' {
		return Case{}, r.fail("sequence", fmt.Sprintf("办件编号末尾的序号应为从1开始的数字，不足%d位时补零。", p.Sequence),
			fmt.Sprintf("The sequence is a number from 1, padded to %d digits.", p.Sequence))
	}
	r.part("实施编码", "item code", it.String())
	r.part("日期", "date", c.Date)
	r.part("序号", "sequence", strconv.FormatInt(c.Seq, 10))
	return c, r.ok()
}

// MakeCase puts a case number together. item is a 实施编码 or a 业务办理项编码, whose
// last digits are left out; date is "2006-01-02" in Asia/Shanghai.
func (p Profile) MakeCase(item, date string, seq int64) (string, error) {
	it, r := p.ParseItem(item)
	if !r.Valid {
		return "", r.Err("item")
	}
	if it.Unit == "" {
		return "", makeErr("item", "办件编号需要实施编码，不能使用基本编码。", "A case number needs an implementation code, not a basic one.")
	}
	n := it.Implementation() + strings.ReplaceAll(date, "-", "") + fmt.Sprintf("%0*d", p.Sequence, seq)
	c, r := p.ParseCase(n)
	if !r.Valid {
		return "", r.Err("case")
	}
	if c.Date != date || c.Seq != seq {
		return "", makeErr("date", "日期应写作2006-01-02。", "The date is written 2006-01-02.")
	}
	return n, nil
}
