package ident

import (
	"strings"
	"unicode"
)

// Normalise gives the form in which numbers are compared and indexed: full
// width turned to half width, white space and invisible characters removed at
// both ends, letters in upper case. What is stored stays as it was given.
func Normalise(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 0xFF01 && r <= 0xFF5E: // full-width forms of '!' to '~'
			return r - 0xFF01 + '!'
		case r == 0x3000: // ideographic space
			return ' '
		}
		return r
	}, s)
	s = strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r)
	})
	return strings.Map(func(r rune) rune { // ASCII alone: other scripts have no place in a number
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, s)
}

// digits reports whether s is n decimal digits.
func digits(s string, n int) bool { return len(s) == n && within(s, "0123456789") }

// within reports whether every byte of s is in alphabet.
func within(s, alphabet string) bool {
	for i := range len(s) {
		if strings.IndexByte(alphabet, s[i]) < 0 {
			return false
		}
	}
	return true
}

const alnum = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
