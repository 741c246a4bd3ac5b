package app

import (
	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/calendar"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/ident"
)

// DemoAccount is a login that the demonstration names, one for every role.
type DemoAccount struct {
	Login  string
	Role   actor.Role // of staff; empty: somebody who applies
	ZH, EN string
}

// DemoAccounts lists them in the order shown to people.
func DemoAccounts() []DemoAccount {
	return []DemoAccount{
		{"chenjiayi", "", "申请人（自然人）", "applicant"},
		{"fengxue", "", "个人和单位的代理人", "agent of a person and a company"},
		{"clerk-lx", actor.WindowClerk, "窗口人员（梁溪区）", "window clerk, Liangxi"},
		{"reviewer-lx-spj", actor.Reviewer, "审查人员", "reviewer"},
		{"decider-lx-spj", actor.Decider, "决定人员", "decider"},
		{"steward-wx", actor.ItemSteward, "事项管理员", "item steward"},
		{"itemreviewer-wx", actor.ItemReviewer, "事项审核人员", "item reviewer"},
		{"data-wx", actor.DataSteward, "数据管理员", "data steward"},
		{"supervisor-wx", actor.Supervisor, "监督人员", "supervisor"},
		{"sysadmin", actor.SystemAdmin, "系统管理员", "system administrator"},
		{"secadmin", actor.SecurityAdmin, "安全管理员", "security administrator"},
		{"auditadmin", actor.AuditAdmin, "审计管理员", "audit administrator"},
	}
}

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

// ExplainNumber checks a number of a kind and says in words what it found. The
// configuration says how item codes are built.
func ExplainNumber(c Config, kind, value string, en bool) (words string, valid bool, err error) {
	r, err := c.codes().Explain(ident.Kind(kind), value)
	if err != nil {
		return "", false, err
	}
	return r.Describe(en), r.Valid, nil
}
