package catalog

import "testing"

func TestDemand(t *testing.T) {
	s := clean()
	was := s.g.Demand()
	if want := (Demand{Steps: 4, Promised: Limit{Days: 10, Unit: "workday"}, Statutory: Limit{Days: 20, Unit: "workday"}, Materials: 3}); was != want {
		t.Fatalf("%+v, want %+v", was, want)
	}
	now := *s.g
	now.Steps = now.Steps[:3]
	now.Materials = append([]Material(nil), now.Materials[:2]...)
	now.Materials[1].Necessity = "optional"
	now.Limits.Promised.Days, now.Basics.Visits = 6, 1
	if got, want := now.Demand().Less(was), (Saved{Steps: 1, Materials: 2, Visits: -1, Promised: 4, DaysKnown: true, StatutoryKnown: true}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	for _, c := range []struct {
		before, now Limit
		days        int
		known       bool
	}{{Limit{Days: 5, Unit: "workday"}, Limit{Unit: "instant"}, 5, true}, {Limit{Days: 5, Unit: "workday"}, Limit{Days: 7, Unit: "day"}, 0, false}, {Limit{Unit: "none"}, Limit{Days: 7, Unit: "day"}, 0, false}, {Limit{Unit: "instant"}, Limit{Days: 3, Unit: "day"}, -3, true}} {
		if days, known := daysLess(c.before, c.now); days != c.days || known != c.known {
			t.Errorf("%+v → %+v: %d %v", c.before, c.now, days, known)
		}
	}
}
