package sheet

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// Wanted 导出条件 is which lists somebody asks for, and as what.
type Wanted struct {
	Unit   string // key of the unit that they are of
	Below  bool   // with the units below it
	Format Format
}

// Export 导出文件 is a file that is written when it is sent.
type Export struct {
	Name, MIME string
	Write      func(io.Writer) error
}

// Units lists the units whose lists somebody may take: those of which he keeps or
// reviews the items and that can have any.
func (s *Service) Units(ctx context.Context, a actor.Actor) ([]identity.Unit, error) {
	if err := s.Allowed(ctx, a); err != nil {
		return nil, err
	}
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(dir.Subtree(catalog.Scope(a)), func(u identity.Unit) bool { return u.Kind == "centre" || u.Kind == "station" }), nil
}

// Export gives the lists in force of a unit to who keeps or reviews its items.
func (s *Service) Export(ctx context.Context, a actor.Actor, in Wanted) (*Export, error) {
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return nil, err
	}
	u, ok := dir.UnitByKey(in.Unit)
	if !ok {
		return nil, errs.InvalidFields(errs.Field{Path: "query/unit", Code: "unknown", ZH: "没有这个单位", EN: "There is no such unit"})
	}
	if err := s.ids.Allow(ctx, a, identity.CatalogueRead, identity.Target{UnitPath: u.Path}, "catalogue"); err != nil {
		return nil, err
	}
	if !slices.Contains(Formats, in.Format) {
		return nil, errFormat
	}
	by := Choice{Units: map[int64]bool{u.ID: true}}
	if in.Below {
		for _, below := range dir.Subtree(u.Path) {
			by.Units[below.ID] = true
		}
	}
	return &Export{"items-" + u.Key + "." + string(in.Format), in.Format.MIME(), func(w io.Writer) error {
		_, err := Write(ctx, s.catalog, in.Format, by, w)
		return err
	}}, nil
}

// Refused 拒绝的行 gives the rows of an import that were refused, with the
// reasons, as a workbook.
func (im *Import) Refused() *Export {
	return &Export{"refused.xlsx", XLSX.MIME(), func(w io.Writer) error { return writeRefused(w, im.Rows) }}
}

// Choice narrows an export.
type Choice struct {
	Units  map[int64]bool // nil: all
	Basics map[string]bool
}

// Write 导出 writes the lists in force, in use or paused, and says how many.
func Write(ctx context.Context, c *catalog.Service, f Format, by Choice, w io.Writer) (n int, err error) {
	defer errs.Wrap(&err, "export %s", f)
	x, err := c.Index(ctx)
	if err != nil {
		return 0, err
	}
	var items []*catalog.Item
	for i := range x.Items {
		it := &x.Items[i]
		if it.State != catalog.Cancelled && (by.Units == nil || by.Units[it.UnitID]) && (by.Basics == nil || by.Basics[it.BasicCode]) {
			items = append(items, it)
		}
	}
	slices.SortFunc(items, func(a, b *catalog.Item) int {
		return cmp.Or(strings.Compare(a.BasicCode, b.BasicCode), strings.Compare(a.Level, b.Level), strings.Compare(a.Code, b.Code))
	})
	guide := func(it *catalog.Item) (*catalog.Guide, error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		v, err := c.ByVersion(ctx, cmp.Or(it.NextVersion, it.VersionID))
		if err != nil {
			return nil, err
		}
		return &v.Guide, nil
	}
	switch f {
	case XLSX:
		i := 0
		return len(items), WriteWorkbook(w, func() (*catalog.Guide, error) {
			if i == len(items) {
				return nil, io.EOF
			}
			i++
			return guide(items[i-1])
		})
	case Exchange:
		lists := make([]*catalog.Guide, len(items))
		for i, it := range items {
			if lists[i], err = guide(it); err != nil {
				return 0, err
			}
		}
		return len(items), WriteExchange(w, lists)
	case YAML:
		for i := 0; i < len(items); {
			var guides []catalog.Guide
			for code := items[i].BasicCode; i < len(items) && items[i].BasicCode == code; i++ {
				g, err := guide(items[i])
				if err != nil {
					return 0, err
				}
				guides = append(guides, *g)
			}
			defs, err := c.DefsOf(ctx, guides)
			if err != nil {
				return 0, err
			}
			if err := WriteItems(w, defs); err != nil {
				return 0, err
			}
		}
		return len(items), nil
	}
	return 0, errFormat
}
