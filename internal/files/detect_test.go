package files

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"io/fs"
	"strings"
	"testing"
)

type part struct {
	name string
	body []byte
}

func zipOf(t testing.TB, parts ...part) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, p := range parts {
		f, err := w.Create(p.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(p.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func docx(t testing.TB, extra ...part) []byte {
	return zipOf(t, append([]part{{"[Content_Types].xml", []byte("<Types/>")}, {"word/document.xml", []byte("<w:document/>")}}, extra...)...)
}

func pngOf(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pdf() []byte { return []byte("%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n") }

// giantPNG claims more pixels than anyone may decode; its header is proper.
func giantPNG(t testing.TB) []byte {
	b := pngOf(t, 4, 4)
	binary.BigEndian.PutUint32(b[16:], 60_000)
	binary.BigEndian.PutUint32(b[20:], 60_000)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

// sharing has two directory entries that point at the same bytes.
func sharing(t testing.TB) []byte {
	b := zipOf(t, part{"a.bin", bytes.Repeat([]byte("0123456789abcdef"), 64)})
	end := bytes.LastIndex(b, []byte("PK\x05\x06"))
	at := int(binary.LittleEndian.Uint32(b[end+16:]))
	record := bytes.Clone(b[at:end])
	record = bytes.Replace(record, []byte("a.bin"), []byte("b.bin"), 1)
	out := append(bytes.Clone(b[:end]), record...)
	tail := bytes.Clone(b[end:])
	binary.LittleEndian.PutUint16(tail[8:], 2)
	binary.LittleEndian.PutUint16(tail[10:], 2)
	binary.LittleEndian.PutUint32(tail[12:], uint32(2*len(record)))
	return append(out, tail...)
}

// lying declares a smaller unpacked size than its data has.
func lying(t testing.TB) []byte {
	b := zipOf(t, part{"a.txt", bytes.Repeat([]byte("x"), 100_000)})
	end := bytes.LastIndex(b, []byte("PK\x05\x06"))
	at := int(binary.LittleEndian.Uint32(b[end+16:]))
	binary.LittleEndian.PutUint32(b[at+24:], 10)
	return b
}

func withMode(t testing.TB, mode fs.FileMode) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	h := &zip.FileHeader{Name: "link"}
	h.SetMode(mode)
	f, err := w.CreateHeader(h)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("/etc/passwd")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func encrypted(t testing.TB) []byte {
	b := zipOf(t, part{"a.txt", []byte("hello hello")})
	end := bytes.LastIndex(b, []byte("PK\x05\x06"))
	at := int(binary.LittleEndian.Uint32(b[end+16:]))
	b[at+8] |= 1
	return b
}

func many(t testing.TB, n int) []byte {
	parts := make([]part, n)
	for i := range parts {
		parts[i] = part{fmt.Sprintf("%d", i), nil}
	}
	return zipOf(t, parts...)
}

func TestDetect(t *testing.T) {
	usual := usualLimits()
	nest := func(depth int, innermost []byte) []byte {
		for range depth {
			innermost = zipOf(t, part{"word/embeddings/x.bin", innermost})
		}
		return innermost
	}
	rows := []struct {
		name    string
		content []byte
		ending  string
		want    Type
		err     error
	}{
		{"pdf", pdf(), "pdf", PDF, nil},
		{"pdf after other bytes is no pdf", append([]byte("MZ\x90\x00"), pdf()...), "pdf", "", ErrType()},
		{"png", pngOf(t, 10, 10), "png", PNG, nil},
		{"jpeg", jpegOf(t), "jpg", JPEG, nil},
		{"png with too many pixels", giantPNG(t), "png", PNG, ErrImage()},
		{"png cut in its header", pngOf(t, 10, 10)[:20], "png", PNG, ErrImage()},
		{"docx", docx(t), "docx", DOCX, nil},
		{"docx whose parts are in any order", zipOf(t, part{"word/document.xml", nil}, part{"a", nil}, part{"[Content_Types].xml", nil}), "docx", DOCX, nil},
		{"xlsx", zipOf(t, part{"[Content_Types].xml", nil}, part{"xl/workbook.xml", nil}), "xlsx", XLSX, nil},
		{"pptx", zipOf(t, part{"[Content_Types].xml", nil}, part{"ppt/presentation.xml", nil}), "pptx", PPTX, nil},
		{"ofd", zipOf(t, part{"OFD.xml", []byte("<ofd:OFD/>")}, part{"Doc_0/Document.xml", nil}), "ofd", OFD, nil},
		{"plain zip", zipOf(t, part{"扫描件/身份证.txt", []byte("x")}), "zip", ZIP, nil},
		{"text", []byte("姓名，数量\n"), "txt", TXT, nil},
		{"html is no text", []byte("<!DOCTYPE html><script>alert(1)</script>"), "txt", "", ErrType()},
		{"program", []byte("\x7fELF\x02\x01\x01\x00"), "pdf", "", ErrType()},
		{"doc by ending", []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1rest"), "doc", DOC, nil},
		{"xls by ending", []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1rest"), "xls", XLS, nil},
		{"docx with macros", docx(t, part{"word/vbaProject.bin", []byte("x")}), "docx", "", ErrArchive()},
		{"docx with a sheet inside", docx(t, part{"word/embeddings/t.xlsx", zipOf(t, part{"[Content_Types].xml", nil}, part{"xl/workbook.xml", nil})}), "docx", DOCX, nil},
		{"nested twice", nest(2, docx(t)), "zip", "", ErrBomb()},
		{"nested gzip", docx(t, part{"x.gz", []byte("\x1f\x8b\x08\x00abc")}), "docx", "", ErrArchive()},
		{"bomb by ratio", zipOf(t, part{"a", make([]byte, 8<<20)}), "zip", "", ErrBomb()},
		{"bomb inside an archive", zipOf(t, part{"in.zip", zipOf(t, part{"a", make([]byte, 8<<20)})}), "zip", "", ErrBomb()},
		{"bomb by shared bytes", sharing(t), "zip", "", ErrBomb()},
		{"directory lies about size", lying(t), "zip", "", ErrArchive()},
		{"too many entries", many(t, usual.entries+1), "zip", "", ErrBomb()},
		{"traversal", zipOf(t, part{"a/../../etc/passwd", nil}), "zip", "", ErrArchive()},
		{"traversal with backslashes", zipOf(t, part{`..\..\x`, nil}), "zip", "", ErrArchive()},
		{"absolute", zipOf(t, part{"/etc/passwd", nil}), "zip", "", ErrArchive()},
		{"drive", zipOf(t, part{"C:/x", nil}), "zip", "", ErrArchive()},
		{"same name twice", zipOf(t, part{"word/document.xml", nil}, part{"word/Document.xml", nil}), "docx", "", ErrArchive()},
		{"same name by another way", zipOf(t, part{"a/b", nil}, part{"a/./b", nil}), "zip", "", ErrArchive()},
		{"link", withMode(t, fs.ModeSymlink|0o777), "zip", "", ErrArchive()},
		{"encrypted", encrypted(t), "zip", "", ErrArchive()},
		{"cut zip", docx(t)[:120], "docx", "", ErrArchive()},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			got, err := detect(bytes.NewReader(r.content), int64(len(r.content)), r.ending, usual)
			if r.err == nil && (err != nil || got != r.want) {
				t.Fatalf("got %q, %v; want %q", got, err, r.want)
			}
			if r.err != nil && !errors.Is(err, r.err) {
				t.Fatalf("got %q, %v; want %v", got, err, r.err)
			}
		})
	}
}

func TestJudge(t *testing.T) {
	rows := []struct {
		content Type
		name    string
		allowed []Type
		want    error
	}{
		{PDF, "营业执照.PDF", Materials(), nil},
		{JPEG, "照片.jpeg", Materials(), nil},
		{JPEG, "照片.JFIF", Materials(), nil},
		{PDF, "", Materials(), nil},
		{DOCX, "营业执照.pdf", Materials(), ErrDisguised()},
		{PDF, "a.exe", Materials(), ErrDisguised()},
		{PDF, "a.pdf.exe", Materials(), ErrDisguised()},
		{ZIP, "a.docx", Materials(), ErrDisguised()},
		{ZIP, "a.zip", Materials(), ErrType()},
		{GIF, "a.gif", Materials(), ErrType()},
		{TXT, `C:\tmp.pdf\说明.txt`, []Type{TXT}, nil},
	}
	for _, r := range rows {
		err := judge(r.content, endingOf(r.name), r.allowed)
		if (r.want == nil) != (err == nil) || r.want != nil && !errors.Is(err, r.want) {
			t.Errorf("%s named %q: got %v, want %v", r.content, r.name, err, r.want)
		}
	}
}

func FuzzDetect(f *testing.F) {
	f.Add(docx(f))
	f.Add(sharing(f))
	f.Add(lying(f))
	f.Add(giantPNG(f))
	f.Add(pdf())
	f.Add([]byte(strings.Repeat("PK\x03\x04", 30)))
	f.Fuzz(func(t *testing.T, content []byte) {
		got, err := detect(bytes.NewReader(content), int64(len(content)), "doc", usualLimits())
		if err == nil && got.MIME() == "application/octet-stream" {
			t.Fatalf("accepted as %q", got)
		}
	})
}
