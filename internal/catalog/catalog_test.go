package catalog

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/sm"
)

var keys = sync.OnceValue(func() *sm.Keyring {
	dir, err := os.MkdirTemp("", "catalog-keys-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	ring, err := sm.LoadOrCreate(dir)
	if err != nil {
		panic(err)
	}
	return ring
})

// shelf is a catalogue of a small city.
type shelf struct {
	*Service
	t     *testing.T
	d     *db.DB
	clk   *dbtest.Clock
	ids   *identity.Service
	refs  identity.Refs
	units map[string]string // key → USCC
}

func onShelf(t *testing.T, test func(t *testing.T, s *shelf)) {
	t.Helper()
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		s := &shelf{t: t, d: d, clk: clk, units: map[string]string{}}
		s.ids = identity.New(identity.Config{DB: d, Vault: keys().Vault(), Now: clk.Now})
		store, err := files.New(t.Context(), files.Config{DB: d, Vault: keys().Vault(), URL: t.TempDir(), Spool: t.TempDir()})
		s.must(err)
		t.Cleanup(func() { s.must(store.Close()) })
		s.Service = New(Config{DB: d, Identity: s.ids, Files: store})
		uscc := func(key, division, body string) string {
			n, err := ident.MakeUSCC("11", division, body)
			s.must(err)
			s.units[key] = n
			return n
		}
		s.refs, err = s.ids.Import(t.Context(), actor.Platform(), identity.Batch{
			Divisions: []identity.DivisionInput{
				{Code: "320200000000", Name: "无锡市", Level: "city", National: true},
				{Code: "320213000000", Name: "梁溪区", Parent: "320200000000", Level: "county", National: true},
				{Code: "320211000000", Name: "滨湖区", Parent: "320200000000", Level: "county", National: true}},
			Units: []identity.UnitInput{
				{Key: "wx", Name: "无锡市行政审批局", USCC: uscc("wx", "320200", "XX000001"), Kind: "department", Division: "320200000000", Level: "3"},
				{Key: "lx", Name: "梁溪区行政审批局", USCC: uscc("lx", "320213", "XX000002"), Kind: "department", Parent: "wx", Division: "320213000000", Level: "4"},
				{Key: "bh", Name: "滨湖区行政审批局", USCC: uscc("bh", "320211", "XX000003"), Kind: "department", Parent: "wx", Division: "320211000000", Level: "4"},
				{Key: "wx-zx", Name: "无锡市政务服务中心", Kind: "centre", Parent: "wx", Division: "320200000000", Level: "3", Phone: "0510-00000110", Address: "演示路1号"},
				{Key: "lx-zx", Name: "梁溪区政务服务中心", Kind: "centre", Parent: "lx", Division: "320213000000", Level: "4", Phone: "0510-00000120", Address: "演示路2号"},
				{Key: "bh-zx", Name: "滨湖区政务服务中心", Kind: "centre", Parent: "bh", Division: "320211000000", Level: "4", Phone: "0510-00000130", Address: "演示路3号"}},
			Demo: true, Password: "Demo-2026!",
			Staff: []identity.StaffInput{
				{Login: "lxsteward", Name: "杨事项", Unit: "lx", Roles: []identity.RoleInput{{Role: actor.ItemSteward}}},
				{Login: "bhsteward", Name: "陆事项", Unit: "bh", Roles: []identity.RoleInput{{Role: actor.ItemSteward}}},
				{Login: "wxreviewer", Name: "葛审核", Unit: "wx", Roles: []identity.RoleInput{{Role: actor.ItemReviewer}}},
				{Login: "wxboth", Name: "双重", Unit: "wx", Roles: []identity.RoleInput{{Role: actor.ItemReviewer}, {Role: actor.ItemSteward}}},
				{Login: "lxreviewer", Name: "钱审核", Unit: "lx", Roles: []identity.RoleInput{{Role: actor.ItemReviewer}}},
				{Login: "clerk", Name: "周窗口", Unit: "lx-zx", Roles: []identity.RoleInput{{Role: actor.WindowClerk}}}},
		})
		s.must(err)
		test(t, s)
	})
}

func (s *shelf) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *shelf) staff(login string) actor.Actor {
	s.t.Helper()
	a, err := s.ids.StaffActor(s.t.Context(), s.refs.Staff[login], actor.Web)
	s.must(err)
	return a
}

const formText = `{"type":"object","title":"申请表","x-steps":[{"key":"a","title":"一","fields":["name","until"]}],"required":["name"],
 "properties":{"name":{"type":"string","title":"名称","maxLength":50},"until":{"type":"string","title":"到期日","format":"date"}}}`

// sound is a guide that passes every check.
func sound(name, typ string) Guide {
	return Guide{
		Basics:     Basics{Name: name, Type: typ, CaseType: "promised", Audience: []string{"1"}, Topics: []string{"life"}, Level: "4", Depth: 4, Mode: "online", Summary: name + "的说明"},
		Department: Department{Nature: "1"}, Windows: []Window{{Name: "A01", Address: "演示路1号", Hours: "工作日", Phone: "0510-00000001"}}, Conditions: []Condition{{Text: "符合条件"}},
		Materials: []Material{{Code: "m01", Name: "身份证", Kind: "certificate", Necessity: "required", Media: "both", Source: "government", Issuer: "公安机关", Standard: "有效", Lines: []Line{{"a", "请上传身份证。"}}}},
		Steps: []Step{{Key: "receive", Name: "收件", Kind: StepReceive, Role: "window-clerk"}, {Key: "review", Name: "审查", Kind: StepReview, Role: "reviewer", Stage: 1},
			{Key: "decide", Name: "决定", Kind: StepDecide, Role: "decider", Stage: 2}},
		Limits:  Limits{Statutory: Limit{Days: 20, Unit: "workday"}, StatutoryBasis: "演示条例第一条", Promised: Limit{Days: 10, Unit: "workday"}, Mark: "C"},
		Results: []Result{{Name: "证明", Kind: "licence", LicenceType: "x", Delivery: []string{Electronic}, Fields: map[string]string{"name": "name"}, UntilOf: "until"}},
		Basis:   []Basis{{Law: "演示条例", Article: "第一条", Mark: "C"}}, Questions: []Question{{"问", "答"}}, Contacts: Contacts{"0510-00000001", "12345"},
		Rights: []string{"知情"}, Duties: []string{"如实"}, Remedies: Remedies{"复议", "诉讼"}, Form: []byte(formText),
		Privacy: Privacy{Purpose: "办理", Data: []string{"姓名"}, Retention: "十年"},
	}
}

func def(n int, g Guide, units ...string) Def {
	d := Def{BasicCode: fmt.Sprintf("32%s%05d000", g.Basics.Type, n), Guide: g}
	for _, u := range units {
		d.OfferedBy = append(d.OfferedBy, Offerer{Unit: u, Receiving: u + "-zx"})
	}
	return d
}

func (s *shelf) publish(d Def) []string {
	s.t.Helper()
	ps, err := s.Import(s.t.Context(), actor.Platform(), d, nil)
	if err != nil {
		s.t.Fatalf("%v: %v", err, ps)
	}
	var codes []string
	for _, o := range d.OfferedBy {
		codes = append(codes, s.units[o.Unit]+d.Guide.Basics.Level+d.BasicCode)
	}
	return codes
}

func TestImport(t *testing.T) {
	onShelf(t, func(t *testing.T, s *shelf) {
		ctx := t.Context()
		d := def(99001, sound("老年人优待证", "20"), "lx", "bh")
		code := s.publish(d)[0]
		it, v1, err := s.Guide(ctx, code)
		s.must(err)
		if v1.No != 1 || it.Division != "320213000000" || v1.Guide.Department.Name != "梁溪区行政审批局" || v1.Guide.Steps[0].Unit != "lx-zx" || v1.Guide.Steps[2].Unit != "lx" {
			t.Errorf("%+v %+v", it, v1.Guide.Department)
		}
		s.publish(d)
		if _, v, err := s.Guide(ctx, code); err != nil || v.ID != v1.ID {
			t.Errorf("the same once more made version %d (%v)", v.No, err)
		}
		d.Guide.Fees = []Fee{{Name: "工本费", Standard: "10元", Basis: "演示条例 第二条", Mark: "C"}}
		s.publish(d)
		it2, v2, err := s.Guide(ctx, code)
		s.must(err)
		if v2.No != 2 || it2.ID != it.ID || len(v2.Guide.Fees) != 1 || v2.Hash == v1.Hash {
			t.Errorf("version %d", v2.No)
		}
		fresh := New(Config{DB: s.d, Identity: s.ids}) // without what this one remembers
		old, err := fresh.ByVersion(ctx, v1.ID)
		s.must(err)
		if old.No != 1 || len(old.Guide.Fees) != 0 || old.Hash != v1.Hash || old.Form().Field("name") == nil {
			t.Errorf("version 1 changed: %+v", old)
		}
		t.Run("broken_guides_publish_nothing", func(t *testing.T) {
			bad := def(99009, sound("坏指南", "20"), "lx", "nowhere")
			if ps, err := s.Import(ctx, actor.Platform(), bad, nil); !errors.Is(err, ErrGuide) || !slices.ContainsFunc(ps, func(p Problem) bool { return p.Path == "offeredBy/nowhere" }) {
				t.Errorf("%v %v", ps, err)
			}
			bad = def(99009, sound("坏指南", "20"))
			if _, err := s.Import(ctx, actor.Platform(), bad, nil); !errors.Is(err, ErrGuide) {
				t.Errorf("offered by nobody: %v", err)
			}
			bad = def(99009, sound("坏指南", "20"), "lx")
			bad.Guide.Form = []byte(`{"type":"string"}`)
			if _, err := s.Import(ctx, actor.Platform(), bad, nil); !errors.Is(err, ErrGuide) {
				t.Errorf("no form: %v", err)
			}
			if p, err := s.Search(ctx, Query{Text: "坏指南"}); err != nil || len(p.Items) > 0 && !p.DidYouMean {
				t.Errorf("%+v %v", p, err)
			}
		})
		t.Run("by_whom", func(t *testing.T) {
			mine := def(99010, sound("区里的事项", "20"), "lx")
			if _, err := s.Import(ctx, s.staff("lxreviewer"), mine, nil); err != nil {
				t.Errorf("the unit's reviewer: %v", err)
			}
			for _, who := range []actor.Actor{s.staff("clerk"), s.staff("lxsteward"), {Kind: actor.Anonymous}} {
				if _, err := s.Import(ctx, who, mine, nil); err == nil {
					t.Errorf("%s publishes", who.Name)
				}
			}
			if _, err := s.Import(ctx, s.staff("lxreviewer"), def(99011, sound("外区的事项", "20"), "lx", "bh"), nil); errs.KindOf(err) != errs.Forbidden {
				t.Errorf("another district's: %v", err)
			}
		})
		t.Run("units_by_role_name", func(t *testing.T) {
			g := sound("并联事项", "20")
			g.Steps = append(g.Steps, Step{Key: "r2", Name: "会审", Kind: StepReview, Unit: "$partner", Role: "reviewer", Stage: 1})
			d := def(99012, g, "lx")
			if _, err := s.Import(ctx, actor.Platform(), d, nil); !errors.Is(err, ErrGuide) {
				t.Errorf("nobody named: %v", err)
			}
			d.OfferedBy[0].Units = map[string]string{"partner": "bh"}
			code := s.publish(d)[0]
			_, v, err := s.Guide(ctx, code)
			s.must(err)
			if v.Guide.Steps[3].Unit != "bh" || !slices.Equal(v.Guide.Department.Joint, []string{"滨湖区行政审批局"}) || len(v.Guide.Reviews(1)) != 2 || v.Guide.NextStage(1) != 0 {
				t.Errorf("%+v %v", v.Guide.Steps[3], v.Guide.Department.Joint)
			}
		})
	})
}

func TestMet(t *testing.T) {
	for name, x := range map[string]struct {
		c    Cond
		v    any
		want bool
	}{
		"equal":       {Cond{Field: "f", In: []string{"a", "b"}}, "b", true},
		"other":       {Cond{Field: "f", In: []string{"a"}}, "b", false},
		"true":        {Cond{Field: "f", In: []string{"true"}}, true, true},
		"false":       {Cond{Field: "f", In: []string{"false"}}, false, true},
		"not true":    {Cond{Field: "f", In: []string{"true"}}, false, false},
		"one of many": {Cond{Field: "f", In: []string{"a"}}, []any{"x", "a"}, true},
		"none":        {Cond{Field: "f", In: []string{"a"}}, []any{"x"}, false},
		"filled":      {Cond{Field: "f", Set: true}, "x", true},
		"empty":       {Cond{Field: "f", Set: true}, "", false},
		"absent":      {Cond{Field: "g", Set: true}, "x", false},
	} {
		if got := x.c.Met(form.Values{"f": x.v}); got != x.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestSQL(t *testing.T) { dbtest.Prepares(t, SQL()...) }

func (s *shelf) found(q Query) []string {
	s.t.Helper()
	q.Each = true
	p, err := s.Search(s.t.Context(), q)
	s.must(err)
	if p.DidYouMean {
		return nil
	}
	var names []string
	for _, it := range p.Items {
		if !it.Near {
			names = append(names, it.Name)
		}
	}
	return names
}

func TestSearch(t *testing.T) {
	onShelf(t, func(t *testing.T, s *shelf) {
		ctx := t.Context()
		item := func(n int, name, typ, level, topic, audience string, alias []string, units ...string) []string {
			g := sound(name, typ)
			g.Basics.Level, g.Basics.Topics, g.Basics.Audience, g.Basics.Aliases = level, []string{topic}, []string{audience}, alias
			g.Questions[0].Q = "办理" + name + "要带什么"
			return s.publish(def(n, g, units...))
		}
		item(99001, "食品经营许可（新办）", "01", "3", "business", "2", []string{"办卫生证"}, "wx")
		road := item(99002, "占用、挖掘城市道路审批", "01", "4", "traffic", "2", []string{"挖路"}, "lx", "bh")
		item(99003, "残疾人证换领", "20", "4", "disabled", "1", nil, "lx")
		item(99004, "老年人优待证办理", "20", "4", "senior", "1", nil, "bh")
		for text, want := range map[string]string{"食品": "食品经营许可（新办）", "经营许可": "食品经营许可（新办）", "卫生证": "食品经营许可（新办）", "占用挖掘": "占用、挖掘城市道路审批",
			"挖路": "占用、挖掘城市道路审批", "残疾 换领": "残疾人证换领", "canjiren": "残疾人证换领", "lnr": "老年人优待证办理", "优待证": "老年人优待证办理"} {
			if got := s.found(Query{Text: text}); len(got) == 0 || got[0] != want {
				t.Errorf("%s: %v", text, got)
			}
		}
		if got := s.found(Query{Text: road[1]}); len(got) != 1 { // by code
			t.Errorf("code: %v", got)
		}
		if got := s.found(Query{Text: "带什么"}); len(got) != 5 { // in the text
			t.Errorf("in the text: %v", got)
		}
		mixed := sound("杂项登记", "20")
		mixed.Basics.Summary, mixed.Basics.Topics, mixed.Basics.Audience = "道路开挖修复，挖断水管赔偿", []string{"other"}, []string{"9"}
		gone := s.publish(def(99008, mixed, "bh"))[0]
		if got := s.found(Query{Text: "挖断水管"}); len(got) != 1 {
			t.Errorf("in the summary: %v", got)
		}
		if got := s.found(Query{Text: "开挖断水"}); len(got) != 0 { // all its pairs of characters are there, it is not
			t.Errorf("not the exact look: %v", got)
		}
		s.must(s.SetState(ctx, actor.Platform(), gone, Cancelled, "法律依据废止", ""))
		if got := s.found(Query{Text: "挖断水管"}); len(got) != 0 {
			t.Errorf("cancelled, and found: %v", got)
		}
		for name, x := range map[string]struct {
			q    Query
			want int
		}{
			"person":             {Query{Audience: "person"}, 2},
			"entity":             {Query{Audience: "entity"}, 3},
			"code":               {Query{Audience: "2"}, 3},
			"topic":              {Query{Topic: "traffic"}, 2},
			"unit":               {Query{Unit: "bh"}, 2},
			"no unit":            {Query{Unit: "nowhere"}, 0},
			"district and city":  {Query{Division: "320213000000"}, 3},
			"city":               {Query{Division: "320200000000"}, 1},
			"type":               {Query{Type: "01"}, 3},
			"case type":          {Query{CaseType: "instant"}, 0},
			"text and unit":      {Query{Text: "道路", Unit: "lx"}, 1},
			"text and district":  {Query{Text: "审批", Division: "320211000000"}, 1},
			"text and audience":  {Query{Text: "证", Audience: "person"}, 2},
			"everything at once": {Query{Text: "道路", Unit: "lx", Topic: "traffic", Audience: "entity", Type: "01", Division: "320213000000"}, 1},
		} {
			if got := s.found(x.q); len(got) != x.want {
				t.Errorf("%s: %v", name, got)
			}
		}
		if p, err := s.Search(ctx, Query{Text: "残疾人正"}); err != nil || !p.DidYouMean || len(p.Items) == 0 {
			t.Errorf("did you mean: %+v %v", p, err)
		}
		if _, err := s.Search(ctx, Query{Text: strings.Repeat("长", 101)}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("too long: %v", err)
		}
		for _, q := range []Query{{Cursor: "!!"}, {Cursor: "YWJj"}, {Text: "证", Cursor: "x"}, {Text: "证", Cursor: "-1"}} {
			if _, err := s.Search(ctx, q); errs.KindOf(err) != errs.Malformed {
				t.Errorf("cursor %q: %v", q.Cursor, err)
			}
		}
		t.Run("out_of_use", func(t *testing.T) {
			if err := s.SetState(ctx, s.staff("clerk"), road[0], Paused, "系统升级", ""); errs.KindOf(err) != errs.Forbidden {
				t.Errorf("by a clerk: %v", err)
			}
			s.must(s.SetState(ctx, s.staff("lxreviewer"), road[0], Paused, "系统升级", ""))
			for _, q := range []Query{{Text: "道路"}, {Topic: "traffic"}} {
				if got := s.found(q); len(got) != 1 {
					t.Errorf("%+v: %v", q, got)
				}
			}
			it, _, err := s.Guide(ctx, road[0])
			s.must(err)
			if list, err := s.Offers(ctx, it.BasicCode); err != nil || len(list) != len(road)-1 || list[0].Code != road[1] {
				t.Errorf("%d offers, %v", len(list), err)
			}
			if it.State != Paused {
				t.Errorf("%s", it.State)
			}
			if n, lists, _, err := s.Count(ctx); err != nil || n != 4 || lists != 4 {
				t.Errorf("%d %v", n, err)
			}
			s.must(s.SetState(ctx, s.staff("lxreviewer"), road[0], InUse, "升级完成", ""))
			if got := s.found(Query{Topic: "traffic"}); len(got) != 2 {
				t.Errorf("%v", got)
			}
		})
		t.Run("renamed", func(t *testing.T) {
			item(99003, "残疾人证更新", "20", "4", "disabled", "1", nil, "lx")
			if got := s.found(Query{Text: "换领"}); len(got) != 0 {
				t.Errorf("found by its old name: %v", got)
			}
			if got := s.found(Query{Text: "更新"}); len(got) != 1 {
				t.Errorf("%v", got)
			}
		})
	})
}

func TestBrowse(t *testing.T) {
	onShelf(t, func(t *testing.T, s *shelf) {
		want := map[string]bool{}
		for i := range 23 {
			for _, code := range s.publish(def(98000+i, sound([]string{"同名事项", fmt.Sprintf("事项%02d", i)}[i%2], "20"), "lx", "bh")) {
				want[code] = true
			}
		}
		for _, q := range []Query{{Limit: 5, Each: true}, {Limit: 7, Text: "事项", Each: true}, {Limit: 46, Each: true}} {
			seen, last := map[string]bool{}, ""
			for pages := 0; ; pages++ {
				p, err := s.Search(t.Context(), q)
				s.must(err)
				for _, it := range p.Items {
					if seen[it.Code] {
						t.Fatalf("%s twice", it.Code)
					}
					seen[it.Code] = true
					if q.Text == "" && it.Name < last {
						t.Errorf("%s after %s", it.Name, last)
					}
					last = it.Name
				}
				if q.Text != "" && p.Total != len(want) {
					t.Errorf("total %d", p.Total)
				}
				if q.Cursor = p.Next; q.Cursor == "" || pages > 50 {
					break
				}
			}
			if len(seen) != len(want) {
				t.Errorf("limit %d: %d of %d", q.Limit, len(seen), len(want))
			}
		}
	})
}
