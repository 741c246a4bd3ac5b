package sheet

import (
	"fmt"

	"github.com/tongban/tongban/internal/catalog"
)

// fault says why a value does not fit its column; the zero fault: it fits.
type fault struct {
	zh, en string
	note   bool // the value is left out, which refuses nothing
}

// problem names the cell or field, and the column by its heading.
func (f fault) problem(path, head string) catalog.Problem {
	return catalog.Problem{Path: path, Error: !f.note, ZH: head + "：" + f.zh, EN: head + ": " + f.en}
}

// notOf cites a value that is no code of a table, with those that are.
func notOf(v, tableZH, tableEN, codes string) fault {
	return fault{zh: "“" + cut(v) + "”不在" + tableZH + "中，可以填：" + codes, en: fmt.Sprintf("“%s” is not in %s: %s", cut(v), tableEN, codes)}
}

// unlike cites a value that is not written as it should be.
func unlike(v, zh, en string) fault {
	return fault{zh: "“" + cut(v) + "”" + zh, en: fmt.Sprintf("“%s” %s", cut(v), en)}
}
