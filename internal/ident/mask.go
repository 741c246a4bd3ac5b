package ident

import (
	"strings"
	"unicode/utf8"
)

// MaskNumber hides the middle of an identity number for screens: an 18- or
// 15-character number keeps its first six and last four characters
// (320211********003X), a shorter one at most a quarter at each end.
func MaskNumber(s string) string {
	n := utf8.RuneCountInString(s)
	if n == 18 || n == 15 {
		return mask(s, 6, 4)
	}
	return mask(s, n/4, n/4)
}

// MaskMobile keeps the first three and last four digits of an eleven-digit
// number (138****1234), at most the last quarter of any other.
func MaskMobile(s string) string {
	n := utf8.RuneCountInString(s)
	if n == 11 {
		return mask(s, 3, 4)
	}
	return mask(s, 0, n/4)
}

// MaskName keeps the first character of a person's name and shows one or two
// stars for the rest (张*, 王**).
func MaskName(s string) string {
	r := []rune(strings.TrimSpace(s))
	if len(r) == 0 {
		return ""
	}
	return string(r[0]) + strings.Repeat("*", min(2, max(1, len(r)-1)))
}

// mask keeps head and tail characters and stars between them.
func mask(s string, head, tail int) string {
	r := []rune(s)
	for i := head; i < len(r)-tail; i++ {
		r[i] = '*'
	}
	return string(r)
}
