package casework

import (
	"testing"
	"time"
)

// TestStanding: the last decision counts, and what ended it after that.
func TestStanding(t *testing.T) {
	at := func(h int) time.Time { return time.Date(2026, 3, 2, h, 0, 0, 0, time.UTC) }
	grant, refuse, machine := decisive{1, at(1), Decide, DecisionNotice, "准1"}, decisive{2, at(2), Decide, RefusalNotice, "不1"}, decisive{3, at(3), GrantByMachine, DecisionNotice, "准2"}
	annul := decisive{4, at(4), Annul, AnnulNotice, "撤1"}
	for name, c := range map[string]struct {
		events        []decisive
		event         int64
		grants, stand bool
		ended         Act
	}{
		"nothing":        {nil, 0, false, false, ""},
		"granted":        {[]decisive{grant}, 1, true, true, ""},
		"refused":        {[]decisive{refuse}, 2, false, true, ""},
		"by machine":     {[]decisive{machine}, 3, true, true, ""},
		"annulled":       {[]decisive{grant, annul}, 1, true, false, Annul},
		"decided anew":   {[]decisive{grant, annul, refuse}, 2, false, true, ""},
		"an end of none": {[]decisive{annul}, 0, false, false, ""},
		"only the first": {[]decisive{grant, annul, {5, at(5), Annul, AnnulNotice, ""}}, 1, true, false, Annul},
	} {
		s := standingOf(c.events)
		if s.Event != c.event || s.Grant != c.grants || s.Stands() != c.stand || s.Ended != c.ended || s.Decided() != (c.event != 0) {
			t.Errorf("%s: %+v", name, s)
		}
		if s.Ended != "" && !s.EndedAt.Equal(at(4)) {
			t.Errorf("%s: ended at %s", name, s.EndedAt)
		}
	}
	for act := range endings {
		if zh, en := EndingWords(act); zh == "" || en == "" {
			t.Errorf("%s has no words", act)
		}
	}
}
