package assess

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
)

// Row is one case behind a figure.
type Row struct {
	ID          int64
	No          string
	ItemName    string
	Unit        identity.Unit // the deciding unit
	Party       string        // a person's name masked, an entity's as it is
	State       casework.State
	Outcome     casework.Outcome
	DueOn       string // of the limit that runs now; empty if none
	Left        int    // working days left until DueOn, negative when it has passed; meaningless without a date
	Late        bool   // DueOn is a limit of the authority and has passed
	SubmittedAt time.Time
	ClosedAt    time.Time // zero while it is open
	Day         string    // the day that the figure counts: received, closed or rated on, due on
	OnTime      bool      // of closed cases
	Level       int       // of the rating; 0 if there is none

	kind string // of the party
}

// ErrFigure says that there is no such figure.
var ErrFigure = errs.New(errs.NotFound, "no-figure", "没有这个指标。", "There is no such figure.")

// maxPage is how many rows one page may have.
const maxPage = 200

// List gives the cases behind a figure, page by page: open ones by their date,
// those without one first, others newest first. It counts the same cases as
// Overview does with the same filter. cursor is "" at the start; next is "" at
// the end. Errors: ErrFigure, ErrPeriod, refusals.
func (s *Service) List(ctx context.Context, a actor.Actor, figure Figure, f Filter, cursor string, limit int) (rows []Row, next string, err error) {
	defer errs.Wrap(&err, "list of %s", figure)
	if !slices.Contains(AllFigures, figure) {
		return nil, "", ErrFigure
	}
	limit = min(max(limit, 1), maxPage)
	v, err := s.look(ctx, a, f)
	if err != nil {
		return nil, "", err
	}
	cal, err := s.Calendar.Current(ctx)
	if err != nil {
		return nil, "", err
	}
	from, err := readCursor(figure, cursor)
	if err != nil {
		return nil, "", err
	}
	rd := s.DB.Read(ctx)
	figures := map[int64]*Figures{}
	if figure.Open() {
		err = v.open(rd, figures)
	} else {
		err = v.period(rd, figures)
	}
	if err != nil {
		return nil, "", err
	}
	// Each unit gives its first rows; of all of them the first are the page.
	for _, u := range v.units {
		if n := figures[u.ID]; n == nil || n.Of(figure) == 0 {
			continue
		}
		sql, args := v.question(figure, u.ID, from, limit+1)
		part, err := db.All(rd, scanRow, sql, args...)
		if err != nil {
			return nil, "", err
		}
		for i := range part {
			part[i].Unit = u
		}
		rows = append(rows, part...)
	}
	slices.SortFunc(rows, func(a, b Row) int {
		c := cmp.Or(strings.Compare(a.Day, b.Day), cmp.Compare(a.ID, b.ID))
		if figure.Open() {
			return c
		}
		return -c
	})
	if len(rows) > limit {
		rows = slices.Clone(rows[:limit])
		last := rows[limit-1]
		next = last.Day + "_" + strconv.FormatInt(last.ID, 10)
	}
	for i := range rows {
		rows[i].finish(cal, v.today)
	}
	return rows, next, nil
}

// place is where a page begins: behind this day and case.
type place struct {
	day string
	id  int64
}

// question is the text and its values for one unit's rows.
func (v *view) question(figure Figure, unit int64, p place, limit int) (string, []any) {
	args := func(first, last string, more ...any) []any {
		return append([]any{unit, first, last, p.day, p.id, limit}, more...)
	}
	from, to := v.from.String(), v.to.String()
	switch figure {
	case InHand:
		return sqlOpen, args("", "~")
	case Late:
		return sqlOpenWatched, args("0", (v.today - 1).String())
	case StepLate:
		return sqlStepLateList, args("", (v.today - 1).String())
	case Alarmed:
		return sqlAlarmedList, args("0", "~")
	case DueSoon:
		return sqlOpenWatched, args(v.today.String(), v.soon.String())
	case Received:
		return sqlReceivedList, args(from, to)
	case Closed:
		return sqlClosedList, args(from, to, "", -1)
	case OnTime:
		return sqlClosedList, args(from, to, "", 1)
	case ClosedLate:
		return sqlClosedList, args(from, to, "", 0)
	case Rated:
		return sqlRatedList, args(from, to, 1, 5)
	case Good:
		return sqlRatedList, args(from, to, 3, 5)
	case Negative:
		return sqlRatedList, args(from, to, 1, 2)
	}
	return sqlClosedList, args(from, to, string(figure), -1)
}

func readCursor(figure Figure, cursor string) (place, error) {
	if cursor == "" {
		if figure.Open() {
			return place{}, nil
		}
		return place{"~", 0}, nil
	}
	day, n, ok := strings.Cut(cursor, "_")
	id, err := strconv.ParseInt(n, 10, 64)
	if err != nil || !ok {
		return place{}, errs.New(errs.Malformed, "bad-cursor", "翻页位置不正确，请从第一页重新开始。", "The page cursor is not valid; start from the first page.")
	}
	return place{day, id}, nil
}

func scanRow(r *db.Rows) (x Row, err error) {
	var submitted, closed int64
	err = r.Scan(&x.ID, &x.No, &x.ItemName, &x.Unit.ID, &x.kind, &x.Party, &x.State, &x.Outcome, &x.DueOn, &submitted, &closed, &x.Day,
		&x.OnTime, &x.Level)
	x.SubmittedAt, x.ClosedAt = db.Time(submitted), db.Time(closed)
	return x, err
}

// finish masks and reckons what a page shows.
func (x *Row) finish(cal clock.Calendar, today clock.Date) {
	if actor.PartyKind(x.kind) != actor.LegalEntity {
		x.Party = ident.MaskName(x.Party)
	}
	if d, err := clock.ParseDate(x.DueOn); err == nil && x.DueOn != "" {
		x.Left = cal.Between(today, d)
		x.Late = d < today && slices.Contains(watchedStates, x.State)
	}
}
