package search

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
)

const manyDocs = 10_000

// fillMany writes as many documents as a city with its districts has: the
// same names again and again, which is the worst case for ranking.
func fillMany(t testing.TB, d *db.DB) {
	t.Helper()
	for from := 0; from < manyDocs; from += 1000 {
		err := d.Write(t.Context(), "test", func(tx *db.Tx) error {
			for i := from; i < from+1000; i++ {
				title := fmt.Sprintf("%s(%s%d)", titles[i%len(titles)], []string{"省级", "市级", "区级", "街道"}[i/7%4], i)
				body := ""
				for k := range 6 {
					body += bodyOf((i*31 + k*7) % len(titles))
				}
				Put(tx, Doc{ID: int64(i + 1), Kind: "item", Title: title, Body: body})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestFind_among_many measures every kind of query among 10,000 documents. The
// bound is for a loaded machine; the log has the figures.
func TestFind_among_many(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		began := time.Now()
		fillMany(t, d)
		t.Logf("%d documents written in %v", manyDocs, time.Since(began).Round(time.Millisecond))
		for _, q := range []struct{ kind, text string }{
			{"title", "残疾人证换领"}, {"common word", "许可"}, {"one character", "证"}, {"number", "9999"},
			{"initials", "yyzz"}, {"pinyin", "gongjijin"}, {"body", "申请表"}, {"sounds alike", "公机金"},
			{"one wrong", "食品经营许讨"}, {"similar", "怎么办理残疾人证换领手续"}, {"nothing", "量子传输"},
		} {
			var took []time.Duration
			for range 15 {
				began := time.Now()
				hits, _, err := Find(d.Read(t.Context()), d.Engine(), Query{Kind: "item", Text: q.text})
				if err != nil {
					t.Fatal(err)
				}
				if (len(hits) == 0) != (q.kind == "nothing") {
					t.Errorf("%s %q: %d hits", q.kind, q.text, len(hits))
				}
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			t.Logf("%-14s p50 %8v  max %8v", q.kind, took[7].Round(10*time.Microsecond), took[14].Round(10*time.Microsecond))
			if took[7] > 500*time.Millisecond {
				t.Errorf("%s %q takes %v", q.kind, q.text, took[7])
			}
		}
	})
}
