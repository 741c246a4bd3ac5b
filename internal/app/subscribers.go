package app

import (
	"context"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
)

// SubscriberOrder is what an operator does about subscribers at the machine.
type SubscriberOrder struct {
	Do    string                `json:"do"` // "list", "add", "pause", "resume", "replay", "test", "remove"
	ID    int64                 `json:"id,omitempty"`
	After int64                 `json:"after,omitempty"` // for replay: position after which it is told again
	New   catalog.NewSubscriber `json:"new"`
}

// SubscriberList is what there is after it.
type SubscriberList struct {
	Subscribers []catalog.Subscriber `json:"subscribers"`
	End         int64                `json:"end"`              // position of the newest change
	Secret      string               `json:"secret,omitempty"` // of the one that was added, shown once
	Test        *catalog.Attempt     `json:"test,omitempty"`
}

// Subscribers carries an order about subscribers out. Errors: fields name, url,
// after; catalog.ErrNoSubscriber.
func Subscribers(ctx context.Context, c Config, in SubscriberOrder) (out SubscriberList, err error) {
	err = c.order(ctx, "/subscribers", in, &out, func(r *Rooms) (any, error) { return r.subscribers(ctx, in) })
	return out, err
}

// NewSubscriber names one to be added; after is the position after which it is
// told, nil: from now on.
func NewSubscriber(name, url string, after *int64) SubscriberOrder {
	return SubscriberOrder{Do: "add", New: catalog.NewSubscriber{Name: name, URL: url, After: after}}
}

func (r *Rooms) subscribers(ctx context.Context, in SubscriberOrder) (out SubscriberList, err error) {
	a := actor.Platform()
	switch in.Do {
	case "list":
	case "add":
		_, out.Secret, err = r.Catalog.Subscribe(ctx, a, in.New)
	case "pause", "resume":
		err = r.Catalog.SetSubscriber(ctx, a, in.ID, in.Do == "resume")
	case "replay":
		err = r.Catalog.Replay(ctx, a, in.ID, in.After)
	case "test":
		var x catalog.Attempt
		x, err = r.Catalog.TryDelivery(ctx, a, in.ID)
		out.Test = &x
	case "remove":
		err = r.Catalog.Unsubscribe(ctx, a, in.ID)
	default:
		err = errs.New(errs.Malformed, "order", "没有这种操作。", "There is no such order.")
	}
	if err != nil {
		return out, err
	}
	out.Subscribers, out.End, err = r.Catalog.Subscribers(ctx, a)
	return out, err
}
