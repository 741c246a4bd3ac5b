package api

import (
	"time"

	"github.com/tongban/tongban/internal/casework"
)

// MeasureIn is what the acts of 撤回、撤销、注销 begun by the authority read.
type MeasureIn struct {
	Kind         string `json:"kind,omitempty" enum:"retract,annul,deregister" doc:"measure-open."`
	Ground       string `json:"ground,omitempty" maxLength:"40" doc:"measure-open: key of a ground: retract: law-changed, circumstances; annul: abuse, beyond-power, procedure, unqualified, other, fraud; deregister: expired, person, ended, undone, force, law. Outside the licensing law: own, with basis."`
	Basis        string `json:"basis,omitempty" maxLength:"200" doc:"measure-open, outside the licensing law: law and article."`
	Public       string `json:"public,omitempty" maxLength:"2000" doc:"measure-open, retract: the public interest."`
	Compensation string `json:"compensation,omitempty" maxLength:"2000" doc:"measure-open, measure-decide: how losses are made good."`
	Asked        string `json:"asked,omitempty" maxLength:"200" doc:"measure-open: interested person who asked; left out: ex officio."`
	Harm         bool   `json:"harm,omitempty" doc:"measure-drop: annulling would do great harm to the public interest."`
}

// RulingIn is what record-ruling reads.
type RulingIn struct {
	Court  string `json:"court" enum:"reconsideration,first,second,retrial"`
	Body   string `json:"body" minLength:"1" maxLength:"200"`
	Number string `json:"number" minLength:"1" maxLength:"200"`
	On     string `json:"on" format:"date"`
	About  string `json:"about" enum:"decision,measure" doc:"The decision on the application, or the last retraction, annulment or deregistration."`
	Result string `json:"result" enum:"uphold,quash,alter,unlawful,redo,dismiss,withdrawn"`
}

// Measure 依职权程序.
type Measure struct {
	Kind         string      `json:"kind"`
	Ground       string      `json:"ground"`
	Article      string      `json:"article"`
	Stage        string      `json:"stage" enum:"told,done,dropped"`
	Facts        string      `json:"facts"`
	Public       string      `json:"public,omitempty"`
	Compensation string      `json:"compensation,omitempty"`
	Asked        string      `json:"asked,omitempty" doc:"For staff."`
	At           time.Time   `json:"at"`
	Statements   []Statement `json:"statements"`
	Waived       *time.Time  `json:"waived,omitempty"`
	Decided      *time.Time  `json:"decided,omitempty"`
	Reason       string      `json:"reason,omitempty"`
	Harm         bool        `json:"harm,omitempty"`
	Quashed      string      `json:"quashed,omitempty" doc:"By which ruling."`
}

// Ruling 行政复议、行政诉讼结果.
type Ruling struct {
	RulingIn
	Days  int        `json:"days,omitempty"`
	Text  string     `json:"text,omitempty"`
	Files []CaseFile `json:"files"`
	At    time.Time  `json:"at"`
}

func measure(m *casework.Measure) Measure {
	return Measure{string(m.Kind), m.Ground, m.Article, string(m.Stage), m.Facts, m.Public, m.Compensation, m.Asked, m.At.UTC(),
		mapTo(m.Said, func(t casework.Statement) Statement {
			return Statement{t.By, false, t.At.UTC(), t.Text, mapTo(t.Files, caseFile)}
		}),
		instant(m.Waived), instant(m.Decided), m.Reason, m.Harm, m.Quashed}
}

func ruling(r *casework.Ruling) Ruling {
	return Ruling{RulingIn{r.Court, r.Body, r.Number, r.On, r.About, r.Result}, r.Days, r.Text, mapTo(r.Files, caseFile), r.At.UTC()}
}

// measureInputs names the fields that those acts read; nil for others.
func measureInputs(act casework.Act) []string {
	switch act {
	case casework.MeasureOpen:
		return []string{"measure.kind", "measure.ground", "measure.basis", "measure.public", "measure.compensation", "measure.asked", "days", "reason"}
	case casework.MeasureState:
		return []string{"reason", "files"}
	case casework.MeasureDecide:
		return []string{"reason", "measure.compensation"}
	case casework.MeasureDrop:
		return []string{"reason", "measure.harm"}
	case casework.RecordRuling:
		return []string{"ruling.court", "ruling.body", "ruling.number", "ruling.on", "ruling.about", "ruling.result", "days", "reason", "files"}
	}
	return nil
}
