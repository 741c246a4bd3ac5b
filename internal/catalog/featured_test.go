package catalog

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/jobs"
	"github.com/tongban/tongban/internal/rule"
)

// featuring is a shelf whose city has a reviewer at the top, windows for
// assistance, and a runner of jobs.
type featuring struct {
	*shelf
	jobs   *jobs.Runner
	assist map[int64]int
	banks  map[int64]map[string]int
}

func onFeatures(t *testing.T, test func(t *testing.T, s *featuring)) {
	t.Helper()
	onShelf(t, func(t *testing.T, s *shelf) {
		f := &featuring{shelf: s, assist: map[int64]int{}}
		refs, err := s.ids.Import(t.Context(), actor.Platform(), identity.Batch{Demo: true, Password: "Demo-2026!", Staff: []identity.StaffInput{
			{Login: "topreviewer", Name: "孙总审", Unit: "wx", Roles: []identity.RoleInput{{Role: actor.ItemReviewer}}}}})
		s.must(err)
		s.refs.Staff["topreviewer"] = refs.Staff["topreviewer"]
		s.Service = New(Config{DB: s.d, Identity: s.ids, Assist: func(db.Queryer) (map[int64]int, error) { return f.assist, nil },
			Banks: func(db.Queryer) (map[int64]map[string]int, error) { return f.banks, nil }})
		f.jobs = jobs.New(s.d, jobs.Options{Sealer: jobs.Unsealed{}})
		f.Handlers(f.jobs)
		test(t, f)
	})
}

// in gives the featured lists of a list, from memory and from the database.
func (s *featuring) in(code string) string {
	s.t.Helper()
	it, err := s.Item(s.t.Context(), code)
	s.must(err)
	var stored string
	s.must(s.d.Read(s.t.Context()).QueryRow(`SELECT featured FROM item WHERE code = $1`, code).Scan(&stored))
	if got := strings.Join(it.Featured, " "); got != stored {
		s.t.Errorf("%s: %q in memory, %q stored", code, got, stored)
	}
	return stored
}

// history gives the moves of a list in one featured list, oldest first, as
// "+rule" and "-state".
func (s *featuring) history(code, key string) string {
	s.t.Helper()
	it, err := s.Item(s.t.Context(), code)
	s.must(err)
	moves, err := s.MovesOfItem(s.t.Context(), it.ID)
	s.must(err)
	var out []string
	for _, m := range slices.Backward(moves) {
		if m.List == key {
			out = append(out, map[bool]string{true: "+", false: "-"}[m.Joined]+m.Cause)
		}
	}
	return strings.Join(out, " ")
}

func (s *featuring) drain() {
	s.t.Helper()
	_, err := s.jobs.Drain(s.t.Context())
	s.must(err)
}

// TestFeatures: the nine lists of 第九条, each whole, each rule sound.
func TestFeatures(t *testing.T) {
	all := Features()
	names := "全域通办 马上办 就近办 网上办 掌上办 免证办 智能秒办、秒批 帮办代办 政银合作"
	var got []string
	seen := map[string]bool{}
	for _, f := range all {
		got = append(got, f.Name)
		if f.Key == "" || seen[f.Key] || f.NameEN == "" || f.Short == "" || f.ShortEN == "" || f.Means == "" || f.MeansEN == "" || f.Words == "" || f.WordsEN == "" || (f.Note == "") != (f.NoteEN == "") {
			t.Errorf("%+v", f)
		}
		seen[f.Key] = true
		if _, err := rule.Compile(f.Rule, FeatureAttributes()); err != nil {
			t.Errorf("%s: %v", f.Key, err)
		}
	}
	if strings.Join(got, " ") != names {
		t.Errorf("%v", got)
	}
	for _, a := range FeatureAttributes() {
		if _, err := rule.Compile(a.Key+" == "+a.Key, FeatureAttributes()); err != nil || a.ZH == "" || a.EN == "" {
			t.Errorf("%s: %v", a.Key, err)
		}
	}
}

// TestStand: the built-in rule of each list, at its edge, with nothing left
// unanswered.
func TestStand(t *testing.T) {
	base := Item{Code: "L", BasicCode: "B", State: InUse, Level: "4", CaseType: "promised", Facts: Facts{Mode: "window", Visits: 2, Scope: "4"}}
	add := []choice{{7, "B", ChoiceAdd}}
	for name, x := range map[string]struct {
		spoil   func(it *Item)
		around  surroundings
		choices []choice
		want    string
	}{
		"nothing":           {func(it *Item) {}, surroundings{}, nil, ""},
		"city":              {func(it *Item) { it.Facts.Scope = "3" }, surroundings{}, nil, "citywide"},
		"instant":           {func(it *Item) { it.CaseType, it.Facts.Visits = "instant", 1 }, surroundings{}, nil, "instant"},
		"instant, twice":    {func(it *Item) { it.CaseType = "instant" }, surroundings{}, nil, ""},
		"town":              {func(it *Item) { it.Level = "5" }, surroundings{places: 2}, nil, "nearby"},
		"the only town":     {func(it *Item) { it.Level = "6" }, surroundings{places: 1}, nil, ""},
		"district of towns": {func(it *Item) {}, surroundings{places: 9}, nil, ""},
		"online":            {func(it *Item) { it.Facts = Facts{Mode: "online", Depth: 4} }, surroundings{}, nil, "online"},
		"phone":             {func(it *Item) { it.Facts = Facts{Mode: "online", Depth: 4, Photo: true, Electronic: true} }, surroundings{}, nil, "online mobile"},
		"phone, too much":   {func(it *Item) { it.Facts = Facts{Mode: "online", Depth: 4, Photo: true, Electronic: true, ByHand: 3} }, surroundings{}, nil, "online"},
		"certificates":      {func(it *Item) { it.Facts.Certificates = 2 }, surroundings{}, nil, "no-certificate"},
		"one by hand":       {func(it *Item) { it.Facts.Certificates, it.Facts.CertificatesByHand = 2, 1 }, surroundings{}, nil, ""},
		"auto":              {func(it *Item) { it.Facts = Facts{Mode: "online", Auto: 1, Visits: 1} }, surroundings{}, nil, "auto"},
		"help":              {func(it *Item) { it.Facts.Agent = true }, surroundings{assist: 1}, nil, "assist"},
		"help, no window":   {func(it *Item) { it.Facts.Agent = true }, surroundings{}, nil, ""},
		"bank":              {func(it *Item) {}, surroundings{banks: 1}, nil, "bank"},
		"added":             {func(it *Item) {}, surroundings{}, add, "citywide instant nearby online mobile no-certificate auto assist bank"},
		"added and paused":  {func(it *Item) { it.State = Paused }, surroundings{banks: 1}, add, ""},
		"excluded itself":   {func(it *Item) { it.Facts.Scope = "3" }, surroundings{}, append(add, choice{8, "L", ChoiceExclude}), ""},
		"excluded":          {func(it *Item) { it.Facts.Scope = "3" }, surroundings{}, []choice{{8, "B", ChoiceExclude}}, ""},
		"another's choice":  {func(it *Item) {}, surroundings{}, []choice{{8, "C", ChoiceAdd}}, ""},
	} {
		it := base
		x.spoil(&it)
		var got []string
		for _, f := range features {
			r, err := rule.Compile(f.Rule, FeatureAttributes())
			if err != nil {
				t.Fatal(err)
			}
			st, err := stand(&it, valuesOf(&it, x.around), ruling{rule: r}, x.choices)
			if err != nil {
				t.Errorf("%s: %s: %v", name, f.Key, err)
			}
			if st.in {
				got = append(got, f.Key)
			}
		}
		if strings.Join(got, " ") != x.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestFacts(t *testing.T) {
	g := sound("x", "20")
	g.Materials = []Material{
		{Code: "m01", Necessity: "required", Source: "government", LicenceType: "id-card"},
		{Code: "m02", Necessity: "optional", Source: "government"},
		{Code: "m03", Necessity: "required", Source: "self", Formats: []string{"jpg", "docx"}},
	}
	g.Auto = []rule.Clause{{Key: "a"}, {Key: "b"}}
	if f := g.facts(); !f.Electronic || !f.Photo || f.Certificates != 2 || f.CertificatesByHand != 0 || f.Auto != 2 || f.ByHand != 1 {
		t.Errorf("%+v", f)
	}
	g.Materials[1].Necessity, g.Materials[2].Formats, g.Results[0].Delivery = "tolerant", []string{"docx"}, []string{Mail}
	if f := g.facts(); f.Electronic || f.Photo || f.CertificatesByHand != 1 || !f.Post {
		t.Errorf("%+v", f)
	}
	g.Materials[2].Formats, g.Materials[2].Media = nil, "paper"
	if f := g.facts(); f.Photo {
		t.Errorf("paper: %+v", f)
	}
}

// TestFeatured: an item joins and leaves with what is published, paused,
// cancelled, and with its neighbours.
func TestFeatured(t *testing.T) {
	onFeatures(t, func(t *testing.T, s *featuring) {
		ctx := t.Context()
		g := sound("老年人优待证办理", "20")
		g.Basics.Level = "5"
		d := def(99101, g, "lx")
		lx := s.publish(d)[0]
		if got := s.in(lx); got != "online mobile" {
			t.Errorf("the only town: %q", got)
		}
		d.OfferedBy = append(d.OfferedBy, Offerer{Unit: "bh", Receiving: "bh-zx"})
		bh := s.publish(d)[1]
		for _, code := range []string{lx, bh} { // the neighbour's list changes this one's
			if got := s.in(code); got != "nearby online mobile" {
				t.Errorf("two towns: %q", got)
			}
		}
		s.clk.Add(time.Hour)
		d.Guide.Basics.CaseType, d.Guide.Basics.Scope, d.Guide.Basics.Mode, d.Guide.Basics.Depth = "instant", "3", "window", 1
		d.Guide.Basics.Visits, d.Guide.Basics.VisitReason, d.Guide.Basics.ModeGround, d.Guide.Limits.Promised = 1, "核对原件", "演示条例第一条", Limit{Unit: "instant"}
		s.publish(d)
		if got := s.in(lx); got != "citywide instant nearby" {
			t.Errorf("another guide: %q", got)
		}
		moved := s.history(lx, "online")
		s.publish(d) // the same once more
		if moved != "+rule -rule" || s.history(lx, "online") != moved {
			t.Errorf("%q, then %q", moved, s.history(lx, "online"))
		}
		s.must(s.SetState(ctx, actor.Platform(), bh, Paused, "系统升级", ""))
		if s.in(bh) != "" || s.in(lx) != "citywide instant" {
			t.Errorf("paused: %q, its neighbour %q", s.in(bh), s.in(lx))
		}
		s.must(s.SetState(ctx, actor.Platform(), bh, InUse, "升级完成", ""))
		if s.in(bh) != "citywide instant nearby" || s.history(bh, "nearby") != "+rule -state +rule" {
			t.Errorf("resumed: %q %q", s.in(bh), s.history(bh, "nearby"))
		}
		s.must(s.SetState(ctx, actor.Platform(), lx, Cancelled, "法律依据废止", ""))
		if s.in(lx) != "" || s.history(lx, "instant") != "+rule -state" || s.in(bh) != "citywide instant" {
			t.Errorf("cancelled: %q %q", s.in(lx), s.history(lx, "instant"))
		}
		t.Run("on_its_day", func(t *testing.T) {
			d := def(99102, sound("以后生效", "20"), "lx")
			code := s.publish(d)[0]
			it, err := s.Item(ctx, code)
			s.must(err)
			dir, err := s.ids.Directory(ctx)
			s.must(err)
			unit, _ := dir.UnitByKey("lx")
			recv, _ := dir.UnitByKey("lx-zx")
			_, v, err := s.Guide(ctx, code)
			s.must(err)
			next := v.Guide
			next.Basics.Scope = "1"
			tm, err := s.Template(ctx, v.TemplateID)
			s.must(err)
			s.must(s.d.Write(ctx, "test", func(tx *db.Tx) error {
				_, err := s.Service.publish(tx, actor.Platform(), tm, list{next, unit, recv}, publication{from: "2099-01-01"})
				return err
			}))
			if got := s.in(it.Code); got != "online mobile" {
				t.Errorf("before its day: %q", got)
			}
			s.clk.Set(time.Date(2099, 1, 2, 3, 0, 0, 0, time.UTC))
			_, err = s.TakeEffect(ctx)
			s.must(err)
			if got := s.in(it.Code); got != "citywide online mobile" {
				t.Errorf("on its day: %q", got)
			}
		})
		t.Run("bank_outlet", func(t *testing.T) { // of the receiving centre, for this matter alone
			g := sound("银行网点能办", "20")
			code := s.publish(def(99103, g, "lx"))[0]
			it, err := s.Item(ctx, code)
			s.must(err)
			for _, x := range []struct {
				at    int64
				basic string
				want  string
			}{{it.ReceivingUnitID, it.BasicCode, "online mobile bank"}, {it.ReceivingUnitID, "322099104000", "online mobile"}, {it.UnitID, it.BasicCode, "online mobile"}} {
				s.banks = map[int64]map[string]int{x.at: {x.basic: 2}}
				_, err := s.SettleFeatured(ctx)
				s.must(err)
				if got := s.in(code); got != x.want {
					t.Errorf("%+v: %q", x, got)
				}
			}
			s.banks = nil
		})
		t.Run("at_once", func(t *testing.T) { // two acts upon neighbours see each other
			g := sound("同时恢复", "20")
			g.Basics.Level = "5"
			codes := s.publish(def(99106, g, "lx", "bh"))
			for range 5 {
				for _, code := range codes {
					s.must(s.SetState(ctx, actor.Platform(), code, Paused, "系统升级", ""))
				}
				var wg sync.WaitGroup
				for _, code := range codes {
					wg.Go(func() {
						if err := s.SetState(ctx, actor.Platform(), code, InUse, "升级完成", ""); err != nil {
							t.Error(err)
						}
					})
				}
				wg.Wait()
				if a, b := s.in(codes[0]), s.in(codes[1]); a != "nearby online mobile" || b != a {
					t.Fatalf("%q %q", a, b)
				}
			}
		})
		t.Run("an_act_that_fails", func(t *testing.T) {
			no := errors.New("no")
			err := s.d.Write(ctx, "test", func(tx *db.Tx) error {
				it, err := s.Item(ctx, bh)
				if err != nil {
					return err
				}
				tx.Queue(sqlSetState, it.ID, string(Paused), tx.NowMicros(), "x", "")
				change(tx, it.ID, bh, ChangePaused, it.VersionID)
				return no
			})
			if err != no || s.in(bh) != "citywide instant" {
				t.Errorf("%v %q", err, s.in(bh))
			}
		})
	})
}

func TestFeaturedRule(t *testing.T) {
	onFeatures(t, func(t *testing.T, s *featuring) {
		ctx, top := t.Context(), s.staff("topreviewer")
		var codes []string
		for i := range 2*settleBatch + 3 { // more than two batches
			g := sound(fmt.Sprintf("事项%02d", i), "20")
			if i%2 == 1 {
				g.Basics.CaseType, g.Limits.Promised = "instant", Limit{Unit: "instant"}
			}
			codes = append(codes, s.publish(def(98100+i, g, "lx"))[0])
		}
		narrow := `mode == "online" && visits == 0 && instant`
		trial, err := s.TryRule(ctx, "online", narrow)
		s.must(err)
		if len(trial.Leave) != settleBatch+2 || trial.Stay != settleBatch+1 || len(trial.Join) != 0 || trial.Failed != 0 {
			t.Errorf("dry run: %d leave, %d stay, %d join", len(trial.Leave), trial.Stay, len(trial.Join))
		}
		if s.in(codes[0]) != "online mobile" {
			t.Errorf("a dry run changed something: %q", s.in(codes[0]))
		}
		in := RuleInput{Rule: narrow, Words: "网上办，并且当场办结。", Reason: "试行更严的标准", No: 0}
		s.clk.Add(time.Minute)
		s.must(s.SetFeatureRule(ctx, top, "online", in))
		if f, err := s.FeatureOf(ctx, "online"); err != nil || f.Rule.No != 1 || f.Rule.Applied || f.Rule.Words != in.Words || f.Rule.By != "孙总审" {
			t.Errorf("%+v %v", f.Rule, err)
		}
		s.drain()
		if s.in(codes[0]) != "mobile" || s.in(codes[1]) != "instant online mobile" || s.history(codes[0], "online") != "+rule -rule" || s.history(codes[1], "online") != "+rule" {
			t.Errorf("%q %q", s.in(codes[0]), s.in(codes[1]))
		}
		f, err := s.FeatureOf(ctx, "online")
		s.must(err)
		if !f.Rule.Applied || f.Items != settleBatch+1 || f.Matters != settleBatch+1 {
			t.Errorf("%+v", f)
		}
		if again, err := s.TryRule(ctx, "online", narrow); err != nil || len(again.Leave)+len(again.Join) != 0 {
			t.Errorf("the trial and the change differ: %+v %v", again, err)
		}
		if n, err := s.SettleFeatured(ctx); err != nil || n != 0 {
			t.Errorf("settling again moved %d (%v)", n, err)
		}
		joined, left, err := s.MoveCounts(ctx, "online", s.clk.Now().Add(-time.Second))
		if err != nil || joined != 0 || left != settleBatch+2 {
			t.Errorf("%d joined, %d left, %v", joined, left, err)
		}
		var all []Move
		for at := (MoveCursor{}); ; {
			page, next, err := s.Moves(ctx, "online", at, 10)
			s.must(err)
			all = append(all, page...)
			if at = next; at == (MoveCursor{}) {
				break
			}
		}
		if len(all) != len(codes)+settleBatch+2 || all[0].Joined || all[0].RuleNo != 1 || all[0].Item.Name == "" || !all[len(all)-1].Joined || all[len(all)-1].RuleNo != 0 {
			t.Errorf("%d moves, the newest %+v", len(all), all[0])
		}
		rules, err := s.FeatureRules(ctx, "online")
		s.must(err)
		if len(rules) != 2 || rules[0].No != 1 || rules[1].No != 0 || rules[1].Rule == rules[0].Rule {
			t.Errorf("%+v", rules)
		}

		t.Run("refused", func(t *testing.T) {
			for name, x := range map[string]struct {
				in   RuleInput
				code string
			}{
				"unknown field": {RuleInput{"dept == 4", "x", "", "x", 1}, "rule-unknown"},
				"never ends":    {RuleInput{"[1, 2].all(x, x > 0)", "x", "", "x", 1}, "rule-loop"},
				"no words":      {RuleInput{"instant", " ", "", "x", 1}, "required"},
				"no reason":     {RuleInput{"instant", "x", "", "", 1}, "required"},
				"long reason":   {RuleInput{"instant", "x", "", strings.Repeat("长", 501), 1}, "max-length"},
			} {
				err := s.SetFeatureRule(ctx, top, "online", x.in)
				if e := errs.Of(err); e == nil || e.Kind != errs.Invalid || len(e.Fields) != 1 || e.Fields[0].Code != x.code {
					t.Errorf("%s: %v", name, err)
				}
			}
			if err := s.SetFeatureRule(ctx, top, "online", RuleInput{"instant", "x", "", "x", 0}); !errors.Is(err, ErrRuleChanged) {
				t.Errorf("over another's change: %v", err)
			}
			for _, who := range []string{"lxreviewer", "lxsteward", "clerk"} {
				if err := s.SetFeatureRule(ctx, s.staff(who), "online", RuleInput{"instant", "x", "", "x", 1}); errs.KindOf(err) != errs.Forbidden {
					t.Errorf("%s: %v", who, err)
				}
			}
			if err := s.SetFeatureRule(ctx, top, "nothing", in); !errors.Is(err, ErrNoFeature) {
				t.Error(err)
			}
			var mistake *rule.Error
			if _, err := s.TryRule(ctx, "online", "dept == 4"); !errors.As(err, &mistake) {
				t.Errorf("dry run of a mistake: %v", err)
			}
		})
		t.Run("audited", func(t *testing.T) {
			list, err := audit.Entries(s.d.Read(ctx), "featured/online", 0, 10)
			if err != nil || len(list) != 4 || list[0].Outcome != "rule" || list[0].Detail["reason"] != in.Reason || list[3].Outcome != "denied" {
				t.Errorf("%+v %v", list, err)
			}
		})
	})
}

func TestChoices(t *testing.T) {
	onFeatures(t, func(t *testing.T, s *featuring) {
		ctx, top := t.Context(), s.staff("topreviewer")
		d := def(99103, sound("社会保障卡申领", "20"), "lx", "bh")
		codes := s.publish(d)
		lx, bh := codes[0], codes[1]
		add := ChoiceInput{"bank", d.BasicCode, ChoiceAdd, "合作银行网点协同制卡、领卡"}
		s.must(s.Choose(ctx, top, add))
		s.must(s.Choose(ctx, top, add)) // once more
		if s.in(lx) != "online mobile bank" || s.in(bh) != "online mobile bank" || s.history(lx, "bank") != "+choice" {
			t.Errorf("added: %q %q", s.in(lx), s.in(bh))
		}
		if err := s.Choose(ctx, top, ChoiceInput{"bank", d.BasicCode, ChoiceExclude, "x"}); !errors.Is(err, ErrChosen) {
			t.Errorf("the opposite: %v", err)
		}
		s.must(s.Choose(ctx, s.staff("lxreviewer"), ChoiceInput{"bank", lx, ChoiceExclude, "本区网点尚未开通"})) // the unit's own reviewer
		if s.in(lx) != "online mobile" || s.in(bh) != "online mobile bank" || s.history(lx, "bank") != "+choice -choice" {
			t.Errorf("excluded: %q %q", s.in(lx), s.in(bh))
		}
		list, err := s.Choices(ctx, "bank")
		s.must(err)
		if len(list) != 2 || list[0].Subject != lx || list[0].By != "钱审核" || list[1].Reason != add.Reason {
			t.Fatalf("%+v", list)
		}
		if err := s.WithdrawChoice(ctx, s.staff("lxreviewer"), list[1].ID, "不再合作"); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("the city's choice by a district: %v", err)
		}
		if err := s.WithdrawChoice(ctx, top, list[1].ID, ""); errs.KindOf(err) != errs.Invalid {
			t.Errorf("no reason: %v", err)
		}
		s.must(s.WithdrawChoice(ctx, top, list[0].ID, "网点已经开通"))
		if s.in(lx) != "online mobile bank" {
			t.Errorf("back to the matter's choice: %q", s.in(lx))
		}
		s.must(s.WithdrawChoice(ctx, top, list[1].ID, "合作到期"))
		if s.in(lx)+s.in(bh) != "online mobileonline mobile" || s.history(bh, "bank") != "+choice -rule" {
			t.Errorf("withdrawn: %q %q", s.in(lx), s.history(bh, "bank"))
		}
		if err := s.WithdrawChoice(ctx, top, list[1].ID, "再一次"); !errors.Is(err, ErrNoChoice) {
			t.Errorf("twice: %v", err)
		}
		if err := s.WithdrawChoice(ctx, top, 12345, "没有"); !errors.Is(err, ErrNoChoice) {
			t.Errorf("none: %v", err)
		}
		if list, err = s.Choices(ctx, "bank"); err != nil || list[1].Withdrawn.IsZero() || list[1].EndReason != "合作到期" || list[1].EndedBy != "孙总审" {
			t.Errorf("%+v %v", list, err)
		}
		s.must(s.Choose(ctx, top, add)) // anew, after it was withdrawn
		moves, _, err := s.Moves(ctx, "bank", MoveCursor{}, 1)
		s.must(err)
		if len(moves) != 1 || moves[0].Kind != ChoiceAdd || moves[0].Reason != add.Reason {
			t.Errorf("%+v", moves)
		}
		for name, x := range map[string]struct {
			who string
			in  ChoiceInput
			at  string
		}{
			"no list of lists": {"topreviewer", ChoiceInput{"nothing", lx, ChoiceAdd, "x"}, "not-found"},
			"nothing":          {"topreviewer", ChoiceInput{"bank", "329999999999", ChoiceAdd, "x"}, "subject"},
			"no kind":          {"topreviewer", ChoiceInput{"bank", lx, "perhaps", "x"}, "kind"},
			"no reason":        {"topreviewer", ChoiceInput{"bank", lx, ChoiceAdd, " "}, "reason"},
			"another district": {"lxreviewer", ChoiceInput{"bank", bh, ChoiceAdd, "x"}, "forbidden"},
			"a whole matter":   {"lxreviewer", ChoiceInput{"bank", d.BasicCode, ChoiceAdd, "x"}, "forbidden"},
			"a steward":        {"lxsteward", ChoiceInput{"bank", lx, ChoiceAdd, "x"}, "forbidden"},
		} {
			e := errs.Of(s.Choose(ctx, s.staff(x.who), x.in))
			got := ""
			switch {
			case e == nil:
			case e.Kind == errs.Forbidden:
				got = "forbidden"
			case e.Kind == errs.NotFound:
				got = "not-found"
			case len(e.Fields) == 1:
				got = e.Fields[0].Path
			}
			if got != x.at {
				t.Errorf("%s: %v", name, e)
			}
		}
	})
}

func TestFeaturedMatters(t *testing.T) {
	onFeatures(t, func(t *testing.T, s *featuring) {
		ctx := t.Context()
		g := sound("失业登记", "20")
		g.Basics.Agent = true
		d := def(99104, g, "lx", "bh", "wx")
		s.publish(d)
		s.publish(def(99105, sound("就业登记", "20"), "bh"))
		if m, err := s.FeaturedMatters(ctx, "assist", FeaturedQuery{}); err != nil || len(m) != 0 {
			t.Errorf("no windows: %v %v", m, err)
		}
		s.assist[s.refs.Units["lx-zx"]], s.assist[s.refs.Units["wx-zx"]] = 1, 2
		moves, err := s.SettleFeatured(ctx) // windows are nobody's guide
		s.must(err)
		if moves != 2 {
			t.Errorf("%d moves", moves)
		}
		names := func(key string, q FeaturedQuery) (out []string) {
			all, err := s.FeaturedMatters(ctx, key, q)
			s.must(err)
			for _, m := range all {
				out = append(out, fmt.Sprint(m.Name, len(m.Places)))
			}
			return out
		}
		for name, x := range map[string]struct {
			key  string
			q    FeaturedQuery
			want string
		}{
			"all":      {"online", FeaturedQuery{}, "[失业登记3 就业登记1]"},
			"windows":  {"assist", FeaturedQuery{}, "[失业登记2]"},
			"liangxi":  {"online", FeaturedQuery{Division: "320213000000"}, "[失业登记2]"}, // its own and the city's
			"the city": {"online", FeaturedQuery{Division: "320200000000"}, "[失业登记3 就业登记1]"},
			"text":     {"online", FeaturedQuery{Text: "就业"}, "[就业登记1]"},
			"dept":     {"online", FeaturedQuery{Dept: "rsj"}, "[]"},
		} {
			if got := fmt.Sprint(names(x.key, x.q)); got != x.want {
				t.Errorf("%s: %s", name, got)
			}
		}
		all, err := s.FeaturedMatters(ctx, "online", FeaturedQuery{})
		s.must(err)
		if all[0].Places[0].Level != "4" || all[0].Places[0].Division != "320200000000" {
			t.Errorf("not from the city downwards: %+v", all[0].Places[0])
		}
		if _, err := s.FeaturedMatters(ctx, "nothing", FeaturedQuery{}); !errors.Is(err, ErrNoFeature) {
			t.Error(err)
		}
	})
}

// TestAuto: the rules of an instant decision are read against the form.
func TestAuto(t *testing.T) {
	f, err := form.Compile([]byte(formText), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	good := rule.Clause{Key: "id", Name: "持有居民身份证", Basis: "演示条例第一条", When: `"id-card" in licences && size(form.name) > 0 && !agent && applicant.age >= 18`}
	for name, x := range map[string]struct {
		spoil func(g *Guide)
		at    string
	}{
		"sound":         {func(g *Guide) {}, ""},
		"unknown field": {func(g *Guide) { g.Auto[0].When = `form.nothing == "x"` }, "auto/id/when"},
		"no basis":      {func(g *Guide) { g.Auto[0].Basis = "" }, "auto/id/basis"},
		"at the window": {func(g *Guide) { g.Basics.Mode = "window" }, "auto"},
	} {
		g := sound("x", "20")
		g.Auto = []rule.Clause{good}
		x.spoil(&g)
		ps := slices.DeleteFunc(Check(ident.DefaultProfile(), &g, f), func(p Problem) bool { return !strings.HasPrefix(p.Rule, "auto-") })
		if x.at == "" && len(ps) != 0 || x.at != "" && (len(ps) != 1 || ps[0].Path != x.at || !ps[0].Error) {
			t.Errorf("%s: %+v", name, ps)
		}
	}
	g := sound("x", "20")
	if d, err := g.Decision(f); d != nil || err != nil {
		t.Errorf("no rules: %v %v", d, err)
	}
}
