package catalog

import (
	"bytes"
	"context"
	"crypto/hmac"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/jobs"
	"github.com/tongban/tongban/internal/sm"
)

// JobTell is the job that tells one subscriber what it has not confirmed.
const JobTell = "catalog.tell"

const (
	tellBatch   = 100              // changes in one delivery
	tellTimeout = 10 * time.Second // for one delivery
	tellBusy    = time.Minute      // after which a delivery that never ended is given up
	tellFirst   = 10 * time.Second // after the first failure; doubles
	tellLongest = 2 * time.Hour
	tellTries   = 36 // failures in a row before it is stopped: about two and a half days
)

const (
	sqlTakeSubscriber = `UPDATE item_subscriber SET busy_until = $2 WHERE id = $1 AND state = 'active' AND busy_until <= $3`
	sqlConfirm        = `UPDATE item_subscriber SET position = $3, busy_until = 0, failures = 0, retry_at = 0, error = '', confirmed_at = $4
		WHERE id = $1 AND position = $2`
	sqlMissed = `UPDATE item_subscriber SET busy_until = 0, failures = failures + 1, retry_at = $2, error = $3, state = $4
		WHERE id = $1 AND state = 'active'`
)

// Handlers adds the room's jobs to a runner.
func (s *Service) Handlers(r *jobs.Runner) {
	r.Handle(JobTell, func(ctx context.Context, j jobs.Job) error {
		id, err := strconv.ParseInt(string(j.Payload), 10, 64)
		if err != nil {
			return jobs.Permanent(fmt.Errorf("catalog: payload: %w", err))
		}
		return s.tellOne(ctx, id)
	})
	r.Handle(JobFeatured, func(ctx context.Context, _ jobs.Job) error {
		_, err := s.SettleFeatured(ctx)
		return err
	})
}

// Delivery 推送 is what a subscriber is sent: changes in order, each with its
// position. It is sent again until it is answered with 2xx, so a subscriber
// remembers the last position and leaves out what it has.
type Delivery struct {
	Subscriber string      `json:"subscriber"`
	After      int64       `json:"after"`
	Last       int64       `json:"last"`
	More       bool        `json:"more"`           // another delivery follows at once
	Test       bool        `json:"test,omitempty"` // somebody tries the address: there are no changes in it
	Changes    []Delivered `json:"changes"`
}

// Delivered is a change with the address of the guide as JSON.
type Delivered struct {
	Entry
	Link string `json:"link"`
}

// tellOne delivers the next changes to a subscriber; one delivery at a time.
func (s *Service) tellOne(ctx context.Context, id int64) error {
	sub, err := s.takeSubscriber(ctx, id)
	if err != nil || sub == nil {
		return err
	}
	list, end, err := s.Changes(ctx, sub.Position, tellBatch)
	if err != nil || len(list) == 0 {
		return errors.Join(err, s.confirm(ctx, sub, sub.Position))
	}
	d := Delivery{Subscriber: sub.Name, After: sub.Position, Last: list[len(list)-1].Position}
	d.More = d.Last < end
	for _, e := range list {
		d.Changes = append(d.Changes, Delivered{e, s.feed.url + "/api/v1/items/" + e.Code})
	}
	if err := s.send(ctx, sub, d); err != nil {
		return s.unheard(ctx, sub, err)
	}
	if err := s.confirm(ctx, sub, d.Last); err != nil {
		return err
	}
	if d.More {
		return jobs.Later(s.db.Now())
	}
	return nil
}

// takeSubscriber gives a subscriber whom nobody else is telling; nil if it is
// not to be told.
func (s *Service) takeSubscriber(ctx context.Context, id int64) (sub *Subscriber, err error) {
	err = s.db.Write(ctx, "catalog.take-subscriber", func(tx *db.Tx) error {
		sub = nil
		n, err := tx.Exec(sqlTakeSubscriber, id, db.Micros(tx.Now().Add(tellBusy)), tx.NowMicros())
		if err != nil {
			return err
		}
		found, err := subscriberBy(tx, id)
		switch {
		case errors.Is(err, ErrNoSubscriber), err == nil && found.State != SubscriberActive:
			return nil
		case err != nil:
			return err
		case n == 0:
			return jobs.Later(tx.Now().Add(time.Second)) // somebody is at it
		}
		sub = &found
		return nil
	})
	return sub, err
}

func (s *Service) confirm(ctx context.Context, sub *Subscriber, position int64) error {
	return s.db.Write(ctx, "catalog.confirm", func(tx *db.Tx) error {
		at := tx.NowMicros()
		if position == sub.Position { // nothing was sent
			at = 0
			if !sub.ConfirmedAt.IsZero() {
				at = db.Micros(sub.ConfirmedAt)
			}
		}
		tx.Queue(sqlConfirm, sub.ID, sub.Position, position, at)
		return nil
	})
}

// unheard notes a failure. The subscriber is tried again later and later, and
// stopped when that was in vain too long: then the job waits for a person.
func (s *Service) unheard(ctx context.Context, sub *Subscriber, cause error) error {
	next := s.db.Now().Add(min(tellFirst<<min(sub.Failures, 20), tellLongest))
	state := SubscriberActive
	if sub.Failures+1 >= tellTries {
		state = SubscriberStopped
	}
	err := s.db.Write(ctx, "catalog.missed", func(tx *db.Tx) error {
		tx.Queue(sqlMissed, sub.ID, db.Micros(next), cause.Error(), string(state))
		return nil
	})
	if err != nil {
		return err
	}
	s.log.WarnContext(ctx, "subscriber not reached", "subscriber", sub.ID, "failures", sub.Failures+1, "err", cause)
	if state == SubscriberStopped {
		return jobs.Permanent(fmt.Errorf("subscriber %d was stopped: %w", sub.ID, cause))
	}
	return jobs.Later(next)
}

// send makes one delivery.
func (s *Service) send(ctx context.Context, sub *Subscriber, d Delivery) error {
	body, err := json.Marshal(d)
	if err != nil {
		return err
	}
	secret, err := s.feed.vault.Open(sealName(sub.ID), sub.secret)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.feed.patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, sub.URL, bytes.NewReader(body))
	if err != nil {
		return errors.New("the address cannot be read")
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("User-Agent", "Tongban")
	req.Header.Set(SignatureHeader, Sign(secret, s.db.Now(), body))
	client := s.feed.secure
	if req.URL.Scheme == "http" {
		client = s.feed.plain
	}
	res, err := client.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) { // without the address, which may hold a token
			err = u.Err
		}
		return err
	}
	defer res.Body.Close()                                     //nolint:errcheck // nothing to lose
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 4096)) // what it says does not matter
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return fmt.Errorf("answered %d", res.StatusCode)
	}
	return nil
}

// SignatureHeader carries the time of a delivery and its signature:
// “t=SECONDS,sm3=HEX”, where HEX is HMAC-SM3 with the subscriber's secret over
// SECONDS, a full stop and the body.
const SignatureHeader = "Tongban-Signature"

// Sign makes the value of SignatureHeader.
func Sign(secret []byte, at time.Time, body []byte) string {
	t := strconv.FormatInt(at.Unix(), 10)
	m := hmac.New(sm.NewSM3, secret)
	m.Write([]byte(t + "."))
	m.Write(body)
	return "t=" + t + ",sm3=" + hex.EncodeToString(m.Sum(nil))
}

// Signed reports whether a delivery carries the signature of a secret and is
// not older than five minutes: what a subscriber checks.
func Signed(secret []byte, header string, body []byte, now time.Time) bool {
	t, _, _ := strings.Cut(strings.TrimPrefix(header, "t="), ",")
	seconds, err := strconv.ParseInt(t, 10, 64)
	if err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > 5*time.Minute {
		return false
	}
	return hmac.Equal([]byte(header), []byte(Sign(secret, time.Unix(seconds, 0), body)))
}

// newCaller makes the client that calls subscribers: no proxy, no redirects,
// and no address that is not allowed, whatever a name resolves to.
func newCaller(networks []netip.Prefix, plain bool) *http.Client {
	d := net.Dialer{Timeout: 5 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return errAddress
		}
		return mayReach(at.Addr(), networks, plain)
	}}
	return &http.Client{Timeout: tellTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DialContext: d.DialContext, TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: tellTimeout,
			MaxResponseHeaderBytes: 64 << 10, IdleConnTimeout: time.Minute, MaxIdleConnsPerHost: 1}}
}

var (
	errAddress = errors.New("the address is private and not among subscriberNetworks")
	errPlain   = errors.New("http is for addresses in subscriberNetworks alone; use https")
)

// inside are networks that are not the public internet, beside those that
// netip knows.
var inside = func() (out []netip.Prefix) {
	for _, s := range []string{"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
		"240.0.0.0/4", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16"} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}()

// mayReach refuses private addresses that are not configured; http, which
// nobody protects on the way, is for configured ones alone.
func mayReach(ip netip.Addr, networks []netip.Prefix, plain bool) error {
	ip = ip.Unmap().WithZone("")
	in := func(p netip.Prefix) bool { return p.Contains(ip) }
	if slices.ContainsFunc(networks, in) {
		return nil
	}
	if plain {
		return errPlain
	}
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || slices.ContainsFunc(inside, in) {
		return errAddress
	}
	return nil
}
