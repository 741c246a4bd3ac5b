package catalog

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
)

// listed says one thing about a list.
func listed(code string, lay func(*Guide)) ImportRow {
	return ImportRow{At: "事项!2", Code: code, Lay: func(g *Guide) []Problem { lay(g); return nil }}
}

func (s *shelf) planned(who actor.Actor, mode PlanMode, entries ...ImportRow) *Plan {
	s.t.Helper()
	p, err := s.Plan(s.t.Context(), who, mode, entries, nil)
	s.must(err)
	return p
}

func promise(days int) func(*Guide) { return func(g *Guide) { g.Limits.Promised.Days = days } }

func TestPlan(t *testing.T) {
	onBench(t, func(t *testing.T, s *shelf, code string) {
		ctx, top := t.Context(), s.staff("wxreviewer")
		fresh := s.units["bh"] + "4" + code[19:]
		nothing := func(*Guide) {}
		p := s.planned(top, PlanPublish, listed(code, nothing), listed(fresh, promise(8)), listed(code, promise(5)))
		if got := fmt.Sprintf("%s %s %s", p.Rows[0].State, p.Rows[1].State, p.Rows[2].State); got != "same new refused" {
			t.Error(got)
		}
		for what, e := range map[string]ImportRow{
			"31位":        listed(code[:30], nothing),
			"不正确":        listed(code[:17]+"0"+code[18:], nothing),
			"没有事项":       listed(code[:19]+"322099099000", nothing),
			"名称":         listed(code, func(g *Guide) { g.Basics.Name = "改名" }),
			"设定依据":       listed(code, func(g *Guide) { g.Basis = nil }),
			"法定时限":       listed(code, promise(50)),
			"没有这个单位":     listed(code, func(g *Guide) { g.Steps = []Step{{Key: "receive", Kind: StepReceive, Unit: "nowhere"}} }),
			"没有这个政务服务中心": {At: "事项!2", Code: code, Receiving: "nowhere", Lay: func(*Guide) []Problem { return nil }},
			"C14":        {At: "事项!2", Code: code, Problems: []Problem{blocking("材料!C14", "材料!C14", "C14")}, Lay: func(*Guide) []Problem { return nil }},
			"表单有误":       listed(code, func(g *Guide) { g.Form = []byte(`{"type":"string"}`) }),
		} {
			p := s.planned(top, PlanPublish, e)
			if row := p.Rows[0]; row.State != PlanRefused || !containsWords(row.Problems, what) || row.Problems[0].EN == "" || row.Problems[0].EN == row.Problems[0].ZH {
				t.Errorf("%s: %s %v", what, row.State, row.Problems)
			}
		}
		if p := s.planned(top, PlanPublish, listed(code, promise(6))); p.Rows[0].State != PlanChanged || len(p.Rows[0].Changes) != 1 || p.Rows[0].Changes[0].ZH == "" {
			t.Errorf("%+v", p.Rows[0])
		}
		for _, who := range []string{"lxreviewer", "lxsteward", "clerk"} {
			if _, err := s.Plan(ctx, s.staff(who), PlanPublish, nil, nil); errs.KindOf(err) != errs.Forbidden {
				t.Errorf("%s may publish: %v", who, err)
			}
		}
		if p := s.planned(s.staff("bhsteward"), PlanDrafts, listed(code, promise(6))); p.Rows[0].State != PlanRefused {
			t.Errorf("another district's steward: %+v", p.Rows[0])
		}
	})
}

func containsWords(ps []Problem, words string) bool {
	for _, p := range ps {
		if p.Error && strings.Contains(p.ZH, words) {
			return true
		}
	}
	return false
}

func TestCarryOut(t *testing.T) {
	onBench(t, func(t *testing.T, s *shelf, code string) {
		ctx, top := t.Context(), s.staff("wxreviewer")
		fresh := s.units["bh"] + "4" + code[19:]
		p := s.planned(top, PlanPublish, listed(code, promise(6)), listed(fresh, promise(8)), listed("x", promise(1)))
		if err := s.CarryOut(ctx, top, p, Carrying{Subject: "import/1"}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("without a reason: %v", err)
		}
		if err := s.CarryOut(ctx, s.staff("lxreviewer"), p, Carrying{Reason: "更新"}); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("by a district: %v", err)
		}
		failed := errors.New("the last thing fails")
		err := s.CarryOut(ctx, top, p, Carrying{Subject: "import/1", Reason: "更新", Also: func(tx *db.Tx) { tx.Fail(failed) }})
		if _, missing := s.Item(ctx, fresh); !errors.Is(err, failed) || !errors.Is(missing, ErrNoItem) {
			t.Errorf("half imported: %v, %v", err, missing)
		}
		s.must(s.CarryOut(ctx, top, p, Carrying{Subject: "import/1", Reason: "更新"}))
		for code, days := range map[string]int{code: 6, fresh: 8} {
			if _, v, err := s.Guide(ctx, code); err != nil || v.Guide.Limits.Promised.Days != days || v.Reason != "更新" || v.TemplateID == 0 {
				t.Errorf("%s: %v %+v", code, err, v)
			}
		}
		if err := s.CarryOut(ctx, top, p, Carrying{Subject: "import/1", Reason: "更新"}); !errors.Is(err, ErrPlanOld) {
			t.Errorf("a second time: %v", err)
		}
		again := s.planned(top, PlanPublish, listed(code, promise(6)), listed(fresh, promise(8)))
		if again.Count(PlanSame) != 2 {
			t.Errorf("%+v", again.Rows)
		}
	})
}

func TestCarryOutDrafts(t *testing.T) {
	onBench(t, func(t *testing.T, s *shelf, code string) {
		ctx, lx := t.Context(), s.staff("lxsteward")
		p := s.planned(lx, PlanDrafts, listed(code, promise(6)))
		s.must(s.CarryOut(ctx, lx, p, Carrying{Subject: "import/1", Reason: "提速"}))
		if _, v, err := s.Guide(ctx, code); err != nil || v.No != 1 {
			t.Errorf("a draft was published: %v %v", v, err)
		}
		drafts, err := s.Drafts(ctx, lx)
		s.must(err)
		if len(drafts) != 1 {
			t.Fatalf("%+v", drafts)
		}
		d, err := s.Draft(ctx, lx, drafts[0].ID)
		s.must(err)
		if d.Guide.Limits.Promised.Days != 6 || d.State != Drafting || d.ItemID == 0 {
			t.Errorf("%+v", d)
		}
		d = s.move(d, "lxsteward", DraftHandIn, DraftInput{Note: "提速"})
		d = s.move(d, "wxreviewer", DraftPass, DraftInput{})
		s.move(d, "wxreviewer", DraftPublish, DraftInput{})
		if _, v, err := s.Guide(ctx, code); err != nil || v.No != 2 || v.Guide.Limits.Promised.Days != 6 {
			t.Errorf("%+v %v", v, err)
		}
		s.must(errOf(s.Revise(ctx, lx, d.ItemID, nil)))
		if p := s.planned(lx, PlanDrafts, listed(code, promise(5))); p.Rows[0].State != PlanRefused {
			t.Errorf("with an open draft: %+v", p.Rows[0])
		}
		if p := s.planned(s.staff("wxreviewer"), PlanPublish, listed(code, promise(5))); p.Rows[0].State != PlanChanged {
			t.Errorf("publishing past a draft, which then has to be begun anew: %+v", p.Rows[0])
		}
	})
}

func errOf[T any](_ T, err error) error { return err }
