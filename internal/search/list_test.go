package search

import (
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/db"
)

func TestHolds(t *testing.T) {
	text := "食品经营许可 演示餐饮（无锡）有限公司 无锡审批〔2026〕许准字第000001号"
	for query, want := range map[string]bool{"餐饮": true, "许可 演示": true, "餐饮无锡": true, "许准字第000001号": true, "2026": true, "饮餐": false, "演示 广州": false} {
		if Holds(text, query) != want {
			t.Errorf("%q: %v", query, !want)
		}
	}
	if Wish(db.SQLite, "，。") != "" {
		t.Error("there are no words in stops")
	}
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		words := Words(e, text)
		for _, w := range []string{"b餐饮", "b2026"} {
			if !strings.Contains(words, w) || !strings.Contains(Wish(e, strings.TrimPrefix(w, "b")), w) {
				t.Errorf("%s: %q is not among the words %s", e, w, words)
			}
		}
	}
}
