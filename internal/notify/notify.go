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
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/sm"
)

// Service 消息服务. It is safe for concurrent use.
type Service struct {
	c     Config
	base  map[textKey]*compiled // without what the city wrote in the console
	texts db.Kept[textSet]
	sent  counts
}

// Config of New. DB, Vault, Contacts and Enqueue are required; Identity is for
// the acts of people.
type Config struct {
	DB        *db.DB
	Vault     *sm.Vault
	Contacts  Contacts
	Identity  *identity.Service
	Enqueue   Enqueuer
	Providers map[Way]Provider  // a way without a provider is not used
	Order     []Way             // in which ways are tried for a person who chose none; nil: Ways
	Quiet     Quiet             // when SMS and WeChat wait for the morning
	Titles    map[string]string // Chinese titles of kinds, from the rooms whose acts they are
	Texts     string            // folder of the city's texts, "" if none
	City      string            // name of the platform, {city} in texts
	Sign      string            // 短信签名, counted with every SMS
	BaseURL   string            // "https://tongban.example", put before links that leave the platform
	Log       *slog.Logger      // nil: silent
}

// Contacts tells how a party is reached. identity satisfies it. It is asked when
// a delivery is due.
type Contacts interface {
	// Contact gives what is known; a party that is not known has no contact and
	// is no error.
	Contact(q db.Queryer, p actor.Party) (Contact, error)
}

// Contact 联系方式.
type Contact = identity.Contact

// JobKind is the kind of the job that app routes to Deliver.
const JobKind = "notify.deliver"

// Enqueuer stores a job of JobKind with the act of tx; app passes the jobs
// room. unique keeps the same delivery from being queued twice.
type Enqueuer func(tx *db.Tx, unique string, payload []byte) error

// Message 消息.
type Message struct {
	ID      int64
	To      actor.Party // Name is not kept
	Kind    string      // what happened: a key of the table of kinds, or one below it, "case.accept"; may be ""
	Link    string      // path of the page it is about, "/my/cases/…"; "" if none
	When    time.Time   // when what it is about takes place; zero if nothing does
	Values  Values      // what the texts of the kind name
	Subject string      // without Values: at most 200 characters
	Body    string      // without Values: at most 4,000 characters, blank line between paragraphs
	Short   string      // without Values: what may leave the platform, no personal data; "": a general text goes out

	At                time.Time // when it was sent
	ReadAt            time.Time // zero until read
	SubjectEN, BodyEN string    // the same in English
}

// Values 变量 are what an act tells, by their names in the table of kinds.
type Values = map[string]string

// ErrNoMessage 消息不存在: unknown, or another party's.
var ErrNoMessage = errs.New(errs.NotFound, "message-not-found", "消息不存在。", "There is no such message.")

// New checks the configuration and reads the texts. Errors name the text that
// does not fit.
func New(c Config) (*Service, error) {
	if c.DB == nil || c.Vault == nil || c.Contacts == nil || c.Enqueue == nil {
		return nil, errors.New("notify: DB, Vault, Contacts and Enqueue are required")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.BaseURL = strings.TrimSuffix(c.BaseURL, "/")
	c.Order = ordered(nil, c.Order)
	base, err := layers(c.Titles, c.Texts, c.Sign)
	if err != nil {
		return nil, err
	}
	s := &Service{c: c, base: base}
	s.texts = db.Kept[textSet]{Age: textAge, Version: sqlTextVersion, Bump: sqlBumpTexts, Name: "message texts", Load: s.loadTexts}
	return s, nil
}

// CheckTexts tells what is wrong with a folder of texts, for doctor.
func CheckTexts(titles map[string]string, folder, sign string) error {
	_, err := layers(titles, folder, sign)
	return err
}

// sealedText is the part of a message that is stored encrypted: what was said,
// in both languages, and what the texts of other ways need.
type sealedText struct {
	Subject   string `json:"s"`
	Body      string `json:"b"`
	Short     string `json:"x,omitempty"` // of messages from before there were values
	SubjectEN string `json:"se,omitempty"`
	BodyEN    string `json:"be,omitempty"`
	Values    Values `json:"v,omitempty"`
	When      int64  `json:"w,omitempty"` // microseconds
}

const (
	maxSubject = 200
	maxBody    = 4000
)

const (
	insertMessage  = `INSERT INTO message (id, party_kind, party_id, kind, sealed, link, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	insertDelivery = `INSERT INTO message_delivery (id, message_id, way, state, created_at) VALUES ($1, $2, '', 'queued', $3)`
	listMessages   = `SELECT id, kind, sealed, link, created_at, read_at FROM message WHERE party_kind = $1 AND party_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4`
	oneMessage     = `SELECT id, kind, sealed, link, created_at, read_at FROM message WHERE party_kind = $1 AND party_id = $2 AND id = $3`
	countUnread    = `SELECT count(*) FROM message WHERE party_kind = $1 AND party_id = $2 AND read_at IS NULL`
	markRead       = `UPDATE message SET read_at = COALESCE(read_at, $4) WHERE party_kind = $1 AND party_id = $2 AND id = $3`
	markAllRead    = `UPDATE message SET read_at = $4 WHERE party_kind = $1 AND party_id = $2 AND id <= $3 AND read_at IS NULL`
)

// Send writes a message and queues its delivery, within the act that it tells
// about. It gives the message's id. By which ways it leaves the platform, and
// whether the person wants any, is worked out when the delivery is due: the act
// asks nothing, so it needs no answer before it commits.
func (s *Service) Send(tx *db.Tx, m Message) (id int64, err error) {
	defer errs.Wrap(&err, "notify: send %s", m.Kind)
	if m.Values == nil {
		m.Values = Values{"title": m.Subject, "text": m.Body, "short": m.Short}
	}
	set, err := s.texts.Get(tx.Context(), s.c.DB, s.c.Log)
	if err != nil {
		return 0, err
	}
	m.Subject, m.Body = set.inApp(m.Kind, "zh", m.Values)
	m.SubjectEN, m.BodyEN = set.inApp(m.Kind, "en", m.Values)
	if err := check(m); err != nil {
		return 0, err
	}
	text := sealedText{Subject: m.Subject, Body: m.Body, Values: m.Values}
	if m.SubjectEN != m.Subject || m.BodyEN != m.Body {
		text.SubjectEN, text.BodyEN = m.SubjectEN, m.BodyEN
	}
	if !m.When.IsZero() {
		text.When = db.Micros(m.When)
	}
	id = tx.NewID()
	plain, err := json.Marshal(text)
	if err != nil {
		return 0, err
	}
	sealed, err := s.c.Vault.Seal(purpose(id), plain)
	if err != nil {
		return 0, err
	}
	tx.Queue(insertMessage, id, string(m.To.Kind), m.To.ID, m.Kind, sealed, m.Link, tx.NowMicros())
	if len(s.c.Providers) > 0 {
		if err := s.deliverLater(tx, id); err != nil {
			return 0, err
		}
	}
	return id, tx.Err()
}

// deliverLater queues a delivery of a message.
func (s *Service) deliverLater(tx *db.Tx, message int64) error {
	delivery := tx.NewID()
	tx.Queue(insertDelivery, delivery, message, tx.NowMicros())
	key := strconv.FormatInt(delivery, 10)
	return s.c.Enqueue(tx, key, []byte(key))
}

func check(m Message) error {
	switch {
	case m.To.Kind == "" || m.To.ID == 0:
		return errors.New("nobody to send to")
	case m.Subject == "":
		return errors.New("a subject is required")
	case utf8.RuneCountInString(m.Subject) > maxSubject, utf8.RuneCountInString(m.Values["short"]) > maxSubject, utf8.RuneCountInString(m.SubjectEN) > maxSubject, utf8.RuneCountInString(m.BodyEN) > maxBody, utf8.RuneCountInString(m.Body) > maxBody:
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
		m.Subject, m.Body, m.Short, m.SubjectEN, m.BodyEN, m.Values = text.Subject, text.Body, text.Values["short"], text.SubjectEN, text.BodyEN, text.Values
		if text.When != 0 {
			m.When = db.Time(text.When)
		}
		return m, err
	}
}

func (s *Service) open(id int64, sealed []byte) (text sealedText, err error) {
	plain, err := s.c.Vault.Open(purpose(id), sealed)
	if err == nil {
		err = json.Unmarshal(plain, &text)
	}
	if text.Values == nil {
		text.Values = Values{"title": text.Subject, "text": text.Body, "short": text.Short}
	}
	if text.SubjectEN == "" {
		text.SubjectEN, text.BodyEN = text.Subject, text.Body
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
