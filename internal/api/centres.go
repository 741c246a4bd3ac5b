package api

import (
	"context"
	"net/http"
	"time"

	"github.com/tongban/tongban/internal/channel"
	"github.com/tongban/tongban/internal/identity"
)

// CentreDetail is a centre with its branches 分中心.
type CentreDetail struct {
	Centre
	Branch   *Branch  `json:"branch,omitempty" doc:"What it is a branch of."`
	Branches []Branch `json:"branches" doc:"Its own."`
}

// Branch 分中心 belongs to another centre of its level for a recorded reason.
type Branch struct {
	Centre      UnitRef   `json:"centre"`
	Title       string    `json:"title" doc:"The main centre's name, its own and 分中心."`
	Main        UnitRef   `json:"main"`
	Reason      Word      `json:"reason" doc:"room, secret or other."`
	Detail      string    `json:"detail,omitempty" doc:"Of state secrets: for the staff alone."`
	Departments []UnitRef `json:"departments"`
	From        string    `json:"from" format:"date"`
}

// BranchRecord is what was entered of a branch.
type BranchRecord struct {
	ID ID `json:"id"`
	Branch
	Basis    string     `json:"basis" doc:"Who approved it, by which paper."`
	Until    string     `json:"until,omitempty" doc:"The first day on which it was none; left out while it stands."`
	By       string     `json:"by"`
	At       time.Time  `json:"at"`
	EndedBy  string     `json:"endedBy,omitempty"`
	EndedAt  *time.Time `json:"endedAt,omitempty"`
	EndWhy   string     `json:"endWhy,omitempty"`
	Standing bool       `json:"standing"`
}

// BranchIn makes the centre of the path a branch.
type BranchIn struct {
	CentreIn
	Body struct {
		Main        string         `json:"main" minLength:"1" maxLength:"60" doc:"Key of the centre that it belongs to: of the same level and place."`
		Name        string         `json:"name" minLength:"1" maxLength:"40" doc:"Between the main centre's name and 分中心."`
		Reason      channel.Reason `json:"reason" enum:"room,secret,other" doc:"Why it is apart (第二十条第一款)."`
		Detail      string         `json:"detail,omitempty" maxLength:"500" doc:"Needed with other."`
		Basis       string         `json:"basis" minLength:"1" maxLength:"200"`
		Departments []string       `json:"departments" minItems:"1" maxItems:"100" doc:"Keys of those whose matters are handled there."`
		From        string         `json:"from" format:"date"`
	}
}

// EndIn ends an entry of a register.
type EndIn struct {
	ID   ID `path:"id"`
	Body struct {
		Until  string `json:"until,omitempty" format:"date" doc:"The first day on which it no longer holds, today at the latest; today if left out."`
		Reason string `json:"reason" minLength:"1" maxLength:"500"`
	}
}

// EnteredFigures 进驻情况 of some lists in use.
type EnteredFigures struct {
	Lists   int `json:"lists"`
	Rate    int `json:"rate" doc:"进驻率 in tenths of a percent, rounded down; -1 without lists."`
	Centre  int `json:"centre" doc:"Received at a centre."`
	Branch  int `json:"branch" doc:"Received at a branch alone: 事项进中心，服务在现场."`
	Outside int `json:"outside" doc:"At no centre, with a reason."`
	None    int `json:"none" doc:"At no centre, without one."`
}

// DistrictPlaces is a district's.
type DistrictPlaces struct {
	Division string `json:"division"`
	Name     string `json:"name"`
	EnteredFigures
}

// UnitPlaces is a department's.
type UnitPlaces struct {
	Unit UnitRef `json:"unit"`
	EnteredFigures
}

// CentreCheck is a centre beside what 第二十条 asks of it.
type CentreCheck struct {
	Centre     UnitRef        `json:"centre"`
	Title      string         `json:"title"`
	District   string         `json:"district" doc:"Code of its district."`
	Branch     bool           `json:"branch"`
	Windows    int            `json:"windows"`
	Lacks      []Word         `json:"lacks" doc:"Kinds of windows that it has to have and has not."`
	Hall       string         `json:"hall,omitempty" doc:"What its name should end with; left out where it does."`
	NameReason string         `json:"nameReason,omitempty" doc:"Why its name is another."`
	Items      int            `json:"items" doc:"Lists that are received here."`
	Own        EnteredFigures `json:"own" doc:"Of the lists of its own level and place, wherever they are received."`
}

// CentreReport 大厅和进驻情况.
type CentreReport struct {
	Total     EnteredFigures   `json:"total"`
	Centres   []CentreCheck    `json:"centres"`
	Districts []DistrictPlaces `json:"districts"`
	Units     []UnitPlaces     `json:"units" doc:"Departments, the lowest rate first."`
}

// CentreRecord is what is on record of a centre.
type CentreRecord struct {
	CentreCheck
	Branches []Branch       `json:"branches"`
	History  []BranchRecord `json:"history" doc:"What it was and is a branch of, the newest first."`
	May      bool           `json:"may" doc:"The caller keeps the centre."`
}

// Placement 进驻 of a list.
type Placement struct {
	Centre *UnitRef `json:"centre,omitempty" doc:"Left out where it has entered none."`
	Title  string   `json:"title,omitempty" doc:"What the centre is called."`
	Kind   Word     `json:"kind" doc:"centre, branch or out."`
	Reason *Word    `json:"reason,omitempty" doc:"With out: room, secret or other."`
	Detail string   `json:"detail,omitempty"`
	From   string   `json:"from,omitempty" doc:"Left out where it follows from the list: its receiving unit is the centre."`
}

// PlacementRecord is what was entered of a list.
type PlacementRecord struct {
	ID ID `json:"id"`
	Placement
	Until   string     `json:"until,omitempty"`
	By      string     `json:"by"`
	At      time.Time  `json:"at"`
	EndedBy string     `json:"endedBy,omitempty"`
	EndedAt *time.Time `json:"endedAt,omitempty"`
	EndWhy  string     `json:"endWhy,omitempty"`
}

// PlacedItem is a list with where it stands.
type PlacedItem struct {
	Item
	Stands     Word        `json:"stands" doc:"centre, branch, out or none."`
	Placements []Placement `json:"placements"`
}

// ItemPlacements is what is on record of a list.
type ItemPlacements struct {
	PlacedItem
	History []PlacementRecord `json:"history" doc:"Everything that was ever entered, the newest first."`
	May     bool              `json:"may" doc:"The caller may place the list."`
}

// PlacedPage is a page of lists.
type PlacedPage struct {
	List[PlacedItem]
	Total int `json:"total"`
}

// CentreItems is a page of what a centre takes.
type CentreItems struct {
	List[Item]
	Total int `json:"total"`
}

// Reception 受理地点 of a list.
type Reception struct {
	Centre  UnitRef         `json:"centre"`
	Title   string          `json:"title"`
	Kind    Word            `json:"kind" doc:"centre or branch."`
	Address string          `json:"address,omitempty"`
	Phone   string          `json:"phone,omitempty"`
	Windows []ServiceWindow `json:"windows" doc:"Where it is received."`
	Output  []ServiceWindow `json:"output" doc:"Where results are handed out."`
}

// PlacedIn narrows lists by where they stand.
type PlacedIn struct {
	PageIn
	Division string                `query:"division" pattern:"^[0-9]{12}$"`
	Unit     string                `query:"unit" maxLength:"60" doc:"Key of a department; it and what lies below it."`
	Centre   string                `query:"centre" maxLength:"60" doc:"Key of a centre: received there."`
	Kind     channel.PlacementKind `query:"kind" enum:"centre,branch,out,none"`
	Reason   channel.Reason        `query:"reason" enum:"room,secret,other"`
	Q        string                `query:"q" maxLength:"80" doc:"Words of the name, or a code."`
}

func (s *server) centrePlaces() {
	addReply(s, operation{id: "centre", method: http.MethodGet, path: "/centres/{key}", tag: "places", open: true, zh: "服务中心和分中心", en: "A centre, and its branches"},
		func(ctx context.Context, c *call, in *CentreIn) (*reply[CentreDetail], error) {
			u, err := s.centre(ctx, in.Key)
			if err != nil {
				return nil, err
			}
			dir, places, err := s.placesNow(ctx)
			if err != nil {
				return nil, err
			}
			day := s.Channel.Day()
			out := CentreDetail{Centre: Centre{unit(dir, u), len(places.Windows(u.ID))}, Branches: mapTo(places.Branches(u.ID, day), func(b channel.Branch) Branch { return branch(c, dir, b, false) })}
			if b, ok := places.BranchOf(u.ID, day); ok {
				x := branch(c, dir, b, false)
				out.Branch = &x
			}
			return publicBody(c, out)
		})
	add(s, operation{id: "centre-items", method: http.MethodGet, path: "/centres/{key}/items", tag: "places", open: true, zh: "中心受理的事项", en: "The lists that a centre takes, by name"},
		func(ctx context.Context, c *call, in *struct {
			CentreIn
			PageIn
			Q string `query:"q" maxLength:"80" doc:"Words of the name, or a code."`
		}) (CentreItems, error) {
			u, err := s.centre(ctx, in.Key)
			if err != nil {
				return CentreItems{}, err
			}
			at, err := position("centre-items", in.Cursor)
			if err != nil {
				return CentreItems{}, err
			}
			list, next, total, err := s.Channel.ItemsAt(ctx, u.ID, in.Q, at, in.limit())
			if err != nil {
				return CentreItems{}, err
			}
			items, err := s.itemList(ctx, list)
			return CentreItems{List[Item]{items, cursor("centre-items", next)}, total}, err
		})
	add(s, operation{id: "item-places", method: http.MethodGet, path: "/items/{code}/places", tag: "items", open: true, zh: "事项的受理地点", en: "At which centres and windows a list is received"},
		func(ctx context.Context, c *call, in *CodeIn) (List[Reception], error) {
			it, err := s.Catalog.Item(ctx, in.Code)
			if err != nil {
				return List[Reception]{}, err
			}
			list, err := s.Channel.Receptions(ctx, it)
			return List[Reception]{Items: mapTo(list, func(x channel.Reception) Reception {
				return Reception{unitRef(x.Centre), x.Title, word(c, x.Kind), x.Centre.Address, x.Centre.Phone, windows(c, x.Windows), windows(c, x.Output)}
			})}, err
		})
	add(s, operation{id: "placement-figures", method: http.MethodGet, path: "/placements/figures", tag: "places", open: true, zh: "事项进驻情况", en: "How far lists have entered the centres, by district"},
		func(ctx context.Context, c *call, _ *none) (List[DistrictPlaces], error) {
			r, err := s.Channel.PublicReport(ctx)
			if err != nil {
				return List[DistrictPlaces]{}, err
			}
			return List[DistrictPlaces]{Items: mapTo(r.Districts, districtPlaces)}, nil
		})
	add(s, operation{id: "placement-lists", method: http.MethodGet, path: "/placements", tag: "places", open: true, zh: "实施清单的进驻情况", en: "Lists, and which centres they have entered"},
		func(ctx context.Context, c *call, in *PlacedIn) (PlacedPage, error) {
			return s.placedPage(ctx, c, in, false, func(f channel.ReportFilter, at string) ([]channel.PlacedList, string, int, error) {
				return s.Channel.PublicLists(ctx, f, in.Q, at, in.limit())
			})
		})
	s.centreKeeping()
}

// centreKeeping are the operations of stewards and supervisors.
func (s *server) centreKeeping() {
	add(s, operation{id: "centre-report", method: http.MethodGet, path: "/supervision/centres", tag: "supervision", zh: "大厅设置和进驻情况", en: "Supervisors and item stewards: what centres lack, how far lists have entered them"},
		func(ctx context.Context, c *call, in *struct {
			Division string `query:"division" pattern:"^[0-9]{12}$"`
			Unit     string `query:"unit" maxLength:"60" doc:"Key of a department."`
		}) (CentreReport, error) {
			f := channel.ReportFilter{Division: in.Division}
			if in.Unit != "" {
				u, err := s.unitNamed(ctx, in.Unit, "query/unit")
				if err != nil {
					return CentreReport{}, err
				}
				f.Unit = u.ID
			}
			r, err := s.Channel.Report(ctx, c.Actor, f)
			if err != nil {
				return CentreReport{}, err
			}
			out := CentreReport{Total: enteredFigures(r.Total), Centres: []CentreCheck{}, Districts: mapTo(r.Districts, districtPlaces),
				Units: mapTo(r.Units, func(u channel.UnitFigures) UnitPlaces { return UnitPlaces{unitRef(u.Unit), enteredFigures(u.Figures)} })}
			for _, d := range r.Districts {
				for _, x := range d.Centres {
					out.Centres = append(out.Centres, centreCheck(c, x, d.Division.Code))
				}
			}
			return out, nil
		})
	add(s, operation{id: "centre-report-lists", method: http.MethodGet, path: "/supervision/placements", tag: "supervision", zh: "进驻情况背后的清单", en: "Supervisors and item stewards: the lists behind a figure, with all reasons"},
		func(ctx context.Context, c *call, in *PlacedIn) (PlacedPage, error) {
			return s.placedPage(ctx, c, in, true, func(f channel.ReportFilter, at string) ([]channel.PlacedList, string, int, error) {
				return s.Channel.Lists(ctx, c.Actor, f, in.Q, at, in.limit())
			})
		})
	add(s, operation{id: "centre-record", method: http.MethodGet, path: "/centres/{key}/record", tag: "supervision", zh: "大厅登记", en: "Supervisors and item stewards: what is on record of a centre"},
		func(ctx context.Context, c *call, in *CentreIn) (CentreRecord, error) {
			u, err := s.centre(ctx, in.Key)
			if err != nil {
				return CentreRecord{}, err
			}
			return s.centreRecord(ctx, c, u)
		})
	add(s, operation{id: "centre-rename", method: http.MethodPut, path: "/centres/{key}/name", tag: "supervision", zh: "大厅更名", en: "Item stewards: give a centre another name", more: "A name that does not end as its level asks needs a reason."},
		func(ctx context.Context, c *call, in *struct {
			CentreIn
			Body struct {
				Name       string `json:"name" minLength:"1" maxLength:"100"`
				Short      string `json:"short,omitempty" maxLength:"100"`
				NameReason string `json:"nameReason,omitempty" maxLength:"500"`
			}
		}) (CentreRecord, error) {
			u, err := s.centre(ctx, in.Key)
			if err != nil {
				return CentreRecord{}, err
			}
			if err := s.Identity.RenameHall(ctx, c.Actor, u.ID, in.Body.Name, in.Body.Short, in.Body.NameReason); err != nil {
				return CentreRecord{}, err
			}
			return s.centreRecord(ctx, c, u)
		})
	add(s, operation{id: "branch-set", method: http.MethodPost, path: "/centres/{key}/branch", tag: "supervision", zh: "登记分中心", en: "Item stewards: make a centre a branch of another", again: "gives the branch that stands."},
		func(ctx context.Context, c *call, in *BranchIn) (CentreRecord, error) {
			u, err := s.centre(ctx, in.Key)
			if err != nil {
				return CentreRecord{}, err
			}
			b := in.Body
			if _, err := s.Channel.SetBranch(ctx, c.Actor, channel.BranchInput{Centre: in.Key, Main: b.Main, Name: b.Name, Reason: b.Reason, Detail: b.Detail, Basis: b.Basis, Departments: b.Departments, From: b.From}); err != nil {
				return CentreRecord{}, err
			}
			return s.centreRecord(ctx, c, u)
		})
	do(s, operation{id: "branch-end", method: http.MethodPost, path: "/branches/{id}/end", tag: "supervision", zh: "终止分中心登记", en: "Item stewards: end a branch", again: "is refused: it has ended."},
		func(ctx context.Context, c *call, in *EndIn) error {
			return s.Channel.EndBranch(ctx, c.Actor, int64(in.ID), in.Body.Until, in.Body.Reason)
		})
	add(s, operation{id: "item-placements", method: http.MethodGet, path: "/items/{code}/placements", tag: "supervision", zh: "事项的进驻登记", en: "Item stewards, supervisors: what is on record of where a list is received"},
		func(ctx context.Context, c *call, in *CodeIn) (ItemPlacements, error) {
			return s.itemPlacements(ctx, c, in.Code)
		})
	add(s, operation{id: "placement-enter", method: http.MethodPost, path: "/items/{code}/placements", tag: "supervision", zh: "进驻登记", en: "Item stewards: a list enters a centre or branch, or has a reason for entering none", again: "gives what is on record."},
		func(ctx context.Context, c *call, in *struct {
			CodeIn
			Body struct {
				Kind   channel.PlacementKind `json:"kind" enum:"centre,branch,out"`
				Centre string                `json:"centre,omitempty" maxLength:"60" doc:"Key; not with out."`
				Reason channel.Reason        `json:"reason,omitempty" enum:"room,secret,other" doc:"With out."`
				Detail string                `json:"detail,omitempty" maxLength:"500" doc:"Needed with other."`
				From   string                `json:"from,omitempty" format:"date" doc:"Today if left out."`
			}
		}) (ItemPlacements, error) {
			b := in.Body
			if _, err := s.Channel.Place(ctx, c.Actor, channel.PlacementInput{Item: in.Code, Centre: b.Centre, Kind: b.Kind, Reason: b.Reason, Detail: b.Detail, From: b.From}); err != nil {
				return ItemPlacements{}, err
			}
			return s.itemPlacements(ctx, c, in.Code)
		})
	do(s, operation{id: "placement-end", method: http.MethodPost, path: "/placements/{id}/end", tag: "supervision", zh: "退出登记", en: "Item stewards: a list leaves a centre, or its reason for staying outside is over", again: "is refused: it has ended."},
		func(ctx context.Context, c *call, in *EndIn) error {
			return s.Channel.Leave(ctx, c.Actor, int64(in.ID), in.Body.Until, in.Body.Reason)
		})
}

func (s *server) placesNow(ctx context.Context) (*identity.Directory, *channel.Places, error) {
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, nil, err
	}
	places, err := s.Channel.Places(ctx)
	return dir, places, err
}

func (s *server) placedPage(ctx context.Context, c *call, in *PlacedIn, all bool, read func(channel.ReportFilter, string) ([]channel.PlacedList, string, int, error)) (PlacedPage, error) {
	f := channel.ReportFilter{Division: in.Division, Kind: in.Kind, Reason: in.Reason}
	for _, x := range []struct {
		key, path string
		to        *int64
	}{{in.Unit, "query/unit", &f.Unit}, {in.Centre, "query/centre", &f.Centre}} {
		if x.key == "" {
			continue
		}
		u, err := s.unitNamed(ctx, x.key, x.path)
		if err != nil {
			return PlacedPage{}, err
		}
		*x.to = u.ID
	}
	at, err := position("placements", in.Cursor)
	if err != nil {
		return PlacedPage{}, err
	}
	list, next, total, err := read(f, at)
	if err != nil {
		return PlacedPage{}, err
	}
	dir, places, err := s.placesNow(ctx)
	if err != nil {
		return PlacedPage{}, err
	}
	day := s.Channel.Day()
	return PlacedPage{List[PlacedItem]{mapTo(list, func(x channel.PlacedList) PlacedItem {
		return PlacedItem{item(dir, &x.Item), word(c, x.Stands), placements(c, dir, places, day, x.Placements, all)}
	}), cursor("placements", next)}, total}, nil
}

func (s *server) itemPlacements(ctx context.Context, c *call, code string) (ItemPlacements, error) {
	x, err := s.Channel.Placements(ctx, c.Actor, code)
	if err != nil {
		return ItemPlacements{}, err
	}
	dir, places, err := s.placesNow(ctx)
	if err != nil {
		return ItemPlacements{}, err
	}
	day := s.Channel.Day()
	return ItemPlacements{PlacedItem{item(dir, &x.Item), word(c, x.Stands), placements(c, dir, places, day, x.Now, true)},
		mapTo(x.History, func(h channel.Placement) PlacementRecord {
			return PlacementRecord{ID(h.ID), placement(c, dir, places, day, h, true), h.Until, h.By, h.At.UTC(), h.EndedBy, instant(h.EndedAt), h.EndWhy}
		}), x.May}, nil
}

func (s *server) centreRecord(ctx context.Context, c *call, u identity.Unit) (CentreRecord, error) {
	x, err := s.Channel.Record(ctx, c.Actor, u.ID)
	if err != nil {
		return CentreRecord{}, err
	}
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return CentreRecord{}, err
	}
	return CentreRecord{centreCheck(c, x.CentreCheck, x.District), mapTo(x.Branches, func(b channel.Branch) Branch { return branch(c, dir, b, true) }),
		mapTo(x.History, func(b channel.Branch) BranchRecord {
			return BranchRecord{ID(b.ID), branch(c, dir, b, true), b.Basis, b.Until, b.By, b.At.UTC(), b.EndedBy, instant(b.EndedAt), b.EndWhy, b.Until == ""}
		}), x.May}, nil
}

func centreCheck(c *call, x channel.CentreCheck, district string) CentreCheck {
	return CentreCheck{unitRef(x.Centre), x.Title, district, x.Branch != nil, x.Windows, mapTo(x.Lacks, func(k channel.WindowKind) Word { return word(c, k) }), x.Hall, x.Centre.NameReason, x.Items, enteredFigures(x.Own)}
}

func branch(c *call, dir *identity.Directory, b channel.Branch, all bool) Branch {
	u, _ := dir.Unit(b.BranchID)
	main, _ := dir.Unit(b.MainID)
	out := Branch{Centre: unitRef(u), Title: main.Name + b.Name + "分中心", Main: unitRef(main), Reason: word(c, b.Reason), Detail: b.Detail, From: b.From,
		Departments: mapTo(b.Departments, func(id int64) UnitRef { d, _ := dir.Unit(id); return unitRef(d) })}
	if b.Reason == channel.Secret && !all {
		out.Detail = ""
	}
	return out
}

func placements(c *call, dir *identity.Directory, places *channel.Places, day string, list []channel.Placement, all bool) []Placement {
	return mapTo(list, func(x channel.Placement) Placement { return placement(c, dir, places, day, x, all) })
}

// placement with all its words, or as everybody may read it.
func placement(c *call, dir *identity.Directory, places *channel.Places, day string, x channel.Placement, all bool) Placement {
	out := Placement{Kind: word(c, x.Kind), Detail: x.PublicDetail(), From: x.From}
	if all {
		out.Detail = x.Detail
	}
	if u, ok := dir.Unit(x.CentreID); ok {
		ref := unitRef(u)
		out.Centre, out.Title = &ref, places.Title(dir, u, day)
	}
	if x.Reason != "" {
		w := word(c, x.Reason)
		out.Reason = &w
	}
	return out
}

func districtPlaces(d channel.DistrictReport) DistrictPlaces {
	return DistrictPlaces{d.Division.Code, d.Division.Name, enteredFigures(d.Figures)}
}

func enteredFigures(f channel.Figures) EnteredFigures {
	return EnteredFigures{f.Lists, f.Rate(), f.Of[channel.InCentre], f.Of[channel.InBranch], f.Of[channel.Out], f.Of[channel.None]}
}

func windows(c *call, list []channel.Window) []ServiceWindow {
	return mapTo(list, func(w channel.Window) ServiceWindow {
		return ServiceWindow{w.Key, w.No, w.Name, word(c, w.Kind), w.Hours, w.Address, w.Phone, w.Items}
	})
}
