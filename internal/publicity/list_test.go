package publicity

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
	"github.com/tongban/tongban/internal/identity"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestMany: words that most rows hold, words that one row far back holds, filters,
// months, and pages that together are everything.
func TestMany(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		ids := identity.New(identity.Config{DB: d, Now: d.Now})
		refs, err := ids.Import(ctx, actor.Platform(), identity.Batch{
			Divisions: []identity.DivisionInput{{Code: "320200000000", Name: "无锡市", Level: "city", National: true}},
			Units:     []identity.UnitInput{{Key: "wx", Name: "无锡市人民政府", Kind: "government", Division: "320200000000", Level: "3"}, {Key: "spj", Name: "无锡市行政审批局", Kind: "department", Parent: "wx", Division: "320200000000", Level: "3"}},
		})
		must(t, err)
		s := New(Config{DB: d, Identity: ids, Catalog: catalog.New(catalog.Config{DB: d, Identity: ids})})
		nobody := actor.Actor{Kind: actor.Anonymous}
		list := func(q Query) []Entry {
			t.Helper()
			l, _, err := s.List(ctx, nobody, q, "", 50)
			must(t, err)
			return l
		}
		const n = 3000
		rnd := rand.New(rand.NewPCG(1, 2))
		start := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
		must(t, d.Write(ctx, "test.many", func(tx *db.Tx) error {
			for i := range n {
				at := start.Add(time.Duration(i) * 3 * time.Hour)
				r := Row{ID: db.IDAt(at), CaseID: int64(i + 1), CaseNo: "C" + strings.Repeat("0", 20) + at.Format("060102150405"), State: Public, UnitID: refs.Units["spj"], ItemID: int64(1 + i%7), VersionID: 1,
					Area: "320213", Outcome: casework.Granted, DecidedOn: at.Format("2006-01-02"), DueOn: "2030-01-01", PublishedOn: at.Format("2006-01-02"), ItemName: "食品经营许可",
					Number: "演示", Party: "无锡演示" + string(rune('一'+rnd.IntN(400))) + "商贸有限公司"}
				if i == 5 {
					r.Party = "无锡独一无二茶叶店"
				}
				if i%10 == 0 {
					r.Outcome = casework.Refused
				}
				r.put(tx, Row{})
			}
			return nil
		}))
		if got := list(Query{Text: "独一无二"}); len(got) != 1 || got[0].CaseID != 6 {
			t.Errorf("a rare word, far back: %+v", got)
		}
		if got := list(Query{Text: "商贸 食品"}); len(got) != 50 || got[0].CaseID != n {
			t.Errorf("a common word: %d", len(got))
		}
		if got := list(Query{Text: "独一无二", Item: 2}); len(got) != 0 {
			t.Errorf("of another item: %+v", got)
		}
		if got := list(Query{Month: "2025-02", Outcome: casework.Refused}); len(got) == 0 || got[0].DecidedOn[:7] != "2025-02" || got[len(got)-1].DecidedOn[:7] != "2025-02" {
			t.Errorf("a month: %+v", got)
		}
		// All pages together are all rows, each once.
		seen, cursor := map[int64]bool{}, ""
		for {
			part, next, err := s.List(ctx, nobody, Query{Item: 3}, cursor, 37)
			must(t, err)
			for _, e := range part {
				if seen[e.ID] || e.ItemID != 3 {
					t.Fatalf("%+v again", e)
				}
				seen[e.ID] = true
			}
			if cursor = next; next == "" {
				break
			}
		}
		if want := (n - 3 + 7) / 7; len(seen) != want {
			t.Errorf("%d of %d", len(seen), want)
		}
		for _, bad := range []Query{{Month: "2025-13"}, {Outcome: "annulled"}} {
			if _, _, err := s.List(ctx, nobody, bad, "", 10); !errors.Is(err, ErrQuery) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
	})
}

// TestSQL prepares what both engines share; the texts that ask the index of
// words are run by TestMany.
func TestSQL(t *testing.T) { dbtest.Prepares(t, SQL()...) }
