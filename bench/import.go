package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/catalog/sheet"
)

// importSlow is how long a workbook of the whole city may take, in seconds.
const importSlow = 5

// imports brings a workbook of every list of the sample city in which nearly all
// lists differ from what is published: read, planned row by row, carried out as
// one act.
func (b *bench) imports(ctx context.Context) error {
	return b.onEach(ctx, b.importOn)
}

func (b *bench) importOn(ctx context.Context, engine string) (err error) {
	c, err := b.newCity(ctx, engine, "import")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	var book bytes.Buffer
	lists, err := sheet.Write(ctx, c.Catalog, sheet.XLSX, sheet.Choice{}, &book)
	if err != nil {
		return err
	}
	names := [2]string{"综合窗口", "综合服务窗口"}
	other, err := renamed(book.Bytes(), names[0], names[1])
	if err != nil {
		return err
	}
	books := [2][]byte{other, book.Bytes()}
	best, turn := importSlow*100.0, 0
	for range b.rounds {
		if err := b.fairly(func() (func(), error) {
			took, changed, err := c.bring(ctx, books[turn%2])
			turn++
			if err != nil {
				return nil, err
			}
			fmt.Printf("   %s: %d lists, %d changed: read %.2f s, planned %.2f s, carried out %.2f s\n", engine, lists, changed, took[0].Seconds(), took[1].Seconds(), took[2].Seconds())
			return func() { best = min(best, (took[0] + took[1] + took[2]).Seconds()) }, nil
		}); err != nil {
			return err
		}
	}
	b.judge(fmt.Sprintf("%s: a workbook of %d lists imported", engine, lists), best, false, importSlow, " s")
	return nil
}

// bring imports a workbook and tells how long each step took.
func (c *city) bring(ctx context.Context, book []byte) (took [3]time.Duration, changed int, err error) {
	at := time.Now()
	mark := func(i int) { took[i], at = time.Since(at), time.Now() }
	entries, err := sheet.Read(ctx, c.Catalog, sheet.XLSX, book)
	if err != nil {
		return took, 0, err
	}
	mark(0)
	p, err := c.Catalog.Plan(ctx, actor.Platform(), catalog.PlanPublish, entries, nil)
	if err != nil {
		return took, 0, err
	}
	mark(1)
	if n := p.Count(catalog.PlanRefused); n > 0 {
		return took, 0, fmt.Errorf("%d lists are refused", n)
	}
	if changed = p.Count(catalog.PlanChanged); changed < len(entries)*9/10 {
		return took, 0, fmt.Errorf("only %d of %d lists differ", changed, len(entries))
	}
	err = c.Catalog.CarryOut(ctx, actor.Platform(), p, catalog.Carrying{Subject: "import/bench.xlsx", Reason: "bench"})
	mark(2)
	return took, changed, err
}

// renamed is a workbook with some words replaced in its sheets.
func renamed(book []byte, from, to string) ([]byte, error) {
	in, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(r)
		if err != nil {
			return nil, errors.Join(err, r.Close())
		}
		w, err := z.Create(f.Name)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(bytes.ReplaceAll(text, []byte(from), []byte(to))); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
