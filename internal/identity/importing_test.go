package identity

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
)

func tempDir() (string, error) { return os.MkdirTemp("", "tongban-identity-") }

func TestImport_builds_the_tree(t *testing.T) {
	each(t, func(f *fixture) {
		t := f.t
		dir, err := f.Directory(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		city, _ := dir.UnitByKey("wx-gov")
		lx, _ := dir.UnitByKey("lx-gov")
		spj, ok := dir.UnitByKey("lx-spj")
		if !ok || spj.ParentID != lx.ID || !strings.HasPrefix(spj.Path, lx.Path) || !strings.HasPrefix(lx.Path, city.Path) {
			t.Errorf("tree is %q under %q under %q", spj.Path, lx.Path, city.Path)
		}
		if !dir.InSubtree(spj.ID, city.Path) || dir.InSubtree(city.ID, spj.Path) || dir.InSubtree(99, "") {
			t.Error("InSubtree is wrong")
		}
		if n := len(dir.Subtree(lx.Path)); n != 3 {
			t.Errorf("subtree of the district has %d units", n)
		}
		if u, ok := dir.UnitByUSCC(spj.USCC); !ok || u.ID != spj.ID || u.Short != "梁溪审批" {
			t.Errorf("UnitByUSCC gives %+v", u)
		}
		if kids := dir.Children(lx.ID); len(kids) != 2 || len(dir.Children(0)) != 1 {
			t.Errorf("children are %v", kids)
		}
		zone, ok := dir.Division("320299000000")
		if !ok || zone.National || zone.Statistical != "320211000000" {
			t.Errorf("the zone is %+v", zone)
		}
		if len(dir.DivisionsBelow("320200000000")) != 2 || !dir.DivisionWithin("320213000000", "320200000000") || dir.DivisionWithin("320200000000", "320213000000") {
			t.Error("divisions are not a tree")
		}
		if _, ok := dir.Unit(1); ok {
			t.Error("a unit that is not there was found")
		}
	})
}

// dump is everything the import wrote, without what is random by nature.
func (f *fixture) dump() []string {
	f.t.Helper()
	var out []string
	for _, q := range []string{
		`SELECT code || name || parent || statistical, 0 FROM division ORDER BY code`,
		`SELECT key || path || name || uscc, parent_id FROM unit ORDER BY key`,
		`SELECT name || coalesce(login, '-') || id_index || coalesce(phone_index, '-') || password, id FROM person ORDER BY id`,
		`SELECT uscc || name, legal_rep_id FROM entity ORDER BY id`,
		`SELECT items || from_on || until_on || ground, agent_id FROM mandate ORDER BY id`,
		`SELECT login || name || password, unit_id FROM staff ORDER BY login`,
		`SELECT role, unit_id FROM staff_role ORDER BY staff_id, role`,
	} {
		rows, err := db.All(f.d.Read(f.t.Context()), func(r *db.Rows) (string, error) {
			var s string
			var n int64
			err := r.Scan(&s, &n)
			return s + "#" + personSubject(n), err
		}, q)
		if err != nil {
			f.t.Fatal(err)
		}
		out = append(out, rows...)
	}
	return out
}

func TestImport_twice_changes_nothing(t *testing.T) {
	each(t, func(f *fixture) {
		before := f.dump()
		f.clk.Add(48 * time.Hour)
		refs, err := f.Import(f.t.Context(), actor.Platform(), f.b)
		if err != nil {
			f.t.Fatal(err)
		}
		if !reflect.DeepEqual(refs, f.refs) {
			f.t.Error("the second import gave other ids")
		}
		if after := f.dump(); !reflect.DeepEqual(before, after) {
			f.t.Errorf("the second import changed something:\n%s\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
		}
	})
}

func TestImport_leaves_alone_what_people_changed(t *testing.T) {
	each(t, func(f *fixture) {
		t, ctx := f.t, f.t.Context()
		phone := "13911112222"
		if err := f.ChangeContact(ctx, f.self("zhang"), ContactInput{Phone: &phone}); err != nil {
			t.Fatal(err)
		}
		clerk, lxzx := f.refs.Staff["clerk"], f.refs.Units["lx-zx"]
		if err := f.RevokeRole(ctx, f.staff("sec"), clerk, actor.WindowClerk, lxzx); err != nil {
			t.Fatal(err)
		}
		given, _, err := f.Mandates(ctx, f.person("zhang", f.company()))
		if err != nil || len(given) != 1 {
			t.Fatalf("mandates %v, %v", given, err)
		}
		if err := f.RevokeMandate(ctx, f.person("zhang", f.company()), given[0].ID); err != nil {
			t.Fatal(err)
		}
		f.b.Units[0].Name = "梁溪区数据局"
		if _, err := f.Import(ctx, actor.Platform(), f.b); err != nil {
			t.Fatal(err)
		}
		if p, err := f.Person(ctx, f.self("zhang")); err != nil || p.Phone != phone {
			t.Errorf("the phone is %q, %v", p.Phone, err)
		}
		if a := f.staff("clerk"); len(a.Grants) != 0 {
			t.Errorf("a revoked role came back: %v", a.Grants)
		}
		if _, err := f.PersonActor(ctx, f.refs.Persons["li"], f.company(), actor.Web); err == nil {
			t.Error("a revoked mandate came back")
		}
		dir, _ := f.Directory(ctx)
		if u, _ := dir.UnitByKey("lx-spj"); u.Name != "梁溪区数据局" {
			t.Errorf("the unit's new name is not seen: %s", u.Name)
		}
	})
}

func TestImport_moves_a_subtree(t *testing.T) {
	each(t, func(f *fixture) {
		t, ctx := f.t, f.t.Context()
		_, err := f.Import(ctx, actor.Platform(), Batch{Units: []UnitInput{
			{Key: "lx-gov", Name: "梁溪区人民政府", Kind: "government", Parent: "wx-spj", Division: "320213000000", Level: "4"}}})
		if err != nil {
			t.Fatal(err)
		}
		dir, _ := f.Directory(ctx)
		want := dir.Path(f.refs.Units["wx-spj"])
		for _, key := range []string{"lx-gov", "lx-spj", "lx-zx"} {
			if !dir.InSubtree(f.refs.Units[key], want) {
				t.Errorf("%s did not move along: %s", key, dir.Path(f.refs.Units[key]))
			}
		}
		_, err = f.Import(ctx, actor.Platform(), Batch{Units: []UnitInput{
			{Key: "wx-spj", Name: "x", Kind: "department", Parent: "lx-zx", Division: "320213000000", Level: "4"}}})
		field(t, err, "units/wx-spj/parent")
	})
}

func TestImport_refuses(t *testing.T) {
	each(t, func(f *fixture) {
		t, ctx := f.t, f.t.Context()
		before := f.dump()
		bad := Batch{
			Divisions: []DivisionInput{{Code: "3202", Name: "短"}},
			Units: []UnitInput{{Key: "a", Name: "甲", Kind: "department", Parent: "b", Level: "3", Division: "320200000000"},
				{Key: "b", Name: "乙", Kind: "firm", Parent: "a", Level: "9", Division: "320200000000", USCC: "113202000140078360"}},
			Persons: []PersonInput{{Key: "x", Login: "X y", Name: " ", IDNumber: "320213198005060110", Phone: "12345", Email: "a@b"},
				{Key: "y", Name: "女士", Sex: "男", IDNumber: resident(t, 1985, 24)}, {Key: "y", Name: "女士", IDNumber: resident(t, 1985, 24)}},
			Staff:    []StaffInput{{Login: "both", Name: "兼任", Unit: "wx-gov", Roles: []RoleInput{{Role: actor.SystemAdmin}, {Role: actor.AuditAdmin}}}},
			Mandates: []MandateSeed{{Principal: "x", Agent: "x", From: "2026-13-01", Until: "2027-01-01"}},
		}
		_, err := f.Import(ctx, actor.Platform(), bad)
		for _, path := range []string{"divisions/3202/code", "units/b/kind", "units/b/level", "units/b/uscc", "persons/x/login", "persons/x/name",
			"persons/x/idNumber", "persons/x/phone", "persons/x/email", "persons/y/sex", "persons/y", "persons/y/idNumber",
			"staff/both/roles", "mandates/x/x", "mandates/x/x/from"} {
			field(t, err, path)
		}
		if s := err.Error(); strings.Contains(s, "320213198005060110") || strings.Contains(s, "12345") {
			t.Error("the error repeats a number")
		}
		_, err = f.Import(ctx, actor.Platform(), Batch{Persons: []PersonInput{{Key: "n", Login: "zhang", Name: "新人", IDNumber: resident(t, 1999, 9)}}})
		field(t, err, "persons/n/login")
		_, err = f.Import(ctx, f.staff("sys"), f.b)
		field(t, err, "staff/sec/roles")
		_, err = f.Import(ctx, f.staff("clerk"), Batch{})
		is(t, err, ErrForbidden)
		if after := f.dump(); !reflect.DeepEqual(before, after) {
			t.Error("a refused import left something behind")
		}
	})
}

// TestDirectory_other_node: a second process sees a change within two seconds,
// and asks the database no more often than that.
func TestDirectory_other_node(t *testing.T) {
	each(t, func(f *fixture) {
		t, ctx := f.t, f.t.Context()
		other := New(Config{DB: f.d, Vault: keys().Vault(), Now: f.clk.Now})
		name := func() string {
			dir, err := other.Directory(ctx)
			if err != nil {
				t.Fatal(err)
			}
			u, _ := dir.UnitByKey("wx-spj")
			return u.Name
		}
		old := name()
		u := f.b.Units[4]
		u.Name = "无锡市数据局"
		if _, err := f.Import(ctx, actor.Platform(), Batch{Units: []UnitInput{u}}); err != nil {
			t.Fatal(err)
		}
		if got := name(); got != old {
			t.Errorf("seen at once: %s; the version row is asked too often", got)
		}
		f.clk.Add(2 * time.Second)
		if got := name(); got != u.Name {
			t.Errorf("after two seconds still %s", got)
		}
	})
}
