package consult

import (
	"context"
	"errors"
	"fmt"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
)

// Tick is what time brings: dates follow a newly published calendar, and what
// has passed its day sounds once a round: an entry, a red line, a message. What
// it costs grows with what is late, not with what is open. It may run twice.
func (s *Service) Tick(ctx context.Context) (err error) {
	defer errs.Wrap(&err, "consult tick")
	cal, err := s.Calendar.Current(ctx)
	if err != nil {
		return err
	}
	if err := s.each(ctx, sqlOldEdition, cal.Edition(), func(id int64) error { return s.reckonOne(ctx, cal, id) }); err != nil {
		return err
	}
	return s.each(ctx, sqlLate, clock.DateOf(s.DB.Now()).String(), func(id int64) error { return s.sound(ctx, cal, id) })
}

// each does something to what a query finds, page by page. One on which
// somebody acts meanwhile is left for the next time.
func (s *Service) each(ctx context.Context, query, arg string, do func(id int64) error) error {
	for last := int64(0); ; {
		ids, err := db.All(s.DB.Read(ctx), func(r *db.Rows) (id int64, err error) { return id, r.Scan(&id) }, query, arg, last)
		if err != nil || len(ids) == 0 {
			return err
		}
		for _, id := range ids {
			last = id
			if err := do(id); err != nil && !errors.Is(err, ErrChanged) {
				return err
			}
		}
	}
}

// sound raises the alarm of one that is late.
func (s *Service) sound(ctx context.Context, cal clock.Calendar, id int64) error {
	return s.DB.Write(ctx, "consult.overdue", func(tx *db.Tx) error {
		x, err := s.byID(tx, id)
		if err != nil || !x.AlarmedAt.IsZero() || !s.timer(x).At(cal, tx.Now()).Effective() {
			return err
		}
		x.AlarmedAt = tx.Now()
		if err := s.save(tx, x); err != nil {
			return err
		}
		if err := s.did(tx, actor.Platform(), x, Overdue, false, Words{Due: x.DueOn.String()}); err != nil {
			return err
		}
		title := "您的咨询超过答复期限，已催办"
		if x.Kind == Failure {
			title = "您反映的问题超过处理期限，已催办"
		}
		return s.tell(tx, x, title, fmt.Sprintf("编号：%s。承办单位应当在%s前办理，现已超过期限，平台已催办并计入监督。", x.No, x.DueOn))
	})
}

// reckonOne brings a stored day up to the calendar in force, and tells whose
// day moves.
func (s *Service) reckonOne(ctx context.Context, cal clock.Calendar, id int64) error {
	return s.DB.Write(ctx, "consult.reckon", func(tx *db.Tx) error {
		x, err := s.byID(tx, id)
		if err != nil || !x.Open() {
			return err
		}
		before := x.DueOn
		x.DueOn, x.Edition = s.timer(x).At(cal, tx.Now()).Due, cal.Edition()
		if err := s.save(tx, x); err != nil || x.DueOn == before {
			return err
		}
		if err := s.did(tx, actor.Platform(), x, NewDay, false, Words{Due: x.DueOn.String()}); err != nil {
			return err
		}
		return s.tell(tx, x, "答复期限随放假安排调整", fmt.Sprintf("编号：%s。原定%s，现为%s。", x.No, before, x.DueOn))
	})
}
