package sheet

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
)

// listRows are the rows of one list on one sheet.
type listRows struct {
	rows [][]string // by the sheet's columns
	nos  []int      // their row numbers
	has  []bool     // which columns the sheet has
	cols []int      // where each stands, from 1
}

// pending is a list while the sheets are read.
type pending struct {
	code   string
	at     string
	main   int // row on the first sheet
	sheets []*listRows
	wrong  []catalog.Problem
}

type reading struct {
	parts   []part
	lists   []*pending
	byCode  map[string]*pending
	present []bool // sheets that the workbook has
	loose   []catalog.ImportRow
	missed  int // rows without a list beyond those named
	texts   map[string]string
	size    int
}

// ReadWorkbook 读取工作簿 gives the lists of an XLSX file, in the order of 事项.
// A file that is no workbook, lacks a needed column or is beyond the limits is
// an error that names the sheet; what is wrong in a row stands with its list.
func ReadWorkbook(ctx context.Context, file []byte) (_ []catalog.ImportRow, err error) {
	defer func() { // a library reads what strangers send
		if p := recover(); p != nil {
			err = notWorkbook(fmt.Errorf("panic: %v", p))
		}
	}()
	if len(file) > MaxFile {
		return nil, ErrTooLarge
	}
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, notWorkbook(err)
	}
	var open uint64
	for _, f := range z.File {
		if open += f.UncompressedSize64; open > maxOpen {
			return nil, ErrTooLarge
		}
	}
	files, err := sheetFiles(z)
	if err != nil {
		return nil, notWorkbook(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(file), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxOpen, UnzipXMLSizeLimit: 16 << 20})
	if err != nil {
		return nil, notWorkbook(err)
	}
	defer func() { _ = book.Close() }()
	r := &reading{parts: parts(), byCode: map[string]*pending{}, texts: map[string]string{}}
	r.present = make([]bool, len(r.parts))
	titles := make([]string, len(r.parts))
	for i, p := range r.parts {
		titles[i] = p.title()
	}
	if files[titles[0]] == nil {
		return nil, refused(mainSheet, "没有名为“事项”的工作表", "there is no sheet named 事项")
	}
	streams, wait := readAhead(ctx, book, titles, files)
	defer wait()
	var missing []errs.Field
	for i, p := range r.parts {
		in := streams[titles[i]]
		if in == nil {
			continue
		}
		r.present[i] = true
		lacks, err := r.sheet(in, i, p)
		if err != nil {
			return nil, err
		}
		missing = append(missing, lacks...)
	}
	if len(missing) > 0 {
		return nil, errs.InvalidFields(missing...)
	}
	return r.entries(), nil
}

func notWorkbook(err error) error {
	return errs.New(errs.Invalid, "import-workbook", "文件不是 XLSX 工作簿，或者已经损坏。请用表格软件另存为 .xlsx 后再上传。",
		"The file is no XLSX workbook, or it is damaged. Save it as .xlsx and upload it again.").Because(err)
}

// sheet reads one sheet from its stream of rows.
func (r *reading) sheet(in *stream, index int, p part) (lacks []errs.Field, err error) {
	defer in.stop()
	m, ok := <-in.marks
	if !ok {
		return nil, in.err
	}
	x := sheetReading{r: r, part: p, index: index, title: p.title(), marks: m, above: map[int]string{}}
	x.trim = x.title != (formSheet{}).title()
	for pack := range in.packs {
		for _, line := range pack {
			if lacks, err := x.line(line); err != nil || len(lacks) > 0 {
				return lacks, err
			}
		}
	}
	if in.err != nil {
		return nil, in.err
	}
	if x.head == nil {
		return []errs.Field{{Path: x.title + "/" + codeHead, Code: "column", ZH: "工作表“" + x.title + "”没有表头，或者缺少列“" + codeHead + "”", EN: "sheet " + x.title + " has no headings, or lacks the column " + codeHead}}, nil
	}
	return nil, nil
}

// sheetReading is a sheet while its rows come.
type sheetReading struct {
	r        *reading
	part     part
	index    int
	title    string
	marks    marks
	trim     bool
	head     []int // for each column, where it stands from 1; 0 if it does not
	has      []bool
	codeAt   int
	above    map[int]string // values of merged cells by column, while inside them
	no, seen int
}

// line takes the next row.
func (x *sheetReading) line(line []string) (lacks []errs.Field, err error) {
	x.no++
	if x.head == nil {
		if x.no < headingWithin && !named(line) {
			return nil, nil // titles and empty rows above the headings
		}
		x.codeAt, x.head, x.has, lacks = headings(x.title, x.part, line)
		return lacks, nil
	}
	line = x.r.tidy(line[:min(len(line), maxCells)], x.trim)
	wrong := x.r.merges(x.title, x.no, &line, x.marks, x.above, x.head, x.codeAt)
	if !slices.ContainsFunc(line, func(s string) bool { return s != "" }) {
		return nil, nil
	}
	if x.seen++; x.index == 0 && x.seen > maxLists {
		return nil, tooMany(x.title, maxLists)
	} else if x.seen > maxRows {
		return nil, tooMany(x.title, maxRows)
	}
	if x.r.size > maxText {
		return nil, ErrTooLarge
	}
	values, faults := x.values(line)
	code := ""
	if x.codeAt <= len(line) {
		code = strings.ToUpper(line[x.codeAt-1])
	}
	x.r.row(x.index, x.title, x.no, code, values, x.has, x.head, x.codeAt, append(wrong, faults...))
	return nil, nil
}

// values puts the cells of a row under the columns of the sheet.
func (x *sheetReading) values(line []string) (values []string, wrong []catalog.Problem) {
	values = make([]string, len(x.head))
	for i, at := range x.head {
		if at == 0 || at > len(line) {
			continue
		}
		values[i] = line[at-1]
		if broken(values[i]) {
			wrong = append(wrong, catalog.Problem{Path: place(x.title, at, x.no), Error: true, ZH: "公式出错：" + values[i], EN: "the formula failed: " + values[i]})
		}
		if x.marks.formulas[[2]int{x.no, at}] {
			wrong = append(wrong, catalog.Problem{Path: place(x.title, at, x.no), ZH: "是公式，按文件中保存的结果导入：" + cut(values[i]),
				EN: "is a formula; the result that the file keeps is taken: " + cut(values[i])})
		}
	}
	return values, wrong
}

// headingWithin is how many rows down the headings are looked for.
const headingWithin = 10

// named reports whether a row has the heading that every sheet has.
func named(line []string) bool {
	return slices.ContainsFunc(line, func(s string) bool {
		s = strings.TrimSpace(s)
		return s == codeHead || s == codeHead+"*" || strings.EqualFold(s, "TASK_CODE")
	})
}

// headings finds the columns by their names, in any order.
func headings(title string, p part, line []string) (codeAt int, at []int, has []bool, lacks []errs.Field) {
	heads, fields, need := p.columns()
	find := func(names ...string) int {
		for i, cell := range line[:min(len(line), maxCells)] {
			cell = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(cell), "*"))
			if name, note, ok := strings.Cut(cell, "\n"); ok && note != "" {
				cell = strings.TrimSpace(name)
			}
			for _, n := range names {
				if n != "" && strings.EqualFold(cell, n) {
					return i + 1
				}
			}
		}
		return 0
	}
	lack := func(name string) {
		lacks = append(lacks, errs.Field{Path: title + "/" + name, Code: "column", ZH: "工作表“" + title + "”缺少列“" + name + "”", EN: "sheet " + title + " lacks the column " + name})
	}
	if codeAt = find(codeHead, "TASK_CODE"); codeAt == 0 {
		lack(codeHead)
	}
	for i, h := range heads {
		at = append(at, find(h, fields[i]))
		has = append(has, at[i] > 0)
		if need[i] && at[i] == 0 {
			lack(h)
		}
	}
	return codeAt, at, has, lacks
}

// tidy takes spaces off and keeps each text once.
func (r *reading) tidy(line []string, trim bool) []string {
	for i, v := range line {
		if v == "" {
			continue
		}
		if trim {
			v = strings.TrimSpace(v)
		}
		v = strings.ReplaceAll(v, "\r\n", "\n")
		kept, ok := r.texts[v]
		if !ok {
			kept = strings.Clone(v)
			r.texts[kept] = kept
			r.size += len(kept)
		}
		line[i] = kept
		r.size += 16
	}
	return line
}

// merges gives every row of a range merged downwards its value; one merged
// across columns cannot be read and is refused.
func (r *reading) merges(title string, no int, line *[]string, m marks, above map[int]string, head []int, codeAt int) (wrong []catalog.Problem) {
	if len(m.merged) == 0 {
		return nil
	}
	for i, s := range m.merged {
		if no < s.top || no > s.bottom || s.left > maxCells {
			continue
		}
		if s.right > s.left {
			name := place(title, s.left, s.top)
			if slices.ContainsFunc(head, func(at int) bool { return at >= s.left && at <= s.right }) || codeAt >= s.left && codeAt <= s.right {
				wrong = append(wrong, catalog.Problem{Path: name, Error: true, ZH: "合并了几列，不能判断是哪一列的内容，请取消合并",
					EN: "columns are merged, so it cannot be told whose value this is; split the cell"})
			}
			continue
		}
		if no == s.top {
			if s.left <= len(*line) {
				above[i] = (*line)[s.left-1]
			} else {
				above[i] = ""
			}
			continue
		}
		for len(*line) < s.left {
			*line = append(*line, "")
		}
		(*line)[s.left-1] = above[i]
	}
	return wrong
}

// row keeps a row with its list.
func (r *reading) row(index int, title string, no int, code string, values []string, has []bool, head []int, codeAt int, wrong []catalog.Problem) {
	l := r.byCode[code]
	if index == 0 {
		twice := l != nil
		l = &pending{code: code, at: fmt.Sprintf("%s!%d", title, no), main: no, sheets: make([]*listRows, len(r.parts))}
		r.lists = append(r.lists, l)
		if !twice {
			r.byCode[code] = l
		}
	}
	if l == nil || code == "" && index > 0 {
		if len(r.loose) == maxLoose {
			r.missed++
			return
		}
		says, en := "实施编码“"+cut(code)+"”不在“事项”表中", "no list of the sheet 事项 has the code “"+cut(code)+"”"
		if code == "" {
			says, en = "没有实施编码", "has no code of a list"
		}
		at := place(title, codeAt, no)
		r.loose = append(r.loose, catalog.ImportRow{At: at, Code: code, Problems: []catalog.Problem{{Path: at, Error: true, ZH: says, EN: en}}})
		return
	}
	l.wrong = append(l.wrong, wrong...)
	if l.sheets[index] == nil {
		l.sheets[index] = &listRows{has: has, cols: head}
	}
	s := l.sheets[index]
	s.rows, s.nos = append(s.rows, values), append(s.nos, no)
}

// entries are what was read, lists first.
func (r *reading) entries() []catalog.ImportRow {
	out := make([]catalog.ImportRow, 0, len(r.lists)+len(r.loose))
	for _, l := range r.lists {
		e := catalog.ImportRow{At: l.at, Code: l.code, Problems: l.wrong, Lay: func(g *catalog.Guide) []catalog.Problem { return r.lay(l, g) }}
		if i := slices.Index(first(r.parts[0].columns()), "受理中心"); l.sheets[0].has[i] {
			e.Receiving = l.sheets[0].rows[0][i]
		}
		out = append(out, e)
	}
	out = append(out, r.loose...)
	if r.missed > 0 {
		out = append(out, catalog.ImportRow{At: "…", Problems: []catalog.Problem{{Path: "…", Error: true, ZH: fmt.Sprintf("还有%d行的实施编码不在“事项”表中", r.missed),
			EN: fmt.Sprintf("%d more rows have the code of no list of the sheet 事项", r.missed)}}})
	}
	return out
}

func first[A, B, C any](a A, _ B, _ C) A { return a }

// lay writes all sheets of a list over its guide. A sheet that the workbook has
// not leaves its part as it is.
func (r *reading) lay(l *pending, g *catalog.Guide) (out []catalog.Problem) {
	for i, p := range r.parts {
		if !r.present[i] {
			continue
		}
		rows := l.sheets[i]
		if rows == nil {
			rows = &listRows{}
		}
		at := func(row, col int) string { return place(p.title(), rows.cols[col], rows.nos[row]) }
		out = append(out, p.lay(g, rows.rows, rows.has, at)...)
	}
	return out
}

// place names a cell as people do: 材料!C14.
func place(title string, col, row int) string {
	name, err := excelize.CoordinatesToCellName(max(col, 1), row)
	if err != nil {
		name = fmt.Sprint(row)
	}
	return title + "!" + name
}

// broken: the result of a formula that failed.
func broken(v string) bool {
	return slices.Contains([]string{"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"}, v)
}
