package identity

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/sm"
)

const password = "Demo-2026!"

// fixture is a service over a small city.
type fixture struct {
	*Service
	t    *testing.T
	d    *db.DB
	clk  *dbtest.Clock
	refs Refs
	b    Batch
}

// each runs a test on both engines with the small city imported.
func each(t *testing.T, test func(f *fixture)) {
	t.Helper()
	ring := keys()
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		f := &fixture{Service: New(Config{DB: d, Vault: ring.Vault(), Now: clk.Now}), t: t, d: d, clk: clk, b: city(t)}
		var err error
		if f.refs, err = f.Import(t.Context(), actor.Platform(), f.b); err != nil {
			t.Fatal(err)
		}
		test(f)
	})
}

var keys = sync.OnceValue(func() *sm.Keyring {
	dir, err := tempDir()
	if err != nil {
		panic(err)
	}
	ring, err := sm.LoadOrCreate(dir)
	if err != nil {
		panic(err)
	}
	return ring
})

func (f *fixture) staff(login string) actor.Actor {
	f.t.Helper()
	a, err := f.StaffActor(f.t.Context(), f.refs.Staff[login], actor.Web)
	if err != nil {
		f.t.Fatal(err)
	}
	return a
}

func (f *fixture) person(key string, party actor.Party) actor.Actor {
	f.t.Helper()
	a, err := f.PersonActor(f.t.Context(), f.refs.Persons[key], party, actor.Web)
	if err != nil {
		f.t.Fatal(err)
	}
	return a
}

func (f *fixture) self(key string) actor.Actor { f.t.Helper(); return f.person(key, actor.Party{}) }

func (f *fixture) company() actor.Party {
	return actor.Party{Kind: actor.LegalEntity, ID: f.refs.Entities["cafe"]}
}

// field fails unless err names the field.
func field(t *testing.T, err error, path string) {
	t.Helper()
	if !slices.ContainsFunc(errs.Of(err).Fields, func(f errs.Field) bool { return f.Path == path }) {
		t.Errorf("got %v, want field %s", err, path)
	}
}

func is(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}

func resident(t *testing.T, year, seq int) string {
	t.Helper()
	n, err := ident.MakeResident("320213", time.Date(year, 5, 6, 0, 0, 0, 0, time.UTC), seq)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func uscc(t *testing.T, category, division, body string) string {
	t.Helper()
	n, err := ident.MakeUSCC(category, division, body)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func city(t *testing.T) Batch {
	return Batch{
		Demo: true, Password: password,
		Divisions: []DivisionInput{
			{Code: "320200000000", Name: "无锡市", Level: "city", National: true},
			{Code: "320213000000", Name: "梁溪区", Parent: "320200000000", Level: "county", National: true},
			{Code: "320299000000", Name: "无锡经济开发区", Parent: "320200000000", Level: "zone", Statistical: "320211000000"},
		},
		Units: []UnitInput{ // children before parents: the importer sorts
			{Key: "lx-spj", Name: "梁溪区行政审批局", Short: "梁溪审批", USCC: uscc(t, "11", "320213", "XX000100"), Kind: "department", Parent: "lx-gov", Division: "320213000000", Level: "4"},
			{Key: "lx-gov", Name: "梁溪区人民政府", Kind: "government", Parent: "wx-gov", Division: "320213000000", Level: "4"},
			{Key: "lx-zx", Name: "梁溪区政务服务中心", Kind: "centre", Parent: "lx-gov", Division: "320213000000", Level: "4"},
			{Key: "wx-gov", Name: "无锡市人民政府", Short: "市政府", USCC: uscc(t, "11", "320200", "XX000001"), Kind: "government", Division: "320200000000", Level: "3"},
			{Key: "wx-spj", Name: "无锡市行政审批局", Kind: "department", Parent: "wx-gov", Division: "320200000000", Level: "3", Synthetic: true, Phone: "0510-00000001", Address: "演示大道1号"},
		},
		Persons: []PersonInput{
			{Key: "zhang", Login: "zhang", Name: "张明远", IDNumber: resident(t, 1980, 11), Sex: "男", Phone: "13800000001", Address: "无锡市梁溪区演示路1号", Division: "320213000000"},
			{Key: "li", Login: "li", Name: "李小兰", IDNumber: resident(t, 1985, 22), Sex: "女", Phone: "13800000002", Email: "li@example.com", Division: "320213000000"},
			{Key: "wang", Login: "wang", Name: "王强", IDNumber: resident(t, 1990, 33), Phone: "13800000003"},
			{Key: "old", Name: "陈阿婆", IDNumber: resident(t, 1940, 44)},
		},
		Entities: []EntityInput{{Key: "cafe", Name: "无锡演示咖啡有限公司", USCC: uscc(t, "91", "320213", "MA000001"), Kind: "company", LegalRep: "zhang",
			Address: "无锡市梁溪区演示路8号", Division: "320213000000", Agents: []AgentSeed{{Person: "li", Until: "2026-12-31", Items: []string{"*"}}}}},
		Mandates: []MandateSeed{{Principal: "old", Agent: "wang", Items: []string{"000111000001"}, From: "2026-01-01", Until: "2026-03-02", Ground: "子女代办"}},
		Staff: []StaffInput{
			{Login: "clerk", Name: "周窗口", Unit: "lx-zx", Roles: []RoleInput{{Role: actor.WindowClerk}}},
			{Login: "review", Name: "吴审查", Unit: "lx-spj", Roles: []RoleInput{{Role: actor.Reviewer}, {Role: actor.Decider, Unit: "lx-spj"}}},
			{Login: "sys", Name: "郑系统", Unit: "wx-gov", Roles: []RoleInput{{Role: actor.SystemAdmin}}},
			{Login: "sec", Name: "冯安全", Unit: "wx-gov", Roles: []RoleInput{{Role: actor.SecurityAdmin}}},
			{Login: "aud", Name: "褚审计", Unit: "wx-gov", Roles: []RoleInput{{Role: actor.AuditAdmin}}},
			{Login: "lxsys", Name: "卫系统", Unit: "lx-gov", Roles: []RoleInput{{Role: actor.SystemAdmin, Unit: "lx-gov"}}},
			{Login: "plain", Name: "蒋普通", Unit: "wx-spj"},
		},
	}
}
