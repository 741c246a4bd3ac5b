package catalog

import "context"

// Demand 减负指标 is what one version of a guide costs the applicant (第十条):
// fewer links of the procedure, days, documents and visits. It is reckoned from
// the guide, never entered.
type Demand struct {
	Steps     int   // 办理环节
	Promised  Limit // 承诺办结时限
	Statutory Limit // 法定办结时限
	Materials int   // 必交材料, those that are handed in at once or follow later
	Visits    int   // 到办事现场次数
}

// Demand reckons what the guide asks the applicant.
func (g *Guide) Demand() Demand {
	m := Demand{Steps: len(g.Steps), Promised: g.Limits.Promised, Statutory: g.Limits.Statutory, Visits: g.Basics.Visits}
	for i := range g.Materials {
		if g.Materials[i].Required() || g.Materials[i].Tolerant() {
			m.Materials++
		}
	}
	return m
}

// Saved 压减 is how much less a version costs than the one before; negative
// where it costs more. Days count where both limits have the same unit, or one
// of them is on the spot.
type Saved struct {
	Steps, Materials, Visits int
	Promised, Statutory      int
	DaysKnown                bool // the promised days can be compared
	StatutoryKnown           bool
}

// Less holds a version against the one before it.
func (m Demand) Less(before Demand) Saved {
	s := Saved{Steps: before.Steps - m.Steps, Materials: before.Materials - m.Materials, Visits: before.Visits - m.Visits}
	s.Promised, s.DaysKnown = daysLess(before.Promised, m.Promised)
	s.Statutory, s.StatutoryKnown = daysLess(before.Statutory, m.Statutory)
	return s
}

func daysLess(before, now Limit) (int, bool) {
	counted := func(l Limit) bool { return l.Unit == "workday" || l.Unit == "day" }
	switch {
	case before.Unit == "none" || now.Unit == "none":
		return 0, false
	case counted(before) && counted(now) && before.Unit != now.Unit:
		return 0, false
	}
	return before.Days - now.Days, true
}

// Demanded is what a version asks and what it saves over the version before,
// nil for the first.
type Demanded struct {
	Demand
	Saved *Saved
}

// demandsMost bounds how many versions of a history are reckoned.
const demandsMost = 50

// Demands reckons what the versions of a history ask as History gives it, newest first,
// by version id. Versions that never came into force are left out: nobody was
// served by them.
func (s *Service) Demands(ctx context.Context, history []VersionNote) (map[int64]Demanded, error) {
	out := map[int64]Demanded{}
	var before *Demand
	history = history[:min(len(history), demandsMost)]
	for i := len(history) - 1; i >= 0; i-- {
		if history[i].Standing == NotTaken {
			continue
		}
		v, err := s.ByVersion(ctx, history[i].ID)
		if err != nil {
			return nil, err
		}
		x := Demanded{Demand: v.Guide.Demand()}
		if before != nil {
			less := x.Less(*before)
			x.Saved = &less
		}
		out[v.ID] = x
		m := x.Demand
		before = &m
	}
	return out, nil
}
