package files

import "github.com/tongban/tongban/internal/errs"

// The reasons for refusing a file. Each is made anew, so that nobody can change
// it for others; compare with errors.Is, which looks at the code.

// ErrTooLarge 文件过大: more bytes than this place accepts.
func ErrTooLarge() *errs.Error {
	return errs.New(errs.TooLarge, "file-too-large", "文件超过允许的大小，请压缩后重新上传。",
		"The file is larger than allowed.")
}

// ErrEmpty 空文件.
func ErrEmpty() *errs.Error {
	return errs.New(errs.Invalid, "file-empty", "文件没有内容，请重新选择文件。",
		"The file is empty.")
}

// ErrType 类型不允许: a known or unknown type that this place does not accept.
func ErrType() *errs.Error {
	return errs.New(errs.Unsupported, "file-type-not-allowed", "不接受这种类型的文件，请按提示的格式上传。",
		"This type of file is not accepted here.")
}

// ErrDisguised 伪装: the content is not what the name's ending says.
func ErrDisguised() *errs.Error {
	return errs.New(errs.Unsupported, "file-disguised", "文件内容与扩展名不符，请上传原始文件，不要修改扩展名。",
		"The content is not what the file name's ending says.")
}

// ErrBrokenOff 上传中断: the upload ended before all of it arrived.
func ErrBrokenOff() *errs.Error {
	return errs.New(errs.Malformed, "upload-broken-off", "上传中断，文件没有保存，请重新上传。",
		"The upload broke off; nothing was stored.")
}

// ErrBomb 压缩炸弹: an archive that would grow out of proportion.
func ErrBomb() *errs.Error {
	return errs.New(errs.Invalid, "archive-bomb", "压缩内容异常膨胀，为安全起见不予接收。",
		"The archive would grow out of proportion when unpacked.")
}

// ErrArchive 压缩包不安全: paths that leave the folder, duplicate or overlapping
// entries, encryption, links, nesting, macros, or a directory that lies.
func ErrArchive() *errs.Error {
	return errs.New(errs.Invalid, "archive-unsafe", "文件内部结构不安全或已损坏，不予接收；请另存后重新上传。",
		"The file's inner structure is unsafe or damaged.")
}

// ErrImage 图片无法读取或尺寸过大.
func ErrImage() *errs.Error {
	return errs.New(errs.Invalid, "image-unusable", "图片已损坏或像素过大，请重新拍摄或缩小后上传。",
		"The image is damaged or has too many pixels.")
}

// ErrNoFile 文件不存在: unknown, swept, or its ticket belongs to someone else.
func ErrNoFile() *errs.Error {
	return errs.New(errs.NotFound, "file-not-found", "文件不存在或已过期，请重新上传。",
		"The file does not exist or has expired; upload it again.")
}
