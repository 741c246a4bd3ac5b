package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/notify"
	"github.com/tongban/tongban/internal/rating"
)

// RateIn rates a service.
type RateIn struct {
	Body struct {
		Case      string   `json:"case" minLength:"1" maxLength:"64" doc:"办件编号."`
		Token     string   `json:"token,omitempty" maxLength:"64" doc:"The code of the case's rate, which documents print, instead of a bearer token."`
		Level     int      `json:"level" minimum:"1" maximum:"5" doc:"5 非常满意 to 1 非常不满意."`
		Reasons   []string `json:"reasons,omitempty" maxItems:"20" doc:"Keys of GET /ratings/options."`
		Words     string   `json:"words,omitempty" maxLength:"500"`
		Anonymous bool     `json:"anonymous,omitempty"`
	}
}

// Rating 评价.
type Rating struct {
	Case     string    `json:"case,omitempty" doc:"For who rated."`
	ItemName string    `json:"itemName"`
	Unit     UnitRef   `json:"unit"`
	Level    int       `json:"level"`
	Label    string    `json:"label"`
	Reasons  []Word    `json:"reasons"`
	Words    string    `json:"words,omitempty"`
	Rater    string    `json:"rater,omitempty" doc:"Masked."`
	At       time.Time `json:"at"`
}

// RatingOption is a level with the reasons that go with it.
type RatingOption struct {
	Level   int    `json:"level"`
	Label   string `json:"label"`
	Good    bool   `json:"good"`
	Reasons []Word `json:"reasons"`
}

func (s *server) ratings() {
	add(s, operation{id: "rating-give", method: http.MethodPost, path: "/ratings", tag: "ratings", open: true, once: true, status: http.StatusCreated,
		zh: "评价", en: "Rate a service, once", more: "With a bearer token of the party, or with the code that the delivery record prints."},
		func(ctx context.Context, c *call, in *RateIn) (Rating, error) {
			b := in.Body
			r, err := s.Ratings.Rate(ctx, c.Actor, rating.Input{CaseNo: b.Case, Token: b.Token, Level: rating.Level(b.Level), Reasons: b.Reasons, Words: b.Words,
				Anonymous: b.Anonymous, Once: c.once})
			if err != nil {
				return Rating{}, err
			}
			return s.rating(ctx, c, *r, true)
		})
	add(s, operation{id: "ratings", method: http.MethodGet, path: "/ratings", tag: "ratings", open: true, zh: "公开的评价", en: "Published ratings with words, newest first"},
		func(ctx context.Context, c *call, in *struct {
			PageIn
			Unit string `query:"unit" maxLength:"60" doc:"Key of the deciding unit."`
		}) (List[Rating], error) {
			at, err := behind("ratings", in.Cursor)
			if err != nil {
				return List[Rating]{}, err
			}
			var unit int64
			if in.Unit != "" {
				u, err := s.unitNamed(ctx, in.Unit, "query/unit")
				if err != nil {
					return List[Rating]{}, err
				}
				unit = u.ID
			}
			list, next, err := s.Ratings.Published(ctx, unit, at, in.limit())
			if err != nil {
				return List[Rating]{}, err
			}
			out := List[Rating]{Items: []Rating{}, Next: after("ratings", next)}
			for _, r := range list {
				v, err := s.rating(ctx, c, r, false)
				if err != nil {
					return out, err
				}
				out.Items = append(out.Items, v)
			}
			return out, nil
		})
	add(s, operation{id: "rating-options", method: http.MethodGet, path: "/ratings/options", tag: "ratings", open: true, zh: "评价选项", en: "Levels, and the reasons that go with each"},
		func(_ context.Context, c *call, _ *none) (List[RatingOption], error) {
			return List[RatingOption]{Items: mapTo(rating.Levels, func(l rating.Level) RatingOption {
				zh, en := l.Words()
				return RatingOption{int(l), c.pick(zh, en), l.Good(), mapTo(l.Reasons(), func(r rating.Reason) Word { return Word{r.Key, c.pick(r.ZH, r.EN)} })}
			})}, nil
		})
	add(s, operation{id: "case-rating", method: http.MethodGet, path: "/cases/{no}/rating", tag: "ratings", zh: "办件的评价", en: "The rating that I gave"},
		func(ctx context.Context, c *call, in *CaseIn) (Rating, error) {
			r, err := s.Ratings.ByCase(ctx, c.Actor, in.No)
			if err == nil && r == nil {
				err = rating.ErrNoInvitation
			}
			if err != nil {
				return Rating{}, err
			}
			return s.rating(ctx, c, *r, true)
		})
}

func (s *server) rating(ctx context.Context, c *call, r rating.Rating, own bool) (Rating, error) {
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return Rating{}, err
	}
	u, _ := dir.Unit(r.UnitID)
	zh, en := r.Level.Words()
	out := Rating{ItemName: r.ItemName, Unit: unitRef(u), Level: int(r.Level), Label: c.pick(zh, en), Words: r.Words, Rater: r.Rater, At: r.At.UTC(),
		Reasons: mapTo(slices.Clone(r.Reasons), func(key string) Word { zh, en := rating.ReasonWords(key); return Word{key, c.pick(zh, en)} })}
	if own {
		out.Case = r.CaseNo
	}
	return out, nil
}

// Message 消息.
type Message struct {
	ID      ID         `json:"id"`
	Kind    string     `json:"kind"`
	Subject string     `json:"subject"`
	Body    string     `json:"body"`
	Link    string     `json:"link,omitempty" doc:"Path of the page it is about."`
	At      time.Time  `json:"at"`
	ReadAt  *time.Time `json:"readAt,omitempty"`
	Sent    []Sent     `json:"sent,omitempty" doc:"What became of it outside the platform."`
}

// Sent 外发情况.
type Sent struct {
	Way    notify.Way `json:"way" enum:"sms,wechat,mail"`
	State  string     `json:"state" enum:"held,sending,sent,delivered,failed"`
	Until  *time.Time `json:"until,omitempty" doc:"Held: until when."`
	At     *time.Time `json:"at,omitempty"`
	Reason string     `json:"reason,omitempty"`
}

// Messages are a page of messages.
type Messages struct {
	List[Message]
	Unread int64 `json:"unread"`
}

func (s *server) messages() {
	add(s, operation{id: "messages", method: http.MethodGet, path: "/messages", tag: "messages", zh: "我的消息", en: "Messages to the party the token acts for, newest first"},
		func(ctx context.Context, c *call, in *PageIn) (Messages, error) {
			if err := s.persons(ctx, c, "messages"); err != nil {
				return Messages{}, err
			}
			at, err := behind("messages", in.Cursor)
			if err != nil {
				return Messages{}, err
			}
			p, err := s.Shelf.Messages(ctx, c.For, at, in.limit())
			if err != nil {
				return Messages{}, err
			}
			ids := mapTo(p.Messages, func(m notify.Message) int64 { return m.ID })
			fates, err := s.Notify.Fates(ctx, c.Actor, ids...)
			if err != nil {
				return Messages{}, err
			}
			n, err := s.Shelf.Unread(ctx, c.For)
			return Messages{List[Message]{mapTo(p.Messages, func(m notify.Message) Message {
				return Message{ID(m.ID), m.Kind, c.pick(m.Subject, m.SubjectEN), c.pick(m.Body, m.BodyEN), m.Link, m.At.UTC(), instant(m.ReadAt),
					mapTo(fates[m.ID], func(f notify.Sent) Sent { return Sent{f.Way, f.State, instant(f.Until), instant(f.At), f.Reason} })}
			}), after("messages", p.Next)}, n}, err
		})
	do(s, operation{id: "messages-read", method: http.MethodPost, path: "/messages/read", tag: "messages", zh: "全部标为已读", en: "Mark all messages as read", again: "what is read stays read."},
		func(ctx context.Context, c *call, _ *none) error {
			if err := s.persons(ctx, c, "messages"); err != nil {
				return err
			}
			return s.Shelf.ReadMessage(ctx, c.For, 0)
		})
	do(s, operation{id: "message-read", method: http.MethodPost, path: "/messages/{id}/read", tag: "messages", zh: "标为已读", en: "Mark a message as read", again: "what is read stays read."},
		func(ctx context.Context, c *call, in *struct {
			ID ID `path:"id"`
		}) error {
			if err := s.persons(ctx, c, "messages"); err != nil {
				return err
			}
			err := s.Shelf.ReadMessage(ctx, c.For, int64(in.ID))
			if errors.Is(err, notify.ErrNoMessage) {
				id, _ := in.ID.MarshalText()
				s.Identity.Refused(ctx, c.Actor, identity.MessageRead, "message/"+string(id), identity.ErrNotFound)
			}
			return err
		})
}

// persons refuses staff where a thing belongs to applicants.
func (s *server) persons(ctx context.Context, c *call, what string) error {
	err := s.Identity.Allow(ctx, c.Actor, identity.ApplicantEnter, identity.Target{}, what)
	if errs.KindOf(err) == errs.Forbidden {
		err = errPersons
	}
	return err
}
