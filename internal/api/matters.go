package api

import (
	"context"
	"net/http"

	"github.com/tongban/tongban/internal/catalog"
)

// Matter 事项 of the basic catalogue 基本目录, whether or not a unit offers it.
type Matter struct {
	BasicCode string   `json:"basicCode" doc:"基本编码, 12 characters by default."`
	Name      string   `json:"name"`
	NameEN    string   `json:"nameEn,omitempty"`
	Summary   string   `json:"summary"`
	Type      string   `json:"type" doc:"事项类型, two digits." example:"01"`
	Domain    string   `json:"domain,omitempty" doc:"公共服务领域, for public services."`
	Levels    []string `json:"levels" doc:"行使层级 at which it may be exercised: 3 city … 6 village."`
	Audience  []string `json:"audience" doc:"服务对象 codes."`
	Topics    []string `json:"topics" doc:"Keys of /topics."`
	Events    []string `json:"events" doc:"Keys of /events."`
	Dept      string   `json:"dept,omitempty" doc:"Kind of department in charge: the end of its units' keys."`
	Offers    int      `json:"offers" doc:"In how many places it can be handled, under the filters of a search. 0: it cannot be applied for yet; ask the department in charge."`
}

// MatterFound is a matter of a search with its best place.
type MatterFound struct {
	Matter
	Best *Item `json:"best,omitempty" doc:"The list that fits best."`
	Near bool  `json:"near,omitempty" doc:"Others have the words; this is only like them, and not counted in total."`
}

// MatterList is a page of the search over matters.
type MatterList struct {
	List[MatterFound]
	Total      int     `json:"total" doc:"How many have the words."`
	DidYouMean bool    `json:"didYouMean,omitempty" doc:"Nothing had all the words; these have some."`
	Within     string  `json:"within,omitempty" doc:"The division or unit that the words named, and to which the answers are narrowed."`
	Counts     *Counts `json:"counts,omitempty"`
}

// MatterDetail is a matter with its basis and every place.
type MatterDetail struct {
	Matter
	Basis []catalog.Basis `json:"basis" doc:"设定依据."`
	Lists []Item          `json:"lists" doc:"The lists in use, from the city downwards."`
}

// Counts tells for each filter how many matters each value would give, with the
// other filters as they are.
type Counts struct {
	Audience map[string]int `json:"audience"`
	Topic    map[string]int `json:"topic"`
	Event    map[string]int `json:"event"`
	Domain   map[string]int `json:"domain"`
	Dept     map[string]int `json:"dept"`
	Type     map[string]int `json:"type"`
	Unit     map[string]int `json:"unit"`
	Division map[string]int `json:"division" doc:"The city, its districts, and the towns of the district chosen."`
	Level    map[string]int `json:"level"`
	Scope    map[string]int `json:"scope"`
	CaseType map[string]int `json:"caseType"`
}

func counts(asked bool, c catalog.Counts) *Counts {
	if !asked {
		return nil
	}
	return &Counts{c[catalog.ByAudience], c[catalog.ByTopic], c[catalog.ByEvent], c[catalog.ByDomain], c[catalog.ByDept], c[catalog.ByType],
		c[catalog.ByUnit], c[catalog.ByDivision], c[catalog.ByLevel], c[catalog.ByScope], c[catalog.ByCaseType]}
}

// Narrowing are the filters that items and matters share.
type Narrowing struct {
	Q        string `query:"q" maxLength:"100" doc:"A question, words, parts of words, pinyin, or a code; the name of a division or a unit narrows."`
	Audience string `query:"audience" maxLength:"20" doc:"person, entity, or a 服务对象 code."`
	Topic    string `query:"topic" maxLength:"60"`
	Event    string `query:"event" maxLength:"60" doc:"生命周期: a key of /events."`
	Domain   string `query:"domain" maxLength:"60" doc:"公共服务领域."`
	Dept     string `query:"dept" maxLength:"60" doc:"Kind of department in charge."`
	Unit     string `query:"unit" maxLength:"60" doc:"Key of the deciding unit, or of the centre that receives."`
	Division string `query:"division" pattern:"^[0-9]{12}$"`
	Level    string `query:"level" pattern:"^[0-9]$" doc:"行使层级."`
	Scope    string `query:"scope" pattern:"^[0-9]$" doc:"通办范围: 1 nationwide, 7 the Yangtze delta 长三角, 2 the province, 3 the city, …"`
	Type     string `query:"type" pattern:"^[0-9]{2}$"`
	CaseType string `query:"caseType" enum:"instant,promised"`
	Counts   bool   `query:"counts" doc:"Tell how many matters each value of each filter would give."`
}

func (n Narrowing) query(at string, limit int) catalog.Query {
	return catalog.Query{Text: n.Q, Audience: n.Audience, Topic: n.Topic, Event: n.Event, Domain: n.Domain, Dept: n.Dept, Unit: n.Unit, Division: n.Division,
		Level: n.Level, Scope: n.Scope, Type: n.Type, CaseType: n.CaseType, Counts: n.Counts, Cursor: at, Limit: limit}
}

// MattersIn is a search over matters.
type MattersIn struct {
	PageIn
	Narrowing
}

// BasicCodeIn names a matter.
type BasicCodeIn struct {
	BasicCode string `path:"basicCode" pattern:"^[0-9A-Za-z]{4,40}$"`
}

func (s *server) matters() {
	add(s, operation{id: "matters", method: http.MethodGet, path: "/matters", tag: "items", open: true, zh: "搜索和浏览基本目录事项", en: "Search and browse matters",
		more: "Each once, also those that no unit offers yet."},
		func(ctx context.Context, c *call, in *MattersIn) (MatterList, error) {
			at, err := position("matters", in.Cursor)
			if err != nil {
				return MatterList{}, err
			}
			q := in.query(at, in.limit())
			q.Unopened = true
			p, err := s.Catalog.Search(ctx, q)
			if err != nil {
				return MatterList{}, err
			}
			dir, err := s.Identity.Directory(ctx)
			if err != nil {
				return MatterList{}, err
			}
			list := mapTo(p.Items, func(f catalog.Found) MatterFound {
				m := MatterFound{Matter: matter(f.Matter, f.Offers), Near: f.Near}
				if f.Offers > 0 {
					it := item(dir, &f.Item)
					m.Best = &it
				}
				return m
			})
			return MatterList{List[MatterFound]{list, cursor("matters", p.Next)}, p.Total, p.DidYouMean, within(p.Place), counts(in.Counts, p.Counts)}, nil
		})
	addReply(s, operation{id: "matter", method: http.MethodGet, path: "/matters/{basicCode}", tag: "items", open: true, zh: "基本目录事项", en: "A matter with every place that handles it"},
		func(ctx context.Context, c *call, in *BasicCodeIn) (*reply[MatterDetail], error) {
			b, err := s.Catalog.Basic(ctx, in.BasicCode)
			if err != nil {
				return nil, err
			}
			offers, err := s.Catalog.Offers(ctx, b.Code)
			if err != nil {
				return nil, err
			}
			lists, err := s.itemList(ctx, offers)
			if err != nil {
				return nil, err
			}
			return publicBody(c, MatterDetail{matter(b, len(lists)), b.Basis, lists})
		})
	addReply(s, operation{id: "events", method: http.MethodGet, path: "/events", tag: "items", open: true, zh: "生命周期", en: "Events in the life of a person or an organisation"},
		func(ctx context.Context, c *call, _ *none) (*reply[List[Topic]], error) {
			list, err := s.Catalog.Events(ctx)
			if err != nil {
				return nil, err
			}
			return publicBody(c, List[Topic]{Items: mapTo(list, func(t catalog.Topic) Topic { return Topic{t.Key, t.Name, t.NameEN, t.Audience} })})
		})
}

func matter(b *catalog.Basic, offers int) Matter {
	events := b.Events
	if events == nil {
		events = []string{}
	}
	return Matter{b.Code, b.Name, b.NameEN, b.Summary, b.Type, b.Domain, b.Levels, b.Audience, b.Topics, events, b.Dept, offers}
}

// within names the place to which the words of a search narrowed it.
func within(p catalog.Place) string {
	switch {
	case p.Missed:
		return ""
	case p.Unit.Key != "":
		return p.Unit.Key
	case p.Division.Code != "":
		return p.Division.Code
	}
	return p.Dept
}
