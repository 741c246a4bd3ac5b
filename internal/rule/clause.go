package rule

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tongban/tongban/internal/errs"
)

// Clause 条款 is one condition of a decision that a machine may make, with the
// law it rests on: a 秒批 is granted only if every clause is met.
type Clause struct {
	Key    string `json:"key"`
	Name   string `json:"name"`   // what it asks, in words for the applicant
	NameEN string `json:"nameEn"` //
	Basis  string `json:"basis"`  // the article
	When   string `json:"when"`   // the rule
}

// Decision 决定规则 is a list of compiled clauses.
type Decision struct{ clauses []compiled }

type compiled struct {
	Clause
	rule *Rule
}

// Verdict 结论 is the answer of a decision, clause by clause, in their order;
// it is kept with the case.
type Verdict struct {
	Met      bool // every clause is met; otherwise a person decides
	Findings []Finding
}

// Finding is the answer of one clause.
type Finding struct {
	Clause
	Met  bool
	Err  error    // it could not be answered; Met is false
	Uses []string // attributes that it asks for, sorted
}

// maxClauses of one decision.
const maxClauses = 50

// Clauses compiles a decision. Errors name every clause that does not fit, as
// "KEY/when".
func Clauses(list []Clause, attributes []Attribute) (*Decision, error) {
	var bad []errs.Field
	field := func(at, code, zh, en string) { bad = append(bad, errs.Field{Path: at, Code: code, ZH: zh, EN: en}) }
	if len(list) == 0 || len(list) > maxClauses {
		field("", "count", fmt.Sprintf("条款应为1至%d条", maxClauses), fmt.Sprintf("A decision has 1 to %d clauses", maxClauses))
	}
	d, seen := &Decision{}, map[string]bool{}
	for i, c := range list {
		at := c.Key
		if at == "" || seen[at] {
			at = fmt.Sprint(i)
			field(at+"/key", "unique", "条款代号缺失或者重复", "The clause has no key, or another one has it")
		}
		seen[c.Key] = true
		if strings.TrimSpace(c.Name) == "" {
			field(at+"/name", "required", "请写明条款内容", "Say what the clause asks")
		}
		if strings.TrimSpace(c.Basis) == "" {
			field(at+"/basis", "required", "请写明条款依据", "Name the basis of the clause")
		}
		r, err := Compile(c.When, attributes)
		var why *Error
		switch {
		case errors.As(err, &why):
			bad = append(bad, why.Fields(at+"/when")...)
		case err != nil:
			return nil, err
		default:
			d.clauses = append(d.clauses, compiled{c, r})
		}
	}
	if len(bad) > 0 {
		return nil, errs.InvalidFields(bad...)
	}
	return d, nil
}

// Eval answers every clause, also after one that is not met: a person who takes
// over sees them all.
func (d *Decision) Eval(values map[string]any) Verdict {
	v := Verdict{Met: len(d.clauses) > 0}
	for _, c := range d.clauses {
		met, err := c.rule.Eval(values)
		v.Met = v.Met && met && err == nil
		v.Findings = append(v.Findings, Finding{c.Clause, met, err, c.rule.Uses()})
	}
	return v
}
