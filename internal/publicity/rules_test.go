package publicity

import (
	"testing"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
)

func TestMaskedName(t *testing.T) {
	for name, want := range map[string]string{"王明": "王某", "王大明": "王某某", "阿不都热依木": "阿某某", " 李四 ": "李某", "": ""} {
		if got := maskedName(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestCovers(t *testing.T) {
	for _, c := range []struct {
		policy string
		grant  bool
		want   bool
	}{{catalog.PublishAll, true, true}, {catalog.PublishAll, false, true}, {catalog.PublishGrants, true, true}, {catalog.PublishGrants, false, false}, {catalog.PublishNone, true, false}} {
		if got := (facts{policy: c.policy, grant: c.grant}).covers(); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// TestNext is the table of what becomes of a publication.
func TestNext(t *testing.T) {
	cal, err := clock.New(clock.Spec{Edition: "test"})
	if err != nil {
		t.Fatal(err)
	}
	day := func(s string) clock.Date {
		d, err := clock.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	decided, r := day("2026-03-02"), DefaultRules()
	open := func(k Kind) []Mark { return []Mark{{Kind: k, State: Open, Scope: Whole}} }
	agreed := func(s Scope) []Mark { return []Mark{{Kind: Ask, State: Agreed, Scope: s}} }
	for _, c := range []struct {
		name  string
		rules Rules
		was   string // day of publication
		f     facts
		today string
		want  State
		on    string
	}{
		{"decided", r, "", facts{}, "2026-03-02", Waiting, ""},
		{"at once", Rules{AtOnce: true, Days: 7, KeepYears: 5, WithdrawnDays: 365}, "", facts{}, "2026-03-02", Public, "2026-03-02"},
		{"served", r, "", facts{served: true}, "2026-03-03", Public, "2026-03-03"},
		{"last day", r, "", facts{}, "2026-03-11", Public, "2026-03-11"},
		{"proposal", r, "", facts{served: true, marks: open(Withhold)}, "2026-03-20", Held, ""},
		{"proposal on what is public", r, "2026-03-03", facts{served: true, marks: open(Withhold)}, "2026-03-20", Held, "2026-03-03"},
		{"applicant asks", r, "", facts{served: true, marks: open(Ask)}, "2026-03-20", Held, ""},
		{"objection", r, "2026-03-03", facts{served: true, marks: open(Object)}, "2026-03-20", Public, "2026-03-03"},
		{"agreed", r, "2026-03-03", facts{served: true, marks: agreed(Whole)}, "2026-03-20", Withheld, "2026-03-03"},
		{"agreed in part", r, "", facts{served: true, marks: agreed(Content)}, "2026-03-20", Public, "2026-03-20"},
		{"ended", r, "2026-03-03", facts{served: true, ended: "annulled", endedOn: day("2026-04-01")}, "2026-04-02", Withdrawn, "2026-03-03"},
		{"ended before", r, "", facts{ended: "annulled", endedOn: day("2026-03-04")}, "2026-03-04", Void, ""},
		{"ended long ago", r, "2026-03-03", facts{ended: "annulled", endedOn: day("2026-04-01")}, "2027-04-01", Over, "2026-03-03"},
		{"withheld, then ended", r, "2026-03-03", facts{ended: "annulled", endedOn: day("2026-04-01"), marks: agreed(Whole)}, "2026-04-02", Withheld, "2026-03-03"},
		{"time is up", r, "2026-03-03", facts{served: true}, "2031-03-03", Over, "2026-03-03"},
	} {
		c.f.decided = decided
		x := c.rules.next(Row{PublishedOn: c.was}, c.f, cal, day(c.today))
		if x.State != c.want || x.PublishedOn != c.on {
			t.Errorf("%s: %s published %q, want %s %q", c.name, x.State, x.PublishedOn, c.want, c.on)
		}
	}
}
