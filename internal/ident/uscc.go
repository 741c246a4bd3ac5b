package ident

import "strings"

// USCC 统一社会信用代码 (GB 32100-2015), 18 characters, in its parts.
type USCC struct {
	Department string // 登记管理部门, 1 character
	Category   string // 机构类别, 1 character
	Division   string // 登记管理机关行政区划, 6 digits
	Org        string // 主体标识码: an organisation code, 9 characters
	Check      string // 校验码, 1 character
}

// String puts the parts together.
func (u USCC) String() string { return u.Department + u.Category + u.Division + u.Org + u.Check }

const (
	usccLen      = 18
	orgLen       = 9
	usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY" // value = index; no I, O, S, V, Z
)

// CheckUSCC checks a 统一社会信用代码. An inner organisation code whose own check
// digit does not fit is a warning: such codes were given out.
func CheckUSCC(s string) Result { _, r := ParseUSCC(s); return r }

// ParseUSCC takes a 统一社会信用代码 apart; the parts are meaningful only if the
// result is valid.
func ParseUSCC(s string) (USCC, Result) {
	n := Normalise(s)
	r := start(KindUSCC, s, n)
	if len(n) != usccLen {
		return USCC{}, r.fail("length", "统一社会信用代码应为18位。", "A unified social credit code has 18 characters.")
	}
	if !within(n, usccAlphabet) {
		return USCC{}, r.fail("alphabet", "统一社会信用代码由数字和大写字母组成，不使用字母I、O、S、V、Z。",
			"A unified social credit code consists of digits and capital letters without I, O, S, V, Z.")
	}
	u := USCC{n[:1], n[1:2], n[2:8], n[8:17], n[17:]}
	if !digits(u.Division, 6) {
		return USCC{}, r.fail("division", "统一社会信用代码第3至8位应为6位数字的行政区划代码。", "Characters 3 to 8 must be a six-digit division code.")
	}
	if usccCheck(n[:17]) != n[17] {
		return USCC{}, r.fail("check-digit", "统一社会信用代码校验位不正确，请核对是否有输入错误。", "The check character does not fit; look for a typing error.")
	}
	if orgCheck(u.Org[:8]) != u.Org[8] {
		r.warn("org-check-digit", "其中的主体标识码（组织机构代码）校验位不符，早期代码可能如此。",
			"The organisation code inside has another check digit, as some early codes do.")
	}
	name, known := usccDepartments[u.Department]
	if !known {
		r.warn("department", "登记管理部门代码不常见。", "The registering department's code is unusual.")
	}
	r.part("登记管理部门", "registering department", strings.TrimSpace(u.Department+" "+name))
	r.part("机构类别", "category", strings.TrimSpace(u.Category+" "+usccCategories[u.Department+u.Category]))
	r.part("登记管理机关行政区划", "division", divisionWithName(u.Division))
	r.part("主体标识码", "organisation code", u.Org)
	r.part("校验码", "check character", u.Check)
	return u, r.ok()
}

// MakeUSCC puts a code together and computes both check characters. category
// is the first two characters ("91" 企业), division six digits, body the first
// eight characters of the organisation code. For sample data: the code may
// belong to somebody.
func MakeUSCC(category, division, body string) (string, error) {
	if len(category) != 2 || !within(category, usccAlphabet) {
		return "", makeErr("category", "机构类别应为2位。", "The category has two characters.")
	}
	if !digits(division, 6) {
		return "", makeErr("division", "行政区划应为6位数字。", "The division has six digits.")
	}
	if len(body) != 8 || !within(body, usccAlphabet) {
		return "", makeErr("body", "组织机构代码本体应为8位。", "The body of the organisation code has eight characters.")
	}
	n := category + division + body + string(orgCheck(body))
	return n + string(usccCheck(n)), nil
}

// usccCheck is the check character over the first 17: weights are powers of 3
// modulo 31.
func usccCheck(s string) byte {
	sum, w := 0, 1
	for i := range 17 {
		sum += strings.IndexByte(usccAlphabet, s[i]) * w
		w = w * 3 % 31
	}
	return usccAlphabet[(31-sum%31)%31]
}

var usccDepartments = map[string]string{
	"1": "机构编制", "2": "外交", "3": "司法行政", "4": "文化", "5": "民政", "6": "旅游", "7": "宗教", "8": "工会",
	"9": "市场监督管理", "A": "中央军委", "N": "农业农村", "Y": "其他",
}

var usccCategories = map[string]string{
	"11": "机关", "12": "事业单位", "13": "编办直接管理的群众团体", "19": "其他",
	"51": "社会团体", "52": "民办非企业单位", "53": "基金会", "54": "基层群众性自治组织", "59": "其他",
	"91": "企业", "92": "个体工商户", "93": "农民专业合作社",
}

// Org 组织机构代码 (GB 11714-1997), 9 characters, in its parts.
type Org struct {
	Body  string // 本体代码, 8 characters
	Check string // 校验码, a digit or X
}

// String puts the parts together, without the hyphen that is often printed.
func (o Org) String() string { return o.Body + o.Check }

// CheckOrg checks a 组织机构代码; a hyphen before the check digit is accepted.
func CheckOrg(s string) Result { _, r := ParseOrg(s); return r }

// ParseOrg takes an organisation code apart.
func ParseOrg(s string) (Org, Result) {
	n := Normalise(s)
	if len(n) == 10 && n[8] == '-' {
		n = n[:8] + n[9:]
	}
	r := start(KindOrg, s, n)
	switch {
	case len(n) != orgLen:
		return Org{}, r.fail("length", "组织机构代码应为9位（8位本体代码和1位校验码）。", "An organisation code has 9 characters: eight and a check digit.")
	case !within(n[:8], alnum):
		return Org{}, r.fail("alphabet", "组织机构代码由数字和大写字母组成。", "An organisation code consists of digits and capital letters.")
	case !within(n[8:], "0123456789X"):
		return Org{}, r.fail("alphabet", "组织机构代码最后一位应为数字或X。", "The last character must be a digit or X.")
	case orgCheck(n[:8]) != n[8]:
		return Org{}, r.fail("check-digit", "组织机构代码校验位不正确，请核对是否有输入错误。", "The check digit does not fit; look for a typing error.")
	}
	o := Org{n[:8], n[8:]}
	r.part("本体代码", "body", o.Body)
	r.part("校验码", "check digit", o.Check)
	return o, r.ok()
}

// MakeOrg adds the check digit to eight characters.
func MakeOrg(body string) (string, error) {
	if len(body) != 8 || !within(body, alnum) {
		return "", makeErr("body", "组织机构代码本体应为8位。", "The body of the organisation code has eight characters.")
	}
	return body + string(orgCheck(body)), nil
}

func orgCheck(s string) byte {
	sum := 0
	for i, w := range [8]int{3, 7, 9, 10, 5, 8, 4, 2} {
		sum += strings.IndexByte(alnum, s[i]) * w
	}
	switch c := 11 - sum%11; c {
	case 10:
		return 'X'
	case 11:
		return '0'
	default:
		return byte('0' + c)
	}
}
