package casework

import (
	"slices"
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/identity"
)

// ownAccount are acts upon one's own account and papers. They are no acts on a
// matter: what they are for at the window is done with the person's documents.
var ownAccount = []identity.Act{identity.MessageRead, identity.MessageChoose, identity.ProfileRead, identity.ProfileChange, identity.MandateGrant, identity.MandateRead, identity.MandateRevoke, identity.ApplicantEnter}

// TestChannels: online equals offline. Every act of the permission table that the
// person concerned may do can be done for him at the window, and every act of
// the window that needs him there stands in the table with its article.
func TestChannels(t *testing.T) {
	party := actor.Party{Kind: actor.NaturalPerson, ID: 7}
	thing := identity.Target{UnitPath: "/1/2/", ReceivingPath: "/1/3/", Owner: party, Applicant: party, HelperID: 9}
	owner := actor.Actor{Kind: actor.Person, ID: 7, For: party}
	clerk := actor.Actor{Kind: actor.Staff, ID: 9, Purpose: "办件", Grants: []actor.Grant{{Role: actor.WindowClerk, Path: "/1/3/"}, {Role: actor.WindowClerk, Path: "/1/2/"}}}
	nobody := actor.Actor{Kind: actor.Anonymous}
	used := map[identity.Act]bool{}
	for _, act := range identity.Acts() {
		online, window := identity.Decide(owner, act, thing) == nil, identity.Decide(clerk, act, thing) == nil
		if !online || window || identity.Decide(nobody, act, thing) == nil || slices.Contains(ownAccount, act) {
			continue
		}
		o, listed := oneWay(act)
		used[act] = true
		if !listed || o.Window {
			t.Errorf("%s can be done online and not at the window", act)
		}
	}
	for _, m := range Table {
		act := identity.Act("case." + string(m.Act))
		online, window := identity.Decide(owner, act, thing) == nil, identity.Decide(clerk, act, thing) == nil
		switch m.Side {
		case ByApplicant:
			if online != window {
				t.Errorf("%s from %q: online %v, at the window %v", m.Act, m.From, online, window)
			}
		case ByWindow:
			if needsPerson(m) {
				used[act] = true
				if o, listed := oneWay(act); !listed || !o.Window {
					t.Errorf("%s needs the person at the window and names no article", m.Act)
				}
			}
		}
	}
	used[identity.CaseReceive] = identity.Decide(clerk, identity.CaseReceive, thing) == nil && identity.Decide(owner, identity.CaseReceive, thing) != nil
	for _, o := range OneWays {
		if !used[o.Act] {
			t.Errorf("%s stands in the table and is possible both ways", o.Act)
		}
		if o.Article == "" && o.Twin == "" {
			t.Errorf("%s names neither an article nor what does the same", o.Act)
		}
		if o.Article != "" && !strings.Contains(o.Article, "第") {
			t.Errorf("%s rests on no article: %s", o.Act, o.Article)
		}
		if o.Twin != "" && !slices.Contains(identity.Acts(), o.Twin) {
			t.Errorf("%s: there is no act %s", o.Act, o.Twin)
		}
	}
}

// needsPerson: the window does it with the person, or somebody for him, standing
// there.
func needsPerson(m Move) bool {
	return m.From == Prechecked && m.To == Next || m.Act == HandOver || m.Act == Mend
}

// TestChannels_offered: in every state of a case of every kind, what is offered to
// the applicant online is offered to the clerk for him, and the other way round.
func TestChannels_offered(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		mine := func(v *View) (out []Act) {
			for _, o := range v.Offered {
				if m, ok := MoveFor(v.Case.State, o.Act); ok && m.Side == ByApplicant {
					out = append(out, o.Act)
				}
			}
			slices.Sort(out)
			return out
		}
		for _, item := range []string{food, marriage, subsidy} {
			for _, state := range States {
				if _, reached := MoveFor(state, Withdraw); item == marriage && (state == Suspended || state == Reviewing) || item != marriage && state == Prechecked || !reached && state != Delivering {
					continue
				}
				if item == subsidy && state == Suspended {
					continue
				}
				way := "pickup"
				no := c.advanceTo(item, state, way).No
				owner, clerk := mine(c.view(c.applicant(item), no)), mine(c.view(c.staff("clerk"), no))
				if !slices.Equal(owner, clerk) || len(owner) == 0 && state != Delivering {
					t.Errorf("%s %s: online %v, at the window %v", item, state, owner, clerk)
				}
			}
		}
	})
}

// TestCrossing: one case begins online and ends at the window, another begins at
// the window and ends online.
func TestCrossing(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		clerk, zhang := c.staff("clerk"), c.person("zhang")
		no := c.advanceTo(food, Correcting, "electronic").No // handed in online
		d, err := c.OpenCorrection(ctx, clerk, no)
		c.must(err)
		for _, a := range c.view(clerk, no).Case.Correction {
			_, err = c.PaperSeen(ctx, clerk, d.ID, a.Material, true, 1)
			c.must(err)
		}
		_, err = c.Submit(ctx, clerk, d.ID, SubmitInput{}) // corrected on paper at the window
		c.must(err)
		c.do(clerk, no, Accept, Input{})
		c.do(c.staff("rev"), no, Review, Input{Agree: true, Opinion: "符合"})
		c.do(c.staff("dec"), no, Decide, Input{Grant: true})
		if list, err := c.CasePapers(ctx, clerk, no); err != nil || len(list) != 1 {
			t.Errorf("papers of the correction %+v %v", list, err)
		}

		d, err = c.StartDraft(ctx, clerk, c.codes[food], zhang.For, nil) // handed in on paper
		c.must(err)
		no = c.handIn(clerk, d)
		c.do(clerk, no, RequestCorrection, Input{Asks: []Ask{{Material: "m02", Line: "a"}}})
		d, err = c.OpenCorrection(ctx, zhang, no)
		c.must(err)
		_, err = c.AttachFile(ctx, zhang, d.ID, "m02", c.file(), "图.pdf")
		c.must(err)
		_, err = c.Submit(ctx, zhang, d.ID, SubmitInput{}) // corrected online
		c.must(err)
		c.do(clerk, no, Accept, Input{})
		c.do(c.staff("rev"), no, Review, Input{Agree: true, Opinion: "符合"})
		c.do(c.staff("dec"), no, Decide, Input{Grant: true})
		c.do(zhang, no, ChangeDelivery, Input{Delivery: Delivery{Way: "electronic"}})
		c.drain()
		if k := c.view(zhang, no).Case; k.State != Closed || k.Outcome != Granted {
			t.Errorf("%s %s", k.State, k.Outcome)
		}
	})
}
