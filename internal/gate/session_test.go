package gate

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/db/dbtest"
	"github.com/tongban/tongban/internal/identity"
)

func TestLoginPerson(t *testing.T) {
	each(t, func(f *fixture) {
		t := f.t
		b := f.browser()
		if a := b.actor("GET"); a.Kind != actor.Anonymous || a.IP != "192.0.2.1" || a.Channel != actor.Web {
			t.Errorf("visitor: %+v", a)
		}
		w := httptest.NewRecorder()
		o, err := f.LoginPerson(w, b.request("POST"), "zhang", password)
		if err != nil {
			t.Fatal(err)
		}
		c := w.Result().Cookies()[0]
		if c.Name != "tongban" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Secure || c.MaxAge != 0 {
			t.Errorf("cookie: %+v", c)
		}
		b.keep(w)
		a := b.actor("GET")
		if a.Kind != actor.Person || a.ID != f.refs.Persons["zhang"] || a.For.ID != a.ID || a.Session != o.ID || a.IP == "" {
			t.Errorf("%+v", a)
		}
		if n := f.count(`SELECT count(*) FROM gate_session WHERE hash = $1`, o.Token); n != 0 {
			t.Error("the token is stored")
		}
		_, err = f.LoginPerson(httptest.NewRecorder(), b.request("POST"), "zhang", "wrong")
		is(t, err, identity.ErrLogin)
		if b.actor("GET").ID == 0 {
			t.Error("a failed login ended the session")
		}
		again := b.login("li")
		if n := f.count(`SELECT count(*) FROM gate_session`); n != 1 || again.ID == o.ID {
			t.Errorf("%d sessions after logging in anew at one browser", n)
		}
		w = httptest.NewRecorder()
		if err := f.Logout(w, b.request("POST")); err != nil {
			t.Fatal(err)
		}
		stolen := &browser{f, f.Door, map[string]string{"tongban": again.Token}}
		b.keep(w)
		if len(b.cookies) != 0 || stolen.actor("GET").ID != 0 {
			t.Error("the session lives on after the logout")
		}
		if err := f.Logout(httptest.NewRecorder(), b.request("POST")); err != nil {
			t.Errorf("logging out twice: %v", err)
		}
	})
}

func TestLoginPerson_secure_cookie(t *testing.T) {
	each(t, func(f *fixture) {
		w := httptest.NewRecorder()
		if _, err := f.door(Config{Secure: true}).LoginPerson(w, f.browser().request("POST"), "zhang", password); err != nil {
			f.t.Fatal(err)
		}
		c := w.Result().Cookies()[0]
		if c.Name != "__Host-tongban" || !c.Secure || c.Path != "/" || c.Domain != "" {
			f.t.Errorf("%+v", c)
		}
	})
}

func TestLoginStaff(t *testing.T) {
	each(t, func(f *fixture) {
		t := f.t
		b := f.browser()
		code, err := f.ids.OTP(t.Context(), "clerk")
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.LoginStaff(httptest.NewRecorder(), b.request("POST"), "clerk", password, "")
		is(t, err, identity.ErrLogin)
		_, err = f.LoginPerson(httptest.NewRecorder(), b.request("POST"), "clerk", password)
		is(t, err, identity.ErrLogin)
		w := httptest.NewRecorder()
		if _, err = f.LoginStaff(w, b.request("POST"), "clerk", password, code); err != nil {
			t.Fatal(err)
		}
		b.keep(w)
		if a := b.actor("GET"); a.Kind != actor.Staff || !a.Has(actor.WindowClerk) {
			t.Errorf("%+v", a)
		}
		f.clk.Add(29 * time.Minute)
		if b.actor("GET").ID == 0 {
			t.Error("ended before its time")
		}
		f.clk.Add(30 * time.Minute)
		if b.actor("GET").ID != 0 {
			t.Error("lives on after half an hour without a request")
		}
	})
}

func TestSession_ends(t *testing.T) {
	each(t, func(f *fixture) {
		t := f.t
		b := f.browser()
		b.login("zhang")
		for range 11 { // used every hour, it lasts until the absolute end
			f.clk.Add(time.Hour)
			if b.actor("GET").ID == 0 {
				t.Fatal("a session in use ended")
			}
		}
		f.clk.Add(time.Hour)
		if b.actor("GET").ID != 0 {
			t.Error("lives on after the absolute end")
		}
		if err := f.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := f.count(`SELECT count(*) FROM gate_session`); n != 1 {
			t.Errorf("the moment of expiry counts as expired only later: %d", n)
		}
		f.clk.Add(72 * time.Hour)
		if err := f.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := f.count(`SELECT (SELECT count(*) FROM gate_session) + (SELECT count(*) FROM gate_attempt)`); n != 0 {
			t.Errorf("%d rows are left", n)
		}
	})
}

// TestSession_last_seen is written at most once a minute.
func TestSession_last_seen(t *testing.T) {
	each(t, func(f *fixture) {
		b := f.browser()
		o := b.login("zhang")
		seen := func() int64 {
			var n int64
			if err := f.d.Read(f.t.Context()).QueryRow(`SELECT seen_at FROM gate_session WHERE id = $1`, o.ID).Scan(&n); err != nil {
				f.t.Fatal(err)
			}
			return n
		}
		first := seen()
		f.clk.Add(59 * time.Second)
		b.actor("GET")
		if seen() != first {
			f.t.Error("written within the minute")
		}
		f.clk.Add(time.Second)
		b.actor("GET")
		if seen() != f.clk.Now().UnixMicro() {
			f.t.Error("not written after a minute")
		}
	})
}

func TestSwitch(t *testing.T) {
	each(t, func(f *fixture) {
		t, ctx := f.t, f.t.Context()
		b := f.browser()
		b.login("li")
		a, err := f.Switch(ctx, b.actor("GET"), f.company())
		if err != nil || a.For.Name != "无锡演示咖啡有限公司" || a.Mandate == 0 {
			t.Fatalf("%+v, %v", a, err)
		}
		if got := b.actor("GET"); got.For != a.For || got.Mandate != a.Mandate || got.Session != a.Session {
			t.Errorf("the session keeps %+v", got.For)
		}
		_, err = f.Switch(ctx, b.actor("GET"), actor.Party{Kind: actor.NaturalPerson, ID: f.refs.Persons["zhang"]})
		is(t, err, identity.ErrNotActing)
		_, err = f.Switch(ctx, actor.Actor{Kind: actor.Staff, ID: 1, Session: 1}, f.company())
		is(t, err, identity.ErrForbidden)

		// the mandate is revoked: an act is refused, once; pages go on as oneself
		rep, err := f.ids.PersonActor(ctx, f.refs.Persons["zhang"], f.company(), actor.Web)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.ids.RevokeMandate(ctx, rep, a.Mandate); err != nil {
			t.Fatal(err)
		}
		_, err = f.Actor(b.request("POST"))
		is(t, err, identity.ErrNotActing)
		if got := b.actor("POST"); got.For.ID != f.refs.Persons["li"] || got.Mandate != 0 {
			t.Errorf("then %+v", got)
		}
	})
}

func TestSwitch_revoked_page_goes_on_as_oneself(t *testing.T) {
	each(t, func(f *fixture) {
		ctx := f.t.Context()
		b := f.browser()
		b.login("li")
		a, err := f.Switch(ctx, b.actor("GET"), f.company())
		if err != nil {
			f.t.Fatal(err)
		}
		if err := f.ids.RevokeMandate(ctx, actor.Actor{Kind: actor.Person, ID: a.ID, For: actor.Party{Kind: actor.NaturalPerson, ID: a.ID}}, a.Mandate); err != nil {
			f.t.Fatal(err)
		}
		if got := b.actor("GET"); got.For.ID != a.ID || got.IP == "" {
			f.t.Errorf("%+v", got)
		}
	})
}

func TestToken(t *testing.T) {
	each(t, func(f *fixture) {
		t, ctx := f.t, f.t.Context()
		ask := func(token string) (actor.Actor, error) {
			r := httptest.NewRequestWithContext(ctx, "POST", "/", nil)
			r.Header.Set("Authorization", "bearer "+token)
			return f.Actor(r)
		}
		o, err := f.Token(ctx, Grant{Login: "li", Password: password, Party: f.company()}, "10.0.0.9")
		if err != nil {
			t.Fatal(err)
		}
		a, err := ask(o.Token)
		if err != nil || a.For.ID != f.company().ID || a.Channel != actor.API || a.Session != o.ID {
			t.Errorf("%+v, %v", a, err)
		}
		if _, err := ask(o.Token[:42] + "x"); err == nil || err.Error() == "" {
			t.Error("a wrong token opens")
		}
		for _, bad := range []string{"", "x", o.Token + "=", strings.Repeat("a", 5000)} {
			_, err := ask(bad)
			is(t, err, ErrToken)
		}
		asCookie := &browser{f, f.Door, map[string]string{"tongban": o.Token}}
		if asCookie.actor("GET").ID != 0 {
			t.Error("a bearer token is good as a cookie")
		}
		b := f.browser()
		session := b.login("zhang")
		_, err = ask(session.Token)
		is(t, err, ErrToken)
		// a bad token is not made good by a cookie beside it
		r := b.request("GET")
		r.Header.Set("Authorization", "Bearer nothing")
		_, err = f.Actor(r)
		is(t, err, ErrToken)
		// another scheme is a proxy's, not ours
		r.Header.Set("Authorization", "Basic eDp5")
		if a, err := f.Actor(r); err != nil || a.ID != f.refs.Persons["zhang"] {
			t.Errorf("%+v, %v", a, err)
		}
		f.clk.Add(8*time.Hour - time.Microsecond)
		if _, err := ask(o.Token); err != nil {
			t.Errorf("before its end: %v", err)
		}
		f.clk.Add(time.Microsecond)
		_, err = ask(o.Token)
		is(t, err, ErrToken)

		_, err = f.Token(ctx, Grant{Login: "li", Password: "wrong"}, "")
		is(t, err, identity.ErrLogin)
		_, err = f.Token(ctx, Grant{Login: "zhang", Password: password, Party: actor.Party{Kind: actor.LegalEntity, ID: 5}}, "")
		is(t, err, identity.ErrNotActing)
		code, err := f.ids.OTP(ctx, "clerk")
		if err != nil {
			t.Fatal(err)
		}
		staff, err := f.Token(ctx, Grant{Kind: actor.Staff, Login: "clerk", Password: password, Code: code}, "")
		if err != nil || !staff.Actor.Has(actor.WindowClerk) || staff.MustChange {
			t.Fatalf("%+v, %v", staff, err)
		}
		if err := f.End(ctx, actor.Actor{Kind: actor.Person, ID: staff.Actor.ID}, staff.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := ask(staff.Token); err != nil {
			t.Error("somebody else ended the token")
		}
		for range 2 {
			if err := f.End(ctx, staff.Actor, staff.ID); err != nil {
				t.Fatal(err)
			}
		}
		_, err = ask(staff.Token)
		is(t, err, ErrToken)
	})
}

func TestEndOthers(t *testing.T) {
	each(t, func(f *fixture) {
		t, ctx := f.t, f.t.Context()
		here, there, li := f.browser(), f.browser(), f.browser()
		here.login("zhang")
		there.login("zhang")
		li.login("li")
		list, err := f.Sessions(ctx, here.actor("GET"))
		if err != nil || len(list) != 2 || list[0].Current || !list[1].Current || list[0].Bearer {
			t.Errorf("%+v, %v", list, err)
		}
		const fresh = "Neues-Wort-2026"
		is(t, f.ChangePassword(ctx, here.actor("GET"), "wrong", fresh), identity.ErrLogin)
		if there.actor("GET").ID == 0 {
			t.Error("a failed change ended a session")
		}
		if err := f.ChangePassword(ctx, here.actor("GET"), password, fresh); err != nil {
			t.Fatal(err)
		}
		if here.actor("GET").ID == 0 || there.actor("GET").ID != 0 || li.actor("GET").ID == 0 {
			t.Error("the change ends the account's other sessions, and no other's")
		}
		is(t, f.EndOthers(ctx, actor.Actor{}), identity.ErrLoginNeeded)
	})
}

func TestEndStaff(t *testing.T) {
	each(t, func(f *fixture) {
		t, ctx := f.t, f.t.Context()
		code, err := f.ids.OTP(ctx, "clerk")
		if err != nil {
			t.Fatal(err)
		}
		o, err := f.Token(ctx, Grant{Kind: actor.Staff, Login: "clerk", Password: password, Code: code}, "")
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequestWithContext(ctx, "GET", "/", nil)
		r.Header.Set("Authorization", "Bearer "+o.Token)
		sys, err := f.ids.StaffActor(ctx, f.refs.Staff["sys"], actor.Web)
		if err != nil {
			t.Fatal(err)
		}
		// disabled alone is enough: actors are built anew with every request
		if err := f.ids.DisableStaff(ctx, sys, o.Actor.ID, true); err != nil {
			t.Fatal(err)
		}
		_, err = f.Actor(r)
		is(t, err, ErrToken)
		if err := f.ids.DisableStaff(ctx, sys, o.Actor.ID, false); err != nil {
			t.Fatal(err)
		}
		if err := f.EndStaff(ctx, sys, o.Actor.ID); err != nil {
			t.Fatal(err)
		}
		_, err = f.Actor(r)
		is(t, err, ErrToken)
	})
}

func TestIdentify(t *testing.T) {
	each(t, func(f *fixture) {
		var out bytes.Buffer
		d := f.door(Config{Log: slog.New(slog.NewTextHandler(&out, nil))})
		mux := http.NewServeMux()
		mux.HandleFunc("POST /cases/{no}", func(w http.ResponseWriter, r *http.Request) {
			if _, err := LoggedIn(r.Context()); err != nil {
				w.WriteHeader(http.StatusUnauthorized)
			}
		})
		root := http.NewServeMux() // a page stands behind two
		root.Handle("/", d.Identify(d.Log(mux)))
		h := http.Handler(root)
		b := f.browser()
		path := "/cases/320213198005060110"
		serve := func() int {
			r := b.request("POST")
			r.URL.Path = path
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			return w.Code
		}
		if got := serve(); got != http.StatusUnauthorized {
			f.t.Errorf("visitor: %d", got)
		}
		b.login("zhang")
		if got := serve(); got != http.StatusOK {
			f.t.Errorf("logged in: %d", got)
		}
		if s := out.String(); !strings.Contains(s, "status=401") || !strings.Contains(s, "path=\"POST /cases/{no}\"") || strings.Contains(s, "320213198005060110") {
			f.t.Errorf("log: %s", s)
		}
		path = "/nowhere/320213198005060110"
		if got := serve(); got != http.StatusNotFound {
			f.t.Errorf("nowhere: %d", got)
		}
		if s := out.String(); !strings.Contains(s, "path=unmatched status=404") || strings.Contains(s, "320213198005060110") {
			f.t.Errorf("log: %s", s)
		}
		if a, err := Actor(f.t.Context()); err != nil || a.Kind != actor.Anonymous {
			f.t.Errorf("without Identify: %+v, %v", a, err)
		}
	})
}

// TestAudit: everything that opens or ends something leaves a record in its
// own transaction.
func TestAudit(t *testing.T) {
	each(t, func(f *fixture) {
		ctx := f.t.Context()
		b := f.browser()
		b.login("li")
		a, err := f.Switch(ctx, b.actor("GET"), f.company())
		if err != nil {
			f.t.Fatal(err)
		}
		if _, err := f.Token(ctx, Grant{Login: "li", Password: password}, ""); err != nil {
			f.t.Fatal(err)
		}
		if err := f.EndOthers(ctx, a); err != nil {
			f.t.Fatal(err)
		}
		if err := f.Logout(httptest.NewRecorder(), b.request("POST")); err != nil {
			f.t.Fatal(err)
		}
		got, err := db.All(f.d.Read(ctx), func(r *db.Rows) (s string, err error) { err = r.Scan(&s); return s, err },
			`SELECT act FROM audit_record WHERE subject <> 'identity' ORDER BY id`)
		want := "login session.open session.switch login token.issue session.end-all session.end"
		if err != nil || strings.Join(got, " ") != want {
			f.t.Errorf("%v, %v, want %s", got, err, want)
		}
	})
}

func TestStatements(t *testing.T) {
	dbtest.Prepares(t, sqlSessionByHash, sqlOpen, sqlSeen, sqlSetParty, sqlEnd, sqlEndOthers, sqlOfAccount, sqlAttempt, sqlTried,
		sqlClearAttempts, sqlForgiveOne, sqlClaim, sqlPrior, sqlSweepSessions, sqlSweepAttempts, sqlSweepOnce)
}
