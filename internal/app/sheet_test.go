package app

import (
	"bytes"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/catalog/sheet"
	"github.com/tongban/tongban/sample"
)

// TestRoundTrip: the whole sample city goes out and comes back through every
// format, and nothing is different.
func TestRoundTrip(t *testing.T) {
	ctx := t.Context()
	f, err := ReadFolder(sample.City)
	if err != nil {
		t.Fatal(err)
	}
	c, err := DemoConfig(t.TempDir(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r, err := Open(ctx, c, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Import(ctx, f, ImportOptions{Demo: true, Password: DemoPassword}); err != nil {
		t.Fatal(err)
	}
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
	_ = io.Discard
}
