package gate

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/sm"
)

const password = "Demo-2026!"

// fixture is a door of a city with two persons, a company and a clerk.
type fixture struct {
	*Door
	t    *testing.T
	d    *db.DB
	clk  *dbtest.Clock
	ids  *identity.Service
	refs identity.Refs
}

func each(t *testing.T, test func(f *fixture)) {
	t.Helper()
	vault := keys().Vault()
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		f := &fixture{t: t, d: d, clk: clk, ids: identity.New(identity.Config{DB: d, Vault: vault, Now: clk.Now})}
		var err error
		if f.refs, err = f.ids.Import(t.Context(), actor.Platform(), city(t)); err != nil {
			t.Fatal(err)
		}
		f.Door = f.door(Config{})
		test(f)
	})
}

// door is another node on the same database.
func (f *fixture) door(c Config) *Door {
	f.t.Helper()
	c.DB, c.Identity, c.Vault, c.Now = f.d, f.ids, keys().Vault(), f.clk.Now
	d, err := New(c)
	if err != nil {
		f.t.Fatal(err)
	}
	return d
}

var keys = sync.OnceValue(func() *sm.Keyring {
	dir, err := os.MkdirTemp("", "tongban-gate-")
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

func city(t *testing.T) identity.Batch {
	t.Helper()
	number := func(year, seq int) string {
		n, err := ident.MakeResident("320213", time.Date(year, 5, 6, 0, 0, 0, 0, time.UTC), seq)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	uscc, err := ident.MakeUSCC("91", "320213", "MA000001")
	if err != nil {
		t.Fatal(err)
	}
	return identity.Batch{Demo: true, Password: password,
		Divisions: []identity.DivisionInput{{Code: "320200000000", Name: "无锡市", Level: "city", National: true}},
		Units:     []identity.UnitInput{{Key: "wx-zx", Name: "市政务服务中心", Kind: "centre", Division: "320200000000", Level: "3"}},
		Persons: []identity.PersonInput{{Key: "zhang", Login: "zhang", Name: "张明远", IDNumber: number(1980, 11)},
			{Key: "li", Login: "li", Name: "李小兰", IDNumber: number(1985, 22)}},
		Entities: []identity.EntityInput{{Key: "cafe", Name: "无锡演示咖啡有限公司", USCC: uscc, Kind: "company", LegalRep: "zhang",
			Agents: []identity.AgentSeed{{Person: "li", Until: "2026-12-31"}}}},
		Staff: []identity.StaffInput{{Login: "clerk", Name: "周窗口", Unit: "wx-zx", Roles: []identity.RoleInput{{Role: actor.WindowClerk}}},
			{Login: "sys", Name: "郑系统", Unit: "wx-zx", Roles: []identity.RoleInput{{Role: actor.SystemAdmin}}}},
	}
}

func (f *fixture) company() actor.Party {
	return actor.Party{Kind: actor.LegalEntity, ID: f.refs.Entities["cafe"]}
}

// browser keeps cookies from answer to request.
type browser struct {
	f       *fixture
	door    *Door
	cookies map[string]string
}

func (f *fixture) browser() *browser { return &browser{f, f.Door, map[string]string{}} }

func (b *browser) request(method string) *http.Request {
	r := httptest.NewRequestWithContext(b.f.t.Context(), method, "/", nil)
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	return r
}

func (b *browser) keep(w *httptest.ResponseRecorder) {
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
}

// login logs a person in and fails the test if that fails.
func (b *browser) login(login string) Opened {
	b.f.t.Helper()
	w := httptest.NewRecorder()
	o, err := b.door.LoginPerson(w, b.request("POST"), login, password)
	if err != nil {
		b.f.t.Fatal(err)
	}
	b.keep(w)
	return o
}

func (b *browser) actor(method string) actor.Actor {
	b.f.t.Helper()
	a, err := b.door.Actor(b.request(method))
	if err != nil {
		b.f.t.Fatal(err)
	}
	return a
}

func is(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}

func (f *fixture) count(sql string, args ...any) (n int) {
	f.t.Helper()
	if err := f.d.Read(f.t.Context()).QueryRow(sql, args...).Scan(&n); err != nil {
		f.t.Fatal(err)
	}
	return n
}
