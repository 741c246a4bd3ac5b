package notify

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
)

// Channel 发送通道 carries messages out of the platform. Deliver may be called
// again with the same Key after a crash. An error that trying again cannot
// mend wraps ErrRefused. Errors hold no address and no text.
type Channel interface {
	Deliver(ctx context.Context, p Parcel) error
}

// Parcel 投递件 is what a channel carries.
type Parcel struct {
	Key     string    // the same for every attempt
	Address string    // phone or mail address
	Name    string    // of the person, "" if not known
	Text    string    // one line, no personal data
	URL     string    // of the page, "" if none
	At      time.Time // when the message was sent
}

// ErrRefused says that the receiving side will never take the message.
var ErrRefused = errors.New("notify: refused for good")

const (
	findDelivery = `SELECT d.way, m.id, m.party_kind, m.party_id, m.sealed, m.link, m.created_at FROM message_delivery d JOIN message m ON m.id = d.message_id WHERE d.id = $1 AND d.state = 'queued'`
	endDelivery  = `UPDATE message_delivery SET state = $2, done_at = $3 WHERE id = $1 AND state = 'queued'`
)

// general is the text for messages that have none that may leave the platform.
const general = "您在一网通办平台有一条新消息，请登录查看。"

// Deliver handles a job of JobKind. It does nothing for a delivery that is
// done; it drops one whose party no longer wants it. Errors: ErrRefused.
func (s *Service) Deliver(ctx context.Context, payload []byte) (err error) {
	id, err := strconv.ParseInt(string(payload), 10, 64)
	if err != nil {
		return fmt.Errorf("notify: payload: %w: %w", ErrRefused, err)
	}
	var way Way
	to := actor.Party{}
	var message, at int64
	var w, kind, link string
	var sealed []byte
	err = s.c.DB.Read(ctx).QueryRow(findDelivery, id).Scan(&w, &message, &kind, &to.ID, &sealed, &link, &at)
	if errors.Is(err, db.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	way, to.Kind = Way(w), actor.PartyKind(kind)
	contact, err := s.c.Contacts.Contact(s.c.DB.Read(ctx), to)
	if err != nil {
		return fmt.Errorf("notify: contact: %w", err)
	}
	channel, address := s.c.Channels[way], contact.address(way)
	if channel == nil || address == "" {
		return s.end(ctx, id, "dropped")
	}
	text, err := s.open(message, sealed)
	if err != nil {
		return err
	}
	p := Parcel{Key: strconv.FormatInt(id, 10), Address: address, Name: contact.Name, Text: text.Short, At: db.Time(at)}
	if p.Text == "" {
		p.Text = general
	}
	if link != "" && s.c.BaseURL != "" {
		p.URL = s.c.BaseURL + link
	}
	if err := channel.Deliver(ctx, p); err != nil {
		return fmt.Errorf("notify: %s %d: %w", way, id, err)
	}
	s.c.Log.Info("message delivered", "delivery", id, "way", w)
	return s.end(ctx, id, "sent")
}

func (s *Service) end(ctx context.Context, id int64, state string) error {
	return s.c.DB.Write(ctx, "notify.deliver", func(tx *db.Tx) error {
		tx.Queue(endDelivery, id, state, tx.NowMicros())
		return nil
	})
}
