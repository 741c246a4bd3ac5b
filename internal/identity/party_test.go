package identity

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
)

func TestActings(t *testing.T) {
	each(t, func(f *fixture) {
		t, ctx := f.t, f.t.Context()
		names := func(key string) string {
			list, err := f.Actings(ctx, f.refs.Persons[key])
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, a := range list {
				out = append(out, a.ZH+"："+a.Party.Name+a.Until)
			}
			return strings.Join(out, " ")
		}
		for key, want := range map[string]string{
			"zhang": "本人：张明远 法定代表人：无锡演示咖啡有限公司",
			"li":    "本人：李小兰 代理人：无锡演示咖啡有限公司2026-12-31",
			"wang":  "本人：王强 代理人：陈阿婆2026-03-02",
		} {
			if got := names(key); got != want {
				t.Errorf("%s: %s, want %s", key, got, want)
			}
		}
		f.clk.Set(time.Date(2026, 3, 2, 15, 59, 0, 0, time.UTC)) // still the last day in Shanghai
		if got := names("wang"); !strings.Contains(got, "陈阿婆") {
			t.Errorf("on the last evening: %s", got)
		}
		f.clk.Add(time.Minute) // midnight in Shanghai
		if got := names("wang"); got != "本人：王强" {
			t.Errorf("the day after: %s", got)
		}
		_, err := f.PersonActor(ctx, f.refs.Persons["wang"], actor.Party{Kind: actor.NaturalPerson, ID: f.refs.Persons["old"]}, actor.Web)
		is(t, err, ErrNotActing)
	})
}

func TestPersonActor(t *testing.T) {
	each(t, func(f *fixture) {
		t, ctx := f.t, f.t.Context()
		rep := f.person("zhang", f.company())
		if rep.Mandate != 0 || rep.For.Name != "无锡演示咖啡有限公司" || rep.Name != "张明远" {
			t.Errorf("legal representative: %+v", rep)
		}
		agent := f.person("li", f.company())
		if agent.Mandate == 0 || agent.For.ID != f.refs.Entities["cafe"] {
			t.Errorf("agent: %+v", agent)
		}
		for _, key := range []string{"wang", "old"} {
			_, err := f.PersonActor(ctx, f.refs.Persons[key], f.company(), actor.Web)
			is(t, err, ErrNotActing)
		}
		_, err := f.PersonActor(ctx, f.refs.Persons["zhang"], actor.Party{Kind: actor.LegalEntity, ID: 1}, actor.Web)
		is(t, err, ErrNotActing)
		_, err = f.PersonActor(ctx, 1, actor.Party{}, actor.Web)
		is(t, err, ErrLoginNeeded)
		old := actor.Party{Kind: actor.NaturalPerson, ID: f.refs.Persons["old"]}
		wang := f.person("wang", old)
		if id, err := f.Covers(f.d.Read(ctx), wang, "000111000001"); err != nil || id != wang.Mandate {
			t.Errorf("covered item: %d, %v", id, err)
		}
		_, err = f.Covers(f.d.Read(ctx), wang, "000111000002")
		is(t, err, ErrNotCovered)
		if id, err := f.Covers(f.d.Read(ctx), rep, "000111000002"); err != nil || id != 0 {
			t.Errorf("for the representative: %d, %v", id, err)
		}
		// the principal's account ends, so does the agent's right
		f.exec(`UPDATE person SET disabled = TRUE WHERE id = $1`, old.ID)
		_, err = f.PersonActor(ctx, wang.ID, old, actor.Web)
		is(t, err, ErrNotActing)
	})
}

func TestMandate(t *testing.T) {
	each(t, func(f *fixture) {
		t, ctx := f.t, f.t.Context()
		rep, agent := f.person("zhang", f.company()), f.person("li", f.company())
		in := MandateInput{AgentName: "王强", AgentIDNumber: f.b.Persons[2].IDNumber, Until: "2026-06-30", Ground: "受单位委派"}
		_, err := f.GrantMandate(ctx, agent, in)
		is(t, err, ErrPrincipal)
		_, err = f.GrantMandate(ctx, f.staff("clerk"), in)
		is(t, err, ErrForbidden)
		m, err := f.GrantMandate(ctx, rep, in)
		if err != nil || m.From != "2026-03-02" || !m.Covers("000111000009") {
			t.Fatalf("%+v, %v", m, err)
		}
		wang := f.person("wang", f.company())
		if wang.Mandate != m.ID {
			t.Errorf("the agent acts by mandate %d, want %d", wang.Mandate, m.ID)
		}
		given, received, err := f.Mandates(ctx, rep)
		if err != nil || len(given) != 2 || given[0].Agent.Name != "王强" || len(received) != 0 {
			t.Errorf("given %v, received %v, %v", given, received, err)
		}
		_, received, err = f.Mandates(ctx, f.self("wang"))
		if err != nil || len(received) != 2 || received[0].Principal.Name != "无锡演示咖啡有限公司" {
			t.Errorf("received %v, %v", received, err)
		}
		is(t, f.RevokeMandate(ctx, agent, m.ID), ErrPrincipal)
		is(t, f.RevokeMandate(ctx, f.self("old"), m.ID), ErrNotFound)
		is(t, f.RevokeMandate(ctx, rep, 1), ErrNotFound)
		for range 2 { // the agent lays it down; twice is no error
			if err := f.RevokeMandate(ctx, f.self("wang"), m.ID); err != nil {
				t.Fatal(err)
			}
		}
		_, err = f.PersonActor(ctx, f.refs.Persons["wang"], f.company(), actor.Web)
		is(t, err, ErrNotActing)
		f.wantAudit("mandate.grant "+entitySubject(f.company().ID)+" denied", "mandate.grant party denied",
			"mandate.grant "+mandateSubject(m.ID)+" done", "mandate.revoke "+mandateSubject(m.ID)+" denied", "mandate.revoke "+mandateSubject(m.ID)+" denied",
			"mandate.revoke "+mandateSubject(m.ID)+" done")
	})
}

func TestGrantMandate_refuses(t *testing.T) {
	each(t, func(f *fixture) {
		good := MandateInput{AgentName: "王强", AgentIDNumber: f.b.Persons[2].IDNumber, From: "2026-03-02", Until: "2026-06-30", Ground: "代办"}
		for path, change := range map[string]func(in *MandateInput){
			"agentIdNumber": func(in *MandateInput) { in.AgentName = "王弱" },
			"until":         func(in *MandateInput) { in.Until = "2026-03-01" },
			"from":          func(in *MandateInput) { in.From = "2026-02-30" },
			"ground":        func(in *MandateInput) { in.Ground = " " },
			"items":         func(in *MandateInput) { in.Items = make([]string, 201) },
		} {
			in := good
			change(&in)
			_, err := f.GrantMandate(f.t.Context(), f.self("zhang"), in)
			field(f.t, err, path)
		}
		long := good
		long.Until = "2029-03-03"
		_, err := f.GrantMandate(f.t.Context(), f.self("zhang"), long)
		field(f.t, err, "until")
		self := good
		self.AgentName, self.AgentIDNumber = "张明远", f.b.Persons[0].IDNumber
		_, err = f.GrantMandate(f.t.Context(), f.self("zhang"), self)
		field(f.t, err, "agentIdNumber")
	})
}

func TestProfile(t *testing.T) {
	each(t, func(f *fixture) {
		t, ctx := f.t, f.t.Context()
		p, err := f.Profile(ctx, f.self("zhang"))
		if err != nil || p["applicant.idNumber"] != f.b.Persons[0].IDNumber || p["applicant.phone"] != "13800000001" || p["agent.name"] != "" {
			t.Errorf("%v, %v", p, err)
		}
		if _, there := p["applicant.legalRep"]; there {
			t.Error("a source without an answer is there")
		}
		p, err = f.Profile(ctx, f.person("li", f.company()))
		want := map[string]string{"applicant.name": "无锡演示咖啡有限公司", "applicant.idNumber": f.b.Entities[0].USCC, "applicant.legalRep": "张明远",
			"entity.uscc": f.b.Entities[0].USCC, "agent.name": "李小兰", "agent.phone": "13800000002"}
		for k, v := range want {
			if p[k] != v {
				t.Errorf("%s is %q, want %q (%v)", k, p[k], v, err)
			}
		}
		_, err = f.Profile(ctx, f.staff("clerk"))
		is(t, err, ErrNotFound)
	})
}

func TestWalkIn(t *testing.T) {
	each(t, func(f *fixture) {
		t, ctx := f.t, f.t.Context()
		clerk := f.staff("clerk")
		in := PersonInput{Name: "钱奶奶", IDNumber: strings.ToLower(resident(t, 1938, 2)), Address: "无锡市梁溪区演示巷3号"}
		_, err := f.FindParty(ctx, clerk, in.IDNumber)
		is(t, err, ErrNoParty)
		p, err := f.WalkIn(ctx, clerk, in)
		if err != nil || !p.Walkin || p.Login != "" || p.Address != in.Address {
			t.Fatalf("%+v, %v", p, err)
		}
		in.Phone, in.Address = "+86 138 0000 0009", ""
		again, err := f.WalkIn(ctx, clerk, in)
		if err != nil || again.ID != p.ID || again.Phone != "13800000009" || again.Address == "" {
			t.Errorf("the second visit: %+v, %v", again, err)
		}
		info, err := f.Party(f.d.Read(ctx), actor.Party{Kind: actor.NaturalPerson, ID: p.ID})
		if err != nil || info.Phone != "13800000009" || info.IDKind != ResidentID {
			t.Errorf("%+v, %v", info, err)
		}
		wrong := in
		wrong.Name = "钱奶"
		_, err = f.WalkIn(ctx, clerk, wrong)
		field(t, err, "name")
		_, err = f.WalkIn(ctx, clerk, PersonInput{Name: "某", IDNumber: "1"})
		field(t, err, "idNumber")
		_, err = f.WalkIn(ctx, f.staff("review"), in)
		is(t, err, ErrForbidden)
		// who has an account is found, and keeps what he said himself
		zhang, err := f.WalkIn(ctx, clerk, PersonInput{Name: "张明远", IDNumber: f.b.Persons[0].IDNumber, Phone: "13999999999"})
		if err != nil || zhang.Phone != "13800000001" || zhang.Walkin {
			t.Errorf("%+v, %v", zhang, err)
		}
		found, err := f.FindParty(ctx, clerk, f.b.Entities[0].USCC)
		if err != nil || found.Kind != actor.LegalEntity || found.ID != f.refs.Entities["cafe"] {
			t.Errorf("%+v, %v", found, err)
		}
		_, err = f.FindParty(ctx, clerk, "12")
		field(t, err, "number")
		_, err = f.FindParty(ctx, f.self("zhang"), in.IDNumber)
		is(t, err, ErrForbidden)
		f.wantAudit("party.find party none", "party.walk-in "+personSubject(p.ID)+" registered", "party.walk-in "+personSubject(p.ID)+" found",
			"party.walk-in party denied", "party.walk-in "+personSubject(zhang.ID)+" found", "party.find "+entitySubject(found.ID)+" done", "party.find party denied")
	})
}

// TestWalkIn_at_two_windows: the same new person at two windows is one person.
func TestWalkIn_at_two_windows(t *testing.T) {
	each(t, func(f *fixture) {
		clerk := f.staff("clerk")
		in := PersonInput{Name: "孙先生", IDNumber: resident(f.t, 1971, 15)}
		ids := make([]int64, 6)
		var wg sync.WaitGroup
		for i := range ids {
			wg.Go(func() {
				p, err := f.WalkIn(f.t.Context(), clerk, in)
				if err != nil {
					f.t.Error(err)
				}
				ids[i] = p.ID
			})
		}
		wg.Wait()
		for _, id := range ids {
			if id != ids[0] || id == 0 {
				f.t.Fatalf("ids %v", ids)
			}
		}
	})
}

func TestUnmask(t *testing.T) {
	each(t, func(f *fixture) {
		t, ctx := f.t, f.t.Context()
		zhang := personSubject(f.refs.Persons["zhang"])
		_, err := f.Unmask(ctx, f.staff("clerk"), zhang, "phone", "  ")
		is(t, err, ErrPurpose)
		_, err = f.Unmask(ctx, f.staff("plain"), zhang, "phone", "核对")
		is(t, err, ErrForbidden)
		_, err = f.Unmask(ctx, f.staff("clerk"), "entity/1", "phone", "核对")
		is(t, err, ErrNoParty)
		_, err = f.Unmask(ctx, f.staff("clerk"), zhang, "password", "核对")
		field(t, err, "field")
		v, err := f.Unmask(ctx, f.staff("clerk"), zhang, "idNumber", "核对办件材料")
		if err != nil || v != f.b.Persons[0].IDNumber {
			t.Errorf("%q, %v", v, err)
		}
		f.wantAudit("identity.unmask "+zhang+" denied", "identity.unmask "+zhang+" denied", "identity.unmask "+zhang+" done")
	})
}

func TestMasked(t *testing.T) {
	p := Person{Name: "张明远", IDNumber: "11010519491231002X", Phone: "13812345678", Email: "zhang@example.com", Address: "无锡市梁溪区演示路1号"}
	m := p.Masked()
	for _, c := range [][2]string{{m.Name, "张**"}, {m.IDNumber, "110105********002X"}, {m.Phone, "138****5678"}, {m.Email, "z***@example.com"}, {m.Address, "无锡市梁溪****"}} {
		if c[0] != c[1] {
			t.Errorf("got %q, want %q", c[0], c[1])
		}
	}
	e := PartyInfo{Name: "某公司", IDKind: USCC, IDNumber: "913202130000000000", Address: "公开的住所", LegalRep: "张明远", Phone: "13812345678"}.Masked()
	if e.Name != "某公司" || e.Address != "公开的住所" || e.LegalRep != "张**" || e.Phone != "138****5678" {
		t.Errorf("entity: %+v", e)
	}
}

// TestSealed_at_rest: no number, phone, e-mail or address of a person stands
// in the database in the clear; SQLite's files are searched byte by byte.
func TestSealed_at_rest(t *testing.T) {
	url := dbtest.URL(t, db.SQLite)
	d := dbtest.Open(t, url, db.Options{Now: dbtest.NewClock(dbtest.Start).Now})
	f := &fixture{Service: New(Config{DB: d, Vault: keys().Vault(), Now: dbtest.NewClock(dbtest.Start).Now}), t: t, d: d, b: city(t)}
	ctx := context.Background()
	var err error
	if f.refs, err = f.Import(ctx, actor.Platform(), f.b); err != nil {
		t.Fatal(err)
	}
	_, _ = f.LoginPerson(ctx, f.b.Persons[1].IDNumber, "wrong", "")
	_, _ = f.LoginPerson(ctx, f.b.Persons[1].Phone, "wrong", "")
	if _, err := f.WalkIn(ctx, f.staff("clerk"), PersonInput{Name: "钱奶奶", IDNumber: resident(t, 1938, 2), Phone: "13800000077"}); err != nil {
		t.Fatal(err)
	}
	secrets := []string{resident(t, 1938, 2), "13800000077", password}
	for _, p := range f.b.Persons {
		secrets = append(secrets, p.IDNumber, p.Phone, p.Email, p.Address)
	}
	files, err := filepath.Glob(strings.TrimPrefix(url, "sqlite://") + "*")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	var all []byte
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	if !bytes.Contains(all, []byte("无锡演示咖啡有限公司")) {
		t.Fatal("the search does not see what is there")
	}
	for _, s := range secrets {
		if s != "" && bytes.Contains(all, []byte(s)) {
			t.Errorf("stands in the clear: %d characters beginning with %.3s", len(s), s)
		}
	}
}
