package ident

import (
	"fmt"
	"strings"

	"github.com/tongban/tongban/internal/errs"
)

// Result is what a check found. It carries the reason for people and never
// the number itself, except in Normal and Parts, which are for whoever typed
// it.
type Result struct {
	Kind     Kind
	Normal   string // the number in its normal form (Normalise)
	Valid    bool
	Reason   Remark   // why it is not valid; zero if it is
	Warnings []Remark // odd, yet acceptable
	Parts    []Part   // what it consists of, as far as it could be read
}

// Remark is one finding: a stable code and words for people.
type Remark struct{ Code, ZH, EN string }

// Part is one component of a number.
type Part struct{ ZH, EN, Value string }

// Kind names a number format as the command line and forms do.
type Kind string

// The kinds.
const (
	KindUSCC     Kind = "uscc"     // 统一社会信用代码
	KindOrg      Kind = "org"      // 组织机构代码
	KindResident Kind = "resident" // 公民身份号码
	KindItem     Kind = "item"     // 事项编码: 基本编码, 实施编码, 业务办理项编码
	KindCase     Kind = "case"     // 办件编号
	KindLicence  Kind = "licence"  // 电子证照标识
	KindDivision Kind = "division" // 行政区划代码
	KindMobile   Kind = "mobile"   // 移动电话号码
)

// Kinds lists all of them in the order shown to people.
func Kinds() []Kind {
	return []Kind{KindUSCC, KindOrg, KindResident, KindItem, KindCase, KindLicence, KindDivision, KindMobile}
}

// Explain checks value as a number of a kind. The error speaks of an unknown
// kind alone; whether the value is right is in the result.
func (p Profile) Explain(kind Kind, value string) (Result, error) {
	switch kind {
	case KindUSCC:
		return CheckUSCC(value), nil
	case KindOrg:
		return CheckOrg(value), nil
	case KindResident:
		return CheckResident(value), nil
	case KindItem:
		return p.CheckItem(value), nil
	case KindCase:
		return p.CheckCase(value), nil
	case KindLicence:
		return CheckLicence(value), nil
	case KindDivision:
		return CheckDivision(value), nil
	case KindMobile:
		return CheckMobile(value), nil
	}
	return Result{}, errs.New(errs.Invalid, "unknown-kind", "不认识的号码种类。", fmt.Sprintf("Unknown kind of number; one of %v.", Kinds()))
}

// Field is the problem for the form field at path; only for a result that is
// not valid.
func (r Result) Field(path string) errs.Field {
	return errs.Field{Path: path, Code: r.Reason.Code, ZH: r.Reason.ZH, EN: r.Reason.EN}
}

// Err is nil for a valid result, else an Invalid error that names path.
func (r Result) Err(path string) error {
	if r.Valid {
		return nil
	}
	return errs.InvalidFields(r.Field(path))
}

// Describe tells the result in lines for a terminal, in English when en is
// set, else in Chinese: verdict, reason, warnings, parts.
func (r Result) Describe(en bool) string {
	var b strings.Builder
	pick := func(zh, e string) string {
		if en {
			return e
		}
		return zh
	}
	if r.Valid {
		b.WriteString(pick("有效", "valid") + "\n")
	} else {
		b.WriteString(pick("无效：", "not valid: ") + pick(r.Reason.ZH, r.Reason.EN) + "\n")
	}
	for _, w := range r.Warnings {
		b.WriteString(pick("注意：", "note: ") + pick(w.ZH, w.EN) + "\n")
	}
	for _, p := range r.Parts {
		b.WriteString("  " + pick(p.ZH, p.EN) + pick(":", ": ") + p.Value + "\n")
	}
	return b.String()
}

// start opens a result: the normal form, and a warning when it differs from
// what was given.
func start(kind Kind, given, normal string) Result {
	r := Result{Kind: kind, Normal: normal}
	if normal != given {
		r.warn("form", "已按大写、半角、去除首尾空格的写法识别。", "Read in its normal form: upper case, half width, trimmed.")
	}
	return r
}

func (r *Result) warn(code, zh, en string) {
	r.Warnings = append(r.Warnings, Remark{code, zh, en})
}

func (r *Result) part(zh, en, value string) {
	r.Parts = append(r.Parts, Part{zh, en, value})
}

// fail ends a check with the reason.
func (r Result) fail(code, zh, en string) Result {
	r.Valid, r.Reason = false, Remark{code, zh, en}
	return r
}

func (r Result) ok() Result {
	r.Valid = true
	return r
}

// makeErr is what the Make functions answer for parts that do not fit.
func makeErr(field, zh, en string) error {
	return errs.InvalidFields(errs.Field{Path: field, Code: "pattern", ZH: zh, EN: en})
}
