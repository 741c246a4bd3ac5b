package files

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CleanName is a name that is safe to show and to send: the last element, no
// control or direction characters, not too long; made up if nothing is left.
func CleanName(name string, t Type) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`"<>:|?*/`, r) {
			return -1
		}
		return r
	}, name)
	if name = strings.Trim(name, " ."); name == "" {
		return "file." + t.Ending()
	}
	if r := []rune(name); len(r) > 150 {
		name = string(r[len(r)-150:])
	}
	return name
}
