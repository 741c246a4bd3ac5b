package catalog

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/ident"
	"pgregory.net/rapid"
)

// altered draws a copy of a guide with a few changes anywhere.
func altered(t *rapid.T, base *Guide, label string) *Guide {
	g := base.clone()
	for range rapid.IntRange(0, 5).Draw(t, label) {
		var all []func()
		touches("", reflect.ValueOf(g).Elem(), func(_ string, change func()) { all = append(all, change) })
		all[rapid.IntRange(0, len(all)-1).Draw(t, label+" at")]()
	}
	return g
}

func cut(t interface{ Fatal(...any) }, g *Guide) parts {
	p, err := cutGuide(g)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestOverlay: a list is stored as what it changes in the city-wide guide, and
// comes back whole; what it shares is stored once, in the guide.
func TestOverlay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		city := altered(t, rich(), "city")
		list := altered(t, city, "list")
		above, own := cut(t, city), cut(t, list)
		stored, err := json.Marshal(overlayOf(above, own))
		if err != nil {
			t.Fatal(err)
		}
		var o overlay
		if err := json.Unmarshal(stored, &o); err != nil {
			t.Fatal(err)
		}
		if got := o.laid(above).canonical(); string(got) != string(own.canonical()) {
			t.Fatalf("%s came back as %s", own.canonical(), got)
		}
		for i, sec := range sections {
			if _, has := o[sec.name]; has == (string(above[i]) == string(own[i])) {
				t.Fatalf("section %s is stored: %v", sec.name, has)
			}
		}
	})
}

// TestFollow: when the city-wide guide changes, a list that adopts it takes what
// it had nothing of its own for, keeps what it had, and is told where both changed.
func TestFollow(t *testing.T) {
	onShelf(t, func(t *testing.T, s *shelf) {
		dir, err := s.ids.Directory(t.Context())
		s.must(err)
		unit, _ := dir.UnitByKey("lx")
		recv, _ := dir.UnitByKey("lx-zx")
		rapid.Check(t, func(t *rapid.T) {
			part := rapid.SampledFrom([]Handling{{}, {No: "02", Name: "变更", NameEN: "Change"}}).Draw(t, "part")
			placed := func(g *Guide) *Guide {
				c := g.clone()
				c.as(part)
				place(ident.DefaultProfile(), c, unit, recv)
				return c
			}
			old := placeless(*altered(t, rich(), "old"))
			next := placeless(*altered(t, &old, "next"))
			plain := placed(&old)
			list := altered(t, plain, "list")
			list.Basics.Handling = part
			place(ident.DefaultProfile(), list, unit, recv)
			follow := func(from, to *Guide, list *Guide) (Guide, []string) {
				g, kept, err := s.follow(dir, &Draft{UnitID: unit.ID, ReceivingID: recv.ID, Guide: *list}, &Template{Guide: *from}, &Template{Guide: *to})
				if err != nil {
					t.Fatal(err)
				}
				return g, kept
			}
			if g, kept := follow(&old, &next, plain); mustText(&g) != mustText(placed(&next)) || len(kept) > 0 {
				t.Fatalf("a list with nothing of its own keeps %v", kept)
			}
			g, kept := follow(&old, &next, list)
			before, own, fresh, got := cut(t, plain), cut(t, list), cut(t, placed(&next)), cut(t, &g)
			for i, sec := range sections {
				mine := !Locked(ListDraft, sec.name) && string(own[i]) != string(before[i])
				want := fresh[i]
				if mine {
					want = own[i]
				}
				if string(got[i]) != string(want) {
					t.Fatalf("section %s: %s, not %s", sec.name, got[i], want)
				}
				if both := mine && string(before[i]) != string(fresh[i]); both != slices.Contains(kept, sec.name) {
					t.Fatalf("section %s: both changed it %v, told %v", sec.name, both, kept)
				}
			}
			if again, kept := follow(&next, &next, &g); mustText(&again) != mustText(&g) || len(kept) > 0 {
				t.Fatalf("following what it follows changes it: %v", kept)
			}
		})
	})
}

// TestVersions: whatever is published and planned on whatever days, no version
// ever changes, and the guide of a past day is what was in force at its end.
func TestVersions(t *testing.T) {
	onShelf(t, func(t *testing.T, s *shelf) {
		ctx, seed := t.Context(), rand.Uint64()
		dice := rand.New(rand.NewPCG(seed, 1))
		t.Logf("seed %d", seed)
		today := day("2026-03-02")
		to := func() { s.clk.Set(today.Start().Add(9 * time.Hour)) }
		to()
		d := def(99001, sound("老年人优待证", "20"), "lx")
		code := s.publish(d)[0]
		inForce, texts := map[clock.Date]int{}, map[int64]string{}
		for step := range 40 {
			switch dice.IntN(4) {
			case 0:
				inForce[today] = s.now(code).No
				today += clock.Date(1 + dice.IntN(3))
				to()
				if _, err := s.TakeEffect(ctx); err != nil {
					t.Fatal(err)
				}
			case 1:
				d.Guide.Duties = []string{fmt.Sprintf("第%d项义务", step)}
				s.plan(d, (today + clock.Date(dice.IntN(5))).String(), "计划")
			case 2:
				d.Guide.Limits.Promised.Days = 3 + dice.IntN(7)
				s.plan(d, "", "当天")
			case 3:
				d.Guide.Conditions = []Condition{{Text: fmt.Sprintf("条件%d", dice.IntN(3))}}
				s.plan(d, "", "条件")
			}
			s.unchanged(code, texts)
		}
		if len(texts) < 5 || len(inForce) < 3 {
			t.Fatalf("%d versions, %d days", len(texts), len(inForce))
		}
		for date, want := range inForce {
			if _, v, err := s.AsOf(ctx, code, date); err != nil || v.No != want {
				t.Errorf("%s: version %d %v, was %d", date, v.No, err, want)
			}
		}
	})
}

// now is the version in force.
func (s *shelf) now(code string) *Version {
	s.t.Helper()
	_, v, err := s.Guide(s.t.Context(), code)
	s.must(err)
	return v
}

// unchanged reads every version anew and holds it against what it was.
func (s *shelf) unchanged(code string, was map[int64]string) {
	s.t.Helper()
	_, list, err := s.History(s.t.Context(), code)
	s.must(err)
	for _, x := range list {
		v, err := s.readVersion(s.d.Read(s.t.Context()), x.ID)
		s.must(err)
		now := string(cut(s.t, &v.Guide).canonical())
		if before, known := was[x.ID]; known && before != now {
			s.t.Fatalf("version %d was\n%s\nand is\n%s", x.No, before, now)
		}
		was[x.ID] = now
	}
}
