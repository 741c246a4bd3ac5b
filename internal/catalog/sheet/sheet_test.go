package sheet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db/dbtest"
	"github.com/tongban/tongban/internal/errs"
)

type ctx = context.Context

const code = "1132021300000002XX4322099001000"

func TestSQL(t *testing.T) { dbtest.Prepares(t, SQL()...) }

// full is a guide in which everything is said, so that a part which no column
// carries shows.
func full() *catalog.Guide {
	g := &catalog.Guide{}
	n := 0
	tables := map[string]string{"Due": "decision", "Publish": "all", "Type": "20", "CaseType": "promised", "Level": "4", "PowerSource": "1", "Scope": "3", "Mode": "online", "Nature": "1", "Necessity": "required",
		"Media": "both", "Source": "self", "Role": "reviewer", "Unit": "workday", "Mark": "C", "Late": "decide"}
	var fill func(v reflect.Value, path string)
	fill = func(v reflect.Value, path string) {
		name := path[strings.LastIndexByte(path, '.')+1:]
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				fill(v.Field(i), path+"."+v.Type().Field(i).Name)
			}
		case reflect.Pointer:
			v.Set(reflect.New(v.Type().Elem()))
			fill(v.Elem(), path)
			if c, ok := v.Interface().(*catalog.Cond); ok {
				c.Set = false
			}
		case reflect.Slice:
			if v.Type().Elem().Kind() == reflect.Uint8 {
				v.SetBytes([]byte(`{"title":"` + strings.Repeat("表单 ", 9000) + `"}`))
				return
			}
			v.Set(reflect.MakeSlice(v.Type(), 2, 2))
			fill(v.Index(0), path+"#")
			fill(v.Index(1), path+"#")
		case reflect.Map:
			v.Set(reflect.ValueOf(map[string]string{"name": "applicant.name"}))
		case reflect.String:
			n++
			value := fmt.Sprintf("值%d\n第二行、甲", n)
			switch {
			case strings.HasSuffix(path, "Audience#"):
				value = "2"
			case strings.HasSuffix(path, "Does"):
				value = "renew"
			case strings.HasSuffix(path, "Delivery#"):
				value = "post"
			case strings.HasSuffix(path, "Kind"):
				value = map[string]string{"Materials": "other", "Steps": "review", "Special": "expert", "Results": "licence"}[strings.Trim(strings.Split(path, ".")[len(strings.Split(path, "."))-2], "#")]
			case strings.HasSuffix(path, "Lines#.Code"):
				value = fmt.Sprintf("a%d", n)
			case strings.HasSuffix(path, "Unit") && !strings.Contains(path, "Limits"):
				value = "unit"
			case strings.Contains(path, "When") || strings.Contains(path, "Unless") || strings.Contains(path, "Note") && strings.Contains(path, "Limits"):
				value = fmt.Sprintf("v%d", n)
			case tables[name] != "":
				value = tables[name]
			}
			v.SetString(value)
		case reflect.Int:
			n++
			v.SetInt(int64(n % 4))
			if n%4 == 0 {
				v.SetInt(3)
			}
		case reflect.Int64:
			n++
			v.SetInt(int64(1000 + n))
		case reflect.Bool:
			v.SetBool(true)
		}
	}
	fill(reflect.ValueOf(g).Elem(), "")
	g.Basics.Code = code
	return g
}

func written(t testing.TB, guides ...*catalog.Guide) []byte {
	t.Helper()
	var b bytes.Buffer
	i := 0
	if err := WriteWorkbook(&b, func() (*catalog.Guide, error) {
		if i == len(guides) {
			return nil, io.EOF
		}
		i++
		return guides[i-1], nil
	}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestEverySaid: a workbook carries every part of a guide.
func TestEverySaid(t *testing.T) {
	want := full()
	entries, err := ReadWorkbook(t.Context(), written(t, want))
	if err != nil || len(entries) != 1 || entries[0].Code != code {
		t.Fatalf("%v %+v", err, entries)
	}
	var got catalog.Guide
	got.Basics.Handling.No = want.Basics.Handling.No // of the code, as these
	got.Basics.Code, got.Basics.Level, got.Basics.Division = code, want.Basics.Level, want.Basics.Division
	got.Department.Unit, got.Department.Name, got.Department.USCC = want.Department.Unit, want.Department.Name, want.Department.USCC
	if ps := entries[0].Lay(&got); len(ps) > 0 {
		t.Errorf("%v", ps)
	}
	w, g := reflect.ValueOf(*want), reflect.ValueOf(got)
	for i := range w.NumField() {
		if !reflect.DeepEqual(w.Field(i).Interface(), g.Field(i).Interface()) {
			t.Errorf("%s:\n%.600s\n%.600s", w.Type().Field(i).Name, fmt.Sprintf("%+v", w.Field(i)), fmt.Sprintf("%+v", g.Field(i)))
		}
	}
}

// spoiled is the workbook of one guide after somebody was at it.
func spoiled(t testing.TB, do func(f *excelize.File)) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(written(t, full())))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	do(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// column finds a heading.
func at(t testing.TB, f *excelize.File, sheet, head string, row int) string {
	t.Helper()
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	for i, h := range rows[0] {
		if h == head {
			cell, _ := excelize.CoordinatesToCellName(i+1, row)
			return cell
		}
	}
	t.Fatalf("%s has no %s", sheet, head)
	return ""
}

func problems(t testing.TB, file []byte) (out []catalog.Problem) {
	t.Helper()
	entries, err := ReadWorkbook(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		out = append(out, e.Problems...)
		if e.Lay != nil {
			g := *full()
			out = append(out, e.Lay(&g)...)
		}
	}
	return out
}

// TestBadCells: what is wrong in a cell is said with the cell's name.
func TestBadCells(t *testing.T) {
	must := func(errs ...error) {
		t.Helper()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
	}
	var cell string
	for _, c := range []struct {
		name, says string
		refuses    bool
		do         func(f *excelize.File)
	}{
		{"wrong_code", "不在代码表中", true, func(f *excelize.File) {
			cell = "材料!" + at(t, f, "材料", "材料必要性", 3)
			must(f.SetCellValue("材料", cell[len("材料!"):], "也许要"))
		}},
		{"no_number", "应为整数", true, func(f *excelize.File) {
			cell = "事项!" + at(t, f, "事项", "承诺办结时限", 2)
			must(f.SetCellValue("事项", cell[len("事项!"):], "十天"))
		}},
		{"formula", "公式", false, func(f *excelize.File) {
			cell = "事项!" + at(t, f, "事项", "承诺办结时限", 2)
			must(f.SetCellFormula("事项", cell[len("事项!"):], "1+2"))
		}},
		{"formula_failed", "公式出错", true, func(f *excelize.File) {
			cell = "事项!" + at(t, f, "事项", "数量限制", 2)
			must(f.SetCellValue("事项", cell[len("事项!"):], "#REF!"))
		}},
		{"merged_across", "合并了几列", true, func(f *excelize.File) {
			cell = "材料!C2"
			must(f.MergeCell("材料", "C2", "D2"))
		}},
		{"no_list", "不在“事项”表中", true, func(f *excelize.File) {
			cell = "材料!A3"
			must(f.SetCellValue("材料", "A3", "1234"))
		}},
		{"level", "不能修改", true, func(f *excelize.File) {
			cell = "事项!" + at(t, f, "事项", "行使层级", 2)
			must(f.SetCellValue("事项", cell[len("事项!"):], "市级"))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ps := problems(t, spoiled(t, c.do))
			for _, p := range ps {
				if p.Path == cell && strings.Contains(p.ZH, c.says) && p.Error == c.refuses && p.EN != "" && p.EN != p.ZH {
					return
				}
			}
			t.Errorf("%s is not named in both languages: %v", cell, ps)
		})
	}
}

// TestMergedDown: a value merged over several rows holds for each.
func TestMergedDown(t *testing.T) {
	file := spoiled(t, func(f *excelize.File) {
		where := at(t, f, "材料", "材料必要性", 2)
		if err := errors.Join(f.SetCellValue("材料", where, "容缺后补"), f.MergeCell("材料", where, at(t, f, "材料", "材料必要性", 3)),
			f.MergeCell("材料", "A2", "A3")); err != nil {
			t.Fatal(err)
		}
	})
	entries, err := ReadWorkbook(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	g := *full()
	if ps := entries[0].Lay(&g); len(ps) > 0 || len(g.Materials) != 2 || g.Materials[0].Necessity != "tolerant" || g.Materials[1].Necessity != "tolerant" {
		t.Errorf("%v %+v", ps, g.Materials)
	}
}

// TestColumns: headings are found by name in any order, below a title; one that
// is missing is named with its sheet.
func TestColumns(t *testing.T) {
	small := func(heads, row []any) []byte {
		f := excelize.NewFile()
		defer f.Close()
		var b bytes.Buffer
		if err := errors.Join(f.SetSheetName("Sheet1", "事项"), f.SetSheetRow("事项", "A1", &[]any{"无锡市实施清单"}), f.SetSheetRow("事项", "A2", &heads), f.SetSheetRow("事项", "A3", &row), f.Write(&b)); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	entries, err := ReadWorkbook(t.Context(), small([]any{"PROMISE_DAY", "备注", "实施编码*"}, []any{7, "无", code}))
	if err != nil {
		t.Fatal(err)
	}
	want, g := full(), *full()
	ps := entries[0].Lay(&g)
	if want.Limits.Promised.Days = 7; len(ps) > 0 || !reflect.DeepEqual(g, *want) {
		t.Errorf("a column that is not there changes nothing: %v %+v", ps, g.Limits)
	}
	_, err = ReadWorkbook(t.Context(), small([]any{"承诺办结时限"}, []any{7}))
	if f := errs.Of(err).Fields; len(f) != 1 || f[0].Path != "事项/实施编码" {
		t.Errorf("%v", err)
	}
	_, err = ReadWorkbook(t.Context(), spoiled(t, func(f *excelize.File) {
		if err := f.SetCellValue("材料", at(t, f, "材料", "材料名称", 1), "名字"); err != nil {
			t.Fatal(err)
		}
	}))
	if f := errs.Of(err).Fields; len(f) != 1 || f[0].Path != "材料/材料名称" || !strings.Contains(f[0].ZH, "工作表“材料”缺少列“材料名称”") {
		t.Errorf("%v", err)
	}
}

// large is a workbook with n rows on a sheet.
func large(t testing.TB, sheet string, n int, row func(i int) []any) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(written(t, full())))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sw, err := f.NewStreamWriter(sheet)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := sw.SetRow(cell, row(i)); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := errors.Join(sw.Flush(), f.Write(&b)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// peak runs do and gives by how much the heap grew at most, bytes.
func peak(do func()) uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before, most := m.HeapAlloc, uint64(0)
	stop, stopped := make(chan bool), make(chan bool)
	go func() {
		defer close(stopped)
		look := time.NewTicker(5 * time.Millisecond)
		defer look.Stop()
		for {
			select {
			case <-stop:
				return
			case <-look.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc)
			}
		}
	}()
	do()
	close(stop)
	<-stopped
	return most - min(most, before)
}

// TestHundredThousandRows: too many lists are refused as a whole, many rows of
// parts are read within bounds.
func TestHundredThousandRows(t *testing.T) {
	const rows = 100_000
	lists := large(t, "事项", rows, func(i int) []any {
		if i == 0 {
			return []any{"实施编码", "事项名称", "承诺办结时限", "一句话说明"}
		}
		return []any{fmt.Sprintf("%031d", i), fmt.Sprint("事项", i), i % 20, strings.Repeat("说明", 20)}
	})
	var err error
	grew := peak(func() { _, err = ReadWorkbook(t.Context(), lists) })
	t.Logf("100,000 lists: heap grew by %d MB at most", grew>>20)
	if f := errs.Of(err).Fields; len(f) != 1 || f[0].Path != "事项" || grew > 256<<20 {
		t.Errorf("%v, %d MB", err, grew>>20)
	}
	materials := large(t, "材料", rows, func(i int) []any {
		if i == 0 {
			return []any{"实施编码", "材料代号", "材料名称", "材料必要性", "受理标准"}
		}
		return []any{fmt.Sprintf("%031d", i), fmt.Sprint("m", i%20), fmt.Sprint("材料", i), "必要", strings.Repeat("标准", 20)}
	})
	var entries []catalog.ImportRow
	grew = peak(func() { entries, err = ReadWorkbook(t.Context(), materials) })
	t.Logf("100,000 materials: heap grew by %d MB at most", grew>>20)
	if err != nil || len(entries) != 1+maxLoose+1 || grew > 256<<20 {
		t.Errorf("%d entries, %v, %d MB", len(entries), err, grew>>20)
	}
}

func TestNoWorkbook(t *testing.T) {
	for _, file := range []string{"", "PK", "<html>", "PK\x03\x04aaaaaaaaaaaaaaaa"} {
		if _, err := ReadWorkbook(t.Context(), []byte(file)); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%q: %v", file, err)
		}
	}
}

func TestExchange(t *testing.T) {
	read := func(text string) ([]catalog.ImportRow, error) { return ReadExchange([]byte(text)) }
	entries, err := read(`{"UP_TASK_GENERAL_MATERIAL":[{"TASK_CODE":"` + code + `","MATERIAL_NAME":"身份证","IS_NEED":1},{"TASK_CODE":"other"}],
		"UP_TASK_GENERAL_BASIC":[{"TASK_CODE":"` + code + `","PROMISE_DAY":7,"PROJECT_TYPE":"2","CD_BATCH":"1","TASK_TYPE":"77"}],"UP_TASK_PUNISH_BASIC":[{}]}`)
	if err != nil || len(entries) != 2 || len(entries[1].Problems) != 1 || !entries[1].Problems[0].Error {
		t.Fatalf("%v %+v", err, entries)
	}
	g := *full()
	ps := append(entries[0].Problems, entries[0].Lay(&g)...)
	if g.Limits.Promised.Days != 7 || len(g.Materials) != 1 || g.Materials[0].Necessity != "required" || g.Materials[0].Code == "" {
		t.Errorf("%+v %+v", g.Limits, g.Materials)
	}
	said := fmt.Sprint(ps)
	for _, want := range []string{"UP_TASK_GENERAL_BASIC/0/TASK_TYPE", "不在国家代码表中", "CD_BATCH", "UP_TASK_PUNISH_BASIC"} {
		if !strings.Contains(said, want) {
			t.Errorf("%s is not said: %s", want, said)
		}
	}
	for _, text := range []string{"", "[]", "{", `{"UP_TASK_GENERAL_BASIC":{}}`, `{"UP_TASK_GENERAL_BASIC":[1]}`, `{}`} {
		if _, err := read(text); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestHandleArea: the delta has no national code; what goes out as 2 comes back
// unchanged, any other code takes its place.
func TestHandleArea(t *testing.T) {
	c := handleArea()
	for _, x := range []struct{ is, out, in, then string }{{"7", "2", "2", "7"}, {"7", "2", "1", "1"}, {"2", "2", "2", "2"}, {"3", "3", "2", "2"}, {"", "", "4", "4"}} {
		g := gd{}
		g.Basics.Scope = x.is
		if got := c.get(&g); got != x.out {
			t.Errorf("%+v: goes out as %q", x, got)
		}
		if f := c.set(&g, x.in); f != (fault{}) || g.Basics.Scope != x.then {
			t.Errorf("%+v: %q %+v", x, g.Basics.Scope, f)
		}
	}
	if f := c.set(&gd{}, "7"); f == (fault{}) {
		t.Error("7 is no national code")
	}
}

func TestItemFiles(t *testing.T) {
	for _, text := range []string{"", "a: [", "basicCode: 1", "nothing: x", "guide: &a {}\nspread: [*a]", "a: &a [x]\nb: &b [*a,*a]\nc: [*b,*b]"} {
		if _, err := ReadItems([]byte(text)); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	}
	defs, err := ReadItems([]byte("---\nbasicCode: \"1\"\n---\nbasicCode: \"2\"\n"))
	if err != nil || len(defs) != 2 || defs[1].BasicCode != "2" {
		t.Errorf("%+v %v", defs, err)
	}
}

func FuzzReadWorkbook(f *testing.F) {
	f.Add(written(f, full()))
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, file []byte) { layAll(t, file, ReadWorkbook) })
}

// layAll: whatever comes, a reader answers with entries or an error of the
// sender's, and laying never writes into what others share.
func layAll(t *testing.T, file []byte, read func(ctx ctx, file []byte) ([]catalog.ImportRow, error)) {
	entries, err := read(t.Context(), file)
	if err != nil {
		if errs.KindOf(err) != errs.Invalid {
			t.Fatalf("%v", err)
		}
		return
	}
	shared := full()
	for _, e := range entries {
		if e.Lay != nil {
			g := *shared
			e.Lay(&g)
		}
	}
	if !reflect.DeepEqual(shared, full()) {
		t.Fatal("the guide in force was written into")
	}
}

func FuzzReadExchange(f *testing.F) {
	var b bytes.Buffer
	if err := WriteExchange(&b, []*catalog.Guide{full()}); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(`{"UP_TASK_GENERAL_BASIC":[{"TASK_CODE":null,"PROMISE_DAY":1e9}]}`))
	f.Fuzz(func(t *testing.T, file []byte) {
		layAll(t, file, func(_ ctx, file []byte) ([]catalog.ImportRow, error) { return ReadExchange(file) })
	})
}

func FuzzReadItems(f *testing.F) {
	f.Add([]byte("basicCode: \"320799033000\"\nofferedBy: [{unit: lx-mzj, receiving: lx-zx}]\nguide: {conditions: [a, {text: b, when: {field: c, in: [d]}}]}\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if _, err := ReadItems(file); err != nil && errs.KindOf(err) != errs.Invalid {
			t.Fatalf("%v", err)
		}
	})
}
