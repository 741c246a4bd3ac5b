package files

import (
	"strings"
	"testing"
)

func TestCleanName(t *testing.T) {
	for in, want := range map[string]string{"a.pdf": "a.pdf", `C:\x\照片.jpg`: "照片.jpg", "../../etc/passwd": "passwd", "a\r\nSet-Cookie: x.pdf": "aSet-Cookie x.pdf",
		"": "file.pdf", "...": "file.pdf", "\u202egpj.exe": "gpj.exe", strings.Repeat("长", 200) + ".pdf": strings.Repeat("长", 146) + ".pdf"} {
		if got := CleanName(in, "pdf"); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
