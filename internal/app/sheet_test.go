package app

import (
	"bytes"
	"log/slog"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/catalog/sheet"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/sample"
)

// TestRoundTrip: the whole sample city goes out and comes back through every
// format, and nothing is different.
func TestRoundTrip(t *testing.T) {
	ctx, r := t.Context(), sampleRooms(t, true)
	for _, format := range sheet.Formats {
		t0 := time.Now()
		var b bytes.Buffer
		n, err := sheet.Write(ctx, r.Catalog, format, sheet.Choice{}, &b)
		if err != nil {
			t.Fatal(format, err)
		}
		t1 := time.Now()
		entries, err := sheet.Read(ctx, r.Catalog, format, b.Bytes())
		if err != nil {
			t.Fatal(format, err)
		}
		t2 := time.Now()
		p, err := r.Catalog.Plan(ctx, actor.Platform(), catalog.PlanPublish, entries, nil)
		if err != nil {
			t.Fatal(format, err)
		}
		t.Logf("%s: %d lists, %d bytes, written in %v, read in %v, planned in %v", format, n, b.Len(), t1.Sub(t0), t2.Sub(t1), time.Since(t2))
		if len(p.Rows) != n || p.Count(catalog.PlanSame) != n {
			t.Errorf("%s: %d of %d the same, %d new, %d changed, %d refused", format, p.Count(catalog.PlanSame), n, p.Count(catalog.PlanNew), p.Count(catalog.PlanChanged), p.Count(catalog.PlanRefused))
		}
		said := 0
		for _, row := range p.Rows {
			if row.State != catalog.PlanSame && said < 5 {
				said++
				t.Logf("%s %s %s: %v %v", row.At, row.Name, row.State, row.Problems, row.Changes)
			}
		}
	}
}

// TestItemCommands: what the command line asks of the platform.
func TestItemCommands(t *testing.T) {
	ctx, r := t.Context(), sampleRooms(t, true)
	var b bytes.Buffer
	n, err := sheet.Write(ctx, r.Catalog, sheet.Exchange, sheet.Choice{}, &b)
	if err != nil {
		t.Fatal(err)
	}
	file := bytes.Replace(b.Bytes(), []byte(`"LINK_WAY":"`), []byte(`"LINK_WAY":"新`), 1)
	if out, err := r.importItems(ctx, "lists.json", "", true, file); err != nil || out.Done || out.Changed != 1 || out.Same != n-1 {
		t.Errorf("dry: %+v %v", out, err)
	}
	if _, err := r.importItems(ctx, "lists.json", "", false, file); errs.KindOf(err) != errs.Invalid {
		t.Errorf("without a reason: %v", err)
	}
	bad := bytes.Replace(file, []byte(`"IS_NEED":"1"`), []byte(`"IS_NEED":"9"`), 1)
	if out, err := r.importItems(ctx, "lists.json", "更新", false, bad); err != nil || out.Done || out.Rows != 1 || len(out.Refused) != 1 || out.Refused[0].EN == out.Refused[0].ZH || out.Refused[0].At == "" {
		t.Errorf("with a refused row: %+v %v", out, err)
	}
	if out, err := r.importItems(ctx, "lists.json", "更新", false, file); err != nil || !out.Done {
		t.Errorf("%+v %v", out, err)
	}
	if out, err := r.importItems(ctx, "lists.json", "更新", false, file); err != nil || out.Done || out.Same != n {
		t.Errorf("again: %+v %v", out, err)
	}
	if _, err := r.importItems(ctx, "lists.doc", "更新", false, file); errs.KindOf(err) != errs.Invalid {
		t.Errorf("another format: %v", err)
	}
}

// TestImportAllLists: all lists of the sample city come new into a city that has
// its offices and its basic catalogue.
func TestImportAllLists(t *testing.T) {
	ctx := t.Context()
	full, empty := sampleRooms(t, true), sampleRooms(t, false)
	var b bytes.Buffer
	n, err := sheet.Write(ctx, full.Catalog, sheet.XLSX, sheet.Choice{}, &b)
	if err != nil {
		t.Fatal(err)
	}
	t0 := time.Now()
	entries, err := sheet.Read(ctx, empty.Catalog, sheet.XLSX, b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	t1 := time.Now()
	p, err := empty.Catalog.Plan(ctx, actor.Platform(), catalog.PlanPublish, entries, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range p.Rows {
		if row.State != catalog.PlanNew {
			t.Fatalf("%s %s %s: %v", row.At, row.Name, row.State, row.Problems)
		}
	}
	t2 := time.Now()
	last := 0
	if err := empty.Catalog.CarryOut(ctx, actor.Platform(), p, catalog.Carrying{Subject: "import/1", Reason: "初始导入", Progress: func(done, of int) {
		if done <= last || of != n {
			t.Errorf("progress %d of %d after %d", done, of, last)
		}
		last = done
	}}); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d lists: read in %v, planned in %v, carried out in %v", n, t1.Sub(t0), t2.Sub(t1), time.Since(t2))
	x, err := empty.Catalog.Index(ctx)
	if err != nil || len(x.Items) != n || last == 0 {
		t.Errorf("%d of %d lists are there (%v)", len(x.Items), n, err)
	}
}

// sampleRooms is the sample city, with or without its item files.
func sampleRooms(t *testing.T, items bool) *Rooms {
	t.Helper()
	f, err := ReadFolder(sample.City)
	if err != nil {
		t.Fatal(err)
	}
	if !items {
		f.Items, f.Featured, f.Placed = nil, nil, nil
	}
	c, err := DemoConfig(t.TempDir(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r, err := Open(t.Context(), c, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := r.Import(t.Context(), f, ImportOptions{Demo: true, Password: DemoPassword}); err != nil {
		t.Fatal(err)
	}
	return r
}
