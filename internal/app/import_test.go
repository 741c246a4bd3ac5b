package app

import (
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/sample"
)

// TestSampleCity imports the sample city and makes a tenth of its past cases.
func TestSampleCity(t *testing.T) {
	ctx := t.Context()
	f, err := ReadFolder(sample.City)
	if err != nil {
		t.Fatal(err)
	}
	c, err := DemoConfig(t.TempDir(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	start, err := clock.ParseDate(f.History.From)
	if err != nil {
		t.Fatal(err)
	}
	clk := NewMovedClock(start.Start().Add(8 * time.Hour))
	r, err := Open(ctx, c, clk.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Import(ctx, f, ImportOptions{Demo: true, Password: DemoPassword}); err != nil {
		t.Fatal(err)
	}
	planned := f.History.Cases
	lists, err := r.Catalog.Featured(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lists { // 第九条: none of the nine is empty
		t.Logf("%s: %d matters, %d lists", l.Name, l.Matters, l.Items)
		if l.Matters == 0 {
			t.Errorf("nothing is in %s", l.Name)
		}
	}
	scopes, err := r.Catalog.Search(ctx, catalog.Query{Counts: true, Limit: 1})
	if err != nil || scopes.Counts[catalog.ByScope][catalog.ScopeDelta] == 0 { // 第二十九条: nothing to show under 长三角
		t.Errorf("scopes %v, %v", scopes.Counts[catalog.ByScope], err)
	}
	moves, _, err := r.Catalog.Moves(ctx, "bank", catalog.MoveCursor{}, 100)
	if err != nil || !slices.ContainsFunc(moves, func(m catalog.Move) bool { return m.Joined && m.Cause == catalog.ByRule }) {
		t.Errorf("no matter is taken at a bank outlet: %v", err)
	}
	t0 := time.Now()
	if n, err := r.Catalog.SettleFeatured(ctx); err != nil || n != 0 {
		t.Errorf("settled anew, %d moved (%v)", n, err)
	}
	t.Logf("settled anew in %v", time.Since(t0))
	f.History.Cases /= 10
	if err := r.History(ctx, f.History, clk, nil); err != nil {
		t.Fatal(err)
	}
	count := func(what string, least, most int64, sql string) {
		t.Helper()
		var n int64
		if err := r.DB.Read(ctx).QueryRow(sql).Scan(&n); err != nil || n < least || n > most {
			t.Errorf("%s: %d, want %d to %d, %v", what, n, least, most, err)
		}
	}
	const many = 1 << 30
	count("towns", 88, 88, `SELECT count(*) FROM division WHERE level = 'town'`)
	count("districts and county-level cities", 7, 7, `SELECT count(*) FROM division WHERE level = 'county'`)
	count("departments", 35, many, `SELECT count(*) FROM unit WHERE kind = 'department'`)
	count("items", 40, many, `SELECT count(DISTINCT basic_code) FROM item`)
	count("past cases", int64(planned/10), many, `SELECT count(*) FROM cases`)
	count("closed ones", int64(planned/20), many, `SELECT count(*) FROM cases WHERE closed_at IS NOT NULL AND closed_at > 0`)
	count("ratings", 1, many, `SELECT count(*) FROM rating WHERE level > 0`)
	if planned < 2000 {
		t.Errorf("%d past cases are planned", planned)
	}
	for _, a := range DemoAccounts() {
		if a.Role == "" {
			if _, err := r.Identity.LoginPerson(ctx, a.Login, DemoPassword, ""); err != nil {
				t.Errorf("%s: %v", a.Login, err)
			}
			continue
		}
		code, err := r.Identity.OTP(ctx, a.Login)
		if err != nil {
			t.Fatal(a.Login, err)
		}
		st, err := r.Identity.LoginStaff(ctx, a.Login, DemoPassword, code, "")
		if err != nil || st.MustChange || !slices.ContainsFunc(st.Grants, func(g actor.Grant) bool { return g.Role == a.Role }) {
			t.Errorf("%s as %s: %+v, %v", a.Login, a.Role, st, err)
		}
	}
}

// TestDemoAccounts: whoever tries the demonstration finds a login for every role.
func TestDemoAccounts(t *testing.T) {
	for _, role := range actor.Roles {
		if !slices.ContainsFunc(DemoAccounts(), func(a DemoAccount) bool { return a.Role == role }) {
			t.Errorf("the demonstration names no %s", role)
		}
	}
}

// TestSampleCity_is_marked: what is invented says so, as sample/README.md
// promises.
func TestSampleCity_is_marked(t *testing.T) {
	f, err := ReadFolder(sample.City)
	if err != nil {
		t.Fatal(err)
	}
	if !f.City.Demo || !strings.Contains(f.City.Note, "演示数据") {
		t.Errorf("city.yaml: %+v", f.City)
	}
	for _, d := range f.Divisions {
		if d.National == (d.Code == "320299000000") {
			t.Errorf("%s %s: gb %v", d.Code, d.Name, d.National)
		}
	}
	for _, u := range f.Units {
		if real := u.USCC == "113202000140078363"; u.Synthetic == real || !real && u.USCC[8:10] != "XX" {
			t.Errorf("%s %s: synthetic %v", u.Name, u.USCC, u.Synthetic)
		}
		if u.Phone != "" && !strings.HasPrefix(u.Phone, "0510-0000") {
			t.Errorf("%s: the phone %s could be somebody's", u.Name, u.Phone)
		}
	}
	for _, p := range f.Persons {
		if p.IDNumber[14:16] != "99" || !strings.HasPrefix(p.Phone, "130000000") || !strings.Contains(p.Address, "演示") {
			t.Errorf("%s: the number, phone or address could be somebody's", p.Key)
		}
	}
	for _, e := range f.Entities {
		if !strings.Contains(e.USCC[8:12], "XX") || !strings.Contains(e.Address, "演示") {
			t.Errorf("%s: the code or address could be somebody's", e.Key)
		}
	}
	for _, l := range f.Types {
		if !l.Synthetic {
			t.Errorf("the code of %s is not marked", l.Name)
		}
	}
	for _, it := range f.Items {
		g := &it.Guide
		for _, part := range []string{"windows", "contacts", "limits.promised", "steps"} {
			if !slices.Contains(g.Demo, part) {
				t.Errorf("%s: %s is not marked as demonstration data", it.Path, part)
			}
		}
		if !strings.HasPrefix(it.BasicCode[4:], "99") {
			t.Errorf("%s: %s could be a real item's code", it.Path, it.BasicCode)
		}
		marks := []string{g.Limits.Mark}
		for _, b := range g.Basis {
			marks = append(marks, b.Mark)
		}
		for _, m := range marks {
			if !slices.Contains([]string{"C", "L", "M"}, m) {
				t.Errorf("%s: a law carries the mark %q", it.Path, m)
			}
		}
	}
}

// TestCheckItems holds the sample's guides to the gate as the command does, and
// shows that a folder with mistakes is told where they are.
func TestCheckItems(t *testing.T) {
	problems, guides, err := CheckItems(Config{}, sample.City)
	if err != nil || guides < 60 {
		t.Fatalf("%d guides, %v", guides, err)
	}
	warned := 0
	for _, p := range problems {
		if p.Error {
			t.Errorf("%s: %s: %s", p.File, p.Path, p.ZH)
		}
		if !p.Error && !p.Hint {
			warned++
		}
	}
	if warned > 3 {
		t.Errorf("%d warnings in the sample", warned)
	}
	text, err := fs.ReadFile(sample.City, "items/road-occupy-dig.yaml")
	if err != nil {
		t.Fatal(err)
	}
	units, err := fs.ReadFile(sample.City, "units.yaml")
	if err != nil {
		t.Fatal(err)
	}
	elements, err := fs.ReadFile(sample.City, "elements.yaml")
	if err != nil {
		t.Fatal(err)
	}
	broken := strings.NewReplacer("promised: {days: 10,", "promised: {days: 21,", "name: 施工组织方案", "name: 施工方案等", "unit: lx-spj,", "unit: lx-xxx,", "in: [dig, both]}\n      media", "in: [fly]}\n      media").Replace(string(text))
	folder := fstest.MapFS{"items/road.yaml": {Data: []byte(broken)}, "units.yaml": {Data: units}, "elements.yaml": {Data: elements},
		"catalogue.yaml": {Data: []byte(`[{code: "320199002000", name: 占用道路审批, type: "01", levels: ["4"], audience: ["1"], topics: [municipal], dept: cgj, summary: 占道, basis: []}]`)}}
	if problems, _, err = CheckItems(Config{}, folder); err != nil {
		t.Fatal(err)
	}
	for _, want := range [][2]string{{"catalogue.yaml", "320199002000/basis"}, {"items/road.yaml", "basics/name"}, {"items/road.yaml", "limits/promised"}, {"items/road.yaml", "materials/m04/name"},
		{"items/road.yaml", "materials/m06/when"}, {"items/road.yaml", "offeredBy/lx-xxx"}} {
		if !slices.ContainsFunc(problems, func(p ItemProblem) bool {
			return p.File == want[0] && p.Path == want[1] && p.Error && p.ZH != "" && p.EN != ""
		}) {
			t.Errorf("%s: %s is not told: %v", want[0], want[1], problems)
		}
	}
	folder["items/road.yaml"] = &fstest.MapFile{Data: []byte("guide: {nothing: here}\n")}
	if _, _, err := CheckItems(Config{}, folder); errs.KindOf(err) != errs.Invalid {
		t.Errorf("an unknown key: %v", err)
	}
}
