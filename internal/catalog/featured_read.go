package catalog

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// Move 进出记录 tells that a list joined a featured list or left it, and why.
type Move struct {
	ID        int64
	List      string
	Item      Item
	Joined    bool
	Cause     string // ByRule, ByChoice, ByState
	RuleNo    int    // the rule that held
	VersionID int64  // the guide that was in force
	At        time.Time
	Kind      string // of the choice, if one was the cause
	Reason    string // of the choice
}

const (
	moveColumns = `featured_move.id, featured_move.list, featured_move.item_id, featured_move.joined, featured_move.cause, featured_move.rule_no,
		featured_move.version_id, featured_move.at, COALESCE(featured_choice.kind, ''), COALESCE(featured_choice.reason, '')`
	sqlMovesOf = `SELECT ` + moveColumns + ` FROM featured_move LEFT JOIN featured_choice ON featured_choice.id = featured_move.choice_id
		WHERE featured_move.list = $1 AND (featured_move.at, featured_move.id) < ($2, $3) ORDER BY featured_move.at DESC, featured_move.id DESC LIMIT $4`
	sqlMovesOfItem = `SELECT ` + moveColumns + ` FROM featured_move LEFT JOIN featured_choice ON featured_choice.id = featured_move.choice_id
		WHERE featured_move.item_id = $1 ORDER BY featured_move.at DESC, featured_move.id DESC LIMIT 200`
	sqlMoveCounts = `SELECT joined, count(*) FROM featured_move WHERE list = $1 AND at >= $2 GROUP BY joined`
)

// MoveCursor is where a page of moves ends; zero is the beginning.
type MoveCursor struct{ At, ID int64 }

// Moves gives who joined a list and who left it, newest first.
func (s *Service) Moves(ctx context.Context, key string, after MoveCursor, limit int) (_ []Move, next MoveCursor, err error) {
	defer errs.Wrap(&err, "moves of featured list %s", key)
	if _, ok := FeatureByKey(key); !ok {
		return nil, next, ErrNoFeature
	}
	if after == (MoveCursor{}) {
		after.At = 1<<63 - 1
	}
	list, err := s.moves(ctx, sqlMovesOf, key, after.At, after.ID, limit+1)
	if err != nil {
		return nil, next, err
	}
	if len(list) > limit {
		list = list[:limit]
		last := list[limit-1]
		next = MoveCursor{db.Micros(last.At), last.ID}
	}
	return list, next, nil
}

// MovesOfItem gives the history of one list in all featured lists, newest
// first, at most 200.
func (s *Service) MovesOfItem(ctx context.Context, item int64) ([]Move, error) {
	return s.moves(ctx, sqlMovesOfItem, item)
}

func (s *Service) moves(ctx context.Context, sql string, args ...any) ([]Move, error) {
	x, err := s.Index(ctx)
	if err != nil {
		return nil, err
	}
	return db.All(s.db.Read(ctx), func(r *db.Rows) (m Move, err error) {
		var at, item int64
		err = r.Scan(&m.ID, &m.List, &item, &m.Joined, &m.Cause, &m.RuleNo, &m.VersionID, &at, &m.Kind, &m.Reason)
		m.At = db.Time(at)
		if it, ok := x.ItemByID(item); ok {
			m.Item = *it
		}
		return m, err
	}, sql, args...)
}

// MoveCounts tells how many lists joined and left since an instant.
func (s *Service) MoveCounts(ctx context.Context, key string, since time.Time) (joined, left int, err error) {
	rows, err := s.db.Read(ctx).Query(sqlMoveCounts, key, db.Micros(since))
	if err != nil {
		return 0, 0, err
	}
	for rows.Next() {
		var in bool
		var n int
		if err := rows.Scan(&in, &n); err != nil {
			return 0, 0, err
		}
		if in {
			joined = n
		} else {
			left = n
		}
	}
	return joined, left, nil
}

// FeaturedQuery narrows a featured list; empty fields do not.
type FeaturedQuery struct {
	Division string // 12 digits: the lists of the division, of what lies below it, and of the levels above it
	Dept     string // kind of department in charge: the end of unit keys, "mzj"
	Text     string // part of the name
}

// FeaturedMatter is a matter of a featured list and where it can be handled so.
type FeaturedMatter struct {
	Basic
	Places []Item // from the city downwards
}

// FeaturedMatters gives what stands in a featured list, by the name of the
// matter.
func (s *Service) FeaturedMatters(ctx context.Context, key string, q FeaturedQuery) (_ []FeaturedMatter, err error) {
	defer errs.Wrap(&err, "featured list %s", key)
	if _, ok := FeatureByKey(key); !ok {
		return nil, ErrNoFeature
	}
	x, err := s.Index(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return nil, err
	}
	f, serves := filter{}, newServing(dir, q.Division)
	var out []FeaturedMatter
	for i := range x.Basics {
		b := &x.Basics[i]
		if q.Dept != "" && b.Dept != q.Dept || q.Text != "" && !strings.Contains(b.Name, q.Text) {
			continue
		}
		m := FeaturedMatter{Basic: *b}
		for _, k := range x.offers[b.Code] {
			if it := &x.Items[k]; slices.Contains(it.Featured, key) && serves.takes(it.Division) {
				m.Places = append(m.Places, *it)
			}
		}
		if len(m.Places) > 0 {
			slices.SortFunc(m.Places, func(a, b Item) int { return f.better(&a, &b) })
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b FeaturedMatter) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// serving tells which divisions serve the people of one: itself, what lies in
// it, and what it lies in.
type serving struct {
	dir   *identity.Directory
	want  string
	above []string
	known map[string]bool
}

func newServing(dir *identity.Directory, want string) serving {
	return serving{dir: dir, want: want, above: newFilter(Query{Division: want}, dir).divisions, known: map[string]bool{}}
}

func (s serving) takes(division string) bool {
	if s.want == "" || slices.Contains(s.above, division) {
		return true
	}
	yes, ok := s.known[division]
	if !ok {
		yes = slices.Contains(newFilter(Query{Division: division}, s.dir).divisions, s.want)
		s.known[division] = yes
	}
	return yes
}
