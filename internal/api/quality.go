package api

import (
	"context"
	"net/http"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/identity"
)

// QualityFigures 完整度 of some lists in use.
type QualityFigures struct {
	Lists   int `json:"lists"`
	Mean    int `json:"mean" doc:"Of 100, of the lists that have a figure."`
	Full    int `json:"full" doc:"With 100."`
	Good    int `json:"good" doc:"With 90 to 99."`
	Fair    int `json:"fair" doc:"With 75 to 89."`
	Poor    int `json:"poor" doc:"Below 75."`
	Unknown int `json:"unknown" doc:"Published before the figure was kept."`
}

// Quality 完整度统计.
type Quality struct {
	Total     QualityFigures    `json:"total"`
	Units     []UnitQuality     `json:"units" doc:"Deciding units, the least complete first."`
	Districts []DistrictQuality `json:"districts" doc:"A town counts for its district, the city's own units for the city."`
	Missing   []MissingCount    `json:"missing" doc:"What is missing, the most frequent first."`
}

// UnitQuality is a department's.
type UnitQuality struct {
	Unit UnitRef `json:"unit"`
	QualityFigures
}

// DistrictQuality is a district's.
type DistrictQuality struct {
	Division string `json:"division" doc:"12 digits."`
	Name     string `json:"name"`
	QualityFigures
}

// MissingCount is how many lists lack something.
type MissingCount struct {
	Key     string `json:"key" doc:"For lacks in GET /items/quality/list."`
	Element string `json:"element" doc:"要素 of 第七条: the section of the guide that begins it."`
	Text    string `json:"text"`
	TextEN  string `json:"textEn"`
	Lists   int    `json:"lists"`
}

// ItemQuality is a list with its figure.
type ItemQuality struct {
	Item
	Percent int      `json:"percent" doc:"0: not known."`
	Missing []string `json:"missing" doc:"Keys of what is missing."`
}

// QualityIn narrows the figures.
type QualityIn struct {
	Unit     string `query:"unit" maxLength:"60" doc:"Key of a unit; it and what lies below it."`
	Division string `query:"division" pattern:"^[0-9]{12}$"`
	Alone    bool   `query:"alone" doc:"With division: without what lies below it."`
}

func (s *server) quality() {
	add(s, operation{id: "item-quality", method: http.MethodGet, path: "/items/quality", tag: "items", zh: "指南完整度", en: "Item stewards: how complete guides are, by department and by district"},
		func(ctx context.Context, c *call, in *QualityIn) (Quality, error) {
			f, err := s.qualityFilter(ctx, in)
			if err != nil {
				return Quality{}, err
			}
			q, err := s.Catalog.Quality(ctx, c.Actor, f)
			if err != nil {
				return Quality{}, err
			}
			return Quality{Total: qualityFigures(q.Total),
				Units: mapTo(q.Units, func(u catalog.UnitQuality) UnitQuality {
					return UnitQuality{unitRef(u.Unit), qualityFigures(u.QualityFigures)}
				}),
				Districts: mapTo(q.Districts, func(d catalog.DistrictQuality) DistrictQuality {
					return DistrictQuality{d.Division.Code, d.Division.Name, qualityFigures(d.QualityFigures)}
				}),
				Missing: mapTo(q.Lacking, func(l catalog.MeasureCount) MissingCount {
					return MissingCount{l.Measure.Key, l.Measure.Element, l.Measure.ZH, l.Measure.EN, l.Lists}
				})}, nil
		})
	add(s, operation{id: "item-quality-list", method: http.MethodGet, path: "/items/quality/list", tag: "items", zh: "完整度背后的清单", en: "Item stewards: the lists behind a figure, the least complete first"},
		func(ctx context.Context, c *call, in *struct {
			QualityIn
			PageIn
			Band  catalog.QualityBand `query:"band" enum:"full,good,fair,poor,unknown"`
			Lacks string              `query:"lacks" maxLength:"60" doc:"A key of missing."`
		}) (List[ItemQuality], error) {
			at, err := position("item-quality", in.Cursor)
			if err != nil {
				return List[ItemQuality]{}, err
			}
			f, err := s.qualityFilter(ctx, &in.QualityIn)
			if err != nil {
				return List[ItemQuality]{}, err
			}
			f.Band, f.Lacks = in.Band, in.Lacks
			items, next, err := s.Catalog.QualityList(ctx, c.Actor, f, at, in.limit())
			if err != nil {
				return List[ItemQuality]{}, err
			}
			dir, err := s.Identity.Directory(ctx)
			return List[ItemQuality]{mapTo(items, func(it catalog.Item) ItemQuality {
				q := it.Facts.Completeness
				return ItemQuality{item(dir, &it), q.Percent, append([]string{}, q.Missing...)}
			}), cursor("item-quality", next)}, err
		})
}

func (s *server) qualityFilter(ctx context.Context, in *QualityIn) (f catalog.QualityFilter, err error) {
	f.Division, f.Alone = in.Division, in.Alone
	if in.Unit != "" {
		var u identity.Unit
		u, err = s.unitNamed(ctx, in.Unit, "query/unit")
		f.Unit = u.ID
	}
	return f, err
}

func qualityFigures(q catalog.QualityFigures) QualityFigures {
	return QualityFigures{q.Lists, q.Mean, q.Of[catalog.BandFull], q.Of[catalog.BandGood], q.Of[catalog.BandFair], q.Of[catalog.BandPoor], q.Of[catalog.BandUnknown]}
}
