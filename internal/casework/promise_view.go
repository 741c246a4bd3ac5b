package casework

import (
	"slices"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db"
)

// PromiseView is one promise of a case as people see it.
type PromiseView struct {
	Kind     PromiseKind
	Key      string
	Name     string
	NameEN   string
	State    PromiseState
	DueOn    string // of a material that follows later
	Document int64  // the signed text
	SignedAt time.Time
	Material string // the document that is to follow, or for which the promise stands
	Check    string // of a commitment: what is checked later
}

// extras is what promises and instant approval add to a case.
type extras struct {
	promises []promise
	instant  *Instant
}

// extrasOf reads them where the guide knows any.
func (s *Service) extrasOf(q db.Queryer, c *Case, g *catalog.Guide) (x extras, err error) {
	if x.promises, err = s.promises(q, c.ID, g); err != nil || len(g.Auto) == 0 {
		return x, err
	}
	x.instant, err = s.instant(q, c.ID)
	return x, err
}

// view words the promises for people.
func (x extras) view(g *catalog.Guide) (out []PromiseView) {
	for _, p := range x.promises {
		v := PromiseView{Kind: p.Kind, Key: p.Key, Name: p.Key, State: p.State, Document: p.Document, SignedAt: p.SignedAt, Material: p.Key}
		if p.Kind == Later {
			m, _ := g.Material(p.Key)
			v.Name, v.NameEN = m.Name, m.NameEN
			if p.State == PromiseOpen {
				v.DueOn = p.DueOn
			}
		} else {
			c, _ := g.Commitment(p.Key)
			v.Name, v.NameEN, v.Material, v.Check = c.Name, c.NameEN, c.Material, c.Check
		}
		out = append(out, v)
	}
	return out
}

// offers reports whether an act about promises or an instant approval has
// anything to act upon; of other acts it says yes.
func (x extras) offers(c *Case, act Act, g *catalog.Guide) bool {
	switch act {
	case Supplement:
		return len(owed(x.promises, g)) > 0
	case ExtendSupplement:
		t, ok := c.Clocks.of(SupplementLimit)
		return ok && t.Done.IsZero()
	case WithdrawPromise:
		return len(those(x.promises, Commit, PromiseOpen)) > 0
	case CheckPromise:
		return c.Outcome == Granted && len(those(x.promises, Commit, PromiseOpen, PromiseDiffers)) > 0
	case SampleReview:
		return x.instant != nil && x.instant.Sample == SampleOpen
	case Annul, Uphold:
		return c.Outcome == Granted && (len(those(x.promises, Commit, PromiseBroken)) > 0 || x.instant != nil && x.instant.Sample == FindWrong)
	}
	return true
}

// Promised finds the promise that stands for a material now, nil if none does.
func (v *View) Promised(material string) *PromiseView {
	i := slices.IndexFunc(v.Promises, func(p PromiseView) bool {
		return p.Material == material && p.State != PromiseSupplied && p.State != PromiseWithdrawn
	})
	if i < 0 {
		return nil
	}
	return &v.Promises[i]
}

// Owed lists the materials that the applicant still has to hand in after acceptance.
func (v *View) Owed() []catalog.Material {
	var out []catalog.Material
	for _, p := range v.Promises {
		if p.Kind == Later && (p.State == PromiseOpen || p.State == PromiseLapsed) || p.Kind == Commit && p.State == PromiseWithdrawn {
			if m, ok := v.Version.Guide.Material(p.Material); ok {
				out = append(out, m)
			}
		}
	}
	return out
}

// seenBy takes out of an instant decision what the viewer has no part in.
func (x extras) seenBy(a actor.Actor, handles bool) *Instant {
	if x.instant == nil || a.Kind != actor.Staff || handles {
		return x.instant
	}
	in := *x.instant
	in.Clauses = slices.Clone(in.Clauses)
	for i := range in.Clauses {
		in.Clauses[i].Values = nil
	}
	return &in
}
