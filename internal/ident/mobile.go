package ident

import "strings"

// CheckMobile checks a mainland 移动电话号码: eleven digits that begin with 13 to
// 19. A country prefix (+86, 0086), spaces and hyphens are accepted and left
// out of the normal form.
func CheckMobile(s string) Result {
	n := NormaliseMobile(s)
	r := start(KindMobile, s, n)
	switch {
	case n == "" || !within(n, "0123456789"):
		return r.fail("alphabet", "手机号码应全部为数字。", "A mobile number consists of digits.")
	case len(n) != 11:
		return r.fail("length", "手机号码应为11位数字。", "A mobile number has 11 digits.")
	case n[0] != '1' || n[1] < '3':
		return r.fail("pattern", "手机号码应以13至19开头。", "A mobile number begins with 13 to 19.")
	}
	return r.ok()
}

// NormaliseMobile is Normalise for telephone numbers: without the mainland's
// country prefix, spaces and hyphens.
func NormaliseMobile(s string) string {
	n := strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(Normalise(s))
	for _, prefix := range []string{"+86", "0086"} {
		if rest, ok := strings.CutPrefix(n, prefix); ok {
			return rest
		}
	}
	return n
}
