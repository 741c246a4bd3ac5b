package channel

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/calendar"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
)

// Service shows centres and windows and keeps appointments.
type Service struct {
	Config
	places db.Kept[Places]
}

// Config names what the room uses.
type Config struct {
	DB       *db.DB
	Identity *identity.Service
	Calendar *calendar.Service
	Codes    ident.Profile // how item codes are built; zero: ident.DefaultProfile
	Rule     Rule          // zero: DefaultRule
	Catalog  *catalog.Service
	Log      *slog.Logger // nil: silent
}

// New makes the service.
func New(c Config) *Service {
	if c.Rule.Days == 0 {
		c.Rule = DefaultRule()
	}
	if c.Codes == (ident.Profile{}) {
		c.Codes = ident.DefaultProfile()
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{Config: c, places: db.Kept[Places]{Age: placesAge, Version: sqlPlacesVersion, Bump: sqlBumpPlaces, Name: "centres", Load: loadPlaces}}
}

// Appointment 预约 is a seat in a slot.
type Appointment struct {
	ID          int64
	CentreID    int64
	CentreName  string
	ItemID      int64
	ItemName    string
	Day         clock.Date
	Slot        string    // "09:30"
	At          time.Time // when the slot begins
	Seat        int       // from 1
	Party       actor.Party
	MakerID     int64 // person who booked: the party or its agent
	MakerName   string
	CaseNo      string // empty if it belongs to no case
	BookedAt    time.Time
	CancelledAt time.Time // zero while it stands
}

// Booking is what somebody asks for. That the item exists, needs a visit and is
// received by the centre, and that the case is the party's, is for the caller to see.
type Booking struct {
	CentreID int64
	ItemID   int64
	ItemName string
	Day      clock.Date
	Slot     string  // "09:30"
	CaseNo   string  // optional
	Once     db.Once // may be nil; a repeated key answers the booking that it made
}

// The refusals.
var (
	ErrNoAppointment = errs.New(errs.NotFound, "no-appointment", "没有找到这个预约。", "There is no such appointment.")
	ErrNotOffered    = errs.New(errs.Conflict, "slot-not-offered", "这个时段不能预约，请另选时段。", "This time cannot be booked; choose another one.")
	ErrFull          = errs.New(errs.Conflict, "slot-full", "这个时段已经约满，请另选时段。", "This time is fully booked; choose another one.")
	ErrBooked        = errs.New(errs.Conflict, "booked-already", "您当天已经预约了这个事项，如需改期请先取消原预约。", "You have an appointment for this item on that day; cancel it first to change it.")
	ErrPast          = errs.New(errs.Conflict, "appointment-past", "预约时间已过，不能取消。", "The time of the appointment has passed.")
)

// Slots lists what can be booked at a centre for an item from a date on (the
// zero date: from today). Error: ErrNoCentre.
func (s *Service) Slots(ctx context.Context, centre, item int64, from clock.Date) (_ []SlotDay, err error) {
	defer errs.Wrap(&err, "slots")
	if _, err := s.Centre(ctx, centre); err != nil {
		return nil, err
	}
	cal, err := s.Calendar.Current(ctx)
	if err != nil {
		return nil, err
	}
	now := s.DB.Now()
	today := clock.DateOf(now)
	rows, err := s.DB.Read(ctx).Query(sqlTaken, centre, item, today.String(), (today + clock.Date(s.Rule.Days)).String())
	if err != nil {
		return nil, err
	}
	type key struct{ day, slot string }
	taken := map[key]int{}
	for rows.Next() {
		var k key
		var n int
		if err := rows.Scan(&k.day, &k.slot, &n); err != nil {
			return nil, err
		}
		taken[k] = n
	}
	return s.Rule.days(cal, from, now, func(d clock.Date, slot string) int { return taken[key{d.String(), slot}] }), nil
}

// Book 预约 takes a seat for a.For. A slot never gets more bookings than seats,
// however many come at once. Booking the same again gives the booking that is
// there. Errors: ErrNoCentre, ErrNotOffered, ErrFull, ErrBooked.
func (s *Service) Book(ctx context.Context, a actor.Actor, in Booking) (_ *Appointment, err error) {
	defer errs.Wrap(&err, "book")
	u, err := s.Centre(ctx, in.CentreID)
	if err != nil {
		return nil, err
	}
	if err := s.Identity.Allow(ctx, a, identity.AppointmentBook, identity.Target{ReceivingPath: u.Path}, centreSubject(u.ID)); err != nil {
		return nil, err
	}
	if in.ItemID == 0 || in.ItemName == "" || utf8.RuneCountInString(in.ItemName) > 500 || len(in.CaseNo) > 64 {
		return nil, errs.InvalidFields(errs.Field{Path: "item", Code: "required", ZH: "请选择要办理的事项", EN: "Choose the item"})
	}
	cal, err := s.Calendar.Current(ctx)
	if err != nil {
		return nil, err
	}
	var made *Appointment
	err = s.DB.Write(ctx, "appointment.book", func(tx *db.Tx) error {
		prior, err := tx.Claim(in.Once)
		if err != nil {
			return err
		}
		if prior != 0 {
			made, err = one(tx, sqlAppointment, prior)
			return err
		}
		if !s.Rule.offered(cal, in.Day, in.Slot, tx.Now()) {
			return ErrNotOffered
		}
		var fresh bool
		if made, fresh, err = s.seat(tx, a, in); err != nil {
			return err
		}
		tx.Record(in.Once, made.ID)
		if !fresh {
			return nil
		}
		return s.record(tx, a, identity.AppointmentBook, made)
	})
	if err != nil {
		return nil, err
	}
	made.CentreName = u.Name
	return made, nil
}

// seat finds a free seat and takes it, or gives the same booking made before.
func (s *Service) seat(tx *db.Tx, a actor.Actor, in Booking) (_ *Appointment, fresh bool, err error) {
	for range s.Rule.Seats + 2 { // whoever loses a seat to another looks again
		free, err := s.free(tx, in)
		if err != nil {
			return nil, false, err
		}
		// Looked for after the seats: a twin of this act may hold one of them.
		mine, err := one(tx, sqlMineThatDay, string(a.For.Kind), a.For.ID, in.ItemID, in.Day.String())
		switch {
		case err == nil && mine.CentreID == in.CentreID && mine.Slot == in.Slot && mine.CaseNo == in.CaseNo:
			return mine, false, nil
		case err == nil:
			return nil, false, ErrBooked
		case !errors.Is(err, ErrNoAppointment):
			return nil, false, err
		case free == 0:
			return nil, false, ErrFull
		}
		at, _ := s.Rule.instant(in.Day, in.Slot)
		p := &Appointment{ID: tx.NewID(), CentreID: in.CentreID, ItemID: in.ItemID, ItemName: in.ItemName, Day: in.Day, Slot: in.Slot, At: at,
			Seat: free, Party: a.For, MakerID: a.ID, MakerName: a.Name, CaseNo: in.CaseNo, BookedAt: tx.Now()}
		n, err := tx.Exec(sqlInsertAppointment, p.ID, p.CentreID, p.ItemID, p.ItemName, p.Day.String(), p.Slot, p.Seat, string(p.Party.Kind),
			p.Party.ID, p.Party.Name, p.MakerID, p.MakerName, p.CaseNo, tx.NowMicros())
		if err != nil || n == 1 {
			return p, true, err
		}
	}
	return nil, false, ErrFull
}

// free is the lowest seat of the slot that nobody has, 0 if there is none.
func (s *Service) free(tx *db.Tx, in Booking) (int, error) {
	rows, err := tx.Query(sqlSeats, in.CentreID, in.Day.String(), in.Slot, in.ItemID)
	if err != nil {
		return 0, err
	}
	free := 1
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			return 0, err
		}
		if n == free {
			free++
		}
	}
	if free > s.Rule.Seats {
		return 0, nil
	}
	return free, nil
}

// Cancel 取消预约 gives the seat free, by the party or by the centre's windows,
// as long as the slot has not begun. Cancelling twice is no error. Errors:
// ErrNoAppointment, ErrPast.
func (s *Service) Cancel(ctx context.Context, a actor.Actor, id int64) (err error) {
	defer errs.Wrap(&err, "cancel appointment")
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return err
	}
	err = s.DB.Write(ctx, "appointment.cancel", func(tx *db.Tx) error {
		p, err := one(tx, sqlAppointment, id)
		if err != nil {
			return err
		}
		if err := identity.Decide(a, identity.AppointmentCancel, target(dir, p)); err != nil {
			return err
		}
		if !p.CancelledAt.IsZero() {
			return nil
		}
		if !p.At.After(tx.Now()) {
			return ErrPast
		}
		if n, err := tx.Exec(sqlCancel, id, tx.NowMicros()); err != nil || n == 0 {
			return err
		}
		return s.record(tx, a, identity.AppointmentCancel, p)
	})
	s.Identity.Refused(ctx, a, identity.AppointmentCancel, "appointment/"+strconv.FormatInt(id, 10), err)
	if errors.Is(err, identity.ErrNotFound) {
		return ErrNoAppointment
	}
	return err
}

// ForParty lists the appointments of a.For, the latest visit first, cancelled
// ones too. cursor is "" at the start; next is "" at the end.
func (s *Service) ForParty(ctx context.Context, a actor.Actor, cursor string, limit int) (list []Appointment, next string, err error) {
	defer errs.Wrap(&err, "my appointments")
	if err := s.Identity.Allow(ctx, a, identity.ApplicantEnter, identity.Target{}, "appointments"); err != nil {
		return nil, "", err
	}
	day, slot, id, err := splitCursor(cursor)
	if err != nil {
		return nil, "", err
	}
	list, err = s.all(ctx, sqlForParty, string(a.For.Kind), a.For.ID, day, slot, id, limit+1)
	if len(list) > limit {
		list = list[:limit]
		last := list[limit-1]
		next = last.Day.String() + "_" + last.Slot + "_" + strconv.FormatInt(last.ID, 10)
	}
	return list, next, err
}

// ForCase lists the appointments that stand for a case, for the party and for
// the windows of the centre; others get none.
func (s *Service) ForCase(ctx context.Context, a actor.Actor, caseNo string) (_ []Appointment, err error) {
	defer errs.Wrap(&err, "appointments of a case")
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	list, err := s.all(ctx, sqlForCase, caseNo)
	if err != nil {
		return nil, err
	}
	var out []Appointment
	for _, p := range list {
		if identity.Decide(a, identity.AppointmentCancel, target(dir, &p)) == nil {
			out = append(out, p)
		}
	}
	return out, nil
}

// Today 当日预约 lists who comes to a centre on a day, by slot, with full names:
// the clerk calls people up by them. Errors: ErrNoCentre and refusals.
func (s *Service) Today(ctx context.Context, a actor.Actor, centre int64, day clock.Date) (_ []Appointment, err error) {
	defer errs.Wrap(&err, "appointments of the day")
	u, err := s.Centre(ctx, centre)
	if err != nil {
		return nil, err
	}
	if err := s.Identity.Allow(ctx, a, identity.AppointmentToday, identity.Target{UnitPath: u.Path, ReceivingPath: u.Path}, centreSubject(u.ID)); err != nil {
		return nil, err
	}
	return s.all(ctx, sqlToday, u.ID, day.String())
}

func target(dir *identity.Directory, p *Appointment) identity.Target {
	return identity.Target{Owner: p.Party, Applicant: p.Party, ReceivingPath: dir.Path(p.CentreID)}
}

func (s *Service) record(tx *db.Tx, a actor.Actor, act identity.Act, p *Appointment) error {
	return audit.Append(tx, audit.Record{Actor: a, Act: string(act), Subject: "appointment/" + strconv.FormatInt(p.ID, 10), Unit: p.CentreID,
		Detail: map[string]string{"item": strconv.FormatInt(p.ItemID, 10), "day": p.Day.String(), "slot": p.Slot, "case": p.CaseNo}})
}

// splitCursor reads "2026-03-03_09:30_17"; an empty one lies behind every row.
func splitCursor(cursor string) (day, slot string, id int64, err error) {
	if cursor == "" {
		return "~", "", 0, nil
	}
	parts := strings.Split(cursor, "_")
	if len(parts) == 3 {
		if id, err = strconv.ParseInt(parts[2], 10, 64); err == nil {
			return parts[0], parts[1], id, nil
		}
	}
	return "", "", 0, errs.New(errs.Malformed, "bad-cursor", "翻页位置不正确，请从第一页重新开始。", "The page cursor is not valid; start from the first page.")
}
