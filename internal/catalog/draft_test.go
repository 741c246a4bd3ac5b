package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
)

// onBench is a city with a matter that 梁溪 offers by the city-wide guide and 滨湖
// has not claimed.
func onBench(t *testing.T, test func(t *testing.T, s *shelf, code string)) {
	t.Helper()
	onShelf(t, func(t *testing.T, s *shelf) {
		s.must(s.ImportBasics(t.Context(), actor.Platform(), []Basic{
			{Code: "322099001000", Name: "老年人优待证", Type: "20", Levels: []string{"4"}, Audience: []string{"1"}, Topics: []string{"life"}, Dept: "lx", Summary: "优待证", Basis: []Basis{{Law: "演示条例", Article: "第一条", Mark: "C"}}},
			{Code: "322099002000", Name: "居家养老补贴", Type: "20", Levels: []string{"4", "5"}, Audience: []string{"1"}, Topics: []string{"life"}, Dept: "mzj", Summary: "补贴", Basis: []Basis{{Law: "演示条例", Article: "第二条", Mark: "C"}}}}))
		test(t, s, s.publish(def(99001, sound("老年人优待证", "20"), "lx"))[0])
	})
}

// edit writes a section as the person at the keyboard would.
func (s *shelf) edit(d *Draft, who, section string, value any) *Draft {
	s.t.Helper()
	seen, err := d.SectionHash(section)
	s.must(err)
	out, err := s.SaveSection(s.t.Context(), s.staff(who), d.ID, section, seen, text(value))
	s.must(err)
	return out
}

func text(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func (s *shelf) move(d *Draft, who string, act DraftAct, in DraftInput) *Draft {
	s.t.Helper()
	out, err := s.Move(s.t.Context(), s.staff(who), d.ID, act, in)
	s.must(err)
	return out
}

func (s *shelf) unit(key string) int64 {
	s.t.Helper()
	dir, err := s.ids.Directory(s.t.Context())
	s.must(err)
	u, _ := dir.UnitByKey(key)
	return u.ID
}

// TestDraftMoves walks every state with every act: only the table's lines exist.
func TestDraftMoves(t *testing.T) {
	for _, from := range []DraftState{Drafting, Submitted, Returned, Passed, Published, Discarded} {
		for _, act := range []DraftAct{DraftEdit, DraftHandIn, DraftTakeBack, DraftPass, DraftReturn, DraftPublish, DraftDiscard} {
			m, ok := moveOf(draftMoves, from, act)
			if ok && !from.Open() {
				t.Errorf("%s from %s: a closed draft moves", act, from)
			}
			if ok && m.to == Published && m.from != Passed {
				t.Errorf("published from %s: nobody passed it", from)
			}
		}
	}
	reach := map[DraftState]bool{Drafting: true}
	for range draftMoves {
		for _, m := range draftMoves {
			reach[m.to] = reach[m.to] || reach[m.from]
		}
	}
	if len(reach) != 6 || slices.Contains([]bool{reach[Published], reach[Discarded], reach[Passed]}, false) {
		t.Errorf("not every state is reached: %v", reach)
	}
}

func TestClaim(t *testing.T) {
	onBench(t, func(t *testing.T, s *shelf, _ string) {
		ctx := t.Context()
		dir, err := s.ids.Directory(ctx)
		s.must(err)
		bh, _ := dir.UnitByKey("bh")
		free, err := s.Claimable(ctx, bh)
		if err != nil || len(free) != 2 {
			t.Fatalf("%v %v", free, err)
		}
		if lx, _ := dir.UnitByKey("lx"); true {
			if free, err := s.Claimable(ctx, lx); err != nil || len(free) != 1 || free[0].Basic.Name != "居家养老补贴" {
				t.Errorf("what is published already is claimable: %v %v", free, err)
			}
		}
		if wx, _ := dir.UnitByKey("wx"); true {
			if free, err := s.Claimable(ctx, wx); err != nil || len(free) != 0 {
				t.Errorf("another level's: %v %v", free, err)
			}
		}
		if _, err := s.Claim(ctx, s.staff("lxsteward"), "322099001000", bh.ID, nil); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("for another district: %v", err)
		}
		if _, err := s.Claim(ctx, s.staff("bhsteward"), "322099009000", bh.ID, nil); errs.KindOf(err) != errs.NotFound {
			t.Errorf("not in the catalogue: %v", err)
		}
		if _, err := s.Claim(ctx, s.staff("lxsteward"), "322099001000", s.unit("lx"), nil); errs.KindOf(err) != errs.Conflict {
			t.Errorf("claimed twice: %v", err)
		}
		d, err := s.Claim(ctx, s.staff("bhsteward"), "322099001000", bh.ID, nil)
		s.must(err)
		g := d.Guide
		if g.Basics.Code != s.units["bh"]+"4322099001000" || g.Department.Receiving != "bh-zx" || g.Steps[0].Unit != "bh-zx" || len(g.Materials) != 1 || g.Windows[0].Name != "滨湖区政务服务中心 综合窗口" {
			t.Errorf("the city-wide guide was not taken over: %+v", g.Department)
		}
		if _, err := s.Claim(ctx, s.staff("bhsteward"), "322099001000", bh.ID, nil); !errors.Is(err, ErrDraftOpen) {
			t.Errorf("a second draft: %v", err)
		}
		if list, err := s.Drafts(ctx, s.staff("lxsteward")); err != nil || len(list) != 0 {
			t.Errorf("another district sees it: %v %v", list, err)
		}
		if list, err := s.Drafts(ctx, s.staff("bhsteward")); err != nil || len(list) != 1 {
			t.Errorf("%v %v", list, err)
		}
		plain, err := s.Claim(ctx, s.staff("bhsteward"), "322099002000", bh.ID, nil)
		s.must(err)
		if ps, err := s.DraftProblems(ctx, plain); err != nil || !hasError(ps) {
			t.Errorf("an empty guide has no problems: %v %v", ps, err)
		}
	})
}

// TestPublishDraft goes the whole way: claim, compile, refused by the gate,
// mended, handed in, returned, passed and published by others than who wrote.
func TestPublishDraft(t *testing.T) {
	onBench(t, func(t *testing.T, s *shelf, _ string) {
		ctx := t.Context()
		d, err := s.Claim(ctx, s.staff("bhsteward"), "322099001000", s.unit("bh"), nil)
		s.must(err)
		limits := d.Guide.Limits
		limits.Promised.Days = 30
		d = s.edit(d, "bhsteward", "limits", limits)
		if _, err := s.Move(ctx, s.staff("bhsteward"), d.ID, DraftHandIn, DraftInput{Note: "首次编制"}); errs.Of(err).Code != ErrGuide.Code || errs.Of(err).Fields[0].Path != "limits/promised" {
			t.Fatalf("longer than the law allows, and handed in: %v", err)
		}
		limits.Promised.Days = 5
		d = s.edit(d, "bhsteward", "limits", limits)
		long := fmt.Sprintf("%0180d", 7)
		d = s.edit(d, "bhsteward", "conditions", []string{long})
		_, err = s.Move(ctx, s.staff("bhsteward"), d.ID, DraftHandIn, DraftInput{Note: "首次编制"})
		warned := errs.Of(err)
		if warned.Code != ErrGuide.Code || len(warned.Fields) == 0 || warned.Fields[0].Code != "warning" {
			t.Fatalf("a warning without a reason: %v", err)
		}
		ps, err := s.DraftProblems(ctx, d)
		s.must(err)
		waived := map[string]string{}
		for _, p := range ps {
			waived[p.Key()] = "条例原文如此"
		}
		if _, err := s.Move(ctx, s.staff("bhsteward"), d.ID, DraftHandIn, DraftInput{Note: "首次编制", From: "2026-02-30", Waived: waived}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("30 February: %v", err)
		}
		d = s.move(d, "bhsteward", DraftHandIn, DraftInput{Note: "首次编制", Waived: waived})
		if seen, _ := d.SectionHash("limits"); true {
			if _, err := s.SaveSection(ctx, s.staff("bhsteward"), d.ID, "limits", seen, text(limits)); !errors.Is(err, ErrDraftState) {
				t.Errorf("written after it was handed in: %v", err)
			}
		}
		if _, err := s.Move(ctx, s.staff("bhsteward"), d.ID, DraftPass, DraftInput{}); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("passed by a steward: %v", err)
		}
		if _, err := s.Move(ctx, s.staff("wxreviewer"), d.ID, DraftReturn, DraftInput{}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("returned without a word: %v", err)
		}
		d = s.move(d, "wxreviewer", DraftReturn, DraftInput{Note: "请补充说明"})
		d = s.edit(d, "wxboth", "rights", []string{"知情", "陈述、申辩"})
		d = s.move(d, "bhsteward", DraftHandIn, DraftInput{Note: "已补充", Waived: waived})
		if _, err := s.Move(ctx, s.staff("wxboth"), d.ID, DraftPass, DraftInput{}); errs.Of(err).Code != "own-work" {
			t.Errorf("passed by one who wrote in it: %v", err)
		}
		if _, err := s.Move(ctx, s.staff("wxreviewer"), d.ID, DraftPass, DraftInput{Version: d.Version - 1}); !errors.Is(err, ErrDraftChanged) {
			t.Errorf("passed as it was before: %v", err)
		}
		d = s.move(d, "wxreviewer", DraftPass, DraftInput{Version: d.Version})
		if _, err := s.Move(ctx, s.staff("wxboth"), d.ID, DraftPublish, DraftInput{}); errs.Of(err).Code != "own-work" {
			t.Errorf("published by one who wrote in it: %v", err)
		}
		code := d.Guide.Basics.Code
		if _, err := s.Item(ctx, code); errs.KindOf(err) != errs.NotFound {
			t.Errorf("in the catalogue before it was published: %v", err)
		}
		d = s.move(d, "wxreviewer", DraftPublish, DraftInput{})
		it, v, err := s.Guide(ctx, code)
		s.must(err)
		if d.State != Published || v.No != 1 || v.Guide.Limits.Promised.Days != 5 || v.Reason != "已补充" || it.State != InUse {
			t.Errorf("%+v", v)
		}
		if !slices.Equal(v.Own, []string{"basics", "department", "windows", "conditions", "steps", "limits", "contacts", "rights", "privacy"}) {
			t.Errorf("differs from the city-wide guide in %v", v.Own)
		}
		if got := s.found(Query{Text: "优待证", Division: "320211000000"}); len(got) != 1 {
			t.Errorf("not found: %v", got)
		}
		events, err := s.DraftEvents(ctx, d.ID)
		if err != nil || len(events) != 10 || events[0].Act != "claim" || events[9].Act != "publish" {
			t.Errorf("%+v %v", events, err)
		}
		if _, err := s.Move(ctx, s.staff("wxreviewer"), d.ID, DraftPublish, DraftInput{}); !errors.Is(err, ErrDraftState) {
			t.Errorf("published twice: %v", err)
		}
	})
}

// TestSaveSection: two stewards at one draft lose nothing.
func TestSaveSection(t *testing.T) {
	onBench(t, func(t *testing.T, s *shelf, _ string) {
		ctx := t.Context()
		mine, err := s.Claim(ctx, s.staff("bhsteward"), "322099001000", s.unit("bh"), nil)
		s.must(err)
		theirs, err := s.Draft(ctx, s.staff("wxboth"), mine.ID)
		s.must(err)
		s.edit(mine, "bhsteward", "rights", []string{"知情权"})
		s.edit(theirs, "wxboth", "duties", []string{"如实填写"}) // another section: both stay
		seen, err := theirs.SectionHash("rights")
		s.must(err)
		if _, err := s.SaveSection(ctx, s.staff("wxboth"), mine.ID, "rights", seen, text([]string{"别的"})); !errors.Is(err, ErrSectionChanged) {
			t.Errorf("written over unseen: %v", err)
		}
		now, err := s.Draft(ctx, s.staff("bhsteward"), mine.ID)
		s.must(err)
		if now.Guide.Rights[0] != "知情权" || now.Guide.Duties[0] != "如实填写" || len(now.Authors) != 2 {
			t.Errorf("%v %v %v", now.Guide.Rights, now.Guide.Duties, now.Authors)
		}
		for section, value := range map[string]string{"basis": `[]`, "rights": `{"a":1}`, "limits": `{"unheard":1}`, "nowhere": `1`, "form": `{"type":"string"}`, "materials": `[`} {
			seen := ""
			if h, err := now.SectionHash(section); err == nil {
				seen = h
			}
			if _, err := s.SaveSection(ctx, s.staff("bhsteward"), mine.ID, section, seen, json.RawMessage(value)); err == nil || errs.KindOf(err) == errs.Internal {
				t.Errorf("%s = %s: %v", section, value, err)
			}
		}
		b := now.Guide.Basics
		b.Name, b.Type, b.Summary = "另一个名字", "01", "新的说明"
		now = s.edit(now, "bhsteward", "basics", b)
		if got := now.Guide.Basics; got.Name != "老年人优待证" || got.Type != "20" || got.Summary != "新的说明" {
			t.Errorf("what the catalogue locks was changed: %+v", got)
		}
	})
}

// TestAdopt: a change above comes as a proposal, and what a list has of its own stays.
func TestAdopt(t *testing.T) {
	onBench(t, func(t *testing.T, s *shelf, code string) {
		ctx := t.Context()
		d, err := s.Revise(ctx, s.staff("lxsteward"), s.item(code).ID, nil)
		s.must(err)
		limits := d.Guide.Limits
		limits.Promised.Days = 3
		d = s.edit(d, "lxsteward", "limits", limits)
		s.move(s.move(s.move(d, "lxsteward", DraftHandIn, DraftInput{Note: "提速"}), "wxreviewer", DraftPass, DraftInput{}), "wxreviewer", DraftPublish, DraftInput{})

		top, err := s.ReviseTemplate(ctx, s.staff("wxboth"), "322099001000", s.unit("wx"), nil)
		s.must(err)
		top = s.edit(top, "wxboth", "questions", []Question{{"要多久", "很快"}})
		wide := top.Guide.Limits
		wide.Promised.Days = 8
		top = s.edit(top, "wxboth", "limits", wide)
		top = s.move(top, "wxboth", DraftHandIn, DraftInput{Note: "全市统一"})
		s.move(s.move(top, "wxreviewer", DraftPass, DraftInput{}), "wxreviewer", DraftPublish, DraftInput{})

		if _, v, err := s.Guide(ctx, code); err != nil || v.Guide.Questions[0].Q != "问" {
			t.Fatalf("it flowed down silently: %v %v", v.Guide.Questions, err)
		}
		dir, err := s.ids.Directory(ctx)
		s.must(err)
		open, err := s.Proposals(ctx, dir.Path(s.unit("lx")))
		if err != nil || len(open) != 1 {
			t.Fatalf("%v %v", open, err)
		}
		if _, _, err := s.Adopt(ctx, s.staff("bhsteward"), open[0].ID, nil); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("another district's: %v", err)
		}
		d, kept, err := s.Adopt(ctx, s.staff("lxsteward"), open[0].ID, nil)
		s.must(err)
		if !slices.Equal(kept, []string{"limits"}) || d.Guide.Limits.Promised.Days != 3 || d.Guide.Questions[0].Q != "要多久" {
			t.Errorf("kept %v, %d days, %v", kept, d.Guide.Limits.Promised.Days, d.Guide.Questions)
		}
		s.move(s.move(s.move(d, "lxsteward", DraftHandIn, DraftInput{Note: "采纳"}), "wxreviewer", DraftPass, DraftInput{}), "wxreviewer", DraftPublish, DraftInput{})
		if p, err := s.ProposalOf(ctx, s.item(code).ID); err != nil || p != nil {
			t.Errorf("still open: %v %v", p, err)
		}
		if _, v, err := s.Guide(ctx, code); err != nil || v.No != 3 || v.Guide.Questions[0].Q != "要多久" {
			t.Errorf("%+v %v", v, err)
		}
		t.Run("declined", func(t *testing.T) {
			again, err := s.ReviseTemplate(ctx, s.staff("wxboth"), "322099001000", s.unit("wx"), nil)
			s.must(err)
			again = s.edit(again, "wxboth", "duties", []string{"如实填写"})
			again = s.move(again, "wxboth", DraftHandIn, DraftInput{Note: "再改"})
			s.move(s.move(again, "wxreviewer", DraftPass, DraftInput{}), "wxreviewer", DraftPublish, DraftInput{})
			p, err := s.ProposalOf(ctx, s.item(code).ID)
			if err != nil || p == nil {
				t.Fatal(p, err)
			}
			if err := s.DeclineProposal(ctx, s.staff("lxsteward"), p.ID, ""); errs.KindOf(err) != errs.Invalid {
				t.Errorf("without a reason: %v", err)
			}
			s.must(s.DeclineProposal(ctx, s.staff("lxsteward"), p.ID, "本区已有更具体的规定"))
			if err := s.DeclineProposal(ctx, s.staff("lxsteward"), p.ID, "再来一次"); !errors.Is(err, ErrNoProposal) {
				t.Errorf("twice: %v", err)
			}
		})
	})
}

func (s *shelf) item(code string) *Item {
	s.t.Helper()
	it, err := s.Item(context.Background(), code)
	s.must(err)
	return it
}

// TestTakeEffect: a version waits for its day, and the one in force stays till then.
func TestTakeEffect(t *testing.T) {
	onBench(t, func(t *testing.T, s *shelf, code string) {
		ctx := t.Context()
		d, err := s.Revise(ctx, s.staff("lxsteward"), s.item(code).ID, nil)
		s.must(err)
		d = s.edit(d, "lxsteward", "duties", []string{"新的义务"})
		day := clock.DateOf(s.clk.Now().AddDate(0, 0, 3)).String()
		d = s.move(d, "lxsteward", DraftHandIn, DraftInput{Note: "新规", From: day})
		s.move(s.move(d, "wxreviewer", DraftPass, DraftInput{}), "wxreviewer", DraftPublish, DraftInput{})
		duties := func() string {
			t.Helper()
			_, v, err := s.Guide(ctx, code)
			s.must(err)
			return v.Guide.Duties[0]
		}
		if got := s.item(code); duties() != "如实" || got.NextFrom != day {
			t.Errorf("in force before its day: %s, next %s", duties(), got.NextFrom)
		}
		if n, err := s.TakeEffect(ctx); err != nil || n != 0 {
			t.Errorf("%d %v", n, err)
		}
		if _, err := s.Revise(ctx, s.staff("lxsteward"), s.item(code).ID, nil); err != nil {
			t.Errorf("nothing can be revised while one waits: %v", err)
		}
		s.clk.Set(s.clk.Now().AddDate(0, 0, 3))
		if n, err := s.TakeEffect(ctx); err != nil || n != 1 {
			t.Errorf("%d %v", n, err)
		}
		if n, err := s.TakeEffect(ctx); err != nil || n != 0 || duties() != "新的义务" || s.item(code).NextFrom != "" {
			t.Errorf("twice: %d %v %s", n, err, duties())
		}
	})
}

// TestBaseChanged: a draft does not publish over what it did not begin from.
func TestBaseChanged(t *testing.T) {
	onBench(t, func(t *testing.T, s *shelf, code string) {
		d, err := s.Revise(t.Context(), s.staff("lxsteward"), s.item(code).ID, nil)
		s.must(err)
		d = s.edit(d, "lxsteward", "duties", []string{"新的义务"})
		d = s.move(s.move(d, "lxsteward", DraftHandIn, DraftInput{Note: "改"}), "wxreviewer", DraftPass, DraftInput{})
		g := sound("老年人优待证", "20")
		g.Rights = []string{"导入的"}
		s.publish(def(99001, g, "lx"))
		if _, err := s.Move(t.Context(), s.staff("wxreviewer"), d.ID, DraftPublish, DraftInput{}); !errors.Is(err, ErrBaseChanged) {
			t.Errorf("%v", err)
		}
	})
}
