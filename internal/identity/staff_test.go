package identity

import (
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db/dbtest"
)

func TestStaffActor(t *testing.T) {
	each(t, func(f *fixture) {
		t := f.t
		a := f.staff("review")
		dir, _ := f.Directory(t.Context())
		path := dir.Path(f.refs.Units["lx-spj"])
		if a.Kind != actor.Staff || a.Unit != f.refs.Units["lx-spj"] || !a.Holds(actor.Reviewer, path) || !a.Holds(actor.Decider, path) || a.Holds(actor.WindowClerk, path) {
			t.Errorf("%+v", a)
		}
		if plain := f.staff("plain"); len(plain.Grants) != 0 {
			t.Errorf("%+v", plain)
		}
		_, err := f.StaffActor(t.Context(), 1, actor.Web)
		is(t, err, ErrLoginNeeded)
	})
}

func TestCreateStaff(t *testing.T) {
	each(t, func(f *fixture) {
		t, ctx := f.t, f.t.Context()
		in := StaffInput{Login: "New.One", Name: "沈新人", Unit: "lx-spj"}
		for _, who := range []string{"sec", "aud", "clerk"} {
			_, _, err := f.CreateStaff(ctx, f.staff(who), in)
			is(t, err, ErrForbidden)
		}
		elsewhere := in
		elsewhere.Unit = "wx-spj"
		_, _, err := f.CreateStaff(ctx, f.staff("lxsys"), elsewhere)
		is(t, err, ErrForbidden)
		withRole := in
		withRole.Roles = []RoleInput{{Role: actor.Decider}}
		_, _, err = f.CreateStaff(ctx, f.staff("lxsys"), withRole)
		field(t, err, "roles")
		st, cred, err := f.CreateStaff(ctx, f.staff("lxsys"), in)
		if err != nil || st.Login != "new.one" || !st.MustChange || len(cred.Password) != 20 {
			t.Fatalf("%+v, %v", st, err)
		}
		_, _, err = f.CreateStaff(ctx, f.staff("sys"), in)
		is(t, err, ErrLoginTaken)
		_, err = f.OTP(ctx, "new.one")
		is(t, err, ErrNoAccount)
		login := func(c Credentials) error {
			u, err := url.Parse(c.OTPURL)
			if err != nil {
				t.Fatal(err)
			}
			code, err := codeAt(u.Query().Get("secret"), otpStep(f.clk.Now()))
			if err != nil {
				t.Fatal(err)
			}
			_, err = f.LoginStaff(ctx, "new.one", c.Password, code, "")
			return err
		}
		if err := login(cred); err != nil {
			t.Error(err)
		}
		// a role counts once the password is the member's own
		if err := f.GrantRole(ctx, f.staff("sec"), st.ID, actor.Reviewer, st.UnitID); err != nil {
			t.Fatal(err)
		}
		a, err := f.StaffActor(ctx, st.ID, actor.Web)
		if err != nil || len(a.Grants) != 0 {
			t.Errorf("before the change: %+v, %v", a, err)
		}
		if err := f.ChangePassword(ctx, a, cred.Password, "Mein-Wort-2026"); err != nil {
			t.Fatal(err)
		}
		if a, err = f.StaffActor(ctx, st.ID, actor.Web); err != nil || len(a.Grants) != 1 {
			t.Errorf("after the change: %+v, %v", a, err)
		}
		fresh, err := f.ResetStaff(ctx, f.staff("sys"), st.ID)
		if err != nil {
			t.Fatal(err)
		}
		f.clk.Add(time.Minute)
		is(t, login(cred), ErrLogin)
		if err := login(fresh); err != nil {
			t.Error(err)
		}
		_, err = f.ResetStaff(ctx, f.staff("sys"), f.refs.Staff["clerk"])
		is(t, err, ErrNoAccount)
		list, err := f.StaffOf(ctx, f.staff("aud"), f.refs.Units["lx-spj"])
		if err != nil || len(list) != 2 || len(list[1].Grants) != 2 {
			t.Errorf("%+v, %v", list, err)
		}
		_, err = f.StaffOf(ctx, f.staff("clerk"), f.refs.Units["lx-spj"])
		is(t, err, ErrForbidden)
	})
}

func TestDisableStaff(t *testing.T) {
	each(t, func(f *fixture) {
		t, ctx := f.t, f.t.Context()
		sys := f.staff("sys")
		is(t, f.DisableStaff(ctx, sys, sys.ID, true), ErrOwnAccount)
		is(t, f.DisableStaff(ctx, sys, 1, true), ErrNoAccount)
		clerk := f.refs.Staff["clerk"]
		if err := f.DisableStaff(ctx, sys, clerk, true); err != nil {
			t.Fatal(err)
		}
		_, err := f.StaffActor(ctx, clerk, actor.Web)
		is(t, err, ErrLoginNeeded)
		_, err = f.OTP(ctx, "clerk")
		is(t, err, ErrNoAccount)
		if err := f.DisableStaff(ctx, sys, clerk, false); err != nil {
			t.Fatal(err)
		}
		if _, err := f.LoginStaff(ctx, "clerk", password, f.code("clerk"), ""); err != nil {
			t.Error(err)
		}
	})
}

func TestGrantRole(t *testing.T) {
	each(t, func(f *fixture) {
		t, ctx := f.t, f.t.Context()
		sec, plain, unit := f.staff("sec"), f.refs.Staff["plain"], f.refs.Units["wx-spj"]
		is(t, f.GrantRole(ctx, f.staff("sys"), plain, actor.Decider, unit), ErrForbidden)
		is(t, f.GrantRole(ctx, sec, sec.ID, actor.Decider, unit), ErrOwnAccount)
		is(t, f.GrantRole(ctx, sec, f.refs.Staff["sys"], actor.AuditAdmin, unit), ErrSeparation)
		field(t, f.GrantRole(ctx, sec, plain, "emperor", unit), "role")
		field(t, f.GrantRole(ctx, sec, plain, actor.Decider, 1), "role")
		is(t, f.GrantRole(ctx, sec, 1, actor.Decider, unit), ErrNoAccount)
		for range 2 {
			if err := f.GrantRole(ctx, sec, plain, actor.Decider, unit); err != nil {
				t.Fatal(err)
			}
		}
		if a := f.staff("plain"); len(a.Grants) != 1 || a.Grants[0].Role != actor.Decider {
			t.Errorf("%+v", a.Grants)
		}
		for range 2 {
			if err := f.RevokeRole(ctx, sec, plain, actor.Decider, unit); err != nil {
				t.Fatal(err)
			}
		}
		if a := f.staff("plain"); len(a.Grants) != 0 {
			t.Errorf("%+v", a.Grants)
		}
		s := staffSubject(plain)
		f.wantAudit("role.grant "+s+" denied", "role.grant "+staffSubject(sec.ID)+" denied", "role.grant "+s+" done", "role.grant "+s+" done")
	})
}

// TestGrantRole_at_once: two administrators' roles granted at the same moment
// do not end in one person.
func TestGrantRole_at_once(t *testing.T) {
	each(t, func(f *fixture) {
		sec, plain, unit := f.staff("sec"), f.refs.Staff["plain"], f.refs.Units["wx-spj"]
		three := []actor.Role{actor.SystemAdmin, actor.SecurityAdmin, actor.AuditAdmin}
		for range 10 {
			var wg sync.WaitGroup
			start := make(chan struct{})
			for _, role := range three {
				wg.Go(func() {
					<-start
					if err := f.GrantRole(f.t.Context(), sec, plain, role, unit); err != nil {
						is(f.t, err, ErrSeparation)
					}
				})
			}
			close(start)
			wg.Wait()
			if n := administrations(f.staff("plain").Grants); n != 1 {
				f.t.Fatalf("one person holds %d of the three", n)
			}
			for _, role := range three {
				if err := f.RevokeRole(f.t.Context(), sec, plain, role, unit); err != nil {
					f.t.Fatal(err)
				}
			}
		}
	})
}

func TestStatements(t *testing.T) {
	dbtest.Prepares(t, sqlContactOfPerson, sqlContactOfEntity, sqlDirectoryVersion, sqlBumpDirectory, sqlAllDivisions, sqlAllUnits, sqlKeepHallName, sqlDropHallName, sqlRenameUnit,
		sqlPersonByID, sqlPersonByIndex, sqlEntityByID, sqlEntityByUSCC, sqlMandateByID, sqlMandatesOfPair, sqlMandatesOfAgent,
		sqlMandatesGiven, sqlInsertMandate, sqlRevokeMandate, sqlInsertPerson, sqlPersonLogin, sqlPersonByNo, sqlPersonStill,
		sqlStaffLogin, sqlStaffStill, sqlUseStep, sqlRehashPerson, sqlRehashStaff, sqlPersonPassword, sqlStaffPassword, sqlSetPerson,
		sqlSetStaff, sqlDemoSecret, sqlActingSelf, sqlActingEntity, sqlActingPerson, sqlEntitiesOfRep, sqlWalkInContact, sqlSetContact,
		sqlStaffByID, sqlStaffOfUnit, sqlMembers, sqlSetFair, sqlStaffIDByLogin, sqlInsertStaff, sqlResetStaff, sqlDisableStaff, sqlGrantRole, sqlRevokeRole, sqlHasDemo,
		sqlUpsertDivision, sqlUnitByKey, sqlUpsertUnit, sqlMoveUnits, sqlPersonIDs, sqlPersonIDLogin, sqlUpdatePerson, sqlUpsertEntity, sqlUpdateStaff)
}
