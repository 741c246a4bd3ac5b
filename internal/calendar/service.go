package calendar

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
)

// Service 工作日历 publishes editions and hands out calendars.
type Service struct {
	o      Options
	newest atomic.Pointer[snapshot]
	older  sync.Map // edition id → clock.Calendar; editions never change
}

// Options of a service. Record is required.
type Options struct {
	DB *db.DB
	// Record writes the audit record of an act in its transaction.
	Record func(tx *db.Tx, e Entry) error
	// Published, if set, runs in the act that published an edition, so that rooms
	// above can have their stored dates reckoned again.
	Published func(tx *db.Tx, cal clock.Calendar) error
}

// Entry is what Record gets: who did what to which edition.
type Entry struct {
	Actor   actor.Actor
	Act     string // "calendar.import"
	Subject string // "calendar/2026-11-23.2"
	Detail  map[string]string
}

// snapshot is the newest edition as last looked up.
type snapshot struct {
	number int64
	cal    clock.Calendar
	at     time.Time
}

// freshness is how long the newest edition may be unknown to a process that
// did not publish it itself.
const freshness = 10 * time.Second

// What importing can say.
var (
	ErrNone = errs.New(errs.Unavailable, "calendar-missing",
		"尚未导入工作日历，无法计算期限。", "No working-day calendar has been published; limits cannot be reckoned.")
	ErrChanged = errs.New(errs.Conflict, "calendar-changed",
		"工作日历刚刚被他人更新，请刷新后再试。", "Another edition of the calendar was published meanwhile; look again.")
	ErrNoEdition = errs.New(errs.NotFound, "calendar-edition", "没有这一版工作日历。", "There is no such edition of the calendar.")
)

// New makes a service; it reads nothing yet.
func New(o Options) *Service {
	if o.DB == nil || o.Record == nil {
		panic("calendar: DB and Record are required")
	}
	return &Service{o: o}
}

// Current is the newest edition. An edition published by another process is
// seen within ten seconds. Error: ErrNone before the first one.
func (s *Service) Current(ctx context.Context) (clock.Calendar, error) {
	now, have := s.o.DB.Now(), s.newest.Load()
	if have != nil && !now.Before(have.at) && now.Sub(have.at) < freshness {
		return have.cal, nil
	}
	return s.look(s.o.DB.Read(ctx), now)
}

// In is the newest edition as an act sees it, asked anew: for acts with legal
// effect.
func (s *Service) In(tx *db.Tx) (clock.Calendar, error) { return s.look(tx, tx.Now()) }

func (s *Service) look(q db.Queryer, now time.Time) (clock.Calendar, error) {
	number, err := newestNumber(q)
	if err != nil {
		return clock.Calendar{}, err
	}
	if have := s.newest.Load(); have != nil && have.number == number {
		s.keep(snapshot{number, have.cal, now})
		return have.cal, nil
	}
	e, err := load(q, number)
	if err != nil {
		return clock.Calendar{}, err
	}
	cal, err := e.calendar()
	if err == nil {
		s.keep(snapshot{number, cal, now})
	}
	return cal, err
}

// keep never goes back to an older edition: what an act saw before a
// concurrent one published is not the news.
func (s *Service) keep(n snapshot) {
	for {
		have := s.newest.Load()
		if have != nil && have.number > n.number || s.newest.CompareAndSwap(have, &n) {
			return
		}
	}
}

// Edition is the calendar of an edition id as written down with a limit.
// Errors: ErrNoEdition.
func (s *Service) Edition(ctx context.Context, id string) (clock.Calendar, error) {
	if c, ok := s.older.Load(id); ok {
		return c.(clock.Calendar), nil
	}
	q := s.o.DB.Read(ctx)
	number, err := editionNumber(q, id)
	if err != nil {
		return clock.Calendar{}, err
	}
	e, err := load(q, number)
	if err != nil {
		return clock.Calendar{}, err
	}
	cal, err := e.calendar()
	if err == nil {
		s.older.Store(id, cal)
	}
	return cal, err
}

// Editions lists the newest editions, newest first, at most limit.
func (s *Service) Editions(ctx context.Context, limit int) ([]Info, error) {
	return db.All(s.o.DB.Read(ctx), scanInfo, sqlEditions, limit)
}

// Notices are what the newest edition is made of, by year.
func (s *Service) Notices(ctx context.Context) ([]Notice, error) {
	q := s.o.DB.Read(ctx)
	number, err := newestNumber(q)
	if err != nil {
		return nil, err
	}
	e, err := load(q, number)
	return e.notices, err
}

// Import 导入放假安排 publishes a new edition: the newest one with these notices
// laid over it. It gives the edition's id; importing what is there already
// publishes nothing and gives the newest one's. note tells people why. Whether
// the actor may is the caller's business. Errors: ErrInvalid, ErrChanged.
func (s *Service) Import(ctx context.Context, a actor.Actor, note string, notices ...Notice) (edition string, err error) {
	err = s.o.DB.Write(ctx, "calendar.import", func(tx *db.Tx) error {
		edition, err = s.publish(tx, a, note, func(old []Notice) ([]Notice, error) { return merge(old, notices) })
		return err
	})
	if err != nil {
		return "", err
	}
	return edition, nil
}

// EnsureShipped publishes what comes with the program where the stored
// calendar has less: everything on a first start, the new years after an
// upgrade. A notice that was imported is never replaced.
func (s *Service) EnsureShipped(ctx context.Context) error {
	shipped, err := shippedNotices()
	if err != nil {
		return err
	}
	for range 5 { // several processes may start at once
		err = s.o.DB.Write(ctx, "calendar.ship", func(tx *db.Tx) error {
			_, err := s.publish(tx, actor.Platform(), "随程序发布", func(old []Notice) ([]Notice, error) { return merge(old, missing(old, shipped)) })
			return err
		})
		if !errors.Is(err, ErrChanged) {
			return err
		}
	}
	return err
}

// missing are the shipped notices for years that are not stored, or stored
// only as a projection although the notice is out.
func missing(old, shipped []Notice) []Notice {
	return slices.DeleteFunc(slices.Clone(shipped), func(n Notice) bool {
		return slices.ContainsFunc(old, func(o Notice) bool { return o.Year == n.Year && (!o.Projected || n.Projected) })
	})
}

// publish is the act: it reads the newest edition, makes the next one of it
// and stores it, unless both are the same.
func (s *Service) publish(tx *db.Tx, a actor.Actor, note string, change func([]Notice) ([]Notice, error)) (string, error) {
	var old edition
	number, err := newestNumber(tx)
	switch {
	case err == nil:
		if old, err = load(tx, number); err != nil {
			return "", err
		}
	case !errors.Is(err, ErrNone):
		return "", err
	}
	notices, err := change(old.notices)
	if err != nil {
		return "", err
	}
	if old.number > 0 && equal(old.notices, notices) {
		return old.id, nil
	}
	e := edition{number: old.number + 1, notices: notices}
	e.id = fmt.Sprintf("%s.%d", clock.DateOf(tx.Now()), e.number)
	cal, err := e.calendar()
	if err != nil {
		return "", ErrInvalid.Because(err)
	}
	if err := e.store(tx, note, a.Name); err != nil {
		return "", err
	}
	years := make([]string, 0, len(notices))
	for _, n := range notices {
		if !slices.ContainsFunc(old.notices, func(o Notice) bool { return equal([]Notice{o}, []Notice{n}) }) {
			years = append(years, strconv.Itoa(n.Year))
		}
	}
	if err := s.o.Record(tx, Entry{Actor: a, Act: "calendar.import", Subject: "calendar/" + e.id,
		Detail: map[string]string{"years": strings.Join(years, ","), "note": note}}); err != nil {
		return "", err
	}
	if s.o.Published != nil {
		if err := s.o.Published(tx, cal); err != nil {
			return "", err
		}
	}
	at := tx.Now()
	tx.OnCommit(func() { s.keep(snapshot{e.number, cal, at}) })
	return e.id, nil
}

// Coverage 日历覆盖 is how far the published notices reach.
type Coverage struct {
	Edition string
	Until   clock.Date // last day covered without a gap from today on; the day before today if today is not covered
	Days    int        // natural days from today to Until; -1 if today is not covered
}

// CoverageOn looks at a calendar on a day. An alarm is due when Days is below
// what the operator wants; the notice for a year comes out in the last months
// of the year before.
func CoverageOn(cal clock.Calendar, today clock.Date) Coverage {
	until := today - 1
	for y := today.Year(); cal.Covers(clock.DateFrom(y, time.December, 31)); y++ {
		until = clock.DateFrom(y, time.December, 31)
	}
	return Coverage{Edition: cal.Edition(), Until: until, Days: int(until - today)}
}
