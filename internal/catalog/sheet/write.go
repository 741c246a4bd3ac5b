package sheet

import (
	"errors"
	"io"

	"github.com/xuri/excelize/v2"

	"github.com/tongban/tongban/internal/catalog"
)

// WriteWorkbook 写工作簿 writes lists as a workbook, one row a list on the first
// sheet. next gives them one by one and io.EOF after the last; it is called once
// for each list.
func WriteWorkbook(w io.Writer, next func() (*catalog.Guide, error)) (err error) {
	book := excelize.NewFile()
	defer func() { err = errors.Join(err, book.Close()) }()
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DCE6F2"}},
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"}})
	if err != nil {
		return err
	}
	plain, err := book.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}) // text: codes keep their digits
	if err != nil {
		return err
	}
	all := parts()
	writers := make([]*excelize.StreamWriter, len(all))
	at := make([]int, len(all))
	for i, p := range all {
		if i == 0 {
			err = book.SetSheetName("Sheet1", p.title())
		} else {
			_, err = book.NewSheet(p.title())
		}
		if err != nil {
			return err
		}
		if writers[i], err = book.NewStreamWriter(p.title()); err != nil {
			return err
		}
		heads, _, _ := p.columns()
		sw := writers[i]
		row := []any{excelize.Cell{StyleID: bold, Value: codeHead}}
		for _, h := range heads {
			row = append(row, excelize.Cell{StyleID: bold, Value: h})
		}
		err = errors.Join(sw.SetColWidth(1, 1, 36), sw.SetColWidth(2, len(heads)+1, 22), sw.SetColStyle(1, len(heads)+1, plain),
			sw.SetPanes(&excelize.Panes{Freeze: true, XSplit: 1, YSplit: 1, TopLeftCell: "B2", ActivePane: "bottomRight"}), sw.SetRow("A1", row))
		if err != nil {
			return err
		}
		at[i] = 1
	}
	for {
		g, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		for i, p := range all {
			for _, values := range p.rows(g) {
				at[i]++
				cell, err := excelize.CoordinatesToCellName(1, at[i])
				if err != nil {
					return err
				}
				row := make([]any, 0, len(values)+1)
				row = append(row, excelize.Cell{StyleID: plain, Value: g.Basics.Code})
				for _, v := range values {
					if v == "" {
						row = append(row, nil)
						continue
					}
					row = append(row, excelize.Cell{StyleID: plain, Value: v})
				}
				if err := writers[i].SetRow(cell, row); err != nil {
					return err
				}
			}
		}
	}
	for _, sw := range writers {
		if err := sw.Flush(); err != nil {
			return err
		}
	}
	return book.Write(w)
}

// writeRefused writes the rows of a plan that were refused, with
// their reasons, as a workbook.
func writeRefused(w io.Writer, rows []catalog.PlanRow) (err error) {
	book := excelize.NewFile()
	defer func() { err = errors.Join(err, book.Close()) }()
	const title = "拒绝的行"
	if err := book.SetSheetName("Sheet1", title); err != nil {
		return err
	}
	sw, err := book.NewStreamWriter(title)
	if err != nil {
		return err
	}
	err = errors.Join(sw.SetColWidth(1, 1, 16), sw.SetColWidth(2, 2, 36), sw.SetColWidth(3, 4, 24), sw.SetColWidth(5, 5, 22), sw.SetColWidth(6, 6, 60),
		sw.SetRow("A1", []any{"位置", codeHead, "事项名称", "实施主体", "单元格或者部分", "原因"}))
	at := 1
	for _, r := range rows {
		for _, p := range r.Problems {
			if r.State != catalog.PlanRefused || !p.Error || err != nil {
				continue
			}
			at++
			cell, cerr := excelize.CoordinatesToCellName(1, at)
			err = errors.Join(cerr, sw.SetRow(cell, []any{r.At, r.Code, r.Name, r.Unit, p.Path, p.ZH}))
		}
	}
	if err = errors.Join(err, sw.Flush()); err != nil {
		return err
	}
	return book.Write(w)
}
