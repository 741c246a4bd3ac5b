package channel

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
)

// guide passes every check of the catalogue.
func guide(name string) catalog.Guide {
	return catalog.Guide{
		Basics:     catalog.Basics{Name: name, Type: "20", CaseType: "promised", Audience: []string{"1"}, Topics: []string{"life"}, Level: "4", Depth: 4, Mode: "online", Summary: name + "的说明"},
		Department: catalog.Department{Nature: "1"}, Windows: []catalog.Window{{Name: "A01", Address: "演示路1号", Hours: "工作日", Phone: "0510-00000001"}}, Conditions: []catalog.Condition{{Text: "符合条件"}},
		Steps: []catalog.Step{{Key: "receive", Name: "收件", Kind: catalog.StepReceive, Role: "window-clerk"}, {Key: "review", Name: "审查", Kind: catalog.StepReview, Role: "reviewer", Stage: 1},
			{Key: "decide", Name: "决定", Kind: catalog.StepDecide, Role: "decider", Stage: 2}},
		Limits:  catalog.Limits{Statutory: catalog.Limit{Unit: "none"}, Promised: catalog.Limit{Days: 10, Unit: "workday"}, Mark: "C"},
		Results: []catalog.Result{{Name: "告知书", Kind: "other", Delivery: []string{catalog.Electronic}}},
		Basis:   []catalog.Basis{{Law: "演示条例", Article: "第一条", Mark: "C"}}, Questions: []catalog.Question{{Q: "问", A: "答"}}, Contacts: catalog.Contacts{Consult: "0510-00000001", Complaint: "12345"},
		Rights: []string{"知情"}, Duties: []string{"如实"}, Remedies: catalog.Remedies{Reconsideration: "复议", Litigation: "诉讼"},
		Form:    []byte(`{"type":"object","title":"申请表","x-steps":[{"key":"a","title":"一","fields":["name"]}],"properties":{"name":{"type":"string","title":"名称","maxLength":50}}}`),
		Privacy: catalog.Privacy{Purpose: "办理", Data: []string{"姓名"}, Retention: "十年"},
	}
}

// town adds departments, a hall of the fund's own and lists: two of the district
// received at its centre, one of the traffic police received at their own hall.
type town struct {
	*fixture
	code map[string]string
}

func inTown(t *testing.T, test func(t *testing.T, f *town)) {
	t.Helper()
	each(t, func(t *testing.T, f *fixture) {
		ctx := t.Context()
		refs, err := f.Identity.Import(ctx, actor.Platform(), identity.Batch{Units: []identity.UnitInput{
			{Key: "lx-spj", Name: "梁溪区行政审批局", USCC: "11320213XX0000406U", Kind: "department", Parent: "lx", Division: "320213000000", Level: "4"},
			{Key: "lx-jj", Name: "梁溪交警大队", USCC: "11320213XX0000465Y", Kind: "department", Parent: "lx", Division: "320213000000", Level: "4"},
			{Key: "lx-che", Name: "梁溪区政务服务中心车管分中心", Kind: "centre", Parent: "lx", Division: "320213000000", Level: "4"},
		}})
		if err != nil {
			t.Fatal(err)
		}
		for k, id := range refs.Units {
			f.unit[k] = id
		}
		f.dir = must[*identity.Directory](t)(f.Identity.Directory(ctx))
		c := &town{f, map[string]string{}}
		for i, x := range []struct{ key, name, unit, recv string }{{"card", "社保卡申领", "lx-spj", "lx-zx"}, {"shop", "开办小店", "lx-spj", "lx-zx"}, {"car", "车辆登记", "lx-jj", "lx-jj"}} {
			d := catalog.Def{BasicCode: "3220990" + strconv.Itoa(10+i) + "000", Guide: guide(x.name), OfferedBy: []catalog.Offerer{{Unit: x.unit, Receiving: x.recv}}}
			if ps, err := f.Catalog.Import(ctx, actor.Platform(), d, form.Elements{}); err != nil {
				t.Fatal(err, ps)
			}
			u, _ := f.dir.UnitByKey(x.unit)
			c.code[x.key] = u.USCC + "4" + d.BasicCode
		}
		test(t, c)
	})
}

func (f *town) staff(role actor.Role, unit string) actor.Actor {
	return actor.Actor{Kind: actor.Staff, ID: 901, Name: "汪婷婷", Unit: f.unit[unit], Grants: []actor.Grant{{Role: role, Path: f.dir.Path(f.unit[unit])}}}
}

func (f *town) item(key string) *catalog.Item {
	f.t.Helper()
	it, ok := must[*catalog.Index](f.t)(f.Catalog.Index(f.t.Context())).Item(f.code[key])
	if !ok {
		f.t.Fatalf("no list %s", key)
	}
	return it
}

func (f *town) carBranch() BranchInput {
	return BranchInput{Centre: "lx-che", Main: "lx-zx", Name: "车管", Reason: Room, Detail: "大厅没有验车场地", Basis: "梁政办函〔2024〕1号（演示）", Departments: []string{"lx-jj"}, From: "2024-05-01"}
}

// fields gives the paths of an error's fields.
func fields(err error) (out []string) {
	for _, f := range errs.Of(err).Fields {
		out = append(out, f.Path)
	}
	return out
}

// TestLacking: which windows 第二十条 asks for, by level.
func TestLacking(t *testing.T) {
	w := func(kinds ...WindowKind) (out []Window) {
		for _, k := range kinds {
			out = append(out, Window{Kind: k})
		}
		return out
	}
	for _, tt := range []struct {
		level  string
		branch bool
		have   []Window
		want   []WindowKind
	}{
		{"3", false, w(Consult, Comprehensive, Output, Assist, Unresolved), nil},
		{"4", false, w(Comprehensive, Special), []WindowKind{Consult, Output, Assist, Unresolved}},
		{"4", false, nil, []WindowKind{Consult, Comprehensive, Output, Assist, Unresolved}},
		{"4", true, w(Special), []WindowKind{Output}}, {"4", true, w(Special, Output), nil}, {"4", true, w(Assist), []WindowKind{Comprehensive, Output}},
		{"5", false, w(Assist, Bank), []WindowKind{Comprehensive}}, {"6", false, w(Comprehensive), nil}, {"2", false, nil, nil},
	} {
		if got := lacking(identity.Unit{Level: tt.level}, tt.branch, tt.have); !slices.Equal(got, tt.want) {
			t.Errorf("level %s (branch %v) with %v lacks %v, want %v", tt.level, tt.branch, tt.have, got, tt.want)
		}
	}
}

// TestReceiving: who names a matter takes it, else the comprehensive windows do.
func TestReceiving(t *testing.T) {
	fund := Window{No: "B01", Kind: Special, Items: []string{"fund"}}
	field, all := Window{No: "B02", Kind: Special}, Window{No: "A01", Kind: Comprehensive}
	bank, ask := Window{No: "K01", Kind: Bank, Items: []string{"fund", "card"}}, Window{No: "C01", Kind: Consult}
	for _, tt := range []struct {
		windows []Window
		code    string
		want    string
	}{
		{[]Window{all, fund, field, ask, bank}, "fund", "B01 K01"}, {[]Window{all, fund, field, ask, bank}, "card", "A01 K01"}, {[]Window{all, fund, field, ask, bank}, "shop", "A01"},
		{[]Window{fund, field}, "shop", "B02"}, {[]Window{fund, ask}, "shop", ""}, {nil, "shop", ""},
	} {
		var got []string
		for _, w := range receiving(tt.windows, tt.code) {
			got = append(got, w.No)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s at %v: %v, want %s", tt.code, tt.windows, got, tt.want)
		}
	}
}

func TestBranch(t *testing.T) {
	inTown(t, func(t *testing.T, f *town) {
		ctx, keeper := t.Context(), f.staff(actor.ItemSteward, "lx")
		title := func() string {
			u, _ := f.dir.Unit(f.unit["lx-che"])
			return must[*Places](t)(f.Places(ctx)).Title(f.dir, u, f.Day())
		}
		for field, change := range map[string]func(*BranchInput){
			"centre": func(in *BranchInput) { in.Centre = "lx-jj" }, "main": func(in *BranchInput) { in.Main = "wx-zx" }, "name": func(in *BranchInput) { in.Name = "分中心" },
			"reason": func(in *BranchInput) { in.Reason = "cheap" }, "detail": func(in *BranchInput) { in.Reason, in.Detail = Other, " " }, "basis": func(in *BranchInput) { in.Basis = "" },
			"departments": func(in *BranchInput) { in.Departments = []string{"lx-zx"} }, "from": func(in *BranchInput) { in.From = "明天" },
		} {
			in := f.carBranch()
			change(&in)
			if _, err := f.SetBranch(ctx, f.staff(actor.ItemSteward, "wx"), in); !slices.Equal(fields(err), []string{field}) {
				t.Errorf("%s: %v", field, err)
			}
		}
		_, err := f.SetBranch(ctx, f.staff(actor.ItemSteward, "lx-che"), f.carBranch())
		is(t, err, identity.ErrForbidden) // not of the main centre
		_, err = f.SetBranch(ctx, f.staff(actor.WindowClerk, "lx"), f.carBranch())
		is(t, err, identity.ErrForbidden)

		later := f.carBranch()
		later.From = "2026-03-03"
		b := must[Branch](t)(f.SetBranch(ctx, keeper, later))
		if again := must[Branch](t)(f.SetBranch(ctx, keeper, later)); again.ID != b.ID {
			t.Error("set twice")
		}
		if title() != "梁溪区政务服务中心车管分中心" { // its own name until then
			t.Error(title())
		}
		if p := must[*Places](t)(f.Places(ctx)); len(p.Branches(f.unit["lx-zx"], "2026-03-02")) != 0 || len(p.Branches(f.unit["lx-zx"], "2026-03-03")) != 1 {
			t.Error("it holds on the wrong day")
		}
		_, err = f.SetBranch(ctx, keeper, f.carBranch())
		is(t, err, ErrHasBranch)
		nested := f.carBranch()
		nested.Centre, nested.Main = "lx-zx", "lx-che"
		if _, err := f.SetBranch(ctx, keeper, nested); !slices.Equal(fields(err), []string{"main"}) && !slices.Equal(fields(err), []string{"centre"}) {
			t.Errorf("a branch of a branch: %v", err)
		}

		f.clk.Set(f.clk.Now().Add(48 * time.Hour))
		for name, x := range map[string]struct{ until, why string }{"too early": {"2026-03-01", "合并"}, "too late": {"2026-12-01", "合并"}, "no reason": {"2026-03-04", ""}} {
			if err := f.EndBranch(ctx, keeper, b.ID, x.until, x.why); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		is(t, f.EndBranch(ctx, f.staff(actor.ItemSteward, "lx-che"), b.ID, "2026-03-04", "合并"), identity.ErrForbidden)
		if err := f.EndBranch(ctx, keeper, b.ID, "2026-03-04", "新大厅启用"); err != nil {
			t.Fatal(err)
		}
		is(t, f.EndBranch(ctx, keeper, b.ID, "2026-03-04", "新大厅启用"), ErrEnded)
		is(t, f.EndBranch(ctx, keeper, 1, "2026-03-04", "x"), ErrNoBranch)
		h := must[[]Branch](t)(f.branchHistory(ctx, f.unit["lx-che"]))
		if len(h) != 1 || h[0].Until != "2026-03-04" || h[0].EndWhy != "新大厅启用" || !slices.Equal(h[0].Departments, []int64{f.unit["lx-jj"]}) || h[0].EndedBy != "汪婷婷" {
			t.Errorf("history %+v", h)
		}
		log := must[[]audit.Entry](t)(audit.Entries(f.DB.Read(ctx), centreSubject(f.unit["lx-che"]), 0, 20))
		var done []string
		for _, e := range log {
			if e.Act == string(identity.CentreManage) && strings.HasPrefix(e.Outcome, "branch") {
				done = append(done, e.Outcome)
			}
		}
		if !slices.Equal(done, []string{"branch", "branch-ended"}) {
			t.Errorf("audit %v", done)
		}
	})
}

// TestPlacement: what follows from a list, what is entered, what leaves, and the figures.
func TestPlacement(t *testing.T) {
	inTown(t, func(t *testing.T, f *town) {
		ctx, keeper := t.Context(), f.staff(actor.ItemSteward, "lx")
		rate := func() (int, Figures) {
			t.Helper()
			r := must[*Report](t)(f.Report(ctx, f.staff(actor.Supervisor, "lx"), ReportFilter{}))
			return r.Total.Rate(), r.Total
		}
		if n, x := rate(); n != 666 || x.Lists != 3 || x.Of[InCentre] != 2 || x.Of[None] != 1 {
			t.Errorf("at first %d %+v", n, x)
		}
		place := func(in PlacementInput) (Placement, error) { return f.Place(ctx, keeper, in) }
		car := f.code["car"]
		for name, tt := range map[string]struct {
			in   PlacementInput
			want string
		}{
			"no list": {PlacementInput{Item: "x", Centre: "lx-zx", Kind: InCentre}, "item"}, "no kind": {PlacementInput{Item: car}, "kind"}, "made kind": {PlacementInput{Item: car, Kind: None}, "kind"},
			"no centre": {PlacementInput{Item: car, Kind: InCentre}, "centre"}, "an office": {PlacementInput{Item: car, Kind: InCentre, Centre: "lx-jj"}, "centre"},
			"no branch": {PlacementInput{Item: car, Kind: InBranch, Centre: "lx-che"}, "centre"}, "outside at a centre": {PlacementInput{Item: car, Kind: Out, Reason: Room, Centre: "lx-zx"}, "centre"},
			"no reason": {PlacementInput{Item: car, Kind: Out}, "reason"}, "other": {PlacementInput{Item: car, Kind: Out, Reason: Other}, "detail"}, "day": {PlacementInput{Item: car, Kind: Out, Reason: Room, From: "x"}, "from"},
		} {
			if _, err := place(tt.in); !slices.Equal(fields(err), []string{tt.want}) {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err := place(PlacementInput{Item: f.code["card"], Kind: Out, Reason: Room})
		is(t, err, ErrEntered) // the list says that the centre receives
		_, err = f.Place(ctx, f.staff(actor.ItemSteward, "lx-spj"), PlacementInput{Item: car, Kind: Out, Reason: Room})
		is(t, err, identity.ErrForbidden) // neither the list's nor a centre's
		_, err = f.Place(ctx, f.staff(actor.Supervisor, "lx"), PlacementInput{Item: car, Kind: Out, Reason: Room})
		is(t, err, identity.ErrForbidden)

		out := PlacementInput{Item: car, Kind: Out, Reason: Secret, Detail: "内部事由", From: "2026-01-05"}
		x := must[Placement](t)(place(out))
		if again := must[Placement](t)(place(out)); again.ID != x.ID || x.PublicDetail() != "" {
			t.Errorf("entered twice, or a secret told: %+v", again)
		}
		if n, g := rate(); n != 666 || g.Of[Out] != 1 || g.Of[None] != 0 {
			t.Errorf("with a reason %d %+v", n, g)
		}
		must[Branch](t)(f.SetBranch(ctx, keeper, f.carBranch()))
		if _, err := place(PlacementInput{Item: car, Kind: InCentre, Centre: "lx-che"}); !slices.Equal(fields(err), []string{"kind"}) {
			t.Errorf("a branch taken for a centre: %v", err)
		}
		// Who keeps the centre alone may enter a list there.
		in := must[Placement](t)(f.Place(ctx, f.staff(actor.ItemSteward, "lx-che"), PlacementInput{Item: car, Kind: InBranch, Centre: "lx-che"}))
		if n, g := rate(); n != 1000 || g.Of[InBranch] != 1 {
			t.Errorf("entered %d %+v", n, g)
		}
		_, err = place(out)
		is(t, err, ErrEntered)
		r := must[[]Reception](t)(f.Receptions(ctx, f.item("car")))
		if len(r) != 1 || r[0].Title != "梁溪区政务服务中心车管分中心" || r[0].Kind != InBranch {
			t.Errorf("received at %+v", r)
		}
		rec := must[*ItemPlacements](t)(f.Placements(ctx, keeper, car))
		if rec.Stands != InBranch || !rec.May || len(rec.Now) != 1 || len(rec.History) != 2 || rec.History[1].EndWhy != "已进驻" || rec.History[1].Until != "2026-03-02" {
			t.Errorf("on record %+v", rec)
		}
		if own := must[*ItemPlacements](t)(f.Placements(ctx, keeper, f.code["card"])); own.Stands != InCentre || len(own.Now) != 1 || !own.Now[0].Derived() {
			t.Errorf("what follows from the list %+v", own)
		}
		_, err = f.Placements(ctx, f.staff(actor.WindowClerk, "lx"), car)
		is(t, err, identity.ErrForbidden)

		is(t, f.Leave(ctx, f.staff(actor.ItemSteward, "lx-spj"), in.ID, "", "撤出"), identity.ErrForbidden)
		if err := f.Leave(ctx, keeper, in.ID, "", " "); !slices.Equal(fields(err), []string{"reason"}) {
			t.Errorf("left without a reason: %v", err)
		}
		if err := f.Leave(ctx, keeper, in.ID, "", "分中心搬迁"); err != nil {
			t.Fatal(err)
		}
		is(t, f.Leave(ctx, keeper, in.ID, "", "分中心搬迁"), ErrEnded)
		is(t, f.Leave(ctx, keeper, 7, "", "x"), ErrNoPlacement)
		if n, g := rate(); n != 666 || g.Of[None] != 1 {
			t.Errorf("after leaving %d %+v", n, g)
		}
		var done []string
		for _, e := range must[[]audit.Entry](t)(audit.Entries(f.DB.Read(ctx), "item/"+car, 0, 50)) {
			if e.Act == string(identity.PlacementManage) && e.Outcome != "refused" {
				done = append(done, e.Outcome)
				if strings.Contains(e.Detail["reason"]+e.Detail["why"], "内部") {
					t.Error("the secret's words are in the log")
				}
			}
		}
		if !slices.Contains(done, "out") || !slices.Contains(done, "branch") || !slices.Contains(done, "left") {
			t.Errorf("audit %v", done)
		}
	})
}

func TestReport(t *testing.T) {
	inTown(t, func(t *testing.T, f *town) {
		ctx := t.Context()
		w := Window{Key: "lx-a01", Centre: "lx-zx", Name: "综合窗口", No: "A01", Kind: Comprehensive, Hours: "周一", Address: "路"}
		ask := w
		ask.Key, ask.No, ask.Kind = "lx-c01", "C01", Consult
		if err := f.ImportWindows(ctx, actor.Platform(), []Window{w, ask}); err != nil {
			t.Fatal(err)
		}
		must[Branch](t)(f.SetBranch(ctx, actor.Platform(), f.carBranch()))
		r := must[*Report](t)(f.Report(ctx, f.staff(actor.Supervisor, "lx"), ReportFilter{}))
		if len(r.Districts) != 1 || r.Districts[0].Wrong != 3 || len(r.Districts[0].Centres) != 3 {
			t.Fatalf("%+v", r.Districts)
		}
		by := map[string]CentreCheck{}
		for _, c := range r.Districts[0].Centres {
			by[c.Centre.Key] = c
		}
		if c := by["lx-zx"]; !slices.Equal(c.Lacks, []WindowKind{Output, Assist, Unresolved}) || c.Items != 2 || c.Own.Rate() != 666 || c.Hall != "" {
			t.Errorf("main centre %+v", c)
		}
		if c := by["lx-che"]; c.Branch == nil || !slices.Equal(c.Lacks, []WindowKind{Comprehensive, Output}) || c.Own.Lists != 0 {
			t.Errorf("branch %+v", c)
		}
		if c := by["cas"]; !slices.Equal(c.Lacks, []WindowKind{Comprehensive}) {
			t.Errorf("town %+v", c)
		}
		if len(r.Units) != 2 || r.Units[0].Unit.Key != "lx-jj" || r.Units[0].Rate() != 0 || r.Units[1].Rate() != 1000 {
			t.Errorf("departments %+v", r.Units)
		}
		if all := must[*Report](t)(f.PublicReport(ctx)); len(all.Districts) != 2 {
			t.Errorf("of all %+v", all.Districts)
		}
		_, err := f.Report(ctx, f.staff(actor.WindowClerk, "lx"), ReportFilter{})
		is(t, err, identity.ErrForbidden)
		warned := must[[]string](t)(f.Warnings(ctx))
		for _, want := range []string{"梁溪区：梁溪区政务服务中心、梁溪区政务服务中心车管分中心缺少统一出件窗口", "崇安寺街道便民服务中心", "1个实施清单没有进驻服务中心"} {
			if !strings.Contains(strings.Join(warned, "\n"), want) {
				t.Errorf("no warning %q in %q", want, warned)
			}
		}

		var got []string
		for cursor, n := "", 0; n == 0 || cursor != ""; n++ {
			list, next, total, err := f.Lists(ctx, f.staff(actor.Supervisor, "lx"), ReportFilter{Unit: f.unit["lx"]}, "", cursor, 2)
			if err != nil || total != 3 || n > 2 {
				t.Fatal(total, n, err)
			}
			for _, x := range list {
				got = append(got, x.Name+" "+string(x.Stands))
			}
			cursor = next
		}
		if strings.Join(got, ",") != "开办小店 centre,社保卡申领 centre,车辆登记 none" {
			t.Errorf("lists %v", got)
		}
		if list, _, n, err := f.PublicLists(ctx, ReportFilter{Kind: None}, "车辆", "", 9); err != nil || n != 1 || list[0].Code != f.code["car"] {
			t.Errorf("without a reason %+v %v", list, err)
		}
		_, _, _, err = f.PublicLists(ctx, ReportFilter{Kind: "x"}, "", "", 9)
		is(t, err, ErrFilter)
		if _, _, _, err := f.PublicLists(ctx, ReportFilter{}, "", "x", 9); errs.KindOf(err) != errs.Malformed {
			t.Error(err)
		}
		items, _, n, err := f.ItemsAt(ctx, f.unit["lx-zx"], "社保", "", 9)
		if err != nil || n != 1 || items[0].Name != "社保卡申领" {
			t.Errorf("at the centre %+v %v", items, err)
		}
		_, _, _, err = f.ItemsAt(ctx, f.unit["lx"], "", "", 9)
		is(t, err, ErrNoCentre)
	})
}

// TestImportPlaces: files of an import folder, twice.
func TestImportPlaces(t *testing.T) {
	inTown(t, func(t *testing.T, f *town) {
		ctx := t.Context()
		rows := []PlacementInput{{Item: f.code["car"], Centre: "lx-che", Kind: InBranch, From: "2024-05-01"}}
		if err := f.ImportPlacements(ctx, actor.Platform(), rows); !slices.Equal(fields(err), []string{"placements/" + f.code["car"] + "/centre"}) {
			t.Errorf("before the branch: %v", err)
		}
		for range 2 {
			if err := errors.Join(f.ImportBranches(ctx, actor.Platform(), []BranchInput{f.carBranch()}), f.ImportPlacements(ctx, actor.Platform(), rows)); err != nil {
				t.Fatal(err)
			}
		}
		if rec := must[*ItemPlacements](t)(f.Placements(ctx, actor.Platform(), f.code["car"])); len(rec.History) != 1 || rec.History[0].From != "2024-05-01" {
			t.Errorf("%+v", rec)
		}
		bad := f.carBranch()
		bad.Basis = ""
		if err := f.ImportBranches(ctx, actor.Platform(), []BranchInput{bad}); !slices.Equal(fields(err), []string{"branches/lx-che/basis"}) {
			t.Errorf("%v", err)
		}
		is(t, f.ImportPlacements(ctx, f.staff(actor.WindowClerk, "lx"), rows), identity.ErrForbidden)
	})
}
