package catalog

import (
	"math/bits"
	"slices"

	"github.com/tongban/tongban/internal/identity"
)

// Facet is a filter of the search.
type Facet uint8

// The filters. The first six are of matters, the others of lists.
const (
	ByAudience Facet = iota
	ByTopic
	ByEvent
	ByDomain
	ByDept
	ByType
	ByUnit
	ByDivision
	ByLevel
	ByScope
	ByCaseType
	facets
)

// Counts tells for each filter how many matters each of its values would give,
// with the other filters as they are.
type Counts [facets]map[string]int

// unfit is the set of filters that a matter or a list does not pass.
type unfit uint16

func (u unfit) count() int { return bits.OnesCount16(uint16(u)) }

// but reports whether it passes every filter except perhaps one.
func (u unfit) but(d Facet) bool { return u&^(1<<d) == 0 }

// ofMatter reports whether no filter of lists is among them.
func (u unfit) ofMatter() bool { return u < 1<<ByUnit }

func (u *unfit) unless(ok bool, d Facet) {
	if !ok {
		*u |= 1 << d
	}
}

func (f filter) matter(b *Basic) (u unfit) {
	q := f.q
	u.unless(isFor(b, q.Audience), ByAudience)
	u.unless(q.Topic == "" || slices.Contains(b.Topics, q.Topic), ByTopic)
	u.unless(q.Event == "" || slices.Contains(b.Events, q.Event), ByEvent)
	u.unless(q.Domain == "" || b.Domain == q.Domain, ByDomain)
	u.unless(q.Dept == "" || b.Dept == q.Dept, ByDept)
	u.unless(q.Type == "" || b.Type == q.Type, ByType)
	return u
}

func (f filter) list(it *Item) (u unfit) {
	q := f.q
	u.unless(f.unit == 0 || it.UnitID == f.unit || it.ReceivingUnitID == f.unit, ByUnit)
	u.unless(len(f.divisions) == 0 || slices.Contains(f.divisions, it.Division), ByDivision)
	u.unless(q.Level == "" || it.Level == q.Level, ByLevel)
	u.unless(q.Scope == "" || it.Facts.Scope == q.Scope, ByScope)
	u.unless(q.CaseType == "" || it.CaseType == q.CaseType, ByCaseType)
	return u
}

// anywhere reports that no filter asks for a list.
func (f filter) anywhere() bool {
	q := f.q
	return q.Unit == "" && q.Division == "" && q.Level == "" && q.Scope == "" && q.CaseType == ""
}

// isFor reports whether a matter is for an audience: a code of 服务对象, or one
// of the two that people know.
func isFor(b *Basic, audience string) bool {
	switch audience {
	case "":
		return true
	case "person":
		return slices.Contains(b.Audience, "1")
	case "entity":
		return slices.ContainsFunc(b.Audience, func(a string) bool { return a != "1" })
	}
	return slices.Contains(b.Audience, audience)
}

// counting fills Counts, matter by matter; a nil one counts nothing.
type counting struct {
	dir    *identity.Directory
	shown  map[string][]string // divisions to count for, with those above each
	by     [facets]map[string]tick
	units  map[int64]tick
	places map[string]int // divisions of the lists of the matter that is looked at
	round  int
	told   int // round in which the matter itself was counted
}

// tick is a count, and the round in which it was last raised: a matter counts once.
type tick struct{ n, round int }

func newCounting(q Query, dir *identity.Directory) *counting {
	if !q.Counts {
		return nil
	}
	c := &counting{dir: dir, shown: map[string][]string{}, units: map[int64]tick{}, places: map[string]int{}, round: 1}
	for d := range c.by {
		c.by[d] = map[string]tick{}
	}
	for _, d := range Near(dir, q.Division) {
		c.shown[d.Code] = chain(dir, d.Code)
	}
	return c
}

// Near lists the divisions that a person chooses from: the city and what lies
// directly below it, and below the division chosen.
func Near(dir *identity.Directory, division string) []identity.Division {
	city := cityOf(dir)
	out := []identity.Division{city}
	at := chain(dir, division)
	for _, d := range dir.DivisionsBelow(city.Code) {
		out = append(out, d)
		if slices.Contains(at, d.Code) {
			out = append(out, dir.DivisionsBelow(d.Code)...)
		}
	}
	return out
}

func (c *counting) tick(d Facet, value string) {
	if value == "" {
		return
	}
	if t := c.by[d][value]; t.round != c.round {
		c.by[d][value] = tick{t.n + 1, c.round}
	}
}

// matter counts a matter by what the basic catalogue says of it.
func (c *counting) matter(b *Basic, u unfit) {
	if c == nil || u.count() > 1 || c.told == c.round {
		return
	}
	c.told = c.round
	if u.but(ByAudience) {
		for _, a := range []string{"person", "entity"} {
			if isFor(b, a) {
				c.tick(ByAudience, a)
			}
		}
	}
	for d, value := range map[Facet]string{ByDomain: b.Domain, ByDept: b.Dept, ByType: b.Type} {
		if u.but(d) {
			c.tick(d, value)
		}
	}
	for d, values := range map[Facet][]string{ByTopic: b.Topics, ByEvent: b.Events} {
		if u.but(d) {
			for _, v := range values {
				c.tick(d, v)
			}
		}
	}
}

// list counts a matter by one of its lists.
func (c *counting) list(b *Basic, it *Item, u unfit) {
	if c == nil || u.count() > 1 {
		return
	}
	if u.ofMatter() {
		c.matter(b, u)
	}
	if u.but(ByUnit) && c.units[it.UnitID].round != c.round {
		c.units[it.UnitID] = tick{c.units[it.UnitID].n + 1, c.round}
	}
	if u.but(ByDivision) {
		c.places[it.Division] = c.round
	}
	if u.but(ByLevel) {
		c.tick(ByLevel, it.Level)
	}
	if u.but(ByScope) {
		c.tick(ByScope, it.Facts.Scope)
	}
	if u.but(ByCaseType) {
		c.tick(ByCaseType, it.CaseType)
	}
}

// done ends a matter.
func (c *counting) done() {
	if c == nil {
		return
	}
	for code, above := range c.shown {
		if slices.ContainsFunc(above, func(d string) bool { return c.places[d] == c.round }) {
			c.tick(ByDivision, code)
		}
	}
	c.round++
}

func (c *counting) counts() (out Counts) {
	if c == nil {
		return out
	}
	for d := range c.by {
		out[d] = make(map[string]int, len(c.by[d]))
		for v, t := range c.by[d] {
			out[d][v] = t.n
		}
	}
	for id, t := range c.units {
		if u, ok := c.dir.Unit(id); ok {
			out[ByUnit][u.Key] = t.n
		}
	}
	return out
}
