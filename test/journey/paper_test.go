package journey

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"
)

// papers are the files that applicants hand in.
type papers struct{ dir string }

func newPapers(t *testing.T) papers { t.Helper(); return papers{t.TempDir()} }

func (w papers) write(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(w.dir, name)
	must(t, os.WriteFile(path, content, 0o600))
	return path
}

// photo is a picture as phones take them; shade makes different ones different.
func (w papers) photo(t *testing.T, name string, shade uint8) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 640, 400))
	for i := range img.Pix {
		img.Pix[i] = uint8(i>>8)&0x3f + shade
	}
	img.Set(1, 1, color.RGBA{shade, 0, 0, 255})
	var b bytes.Buffer
	must(t, jpeg.Encode(&b, img, nil))
	return w.write(t, name, b.Bytes())
}

// written is an ID number that stands in every document, as they do.
const written = "320213199004129927"

// pdf is a document of one page with a line of text and an ID number.
func (w papers) pdf(t *testing.T, name, line string) string {
	t.Helper()
	content := "BT /F1 18 Tf 72 720 Td (" + line + " " + written + ") Tj ET"
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	}
	out := "%PDF-1.4\n"
	var at []int
	for i, o := range objects {
		at = append(at, len(out))
		out += fmt.Sprintf("%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := len(out)
	out += fmt.Sprintf("xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, p := range at {
		out += fmt.Sprintf("%010d 00000 n \n", p)
	}
	out += fmt.Sprintf("trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, xref)
	return w.write(t, name, []byte(out))
}
