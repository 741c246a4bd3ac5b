package archive

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The fixed entries of a package.
const (
	pageEntry     = "index.html"
	scriptEntry   = "verify.js"
	caseEntry     = "case.json"
	logEntry      = "log.json"
	dataEntry     = "data.js"
	manifestEntry = "manifest.json"
	sealEntry     = "manifest.sig"
)

// folders are where the other entries lie.
var folders = []string{"clocks/", "notices/", "materials/", "served/"}

// checkName says whether a package may have an entry of that name: relative,
// inside the package on every system, in a place of the form.
func checkName(n string) error {
	if n == "" || len(n) > 512 || !utf8.ValidString(n) {
		return fmt.Errorf("%.60q is no name", n)
	}
	for _, r := range n {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`\:*?"<>|`, r) {
			return fmt.Errorf("%.60q has a character that names must not have", n)
		}
	}
	for part := range strings.SplitSeq(n, "/") {
		if part == "" || part == "." || part == ".." || strings.HasSuffix(part, " ") || strings.HasSuffix(part, ".") {
			return fmt.Errorf("%.60q leaves its folder", n)
		}
	}
	switch n {
	case pageEntry, scriptEntry, caseEntry, logEntry, dataEntry, manifestEntry, sealEntry:
		return nil
	}
	for _, f := range folders {
		if strings.HasPrefix(n, f) {
			return nil
		}
	}
	return fmt.Errorf("%.60q has no place in a package", n)
}
