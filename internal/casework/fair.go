package casework

import (
	"context"
	"slices"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// fairly 自动分办 chooses who gets a new task of a unit that hands its work out by
// itself: of those who may do it the one with the least open work. Nobody gets
// it where nobody may; trouble ends the act.
func (st *step) fairly(u identity.Unit, role actor.Role) (id int64, name string) {
	list, err := st.s.colleagues(st.tx, st.w, u.ID)
	if err != nil {
		st.tx.Fail(err)
		return 0, ""
	}
	open, err := loads(st.tx, u.ID, role)
	if err != nil {
		st.tx.Fail(err)
		return 0, ""
	}
	list = slices.DeleteFunc(list, func(m Colleague) bool {
		return !m.holds(role, u.Path) || slices.Contains(st.c.Recused, m.ID) || role == actor.Decider && slices.Contains(st.c.Reviewers, m.ID)
	})
	return leastLoaded(list, open)
}

// leastLoaded is pure: the lowest load, then the account that is older.
func leastLoaded(list []Colleague, open []Load) (id int64, name string) {
	least := 0
	for _, m := range list {
		n := 0
		for _, l := range open {
			if l.id == m.ID {
				n = l.Open
			}
		}
		if id == 0 || n < least || n == least && m.ID < id {
			id, name, least = m.ID, m.Name, n
		}
	}
	return id, name
}

const (
	sqlToRemind = `SELECT t.id, t.due_on, t.unit_id, c.no FROM task t JOIN cases c ON c.id = t.case_id
		WHERE t.state = 'open' AND t.days > 0 AND t.due_on <= $1 AND t.reminded_on <> t.due_on ORDER BY t.due_on, t.id LIMIT 200`
	sqlReminded = `UPDATE task SET reminded_on = due_on WHERE id = $1 AND state = 'open' AND due_on = $2`
)

// remind 催办 marks the tasks with days of their own that end on the next working
// day or have ended: once for each date, in the unit's list and in the record.
func (s *Service) remind(ctx context.Context) (err error) {
	defer errs.Wrap(&err, "remind")
	cal, err := s.Calendar.Current(ctx)
	if err != nil {
		return err
	}
	until := cal.Next(clock.DateOf(s.DB.Now()) + 1).String()
	type due struct {
		id   int64
		on   string
		unit int64
		no   string
	}
	for {
		list, err := db.All(s.DB.Read(ctx), func(r *db.Rows) (d due, err error) { return d, r.Scan(&d.id, &d.on, &d.unit, &d.no) }, sqlToRemind, until)
		if err != nil || len(list) == 0 {
			return err
		}
		err = s.DB.Write(ctx, "casework.remind", func(tx *db.Tx) error {
			for _, d := range list {
				tx.Queue(sqlReminded, d.id, d.on)
				if err := audit.Append(tx, audit.Record{Actor: actor.Platform(), Act: "case.remind", Subject: "case/" + d.no, Unit: d.unit,
					Detail: map[string]string{"due": d.on}, Outcome: "done"}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}
