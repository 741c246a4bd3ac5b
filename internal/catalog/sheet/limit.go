package sheet

import (
	"fmt"
	"io"

	"github.com/tongban/tongban/internal/errs"
)

// Limits of a file from outside. Numbers are of one file.
const (
	MaxFile   = 64 << 20  // bytes as read
	MaxUpload = 32 << 20  // bytes as sent to a page or the API
	maxOpen   = 768 << 20 // bytes when unpacked
	maxLists  = 20_000
	maxRows   = 200_000 // rows of one sheet
	maxCells  = 64      // columns of a row that are looked at
	maxText   = 192 << 20
	maxMarks  = 20_000 // merged ranges of a workbook
	maxLoose  = 1_000  // rows without a list that are named one by one
)

// refused is the error for a file that cannot be read at all.
func refused(path, zh, en string) error {
	return errs.InvalidFields(errs.Field{Path: path, Code: "file", ZH: zh, EN: en})
}

// ErrTooLarge is the error for a file above the limits.
var ErrTooLarge = errs.New(errs.Invalid, "import-too-large", "文件太大，请按单位或者按事项分成几个文件导入。", "The file is too large; import it in several parts.")

// Errors of an uploaded file as it came.
var (
	ErrNoFile = errs.InvalidFields(errs.Field{Path: "file", Code: "required", ZH: "请先选择文件", EN: "Choose a file first"})
	ErrUpload = errs.New(errs.TooLarge, ErrTooLarge.Code, ErrTooLarge.ZH, ErrTooLarge.EN).
			With(errs.Field{Path: "file", Code: "size", ZH: fmt.Sprintf("文件不能超过%d MB，请按单位或者按事项分成几个文件导入", MaxUpload>>20), EN: fmt.Sprintf("The file exceeds %d MB; import it in several parts", MaxUpload>>20)})
)

// ReadUpload reads an uploaded file whole, and of one that is too large no more
// than shows it. Errors: ErrUpload, or that it broke off.
func ReadUpload(r io.Reader) ([]byte, error) {
	file, err := io.ReadAll(io.LimitReader(r, MaxUpload+1))
	switch {
	case err != nil:
		return nil, errs.New(errs.Malformed, "broken-off", "文件在传输中中断，请重新上传。", "The file broke off on its way; send it again.").Because(err)
	case len(file) > MaxUpload:
		return nil, ErrUpload
	}
	return file, nil
}

func tooMany(sheet string, n int) error {
	return refused(sheet, fmt.Sprintf("“%s”超过%d行，请分成几个文件导入", sheet, n), fmt.Sprintf("%s has more than %d rows; import it in several files", sheet, n))
}
