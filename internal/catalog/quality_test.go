package catalog

import (
	"slices"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/errs"
)

// TestQuality: the figure is kept when a list is published, counted by unit and
// district, and leads to the lists; who may not read the catalogue is refused.
func TestQuality(t *testing.T) {
	onShelf(t, func(t *testing.T, s *shelf) {
		ctx := t.Context()
		code := s.publish(def(99001, sound("老年人优待证", "20"), "lx", "bh"))[0]
		full := sound("公共图书馆读者证", "20")
		full.Basics.Aliases = []string{"借书证"}
		s.publish(def(99002, full, "lx"))
		it, err := s.Item(ctx, code)
		s.must(err)
		if c := it.Facts.Completeness; c.Percent < 40 || c.Percent > 90 || !slices.Contains(c.Missing, "basics.names") || !slices.Contains(c.Missing, "questions.three") {
			t.Errorf("%+v", c)
		}
		q, err := s.Quality(ctx, actor.Platform(), QualityFilter{})
		s.must(err)
		if q.Total.Lists != 3 || len(q.Units) != 2 || len(q.Districts) != 2 || q.Lacking[0].Lists != 3 || q.Units[0].Mean > q.Units[1].Mean {
			t.Errorf("%+v", q)
		}
		mine, err := s.Quality(ctx, s.staff("lxsteward"), QualityFilter{})
		s.must(err)
		if mine.Total.Lists != 2 || len(mine.Units) != 1 || mine.Units[0].Unit.Key != "lx" {
			t.Errorf("a steward sees %+v", mine)
		}
		var seen []int64
		f, cursor := QualityFilter{Lacks: "questions.three"}, ""
		for {
			list, next, err := s.QualityList(ctx, actor.Platform(), f, cursor, 1)
			s.must(err)
			for _, it := range list {
				seen = append(seen, it.ID)
			}
			if cursor = next; cursor == "" || len(seen) > 5 {
				break
			}
		}
		if len(seen) != 3 || len(slices.Compact(slices.Sorted(slices.Values(seen)))) != 3 {
			t.Errorf("page by page %v", seen)
		}
		if list, _, err := s.QualityList(ctx, actor.Platform(), QualityFilter{Division: "320211000000", Lacks: "basics.names"}, "", 10); err != nil || len(list) != 1 || list[0].Division != "320211000000" {
			t.Errorf("of one district: %+v %v", list, err)
		}
		if list, _, err := s.QualityList(ctx, actor.Platform(), QualityFilter{Division: "320200000000", Alone: true}, "", 10); err != nil || len(list) != 0 {
			t.Errorf("of the city itself: %+v %v", list, err)
		}
		s.must(s.SetState(ctx, actor.Platform(), code, Paused, "系统升级", ""))
		if q, err := s.Quality(ctx, actor.Platform(), QualityFilter{}); err != nil || q.Total.Lists != 2 {
			t.Errorf("with one out of use: %+v %v", q, err)
		}
		for _, a := range []actor.Actor{s.staff("clerk"), {Kind: actor.Anonymous}} {
			if _, err := s.Quality(ctx, a, QualityFilter{}); err == nil {
				t.Errorf("%s reads it", a.Name)
			}
		}
		if _, err := s.Quality(ctx, s.staff("lxsteward"), QualityFilter{Unit: s.refs.Units["bh"]}); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("another district's: %v", err)
		}
		for _, bad := range []QualityFilter{{Band: "best"}, {Lacks: "nothing"}} {
			if _, _, err := s.QualityList(ctx, actor.Platform(), bad, "", 10); errs.KindOf(err) != errs.NotFound {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if _, _, err := s.QualityList(ctx, actor.Platform(), QualityFilter{}, "x", 10); errs.KindOf(err) != errs.Malformed {
			t.Errorf("%v", err)
		}
	})
}

// TestAgainst: a list that is about to be published is held against the city's
// guide and the lists of others, with both sides said.
func TestAgainst(t *testing.T) {
	onShelf(t, func(t *testing.T, s *shelf) {
		ctx := t.Context()
		d := def(99001, sound("老年人优待证", "20"), "lx", "bh", "wx")
		code := s.publish(d)[0]
		a, err := s.Against(ctx, d.BasicCode, s.refs.Units["lx"])
		s.must(err)
		if a.City == nil || len(a.Siblings) != 2 || slices.ContainsFunc(a.Siblings, func(o Sibling) bool { return o.Unit == "梁溪区行政审批局" }) {
			t.Fatalf("%+v", a)
		}
		_, v, err := s.Guide(ctx, code)
		s.must(err)
		own := v.Guide
		own.Limits.Promised.Days = 15
		own.Materials = append(slices.Clone(own.Materials), Material{Code: "m02", Name: "彩色照片", Kind: "other", Necessity: "required", Media: "both", Source: "self", Standard: "白底", Lines: []Line{{"a", "请上传照片。"}}})
		said := map[string]string{}
		for _, p := range CheckList(s.codes, &own, v.Form(), a) {
			if p.Severity() != Hints {
				said[p.Rule] = p.ZH
			}
		}
		for rule, words := range map[string]string{"level-material": "要求提交“彩色照片”，全市指南不要求", "level-limit": "承诺时限为15个工作日，全市指南为10个工作日",
			"sibling-promise": "滨湖区行政审批局 10个工作日", "sibling-materials": "无锡市行政审批局 1"} {
			if !strings.Contains(said[rule], words) {
				t.Errorf("%s says %q, want %q", rule, said[rule], words)
			}
		}
		if len(said) != 4 {
			t.Errorf("%q", said)
		}
		// Stewards are told while they compile, and say why it stays.
		ps, err := s.DraftProblems(ctx, &Draft{Kind: ListDraft, UnitID: s.refs.Units["lx"], ReceivingID: 1, Guide: own})
		s.must(err)
		for rule := range said {
			if !slices.ContainsFunc(ps, func(p Problem) bool { return p.Rule == rule }) {
				t.Errorf("a draft is not told of %s", rule)
			}
		}
	})
}
