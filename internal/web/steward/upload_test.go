package steward_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/web/desk/worktest"
)

const smallPDF = "%PDF-1.4\n%%EOF"

// materials is the editor of a draft's materials as it is drawn.
func materials(b *worktest.Browser, draft string) url.Values {
	return b.Get(draft + "/edit/materials").Status(http.StatusOK).Form(draft + "/edit/materials")
}

// attached uploads a blank form for the first material of a draft and gives its key.
func attached(b *worktest.Browser, draft string) string {
	at := draft + "/edit/materials"
	b.UploadIn(at, materials(b, draft), map[string]worktest.Sent{"materials.0.blankForm.file": {Name: "申请表.pdf", Body: []byte(smallPDF)}}).To(draft)
	href := b.Get(at).First(draft + "/files/")
	return href[strings.LastIndexByte(href, '/')+1:]
}

// TestAttach: a file that is refused takes nothing else with it, and one that was
// taken in stays until the section is saved.
func TestAttach(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		it, err := c.Catalog.Item(t.Context(), c.Code(worktest.Road))
		c.Must(err)
		s := c.Login("steward-lx")
		draft := s.Post("/console/items/revise", url.Values{"item": {id(it.ID)}}).To("/console/items/drafts/")
		at := draft + "/edit/materials"
		file := func(name, body string) worktest.Sent { return worktest.Sent{Name: name, Body: []byte(body)} }
		for name, bad := range map[string]struct {
			file worktest.Sent
			says string
		}{
			"of another kind":  {file("表.pdf", "<html><script>alert(1)</script>"), "材料 1 的空白表格“表.pdf”：不接受这种类型的文件"},
			"disguised":        {file("表.docx", smallPDF), "文件内容与扩展名不符"},
			"empty":            {file("表.pdf", ""), "文件没有内容"},
			"too large":        {worktest.Sent{Name: "表.pdf", Body: append([]byte(smallPDF), bytes.Repeat([]byte{' '}, catalog.GuideFileMost)...)}, "文件超过允许的大小"},
			"broken":           {file("表.docx", "PK\x03\x04broken"), "文件内部结构不安全或已损坏"},
			"a broken picture": {file("表.png", "\x89PNG\r\n\x1a\nbroken"), "图片已损坏"},
		} {
			t.Run(name, func(t *testing.T) {
				in := materials(s, draft)
				in.Set("materials.0.filling", "新写的填报须知")
				in.Set("materials.1.sampleFile", "https://www.example.cn/样表.pdf")
				p := s.UploadIn(at, in, map[string]worktest.Sent{"materials.0.blankForm.file": bad.file, "materials.0.sampleFile.file": file("样表.pdf", smallPDF)})
				p.Status(http.StatusUnprocessableEntity).Has(bad.says, "#f-materials-0-blankForm", "新写的填报须知", "https://www.example.cn/样表.pdf", "样表.pdf", "保存后生效")
			})
		}
		in := materials(s, draft)
		in.Set("_add", "materials")
		p := s.UploadIn(at, in, map[string]worktest.Sent{"materials.0.blankForm.file": file(`C:\\申请表.pdf`, smallPDF)}).Status(http.StatusOK).Has("申请表.pdf", "PDF，14 B", "保存后生效")
		s.Get(at).Lacks("申请表.pdf") // a button for rows saves nothing
		in = p.Form(at)
		in.Set("_del", "materials."+before(in.Get("materials.n")))
		in = s.UploadIn(at, in, nil).Status(http.StatusOK).Has("申请表.pdf").Form(at)
		s.UploadIn(at, in, nil).To(draft)
		s.Get(draft).Has("上传文件：申请表.pdf")
		page := s.Get(at).Has("申请表.pdf").Lacks("保存后生效")
		got := s.Get(page.First(draft + "/files/")).Status(http.StatusOK)
		if got.Body != smallPDF || got.Header.Get("Content-Type") != "application/pdf" || got.Header.Get("Cache-Control") != "no-store" ||
			!strings.Contains(got.Header.Get("Content-Disposition"), "filename*=utf-8''%E7%94%B3") {
			t.Errorf("%q %v", got.Body, got.Header)
		}
		s.Get(draft+"/guide").Status(http.StatusOK).Has("空白表格（PDF，14 B）", draft+"/files/")

		in = page.Form(at) // a stranger's ticket is no file
		in.Set("materials.0.sampleFile.held", "/files/"+strings.Repeat("0a", 12))
		in.Set("materials.0.sampleFile.ticket", "1.made-up")
		s.UploadIn(at, in, nil).Status(http.StatusUnprocessableEntity).Has("文件不存在或已过期")
		in.Del("materials.0.sampleFile.ticket")
		s.UploadIn(at, in, nil).Status(http.StatusUnprocessableEntity).Has("示例样表的文件不在平台上，请重新上传")

		in = page.Form(at)
		in.Set("materials.0.blankForm.drop", "true")
		s.UploadIn(at, in, nil).To(draft)
		s.Get(at).Lacks("申请表.pdf")
		other := c.Login("steward-bh") // of another district: nothing of theirs is taken in
		other.UploadIn(at, in, map[string]worktest.Sent{"materials.0.blankForm.file": file("表.pdf", smallPDF)}).Status(http.StatusForbidden)
	})
}
