package steward_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/tongban/tongban/internal/catalog/sheet"
	"github.com/tongban/tongban/internal/web/desk/worktest"
)

// edited is an exported workbook with one value written into the first list.
func edited(c *worktest.City, file, head string, value any) []byte {
	c.T.Helper()
	f, err := excelize.OpenReader(bytes.NewReader([]byte(file)))
	c.Must(err)
	defer f.Close()
	rows, err := f.GetRows("事项")
	c.Must(err)
	for i, h := range rows[0] {
		if h == head {
			cell, err := excelize.CoordinatesToCellName(i+1, 2)
			var b bytes.Buffer
			c.Must(errors.Join(err, f.SetCellValue("事项", cell, value), f.Write(&b)))
			return b.Bytes()
		}
	}
	c.T.Fatalf("no column %s", head)
	return nil
}

// TestImport: out, edited, back in; checked, carried out; by those who may.
func TestImport(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		drain := func() {
			_, err := c.Jobs.Drain(t.Context())
			c.Must(err)
		}
		s, rv := c.Login("steward-lx"), c.Login("itemreviewer-lx")
		s.Get("/console/items").Has("/console/items/import", "/console/items/export")
		s.Get("/console/items/export").Status(http.StatusOK).Has("梁溪区", "国家交换表")
		file := s.Get("/console/items/export/file?unit=lx-gov&below=1&format=xlsx").Status(http.StatusOK).Body
		s.Get("/console/items/export/file?unit=wx-gov&below=1&format=xlsx").Status(http.StatusForbidden)
		s.Get("/console/items/import").Status(http.StatusOK).Has("生成编制稿").Lacks("直接发布")
		drafts := url.Values{"mode": {"drafts"}}
		s.Upload("/console/items/import", drafts, "清单.txt", []byte("x")).Status(http.StatusUnprocessableEntity).Has(".xlsx")
		s.Upload("/console/items/import", drafts, "清单.xlsx", nil).Status(http.StatusUnprocessableEntity).Has("请先选择文件")
		s.Upload("/console/items/import", drafts, "清单.xlsx", make([]byte, sheet.MaxUpload+1)).Status(http.StatusRequestEntityTooLarge).Has("不能超过32 MB", "生成编制稿")
		s.Upload("/console/items/import", url.Values{"mode": {"publish"}}, "清单.xlsx", []byte(file)).Status(http.StatusForbidden)
		rv.Upload("/console/items/import", url.Values{"mode": {"publish"}}, "清单.xlsx", []byte(file)).Status(http.StatusForbidden)

		at := s.Upload("/console/items/import", drafts, "清单.xlsx", []byte(file)).To("/console/items/import/")
		s.Get(at).Status(http.StatusOK).Has("正在预检")
		drain()
		s.Get(at).Has("没有需要导入的内容", "相同")
		rv.Get(at).Status(http.StatusNotFound) // another's

		broken := s.Upload("/console/items/import", drafts, "坏.xlsx", []byte("PK nothing")).To("/console/items/import/")
		drain()
		s.Get(broken).Has("文件不能导入", "没有导入任何内容").Lacks("执行导入")
		s.Post(broken, url.Values{"reason": {"更新"}}).To(broken)

		wrong := s.Upload("/console/items/import", drafts, "错.xlsx", edited(c, file, "办件类型", "马上办")).To("/console/items/import/")
		drain()
		s.Get(wrong+"?state=refused").Has("不在代码表中", "事项!", "refused.xlsx")
		refused, err := excelize.OpenReader(bytes.NewReader([]byte(s.Get(wrong + "/refused.xlsx").Status(http.StatusOK).Body)))
		c.Must(err)
		if v, err := refused.GetCellValue("拒绝的行", "A2"); err != nil || v != "事项!2" {
			t.Errorf("the refused rows begin with %q (%v)", v, err)
		}
		c.Must(refused.Close())

		at = s.Upload("/console/items/import", drafts, "改.xlsx", edited(c, file, "一句话说明", "新的说明")).To("/console/items/import/")
		drain()
		s.Get(at).Has("变更", "新的说明", "执行导入")
		s.Post(at, url.Values{"reason": {" "}}).Status(http.StatusUnprocessableEntity).Has("请写明导入的理由")
		s.Post(at, url.Values{"reason": {"换一种说法"}}).To(at)
		s.Get(at).Has("正在导入")
		s.Post(at, url.Values{"reason": {"又一次"}}).To(at)
		drain()
		s.Get(at).Has("已经生成编制稿")
		s.Get("/console/items").Has("编制中")
		s.Get("/console/items/import").Has("改.xlsx", "已导入", "坏.xlsx")
	})
}
