package catalog

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// QualityFilter narrows the figures of completeness. Zero fields do not.
type QualityFilter struct {
	Unit     int64       // this unit and what lies below it
	Division string      // this division and what lies below it
	Alone    bool        // with Division: without what lies below it
	Band     QualityBand // lists only
	Lacks    string      // lists only: those that lack this measure
}

// QualityBand 完整度分段.
type QualityBand string

// The bands.
const (
	BandFull    QualityBand = "full"    // 100
	BandGood    QualityBand = "good"    // 90 and above
	BandFair    QualityBand = "fair"    // 75 to 89
	BandPoor    QualityBand = "poor"    // below
	BandUnknown QualityBand = "unknown" // published before it was kept
)

// QualityBands lists the bands, the best first.
func QualityBands() []QualityBand {
	return []QualityBand{BandFull, BandGood, BandFair, BandPoor, BandUnknown}
}

// Band of a figure.
func (c Completeness) Band() QualityBand {
	switch {
	case c.Percent == 0:
		return BandUnknown
	case c.Percent == 100:
		return BandFull
	case c.Percent >= 90:
		return BandGood
	case c.Percent >= 75:
		return BandFair
	}
	return BandPoor
}

// QualityFigures are the figures of some lists.
type QualityFigures struct {
	Lists int
	Mean  int // of those that have a figure
	Of    map[QualityBand]int

	sum, known int
}

func (q *QualityFigures) add(c Completeness) {
	if q.Of == nil {
		q.Of = map[QualityBand]int{}
	}
	q.Lists++
	q.Of[c.Band()]++
	if c.Percent > 0 {
		q.sum, q.known = q.sum+c.Percent, q.known+1
		q.Mean = q.sum / q.known
	}
}

// Quality 完整度统计: of the lists in use, by unit and by district, and what is
// missing most.
type Quality struct {
	Total     QualityFigures
	Units     []UnitQuality     // deciding units, the least complete first
	Districts []DistrictQuality // by code
	Lacking   []MeasureCount    // the most frequent first
}

// UnitQuality are the figures of one deciding unit.
type UnitQuality struct {
	Unit identity.Unit
	QualityFigures
}

// DistrictQuality are the figures of the units of one district; a town's count
// for its district, the city's own for the city.
type DistrictQuality struct {
	Division identity.Division
	QualityFigures
}

// MeasureCount is how many lists lack something.
type MeasureCount struct {
	Measure Measure
	Lists   int
}

// Quality counts, from what was kept when each list was published.
func (s *Service) Quality(ctx context.Context, a actor.Actor, f QualityFilter) (_ *Quality, err error) {
	defer errs.Wrap(&err, "completeness")
	dir, x, wanted, err := s.seen(ctx, a, f)
	if err != nil {
		return nil, err
	}
	q := &Quality{Total: QualityFigures{Of: map[QualityBand]int{}}}
	units, districts, lacking := map[int64]*UnitQuality{}, map[string]*DistrictQuality{}, map[string]int{}
	for i := range x.Items {
		it := &x.Items[i]
		if it.State != InUse || !wanted[it.UnitID] {
			continue
		}
		c := it.Facts.Completeness
		q.Total.add(c)
		if units[it.UnitID] == nil {
			u, _ := dir.Unit(it.UnitID)
			units[it.UnitID] = &UnitQuality{Unit: u}
		}
		units[it.UnitID].add(c)
		d := districtOf(dir, it.Division)
		if districts[d.Code] == nil {
			districts[d.Code] = &DistrictQuality{Division: d}
		}
		districts[d.Code].add(c)
		for _, key := range c.Missing {
			lacking[key]++
		}
	}
	for _, u := range units {
		q.Units = append(q.Units, *u)
	}
	for _, d := range districts {
		q.Districts = append(q.Districts, *d)
	}
	slices.SortFunc(q.Units, func(a, b UnitQuality) int {
		return cmp.Or(cmp.Compare(a.Mean, b.Mean), cmp.Compare(a.Unit.ID, b.Unit.ID))
	})
	slices.SortFunc(q.Districts, func(a, b DistrictQuality) int { return strings.Compare(a.Division.Code, b.Division.Code) })
	for _, measure := range measures {
		if n := lacking[measure.Key]; n > 0 {
			q.Lacking = append(q.Lacking, MeasureCount{measure, n})
		}
	}
	slices.SortStableFunc(q.Lacking, func(a, b MeasureCount) int { return cmp.Compare(b.Lists, a.Lists) })
	return q, nil
}

// ErrFilter refuses a filter of completeness that means nothing.
var ErrFilter = errs.New(errs.NotFound, "no-figure", "没有这个指标。", "There is no such figure.")

// QualityList gives the lists behind a figure, the least complete first. cursor
// is "" at the start; next is "" at the end.
func (s *Service) QualityList(ctx context.Context, a actor.Actor, f QualityFilter, cursor string, limit int) (list []Item, next string, err error) {
	defer errs.Wrap(&err, "lists by completeness")
	if _, known := FacetByKey(f.Lacks); f.Lacks != "" && !known || f.Band != "" && !slices.Contains(QualityBands(), f.Band) {
		return nil, "", ErrFilter
	}
	_, x, wanted, err := s.seen(ctx, a, f)
	if err != nil {
		return nil, "", err
	}
	var all []*Item
	for i := range x.Items {
		it := &x.Items[i]
		c := it.Facts.Completeness
		if it.State == InUse && wanted[it.UnitID] && (f.Band == "" || c.Band() == f.Band) && (f.Lacks == "" || slices.Contains(c.Missing, f.Lacks)) {
			all = append(all, it)
		}
	}
	order := func(a, b *Item) int {
		return cmp.Or(cmp.Compare(a.Facts.Completeness.Percent, b.Facts.Completeness.Percent), cmp.Compare(a.ID, b.ID))
	}
	slices.SortFunc(all, order)
	if cursor != "" {
		percent, id, _ := strings.Cut(cursor, "-")
		p, err1 := strconv.Atoi(percent)
		n, err2 := strconv.ParseInt(id, 10, 64)
		if err1 != nil || err2 != nil {
			return nil, "", errBadCursor
		}
		after := &Item{ID: n, Facts: Facts{Completeness: Completeness{Percent: p}}}
		from, found := slices.BinarySearchFunc(all, after, order)
		if found {
			from++
		}
		all = all[from:]
	}
	limit = min(max(limit, 1), 200)
	for _, it := range all[:min(limit, len(all))] {
		list = append(list, *it)
	}
	if len(all) > limit {
		last := list[limit-1]
		next = strconv.Itoa(last.Facts.Completeness.Percent) + "-" + strconv.FormatInt(last.ID, 10)
	}
	return list, next, nil
}

// seen finds the units that the actor may see of those that the filter wants.
// One that is named and may not be seen is refused; so is who may see none.
func (s *Service) seen(ctx context.Context, a actor.Actor, f QualityFilter) (*identity.Directory, *Index, map[int64]bool, error) {
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	if f.Unit != 0 {
		if err := s.ids.Allow(ctx, a, identity.CatalogueRead, identity.Target{UnitPath: dir.Path(f.Unit)}, "item-quality"); err != nil {
			return nil, nil, nil, err
		}
	}
	wanted := map[int64]bool{}
	for _, u := range dir.Units() {
		switch {
		case identity.Decide(a, identity.CatalogueRead, identity.Target{UnitPath: u.Path}) != nil:
		case f.Unit != 0 && !dir.InSubtree(u.ID, dir.Path(f.Unit)):
		case f.Division != "" && f.Alone && u.Division != f.Division:
		case f.Division != "" && !dir.DivisionWithin(u.Division, f.Division):
		default:
			wanted[u.ID] = true
		}
	}
	if len(wanted) == 0 { // refused with its reason, and on record
		if err := s.ids.Allow(ctx, a, identity.CatalogueRead, identity.Target{UnitPath: s.topPath(ctx)}, "item-quality"); err != nil {
			return nil, nil, nil, err
		}
	}
	x, err := s.Index(ctx)
	return dir, x, wanted, err
}

// districtOf is the district that a division lies in; the city for its own units.
func districtOf(dir *identity.Directory, code string) identity.Division {
	d, ok := dir.Division(code)
	if up, found := dir.Division(d.Parent); ok && d.Level == "town" && found {
		return up
	}
	return d
}

// Against gives what a unit's list of a matter is held against before it is
// published: the city-wide guide in force and the lists of others.
func (s *Service) Against(ctx context.Context, basicCode string, unit int64) (a Against, err error) {
	defer errs.Wrap(&err, "what list %s is held against", basicCode)
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return a, err
	}
	x, err := s.Index(ctx)
	if err != nil {
		return a, err
	}
	if b, ok := x.Basic(basicCode); ok && b.TemplateID != 0 {
		t, err := s.Template(ctx, b.TemplateID)
		if err != nil {
			return a, err
		}
		a.City = &t.Guide
	}
	for _, it := range x.Offers(basicCode) {
		if u, ok := dir.Unit(it.UnitID); ok && it.UnitID != unit && it.State == InUse {
			a.Siblings = append(a.Siblings, Sibling{Unit: u.Name, Level: it.Level, Facts: it.Facts})
		}
	}
	return a, nil
}
