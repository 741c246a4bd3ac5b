package sheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"
)

// marks are what a stream of values does not tell of a sheet: which cells have
// formulas, and which are merged. They are read from the sheet's text in one
// pass that keeps nothing else.
type marks struct {
	formulas map[[2]int]bool // row and column, from 1
	merged   []span
}

// span is a merged range, from 1, ends included.
type span struct{ top, left, bottom, right int }

// sheetFiles gives the file of each sheet by its name.
func sheetFiles(z *zip.Reader) (map[string]*zip.File, error) {
	byName := map[string]*zip.File{}
	for _, f := range z.File {
		byName[strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/")] = f
	}
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var rels struct {
		All []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	for name, to := range map[string]any{"xl/workbook.xml": &book, "xl/_rels/workbook.xml.rels": &rels} {
		f := byName[name]
		if f == nil {
			return nil, errors.New("no " + name)
		}
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		err = xml.NewDecoder(io.LimitReader(r, 4<<20)).Decode(to)
		if err = errors.Join(err, r.Close()); err != nil {
			return nil, err
		}
	}
	out := map[string]*zip.File{}
	for _, s := range book.Sheets {
		for _, rel := range rels.All {
			if rel.ID != s.ID {
				continue
			}
			target := strings.TrimPrefix(rel.Target, "/")
			if !strings.HasPrefix(rel.Target, "/") {
				target = path.Join("xl", rel.Target)
			}
			if f := byName[target]; f != nil {
				out[s.Name] = f
			}
		}
	}
	return out, nil
}

var errMarks = errors.New("too many merged cells")

// readMarks goes through a sheet's text tag by tag.
func readMarks(f *zip.File) (m marks, err error) {
	r, err := f.Open()
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	m.formulas = map[[2]int]bool{}
	in := bufio.NewReaderSize(io.LimitReader(r, maxOpen), 1<<16)
	at := [2]int{}
	for {
		if err := skipTo(in, '<'); err != nil {
			return m, eof(err)
		}
		tag, err := in.ReadSlice('>')
		if errors.Is(err, bufio.ErrBufferFull) { // no tag of a cell is that long
			continue
		}
		if err != nil {
			return m, eof(err)
		}
		name, _, _ := bytes.Cut(bytes.TrimRight(tag, "/>"), []byte(" "))
		if i := bytes.IndexByte(name, ':'); i >= 0 {
			name = name[i+1:]
		}
		switch string(name) {
		case "c":
			at = [2]int{}
			if col, row, err := excelize.CellNameToCoordinates(attr(tag, ` r="`)); err == nil {
				at = [2]int{row, col}
			}
		case "f":
			if at[0] != 0 && len(m.formulas) < maxMarks {
				m.formulas[at] = true
			}
		case "mergeCell":
			from, to, _ := strings.Cut(attr(tag, ` ref="`), ":")
			left, top, err1 := excelize.CellNameToCoordinates(from)
			right, bottom, err2 := excelize.CellNameToCoordinates(to)
			if err1 != nil || err2 != nil {
				continue
			}
			if len(m.merged) == maxMarks {
				return m, errMarks
			}
			m.merged = append(m.merged, span{min(top, bottom), min(left, right), max(top, bottom), max(left, right)})
		}
	}
}

func skipTo(in *bufio.Reader, b byte) error {
	for {
		_, err := in.ReadSlice(b)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

func eof(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func attr(tag []byte, name string) string {
	_, rest, ok := bytes.Cut(tag, []byte(name))
	if !ok {
		return ""
	}
	v, _, _ := bytes.Cut(rest, []byte(`"`))
	return string(v)
}
