package publicity

import (
	"context"
	"math"
	"regexp"
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
	"github.com/tongban/tongban/internal/search"
)

// Query narrows the list of what is public. Zero fields do not.
type Query struct {
	Text    string           // words of the item, an organisation, a licence or number; the first 100 characters count
	Area    string           // first six digits of a division
	Unit    int64            // deciding unit
	Item    int64            // of the catalogue
	Outcome casework.Outcome // granted or refused
	Month   string           // of the decision, 2006-01
}

// Entry is a published decision as the public sees it.
type Entry struct {
	Row
	Unit  identity.Unit
	Code  string // of the item; empty if it is no longer in the catalogue
	EndZH string // what ended the decision; empty while it stands
	EndEN string
}

// maxPage is how many rows one page may have.
const maxPage = 200

// walk is how many of the newest rows are looked at before the index of words is
// asked: words that many rows hold are found among them at once, and an index
// would have to sort all that hold them.
const walk = 1000

// ErrQuery refuses a month, outcome or cursor that is none.
var ErrQuery = errs.New(errs.Malformed, "bad-query", "查询条件不正确，请从第一页重新开始。", "The query is not valid; start from the first page.")

// List gives what is public, newest decision first. cursor is "" at the start;
// next is "" at the end. Errors: ErrQuery.
func (s *Service) List(ctx context.Context, a actor.Actor, q Query, cursor string, limit int) (list []Entry, next string, err error) {
	defer errs.Wrap(&err, "published decisions")
	if err := identity.Decide(a, identity.PublicityRead, identity.Target{}); err != nil {
		return nil, "", err
	}
	limit = min(max(limit, 1), maxPage)
	low, high, err := q.between(cursor)
	if err != nil {
		return nil, "", err
	}
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, "", err
	}
	rd := s.DB.Read(ctx)
	rows, err := s.find(rd, q, high, low, limit+1)
	if err != nil {
		return nil, "", err
	}
	if len(rows) > limit {
		rows = rows[:limit]
		next = strconv.FormatInt(rows[limit-1].ID, 10)
	}
	for _, r := range rows {
		list = append(list, s.entry(ctx, dir, r))
	}
	return list, next, nil
}

// between turns month and cursor into keys: low included, high not.
func (q Query) between(cursor string) (low, high int64, err error) {
	low, high = 0, math.MaxInt64
	if q.Outcome != "" && q.Outcome != casework.Granted && q.Outcome != casework.Refused {
		return 0, 0, ErrQuery
	}
	if q.Month != "" {
		t, err := time.ParseInLocation("2006-01", q.Month, clock.Shanghai())
		if err != nil || t.Year() < 2000 || t.Year() > 2100 {
			return 0, 0, ErrQuery
		}
		low, high = db.IDAt(t), db.IDAt(t.AddDate(0, 1, 0))
	}
	if cursor != "" {
		n, err := strconv.ParseInt(cursor, 10, 64)
		if err != nil || n < 1 {
			return 0, 0, ErrQuery
		}
		high = min(high, n)
	}
	return low, high, nil
}

var caseNumber = regexp.MustCompile(`^[0-9A-Z]{20,}$`)

func (s *Service) find(rd db.Queryer, q Query, high, low int64, limit int) ([]Row, error) {
	args := func(n int, more ...any) []any {
		return append([]any{high, low, q.Unit, q.Item, q.Area, string(q.Outcome), n}, more...)
	}
	text := strings.TrimSpace(q.Text)
	number := strings.ToUpper(strings.ReplaceAll(text, " ", ""))
	switch {
	case text == "":
		return db.All(rd, listRow, q.lead(), args(limit)...)
	case ident.CheckUSCC(number).Valid:
		return db.All(rd, listRow, sqlOfUSCC, args(limit, number)...)
	case caseNumber.MatchString(number):
		return db.All(rd, listRow, sqlOfNo, args(limit, number)...)
	}
	newest, err := db.All(rd, listRow, q.lead(), args(walk)...)
	if err != nil {
		return nil, err
	}
	seen := len(newest)
	found := holding(newest, text)
	wish := search.Wish(s.DB.Engine(), text)
	if len(found) >= limit || seen < walk || wish == "" {
		return found[:min(limit, len(found))], nil
	}
	sql := sqlFindSQLite
	if s.DB.Engine() == db.Postgres {
		sql = sqlFindPostgres
	}
	// About one in two hundred holds the words but not their sequence.
	indexed, err := db.All(rd, listRow, sql, args(2*limit, wish)...)
	if err != nil {
		return nil, err
	}
	found = holding(indexed, text)
	return found[:min(limit, len(found))], nil
}

func holding(rows []Row, text string) []Row {
	out := rows[:0]
	for _, r := range rows {
		if search.Holds(r.words(), text) {
			out = append(out, r)
		}
	}
	return out
}

// lead picks the text whose index leads to the fewest rows.
func (q Query) lead() string {
	switch {
	case q.Item != 0:
		return sqlOfItem
	case q.Unit != 0:
		return sqlOfUnit
	case q.Outcome == casework.Refused:
		return sqlOfOutcome
	case q.Area != "":
		return sqlOfArea
	case q.Outcome != "":
		return sqlOfOutcome
	}
	return sqlAll
}

// Get gives one published decision. Errors: ErrNoDecision.
func (s *Service) Get(ctx context.Context, a actor.Actor, id int64) (_ *Entry, err error) {
	defer errs.Wrap(&err, "published decision %d", id)
	if err := identity.Decide(a, identity.PublicityRead, identity.Target{}); err != nil {
		return nil, err
	}
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	x, err := scanRow(s.DB.Read(ctx).QueryRow(sqlByID, id))
	if err != nil {
		return nil, err
	}
	e := s.entry(ctx, dir, x)
	return &e, nil
}

func (s *Service) entry(ctx context.Context, dir *identity.Directory, r Row) Entry {
	e := Entry{Row: r, Unit: unitOf(dir, r.UnitID)}
	if v, err := s.Catalog.ByVersion(ctx, r.VersionID); err == nil {
		e.Code = v.Guide.Basics.Code
	}
	if r.Ended != "" {
		e.EndZH, e.EndEN = r.endedWords()
	}
	return e
}
