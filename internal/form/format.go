package form

import (
	"net/mail"
	"strings"
	"time"
	"unicode"
)

// allFormats are the built-in checks and those of the caller, which may not
// replace a built-in one.
func allFormats(given Formats) Formats {
	all := Formats{}
	for name, check := range given {
		if check != nil {
			all[name] = check
		}
	}
	all["date"], all["email"], all["person-name"] = checkDate, checkEmail, checkPersonName
	return all
}

const dateLayout = "2006-01-02"

func checkDate(s string) (bool, string, string) {
	return soundDate(s), "请填写真实存在的日期，年份为 1900 至 2199", "a real date from 1900 to 2199 is needed"
}

func soundDate(s string) bool {
	t, err := time.Parse(dateLayout, s)
	return err == nil && len(s) == len(dateLayout) && t.Year() >= 1900 && t.Year() < 2200
}

func checkEmail(s string) (bool, string, string) {
	a, err := mail.ParseAddress(s)
	_, domain, _ := strings.Cut(s, "@")
	ok := err == nil && a.Address == s && a.Name == "" && strings.Contains(domain, ".") && len(s) <= 254
	return ok, "请填写电子邮箱，例如 name@example.cn", "an e-mail address such as name@example.cn is needed"
}

// checkPersonName accepts letters of any script with the signs that stand in
// names: the dot of minority and foreign names, hyphen, apostrophe, space, full stop.
func checkPersonName(s string) (bool, string, string) {
	const zh, en = "只能填写文字、间隔号“·”和空格，不能有数字和其他符号", "letters, “·” and spaces only, no digits or other signs"
	letters := 0
	for _, r := range s {
		switch {
		case unicode.IsLetter(r), r == '〇':
			letters++
		case unicode.Is(unicode.M, r), r == 0x3007, strings.ContainsRune("··・•-'’ .", r):
		default:
			return false, zh, en
		}
	}
	return letters > 0, zh, en
}
