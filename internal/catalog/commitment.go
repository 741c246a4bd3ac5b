package catalog

import (
	"slices"

	"github.com/tongban/tongban/internal/form"
)

// Commitment 告知承诺 is a proof that the applicant may replace by a promise
// (国办发〔2020〕42号): he is told everything that stands here, promises it in
// writing, and is checked afterwards. He chooses freely between proof and promise.
type Commitment struct {
	Key         string   `json:"key"`
	Name        string   `json:"name"` // what is promised instead of proven
	NameEN      string   `json:"nameEn,omitempty"`
	Material    string   `json:"material,omitempty"` // code of the material that the promise stands for; empty: a condition
	Text        string   `json:"text"`               // 承诺内容, whole: what the applicant signs
	Duties      []string `json:"duties"`             // 应当履行的义务
	Check       string   `json:"check"`              // 核查内容和方式
	Days        int      `json:"days"`               // 核查期限: working days from the decision
	Rectify     int      `json:"rectify"`            // 整改期限: working days to put right what differs from the promise
	Consequence string   `json:"consequence"`        // 违反承诺的后果
	Basis       string   `json:"basis"`
	Unless      *Cond    `json:"unless,omitempty"`   // not offered when the form says so
	Excluded    string   `json:"excluded,omitempty"` // who may not promise, in words
	OnSpot      bool     `json:"onSpot,omitempty"`   // 当场决定: decided without a review, on the promise alone
	Mark        string   `json:"mark"`               // C, L or M (待核实)
}

// Offered reports whether the promise may be chosen with these answers.
func (c Commitment) Offered(values form.Values) bool { return c.Unless == nil || !c.Unless.Met(values) }

// Commitment finds one by its key.
func (g *Guide) Commitment(key string) (Commitment, bool) {
	i := slices.IndexFunc(g.Commitments, func(c Commitment) bool { return c.Key == key })
	if i < 0 {
		return Commitment{}, false
	}
	return g.Commitments[i], true
}

// Supplement 容缺补齐 is how long the materials that may follow later can follow,
// and what happens if they do not.
type Supplement struct {
	Days int    `json:"days"`
	Unit string `json:"unit"` // "workday", "day"
	Late string `json:"late"` // "withdrawn" 视为撤回申请, "decide" 按已有材料作出决定
	Note string `json:"note"` // the consequence as the applicant signs it
}

// What becomes of a case whose materials did not follow in time.
const (
	LateWithdrawn = "withdrawn"
	LateDecide    = "decide"
)

// SupplementLimit is the time in which missing materials follow. A guide that
// names none gives the promised limit, and lateness has no effect by itself.
func (g *Guide) SupplementLimit() Supplement {
	if s := g.Limits.Supplement; s != nil {
		return *s
	}
	s := Supplement{Days: g.Limits.Promised.Days, Unit: g.Limits.Promised.Unit, Late: LateDecide}
	if s.Days < 1 || s.Unit != "workday" && s.Unit != "day" {
		s.Days, s.Unit = 1, "workday"
	}
	return s
}

// Tolerant reports whether the material may follow after acceptance 容缺后补.
func (m Material) Tolerant() bool { return m.Necessity == "tolerant" }

// Tolerates reports whether the material may follow after acceptance. Where the
// applicant comes to the window anyway it is brought there, and nothing is signed.
func (g *Guide) Tolerates(m Material) bool { return m.Tolerant() && g.Basics.Mode != "precheck" }

// Promises reports whether anything of the guide can be promised: materials
// that follow later, or proofs that a promise replaces.
func (g *Guide) Promises() bool {
	return len(g.Commitments) > 0 || slices.ContainsFunc(g.Materials, g.Tolerates)
}
