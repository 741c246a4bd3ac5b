package assess

import (
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/calendar"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/clock"
)

func shipped(t *testing.T) clock.Calendar {
	t.Helper()
	cal, err := calendar.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

func TestOnTime(t *testing.T) {
	cal := shipped(t)
	limit := func(kind casework.Limit, n int, start, done string) casework.Clock {
		c := casework.Clock{Kind: kind, Workdays: n, Unit: clock.WorkingDays, Start: at(t, start)}
		if done != "" {
			c.Done = at(t, done)
		}
		return c
	}
	receipt := limit(casework.Receipt, 5, "2026-03-02", "2026-03-03")
	lateReceipt := limit(casework.Receipt, 5, "2026-03-02", "2026-03-11")
	extended := limit(casework.Promised, 2, "2026-03-02", "2026-03-09")
	extended.Extensions = []clock.Extension{{At: at(t, "2026-03-03"), N: 3}}
	stopped := limit(casework.Promised, 2, "2026-03-02", "2026-03-09")
	stopped.Suspensions = []clock.Suspension{{From: at(t, "2026-03-03"), To: at(t, "2026-03-06")}}
	tests := map[string]struct {
		clocks casework.Clocks
		want   bool
	}{
		"no limit":                    {nil, true},
		"promised, last day":          {casework.Clocks{receipt, limit(casework.Promised, 5, "2026-03-02", "2026-03-09")}, true},
		"promised, a day late":        {casework.Clocks{receipt, limit(casework.Promised, 5, "2026-03-02", "2026-03-10")}, false},
		"promised late, law kept":     {casework.Clocks{limit(casework.Promised, 2, "2026-03-02", "2026-03-10"), limit(casework.Statutory, 20, "2026-03-02", "2026-03-10")}, false},
		"statutory alone, late":       {casework.Clocks{limit(casework.Statutory, 3, "2026-03-02", "2026-03-10")}, false},
		"extended":                    {casework.Clocks{extended}, true},
		"special procedure":           {casework.Clocks{stopped}, true},
		"receipt late, decision kept": {casework.Clocks{lateReceipt, limit(casework.Promised, 5, "2026-03-11", "2026-03-12")}, true},
		"ended before acceptance":     {casework.Clocks{receipt}, true},
		"answered too late":           {casework.Clocks{lateReceipt}, false},
		"the newest receipt":          {casework.Clocks{lateReceipt, limit(casework.Receipt, 5, "2026-03-10", "2026-03-12")}, true},
		"withdrawn when late already": {casework.Clocks{limit(casework.Promised, 2, "2026-03-02", "")}, false},
		"delivery does not count":     {casework.Clocks{limit(casework.Promised, 5, "2026-03-02", "2026-03-03"), limit(casework.DeliveryLimit, 1, "2026-03-03", "2026-03-12")}, true},
	}
	for name, tt := range tests {
		if got := onTime(tt.clocks, cal, at(t, "2026-03-12")); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestSoonUntil(t *testing.T) {
	cal := shipped(t)
	for today, want := range map[string]string{
		"2026-03-11": "2026-03-16", // Wednesday to Monday
		"2026-03-06": "2026-03-11", // Friday
		"2026-03-07": "2026-03-11", // Saturday: the three days of next week
		"2026-09-29": "2026-10-09", // over National Day; the Saturday worked is the fourth
	} {
		if got := soonUntil(cal, clock.DateOf(at(t, today))).String(); got != want {
			t.Errorf("%s: %s, want %s", today, got, want)
		}
	}
}

// TestStates: the SQL and the rows mean the same states by “the authority's limit”.
func TestStates(t *testing.T) {
	var list []string
	for _, s := range watchedStates {
		list = append(list, "'"+string(s)+"'")
	}
	if got := "(" + strings.Join(list, ", ") + ")"; got != watched {
		t.Errorf("rows watch %s, SQL %s", got, watched)
	}
	for o, f := range results {
		if zh, _ := f.Words(); zh == "" || o.Code() == "" {
			t.Errorf("outcome %s counts as %s", o, f)
		}
	}
	for _, f := range AllFigures {
		zh, en := f.Words()
		if zh == "" || en == "" {
			t.Errorf("figure %s has no words", f)
		}
	}
}
