package ident

import (
	"fmt"
	"strings"
	"time"
)

// Licence 电子证照标识 (GB/T 36904-2018) in its parts, written with dots after
// the root: type, issuer, serial, version, check character.
type Licence struct {
	Type    string // 证照类型代码: 18 characters of the defining body and 3 of the type
	Issuer  string // 颁证机构代码: normally a 统一社会信用代码
	Serial  string // 流水号: the issuer's choice of digits and capital letters
	Version string // 版本号: three digits from 001
	Check   string // 校验位, ISO 7064 MOD 37,36
}

// LicenceRoot begins every identifier.
const LicenceRoot = "1.2.156.3005.2"

// String is the whole identifier.
func (l Licence) String() string {
	return strings.Join([]string{LicenceRoot, l.Type, l.Issuer, l.Serial, l.Version, l.Check}, ".")
}

// CheckFits reports whether the check character is the one of ISO 7064. A
// second way of computing it is in use elsewhere, so that a misfit in a
// foreign identifier proves nothing; in our own it does.
func (l Licence) CheckFits() bool {
	body := l.Type + l.Issuer + l.Serial + l.Version
	return within(body, alnum) && string(mod37(body)) == l.Check
}

// CheckLicence checks an 电子证照标识. What foreign systems are known to do
// otherwise is a warning: another check character ("check-digit"), an issuer
// that is no 统一社会信用代码 ("issuer"), a type of other length ("type").
func CheckLicence(s string) Result { _, r := ParseLicence(s); return r }

// maxLicence bounds an identifier; those seen are below 120 characters.
const maxLicence = 200

// ParseLicence takes an 电子证照标识 apart.
func ParseLicence(s string) (Licence, Result) {
	n := Normalise(s)
	r := start(KindLicence, s, n)
	if len(n) > maxLicence {
		return Licence{}, r.fail("length", "电子证照标识过长。", "The identifier is too long.")
	}
	body, ok := strings.CutPrefix(n, LicenceRoot+".")
	p := strings.Split(body, ".")
	if !ok || len(p) != 5 {
		return Licence{}, r.fail("pattern", "电子证照标识应为"+LicenceRoot+"加类型、颁证机构、流水号、版本号、校验位，以点分隔。",
			"A licence identifier is "+LicenceRoot+" with type, issuer, serial, version and check character, separated by dots.")
	}
	l := Licence{p[0], p[1], p[2], p[3], p[4]}
	switch {
	case l.Type == "" || l.Issuer == "" || l.Serial == "" || !within(l.Type+l.Issuer+l.Serial, alnum):
		return Licence{}, r.fail("alphabet", "证照类型代码、颁证机构代码和流水号由数字和大写字母组成，不能为空。", "Type, issuer and serial consist of digits and capital letters and are not empty.")
	case !digits(l.Version, 3) || l.Version == "000":
		return Licence{}, r.fail("version", "版本号应为001至999。", "The version is 001 to 999.")
	case len(l.Check) != 1 || !within(l.Check, alnum):
		return Licence{}, r.fail("check-digit", "校验位应为1位数字或大写字母。", "The check character is one digit or capital letter.")
	}
	if len(l.Type) != 21 || !CheckUSCC(l.Type[:18]).Valid {
		r.warn("type", "证照类型代码不是18位统一社会信用代码加3位序号。", "The type is not a unified social credit code with three more characters.")
	}
	if !CheckUSCC(l.Issuer).Valid {
		r.warn("issuer", "颁证机构代码不是有效的统一社会信用代码，早期证照可能如此。", "The issuer is no valid unified social credit code, as in some early licences.")
	}
	if !l.CheckFits() {
		r.warn("check-digit", "校验位与标准算法不符；外地系统有不同算法，请以验证结果为准。",
			"The check character is not the one of the standard; other systems compute it differently, so verify the licence itself.")
	}
	r.part("证照类型代码", "type", l.Type)
	r.part("颁证机构代码", "issuer", l.Issuer)
	r.part("流水号", "serial", l.Serial)
	r.part("版本号", "version", l.Version)
	r.part("校验位", "check character", l.Check)
	return l, r.ok()
}

// MakeLicence makes one of our own identifiers: typ 21 characters (a valid
// 统一社会信用代码 and three more), issuer a valid 统一社会信用代码, serial digits and
// capital letters, version 1 to 999.
func MakeLicence(typ, issuer, serial string, version int) (string, error) {
	if len(typ) != 21 || !within(typ, alnum) || !CheckUSCC(typ[:18]).Valid {
		return "", makeErr("type", "证照类型代码应为18位统一社会信用代码加3位。", "The type is a valid unified social credit code and three more characters.")
	}
	if r := CheckUSCC(issuer); !r.Valid || r.Normal != issuer {
		return "", makeErr("issuer", "颁证机构代码应为有效的统一社会信用代码。", "The issuer is a valid unified social credit code.")
	}
	if serial == "" || len(serial) > 64 || !within(serial, alnum) {
		return "", makeErr("serial", "流水号应为1至64位数字和大写字母。", "The serial has 1 to 64 digits and capital letters.")
	}
	if version < 1 || version > 999 {
		return "", makeErr("version", "版本号应为1至999。", "The version is 1 to 999.")
	}
	l := Licence{Type: typ, Issuer: issuer, Serial: serial, Version: fmt.Sprintf("%03d", version)}
	l.Check = string(mod37(l.Type + l.Issuer + l.Serial + l.Version))
	return l.String(), nil
}

// mod37 is the check character of the hybrid system ISO 7064 MOD 37,36 (GB/T
// 17710) over digits and capital letters.
func mod37(s string) byte {
	p := 36
	for i := range len(s) {
		sum := (p + strings.IndexByte(alnum, s[i])) % 36
		if sum == 0 {
			sum = 36
		}
		p = sum * 2 % 37
	}
	return alnum[(37-p)%36]
}

// compactDate turns "20261123" into "2026-11-23".
func compactDate(s string) (string, bool) {
	d, err := time.Parse("20060102", s)
	if err != nil || !within(s, "0123456789") {
		return "", false
	}
	return d.Format(time.DateOnly), true
}
