package api

import (
	"context"
	"net/http"
	"time"

	"github.com/tongban/tongban/internal/channel"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// District is a district with its centres.
type District struct {
	Division string   `json:"division"`
	Name     string   `json:"name"`
	Centres  []Centre `json:"centres"`
}

// Centre 政务服务中心 or 便民服务站.
type Centre struct {
	Unit
	Windows int `json:"windows" doc:"How many."`
}

// ServiceWindow 窗口.
type ServiceWindow struct {
	Key     string `json:"key"`
	No      string `json:"no" doc:"On the sign."`
	Name    string `json:"name"`
	Kind    Word   `json:"kind"`
	Hours   string `json:"hours"`
	Address string `json:"address"`
	Phone   string `json:"phone,omitempty"`

	Items []string `json:"items,omitempty" doc:"Basic codes of the matters that it takes: of a bank outlet, or of a window of one field or theme that is narrow; other windows take what the centre takes."`
}

// SlotDay is a day with what can be booked on it.
type SlotDay struct {
	Date  string `json:"date" format:"date"`
	Free  int    `json:"free"`
	Slots []Slot `json:"slots"`
}

// Slot 时段.
type Slot struct {
	At    string `json:"at" example:"09:30"`
	Until string `json:"until" example:"10:00"`
	Free  int    `json:"free"`
}

// Appointment 预约.
type Appointment struct {
	ID        ID         `json:"id"`
	Centre    UnitRef    `json:"centre"`
	ItemName  string     `json:"itemName"`
	Day       string     `json:"day" format:"date"`
	Slot      string     `json:"slot"`
	At        time.Time  `json:"at"`
	Seat      int        `json:"seat"`
	Party     string     `json:"party"`
	Case      string     `json:"case,omitempty"`
	Cancelled *time.Time `json:"cancelled,omitempty"`
}

// BookIn asks for a seat.
type BookIn struct {
	Body struct {
		Centre string `json:"centre" minLength:"1" maxLength:"60" doc:"Key of the centre."`
		Item   string `json:"item" minLength:"1" maxLength:"40" doc:"Code of the item."`
		Day    string `json:"day" format:"date"`
		Slot   string `json:"slot" pattern:"^[0-2][0-9]:[0-5][0-9]$"`
		Case   string `json:"case,omitempty" maxLength:"64" doc:"The case that it is for."`
	}
}

// CentreIn names a centre.
type CentreIn struct {
	Key string `path:"key" maxLength:"60" doc:"Key of the unit."`
}

func (s *server) appointments() {
	addReply(s, operation{id: "centres", method: http.MethodGet, path: "/centres", tag: "places", open: true, zh: "服务中心", en: "Service centres by district"},
		func(ctx context.Context, c *call, _ *none) (*reply[List[District]], error) {
			groups, err := s.Channel.Centres(ctx)
			if err != nil {
				return nil, err
			}
			dir, err := s.Identity.Directory(ctx)
			if err != nil {
				return nil, err
			}
			return publicBody(c, List[District]{Items: mapTo(groups, func(g channel.CentreGroup) District {
				return District{g.Division.Code, g.Division.Name, mapTo(g.Centres, func(x channel.Centre) Centre { return Centre{unit(dir, x.Unit), x.Windows} })}
			})})
		})
	addReply(s, operation{id: "windows", method: http.MethodGet, path: "/centres/{key}/windows", tag: "places", open: true, zh: "中心的窗口", en: "The windows of a centre"},
		func(ctx context.Context, c *call, in *CentreIn) (*reply[List[ServiceWindow]], error) {
			u, err := s.centre(ctx, in.Key)
			if err != nil {
				return nil, err
			}
			list, err := s.Channel.Windows(ctx, u.ID)
			if err != nil {
				return nil, err
			}
			return publicBody(c, List[ServiceWindow]{Items: windows(c, list)})
		})
	add(s, operation{id: "slots", method: http.MethodGet, path: "/centres/{key}/slots", tag: "places", open: true, zh: "可预约时段", en: "What can be booked at a centre for an item"},
		func(ctx context.Context, c *call, in *struct {
			CentreIn
			Item string `query:"item" required:"true" maxLength:"40" doc:"Code of the item."`
			From string `query:"from" format:"date"`
		}) (List[SlotDay], error) {
			u, err := s.centre(ctx, in.Key)
			if err != nil {
				return List[SlotDay]{}, err
			}
			it, err := s.Catalog.Item(ctx, in.Item)
			if err != nil {
				return List[SlotDay]{}, err
			}
			var from clock.Date
			if in.From != "" {
				if from, err = clock.ParseDate(in.From); err != nil {
					return List[SlotDay]{}, err
				}
			}
			days, err := s.Channel.Slots(ctx, u.ID, it.ID, from)
			return List[SlotDay]{Items: mapTo(days, func(d channel.SlotDay) SlotDay {
				return SlotDay{d.Date.String(), d.Free, mapTo(d.Slots, func(x channel.Slot) Slot { return Slot{x.At, x.Until, x.Free} })}
			})}, err
		})
	add(s, operation{id: "appointment-book", method: http.MethodPost, path: "/appointments", tag: "places", status: http.StatusCreated, zh: "预约", en: "Book a seat", more: "Booking the same again gives the booking that is there.", once: true},
		func(ctx context.Context, c *call, in *BookIn) (Appointment, error) {
			b, err := s.booking(ctx, c, in)
			if err != nil {
				return Appointment{}, err
			}
			p, err := s.Channel.Book(ctx, c.Actor, b)
			if err != nil {
				return Appointment{}, err
			}
			return s.appointment(ctx, *p)
		})
	add(s, operation{id: "appointments", method: http.MethodGet, path: "/appointments", tag: "places", zh: "我的预约", en: "Appointments of the party the token acts for"},
		func(ctx context.Context, c *call, in *PageIn) (List[Appointment], error) {
			at, err := position("appointments", in.Cursor)
			if err != nil {
				return List[Appointment]{}, err
			}
			list, next, err := s.Channel.ForParty(ctx, c.Actor, at, in.limit())
			if err != nil {
				return List[Appointment]{}, err
			}
			out, err := s.appointmentList(ctx, list)
			return List[Appointment]{out, cursor("appointments", next)}, err
		})
	do(s, operation{id: "appointment-cancel", method: http.MethodDelete, path: "/appointments/{id}", tag: "places", zh: "取消预约", en: "Cancel an appointment"},
		func(ctx context.Context, c *call, in *struct {
			ID ID `path:"id"`
		}) error {
			return s.Channel.Cancel(ctx, c.Actor, int64(in.ID))
		})
	add(s, operation{id: "appointments-of-day", method: http.MethodGet, path: "/centres/{key}/appointments", tag: "window", zh: "中心当日预约", en: "Window clerks: who comes on a day"},
		func(ctx context.Context, c *call, in *struct {
			CentreIn
			Day string `query:"day" format:"date" doc:"Today if left out."`
		}) (List[Appointment], error) {
			u, err := s.centre(ctx, in.Key)
			if err != nil {
				return List[Appointment]{}, err
			}
			day := clock.DateOf(s.Now())
			if in.Day != "" {
				if day, err = clock.ParseDate(in.Day); err != nil {
					return List[Appointment]{}, err
				}
			}
			list, err := s.Channel.Today(ctx, c.Actor, u.ID, day)
			if err != nil {
				return List[Appointment]{}, err
			}
			out, err := s.appointmentList(ctx, list)
			return List[Appointment]{Items: out}, err
		})
}

func (s *server) centre(ctx context.Context, key string) (identity.Unit, error) {
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return identity.Unit{}, err
	}
	u, ok := dir.UnitByKey(key)
	if !ok {
		return u, channel.ErrNoCentre
	}
	return s.Channel.Centre(ctx, u.ID)
}

// booking sees to what channel does not know: the item is offered at the centre
// by appointment, and the case is the party's.
func (s *server) booking(ctx context.Context, c *call, in *BookIn) (channel.Booking, error) {
	b := channel.Booking{Slot: in.Body.Slot, CaseNo: in.Body.Case, Once: c.once}
	u, err := s.centre(ctx, in.Body.Centre)
	if errs.KindOf(err) == errs.NotFound {
		err = errs.InvalidFields(errs.Field{Path: "centre", Code: "unknown", ZH: "没有这个服务中心", EN: "There is no such centre"})
	}
	if err != nil {
		return b, err
	}
	it, v, err := s.Catalog.Guide(ctx, in.Body.Item)
	if err != nil {
		return b, noItem(s.Catalog.Codes(), in.Body.Item, err)
	}
	if !v.Guide.Basics.Appointment || it.ReceivingUnitID != u.ID {
		return b, errs.InvalidFields(errs.Field{Path: "item", Code: "not-offered", ZH: "该事项在这个中心不能预约", EN: "The item cannot be booked at this centre"})
	}
	if b.CaseNo != "" {
		k, err := s.Casework.View(ctx, c.Actor, b.CaseNo)
		if errs.KindOf(err) == errs.NotFound || err == nil && k.Case.ItemID != it.ID {
			err = errs.InvalidFields(errs.Field{Path: "case", Code: "unknown", ZH: "没有这个办件，或者不是该事项的办件", EN: "There is no such case of this item"})
		}
		if err != nil {
			return b, err
		}
	}
	b.CentreID, b.ItemID, b.ItemName = u.ID, it.ID, it.Name
	b.Day, err = clock.ParseDate(in.Body.Day)
	return b, err
}

func (s *server) appointment(ctx context.Context, p channel.Appointment) (Appointment, error) {
	list, err := s.appointmentList(ctx, []channel.Appointment{p})
	if err != nil {
		return Appointment{}, err
	}
	return list[0], nil
}

func (s *server) appointmentList(ctx context.Context, list []channel.Appointment) ([]Appointment, error) {
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	return mapTo(list, func(p channel.Appointment) Appointment {
		u, _ := dir.Unit(p.CentreID)
		return Appointment{ID(p.ID), unitRef(u), p.ItemName, p.Day.String(), p.Slot, p.At.UTC(), p.Seat, p.Party.Name, p.CaseNo, instant(p.CancelledAt)}
	}), nil
}
