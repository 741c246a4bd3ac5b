package sheet

import (
	"fmt"

	"github.com/tongban/tongban/internal/errs"
)

// Limits of a file from outside. Numbers are of one file.
const (
	MaxFile  = 64 << 20  // bytes as uploaded
	maxOpen  = 768 << 20 // bytes when unpacked
	maxLists = 20_000
	maxRows  = 200_000 // rows of one sheet
	maxCells = 64      // columns of a row that are looked at
	maxText  = 192 << 20
	maxMarks = 20_000 // merged ranges of a workbook
	maxLoose = 1_000  // rows without a list that are named one by one
)

// refused is the error for a file that cannot be read at all.
func refused(path, zh, en string) error {
	return errs.InvalidFields(errs.Field{Path: path, Code: "file", ZH: zh, EN: en})
}

// ErrTooLarge is the error for a file above the limits.
var ErrTooLarge = errs.New(errs.Invalid, "import-too-large", "文件太大，请按单位或者按事项分成几个文件导入。", "The file is too large; import it in several parts.")

func tooMany(sheet string, n int) error {
	return refused(sheet, fmt.Sprintf("“%s”超过%d行，请分成几个文件导入", sheet, n), fmt.Sprintf("%s has more than %d rows; import it in several files", sheet, n))
}
