package app

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"regexp"
	"strconv"
	"time"

	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/form"
)

// invent makes an answer of the right kind for a question of a sample form.
func invent(fd *form.Field, rnd *rand.Rand) any {
	switch fd.Type {
	case form.Boolean:
		return fd.MustAccept || rnd.IntN(2) == 0
	case form.List:
		n := max(fd.MinItems, 1)
		var out []any
		for i := 0; i < n && i < len(fd.Options); i++ {
			out = append(out, fd.Options[i].Value)
		}
		return out
	case form.Rows:
		row := map[string]any{}
		for _, c := range fd.Children {
			if c.Required {
				row[c.Name] = invent(c, rnd)
			}
		}
		return []any{row}
	case form.Integer, form.Number:
		return inventNumber(fd, rnd)
	}
	if len(fd.Options) > 0 {
		return fd.Options[rnd.IntN(len(fd.Options))].Value
	}
	switch fd.Format {
	case "cn-id":
		return "320213199501069937"
	case "uscc":
		return "91320213MAXX000157"
	case "cn-mobile":
		return "13000000011"
	case "date":
		return inventDate(fd)
	case "person-name":
		return "演示人员"
	case "email":
		return "demo@example.com"
	}
	if fits(fd, fd.Example) {
		return fd.Example
	}
	if len(fd.Patterns) > 0 {
		for _, c := range candidates {
			if fits(fd, c) {
				return c
			}
		}
	}
	s := "演示内容"
	for fd.MinLength > len([]rune(s)) {
		s += "演示"
	}
	if fd.MaxLength > 0 && len([]rune(s)) > fd.MaxLength {
		s = string([]rune(s)[:fd.MaxLength])
	}
	return s
}

// candidates are made-up values of the shapes that sample forms ask for.
var candidates = []string{"214000", "6222000000000000001", "32021319950106993744", "320213199501069937", "DEMO0001", "JK2026-0001",
	"苏B12345", "ZL202010000001.X", "0510-00010001", "20260001"}

// fits reports whether a text is no empty one and has the shape that is asked.
func fits(fd *form.Field, s string) bool {
	for _, p := range fd.Patterns {
		if ok, err := regexp.MatchString(p.Expr, s); err != nil || !ok {
			return false
		}
	}
	return s != ""
}

func inventNumber(fd *form.Field, rnd *rand.Rand) any {
	if n, err := strconv.ParseFloat(fd.Example, 64); err == nil && fd.Widget != form.Money {
		if fd.Type == form.Integer {
			return int64(n)
		}
		return n
	}
	low := 1.0
	if fd.Min != nil {
		low = *fd.Min
	}
	n := low + float64(rnd.IntN(50))
	if fd.Max != nil && n > *fd.Max {
		n = low
	}
	if fd.Type == form.Integer {
		return int64(n)
	}
	return n
}

// inventDate: a date that must not precede another one is later than the rest.
func inventDate(fd *form.Field) string {
	if fd.NotBefore != "" {
		return "2027-06-30"
	}
	if fd.Example != "" {
		return fd.Example
	}
	return "2026-12-01"
}

func parseEnd(s string) (time.Time, error) {
	d, err := clock.ParseDate(s)
	if err != nil {
		return time.Time{}, err
	}
	return d.End(), nil
}

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

// samplePDF is the one page that stands for every uploaded material of the past
// cases.
var samplePDF = onePagePDF("SAMPLE MATERIAL - DEMONSTRATION DATA")

// sampleJPEG is the picture that stands for every photograph of the past cases.
func sampleJPEG() []byte {
	img := image.NewGray(image.Rect(0, 0, 295, 413)) // one inch at 300 dpi, the size of an ID photo
	for i := range img.Pix {
		img.Pix[i] = uint8(200 + i/295%50)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		panic("app: a grey picture did not encode: " + err.Error())
	}
	return b.Bytes()
}

// onePagePDF writes a minimal PDF 1.4 file with one line of text.
func onePagePDF(line string) []byte {
	content := "BT /F1 18 Tf 72 720 Td (" + line + ") Tj ET"
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
	return []byte(out)
}
