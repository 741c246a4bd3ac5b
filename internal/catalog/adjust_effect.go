package catalog

import (
	"context"

	"github.com/tongban/tongban/internal/errs"
)

// Effect 影响 is one thing that an adjustment touches at a list.
type Effect struct {
	ItemID int64
	Kind   string // "cases", "featured", "bundles", "channels", "appointments"
	Count  int
	Names  []string // of featured lists, bundles, channels
}

// Kinds of effect.
const (
	EffectCases        = "cases"        // 在办件: they go on under the version that they began with
	EffectFeatured     = "featured"     // 特色服务清单
	EffectBundles      = "bundles"      // “一件事”
	EffectChannels     = "channels"     // 办理渠道 beside the centre's own windows
	EffectAppointments = "appointments" // 预约 that people hold
)

// EffectLister says what depends on lists before they change.
// Rooms that use the catalogue have one each; none writes.
type EffectLister interface {
	Effects(ctx context.Context, items []*Item) ([]Effect, error)
}

// Touched 受影响清单 is a list that an adjustment changes, and what depends on it.
type Touched struct {
	Item      *Item
	Effects   []Effect
	Successor string // 实施编码 of the list that takes its place, as things stand
}

// Of gives what depends on the list of one kind; its Count is 0 if nothing does.
func (t Touched) Of(kind string) Effect {
	for _, e := range t.Effects {
		if e.Kind == kind {
			return e
		}
	}
	return Effect{ItemID: t.Item.ID, Kind: kind}
}

// Cases is how many cases are in hand at the list.
func (t Touched) Cases() int { return t.Of(EffectCases).Count }

// Effects 事前影响 lists what carrying a plan out would touch, list by list.
func (s *Service) Effects(ctx context.Context, p AdjustPlan) (_ []Touched, err error) {
	defer errs.Wrap(&err, "effects of an adjustment")
	x, err := s.Index(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return nil, err
	}
	lists := p.lists(x)
	at := map[int64]int{}
	out := make([]Touched, len(lists))
	for i, it := range lists {
		at[it.ID] = i
		out[i].Item = it
		switch p.Kind {
		case AdjustMerge, AdjustCancel:
			out[i].Successor = takesPlace(dir, it, x.Offers(p.Successor))
		case AdjustTakeBack:
			var stay []*Item
			for _, o := range x.Offers(it.BasicCode) {
				if !p.removes(o) {
					stay = append(stay, o)
				}
			}
			out[i].Successor = takesPlace(dir, it, stay)
		}
	}
	for _, l := range append([]EffectLister{featuredEffects{}}, s.effects...) {
		found, err := l.Effects(ctx, lists)
		if err != nil {
			return nil, err
		}
		for _, e := range found {
			if i, ok := at[e.ItemID]; ok {
				out[i].Effects = append(out[i].Effects, e)
			}
		}
	}
	return out, nil
}

// featuredEffects are the featured lists that items are in.
type featuredEffects struct{}

func (featuredEffects) Effects(_ context.Context, items []*Item) ([]Effect, error) {
	var out []Effect
	for _, it := range items {
		if len(it.Featured) == 0 {
			continue
		}
		e := Effect{ItemID: it.ID, Kind: EffectFeatured, Count: len(it.Featured)}
		for _, key := range it.Featured {
			if l, ok := FeatureByKey(key); ok {
				e.Names = append(e.Names, l.Short)
			}
		}
		out = append(out, e)
	}
	return out, nil
}
