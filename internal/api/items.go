package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/sm"
)

// Item 政务服务事项.
type Item struct {
	Code      string            `json:"code" doc:"实施编码, 31 characters by default."`
	BasicCode string            `json:"basicCode" doc:"基本编码, 12 characters by default."`
	Name      string            `json:"name"`
	NameEN    string            `json:"nameEn,omitempty"`
	Summary   string            `json:"summary"`
	Type      string            `json:"type" doc:"事项类型, two digits." example:"01"`
	CaseType  string            `json:"caseType" enum:"instant,promised" doc:"即办件,承诺件."`
	Unit      UnitRef           `json:"unit" doc:"实施主体."`
	Receiving UnitRef           `json:"receiving" doc:"Centre whose windows receive it."`
	Division  string            `json:"division" doc:"12 digits."`
	State     catalog.ItemState `json:"state" enum:"in-use,suspended,cancelled"`
	Offers    int               `json:"offers,omitempty" doc:"In a search: how many units handle the same matter under its filters."`
	Near      bool              `json:"near,omitempty" doc:"In a search: others have the words; this is only like them, and not counted in total."`
	Featured  []string          `json:"featured,omitempty" doc:"特色服务清单 that it is in, by key."`
	Handling  *catalog.Handling `json:"handling,omitempty" doc:"业务办理项 that it is, where its unit has split the matter."`
}

// ItemDetail is an item with the guide in force.
type ItemDetail struct {
	Item
	Version GuideVersion  `json:"version"`
	Guide   catalog.Guide `json:"guide" doc:"办事指南: all 14 elements, the form and the privacy notice."`
}

// GuideVersion is a published version; it never changes.
type GuideVersion struct {
	ID            ID        `json:"id"`
	No            int       `json:"no"`
	Hash          string    `json:"hash" doc:"SM3 of the canonical guide, hexadecimal."`
	EffectiveFrom string    `json:"effectiveFrom" format:"date"`
	PublishedAt   time.Time `json:"publishedAt"`
}

// ItemsIn are the filters of the search.
type ItemsIn struct {
	PageIn
	Narrowing
	Each bool `query:"each" doc:"Every unit's list by itself; otherwise a matter is given once, by the list that fits best."`
}

// ItemPage is a page of the search.
type ItemPage struct {
	List[Item]
	Total      int     `json:"total,omitempty" doc:"How many there are."`
	DidYouMean bool    `json:"didYouMean,omitempty" doc:"Nothing had all the words; these have some."`
	Counts     *Counts `json:"counts,omitempty"`
}

// CodeIn names an item.
type CodeIn struct {
	Code string `path:"code" pattern:"^[0-9A-Za-z]{4,40}$"`
}

// rawJSON is sent as it is.
type rawJSON []byte

// MarshalJSON gives it.
func (r rawJSON) MarshalJSON() ([]byte, error) { return r, nil }

// Schema says that anything may come.
func (rawJSON) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true, Description: "A JSON Schema 2020-12."}
}

// Topic 主题.
type Topic struct {
	Key      string `json:"key"`
	Name     string `json:"name"`
	NameEN   string `json:"nameEn,omitempty"`
	Audience string `json:"audience" enum:"person,entity"`
}

// Division 行政区划.
type Division struct {
	Code     string `json:"code" doc:"12 digits."`
	Name     string `json:"name"`
	Parent   string `json:"parent,omitempty"`
	Level    string `json:"level"`
	National bool   `json:"national" doc:"The code is in the national list."`
}

// Unit 单位.
type Unit struct {
	UnitRef
	Short     string `json:"short,omitempty"`
	USCC      string `json:"uscc,omitempty" doc:"统一社会信用代码."`
	Kind      string `json:"kind" doc:"government, department, centre, station."`
	Parent    string `json:"parent,omitempty" doc:"Key of the unit above."`
	Division  string `json:"division"`
	Level     string `json:"level" doc:"行使层级."`
	Phone     string `json:"phone,omitempty"`
	Address   string `json:"address,omitempty"`
	Synthetic bool   `json:"synthetic,omitempty" doc:"Made up for the demonstration."`
}

// publicFor is how long public things may be kept before they are asked for anew.
const publicFor = "public, max-age=60"

// public makes a reply that may be kept; tag changes with the content.
func public[O any](c *call, tag string, body O) *reply[O] {
	out := &reply[O]{ETag: `"` + tag + `"`, CacheControl: publicFor, Body: body}
	for t := range strings.SplitSeq(c.r.Header.Get("If-None-Match"), ",") {
		if t = strings.TrimSpace(t); t == "*" || strings.TrimPrefix(t, "W/") == out.ETag {
			out.Status = http.StatusNotModified
		}
	}
	return out
}

// publicBody is public with a tag made of the content.
func publicBody[O any](c *call, body O) (*reply[O], error) {
	var b strings.Builder
	if err := encode(&b, body); err != nil {
		return nil, err
	}
	return public(c, sm.SM3Hex([]byte(b.String()))[:32], body), nil
}

func (s *server) items() {
	add(s, operation{id: "items", method: http.MethodGet, path: "/items", tag: "items", open: true, zh: "搜索和浏览事项", en: "Search and browse service items"},
		func(ctx context.Context, c *call, in *ItemsIn) (ItemPage, error) {
			at, err := position("items", in.Cursor)
			if err != nil {
				return ItemPage{}, err
			}
			q := in.query(at, in.limit())
			q.Each = in.Each
			p, err := s.Catalog.Search(ctx, q)
			if err != nil {
				return ItemPage{}, err
			}
			dir, err := s.Identity.Directory(ctx)
			list := mapTo(p.Items, func(f catalog.Found) Item { it := item(dir, &f.Item); it.Offers, it.Near = f.Offers, f.Near; return it })
			return ItemPage{List[Item]{list, cursor("items", p.Next)}, p.Total, p.DidYouMean, counts(in.Counts, p.Counts)}, err
		})
	add(s, operation{id: "items-hot", method: http.MethodGet, path: "/items/hot", tag: "items", open: true, zh: "热门事项", en: "The items of the home page"},
		func(ctx context.Context, c *call, _ *none) (List[Item], error) {
			hot, err := s.Catalog.Hot(ctx)
			if err != nil {
				return List[Item]{}, err
			}
			list, err := s.itemList(ctx, hot)
			return List[Item]{Items: list}, err
		})
	addReply(s, operation{id: "item", method: http.MethodGet, path: "/items/{code}", tag: "items", open: true, zh: "办事指南", en: "An item with its guide in force, or that of a day"},
		func(ctx context.Context, c *call, in *GuideIn) (*reply[ItemDetail], error) {
			it, v, err := s.guide(ctx, in)
			if err != nil {
				return nil, err
			}
			dir, err := s.Identity.Directory(ctx)
			if err != nil {
				return nil, err
			}
			d := ItemDetail{item(dir, it), guideVersion(v), v.Guide}
			return public(c, v.Hash[:32]+"-"+string(it.State), d), nil
		})
	s.personal()
	s.quality()
	s.replays()
	addReply(s, operation{id: "item-form", method: http.MethodGet, path: "/items/{code}/form", tag: "items", open: true,
		zh: "申请表的 JSON Schema", en: "The form as a JSON Schema", more: "What it accepts the platform accepts, except x-not-before (one date not before another)."},
		func(ctx context.Context, c *call, in *CodeIn) (*reply[rawJSON], error) {
			_, v, err := s.Catalog.Guide(ctx, in.Code)
			if err != nil {
				return nil, err
			}
			return public(c, v.Form().Hash()[:32], rawJSON(v.Form().SchemaJSON())), nil
		})
	addReply(s, operation{id: "topics", method: http.MethodGet, path: "/topics", tag: "items", open: true, zh: "主题", en: "Topics"},
		func(ctx context.Context, c *call, _ *none) (*reply[List[Topic]], error) {
			list, err := s.Catalog.Topics(ctx)
			if err != nil {
				return nil, err
			}
			return publicBody(c, List[Topic]{Items: mapTo(list, func(t catalog.Topic) Topic { return Topic{t.Key, t.Name, t.NameEN, t.Audience} })})
		})
}

func guideVersion(v *catalog.Version) GuideVersion {
	return GuideVersion{ID(v.ID), v.No, v.Hash, v.EffectiveFrom, v.PublishedAt.UTC()}
}

func item(dir *identity.Directory, it *catalog.Item) Item {
	unit, _ := dir.Unit(it.UnitID)
	recv, _ := dir.Unit(it.ReceivingUnitID)
	out := Item{it.Code, it.BasicCode, it.Name, it.NameEN, it.Summary, it.Type, it.CaseType, unitRef(unit), unitRef(recv), it.Division, it.State, 0, false, it.Featured, nil}
	if it.Facts.Handling.No != "" {
		out.Handling = &it.Facts.Handling
	}
	return out
}

func (s *server) itemList(ctx context.Context, items []catalog.Item) ([]Item, error) {
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	return mapTo(items, func(it catalog.Item) Item { return item(dir, &it) }), nil
}

// UnitsIn narrows the list of units.
type UnitsIn struct {
	Kind     string `query:"kind" enum:"government,department,centre,station"`
	Division string `query:"division" pattern:"^[0-9]{12}$"`
}

func (s *server) places() {
	addReply(s, operation{id: "departments", method: http.MethodGet, path: "/departments", tag: "places", open: true, zh: "部门和单位", en: "Departments and other units"},
		func(ctx context.Context, c *call, in *UnitsIn) (*reply[List[Unit]], error) {
			dir, err := s.Identity.Directory(ctx)
			if err != nil {
				return nil, err
			}
			out := List[Unit]{Items: []Unit{}}
			for _, u := range dir.Units() {
				if (in.Kind == "" || u.Kind == in.Kind) && (in.Division == "" || u.Division == in.Division) {
					out.Items = append(out.Items, unit(dir, u))
				}
			}
			return publicBody(c, out)
		})
	addReply(s, operation{id: "divisions", method: http.MethodGet, path: "/divisions", tag: "places", open: true, zh: "行政区划", en: "Divisions"},
		func(ctx context.Context, c *call, _ *none) (*reply[List[Division]], error) {
			dir, err := s.Identity.Directory(ctx)
			if err != nil {
				return nil, err
			}
			return publicBody(c, List[Division]{Items: mapTo(dir.Divisions(), func(d identity.Division) Division {
				return Division{d.Code, d.Name, d.Parent, d.Level, d.National}
			})})
		})
}

func unit(dir *identity.Directory, u identity.Unit) Unit {
	parent, _ := dir.Unit(u.ParentID)
	return Unit{unitRef(u), u.Short, u.USCC, u.Kind, parent.Key, u.Division, u.Level, u.Phone, u.Address, u.Synthetic}
}

// unitNamed finds a unit by the key that the input at path gives.
func (s *server) unitNamed(ctx context.Context, key, path string) (identity.Unit, error) {
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return identity.Unit{}, err
	}
	u, ok := dir.UnitByKey(key)
	if !ok {
		return u, errs.InvalidFields(errs.Field{Path: path, Code: "unknown", ZH: "没有这个单位", EN: "There is no such unit"})
	}
	return u, nil
}
