package api

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/tongban/tongban/internal/catalog/sheet"
)

const lists = "/catalogue/imports"

// exported is what the city's reviewer takes out.
func (c *city) exported(format string) []byte {
	c.t.Helper()
	return c.send("irev", "GET", "/catalogue/export?unit=wx-gov&below=true&format="+format, nil).ok(200).body
}

// workbook is an exported workbook after somebody was at it.
func (c *city) workbook(do func(f *excelize.File) error) []byte {
	c.t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(c.exported("xlsx")))
	c.must(err)
	defer f.Close()
	var b bytes.Buffer
	c.must(errors.Join(do(f), f.Write(&b)))
	return b.Bytes()
}

// cell finds a cell of the first sheet by its heading.
func (c *city) cell(f *excelize.File, head string, row int) string {
	c.t.Helper()
	rows, err := f.GetRows("事项")
	c.must(err)
	name, err := excelize.CoordinatesToCellName(slices.Index(rows[0], head)+1, row)
	c.must(err)
	return name
}

// said is a workbook in which both lists are summed up otherwise.
func (c *city) said(words string) []byte {
	c.t.Helper()
	return c.workbook(func(f *excelize.File) error {
		return errors.Join(f.SetCellValue("事项", c.cell(f, "一句话说明", 2), words+"一"), f.SetCellValue("事项", c.cell(f, "一句话说明", 3), words+"二"))
	})
}

// planned brings a file and gives the address of its report.
func (c *city) planned(who, mode, name string, file []byte) string {
	c.t.Helper()
	a := c.upload(who, lists+"?mode="+mode, name, file).ok(201)
	if a.text("state", "code") != "reading" || a.text("state", "text") == "" {
		c.t.Errorf("just brought: %s", a)
	}
	c.drain()
	return lists + "/" + a.text("id")
}

func (c *city) counts(a answer, want string) {
	c.t.Helper()
	if got := fmt.Sprintf("%s: %d new, %d changed, %d refused, %d same", a.text("state", "code"), a.number("counts", "new"), a.number("counts", "changed"), a.number("counts", "refused"), a.number("counts", "same")); got != want {
		c.t.Errorf("%s, want %s: %s", got, want, a)
	}
}

// summary is how an item is summed up for everybody.
func (c *city) summary(item string) string {
	c.t.Helper()
	return c.send("anonymous", "GET", "/items/"+c.codes[item], nil).ok(200).text("guide", "basics", "summary")
}

// TestListImport: a workbook out, edited and back in; the report says what would
// come of it, and one act does it, once for a key.
func TestListImport(t *testing.T) {
	inCity(t, func(c *city) {
		at := c.planned("irev", "publish", "清单.xlsx", c.said("新的说明"))
		report := c.send("irev", "GET", at, nil).ok(200)
		c.counts(report, "ready: 0 new, 2 changed, 0 refused, 0 same")
		if report.text("rows", 0, "at") != "事项!2" || report.text("rows", 0, "item") != c.codes["food"] || report.text("rows", 0, "unit") != "无锡市行政审批局" ||
			report.text("rows", 0, "changes", 0, "path") != "basics/summary" || !strings.Contains(report.text("rows", 0, "changes", 0, "zh"), "新的说明一") {
			t.Errorf("report %s", report)
		}
		if en := c.send("irev", "GET", at, nil, "Accept-Language", "en").ok(200); en.text("state", "text") != "Checked, to be carried out" || en.text("rows", 0, "state", "text") != "Changed" {
			t.Errorf("in English: %s", en)
		}
		first := c.send("irev", "GET", at+"?state=changed&limit=1", nil).ok(200)
		second := c.send("irev", "GET", at+"?state=changed&limit=1&cursor="+first.text("next"), nil).ok(200)
		if len(first.at("rows").([]any)) != 1 || second.text("rows", 0, "at") != "事项!3" || second.text("next") != "" {
			t.Errorf("pages %s, %s", first, second)
		}
		c.send("irev", "GET", at+"?state=same&cursor="+first.text("next"), nil).ok(400)

		if a := c.send("irev", "POST", at+"/carry-out", map[string]any{"reason": " "}).ok(422); a.text("fields", 0, "pointer") != "/reason" {
			t.Errorf("without a reason: %s", a)
		}
		carry := func(reason, key string) answer {
			return c.send("irev", "POST", at+"/carry-out", map[string]any{"reason": reason}, "Idempotency-Key", key)
		}
		for range 2 {
			if a := carry("换一种说法", "k1").ok(202); a.text("state", "code") != "carrying" || a.text("reason") != "换一种说法" {
				t.Errorf("ordered: %s", a)
			}
		}
		if a := carry("又一次", "k1").ok(422); a.text("code") != "idempotency-key-reused" {
			t.Errorf("another request with the key: %s", a)
		}
		if a := carry("又一次", "k2").ok(409); a.text("code") != "import-state" {
			t.Errorf("twice: %s", a)
		}
		c.drain()
		carry("换一种说法", "k1").ok(202)
		c.drain()
		if c.summary("food") != "新的说明一" || c.summary("marriage") != "新的说明二" {
			t.Errorf("in force: %s, %s", c.summary("food"), c.summary("marriage"))
		}
		if a := c.send("irev", "GET", at, nil).ok(200); a.text("state", "code") != "done" || a.text("reason") != "换一种说法" {
			t.Errorf("afterwards: %s", a)
		}
		if a := c.send("anonymous", "GET", "/items/"+c.codes["food"]+"/versions", nil).ok(200); len(a.at("items").([]any)) != 2 {
			t.Errorf("versions %s", a)
		}
		if n := c.count(`SELECT count(*) FROM audit_record WHERE act = 'item.publish' AND outcome = 'done' AND subject = 'import/` + at[len(lists)+1:] + `'`); n != 1 {
			t.Errorf("%d records of the act", n)
		}
		if a := c.send("irev", "GET", lists, nil).ok(200); a.text("items", 0, "name") != "清单.xlsx" || a.text("items", 0, "state", "code") != "done" {
			t.Errorf("last imports: %s", a)
		}
	})
}

// TestListImport_drafts: a steward's file becomes drafts, and nothing in force.
func TestListImport_drafts(t *testing.T) {
	inCity(t, func(c *city) {
		at := c.planned("steward", "drafts", "清单.xlsx", c.said("新的说明"))
		c.send("steward", "POST", at+"/carry-out", map[string]any{"reason": "提速"}).ok(202)
		c.drain()
		c.counts(c.send("steward", "GET", at, nil).ok(200), "done: 0 new, 2 changed, 0 refused, 0 same")
		if a := c.send("steward", "GET", "/catalogue/drafts", nil).ok(200); len(a.at("items").([]any)) != 2 || a.text("items", 0, "state") != "drafting" {
			t.Errorf("drafts %s", a)
		}
		if c.summary("food") != "食品经营许可的一句话说明" {
			t.Errorf("in force: %s", c.summary("food"))
		}
	})
}

// TestListImport_refused: what is wrong in a row is said with its cell, in both
// languages, and changes nothing.
func TestListImport_refused(t *testing.T) {
	inCity(t, func(c *city) {
		var cell string
		for name, bad := range map[string]struct {
			zh, en, severity string
			do               func(f *excelize.File) error
		}{
			"merged": {"合并了几列", "columns are merged", "error", func(f *excelize.File) error { cell = "事项!C2"; return f.MergeCell("事项", "C2", "D2") }},
			"formula": {"是公式", "is a formula", "warning", func(f *excelize.File) error { // whose result the file does not keep: no days
				at := c.cell(f, "承诺办结时限", 2)
				cell = "事项!" + at
				return f.SetCellFormula("事项", at, "4+4")
			}},
			"formula_failed": {"公式出错", "the formula failed", "error", func(f *excelize.File) error {
				at := c.cell(f, "承诺办结时限", 2)
				cell = "事项!" + at
				return f.SetCellValue("事项", at, "#REF!")
			}},
			"code": {"不在代码表中", "is not in the code table", "error", func(f *excelize.File) error {
				at := c.cell(f, "办件类型", 2)
				cell = "事项!" + at
				return f.SetCellValue("事项", at, "马上办")
			}},
		} {
			at := c.planned("irev", "publish", "坏.xlsx", c.workbook(bad.do))
			report := c.send("irev", "GET", at+"?state=refused", nil).ok(200)
			c.counts(report, "ready: 0 new, 0 changed, 1 refused, 1 same")
			if report.text("rows", 0, "at") != "事项!2" || !c.names(report, cell, bad.severity, bad.zh, bad.en) {
				t.Errorf("%s at %s: %s", name, cell, report)
			}
			c.send("irev", "POST", at+"/carry-out", map[string]any{"reason": "更新"}).ok(202)
			c.drain()
			if a := c.send("irev", "GET", at, nil).ok(200); a.text("state", "code") != "failed" || !strings.Contains(a.text("problems", 0, "text"), "没有需要导入") {
				t.Errorf("%s carried out: %s", name, a)
			}
			if n := c.count(`SELECT count(*) FROM item_version`); n != 2 {
				t.Errorf("%s: %d versions", name, n)
			}
		}
	})
}

// names reports whether the first row of a report names a cell with words.
func (c *city) names(report answer, cell, severity, zh, en string) bool {
	for _, p := range report.at("rows", 0, "problems").([]any) {
		p := p.(map[string]any)
		if p["path"] == cell && p["severity"] == severity && strings.Contains(p["text"].(string), zh) && strings.Contains(p["textEn"].(string), en) {
			return true
		}
	}
	return false
}

// TestListImport_refused_rows: a list that stands twice is refused the second
// time; the rest is imported, and what was refused comes as a workbook.
func TestListImport_refused_rows(t *testing.T) {
	inCity(t, func(c *city) {
		file := c.workbook(func(f *excelize.File) error {
			return errors.Join(f.SetCellValue("事项", c.cell(f, "一句话说明", 2), "新的说明"), f.DuplicateRowTo("事项", 2, 4))
		})
		at := c.planned("irev", "publish", "重复.xlsx", file)
		report := c.send("irev", "GET", at+"?state=refused", nil).ok(200)
		c.counts(report, "ready: 0 new, 1 changed, 1 refused, 1 same")
		if !c.names(report, "事项!4", "error", "前一处在事项!2", "before, at 事项!2") {
			t.Errorf("report %s", report)
		}
		a := c.send("irev", "GET", at+"/refused.xlsx", nil).ok(200)
		if a.header.Get("Content-Type") != sheet.XLSX.MIME() || !strings.Contains(a.header.Get("Content-Disposition"), "refused.xlsx") {
			t.Errorf("headers %v", a.header)
		}
		f, err := excelize.OpenReader(bytes.NewReader(a.body))
		c.must(err)
		defer f.Close()
		if rows, err := f.GetRows("拒绝的行"); err != nil || len(rows) != 2 || rows[1][0] != "事项!4" {
			t.Errorf("refused rows %v (%v)", rows, err)
		}
		c.send("irev", "POST", at+"/carry-out", map[string]any{"reason": "更新"}).ok(202)
		c.drain()
		if c.summary("food") != "新的说明" || c.summary("marriage") != "结婚登记的一句话说明" {
			t.Errorf("in force: %s, %s", c.summary("food"), c.summary("marriage"))
		}
	})
}

// TestListImport_outdated: what changed after the report stops the whole import.
func TestListImport_outdated(t *testing.T) {
	inCity(t, func(c *city) {
		old := c.planned("irev", "publish", "旧.xlsx", c.said("旧的说明"))
		file := c.workbook(func(f *excelize.File) error {
			return f.SetCellValue("事项", c.cell(f, "一句话说明", 3), "新的说明")
		})
		for _, at := range []string{c.planned("irev", "publish", "新.xlsx", file), old} {
			c.send("irev", "POST", at+"/carry-out", map[string]any{"reason": "更新"}).ok(202)
			c.drain()
		}
		a := c.send("irev", "GET", old, nil).ok(200)
		if a.text("state", "code") != "failed" || a.text("problems", 0, "code") != "plan-old" || !strings.Contains(a.text("problems", 0, "text"), "已经变化") || !strings.Contains(a.text("problems", 0, "textEn"), "have changed") {
			t.Errorf("outdated: %s", a)
		}
		if c.summary("food") != "食品经营许可的一句话说明" || c.summary("marriage") != "新的说明" {
			t.Errorf("in force: %s, %s", c.summary("food"), c.summary("marriage"))
		}
	})
}

// TestListExport: in every format, what was not touched comes back the same.
func TestListExport(t *testing.T) {
	inCity(t, func(c *city) {
		for _, format := range sheet.Formats {
			a := c.send("steward", "GET", "/catalogue/export?unit=wx-spj&format="+string(format), nil).ok(200)
			if a.header.Get("Content-Type") != format.MIME() || !strings.Contains(a.header.Get("Content-Disposition"), "items-wx-spj."+string(format)) {
				t.Errorf("%s: %v", format, a.header)
			}
			at := c.planned("steward", "drafts", "清单."+string(format), a.body)
			c.counts(c.send("steward", "GET", at, nil).ok(200), "ready: 0 new, 0 changed, 0 refused, 2 same")
		}
		if a := c.send("irev", "GET", "/catalogue/export?unit=wx-gov&format=json", nil).ok(200); strings.Contains(string(a.body), c.codes["food"]) {
			t.Errorf("without the units below: %s", a)
		}
		for query, at := range map[string]string{"unit=wx-gov": "/query/format", "format=xlsx": "/query/unit", "unit=nowhere&format=xlsx": "/query/unit", "unit=wx-gov&format=doc": "/query/format"} {
			if a := c.send("irev", "GET", "/catalogue/export?"+query, nil).ok(422); a.text("fields", 0, "pointer") != at {
				t.Errorf("%s: %s", query, a)
			}
		}
	})
}

// TestListImport_limits: who may not, and what is no file of lists, is refused
// before anything is kept.
func TestListImport_limits(t *testing.T) {
	inCity(t, func(c *city) {
		large := make([]byte, sheet.MaxUpload+1)
		for _, tt := range []struct {
			who, mode, name string
			file            []byte
			status          int
			code, at        string
		}{
			{"clerk", "drafts", "清单.xlsx", large, http.StatusForbidden, "forbidden", ""},
			{"steward", "publish", "清单.xlsx", pdf, http.StatusForbidden, "forbidden", ""},
			{"lxirev", "publish", "清单.xlsx", pdf, http.StatusForbidden, "forbidden", ""},
			{"irev", "publish", "清单.xlsx", large, http.StatusRequestEntityTooLarge, "import-too-large", "/file"},
			{"irev", "publish", "清单.xlsx", nil, http.StatusUnprocessableEntity, "invalid-input", "/file"},
			{"irev", "publish", "清单.txt", pdf, http.StatusUnprocessableEntity, "invalid-input", "/file"},
			{"irev", "both", "清单.xlsx", pdf, http.StatusUnprocessableEntity, "invalid-input", "/query/mode"},
		} {
			a := c.upload(tt.who, lists+"?mode="+tt.mode, tt.name, tt.file)
			if a.status != tt.status || a.text("code") != tt.code || tt.at != "" && a.text("fields", 0, "pointer") != tt.at || a.text("titleEn") == "" {
				t.Errorf("%s %s %s: %s", tt.who, tt.mode, tt.name, a)
			}
		}
		if n := c.count(`SELECT count(*) FROM item_import`); n != 0 {
			t.Errorf("%d imports kept", n)
		}
		at := c.planned("irev", "publish", "坏.xlsx", []byte("PK nothing"))
		if a := c.send("irev", "GET", at, nil).ok(200); a.text("state", "code") != "refused" || !strings.Contains(a.text("problems", 0, "text"), "XLSX") || !strings.Contains(a.text("problems", 0, "textEn"), "no XLSX workbook") {
			t.Errorf("no workbook: %s", a)
		}
		c.send("irev", "POST", at+"/carry-out", map[string]any{"reason": "更新"}).ok(409)
		c.send("steward", "GET", at, nil).ok(404) // another's
		c.send("steward", "POST", at+"/carry-out", map[string]any{"reason": "更新"}).ok(404)
	})
}

// TestListImport_once: the same file with the same key is one import, another
// file needs another key.
func TestListImport_once(t *testing.T) {
	inCity(t, func(c *city) {
		bring := func(name, file string) answer {
			return c.upload("irev", lists+"?mode=publish", name, []byte(file), "Idempotency-Key", "k")
		}
		first := bring("清单.json", "{}").ok(201)
		if again := bring("清单.json", "{}").ok(201); again.text("id") != first.text("id") || c.count(`SELECT count(*) FROM item_import`) != 1 {
			t.Errorf("%s, first %s", again, first)
		}
		bring("清单.json", "{ }").ok(422)
		bring("又一份.json", "{}").ok(422)
	})
}
