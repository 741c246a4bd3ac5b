package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/jobs"
)

// A delivery is queued, sent, delivered (a receipt came), failed (no way is
// left), dropped (nobody wants it, or it was read meanwhile), or again (an
// operator had a new one made). A try, one way of a delivery, is held (quiet
// hours), sending, sent, delivered, failed or dropped; there is at most one for
// each way.
const (
	queued    = "queued"
	held      = "held"
	sending   = "sending"
	sent      = "sent"
	delivered = "delivered"
	failed    = "failed"
	dropped   = "dropped"
	again     = "again" // of a delivery

)

// patience is how often a way that does not answer is tried before the next
// one, or the end, comes: about an hour with the back-off of jobs.
const patience = 8

const (
	findDelivery = `SELECT d.way, m.id, m.party_kind, m.party_id, m.kind, m.sealed, m.link, m.created_at, m.read_at IS NOT NULL
		FROM message_delivery d JOIN message m ON m.id = d.message_id WHERE d.id = $1 AND d.state = 'queued'`
	endDelivery = `UPDATE message_delivery SET way = $2, state = $3, done_at = $4 WHERE id = $1 AND state = 'queued'`
	findTries   = `SELECT id, way, state, sealed, reason FROM message_try WHERE delivery_id = $1 ORDER BY id`
	insertTry   = `INSERT INTO message_try (id, delivery_id, message_id, way, state, sealed, ref, reason, made_at, until_at, sent_at, done_at)
		VALUES ($1, $2, $3, $4, $5, $6, '', '', $7, $8, 0, 0)`
	sendTry = `UPDATE message_try SET state = 'sending', until_at = 0, sealed = $2 WHERE id = $1 AND state = 'held'`
	sentTry = `UPDATE message_try SET state = 'sent', ref = $2, sent_at = $3 WHERE id = $1 AND state = 'sending'`
	// what was under way by a way that the person took back, or when he had read it
	dropTries = `UPDATE message_try SET state = 'dropped' WHERE delivery_id = $1 AND id <> $2 AND state IN ('held', 'sending')`
	failTry   = `UPDATE message_try SET state = 'failed', reason = $2, done_at = $3 WHERE id = $1 AND state IN ('held', 'sending')`
)

// delivery is one on its way.
type delivery struct {
	id, message int64
	only        Way // of deliveries from before ways were chosen when due
	to          actor.Party
	kind        Kind
	text        sealedText
	link        string
	at          time.Time
	read        bool
	tries       []try
}

// try is one way of a delivery.
type try struct {
	id     int64
	way    Way
	state  string
	sealed []byte
	reason string
}

// said 已说的话 is what a try says, to whom; it is stored before it is sent, so
// that a second attempt says the same.
type said struct {
	Address  string  `json:"a"`
	Name     string  `json:"n,omitempty"`
	Subject  string  `json:"s,omitempty"`
	Text     string  `json:"t,omitempty"`
	Template string  `json:"m,omitempty"`
	Data     []Named `json:"d,omitempty"`
	URL      string  `json:"u,omitempty"`
}

// Deliver handles a job of JobKind; attempt is the job's, from 1. It does
// nothing for a delivery that is done. It gives jobs.Later where quiet hours
// hold it.
func (s *Service) Deliver(ctx context.Context, payload []byte, attempt int) (err error) {
	id, err := strconv.ParseInt(string(payload), 10, 64)
	if err != nil {
		return jobs.Permanent(fmt.Errorf("notify: payload: %w", err))
	}
	d, err := s.delivery(ctx, id)
	if err != nil || d == nil {
		return err
	}
	t, err := s.next(ctx, d)
	if err != nil || t == nil {
		return err
	}
	return s.try(ctx, d, t, attempt)
}

func (s *Service) delivery(ctx context.Context, id int64) (*delivery, error) {
	d := &delivery{id: id}
	var way, party, kind string
	var sealed []byte
	var at int64
	q := s.c.DB.Read(ctx)
	err := q.QueryRow(findDelivery, id).Scan(&way, &d.message, &party, &d.to.ID, &kind, &sealed, &d.link, &at, &d.read)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil //nolint:nilnil // nothing to do is a good answer
	}
	if err != nil {
		return nil, err
	}
	d.only, d.to.Kind, d.kind, d.at = Way(way), actor.PartyKind(party), kindOf(kind), db.Time(at)
	if d.text, err = s.open(d.message, sealed); err != nil {
		return nil, err
	}
	d.tries, err = db.All(q, func(r *db.Rows) (t try, err error) {
		return t, r.Scan(&t.id, &t.way, &t.state, &t.sealed, &t.reason)
	}, findTries, id)
	return d, err
}

// plan says which ways are left for a delivery, in order, and which try is under
// way. Nothing is left for a message that was read in the platform meanwhile.
func plan(d *delivery, c Choice, city []Way, can func(Way) bool) (left []Way, open *try) {
	if d.read {
		return nil, nil
	}
	allowed := c.ways(d.kind, city)
	if d.only != "" {
		allowed = slices.DeleteFunc(allowed, func(w Way) bool { return w != d.only })
	}
	for _, w := range allowed {
		i := slices.IndexFunc(d.tries, func(t try) bool { return t.way == w })
		switch {
		case !can(w):
		case i < 0:
			left = append(left, w)
		case d.tries[i].state == held || d.tries[i].state == sending:
			left, open = append([]Way{w}, left...), &d.tries[i]
		}
	}
	return left, open
}

// next gives the try to make now. No try: the delivery is at its end, or waits
// (jobs.Later).
func (s *Service) next(ctx context.Context, d *delivery) (*try, error) {
	q := s.c.DB.Read(ctx)
	choice, err := choiceOf(q, d.to)
	if err != nil {
		return nil, err
	}
	to, err := s.reach(q, d.to)
	if err != nil {
		return nil, err
	}
	left, open := plan(d, choice, s.c.Order, func(w Way) bool { return s.c.Providers[w] != nil && to.address[w] != "" })
	if len(left) == 0 {
		return nil, s.stop(ctx, d)
	}
	way := left[0]
	if open != nil && open.state == sending {
		return open, nil
	}
	until, wait := s.c.Quiet.until(s.c.DB.Now())
	wait = wait && way.rings() && !choice.Night && !d.kind.wakes(d.when(), s.c.DB.Now())
	if wait && open != nil {
		return nil, jobs.Later(until)
	}
	t := &try{way: way, state: sending}
	if wait {
		t.state = held
	}
	if err := s.begin(ctx, d, t, open, choice, to, until); err != nil {
		return nil, err
	}
	if wait {
		return nil, jobs.Later(until)
	}
	return t, nil
}

func (d *delivery) when() time.Time {
	if d.text.When == 0 {
		return time.Time{}
	}
	return db.Time(d.text.When)
}

// stop ends a delivery that has no way left: failed if one was tried, else
// dropped.
func (s *Service) stop(ctx context.Context, d *delivery) error {
	state, way := dropped, Way("")
	if i := slices.IndexFunc(d.tries, func(t try) bool { return t.state == failed }); i >= 0 && !d.read {
		state, way = failed, d.tries[i].way
		s.c.Log.WarnContext(ctx, "no way reached the receiver", "delivery", d.id, "message", d.message)
	}
	return s.c.DB.Write(ctx, "notify.stop", func(tx *db.Tx) error {
		tx.Queue(dropTries, d.id, 0)
		tx.Queue(endDelivery, d.id, string(way), state, tx.NowMicros())
		return nil
	})
}

// begin stores what a try says before it is sent; one that quiet hours held is
// said again with the address of now.
func (s *Service) begin(ctx context.Context, d *delivery, t, open *try, choice Choice, to reached, until time.Time) error {
	words, err := s.say(ctx, d, t.way, choice.Lang, to)
	if err != nil {
		return err
	}
	plain, err := json.Marshal(words)
	if err != nil {
		return err
	}
	return s.c.DB.Write(ctx, "notify.try", func(tx *db.Tx) error {
		if open != nil {
			t.id = open.id
		} else {
			t.id = tx.NewID()
		}
		if t.sealed, err = s.c.Vault.Seal(tryPurpose(t.id), plain); err != nil {
			return err
		}
		tx.Queue(dropTries, d.id, t.id)
		if open != nil {
			tx.Queue(sendTry, t.id, t.sealed)
			return nil
		}
		at := int64(0)
		if t.state == held {
			at = db.Micros(until)
		}
		tx.Queue(insertTry, t.id, d.id, d.message, string(t.way), t.state, t.sealed, tx.NowMicros(), at)
		return nil
	})
}

func tryPurpose(id int64) string { return "notify/try/" + strconv.FormatInt(id, 10) }

// say puts the words together for one way. Nothing that stays inside leaves,
// and a natural person's name leaves masked, but to his own mailbox.
func (s *Service) say(ctx context.Context, d *delivery, w Way, lang string, to reached) (said, error) {
	set, err := s.texts.Get(ctx, s.c.DB, s.c.Log)
	if err != nil {
		return said{}, err
	}
	part := map[Way]Part{SMS: SMSText, Mail: MailText, WeChat: WeChatText}[w]
	c, _ := set.find(d.kind.Key, lang, part)
	values := set.titled(d.kind.Key, lang, d.kind.outside(d.text.Values))
	values["city"], values["name"] = s.c.City, to.name
	if d.to.Kind == actor.NaturalPerson {
		values["name"] = ident.MaskName(to.name)
	}
	out := said{Address: to.address[w], Name: to.name}
	if d.link != "" && s.c.BaseURL != "" {
		out.URL = s.c.BaseURL + d.link
	}
	values["link"] = out.URL
	subject, body, data := c.render(values)
	switch w {
	case WeChat:
		out.Template = subject
		for _, n := range data {
			if r := []rune(n.Value); len(r) > maxValue {
				n.Value = string(r[:maxValue-1]) + "…"
			}
			out.Data = append(out.Data, n)
		}
	case SMS:
		if r := []rune(body); len(r) > maxSMS {
			body = string(r[:maxSMS-1]) + "…"
		}
		out.Text = body
	default:
		out.Subject, out.Text = subject, body
	}
	return out, nil
}

// try sends. What failed for good is followed by a job of its own for the next
// way, with attempts of its own.
func (s *Service) try(ctx context.Context, d *delivery, t *try, attempt int) error {
	plain, err := s.c.Vault.Open(tryPurpose(t.id), t.sealed)
	if err != nil {
		return err
	}
	var x said
	if err := json.Unmarshal(plain, &x); err != nil {
		return err
	}
	ref, err := s.c.Providers[t.way].Send(ctx, Parcel{Key: strconv.FormatInt(t.id, 10), Way: t.way, Address: x.Address, Name: x.Name,
		Subject: x.Subject, Text: x.Text, Template: x.Template, Data: x.Data, URL: x.URL, At: d.at})
	reason := ""
	switch {
	case errors.Is(err, ErrRefused):
		reason = asReason(err)
	case err != nil && attempt >= patience:
		reason = Unreachable
	case err != nil:
		return fmt.Errorf("notify: %s %d: %w", t.way, d.id, err)
	}
	if reason != "" {
		s.sent.add(t.way, failed)
		s.c.Log.WarnContext(ctx, "a way failed", "delivery", d.id, "way", string(t.way), "reason", reason)
		return s.c.DB.Write(ctx, "notify.failed", func(tx *db.Tx) error {
			tx.Queue(failTry, t.id, reason, tx.NowMicros())
			key := strconv.FormatInt(d.id, 10)
			return s.c.Enqueue(tx, key, []byte(key))
		})
	}
	s.sent.add(t.way, sent)
	s.c.Log.InfoContext(ctx, "message sent", "delivery", d.id, "way", string(t.way))
	return s.c.DB.Write(ctx, "notify.sent", func(tx *db.Tx) error {
		n, err := tx.Exec(sentTry, t.id, cut(ref, 100), tx.NowMicros())
		if err == nil && n == 1 { // else its receipt was faster and has said how it stands
			tx.Queue(endDelivery, d.id, string(t.way), sent, tx.NowMicros())
		}
		return err
	})
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
