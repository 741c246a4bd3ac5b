package catalog

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/db"
)

// TestDraftChanges: a reviewer reads in words what a draft changes, what asks
// more first.
func TestDraftChanges(t *testing.T) {
	onBench(t, func(t *testing.T, s *shelf, code string) {
		ctx := t.Context()
		changes := func(d *Draft, against DraftBase) []Change {
			t.Helper()
			list, base, err := s.DraftChanges(ctx, d)
			s.must(err)
			if base != against {
				t.Errorf("held against %q, want %q", base, against)
			}
			return list
		}
		d, err := s.Revise(ctx, s.staff("lxsteward"), s.item(code).ID, nil)
		s.must(err)
		if list := changes(d, AgainstVersion); len(list) != 0 {
			t.Errorf("nothing was changed: %v", list)
		}
		d = s.edit(d, "lxsteward", "questions", []Question{{"要多久", "很快"}})
		limits := d.Guide.Limits
		limits.Promised.Days++
		d = s.edit(d, "lxsteward", "limits", limits)
		if list := changes(d, AgainstVersion); len(list) < 2 || list[0].Path != "limits/promised" || list[0].Burden != Heavier {
			t.Errorf("%+v", list)
		}
		claimed, err := s.Claim(ctx, s.staff("bhsteward"), "322099001000", s.unit("bh"), nil)
		s.must(err)
		if list := changes(claimed, AgainstTemplate); len(list) != 0 {
			t.Errorf("only its place differs: %v", list)
		}
		claimed = s.edit(claimed, "bhsteward", "rights", []string{"知情", "陈述、申辩"})
		if list := changes(claimed, AgainstTemplate); len(list) != 1 || list[0].Section != "rights" {
			t.Errorf("%+v", list)
		}
		bare, err := s.Claim(ctx, s.staff("bhsteward"), "322099002000", s.unit("bh"), nil)
		s.must(err)
		changes(bare, AgainstNothing)
		top, err := s.ReviseTemplate(ctx, s.staff("wxboth"), "322099001000", s.unit("wx"), nil)
		s.must(err)
		if list := changes(top, AgainstTemplate); len(list) != 0 {
			t.Errorf("the city-wide guide is as it was: %v", list)
		}
		top = s.edit(top, "wxboth", "duties", []string{"如实填写"})
		if list := changes(top, AgainstTemplate); len(list) == 0 || list[0].Section != "duties" {
			t.Errorf("%+v", list)
		}
	})
}

// key is an idempotency key that keeps its result in memory.
type key struct{ result string }

func (k *key) Claim(*db.Tx, string)             {}
func (k *key) Prior(db.Queryer) (string, error) { return k.result, nil }
func (k *key) Hold(*db.Tx) (string, error)      { return k.result, nil }
func (k *key) Keep(_ *db.Tx, result string)     { k.result = result }

// TestBeginOnce: a request that is sent twice begins one draft.
func TestBeginOnce(t *testing.T) {
	onBench(t, func(t *testing.T, s *shelf, code string) {
		a, once := s.staff("bhsteward"), &key{}
		first, err := s.Claim(t.Context(), a, "322099001000", s.unit("bh"), once)
		s.must(err)
		again, err := s.Claim(t.Context(), a, "322099001000", s.unit("bh"), once)
		if err != nil || again.ID != first.ID || again.Guide.Basics.Name != first.Guide.Basics.Name {
			t.Errorf("%v %v", again, err)
		}
		if _, err := s.Claim(t.Context(), a, "322099001000", s.unit("bh"), &key{}); !errors.Is(err, ErrDraftOpen) {
			t.Errorf("with another key: %v", err)
		}
		if list, err := s.Drafts(t.Context(), a); err != nil || len(list) != 1 {
			t.Errorf("%v %v", list, err)
		}
	})
}

// TestOwnAliases: daily words that a list has of its own find its matter, next
// to those of the city-wide guide, as long as the list is in use.
func TestOwnAliases(t *testing.T) {
	onBench(t, func(t *testing.T, s *shelf, code string) {
		ctx := t.Context()
		d, err := s.Claim(ctx, s.staff("bhsteward"), "322099001000", s.unit("bh"), nil)
		s.must(err)
		b := d.Guide.Basics
		b.Aliases = append(slices.Clone(b.Aliases), "老来乐卡")
		d = s.edit(d, "bhsteward", "basics", b)
		has := func(want int) {
			t.Helper()
			if got := s.found(Query{Text: "老来乐卡", Division: "320211000000"}); len(got) != want {
				t.Errorf("found %v, want %d", got, want)
			}
		}
		has(0)
		s.move(s.move(s.move(d, "bhsteward", DraftHandIn, DraftInput{Note: "首次编制"}), "wxreviewer", DraftPass, DraftInput{}), "wxreviewer", DraftPublish, DraftInput{})
		has(1)
		if f := s.item(d.Guide.Basics.Code).Facts; !slices.Equal(f.Aliases, []string{"老来乐卡"}) {
			t.Errorf("%v", f.Aliases)
		}
		top, err := s.ReviseTemplate(ctx, s.staff("wxboth"), "322099001000", s.unit("wx"), nil)
		s.must(err)
		top = s.edit(top, "wxboth", "duties", []string{"如实填写"})
		s.move(s.move(s.move(top, "wxboth", DraftHandIn, DraftInput{Note: "改"}), "wxreviewer", DraftPass, DraftInput{}), "wxreviewer", DraftPublish, DraftInput{})
		has(1) // another city-wide guide does not take them away
		s.must(s.SetState(ctx, s.staff("wxreviewer"), d.Guide.Basics.Code, Paused, "停办", ""))
		has(0)
	})
}

// TestNoCentre: a unit without a centre that receives hands nothing in, until
// it has one.
func TestNoCentre(t *testing.T) {
	onBench(t, func(t *testing.T, s *shelf, code string) {
		d, err := s.Claim(t.Context(), s.staff("bhsteward"), "322099001000", s.unit("bh"), nil)
		s.must(err)
		recv := d.ReceivingID
		d.ReceivingID = 0
		ps, err := s.DraftProblems(t.Context(), d)
		s.must(err)
		if !slices.ContainsFunc(ps, func(p Problem) bool {
			return p.Path == "department/receiving" && p.Error && strings.Contains(p.ZH, "中心")
		}) {
			t.Errorf("%v", ps)
		}
		s.must(s.db.Write(t.Context(), "test.no-centre", func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE guide_draft SET receiving_unit_id = 0`)
			return err
		}))
		if d = s.edit(d, "bhsteward", "rights", []string{"知情"}); d.ReceivingID != recv || d.Guide.Department.Receiving != "bh-zx" {
			t.Errorf("the centre that is there now: %d %s", d.ReceivingID, d.Guide.Department.Receiving)
		}
	})
}
