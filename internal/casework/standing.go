package casework

import (
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
	Number  string // of the decision
	Ended   Act    // what ended its effect; empty: it stands
	EndedAt time.Time
}

// Decided reports whether there is a decision.
func (s Standing) Decided() bool { return s.Event != 0 }

// Stands reports whether there is a decision and it has its effect.
func (s Standing) Stands() bool { return s.Event != 0 && s.Ended == "" }

// decisions are the acts that decide a case.
var decisions = []Act{Decide, GrantByMachine}

// endings are the acts that end the effect of a decision for good, with the
// words for those who read that it is over. An act that is not here leaves the
// decision standing.
var endings = map[Act][2]string{
	Annul: {"撤销", "annulled"}, // 行政许可法 第六十九条
}

// EndingWords says for people what ended a decision.
func EndingWords(a Act) (zh, en string) { w := endings[a]; return w[0], w[1] }

// decisive is an event that decides a case or ends its decision.
type decisive struct {
	id     int64
	at     time.Time
	act    Act
	notice Notice
	number string
}

// standingOf reckons the events of a case, in their order: the last decision
// counts, and what ended it after that.
func standingOf(events []decisive) (s Standing) {
	for _, e := range events {
		if _, ends := endings[e.act]; !ends {
			s = Standing{Event: e.id, At: e.at, Grant: e.notice != RefusalNotice, Number: e.number}
		} else if s.Stands() {
			s.Ended, s.EndedAt = e.act, e.at
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
	var list []decisive
	for _, e := range all {
		if _, ends := endings[e.act]; ends || e.act == decisions[0] || e.act == decisions[1] {
			list = append(list, e)
		}
	}
	return standingOf(list), nil
}

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
