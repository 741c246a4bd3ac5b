package files

import (
	"bytes"
	"io"
	"path"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// Type 文件类型 is what a file is by its content.
type Type string

// The types the platform knows. Anything else is refused.
const (
	PDF  Type = "pdf"
	OFD  Type = "ofd" // 版式文件, GB/T 33190
	JPEG Type = "jpeg"
	PNG  Type = "png"
	GIF  Type = "gif"
	DOCX Type = "docx"
	XLSX Type = "xlsx"
	PPTX Type = "pptx"
	DOC  Type = "doc" // OLE2; doc and xls share the container and are told apart by ending
	XLS  Type = "xls"
	TXT  Type = "txt"
	ZIP  Type = "zip"
	HTML Type = "html" // printed documents of the platform itself; never taken from people
)

// Materials is what an applicant may hand in when the item says nothing else.
func Materials() []Type { return []Type{PDF, OFD, JPEG, PNG, DOCX, XLSX} }

type typeInfo struct {
	mime    string
	endings []string // lower case, without the dot; the first is the usual one
}

func info(t Type) typeInfo {
	switch t {
	case PDF:
		return typeInfo{"application/pdf", []string{"pdf"}}
	case OFD:
		return typeInfo{"application/ofd", []string{"ofd"}}
	case JPEG:
		return typeInfo{"image/jpeg", []string{"jpg", "jpeg", "jpe", "jfif"}}
	case PNG:
		return typeInfo{"image/png", []string{"png"}}
	case GIF:
		return typeInfo{"image/gif", []string{"gif"}}
	case DOCX:
		return typeInfo{"application/vnd.openxmlformats-officedocument.wordprocessingml.document", []string{"docx"}}
	case XLSX:
		return typeInfo{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", []string{"xlsx"}}
	case PPTX:
		return typeInfo{"application/vnd.openxmlformats-officedocument.presentationml.presentation", []string{"pptx"}}
	case DOC:
		return typeInfo{"application/msword", []string{"doc", "wps"}}
	case XLS:
		return typeInfo{"application/vnd.ms-excel", []string{"xls", "et"}}
	case TXT:
		return typeInfo{"text/plain; charset=utf-8", []string{"txt"}}
	case ZIP:
		return typeInfo{"application/zip", []string{"zip"}}
	case HTML:
		return typeInfo{"text/html; charset=utf-8", []string{"html"}}
	}
	return typeInfo{}
}

// MIME is the media type to send with the content.
func (t Type) MIME() string {
	if m := info(t).mime; m != "" {
		return m
	}
	return "application/octet-stream"
}

// Ending is the usual file name ending without the dot, "" for an unknown type.
func (t Type) Ending() string {
	if e := info(t).endings; len(e) > 0 {
		return e[0]
	}
	return ""
}

// Image reports whether browsers may show the type inline as a picture.
func (t Type) Image() bool { return t == JPEG || t == PNG || t == GIF }

// fits reports whether a file name may end so for this type.
func (t Type) fits(ending string) bool {
	for _, e := range info(t).endings {
		if e == ending {
			return true
		}
	}
	return false
}

// endingOf is the lower-case ending of a file name without the dot.
func endingOf(name string) string {
	name = strings.ReplaceAll(strings.TrimSpace(name), `\`, "/")
	return strings.ToLower(strings.TrimPrefix(path.Ext(path.Base(name)), "."))
}

// headSize is how much of the beginning the detection looks at.
const headSize = 3072

// detect tells what content is. ending only chooses between types that share
// one container (OLE2). Errors: ErrType for unknown content, ErrArchive and
// ErrBomb for zip containers that must not be opened, ErrImage.
func detect(src io.ReaderAt, size int64, ending string, l archiveLimits) (Type, error) {
	head := make([]byte, min(size, headSize))
	if n, err := src.ReadAt(head, 0); n < len(head) {
		return "", err
	}
	switch {
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return PDF, nil
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return inspectZip(src, size, l)
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		if XLS.fits(ending) {
			return XLS, nil
		}
		return DOC, nil
	}
	m := mimetype.Detect(head)
	for _, t := range []Type{JPEG, PNG, GIF} {
		if m.Is(t.MIME()) {
			return t, checkImage(src, size)
		}
	}
	if m.Is("text/plain") {
		return TXT, nil
	}
	if ending == HTML.Ending() && m.Is("text/html") {
		return HTML, nil
	}
	return "", ErrType()
}

// judge decides about detected content: allowed here, and named as it is.
func judge(t Type, ending string, allowed []Type) error {
	ok := false
	for _, a := range allowed {
		ok = ok || a == t
	}
	switch {
	case ending != "" && !t.fits(ending):
		for _, a := range allowed {
			if a.fits(ending) { // it pretends to be something that would be accepted
				return ErrDisguised()
			}
		}
		if ok {
			return ErrDisguised()
		}
		return ErrType()
	case !ok:
		return ErrType()
	}
	return nil
}
