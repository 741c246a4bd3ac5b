package app

import (
	"context"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
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
	t0 = time.Now()
	f.History.Cases /= 10
	if err := r.History(ctx, f.History, clk, nil); err != nil {
		t.Fatal(err)
	}
	t.Logf("history of %d: %v", f.History.Cases, time.Since(t0))
}

// TestCheckItems holds the sample's guides to the gate as the command does, and
// shows that a folder with mistakes is told where they are.
func TestCheckItems(t *testing.T) {
	problems, guides, err := CheckItems(sample.City)
	if err != nil || guides < 60 {
		t.Fatalf("%d guides, %v", guides, err)
	}
	warned := 0
	for _, p := range problems {
		if p.Error {
			t.Errorf("%s: %s: %s", p.File, p.Path, p.ZH)
		}
		if !p.Error && !p.Hint {
			warned++
		}
	}
	if warned > 3 {
		t.Errorf("%d warnings in the sample", warned)
	}
	text, err := fs.ReadFile(sample.City, "items/road-occupy-dig.yaml")
	if err != nil {
		t.Fatal(err)
	}
	units, err := fs.ReadFile(sample.City, "units.yaml")
	if err != nil {
		t.Fatal(err)
	}
	elements, err := fs.ReadFile(sample.City, "elements.yaml")
	if err != nil {
		t.Fatal(err)
	}
	broken := strings.NewReplacer("promised: {days: 10,", "promised: {days: 21,", "name: 施工组织方案", "name: 施工方案等", "unit: lx-spj,", "unit: lx-xxx,", "in: [dig, both]}\n      media", "in: [fly]}\n      media").Replace(string(text))
	folder := fstest.MapFS{"items/road.yaml": {Data: []byte(broken)}, "units.yaml": {Data: units}, "elements.yaml": {Data: elements},
		"catalogue.yaml": {Data: []byte(`[{code: "320199002000", name: 占用道路审批, type: "01", levels: ["4"], audience: ["1"], topics: [municipal], dept: cgj, summary: 占道, basis: []}]`)}}
	if problems, _, err = CheckItems(folder); err != nil {
		t.Fatal(err)
	}
	for _, want := range [][2]string{{"catalogue.yaml", "320199002000/basis"}, {"items/road.yaml", "basics/name"}, {"items/road.yaml", "limits/promised"}, {"items/road.yaml", "materials/m04/name"},
		{"items/road.yaml", "materials/m06/when"}, {"items/road.yaml", "offeredBy/lx-xxx"}} {
		if !slices.ContainsFunc(problems, func(p ItemProblem) bool {
			return p.File == want[0] && p.Path == want[1] && p.Error && p.ZH != "" && p.EN != ""
		}) {
			t.Errorf("%s: %s is not told: %v", want[0], want[1], problems)
		}
	}
	folder["items/road.yaml"] = &fstest.MapFile{Data: []byte("guide: {nothing: here}\n")}
	if _, _, err := CheckItems(folder); errs.KindOf(err) != errs.Invalid {
		t.Errorf("an unknown key: %v", err)
	}
}
