package ident

import (
	"fmt"
	"strconv"
	"strings"
)

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

// CheckItem checks a 基本编码, 实施编码 or 业务办理项编码, told apart by length. The
// check digit of the unit's code inside must fit.
func (p Profile) CheckItem(s string) Result { _, r := p.ParseItem(s); return r }

// ParseItem takes an item code apart.
func (p Profile) ParseItem(s string) (Item, Result) {
	n := Normalise(s)
	r := start(KindItem, s, n)
	it, ok := p.Split(n)
	if !ok {
		basic, impl, hand := p.BasicLen(), p.ImplementationLen(), p.HandlingLen()
		return Item{}, r.fail("length",
			fmt.Sprintf("事项编码应为%d位（基本编码）、%d位（实施编码）或%d位（业务办理项编码）。", basic, impl, hand),
			fmt.Sprintf("An item code has %d (basic), %d (implementation) or %d (handling item) characters.", basic, impl, hand))
	}
	if it.Unit != "" {
		if bad := p.checkUnit(it.Unit, &r); bad.Code != "" {
			return Item{}, r.fail(bad.Code, bad.ZH, bad.EN)
		}
		if !within(it.Level, p.Levels) {
			return Item{}, r.fail("level", "实施编码中的行使层级代码应为"+p.levelRange()+"。", "The exercise level inside must be one of "+p.levelRange()+".")
		}
	}
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
	case orgLen:
		inner = CheckOrg(code)
	}
	r.Warnings = append(r.Warnings, inner.Warnings...)
	if inner.Valid {
		return Remark{}
	}
	return Remark{"unit-" + inner.Reason.Code, "编码中的实施主体代码有误：" + inner.Reason.ZH, "The unit's code inside is wrong: " + inner.Reason.EN}
}

// parted is what stands for the sub-item of a main item that has sub-items: 00Y.
func (p Profile) parted() string { return strings.Repeat("0", max(0, p.Sub-1)) + "Y" }

func (p Profile) checkBasic(it Item, r *Result) Remark {
	switch {
	case !digits(it.Province, p.Province) || !digits(it.Type, p.Type) || !digits(it.Main, p.Main):
		return Remark{"alphabet", "基本编码的省级代码、事项类型和主项应为数字。", "Province, type and main item of the basic code are digits."}
	case !digits(it.Sub, p.Sub) && it.Sub != p.parted():
		return Remark{"sub-item", "子项应为数字；主项含子项时写作" + p.parted() + "。", "The sub-item is digits, or " + p.parted() + " for a main item that has sub-items."}
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

// CheckCase checks a 办件编号.
func (p Profile) CheckCase(s string) Result { _, r := p.ParseCase(s); return r }

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

// CaseNo puts the parts of a case number together without a check, for codes and
// dates that have been checked. item and date are as in MakeCase.
func (p Profile) CaseNo(item, date string, seq int64) string {
	return fmt.Sprintf("%s%s%0*d", item[:min(len(item), p.ImplementationLen())], strings.ReplaceAll(date, "-", ""), p.Sequence, seq)
}

// CaseItem is the item whose 实施编码 a case number begins with; false if the
// number is too short for one. It checks no more than that.
func (p Profile) CaseItem(no string) (Item, bool) {
	return p.Split(no[:min(len(no), p.ImplementationLen())])
}

// CaseTail is what tells the cases of one item apart: date and sequence; the
// whole number if it is no longer than an item code.
func (p Profile) CaseTail(no string) string {
	if impl := p.ImplementationLen(); len(no) > impl {
		return no[impl:]
	}
	return no
}

// MakeCase puts a case number together and checks it. item is a 实施编码 or a 业务办理项编码, whose
// last digits are left out; date is "2006-01-02" in Asia/Shanghai.
func (p Profile) MakeCase(item, date string, seq int64) (string, error) {
	it, r := p.ParseItem(item)
	if !r.Valid {
		return "", r.Err("item")
	}
	if it.Unit == "" {
		return "", makeErr("item", "办件编号需要实施编码，不能使用基本编码。", "A case number needs an implementation code, not a basic one.")
	}
	n := p.CaseNo(item, date, seq)
	c, r := p.ParseCase(n)
	if !r.Valid {
		return "", r.Err("case")
	}
	if c.Date != date || c.Seq != seq {
		return "", makeErr("date", "日期应写作2006-01-02。", "The date is written 2006-01-02.")
	}
	return n, nil
}
