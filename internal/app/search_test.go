package app

import (
	"bufio"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/sample"
)

// TestSearch_recall asks the whole sample catalogue as people speak. Of the
// matters that a query means, recall@5 is the share among the first five
// answers. The search may be adjusted against the two tuning files; of the
// third only the figures are ever looked at.
func TestSearch_recall(t *testing.T) {
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
	if _, err := r.Import(ctx, f, ImportOptions{Demo: true, Password: "demo"}); err != nil {
		t.Fatal(err)
	}
	for _, half := range []struct {
		file  string
		tune  bool
		floor float64
	}{{"queries-tune.tsv", true, 0.97}, {"queries-tune-2.tsv", true, 0.97}, {"queries-heldout-2.tsv", false, 0.96}} {
		queries := readQueries(t, "../catalog/testdata/"+half.file)
		sum, first := 0.0, 0
		for _, q := range queries {
			p, err := r.Catalog.Search(ctx, catalog.Query{Text: q.text, Unopened: true, Limit: 5})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, x := range p.Items {
				got = append(got, x.BasicCode)
			}
			n := 0
			for _, code := range q.means {
				if slices.Contains(got, code) {
					n++
				}
			}
			sum += float64(n) / float64(len(q.means))
			if slices.Contains(got, q.means[0]) {
				first++
			}
			if half.tune && n < len(q.means) {
				t.Logf("%s: %v, want %v", q.text, names(p), q.means)
			}
		}
		recall := sum / float64(len(queries))
		t.Logf("%s: recall@5 %.3f of %d queries; the best answer among five %.3f", half.file, recall, len(queries), float64(first)/float64(len(queries)))
		if recall < half.floor {
			t.Errorf("%s: recall@5 %.3f, below %.2f", half.file, recall, half.floor)
		}
	}
}

func names(p catalog.Page) (out []string) {
	for _, x := range p.Items {
		out = append(out, x.Name)
	}
	return out
}

type spoken struct {
	text  string
	means []string
}

func readQueries(t *testing.T, name string) (out []spoken) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for in := bufio.NewScanner(f); in.Scan(); {
		text, codes, ok := strings.Cut(in.Text(), "\t")
		if !ok || strings.HasPrefix(text, "#") {
			continue
		}
		out = append(out, spoken{text, strings.Split(codes, ",")})
	}
	if len(out) != 60 {
		t.Fatalf("%s has %d queries", name, len(out))
	}
	return out
}
