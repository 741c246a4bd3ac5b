package app

import (
	"github.com/tongban/tongban/internal/calendar"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/ident"
)

// Demonstration accounts that the command line names.
const (
	DemoReviewer = "reviewer-lx-spj"
	DemoDecider  = "decider-lx-spj"
)

// Due reckons a limit from a date with the shipped calendar: the last day, and
// lines that explain it.
func Due(from string, n int, natural, en bool) (date string, lines []string, err error) {
	day, err := clock.ParseDate(from)
	if err != nil {
		return "", nil, errs.InvalidFields(errs.Field{Path: "from", Code: "date", ZH: "请写成 2026-02-12 的样子", EN: "Write it like 2026-02-12"})
	}
	if n < 0 || n > clock.MaxDays {
		return "", nil, errs.InvalidFields(errs.Field{Path: "workdays", Code: "range", ZH: "天数应在0至10000之间", EN: "Between 0 and 10000 days"})
	}
	cal, err := calendar.Shipped()
	if err != nil {
		return "", nil, err
	}
	unit := clock.WorkingDays
	if natural {
		unit = clock.NaturalDays
	}
	r := clock.Due(cal, day.Start(), n, unit)
	return r.Due.String(), r.Lines(en), nil
}

// NumberKinds are the kinds of number that ExplainNumber knows.
func NumberKinds() []string {
	var out []string
	for _, k := range ident.Kinds() {
		out = append(out, string(k))
	}
	return out
}

// ExplainNumber checks a number of a kind and says in words what it found.
func ExplainNumber(kind, value string, en bool) (words string, valid bool, err error) {
	r, err := ident.Explain(ident.Kind(kind), value)
	if err != nil {
		return "", false, err
	}
	return r.Describe(en), r.Valid, nil
}
