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
	quash, redo := decisive{4, at(4), RecordRuling, "", ""}, decisive{5, at(5), Redo, "", ""}
	for name, c := range map[string]struct {
		outcome       Outcome
		events        []decisive
		event         int64
		grants, stand bool
		ended         Outcome
	}{
		"nothing":         {"", nil, 0, false, false, ""},
		"granted":         {Granted, []decisive{grant}, 1, true, true, ""},
		"refused":         {Refused, []decisive{refuse}, 2, false, true, ""},
		"by machine":      {Granted, []decisive{machine}, 3, true, true, ""},
		"deemed renewed":  {Granted, []decisive{{6, at(1), DeemRenewed, DeemedRenewal, "延1"}}, 6, true, true, ""},
		"annulled":        {Annulled, []decisive{grant, annul}, 1, true, false, Annulled},
		"retracted":       {Retracted, []decisive{grant, {4, at(4), MeasureDecide, RetractNotice, ""}}, 1, true, false, Retracted},
		"quashed":         {Quashed, []decisive{grant, quash}, 1, true, false, Quashed},
		"a ruling upheld": {Granted, []decisive{grant, quash}, 1, true, true, ""},
		"restored":        {Granted, []decisive{grant, annul, quash}, 1, true, true, ""},
		"under way anew":  {"", []decisive{grant, {4, at(4), Redo, "", ""}}, 1, true, false, Quashed},
		"decided anew":    {Refused, []decisive{grant, quash, redo, {7, at(7), Decide, RefusalNotice, ""}}, 7, false, true, ""},
		"an end of none":  {"", []decisive{annul}, 0, false, false, ""},
	} {
		s := standingOf(c.outcome, c.events)
		if s.Event != c.event || s.Grant != c.grants || s.Stands() != c.stand || s.Ended != c.ended || s.Decided() != (c.event != 0) {
			t.Errorf("%s: %+v", name, s)
		}
		if s.Ended != "" && !s.EndedAt.Equal(at(4)) {
			t.Errorf("%s: ended at %s", name, s.EndedAt)
		}
	}
	for o := range endings {
		if zh, en := EndingWords(o); zh == "" || en == "" {
			t.Errorf("%s has no words", o)
		}
	}
}
