package app

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/sample"
)

// TestSampleCity imports the sample city and makes a tenth of its past cases.
func TestSampleCity(t *testing.T) {
	ctx := context.Background()
	f, err := ReadFolder(sample.City)
	if err != nil {
		t.Fatal(err)
	}
	c, err := DemoConfig(t.TempDir(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	start, _ := clock.ParseDate(f.History.From)
	clk := NewMovedClock(start.Start().Add(8 * time.Hour))
	r, err := Open(ctx, c, clk.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	t0 := time.Now()
	if _, err := r.Import(ctx, f, ImportOptions{Demo: true, Password: "demo"}); err != nil {
		t.Fatal(err)
	}
	t.Logf("import %v", time.Since(t0))
	lists, err := r.Catalog.Featured(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lists { // 第九条: none of the nine is empty
		t.Logf("%s: %d matters, %d lists", l.Name, l.Matters, l.Items)
		if l.Matters == 0 {
			t.Errorf("nothing is in %s", l.Name)
		}
	}
	t0 = time.Now()
	if n, err := r.Catalog.SettleFeatured(ctx); err != nil || n != 0 {
		t.Errorf("settled anew, %d moved (%v)", n, err)
	}
	t.Logf("settled anew in %v", time.Since(t0))
	t0 = time.Now()
	f.History.Cases /= 10
	if err := r.History(ctx, f.History, clk, nil); err != nil {
		t.Fatal(err)
	}
	t.Logf("history of %d: %v", f.History.Cases, time.Since(t0))
}
