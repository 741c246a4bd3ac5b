package catalog

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
)

// TestAdjustMoves walks every state with every act: only the table's lines
// exist, nothing leaves an end, and nothing is carried out that was not heard,
// decided and announced.
func TestAdjustMoves(t *testing.T) {
	acts := []AdjustAct{AdjustEdit, AdjustAsk, AdjustOpine, AdjustDecide, AdjustReturn, AdjustAnnounce, AdjustCarryOut, AdjustWithdraw}
	lines := 0
	for _, st := range AdjustStates {
		for _, act := range acts {
			m, ok := moveOf(adjustMoves, st.Key, act)
			if !ok {
				continue
			}
			lines++
			if st.Key == AdjustCarried || st.Key == AdjustWithdrawn {
				t.Errorf("%s from %s: it is at its end", act, st.Key)
			}
			before := map[AdjustState]AdjustState{AdjustCarried: AdjustAnnounced, AdjustAnnounced: AdjustDecided, AdjustDecided: AdjustOpinions}[m.to]
			if before != "" && m.from != before {
				t.Errorf("%s from %s leads to %s", act, m.from, m.to)
			}
		}
	}
	if lines != len(adjustMoves) {
		t.Errorf("%d lines met, %d in the table", lines, len(adjustMoves))
	}
	reach := map[AdjustState]bool{AdjustDrafting: true}
	for range adjustMoves {
		for _, m := range adjustMoves {
			reach[m.to] = reach[m.to] || reach[m.from]
		}
	}
	for _, st := range AdjustStates {
		if !reach[st.Key] || st.ZH == "" || st.EN == "" {
			t.Errorf("%+v is not reached or has no name", st)
		}
	}
}

func TestHeard(t *testing.T) {
	list := []Opinion{{Stance: Agree}, {}, {Stance: Disagree}}
	if n, ok := heard(list, "2026-03-10", "2026-03-10"); n != 1 || ok {
		t.Errorf("on the last day: %d %v", n, ok)
	}
	if _, ok := heard(list, "2026-03-10", "2026-03-11"); !ok {
		t.Error("silence after the last day is no objection")
	}
	if n, ok := heard(list[:1], "2026-03-10", "2026-03-01"); n != 0 || !ok {
		t.Errorf("all heard: %d %v", n, ok)
	}
}

const (
	aged = "322099001000" // 老年人优待证: 梁溪 offers it
	care = "322099002000" // 居家养老补贴
)

func (s *shelf) day(n int) string { return clock.DateOf(s.clk.Now().AddDate(0, 0, n)).String() }

// plan is one that lacks only what its kind needs.
func (s *shelf) dossier(kind AdjustKind, items ...string) AdjustPlan {
	return AdjustPlan{Kind: kind, Ground: "law", Law: "《演示条例》第三条", Reason: "条例修改", Items: items, From: s.day(0), OpinionsBy: s.day(0)}
}

func (s *shelf) entry(code string) Basic {
	s.t.Helper()
	b, err := s.Basic(s.t.Context(), code)
	s.must(err)
	return *b
}

func (s *shelf) propose(p AdjustPlan) *Adjustment {
	s.t.Helper()
	d, err := s.Propose(s.t.Context(), s.staff("wxboth"), s.unit("wx"), p, nil)
	s.must(err)
	return d
}

func (s *shelf) adjustMove(d *Adjustment, who string, act AdjustAct, in AdjustInput) *Adjustment {
	s.t.Helper()
	out, err := s.MoveAdjustment(s.t.Context(), s.staff(who), d.No, act, in)
	s.must(err)
	return out
}

// announced brings a plan to its announcement.
func (s *shelf) announced(p AdjustPlan) *Adjustment {
	s.t.Helper()
	d := s.adjustMove(s.propose(p), "wxboth", AdjustAsk, AdjustInput{})
	list, err := s.Opinions(s.t.Context(), d.ID)
	s.must(err)
	for _, o := range list {
		d = s.adjustMove(d, "wxboth", AdjustOpine, AdjustInput{Unit: o.UnitID, Stance: Agree})
	}
	d = s.adjustMove(d, "wxreviewer", AdjustDecide, AdjustInput{Note: "同意"})
	return s.adjustMove(d, "wxreviewer", AdjustAnnounce, AdjustInput{})
}

func (s *shelf) carried(p AdjustPlan) *Adjustment {
	s.t.Helper()
	return s.adjustMove(s.announced(p), "wxreviewer", AdjustCarryOut, AdjustInput{})
}

// TestAdjustment goes the whole way with its refusals.
func TestAdjustment(t *testing.T) {
	onBench(t, func(t *testing.T, s *shelf, code string) {
		ctx := t.Context()
		next := s.entry(aged)
		next.Name, next.Basis = "老年人优待证办理", []Basis{{Law: "新条例", Article: "第九条", Mark: "C"}}
		p := s.dossier(AdjustChange, aged)
		p.Entries, p.From, p.OpinionsBy = []Basic{next}, s.day(5), s.day(2)
		bad := p
		bad.From, bad.Law, bad.Items = "2026-02-30", " ", []string{"322099009000"}
		if _, err := s.Propose(ctx, s.staff("wxboth"), s.unit("wx"), bad, nil); errs.KindOf(err) != errs.Invalid || len(errs.Of(err).Fields) < 4 {
			t.Errorf("a plan with nothing right: %v", err)
		}
		if _, err := s.Propose(ctx, s.staff("lxsteward"), s.unit("wx"), p, nil); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("for a unit above: %v", err)
		}
		d := s.propose(p)
		if _, err := s.AnnouncedBy(ctx, d.No); !errors.Is(err, ErrNoAdjustment) {
			t.Errorf("public before it is announced: %v", err)
		}
		if _, err := s.MoveAdjustment(ctx, s.staff("wxreviewer"), d.No, AdjustDecide, AdjustInput{Note: "同意"}); !errors.Is(err, ErrAdjustState) {
			t.Errorf("decided before anybody was asked: %v", err)
		}
		d = s.adjustMove(d, "wxboth", AdjustAsk, AdjustInput{})
		if list, err := s.Opinions(ctx, d.ID); err != nil || len(list) != 1 || list[0].UnitID != s.unit("lx") {
			t.Fatalf("asked: %+v %v", list, err)
		}
		if _, err := s.MoveAdjustment(ctx, s.staff("wxreviewer"), d.No, AdjustDecide, AdjustInput{Note: "同意"}); errs.Of(err).Code != ErrNotHeard.Code {
			t.Errorf("decided before 梁溪 was heard: %v", err)
		}
		if _, err := s.MoveAdjustment(ctx, s.staff("bhsteward"), d.No, AdjustOpine, AdjustInput{Unit: s.unit("lx"), Stance: Agree}); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("another district speaks for it: %v", err)
		}
		if _, err := s.MoveAdjustment(ctx, s.staff("bhsteward"), d.No, AdjustOpine, AdjustInput{Unit: s.unit("bh"), Stance: Agree}); !errors.Is(err, ErrNotAffected) {
			t.Errorf("a department that was not asked: %v", err)
		}
		if _, err := s.MoveAdjustment(ctx, s.staff("lxsteward"), d.No, AdjustOpine, AdjustInput{Unit: s.unit("lx"), Stance: Disagree}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("against it without a reason: %v", err)
		}
		d = s.adjustMove(d, "lxsteward", AdjustOpine, AdjustInput{Unit: s.unit("lx"), Stance: Disagree, Note: "名称过长"})
		for _, act := range []AdjustAct{AdjustDecide, AdjustReturn} {
			if _, err := s.MoveAdjustment(ctx, s.staff("wxboth"), d.No, act, AdjustInput{Note: "同意"}); errs.Of(err).Code != "own-work" {
				t.Errorf("%s by its author: %v", act, err)
			}
			if _, err := s.MoveAdjustment(ctx, s.staff("lxreviewer"), d.No, act, AdjustInput{Note: "同意"}); errs.KindOf(err) != errs.Forbidden {
				t.Errorf("%s by a district: %v", act, err)
			}
			if _, err := s.MoveAdjustment(ctx, s.staff("wxreviewer"), d.No, act, AdjustInput{}); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%s without a word: %v", act, err)
			}
		}
		d = s.adjustMove(d, "wxreviewer", AdjustReturn, AdjustInput{Note: "名称请再斟酌"})
		if _, err := s.MoveAdjustment(ctx, s.staff("wxboth"), d.No, AdjustEdit, AdjustInput{Version: d.Version - 1, Plan: &p}); !errors.Is(err, ErrAdjustChanged) {
			t.Errorf("written over unseen: %v", err)
		}
		p.Entries[0].Name = "老年人优待证发放"
		d = s.adjustMove(d, "wxboth", AdjustEdit, AdjustInput{Version: d.Version, Plan: &p})
		d = s.adjustMove(d, "wxboth", AdjustAsk, AdjustInput{})
		if list, err := s.Opinions(ctx, d.ID); err != nil || list[0].Stance != "" {
			t.Errorf("an opinion about another plan stays: %+v %v", list, err)
		}
		s.clk.Set(s.clk.Now().AddDate(0, 0, 3)) // 梁溪 says nothing in time
		d = s.adjustMove(d, "wxreviewer", AdjustDecide, AdjustInput{Note: "名称已按意见修改"})
		d = s.adjustMove(d, "wxreviewer", AdjustAnnounce, AdjustInput{})
		if pub, err := s.AnnouncedBy(ctx, d.No); err != nil || len(pub.Plan.Names) != 1 || pub.Plan.Names[0] != "老年人优待证" {
			t.Errorf("announced, and not public: %+v %v", pub, err)
		}
		before := s.item(code)
		if _, err := s.MoveAdjustment(ctx, s.staff("wxreviewer"), d.No, AdjustCarryOut, AdjustInput{}); !errors.Is(err, ErrNotDue) {
			t.Errorf("before its day: %v", err)
		}
		if n, err := s.CarryOutDue(ctx); err != nil || n != 0 || s.item(code).VersionID != before.VersionID {
			t.Errorf("before its day: %d %v", n, err)
		}
		s.clk.Set(s.clk.Now().AddDate(0, 0, 2))
		if n, err := s.CarryOutDue(ctx); err != nil || n != 1 {
			t.Fatalf("on its day: %d %v", n, err)
		}
		if n, err := s.CarryOutDue(ctx); err != nil || n != 0 {
			t.Errorf("twice: %d %v", n, err)
		}
		if _, err := s.MoveAdjustment(ctx, s.staff("wxreviewer"), d.No, AdjustCarryOut, AdjustInput{}); !errors.Is(err, ErrAdjustState) {
			t.Errorf("carried out again: %v", err)
		}
		it, v, err := s.Guide(ctx, code)
		s.must(err)
		if it.Name != "老年人优待证发放" || v.No != 2 || v.Guide.Basics.Name != it.Name || len(v.Guide.Basis) != 1 || v.Guide.Basis[0].Law != "新条例" || !strings.Contains(v.Reason, d.No) {
			t.Errorf("%+v %+v %s", it, v.Guide.Basis, v.Reason)
		}
		if old, err := s.ByVersion(ctx, before.VersionID); err != nil || old.Guide.Basics.Name != "老年人优待证" || old.Guide.Basis[0].Law != "演示条例" {
			t.Errorf("what a running case keeps has changed: %+v %v", old, err)
		}
		if p, err := s.ProposalOf(ctx, it.ID); err != nil || p != nil {
			t.Errorf("the list is asked about what was done to it: %+v %v", p, err)
		}
		b := s.entry(aged)
		tmpl, err := s.Template(ctx, b.TemplateID)
		s.must(err)
		if b.Version != 2 || tmpl.No != 2 || v.TemplateID != tmpl.ID || tmpl.Guide.Basics.Name != it.Name || len(tmpl.Guide.Basis) != 1 {
			t.Errorf("entry %d, city-wide guide %d: %+v", b.Version, tmpl.No, tmpl.Guide.Basis)
		}
		if got := s.found(Query{Text: "优待证发放"}); len(got) != 1 {
			t.Errorf("not found by its new name: %v", got)
		}
		events, err := s.AdjustEvents(ctx, d.ID)
		var acts []string
		for _, e := range events {
			acts = append(acts, string(e.Act))
		}
		if got := strings.Join(acts, " "); err != nil || got != "propose ask opine return edit ask decide announce carry-out" {
			t.Errorf("%s %v", got, err)
		}
	})
}

// TestAdjustChange: lists that lag behind, versions that wait and drafts go
// through a change without losing anything.
func TestAdjustChange(t *testing.T) {
	onBench(t, func(t *testing.T, s *shelf, code string) {
		ctx := t.Context()
		top, err := s.ReviseTemplate(ctx, s.staff("wxboth"), aged, s.unit("wx"), nil)
		s.must(err)
		top = s.edit(top, "wxboth", "questions", []Question{{"要多久", "很快"}})
		top = s.move(top, "wxboth", DraftHandIn, DraftInput{Note: "全市统一"})
		s.move(s.move(top, "wxreviewer", DraftPass, DraftInput{}), "wxreviewer", DraftPublish, DraftInput{}) // 梁溪 has not answered
		w, err := s.Revise(ctx, s.staff("lxsteward"), s.item(code).ID, nil)
		s.must(err)
		w = s.edit(w, "lxsteward", "duties", []string{"新的义务"})
		w = s.move(w, "lxsteward", DraftHandIn, DraftInput{Note: "新规", From: s.day(9)})
		s.move(s.move(w, "wxreviewer", DraftPass, DraftInput{}), "wxreviewer", DraftPublish, DraftInput{})
		open, err := s.Revise(ctx, s.staff("lxsteward"), s.item(code).ID, nil)
		s.must(err)
		open = s.edit(open, "lxsteward", "rights", []string{"写到一半"})

		next := s.entry(aged)
		next.Name, next.Basis = "老年人优待证发放", []Basis{{Law: "新条例", Article: "第九条", Mark: "C"}}
		p := s.dossier(AdjustChange, aged)
		p.Entries = []Basic{next}
		s.carried(p)

		it, v, err := s.Guide(ctx, code)
		s.must(err)
		if it.Name != next.Name || v.Guide.Questions[0].Q != "问" || v.Guide.Duties[0] != "如实" || v.Guide.Basis[0].Law != "新条例" || len(v.Guide.Basis) != 1 {
			t.Errorf("the version in force: %+v", v.Guide)
		}
		if it.NextFrom != s.day(9) {
			t.Fatalf("the waiting version is lost: %+v", it)
		}
		waits, err := s.ByVersion(ctx, it.NextVersion)
		s.must(err)
		if waits.Guide.Duties[0] != "新的义务" || waits.Guide.Basics.Name != next.Name || waits.Guide.Basis[0].Law != "新条例" {
			t.Errorf("the waiting version: %+v", waits.Guide)
		}
		if pr, err := s.ProposalOf(ctx, it.ID); err != nil || pr == nil {
			t.Errorf("the change above is no longer proposed: %v %v", pr, err)
		}
		open, err = s.Draft(ctx, s.staff("lxsteward"), open.ID)
		s.must(err)
		if open.Guide.Rights[0] != "写到一半" || open.Guide.Basics.Name != next.Name {
			t.Errorf("the open draft: %+v", open.Guide.Basics)
		}
		open = s.move(open, "lxsteward", DraftHandIn, DraftInput{Note: "写完"})
		s.move(s.move(open, "wxreviewer", DraftPass, DraftInput{}), "wxreviewer", DraftPublish, DraftInput{})
		if pr, err := s.ProposalOf(ctx, it.ID); err == nil && pr != nil {
			d, _, err := s.Adopt(ctx, s.staff("lxsteward"), pr.ID, nil)
			s.must(err)
			if d.Guide.Questions[0].Q != "要多久" || d.Guide.Basics.Name != next.Name || d.Guide.Basis[0].Law != "新条例" || len(d.Guide.Basis) != 1 {
				t.Errorf("adopted after the change: %+v", d.Guide)
			}
		}
	})
}

// TestAdjustEnd: merged and cancelled matters end with their lists; what goes on
// takes their place where it is offered.
func TestAdjustEnd(t *testing.T) {
	onBench(t, func(t *testing.T, s *shelf, code string) {
		ctx := t.Context()
		heir := s.publish(def(99002, sound("居家养老补贴", "20"), "lx"))[0]
		claimed, err := s.Claim(ctx, s.staff("bhsteward"), aged, s.unit("bh"), nil)
		s.must(err)
		p := s.dossier(AdjustMerge, aged)
		p.Successor = aged
		if _, err := s.Propose(ctx, s.staff("wxboth"), s.unit("wx"), p, nil); errs.KindOf(err) != errs.Invalid {
			t.Errorf("merged into itself: %v", err)
		}
		p.Successor = care
		before := s.item(code)
		if list, err := s.Effects(ctx, p); err != nil || len(list) != 1 || list[0].Item.Code != code || list[0].Successor != heir || len(list[0].Effects) == 0 || list[0].Effects[0].Names[0] == "" {
			t.Errorf("effects: %+v %v", list, err)
		}
		d := s.carried(p)
		it := s.item(code)
		if it.State != Cancelled || it.Successor != heir || !strings.Contains(it.StateReason, d.No) || len(it.Featured) != 0 {
			t.Errorf("%+v", it)
		}
		if _, err := s.ByVersion(ctx, before.VersionID); err != nil {
			t.Errorf("what a running case keeps is gone: %v", err)
		}
		if b := s.entry(aged); b.State != Cancelled {
			t.Errorf("the matter is %s", b.State)
		}
		if b, err := s.Draft(ctx, s.staff("bhsteward"), claimed.ID); err != nil || b.State != Discarded {
			t.Errorf("a draft of what has ended is %v (%v)", b.State, err)
		}
		if got := s.found(Query{Text: "优待证"}); len(got) != 0 {
			t.Errorf("found: %v", got)
		}
		if err := s.ImportBasics(ctx, actor.Platform(), []Basic{s.entry(aged)}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("brought back by a file: %v", err)
		}
		s.carried(s.dossier(AdjustCancel, care))
		if it := s.item(heir); it.State != Cancelled || it.Successor != "" {
			t.Errorf("%+v", it)
		}
	})
}

// TestAdjustSplit: the old list stays until its unit has published the new ones.
func TestAdjustSplit(t *testing.T) {
	onBench(t, func(t *testing.T, s *shelf, code string) {
		ctx := t.Context()
		one, two := s.entry(aged), s.entry(aged)
		one.Code, one.Name = "322099001001", "老年人优待证新办"
		two.Code, two.Name = "322099001002", "老年人优待证补办"
		p := s.dossier(AdjustSplit, aged)
		p.Entries = []Basic{one}
		if _, err := s.Propose(ctx, s.staff("wxboth"), s.unit("wx"), p, nil); errs.KindOf(err) != errs.Invalid {
			t.Errorf("split into one: %v", err)
		}
		p.Entries = []Basic{one, two}
		d := s.carried(p)
		drafts, err := s.Drafts(ctx, s.staff("lxsteward"))
		if err != nil || len(drafts) != 2 || !d.Unsettled || s.item(code).State != InUse {
			t.Fatalf("%d drafts, unsettled %v, the old list is %s (%v)", len(drafts), d.Unsettled, s.item(code).State, err)
		}
		slices.SortFunc(drafts, func(a, b Draft) int { return int(a.BasicID - b.BasicID) })
		for i, h := range drafts {
			full, err := s.Draft(ctx, s.staff("lxsteward"), h.ID)
			s.must(err)
			if len(full.Guide.Materials) != 1 || full.Guide.Basics.Name == "老年人优待证" {
				t.Errorf("it does not begin as the old guide: %+v", full.Guide.Basics)
			}
			full = s.move(full, "lxsteward", DraftHandIn, DraftInput{Note: "拆分"})
			s.move(s.move(full, "wxreviewer", DraftPass, DraftInput{}), "wxreviewer", DraftPublish, DraftInput{})
			_, err = s.CarryOutDue(ctx)
			s.must(err)
			if got, want := s.item(code).State, []ItemState{InUse, Cancelled}[i]; got != want {
				t.Errorf("%d of 2 published: the old list is %s", i+1, got)
			}
		}
		if it := s.item(code); !strings.HasSuffix(it.Successor, one.Code) {
			t.Errorf("%+v", it)
		}
		if d, err := s.Adjustment(ctx, s.staff("lxsteward"), d.No); err != nil || d.Unsettled || s.entry(aged).State != Cancelled {
			t.Errorf("%+v %v", d, err)
		}
	})
}

// TestAdjustLevels: what is delegated comes to the units below as drafts, and
// what is taken back ends there with the list above in its place.
func TestAdjustLevels(t *testing.T) {
	onBench(t, func(t *testing.T, s *shelf, code string) {
		ctx := t.Context()
		s.must(s.ImportBasics(ctx, actor.Platform(), []Basic{{Code: "322099003000", Name: "救助站登记", Type: "20", Levels: []string{"3"}, Audience: []string{"1"}, Topics: []string{"life"}, Dept: "bh", Summary: "登记", Basis: []Basis{{Law: "演示条例", Article: "第一条", Mark: "C"}}}}))
		g := sound("救助站登记", "20")
		g.Basics.Level = "3"
		city := s.publish(def(99003, g, "wx"))[0]
		down := s.dossier(AdjustDelegate, "322099003000")
		down.Levels = []string{"3"}
		if _, err := s.Propose(ctx, s.staff("wxboth"), s.unit("wx"), down, nil); errs.KindOf(err) != errs.Invalid {
			t.Errorf("to the city itself: %v", err)
		}
		down.Levels = []string{"4"}
		d := s.carried(down)
		if list, err := s.Opinions(ctx, d.ID); err != nil || len(list) != 1 || list[0].UnitID != s.unit("bh") {
			t.Errorf("heard: %+v %v", list, err)
		}
		drafts, err := s.Drafts(ctx, s.staff("bhsteward"))
		if err != nil || len(drafts) != 1 || strings.Join(s.entry("322099003000").Levels, "") != "34" {
			t.Fatalf("%+v %v", drafts, err)
		}
		full, err := s.Draft(ctx, s.staff("bhsteward"), drafts[0].ID)
		s.must(err)
		full = s.move(full, "bhsteward", DraftHandIn, DraftInput{Note: "承接"})
		full = s.move(s.move(full, "wxreviewer", DraftPass, DraftInput{}), "wxreviewer", DraftPublish, DraftInput{})
		below := full.Guide.Basics.Code

		up := s.dossier(AdjustTakeBack, aged)
		up.Levels = []string{"4"}
		if _, err := s.Propose(ctx, s.staff("wxboth"), s.unit("wx"), up, nil); errs.KindOf(err) != errs.Invalid {
			t.Errorf("where no list above takes its place: %v", err)
		}
		up.Items = []string{"322099003000"}
		d = s.announced(up)
		s.must(s.SetState(ctx, s.staff("wxreviewer"), city, Paused, "停办", ""))
		if _, err := s.MoveAdjustment(ctx, s.staff("wxreviewer"), d.No, AdjustCarryOut, AdjustInput{}); !errors.Is(err, ErrNoSuccession) || s.item(below).State != InUse {
			t.Errorf("nothing takes its place: %v", err)
		}
		if n, err := s.CarryOutDue(ctx); n != 0 || err != nil {
			t.Errorf("one that cannot be carried out stops the others: %d %v", n, err)
		}
		s.must(s.SetState(ctx, s.staff("wxreviewer"), city, InUse, "恢复", ""))
		s.adjustMove(d, "wxreviewer", AdjustCarryOut, AdjustInput{})
		if it := s.item(below); it.State != Cancelled || it.Successor != city || strings.Join(s.entry("322099003000").Levels, "") != "3" || s.item(city).State != InUse {
			t.Errorf("%+v", it)
		}
	})
}

// TestAdjustAdd: a new matter is claimable from its day on; a withdrawn dossier
// does nothing.
func TestAdjustAdd(t *testing.T) {
	onBench(t, func(t *testing.T, s *shelf, _ string) {
		ctx := t.Context()
		e := s.entry(care)
		e.Code, e.Name, e.Levels = "322099007000", "适老化改造补贴", []string{"4"}
		p := s.dossier(AdjustAdd)
		p.Entries, p.From = []Basic{e}, s.day(2)
		stop := s.announced(p)
		if text := jsonText(stop.Plan); strings.Contains(text, "null") {
			t.Errorf("a plan without matters: %s", text)
		}
		stop = s.adjustMove(stop, "wxreviewer", AdjustWithdraw, AdjustInput{Note: "另行研究"})
		d := s.announced(p)
		s.clk.Set(s.clk.Now().AddDate(0, 0, 2))
		if n, err := s.CarryOutDue(ctx); err != nil || n != 1 {
			t.Fatalf("%d %v", n, err)
		}
		dir, err := s.ids.Directory(ctx)
		s.must(err)
		bh, _ := dir.UnitByKey("bh")
		free, err := s.Claimable(ctx, bh)
		if err != nil || !slices.ContainsFunc(free, func(c Claimable) bool { return c.Basic.Code == e.Code }) {
			t.Errorf("%+v %v", free, err)
		}
		list, err := s.Announced(ctx)
		if err != nil || len(list) != 2 || stop.State != AdjustWithdrawn {
			t.Errorf("%+v %v", list, err)
		}
		if d.No == stop.No {
			t.Errorf("two dossiers are called %s", d.No)
		}
		p.From = s.day(0)
		p.OpinionsBy = s.day(0)
		if _, err := s.Propose(ctx, s.staff("wxboth"), s.unit("wx"), p, nil); errs.KindOf(err) != errs.Invalid {
			t.Errorf("added twice: %v", err)
		}
	})
}
