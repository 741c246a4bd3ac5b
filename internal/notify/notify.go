package notify

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/sm"
)

// Service 消息服务. It is safe for concurrent use.
type Service struct{ c Config }

// Config of New. Everything but BaseURL, Channels and Log is required.
type Config struct {
	DB       *db.DB
	Vault    *sm.Vault
	Contacts Contacts
	Enqueue  Enqueuer
	Channels map[Way]Channel // a way without a channel is not used
	BaseURL  string          // "https://tongban.example", put before links that leave the platform
	Log      *slog.Logger    // nil: silent
}

// Way 提醒方式 is how a message leaves the platform.
type Way string

// The ways.
const (
	SMS  Way = "sms"  // 短信
	Mail Way = "mail" // 电子邮件
)

// Contacts tells how a party is reached. identity satisfies it. It is asked when
// a delivery is due.
type Contacts interface {
	// Contact gives what is known; a party that is not known has no contact and
	// is no error.
	Contact(q db.Queryer, p actor.Party) (Contact, error)
}

// Contact 联系方式.
type Contact struct {
	Name  string
	Phone string // for SMS; "" if there is none or it is not wanted
	Email string // for mail; "" if there is none or it is not wanted
}

func (c Contact) address(w Way) string {
	switch w {
	case SMS:
		return c.Phone
	case Mail:
		return c.Email
	}
	return ""
}

// JobKind is the kind of the job that app routes to Deliver.
const JobKind = "notify.deliver"

// Enqueuer stores a job of JobKind with the act of tx; app passes the jobs
// room. unique keeps the same delivery from being queued twice.
type Enqueuer func(tx *db.Tx, unique string, payload []byte) error

// Message 消息.
type Message struct {
	ID      int64
	To      actor.Party // Name is not kept
	Kind    string      // what happened, for filters and figures: "case.correction"; may be ""
	Subject string      // at most 200 characters
	Body    string      // at most 4,000 characters, blank line between paragraphs
	Short   string      // what may leave the platform: no personal data; "": Subject stays inside, a general text goes out
	Link    string      // path of the page it is about, "/my/cases/…"; "" if none
	At      time.Time   // when it was sent
	ReadAt  time.Time   // zero until read
}

// ErrNoMessage 消息不存在: unknown, or another party's.
var ErrNoMessage = errs.New(errs.NotFound, "message-not-found", "消息不存在。", "There is no such message.")

// New checks the configuration.
func New(c Config) (*Service, error) {
	if c.DB == nil || c.Vault == nil || c.Contacts == nil || c.Enqueue == nil {
		return nil, errors.New("notify: DB, Vault, Contacts and Enqueue are required")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.BaseURL = strings.TrimSuffix(c.BaseURL, "/")
	return &Service{c}, nil
}

// sealedText is the part of a message that is stored encrypted.
type sealedText struct {
	Subject string `json:"s"`
	Body    string `json:"b"`
	Short   string `json:"x,omitempty"`
}

const (
	maxSubject = 200
	maxBody    = 4000
)

const (
	insertMessage  = `INSERT INTO message (id, party_kind, party_id, kind, sealed, link, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	insertDelivery = `INSERT INTO message_delivery (id, message_id, way, state, created_at) VALUES ($1, $2, $3, 'queued', $4)`
	listMessages   = `SELECT id, kind, sealed, link, created_at, read_at FROM message WHERE party_kind = $1 AND party_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4`
	oneMessage     = `SELECT id, kind, sealed, link, created_at, read_at FROM message WHERE party_kind = $1 AND party_id = $2 AND id = $3`
	countUnread    = `SELECT count(*) FROM message WHERE party_kind = $1 AND party_id = $2 AND read_at IS NULL`
	markRead       = `UPDATE message SET read_at = COALESCE(read_at, $4) WHERE party_kind = $1 AND party_id = $2 AND id = $3`
	markAllRead    = `UPDATE message SET read_at = $4 WHERE party_kind = $1 AND party_id = $2 AND id <= $3 AND read_at IS NULL`
)

// Send writes a message and queues a delivery by every way there is, within the
// act that it tells about. It gives the message's id. Whether the party wants
// the way is asked when the delivery is due, which drops it if not: the act
// asks nothing, so it needs no answer before it commits.
func (s *Service) Send(tx *db.Tx, m Message) (id int64, err error) {
	defer errs.Wrap(&err, "notify: send %s", m.Kind)
	if err := check(m); err != nil {
		return 0, err
	}
	id = tx.NewID()
	text, err := json.Marshal(sealedText{m.Subject, m.Body, m.Short})
	if err != nil {
		return 0, err
	}
	sealed, err := s.c.Vault.Seal(purpose(id), text)
	if err != nil {
		return 0, err
	}
	tx.Queue(insertMessage, id, string(m.To.Kind), m.To.ID, m.Kind, sealed, m.Link, tx.NowMicros())
	for _, w := range []Way{SMS, Mail} {
		if s.c.Channels[w] == nil {
			continue
		}
		delivery := tx.NewID()
		tx.Queue(insertDelivery, delivery, id, string(w), tx.NowMicros())
		key := strconv.FormatInt(delivery, 10)
		if err := s.c.Enqueue(tx, key, []byte(key)); err != nil {
			return 0, err
		}
	}
	return id, tx.Err()
}

func check(m Message) error {
	switch {
	case m.To.Kind == "" || m.To.ID == 0:
		return errors.New("nobody to send to")
	case m.Subject == "":
		return errors.New("a subject is required")
	case utf8.RuneCountInString(m.Subject) > maxSubject, utf8.RuneCountInString(m.Short) > maxSubject, utf8.RuneCountInString(m.Body) > maxBody:
		return errors.New("text too long")
	case m.Link != "" && (!strings.HasPrefix(m.Link, "/") || strings.HasPrefix(m.Link, "//") || strings.ContainsAny(m.Link, "\\\r\n ")):
		return errors.New("the link is no path")
	}
	return nil
}

func purpose(id int64) string { return "notify/message/" + strconv.FormatInt(id, 10) }

// Page of messages, newest first. Next is the cursor of the following page, 0
// if this is the last.
type Page struct {
	Messages []Message
	Next     int64
}

// List gives a party's messages from before the cursor; 0 is the newest page.
// limit is 1 to 100, else 20.
func (s *Service) List(q db.Queryer, to actor.Party, cursor int64, limit int) (Page, error) {
	if limit < 1 || limit > 100 {
		limit = 20
	}
	if cursor <= 0 {
		cursor = 1<<63 - 1
	}
	all, err := db.All(q, s.scan(to), listMessages, string(to.Kind), to.ID, cursor, limit+1)
	if err != nil {
		return Page{}, err
	}
	if len(all) <= limit {
		return Page{Messages: all}, nil
	}
	return Page{Messages: all[:limit], Next: all[limit-1].ID}, nil
}

// Get gives one message of a party. Errors: ErrNoMessage.
func (s *Service) Get(q db.Queryer, to actor.Party, id int64) (Message, error) {
	all, err := db.All(q, s.scan(to), oneMessage, string(to.Kind), to.ID, id)
	if err != nil {
		return Message{}, err
	}
	if len(all) == 0 {
		return Message{}, ErrNoMessage
	}
	return all[0], nil
}

func (s *Service) scan(to actor.Party) func(*db.Rows) (Message, error) {
	return func(r *db.Rows) (Message, error) {
		m := Message{To: to}
		var sealed []byte
		var at int64
		var readAt *int64
		if err := r.Scan(&m.ID, &m.Kind, &sealed, &m.Link, &at, &readAt); err != nil {
			return Message{}, err
		}
		m.At = db.Time(at)
		if readAt != nil {
			m.ReadAt = db.Time(*readAt)
		}
		text, err := s.open(m.ID, sealed)
		m.Subject, m.Body, m.Short = text.Subject, text.Body, text.Short
		return m, err
	}
}

func (s *Service) open(id int64, sealed []byte) (text sealedText, err error) {
	plain, err := s.c.Vault.Open(purpose(id), sealed)
	if err == nil {
		err = json.Unmarshal(plain, &text)
	}
	if err != nil {
		return sealedText{}, fmt.Errorf("notify: message %d: %w", id, err)
	}
	return text, nil
}

// Unread counts a party's unread messages.
func (s *Service) Unread(q db.Queryer, to actor.Party) (n int64, err error) {
	err = q.QueryRow(countUnread, string(to.Kind), to.ID).Scan(&n)
	return n, err
}

// MarkRead notes when a party first read a message. The act fails with
// ErrNoMessage if the message is not the party's.
func (s *Service) MarkRead(tx *db.Tx, to actor.Party, id int64) {
	tx.QueueOne(ErrNoMessage, markRead, string(to.Kind), to.ID, id, tx.NowMicros())
}

// MarkAllRead notes all messages of a party up to and including the one with
// this id as read: those that came after the page was shown stay unread.
func (s *Service) MarkAllRead(tx *db.Tx, to actor.Party, upTo int64) {
	tx.Queue(markAllRead, string(to.Kind), to.ID, upTo, tx.NowMicros())
}
