package ident

import (
	"fmt"
	"time"
)

// Resident 公民身份号码 (GB 11643-1999), 18 characters, in its parts.
type Resident struct {
	Division string    // 6 digits: where the person was first registered; may be abolished since
	Birth    time.Time // midnight UTC of the birth date
	Seq      string    // 顺序码, 3 digits; odd is male
	Check    string    // 校验码, a digit or X
}

// Male tells the registered sex by the sequence code.
func (p Resident) Male() bool { return (p.Seq[2]-'0')%2 == 1 }

// AgeOn is the age in full years (周岁) on a day, the birthday itself included;
// negative before birth.
func (p Resident) AgeOn(day time.Time) int {
	y, m, d := day.Date()
	by, bm, bd := p.Birth.Date()
	age := y - by
	if m < bm || m == bm && d < bd {
		age--
	}
	return age
}

const residentLen = 18

// CheckResident checks a 公民身份号码. Prefixes of abolished divisions are good:
// the prefix never changes. Whether the birth date lies in the future needs a
// date: CheckResidentOn.
func CheckResident(s string) Result { _, r := ParseResident(s); return r }

// CheckResidentOn is CheckResident and refuses a birth date after day.
func CheckResidentOn(s string, day time.Time) Result {
	p, r := ParseResident(s)
	if r.Valid && p.AgeOn(day) < 0 {
		return r.fail("birth-date", "身份证号码中的出生日期晚于今天。", "The birth date in the number lies in the future.")
	}
	return r
}

// ParseResident takes a 公民身份号码 apart.
func ParseResident(s string) (Resident, Result) {
	n := Normalise(s)
	r := start(KindResident, s, n)
	if len(n) == 15 && within(n, "0123456789") {
		return Resident{}, r.fail("length", "这是15位旧号码，请填写18位公民身份号码。", "This is an old 15-digit number; the 18-character one is needed.")
	}
	if len(n) != residentLen {
		return Resident{}, r.fail("length", "公民身份号码应为18位。", "A resident identity number has 18 characters.")
	}
	if !digits(n[:17], 17) || !within(n[17:], "0123456789X") {
		return Resident{}, r.fail("alphabet", "公民身份号码前17位应为数字，最后一位为数字或X。", "The first 17 characters must be digits, the last a digit or X.")
	}
	if !residentPrefix(n) {
		return Resident{}, r.fail("division", "公民身份号码开头的行政区划代码不存在。", "The number begins with a division that does not exist.")
	}
	birth, err := time.Parse("20060102", n[6:14])
	if err != nil || birth.Year() < 1800 {
		return Resident{}, r.fail("birth-date", "公民身份号码第7至14位不是有效的出生日期。", "Characters 7 to 14 are not a birth date.")
	}
	if residentCheck(n[:17]) != n[17] {
		return Resident{}, r.fail("check-digit", "公民身份号码校验位不正确，请核对是否有输入错误。", "The check character does not fit; look for a typing error.")
	}
	p := Resident{n[:6], birth, n[14:17], n[17:]}
	sexZH := "女 female"
	if p.Male() {
		sexZH = "男 male"
	}
	r.part("首次登记地行政区划", "division of first registration", divisionWithName(p.Division))
	r.part("出生日期", "birth date", birth.Format(time.DateOnly))
	r.part("性别", "sex", sexZH)
	r.part("校验码", "check character", p.Check)
	return p, r.ok()
}

// MakeResident puts a number together: division six digits, birth date, seq 1
// to 999 (odd is male). For sample data: the number may belong to somebody.
func MakeResident(division string, birth time.Time, seq int) (string, error) {
	if !digits(division, 6) || !residentPrefix(division) {
		return "", makeErr("division", "行政区划应为6位数字。", "The division has six digits.")
	}
	if birth.Year() < 1800 || birth.Year() > 9999 {
		return "", makeErr("birth", "出生日期超出范围。", "The birth date is out of range.")
	}
	if seq < 1 || seq > 999 {
		return "", makeErr("seq", "顺序码应为1至999。", "The sequence is 1 to 999.")
	}
	n := division + birth.Format("20060102") + fmt.Sprintf("%03d", seq)
	return n + string(residentCheck(n)), nil
}

// residentPrefix accepts the provinces and 83, which residence permits for
// residents of Taiwan (台湾居民居住证) carry.
func residentPrefix(n string) bool { return provinces[n[:2]] != "" || n[:2] == "83" }

// residentCheck is ISO 7064 MOD 11-2 over the first 17 digits.
func residentCheck(s string) byte {
	p := 0
	for i := range 17 {
		p = (p + int(s[i]-'0')) * 2 % 11
	}
	return "0123456789X"[(12-p)%11]
}
