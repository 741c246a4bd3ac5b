package form

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// tidy brings typed text into the one form that is kept: valid UTF-8, NFC, no
// invisible characters, "\n" line breaks (a space when lines is false), trimmed.
// sound is false when control characters (NUL among them) had to be removed.
func tidy(s string, lines bool) (text string, sound bool) {
	sound = true
	if plain(s) {
		return s, true
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == 0x2028 || r == 0x2029 || r == 0x85:
			if lines {
				return '\n'
			}
			return ' '
		case r == '\t' || r == 0xA0:
			return ' '
		case r < 0x20 || r >= 0x7F && r < 0xA0 || unicode.Is(unicode.Noncharacter_Code_Point, r):
			sound = false
			return -1
		case unicode.Is(unicode.Cf, r) && (r < 0xE0000 || r == 0xE0001), r == 0xFE0E, r == 0xFE0F:
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(norm.NFC.String(s)), sound
}

// plain reports whether s is printable ASCII without outer spaces: nothing to tidy.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7E {
			return false
		}
	}
	return s == "" || s[0] != ' ' && s[len(s)-1] != ' '
}

// narrow turns full-width letters, digits and signs into plain ones and drops spaces.
func narrow(s string) string {
	if !plain(s) {
		s = width.Narrow.String(s)
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// canonical is tidy plus what the kind of question allows: numbers people copy
// from cards come with spaces, full-width digits and a small x.
func (fd *Field) canonical(s string) (text string, sound bool) {
	s, sound = tidy(s, fd.Widget == TextArea)
	switch {
	case len(fd.Options) > 0:
	case fd.Widget == IDNumber, fd.Widget == USCC:
		s = strings.ToUpper(narrow(s))
	case fd.Widget == Phone:
		s = strings.ReplaceAll(narrow(s), "-", "")
		if fd.Format != "cn-mobile" {
			break
		}
		s = strings.TrimPrefix(s, "+86")
	case fd.Format == "email":
		s = narrow(s)
	}
	return s, sound
}

// emoji reports whether r is a picture rather than a letter: fonts of notices
// and licences do not have it. Common signs such as ★ and ✓ are let through.
func emoji(r rune) bool {
	switch {
	case r < 0x2000:
		return false
	case r == 0x20E3, r >= 0x1F000 && r <= 0x1FBFF, r >= 0xE0000 && r <= 0xE007F:
		return true
	case r >= 0x2600 && r <= 0x27BF:
		return !strings.ContainsRune("★☆☑☒✓✔✕✖✗✘", r)
	}
	return r == 0x231A || r == 0x231B || r == 0x23E9 || r == 0x23F0 || r == 0x2B50 || r == 0x2B55
}

// illegible gives the code of what makes a text unfit to be kept, "" if nothing does.
func illegible(s string, lines bool) string {
	for _, r := range s {
		switch {
		case r == '\n' && lines:
		case r < 0x20 || r >= 0x7F && r < 0xA0 || r == 0xFFFD || unicode.Is(unicode.Noncharacter_Code_Point, r):
			return "control"
		case emoji(r):
			return "emoji"
		}
	}
	return ""
}

func count(s string) int { return utf8.RuneCountInString(s) }

// short cuts a name given by a caller so that it can stand in an error.
func short(s string) string {
	s, _ = tidy(s, false)
	r := []rune(s)
	if len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	out := make([]K, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
