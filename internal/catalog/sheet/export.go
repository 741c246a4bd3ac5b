package sheet

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
)

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
	return 0, errs.InvalidFields(errs.Field{Path: "format", Code: "option", ZH: "请选择 XLSX、YAML 或者交换表 JSON", EN: "Choose xlsx, yaml or json"})
}
