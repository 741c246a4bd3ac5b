package identity

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/errs"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// The sample tree: a city with two districts; the case belongs to a bureau of
// district 2, is received by that district's centre and reviewed by another
// bureau of the city.
const (
	cityPath   = "/1/"
	districtP  = "/1/2/"
	bureauPath = "/1/2/21/"
	centrePath = "/1/2/22/"
	sectionP   = "/1/2/21/211/"
	reviewPath = "/1/5/"
	otherPath  = "/1/3/31/"
)

var (
	holderParty = actor.Party{Kind: actor.NaturalPerson, ID: 7, Name: "甲"}
	otherParty  = actor.Party{Kind: actor.NaturalPerson, ID: 8, Name: "乙"}
	thing       = Target{UnitPath: bureauPath, ReceivingPath: centrePath, ReviewPaths: []string{reviewPath}, Owner: holderParty, Applicant: holderParty}
)

var grantedAt = []struct{ name, path string }{
	{"unit", bureauPath}, {"above", districtP}, {"top", cityPath}, {"below", sectionP}, {"centre", centrePath},
	{"reviewing", reviewPath}, {"elsewhere", otherPath},
}

func person(p actor.Party, mandate int64) actor.Actor {
	return actor.Actor{Kind: actor.Person, ID: p.ID, For: p, Mandate: mandate}
}

func staffWith(role actor.Role, path string) actor.Actor {
	return actor.Actor{Kind: actor.Staff, ID: 100, Purpose: "办件需要", Grants: []actor.Grant{{Role: role, Path: path}}}
}

// TestDecide walks every act, every role, every position in the tree, and
// everyone who is not staff; the golden file is the table a reviewer reads.
func TestDecide(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Who may do what: every act × everybody. Rewritten by go test -run TestDecide -update.\n" +
		"# Staff hold the role at: unit in charge, above it, at the top, below it, centre that receives, unit that reviews, elsewhere.\n")
	for _, act := range Acts() {
		fmt.Fprintf(&b, "\n%s\n", act)
		if rules[act].anyone {
			b.WriteString("  everyone\n")
			continue
		}
		var others []string
		for _, w := range []struct {
			name string
			a    actor.Actor
		}{
			{"anonymous", actor.Actor{Kind: actor.Anonymous}}, {"owner", person(holderParty, 0)}, {"agent", person(holderParty, 5)},
			{"other", person(otherParty, 0)}, {"system", actor.Platform()}, {"no-role", actor.Actor{Kind: actor.Staff, ID: 100, Purpose: "办件需要"}},
		} {
			others = append(others, w.name+" "+verdict(Decide(w.a, act, thing)))
		}
		fmt.Fprintf(&b, "  %s\n", strings.Join(others, " · "))
		for _, role := range actor.Roles {
			var may []string
			denied := map[string]bool{}
			for _, g := range grantedAt {
				if v := verdict(Decide(staffWith(role, g.path), act, thing)); v == "yes" {
					may = append(may, g.name)
				} else {
					denied[v] = true
				}
			}
			if len(may) > 0 {
				fmt.Fprintf(&b, "  %s: %s", role, strings.Join(may, " "))
				for _, v := range []string{"not-found", "forbidden"} {
					if denied[v] {
						fmt.Fprintf(&b, " (else %s)", v)
					}
				}
				b.WriteString("\n")
			}
		}
	}
	golden(t, "testdata/permissions.txt", b.String())
}

func verdict(err error) string {
	if err == nil {
		return "yes"
	}
	return errs.Of(err).Code
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			t.Fatalf("%s line %d: got %q, want %q", path, i+1, at(g, i), at(w, i))
		}
	}
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return "(end)"
}

// TestRoles: every role opens something (data stewards will, with the sharing
// of data, 第四章), and only what is listed here is open to visitors.
func TestRoles(t *testing.T) {
	for _, role := range actor.Roles {
		if role != actor.DataSteward && !slices.ContainsFunc(Acts(), func(act Act) bool {
			return !rules[act].anyone && Decide(staffWith(role, cityPath), act, thing) == nil
		}) {
			t.Errorf("role %s may do nothing", role)
		}
	}
	open := []Act{ItemRead, CaseProgress, LicenceVerify, RatingRead, RatingRateByToken, CentreRead, PublicityRead}
	for _, act := range Acts() {
		if got := Decide(actor.Actor{}, act, thing) == nil; got != slices.Contains(open, act) {
			t.Errorf("%s open to visitors: %v", act, got)
		}
	}
}

func TestDecideDetails(t *testing.T) {
	decider := staffWith(actor.Decider, bureauPath)
	reviewed := thing
	reviewed.ReviewerIDs = []int64{55, decider.ID}
	noPurpose := staffWith(actor.Reviewer, bureauPath)
	noPurpose.Purpose = ""
	security := staffWith(actor.SecurityAdmin, cityPath)
	own := Target{UnitPath: bureauPath, StaffID: security.ID}
	both := actor.Actor{Kind: actor.Staff, ID: 9, Grants: []actor.Grant{{Role: actor.SecurityAdmin, Path: cityPath}, {Role: actor.AuditAdmin, Path: cityPath}}}
	twice := actor.Actor{Kind: actor.Staff, ID: 9, Grants: []actor.Grant{{Role: actor.AuditAdmin, Path: cityPath}, {Role: actor.AuditAdmin, Path: districtP}}}
	single := thing
	single.ReviewPaths = nil
	cases := []struct {
		name string
		a    actor.Actor
		act  Act
		t    Target
		want error
	}{
		{"the reviewer does not decide", decider, CaseDecide, reviewed, ErrSamePerson},
		{"another decider does", decider, CaseDecide, thing, nil},
		{"a licence too, and does not vanish", noPurpose, LicenceRead, single, ErrPurpose},
		{"unmask needs a purpose", noPurpose, PartyUnmask, thing, ErrPurpose},
		{"nobody gives himself a role", security, RoleGrant, own, ErrOwnAccount},
		{"a security administrator does not make accounts", security, StaffManage, thing, ErrForbidden},
		{"two administrators in one person are none", both, AuditRead, Target{}, ErrForbidden},
		{"the same administrator twice is one", twice, AuditRead, Target{}, nil},
		{"without review units the unit in charge reviews", staffWith(actor.Reviewer, bureauPath), CaseReview, single, nil},
		{"a grant without a path opens nothing", staffWith(actor.Decider, ""), CaseDecide, thing, ErrNotFound},
		{"a target without a unit is closed", staffWith(actor.Decider, cityPath), CaseDecide, Target{}, ErrNotFound},
		{"an unknown act is closed to all", actor.Platform(), "case.burn", thing, ErrForbidden},
		{"a party without an id owns nothing", person(holderParty, 0), CaseRead, Target{Owner: actor.Party{Kind: actor.NaturalPerson}}, ErrNotFound},
		{"an entity with the same number is another", actor.Actor{Kind: actor.Person, ID: 7, For: actor.Party{Kind: actor.LegalEntity, ID: 7}}, CaseRead, thing, ErrNotFound},
		{"a person without a party is not logged in", actor.Actor{Kind: actor.Person, ID: 7}, CaseRead, thing, ErrLoginNeeded},
		{"grants of a person count for nothing", actor.Actor{Kind: actor.Person, ID: 8, For: otherParty, Grants: []actor.Grant{{Role: actor.Decider, Path: cityPath}}}, CaseDecide, thing, ErrNotFound},
		{"an agent cannot pass the mandate on", person(holderParty, 5), MandateGrant, thing, ErrPrincipal},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if err := Decide(c.a, c.act, c.t); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}
