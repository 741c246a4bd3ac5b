package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
)

// GuideIn names an item and the day whose guide is wanted.
type GuideIn struct {
	CodeIn
	AsOf string `query:"asof" format:"date" doc:"The guide as it stood at the end of this day; by default the one in force."`
}

// guide is the guide in force, or that of a day.
func (s *server) guide(ctx context.Context, in *GuideIn) (*catalog.Item, *catalog.Version, error) {
	if in.AsOf == "" {
		return s.Catalog.Guide(ctx, in.Code)
	}
	day, err := clock.ParseDate(in.AsOf)
	if err != nil {
		return nil, nil, errs.InvalidFields(errs.Field{Path: "query/asof", Code: "date", ZH: "日期请写成 2026-05-01 的样子", EN: "Write the date like 2026-05-01"})
	}
	return s.Catalog.AsOf(ctx, in.Code, day)
}

// VersionNote 版本记录.
type VersionNote struct {
	GuideVersion
	PublishedBy string                  `json:"publishedBy"`
	Reason      string                  `json:"reason,omitempty"`
	Standing    catalog.VersionStanding `json:"standing" enum:"in-force,coming,past,superseded" doc:"superseded: replaced before its day came."`
	Since       *time.Time              `json:"since,omitempty" doc:"When it came into force."`
	Until       *time.Time              `json:"until,omitempty" doc:"When another took its place."`
	Demand      *GuideDemand            `json:"demand,omitempty" doc:"What it asks of applicants; left out for versions that never came into force."`
}

// GuideDemand 减负指标 is what a version asks of applicants, reckoned from the
// guide, and what it saves over the version before.
type GuideDemand struct {
	Steps     int         `json:"steps"`
	Promised  Word        `json:"promised" doc:"The code is workday, day, instant or none."`
	Days      int         `json:"promisedDays"`
	Statutory int         `json:"statutoryDays"`
	Materials int         `json:"materials" doc:"That have to be handed in."`
	Visits    int         `json:"visits"`
	Saved     *GuideSaved `json:"saved,omitempty" doc:"Less than the version before; negative: more. Left out for the first."`
}

// GuideSaved 压减.
type GuideSaved struct {
	Steps     int  `json:"steps"`
	Promised  *int `json:"promisedDays,omitempty" doc:"Left out where the limits cannot be compared."`
	Statutory *int `json:"statutoryDays,omitempty"`
	Materials int  `json:"materials"`
	Visits    int  `json:"visits"`
}

func guideDemand(c *call, m catalog.Demanded) *GuideDemand {
	zh, en := m.Promised.Words()
	out := &GuideDemand{Steps: m.Steps, Promised: Word{m.Promised.Unit, c.pick(zh, en)}, Days: m.Promised.Days, Statutory: m.Statutory.Days, Materials: m.Materials, Visits: m.Visits}
	if s := m.Saved; s != nil {
		out.Saved = &GuideSaved{Steps: s.Steps, Materials: s.Materials, Visits: s.Visits}
		if s.DaysKnown {
			out.Saved.Promised = &s.Promised
		}
		if s.StatutoryKnown {
			out.Saved.Statutory = &s.Statutory
		}
	}
	return out
}

// GuideChange 变化 is one difference between two versions, in words.
type GuideChange struct {
	Section string             `json:"section" doc:"Of the guide: materials, limits, form …"`
	Path    string             `json:"path" example:"materials/m01/necessity"`
	Kind    catalog.ChangeKind `json:"kind" enum:"added,removed,changed"`
	Burden  catalog.Burden     `json:"burden" enum:"heavier,lighter,neutral" doc:"For the applicant: heavier asks more, takes longer or costs more."`
	ZH      string             `json:"zh"`
	EN      string             `json:"en"`
}

// Comparison 版本比较 of two versions, what concerns the applicant first.
type Comparison struct {
	From    GuideVersion  `json:"from"`
	To      GuideVersion  `json:"to"`
	Changes []GuideChange `json:"changes"`
}

// ItemChange 变更 is one entry of the change feed.
type ItemChange struct {
	Position int64     `json:"position" doc:"1, 2, 3 … without gaps, given after the commit. Keep the last one you have and go on from there."`
	Kind     string    `json:"kind" enum:"published,suspended,resumed,cancelled"`
	Code     string    `json:"code" doc:"实施编码."`
	Name     string    `json:"name"`
	Version  int       `json:"version" doc:"In force after it."`
	Hash     string    `json:"hash" doc:"SM3 of that version's canonical guide, hexadecimal."`
	At       time.Time `json:"at"`
	Link     string    `json:"link" doc:"Address of the item with its guide."`
}

// ChangeFeed 变更流 is what happened to items after a position, in order.
type ChangeFeed struct {
	Changes []ItemChange `json:"changes"`
	After   int64        `json:"after" doc:"What to ask for next: the last position given."`
	End     int64        `json:"end" doc:"Position of the newest change; when it equals after, there is no more for now."`
}

func (s *server) itemChanges() {
	addReply(s, operation{id: "item-feed", method: http.MethodGet, path: "/items/changes", tag: "items", open: true, zh: "事项变更流", en: "What happened to items after a position, in order",
		more: "Ask with the last position you have; nothing is lost, however long you were away. Ask again with If-None-Match to hear cheaply that nothing is new. Webhooks: /subscribers."},
		func(ctx context.Context, c *call, in *struct {
			After int64 `query:"after" minimum:"0" maximum:"9000000000000000" doc:"Position after which to begin; 0: from the first change."`
			Limit int   `query:"limit" minimum:"1" maximum:"500" doc:"100 by default."`
		}) (*reply[ChangeFeed], error) {
			if in.Limit == 0 {
				in.Limit = 100
			}
			list, end, err := s.Catalog.Changes(ctx, in.After, in.Limit)
			if err != nil {
				return nil, err
			}
			out := ChangeFeed{Changes: mapTo(list, func(e catalog.Entry) ItemChange {
				return ItemChange{e.Position, e.Kind, e.Code, e.Name, e.Version, e.Hash, e.At.UTC(), s.URL + Base + "/items/" + e.Code}
			}), After: in.After, End: end}
			if n := len(list); n > 0 {
				out.After = list[n-1].Position
			}
			r := public(c, fmt.Sprintf("%d-%d-%d", in.After, in.Limit, end), out)
			r.CacheControl = "public, no-cache"
			return r, nil
		})
	add(s, operation{id: "item-versions", method: http.MethodGet, path: "/items/{code}/versions", tag: "items", open: true, zh: "版本沿革", en: "The versions of an item's guide, newest first"},
		func(ctx context.Context, c *call, in *CodeIn) (List[VersionNote], error) {
			_, list, err := s.Catalog.History(ctx, in.Code)
			if err != nil {
				return List[VersionNote]{}, err
			}
			demands, err := s.Catalog.Demands(ctx, list)
			return List[VersionNote]{Items: mapTo(list, func(v catalog.VersionNote) VersionNote {
				n := VersionNote{guideVersion(&v.Version), v.PublishedBy, v.Reason, v.Standing, instant(v.Since), instant(v.Until), nil}
				if m, ok := demands[v.ID]; ok {
					n.Demand = guideDemand(c, m)
				}
				return n
			})}, err
		})
	addReply(s, operation{id: "item-compare", method: http.MethodGet, path: "/items/{code}/changes", tag: "items", open: true, zh: "两个版本的变化", en: "What one version of a guide says otherwise than another, in words"},
		func(ctx context.Context, c *call, in *struct {
			CodeIn
			From int `query:"from" required:"true" minimum:"1" maximum:"1000000" doc:"Number of the version."`
			To   int `query:"to" required:"true" minimum:"1" maximum:"1000000"`
		}) (*reply[Comparison], error) {
			x, err := s.Catalog.Compare(ctx, in.Code, in.From, in.To)
			if err != nil {
				return nil, err
			}
			return publicBody(c, Comparison{guideVersion(x.From), guideVersion(x.To), mapTo(x.Changes, func(d catalog.Change) GuideChange { return GuideChange(d) })})
		})
}

// Subscriber 订阅方.
type Subscriber struct {
	ID        ID                      `json:"id"`
	Name      string                  `json:"name"`
	URL       string                  `json:"url"`
	State     catalog.SubscriberState `json:"state" enum:"active,paused,stopped" doc:"stopped: it failed too often and waits for an administrator."`
	Position  int64                   `json:"position" doc:"Of the last change it confirmed."`
	Failures  int                     `json:"failures" doc:"In a row."`
	Error     string                  `json:"error,omitempty" doc:"The last one."`
	RetryAt   *time.Time              `json:"retryAt,omitempty"`
	Confirmed *time.Time              `json:"confirmedAt,omitempty"`
	Created   time.Time               `json:"createdAt"`
}

// NewSubscriber is a registered subscriber with its secret.
type NewSubscriber struct {
	Subscriber
	Secret string `json:"secret,omitempty" doc:"Shown this once. Deliveries carry Tongban-Signature: t=SECONDS,sm3=HEX; HEX is HMAC-SM3 with this secret over SECONDS, a full stop and the body."`
}

// DeliveryTest 试推 is what came of a delivery without changes.
type DeliveryTest struct {
	Heard  bool   `json:"heard" doc:"It was answered with 2xx."`
	Error  string `json:"error,omitempty" doc:"Why it was not."`
	Millis int64  `json:"millis" doc:"Until the answer, or until it was given up."`
}

func subscriber(x catalog.Subscriber) Subscriber {
	return Subscriber{ID(x.ID), x.Name, x.URL, x.State, x.Position, x.Failures, x.Error, instant(x.RetryAt), instant(x.ConfirmedAt), x.CreatedAt.UTC()}
}

func (s *server) subscribers() {
	add(s, operation{id: "subscribers", method: http.MethodGet, path: "/subscribers", tag: "administration", zh: "变更订阅方", en: "System administrators: who is told of changed items"},
		func(ctx context.Context, c *call, _ *none) (List[Subscriber], error) {
			list, _, err := s.Catalog.Subscribers(ctx, c.Actor)
			return List[Subscriber]{Items: mapTo(list, subscriber)}, err
		})
	add(s, operation{id: "subscribe", method: http.MethodPost, path: "/subscribers", tag: "administration", status: http.StatusCreated, once: true, more: "The same key again answers the subscriber without its secret.",
		zh: "登记订阅方", en: "System administrators: have an address told of every change"},
		func(ctx context.Context, c *call, in *struct {
			Body struct {
				Name  string `json:"name" minLength:"1" maxLength:"60"`
				URL   string `json:"url" minLength:"1" maxLength:"500"`
				After *int64 `json:"after,omitempty" minimum:"0" maximum:"9000000000000000" doc:"Position after which it is told, 0 for everything; by default from now on."`
			}
		}) (NewSubscriber, error) {
			x, secret, err := s.Catalog.Subscribe(ctx, c.Actor, catalog.NewSubscriber{Name: in.Body.Name, URL: in.Body.URL, After: in.Body.After, Once: c.once})
			return NewSubscriber{subscriber(x), secret}, err
		})
	do(s, operation{id: "subscriber-active", method: http.MethodPut, path: "/subscribers/{id}/active", tag: "administration", zh: "暂停或恢复推送", en: "System administrators: pause a subscriber, or go on with what it missed"},
		func(ctx context.Context, c *call, in *struct {
			ID   ID `path:"id"`
			Body struct {
				Active bool `json:"active"`
			}
		}) error {
			return s.Catalog.SetSubscriber(ctx, c.Actor, int64(in.ID), in.Body.Active)
		})
	do(s, operation{id: "subscriber-replay", method: http.MethodPut, path: "/subscribers/{id}/position", tag: "administration", zh: "从某个位置起重新推送", en: "System administrators: tell a subscriber again what came after a position",
		more: "0: everything. A later position leaves out what lies before it."},
		func(ctx context.Context, c *call, in *struct {
			ID   ID `path:"id"`
			Body struct {
				After int64 `json:"after" minimum:"0" maximum:"9000000000000000"`
			}
		}) error {
			return s.Catalog.Replay(ctx, c.Actor, int64(in.ID), in.Body.After)
		})
	add(s, operation{id: "subscriber-test", method: http.MethodPost, path: "/subscribers/{id}/test", tag: "administration", zh: "试推一次", en: "System administrators: try a subscriber's address with a signed delivery without changes",
		more: "The delivery says \"test\": true. What the subscriber has confirmed stays.", again: "each call sends another one, and nothing changes."},
		func(ctx context.Context, c *call, in *struct {
			ID ID `path:"id"`
		}) (DeliveryTest, error) {
			x, err := s.Catalog.TryDelivery(ctx, c.Actor, int64(in.ID))
			return DeliveryTest{x.Heard, x.Error, x.Took.Milliseconds()}, err
		})
	do(s, operation{id: "unsubscribe", method: http.MethodDelete, path: "/subscribers/{id}", tag: "administration", zh: "删除订阅方", en: "System administrators: remove a subscriber"},
		func(ctx context.Context, c *call, in *struct {
			ID ID `path:"id"`
		}) error {
			return s.Catalog.Unsubscribe(ctx, c.Actor, int64(in.ID))
		})
}
