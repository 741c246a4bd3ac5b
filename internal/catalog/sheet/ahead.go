package sheet

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/xuri/excelize/v2"
)

// Decoding XML is most of the work of reading a workbook. The sheets are decoded
// a few at a time, ahead of whoever takes their rows in order.
const (
	sheetsAhead = 2   // sheets that are decoded at once
	rowsAhead   = 128 // rows that are handed over together
	packsAhead  = 64  // of these, how many may wait for a sheet
)

// stream is a sheet that is being decoded. What it gives is read by one
// goroutine: the marks first, then the packs of rows until the end, then err.
type stream struct {
	marks chan marks // one, or closed without any
	packs chan [][]string
	err   error
	ctx   context.Context
	stop  context.CancelFunc // nobody takes more of it
}

// readAhead begins to decode the sheets in their order; a title without a file
// has no stream. wait stops what is left and returns when nobody decodes any more.
func readAhead(ctx context.Context, book *excelize.File, titles []string, files map[string]*zip.File) (streams map[string]*stream, wait func()) {
	ctx, stop := context.WithCancel(ctx)
	streams = map[string]*stream{}
	var order []string
	for _, title := range titles {
		if files[title] != nil {
			s := &stream{marks: make(chan marks, 1), packs: make(chan [][]string, packsAhead)}
			s.ctx, s.stop = context.WithCancel(ctx)
			streams[title] = s
			order = append(order, title)
		}
	}
	var all sync.WaitGroup
	all.Go(func() {
		turn := make(chan struct{}, sheetsAhead)
		for _, title := range order {
			turn <- struct{}{} // in order: whoever is waited for is always at work
			all.Go(func() {
				defer func() { <-turn }()
				streams[title].decode(book, title, files[title])
			})
		}
	})
	return streams, func() { stop(); all.Wait() }
}

// decode reads a sheet to its end, or until it is stopped.
func (s *stream) decode(book *excelize.File, title string, f *zip.File) {
	defer close(s.packs)
	defer close(s.marks)
	defer func() { // a library reads what strangers send
		if p := recover(); p != nil {
			s.err = notWorkbook(fmt.Errorf("panic: %v", p))
		}
	}()
	m, err := readMarks(f)
	if err != nil {
		s.err = notWorkbook(err)
		return
	}
	s.marks <- m
	s.err = s.rows(book, title)
}

func (s *stream) rows(book *excelize.File, title string) (err error) {
	rows, err := book.Rows(title)
	if err != nil {
		return notWorkbook(err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var pack [][]string
	give := func() error {
		select {
		case s.packs <- pack:
			pack = nil
			return nil
		case <-s.ctx.Done():
			return s.ctx.Err()
		}
	}
	for rows.Next() {
		line, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return notWorkbook(err)
		}
		if pack = append(pack, line); len(pack) == rowsAhead {
			if err := give(); err != nil {
				return err
			}
		}
	}
	if err := rows.Error(); err != nil {
		return notWorkbook(err)
	}
	return give()
}
