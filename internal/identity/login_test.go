package identity

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
)

// audited lists act, subject and outcome of every record since the import, in
// order.
func (f *fixture) audited() []string {
	f.t.Helper()
	out, err := db.All(f.d.Read(f.t.Context()), func(r *db.Rows) (string, error) {
		var act, subject, outcome string
		err := r.Scan(&act, &subject, &outcome)
		return act + " " + subject + " " + outcome, err
	}, `SELECT act, subject, outcome FROM audit_record ORDER BY id`)
	if err != nil {
		f.t.Fatal(err)
	}
	return out[1:]
}

func (f *fixture) wantAudit(want ...string) {
	f.t.Helper()
	if got := f.audited(); strings.Join(got, "\n") != strings.Join(want, "\n") {
		f.t.Errorf("audited\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestLoginPerson(t *testing.T) {
	each(t, func(f *fixture) {
		t, ctx := f.t, f.t.Context()
		zhang := personSubject(f.refs.Persons["zhang"])
		p, err := f.LoginPerson(ctx, " Zhang ", password, "10.0.0.1")
		if err != nil || p.ID != f.refs.Persons["zhang"] || p.IDNumber != f.b.Persons[0].IDNumber {
			t.Fatalf("got %+v, %v", p, err)
		}
		if p, err = f.LoginPerson(ctx, f.b.Persons[0].IDNumber, password, ""); err != nil || p.Login != "zhang" {
			t.Errorf("by ID number: %v", err)
		}
		for _, c := range [][2]string{{"zhang", "wrong"}, {"nobody", password}, {"", ""}, {"zha\x00ng", password},
			{f.b.Persons[3].IDNumber, ""}, {f.b.Persons[3].IDNumber, password}, {"clerk", password}, {"zhang", strings.Repeat("x", 10000)}} {
			_, err := f.LoginPerson(ctx, c[0], c[1], "")
			is(t, err, ErrLogin)
		}
		old := personSubject(f.refs.Persons["old"])
		f.wantAudit("login "+zhang+" done", "login "+zhang+" done", "login "+zhang+" failed", "login person/? failed", "login person/? failed",
			"login person/? failed", "login "+old+" failed", "login "+old+" failed", "login person/? failed", "login "+zhang+" failed")
		f.exec(`UPDATE person SET disabled = TRUE WHERE login = 'zhang'`)
		_, err = f.LoginPerson(ctx, "zhang", password, "")
		is(t, err, ErrLogin)
		_, err = f.PersonActor(ctx, f.refs.Persons["zhang"], actor.Party{}, actor.Web)
		is(t, err, ErrLoginNeeded)
	})
}

func (f *fixture) exec(sql string, args ...any) {
	f.t.Helper()
	err := f.d.Write(f.t.Context(), "test", func(tx *db.Tx) error {
		_, err := tx.Exec(sql, args...)
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) code(login string) string {
	f.t.Helper()
	code, err := f.OTP(f.t.Context(), login)
	if err != nil {
		f.t.Fatal(err)
	}
	return code
}

func TestLoginStaff(t *testing.T) {
	each(t, func(f *fixture) {
		t, ctx := f.t, f.t.Context()
		clerk := staffSubject(f.refs.Staff["clerk"])
		code := f.code("clerk")
		_, err := f.LoginStaff(ctx, "clerk", "wrong", code, "")
		is(t, err, ErrLogin)
		_, err = f.LoginStaff(ctx, "clerk", password, "", "")
		is(t, err, ErrLogin)
		_, err = f.LoginStaff(ctx, "nobody", password, code, "")
		is(t, err, ErrLogin)
		st, err := f.LoginStaff(ctx, "Clerk", password, code[:3]+" "+code[3:], "10.0.0.1")
		if err != nil || st.ID != f.refs.Staff["clerk"] || len(st.Grants) != 1 || st.Grants[0].Role != actor.WindowClerk || !st.Demo {
			t.Fatalf("got %+v, %v", st, err)
		}
		_, err = f.LoginStaff(ctx, "clerk", password, code, "")
		is(t, err, ErrLogin)
		f.wantAudit("login "+clerk+" failed", "login "+clerk+" failed", "login staff/? failed", "login "+clerk+" done", "login "+clerk+" failed")

		// the next code is good already, and makes older ones useless
		next := f.code("clerk")
		if next == code {
			t.Error("OTP gives a code that was used")
		}
		if _, err = f.LoginStaff(ctx, "clerk", password, next, ""); err != nil {
			t.Error(err)
		}
		_, err = f.OTP(ctx, "clerk")
		is(t, err, ErrCodeSpent)
		f.clk.Add(30 * time.Second)
		late := f.code("clerk")
		f.clk.Add(90 * time.Second) // the code is that of the next half minute
		_, err = f.LoginStaff(ctx, "clerk", password, late, "")
		is(t, err, ErrLogin)
		f.clk.Add(-30 * time.Second)
		if _, err = f.LoginStaff(ctx, "clerk", password, late, ""); err != nil {
			t.Errorf("one step late: %v", err)
		}
	})
}

// TestLoginStaff_same_code_at_once: of many logins with one code, one is let in.
func TestLoginStaff_same_code_at_once(t *testing.T) {
	each(t, func(f *fixture) {
		code := f.code("clerk")
		var wg sync.WaitGroup
		in := make(chan error, 6)
		for range cap(in) {
			wg.Go(func() {
				_, err := f.LoginStaff(f.t.Context(), "clerk", password, code, "")
				in <- err
			})
		}
		wg.Wait()
		close(in)
		good := 0
		for err := range in {
			if err == nil {
				good++
			} else {
				is(f.t, err, ErrLogin)
			}
		}
		if good != 1 {
			f.t.Errorf("%d logins with one code", good)
		}
	})
}

// TestMatchCode holds the RFC 6238 vectors (SHA-1, the last six digits) and
// the window of one step.
func TestMatchCode(t *testing.T) {
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" // "12345678901234567890"
	for _, c := range []struct {
		unix int64
		code string
	}{{59, "287082"}, {1111111109, "081804"}, {1111111111, "050471"}, {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}} {
		for drift, want := range map[int64]bool{-60: false, -30: true, 0: true, 30: true, 60: false} {
			if c.unix+drift < 0 {
				continue
			}
			step, fits, err := matchCode(secret, c.code, time.Unix(c.unix+drift, 0))
			if err != nil || fits != want || fits && step != c.unix/30 {
				t.Errorf("%s at %d%+d: %v %v %v", c.code, c.unix, drift, step, fits, err)
			}
		}
	}
}

func TestOTP_demo_accounts_only(t *testing.T) {
	each(t, func(f *fixture) {
		t, ctx := f.t, f.t.Context()
		_, err := f.OTP(ctx, "nobody")
		is(t, err, ErrNoAccount)
		if has, err := f.HasDemoAccounts(ctx); err != nil || !has {
			t.Errorf("demo accounts: %v, %v", has, err)
		}
		f.exec(`UPDATE staff SET demo = FALSE`)
		_, err = f.OTP(ctx, "clerk")
		is(t, err, ErrNoAccount)
		if has, _ := f.HasDemoAccounts(ctx); !has {
			t.Error("demo persons are demo accounts too")
		}
		f.exec(`UPDATE person SET demo = FALSE`)
		if has, err := f.HasDemoAccounts(ctx); err != nil || has {
			t.Errorf("no demo accounts: %v, %v", has, err)
		}
		// importing the sample again as real data does not launder its accounts, nor the other way round
		f.b.Demo = false
		if _, err := f.Import(ctx, actor.Platform(), f.b); err != nil {
			t.Fatal(err)
		}
		if has, _ := f.HasDemoAccounts(ctx); has {
			t.Error("an import marked accounts that were there")
		}
	})
}

func TestChangePassword(t *testing.T) {
	each(t, func(f *fixture) {
		t, ctx := f.t, f.t.Context()
		const fresh = "Neues-Wort-2026"
		zhang, clerk := f.self("zhang"), f.staff("clerk")
		is(t, f.ChangePassword(ctx, zhang, "wrong", fresh), ErrLogin)
		is(t, f.ChangePassword(ctx, actor.Platform(), password, fresh), ErrLoginNeeded)
		field(t, f.ChangePassword(ctx, zhang, password, "Ab1!"), "password")
		field(t, f.ChangePassword(ctx, zhang, password, "onlyletters"), "password")
		field(t, f.ChangePassword(ctx, clerk, password, "Short-1"), "password")
		for _, a := range []actor.Actor{zhang, clerk} {
			if err := f.ChangePassword(ctx, a, password, fresh); err != nil {
				t.Fatal(err)
			}
		}
		_, err := f.LoginPerson(ctx, "zhang", password, "")
		is(t, err, ErrLogin)
		if _, err := f.LoginPerson(ctx, "zhang", fresh, ""); err != nil {
			t.Error(err)
		}
		if _, err := f.LoginStaff(ctx, "clerk", fresh, f.code("clerk"), ""); err != nil {
			t.Error(err)
		}
	})
}
