package channel

import (
	"context"
	"slices"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/identity"
)

// Places 大厅登记 is a snapshot of windows, branches and placements as they stand.
// What it returns must not be changed.
type Places struct {
	Version  int64
	windows  map[int64][]Window
	branches []Branch // that have not ended, by branch
	byItem   map[int64][]Placement
}

// placesAge is how long another node's change may stay unseen, in micros.
const placesAge = 1_000_000

const (
	sqlPlacesVersion = `SELECT version FROM centre_state WHERE id = 1`
	sqlBumpPlaces    = `UPDATE centre_state SET version = version + 1 WHERE id = 1`
	sqlAllWindows    = `SELECT id, key, centre_id, no, name, kind, hours, address, phone, items FROM service_window ORDER BY centre_id, no, id`
)

// Places gives the snapshot. This process's changes show at once, those of other
// nodes within a second.
func (s *Service) Places(ctx context.Context) (*Places, error) {
	return s.places.Get(ctx, s.DB, s.Log)
}

// changed tells everybody, after the commit, that places are different.
func (s *Service) changed(tx *db.Tx) { s.places.Changed(tx) }

func loadPlaces(q db.Queryer, version int64) (*Places, error) {
	p := &Places{Version: version, windows: map[int64][]Window{}, byItem: map[int64][]Placement{}}
	windows, err := db.All(q, scanWindow, sqlAllWindows)
	if err != nil {
		return nil, err
	}
	for _, w := range windows {
		p.windows[w.CentreID] = append(p.windows[w.CentreID], w)
	}
	if p.branches, err = db.All(q, scanBranch, sqlBranches); err != nil {
		return nil, err
	}
	placed, err := db.All(q, scanPlacement, sqlPlacements)
	for _, x := range placed {
		p.byItem[x.ItemID] = append(p.byItem[x.ItemID], x)
	}
	return p, err
}

// Windows of a centre, by their number.
func (p *Places) Windows(centre int64) []Window { return p.windows[centre] }

// BranchOf finds what a centre is a branch of on a day.
func (p *Places) BranchOf(centre int64, day string) (Branch, bool) {
	for _, b := range p.branches {
		if b.BranchID == centre && b.From <= day {
			return b, true
		}
	}
	return Branch{}, false
}

// Branches of a main centre on a day.
func (p *Places) Branches(main int64, day string) []Branch {
	var out []Branch
	for _, b := range p.branches {
		if b.MainID == main && b.From <= day {
			out = append(out, b)
		}
	}
	return out
}

// Day is the date at which the registers are read: today.
func (s *Service) Day() string { return clock.DateOf(s.DB.Now()).String() }

// Reception 受理地点 is a centre that receives a list, and at which windows.
type Reception struct {
	Centre  identity.Unit
	Title   string // with its main centre's name where it is a branch
	Kind    PlacementKind
	Windows []Window // where it is received
	Output  []Window // where results are handed out, if there are windows for it
}

// Receptions lists where a list is received, the place that the guide names first.
func (s *Service) Receptions(ctx context.Context, it *catalog.Item) ([]Reception, error) {
	p, err := s.Places(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	day := s.Day()
	var out []Reception
	for _, x := range p.placements(it, dir, day) {
		u, ok := dir.Unit(x.CentreID)
		if !ok {
			continue
		}
		r := Reception{Centre: u, Title: p.Title(dir, u, day), Kind: x.Kind, Windows: receiving(p.windows[u.ID], it.BasicCode)}
		for _, w := range p.windows[u.ID] {
			if w.Kind == Output {
				r.Output = append(r.Output, w)
			}
		}
		out = append(out, r)
	}
	return out, nil
}

// ItemsAt 进驻事项 lists what a centre takes, by name: lists in use whose words
// are found in the name, the daily words or the code. cursor is "" at the start;
// next is "" at the end. Errors: ErrNoCentre, a cursor that means nothing.
func (s *Service) ItemsAt(ctx context.Context, centre int64, words, cursor string, limit int) (list []catalog.Item, next string, total int, err error) {
	if _, err := s.Centre(ctx, centre); err != nil {
		return nil, "", 0, err
	}
	p, err := s.Places(ctx)
	if err != nil {
		return nil, "", 0, err
	}
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, "", 0, err
	}
	x, err := s.Catalog.Index(ctx)
	if err != nil {
		return nil, "", 0, err
	}
	day := s.Day()
	var all []*catalog.Item
	for i := range x.Items {
		it := &x.Items[i]
		if it.State == catalog.InUse && named(it, words) && slices.ContainsFunc(p.placements(it, dir, day), func(x Placement) bool { return x.CentreID == centre }) {
			all = append(all, it)
		}
	}
	list, next, err = page(all, cursor, limit)
	return list, next, len(all), err
}
