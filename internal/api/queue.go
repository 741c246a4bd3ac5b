package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/assess"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// QueueRow is a line of a unit's work list.
type QueueRow struct {
	Task        ID            `json:"task"`
	No          string        `json:"no"`
	ItemName    string        `json:"itemName"`
	Party       string        `json:"party"`
	State       Word          `json:"state"`
	Step        string        `json:"step"`
	Name        string        `json:"name" doc:"What is to be done."`
	Due         string        `json:"due,omitempty" format:"date"`
	Left        int           `json:"left" doc:"Working days; negative when late; meaningless without due."`
	Late        bool          `json:"late"`
	Soon        bool          `json:"soon" doc:"Three working days or fewer."`
	Alarm       bool          `json:"alarm" doc:"One stands: the case says which."`
	SubmittedAt time.Time     `json:"submittedAt"`
	Channel     actor.Channel `json:"channel"`
	Claimed     string        `json:"claimed,omitempty" doc:"Who has taken it."`
	Days        int           `json:"days,omitempty" doc:"Its own share of the limit, in working days."`
	Reminded    bool          `json:"reminded,omitempty" doc:"The unit was reminded of the date."`
}

// QueueIn chooses a work list.
type QueueIn struct {
	Unit string     `query:"unit" maxLength:"60" doc:"Key of the unit; the caller's own if left out."`
	Role actor.Role `query:"role" enum:"window-clerk,reviewer,decider" doc:"The first of the caller's roles that has a work list, if left out."`
}

// QueueSize is how long a work list is.
type QueueSize struct {
	Open int `json:"open" doc:"Open tasks, counted up to 1000."`
}

func (s *server) queue() {
	add(s, operation{id: "queue", method: http.MethodGet, path: "/queue", tag: "cases", zh: "待办列表", en: "The work list of a unit, the nearest date first"},
		func(ctx context.Context, c *call, in *struct {
			QueueIn
			PageIn
		}) (List[QueueRow], error) {
			at, err := position("queue", in.Cursor)
			if err != nil {
				return List[QueueRow]{}, err
			}
			unit, role, err := s.workList(ctx, c, in.QueueIn)
			if err != nil {
				return List[QueueRow]{}, err
			}
			rows, next, err := s.Casework.Queue(ctx, c.Actor, unit, role, at, in.limit())
			return List[QueueRow]{mapTo(rows, func(q casework.QueueRow) QueueRow { return queueRow(c, q) }), cursor("queue", next)}, err
		})
	add(s, operation{id: "queue-find", method: http.MethodGet, path: "/queue/find", tag: "cases", zh: "按编号末几位查找待办", en: "Open cases of my own work lists, by the last digits of the number"},
		func(ctx context.Context, c *call, in *struct {
			Tail string `query:"tail" required:"true" minLength:"4" maxLength:"64" pattern:"^[0-9A-Za-z]{4,64}$" doc:"The last 4 characters or more."`
		}) (List[QueueRow], error) {
			rows, err := s.Casework.FindOpen(ctx, c.Actor, in.Tail)
			return List[QueueRow]{Items: mapTo(rows, func(q casework.QueueRow) QueueRow { return queueRow(c, q) })}, err
		})
	add(s, operation{id: "queue-size", method: http.MethodGet, path: "/queue/size", tag: "cases", zh: "待办数量", en: "How many tasks wait"},
		func(ctx context.Context, c *call, in *QueueIn) (QueueSize, error) {
			unit, role, err := s.workList(ctx, c, *in)
			if err != nil {
				return QueueSize{}, err
			}
			n, err := s.Casework.QueueSize(ctx, c.Actor, unit, role)
			return QueueSize{n}, err
		})
	s.loads()
	add(s, operation{id: "queue-results", method: http.MethodGet, path: "/queue/results", tag: "window", zh: "窗口统一出件", en: "Decided cases whose result a centre hands out or posts"},
		func(ctx context.Context, c *call, in *struct {
			PageIn
			Unit string `query:"unit" maxLength:"60" doc:"Key of the centre; one's own unit if left out."`
		}) (List[QueueRow], error) {
			unit, _, err := s.workList(ctx, c, QueueIn{Unit: in.Unit})
			if err != nil {
				return List[QueueRow]{}, err
			}
			at, err := position("results", in.Cursor)
			if err != nil {
				return List[QueueRow]{}, err
			}
			rows, next, err := s.Casework.Results(ctx, c.Actor, unit, at, in.limit())
			return List[QueueRow]{mapTo(rows, func(q casework.QueueRow) QueueRow { return queueRow(c, q) }), cursor("results", next)}, err
		})
	s.overview()
}

func queueRow(c *call, q casework.QueueRow) QueueRow {
	return QueueRow{ID(q.Task), q.No, q.ItemName, q.Party, word(c, q.State), q.Step, q.Name, q.DueOn, q.Left, q.Late, q.Soon, q.Alarm, q.SubmittedAt.UTC(), q.Channel,
		q.ClaimedName, q.Days, q.Reminded}
}

// workList finds the unit and the role; Casework decides whether it may be seen.
func (s *server) workList(ctx context.Context, c *call, in QueueIn) (identity.Unit, actor.Role, error) {
	role := in.Role
	for _, g := range c.Grants {
		if role == "" && slices.Contains([]actor.Role{actor.WindowClerk, actor.Reviewer, actor.Decider}, g.Role) {
			role = g.Role
		}
	}
	if role == "" {
		role = actor.WindowClerk
	}
	if in.Unit != "" {
		u, err := s.unitNamed(ctx, in.Unit, "query/unit")
		return u, role, err
	}
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return identity.Unit{}, role, err
	}
	u, _ := dir.Unit(c.Unit)
	return u, role, nil
}

// OverviewIn narrows the figures.
type OverviewIn struct {
	Unit     string `query:"unit" maxLength:"60" doc:"Key of a unit; it and what lies below it."`
	Division string `query:"division" pattern:"^[0-9]{12}$" doc:"This division and what lies below it."`
	Alone    bool   `query:"alone" doc:"With division: without what lies below it."`
	From     string `query:"from" format:"date" doc:"Together with to; the 30 days up to today if left out."`
	To       string `query:"to" format:"date"`
}

// Figures 指标值 are counts of cases by the figure's name.
type Figures map[assess.Figure]int64

// Overview 监督总览.
type Overview struct {
	From      string         `json:"from" format:"date"`
	To        string         `json:"to" format:"date"`
	CountedAt *time.Time     `json:"countedAt,omitempty" doc:"Until when the figures of the period are complete."`
	Figures   []Word         `json:"figures" doc:"Their names, in the order shown to people."`
	Total     Figures        `json:"total"`
	Units     []UnitFigures  `json:"units" doc:"By deciding unit, the latest first."`
	Districts []PlaceFigures `json:"districts" doc:"By district."`
}

// UnitFigures are the figures of a deciding unit.
type UnitFigures struct {
	Unit    UnitRef `json:"unit"`
	Figures Figures `json:"figures"`
}

// PlaceFigures are the figures of a district.
type PlaceFigures struct {
	Division string  `json:"division"`
	Name     string  `json:"name"`
	Figures  Figures `json:"figures"`
}

// FigureRow is one case behind a figure.
type FigureRow struct {
	No          string     `json:"no"`
	ItemName    string     `json:"itemName"`
	Unit        UnitRef    `json:"unit"`
	Party       string     `json:"party" doc:"A person's name is masked."`
	State       Word       `json:"state"`
	Outcome     *Word      `json:"outcome,omitempty"`
	Due         string     `json:"due,omitempty" format:"date"`
	Left        int        `json:"left"`
	Late        bool       `json:"late"`
	SubmittedAt time.Time  `json:"submittedAt"`
	ClosedAt    *time.Time `json:"closedAt,omitempty"`
	Day         string     `json:"day,omitempty" format:"date" doc:"The day that the figure counts."`
	Level       int        `json:"level,omitempty" doc:"Of the rating."`
}

func (s *server) overview() {
	add(s, operation{id: "overview", method: http.MethodGet, path: "/overview", tag: "supervision", zh: "监督总览", en: "Supervisors: figures by department and by district"},
		func(ctx context.Context, c *call, in *OverviewIn) (Overview, error) {
			f, err := s.period(ctx, in)
			if err != nil {
				return Overview{}, err
			}
			o, err := s.Assess.Overview(ctx, c.Actor, f)
			if err != nil {
				return Overview{}, err
			}
			return Overview{o.From.String(), o.To.String(), instant(o.CountedAt), mapTo(assess.AllFigures, func(f assess.Figure) Word { return word(c, f) }), figures(o.Total),
				mapTo(o.Units, func(u assess.UnitFigures) UnitFigures { return UnitFigures{unitRef(u.Unit), figures(u.Figures)} }),
				mapTo(o.Districts, func(d assess.DistrictFigures) PlaceFigures {
					return PlaceFigures{d.Division.Code, d.Division.Name, figures(d.Figures)}
				})}, nil
		})
	add(s, operation{id: "overview-list", method: http.MethodGet, path: "/overview/list", tag: "supervision", zh: "指标背后的办件", en: "Supervisors: the cases behind a figure"},
		func(ctx context.Context, c *call, in *struct {
			OverviewIn
			PageIn
			Figure assess.Figure `query:"figure" required:"true" maxLength:"40"`
		}) (List[FigureRow], error) {
			f, err := s.period(ctx, &in.OverviewIn)
			if err != nil {
				return List[FigureRow]{}, err
			}
			at, err := position("overview", in.Cursor)
			if err != nil {
				return List[FigureRow]{}, err
			}
			rows, next, err := s.Assess.List(ctx, c.Actor, in.Figure, f, at, in.limit())
			return List[FigureRow]{mapTo(rows, func(r assess.Row) FigureRow {
				return FigureRow{r.No, r.ItemName, unitRef(r.Unit), r.Party, word(c, r.State), outcome(c, r.Outcome), r.DueOn, r.Left, r.Late,
					r.SubmittedAt.UTC(), instant(r.ClosedAt), r.Day, r.Level}
			}), cursor("overview", next)}, err
		})
}

func figures(f assess.Figures) Figures {
	out := Figures{}
	for _, name := range assess.AllFigures {
		out[name] = f.Of(name)
	}
	return out
}

func (s *server) period(ctx context.Context, in *OverviewIn) (f assess.Filter, err error) {
	if in.Unit != "" {
		u, err := s.unitNamed(ctx, in.Unit, "query/unit")
		if err != nil {
			return f, err
		}
		f.Unit = u.ID
	}
	if (in.From == "") != (in.To == "") {
		return f, errs.InvalidFields(errs.Field{Path: "query/to", Code: "required", ZH: "起止日期应同时填写", EN: "from and to go together"})
	}
	f.Division, f.Alone = in.Division, in.Alone
	if in.From != "" {
		if f.From, err = clock.ParseDate(in.From); err == nil {
			f.To, err = clock.ParseDate(in.To)
		}
	}
	return f, err
}
