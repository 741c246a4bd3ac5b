package catalog

import (
	"context"
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// Scope is the path of the highest unit for which somebody keeps or reviews
// items, empty for everybody else.
func Scope(a actor.Actor) string {
	best := ""
	for _, g := range a.Grants {
		if (g.Role == actor.ItemSteward || g.Role == actor.ItemReviewer) && (best == "" || len(g.Path) < len(best)) {
			best = g.Path
		}
	}
	return best
}

// mayRead holds that somebody keeps or reviews items somewhere.
func (s *Service) mayRead(ctx context.Context, a actor.Actor, subject string) error {
	return s.ids.Allow(ctx, a, identity.CatalogueRead, identity.Target{UnitPath: Scope(a)}, subject)
}

// BasicQuery asks for entries of the basic catalogue.
type BasicQuery struct {
	Text      string // words, all in name, code or summary; empty: all
	Level     string // 行使层级 at which it may be claimed; empty: any
	Claimable int64  // what this unit may claim; 0: all
	After     string // code of the last entry before; empty: from the start
	Limit     int
}

// BasicEntry is an entry with what was made of it.
type BasicEntry struct {
	*Basic
	Lists int  // in use or suspended
	Own   bool // of what may be claimed: the unit's department is in charge of it
}

// Entries 基本目录 lists entries that are in use, by code; those that a unit may
// claim with its own first. more reports that there are others behind them.
func (s *Service) Entries(ctx context.Context, a actor.Actor, q BasicQuery) (out []BasicEntry, more bool, err error) {
	if err := s.mayRead(ctx, a, "basic-catalogue"); err != nil {
		return nil, false, err
	}
	x, err := s.Index(ctx)
	if err != nil {
		return nil, false, err
	}
	var all []BasicEntry
	if q.Claimable != 0 {
		dir, err := s.ids.Directory(ctx)
		if err != nil {
			return nil, false, err
		}
		unit, _ := dir.Unit(q.Claimable)
		free, err := s.Claimable(ctx, unit)
		if err != nil {
			return nil, false, err
		}
		for _, c := range free {
			all = append(all, BasicEntry{Basic: c.Basic, Own: c.Own})
		}
	} else {
		for i := range x.Basics {
			if x.Basics[i].State == InUse {
				all = append(all, BasicEntry{Basic: &x.Basics[i]})
			}
		}
	}
	behind := q.After == ""
	for _, e := range all {
		switch {
		case !behind:
			behind = e.Code == q.After
			continue
		case q.Level != "" && !slices.Contains(e.Levels, q.Level), !hasWords(q.Text, e.Name, e.NameEN, e.Code, e.Summary):
			continue
		case len(out) == q.Limit:
			return out, true, nil
		}
		for _, it := range x.Offers(e.Code) {
			if it.State != Cancelled {
				e.Lists++
			}
		}
		out = append(out, e)
	}
	return out, false, nil
}

// Entry gives one entry of the basic catalogue to stewards and reviewers.
func (s *Service) Entry(ctx context.Context, a actor.Actor, code string) (BasicEntry, error) {
	if err := s.mayRead(ctx, a, "basic/"+code); err != nil {
		return BasicEntry{}, err
	}
	x, err := s.Index(ctx)
	if err != nil {
		return BasicEntry{}, err
	}
	b, ok := x.Basic(code)
	if !ok {
		return BasicEntry{}, ErrNoBasic
	}
	e := BasicEntry{Basic: b}
	for _, it := range x.Offers(code) {
		if it.State != Cancelled {
			e.Lists++
		}
	}
	return e, nil
}

// ListQuery asks for the lists of units.
type ListQuery struct {
	Unit  string // key; with the units below it. Empty: all that the actor may see
	Text  string // words, all in name, code or daily words
	State ItemState
	After int64 // the last list before; 0: from the start
	Limit int
}

// Lists 实施清单 gives the lists of units in every state, by name, to who keeps or
// reviews them. more reports that there are others behind them.
func (s *Service) Lists(ctx context.Context, a actor.Actor, q ListQuery) (out []Item, more bool, err error) {
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return nil, false, err
	}
	top := Scope(a)
	if q.Unit != "" {
		u, ok := dir.UnitByKey(q.Unit)
		if !ok {
			return nil, false, errs.InvalidFields(errs.Field{Path: "query/unit", Code: "unknown", ZH: "没有这个单位", EN: "There is no such unit"})
		}
		top = u.Path
	}
	if err := s.ids.Allow(ctx, a, identity.CatalogueRead, identity.Target{UnitPath: top}, "lists"); err != nil {
		return nil, false, err
	}
	x, err := s.Index(ctx)
	if err != nil {
		return nil, false, err
	}
	from := 0
	if q.After != 0 {
		i, ok := x.byID[q.After]
		if !ok {
			return nil, false, errBadCursor
		}
		from = i + 1
	}
	for _, it := range x.Items[from:] {
		switch {
		case q.State != "" && it.State != q.State, !dir.InSubtree(it.UnitID, top),
			!hasWords(q.Text, it.Name, it.NameEN, it.Code, strings.Join(it.Facts.Aliases, " ")):
			continue
		case len(out) == q.Limit:
			return out, true, nil
		}
		out = append(out, it)
	}
	return out, false, nil
}

// hasWords reports whether every word of a text stands in one of the others.
func hasWords(text string, in ...string) bool {
	for w := range strings.FieldsSeq(strings.ToLower(text)) {
		if !slices.ContainsFunc(in, func(s string) bool { return strings.Contains(strings.ToLower(s), w) }) {
			return false
		}
	}
	return true
}

// ListOf gives one list in any state to who keeps or reviews it.
func (s *Service) ListOf(ctx context.Context, a actor.Actor, code string) (*Item, *Version, error) {
	it, v, err := s.Guide(ctx, code)
	if err != nil {
		return nil, nil, err
	}
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return nil, nil, err
	}
	return it, v, s.ids.Allow(ctx, a, identity.CatalogueRead, identity.Target{UnitPath: dir.Path(it.UnitID)}, "item/"+code)
}
