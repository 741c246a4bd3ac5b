package casework

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

const (
	// Tasks without a date come last: an empty due date sorts as "~".
	sqlQueue = `SELECT t.id, t.role, t.step, t.name, t.due_on, t.opened_at, c.no, c.item_name, c.state, c.party_name, c.submitted_at, c.channel,
			coalesce(a.at, 0), t.claimed_by, t.claimed_name, t.days, t.reminded_on, c.reviewers
		FROM task t JOIN cases c ON c.id = t.case_id LEFT JOIN case_alarm a ON a.case_id = c.id AND a.due_on = c.due_on AND c.state = 'submitted'
		WHERE t.unit_id = $1 AND t.role = $2 AND t.state = 'open' AND (t.due_on, t.id) > ($3, $4)
		ORDER BY t.due_on, t.id LIMIT $5`
	sqlResults = `SELECT t.id, t.role, t.step, t.name, t.due_on, t.opened_at, c.no, c.item_name, c.state, c.party_name, c.submitted_at, c.channel,
			coalesce(a.at, 0), t.claimed_by, t.claimed_name, t.days, t.reminded_on, c.reviewers
		FROM task t JOIN cases c ON c.id = t.case_id LEFT JOIN case_alarm a ON a.case_id = c.id AND a.due_on = c.due_on AND c.state = 'submitted'
		WHERE t.unit_id = $1 AND t.role = $2 AND t.state = 'open' AND (t.due_on, t.id) > ($3, $4) AND c.state = 'delivering'
		ORDER BY t.due_on, t.id LIMIT $5`
	sqlQueueSize = `SELECT count(*) FROM (SELECT 1 FROM task WHERE unit_id = $1 AND role = $2 AND state = 'open' LIMIT $3) q`
	sqlMine      = `SELECT id, no, item_name, state, outcome, due_on, submitted_at, closed_at, party_name, licence_id FROM cases
		WHERE party_kind = $1 AND party_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4`
)

// noDate stands in task.due_on for a task that no limit drives, so that it
// sorts after all dates.
const noDate = "~"

// QueueRow is one line of a unit's work list.
type QueueRow struct {
	Task        int64
	Role        actor.Role
	Step, Name  string
	DueOn       string // empty if none
	OpenedAt    time.Time
	No          string
	ItemName    string
	State       State
	Party       string
	SubmittedAt time.Time
	Channel     actor.Channel
	Left        int  // working days left, negative when late; meaningless without a date
	Late        bool // the date has passed
	Soon        bool // three working days or fewer
	Alarm       bool // an alarm stands, see Alarm
	ClaimedBy   int64
	ClaimedName string // who has taken it, empty if nobody
	Days        int    // its own share of the limit, 0 if it has none
	Reminded    bool   // its unit was reminded of the date

	aside bool // the reader stands aside from the case and does not see the row
}

// Queue lists the open tasks of a unit for a role, the nearest date first.
// cursor is "" at the start; next is "" at the end.
func (s *Service) Queue(ctx context.Context, a actor.Actor, unit identity.Unit, role actor.Role, cursor string, limit int) (rows []QueueRow, next string, err error) {
	return s.workList(ctx, a, sqlQueue, unit, role, cursor, limit)
}

// Results 窗口统一出件 lists what a centre's output window has to hand out or
// post: Queue, of decided cases alone.
func (s *Service) Results(ctx context.Context, a actor.Actor, unit identity.Unit, cursor string, limit int) (rows []QueueRow, next string, err error) {
	return s.workList(ctx, a, sqlResults, unit, actor.WindowClerk, cursor, limit)
}

func (s *Service) workList(ctx context.Context, a actor.Actor, query string, unit identity.Unit, role actor.Role, cursor string, limit int) (rows []QueueRow, next string, err error) {
	defer errs.Wrap(&err, "queue")
	if err := s.mayQueue(ctx, a, unit); err != nil {
		return nil, "", err
	}
	due, id, err := splitCursor(cursor)
	if err != nil {
		return nil, "", err
	}
	cal, err := s.Calendar.Current(ctx)
	if err != nil {
		return nil, "", err
	}
	today := clock.DateOf(s.DB.Now())
	rows, err = db.All(s.DB.Read(ctx), func(r *db.Rows) (q QueueRow, err error) {
		var opened, submitted, alarmed int64
		var reminded, people string
		if err = r.Scan(&q.Task, &q.Role, &q.Step, &q.Name, &q.DueOn, &opened, &q.No, &q.ItemName, &q.State, &q.Party, &submitted, &q.Channel,
			&alarmed, &q.ClaimedBy, &q.ClaimedName, &q.Days, &reminded, &people); err != nil {
			return q, err
		}
		q.Reminded = reminded != "" && reminded == q.DueOn
		if strings.HasPrefix(people, "{") { // somebody stands aside
			var c Case
			if err := readPeople(people, &c); err != nil {
				return q, err
			}
			q.aside = slices.Contains(c.Recused, a.ID)
		}
		q.OpenedAt, q.SubmittedAt, q.Alarm = db.Time(opened), db.Time(submitted), alarmed != 0
		return q, nil
	}, query, unit.ID, string(role), due, id, limit+1)
	if err != nil {
		return nil, "", err
	}
	if len(rows) > limit {
		rows = rows[:limit]
		last := rows[limit-1]
		next = last.DueOn + "." + strconv.FormatInt(last.Task, 10)
	}
	rows = slices.DeleteFunc(rows, func(q QueueRow) bool { return q.aside })
	for i := range rows {
		q := &rows[i]
		if q.DueOn == noDate {
			q.DueOn = ""
			continue
		}
		if d, err := clock.ParseDate(q.DueOn); err == nil {
			q.Left = cal.Between(today, d)
			q.Late = d < today
			q.Soon = !q.Late && q.Left <= 3
		}
	}
	return rows, next, nil
}

func (s *Service) mayQueue(ctx context.Context, a actor.Actor, unit identity.Unit) error {
	return s.Identity.Allow(ctx, a, identity.CaseQueue, identity.Target{UnitPath: unit.Path}, "unit/"+strconv.FormatInt(unit.ID, 10))
}

// QueueSize counts the open tasks of a unit for a role, up to 1000.
func (s *Service) QueueSize(ctx context.Context, a actor.Actor, unit identity.Unit, role actor.Role) (n int, err error) {
	if err := s.mayQueue(ctx, a, unit); err != nil {
		return 0, err
	}
	err = s.DB.Read(ctx).QueryRow(sqlQueueSize, unit.ID, string(role), 1000).Scan(&n)
	return n, err
}

// Load 负荷 is how many open tasks somebody has taken in a unit.
type Load struct {
	Name string
	Open int
	id   int64
}

// Loads lists who has taken how much of a unit's open work in a role, the
// fullest first.
func (s *Service) Loads(ctx context.Context, a actor.Actor, unit identity.Unit, role actor.Role) (out []Load, err error) {
	defer errs.Wrap(&err, "loads")
	if err := s.mayQueue(ctx, a, unit); err != nil {
		return nil, err
	}
	out, err = loads(s.DB.Read(ctx), unit.ID, role)
	slices.SortStableFunc(out, func(x, y Load) int { return y.Open - x.Open })
	return out, err
}

func loads(q db.Queryer, unit int64, role actor.Role) ([]Load, error) {
	return db.All(q, func(r *db.Rows) (l Load, err error) { return l, r.Scan(&l.id, &l.Name, &l.Open) }, sqlLoad, unit, string(role))
}

// What a search by last digits looks through at most.
const (
	findUnits = 24
	findPages = 10
	findRows  = 100
)

// FindOpen finds open cases by the end of their number, in the work lists of
// the actor's own roles: what a clerk reads from a receipt. A case stands once.
func (s *Service) FindOpen(ctx context.Context, a actor.Actor, tail string) (out []QueueRow, err error) {
	defer errs.Wrap(&err, "find open cases")
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	tail, seen := strings.ToUpper(tail), map[string]bool{}
	works := false
	for _, g := range a.Grants {
		if g.Role != actor.WindowClerk && g.Role != actor.Reviewer && g.Role != actor.Decider {
			continue
		}
		works = true
		units := dir.Subtree(g.Path)
		if len(units) > findUnits {
			units = slices.DeleteFunc(units, func(u identity.Unit) bool { return u.Path != g.Path })
		}
		for _, u := range units {
			for cursor, page := "", 0; page < findPages; page++ {
				rows, next, err := s.Queue(ctx, a, u, g.Role, cursor, findRows)
				if err != nil {
					return nil, err
				}
				for _, q := range rows {
					if strings.HasSuffix(q.No, tail) && !seen[q.No] {
						seen[q.No] = true
						out = append(out, q)
					}
				}
				if cursor = next; next == "" {
					break
				}
			}
		}
	}
	if !works {
		return nil, s.mayQueue(ctx, a, identity.Unit{})
	}
	return out, nil
}

// CaseRow is one line of a list of cases.
type CaseRow struct {
	ID          int64
	No          string
	ItemName    string
	State       State
	Outcome     Outcome
	DueOn       string
	SubmittedAt time.Time
	ClosedAt    time.Time
	Party       string
	LicenceID   int64
}

// Mine lists the cases of the party the actor acts for, newest first. cursor is
// the id of the last row seen, 0 at the start; next is 0 at the end.
func (s *Service) Mine(ctx context.Context, a actor.Actor, cursor int64, limit int) (rows []CaseRow, next int64, err error) {
	defer errs.Wrap(&err, "my cases")
	if err := s.Identity.Allow(ctx, a, identity.ApplicantEnter, identity.Target{}, "cases"); err != nil {
		return nil, 0, err
	}
	if cursor == 0 {
		cursor = 1<<63 - 1
	}
	rows, err = db.All(s.DB.Read(ctx), func(r *db.Rows) (c CaseRow, err error) {
		var submitted, closed int64
		err = r.Scan(&c.ID, &c.No, &c.ItemName, &c.State, &c.Outcome, &c.DueOn, &submitted, &closed, &c.Party, &c.LicenceID)
		c.SubmittedAt = db.Time(submitted)
		if closed != 0 {
			c.ClosedAt = db.Time(closed)
		}
		return c, err
	}, sqlMine, string(a.For.Kind), a.For.ID, cursor, limit+1)
	if err != nil {
		return nil, 0, err
	}
	if len(rows) > limit {
		rows = rows[:limit]
		next = rows[limit-1].ID
	}
	if a.Mandate != 0 {
		if rows, err = s.covered(ctx, a, rows); err != nil {
			return nil, 0, err
		}
	}
	return rows, next, nil
}

// covered keeps the rows of items that an agent's mandate reaches. A page may
// be shorter for it; next tells whether there is more.
func (s *Service) covered(ctx context.Context, a actor.Actor, rows []CaseRow) ([]CaseRow, error) {
	rd, known, codes := s.DB.Read(ctx), map[string]bool{}, s.Catalog.Codes()
	var out []CaseRow
	for _, r := range rows {
		basic := codes.BasicOfCase(r.No)
		ok, seen := known[basic]
		if !seen {
			_, err := s.Identity.Covers(rd, a, basic)
			if err != nil && !errors.Is(err, identity.ErrNotCovered) {
				return nil, err
			}
			ok = err == nil
			known[basic] = ok
		}
		if ok {
			out = append(out, r)
		}
	}
	return out, nil
}

// Progress is what the QR on a receipt shows to whoever holds it: no names, no
// personal data.
type Progress struct {
	No       string
	ItemName string
	State    State
	Outcome  Outcome
	Unit     string
	Path     []Milestone
	Clocks   []ClockView
	Rate     *Rate
}

// ProgressPath is the public page of a case; its code cannot be guessed from
// the case number.
func (s *Service) ProgressPath(no string) string {
	return "/progress/" + no + "?c=" + s.progressCode(no)
}

func (s *Service) progressCode(no string) string { return s.Vault.Index("casework/progress", no)[:16] }

// PublicProgress answers the QR on a receipt.
func (s *Service) PublicProgress(ctx context.Context, no, code string) (*Progress, error) {
	if len(no) > 64 || !sameText(code, s.progressCode(no)) {
		return nil, ErrNoCase
	}
	rd := s.DB.Read(ctx)
	c, err := s.scanCase(rd.QueryRow(sqlCaseByNo, no))
	if err != nil {
		return nil, err
	}
	w, err := s.world(ctx, c.VersionID)
	if err != nil {
		return nil, err
	}
	rate, err := s.rate(rd, c)
	if err != nil {
		return nil, err
	}
	u, _ := w.dir.Unit(c.UnitID)
	return &Progress{No: c.No, ItemName: c.ItemName, State: c.State, Outcome: c.Outcome, Unit: u.Name, Path: milestones(c),
		Clocks: c.Clocks.view(w.cal, s.DB.Now()), Rate: rate}, nil
}

func splitCursor(cursor string) (due string, id int64, err error) {
	if cursor == "" {
		return "", 0, nil
	}
	due, n, ok := strings.Cut(cursor, ".")
	if id, err = strconv.ParseInt(n, 10, 64); err != nil || !ok {
		return "", 0, errs.New(errs.Malformed, "bad-cursor", "翻页位置不正确，请从第一页重新开始。", "The page cursor is not valid; start from the first page.")
	}
	return due, id, nil
}
