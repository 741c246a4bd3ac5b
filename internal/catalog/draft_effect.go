package catalog

import (
	"context"

	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
)

// DraftLists lists what publishing a draft would change: its own list, or those
// that follow the city-wide guide, from the city downwards. A list that is not
// published yet is none.
func (s *Service) DraftLists(ctx context.Context, d *Draft) (_ []*Item, err error) {
	defer errs.Wrap(&err, "lists of draft %d", d.ID)
	x, err := s.Index(ctx)
	if err != nil {
		return nil, err
	}
	if d.Kind == ListDraft {
		if it, ok := x.ItemByID(d.ItemID); ok {
			return []*Item{it}, nil
		}
		return nil, nil
	}
	var out []*Item
	for _, it := range x.Offers(d.Guide.Basics.BasicCode) {
		if it.State != Cancelled && it.VersionID != 0 {
			out = append(out, it)
		}
	}
	return out, nil
}

// DraftOutcome is the guide of a list in force, and as it would be with the
// draft: for a city-wide guide, with what the list has of its own kept as when
// its steward adopts the change. same tells that it would not change.
func (s *Service) DraftOutcome(ctx context.Context, d *Draft, it *Item) (was, now *Version, same bool, err error) {
	defer errs.Wrap(&err, "what draft %d does to %s", d.ID, it.Code)
	if was, err = s.ByVersion(ctx, it.VersionID); err != nil {
		return nil, nil, false, err
	}
	next := d.Guide
	if d.Kind == TemplateDraft {
		if was.TemplateID == 0 {
			return was, was, true, nil
		}
		if next, err = s.followed(ctx, d, it, was); err != nil {
			return nil, nil, false, err
		}
	}
	f, err := form.Compile(next.Form, nil, s.formats)
	if err != nil {
		return nil, nil, false, ErrGuide.Because(err)
	}
	return was, &Version{ItemID: it.ID, Guide: next, form: f}, false, nil
}

// followed is the guide of a list that follows the draft of a city-wide guide.
func (s *Service) followed(ctx context.Context, d *Draft, it *Item, was *Version) (Guide, error) {
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return Guide{}, err
	}
	old, err := s.Template(ctx, was.TemplateID)
	if err != nil {
		return Guide{}, err
	}
	own := &Draft{UnitID: it.UnitID, ReceivingID: it.ReceivingUnitID, Guide: was.Guide}
	g, _, err := s.follow(dir, own, old, &Template{Guide: placeless(d.Guide)})
	return g, err
}
