package catalog

import (
	"errors"
	"slices"
	"testing"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/errs"
)

// draftDone takes a draft of 梁溪 from the keyboard to publication.
func (s *shelf) draftDone(d *Draft) *Draft {
	s.t.Helper()
	d = s.move(d, "lxsteward", DraftHandIn, DraftInput{Note: "拆分"})
	d = s.move(d, "lxreviewer", DraftPass, DraftInput{})
	return s.move(d, "lxreviewer", DraftPublish, DraftInput{})
}

func (s *shelf) stateOf(code string) (ItemState, string) {
	s.t.Helper()
	it, err := s.Item(s.t.Context(), code)
	s.must(err)
	return it.State, it.Successor
}

// TestSplit: a unit splits its list into handling items; the undivided list
// serves until the last of them is published, and then gives way.
func TestSplit(t *testing.T) {
	onBench(t, func(t *testing.T, s *shelf, code string) {
		ctx := t.Context()
		it, err := s.Item(ctx, code)
		s.must(err)
		for _, x := range []struct {
			names []string
			code  string
		}{{nil, "min-items"}, {[]string{"新办"}, "min-items"}, {[]string{"新办", "新办"}, "unique"}, {[]string{"新办", " "}, "required"},
			{[]string{"新办", "（变更）"}, "text"}, {[]string{"新办", "一二三四五六七八九十一二三四五六七八九十一"}, "max-length"}} {
			_, err := s.Split(ctx, s.staff("lxsteward"), it.ID, x.names, nil)
			if e := errs.Of(err); e == nil || len(e.Fields) == 0 || e.Fields[0].Code != x.code {
				t.Errorf("%q: %v", x.names, err)
			}
		}
		if _, err := s.Split(ctx, s.staff("bhsteward"), it.ID, []string{"新办", "补办"}, nil); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("another district's steward splits it: %v", err)
		}
		parts, err := s.Split(ctx, s.staff("lxsteward"), it.ID, []string{"新办", "补办"}, nil)
		if err != nil || len(parts) != 2 {
			t.Fatalf("%v %v", parts, err)
		}
		b := parts[1].Guide.Basics
		if b.Code != code+"02" || b.Name != "老年人优待证（补办）" || b.BasicCode != it.BasicCode || !s.codes.CheckItem(b.Code).Valid {
			t.Errorf("%+v", b)
		}
		if _, err := s.Split(ctx, s.staff("lxsteward"), it.ID, []string{"新办", "补办"}, nil); err != nil {
			t.Errorf("further drafts are begun as long as nothing is published: %v", err)
		} else {
			for _, no := range []string{"03", "04"} {
				d, err := draftBy(s.db.Read(ctx), sqlOpenDraftOf, parts[0].BasicID, it.UnitID, string(ListDraft), no)
				s.must(err)
				s.move(d, "lxsteward", DraftDiscard, DraftInput{Note: "多了"})
			}
		}
		basics := parts[0].Guide.Basics
		basics.Handling = Handling{No: "77", Name: "首次办理", NameEN: "First issue"}
		first := s.edit(parts[0], "lxsteward", "basics", basics)
		if b := first.Guide.Basics; b.Code != code+"01" || b.Name != "老年人优待证（首次办理）" || b.Handling.No != "01" {
			t.Errorf("the number follows from the draft: %+v", b)
		}
		if own, err := s.Differs(ctx, first); err != nil || slices.Contains(own, "basics") {
			t.Errorf("which part it is counts as its own words: %v %v", own, err)
		}
		s.draftDone(first)
		if st, _ := s.stateOf(code); st != InUse {
			t.Errorf("the undivided list is %s before the last part is there", st)
		}
		s.draftDone(parts[1])
		if st, next := s.stateOf(code); st != Cancelled || next != code+"01" {
			t.Errorf("the undivided list is %s, its place is taken by %s", st, next)
		}
		p, err := s.Search(ctx, Query{Text: "老年人优待证"})
		if err != nil || len(p.Items) != 1 || p.Items[0].Offers != 1 || len(p.Items[0].Parts) != 2 || p.Items[0].Parts[1].Code != code+"02" {
			t.Errorf("a matter in two parts at one office: %+v %v", p.Items, err)
		}
		if p, err := s.Search(ctx, Query{Text: code + "02"}); err != nil || len(p.Items) != 1 || p.Items[0].Name != "老年人优待证（补办）" {
			t.Errorf("by its code: %+v %v", p.Items, err)
		}
		if _, err := s.Claim(ctx, s.staff("lxsteward"), it.BasicCode, it.UnitID, nil); errs.Of(err) == nil || errs.Of(err).Code != "claimed" {
			t.Errorf("claimed again: %v", err)
		}
		if _, err := s.Import(ctx, actor.Platform(), def(99001, sound("老年人优待证", "20"), "lx"), nil); !errors.Is(err, ErrCancelled) {
			t.Errorf("the undivided list comes back: %v", err)
		}
		part, err := s.Item(ctx, code+"02")
		s.must(err)
		more, err := s.Split(ctx, s.staff("lxsteward"), part.ID, []string{"注销"}, nil)
		if err != nil || len(more) != 1 || more[0].HandlingNo != "05" {
			t.Errorf("one more part: %+v %v", more, err)
		}
		if _, err := s.Split(ctx, s.staff("lxsteward"), part.ID, []string{"首次办理"}, nil); errs.KindOf(err) != errs.Invalid {
			t.Errorf("a name twice: %v", err)
		}
		revised, err := s.Revise(ctx, s.staff("lxsteward"), part.ID, nil)
		if err != nil || revised.HandlingNo != "02" || revised.Guide.Basics.Code != code+"02" {
			t.Errorf("revised: %+v %v", revised, err)
		}
	})
}

// TestSplitFiles: item files and import rows say which handling item they are of.
func TestSplitFiles(t *testing.T) {
	onBench(t, func(t *testing.T, s *shelf, whole string) {
		ctx := t.Context()
		code := s.units["bh"] + "4322099001000"
		part := func(no, name string) Def {
			g := sound("老年人优待证", "20")
			g.Basics.Handling = Handling{No: no, Name: name}
			return def(99001, g, "bh")
		}
		if ps, err := s.Import(ctx, actor.Platform(), part("01", ""), nil); !errors.Is(err, ErrGuide) || !slices.ContainsFunc(ps, func(p Problem) bool { return p.Rule == "handling-name" }) {
			t.Errorf("without a name: %v %v", ps, err)
		}
		if ps, err := s.Import(ctx, actor.Platform(), part("0", "新办"), nil); !errors.Is(err, ErrGuide) {
			t.Errorf("with a number that is none: %v %v", ps, err)
		}
		s.publish(part("01", "新办"))
		s.publish(part("02", "补办"))
		it, v, err := s.Guide(ctx, code+"02")
		if err != nil || it.Name != "老年人优待证（补办）" || v.TemplateID == 0 {
			t.Fatalf("%+v %+v %v", it, v, err)
		}
		if _, err := s.Import(ctx, actor.Platform(), def(99001, sound("老年人优待证", "20"), "bh"), nil); !errors.Is(err, ErrSplit) {
			t.Errorf("undivided beside its parts: %v", err)
		}

		named := func(name string) func(*Guide) []Problem {
			return func(g *Guide) []Problem { g.Basics.Handling.Name = name; return nil }
		}
		rows := []ImportRow{
			{At: "a", Code: code + "02", Lay: named("补领")},
			{At: "b", Code: code + "03", Lay: func(g *Guide) []Problem { g.Basics.Name = "老年人优待证（注销）"; return nil }},
			{At: "c", Code: code + "04", Lay: named("")},
			{At: "d", Code: code, Lay: named("")},
			{At: "e", Code: whole, Lay: named("")},
			{At: "f", Code: whole + "01", Lay: named("新办")},
		}
		plan, err := s.Plan(ctx, s.staff("wxreviewer"), PlanPublish, rows, nil)
		s.must(err)
		var states []PlanState
		for _, r := range plan.Rows {
			states = append(states, r.State)
		}
		if want := []PlanState{PlanChanged, PlanNew, PlanRefused, PlanRefused, PlanRefused, PlanNew}; !slices.Equal(states, want) {
			t.Fatalf("%v: %+v", states, plan.Rows)
		}
		s.must(s.CarryOut(ctx, s.staff("wxreviewer"), plan, Carrying{Subject: "import/1", Reason: "拆分"}))
		for at, want := range map[string]string{code + "02": "老年人优待证（补领）", code + "03": "老年人优待证（注销）", whole + "01": "老年人优待证（新办）"} {
			if it, err := s.Item(ctx, at); err != nil || it.Name != want || it.State != InUse {
				t.Errorf("%s: %+v %v", at, it, err)
			}
		}
		if st, next := s.stateOf(whole); st != Cancelled || next != whole+"01" {
			t.Errorf("the undivided list is %s, its place is taken by %s", st, next)
		}
	})
}
