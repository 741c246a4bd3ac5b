package casework

import (
	"slices"
	"time"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/form"
)

// Standing 决定的效力 says whether a case was decided, how, and whether the
// decision stands. Whoever builds on a decision asks this and nothing else.
type Standing struct {
	Event   int64 // of the decision; 0: not decided
	At      time.Time
	Grant   bool
	Number  string  // of the decision
	Ended   Outcome // what ended its effect: annulled, retracted, quashed; empty: it stands
	EndedAt time.Time
}

// Decided reports whether there is a decision.
func (s Standing) Decided() bool { return s.Event != 0 }

// Stands reports whether there is a decision and it has its effect.
func (s Standing) Stands() bool { return s.Event != 0 && s.Ended == "" }

// decisions are the acts that decide a case.
var decisions = []Act{Decide, GrantByMachine, DeemRenewed}

// endings are the outcomes of a case whose decision has no effect any more, with
// the words for those who read that it is over.
var endings = map[Outcome][2]string{
	Annulled:  {"撤销", "annulled"},                    // 行政许可法 第六十九条
	Retracted: {"撤回", "retracted"},                   // 行政许可法 第八条第二款
	Quashed:   {"被行政复议、行政诉讼撤销", "quashed on review"}, // or to be made anew
}

// EndingWords says for people what ended a decision.
func EndingWords(o Outcome) (zh, en string) { w := endings[o]; return w[0], w[1] }

// decisive is an event that decides a case or may end its decision.
type decisive struct {
	id     int64
	at     time.Time
	act    Act
	notice Notice
	number string
}

// standingOf reckons from the events of a case, in their order, and from what
// the case says came of it: the last decision counts, and whether the case is
// still granted or refused.
func standingOf(outcome Outcome, events []decisive) (s Standing) {
	var last time.Time
	for _, e := range events {
		if slices.Contains(decisions, e.act) {
			s, last = Standing{Event: e.id, At: e.at, Grant: e.notice != RefusalNotice, Number: e.number}, time.Time{}
		} else {
			last = e.at
		}
	}
	if s.Decided() && outcome != Granted && outcome != Refused {
		if s.Ended, s.EndedAt = outcome, last; s.Ended == "" { // it is being decided anew
			s.Ended = Quashed
		}
	}
	return s
}

const sqlDecisive = `SELECT e.id, e.at, e.act, coalesce(d.kind, ''), coalesce(d.number, '') FROM case_event e
	LEFT JOIN document d ON d.id = e.document_id WHERE e.case_id = $1 ORDER BY e.id LIMIT 500`

// StandingOf reads whether the decision on a case stands. It decides nothing
// about who may know.
func (s *Service) StandingOf(q db.Queryer, caseID int64) (Standing, error) {
	all, err := db.All(q, func(r *db.Rows) (e decisive, err error) {
		var at int64
		err = r.Scan(&e.id, &at, &e.act, &e.notice, &e.number)
		e.at = db.Time(at)
		return e, err
	}, sqlDecisive, caseID)
	if err != nil {
		return Standing{}, err
	}
	list := slices.DeleteFunc(all, func(e decisive) bool { return !slices.Contains(decisions, e.act) && !slices.Contains(Undoing, e.act) })
	var outcome Outcome
	if err := q.QueryRow(sqlOutcome, caseID).Scan(&outcome); err != nil {
		return Standing{}, err
	}
	return standingOf(outcome, list), nil
}

const sqlOutcome = `SELECT outcome FROM cases WHERE id = $1`

const sqlAnswersOf = `SELECT answers FROM cases WHERE id = $1`

// AnswerLines gives what an application says under some fields of its form, as
// people read it, for a page that may show exactly these. It decides nothing
// about who may know.
func (s *Service) AnswerLines(q db.Queryer, caseID int64, v *catalog.Version, names []string) ([]form.Line, error) {
	var sealed []byte
	if err := q.QueryRow(sqlAnswersOf, caseID).Scan(&sealed); err != nil {
		return nil, err
	}
	var values form.Values
	if err := s.openJSON("answers", sealed, &values); err != nil {
		return nil, err
	}
	by := map[string]form.Line{}
	for _, l := range v.Form().Summary(v.Form().Normalise(values)) {
		by[l.Name] = l
	}
	var out []form.Line
	for _, n := range names {
		if l, ok := by[n]; ok && l.Text != "" {
			out = append(out, l)
		}
	}
	return out, nil
}
