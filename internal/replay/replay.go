package replay

import (
	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/rule"
)

// Contract is a guide with its compiled form.
type Contract struct {
	Guide *catalog.Guide
	Form  *form.Form
}

// Case 以往办件 is what counts of a past application.
type Case struct {
	Answers  form.Values
	Party    actor.PartyKind
	Window   bool     // handed in at a window
	Agent    bool     // handed in by an agent
	Licences []string // kinds of licences that the applicant held on that day
	Age      int      // of a natural person on that day, in years; -1: not known
}

// Kind says what a difference means for the applicant.
type Kind string

// Kinds, the heaviest first.
const (
	Refused Kind = "refused" // 会被拒: it could not be handed in like that any more
	More    Kind = "more"    // 要求更多
	Judged  Kind = "judged"  // 一条新的受理条件, which a person has to judge
	Slower  Kind = "slower"  // 时间更长
	Less    Kind = "less"    // 要求更少
	Faster  Kind = "faster"  // 时间更短
)

// Kinds lists them, the heaviest first.
func Kinds() []Kind { return []Kind{Refused, More, Judged, Slower, Less, Faster} }

// Words names a kind for people.
func (k Kind) Words() (zh, en string) {
	w := map[Kind][2]string{Refused: {"会被拒", "Refused"}, More: {"要求更多", "Asked more"}, Judged: {"新条件待判断", "New condition"},
		Slower: {"时间更长", "Longer"}, Less: {"要求更少", "Asked less"}, Faster: {"时间更短", "Shorter"}}[k]
	return w[0], w[1]
}

// Point is one difference for one application.
type Point struct {
	Kind   Kind
	Path   string // of the guide to come: "materials/m03", "form/area", "limits/promised"
	ZH, EN string
}

// Trial 试算 holds two guides against each other; it does not change and may be
// used by many goroutines.
type Trial struct{ before, after side }

type side struct {
	Contract
	auto *rule.Decision // nil: no instant decision, or none that can be read
}

// New prepares a trial. Clauses of an instant decision that do not compile count
// as none: the gate names them.
func New(before, after Contract) *Trial { return &Trial{sideOf(before), sideOf(after)} }

func sideOf(c Contract) side {
	s := side{Contract: c}
	if d, err := c.Guide.Decision(c.Form); err == nil {
		s.auto = d
	}
	return s
}

// NeedsLicences reports whether the answer depends on the licences held.
func (t *Trial) NeedsLicences() bool {
	return t.NeedsAge() || t.before.replaces() || t.after.replaces()
}

// NeedsAge reports whether the answer depends on the applicant's age.
func (t *Trial) NeedsAge() bool { return t.before.auto != nil || t.after.auto != nil }

func (s *side) replaces() bool {
	for _, m := range s.Guide.Materials {
		if m.LicenceType != "" {
			return true
		}
	}
	for _, fd := range s.Form.Fields() {
		if len(fd.Sources) > 0 {
			return true
		}
	}
	return false
}

// Case tells how the guide to come differs from the one in force for a past
// application, in the order of Kinds; nil if it does not.
func (t *Trial) Case(c Case) []Point {
	was, now := t.before.of(c), t.after.of(c)
	var out []Point
	for _, differ := range []func(was, now *met) []Point{access, answers, materials, conditions, fees, limits, instant} {
		out = append(out, differ(was, now)...)
	}
	return sorted(out)
}
