package licence

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/jobs"
	"github.com/tongban/tongban/internal/sm"
)

var keys = sync.OnceValue(func() *sm.Keyring {
	dir, err := os.MkdirTemp("", "licence-keys-")
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

// registry is the room over a city of one department, two persons, one company.
type registry struct {
	*Service
	t    *testing.T
	d    *db.DB
	clk  *dbtest.Clock
	jobs *jobs.Runner
	ids  *identity.Service
	refs identity.Refs
	unit identity.Unit
	b    identity.Batch
}

func inRegistry(t *testing.T, test func(t *testing.T, r *registry)) {
	t.Helper()
	dbtest.EachAt(t, dbtest.Start, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		r := &registry{t: t, d: d, clk: clk}
		vault := keys().Vault()
		r.jobs = jobs.New(d, jobs.Options{Sealer: vault})
		r.ids = identity.New(identity.Config{DB: d, Vault: vault, Now: clk.Now})
		r.Service = New(Config{DB: d, Identity: r.ids, Vault: vault, Signer: keys().Signer()})
		r.Handlers(r.jobs)
		number := func(seq int) string {
			n, err := ident.MakeResident("320213", time.Date(1980, 1, 2, 0, 0, 0, 0, time.UTC), seq)
			r.must(err)
			return n
		}
		uscc := func(category, body string) string {
			n, err := ident.MakeUSCC(category, "320200", body)
			r.must(err)
			return n
		}
		r.b = identity.Batch{Demo: true, Password: "Demo-2026!",
			Divisions: []identity.DivisionInput{{Code: "320200000000", Name: "无锡市", Level: "city", National: true}},
			Units: []identity.UnitInput{
				{Key: "spj", Name: "无锡市行政审批局", USCC: uscc("11", "XX000001"), Kind: "department", Division: "320200000000", Level: "3"},
				{Key: "far", Name: "无锡市城市管理局", USCC: uscc("11", "XX000002"), Kind: "department", Division: "320200000000", Level: "3"}},
			Persons:  []identity.PersonInput{{Key: "zhang", Login: "zhang", Name: "张明远", IDNumber: number(11)}, {Key: "li", Login: "li", Name: "李小兰", IDNumber: number(22)}},
			Entities: []identity.EntityInput{{Key: "cafe", Name: "无锡演示咖啡有限公司", USCC: uscc("91", "MA000001"), Kind: "company", LegalRep: "zhang", Division: "320200000000"}},
			Staff: []identity.StaffInput{{Login: "dec", Name: "褚决定", Unit: "spj", Roles: []identity.RoleInput{{Role: actor.Decider}}},
				{Login: "fardec", Name: "卫决定", Unit: "far", Roles: []identity.RoleInput{{Role: actor.Decider}}}},
		}
		var err error
		r.refs, err = r.ids.Import(t.Context(), actor.Platform(), r.b)
		r.must(err)
		dir, err := r.ids.Directory(t.Context())
		r.must(err)
		r.unit, _ = dir.UnitByKey("spj")
		r.must(r.ImportTypes(t.Context(), actor.Platform(), []Type{{Key: "food", Name: "食品经营许可证", Code: uscc("11", "XX000102") + "002", Holder: "entity"},
			{Key: "id-card", Name: "居民身份证", Code: uscc("11", "XX000101") + "001", Holder: "person"}}))
		test(t, r)
	})
}

func (r *registry) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *registry) person(key string, party actor.Party) actor.Actor {
	r.t.Helper()
	a, err := r.ids.PersonActor(r.t.Context(), r.refs.Persons[key], party, actor.Web)
	r.must(err)
	return a
}

func (r *registry) boss() actor.Actor {
	r.t.Helper()
	return r.person("zhang", actor.Party{Kind: actor.LegalEntity, ID: r.refs.Entities["cafe"]})
}

func (r *registry) staff(login, purpose string) actor.Actor {
	r.t.Helper()
	a, err := r.ids.StaffActor(r.t.Context(), r.refs.Staff[login], actor.Web)
	r.must(err)
	a.Purpose = purpose
	return a
}

func (r *registry) issue(change func(*Issue)) *Licence {
	r.t.Helper()
	in := Issue{TypeKey: "food", Holder: r.boss().For, IssuerUnit: r.unit.ID, IssuerName: r.unit.Name, IssuerUSCC: r.unit.USCC, From: "2026-03-02",
		Until: "2031-03-01", Fields: map[string]string{"mode": "餐饮"}, CaseNo: "NO1", ItemName: "食品经营许可"}
	if change != nil {
		change(&in)
	}
	var l *Licence
	r.must(r.d.Write(r.t.Context(), "test.issue", func(tx *db.Tx) (err error) {
		l, err = r.IssueTx(tx, r.staff("dec", ""), in)
		return err
	}))
	return l
}

func (r *registry) exec(query string, args ...any) {
	r.t.Helper()
	r.must(r.d.Write(r.t.Context(), "test.tamper", func(tx *db.Tx) error {
		n, err := tx.Exec(query, args...)
		if err == nil && n == 0 {
			err = errors.New("nothing was changed")
		}
		return err
	}))
}

func (r *registry) sign() {
	r.t.Helper()
	_, err := r.jobs.Drain(r.t.Context())
	r.must(err)
}

func (r *registry) verify(identifier string) *Verification {
	r.t.Helper()
	v, err := r.Verify(r.t.Context(), identifier)
	r.must(err)
	return v
}

func TestIssue(t *testing.T) {
	inRegistry(t, func(t *testing.T, r *registry) {
		seen := map[string]bool{}
		for range 40 {
			l := r.issue(nil)
			parsed, res := ident.ParseLicence(l.Identifier)
			if !res.Valid || !parsed.CheckFits() || seen[l.Identifier] || seen[l.Number] {
				t.Fatalf("%s %s: %+v", l.Identifier, l.Number, res)
			}
			seen[l.Identifier], seen[l.Number] = true, true
		}
		l := r.issue(nil)
		if !strings.Contains(string(l.Content), r.b.Entities[0].USCC) || l.Hash != sm.SM3Hex(l.Content) || l.HolderName != r.b.Entities[0].Name {
			t.Errorf("%+v", l)
		}
		stored, _, err := r.Get(t.Context(), r.boss(), l.Identifier)
		r.must(err)
		if string(stored.Content) != string(l.Content) || stored.Fields["mode"] != "餐饮" || stored.Number != l.Number {
			t.Errorf("%+v", stored)
		}
		err = r.d.Write(t.Context(), "test.issue", func(tx *db.Tx) error {
			_, err := r.IssueTx(tx, r.staff("dec", ""), Issue{TypeKey: "nothing", Holder: r.boss().For})
			return err
		})
		if errs.KindOf(err) != errs.NotFound {
			t.Errorf("a type that is not there: %v", err)
		}
	})
}

func TestSign(t *testing.T) {
	inRegistry(t, func(t *testing.T, r *registry) {
		ctx, l := t.Context(), r.issue(nil)
		if signed, err := r.Signed(ctx, l.ID); err != nil || signed || r.verify(l.Identifier).Genuine {
			t.Fatalf("before the job: %v %v", signed, err)
		}
		r.sign()
		first, err := r.ByID(r.d.Read(ctx), l.ID)
		r.must(err)
		if first.Signature == nil || first.SignedAt.IsZero() || sm.Verify(keys().Signer().Public(), first.Content, first.Signature) != nil {
			t.Fatal("not signed")
		}
		var wg sync.WaitGroup
		for range 4 { // the job may run again, and at the same time
			wg.Go(func() {
				if err := r.Service.sign(ctx, l.Identifier); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		again, err := r.ByID(r.d.Read(ctx), l.ID)
		r.must(err)
		if again.SignatureHex() != first.SignatureHex() {
			t.Error("the signature changed")
		}
		var n int64
		r.must(r.d.Read(ctx).QueryRow(`SELECT count(*) FROM audit_record WHERE act = 'licence.sign'`).Scan(&n))
		if n != 1 {
			t.Errorf("%d signatures recorded", n)
		}
		altered := r.issue(nil)
		r.exec(`UPDATE licence SET valid_until = '2099-01-01' WHERE id = $1`, altered.ID)
		if err := r.Service.sign(ctx, altered.Identifier); !errors.Is(err, errAltered) {
			t.Errorf("an altered licence is signed: %v", err)
		}
		if _, err := r.Signed(ctx, 1); !errors.Is(err, ErrNoLicence) {
			t.Errorf("no licence: %v", err)
		}
	})
}

func TestVerify(t *testing.T) {
	inRegistry(t, func(t *testing.T, r *registry) {
		good, other := r.issue(nil), r.issue(nil)
		r.sign()
		v := r.verify(" " + strings.ToLower(good.Identifier) + " ")
		if !v.Genuine || len(v.Findings) != 3 || v.Status != Valid || !strings.Contains(v.Holder, "演示咖啡") {
			t.Errorf("%+v", v)
		}
		for name, tamper := range map[string]func(id int64){
			"hash":         func(id int64) { r.exec(`UPDATE licence SET hash = 'x' WHERE id = $1`, id) },
			"signature":    func(id int64) { r.exec(`UPDATE licence SET signature = $2 WHERE id = $1`, id, []byte("x")) },
			"no signature": func(id int64) { r.exec(`UPDATE licence SET signature = NULL WHERE id = $1`, id) },
			"validity":     func(id int64) { r.exec(`UPDATE licence SET valid_until = '2099-12-31' WHERE id = $1`, id) },
			"holder":       func(id int64) { r.exec(`UPDATE licence SET holder_name = '别人' WHERE id = $1`, id) },
			"issuer":       func(id int64) { r.exec(`UPDATE licence SET issuer_name = '别处' WHERE id = $1`, id) },
			"name":         func(id int64) { r.exec(`UPDATE licence SET name = '别证' WHERE id = $1`, id) },
			"content":      func(id int64) { r.exec(`UPDATE licence SET content = $2 WHERE id = $1`, id, []byte("junk")) },
			"another's content": func(id int64) {
				r.exec(`UPDATE licence SET content = (SELECT content FROM licence WHERE id = $2) WHERE id = $1`, id, other.ID)
			},
			"all of another's": func(id int64) {
				r.exec(`UPDATE licence SET content = (SELECT content FROM licence WHERE id = $2), hash = (SELECT hash FROM licence WHERE id = $2),
					signature = (SELECT signature FROM licence WHERE id = $2) WHERE id = $1`, id, other.ID)
			},
			"a key that is not ours": func(id int64) {
				dir := t.TempDir() + "/keys"
				ring, err := sm.LoadOrCreate(dir)
				r.must(err)
				l, err := r.ByID(r.d.Read(t.Context()), id)
				r.must(err)
				sig, err := ring.Signer().Sign(l.Content)
				r.must(err)
				r.exec(`UPDATE licence SET signature = $2 WHERE id = $1`, id, sig)
			},
		} {
			l := r.issue(nil)
			r.sign()
			tamper(l.ID)
			v := r.verify(l.Identifier)
			if v.Genuine {
				t.Errorf("%s: nothing is noticed", name)
			}
			for _, f := range v.Findings {
				if f.ZH == "" || f.EN == "" {
					t.Errorf("%s: a finding without words", name)
				}
			}
		}
		l := r.issue(nil)
		r.sign()
		last := map[bool]string{true: "B", false: "A"}[strings.HasSuffix(l.Identifier, "A")]
		forged := l.Identifier[:len(l.Identifier)-1] + last
		r.exec(`UPDATE licence SET identifier = $2 WHERE id = $1`, l.ID, forged)
		if v := r.verify(forged); v.Genuine || v.Findings[0].OK {
			t.Errorf("a check digit that does not fit: %+v", v.Findings)
		}
		for _, id := range []string{"", "x", good.Identifier + "0", strings.Repeat("1", 5000)} {
			if _, err := r.Verify(t.Context(), id); !errors.Is(err, ErrNoLicence) {
				t.Errorf("%.20q: %v", id, err)
			}
		}
		r.clk.Set(time.Date(2031, 3, 1, 1, 0, 0, 0, time.UTC))
		if v := r.verify(good.Identifier); v.Status != Valid {
			t.Errorf("on the last day: %s", v.Status)
		}
		r.clk.Set(time.Date(2031, 3, 1, 16, 0, 0, 0, time.UTC)) // midnight in Shanghai
		if v := r.verify(good.Identifier); v.Status != Expired || !v.Genuine {
			t.Errorf("on the day after: %s", v.Status)
		}
		if zh, en := Expired.Words(); zh == "" || en == "" {
			t.Error("no words")
		}
	})
}

func TestHeld(t *testing.T) {
	inRegistry(t, func(t *testing.T, r *registry) {
		ctx, boss := t.Context(), r.boss()
		now := r.issue(nil)
		r.issue(func(in *Issue) { in.From, in.Until = "2026-05-01", "2027-01-01" }) // not yet
		r.issue(func(in *Issue) { in.From, in.Until = "2020-01-01", "2026-03-01" }) // no longer
		long := r.issue(func(in *Issue) { in.Until = "" })
		off := r.issue(nil)
		r.exec(`UPDATE licence SET status = $2 WHERE id = $1`, off.ID, string(Revoked))
		valid, err := r.HeldValid(r.d.Read(ctx), boss.For)
		r.must(err)
		if len(valid) != 2 || valid[0].ID != long.ID || valid[1].ID != now.ID {
			t.Errorf("%d valid", len(valid))
		}
		all, err := r.Held(ctx, boss)
		r.must(err)
		if len(all) != 5 {
			t.Errorf("%d held", len(all))
		}
		if none, err := r.Held(ctx, r.person("zhang", actor.Party{})); err != nil || len(none) != 0 {
			t.Errorf("as himself: %d %v", len(none), err)
		}
		if _, err := r.Held(ctx, actor.Actor{Kind: actor.Anonymous}); errs.KindOf(err) != errs.Unauthenticated {
			t.Errorf("a visitor: %v", err)
		}
		held := Issue{TypeKey: "id-card", Number: r.b.Persons[0].IDNumber, Holder: r.person("zhang", actor.Party{}).For, IssuerName: "x", IssuerUSCC: r.unit.USCC, Issued: "2020-01-01"}
		for range 2 { // the same number once more is left as it is
			r.must(r.ImportHeld(ctx, actor.Platform(), []Issue{held, held}))
		}
		if mine, err := r.Held(ctx, r.person("zhang", actor.Party{})); err != nil || len(mine) != 1 || mine[0].Number != held.Number {
			t.Errorf("%d %v", len(mine), err)
		}
		for _, who := range []actor.Actor{boss, r.staff("dec", "x")} {
			if err := r.ImportHeld(ctx, who, []Issue{held}); err == nil {
				t.Errorf("%s imports", who.Name)
			}
			if err := r.ImportTypes(ctx, who, nil); err == nil {
				t.Errorf("%s imports types", who.Name)
			}
		}
	})
}

func TestUses(t *testing.T) {
	inRegistry(t, func(t *testing.T, r *registry) {
		ctx, l := t.Context(), r.issue(nil)
		use := func(ctx context.Context, who actor.Actor, no string) {
			r.must(r.d.Write(ctx, "test.use", func(tx *db.Tx) error {
				return r.UseTx(tx, who, Use{LicenceID: l.ID, CaseNo: no, ItemName: "事项", Purpose: "办理“事项”"})
			}))
		}
		use(ctx, r.boss(), "NO2")
		r.clk.Add(time.Minute)
		if _, _, err := r.Get(ctx, r.staff("dec", "核对办件NO3"), l.Identifier); err != nil {
			t.Fatal(err)
		}
		uses, err := r.Uses(ctx, r.boss(), l.Identifier)
		r.must(err)
		if len(uses) != 2 || uses[0].Purpose != "核对办件NO3" || uses[1].CaseNo != "NO2" || !uses[0].At.After(uses[1].At) {
			t.Errorf("%+v", uses)
		}
		for _, who := range []actor.Actor{r.person("li", actor.Party{}), r.person("zhang", actor.Party{}), r.staff("dec", "好奇"), {Kind: actor.Anonymous}} {
			if _, err := r.Uses(ctx, who, l.Identifier); !errors.Is(err, ErrNoLicence) {
				t.Errorf("%s reads the uses: %v", who.Name, err)
			}
		}
		for _, who := range []actor.Actor{r.person("li", actor.Party{}), r.staff("dec", ""), r.staff("fardec", "好奇"), {Kind: actor.Anonymous}} {
			if _, _, err := r.Get(ctx, who, l.Identifier); !errors.Is(err, ErrNoLicence) {
				t.Errorf("%s reads the licence: %v", who.Name, err)
			}
		}
		var n int64
		r.must(r.d.Read(ctx).QueryRow(`SELECT count(*) FROM audit_record WHERE act LIKE 'licence.%' AND outcome = 'denied'`).Scan(&n))
		if n < 4 {
			t.Errorf("%d refusals recorded", n)
		}
	})
}

func TestSQL(t *testing.T) { dbtest.Prepares(t, SQL()...) }
